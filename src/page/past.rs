//! The browser's history as undo and redo: every entry holds, beside the address with the view, how many entries of
//! this page lie before it, and which sets and notes the person had made by pointing (the engine keeps those; an
//! address never holds data).

use leptos::prelude::window;
use wasm_bindgen::prelude::*;

/// What an entry of this page holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// How many entries lie before it.
    pub(super) depth: u64,
    /// The state of what was pointed at ([`crate::engine::protocol::Answer::Marked`]).
    pub(super) pointed: u64,
}

impl Entry {
    /// The entry that the browser shows; `None` where the person made it, by editing the address. Of another life of the
    /// page, before a reload, only the depth means anything: what is pointed at stays as it is.
    pub(super) fn now(life: u64, pointed: u64) -> Option<Self> {
        let text = window().history().ok()?.state().ok()?.as_string()?;
        let mut parts = text.split(' ').map(str::parse::<u64>);
        let is_ours = parts.next()?.ok()? == life;
        Some(Self {
            depth: parts.next()?.ok()?,
            pointed: parts.next()?.ok().filter(|_| is_ours).unwrap_or(pointed),
        })
    }

    /// Makes it the entry that the browser shows: a new one, or in place of that.
    pub(super) fn write(self, life: u64, hash: &str, is_new: bool) {
        let Ok(history) = window().history() else {
            return;
        };
        let state = JsValue::from_str(&format!("{life} {} {}", self.depth, self.pointed));
        // The address is a copy of the view: where it cannot be written, the page still works.
        let _written = if is_new {
            history.push_state_with_url(&state, "", Some(hash))
        } else {
            history.replace_state_with_url(&state, "", Some(hash))
        };
    }
}
