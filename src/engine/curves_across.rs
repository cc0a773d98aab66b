//! Where the points of curves lie along the horizontal axis that all panels share.
//!
//! Where another metric runs along it, points are in the order of their steps still, and each lies where that metric was at
//! its step: such a line may turn back. What was logged at a step without it has no place and is left out.

use super::curves::{CurveX, CurvesView, Zoom};
use super::curves_alike::Alike;
use super::curves_drawn::CurveRuns;
use super::show::short_number;
use crate::chart::axis::Axis;
use crate::chart::curve::{count_below, points_of};
use crate::chart::number::{counted, grouped};
use crate::chart::scale::{Quantiles, Spacing};
use crate::ledger::time::format_millis;
use crate::ledger::{ColumnId, History, Ledger, WIDE};
use std::ops::Range;

/// Where points lie along the horizontal axis.
#[derive(Default)]
pub(super) struct Across {
    /// The step, where a metric runs along it.
    pub(super) is: CurveX,
    /// That metric and its name.
    over: Option<(ColumnId, String)>,
    /// Whether that metric is on a logarithmic axis: places are logarithms then, and what is not positive has none.
    log: bool,
    /// For each run the time of its first point, where times are relative.
    starts: Vec<i64>,
    /// How many milliseconds a unit has, where times are relative, and what it is called.
    unit: (f64, &'static str),
    /// The axis' ends, as places.
    pub(super) ends: (f64, f64),
    /// Those of all points, where only a part of them is shown.
    pub(super) whole: (f64, f64),
}

/// Units of time, the longest first, in milliseconds.
const UNITS: [(f64, &str); 4] = [
    (86_400_000.0, "days"),
    (3_600_000.0, "hours"),
    (60_000.0, "minutes"),
    (1000.0, "seconds"),
];

impl Across {
    /// The axis on which a person has set what `set` says, where `is` and `over` are there to run along it.
    pub(super) fn new(
        (is, over): (CurveX, Option<ColumnId>),
        set: &CurvesView,
        panels: &[ColumnId],
        runs: CurveRuns<'_>,
    ) -> Self {
        let mut across = Self {
            is,
            over: over.map(|id| (id, runs.ledger.column(id).name().to_owned())),
            log: false,
            starts: Vec::new(),
            unit: (1.0, ""),
            ends: (0.0, 0.0),
            whole: (0.0, 0.0),
        };
        if is == CurveX::Relative {
            across.starts = starts(runs.ledger);
        }
        let mut ends = across.reach(panels, runs);
        if is == CurveX::Relative {
            let fits = |unit: &&(f64, &str)| ends.1 >= 2.0 * unit.0;
            across.unit = *UNITS.iter().find(fits).unwrap_or(&UNITS[3]);
            // Divided as the places are: the last point must not lie beyond the end.
            ends = (ends.0 / across.unit.0, ends.1 / across.unit.0);
        }
        // A run that explodes would press all lines to the left edge.
        let is_wide = ends.0 > 0.0 && ends.1 / ends.0 > WIDE;
        if across.is_paired() && set.log_x.unwrap_or(is_wide) {
            across.log = true;
            ends = if ends.0 > 0.0 {
                (across.place_of(ends.0), across.place_of(ends.1))
            } else {
                across.reach(panels, runs)
            };
        }
        across.whole = if ends.0 <= ends.1 { ends } else { (0.0, 1.0) };
        let part = set.zoom.map(|zoom| {
            let place = |end: f64| across.place_of(end / across.unit.0);
            (place(zoom.low), place(zoom.high))
        });
        let part = part.map(|(low, high)| (low.max(across.whole.0), high.min(across.whole.1)));
        // What is zoomed into may no longer be there.
        across.ends = part
            .filter(|(low, high)| low < high)
            .unwrap_or(across.whole);
        across
    }

    /// Whether another metric runs along it, of which each point needs a value at its step.
    pub(super) fn is_paired(&self) -> bool {
        self.over.is_some()
    }

    /// The place of a value of the metric along it, or of what else runs along it: NaN or infinite where there is none.
    pub(super) fn place_of(&self, x: f64) -> f64 {
        if self.log { libm::log(x) } else { x }
    }

    /// The value at a place.
    pub(super) fn value_of(&self, place: f64) -> f64 {
        if self.log { libm::exp(place) } else { place }
    }

    /// The values at the ends of the whole axis.
    pub(super) fn whole_values(&self) -> Zoom {
        let value = |place| self.value_of(place) * self.unit.0;
        Zoom {
            low: value(self.whole.0),
            high: value(self.whole.1),
        }
    }

    /// Whether only a part of the axis is shown.
    pub(super) fn is_zoomed(&self) -> bool {
        self.ends != self.whole
    }

    /// What is done where groups are drawn and a metric runs along it, in words.
    pub(super) fn told_groups(&self) -> Option<String> {
        let (_, name) = self.over.as_ref()?;
        Some(format!(
            "At each {name}, as wide as a pixel, a run counts in its group with the mean of its points there, whatever their steps."
        ))
    }

    /// How many milliseconds or steps a unit has.
    pub(super) fn unit_size(&self) -> f64 {
        self.unit.0
    }

    /// Whether a place is shown.
    pub(super) fn shows(&self, x: f64) -> bool {
        (self.ends.0..=self.ends.1).contains(&x)
    }

    /// The run's points that are shown or have to do with what is shown: one more at each side, and so many further ones
    /// before and after them.
    pub(super) fn in_view(
        &self,
        history: &History,
        row: usize,
        (before, after): (usize, usize),
    ) -> Range<usize> {
        let range = history.range(row);
        let steps = &history.steps[range.clone()];
        // Times need not go up within a run, as steps do.
        let goes_up = self.is == CurveX::Step && steps.last().is_some_and(|step| step.is_finite());
        if !self.is_zoomed() || !goes_up || self.is_paired() {
            return range;
        }
        let from = count_below(steps, self.ends.0, false);
        let to = count_below(steps, self.ends.1, true);
        let from = from.saturating_sub(1 + before);
        range.start + from..range.start + (to + 1 + after).min(steps.len())
    }

    /// The run's points in view, where they lie at their steps: two at its beginning and two at its end, which may lie beyond what is
    /// shown, and those between, which are all shown as they are. None where that is not so.
    pub(super) fn parts(
        &self,
        (history, alike): (&History, &Alike),
        row: usize,
    ) -> Option<(Range<usize>, Range<usize>, Range<usize>)> {
        if self.is != CurveX::Step || self.is_paired() {
            return None;
        }
        let (from, to) = alike.in_view(history, row, self.ends)?;
        let whole = history.range(row);
        let start = whole.start + from.saturating_sub(1);
        let end = whole.start + (to + 1).min(whole.len());
        (end - start > 4).then(|| (start..start + 2, start + 2..end - 2, end - 2..end))
    }

    /// Which part of the axis is shown, and whether points lie at their steps.
    pub(super) fn shown_part(&self) -> (f64, bool) {
        let span = |(low, high): (f64, f64)| high - low;
        let part = span(self.ends) / span(self.whole).max(f64::MIN_POSITIVE);
        (part, self.is == CurveX::Step && !self.is_paired())
    }

    /// The least and the greatest place of the shown runs' points.
    fn reach(&self, panels: &[ColumnId], runs: CurveRuns<'_>) -> (f64, f64) {
        let mut ends = (f64::INFINITY, f64::NEG_INFINITY);
        let mut points = Vec::new();
        for history in panels.iter().filter_map(|id| runs.history(*id)) {
            for row in runs.shown.ones() {
                let range = history.range(row);
                if self.is_paired() {
                    self.points(history, row, range, &mut points);
                    self.pair((history, runs), row, &mut points);
                    for (x, _) in points.iter().filter(|(x, _)| x.is_finite()) {
                        ends = (ends.0.min(*x), ends.1.max(*x));
                    }
                    continue;
                }
                // Steps go up within a run; times need not.
                let every = match self.is {
                    CurveX::Step => range.len().saturating_sub(1).max(1),
                    CurveX::Relative | CurveX::Wall => 1,
                };
                for at in range.step_by(every) {
                    let x = self.along(history, row, at);
                    if x.is_finite() {
                        ends = (ends.0.min(x), ends.1.max(x));
                    }
                }
            }
        }
        ends
    }

    /// Where the point at a place of the arena lies; NaN where it has none.
    pub(super) fn place(
        &self,
        (history, runs): (&History, CurveRuns<'_>),
        row: usize,
        at: usize,
    ) -> f64 {
        let along = self.along(history, row, at);
        if !self.is_paired() {
            return along;
        }
        let x = self.place_of(self.partner((history, runs), row, along));
        if x.is_finite() { x } else { f64::NAN }
    }

    /// What the metric along the axis was at a step of a run; NaN where it was nothing.
    pub(super) fn partner(&self, of: (&History, CurveRuns<'_>), row: usize, step: f64) -> f64 {
        let found = self.partners(of, row);
        let found = found.and_then(|mut partners| partners.seek(step));
        found.unwrap_or(f64::NAN)
    }

    /// What its points are in the order of, at a place of the arena: the step where a metric runs along it, else where the
    /// point lies.
    pub(super) fn along(&self, history: &History, row: usize, at: usize) -> f64 {
        match self.is {
            CurveX::Step => {
                let range = history.range(row);
                if has_steps(history, row) {
                    history.steps[at]
                } else {
                    (at - range.start) as f64
                }
            }
            CurveX::Relative | CurveX::Wall => match history.times.get(at) {
                None | Some(0) => f64::NAN,
                Some(millis) => {
                    let start = self.starts.get(row).copied().unwrap_or(0);
                    (millis - start) as f64 / self.unit.0
                }
            },
        }
    }

    /// What the metric along the axis was in a run; none where steps of the one and numbers of the other cannot be paired.
    pub(super) fn partners<'a>(
        &self,
        (history, runs): (&History, CurveRuns<'a>),
        row: usize,
    ) -> Option<Partners<'a>> {
        let other = runs.history(self.over.as_ref()?.0)?;
        let range = other.range(row);
        let has_steps = has_steps(history, row);
        (has_steps == self::has_steps(other, row)).then(|| Partners {
            steps: has_steps.then(|| &other.steps[range.clone()]),
            values: &other.values[range],
            next: 0,
        })
    }

    /// Brings points that lie at their steps to where the metric along the axis was then; those that have no place are left
    /// out, and those at which it is no finite number have NaN.
    pub(super) fn pair(
        &self,
        of: (&History, CurveRuns<'_>),
        row: usize,
        points: &mut Vec<(f64, f64)>,
    ) {
        if !self.is_paired() {
            return;
        }
        let Some(mut partners) = self.partners(of, row) else {
            points.clear();
            return;
        };
        points.retain_mut(|(at, _)| {
            let x = partners.at(*at);
            let place = x.map(|x| self.place_of(x));
            *at = place.filter(|x| x.is_finite()).unwrap_or(f64::NAN);
            x.is_some()
        });
    }

    /// How many points of the shown runs have no partner, in words; none where all have.
    pub(super) fn told_unpaired(&self, history: &History, runs: CurveRuns<'_>) -> Option<String> {
        let (_, name) = self.over.as_ref()?;
        let (mut all, mut without, mut points) = (0, 0, Vec::new());
        for row in runs.shown.ones() {
            self.points(history, row, history.range(row), &mut points);
            let count = points.len();
            self.pair((history, runs), row, &mut points);
            all += count;
            without += count - points.len();
        }
        (without > 0).then(|| {
            format!(
                "{} of {} at a step at which the run has no {name}",
                grouped(without),
                counted(all, "point")
            )
        })
    }

    /// Points of a run, places and values; where a metric runs along the axis, at their steps until they are paired.
    pub(super) fn points(
        &self,
        history: &History,
        row: usize,
        range: Range<usize>,
        into: &mut Vec<(f64, f64)>,
    ) {
        let values = &history.values[range.clone()];
        let steps = &history.steps[range.clone()];
        // The common case, and a long one.
        if self.is == CurveX::Step && steps.last().is_some_and(|step| step.is_finite()) {
            points_of(steps, values, into);
        } else {
            into.clear();
            into.extend(range.map(|at| (self.along(history, row, at), history.values[at])));
        }
    }

    pub(super) fn axis(&self) -> Axis {
        let whole = |x: f64| (x - libm::round(x)).abs() < 1e-9;
        Axis::Numbers {
            low: self.value_of(self.ends.0),
            high: self.value_of(self.ends.1),
            spacing: if self.log {
                Spacing::Log
            } else {
                Spacing::Linear
            },
            time: self.is == CurveX::Wall,
            whole: self.is == CurveX::Step
                && !self.is_paired()
                && whole(self.ends.0)
                && whole(self.ends.1),
            levels: Vec::new(),
            quantiles: Quantiles::default(),
        }
    }

    /// Which part of the axis is shown, in words.
    pub(super) fn told_part(&self) -> String {
        let values = |(low, high): (f64, f64)| (self.value_of(low), self.value_of(high));
        let ((low, high), (from, to)) = (values(self.ends), values(self.whole));
        match self.is {
            CurveX::Step => format!(
                "{} {} to {} of {} to {}",
                self.over.as_ref().map_or("steps", |(_, name)| name),
                short_number(low),
                short_number(high),
                short_number(from),
                short_number(to)
            ),
            CurveX::Relative => format!(
                "{} to {} of {} {}",
                short_number(low),
                short_number(high),
                short_number(to),
                self.unit()
            ),
            CurveX::Wall => format!(
                "{} to {}",
                format_millis(low as i64),
                format_millis(high as i64)
            ),
        }
    }

    /// How places are told, as `hours`.
    pub(super) fn unit(&self) -> &'static str {
        self.unit.1
    }

    /// What stands below it.
    pub(super) fn title(&self) -> String {
        match (self.is, &self.over) {
            (_, Some((_, name))) => name.clone(),
            (CurveX::Step, _) => "step".to_owned(),
            (CurveX::Relative, _) => format!("{} since the run's first point", self.unit()),
            (CurveX::Wall, _) => "date and time, UTC".to_owned(),
        }
    }
}

/// Whether points of a run go by their steps: those without one come last, and then the numbers of all are taken.
fn has_steps(history: &History, row: usize) -> bool {
    let last = history.steps[history.range(row)].last();
    last.is_some_and(|step| step.is_finite())
}

/// What a metric was at the steps of a run.
pub(super) struct Partners<'a> {
    /// None where its points go by their numbers.
    steps: Option<&'a [f64]>,
    values: &'a [f64],
    /// How many of its points are not after the step that was asked for last.
    next: usize,
}

impl Partners<'_> {
    /// What was logged at a step, of several the last. Steps are asked for in their order.
    pub(super) fn at(&mut self, step: f64) -> Option<f64> {
        let Some(steps) = self.steps else {
            return self.values.get(step as usize).copied();
        };
        while steps.get(self.next).is_some_and(|other| *other <= step) {
            self.next += 1;
        }
        let last = self.next.checked_sub(1)?;
        (steps[last] >= step).then(|| self.values[last])
    }

    /// The same of a step that is asked for in no order.
    fn seek(&mut self, step: f64) -> Option<f64> {
        let steps = self.steps.unwrap_or_default();
        self.next = steps.partition_point(|other| *other < step);
        self.at(step)
    }
}

/// For each run the least time of its points in any metric.
fn starts(ledger: &Ledger) -> Vec<i64> {
    let mut starts = vec![i64::MAX; ledger.rows()];
    for history in ledger
        .columns()
        .iter()
        .filter_map(|column| column.history())
    {
        if history.times.is_empty() {
            continue;
        }
        for (row, start) in starts.iter_mut().enumerate() {
            let times = history.times[history.range(row)].iter();
            if let Some(first) = times.copied().find(|millis| *millis != 0) {
                *start = (*start).min(first);
            }
        }
    }
    starts
}
