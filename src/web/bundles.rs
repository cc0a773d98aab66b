//! The files of a drop as few blobs: many small files become one.
//!
//! A browser takes a fifth of a millisecond to look at a file and half of one to read it, however small
//! it is: of a hundred thousand that is a minute. Read as one blob they cost a fifth. What remains is
//! done in slices, so that the page stays free.

use super::clock;
use super::drops::DroppedFile;
use crate::engine::protocol::FileInfo;
use gloo::timers::future::TimeoutFuture;
use js_sys::Array;
use web_sys::Blob;

/// Files up to this size go into bundles.
const SMALL_BYTES: u64 = 64 << 10;

/// How many files a bundle holds: making a blob of more holds the page for too long.
const BUNDLE_FILES: usize = 32;

/// Drops of at most so many files are not bundled.
const FEW_FILES: usize = 64;

/// How long a slice of work takes, in milliseconds.
const SLICE_MILLIS: f64 = 12.0;

/// A drop as it goes to the workers: its files, and the blobs that they lie in.
#[derive(Clone, Debug, Default)]
pub struct Bundles {
    /// What is known of each file, with its place in the blobs.
    pub files: Vec<FileInfo>,
    /// The blobs; nothing of them is read yet.
    pub blobs: Vec<Blob>,
    /// How much memory what is read may take, in bytes.
    pub budget: u64,
}

/// Bundles files, in the order of their paths. `tell` hears how many are done, now and then; where it says false, that is all.
pub async fn bundled(mut files: Vec<DroppedFile>, tell: impl Fn(usize) -> bool) -> Bundles {
    order::by(&mut files, |a, b| a.path.cmp(&b.path));
    let mut bundles = Bundles {
        budget: budget(),
        ..Bundles::default()
    };
    let are_few = files.len() <= FEW_FILES;
    let mut open = OpenBundle::default();
    let mut begun = clock::now_millis();
    for (number, DroppedFile { path, blob }) in files.into_iter().enumerate() {
        let bytes = blob.size() as u64;
        if are_few || bytes > SMALL_BYTES {
            bundles.add(path, bytes, 0, bundles.blobs.len() as u32);
            bundles.blobs.push(blob);
        } else {
            open.add(path, bytes, &blob);
            if open.files.len() == BUNDLE_FILES {
                std::mem::take(&mut open).close(&mut bundles);
            }
        }
        if clock::now_millis() - begun > SLICE_MILLIS {
            if !tell(number + 1) {
                return Bundles::default();
            }
            TimeoutFuture::new(0).await;
            begun = clock::now_millis();
        }
    }
    open.close(&mut bundles);
    bundles
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

impl Bundles {
    fn add(&mut self, path: String, bytes: u64, from: u64, blob: u32) {
        self.files.push(FileInfo {
            path,
            bytes,
            blob,
            from,
        });
    }
}

/// Small files that wait for more.
#[derive(Default)]
struct OpenBundle {
    files: Vec<(String, u64)>,
    parts: Array,
}

impl OpenBundle {
    fn add(&mut self, path: String, bytes: u64, blob: &Blob) {
        self.files.push((path, bytes));
        self.parts.push(blob);
    }

    fn close(self, bundles: &mut Bundles) {
        if self.files.is_empty() {
            return;
        }
        let place = bundles.blobs.len() as u32;
        if let Ok(blob) = Blob::new_with_blob_sequence(&self.parts) {
            let mut from = 0;
            for (path, bytes) in self.files {
                bundles.add(path, bytes, from, place);
                from += bytes;
            }
            bundles.blobs.push(blob);
            return;
        }
        // Never seen; each file alone is as good.
        for ((path, bytes), blob) in self.files.into_iter().zip(self.parts.iter()) {
            bundles.add(path, bytes, 0, bundles.blobs.len() as u32);
            bundles
                .blobs
                .push(wasm_bindgen::JsCast::unchecked_into(blob));
        }
    }
}
