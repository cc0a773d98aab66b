//! Filter text to tokens.
//!
//! Names of params and metrics hold nearly everything (`val/acc`, `#loss`, `clf__C`, `a.b-c`, `f(x)`),
//! so a word ends only where it must. Where a term may begin, that is at blanks, quotes, commas,
//! operators, a colon and brackets that it does not close itself. After an operator a value is
//! expected, and there colons are part of it: `start>2026-01-01T10:00`.

use super::ast::{Amount, Comparison, Extreme};
use super::{FilterError, arithmetic};
use std::ops::Range;

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// A word without quotes.
    Word(String),
    /// A text in quotes, a name in backticks.
    Quoted(String),
    /// A regular expression between slashes.
    Expression(String),
    /// `=`, `<`…
    Compare(Comparison),
    /// `~`
    Like,
    /// `!~`
    Unlike,
    /// `:`
    Colon,
    /// `,`
    Comma,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `and`, `&&`
    And,
    /// `or`, `||`
    Or,
    /// `not`, `!`
    Not,
}

/// A token and its place.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is, in bytes.
    pub span: Range<usize>,
    /// Whether the end of the text cut it off before its closing quote.
    pub open: bool,
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// A term: a field, a word, `not`…
    Term,
    /// A value, after an operator.
    Value,
    /// A regular expression, after `~`.
    Expression,
}

/// The mode after a token of this kind.
fn mode_after(kind: &TokenKind) -> Mode {
    match kind {
        TokenKind::Compare(_) | TokenKind::Colon | TokenKind::Comma => Mode::Value,
        TokenKind::Like | TokenKind::Unlike => Mode::Expression,
        _ => Mode::Term,
    }
}

/// All tokens of a text, an expression before a sign that compares as one word. What is wrong with quotes goes to
/// `errors`; there is a token all the same.
pub(super) fn tokens(text: &str, errors: &mut Vec<FilterError>) -> Vec<Token> {
    tokens_by(text, errors, |before, at, mode| {
        expression_at(text, before, at, mode).or_else(|| next(text, at, mode))
    })
}

/// All tokens of a text, those within an expression each by itself.
pub(super) fn words(text: &str) -> Vec<Token> {
    tokens_by(text, &mut Vec::new(), |_, at, mode| next(text, at, mode))
}

fn tokens_by(
    text: &str,
    errors: &mut Vec<FilterError>,
    next: impl Fn(&[Token], usize, Mode) -> Option<Token>,
) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut at = 0;
    let mut mode = Mode::Term;
    while let Some(token) = next(&found, at, mode) {
        at = token.span.end;
        mode = mode_after(&token.kind);
        if token.open {
            let (what, quote) = match text.as_bytes().get(token.span.start) {
                Some(b'`') => ("name", '`'),
                Some(b'/') => ("regular expression", '/'),
                _ => ("text", '"'),
            };
            errors.push(FilterError {
                span: token.span.clone(),
                message: format!("the {what} that begins here has no closing {quote}"),
                suggestion: None,
            });
        }
        found.push(token);
    }
    found
}

/// The expression at or after `at`, where a term may begin, as one word: before a sign that compares, or behind the `by` of
/// `top 10 by`.
fn expression_at(text: &str, before: &[Token], at: usize, mode: Mode) -> Option<Token> {
    let rest = text.get(at..).filter(|_| mode == Mode::Term)?;
    let start = at + rest.len() - rest.trim_start().len();
    let word = |back: usize| match before.get(before.len().checked_sub(back)?)?.kind {
        TokenKind::Word(ref word) => Some(word.as_str()),
        _ => None,
    };
    let orders = word(1).is_some_and(|by| by.eq_ignore_ascii_case("by"))
        && word(2).and_then(Amount::from_word).is_some()
        && word(3).and_then(Extreme::from_word).is_some();
    let length = if orders {
        arithmetic::ordered(&text[start..])?
    } else {
        arithmetic::length(&text[start..])?
    };
    Some(Token {
        kind: TokenKind::Word(arithmetic::without_blanks(&text[start..start + length])),
        span: start..start + length,
        open: false,
    })
}

/// Whether `text` stands for itself without quotes, where `mode` is expected.
///
/// A leading apostrophe never does: with another one further on it would begin a quote.
pub(super) fn is_bare(text: &str, mode: Mode) -> bool {
    !text.starts_with('\'')
        && next(text, 0, mode).is_some_and(|token| {
            token.span == (0..text.len())
                && matches!(&token.kind, TokenKind::Word(word) if word == text)
        })
}

/// The token at or after `at`.
fn next(text: &str, at: usize, mode: Mode) -> Option<Token> {
    let rest = text.get(at..)?;
    let trimmed = rest.trim_start();
    let start = text.len() - trimmed.len();
    let first = trimmed.chars().next()?;
    let simple = |kind, length: usize| {
        Some(Token {
            kind,
            span: start..start + length,
            open: false,
        })
    };
    let sign = |sign: &str| trimmed.starts_with(sign);
    // Longest first.
    if sign("&&") {
        return simple(TokenKind::And, 2);
    }
    if sign("||") {
        return simple(TokenKind::Or, 2);
    }
    match first {
        '(' => return simple(TokenKind::Open, 1),
        ')' => return simple(TokenKind::Close, 1),
        ',' => return simple(TokenKind::Comma, 1),
        '<' if sign("<=") => return simple(TokenKind::Compare(Comparison::AtMost), 2),
        '<' if sign("<>") => return simple(TokenKind::Compare(Comparison::Unequal), 2),
        '<' => return simple(TokenKind::Compare(Comparison::Less), 1),
        '>' if sign(">=") => return simple(TokenKind::Compare(Comparison::AtLeast), 2),
        '>' => return simple(TokenKind::Compare(Comparison::Greater), 1),
        '=' if sign("==") => return simple(TokenKind::Compare(Comparison::Equal), 2),
        '=' if sign("=~") => return simple(TokenKind::Like, 2),
        '=' => return simple(TokenKind::Compare(Comparison::Equal), 1),
        '!' if sign("!=") => return simple(TokenKind::Compare(Comparison::Unequal), 2),
        '!' if sign("!~") => return simple(TokenKind::Unlike, 2),
        '!' if mode == Mode::Term => return simple(TokenKind::Not, 1),
        ':' if mode == Mode::Term => return simple(TokenKind::Colon, 1),
        '~' if mode == Mode::Term => return simple(TokenKind::Like, 1),
        '"' | '`' => return Some(quoted(text, start, first)),
        // An apostrophe is a quote only if there are two of them.
        '\'' => {
            let token = quoted(text, start, first);
            if !token.open {
                return Some(token);
            }
        }
        '/' if mode != Mode::Value => return Some(expression(text, start)),
        _ => {}
    }
    Some(word(text, start, mode))
}

/// The quoted text that begins at `start`. A backslash keeps a following quote or backslash from
/// its meaning, and is itself before anything else, as in paths.
fn quoted(text: &str, start: usize, quote: char) -> Token {
    let mut value = String::new();
    let mut rest = text[start..].char_indices().skip(1).peekable();
    while let Some((at, c)) = rest.next() {
        if c == quote {
            return Token {
                kind: TokenKind::Quoted(value),
                span: start..start + at + c.len_utf8(),
                open: false,
            };
        }
        match rest.peek() {
            Some((_, following)) if c == '\\' && (*following == quote || *following == '\\') => {
                value.push(*following);
                rest.next();
            }
            _ => value.push(c),
        }
    }
    Token {
        kind: TokenKind::Quoted(value),
        span: start..text.len(),
        open: true,
    }
}

/// The regular expression between slashes that begins at `start`; `\/` is a slash in it, and an `i`
/// directly behind it makes letters match in any case.
fn expression(text: &str, start: usize) -> Token {
    let mut value = String::new();
    let mut rest = text[start..].char_indices().skip(1);
    while let Some((at, c)) = rest.next() {
        match c {
            '/' => {
                let mut end = start + at + 1;
                let mut behind = text[end..].chars();
                if behind.next() == Some('i')
                    && behind.next().is_none_or(|c| c.is_whitespace() || c == ')')
                {
                    end += 1;
                    value.insert_str(0, "(?i)");
                }
                return Token {
                    kind: TokenKind::Expression(value),
                    span: start..end,
                    open: false,
                };
            }
            '\\' => match rest.next() {
                Some((_, '/')) => value.push('/'),
                Some((_, escaped)) => value.extend(['\\', escaped]),
                None => value.push('\\'),
            },
            other => value.push(other),
        }
    }
    Token {
        kind: TokenKind::Expression(value),
        span: start..text.len(),
        open: true,
    }
}

/// The word that begins at `start`, which is a keyword where a term or a value may begin.
fn word(text: &str, start: usize, mode: Mode) -> Token {
    let bytes = text.as_bytes();
    let mut end = start;
    while let Some(c) = text[end..].chars().next() {
        let following = bytes.get(end + 1).copied();
        let ends = match c {
            '"' | '`' | ',' | '=' | '<' | '>' | ')' => true,
            ':' | '~' => mode == Mode::Term,
            '!' => mode == Mode::Term && matches!(following, Some(b'=' | b'~')),
            '&' => following == Some(b'&'),
            '|' => following == Some(b'|'),
            '(' => match closing(&text[end..]) {
                Some(length) if end > start && keyword(&text[start..end]).is_none() => {
                    end += length;
                    continue;
                }
                _ => true,
            },
            c => c.is_whitespace(),
        };
        if ends {
            break;
        }
        end += c.len_utf8();
    }
    if end == start {
        // Only an operator where a value should be gets here; it is a word of its own.
        end += text[start..].chars().next().map_or(0, char::len_utf8);
    }
    let value = &text[start..end];
    // A qualifier may stand before a quoted name: param.`odd name`.
    if value.ends_with('.') && bytes.get(end) == Some(&b'`') {
        let name = quoted(text, end, '`');
        if let TokenKind::Quoted(rest) = name.kind {
            return Token {
                kind: TokenKind::Quoted(format!("{value}{rest}")),
                span: start..name.span.end,
                open: name.open,
            };
        }
    }
    if mode != Mode::Expression
        && let Some(length) = percent_behind(value, &text[end..])
    {
        return Token {
            kind: TokenKind::Word(format!("{value}%")),
            span: start..end + length,
            open: false,
        };
    }
    let kind = keyword(value).unwrap_or_else(|| TokenKind::Word(value.to_owned()));
    Token {
        kind,
        span: start..end,
        open: false,
    }
}

/// How far behind a number a percent sign ends that stands apart from it, as people write it; none where something is to be divided.
fn percent_behind(value: &str, rest: &str) -> Option<usize> {
    let last = value.rsplit("..").next().unwrap_or(value);
    ledger::parse_number(last)?;
    let sign = rest.trim_start();
    let behind = sign.strip_prefix('%')?;
    let next = behind.trim_start();
    let word = next.split(char::is_whitespace).next().unwrap_or_default();
    let ends = ["", "&&", "||"].contains(&word)
        || next.starts_with([')', ','])
        || (next.len() < behind.len() && keyword(word).is_some());
    (sign.len() < rest.len() && ends).then_some(rest.len() - behind.len())
}

/// The length up to the bracket that closes the one with which `text` begins, if there is no blank,
/// quote or operator before it.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            '"' | '`' | '=' | '<' | '>' | ':' | '~' | '!' | '&' | '|' => return None,
            c if c.is_whitespace() => return None,
            _ => {}
        }
    }
    None
}

/// The keyword that `word` is, in any case.
pub(super) fn keyword(word: &str) -> Option<TokenKind> {
    match word.to_ascii_lowercase().as_str() {
        "and" => Some(TokenKind::And),
        "or" => Some(TokenKind::Or),
        "not" => Some(TokenKind::Not),
        _ => None,
    }
}
