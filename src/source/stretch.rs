//! A stretch of a file as a file: what an archive holds uncompressed.

use super::{File, ReadSeek};
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

/// A stretch of a file as a file.
pub(super) struct Stretch {
    file: Rc<dyn File>,
    path: String,
    from: u64,
    len: u64,
}

impl Stretch {
    /// So many bytes of a file, from this one on.
    pub(super) fn new(file: &Rc<dyn File>, path: String, from: u64, len: u64) -> Self {
        Self {
            file: Rc::clone(file),
            path,
            from,
            len,
        }
    }

    /// What a file holds from this byte on, opened.
    pub(super) fn rest_of(file: &Rc<dyn File>, from: u64) -> io::Result<Box<dyn ReadSeek>> {
        open_stretch(file.as_ref(), from, file.len_bytes().saturating_sub(from))
    }
}

impl File for Stretch {
    fn path(&self) -> &str {
        &self.path
    }

    fn len_bytes(&self) -> u64 {
        self.len
    }

    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        open_stretch(self.file.as_ref(), self.from, self.len)
    }
}

/// Opens so many bytes of a file, from this one on.
pub(super) fn open_stretch(file: &dyn File, from: u64, len: u64) -> io::Result<Box<dyn ReadSeek>> {
    let mut source = file.open()?;
    source.seek(SeekFrom::Start(from))?;
    Ok(Box::new(StretchReader {
        source,
        from,
        len,
        at: 0,
    }))
}

struct StretchReader {
    source: Box<dyn ReadSeek>,
    from: u64,
    len: u64,
    at: u64,
}

impl Read for StretchReader {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let want = to.len().min(left);
        let got = self.source.read(&mut to[..want])?;
        self.at += got as u64;
        Ok(got)
    }
}

impl Seek for StretchReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let place = place
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "seek before the start"))?;
        let there = self
            .from
            .checked_add(place)
            .ok_or_else(|| io::Error::other("seek beyond the end"))?;
        self.source.seek(SeekFrom::Start(there))?;
        self.at = place;
        Ok(place)
    }
}
