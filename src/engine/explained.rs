//! What importance says, as the page shows it.

use crate::analysis::importance::Method;
use crate::ledger::ColumnId;
use serde::{Deserialize, Serialize};

/// Importance of the params, for people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportanceAnswer {
    /// The method's name.
    pub method: String,
    /// The objective in words, as `val_loss (last, minimize)`.
    pub objective: String,
    /// How many runs were used.
    pub used: usize,
    /// Of how many shown.
    pub shown: usize,
    /// How well the forest predicts runs that it was not grown on.
    pub r2_oob: Option<f64>,
    /// Spearman's correlation of those predictions with the objective.
    pub rank_correlation: Option<f64>,
    /// The sum of the single shares.
    pub sum_of_singles: f64,
    /// What is left to interactions and noise.
    pub remainder: f64,
    /// The params, most important first.
    pub params: Vec<ParamImportance>,
    /// Params and runs that were left out, with the reason.
    pub left_out: Vec<LeftOut>,
    /// Why there is no answer, where there is none.
    pub refused: Option<String>,
    /// What to be careful about.
    pub warnings: Vec<String>,
    /// Trees grown, resamples, seed: how to repeat it.
    pub settings: String,
    /// What the other methods say, as far as they are done.
    pub methods: Vec<MethodRanking>,
    /// Interactions of two params, greatest first.
    pub pairs: Vec<PairImportance>,
    /// How far the methods agree, in words; empty until all are there.
    pub agreement: Vec<String>,
    /// Whether nothing more will come.
    pub is_whole: bool,
}

/// What a method other than functional ANOVA says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MethodRanking {
    /// The method.
    pub method: Method,
    /// The params, most important first.
    pub params: Vec<MeasuredParam>,
    /// Why there is no ranking.
    pub refused: Option<String>,
}

/// What a method says of one param.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasuredParam {
    /// The column.
    pub column: ColumnId,
    /// Its name.
    pub name: String,
    /// The measure, in the method's unit; `None` where it does not exist.
    pub value: Option<f64>,
    /// 10 % quantile over resampled runs.
    pub low: Option<f64>,
    /// 90 % quantile over resampled runs.
    pub high: Option<f64>,
    /// Whether it cannot be told from a param of noise.
    pub is_noise: bool,
}

/// The interaction of two params.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairImportance {
    /// One.
    pub a: ColumnId,
    /// The other.
    pub b: ColumnId,
    /// Share of the variance, 0 to 1.
    pub share: f64,
}

/// One param's importance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParamImportance {
    /// The column.
    pub column: ColumnId,
    /// Its name.
    pub name: String,
    /// Share of the variance, 0 to 1.
    pub share: f64,
    /// 10 % quantile over resampled runs, where there were enough.
    pub low: Option<f64>,
    /// 90 % quantile over resampled runs, where there were enough.
    pub high: Option<f64>,
    /// Share of the variance with all interactions that it takes part in.
    pub total: Option<f64>,
    /// Whether it cannot be told from a param of noise.
    pub is_noise: bool,
    /// The measure that it was averaged over, in words: `log, 1e-5 to 0.1`.
    pub space: String,
    /// How many of the used runs have it.
    pub present: usize,
}

/// Which changes lead from one run to another, in the order in which they helped most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AblationPath {
    /// The first run's name, and its objective.
    pub from: (String, f64),
    /// The second one's.
    pub to: (String, f64),
    /// The forest's prediction for the first run.
    pub start: f64,
    /// The changes.
    pub changes: Vec<PathChange>,
}

/// One change on the way from one run to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathChange {
    /// The param.
    pub name: String,
    /// Its value before.
    pub from: String,
    /// Its value after.
    pub to: String,
    /// The forest's prediction after it.
    pub prediction: f64,
    /// Whether no run lies near, so that the forest guesses.
    pub is_far: bool,
}

/// Something that was left out of an importance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The param, or how many runs.
    pub what: String,
    /// Why.
    pub reason: String,
}
