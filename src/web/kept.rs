//! What is decoded of a drop's archives, as blobs: the engine decodes once, and hands are told what it kept.

use super::files::BlobFile;
use crate::engine::protocol::FileInfo;
use crate::source::{File, Kept, Store};
use js_sys::{Array, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::Blob;

/// Keeps in the browser's memory what the engine decodes.
pub(super) struct Keeping {
    /// The drop's blobs; those that are kept come after them.
    blobs: Array,
    /// What was kept of each stream, in the order in which they were met.
    pub(super) kept: Vec<Option<FileInfo>>,
    pieces: Array,
    bytes: u64,
}

impl Keeping {
    /// Adds to these blobs.
    pub(super) fn new(blobs: &Array) -> Self {
        Self {
            blobs: blobs.clone(),
            kept: Vec::new(),
            pieces: Array::new(),
            bytes: 0,
        }
    }
}

impl Store for Keeping {
    fn add(&mut self, piece: &[u8]) {
        let array = Uint8Array::new_from_slice(piece);
        // As a blob already: else the whole would lie in the worker's memory until its end.
        if let Ok(blob) = Blob::new_with_buffer_source_sequence(&Array::of1(&array)) {
            self.pieces.push(&blob);
        }
        self.bytes += piece.len() as u64;
    }

    fn end(&mut self, path: Option<&str>) -> Option<Rc<dyn File>> {
        let pieces = std::mem::take(&mut self.pieces);
        let bytes = std::mem::take(&mut self.bytes);
        let made = path.and_then(|path| {
            let blob = Blob::new_with_blob_sequence(&pieces).ok()?;
            let info = FileInfo {
                path: path.to_owned(),
                bytes,
                blob: self.blobs.length(),
                from: 0,
            };
            self.blobs.push(&blob);
            Some((info, blob))
        });
        self.kept.push(made.as_ref().map(|(info, _)| info.clone()));
        made.map(|(info, blob)| Rc::new(BlobFile::new(info, blob, None)) as Rc<dyn File>)
    }
}

/// Tells a hand what the engine kept.
pub(super) struct Recalled {
    kept: std::vec::IntoIter<Option<FileInfo>>,
    blobs: Array,
}

impl Recalled {
    /// What was kept, in these blobs.
    pub(super) fn new(kept: Vec<Option<FileInfo>>, blobs: &Array) -> Self {
        Self {
            kept: kept.into_iter(),
            blobs: blobs.clone(),
        }
    }
}

impl Store for Recalled {
    fn known(&mut self) -> Option<Option<Rc<dyn File>>> {
        // What the engine did not meet (it cannot be) is left out rather than decoded, so that no place shifts.
        let info = self.kept.next().flatten();
        Some(info.map(|info| blob_file(info, &self.blobs, None)))
    }

    fn add(&mut self, _: &[u8]) {}

    fn end(&mut self, _: Option<&str>) -> Option<Rc<dyn File>> {
        None
    }
}

/// A file in one of these blobs; what readers make of it goes to `kept`, where it may grow.
pub(super) fn blob_file(info: FileInfo, blobs: &Array, kept: Option<&Rc<Kept>>) -> Rc<dyn File> {
    // Unchecked, so that no place shifts: a thing that is no blob fails when it is read.
    let blob = blobs.get(info.blob).unchecked_into();
    Rc::new(BlobFile::new(info, blob, kept.cloned()))
}
