//! Up to where a curve counts, as text: a step, a time, or the step that nine of ten runs came to.

use super::literal::{Literal, duration};
use ledger::{Until, number_text};

/// The word for the step that nine of ten runs came to.
const COMMON: &str = "common";

/// What a text after `@` means: `100`, `2h`, `common`.
pub fn until(text: &str) -> Option<Until> {
    if text.eq_ignore_ascii_case(COMMON) {
        return Some(Until::Common);
    }
    match (duration(text), Literal::new(text).number) {
        (Some(seconds), _) => Some(Until::Seconds(seconds)),
        (None, Some(step)) if step.is_finite() => Some(Until::Step(step)),
        _ => None,
    }
}

/// The text of which [`until`] makes this; empty where all points count.
pub fn until_text(until: Until) -> String {
    const HOUR: f64 = 3600.0;
    match until {
        Until::End => String::new(),
        Until::Common => COMMON.to_owned(),
        Until::Step(step) => number_text(step),
        Until::Seconds(seconds) if seconds >= HOUR && seconds % HOUR == 0.0 => {
            format!("{}h", number_text(seconds / HOUR))
        }
        Until::Seconds(seconds) => format!("{}s", number_text(seconds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for (text, written) in [
            ("100", "100"),
            ("10k", "10000"),
            ("0.5", "0.5"),
            ("2h", "2h"),
            ("90m", "5400s"),
            ("1d", "24h"),
            ("Common", "common"),
        ] {
            let read = until(text).unwrap();
            assert_eq!(until_text(read), written);
            assert_eq!(until(written), Some(read));
        }
        for text in ["", "x", "nan", "inf", "@3"] {
            assert_eq!(until(text), None, "{text}");
        }
        assert_eq!(until_text(Until::End), "");
    }
}
