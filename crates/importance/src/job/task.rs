//! A job's tasks: what any worker that has the design can do, and what comes of it.

use serde::{Deserialize, Serialize};

use crate::design::Design;
use crate::measures::{Effort, MeasureSums, Measures, Plan};
use crate::pairs::PairSums;
use crate::plain::{Plain, plain};
use crate::points::Points;
use crate::prepare::Prepared;
use crate::resample::{self, Resampled};
use crate::surrogate::{Block, Changes, Stretch, WithTotals, grow_block};
use crate::{Definition, Settings};

/// Trees in a block.
pub(super) const BLOCK: u32 = 8;

/// Which of the two forests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Stage {
    Forest,
    Correction,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Work {
    /// A block of trees; the correction's with what they predict.
    Trees {
        stage: Stage,
        block: u32,
        residuals: Residuals,
    },
    /// One resample; whether it is corrected is what the shares' forest decided.
    Resample { index: u32, corrected: bool },
    /// What a block's trees change by where a coordinate is redrawn.
    Changes {
        stage: Stage,
        block: u32,
        residuals: Residuals,
    },
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
pub(super) struct Residuals(#[serde(with = "crate::packed")] pub(super) Vec<f64>);

/// A piece of work for any worker that has the design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreeTask(pub(super) Work);

/// What came of a [`TreeTask`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreeResult(pub(super) Outcome);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Outcome {
    Trees {
        stage: Stage,
        block: u32,
        sums: Block,
    },
    Resample {
        index: u32,
        resampled: Resampled,
    },
    Changes {
        stage: Stage,
        block: u32,
        sums: Changes,
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
            let points = Points::for_shares(prepared, settings.definition);
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
        Work::Changes {
            stage,
            block,
            residuals,
        } => Outcome::Changes {
            stage: *stage,
            block: *block,
            sums: Changes::of_block(prepared, &stretch(*stage, *block, residuals)),
        },
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
