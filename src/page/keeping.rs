//! Sessions kept in this browser: asked for, given a name, written whenever something changed, offered on the next visit.

mod listed;

use super::state::App;
use super::unsealing::{opened, stored};
use crate::engine::protocol::{Answer, Ask, Kept, Remembered, SCHEMA, Session};
use crate::engine::remembered::{in_place_of, list, name_for, tidy};
use crate::engine::view::View;
use crate::page::prelude::*;
use crate::web::bundles::Bundles;
use crate::web::sealing::Secret;
use crate::web::store::{self, Stored};
use gloo::storage::{LocalStorage as Browser, Storage as _};
use gloo::timers::callback::Timeout;

/// Where the person's choice is kept.
const CHOICE: &str = "runsift.keep";
/// After a change it is waited for more for so long.
const SETTLED_MILLIS: u32 = 500;
/// So long after it heard of runs last, a new engine has read all again.
const READ_MILLIS: u32 = 2_000;
/// Files of a folder that is followed are written again after so many times the time that it took.
const RARE: f64 = 20.0;
/// So often they may not be written, although the folder rests.
const MOST_FAILED: u32 = 3;

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

/// What a person wants of the session that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Keep it, under a name.
    Keep,
    /// Have it open by another passphrase.
    Seal,
    /// Have it open without one.
    Unseal,
}

/// The session of this page, as it was written or opened last.
#[derive(Clone, Default)]
struct Written {
    /// The drops of it.
    drops: Vec<u64>,
    /// Its mark then.
    mark: String,
    /// What was made of runs.
    made: Remembered,
    /// How many runs there were, and how many bytes of files.
    size: (usize, f64),
}

/// The session of runs that are not there for now.
#[derive(Clone, Default)]
pub(super) struct Held {
    key: Option<String>,
    name: String,
    secret: Option<Secret>,
    written: Option<Written>,
}

/// Keeps sessions. `Copy`, as all handles of the page.
#[derive(Clone, Copy)]
pub struct Keeping {
    /// What the person chose.
    pub choice: RwSignal<Choice>,
    /// The sessions that are kept in this browser, the last used first.
    pub all: RwSignal<Vec<Kept>>,
    /// The key of the one that is this page's: only there it writes.
    pub ours: RwSignal<Option<String>>,
    /// What the person wants of this session and is asked about.
    pub is_wanted: RwSignal<Option<Wanted>>,
    /// The name of the session that was deleted last, and can be brought back.
    pub deleted: RwSignal<Option<String>>,
    gone: StoredValue<Option<(String, Stored)>>,
    /// The key of this page's session that was deleted last: what was about to be written of it is not.
    forgotten: StoredValue<String>,
    waiting: StoredValue<Option<Timeout>>,
    /// Waits until a new engine has read all again.
    reading: StoredValue<Option<Timeout>>,
    /// The passphrase of this page's session, if it has one.
    secret: StoredValue<Option<Secret>>,
    /// What this page's session is called, until it is written: then by the name that is kept.
    name: StoredValue<String>,
    written: StoredValue<Option<Written>>,
    /// What the person is told once it is written, if anything, and the message that says so.
    telling: StoredValue<&'static str>,
    said: StoredValue<u64>,
    /// The text of the session file that was taken over last.
    file: StoredValue<String>,
    /// Whether it is known what is kept.
    is_looked: StoredValue<bool>,
    /// Whether a session is being opened, or read again by a new engine: what is there by then is not all.
    is_opening: StoredValue<bool>,
    /// Whether it is being written: what changes meanwhile is written after, since it comes of what is written.
    is_writing: StoredValue<bool>,
    /// Whether files that are not as they are kept wait to be written: those of a folder that is followed may change while they are.
    pub is_behind: RwSignal<bool>,
    /// Whether files of the folder that is followed have changed lately.
    pub(super) is_moving: StoredValue<bool>,
    /// How often the files of a folder that rests could not be written.
    failed: StoredValue<u32>,
    /// When files of a folder that is followed are written again at the earliest, in Unix milliseconds.
    not_before: StoredValue<f64>,
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
            all: RwSignal::default(),
            ours: RwSignal::new(None),
            is_wanted: RwSignal::new(None),
            deleted: RwSignal::new(None),
            gone: StoredValue::new(None),
            forgotten: StoredValue::default(),
            waiting: StoredValue::new(None),
            reading: StoredValue::new(None),
            secret: StoredValue::new(None),
            name: StoredValue::default(),
            written: StoredValue::new(None),
            telling: StoredValue::new(""),
            said: StoredValue::new(0),
            file: StoredValue::new(String::new()),
            is_looked: StoredValue::new(false),
            is_opening: StoredValue::new(false),
            is_writing: StoredValue::new(false),
            is_behind: RwSignal::new(false),
            is_moving: StoredValue::new(false),
            failed: StoredValue::new(0),
            not_before: StoredValue::new(0.0),
        }
    }

    /// Looks for what is kept, and keeps from now on what changes.
    pub(super) fn follow(self, app: App) {
        leptos::task::spawn_local(async move {
            let texts = store::texts().await;
            self.all.update(|all| {
                for (key, text) in texts {
                    list(all, Kept::new(key, &text));
                }
            });
            self.is_looked.set_value(true);
        });
        Effect::new(move |_| {
            app.view.track();
            app.marked.track();
            self.ours.track();
            app.reporting.track();
            let has_runs = app.ledger.with(|ledger| ledger.runs > 0);
            if !has_runs {
                self.file.set_value(String::new());
            }
            if self.choice.get() == Choice::Yes && has_runs && !app.importing.get() {
                self.write_later(app);
            }
        });
    }

    /// Whether these runs are of no session while others are kept: the person has to say where they belong.
    pub fn is_apart(self) -> bool {
        self.choice.get() == Choice::Yes
            && self.ours.with(Option::is_none)
            && self.all.with(|all| !all.is_empty())
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
        self.is_wanted.set(None);
        self.choice.set(choice);
    }

    /// A name for a session of these runs.
    pub fn name_for(self, app: App) -> String {
        // That of a session file, where no other one has it.
        let known = tidy(&self.name.get_value());
        let is_free = |name: &String| {
            self.ours.with_untracked(Option::is_none)
                && self
                    .all
                    .with_untracked(|all| all.iter().all(|kept| kept.name() != name))
        };
        if let Some(name) = known.filter(is_free) {
            return name;
        }
        let now = js_sys::Date::new_0();
        let (month, day) = (now.get_month() + 1, now.get_date());
        let day = format!("{}-{month:02}-{day:02}", now.get_full_year());
        app.ledger.with_untracked(|ledger| {
            let paths = ledger.sources.iter().map(|source| source.path.as_str());
            self.all.with_untracked(|all| name_for(paths, &day, all))
        })
    }

    /// What this session is called: as it is kept, else as it would be.
    fn name_here(self, app: App) -> String {
        let ours = self.ours.get_untracked();
        let is_ours = |kept: &&Kept| ours.as_ref() == Some(&kept.key);
        let kept = self
            .all
            .with_untracked(|all| all.iter().find(is_ours).map(|kept| kept.name().to_owned()));
        kept.unwrap_or_else(|| self.name_for(app))
    }

    /// Whether this page's session has a passphrase.
    pub fn is_sealed(self) -> bool {
        self.secret.with_value(Option::is_some)
    }

    /// Keeps these runs from now on, as a session of their own that opens by a passphrase; by that of this one where none is given.
    pub fn begin_sealed(self, app: App, name: String, passphrase: String) {
        leptos::task::spawn_local(async move {
            let secret = if passphrase.is_empty() {
                self.secret.get_value()
            } else {
                Secret::new(&passphrase).await
            };
            match secret {
                Some(secret) => self.begin(app, &name, Some(secret)),
                None => app.notify("This browser does not take the passphrase: nothing is kept."),
            }
        });
    }

    /// Seals this page's session by another passphrase, or by none: all of it is written anew.
    pub fn seal_anew(self, app: App, passphrase: Option<String>) {
        leptos::task::spawn_local(async move {
            let secret = match &passphrase {
                Some(passphrase) => Secret::new(passphrase).await,
                None => None,
            };
            let is_refused = secret.is_some() != passphrase.is_some();
            let is_followed = app.following.name.with_untracked(Option::is_some);
            let is_busy = is_followed || self.is_writing.get_value();
            if is_refused || is_busy || self.place().is_none() {
                app.notify_of_step("The passphrase stays what it is: try again in a moment, and stop following a folder before.");
                return;
            }
            app.step_done();
            self.is_wanted.set(None);
            self.secret.set_value(secret);
            // Of no drops that it has: those are sealed by the former one, or not at all.
            self.written.update_value(|written| {
                if let Some(written) = written {
                    written.drops.clear();
                }
            });
            self.telling.set_value(if passphrase.is_some() {
                "From now on this session opens by the new passphrase."
            } else {
                "The passphrase is removed: this session opens without one."
            });
            self.write_later(app);
        });
    }

    /// Keeps these runs from now on, as a session of their own.
    pub fn begin(self, app: App, name: &str, secret: Option<Secret>) {
        app.step_done();
        self.choose(Choice::Yes);
        let name = match name.trim() {
            "" => self.name_for(app),
            name => name.to_owned(),
        };
        self.name.set_value(name);
        self.secret.set_value(secret);
        self.written.set_value(None);
        self.telling.set_value("Kept in this browser.");
        self.ours.set(Some(random_word()));
    }

    /// Says for a while that it is written, where the person waits for that.
    fn tell_written(self, app: App) {
        const SEEN_MILLIS: u32 = 5_000;
        let words = self.telling.get_value();
        if !words.is_empty() {
            self.telling.set_value("");
            app.notify_at(self.said, words);
            let number = self.said.get_value();
            let over = move || {
                if self.said.get_value() == number {
                    app.notify_at(self.said, "");
                }
            };
            Timeout::new(SEEN_MILLIS, over).forget();
        }
    }

    /// Which session this page's is, to go on with it by [`Self::resume`].
    pub(super) fn held(self) -> Held {
        Held {
            key: self.ours.get_untracked(),
            name: self.name.get_value(),
            secret: self.secret.get_value(),
            written: self.written.get_value(),
        }
    }

    /// Goes on with this session in the place of the one that is there.
    pub(super) fn resume(self, held: Held) {
        self.leave();
        self.name.set_value(held.name);
        self.secret.set_value(held.secret);
        self.written.set_value(held.written);
        self.ours.set(held.key);
    }

    /// Keeps nothing of what is there any more; what is kept stays.
    pub(super) fn leave(self) {
        self.waiting.set_value(None);
        self.written.set_value(None);
        self.secret.set_value(None);
        self.name.set_value(String::new());
        self.is_wanted.set(None);
        self.deleted.set(None);
        self.gone.set_value(None);
        self.is_behind.set(false);
        self.failed.set_value(0);
        self.telling.set_value("");
        self.ours.set(None);
    }

    /// Opens a session, by its passphrase where it has one; what was dropped since is read after it.
    pub fn go_on(self, app: App, key: String, passphrase: Option<String>) {
        self.is_opening.set_value(true);
        app.step_done();
        leptos::task::spawn_local(async move {
            let problem = match store::read(&key).await {
                Ok(Some(stored)) => match opened(&stored, passphrase).await {
                    Ok((session, drops, secret)) => {
                        self.secret.set_value(secret);
                        self.open(app, key, session, drops);
                        return;
                    }
                    Err(why) => why.to_owned(),
                },
                Ok(None) => "This session was deleted in another tab.".to_owned(),
                Err(why) => format!("What was kept could not be opened: {why}."),
            };
            self.is_opening.set_value(false);
            app.notify_of_step(&problem);
        });
    }

    fn open(self, app: App, key: String, session: Session, drops: Vec<Bundles>) {
        let (_, since, _) = app.drops_and_bytes();
        self.choose(Choice::Yes);
        // Who came by a link sees what the link says.
        if app.view.with_untracked(|view| *view == View::default()) {
            app.change(|view| *view = View::from_hash(&session.view));
        }
        let Session {
            rules,
            made,
            mark,
            name,
            report,
            runs,
            bytes,
            ..
        } = session;
        app.open_drops(rules, drops, move || {
            app.recollect(made.clone(), true);
            app.reporting.take(app, report);
            let (drops, ..) = app.drops_and_bytes();
            self.name.set_value(name);
            self.written.set_value(Some(Written {
                drops,
                mark,
                made,
                size: (runs, bytes),
            }));
            self.is_opening.set_value(false);
            self.ours.set(Some(key));
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
            if let Some(written) = self.written.get_value() {
                app.recollect(written.made, false);
            }
            self.is_opening.set_value(false);
        }
    }

    /// Writes once nothing more changes for a moment.
    pub(super) fn write_later(self, app: App) {
        let later = Timeout::new(SETTLED_MILLIS, move || self.write(app));
        self.waiting.set_value(Some(later));
    }

    /// Nothing changed in the folder that is followed since it was looked into last: its files can be written.
    pub(super) fn folder_rests(self, app: App) {
        let is_due = js_sys::Date::now() >= self.not_before.get_value();
        if is_due && (self.is_moving.get_value() || self.is_behind.get_untracked()) {
            self.is_moving.set_value(false);
            self.write_later(app);
        }
    }

    fn is_ours(self, key: &str) -> bool {
        self.ours
            .with_untracked(|ours| ours.as_deref() == Some(key))
    }

    /// Where something may be written now.
    fn place(self) -> Option<String> {
        let may_write = self.choice.get_untracked() == Choice::Yes && !self.is_opening.get_value();
        self.ours.get_untracked().filter(|_| may_write)
    }

    /// Writes down what is there.
    fn write(self, app: App) {
        self.waiting.set_value(None);
        if !self.is_looked.get_value() || self.is_writing.get_value() {
            self.write_later(app);
            return;
        }
        let is_first = self.choice.get_untracked() == Choice::Yes
            && self.ours.with_untracked(Option::is_none)
            && self.all.with_untracked(Vec::is_empty)
            && !self.is_opening.get_value()
            && app.ledger.with_untracked(|ledger| ledger.runs > 0);
        if is_first {
            // Who keeps sessions is not asked again where there is none to add these runs to.
            self.begin(app, "", None);
        }
        if self.place().is_some() {
            app.ask(Ask::Remember, move |answer| {
                if let Answer::Remembered(made) = answer {
                    self.put(app, *made);
                }
            });
        }
    }

    fn put(self, app: App, made: Remembered) {
        let (numbers, drops, bytes) = app.drops_and_bytes();
        // It may have been deleted, or the engine have died, since it was asked.
        let Some(key) = self.place().filter(|_| !drops.is_empty()) else {
            return;
        };
        let before = self.written.get_value();
        let mut session = session(app, bytes, made);
        // What no file has any more is not there when they are read again.
        let gone: usize = app
            .ledger
            .with_untracked(|ledger| ledger.sources.iter().map(|source| source.gone).sum());
        session.runs = session.runs.saturating_sub(gone);
        let mut kept_drops = numbers;
        let mut drops = Some(drops);
        if let Some(before) = &before {
            let is_same = before.drops == kept_drops;
            let is_late = !is_same && self.is_moving.get_value();
            if is_same || is_late {
                drops = None;
                kept_drops.clone_from(&before.drops);
            }
            if is_late {
                (session.runs, session.bytes) = before.size;
            }
            self.is_behind.set(is_late);
        }
        let begun = drops.as_ref().map(|_| js_sys::Date::now());
        let before = before.map(|before| before.mark);
        let size = (session.runs, session.bytes);
        let mark = random_word();
        session.mark.clone_from(&mark);
        session.name = self.name.get_value();
        let secret = self.secret.get_value();
        self.is_writing.set_value(true);
        leptos::task::spawn_local(async move {
            let stored = stored(&session, drops, secret.as_ref()).await;
            let made = session.made.clone();
            if secret.is_some() {
                session = session.sealed();
            }
            let is_kept = match stored {
                // What it took to seal it may have been enough to leave it.
                Some((sealed, drops)) if self.is_ours(&key) => {
                    // No other page writes while this is asked: what is deleted after goes with what was written.
                    let make = &mut |known: Option<&str>| {
                        let is_gone = self.forgotten.with_value(|gone| *gone == key);
                        let made =
                            (!is_gone).then(|| in_place_of(known, before.as_deref(), &mut session));
                        made.flatten()
                    };
                    store::keep(&key, make, sealed.as_ref(), drops.as_ref()).await
                }
                _ => Err("it could not be sealed".to_owned()),
            };
            self.is_writing.set_value(false);
            // The person may have left it meanwhile.
            let is_ours = self.is_ours(&key);
            let problem = match is_kept {
                Ok(true) => {
                    let kept = Kept::of(key, session);
                    self.all.update(|all| list(all, kept));
                    if is_ours {
                        self.tell_written(app);
                        self.written.set_value(Some(Written {
                            drops: kept_drops,
                            mark,
                            made,
                            size,
                        }));
                    }
                    if let Some(begun) = begun {
                        let now = js_sys::Date::now();
                        self.not_before.set_value(now + RARE * (now - begun));
                        self.failed.set_value(0);
                        self.is_behind.set(false);
                    }
                    return;
                }
                Err(_) if is_ours && self.may_fail(app) => {
                    // It is written when the folder rests next.
                    self.is_behind.set(true);
                    return;
                }
                Ok(false) => "This session was changed or deleted in another tab: what you do here is not kept any more. Keep it under Export as a session of its own, or open it anew.".to_owned(),
                Err(why) => format!("This session is not kept: {why}."),
            };
            if is_ours {
                // Not again at every change.
                self.leave();
                self.choice.set(Choice::NotNow);
                app.notify(&problem);
            }
        });
    }
}

impl Keeping {
    /// Whether that something could not be written is no wonder: a file of the folder that is followed changed meanwhile.
    fn may_fail(self, app: App) -> bool {
        let is_followed = app.following.name.with_untracked(Option::is_some);
        if !self.is_moving.get_value() {
            self.failed.update_value(|failed| *failed += 1);
        }
        is_followed && self.failed.get_value() < MOST_FAILED
    }
}

/// A word that no other session has.
fn random_word() -> String {
    format!("{:x}", (js_sys::Math::random() * 2_f64.powi(52)) as u64)
}

/// The session as it is now.
fn session(app: App, bytes: f64, made: Remembered) -> Session {
    let (runs, rules) = app
        .ledger
        .with_untracked(|ledger| (ledger.runs, ledger.rules.clone()));
    Session {
        schema: SCHEMA.to_owned(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        saved: js_sys::Date::now(),
        runs,
        bytes,
        view: app.view.with_untracked(View::to_hash),
        rules,
        made,
        report: app.reporting.draft(app),
        ..Session::default()
    }
}

/// What asks for the session as a file; the engine knows what was made of runs.
pub fn session_file(app: App) -> Ask {
    let (_, _, bytes) = app.drops_and_bytes();
    let session = session(app, bytes, Remembered::default());
    let name = app.keeping.name_here(app);
    Ask::ExportSession(Box::new(Session { name, ..session }))
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
            runs,
            view,
            made,
            report,
            name,
            ..
        } = session;
        let is_all = app.ledger.with_untracked(|ledger| ledger.runs == runs);
        if is_all {
            if self.ours.with_untracked(Option::is_none) {
                self.name.set_value(name);
            }
            app.reporting.take(app, report);
            if !view.is_empty() {
                app.change(|now| *now = View::from_hash(&view));
            }
        }
        app.recollect(made, is_all);
    }
}
