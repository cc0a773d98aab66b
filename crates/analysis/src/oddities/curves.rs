//! What is suspicious of curves: that another run has the very same, and clocks that jump along them.

use ledger::{Bits, Column, History, Ledger, bits_of};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher as _;

/// Curves of fewer points may be alike by chance: a counter, a schedule, two epochs.
const FEWEST_POINTS: usize = 5;

/// How far a clock goes back, in milliseconds, before it is more than what logging late does.
const BACK_MS: i64 = 60_000;

/// How long nothing is logged, in milliseconds, before it may be a machine that slept,
const GAP_MS: i64 = 1_800_000;

/// and how many times as long as is usual in the run.
const USUAL: i64 = 50;

/// Of the shown runs those whose curve of a metric is that of an earlier one, point by point, by row, with that one's row.
/// A curve that never changes is like others for no reason, and so is one of whole numbers: an epoch, a count.
pub fn same_curves(column: &Column, shown: &Bits) -> Vec<(u32, u32)> {
    let Some(history) = column.history() else {
        return Vec::new();
    };
    let mut first_with: FxHashMap<u64, u32> = FxHashMap::default();
    let mut again = Vec::new();
    for row in shown.ones().map(|row| row as u32) {
        let (_, values) = points(history, row);
        if !is_telling(values) {
            continue;
        }
        let mut hasher = FxHasher::default();
        for x in values {
            hasher.write_u64(bits_of(*x));
        }
        let first = *first_with.entry(hasher.finish()).or_insert(row);
        if first != row && are_same(points(history, row), points(history, first)) {
            again.push((row, first));
        }
    }
    again
}

/// Whether two runs have the same curve in more of their metrics than not: a schedule alone, as of a learning rate, many have.
pub fn mostly_same_curves(ledger: &Ledger, a: u32, b: u32) -> bool {
    let (mut same, mut other) = (0, 0);
    let results = ledger.columns_with_ids().map(|(_, column)| column);
    let results = results.filter(|column| !column.is_of_machine());
    for history in results.filter_map(Column::history) {
        let (of_a, of_b) = (points(history, a), points(history, b));
        // What differs does so soon: curves are looked at whole only where they are the same.
        if !are_same(of_a, of_b) {
            other += usize::from(of_a.1.len().min(of_b.1.len()) >= FEWEST_POINTS);
        } else if is_telling(of_a.1) {
            same += 1;
        }
    }
    same > other
}

/// The steps and the values of a run.
fn points(history: &History, row: u32) -> (&[f64], &[f64]) {
    let range = history.range(row as usize);
    (&history.steps[range.clone()], &history.values[range])
}

fn are_same(a: (&[f64], &[f64]), b: (&[f64], &[f64])) -> bool {
    let is_same = |a: &[f64], b: &[f64]| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| bits_of(*a) == bits_of(*b))
    };
    is_same(a.1, b.1) && is_same(a.0, b.0)
}

/// Whether it would be strange if another run had just these values: an accuracy of few samples takes few values, and stays
/// at one of them.
fn is_telling(values: &[f64]) -> bool {
    let is_whole = |x: &f64| !x.is_finite() || libm::floor(*x) == *x;
    let mut seen = Vec::new();
    for x in values {
        if seen.len() < FEWEST_POINTS && !seen.contains(&bits_of(*x)) {
            seen.push(bits_of(*x));
        }
    }
    seen.len() == FEWEST_POINTS && !values.iter().all(is_whole)
}

/// A clock that jumped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockJump {
    /// The run.
    pub row: u32,
    /// The step at which the later of the two points stands; NaN where steps are not known.
    pub step: f64,
    /// From one point to the next, in milliseconds: below 0 where the clock went back.
    pub millis: i64,
}

/// The farthest jump of each shown run's clock along a metric's curve: backwards by more than a minute, or forwards by half
/// an hour and fifty times what is usual between two points of that run.
pub fn clock_jumps(column: &Column, shown: &Bits) -> Vec<ClockJump> {
    let Some(history) = column.history().filter(|history| !history.times.is_empty()) else {
        return Vec::new();
    };
    let mut jumps = Vec::new();
    for row in shown.ones() {
        let range = history.range(row);
        let (times, steps) = (&history.times[range.clone()], &history.steps[range]);
        // Times of 0 are not known; those of one step say nothing of what came first.
        let known = |at: &usize| {
            times[*at] != 0 && times[at - 1] != 0 && bits_of(steps[*at]) != bits_of(steps[at - 1])
        };
        let gap = |at: usize| times[at].saturating_sub(times[at - 1]);
        let places = || (1..times.len()).filter(known);
        let Some(back) = places().min_by_key(|at| gap(*at)) else {
            continue;
        };
        let jump = |at: usize| ClockJump {
            row: row as u32,
            step: steps[at],
            millis: gap(at),
        };
        if gap(back) < -BACK_MS {
            jumps.push(jump(back));
            continue;
        }
        if let Some(longest) = places().max_by_key(|at| gap(*at))
            && gap(longest) > GAP_MS
        {
            let mut gaps: Vec<i64> = places().map(gap).collect();
            let middle = gaps.len() / 2;
            let usual = *gaps.select_nth_unstable(middle).1;
            if gaps.len() >= FEWEST_POINTS && gap(longest) / USUAL > usual {
                jumps.push(jump(longest));
            }
        }
    }
    jumps
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::{Role, RunSink};

    /// Runs with these curves of `loss`: step, milliseconds, value.
    fn ledger(curves: &[Vec<(f64, i64, f64)>]) -> Ledger {
        let mut made = Ledger::default();
        let mut keep = |part: Ledger| {
            made.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        let loss = sink.column(Role::Metric, "loss");
        for curve in curves {
            let row = sink.add_run();
            for (step, millis, value) in curve {
                sink.point(row, loss, *step, *millis, *value);
            }
        }
        sink.finish();
        made
    }

    fn of<T>(curves: &[Vec<(f64, i64, f64)>], ask: impl Fn(&Column, &Bits) -> T) -> T {
        let ledger = ledger(curves);
        let id = ledger.find(Role::Metric, "loss").unwrap();
        ask(ledger.column(id), &Bits::filled(curves.len(), true))
    }

    #[test]
    fn the_very_same_curve_is_seen_and_what_is_only_alike_is_not() {
        let curve = |shift: f64, points: u32| -> Vec<(f64, i64, f64)> {
            let at = |step| (f64::from(step), 0, 1.0 / f64::from(step + 1) + shift);
            (0..points).map(at).collect()
        };
        let mut last_differs = curve(0.0, 8);
        last_differs[7].2 += 1e-12;
        let mut steps_differ = curve(0.0, 8);
        steps_differ[7].0 = 9.0;
        let with_nan = |curve: &mut Vec<(f64, i64, f64)>| curve[6].2 = f64::NAN;
        let (mut nan, mut nan_again) = (curve(0.5, 8), curve(0.5, 8));
        with_nan(&mut nan);
        with_nan(&mut nan_again);
        let curves = [
            curve(0.0, 8),
            curve(0.1, 8),
            curve(0.0, 8),
            last_differs,
            steps_differ,
            curve(0.0, 4),
            curve(0.0, 4),
            nan,
            nan_again,
            vec![(0.0, 0, 2.0); 9],
            vec![(0.0, 0, 2.0); 9],
            (0..9_u32)
                .map(|at| (0.0, 0, f64::from(at % 4) / 7.0))
                .collect(),
            (0..9_u32)
                .map(|at| (0.0, 0, f64::from(at % 4) / 7.0))
                .collect(),
            (0..9_u32)
                .map(|at| (f64::from(at), 0, f64::from(at)))
                .collect(),
            (0..9_u32)
                .map(|at| (f64::from(at), 0, f64::from(at)))
                .collect(),
        ];
        assert_eq!(of(&curves, same_curves), [(2, 0), (8, 7)]);
    }

    #[test]
    fn a_clock_that_goes_back_or_stands_still_is_seen() {
        const SECOND: i64 = 1000;
        let begin = 1_700_000_000_000;
        let steady = |points: i64| -> Vec<(f64, i64, f64)> {
            (0..points)
                .map(|at| (at as f64, begin + at * 10 * SECOND, 1.0))
                .collect()
        };
        let moved = |from: usize, by: i64| {
            let mut curve = steady(20);
            curve[from..].iter_mut().for_each(|point| point.1 += by);
            curve
        };
        let mut late = steady(20);
        late[9].1 += 15 * SECOND;
        let mut unknown = steady(20);
        unknown[9].1 = 0;
        let curves = [
            steady(20),
            moved(7, -3600 * SECOND),
            moved(12, 7200 * SECOND),
            late,
            unknown,
            moved(12, 600 * SECOND),
            // Long pauses are usual here.
            (0..9)
                .map(|at| (at as f64, begin + at * 7200 * SECOND, 1.0))
                .collect(),
        ];
        let jumps = of(&curves, clock_jumps);
        let told: Vec<(u32, f64, i64)> = jumps
            .iter()
            .map(|jump| (jump.row, jump.step, jump.millis / SECOND))
            .collect();
        assert_eq!(told, [(1, 7.0, -3590), (2, 12.0, 7210)]);
    }
}
