//! How numbers lie by category: a box with whiskers for each or a violin, its median with the interval of it, and its runs
//! below.

use super::axis::{Axis, inside};
use super::band::path;
use super::dots::{RunDot, paths};
use super::labels::{Below, WIDE_LETTER};
use super::marks::{Anchor, Mark};
use super::number::{grouped, shortened};
use crate::analysis::order_statistics::BoxSummary;
use serde::{Deserialize, Serialize};

/// The picture's width in units of its own.
pub const WIDTH: f64 = 640.0;
/// Where numbers lie: left, right; before are the names, behind the counts.
const PLOT: (f64, f64) = (150.0, 522.0);
/// Height of a line, and of what is below all.
const LINE: (f64, f64) = (46.0, 26.0);
/// How far below a line's top the middle of its box is, and that of its runs.
const BOX: f64 = 14.0;
const RUNS: f64 = 33.0;
/// Half the height of a box, and of its runs.
const HALF: f64 = 8.0;
/// Half the height of a violin where it is widest.
const VIOLIN: f64 = 11.0;
/// Letters of a name at most.
const LONGEST: usize = 20;

/// Numbers by category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Boxes {
    /// Where numbers lie; what is beyond its ends is drawn at them.
    pub axis: Axis,
    /// Whether outlines of densities are drawn, where lines have some, and not boxes.
    pub are_violins: bool,
    /// A line each.
    pub lines: Vec<BoxLine>,
    /// Runs, line by line and there by their number.
    pub dots: Vec<RunDot>,
}

/// One category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoxLine {
    /// What it is.
    pub name: String,
    /// How many runs are in it, those without a finite number too.
    pub of: usize,
    /// What its numbers are like; nothing where none is finite.
    pub summary: Option<BoxSummary>,
    /// Where its violin begins and ends along the axis, 0 to 1, and how wide it is at even places between them.
    pub outline: Option<((f64, f64), Vec<f32>)>,
}

impl BoxLine {
    /// Of how many numbers it is.
    pub fn count(&self) -> usize {
        self.summary.map_or(0, |summary| summary.count)
    }
}

/// Where a number lies along an axis that ends at `ends`; beyond its ends at them.
fn along(axis: &Axis, x: f64, ends: (f64, f64)) -> f64 {
    ends.0 + inside(axis.place(x)) * (ends.1 - ends.0)
}

/// Where a run lies: with a number, in a line, so far aside as `jitter` says, -1 to 1.
pub fn place(axis: &Axis, line: usize, x: f64, jitter: f64) -> (f64, f64) {
    let y = LINE.0 * line as f64 + RUNS + jitter * HALF;
    (along(axis, x, PLOT), y)
}

impl Boxes {
    /// The picture's height.
    pub fn height(&self) -> f64 {
        LINE.0 * self.lines.len() as f64 + LINE.1
    }

    /// The picture.
    pub fn marks(&self) -> Vec<Mark> {
        let left = PLOT.0;
        let bottom = LINE.0 * self.lines.len() as f64;
        let texts = Below {
            ends: PLOT,
            bounds: (0.0, WIDTH),
            line: (0.0, bottom + 4.0),
            base: bottom + 18.0,
            letter: WIDE_LETTER,
        };
        let mut marks = texts.marks(self.axis.marks());
        marks.extend(paths("dots plain", &self.dots));
        for (at, line) in self.lines.iter().enumerate() {
            let y = LINE.0 * at as f64 + BOX;
            let name = shortened(&line.name, LONGEST);
            marks.push(Mark::text((left - 10.0, y + 4.0), Anchor::End, &name));
            let counts = format!("{} of {}", grouped(line.count()), grouped(line.of));
            // At the edge, which the larger letters of a phone must not cross.
            marks.push(Mark::text((WIDTH, y + 4.0), Anchor::End, &counts));
            let Some(of) = &line.summary else {
                continue;
            };
            let x = |x: f64| along(&self.axis, x, PLOT);
            let (low, high) = (x(of.quartiles.0), x(of.quartiles.1));
            if self.are_violins {
                marks.extend(line.outline.as_ref().map(|outline| violin(outline, y)));
                for end in [low, high] {
                    marks.push(Mark::line("zero", (end, y - HALF), (end, y + HALF)));
                }
                marks.extend(middle(of, &x, y));
                continue;
            }
            for (from, to) in [(x(of.whiskers.0), low), (high, x(of.whiskers.1))] {
                marks.push(Mark::line("zero", (from, y), (to, y)));
            }
            for end in [x(of.whiskers.0), x(of.whiskers.1)] {
                marks.push(Mark::line("zero", (end, y - 4.0), (end, y + 4.0)));
            }
            let size = ((high - low).max(1.0), 2.0 * HALF);
            marks.push(Mark::rect("box", (low, y - HALF), size));
            marks.extend(middle(of, &x, y));
        }
        marks
    }
}

/// The interval of a median, and the median.
fn middle(of: &BoxSummary, x: &dyn Fn(f64) -> f64, y: f64) -> Vec<Mark> {
    let interval = of.interval.map(|(low, high)| (x(low), x(high)));
    let interval = interval.map(|(low, high)| Mark::line("line", (low, y), (high, y)));
    let at = x(of.median);
    let median = Mark::line("line", (at, y - HALF), (at, y + HALF));
    interval.into_iter().chain([median]).collect()
}

/// A violin around a height: its one side there, the other back.
fn violin(((low, high), widths): &((f64, f64), Vec<f32>), y: f64) -> Mark {
    let last = widths.len().saturating_sub(1).max(1) as f64;
    let at = |place: usize, side: f64| {
        let part = low + (high - low) * (place as f64 / last);
        let wide = f64::from(widths.get(place).copied().unwrap_or(0.0));
        (PLOT.0 + part * (PLOT.1 - PLOT.0), y + side * VIOLIN * wide)
    };
    let there = (0..widths.len()).map(|place| at(place, -1.0));
    let back = (0..widths.len()).rev().map(|place| at(place, 1.0));
    let mut d = path(&there.chain(back).collect::<Vec<_>>());
    d.push('z');
    Mark::path("box", d)
}

#[cfg(test)]
mod tests {
    use super::super::axis::tests::numbers;
    use super::*;

    #[test]
    fn each_category_has_its_box_between_its_whiskers_and_its_runs_below() {
        let sorted: Vec<f64> = (0..=100).map(f64::from).collect();
        let axis = numbers(0.0, 50.0, false);
        let (x, y) = place(&axis, 1, 25.0, -1.0);
        let boxes = Boxes {
            are_violins: false,
            lines: vec![
                BoxLine {
                    name: "x".repeat(80),
                    of: 120,
                    summary: BoxSummary::new(&sorted),
                    outline: Some(((0.0, 0.5), vec![0.0, 1.0, 0.0])),
                },
                BoxLine {
                    name: "no number".to_owned(),
                    of: 3,
                    summary: None,
                    outline: None,
                },
            ],
            dots: vec![RunDot {
                x: x as f32,
                y: y as f32,
                part: 0.0,
                row: 0,
            }],
            axis,
        };
        let marks = boxes.marks();
        let of = |class: &str| -> Vec<&Mark> {
            let has = |mark: &&Mark| mark.attributes[0].1 == class;
            marks.iter().filter(has).collect()
        };
        let number = |mark: &Mark, at: usize| -> f64 { mark.attributes[at].1.parse().unwrap() };
        let found = of("box")[0];
        // The quartiles are 25 and 75; the axis ends at 50.
        assert!((number(found, 1) - 336.0).abs() < 0.1 && (number(found, 3) - 186.0).abs() < 0.1);
        assert_eq!(
            (of("box").len(), of("zero").len(), of("line").len()),
            (1, 4, 2)
        );
        let texts: Vec<&str> = marks.iter().map(|mark| mark.text.as_str()).collect();
        assert!(texts.contains(&"101 of 120") && texts.contains(&"0 of 3"));
        // It begins right of the boxes in a phone's letters too, and ends at the edge.
        let counts = marks.iter().find(|mark| mark.text == "101 of 120").unwrap();
        assert_eq!(counts.attribute("text-anchor"), "end");
        assert!(WIDTH - WIDE_LETTER * 10.0 > PLOT.1);
        assert!(texts.iter().all(|text| text.chars().count() <= LONGEST));
        assert!((x - 336.0).abs() < 0.1 && y > LINE.0 && y < boxes.height());
        // As violins: an outline of both sides around the same median, with its quartiles.
        let violins = Boxes {
            are_violins: true,
            ..boxes
        };
        let marks = violins.marks();
        let of = |class: &str| -> Vec<&Mark> {
            let has = |mark: &&Mark| mark.attributes[0].1 == class;
            marks.iter().filter(has).collect()
        };
        assert_eq!(
            (of("box").len(), of("zero").len(), of("line").len()),
            (1, 2, 2)
        );
        assert_eq!(
            of("box")[0].attribute("d"),
            "M150.0 14.0L243.0 3.0L336.0 14.0L336.0 14.0L243.0 25.0L150.0 14.0z"
        );
    }
}
