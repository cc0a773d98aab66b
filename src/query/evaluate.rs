//! Which rows a bound filter keeps: column by column, with categories tested once a distinct value.

use super::ast::{Comparison, State};
use super::bind::{Bound, Test};
use crate::ledger::{Bits, Cells, Column, Kind, Ledger, Role, ValueRef, attribute};

impl Bound {
    /// The rows that it keeps.
    pub(super) fn evaluate(&self, ledger: &Ledger) -> Bits {
        match self {
            Self::And(parts) => {
                let mut kept = Bits::filled(ledger.rows(), true);
                parts
                    .iter()
                    .for_each(|part| kept.and(&part.evaluate(ledger)));
                kept
            }
            Self::Or(parts) => {
                let mut kept = Bits::filled(ledger.rows(), false);
                parts
                    .iter()
                    .for_each(|part| kept.or(&part.evaluate(ledger)));
                kept
            }
            Self::Not(inner) => {
                let mut kept = inner.evaluate(ledger);
                kept.not();
                kept
            }
            Self::Word(word) => any_text(ledger, |text| contains(text, word)),
            Self::Matches(regex) => any_text(ledger, |text| regex.is_match(text)),
            Self::Test(column, test) => rows_that_pass(ledger.column(*column), test),
        }
    }
}

/// `text` contains `small` (in small letters) in any case.
fn contains(text: &str, small: &str) -> bool {
    if text.is_ascii() && small.is_ascii() {
        let (text, small) = (text.as_bytes(), small.as_bytes());
        return small.is_empty()
            || text
                .windows(small.len())
                .any(|window| window.eq_ignore_ascii_case(small));
    }
    text.to_lowercase().contains(small)
}

/// Rows of which a name, an id or a text value passes. Numbers are not searched: `1` would be nearly everywhere.
fn any_text(ledger: &Ledger, passes: impl Fn(&str) -> bool) -> Bits {
    let mut kept = Bits::filled(ledger.rows(), false);
    for column in ledger.columns() {
        let is_id = column.role() == Role::Attribute
            && matches!(column.name(), attribute::ID | attribute::NAME);
        // A stray text among numbers is a text value too.
        let has_texts = match column.cells() {
            Cells::Number { odd, .. } => !odd.is_empty(),
            _ => matches!(column.kind(), Kind::Category | Kind::Text),
        };
        let is_searched = is_id || has_texts;
        if is_searched && column.role() != Role::Ignored {
            kept.or(&each_value(column, |value| match value {
                ValueRef::Text(text) => passes(text),
                ValueRef::Missing => false,
                other => is_id && passes(&other.to_string()),
            }));
        }
    }
    kept
}

/// Rows whose value passes; of categories each distinct value is tested once. Missing never passes.
fn each_value(column: &Column, passes: impl Fn(ValueRef<'_>) -> bool) -> Bits {
    match column.cells() {
        Cells::Category { codes, dictionary } => {
            let pass: Vec<bool> = dictionary
                .values()
                .iter()
                .map(|value| passes(value.as_ref()))
                .collect();
            Bits::from_fn(codes.len(), |row| {
                pass.get(codes[row] as usize).copied().unwrap_or(false)
            })
        }
        cells => Bits::from_fn(cells.len(), |row| {
            let value = cells.get(row);
            !value.is_missing() && passes(value)
        }),
    }
}

fn rows_that_pass(column: &Column, test: &Test) -> Bits {
    match (test, column.cells()) {
        // The two that brushes and typing ask all the time, over plain numbers.
        (
            Test::Number(comparison, x),
            Cells::Number {
                values,
                present,
                odd,
            },
        ) if *comparison != Comparison::Unequal && odd.is_empty() => {
            // A missing value is NaN here, and no comparison is true of that.
            let mut kept = Bits::from_fn(values.len(), |row| compare(*comparison, values[row], *x));
            if x.is_nan() {
                kept.and(present);
            }
            kept
        }
        (Test::Range(low, high), Cells::Number { values, odd, .. }) if odd.is_empty() => {
            Bits::from_fn(values.len(), |row| {
                values[row] >= *low && values[row] <= *high
            })
        }
        (Test::Any(tests), _) => {
            let mut kept = Bits::filled(column.cells().len(), false);
            tests
                .iter()
                .for_each(|test| kept.or(&rows_that_pass(column, test)));
            kept
        }
        (Test::State(State::Has), _) => column.present(),
        (Test::State(State::Missing), _) => {
            let mut kept = column.present();
            kept.not();
            kept
        }
        (test, _) => each_value(column, |value| passes(test, value)),
    }
}

/// Whether a value that is there passes.
fn passes(test: &Test, value: ValueRef<'_>) -> bool {
    match test {
        Test::Number(comparison, x) => match as_number(value) {
            Some(number) => compare(*comparison, number, *x),
            None => *comparison == Comparison::Unequal,
        },
        Test::Range(low, high) => as_number(value).is_some_and(|x| x >= *low && x <= *high),
        Test::Text(comparison, text) => {
            let is_equal = match value {
                ValueRef::Text(own) => own == text,
                ValueRef::Bool(b) => text.eq_ignore_ascii_case(if b { "true" } else { "false" }),
                other => other.to_string() == *text,
            };
            is_equal == (*comparison == Comparison::Equal)
        }
        Test::Any(tests) => tests.iter().any(|test| passes(test, value)),
        Test::Glob { parts, anchored } => {
            matches_glob(&value.to_string().to_lowercase(), parts, *anchored)
        }
        Test::Regex(regex, wanted) => match value {
            ValueRef::Text(text) => regex.is_match(text) == *wanted,
            other => regex.is_match(&other.to_string()) == *wanted,
        },
        Test::State(State::NotANumber) => value.number().is_some_and(f64::is_nan),
        Test::State(State::Infinite) => value.number().is_some_and(f64::is_infinite),
        Test::State(State::Has) => true,
        Test::State(State::Missing) => false,
    }
}

fn as_number(value: ValueRef<'_>) -> Option<f64> {
    match value {
        ValueRef::Number(x) => Some(x),
        ValueRef::Time(t) => Some(t as f64),
        ValueRef::Bool(b) => Some(f64::from(u8::from(b))),
        ValueRef::Missing | ValueRef::Text(_) => None,
    }
}

/// As floats compare; `=` and `!=` hold NaN equal to itself, so that `x = nan` finds it.
fn compare(comparison: Comparison, a: f64, b: f64) -> bool {
    let is_equal =
        a.partial_cmp(&b) == Some(std::cmp::Ordering::Equal) || (a.is_nan() && b.is_nan());
    match comparison {
        Comparison::Equal => is_equal,
        Comparison::Unequal => !is_equal,
        Comparison::Less => a < b,
        Comparison::AtMost => a <= b,
        Comparison::Greater => a > b,
        Comparison::AtLeast => a >= b,
    }
}

/// Whether the parts follow one another in the text; anchored, the first begins it and the last ends it.
fn matches_glob(text: &str, parts: &[String], anchored: bool) -> bool {
    let [first, middle @ .., last] = parts else {
        return parts.first().is_none_or(|only| {
            if anchored {
                text == only
            } else {
                text.contains(only.as_str())
            }
        });
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    for part in middle {
        match rest.find(part.as_str()) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}
