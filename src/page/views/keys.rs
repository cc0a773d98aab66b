//! The keyboard in the table: a cell is active, keys move it and act on it.

use super::column_menu::OpenMenu;
use super::geometry::{Geometry, RUN_NUMBER};
use super::header::header_of;
use super::ranges::extend_by_keys;
use super::table::{Grid, Spot};
use crate::engine::protocol::{MarkHow, MarkLines, NoteEdit};
use crate::engine::view::Grouping;
use crate::page::prelude::*;
use crate::page::widgets::keys::key_of;
use web_sys::KeyboardEvent;

/// Does what a key means in the grid; keys that mean nothing there go on.
pub(super) fn pressed(grid: Grid, event: &KeyboardEvent) {
    let on_grid = event.target().is_some_and(|target| {
        grid.element
            .get_untracked()
            .is_some_and(|element| *AsRef::<web_sys::EventTarget>::as_ref(&element) == target)
    });
    if on_grid && act(grid, event) {
        event.prevent_default();
        event.stop_propagation();
    }
}

fn act(grid: Grid, event: &KeyboardEvent) -> bool {
    let total = grid.total();
    let last_column = grid.geometry.with_untracked(Geometry::count);
    let now = grid.active.get_untracked();
    let spot = now.unwrap_or(Spot {
        row: (total > 0).then_some(0),
        column: RUN_NUMBER,
    });
    let jump = event.ctrl_key() || event.meta_key();
    if event.alt_key() && event.key() != "ArrowDown" {
        return false;
    }
    let key = key_of(event);
    let moved = match key.as_str() {
        "ArrowDown" if event.alt_key() => {
            open_menu(grid, spot.column);
            return true;
        }
        "ArrowDown" if event.shift_key() => down(spot, 1, total),
        "ArrowUp" if event.shift_key() => up(spot, 1),
        "ArrowDown" | "j" if !jump => down(spot, 1, total),
        "ArrowUp" | "k" if !jump => up(spot, 1),
        "ArrowLeft" if !jump || event.shift_key() => Spot {
            column: (spot.column - 1).max(1),
            ..spot
        },
        "ArrowRight" if !jump || event.shift_key() => Spot {
            column: (spot.column + 1).min(last_column),
            ..spot
        },
        "PageDown" => down(spot, grid.page(), total),
        "PageUp" => Spot {
            row: spot.row.map(|row| row.saturating_sub(grid.page())),
            ..spot
        },
        "Home" if jump => Spot {
            row: (total > 0).then_some(0),
            column: 1,
        },
        "End" if jump => Spot {
            row: total.checked_sub(1),
            column: last_column,
        },
        "Home" => Spot { column: 1, ..spot },
        "End" => Spot {
            column: last_column,
            ..spot
        },
        " " if !jump => {
            if let Some(row) = spot.row {
                grid.app
                    .mark(MarkLines::Places(row, row + 1), MarkHow::Toggle);
            }
            return true;
        }
        "a" if jump => {
            grid.app.mark(MarkLines::All, MarkHow::Only);
            return true;
        }
        "c" if jump => {
            grid.copy();
            return true;
        }
        "p" if !jump => {
            if let Some(lines) = lines_meant(grid, spot) {
                grid.app.pin(lines);
            }
            return true;
        }
        "*" => {
            if let Some(lines) = lines_meant(grid, spot) {
                grid.app.note(lines, NoteEdit::Star);
            }
            return true;
        }
        "b" if !jump => {
            grid.set_active_baseline();
            return true;
        }
        "x" | "X" if !jump => {
            if grid
                .app
                .marked
                .with_untracked(|marked| marked.selected == 0)
                && let Some(row) = spot.row
            {
                grid.app
                    .mark(MarkLines::Places(row, row + 1), MarkHow::Only);
            }
            grid.app.set_aside(event.shift_key());
            return true;
        }
        "r" if !jump => {
            grid.app.restore();
            return true;
        }
        "Enter" if !jump => {
            match spot.row {
                Some(row) => grid.open(row),
                None => grid.cycle_sort(spot.column, event.shift_key()),
            }
            return true;
        }
        "s" | "S" if !jump => {
            grid.cycle_sort(spot.column, event.shift_key());
            return true;
        }
        "d" if !jump => {
            grid.app
                .change(|view| view.only_differing = !view.only_differing);
            return true;
        }
        "g" if !jump => {
            grid.app.change(|view| {
                let next = match view.grouping {
                    None => Some(Grouping::Replicates),
                    Some(_) => None,
                };
                view.group(next);
            });
            return true;
        }
        "m" | "ContextMenu" if !jump => {
            open_menu(grid, spot.column);
            return true;
        }
        "F10" if event.shift_key() => {
            open_menu(grid, spot.column);
            return true;
        }
        "Escape" if grid.range.with_untracked(Option::is_some) => {
            grid.range.set(None);
            return true;
        }
        "Escape" if grid.app.marked.with_untracked(|marked| marked.selected > 0) => {
            grid.app.mark(MarkLines::None, MarkHow::Only);
            return true;
        }
        "Escape" if now.is_some() => {
            grid.active.set(None);
            // The drawer may close by the same key.
            return false;
        }
        _ => return false,
    };
    if event.shift_key() && jump && key.starts_with("Arrow") {
        extend_by_keys(grid, spot, moved);
    } else if let (true, Some(from), Some(to)) = (event.shift_key(), spot.row, moved.row)
        && from != to
    {
        let places = MarkLines::Places(from.min(to), from.max(to) + 1);
        grid.app.mark(places, MarkHow::Add);
    }
    // The first key shows where one is.
    grid.go_to(if now.is_none() { spot } else { moved });
    true
}

/// The selected runs, else that of the cell that the keys act on.
fn lines_meant(grid: Grid, spot: Spot) -> Option<MarkLines> {
    if grid.app.marked.with_untracked(|marked| marked.selected > 0) {
        return Some(MarkLines::Selected);
    }
    spot.row.map(|row| MarkLines::Places(row, row + 1))
}

fn down(spot: Spot, rows: usize, total: usize) -> Spot {
    let row = match spot.row {
        Some(row) => (row + rows).min(total.saturating_sub(1)),
        None if total > 0 => rows - 1,
        None => return spot,
    };
    Spot {
        row: Some(row.min(total.saturating_sub(1))),
        ..spot
    }
}

fn up(spot: Spot, rows: usize) -> Spot {
    // Above the first row is the header.
    Spot {
        row: spot.row.and_then(|row| row.checked_sub(rows)),
        ..spot
    }
}

fn open_menu(grid: Grid, column: usize) {
    let Some(header) = header_of(grid, column) else {
        return;
    };
    let place = header.get_bounding_client_rect();
    grid.menu.set(Some(OpenMenu {
        column,
        x: place.left(),
        y: place.bottom(),
    }));
}
