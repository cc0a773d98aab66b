//! The effect of two params together as a picture: cells by colour, and the runs on them.

use super::marks::{Anchor, Mark};
use super::number::{counted, grouped, short_number, shortened};
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
    /// Runs, of more an even part: place along the side, along the top.
    pub points: Vec<(f64, f64)>,
    /// How many there are of them.
    pub runs: usize,
}

/// The picture's width in units of its own.
pub const WIDTH: f64 = 640.0;
/// Its height.
pub const HEIGHT: f64 = 380.0;
/// Where its cells lie: left, right, top, bottom.
const PLOT: (f64, f64, f64, f64) = (90.0, 540.0, 12.0, 336.0);
/// How wide a letter is, about.
const LETTER: f64 = 6.5;
/// How many letters a mark at the side has at most: as many as there is room for.
const LONGEST: usize = 12;
/// How many a number may have.
const NUMBER: usize = 9;
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

    /// From which spread on it is crossed: the standard deviation of the predictions themselves. What is less sure than they
    /// differ may as well be flat.
    pub fn flat_from(&self) -> f64 {
        let count = self.values.len().max(1) as f64;
        let mean = self.values.iter().sum::<f64>() / count;
        let squares = self
            .values
            .iter()
            .map(|value| (value - mean) * (value - mean));
        libm::sqrt(squares.sum::<f64>() / count).max(self.unsure_from())
    }

    /// Which part of the cells has a greater spread.
    pub fn beyond(&self, limit: f64) -> f64 {
        let beyond = self.spread.iter().filter(|spread| **spread > limit);
        beyond.count() as f64 / self.values.len().max(1) as f64
    }

    /// What the dots are, in words.
    pub fn told_points(&self) -> String {
        let all = counted(self.runs, "run");
        if self.points.len() < self.runs {
            format!("an even {} of {all}", grouped(self.points.len()))
        } else {
            all
        }
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
        // Slanting lines through unsure cells, and others across them where it may as well be flat: one path for all.
        let mut hatch = String::new();
        let (unsure, flat) = (self.unsure_from(), self.flat_from());
        // Writing to a String cannot fail.
        let mut cell = |(x, y): (f64, f64), (wide, tall): (f64, f64), is_flat: bool| {
            let _written = write!(hatch, "M{x:.1} {y:.1}l{wide:.1} {:.1}", -tall);
            if is_flat {
                let _written = write!(hatch, "M{x:.1} {:.1}l{wide:.1} {tall:.1}", y - tall);
            }
        };
        for (number, spread) in self.spread.iter().enumerate() {
            if *spread > unsure {
                let (row, column) = (number / self.columns, number % self.columns);
                let at = (left + column as f64 * wide, bottom - row as f64 * tall);
                cell(at, (wide, tall), *spread > flat);
            }
        }
        let legend = [(70.0, unsure, "unsure", false), (94.0, flat, "flat?", true)];
        for (y, limit, text, is_flat) in legend {
            if self.beyond(limit) > 0.0 {
                cell((566.0, y), (16.0, 12.0), is_flat);
                marks.push(Mark::text((588.0, y - 2.0), Anchor::Start, text));
            }
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
            let room = (right - left) / self.b.1.len() as f64;
            let text = shortened(text, ((room / LETTER) as usize).max(NUMBER));
            marks.push(Mark::text(at, Anchor::Middle, &text));
        }
        for (place, text) in &self.a.1 {
            let at = (left - 8.0, bottom - place * (bottom - top) + 4.0);
            let text = shortened(text, LONGEST);
            marks.push(Mark::text(at, Anchor::End, &text));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_categories_stay_inside_and_numbers_whole() {
        let mark = |text: &str| (0.5, text.to_owned());
        let long = "adamw-cosine-warmup-5000-steps";
        let mut of = surface(&[], 0, 0);
        of.a.1 = vec![mark(long), mark("-1.234e-5")];
        of.b.1 = vec![mark(long); 9];
        of.b.1.push(mark("-1.234e-5"));
        let marks = of.marks();
        let texts: Vec<&str> = marks.iter().map(|mark| mark.text.as_str()).collect();
        assert!(texts.contains(&"adamw-…steps"), "{texts:?}");
        assert_eq!(texts.iter().filter(|text| **text == "-1.234e-5").count(), 2);
        assert!(texts.iter().all(|text| text.chars().count() <= LONGEST));
    }

    fn surface(spread: &[f64], points: usize, runs: usize) -> PairSurface {
        PairSurface {
            a: ("lr".to_owned(), Vec::new()),
            b: ("depth".to_owned(), Vec::new()),
            rows: 2,
            columns: 2,
            values: vec![0.0, 1.0, 1.0, 10.0],
            spread: spread.to_vec(),
            points: vec![(0.5, 0.5); points],
            runs,
        }
    }

    #[test]
    fn what_is_unsure_is_hatched_and_what_may_be_flat_crossed() {
        // A fifth of 10 is 2; the predictions' own standard deviation is 4.06.
        let of = surface(&[0.5, 2.5, 4.0, 5.0], 3, 3);
        assert_eq!((of.unsure_from(), of.beyond(of.unsure_from())), (2.0, 0.75));
        assert!((of.flat_from() - 4.062).abs() < 1e-3, "{}", of.flat_from());
        assert_eq!(of.beyond(of.flat_from()), 0.25);
        let marks = of.marks();
        let hatch = marks.iter().find(|mark| mark.attribute("class") == "hatch");
        // Three cells and one across, and the same of the legend.
        let lines = hatch.unwrap().attribute("d").matches('M').count();
        assert_eq!(lines, 4 + 3);
        let says = |of: &PairSurface, text: &str| of.marks().iter().any(|mark| mark.text == text);
        assert!(says(&of, "unsure") && says(&of, "flat?"));
        let sure = surface(&[0.5; 4], 3, 3);
        assert!(!says(&sure, "unsure") && !says(&sure, "flat?"));
        assert!(!says(&surface(&[3.0; 4], 3, 3), "flat?"));
    }

    #[test]
    fn dots_say_of_how_many_runs_they_are() {
        assert_eq!(surface(&[], 3, 3).told_points(), "3 runs");
        assert_eq!(
            surface(&[], 400, 1200).told_points(),
            "an even 400 of 1,200 runs"
        );
    }
}
