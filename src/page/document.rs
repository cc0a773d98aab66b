//! What the outside relies on: the state of the page as attributes of `<html>`.

use super::state::App;
use super::views::saving;
use crate::engine::view::Tab;
use crate::page::prelude::*;

/// Writes what the outside relies on to `<html>`.
pub(super) fn tell(app: App) {
    let (runs, problems, nothing) = app.ledger.with(|ledger| {
        (
            ledger.runs,
            ledger.problems,
            ledger.runs == 0 && (!ledger.sources.is_empty() || !ledger.unread.is_empty()),
        )
    });
    let (shown, current) = app
        .selected
        .with(|selected| (selected.shown, selected.runs == runs));
    let importing = app.importing.get();
    let state = if importing {
        "loading"
    } else if runs > 0 {
        "ready"
    } else if nothing {
        "error"
    } else {
        "empty"
    };
    // What is put off for a hand that is at work is no work.
    let busy = app.pending.get() > 0 || app.jobs.is_briefing();
    let Some(root) = document().document_element() else {
        return;
    };
    let put = |name: &str, value: &str| {
        // All of the page hangs below it, and what is told again what it knows is looked through again.
        if root.get_attribute(name).as_deref() != Some(value) {
            // The root element takes any data attribute.
            let _put = root.set_attribute(name, value);
        }
    };
    put("data-runs", &runs.to_string());
    put(
        "data-shown",
        &if current { shown } else { runs }.to_string(),
    );
    put("data-problems", &problems.to_string());
    put("data-busy", if busy { "true" } else { "false" });
    put("data-state", state);
}

/// Writes what a sheet of paper says above all to `<html>`, when one is to be printed.
pub(super) fn tell_paper(app: App) {
    let listener = window_event_listener(leptos::ev::beforeprint, move |_| {
        app.is_printed.set(true);
        let mut printed = saving::told(app);
        if app.paper.with_untracked(Option::is_some) {
            // The table says itself what it is of.
            printed.clear();
        } else if app.view.with_untracked(|view| view.tab == Tab::Table) {
            printed.push_str(
                " · These are the rows on the screen; Ctrl P prints more of them, Export has all.",
            );
        }
        if let Some(root) = document().document_element() {
            // The root element takes any data attribute.
            let _put = root.set_attribute("data-printed", &printed);
        }
    });
    let over = window_event_listener(leptos::ev::afterprint, move |_| app.is_printed.set(false));
    on_cleanup(move || {
        listener.remove();
        over.remove();
    });
}
