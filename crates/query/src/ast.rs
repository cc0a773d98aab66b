//! The filter as a tree, and its canonical text.
//!
//! `Display` writes the text that a person would: no more quotes and parentheses than needed. Reading
//! it again gives the same tree, which the tests hold for arbitrary trees.

use super::lex::{self, Mode};
use ledger::{number_text, parse_number};
use std::fmt;
use std::ops::Range;

/// Where in the text something stands, in bytes. Two places always compare equal, so that trees are
/// compared by what they say.
#[derive(Clone, Debug, Default)]
pub struct Span(pub Range<usize>);

impl PartialEq for Span {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A field as it was written, without its quotes: `lr`, `metric.val/acc`.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name, with its qualifier if one was written.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// How two values are compared.
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
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::Equal,
        Self::Unequal,
        Self::Less,
        Self::AtMost,
        Self::Greater,
        Self::AtLeast,
    ];

    /// Its canonical sign.
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

    /// Whether it asks for less or more and not just for the same.
    pub fn orders(self) -> bool {
        !matches!(self, Self::Equal | Self::Unequal)
    }

    /// The comparison that holds with the sides exchanged.
    pub fn flipped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::AtMost => Self::AtLeast,
            Self::Greater => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }
}

/// A value as it was written, without its quotes.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// One of the alternatives after `field:`.
#[derive(Clone, Debug, PartialEq)]
pub enum Element {
    /// A value: alone it is searched for within texts, among several it is to be equal.
    Text(Written),
    /// A text with `*`, each of which stands for any text.
    Glob(Written),
    /// `low..high`, both included; an empty end is open.
    Range {
        /// The least, as written.
        low: String,
        /// The greatest, as written.
        high: String,
        /// Where it stands.
        span: Span,
    },
}

impl Element {
    /// Where it stands.
    pub fn span(&self) -> &Range<usize> {
        match self {
            Self::Text(written) | Self::Glob(written) => &written.span.0,
            Self::Range { span, .. } => &span.0,
        }
    }

    /// What a word without quotes means after `field:`.
    pub(super) fn from_bare(text: String, span: Range<usize>) -> Self {
        let span = Span(span);
        if text.contains('*') {
            return Self::Glob(Written { text, span });
        }
        match as_range(&text) {
            Some((low, high)) => Self::Range {
                low: low.to_owned(),
                high: high.to_owned(),
                span,
            },
            None => Self::Text(Written { text, span }),
        }
    }
}

/// The ends of a range, where `text` spells one.
fn as_range(text: &str) -> Option<(&str, &str)> {
    let (low, high) = text.split_once("..")?;
    let is_end = |end: &str| end.is_empty() || super::literal::Literal::new(end).is_range_end();
    (!(low.is_empty() && high.is_empty()) && is_end(low) && is_end(high)).then_some((low, high))
}

/// What a run's value may be besides a value that compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is a value.
    Has,
    /// There is none.
    Missing,
    /// It is NaN.
    NotANumber,
    /// It is infinite.
    Infinite,
}

impl State {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Has, Self::Missing, Self::NotANumber, Self::Infinite];

    /// The word before the colon.
    pub fn word(self) -> &'static str {
        match self {
            Self::Has => "has",
            Self::Missing => "missing",
            Self::NotANumber => "nan",
            Self::Infinite => "inf",
        }
    }

    /// The state that a word (in any case) names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|state| state.word().eq_ignore_ascii_case(word))
    }
}

/// Which end of an order is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extreme {
    /// The greatest.
    Top,
    /// The least.
    Bottom,
    /// The best, by the metric's direction.
    Best,
    /// The worst.
    Worst,
}

impl Extreme {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Top, Self::Bottom, Self::Best, Self::Worst];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::Bottom => "bottom",
            Self::Best => "best",
            Self::Worst => "worst",
        }
    }

    /// The end that a word (in any case) names.
    pub fn from_word(word: &str) -> Option<Self> {
        let named = |end: &Self| end.word().eq_ignore_ascii_case(word);
        Self::ALL.into_iter().find(named)
    }
}

/// How many runs of an order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// So many.
    Runs(usize),
    /// So many in a hundred of those that have a finite value, rounded up.
    Percent(f64),
}

impl Amount {
    /// The amount that a word spells: `20`, `10%`.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        match word.strip_suffix('%') {
            Some(percent) => {
                let percent = parse_number(percent)?;
                (percent > 0.0 && percent <= 100.0).then_some(Self::Percent(percent))
            }
            None => word.parse().ok().filter(|runs| *runs > 0).map(Self::Runs),
        }
    }

    /// Whether a word is a number, of which there may be no amount: `0`, `-5`, `200%`.
    pub(super) fn is_number(word: &str) -> bool {
        parse_number(word.strip_suffix('%').unwrap_or(word)).is_some_and(f64::is_finite)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runs(runs) => write!(f, "{runs}"),
            Self::Percent(percent) => write!(f, "{}%", number_text(*percent)),
        }
    }
}

/// The sign before the name of a set of runs.
pub(super) const MARK: char = '@';

/// A filter: which runs to keep.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Every run: the empty text.
    All,
    /// Runs that pass all of these; two or more, none of them an `And`.
    And(Vec<Self>),
    /// Runs that pass any of these; two or more, none of them an `Or`.
    Or(Vec<Self>),
    /// Runs that do not pass this.
    Not(Box<Self>),
    /// Runs whose name, id or any text has this in it, in any case.
    Word(String),
    /// Runs whose name, id or any text matches this regular expression.
    Expression(Written),
    /// A field compared with a value.
    Compare {
        /// The field.
        field: Field,
        /// How.
        comparison: Comparison,
        /// With what.
        value: Written,
    },
    /// A field whose value is one of these.
    Match {
        /// The field.
        field: Field,
        /// At least one.
        elements: Vec<Element>,
    },
    /// A field whose value, as text, matches a regular expression or does not.
    Like {
        /// The field.
        field: Field,
        /// Whether it is not to match.
        negated: bool,
        /// The regular expression.
        expression: Written,
    },
    /// A field whose value is missing, NaN…
    Is {
        /// The field.
        field: Field,
        /// What it is.
        state: State,
    },
    /// The runs at one end of the order by a field, among all runs; equal ones all together.
    Extreme {
        /// Which end.
        end: Extreme,
        /// How many.
        amount: Amount,
        /// By what; the objective where it is not said.
        by: Option<Field>,
        /// Where it stands.
        span: Span,
    },
    /// The runs of a set that the page knows by name: `@selected`.
    Marked(Written),
}

impl Filter {
    /// All of `parts` at once, in the normal form of [`Filter::And`].
    pub fn all_of(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::All => {}
                Self::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() < 2 {
            flat.pop().unwrap_or(Self::All)
        } else {
            Self::And(flat)
        }
    }

    /// Any of `parts`, in the normal form of [`Filter::Or`].
    pub fn any_of(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() < 2 {
            flat.pop().unwrap_or(Self::All)
        } else {
            Self::Or(flat)
        }
    }

    /// The one field that this is about, where it is about one and is no group.
    pub fn field(&self) -> Option<&Field> {
        match self {
            Self::Compare { field, .. }
            | Self::Match { field, .. }
            | Self::Like { field, .. }
            | Self::Is { field, .. } => Some(field),
            Self::Not(inner) => inner.field(),
            Self::All
            | Self::And(_)
            | Self::Or(_)
            | Self::Word(_)
            | Self::Expression(_)
            | Self::Extreme { .. }
            | Self::Marked(_) => None,
        }
    }
}

/// `text` between `quote`s.
fn quoted(text: &str, quote: char) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        if c == quote || c == '\\' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push(quote);
    out
}

/// A field's name as it is to be typed.
pub fn field_text(name: &str) -> String {
    let plain = lex::is_bare(name, Mode::Term) && lex::is_bare(name, Mode::Value);
    if plain && State::from_word(name).is_none() {
        name.to_owned()
    } else {
        quoted(name, '`')
    }
}

/// A value as it is to be typed after a comparison.
pub(super) fn value_text(text: &str) -> String {
    if lex::is_bare(text, Mode::Value) {
        text.to_owned()
    } else {
        quoted(text, '"')
    }
}

/// A value as it is to be typed among the alternatives after `field:`.
pub(super) fn element_text(text: &str) -> String {
    if text.contains('*') || as_range(text).is_some() {
        quoted(text, '"')
    } else {
        value_text(text)
    }
}

/// A regular expression between slashes.
fn expression_text(expression: &str) -> String {
    let mut out = String::from("/");
    let mut rest = expression.chars();
    while let Some(c) = rest.next() {
        match c {
            '/' => out.push_str("\\/"),
            '\\' => {
                out.push('\\');
                out.push(rest.next().unwrap_or('\\'));
            }
            other => out.push(other),
        }
    }
    out.push('/');
    out
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(written) => f.write_str(&element_text(&written.text)),
            Self::Glob(written) => f.write_str(&written.text),
            Self::Range { low, high, .. } => write!(f, "{low}..{high}"),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => Ok(()),
            Self::And(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { " and " })?;
                    match part {
                        Self::Or(_) => write!(f, "({part})")?,
                        _ => write!(f, "{part}")?,
                    }
                }
                Ok(())
            }
            Self::Or(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { " or " })?;
                    write!(f, "{part}")?;
                }
                Ok(())
            }
            Self::Not(inner) => match **inner {
                Self::And(_) | Self::Or(_) => write!(f, "not ({inner})"),
                _ => write!(f, "not {inner}"),
            },
            Self::Word(word) => f.write_str(&word_text(word)),
            Self::Expression(expression) => f.write_str(&expression_text(&expression.text)),
            Self::Compare {
                field,
                comparison,
                value,
            } => {
                let value = value_text(&value.text);
                write!(
                    f,
                    "{} {} {value}",
                    field_text(&field.name),
                    comparison.sign()
                )
            }
            Self::Match { field, elements } => {
                write!(f, "{}:", field_text(&field.name))?;
                for (at, element) in elements.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { "," })?;
                    write!(f, "{element}")?;
                }
                Ok(())
            }
            Self::Like {
                field,
                negated,
                expression,
            } => {
                let sign = if *negated { "!~" } else { "~" };
                write!(
                    f,
                    "{} {sign} {}",
                    field_text(&field.name),
                    expression_text(&expression.text)
                )
            }
            Self::Is { field, state } => write!(f, "{}:{}", state.word(), field_text(&field.name)),
            Self::Extreme {
                end, amount, by, ..
            } => {
                write!(f, "{} {amount}", end.word())?;
                match by {
                    Some(field) => write!(f, " by {}", field_text(&field.name)),
                    None => Ok(()),
                }
            }
            Self::Marked(name) => write!(f, "{MARK}{}", name.text),
        }
    }
}

/// A bare word as it is to be typed.
fn word_text(word: &str) -> String {
    if lex::is_bare(word, Mode::Term) && !word.starts_with(MARK) {
        word.to_owned()
    } else {
        quoted(word, '"')
    }
}
