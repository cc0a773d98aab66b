//! What was dropped: files by their path in the drop, each readable at any place.
//!
//! A worker reads a dropped file through `FileReaderSync` on slices, the host through
//! `std::fs::File`; both are [`File`]s, so formats see `Read + Seek` and memory follows what is kept,
//! not the file's size. [`text`] turns what may be gzip and any Unicode encoding into UTF-8.

mod archive;
pub mod grown;
mod limits;
mod memory;
mod notes;
mod span;
mod spreadsheet;
mod store;
mod stretch;
mod tar_entries;
pub mod text;
mod zip_entry;

#[cfg(not(target_arch = "wasm32"))]
mod disk;

pub use archive::{Unpacked, Unpacking, unpack, unpack_into};
#[cfg(not(target_arch = "wasm32"))]
pub use disk::walk;
pub use grown::Kept;
pub use memory::MemoryFile;
pub use notes::{Notes, noted};
pub use span::{FileSpan, Span};
pub use store::Store;

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
    /// Which part of it is to be read, where that is not all; [`File::open`] opens the whole even so.
    fn span(&self) -> Option<Span> {
        None
    }
    /// Whether a place in it is reached only by decoding all that comes before.
    fn is_packed(&self) -> bool {
        false
    }
    /// Where those who read its spans keep what is the same for all, see [`noted`].
    fn notes(&self) -> Option<&Notes> {
        None
    }
    /// Where readers keep what they have made of it, for when it has grown, see [`grown`].
    fn kept(&self) -> Option<&Kept> {
        None
    }
}

/// The files of one drop.
pub type Files = Vec<Rc<dyn File>>;

/// A file's first bytes as they are, at most `most` of them: for files that are small by nature.
pub fn read_up_to(file: &dyn File, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let size = usize::try_from(file.len_bytes().min(most)).unwrap_or_default();
    bytes.try_reserve(size).map_err(io::Error::other)?;
    file.open()?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The last part of a path without its ending, and without `.gz` before that.
pub fn file_stem(path: &str) -> &str {
    let name = file_name(path);
    let name = name.strip_suffix(".gz").unwrap_or(name);
    name.rsplit_once('.')
        .map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem })
}
