//! Where the table's columns and rows are, and which are in the port.

use super::body::BodyColumn;
use super::window::Wanted;
use crate::engine::arrange::{Arrangement, Placed};
use crate::engine::look::{Look, WindowLook};
use crate::ledger::ColumnId;
use std::ops::Range;
use std::sync::Arc;

/// The height of the header in pixels.
const HEADER_HEIGHT: f64 = 32.0;
/// How much higher it is for the distributions of columns.
pub(super) const HISTOGRAM_HEIGHT: f64 = 26.0;
/// How much higher it is for what columns share of their names.
pub(super) const PREFIX_HEIGHT: f64 = 18.0;
/// The number of the column of run names; ranks are 1.
pub(super) const RUN_NUMBER: usize = 2;
/// Up to this many columns are asked for and have headers even when they are out of view.
const FEW_COLUMNS: usize = 40;
const FEW_HEADERS: usize = 200;
/// How many headers out of view are made at a time.
pub(super) const HEADERS_AT_ONCE: usize = 6;
/// A port narrower than this (a phone's) gets narrow run names.
const NARROW: f64 = 640.0;

/// The part of the table that is in the port.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Port {
    pub(super) top: f64,
    pub(super) left: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The columns with what stands left of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Geometry {
    pub(super) arrangement: Arc<Arrangement>,
    pub(super) rank_width: u32,
    pub(super) run_width: u32,
    /// How many pinned columns really stay: none where they would fill the port.
    pub(super) fixed: usize,
    /// How high a row is, in pixels.
    pub(super) row_height: f64,
    /// How high the header is, in pixels.
    pub(super) header_height: f64,
}

impl Geometry {
    pub(super) fn new(
        arrangement: Arc<Arrangement>,
        port_width: f64,
        runs: usize,
        look: &Look,
    ) -> Self {
        let narrow = port_width < NARROW;
        // The greatest rank must fit.
        let digits = runs.max(1).ilog10() + 1;
        let rank_width = (digits * 8 + 24).max(if narrow { 44 } else { 56 });
        let run_width = if narrow {
            arrangement.run_width.min(132)
        } else {
            arrangement.run_width
        };
        let stay =
            f64::from(rank_width + run_width + arrangement.width_of_first(arrangement.pinned));
        let fixed = if stay <= 0.6 * port_width {
            arrangement.pinned
        } else {
            0
        };
        Self {
            arrangement,
            rank_width,
            run_width,
            fixed,
            row_height: look.density.row_height(),
            header_height: HEADER_HEIGHT
                + if look.histograms {
                    HISTOGRAM_HEIGHT
                } else {
                    0.0
                }
                + if look.prefixes { PREFIX_HEIGHT } else { 0.0 },
        }
    }

    /// How wide rank and run are.
    pub(super) fn lead(&self) -> u32 {
        self.rank_width + self.run_width
    }

    /// How wide all that stays at the left is.
    pub(super) fn fixed_width(&self) -> u32 {
        self.lead() + self.arrangement.width_of_first(self.fixed)
    }

    pub(super) fn width(&self) -> u32 {
        self.lead() + self.arrangement.width()
    }

    /// How many columns there are, rank and run among them.
    pub(super) fn count(&self) -> usize {
        self.arrangement.columns.len() + RUN_NUMBER
    }

    /// The columns with these numbers; of that of run names, those that it shows.
    pub(super) fn columns_of(&self, numbers: Range<usize>) -> Vec<ColumnId> {
        let names = self.arrangement.names.iter().copied();
        let names = names.filter(|_| numbers.contains(&RUN_NUMBER));
        let others = self.arrangement.columns.iter().zip(RUN_NUMBER + 1..);
        let others = others.filter(|(_, number)| numbers.contains(number));
        names.chain(others.map(|(placed, _)| placed.id)).collect()
    }

    /// The column with this number, unless it is rank or run.
    pub(super) fn column(&self, number: usize) -> Option<&Placed> {
        self.arrangement
            .columns
            .get(number.checked_sub(RUN_NUMBER + 1)?)
    }

    pub(super) fn loose_in_view(&self, port: Port, more: usize) -> Range<usize> {
        let stays = f64::from(self.fixed_width());
        let left = port.left + stays - f64::from(self.lead());
        self.arrangement
            .in_view(self.fixed, left, port.width - stays, more)
    }

    /// Which columns behind the fixed ones have a header on the page: those in view, and where there are few, the
    /// first `made` in any case.
    pub(super) fn with_header(&self, port: Port, made: usize) -> Range<usize> {
        let in_view = self.loose_in_view(port, 4);
        if self.may_have_all_headers() {
            let all = self.arrangement.columns.len();
            return self.fixed..in_view.end.max(made).min(all);
        }
        in_view
    }

    /// Whether columns are few enough for all headers to be on the page.
    pub(super) fn may_have_all_headers(&self) -> bool {
        self.arrangement.columns.len() <= FEW_HEADERS
    }
}

/// What of the selection is in view: fixed and other columns, the rows and how many there are in all.
pub(super) fn wanted(
    geometry: &Geometry,
    (fixed, loose): (&[BodyColumn], &[BodyColumn]),
    in_view: &Range<usize>,
    (rows, total): (Range<usize>, usize),
    is_grouped: bool,
    look: WindowLook,
) -> Wanted {
    let names = &geometry.arrangement.names;
    let all = &geometry.arrangement.columns;
    let ids = |columns: &[BodyColumn]| {
        columns
            .iter()
            .map(|column| column.id)
            .collect::<Vec<ColumnId>>()
    };
    let columns = [names.clone(), ids(fixed), ids(loose)].concat();
    let around = if all.len() <= FEW_COLUMNS && !is_grouped {
        0..all.len()
    } else {
        // A group's cell is worked out of all its runs.
        let margin = if is_grouped { 1 } else { in_view.len().min(12) };
        in_view.start.saturating_sub(margin)..(in_view.end + margin).min(all.len())
    };
    let mut columns_around = [names.clone(), ids(fixed)].concat();
    let more = all[around]
        .iter()
        .map(|column| column.id)
        .filter(|id| !columns_around.contains(id));
    let more: Vec<ColumnId> = more.collect();
    columns_around.extend(more);
    Wanted {
        rows,
        total,
        columns,
        columns_around,
        look,
    }
}
