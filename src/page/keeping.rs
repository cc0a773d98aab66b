//! A session kept in this browser: asked for once, written whenever something changed, offered on the next visit.

use super::state::App;
use crate::engine::protocol::{Answer, Ask, Remembered, SCHEMA, Session};
use crate::engine::view::View;
use crate::page::reactive::*;
use crate::web::bundles::Bundles;
use crate::web::store;
use gloo::storage::{LocalStorage as Browser, Storage as _};
use gloo::timers::callback::Timeout;

/// Where the person's choice is kept.
const CHOICE: &str = "runsift.keep";
/// After a change it is waited for more for so long.
const SETTLED_MILLIS: u32 = 500;
/// So long after it heard of runs last, a new engine has read all again.
const READ_MILLIS: u32 = 2_000;

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

/// Keeps sessions. `Copy`, as all handles of the page.
#[derive(Clone, Copy)]
pub struct Keeping {
    /// What the person chose.
    pub choice: RwSignal<Choice>,
    /// The session that is kept in this browser.
    pub kept: RwSignal<Option<Session>>,
    /// Whether what is kept is this session: another one is only replaced where the person says so.
    pub is_ours: RwSignal<bool>,
    /// Whether what is kept is of another version of this program, and left alone.
    pub is_foreign: RwSignal<bool>,
    waiting: StoredValue<Option<Timeout>>,
    /// Waits until a new engine has read all again.
    reading: StoredValue<Option<Timeout>>,
    /// The drops that were written last, and the mark of the session that they were written with.
    written: StoredValue<Option<(Vec<u64>, String)>>,
    /// The text of the session file that was taken over last.
    file: StoredValue<String>,
    /// Whether it is known what is kept.
    is_looked: StoredValue<bool>,
    /// Whether a session is being opened, or read again by a new engine: what is there by then is not all.
    is_opening: StoredValue<bool>,
    /// Whether nothing is written for now: files of a folder that is followed may change while they are.
    pub(super) is_held: StoredValue<bool>,
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
            is_ours: RwSignal::new(false),
            is_foreign: RwSignal::new(false),
            waiting: StoredValue::new(None),
            reading: StoredValue::new(None),
            written: StoredValue::new(None),
            file: StoredValue::new(String::new()),
            is_looked: StoredValue::new(false),
            is_opening: StoredValue::new(false),
            is_held: StoredValue::new(false),
        }
    }

    /// Looks for what is kept, and keeps from now on what changes.
    pub(super) fn follow(self, app: App) {
        leptos::task::spawn_local(async move {
            if let Some(text) = store::text().await {
                let session = serde_json::from_str::<Session>(&text).ok();
                let session = session.filter(|session| session.schema == SCHEMA);
                self.is_foreign.set(session.is_none());
                self.kept.set(session);
            }
            self.is_looked.set_value(true);
        });
        Effect::new(move |_| {
            app.view.track();
            app.marked.track();
            self.is_ours.track();
            let has_runs = app.ledger.with(|ledger| ledger.runs > 0);
            if !has_runs {
                self.file.set_value(String::new());
            }
            if self.choice.get() == Choice::Yes && has_runs && !app.importing.get() {
                self.write_later(app);
            }
        });
    }

    /// Another session that is kept, of which the person has to say what becomes of it.
    pub fn other(self) -> Option<Session> {
        let may_write = self.choice.get() == Choice::Yes && !self.is_ours.get();
        self.kept.get().filter(|_| may_write)
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
                    self.is_foreign.set(false);
                    app.notify("What was kept in this browser is deleted.");
                }
                Err(why) => app.notify(&format!("It could not be deleted: {why}.")),
            }
        });
    }

    /// Opens what is kept; what was dropped since is read after it.
    pub fn go_on(self, app: App) {
        let Some(session) = self.kept.get_untracked() else {
            return;
        };
        self.is_opening.set_value(true);
        leptos::task::spawn_local(async move {
            let problem = match store::drops().await {
                Ok(drops) if !drops.is_empty() => {
                    self.open(app, session, drops);
                    return;
                }
                Ok(_) => "The files that were kept are no longer in this browser.".to_owned(),
                Err(why) => format!("What was kept could not be opened: {why}."),
            };
            self.is_opening.set_value(false);
            app.notify(&problem);
        });
    }

    fn open(self, app: App, session: Session, drops: Vec<Bundles>) {
        let (_, since, _) = app.drops_and_bytes();
        // Who came by a link sees what the link says.
        if app.view.with_untracked(|view| *view == View::default()) {
            app.change(|view| *view = View::from_hash(&session.view));
        }
        let Session {
            rules, made, mark, ..
        } = session;
        app.open_drops(rules, drops, move || {
            app.recollect(made, true);
            let (numbers, ..) = app.drops_and_bytes();
            self.written.set_value(Some((numbers, mark)));
            self.is_opening.set_value(false);
            self.is_ours.set(true);
            app.add_drops(since);
        });
    }

    /// The engine died, and a new one reads the files again: it knows nothing of what was made of runs.
    pub(super) fn engine_replaced(self) {
        self.is_opening.set_value(true);
    }

    /// It has read some of them: what was made of runs is given back once no more come.
    pub(super) fn read_again(self, app: App) {
        if self.is_opening.get_value() {
            let later = Timeout::new(READ_MILLIS, move || self.give_back(app));
            self.reading.set_value(Some(later));
        }
    }

    fn give_back(self, app: App) {
        self.reading.set_value(None);
        if self.is_opening.get_value() {
            if let (Some(kept), true) = (self.kept.get_untracked(), self.is_ours.get_untracked()) {
                app.recollect(kept.made, false);
            }
            self.is_opening.set_value(false);
        }
    }

    /// Writes once nothing more changes for a moment.
    pub(super) fn write_later(self, app: App) {
        let later = Timeout::new(SETTLED_MILLIS, move || self.write(app));
        self.waiting.set_value(Some(later));
    }

    /// Whether something may be written now.
    fn may_write(self) -> bool {
        let is_other = self.kept.with_untracked(Option::is_some) && !self.is_ours.get_untracked();
        self.choice.get_untracked() == Choice::Yes
            && !self.is_opening.get_value()
            && !self.is_held.get_value()
            && !self.is_foreign.get_untracked()
            && !is_other
    }

    /// Writes down what is there.
    fn write(self, app: App) {
        self.waiting.set_value(None);
        if !self.is_looked.get_value() {
            self.write_later(app);
            return;
        }
        if !self.may_write() {
            return;
        }
        app.ask(Ask::Remember, move |answer| {
            let (numbers, drops, bytes) = app.drops_and_bytes();
            let Answer::Remembered(made) = answer else {
                return;
            };
            // It may have been deleted, or the engine have died, since it was asked.
            if drops.is_empty() || !self.may_write() {
                return;
            }
            let written = self.written.get_value();
            let written = written.filter(|(known, _)| *known == numbers);
            // Of other files, a session of its own.
            let mark = written.as_ref().map_or_else(
                || format!("{:x}", (js_sys::Math::random() * 2_f64.powi(52)) as u64),
                |(_, mark)| mark.clone(),
            );
            let session = session(app, mark.clone(), bytes, *made);
            let Ok(text) = serde_json::to_string(&session) else {
                return;
            };
            let drops = written.is_none().then_some(drops);
            leptos::task::spawn_local(async move {
                match store::keep(&text, &format!("\"mark\":\"{mark}\""), drops).await {
                    Ok(false) => {
                        self.choice.set(Choice::NotNow);
                        self.written.set_value(None);
                        app.notify("What was kept was replaced or deleted in another tab: this session is not kept any more. Keep it anew under Export.");
                    }
                    Ok(true) => {
                        // Not after it was deleted meanwhile.
                        if self.choice.get_untracked() == Choice::Yes {
                            self.written.set_value(Some((numbers, mark)));
                            self.kept.set(Some(session));
                            if !self.is_ours.get_untracked() {
                                self.is_ours.set(true);
                            }
                        }
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

/// The session as it is now.
fn session(app: App, mark: String, bytes: f64, made: Remembered) -> Session {
    let (runs, rules) = app
        .ledger
        .with_untracked(|ledger| (ledger.runs, ledger.rules.clone()));
    Session {
        schema: SCHEMA.to_owned(),
        mark,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        saved: js_sys::Date::now(),
        runs,
        bytes,
        view: app.view.with_untracked(View::to_hash),
        rules,
        made,
    }
}

/// What asks for the session as a file; the engine knows what was made of runs.
pub fn session_file(app: App) -> Ask {
    let (_, _, bytes) = app.drops_and_bytes();
    let session = session(app, String::new(), bytes, Remembered::default());
    Ask::ExportSession(Box::new(session))
}

impl Keeping {
    /// Takes over what a session file says besides its runs, which were read; its view where all runs are of it.
    pub(super) fn take_file(self, app: App, text: &str) {
        if self.file.with_value(|known| known == text) {
            return;
        }
        self.file.set_value(text.to_owned());
        // What is kept in this browser of it is newer.
        if self.is_opening.get_value() {
            return;
        }
        let Ok(session) = serde_json::from_str::<Session>(text) else {
            return;
        };
        let Session {
            runs, view, made, ..
        } = session;
        let is_all = app.ledger.with_untracked(|ledger| ledger.runs == runs);
        if is_all && !view.is_empty() {
            app.change(|now| *now = View::from_hash(&view));
        }
        app.recollect(made, is_all);
    }
}
