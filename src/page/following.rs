//! A folder that is followed: looked into every few seconds, while the page is seen, and what has grown is read again.

use super::state::App;
use crate::chart::number::grouped;
use crate::engine::followed::{self, Seen};
use crate::engine::protocol::{Answer, Ask, Looked};
use crate::page::prelude::*;
use crate::web::bundles::Bundles;
use crate::web::clock;
use crate::web::folders::{Folder, Listing, MOST_FOLLOWED};
use gloo::timers::future::TimeoutFuture;
use js_sys::Promise;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// How long it waits between looks: while something changes, and at most where nothing does.
const QUICK_MILLIS: f64 = 2_000.0;
const SLOW_MILLIS: f64 = 15_000.0;

/// A look takes at most this part of the time.
const SHARE: f64 = 0.2;

/// How long what is asked and not answered yet is waited for: what is read anew has it asked again.
const PATIENCE_MILLIS: f64 = 15_000.0;

/// The folder that is followed. `Copy`, as all handles of the page.
#[derive(Clone, Copy)]
pub struct Following {
    /// Its name; `None` where none is.
    pub name: RwSignal<Option<String>>,
    /// Whether it is left alone for now.
    pub is_paused: RwSignal<bool>,
    /// When it was looked into last, in Unix milliseconds.
    pub looked: RwSignal<f64>,
    /// What was new when something was last, and when.
    pub news: RwSignal<Option<(String, f64)>>,
    /// Why it cannot be followed now.
    pub trouble: RwSignal<Option<String>>,
    folder: StoredValue<Option<Folder>>,
    /// What of it was read.
    seen: StoredValue<Vec<Seen>>,
    /// What of it was lost by the last look.
    lost: StoredValue<Vec<Seen>>,
    /// Grows whenever another folder or none is followed: whoever looks for an earlier one ends.
    turn: StoredValue<u64>,
}

impl Following {
    /// None is followed.
    pub(super) fn new() -> Self {
        Self {
            name: RwSignal::new(None),
            is_paused: RwSignal::new(false),
            looked: RwSignal::new(0.0),
            news: RwSignal::new(None),
            trouble: RwSignal::new(None),
            folder: StoredValue::new(None),
            seen: StoredValue::default(),
            lost: StoredValue::default(),
            turn: StoredValue::new(0),
        }
    }

    /// Has the person choose a folder and follows it.
    pub fn choose(self, app: App) {
        leptos::task::spawn_local(async move {
            match Folder::choose().await {
                Ok(Some(folder)) => self.follow(app, folder).await,
                Ok(None) => {}
                Err(why) => app.notify(&format!("No folder could be opened: {why}.")),
            }
        });
    }

    /// Stops; what was read stays.
    pub fn stop(self, app: App) {
        self.leave(app);
        app.keeping.write_later(app);
    }

    /// Follows none any more.
    pub(super) fn leave(self, app: App) {
        if self.name.with_untracked(Option::is_none) {
            return;
        }
        self.turn.update_value(|turn| *turn += 1);
        self.name.set(None);
        self.folder.set_value(None);
        self.seen.set_value(Vec::new());
        self.lost.set_value(Vec::new());
        app.engine().unfollow();
        app.keeping.is_moving.set_value(false);
    }

    /// Leaves it alone for now, or goes on; where it could not be read, tries again.
    pub fn pause(self) {
        let is_well = self.trouble.with_untracked(Option::is_none);
        let is_paused = is_well && !self.is_paused.get_untracked();
        self.trouble.set(None);
        self.is_paused.set(is_paused);
        let folder = self.folder.get_value().filter(|_| !is_paused);
        if let Some(folder) = folder {
            leptos::task::spawn_local(async move { folder.ask_leave().await });
        }
    }

    async fn follow(self, app: App, folder: Folder) {
        self.leave(app);
        let turn = self.turn.get_value();
        self.news.set(None);
        self.trouble.set(None);
        self.is_paused.set(false);
        self.looked.set(js_sys::Date::now());
        self.name.set(Some(folder.name()));
        self.folder.set_value(Some(folder.clone()));
        app.keeping.is_moving.set_value(true);
        let (mut wait, mut waited) = (0.0, 0.0);
        loop {
            TimeoutFuture::new(wait as u32).await;
            if self.turn.get_value() != turn {
                return;
            }
            let is_asking = app.pending.get_untracked() > 0 && waited < PATIENCE_MILLIS;
            let is_left = self.is_paused.get_untracked()
                || app.importing.get_untracked()
                || document().hidden();
            if is_left || is_asking {
                waited += if is_left { 0.0 } else { wait };
                wait = QUICK_MILLIS / 4.0;
                continue;
            }
            waited = 0.0;
            let begun = js_sys::Date::now();
            let listing = folder.list().await;
            if self.turn.get_value() != turn {
                return;
            }
            let is_other = match listing {
                Ok(listing) if listing.seen.len() > MOST_FOLLOWED => {
                    self.leave(app);
                    let most = grouped(MOST_FOLLOWED);
                    app.notify(&format!("The folder has more than {most} files, too many to follow. Follow a folder in it, such as an experiment's, or drop it."));
                    return;
                }
                Ok(listing) => {
                    self.trouble.set(None);
                    self.looked.set(begun);
                    self.look(app, listing, turn).await
                }
                Err(why) => {
                    self.trouble.set(Some(why));
                    true
                }
            };
            let took = js_sys::Date::now() - begun;
            let quiet = if is_other { QUICK_MILLIS } else { wait * 1.5 };
            wait = quiet.clamp(QUICK_MILLIS, SLOW_MILLIS).max(took / SHARE);
        }
    }

    /// Reads what has changed, come or left since the last look; says whether anything has.
    async fn look(self, app: App, mut listing: Listing, turn: u64) -> bool {
        let begun = clock::now_millis();
        let changed = self
            .seen
            .with_value(|seen| followed::changed(seen, &listing.seen));
        let path = |at: usize| listing.seen[at].path.clone();
        let changed: Vec<String> = changed.into_iter().map(path).collect();
        let left = self
            .seen
            .with_value(|seen| followed::left(seen, &listing.seen));
        if changed.is_empty() && left.is_empty() {
            app.keeping.folder_rests(app);
            return false;
        }
        app.keeping.is_moving.set_value(true);
        listing.cut_lines(&changed).await;
        let engine = app.engine();
        if !engine.is_following() {
            let bundles = Bundles {
                is_followed: true,
                ..listing.part(&changed, engine).await
            };
            if self.turn.get_value() == turn {
                self.seen.set_value(listing.seen);
                app.add_drops(vec![bundles]);
            }
            return true;
        }
        let ask = Ask::Beside(changed.clone());
        let said = answered(|then| engine.ask(ask, then)).await;
        let Some(Answer::Beside(paths)) = said else {
            return true;
        };
        let bundles = listing.part(&paths, engine.clone()).await;
        let said = answered(|then| engine.look(bundles, changed, left, then)).await;
        // Where the engine died meanwhile, the next look sees the same.
        let Some(Answer::Looked(looked)) = said else {
            return true;
        };
        let Looked {
            new,
            changed,
            gone,
            files_gone,
            lost,
            bytes_read,
            progress,
            info,
        } = *looked;
        let read = (bytes_read, progress.bytes_total);
        let detail = [("read", read.0 as f64), ("of", read.1 as f64)];
        clock::measure("app:look", begun, &detail);
        if self.turn.get_value() != turn {
            return true;
        }
        app.take_ledger(info);
        if progress.cancelled {
            self.is_paused.set(true);
            self.trouble.set(Some(
                "what is new was not read to its end, or takes more memory than there is"
                    .to_owned(),
            ));
        } else {
            app.import.set(Some(progress));
            engine.note_followed(listing.whole());
            self.lost
                .update_value(|before| followed::try_again(&mut listing.seen, &lost, before));
            self.seen.set_value(listing.seen);
        }
        if let Some(news) = followed::news(new, changed, gone, files_gone, read) {
            self.news.set(Some((news, js_sys::Date::now())));
        }
        true
    }
}

/// The one answer of the engine.
async fn answered(ask: impl FnOnce(Box<dyn FnOnce(Answer)>)) -> Option<Answer> {
    let said = Rc::new(RefCell::new(None));
    let mut ask = Some(ask);
    let promise = Promise::new(&mut |resolve, _| {
        let said = Rc::clone(&said);
        if let Some(ask) = ask.take() {
            ask(Box::new(move |answer| {
                said.replace(Some(answer));
                // Whoever waits goes on in a task of its own.
                let _told = resolve.call0(&JsValue::NULL);
            }));
        }
    });
    // It is never refused.
    let _over = JsFuture::from(promise).await;
    said.take()
}
