//! A brush and its text are the same filter: the top-level clauses of a text, what each keeps of its column, and a
//! text with one column's clause replaced.

use super::ast::{Comparison, Field, Filter, Kept, Operand, Pattern, State};
use super::bind::{column_of, field_text};
use super::lex::{Token, lex};
use super::parse::parse;
use crate::ledger::{ColumnId, Kind, Ledger, parse_number, time};
use std::ops::Range;

/// A top-level clause of a filter: all of them must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// Where it stands, in bytes.
    pub span: Range<usize>,
    /// The column it is about, where it is about one.
    pub column: Option<ColumnId>,
    /// What it keeps of it, where a brush could have written it.
    pub kept: Option<Kept>,
}

/// The top-level clauses of a text; none where the text is wrong.
pub fn clauses(text: &str, ledger: &Ledger) -> Vec<Clause> {
    let (Some(_), errors) = parse(text) else {
        return Vec::new();
    };
    if !errors.is_empty() {
        return Vec::new();
    }
    spans(text)
        .into_iter()
        .map(|span| {
            let parsed = text.get(span.clone()).and_then(|part| parse(part).0);
            let (column, kept) = parsed.map_or((None, None), |filter| kept_of(&filter, ledger));
            Clause { span, column, kept }
        })
        .collect()
}

/// The text with the clauses on `column` replaced by one that keeps `kept`, or taken away. What else it says
/// stays as it was typed; a text that is wrong is replaced whole.
pub fn with_clause(text: &str, ledger: &Ledger, column: ColumnId, kept: Option<&Kept>) -> String {
    let new = kept.map(|kept| clause_text(ledger, column, kept));
    let (filter, errors) = parse(text);
    if !errors.is_empty() {
        return new.unwrap_or_default();
    }
    let own: Vec<Range<usize>> = clauses(text, ledger)
        .into_iter()
        .filter(|clause| clause.column == Some(column) && clause.kept.is_some())
        .map(|clause| clause.span)
        .collect();
    let is_choice = matches!(filter, Some(Filter::Or(_)));
    let mut out = text.trim_end().to_owned();
    if let (Some(first), Some(new)) = (own.first(), &new) {
        for span in own.iter().skip(1).rev() {
            out = without(&out, span);
        }
        out.replace_range(first.clone(), new);
        return out;
    }
    for span in own.iter().rev() {
        out = without(&out, span);
    }
    match new {
        Some(new) if out.trim().is_empty() => new,
        Some(new) if is_choice => format!("({out}) {new}"),
        Some(new) => format!("{out} {new}"),
        None => out,
    }
}

/// The text without the clause at `span`, and without the `and` that joined it.
pub(super) fn without(text: &str, span: &Range<usize>) -> String {
    let (before, after) = (
        text.get(..span.start).unwrap_or_default(),
        text.get(span.end..).unwrap_or_default(),
    );
    let strip_end = |text: &str| {
        let text = text.trim_end();
        let cut = text
            .strip_suffix("&&")
            .or_else(|| strip_word_end(text, "and"));
        cut.unwrap_or(text).trim_end().to_owned()
    };
    let strip_start = |text: &str| {
        let text = text.trim_start();
        let cut = text
            .strip_prefix("&&")
            .or_else(|| strip_word_start(text, "and"));
        cut.unwrap_or(text).trim_start().to_owned()
    };
    let (mut before, mut after) = (before.trim_end().to_owned(), after.trim_start().to_owned());
    let stripped = strip_end(&before);
    if stripped == before || after.is_empty() {
        before = stripped;
        after = strip_start(&after);
    } else {
        before = stripped;
        let kept = strip_start(&after);
        // One `and` joins what is left, if either was typed.
        after = if kept == after {
            after
        } else {
            format!("and {kept}")
        };
    }
    format!("{before} {after}").trim().to_owned()
}

fn strip_word_end<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let cut = text.len().checked_sub(word.len())?;
    let (rest, end) = (text.get(..cut)?, text.get(cut..)?);
    (end.eq_ignore_ascii_case(word)
        && rest.ends_with(|c: char| c.is_whitespace() || matches!(c, ')' | '"' | '`')))
    .then_some(rest)
}

fn strip_word_start<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (start, rest) = (text.get(..word.len())?, text.get(word.len()..)?);
    (start.eq_ignore_ascii_case(word) && rest.starts_with(|c: char| c.is_whitespace() || c == '('))
        .then_some(rest)
}

/// Where the top-level clauses stand: what lies between `and`s, or the whole where an `or` is at the top.
fn spans(text: &str) -> Vec<Range<usize>> {
    let (filter, _) = parse(text);
    let whole = text.len() - text.trim_start().len()..text.trim_end().len();
    let Some(Filter::And(parts)) = &filter else {
        return vec![whole];
    };
    let (tokens, _) = lex(text);
    // Clauses follow one another in the text: each is the longest run of tokens that parses as the next part.
    let mut found = Vec::new();
    let mut at = 0;
    for part in parts {
        while tokens.get(at).is_some_and(|(token, _)| is_and(token)) {
            at += 1;
        }
        let Some((_, first)) = tokens.get(at) else {
            break;
        };
        let end = (at..tokens.len()).rev().find(|end| {
            let span = first.start..tokens[*end].1.end;
            let (parsed, errors) = parse(&text[span]);
            errors.is_empty() && parsed.as_ref() == Some(part)
        });
        let Some(end) = end else { return vec![whole] };
        found.push(first.start..tokens[end].1.end);
        at = end + 1;
    }
    found
}

fn is_and(token: &Token) -> bool {
    matches!(token, Token::Sign("&&"))
        || matches!(token, Token::Word(word) if word.eq_ignore_ascii_case("and"))
}

/// The column that a clause is about, and what it keeps of it.
fn kept_of(filter: &Filter, ledger: &Ledger) -> (Option<ColumnId>, Option<Kept>) {
    let about = |field: &Field| column_of(field, ledger);
    match filter {
        Filter::Like(field, Pattern::Range(low, high)) => {
            let Some(column) = about(field) else {
                return (None, None);
            };
            let end = |operand: &Option<Operand>| {
                operand
                    .as_ref()
                    .map(|operand| number_of(ledger, column, operand))
            };
            match (end(low), end(high)) {
                (Some(None), _) | (_, Some(None)) => (Some(column), None),
                (low, high) => (
                    Some(column),
                    Some(Kept::Range {
                        low: low.flatten(),
                        high: high.flatten(),
                    }),
                ),
            }
        }
        Filter::Like(field, Pattern::Any(values)) => {
            let texts = values.iter().map(|value| value.text.clone()).collect();
            let is_exact = values.len() > 1
                || values
                    .iter()
                    .all(|value| value.is_quoted || parse_number(&value.text).is_some());
            (about(field), is_exact.then_some(Kept::Values(texts)))
        }
        Filter::Compare(field, Comparison::Equal, operand) => {
            (about(field), Some(Kept::Values(vec![operand.text.clone()])))
        }
        Filter::Compare(field, comparison, operand) => {
            let column = about(field);
            let number = column.and_then(|column| number_of(ledger, column, operand));
            let kept = match (comparison, number) {
                (Comparison::AtLeast, Some(x)) => Some(Kept::Range {
                    low: Some(x),
                    high: None,
                }),
                (Comparison::AtMost, Some(x)) => Some(Kept::Range {
                    low: None,
                    high: Some(x),
                }),
                _ => None,
            };
            (column, kept)
        }
        Filter::Is(state, field) => {
            let kept = match state {
                State::Missing => Some(Kept::Missing),
                State::NotANumber => Some(Kept::NotANumber),
                State::Infinite => Some(Kept::Infinite),
                State::Has => None,
            };
            (about(field), kept)
        }
        Filter::FieldMatches(field, ..) => (about(field), None),
        Filter::Not(inner) => (kept_of(inner, ledger).0, None),
        Filter::And(_) | Filter::Or(_) | Filter::Word(_) | Filter::Matches(..) => (None, None),
    }
}

fn number_of(ledger: &Ledger, column: ColumnId, operand: &Operand) -> Option<f64> {
    if ledger.column(column).kind() == Kind::Time {
        let day = format!("{}T00:00:00", operand.text);
        return time::parse_millis(&operand.text)
            .or_else(|| time::parse_millis(&day))
            .map(|t| t as f64);
    }
    parse_number(&operand.text)
}

/// The clause that keeps `kept` of `column`.
fn clause_text(ledger: &Ledger, column: ColumnId, kept: &Kept) -> String {
    let field = field_text(column, ledger);
    let is_time = ledger.column(column).kind() == Kind::Time;
    let end = |x: &Option<f64>| match x {
        Some(x) if is_time => time::format_millis(*x as i64),
        Some(x) => Operand::number(*x).to_string(),
        None => String::new(),
    };
    let value = |text: &String| {
        let is_number = parse_number(text).is_some();
        if is_number {
            text.clone()
        } else {
            Operand::text(text).to_string()
        }
    };
    match kept {
        Kept::Range {
            low: None,
            high: None,
        } => format!("has:{field}"),
        Kept::Range { low, high } => format!("{field}:{}..{}", end(low), end(high)),
        Kept::Values(values) => format!(
            "{field}:{}",
            values.iter().map(value).collect::<Vec<_>>().join(",")
        ),
        Kept::Missing => format!("missing:{field}"),
        Kept::NotANumber => format!("nan:{field}"),
        Kept::Infinite => format!("inf:{field}"),
    }
}
