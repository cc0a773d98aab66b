//! What tells how much chance there is in the measurements of a configuration: its runs, by the seeds or folds that others share,
//! or, where none ran twice, the folds of its one run ([`mod@super::folds`]), or the standard error that its program logged beside
//! the objective, as Ax does.

use super::ObjectiveColumn;
use super::folds::Folds;
use super::uncertainty::{Center, Judging};
use crate::grouping::{NO_GROUP, Others, Seeds, seed_of};
use ledger::{ColumnId, Ledger};

/// See the module's documentation.
#[derive(Default)]
pub struct Repeats {
    /// The seeds that several configurations were run with.
    seeds: Option<Seeds>,
    folds: Option<Folds>,
    /// The standard errors of the objective.
    errors: Option<ColumnId>,
}

impl Repeats {
    /// Those of configurations by their rows. `others` are the params that are like a seed, among others
    /// ([`replicate_keys`](crate::grouping::replicate_keys)).
    pub fn of(
        ledger: &Ledger,
        others: &Others,
        members: &[Vec<u32>],
        id: ColumnId,
        objective: &ObjectiveColumn,
    ) -> Self {
        // The same value twice is one cross-validation that was noted twice.
        let are_repeated = members.iter().any(|rows| {
            let mut values = objective.finite(rows);
            let first = values.next();
            values.any(|value| Some(value) != first)
        });
        let folds = if are_repeated {
            None
        } else {
            Folds::of(ledger, id, &objective.values)
        };
        let errors = if are_repeated || folds.is_some() {
            None
        } else {
            errors_of(ledger, id)
        };
        Self {
            seeds: if folds.is_some() || errors.is_some() {
                None
            } else {
                Seeds::shared(ledger, others, members)
            },
            folds,
            errors,
        }
    }

    /// Begins to judge configurations, each of which is to be added by [`Self::add`].
    pub fn judging(&self, objective: &ObjectiveColumn, seed: u64) -> Judging {
        match &self.folds {
            // The objective is their mean.
            Some(folds) => {
                Judging::new(objective.maximize, Center::Mean, seed).of_folds(folds.overlap())
            }
            None => Judging::new(objective.maximize, objective.center, seed),
        }
    }

    /// Adds these configurations by their rows.
    pub fn add<'a>(
        &self,
        ledger: &Ledger,
        objective: &ObjectiveColumn,
        members: impl Iterator<Item = &'a Vec<u32>>,
        judging: &mut Judging,
    ) {
        if let Some(errors) = self.errors {
            let errors = ledger.column(errors).numbers();
            for rows in members {
                let mut valued = rows.iter().map(|row| *row as usize);
                let row = valued.find(|row| objective.values[*row].is_finite());
                let error = row.and_then(|row| errors.get(row));
                let value = row.map(|row| objective.values[row]);
                judging.add_known(value, error.copied());
            }
            return;
        }
        let Some(folds) = &self.folds else {
            for rows in members {
                let run = |row: &u32| {
                    let seed = seed_of(self.seeds.as_ref(), *row);
                    (seed, objective.values[*row as usize])
                };
                judging.add(rows.iter().map(run));
            }
            return;
        };
        let numbers = folds.numbers(ledger);
        for rows in members {
            let value = objective.finite(rows).next();
            let is_valued = |row: &u32| objective.values[*row as usize].is_finite();
            let rows: Vec<u32> = rows.iter().copied().filter(is_valued).collect();
            let scores = value.map(|value| folds.scores(&numbers, &rows, value));
            match scores.filter(|scores| !scores.is_empty()) {
                Some(scores) => {
                    judging.add(scores.into_iter());
                    // To the last digit, so that what is equal there is equal here.
                    judging.last_is(value);
                }
                None => judging.add(value.map(|value| (NO_GROUP, value)).into_iter()),
            }
        }
    }

    /// What makes pairs, by name.
    pub fn told(&self, ledger: &Ledger) -> String {
        if self.folds.is_some() {
            return "fold".to_owned();
        }
        let columns = self.seeds.iter().flat_map(|seeds| &seeds.columns);
        let names: Vec<&str> = columns.map(|id| ledger.column(*id).name()).collect();
        names.join(" and ")
    }
}

/// The column of standard errors of a metric, by its name, where some are known: Ax writes 0 where it was told none.
fn errors_of(ledger: &Ledger, metric: ColumnId) -> Option<ColumnId> {
    let name = ledger.column(metric).name();
    let is_error = |other: &str| {
        let beside = other
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix(['_', '.', '/', ' ']))
            .or_else(|| other.strip_suffix(name)?.strip_suffix(['_', '.', '/', ' ']));
        matches!(beside, Some("sem" | "stderr" | "standard_error"))
    };
    let mut columns = ledger.columns_with_ids();
    let found = columns.find(|(_, column)| {
        is_error(column.name())
            && column
                .numbers()
                .iter()
                .any(|error| error.is_finite() && *error > 0.0)
    });
    found.map(|(id, _)| id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranking::uncertainty::{Difference, Normals};
    use ledger::{Role, RunSink, Statistic, ValueRef};

    const EXAMPLES: usize = 120;

    /// Scores by fold of two that learn a mean from a part each of what is not in the fold, one in `parts` of it, by the squared
    /// error on the fold: in truth neither is the better.
    fn validated(normals: &mut Normals, folds: usize, parts: usize) -> [Vec<f64>; 2] {
        let examples: Vec<f64> = (0..EXAMPLES).map(|_| normals.next()).collect();
        [0, 1].map(|learner| {
            let score = |fold: usize| {
                let learnt = (0..EXAMPLES)
                    .filter(|at| at % folds != fold && at / folds % parts == learner)
                    .map(|at| examples[at]);
                let learnt: Vec<f64> = learnt.collect();
                let mean = learnt.iter().sum::<f64>() / learnt.len() as f64;
                let tested = (0..EXAMPLES).filter(|at| at % folds == fold);
                let errors = tested.clone().map(|at| (examples[at] - mean).powi(2));
                errors.sum::<f64>() / tested.count() as f64
            };
            (0..folds).map(score).collect()
        })
    }

    #[test]
    fn folds_are_told_apart_as_rarely_and_their_means_lie_as_near_as_is_said() {
        const TIMES: usize = 2000;
        for (folds, parts) in [(3, 40), (5, 12), (5, 24)] {
            let overlap = 1.0 / (folds as f64 - 1.0);
            // What a mean of so many examples is off by, and an example itself.
            let learnt = EXAMPLES * (folds - 1) / folds / parts;
            let truth = 1.0 + 1.0 / learnt as f64;
            let mut normals = Normals::new(3);
            let (mut apart, mut apart_as_runs, mut held) = (0, 0, 0);
            for _ in 0..TIMES {
                let [a, b] = validated(&mut normals, folds, parts);
                let pairs: Vec<(f64, f64)> = a.iter().copied().zip(b.iter().copied()).collect();
                let p = |overlap| Difference::paired(&pairs, Center::Mean, overlap).unwrap().p;
                apart += usize::from(p(overlap) < 0.05);
                apart_as_runs += usize::from(p(0.0) < 0.05);
                let mut judging = Judging::new(false, Center::Mean, 1).of_folds(overlap);
                judging.add(a.into_iter().enumerate().map(|(at, x)| (at as u32, x)));
                while judging.step(|| None) {}
                let standing = judging.standing().unwrap();
                let (low, high) = standing.estimates[0].interval(&standing.skew).unwrap();
                held += usize::from(low <= truth && truth <= high);
            }
            let share = |count: usize| count as f64 / TIMES as f64;
            println!(
                "{folds} folds, 1 of {parts} learnt: apart {}, as runs {}, held {}",
                share(apart),
                share(apart_as_runs),
                share(held)
            );
            assert!(share(apart) < 0.06 && share(held) > 0.92);
            // Else there would be nothing to correct.
            assert!((folds, parts) != (5, 24) || share(apart_as_runs) > 0.1);
        }
    }

    /// Two configurations, of the first of which these are the values of its runs, and their folds where they are told.
    fn told(first: &[f64], folds: [f64; 3]) -> (String, usize) {
        let mut made = None;
        let mut keep = |part: Ledger| made = Some(part);
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a.csv", "test", 0);
        let mut members = vec![Vec::new(), Vec::new()];
        for (configuration, value) in first.iter().map(|x| (0, *x)).chain([(1, 0.125)]) {
            let row = sink.add_run();
            members[configuration].push(row as u32);
            let mut set = |name: &str, x: f64| {
                sink.set_named(row, Role::Metric, name, ValueRef::Number(x));
            };
            set("auc", value);
            for (at, fold) in folds.iter().enumerate() {
                set(&format!("auc_fold{at}"), value + fold);
            }
        }
        sink.finish();
        let ledger = made.unwrap();
        let objective = ObjectiveColumn::new(&ledger, ColumnId(0), Statistic::Last, true);
        let repeats = Repeats::of(&ledger, &Others::new(), &members, ColumnId(0), &objective);
        let mut judging = repeats.judging(&objective, 0);
        repeats.add(&ledger, &objective, members.iter(), &mut judging);
        while judging.step(|| None) {}
        let standing = judging.standing().unwrap();
        let best = standing.estimates[0];
        assert_eq!((standing.order[0], best.value), (0, 0.75));
        (repeats.told(&ledger), best.n)
    }

    #[test]
    fn folds_count_where_no_configuration_ran_twice() {
        let folds = [0.25, 0.0, -0.25];
        let of = |told: &str, n: usize| (told.to_owned(), n);
        assert_eq!(told(&[0.75], folds), of("fold", 3));
        // The same twice is one that was noted twice; two that differ are runs.
        assert_eq!(told(&[0.75, 0.75], folds), of("fold", 3));
        assert_eq!(told(&[0.5, 1.0], folds), of("", 2));
        // What the objective is no mean of says nothing of it.
        assert_eq!(told(&[0.75], [0.25, 0.25, 0.0]), of("", 1));
    }
}
