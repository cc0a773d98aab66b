//! What importance says, as the page shows it.

pub use crate::analysis::importance::Measured;
use crate::analysis::importance::{Method, Share};
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
    /// Shares of several metrics, or at several budgets, side by side; as far as they are done.
    pub compared: Vec<Comparison>,
    /// Interactions of two params, greatest first.
    pub pairs: Vec<PairImportance>,
    /// How far the methods agree, in words; empty until all are there.
    pub agreement: Vec<String>,
    /// Whether nothing more will come.
    pub is_whole: bool,
    /// Of how many trees it is, and how many there will be, where those are more.
    pub grown: Option<(u32, u32)>,
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
    /// What is said of it.
    pub of: Measured,
    /// How many of the used runs have it.
    pub present: usize,
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
    /// Its share of the variance.
    pub of: Share,
    /// The measure that it was averaged over, in words: `log, 1e-5 to 0.1`.
    pub space: String,
    /// How many of the used runs have it.
    pub present: usize,
    /// Its share within those, where it is not set in all and that is worked out.
    pub active: Option<ActiveShare>,
}

/// The share of a conditional param within the runs in which it is set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActiveShare {
    /// How many runs.
    pub runs: usize,
    /// Share of the variance within them, 0 to 1; `None` where it is refused.
    pub share: Option<f64>,
    /// Its whisker.
    pub ends: Option<(f64, f64)>,
    /// Why there is none.
    pub refused: Option<String>,
}

/// Shares for several targets, side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What is compared.
    pub title: String,
    /// What is to be known of it, a sentence or two each.
    pub words: Vec<String>,
    /// The targets, each a forest of its own.
    pub targets: Vec<ComparedTarget>,
    /// Rank correlation of each target with each.
    pub alike: Vec<Vec<Option<f64>>>,
}

/// One target of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedTarget {
    /// Its name.
    pub name: String,
    /// How many runs were used.
    pub used: usize,
    /// How well its forest predicts runs that it was not grown on.
    pub r2_oob: Option<f64>,
    /// The params' shares, greatest first; none where refused.
    pub shares: Vec<MeasuredParam>,
    /// Why there are none.
    pub refused: Option<String>,
}

/// Which changes lead from some runs to others, in the order in which they helped most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AblationPath {
    /// What the first are called, and the mean of their objective.
    pub from: (String, f64),
    /// The others.
    pub to: (String, f64),
    /// The forest's mean prediction for the first.
    pub start: f64,
    /// The changes.
    pub changes: Vec<PathChange>,
}

/// One change on the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathChange {
    /// The param.
    pub name: String,
    /// Its value before.
    pub from: String,
    /// Its value after.
    pub to: String,
    /// The forest's mean prediction after it.
    pub prediction: f64,
    /// What the change alone makes of the prediction, 10 % and 90 % quantile over forests of resampled runs.
    pub ends: Option<(f64, f64)>,
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
