//! The files of a drop as few blobs: many small files become one.
//!
//! A browser takes a third of a millisecond to look at a file and as long to read it, however small it is: of a
//! hundred thousand that is a minute. Hands read many as one blob (see [`super::small_files`]) while the page still looks for
//! further files: what they have read they hand back as a blob in the browser's memory, which engine and hands read at once.
//! The page itself holds no contents.

use super::clock;
use super::drops::{Finder, path_of};
use super::message;
use super::pool::Engine;
use super::small_files::{Looked, SMALL_BYTES};
use crate::engine::protocol::FileInfo;
use crate::ledger::bytes::Listed;
use js_sys::{Array, Promise};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

/// How many files one drop may bring; a home folder dropped by mistake must not fill the tab.
pub const MOST_FILES: usize = 1_000_000;

/// How many small files a hand looks at at once, and how many bytes they hold at about.
const PACK_FILES: usize = 512;
const PACK_BYTES: u64 = 4 << 20;

/// How many packs of an input's files are on their way at once: none of them is known to be small.
const PACKS_AT_ONCE: usize = 4;

/// How much of a drop hands read ahead, in bytes: it lies in the browser's memory until the drop is forgotten.
const AHEAD_BYTES: u64 = 256 << 20;

/// The first so many files are not bundled.
const FEW_FILES: usize = 64;

/// How often it is told how many files were found, in milliseconds.
const TELL_MILLIS: f64 = 100.0;

/// A drop as it goes to the workers: its files, and the blobs that they lie in.
#[derive(Clone, Default)]
pub struct Bundles {
    /// What is known of each file, with its place in the blobs: encoded [`FileInfo`]s.
    pub files: Rc<[u8]>,
    /// The blobs.
    pub blobs: Vec<Blob>,
    /// How much memory what is read may take, in bytes.
    pub budget: u64,
    /// Whether they are the folder that is followed, or was.
    pub is_followed: bool,
}

impl Bundles {
    /// These files, each a blob by itself.
    pub(super) fn of_files<'f>(files: impl Iterator<Item = (&'f str, &'f Blob)>) -> Self {
        let mut found = Found::default();
        for (path, blob) in files {
            found.add_alone(path.to_owned(), blob.size() as u64, blob.clone());
        }
        Self {
            files: found.files.finish().into(),
            blobs: found.blobs,
            budget: budget(),
            is_followed: false,
        }
    }
}

/// Bundles files as they are found.
pub struct Bundler {
    engine: Engine,
    tell: Box<dyn Fn(usize) -> bool>,
    found: RefCell<Found>,
    is_wanted: Cell<bool>,
    told: Cell<f64>,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    files: Listed,
    blobs: Vec<Blob>,
    /// Files that wait for more, and how many bytes they hold, as far as that is known.
    pack: Pack,
    pack_bytes: u64,
    /// What hands look at or have looked at, with promises of what they say of it.
    packs: Vec<Pack>,
    promises: Array,
    /// How many files they are, and how many bytes of them lie in memory.
    packed: usize,
    read_bytes: u64,
}

/// Files that a hand looks at at once.
#[derive(Default)]
struct Pack {
    paths: Vec<String>,
    files: Array,
}

impl Bundler {
    /// A bundler. `tell` hears how many files there are, now and then; where it says false, that is all.
    pub fn new(engine: Engine, tell: impl Fn(usize) -> bool + 'static) -> Self {
        let now = clock::now_millis();
        Self {
            engine,
            tell: Box::new(tell),
            found: RefCell::default(),
            is_wanted: Cell::new(true),
            told: Cell::new(now),
        }
    }

    /// How many files there are.
    pub fn count(&self) -> usize {
        let found = self.found.borrow();
        found.files.len() + found.packed + found.pack.paths.len()
    }

    /// Adds the files of an input, until no more are wanted.
    pub(super) async fn add_input(&self, list: &Array) {
        for (at, file) in list.iter().enumerate() {
            if at < FEW_FILES {
                let file: File = file.unchecked_into();
                self.add(path_of(&file), file.unchecked_into());
                continue;
            }
            if !self.has_room() {
                return;
            }
            let path = path_of(file.unchecked_ref());
            let packs = {
                let found = &mut *self.found.borrow_mut();
                found.add_to_pack(path, 0, file.unchecked_ref(), &self.engine);
                found.packs.len()
            };
            // Only where a pack was closed just now there is something new to wait for.
            if at % PACK_FILES == 0 && packs >= PACKS_AT_ONCE {
                self.wait_for(packs - PACKS_AT_ONCE).await;
            }
        }
    }

    /// Waits until a hand has looked at a pack, and counts what lies in memory of it.
    async fn wait_for(&self, pack: usize) {
        let promise: Promise = self
            .found
            .borrow()
            .promises
            .get(pack as u32)
            .unchecked_into();
        if let Ok(said) = JsFuture::from(promise).await
            && let Ok(blob) = message::field(&said, "blob").dyn_into::<Blob>()
        {
            self.found.borrow_mut().read_bytes += blob.size() as u64;
        }
    }

    /// What was found, when the hands have looked at what they were given of it; nothing where it is not wanted any more.
    pub async fn finish(&self) -> Bundles {
        let promised = {
            let found = &mut *self.found.borrow_mut();
            found.close_pack(&self.engine);
            (found.promises.length() > 0).then(|| Promise::all(&found.promises))
        };
        let said = match promised {
            Some(promised) => JsFuture::from(promised)
                .await
                .map_or_else(|_| Array::new(), |said| Array::from(&said)),
            // No wait where there is nothing to wait for: the page would draw meanwhile.
            None => Array::new(),
        };
        if !(self.tell)(self.count()) {
            return Bundles::default();
        }
        let mut found = self.found.take();
        for (pack, said) in std::mem::take(&mut found.packs)
            .into_iter()
            .zip(said.iter())
        {
            found.add_pack(pack, &said);
        }
        Bundles {
            files: found.files.finish().into(),
            blobs: found.blobs,
            budget: budget(),
            is_followed: false,
        }
    }
}

impl Finder for Bundler {
    fn has_room(&self) -> bool {
        let now = clock::now_millis();
        if now - self.told.get() > TELL_MILLIS {
            self.told.set(now);
            self.is_wanted.set((self.tell)(self.count()));
        }
        self.is_wanted.get() && self.count() < MOST_FILES
    }

    fn add(&self, path: String, blob: Blob) {
        if self.count() < MOST_FILES {
            let found = &mut *self.found.borrow_mut();
            let bytes = blob.size() as u64;
            if found.files.len() < FEW_FILES || bytes > SMALL_BYTES {
                found.add_alone(path, bytes, blob);
            } else {
                found.read_bytes += bytes;
                found.add_to_pack(path, bytes, &blob, &self.engine);
            }
        }
    }
}

impl Found {
    fn add_alone(&mut self, path: String, bytes: u64, blob: Blob) {
        self.list(path, bytes, self.blobs.len(), 0);
        self.blobs.push(blob);
    }

    fn add_to_pack(&mut self, path: String, bytes: u64, blob: &Blob, engine: &Engine) {
        self.pack.paths.push(path);
        self.pack.files.push(blob);
        self.pack_bytes += bytes;
        if self.pack.paths.len() == PACK_FILES || self.pack_bytes >= PACK_BYTES {
            self.close_pack(engine);
        }
    }

    /// Has a hand look at the files that wait.
    fn close_pack(&mut self, engine: &Engine) {
        let pack = std::mem::take(&mut self.pack);
        self.pack_bytes = 0;
        if !pack.paths.is_empty() {
            let is_read = self.read_bytes < AHEAD_BYTES;
            self.promises
                .push(&engine.look_at_small(&pack.files, is_read));
            self.packed += pack.paths.len();
            self.packs.push(pack);
        }
    }

    /// Lists the files of a pack by what a hand said of them.
    fn add_pack(&mut self, pack: Pack, said: &JsValue) {
        let looked: Looked = message::value(said, "looked")
            .and_then(Result::ok)
            .unwrap_or_default();
        let (place, mut from) = (self.blobs.len(), 0);
        if let Ok(blob) = message::field(said, "blob").dyn_into() {
            self.blobs.push(blob);
        }
        let mut sizes = looked.sizes.into_iter();
        for (path, file) in pack.paths.into_iter().zip(pack.files.iter()) {
            let file: Blob = file.unchecked_into();
            match sizes.next() {
                Some((bytes, true)) => {
                    self.list(path, bytes, place, from);
                    from += bytes;
                }
                Some((bytes, false)) => self.add_alone(path, bytes, file),
                // What no hand could look at stays the file itself: who reads it will say what is wrong.
                None => self.add_alone(path, file.size() as u64, file),
            }
        }
    }

    fn list(&mut self, path: String, bytes: u64, place: usize, from: u64) {
        self.files.push(&FileInfo {
            path,
            bytes,
            blob: place as u32,
            from,
        });
    }
}

/// How much memory what is read may take: a quarter of the machine's, as far as the browser tells, and no
/// more than a tab's 4 GiB leave room for.
fn budget() -> u64 {
    const GIB: f64 = (1 << 30) as f64;
    let navigator = js_sys::Reflect::get(&js_sys::global(), &"navigator".into());
    let machine = navigator
        .and_then(|navigator| js_sys::Reflect::get(&navigator, &"deviceMemory".into()))
        .ok()
        .and_then(|gib| gib.as_f64())
        .unwrap_or(6.0);
    (machine.min(6.0) * GIB / 4.0) as u64
}
