//! Clauses of a filter by the column that they are about, for facets and histograms to read and write.
//!
//! A brush is a clause of the filter text like any other: what a facet sets can be read and changed
//! in the text, and what is typed shows in the facet. The rest of the text stays as it was typed.

use super::ast::{Comparison, Element, Filter, State, element_text, value_text};
use super::brush::Brush;
use super::field::{resolve, typed_name};
use super::literal::Literal;
use super::parse::{self, read};
use ledger::{Cells, ColumnId, Ledger, number_text, time};
use std::ops::Range;

/// One of the clauses that a run must all pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// Where it stands, in bytes.
    pub span: Range<usize>,
    /// The column that it is about, if it is about one alone.
    pub column: Option<ColumnId>,
    /// What it keeps of that column, if a brush can show that.
    pub kept: Option<Brush>,
}

/// The top-level clauses of a filter. Of a text with errors, those that could be read.
pub fn clauses(text: &str, ledger: &Ledger) -> Vec<Clause> {
    read(text)
        .clauses
        .into_iter()
        .map(|clause| describe(clause, ledger))
        .collect()
}

fn describe(clause: parse::Clause, ledger: &Ledger) -> Clause {
    let column = clause
        .filter
        .field()
        .and_then(|field| resolve(&field.name, ledger));
    let kept = column.and_then(|id| kept(&clause.filter, ledger.column(id).cells()));
    Clause {
        span: clause.span,
        column,
        kept,
    }
}

/// What a clause keeps of its column, if that is something that a brush can show.
fn kept(filter: &Filter, cells: &Cells) -> Option<Brush> {
    match filter {
        Filter::Is { state, .. } => match state {
            State::Has => None,
            State::Missing => Some(Brush::Missing),
            State::NotANumber => Some(Brush::NotANumber),
            State::Infinite => Some(Brush::Infinite),
        },
        Filter::Compare {
            comparison, value, ..
        } => match comparison {
            Comparison::Equal => Some(Brush::Values(vec![value.text.clone()])),
            Comparison::Unequal => None,
            Comparison::Less | Comparison::AtMost => Some(Brush::Range {
                low: None,
                high: Some(end(&value.text, cells, false)?),
            }),
            Comparison::Greater | Comparison::AtLeast => Some(Brush::Range {
                low: Some(end(&value.text, cells, false)?),
                high: None,
            }),
        },
        Filter::Match { elements, .. } => match elements.as_slice() {
            [Element::Range { low, high, .. }] => {
                let (low, high) = ends(low, high, cells)?;
                Some(Brush::Range { low, high })
            }
            several
                if several
                    .iter()
                    .any(|element| matches!(element, Element::Range { .. })) =>
            {
                let part = |element: &Element| match element {
                    Element::Range { low, high, .. } => ends(low, high, cells),
                    Element::Text(written) => ends(&written.text, &written.text, cells),
                    Element::Glob(_) => None,
                };
                several
                    .iter()
                    .map(part)
                    .collect::<Option<Vec<_>>>()
                    .map(Brush::Ranges)
            }
            // Alone it is searched for within texts.
            [Element::Text(written)] => match cells {
                Cells::Number { .. } | Cells::Bool { .. } | Cells::Time { .. } => {
                    Some(Brush::Values(vec![written.text.clone()]))
                }
                _ => None,
            },
            several => several
                .iter()
                .map(|element| match element {
                    Element::Text(written) => Some(written.text.clone()),
                    _ => None,
                })
                .collect::<Option<Vec<_>>>()
                .map(Brush::Values),
        },
        _ => None,
    }
}

/// Both ends of a range as numbers.
fn ends(low: &str, high: &str, cells: &Cells) -> Option<(Option<f64>, Option<f64>)> {
    let side = |text: &str, last| match text {
        "" => Some(None),
        other => end(other, cells, last).map(Some),
    };
    Some((side(low, false)?, side(high, true)?))
}

/// An end of a range as a number; `last` takes the last moment of a day and not its first.
fn end(text: &str, cells: &Cells, last: bool) -> Option<f64> {
    let literal = Literal::new(text);
    match cells {
        Cells::Time { .. } => literal
            .time
            .map(|moment| if last { moment.through } else { moment.from } as f64),
        _ => literal.number.filter(|x| !x.is_nan()),
    }
}

/// The filter with one more clause.
pub fn narrowed(filter: &str, clause: &str) -> String {
    let filter = filter.trim();
    if filter.is_empty() {
        clause.to_owned()
    } else {
        format!("{} and {clause}", bracketed(filter))
    }
}

/// A text that holds together before an `and` and behind a `not`.
pub fn bracketed(filter: &str) -> String {
    let is_several = filter.contains([' ', '|', '&']);
    let is_bracketed = filter.starts_with('(') && filter.find(')') == Some(filter.len() - 1);
    if is_several && !is_bracketed {
        format!("({filter})")
    } else {
        filter.to_owned()
    }
}

/// The filter with the clauses on `column` replaced by one that keeps `kept`, or taken away; the rest
/// stays as it was typed. A range that is open at both ends, and no values, keep everything.
pub fn with_clause(text: &str, ledger: &Ledger, column: ColumnId, kept: Option<&Brush>) -> String {
    let parsed = read(text);
    let sound = parsed.errors.is_empty();
    let mut new = match kept {
        None => None,
        // A column without a name cannot be filtered.
        Some(kept) => match clause_text(ledger, column, kept) {
            Ok(new) => new,
            Err(Unnamed) => return text.to_owned(),
        },
    };
    let is_group = parsed.clauses.iter().any(|clause| clause.open);
    let clauses: Vec<Clause> = parsed
        .clauses
        .into_iter()
        .map(|clause| describe(clause, ledger))
        .collect();
    let mut out = String::with_capacity(text.len() + 32);
    let mut copied = 0;
    let mut any_left = false;
    for (at, clause) in clauses.iter().enumerate() {
        let mine = clause.column == Some(column);
        if !mine {
            out.push_str(&text[copied..clause.span.end]);
            copied = clause.span.end;
            any_left = true;
            continue;
        }
        if let Some(new) = new.take() {
            out.push_str(&text[copied..clause.span.start]);
            out.push_str(&new);
            any_left = true;
        } else if sound {
            // Its “and” goes with it: the one before it, or the one behind if it is the first left.
            if !any_left {
                copied = clauses
                    .get(at + 1)
                    .map_or(text.len(), |next| next.span.start);
                continue;
            }
        } else {
            out.push_str(text[copied..clause.span.start].trim_end());
        }
        copied = clause.span.end;
    }
    out.push_str(&text[copied..]);
    let rest = out.trim();
    match new {
        None => rest.to_owned(),
        Some(new) if rest.is_empty() => new,
        // Behind an error it might be swallowed, as by a quote that is not closed.
        Some(new) if !sound => format!("{new} {rest}"),
        Some(new) if is_group => format!("({rest}) and {new}"),
        Some(new) => format!("{rest} and {new}"),
    }
}

/// The column has no name by which a filter could mean it.
struct Unnamed;

/// A clause that keeps `kept` of `column`; `None` where that is everything.
fn clause_text(ledger: &Ledger, column: ColumnId, kept: &Brush) -> Result<Option<String>, Unnamed> {
    let name = typed_name(column, ledger).ok_or(Unnamed)?;
    let times = matches!(ledger.column(column).cells(), Cells::Time { .. });
    let number = |x: f64| {
        if times {
            time::format_millis(x.round() as i64)
        } else {
            number_text(x)
        }
    };
    let finite = |end: &Option<f64>| end.filter(|x| !x.is_nan());
    Ok(match kept {
        Brush::Range { low, high } => match (finite(low), finite(high)) {
            (None, None) => None,
            (Some(low), None) => Some(format!("{name} >= {}", number(low))),
            (None, Some(high)) => Some(format!("{name} <= {}", number(high))),
            (Some(low), Some(high)) => Some(format!("{name}:{}..{}", number(low), number(high))),
        },
        Brush::Ranges(parts) => {
            let side = |end: &Option<f64>| finite(end).map_or_else(String::new, number);
            let part =
                |(low, high): &(Option<f64>, Option<f64>)| format!("{}..{}", side(low), side(high));
            let parts: Vec<String> = parts.iter().map(part).filter(|part| part != "..").collect();
            (!parts.is_empty()).then(|| format!("{name}:{}", parts.join(",")))
        }
        Brush::Values(values) => match values.as_slice() {
            [] => None,
            [value] => Some(format!("{name} = {}", value_text(value))),
            several => {
                let several: Vec<String> =
                    several.iter().map(|value| element_text(value)).collect();
                Some(format!("{name}:{}", several.join(",")))
            }
        },
        Brush::Missing => Some(format!("missing:{name}")),
        Brush::NotANumber => Some(format!("nan:{name}")),
        Brush::Infinite => Some(format!("inf:{name}")),
    })
}
