//! Lines that go straight from values to ink: those of curves whose points all have a height, column by column from left to right, of
//! which nothing need be known but what they cover. Most lines of most pictures are such, and thousands of them are drawn while a
//! person zooms and pans.

use super::columns::Columns;
use super::curve::go_on;
use super::heights::{Heights, WHOLE};
use super::ink::Ink;
use super::less::{less, more, reach};
use std::ops::Range;

/// In columns of more points blocks of them are looked at, as [`super::curve::Envelope`] does.
const MOST_POINTS: usize = 64;

/// A curve, as [`super::curve::Envelope`] takes it in: points at its beginning, those with the numbers of a part, of which `columns` tell
/// in which they lie, and points at its end.
#[derive(Clone, Debug)]
pub struct Straight<'a> {
    /// Places and values.
    pub head: &'a [(f64, f64)],
    /// Which points lie in which column.
    pub columns: &'a Columns,
    /// Its values, all of which are finite.
    pub values: &'a [f64],
    /// The numbers of its points between both ends.
    pub part: Range<usize>,
    /// Places and values.
    pub tail: &'a [(f64, f64)],
}

impl Straight<'_> {
    /// Covers what [`super::curve::Envelope::trace`] covers. False where that must do it: then nothing is covered.
    pub fn draw(&self, y: Heights<'_>, thickness: f32, ink: &mut Ink) -> bool {
        let Some(parts) = y.unbounded() else {
            return false;
        };
        let lies_in = |points: &[(f64, f64)], column: usize| {
            let is_there = |(place, value): &(f64, f64)| {
                value.is_finite() && self.columns.column_of(*place) == Some(column)
            };
            points.iter().all(is_there)
        };
        // Where columns have few points, the ends may lie in columns of their own.
        let ends = self.columns.ends(&self.part);
        let is_so =
            ends.is_some_and(|(first, last)| lies_in(self.head, first) && lies_in(self.tail, last));
        if !is_so || self.columns.most() > MOST_POINTS {
            return false;
        }
        self.cover(&parts, thickness, ink);
        true
    }

    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    fn cover(&self, parts: &impl Fn(f64) -> i32, thickness: f32, ink: &mut Ink) {
        let half = (thickness * (WHOLE / 2) as f32) as i32;
        let values = &self.values[..self.part.end];
        let mut start = more(self.part.start, self.columns.first());
        let mut columns = self.columns.parts();
        // The next column with between which heights it is there, and at which it comes and leaves.
        let mut next = || {
            loop {
                let (column, end) = columns.next()?;
                let end = less(end, values.len());
                if end > start {
                    let here = &values[start..end];
                    start = end;
                    let (low, high) = reach(here);
                    let ends = (parts(here[0]), parts(here[here.len() - 1]));
                    return Some((column, (parts(high), parts(low)), ends));
                }
            }
        };
        let Some((mut column, (mut top, mut bottom), (_, mut height))) = next() else {
            return;
        };
        for (_, value) in self.head {
            (top, bottom) = (less(top, parts(*value)), more(bottom, parts(*value)));
        }
        // The way of [`super::curve::Envelope::trace`], in variables that stay in registers.
        while let Some((there, (high, low), (one, last))) = next() {
            let between = |step, top, bottom| {
                ink.add_within(column + step, top - half, bottom + half);
            };
            let (leaves, comes) = go_on((height, one), there - column, between);
            ink.add_within(
                column,
                less(top, leaves) - half,
                more(bottom, leaves) + half,
            );
            (top, bottom) = (less(high, comes), more(low, comes));
            (column, height) = (there, last);
        }
        for (_, value) in self.tail {
            (top, bottom) = (less(top, parts(*value)), more(bottom, parts(*value)));
        }
        ink.add_within(column, top - half, bottom + half);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::Envelope;
    use crate::extremes::Extremes;
    use crate::heights::{Evenly, Places};

    #[derive(Debug)]
    struct Axis(f64, f64);

    impl Places for Axis {
        fn place(&self, value: f64) -> f64 {
            (value - self.0) / (self.1 - self.0)
        }

        fn evenly(&self) -> Option<Evenly> {
            Some(Evenly {
                log: false,
                low: self.0,
                span: self.1 - self.0,
            })
        }
    }

    #[test]
    fn a_line_covers_what_its_envelope_covers() {
        let (mut drawn, mut left) = (0, 0);
        arbtest::arbtest(|u| {
            let least = *u.choose(&[0.0, -3.0])?;
            let (mut places, mut values) = (Vec::new(), Vec::new());
            let mut at = 0.0;
            for _ in 0..u.int_in_range(6..=90)? {
                at += f64::from(u.int_in_range(1..=3)?);
                places.push(at);
                values.push(least + f64::from(u.int_in_range(0..=600)?) / 100.0);
            }
            let count = u.int_in_range(6..=places.len())?;
            // So few columns that both ends are often within one, as they are in most pictures.
            let (width, height) = (u.int_in_range(1..=12)?, 24);
            let x = (places[0], *places.last().expect("six at least"));
            let points: Vec<(f64, f64)> = places.iter().copied().zip(values.clone()).collect();
            let mut columns = Columns::default();
            columns.find(&places, 0, x, width);
            let part = 2..count - 2;
            let axis = Axis(least, least + 6.0);
            let heights = Heights::new(&axis, f64::from(height), 1.0).within();
            let mut envelope = Envelope::default();
            envelope.begin(x, width, false);
            envelope.add(&points[..2]);
            let known = Extremes::new(&values);
            envelope.add_columns(&columns, (&values, &known), 0, part.clone());
            envelope.add(&points[count - 2..count]);
            let mut traced = Ink::new(width, height as usize);
            envelope.trace(heights, 1.0, &mut traced);
            let line = Straight {
                head: &points[..2],
                columns: &columns,
                values: &values,
                part,
                tail: &points[count - 2..count],
            };
            let mut ink = Ink::new(width, height as usize);
            if line.draw(heights, 1.0, &mut ink) {
                assert_eq!(ink, traced);
                drawn += 1;
            } else {
                assert_eq!(ink, Ink::new(width, height as usize));
                left += 1;
            }
            Ok(())
        });
        // It is the way of many, and not of all; how many are tried in its time depends on the machine.
        assert!(drawn > 0 && left > 0, "{drawn} of {}", drawn + left);
    }
}
