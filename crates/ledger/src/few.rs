//! The values of a column that has few, and which of them each of many groups of runs has.
//!
//! Of a million runs in a few groups, looking for a group's values among its rows reads all of memory again and again;
//! one pass over the column in its own order says it of all groups.

use super::distinct::Distinct;
use super::{Cells, ValueRef, bits_of};

/// The different values of a column, where they are few.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Few {
    /// They as [`key`] has them, ascending.
    keys: Vec<u64>,
}

/// Up to how many values are few: a bit for each in a set.
const MOST: usize = 64;

/// What is missing: another NaN than the one of all NaNs.
const LACKING: u64 = u64::MAX;

/// No key: a NaN that is neither that of all NaNs nor [`LACKING`].
const NOTHING: u64 = u64::MAX - 1;

/// How many of the keys that were met last are known by their place ([`place_of`]).
pub const PLACES: usize = 256;

/// How many rows are looked at in one call: a browser puts well compiled code in place of what it compiled first only between
/// calls.
const AT_ONCE: usize = 1 << 14;

/// The keys that were met.
struct Met {
    /// They, ascending.
    keys: Vec<u64>,
    /// Those that were met last, by a place that comes of each.
    last: [u64; PLACES],
}

impl Met {
    /// Adds those of some rows; `None` where they are too many.
    #[inline(never)]
    fn add(&mut self, cells: &Cells, rows: std::ops::Range<usize>) -> Option<()> {
        for row in rows {
            let key = key(cells, row)?;
            if std::mem::replace(&mut self.last[place_of(key)], key) == key {
                continue;
            }
            if let Err(at) = self.keys.binary_search(&key) {
                if self.keys.len() == MOST {
                    return None;
                }
                self.keys.insert(at, key);
            }
        }
        Some(())
    }
}

/// The values that groups have.
struct MetBy {
    /// A bit for each value, by group.
    met: Vec<u64>,
    /// How many bits are not set.
    left: usize,
    /// The bits of the keys that were met last, by a place that comes of each.
    last: [(u64, u64); PLACES],
}

impl MetBy {
    /// Adds those of some rows, from one on; `of_row` is the group of each.
    #[inline(never)]
    fn add(&mut self, keys: &[u64], cells: &Cells, (from, of_row): (usize, &[u32])) {
        for (at, group) in of_row.iter().enumerate() {
            let (Some(key), Some(met)) = (key(cells, from + at), self.met.get_mut(*group as usize))
            else {
                continue;
            };
            let last = &mut self.last[place_of(key)];
            if last.0 != key {
                let found = keys.binary_search(&key);
                *last = (key, found.map_or(0, |place| 1 << place));
            }
            self.left -= (last.1 & !*met).count_ones() as usize;
            *met |= last.1;
        }
    }
}

/// A place below [`PLACES`] that comes of a key: what was met last is looked for there first, since mostly few are met again and again.
pub fn place_of(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize
}

impl Few {
    /// The values of a column, what is missing among them; `None` where they are not few, or texts or times.
    pub fn of(cells: &Cells) -> Option<Self> {
        let mut met = Met {
            keys: Vec::new(),
            last: [NOTHING; PLACES],
        };
        for from in (0..cells.len()).step_by(AT_ONCE) {
            met.add(cells, from..cells.len().min(from + AT_ONCE))?;
        }
        Some(Self { keys: met.keys })
    }

    /// Which values each of so many groups has, a bit for each; `of_row` is the group of each row, a greater number where
    /// it is in none.
    pub fn met(&self, cells: &Cells, of_row: &[u32], groups: usize) -> Vec<u64> {
        let mut met = MetBy {
            met: vec![0; groups],
            left: groups * self.keys.len(),
            last: [(NOTHING, 0); PLACES],
        };
        for (at, some) in of_row.chunks(AT_ONCE).enumerate() {
            // All groups have all values.
            if met.left == 0 {
                break;
            }
            met.add(&self.keys, cells, (at * AT_ONCE, some));
        }
        met.met
    }

    /// Values of the column, from the bits of a group.
    pub fn distinct<'v>(&self, cells: &'v Cells, met: u64) -> Distinct<'v> {
        let keys = self.keys.iter().enumerate();
        let met = keys.filter(|(place, _)| met >> place & 1 == 1);
        Distinct::new(met.map(|(_, key)| value(cells, *key)))
    }
}

/// The value of a row as a number that only equal values share; `None` where the column's values have none.
fn key(cells: &Cells, row: usize) -> Option<u64> {
    match cells {
        Cells::Empty(_) => Some(LACKING),
        Cells::Number {
            values,
            present,
            odd,
        } if odd.is_empty() => Some(match values.get(row) {
            Some(x) if present.get(row) => bits_of(*x),
            _ => LACKING,
        }),
        Cells::Bool { values, present } => Some(if present.get(row) {
            u64::from(values.get(row))
        } else {
            LACKING
        }),
        Cells::Category { codes, dictionary } => {
            let code = codes.get(row).map(|code| *code as usize);
            let known = code.filter(|code| *code < dictionary.values().len());
            Some(known.map_or(LACKING, |code| code as u64))
        }
        Cells::Number { .. } | Cells::Time { .. } | Cells::Text { .. } => None,
    }
}

/// The value that a key stands for.
fn value(cells: &Cells, key: u64) -> ValueRef<'_> {
    match cells {
        _ if key == LACKING => ValueRef::Missing,
        Cells::Bool { .. } => ValueRef::Bool(key == 1),
        Cells::Category { dictionary, .. } => dictionary
            .values()
            .get(key as usize)
            .map_or(ValueRef::Missing, |value| value.as_ref()),
        _ => ValueRef::Number(f64::from_bits(key)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_groups_they_are_as_among_the_values_of_their_rows() {
        let of = |value: &dyn Fn(usize) -> ValueRef<'static>| {
            let mut cells = Cells::Empty(0);
            (0..400).for_each(|at| cells.push(value(at)));
            cells
        };
        let or_missing = |at: usize, value| {
            if at % 7 == 3 {
                ValueRef::Missing
            } else {
                value
            }
        };
        let text = |at: usize| or_missing(at, ValueRef::Text(["a", "b", "c"][at % 3]));
        let number = |at: usize, count: usize| {
            let x = [f64::NAN, -0.0, 0.0].get(at % count).copied();
            or_missing(at, ValueRef::Number(x.unwrap_or((at % count) as f64)))
        };
        let of_row: Vec<u32> = (0..400).map(|at| (at * at % 5) as u32).collect();
        for (cells, is_few) in [
            (of(&text), true),
            (of(&|at| or_missing(at, ValueRef::Bool(at % 2 == 0))), true),
            (of(&|at| number(at, 5)), true),
            (of(&|at| number(at, 60)), true),
            (of(&|at| number(at, 65)), false),
            (of(&|_| ValueRef::Missing), true),
            // A value of another kind among numbers.
            (
                of(&|at| match at {
                    9 => ValueRef::Text("x"),
                    _ => number(at, 5),
                }),
                false,
            ),
        ] {
            let few = Few::of(&cells);
            assert_eq!(few.is_some(), is_few, "{cells:?}");
            let Some(few) = few else { continue };
            // The last group is none.
            let met = few.met(&cells, &of_row, 4);
            for (group, met) in met.into_iter().enumerate() {
                let rows = (0..400).filter(|row| of_row[*row] as usize == group);
                let naive = Distinct::new(rows.map(|row| cells.get(row)));
                let found = few.distinct(&cells, met);
                assert_eq!(found.count(), naive.count(), "{group} of {cells:?}");
                assert!(
                    naive.count() == Some(0) || found.is_same_as(&naive),
                    "{group} of {cells:?}"
                );
            }
        }
    }

    #[test]
    fn of_many_rows_the_last_are_looked_at_too() {
        let many = 2 * AT_ONCE + 10;
        let of = |more: usize| {
            let number = |at: usize| if at + more < many { at % 5 } else { at };
            Few::of(&Cells::from_numbers(
                (0..many).map(|at| Some(number(at) as f64)),
            ))
        };
        assert_eq!(of(0).unwrap().keys.len(), 5);
        assert_eq!(of(2).unwrap().keys.len(), 7);
        assert_eq!(of(70), None);
    }
}
