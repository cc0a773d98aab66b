//! Charts of runs in numbers: what stands in a table below the lines of Space, the curves and the dots, for who does not see
//! them and for who wants them exactly.

use super::brief::Question;
use super::info::column_of_key;
use super::scales::number_or_absence;
use super::scattered::ScatterView;
use super::show::{cell, run_name, short_number};
use super::space::{SpaceAxis, SpaceRuns};
use super::space_axes::numbers_of;
use crate::analysis::correlation::Coefficient;
use crate::analysis::part::Part;
use crate::analysis::ranking::ObjectiveColumn;
use crate::chart::absence::Lanes;
use crate::chart::axis::Axis;
use crate::chart::number::{counted, grouped};
use crate::ledger::time::format_millis;
use crate::ledger::{Bits, ColumnId, ValueRef};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// How many lines of runs all tables of a chart have together.
pub(super) const MOST_LINES: usize = 200;

/// Of more runs an even part is correlated.
const MOST_CORRELATED: usize = 20_000;

/// How many values of a column are told with how many runs have them.
const TOLD_VALUES: usize = 3;

/// Of how many runs the best are looked at, how many these are at most, and of how many axes it is told where they lie.
const BEST_PART: usize = 10;
const MOST_BEST: usize = 1000;
const MOST_TOLD: usize = 6;

/// What stands where there is no number.
const NOTHING: &str = "–";

/// The chart, as it was drawn last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum NumbersOf {
    /// Lines across axes.
    Space,
    /// Panels of curves.
    Curves,
    /// Dots over these columns.
    Scatter(ScatterView),
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// What it is of.
    pub title: String,
    /// How much of it there is, and what is to be known of its numbers.
    pub words: String,
    /// What its columns are; the first is of names.
    pub columns: Vec<String>,
    /// Its lines.
    pub lines: Vec<Vec<String>>,
}

impl Numbers {
    /// One without lines.
    pub(super) fn new(title: &str, words: String, columns: &[&str]) -> Self {
        Self {
            title: title.to_owned(),
            words,
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            lines: Vec::new(),
        }
    }
}

/// The shown runs, the best first, at most so many, and how that is told.
pub(super) fn first_of(
    shown: &Bits,
    objective: Option<&ObjectiveColumn>,
    most: usize,
) -> (Vec<usize>, String) {
    let mut rows: Vec<usize> = match objective {
        Some(values) => {
            let sorted = values.sorted(shown, false).into_iter();
            sorted.take(most).map(|row| row as usize).collect()
        }
        None => shown.ones().take(most).collect(),
    };
    rows.truncate(most);
    let order = if objective.is_some() {
        "the best first"
    } else {
        "as they were read"
    };
    let all = counted(shown.count(), "shown run");
    let told = if rows.len() < shown.count() {
        format!("{} of {all}, {order}.", grouped(rows.len()))
    } else {
        format!("{all}, {order}.")
    };
    (rows, told)
}

/// A number, or a time in milliseconds.
fn number(x: f64, time: bool) -> String {
    if x.is_nan() {
        NOTHING.to_owned()
    } else if time {
        format_millis(x as i64)
    } else {
        short_number(x)
    }
}

/// The middle of some numbers; NaN of none.
pub(super) fn median(numbers: &mut [f64]) -> f64 {
    order::by(numbers, f64::total_cmp);
    match numbers.len() {
        0 => f64::NAN,
        all => f64::midpoint(numbers[(all - 1) / 2], numbers[all / 2]),
    }
}

/// The axes of the space, a line each: of the shown runs.
pub(super) fn space(axes: &[SpaceAxis], runs: SpaceRuns<'_>) -> Numbers {
    let shown = runs.shown.count();
    let mut words = told_best(axes, runs);
    if !words.is_empty() {
        words.push(' ');
    }
    words.push_str(&format!(
        "A line an axis, from left to right, of {}.",
        counted(shown, "shown run")
    ));
    let mut numbers = Numbers::new(
        "Axes",
        words,
        &[
            "Axis",
            "Scale",
            "Runs with a place",
            "Least",
            "Median",
            "Greatest",
            "Without a place",
        ],
    );
    if runs.objective.is_some() {
        let of = "Correlation of ranks with the objective".to_owned();
        numbers.columns.push(of);
    }
    for axis in axes {
        let (mut cells, correlation) = axis_line(axis, runs, shown);
        if runs.objective.is_some() {
            let told = correlation.map_or(NOTHING.to_owned(), |value| format!("{value:.2}"));
            cells.push(told);
        }
        numbers.lines.push(cells);
    }
    numbers
}

/// An axis' line, and how its numbers go along with the objective.
fn axis_line(axis: &SpaceAxis, runs: SpaceRuns<'_>, shown: usize) -> (Vec<String>, Option<f64>) {
    let of_all = |some: usize| format!("{} of {}", grouped(some), grouped(shown));
    let Some(values) = numbers_of(axis.column, runs) else {
        let values = values_of(axis.column, runs);
        let with: usize = values.iter().map(|(_, count)| count).sum();
        let named = values.iter().take(TOLD_VALUES);
        let named: Vec<String> = named
            .map(|(value, count)| format!("{value} ({})", grouped(*count)))
            .collect();
        let more = if values.len() > TOLD_VALUES {
            ", …"
        } else {
            ""
        };
        let told = format!(
            "{}: {}{more}",
            counted(values.len(), "value"),
            named.join(", ")
        );
        let none = || NOTHING.to_owned();
        let without = match shown - with {
            0 => none(),
            without => format!("{} missing", grouped(without)),
        };
        let name = axis.name.clone();
        let cells = vec![name, told, of_all(with), none(), none(), none(), without];
        return (cells, None);
    };
    let each = || runs.shown.ones().map(|row| values[row]);
    let mut finite: Vec<f64> = each().filter(|x| x.is_finite()).collect();
    let middle = median(&mut finite);
    let ends = [finite.first(), finite.last()].map(|x| x.copied().unwrap_or(f64::NAN));
    let time = matches!(axis.axis, Axis::Numbers { time: true, .. });
    let spacing = axis.axis.spacing().word().trim_matches([' ', '(', ')']);
    let without = match Lanes::of(&mut each()).told() {
        told if told.is_empty() => NOTHING.to_owned(),
        told => told,
    };
    let cells = vec![
        axis.name.clone(),
        if spacing.is_empty() {
            "linear"
        } else {
            spacing
        }
        .to_owned(),
        of_all(finite.len()),
        number(ends[0], time),
        number(middle, time),
        number(ends[1], time),
        without,
    ];
    let correlation = runs.objective.filter(|_| !axis.is_objective);
    let correlation = correlation.and_then(|(_, objective)| {
        let part = Part::new(shown, MOST_CORRELATED);
        let rows = runs.shown.ones().filter(|row| part.has(*row));
        let pairs = rows.map(|row| (values[row], objective.values[row]));
        let pairs = pairs.filter(|(a, b)| a.is_finite() && b.is_finite());
        let (a, b): (Vec<f64>, Vec<f64>) = pairs.unzip();
        Coefficient::Spearman.of(&a, &b)
    });
    (cells, correlation)
}

/// The values of a column among the shown runs with how many have each, the most frequent first.
fn values_of(column: ColumnId, runs: SpaceRuns<'_>) -> Vec<(String, usize)> {
    let column = runs.ledger.column(column);
    let rows = runs.shown.ones();
    frequent(&mut rows.map(|row| column.get(row)))
}

/// How often each text comes, the most frequent first.
fn frequent(values: &mut dyn Iterator<Item = ValueRef<'_>>) -> Vec<(String, usize)> {
    let mut counts: FxHashMap<String, usize> = FxHashMap::default();
    for value in values.filter(|value| !value.is_missing()) {
        *counts.entry(value.to_string()).or_default() += 1;
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    order::by(&mut counts, |a, b| {
        b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0))
    });
    counts
}

/// Where the best runs lie on the axes beside the objective, in a sentence: what the lines' colours show. Nothing without an
/// objective.
pub(super) fn told_best(axes: &[SpaceAxis], runs: SpaceRuns<'_>) -> String {
    let Some((_, objective)) = runs.objective else {
        return String::new();
    };
    let shown = runs.shown.count();
    let most = (shown / BEST_PART).clamp(1, MOST_BEST);
    let best: Vec<usize> = objective.compared(runs.shown).take(most).collect();
    let others = axes.iter().filter(|axis| !axis.is_objective);
    let told = others.rev().take(MOST_TOLD).filter_map(|axis| {
        let column = runs.ledger.column(axis.column);
        let Axis::Numbers {
            low, high, time, ..
        } = &axis.axis
        else {
            let values = frequent(&mut best.iter().map(|row| column.get(*row)));
            let (value, count) = values.first()?;
            return Some(format!("{} {value} in {}", axis.name, grouped(*count)));
        };
        let numbers = best.iter().map(|row| number_or_absence(column.get(*row)));
        let mut finite: Vec<f64> = numbers.filter(|x| x.is_finite()).collect();
        order::by(&mut finite, f64::total_cmp);
        let (least, greatest) = (*finite.first()?, *finite.last()?);
        let text = |x: f64| number(x, *time);
        let ends = if finite.len() > 1 {
            format!("{} to {}", text(least), text(greatest))
        } else {
            text(least)
        };
        Some(format!(
            "{} {ends} (of {} to {})",
            axis.name,
            text(*low),
            text(*high)
        ))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() || best.is_empty() {
        return String::new();
    }
    let best = if best.len() == 1 {
        "The best run has".to_owned()
    } else {
        format!("The best {} have", grouped(best.len()))
    };
    format!("{best} {}.", told.join("; "))
}

/// The dots: a line a run, with what it has in each column of the picture.
pub(super) fn scatter(question: &Question<'_>, set: &ScatterView) -> Numbers {
    let objective = question.objective.map(|(_, _, values)| values);
    let (rows, words) = first_of(question.shown, objective, MOST_LINES);
    let mut keys: Vec<&String> = if set.matrix.is_empty() {
        vec![&set.x, &set.y, &set.colour, &set.size]
    } else {
        set.matrix.iter().chain([&set.colour]).collect()
    };
    let mut met: Vec<&String> = Vec::new();
    keys.retain(|key| {
        let is_new = !met.contains(key);
        met.push(key);
        is_new
    });
    let columns: Vec<_> = keys
        .into_iter()
        .filter_map(|key| column_of_key(question.ledger, key))
        .map(|id| question.ledger.column(id))
        .collect();
    let mut numbers = Numbers::new("Runs", words, &["Run"]);
    let names = columns.iter().map(|column| column.name().to_owned());
    numbers.columns.extend(names);
    let line = |row: usize| {
        let cells = columns.iter().map(|column| match column.get(row) {
            value if value.is_missing() => "missing".to_owned(),
            value => cell(value).text,
        });
        std::iter::once(run_name(question.ledger, row))
            .chain(cells)
            .collect()
    };
    numbers.lines = rows.into_iter().map(line).collect();
    numbers
}
