//! Distributions of columns for the facets at the left.

use super::protocol::{Facet, FacetBars};
use crate::ledger::statistics::{Counts, distribution_listing};
use crate::ledger::{Bits, ColumnId, Kind, Ledger};

/// How many bins a histogram has at most.
const BINS: usize = 24;

/// How many values are listed.
const VALUES: usize = 12;

/// The distribution of a column among the shown runs and all.
pub(super) fn facet(ledger: &Ledger, id: ColumnId, shown: &Bits) -> Facet {
    let column = ledger.column(id);
    let found = distribution_listing(column, shown, BINS, VALUES);
    let pair = |count: Counts| (count.shown, count.all);
    let bars = if found.bins.is_empty() {
        let distinct = found.distinct.unwrap_or(found.values.len());
        let more = distinct.saturating_sub(VALUES);
        let listed = found.values.into_iter().take(VALUES);
        FacetBars::Values {
            values: listed
                .map(|(value, count)| (value, count.shown, count.all))
                .collect(),
            more,
        }
    } else {
        FacetBars::Histogram {
            edges: found.edges,
            log: found.log,
            time: column.kind() == Kind::Time,
            shown: found.bins.iter().map(|bin| bin.shown).collect(),
            all: found.bins.iter().map(|bin| bin.all).collect(),
        }
    };
    Facet {
        column: id,
        distinct: found.distinct,
        bars,
        missing: pair(found.missing),
        nan: pair(found.nan),
        infinite: pair(found.infinite),
    }
}
