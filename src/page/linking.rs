//! Links to what is seen: the view and the names of the files that it is of, never what is in them.

use super::state::App;
use super::views::table::put_in_clipboard;
use crate::engine::needed::Needed;
use crate::engine::protocol::FileInfo;
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

/// Says once, when files were read, which of those that the link needs are not among them.
pub(super) fn tell_missing(app: App) {
    let is_told = StoredValue::new(false);
    Effect::new(move |_| {
        let is_read = !app.importing.get() && app.ledger.with(|ledger| ledger.runs > 0);
        let needed = app.view.with_untracked(|view| view.needed.clone());
        if !is_read || is_told.get_value() || needed.is_empty() {
            return;
        }
        is_told.set_value(true);
        let missing = needed.missing(&mut dropped(app).iter().map(|file| file.path.as_str()));
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
