//! Reading a drop: which unit goes to which hand, what has arrived, and in what order it is added.
//!
//! Units are read by several hands at once but enter the ledger in the order of the plan, so that the
//! same files give the same ledger whichever hand is quicker. What a unit's successors bring waits
//! for it. Cancelling adds what has arrived, in the same order, and lets the rest go.

use super::protocol::{FileInfo, FileProgress, ImportProgress, Unread};
use crate::ledger::Ledger;
use std::collections::VecDeque;

/// What is known of one unit of the plan.
#[derive(Debug, Default)]
struct UnitState {
    path: String,
    files: usize,
    bytes_total: u64,
    bytes: u64,
    runs: usize,
    /// Who reads it.
    hand: Option<usize>,
    ended: bool,
    /// Parts that wait for units before it.
    parts: VecDeque<Ledger>,
}

/// One drop being read.
#[derive(Debug)]
pub struct Import {
    /// The request that it answers.
    pub number: u64,
    units: Vec<UnitState>,
    files: usize,
    bytes_total: u64,
    /// Files that no unit claimed.
    files_unclaimed: usize,
    next_to_read: usize,
    next_to_add: usize,
    cancelled: bool,
}

impl Import {
    /// Plans to read `units`, each with a path and its files as places in `files`.
    pub fn new<'a>(
        number: u64,
        files: &[FileInfo],
        units: impl IntoIterator<Item = (&'a str, &'a [usize])>,
        unread: &[Unread],
    ) -> Self {
        let bytes_of = |places: &[usize]| {
            places
                .iter()
                .filter_map(|at| files.get(*at))
                .map(|file| file.bytes)
                .sum()
        };
        let units: Vec<UnitState> = units
            .into_iter()
            .map(|(path, places)| UnitState {
                path: path.to_owned(),
                files: places.len(),
                bytes_total: bytes_of(places),
                ..UnitState::default()
            })
            .collect();
        Self {
            number,
            files: files.len(),
            bytes_total: units.iter().map(|unit| unit.bytes_total).sum(),
            files_unclaimed: unread.len(),
            units,
            next_to_read: 0,
            next_to_add: 0,
            cancelled: false,
        }
    }

    /// The next unit for a hand that is free; `None` where all are given out.
    pub fn give_to(&mut self, hand: usize) -> Option<usize> {
        if self.cancelled {
            return None;
        }
        let unit = self.next_to_read;
        self.units.get_mut(unit)?.hand = Some(hand);
        self.next_to_read += 1;
        Some(unit)
    }

    /// The unit that `hand` reads.
    pub fn unit_of(&self, hand: usize) -> Option<usize> {
        self.units
            .iter()
            .position(|unit| unit.hand == Some(hand) && !unit.ended)
    }

    /// The path of a unit.
    pub fn path_of(&self, unit: usize) -> &str {
        self.units.get(unit).map_or("", |unit| &unit.path)
    }

    /// Notes how far a unit has come.
    pub fn progressed(&mut self, unit: usize, bytes: u64) {
        if let Some(state) = self.units.get_mut(unit) {
            state.bytes = bytes.min(state.bytes_total);
        }
    }

    /// Takes a part of a unit, and gives what can be added to the ledger now, in order.
    pub fn arrived(&mut self, unit: usize, part: Ledger) -> Vec<Ledger> {
        if let Some(state) = self.units.get_mut(unit) {
            state.runs += part.rows();
            state.parts.push_back(part);
        }
        self.ready()
    }

    /// Notes that a unit is read to its end, and gives what can be added now.
    pub fn ended(&mut self, unit: usize) -> Vec<Ledger> {
        if let Some(state) = self.units.get_mut(unit) {
            state.ended = true;
            state.bytes = state.bytes_total;
        }
        self.ready()
    }

    /// Stops: nothing more is given out or waited for. Gives all that has arrived, in order, and the
    /// hands that are in the middle of a unit.
    pub fn cancel(&mut self) -> (Vec<Ledger>, Vec<usize>) {
        self.cancelled = true;
        let busy = self
            .units
            .iter()
            .filter(|unit| !unit.ended)
            .filter_map(|unit| unit.hand)
            .collect();
        let parts = self
            .units
            .iter_mut()
            .flat_map(|unit| unit.parts.drain(..))
            .collect();
        self.next_to_add = self.units.len();
        (parts, busy)
    }

    /// Whether every unit is read and added, or reading was cancelled.
    pub fn is_over(&self) -> bool {
        self.next_to_add == self.units.len()
    }

    /// How far it has come.
    pub fn progress(&self, runs: usize, millis: f64) -> ImportProgress {
        let done = |unit: &&UnitState| unit.ended;
        ImportProgress {
            files: self.files,
            files_done: self.files_unclaimed
                + self
                    .units
                    .iter()
                    .filter(done)
                    .map(|unit| unit.files)
                    .sum::<usize>(),
            bytes: self.units.iter().map(|unit| unit.bytes).sum(),
            bytes_total: self.bytes_total,
            runs,
            reading: self
                .units
                .iter()
                .filter(|unit| unit.hand.is_some() && !unit.ended)
                .map(|unit| FileProgress {
                    path: unit.path.clone(),
                    bytes: unit.bytes,
                    bytes_total: unit.bytes_total,
                    runs: unit.runs,
                })
                .collect(),
            cancelled: self.cancelled,
            millis,
        }
    }

    fn ready(&mut self) -> Vec<Ledger> {
        let mut parts = Vec::new();
        while let Some(unit) = self.units.get_mut(self.next_to_add) {
            parts.extend(unit.parts.drain(..));
            if !unit.ended {
                break;
            }
            self.next_to_add += 1;
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::RunSink;

    fn part(runs: usize) -> Ledger {
        let mut made = None;
        let mut keep = |ledger: Ledger| made = Some(ledger);
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        for _ in 0..runs {
            sink.add_run();
        }
        sink.finish();
        made.unwrap()
    }

    fn import() -> Import {
        let files: Vec<FileInfo> = (0..3)
            .map(|i| FileInfo {
                path: format!("{i}.csv"),
                bytes: 10,
            })
            .collect();
        Import::new(
            1,
            &files,
            [("0.csv", &[0][..]), ("1.csv", &[1]), ("2.csv", &[2])],
            &[],
        )
    }

    fn rows(parts: &[Ledger]) -> Vec<usize> {
        parts.iter().map(Ledger::rows).collect()
    }

    #[test]
    fn units_enter_in_the_order_of_the_plan() {
        let mut import = import();
        assert_eq!(
            (import.give_to(0), import.give_to(1), import.give_to(2)),
            (Some(0), Some(1), Some(2))
        );
        assert_eq!(import.give_to(3), None);
        assert_eq!(rows(&import.arrived(2, part(7))), [0; 0]);
        assert_eq!(rows(&import.ended(2)), [0; 0]);
        assert_eq!(rows(&import.arrived(0, part(3))), [3]);
        assert_eq!(rows(&import.ended(0)), [0; 0]);
        assert_eq!(rows(&import.arrived(1, part(5))), [5]);
        assert!(!import.is_over());
        assert_eq!(rows(&import.ended(1)), [7]);
        assert!(import.is_over());
        assert_eq!(import.progress(15, 1.0).files_done, 3);
    }

    #[test]
    fn a_units_progress_counts_the_runs_of_all_its_parts() {
        let mut import = import();
        import.give_to(0);
        import.arrived(0, part(3));
        import.progressed(0, 7);
        import.arrived(0, part(4));
        let progress = import.progress(7, 1.0);
        assert_eq!(
            (progress.reading[0].bytes, progress.reading[0].runs),
            (7, 7)
        );
    }

    #[test]
    fn cancelling_keeps_what_has_arrived_and_names_the_busy_hands() {
        let mut import = import();
        import.give_to(4);
        import.give_to(5);
        import.arrived(1, part(2));
        import.ended(1);
        let (parts, busy) = import.cancel();
        assert_eq!((rows(&parts), busy), (vec![2], vec![4]));
        assert!(import.is_over());
        assert_eq!(import.give_to(5), None);
    }
}
