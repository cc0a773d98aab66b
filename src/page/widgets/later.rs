//! A part of the page that is made in a task of its own when the page fills for the first time.
//!
//! A first drop brings up many parts at once, and the browser compiles their functions as they are first
//! called: made together they hold the page for longer than a key press may wait. Once all have been made,
//! later ones come at once, so that nothing flickers.

use crate::page::prelude::*;
use crate::page::state::App;
use leptos::children::ChildrenFn;

/// Parts beside the view come this many milliseconds after those above it.
pub const AFTER_THE_VIEW: u32 = 30;

/// Whether the page has filled.
#[derive(Clone, Copy)]
struct Filled(StoredValue<bool>);

/// Makes [`Later`] parts wait until [`settle`] is called.
pub fn begin() {
    provide_context(Filled(StoredValue::new(false)));
}

/// From now on parts are made at once.
pub fn settle() {
    if let Some(Filled(filled)) = use_context() {
        filled.set_value(true);
    }
}

/// Makes its children in a task of its own while the page fills, in the order of such parts and after that many
/// milliseconds; until then the page is busy.
#[component]
pub fn Later(app: App, #[prop(optional)] after: u32, children: ChildrenFn) -> impl IntoView {
    let is_filled = use_context().is_none_or(|Filled(filled)| filled.get_value());
    let is_due = RwSignal::new(is_filled);
    if !is_filled {
        app.pending.update(|pending| *pending += 1);
        gloo::timers::callback::Timeout::new(after, move || {
            // The part may be gone by now.
            let _gone = is_due.try_set(true);
            app.pending
                .update(|pending| *pending = pending.saturating_sub(1));
        })
        .forget();
    }
    move || is_due.get().then(|| children())
}
