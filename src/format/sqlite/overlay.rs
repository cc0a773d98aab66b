//! The pages that the file beside a database holds: newer ones in a write-ahead log (`-wal`), the old
//! ones of an unfinished transaction in a rollback journal (`-journal`).
//!
//! ```text
//! -wal:     header 32 bytes, then frames: 24 bytes of header and a page each
//!           0 magic  4 version  8 page size  12 checkpoint  16 two salts  24 two checksums
//!           frame: 0 page  4 size of the database after a commit, else 0  8 two salts  16 two checksums
//! -journal: headers, each padded to a sector, then records: page number, page, checksum
//!           0 magic  8 records  12 nonce  16 size of the database before  20 sector  24 page size
//! ```
//!
//! A frame counts where its salts are those of the header, its checksums go on from the frame before, and
//! a commit comes after it. Source: <https://www.sqlite.org/fileformat2.html>, sections 3 and 4.

use super::Fault;
use super::bytes::u32_at;
use crate::source::{File, ReadSeek};
use rustc_hash::FxHashMap;
use std::io::{self, BufReader, Read as _};

/// In how large pieces a log is read.
const PIECE_BYTES: usize = 1 << 20;

/// Where the file beside a database has pages.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    places: FxHashMap<u32, u64>,
    /// How many pages the database has, where this file says.
    pub pages: Option<u32>,
}

impl Overlay {
    /// Where a page is, in bytes.
    pub(super) fn place(&self, page: u32) -> Option<u64> {
        self.places.get(&page).copied()
    }

    /// How many pages there may be with these, if the database's file has so many: a page that a database
    /// has grown by is in one or the other.
    pub(super) fn pages_with(&self, in_file: u64) -> u64 {
        let last = self.places.keys().copied().max().unwrap_or(0);
        in_file.max(u64::from(last).min(in_file + self.places.len() as u64))
    }
}

/// The pages of a write-ahead log up to its last commit; `None` where it has none.
pub(super) fn wal(
    file: &dyn File,
    page_bytes: u32,
    faults: &mut Vec<Fault>,
) -> io::Result<Option<Overlay>> {
    let mut reader = open(file)?;
    let mut header = [0; 32];
    // A log that was reset to nothing.
    if file.len_bytes() == 0 || reader.read_exact(&mut header).is_err() || header == [0; 32] {
        return Ok(None);
    }
    let fault = |place: String, what: &str, effect| {
        Fault::new("sqlite/wal", place, what.to_owned(), effect).of(file.path())
    };
    let magic = u32_at(&header, 0).unwrap_or(0);
    let is_big = magic == 0x377f_0683;
    let mut sums = checksum((0, 0), header.get(..24).unwrap_or_default(), is_big);
    if magic | 1 != 0x377f_0683
        || u32_at(&header, 8) != Some(page_bytes)
        || sums != pair_at(&header, 24)
    {
        let what = "it is no write-ahead log of this database";
        faults.push(fault("byte 0".to_owned(), what, "read without it"));
        return Ok(None);
    }
    let salts = pair_at(&header, 16);
    let mut overlay = Overlay::default();
    let mut waiting: Vec<(u32, u64)> = Vec::new();
    let mut at = 32;
    let mut frame = vec![0; 24 + page_bytes as usize];
    for number in 1_u64.. {
        if read_or_end(&mut reader, &mut frame)?.is_none() {
            break;
        }
        let (head, page) = frame.split_at(24);
        // What an earlier, longer log has left.
        if pair_at(head, 8) != salts {
            break;
        }
        let of_head = checksum(sums, head.get(..8).unwrap_or_default(), is_big);
        sums = checksum(of_head, page, is_big);
        if sums != pair_at(head, 16) {
            // Of a transaction that goes on, checksums are not always written yet: only what was committed
            // can be missed.
            if is_committed(head, salts) || commits_follow(&mut reader, &mut frame, salts)? {
                faults.push(fault(
                    format!("frame {number}"),
                    "its checksum is wrong",
                    "it and the frames after it were left out, as SQLite does",
                ));
            }
            break;
        }
        waiting.push((u32_at(head, 0).unwrap_or(0), at + 24));
        if let Some(pages @ 1..) = u32_at(head, 4) {
            overlay.places.extend(waiting.drain(..));
            overlay.pages = Some(pages);
        }
        at += frame.len() as u64;
    }
    Ok(overlay.pages.is_some().then_some(overlay))
}

/// Whether a frame is the last of a transaction.
fn is_committed(head: &[u8], salts: (u32, u32)) -> bool {
    pair_at(head, 8) == salts && u32_at(head, 4) != Some(0)
}

/// Whether a transaction ends in what is left of a log.
fn commits_follow(
    reader: &mut dyn io::Read,
    frame: &mut [u8],
    salts: (u32, u32),
) -> io::Result<bool> {
    while read_or_end(reader, frame)?.is_some() {
        if pair_at(frame, 8) != salts {
            return Ok(false);
        }
        if is_committed(frame, salts) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The pages of a rollback journal as they were before; `None` where there is nothing to roll back.
pub(super) fn journal(
    file: &dyn File,
    page_bytes: u32,
    faults: &mut Vec<Fault>,
) -> io::Result<Option<Overlay>> {
    const MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    let mut reader = open(file)?;
    let mut overlay = Overlay::default();
    let mut at = 0;
    let mut record = vec![0; 8 + page_bytes as usize];
    // Where the reader is: it goes on within what was read ahead, however short the sectors.
    let mut reached = 0;
    loop {
        let mut header = [0; 28];
        reader.seek_relative(at as i64 - reached as i64)?;
        reached = at + header.len() as u64;
        // A journal that was committed is empty or has zeros for its header.
        if read_or_end(&mut reader, &mut header)?.is_none() || !header.starts_with(&MAGIC) {
            break;
        }
        let number = |at| u32_at(&header, at).unwrap_or(0);
        let (count, nonce, sector) = (number(8), number(12), number(20));
        if number(24) != page_bytes || !(32..=65_536).contains(&sector) {
            let what = "it is no journal of this database".to_owned();
            let place = format!("byte {at}");
            faults
                .push(Fault::new("sqlite/journal", place, what, "read without it").of(file.path()));
            break;
        }
        overlay.pages = overlay.pages.or(Some(number(16)));
        at += u64::from(sector);
        reader.seek_relative(at as i64 - reached as i64)?;
        reached = at;
        // Zero records: the database was not touched yet. All ones: up to the file's end.
        for _ in 0..count {
            if read_or_end(&mut reader, &mut record)?.is_none() {
                return Ok((!overlay.places.is_empty()).then_some(overlay));
            }
            reached += record.len() as u64;
            let page = record.get(4..4 + page_bytes as usize).unwrap_or_default();
            let sum = page
                .iter()
                .rev()
                .skip(199)
                .step_by(200)
                .fold(nonce, |sum, byte| sum.wrapping_add(u32::from(*byte)));
            if u32_at(&record, 4 + page_bytes as usize) != Some(sum) {
                break;
            }
            // The first copy of a page is the oldest.
            let page = u32_at(&record, 0).unwrap_or(0);
            overlay.places.entry(page).or_insert(at + 4);
            at += record.len() as u64;
        }
        at = at.next_multiple_of(u64::from(sector));
    }
    Ok((!overlay.places.is_empty()).then_some(overlay))
}

fn open(file: &dyn File) -> io::Result<BufReader<Box<dyn ReadSeek>>> {
    let piece = file.len_bytes().clamp(512, PIECE_BYTES as u64) as usize;
    Ok(BufReader::with_capacity(piece, file.open()?))
}

/// Fills the buffer; `None` where the file ends before.
fn read_or_end(reader: &mut dyn io::Read, to: &mut [u8]) -> io::Result<Option<()>> {
    match reader.read_exact(to) {
        Ok(()) => Ok(Some(())),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

fn pair_at(bytes: &[u8], at: usize) -> (u32, u32) {
    let number = |at| u32_at(bytes, at).unwrap_or(0);
    (number(at), number(at + 4))
}

/// Goes on with a log's checksum over pairs of numbers, which are written in the log's own byte order.
fn checksum((mut a, mut b): (u32, u32), bytes: &[u8], is_big: bool) -> (u32, u32) {
    let (pairs, _) = bytes.as_chunks::<8>();
    for [x0, x1, x2, x3, y0, y1, y2, y3] in pairs {
        let number = |bytes| {
            if is_big {
                u32::from_be_bytes(bytes)
            } else {
                u32::from_le_bytes(bytes)
            }
        };
        a = a.wrapping_add(number([*x0, *x1, *x2, *x3])).wrapping_add(b);
        b = b.wrapping_add(number([*y0, *y1, *y2, *y3])).wrapping_add(a);
    }
    (a, b)
}
