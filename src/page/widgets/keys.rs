//! Keys that work on the whole page. No single letter acts while a text box has the focus.

use super::intake::takes_text;
use super::panels::Panels;
use super::receipt::close_receipt;
use super::tabs::focus_by_id;
use super::theme;
use crate::engine::view::Tab;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::views::paper::print;
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
            (&["1 to 9", "0"], "Show a view, in the order of the tabs"),
            (
                &["Shift 1", "Shift 2"],
                "Show the eleventh view, or the twelfth",
            ),
            (&["["], "Show or hide the columns at the left"),
            (&["]"], "Show or hide the run at the right"),
            (&["Ctrl Z"], "Undo the last change of the view or selection"),
            (&["Ctrl Shift Z"], "Do it again"),
            (&["Ctrl V"], "Read the table or JSON in the clipboard"),
            (&["Ctrl P"], "Print, or save as PDF: of the table 500 lines"),
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
        "In the run at the right",
        &[
            (&["J", "K"], "The next run of the table, or the one before"),
            (&["Esc"], "Close it"),
        ],
    ),
    (
        "On the name of an axis of Space",
        &[
            (&["←", "→"], "Move the axis"),
            (&["F"], "Turn it over"),
            (&["L"], "Logarithmic or linear"),
            (
                &["Shift ↑", "Shift ↓"],
                "Leave out what is lowest, or highest",
            ),
            (&["Del"], "Take the axis out"),
        ],
    ),
    (
        "In Scatter",
        &[
            (
                &["←", "→", "↑", "↓"],
                "Move a side of the rectangle; with Shift the other side",
            ),
            (
                &["Enter", "Shift Enter"],
                "Filter by it, or select its runs",
            ),
            (&["Esc"], "Take it away"),
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
        "On a picture of shares, effects or distributions",
        &[
            (&["←", "→"], "Say what is at one part after the other"),
            (&["↑", "↓"], "Go to the part above or below"),
            (&["Home", "End"], "Go to the first or the last"),
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
            (&["Ctrl Shift arrows", "drag"], "Select cells, to copy them"),
            (&["B"], "Compare all with this run or group"),
            (
                &["D"],
                "Only the columns that differ among the shown, or the selected, runs",
            ),
            (&["G"], "Group replicates"),
            (&["S"], "Sort by the column"),
            (&["M", "Alt ↓"], "The column's menu"),
            (&["Esc"], "Close it"),
        ],
    ),
];

/// Listens on the whole page for as long as it lives.
pub fn listen(app: App, panels: Panels) {
    let listener = window_event_listener(ev::keydown, move |event| pressed(app, panels, &event));
    on_cleanup(move || listener.remove());
}

/// The key of an event, letters as they are without Caps Lock.
pub fn key_of(event: &KeyboardEvent) -> String {
    let key = event.key();
    match (key.len(), event.shift_key()) {
        (1, true) => key.to_ascii_uppercase(),
        (1, false) => key.to_ascii_lowercase(),
        _ => key,
    }
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
        "p" if !event.shift_key() => print(app),
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
    match key_of(event).as_str() {
        "?" => panels.shortcuts.set(true),
        "h" => panels.help.set(true),
        "/" if has_runs => focus_by_id(FILTER_ID),
        "[" if has_runs => panels.facets.update(|open| *open = !*open),
        "]" if has_runs => toggle_drawer(app),
        "Escape" if panels.receipt.get_untracked() => close_receipt(panels),
        key => {
            let tabs = untrack(|| app.reporting.shown_tabs());
            // The tenth is 0. With Shift by the key's place: what is written there differs.
            let place = if event.shift_key() {
                let code = event.code();
                let number = code.strip_prefix("Digit");
                let number = number.and_then(|number| number.parse::<usize>().ok());
                number.filter(|number| *number > 0).map(|number| number + 9)
            } else {
                let number = key.parse::<usize>().ok();
                number.map(|number| (number + 9) % 10)
            };
            let Some(tab) = place.and_then(|place| tabs.get(place).copied()) else {
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
