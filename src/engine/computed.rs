//! Columns that a person made, by an expression or by saying something of runs: worked out again whenever the
//! ledger changes, and like any other column to filter, sort, rank and explain by.

use super::notes::Notes;
use super::view::ComputedColumn;
use crate::ledger::{Column, Ledger};
use crate::query::Expression;

/// The columns that were computed last.
#[derive(Default)]
pub(super) struct Computed {
    columns: Vec<ComputedColumn>,
    /// The version of the ledger that they are of.
    version: u64,
    /// The change of the notes that they hold.
    notes: u64,
    /// Names of those that could not be computed, with the reason.
    problems: Vec<(String, String)>,
}

impl Computed {
    /// Computes these columns, and puts what was said of runs into columns, unless they are there. Says whether
    /// the ledger changed.
    pub(super) fn put(
        &mut self,
        wanted: &[ComputedColumn],
        notes: &Notes,
        ledger: &mut Ledger,
        version: u64,
    ) -> bool {
        let is_same = self.columns == wanted && self.notes == notes.change;
        let is_nothing = wanted.is_empty() && notes.is_empty();
        if is_same && (self.version == version || is_nothing) {
            return false;
        }
        let said = notes.columns(ledger.rows());
        self.notes = notes.change;
        self.problems.clear();
        ledger.forget_computed();
        for column in said {
            let name = column.name().to_owned();
            if let Err(message) = ledger.put_computed(column) {
                self.problems.push((name, message));
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Role, RunSink, ValueRef};

    fn append(ledger: &mut Ledger, path: &str, columns: &[(&str, f64)]) {
        let mut keep = |part: Ledger| {
            ledger.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source(path, "test", 0);
        let row = sink.run(path);
        for (name, value) in columns {
            sink.set_named(row, Role::Param, name, ValueRef::Number(*value));
        }
        sink.finish();
    }

    #[test]
    fn what_is_read_later_goes_before_what_was_computed() {
        let mut ledger = Ledger::default();
        append(&mut ledger, "a.csv", &[("lr", 0.1)]);
        let wanted = [ComputedColumn {
            name: "double".to_owned(),
            expression: "lr * 2".to_owned(),
        }];
        let (mut computed, notes) = (Computed::default(), Notes::default());
        let number = |ledger: &Ledger, row: usize| {
            let id = ledger.find(Role::Param, "double").unwrap();
            ledger.column(id).get(row).number()
        };
        assert!(computed.put(&wanted, &notes, &mut ledger, 1));
        computed.are_of(1);
        assert_eq!(number(&ledger, 0), Some(0.2));
        assert!(!computed.put(&wanted, &notes, &mut ledger, 1));
        // New runs are computed too.
        append(&mut ledger, "b.csv", &[("lr", 0.3)]);
        assert!(computed.put(&wanted, &notes, &mut ledger, 2));
        assert_eq!(number(&ledger, 1), Some(0.6));
        assert!(computed.problems().is_empty());
        // A file has a column of that name: it is kept, and the person is told.
        append(&mut ledger, "c.csv", &[("lr", 0.5), ("double", 7.0)]);
        assert!(computed.put(&wanted, &notes, &mut ledger, 3));
        assert_eq!((number(&ledger, 0), number(&ledger, 2)), (None, Some(7.0)));
        assert!(computed.problems()[0].1.contains("already"));
        // What is not wanted any more takes nothing away that was read.
        assert!(computed.put(&[], &notes, &mut ledger, 3));
        assert_eq!(number(&ledger, 2), Some(7.0));
    }
}
