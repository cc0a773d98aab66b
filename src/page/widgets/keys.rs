//! Keys that work on the whole page. No single letter acts while a text box has the focus.

use super::intake::takes_text;
use super::panels::Panels;
use super::receipt::close_receipt;
use super::tabs::focus_by_id;
use super::theme;
use crate::engine::view::Tab;
use crate::page::prelude::*;
use crate::page::state::App;
use leptos::ev;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, KeyboardEvent};

/// The id of the filter box's input.
pub const FILTER_ID: &str = "filter";

/// Keys, any of which does it, and what they do.
type Shortcut = (&'static [&'static str], &'static str);

/// What a key does, for people: the sheet shows these.
pub const SHORTCUTS: &[(&str, &[Shortcut])] = &[
    (
        "Everywhere",
        &[
            (&["/"], "Go to the filter"),
            (&["1 to 9"], "Show a view, in the order of the tabs"),
            (&["["], "Show or hide the columns at the left"),
            (&["]"], "Show or hide the run at the right"),
            (&["Ctrl Z"], "Undo the last change of the view or selection"),
            (&["Ctrl Shift Z"], "Do it again"),
            (&["Ctrl V"], "Read the table or JSON in the clipboard"),
            (&["Alt M"], "Light or dark"),
            (
                &["Ctrl K"],
                "Do something by its name: views, buttons, columns",
            ),
            (
                &["H"],
                "Help: what this view answers, how its numbers are made",
            ),
            (&["?", "Ctrl /"], "This sheet"),
        ],
    ),
    (
        "In the filter",
        &[
            (&["Enter"], "Apply at once"),
            (&["↓", "↑"], "Choose a completion"),
            (&["Tab"], "Take the completion"),
            (&["Esc"], "Close the completions, then leave the box"),
        ],
    ),
    (
        "On a histogram's handle",
        &[
            (&["←", "→"], "Move by one bar"),
            (&["Home", "End"], "Open the range to this side"),
        ],
    ),
    (
        "On a picture of runs",
        &[
            (&["←", "→"], "Name one run after the other"),
            (&["Home", "End"], "Name the first or the last"),
            (&["Enter"], "Open the run"),
        ],
    ),
    (
        "In the table",
        &[
            (&["↓", "↑"], "Move from run to run"),
            (&["←", "→"], "Move from column to column"),
            (&["Enter"], "Open the run, or the group"),
            (&["Space", "Ctrl click"], "Select the run"),
            (&["Shift ↓", "Shift ↑"], "Select from run to run"),
            (&["Ctrl A"], "Select all that are shown"),
            (
                &["Ctrl C"],
                "Copy the selected cells or runs as a table, or the cell",
            ),
            (
                &["X", "Shift X"],
                "Exclude the selected runs, keep only these",
            ),
            (&["R"], "Restore what was set aside"),
            (&["P"], "Keep the run at the top, or no more"),
            (&["*"], "Give the run a star, or take it"),
            (
                &["Ctrl Shift ↓ → ↑ ←", "drag"],
                "Select cells, to copy them",
            ),
            (&["B"], "Compare all with this run or group"),
            (
                &["D"],
                "Only the columns that differ among the shown, or the selected, runs",
            ),
            (&["G"], "Group replicates"),
            (&["S"], "Sort by the column"),
            (&["M"], "The column's menu"),
            (&["Esc"], "Close it"),
        ],
    ),
];

/// Listens on the whole page for as long as it lives.
pub fn listen(app: App, panels: Panels) {
    let listener = window_event_listener(ev::keydown, move |event| pressed(app, panels, &event));
    on_cleanup(move || listener.remove());
}

fn pressed(app: App, panels: Panels, event: &KeyboardEvent) {
    if event.default_prevented() {
        return;
    }
    let in_text = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok())
        .is_some_and(|element| takes_text(&element));
    let command = event.ctrl_key() || event.meta_key();
    let done = if event.alt_key() {
        // By the key's place: with Alt some layouts give another letter.
        !command && event.code() == "KeyM" && {
            theme::toggle(app);
            true
        }
    } else if command {
        with_command(app, panels, event, in_text)
    } else {
        !in_text && alone(app, panels, event)
    };
    if done {
        event.prevent_default();
    }
}

fn with_command(app: App, panels: Panels, event: &KeyboardEvent, in_text: bool) -> bool {
    match event.key().to_lowercase().as_str() {
        "/" => panels.shortcuts.update(|open| *open = !*open),
        "k" => panels.palette.update(|open| *open = !*open),
        "z" if !in_text && event.shift_key() => app.redo(),
        "z" if !in_text => app.undo(),
        "y" if !in_text => app.redo(),
        _ => return false,
    }
    true
}

fn alone(app: App, panels: Panels, event: &KeyboardEvent) -> bool {
    // A dialog has the keys while it is open.
    if matches!(document().query_selector("dialog[open]"), Ok(Some(_))) {
        return false;
    }
    let has_runs = app.ledger.with_untracked(|ledger| ledger.runs > 0);
    match event.key().as_str() {
        "?" => panels.shortcuts.set(true),
        "h" => panels.help.set(true),
        "/" if has_runs => focus_by_id(FILTER_ID),
        "[" if has_runs => panels.facets.update(|open| *open = !*open),
        "]" if has_runs => toggle_drawer(app),
        "Escape" if panels.receipt.get_untracked() => close_receipt(panels),
        key => {
            let tabs = untrack(|| app.reporting.shown_tabs());
            // The tenth is 0.
            let Some(tab) = key
                .parse::<usize>()
                .ok()
                .and_then(|number| tabs.get((number + 9) % 10).copied())
            else {
                return false;
            };
            if has_runs {
                app.change(|view| view.tab = tab);
            }
        }
    }
    true
}

/// Closes the drawer, or opens it on the best run.
fn toggle_drawer(app: App) {
    let best = app
        .selected
        .with_untracked(|selected| selected.best.as_ref().map(|best| best.row));
    app.change(|view| {
        view.run = match view.run {
            // On its own page a run stays.
            Some(row) if view.tab == Tab::Run => Some(row),
            Some(_) => None,
            None => best.or(Some(0)),
        }
    });
}
