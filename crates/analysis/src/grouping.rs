//! Runs that belong together: replicates of one configuration, or runs with the same values in chosen columns.
//!
//! Machine learning is an experimental science: one run of a configuration says little, and the runs that
//! differ from it by nothing but a seed say how little. Replicates are found by themselves ([`mod@replicates`]). A run
//! that lacks a key agrees with others that lack it.

mod members;
mod replicates;
mod seeds;

pub use self::members::Members;
pub use self::replicates::{
    GIVES_AWAY, Others, SEED_LIKE, is_budget, joined_by_source, parts_no_replicates,
    replicate_keys, seeds_vary, tells_runs_apart,
};
pub use self::seeds::{FEWEST_PAIRS, Seeds, seed_of};
use ledger::{Bits, Cells, Column, ColumnId, Ledger, MISSING, PLACES, ValueRef, bits_of, place_of};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Up to how many pairs of group and value are looked up in a table, however few the rows.
const MOST_CELLS: usize = 1 << 16;

/// Of how many rows it is found how many values a column has.
const SAMPLED: usize = 256;

/// How many rows are parted at a time by the hash of their values.
const SLICE: usize = 200_000;

/// How many rows are worked on in one call: a browser puts well compiled code in place of what it compiled first only between
/// calls.
const AT_ONCE: usize = 1 << 14;

/// Numbers of at most about so many values are numbered before groups are parted by them.
const FEW: usize = 64;

/// The number in [`Groups::of_row`] of a run that is in no group.
pub const NO_GROUP: u32 = u32::MAX;

/// Runs by group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// The group of each row, counted from 0 in the order of the first rows; [`NO_GROUP`] for rows that were
    /// not asked for.
    pub of_row: Vec<u32>,
    /// The first row of each group.
    pub first: Vec<u32>,
}

impl Groups {
    /// The groups of `rows` that have the same values in all of `keys`; missing is a value of its own.
    ///
    /// Columns of many values go first, and a row that is alone is not looked at again: of a million runs with params of
    /// their own, most are done after one column.
    pub fn new(ledger: &Ledger, keys: &[ColumnId], rows: &Bits) -> Self {
        let mut parting = Parting::new(ledger, keys, rows.clone());
        while parting.part(ledger) {}
        parting.groups()
    }

    /// How many groups.
    pub fn count(&self) -> usize {
        self.first.len()
    }
}

/// Groups while they are made, a column or some rows at a time: of many runs each takes its time.
pub struct Parting {
    /// How many rows the ledger has.
    all: usize,
    rows: Bits,
    /// The columns that are still to part them, the next last.
    keys: Vec<ColumnId>,
    open: Open,
    numbering: Numbering,
}

/// How far the groups are parted by a column.
#[derive(Default)]
struct Numbering {
    /// How many rows are done.
    rows: usize,
    /// How many rows each new group has.
    sizes: Vec<u32>,
    /// The new group of a former one and a value.
    known: FxHashMap<(u32, u64), u32>,
}

impl Numbering {
    /// Counts a row of the new group that is `known` by now.
    fn number(sizes: &mut Vec<u32>, known: &mut u32) -> u32 {
        if *known == NO_GROUP {
            *known = sizes.len() as u32;
            sizes.push(0);
        }
        sizes[*known as usize] += 1;
        *known
    }
}

impl Parting {
    /// All of `rows` as one group, which `keys` are to part.
    pub fn new(ledger: &Ledger, keys: &[ColumnId], rows: Bits) -> Self {
        let mut keys: Vec<(usize, ColumnId)> = keys
            .iter()
            .map(|key| (variety(ledger.column(*key)), *key))
            .collect();
        order::by(&mut keys, Ord::cmp);
        Self {
            all: ledger.rows(),
            keys: keys.into_iter().map(|(_, key)| key).collect(),
            open: Open {
                rows: rows.rows(),
                groups: vec![0; rows.count()],
                count: 1,
            },
            numbering: Numbering::default(),
            rows,
        }
    }

    /// Parts them on by the next column; false where there is nothing left to do.
    pub fn part(&mut self, ledger: &Ledger) -> bool {
        if let Some(key) = self.keys.last()
            && self.open.part(ledger.column(*key), &mut self.numbering)
        {
            self.numbering = Numbering::default();
            self.keys.pop();
        }
        if self.open.rows.is_empty() {
            self.keys.clear();
        }
        !self.keys.is_empty()
    }

    /// How many columns are still to part them.
    pub fn columns_left(&self) -> usize {
        self.keys.len()
    }

    /// What was made.
    pub fn groups(self) -> Groups {
        let Self {
            all, rows, open, ..
        } = self;
        // Groups are counted in the order of their first rows.
        let mut made = Groups {
            of_row: vec![NO_GROUP; all],
            first: Vec::new(),
        };
        let mut numbers = vec![NO_GROUP; open.count];
        let mut still_open = open.rows.iter().zip(&open.groups).peekable();
        for row in rows.ones() {
            let new = made.first.len() as u32;
            let number = match still_open.next_if(|(open, _)| **open as usize == row) {
                Some((_, group)) => {
                    let number = &mut numbers[*group as usize];
                    if *number == NO_GROUP {
                        *number = new;
                    }
                    *number
                }
                None => new,
            };
            if number == new {
                made.first.push(row as u32);
            }
            made.of_row[row] = number;
        }
        made
    }
}

/// Rows that may have others like them.
struct Open {
    /// They, ascending.
    rows: Vec<u32>,
    /// The group of each.
    groups: Vec<u32>,
    /// How many groups.
    count: usize,
}

impl Open {
    /// Parts the groups on by a column; when all rows are done, lets go of those that are alone, and says so.
    fn part(&mut self, column: &Column, numbering: &mut Numbering) -> bool {
        let Numbering {
            rows: done,
            sizes,
            known,
        } = numbering;
        let mut by_hash = |most: usize, value: &dyn Fn(usize) -> u64| {
            let rows = self.rows.iter().zip(&mut self.groups);
            for (row, group) in rows.skip(*done).take(most) {
                let known = known.entry((*group, value(*row as usize)));
                *group = Numbering::number(sizes, known.or_insert(NO_GROUP));
            }
            *done = done.saturating_add(most);
        };
        match column.cells() {
            Cells::Number {
                values,
                present,
                odd,
            } if odd.is_empty() && variety(column) > FEW => {
                by_hash(SLICE, &|row| match values.get(row) {
                    Some(x) if present.get(row) => bits_of(*x),
                    // Another NaN than the one of all NaNs.
                    _ => u64::MAX,
                });
            }
            _ => {
                let (codes, distinct) = codes(column);
                // A code more for what is missing.
                let code = |row: usize| {
                    let code = codes.get(row).copied().unwrap_or(MISSING);
                    (code as usize).min(distinct)
                };
                let table = (distinct + 1).saturating_mul(self.count);
                if table <= MOST_CELLS.max(4 * self.rows.len()) {
                    let mut known = vec![NO_GROUP; table];
                    let rows = self.rows.chunks(AT_ONCE);
                    for (rows, groups) in rows.zip(self.groups.chunks_mut(AT_ONCE)) {
                        number_by_table(rows, groups, (&code, distinct + 1), sizes, &mut known);
                    }
                    *done = self.rows.len();
                } else {
                    // Numbering the values again takes as long as all rows do.
                    let is_ready = matches!(codes, Cow::Borrowed(_));
                    let most = if is_ready { SLICE } else { usize::MAX };
                    by_hash(most, &|row| code(row) as u64);
                }
            }
        }
        if *done < self.rows.len() {
            return false;
        }
        let mut numbers = vec![NO_GROUP; sizes.len()];
        let (mut kept, mut count) = (0, 0);
        for at in 0..self.rows.len() {
            let group = self.groups[at] as usize;
            if sizes[group] > 1 {
                if numbers[group] == NO_GROUP {
                    numbers[group] = count;
                    count += 1;
                }
                self.rows[kept] = self.rows[at];
                self.groups[kept] = numbers[group];
                kept += 1;
            }
        }
        self.rows.truncate(kept);
        self.groups.truncate(kept);
        self.count = count as usize;
        true
    }
}

/// Numbers the groups of these rows anew by their former ones and one of so many codes.
#[inline(never)]
fn number_by_table(
    rows: &[u32],
    groups: &mut [u32],
    (code, codes): (&impl Fn(usize) -> usize, usize),
    sizes: &mut Vec<u32>,
    known: &mut [u32],
) {
    for (row, group) in rows.iter().zip(groups) {
        let cell = *group as usize * codes + code(*row as usize);
        *group = Numbering::number(sizes, &mut known[cell]);
    }
}

/// About how many different values a column has: of some rows.
fn variety(column: &Column) -> usize {
    let rows = column.cells().len();
    match column.cells() {
        Cells::Category { dictionary, .. } => dictionary.values().len().min(SAMPLED),
        Cells::Bool { .. } | Cells::Empty(_) => 1,
        Cells::Number { values, .. } => {
            let every = rows.div_ceil(SAMPLED).max(1);
            let mut some: Vec<u64> = values.iter().step_by(every).map(|x| x.to_bits()).collect();
            some.sort_unstable();
            some.dedup();
            some.len()
        }
        Cells::Time { .. } | Cells::Text { .. } => SAMPLED,
    }
}

/// The values of a column by number, and how many there are: equal values have equal numbers, what is missing has a
/// greater one or none. Numbers are equal as numbers: -0 is 0 and NaN is NaN.
fn codes(column: &Column) -> (Cow<'_, [u32]>, usize) {
    match column.cells() {
        Cells::Category { codes, dictionary } => (Cow::Borrowed(codes), dictionary.values().len()),
        Cells::Number {
            values,
            present,
            odd,
        } if odd.is_empty() => {
            let mut known = Numbered {
                known: FxHashMap::default(),
                last: [(0, MISSING); PLACES],
            };
            let mut codes = Vec::with_capacity(values.len());
            for (at, some) in values.chunks(AT_ONCE).enumerate() {
                known.number(some, (present, at * AT_ONCE), &mut codes);
            }
            (Cow::Owned(codes), known.known.len())
        }
        cells => {
            let mut known: FxHashMap<String, u32> = FxHashMap::default();
            let code = |row: usize| match cells.get(row) {
                ValueRef::Missing => MISSING,
                value => {
                    let next = known.len() as u32;
                    *known.entry(value.to_string()).or_insert(next)
                }
            };
            let codes = (0..cells.len()).map(code).collect();
            (Cow::Owned(codes), known.len())
        }
    }
}

/// Numbers that were met, each with a number of its own.
struct Numbered {
    known: FxHashMap<u64, u32>,
    /// Those that were met last, by the place that comes of each.
    last: [(u64, u32); PLACES],
}

impl Numbered {
    /// Adds the codes of some values, the first of which is that of row `from`.
    #[inline(never)]
    fn number(&mut self, values: &[f64], (present, from): (&Bits, usize), codes: &mut Vec<u32>) {
        for (at, x) in values.iter().enumerate() {
            if !present.get(from + at) {
                codes.push(MISSING);
                continue;
            }
            let bits = bits_of(*x);
            let place = place_of(bits);
            let (last, code) = self.last[place];
            if last == bits && code != MISSING {
                codes.push(code);
                continue;
            }
            let next = self.known.len() as u32;
            let code = *self.known.entry(bits).or_insert(next);
            self.last[place] = (bits, code);
            codes.push(code);
        }
    }
}

/// The values of a column by number, one a row: equal values have equal numbers, what is missing [`MISSING`].
pub fn row_codes(column: &Column, rows: usize) -> Vec<u32> {
    let (codes, count) = codes(column);
    let code = |code: &u32| {
        if (*code as usize) < count {
            *code
        } else {
            MISSING
        }
    };
    let mut codes: Vec<u32> = codes.iter().map(code).collect();
    codes.resize(rows, MISSING);
    codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::arbitrary::arbitrary_ledger;

    #[test]
    fn groups_are_those_of_comparing_every_pair() {
        arbtest::arbtest(|u| {
            let ledger = arbitrary_ledger(u)?;
            let mut keys = Vec::new();
            for (id, _) in ledger.columns_with_ids() {
                if u.arbitrary()? {
                    keys.push(id);
                }
            }
            let mut asked = Vec::new();
            for _ in 0..ledger.rows() {
                asked.push(u.ratio(3_u8, 4_u8)?);
            }
            let groups = Groups::new(
                &ledger,
                &keys,
                &Bits::from_fn(ledger.rows(), |row| asked[row]),
            );
            let text = |row: usize| {
                let value = |key: &ColumnId| match ledger.column(*key).get(row) {
                    ValueRef::Number(x) => format!("number {}", x + 0.0),
                    other => format!("{other:?}"),
                };
                keys.iter().map(value).collect::<Vec<_>>()
            };
            for a in 0..ledger.rows() {
                assert_eq!(groups.of_row[a] == NO_GROUP, !asked[a]);
                for b in (0..a).filter(|b| asked[a] && asked[*b]) {
                    assert_eq!(
                        groups.of_row[a] == groups.of_row[b],
                        text(a) == text(b),
                        "rows {a} and {b}"
                    );
                }
            }
            assert!(groups.first.is_sorted());
            Ok(())
        });
    }
}
