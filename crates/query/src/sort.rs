//! Runs in order.
//!
//! Numbers (infinities in their place) come before text, then NaN, then what is missing; descending
//! turns the order within numbers and within text, but what is not comparable stays last. Text goes
//! by its lower case. Ties are broken by further keys, then by the order of the ledger.
//!
//! Every value becomes one integer of the same order, and the integers are sorted digit by digit.

use super::ordered::Ordered;
use super::radix::{SLICE, put_in_order};
use ledger::{Bits, Cells, Column, ColumnId, Ledger, Value, ValueRef};
use std::borrow::Cow;

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

/// How many keys count at most: further ones part nothing that a person would see.
const MOST_KEYS: usize = 16;

/// The rows in `rows`, sorted. Keys whose column is not in the ledger are passed over.
pub fn sort(ledger: &Ledger, keys: &[SortKey], rows: &Bits) -> Vec<u32> {
    let are_all = rows.count() == rows.len();
    let mut rows = rows.rows();
    let keys = keys_of_rows(ledger, keys, &rows, are_all);
    if keys.is_empty() {
        return rows;
    }
    // `rows` ascends, so that a place in it breaks ties as the row does.
    if are_all {
        put_in_order_by_all(&mut rows, &keys);
        return rows;
    }
    let mut places: Vec<u32> = (0..rows.len() as u32).collect();
    put_in_order_by_all(&mut places, &keys);
    for place in &mut places {
        *place = rows[*place as usize];
    }
    places
}

/// All rows, sorted as [`sort`] does; of many by a single key only the beginning is put in order at once.
pub fn sort_all(ledger: &Ledger, keys: &[SortKey]) -> Ordered {
    let mut rows: Vec<u32> = (0..ledger.rows() as u32).collect();
    let mut keys = keys_of_rows(ledger, keys, &rows, true);
    if keys.len() == 1 {
        return Ordered::by_keys(keys.remove(0));
    }
    put_in_order_by_all(&mut rows, &keys);
    Ordered::from(rows)
}

/// The keys of these rows, which may be all, by each column that is there.
fn keys_of_rows(ledger: &Ledger, keys: &[SortKey], rows: &[u32], are_all: bool) -> Vec<Vec<u64>> {
    let columns = keys.iter().take(MOST_KEYS).filter_map(|key| {
        let column = ledger.try_column(key.column)?;
        Some(order_keys(column, key.descending, rows, are_all))
    });
    columns.collect()
}

/// Puts ascending places in the order of the first keys, those of equal ones in the order of the next.
fn put_in_order_by_all(places: &mut [u32], keys: &[Vec<u64>]) {
    let Some((first, further)) = keys.split_first() else {
        return;
    };
    put_in_order(places, first);
    if !further.is_empty() {
        for equal in places.chunk_by_mut(|a, b| first[*a as usize] == first[*b as usize]) {
            if equal.len() > 1 {
                put_in_order_by_all(equal, further);
            }
        }
    }
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
    let folded: Vec<Cow<'_, str>> = texts.map(folded).collect();
    let shared = shared_start(&folded);
    // The eight bytes after what all begin with tell most texts apart.
    let starts: Vec<u64> = folded
        .iter()
        .map(|text| {
            let mut start = [0; 8];
            for (byte, of_text) in start.iter_mut().zip(&text.as_bytes()[shared..]) {
                *byte = *of_text;
            }
            u64::from_be_bytes(start)
        })
        .collect();
    let mut places: Vec<u32> = (0..folded.len() as u32).collect();
    put_in_order(&mut places, &starts);
    for equal in places.chunk_by_mut(|a, b| starts[*a as usize] == starts[*b as usize]) {
        equal.sort_by(|a, b| folded[*a as usize].cmp(&folded[*b as usize]));
    }
    let mut ranks = vec![0; folded.len()];
    let mut rank = 0;
    for (at, place) in places.iter().enumerate() {
        let is_next = at > 0 && folded[places[at - 1] as usize] != folded[*place as usize];
        rank += u64::from(is_next);
        ranks[*place as usize] = rank;
    }
    for key in &mut ranks {
        *key = TEXTS + if descending { rank - *key } else { *key };
    }
    ranks
}

/// A text by its lower case; most are so already.
fn folded(text: &str) -> Cow<'_, str> {
    let is_lower = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    if text.bytes().all(is_lower) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_lowercase())
    }
}

/// How many bytes all of these texts begin with.
fn shared_start(texts: &[Cow<'_, str>]) -> usize {
    let first = texts.first().map_or(&[][..], |text| text.as_bytes());
    texts.iter().fold(first.len(), |shared, text| {
        let both = first[..shared].iter().zip(text.as_bytes());
        both.take_while(|(a, b)| a == b).count()
    })
}

/// Adds the keys of numbers, of all of them.
#[inline(never)]
fn add_keys_of_all(values: &[f64], descending: bool, keys: &mut Vec<u64>) {
    // What is missing is a NaN, and is told from those that were read after.
    keys.extend(values.iter().map(|x| number_key(*x, descending)));
}

/// Adds the keys of numbers in `rows`.
#[inline(never)]
fn add_number_keys(
    rows: &[u32],
    (values, present): (&[f64], &Bits),
    descending: bool,
    keys: &mut Vec<u64>,
) {
    keys.extend(rows.iter().map(|row| {
        let row = *row as usize;
        match values.get(row) {
            Some(x) if !x.is_nan() => number_key(*x, descending),
            Some(_) if present.get(row) => NAN,
            _ => MISSING,
        }
    }));
}

/// The keys of a column's values in `rows`, which may be all.
fn order_keys(column: &Column, descending: bool, rows: &[u32], are_all: bool) -> Vec<u64> {
    match column.cells() {
        Cells::Empty(_) => vec![MISSING; rows.len()],
        Cells::Number {
            values,
            present,
            odd,
        } => {
            let mut keys = Vec::with_capacity(rows.len());
            if are_all && values.len() == rows.len() {
                for values in values.chunks(SLICE) {
                    add_keys_of_all(values, descending, &mut keys);
                }
                let mut missing = present.clone();
                missing.resize(rows.len(), false);
                missing.not();
                for row in missing.ones() {
                    keys[row] = MISSING;
                }
            } else {
                for rows in rows.chunks(SLICE) {
                    add_number_keys(rows, (values, present), descending, &mut keys);
                }
            }
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
