//! Counts and shares as people read them.

use crate::ledger::number_text;

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

/// Decimal digits without the zeros at their end: `0.300` is `0.3`, `100` stays.
pub fn trim_zeros(digits: &str) -> &str {
    if digits.contains('.') {
        digits.trim_end_matches('0').trim_end_matches('.')
    } else {
        digits
    }
}

/// A number in at most five significant digits, four where it takes an exponent; whole numbers whole.
pub fn short_number(x: f64) -> String {
    if !x.is_finite() {
        return number_text(x);
    }
    let size = x.abs();
    if size < 1e13 && (x - x.trunc()).abs() < f64::MIN_POSITIVE {
        return number_text(x);
    }
    if !(1e-3..1e7).contains(&size) {
        let text = format!("{x:.3e}");
        return match text.split_once('e') {
            Some((digits, exponent)) => format!("{}e{exponent}", trim_zeros(digits)),
            None => text,
        };
    }
    let decimals = (4 - libm::floor(libm::log10(size)) as i32).clamp(0, 8) as usize;
    trim_zeros(&format!("{x:.decimals$}")).to_owned()
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
}
