//! Importance as small tasks that run anywhere, in any order, on any number of workers.
//!
//! 1. blocks of eight trees of the forest, the first two of which give a coarse answer;
//! 2. when the forest is there, blocks of its correction, which need its out-of-bag residuals;
//! 3. when that is there, and with it whether the correction is kept, one task for each resample, and where pairs are
//!    wanted blocks that regrow both and sum up the pairs' joint marginals (a seed tells all of a tree, so none is ever
//!    kept or sent).
//!
//! Blocks are cut the same way however tasks are handed out, and are summed in their order, so the answer has the same
//! bits whatever the order of arrival and the number of workers.

mod asked;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::answer::{Importance, Refusal, Share, Warning};
use super::design::Design;
use super::fit::Fitted;
use super::measures::{Effort, MeasureSums, Measures, Plan};
use super::others::Others;
use super::pairs::{PairSums, is_pairable};
use super::plain::{Plain, plain};
use super::points::Points;
use super::prepare::Prepared;
use super::resample::{self, Resampled};
use super::surrogate::{Block, Stretch, WithTotals, grow_block};
use super::whisker::Errors;
use super::{Definition, Settings};

/// Trees in a block.
const BLOCK: u32 = 8;

/// Blocks that a coarse answer is made of: always the same ones, so that it too is the same each time.
const COARSE: usize = 2;

/// Which of the two forests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Stage {
    Forest,
    Correction,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Work {
    /// A block of trees; the correction's with what they predict.
    Trees {
        stage: Stage,
        block: u32,
        residuals: Residuals,
    },
    /// One resample; whether it is corrected is what the shares' forest decided.
    Resample { index: u32, corrected: bool },
    /// Joint marginals of a block's trees.
    Pairs {
        stage: Stage,
        block: u32,
        residuals: Residuals,
        pairs: Vec<(usize, usize)>,
    },
    /// What needs no forest, of all runs or of a resample.
    Plain { resample: Option<u32> },
    /// The measures where runs lie, of a block's trees.
    Measures { block: u32 },
    /// The same of a resample.
    MeasuresAgain { index: u32 },
}

/// What the correction predicts; empty for the forest, which predicts the objective.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Residuals(#[serde(with = "super::packed")] Vec<f64>);

/// A piece of work for any worker that has the design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreeTask(Work);

/// What came of a [`TreeTask`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreeResult(Outcome);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Outcome {
    Trees {
        stage: Stage,
        block: u32,
        sums: Block,
    },
    Resample {
        index: u32,
        resampled: Resampled,
    },
    Pairs {
        stage: Stage,
        block: u32,
        sums: PairSums,
    },
    Plain {
        resample: Option<u32>,
        plain: Plain,
    },
    Measures {
        block: u32,
        sums: MeasureSums,
    },
    MeasuresAgain {
        index: u32,
        measures: Measures,
    },
}

/// Does a task. `design` and what was prepared from it must be those that the task's job was made for.
pub fn run_task(
    design: &Design,
    prepared: &Prepared,
    settings: &Settings,
    task: &TreeTask,
) -> TreeResult {
    let per_tree = settings.definition == Definition::PerTree;
    let stretch = |stage, block: u32, residuals| {
        let start = block.saturating_mul(BLOCK);
        Stretch {
            target: target_of(prepared, residuals),
            seed: settings.seed,
            forest: u64::from(stage == Stage::Correction),
            trees: start..start.saturating_add(BLOCK).min(settings.trees),
            min_leaf: settings.min_leaf,
            considered: settings.considered(prepared.features.len()),
            fractions: per_tree.then_some(WithTotals(settings.totals)),
        }
    };
    let outcome = match &task.0 {
        Work::Trees {
            stage,
            block,
            residuals,
        } => {
            let points = Points::for_shares(prepared, settings);
            let sums = grow_block(prepared, &points, &stretch(*stage, *block, residuals));
            Outcome::Trees {
                stage: *stage,
                block: *block,
                sums,
            }
        }
        &Work::Resample { index, corrected } => {
            let resampled = resample::shares(prepared, settings, index, corrected);
            Outcome::Resample { index, resampled }
        }
        Work::Pairs {
            stage,
            block,
            residuals,
            pairs,
        } => {
            let mut sums = PairSums::start(prepared, pairs);
            stretch(*stage, *block, residuals).grow(prepared, |tree, _| {
                if per_tree {
                    sums.add_fractions(prepared, pairs, tree);
                } else {
                    sums.add_tree(prepared, pairs, tree);
                }
            });
            Outcome::Pairs {
                stage: *stage,
                block: *block,
                sums,
            }
        }
        &Work::Plain { resample } => Outcome::Plain {
            resample,
            plain: plain(design, settings, resample),
        },
        &Work::Measures { block } => {
            let plan = Plan::new(prepared, settings.seed, Effort::WHOLE);
            let mut sums = MeasureSums::start(prepared, &plan);
            stretch(Stage::Forest, block, &Residuals::default()).grow(prepared, |tree, counts| {
                sums.add_tree(prepared, &plan, tree, &prepared.objective, counts);
            });
            Outcome::Measures { block, sums }
        }
        &Work::MeasuresAgain { index } => Outcome::MeasuresAgain {
            index,
            measures: resample::measures(prepared, settings, index),
        },
    };
    TreeResult(outcome)
}

/// What a stage predicts. Residuals of another length belong to another design, and are not used.
fn target_of<'a>(prepared: &'a Prepared, residuals: &'a Residuals) -> &'a [f64] {
    if residuals.0.len() == prepared.runs() {
        &residuals.0
    } else {
        &prepared.objective
    }
}

/// An importance question while it is worked on.
pub struct ImportanceJob {
    prepared: Prepared,
    settings: Settings,
    names: Vec<String>,
    refused: Option<Refusal>,
    ready: VecDeque<TreeTask>,
    correction_is_queued: bool,
    /// What the correction predicts, once the forest is there.
    residuals: Residuals,
    /// Tasks handed out or ready, less results taken.
    pending: usize,
    done: usize,
    forest: Vec<Option<Block>>,
    correction: Vec<Option<Block>>,
    resamples: Vec<Option<Resampled>>,
    others: Others,
    pairs: Vec<(usize, usize)>,
    /// By block: the forest's, then the correction's.
    pair_sums: Vec<Option<PairSums>>,
    /// What they say together, once all are there.
    paired: Option<Paired>,
    /// What the first trees say, while the others are grown, where that is worth telling.
    coarse: Option<Fitted>,
    is_coarse_known: bool,
    fitted: Option<Fitted>,
}

/// What is known of the pairs.
struct Paired {
    /// Mean joint marginals over the trees of both forests.
    means: PairSums,
    /// By pair, as in [`ImportanceJob::pairs`].
    shares: Vec<f64>,
}

impl ImportanceJob {
    /// Starts a question; one that cannot be answered has no tasks and its answer says why.
    pub fn new(design: &Design, settings: Settings) -> Self {
        let settings = settings.bounded();
        let prepared = Prepared::new(design);
        let names = prepared
            .features
            .iter()
            .map(|feature| design.parameters[feature.parameter].name.clone())
            .collect();
        let refused = Refusal::before_fitting(&prepared);
        let blocks = settings.trees.div_ceil(BLOCK);
        let has_correction = settings.definition == Definition::Forest;
        let mut job = Self {
            names,
            forest: vec![None; blocks as usize],
            correction: vec![None; if has_correction { blocks as usize } else { 0 }],
            resamples: vec![None; settings.resamples as usize],
            others: Others::new(&settings, blocks),
            pairs: Vec::new(),
            pair_sums: Vec::new(),
            ready: VecDeque::new(),
            correction_is_queued: false,
            residuals: Residuals::default(),
            pending: 0,
            done: 0,
            paired: None,
            coarse: None,
            is_coarse_known: false,
            fitted: None,
            refused,
            prepared,
            settings,
        };
        if job.refused.is_none() {
            for block in 0..blocks {
                job.enqueue(Work::Trees {
                    stage: Stage::Forest,
                    block,
                    residuals: Residuals::default(),
                });
            }
        } else {
            // What needs no forest can still be said.
            job.enqueue_others();
        }
        job
    }

    /// What tasks are to be run on here; other workers make their own by [`Prepared::new`].
    pub fn prepared(&self) -> &Prepared {
        &self.prepared
    }

    /// The settings, bounded to what is sensible.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A task that can be run now. `None` while results are awaited (see [`Self::is_done`]) or there is nothing left.
    pub fn next_task(&mut self) -> Option<TreeTask> {
        self.ready.pop_front()
    }

    /// All tasks that can be run now.
    pub fn tasks(&mut self) -> Vec<TreeTask> {
        self.ready.drain(..).collect()
    }

    /// Whether all results are in.
    pub fn is_done(&self) -> bool {
        self.pending == 0
    }

    /// Tasks done, and tasks in all as far as is known.
    pub fn progress(&self) -> (usize, usize) {
        let mut ahead = 0;
        if self.refused.is_none() {
            ahead += if self.correction_is_queued {
                0
            } else {
                self.correction.len()
            };
            ahead += if self.fitted.is_some() {
                0
            } else {
                self.resamples.len()
            };
        }
        (self.done, self.done + self.pending + ahead)
    }

    /// Takes a result. One that was taken before, or does not fit, is ignored.
    pub fn absorb(&mut self, result: TreeResult) {
        let taken = match result.0 {
            Outcome::Trees { stage, block, sums } => {
                if sums.out_of_bag.len() != self.prepared.runs() {
                    return;
                }
                let blocks = if stage == Stage::Forest {
                    &mut self.forest
                } else {
                    &mut self.correction
                };
                put(blocks, block as usize, sums)
            }
            Outcome::Resample { index, resampled } => {
                put(&mut self.resamples, index as usize, resampled)
            }
            Outcome::Plain { resample, plain } => self.others.put_plain(resample, plain),
            Outcome::Measures { block, sums } => {
                put(&mut self.others.measures, block as usize, sums)
            }
            Outcome::MeasuresAgain { index, measures } => {
                put(&mut self.others.measures_again, index as usize, measures)
            }
            Outcome::Pairs { stage, block, sums } => {
                let offset = if stage == Stage::Forest {
                    0
                } else {
                    self.forest.len()
                };
                put(&mut self.pair_sums, block as usize + offset, sums)
            }
        };
        if !taken {
            return;
        }
        self.pending = self.pending.saturating_sub(1);
        self.done += 1;
        self.advance();
    }

    fn enqueue(&mut self, work: Work) {
        self.ready.push_back(TreeTask(work));
        self.pending += 1;
    }

    /// Queues what has become possible.
    fn advance(&mut self) {
        let has = |blocks: &[Option<Block>]| blocks.iter().all(Option::is_some);
        self.pair_up();
        self.fit_coarsely();
        let awaits_correction = self.correction_is_queued && !has(&self.correction);
        if self.fitted.is_some() || !has(&self.forest) || awaits_correction {
            return;
        }
        let Some(forest) = Block::sum(self.forest.iter().flatten()) else {
            return;
        };
        if !self.correction.is_empty() && !self.correction_is_queued {
            self.residuals = Residuals(forest.residuals(&self.prepared.objective));
            for block in 0..self.correction.len() as u32 {
                let residuals = self.residuals.clone();
                self.enqueue(Work::Trees {
                    stage: Stage::Correction,
                    block,
                    residuals,
                });
            }
            self.correction_is_queued = true;
            return;
        }
        let correction = Block::sum(self.correction.iter().flatten());
        let fitted = Fitted::new(&self.prepared, &self.settings, &forest, correction.as_ref());
        let corrected = fitted.corrected;
        self.refused = Refusal::after_fitting(fitted.r2, fitted.shares.is_some());
        self.fitted = Some(fitted);
        if self.refused.is_none() {
            for index in 0..self.settings.resamples {
                self.enqueue(Work::Resample { index, corrected });
            }
            self.enqueue_pairs();
        }
        self.enqueue_others();
    }

    /// Puts the first trees together, as soon as they are there and unless all are. A fit that would be refused is not
    /// told: more trees may do better.
    fn fit_coarsely(&mut self) {
        let awaited = self.forest.iter().any(Option::is_none) && !self.is_coarse_known;
        let first = self.forest.iter().take(COARSE);
        if !awaited
            || self.settings.definition == Definition::PerTree
            || first.clone().any(Option::is_none)
        {
            return;
        }
        let Some(first) = Block::sum(first.flatten()) else {
            return;
        };
        let fitted = Fitted::new(&self.prepared, &self.settings, &first, None);
        let is_good = Refusal::after_fitting(fitted.r2, fitted.shares.is_some()).is_none();
        self.coarse = Some(fitted).filter(|_| is_good);
        self.is_coarse_known = true;
    }

    /// Puts the pairs' sums together, once all are there.
    fn pair_up(&mut self) {
        let Some(fitted) = self.fitted.as_ref().filter(|_| self.paired.is_none()) else {
            return;
        };
        if self.pair_sums.is_empty() || self.pair_sums.iter().any(Option::is_none) {
            return;
        }
        let (forest, correction) = self.pair_sums.split_at(self.forest.len());
        let start = PairSums::start(&self.prepared, &self.pairs);
        let forest = self.pair_sum(forest);
        let means = self
            .pair_sum(correction)
            .mean_added_to(forest.mean_added_to(start));
        let times = fitted.slopes.interactions * fitted.slopes.interactions;
        let share = |(index, &pair): (usize, &(usize, usize))| {
            let share = if self.settings.definition == Definition::PerTree {
                forest.fractions[index] / f64::from(forest.trees.max(1))
            } else {
                times * means.variance(&self.prepared, index, pair) / fitted.whole
            };
            share.min(1.0)
        };
        let shares = self.pairs.iter().enumerate().map(share).collect();
        self.paired = Some(Paired { means, shares });
    }

    /// Queues what other methods need. Those that need no forest are asked for though the forest's answer is refused.
    fn enqueue_others(&mut self) {
        if !self.settings.methods {
            return;
        }
        let resamples = self.settings.resamples;
        for resample in std::iter::once(None).chain((0..resamples).map(Some)) {
            self.enqueue(Work::Plain { resample });
        }
        if self.refused.is_none() {
            for block in 0..self.forest.len() as u32 {
                self.enqueue(Work::Measures { block });
            }
            for index in 0..resamples {
                self.enqueue(Work::MeasuresAgain { index });
            }
        }
    }

    /// Queues the pairs of the parameters that matter most, by total index where it is known.
    fn enqueue_pairs(&mut self) {
        let Some(fitted) = &self.fitted else { return };
        let Some(shares) = fitted.shares.as_ref().filter(|_| self.settings.pairs > 1) else {
            return;
        };
        let weight = |feature: usize| fitted.totals.get(feature).unwrap_or(&shares[feature]);
        let mut strongest: Vec<usize> = (0..shares.len())
            .filter(|&feature| is_pairable(&self.prepared, feature))
            .collect();
        order::by(&mut strongest, |&a, &b| {
            weight(b).total_cmp(weight(a)).then(a.cmp(&b))
        });
        strongest.truncate(self.settings.pairs);
        strongest.sort_unstable();
        for (i, &a) in strongest.iter().enumerate() {
            self.pairs
                .extend(strongest[i + 1..].iter().map(|&b| (a, b)));
        }
        let (residuals, corrected) = (self.residuals.clone(), fitted.corrected);
        let blocks = self.forest.len() as u32;
        let mut works = Vec::new();
        for block in 0..blocks {
            let residuals = Residuals::default();
            works.push(Work::Pairs {
                stage: Stage::Forest,
                block,
                residuals,
                pairs: self.pairs.clone(),
            });
        }
        for block in 0..if corrected { blocks } else { 0 } {
            let residuals = residuals.clone();
            works.push(Work::Pairs {
                stage: Stage::Correction,
                block,
                residuals,
                pairs: self.pairs.clone(),
            });
        }
        self.pair_sums = vec![None; works.len()];
        for work in works {
            self.enqueue(work);
        }
    }

    fn pair_sum(&self, sums: &[Option<PairSums>]) -> PairSums {
        let mut sum = PairSums::start(&self.prepared, &self.pairs);
        sums.iter().flatten().for_each(|block| sum.add(block));
        sum
    }

    fn pair_shares(&self) -> Vec<(String, String, f64)> {
        let shares = self.paired.iter().flat_map(|paired| &paired.shares);
        let named = self
            .pairs
            .iter()
            .zip(shares)
            .map(|(&(a, b), share)| (self.names[a].clone(), self.names[b].clone(), *share));
        let mut shares: Vec<_> = named.collect();
        order::by(&mut shares, |a, b| b.2.total_cmp(&a.2));
        shares
    }

    /// The answer so far: `None` until the first trees are there, coarse until both forests are. Whiskers and pairs are absent until all their results
    /// are in, so that the answer of a finished job does not depend on the order of arrival.
    pub fn answer(&self) -> Option<Importance> {
        let mut answer = Importance {
            n: self.prepared.runs(),
            of: self.prepared.of,
            left_out: self.prepared.left_out.clone(),
            refused: self.refused.clone(),
            ..Importance::default()
        };
        answer.methods = self
            .others
            .answers(&self.prepared, &self.settings, &self.names);
        let Some(fitted) = self.fit() else {
            return self.refused.is_some().then_some(answer);
        };
        answer.r2_oob = Some(fitted.r2);
        answer.rank_correlation = fitted.rank_correlation;
        answer.bias_corrected = fitted.corrected;
        let (None, Some(shares)) = (&self.refused, &fitted.shares) else {
            return Some(answer);
        };
        answer.warnings = Warning::of(&self.prepared, fitted.r2);
        let spread = resample::spread(&self.prepared);
        let errors = Errors::new(&self.prepared, &self.settings, fitted);
        for (feature, &share) in shares.iter().enumerate() {
            let again = self.again(feature);
            let (low, high) = errors.whisker(share, &again).unzip();
            let total = fitted
                .totals
                .get(feature)
                .map(|total| total.clamp(share, 1.0_f64.max(share)));
            let is_noise = again.is_like_noise(share, spread);
            answer.parameters.push(Share {
                name: self.names[feature].clone(),
                share,
                low,
                high,
                total,
                is_noise,
                noise: resample::level(&again.noise, share, is_noise),
            });
        }
        let sum: f64 = shares.iter().sum();
        answer.sum_of_singles = sum;
        answer.interactions = (1.0 - sum).max(0.0);
        order::by(&mut answer.parameters, |a, b| b.share.total_cmp(&a.share));
        answer.pairs = self.pair_shares();
        Some(answer)
    }
}

/// Fills an empty slot; says whether it did.
pub(super) fn put<T>(slots: &mut [Option<T>], index: usize, value: T) -> bool {
    match slots.get_mut(index) {
        Some(slot @ None) => {
            *slot = Some(value);
            true
        }
        _ => false,
    }
}
