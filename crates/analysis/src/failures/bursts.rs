//! Runs that broke one after the other: by when they began, the stretch in which most broke.
//!
//! A stretch counts by how much likelier what was seen in it is at a rate half way from the overall one to all of them (a
//! local score: Karlin and Altschul 1990), and the best one is held against the best of shuffles. These give whole
//! configurations the ends of others with as many runs: seeds of one often run one after the other and break together, which
//! says nothing of the time. Runs that began at one moment have no order among them and stay together.
//!
//! Where all began within some minutes the order is that of a script, and a stretch that goes over much of the time is none.

use crate::importance::Draws;
use ledger::{Bits, Column, ColumnId, Ledger, Role, attribute};

/// Shuffles.
const SHUFFLES: usize = 399;

/// A burst is told at this level.
const LEVEL: f64 = 0.02;

/// So many must break in it.
const FEWEST: usize = 3;

/// In milliseconds: over at least so long runs must have begun.
const LEAST_WHOLE: i64 = 10 * 60_000;

/// A burst takes at most one part of so many of that.
const PARTS: i64 = 3;

/// Same runs, same shuffles.
const SEED: u64 = 1;

/// Runs whose order is looked at, at most.
const MOST_RUNS: usize = 20_000;

/// A run that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// When it began, in Unix milliseconds.
    pub at: i64,
    /// Its row.
    pub row: usize,
    /// Its configuration.
    pub of: u32,
    /// Whether it broke.
    pub broke: bool,
}

/// A stretch of time in which runs broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Burst {
    /// The runs in it, by when they began.
    pub runs: Vec<Begun>,
    /// How many of them broke.
    pub broken: usize,
    /// How many right before it did not break.
    pub calm_before: usize,
}

/// The stretch in which more broke than chance brings together, where there is one; `runs` come in any order.
pub fn burst(mut runs: Vec<Begun>) -> Option<Burst> {
    order::by_key(&mut runs, |run| (run.at, run.row));
    let broken = runs.iter().filter(|run| run.broke).count();
    if broken < FEWEST || broken == runs.len() || runs.len() > MOST_RUNS {
        return None;
    }
    let lasted = |runs: &[Begun]| match runs {
        [first, .., last] => last.at.saturating_sub(first.at),
        _ => 0,
    };
    let whole = lasted(&runs);
    if whole < LEAST_WHOLE {
        return None;
    }
    let rate = broken as f64 / runs.len() as f64;
    let within = f64::midpoint(rate, 1.0);
    let weights = [
        libm::log((1.0 - within) / (1.0 - rate)),
        libm::log(within / rate),
    ];
    let times: Vec<i64> = runs.iter().map(|run| run.at).collect();
    let ends: Vec<bool> = runs.iter().map(|run| run.broke).collect();
    let (score, from, to) = best_stretch(&times, &ends, weights);
    let count = ends[from..to].iter().filter(|broke| **broke).count();
    if count < FEWEST || lasted(&runs[from..to]) > whole / PARTS {
        return None;
    }
    let mut places: Vec<usize> = (0..runs.len()).collect();
    order::by_key(&mut places, |at| (runs[*at].of, *at));
    let of_one = places.chunk_by(|a, b| runs[*a].of == runs[*b].of);
    let mut configurations: Vec<Vec<usize>> = of_one.map(<[usize]>::to_vec).collect();
    order::by_key(&mut configurations, Vec::len);
    let mut sources: Vec<usize> = (0..configurations.len()).collect();
    let mut draws = Draws::new(SEED, 0, 0);
    let mut broke = ends.clone();
    let mut as_good = 0;
    for _ in 0..SHUFFLES {
        let mut begin = 0;
        for alike in configurations.chunk_by(|a, b| a.len() == b.len()) {
            for at in (1..alike.len()).rev() {
                sources.swap(begin + at, begin + draws.below(at + 1));
            }
            begin += alike.len();
        }
        for (configuration, source) in configurations.iter().zip(&sources) {
            for (to, from) in configuration.iter().zip(&configurations[*source]) {
                broke[*to] = ends[*from];
            }
        }
        as_good += usize::from(best_stretch(&times, &broke, weights).0 >= score);
    }
    let p = (as_good + 1) as f64 / (SHUFFLES + 1) as f64;
    if p > LEVEL {
        return None;
    }
    let before = runs[..from].iter().rev();
    Some(Burst {
        calm_before: before.take_while(|run| !run.broke).count(),
        broken: runs[from..to].iter().filter(|run| run.broke).count(),
        runs: runs[from..to].to_vec(),
    })
}

/// The stretch of the greatest weight (Kadane's scan): the weight, and from which run up to and without which.
fn best_stretch(times: &[i64], broke: &[bool], weights: [f64; 2]) -> (f64, usize, usize) {
    let mut best = (0.0, 0, 0);
    let (mut sum, mut from, mut at) = (0.0, 0, 0);
    while at < times.len() {
        if sum <= 0.0 {
            (sum, from) = (0.0, at);
        }
        let moment = times[at];
        while times.get(at) == Some(&moment) {
            sum += weights[usize::from(broke[at])];
            at += 1;
        }
        if sum > best.0 {
            best = (sum, from, at);
        }
    }
    best
}

/// A value that all runs of a burst share that broke, and few others have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The column.
    pub column: ColumnId,
    /// How many other runs have it.
    pub others: usize,
}

/// The tag, attribute or param that has one value in all of `rows` and in fewest of `others`, if that is less than half. What
/// most of the others have that are `broken` too, a last epoch say, comes of breaking and is no reason for it.
pub fn shared(ledger: &Ledger, rows: &[usize], others: &[usize], broken: &Bits) -> Option<Shared> {
    let (first, rest) = rows.split_first()?;
    let names_runs = [
        attribute::ID,
        attribute::NAME,
        attribute::STATUS,
        attribute::START,
        attribute::END,
    ];
    let may_tell = |column: &Column| match column.role() {
        Role::Tag | Role::Param => true,
        Role::Attribute => !names_runs.contains(&column.name()),
        Role::Metric | Role::Ignored => false,
    };
    let found = ledger
        .columns_with_ids()
        .filter(|(_, column)| may_tell(column));
    let found = found.filter_map(|(id, column)| {
        let value = column.get(*first);
        let is_in = |row: &&usize| column.get(**row).is_same(value);
        if value.is_missing() || !rest.iter().all(|row| is_in(&row)) {
            return None;
        }
        let count = others.iter().filter(is_in).count();
        let broken = || others.iter().filter(|row| broken.get(**row));
        let is_mark = 2 * broken().filter(is_in).count() > broken().count();
        (2 * count < others.len() && !is_mark).then_some(Shared {
            column: id,
            others: count,
        })
    });
    found.min_by_key(|shared| shared.others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::{RunSink, ValueRef};

    fn begun(broke: impl Iterator<Item = bool>) -> Vec<Begun> {
        let run = |(row, broke)| Begun {
            at: 60_000 * row as i64,
            row,
            of: row as u32,
            broke,
        };
        broke.enumerate().map(run).collect()
    }

    #[test]
    fn a_planted_burst_is_found_and_what_was_before_it() {
        let mut runs = begun((0..90).map(|at| (40..49).contains(&at) || at == 80 || at == 3));
        runs.reverse();
        let found = burst(runs).unwrap();
        assert_eq!((found.broken, found.runs.len()), (9, 9));
        assert_eq!((found.runs[0].row, found.calm_before), (40, 36));
    }

    #[test]
    fn chance_brings_no_burst_together() {
        let mut alarms = 0;
        for table in 0..300 {
            let mut draws = Draws::new(7, table, 0);
            alarms += usize::from(burst(begun((0..60).map(|_| draws.below(5) == 0))).is_some());
        }
        assert!(alarms <= 15, "{alarms} of 300");
        // Every fifth, and all, are no burst; nor are three that began at one moment with all others.
        assert_eq!(burst(begun((0..60).map(|at| at % 5 == 0))), None);
        assert_eq!(burst(begun((0..60).map(|_| true))), None);
        let mut at_once = begun((0..60).map(|at| at < 9));
        at_once.iter_mut().for_each(|run| run.at = 5);
        assert_eq!(burst(at_once.clone()), None);
        // Nor a stretch of seconds where all took no longer than some, or of half of the time.
        at_once
            .iter_mut()
            .for_each(|run| run.at = 50 * run.row as i64);
        assert_eq!(burst(at_once), None);
        assert_eq!(burst(begun((0..60).map(|at| at < 30))), None);
    }

    #[test]
    fn seeds_of_one_configuration_that_break_together_are_no_burst() {
        // Five seeds of each, one after the other.
        let with = |broke: &dyn Fn(usize) -> bool| {
            let mut runs = begun((0..300).map(broke));
            runs.iter_mut().for_each(|run| run.of /= 5);
            runs
        };
        let mut alarms = 0;
        for table in 0..100 {
            let mut draws = Draws::new(8, table, 0);
            let of: Vec<bool> = (0..60).map(|_| draws.below(5) == 0).collect();
            alarms += usize::from(burst(with(&|at| of[at / 5])).is_some());
        }
        assert!(alarms <= 5, "{alarms} of 100");
        // Ten configurations in a row are.
        let found = burst(with(&|at| (100..150).contains(&at))).unwrap();
        assert_eq!((found.broken, found.runs.len()), (50, 50));
    }

    #[test]
    fn what_a_burst_shares_is_what_others_lack() {
        let mut ledger = Ledger::default();
        let mut keep = |part: Ledger| {
            ledger.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        for at in 0..20 {
            let row = sink.add_run();
            let host = if (5..10).contains(&at) || at > 17 {
                "node-3"
            } else {
                "node-1"
            };
            sink.set_named(row, Role::Tag, "host", ValueRef::Text(host));
            sink.set_named(row, Role::Tag, "team", ValueRef::Text("vision"));
            let epochs = if (5..10).contains(&at) || at == 12 {
                1.0
            } else {
                30.0
            };
            sink.set_named(row, Role::Tag, "epochs", ValueRef::Number(epochs));
        }
        sink.finish();
        let others: Vec<usize> = (0..5).chain(10..20).collect();
        let broken = |rows: &[usize]| Bits::from_fn(20, |row| rows.contains(&row));
        let burst = [5, 6, 7, 8, 9];
        // One other broke, after one epoch too: not what the burst came of.
        let found = shared(&ledger, &burst, &others, &broken(&[5, 6, 7, 8, 9, 12])).unwrap();
        assert_eq!(ledger.column(found.column).name(), "host");
        assert_eq!(found.others, 2);
        assert_eq!(shared(&ledger, &[4, 5], &others, &broken(&[4, 5])), None);
    }
}
