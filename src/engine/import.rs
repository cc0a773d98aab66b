//! Reading a drop: which unit goes to which hand, what has arrived, and in what order it is added.
//!
//! Units are read by several hands at once but enter the ledger in the order of the plan, so that the
//! same files give the same ledger whichever hand is quicker. What a unit's successors bring waits
//! for it. Cancelling adds what has arrived, in the same order, and lets the rest go.
//!
//! A large file is several units, each a span of it. A span's beginning is a guess until the one before it
//! is read: a guess that was wrong is read again from the right place.

use super::protocol::{FileProgress, ImportProgress};
use crate::format::Unit;
use crate::ledger::{Ledger, SpanRead};
use crate::source::Span;
use std::collections::VecDeque;

/// Small files are given to a hand so many at once, and of so many bytes at most: a message costs more than to read one.
const MOST_TOGETHER: usize = 32;
const TOGETHER_BYTES: u64 = 256 << 10;

/// So many times as many are left for each hand then: in the end all have something to do.
const LEFT: usize = 4;

/// What is known of one unit of the plan.
#[derive(Debug)]
struct UnitState {
    unit: Unit,
    bytes_total: u64,
    /// How many of its files are in no unit before it: pieces of a source may share one.
    files_new: usize,
    bytes: u64,
    runs: usize,
    /// Who reads it.
    hand: Option<usize>,
    /// Who is to read it, where that is not whoever is free: the hand that goes on where it ended before.
    home: Option<usize>,
    ended: bool,
    /// Whether it is read from where it begins, and not from where it might.
    is_certain: bool,
    /// Whether it is given to a hand by itself: one of those that were given with it was more than a hand could bear.
    is_alone: bool,
    /// What it read of its file, where that was a span.
    read: Option<SpanRead>,
    /// How many lines of its file come before it.
    lines_before: u64,
    /// Parts that wait for units before it.
    parts: VecDeque<Ledger>,
}

impl UnitState {
    fn new(unit: Unit, sizes: &[u64], seen: &mut order::Set<usize>) -> Self {
        let bytes_of_files = || {
            let places = unit.files.iter();
            places.filter_map(|at| sizes.get(*at)).sum()
        };
        Self {
            bytes_total: unit
                .span
                .map_or_else(bytes_of_files, |span| span.len_bytes()),
            files_new: unit.files.iter().filter(|at| seen.insert(**at)).count(),
            is_certain: unit.span.is_none_or(|span| span.is_exact),
            is_alone: false,
            unit,
            bytes: 0,
            runs: 0,
            hand: None,
            home: None,
            ended: false,
            read: None,
            lines_before: 0,
            parts: VecDeque::new(),
        }
    }

    /// Forgets what was read from a wrong beginning.
    fn read_again(&mut self) {
        self.hand = None;
        self.ended = false;
        self.bytes = 0;
        self.runs = 0;
        self.read = None;
        self.parts.clear();
    }

    /// What has arrived for good.
    fn take_parts(&mut self) -> impl Iterator<Item = Ledger> + '_ {
        let lines = self.lines_before;
        self.parts.drain(..).map(move |mut part| {
            part.move_problems_down(lines);
            part
        })
    }
}

/// One drop being read.
#[derive(Debug)]
pub struct Import {
    /// The request that it answers.
    pub number: u64,
    units: Vec<UnitState>,
    /// The units that each hand was given and has not ended, in their order.
    given: Vec<VecDeque<usize>>,
    files: usize,
    bytes_total: u64,
    /// Files that no unit claimed.
    files_unclaimed: usize,
    next_to_read: usize,
    /// Units that are read again.
    again: Vec<usize>,
    next_to_add: usize,
    /// Where the unit before that ended in its file, and how many lines of the file come before that place.
    before: Option<(u64, u64)>,
    cancelled: bool,
}

impl Import {
    /// Plans to read `units`, whose files are places in `sizes`, each in bytes; `files_unclaimed` are in none of them.
    pub fn new(number: u64, sizes: &[u64], units: Vec<Unit>, files_unclaimed: usize) -> Self {
        let mut seen = order::Set::new();
        let units: Vec<UnitState> = units
            .into_iter()
            .map(|unit| UnitState::new(unit, sizes, &mut seen))
            .collect();
        Self {
            number,
            files: sizes.len(),
            bytes_total: units.iter().map(|unit| unit.bytes_total).sum(),
            files_unclaimed,
            units,
            given: Vec::new(),
            next_to_read: 0,
            again: Vec::new(),
            next_to_add: 0,
            before: None,
            cancelled: false,
        }
    }

    /// Says which hands are to read which units, in the order of these; the others whoever is free.
    pub fn set_homes(&mut self, homes: impl Iterator<Item = Option<usize>>) {
        for (state, home) in self.units.iter_mut().zip(homes) {
            state.home = home;
        }
    }

    /// The next units for one of `hands` that is free, with their numbers: one, or several that are small; none where all are given
    /// out. A hand tells what several say only when it has ended them.
    pub fn give_to(&mut self, hand: usize, hands: usize) -> Vec<(usize, Unit)> {
        let mut given = Vec::new();
        if self.cancelled {
            return given;
        }
        let left = self.units.len().saturating_sub(self.next_to_read);
        let most = (left / (LEFT * hands.max(1))).clamp(1, MOST_TOGETHER);
        let mut bytes = 0;
        while given.len() < most {
            let number = self.next_for(hand);
            let Some(state) = self.units.get_mut(number) else {
                break;
            };
            bytes += state.bytes_total;
            let is_small = state.unit.span.is_none() && bytes <= TOGETHER_BYTES && !state.is_alone;
            if !is_small && !given.is_empty() {
                break;
            }
            self.again.pop();
            state.hand = Some(hand);
            given.push((number, state.unit.clone()));
            if self.given.len() <= hand {
                self.given.resize(hand + 1, VecDeque::new());
            }
            self.given[hand].push_back(number);
            // Those of busy hands are left behind.
            while let Some(UnitState { hand: Some(_), .. }) = self.units.get(self.next_to_read) {
                self.next_to_read += 1;
            }
            if !is_small {
                break;
            }
        }
        given
    }

    /// The number of the unit that this hand is given next; beyond all of them where none is left for it.
    pub fn next_for(&self, hand: usize) -> usize {
        if let Some(again) = self.again.last() {
            return *again;
        }
        let is_for =
            |state: &UnitState| state.hand.is_none() && state.home.is_none_or(|home| home == hand);
        let mut left = self.units.iter().skip(self.next_to_read);
        let skipped = left.position(is_for);
        skipped.map_or(self.units.len(), |skipped| self.next_to_read + skipped)
    }

    /// Of the next `count` units that nobody was given those that are spans of a file: number, file, span.
    pub fn spans_next(&self, count: usize) -> impl Iterator<Item = (usize, usize, Span)> + '_ {
        let next = self.units.iter().enumerate().skip(self.next_to_read);
        let next = next.take(if self.cancelled { 0 } else { count });
        let next = next.filter(|(_, state)| state.hand.is_none());
        next.filter_map(|(number, state)| {
            Some((number, *state.unit.files.first()?, state.unit.span?))
        })
    }

    /// A hand is there no more: nothing waits for it. Gives the unit that it was reading; where it had several it is not known
    /// which that was, and they are read again, each by itself.
    pub fn hand_lost(&mut self, hand: usize) -> Option<usize> {
        for state in &mut self.units {
            state.home = state.home.filter(|home| *home != hand);
        }
        let given = self.given.get_mut(hand)?;
        if given.len() < 2 {
            return given.front().copied();
        }
        for number in std::mem::take(given) {
            self.units[number].read_again();
            self.units[number].is_alone = true;
            self.next_to_read = self.next_to_read.min(number);
        }
        None
    }

    /// The path of the first unit that is not read to its end.
    pub fn path_left(&self) -> Option<&str> {
        let left = self.units.iter().find(|state| !state.ended);
        left.map(|state| state.unit.path.as_str())
    }

    /// The unit that `hand` reads.
    pub fn unit_of(&self, hand: usize) -> Option<usize> {
        self.given.get(hand)?.front().copied()
    }

    /// The path of a unit.
    pub fn path_of(&self, unit: usize) -> &str {
        self.units.get(unit).map_or("", |state| &state.unit.path)
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

    /// Notes that a unit is read to its end, and what it `read` where it was a span; gives what can be
    /// added now.
    pub fn ended(&mut self, unit: usize, read: Option<SpanRead>) -> Vec<Ledger> {
        if let Some(state) = self.units.get_mut(unit) {
            state.ended = true;
            state.read = read;
            state.bytes = state.bytes_total;
            let given = state.hand.and_then(|hand| self.given.get_mut(hand));
            if let Some(given) = given {
                given.retain(|number| *number != unit);
            }
        }
        self.ready()
    }

    /// Stops: nothing more is given out or waited for. Gives all that has arrived, in order, and the
    /// hands that are in the middle of a unit.
    pub fn cancel(&mut self) -> (Vec<Ledger>, Vec<usize>) {
        self.cancelled = true;
        let hands = 0..self.given.len();
        let busy = hands.filter(|hand| self.unit_of(*hand).is_some()).collect();
        let certain = self.units.iter_mut().filter(|unit| unit.is_certain);
        let parts = certain.flat_map(UnitState::take_parts).collect();
        self.next_to_add = self.units.len();
        (parts, busy)
    }

    /// Whether every unit is read and added, or reading was cancelled.
    pub fn is_over(&self) -> bool {
        self.next_to_add == self.units.len()
    }

    /// About how long it goes on, in milliseconds, where it has taken `millis` so far.
    pub fn millis_left(&self, millis: f64) -> f64 {
        let bytes: u64 = self.units.iter().map(|unit| unit.bytes).sum();
        millis * self.bytes_total.saturating_sub(bytes) as f64 / bytes.max(1) as f64
    }

    /// About how many runs are still to be added: a guess by the units that are read to their end, where all are of one
    /// source and so alike.
    pub fn runs_left(&self) -> Option<usize> {
        let (first, rest) = self.units.split_first()?;
        let is_of_it = |unit: &UnitState| unit.unit.part_of == first.unit.part_of;
        if !rest.iter().all(is_of_it) {
            return None;
        }
        let ended = || self.units.iter().filter(|unit| unit.ended);
        let bytes: u64 = ended().map(|unit| unit.bytes_total).sum();
        if bytes == 0 {
            return None;
        }
        let runs: usize = ended().map(|unit| unit.runs).sum();
        let left = self.units[self.next_to_add..].iter();
        let left: u64 = left.map(|unit| unit.bytes_total).sum();
        Some((runs as f64 / bytes as f64 * left as f64) as usize)
    }

    /// How far it has come. Units of one source are told as one.
    pub fn progress(&self, runs: usize, millis: f64) -> ImportProgress {
        let sources = || self.units.chunk_by(|a, b| a.unit.part_of == b.unit.part_of);
        let is_done = |units: &&[UnitState]| units.iter().all(|unit| unit.ended);
        let files_of = |units: &[UnitState]| units.iter().map(|unit| unit.files_new).sum::<usize>();
        let given = self.given.iter().filter_map(VecDeque::front);
        let reading: Vec<u64> = given
            .map(|number| self.units[*number].unit.part_of)
            .collect();
        let is_read = |units: &&[UnitState]| reading.contains(&units[0].unit.part_of);
        ImportProgress {
            files: self.files,
            files_done: self.files_unclaimed
                + sources().filter(is_done).map(files_of).sum::<usize>(),
            bytes: self.units.iter().map(|unit| unit.bytes).sum(),
            bytes_total: self.bytes_total,
            runs,
            reading: sources()
                .filter(is_read)
                .map(|units| FileProgress {
                    path: units[0].unit.path.clone(),
                    bytes: units.iter().map(|unit| unit.bytes).sum(),
                    bytes_total: units.iter().map(|unit| unit.bytes_total).sum(),
                    runs: units.iter().map(|unit| unit.runs).sum(),
                })
                .collect(),
            cancelled: self.cancelled,
            millis,
        }
    }

    fn ready(&mut self) -> Vec<Ledger> {
        let mut parts = Vec::new();
        loop {
            self.settle();
            let next = self.units.get_mut(self.next_to_add);
            let Some(unit) = next.filter(|unit| unit.is_certain) else {
                return parts;
            };
            parts.extend(unit.take_parts());
            if !unit.ended {
                return parts;
            }
            let lines_before = unit.lines_before;
            self.before = unit
                .read
                .map(|read| (read.ended, lines_before + read.lines));
            self.next_to_add += 1;
        }
    }

    /// All before the next unit to add is read: so it is known where that begins, if it is a span. Where it
    /// began elsewhere it is read again.
    fn settle(&mut self) {
        let number = self.next_to_add;
        let next = self.units.get_mut(number);
        let Some(unit) = next.filter(|unit| !unit.is_certain) else {
            return;
        };
        // Where the reader of the one before it failed, a likely beginning is the best there is.
        let (Some((begins, lines)), Some(span)) = (self.before, unit.unit.span.as_mut()) else {
            unit.is_certain = true;
            return;
        };
        unit.lines_before = lines;
        let is_wrong = unit.read.is_some_and(|read| read.began != begins);
        if unit.hand.is_none() || (unit.ended && is_wrong) {
            span.from = begins;
            span.is_exact = true;
            if unit.hand.is_some() {
                unit.read_again();
                self.again.push(number);
            }
            unit.is_certain = true;
        } else {
            // One that is being read is judged when it has ended.
            unit.is_certain = unit.ended;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::RunSink;
    use crate::source::Span;

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

    fn unit(place: usize, span: Option<Span>) -> Unit {
        Unit {
            format: "delimited".to_owned(),
            path: format!("{place}.csv"),
            files: vec![place],
            part_of: place as u64 + 1,
            span,
            is_divisible: span.is_some(),
        }
    }

    fn import_of(units: Vec<Unit>) -> Import {
        Import::new(1, &[10; 3], units, 0)
    }

    fn import() -> Import {
        import_of((0..3).map(|place| unit(place, None)).collect())
    }

    fn given(import: &mut Import, hand: usize) -> Option<usize> {
        // So many hands that each is given one at a time.
        let given = import.give_to(hand, 1_000_000);
        given.first().map(|(number, _)| *number)
    }

    fn numbers(given: &[(usize, Unit)]) -> Vec<usize> {
        given.iter().map(|(number, _)| *number).collect()
    }

    fn rows(parts: &[Ledger]) -> Vec<usize> {
        parts.iter().map(Ledger::rows).collect()
    }

    #[test]
    fn units_enter_in_the_order_of_the_plan() {
        let mut import = import();
        assert_eq!(
            (
                given(&mut import, 0),
                given(&mut import, 1),
                given(&mut import, 2)
            ),
            (Some(0), Some(1), Some(2))
        );
        assert_eq!(given(&mut import, 3), None);
        assert_eq!(rows(&import.arrived(2, part(7))), [0; 0]);
        assert_eq!(rows(&import.ended(2, None)), [0; 0]);
        assert_eq!(rows(&import.arrived(0, part(3))), [3]);
        assert_eq!(rows(&import.ended(0, None)), [0; 0]);
        assert_eq!(
            import.runs_left(),
            None,
            "files of several sources are not alike"
        );
        assert_eq!(rows(&import.arrived(1, part(5))), [5]);
        assert!(!import.is_over());
        assert_eq!(rows(&import.ended(1, None)), [7]);
        assert!(import.is_over());
        assert_eq!(import.progress(15, 1.0).files_done, 3);
    }

    #[test]
    fn a_hand_reads_what_it_was_given_until_that_ends() {
        let mut import = import();
        assert_eq!(import.unit_of(2), None);
        given(&mut import, 2);
        given(&mut import, 0);
        assert_eq!((import.unit_of(2), import.unit_of(0)), (Some(0), Some(1)));
        import.ended(0, None);
        assert_eq!((import.unit_of(2), import.unit_of(0)), (None, Some(1)));
        given(&mut import, 2);
        assert_eq!((import.unit_of(1), import.unit_of(2)), (None, Some(2)));
    }

    #[test]
    fn a_unit_waits_for_the_hand_that_has_read_it_before() {
        let mut import = import();
        import.set_homes([Some(1), None, Some(1)].into_iter());
        assert_eq!(given(&mut import, 0), Some(1));
        import.arrived(1, part(5));
        assert_eq!(rows(&import.ended(1, None)), [0; 0]);
        assert_eq!(given(&mut import, 0), None);
        for number in [0, 2] {
            assert_eq!(given(&mut import, 1), Some(number));
            import.arrived(number, part(1));
            import.ended(number, None);
        }
        assert!(import.is_over());
        assert_eq!(given(&mut import, 1), None);
    }

    #[test]
    fn a_unit_waits_for_no_hand_that_is_lost() {
        let mut import = import();
        import.set_homes([Some(1), None, Some(2)].into_iter());
        assert_eq!(given(&mut import, 0), Some(1));
        import.ended(1, None);
        assert_eq!(given(&mut import, 0), None);
        import.hand_lost(1);
        assert_eq!(import.path_left(), Some("0.csv"));
        assert_eq!(given(&mut import, 0), Some(0));
        import.ended(0, None);
        assert_eq!(
            given(&mut import, 0),
            None,
            "the hand of the last one is there"
        );
        import.hand_lost(2);
        assert_eq!(given(&mut import, 0), Some(2));
        import.ended(2, None);
        assert!(import.is_over());
        assert_eq!(import.path_left(), None);
    }

    #[test]
    fn asking_what_a_hand_reads_takes_no_longer_with_more_units() {
        // A scan of all units for each would be ten thousand million looks, which takes longer than any test.
        let units = 100_000;
        let mut import = import_of((0..units).map(|place| unit(place, None)).collect());
        for number in 0..units {
            assert_eq!(given(&mut import, 0), Some(number));
            assert_eq!(import.unit_of(0), Some(number));
            import.ended(number, None);
            assert_eq!(import.unit_of(0), None);
        }
        assert!(import.is_over());
    }

    #[test]
    fn small_units_are_given_together_while_all_hands_have_some_left() {
        let units = 0..100;
        let mut import = Import::new(
            1,
            &[1000; 100],
            units.map(|place| unit(place, None)).collect(),
            0,
        );
        let first: Vec<usize> = numbers(&import.give_to(0, 2));
        assert_eq!(first, (0..12).collect::<Vec<_>>());
        assert_eq!(import.progress(0, 1.0).reading.len(), 1);
        let second: Vec<usize> = numbers(&import.give_to(1, 2));
        assert_eq!(second, (12..23).collect::<Vec<_>>());
        for number in second {
            import.arrived(number, part(1));
            assert_eq!(rows(&import.ended(number, None)), [0; 0]);
        }
        assert_eq!(import.unit_of(1), None);
        let mut added = 0;
        while let Some(number) = import.unit_of(0) {
            added += rows(&import.arrived(number, part(1))).len();
            added += rows(&import.ended(number, None)).len();
        }
        assert_eq!(added, 23);
        while !import.is_over() {
            let given = numbers(&import.give_to(0, 2));
            assert!(!given.is_empty());
            for number in given {
                import.ended(number, None);
            }
        }
        // A large one is given by itself.
        let sizes = [10, 300 << 10, 10, 10];
        let units = (0..4).map(|place| unit(place, None)).collect();
        let mut import = Import::new(1, &sizes, units, 0);
        assert_eq!(numbers(&import.give_to(0, 0)), [0]);
        assert_eq!(numbers(&import.give_to(1, 0)), [1]);
    }

    #[test]
    fn what_a_lost_hand_was_given_is_read_again_one_by_one_until_it_is_known_which_it_was() {
        let units = (0..20).map(|place| unit(place, None)).collect();
        let mut import = Import::new(1, &[10; 20], units, 0);
        assert_eq!(numbers(&import.give_to(0, 1)), [0, 1, 2, 3, 4]);
        import.arrived(0, part(1));
        assert_eq!(rows(&import.ended(0, None)), [0; 0]);
        // It was one of the four others.
        assert_eq!(import.hand_lost(0), None);
        assert_eq!(import.unit_of(0), None);
        assert_eq!(numbers(&import.give_to(1, 1)), [1]);
        assert_eq!(numbers(&import.give_to(0, 1)), [2]);
        assert_eq!(import.hand_lost(0), Some(2));
        import.arrived(2, part(0));
        import.ended(2, None);
        import.arrived(1, part(1));
        assert_eq!(import.ended(1, None).len(), 1);
        assert_eq!(numbers(&import.give_to(0, 1)), [3]);
        assert_eq!(numbers(&import.give_to(1, 1)), [4]);
        assert!(import.give_to(2, 1).len() > 1);
    }

    #[test]
    fn a_units_progress_counts_the_runs_of_all_its_parts() {
        let mut import = import();
        given(&mut import, 0);
        import.arrived(0, part(3));
        assert!(import.millis_left(1.0) >= 30.0);
        import.progressed(0, 7);
        import.arrived(0, part(4));
        assert_eq!(import.millis_left(70.0), 230.0);
        let progress = import.progress(7, 1.0);
        assert_eq!(
            (progress.reading[0].bytes, progress.reading[0].runs),
            (7, 7)
        );
    }

    #[test]
    fn cancelling_keeps_what_has_arrived_and_names_the_busy_hands() {
        let mut import = import();
        given(&mut import, 4);
        given(&mut import, 5);
        import.arrived(1, part(2));
        import.ended(1, None);
        let (parts, busy) = import.cancel();
        assert_eq!((rows(&parts), busy), (vec![2], vec![4]));
        assert!(import.is_over());
        assert_eq!(given(&mut import, 5), None);
    }

    #[test]
    fn a_span_that_began_in_the_wrong_place_is_read_again() {
        let span = |from, to| {
            Some(Span {
                from,
                to,
                is_exact: from == 0,
            })
        };
        let read = |began, ended| {
            Some(SpanRead {
                began,
                ended,
                lines: 5,
            })
        };
        let mut import = import_of(vec![
            unit(0, span(0, 4)),
            unit(0, span(4, 8)),
            unit(0, span(8, 10)),
        ]);
        given(&mut import, 0);
        given(&mut import, 1);
        assert_eq!(import.runs_left(), None, "nothing is known yet");
        // The second is read first, and from the wrong place: nothing of it is kept.
        import.arrived(1, part(9));
        assert_eq!(rows(&import.ended(1, read(5, 8))), [0; 0]);
        // Nine of 4 of 10 bytes.
        assert_eq!(import.runs_left(), Some(22));
        assert_eq!(rows(&import.arrived(0, part(2))), [2]);
        assert_eq!(rows(&import.ended(0, read(0, 6))), [0; 0]);
        let [again] = import.give_to(0, 1).try_into().unwrap();
        assert_eq!(
            (again.0, again.1.span),
            (
                1,
                Some(Span {
                    is_exact: true,
                    ..span(6, 8).unwrap()
                })
            )
        );
        // The third was right, and waits.
        assert_eq!(given(&mut import, 1), Some(2));
        import.arrived(2, part(4));
        assert_eq!(rows(&import.ended(2, read(9, 10))), [0; 0]);
        assert_eq!(rows(&import.arrived(1, part(3))), [3]);
        assert_eq!(rows(&import.ended(1, read(6, 9))), [4]);
        assert!(import.is_over());
        assert_eq!(import.progress(9, 1.0).files_done, 1);
    }
}
