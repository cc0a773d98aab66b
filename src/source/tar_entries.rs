//! The entries of a tar, found from header to header in steps.
//!
//! A folder of runs is many small files, which a tar holds in the order in which the disk had them: whoever reads them in the order
//! of their paths goes to and fro, and each time waits for the browser. So small entries are gathered on the way and kept by a
//! [`Store`] in the order of their paths, with what is known of all entries: others that open the tar do not look for them again.
//! Large entries are read where they lie.

use super::archive::clean;
use super::limits::ARCHIVE_ENTRIES;
use super::stretch::Stretch;
use super::{File, Files, Store, read_up_to};
use crate::ledger::bytes::{decoded, encoded};
use serde::{Deserialize, Serialize};
use std::io::{self, Read as _};
use std::rc::Rc;

/// Entries up to this size are gathered, up to so much of them.
const SMALL_BYTES: u64 = 64 << 10;
const GATHERED_BYTES: usize = 128 << 20;

/// Of what is gathered so much is given to the store at once.
const PIECE_BYTES: usize = 4 << 20;

/// How many entries are looked at in a step.
const STEP_ENTRIES: usize = 512;

/// A block: headers begin at multiples of it.
const BLOCK_BYTES: u64 = 512;

/// How the length of the list is written before it.
const LENGTH_BYTES: usize = size_of::<u64>();

/// A tar of which the entries are being looked for.
pub(super) struct TarScan {
    file: Rc<dyn File>,
    /// Where the next header is.
    next: u64,
    /// How many entries of any kind were met.
    count: usize,
    entries: Vec<Entry>,
    contents: Vec<u8>,
    /// What is wrong with it, if anything is.
    problem: Option<String>,
}

/// An entry that holds data.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    /// Its path in the tar.
    name: String,
    /// Where it begins: in the tar, or where it was gathered among what was.
    from: u64,
    /// How many bytes it holds.
    bytes: u64,
    is_gathered: bool,
}

impl TarScan {
    /// Begins with a tar.
    pub(super) fn new(file: Rc<dyn File>) -> Self {
        Self {
            file,
            next: 0,
            count: 0,
            entries: Vec::new(),
            contents: Vec::new(),
            problem: None,
        }
    }

    /// The tar, and how many of its entries were found.
    pub(super) fn progress(&self) -> (&str, usize) {
        (self.file.path(), self.entries.len())
    }

    /// Looks at some more entries; false where there are no more.
    pub(super) fn step(&mut self) -> bool {
        match self.look_on() {
            Ok(is_more) => is_more,
            Err(error) => {
                let count = self.count;
                let what = format!("the archive is damaged after {count} entries: {error}");
                self.problem = Some(what);
                false
            }
        }
    }

    fn look_on(&mut self) -> io::Result<bool> {
        let begin = self.next;
        let mut archive = tar::Archive::new(Stretch::rest_of(&self.file, begin)?);
        let mut looked_at = 0;
        for entry in archive.entries_with_seek()? {
            let mut entry = entry?;
            looked_at += 1;
            if self.count == ARCHIVE_ENTRIES {
                let what =
                    format!("it has more than {ARCHIVE_ENTRIES} entries: the first were taken");
                self.problem = Some(what);
                return Ok(false);
            }
            self.count += 1;
            // Links and devices hold no data.
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let (from, bytes) = (begin + entry.raw_file_position(), entry.size());
            let name = clean(&String::from_utf8_lossy(&entry.path_bytes()));
            let is_cut = from.saturating_add(bytes) > self.file.len_bytes();
            if let Some(name) = name {
                if is_cut {
                    let count = self.count;
                    let what =
                        format!("the archive ends in the middle of its entry {count}, {name}");
                    self.problem = Some(what);
                }
                let is_small = bytes <= SMALL_BYTES && self.contents.len() < GATHERED_BYTES;
                let is_gathered = is_small && !is_cut;
                let (from, bytes) = if is_gathered {
                    let place = self.contents.len() as u64;
                    // As many as there are now: the file may have become shorter.
                    (place, entry.read_to_end(&mut self.contents)? as u64)
                } else {
                    (from, bytes)
                };
                self.entries.push(Entry {
                    name,
                    from,
                    bytes,
                    is_gathered,
                });
            }
            if is_cut {
                return Ok(false);
            }
            // Only the end of such a file is known to be where what belongs to the next one begins.
            if looked_at >= STEP_ENTRIES {
                self.next = from + bytes.next_multiple_of(BLOCK_BYTES);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The entries as files; they are kept by `store`. What is wrong with the tar is told.
    pub(super) fn finish(
        mut self,
        store: &mut dyn Store,
        tell: impl FnOnce(&str, String),
    ) -> io::Result<Files> {
        let path = self.file.path();
        if let Some(problem) = self.problem.take() {
            tell(path, problem);
        }
        // The order in which files are read is that in which they are kept: else each read would go to and fro.
        order::by(&mut self.entries, |a, b| a.name.cmp(&b.name));
        let mut gathered = Vec::new();
        let mut place = 0;
        for entry in self.entries.iter_mut().filter(|entry| entry.is_gathered) {
            let from = entry.from as usize;
            gathered.push(from..from + entry.bytes as usize);
            entry.from = place;
            place += entry.bytes;
        }
        let list = encoded(&self.entries);
        store.add(&(list.len() as u64).to_le_bytes());
        store.add(&list);
        let mut piece = Vec::new();
        for of_entry in gathered {
            piece.extend_from_slice(&self.contents[of_entry]);
            if piece.len() >= PIECE_BYTES {
                store.add(&piece);
                piece.clear();
            }
        }
        store.add(&piece);
        let kept = store.end(Some(path));
        kept.map_or_else(|| Ok(Files::new()), |kept| entries(&self.file, &kept))
    }
}

/// The entries of a tar of which `kept` was kept.
pub(super) fn entries(tar: &Rc<dyn File>, kept: &Rc<dyn File>) -> io::Result<Files> {
    let unknown = || io::Error::other("what was kept of it cannot be read");
    let head = read_up_to(kept.as_ref(), LENGTH_BYTES as u64)?;
    let (length, _) = head.split_first_chunk().ok_or_else(unknown)?;
    let length = u64::from_le_bytes(*length);
    let begin = LENGTH_BYTES as u64 + length;
    let list = read_up_to(kept.as_ref(), begin)?;
    let list: Option<Vec<Entry>> = list.get(LENGTH_BYTES..).and_then(decoded);
    let as_file = |entry: Entry| -> Rc<dyn File> {
        let path = format!("{}/{}", tar.path(), entry.name);
        let (of, from) = if entry.is_gathered {
            (kept, begin + entry.from)
        } else {
            (tar, entry.from)
        };
        Rc::new(Stretch::new(of, path, from, entry.bytes))
    };
    Ok(list.ok_or_else(unknown)?.into_iter().map(as_file).collect())
}
