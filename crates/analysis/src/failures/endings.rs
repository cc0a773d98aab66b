//! To which end each run came.
//!
//! Diverged is a run whose objective is NaN or infinite at its end, whatever its status says of how it ended, and one that
//! exploded: its last value is finite, and more than a hundred times as far from zero as where its curve began (and as
//! where half of the curves begin), the wrong way; or it lies absurdly far above those of all others ([`FAR`]).

use super::{Outcomes, status};
use ledger::{Bits, Column, ColumnId, History, Ledger, Status, attribute, median};

/// So many times as far from zero as its beginning is the end of a curve that exploded.
pub const EXPLODED: f64 = 100.0;

/// So many times as great as the far fence of all is an objective that exploded, where it is to be lowest and none is negative.
/// The fence (Tukey's: three times the middle half above it) is that of logarithms, for losses lie by magnitudes: a lognormal
/// spread keeps within it, and of a Cauchy's, with its heavy tails, one in a million goes as far. Nothing below this number
/// itself counts: where most came down to 1e-9, one that stopped at 1 did not explode.
pub const FAR: f64 = 1_000.0;

/// Of fewer values no fence is known.
const FEWEST_FENCED: usize = 10;

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
    /// Whose objective exploded by its curve, whatever else.
    pub exploded: Bits,
    /// From which value on an objective lies absurdly far from all others, where one does.
    pub far: Option<f64>,
    /// Whose does.
    pub is_far: Bits,
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
            far: None,
            is_far: Bits::filled(rows, false),
            beginning: None,
        };
        if let Some((id, maximize)) = objective {
            let column = ledger.column(id);
            for row in shown.ones() {
                let value = column.get(row).number();
                let is_odd = value.is_some_and(|value| !value.is_finite());
                made.not_finite.set(row, is_odd);
            }
            let values = |row: usize| column.get(row).number().filter(|x| x.is_finite());
            made.far = far(shown.ones().filter_map(values)).filter(|_| !maximize);
            if let Some(far) = made.far {
                let is_far = |row: &usize| values(*row).is_some_and(|value| value >= far);
                shown
                    .ones()
                    .filter(is_far)
                    .for_each(|row| made.is_far.set(row, true));
            }
            if let Some(history) = column.history() {
                made.find_exploded(history, shown, maximize);
            }
        }
        let statuses = ledger.attribute(attribute::STATUS);
        for row in shown.ones() {
            let by_status = Ending::of_status(status(statuses, row));
            let is_over = !matches!(by_status, Ending::Running | Ending::Pruned);
            made.of_row[row] = Some(if is_over && made.has_diverged(row) {
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

    /// Whether a run's objective diverged, whatever its status.
    pub fn has_diverged(&self, row: usize) -> bool {
        self.not_finite.get(row) || self.exploded.get(row) || self.is_far.get(row)
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

/// From which value on one lies absurdly far from all the others, where one does.
fn far(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    let is_negative = values.iter().any(|value| *value < 0.0);
    let most = values.iter().copied().fold(0.0, f64::max);
    let mut logs: Vec<f64> = values.into_iter().filter(|value| *value > 0.0).collect();
    // Sorting many takes long, and few of them have one so great.
    if is_negative || logs.len() < FEWEST_FENCED || most < FAR {
        return None;
    }
    logs.iter_mut().for_each(|value| *value = libm::log(*value));
    order::by(&mut logs, f64::total_cmp);
    let (low, high) = (logs[logs.len() / 4], logs[logs.len() * 3 / 4]);
    let fence = libm::exp(high + 3.0 * (high - low)).max(1.0);
    Some(FAR * fence).filter(|far| most >= *far)
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
    use ledger::{Role, RunSink};

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
    fn a_value_that_lies_absurdly_far_above_all_others_exploded() {
        let with = |far: &[f64]| {
            let mut runs: Vec<[f64; 1]> = (0..40).map(|at| [0.3 + 0.01 * f64::from(at)]).collect();
            runs.extend(far.iter().map(|value| [*value]));
            let runs: Vec<(&str, &[f64])> = runs.iter().map(|run| ("finished", &run[..])).collect();
            let (ledger, loss) = ledger(&runs);
            let all = Bits::filled(ledger.rows(), true);
            let of = |maximize| Endings::new(&ledger, &all, Some((loss, maximize)));
            assert_eq!(of(true).count(Ending::Diverged), 0);
            let endings = of(false);
            (endings.rows(Ending::Diverged).collect::<Vec<_>>(), endings)
        };
        let (rows, endings) = with(&[6.2e15, 3.0, 700.0]);
        assert_eq!(rows, [40]);
        assert!(endings.is_far.get(40) && endings.far.is_some_and(|far| far < 1e6));
        assert_eq!(with(&[999.0]).1.far, None);
        // What may be negative has no logarithm, and of few nothing is known.
        assert_eq!(with(&[6.2e15, -1.0]).1.far, None);
        assert_eq!(far([0.5, 0.4, 6.2e15].into_iter()), None);
        // Most came down to almost nothing, and some stopped before.
        assert_eq!(
            far((0..40).map(|at| if at < 36 { 1e-9 } else { 1.0 })),
            None
        );
    }

    #[test]
    fn honest_values_of_heavy_tails_seldom_explode() {
        use crate::importance::Draws;
        let (mut lognormal, mut cauchy) = (0, 0);
        for table in 0..1_000 {
            let mut draws = Draws::new(5, table, 0);
            let mut uniform = || (draws.below(1 << 30) as f64 + 0.5) / f64::from(1 << 30);
            let mut normal = || {
                let radius = (-2.0 * libm::log(uniform())).sqrt();
                radius * libm::cos(std::f64::consts::TAU * uniform())
            };
            let values: Vec<f64> = (0..100).map(|_| libm::exp(2.0 * normal())).collect();
            lognormal += usize::from(far(values.into_iter()).is_some());
            let values = (0..100)
                .map(|_| (normal() / normal()).abs())
                .collect::<Vec<_>>();
            cauchy += usize::from(far(values.into_iter()).is_some());
        }
        assert!(
            lognormal == 0 && cauchy <= 2,
            "{lognormal} and {cauchy} of 1,000"
        );
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
