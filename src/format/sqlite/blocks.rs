//! A file in blocks, of which those used last are kept: a read is a call out of wasm, and a page is small.

use crate::source::{File, ReadSeek};
use std::io::{self, SeekFrom};
use std::ops::{Deref, Range};
use std::rc::Rc;

/// How large a block is: the largest page is one.
const BLOCK_BYTES: usize = 64 << 10;

/// How many blocks are kept.
const BLOCKS: usize = 48;

/// Some bytes of a file, which stay while they are used.
#[derive(Clone, Debug)]
pub(super) struct Bytes {
    block: Rc<[u8]>,
    range: Range<usize>,
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.block.get(self.range.clone()).unwrap_or_default()
    }
}

/// Reads a file in blocks.
pub(super) struct Blocks {
    reader: Box<dyn ReadSeek>,
    len_bytes: u64,
    /// Blocks by their number, the one used last at the end.
    kept: Vec<(u64, Rc<[u8]>)>,
}

impl Blocks {
    pub(super) fn open(file: &dyn File) -> io::Result<Self> {
        Ok(Self {
            reader: file.open()?,
            len_bytes: file.len_bytes(),
            kept: Vec::new(),
        })
    }

    /// How long the file is.
    pub(super) fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    /// So many bytes from a place; an error where the file ends before.
    pub(super) fn read(&mut self, at: u64, len: usize) -> io::Result<Bytes> {
        let end = at.checked_add(len as u64);
        if end.is_none_or(|end| end > self.len_bytes) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let number = at / BLOCK_BYTES as u64;
        let from = (at % BLOCK_BYTES as u64) as usize;
        let block = self.block(number)?;
        if from + len <= BLOCK_BYTES {
            return Bytes::of(block, from..from + len);
        }
        // Frames of a log are not aligned.
        let mut joined = Vec::with_capacity(len);
        joined.extend_from_slice(block.get(from..).unwrap_or_default());
        let mut number = number;
        while joined.len() < len {
            number += 1;
            let block = self.block(number)?;
            let wanted = (len - joined.len()).min(block.len());
            if wanted == 0 {
                break;
            }
            joined.extend_from_slice(block.get(..wanted).unwrap_or_default());
        }
        Bytes::of(joined.into(), 0..len)
    }

    fn block(&mut self, number: u64) -> io::Result<Rc<[u8]>> {
        if let Some(at) = self.kept.iter().rposition(|(kept, _)| *kept == number) {
            let found = self.kept.remove(at);
            let block = Rc::clone(&found.1);
            self.kept.push(found);
            return Ok(block);
        }
        let at = number * BLOCK_BYTES as u64;
        let left = self.len_bytes.saturating_sub(at);
        let mut bytes = vec![0; left.min(BLOCK_BYTES as u64) as usize];
        self.reader.seek(SeekFrom::Start(at))?;
        self.reader.read_exact(&mut bytes)?;
        let block: Rc<[u8]> = bytes.into();
        if self.kept.len() == BLOCKS {
            self.kept.remove(0);
        }
        self.kept.push((number, Rc::clone(&block)));
        Ok(block)
    }
}

impl Bytes {
    fn of(block: Rc<[u8]>, range: Range<usize>) -> io::Result<Self> {
        if range.end > block.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Self { block, range })
    }
}
