//! What a person made of runs, by the runs' ids: it holds when they are read again, by another version or with others.

use super::run_lines::RunNote;
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
