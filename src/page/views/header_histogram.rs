//! How a column's values are distributed, small in the table's header: the shown runs over all.

use super::table::Grid;
use crate::engine::protocol::{Answer, Ask, Facet, FacetBars};
use crate::ledger::ColumnId;
use leptos::prelude::*;
use rustc_hash::FxHashMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

/// The distributions that have arrived, with what was shown then.
#[derive(Clone, Copy)]
pub(super) struct Distributions {
    known: RwSignal<FxHashMap<ColumnId, (u64, Arc<Facet>)>>,
}

impl Distributions {
    /// Asks for those of the fixed columns and of the columns in `range`, where headers show them.
    pub(super) fn of(grid: Grid, range: Memo<Range<usize>>) -> Self {
        let known = RwSignal::default();
        let made = Self { known };
        let app = grid.app;
        let kept = Memo::new(move |_| app.selected.with(|selected| selected.kept));
        let is_on = Memo::new(move |_| app.view.with(|view| view.look.histograms));
        Effect::new(move |_| {
            let kept = kept.get();
            let range = range.get();
            if !is_on.get() || kept == 0 {
                return;
            }
            let columns: Vec<ColumnId> = grid.geometry.with(|geometry| {
                let all = &geometry.arrangement.columns;
                let places = (0..geometry.fixed).chain(range.start..range.end.min(all.len()));
                let is_stale = |id: &ColumnId| {
                    made.known
                        .with_untracked(|known| known.get(id).is_none_or(|(of, _)| *of != kept))
                };
                places.map(|at| all[at].id).filter(is_stale).collect()
            });
            if columns.is_empty() {
                return;
            }
            app.ask(Ask::HeaderFacets { columns }, move |answer| {
                if let Answer::Facets(facets) = answer {
                    // The view may be gone by now.
                    let _told = made.known.try_update(|known| {
                        let facets = facets.into_iter();
                        known.extend(facets.map(|facet| (facet.column, (kept, Arc::new(facet)))));
                    });
                }
            });
        });
        made
    }

    fn get(self, column: ColumnId) -> Option<Arc<Facet>> {
        self.known
            .with(|known| known.get(&column).map(|(_, facet)| facet.clone()))
    }
}

/// The picture of one column.
#[component]
pub(super) fn HeaderHistogram(
    distributions: Distributions,
    column: Signal<Option<ColumnId>>,
) -> impl IntoView {
    let facet = Memo::new(move |_| distributions.get(column.get()?));
    move || {
        let (all, shown, count) = bars(&*facet.get()?);
        if count == 0 {
            return None;
        }
        Some(view! {
            <svg class="head-histogram" viewBox=format!("0 0 {count} 100") preserveAspectRatio="none" aria-hidden="true">
                <path class="of-all" d=all/>
                <path class="of-shown" d=shown/>
            </svg>
        })
    }
}

/// The bars of all runs and of the shown ones, as paths 100 high, and how many bars there are.
fn bars(facet: &Facet) -> (String, String, usize) {
    let pairs: Vec<(usize, usize)> = match &facet.bars {
        FacetBars::Histogram { shown, all, .. } => {
            all.iter().copied().zip(shown.iter().copied()).collect()
        }
        FacetBars::Values { values, .. } => values
            .iter()
            .map(|(_, shown, all)| (*all, *shown))
            .collect(),
    };
    let most = pairs.iter().map(|(all, _)| *all).max().unwrap_or(0).max(1) as f64;
    let mut paths = (String::new(), String::new());
    for (place, (all, shown)) in pairs.iter().enumerate() {
        for (path, count) in [(&mut paths.0, *all), (&mut paths.1, *shown)] {
            if count > 0 {
                // What is there is seen, however little it is.
                let height = (count as f64 / most * 100.0).max(4.0);
                // Writing to a String cannot fail.
                let _written = write!(path, "M{place}.08 100v-{height:.1}h.84v{height:.1}z");
            }
        }
    }
    (paths.0, paths.1, pairs.len())
}
