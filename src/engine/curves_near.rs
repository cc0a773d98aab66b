//! The run that is pointed at among curves: by a hand the nearest line, by keys the next point.

use super::curves::{CurvePlace, CurveRun, CurveValue, CurveX};
use super::curves_drawn::{CurveRuns, Curves};
use super::curves_values::line;
use super::show::{run_name, short_number};
use crate::chart::axis::Axis;
use crate::chart::curve::{Envelope, Heights};
use crate::ledger::time::format_millis;
use crate::ledger::{History, number_text};

/// How near to a line one must point, in units of the page.
const REACH: f64 = 24.0;

impl Curves {
    /// The run at a place of the last picture.
    pub(super) fn run_at(&self, place: &CurvePlace, runs: CurveRuns<'_>) -> Option<CurveRun> {
        if self.version != runs.version {
            return None;
        }
        let (column, axis) = self.panels.get(place.panel)?;
        let history = runs.history(*column)?;
        let (low, high) = self.across.ends;
        let x = low + (place.x / self.question.width).clamp(0.0, 1.0) * (high - low);
        let has_points = |row: &usize| !history.range(*row).is_empty();
        let row = match (place.row, place.y) {
            (Some(row), _) => row,
            (None, Some(y)) => self.nearest(history, axis, (x, y), runs)?,
            (None, None) => {
                let best = runs.best().filter(has_points);
                best.or_else(|| runs.shown.ones().find(has_points))?
            }
        };
        let range = history.range(row);
        let at = self.point_near(history, row, x)?;
        let moved = at as i64 + i64::from(place.by);
        let at = moved.clamp(range.start as i64, range.end as i64 - 1) as usize;
        let x = self.across.place(history, row, at);
        let values = self.panels.iter().map(|(column, axis)| {
            let history = runs.history(*column)?;
            self.value(history, axis, row, x)
        });
        Some(CurveRun {
            row,
            name: run_name(runs.ledger, row),
            x: self.unit_of(x),
            x_text: self.x_text(x),
            values: values.collect(),
        })
    }

    /// How far from the left a place lies, in units of the page.
    fn unit_of(&self, x: f64) -> f64 {
        let (low, high) = self.across.ends;
        let part = if high > low {
            (x - low) / (high - low)
        } else {
            0.5
        };
        part * self.question.width
    }

    fn x_text(&self, x: f64) -> String {
        match self.across.is {
            CurveX::Step => format!("step {}", number_text(x)),
            CurveX::Relative => format!("{} {}", short_number(x), self.across.unit()),
            CurveX::Wall => format_millis(x as i64),
        }
    }

    /// The first of a run's points that is not before a place: their places go up within a run.
    fn first_from(&self, history: &History, row: usize, x: f64) -> usize {
        let (mut from, mut to) = (history.range(row).start, history.range(row).end);
        while from < to {
            let middle = from + (to - from) / 2;
            if self.across.place(history, row, middle) < x {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        from
    }

    /// The run's point that is nearest to a place.
    fn point_near(&self, history: &History, row: usize, x: f64) -> Option<usize> {
        let range = history.range(row);
        let after = self.first_from(history, row, x);
        let away = |at: usize| (self.across.place(history, row, at) - x).abs();
        let near = |at: &usize| range.contains(at) && away(*at).is_finite();
        let before = after.checked_sub(1).filter(near);
        match (before, Some(after).filter(near)) {
            (Some(before), Some(after)) => Some(if away(before) <= away(after) {
                before
            } else {
                after
            }),
            (before, after) => before.or(after),
        }
    }

    /// The shown run whose line is nearest to a place and a height in units of the page.
    fn nearest(
        &self,
        history: &History,
        axis: &Axis,
        (x, y): (f64, f64),
        runs: CurveRuns<'_>,
    ) -> Option<usize> {
        let at = self.unit_of(x);
        let mut found = None;
        let mut least = REACH;
        for row in runs.shown.ones() {
            let range = history.range(row);
            let after = self.first_from(history, row, x);
            let dot = |at: usize| {
                range.contains(&at).then_some(())?;
                let height = self.height(history, axis, row, at)?;
                let place = self.unit_of(self.across.place(history, row, at));
                place.is_finite().then_some((place, height))
            };
            let away = match (after.checked_sub(1).and_then(dot), dot(after)) {
                (Some(one), Some(two)) => {
                    let part = (at - one.0) / (two.0 - one.0).max(f64::MIN_POSITIVE);
                    (one.1 + part.clamp(0.0, 1.0) * (two.1 - one.1) - y).abs()
                }
                (Some(one), None) | (None, Some(one)) => libm::hypot(one.0 - at, one.1 - y),
                (None, None) => continue,
            };
            if away < least {
                (found, least) = (Some(row), away);
            }
        }
        found
    }

    /// How far below the upper edge a point lies; none where it cannot be drawn.
    fn height(&self, history: &History, axis: &Axis, row: usize, at: usize) -> Option<f64> {
        let value = self.smoothed(history, row, at);
        let is_drawn = value.is_finite() && (!self.question.set.log || value > 0.0);
        let heights = Heights::new(axis, self.question.height, 1.0);
        is_drawn.then(|| f64::from(heights.of(value)))
    }

    /// A point's value as it is drawn: what is far before or after does not count.
    fn smoothed(&self, history: &History, row: usize, at: usize) -> f64 {
        let smoothing = self.question.set.smoothing();
        if !smoothing.is_on() {
            return history.values[at];
        }
        let (range, (before, after)) = (history.range(row), smoothing.reach());
        let from = range.start.max(at.saturating_sub(before));
        let values = &history.values[from..range.end.min(at + after + 1)];
        let mut points: Vec<(f64, f64)> = values.iter().map(|value| (0.0, *value)).collect();
        smoothing.apply(&mut points);
        points[at - from].1
    }

    /// What a run has of a metric at a place, and its line.
    fn value(&self, history: &History, axis: &Axis, row: usize, x: f64) -> Option<CurveValue> {
        let at = self.point_near(history, row, x)?;
        let own = self.across.place(history, row, at);
        let raw = history.values[at];
        let mut text = number_text(raw);
        if self.question.set.smoothing().is_on() && raw.is_finite() {
            let smoothed = short_number(self.smoothed(history, row, at));
            text = format!("{smoothed} smoothed, {text} logged");
        }
        if own.total_cmp(&x).is_ne() {
            text = format!("{text} at {}", self.x_text(own));
        }
        let mut points = Vec::new();
        let log = self.question.set.log;
        let how = (self.question.set.smoothing(), log);
        line(&self.across, history, row, how, &mut points);
        let mut envelope = Envelope::default();
        let columns = self.question.width as usize;
        envelope.take(&points, self.across.ends, columns, log);
        let heights = Heights::new(axis, self.question.height, 1.0);
        let step = self.question.width / columns.max(1) as f64;
        let height = self.height(history, axis, row, at);
        Some(CurveValue {
            text,
            at: height.map(|height| (self.unit_of(own), height)),
            path: envelope.path(heights, step),
        })
    }
}
