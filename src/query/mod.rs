//! The filter language, sorting and completion.
//!
//! ```text
//! filter   = or                          what a person types; empty keeps every run
//! or       = and { ("or" | "||") and }
//! and      = not { ["and" | "&&"] not }  side by side means "and"
//! not      = ("not" | "!") not | "(" or ")" | clause
//! clause   = word                        text that a name, id or text value contains
//!          | /regex/                     … or matches
//!          | field op value              = == != < <= > >=
//!          | field ~ /regex/ | field !~ /regex/
//!          | field:pattern               a text to contain (`*` is any text), a number to equal,
//!                                        a range `1e-4..1e-2` (either end may be open), a set `adam,sgd`
//!          | has:field | missing:field | nan:field | inf:field
//! field    = name, "odd name", `odd name`, or with its role: param.lr metric.val/acc tag.x attribute.status
//! ```
//!
//! Absent and unequal: `x != a` keeps the runs that have `x` and differ; `not x = a` keeps all that `x = a`
//! does not, those without `x` too. No comparison is true of a missing value, no ordering of NaN. Metrics
//! compare by their last value.

mod ast;
mod bind;
mod brush;
mod complete;
mod evaluate;
mod lex;
mod parse;
mod sort;

pub use ast::{Comparison, Filter, FilterError, Kept, Operand, Pattern, State};
pub use brush::{Clause, clauses, with_clause};
pub use complete::{Completion, Item, complete};
pub use parse::parse;
pub use sort::{SortKey, sort};

use crate::ledger::{Bits, Ledger};

/// The runs that a filter text keeps.
pub fn select(text: &str, ledger: &Ledger) -> Result<Bits, Vec<FilterError>> {
    let (filter, errors) = parse(text);
    if !errors.is_empty() {
        return Err(errors);
    }
    match filter {
        None => Ok(Bits::filled(ledger.rows(), true)),
        Some(filter) => Ok(bind::bind(&filter, ledger)?.evaluate(ledger)),
    }
}

/// Of a filter that keeps nothing: the clause that takes away the most, and how many runs come back
/// without it. `None` where there is no clause, or none alone is to blame.
pub fn explain_empty(text: &str, ledger: &Ledger) -> Option<(String, usize)> {
    let mut worst: Option<(String, usize)> = None;
    for clause in clauses(text, ledger) {
        let rest = brush::without(text, &clause.span);
        let Ok(kept) = select(&rest, ledger) else {
            continue;
        };
        let back = kept.count();
        if back > worst.as_ref().map_or(0, |(_, most)| *most) {
            worst = Some((
                text.get(clause.span.clone()).unwrap_or_default().to_owned(),
                back,
            ));
        }
    }
    worst
}
