//! What benchmarks read of what a person asks of the table: until the answer is in the page's hands, and until it is painted.

use super::state::App;
use crate::engine::view::View;
use crate::page::prelude::*;
use crate::web::clock;

/// Measures that wait for the table: `app:filter` ends when rows are painted, `app:filter-answer`, which begins when the
/// question is sent, when they have come. That is what an engine which is called in its page is timed by.
const FILTER: (&str, &str) = ("app:filter", "app:filter-answer");
const SORT: (&str, &str) = ("app:sort", "app:sort-answer");
const GROUP: (&str, &str) = ("app:group", "app:group-answer");

/// Measures that have begun. `Copy`, as all handles of the page.
#[derive(Clone, Copy, Default)]
pub(super) struct Measuring {
    /// Names and starts of those that end when the next rows are painted.
    painted: StoredValue<Vec<(&'static str, f64)>>,
    /// Names of those that end with the answer.
    answered: StoredValue<Vec<&'static str>>,
    /// Milliseconds that the engine worked on the selection that is shown, and on its cells.
    spent: StoredValue<(f64, f64)>,
}

impl Measuring {
    /// Begins a measure that ends when the next rows are painted.
    pub(super) fn until_rows(self, name: &'static str, begun: f64) {
        self.painted.update_value(|waiting| {
            waiting.retain(|(known, _)| *known != name);
            waiting.push((name, begun));
        });
    }

    /// Begins the measures of a change of the view.
    pub(super) fn change(self, old: &View, new: &View) {
        let changes = [
            (new.filter != old.filter, FILTER),
            (new.sort != old.sort, SORT),
            (new.grouping != old.grouping, GROUP),
        ];
        let now = clock::now_millis();
        self.answered.update_value(Vec::clear);
        for (painted, answered) in changes.iter().filter(|(is, _)| *is).map(|(_, names)| names) {
            self.until_rows(painted, now);
            self.answered.update_value(|names| names.push(answered));
        }
    }
}

impl App {
    /// Ends the measures of an answer that came to a question which was `sent` then.
    pub(super) fn selection_came(self, sent: f64) {
        let engine = self.engine_millis();
        self.measuring.spent.set_value((engine, 0.0));
        let names = self.measuring.answered;
        for name in names.try_update_value(std::mem::take).unwrap_or_default() {
            clock::measure(name, sent, &[("runs", self.runs()), ("engine", engine)]);
        }
    }

    /// Notes how long the engine worked on the cells that came.
    pub fn cells_came(self) {
        let millis = self.engine_millis();
        self.measuring.spent.update_value(|spent| spent.1 = millis);
    }

    /// To be called when rows of the current selection have been put on the page: ends the measures
    /// that wait for it once they are painted.
    pub fn rows_shown(self) {
        let waiting = self.measuring.painted.try_update_value(std::mem::take);
        let waiting = waiting.unwrap_or_default();
        if waiting.is_empty() {
            return;
        }
        clock::after_paint(move || {
            let (engine, cells) = self.measuring.spent.get_value();
            for (name, from) in waiting {
                let detail = [("runs", self.runs()), ("engine", engine), ("cells", cells)];
                clock::measure(name, from, &detail);
            }
        });
    }

    fn runs(self) -> f64 {
        self.ledger.with_untracked(|ledger| ledger.runs) as f64
    }
}
