//! Runs that broke: by which values of which param, and under which conditions most of them did.
//!
//! A run counts as broken where its status is failed or killed, or its objective diverged. One that still goes, waits or was
//! pruned says nothing and is left out.
//!
//! - [`endings`]: to which end each run came, a curve that exploded too.
//! - [`check`]: which params tell broken runs from others beyond chance, and rules of at most two conditions.
//! - [`bursts`]: runs that broke one after the other.

pub mod bursts;
pub mod check;
pub mod endings;

use super::grouping::row_codes;
use super::ranking::probability::wilson;
use ledger::{Bits, Cells, Column, MISSING, Status};
use rustc_hash::FxHashMap;

/// A side of a rule has at least so many runs.
const FEWEST: usize = 3;

/// Into how many parts the values of a number are put.
const BINS: usize = 8;

/// Values of a category at most; of more, the rates say nothing.
const MOST_VALUES: usize = 200;

/// Which runs broke.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    /// The runs that came to an end, one way or the other.
    pub ended: Bits,
    /// Those of them that broke.
    pub broken: Bits,
}

impl Outcomes {
    /// Each of these sets of rows as one, in the place of its first row that ended: broken where most of it broke. Runs of
    /// one configuration break together, and are no independent evidence.
    pub fn by_configuration(&self, configurations: &[Vec<u32>]) -> Self {
        let mut made = Self {
            ended: Bits::filled(self.ended.len(), false),
            broken: Bits::filled(self.ended.len(), false),
        };
        for rows in configurations {
            let ended = || {
                let rows = rows.iter().map(|row| *row as usize);
                rows.filter(|row| self.ended.get(*row))
            };
            if let Some(first) = ended().next() {
                let broken = ended().filter(|row| self.broken.get(*row)).count();
                made.ended.set(first, true);
                made.broken.set(first, 2 * broken > ended().count());
            }
        }
        made
    }

    /// How many broke of those that `is_in` says are in, and of those that it says are not.
    pub fn parted(&self, is_in: impl Fn(usize) -> Option<bool>) -> (Share, Share) {
        let (mut inside, mut outside) = (Share::default(), Share::default());
        for row in self.ended.ones() {
            match is_in(row) {
                Some(true) => inside.add(self.broken.get(row)),
                Some(false) => outside.add(self.broken.get(row)),
                None => {}
            }
        }
        (inside, outside)
    }

    /// How many of all broke.
    pub fn share(&self) -> Share {
        Share {
            broken: self.broken.count(),
            n: self.ended.count(),
        }
    }
}

/// The status of a run by the column of statuses.
fn status(statuses: Option<&Column>, row: usize) -> Status {
    statuses
        .and_then(|column| column.get(row).text())
        .map_or(Status::Unknown, Status::from_word)
}

/// How many of so many runs broke.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many broke.
    pub broken: usize,
    /// Of how many.
    pub n: usize,
}

impl Share {
    /// The 95 % interval of the share (Wilson).
    pub fn interval(self) -> (f64, f64) {
        wilson(self.broken, self.n)
    }

    /// How many of all broke, 0 to 1.
    pub fn rate(self) -> f64 {
        self.broken as f64 / self.n.max(1) as f64
    }

    /// Whether more of these broke than of others, beyond chance: the 95 % interval of the difference lies above 0 (Newcombe, "Interval
    /// estimation for the difference between independent proportions", Statistics in Medicine 17, 1998, by Wilson's).
    pub fn breaks_more_than(self, other: Self) -> bool {
        let (own, others) = (self.rate(), other.rate());
        let below = own - self.interval().0;
        let above = other.interval().1 - others;
        own - others > (below * below + above * above).sqrt()
    }

    pub(crate) fn add(&mut self, is_broken: bool) {
        self.n += 1;
        self.broken += usize::from(is_broken);
    }

    fn without(self, part: Self) -> Self {
        Self {
            broken: self.broken - part.broken,
            n: self.n - part.n,
        }
    }
}

/// What runs have in common.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Numbers between two of those that occur, both included; open at an end that is none.
    Between(Option<f64>, Option<f64>),
    /// The value that this row has.
    As(usize),
    /// No value.
    Missing,
}

impl Condition {
    /// Whether a run's value is so.
    pub fn holds(&self, column: &Column, row: usize) -> bool {
        let value = column.get(row);
        match self {
            Self::Between(low, high) => value.number().is_some_and(|x| {
                low.is_none_or(|low| x >= low) && high.is_none_or(|high| x <= high)
            }),
            Self::As(other) => value.is_same(column.get(*other)),
            Self::Missing => value.is_missing(),
        }
    }
}

/// How often runs broke by a param's value, or in each of about eight parts of its numbers, and last without a value, where
/// some have none. Nothing for a param of more values than rates can be told for.
pub fn rates(column: &Column, outcomes: &Outcomes) -> Vec<(Condition, Share)> {
    let mut made = rates_of_values(column, outcomes);
    let mut missing = Share::default();
    for row in outcomes.ended.ones() {
        if column.get(row).is_missing() {
            missing.add(outcomes.broken.get(row));
        }
    }
    if missing.n > 0 && !made.is_empty() {
        made.push((Condition::Missing, missing));
    }
    made
}

fn rates_of_values(column: &Column, outcomes: &Outcomes) -> Vec<(Condition, Share)> {
    if let Some(numbers) = numbers(column, outcomes) {
        let mut made: Vec<(Condition, Share)> = Vec::new();
        let enough = numbers.len().div_ceil(BINS);
        let (mut part, mut low) = (Share::default(), None);
        let last = numbers.last().map(|(x, _)| *x);
        // Equal numbers stay in one part.
        for equal in numbers.chunk_by(|a, b| a.0 == b.0) {
            let x = equal[0].0;
            let low_end = *low.get_or_insert(x);
            equal.iter().for_each(|(_, broken)| part.add(*broken));
            if part.n >= enough || Some(x) == last {
                made.push((Condition::Between(Some(low_end), Some(x)), part));
                (part, low) = (Share::default(), None);
            }
        }
        return made;
    }
    by_value(column, outcomes)
}

/// The param's numbers in order, each with whether its run broke; `None` for what is no number.
fn numbers(column: &Column, outcomes: &Outcomes) -> Option<Vec<(f64, bool)>> {
    if !matches!(column.cells(), Cells::Number { .. }) {
        return None;
    }
    let values = column.numbers();
    let mut numbers: Vec<(f64, bool)> = outcomes
        .ended
        .ones()
        .filter_map(|row| Some((*values.get(row)?, outcomes.broken.get(row))))
        .filter(|(x, _)| x.is_finite())
        .map(|(x, broken)| (x + 0.0, broken))
        .collect();
    order::by(&mut numbers, |a, b| a.0.total_cmp(&b.0));
    Some(numbers)
}

fn by_value(column: &Column, outcomes: &Outcomes) -> Vec<(Condition, Share)> {
    let codes = row_codes(column, outcomes.ended.len());
    let mut places: FxHashMap<u32, usize> = FxHashMap::default();
    let mut made: Vec<(Condition, Share)> = Vec::new();
    for row in outcomes.ended.ones() {
        if codes[row] == MISSING {
            continue;
        }
        let at = *places.entry(codes[row]).or_insert(made.len());
        if at == made.len() {
            if at == MOST_VALUES {
                return Vec::new();
            }
            made.push((Condition::As(row), Share::default()));
        }
        made[at].1.add(outcomes.broken.get(row));
    }
    made
}

#[cfg(test)]
mod tests {
    use super::endings::Endings;
    use super::*;
    use ledger::{Ledger, Role, RunSink, ValueRef};

    #[test]
    fn more_break_where_the_difference_is_beyond_chance() {
        let share = |broken, n| Share { broken, n };
        assert!(share(14, 16).breaks_more_than(share(2, 80)));
        assert!(!share(2, 80).breaks_more_than(share(14, 16)));
        assert!(!share(3, 20).breaks_more_than(share(5, 80)));
        assert!(!share(0, 0).breaks_more_than(share(0, 0)));
        assert!(!share(1, 1).breaks_more_than(share(0, 0)));
        // Newcombe's example: 56 of 70 less 48 of 80 is 0.0524 to 0.3339.
        let (a, b) = (share(56, 70), share(48, 80));
        let below = a.rate() - a.interval().0;
        let above = b.interval().1 - b.rate();
        let low = a.rate() - b.rate() - (below * below + above * above).sqrt();
        assert!((low - 0.0524).abs() < 5e-5, "{low}");
        assert!(a.breaks_more_than(b));
    }

    #[test]
    fn rates_are_of_parts_of_numbers_and_of_values() {
        let mut ledger = Ledger::default();
        let mut keep = |part: Ledger| {
            ledger.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        for at in 0..96_u32 {
            let row = sink.add_run();
            let rate = f64::from(at) / 1000.0;
            sink.set_named(row, Role::Param, "lr", ValueRef::Number(rate));
            let optimizer = ["adam", "sgd", "lion"][at as usize % 3];
            sink.set_named(row, Role::Param, "optimizer", ValueRef::Text(optimizer));
            let failed = (80..94).contains(&at) || at == 3 || at == 40;
            sink.set_status(row, [Status::Finished, Status::Failed][usize::from(failed)]);
        }
        sink.finish();
        let all = Bits::filled(ledger.rows(), true);
        let outcomes = Endings::new(&ledger, &all, None).outcomes();
        assert_eq!(outcomes.share(), Share { broken: 16, n: 96 });
        let of = |name| {
            rates(
                ledger.column(ledger.find(Role::Param, name).unwrap()),
                &outcomes,
            )
        };
        let numbers = of("lr");
        assert_eq!(numbers.len(), 8);
        assert_eq!(numbers.iter().map(|(_, share)| share.n).sum::<usize>(), 96);
        assert_eq!(numbers[0].1, Share { broken: 1, n: 12 });
        let values = of("optimizer");
        assert_eq!(values.len(), 3);
        assert_eq!(
            values.iter().map(|(_, share)| share.broken).sum::<usize>(),
            16
        );
    }
}
