//! The order of runs.

use arbtest::arbitrary::{Result, Unstructured};
use runsift::ledger::{Bits, Ledger, Role, RunSink, ValueRef};
use runsift::query::{SortKey, sort};
use std::cmp::Ordering;

fn ledger(columns: &[(&str, Vec<ValueRef<'_>>)]) -> Ledger {
    let mut whole = Ledger::default();
    let mut take = |part: Ledger| {
        whole.append(part);
    };
    let mut sink = RunSink::new(&mut take);
    sink.begin_source("sort.csv", "csv", 0);
    for row in 0..columns[0].1.len() {
        sink.add_run();
        for (name, values) in columns {
            sink.set_named(row, Role::Param, name, values[row]);
        }
    }
    sink.finish();
    whole
}

fn sorted(values: Vec<ValueRef<'_>>, descending: bool) -> Vec<u32> {
    let ledger = ledger(&[("x", values)]);
    let column = ledger.find(Role::Param, "x").unwrap();
    sort(
        &ledger,
        &[SortKey { column, descending }],
        &Bits::filled(ledger.rows(), true),
    )
}

#[test]
fn what_cannot_be_compared_is_last_either_way() {
    use ValueRef::{Missing, Number, Text};
    let values = || {
        vec![
            Missing,
            Number(f64::NAN),
            Number(2.0),
            Number(f64::NEG_INFINITY),
            Text("error"),
            Number(-0.0),
            Number(0.0),
            Number(f64::INFINITY),
        ]
    };
    assert_eq!(sorted(values(), false), [3, 5, 6, 2, 7, 4, 1, 0]);
    assert_eq!(sorted(values(), true), [7, 2, 5, 6, 3, 4, 1, 0]);
}

#[test]
fn text_goes_by_its_lower_case() {
    let texts = || ["b", "A", "a", "B", "c"].map(ValueRef::Text).to_vec();
    assert_eq!(sorted(texts(), false), [1, 2, 0, 3, 4]);
    assert_eq!(sorted(texts(), true), [4, 0, 3, 1, 2]);
}

fn class(value: ValueRef<'_>) -> u8 {
    match value {
        ValueRef::Number(x) if x.is_nan() => 2,
        ValueRef::Text(_) => 1,
        ValueRef::Missing => 3,
        _ => 0,
    }
}

fn plain_order(a: ValueRef<'_>, b: ValueRef<'_>, descending: bool) -> Ordering {
    class(a).cmp(&class(b)).then_with(|| {
        let within = match (a, b) {
            (ValueRef::Number(x), ValueRef::Number(y)) => {
                x.partial_cmp(&y).unwrap_or(Ordering::Equal)
            }
            (ValueRef::Text(x), ValueRef::Text(y)) => x.to_lowercase().cmp(&y.to_lowercase()),
            _ => Ordering::Equal,
        };
        if descending { within.reverse() } else { within }
    })
}

#[test]
fn sorting_is_that_of_a_plain_stable_sort() {
    fn value(u: &mut Unstructured<'_>) -> Result<ValueRef<'static>> {
        Ok(match u.int_in_range(0..=5)? {
            0 => ValueRef::Missing,
            1 => ValueRef::Text(u.choose(&["a", "A", "b", "", "λ", "Λ"])?),
            2 => ValueRef::Number(*u.choose(&[
                f64::NAN,
                f64::INFINITY,
                f64::NEG_INFINITY,
                0.0,
                -0.0,
            ])?),
            3 => ValueRef::Number(u.arbitrary()?),
            _ => ValueRef::Number(f64::from(u.int_in_range(-3_i8..=3)?)),
        })
    }
    arbtest::arbtest(|u| {
        let rows = u.int_in_range(1..=80)?;
        let mut columns = vec![("x", Vec::new()), ("y", Vec::new())];
        for (_, values) in &mut columns {
            for _ in 0..rows {
                values.push(value(u)?);
            }
        }
        let ledger = ledger(&columns);
        let mut keep = Vec::new();
        for _ in 0..rows {
            keep.push(u.ratio(3_u8, 4)?);
        }
        let mut keys = Vec::new();
        for name in ["x", "y"] {
            if let Some(column) = ledger.find(Role::Param, name) {
                keys.push(SortKey {
                    column,
                    descending: u.arbitrary()?,
                });
            }
        }
        let mut want: Vec<u32> = (0..rows as u32).filter(|row| keep[*row as usize]).collect();
        want.sort_by(|a, b| {
            keys.iter()
                .map(|key| {
                    let cells = ledger.column(key.column);
                    plain_order(
                        cells.get(*a as usize),
                        cells.get(*b as usize),
                        key.descending,
                    )
                })
                .fold(Ordering::Equal, Ordering::then)
        });
        assert_eq!(
            sort(&ledger, &keys, &Bits::from_fn(rows, |row| keep[row])),
            want
        );
        Ok(())
    });
}
