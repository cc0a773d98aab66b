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
                self.ask(app, kept_now);
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

    fn ask(self, app: App, kept: u64) {
        let mut columns = self.at_left.get_untracked();
        columns.extend(self.in_headers.get_untracked());
        order::by(&mut columns, Ord::cmp);
        columns.dedup();
        self.known.with_untracked(|known| {
            columns.retain(|id| known.get(&id.0).is_none_or(|(of, _)| *of != kept));
        });
        if columns.is_empty() || kept == 0 {
            return;
        }
        let begun = clock::now_millis();
        app.ask(Ask::Facets { columns }, move |answer| {
            if let Answer::Facets(facets) = answer {
                let detail = [
                    ("columns", facets.len() as f64),
                    ("engine", app.engine_millis()),
                ];
                clock::measure("app:facets", begun, &detail);
                self.known.update(|known| {
                    let facets = facets.into_iter();
                    known.extend(facets.map(|facet| (facet.column.0, (kept, Arc::new(facet)))));
                });
            }
        });
    }
}
