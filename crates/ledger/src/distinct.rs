//! The distinct values among some.

use super::{Cells, ValueRef, bits_of};
use rustc_hash::FxHashSet;

/// Up to how many distinct values are told apart.
pub const MOST_DISTINCT: usize = 200;

/// Distinct values, what is missing among them, of which there may be more than are told apart.
#[derive(Clone, Debug, Default)]
pub struct Distinct<'v> {
    known: FxHashSet<Key<'v>>,
    /// Whether there are no others.
    is_whole: bool,
}

/// A value, to be looked up: -0 is 0, and NaN is NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key<'v> {
    Missing,
    Number(u64),
    Bool(bool),
    Time(i64),
    Text(&'v str),
}

/// Numbers are looked for one after another among so many before they are hashed.
const FEW: usize = 16;

impl<'v> Distinct<'v> {
    /// The distinct ones among the values of these rows.
    pub fn among(cells: &'v Cells, rows: &[u32]) -> Self {
        match cells {
            Cells::Category { codes, dictionary } if dictionary.values().len() <= rows.len() => {
                let values = dictionary.values();
                // The last stands for what is missing.
                let mut is_met = vec![false; values.len() + 1];
                for row in rows {
                    let code = codes
                        .get(*row as usize)
                        .map_or(values.len(), |code| *code as usize);
                    is_met[code.min(values.len())] = true;
                }
                let met = (0..is_met.len()).filter(|code| is_met[*code]);
                Self::new(met.map(|code| {
                    values
                        .get(code)
                        .map_or(ValueRef::Missing, |value| value.as_ref())
                }))
            }
            Cells::Number { .. } => {
                let mut few: Vec<u64> = Vec::new();
                let is_new = |value: &ValueRef<'v>| {
                    let ValueRef::Number(x) = value else {
                        return true;
                    };
                    let is_new = !few.contains(&x.to_bits());
                    if is_new && few.len() < FEW {
                        few.push(x.to_bits());
                    }
                    is_new
                };
                let values = rows.iter().map(|row| cells.get(*row as usize));
                Self::new(values.filter(is_new))
            }
            _ => Self::new(rows.iter().map(|row| cells.get(*row as usize))),
        }
    }

    /// The distinct ones among these values.
    pub fn new(values: impl Iterator<Item = ValueRef<'v>>) -> Self {
        let mut known = FxHashSet::default();
        let mut last = None;
        for value in values {
            let key = Key::from(value);
            if last == Some(key) {
                continue;
            }
            last = Some(key);
            known.insert(key);
            if known.len() > MOST_DISTINCT {
                return Self {
                    known,
                    is_whole: false,
                };
            }
        }
        Self {
            known,
            is_whole: true,
        }
    }

    /// How many they are; `None` where there are more than are told apart.
    pub fn count(&self) -> Option<usize> {
        self.is_whole.then_some(self.known.len())
    }

    /// Whether a value is among them; `None` where it may be, among those that are not told apart.
    pub fn has(&self, value: ValueRef<'_>) -> Option<bool> {
        let is_known = self.known.contains(&Key::from(value));
        (is_known || self.is_whole).then_some(is_known)
    }

    /// Whether no value is in both; `None` where there are too many to tell.
    pub fn is_apart_from(&self, other: &Self) -> Option<bool> {
        if !self.known.is_disjoint(&other.known) {
            return Some(false);
        }
        (self.is_whole && other.is_whole).then_some(true)
    }

    /// Whether the two are known to be the same values.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.is_whole && other.is_whole && self.known == other.known
    }

    /// They: numbers first, ascending, then all others by how they are written.
    pub fn listed(&self) -> Vec<ValueRef<'v>> {
        let values = self.known.iter().map(|key| match *key {
            Key::Missing => ValueRef::Missing,
            Key::Number(bits) => ValueRef::Number(f64::from_bits(bits)),
            Key::Bool(b) => ValueRef::Bool(b),
            Key::Time(t) => ValueRef::Time(t),
            Key::Text(text) => ValueRef::Text(text),
        });
        let (mut numbers, mut others): (Vec<_>, Vec<_>) =
            values.partition(|value| value.number().is_some());
        order::by(&mut numbers, |a, b| {
            let number = |value: &ValueRef<'_>| value.number().unwrap_or(f64::NAN);
            number(a).total_cmp(&number(b))
        });
        order::by_key(&mut others, ToString::to_string);
        numbers.extend(others);
        numbers
    }
}

impl<'v> From<ValueRef<'v>> for Key<'v> {
    fn from(value: ValueRef<'v>) -> Self {
        match value {
            ValueRef::Missing => Self::Missing,
            ValueRef::Number(x) => Self::Number(bits_of(x)),
            ValueRef::Bool(b) => Self::Bool(b),
            ValueRef::Time(t) => Self::Time(t),
            ValueRef::Text(text) => Self::Text(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn among_rows_of_a_column_they_are_as_among_their_values() {
        let numbers = |count: usize| -> Vec<Option<f64>> {
            let number = |at: usize| (at % 7 != 3).then_some((at % count) as f64 - 2.0);
            (0..200).map(number).collect()
        };
        let texts = |at: usize| ["a", "b", "c"].get(at % 4).copied();
        let mut all = Vec::new();
        for count in [1, 2, 50] {
            let mut cells = Cells::Empty(0);
            for number in numbers(count) {
                cells.push(number.map_or(ValueRef::Missing, ValueRef::Number));
            }
            all.push(cells);
        }
        let mut cells = Cells::Empty(0);
        (0..200).for_each(|at| cells.push(texts(at).map_or(ValueRef::Missing, ValueRef::Text)));
        all.push(cells);
        for cells in all {
            for step in [1, 4, 7] {
                let rows: Vec<u32> = (0..200).step_by(step).collect();
                let naive = Distinct::new(rows.iter().map(|row| cells.get(*row as usize)));
                assert!(
                    Distinct::among(&cells, &rows).is_same_as(&naive),
                    "{cells:?} by {step}"
                );
            }
        }
    }

    #[test]
    fn values_are_distinct_as_they_are_the_same() {
        let values = [
            ValueRef::Text("b"),
            ValueRef::Number(0.0),
            ValueRef::Number(-0.0),
            ValueRef::Number(f64::NAN),
            ValueRef::Number(-f64::NAN),
            ValueRef::Number(-1.0),
            ValueRef::Bool(true),
            ValueRef::Text("true"),
            ValueRef::Missing,
        ];
        let all = Distinct::new(values.into_iter());
        assert_eq!(all.count(), Some(7));
        let listed: Vec<String> = all.listed().iter().map(ToString::to_string).collect();
        assert_eq!(listed, ["-1", "0", "NaN", "", "b", "true", "true"]);
        let one = |value| Distinct::new(std::iter::once(value));
        assert_eq!(all.is_apart_from(&one(ValueRef::Missing)), Some(false));
        assert_eq!(all.is_apart_from(&one(ValueRef::Text("c"))), Some(true));
        assert!(all.is_same_as(&all) && !all.is_same_as(&one(ValueRef::Missing)));
        let many = Distinct::new((0..2 * MOST_DISTINCT).map(|at| ValueRef::Number(at as f64)));
        assert_eq!(many.count(), None);
        assert!(!many.is_same_as(&many));
        assert_eq!(many.has(ValueRef::Text("c")), None);
        assert_eq!(all.has(ValueRef::Text("c")), Some(false));
        assert_eq!(all.has(ValueRef::Missing), Some(true));
        assert_eq!(many.is_apart_from(&one(ValueRef::Number(3.0))), Some(false));
        assert_eq!(many.is_apart_from(&one(ValueRef::Text("c"))), None);
    }
}
