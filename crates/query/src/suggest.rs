//! What may have been meant by a filter that keeps nothing: forms of other trackers' languages, and values that are nearly
//! those of a column.

use super::ast::{Comparison, Element, Field, Filter, element_text, field_text};
use super::field::{edit_distance, resolve};
use super::parse::{Clause, read};
use super::scope::Scope;
use super::select;
use ledger::{Ledger, ValueRef};
use std::ops::Range;

/// How many runs are looked at for a value that may have been meant, and how many letters it has at most.
const LOOKED_AT: usize = 20_000;
const LONGEST: usize = 64;

/// A filter like `text`, which keeps nothing, that keeps some runs; `None` where none comes to mind.
pub fn suggest<'a>(text: &str, scope: impl Into<Scope<'a>>) -> Option<String> {
    let scope = scope.into();
    let parsed = read(text);
    if !parsed.errors.is_empty() {
        return None;
    }
    let meant = (0..parsed.clauses.len())
        .find_map(|at| in_words(&parsed.clauses[at..], scope.ledger))
        .or_else(|| {
            let mut clauses = parsed.clauses.iter();
            clauses.find_map(|clause| of_clause(clause, scope.ledger))
        });
    let (span, meant) = meant?;
    let meant = format!(
        "{}{meant}{}",
        text.get(..span.start)?,
        text.get(span.end..)?
    );
    let keeps_some = select(&meant, scope).is_ok_and(|kept| kept.count() > 0);
    keeps_some.then_some(meant)
}

/// `lr in 1e-4..1e-2`, `depth between 1 and 3`, which are words here: the clauses' place and what says it.
fn in_words(clauses: &[Clause], ledger: &Ledger) -> Option<(Range<usize>, String)> {
    let word = |at: usize| match &clauses.get(at)?.filter {
        Filter::Word(word) => Some(word.as_str()),
        _ => None,
    };
    let name = word(0).filter(|name| resolve(name, ledger).is_some())?;
    let (last, values) = match word(1)?.to_lowercase().as_str() {
        "in" | "is" | "equals" => (2, word(2)?.to_owned()),
        "between" => (3, format!("{}..{}", word(2)?, word(3)?)),
        _ => return None,
    };
    let span = clauses[0].span.start..clauses[last].span.end;
    Some((span, format!("{}:{values}", field_text(name))))
}

/// `optimizer = ad*`, `optimizer = /a.*/`, `optimizer:adm`: the clause's place and what says it.
fn of_clause(clause: &Clause, ledger: &Ledger) -> Option<(Range<usize>, String)> {
    let (field, text) = match &clause.filter {
        Filter::Compare {
            field,
            comparison: Comparison::Equal,
            value,
        } => (field, &value.text),
        Filter::Match { field, elements } => match elements.as_slice() {
            [Element::Text(written)] => (field, &written.text),
            _ => return None,
        },
        _ => return None,
    };
    let name = field_text(&field.name);
    let inner = text
        .strip_prefix('/')
        .and_then(|rest| rest.strip_suffix('/'));
    let meant = if inner.is_some_and(|inner| !inner.is_empty()) {
        format!("{name} ~ {text}")
    } else if text.contains('*') {
        format!("{name}:{text}")
    } else {
        format!("{name}:{}", element_text(&nearest(field, text, ledger)?))
    };
    Some((clause.span.clone(), meant))
}

/// The text of a column that is most like one which it has not.
fn nearest(field: &Field, text: &str, ledger: &Ledger) -> Option<String> {
    let wanted = text.to_lowercase();
    let length = wanted.chars().count();
    if length > LONGEST {
        return None;
    }
    let column = ledger.column(resolve(&field.name, ledger)?);
    let mut best: Option<(usize, &str)> = None;
    let mut last = "";
    for row in 0..ledger.rows().min(LOOKED_AT) {
        let ValueRef::Text(value) = column.get(row) else {
            continue;
        };
        if value == last || value.len() > 4 * LONGEST {
            continue;
        }
        last = value;
        let distance = edit_distance(&wanted, &value.to_lowercase());
        if distance <= (length / 3).max(1) && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, value));
        }
    }
    best.map(|(_, value)| value.to_owned())
}
