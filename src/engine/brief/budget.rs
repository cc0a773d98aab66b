//! Which configurations the brief compares where budgets differ: those at the greatest.

use super::Question;
use super::configurations::Configurations;
use crate::engine::show::short_number;

/// What is compared where budgets differ.
pub(super) struct AtBudget {
    /// The column's name and the greatest budget.
    pub(super) name: String,
    /// How many configurations have a result at another one.
    pub(super) others: usize,
}

impl AtBudget {
    /// Keeps the configurations at the greatest budget that several runs have a result at. `None` where all have one, and
    /// where the person made the groups.
    pub(super) fn keep(
        question: &Question<'_>,
        configurations: &mut Configurations,
    ) -> Option<Self> {
        let (_, _, objective) = question.objective.filter(|_| question.grouped.is_none())?;
        let budget = objective.greatest_budget(question.shown);
        let name = format!("{} = {}", objective.budget_name()?, short_number(budget?));
        let mut others = 0;
        configurations.members.retain(|rows| {
            let mut rows = rows.iter().map(|row| *row as usize);
            let is_at = rows.clone().any(|row| objective.is_at(budget, row));
            others += usize::from(!is_at && rows.any(|row| objective.values[row].is_finite()));
            is_at
        });
        Some(Self { name, others })
    }
}
