//! Values as people read them: short in cells, exact on demand.

use super::protocol::{Cell, CellKind};
pub use crate::chart::number::short_number;
use crate::chart::number::trim_zeros;
use crate::ledger::{Column, Ledger, ValueRef, attribute};
use std::borrow::Cow;

/// What is said instead of a picture where nothing is left of it.
pub(super) const NO_RUN: &str = "No run passes the filter.";

/// Longest text in a cell; the rest is in the drawer.
const LONGEST_TEXT: usize = 200;

/// A value as a cell.
pub fn cell(value: ValueRef<'_>) -> Cell {
    let kind = kind(value);
    let full = value.to_string();
    let text = match value {
        ValueRef::Number(x) => short_number(x),
        // To the minute in the table: the drawer has the rest.
        ValueRef::Time(_) => full
            .get(..16)
            .map_or_else(|| full.clone(), |minute| minute.replace('T', " ")),
        ValueRef::Text(text) => {
            let line = text.split(['\n', '\r']).next().unwrap_or_default();
            let mut shown: String = line.chars().take(LONGEST_TEXT).collect();
            if shown.len() < text.trim_end().len() {
                shown.push('…');
            }
            shown
        }
        ValueRef::Missing | ValueRef::Bool(_) => full.clone(),
    };
    let full = (text != full).then(|| full.chars().take(4 * LONGEST_TEXT).collect());
    Cell::new(text, full, kind)
}

/// A stretch of time in words.
pub(super) fn span(millis: i64) -> String {
    let minutes = millis as f64 / 60_000.0;
    if minutes < 1.0 {
        "a minute".to_owned()
    } else if minutes < 120.0 {
        format!("{} minutes", minutes.ceil())
    } else if minutes < 72.0 * 60.0 {
        format!("{} hours", (minutes / 60.0).ceil())
    } else {
        format!("{} days", (minutes / 60.0 / 24.0).ceil())
    }
}

/// Of how many values at most it is found how a column's numbers line up.
const ALIGNED: usize = 64;

/// How many digits a number may be wide so that it lines up: more would not fit.
const WIDEST: usize = 8;

/// How many decimals a column leaves room for, so that its points stand below one another; found from some of its
/// values, that it is the same wherever one scrolls.
pub fn decimals(column: &Column) -> usize {
    let rows = column.cells().len();
    let every = rows.div_ceil(ALIGNED).max(1);
    let numbers = (0..rows)
        .step_by(every)
        .filter_map(|row| match column.get(row) {
            ValueRef::Number(x) if x.is_finite() => Some(short_number(x)),
            _ => None,
        });
    let (mut whole, mut decimals) = (0, 0);
    for text in numbers {
        let (before, after) = around_point(&text);
        whole = whole.max(before);
        decimals = decimals.max(after);
    }
    decimals.min(WIDEST.saturating_sub(whole))
}

/// Leaves room behind a number for so many decimals: a figure space is as wide as a digit, a punctuation space as a point.
pub fn line_up(text: &mut String, decimals: usize) {
    if decimals == 0 {
        return;
    }
    let (_, has) = around_point(text);
    if !text.contains('.') {
        text.push('\u{2008}');
    }
    text.extend((has..decimals).map(|_| '\u{2007}'));
}

/// A cell's text in a column that has room for so many letters: a number with fewer digits, none where two do not fit. What is
/// cut off behind its first digits would read as another one.
pub fn fitting(cell: &Cell, room: usize) -> Cow<'_, str> {
    let text = cell.text.as_str();
    let is_plain = cell.kind == CellKind::Number && cell.change.is_none();
    if !is_plain || text.len() <= room || text.chars().count() <= room {
        return Cow::Borrowed(text);
    }
    let bare = text.trim_end_matches(['\u{2007}', '\u{2008}']);
    if bare.len() <= room {
        return Cow::Borrowed(bare);
    }
    let exact = cell.full.as_deref().and_then(|full| full.parse().ok());
    let Some(x) = exact.or_else(|| bare.parse::<f64>().ok()) else {
        return Cow::Borrowed(text);
    };
    let magnitude = libm::floor(libm::log10(x.abs())) as i32;
    for digits in [4, 3, 2] {
        let decimals = digits - 1 - magnitude;
        if (0..=8).contains(&decimals) {
            let text = format!("{x:.*}", decimals as usize);
            let text = trim_zeros(&text);
            if text.len() <= room {
                return Cow::Owned(text.to_owned());
            }
        }
        let text = format!("{x:.*e}", digits as usize - 1);
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let text = format!("{}e{exponent}", trim_zeros(digits));
        if text.len() <= room {
            return Cow::Owned(text);
        }
    }
    Cow::Borrowed("…")
}

/// How many characters stand before and behind a number's point, or where it would be; an exponent is behind it.
fn around_point(text: &str) -> (usize, usize) {
    let before = text.find(['.', 'e']).unwrap_or(text.len());
    let point = usize::from(text.contains('.'));
    (before, text.len() - before - point)
}

/// How a value is set.
pub fn kind(value: ValueRef<'_>) -> CellKind {
    match value {
        ValueRef::Missing => CellKind::Missing,
        ValueRef::Number(x) if x.is_finite() => CellKind::Number,
        ValueRef::Number(_) => CellKind::NotFinite,
        ValueRef::Bool(_) => CellKind::Bool,
        ValueRef::Time(_) => CellKind::Time,
        ValueRef::Text(_) => CellKind::Text,
    }
}

/// A run's name, else its id.
pub fn run_name(ledger: &Ledger, row: usize) -> String {
    let name = ledger
        .attribute(attribute::NAME)
        .map_or(ValueRef::Missing, |column| column.get(row));
    if name.is_missing() {
        ledger.run_id(row)
    } else {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Cells, Role};

    #[test]
    fn numbers_are_short_but_not_wrong() {
        let check = |x: f64, want: &str| assert_eq!(short_number(x), want);
        check(0.0, "0");
        check(34.0, "34");
        check(-1_608_637_542.0, "-1608637542");
        check(0.1 + 0.2, "0.3");
        check(0.036_743_651_724_686_8, "0.036744");
        check(5.409_778_083_863_919e-5, "5.41e-5");
        check(1234.5678, "1234.6");
        check(98765.4321, "98765");
        check(1e-300, "1e-300");
        check(12_345_678.9, "1.235e7");
        check(f64::NEG_INFINITY, "-Infinity");
    }

    #[test]
    fn the_points_of_a_column_stand_below_one_another() {
        let of = |numbers: &[f64]| {
            let cells = Cells::from_numbers(numbers.iter().copied().map(Some));
            let decimals = decimals(&Column::computed(Role::Metric, "x", cells));
            let lined = |x: &f64| {
                let mut text = short_number(*x);
                line_up(&mut text, decimals);
                text.replace('\u{2007}', "_").replace('\u{2008}', ",")
            };
            numbers.iter().map(lined).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(of(&[0.5, 0.125, 3.0]), "0.5__ 0.125 3,___");
        assert_eq!(of(&[1.0, 2.0, 30.0]), "1 2 30");
        assert_eq!(of(&[0.01, 1e-5, 0.1]), "0.01_ 1e-5, 0.1__");
        assert_eq!(of(&[0.38769, 1.299e-4]), "0.38769_ 1.299e-4");
        // What would not fit sticks out.
        assert_eq!(of(&[123_456.0, 0.036_744]), "123456,__ 0.036744");
        assert_eq!(of(&[1_767_253_896.0, 0.5]), "1767253896 0.5");
        assert_eq!(of(&[f64::NAN]), "NaN");
    }

    #[test]
    fn a_number_is_never_cut_so_that_it_reads_as_another_one() {
        let check = |x: f64, room: usize, want: &str| {
            let cell = cell(ValueRef::Number(x));
            assert_eq!(fitting(&cell, room), want, "{x} in {room}");
        };
        check(1_767_253_896_123.0, 13, "1767253896123");
        check(1_767_253_896_123.0, 9, "1.767e12");
        check(1_767_253_896_123.0, 6, "1.8e12");
        check(1_767_253_896_123.0, 5, "…");
        check(-1.234_567e-5, 9, "-1.235e-5");
        check(-1.234_567e-5, 8, "-1.23e-5");
        check(0.123_456_7, 5, "0.123");
        check(0.123_456_7, 4, "0.12");
        check(0.123_456_7, 3, "…");
        check(99_999.0, 4, "1e5");
        check(1234.5678, 4, "1235");
        check(0.0, 1, "0");
        // Room behind it is given up before digits are, and words are cut as words.
        let mut lined = cell(ValueRef::Number(0.5));
        line_up(&mut lined.text, 4);
        assert_eq!(fitting(&lined, 8), "0.5\u{2007}\u{2007}\u{2007}");
        assert_eq!(fitting(&lined, 4), "0.5");
        assert_eq!(fitting(&cell(ValueRef::Text("adamw")), 2), "adamw");
        let mean = Cell::new("0.30 ± 0.01".to_owned(), None, CellKind::Number);
        assert_eq!(fitting(&mean, 4), "0.30 ± 0.01");
    }

    #[test]
    fn a_cell_keeps_the_exact_value_beside_the_short_one() {
        let shown = cell(ValueRef::Number(0.123_456_789));
        assert_eq!(
            (shown.text.as_str(), shown.full.as_deref()),
            ("0.12346", Some("0.123456789"))
        );
        assert_eq!(cell(ValueRef::Number(4.0)).full, None);
        let lines = cell(ValueRef::Text("a\nb"));
        assert_eq!(
            (lines.text.as_str(), lines.full.as_deref()),
            ("a…", Some("a\nb"))
        );
        assert_eq!(
            cell(ValueRef::Time(1_767_253_896_777)).text,
            "2026-01-01 07:51"
        );
    }
}
