//! Runs by what they have in a column: by value, or by parts of a number's range with as many runs each.

use super::measure::Measure;
use crate::analysis::grouping::row_codes;
use crate::engine::brief::Question;
use crate::ledger::{ColumnId, MISSING, median};

/// The number of a run that is in no part.
pub(super) const NO_PART: u32 = u32::MAX;

/// Runs by part.
pub(super) struct Parts {
    /// What the parts are.
    pub(super) names: Vec<String>,
    /// How many rarer values share one further part behind them.
    pub(super) rest: usize,
    /// The part of each row, [`NO_PART`] where it has none.
    pub(super) of_row: Vec<u32>,
}

impl Parts {
    /// By value: the most frequent among the shown runs, in the order of their median; the others together.
    pub(super) fn by_value(
        question: &Question<'_>,
        measure: &Measure<'_>,
        id: ColumnId,
        most: usize,
    ) -> Self {
        let column = question.ledger.column(id);
        let codes = row_codes(column, question.ledger.rows());
        let name = |row: usize| column.get(row).to_string();
        Self::of_codes(question, measure, codes, name, most)
    }

    /// By the codes of runs, each of which is called by what `name` says of its first run.
    pub(super) fn of_codes(
        question: &Question<'_>,
        measure: &Measure<'_>,
        mut codes: Vec<u32>,
        name: impl Fn(usize) -> String,
        most: usize,
    ) -> Self {
        let greatest = codes.iter().filter(|code| **code != MISSING).max();
        // How many have it, and the first of them.
        let mut counts = vec![(0_usize, 0_usize); greatest.map_or(0, |code| *code as usize + 1)];
        for row in question.shown.ones() {
            if let Some(count) = codes
                .get(row)
                .and_then(|code| counts.get_mut(*code as usize))
            {
                if count.0 == 0 {
                    count.1 = row;
                }
                count.0 += 1;
            }
        }
        let mut kept: Vec<u32> = (0..counts.len() as u32)
            .filter(|code| counts[*code as usize].0 > 0)
            .collect();
        order::by_key(&mut kept, |code| {
            std::cmp::Reverse(counts[*code as usize].0)
        });
        let rest = kept.len().saturating_sub(most);
        kept.truncate(most);
        let mut part_of = vec![kept.len() as u32; counts.len()];
        for (part, code) in kept.iter().enumerate() {
            part_of[*code as usize] = part as u32;
        }
        let mut values = vec![Vec::new(); kept.len()];
        for row in question.shown.ones() {
            let part = codes.get(row).and_then(|code| part_of.get(*code as usize));
            let x = measure.of(row);
            if let (Some(values), true) = (
                part.and_then(|part| values.get_mut(*part as usize)),
                x.is_finite(),
            ) {
                values.push(x);
            }
        }
        // Those without a number come last.
        let medians = values
            .into_iter()
            .map(|values| median(values).unwrap_or(f64::NAN));
        let mut sorted: Vec<(f64, u32)> = medians.zip(kept).collect();
        order::by(&mut sorted, |a, b| a.0.total_cmp(&b.0));
        for (part, (_, code)) in sorted.iter().enumerate() {
            part_of[*code as usize] = part as u32;
        }
        for code in &mut codes {
            *code = part_of.get(*code as usize).copied().unwrap_or(NO_PART);
        }
        let names = sorted
            .iter()
            .map(|(_, code)| name(counts[*code as usize].1));
        Self {
            names: names.collect(),
            rest,
            of_row: codes,
        }
    }
}
