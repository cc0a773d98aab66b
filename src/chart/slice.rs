//! A metric over one param, small enough to stand beside others: a dot a run, coloured by the order of the runs.
//!
//! What has no value on an axis lies in a lane beside it, one for each reason.

use super::absence::{LaneSize, Lanes};
use super::axis::{Axis, inside};
use super::dots::{RunDot, paths};
use super::labels::{Below, beside};
use super::marks::Mark;
use super::number::{shortened, time_ends};
use crate::ledger::ColumnId;
use serde::{Deserialize, Serialize};

/// The picture's width in units of its own.
pub const WIDTH: f64 = 300.0;
/// Its height.
pub const HEIGHT: f64 = 190.0;
/// Where its axes lie: left, right, top, bottom.
const PLOT: (f64, f64, f64, f64) = (52.0, 296.0, 6.0, 168.0);
/// How far dots stay from the plot's edges.
const PAD: f64 = 6.0;
/// How wide a lane is in which dots without a value lie, and one of several whose names stand beside one another.
const LANE: f64 = 18.0;
const NAMED_LANE: f64 = 34.0;
/// How high one is: its name stands clear of the mark at the axis' end.
const HIGH_LANE: f64 = 24.0;
/// How far texts of the vertical axis stand apart.
const APART: f64 = 13.0;
/// About how wide a letter of a label is.
const LETTER: f64 = 6.6;
/// Letters of a value that tell it from others, however many there are: few values are named then.
const TELLING: usize = 8;

/// The axes of a slice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SliceAxes {
    /// Along.
    pub x: Axis,
    /// Up; what lies beyond its ends is drawn at them.
    pub y: Axis,
    /// The dots without a value along, and up.
    pub lanes: [Lanes; 2],
}

/// A metric over one param.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// The param's name.
    pub name: String,
    /// Its column.
    pub column: ColumnId,
    /// Its axes.
    pub axes: SliceAxes,
    /// A dot a run, in the order of their places along.
    pub dots: Vec<RunDot>,
    /// The best run, by its place among the dots.
    pub best: Option<usize>,
    /// Of how many runs it is, and what is left out.
    pub words: String,
}

impl SliceAxes {
    /// Where a run lies: by the part of the axis along, and by the number up; in the lanes by why there is none.
    pub fn at(&self, along: f64, up: f64) -> (f64, f64) {
        let (left, right, top, bottom) = self.inside();
        let [x, y] = self.lane_sizes();
        (
            self.lanes[0].at(along, inside(along), (left, right), x),
            self.lanes[1].at(up, inside(self.y.place(up)), (bottom, top), y),
        )
    }

    fn lane_sizes(&self) -> [LaneSize; 2] {
        let wide = if self.lanes[0].before() > 1 {
            NAMED_LANE
        } else {
            LANE
        };
        [wide, HIGH_LANE].map(|wide| LaneSize { pad: PAD, wide })
    }

    /// Where values lie: left, right, top, bottom.
    fn inside(&self) -> (f64, f64, f64, f64) {
        let (left, right, top, bottom) = PLOT;
        let [x, y] = self.lane_sizes();
        let (left, right) = self.lanes[0].inner((left, right), x);
        let (bottom, top) = self.lanes[1].inner((bottom, top), y);
        (left, right, top, bottom)
    }

    fn marks(&self) -> Vec<Mark> {
        let (left, right, top, bottom) = PLOT;
        let (low, high, above, below) = self.inside();
        let [x, y] = self.lane_sizes();
        let mut marks = beside(self.y.marks(), (below, above), (left, right), APART);
        let along = match &self.x {
            // Times are long: there is room for the ends.
            Axis::Numbers {
                low,
                high,
                time: true,
                ..
            } => [0.0, 1.0].into_iter().zip(time_ends(*low, *high)).collect(),
            axis => axis.marks(),
        };
        let letters = (high - low) / along.len().max(1) as f64 / LETTER;
        let short = |(part, text): (f64, String)| match &self.x {
            Axis::Values { .. } => (
                part,
                shortened(&text, (letters as usize).max(TELLING + 1) - 1),
            ),
            Axis::Numbers { .. } => (part, text),
        };
        let texts = Below {
            ends: (low, high),
            // Beside the first and the last stands what the lane is.
            bounds: self.lanes[0].bounds((low, high), x, LETTER, WIDTH),
            line: (bottom, bottom + 4.0),
            base: bottom + 17.0,
            letter: LETTER,
        };
        let mut texts = texts.marks(along.into_iter().map(short).collect());
        if matches!(&self.x, Axis::Values { rest, .. } if *rest > 0) {
            // How many values are in the last step stays where larger letters of a saved picture leave no room for all.
            texts.rotate_right(1);
        }
        marks.extend(texts);
        let [along, up] = self.lanes;
        marks.extend(along.marks((low, high), x, true, (top, bottom), bottom + 17.0));
        marks.extend(up.marks((below, above), y, false, (left, right), left - 5.0));
        marks
    }
}

impl Slice {
    /// The picture.
    pub fn marks(&self) -> Vec<Mark> {
        let mut marks = self.axes.marks();
        marks.extend(paths("dots", &self.dots));
        let best = self.best.and_then(|place| self.dots.get(place));
        marks.extend(best.map(|dot| Mark::circle("ring", dot.at(), 5.0)));
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::super::absence::MISSING;
    use super::super::axis::tests::numbers;
    use super::super::svg::{Chart, Plate, Style, svg};
    use super::*;

    /// One with a lane of each kind along, and one up.
    fn slice(x: Axis, y: Axis) -> Slice {
        let odd = [MISSING, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        let lanes = [4, 1].map(|count| Lanes::of(&mut odd.into_iter().take(count)));
        let axes = SliceAxes { x, y, lanes };
        let dot = |row: u32| {
            let (x, y) = axes.at(f64::from(row) / 4.0, f64::from(row));
            RunDot {
                x: x as f32,
                y: y as f32,
                part: row as f32 / 4.0,
                row,
            }
        };
        Slice {
            name: "lr".to_owned(),
            column: ColumnId(0),
            dots: (0..5).map(dot).collect(),
            best: Some(1),
            words: String::new(),
            axes,
        }
    }

    #[test]
    fn every_run_lies_in_the_plot_or_in_a_lane() {
        arbtest::arbtest(|u| {
            let (low, high, along, up): (f64, f64, f64, f64) = u.arbitrary()?;
            let (low, high) = (low.min(high), low.max(high));
            if low.is_finite() && high.is_finite() {
                let slice = slice(numbers(low, high, low > 0.0), numbers(low, high, false));
                let (x, y) = slice.axes.at(along, up);
                assert!((PLOT.0..=PLOT.1).contains(&x) && (PLOT.2..=PLOT.3).contains(&y));
            }
            Ok(())
        });
    }

    #[test]
    fn labels_do_not_stand_on_one_another() {
        let values = Axis::Values {
            values: (0..12).map(|at| format!("a long category {at}")).collect(),
            rest: 288,
        };
        let slice = slice(values, numbers(0.0, 4.0, false));
        let marks = slice.marks();
        let place = |mark: &Mark| -> f64 { mark.attributes[1].1.parse().unwrap() };
        let below = marks
            .iter()
            .filter(|mark| mark.element == "text" && mark.attributes[2].1.starts_with("185"));
        // From where to where each goes.
        let span = |mark: &Mark| {
            let wide = LETTER * mark.text.chars().count() as f64;
            let part = match mark.attribute("text-anchor") {
                "start" => 0.0,
                "end" => 1.0,
                _ => 0.5,
            };
            let from = place(mark) - part * wide;
            (from, from + wide)
        };
        let mut below: Vec<(f64, f64)> = below.map(span).collect();
        order::by(&mut below, |a, b| a.0.total_cmp(&b.0));
        // The lanes have theirs, and of the values one at least: how many share the last step.
        assert!(below.len() > 4, "{below:?}");
        assert!(marks.iter().any(|mark| mark.text == "288 more"));
        for pair in below.windows(2) {
            assert!(pair[1].0 >= pair[0].1 - 0.1, "{below:?}");
        }
        // It stays where the picture is saved, in letters of any size.
        for text in [8.0, 12.0, 16.0, 24.0] {
            let chart = Chart {
                size: (WIDTH, HEIGHT),
                marks: marks.clone(),
                ..Chart::default()
            };
            let plate = Plate {
                charts: vec![chart],
                ..Plate::default()
            };
            let style = Style {
                text,
                ..Style::default()
            };
            assert!(svg(&plate, &style).0.contains(">288 more<"), "{text}");
        }
        let of = |class: &str| {
            let has = |mark: &&Mark| mark.attributes[0].1 == class;
            marks.iter().filter(has).count()
        };
        assert_eq!((of("zero"), of("ring"), of("dots")), (5, 1, 5));
    }
}
