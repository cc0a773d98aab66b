//! A file that is in memory: what was pasted, and what tests make.

use super::{File, ReadSeek};
use std::io::{self, Cursor};
use std::rc::Rc;

/// Bytes with a path.
#[derive(Clone, Debug)]
pub struct MemoryFile {
    path: String,
    bytes: Rc<[u8]>,
}

impl MemoryFile {
    /// A file of these bytes.
    pub fn new(path: &str, bytes: &[u8]) -> Self {
        Self {
            path: path.to_owned(),
            bytes: bytes.into(),
        }
    }
}

impl File for MemoryFile {
    fn path(&self) -> &str {
        &self.path
    }

    fn len_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        Ok(Box::new(Cursor::new(Rc::clone(&self.bytes))))
    }
}
