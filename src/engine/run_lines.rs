//! One run, as the engine tells of it, and what a person says of runs.

use super::numbers::Numbers;
use super::protocol::CellKind;
use crate::ledger::{ColumnId, LogTail, Role};
use serde::{Deserialize, Serialize};

/// Everything known about a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunDetail {
    /// The ledger's row.
    pub row: usize,
    /// Its name, else its id.
    pub name: String,
    /// Its rank among the shown runs.
    pub rank: Option<usize>,
    /// The path of its source.
    pub source: String,
    /// The format's name for people.
    pub format: String,
    /// What the person said of it.
    pub note: RunNote,
    /// The end of its log.
    pub log: Option<LogTail>,
    /// Files of the export that belong to it and were not read, a table a folder.
    pub files: Vec<Numbers>,
    /// Role and what the run has of it.
    pub fields: Vec<RunField>,
}

/// What a person said of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunNote {
    /// Whether it has a star.
    pub star: bool,
    /// Its tags, in the order of the alphabet.
    pub tags: Vec<String>,
    /// What was written about it.
    pub text: String,
}

/// A change of what a person says of runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoteEdit {
    /// A star for them, or none any more where all of them have one.
    Star,
    /// A tag for them.
    Tag(String),
    /// This tag no more.
    Untag(String),
    /// This text; an empty one takes it away.
    Text(String),
}

/// One value of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunField {
    /// The column.
    pub column: ColumnId,
    /// Its role.
    pub role: Role,
    /// Its name.
    pub name: String,
    /// The value in full.
    pub text: String,
    /// What kind of value it is.
    pub kind: CellKind,
    /// Whether it differs between runs.
    pub varies: bool,
    /// For a metric logged over time: its points thinned to at most 120, step and value.
    pub curve: Vec<(f64, f64)>,
    /// For a metric logged over time: its points in words for people.
    pub summary: Option<FieldSummary>,
    /// Whether it is a metric of the machine and not of the model.
    pub is_system: bool,
}

/// What a curve says, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSummary {
    /// How many points.
    pub points: String,
    /// The least of the finite ones.
    pub least: String,
    /// The greatest.
    pub greatest: String,
}

impl FieldSummary {
    /// All of it.
    pub fn words(&self) -> String {
        let Self {
            points,
            least,
            greatest,
        } = self;
        // Its value stands beside it.
        if points == "1" {
            return "1 point".to_owned();
        }
        format!("{points} points, least {least}, greatest {greatest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_point_is_its_own_least_and_greatest() {
        let words = |points: &str| {
            let [least, greatest] = ["0.5", "2"].map(str::to_owned);
            let points = points.to_owned();
            FieldSummary {
                points,
                least,
                greatest,
            }
            .words()
        };
        assert_eq!(words("1"), "1 point");
        assert_eq!(words("30"), "30 points, least 0.5, greatest 2");
    }
}
