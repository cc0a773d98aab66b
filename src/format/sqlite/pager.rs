//! The pages of a database: from its file, or from the newer or older copy in the file beside it.
//!
//! ```text
//! byte 0  "SQLite format 3\0"        byte 24  change counter          byte 56  text encoding
//!     16  page size (1: 65536)           28  size in pages               92  counter that the
//!     18  written as (2: WAL)            20  reserved bytes a page           size is valid for
//! ```
//!
//! Page 1 begins with these 100 bytes. Source: <https://www.sqlite.org/fileformat2.html>.

use super::Fault;
use super::blocks::{Blocks, Bytes};
use super::bytes::{u16_at, u32_at};
use super::overlay::{Overlay, journal, wal};
use super::record::Encoding;
use crate::source::File;
use std::io;

/// What every SQLite file begins with.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";

/// How long the header is.
pub(super) const HEADER_BYTES: usize = 100;

/// The page size that is taken where the header's is damaged: what SQLite has written since 2016.
const USUAL_PAGE_BYTES: u32 = 4096;

/// The least that may be left of a page without its reserved bytes.
const LEAST_USABLE_BYTES: u32 = 480;

/// Reads pages.
pub(super) struct Pager {
    main: Blocks,
    /// The file beside it, and where in it which pages are.
    beside: Option<(Blocks, Overlay)>,
    page_bytes: u32,
    /// Bytes of a page that hold content.
    usable: usize,
    /// How many pages there are; none is beyond what the files have.
    pages: u32,
    pub encoding: Encoding,
}

impl Pager {
    /// Opens a database with what lies beside it; `None` where it is none.
    pub(super) fn open(
        file: &dyn File,
        wal_file: Option<&dyn File>,
        journal_file: Option<&dyn File>,
        faults: &mut Vec<Fault>,
    ) -> io::Result<Option<Self>> {
        let mut main = Blocks::open(file)?;
        let Ok(header) = main.read(0, HEADER_BYTES) else {
            return Ok(None);
        };
        if !header.starts_with(MAGIC) {
            return Ok(None);
        }
        let mut pager = Self {
            main,
            beside: None,
            page_bytes: page_bytes_of(&header, faults),
            usable: 0,
            pages: 0,
            encoding: Encoding::Utf8,
        };
        let is_wal = header.get(18..20).is_some_and(|bytes| bytes.contains(&2));
        if let Some(file) = wal_file {
            pager.beside = overlaid(file, wal, pager.page_bytes, faults);
        } else if is_wal {
            faults.push(Fault::new(
                "sqlite/no-wal",
                String::new(),
                "it was written in WAL mode, and no -wal file was dropped beside it".to_owned(),
                "read without it: if there is one, drop both, for its rows are the newest",
            ));
        }
        if pager.beside.is_none()
            && let Some(file) = journal_file
        {
            pager.beside = overlaid(file, journal, pager.page_bytes, faults);
            if pager.beside.is_some() {
                faults.push(Fault::new(
                    "sqlite/journal",
                    String::new(),
                    "its -journal file shows a transaction that was not finished".to_owned(),
                    "read as it was before that transaction, as SQLite does",
                ));
            }
        }
        pager.read_header(faults);
        Ok(Some(pager))
    }

    /// Takes what the first page says, which may come from the file beside it.
    fn read_header(&mut self, faults: &mut Vec<Fault>) {
        // Until it is known how many pages there are, the first is one of them.
        self.pages = 1;
        let header = self
            .page(1)
            .ok()
            .or_else(|| self.main.read(0, HEADER_BYTES).ok());
        let header: &[u8] = header.as_deref().unwrap_or_default();
        let reserved = u32::from(header.get(20).copied().unwrap_or(0));
        let usable = self.page_bytes.saturating_sub(reserved);
        self.usable = if usable < LEAST_USABLE_BYTES {
            faults.push(Fault::new(
                "sqlite/header",
                "byte 20".to_owned(),
                format!("it says that {reserved} bytes of each page are reserved"),
                "read as if none were",
            ));
            self.page_bytes as usize
        } else {
            usable as usize
        };
        self.encoding = match u32_at(header, 56) {
            Some(2) => Encoding::Utf16Little,
            Some(3) => Encoding::Utf16Big,
            _ => Encoding::Utf8,
        };
        let page_bytes = u64::from(self.page_bytes);
        let in_file = self.main.len_bytes() / page_bytes;
        let cut = self.main.len_bytes() % page_bytes;
        let counted = u32_at(header, 28)
            .filter(|count| *count > 0 && u32_at(header, 24) == u32_at(header, 92));
        let overlay = self.beside.as_ref().map(|(_, overlay)| overlay);
        let said = overlay
            .and_then(|overlay| overlay.pages)
            .or(counted)
            .map(u64::from);
        let there = overlay.map_or(in_file, |overlay| overlay.pages_with(in_file));
        if cut > 0 || said.is_some_and(|said| said > there) {
            let said = said.unwrap_or(in_file + 1);
            let what = format!(
                "it ends at byte {}, but has {said} pages of {page_bytes} bytes",
                self.main.len_bytes()
            );
            faults.push(Fault::new(
                "sqlite/truncated",
                format!("byte {}", self.main.len_bytes()),
                what,
                "what is there was read",
            ));
        }
        // A header that says less is not believed: what it does not count is never reached anyway.
        self.pages = u32::try_from(there).unwrap_or(u32::MAX).max(1);
    }

    /// How many pages there are.
    pub(super) fn pages(&self) -> u32 {
        self.pages
    }

    /// How many bytes of a page hold content.
    pub(super) fn usable(&self) -> usize {
        self.usable
    }

    /// How large a page is, in bytes.
    pub(super) fn page_bytes(&self) -> u32 {
        self.page_bytes
    }

    /// A page by its number, which counts from 1; else why it is not there.
    pub(super) fn page(&mut self, number: u32) -> Result<Bytes, &'static str> {
        let page_bytes = self.page_bytes as usize;
        let is_counted = (1..=self.pages).contains(&number);
        let beside = self.beside.as_mut();
        let (blocks, at) = beside
            .and_then(|(blocks, overlay)| Some((blocks, overlay.place(number)?)))
            .unwrap_or_else(|| {
                let at = u64::from(number.saturating_sub(1)) * page_bytes as u64;
                (&mut self.main, at)
            });
        if !is_counted || at + page_bytes as u64 > blocks.len_bytes() {
            return Err("it lies beyond the end of the file");
        }
        let page = blocks.read(at, page_bytes);
        page.map_err(|_error| "it cannot be read")
    }
}

/// What reads which pages a file beside a database has.
type ReadOverlay = fn(&dyn File, u32, &mut Vec<Fault>) -> io::Result<Option<Overlay>>;

/// The file beside a database, with where its pages are.
fn overlaid(
    file: &dyn File,
    read: ReadOverlay,
    page_bytes: u32,
    faults: &mut Vec<Fault>,
) -> Option<(Blocks, Overlay)> {
    let found = read(file, page_bytes, faults).and_then(|overlay| {
        let Some(overlay) = overlay else {
            return Ok(None);
        };
        Ok(Some((Blocks::open(file)?, overlay)))
    });
    found.unwrap_or_else(|error| {
        faults.push(
            Fault::new(
                "source/cannot-read",
                String::new(),
                error.to_string(),
                "read without it",
            )
            .of(file.path()),
        );
        None
    })
}

fn page_bytes_of(header: &[u8], faults: &mut Vec<Fault>) -> u32 {
    let said = u16_at(header, 16).map_or(0, u32::from);
    match said {
        1 => 65_536,
        512.. if said.is_power_of_two() => said,
        _ => {
            faults.push(Fault::new(
                "sqlite/header",
                "byte 16".to_owned(),
                format!("it says that a page has {said} bytes"),
                "read with pages of 4096 bytes",
            ));
            USUAL_PAGE_BYTES
        }
    }
}
