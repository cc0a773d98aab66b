//! A param's effect as a picture: the mean prediction along its values with its spread, and the runs behind.

use super::band::{band, path};
use super::marks::{Anchor, Mark};
use super::number::short_number;
use super::scale::{Linear, ticks};
use serde::{Deserialize, Serialize};

/// The mean prediction along one param.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParamEffect {
    /// The param.
    pub name: String,
    /// Whether its values have an order; else bins are categories.
    pub is_ordered: bool,
    /// Whether its axis is logarithmic.
    pub is_log: bool,
    /// Marks of its axis: unit place and text.
    pub marks: Vec<(f64, String)>,
    /// Stretches of the axis.
    pub bins: Vec<EffectBin>,
    /// Runs: unit place and objective.
    pub points: Vec<(f64, f64)>,
    /// How many runs there are.
    pub runs: usize,
    /// What it comes to, a sentence each.
    pub words: Vec<String>,
}

/// A stretch of a param's axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffectBin {
    /// Where it begins on the unit axis.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Its values.
    pub label: String,
    /// The mean prediction.
    pub value: f64,
    /// 10 % quantile over resampled runs.
    pub low: Option<f64>,
    /// 90 % quantile over resampled runs.
    pub high: Option<f64>,
    /// Whether it is within noise of the best.
    pub is_good: bool,
}

/// The picture's width in units of its own.
pub const WIDTH: f64 = 640.0;
/// Its height.
pub const HEIGHT: f64 = 260.0;
/// Where its axes lie: left, right, top, bottom.
const PLOT: (f64, f64, f64, f64) = (64.0, 628.0, 12.0, 222.0);

impl ParamEffect {
    /// The picture, and how many runs lie beyond its ends: far outliers would flatten the rest.
    pub fn marks(&self) -> (Vec<Mark>, usize) {
        let (left, right, top, bottom) = PLOT;
        let (low, high) = self.bounds();
        let across = Linear::new((0.0, 1.0), (left, right));
        let up = Linear::new((low, high), (bottom, top));
        let mut marks = Vec::new();
        for mark in ticks(low, high, 4) {
            let y = up.place(mark);
            marks.push(Mark::line("grid", (left, y), (right, y)));
            marks.push(Mark::text(
                (left - 8.0, y + 4.0),
                Anchor::End,
                &short_number(mark),
            ));
        }
        for (place, text) in &self.marks {
            let x = across.place(*place);
            marks.push(Mark::line("grid", (x, bottom), (x, bottom + 5.0)));
            marks.push(Mark::text((x, bottom + 20.0), Anchor::Middle, text));
        }
        let is_inside = |value: f64| (low..=high).contains(&value);
        let inside = self.points.iter().filter(|(_, value)| is_inside(*value));
        marks.extend(inside.map(|(place, value)| {
            Mark::circle("run", (across.place(*place), up.place(*value)), 2.0)
        }));
        let middle = |bin: &EffectBin| across.place(f64::midpoint(bin.from, bin.to));
        if self.is_ordered {
            let spread =
                |bin: &EffectBin| Some((middle(bin), up.place(bin.low?), up.place(bin.high?)));
            let line = |bin: &EffectBin| (middle(bin), up.place(bin.value));
            let spread: Vec<(f64, f64, f64)> = self.bins.iter().filter_map(spread).collect();
            marks.push(Mark::path("band", band(&spread)));
            marks.push(Mark::path(
                "line",
                path(&self.bins.iter().map(line).collect::<Vec<_>>()),
            ));
        } else {
            for bin in &self.bins {
                let x = middle(bin);
                if let (Some(low), Some(high)) = (bin.low, bin.high) {
                    marks.push(Mark::line("line", (x, up.place(low)), (x, up.place(high))));
                }
                marks.push(Mark::circle("mean", (x, up.place(bin.value)), 5.0));
            }
        }
        for bin in self.bins.iter().filter(|bin| bin.is_good) {
            let (from, to) = (across.place(bin.from), across.place(bin.to));
            marks.push(Mark::rect("good", (from, bottom), (to - from, 4.0)));
        }
        let below = (f64::midpoint(left, right), HEIGHT - 2.0);
        marks.push(Mark::text(below, Anchor::Middle, &self.name));
        let outside = self
            .points
            .iter()
            .filter(|(_, value)| !is_inside(*value))
            .count();
        (marks, outside)
    }

    /// From the least to the greatest that is drawn: all of the prediction, and the runs but for far outliers.
    fn bounds(&self) -> (f64, f64) {
        let ends = |bin: &EffectBin| [Some(bin.value), bin.low, bin.high];
        let predicted: Vec<f64> = self.bins.iter().flat_map(ends).flatten().collect();
        let mut values: Vec<f64> = self.points.iter().map(|(_, value)| *value).collect();
        values.sort_by(f64::total_cmp);
        let quantile = |part: f64| {
            let place = (values.len().max(1) - 1) as f64 * part;
            values.get(place as usize).copied()
        };
        let fold = |start: f64, of: fn(f64, f64) -> f64| predicted.iter().copied().fold(start, of);
        let low = fold(quantile(0.02).unwrap_or(f64::INFINITY), f64::min);
        let high = fold(quantile(0.98).unwrap_or(f64::NEG_INFINITY), f64::max);
        let room = (high - low).max(f64::MIN_POSITIVE) * 0.05;
        (low - room, high + room)
    }
}
