//! Tokens to a filter.
//!
//! ```text
//! filter     = [any]
//! any        = all { ("or" | "||") all }
//! all        = term { ["and" | "&&"] term }
//! term       = ("top" | "bottom" | "best" | "worst") amount [ "by" field ] | "@" set
//!            | ("not" | "!") term | "(" any ")" | state ":" field | field comparison value
//!            | field ("~" | "!~") regex | field ":" element { "," element } | word | regex
//! field      = name | an expression of several words (see `arithmetic`)
//! element    = value | glob | [low] ".." [high]
//! state      = "has" | "missing" | "nan" | "inf"
//! ```
//!
//! After an error the parser goes on with the next term, so that all errors of a text are found at
//! once and the clauses around them are known. Depth and length are bounded: text comes from links.

use super::FilterError;
use super::ast::{
    Amount, Element, Extreme, Field, Filter, MARK, Span, State, Written, element_text, field_text,
};
use super::lex::{Token, TokenKind, tokens};
use std::ops::Range;

/// Longest text that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// How deep brackets and negations may nest.
const DEEPEST: usize = 64;

/// A term and its place.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// What it says.
    pub filter: Filter,
    /// Where it stands.
    pub span: Range<usize>,
    /// Whether it is several alternatives without brackets around them.
    pub open: bool,
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Parsed {
    /// The top-level clauses, all of which a run must pass.
    pub clauses: Vec<Clause>,
    /// What is wrong, in the order of the text.
    pub errors: Vec<FilterError>,
}

impl Parsed {
    /// The whole filter.
    pub(super) fn filter(&self) -> Filter {
        Filter::all_of(
            self.clauses
                .iter()
                .map(|clause| clause.filter.clone())
                .collect(),
        )
    }
}

/// Reads a filter; says all that is wrong with it.
pub fn parse(text: &str) -> Result<Filter, Vec<FilterError>> {
    let parsed = read(text);
    if parsed.errors.is_empty() {
        Ok(parsed.filter())
    } else {
        Err(parsed.errors)
    }
}

/// Reads a filter as far as it can be read.
pub(super) fn read(text: &str) -> Parsed {
    let mut errors = Vec::new();
    if text.len() > LONGEST {
        errors.push(FilterError {
            span: 0..text.len(),
            message: format!("the filter is longer than {LONGEST} bytes"),
            suggestion: None,
        });
        return Parsed {
            clauses: Vec::new(),
            errors,
        };
    }
    let tokens = tokens(text, &mut errors);
    let mut parser = Parser {
        text,
        tokens: &tokens,
        at: 0,
        depth: 0,
        stopped: false,
        errors,
    };
    let mut clauses = Vec::new();
    while parser.at < tokens.len() {
        let from = parser.span().start;
        let mut groups = parser.any();
        if groups.len() == 1 {
            clauses.extend(groups.pop().unwrap_or_default());
        } else {
            let to = parser.before().max(from);
            clauses.push(Clause {
                filter: group(groups),
                span: from..to,
                open: true,
            });
        }
        if parser.peek() == Some(&TokenKind::Close) {
            parser.error(parser.span(), "this bracket closes none".to_owned());
            parser.at += 1;
        }
    }
    order::by_key(&mut parser.errors, |error| error.span.start);
    Parsed {
        clauses,
        errors: parser.errors,
    }
}

/// Alternatives as one filter.
fn group(groups: Vec<Vec<Clause>>) -> Filter {
    let all = |clauses: Vec<Clause>| {
        Filter::all_of(clauses.into_iter().map(|clause| clause.filter).collect())
    };
    Filter::any_of(groups.into_iter().map(all).collect())
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    /// Whether it gave up: what it finds missing after that is no error of the text.
    stopped: bool,
    errors: Vec<FilterError>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    /// The place of the next token; at the end of the text the last character, so that there is
    /// something to underline.
    fn span(&self) -> Range<usize> {
        let end = self.text.trim_end();
        let last = end.char_indices().next_back().map_or(0, |(at, _)| at);
        self.tokens
            .get(self.at)
            .map_or(last..end.len(), |token| token.span.clone())
    }

    /// Where the token before the next one ends.
    fn before(&self) -> usize {
        self.at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(0, |token| token.span.end)
    }

    fn error(&mut self, span: Range<usize>, message: String) {
        self.tell(span, message, None);
    }

    fn tell(&mut self, span: Range<usize>, message: String, suggestion: Option<String>) {
        if !self.stopped {
            self.errors.push(FilterError {
                span,
                message,
                suggestion,
            });
        }
    }

    /// One vector of clauses for each alternative; at least one.
    fn any(&mut self) -> Vec<Vec<Clause>> {
        let mut groups = vec![self.all()];
        while self.peek() == Some(&TokenKind::Or) {
            self.at += 1;
            groups.push(self.all());
        }
        groups
    }

    /// Terms up to an `or`, a closing bracket or the end.
    fn all(&mut self) -> Vec<Clause> {
        let mut clauses = Vec::new();
        let mut wanted = true;
        loop {
            match self.peek() {
                None | Some(TokenKind::Or | TokenKind::Close) => break,
                Some(TokenKind::And) => {
                    if wanted {
                        self.error(self.span(), "there is nothing before this “and”".to_owned());
                    }
                    wanted = true;
                    self.at += 1;
                }
                Some(_) => {
                    let from = self.span().start;
                    let filter = self.term();
                    wanted = false;
                    if let Some(filter) = filter {
                        clauses.push(Clause {
                            filter,
                            span: from..self.before(),
                            open: false,
                        });
                    }
                }
            }
        }
        if wanted {
            let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
            let message = match (before.map(|token| &token.kind), self.peek()) {
                (Some(TokenKind::And), _) => "something is missing after “and”",
                (Some(TokenKind::Or), _) => "something is missing after “or”",
                (Some(TokenKind::Open), _) => "there is nothing in these brackets",
                (_, Some(TokenKind::Or)) => "there is nothing before this “or”",
                // A closing bracket that closes nothing is an error of its own.
                _ => return clauses,
            };
            self.error(self.span(), message.to_owned());
        }
        clauses
    }

    /// One term; `None` after an error, with at least one token used up.
    fn term(&mut self) -> Option<Filter> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        match &token.kind {
            TokenKind::Not => {
                if !self.enter(&token.span) {
                    return None;
                }
                let inner = match self.peek() {
                    None | Some(TokenKind::And | TokenKind::Or | TokenKind::Close) => {
                        self.error(
                            token.span.clone(),
                            "something is missing after “not”".to_owned(),
                        );
                        None
                    }
                    Some(_) => self.term(),
                };
                self.depth = self.depth.saturating_sub(1);
                inner.map(|filter| Filter::Not(Box::new(filter)))
            }
            TokenKind::Open => {
                if !self.enter(&token.span) {
                    return None;
                }
                let groups = self.any();
                self.depth = self.depth.saturating_sub(1);
                if self.peek() == Some(&TokenKind::Close) {
                    self.at += 1;
                } else {
                    self.error(
                        token.span.clone(),
                        "this bracket is never closed".to_owned(),
                    );
                }
                let filter = group(groups);
                (filter != Filter::All).then_some(filter)
            }
            TokenKind::Expression(expression) => Some(Filter::Expression(Written {
                text: expression.clone(),
                span: Span(token.span.clone()),
            })),
            TokenKind::Word(name) => self
                .marked(name, &token.span)
                .or_else(|| self.extreme(name, &token.span))
                .or_else(|| self.about(name, &token.span, true)),
            TokenKind::Quoted(name) => self.about(name, &token.span, false),
            TokenKind::Compare(_) | TokenKind::Like | TokenKind::Unlike | TokenKind::Colon => {
                let message = format!(
                    "there is no column before “{}”",
                    &self.text[token.span.clone()]
                );
                self.error(token.span.clone(), message);
                self.skip_value();
                None
            }
            TokenKind::Comma => {
                let message = "a comma stands only between values, as in optimizer:adam,sgd";
                match self.listed() {
                    Some((span, meant)) => self.tell(span, message.to_owned(), Some(meant)),
                    None => self.error(token.span.clone(), message.to_owned()),
                }
                None
            }
            // `all` takes these.
            TokenKind::And | TokenKind::Or | TokenKind::Close => None,
        }
    }

    /// A term that begins with a name: a comparison, a match or, with nothing behind it, a word.
    fn about(&mut self, name: &str, span: &Range<usize>, bare: bool) -> Option<Filter> {
        let field = Field {
            name: name.to_owned(),
            span: Span(span.clone()),
        };
        let Some(token) = self.tokens.get(self.at) else {
            return Some(Filter::Word(name.to_owned()));
        };
        let filter = match &token.kind {
            TokenKind::Compare(comparison) => {
                self.at += 1;
                let value = self.value(&token.span)?;
                Filter::Compare {
                    field,
                    comparison: *comparison,
                    value,
                }
            }
            TokenKind::Like | TokenKind::Unlike => {
                self.at += 1;
                let negated = token.kind == TokenKind::Unlike;
                Filter::Like {
                    field,
                    negated,
                    expression: self.value(&token.span)?,
                }
            }
            TokenKind::Colon => {
                self.at += 1;
                let state = if bare { State::from_word(name) } else { None };
                if let Some(state) = state {
                    let Written { text, span } = self.value(&token.span)?;
                    Filter::Is {
                        field: Field { name: text, span },
                        state,
                    }
                } else {
                    Filter::Match {
                        field,
                        elements: self.elements(&token.span)?,
                    }
                }
            }
            _ => return Some(Filter::Word(name.to_owned())),
        };
        if let Some(
            TokenKind::Compare(_) | TokenKind::Like | TokenKind::Unlike | TokenKind::Colon,
        ) = self.peek()
        {
            let message = "one comparison at a time: join two with “and”, or write a range as lr:1e-4..1e-2; \
                           quote a value that holds this sign";
            self.error(self.span(), message.to_owned());
            self.at += 1;
            self.skip_value();
            return None;
        }
        Some(filter)
    }

    /// What `activation in relu,tanh` means, with or without brackets around the values, where its first comma was just met: its
    /// place and what says it. The values are passed over.
    fn listed(&mut self) -> Option<(Range<usize>, String)> {
        let (tokens, at) = (self.tokens, self.at);
        let token = |back: usize| tokens.get(at.checked_sub(back)?);
        let word = |back: usize| match &token(back)?.kind {
            TokenKind::Word(word) | TokenKind::Quoted(word) => Some(word.as_str()),
            _ => None,
        };
        let first = word(2)?;
        let opens = usize::from(token(3)?.kind == TokenKind::Open);
        let name = word(4 + opens)?;
        if !word(3 + opens)?.eq_ignore_ascii_case("in") {
            return None;
        }
        let start = token(4 + opens)?.span.start;
        let mut meant = format!("{}:{}", field_text(name), element_text(first));
        while let Some(TokenKind::Word(value) | TokenKind::Quoted(value)) = self.peek() {
            meant.push(',');
            meant.push_str(&element_text(value));
            self.at += 1;
            if self.peek() != Some(&TokenKind::Comma) {
                break;
            }
            self.at += 1;
        }
        let mut end = self.before();
        if opens > 0
            && let Some(close) = self.tokens.get(self.at)
            && close.kind == TokenKind::Close
        {
            end = close.span.end;
        }
        Some((start..end, meant))
    }

    /// The set of runs that a word names, where it does.
    fn marked(&mut self, word: &str, span: &Range<usize>) -> Option<Filter> {
        let name = word.strip_prefix(MARK).filter(|name| {
            !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        })?;
        // A column may be called so.
        let is_field = matches!(
            self.peek(),
            Some(TokenKind::Compare(_) | TokenKind::Like | TokenKind::Unlike | TokenKind::Colon)
        );
        (!is_field).then(|| {
            Filter::Marked(Written {
                text: name.to_owned(),
                span: Span(span.clone()),
            })
        })
    }

    /// `top 10% by val/acc`, where a word begins that; all runs after an error.
    fn extreme(&mut self, word: &str, span: &Range<usize>) -> Option<Filter> {
        let end = Extreme::from_word(word)?;
        let Some(TokenKind::Word(text)) = self.peek() else {
            return None;
        };
        let amount = Amount::from_word(text);
        let is_by = |at: usize| matches!(self.tokens.get(at).map(|token| &token.kind), Some(TokenKind::Word(by)) if by.eq_ignore_ascii_case("by"));
        if amount.is_none() {
            let message = format!("write {word} 10 or {word} 10%");
            // What stands before a `by`, or is a number, is meant as an amount.
            if is_by(self.at + 1) || Amount::is_number(text) {
                self.error(
                    self.span(),
                    format!("“{text}” is no number of runs: {message}"),
                );
                self.at += 1;
            } else if is_by(self.at) {
                let suggestion = Some(format!("{word} 10"));
                self.tell(span.clone(), format!("how many? {message}"), suggestion);
            } else {
                return None;
            }
        } else {
            self.at += 1;
        }
        let by = if is_by(self.at) {
            let Some(field) = self.order() else {
                return Some(Filter::All);
            };
            Some(field)
        } else {
            None
        };
        let span = Span(span.start..self.before());
        Some(amount.map_or(Filter::All, |amount| Filter::Extreme {
            end,
            amount,
            by,
            span,
        }))
    }

    /// What stands behind a `by`: a name or an expression.
    fn order(&mut self) -> Option<Field> {
        let by = self.span();
        self.at += 1;
        let Some(Token {
            kind: TokenKind::Word(name) | TokenKind::Quoted(name),
            span,
            ..
        }) = self.tokens.get(self.at)
        else {
            self.error(by, "the name of a column is missing after “by”".to_owned());
            return None;
        };
        self.at += 1;
        Some(Field {
            name: name.clone(),
            span: Span(span.clone()),
        })
    }

    fn elements(&mut self, operator: &Range<usize>) -> Option<Vec<Element>> {
        let mut elements = Vec::new();
        let mut operator = operator.clone();
        loop {
            let bare = matches!(self.peek(), Some(TokenKind::Word(_)));
            let Written { text, span } = self.value(&operator)?;
            elements.push(if bare {
                Element::from_bare(text, span.0)
            } else {
                Element::Text(Written { text, span })
            });
            if self.peek() != Some(&TokenKind::Comma) {
                return Some(elements);
            }
            operator = self.span();
            self.at += 1;
        }
    }

    /// The value after an operator.
    fn value(&mut self, operator: &Range<usize>) -> Option<Written> {
        if let Some(Token {
            kind: TokenKind::Word(text) | TokenKind::Quoted(text) | TokenKind::Expression(text),
            span,
            ..
        }) = self.tokens.get(self.at)
        {
            self.at += 1;
            return Some(Written {
                text: text.clone(),
                span: Span(span.clone()),
            });
        }
        let sign = &self.text[operator.clone()];
        let message = match self.peek() {
            Some(TokenKind::And | TokenKind::Or | TokenKind::Not) => format!(
                "a value is missing after “{sign}”; write \"{}\" in quotes if that word is meant",
                &self.text[self.span()]
            ),
            _ => format!("a value is missing after “{sign}”"),
        };
        self.error(operator.clone(), message);
        None
    }

    /// Passes over a value that belongs to an error.
    fn skip_value(&mut self) {
        if let Some(TokenKind::Word(_) | TokenKind::Quoted(_) | TokenKind::Expression(_)) =
            self.peek()
        {
            self.at += 1;
        }
    }

    /// One level deeper; where that is too deep, says so and passes over the rest of the text.
    fn enter(&mut self, span: &Range<usize>) -> bool {
        if self.depth >= DEEPEST {
            self.error(
                span.clone(),
                format!("brackets and “not” nest deeper than {DEEPEST}"),
            );
            self.at = self.tokens.len();
            self.stopped = true;
            return false;
        }
        self.depth += 1;
        true
    }
}
