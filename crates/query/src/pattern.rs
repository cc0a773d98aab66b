//! Ways in which a text matches: a part of it in any case, `*` patterns, regular expressions.

use ledger::number_text;
use regex_lite::{Regex, RegexBuilder};

/// How large a compiled regular expression may be, in bytes.
const LARGEST_EXPRESSION: usize = 1 << 20;

/// A text to be found within others, in any case.
#[derive(Clone, Debug)]
pub(super) struct Part {
    folded: String,
}

impl Part {
    /// Finds `text`.
    pub(super) fn new(text: &str) -> Self {
        Self {
            folded: text.to_lowercase(),
        }
    }

    /// Whether it is in `text`.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let wanted = self.folded.as_bytes();
        let Some(first) = wanted.first() else {
            return true;
        };
        if !text.is_ascii() {
            return text.to_lowercase().contains(&self.folded);
        }
        let mut rest = text.as_bytes();
        while let Some(at) = memchr::memchr2(*first, first.to_ascii_uppercase(), rest) {
            rest = &rest[at..];
            match rest.get(..wanted.len()) {
                Some(here) if here.eq_ignore_ascii_case(wanted) => return true,
                Some(_) => rest = &rest[1..],
                None => return false,
            }
        }
        false
    }
}

/// A text with `*`, each of which stands for any text; in any case.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    head: String,
    middle: Vec<String>,
    tail: String,
}

impl Glob {
    /// Reads a pattern with at least one `*`.
    pub(super) fn new(pattern: &str) -> Self {
        let mut parts: Vec<String> = pattern
            .to_lowercase()
            .split('*')
            .map(str::to_owned)
            .collect();
        let tail = parts.pop().unwrap_or_default();
        let head = if parts.is_empty() {
            String::new()
        } else {
            parts.remove(0)
        };
        Self {
            head,
            middle: parts,
            tail,
        }
    }

    /// Whether the whole of `text` is of this pattern.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let Some(mut rest) = text
            .strip_prefix(&self.head)
            .and_then(|rest| rest.strip_suffix(&self.tail))
        else {
            return false;
        };
        // The first place for each part leaves the most room for the others.
        for part in &self.middle {
            match rest.find(part.as_str()) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        true
    }
}

/// Compiles a regular expression, or says what is wrong with it.
pub(super) fn expression(text: &str) -> Result<Regex, String> {
    RegexBuilder::new(text)
        .size_limit(LARGEST_EXPRESSION)
        .build()
        .map_err(|error| error.to_string())
}

/// Whether a number is written so: as it is shown, and where the expression speaks of an exponent as files have it
/// (`1e-4`, `1e-04`), whichever of them this one had.
pub(super) fn matches_number(expression: &Regex, x: f64) -> bool {
    if expression.is_match(&number_text(x)) {
        return true;
    }
    let size = x.abs();
    let is_plain = (1e-2..1e5).contains(&size) || size == 0.0 || !x.is_finite();
    if is_plain || !expression.as_str().contains(['e', 'E']) {
        return false;
    }
    let text = format!("{x:e}");
    let Some((digits, exponent)) = text.split_once('e') else {
        return false;
    };
    let sign = if exponent.starts_with('-') { "-" } else { "+" };
    let padded = format!("{digits}e{sign}{:0>2}", exponent.trim_start_matches('-'));
    expression.is_match(&text) || expression.is_match(&padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_in_any_case() {
        let check = |part: &str, text: &str, want: bool| {
            assert_eq!(Part::new(part).is_in(text), want, "{part} in {text}");
        };
        check("", "", true);
        check("dam", "AdamW", true);
        check("adamww", "AdamW", false);
        check("ß", "STRAßE", true);
        check("é", "CAFÉ", true);
        check("aab", "aaab", true);
    }

    #[test]
    fn globs_match_the_whole() {
        let check = |glob: &str, text: &str, want: bool| {
            assert_eq!(Glob::new(glob).matches(text), want, "{glob} on {text}");
        };
        check("run-*", "Run-12", true);
        check("run-*", "a run-12", false);
        check("*", "", true);
        check("a*a", "a", false);
        check("a*b*c", "axxbyybzc", true);
        check("a*b*c", "axxcb", false);
        check("*λ*", "xΛy", true);
    }

    #[test]
    fn numbers_match_as_files_write_them() {
        let check = |text: &str, x: f64, want: bool| {
            let expression = expression(text).unwrap();
            assert_eq!(matches_number(&expression, x), want, "{text} on {x}");
        };
        check("1e", 1e-4, true);
        check("^1e-4$", 1e-4, true);
        check("^1e-04$", 1e-4, true);
        check("^0.0001$", 1e-4, true);
        check("^1e-05$", 1e-5, true);
        check("^2e\\+06$", 2e6, true);
        check("(?i)1E-3", 1e-3, true);
        check("^-2.5e-7", -2.5e-7, true);
        check("1e", 2e-4, false);
        // No file writes 32 as 3.2e1, and where no exponent is asked for there is none.
        check("e", 32.0, false);
        check("4$", 1e-4, false);
        check("e-", f64::INFINITY, false);
        check("1e", 0.0, false);
    }
}
