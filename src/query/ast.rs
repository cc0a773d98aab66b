//! What a filter says, and its text in one canonical form. Printing and parsing are inverse.

use super::lex::quoted;
use crate::ledger::{Role, number_text};
use std::fmt;
use std::ops::Range;

/// Something wrong in a filter text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Where, in bytes.
    pub span: Range<usize>,
    /// What is wrong, for people.
    pub message: String,
    /// What might have been meant.
    pub suggestion: Option<String>,
}

/// A field as it was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its role, where it was given.
    pub role: Option<Role>,
    /// Its name.
    pub name: String,
    /// Where it stands; not part of what the filter says.
    pub span: Span,
}

/// A place in the text, which is not part of what a filter says: all places are equal.
#[derive(Clone, Debug, Default)]
pub struct Span(pub Range<usize>);

impl PartialEq for Span {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Span {}

/// A filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All of them; at least two.
    And(Vec<Self>),
    /// Any of them; at least two.
    Or(Vec<Self>),
    /// The runs that it does not keep.
    Not(Box<Self>),
    /// A name, id or text value contains this, in any case of letters.
    Word(String),
    /// A name, id or text value matches this regular expression.
    Matches(String, Span),
    /// A field compared with a value.
    Compare(Field, Comparison, Operand),
    /// A field that matches a regular expression, or has a value and does not.
    FieldMatches(Field, bool, String, Span),
    /// A field by a pattern.
    Like(Field, Pattern),
    /// Whether a field is there, or is not finite.
    Is(State, Field),
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// Its sign.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// What a field is compared with: as typed, and whether in quotes (then it is text and no number).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operand {
    /// What was typed, without quotes.
    pub text: String,
    /// Whether it was in quotes.
    pub is_quoted: bool,
    /// Where it stands.
    pub span: Span,
}

/// What follows a field and a colon.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// Numbers or times from and to, both included; an open end is `None`.
    Range(Option<Operand>, Option<Operand>),
    /// Any of these; a single one that is text may be contained, and `*` is any text.
    Any(Vec<Operand>),
}

/// What `has:` and its kin ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is a value.
    Has,
    /// There is none.
    Missing,
    /// It is NaN.
    NotANumber,
    /// It is an infinity.
    Infinite,
}

impl State {
    /// All, with their words.
    pub const ALL: [(&'static str, Self); 4] = [
        ("has", Self::Has),
        ("missing", Self::Missing),
        ("nan", Self::NotANumber),
        ("inf", Self::Infinite),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, state)| *state == self)
            .map_or("", |(word, _)| word)
    }
}

/// What a brush keeps of a column; see [`super::with_clause`].
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// Numbers, or times in Unix milliseconds, from `low` to `high`, both included.
    Range {
        /// The least; `None` is open.
        low: Option<f64>,
        /// The greatest; `None` is open.
        high: Option<f64>,
    },
    /// These values, by their text.
    Values(Vec<String>),
    /// Runs without a value.
    Missing,
    /// NaN.
    NotANumber,
    /// Infinities.
    Infinite,
}

impl Field {
    /// A field without a role, at no place.
    pub fn named(role: Option<Role>, name: &str) -> Self {
        Self {
            role,
            name: name.to_owned(),
            span: Span::default(),
        }
    }
}

impl Operand {
    /// A number, printed so that it reads back.
    pub fn number(x: f64) -> Self {
        Self {
            text: number_text(x),
            is_quoted: false,
            span: Span::default(),
        }
    }

    /// A text, in quotes.
    pub fn text(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            is_quoted: true,
            span: Span::default(),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(role) = self.role {
            write!(f, "{}.", role.word())?;
        }
        // A name that begins as a qualified one is read as such unless it is quoted.
        f.write_str(&quoted(
            &self.name,
            self.role.is_none() && super::parse::role_prefix(&self.name).is_some(),
        ))
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quoted(&self.text, self.is_quoted))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let regex = |text: &str| format!("/{}/", text.replace('/', "\\/"));
        match self {
            Self::And(parts) => join(f, parts, " and ", |part| {
                matches!(part, Self::Or(_) | Self::And(_))
            }),
            Self::Or(parts) => join(f, parts, " or ", |part| matches!(part, Self::Or(_))),
            Self::Not(inner) if matches!(**inner, Self::And(_) | Self::Or(_)) => {
                write!(f, "not ({inner})")
            }
            Self::Not(inner) => write!(f, "not {inner}"),
            Self::Word(word) => f.write_str(&quoted(word, false)),
            Self::Matches(pattern, _) => f.write_str(&regex(pattern)),
            Self::Compare(field, comparison, operand) => {
                write!(f, "{field} {} {operand}", comparison.sign())
            }
            Self::FieldMatches(field, true, pattern, _) => {
                write!(f, "{field} ~ {}", regex(pattern))
            }
            Self::FieldMatches(field, false, pattern, _) => {
                write!(f, "{field} !~ {}", regex(pattern))
            }
            Self::Like(field, Pattern::Range(low, high)) => {
                write!(f, "{field}:")?;
                if let Some(low) = low {
                    write!(f, "{low}")?;
                }
                f.write_str("..")?;
                if let Some(high) = high {
                    write!(f, "{high}")?;
                }
                Ok(())
            }
            Self::Like(field, Pattern::Any(values)) => {
                write!(f, "{field}:")?;
                for (at, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if at > 0 { "," } else { "" })?;
                }
                Ok(())
            }
            Self::Is(state, field) => write!(f, "{}:{field}", state.word()),
        }
    }
}

fn join(
    f: &mut fmt::Formatter<'_>,
    parts: &[Filter],
    between: &str,
    in_parentheses: fn(&Filter) -> bool,
) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        if in_parentheses(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}
