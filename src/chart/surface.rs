//! The effect of two params together as a picture: cells by colour, and the runs on them.

use super::dots::Stop;
use super::marks::{Anchor, Mark};
use super::number::{axis_end, counted, grouped, shortened};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// The mean prediction along two params.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairSurface {
    /// The param along the side, with its marks.
    pub a: (String, Vec<(f64, String)>),
    /// The param along the top, with its marks.
    pub b: (String, Vec<(f64, String)>),
    /// What the cells along the side and along the top are called.
    #[serde(default)]
    pub cells: [Vec<String>; 2],
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
    /// How many runs lack one of both params, and so have no place here.
    #[serde(default)]
    pub lacking: usize,
}

/// The picture's width in units of its own.
pub const WIDTH: f64 = 640.0;
/// Its height.
pub const HEIGHT: f64 = 380.0;
/// Where its cells lie: left, right, top, bottom. Above stands what lies along the side, clear of the marks there.
const PLOT: (f64, f64, f64, f64) = (90.0, 500.0, 28.0, 336.0);
/// Where the legend's colours and its texts begin: on a phone, too, the texts end within the picture.
const KEY: (f64, f64) = (524.0, 546.0);
/// Steps of the colours' legend, and how high each is.
const STEPS: (usize, f64) = (40, 5.0);
/// Letters of a category's name at most, along the side and along the top, and about how wide one is.
const LONGEST: (usize, usize) = (12, 16);
const LETTER: f64 = 7.0;
/// How far texts below one another are apart at least.
const LINE: f64 = 14.0;

/// Those of some marks along an axis of this length that have as much room as they need: the first, and so on from there.
fn apart(marks: &[(f64, String)], length: f64, need: f64) -> Vec<&(f64, String)> {
    let mut kept: Vec<&(f64, String)> = Vec::new();
    for mark in marks {
        if kept
            .last()
            .is_none_or(|last| (mark.0 - last.0) * length >= need)
        {
            kept.push(mark);
        }
    }
    kept
}

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
        let mut all = counted(self.runs, "run");
        if self.lacking > 0 {
            all = format!(
                "{all}, without {} lacking one of the two",
                grouped(self.lacking)
            );
        }
        if self.points.len() < self.runs {
            format!("an even {} of {all}", grouped(self.points.len()))
        } else {
            all
        }
    }

    /// A cell, to which keys go: by row from below, then column.
    pub fn stop(&self, number: usize) -> Option<Stop> {
        let value = *self.values.get(number)?;
        let (left, right, top, bottom) = PLOT;
        let (rows, columns) = (self.rows.max(1), self.columns.max(1));
        let part = |at: usize, of: usize| (at as f64 + 0.5) / of as f64;
        let (row, column) = (number / columns, number % columns);
        let (up, along) = (part(row, rows), part(column, columns));
        let [of_a, of_b] = &self.cells;
        let (a, b) = (of_a.get(row)?, of_b.get(column)?);
        let value = axis_end(value, false);
        let mut text = format!(
            "{} {a}, {} {b}: mean prediction {value}",
            self.a.0, self.b.0
        );
        if let Some(spread) = self.spread.get(number) {
            let spread = axis_end(*spread, false);
            text = format!("{text}, which varies by {spread} when runs are drawn again");
        }
        Some(Stop {
            at: (left + along * (right - left), bottom - up * (bottom - top)),
            text,
        })
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
                cell((KEY.0, y), (16.0, 12.0), is_flat);
                marks.push(Mark::text((KEY.1, y - 2.0), Anchor::Start, text));
            }
        }
        if !hatch.is_empty() {
            marks.push(Mark::path("hatch", hatch));
        }
        for (a, b) in &self.points {
            let at = (left + b * (right - left), bottom - a * (bottom - top));
            marks.push(Mark::circle("run", at, 1.8));
        }
        let letters = self.b.1.iter().map(|(_, text)| text.chars().count());
        let letters = letters.max().unwrap_or(0).min(LONGEST.1);
        let need = LETTER * (letters as f64 + 1.0);
        for (place, text) in apart(&self.b.1, right - left, need) {
            let at = (left + place * (right - left), bottom + 18.0);
            marks.push(Mark::text(at, Anchor::Middle, &shortened(text, LONGEST.1)));
        }
        for (place, text) in apart(&self.a.1, bottom - top, LINE) {
            let at = (left - 8.0, bottom - place * (bottom - top) + 4.0);
            marks.push(Mark::text(at, Anchor::End, &shortened(text, LONGEST.0)));
        }
        let (steps, high_of_step) = STEPS;
        for step in 0..steps {
            let at = (KEY.0, bottom - (step + 1) as f64 * high_of_step);
            let part = step as f64 / (steps - 1) as f64;
            marks.push(Mark::cell(at, (16.0, high_of_step + 0.3), part));
        }
        marks.push(Mark::text(
            (KEY.1, bottom),
            Anchor::Start,
            &axis_end(low, false),
        ));
        let above = bottom - steps as f64 * high_of_step + 10.0;
        marks.push(Mark::text(
            (KEY.1, above),
            Anchor::Start,
            &axis_end(high, false),
        ));
        let below = (f64::midpoint(left, right), bottom + 38.0);
        marks.push(Mark::text(below, Anchor::Middle, &self.b.0));
        marks.push(Mark::text((4.0, 12.0), Anchor::Start, &self.a.0));
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::super::labels::WIDE_LETTER;
    use super::*;

    fn surface(spread: &[f64], points: usize, runs: usize) -> PairSurface {
        PairSurface {
            a: ("lr".to_owned(), Vec::new()),
            b: ("depth".to_owned(), Vec::new()),
            cells: [["0.01", "0.1"], ["8", "8 to 16"]]
                .map(|names| names.map(str::to_owned).to_vec()),
            rows: 2,
            columns: 2,
            values: vec![0.0, 1.0, 1.0, 10.0],
            spread: spread.to_vec(),
            points: vec![(0.5, 0.5); points],
            runs,
            lacking: 0,
        }
    }

    #[test]
    fn keys_go_from_cell_to_cell_and_say_its_values() {
        let of = surface(&[0.5, 2.5, 4.0, 5.0], 3, 3);
        let text = |number: usize| of.stop(number).unwrap().text;
        assert!(
            text(0).starts_with("lr 0.01, depth 8: mean prediction 0"),
            "{}",
            text(0)
        );
        assert!(text(3).contains("lr 0.1, depth 8 to 16: mean prediction 10"));
        assert!(text(3).ends_with("varies by 5 when runs are drawn again"));
        assert_eq!(of.stop(4), None);
        let (left, right, top, bottom) = PLOT;
        let quarter = |from: f64, to: f64| from + (to - from) / 4.0;
        assert_eq!(
            of.stop(0).unwrap().at,
            (quarter(left, right), quarter(bottom, top))
        );
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
    fn names_of_many_categories_are_told_as_far_as_there_is_room() {
        let names = |count: usize, name: &str| -> Vec<(f64, String)> {
            let place = |at: usize| (at as f64 + 0.5) / count as f64;
            (0..count)
                .map(|at| (place(at), format!("{name}{at:02}")))
                .collect()
        };
        let mut of = surface(&[], 3, 3);
        (of.a.1, of.b.1) = (names(40, "side"), names(40, "top"));
        let told = |of: &PairSurface, name: &str| {
            let marks = of.marks();
            marks
                .iter()
                .filter(|mark| mark.text.starts_with(name))
                .count()
        };
        // 308 units of height and 410 of width.
        assert_eq!((told(&of, "side"), told(&of, "top")), (20, 8));
        (of.a.1, of.b.1) = (names(4, "side"), names(4, "top"));
        assert_eq!((told(&of, "side"), told(&of, "top")), (4, 4));
        of.a.1 = vec![(0.5, "a name that is longer than its room".to_owned())];
        assert!(of.marks().iter().any(|mark| mark.text.contains('…')));
    }

    #[test]
    fn what_the_colours_mean_stands_within_the_picture() {
        for greatest in [0.123_456, 1234.567, -0.099_91, 1.2345e-7, -3.456e12] {
            let mut of = surface(&[4.0, 5.0, 4.0, 5.0], 3, 3);
            of.values = vec![greatest; 4];
            for mark in of.marks().iter().filter(|mark| mark.element == "text") {
                let x: f64 = mark.attribute("x").parse().unwrap();
                let wide = WIDE_LETTER * mark.text.chars().count() as f64;
                if mark.attribute("text-anchor") == "start" {
                    assert!(x + wide <= WIDTH, "{} at {x}", mark.text);
                }
            }
        }
    }

    #[test]
    fn dots_say_of_how_many_runs_they_are() {
        assert_eq!(surface(&[], 3, 3).told_points(), "3 runs");
        assert_eq!(
            surface(&[], 400, 1200).told_points(),
            "an even 400 of 1,200 runs"
        );
        let conditional = PairSurface {
            lacking: 1116,
            ..surface(&[], 124, 124)
        };
        assert_eq!(
            conditional.told_points(),
            "124 runs, without 1,116 lacking one of the two"
        );
    }
}
