//! A seekable source as the crate `parquet` wants it.
//!
//! That crate asks for readers that may pass between threads, which sources here, made for one worker,
//! cannot. So a reader is only a number: the sources themselves stay in the thread that opened them.

use super::footer::page_too_long;
use crate::source::{File, ReadSeek};
use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use std::cell::RefCell;
use std::io::{self, BufRead as _, BufReader, Read, SeekFrom};

thread_local! {
    static OPEN: RefCell<order::Map<u64, Box<dyn ReadSeek>>> = const { RefCell::new(order::Map::new()) };
}

/// An open file, by number; it is closed when this is dropped.
pub(super) struct Chunks {
    number: u64,
    len: u64,
}

impl Chunks {
    pub(super) fn open(file: &dyn File) -> io::Result<Self> {
        let source = file.open()?;
        let number = OPEN.with_borrow_mut(|open| {
            let number = open.last_key_value().map_or(0, |(number, _)| number + 1);
            open.insert(number, source);
            number
        });
        Ok(Self {
            number,
            len: file.len_bytes(),
        })
    }
}

impl Drop for Chunks {
    fn drop(&mut self) {
        OPEN.with_borrow_mut(|open| open.remove(&self.number));
    }
}

fn read_at(number: u64, place: u64, to: &mut [u8]) -> io::Result<usize> {
    OPEN.with_borrow_mut(|open| {
        let source = open
            .get_mut(&number)
            .ok_or_else(|| io::Error::other("the file is not open in this thread"))?;
        source.seek(SeekFrom::Start(place))?;
        source.read(to)
    })
}

/// Reads on from a place.
pub(super) struct Reader {
    number: u64,
    at: u64,
}

impl Read for Reader {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let got = read_at(self.number, self.at, to)?;
        self.at += got as u64;
        Ok(got)
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.len
    }
}

impl ChunkReader for Chunks {
    type T = BufReader<Reader>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let mut reader = BufReader::new(Reader {
            number: self.number,
            at: start,
        });
        // Here the crate reads the header of a page, and makes room for what it says.
        match page_too_long(reader.fill_buf()?) {
            Some(what) => Err(ParquetError::General(what)),
            None => Ok(reader),
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let left = self.len.saturating_sub(start);
        if length as u64 > left {
            return Err(ParquetError::EOF(format!(
                "{length} bytes at {start} go beyond the file's end"
            )));
        }
        // A page may say that it is as long as the file.
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length).map_err(io::Error::other)?;
        bytes.resize(length, 0);
        Reader {
            number: self.number,
            at: start,
        }
        .read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}
