//! Ranking of runs by one objective.
//!
//! An [`ObjectiveColumn`] is a metric with a direction and a reading of its curve, resolved against a ledger:
//! one number a run, NaN where the run has no finite one. Ranks are competition ranks: equal values
//! share the least, so three runs in the lead are all first and the next is fourth. Where runs were given different budgets,
//! those at the greatest have ranks. How sure a rank is, [`uncertainty`] says.

mod budget;
mod folds;
mod guess;
pub mod near;
pub mod probability;
mod ranks;
mod repeats;
pub mod uncertainty;

pub use guess::{Guess, guess_objectives, likeliest, likeliness};
pub use ranks::Ranks;
pub use repeats::Repeats;

use self::budget::Budgets;
use self::uncertainty::Center;
use ledger::{Bits, Column, ColumnId, Ledger, Reading, Status, attribute};
use query::{number_key, put_in_order};
use std::sync::Arc;

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
    /// The place of each run in that order; `u32::MAX` where it has none.
    places: Vec<u32>,
    /// How much each run was given, where that differs.
    budgets: Option<Arc<Budgets>>,
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
        let budgets = Budgets::of(ledger).map(Arc::new);
        Self::of(values, maximize, Center::default(), budgets)
    }

    /// The same objective with other values of the same rows.
    pub fn with_values(&self, values: Vec<f64>) -> Self {
        Self::of(values, self.maximize, self.center, self.budgets.clone())
    }

    fn of(values: Vec<f64>, maximize: bool, center: Center, budgets: Option<Arc<Budgets>>) -> Self {
        let order = order_of(&values, maximize);
        let mut places = vec![u32::MAX; values.len()];
        for (place, row) in order.iter().enumerate() {
            places[*row as usize] = place as u32;
        }
        Self {
            maximize,
            center,
            values,
            order,
            places,
            budgets,
        }
    }

    /// The finite values of these runs.
    fn finite<'a>(&'a self, rows: &'a [u32]) -> impl Iterator<Item = f64> + 'a {
        let values = rows.iter().map(|row| self.values[*row as usize]);
        values.filter(|value| value.is_finite())
    }

    /// The best of `rows`, its value, and how many of them share it.
    pub fn best(&self, rows: &Bits) -> Option<(usize, f64, usize)> {
        let mut shown = self.compared(rows);
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

    /// Those of `rows` that have a rank, best first.
    pub fn compared<'a>(&'a self, rows: &'a Bits) -> impl Iterator<Item = usize> + 'a {
        let budget = self.greatest_budget(rows);
        let rows = self
            .order
            .iter()
            .map(|row| *row as usize)
            .filter(|row| rows.get(*row));
        rows.filter(move |row| self.is_at(budget, *row))
    }

    /// What the ranks among `rows` are found by.
    pub fn ranks_among(&self, rows: &Bits) -> Ranks {
        let budget = self.greatest_budget(rows);
        let placed = |rows: &Bits| rows.placed(&self.places, self.order.len());
        let kept = if budget.is_none() {
            // Of a million runs, what is asked of each counts.
            placed(rows)
        } else {
            let is_compared = |row| rows.get(row) && self.is_at(budget, row);
            placed(&Bits::from_fn(rows.len(), is_compared))
        };
        Ranks::new(kept, budget)
    }

    /// The rank of a run among those that `ranks` were made for, of which it must be one; 1 is best, `None` where it has no
    /// finite value or a lesser budget.
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
        let has_rank = !value.is_nan() && self.is_at(ranks.budget, row);
        has_rank.then(|| 1 + ranks.below(self.order.partition_point(is_better)))
    }

    /// The rank of every run among `rows`, 1 is best, 0 where it has none.
    pub fn ranks(&self, rows: &Bits) -> Vec<u32> {
        let mut ranks = vec![0; self.values.len()];
        let (mut rank, mut before) = (0, f64::NAN);
        for (place, row) in self.compared(rows).enumerate() {
            if !same(self.values[row], before) {
                rank = place as u32 + 1;
                before = self.values[row];
            }
            ranks[row] = rank;
        }
        ranks
    }

    /// The runs of `rows`, best first, behind them those at lesser budgets, those without a finite value last in the order of rows.
    pub fn sorted(&self, rows: &Bits, worst_first: bool) -> Vec<u32> {
        let mut sorted = rows.among(&self.order);
        if worst_first {
            sorted.reverse();
        }
        let budget = self.greatest_budget(rows);
        if budget.is_some() {
            order::by_key(&mut sorted, |row| !self.is_at(budget, *row as usize));
        }
        sorted.extend(
            rows.ones()
                .filter(|row| self.values[*row].is_nan())
                .map(|row| row as u32),
        );
        sorted
    }
}

/// The rows with a value, best first; equal values in the order of rows.
fn order_of(values: &[f64], maximize: bool) -> Vec<u32> {
    let mut order: Vec<u32> = (0..values.len() as u32)
        .filter(|row| !values[*row as usize].is_nan())
        .collect();
    let keys: Vec<u64> = values.iter().map(|x| number_key(*x, maximize)).collect();
    put_in_order(&mut order, &keys);
    order
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
    use ledger::{Role, RunSink, Statistic, ValueRef};

    /// Runs with a loss, and a budget where it is not 0.
    fn ledger(values: &[f64], budgets: &[u8]) -> Ledger {
        let mut made = None;
        let mut keep = |part: Ledger| made = Some(part);
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a.csv", "test", 0);
        for (value, budget) in values.iter().zip(budgets) {
            let row = sink.add_run();
            sink.set_named(row, Role::Metric, "loss", ValueRef::Number(*value));
            if *budget > 0 {
                let budget = ValueRef::Number(f64::from(*budget));
                sink.set_named(row, Role::Tag, "budget", budget);
            }
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
            let mut budgets = Vec::new();
            for _ in &values {
                budgets.push(u.int_in_range(0..=3)?);
            }
            if u.arbitrary()? {
                budgets.fill(0);
            }
            let ledger = ledger(&values, &budgets);
            let maximize = u.arbitrary()?;
            let mut shown = Vec::new();
            for _ in &values {
                shown.push(u.arbitrary::<bool>()?);
            }
            let rows = Bits::from_fn(values.len(), |row| shown[row]);
            let objective = ObjectiveColumn::new(&ledger, ColumnId(0), Statistic::Last, maximize);
            let ranks = objective.ranks(&rows);
            let better = |a: f64, b: f64| if maximize { a > b } else { a < b };
            let has_value = |row: &usize| shown[*row] && values[*row].is_finite();
            let having = |test: &dyn Fn(u8) -> bool| {
                let rows = (0..values.len()).filter(has_value);
                rows.filter(|row| test(budgets[*row])).count()
            };
            let greatest = (1..=3).rfind(|budget| having(&|own| own == *budget) > 1);
            let greatest = greatest.filter(|budget| having(&|own| own > 0 && own != *budget) > 0);
            let is_at = |own: u8| own == 0 || greatest.is_none_or(|budget| own == budget);
            let in_play = |row: usize| has_value(&row) && is_at(budgets[row]);
            assert_eq!(objective.greatest_budget(&rows), greatest.map(f64::from));
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
            assert!(
                sorted[..ranked.len()]
                    .iter()
                    .all(|row| in_play(*row as usize))
            );
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
