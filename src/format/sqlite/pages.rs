//! Pages of a database: read from the file, or from the write-ahead log where that has a newer one; and
//! what a page of a b-tree holds.

use crate::source::{File, ReadSeek};
use std::collections::BTreeMap;
use std::io::{Read as _, SeekFrom};
use std::rc::Rc;

/// How many bytes of pages are kept.
const KEPT_BYTES: usize = 4 << 20;

/// How large a write-ahead log may be.
const LOG_FRAMES: u64 = 16 << 20;

/// The pages of a file.
pub(super) struct Pages {
    file: Box<dyn ReadSeek>,
    page_bytes: usize,
    reserved: usize,
    count: u64,
    log: Option<Box<dyn ReadSeek>>,
    /// Where in the log the newest copy of a page is.
    in_log: BTreeMap<u32, u64>,
    kept: BTreeMap<u32, Rc<[u8]>>,
}

impl Pages {
    pub(super) fn open(file: &dyn File) -> Result<Self, String> {
        let mut source = file.open().map_err(|error| error.to_string())?;
        let mut header = [0; 100];
        source
            .read_exact(&mut header)
            .map_err(|error| format!("its header cannot be read: {error}"))?;
        let page_bytes = match u16_at(&header, 16) {
            1 => 65536,
            size => usize::from(size),
        };
        if !page_bytes.is_power_of_two() || page_bytes < 512 {
            return Err("its header names no possible page size".to_owned());
        }
        let reserved = usize::from(header[20]);
        if page_bytes - reserved < 480 {
            return Err("its header reserves too much of each page".to_owned());
        }
        Ok(Self {
            file: source,
            page_bytes,
            reserved,
            count: file.len_bytes().div_ceil(page_bytes as u64),
            log: None,
            in_log: BTreeMap::new(),
            kept: BTreeMap::new(),
        })
    }

    /// Takes committed pages from a write-ahead log. Fails with the reason where it is of no use.
    pub(super) fn overlay(&mut self, log: &dyn File) -> Result<(), String> {
        if log.len_bytes() < 32 {
            return Ok(());
        }
        let mut source = log.open().map_err(|error| error.to_string())?;
        let mut header = [0; 32];
        source
            .read_exact(&mut header)
            .map_err(|error| error.to_string())?;
        let magic = u32_at(&header, 0);
        if magic & 0xffff_fffe != 0x377f_0682 {
            return Err("the write-ahead log beside it is none".to_owned());
        }
        if u32_at(&header, 8) as usize != self.page_bytes {
            return Err("the write-ahead log beside it has another page size".to_owned());
        }
        let is_big = magic & 1 == 1;
        let mut sum = checksum((0, 0), &header[..24], is_big);
        if sum != (u32_at(&header, 24), u32_at(&header, 28)) {
            return Err("the header of the write-ahead log beside it is damaged".to_owned());
        }
        let mut frame = vec![0; 24 + self.page_bytes];
        let mut uncommitted: Vec<(u32, u64)> = Vec::new();
        for number in 0..LOG_FRAMES {
            let place = 32 + number * frame.len() as u64;
            // A log ends where frames of an older use begin.
            if source.read_exact(&mut frame).is_err() || frame[8..16] != header[16..24] {
                break;
            }
            sum = checksum(sum, &frame[..8], is_big);
            sum = checksum(sum, &frame[24..], is_big);
            if sum != (u32_at(&frame, 16), u32_at(&frame, 20)) {
                break;
            }
            uncommitted.push((u32_at(&frame, 0), place + 24));
            let pages_after_commit = u32_at(&frame, 4);
            if pages_after_commit > 0 {
                self.count = self.count.max(u64::from(pages_after_commit));
                self.in_log.extend(uncommitted.drain(..));
            }
        }
        self.log = Some(source);
        Ok(())
    }

    /// How many bytes of a page are used.
    pub(super) fn usable(&self) -> usize {
        self.page_bytes - self.reserved
    }

    /// A page by its number, from 1.
    pub(super) fn get(&mut self, number: u32) -> Option<Rc<[u8]>> {
        if number == 0 || u64::from(number) > self.count {
            return None;
        }
        if let Some(page) = self.kept.get(&number) {
            return Some(Rc::clone(page));
        }
        let mut page = vec![0; self.page_bytes];
        let (source, place) = match (self.in_log.get(&number), &mut self.log) {
            (Some(place), Some(log)) => (log, *place),
            _ => (
                &mut self.file,
                (u64::from(number) - 1) * self.page_bytes as u64,
            ),
        };
        source.seek(SeekFrom::Start(place)).ok()?;
        source.read_exact(&mut page).ok()?;
        let page: Rc<[u8]> = page.into();
        if self.kept.len() * self.page_bytes >= KEPT_BYTES {
            self.kept.clear();
        }
        self.kept.insert(number, Rc::clone(&page));
        Some(page)
    }

    /// The whole payload of a cell.
    pub(super) fn payload(&mut self, cell: &Cell) -> Option<Vec<u8>> {
        let len = usize::try_from(cell.len?).ok()?;
        let mut bytes = cell.page.get(cell.local.clone())?.to_vec();
        let mut next = cell.overflow;
        let mut left = self.count;
        while bytes.len() < len {
            // No chain is longer than there are pages.
            left = left.checked_sub(1)?;
            let page = self.get(next)?;
            next = u32_at(&page, 0);
            let more = (len - bytes.len()).min(self.usable() - 4);
            bytes.extend_from_slice(page.get(4..4 + more)?);
        }
        Some(bytes)
    }
}

/// A page of a b-tree.
pub(super) struct TreePage<'a> {
    page: &'a Rc<[u8]>,
    kind: u8,
    cells: Vec<usize>,
    last_child: Option<u32>,
    usable: usize,
}

/// A row, as far as it lies in a page.
pub(super) struct Cell {
    page: Rc<[u8]>,
    /// Its row id; 0 in tables without.
    pub(super) rowid: i64,
    /// How long its payload is; `None` where the cell holds none.
    pub(super) len: Option<u64>,
    local: std::ops::Range<usize>,
    overflow: u32,
}

impl<'a> TreePage<'a> {
    /// Reads the head of a page; `None` where it is no page of a table.
    pub(super) fn parse(page: &'a Rc<[u8]>, number: u32, usable: usize) -> Option<Self> {
        let head = if number == 1 { 100 } else { 0 };
        let kind = *page.get(head)?;
        let is_interior = match kind {
            2 | 5 => true,
            10 | 13 => false,
            _ => return None,
        };
        let count = usize::from(u16_at(page, head + 3));
        let first = head + if is_interior { 12 } else { 8 };
        let pointers = page.get(first..first + count * 2)?;
        Some(Self {
            page,
            kind,
            cells: pointers
                .chunks_exact(2)
                .map(|pointer| usize::from(u16_at(pointer, 0)))
                .collect(),
            last_child: is_interior.then(|| u32_at(page, head + 8)),
            usable,
        })
    }

    /// The pages below it, in the order of their keys.
    pub(super) fn children(&self) -> Vec<u32> {
        let Some(last) = self.last_child else {
            return Vec::new();
        };
        let cells = self.cells.iter().map(|at| u32_at(self.page, *at));
        cells.chain([last]).collect()
    }

    /// Its rows.
    pub(super) fn cells(&self) -> impl Iterator<Item = Cell> + '_ {
        self.cells.iter().map(|at| {
            self.cell(*at).unwrap_or_else(|| Cell {
                page: Rc::clone(self.page),
                rowid: 0,
                len: Some(u64::MAX),
                local: 0..0,
                overflow: 0,
            })
        })
    }

    fn cell(&self, mut at: usize) -> Option<Cell> {
        let mut cell = Cell {
            page: Rc::clone(self.page),
            rowid: 0,
            len: None,
            local: 0..0,
            overflow: 0,
        };
        if self.kind == 5 {
            return Some(cell);
        }
        if self.kind == 2 {
            at += 4;
        }
        let (len, after) = varint(self.page, at)?;
        at = after;
        if self.kind == 13 {
            let (rowid, after) = varint(self.page, at)?;
            cell.rowid = rowid as i64;
            at = after;
        }
        let local = self.local_bytes(len)?;
        cell.len = Some(len);
        cell.local = at..at.checked_add(local)?;
        if (local as u64) < len {
            cell.overflow = u32_at(self.page, cell.local.end);
        }
        (cell.local.end <= self.page.len()).then_some(cell)
    }

    /// How much of a payload lies in the page itself.
    fn local_bytes(&self, len: u64) -> Option<usize> {
        let usable = self.usable;
        let most = if self.kind == 13 {
            usable - 35
        } else {
            (usable - 12) * 64 / 255 - 23
        };
        if len <= most as u64 {
            return usize::try_from(len).ok();
        }
        let least = (usable - 12) * 32 / 255 - 23;
        let rest = (len - least as u64) % (usable as u64 - 4);
        let spread = least + usize::try_from(rest).ok()?;
        Some(if spread <= most { spread } else { least })
    }
}

/// SQLite's varint: up to nine bytes, the greatest first; the value and where it ends.
pub(super) fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0;
    for place in 0..8 {
        let byte = *bytes.get(at + place)?;
        value = value << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((value, at + place + 1));
        }
    }
    Some((value << 8 | u64::from(*bytes.get(at + 8)?), at + 9))
}

/// The checksum of the write-ahead log, gone on with.
fn checksum((mut a, mut b): (u32, u32), bytes: &[u8], is_big: bool) -> (u32, u32) {
    let (words, _) = bytes.as_chunks::<4>();
    let word = |bytes: &[u8; 4]| {
        if is_big {
            u32::from_be_bytes(*bytes)
        } else {
            u32::from_le_bytes(*bytes)
        }
    };
    for pair in words.chunks_exact(2) {
        a = a.wrapping_add(word(&pair[0])).wrapping_add(b);
        b = b.wrapping_add(word(&pair[1])).wrapping_add(a);
    }
    (a, b)
}

/// A number of two bytes, the greatest first; 0 beyond the end.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    let found = bytes.get(at..at + 2).and_then(|two| two.try_into().ok());
    found.map_or(0, u16::from_be_bytes)
}

/// A number of four bytes, the greatest first; 0 beyond the end.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let found = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    found.map_or(0, u32::from_be_bytes)
}
