//! Counts and shares as people read them.

use crate::ledger::number_text;
use crate::ledger::time::format_millis;

/// A count with its digits in groups of three: `1,248`.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 run`, `1,248 runs`.
pub fn counted(count: usize, noun: &str) -> String {
    // As `cargo xtask dist --language` writes the two forms of a noun.
    if cfg!(feature = "translated")
        && let Some((one, several)) = noun.split_once('|')
    {
        return format!(
            "{} {}",
            grouped(count),
            if count == 1 { one } else { several }
        );
    }
    format!(
        "{} {noun}{}",
        grouped(count),
        if count == 1 { "" } else { "s" }
    )
}

/// A share of one in per cent, with a decimal where it is small: `43 %`, `4.3 %`, `0.4 %`.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if !percent.is_finite() {
        return "–".to_owned();
    }
    if percent.abs() < 9.95 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}

/// A size in the unit that leaves few digits: `812 B`, `3.4 MB`.
pub fn bytes(size: u64) -> String {
    let mut value = size as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 999.5 || unit == "GB" {
            return if unit == "B" || value >= 99.95 {
                format!("{value:.0} {unit}")
            } else {
                format!("{value:.1} {unit}")
            };
        }
        value /= 1000.0;
    }
    String::new()
}

/// Decimal digits without the zeros at their end: `0.300` is `0.3`, `100` stays.
pub fn trim_zeros(digits: &str) -> &str {
    if digits.contains('.') {
        digits.trim_end_matches('0').trim_end_matches('.')
    } else {
        digits
    }
}

/// How many letters of a time go to its minute, and to its second.
const MINUTE: usize = 16;
const SECOND: usize = 19;

/// Axes of fewer milliseconds say seconds.
const SHORT: f64 = 600_000.0;

/// So many letters of a time.
fn moment(millis: f64, letters: usize) -> String {
    let text = format_millis(millis as i64);
    text.get(..letters)
        .map_or(text.clone(), |part| part.replace('T', " "))
}

/// Both ends of an axis of times, Unix milliseconds, with seconds where minutes would not tell them apart.
pub fn time_ends(low: f64, high: f64) -> [String; 2] {
    [low, high].map(|millis| time_on(millis, high - low))
}

/// A time on an axis of so many milliseconds.
pub fn time_on(millis: f64, span: f64) -> String {
    moment(millis, if span < SHORT { SECOND } else { MINUTE })
}

/// The end of an axis in about four digits; `time` reads it as Unix milliseconds.
pub fn axis_end(value: f64, time: bool) -> String {
    if time {
        return moment(value, MINUTE);
    }
    let size = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if !(1e-3..1e6).contains(&size) {
        let text = format!("{value:.2e}");
        // 1.00e-5 says no more than 1e-5.
        match text.split_once('e') {
            Some((mantissa, exponent)) => format!("{}e{exponent}", trim_zeros(mantissa)),
            None => text,
        }
    } else {
        let decimals = if size >= 1000.0 {
            0
        } else if size >= 10.0 {
            1
        } else if size >= 1.0 {
            2
        } else {
            4
        };
        trim_zeros(&format!("{value:.decimals$}")).to_owned()
    }
}

/// A number in at most five significant digits, four where it takes an exponent; whole numbers whole.
pub fn short_number(x: f64) -> String {
    if !x.is_finite() {
        return number_text(x);
    }
    let size = x.abs();
    let with_exponent = || {
        let text = format!("{x:.3e}");
        match text.split_once('e') {
            Some((digits, exponent)) => format!("{}e{exponent}", trim_zeros(digits)),
            None => text,
        }
    };
    if size < 1e13 && (x - x.trunc()).abs() < f64::MIN_POSITIVE {
        let whole = number_text(x);
        // A row of zeros is counted by nobody.
        return if whole.ends_with("000000") && size >= 1e9 {
            let short = with_exponent();
            if short.parse() == Ok(x) { short } else { whole }
        } else {
            whole
        };
    }
    if !(1e-3..1e7).contains(&size) {
        return with_exponent();
    }
    let decimals = (4 - libm::floor(libm::log10(size)) as i32).clamp(0, 8) as usize;
    trim_zeros(&format!("{x:.decimals$}")).to_owned()
}

/// A label of at most so many letters, with a mark in its middle that there were more: names that begin the same are told
/// apart by their ends.
pub fn shortened(label: &str, longest: usize) -> String {
    if label.chars().count() <= longest {
        return label.to_owned();
    }
    let kept = longest.saturating_sub(1);
    let (before, after) = (kept.div_ceil(2), kept / 2);
    let ends_at = label.chars().count() - after;
    let mut text: String = label.chars().take(before).collect();
    text.push('…');
    text.extend(label.chars().skip(ends_at));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        let check = |count, want: &str| assert_eq!(grouped(count), want);
        check(0, "0");
        check(999, "999");
        check(1_000, "1,000");
        check(1_234_567, "1,234,567");
        assert_eq!(
            (counted(1, "run").as_str(), counted(1_248, "run").as_str()),
            ("1 run", "1,248 runs")
        );
    }

    #[test]
    fn small_shares_keep_a_decimal() {
        let check = |share, want: &str| assert_eq!(percent(share), want);
        check(0.431, "43 %");
        check(0.0431, "4.3 %");
        check(0.0996, "10 %");
        check(0.0, "0.0 %");
        check(f64::NAN, "–");
    }

    #[test]
    fn ends_of_times_differ_in_what_is_told_of_them() {
        let at = 1_700_000_000_000.0;
        let [from, to] = time_ends(at, at + 2_000.0);
        assert_eq!(from, "2023-11-14 22:13:20");
        assert_eq!(to, "2023-11-14 22:13:22");
        let [from, to] = time_ends(at, at + 3_600_000.0);
        assert_eq!(from, "2023-11-14 22:13");
        assert_eq!(to, "2023-11-14 23:13");
    }

    #[test]
    fn short_numbers_are_whole_where_that_is_read() {
        let check = |x: f64, want: &str| assert_eq!(short_number(x), want);
        check(0.00311, "0.00311");
        check(1.23456e-4, "1.235e-4");
        check(11_689_512.0, "11689512");
        check(20_000_000.0, "20000000");
        check(77e9, "7.7e10");
        check(-4_040_000_000_000.0, "-4.04e12");
        check(10_560_000_001.0, "10560000001");
        check(12_345_000_000.0, "12345000000");
        check(5.54e14, "5.54e14");
        check(f64::INFINITY, "Infinity");
    }
}
