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
        let is_paired = self.across.is_paired();
        let (row, at) = match (place.row, place.y) {
            (None, Some(y)) if is_paired => {
                self.nearest_paired((history, runs), axis, (place.x, y))?
            }
            (row, y) => {
                let row = match (row, y) {
                    (Some(row), _) => Some(row).filter(|row| runs.shown.get(*row))?,
                    (None, Some(y)) => self.nearest(history, axis, (x, y), runs)?,
                    (None, None) => {
                        let best = runs.best().filter(has_points);
                        best.or_else(|| runs.shown.ones().find(has_points))?
                    }
                };
                let along = place.step.or((!is_paired).then_some(x));
                let near = match along {
                    Some(along) => self.point_near(history, row, along)?,
                    None => history.range(row).start,
                };
                (row, self.moved((history, runs), row, near, place.by)?)
            }
        };
        let along = self.across.along(history, row, at);
        let x = self.across.place((history, runs), row, at);
        let values = self.panels.iter().map(|(column, axis)| {
            let history = runs.history(*column)?;
            self.value((history, runs), axis, row, along)
        });
        let mut x_text = self.x_text(along);
        if is_paired {
            let was = self.across.partner((history, runs), row, along);
            x_text = format!("{} {}, {x_text}", self.across.title(), number_text(was));
        }
        Some(CurveRun {
            row,
            name: run_name(runs.ledger, row),
            x: self.unit_of(x),
            step: along,
            x_text,
            values: values.collect(),
        })
    }

    /// The point so many after one, of those that have a place; of several at a step the last counts.
    fn moved(
        &self,
        (history, runs): (&History, CurveRuns<'_>),
        row: usize,
        at: usize,
        by: i32,
    ) -> Option<usize> {
        let range = history.range(row);
        let along = |at: usize| self.across.along(history, row, at);
        let is_stop = |at: &usize| {
            let has_same = range.contains(&(at + 1)) && along(at + 1) <= along(*at);
            let place = || self.across.place((history, runs), row, *at);
            !has_same && (!self.across.is_paired() || place().is_finite())
        };
        let stops: Vec<usize> = range.clone().filter(is_stop).collect();
        let now = stops.partition_point(|stop| *stop < at);
        let moved = (now as i64 + i64::from(by)).max(0) as usize;
        stops.get(moved.min(stops.len().checked_sub(1)?)).copied()
    }

    /// The shown run whose line is nearest to a place in units of the page, and its point that is: a line that turns back is
    /// looked at whole.
    fn nearest_paired(
        &self,
        (history, runs): (&History, CurveRuns<'_>),
        axis: &Axis,
        place: (f64, f64),
    ) -> Option<(usize, usize)> {
        let heights = Heights::new(axis, self.question.height, 1.0);
        let log = self.question.set.is_positive();
        let away = |(x, y): (f64, f64)| libm::hypot(x - place.0, y - place.1);
        let mut points = Vec::new();
        let mut found = None;
        let mut least = REACH;
        for row in runs.shown.ones() {
            let range = history.range(row);
            let Some(mut partners) = self.across.partners((history, runs), row) else {
                continue;
            };
            self.across.points(history, row, range.clone(), &mut points);
            self.question.set.smoothing().apply(&mut points);
            let mut before: Option<(f64, f64)> = None;
            let (mut of_line, mut of_point) = (f64::INFINITY, (f64::INFINITY, range.start));
            for (at, (step, value)) in range.zip(&points) {
                let Some(x) = partners.at(*step).map(|x| self.across.place_of(x)) else {
                    continue;
                };
                if !x.is_finite() || !value.is_finite() || (log && *value <= 0.0) {
                    before = None;
                    continue;
                }
                let dot = (self.unit_of(x), f64::from(heights.of(*value)));
                let own = away(dot);
                if own < of_point.0 {
                    of_point = (own, at);
                }
                of_line = of_line.min(own);
                if let Some(from) = before {
                    of_line = of_line.min(away(foot(from, dot, place)));
                }
                before = Some(dot);
            }
            if of_line < least {
                (found, least) = (Some((row, of_point.1)), of_line);
            }
        }
        found
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

    /// A place along the axis, in words.
    pub(super) fn told_at(&self, place: f64) -> String {
        if self.across.is_paired() {
            let value = short_number(self.across.value_of(place));
            return format!("{} {value}", self.across.title());
        }
        self.x_text(place)
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
            if self.across.along(history, row, middle) < x {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        from
    }

    /// The run's point that is nearest to a place; where a metric runs along the axis, to a step.
    fn point_near(&self, history: &History, row: usize, x: f64) -> Option<usize> {
        let range = history.range(row);
        let mut after = self.first_from(history, row, x);
        // Of several at a step the last counts.
        while range.contains(&(after + 1)) && self.across.along(history, row, after + 1) <= x {
            after += 1;
        }
        let away = |at: usize| (self.across.along(history, row, at) - x).abs();
        let near = |at: &usize| range.contains(at) && away(*at).is_finite();
        let before = after.checked_sub(1).filter(near);
        match (before, Some(after).filter(near)) {
            // One at the place itself is the last of its step; the one before it may be of the same.
            (Some(before), Some(after)) => {
                let is_before = away(after) > 0.0 && away(before) <= away(after);
                Some(if is_before { before } else { after })
            }
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
                let place = self.unit_of(self.across.along(history, row, at));
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
        let is_drawn = value.is_finite() && (!self.question.set.is_positive() || value > 0.0);
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

    /// What a run has of a metric at a place or, where a metric runs along the axis, at a step, and its line.
    fn value(
        &self,
        (history, runs): (&History, CurveRuns<'_>),
        axis: &Axis,
        row: usize,
        x: f64,
    ) -> Option<CurveValue> {
        let at = self.point_near(history, row, x)?;
        let own = self.across.along(history, row, at);
        let raw = history.values[at];
        let mut text = short_number(raw);
        if self.question.set.smoothing().is_on() && raw.is_finite() {
            let smoothed = short_number(self.smoothed(history, row, at));
            text = format!("{smoothed} smoothed, {text} logged");
        }
        if own.total_cmp(&x).is_ne() {
            text = format!("{text} at {}", self.x_text(own));
        }
        let mut points = Vec::new();
        let log = self.question.set.is_positive();
        let how = (self.question.set.smoothing(), log);
        line(&self.across, (history, runs), row, how, &mut points);
        let mut envelope = Envelope::default();
        let columns = self.question.width as usize;
        envelope.take(&points, self.across.ends, columns, log);
        let heights = Heights::new(axis, self.question.height, 1.0);
        let step = self.question.width / columns.max(1) as f64;
        let place = self.across.place((history, runs), row, at);
        let height = self.height(history, axis, row, at);
        let height = height.filter(|_| place.is_finite());
        Some(CurveValue {
            text,
            at: height.map(|height| (self.unit_of(place), height)),
            path: envelope.path(heights, step),
        })
    }
}

/// The place on a straight line between two places that is nearest to a third.
fn foot(from: (f64, f64), to: (f64, f64), at: (f64, f64)) -> (f64, f64) {
    let (along, down) = (to.0 - from.0, to.1 - from.1);
    let square = (along * along + down * down).max(f64::MIN_POSITIVE);
    let part = ((at.0 - from.0) * along + (at.1 - from.1) * down) / square;
    let part = part.clamp(0.0, 1.0);
    (from.0 + part * along, from.1 + part * down)
}
