//! Evaluations at several budgets, as searches by successive halving make them: what came of a short training is no result
//! beside one of a long training, so those at the greatest budget are compared with each other, and have ranks.

use std::borrow::Cow;

use super::ObjectiveColumn;
use crate::grouping::is_budget;
use ledger::{Bits, Ledger};

/// So many runs at least have a result at the greatest budget: one alone has nothing that it could be compared with.
const FEWEST: usize = 2;

/// How much each run was given.
#[derive(Clone, Debug)]
pub(super) struct Budgets {
    /// The column that says it.
    name: String,
    /// By row; NaN where it is not said.
    given: Vec<f64>,
}

impl Budgets {
    /// Those of a ledger where a column says them and they differ.
    pub(super) fn of(ledger: &Ledger) -> Option<Self> {
        let mut columns = ledger.columns_with_ids();
        let (_, column) =
            columns.find(|(_, column)| is_budget(column) && column.spread().varies)?;
        let mut given = column.numbers().to_vec();
        given.resize(ledger.rows(), f64::NAN);
        Some(Self {
            name: column.name().to_owned(),
            given,
        })
    }
}

impl ObjectiveColumn {
    /// The greatest budget at which several of `rows` have a value, where others have one at another.
    pub fn greatest_budget(&self, rows: &Bits) -> Option<f64> {
        let given = &self.budgets.as_ref()?.given;
        let with_value = rows.among(&self.order);
        let mut budgets: Vec<f64> = with_value.iter().map(|row| given[*row as usize]).collect();
        budgets.retain(|budget| budget.is_finite());
        budgets.sort_by(f64::total_cmp);
        let equal = budgets
            .chunk_by(|a, b| a == b)
            .rfind(|equal| equal.len() >= FEWEST)?;
        (equal.len() < budgets.len()).then(|| equal[0])
    }

    /// Whether a run is compared where `budget` is the greatest: it had as much, or nothing is said of it.
    pub fn is_at(&self, budget: Option<f64>, row: usize) -> bool {
        let own = self.budgets.as_ref().map(|budgets| budgets.given[row]);
        match (budget, own) {
            (Some(budget), Some(own)) => own.is_nan() || own == budget,
            _ => true,
        }
    }

    /// The objective with the values that are compared among `rows` alone.
    pub fn at_greatest_budget(&self, rows: &Bits) -> Cow<'_, Self> {
        match self.greatest_budget(rows) {
            None => Cow::Borrowed(self),
            budget => {
                let mut values = self.values.clone();
                for (row, value) in values.iter_mut().enumerate() {
                    if !self.is_at(budget, row) {
                        *value = f64::NAN;
                    }
                }
                Cow::Owned(self.with_values(values))
            }
        }
    }

    /// What says how much each run was given, where something does.
    pub fn budget_name(&self) -> Option<&str> {
        self.budgets.as_ref().map(|budgets| budgets.name.as_str())
    }
}
