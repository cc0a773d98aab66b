//! How far values reach, block by block: what any part of them reaches is known by a few of these, wherever a person looks.

use super::less::{less, more};
use super::points::extent;
use std::ops::Range;

/// So many values are summed up together.
const BLOCK: usize = 128;

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
