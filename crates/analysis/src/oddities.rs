//! What makes runs suspicious before anything is concluded from them.

mod curves;
mod splits;

pub use self::curves::{ClockJump, clock_jumps, mostly_same_curves, same_curves};
pub use self::splits::{BetterHeldOut, better_held_out};

use super::correlation::{Coefficient, average_ranks};
use super::grouping::{Groups, Parting, SEED_LIKE, parts_no_replicates, tells_runs_apart};
use ledger::{Bits, Cells, Column, ColumnId, Ledger, Role, ValueRef, attribute};
use rustc_hash::FxHashSet;

/// A metric of so many runs that never changes is worth a word.
const FEWEST_CONSTANT: usize = 5;

/// An order of so many different values is no accident.
const FEWEST_ORDERED: usize = 10;

/// A param that gives the objective away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leak {
    /// The param.
    pub column: ColumnId,
    /// Whether it is the objective, and not only in its order.
    pub is_equal: bool,
    /// In how many runs.
    pub n: usize,
}

/// Begins to part the runs by all params and all results; `None` where there is nothing to part them by.
pub fn parted_by_all(ledger: &Ledger, shown: &Bits) -> Option<Parting> {
    let of = |wanted: fn(&Column) -> bool| -> Vec<ColumnId> {
        ledger
            .columns_with_ids()
            .filter(|(_, column)| wanted(column))
            .map(|(id, _)| id)
            .collect()
    };
    let params = of(|column| column.role() == Role::Param && column.formula().is_none());
    let metrics = of(Column::is_result);
    // What no run measured is no evidence that two are one.
    let mut measured = Bits::filled(ledger.rows(), false);
    for id in &metrics {
        let mut present = ledger.column(*id).present();
        present.resize(ledger.rows(), false);
        measured.or(&present);
    }
    measured.and(shown);
    let keys = [&*params, &*metrics, &*of(tells_runs_apart)].concat();
    let has_both = !params.is_empty() && !metrics.is_empty();
    has_both.then(|| Parting::new(ledger, &keys, measured))
}

/// Runs that are in one group with an earlier one, by row, with that one's row: of [`parted_by_all`], those that are there
/// again.
pub fn duplicates(groups: &Groups) -> Vec<(u32, u32)> {
    let groups_of_rows = groups.of_row.iter().zip(0_u32..);
    groups_of_rows
        .filter_map(|(group, row)| {
            let first = *groups.first.get(*group as usize)?;
            (first != row).then_some((row, first))
        })
        .collect()
}

/// In how many of the shown runs a metric is the same number, where it is in all of them that have it.
pub fn constant_metric(column: &Column, shown: &Bits) -> Option<usize> {
    if !column.is_result() {
        return None;
    }
    let mut values = shown
        .ones()
        .map(|row| column.get(row))
        .filter(|value| !value.is_missing());
    let first = values.next()?.number().filter(|x| x.is_finite())?;
    if first == 0.0 && counts_faults(column.name()) {
        return None;
    }
    let mut count = 1;
    let all = values.all(|value| {
        count += 1;
        value.is_same(ValueRef::Number(first))
    });
    (all && count >= FEWEST_CONSTANT).then_some(count)
}

/// Whether a metric's name says that it counts what should not happen: then it is rightly 0 in every run.
fn counts_faults(name: &str) -> bool {
    const WORDS: [&str; 11] = [
        "nan",
        "nans",
        "inf",
        "infs",
        "nonfinite",
        "overflow",
        "overflows",
        "skipped",
        "failed",
        "failures",
        "dropped",
    ];
    let mut words = name.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
        || name.to_ascii_lowercase().contains("non_finite")
}

/// A param like a seed that has one value in all of the shown runs, with how many have it.
pub fn fixed_seed(ledger: &Ledger, shown: &Bits) -> Option<(ColumnId, usize)> {
    ledger.columns_with_ids().find_map(|(id, column)| {
        let is_seed =
            column.role() == Role::Param && parts_no_replicates(column) == Some(SEED_LIKE);
        let mut values = shown
            .ones()
            .filter(|_| is_seed)
            .map(|row| column.get(row))
            .filter(|value| !value.is_missing());
        let first = values.next()?;
        let mut count = 1;
        let all = values.all(|value| {
            count += 1;
            value.is_same(first)
        });
        (all && count > 1).then_some((id, count))
    })
}

/// The shown runs that end before they begin, by row.
pub fn ended_before_start(ledger: &Ledger, shown: &Bits) -> Vec<u32> {
    let time = |name: &str| ledger.attribute(name);
    let (Some(start), Some(end)) = (time(attribute::START), time(attribute::END)) else {
        return Vec::new();
    };
    let turned = |row: &usize| match (start.get(*row), end.get(*row)) {
        (ValueRef::Time(start), ValueRef::Time(end)) => end < start,
        _ => false,
    };
    shown.ones().filter(turned).map(|row| row as u32).collect()
}

/// Params that are the objective, or have its very order, over the runs of which `values` are not NaN.
pub fn leaks(ledger: &Ledger, params: &[ColumnId], values: &[f64]) -> Vec<Leak> {
    let leak = |id: &ColumnId| {
        let column = ledger.column(*id);
        if !matches!(column.cells(), Cells::Number { .. }) {
            return None;
        }
        let numbers = column.numbers();
        if !may_leak(values, &numbers) {
            return None;
        }
        let pairs: Vec<(f64, f64)> = values
            .iter()
            .zip(numbers.iter())
            .filter(|(value, number)| value.is_finite() && number.is_finite())
            .map(|(value, number)| (*value, *number))
            .collect();
        let distinct: FxHashSet<u64> = pairs.iter().map(|(_, x)| (x + 0.0).to_bits()).collect();
        if distinct.len() < FEWEST_ORDERED {
            return None;
        }
        let is_equal = pairs.iter().all(|(value, number)| value == number);
        let (objective, own): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        let has_its_order = || {
            let slope = Coefficient::Spearman.of(&objective, &own);
            let ranks = average_ranks(&objective);
            let mut others = average_ranks(&own);
            if slope.is_some_and(|slope| slope < 0.0) {
                let last = own.len() as f64 - 1.0;
                others.iter_mut().for_each(|rank| *rank = last - *rank);
            }
            ranks == others
        };
        (is_equal || has_its_order()).then_some(Leak {
            column: *id,
            is_equal,
            n: pairs.len(),
        })
    };
    params.iter().filter_map(leak).collect()
}

/// Whether the first of the runs are in one order by both, up or down, or the same: what some of them are not, all are not.
fn may_leak(values: &[f64], numbers: &[f64]) -> bool {
    const SOME: usize = 300;
    let both = values.iter().copied().zip(numbers.iter().copied());
    let both = both.filter(|(value, number)| value.is_finite() && number.is_finite());
    let mut some: Vec<(f64, f64)> = both.take(SOME).collect();
    order::by(&mut some, |a, b| a.0.total_cmp(&b.0));
    let goes = |down: bool| {
        some.windows(2).all(|pair| {
            let ((a, x), (b, y)) = (pair[0], pair[1]);
            let (x, y) = if down { (y, x) } else { (x, y) };
            if a == b { x == y } else { x < y }
        })
    };
    goes(false) || goes(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::RunSink;

    fn ledger(runs: u32, value: impl Fn(u32, &str) -> f64) -> Ledger {
        let mut made = Ledger::default();
        let mut keep = |part: Ledger| {
            made.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        for at in 0..runs {
            let row = sink.add_run();
            for (role, name) in [
                (Role::Param, "lr"),
                (Role::Param, "seed"),
                (Role::Metric, "loss"),
                (Role::Metric, "recall"),
                (Role::Metric, "grad/n_nonfinite"),
            ] {
                sink.set_named(row, role, name, ValueRef::Number(value(at, name)));
            }
        }
        sink.finish();
        made
    }

    /// Runs that are there again, all at once.
    fn again(ledger: &Ledger, shown: &Bits) -> Vec<(u32, u32)> {
        let mut parting = parted_by_all(ledger, shown).unwrap();
        while parting.part(ledger) {}
        duplicates(&parting.groups())
    }

    #[test]
    fn each_oddity_is_seen_where_it_is_and_nowhere_else() {
        let honest = |at: u32, name: &str| match name {
            "seed" => f64::from(at % 3),
            "lr" => f64::from(at),
            "loss" => f64::from(at * 7 % 20),
            _ => f64::from(at % 5),
        };
        let all = Bits::filled(20, true);
        let clean = ledger(20, honest);
        let lr = clean.find(Role::Param, "lr").unwrap();
        let loss = |ledger: &Ledger| {
            let id = ledger.find(Role::Metric, "loss").unwrap();
            ledger.column(id).numbers().into_owned()
        };
        let recall = clean
            .columns_with_ids()
            .find(|(_, column)| column.name() == "recall")
            .unwrap()
            .0;
        assert_eq!(again(&clean, &all), []);
        assert_eq!(constant_metric(clean.column(recall), &all), None);
        assert_eq!(fixed_seed(&clean, &all), None);
        assert_eq!(leaks(&clean, &[lr], &loss(&clean)), []);

        let twice = ledger(20, |at, name| honest(at % 18, name));
        assert_eq!(again(&twice, &all), [(18, 0), (19, 1)]);
        let flat = ledger(20, |at, name| {
            if name == "recall" {
                1.0
            } else {
                honest(at, name)
            }
        });
        assert_eq!(constant_metric(flat.column(recall), &all), Some(20));
        assert_eq!(constant_metric(flat.column(lr), &all), None);
        // What counts faults is rightly 0 always, and wrong where it is always something else.
        let faults = flat.find(Role::Metric, "grad/n_nonfinite").unwrap();
        let with = |count: f64| {
            let is_count = |name: &str| name.ends_with("nonfinite");
            let made = ledger(20, |at, name| {
                if is_count(name) {
                    count
                } else {
                    honest(at, name)
                }
            });
            constant_metric(made.column(faults), &all)
        };
        assert_eq!((with(0.0), with(3.0)), (None, Some(20)));
        let named = [
            "grad/n_nonfinite",
            "non_finite_steps",
            "nan-steps",
            "finance",
            "all_finite",
        ];
        assert_eq!(named.map(counts_faults), [true, true, true, false, false]);
        let seeded = ledger(20, |at, name| {
            if name == "seed" {
                42.0
            } else {
                honest(at, name)
            }
        });
        assert_eq!(fixed_seed(&seeded, &all).unwrap().1, 20);
        for (turned, is_equal) in [(1.0, true), (-3.0, false)] {
            let leaked = ledger(20, |at, name| {
                let is_rate = name == "lr";
                let factor = if is_rate { turned } else { 1.0 };
                factor * honest(at, if is_rate { "loss" } else { name })
            });
            let found = leaks(&leaked, &[lr], &loss(&leaked));
            assert_eq!((found[0].is_equal, found[0].n), (is_equal, 20));
        }
    }
}
