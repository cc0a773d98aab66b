//! What is wrong in a filter that is typed, and what could be typed next.

use serde::{Deserialize, Serialize};

/// Something wrong in a filter text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterProblem {
    /// Where it begins, in bytes.
    pub from: usize,
    /// Where it ends, in bytes.
    pub to: usize,
    /// What is wrong.
    pub message: String,
    /// What might have been meant.
    pub suggestion: Option<String>,
}

/// What could be typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// Where the replaced text begins, in bytes.
    pub from: usize,
    /// Where it ends, in bytes.
    pub to: usize,
    /// What to put there.
    pub items: Vec<CompletionItem>,
}

/// One suggestion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompletionItem {
    /// What is put in.
    pub text: String,
    /// What is shown.
    pub label: String,
    /// Role, kind or count.
    pub detail: String,
}
