//! What was dropped: files by their path in the drop, each readable at any place.
//!
//! A worker reads a dropped file through `FileReaderSync` on slices, the host through
//! `std::fs::File`; both are [`File`]s, so formats see `Read + Seek` and memory follows what is kept,
//! not the file's size.

use std::io::{self, Read, Seek};
use std::rc::Rc;

/// Bytes that can be read from any place.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// One dropped file.
pub trait File {
    /// Its path in the drop, with `/`, as `sweep/results.csv`.
    fn path(&self) -> &str;
    /// Its size on disk.
    fn len_bytes(&self) -> u64;
    /// Opens it at its start.
    fn open(&self) -> io::Result<Box<dyn ReadSeek>>;
}

/// The files of one drop.
pub type Files = Vec<Rc<dyn File>>;
