//! Ways in which a text matches: a part of it in any case, `*` patterns, regular expressions.

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
}
