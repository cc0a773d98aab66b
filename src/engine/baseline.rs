//! What others are compared with.

use serde::{Deserialize, Serialize};

/// What others are compared with, by a row of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Baseline {
    /// The run of this row.
    Run(usize),
    /// The group that the run of this row is in, as runs are grouped; nothing where they are not.
    Group(usize),
}

impl Baseline {
    /// The run, where it is one.
    pub fn run(self) -> Option<usize> {
        match self {
            Self::Run(row) => Some(row),
            Self::Group(_) => None,
        }
    }

    /// The row, of which kind it may be.
    pub(super) fn row(self) -> usize {
        let (Self::Run(row) | Self::Group(row)) = self;
        row
    }

    pub(super) fn word(self) -> String {
        match self {
            Self::Run(row) => row.to_string(),
            Self::Group(row) => format!("g{row}"),
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        match word.strip_prefix('g') {
            Some(row) => row.parse().ok().map(Self::Group),
            None => word.parse().ok().map(Self::Run),
        }
    }
}
