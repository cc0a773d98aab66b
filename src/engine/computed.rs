//! Columns that a person made by an expression: worked out again whenever the ledger changes, and like any
//! other column to filter, sort, rank and explain by.

use super::view::ComputedColumn;
use crate::ledger::{Column, Ledger};
use crate::query::Expression;

/// The columns that were computed last.
#[derive(Default)]
pub(super) struct Computed {
    columns: Vec<ComputedColumn>,
    /// The version of the ledger that they are of.
    version: u64,
    /// Names of those that could not be computed, with the reason.
    problems: Vec<(String, String)>,
}

impl Computed {
    /// Computes these columns, unless they are there. Says whether the ledger changed.
    pub(super) fn put(
        &mut self,
        wanted: &[ComputedColumn],
        ledger: &mut Ledger,
        version: u64,
    ) -> bool {
        let is_same = self.columns == wanted;
        if is_same && (self.version == version || wanted.is_empty()) {
            return false;
        }
        self.problems.clear();
        ledger.forget_computed();
        for ComputedColumn { name, expression } in wanted {
            // One at a time: later ones may be made of earlier ones.
            let made = Expression::parse(expression, ledger)
                .map_err(|error| error.message)
                .and_then(|parsed| {
                    let cells = parsed.evaluate(ledger);
                    let column = Column::computed(parsed.role(ledger), name, cells);
                    ledger.put_computed(column.with_formula(expression))
                });
            if let Err(message) = made {
                self.problems.push((name.clone(), message));
            }
        }
        wanted.clone_into(&mut self.columns);
        true
    }

    /// Notes the version of the ledger that holds them.
    pub(super) fn are_of(&mut self, version: u64) {
        self.version = version;
    }

    /// Names of those that could not be computed, with the reason.
    pub(super) fn problems(&self) -> &[(String, String)] {
        &self.problems
    }
}
