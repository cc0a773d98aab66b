//! The storage of one column: typed, growable, and tolerant of values of several types.
//!
//! A column takes the narrowest storage that holds its values and widens as others arrive:
//!
//! | storage | first value | what widens it |
//! | --- | --- | --- |
//! | `Empty` | – | any value |
//! | `Number` | a number | a few other values are kept beside it (`odd`); many make it `Category` |
//! | `Bool` | a boolean | anything else makes it `Category` |
//! | `Time` | a time | anything else makes it `Category` |
//! | `Category` | a text | many distinct texts and nothing else make it `Text` |
//! | `Text` | – | other values are kept as their text |
//!
//! Missing is apart from NaN in all of them: a number is present and NaN, or it is not present.

use super::bits::Bits;
use super::dictionary::Dictionary;
use super::value::{Value, ValueRef};

/// The code of a missing cell in `Category`.
pub const MISSING: u32 = u32::MAX;

/// How many values of another type a number column keeps beside it before it becomes categorical:
/// this many, or one in a hundred of its rows, whichever is more.
const ODD_LIMIT: usize = 16;

/// From how many distinct texts on, and if they are at least half of the rows, a category becomes text.
const TEXT_DISTINCT: usize = 1024;

/// The values of one column, one a row.
#[derive(Clone, Debug)]
pub enum Cells {
    /// So many rows without a value.
    Empty(usize),
    /// Numbers; rows in `odd` have a value that is none.
    Number {
        /// The numbers; NaN where there is none.
        values: Vec<f64>,
        /// Which rows have a number.
        present: Bits,
        /// Values of other types, by ascending row; their rows are not `present`.
        odd: Vec<(u32, Value)>,
    },
    /// Booleans.
    Bool {
        /// The values; false where there is none.
        values: Bits,
        /// Which rows have one.
        present: Bits,
    },
    /// Times in Unix milliseconds.
    Time {
        /// The times; 0 where there is none.
        millis: Vec<i64>,
        /// Which rows have one.
        present: Bits,
    },
    /// Few distinct values, by their number in a dictionary.
    Category {
        /// A code a row, [`MISSING`] where there is none.
        codes: Vec<u32>,
        /// What the codes mean.
        dictionary: Dictionary,
    },
    /// Many distinct texts, end to end.
    Text {
        /// All texts, in the order of rows.
        heap: String,
        /// Where each row's text ends.
        ends: Vec<usize>,
        /// Which rows have one.
        present: Bits,
    },
}

impl Default for Cells {
    fn default() -> Self {
        Self::Empty(0)
    }
}

/// Values for the rows of a column, one after another.
pub trait Values<'v> {
    /// The next one.
    fn next(&mut self) -> Option<ValueRef<'v>>;

    /// Puts those that come next behind what is there, as long as they are numbers that can be had at once: [`Values::next`] gives
    /// what comes after them, be it a number too.
    fn numbers(&mut self, _into: &mut Vec<f64>) {}

    /// Gives those that come next away, as long as they are texts that can be had at once, and says how many.
    fn texts(&mut self, _take: &mut dyn FnMut(&'v str)) -> usize {
        0
    }
}

/// Any values, one after another.
#[derive(Debug)]
pub struct Each<I>(pub I);

impl<'v, I: Iterator<Item = ValueRef<'v>>> Values<'v> for Each<I> {
    fn next(&mut self) -> Option<ValueRef<'v>> {
        self.0.next()
    }
}

impl Cells {
    /// These numbers, one a row.
    pub fn from_numbers(numbers: impl Iterator<Item = Option<f64>>) -> Self {
        let found: Vec<Option<f64>> = numbers.collect();
        Self::Number {
            present: Bits::from_fn(found.len(), |row| found[row].is_some()),
            values: found.iter().map(|x| x.unwrap_or(f64::NAN)).collect(),
            odd: Vec::new(),
        }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Empty(len) => *len,
            Self::Number { values, .. } => values.len(),
            Self::Bool { present, .. } => present.len(),
            Self::Time { millis, .. } => millis.len(),
            Self::Category { codes, .. } => codes.len(),
            Self::Text { ends, .. } => ends.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of `row`; missing beyond the end.
    pub fn get(&self, row: usize) -> ValueRef<'_> {
        match self {
            Self::Empty(_) => ValueRef::Missing,
            Self::Number {
                values,
                present,
                odd,
            } => {
                if present.get(row) {
                    ValueRef::Number(values[row])
                } else if odd.is_empty() {
                    ValueRef::Missing
                } else {
                    odd.binary_search_by_key(&(row as u32), |(at, _)| *at)
                        .map_or(ValueRef::Missing, |found| odd[found].1.as_ref())
                }
            }
            Self::Bool { values, present } if present.get(row) => ValueRef::Bool(values.get(row)),
            Self::Time { millis, present } if present.get(row) => ValueRef::Time(millis[row]),
            Self::Bool { .. } | Self::Time { .. } => ValueRef::Missing,
            Self::Category { codes, dictionary } => codes
                .get(row)
                .and_then(|code| dictionary.values().get(*code as usize))
                .map_or(ValueRef::Missing, Value::as_ref),
            Self::Text {
                heap,
                ends,
                present,
            } => {
                if !present.get(row) {
                    return ValueRef::Missing;
                }
                let from = if row == 0 { 0 } else { ends[row - 1] };
                ValueRef::Text(&heap[from..ends[row]])
            }
        }
    }

    /// Adds a row.
    pub fn push(&mut self, value: ValueRef<'_>) {
        match (&mut *self, value) {
            (Self::Empty(len), ValueRef::Missing) => *len += 1,
            (
                Self::Number {
                    values, present, ..
                },
                ValueRef::Number(x),
            ) => {
                values.push(x);
                present.push(true);
            }
            (
                Self::Number {
                    values, present, ..
                },
                ValueRef::Missing,
            ) => {
                values.push(f64::NAN);
                present.push(false);
            }
            (Self::Bool { values, present }, ValueRef::Bool(_) | ValueRef::Missing) => {
                values.push(value == ValueRef::Bool(true));
                present.push(!value.is_missing());
            }
            (Self::Time { millis, present }, ValueRef::Time(_) | ValueRef::Missing) => {
                millis.push(if let ValueRef::Time(t) = value { t } else { 0 });
                present.push(!value.is_missing());
            }
            (Self::Category { codes, dictionary }, _) => {
                codes.push(dictionary.code(value));
                let distinct = dictionary.values().len();
                if distinct > TEXT_DISTINCT
                    && distinct * 2 > codes.len()
                    && dictionary.is_text_only()
                {
                    self.widen_to_text();
                }
            }
            (
                Self::Text {
                    heap,
                    ends,
                    present,
                },
                _,
            ) => {
                match value {
                    ValueRef::Missing => {}
                    ValueRef::Text(text) => heap.push_str(text),
                    other => heap.push_str(&other.to_string()),
                }
                ends.push(heap.len());
                present.push(!value.is_missing());
            }
            (
                Self::Number {
                    values,
                    present,
                    odd,
                },
                _,
            ) => {
                if odd.len() < ODD_LIMIT.max(values.len() / 100) {
                    odd.extend(value.to_owned().map(|owned| (values.len() as u32, owned)));
                    values.push(f64::NAN);
                    present.push(false);
                } else {
                    self.widen_to_category();
                    self.push(value);
                }
            }
            (Self::Empty(len), _) => {
                *self = Self::for_first(*len, value);
                self.push(value);
            }
            (Self::Bool { .. } | Self::Time { .. }, _) => {
                self.widen_to_category();
                self.push(value);
            }
        }
    }

    /// Adds rows without a value until there are `len`.
    pub fn pad_to(&mut self, len: usize) {
        let rows = self.len();
        if rows >= len {
            return;
        }
        match self {
            Self::Empty(rows) => *rows = len,
            Self::Number {
                values, present, ..
            } => {
                values.resize(len, f64::NAN);
                present.resize(len, false);
            }
            Self::Bool { values, present } => {
                values.resize(len, false);
                present.resize(len, false);
            }
            Self::Time { millis, present } => {
                millis.resize(len, 0);
                present.resize(len, false);
            }
            Self::Category { codes, .. } => codes.resize(len, MISSING),
            Self::Text {
                heap,
                ends,
                present,
            } => {
                ends.resize(len, heap.len());
                present.resize(len, false);
            }
        }
    }

    /// Puts `value` into `row`; rows up to it are added where they are not there yet.
    pub fn set(&mut self, row: usize, value: ValueRef<'_>) {
        if row >= self.len() {
            self.pad_to(row);
            self.push(value);
            return;
        }
        match (&mut *self, value) {
            (Self::Empty(_), ValueRef::Missing) => {}
            (
                Self::Number {
                    values,
                    present,
                    odd,
                },
                ValueRef::Number(_) | ValueRef::Missing,
            ) => {
                values[row] = value.number().unwrap_or(f64::NAN);
                present.set(row, !value.is_missing());
                if let Ok(at) = odd.binary_search_by_key(&(row as u32), |(at, _)| *at) {
                    odd.remove(at);
                }
            }
            (Self::Bool { values, present }, ValueRef::Bool(_) | ValueRef::Missing) => {
                values.set(row, value == ValueRef::Bool(true));
                present.set(row, !value.is_missing());
            }
            (Self::Time { millis, present }, ValueRef::Time(_) | ValueRef::Missing) => {
                millis[row] = if let ValueRef::Time(t) = value { t } else { 0 };
                present.set(row, !value.is_missing());
            }
            (Self::Category { codes, dictionary }, _) => codes[row] = dictionary.code(value),
            (Self::Empty(len), _) => {
                *self = Self::for_first(*len, value);
                self.set(row, value);
            }
            (
                Self::Number {
                    values,
                    present,
                    odd,
                },
                _,
            ) if odd.len() < ODD_LIMIT.max(values.len() / 100) => {
                values[row] = f64::NAN;
                present.set(row, false);
                if let Some(owned) = value.to_owned() {
                    match odd.binary_search_by_key(&(row as u32), |(at, _)| *at) {
                        Ok(at) => odd[at].1 = owned,
                        Err(at) => odd.insert(at, (row as u32, owned)),
                    }
                }
            }
            // Rare: a text of many is replaced, or a value of another type comes late.
            _ => {
                let mut again = Self::Empty(0);
                for at in 0..self.len() {
                    again.push(if at == row { value } else { self.get(at) });
                }
                *self = again;
            }
        }
    }

    /// Puts values into rows from `row` on, and says how many there were; missing changes nothing.
    pub(crate) fn fill(&mut self, row: usize, values: &mut dyn Values<'_>) -> usize {
        let mut given = 0;
        if self.len() > row {
            for row in row.. {
                match values.next() {
                    Some(ValueRef::Missing) => {}
                    Some(value) => {
                        self.set(row, value);
                        given += 1;
                    }
                    None => return given,
                }
            }
        }
        self.pad_to(row);
        loop {
            if let Self::Number {
                values: numbers,
                present,
                ..
            } = self
            {
                let before = numbers.len();
                values.numbers(numbers);
                given += numbers.len() - before;
                present.resize(numbers.len(), true);
            } else {
                given += values.texts(&mut |text| self.push(ValueRef::Text(text)));
            }
            let Some(value) = values.next() else {
                return given;
            };
            given += usize::from(!value.is_missing());
            self.push(value);
        }
    }

    /// Storage for `len` rows without a value, fit for a first `value`.
    fn for_first(len: usize, value: ValueRef<'_>) -> Self {
        let mut cells = match value {
            ValueRef::Missing => Self::Empty(0),
            ValueRef::Number(_) => Self::Number {
                values: Vec::new(),
                present: Bits::default(),
                odd: Vec::new(),
            },
            ValueRef::Bool(_) => Self::Bool {
                values: Bits::default(),
                present: Bits::default(),
            },
            ValueRef::Time(_) => Self::Time {
                millis: Vec::new(),
                present: Bits::default(),
            },
            ValueRef::Text(_) => Self::Category {
                codes: Vec::new(),
                dictionary: Dictionary::default(),
            },
        };
        cells.pad_to(len);
        cells
    }

    fn widen_to_category(&mut self) {
        let mut dictionary = Dictionary::default();
        let codes = (0..self.len())
            .map(|row| dictionary.code(self.get(row)))
            .collect();
        *self = Self::Category { codes, dictionary };
    }

    fn widen_to_text(&mut self) {
        let mut wide = Self::Text {
            heap: String::new(),
            ends: Vec::new(),
            present: Bits::default(),
        };
        for row in 0..self.len() {
            wide.push(self.get(row));
        }
        *self = wide;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arbitrary_value(
        u: &mut arbtest::arbitrary::Unstructured<'_>,
    ) -> arbtest::arbitrary::Result<Option<Value>> {
        Ok(match u.int_in_range(0..=9)? {
            0..=3 => Some(Value::Number(f64::from(u.int_in_range(-3..=3)?))),
            4 => Some(Value::Bool(u.arbitrary()?)),
            5 => Some(Value::Time(u.int_in_range(0..=5)?)),
            6 | 7 => Some(Value::Text(format!("t{}", u.int_in_range(0..=5)?))),
            8 => Some(Value::Number(f64::NAN)),
            _ => None,
        })
    }

    fn as_ref(value: Option<&Value>) -> ValueRef<'_> {
        value.map_or(ValueRef::Missing, Value::as_ref)
    }

    fn same(cells: &Cells, plain: &[Option<Value>]) {
        assert_eq!(cells.len(), plain.len());
        for (row, value) in plain.iter().enumerate() {
            assert_eq!(
                format!("{:?}", cells.get(row)),
                format!("{:?}", as_ref(value.as_ref())),
                "row {row}"
            );
        }
    }

    #[test]
    fn behaves_as_a_vector_of_values() {
        arbtest::arbtest(|u| {
            let mut plain: Vec<Option<Value>> = Vec::new();
            let mut cells = Cells::default();
            for _ in 0..u.int_in_range(0..=60)? {
                let value = arbitrary_value(u)?;
                match u.int_in_range(0..=8)? {
                    0..=4 => {
                        cells.push(as_ref(value.as_ref()));
                        plain.push(value);
                    }
                    5 => {
                        let row = u.int_in_range(0..=plain.len() + 3)?;
                        cells.set(row, as_ref(value.as_ref()));
                        plain.resize(plain.len().max(row + 1), None);
                        plain[row] = value;
                    }
                    6 => {
                        let len = plain.len() + u.int_in_range(0..=3)?;
                        cells.pad_to(len);
                        plain.resize(len, None);
                    }
                    _ => {
                        let mut more = Cells::default();
                        for _ in 0..u.int_in_range(0..=5)? {
                            let value = arbitrary_value(u)?;
                            more.push(as_ref(value.as_ref()));
                            plain.push(value);
                        }
                        cells.append(more);
                    }
                }
            }
            same(&cells, &plain);
            Ok(())
        });
    }

    #[test]
    fn a_stray_text_does_not_turn_numbers_into_categories() {
        let mut cells = Cells::default();
        for row in 0..5_000 {
            cells.push(if row == 70 {
                ValueRef::Text("error")
            } else {
                ValueRef::Number(f64::from(row))
            });
        }
        assert!(matches!(cells, Cells::Number { .. }));
        assert_eq!(cells.get(70), ValueRef::Text("error"));
    }

    #[test]
    fn many_distinct_texts_become_one_heap() {
        let mut cells = Cells::default();
        for row in 0..5_000 {
            cells.push(ValueRef::Text(&format!("run-{row}")));
        }
        assert!(matches!(cells, Cells::Text { .. }));
        assert_eq!(cells.get(4_321), ValueRef::Text("run-4321"));
    }
}
