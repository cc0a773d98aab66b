//! Cells of one column from two places: below one another, or filling each other's gaps.

use super::bits::Bits;
use super::cells::{Cells, MISSING};
use super::value::ValueRef;

impl Cells {
    /// Adds all rows of `other` at the end.
    pub fn append(&mut self, other: Self) {
        match (&mut *self, other) {
            (_, Self::Empty(more)) => self.pad_to(self.len() + more),
            (Self::Empty(rows), mut other) => {
                let rows = *rows;
                if rows > 0 {
                    other.shift_down(rows);
                }
                *self = other;
            }
            (
                Self::Number {
                    values,
                    present,
                    odd,
                },
                Self::Number {
                    values: more,
                    present: more_present,
                    odd: more_odd,
                },
            ) => {
                let rows = values.len() as u32;
                values.extend_from_slice(&more);
                present.extend(&more_present);
                odd.extend(more_odd.into_iter().map(|(at, value)| (rows + at, value)));
            }
            (
                Self::Bool { values, present },
                Self::Bool {
                    values: more,
                    present: more_present,
                },
            ) => {
                values.extend(&more);
                present.extend(&more_present);
            }
            (
                Self::Time { millis, present },
                Self::Time {
                    millis: more,
                    present: more_present,
                },
            ) => {
                millis.extend_from_slice(&more);
                present.extend(&more_present);
            }
            (
                Self::Category { codes, dictionary },
                Self::Category {
                    codes: more,
                    dictionary: words,
                },
            ) => {
                let translated: Vec<u32> = words
                    .values()
                    .iter()
                    .map(|value| dictionary.code(value.as_ref()))
                    .collect();
                codes.extend(
                    more.iter()
                        .map(|code| translated.get(*code as usize).copied().unwrap_or(MISSING)),
                );
            }
            (
                Self::Text {
                    heap,
                    ends,
                    present,
                },
                Self::Text {
                    heap: more,
                    ends: more_ends,
                    present: more_present,
                },
            ) => {
                let from = heap.len();
                heap.push_str(&more);
                ends.extend(more_ends.iter().map(|end| from + end));
                present.extend(&more_present);
            }
            (_, other) => {
                for row in 0..other.len() {
                    self.push(other.get(row));
                }
            }
        }
    }

    /// Makes room for so many further rows like those that are there, so that they are not moved again and again as they come.
    pub(crate) fn reserve(&mut self, rows: usize) {
        match self {
            Self::Empty(_) | Self::Bool { .. } => {}
            Self::Number { values, .. } => values.reserve_exact(rows),
            Self::Time { millis, .. } => millis.reserve_exact(rows),
            Self::Category { codes, .. } => codes.reserve_exact(rows),
            Self::Text { heap, ends, .. } => {
                heap.reserve_exact(heap.len() / ends.len().max(1) * rows);
                ends.reserve_exact(rows);
            }
        }
    }

    /// Gives rows of `other` to rows of its own that have no value: `pairs` are (own row, other's row).
    /// Rows that have a value keep it.
    pub fn fill_gaps(&mut self, other: &Self, pairs: impl Iterator<Item = (usize, usize)>) {
        let lacking = pairs.filter(|(own, _)| self.get(*own).is_missing());
        let filled = lacking.filter(|(_, row)| !other.get(*row).is_missing());
        self.put(other, filled.collect());
    }

    /// Gives rows of `other`, which is newer, to rows of its own: `pairs` are (own row, other's row). What `other` does not
    /// have stays. Notes the rows that are not as they were.
    pub(super) fn overwrite(
        &mut self,
        other: &Self,
        pairs: impl Iterator<Item = (usize, usize)>,
        changed: &mut Bits,
    ) {
        let is_other = |(own, row): &(usize, usize)| {
            let (old, new) = (self.get(*own), other.get(*row));
            let is_same = match (old, new) {
                (ValueRef::Number(a), ValueRef::Number(b)) => a.to_bits() == b.to_bits(),
                _ => old == new,
            };
            !new.is_missing() && !is_same
        };
        let filled: Vec<(usize, usize)> = pairs.filter(is_other).collect();
        for (own, _) in &filled {
            changed.set(*own, true);
        }
        self.put(other, filled);
    }

    /// Puts values of `other` into rows of its own.
    fn put(&mut self, other: &Self, mut filled: Vec<(usize, usize)>) {
        if !matches!(self, Self::Text { .. }) {
            for (own, row) in filled {
                self.set(own, other.get(row));
            }
            return;
        }
        // Texts lie end to end: they are laid out again once, not once a value.
        order::by(&mut filled, Ord::cmp);
        filled.dedup_by_key(|(own, _)| *own);
        let mut filled = filled.into_iter().peekable();
        let mut again = Self::default();
        for row in 0..self.len() {
            let value = filled
                .next_if(|(own, _)| *own == row)
                .map_or_else(|| self.get(row), |(_, row)| other.get(row));
            again.push(value);
        }
        *self = again;
    }

    /// Puts `rows` rows without a value before the first.
    fn shift_down(&mut self, rows: usize) {
        let down = |present: &mut Bits| {
            let mut shifted = Bits::filled(rows, false);
            shifted.extend(present);
            *present = shifted;
        };
        match self {
            Self::Empty(len) => *len += rows,
            Self::Number {
                values,
                present,
                odd,
            } => {
                values.splice(0..0, std::iter::repeat_n(f64::NAN, rows));
                down(present);
                odd.iter_mut().for_each(|(at, _)| *at += rows as u32);
            }
            Self::Bool { values, present } => {
                down(values);
                down(present);
            }
            Self::Time { millis, present } => {
                millis.splice(0..0, std::iter::repeat_n(0, rows));
                down(present);
            }
            Self::Category { codes, .. } => {
                codes.splice(0..0, std::iter::repeat_n(MISSING, rows));
            }
            Self::Text { ends, present, .. } => {
                ends.splice(0..0, std::iter::repeat_n(0, rows));
                down(present);
            }
        }
    }
}
