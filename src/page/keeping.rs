//! A session kept in this browser: asked for once, written whenever something changed, offered on the next visit.

use super::state::App;
use crate::engine::protocol::{Answer, Ask, Remembered};
use crate::engine::view::View;
use crate::ledger::Rules;
use crate::web::store;
use gloo::storage::{LocalStorage as Browser, Storage as _};
use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where the person's choice is kept.
const CHOICE: &str = "runsift.keep";
/// After a change it is waited for more for so long.
const SETTLED_MILLIS: u32 = 500;
/// What a session's text is: see docs/sessions.md. Of unknown fields nothing is made, absent ones are as by default.
const SCHEMA: &str = "runsift.session/1";

/// Whether sessions are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The person was not asked yet.
    Unasked,
    /// Not in this visit.
    NotNow,
    /// Yes, from now on.
    Yes,
    /// No, and not to be asked again.
    Never,
}

/// What is kept beside the dropped files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    schema: String,
    /// The version of the program that wrote it.
    program: String,
    /// Unix milliseconds.
    pub saved: f64,
    /// How many runs there were.
    pub runs: usize,
    /// How many bytes the dropped files have.
    pub bytes: f64,
    /// The view, as in an address.
    view: String,
    /// What was decided about sources and columns.
    rules: Rules,
    /// What was made of runs.
    made: Remembered,
}

/// Keeps sessions. `Copy`, as all handles of the page.
#[derive(Clone, Copy)]
pub struct Keeping {
    /// What the person chose.
    pub choice: RwSignal<Choice>,
    /// The session that is kept in this browser.
    pub kept: RwSignal<Option<Session>>,
    waiting: StoredValue<Option<Timeout>, LocalStorage>,
    /// The number and the size of the drops that were written last.
    written: StoredValue<Option<(usize, f64)>>,
    /// Whether a session is being opened: what is there by then is not written over it.
    is_opening: StoredValue<bool>,
    /// Whether what is kept is of this visit: what was made of runs in one that was not opened is taken over.
    is_ours: StoredValue<bool>,
}

impl Keeping {
    /// Nothing is known yet.
    pub(super) fn new() -> Self {
        let choice = match Browser::get::<String>(CHOICE).as_deref() {
            Ok("yes") => Choice::Yes,
            Ok("never") => Choice::Never,
            _ => Choice::Unasked,
        };
        Self {
            choice: RwSignal::new(choice),
            kept: RwSignal::new(None),
            waiting: StoredValue::new_local(None),
            written: StoredValue::new(None),
            is_opening: StoredValue::new(false),
            is_ours: StoredValue::new(false),
        }
    }

    /// Looks for what is kept, and keeps from now on what changes.
    pub(super) fn follow(self, app: App) {
        leptos::task::spawn_local(async move {
            let text = store::text().await;
            let session = text.and_then(|text| serde_json::from_str::<Session>(&text).ok());
            self.kept
                .set(session.filter(|session| session.schema == SCHEMA));
        });
        Effect::new(move |_| {
            app.view.track();
            app.marked.track();
            let has_runs = app.ledger.with(|ledger| ledger.runs > 0);
            if self.choice.get() == Choice::Yes && has_runs && !app.importing.get() {
                let later = Timeout::new(SETTLED_MILLIS, move || self.write(app));
                self.waiting.set_value(Some(later));
            }
        });
    }

    /// What the person chose.
    pub fn choose(self, choice: Choice) {
        let word = match choice {
            Choice::Yes => Some("yes"),
            Choice::Never => Some("never"),
            Choice::NotNow | Choice::Unasked => None,
        };
        // Where the browser stores nothing, the choice lasts as long as the tab.
        match word {
            Some(word) => drop(Browser::set(CHOICE, word)),
            None => Browser::delete(CHOICE),
        }
        self.choice.set(choice);
    }

    /// Deletes what is kept, and keeps nothing more until it is chosen again.
    pub fn forget(self, app: App) {
        self.choose(Choice::NotNow);
        self.waiting.set_value(None);
        self.written.set_value(None);
        leptos::task::spawn_local(async move {
            match store::forget().await {
                Ok(()) => {
                    self.kept.set(None);
                    app.notify("What was kept in this browser is deleted.");
                }
                Err(why) => app.notify(&format!("It could not be deleted: {why}.")),
            }
        });
    }

    /// Opens what is kept.
    pub fn go_on(self, app: App) {
        let Some(session) = self.kept.get_untracked() else {
            return;
        };
        leptos::task::spawn_local(async move {
            let drops = match store::drops().await {
                Ok(drops) if !drops.is_empty() => drops,
                Ok(_) => {
                    return app.notify("The files that were kept are no longer in this browser.");
                }
                Err(why) => {
                    return app.notify(&format!("What was kept could not be opened: {why}."));
                }
            };
            self.is_opening.set_value(true);
            self.written.set_value(Some((drops.len(), session.bytes)));
            // Who came by a link sees what the link says.
            if app.view.with_untracked(|view| *view == View::default()) {
                app.change(|view| *view = View::from_hash(&session.view));
            }
            let Session { rules, made, .. } = session;
            app.open_drops(rules, drops, move || {
                app.recollect(made, true);
                self.is_opening.set_value(false);
                self.is_ours.set_value(true);
            });
        });
    }

    /// Writes down what is there.
    fn write(self, app: App) {
        self.waiting.set_value(None);
        if self.is_opening.get_value() {
            return;
        }
        let other = self
            .kept
            .get_untracked()
            .filter(|_| !self.is_ours.get_value());
        if let Some(other) = other {
            // The engine answers in order: what it remembers next holds this too.
            app.recollect(other.made, false);
        }
        self.is_ours.set_value(true);
        app.ask(Ask::Remember, move |answer| {
            let Answer::Remembered(made) = answer else {
                return;
            };
            let (drops, bytes) = app.drops_and_bytes();
            if drops.is_empty() {
                return;
            }
            let session = Session {
                schema: SCHEMA.to_owned(),
                program: env!("CARGO_PKG_VERSION").to_owned(),
                saved: js_sys::Date::now(),
                runs: app.ledger.with_untracked(|ledger| ledger.runs),
                bytes,
                view: app.view.with_untracked(View::to_hash),
                rules: app.ledger.with_untracked(|ledger| ledger.rules.clone()),
                made: *made,
            };
            let these = Some((drops.len(), bytes));
            let drops = (self.written.get_value() != these).then_some(drops);
            let Ok(text) = serde_json::to_string(&session) else {
                return;
            };
            leptos::task::spawn_local(async move {
                match store::keep(&text, drops).await {
                    Ok(()) => {
                        self.written.set_value(these);
                        self.kept.set(Some(session));
                    }
                    Err(why) => {
                        // Not again at every change.
                        self.choice.set(Choice::NotNow);
                        app.notify(&format!("This session is not kept: {why}."));
                    }
                }
            });
        });
    }
}
