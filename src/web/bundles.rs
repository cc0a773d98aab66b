//! The files of a drop as few blobs: many small files become one.
//!
//! A browser takes a third of a millisecond to look at a file and as long to read it, however small it is: of a
//! hundred thousand that is a minute. Read as one blob of many they cost a third, and hands can read such blobs while the
//! page still looks for further files: what they have read they hand back as a blob in the browser's memory, which
//! engine and hands read at once. Small files whose size is not known come with their contents, and become such blobs
//! without that. The page itself holds no contents for long.

use super::clock;
use super::drops::Finder;
use super::pool::Engine;
use crate::engine::protocol::FileInfo;
use crate::ledger::bytes::Listed;
use js_sys::{Array, Promise};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// How many files one drop may bring; a home folder dropped by mistake must not fill the tab.
pub const MOST_FILES: usize = 1_000_000;

/// Files up to this size go into bundles.
pub(super) const SMALL_BYTES: u64 = 64 << 10;

/// How many files a bundle holds: making a blob of more holds the page for too long.
const BUNDLE_FILES: u32 = 32;

/// How many bundles a hand reads at once, and how many bytes at about.
const PACK_BUNDLES: u32 = 32;
const PACK_BYTES: u64 = 256 << 10;

/// How much of a drop hands read ahead, in bytes: it lies in the browser's memory until the drop is forgotten.
const AHEAD_BYTES: u64 = 256 << 20;

/// The first so many files are not bundled.
pub(super) const FEW_FILES: usize = 64;

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
    /// Small files that wait for more.
    bundle: Array,
    /// Bundles that wait for more to be read at once.
    pack: Pack,
    /// Contents that wait for more.
    contents: Pack,
    /// Places of blobs that hands read ahead, with promises of what takes their place, and how many bytes they hold.
    ahead: Vec<usize>,
    promises: Array,
    ahead_bytes: u64,
}

/// Parts that become one blob.
#[derive(Default)]
struct Pack {
    parts: Array,
    /// The place that the blob will have.
    place: Option<usize>,
    /// How many bytes it will hold.
    bytes: u64,
}

impl Pack {
    /// Gives a file its place among the blobs, and where in the blob it begins. Until there is the whole, the first
    /// file stands there.
    fn room_for(&mut self, file: &Blob, bytes: u64, blobs: &mut Vec<Blob>) -> (usize, u64) {
        let place = *self.place.get_or_insert_with(|| {
            blobs.push(file.clone());
            blobs.len() - 1
        });
        let from = self.bytes;
        self.bytes += bytes;
        (place, from)
    }
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
        self.found.borrow().files.len()
    }

    /// What was found, when the hands have read what they were given of it; nothing where it is not wanted any more.
    pub async fn finish(&self) -> Bundles {
        let promised = {
            let found = &mut *self.found.borrow_mut();
            found.close_bundle();
            found.close_pack(&self.engine);
            found.close_contents();
            (found.promises.length() > 0).then(|| Promise::all(&found.promises))
        };
        // What a hand could not read stays the files themselves: who reads them will say what is wrong.
        let ahead = match promised {
            Some(promised) => JsFuture::from(promised)
                .await
                .map_or_else(|_| Array::new(), |blobs| Array::from(&blobs)),
            // No wait where there is nothing to wait for: the page would draw meanwhile.
            None => Array::new(),
        };
        if !(self.tell)(self.count()) {
            return Bundles::default();
        }
        let mut found = self.found.take();
        for (place, blob) in found.ahead.into_iter().zip(ahead.iter()) {
            if let Ok(blob) = blob.dyn_into() {
                found.blobs[place] = blob;
            }
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
        let found = &mut *self.found.borrow_mut();
        if found.files.len() < MOST_FILES {
            let bytes = blob.size() as u64;
            if found.files.len() < FEW_FILES || bytes > SMALL_BYTES {
                found.add_alone(path, bytes, blob);
            } else {
                found.add_small(path, bytes, &blob, &self.engine);
            }
        }
    }

    fn has_room_for_contents(&self) -> bool {
        self.found.borrow().ahead_bytes < AHEAD_BYTES
    }

    fn add_contents(&self, path: String, blob: &Blob, bytes: u64, pieces: &Array) {
        let found = &mut *self.found.borrow_mut();
        if found.files.len() < MOST_FILES {
            found.add_contents(path, bytes, blob, pieces);
        }
    }
}

impl Found {
    fn add_alone(&mut self, path: String, bytes: u64, blob: Blob) {
        self.list(path, bytes, self.blobs.len(), 0);
        self.blobs.push(blob);
    }

    fn add_small(&mut self, path: String, bytes: u64, blob: &Blob, engine: &Engine) {
        let (place, from) = self.pack.room_for(blob, bytes, &mut self.blobs);
        self.list(path, bytes, place, from);
        self.bundle.push(blob);
        if self.bundle.length() == BUNDLE_FILES {
            self.close_bundle();
            let is_full = self.pack.parts.length() == PACK_BUNDLES || self.pack.bytes >= PACK_BYTES;
            if is_full || self.ahead_bytes >= AHEAD_BYTES {
                self.close_pack(engine);
            }
        }
    }

    fn add_contents(&mut self, path: String, bytes: u64, blob: &Blob, pieces: &Array) {
        let (place, from) = self.contents.room_for(blob, bytes, &mut self.blobs);
        self.list(path, bytes, place, from);
        for piece in pieces.iter() {
            self.contents.parts.push(&piece);
        }
        if self.contents.bytes >= PACK_BYTES {
            self.close_contents();
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

    fn close_bundle(&mut self) {
        let files = std::mem::take(&mut self.bundle);
        if let Ok(blob) = Blob::new_with_blob_sequence(&files) {
            self.pack.parts.push(&blob);
        }
    }

    fn close_pack(&mut self, engine: &Engine) {
        let pack = std::mem::take(&mut self.pack);
        let (Some(place), Ok(blob)) = (pack.place, Blob::new_with_blob_sequence(&pack.parts))
        else {
            return;
        };
        self.blobs[place] = blob;
        if self.ahead_bytes < AHEAD_BYTES {
            self.ahead_bytes += pack.bytes;
            self.ahead.push(place);
            self.promises.push(&engine.read_ahead(&pack.parts));
        }
    }

    fn close_contents(&mut self) {
        let pack = std::mem::take(&mut self.contents);
        let blob = Blob::new_with_buffer_source_sequence(&pack.parts);
        if let (Some(place), Ok(blob)) = (pack.place, blob) {
            self.ahead_bytes += pack.bytes;
            self.blobs[place] = blob;
        }
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
