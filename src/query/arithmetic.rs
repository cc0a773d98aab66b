//! Where arithmetic stands in a filter: `(a + b) * 2 < 3`, `` abs(x - `batch size`) > 1 ``.
//!
//! Words of a filter are parted by blanks and brackets hold alternatives, so arithmetic with brackets or with names in
//! backticks is told by what follows it: only a number can be compared. What an expression is, [`super::expression`] says.

use super::lex::keyword;
use crate::ledger::Statistic;

/// So far is looked for the sign that compares; no expression is longer.
const FARTHEST: usize = 2000;

/// The length of the arithmetic that a text begins with, if there is one with brackets or backticks in it before a sign
/// that compares.
pub(super) fn length(text: &str) -> Option<usize> {
    let mut end = FARTHEST.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    let mut at = 0;
    let mut seen = Seen::default();
    loop {
        at += operand(&text[at..], &mut seen)?;
        let rest = &text[at..];
        let sign = rest.trim_start();
        let blanks = rest.len() - sign.len();
        match sign.chars().next()? {
            '<' | '>' | '=' | ':' => return seen.is_arithmetic().then_some(at),
            '!' if sign.starts_with("!=") => return seen.is_arithmetic().then_some(at),
            '+' | '-' | '*' | '/' | '%' | '^' => {
                seen.joined = true;
                at += blanks + 1;
            }
            _ => return None,
        }
    }
}

/// What was seen of arithmetic.
#[derive(Default)]
struct Seen {
    /// A name in backticks.
    quoted: bool,
    /// Brackets.
    group: bool,
    /// A sign, or a statistic before a name.
    joined: bool,
}

impl Seen {
    /// Whether it is more than a name, and more than the words of a filter make up.
    fn is_arithmetic(&self) -> bool {
        self.group || self.quoted && self.joined
    }
}

/// The length of an operand, of blanks and signs before it too.
fn operand(text: &str, seen: &mut Seen) -> Option<usize> {
    let mut at = 0;
    loop {
        at += blanks(&text[at..]);
        let rest = &text[at..];
        match rest.chars().next()? {
            '-' if rest.len() > 1 && !rest.starts_with("- ") => {
                seen.joined = true;
                at += 1;
            }
            '`' => {
                seen.quoted = true;
                return Some(at + quoted(rest)?);
            }
            '(' => {
                seen.group = true;
                return Some(at + group(rest)?);
            }
            _ => {
                let word = word(rest)?;
                at += word.len();
                let behind = &text[at..];
                if behind.starts_with('(') {
                    seen.group = true;
                    return Some(at + group(behind)?);
                }
                let ends_open = word.ends_with(['+', '-', '*', '/', '%', '^']);
                let is_qualifier = word.ends_with('.') && behind.starts_with('`');
                // A statistic before the name of a metric.
                let is_statistic = behind.starts_with(char::is_whitespace)
                    && Statistic::from_word(word).is_some()
                    && behind
                        .trim_start()
                        .starts_with(|c: char| c.is_alphanumeric() || c == '`');
                if !ends_open && !is_qualifier && !is_statistic {
                    return Some(at);
                }
                seen.joined |= !is_qualifier;
            }
        }
    }
}

/// The word that a text begins with, which is no `and`, `or` or `not`.
fn word(text: &str) -> Option<&str> {
    let ends = |c: char| c.is_whitespace() || "\"`(),<>=:~".contains(c);
    let word = &text[..text.find(ends).unwrap_or(text.len())];
    let is_free = !word.is_empty() && !word.contains(['!', '&', '|', '\'']);
    (is_free && keyword(word).is_none()).then_some(word)
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The length of a name in backticks.
fn quoted(text: &str) -> Option<usize> {
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '`' => return Some(at + 1),
            '\\' => drop(letters.next()),
            _ => {}
        }
    }
    None
}

/// The length of what stands in brackets, if nothing in it compares or joins terms.
fn group(text: &str) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        let rest = &text[at..];
        at += match rest.chars().next()? {
            '(' => {
                depth += 1;
                1
            }
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
                1
            }
            ',' => 1,
            '`' => quoted(rest)?,
            c if c.is_whitespace() => c.len_utf8(),
            _ => word(rest)?.len(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::length;

    #[test]
    fn arithmetic_is_told_by_the_sign_behind_it() {
        for (text, taken) in [
            ("(a + b) * 2 < 3", "(a + b) * 2"),
            ("abs(a - b) < 0.05 and c = 1", "abs(a - b)"),
            ("log10( lr )< -3", "log10( lr )"),
            ("dropout*`batch size` > 3", "dropout*`batch size`"),
            ("`a b` % 2 = 1", "`a b` % 2"),
            ("2^`w-n` >= 64", "2^`w-n`"),
            ("(val/acc+d)/2:0.1..0.3", "(val/acc+d)/2"),
            ("max(val/acc, 0.5) > 0.9", "max(val/acc, 0.5)"),
            ("min `val loss` - 1 != 2", "min `val loss` - 1"),
            ("param.`a b` * 2 > 1", "param.`a b` * 2"),
            ("-(a) < 1", "-(a)"),
        ] {
            assert_eq!(length(text), Some(taken.len()), "{text}");
            assert!(text.starts_with(taken));
        }
        for text in [
            "(a < 1 or b > 2) and c < 3",
            "(adam or sgd) lr < 1",
            "(a) b < 1",
            "lr < 3",
            "`a b` < 3",
            "param.`a b` < 3",
            "lr * wd < 3",
            "adam `b c` < 3",
            "(a and b) < 1",
            "not (a) < 1",
            "f(x",
            "f(x) ~ b",
            "(((",
            "`a",
            "",
            "/a b/ c < 1",
        ] {
            assert_eq!(length(text), None, "{text}");
        }
    }
}
