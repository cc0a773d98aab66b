//! A full scan of a table's tree, page by page and row by row.
//!
//! ```text
//! page (the first: from byte 100 on):
//!   0 kind: 5 inner, 13 leaf of a table; 2 inner, 10 leaf of an index (tables WITHOUT ROWID)
//!   3 count of cells   8 last child (inner pages)   8 or 12 place of each cell, two bytes each
//! cell:  [child: 4 bytes]  [length of the record: varint]  [row number: varint]  record  [overflow page: 4 bytes]
//!        inner table: child and row number alone; index: no row number
//! overflow page:  next page or 0: 4 bytes, then content
//! ```
//!
//! Every page is read once a scan, so a loop ends and the work is bounded by the file, whatever it says.

use super::Fault;
use super::blocks::Bytes;
use super::bytes::{u16_at, u32_at, varint_at};
use super::pager::Pager;
use super::record::{Cell, Row, read_cells};
use super::schema::Table;

/// How deep a tree may be: with two children a page, deeper than any file.
const DEPTH: usize = 48;

/// How many bytes of a row are read; the values beyond are null.
const ROW_BYTES: usize = 64 << 20;

/// A page on the way down.
struct Level {
    number: u32,
    page: Bytes,
    kind: Kind,
    /// Where its header begins.
    start: usize,
    /// How many cells it has.
    count: usize,
    /// The next cell, or the last child after all.
    next: usize,
    /// How many bytes its cells may still have: they cannot share any.
    left: usize,
}

/// The page that is damaged, and how.
type Damage = (u32, String);

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind {
    is_leaf: bool,
    is_index: bool,
}

/// A scan of one table.
pub(super) struct Scan<'s> {
    pub pager: &'s mut Pager,
    pub table: &'s Table,
    pub faults: &'s mut Vec<Fault>,
    /// A bit a page: whether it was read.
    seen: Vec<u64>,
    /// How many pages were.
    pub pages_read: u64,
}

impl<'s> Scan<'s> {
    pub(super) fn new(pager: &'s mut Pager, table: &'s Table, faults: &'s mut Vec<Fault>) -> Self {
        let words = pager.pages() as usize / 64 + 1;
        Self {
            pager,
            table,
            faults,
            seen: vec![0; words],
            pages_read: 0,
        }
    }

    /// Gives every row, until one says that it is enough. `on_page` hears how many pages of this scan were
    /// read.
    pub(super) fn run(
        mut self,
        on_page: &mut dyn FnMut(u64),
        on_row: &mut dyn FnMut(&Row<'_>) -> bool,
    ) {
        let mut levels: Vec<Level> = Vec::new();
        self.descend(self.table.root, None, &mut levels);
        let mut cells = Vec::new();
        let mut joined = Vec::new();
        while let Some(level) = levels.last_mut() {
            let at = level.next;
            level.next += 1;
            let parent = level.number;
            if level.kind.is_leaf {
                on_page(self.pages_read);
                for at in 0..level.count {
                    if !self.row(level, at, &mut cells, &mut joined, on_row) {
                        return;
                    }
                }
                levels.pop();
                continue;
            }
            if at > level.count {
                levels.pop();
                continue;
            }
            // An index has rows in its inner pages too, between the children.
            let child = if at == level.count {
                u32_at(&level.page, level.start + 8)
            } else {
                level.cell(at).and_then(|cell| u32_at(&level.page, cell))
            };
            if level.kind.is_index
                && at > 0
                && !self.row(level, at - 1, &mut cells, &mut joined, on_row)
            {
                return;
            }
            match child {
                Some(child) => self.descend(child, Some(parent), &mut levels),
                None => self.fault(
                    parent,
                    format!("its cell {at} lies outside of it"),
                    "the rows below it were left out",
                ),
            }
        }
        on_page(self.pages_read);
    }

    /// Opens a page of the tree.
    fn descend(&mut self, number: u32, parent: Option<u32>, levels: &mut Vec<Level>) {
        const LEFT_OUT: &str = "the rows in and below it were left out";
        let page = match self.visit(number) {
            Ok(page) => page,
            Err(why) => {
                let what = match parent {
                    Some(parent) => format!("page {parent} leads there, but {why}"),
                    None => format!("the table {} begins there, but {why}", self.table.name),
                };
                return self.fault(number, what, LEFT_OUT);
            }
        };
        let start = if number == 1 { 100 } else { 0 };
        let kind = Kind::of(page.get(start).copied().unwrap_or(0))
            .filter(|kind| kind.is_index == self.table.is_without_rowid);
        let Some(kind) = kind else {
            let what = format!("it is no page of the table {}", self.table.name);
            return self.fault(number, what, LEFT_OUT);
        };
        if levels.len() == DEPTH {
            return self.fault(number, "the tree is too deep".to_owned(), LEFT_OUT);
        }
        let said = u16_at(&page, start + 3).map_or(0, usize::from);
        let usable = self.pager.usable();
        let count = said.min(usable.saturating_sub(start + kind.header_bytes()) / 2);
        if count < said {
            let what = format!("it says that it has {said} cells, which do not fit");
            self.fault(number, what, "what can be read of it was");
        }
        levels.push(Level {
            number,
            page,
            kind,
            start,
            count,
            next: 0,
            left: usable,
        });
    }

    /// A page that was not read before in this scan.
    fn visit(&mut self, number: u32) -> Result<Bytes, &'static str> {
        let bit = 1 << (number % 64);
        let word = self.seen.get_mut(number as usize / 64);
        match word {
            Some(word) if *word & bit == 0 => *word |= bit,
            Some(_) => return Err("it belongs elsewhere already"),
            None => {}
        }
        let page = self.pager.page(number)?;
        self.pages_read += 1;
        Ok(page)
    }

    /// Gives the row of a cell; says whether to go on.
    fn row(
        &mut self,
        level: &mut Level,
        at: usize,
        cells: &mut Vec<Cell>,
        joined: &mut Vec<u8>,
        on_row: &mut dyn FnMut(&Row<'_>) -> bool,
    ) -> bool {
        let usable = self.pager.usable();
        match self.payload(level, at, usable, joined) {
            Ok((found, payload)) if read_cells(payload, found.length, cells).is_some() => {
                on_row(&Row {
                    table: self.table,
                    rowid: found.rowid,
                    payload,
                    cells,
                    encoding: self.pager.encoding,
                })
            }
            Ok(_) => {
                self.fault(
                    level.number,
                    format!("its cell {at} is no record"),
                    "row left out",
                );
                true
            }
            Err(None) => true,
            Err(Some((page, what))) => {
                self.fault(page, what, "row left out");
                true
            }
        }
    }

    /// The record of a cell, or as much of it as is read; else the page that is damaged and how. Nothing of
    /// that where it was told already.
    fn payload<'p>(
        &mut self,
        level: &'p mut Level,
        at: usize,
        usable: usize,
        joined: &'p mut Vec<u8>,
    ) -> Result<(Found, &'p [u8]), Option<Damage>> {
        let number = level.number;
        let Some(found) = level.record(at, usable) else {
            return Err(Some((number, format!("its cell {at} lies outside of it"))));
        };
        // No cell is smaller than four bytes.
        let Some(left) = level.left.checked_sub(found.local_len.max(4)) else {
            let is_first = std::mem::take(&mut level.left) > 0;
            return Err(is_first.then(|| (number, format!("its cell {at} lies in others"))));
        };
        level.left = left;
        let local = level.page.get(found.from..found.from + found.local_len);
        let local = local.unwrap_or_default();
        let Some(first) = found.overflow else {
            return Ok((found, local));
        };
        joined.clear();
        joined.extend_from_slice(local);
        match self.overflow(first, found.length, joined) {
            Ok(()) => Ok((found, joined)),
            Err((page, why)) => {
                let what = format!("cell {at} of page {number} goes on there, but {why}");
                Err(Some((page, what)))
            }
        }
    }

    /// Joins what goes on in overflow pages; else the page where it breaks off and why.
    fn overflow(
        &mut self,
        first: u32,
        length: u64,
        joined: &mut Vec<u8>,
    ) -> Result<(), (u32, &'static str)> {
        let mut number = first;
        let usable = self.pager.usable();
        while (joined.len() as u64) < length {
            let page = self.visit(number).map_err(|why| (number, why))?;
            let rest = length - joined.len() as u64;
            let content = page.get(4..usable).unwrap_or_default();
            let take = content
                .len()
                .min(usize::try_from(rest).unwrap_or(usize::MAX));
            joined.extend_from_slice(content.get(..take).unwrap_or_default());
            number = u32_at(&page, 0).unwrap_or(0);
            if joined.len() >= ROW_BYTES && (joined.len() as u64) < length {
                let what = format!("a row of {length} bytes goes on there");
                self.fault(number, what, "its values beyond 64 MiB were left out");
                break;
            }
        }
        Ok(())
    }

    fn fault(&mut self, page: u32, what: String, effect: &'static str) {
        super::add_fault(
            self.faults,
            Fault::new("sqlite/page", format!("page {page}"), what, effect),
        );
    }
}

/// A record as its cell describes it.
struct Found {
    rowid: i64,
    length: u64,
    /// Where in the page it begins.
    from: usize,
    /// How many bytes of it are in the page.
    local_len: usize,
    /// The page on which it goes on.
    overflow: Option<u32>,
}

impl Level {
    /// Where a cell begins in the page.
    fn cell(&self, at: usize) -> Option<usize> {
        let pointers = self.start + self.kind.header_bytes();
        u16_at(&self.page, pointers + at * 2).map(usize::from)
    }

    fn record(&self, at: usize, usable: usize) -> Option<Found> {
        let mut at = self.cell(at)?;
        if !self.kind.is_leaf {
            at += 4;
        }
        let (length, len) = varint_at(&self.page, at)?;
        at += len;
        let mut rowid = 0;
        if !self.kind.is_index {
            let (number, len) = varint_at(&self.page, at)?;
            rowid = number as i64;
            at += len;
        }
        let local_len = self.kind.local_len(length, usable)?;
        let end = at.checked_add(local_len)?;
        let overflow = if local_len as u64 == length {
            None
        } else {
            Some(u32_at(&self.page, end)?)
        };
        (end <= usable).then_some(Found {
            rowid,
            length,
            from: at,
            local_len,
            overflow,
        })
    }
}

impl Kind {
    fn of(byte: u8) -> Option<Self> {
        let (is_leaf, is_index) = match byte {
            2 => (false, true),
            5 => (false, false),
            10 => (true, true),
            13 => (true, false),
            _ => return None,
        };
        Some(Self { is_leaf, is_index })
    }

    fn header_bytes(self) -> usize {
        if self.is_leaf { 8 } else { 12 }
    }

    /// How many bytes of a record are in its page.
    fn local_len(self, length: u64, usable: usize) -> Option<usize> {
        let most = if self.is_index {
            (usable.checked_sub(12)? * 64 / 255).checked_sub(23)?
        } else {
            usable.checked_sub(35)?
        };
        if length <= most as u64 {
            return usize::try_from(length).ok();
        }
        let least = (usable.checked_sub(12)? * 32 / 255).checked_sub(23)?;
        let rest = (length.checked_sub(least as u64)? % (usable as u64 - 4)) as usize;
        Some(if least + rest <= most {
            least + rest
        } else {
            least
        })
    }
}
