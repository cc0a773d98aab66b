//! Sets of runs that a person made by pointing at them: the selected ones, and those that are set aside.
//!
//! Filters speak of them as `@selected` and `@aside`. They are of this reading of the files: a link does not
//! carry them.

use super::grouped::{Grouped, Line};
use super::protocol::{MarkHow, MarkLines};
use crate::ledger::Bits;

/// The name of the selected runs in filters.
const SELECTED: &str = "selected";

/// The name of the runs that were set aside in filters.
const ASIDE: &str = "aside";

/// The sets.
#[derive(Default)]
pub(super) struct Marks {
    selected: Bits,
    aside: Bits,
}

impl Marks {
    /// The sets by name.
    pub(super) fn by_name(&self) -> [(&'static str, &Bits); 2] {
        [(SELECTED, &self.selected), (ASIDE, &self.aside)]
    }

    /// Whether a run is selected.
    pub(super) fn is_selected(&self, row: usize) -> bool {
        self.selected.get(row)
    }

    /// The selected runs.
    pub(super) fn selected(&self) -> &Bits {
        &self.selected
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
        order: &[u32],
        grouped: Option<&Grouped>,
    ) {
        self.selected.resize(rows, false);
        if how == MarkHow::Only {
            self.selected = Bits::filled(rows, false);
        }
        let places = match lines {
            MarkLines::All => 0..usize::MAX,
            MarkLines::None => 0..0,
            MarkLines::Places(from, to) => *from..*to,
        };
        let count = places.end.saturating_sub(places.start);
        let mut marked: Vec<u32> = Vec::new();
        match grouped {
            None => marked.extend(order.iter().skip(places.start).take(count)),
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
        // What is selected in part becomes selected whole.
        let all_are = marked.iter().all(|row| self.selected.get(*row as usize));
        let on = how != MarkHow::Toggle || !all_are;
        marked
            .iter()
            .for_each(|row| self.selected.set(*row as usize, on));
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
