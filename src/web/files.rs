//! A dropped file as a source: blocking reads at any place, in a worker.

use crate::source::{File, ReadSeek};
use std::io::{self, Read, Seek, SeekFrom};
use web_sys::{Blob, FileReaderSync};

/// Reads smaller than this are served from a buffer of this size: each read of a `Blob` costs a call
/// out of wasm and a copy.
const BUFFER_BYTES: usize = 1 << 18;

/// A file or blob with its path in the drop.
pub(super) struct BlobFile {
    path: String,
    blob: Blob,
}

impl BlobFile {
    pub(super) fn new(path: String, blob: Blob) -> Self {
        Self { path, blob }
    }
}

impl File for BlobFile {
    fn path(&self) -> &str {
        &self.path
    }

    fn len_bytes(&self) -> u64 {
        self.blob.size() as u64
    }

    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        let reader =
            FileReaderSync::new().map_err(|error| io::Error::other(format!("{error:?}")))?;
        Ok(Box::new(BlobReader {
            blob: self.blob.clone(),
            reader,
            at: 0,
            len: self.len_bytes(),
            buffer: Vec::new(),
            buffer_from: 0,
        }))
    }
}

struct BlobReader {
    blob: Blob,
    reader: FileReaderSync,
    at: u64,
    len: u64,
    buffer: Vec<u8>,
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
        let slice = self
            .blob
            .slice_with_f64_and_f64(from as f64, (from + to.len() as u64) as f64)
            .map_err(failed)?;
        let bytes = js_sys::Uint8Array::new(
            &self
                .reader
                .read_as_array_buffer(&slice)
                .map_err(failed)?
                .into(),
        );
        if bytes.length() as usize != to.len() {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file became shorter while it was read",
            ));
        }
        bytes.copy_to(to);
        Ok(())
    }
}

impl Read for BlobReader {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let left = self.len.saturating_sub(self.at);
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
        let size = BUFFER_BYTES.min(usize::try_from(left).unwrap_or(BUFFER_BYTES));
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.resize(size, 0);
        self.fetch(self.at, &mut buffer)?;
        to[..want].copy_from_slice(&buffer[..want]);
        self.buffer = buffer;
        self.buffer_from = self.at;
        self.at += want as u64;
        Ok(want)
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = place
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "seek before the start"))?;
        Ok(self.at)
    }
}
