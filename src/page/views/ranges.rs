//! Cells selected to be copied: dragged over, or reached by Ctrl+Shift and the arrows.

use super::table::{Grid, Spot};
use crate::page::prelude::*;
use std::ops::Range;
use web_sys::PointerEvent;

/// A rectangle of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CellRange {
    /// Where it began: place in the selection and column number.
    from: (usize, usize),
    /// Where it is dragged to.
    to: (usize, usize),
}

impl CellRange {
    /// Places and column numbers, without the last of each.
    pub(super) fn bounds(self) -> (Range<usize>, Range<usize>) {
        let between = |a: usize, b: usize| a.min(b)..a.max(b) + 1;
        (
            between(self.from.0, self.to.0),
            between(self.from.1, self.to.1),
        )
    }
}

/// A press on a cell: where a drag would begin. What was selected is no more.
pub(super) fn press(grid: Grid, event: &PointerEvent) {
    grid.range.set(None);
    // With a finger the same gesture scrolls.
    let may_drag = event.button() == 0 && event.pointer_type() != "touch";
    let spot = Grid::spot_of(event).filter(|_| may_drag);
    grid.pressed.set_value(spot);
}

/// The pointer has moved: in another cell than where it was pressed, cells are selected.
pub(super) fn extend_to(grid: Grid, event: &PointerEvent) {
    let pressed = grid.pressed.get_value().filter(|_| event.buttons() == 1);
    let (Some(from), Some(to)) = (pressed, Grid::spot_of(event)) else {
        return;
    };
    let (Some(from_row), Some(to_row)) = (from.row, to.row) else {
        return;
    };
    if from == to && grid.range.with_untracked(Option::is_none) {
        return;
    }
    let range = CellRange {
        from: (from_row, from.column),
        to: (to_row, to.column),
    };
    if grid.range.get_untracked() != Some(range) {
        grid.range.set(Some(range));
        if let Ok(Some(selection)) = window().get_selection() {
            // The browser has selected text on the way.
            let _cleared = selection.remove_all_ranges();
        }
    }
}

/// By the keys: from where one is to where they lead.
pub(super) fn extend_by_keys(grid: Grid, from: Spot, to: Spot) {
    let (Some(from_row), Some(to_row)) = (from.row, to.row) else {
        return;
    };
    let begun = grid.range.get_untracked().map(|range| range.from);
    grid.range.set(Some(CellRange {
        from: begun.unwrap_or((from_row, from.column)),
        to: (to_row, to.column),
    }));
}
