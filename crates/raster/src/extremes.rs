//! How far values reach, block by block: what any part of them reaches is known by a few of these, wherever a person looks.

use super::less::{extremes, less, more};
use super::points::extent;
use std::ops::Range;

/// So many values are summed up together.
const BLOCK: usize = 32;

/// The least and the greatest of the values that are finite, and how many they are.
type Extent = (f64, f64, usize);

/// How far values reach.
#[derive(Clone, Debug, Default)]
pub struct Extremes {
    blocks: Vec<Extent>,
}

impl Extremes {
    /// That of these.
    pub fn new(values: &[f64]) -> Self {
        let blocks = values.chunks(BLOCK);
        Self {
            blocks: blocks.map(|values| extent(values, false)).collect(),
        }
    }

    /// The [`extent`] of a part of the values that it was made of.
    pub fn of(&self, values: &[f64], part: Range<usize>, log: bool) -> Extent {
        let (first, end) = (part.start.div_ceil(BLOCK), part.end / BLOCK);
        if first >= end {
            return extent(&values[part], log);
        }
        let block = |number: usize| match self.blocks[number] {
            // Some have no height there.
            (low, ..) if log && low <= 0.0 => extent(&values[number * BLOCK..][..BLOCK], log),
            of => of,
        };
        let ends = [part.start..first * BLOCK, end * BLOCK..part.end];
        let ends = ends.map(|end| extent(&values[end], log));
        let nothing = (f64::INFINITY, f64::NEG_INFINITY, 0);
        let parts = (first..end).map(block).chain(ends);
        parts.fold(nothing, |(low, high, count), part| {
            (less(low, part.0), more(high, part.1), count + part.2)
        })
    }

    fn of_many(&self, values: &[f64], part: Range<usize>) -> Option<(f64, f64)> {
        let (first, end) = (part.start.div_ceil(BLOCK), part.end / BLOCK);
        // Whole blocks at the ends as well, of which it tells as much again.
        let (mut low, mut high) = extremes(&values[part.start..][..BLOCK])?;
        let (least, most) = extremes(&values[part.end - BLOCK..part.end])?;
        (low, high) = (less(low, least), more(high, most));
        for (least, most, count) in &self.blocks[first..end] {
            if *count < BLOCK {
                return None;
            }
            (low, high) = (less(low, *least), more(high, *most));
        }
        Some((low, high))
    }

    /// The least and the greatest of a part of the values, where all of these are finite.
    #[inline]
    pub fn of_finite(&self, values: &[f64], part: Range<usize>) -> Option<(f64, f64)> {
        if part.len() <= 2 * BLOCK {
            return extremes(&values[part]);
        }
        self.of_many(values, part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_reaches_as_far_as_its_values_do() {
        arbtest::arbtest(|u| {
            let mut values = Vec::new();
            for _ in 0..u.int_in_range(0..=700)? {
                values.push(match u.int_in_range(0..=40)? {
                    0 => f64::NAN,
                    1 => f64::INFINITY,
                    2 => f64::NEG_INFINITY,
                    other => f64::from(other) - 5.0,
                });
            }
            let extremes = Extremes::new(&values);
            let end = u.int_in_range(0..=values.len())?;
            let start = u.int_in_range(0..=end)?;
            let part = &values[start..end];
            let finite = (!part.is_empty() && part.iter().all(|value| value.is_finite()))
                .then(|| extent(part, false))
                .map(|(low, high, _)| (low, high));
            assert_eq!(extremes.of_finite(&values, start..end), finite);
            for log in [false, true] {
                assert_eq!(
                    extremes.of(&values, start..end, log),
                    extent(&values[start..end], log)
                );
            }
            Ok(())
        });
    }
}
