//! Light and dark. Until the person chooses, the system's choice holds; theirs is kept in this browser.

use crate::page::prelude::*;
use crate::page::state::App;
use gloo::storage::{LocalStorage, Storage as _};

const KEY: &str = "runsift.theme";

/// Puts the person's earlier choice into effect.
pub fn restore(app: App) {
    if let Ok(word) = LocalStorage::get::<String>(KEY)
        && (word == "dark" || word == "light")
    {
        put(&word);
    }
    app.dark.set(is_dark());
}

/// Changes from light to dark or back.
pub fn toggle(app: App) {
    let word = if is_dark() { "light" } else { "dark" };
    put(word);
    app.dark.set(word == "dark");
    // Where the browser stores nothing (private windows), the choice lasts as long as the tab.
    let _stored = LocalStorage::set(KEY, word);
}

fn is_dark() -> bool {
    let chosen = document()
        .document_element()
        .and_then(|root| root.get_attribute("data-theme"));
    match chosen.as_deref() {
        Some("dark") => true,
        Some("light") => false,
        _ => window()
            .match_media("(prefers-color-scheme: dark)")
            .ok()
            .flatten()
            .is_some_and(|query| query.matches()),
    }
}

fn put(word: &str) {
    if let Some(root) = document().document_element() {
        // The root element takes any data attribute.
        let _put = root.set_attribute("data-theme", word);
    }
}
