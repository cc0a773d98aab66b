//! Runs by what they have in a column: by value, or by parts of a number's range with as many runs each.

use super::measure::Measure;
use crate::analysis::grouping::row_codes;
use crate::chart::number::{axis_end, counted, short_number};
use crate::engine::brief::Question;
use crate::engine::scales::even_parts;
use crate::ledger::{ColumnId, Kind, MISSING, median};

/// Of more different numbers there are parts.
const MOST_NUMBERS: usize = 8;

/// So many.
const PARTS: usize = 5;

/// The number of a run that is in no part.
pub(in crate::engine) const NO_PART: u32 = u32::MAX;

/// Runs by part.
pub(in crate::engine) struct Parts {
    /// What the parts are.
    pub(in crate::engine) names: Vec<String>,
    /// How many rarer values share one further part behind them.
    pub(in crate::engine) rest: usize,
    /// The part of each row, [`NO_PART`] where it has none.
    pub(in crate::engine) of_row: Vec<u32>,
}

impl Parts {
    /// By value: the most frequent among the shown runs, in the order of their median; the others together.
    pub(in crate::engine) fn by_value(
        question: &Question<'_>,
        of: &dyn Fn(usize) -> f64,
        id: ColumnId,
        most: usize,
    ) -> Self {
        let column = question.ledger.column(id);
        let codes = row_codes(column, question.ledger.rows());
        let name = |row: usize| column.get(row).to_string();
        Self::of_codes(question, of, codes, name, most)
    }

    /// By the codes of runs, each of which is called by what `name` says of its first run.
    pub(super) fn of_codes(
        question: &Question<'_>,
        of: &dyn Fn(usize) -> f64,
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
            let x = of(row);
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

/// The shown runs of a part.
pub(super) struct PartRuns {
    /// What they have in common.
    pub(super) name: String,
    /// How many they are.
    pub(super) of: usize,
    /// Those with a finite number.
    pub(super) rows: Vec<u32>,
}

impl PartRuns {
    /// Their numbers, ascending.
    pub(super) fn sorted(&self, measure: &Measure<'_>) -> Vec<f64> {
        let numbers = self.rows.iter().map(|row| measure.of(*row as usize));
        let mut sorted: Vec<f64> = numbers.collect();
        sorted.sort_by(f64::total_cmp);
        sorted
    }
}

impl Parts {
    /// All runs as one.
    pub(super) fn whole(question: &Question<'_>) -> Self {
        Self {
            names: vec!["all runs".to_owned()],
            rest: 0,
            of_row: vec![0; question.ledger.rows()],
        }
    }

    /// By a number: each of few, else parts of as many runs each.
    pub(super) fn by_number(question: &Question<'_>, id: ColumnId) -> Self {
        let column = question.ledger.column(id);
        let is_time = column.kind() == Kind::Time;
        let numbers = column.numbers();
        let shown = question.shown.ones();
        let shown = shown.filter_map(|row| numbers.get(row).copied());
        let mut sorted: Vec<f64> = shown.filter(|x| x.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let mut ends: Vec<(f64, f64)> = Vec::new();
        let mut at = 0;
        while let Some(x) = sorted.get(at)
            && ends.len() <= MOST_NUMBERS
        {
            ends.push((*x, *x));
            at = sorted.partition_point(|y| y <= x);
        }
        if ends.len() > MOST_NUMBERS {
            ends = even_parts(&sorted, PARTS);
        }
        let text = |x: f64| {
            if is_time {
                axis_end(x, true)
            } else {
                short_number(x)
            }
        };
        let name = |(low, high): &(f64, f64)| {
            if low < high {
                format!("{} to {}", text(*low), text(*high))
            } else {
                text(*low)
            }
        };
        let part = |x: &f64| {
            let part = ends.partition_point(|(_, high)| high < x);
            if x.is_finite() && part < ends.len() {
                part as u32
            } else {
                NO_PART
            }
        };
        Self {
            names: ends.iter().map(name).collect(),
            rest: 0,
            of_row: numbers.iter().map(part).collect(),
        }
    }

    /// The shown runs by part, those of rarer values last; and how many are in none.
    pub(super) fn runs(
        &self,
        question: &Question<'_>,
        measure: &Measure<'_>,
    ) -> (Vec<PartRuns>, usize) {
        let rest = (self.rest > 0).then(|| counted(self.rest, "more value"));
        let names = self.names.iter().cloned().chain(rest);
        let mut runs: Vec<PartRuns> = names
            .map(|name| PartRuns {
                name,
                of: 0,
                rows: Vec::new(),
            })
            .collect();
        let mut without = 0;
        for row in question.shown.ones() {
            let part = self.of_row.get(row);
            let Some(runs) = part.and_then(|part| runs.get_mut(*part as usize)) else {
                without += 1;
                continue;
            };
            runs.of += 1;
            if measure.of(row).is_finite() {
                runs.rows.push(row as u32);
            }
        }
        (runs, without)
    }
}
