//! The order of rows by one or several columns.
//!
//! Numbers by size with infinities in their place, then NaN, then texts (by small letters, then as they are), then
//! rows without a value: last whichever way the column is sorted. Equal rows keep the order of the ledger.

use crate::ledger::{Bits, Cells, Column, ColumnId, Ledger, MISSING, ValueRef};
use std::cmp::Ordering;

/// A column to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// The column.
    pub column: ColumnId,
    /// Greatest first.
    pub descending: bool,
}

/// Sorts after every value: nothing is there.
const NOTHING: u64 = u64::MAX;

/// The rows in the order of the keys, the first counts most.
pub fn sort(ledger: &Ledger, keys: &[SortKey], rows: &Bits) -> Vec<u32> {
    let columns: Vec<Vec<u64>> = keys
        .iter()
        .filter_map(|key| Some(ranks(ledger.try_column(key.column)?, key.descending)))
        .collect();
    match columns.as_slice() {
        [] => rows.ones().map(|row| row as u32).collect(),
        [only] => {
            let mut pairs: Vec<(u64, u32)> =
                rows.ones().map(|row| (only[row], row as u32)).collect();
            pairs.sort_unstable();
            pairs.into_iter().map(|(_, row)| row).collect()
        }
        several => {
            let mut order: Vec<u32> = rows.ones().map(|row| row as u32).collect();
            order.sort_unstable_by(|a, b| {
                let (x, y) = (*a as usize, *b as usize);
                let differ = several
                    .iter()
                    .map(|ranks| ranks[x].cmp(&ranks[y]))
                    .find(|order| order.is_ne());
                differ.unwrap_or(Ordering::Equal).then(a.cmp(b))
            });
            order
        }
    }
}

/// A number a row by which the column sorts.
fn ranks(column: &Column, descending: bool) -> Vec<u64> {
    let turned = |rank: u64| if descending { NOTHING - 1 - rank } else { rank };
    match column.cells() {
        Cells::Number {
            values,
            present,
            odd,
        } if odd.is_empty() => {
            let rank = |row: usize| {
                if present.get(row) {
                    number_rank(values[row], descending)
                } else {
                    NOTHING
                }
            };
            (0..values.len()).map(rank).collect()
        }
        Cells::Time { millis, present } => {
            let rank = |row: usize| {
                if present.get(row) {
                    number_rank(millis[row] as f64, descending)
                } else {
                    NOTHING
                }
            };
            (0..millis.len()).map(rank).collect()
        }
        Cells::Bool { values, present } => {
            let rank = |row: usize| {
                if present.get(row) {
                    turned(u64::from(values.get(row)))
                } else {
                    NOTHING
                }
            };
            (0..present.len()).map(rank).collect()
        }
        Cells::Category { codes, dictionary } => {
            let values: Vec<ValueRef<'_>> = dictionary
                .values()
                .iter()
                .map(crate::ledger::Value::as_ref)
                .collect();
            let places = places(&values);
            let rank = |code: &u32| {
                if *code == MISSING {
                    NOTHING
                } else {
                    places
                        .get(*code as usize)
                        .map_or(NOTHING, |place| turned(*place))
                }
            };
            codes.iter().map(rank).collect()
        }
        cells => {
            let rows: Vec<usize> = (0..cells.len())
                .filter(|row| !cells.get(*row).is_missing())
                .collect();
            let values: Vec<ValueRef<'_>> = rows.iter().map(|row| cells.get(*row)).collect();
            let mut ranks = vec![NOTHING; cells.len()];
            for (row, place) in rows.into_iter().zip(places(&values)) {
                ranks[row] = turned(place);
            }
            ranks
        }
    }
}

/// A number that orders floats: the bits of positive ones rise, those of negative ones fall. NaN comes after all
/// numbers whichever way.
fn number_rank(x: f64, descending: bool) -> u64 {
    if x.is_nan() {
        return NOTHING - 1;
    }
    // -0 and 0 are equal.
    let bits = (x + 0.0).to_bits();
    let rising = if bits >> 63 == 1 {
        !bits
    } else {
        bits | 1 << 63
    };
    // Halved, so that the greatest stays below the two marks.
    if descending {
        (u64::MAX - rising) >> 1
    } else {
        rising >> 1
    }
}

/// The place of each value among them all, equal ones sharing it.
fn places(values: &[ValueRef<'_>]) -> Vec<u64> {
    let lower: Vec<Option<String>> = values
        .iter()
        .map(|value| value.text().map(str::to_lowercase))
        .collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    let compare = |a: usize, b: usize| {
        compare(
            (values[a], lower[a].as_deref()),
            (values[b], lower[b].as_deref()),
        )
    };
    order.sort_by(|a, b| compare(*a, *b));
    let mut places = vec![0; values.len()];
    let mut place = 0;
    for (at, value) in order.iter().enumerate() {
        if at > 0 && compare(order[at - 1], *value).is_ne() {
            place += 1;
        }
        places[*value] = place;
    }
    places
}

fn compare(
    (a, a_lower): (ValueRef<'_>, Option<&str>),
    (b, b_lower): (ValueRef<'_>, Option<&str>),
) -> Ordering {
    let class = |value: ValueRef<'_>| match value {
        ValueRef::Number(x) if x.is_nan() => 1,
        ValueRef::Number(_) => 0,
        ValueRef::Time(_) => 2,
        ValueRef::Bool(_) => 3,
        ValueRef::Text(_) => 4,
        ValueRef::Missing => 5,
    };
    class(a).cmp(&class(b)).then_with(|| match (a, b) {
        (ValueRef::Number(a), ValueRef::Number(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        (ValueRef::Time(a), ValueRef::Time(b)) => a.cmp(&b),
        (ValueRef::Bool(a), ValueRef::Bool(b)) => a.cmp(&b),
        (ValueRef::Text(a), ValueRef::Text(b)) => a_lower.cmp(&b_lower).then_with(|| a.cmp(b)),
        _ => Ordering::Equal,
    })
}
