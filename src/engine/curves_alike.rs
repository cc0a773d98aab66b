//! Runs whose points lie at the same steps, as they mostly do: what is found out of the steps of one holds for all of them.

use super::curves_across::Across;
use crate::chart::curve::{Columns, begin_alike, count_below};
use crate::ledger::History;
use std::cell::Cell;

/// Of runs that have points without a step there is no such number.
const NONE: u32 = u32::MAX;

/// Which runs of a metric have points at the same steps, as far as the shorter go.
#[derive(Default)]
pub(super) struct Alike {
    /// For each run the number of the kind that it is of.
    of: Vec<u32>,
    /// For each kind the run with most points.
    longest: Vec<usize>,
    /// What was found last.
    found: Cell<Found>,
}

/// Of a kind of runs how many points lie before what is shown, and how many not after it.
#[derive(Clone, Copy, Default)]
struct Found {
    /// Between these ends.
    ends: (f64, f64),
    /// The longest of the kind, if it was looked for.
    longest: Option<usize>,
    in_view: (usize, usize),
}

impl Alike {
    pub(super) fn new(history: &History) -> Self {
        let mut longest: Vec<usize> = Vec::new();
        let kind = |row: usize| {
            let steps = &history.steps[history.range(row)];
            if !steps.last()?.is_finite() {
                return None;
            }
            // Runs of a kind mostly follow one another.
            let last = longest.last_mut();
            let known = last.map(|last| (history.range(*last), last));
            match known.filter(|(known, _)| begin_alike(steps, &history.steps[known.clone()])) {
                Some((known, last)) if known.len() < steps.len() => *last = row,
                Some(_) => {}
                None => longest.push(row),
            }
            Some(longest.len() as u32 - 1)
        };
        let of = (0..history.rows()).map(kind);
        let of = of.map(|kind| kind.unwrap_or(NONE)).collect();
        Self {
            of,
            longest,
            found: Cell::default(),
        }
    }

    /// The run with most points of those that are like this one; none where a point of it has no step.
    fn longest(&self, row: usize) -> Option<usize> {
        let kind = *self.of.get(row)?;
        self.longest.get(kind as usize).copied()
    }

    /// How many of a run's points lie before what is between two steps, and how many not after it; none where a point has no step.
    pub(super) fn in_view(
        &self,
        history: &History,
        row: usize,
        ends: (f64, f64),
    ) -> Option<(usize, usize)> {
        let longest = self.longest(row);
        let mut found = self.found.get();
        if longest.is_none() || (found.longest, found.ends) != (longest, ends) {
            let steps = &history.steps[history.range(longest?)];
            let in_view = (
                count_below(steps, ends.0, false),
                count_below(steps, ends.1, true),
            );
            found = Found {
                ends,
                longest,
                in_view,
            };
            self.found.set(found);
        }
        let count = history.range(row).len();
        Some((found.in_view.0.min(count), found.in_view.1.min(count)))
    }
}

/// The columns of pixels in which the points of runs lie that are alike.
#[derive(Default)]
pub(super) struct AlikeColumns {
    columns: Columns,
    /// The longest of them, if they are known.
    longest: Option<usize>,
}

impl AlikeColumns {
    /// Those of a run, of so many columns, where it is as before what is shown of which metric.
    pub(super) fn of(
        &mut self,
        alike: &Alike,
        history: &History,
        row: usize,
        (across, width): (&Across, usize),
    ) -> &Columns {
        let longest = alike.longest(row);
        if longest != self.longest
            && let Some(row) = longest
            && let Some((from, to)) = alike.in_view(history, row, across.ends)
        {
            let steps = &history.steps[history.range(row)];
            self.columns
                .find(&steps[from..to], from, across.ends, width);
            self.longest = longest;
        }
        &self.columns
    }
}

#[cfg(test)]
mod tests {
    use super::super::curves_drawn::{CurveRuns, Reach};
    use super::super::curves_values::{line, outline};
    use super::*;
    use crate::chart::curve::Envelope;
    use crate::chart::smooth::Smoothing;
    use crate::ledger::{Bits, Ledger, Point};

    #[test]
    fn runs_at_the_same_steps_are_drawn_as_each_by_itself() {
        arbtest::arbtest(|u| {
            let mut steps = vec![0.0];
            for _ in 0..u.int_in_range(0..=90)? {
                let by = [0.0, 0.25, 1.0, 1.0, 1.0, 9.0][u.int_in_range(0..=5)?];
                steps.push(steps[steps.len() - 1] + by);
            }
            let rows = u.int_in_range(1..=5)?;
            let mut points = Vec::new();
            for row in 0..rows {
                let count = u.int_in_range(0..=steps.len())?;
                let (by, without) = (u.int_in_range(0..=8)?, u.int_in_range(0..=60)?);
                for (number, step) in steps.iter().take(count).enumerate() {
                    points.push(Point {
                        row: row as u32,
                        // Now and then a run has other steps, or none at some point.
                        step: match (by, without) {
                            (_, without) if without == number => f64::NAN,
                            (0, _) => step + 0.5,
                            _ => *step,
                        },
                        millis: 0,
                        value: match u.int_in_range(0..=60)? {
                            0 => f64::NAN,
                            1 => f64::INFINITY,
                            other => f64::from(other) - 4.0,
                        },
                    });
                }
            }
            let history = History::from_points(rows, points);
            let last = steps[steps.len() - 1] + 0.5;
            let (low, high) = (u.int_in_range(0..=9)?, u.int_in_range(1..=9)?);
            let low = last * f64::from(low) / 10.0;
            let mut across = Across::default();
            let end = low + (last - low) * f64::from(high) / 9.0;
            (across.whole, across.ends) = ((0.0, last), (low, end));
            let (ledger, none) = (Ledger::default(), Bits::filled(rows, false));
            let runs = CurveRuns {
                ledger: &ledger,
                version: 0,
                shown: &none,
                varies: &[],
                objective: None,
                selected: &none,
                baseline: &[],
                grouped: None,
            };
            let (width, log) = (u.int_in_range(1..=30)?, u.arbitrary()?);
            let reach = Reach::new(&history);
            let mut columns = AlikeColumns::default();
            let (mut points, mut drawn) = (Vec::new(), Envelope::default());
            for row in 0..rows {
                let steps = &history.steps[history.range(row)];
                let want = steps.last().filter(|last| last.is_finite()).map(|_| {
                    let (low, high) = across.ends;
                    let before = steps.iter().filter(|step| **step < low).count();
                    (before, steps.iter().filter(|step| **step <= high).count())
                });
                assert_eq!(reach.alike.in_view(&history, row, across.ends), want);
                let room = (&reach, &mut columns, &mut points);
                outline(
                    &across,
                    (&history, runs),
                    row,
                    (width, log),
                    room,
                    &mut drawn,
                );
                let raw = (Smoothing::default(), log);
                line(&across, (&history, runs), row, raw, &mut points);
                let mut alone = Envelope::default();
                alone.take(&points, across.ends, width, log);
                assert_eq!(drawn, alone, "row {row} of {history:?}");
            }
            Ok(())
        });
    }

    #[test]
    fn the_longest_of_those_that_begin_alike_tells_of_all() {
        let run = |row: u32, steps: &[f64]| {
            let point = |step: &f64| Point {
                row,
                step: *step,
                millis: 0,
                value: 1.0,
            };
            steps.iter().map(point).collect::<Vec<_>>()
        };
        let long: Vec<f64> = (0..40).map(f64::from).collect();
        let others: Vec<f64> = long.iter().map(|step| step + 0.5).collect();
        let points = [
            run(0, &long[..20]),
            run(1, &long),
            run(2, &long[..30]),
            run(3, &others),
            run(5, &[1.0, f64::NAN]),
        ];
        let alike = Alike::new(&History::from_points(6, points.concat()));
        let longest: Vec<Option<usize>> = (0..7).map(|row| alike.longest(row)).collect();
        let want = [Some(1), Some(1), Some(1), Some(3), None, None, None];
        assert_eq!(longest, want);
    }
}
