//! A standing while it is worked out: a million configurations take a while, and each piece a few tens of milliseconds.

use super::rank_intervals::RankIntervals;
use super::{Center, Difference, Estimate, LEVEL, Noise, Skew, Standing, draw, noise_of};
use crate::analysis::ranking::near::NearRuns;
use crate::analysis::ranking::probability::holm;
use crate::query::{number_key, put_in_order};

/// How many configurations are held against the best one in a piece.
const COMPARED: usize = 100_000;

/// What is to be done next.
#[derive(Clone, Copy)]
enum Stage {
    Order,
    Compare,
    Tie,
    Rank,
    Done,
}

/// See the module's documentation.
pub struct Judging {
    maximize: bool,
    center: Center,
    seed: u64,
    added: Vec<Option<Estimate>>,
    /// The finite values of the one that is added.
    values: Vec<f64>,
    stage: Stage,
    probabilities: Vec<f64>,
    ranks: Option<RankIntervals>,
    standing: Standing,
}

impl Judging {
    /// Of no configuration so far; of each the `center` of its runs will count.
    pub fn new(maximize: bool, center: Center, seed: u64) -> Self {
        Self {
            maximize,
            center,
            seed,
            added: Vec::new(),
            values: Vec::new(),
            stage: Stage::Order,
            probabilities: Vec::new(),
            ranks: None,
            standing: Standing {
                order: Vec::new(),
                estimates: Vec::new(),
                tied: Vec::new(),
                noise: Noise::None,
                chances: Vec::new(),
                ranks: Vec::new(),
                on_rerun: None,
                skew: Skew::default(),
            },
        }
    }

    /// Adds the next configuration by the values of its runs.
    pub fn add(&mut self, values: impl Iterator<Item = f64>) {
        self.values.clear();
        self.values.extend(values.filter(|x| x.is_finite()));
        let estimate = Estimate::of(&mut self.values, self.center);
        // Only intervals of means mind skewness.
        if let Some(estimate) = &estimate
            && let (Some(deviation), Center::Mean) = (estimate.deviation, self.center)
        {
            let skew = &mut self.standing.skew;
            skew.add(&self.values, estimate.value, deviation);
        }
        self.added.push(estimate);
    }

    /// How many were added.
    pub fn len(&self) -> usize {
        self.added.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty()
    }

    /// Does a piece of the work, when all are added; says whether there is more. `near` is what nearly the same runs say of
    /// noise, asked for only where nothing was repeated.
    pub fn step(&mut self, near: impl FnOnce() -> Option<NearRuns>) -> bool {
        self.stage = match self.stage {
            Stage::Order => self.order(near),
            Stage::Compare => self.compare(),
            Stage::Tie => self.tie(),
            Stage::Rank => self.rank(),
            Stage::Done => Stage::Done,
        };
        !matches!(self.stage, Stage::Done)
    }

    /// What was found, when all is done; `None` where no configuration has a finite value.
    pub fn standing(self) -> Option<Standing> {
        (!self.standing.order.is_empty()).then_some(self.standing)
    }

    fn order(&mut self, near: impl FnOnce() -> Option<NearRuns>) -> Stage {
        let Self {
            added, standing, ..
        } = self;
        let noise = noise_of(added, near);
        let key = |of: &Option<Estimate>| {
            let value = of.as_ref().map_or(f64::NAN, |of| of.value);
            number_key(value, self.maximize)
        };
        let keys: Vec<u64> = added.iter().map(key).collect();
        let mut order: Vec<u32> = (0..added.len() as u32)
            .filter(|at| added[*at as usize].is_some())
            .collect();
        put_in_order(&mut order, &keys);
        standing.estimates = order.iter().filter_map(|at| added[*at as usize]).collect();
        standing.estimates.iter_mut().for_each(|of| of.lend(noise));
        (standing.order, standing.noise) = (order, noise);
        self.added = Vec::new();
        if self.standing.order.is_empty() {
            Stage::Done
        } else {
            Stage::Compare
        }
    }

    /// Holds some more against the best one.
    fn compare(&mut self) -> Stage {
        let Self {
            standing,
            probabilities,
            ..
        } = self;
        let Some((best, others)) = standing.estimates.split_first() else {
            return Stage::Done;
        };
        let some = others.iter().skip(probabilities.len()).take(COMPARED);
        let some: Option<Vec<f64>> = some
            .map(|other| Difference::between(best, other).map(|difference| difference.p))
            .collect();
        let Some(some) = some else {
            // No noise is known.
            probabilities.clear();
            return Stage::Tie;
        };
        probabilities.extend(some);
        if probabilities.len() < others.len() {
            Stage::Compare
        } else {
            Stage::Tie
        }
    }

    fn tie(&mut self) -> Stage {
        let Self {
            standing, maximize, ..
        } = self;
        let corrected = holm(&self.probabilities);
        let places = corrected.iter().enumerate();
        let tied = places.filter(|(_, p)| **p >= LEVEL).map(|(at, _)| at + 1);
        standing.tied = std::iter::once(0).chain(tied).collect();
        let (chances, luck) = draw(&standing.estimates, *maximize, self.seed);
        standing.chances = chances;
        let best = standing
            .estimates
            .first()
            .map_or(f64::NAN, |best| best.value);
        standing.on_rerun = luck.map(|luck| best + if *maximize { -luck } else { luck });
        self.ranks = RankIntervals::new(&standing.estimates, *maximize);
        Stage::Rank
    }

    fn rank(&mut self) -> Stage {
        if self.ranks.as_mut().is_some_and(RankIntervals::step) {
            return Stage::Rank;
        }
        let ranks = self.ranks.take();
        self.standing.ranks = ranks.map_or_else(Vec::new, RankIntervals::ranks);
        Stage::Done
    }
}
