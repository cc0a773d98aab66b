//! How a column's values are distributed, small in the table's header: the shown runs over all.

use super::table::Grid;
use crate::engine::protocol::{Facet, FacetBars};
use crate::ledger::ColumnId;
use crate::page::prelude::*;
use std::fmt::Write as _;
use std::ops::Range;

/// Wants the distributions of the fixed columns and of the columns in `range`, where headers show them.
pub(super) fn want_distributions(grid: Grid, range: Memo<Range<usize>>) {
    let app = grid.app;
    let in_headers = app.distributions.in_headers;
    let is_on = grid.heads.histograms;
    let columns = Memo::new(move |_| {
        let range = range.get();
        if !is_on.get() {
            return Vec::new();
        }
        grid.geometry.with(|geometry| {
            let all = &geometry.arrangement.columns;
            let places = (0..geometry.fixed).chain(range.start..range.end.min(all.len()));
            places.map(|at| all[at].id).collect::<Vec<ColumnId>>()
        })
    });
    Effect::new(move |_| in_headers.set(columns.get()));
    on_cleanup(move || in_headers.set(Vec::new()));
}

/// The picture of one column.
#[component]
pub(super) fn HeaderHistogram(grid: Grid, column: Signal<Option<ColumnId>>) -> impl IntoView {
    let app = grid.app;
    let is_on = grid.heads.histograms;
    let facet = Memo::new(move |_| {
        let column = column.get().filter(|_| is_on.get())?;
        app.distributions.of(column)
    });
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
                let height = (count as f64 / most * 1000.0).max(40.0).round() as u32;
                // In whole numbers, which are written in a tenth of the time.
                let (whole, tenth) = (height / 10, height % 10);
                // Writing to a String cannot fail.
                let _written = write!(
                    path,
                    "M{place}.08 100v-{whole}.{tenth}h.84v{whole}.{tenth}z"
                );
            }
        }
    }
    (paths.0, paths.1, pairs.len())
}
