//! The axis of a numeric space: from values to unit coordinates in its measure (see [`super::design`]), and back.

use super::design::{Space, geometric_step};

/// The axis of one numeric parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    scale: Scale,
    /// Number of steps in the range, where it has steps that grids should fit.
    pub steps: Option<usize>,
}

#[derive(Debug, Clone, PartialEq)]
enum Scale {
    /// Each level takes the same part.
    Levels(Vec<f64>),
    /// Even from `start` to `end`, on the logarithm where `log`; `low` and `high` are the ends without margins.
    Even {
        start: f64,
        end: f64,
        low: f64,
        high: f64,
        log: bool,
    },
    /// A single place.
    Point(f64),
}

impl Axis {
    /// The axis of a space over its distinct values, which are sorted and not none.
    pub fn new(space: &Space, levels: &[f64]) -> Self {
        let (low, high, step, log) = match space {
            Space::Number {
                low,
                high,
                step,
                log,
            } => (*low, *high, *step, *log),
            // Categories that are numbers are treated as ordered levels: a caller who wants subsets passes codes.
            Space::Levels | Space::Category => {
                return Self {
                    scale: Scale::Levels(levels.to_vec()),
                    steps: Some(levels.len()),
                };
            }
        };
        let (first, last) = (levels[0], levels[levels.len() - 1]);
        let low = if low.is_finite() {
            low.min(first)
        } else {
            first
        };
        let high = if high.is_finite() {
            high.max(last)
        } else {
            last
        };
        let step = step.filter(|step| step.is_finite() && *step > 0.0);
        let margin = step.unwrap_or(0.0) / 2.0;
        let log = log && low > 0.0;
        let (start, end) = if log {
            let (start, end) = (libm::log(low), libm::log(high));
            match (step, geometric_step(levels)) {
                (_, Some(ratio)) => (start - ratio / 2.0, end + ratio / 2.0),
                (Some(_), None) if low > margin => {
                    (libm::log(low - margin), libm::log(high + margin))
                }
                _ => (start, end),
            }
        } else {
            (low - margin, high + margin)
        };
        let span = end - start;
        if !(span > 0.0 && span.is_finite()) {
            return Self {
                scale: Scale::Point(first),
                steps: None,
            };
        }
        let steps = step
            .filter(|_| !log)
            .map(|step| (((high - low) / step).round() + 1.0) as usize);
        Self {
            scale: Scale::Even {
                start,
                end,
                low,
                high,
                log,
            },
            steps,
        }
    }

    /// The unit coordinate of a value; a level's is the middle of its part.
    pub fn place(&self, value: f64) -> f64 {
        match &self.scale {
            Scale::Levels(levels) => {
                let level = levels.partition_point(|level| *level < value);
                (level as f64 + 0.5) / levels.len() as f64
            }
            Scale::Even {
                start, end, log, ..
            } => ((to_scale(value, *log) - start) / (end - start)).clamp(0.0, 1.0),
            Scale::Point(_) => 0.5,
        }
    }

    /// The value at a unit coordinate, within the range; of levels the one whose part it lies in.
    pub fn value_at(&self, place: f64) -> f64 {
        match &self.scale {
            Scale::Levels(levels) => {
                levels[((place * levels.len() as f64) as usize).min(levels.len() - 1)]
            }
            Scale::Even {
                start,
                end,
                low,
                high,
                log,
            } => {
                let at = start + place * (end - start);
                let value = if *log { libm::exp(at) } else { at };
                value.clamp(*low, *high)
            }
            Scale::Point(value) => *value,
        }
    }

    /// How far a value lies from the low end to the high one, margins apart: 0 to 1.
    pub fn part_of_range(&self, value: f64) -> f64 {
        match &self.scale {
            Scale::Even { low, high, log, .. } => {
                let (low, high) = (to_scale(*low, *log), to_scale(*high, *log));
                ((to_scale(value, *log) - low) / (high - low)).clamp(0.0, 1.0)
            }
            Scale::Levels(_) | Scale::Point(_) => self.place(value),
        }
    }

    /// Whether it is logarithmic.
    pub fn is_log(&self) -> bool {
        matches!(self.scale, Scale::Even { log: true, .. })
    }
}

fn to_scale(value: f64, log: bool) -> f64 {
    if log { libm::log(value) } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_from_their_places() {
        let number = |low, high, step, log| Space::Number {
            low,
            high,
            step,
            log,
        };
        let cases = [
            (number(0.0, 1.0, None, false), vec![0.0, 0.25, 1.0]),
            (number(1e-5, 0.1, None, true), vec![1e-5, 3e-4, 0.1]),
            (number(1.0, 5.0, Some(1.0), false), vec![1.0, 2.0, 5.0]),
            (
                number(16.0, 128.0, None, true),
                vec![16.0, 32.0, 64.0, 128.0],
            ),
            (Space::Levels, vec![1.0, 7.0, 9.5]),
            (number(2.0, 2.0, None, false), vec![2.0]),
        ];
        for (space, values) in cases {
            let axis = Axis::new(&space, &values);
            for value in &values {
                let back = axis.value_at(axis.place(*value));
                assert!(
                    (back - value).abs() <= 1e-12 * value.abs(),
                    "{space:?}: {value} came back as {back}"
                );
            }
        }
        // A range that is wider than the values is kept.
        let axis = Axis::new(&number(0.0, 10.0, None, false), &[2.0, 4.0]);
        assert!((axis.place(4.0) - 0.4).abs() < 1e-15);
        assert!((axis.value_at(1.0) - 10.0).abs() < 1e-15);
    }
}
