//! A folder that a person lets the page look into again and again: its handle, and what lies in it now.

use super::bundles::{Bundler, Bundles};
use super::drops::{self, Finder};
use super::pool::Engine;
use crate::engine::followed::{self, Seen};
use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DomException};

/// How many files a folder may have that is followed: to look at each takes about a third of a millisecond.
pub const MOST_FOLLOWED: usize = 20_000;

const CHOOSE: &str = "showDirectoryPicker";

/// Whether this browser lets a page look into a folder again.
pub fn can_follow() -> bool {
    drops::method(&js_sys::global(), CHOOSE).is_some()
}

/// The handle of a folder.
#[derive(Clone)]
pub struct Folder(JsValue);

/// What lies in a folder, in the order of the paths.
#[derive(Default)]
pub struct Listing {
    /// What is seen of each file.
    pub seen: Vec<Seen>,
    files: Vec<Blob>,
}

impl Folder {
    /// Asks the person for one; `None` where they would not. Errors are for people.
    pub async fn choose() -> Result<Option<Self>, String> {
        let global = js_sys::global();
        let chosen = match drops::method(&global, CHOOSE).map(|choose| choose.call0(&global)) {
            Some(Ok(promise)) => settled(promise).await,
            Some(Err(error)) => Err(error),
            None => return Err("this browser cannot".to_owned()),
        };
        match chosen {
            Ok(handle) => Ok(Some(Self(handle))),
            Err(error) if named(&error) == "AbortError" => Ok(None),
            Err(error) => Err(told(&error)),
        }
    }

    /// Its name.
    pub fn name(&self) -> String {
        drops::text(&self.0, "name")
    }

    /// Asks for leave to read it, where the browser wants that; must come of something that the person does.
    pub async fn ask_leave(&self) {
        if let Some(ask) = drops::method(&self.0, "requestPermission") {
            let how = Object::new();
            super::clock::set(&how, "mode", &"read".into());
            if let Ok(promise) = ask.call1(&self.0, &how) {
                // What was refused is told by the next look.
                let _answer = settled(promise).await;
            }
        }
    }

    /// What lies in it now. Errors are for people.
    pub async fn list(&self) -> Result<Listing, String> {
        // Whether it can be looked into at all: what fails further down is left out.
        let first = self.first().map_err(|error| told(&error))?;
        settled(first.into()).await.map_err(|error| told(&error))?;
        let found = Rc::new(Found::default());
        drops::walk_folder(self.0.clone(), Rc::clone(&found) as _).await;
        let mut found = found.0.take();
        order::by(&mut found, |(a, _), (b, _)| a.path.cmp(&b.path));
        let (seen, files) = found.into_iter().unzip();
        Ok(Listing { seen, files })
    }

    fn first(&self) -> Result<Promise, JsValue> {
        let call = |of: &JsValue, name: &str| {
            let method: Function = Reflect::get(of, &name.into())?.dyn_into()?;
            method.call0(of)
        };
        call(&call(&self.0, "values")?, "next")?.dyn_into()
    }
}

/// A table that was changed so lately is being written: its last line may be a part of one.
const WRITING_MILLIS: f64 = 5_000.0;

/// So much of its end is looked at, in bytes.
const TAIL_BYTES: f64 = 65_536.0;

impl Listing {
    /// Cuts off the last line of each of these tables that is being written and does not end in a line break, and forgets when that
    /// was: so it is read again, until it is left alone.
    pub async fn cut_lines(&mut self, paths: &[String]) {
        let now = js_sys::Date::now();
        for path in paths.iter().filter(|path| followed::is_table(path)) {
            let Ok(at) = self.seen.binary_search_by(|seen| seen.path.cmp(path)) else {
                continue;
            };
            let (seen, blob) = (&mut self.seen[at], &mut self.files[at]);
            let from = (seen.bytes - TAIL_BYTES).max(0.0);
            let tail = blob.slice_with_f64_and_f64(from, seen.bytes);
            let (Ok(tail), true) = (tail, now - seen.modified < WRITING_MILLIS) else {
                continue;
            };
            // What cannot be read now is told by who reads it.
            if let Ok(bytes) = JsFuture::from(tail.array_buffer()).await
                && let Some(whole) = followed::whole_lines(&Uint8Array::new(&bytes).to_vec())
                && let Ok(cut) = blob.slice_with_f64_and_f64(0.0, from + whole as f64)
            {
                (*blob, seen.modified) = (cut, 0.0);
            }
        }
    }

    /// All of it, as a drop of its own.
    pub fn whole(&self) -> Bundles {
        let seen = self.seen.iter().map(|seen| seen.path.as_str());
        Bundles {
            is_followed: true,
            ..Bundles::of_files(seen.zip(&self.files))
        }
    }

    /// The files of these paths, bundled as those of a drop.
    pub async fn part(&self, paths: &[String], engine: Engine) -> Bundles {
        let bundler = Bundler::new(engine, |_| true);
        for path in paths {
            let known = self.seen.binary_search_by(|seen| seen.path.cmp(path));
            if let Ok(at) = known {
                bundler.add(path.clone(), self.files[at].clone());
            }
        }
        bundler.finish().await
    }
}

/// Files that are found.
#[derive(Default)]
struct Found(RefCell<Vec<(Seen, Blob)>>);

impl Finder for Found {
    fn has_room(&self) -> bool {
        self.0.borrow().len() <= MOST_FOLLOWED
    }

    fn add(&self, path: String, blob: Blob) {
        let modified = Reflect::get(&blob, &"lastModified".into());
        let seen = Seen {
            path,
            bytes: blob.size(),
            modified: modified.ok().and_then(|at| at.as_f64()).unwrap_or_default(),
        };
        self.0.borrow_mut().push((seen, blob));
    }
}

async fn settled(promise: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&promise)).await
}

fn named(error: &JsValue) -> String {
    error
        .dyn_ref::<DomException>()
        .map(DomException::name)
        .unwrap_or_default()
}

/// What went wrong, in words.
fn told(error: &JsValue) -> String {
    match named(error).as_str() {
        "NotAllowedError" => "the browser no longer lets this page read it".to_owned(),
        "NotFoundError" => "it is no longer there".to_owned(),
        "SecurityError" => "the browser does not let this page choose a folder".to_owned(),
        _ => "the browser could not read it".to_owned(),
    }
}
