//! What is done with each file of a drop: which format reads it, with which others, or why none does.

use super::{Dropped, FORMATS, Head, Unit, parquet, unreadable};
use crate::ledger::download;
use crate::source::Files;

/// How many files are offered to a format in a step.
const STEP_FILES: usize = 64;

/// A file that no format reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadFile {
    /// Its path in the drop.
    pub path: String,
    /// Why, and what to do.
    pub reason: String,
}

/// What is done with each file of a drop.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What is read.
    pub units: Vec<Unit>,
    /// What is not.
    pub unread: Vec<UnreadFile>,
    /// About how many bytes of memory all that is read takes, guessed from the files' sizes, and of Parquet
    /// from its footer.
    pub memory_bytes: u64,
}

impl Plan {
    /// Adds what could not be opened of archives, each with the reason.
    pub fn add_unopened(&mut self, problems: Vec<(String, String)>) {
        let unread = problems.into_iter();
        self.unread
            .extend(unread.map(|(path, reason)| UnreadFile { path, reason }));
    }
}

/// A number of eight bytes is written in about as many letters.
const MEMORY_OF_TEXT: f64 = 1.2;

/// What is compressed becomes several times as large.
const MEMORY_OF_COMPRESSED: f64 = 8.0;

/// Files below this are not looked at to guess their memory.
const GUESSED_BYTES: u64 = 1 << 20;

/// About how many bytes of memory a file takes when it is read.
fn memory_of(place: usize, dropped: &Dropped<'_>) -> u64 {
    const COMPRESSED: [&[u8]; 4] = [&[0x1f, 0x8b], b"\x28\xb5\x2f\xfd", b"PAR1", b"PK\x03\x04"];
    let bytes = dropped.file(place).len_bytes();
    let is_compressed = || {
        let start = &dropped.head(place).raw;
        COMPRESSED.iter().any(|magic| start.starts_with(magic))
    };
    let is_parquet = || dropped.head(place).raw.starts_with(b"PAR1");
    if bytes >= GUESSED_BYTES
        && !dropped.file(place).is_packed()
        && is_parquet()
        && let Some(bytes) = parquet::memory_of(dropped.file(place))
    {
        return bytes;
    }
    let factor = if bytes >= GUESSED_BYTES && is_compressed() {
        MEMORY_OF_COMPRESSED
    } else {
        MEMORY_OF_TEXT
    };
    (bytes as f64 * factor) as u64
}

/// Decides what is done with each file.
pub fn plan(files: &Files) -> Plan {
    let mut planning = Planning::new(files);
    while planning.step() {}
    planning.finish()
}

/// A plan being made, in steps of some milliseconds, so that it can be left.
pub struct Planning<'a> {
    dropped: Dropped<'a>,
    taken: Vec<bool>,
    /// The format that is asked, and the file that it is offered next. By format, so that a sure one has its folders
    /// before another sees what lies in them.
    format: usize,
    place: usize,
    /// Units, each with the first file by which it was met.
    units: Vec<(usize, Unit)>,
    plan: Plan,
}

impl<'a> Planning<'a> {
    /// Begins with these files.
    pub fn new(files: &'a Files) -> Self {
        Self {
            dropped: Dropped::new(files),
            taken: vec![false; files.len()],
            format: 0,
            place: 0,
            units: Vec::new(),
            plan: Plan::default(),
        }
    }

    /// Offers some files to a format; false where all were offered to all.
    pub fn step(&mut self) -> bool {
        let Some(format) = FORMATS.get(self.format) else {
            return false;
        };
        let mut offered = 0;
        while offered < STEP_FILES {
            if self.place >= self.taken.len() {
                self.format += 1;
                self.place = 0;
                return true;
            }
            if !self.taken[self.place] {
                self.offer(self.place, format);
                offered += 1;
            }
            self.place += 1;
        }
        true
    }

    /// The part of the work that is done, 0 to 1.
    pub fn part(&self) -> f64 {
        self.format as f64 / FORMATS.len() as f64
    }

    fn offer(&mut self, place: usize, format: &super::Format) {
        let claim = (format.claim)(place, &self.dropped);
        let is_divisible = claim.is_divisible();
        let mut pieces = claim.into_pieces();
        for piece in &mut pieces {
            piece.retain(|at| self.taken.get(*at) == Some(&false));
        }
        pieces.retain(|piece| !piece.is_empty());
        if !pieces.iter().flatten().any(|at| *at == place) {
            return;
        }
        // The first file stands for all, whichever was met first.
        let first = self.dropped.head(pieces[0][0]);
        let (path, part_of) = (first.path.clone(), part_number(first));
        let met = pieces.iter().flatten().min().copied().unwrap_or(place);
        for files in pieces {
            for at in &files {
                self.plan.memory_bytes += memory_of(*at, &self.dropped);
                self.taken[*at] = true;
            }
            let unit = Unit {
                format: format.name.to_owned(),
                path: path.clone(),
                files,
                part_of,
                span: None,
                is_divisible,
            };
            self.units.push((met, unit));
        }
    }

    /// The plan, when all files were offered.
    pub fn finish(self) -> Plan {
        let (units, mut plan) = (self.units, self.plan);
        // Stable: pieces of a source stay in their order. What was downloaded again comes behind the first of its name, which it
        // may bring up to date.
        let placed = units.into_iter().map(|(met, unit)| {
            let again = download(self.dropped.path(met));
            let again = again.and_then(|(path, number)| Some((self.dropped.at(&path)?, number)));
            (again.unwrap_or((met, 0)), unit)
        });
        let mut units: Vec<_> = placed.collect();
        order::by_key(&mut units, |(place, _)| *place);
        plan.units = units.into_iter().map(|(_, unit)| unit).collect();
        for place in (0..self.taken.len()).filter(|place| !self.taken[*place]) {
            let head = self.dropped.head(place);
            plan.unread.push(UnreadFile {
                path: head.path.clone(),
                reason: unreadable::reason(head).unwrap_or_else(|| unreadable::unknown(head)),
            });
        }
        plan
    }
}

/// A number of the file's own: from its path, size and head (FNV-1a).
fn part_number(head: &Head) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let bytes = head
        .path
        .bytes()
        .chain(head.len_bytes.to_le_bytes())
        .chain(head.text.bytes().take(4096));
    bytes
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(PRIME)
        })
        .max(1)
}
