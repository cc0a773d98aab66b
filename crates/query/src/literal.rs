//! What a value in a filter may mean: a number, a boolean, a time, a text, often several at once.
//!
//! Which of them counts is decided by the value that it is compared with, cell by cell: a column of
//! numbers with a stray text in it is filtered as numbers, and the text as text.

use super::ast::Comparison;
use ledger::{ValueRef, parse_number, time};

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
            time: moment(text.trim(), plain_number(text.trim())),
        }
    }

    /// An instant, in Unix milliseconds.
    pub(super) fn at(millis: i64) -> Self {
        Self {
            text: millis.to_string(),
            number: None,
            boolean: None,
            time: Some(Moment {
                from: millis,
                through: millis,
            }),
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

/// The number that `text` spells, with or without a unit. Whole numbers beyond what a float holds exactly
/// are read as ids where they are data; here they may also be the end of a range, which need not be exact.
fn number(text: &str) -> Option<f64> {
    plain_number(text)
        .or_else(|| measure(text, &MULTIPLES))
        .or_else(|| duration(text))
}

fn plain_number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    parse_number(text).or_else(|| {
        let is_whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        is_whole.then(|| text.parse().ok()).flatten()
    })
}

/// Counts (`10k`), bytes (`3GiB`) and shares (`5%`).
pub(super) const MULTIPLES: [(&str, f64); 15] = [
    ("%", 0.01),
    ("k", 1e3),
    ("K", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("B", 1e9),
    ("T", 1e12),
    ("kB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("TB", 1e12),
    ("KiB", 1024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
    ("TiB", 1_099_511_627_776.0),
];

/// Times, in seconds.
pub(super) const DURATIONS: [(&str, f64); 9] = [
    ("us", 1e-6),
    ("ms", 1e-3),
    ("s", 1.0),
    ("m", 60.0),
    ("min", 60.0),
    ("h", 3600.0),
    ("d", 86_400.0),
    ("day", 86_400.0),
    ("days", 86_400.0),
];

/// The seconds that `text` spells, as `90s`, `2h`, `1.5d`.
pub(super) fn duration(text: &str) -> Option<f64> {
    measure(text, &DURATIONS)
}

/// A number directly before one of these units.
fn measure(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let from = text.rfind(|c: char| c.is_ascii_digit() || c == '.')? + 1;
    let (digits, unit) = text.split_at(from);
    let (_, factor) = units.iter().find(|(known, _)| *known == unit)?;
    let number = plain_number(digits)?;
    // `35%` is the number that `0.35` is: 35 * 0.01 is the float beside it.
    let of_decimals = POWERS
        .iter()
        .find(|(power, _)| power == factor)
        .and_then(|(_, exponent)| plain_number(&format!("{digits}{exponent}")));
    Some(of_decimals.unwrap_or(number * factor))
}

/// Factors that move the decimal point, as exponents.
const POWERS: [(f64, &str); 7] = [
    (1e-6, "e-6"),
    (1e-3, "e-3"),
    (0.01, "e-2"),
    (1e3, "e3"),
    (1e6, "e6"),
    (1e9, "e9"),
    (1e12, "e12"),
];

/// The moment that `text` spells, where it may be told from `now`: `yesterday`, `today`, or a time ago.
pub(super) fn moment_from(text: &str, now: Option<i64>) -> Option<i64> {
    const DAY: i64 = 86_400_000;
    let today = now.map(|now| now - now.rem_euclid(DAY));
    match text {
        "now" => now,
        "today" => today,
        "yesterday" => today.map(|today| today - DAY),
        _ => match (duration(text), now) {
            (Some(ago), Some(now)) => Some(now - (ago * 1000.0) as i64),
            _ => moment(text, plain_number(text)).map(|moment| moment.from),
        },
    }
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
    fn what_has_a_unit_is_the_number_that_it_spells() {
        let number = |text: &str| Literal::new(text).number;
        for percent in 1..100 {
            let share = format!("0.{percent:02}").parse::<f64>();
            assert_eq!(number(&format!("{percent}%")), share.ok(), "{percent}%");
            let seconds = format!("0.{percent:03}").parse::<f64>();
            assert_eq!(number(&format!("{percent}ms")), seconds.ok(), "{percent}ms");
        }
        assert_eq!(number("-12.5%"), Some(-0.125));
        assert_eq!(number("1e3%"), Some(10.0));
        assert_eq!(number("2.3M"), Some(2_300_000.0));
        assert_eq!(number("1.5GiB"), Some(1_610_612_736.0));
        assert_eq!(number("1.5d"), Some(129_600.0));
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
