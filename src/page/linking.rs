//! Links to what is seen: the view and the names of the files that it is of, never what is in them.

use super::state::App;
use super::views::table::put_in_clipboard;
use crate::engine::needed::Needed;
use crate::engine::protocol::{Answer, Ask, FileInfo, MarkLines};
use crate::engine::view::View;
use crate::ledger::bytes::decoded;
use crate::page::prelude::*;

/// Puts a link into the clipboard by which others see the same, once they have dropped the same files.
pub(super) fn copy_link(app: App) {
    let mut view = app.view.get_untracked();
    view.needed = Needed::of(&mut dropped(app).iter().map(|file| file.path.as_str()));
    let address = window().location().href().unwrap_or_default();
    let mut page = address.split('#').next().unwrap_or_default();
    if page.starts_with("file:") {
        // Where the page lies on this disk is of use to nobody else.
        page = page.rsplit('/').next().unwrap_or_default();
    }
    let said = "Copied the link. It holds this view and the names of your files, nothing that is in them; what was set aside or starred and roles that were changed go with a session as one file.";
    put_in_clipboard(
        app,
        &[page, &view.to_hash()].concat(),
        Some(said.to_owned()),
    );
}

/// Changes the view, and puts into it which runs stay at the top.
pub(super) fn keep_pinned(view: &mut View, answer: &Answer, how: impl FnOnce(&mut View)) {
    how(view);
    if let Answer::Marked { pinned, .. } = answer {
        view.pinned_runs.clone_from(pinned);
    }
}

/// Says after each reading which files that the link needs are not among those that were read, until all are, and which are not of it;
/// pins the runs that it names.
pub(super) fn tell_missing(app: App) {
    let place = StoredValue::new(0);
    let told = StoredValue::new(Some(String::new()));
    Effect::new(move |_| {
        let is_read = !app.importing.get() && app.ledger.with(|ledger| ledger.runs > 0);
        let (needed, pinned) = app
            .view
            .with_untracked(|view| (view.needed.clone(), view.pinned_runs.clone()));
        if !is_read {
            return;
        }
        let files = dropped(app);
        let is_of_none = needed.is_empty();
        let others = needed.others(&mut files.iter().map(|file| file.path.as_str()));
        let missing = needed.missing(&mut files.iter().map(|file| file.path.as_str()));
        // Rows are those that are meant once all files are there.
        if missing.is_empty() && !pinned.is_empty() {
            let lines = MarkLines::Rows(pinned);
            app.ask(Ask::Pin { lines }, move |answer| {
                app.pointed(&answer, |_| {}, false);
            });
        }
        let Some(before) = told.get_value().filter(|_| !is_of_none) else {
            return;
        };
        let mut text = String::new();
        if !missing.is_empty() {
            let missing = missing.told();
            text = format!(
                "The link that you opened needs these files, too: {missing}. Drop them to see the same view."
            );
        }
        if !others.is_empty() {
            let others = others.told();
            let more = format!(
                "Not of the link that you opened: {others}. With these the view is another one; to see the same, open the link anew and drop only its files."
            );
            text = [text, more].join(" ");
        }
        let text = text.trim();
        if text != before {
            app.notify_at(place, text);
        }
        // What is dropped later is the person's own affair.
        told.set_value((!missing.is_empty()).then(|| text.to_owned()));
    });
}

/// The files of all drops.
fn dropped(app: App) -> Vec<FileInfo> {
    let (_, drops, _) = app.drops_and_bytes();
    let files = drops
        .iter()
        .filter_map(|drop| decoded::<Vec<FileInfo>>(&drop.files));
    files.flatten().collect()
}
