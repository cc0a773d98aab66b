//! Tokens of a filter text, each with its place.
//!
//! A bare word runs until a blank, a quote, a parenthesis, a comma, a colon, or a sign of comparison: names such
//! as `val/acc`, `clf__C`, `#loss`, `a.b-c` and values such as `1e-3`, `2026-01-01` need no quotes. Anything else
//! is put in double quotes or backticks, with `\` before a quote or a backslash in it.

use std::ops::Range;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A bare word.
    Word(String),
    /// A text in quotes.
    Quoted(String),
    /// A regular expression, without its slashes.
    Regex(String),
    /// A sign: `= != < <= > >= ~ !~ : , ( ) .. && || !`
    Sign(&'static str),
}

/// A token and where it stands.
pub(super) type Placed = (Token, Range<usize>);

/// Signs, the longer before those that they begin with.
const SIGNS: [&str; 17] = [
    "&&", "||", "==", "!=", "<=", ">=", "!~", "..", "=", "<", ">", "~", ":", ",", "(", ")", "!",
];

/// The tokens of a text, and where a quote or a slash is never closed.
pub(super) fn lex(text: &str) -> (Vec<Placed>, Option<Range<usize>>) {
    let mut tokens: Vec<Placed> = Vec::new();
    let mut unclosed = None;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let from = at;
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let token = match c {
            '"' | '`' => {
                let (inner, end, closed) = enclosed(text, from, c);
                at = end;
                if !closed {
                    unclosed = unclosed.or(Some(from..end));
                }
                Token::Quoted(inner)
            }
            '/' if regex_may_begin(tokens.last().map(|(token, _)| token)) => {
                let (inner, end, closed) = enclosed(text, from, '/');
                at = end;
                if !closed {
                    unclosed = unclosed.or(Some(from..end));
                }
                Token::Regex(inner)
            }
            _ => {
                if let Some(sign) = SIGNS.iter().find(|sign| text[at..].starts_with(**sign)) {
                    at += sign.len();
                    Token::Sign(sign)
                } else {
                    at = word_end(text, from);
                    Token::Word(text[from..at].to_owned())
                }
            }
        };
        tokens.push((token, from..at));
    }
    (tokens, unclosed)
}

/// A slash begins a regular expression where a clause or a pattern begins; elsewhere it is of a name.
fn regex_may_begin(before: Option<&Token>) -> bool {
    match before {
        None | Some(Token::Sign("~" | "!~" | "(" | "&&" | "||" | "!")) => true,
        Some(Token::Word(word)) => {
            matches!(word.to_ascii_lowercase().as_str(), "and" | "or" | "not")
        }
        Some(Token::Quoted(_) | Token::Regex(_)) => true,
        Some(Token::Sign(_)) => false,
    }
}

/// Where a bare word that begins at `from` ends; it has at least one character.
fn word_end(text: &str, from: usize) -> usize {
    let mut end = from;
    for (offset, c) in text[from..].char_indices() {
        let here = from + offset;
        let ends = c.is_whitespace()
            || matches!(c, '"' | '`' | '(' | ')' | ',' | ':' | '=' | '<' | '>' | '~')
            || text[here..].starts_with("..")
            || text[here..].starts_with("!=")
            || text[here..].starts_with("!~")
            || text[here..].starts_with("&&")
            || text[here..].starts_with("||");
        if ends && offset > 0 {
            break;
        }
        end = here + c.len_utf8();
    }
    end
}

/// The text between `quote` at `from` and the next one without a backslash, where it ends, and whether it does.
fn enclosed(text: &str, from: usize, quote: char) -> (String, usize, bool) {
    let mut inner = String::new();
    let mut escaped = false;
    for (offset, c) in text[from + 1..].char_indices() {
        if escaped {
            // In a regular expression a backslash is its own, but for one before a slash.
            if quote == '/' && c != '/' {
                inner.push('\\');
            }
            inner.push(c);
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return (inner, from + 1 + offset + 1, true);
        } else {
            inner.push(c);
        }
    }
    (inner, text.len(), false)
}

/// A text as it must be typed: in quotes where it must be, or where `always`.
pub(super) fn quoted(text: &str, always: bool) -> String {
    let keyword = matches!(text.to_ascii_lowercase().as_str(), "and" | "or" | "not");
    let starts_as_other =
        text.starts_with(['/', '!']) || SIGNS.iter().any(|sign| text.starts_with(*sign));
    let is_plain =
        !text.is_empty() && !keyword && !starts_as_other && word_end(text, 0) == text.len();
    if is_plain && !always {
        text.to_owned()
    } else {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    }
}
