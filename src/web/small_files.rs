//! Many small files read as one: a hand's side of [`super::bundles`].
//!
//! To read a file by itself takes a browser about a third of a millisecond, however small it is, and to ask for the size of
//! one that an input brought as long again. Made one blob, with a mark after each by which they are told apart, they cost half
//! of that, and no size has to be known.

use super::drops::{Step, called, method, step};
use js_sys::{Array, Math, Uint8Array};
use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

/// Files up to this size are small.
pub(super) const SMALL_BYTES: u64 = 64 << 10;

/// What is said of files that a hand looked at.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Looked {
    /// How large each is, in bytes, and whether it lies in the blob that comes with this: one after another.
    pub(super) sizes: Vec<(u64, bool)>,
}

/// Reads the small ones of these files into one blob in the browser's memory. Those that are large or cannot be read are
/// left out.
pub(super) async fn read(files: &[Blob]) -> Option<(Looked, Blob)> {
    let mark = mark();
    let mut looked = Looked::default();
    let mut whole = Vec::new();
    // How many are read at once: all, and after one that stops that few again.
    let mut count = files.len();
    while let Some(rest) = files
        .get(looked.sizes.len()..)
        .filter(|rest| !rest.is_empty())
    {
        let these = &rest[..count.min(rest.len())];
        let mut taker = Taker::new(&mark);
        let end = taker.take(these, &mut whole).await;
        looked
            .sizes
            .extend(taker.sizes.iter().map(|size| (*size, true)));
        let is_to_blame = match end {
            End::Whole => {
                count = count.saturating_mul(2);
                continue;
            }
            End::Large => true,
            // Which of several it was is not said.
            End::Failed => count == 1,
        };
        if is_to_blame {
            let size = these.get(taker.sizes.len()).map_or(0.0, Blob::size);
            looked.sizes.push((size as u64, false));
        }
        count = 1;
    }
    Some((looked, blob_of(&whole)?))
}

/// Makes one blob of the small ones of these files, without reading them.
pub(super) fn join(files: &[Blob]) -> Option<(Looked, Blob)> {
    let mut looked = Looked::default();
    let small = Array::new();
    for file in files {
        let size = file.size() as u64;
        let is_small = size <= SMALL_BYTES;
        looked.sizes.push((size, is_small));
        if is_small {
            small.push(file);
        }
    }
    Some((looked, Blob::new_with_blob_sequence(&small).ok()?))
}

/// A mark that no file holds but by a chance of one in 2^104.
fn mark() -> [u8; 16] {
    let mut mark = [0; 16];
    for half in mark.chunks_exact_mut(8) {
        half.copy_from_slice(&Math::random().to_bits().to_le_bytes());
    }
    mark
}

fn blob_of(bytes: &[u8]) -> Option<Blob> {
    Blob::new_with_u8_slice_sequence(&Array::of1(&Uint8Array::new_from_slice(bytes))).ok()
}

/// How the reading of several files as one ended.
enum End {
    /// All were read.
    Whole,
    /// The next one is large.
    Large,
    /// The next one, or one after it, cannot be read.
    Failed,
}

/// Takes files apart again that are read as one.
struct Taker<'m> {
    mark: &'m [u8],
    finder: Finder<'m>,
    /// How large those are that were read whole, in bytes.
    sizes: Vec<u64>,
    /// What came after the last mark.
    rest: Vec<u8>,
}

impl<'m> Taker<'m> {
    fn new(mark: &'m [u8]) -> Self {
        Self {
            mark,
            finder: Finder::new(mark),
            sizes: Vec::new(),
            rest: Vec::new(),
        }
    }

    /// Reads these files to the end of `whole`, up to one that is large or cannot be read.
    async fn take(&mut self, files: &[Blob], whole: &mut Vec<u8>) -> End {
        let parts = Array::new();
        for file in files {
            parts.push(file);
            parts.push(&Uint8Array::new_from_slice(self.mark));
        }
        let Some(reader) = Blob::new_with_blob_sequence(&parts)
            .ok()
            .and_then(|blob| method(&blob, "stream")?.call0(&blob).ok())
            .and_then(|stream| method(&stream, "getReader")?.call0(&stream).ok())
        else {
            return End::Failed;
        };
        while let Some(Step::Value(piece)) = step(&reader, "read").await {
            let piece: Uint8Array = piece.unchecked_into();
            let begun = self.rest.len();
            self.rest.resize(begun + piece.length() as usize, 0);
            piece.copy_to(&mut self.rest[begun..]);
            // A mark may have begun in the piece before.
            self.tear(begun.saturating_sub(self.mark.len()), whole);
            if self.rest.len() as u64 > SMALL_BYTES + self.mark.len() as u64 {
                // What is still on its way is not waited for.
                let _left = called(&reader, "cancel");
                return End::Large;
            }
        }
        if self.sizes.len() == files.len() {
            End::Whole
        } else {
            End::Failed
        }
    }

    /// Moves what ends in a mark to `whole`; there is none before `from`.
    fn tear(&mut self, mut from: usize, whole: &mut Vec<u8>) {
        let mut begin = 0;
        while let Some(at) = self.finder.find(&self.rest[from..]) {
            let end = from + at;
            whole.extend_from_slice(&self.rest[begin..end]);
            self.sizes.push((end - begin) as u64);
            begin = end + self.mark.len();
            from = begin;
        }
        self.rest.drain(..begin);
    }
}
