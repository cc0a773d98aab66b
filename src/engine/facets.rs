//! Distributions of columns for the facets at the left.

use crate::ledger::{Bits, ColumnId, Counts, Kind, Lanes, Ledger};
use serde::{Deserialize, Serialize};

/// How many bins a histogram has at most.
const BINS: usize = 24;

/// How many values are listed.
const VALUES: usize = 12;

/// What part of the ledger's memory may be kept here.
const PART: u64 = 4;

/// The distribution of one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facet {
    /// The column.
    pub column: ColumnId,
    /// How many distinct values there are, where they were counted.
    pub distinct: Option<usize>,
    /// Bars.
    pub bars: FacetBars,
    /// Runs without a value: shown, all.
    pub missing: (usize, usize),
    /// NaN: shown, all.
    pub nan: (usize, usize),
    /// Infinities: shown, all.
    pub infinite: (usize, usize),
}

/// The bars of a facet, each with its count among the shown runs and among all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FacetBars {
    /// Numbers or times in bins.
    Histogram {
        /// Bin edges, one more than there are bins, ascending.
        edges: Vec<f64>,
        /// Whether the bins are even on a logarithmic scale.
        log: bool,
        /// Whether the numbers are Unix milliseconds.
        time: bool,
        /// Counts among the shown runs.
        shown: Vec<usize>,
        /// Counts among all runs.
        all: Vec<usize>,
    },
    /// Values with their counts, the most frequent first.
    Values {
        /// Value, count among the shown, count among all.
        values: Vec<(String, usize, usize)>,
        /// How many further values are not listed.
        more: usize,
    },
}

/// In which bin every run is, of the columns that were asked for.
#[derive(Default)]
pub(super) struct Facets {
    of_column: order::Map<u32, Lanes>,
    /// The version of the ledger that they are of.
    version: u64,
}

impl Facets {
    /// The distributions of these columns, which are in the ledger of this version, among the shown runs and all.
    pub(super) fn of(
        &mut self,
        ledger: &Ledger,
        version: u64,
        columns: impl Iterator<Item = ColumnId>,
        shown: &Bits,
    ) -> Vec<Facet> {
        if std::mem::replace(&mut self.version, version) != version {
            self.of_column = order::Map::new();
        }
        let most = ledger.bytes() / PART;
        columns
            .map(|id| {
                let kept = (self.of_column.len() * ledger.rows()) as u64;
                if kept > most && !self.of_column.contains_key(&id.0) {
                    self.of_column = order::Map::new();
                }
                let lanes = || Lanes::new(ledger.column(id), BINS, VALUES);
                let lanes = self.of_column.or_insert_with(id.0, lanes);
                facet(ledger, id, lanes, shown)
            })
            .collect()
    }
}

fn facet(ledger: &Ledger, id: ColumnId, lanes: &Lanes, shown: &Bits) -> Facet {
    let found = lanes.distribution(shown);
    let pair = |count: Counts| (count.shown, count.all);
    let bars = if found.bins.is_empty() {
        let distinct = found.distinct.unwrap_or(found.values.len());
        let more = distinct.saturating_sub(found.values.len());
        let listed = found.values.into_iter();
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
            time: ledger.column(id).kind() == Kind::Time,
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
