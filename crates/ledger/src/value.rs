//! One cell's value: a number, a boolean, a time or a text; absence is apart from all of them.
//!
//! The text rules are those of `runsift.runs/1`: what a source writes as a number in text is the
//! number, `NaN` and infinities are numbers that are not finite, and whole numbers that a float
//! cannot hold exactly stay text so that no digit of an id is lost.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An owned value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// A number; may be NaN or infinite.
    Number(f64),
    /// True or false.
    Bool(bool),
    /// Unix milliseconds, UTC.
    Time(i64),
    /// Text.
    Text(String),
}

/// The bits of a number that only equal numbers share: -0 is 0, and NaN is one NaN.
pub fn bits_of(x: f64) -> u64 {
    if x.is_nan() { f64::NAN } else { x + 0.0 }.to_bits()
}

/// A borrowed value, or its absence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueRef<'a> {
    /// The run does not have this.
    Missing,
    /// A number; may be NaN or infinite.
    Number(f64),
    /// True or false.
    Bool(bool),
    /// Unix milliseconds, UTC.
    Time(i64),
    /// Text.
    Text(&'a str),
}

impl Value {
    /// The same value, borrowed.
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Number(x) => ValueRef::Number(*x),
            Self::Bool(b) => ValueRef::Bool(*b),
            Self::Time(t) => ValueRef::Time(*t),
            Self::Text(s) => ValueRef::Text(s),
        }
    }
}

impl<'a> ValueRef<'a> {
    /// The same value, owned; `None` where it is missing.
    pub fn to_owned(self) -> Option<Value> {
        Some(match self {
            Self::Missing => return None,
            Self::Number(x) => Value::Number(x),
            Self::Bool(b) => Value::Bool(b),
            Self::Time(t) => Value::Time(t),
            Self::Text(s) => Value::Text(s.to_owned()),
        })
    }

    /// Whether it is the same value: NaN is NaN, and what is missing is missing.
    pub fn is_same(self, other: Self) -> bool {
        let both_nan = |x: f64, y: f64| x.is_nan() && y.is_nan();
        self == other
            || matches!((self, other), (Self::Number(x), Self::Number(y)) if both_nan(x, y))
    }

    /// Whether the run has no such value.
    pub fn is_missing(self) -> bool {
        matches!(self, Self::Missing)
    }

    /// The number, where it is one.
    pub fn number(self) -> Option<f64> {
        match self {
            Self::Number(x) => Some(x),
            _ => None,
        }
    }

    /// The text, where it is one.
    pub fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(s) => Some(s),
            _ => None,
        }
    }

    /// Reads a cell of a text file by the rules of the module: blank is missing, then number, then
    /// boolean (`true`, `True`, `TRUE` and their opposites), else text as it stands.
    pub fn parse(cell: &'a str) -> Self {
        let trimmed = cell.trim();
        if trimmed.is_empty() {
            return Self::Missing;
        }
        if let Some(x) = parse_number(trimmed) {
            return Self::Number(x);
        }
        match trimmed {
            "true" | "True" | "TRUE" => Self::Bool(true),
            "false" | "False" | "FALSE" => Self::Bool(false),
            _ => Self::Text(cell),
        }
    }
}

/// Prints numbers by their shortest round-trip form, times as RFC 3339 UTC.
impl fmt::Display for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Missing => Ok(()),
            Self::Number(x) => f.write_str(&number_text(x)),
            Self::Bool(b) => write!(f, "{b}"),
            Self::Time(t) => f.write_str(&super::time::format_millis(t)),
            Self::Text(s) => f.write_str(s),
        }
    }
}

/// The number that `text` spells, by the rules of the module; `None` where it spells none.
///
/// Accepts what trackers write: decimal and exponent forms, `nan`, `NaN`, `inf`, `Infinity`, signs.
/// Refuses whole numbers beyond what a float holds exactly (they are ids), and forms that only a
/// programmer would read as numbers (`0x1f`, `1_000`).
pub fn parse_number(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let first = *bytes.first()?;
    if first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.') {
        let x: f64 = match text.parse() {
            // A commit as `12345e67` is no infinity.
            Ok(x) if f64::is_infinite(x) && bytes.last().is_some_and(u8::is_ascii_digit) => {
                return None;
            }
            Ok(x) => x,
            Err(_) => return of_microsoft(text),
        };
        let whole = bytes.len() > 15 && bytes.iter().all(|b| b.is_ascii_digit() || *b == b'-');
        if whole && !holds_exactly(text) {
            return None;
        }
        return Some(x);
    }
    match text {
        "nan" | "NaN" | "NAN" | "Nan" => Some(f64::NAN),
        "inf" | "Inf" | "INF" | "infinity" | "Infinity" | "INFINITY" => Some(f64::INFINITY),
        _ => None,
    }
}

/// What is no finite number as C on Windows prints it.
fn of_microsoft(text: &str) -> Option<f64> {
    match text {
        "-nan(ind)" | "-1.#IND" | "1.#QNAN" => Some(f64::NAN),
        "1.#INF" => Some(f64::INFINITY),
        "-1.#INF" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// Whether a float holds the whole number that `digits` spells without loss.
fn holds_exactly(digits: &str) -> bool {
    const EXACT: u64 = 1 << 53;
    digits
        .parse::<i64>()
        .is_ok_and(|i| i.unsigned_abs() <= EXACT)
}

/// The shortest text that reads back as the same number, with an exponent where plain digits would
/// be long; `NaN`, `Infinity`, `-Infinity` for what is not finite.
pub fn number_text(x: f64) -> String {
    if x.is_nan() {
        return "NaN".to_owned();
    }
    if x.is_infinite() {
        return if x > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let size = x.abs();
    if size != 0.0 && !(1e-5..1e16).contains(&size) {
        format!("{x:e}")
    } else {
        format!("{x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_typed_by_what_they_spell() {
        let check = |cell: &str, want: ValueRef<'_>| {
            assert_eq!(ValueRef::parse(cell), want, "{cell:?}");
        };
        check("", ValueRef::Missing);
        check("  ", ValueRef::Missing);
        check("1e-3", ValueRef::Number(0.001));
        check(" 4.0 ", ValueRef::Number(4.0));
        check("-inf", ValueRef::Number(f64::NEG_INFINITY));
        check("True", ValueRef::Bool(true));
        check("0x1f", ValueRef::Text("0x1f"));
        check("1_000", ValueRef::Text("1_000"));
        check("adam", ValueRef::Text("adam"));
        check("None", ValueRef::Text("None"));
        // An 18-digit experiment id would lose digits as a float.
        check("578705461057335990", ValueRef::Text("578705461057335990"));
        check(
            "9007199254740992",
            ValueRef::Number(9_007_199_254_740_992.0),
        );
        assert!(parse_number("nan").is_some_and(f64::is_nan));
    }

    #[test]
    fn numbers_print_so_that_they_read_back() {
        for x in [0.0, 1.0, -2.5, 1e-5, 3e-12, 1e300, 123_456_789.0, 0.1 + 0.2] {
            assert_eq!(
                number_text(x).parse::<f64>().unwrap().to_bits(),
                x.to_bits()
            );
        }
        assert_eq!(number_text(3e-12), "3e-12");
    }
}
