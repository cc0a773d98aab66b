//! Runs or groups side by side: what is asked and what is said. `workspace::compared` works it out.

use super::protocol::{Cell, CellKind};
use super::view::{escape, unescape};
use crate::ledger::{ColumnId, Role};
use serde::{Deserialize, Serialize};
use std::ops::Range;

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

/// How many half letters have room beside one another on a sheet that lies on its side: of large letters, and of the smallest
/// that are read.
const ON_A_SHEET: (usize, usize) = (290, 390);

/// A cell, and a run's name, go on below where they have more half letters.
const WIDEST: (usize, usize) = (48, 28);

/// What parts two columns, in half letters.
const GAP: usize = 3;

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
    /// The number of its curves' colour.
    #[serde(default)]
    pub class: u8,
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
    /// Tables that have room on a sheet of paper that lies on its side, without a word or a number that is broken, and whether
    /// their letters are small. What has no room goes on in the next one, beside the baseline again.
    pub fn sheets(&self, transposed: bool) -> (Vec<Self>, bool) {
        let runs = self.columns.iter();
        let names = runs.map(|column| longest_word(&column.name).min(WIDEST.1));
        let names: Vec<usize> = names.collect();
        let parts = || self.differing.iter().chain(&self.same);
        let rows = || parts().flat_map(|part| &part.rows);
        let (first, mut widths): (usize, Vec<usize>) = if transposed {
            let told = rows().filter(|row| row.column.is_some());
            let width = |row: &ComparedRow| {
                let name = row.key.split_once('.').map_or("", |(_, name)| name);
                let cells = row.cells.iter().map(width_of);
                cells.fold(longest_word(name).min(WIDEST.0), usize::max)
            };
            (WIDEST.1, told.map(width).collect())
        } else {
            let label = |row: &ComparedRow| half_letters(&row.label) + 6 * row.depth;
            let width = |(at, name): (usize, usize)| {
                let cells = rows().filter_map(|row| row.cells.get(at));
                cells.map(width_of).fold(name, usize::max)
            };
            let widths = names.into_iter().enumerate().map(width);
            (
                rows().map(label).max().unwrap_or_default(),
                widths.collect(),
            )
        };
        let mut first = first.min(WIDEST.0) + GAP;
        let is_told_against = self.columns.first().is_some_and(|column| column.baseline);
        let kept = usize::from(is_told_against && !transposed && widths.len() > 1);
        for width in widths.drain(..kept) {
            first += width + GAP;
        }
        let room = ON_A_SHEET.1.saturating_sub(first);
        let fewest = sheets_of(&widths, room, widths.len()).len().max(1);
        // About as many on each.
        let parts = sheets_of(&widths, room, widths.len().div_ceil(fewest));
        let taken = |part: &Range<usize>| {
            first
                + widths[part.clone()]
                    .iter()
                    .map(|width| width + GAP)
                    .sum::<usize>()
        };
        let is_small = parts.iter().any(|part| taken(part) > ON_A_SHEET.0);
        let sheets = parts
            .into_iter()
            .map(|part| self.between(kept, part, transposed));
        (sheets.collect(), is_small)
    }

    /// The first so many of the runs and some of the others, or where they are rows some of what they have.
    fn between(&self, kept: usize, part: Range<usize>, transposed: bool) -> Self {
        let mut some = self.clone();
        if transposed {
            let mut at = 0;
            for parts in [&mut some.differing, &mut some.same] {
                for told in &mut *parts {
                    told.rows.retain(|row| {
                        let is_told = row.column.is_some();
                        at += usize::from(is_told);
                        is_told && part.contains(&(at - 1))
                    });
                }
                parts.retain(|told| !told.rows.is_empty());
            }
            return some;
        }
        let part = part.start + kept..part.end + kept;
        some.columns = [&self.columns[..kept], &self.columns[part.clone()]].concat();
        for told in some.differing.iter_mut().chain(&mut some.same) {
            for row in &mut told.rows {
                // What names below begin with has none.
                if let (Some(first), Some(others)) =
                    (row.cells.get(..kept), row.cells.get(part.clone()))
                {
                    row.cells = [first, others].concat();
                }
            }
        }
        some
    }

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

/// Which columns of these widths stand together: as many as have room, and no more than so many.
fn sheets_of(widths: &[usize], room: usize, most: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut from = 0;
    while from < widths.len() {
        let (mut left, mut to) = (room, from);
        // One at least.
        while to < widths.len() && (to == from || (left >= widths[to] + GAP && to - from < most)) {
            left = left.saturating_sub(widths[to] + GAP);
            to += 1;
        }
        parts.push(from..to);
        from = to;
    }
    parts
}

/// How wide what stays together of a cell is: all of a number, and of a text its longest word.
fn width_of(cell: &Cell) -> usize {
    let width = match cell.kind {
        CellKind::Number | CellKind::NotFinite => half_letters(&cell.text),
        _ => longest_word(&cell.text),
    };
    width.min(WIDEST.0)
}

/// How wide the longest word is; browsers break lines after hyphens, too.
fn longest_word(text: &str) -> usize {
    let words = text.split(|letter: char| letter.is_whitespace() || letter == '-');
    words.map(half_letters).max().unwrap_or(0)
}

/// About how wide a text is, in half letters.
fn half_letters(text: &str) -> usize {
    let narrow = |letter| {
        matches!(
            letter,
            '.' | ',' | ':' | ';' | '|' | '/' | '-' | 'i' | 'l' | ' '
        )
    };
    text.chars()
        .map(|letter| 2 - usize::from(narrow(letter)))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_on_a_sheet_goes_on_in_the_next() {
        let compared = |runs: usize| {
            let row = |name: &str, text: &str| ComparedRow {
                column: Some(ColumnId(0)),
                key: format!("param.{name}"),
                label: name.to_owned(),
                depth: 0,
                cells: (0..runs)
                    .map(|run| Cell::new(format!("{text}{run:02}"), None, CellKind::Number))
                    .collect(),
                long: false,
            };
            let column = |run: usize| ComparedColumn {
                row: run,
                name: format!("mlp-{run}-seed-0"),
                runs: 1,
                ..ComparedColumn::default()
            };
            SideBySide {
                columns: (0..runs).map(column).collect(),
                differing: vec![ComparedPart {
                    role: Role::Param,
                    rows: vec![row("weight_decay", "0.003"), row("lr", "1e-")],
                }],
                ..SideBySide::default()
            }
        };
        // How many tables of so many runs, and whether in small letters.
        for (runs, tables, small) in [
            (1, 1, false),
            (12, 1, false),
            (20, 1, true),
            (30, 2, false),
            (90, 5, true),
        ] {
            let said = compared(runs);
            for transposed in [false, true] {
                let (sheets, is_small) = said.sheets(transposed);
                let expected = if transposed {
                    (1, false)
                } else {
                    (tables, small)
                };
                assert_eq!((sheets.len(), is_small), expected, "{runs} {transposed}");
                let most = sheets.iter().map(|sheet| sheet.columns.len()).max();
                if !transposed {
                    assert_eq!(most, Some(runs.div_ceil(tables)));
                }
                if transposed {
                    assert_eq!(sheets[0], said);
                    continue;
                }
                // Nothing is lost, and nothing is there twice.
                let names = sheets.iter().flat_map(|sheet| &sheet.columns);
                let names: Vec<&String> = names.map(|column| &column.name).collect();
                let all: Vec<&String> = said.columns.iter().map(|column| &column.name).collect();
                assert_eq!(names, all);
                let cells = |said: &SideBySide| -> Vec<Cell> {
                    let rows = said.differing.iter().flat_map(|part| &part.rows);
                    rows.filter(|row| row.label == "lr")
                        .flat_map(|row| row.cells.clone())
                        .collect()
                };
                let told: Vec<Cell> = sheets.iter().flat_map(cells).collect();
                assert_eq!(told, cells(&said));
            }
        }
        // What others are told against stands on each sheet.
        let mut said = compared(30);
        said.columns[0].baseline = true;
        let (sheets, _) = said.sheets(false);
        assert!(sheets.len() > 1);
        for sheet in &sheets {
            assert_eq!(sheet.columns[0], said.columns[0]);
            let rows = sheet.differing[0].rows.iter();
            for (row, all) in rows.zip(&said.differing[0].rows) {
                assert_eq!(row.cells[0], all.cells[0]);
                assert_eq!(row.cells.len(), sheet.columns.len());
            }
        }
        let others = sheets.iter().map(|sheet| sheet.columns.len() - 1);
        assert_eq!(others.sum::<usize>(), 29);
        // Where runs are rows it is what they have that goes on.
        let mut said = compared(3);
        let rows = &mut said.differing[0].rows;
        for at in 0..40 {
            let key = format!("param.weight_decay_{at}");
            rows.push(ComparedRow {
                key,
                ..rows[0].clone()
            });
        }
        let (sheets, is_small) = said.sheets(true);
        assert!(is_small && sheets.len() > 1, "{}", sheets.len());
        let rows = sheets.iter().map(|sheet| sheet.differing[0].rows.len());
        assert_eq!(rows.sum::<usize>(), 42);
        assert!(sheets.iter().all(|sheet| sheet.columns.len() == 3));
    }

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
