//! A histogram's bins as an axis: where values and edges lie on it, which brush two edges make, and
//! its bars as one path. How many runs of each bin are shown stands apart: a filter changes that alone.

use crate::engine::protocol::{Brush, Facet, FacetBars};
use std::fmt::Write as _;
use std::sync::Arc;

/// The least height of a bar that is not empty, as part of the whole: one run among thousands is seen.
const LEAST_HEIGHT: f64 = 0.06;

/// By which part of a bin an edge may be moved to be short.
const SHORTENING: f64 = 0.1;

/// How many digits after the first a shortened edge has at most.
const MOST_DIGITS: usize = 15;

/// The axis and the bars of all runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bars {
    /// The edges of the bins, ascending.
    pub edges: Vec<f64>,
    /// Whether the values are Unix milliseconds.
    pub time: bool,
    /// Whether the bins are even on a logarithmic scale.
    pub log: bool,
    /// Counts among all runs.
    pub all: Vec<usize>,
}

impl Bars {
    /// Those of a facet; none where it has values in place of bins.
    pub fn of(facet: Option<&Arc<Facet>>) -> Self {
        match facet.map(|facet| &facet.bars) {
            Some(FacetBars::Histogram {
                edges,
                log,
                time,
                all,
                ..
            }) => Self {
                edges: edges.clone(),
                time: *time,
                log: *log,
                all: all.clone(),
            },
            _ => Self::default(),
        }
    }

    /// Counts among the shown runs of a facet.
    pub fn shown(facet: Option<&Arc<Facet>>) -> Vec<usize> {
        match facet.map(|facet| &facet.bars) {
            Some(FacetBars::Histogram { shown, .. }) => shown.clone(),
            _ => Vec::new(),
        }
    }

    /// How many bins there are.
    pub fn bins(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// Whether every bin is one whole number: edges at halves, one apart.
    pub fn is_whole(&self) -> bool {
        self.edges.windows(2).all(|pair| {
            (pair[1] - pair[0] - 1.0).abs() < f64::EPSILON && (pair[0] - 0.5).fract() == 0.0
        })
    }

    /// The brush from edge `from` to edge `to`; open at the ends of the axis.
    pub fn brush(&self, from: usize, to: usize) -> Option<Brush> {
        let bins = self.bins();
        let (mut low, mut high) = (
            (from > 0).then(|| self.short(from)),
            (to < bins).then(|| self.short(to)),
        );
        if self.is_whole() {
            low = low.map(f64::ceil);
            high = high.map(f64::floor);
        }
        (low.is_some() || high.is_some()).then_some(Brush::Range { low, high })
    }

    /// An inner edge in as few digits as keep it within a tenth of its bins: the filter is for people.
    fn short(&self, at: usize) -> f64 {
        let edge = self.edges.get(at).copied().unwrap_or_default();
        let neighbours = [at.wrapping_sub(1), at + 1].map(|other| {
            self.edges
                .get(other)
                .map_or(f64::INFINITY, |other| (other - edge).abs())
        });
        let near = neighbours[0].min(neighbours[1]) * SHORTENING;
        if self.is_whole() {
            return edge;
        }
        let rounded = |digits: usize| format!("{edge:.digits$e}").parse::<f64>().ok();
        (0..MOST_DIGITS)
            .filter_map(rounded)
            .find(|short| (short - edge).abs() <= near)
            .unwrap_or(edge)
    }

    /// Where on the axis a value is, from 0 to 1; the bins are of equal width on it.
    fn place(&self, value: f64) -> f64 {
        let bins = self.bins();
        let after = self.edges.partition_point(|edge| *edge <= value);
        if after == 0 || bins == 0 {
            return 0.0;
        }
        if after > bins {
            return 1.0;
        }
        let (low, high) = (self.edges[after - 1], self.edges[after]);
        let within = if high > low {
            (value - low) / (high - low)
        } else {
            0.0
        };
        ((after - 1) as f64 + within) / bins as f64
    }

    /// The two ends of a brush on the axis.
    pub fn span(&self, brush: Option<&Brush>) -> Option<(f64, f64)> {
        let Some(Brush::Range { low, high }) = brush else {
            return None;
        };
        // A whole number fills its bin.
        let margin = if self.is_whole() { 0.5 } else { 0.0 };
        let low = low.map_or(0.0, |low| self.place(low - margin));
        Some((
            low,
            high.map_or(1.0, |high| self.place(high + margin)).max(low),
        ))
    }

    /// The edge nearest to a place on the axis.
    pub fn edge_at(&self, place: f64) -> usize {
        (place.clamp(0.0, 1.0) * self.bins() as f64).round() as usize
    }

    /// Bars as one path in a box one wide for each bin and one high.
    pub fn path(counts: &[usize], most: usize) -> String {
        let mut path = String::new();
        for (at, number) in counts.iter().enumerate().filter(|(_, number)| **number > 0) {
            let height = (*number as f64 / most.max(1) as f64).max(LEAST_HEIGHT);
            // In whole numbers, which are written in a tenth of the time: a filter changes a thousand of them.
            let top = ((1.0 - height) * 1e4).round() as u32;
            // Writing to a String cannot fail.
            let _written = write!(
                path,
                "M{at}.06 1V{}.{:04}H{at}.94V1z",
                top / 10_000,
                top % 10_000
            );
        }
        path
    }
}
