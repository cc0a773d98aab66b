//! The effect of two params together as a picture: cells by colour, and the runs on them.

use super::marks::{Anchor, Mark};
use super::number::short_number;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// The mean prediction along two params.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairSurface {
    /// The param along the side, with its marks.
    pub a: (String, Vec<(f64, String)>),
    /// The param along the top, with its marks.
    pub b: (String, Vec<(f64, String)>),
    /// Cells along the side.
    pub rows: usize,
    /// Cells along the top.
    pub columns: usize,
    /// By row, then column.
    pub values: Vec<f64>,
    /// How unsure each is, as a standard deviation; empty where that is not known.
    #[serde(default)]
    pub spread: Vec<f64>,
    /// Runs: place along the side, along the top.
    pub points: Vec<(f64, f64)>,
}

/// The picture's width in units of its own.
pub const WIDTH: f64 = 640.0;
/// Its height.
pub const HEIGHT: f64 = 380.0;
/// Where its cells lie: left, right, top, bottom.
const PLOT: (f64, f64, f64, f64) = (90.0, 540.0, 12.0, 336.0);
/// Steps of the colours' legend, and how high each is.
const STEPS: (usize, f64) = (40, 5.0);

impl PairSurface {
    /// The least and the greatest prediction.
    pub fn ends(&self) -> (f64, f64) {
        let start = (f64::INFINITY, f64::NEG_INFINITY);
        self.values.iter().fold(start, |(low, high), value| {
            (low.min(*value), high.max(*value))
        })
    }

    /// From which spread on a cell is hatched: a fifth of what lies between the least and the greatest prediction.
    pub fn unsure_from(&self) -> f64 {
        let (low, high) = self.ends();
        (high - low) / 5.0
    }

    /// Which part of the cells is hatched.
    pub fn unsure(&self) -> f64 {
        let limit = self.unsure_from();
        let unsure = self.spread.iter().filter(|spread| **spread > limit);
        unsure.count() as f64 / self.values.len().max(1) as f64
    }

    /// The picture.
    pub fn marks(&self) -> Vec<Mark> {
        let (left, right, top, bottom) = PLOT;
        let (low, high) = self.ends();
        let span = (high - low).max(f64::MIN_POSITIVE);
        let wide = (right - left) / self.columns.max(1) as f64;
        let tall = (bottom - top) / self.rows.max(1) as f64;
        let mut marks = Vec::new();
        for (number, value) in self.values.iter().enumerate() {
            let (row, column) = (number / self.columns, number % self.columns);
            // The first row lies at the bottom, as an axis has it. Cells reach over their edges, which would shine through.
            let at = (
                left + column as f64 * wide,
                bottom - (row + 1) as f64 * tall,
            );
            marks.push(Mark::cell(
                at,
                (wide + 0.3, tall + 0.3),
                (value - low) / span,
            ));
        }
        // Slanting lines through unsure cells, one path for all.
        let limit = self.unsure_from();
        let mut hatch = String::new();
        for (number, _) in self
            .spread
            .iter()
            .enumerate()
            .filter(|(_, spread)| **spread > limit)
        {
            let (row, column) = (number / self.columns, number % self.columns);
            let (x, y) = (left + column as f64 * wide, bottom - row as f64 * tall);
            // Writing to a String cannot fail.
            let _written = write!(hatch, "M{x:.1} {y:.1}l{wide:.1} {:.1}", -tall);
        }
        if !hatch.is_empty() {
            marks.push(Mark::path("hatch", hatch));
        }
        for (a, b) in &self.points {
            let at = (left + b * (right - left), bottom - a * (bottom - top));
            marks.push(Mark::circle("run", at, 1.8));
        }
        for (place, text) in &self.b.1 {
            let at = (left + place * (right - left), bottom + 18.0);
            marks.push(Mark::text(at, Anchor::Middle, text));
        }
        for (place, text) in &self.a.1 {
            let at = (left - 8.0, bottom - place * (bottom - top) + 4.0);
            marks.push(Mark::text(at, Anchor::End, text));
        }
        let (steps, high_of_step) = STEPS;
        for step in 0..steps {
            let at = (566.0, bottom - (step + 1) as f64 * high_of_step);
            let part = step as f64 / (steps - 1) as f64;
            marks.push(Mark::cell(at, (16.0, high_of_step + 0.3), part));
        }
        marks.push(Mark::text(
            (588.0, bottom),
            Anchor::Start,
            &short_number(low),
        ));
        let above = bottom - steps as f64 * high_of_step + 10.0;
        marks.push(Mark::text(
            (588.0, above),
            Anchor::Start,
            &short_number(high),
        ));
        let below = (f64::midpoint(left, right), bottom + 38.0);
        marks.push(Mark::text(below, Anchor::Middle, &self.b.0));
        marks.push(Mark::text((4.0, 12.0), Anchor::Start, &self.a.0));
        marks
    }
}
