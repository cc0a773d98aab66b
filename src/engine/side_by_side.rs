//! Runs or groups side by side: what is asked and what is said. `workspace::compared` works it out.

use super::protocol::Cell;
use super::view::{escape, unescape};
use crate::ledger::{ColumnId, Role};
use serde::{Deserialize, Serialize};

/// How many runs or groups stand side by side at most.
pub(super) const MOST_COLUMNS: usize = 30;

/// How many rows are told at most.
pub const MOST_ROWS: usize = 5_000;

/// How many rows are told at first.
pub const FIRST_ROWS: usize = 200;

/// What a person has set of the comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareView {
    /// Whether runs are rows.
    pub transposed: bool,
    /// Whether what is the same in all is shown too.
    pub same: bool,
    /// Only rows whose name or text has this, in any case.
    pub search: String,
}

impl CompareView {
    /// The words in addresses.
    pub fn words(&self) -> String {
        let mut words = String::new();
        for (is, letter) in [(self.transposed, 't'), (self.same, 's')] {
            words.extend(is.then_some(letter));
        }
        if !self.search.is_empty() {
            words.push(':');
            words.push_str(&escape(&self.search));
        }
        words
    }

    /// What the words say; unknown ones say nothing.
    pub fn from_words(words: &str) -> Self {
        let (letters, search) = words.split_once(':').unwrap_or((words, ""));
        Self {
            transposed: letters.contains('t'),
            same: letters.contains('s'),
            search: unescape(search),
        }
    }
}

/// What is to be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareQuestion {
    /// This run alone, with the baseline; else those that the person chose.
    pub run: Option<usize>,
    /// Only rows whose name or text has this, in any case.
    pub search: String,
    /// Whether what is the same in all is told too.
    pub same: bool,
    /// How many rows at most.
    pub most: usize,
}

/// As what a comparison is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompareFormat {
    /// A table in Markdown, as it is shown.
    Markdown,
    /// A table of `booktabs`, as it is shown.
    Latex,
    /// Tab-separated text with exact values.
    Tabs,
    /// A table in HTML, as it is shown.
    Html,
}

/// Runs or groups side by side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SideBySide {
    /// Which these are, and how others are chosen.
    pub told: String,
    /// They.
    pub columns: Vec<ComparedColumn>,
    /// Whether these were selected or pinned.
    pub chosen: bool,
    /// A filter that keeps just these, where one can say so.
    pub filter: Option<String>,
    /// What differs between them, by role.
    pub differing: Vec<ComparedPart>,
    /// How many rows differ.
    pub differ: usize,
    /// What is the same in all, where that was asked.
    pub same: Vec<ComparedPart>,
    /// How many rows are the same.
    pub alike: usize,
    /// How many rows are told.
    pub rows: usize,
    /// What was not looked at, in words.
    pub cut: Option<String>,
}

/// A run or a group in a comparison.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ComparedColumn {
    /// The ledger's row; of a group that of its first run.
    pub row: usize,
    /// What it is called.
    pub name: String,
    /// How many runs it is.
    pub runs: usize,
    /// Its rank among those that are shown.
    pub rank: Option<usize>,
    /// Whether the others are told against it.
    pub baseline: bool,
    /// Whether it is selected.
    pub selected: bool,
}

/// Rows of one role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedPart {
    /// The role.
    pub role: Role,
    /// They.
    pub rows: Vec<ComparedRow>,
}

/// A row of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedRow {
    /// The column of the ledger; none where this is only what the names below begin with.
    pub column: Option<ColumnId>,
    /// Its key.
    pub key: String,
    /// Its name without what stands above it.
    pub label: String,
    /// Below how many others it stands.
    pub depth: usize,
    /// What each of the compared has.
    pub cells: Vec<Cell>,
    /// Whether texts are long: then they can be compared line by line.
    pub long: bool,
}

impl SideBySide {
    /// The comparison as records of a table, the first of which is its header.
    pub(super) fn records(&self, transposed: bool) -> Vec<Vec<String>> {
        let heads = self.columns.iter().map(|column| {
            if column.baseline {
                format!("{} (baseline)", column.name)
            } else {
                column.name.clone()
            }
        });
        let mut records = vec![vec![String::new()]];
        records[0].extend(heads);
        for part in self.differing.iter().chain(&self.same) {
            for row in part.rows.iter().filter(|row| row.column.is_some()) {
                let mut record = vec![row.key.clone()];
                let texts = row.cells.iter();
                // Spaces behind numbers are for the eye.
                record.extend(texts.map(|cell| {
                    cell.text
                        .trim_end_matches(['\u{2007}', '\u{2008}'])
                        .to_owned()
                }));
                records.push(record);
            }
        }
        if transposed {
            let width = records[0].len();
            let turned = |at: usize| records.iter().map(|record| record[at].clone()).collect();
            return (0..width).map(turned).collect();
        }
        records
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_what_is_set_are_inverse() {
        arbtest::arbtest(|u| {
            let view = CompareView {
                transposed: u.arbitrary()?,
                same: u.arbitrary()?,
                search: u.arbitrary()?,
            };
            assert_eq!(CompareView::from_words(&view.words()), view);
            Ok(())
        });
    }
}
