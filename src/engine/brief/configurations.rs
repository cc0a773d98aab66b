//! The shown runs by configuration: the person's groups, else replicates.

use super::Question;
use crate::analysis::correlation::average_ranks;
use crate::analysis::grouping::{Parting, joined_by_source, row_codes, seeds_vary};
use crate::analysis::part::Part;
use crate::analysis::ranking::ObjectiveColumn;
use crate::analysis::ranking::near::{MOST_RUNS, NearRuns, Places, near_runs};
use crate::ledger::{Cells, ColumnId, Ledger};

/// Rows by configuration.
#[derive(Default)]
pub(in crate::engine) struct Configurations {
    /// The rows of each.
    pub(in crate::engine) members: Vec<Vec<u32>>,
    /// Whether they are groups by what a person chose.
    are_groups: bool,
}

impl Configurations {
    pub(in crate::engine) fn new(
        question: &Question<'_>,
        keys: &[ColumnId],
        others: &[(ColumnId, &'static str)],
    ) -> Self {
        let mut parting = Self::parting(question, keys, others);
        if let Some(parting) = &mut parting {
            while parting.part(question.ledger) {}
        }
        Self::parted(question, parting, keys, others)
    }

    /// What parts the runs by `keys`, which are those of [`Question::replicate_keys`] as `others` are, where that is to be done.
    pub(super) fn parting(
        question: &Question<'_>,
        keys: &[ColumnId],
        others: &[(ColumnId, &'static str)],
    ) -> Option<Parting> {
        // Without params all runs would be one configuration, unless it is seeds that differ.
        let is_to_do = question.grouped.is_none() && (!keys.is_empty() || seeds_vary(others));
        is_to_do.then(|| Parting::new(question.ledger, keys, question.shown.clone()))
    }

    /// The configurations, once the runs are parted.
    pub(super) fn parted(
        question: &Question<'_>,
        parting: Option<Parting>,
        keys: &[ColumnId],
        others: &[(ColumnId, &'static str)],
    ) -> Self {
        let members = match (question.grouped, parting) {
            (Some(grouped), _) => grouped.all_members(),
            (None, None) => {
                let rows = question.shown.ones();
                rows.map(|row| vec![row as u32]).collect()
            }
            (None, Some(parting)) => {
                let (groups, _) = joined_by_source(question.ledger, parting.groups(), keys, others);
                let mut members = vec![Vec::new(); groups.count()];
                for row in question.shown.ones() {
                    if let Some(rows) = members.get_mut(groups.of_row[row] as usize) {
                        rows.push(row as u32);
                    }
                }
                members
            }
        };
        Self {
            members,
            are_groups: question.grouped.is_some_and(|grouped| grouped.are_chosen),
        }
    }

    /// Whether one has several runs.
    pub(in crate::engine) fn are_repeated(&self) -> bool {
        self.members.iter().any(|rows| rows.len() > 1)
    }

    /// What one is called.
    pub(in crate::engine) fn noun(&self) -> &'static str {
        match (self.are_repeated(), self.are_groups) {
            (false, _) => "run",
            (true, false) => "configuration",
            (true, true) => "group",
        }
    }

    /// The mean of each, or another center, in the place of its first row, NaN in all others: each counts once.
    pub(super) fn centers(&self, objective: &ObjectiveColumn) -> Vec<f64> {
        let values = &objective.values;
        let mut centers = vec![f64::NAN; values.len()];
        for rows in &self.members {
            let of_rows = objective
                .center
                .of(rows.iter().map(|row| values[*row as usize]));
            if let (Some(first), Some(center)) = (rows.first(), of_rows) {
                centers[*first as usize] = center;
            }
        }
        centers
    }
}

/// What runs that are nearly the same in `params` say of the noise of `means`, one value a configuration by row.
pub(super) fn near(ledger: &Ledger, params: &[ColumnId], means: &[f64]) -> Option<NearRuns> {
    let finite = || (0..means.len()).filter(|row| means[*row].is_finite());
    let part = Part::new(finite().count(), MOST_RUNS);
    let rows: Vec<usize> = finite().filter(|row| part.has(*row)).collect();
    let places = |id: &ColumnId| {
        let column = ledger.column(*id);
        if !matches!(column.cells(), Cells::Number { .. }) {
            let codes = row_codes(column, means.len());
            return Places::Category(rows.iter().map(|row| codes[*row]).collect());
        }
        let numbers = column.numbers();
        let own: Vec<f64> = rows
            .iter()
            .map(|row| numbers.get(*row).copied().unwrap_or(f64::NAN))
            .collect();
        let last = (rows.len() as f64 - 1.0).max(1.0);
        let ranks = average_ranks(&own).into_iter().zip(&own);
        let place = |(rank, x): (f64, &f64)| if x.is_nan() { f64::NAN } else { rank / last };
        Places::Number(ranks.map(place).collect())
    };
    let params: Vec<Places> = params.iter().map(places).collect();
    let values: Vec<f64> = rows.iter().map(|row| means[*row]).collect();
    near_runs(&params, &values)
}
