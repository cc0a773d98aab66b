//! How columns' values are distributed: asked for together for all that shows it, the columns at the left and
//! the table's header, and kept while the same runs are shown.

use super::state::App;
use crate::engine::protocol::{Answer, Ask, Facet};
use crate::ledger::ColumnId;
use crate::page::prelude::*;
use crate::web::clock;
use gloo::timers::callback::Timeout;
use std::sync::Arc;

/// How long changes of what is in view gather before the engine is asked.
const GATHER_MILLIS: u32 = 16;

/// The distributions that have arrived, and those that are wanted.
#[derive(Clone, Copy, Default)]
pub struct Distributions {
    /// Columns in view at the left.
    pub at_left: RwSignal<Vec<ColumnId>>,
    /// Columns in view whose headers show them.
    pub in_headers: RwSignal<Vec<ColumnId>>,
    /// Whether those of the next selection are asked for already.
    ahead: StoredValue<bool>,
    /// Those that came, with what was shown then ([`crate::engine::protocol::Selected::kept`]).
    known: RwSignal<order::Map<u32, (u64, Arc<Facet>)>>,
}

impl Distributions {
    /// The distribution of a column, if it has arrived.
    pub fn of(self, column: ColumnId) -> Option<Arc<Facet>> {
        self.known
            .with(|known| known.get(&column.0).map(|(_, facet)| Arc::clone(facet)))
    }

    /// Asks for what is wanted and not of the runs that are shown, whenever that changes.
    pub fn follow(self, app: App) {
        let kept = Memo::new(move |_| app.selected.with(|selected| selected.kept));
        let gathering = StoredValue::new(None::<Timeout>);
        Effect::new(move |before: Option<u64>| {
            let kept_now = kept.get();
            self.at_left.track();
            self.in_headers.track();
            if before.is_some_and(|before| before != kept_now) && self.are_known() {
                // Other runs are shown, and the same columns: they come while the rows are painted.
                gathering.set_value(None);
                if !self.ahead.get_value() {
                    self.ask(app, kept_now);
                }
                return kept_now;
            }
            // Scrolling brings columns one by one: they are asked for together.
            if gathering.with_value(Option::is_none) {
                gathering.set_value(Some(Timeout::new(GATHER_MILLIS, move || {
                    gathering.set_value(None);
                    self.ask(app, kept.get_untracked());
                })));
            }
            kept_now
        });
    }

    fn are_known(self) -> bool {
        self.known.with_untracked(|known| !known.is_empty())
    }

    /// A selection is asked for. Where it is of other runs, what is wanted of them is asked for at once: the engine answers
    /// that while the page takes over the rows.
    pub(super) fn with_selection(self, app: App, is_of_others: bool) {
        let mut columns = self.wanted();
        if !is_of_others || !self.are_known() {
            columns.clear();
        }
        self.ahead.set_value(!columns.is_empty());
        let kept = app.selected.with_untracked(|selected| selected.kept);
        self.ask_for(app, columns, Some(kept));
    }

    fn wanted(self) -> Vec<ColumnId> {
        let mut columns = self.at_left.get_untracked();
        columns.extend(self.in_headers.get_untracked());
        order::by(&mut columns, Ord::cmp);
        columns.dedup();
        columns
    }

    /// Asks for what is not of these runs.
    fn ask(self, app: App, kept: u64) {
        let mut columns = self.wanted();
        self.known.with_untracked(|known| {
            columns.retain(|id| known.get(&id.0).is_none_or(|(of, _)| *of != kept));
        });
        if kept > 0 {
            self.ask_for(app, columns, None);
        }
    }

    fn ask_for(self, app: App, columns: Vec<ColumnId>, unless: Option<u64>) {
        if columns.is_empty() {
            return;
        }
        let begun = clock::now_millis();
        app.ask(Ask::Facets { columns, unless }, move |answer| {
            if let Answer::Facets(facets) = answer {
                // They are of the selection that was answered last.
                let kept = app.selected.with_untracked(|selected| selected.kept);
                let was_ahead = self.ahead.get_value();
                self.ahead.set_value(false);
                let detail = [
                    ("columns", facets.len() as f64),
                    ("engine", app.engine_millis()),
                ];
                clock::measure("app:facets", begun, &detail);
                self.known.update(|known| {
                    let facets = facets.into_iter();
                    known.extend(facets.map(|facet| (facet.column.0, (kept, Arc::new(facet)))));
                });
                if was_ahead {
                    // Other columns may have come into view meanwhile.
                    self.ask(app, kept);
                }
            }
        });
    }
}
