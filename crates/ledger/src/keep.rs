//! What of the logged points is kept, where there are more than memory holds.
//!
//! A curve is thinned to the first and last point of it and, of each of equal stretches of its points,
//! the least, the greatest and the first that is not finite: so what is drawn keeps its extremes, and
//! last, least and greatest value, first and last step are those of all points. How many there were is
//! counted.

use super::history::{History, Point, put_in_order};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// The points without which a curve's summary would be wrong: first, last, least, greatest, and one that
/// is not finite.
const LEAST_POINTS: usize = 5;

/// How many points of a metric are gathered before they are thinned.
const THINNED_AT: usize = 1 << 18;

/// What of the logged points is kept; by default all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keep {
    /// How many points of a run's curve; `None`: all; 0: only what a summary needs.
    pub points: Option<usize>,
    /// Of which metrics, as names in which `*` stands for anything; of all others only what a summary
    /// needs. Empty: of all.
    pub metrics: Vec<String>,
    /// Which columns are read of a table that holds each of them apart (Parquet), as names in which `*` stands for
    /// anything; what tells runs, their states, times and steps is read always. Empty: all.
    pub columns: Vec<String>,
}

impl Keep {
    /// How many points of a run's curve of this metric are kept; `None`: all.
    pub fn limit(&self, metric: &str) -> Option<usize> {
        if is_chosen(&self.metrics, metric) {
            self.points
        } else {
            Some(0)
        }
    }

    /// Whether a column of this name is read, where columns can be left out.
    pub fn takes(&self, column: &str) -> bool {
        is_chosen(&self.columns, column)
    }
}

/// Whether a name is as one of the patterns says; without any all are.
fn is_chosen(patterns: &[String], name: &str) -> bool {
    let mut each = patterns.iter();
    patterns.is_empty() || each.any(|pattern| matches(pattern.trim(), name))
}

/// Whether a name is as a pattern says, in which `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// The points of one metric while they come.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    points: Vec<Point>,
    limit: Option<usize>,
    /// How many points of a row were left out.
    left_out: FxHashMap<u32, u32>,
    /// At how many points they are thinned again.
    thinned_at: usize,
}

impl Gathered {
    pub(super) fn new(limit: Option<usize>) -> Self {
        Self {
            limit,
            thinned_at: THINNED_AT,
            ..Self::default()
        }
    }

    pub(super) fn push(&mut self, point: Point) {
        self.points.push(point);
        if self.limit.is_some() && self.points.len() >= self.thinned_at {
            self.thin();
            self.thinned_at = (self.points.len() * 2).max(THINNED_AT);
        }
    }

    /// Their history, for `rows` runs, and how many points were left out of it.
    pub(super) fn into_history(mut self, rows: usize) -> (History, u64) {
        self.thin();
        let mut history = History::from_points(rows, self.points);
        let count = self.left_out.values().map(|count| u64::from(*count)).sum();
        if count > 0 {
            history.left_out = (0..rows as u32)
                .map(|row| self.left_out.get(&row).copied().unwrap_or_default())
                .collect();
        }
        (history, count)
    }

    fn thin(&mut self) {
        let Some(limit) = self.limit.map(|limit| limit.max(LEAST_POINTS)) else {
            return;
        };
        // Stable: of equal steps the one logged last stays the last.
        put_in_order(&mut self.points);
        let mut kept = Vec::new();
        for run in self.points.chunk_by(|a, b| a.row == b.row) {
            if run.len() <= limit {
                kept.extend_from_slice(run);
                continue;
            }
            let before = kept.len();
            thin_run(run, limit, &mut kept);
            let left_out = run.len() - (kept.len() - before);
            *self.left_out.entry(run[0].row).or_default() += left_out as u32;
        }
        self.points = kept;
    }
}

/// Takes at most `limit` points of a run, in their order.
fn thin_run(run: &[Point], limit: usize, kept: &mut Vec<Point>) {
    let stretches = (limit - 2) / 3;
    let inner = &run[1..run.len() - 1];
    kept.push(run[0]);
    for stretch in inner.chunks(inner.len().div_ceil(stretches)) {
        let finite = || {
            let places = 0..stretch.len();
            places.filter(|at| stretch[*at].value.is_finite())
        };
        let by_value = |a: &usize, b: &usize| stretch[*a].value.total_cmp(&stretch[*b].value);
        let mut places = [
            finite().min_by(by_value),
            finite().max_by(by_value),
            stretch.iter().position(|point| !point.value.is_finite()),
        ];
        order::by(&mut places, Ord::cmp);
        let mut last = None;
        for place in places.into_iter().flatten() {
            if last != Some(place) {
                kept.push(stretch[place]);
            }
            last = Some(place);
        }
    }
    kept.push(run[run.len() - 1]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_people_expect() {
        let check = |pattern: &str, name: &str, want: bool| {
            assert_eq!(matches(pattern, name), want, "{pattern} {name}");
        };
        check("val/loss", "val/loss", true);
        check("val/loss", "val/loss2", false);
        check("val/*", "val/loss", true);
        check("*loss", "train/loss", true);
        check("*loss", "loss/train", false);
        check("*", "", true);
        check("a*b*c", "a-b-b-c", true);
        check("a*a", "a", false);
    }

    #[test]
    fn all_columns_are_taken_unless_some_are_chosen() {
        assert!(Keep::default().takes("lr"));
        let keep = Keep {
            columns: vec!["params.*".to_owned(), " *loss".to_owned()],
            ..Keep::default()
        };
        let taken = ["params.lr", "metrics.val/loss", "metrics.acc"].map(|name| keep.takes(name));
        assert_eq!(taken, [true, true, false]);
    }

    fn points(values: &[f64], row: u32) -> Vec<Point> {
        let point = |(at, value): (usize, &f64)| Point {
            row,
            step: at as f64,
            millis: 0,
            value: *value,
        };
        values.iter().enumerate().map(point).collect()
    }

    #[test]
    fn a_thinned_curve_has_the_summary_of_the_whole() {
        let mut values: Vec<f64> = (0..10_000).map(|x| f64::from((x * 7919) % 4001)).collect();
        values[5_000] = f64::NAN;
        values[7_001] = -1e9;
        values[7_002] = f64::INFINITY;
        for limit in [0, 5, 100, 20_000] {
            let mut gathered = Gathered::new(Some(limit));
            let all = [points(&values, 1), points(&[3.0], 2)].concat();
            all.iter().for_each(|point| gathered.push(*point));
            // Thinned twice is no worse.
            gathered.thin();
            let whole = History::from_points(4, all);
            let (thinned, left_out) = gathered.into_history(4);
            for row in 0..4 {
                assert_eq!(thinned.summary(row), whole.summary(row), "{limit}");
            }
            assert_eq!(left_out as usize + thinned.values.len(), whole.values.len());
            assert!(thinned.range(1).len() <= limit.max(LEAST_POINTS));
        }
    }
}
