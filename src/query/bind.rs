//! A filter against a ledger: fields become columns, values are read as what the column holds, and what does not
//! fit is told at its place.

use super::ast::{Comparison, Field, Filter, FilterError, Operand, Pattern, State};
use super::lex::quoted;
use crate::ledger::{ColumnId, Kind, Ledger, Role, parse_number, time};
use regex_lite::{Regex, RegexBuilder};
use std::ops::Range;

/// Most that a regular expression may grow to in memory.
const REGEX_BYTES: usize = 1 << 20;

/// A filter whose fields are columns.
pub(super) enum Bound {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    /// A text in any name, id or text value, in small letters.
    Word(String),
    Matches(Regex),
    /// Rows whose value passes.
    Test(ColumnId, Test),
}

/// What is asked of one column's value.
pub(super) enum Test {
    /// A number or time compared; times are Unix milliseconds.
    Number(Comparison, f64),
    /// From and to, both included.
    Range(f64, f64),
    /// A text or truth value that is (or is not) this one.
    Text(Comparison, String),
    /// Any of these.
    Any(Vec<Self>),
    /// A text that contains the parts in order, as `ad*w`; small letters. `anchored` at both ends where there is a star.
    Glob {
        parts: Vec<String>,
        anchored: bool,
    },
    /// A text that matches, or has a value that does not.
    Regex(Regex, bool),
    State(State),
}

/// Binds a filter; fails with all that is wrong.
pub(super) fn bind(filter: &Filter, ledger: &Ledger) -> Result<Bound, Vec<FilterError>> {
    let mut errors = Vec::new();
    let bound = Binder {
        ledger,
        errors: &mut errors,
    }
    .bind(filter);
    match bound {
        Some(bound) if errors.is_empty() => Ok(bound),
        _ => Err(errors),
    }
}

/// The column that a field means: of the given role, or the first of param, metric, attribute, tag.
pub(super) fn column_of(field: &Field, ledger: &Ledger) -> Option<ColumnId> {
    let find = |role| ledger.find(role, &field.name);
    match field.role {
        Some(role) => find(role),
        None => [
            Role::Param,
            Role::Metric,
            Role::Attribute,
            Role::Tag,
            Role::Ignored,
        ]
        .into_iter()
        .find_map(find),
    }
}

/// A field's text by which its column is found again: without its role where that is not needed.
pub(super) fn field_text(id: ColumnId, ledger: &Ledger) -> String {
    let column = ledger.column(id);
    let plain = Field::named(None, column.name());
    if column_of(&plain, ledger) == Some(id) {
        plain.to_string()
    } else {
        Field::named(Some(column.role()), column.name()).to_string()
    }
}

struct Binder<'a> {
    ledger: &'a Ledger,
    errors: &'a mut Vec<FilterError>,
}

impl Binder<'_> {
    fn bind(&mut self, filter: &Filter) -> Option<Bound> {
        Some(match filter {
            Filter::And(parts) => {
                Bound::And(parts.iter().filter_map(|part| self.bind(part)).collect())
            }
            Filter::Or(parts) => {
                Bound::Or(parts.iter().filter_map(|part| self.bind(part)).collect())
            }
            Filter::Not(inner) => Bound::Not(Box::new(self.bind(inner)?)),
            Filter::Word(word) => Bound::Word(word.to_lowercase()),
            Filter::Matches(pattern, span) => Bound::Matches(self.regex(pattern, &span.0)?),
            Filter::Compare(field, comparison, operand) => {
                let column = self.column(field)?;
                Bound::Test(column, self.comparison(column, *comparison, operand)?)
            }
            Filter::FieldMatches(field, wanted, pattern, span) => {
                let column = self.column(field);
                let regex = self.regex(pattern, &span.0)?;
                Bound::Test(column?, Test::Regex(regex, *wanted))
            }
            Filter::Like(field, Pattern::Range(low, high)) => {
                let column = self.column(field)?;
                let low = self.end(column, low.as_ref(), f64::NEG_INFINITY);
                let high = self.end(column, high.as_ref(), f64::INFINITY);
                Bound::Test(column, Test::Range(low?, high?))
            }
            Filter::Like(field, Pattern::Any(values)) => {
                let column = self.column(field)?;
                let tests = values
                    .iter()
                    .map(|value| self.like(column, value, values.len() == 1))
                    .collect();
                Bound::Test(column, Test::Any(tests))
            }
            Filter::Is(state, field) => Bound::Test(self.column(field)?, Test::State(*state)),
        })
    }

    fn wrong(&mut self, span: &Range<usize>, message: String, suggestion: Option<String>) {
        self.errors.push(FilterError {
            span: span.clone(),
            message,
            suggestion,
        });
    }

    fn column(&mut self, field: &Field) -> Option<ColumnId> {
        let found = column_of(field, self.ledger);
        if found.is_none() {
            let suggestion = nearest(&field.name, self.ledger);
            let message = match &suggestion {
                Some(name) => format!("no column is called {}; did you mean {name}?", field.name),
                None => format!("no column is called {}", field.name),
            };
            self.wrong(
                &field.span.0,
                message,
                suggestion.map(|name| quoted(&name, false)),
            );
        }
        found
    }

    fn regex(&mut self, pattern: &str, span: &Range<usize>) -> Option<Regex> {
        match RegexBuilder::new(pattern)
            .size_limit(REGEX_BYTES)
            .case_insensitive(true)
            .build()
        {
            Ok(regex) => Some(regex),
            Err(error) => {
                self.wrong(
                    span,
                    format!("this is no regular expression: {error}"),
                    None,
                );
                None
            }
        }
    }

    fn comparison(
        &mut self,
        column: ColumnId,
        comparison: Comparison,
        operand: &Operand,
    ) -> Option<Test> {
        let is_ordering = !matches!(comparison, Comparison::Equal | Comparison::Unequal);
        if let Some(x) = self.number(column, operand) {
            return Some(Test::Number(comparison, x));
        }
        if is_ordering {
            let (name, kind) = (
                self.ledger.column(column).name().to_owned(),
                self.ledger.column(column).kind(),
            );
            let message = match kind {
                Kind::Number => format!("{name} holds numbers, and {:?} is none", operand.text),
                Kind::Time => format!(
                    "{name} holds times, and {:?} is none: write it as 2026-01-31",
                    operand.text
                ),
                _ => format!(
                    "{:?} is no number: text can be equal, or match with `:` or `~`",
                    operand.text
                ),
            };
            self.wrong(&operand.span.0, message, None);
            return None;
        }
        Some(Test::Text(comparison, operand.text.clone()))
    }

    /// The number that an operand is for this column: a number, or a time where the column holds times.
    fn number(&self, column: ColumnId, operand: &Operand) -> Option<f64> {
        if self.ledger.column(column).kind() == Kind::Time {
            let day = format!("{}T00:00:00", operand.text);
            let millis = time::parse_millis(&operand.text).or_else(|| time::parse_millis(&day));
            return millis
                .map(|t| t as f64)
                .or_else(|| parse_number(&operand.text));
        }
        if operand.is_quoted {
            None
        } else {
            parse_number(&operand.text)
        }
    }

    fn end(&mut self, column: ColumnId, operand: Option<&Operand>, open: f64) -> Option<f64> {
        let Some(operand) = operand else {
            return Some(open);
        };
        let number = self.number(column, operand);
        if number.is_none() {
            self.wrong(
                &operand.span.0,
                format!(
                    "{:?} is no number: a range goes from one to another",
                    operand.text
                ),
                None,
            );
        }
        number
    }

    fn like(&self, column: ColumnId, operand: &Operand, alone: bool) -> Test {
        if let Some(x) = self.number(column, operand) {
            // A number can stand in a column of texts too: both are right.
            return Test::Any(vec![
                Test::Number(Comparison::Equal, x),
                Test::Text(Comparison::Equal, operand.text.clone()),
            ]);
        }
        let lower = operand.text.to_lowercase();
        if operand.is_quoted {
            return Test::Text(Comparison::Equal, operand.text.clone());
        }
        if lower.contains('*') {
            return Test::Glob {
                parts: lower.split('*').map(str::to_owned).collect(),
                anchored: true,
            };
        }
        if alone {
            return Test::Glob {
                parts: vec![lower],
                anchored: false,
            };
        }
        Test::Text(Comparison::Equal, operand.text.clone())
    }
}

/// The column whose name is nearest to a mistyped one, if it is near.
fn nearest(name: &str, ledger: &Ledger) -> Option<String> {
    let wanted = name.to_lowercase();
    let near = |column: &crate::ledger::Column| {
        let lower = column.name().to_lowercase();
        let distance = distance(&wanted, &lower);
        let contains = lower.contains(&wanted) && wanted.len() >= 2;
        let allowed = (wanted.chars().count() / 3).clamp(1, 3);
        (distance <= allowed || contains).then(|| (distance, column.name().to_owned()))
    };
    ledger
        .columns()
        .iter()
        .filter_map(near)
        .min()
        .map(|(_, name)| name)
}

/// Edit distance (Levenshtein), for names of up to 60 letters.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.chars().take(60).collect(), b.chars().take(60).collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}
