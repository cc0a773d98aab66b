//! Evaluations at several budgets, as searches by successive halving make them: what came of a short training is no result
//! beside one of a long training, so those at the greatest budget are compared.

use super::Question;
use super::configurations::Configurations;
use crate::analysis::grouping::is_budget;
use crate::chart::number::short_number;

/// So many configurations at least are compared.
const FEWEST: usize = 2;

/// What is compared where budgets differ.
pub(super) struct AtBudget {
    /// The column's name and the greatest budget.
    pub(super) name: String,
    /// How many configurations have a result at another one.
    pub(super) others: usize,
}

impl AtBudget {
    /// Keeps the configurations at the greatest budget that several have a result at. `None` where all have one, and where
    /// the person made the groups.
    pub(super) fn keep(
        question: &Question<'_>,
        configurations: &mut Configurations,
    ) -> Option<Self> {
        let (_, _, objective) = question.objective.filter(|_| question.grouped.is_none())?;
        let mut columns = question.ledger.columns_with_ids();
        let (_, column) =
            columns.find(|(_, column)| is_budget(column) && column.spread().varies)?;
        let budget = |rows: &[u32]| {
            let row = *rows.first()? as usize;
            column.get(row).number().filter(|x| x.is_finite())
        };
        let has_result = |rows: &[u32]| {
            rows.iter()
                .any(|row| objective.values[*row as usize].is_finite())
        };
        let members = &configurations.members;
        let with_result = members.iter().filter(|rows| has_result(rows));
        let mut budgets: Vec<f64> = with_result.filter_map(|rows| budget(rows)).collect();
        budgets.sort_by(f64::total_cmp);
        let all = budgets.len();
        let greatest = budgets
            .chunk_by(|a, b| a == b)
            .rev()
            .find(|equal| equal.len() >= FEWEST)
            .map(|equal| (equal[0], all - equal.len()));
        let (greatest, others) = greatest.filter(|(_, others)| *others > 0)?;
        configurations
            .members
            .retain(|rows| budget(rows).is_none_or(|own| own == greatest));
        Some(Self {
            name: format!("{} = {}", column.name(), short_number(greatest)),
            others,
        })
    }
}
