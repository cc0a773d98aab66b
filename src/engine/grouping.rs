//! How runs are grouped, and what a group says of a metric: what a person chose.

use serde::{Deserialize, Serialize};

/// How runs are grouped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grouping {
    /// Runs of one configuration: [`crate::analysis::grouping::replicate_keys`].
    Replicates,
    /// Runs that agree in these columns.
    By(Vec<String>),
    /// Runs that agree in all params but these.
    Except(Vec<String>),
}

/// What a group's row says of a metric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupStatistic {
    /// The mean and half of its 95 % interval.
    #[default]
    Interval,
    /// The mean and the standard deviation.
    Deviation,
    /// The mean and its standard error.
    Error,
    /// The median.
    Median,
    /// The least.
    Min,
    /// The greatest.
    Max,
}

impl GroupStatistic {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::Interval,
        Self::Deviation,
        Self::Error,
        Self::Median,
        Self::Min,
        Self::Max,
    ];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Interval => "interval",
            Self::Deviation => "sd",
            Self::Error => "se",
            Self::Median => "median",
            Self::Min => "min",
            Self::Max => "max",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Interval => "mean ± 95 % interval",
            Self::Deviation => "mean ± standard deviation",
            Self::Error => "mean ± standard error",
            Self::Median => "median",
            Self::Min => "least",
            Self::Max => "greatest",
        }
    }

    /// The one of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}
