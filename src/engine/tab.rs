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
    /// Runs by several objectives, and how the search went on.
    Objectives,
    /// To which ends runs came, and what those that broke have in common.
    Failures,
}

impl Tab {
    /// All, in the order of the tabs.
    pub const ALL: [Self; 7] = [
        Self::Brief,
        Self::Table,
        Self::Space,
        Self::Curves,
        Self::Importance,
        Self::Objectives,
        Self::Failures,
    ];

    /// The word in addresses and in `data-view`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Brief => "brief",
            Self::Table => "table",
            Self::Space => "space",
            Self::Curves => "curves",
            Self::Importance => "importance",
            Self::Objectives => "objectives",
            Self::Failures => "failures",
        }
    }
}
