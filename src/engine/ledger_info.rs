//! What the page knows of the ledger: its columns, its sources, and what could be the objective; and how far reading has come.

use super::objective::Objective;
use crate::ledger::{ColumnId, ColumnName, Kind, Problem, Role, Rules, SharedRuns};
use serde::{Deserialize, Serialize};

/// What is in the ledger.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LedgerInfo {
    /// Greater after every change.
    pub version: u64,
    /// How many runs.
    pub runs: usize,
    /// All columns in the order to show them: params that vary, metrics, tags and attributes, constants.
    pub columns: Vec<ColumnInfo>,
    /// What was read.
    pub sources: Vec<SourceInfo>,
    /// Dropped files that no format read, with the reason.
    pub unread: Vec<Unread>,
    /// How many problems in all.
    pub problems: usize,
    /// Metrics that could be the objective, the likeliest first.
    pub objectives: Vec<ObjectiveGuess>,
    /// What a person decided about sources and columns.
    pub rules: Rules,
    /// Columns that look like one under two names.
    pub alike: Vec<Alike>,
    /// The session that was read from a file, as JSON.
    pub session: Option<String>,
}

impl LedgerInfo {
    /// The column of this key.
    pub fn column(&self, key: &str) -> Option<&ColumnInfo> {
        self.columns.iter().find(|column| column.key == key)
    }

    /// The key of this column.
    pub fn key_of(&self, id: ColumnId) -> Option<String> {
        let column = self.columns.iter().find(|column| column.id == id)?;
        Some(column.key.clone())
    }
}

/// Two columns that look like one: their names differ only in how trackers write them, and no run has
/// different values in both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alike {
    /// The one that fewer runs have.
    pub from: ColumnName,
    /// How many.
    pub from_runs: usize,
    /// The other.
    pub to: ColumnName,
    /// How many runs have it.
    pub to_runs: usize,
}

/// A column, without its values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnInfo {
    /// Its id in the ledger.
    pub id: ColumnId,
    /// Role and name as `param.lr`: how view state and addresses name it.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// What kind of values it holds.
    pub kind: Kind,
    /// Whether it differs between runs.
    pub varies: bool,
    /// How many runs have it.
    pub present: usize,
    /// Why its role is only a guess, where it is.
    pub doubt: Option<String>,
    /// Whether it was logged over time.
    pub has_history: bool,
    /// The first sources that have it, as places in [`LedgerInfo::sources`].
    pub sources: Vec<u32>,
    /// How many sources have it.
    pub source_count: usize,
    /// Names of columns that were joined to it.
    pub parts: Vec<String>,
    /// The expression that it is computed by, if it is.
    pub formula: Option<String>,
}

/// A source, for the receipt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// Its path in the drop.
    pub path: String,
    /// The format's name for people.
    pub format: String,
    /// How many runs it brought and has still.
    pub runs: usize,
    /// How many it has no more, nor any other.
    pub gone: usize,
    /// Its size.
    pub bytes: u64,
    /// How long reading took.
    pub millis: Option<f64>,
    /// How many logged points were left out, as the person chose.
    pub points_left_out: u64,
    /// What was wrong.
    pub problems: Vec<Problem>,
    /// How many more problems there were.
    pub unlisted: usize,
    /// Tells it from others when it is to be kept apart; 0 where it cannot be.
    pub part_of: u64,
    /// Which of its runs earlier sources have.
    pub shared: Vec<SharedRuns>,
    /// Whether it may be a later export of an earlier one.
    pub may_be_again: bool,
}

/// What a look into the folder that is followed brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Looked {
    /// How many runs are new.
    pub new: usize,
    /// How many runs that were there are not as they were.
    pub changed: usize,
    /// How many runs no file has any more.
    pub gone: usize,
    /// How many files that were read are there no more.
    pub files_gone: usize,
    /// The files that were not read to their end because a reader failed: they are tried again.
    pub lost: Vec<String>,
    /// How many bytes of files the browser was asked for.
    pub bytes_read: u64,
    /// How it went; where it was cancelled, or there was no room for it, it is not whole.
    pub progress: ImportProgress,
    /// What is in the ledger then.
    pub info: LedgerInfo,
}

/// A file that no format read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Its path in the drop.
    pub path: String,
    /// Why, and what to do.
    pub reason: String,
}

/// A metric that could be the objective.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectiveGuess {
    /// The objective.
    pub objective: Objective,
    /// Why, for people.
    pub reason: String,
    /// Whether it may be taken without asking.
    pub sure: bool,
}

/// How far reading has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportProgress {
    /// How many files were dropped.
    pub files: usize,
    /// How many are done with.
    pub files_done: usize,
    /// Bytes read.
    pub bytes: u64,
    /// Bytes to read in all.
    pub bytes_total: u64,
    /// Runs in the ledger now.
    pub runs: usize,
    /// Units being read now.
    pub reading: Vec<FileProgress>,
    /// Whether reading was cancelled.
    pub cancelled: bool,
    /// Milliseconds since the drop.
    pub millis: f64,
}

/// How far one unit has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileProgress {
    /// Its path in the drop.
    pub path: String,
    /// Bytes read.
    pub bytes: u64,
    /// Bytes in all.
    pub bytes_total: u64,
    /// Runs found.
    pub runs: usize,
}
