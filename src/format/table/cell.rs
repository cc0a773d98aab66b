//! What a cell of delimited text means: missing, a number, a boolean or a text.

use super::dialect::Dialect;
use crate::format::runsift_table::RUN_BY_SPREADSHEETS;
use crate::format::sqlite::unbounded;
use crate::ledger::{ValueRef, parse_number, time};
use delimited::decimal;

/// How cells are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own"
)]
pub(super) struct Style {
    /// Whether `0,5` is a number.
    pub decimal_comma: bool,
    /// What parts thousands: a point, where `1.000` is one, or a comma.
    pub thousands: Option<u8>,
    /// Whether `11/28/2026` is a date, and `28/11/2026` is none; nothing where neither is.
    pub month_first: Option<bool>,
    /// Whether the greatest float stands for infinity, as in what came out of a database.
    pub greatest_is_infinite: bool,
    /// Whether a lone `-` is missing.
    pub dash_is_missing: bool,
    /// Whether `50%` is the text that a tracker was given.
    pub percent_is_text: bool,
    /// Whether the page wrote it: cells are what they spell, behind the apostrophe that keeps some from being run.
    pub is_ours: bool,
}

impl Style {
    /// How a table of this dialect writes them.
    pub(super) fn of(dialect: &Dialect) -> Self {
        Self {
            decimal_comma: dialect.decimal_comma,
            thousands: dialect.thousands,
            month_first: dialect.month_first,
            greatest_is_infinite: false,
            dash_is_missing: false,
            percent_is_text: false,
            is_ours: dialect.is_ours,
        }
    }

    /// The number of a cell that is a short decimal, as most are.
    fn number(&self, cell: &[u8]) -> Option<f64> {
        decimal(cell).filter(|_| self.is_plain() || !cell.contains(&b'.'))
    }

    /// Whether every short decimal is the number that it spells.
    pub(super) fn is_plain(&self) -> bool {
        self.thousands != Some(b'.')
    }

    /// A cell's value.
    pub(super) fn value<'a>(&self, text: &'a str) -> ValueRef<'a> {
        if let Some(x) = self.number(text.as_bytes()) {
            return ValueRef::Number(x);
        }
        if self.is_ours {
            return undefused(text).map_or_else(|| ValueRef::parse(text), ValueRef::Text);
        }
        match text.as_bytes() {
            [] => return ValueRef::Missing,
            // Nothing but text begins with these letters: all others begin `NA`, `true`, `false`, `inf` and their like.
            [first, ..]
                if matches!(
                    first.to_ascii_lowercase(),
                    b'a'..=b'e' | b'g' | b'h' | b'j'..=b'm' | b'o'..=b's' | b'u'..=b'z'
                ) =>
            {
                return ValueRef::Text(text);
            }
            b"true" => return ValueRef::Bool(true),
            b"false" => return ValueRef::Bool(false),
            _ => {}
        }
        let trimmed = trimmed(text);
        if is_missing_text(trimmed) || (self.dash_is_missing && trimmed == "-") {
            return ValueRef::Missing;
        }
        let parted = match self.thousands {
            Some(b'.') => thousands(trimmed),
            Some(_) => comma_thousands(trimmed),
            None => None,
        };
        if let Some(x) = parted {
            return ValueRef::Number(x);
        }
        if self.decimal_comma
            && let Some(x) = decimal_comma(trimmed)
        {
            return ValueRef::Number(x);
        }
        if let Some(month_first) = self.month_first
            && let Some(millis) = time::parse_slashed(trimmed, month_first)
        {
            return ValueRef::Time(millis);
        }
        if let Some(x) = self.percent(trimmed) {
            return ValueRef::Number(x);
        }
        let number = unguarded(trimmed).and_then(parse_number);
        match number.map_or_else(|| ValueRef::parse(text), ValueRef::Number) {
            ValueRef::Number(x) if self.greatest_is_infinite => ValueRef::Number(unbounded(x)),
            value => value,
        }
    }

    /// `91.2%` and `91.2 %`, which are 0.912, as a spreadsheet has it that shows it so.
    fn percent(&self, cell: &str) -> Option<f64> {
        let digits = cell.strip_suffix('%').filter(|_| !self.percent_is_text);
        let digits = digits?.trim_end();
        if !digits.ends_with(|last: char| last.is_ascii_digit()) || digits.contains(['e', 'E']) {
            return None;
        }
        let sign = if self.decimal_comma { "," } else { "." };
        parse_number(&format!("{}e-2", digits.replace(sign, ".")))
    }

    /// A cell as it stands; missing where it is blank or says so.
    pub(super) fn text<'a>(&self, text: &'a str) -> ValueRef<'a> {
        if self.is_ours && !text.is_empty() {
            return ValueRef::Text(undefused(text).unwrap_or(text));
        }
        let trimmed = trimmed(text);
        if is_missing_text(trimmed) || (self.dash_is_missing && trimmed == "-") {
            ValueRef::Missing
        } else {
            ValueRef::Text(text)
        }
    }
}

/// A cell of bytes that are no UTF-8, and how it was read: as Excel writes it in Western Europe where nothing of it is
/// UTF-8.
pub(super) fn not_utf8(bytes: &[u8]) -> (String, &'static str) {
    /// What Windows-1252 has from 0x80 on where Latin-1 has control characters.
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    let text = String::from_utf8_lossy(bytes);
    if text.chars().any(|c| !c.is_ascii() && c != '\u{fffd}') {
        return (text.into_owned(), "shown as \u{fffd}");
    }
    let letter = |byte: &u8| match byte {
        0x80..=0x9f => HIGH.chars().nth(usize::from(byte - 0x80)),
        byte => Some(char::from(*byte)),
    };
    (
        bytes.iter().filter_map(letter).collect(),
        "read as Windows-1252",
    )
}

/// What stands behind the apostrophe that is written before a sign, so that no spreadsheet takes it for a formula.
pub(super) fn unguarded(cell: &str) -> Option<&str> {
    let rest = cell.strip_prefix('\'')?;
    rest.starts_with(['-', '+']).then_some(rest)
}

/// What stands behind the apostrophe that the page writes before a text that a spreadsheet would run, or that begins with
/// such an apostrophe itself.
pub(super) fn undefused(cell: &str) -> Option<&str> {
    let rest = cell.strip_prefix('\'')?;
    let bare = rest.trim_start_matches('\'');
    bare.starts_with(RUN_BY_SPREADSHEETS).then_some(rest)
}

/// A cell without blanks around it. Most have none, as their first and last byte say.
pub(super) fn trimmed(text: &str) -> &str {
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if is_letter(bytes.first()) && is_letter(bytes.last()) {
        text
    } else {
        text.trim()
    }
}

/// Whether a cell's text means that there is nothing.
pub(crate) fn is_missing_text(text: &str) -> bool {
    text.len() <= 4
        && matches!(
            text,
            "" | "NA" | "N/A" | "n/a" | "<NA>" | "null" | "NULL" | "#N/A"
        )
}

/// `1.000` and `-12.345.678`: digits whose thousands points part.
pub(super) fn thousands(cell: &str) -> Option<f64> {
    if !cell.contains('.') || cell.trim_start_matches(['-', '+']).starts_with('0') {
        return None;
    }
    decimal_comma(&format!("{cell},0"))
}

/// `1,000` and `-12,345.6`: digits whose thousands commas part.
pub(super) fn comma_thousands(cell: &str) -> Option<f64> {
    let (whole, fraction) = cell.split_once('.').unwrap_or((cell, "0"));
    if !whole.contains(',') || whole.trim_start_matches(['-', '+']).starts_with('0') {
        return None;
    }
    decimal_comma(&format!("{},{fraction}", whole.replace(',', ".")))
}

/// `0,5`, `-3,2e-4`, `1.234,5`: digits with a decimal comma, thousands perhaps parted by points.
pub(super) fn decimal_comma(cell: &str) -> Option<f64> {
    let (whole, fraction) = cell.split_once(',')?;
    if !whole.contains('.') {
        return parse_number(&format!("{whole}.{fraction}"));
    }
    let mut groups = whole.trim_start_matches(['-', '+']).split('.');
    let first_fits = groups
        .next()
        .is_some_and(|first| (1..=3).contains(&first.len()));
    let is_grouped = first_fits
        && groups.all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()));
    if is_grouped {
        parse_number(&format!("{}.{fraction}", whole.replace('.', "")))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_utf8_is_of_windows() {
        assert_eq!(not_utf8(b"\x80 gr\xfc\xdfe \x97 \xb5").0, "€ grüße — µ");
        // Part of it is UTF-8, which was damaged.
        assert_eq!(not_utf8(b"\xc3\xa4\xff").0, "ä\u{fffd}");
    }

    #[test]
    fn percents_and_parted_thousands() {
        let check = |cell: &str, decimal_comma: bool, want: ValueRef<'_>| {
            let style = Style {
                decimal_comma,
                thousands: decimal_comma.then_some(b'.'),
                month_first: None,
                greatest_is_infinite: false,
                dash_is_missing: false,
                percent_is_text: false,
                is_ours: false,
            };
            assert_eq!(style.value(cell), want, "{cell}");
        };
        check("91.2%", false, ValueRef::Number(0.912));
        check("-0.7 %", false, ValueRef::Number(-0.007));
        check("91,2 %", true, ValueRef::Number(0.912));
        check("1.000", true, ValueRef::Number(1000.0));
        check("-12.345.678", true, ValueRef::Number(-12_345_678.0));
        check("0.125", true, ValueRef::Number(0.125));
        check("1.25", true, ValueRef::Number(1.25));
        check("1.000", false, ValueRef::Number(1.0));
        // Layers of a network are written so, too.
        for text in ["128,256", "50%%", "%", "x%", "1e3%", "91,2%"] {
            check(text, false, ValueRef::Text(text));
        }
    }

    #[test]
    fn commas_part_thousands() {
        for (cell, want) in [
            ("1,000", Some(1000.0)),
            ("-12,345,678.5", Some(-12_345_678.5)),
            ("1,000.", Some(1000.0)),
            ("0,125", None),
            ("1000", None),
            ("1,00", None),
            ("1,000,5", None),
            ("1,000.5,6", None),
            ("a,000", None),
            (",000", None),
        ] {
            assert_eq!(comma_thousands(cell), want, "{cell}");
        }
    }

    #[test]
    fn decimal_commas() {
        assert_eq!(decimal_comma("0,5"), Some(0.5));
        assert_eq!(decimal_comma("-3,25e-2"), Some(-0.0325));
        assert_eq!(decimal_comma("1.234.567,5"), Some(1_234_567.5));
        for text in ["1,2,3", "a,b", "0.5", "1.23,5", "{1: 2, 3: 4}"] {
            assert_eq!(decimal_comma(text), None, "{text}");
        }
    }

    #[test]
    fn some_words_are_missing() {
        let style = Style::default();
        for text in ["", " ", "NA", "null", "<NA>", "N/A"] {
            assert_eq!(style.value(text), ValueRef::Missing);
        }
        assert_eq!(style.value("None"), ValueRef::Text("None"));
        assert_eq!(style.value("-"), ValueRef::Text("-"));
        assert_eq!(
            Style {
                dash_is_missing: true,
                ..style
            }
            .value("-"),
            ValueRef::Missing
        );
        assert_eq!(style.text("12345e67"), ValueRef::Text("12345e67"));
    }
}
