//! The filter language and sorting.
//!
//! ```text
//! adam                              runs with "adam" in their name, id or any text
//! val/acc > 0.9 and not lr:..1e-4   comparisons, ranges, and, or, not, ( )
//! optimizer:adam,sgd name:run-*     several values, patterns; "and" may be left out
//! name ~ /^run-\d+$/                regular expressions, !~ for the opposite
//! has:lr missing:lr nan:loss inf:loss
//! param.lr metric.lr `odd name`     which of several columns; names that are no words
//! start > 2026-01-01                times; since:yesterday before:2h
//! steps:10k.. memory < 3GiB         units: k M G, KiB…, %, s m h d
//! log10(lr) * wd < 1e-5             arithmetic over columns (see `expression`)
//! min val/loss < 0.3  loss@100 < 1  what a curve comes to, whole or up to a step, a time, @common
//! train/loss < val/loss             one column against another
//! top 10% by val/acc  best 20       one end of an order; rank <= 5 by the objective
//! @selected  diff <= 2              sets of runs; how many params differ from the baseline
//! ```
//! The page that people read is [`LANGUAGE`], which a test holds against what can be written.
//!
//! A text goes through `lex` and `parse` to a [`Filter`], is bound to the columns of a ledger (`bind`)
//! and evaluated column by column (`evaluate`). Facets and histograms write clauses into the same
//! text (`clauses`), so that there is one filter and it can be read.

mod arithmetic;
mod ast;
mod bind;
mod brush;
mod clauses;
mod complete;
mod evaluate;
mod explain;
mod expression;
mod field;
mod language;
mod lex;
mod literal;
mod ordered;
mod parse;
mod pattern;
mod radix;
mod scope;
mod sort;
mod special;
mod suggest;
mod until;
mod words;

pub use ast::{
    Amount, Comparison, Element, Extreme, Field, Filter, Span, State, Written, field_text,
};
pub use brush::Brush;
pub use clauses::{Clause, bracketed, clauses, narrowed, with_clause};
pub use complete::{Completion, Item, complete};
pub use explain::explain_empty;
pub use expression::{Expression, ExpressionError};
pub use field::typed_name;
pub use language::LANGUAGE;
pub use ordered::Ordered;
pub use parse::parse;
pub use radix::put_in_order;
pub use scope::{DIFFERENCE, RANK, Ranked, Scope};
pub use sort::{SortKey, number_key, sort, sort_all};
pub use suggest::suggest;
pub use until::{until, until_text};

use ledger::Bits;
use std::ops::Range;

/// Something wrong in a filter text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Where, in bytes of the text.
    pub span: Range<usize>,
    /// What, in a sentence for people.
    pub message: String,
    /// What might have been meant: a text to put in that place.
    pub suggestion: Option<String>,
}

/// The runs that the filter `text` keeps; all of them where it is empty.
pub fn select<'a>(text: &str, scope: impl Into<Scope<'a>>) -> Result<Bits, Vec<FilterError>> {
    let scope = scope.into();
    let mut parsed = parse::read(text);
    let mut errors = std::mem::take(&mut parsed.errors);
    let test = bind::bind(&parsed.filter(), &scope, &mut errors);
    if errors.is_empty() {
        return Ok(evaluate::evaluate(&test, scope.ledger));
    }
    order::by_key(&mut errors, |error| error.span.start);
    Err(errors)
}
