//! Ranking of runs by one objective.
//!
//! An [`ObjectiveColumn`] is a metric with a direction and a reading of its curve, resolved against a ledger:
//! one number a run, NaN where the run has no finite one. Ranks are competition ranks: equal values
//! share the least, so three runs in the lead are all first and the next is fourth. How sure a rank is, [`uncertainty`] says.

mod guess;
pub mod near;
pub mod probability;
mod ranks;
pub mod uncertainty;

pub use guess::{Guess, guess_objectives, likeliness};
pub use ranks::Ranks;

use self::uncertainty::Center;
use crate::ledger::{Bits, Column, ColumnId, Ledger, Reading, Status, attribute};
use crate::query::{number_key, put_in_order};

/// An objective, resolved: see the module's documentation.
#[derive(Clone, Debug)]
pub struct ObjectiveColumn {
    /// Whether more is better.
    pub maximize: bool,
    /// By what several runs of a configuration count as one.
    pub center: Center,
    /// One finite value a run, NaN where there is none.
    pub values: Vec<f64>,
    /// The runs with a finite value, best first; equal values in the order of rows.
    order: Vec<u32>,
}

impl ObjectiveColumn {
    /// Resolves the objective on a column.
    pub fn new(
        ledger: &Ledger,
        column: ColumnId,
        reading: impl Into<Reading>,
        maximize: bool,
    ) -> Self {
        let Reading { statistic, until } = reading.into();
        let column = ledger.column(column);
        let reading = Reading {
            statistic: statistic.resolved(maximize),
            until: column.resolved(until),
        };
        let mut values = objective_values(column, ledger.rows(), reading);
        leave_out_pruned(ledger, &mut values);
        let mut order: Vec<u32> = (0..values.len() as u32)
            .filter(|row| !values[*row as usize].is_nan())
            .collect();
        let keys: Vec<u64> = values.iter().map(|x| number_key(*x, maximize)).collect();
        put_in_order(&mut order, &keys);
        Self {
            maximize,
            center: Center::default(),
            values,
            order,
        }
    }

    /// The same objective with other values of the same rows.
    pub fn with_values(&self, values: Vec<f64>) -> Self {
        Self {
            values,
            ..self.clone()
        }
    }

    /// The best of `rows`, its value, and how many of them share it.
    pub fn best(&self, rows: &Bits) -> Option<(usize, f64, usize)> {
        let mut shown = self
            .order
            .iter()
            .map(|row| *row as usize)
            .filter(|row| rows.get(*row));
        let best = shown.next()?;
        let value = self.values[best];
        Some((
            best,
            value,
            1 + shown
                .take_while(|row| same(self.values[*row], value))
                .count(),
        ))
    }

    /// What the ranks among `rows` are found by.
    pub fn ranks_among(&self, rows: &Bits) -> Ranks {
        Ranks::new(&self.order, rows)
    }

    /// The rank of a run among those that `ranks` were made for, of which it must be one; 1 is best, `None` where it has no
    /// finite value.
    pub fn rank(&self, ranks: &Ranks, row: usize) -> Option<usize> {
        let value = *self.values.get(row)?;
        let is_better = |other: &u32| {
            let other = self.values[*other as usize];
            if self.maximize {
                other > value
            } else {
                other < value
            }
        };
        (!value.is_nan()).then(|| 1 + ranks.below(self.order.partition_point(is_better)))
    }

    /// The rank of every run among `rows`, 1 is best, 0 where it has none.
    pub fn ranks(&self, rows: &Bits) -> Vec<u32> {
        let mut ranks = vec![0; self.values.len()];
        let (mut rank, mut before) = (0, f64::NAN);
        let shown = self
            .order
            .iter()
            .map(|row| *row as usize)
            .filter(|row| rows.get(*row));
        for (place, row) in shown.enumerate() {
            if !same(self.values[row], before) {
                rank = place as u32 + 1;
                before = self.values[row];
            }
            ranks[row] = rank;
        }
        ranks
    }

    /// The runs of `rows`, best first, those without a finite value last in the order of rows.
    pub fn sorted(&self, rows: &Bits, worst_first: bool) -> Vec<u32> {
        let mut sorted = rows.among(&self.order);
        if worst_first {
            sorted.reverse();
        }
        sorted.extend(
            rows.ones()
                .filter(|row| self.values[*row].is_nan())
                .map(|row| row as u32),
        );
        sorted
    }
}

/// A run that a scheduler ended early has the value of an early step: it does not compete with runs that came to their
/// end, as in Optuna, where the report of a pruned trial is no result.
fn leave_out_pruned(ledger: &Ledger, values: &mut [f64]) {
    let Some(status) = ledger.attribute(attribute::STATUS) else {
        return;
    };
    for (row, value) in values.iter_mut().enumerate() {
        if status.get(row).text() == Some(Status::Pruned.word()) {
            *value = f64::NAN;
        }
    }
}

/// One finite value a run, NaN where there is none.
fn objective_values(column: &Column, rows: usize, reading: Reading) -> Vec<f64> {
    let finite = |x: f64| if x.is_finite() { x } else { f64::NAN };
    let mut values: Vec<f64> = if reading.is_last() || column.history().is_none() {
        column.numbers().iter().map(|x| finite(*x)).collect()
    } else {
        let value = |row| column.statistic(row, reading.statistic, reading.until);
        (0..rows)
            .map(|row| finite(value(row).unwrap_or(f64::NAN)))
            .collect()
    };
    values.resize(rows, f64::NAN);
    values
}

/// Equal as numbers of one sorted list: -0 and 0 too.
fn same(a: f64, b: f64) -> bool {
    a.partial_cmp(&b) == Some(std::cmp::Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Role, RunSink, Statistic, ValueRef};

    fn ledger(values: &[f64]) -> Ledger {
        let mut made = None;
        let mut keep = |part: Ledger| made = Some(part);
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a.csv", "test", 0);
        for value in values {
            let row = sink.add_run();
            sink.set_named(row, Role::Metric, "loss", ValueRef::Number(*value));
        }
        sink.finish();
        made.unwrap()
    }

    #[test]
    fn ranks_are_those_of_a_naive_count() {
        arbtest::arbtest(|u| {
            let mut values = vec![f64::NAN, 1.0];
            for _ in 0..u.int_in_range(0..=20)? {
                values.push(match u.int_in_range(0..=7)? {
                    0 => f64::NAN,
                    1 => f64::INFINITY,
                    small => f64::from(small / 2),
                });
            }
            let ledger = ledger(&values);
            let maximize = u.arbitrary()?;
            let mut shown = Vec::new();
            for _ in &values {
                shown.push(u.arbitrary::<bool>()?);
            }
            let rows = Bits::from_fn(values.len(), |row| shown[row]);
            let objective = ObjectiveColumn::new(&ledger, ColumnId(0), Statistic::Last, maximize);
            let ranks = objective.ranks(&rows);
            let better = |a: f64, b: f64| if maximize { a > b } else { a < b };
            let in_play = |row: usize| shown[row] && values[row].is_finite();
            for row in 0..values.len() {
                let want = if in_play(row) {
                    1 + (0..values.len())
                        .filter(|other| in_play(*other) && better(values[*other], values[row]))
                        .count()
                } else {
                    0
                };
                assert_eq!(ranks[row] as usize, want, "row {row} of {values:?}");
            }
            let among = objective.ranks_among(&rows);
            for row in rows.ones() {
                let rank = objective.rank(&among, row).unwrap_or_default();
                assert_eq!(rank, ranks[row] as usize, "row {row} of {values:?}");
            }
            assert_eq!(
                among.count(),
                ranks.iter().filter(|rank| **rank > 0).count()
            );
            let sorted = objective.sorted(&rows, false);
            assert_eq!(sorted.len(), rows.count());
            let ranked: Vec<u32> = sorted
                .iter()
                .map(|row| ranks[*row as usize])
                .filter(|rank| *rank > 0)
                .collect();
            assert!(ranked.is_sorted());
            match objective.best(&rows) {
                None => assert!(ranked.is_empty()),
                Some((row, _, ties)) => {
                    assert_eq!(row, sorted[0] as usize);
                    assert_eq!(ties, ranked.iter().filter(|rank| **rank == 1).count());
                }
            }
            Ok(())
        });
    }
}
