//! What a person is told once in a browser, above the filter: a line that covers nothing.

use crate::engine::hints::hint;
use crate::page::prelude::*;
use crate::page::state::App;
use gloo::storage::{LocalStorage, Storage as _};

/// Where it is kept which hints were seen.
const KEY: &str = "runsift.hints";

/// The hint of the view, the first time it is there.
#[component]
pub fn HintLine(app: App) -> impl IntoView {
    let seen = StoredValue::new(LocalStorage::get::<u32>(KEY).unwrap_or(0));
    let shown = RwSignal::new(None::<&'static str>);
    let tab = Memo::new(move |_| {
        let has_runs = app.ledger.with(|ledger| ledger.runs > 0);
        let tab = app.view.with(|view| view.tab);
        (has_runs && !app.importing.get()).then_some(tab)
    });
    Effect::new(move |_| {
        let hint = tab.get().and_then(|tab| hint(tab, seen.get_value()));
        if let Some((bit, _)) = hint {
            seen.update_value(|seen| *seen |= bit);
            // Where the browser stores nothing, it is told once in a tab.
            let _stored = LocalStorage::set(KEY, seen.get_value());
        }
        shown.set(hint.map(|(_, words)| words));
    });
    let line = move |words: &'static str| {
        view! {
            <aside class="keep-bar" aria-label="Hint" data-testid="hint">
                <p>{words}</p>
                <button type="button" class="button plain" on:click=by::mouse(move |_| shown.set(None))>"Got it"</button>
            </aside>
        }
        .into_any()
    };
    move || shown.get().map(line)
}
