//! What a person set for a report, in words that a session keeps: other versions know other views and other kinds of secrets,
//! and columns have other numbers when they are read again.

use super::{ReportQuestion, SecretKind, SharedRuns};
use crate::engine::protocol::LedgerInfo;
use crate::engine::view::Tab;
use serde::{Deserialize, Serialize};

/// A report before it is made. Absent fields are as on a page on which nothing was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// The title.
    pub title: String,
    /// Notes in Markdown.
    pub notes: String,
    /// Which runs: `shown`, `selected` or `all`.
    pub runs: String,
    /// The words of the chosen views.
    pub views: Vec<String>,
    /// Kinds of secrets that are not replaced; what a later version replaces besides, it replaces.
    pub unreplaced: Vec<String>,
    /// Texts that stay all the same.
    pub unhidden: Vec<String>,
    /// Further words that are replaced.
    pub hidden: Vec<String>,
    /// Keys of columns that are left out.
    pub left_out: Vec<String>,
    /// Whether runs are numbered instead of named.
    pub is_numbered: bool,
    /// Whether stars, tags and notes on runs go too.
    pub with_marks: bool,
}

impl Default for Draft {
    fn default() -> Self {
        let views = [Tab::Brief, Tab::Table, Tab::Importance];
        Self {
            title: String::new(),
            notes: String::new(),
            runs: String::new(),
            views: views.map(|tab| tab.word().to_owned()).to_vec(),
            unreplaced: Vec::new(),
            unhidden: Vec::new(),
            hidden: Vec::new(),
            left_out: Vec::new(),
            is_numbered: false,
            with_marks: true,
        }
    }
}

impl Draft {
    /// What was set, of these columns.
    pub fn of(question: &ReportQuestion, ledger: &LedgerInfo) -> Self {
        let redaction = &question.redaction;
        let unreplaced = SecretKind::ALL.iter();
        let unreplaced = unreplaced.filter(|kind| !redaction.kinds.contains(kind));
        let left_out = redaction.left_out.iter();
        Self {
            title: question.title.clone(),
            notes: question.notes.clone(),
            runs: question.runs.word().to_owned(),
            views: question
                .tabs
                .iter()
                .map(|tab| tab.word().to_owned())
                .collect(),
            unreplaced: unreplaced.map(|kind| kind.word().to_owned()).collect(),
            unhidden: redaction.kept.clone(),
            hidden: redaction.further.clone(),
            left_out: left_out.filter_map(|id| ledger.key_of(*id)).collect(),
            is_numbered: redaction.renames_runs,
            with_marks: question.with_marks,
        }
    }

    /// Sets it again, of these columns.
    pub fn set(self, question: &mut ReportQuestion, ledger: &LedgerInfo) {
        let mut runs = SharedRuns::ALL.into_iter();
        let runs = runs.find(|runs| runs.word() == self.runs);
        question.runs = runs.unwrap_or_default();
        question.title = self.title;
        question.notes = self.notes;
        question.tabs = self
            .views
            .iter()
            .filter_map(|word| Tab::from_word(word))
            .collect();
        question.with_marks = self.with_marks;
        let redaction = &mut question.redaction;
        let kinds = SecretKind::ALL.into_iter();
        let is_replaced =
            |kind: &SecretKind| !self.unreplaced.iter().any(|word| word == kind.word());
        redaction.kinds = kinds.filter(is_replaced).collect();
        redaction.kept = self.unhidden;
        redaction.further = self.hidden;
        let left_out = self.left_out.iter().filter_map(|key| ledger.column(key));
        redaction.left_out = left_out.map(|column| column.id).collect();
        redaction.renames_runs = self.is_numbered;
    }
}
