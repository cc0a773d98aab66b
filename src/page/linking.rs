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
    let said =
        "Copied the link. It holds this view and the names of your files, nothing that is in them.";
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

/// Says once, when files were read, which of those that the link needs are not among them, and pins the runs that it names.
pub(super) fn tell_missing(app: App) {
    let is_told = StoredValue::new(false);
    Effect::new(move |_| {
        let is_read = !app.importing.get() && app.ledger.with(|ledger| ledger.runs > 0);
        if !is_read {
            return;
        }
        let (needed, pinned) = app
            .view
            .with_untracked(|view| (view.needed.clone(), view.pinned_runs.clone()));
        let tells = !needed.is_empty() && !is_told.get_value();
        let missing = needed.missing(&mut dropped(app).iter().map(|file| file.path.as_str()));
        // Rows are those that are meant once all files are there.
        if missing.is_empty() && !pinned.is_empty() {
            let lines = MarkLines::Rows(pinned);
            app.ask(Ask::Pin { lines }, move |answer| {
                app.pointed(&answer, |_| {}, false)
            });
        }
        if !tells {
            return;
        }
        is_told.set_value(true);
        if !missing.is_empty() {
            let missing = missing.told();
            app.notify(&format!(
                "The link that you opened needs these files, too: {missing}. Drop them to see the same view."
            ));
        }
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
