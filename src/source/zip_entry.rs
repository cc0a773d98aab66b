//! An entry of a zip as a file.
//!
//! A stored one is read where it lies. A compressed one is inflated as it is read from its beginning on, so that its
//! head costs no more than the head; whoever goes back in it, or to its end, has it inflated into memory.

use super::limits::{UNPACKED_BYTES, UNPACKED_FREE_BYTES, UNPACKED_MEMORY_BYTES, UNPACKED_RATIO};
use super::stretch::open_stretch;
use super::{File, ReadSeek};
use flate2::Crc;
use flate2::read::DeflateDecoder;
use std::cell::RefCell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;
use zip::ZipArchive;

/// A zip whose list of entries was read.
pub(super) type Zip = ZipArchive<Box<dyn ReadSeek>>;

/// What the list says of an entry's contents.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) size: u64,
    pub(super) packed: u64,
    pub(super) checksum: u32,
    pub(super) is_stored: bool,
}

/// An entry of a zip.
pub(super) struct ZipEntry {
    file: Rc<dyn File>,
    zip: Rc<RefCell<Zip>>,
    path: String,
    index: usize,
    sizes: Sizes,
}

impl ZipEntry {
    /// The entry at this place of the list.
    pub(super) fn new(
        file: &Rc<dyn File>,
        zip: &Rc<RefCell<Zip>>,
        path: String,
        index: usize,
        sizes: Sizes,
    ) -> Self {
        Self {
            file: Rc::clone(file),
            zip: Rc::clone(zip),
            path,
            index,
            sizes,
        }
    }
}

impl File for ZipEntry {
    fn path(&self) -> &str {
        &self.path
    }

    fn len_bytes(&self) -> u64 {
        self.sizes.size
    }

    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        let from = {
            let mut zip = self.zip.borrow_mut();
            let entry = zip.by_index_raw(self.index).map_err(io::Error::other)?;
            entry
                .data_start()
                .ok_or_else(|| io::Error::other("its entry has no place in the archive"))?
        };
        if self.sizes.is_stored {
            return open_stretch(self.file.as_ref(), from, self.sizes.size);
        }
        let packed = Packed {
            file: Rc::clone(&self.file),
            from,
            sizes: self.sizes,
        };
        Ok(Box::new(Inflating {
            way: Way::Onward(packed.open(UNPACKED_BYTES)?),
            packed,
            at: 0,
        }))
    }

    fn is_packed(&self) -> bool {
        !self.sizes.is_stored
    }
}

/// Where a compressed entry lies.
struct Packed {
    file: Rc<dyn File>,
    from: u64,
    sizes: Sizes,
}

impl Packed {
    /// From its beginning; at most `most` bytes come out, and no more than an honest entry of its size holds.
    fn open(&self, most: u64) -> io::Result<Onward> {
        let source = open_stretch(self.file.as_ref(), self.from, self.sizes.packed)?;
        let honest = self.sizes.packed.saturating_mul(UNPACKED_RATIO) + UNPACKED_FREE_BYTES;
        Ok(Onward {
            decoder: DeflateDecoder::new(source),
            left: honest.min(most),
            crc: Crc::new(),
            checksum: self.sizes.checksum,
        })
    }
}

/// Inflates from the beginning to the end, and holds the checksum against it there.
struct Onward {
    decoder: DeflateDecoder<Box<dyn ReadSeek>>,
    left: u64,
    crc: Crc,
    checksum: u32,
}

impl Read for Onward {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let got = self.decoder.read(to)?;
        if got == 0 && !to.is_empty() && self.crc.sum() != self.checksum {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "its checksum is wrong",
            ));
        }
        self.crc.update(&to[..got]);
        self.left = self
            .left
            .checked_sub(got as u64)
            .ok_or_else(|| io::Error::other("more comes out of it than can be kept"))?;
        Ok(got)
    }
}

enum Way {
    Onward(Onward),
    InMemory(Cursor<Vec<u8>>),
}

/// A compressed entry being read.
struct Inflating {
    way: Way,
    packed: Packed,
    at: u64,
}

impl Read for Inflating {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let got = match &mut self.way {
            Way::Onward(onward) => onward.read(to)?,
            Way::InMemory(bytes) => bytes.read(to)?,
        };
        self.at += got as u64;
        Ok(got)
    }
}

impl Seek for Inflating {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let onward_to = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(_) => None,
        };
        if let (Some(place), Way::Onward(onward)) = (onward_to, &mut self.way)
            && place >= self.at
        {
            io::copy(&mut onward.take(place - self.at), &mut io::sink())?;
            self.at = place;
            return Ok(place);
        }
        if let Way::Onward(_) = self.way {
            let mut bytes = Vec::new();
            self.packed
                .open(UNPACKED_MEMORY_BYTES)?
                .read_to_end(&mut bytes)?;
            let mut cursor = Cursor::new(bytes);
            cursor.set_position(self.at);
            self.way = Way::InMemory(cursor);
        }
        if let Way::InMemory(bytes) = &mut self.way {
            self.at = bytes.seek(to)?;
        }
        Ok(self.at)
    }
}
