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
