//! A report: chosen runs and views with a person's notes, as one file for others.
//!
//! What would give away people, machines, paths or keys is found ([`secret`]), told, and replaced
//! ([`masking`]) before anything is written: the file is made of the redacted ledger alone ([`redacted`]), whose
//! texts, names and sources hold nothing else. The interactive file carries the ledger's bytes for the program
//! in it; the plain one is HTML without scripts ([`page`], [`charts`], [`compared`]).

mod charts;
mod compared;
mod draft;
mod masking;
mod page;
pub mod prose;
mod redacted;
mod secret;

use super::protocol::{ImportanceAnswer, Remembered};
use super::view::Tab;
use crate::ledger::ColumnId;
pub use draft::Draft;
pub(super) use masking::Mask;
pub(super) use page::plain;
pub use redacted::{Redaction, Secret, Secrets};
pub(super) use redacted::{mask, number_of_run, redacted, secrets};
pub use secret::SecretKind;
use serde::{Deserialize, Serialize};

/// What a report's text is. A report opens with the program that it carries, so there is one.
pub const SCHEMA: &str = "runsift.report/1";

/// Which runs are shared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SharedRuns {
    /// Those that pass the filter.
    #[default]
    Shown,
    /// Those that are selected.
    Selected,
    /// All.
    All,
}

impl SharedRuns {
    /// All.
    pub const ALL: [Self; 3] = [Self::Shown, Self::Selected, Self::All];

    /// Its word where it is kept.
    pub fn word(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Selected => "selected",
            Self::All => "all",
        }
    }
}

/// As what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReportForm {
    /// With the program inside.
    Interactive,
    /// HTML without scripts.
    Plain,
}

/// What is to be reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportQuestion {
    /// As what.
    pub form: ReportForm,
    /// Of which runs.
    pub runs: SharedRuns,
    /// What is left out and replaced.
    pub redaction: Redaction,
    /// The title.
    pub title: String,
    /// Notes in Markdown, as far as [`prose`] goes.
    pub notes: String,
    /// The chosen views.
    pub tabs: Vec<Tab>,
    /// The view as in an address.
    pub view: String,
    /// Columns of the table, in their order.
    pub columns: Vec<ColumnId>,
    /// Whether stars, tags and notes on runs go with them.
    pub with_marks: bool,
    /// The importance that was worked out last, where it is of the shown runs: a plain report draws it.
    pub importance: Option<Box<ImportanceAnswer>>,
}

/// What a report says beside its runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportText {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of the program in it.
    pub program: String,
    /// The title.
    pub title: String,
    /// Notes in Markdown.
    pub notes: String,
    /// The chosen views.
    pub tabs: Vec<Tab>,
    /// The view as in an address.
    pub view: String,
    /// Of how many runs of how many it is, and what was left out and replaced: a sentence each.
    pub told: Vec<String>,
    /// What was made of runs.
    pub made: Remembered,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The text of an interactive one as JSON; the whole page of a plain one.
    pub text: String,
    /// The runs of an interactive one, for [`Workspace::open_report`].
    pub runs: Vec<u8>,
    /// What could not go with it, a sentence each.
    pub lost: Vec<String>,
}
