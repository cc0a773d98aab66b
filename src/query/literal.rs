//! What a value in a filter may mean: a number, a boolean, a time, a text, often several at once.
//!
//! Which of them counts is decided by the value that it is compared with, cell by cell: a column of
//! numbers with a stray text in it is filtered as numbers, and the text as text.

use super::ast::Comparison;
use crate::ledger::{ValueRef, parse_number, time};

/// A stretch of time: what `2026-01-01` names is a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Its first millisecond.
    pub from: i64,
    /// Its last.
    pub through: i64,
}

/// A value in a filter, read in every way in which it can be read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Literal {
    /// As written.
    pub text: String,
    /// As a number.
    pub number: Option<f64>,
    /// As a boolean: `true`, `false` in any case, 1, 0.
    pub boolean: Option<bool>,
    /// As a time.
    pub time: Option<Moment>,
}

impl Literal {
    /// Reads `text`.
    pub(super) fn new(text: &str) -> Self {
        let number = number(text.trim());
        Self {
            text: text.to_owned(),
            number,
            boolean: match text.to_ascii_lowercase().as_str() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            },
            time: moment(text.trim(), number),
        }
    }

    /// Whether it can be an end of a range.
    pub(super) fn is_range_end(&self) -> bool {
        self.number.is_some_and(|x| !x.is_nan()) || (self.number.is_none() && self.time.is_some())
    }

    /// Whether `value` compares so with this. Missing satisfies no comparison and NaN no ordering;
    /// a value of another type is unequal.
    pub(super) fn compares(&self, comparison: Comparison, value: ValueRef<'_>) -> bool {
        let unequal = comparison == Comparison::Unequal;
        match value {
            ValueRef::Missing => false,
            ValueRef::Number(x) => self
                .number
                .map_or(unequal, |y| compare_numbers(comparison, x, y)),
            ValueRef::Bool(b) => match self.boolean {
                Some(other) if !comparison.orders() => (b == other) != unequal,
                Some(_) => false,
                None => unequal,
            },
            ValueRef::Time(t) => match self.time {
                None => unequal,
                // The orderings go by the beginning of a day, as if it were an instant.
                Some(moment) => match comparison {
                    Comparison::Equal => (moment.from..=moment.through).contains(&t),
                    Comparison::Unequal => !(moment.from..=moment.through).contains(&t),
                    Comparison::Less => t < moment.from,
                    Comparison::AtMost => t <= moment.from,
                    Comparison::Greater => t > moment.from,
                    Comparison::AtLeast => t >= moment.from,
                },
            },
            ValueRef::Text(text) => !comparison.orders() && (text == self.text) != unequal,
        }
    }
}

/// The number that `text` spells. Whole numbers beyond what a float holds exactly are read as ids where
/// they are data; here they may also be the end of a range, which need not be exact.
fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    parse_number(text).or_else(|| {
        let is_whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        is_whole.then(|| text.parse().ok()).flatten()
    })
}

/// Compares numbers; a NaN that was asked for equals NaN.
#[expect(clippy::float_cmp, reason = "equality in a filter is equality")]
pub(super) fn compare_numbers(comparison: Comparison, x: f64, y: f64) -> bool {
    match comparison {
        Comparison::Equal => x == y || (y.is_nan() && x.is_nan()),
        Comparison::Unequal => !(x == y || (y.is_nan() && x.is_nan())),
        Comparison::Less => x < y,
        Comparison::AtMost => x <= y,
        Comparison::Greater => x > y,
        Comparison::AtLeast => x >= y,
    }
}

/// The time that `text` spells: a year, a month, a day, an instant, or Unix seconds (below 10^11) or
/// milliseconds.
fn moment(text: &str, number: Option<f64>) -> Option<Moment> {
    let midnight = |day: &str| time::parse_millis(&format!("{day} 00:00"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let until = |from: i64, next: i64| Moment {
        from,
        through: next - 1,
    };
    if text.len() == 4 && digits(text) {
        let year: u32 = text.parse().ok()?;
        let next = midnight(&format!("{:04}-01-01", year + 1)).unwrap_or(i64::MAX);
        return Some(until(midnight(&format!("{year:04}-01-01"))?, next));
    }
    if text.len() == 7
        && let Some((year, month)) = text.split_once('-')
        && year.len() == 4
        && digits(year)
        && digits(month)
    {
        let (year, month): (u32, u32) = (year.parse().ok()?, month.parse().ok()?);
        let (next_year, next_month) = if month == 12 {
            (year + 1, 1)
        } else {
            (year, month + 1)
        };
        let next = midnight(&format!("{next_year:04}-{next_month:02}-01")).unwrap_or(i64::MAX);
        return Some(until(midnight(&format!("{year:04}-{month:02}-01"))?, next));
    }
    if text.len() == 10
        && let Some(from) = midnight(text)
    {
        return Some(until(from, from + 86_400_000));
    }
    let instant = match number {
        Some(x) if x.is_finite() && x.abs() < 1e11 => (x * 1000.0).round() as i64,
        Some(x) if x.is_finite() => x as i64,
        Some(_) => return None,
        None => time::parse_millis(text)?,
    };
    Some(Moment {
        from: instant,
        through: instant,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_whole_numbers_are_numbers_and_texts() {
        let literal = Literal::new("-9231666056790016");
        assert_eq!(literal.number, Some(-9_231_666_056_790_016.0));
        assert!(literal.is_range_end());
        assert!(literal.compares(Comparison::Equal, ValueRef::Text("-9231666056790016")));
        assert_eq!(Literal::new("-").number, None);
        assert_eq!(Literal::new("1_0").number, None);
    }

    #[test]
    fn times_may_be_given_by_year_month_or_day() {
        let day = 86_400_000;
        let new_year = 1_767_225_600_000;
        let time = |text: &str| Literal::new(text).time.map(|m| (m.from, m.through));
        assert_eq!(time("2026-01-01"), Some((new_year, new_year + day - 1)));
        assert_eq!(time("2026-01"), Some((new_year, new_year + 31 * day - 1)));
        assert_eq!(time("2026"), Some((new_year, new_year + 365 * day - 1)));
        assert_eq!(time("2025-12").map(|m| m.1), Some(new_year - 1));
        assert_eq!(time("2026-01-01T00:00Z"), Some((new_year, new_year)));
        assert_eq!(time("1767225600"), Some((new_year, new_year)));
        assert_eq!(time("2026-13"), None);
        assert_eq!(time("λ026-01-01"), None);
        assert_eq!(time("nan"), None);
    }
}
