//! The answer: shares with whiskers, how well the surrogate predicts, and what was left out and why.

use serde::{Deserialize, Serialize};

use super::prepare::Prepared;

/// Why a parameter or some runs are not part of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Reason {
    /// One value in all used runs.
    #[error("it has the same value in every run")]
    Constant,
    /// No used run has a value.
    #[error("no run has a usable value for it")]
    AllMissing,
    /// More categories than a tree can split.
    #[error("it has {count} categories, more than the 256 that can be split")]
    TooManyCategories {
        /// How many.
        count: usize,
    },
    /// Categories that name runs rather than settings.
    #[error(
        "almost every run has its own value ({count} different ones), so it names runs and explains nothing"
    )]
    LikeAnIdentifier {
        /// How many different ones.
        count: usize,
    },
    /// More runs than are used.
    #[error(
        "{runs} runs beyond a random sample of 20,000 were not used, which hardly moves the shares"
    )]
    Subsampled {
        /// How many were not used.
        runs: usize,
    },
    /// Runs without a finite objective.
    #[error("{runs} {} no finite objective", if *runs == 1 { "run has" } else { "runs have" })]
    NoObjective {
        /// How many.
        runs: usize,
    },
}

/// A parameter, or runs, that were left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The parameter; `None` where it is runs.
    pub parameter: Option<String>,
    /// Why.
    pub reason: Reason,
}

/// Why there is no ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// No run has a value of the objective.
    #[error("no run has a finite value of the objective, so there is nothing to explain")]
    NoObjective,
    /// No parameter that varies.
    #[error("no parameter varies over these runs, so there is nothing to compare")]
    NothingVaries,
    /// The objective is the same in all runs.
    #[error("the objective has the same value in every run, so there is nothing to explain")]
    ConstantObjective,
    /// Too few runs for that many parameters.
    #[error("{runs} {} too few for {parameters} varying {}: at least {needed} are needed",
        if *runs == 1 { "run is" } else { "runs are" }, if *parameters == 1 { "parameter" } else { "parameters" })]
    TooFewRuns {
        /// How many there are.
        runs: usize,
        /// How many parameters vary.
        parameters: usize,
        /// How many runs there should be at least.
        needed: usize,
    },
    /// The forest predicts runs that it has not seen worse than their mean does.
    #[error(
        "the objective cannot be predicted from these parameters (out-of-bag R² is {r2:.2}), so a ranking would be noise"
    )]
    Unpredictable {
        /// Out-of-bag R².
        r2: f64,
    },
    /// The forest found nothing to split on.
    #[error("no split of these runs explains any of the objective")]
    NothingFound,
}

/// Most runs that are needed for a parameter, beyond which no warning is given.
const ENOUGH_RUNS_PER_PARAMETER: usize = 10;

/// Fewest runs for a parameter, below which there is no answer.
const LEAST_RUNS_PER_PARAMETER: usize = 2;

/// Fewest runs of all.
const LEAST_RUNS: usize = 10;

/// Out-of-bag R² below which a warning is given.
const WEAK_R2: f64 = 0.3;

impl Refusal {
    pub(super) fn before_fitting(prepared: &Prepared) -> Option<Self> {
        let (runs, parameters) = (prepared.runs(), prepared.features.len());
        if runs == 0 {
            return Some(Self::NoObjective);
        }
        let needed = LEAST_RUNS.max(LEAST_RUNS_PER_PARAMETER * parameters);
        if runs < needed && parameters > 0 {
            return Some(Self::TooFewRuns {
                runs,
                parameters,
                needed,
            });
        }
        if parameters == 0 {
            return Some(if runs < LEAST_RUNS {
                Self::TooFewRuns {
                    runs,
                    parameters,
                    needed: LEAST_RUNS,
                }
            } else {
                Self::NothingVaries
            });
        }
        let largest = prepared
            .objective
            .iter()
            .fold(0.0_f64, |largest, value| largest.max(value.abs()));
        // What is left of a constant after its mean was taken off is rounding.
        let is_constant = largest <= prepared.objective_mean.abs() * 1e-13;
        is_constant.then_some(Self::ConstantObjective)
    }

    pub(super) fn after_fitting(r2: f64, varies: bool) -> Option<Self> {
        if !varies {
            return Some(Self::NothingFound);
        }
        (r2 < 0.0).then_some(Self::Unpredictable { r2 })
    }
}

/// Why a ranking is to be taken with care.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
pub enum Warning {
    /// The surrogate explains little.
    #[error(
        "the parameters explain little of the objective (out-of-bag R² is {r2:.2}): take the ranking as a hint"
    )]
    WeakFit {
        /// Out-of-bag R².
        r2: f64,
    },
    /// Few runs for that many parameters.
    #[error(
        "{runs} runs are few for {parameters} varying parameters: whiskers are wide and weak effects may be missed"
    )]
    FewRuns {
        /// How many there are.
        runs: usize,
        /// How many parameters vary.
        parameters: usize,
    },
}

impl Warning {
    pub(super) fn of(prepared: &Prepared, r2: f64) -> Vec<Self> {
        let (runs, parameters) = (prepared.runs(), prepared.features.len());
        let weak = (r2 < WEAK_R2).then_some(Self::WeakFit { r2 });
        let few = (runs < ENOUGH_RUNS_PER_PARAMETER * parameters)
            .then_some(Self::FewRuns { runs, parameters });
        weak.into_iter().chain(few).collect()
    }
}

/// Less than this share is next to none: in golden problems forests give as much to parameters that do nothing.
pub const NOTHING: f64 = 0.05;

/// What has at least this total share does something together with others, whatever it does alone. Totals gather all
/// interactions of a forest, those that noise has made too, and so get more by chance than shares do.
pub const NOTHING_WITH_OTHERS: f64 = 0.1;

/// One parameter's part in the variance of the objective.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// The parameter.
    pub name: String,
    /// What it explains alone, of 1.
    pub share: f64,
    /// The 10 % end of its whisker over resampled runs.
    pub low: Option<f64>,
    /// The 90 % end.
    pub high: Option<f64>,
    /// What it explains alone and together with others, where asked for.
    pub total: Option<f64>,
    /// Whether it cannot be told from a parameter of noise; false where that is not known.
    pub is_noise: bool,
    /// What noise gets at most in nine resamples of ten, where there were enough.
    pub noise: Option<f64>,
}

/// How importance is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Functional ANOVA of a random forest.
    #[default]
    Fanova,
    /// PED-ANOVA: [`super::pedanova`].
    PedAnova,
    /// Mean decrease in impurity.
    Impurity,
    /// Permutation on out-of-bag runs.
    Permutation,
    /// Mean absolute SHAP values.
    Shap,
    /// Pearson's correlation.
    Pearson,
    /// Spearman's correlation.
    Spearman,
    /// Kendall's correlation.
    Kendall,
}

impl Method {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::Fanova,
        Self::PedAnova,
        Self::Permutation,
        Self::Shap,
        Self::Impurity,
        Self::Pearson,
        Self::Spearman,
        Self::Kendall,
    ];

    /// The word in addresses and commands.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fanova => "fanova",
            Self::PedAnova => "pedanova",
            Self::Impurity => "impurity",
            Self::Permutation => "permutation",
            Self::Shap => "shap",
            Self::Pearson => "pearson",
            Self::Spearman => "spearman",
            Self::Kendall => "kendall",
        }
    }

    /// The one of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

/// What one method other than functional ANOVA says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MethodAnswer {
    /// The method.
    pub method: Method,
    /// By falling distance from 0.
    pub parameters: Vec<Measured>,
    /// Why there is no ranking.
    pub refused: Option<String>,
}

/// What a method says of one parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The parameter.
    pub name: String,
    /// The measure, in the method's own unit; `None` where it does not exist.
    pub value: Option<f64>,
    /// The 10 % end of its whisker over resampled runs.
    pub low: Option<f64>,
    /// The 90 % end.
    pub high: Option<f64>,
    /// Whether it cannot be told from a parameter of noise.
    pub is_noise: bool,
    /// The size that noise gets at most in nine resamples of ten, where there were enough.
    pub noise: Option<f64>,
}

impl From<Share> for Measured {
    fn from(share: Share) -> Self {
        Self {
            name: share.name,
            value: Some(share.share),
            low: share.low,
            high: share.high,
            is_noise: share.is_noise,
            noise: share.noise,
        }
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Importance {
    /// Runs that were used.
    pub n: usize,
    /// Runs that there were.
    pub of: usize,
    /// Parameters by falling share; empty where refused.
    pub parameters: Vec<Share>,
    /// Sum of all shares.
    pub sum_of_singles: f64,
    /// The rest: what only several parameters together explain.
    pub interactions: f64,
    /// Interactions of two parameters by falling share, where asked for.
    pub pairs: Vec<(String, String, f64)>,
    /// What other methods say, where asked for and as far as they are done.
    pub methods: Vec<MethodAnswer>,
    /// Share of the objective's variance that the surrogate predicts in runs it has not seen.
    pub r2_oob: Option<f64>,
    /// Spearman's correlation of those predictions with the objective.
    pub rank_correlation: Option<f64>,
    /// Whether the forest's bias correction helped and was kept.
    pub bias_corrected: bool,
    /// What was left out, and why.
    pub left_out: Vec<LeftOut>,
    /// Why the ranking is to be taken with care.
    pub warnings: Vec<Warning>,
    /// Why there is no ranking.
    pub refused: Option<Refusal>,
}
