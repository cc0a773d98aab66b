//! From text to [`Filter`], by recursive descent. What is wrong is told with its place; parsing goes on after it.

use super::ast::{Comparison, Field, Filter, FilterError, Operand, Pattern, Span, State};
use super::lex::{Token, lex};
use crate::ledger::Role;
use std::ops::Range;

/// Longest filter that is read.
const LONGEST: usize = 16 * 1024;

/// How deep parentheses and `not` may be nested.
const DEEPEST: usize = 64;

/// The filter that a text spells (`None` where it is blank or nothing of it is right), and what is wrong.
pub fn parse(text: &str) -> (Option<Filter>, Vec<FilterError>) {
    if text.len() > LONGEST {
        return (None, vec![error(0..text.len(), "the filter is too long")]);
    }
    let (tokens, unclosed) = lex(text);
    let mut parser = Parser {
        tokens,
        at: 0,
        end: text.len(),
        errors: Vec::new(),
    };
    if let Some(span) = unclosed {
        parser
            .errors
            .push(error(span, "what is opened here is never closed"));
    }
    if parser.tokens.is_empty() {
        return (None, parser.errors);
    }
    let filter = parser.or(0);
    while let Some(span) = parser.peek_span() {
        parser.errors.push(error(span, "this closes nothing"));
        parser.at += 1;
        parser.or(0);
    }
    (filter, parser.errors)
}

/// The role that a qualified name begins with, and the rest.
pub(super) fn role_prefix(name: &str) -> Option<(Role, &str)> {
    let (word, rest) = name.split_once('.')?;
    let role = Role::ALL.into_iter().find(|role| role.word() == word)?;
    (!rest.is_empty()).then_some((role, rest))
}

fn error(span: Range<usize>, message: &str) -> FilterError {
    FilterError {
        span,
        message: message.to_owned(),
        suggestion: None,
    }
}

struct Parser {
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    end: usize,
    errors: Vec<FilterError>,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn peek_span(&self) -> Option<Range<usize>> {
        self.tokens.get(self.at).map(|(_, span)| span.clone())
    }

    /// The place of the next token, or the end of the text.
    fn here(&self) -> Range<usize> {
        self.peek_span().unwrap_or(self.end..self.end)
    }

    fn take_sign(&mut self, signs: &[&str]) -> Option<&'static str> {
        let Some(Token::Sign(sign)) = self.peek() else {
            return None;
        };
        let sign = *sign;
        signs.contains(&sign).then(|| {
            self.at += 1;
            sign
        })
    }

    fn is_keyword(&self, keyword: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword))
            && !self.is_field()
    }

    /// A keyword before a sign of comparison is a field's name after all.
    fn is_field(&self) -> bool {
        matches!(
            self.tokens.get(self.at + 1),
            Some((
                Token::Sign("=" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~" | ":"),
                _
            ))
        )
    }

    fn or(&mut self, depth: usize) -> Option<Filter> {
        let mut parts = Vec::from_iter(self.and(depth));
        while self.is_keyword("or") || self.peek() == Some(&Token::Sign("||")) {
            let span = self.here();
            self.at += 1;
            match self.and(depth) {
                Some(part) => parts.push(part),
                None => self.errors.push(error(span, "something must follow `or`")),
            }
        }
        one_or(parts, Filter::Or)
    }

    fn and(&mut self, depth: usize) -> Option<Filter> {
        let mut parts = Vec::new();
        loop {
            match self.peek() {
                None | Some(Token::Sign(")" | "||")) => break,
                _ if self.is_keyword("or") => break,
                _ => {}
            }
            let begun = self.here();
            if self.is_keyword("and") || self.peek() == Some(&Token::Sign("&&")) {
                self.at += 1;
                if parts.is_empty()
                    || self.peek().is_none()
                    || self.peek() == Some(&Token::Sign(")"))
                {
                    self.errors
                        .push(error(begun, "`and` stands between two clauses"));
                }
                continue;
            }
            parts.extend(self.not(depth));
        }
        one_or(parts, Filter::And)
    }

    fn not(&mut self, depth: usize) -> Option<Filter> {
        let span = self.here();
        if depth > DEEPEST {
            self.errors.push(error(span, "nested too deep"));
            self.at = self.tokens.len();
            return None;
        }
        if self.is_keyword("not") || self.peek() == Some(&Token::Sign("!")) {
            self.at += 1;
            let inner = self.not(depth + 1);
            if inner.is_none() {
                self.errors.push(error(span, "something must follow `not`"));
            }
            return inner.map(|inner| Filter::Not(Box::new(inner)));
        }
        if self.take_sign(&["("]).is_some() {
            let inner = self.or(depth + 1);
            if self.take_sign(&[")"]).is_none() {
                self.errors
                    .push(error(span.clone(), "this parenthesis is never closed"));
            }
            if inner.is_none() {
                self.errors
                    .push(error(span, "there is nothing in these parentheses"));
            }
            return inner;
        }
        self.clause()
    }

    fn clause(&mut self) -> Option<Filter> {
        let (token, span) = self.tokens.get(self.at).cloned()?;
        self.at += 1;
        let (name, is_quoted) = match token {
            Token::Regex(pattern) => return Some(Filter::Matches(pattern, Span(span))),
            Token::Word(word) => (word, false),
            Token::Quoted(text) => (text, true),
            Token::Sign(")") => {
                self.at -= 1;
                return None;
            }
            Token::Sign(sign) => {
                self.errors.push(error(
                    span,
                    &format!("a column's name must stand before `{sign}`"),
                ));
                // What is compared would otherwise be read as a word of its own.
                if matches!(self.peek(), Some(Token::Word(_) | Token::Quoted(_))) {
                    self.at += 1;
                }
                return None;
            }
        };
        if !is_quoted
            && let Some((_, state)) = State::ALL
                .iter()
                .find(|(word, _)| word.eq_ignore_ascii_case(&name))
            && self.take_sign(&[":"]).is_some()
        {
            return self.field().map(|field| Filter::Is(*state, field));
        }
        let field = self.field_of(name, is_quoted, span.clone());
        if let Some(sign) = self.take_sign(&["=", "==", "!=", "<", "<=", ">", ">="]) {
            let comparison = match sign {
                "!=" => Comparison::Unequal,
                "<" => Comparison::Less,
                "<=" => Comparison::AtMost,
                ">" => Comparison::Greater,
                ">=" => Comparison::AtLeast,
                _ => Comparison::Equal,
            };
            let operand = self.operand(sign)?;
            return Some(Filter::Compare(field, comparison, operand));
        }
        if let Some(sign) = self.take_sign(&["~", "!~"]) {
            let (token, span) = self.tokens.get(self.at).cloned().unzip();
            return if let Some(
                Token::Regex(pattern) | Token::Quoted(pattern) | Token::Word(pattern),
            ) = token
            {
                self.at += 1;
                Some(Filter::FieldMatches(
                    field,
                    sign == "~",
                    pattern,
                    Span(span.unwrap_or_default()),
                ))
            } else {
                self.errors.push(error(
                    self.here(),
                    &format!("a regular expression, as /a.*b/, must follow `{sign}`"),
                ));
                None
            };
        }
        if self.take_sign(&[":"]).is_some() {
            return self.pattern().map(|pattern| Filter::Like(field, pattern));
        }
        // Without a sign it is a word to look for.
        let word = if is_quoted || field.role.is_none() {
            field.name
        } else {
            format!("{}.{}", field.role.map_or("", Role::word), field.name)
        };
        Some(Filter::Word(word))
    }

    /// A field after its first token: `param."odd name"` is two tokens side by side.
    fn field_of(&mut self, name: String, is_quoted: bool, span: Range<usize>) -> Field {
        if is_quoted {
            return Field {
                role: None,
                name,
                span: Span(span),
            };
        }
        if let Some(role) = name
            .strip_suffix('.')
            .and_then(|word| Role::ALL.into_iter().find(|role| role.word() == word))
            && let Some((Token::Quoted(rest), rest_span)) = self.tokens.get(self.at).cloned()
            && rest_span.start == span.end
        {
            self.at += 1;
            return Field {
                role: Some(role),
                name: rest,
                span: Span(span.start..rest_span.end),
            };
        }
        match role_prefix(&name) {
            Some((role, rest)) => Field {
                role: Some(role),
                name: rest.to_owned(),
                span: Span(span),
            },
            None => Field {
                role: None,
                name,
                span: Span(span),
            },
        }
    }

    fn field(&mut self) -> Option<Field> {
        match self.tokens.get(self.at).cloned() {
            Some((Token::Word(name), span)) => {
                self.at += 1;
                Some(self.field_of(name, false, span))
            }
            Some((Token::Quoted(name), span)) => {
                self.at += 1;
                Some(self.field_of(name, true, span))
            }
            _ => {
                self.errors
                    .push(error(self.here(), "a column's name must follow"));
                None
            }
        }
    }

    fn operand(&mut self, after: &str) -> Option<Operand> {
        let operand = self.try_operand();
        if operand.is_none() {
            self.errors.push(error(
                self.here(),
                &format!("a value must follow `{after}`"),
            ));
        }
        operand
    }

    fn try_operand(&mut self) -> Option<Operand> {
        let (token, span) = self.tokens.get(self.at).cloned()?;
        let (mut text, is_quoted) = match token {
            Token::Word(text) => (text, false),
            Token::Quoted(text) => (text, true),
            Token::Sign(_) | Token::Regex(_) => return None,
        };
        self.at += 1;
        let mut span = span;
        // A time of day has colons: `2026-01-01T07:50:00`.
        while !is_quoted && text.len() >= 13 && text.as_bytes()[4] == b'-' {
            let Some((Token::Sign(":"), colon)) = self.tokens.get(self.at) else {
                break;
            };
            let Some((Token::Word(rest), rest_span)) = self.tokens.get(self.at + 1) else {
                break;
            };
            if colon.start != span.end || rest_span.start != colon.end {
                break;
            }
            text = format!("{text}:{rest}");
            span.end = rest_span.end;
            self.at += 2;
        }
        Some(Operand {
            text,
            is_quoted,
            span: Span(span),
        })
    }

    fn pattern(&mut self) -> Option<Pattern> {
        if self.take_sign(&[".."]).is_some() {
            let high = self.operand("..")?;
            return Some(Pattern::Range(None, Some(high)));
        }
        let first = self.operand(":")?;
        if let Some(span) = self.peek_span()
            && self.take_sign(&[".."]).is_some()
        {
            // `lr:1.. loss<2`: an end stands right behind the dots.
            let touches = self.peek_span().is_some_and(|next| next.start == span.end);
            let high = if touches { self.try_operand() } else { None };
            return Some(Pattern::Range(Some(first), high));
        }
        let mut values = vec![first];
        while self.take_sign(&[","]).is_some() {
            values.push(self.operand(",")?);
        }
        Some(Pattern::Any(values))
    }
}

/// Nothing, the one part, or all of them together.
fn one_or(mut parts: Vec<Filter>, together: fn(Vec<Filter>) -> Filter) -> Option<Filter> {
    match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(together(parts)),
    }
}
