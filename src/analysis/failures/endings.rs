//! To which end each run came.
//!
//! Diverged is a run whose objective is NaN or infinite at its end, whatever its status says of how it ended, and one whose
//! curve exploded: its last value is finite, and more than a hundred times as far from zero as where it began (and as
//! where half of the curves begin), the wrong way.

use super::{Outcomes, status};
use crate::ledger::{Bits, Column, ColumnId, History, Ledger, Status, attribute, median};

/// So many times as far from zero as its beginning is the end of a curve that exploded.
pub const EXPLODED: f64 = 100.0;

/// The end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It came to its end.
    Finished,
    /// It failed, or was killed.
    Failed,
    /// Its objective went to NaN, to infinity, or exploded.
    Diverged,
    /// It was ended early, as not worth going on.
    Pruned,
    /// It goes on, or has not begun.
    Running,
    /// It ended, and nothing says how.
    Unknown,
}

impl Ending {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 6] = [
        Self::Finished,
        Self::Failed,
        Self::Diverged,
        Self::Pruned,
        Self::Running,
        Self::Unknown,
    ];

    /// What a status says alone.
    pub fn of_status(status: Status) -> Self {
        match status {
            Status::Finished => Self::Finished,
            Status::Failed | Status::Killed => Self::Failed,
            Status::Pruned => Self::Pruned,
            Status::Running | Status::Scheduled => Self::Running,
            Status::Unknown => Self::Unknown,
        }
    }
}

/// The ends of runs.
#[derive(Clone, Debug, Default)]
pub struct Endings {
    /// By row; `None` for those that were not asked for.
    pub of_row: Vec<Option<Ending>>,
    /// Whose objective is NaN or infinite at its end, whatever else.
    pub not_finite: Bits,
    /// Whose objective exploded, whatever else.
    pub exploded: Bits,
    /// From how far from zero half of the curves begin, where curves were looked at.
    pub beginning: Option<f64>,
}

impl Endings {
    /// The ends of `shown`; the objective is a column and whether more is better.
    pub fn new(ledger: &Ledger, shown: &Bits, objective: Option<(ColumnId, bool)>) -> Self {
        let rows = ledger.rows();
        let mut made = Self {
            of_row: vec![None; rows],
            not_finite: Bits::filled(rows, false),
            exploded: Bits::filled(rows, false),
            beginning: None,
        };
        if let Some((id, maximize)) = objective {
            let column = ledger.column(id);
            for row in shown.ones() {
                let value = column.get(row).number();
                let is_odd = value.is_some_and(|value| !value.is_finite());
                made.not_finite.set(row, is_odd);
            }
            if let Some(history) = column.history() {
                made.find_exploded(history, shown, maximize);
            }
        }
        let statuses = ledger.attribute(attribute::STATUS);
        for row in shown.ones() {
            let by_status = Ending::of_status(status(statuses, row));
            let is_over = !matches!(by_status, Ending::Running | Ending::Pruned);
            let has_diverged = made.not_finite.get(row) || made.exploded.get(row);
            made.of_row[row] = Some(if is_over && has_diverged {
                Ending::Diverged
            } else {
                by_status
            });
        }
        made
    }

    fn find_exploded(&mut self, history: &History, shown: &Bits, maximize: bool) {
        let ends = |row: usize| {
            let values = &history.values[history.range(row)];
            let (first, last) = (values.first()?.abs(), *values.last()?);
            (values.len() > 1 && first.is_finite() && last.is_finite()).then_some((first, last))
        };
        let firsts: Vec<f64> = shown.ones().filter_map(|row| Some(ends(row)?.0)).collect();
        let Some(beginning) = median(firsts) else {
            return;
        };
        self.beginning = Some(beginning);
        for row in shown.ones() {
            if let Some((first, last)) = ends(row) {
                let wrong_way = if maximize { -last } else { last };
                let is_far = wrong_way > EXPLODED * first.max(beginning);
                self.exploded.set(row, is_far);
            }
        }
    }

    /// How many runs came to this end.
    pub fn count(&self, ending: Ending) -> usize {
        self.rows(ending).count()
    }

    /// The runs that came to this end.
    pub fn rows(&self, ending: Ending) -> impl Iterator<Item = usize> + '_ {
        let all = self.of_row.iter().enumerate();
        all.filter(move |(_, is)| **is == Some(ending))
            .map(|(row, _)| row)
    }

    /// Which runs are over, and which of those broke.
    pub fn outcomes(&self) -> Outcomes {
        let is = |row: usize, endings: &[Ending]| {
            self.of_row[row].is_some_and(|ending| endings.contains(&ending))
        };
        let broken = [Ending::Failed, Ending::Diverged];
        let others = [Ending::Finished, Ending::Unknown];
        let rows = self.of_row.len();
        Outcomes {
            ended: Bits::from_fn(rows, |row| is(row, &broken) || is(row, &others)),
            broken: Bits::from_fn(rows, |row| is(row, &broken)),
        }
    }
}

/// Where a curve was finite for the last time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LastFinite {
    /// The value.
    pub value: f64,
    /// Its step, where the source gives one.
    pub step: Option<f64>,
    /// How many points of no finite value follow.
    pub after: usize,
}

/// The last finite point of a run's curve.
pub fn last_finite(column: &Column, row: usize) -> Option<LastFinite> {
    let history = column.history()?;
    let range = history.range(row);
    let values = &history.values[range.clone()];
    let at = values.iter().rposition(|value| value.is_finite())?;
    Some(LastFinite {
        value: values[at],
        step: Some(history.steps[range.start + at]).filter(|step| step.is_finite()),
        after: values.len() - 1 - at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Role, RunSink};

    /// Runs of a status each and a curve of `loss`.
    fn ledger(runs: &[(&str, &[f64])]) -> (Ledger, ColumnId) {
        let mut made = Ledger::default();
        let mut keep = |part: Ledger| {
            made.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        let loss = sink.column(Role::Metric, "loss");
        for (status, curve) in runs {
            let row = sink.add_run();
            sink.set_status(row, Status::from_word(status));
            for (step, value) in curve.iter().enumerate() {
                sink.point(row, loss, 10.0 * step as f64, 0, *value);
            }
        }
        sink.finish();
        let column = made.find(Role::Metric, "loss").unwrap();
        (made, column)
    }

    #[test]
    fn divergence_is_told_from_the_curve_and_other_ends_from_the_status() {
        let (ledger, loss) = ledger(&[
            ("finished", &[2.0, 1.0, 0.5]),
            ("finished", &[2.0, 1.5, f64::NAN, f64::NAN]),
            ("failed", &[2.0, f64::INFINITY]),
            ("failed", &[2.0, 1.0]),
            ("killed", &[]),
            ("pruned", &[2.0, f64::NAN]),
            ("running", &[2.0, f64::NAN]),
            ("finished", &[2.0, 1.0, 201.0]),
            // It began near zero: a hundred times as much is no explosion.
            ("finished", &[0.001, 0.5]),
            ("", &[2.0, 1.0]),
            ("queued", &[]),
        ]);
        let all = Bits::filled(ledger.rows(), true);
        let endings = Endings::new(&ledger, &all, Some((loss, false)));
        let rows = |ending| endings.rows(ending).collect::<Vec<_>>();
        assert_eq!(rows(Ending::Finished), [0, 8]);
        assert_eq!(rows(Ending::Diverged), [1, 2, 7]);
        assert_eq!(rows(Ending::Failed), [3, 4]);
        assert_eq!(rows(Ending::Pruned), [5]);
        assert_eq!(rows(Ending::Running), [6, 10]);
        assert_eq!(rows(Ending::Unknown), [9]);
        let share = endings.outcomes().share();
        assert_eq!((share.broken, share.n), (5, 8));
        // To higher is better it is only a good end.
        let upward = Endings::new(&ledger, &all, Some((loss, true)));
        assert_eq!(upward.rows(Ending::Diverged).collect::<Vec<_>>(), [1, 2]);
        // Without an objective only the status speaks, and of runs that are not shown nothing is told.
        let without = Endings::new(&ledger, &all, None);
        assert_eq!(without.count(Ending::Diverged), 0);
        let none = Endings::new(&ledger, &Bits::filled(ledger.rows(), false), None);
        assert!(Ending::ALL.iter().all(|ending| none.count(*ending) == 0));
    }

    #[test]
    fn the_last_finite_point_is_the_one_before_all_that_is_not() {
        let (ledger, loss) = ledger(&[
            ("finished", &[2.0, f64::NAN, 1.5, f64::NAN, f64::INFINITY]),
            ("finished", &[f64::NAN]),
        ]);
        let column = ledger.column(loss);
        let last = last_finite(column, 0).unwrap();
        assert_eq!((last.value, last.step, last.after), (1.5, Some(20.0), 2));
        assert_eq!(last_finite(column, 1), None);
    }
}
