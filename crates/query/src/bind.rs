//! A filter bound to a ledger: names become columns, values are checked against what these hold.
//!
//! A comparison that no value of the column's kind can pass is a mistake and is said to be one. Where
//! a column holds values of several types, nothing is a mistake that one of them can pass.

use super::FilterError;
use super::ast::{
    Amount, Comparison, Element, Extreme, Field, Filter, MARK, State, Written, value_text,
};
use super::expression::ExpressionError;
use super::field::{qualified_name, resolve, similar};
use super::literal::{DURATIONS, Literal, MULTIPLES, Moment};
use super::pattern::{Glob, Part, expression, matches_number};
use super::scope::{RANK, Scope, Unknown};
use super::special::{difference, extreme, special};
use ledger::{Bits, Cells, Column, Ledger, Role, Statistic, Value, ValueRef, attribute};
use regex_lite::Regex;
use std::borrow::Cow;
use std::ops::Range;

/// A filter whose fields are columns.
pub(super) enum Test<'a> {
    /// Every run.
    All,
    /// All of these.
    And(Vec<Self>),
    /// Any of these.
    Or(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// Any value of these columns.
    Anywhere(Vec<&'a Column>, CellTest),
    /// The value of this column.
    Cell(Box<Cow<'a, Column>>, CellTest),
    /// These rows.
    Rows(Bits),
}

/// What is asked of one value.
pub(super) enum CellTest {
    /// It compares so.
    Compare(Comparison, Literal),
    /// It is one of these; `alone` if there is but one, which is then searched for within texts.
    Among {
        /// The alternatives.
        alternatives: Vec<Alternative>,
        /// Whether there is one alone.
        alone: bool,
    },
    /// Its text matches, or does not.
    Like {
        /// The expression.
        expression: Regex,
        /// Whether it is not to match.
        negated: bool,
    },
    /// It is missing, NaN…
    Is(State),
    /// It is found by its text.
    Find {
        /// What is looked for.
        needle: Needle,
        /// Whether only texts are looked at, and not what numbers and times look like.
        texts_only: bool,
    },
}

/// What is looked for in texts.
#[derive(Clone)]
pub(super) enum Needle {
    /// A part of them.
    Part(Part),
    /// What a regular expression matches.
    Expression(Regex),
}

impl Needle {
    fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Part(part) => part.is_in(text),
            Self::Expression(expression) => expression.is_match(text),
        }
    }
}

/// One of the values after `field:`.
pub(super) enum Alternative {
    /// This value.
    Value(Literal, Part),
    /// A text of this pattern.
    Glob(Glob),
    /// Between two values, both included.
    Range {
        /// As numbers, where the ends are numbers.
        numbers: Option<(f64, f64)>,
        /// As times, where they are times.
        times: Option<(i64, i64)>,
        /// As a text, which it is among texts.
        text: (String, Part),
    },
}

impl Alternative {
    fn new(element: &Element) -> Self {
        match element {
            Element::Text(Written { text, .. }) => Self::Value(Literal::new(text), Part::new(text)),
            Element::Glob(Written { text, .. }) => Self::Glob(Glob::new(text)),
            Element::Range { low, high, .. } => {
                let end = |text: &str| (!text.is_empty()).then(|| Literal::new(text));
                let (from, to) = (end(low), end(high));
                // The ends as `kind`, an absent one as `open`; `None` if one is of another kind.
                let number = |end: &Option<Literal>, open: f64| {
                    end.as_ref().map_or(Some(open), |l| l.number)
                };
                let time = |end: &Option<Literal>, open: i64, of: fn(Moment) -> i64| {
                    end.as_ref().map_or(Some(open), |l| l.time.map(of))
                };
                let text = format!("{low}..{high}");
                Self::Range {
                    numbers: number(&from, f64::NEG_INFINITY).zip(number(&to, f64::INFINITY)),
                    times: time(&from, i64::MIN, |m| m.from)
                        .zip(time(&to, i64::MAX, |m| m.through)),
                    text: (text.clone(), Part::new(&text)),
                }
            }
        }
    }

    fn holds(&self, value: ValueRef<'_>, alone: bool) -> bool {
        match (self, value) {
            (_, ValueRef::Missing) => false,
            (Self::Value(_, part), ValueRef::Text(text)) if alone => part.is_in(text),
            (Self::Value(literal, _), value) => literal.compares(Comparison::Equal, value),
            (Self::Glob(glob), ValueRef::Text(text)) => glob.matches(text),
            (
                Self::Range {
                    numbers: Some((low, high)),
                    ..
                },
                ValueRef::Number(x),
            ) => *low <= x && x <= *high,
            (
                Self::Range {
                    times: Some((low, high)),
                    ..
                },
                ValueRef::Time(t),
            ) => *low <= t && t <= *high,
            (
                Self::Range {
                    text: (_, part), ..
                },
                ValueRef::Text(text),
            ) if alone => part.is_in(text),
            (
                Self::Range {
                    text: (whole, _), ..
                },
                ValueRef::Text(text),
            ) => whole == text,
            (Self::Glob(_) | Self::Range { .. }, _) => false,
        }
    }
}

impl CellTest {
    /// Whether a value passes.
    pub(super) fn holds(&self, value: ValueRef<'_>) -> bool {
        match self {
            Self::Compare(comparison, literal) => literal.compares(*comparison, value),
            Self::Among {
                alternatives,
                alone,
            } => alternatives
                .iter()
                .any(|alternative| alternative.holds(value, *alone)),
            Self::Like {
                expression,
                negated,
            } => match value {
                ValueRef::Missing => false,
                ValueRef::Text(text) => expression.is_match(text) != *negated,
                ValueRef::Number(x) => matches_number(expression, x) != *negated,
                other => expression.is_match(&other.to_string()) != *negated,
            },
            Self::Is(state) => match state {
                State::Has => !value.is_missing(),
                State::Missing => value.is_missing(),
                State::NotANumber => value.number().is_some_and(f64::is_nan),
                State::Infinite => value.number().is_some_and(f64::is_infinite),
            },
            Self::Find { needle, texts_only } => match value {
                ValueRef::Missing => false,
                ValueRef::Text(text) => needle.is_in(text),
                other => !texts_only && needle.is_in(&other.to_string()),
            },
        }
    }
}

/// Binds `filter` to the columns of `ledger`. What is wrong goes to `errors`; the test is then of no use.
pub(super) fn bind<'a>(
    filter: &Filter,
    scope: &Scope<'a>,
    errors: &mut Vec<FilterError>,
) -> Test<'a> {
    let ledger = scope.ledger;
    match filter {
        Filter::All => Test::All,
        Filter::And(parts) => {
            let part =
                |(at, part): (usize, &Filter)| match without_by(part, &parts[at + 1..], scope) {
                    Some(error) => {
                        errors.push(error);
                        Test::All
                    }
                    None => bind(part, scope, errors),
                };
            Test::And(parts.iter().enumerate().map(part).collect())
        }
        Filter::Or(parts) => Test::Or(parts.iter().map(|part| bind(part, scope, errors)).collect()),
        Filter::Not(inner) => Test::Not(Box::new(bind(inner, scope, errors))),
        Filter::Word(word) => anywhere(ledger, Needle::Part(Part::new(word))),
        Filter::Expression(written) => match compile(written, errors) {
            Some(expression) => anywhere(ledger, Needle::Expression(expression)),
            None => Test::All,
        },
        Filter::Compare {
            field,
            comparison,
            value,
        } => {
            let Some(column) = known(field, scope, errors, Some((*comparison, value))) else {
                return Test::All;
            };
            if let Some(error) = share_of_ranks(field, *comparison, value, ledger) {
                errors.push(error);
                return Test::All;
            }
            let literal = Literal::new(&value.text);
            if literal.number.is_none()
                && let Some(difference) = difference(&column, field, value, scope)
            {
                let nothing = Literal::new("0");
                return Test::Cell(
                    Box::new(Cow::Owned(difference)),
                    CellTest::Compare(*comparison, nothing),
                );
            }
            if let Err(message) = check_comparison(&column, *comparison, &literal) {
                errors.push(FilterError {
                    span: value.span.0.clone(),
                    message,
                    suggestion: None,
                });
            }
            Test::Cell(Box::new(column), CellTest::Compare(*comparison, literal))
        }
        Filter::Match { field, elements } => {
            if let Some(test) = special(field, elements, scope, errors) {
                return test;
            }
            let Some(column) = known(field, scope, errors, None) else {
                return Test::All;
            };
            let mut alternatives = Vec::with_capacity(elements.len());
            for element in elements {
                let alternative = Alternative::new(element);
                let reversed = reversed(&column, element, &alternative);
                let message = match &reversed {
                    Some(meant) => Err(format!("“{element}” is from more to less: write {meant}")),
                    None => check_alternative(&column, element, &alternative),
                };
                if let Err(message) = message {
                    errors.push(FilterError {
                        span: element.span().clone(),
                        message,
                        suggestion: reversed,
                    });
                }
                alternatives.push(alternative);
            }
            Test::Cell(
                Box::new(column),
                CellTest::Among {
                    alone: alternatives.len() == 1,
                    alternatives,
                },
            )
        }
        Filter::Like {
            field,
            negated,
            expression,
        } => {
            let column = known(field, scope, errors, None);
            match (column, compile(expression, errors)) {
                (Some(column), Some(expression)) => Test::Cell(
                    Box::new(column),
                    CellTest::Like {
                        expression,
                        negated: *negated,
                    },
                ),
                _ => Test::All,
            }
        }
        Filter::Is { field, state } => match known(field, scope, errors, None) {
            Some(column) => Test::Cell(Box::new(column), CellTest::Is(*state)),
            None => Test::All,
        },
        Filter::Extreme {
            end,
            amount,
            by,
            span,
        } => match extreme(*end, *amount, by.as_ref(), scope, errors) {
            Ok(rows) => Test::Rows(rows),
            Err(message) => {
                errors.extend(message.map(|message| FilterError {
                    span: span.0.clone(),
                    message,
                    suggestion: None,
                }));
                Test::All
            }
        },
        Filter::Marked(name) => {
            let known = scope.marks.iter().find(|(known, _)| *known == name.text);
            if let Some((_, rows)) = known {
                let mut rows = (*rows).clone();
                rows.resize(ledger.rows(), false);
                return Test::Rows(rows);
            }
            let names: Vec<String> = scope
                .marks
                .iter()
                .map(|(name, _)| format!("{MARK}{name}"))
                .collect();
            errors.push(FilterError {
                span: name.span.0.clone(),
                message: format!(
                    "there is no set of runs {MARK}{}; there are {}",
                    name.text,
                    names.join(", ")
                ),
                suggestion: None,
            });
            Test::All
        }
    }
}

/// `top 10 val/acc`, which is not what it seems: the runs that have the name of a column in a text are none mostly.
fn without_by(part: &Filter, behind: &[Filter], scope: &Scope<'_>) -> Option<FilterError> {
    let Filter::Extreme { by: None, span, .. } = part else {
        return None;
    };
    let name = match behind {
        [Filter::Word(statistic), Filter::Word(name), ..]
            if Statistic::from_word(statistic).is_some() =>
        {
            format!("{statistic} {name}")
        }
        [Filter::Word(name), ..] => name.clone(),
        _ => return None,
    };
    let column = scope.column(&name).ok()?;
    let has_numbers = column.numbers().iter().any(|x| x.is_finite());
    has_numbers.then(|| FilterError {
        span: span.0.clone(),
        message: format!("“{name}” is a column: did you mean {part} by {name}?"),
        suggestion: Some(format!("{part} by")),
    })
}

/// `rank <= 10%`, which no rank is.
fn share_of_ranks(
    field: &Field,
    comparison: Comparison,
    value: &Written,
    ledger: &Ledger,
) -> Option<FilterError> {
    let is_rank = field.name.eq_ignore_ascii_case(RANK) && resolve(&field.name, ledger).is_none();
    let amount = Amount::from_word(&value.text).filter(|_| is_rank && value.text.ends_with('%'))?;
    let best = Filter::Extreme {
        end: Extreme::Best,
        amount,
        by: None,
        span: field.span.clone(),
    };
    let meant = match comparison {
        Comparison::Less | Comparison::AtMost => best.to_string(),
        _ => Filter::Not(Box::new(best)).to_string(),
    };
    Some(FilterError {
        span: field.span.0.start..value.span.0.end,
        message: format!("a rank is a number and no share: write {meant}"),
        suggestion: Some(meant),
    })
}

/// What is meant by a range whose ends are exchanged, which nothing is in.
fn reversed(column: &Column, element: &Element, alternative: &Alternative) -> Option<String> {
    let (Element::Range { low, high, .. }, Alternative::Range { numbers, times, .. }) =
        (element, alternative)
    else {
        return None;
    };
    let cells = column.cells();
    let has_numbers = matches!(cells, Cells::Number { .. }) || any_value(cells, is_number);
    let has_times = matches!(cells, Cells::Time { .. }) || any_value(cells, is_time);
    let is_reversed = has_numbers && numbers.is_some_and(|(from, to)| from > to)
        || has_times && times.is_some_and(|(from, to)| from > to);
    // `10..20%` has its unit behind both.
    let unit = high.trim_start_matches(|letter: char| !(letter.is_alphabetic() || letter == '%'));
    let mut units = MULTIPLES.iter().chain(&DURATIONS);
    let has_unit = units.any(|(known, _)| *known == unit) && ledger::parse_number(low).is_some();
    let low = format!("{low}{}", if has_unit { unit } else { "" });
    let number = |text: &str| Literal::new(text).number;
    let is_in_order = has_unit && number(&low) <= number(high);
    is_reversed.then(|| {
        if is_in_order {
            format!("{low}..{high}")
        } else {
            format!("{high}..{low}")
        }
    })
}

/// Looks for `needle` in names and ids, whatever they are, and in the texts of all columns. What numbers
/// look like is not searched: a `1` would be nearly everywhere.
fn anywhere(ledger: &Ledger, needle: Needle) -> Test<'_> {
    let is_name = |column: &&Column| {
        column.role() == Role::Attribute && matches!(column.name(), attribute::ID | attribute::NAME)
    };
    let has_texts = |column: &&Column| {
        column.role() != Role::Ignored
            && match column.cells() {
                Cells::Text { .. } => true,
                Cells::Category { .. } | Cells::Number { .. } => {
                    any_value(column.cells(), |value| matches!(value, Value::Text(_)))
                }
                Cells::Empty(_) | Cells::Bool { .. } | Cells::Time { .. } => false,
            }
    };
    let (names, others): (Vec<&Column>, Vec<&Column>) = ledger.columns().iter().partition(is_name);
    let texts = others.into_iter().filter(has_texts).collect();
    let find = |needle, texts_only| CellTest::Find { needle, texts_only };
    Test::Or(vec![
        Test::Anywhere(names, find(needle.clone(), false)),
        Test::Anywhere(texts, find(needle, true)),
    ])
}

/// The column that a field means; if there is none, says so and what might have been meant.
pub(super) fn known<'a>(
    field: &Field,
    scope: &Scope<'a>,
    errors: &mut Vec<FilterError>,
    compared: Option<(Comparison, &Written)>,
) -> Option<Cow<'a, Column>> {
    let ledger = scope.ledger;
    let unknown = match scope.column(&field.name) {
        Ok(column) => return Some(column),
        Err(unknown) => unknown,
    };
    let span = field.span.0.clone();
    match unknown {
        Unknown::Lacking(message) => {
            errors.push(FilterError {
                span,
                message: message.to_owned(),
                suggestion: None,
            });
            return None;
        }
        Unknown::Expression(ExpressionError {
            span: inner,
            message,
        }) => {
            // Blanks and quotes may stand differently in the text: then the whole is underlined.
            let is_as_typed = span.len() == field.name.len();
            let span = if is_as_typed {
                span.start + inner.start..span.start + inner.end
            } else {
                span
            };
            errors.push(FilterError {
                span,
                message,
                suggestion: None,
            });
            return None;
        }
        Unknown::Name => {}
    }
    // 0.5 > lr
    if let Some((comparison, value)) = compared
        && resolve(&value.text, ledger).is_some()
    {
        let swapped = format!(
            "{} {} {}",
            super::ast::field_text(&value.text),
            comparison.flipped().sign(),
            value_text(&field.name)
        );
        errors.push(FilterError {
            span: span.start..value.span.0.end,
            message: format!("the column goes first: {swapped}"),
            suggestion: Some(swapped),
        });
        return None;
    }
    let suggestion = similar(&field.name, ledger);
    let message = match &suggestion {
        Some(name) => format!("there is no column “{}”: did you mean {name}?", field.name),
        None => format!("there is no column “{}”", field.name),
    };
    errors.push(FilterError {
        span,
        message,
        suggestion,
    });
    None
}

fn compile(written: &Written, errors: &mut Vec<FilterError>) -> Option<Regex> {
    match expression(&written.text) {
        Ok(expression) => Some(expression),
        Err(reason) => {
            let span: Range<usize> = written.span.0.clone();
            let message = format!("this is no regular expression: {reason}");
            errors.push(FilterError {
                span,
                message,
                suggestion: None,
            });
            None
        }
    }
}

/// Whether there is such a value among those of a category, or beside numbers.
fn any_value(cells: &Cells, is: fn(&Value) -> bool) -> bool {
    match cells {
        Cells::Category { dictionary, .. } => dictionary.values().iter().any(is),
        Cells::Number { odd, .. } => odd.iter().any(|(_, value)| is(value)),
        _ => false,
    }
}

fn is_time(value: &Value) -> bool {
    matches!(value, Value::Time(_))
}

fn is_number(value: &Value) -> bool {
    matches!(value, Value::Number(_))
}

fn check_comparison(
    column: &Column,
    comparison: Comparison,
    literal: &Literal,
) -> Result<(), String> {
    let name = qualified_name(column);
    let (sign, text) = (comparison.sign(), &literal.text);
    match column.cells() {
        Cells::Empty(_) => Ok(()),
        Cells::Number { odd, .. } if !odd.is_empty() && !comparison.orders() => Ok(()),
        Cells::Number { .. } if literal.number.is_some() => Ok(()),
        Cells::Number { .. } => Err(format!("{name} holds numbers, and “{text}” is none")),
        Cells::Bool { .. } if comparison.orders() => Err(format!(
            "{name} holds true and false, which “{sign}” does not order: use ="
        )),
        Cells::Bool { .. } if literal.boolean.is_some() => Ok(()),
        Cells::Bool { .. } => Err(format!(
            "{name} holds true and false, and “{text}” is neither"
        )),
        Cells::Time { .. } if literal.time.is_some() => Ok(()),
        Cells::Time { .. } => Err(not_a_time(&name, text)),
        Cells::Category { .. } | Cells::Text { .. } => {
            let ordered = !comparison.orders()
                || literal.number.is_some() && any_value(column.cells(), is_number)
                || literal.time.is_some() && any_value(column.cells(), is_time);
            if ordered {
                Ok(())
            } else {
                Err(format!(
                    "{name} holds text, which “{sign}” does not order: use =, : or ~"
                ))
            }
        }
    }
}

fn not_a_time(name: &str, text: &str) -> String {
    format!("{name} holds times, and “{text}” is none: write 2026-01-31 or 2026-01-31T12:00")
}

fn check_alternative(
    column: &Column,
    element: &Element,
    alternative: &Alternative,
) -> Result<(), String> {
    let name = qualified_name(column);
    let fits = |number: bool, boolean: bool, time: bool| match alternative {
        Alternative::Value(literal, _) => {
            number && literal.number.is_some()
                || boolean && literal.boolean.is_some()
                || time && literal.time.is_some()
        }
        Alternative::Range { numbers, times, .. } => {
            number && numbers.is_some() || time && times.is_some()
        }
        Alternative::Glob(_) => false,
    };
    match column.cells() {
        Cells::Number { odd, .. } if odd.is_empty() && !fits(true, false, false) => Err(format!(
            "{name} holds numbers: “{element}” is neither a number nor a range as 1e-4..1e-2"
        )),
        Cells::Bool { .. } if !fits(false, true, false) => Err(format!(
            "{name} holds true and false, and “{element}” is neither"
        )),
        Cells::Time { .. } if !fits(false, false, true) => {
            Err(not_a_time(&name, &element.to_string()))
        }
        _ => Ok(()),
    }
}
