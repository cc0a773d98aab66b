//! Where the points of curves lie along the horizontal axis that all panels share.

use super::curves::CurveX;
use super::curves_drawn::CurveRuns;
use crate::chart::axis::Axis;
use crate::ledger::{ColumnId, History, Ledger};

/// Where points lie along the horizontal axis.
#[derive(Default)]
pub(super) struct Across {
    pub(super) is: CurveX,
    /// For each run the time of its first point, where times are relative.
    starts: Vec<i64>,
    /// How many milliseconds a unit has, where times are relative, and what it is called.
    unit: (f64, &'static str),
    /// The axis' ends.
    pub(super) ends: (f64, f64),
}

/// Units of time, the longest first, in milliseconds.
const UNITS: [(f64, &str); 4] = [
    (86_400_000.0, "days"),
    (3_600_000.0, "hours"),
    (60_000.0, "minutes"),
    (1000.0, "seconds"),
];

impl Across {
    pub(super) fn new(is: CurveX, panels: &[ColumnId], runs: CurveRuns<'_>) -> Self {
        let mut across = Self {
            is,
            starts: Vec::new(),
            unit: (1.0, ""),
            ends: (0.0, 0.0),
        };
        if is == CurveX::Relative {
            across.starts = starts(runs.ledger);
        }
        let mut ends = across.reach(panels, runs);
        if is == CurveX::Relative {
            let fits = |unit: &&(f64, &str)| ends.1 >= 2.0 * unit.0;
            across.unit = *UNITS.iter().find(fits).unwrap_or(&UNITS[3]);
            // Divided as the places are: the last point must not lie beyond the end.
            ends = across.reach(panels, runs);
        }
        across.ends = if ends.0 <= ends.1 { ends } else { (0.0, 1.0) };
        across
    }

    /// The least and the greatest place of the shown runs' points.
    fn reach(&self, panels: &[ColumnId], runs: CurveRuns<'_>) -> (f64, f64) {
        let mut ends = (f64::INFINITY, f64::NEG_INFINITY);
        for history in panels.iter().filter_map(|id| runs.history(*id)) {
            for row in runs.shown.ones() {
                let range = history.range(row);
                // Steps go up within a run; times need not.
                let every = match self.is {
                    CurveX::Step => range.len().saturating_sub(1).max(1),
                    CurveX::Relative | CurveX::Wall => 1,
                };
                for at in range.step_by(every) {
                    let x = self.place(history, row, at);
                    if x.is_finite() {
                        ends = (ends.0.min(x), ends.1.max(x));
                    }
                }
            }
        }
        ends
    }

    /// Where the point at a place of the arena lies; NaN where it has none.
    pub(super) fn place(&self, history: &History, row: usize, at: usize) -> f64 {
        match self.is {
            CurveX::Step => {
                let range = history.range(row);
                // Points without a step come last: all have one or the numbers of all are taken.
                let has_steps = history.steps[range.end - 1].is_finite();
                if has_steps {
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

    /// The points of a run, places and values.
    pub(super) fn points(&self, history: &History, row: usize, into: &mut Vec<(f64, f64)>) {
        into.clear();
        let range = history.range(row);
        let values = &history.values[range.clone()];
        let steps = &history.steps[range.clone()];
        // The common case, and a long one.
        if self.is == CurveX::Step && steps.last().is_some_and(|step| step.is_finite()) {
            into.extend(steps.iter().copied().zip(values.iter().copied()));
        } else {
            into.extend(range.map(|at| (self.place(history, row, at), history.values[at])));
        }
    }

    pub(super) fn axis(&self) -> Axis {
        let whole = |x: f64| (x - libm::round(x)).abs() < 1e-9;
        Axis::Numbers {
            low: self.ends.0,
            high: self.ends.1,
            log: false,
            time: self.is == CurveX::Wall,
            whole: self.is == CurveX::Step && whole(self.ends.0) && whole(self.ends.1),
        }
    }

    /// How places are told, as `hours`.
    pub(super) fn unit(&self) -> &'static str {
        self.unit.1
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
