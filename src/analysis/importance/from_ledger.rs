//! A design out of a ledger: which params and runs take part, and in what space each param lies.

use super::{Design, Parameter};
use crate::ledger::{Bits, Cells, Column, ColumnId, Ledger, MISSING, Role};

/// What a person declares about a param.
#[derive(Clone, Debug, PartialEq)]
pub enum Declared {
    /// Numbers from `low` to `high`, evenly on a logarithmic scale where `log`.
    Range {
        /// The least.
        low: f64,
        /// The greatest.
        high: f64,
        /// Whether the scale is logarithmic.
        log: bool,
    },
    /// Numbers that are names of categories.
    Category,
}

/// A design, and which column each of its parameters is.
#[derive(Clone, Debug)]
pub struct LedgerDesign {
    /// The design.
    pub design: Design,
    /// The columns of its parameters, in their order.
    pub columns: Vec<ColumnId>,
    /// Runs and columns that take no part, each with the reason, for people.
    pub left_out: Vec<(String, String)>,
}

impl LedgerDesign {
    /// The design that explains `objective` (a finite value a run, NaN where there is none) by the
    /// params over `rows`. `objective_column` is never a parameter of itself.
    pub fn new(
        ledger: &Ledger,
        rows: &Bits,
        objective_column: ColumnId,
        objective: &[f64],
        declared: &[(String, Declared)],
    ) -> Self {
        let used: Vec<usize> = rows
            .ones()
            .filter(|row| objective.get(*row).is_some_and(|value| value.is_finite()))
            .collect();
        let mut left_out = runs_left_out(ledger, rows, objective_column, used.len());
        let mut design = Design {
            parameters: Vec::new(),
            objective: used.iter().map(|row| objective[*row]).collect(),
        };
        let mut columns = Vec::new();
        for (id, column) in ledger.columns_with_ids() {
            if column.role() != Role::Param || id == objective_column {
                continue;
            }
            let said = declared
                .iter()
                .find(|(name, _)| name == column.name())
                .map(|(_, said)| said);
            match parameter(column, &used, said) {
                Ok(parameter) => {
                    design.parameters.push(parameter);
                    columns.push(id);
                }
                Err(reason) => left_out.push((column.name().to_owned(), reason)),
            }
        }
        Self {
            design,
            columns,
            left_out,
        }
    }
}

/// Why some of the rows have no finite objective, with counts.
fn runs_left_out(
    ledger: &Ledger,
    rows: &Bits,
    objective: ColumnId,
    used: usize,
) -> Vec<(String, String)> {
    let column = ledger.column(objective);
    let name = column.name();
    let (mut missing, mut nan, mut infinite) = (0, 0, 0);
    for row in rows.ones() {
        match column.get(row).number() {
            None => missing += 1,
            Some(x) if x.is_nan() => nan += 1,
            Some(x) if x.is_infinite() => infinite += 1,
            Some(_) => {}
        }
    }
    // By a statistic of the history a run can have a finite value all the same.
    if used == rows.count() {
        return Vec::new();
    }
    let runs = |count: usize| {
        if count == 1 {
            "1 run".to_owned()
        } else {
            format!("{count} runs")
        }
    };
    let lanes = [
        (missing, "no value of"),
        (nan, "NaN for"),
        (infinite, "an infinite"),
    ];
    let told = lanes.iter().filter(|(count, _)| *count > 0);
    told.map(|(count, what)| {
        let has = if *count == 1 { "has" } else { "have" };
        (runs(*count), format!("{has} {what} {name}"))
    })
    .collect()
}

/// A column as a parameter over the used runs, or why it cannot be one.
fn parameter(
    column: &Column,
    used: &[usize],
    declared: Option<&Declared>,
) -> Result<Parameter, String> {
    let name = column.name();
    if matches!(declared, Some(Declared::Category)) {
        return Ok(Parameter::category(name, codes_of(column, used)));
    }
    match column.cells() {
        Cells::Number { odd, .. } if odd.is_empty() => {
            let numbers = column.numbers();
            let values = used.iter().map(|row| numbers[*row]).collect();
            Ok(match declared {
                Some(Declared::Range { low, high, log }) => {
                    Parameter::ranged(name, values, *low, *high, *log)
                }
                _ => Parameter::inferred(name, values),
            })
        }
        Cells::Number { .. } | Cells::Bool { .. } | Cells::Category { .. } => {
            Ok(Parameter::category(name, codes_of(column, used)))
        }
        Cells::Text { .. } => Err(
            "nearly every run has a text of its own, so it names runs and explains nothing"
                .to_owned(),
        ),
        Cells::Time { .. } => Err("it is a time".to_owned()),
        Cells::Empty(_) => Err("no run has a value for it".to_owned()),
    }
}

/// Codes of a column's distinct values over the used runs, by first occurrence.
fn codes_of(column: &Column, used: &[usize]) -> Vec<u32> {
    let mut dictionary = crate::ledger::Dictionary::default();
    let code = |code: u32| {
        if code == MISSING {
            super::Column::NO_CATEGORY
        } else {
            code
        }
    };
    used.iter()
        .map(|row| code(dictionary.code(column.get(*row))))
        .collect()
}
