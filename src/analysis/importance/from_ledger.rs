//! A design out of a ledger: which params and runs take part, and in what space each param lies.

use super::{Design, Parameter};
use crate::analysis::grouping::{Groups, joined_by_source, replicate_keys};
use crate::ledger::{
    Bits, Cells, Column, ColumnId, Dictionary, Ledger, MISSING, Role, ValueRef, attribute,
};
use rustc_hash::FxHashSet;

/// Up to how many different numbers a param with texts among its numbers is categorical.
const NUMBERS_OF_A_CATEGORY: usize = 16;

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
    /// The ledger's row of each of its runs.
    pub rows: Vec<usize>,
    /// Runs and columns that take no part, each with the reason, for people.
    pub left_out: Vec<(String, String)>,
}

impl LedgerDesign {
    /// Leaves a parameter out, if it is one.
    pub fn leave_out(&mut self, column: ColumnId, name: &str, reason: &str) {
        if let Some(place) = self.columns.iter().position(|known| *known == column) {
            self.columns.remove(place);
            self.design.parameters.remove(place);
            self.left_out.push((name.to_owned(), reason.to_owned()));
        }
    }

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
        let mut left_out = runs_left_out(ledger, rows, objective_column, objective);
        let mut design = Design {
            parameters: Vec::new(),
            objective: used.iter().map(|row| objective[*row]).collect(),
            configurations: configurations(ledger, &used, objective),
        };
        let mut columns = Vec::new();
        for (id, column) in ledger.columns_with_ids() {
            if column.role() != Role::Param || id == objective_column {
                continue;
            }
            if let Some(formula) = column.formula() {
                // Its share would be taken from theirs.
                let reason = format!("computed by {formula}: what it is made of is measured");
                left_out.push((column.name().to_owned(), reason));
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
            rows: used,
            left_out,
        }
    }

    /// What the categories of a parameter are called, by code; empty for a numeric one.
    pub fn names(&self, ledger: &Ledger, parameter: usize) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let parameters = self.design.parameters.get(parameter);
        if let (Some(super::Column::Codes(codes)), Some(id)) = (
            parameters.map(|parameter| &parameter.values),
            self.columns.get(parameter),
        ) {
            let column = ledger.column(*id);
            for (code, row) in codes.iter().zip(&self.rows) {
                // Codes are given by first occurrence.
                if *code as usize == names.len() {
                    names.push(column.get(*row).to_string());
                }
            }
        }
        names
    }
}

/// The configuration of each of these rows; nothing where there are no params to part them by.
fn configurations(ledger: &Ledger, used: &[usize], objective: &[f64]) -> Vec<u32> {
    let mut rows = Bits::filled(ledger.rows(), false);
    let mut values = vec![f64::NAN; ledger.rows()];
    for row in used {
        rows.set(*row, true);
        values[*row] = objective[*row];
    }
    let (keys, others) = replicate_keys(ledger, &values);
    if keys.is_empty() {
        return Vec::new();
    }
    let groups = Groups::new(ledger, &keys, &rows);
    let (groups, _) = joined_by_source(ledger, groups, &keys, &others);
    used.iter().map(|row| groups.of_row[*row]).collect()
}

/// Why some of the rows have no finite objective, with counts.
fn runs_left_out(
    ledger: &Ledger,
    rows: &Bits,
    objective_column: ColumnId,
    objective: &[f64],
) -> Vec<(String, String)> {
    let column = ledger.column(objective_column);
    let name = column.name();
    let status = ledger.attribute(attribute::STATUS);
    // By reason, in the order in which they came.
    let mut reasons: Vec<(String, usize)> = Vec::new();
    let has_objective = |row: &usize| objective.get(*row).is_some_and(|value| value.is_finite());
    for row in rows.ones().filter(|row| !has_objective(row)) {
        let word = status.and_then(|column| column.get(row).text());
        let reason = match (column.get(row).number(), word) {
            (_, Some("pruned")) => {
                "pruned: they ended early, so what they reported is no result".to_owned()
            }
            (Some(x), Some(word @ ("failed" | "killed"))) if x.is_finite() => {
                format!("{word}, so what they reported last is no result")
            }
            (Some(x), _) if x.is_nan() => format!("NaN for {name}"),
            (Some(x), _) if x.is_infinite() => format!("infinite {name}"),
            (Some(_), _) => format!("no finite {name}"),
            (None, Some(word)) if !["finished", "unknown"].contains(&word) => {
                format!("{word}, no value of {name}")
            }
            (None, _) => format!("no value of {name}"),
        };
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((reason, 1)),
        }
    }
    let told = |(reason, count): (String, usize)| {
        let runs = if count == 1 { "run" } else { "runs" };
        (format!("{count} {runs}"), reason)
    };
    reasons.into_iter().map(told).collect()
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
        Cells::Number { .. } | Cells::Bool { .. } | Cells::Category { .. } => {
            if !is_numeric(column, used, declared) {
                return Ok(Parameter::category(name, codes_of(column, used)));
            }
            // Texts among numbers become missing: a branch of its own, as an inactive parameter is.
            let numbers = column.numbers();
            let values = used.iter().map(|row| numbers[*row]).collect();
            Ok(match declared {
                Some(Declared::Range { low, high, log }) => {
                    Parameter::ranged(name, values, *low, *high, *log)
                }
                _ => Parameter::inferred(name, values),
            })
        }
        Cells::Text { .. } => Err(
            "nearly every run has a text of its own, so it names runs and explains nothing"
                .to_owned(),
        ),
        Cells::Time { .. } => Err("it is a time".to_owned()),
        Cells::Empty(_) => Err("no run has a value for it".to_owned()),
    }
}

/// Whether a column's values over the used runs are numbers of an ordered scale: all are numbers, or
/// there are so many different ones that the few texts among them (`auto`, `none`) are exceptions.
fn is_numeric(column: &Column, used: &[usize], declared: Option<&Declared>) -> bool {
    let (mut numbers, mut others) = (FxHashSet::default(), 0);
    for row in used {
        match column.get(*row) {
            ValueRef::Missing => {}
            ValueRef::Number(x) => {
                numbers.insert((x + 0.0).to_bits());
            }
            _ => others += 1,
        }
    }
    let is_declared = matches!(declared, Some(Declared::Range { .. }));
    !numbers.is_empty() && (others == 0 || is_declared || numbers.len() > NUMBERS_OF_A_CATEGORY)
}

/// Codes of a column's distinct values over the used runs, by first occurrence.
fn codes_of(column: &Column, used: &[usize]) -> Vec<u32> {
    let mut dictionary = Dictionary::default();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::importance::Space;
    use crate::ledger::{RunSink, Status};

    /// A ledger of the params `names` and the metric `loss`, a line a run: cells by comma, then status.
    fn ledger(names: &[&str], lines: &[&str]) -> Ledger {
        let mut made = Ledger::default();
        let mut keep = |part: Ledger| made = part;
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a.csv", "test", 0);
        for line in lines {
            let row = sink.add_run();
            let mut cells = line.split(',');
            for name in names {
                let value = ValueRef::parse(cells.next().unwrap());
                sink.set_named(row, Role::Param, name, value);
            }
            let loss = ValueRef::parse(cells.next().unwrap());
            sink.set_named(row, Role::Metric, "loss", loss);
            if let Some(word) = cells.next() {
                sink.set_status(row, Status::from_word(word));
            }
        }
        sink.finish();
        made
    }

    fn design(ledger: &Ledger, declared: &[(String, Declared)]) -> LedgerDesign {
        let column = ledger.find(Role::Metric, "loss").unwrap();
        let objective: Vec<f64> = ledger.column(column).numbers().into_owned();
        let rows = Bits::filled(ledger.rows(), true);
        LedgerDesign::new(ledger, &rows, column, &objective, declared)
    }

    #[test]
    fn runs_without_an_objective_are_told_by_reason() {
        let ledger = ledger(
            &["lr"],
            &[
                "1,0.5",
                "2,nan",
                "3,inf",
                "4,",
                "5,,failed",
                "6,,failed",
                "7,nan",
                "8,1,failed",
            ],
        );
        let found = design(&ledger, &[]);
        assert_eq!(found.design.objective, [0.5, 1.0]);
        let told: Vec<String> = found
            .left_out
            .iter()
            .map(|(what, why)| format!("{what}: {why}"))
            .collect();
        assert_eq!(
            told,
            [
                "2 runs: NaN for loss",
                "1 run: infinite loss",
                "1 run: no value of loss",
                "2 runs: failed, no value of loss"
            ]
        );
    }

    #[test]
    fn params_lie_in_the_space_that_their_values_over_the_used_runs_say() {
        let lines: Vec<String> = (0..40)
            .map(|run| {
                let lr = if run == 7 {
                    "auto".to_owned()
                } else {
                    format!("0.{:02}", run + 1)
                };
                let depth = if run % 2 == 0 { "sqrt" } else { "0.5" };
                // Only a run without an objective has a text for its width.
                let (width, loss) = if run == 9 { ("wide", "") } else { ("16", "1") };
                format!("{lr},{depth},{width},{},{loss}", run % 3)
            })
            .collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let ledger = ledger(&["lr", "depth", "width", "kernel"], &lines);
        let spaces = |declared: &[(String, Declared)]| -> Vec<&'static str> {
            let parameters = design(&ledger, declared).design.parameters;
            let word = |space: &Space| match space {
                Space::Number { log: true, .. } => "log",
                Space::Number { .. } => "number",
                Space::Levels => "levels",
                Space::Category => "category",
            };
            parameters
                .iter()
                .map(|parameter| word(&parameter.space))
                .collect()
        };
        assert_eq!(spaces(&[]), ["number", "category", "number", "number"]);
        let range = Declared::Range {
            low: 1e-3,
            high: 1.0,
            log: true,
        };
        assert_eq!(
            spaces(&[
                ("lr".to_owned(), range),
                ("kernel".to_owned(), Declared::Category)
            ]),
            ["log", "category", "number", "category"]
        );
    }
}
