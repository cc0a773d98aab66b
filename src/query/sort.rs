//! Runs in order.
//!
//! Numbers (infinities in their place) come before text, then NaN, then what is missing; descending
//! turns the order within numbers and within text, but what is not comparable stays last. Text goes
//! by its lower case. Ties are broken by further keys, then by the order of the ledger.
//!
//! Every value becomes one integer of the same order, so that the sort compares integers.

use crate::ledger::{Bits, Cells, Column, ColumnId, Ledger, Value, ValueRef};
use rustc_hash::FxHashMap;

/// A column to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// The column.
    pub column: ColumnId,
    /// Greatest first.
    pub descending: bool,
}

/// The key of a missing value.
const MISSING: u64 = u64::MAX;

/// The key of NaN.
const NAN: u64 = u64::MAX - 1;

/// Keys of texts are from here on; the greatest key of a number is that of +∞, `0xFFF0 << 48`.
const TEXTS: u64 = 0xFFF8 << 48;

/// The rows in `rows`, sorted. Keys whose column is not in the ledger are passed over.
pub fn sort(ledger: &Ledger, keys: &[SortKey], rows: &Bits) -> Vec<u32> {
    let rows: Vec<u32> = rows.ones().map(|row| row as u32).collect();
    let mut columns = keys.iter().filter_map(|key| {
        let column = ledger.try_column(key.column)?;
        Some(order_keys(column, key.descending, &rows))
    });
    let Some(first) = columns.next() else {
        return rows;
    };
    let others: Vec<Vec<u64>> = columns.collect();
    // `rows` ascends, so that a place in it breaks ties as the row does.
    let mut places: Vec<(u64, u32)> = first.into_iter().zip(0..).collect();
    if others.is_empty() {
        places.sort_unstable();
    } else {
        places.sort_unstable_by(|(a, i), (b, j)| {
            a.cmp(b)
                .then_with(|| {
                    let further = |place: u32| others.iter().map(move |keys| keys[place as usize]);
                    further(*i).cmp(further(*j))
                })
                .then(i.cmp(j))
        });
    }
    places
        .into_iter()
        .map(|(_, place)| rows[place as usize])
        .collect()
}

/// A number's key: floats order as their bits do, if the negative ones are turned round. NaN comes last.
pub fn number_key(x: f64, descending: bool) -> u64 {
    if x.is_nan() {
        return NAN;
    }
    // 0 and -0 are the same.
    let bits = (x + 0.0).to_bits();
    let sign = 1 << 63;
    let ascending = if bits & sign == 0 { bits | sign } else { !bits };
    if descending { !ascending } else { ascending }
}

/// The key of a value that is no text.
fn plain_key(value: ValueRef<'_>, descending: bool) -> u64 {
    match value {
        ValueRef::Missing | ValueRef::Text(_) => MISSING,
        ValueRef::Number(x) => number_key(x, descending),
        ValueRef::Bool(b) => number_key(f64::from(u8::from(b)), descending),
        ValueRef::Time(t) => number_key(t as f64, descending),
    }
}

/// Keys of these texts, one each: equal for texts that differ only in case.
fn text_keys<'t>(texts: impl Iterator<Item = &'t str>, descending: bool) -> Vec<u64> {
    let folded: Vec<String> = texts.map(str::to_lowercase).collect();
    let mut sorted: Vec<&str> = folded.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let last = sorted.len().saturating_sub(1) as u64;
    let ranks: FxHashMap<&str, u64> = sorted.iter().copied().zip(0..).collect();
    folded
        .iter()
        .map(|text| {
            let rank = ranks.get(text.as_str()).copied().unwrap_or(0);
            TEXTS + if descending { last - rank } else { rank }
        })
        .collect()
}

/// The keys of a column's values in `rows`.
fn order_keys(column: &Column, descending: bool, rows: &[u32]) -> Vec<u64> {
    match column.cells() {
        Cells::Empty(_) => vec![MISSING; rows.len()],
        Cells::Number {
            values,
            present,
            odd,
        } => {
            let mut keys: Vec<u64> = rows
                .iter()
                .map(|row| {
                    let row = *row as usize;
                    match values.get(row) {
                        Some(x) if !x.is_nan() => number_key(*x, descending),
                        Some(_) if present.get(row) => NAN,
                        _ => MISSING,
                    }
                })
                .collect();
            let texts = odd.iter().filter_map(|(_, value)| value.as_ref().text());
            let mut texts = text_keys(texts, descending).into_iter();
            for (row, value) in odd {
                let key = match value {
                    Value::Text(_) => texts.next().unwrap_or(MISSING),
                    other => plain_key(other.as_ref(), descending),
                };
                if let Ok(place) = rows.binary_search(row) {
                    keys[place] = key;
                }
            }
            keys
        }
        Cells::Category { codes, dictionary } => {
            let texts = dictionary
                .values()
                .iter()
                .filter_map(|value| value.as_ref().text());
            let mut texts = text_keys(texts, descending).into_iter();
            let by_code: Vec<u64> = dictionary
                .values()
                .iter()
                .map(|value| match value {
                    Value::Text(_) => texts.next().unwrap_or(MISSING),
                    other => plain_key(other.as_ref(), descending),
                })
                .collect();
            let key = |row: &u32| {
                let code = codes.get(*row as usize)?;
                by_code.get(*code as usize).copied()
            };
            rows.iter().map(|row| key(row).unwrap_or(MISSING)).collect()
        }
        Cells::Text { .. } => {
            let texts = rows
                .iter()
                .map(|row| column.get(*row as usize).text().unwrap_or_default());
            let mut keys = text_keys(texts, descending);
            for (key, row) in keys.iter_mut().zip(rows) {
                if column.get(*row as usize).is_missing() {
                    *key = MISSING;
                }
            }
            keys
        }
        Cells::Bool { .. } | Cells::Time { .. } => rows
            .iter()
            .map(|row| plain_key(column.get(*row as usize), descending))
            .collect(),
    }
}
