//! Proposals by expected improvement of the importance's forest.
//!
//! As SMAC does (Hutter, Hoos, Leyton-Brown, "Sequential model-based optimization for general algorithm configuration",
//! LION 2011): the improvement on the best prediction for a run that may be expected of a configuration, under a normal law
//! with the forest's mean, over random configurations, neighbours of the best runs, and neighbours of what is best so far.
//! Two things differ from SMAC. The law's deviation is that of the trees' means alone: the spread of single runs in their
//! leaves is no reason to look there, and where it counts, all proposals go to where runs differ most. And improvement ends
//! where the metric does: what a law holds beyond 1 of an accuracy counts as 1.
//!
//! A batch is chosen one by one with a constant liar (Ginsbourger, Le Riche, Carraro, "Kriging is
//! well-suited to parallelize optimization", 2010): what was chosen is pretended to have come out as the mean run, in the
//! leaves where it lies; the trees are not grown anew. At most every other one is predicted worse than the best tenth of
//! runs is, as long as there are others. What may break counts as much less ([`super::breaking`]).
//!
//! An interval holds 80 % of runs: it is as many deviations wide as held 80 % of the runs in predictions of trees that
//! had not seen them.

use super::breaking::{Breaking, Ends};
use super::power::normal_above;
use super::searched::{Candidate, Searched, Setting};
use super::spread::spread_out;
use crate::importance::forest::{Forest, Prediction};
use crate::importance::{Design, Prepared, Settings};
use crate::ranking::uncertainty::Normals;

/// Trees that are grown at a step.
const STEP: u32 = 8;

/// Random configurations.
const RANDOM: usize = 1500;

/// The best runs whose neighbours are looked at, and how many of each.
const BEST: usize = 20;
const NEIGHBOURS: usize = 30;

/// How often neighbours of the best candidates are looked at, of how many, and how many of each.
const ROUNDS: usize = 3;
const CLIMBERS: usize = 10;
const CLIMBS: usize = 20;

/// How far neighbours lie, in parts of an axis: of runs, and of candidates.
const FAR: f64 = 0.15;
const CLOSE: f64 = 0.04;

/// A forest whose out-of-bag R² is below this is not asked. The forest of noise lies there, but few runs of a function of
/// many params lie a little below 0 too, and there proposals still gain: after 30 random runs of Hartmann's function in six
/// dimensions, 30 proposals left a median regret of 0.90 over 41 seeds with this bound and of 1.33 with 0.05, where 30 further
/// random runs left 1.43.
const LEAST_R2: f64 = -0.1;

/// Runs in a leaf at least: fewer than for importance, as what counts are the few best runs (median regrets with 3: 0.25
/// and 1.16 for Branin's and Hartmann's function, with 2: 0.18 and 0.90).
const LEAF: usize = 2;

/// What is predicted so near to the best tenth of runs is as good, in standard deviations of all.
const NEAR: f64 = 0.02;

/// An interval holds this part of runs.
const HELD: f64 = 0.8;

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wanted {
    /// How many proposals.
    pub count: usize,
    /// Same seed, same proposals.
    pub seed: u64,
    /// Whether more is better.
    pub maximize: bool,
    /// The least and the greatest value that is possible.
    pub bounds: (f64, f64),
}

/// What a forest expects of a configuration, in units of the objective.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// The mean.
    pub mean: f64,
    /// Where a run's interval begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
    /// How much better than the best prediction for a run it may be expected to be, times the chance not to break; not
    /// below 0.
    pub improvement: f64,
    /// Whether it is predicted worse than the best tenth of runs is, so that it is proposed for what is not known of it.
    pub explores: bool,
}

/// A configuration to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// By [`Proposals::parameters`].
    pub settings: Vec<Setting>,
    /// What is expected; `None` where it lies only far from what was run.
    pub forecast: Option<Forecast>,
    /// The chance that it breaks, where some did.
    pub breaks: Option<f64>,
}

/// Configurations to run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proposals {
    /// The design's parameters that are set.
    pub parameters: Vec<usize>,
    /// In the order in which they were chosen: the first few of many are the same as few.
    pub proposals: Vec<Proposal>,
    /// The share of the variance that the forest predicts in runs that it has not seen; `None` where none was grown.
    pub r2: Option<f64>,
}

/// Proposals while they are worked out.
pub struct Proposing {
    wanted: Wanted,
    settings: Settings,
    searched: Searched,
    /// `None` where no forest is to be asked.
    forest: Option<Forest>,
    /// `None` where none broke.
    breaking: Option<Breaking>,
    done: Option<Proposals>,
}

impl Proposing {
    /// Begins; without a forest where `settings`, which describe it, are not given. `tried` are configurations of runs
    /// that are not in the design, a setting for each of its parameters; `ends` say which of all broke.
    pub fn new(
        design: &Design,
        prepared: &Prepared,
        settings: Option<&Settings>,
        wanted: Wanted,
        tried: &[Vec<Setting>],
        ends: &Ends,
    ) -> Self {
        let features = prepared.features.iter().map(|feature| feature.parameter);
        let features: Vec<usize> = features.collect();
        Self {
            breaking: Breaking::new(design, &features, tried, ends, wanted.seed),
            wanted,
            forest: settings.map(|_| Forest::new(prepared)),
            settings: Settings {
                min_leaf: LEAF,
                ..settings.cloned().unwrap_or_default()
            },
            searched: Searched::new(design, prepared, tried),
            done: None,
        }
    }

    /// Part done, 0 to 1.
    pub fn done(&self) -> f64 {
        let grown = self.forest.as_ref().map_or(0, Forest::trees);
        grown as f64 / f64::from(self.settings.trees.max(1))
    }

    /// Does a piece of the work; `prepared` is of the design. Says whether there is more.
    pub fn step(&mut self, prepared: &Prepared) -> bool {
        if self.done.is_some() {
            return false;
        }
        if let Some(forest) = &mut self.forest {
            let grown = forest.trees() as u32;
            if grown < self.settings.trees {
                let end = (grown + STEP).min(self.settings.trees);
                forest.grow(prepared, &self.settings, grown..end);
                return true;
            }
        }
        if self.breaking.as_mut().is_some_and(Breaking::step) {
            return true;
        }
        let chance = |candidate: &Candidate| {
            let breaking = self.breaking.as_ref();
            breaking.map_or(0.0, |breaking| breaking.chance(&candidate.settings))
        };
        let mut draws = Normals::new(self.wanted.seed);
        let r2 = self.forest.as_ref().map(|forest| forest.r2(prepared));
        let mut proposals = match &mut self.forest {
            Some(forest) if r2 >= Some(LEAST_R2) => {
                let scale = interval(forest, prepared);
                let mut asked = Asked {
                    prepared,
                    forest,
                    wanted: self.wanted,
                    chance: &chance,
                    best: 0.0,
                    end: 0.0,
                    good: 0.0,
                };
                asked.batch(&self.searched, scale, &mut draws)
            }
            _ => {
                let (runs, count) = (prepared.runs(), self.wanted.count);
                let chosen = spread_out(&self.searched, runs, count, &chance, &mut draws);
                let proposal = |candidate: Candidate| Proposal {
                    settings: candidate.settings,
                    forecast: None,
                    breaks: None,
                };
                chosen.into_iter().map(proposal).collect::<Vec<_>>()
            }
        };
        if let Some(breaking) = &self.breaking {
            for proposal in &mut proposals {
                proposal.breaks = Some(breaking.chance(&proposal.settings));
            }
        }
        let features = prepared.features.iter();
        self.done = Some(Proposals {
            parameters: features.map(|feature| feature.parameter).collect(),
            proposals,
            r2,
        });
        false
    }

    /// What came of it, once there is no more to do.
    pub fn proposals(&self) -> Option<&Proposals> {
        self.done.as_ref()
    }
}

/// How many deviations to either side of its prediction hold so many of the runs, seen by trees that had not seen them.
fn interval(forest: &Forest, prepared: &Prepared) -> f64 {
    let mut errors: Vec<f64> = (0..prepared.runs())
        .filter_map(|row| {
            let Prediction {
                mean, deviation, ..
            } = forest.unseen(row)?;
            let error = (prepared.objective[row] - mean).abs() / deviation;
            error.is_finite().then_some(error)
        })
        .collect();
    errors.sort_by(f64::total_cmp);
    let at = (HELD * (errors.len() + 1) as f64).ceil() as usize;
    let last = errors.len().saturating_sub(1);
    errors
        .get(at.saturating_sub(1).min(last))
        .copied()
        .unwrap_or(0.0)
}

/// A forest that is asked for what improves.
struct Asked<'a> {
    prepared: &'a Prepared,
    forest: &'a mut Forest,
    wanted: Wanted,
    /// The chance that a configuration breaks.
    chance: &'a dyn Fn(&Candidate) -> f64,
    /// The best prediction for a run, turned so that less is better.
    best: f64,
    /// What nothing is better than, less the mean and turned.
    end: f64,
    /// Up to where a prediction is as good as those of the best tenth of runs, by trees that had not seen them; turned.
    good: f64,
}

/// Candidates with the leaves they lie in and what may be expected of them.
#[derive(Default)]
struct Pool {
    candidates: Vec<Candidate>,
    keys: Vec<u64>,
    leaves: Vec<u32>,
    predictions: Vec<Prediction>,
    /// The chance that it does not break.
    succeed: Vec<f64>,
    improvements: Vec<f64>,
}

impl Asked<'_> {
    fn batch(&mut self, searched: &Searched, scale: f64, draws: &mut Normals) -> Vec<Proposal> {
        let rows = self.runs_by_prediction();
        let mut pool = Pool::default();
        for _ in 0..RANDOM {
            if let Some(candidate) = searched.anywhere(draws) {
                self.add(&mut pool, searched, candidate);
            }
        }
        for run in rows
            .iter()
            .take(BEST)
            .filter_map(|row| searched.of_run(*row))
        {
            for _ in 0..NEIGHBOURS {
                self.add(&mut pool, searched, searched.near(&run, FAR, draws));
            }
        }
        for _ in 0..ROUNDS {
            let mut foremost: Vec<usize> = (0..pool.candidates.len()).collect();
            order::by(&mut foremost, |a, b| {
                pool.improvements[*b].total_cmp(&pool.improvements[*a])
            });
            for at in foremost.into_iter().take(CLIMBERS) {
                let from = pool.candidates[at].clone();
                for _ in 0..CLIMBS {
                    self.add(&mut pool, searched, searched.near(&from, CLOSE, draws));
                }
            }
        }
        let chosen = self.choose(&pool);
        let (low, high) = self.wanted.bounds;
        let proposal = |at: usize| {
            let Prediction {
                mean, deviation, ..
            } = pool.predictions[at];
            let centre = self.prepared.objective_mean + mean;
            Proposal {
                settings: pool.candidates[at].settings.clone(),
                forecast: Some(Forecast {
                    mean: centre,
                    low: (centre - scale * deviation).max(low),
                    high: (centre + scale * deviation).min(high),
                    improvement: pool.improvements[at],
                    explores: self.explores(pool.predictions[at]),
                }),
                breaks: None,
            }
        };
        chosen.into_iter().map(proposal).collect()
    }

    fn sign(&self) -> f64 {
        if self.wanted.maximize { -1.0 } else { 1.0 }
    }

    fn explores(&self, prediction: Prediction) -> bool {
        self.sign() * prediction.mean > self.good
    }

    /// The runs, those with the best prediction first; notes what is to be known of them.
    fn runs_by_prediction(&mut self) -> Vec<usize> {
        let sign = self.sign();
        let mut leaves = Vec::new();
        let predicted: Vec<f64> = (0..self.prepared.runs())
            .map(|row| {
                leaves.clear();
                self.forest.leaves(self.prepared.row(row), &mut leaves);
                sign * self.forest.predict(&leaves).mean
            })
            .collect();
        let mut rows: Vec<usize> = (0..predicted.len()).collect();
        order::by(&mut rows, |a, b| predicted[*a].total_cmp(&predicted[*b]));
        self.best = rows.first().map_or(0.0, |row| predicted[*row]);
        let mut unseen: Vec<f64> = (0..predicted.len())
            .filter_map(|row| Some(sign * self.forest.unseen(row)?.mean))
            .collect();
        unseen.sort_by(f64::total_cmp);
        let tenth = unseen.get(unseen.len() / 10).copied().unwrap_or(0.0);
        let squares = self.prepared.objective.iter().map(|x| x * x).sum::<f64>();
        let deviation = (squares / self.prepared.runs().max(1) as f64).sqrt();
        self.good = tenth + NEAR * deviation;
        let (low, high) = self.wanted.bounds;
        let end = if self.wanted.maximize { high } else { low };
        self.end = sign * (end - self.prepared.objective_mean);
        rows
    }

    fn add(&self, pool: &mut Pool, searched: &Searched, candidate: Candidate) {
        if !searched.is_new(&candidate) {
            return;
        }
        let first = pool.leaves.len();
        self.forest.leaves(&candidate.point, &mut pool.leaves);
        let prediction = self.forest.predict(&pool.leaves[first..]);
        let succeeds = 1.0 - (self.chance)(&candidate);
        pool.predictions.push(prediction);
        pool.improvements
            .push(succeeds * self.improvement(prediction));
        pool.succeed.push(succeeds);
        pool.keys.push(candidate.key());
        pool.candidates.push(candidate);
    }

    /// What may be expected of a configuration beyond the best, and no further than is possible.
    fn improvement(&self, prediction: Prediction) -> f64 {
        let (mean, spread) = (self.sign() * prediction.mean, prediction.spread);
        below(self.best, mean, spread) - below(self.end, mean, spread)
    }

    /// One by one, each pretended to have come out as the mean run.
    fn choose(&mut self, pool: &Pool) -> Vec<usize> {
        let trees = self.forest.trees();
        let leaves = |at: usize| &pool.leaves[at * trees..(at + 1) * trees];
        let mut improvements = pool.improvements.clone();
        let mut chosen: Vec<usize> = Vec::new();
        let mut exploring = 0;
        while chosen.len() < self.wanted.count {
            let is_taken = |at: &usize| {
                chosen
                    .iter()
                    .any(|taken| pool.keys[*taken] == pool.keys[*at])
            };
            // The first of equals.
            let best = |is_near: bool| {
                (0..improvements.len())
                    .rev()
                    .filter(|at| !(is_near && self.explores(pool.predictions[*at])))
                    .filter(|at| !is_taken(at))
                    .max_by(|a, b| improvements[*a].total_cmp(&improvements[*b]))
            };
            let near = best(2 * exploring > chosen.len());
            let Some(best) = near.or_else(|| best(false)) else {
                break;
            };
            exploring += usize::from(self.explores(pool.predictions[best]));
            chosen.push(best);
            self.forest.pretend(leaves(best), 0.0);
            for (at, improvement) in improvements.iter_mut().enumerate() {
                let prediction = self.forest.predict(leaves(at));
                *improvement = pool.succeed[at] * self.improvement(prediction);
            }
        }
        chosen
    }
}

/// How far below `end` a normal law may be expected to come out, 0 where it is above: `(end - mean) Φ(z) + deviation φ(z)`
/// with `z = (end - mean) / deviation`.
fn below(end: f64, mean: f64, deviation: f64) -> f64 {
    let ahead = end - mean;
    let z = ahead / deviation;
    if !z.is_finite() {
        return ahead.max(0.0);
    }
    let density = libm::exp(-z * z / 2.0) / std::f64::consts::TAU.sqrt();
    (ahead * normal_above(-z) + deviation * density).max(0.0)
}
