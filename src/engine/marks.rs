//! Sets of runs that a person made by pointing at them: the selected ones, those that stay at the top, and
//! those that are set aside.
//!
//! Filters speak of them as `@selected`, `@pinned` and `@aside`. They are of this reading of the files: a link
//! carries the pinned ones and those set aside, as far as they are few. What they and the notes were is kept for a while ([`Past`]), so that pointing can be undone.

use super::grouped::{Grouped, Line};
use super::notes::Notes;
use crate::ledger::Bits;
use crate::query::Ordered;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The name of the selected runs in filters.
const SELECTED: &str = "selected";

/// The name of the runs that stay at the top of the table in filters.
const PINNED: &str = "pinned";

/// The name of the runs that were set aside in filters.
const ASIDE: &str = "aside";

/// The name of the runs that came since the last visit in filters.
const NEW: &str = "new";

/// The name of the runs that no file has any more in filters.
const GONE: &str = "gone";

/// The clause that leaves out what was set aside.
pub const WITHOUT_ASIDE: &str = "not @aside";

/// Lines of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MarkLines {
    /// All of them.
    All,
    /// None.
    None,
    /// The selected ones.
    Selected,
    /// The run of this ledger row.
    Row(usize),
    /// The runs of these ledger rows.
    Rows(Vec<usize>),
    /// From one place up to and without another.
    Places(usize, usize),
    /// The runs whose dots lie in a free shape.
    Inside {
        /// Of this picture of the last answer that has some.
        picture: usize,
        /// Its corners, in the picture's units.
        shape: Vec<(f64, f64)>,
    },
}

/// How lines are selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MarkHow {
    /// They alone.
    Only,
    /// They too.
    Add,
    /// They too, or no more where all of them are.
    Toggle,
}

/// The sets.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Marks {
    selected: Bits,
    pinned: Bits,
    aside: Bits,
    /// How many runs there were at the last visit, where there was one, and those that came since.
    known: Option<usize>,
    new: Bits,
}

/// How many states of what was pointed at can be gone back to.
const MOST_STATES: usize = 64;

/// What was pointed at and said of runs, as it was: the newest states by number.
pub(super) struct Past {
    states: VecDeque<(u64, Marks, Notes)>,
    /// The number of the newest.
    newest: u64,
    /// The number of the one that holds.
    now: u64,
}

impl Default for Past {
    /// Nothing was pointed at: state 0.
    fn default() -> Self {
        Self {
            states: VecDeque::from([(0, Marks::default(), Notes::default())]),
            newest: 0,
            now: 0,
        }
    }
}

impl Past {
    /// The number of the state that holds, which is this one.
    pub(super) fn note(&mut self, marks: &Marks, notes: &Notes) -> u64 {
        let is_same = self.states.iter().any(|(number, known, said)| {
            *number == self.now && known == marks && said.change == notes.change
        });
        if !is_same {
            self.newest += 1;
            self.now = self.newest;
            self.states
                .push_back((self.now, marks.clone(), notes.clone()));
            if self.states.len() > MOST_STATES {
                self.states.pop_front();
            }
        }
        self.now
    }

    /// Goes to a state, where it is still known.
    pub(super) fn go_to(&mut self, number: u64, marks: &mut Marks, notes: &mut Notes) {
        let state = self.states.iter_mut().find(|(known, ..)| *known == number);
        if let Some((number, was, said)) = state {
            self.now = *number;
            marks.clone_from(was);
            notes.become_again(said);
        }
    }

    /// Whether this state can be gone to.
    pub(super) fn knows(&self, number: u64) -> bool {
        self.states.iter().any(|(known, ..)| *known == number)
    }

    /// One of which only the first state is known, in which nothing was pointed at. Numbers are not used again.
    pub(super) fn successor(&self) -> Self {
        let newest = self.newest + 1;
        Self {
            states: VecDeque::from([(newest, Marks::default(), Notes::default())]),
            newest,
            now: newest,
        }
    }

    /// Uses no numbers that the other one has used.
    pub(super) fn follow(&mut self, other: &Self) {
        self.newest = self.newest.max(other.newest);
    }
}

impl Marks {
    /// The sets by name; these are gone.
    pub(super) fn by_name<'a>(&'a self, gone: &'a Bits) -> [(&'static str, &'a Bits); 5] {
        [
            (SELECTED, &self.selected),
            (PINNED, &self.pinned),
            (ASIDE, &self.aside),
            (NEW, &self.new),
            (GONE, gone),
        ]
    }

    /// The runs that are there now were there at the last visit.
    pub(super) fn all_known(&mut self, rows: usize) {
        self.known = Some(rows);
        self.new = Bits::filled(rows, false);
    }

    /// These stand at the top and are set aside too.
    pub(super) fn put(&mut self, rows: usize, pinned: &[usize], aside: &[usize]) {
        for (bits, marked) in [(&mut self.pinned, pinned), (&mut self.aside, aside)] {
            bits.resize(rows, false);
            let there = marked.iter().filter(|row| **row < rows);
            there.for_each(|row| bits.set(*row, true));
        }
    }

    /// There are so many runs.
    pub(super) fn follow(&mut self, rows: usize) {
        if let Some(known) = self.known
            && self.new.len() != rows
        {
            self.new = Bits::from_fn(rows, |row| row >= known);
        }
    }

    /// The runs that came since the last visit.
    pub(super) fn new_runs(&self) -> &Bits {
        &self.new
    }

    /// The runs that were set aside.
    pub(super) fn aside(&self) -> &Bits {
        &self.aside
    }

    /// Whether a run is selected.
    pub(super) fn is_selected(&self, row: usize) -> bool {
        self.selected.get(row)
    }

    /// The selected runs.
    pub(super) fn selected(&self) -> &Bits {
        &self.selected
    }

    /// The runs that stay at the top of the table.
    pub(super) fn pinned(&self) -> &Bits {
        &self.pinned
    }

    /// How many runs are selected, and how many set aside.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.selected.count(), self.aside.count())
    }

    /// Selects lines of the table: runs of `order`, or lines of `grouped`, of which a group is all its runs.
    pub(super) fn mark(
        &mut self,
        lines: &MarkLines,
        how: MarkHow,
        rows: usize,
        order: &Ordered,
        grouped: Option<&Grouped>,
    ) {
        self.selected.resize(rows, false);
        if how == MarkHow::Only {
            self.selected = Bits::filled(rows, false);
        }
        let marked = self.rows_of(lines, rows, order, grouped);
        set(&mut self.selected, &marked, how == MarkHow::Toggle);
    }

    /// Keeps runs at the top of the table, or no more where all of these are.
    pub(super) fn pin(&mut self, marked: &[u32], rows: usize) {
        self.pinned.resize(rows, false);
        set(&mut self.pinned, marked, true);
    }

    /// The runs of lines, each once, in the ledger's order.
    pub(super) fn rows_of(
        &self,
        lines: &MarkLines,
        rows: usize,
        order: &Ordered,
        grouped: Option<&Grouped>,
    ) -> Vec<u32> {
        let places = match lines {
            MarkLines::All => 0..usize::MAX,
            // Of a shape the rows are told that lie in it: only pictures know them.
            MarkLines::None | MarkLines::Inside { .. } => 0..0,
            MarkLines::Places(from, to) => *from..*to,
            MarkLines::Selected => {
                return self.selected.ones().map(|row| row as u32).collect();
            }
            MarkLines::Rows(marked) => {
                let known = marked.iter().filter(|row| **row < rows);
                return known.map(|row| *row as u32).collect();
            }
            MarkLines::Row(row) => {
                return (*row < rows).then_some(*row as u32).into_iter().collect();
            }
        };
        let count = places.end.saturating_sub(places.start);
        let mut marked: Vec<u32> = Vec::new();
        match grouped {
            None => {
                let rows = order.up_to(places.end).iter();
                marked.extend(rows.skip(places.start).take(count));
            }
            Some(grouped) => {
                for line in grouped.lines.iter().skip(places.start).take(count) {
                    match line {
                        Line::Run(row) => marked.push(*row),
                        Line::Group(group) => marked.extend(grouped.members(*group)),
                    }
                }
            }
        }
        // A group and its open runs are the same runs once.
        marked.sort_unstable();
        marked.dedup();
        marked
    }

    /// Sets the selected runs aside, or all shown ones but these; then none is selected.
    pub(super) fn set_aside(&mut self, shown: &Bits, keep: bool) {
        let rows = shown.len();
        self.selected.resize(rows, false);
        self.aside.resize(rows, false);
        let mut gone = self.selected.clone();
        if keep {
            gone.not();
            gone.and(shown);
        }
        self.aside.or(&gone);
        self.selected = Bits::filled(rows, false);
    }

    /// Nothing is set aside any more.
    pub(super) fn restore(&mut self) {
        self.aside = Bits::default();
    }
}

/// Puts rows into a set. To be toggled: what is in it in part comes in whole, what is whole goes.
fn set(bits: &mut Bits, rows: &[u32], toggle: bool) {
    let all_are = rows.iter().all(|row| bits.get(*row as usize));
    let on = !(toggle && all_are);
    rows.iter().for_each(|row| bits.set(*row as usize, on));
}
