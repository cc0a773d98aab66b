//! A dropped file as a source: blocking reads at any place, in a worker.

use super::message::release;
use crate::engine::protocol::FileInfo;
use crate::source::text::HEAD_BYTES;
use crate::source::{File, Kept, Notes, ReadSeek};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;
use web_sys::{Blob, FileReaderSync};

/// Reads smaller than this are served from a buffer of up to this size: each read of a `Blob` costs a call
/// out of wasm, one to the browser's own process, and a copy.
const BUFFER_BYTES: usize = 1 << 18;

/// What is read ahead at a place that does not follow what was read before, as of a file somewhere in an
/// archive; it doubles with every buffer that follows another, up to the most.
const FIRST_BUFFER_BYTES: u64 = 1 << 15;
const MOST_BUFFER_BYTES: u64 = 1 << 20;

/// Of how many blobs what was buffered last is kept: the files of a folder may lie in several bundles.
const RECENT_BLOBS: usize = 16;

thread_local! {
    /// What was buffered last, the newest last: a file's beginning is looked at by several readers one after another.
    static RECENT: RefCell<VecDeque<Recent>> = const { RefCell::new(VecDeque::new()) };

    /// How many bytes of files this worker has had the browser read.
    static FETCHED: Cell<u64> = const { Cell::new(0) };
}

/// How many bytes of files this worker has had the browser read so far.
pub(super) fn fetched() -> u64 {
    FETCHED.get()
}

/// Bytes of a file that were read.
struct Recent {
    blob: Blob,
    from: u64,
    bytes: Rc<[u8]>,
}

/// Keeps what was buffered, instead of what was not asked for longest.
fn keep(buffered: Recent) {
    RECENT.with_borrow_mut(|recent| {
        if recent.len() == RECENT_BLOBS {
            recent.pop_front();
        }
        recent.push_back(buffered);
    });
}

/// A file with its path in the drop: a blob, or a stretch of one.
pub(super) struct BlobFile {
    path: String,
    blob: Blob,
    from: u64,
    len: u64,
    notes: Notes,
    kept: Option<Rc<Kept>>,
}

impl BlobFile {
    /// A file; what readers make of it goes to `kept`, where it may grow.
    pub(super) fn new(info: FileInfo, blob: Blob, kept: Option<Rc<Kept>>) -> Self {
        Self {
            path: info.path,
            blob,
            from: info.from,
            len: info.bytes,
            notes: Notes::default(),
            kept,
        }
    }
}

impl File for BlobFile {
    fn path(&self) -> &str {
        &self.path
    }

    fn len_bytes(&self) -> u64 {
        self.len
    }

    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        let reader =
            FileReaderSync::new().map_err(|error| io::Error::other(format!("{error:?}")))?;
        Ok(Box::new(BlobReader {
            blob: self.blob.clone(),
            reader,
            at: self.from,
            from: self.from,
            end: self.from + self.len,
            buffer: Rc::default(),
            buffer_from: 0,
        }))
    }

    fn notes(&self) -> Option<&Notes> {
        Some(&self.notes)
    }

    fn kept(&self) -> Option<&Kept> {
        self.kept.as_deref()
    }
}

struct BlobReader {
    blob: Blob,
    reader: FileReaderSync,
    /// The next byte, in the blob.
    at: u64,
    /// Where the file begins and ends in the blob.
    from: u64,
    end: u64,
    buffer: Rc<[u8]>,
    buffer_from: u64,
}

impl BlobReader {
    /// Reads `to` whole from the blob, from `from`, which must lie inside.
    fn fetch(&self, from: u64, to: &mut [u8]) -> io::Result<()> {
        let failed = |_| {
            io::Error::other(
                "the browser cannot read the file any more; it may have been moved or changed",
            )
        };
        // A slice costs a millisecond: what is read whole needs none.
        let is_whole = from == 0 && to.len() as f64 == self.blob.size();
        let slice = if is_whole {
            self.blob.clone()
        } else {
            self.blob
                .slice_with_f64_and_f64(from as f64, (from + to.len() as u64) as f64)
                .map_err(failed)?
        };
        let buffer = self.reader.read_as_array_buffer(&slice).map_err(failed)?;
        let bytes = js_sys::Uint8Array::new(&buffer);
        FETCHED.set(fetched() + u64::from(bytes.length()));
        if bytes.length() as usize != to.len() {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file became shorter while it was read",
            ));
        }
        bytes.copy_to(to);
        release(&buffer);
        Ok(())
    }
}

impl BlobReader {
    /// A buffer that begins at or before the present place and goes beyond it, and where it begins. The
    /// place must lie inside the file.
    fn buffer_at(&self) -> io::Result<(u64, Rc<[u8]>)> {
        let recent = RECENT.with_borrow_mut(|recent| {
            let place = recent.iter().position(|recent| recent.blob == self.blob)?;
            recent.remove(place)
        });
        let size = self.blob.size() as u64;
        // The other files of a folder lie near in an archive, and not in the order in which they are read.
        let before = |place: u64| place.saturating_sub(FIRST_BUFFER_BYTES / 2);
        let (mut from, mut ahead) = (before(self.at), FIRST_BUFFER_BYTES);
        if self.at == self.from {
            // Who begins at the beginning looks at the head, and others after it.
            ahead = ahead.max((self.end - self.from).min(HEAD_BYTES as u64));
        }
        if let Some(recent) = recent {
            let end = recent.from + recent.bytes.len() as u64;
            if (recent.from..end).contains(&self.at) {
                let buffer = (recent.from, Rc::clone(&recent.bytes));
                keep(recent);
                return Ok(buffer);
            }
            // Whoever skips a little is still reading on.
            if (end..end + FIRST_BUFFER_BYTES).contains(&self.at) {
                from = before(end);
                ahead = (2 * (end - recent.from)).min(MOST_BUFFER_BYTES);
            }
        }
        if size <= BUFFER_BYTES as u64 {
            (from, ahead) = (0, size);
        }
        // Beyond the file there are others of its bundle, which are likely to be read next.
        let mut bytes = vec![0; (size.min(self.at + ahead) - from) as usize];
        if self.fetch(from, &mut bytes).is_err() {
            // One of them may have been changed since.
            from = self.at;
            bytes.truncate(BUFFER_BYTES.min((self.end - from) as usize));
            self.fetch(from, &mut bytes)?;
        }
        let bytes: Rc<[u8]> = bytes.into();
        keep(Recent {
            blob: self.blob.clone(),
            from,
            bytes: Rc::clone(&bytes),
        });
        Ok((from, bytes))
    }
}

impl Read for BlobReader {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let left = self.end.saturating_sub(self.at);
        let want = to.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if want == 0 {
            return Ok(0);
        }
        let buffered = self
            .at
            .checked_sub(self.buffer_from)
            .and_then(|skip| usize::try_from(skip).ok());
        if let Some(skip) = buffered.filter(|skip| *skip < self.buffer.len()) {
            let count = want.min(self.buffer.len() - skip);
            to[..count].copy_from_slice(&self.buffer[skip..skip + count]);
            self.at += count as u64;
            return Ok(count);
        }
        if want >= BUFFER_BYTES {
            self.fetch(self.at, &mut to[..want])?;
            self.at += want as u64;
            return Ok(want);
        }
        (self.buffer_from, self.buffer) = self.buffer_at()?;
        self.read(to)
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => self.from.checked_add(at),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = place
            .filter(|at| *at >= self.from)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "seek before the start"))?;
        Ok(self.at - self.from)
    }
}
