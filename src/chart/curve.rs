//! Curves of many runs over one axis: what stands around their pixels, which [`raster::curve`] makes.

use super::axis::Axis;
use super::marks::{Anchor, Mark};
use super::scale::Spacing;
pub use raster::columns::{Columns, begin_alike};
pub use raster::curve::{Envelope, Stroke, Undrawn};
pub use raster::extremes::Extremes;
pub use raster::heights::{Evenly, Heights, PAD, Places};
pub use raster::points::{Spread, count_below, cut, extent_of, points_of, resampled};
pub use raster::straight::Straight;

impl Places for Axis {
    fn place(&self, value: f64) -> f64 {
        Self::place(self, value)
    }

    fn evenly(&self) -> Option<Evenly> {
        let Self::Numbers {
            low, high, spacing, ..
        } = self
        else {
            return None;
        };
        let log = *spacing == Spacing::Log;
        let (low, high) = (spacing.to(*low), spacing.to(*high));
        let is_even = (log || *spacing == Spacing::Linear) && high > low;
        is_even.then_some(Evenly {
            log,
            low,
            span: high - low,
        })
    }
}

/// How wide a letter of a mark is, about.
const LETTER: f64 = 6.0;

/// The axes around a picture of `size` whose upper left corner lies at `corner`: its grid, marks and their texts.
pub fn frame(x: &Axis, y: &Axis, corner: (f64, f64), size: (f64, f64)) -> Vec<Mark> {
    let (left, top) = corner;
    let (right, bottom) = (left + size.0, top + size.1);
    let mut marks = Vec::new();
    let heights = Heights::new(y, size.1, 1.0);
    for (place, text) in y.marks() {
        let at = top + f64::from(heights.at(place));
        marks.push(Mark::line("grid", (left, at), (right, at)));
        marks.push(Mark::text((left - 5.0, at + 3.5), Anchor::End, &text));
    }
    marks.push(Mark::line("base", (left, bottom), (right, bottom)));
    let mut texts = x.marks();
    order::by_key(&mut texts, |(place, _)| (place * 1e6) as i64);
    let mut clear = f64::NEG_INFINITY;
    for (place, text) in texts {
        let at = left + place * size.0;
        let half = LETTER * text.chars().count() as f64 / 2.0;
        marks.push(Mark::line("base", (at, bottom), (at, bottom + 3.0)));
        // Texts that would run into one another are left out; those at the ends stay within.
        let middle = at.max(half).min(right - half);
        if middle - half > clear + LETTER {
            marks.push(Mark::text((middle, bottom + 14.0), Anchor::Middle, &text));
            clear = middle + half;
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::axis::tests::numbers;

    #[test]
    fn a_frame_keeps_its_texts_apart_and_inside() {
        let time = Axis::Numbers {
            low: 1.7e12,
            high: 1.7e12 + 9e7,
            spacing: Spacing::Linear,
            levels: Vec::new(),
            quantiles: crate::chart::scale::Quantiles::default(),
            time: true,
            whole: false,
        };
        for x in [time, numbers(0.0, 30.0, false), numbers(3.0, 3.0, false)] {
            let marks = frame(&x, &numbers(1e-3, 1.0, true), (50.0, 8.0), (300.0, 160.0));
            let texts = marks.iter().filter(|mark| mark.element == "text");
            let place = |mark: &Mark, name| -> f64 {
                let found = mark.attributes.iter().find(|(key, _)| *key == name);
                found.unwrap().1.parse().unwrap()
            };
            let below = texts.filter(|mark| place(mark, "y") > 169.0);
            let mut end = 0.0;
            for mark in below {
                let half = LETTER * mark.text.len() as f64 / 2.0;
                let middle = place(mark, "x");
                assert!(middle - half >= end && middle + half <= 350.1, "{mark:?}");
                end = middle + half;
            }
            assert!(end > 0.0);
        }
    }
}
