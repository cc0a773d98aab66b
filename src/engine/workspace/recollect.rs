//! What a person made of runs, out of the engine to be kept, and back.

use super::Workspace;
use crate::engine::protocol::{Answer, Placed, Remembered, RunNames};
use crate::engine::run_names::place;
use crate::engine::view::MOST_ASIDE;
use crate::ledger::Bits;

impl Workspace {
    /// Everything that was made of runs, by their ids.
    pub(super) fn remember(&self) -> Remembered {
        let ids = |rows: &Bits| {
            let there = rows.ones().take_while(|row| *row < self.ledger.rows());
            there.map(|row| self.ledger.run_id(row)).collect()
        };
        Remembered {
            notes: self.notes.all(),
            pinned: ids(self.marks.pinned()),
            aside: ids(self.marks.aside()),
        }
    }

    /// Takes it over; where all runs are known, those that come from now on are new.
    pub(super) fn recollect(&mut self, before: &Remembered, all_known: bool) -> Answer {
        self.notes.take(&before.notes);
        let sorted = |ids: &[String]| {
            let mut ids = ids.to_vec();
            order::by(&mut ids, Ord::cmp);
            ids
        };
        let (pinned, aside) = (sorted(&before.pinned), sorted(&before.aside));
        let (mut pinned_rows, mut aside_rows) = (Vec::new(), Vec::new());
        let rows = self.ledger.rows();
        if !(pinned.is_empty() && aside.is_empty()) {
            for row in 0..rows {
                let id = self.ledger.run_id(row);
                for (ids, found) in [(&pinned, &mut pinned_rows), (&aside, &mut aside_rows)] {
                    if ids.binary_search(&id).is_ok() {
                        found.push(row);
                    }
                }
            }
        }
        self.marks.put(rows, &pinned_rows, &aside_rows);
        if all_known {
            self.marks.all_known(rows);
        }
        self.marked()
    }

    /// What rows of an address are here, and those that were set aside.
    pub(super) fn place_runs(
        &self,
        rows: &[usize],
        known: &RunNames,
        is_partial: bool,
        with_aside: bool,
    ) -> Placed {
        let aside = self.marks.aside();
        let mut marked = Vec::new();
        if with_aside && aside.count() <= MOST_ASIDE {
            marked.extend(aside.ones().take_while(|row| *row < self.ledger.rows()));
        }
        let rows: Vec<usize> = rows.iter().chain(&marked).copied().collect();
        Placed {
            aside: marked,
            ..place(&self.ledger, &rows, known, is_partial)
        }
    }
}
