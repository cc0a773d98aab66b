//! The views, by the words that addresses use.

use serde::{Deserialize, Serialize};

/// The views behind the tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tab {
    /// The ledger as a table.
    #[default]
    Table,
    /// Runs as lines across the axes of params and metrics.
    Space,
    /// Metrics over steps or time.
    Curves,
    /// What is to be known first, in sentences.
    Brief,
    /// Which params mattered.
    Importance,
    /// Runs or groups side by side.
    Compare,
    /// Runs by several objectives, and how the search went on.
    Objectives,
    /// To which ends runs came, and what those that broke have in common.
    Failures,
    /// What to run next.
    Next,
    /// Runs by any two columns.
    Scatter,
    /// How a metric is distributed.
    Distributions,
    /// What is said to others, and the file for them.
    Report,
    /// Everything about one run.
    Run,
}

impl Tab {
    /// All in the row of tabs, in their order: all but that of a run, which is opened from where the run is.
    pub const ALL: [Self; 12] = [
        Self::Brief,
        Self::Table,
        Self::Space,
        Self::Curves,
        Self::Importance,
        Self::Compare,
        Self::Objectives,
        Self::Failures,
        Self::Next,
        Self::Scatter,
        Self::Distributions,
        Self::Report,
    ];

    /// The word in addresses and in `data-view`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Brief => "brief",
            Self::Table => "table",
            Self::Space => "space",
            Self::Curves => "curves",
            Self::Importance => "importance",
            Self::Compare => "compare",
            Self::Objectives => "objectives",
            Self::Failures => "failures",
            Self::Next => "next",
            Self::Scatter => "scatter",
            Self::Distributions => "distributions",
            Self::Report => "report",
            Self::Run => "run",
        }
    }

    /// The one of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter().chain([Self::Run]);
        all.find(|tab| tab.word() == word)
    }
}
