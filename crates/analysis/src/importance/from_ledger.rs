//! A design out of a ledger: which params and runs take part, and in what space each param lies.

mod exported;

use super::{Design, Parameter, Space};
use crate::grouping::{Groups, joined_by_source, parts_no_replicates, replicate_keys};
use crate::part::Part;
use exported::{Exported, exported};
use ledger::{
    Bits, Cells, Column, ColumnId, Dictionary, Ledger, MISSING, Role, ValueRef, attribute,
};
use rustc_hash::FxHashSet;

/// Up to how many different numbers a param with texts among its numbers is categorical.
const NUMBERS_OF_A_CATEGORY: usize = 16;

/// So few values that were tried are levels, of which one is not measured by how far it is to the next.
const FEW: usize = 12;

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
    /// All of the range that the export declares, whatever part of it is shown.
    Exported,
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
            let exported = exported(
                ledger,
                column,
                (rows, &used),
                said == Some(&Declared::Exported),
            );
            match parameter(column, &used, said, exported) {
                Ok(parameter) => {
                    design.parameters.push(parameter);
                    columns.push(id);
                }
                Err(reason) => left_out.push((column.name().to_owned(), reason)),
            }
        }
        // What is given to a run and is no choice, as a seed, has no part in the design.
        let is_chosen = |id: &&ColumnId| parts_no_replicates(ledger.column(**id)).is_none();
        let chosen = columns.iter().zip(&design.parameters);
        let chosen = chosen.filter(|(id, _)| is_chosen(id)).map(|(_, of)| of);
        if is_discrete(&design.configurations, chosen) {
            design.configurations.clear();
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

/// Whether runs are replicates of a discrete design: half of the combinations of the values that occur were run, twice on average.
/// Then there is hardly another configuration that could have been drawn, and what a forest says of one that it has seen is
/// what is asked: runs are drawn one by one, since drawing configurations would undo the design.
fn is_discrete<'d>(
    configurations: &[u32],
    parameters: impl Iterator<Item = &'d Parameter>,
) -> bool {
    let known: FxHashSet<u32> = configurations.iter().copied().collect();
    let count = known.len();
    if count < 2 || configurations.len() < 2 * count {
        return false;
    }
    let mut combinations = 1_usize;
    for parameter in parameters {
        let mut levels: FxHashSet<u64> = FxHashSet::default();
        match &parameter.values {
            super::Column::Numbers(values) => {
                levels.extend(values.iter().map(|value| value.to_bits()));
            }
            super::Column::Codes(codes) => levels.extend(codes.iter().map(|code| u64::from(*code))),
        }
        combinations = combinations.saturating_mul(levels.len().max(1));
        if combinations > 2 * count {
            return false;
        }
    }
    true
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
            (Some(x), Some(word @ ("failed" | "killed" | "running"))) if x.is_finite() => {
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
    exported: Option<Exported>,
) -> Result<Parameter, String> {
    let name = column.name();
    if matches!(declared, Some(Declared::Category)) {
        return Ok(Parameter::category(name, codes_of(column, used)));
    }
    match column.cells() {
        Cells::Number { .. } | Cells::Bool { .. } | Cells::Category { .. } => {
            let is_range = exported.is_some() || matches!(declared, Some(Declared::Range { .. }));
            if !is_numeric(column, used, is_range) {
                return Ok(Parameter::category(name, codes_of(column, used)));
            }
            // Texts among numbers are on no scale: a branch of their own, as an inactive parameter is.
            let numbers = column.numbers();
            let mut values: Vec<f64> = used.iter().map(|row| numbers[*row]).collect();
            let mut elsewhere = texts(column, used);
            let parameter = match (declared, exported) {
                (Some(Declared::Range { low, high, log }), _) => {
                    Parameter::ranged(name, values, *low, *high, *log)
                }
                (_, Some(exported)) => {
                    if exported.range.log && take_out_zeros(&mut values) {
                        elsewhere.insert(0, "0".to_owned());
                    }
                    exported.parameter(name, values)
                }
                _ => {
                    let scale = scale_of(&numbers);
                    if scale == Some(true) && take_out_zeros(&mut values) {
                        elsewhere.insert(0, "0".to_owned());
                    }
                    on_scale(scale, Parameter::inferred(name, values))
                }
            };
            Ok(Parameter {
                elsewhere,
                ..parameter
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

/// What a column of numbers has in the used runs that is no finite number of its scale; nothing where all of it is missing.
fn texts(column: &Column, used: &[usize]) -> Vec<String> {
    const MOST: usize = 3;
    let mut found: Vec<String> = Vec::new();
    let mut is_missing = false;
    for row in used {
        let text = match column.get(*row) {
            ValueRef::Missing => {
                is_missing = true;
                continue;
            }
            ValueRef::Number(x) if x.is_finite() => continue,
            other => other.to_string(),
        };
        if !found.contains(&text) {
            if found.len() == MOST {
                found.push("others".to_owned());
                break;
            }
            found.push(text);
        }
    }
    if is_missing && !found.is_empty() {
        found.push("not set".to_owned());
    }
    found
}

/// Whether all runs of the ledger that are not 0 say that a scale is logarithmic; `None` where they lie on none of the two. What
/// is shown may be a narrow part, and a scale that changes with it would change what is measured.
fn scale_of(all: &[f64]) -> Option<bool> {
    const MOST: usize = 10_000;
    let part = Part::new(all.len(), MOST);
    let numbered = all.iter().enumerate();
    let some = numbered.filter(|(row, value)| part.has(*row) && **value != 0.0);
    let some: Vec<f64> = some.map(|(_, value)| *value).collect();
    let is_positive = some.iter().all(|value| value.is_nan() || *value > 0.0);
    match Space::infer(&some) {
        Space::Number { log, .. } if is_positive => Some(log),
        _ => None,
    }
}

/// The parameter on the scale of all runs.
fn on_scale(scale: Option<bool>, mut parameter: Parameter) -> Parameter {
    if let (Space::Number { low, step, log, .. }, Some(of_all)) = (&mut parameter.space, scale)
        && *low > 0.0
        && *log != of_all
    {
        *log = of_all;
        *step = step.filter(|_| !of_all);
    }
    parameter
}

/// Whether no more than [`FEW`] different numbers are among these: it is looked no farther than it takes to tell.
fn are_few(values: &mut dyn Iterator<Item = f64>) -> bool {
    let mut known: Vec<f64> = Vec::with_capacity(FEW);
    for value in values {
        if value.is_finite() && !known.contains(&value) {
            if known.len() == FEW {
                return false;
            }
            known.push(value);
        }
    }
    true
}

/// Takes 0 off a logarithmic scale: it is no number there, and as the end of a plain scale it would press
/// all others together. Says whether it did. Not where few values were tried, which are levels, nor where some runs have none.
fn take_out_zeros(values: &mut [f64]) -> bool {
    let others = || values.iter().copied().filter(|value| *value != 0.0);
    let is_whole = values.contains(&0.0) && others().all(|value| value > 0.0 && value.is_finite());
    if !is_whole || are_few(&mut others()) {
        return false;
    }
    for value in values.iter_mut().filter(|value| **value == 0.0) {
        *value = f64::NAN;
    }
    true
}

/// Whether a column's values over the used runs are numbers of an ordered scale: all are numbers, or
/// there are so many different ones that the few texts among them (`auto`, `none`) are exceptions.
fn is_numeric(column: &Column, used: &[usize], is_range: bool) -> bool {
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
    !numbers.is_empty() && (others == 0 || is_range || numbers.len() > NUMBERS_OF_A_CATEGORY)
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
    use ledger::{RunSink, Status};

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

    /// Runs of a grid of two params by three seeds, a line each.
    fn grid(skipped: usize) -> Vec<String> {
        let of = |run: usize| {
            let (a, b, seed) = (run / 6, run / 3 % 2, run % 3);
            let loss = a as f64 + 2.0 * b as f64 + 0.01 * (run * 37 % 11) as f64;
            format!("{a},{b},{seed},{loss}")
        };
        (0..12).filter(|run| *run != skipped).map(of).collect()
    }

    #[test]
    fn replicates_of_a_discrete_design_are_drawn_one_by_one() {
        let configurations = |lines: &[String]| {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let ledger = ledger(&["a", "b", "seed"], &lines);
            design(&ledger, &[]).design.configurations
        };
        assert_eq!(configurations(&grid(99)), Vec::<u32>::new());
        // One that has lost a run, or a combination, is still of nearly all.
        assert_eq!(configurations(&grid(4)), Vec::<u32>::new());
        assert_eq!(configurations(&grid(99)[3..]), Vec::<u32>::new());
        // A random search with seeds is not.
        let drawn: Vec<String> = (0..30)
            .map(|run| format!("{},{},{},{run}", run / 3, 100 - run / 3 * 7 % 10, run % 3))
            .collect();
        assert_eq!(configurations(&drawn).len(), 30);
    }

    #[test]
    fn a_narrow_part_of_a_logarithmic_scale_is_logarithmic() {
        let lines: Vec<String> = (0..100)
            .map(|run| {
                format!(
                    "{},{run}",
                    libm::pow(10.0, -5.0 + f64::from(run * 37 % 101) / 25.0)
                )
            })
            .collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let ledger = ledger(&["lr"], &lines);
        let lr = ledger
            .column(ledger.find(Role::Param, "lr").unwrap())
            .numbers();
        let narrow = Bits::from_fn(ledger.rows(), |row| (2e-4..4e-4).contains(&lr[row]));
        let column = ledger.find(Role::Metric, "loss").unwrap();
        let objective = ledger.column(column).numbers().into_owned();
        let found = LedgerDesign::new(&ledger, &narrow, column, &objective, &[]);
        let space = &found.design.parameters[0].space;
        assert!(
            matches!(space, Space::Number { log: true, low, .. } if *low > 1e-4),
            "{space:?}"
        );
    }

    #[test]
    fn what_is_no_number_of_a_scale_has_a_place_of_its_own_with_its_name() {
        let line = |run: usize| {
            let decay = match run % 5 {
                0 => "0".to_owned(),
                _ => format!("{}", libm::pow(10.0, -6.0 + run as f64 / 10.0)),
            };
            let gamma = match run % 4 {
                0 => "auto".to_owned(),
                1 => "scale".to_owned(),
                _ => format!("{}", 1.0 + run as f64),
            };
            let layers = run % 3;
            format!("{decay},{gamma},{layers},{run}")
        };
        let lines: Vec<String> = (0..50).map(line).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let ledger = ledger(&["decay", "gamma", "layers"], &lines);
        let found = design(&ledger, &[]).design.parameters;
        let names: Vec<String> = found.iter().map(Parameter::inactive).collect();
        assert_eq!(found[1].elsewhere, ["auto", "scale"]);
        assert_eq!(names, ["0", "auto, scale", "not set"]);
        assert_eq!(found[0].values.active().count(), 40);
        assert!(matches!(found[0].space, Space::Number { log: true, .. }));
        assert_eq!(found[2].values.active().count(), 50);
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

    #[test]
    fn twelve_different_numbers_are_few_and_thirteen_are_not() {
        let few = |count: u32| are_few(&mut (0..100).map(|at| f64::from(at % count)));
        assert_eq!((few(1), few(12), few(13)), (true, true, false));
        // Both zeros are one, and what is no number is none.
        let mut odd = [0.0, -0.0, f64::NAN, f64::INFINITY]
            .into_iter()
            .cycle()
            .take(80);
        assert!(are_few(&mut odd));
    }
}
