//! What a person made of runs, by the runs' ids: it holds when they are read again, by another version or with others.

use super::run_lines::RunNote;
use crate::ledger::Rules;
use serde::{Deserialize, Serialize};

/// What is kept with a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// What was said of runs.
    pub notes: Vec<NotedRun>,
    /// The ids of those that stay at the top.
    pub pinned: Vec<String>,
    /// The ids of those that were set aside.
    pub aside: Vec<String>,
}

/// What was said of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NotedRun {
    /// The run's id.
    pub id: String,
    /// What was said.
    pub note: RunNote,
}

/// What a session's text is: see docs/sessions.md. Of unknown fields nothing is made, absent ones are as by default.
pub const SCHEMA: &str = "runsift.session/1";

/// A session: what is kept beside the files, or with what was read of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of the program that wrote it.
    pub program: String,
    /// Tells this session from others: a tab writes over no other one unasked.
    pub mark: String,
    /// Unix milliseconds.
    pub saved: f64,
    /// How many runs there were.
    pub runs: usize,
    /// How many bytes the dropped files have.
    pub bytes: f64,
    /// The view, as in an address.
    pub view: String,
    /// What was decided about sources and columns.
    pub rules: Rules,
    /// What was made of runs.
    pub made: Remembered,
}
