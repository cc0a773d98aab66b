//! What a person made of runs, out of the engine to be kept, and back.

use super::Workspace;
use crate::engine::protocol::{Answer, Remembered};
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
                        found.push(row as u32);
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
}
