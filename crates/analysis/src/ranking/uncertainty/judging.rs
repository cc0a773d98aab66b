//! A standing while it is worked out: a million configurations take a while, and each piece a few tens of milliseconds.

use super::rank_intervals::RankIntervals;
use super::{
    BOOTSTRAPPED, Center, Estimate, FOREMOST, LEVEL, Noise, Pairs, Reach, Skew, Standing, draw,
    noise_of,
};
use crate::grouping::NO_GROUP;
use crate::ranking::near::NearRuns;
use crate::ranking::probability::holm;
use query::{number_key, put_in_order};

/// How many configurations are held against the best one in a piece.
const COMPARED: usize = 100_000;

/// An error that was logged is taken for the true one: t of so many degrees of freedom is normal.
const KNOWN_FREEDOM: f64 = 1e6;

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
    /// The finite values of the one that is added, and its runs by seed.
    values: Vec<f64>,
    runs: Vec<(u32, f64)>,
    /// The values of each that has as many runs as the bootstrap takes.
    many: Vec<(u32, Vec<f64>)>,
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
            runs: Vec::new(),
            many: Vec::new(),
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
                paired: 0,
                pairs: Pairs::default(),
            },
        }
    }

    /// What are added are folds, of which what is tested over what is trained on is so much.
    pub fn of_folds(mut self, overlap: f64) -> Self {
        self.standing.pairs.overlap = overlap;
        self
    }

    /// Adds the next configuration by its runs: of each the number of its seed ([`seed_of`](crate::grouping::seed_of)) and
    /// its value.
    pub fn add(&mut self, runs: impl Iterator<Item = (u32, f64)>) {
        self.runs.clear();
        self.runs.extend(runs.filter(|(_, x)| x.is_finite()));
        self.values.clear();
        self.values.extend(self.runs.iter().map(|(_, x)| x));
        self.standing.pairs.add(&mut self.runs);
        let mut estimate = Estimate::of(&mut self.values, self.center);
        let overlap = self.standing.pairs.overlap;
        if let Some(estimate) = &mut estimate {
            estimate.overlap = overlap;
        }
        // Only intervals of means mind skewness, those of runs.
        if let Some(estimate) = &mut estimate
            && overlap == 0.0
            && let (Some(deviation), Center::Mean) = (estimate.deviation, self.center)
        {
            let skew = &mut self.standing.skew;
            if BOOTSTRAPPED.contains(&estimate.n) {
                self.many
                    .push((self.added.len() as u32, self.values.clone()));
            }
            if skew.is_of_few() {
                estimate.reach = Reach::of(&self.values);
            }
            skew.add(&self.values, estimate.value, deviation);
        }
        self.added.push(estimate);
    }

    /// Adds the next configuration by the value of its one run, and its standard error where that is known to be above 0.
    pub(in crate::ranking) fn add_known(&mut self, value: Option<f64>, error: Option<f64>) {
        self.add(value.map(|value| (NO_GROUP, value)).into_iter());
        let error = error.filter(|error| error.is_finite() && *error > 0.0);
        if let (Some(error), Some(Some(estimate))) = (error, self.added.last_mut()) {
            (estimate.deviation, estimate.freedom) = (Some(error), KNOWN_FREEDOM);
        }
    }

    /// What was added last has this mean to the last digit.
    pub(in crate::ranking) fn last_is(&mut self, value: Option<f64>) {
        if let (Some(value), Some(Some(estimate))) = (value, self.added.last_mut()) {
            estimate.value = value;
        }
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
            added,
            standing,
            many,
            ..
        } = self;
        let noise = noise_of(added, near);
        standing
            .pairs
            .tell(added.iter().flatten().count().saturating_sub(1));
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
        for (estimate, at) in standing.estimates.iter_mut().zip(&order).take(FOREMOST) {
            let own = many.iter_mut().find(|(of, _)| of == at);
            if let Some((_, values)) = own.filter(|_| !estimate.is_lent) {
                estimate.mind(values);
            }
        }
        *many = Vec::new();
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
            maximize,
            ..
        } = self;
        let (from, all) = (probabilities.len() + 1, standing.estimates.len());
        for at in from..all.min(from + COMPARED) {
            let Some((difference, pairs)) = standing.difference(0, at) else {
                // No noise is known.
                probabilities.clear();
                return Stage::Tie;
            };
            standing.paired += usize::from(pairs.is_some());
            // By the pairs alone another one may be the better.
            let is_ahead = (difference.amount > 0.0) == *maximize || pairs.is_none();
            probabilities.push(if is_ahead { difference.p } else { 1.0 });
        }
        if probabilities.len() + 1 < all {
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
        let (chances, luck) = draw(standing, *maximize, self.seed);
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
        let standing = &self.standing;
        let step = |ranks: &mut RankIntervals| ranks.step(standing);
        if self.ranks.as_mut().is_some_and(step) {
            return Stage::Rank;
        }
        let ranks = self.ranks.take();
        self.standing.ranks = ranks.map_or_else(Vec::new, RankIntervals::ranks);
        Stage::Done
    }
}
