//! Importance as small tasks that run anywhere, in any order, on any number of workers.
//!
//! 1. blocks of eight trees of the forest, the first two of which give a coarse answer;
//! 2. when the forest is there, blocks of its correction, which need its out-of-bag residuals;
//! 3. when that is there, and with it whether the correction is kept, one task for each resample, and where totals and
//!    pairs are wanted blocks that regrow both, to see what changes where a coordinate is redrawn, and for the pairs that are
//!    the strongest by that to sum up their joint marginals (a seed tells all of a tree, so none is ever kept or sent).
//!
//! Blocks are cut the same way however tasks are handed out, and are summed in their order, so the answer has the same
//! bits whatever the order of arrival and the number of workers.

mod asked;
mod task;

use std::collections::VecDeque;

pub use task::{TreeResult, TreeTask, run_task};

use super::answer::{Importance, Refusal, Share, Warning};
use super::design::Design;
use super::fit::Fitted;
use super::others::Others;
use super::pairs::{PairSums, is_pairable};
use super::points::REDRAWN;
use super::prepare::Prepared;
use super::resample::{self, Resampled};
use super::surrogate::{Block, Changes};
use super::whisker::Errors;
use super::{Definition, Settings};
use task::{BLOCK, Outcome, Residuals, Stage, Work};

/// Blocks that a coarse answer is made of: always the same ones, so that it too is the same each time.
const COARSE: usize = 2;

/// With more runs than these the correction has half as many trees: each has seen enough of them.
const MANY_RUNS: usize = 4000;

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
    /// What totals are worked out from, by block: the forest's, then those of the correction that is kept.
    changes: Vec<Option<Changes>>,
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
        let correction_blocks = match settings.definition {
            Definition::Forest if prepared.runs() > MANY_RUNS => blocks.div_ceil(2),
            Definition::Forest => blocks,
            Definition::PerTree => 0,
        };
        let mut job = Self {
            names,
            forest: vec![None; blocks as usize],
            correction: vec![None; correction_blocks as usize],
            resamples: vec![None; settings.resamples as usize],
            others: Others::new(&settings, blocks),
            changes: Vec::new(),
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
        if self.refused.is_none() && !self.correction_is_queued {
            ahead += self.correction.len();
        }
        if self.refused.is_none() && self.fitted.is_none() {
            // Totals, and then pairs, take a task for each block.
            let of_forest = self.settings.definition == Definition::Forest;
            let regrown = usize::from(self.settings.totals && of_forest)
                + usize::from(self.settings.pairs > 1);
            ahead += self.resamples.len() + regrown * (self.forest.len() + self.correction.len());
        } else if self.awaits_totals() && self.settings.pairs > 1 {
            ahead += self.changes.len();
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
            Outcome::Changes { stage, block, sums } => {
                let place = self.place(stage, block);
                put(&mut self.changes, place, sums)
            }
            Outcome::Pairs { stage, block, sums } => {
                let place = self.place(stage, block);
                put(&mut self.pair_sums, place, sums)
            }
        };
        if !taken {
            return;
        }
        self.pending = self.pending.saturating_sub(1);
        self.done += 1;
        self.advance();
    }

    /// Where a block stands among both forests'.
    fn place(&self, stage: Stage, block: u32) -> usize {
        let first = match stage {
            Stage::Forest => 0,
            Stage::Correction => self.forest.len(),
        };
        first + block as usize
    }

    fn enqueue(&mut self, work: Work) {
        self.ready.push_back(TreeTask(work));
        self.pending += 1;
    }

    /// Queues what has become possible.
    fn advance(&mut self) {
        let has = |blocks: &[Option<Block>]| blocks.iter().all(Option::is_some);
        self.add_totals();
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
            if self.awaits_totals() {
                self.enqueue_changes();
            } else {
                self.enqueue_pairs();
            }
            for index in 0..self.settings.resamples {
                self.enqueue(Work::Resample { index, corrected });
            }
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
        let pairs = self.pairs.clone();
        let works = self.blocks().map(|(stage, block, residuals)| Work::Pairs {
            stage,
            block,
            residuals,
            pairs: pairs.clone(),
        });
        let works: Vec<Work> = works.collect();
        self.pair_sums = vec![None; works.len()];
        works.into_iter().for_each(|work| self.enqueue(work));
    }

    /// Queues what totals need.
    fn enqueue_changes(&mut self) {
        let works = self
            .blocks()
            .map(|(stage, block, residuals)| Work::Changes {
                stage,
                block,
                residuals,
            });
        let works: Vec<Work> = works.collect();
        self.changes = vec![None; works.len()];
        works.into_iter().for_each(|work| self.enqueue(work));
    }

    /// The blocks of the forest, and of its correction if that is kept.
    fn blocks(&self) -> impl Iterator<Item = (Stage, u32, Residuals)> {
        let is_corrected = self.fitted.as_ref().is_some_and(|fitted| fitted.corrected);
        let corrections = if is_corrected {
            self.correction.len()
        } else {
            0
        };
        let forest =
            (0..self.forest.len() as u32).map(|block| (Stage::Forest, block, Residuals::default()));
        let correction =
            (0..corrections as u32).map(|block| (Stage::Correction, block, self.residuals.clone()));
        forest.chain(correction)
    }

    /// Whether totals are wanted that are not known yet.
    fn awaits_totals(&self) -> bool {
        let of = |fitted: &Fitted| fitted.shares.is_some() && fitted.totals.is_empty();
        self.settings.totals && self.fitted.as_ref().is_some_and(of)
    }

    /// Works the totals out, once all of their blocks are there, and queues what waited for them.
    fn add_totals(&mut self) {
        if self.changes.is_empty()
            || self.changes.iter().any(Option::is_none)
            || !self.awaits_totals()
        {
            return;
        }
        let (forest, correction) = self.changes.split_at(self.forest.len());
        let mut means = vec![0.0; self.prepared.features.len() * REDRAWN];
        Changes::add_mean(forest, &mut means);
        Changes::add_mean(correction, &mut means);
        if let Some(fitted) = &mut self.fitted {
            fitted.put_totals(&self.prepared, &means);
        }
        self.changes.clear();
        self.enqueue_pairs();
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
