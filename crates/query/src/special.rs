//! What filters ask that is no question to one cell: ends of an order, one column against another, since
//! when, and how a run differs from the baseline.

use super::FilterError;
use super::ast::{Amount, Comparison, Element, Extreme, Field, Written};
use super::bind::{CellTest, Test, known};
use super::field::resolve;
use super::literal::{Literal, compare_numbers, moment_from};
use super::scope::Scope;
use ledger::{Bits, Cells, Column, Role};
use std::borrow::Cow;

/// `diff:baseline`, `since:yesterday`, `before:2026-01-01`, where no column has such a name.
pub(super) fn special<'a>(
    field: &Field,
    elements: &[Element],
    scope: &Scope<'a>,
    errors: &mut Vec<FilterError>,
) -> Option<Test<'a>> {
    let word = field.name.as_str();
    let [element] = elements else { return None };
    if !(word == "diff" || is_since(word)) || resolve(word, scope.ledger).is_some() {
        return None;
    }
    let text = element.to_string();
    if word == "diff" {
        if text != "baseline" {
            return None;
        }
        let column = known(field, scope, errors, None)?;
        let test = CellTest::Compare(Comparison::AtLeast, Literal::new("1"));
        return Some(Test::Cell(Box::new(column), test));
    }
    let (comparison, times) = if word == "since" {
        (Comparison::AtLeast, scope.start())
    } else {
        (Comparison::Less, scope.start())
    };
    let message = match (times, moment_from(&text, scope.now)) {
        (Some(column), Some(moment)) => {
            let literal = Literal::at(moment);
            return Some(Test::Cell(
                Box::new(Cow::Borrowed(column)),
                CellTest::Compare(comparison, literal),
            ));
        }
        (None, _) => "no column says when runs began".to_owned(),
        (_, None) => {
            format!("“{text}” is no time: write {word}:yesterday, {word}:2h or {word}:2026-01-31")
        }
    };
    errors.push(FilterError {
        span: element.span().clone(),
        message,
        suggestion: None,
    });
    Some(Test::All)
}

/// Whether a word asks when runs began.
pub(super) fn is_since(word: &str) -> bool {
    matches!(word, "since" | "before")
}

/// One column less another, where a column of numbers is compared with what is no value but a name.
pub(super) fn difference(
    column: &Column,
    field: &Field,
    value: &Written,
    scope: &Scope<'_>,
) -> Option<Column> {
    let is_numbers = matches!(column.cells(), Cells::Number { odd, .. } if odd.is_empty());
    if !is_numbers {
        return None;
    }
    let other = scope.column(&value.text).ok()?;
    let Cells::Number {
        values, present, ..
    } = other.cells()
    else {
        return None;
    };
    let numbers = column.numbers();
    let both = |row: usize| {
        let is_there = !column.get(row).is_missing() && present.get(row);
        is_there.then(|| {
            let (x, y) = (numbers[row], values[row]);
            // Equal infinities are equal, and their difference is not.
            if compare_numbers(Comparison::Equal, x, y) {
                0.0
            } else {
                x - y
            }
        })
    };
    let cells = Cells::from_numbers((0..column.cells().len()).map(both));
    Some(Column::computed(Role::Metric, &field.name, cells))
}

/// The runs at one end of an order. The error is told already where there is no message.
pub(super) fn extreme(
    end: Extreme,
    amount: Amount,
    by: Option<&Field>,
    scope: &Scope<'_>,
    errors: &mut Vec<FilterError>,
) -> Result<Bits, Option<String>> {
    let (numbers, more_is_better) = if let Some(field) = by {
        let column = known(field, scope, errors, None).ok_or(None)?;
        (
            column.numbers().into_owned(),
            scope.more_is_better(&field.name),
        )
    } else {
        let objective = scope.objective.ok_or_else(|| {
            Some("by what? write top 10 by val/acc, or choose an objective at the top".to_owned())
        })?;
        (objective.values.to_vec(), Some(objective.maximize))
    };
    let greatest = match (end, more_is_better) {
        (Extreme::Top, _) | (Extreme::Best, Some(true)) | (Extreme::Worst, Some(false)) => true,
        (Extreme::Bottom, _) | (Extreme::Best, Some(false)) | (Extreme::Worst, Some(true)) => false,
        (Extreme::Best | Extreme::Worst, None) => {
            let word = end.word();
            return Err(Some(format!(
                "whether more is better is not known of it: write top or bottom for {word}"
            )));
        }
    };
    let mut finite: Vec<f64> = numbers.iter().copied().filter(|x| x.is_finite()).collect();
    let count = match amount {
        Amount::Runs(runs) => runs,
        Amount::Percent(percent) => (finite.len() as f64 * percent / 100.0).ceil() as usize,
    };
    let rows = scope.ledger.rows();
    let Some(place) = count.min(finite.len()).checked_sub(1) else {
        return Ok(Bits::filled(rows, false));
    };
    let order = |a: &f64, b: &f64| {
        if greatest {
            b.total_cmp(a)
        } else {
            a.total_cmp(b)
        }
    };
    let (_, last, _) = finite.select_nth_unstable_by(place, order);
    let last = *last;
    let passes = |x: f64| x.is_finite() && if greatest { x >= last } else { x <= last };
    Ok(Bits::from_fn(rows, |row| {
        numbers.get(row).is_some_and(|x| passes(*x))
    }))
}
