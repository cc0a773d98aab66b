//! The selection and the table's lines, as the engine tells them.

use super::look::WindowLook;
use super::protocol::{Brush, FilterProblem};
use crate::chart::colour::Hue;
use crate::ledger::ColumnId;
use serde::{Deserialize, Serialize};

/// The selection that an [`Ask::Select`] made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Selected {
    /// How many runs are shown.
    pub shown: usize,
    /// Of how many.
    pub runs: usize,
    /// Greater whenever other runs are shown than before, or the ledger changed: distributions that were asked
    /// for before are stale.
    pub kept: u64,
    /// What is wrong with the filter; the last right one stays in force.
    pub errors: Vec<FilterProblem>,
    /// The filter's clauses, to show as chips.
    pub clauses: Vec<ClauseInfo>,
    /// Where nothing is shown: which clause to drop, and how many runs it alone takes away.
    pub emptied_by: Option<(String, usize)>,
    /// And which filter may have been meant.
    pub meant: Option<String>,
    /// The best shown run by the objective.
    pub best: Option<BestRun>,
    /// Of the shown runs, how many have no finite value of the objective.
    pub unranked: usize,
    /// Computed columns that could not be computed, with the reason.
    pub not_computed: Vec<(String, String)>,
    /// What runs are grouped by, if they are.
    pub grouping: Option<GroupingInfo>,
    /// What others are compared with, in words.
    pub baseline: Option<String>,
    /// How many runs stay at the top of the table.
    pub pinned: usize,
    /// Columns that are the same in all shown runs, where that was asked; of the selected runs, where
    /// several are.
    pub same: Vec<ColumnId>,
    /// The cells in view, where they were wanted with it.
    #[serde(default)]
    pub window: Option<Window>,
}

impl Selected {
    /// How many lines the table has.
    pub fn lines(&self) -> usize {
        self.grouping
            .as_ref()
            .map_or(self.shown, |grouping| grouping.lines)
    }
}

/// What runs are grouped by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupingInfo {
    /// Keys of columns that agree in a group.
    pub keys: Vec<String>,
    /// Keys of params that need not, with the reason.
    pub left_out: Vec<(String, String)>,
    /// How many groups there are, single runs among them.
    pub groups: usize,
    /// How many have several runs.
    pub several: usize,
    /// How many are joined to others since the source has them in one group of its own.
    #[serde(default)]
    pub joined: usize,
    /// How many lines the table has.
    pub lines: usize,
}

/// One top-level clause of a filter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClauseInfo {
    /// Its text.
    pub text: String,
    /// Where it begins in the filter text, in bytes.
    pub from: usize,
    /// Where it ends, in bytes.
    pub to: usize,
    /// The column it is about, where it is about one alone.
    pub column: Option<ColumnId>,
    /// What it keeps of that column, where a brush could have written it.
    pub brush: Option<Brush>,
}

/// A run by name, with its objective.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BestRun {
    /// The ledger's row.
    pub row: usize,
    /// Its name, else its id.
    pub name: String,
    /// The objective's value.
    pub value: f64,
    /// The value as text.
    pub text: String,
    /// How many runs share this value.
    pub ties: usize,
}

/// Which cells of the selection are wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowQuestion {
    /// The first place in the selection.
    pub first: usize,
    /// How many rows.
    pub count: usize,
    /// Which columns.
    pub columns: Vec<ColumnId>,
    /// What is wanted of cells besides their values.
    #[serde(default)]
    pub look: WindowLook,
}

/// Rows of the selection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// The first row's place in the selection.
    pub first: usize,
    /// The rows.
    pub rows: Vec<WindowRow>,
    /// The rows that stay at the top: the first of the selection.
    #[serde(default)]
    pub pinned: Vec<WindowRow>,
    /// What the colours of rows mean, where they are coloured.
    #[serde(default)]
    pub legend: Vec<LegendItem>,
}

/// The colour of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowColour {
    /// Which part of the shown runs has less, 0 to 100.
    Shade(u8),
    /// The number of a category, 0 to 7 by how many runs have it; 8 is all others.
    Class(u8),
}

impl From<RowColour> for Hue {
    fn from(colour: RowColour) -> Self {
        match colour {
            RowColour::Shade(shade) => Self::Part(f32::from(shade) / 100.0),
            RowColour::Class(class) => Self::Class(class),
        }
    }
}

/// What a colour means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegendItem {
    /// The colour.
    pub colour: RowColour,
    /// The value.
    pub label: String,
}

/// One row, ready to show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowRow {
    /// The ledger's row.
    pub row: usize,
    /// Its rank among the shown runs by the objective, 1 is best; `None` without a finite value.
    pub rank: Option<usize>,
    /// A cell a column asked for.
    pub cells: Vec<Cell>,
    /// What it is where runs are grouped.
    #[serde(default)]
    pub group: Option<GroupLine>,
    /// What tells a group from others.
    #[serde(default)]
    pub keys: String,
    /// Whether it is selected; a group is if all its runs are.
    #[serde(default)]
    pub selected: bool,
    /// Whether the person gave it a star.
    #[serde(default)]
    pub star: bool,
    /// Whether others are compared with it.
    #[serde(default)]
    pub baseline: bool,
    /// Its colour, where rows are coloured.
    #[serde(default)]
    pub colour: Option<RowColour>,
}

/// What a row is where runs are grouped, if it is no run of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupLine {
    /// A group, of which the row is that of its first run.
    Head {
        /// How many runs are in it.
        runs: usize,
        /// Whether they are shown below it.
        open: bool,
    },
    /// A run of the group above it.
    Member,
}

/// One cell, ready to show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// What to show; empty where the run has no value.
    #[serde(rename = "t")]
    pub text: String,
    /// The exact value, where the text is shortened.
    #[serde(rename = "f", default)]
    pub full: Option<String>,
    /// What kind of value it is.
    #[serde(rename = "k")]
    pub kind: CellKind,
    /// What it is beside the baseline's, where there is a baseline.
    #[serde(rename = "c", default)]
    pub change: Option<Change>,
    /// Which part of the shown runs has less, 0 to 100, where that was asked.
    #[serde(rename = "h", default)]
    pub shade: Option<u8>,
    /// The run's curve, where that was asked: places 0 to 31 and heights 0 to 100.
    #[serde(rename = "l", default)]
    pub curve: Option<Vec<(u8, u8)>>,
}

impl Cell {
    /// A cell that says no more than this.
    pub fn new(text: String, full: Option<String>, kind: CellKind) -> Self {
        Self {
            text,
            full,
            kind,
            change: None,
            shade: None,
            curve: None,
        }
    }
}

/// What a value is beside the baseline's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// Better.
    Better,
    /// Worse.
    Worse,
    /// Another, and which is better is not known.
    Differs,
    /// Another, but the two groups spread too much to tell them apart.
    Unclear,
    /// The same number.
    Same,
}

/// How a cell is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CellKind {
    /// No value.
    #[serde(rename = "m")]
    Missing,
    /// A finite number.
    #[serde(rename = "n")]
    Number,
    /// NaN or an infinity.
    #[serde(rename = "x")]
    NotFinite,
    /// A time.
    #[serde(rename = "d")]
    Time,
    /// True or false.
    #[serde(rename = "b")]
    Bool,
    /// Text.
    #[serde(rename = "t")]
    Text,
}
