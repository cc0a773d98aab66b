//! How each two columns of numbers go together: the answer to [`super::protocol::Ask::Correlations`].

use super::brief::Question;
use super::info::key_of;
use super::scales::number_or_absence;
use crate::analysis::correlation::Coefficient;
use crate::analysis::part::Part;
use crate::chart::number::{counted, grouped};
use crate::ledger::{Column, ColumnId, Kind, Role};
use serde::{Deserialize, Serialize};

/// How many columns are shown at most.
const MOST_COLUMNS: usize = 40;

/// Of more runs an even part is correlated: 40 columns are 780 pairs, and it is asked whenever the filter changes.
const MOST_RUNS: usize = 5000;

/// Of fewer runs nothing is said.
const FEWEST: usize = 3;

/// So many runs that all lie in one order are more than chance gives: of 5 there are 120 orders.
const FEWEST_IN_ORDER: usize = 5;

/// How many names of columns that are left out are told.
const TOLD_NAMES: usize = 8;

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrelationsQuestion {
    /// The columns that are shown, in their order.
    pub columns: Vec<ColumnId>,
    /// Whether values are correlated, and not their ranks.
    pub pearson: bool,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Correlations {
    /// Keys and names of the columns.
    pub columns: Vec<(String, String)>,
    /// For each of them, what it has with each that stands before it.
    pub cells: Vec<Vec<Correlated>>,
    /// What can be said of all, in sentences.
    pub words: Vec<String>,
}

/// How two columns go together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Correlated {
    /// The coefficient; a dash where there is none.
    pub text: String,
    /// It, -1 to 1; 0 where there is none.
    pub value: f64,
    /// Whether it cannot be told from none.
    pub is_weak: bool,
    /// It with its interval, and of how many runs.
    pub title: String,
}

/// The numbers of a column.
pub(super) struct Numbers {
    pub(super) id: ColumnId,
    /// A run's each; not finite where it has none.
    pub(super) values: Vec<f64>,
    /// Places of finite ones, ascending by value.
    sorted: Vec<u32>,
}

impl Numbers {
    /// Those of some runs; `None` where they do not differ.
    pub(super) fn new(id: ColumnId, column: &Column, rows: &[usize]) -> Option<Self> {
        let number = |row: &usize| number_or_absence(column.get(*row));
        let values: Vec<f64> = rows.iter().map(number).collect();
        let is_finite = |at: &u32| values[*at as usize].is_finite();
        let mut sorted: Vec<u32> = (0..values.len() as u32).filter(is_finite).collect();
        order::by(&mut sorted, |a, b| {
            values[*a as usize].total_cmp(&values[*b as usize])
        });
        let (first, last) = (*sorted.first()?, *sorted.last()?);
        let differs = values[first as usize] < values[last as usize];
        differs.then_some(Self { id, values, sorted })
    }

    /// Ranks among the runs that the other column has a number of too, equal values sharing the mean of their places; NaN of
    /// the others. What is in order already need not be sorted for each pair.
    fn ranks(&self, other: &Self) -> Vec<f64> {
        let mut ranks = vec![f64::NAN; self.values.len()];
        let both = self.sorted.iter().copied();
        let both: Vec<u32> = both
            .filter(|at| other.values[*at as usize].is_finite())
            .collect();
        let value = |at: u32| self.values[at as usize];
        let mut before = 0;
        for tied in both.chunk_by(|a, b| value(*a) == value(*b)) {
            let rank = before as f64 + (tied.len() as f64 - 1.0) / 2.0;
            for at in tied {
                ranks[*at as usize] = rank;
            }
            before += tied.len();
        }
        ranks
    }
}

/// The rows of the shown runs, or of an even part of them.
pub(super) fn sample(question: &Question<'_>) -> Vec<usize> {
    let part = Part::new(question.shown.count(), MOST_RUNS);
    question.shown.ones().filter(|row| part.has(*row)).collect()
}

/// The answer.
pub(super) fn correlations(question: &Question<'_>, asked: &CorrelationsQuestion) -> Correlations {
    let ledger = question.ledger;
    let shown = question.shown.count();
    let rows = sample(question);
    let is_number = |id: &ColumnId| {
        ledger.try_column(*id).is_some_and(|column| {
            matches!(column.role(), Role::Param | Role::Metric) && column.kind() == Kind::Number
        })
    };
    let mut wanted: Vec<ColumnId> = asked.columns.iter().copied().filter(is_number).collect();
    // However many columns there are, what it is all about is among them.
    if let Some((_, objective, _)) = question.objective
        && let Some(at) = wanted.iter().position(|id| *id == objective)
    {
        wanted[..=at].rotate_right(1);
    }
    let mut numbers: Vec<Numbers> = Vec::new();
    let mut left_out: Vec<&str> = Vec::new();
    for id in wanted {
        let column = ledger.column(id);
        if numbers.len() < MOST_COLUMNS {
            numbers.extend(Numbers::new(id, column, &rows));
        } else {
            left_out.push(column.name());
        }
    }
    if numbers.len() < 2 {
        let none = "There are no two params or metrics of numbers that differ between runs.";
        return Correlations {
            words: vec![none.to_owned()],
            ..Correlations::default()
        };
    }
    let coefficient = if asked.pearson {
        Coefficient::Pearson
    } else {
        Coefficient::Spearman
    };
    let name = |of: &Numbers| ledger.column(of.id).name();
    let cells: Vec<Vec<Correlated>> = numbers
        .iter()
        .enumerate()
        .map(|(at, one)| {
            let before = numbers[..at].iter();
            let pair = |other| {
                let names = (name(one), name(other));
                correlated(coefficient, (one, other), names, shown.min(rows.len()))
            };
            before.map(pair).collect()
        })
        .collect();
    let all = || cells.iter().flatten();
    let mut words = vec![format!(
        "{} of each two of {} that the table shows{}.",
        if asked.pearson {
            "Pearson’s correlation (of values)"
        } else {
            "Spearman’s correlation (of ranks)"
        },
        counted(numbers.len(), "column"),
        if rows.len() < shown {
            format!(
                ", over {}, an even part of the {} shown",
                counted(rows.len(), "run"),
                grouped(shown)
            )
        } else {
            format!(", over {}", counted(shown, "shown run"))
        }
    )];
    if !left_out.is_empty() {
        let named = left_out.iter().take(TOLD_NAMES).copied();
        let named: Vec<&str> = named.collect();
        let more = if left_out.len() > named.len() {
            ", …"
        } else {
            ""
        };
        words.push(format!(
            "Not here {} that come later in the table: {}{more}.",
            counted(left_out.len(), "column"),
            named.join(", ")
        ));
    }
    words.push(format!(
        "{} of {} cannot be told from none: the 95 % interval holds 0, and the cell is pale. Of columns that have nothing to do \
         with one another, about 1 pair in 20 is not pale. A dash: fewer than {FEWEST} runs have both, or one is the same in all of them.",
        grouped(all().filter(|cell| cell.is_weak).count()),
        counted(all().count(), "pair")
    ));
    let column = |of: &Numbers| (key_of(ledger, of.id), name(of).to_owned());
    Correlations {
        columns: numbers.iter().map(column).collect(),
        cells,
        words,
    }
}

/// How two columns go together, of the so many runs that were looked at.
pub(super) fn correlated(
    coefficient: Coefficient,
    (one, other): (&Numbers, &Numbers),
    names: (&str, &str),
    looked_at: usize,
) -> Correlated {
    let both = one.values.iter().zip(&other.values);
    let n = both.filter(|(a, b)| a.is_finite() && b.is_finite()).count();
    let value = match coefficient {
        _ if n < FEWEST => None,
        Coefficient::Pearson => coefficient.of(&one.values, &other.values),
        // Of ranks Pearson's is Spearman's.
        _ => Coefficient::Pearson.of(&one.ranks(other), &other.ranks(one)),
    };
    let interval = value.and_then(|value| coefficient.interval(value, n));
    // None is less than none.
    let shown = |value: f64| format!("{:.2}", if value.abs() < 0.005 { 0.0 } else { value });
    let (text, said, is_weak) = match (value, interval) {
        (None, _) if n < FEWEST => ("–".to_owned(), "too few for a correlation".to_owned(), true),
        (None, _) => (
            "–".to_owned(),
            "one is the same in all of them".to_owned(),
            true,
        ),
        (Some(value), Some(ends)) => {
            let (value, low, high) = (shown(value), shown(ends.0), shown(ends.1));
            let said = format!("{value}, 95 % interval {low} to {high}");
            (value, said, ends.0 <= 0.0 && ends.1 >= 0.0)
        }
        (Some(value), None) => {
            let value = shown(value);
            let said = format!("{value}, which has no interval");
            (value, said, n < FEWEST_IN_ORDER)
        }
    };
    Correlated {
        title: format!(
            "{} and {}: {said} (n = {} of {}). Show them in Scatter",
            names.0,
            names.1,
            grouped(n),
            counted(looked_at, "run")
        ),
        text,
        value: value.unwrap_or(0.0),
        is_weak,
    }
}
