//! Spans of large files that are read before a hand is free for them.
//!
//! A hand that reads by itself stands still until the browser's own process has brought the bytes: a third of its time,
//! where all cores are at work. The engine has little to do meanwhile, so it has the next spans brought.

use super::message::release;
use crate::engine::protocol::FileInfo;
use crate::format::Unit;
use crate::source::{File, Files, Notes, ReadSeek, Span};
use js_sys::{Array, ArrayBuffer, Promise, Uint8Array};
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use web_sys::Blob;

/// How much is brought beyond a span: its last record may end there.
const BEYOND_BYTES: u64 = 1 << 16;

/// The engine's side: what was brought, or is on its way.
#[derive(Default)]
pub(super) struct SpansAhead {
    /// In which blob a file lies that is read by spans, where it begins there, and how long it is.
    places: order::Map<usize, (Blob, u64, u64)>,
    /// Of units that no hand has yet where their bytes begin in the file, and they; `None` while they are on their way.
    brought: order::Map<usize, (u64, Option<ArrayBuffer>)>,
}

impl SpansAhead {
    /// Of a plan's files, which lie in these blobs; what was decoded has no place in them. `infos` are in the order of
    /// their paths.
    pub(super) fn new(units: &[Unit], files: &Files, infos: &[FileInfo], blobs: &Array) -> Self {
        let mut places = order::Map::new();
        for at in units
            .iter()
            .filter(|unit| unit.span.is_some())
            .filter_map(|unit| unit.files.first())
        {
            let Some(file) = files.get(*at) else {
                continue;
            };
            let first = infos.partition_point(|info| info.path.as_str() < file.path());
            let mut of_path = infos[first..]
                .iter()
                .take_while(|info| info.path == file.path());
            // Two files may have one path: a hand knows which is meant.
            if let (Some(info), None) = (of_path.next(), of_path.next())
                && info.bytes == file.len_bytes()
                && let Ok(blob) = blobs.get(info.blob).dyn_into()
            {
                places.insert(*at, (blob, info.from, info.bytes));
            }
        }
        Self {
            places,
            brought: order::Map::new(),
        }
    }

    /// Has a unit's bytes brought, unless they were asked for before; `None` where nothing is to be waited for.
    pub(super) fn bring(&mut self, unit: usize, file: usize, span: Span) -> Option<Promise> {
        let (blob, begin, len) = self.places.get(&file)?;
        if self.brought.contains_key(&unit) {
            return None;
        }
        // A reader looks for a line break before a span that may begin in the middle of a record.
        let from = span.from.saturating_sub(1);
        let to = begin + (span.to + BEYOND_BYTES).min(*len);
        let slice = blob.slice_with_f64_and_f64((begin + from) as f64, to as f64);
        let bytes = slice.ok()?.array_buffer();
        self.brought.insert(unit, (from, None));
        Some(bytes)
    }

    /// Takes a unit's bytes as they come; `None` where they could not be read: a hand will say why, and nothing more is
    /// brought.
    pub(super) fn came(&mut self, unit: usize, bytes: Option<ArrayBuffer>) {
        match (self.brought.get_mut(&unit), bytes) {
            (Some((_, place)), Some(bytes)) => *place = Some(bytes),
            (Some(_), None) => {
                self.brought.remove(&unit);
                self.places = order::Map::new();
            }
            (None, _) => {}
        }
    }

    /// Whether a unit's bytes are on their way.
    pub(super) fn is_coming(&self, unit: usize) -> bool {
        matches!(self.brought.get(&unit), Some((_, None)))
    }

    /// A unit's bytes, and where in its file they begin.
    pub(super) fn take(&mut self, unit: usize) -> Option<(u64, ArrayBuffer)> {
        let (from, bytes) = self.brought.remove(&unit)?;
        Some((from, bytes?))
    }
}

/// The hand's side: a file of which a stretch was brought.
pub(super) struct BroughtFile {
    file: Rc<dyn File>,
    from: u64,
    bytes: Uint8Array,
}

impl BroughtFile {
    /// A file of which `bytes` begin at `from`.
    pub(super) fn new(file: Rc<dyn File>, from: u64, bytes: &ArrayBuffer) -> Self {
        Self {
            file,
            from,
            bytes: Uint8Array::new(bytes),
        }
    }
}

impl Drop for BroughtFile {
    fn drop(&mut self) {
        release(&self.bytes.buffer());
    }
}

impl File for BroughtFile {
    fn path(&self) -> &str {
        self.file.path()
    }

    fn len_bytes(&self) -> u64 {
        self.file.len_bytes()
    }

    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        Ok(Box::new(BroughtReader {
            rest: self.file.open()?,
            from: self.from,
            bytes: self.bytes.clone(),
            at: 0,
        }))
    }

    fn notes(&self) -> Option<&Notes> {
        self.file.notes()
    }
}

struct BroughtReader {
    /// The file itself, for what was not brought.
    rest: Box<dyn ReadSeek>,
    from: u64,
    bytes: Uint8Array,
    at: u64,
}

impl Read for BroughtReader {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let skip = self
            .at
            .checked_sub(self.from)
            .and_then(|skip| u32::try_from(skip).ok())
            .filter(|skip| *skip < self.bytes.length());
        let got = if let Some(skip) = skip {
            let count = to.len().min((self.bytes.length() - skip) as usize);
            let brought = self.bytes.subarray(skip, skip + count as u32);
            brought.copy_to(&mut to[..count]);
            count
        } else {
            self.rest.seek(SeekFrom::Start(self.at))?;
            self.rest.read(to)?
        };
        self.at += got as u64;
        Ok(got)
    }
}

impl Seek for BroughtReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Current(by) => {
                let place = self.at.checked_add_signed(by);
                SeekFrom::Start(place.ok_or(io::ErrorKind::InvalidInput)?)
            }
            other => other,
        };
        self.at = self.rest.seek(to)?;
        Ok(self.at)
    }
}
