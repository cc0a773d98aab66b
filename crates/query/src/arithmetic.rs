//! Where an expression stands in a filter: `(a + b) * 2 < 3`, `lr * wd < 3`, `` abs(x - `batch size`) > 1 ``.
//!
//! Words of a filter are parted by blanks and brackets hold alternatives, so an expression of several words is told by
//! what follows it, only a number can be compared, or by the `by` before it. What an expression is,
//! [`super::expression`] says.

use super::lex::keyword;
use ledger::Statistic;

/// So far is looked for the sign that compares; no expression is longer.
const FARTHEST: usize = 2000;

/// The length of the expression that a text begins with, if there is one of several words before a sign that compares.
pub(super) fn length(text: &str) -> Option<usize> {
    let (end, seen) = extent(text)?;
    let behind = text[end..].trim_start();
    let compares = behind.starts_with(['<', '>', '=', ':']) || behind.starts_with("!=");
    (compares && seen.is_expression()).then_some(end)
}

/// The length of the expression of several words that a text begins with, as far as it goes.
pub(super) fn ordered(text: &str) -> Option<usize> {
    let (end, seen) = extent(text)?;
    seen.is_expression().then_some(end)
}

/// How far operands go that are joined by signs, and what was seen of them.
fn extent(text: &str) -> Option<(usize, Seen)> {
    let text = &text[..text.floor_char_boundary(FARTHEST)];
    let mut seen = Seen::default();
    let mut end = operand(text, &mut seen)?;
    loop {
        let rest = text[end..].trim_start();
        let Some(sign) = rest.chars().next().filter(|sign| SIGNS.contains(sign)) else {
            return Some((end, seen));
        };
        let behind = &rest[1..];
        let is_before = rest.len() < text.len() - end;
        let is_behind = behind.starts_with(char::is_whitespace);
        // A slash before a word begins a regular expression, and a minus a term of its own.
        let begins = is_before && !is_behind && !behind.starts_with('(');
        if begins && (sign == '/' || sign == '-' && !(seen.group || seen.quoted)) {
            return Some((end, seen));
        }
        let mut further = seen;
        further.joined = true;
        further.apart |= is_before && is_behind;
        let Some(length) = operand(behind, &mut further) else {
            return Some((end, seen));
        };
        end = text.len() - behind.len() + length;
        seen = further;
    }
}

/// An expression with single blanks between its words, as far as none can be part of a name.
pub(super) fn without_blanks(expression: &str) -> String {
    if expression.contains('`') {
        return expression.to_owned();
    }
    let words = expression.split_whitespace();
    words.collect::<Vec<_>>().join(" ")
}

/// The signs that join operands.
const SIGNS: [char; 6] = ['+', '-', '*', '/', '%', '^'];

/// What was seen of an expression.
#[derive(Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that may be there"
)]
struct Seen {
    /// A name in backticks.
    quoted: bool,
    /// Brackets.
    group: bool,
    /// A sign, or a statistic before a name.
    joined: bool,
    /// A sign between blanks, or a statistic before a name.
    apart: bool,
}

impl Seen {
    /// Whether it is more than a name, and more than one word of a filter.
    fn is_expression(self) -> bool {
        self.group || self.apart || self.quoted && self.joined
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
            '/' => return None,
            _ => {
                let word = word(rest)?;
                at += word.len();
                let behind = &text[at..];
                if behind.starts_with('(') {
                    seen.group = true;
                    return Some(at + group(behind)?);
                }
                // A word as `run-*` before another one is none that goes on there.
                let is_apart = behind.starts_with(char::is_whitespace)
                    && !behind.trim_start().starts_with(['(', '-']);
                let ends_open = word.ends_with(SIGNS) && !is_apart;
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
                seen.apart |= is_statistic;
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
    use super::{extent, length};

    #[test]
    fn an_expression_is_told_by_the_sign_behind_it() {
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
            ("lr * wd < 3", "lr * wd"),
            (
                "min val/loss - train/loss >= 3",
                "min val/loss - train/loss",
            ),
            ("lr - `b c` / 2:1..2", "lr - `b c` / 2"),
            ("2* (a + b) < 1", "2* (a + b)"),
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
            "lr*wd < 3",
            "adam `b c` < 3",
            "run-* lr < 3",
            "run-* `b c` < 3",
            "10% `b c` < 3",
            "adam /run/ lr < 3",
            "adam /run/ `b c` < 3",
            "adam -lr < 3",
            "lr * wd ~ /3/",
            "lr * < 3",
            "(a and b) < 1",
            "not (a) < 1",
            "f(x",
            "f(x) ~ b",
            "(((",
            "`a",
            "",
            "/a b/ c < 1",
            "/a - b = 3/",
            "best 20 -lr < 3",
        ] {
            assert_eq!(length(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_ordered_by_ends_where_its_operands_do() {
        for (text, taken) in [
            ("lr * wd adam", "lr * wd"),
            ("min val/loss and lr < 3", "min val/loss"),
            ("(a + b) / 2) or c", "(a + b) / 2"),
            ("val/acc /run/", "val/acc"),
            ("val/acc -x < 3", "val/acc"),
            ("val/acc -", "val/acc"),
            ("`a b` * 2 c", "`a b` * 2"),
        ] {
            let (end, _) = extent(text).unwrap();
            assert_eq!(&text[..end], taken, "{text}");
        }
    }
}
