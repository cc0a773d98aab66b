//! What a brush, or the clause of the filter that it writes, keeps of a column; and brushes put together.

use serde::{Deserialize, Serialize};

/// What a brush keeps of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Brush {
    /// Numbers, or times in Unix milliseconds, between two ends, both included. Of `lr < 0.1`, which leaves its end out,
    /// the end is given all the same.
    Range {
        /// The least; `None` is open.
        low: Option<f64>,
        /// The greatest; `None` is open.
        high: Option<f64>,
    },
    /// Numbers or times in one of several such ranges.
    Ranges(Vec<(Option<f64>, Option<f64>)>),
    /// Only these values.
    Values(Vec<String>),
    /// Only runs without a value.
    Missing,
    /// Only NaN.
    NotANumber,
    /// Only infinities.
    Infinite,
}

/// From where to where, both included; `None` is open.
type Part = (Option<f64>, Option<f64>);

impl Brush {
    /// The brush that keeps these parts of numbers.
    pub fn of_parts(mut parts: Vec<Part>) -> Self {
        let from = |part: &Part| part.0.unwrap_or(f64::NEG_INFINITY);
        let to = |part: &Part| part.1.unwrap_or(f64::INFINITY);
        order::by(&mut parts, |a, b| from(a).total_cmp(&from(b)));
        let mut apart: Vec<Part> = Vec::new();
        for part in parts {
            match apart.last_mut() {
                Some(last) if from(&part) <= to(last) => {
                    if to(&part) > to(last) {
                        last.1 = part.1;
                    }
                }
                _ => apart.push(part),
            }
        }
        match apart.as_slice() {
            [(low, high)] => Self::Range {
                low: *low,
                high: *high,
            },
            _ => Self::Ranges(apart),
        }
    }

    /// The parts of numbers that it keeps; `None` where it keeps something else.
    pub fn parts(&self) -> Option<Vec<Part>> {
        match self {
            Self::Range { low, high } => Some(vec![(*low, *high)]),
            Self::Ranges(parts) => Some(parts.clone()),
            _ => None,
        }
    }

    /// The brush that keeps what this one keeps or another; where they are of different kinds, this one.
    pub fn or(self, other: &Self) -> Self {
        if let (Some(own), Some(others)) = (self.parts(), other.parts()) {
            return Self::of_parts([own, others].concat());
        }
        match (self, other) {
            (Self::Values(mut values), Self::Values(others)) => {
                let more = others.iter().filter(|value| !values.contains(value));
                let more: Vec<String> = more.cloned().collect();
                values.extend(more);
                Self::Values(values)
            }
            (own, _) => own,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(low: f64, high: f64) -> Brush {
        Brush::of_parts(vec![(Some(low), Some(high))])
    }

    #[test]
    fn brushes_of_numbers_are_put_together_where_they_meet() {
        let two = range(3.0, 4.0).or(&range(0.0, 1.0));
        let parts = vec![(Some(0.0), Some(1.0)), (Some(3.0), Some(4.0))];
        assert_eq!(two, Brush::Ranges(parts));
        assert_eq!(range(0.5, 3.5).or(&two), range(0.0, 4.0));
        let open = Brush::of_parts(vec![(None, Some(2.0)), (Some(3.0), None)]);
        let kept = vec![(None, Some(2.0)), (Some(3.0), None)];
        assert_eq!(range(3.5, 9.0).or(&open), Brush::Ranges(kept));
        assert_eq!(
            range(1.0, 3.0).or(&open),
            Brush::Range {
                low: None,
                high: None
            }
        );
    }

    #[test]
    fn values_are_added_once_and_other_kinds_replace_one_another() {
        let values = |all: &[&str]| Brush::Values(all.iter().map(|of| (*of).to_owned()).collect());
        assert_eq!(values(&["b"]).or(&values(&["a", "b"])), values(&["b", "a"]));
        assert_eq!(range(0.0, 1.0).or(&values(&["a"])), range(0.0, 1.0));
        assert_eq!(range(0.0, 1.0).or(&Brush::Missing), range(0.0, 1.0));
    }
}
