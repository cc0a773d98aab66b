//! Archives opened in place: zip, tar, and what gzip and zstd have made of them.
//!
//! What lies in an archive becomes files of the drop, below the archive's path. Stored entries of a zip and
//! those of a tar are read where they lie, compressed ones are inflated as they are read. What must be read at any
//! place and is compressed as a whole (a `.tar.gz`, an archive in a zip) is decoded once and kept by a [`Store`],
//! so that of several workers which open the same drop only the first decodes. Of a workbook (`.xlsx`) the first
//! sheet becomes a table; a zip that is another document or a model (`.docx`, `.npz`, `.pt`) stays a file. An archive
//! in an archive is opened once more, not deeper.

use super::limits::{
    ARCHIVE_ENTRIES, UNPACKED_DROP_BYTES, UNPACKED_FREE_BYTES, UNPACKED_MEMORY_BYTES,
    UNPACKED_RATIO,
};
use super::spreadsheet::Workbook;
use super::store::{InMemory, Store};
use super::tar_entries::{self, TarScan};
use super::zip_entry::{Sizes, Zip, ZipEntry};
use super::{File, Files, file_name, read_up_to};
use flate2::read::MultiGzDecoder;
use std::cell::RefCell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;
use zip::{CompressionMethod, ZipArchive};

/// How deep layers are taken off: two archives, each of which may have been packed once more.
const DEEPEST: usize = 2 * ARCHIVE_DEPTH;

/// How much deeper than an archive its entries are; what is only compressed is 1 deeper.
const ARCHIVE_DEPTH: usize = 2;

/// In drops of at most so many files each is looked into; in larger ones those with an archive's name.
const FEW_FILES: usize = 2000;

/// How archives are named.
const ENDINGS: [&str; 8] = [
    ".zip", ".xlsx", ".tar", ".gz", ".tgz", ".zst", ".zstd", ".tzst",
];

/// Endings that go with what is decoded.
const GZIP_ENDINGS: [&str; 2] = [".gz", ".tgz"];
const ZSTD_ENDINGS: [&str; 3] = [".zst", ".zstd", ".tzst"];

/// How much of what is compressed is looked at.
const HEAD_BYTES: u64 = 1 << 10;

/// How much is decoded in a step.
const PIECE_BYTES: u64 = 4 << 20;

/// How many files that are not looked into are taken in a step.
const STEP_FILES: usize = 256;

/// Files that are zips but no archives of files.
const DOCUMENTS: [&str; 8] = ["docx", "pptx", "ods", "npz", "pt", "pth", "keras", "jar"];

/// The files of a drop with its archives opened.
#[derive(Default)]
pub struct Unpacked {
    /// All files.
    pub files: Files,
    /// Paths of what could not be opened or was left out, with the reason.
    pub problems: Vec<(String, String)>,
}

/// Opens the archives among these files.
pub fn unpack(files: &Files) -> Unpacked {
    unpack_into(files, &mut InMemory::default())
}

/// As [`unpack`]; what is decoded is kept by `store`.
pub fn unpack_into(files: &Files, store: &mut dyn Store) -> Unpacked {
    let mut unpacking = Unpacking::new(files);
    while unpacking.step(store) {}
    unpacking.unpacked
}

/// Archives being opened, in steps of some milliseconds, so that it can be left.
pub struct Unpacking {
    /// Folders and archives whose files are being taken, the innermost last.
    levels: Vec<Level>,
    decoding: Option<Decoding>,
    /// A tar whose entries are being looked for, and how deep they lie.
    scanning: Option<(TarScan, usize)>,
    /// How many bytes were decoded of the whole drop.
    decoded: u64,
    unpacked: Unpacked,
}

/// The files of one folder or archive that are still to be taken.
struct Level {
    files: std::vec::IntoIter<Rc<dyn File>>,
    depth: usize,
    /// Whether each is looked into: of a hundred thousand that would take longer than reading them.
    are_few: bool,
}

/// A stream being decoded.
struct Decoding {
    reader: Box<dyn Read>,
    /// The file that it is of, and the path of what it holds.
    of: String,
    path: String,
    /// How deep what it holds lies.
    depth: usize,
    bytes: u64,
    /// The most that may come out.
    most: u64,
}

impl Unpacking {
    /// Begins with the files of a drop.
    pub fn new(files: &Files) -> Self {
        let mut unpacking = Self {
            levels: Vec::new(),
            decoding: None,
            scanning: None,
            decoded: 0,
            unpacked: Unpacked::default(),
        };
        unpacking.enter(files.clone(), 0);
        unpacking
    }

    /// Does the next piece of work; false where nothing is left.
    pub fn step(&mut self, store: &mut dyn Store) -> bool {
        if let Some(decoding) = self.decoding.take() {
            self.decode_on(decoding, store);
            return true;
        }
        if let Some((scan, depth)) = self.scanning.take() {
            self.scan_on(scan, depth, store);
            return true;
        }
        for _ in 0..STEP_FILES {
            let Some(level) = self.levels.last_mut() else {
                return false;
            };
            let (depth, are_few) = (level.depth, level.are_few);
            let Some(file) = level.files.next() else {
                self.levels.pop();
                continue;
            };
            let name = file_name(file.path()).to_ascii_lowercase();
            if are_few || ENDINGS.iter().any(|ending| name.ends_with(ending)) {
                self.take(file, depth, store);
                return true;
            }
            self.unpacked.files.push(file);
        }
        true
    }

    /// How many files were found so far, and what is being decoded or looked through.
    pub fn progress(&self) -> (usize, &str) {
        let found = self.unpacked.files.len();
        if let Some((scan, _)) = &self.scanning {
            let (of, entries) = scan.progress();
            return (found + entries, of);
        }
        let decoding = self.decoding.as_ref();
        (found, decoding.map_or("", |decoding| &decoding.of))
    }

    /// All files, when nothing is left to do.
    pub fn finish(self) -> Unpacked {
        self.unpacked
    }

    fn enter(&mut self, files: Files, depth: usize) {
        self.levels.push(Level {
            are_few: files.len() <= FEW_FILES,
            files: files.into_iter(),
            depth,
        });
    }

    fn tell(&mut self, path: &str, what: String) {
        self.unpacked.problems.push((path.to_owned(), what));
    }

    /// Adds a file, or what is in it.
    fn take(&mut self, file: Rc<dyn File>, depth: usize, store: &mut dyn Store) {
        let opened = match Kind::of(file.as_ref()) {
            Some(kind) if depth < DEEPEST => self.open(kind, &file, depth, store),
            _ => Ok(false),
        };
        match opened {
            Ok(true) => {}
            Ok(false) => self.unpacked.files.push(file),
            Err(error) => {
                let mut why = error.to_string();
                // Where a zip says what is in it.
                if why.contains("EOCD") {
                    "it has no end, as when it was copied in part".clone_into(&mut why);
                }
                self.tell_unopened(file.path(), &why);
            }
        }
    }

    /// Opens an archive; says whether it was one.
    fn open(
        &mut self,
        kind: Kind,
        file: &Rc<dyn File>,
        depth: usize,
        store: &mut dyn Store,
    ) -> io::Result<bool> {
        match kind {
            Kind::Zip if is_document_name(file.path()) => return Ok(false),
            // Else each of its entries would be reached by decoding all before it.
            Kind::Zip | Kind::Tar if file.is_packed() => {
                self.decode(file.open()?, file, &[], depth, store);
            }
            Kind::Zip => return self.open_zip(file, depth, store),
            Kind::Tar => self.open_tar(file, depth, store)?,
            Kind::Gzip => {
                let mut head = Vec::new();
                let mut decoder = MultiGzDecoder::new(BufReader::new(file.open()?));
                // A broken one is told by who reads it as text.
                let _read = (&mut decoder).take(HEAD_BYTES).read_to_end(&mut head);
                if is_text(&head) {
                    return Ok(false);
                }
                let decoder = MultiGzDecoder::new(BufReader::new(file.open()?));
                self.decode(decoder, file, &GZIP_ENDINGS, depth + 1, store);
            }
            Kind::Zstd => {
                let source = BufReader::new(file.open()?);
                let decoder =
                    ruzstd::decoding::StreamingDecoder::new(source).map_err(io::Error::other)?;
                self.decode(decoder, file, &ZSTD_ENDINGS, depth + 1, store);
            }
        }
        Ok(true)
    }

    /// What one stream holds becomes a file, under the name without its ending.
    fn decode(
        &mut self,
        reader: impl Read + 'static,
        file: &Rc<dyn File>,
        endings: &[&str],
        depth: usize,
        store: &mut dyn Store,
    ) {
        if let Some(known) = store.known() {
            if let Some(known) = known {
                self.take(known, depth, store);
            }
            return;
        }
        let path = file.path();
        let ending = endings.iter().find_map(|ending| path.strip_suffix(ending));
        let honest = file.len_bytes().saturating_mul(UNPACKED_RATIO) + UNPACKED_FREE_BYTES;
        self.decoding = Some(Decoding {
            reader: Box::new(reader),
            of: path.to_owned(),
            path: ending.unwrap_or(path).to_owned(),
            depth,
            bytes: 0,
            most: honest
                .min(UNPACKED_MEMORY_BYTES)
                .min(UNPACKED_DROP_BYTES.saturating_sub(self.decoded)),
        });
    }

    /// Decodes a further piece. Of what is damaged the beginning is kept.
    fn decode_on(&mut self, mut decoding: Decoding, store: &mut dyn Store) {
        let mut piece = Vec::new();
        let read = (&mut decoding.reader)
            .take(PIECE_BYTES)
            .read_to_end(&mut piece);
        decoding.bytes += piece.len() as u64;
        self.decoded += piece.len() as u64;
        let failure = if decoding.bytes > decoding.most {
            Some("more comes out of it than can be kept".to_owned())
        } else {
            store.add(&piece);
            match read {
                Ok(_) if piece.len() as u64 == PIECE_BYTES => {
                    self.decoding = Some(decoding);
                    return;
                }
                Ok(_) => None,
                Err(error) if decoding.bytes > 0 => {
                    let at = decoding.bytes;
                    let what =
                        format!("it is damaged: {at} bytes came out of it and were read ({error})");
                    self.tell(&decoding.of, what);
                    None
                }
                Err(error) => Some(error.to_string()),
            }
        };
        let path = failure.is_none().then_some(decoding.path.as_str());
        if let Some(file) = store.end(path) {
            self.take(file, decoding.depth, store);
        }
        if let Some(failure) = failure {
            self.tell_unopened(&decoding.of, &failure);
        }
    }

    /// Adds the entries of a zip; says whether it was an archive of files.
    fn open_zip(
        &mut self,
        file: &Rc<dyn File>,
        depth: usize,
        store: &mut dyn Store,
    ) -> io::Result<bool> {
        let mut zip: Zip = ZipArchive::new(file.open()?).map_err(io::Error::other)?;
        if zip.index_for_name("xl/workbook.xml").is_some() {
            let workbook = Workbook::open(&mut zip)?;
            let (kept, formulas) = kept_sheet(&workbook, &mut zip, file.path(), store)?;
            self.unpacked.files.extend(kept);
            if formulas > 0 {
                let told = format!(
                    "cells with a formula and no value beside it, as libraries write them, are left blank ({formulas}): open and \
                     save it in a spreadsheet, which works them out"
                );
                self.tell(file.path(), told);
            }
            if workbook.len() > 1 {
                let others = workbook.len() - 1;
                let told = format!(
                    "of its sheets one was read, and {others} not: save each as a file of its own"
                );
                self.tell(file.path(), told);
            }
            return Ok(true);
        }
        let is_document = |name: &str| {
            name == "[Content_Types].xml"
                || name == "META-INF/MANIFEST.MF"
                || name.ends_with("/data.pkl")
        };
        if zip.file_names().flatten().any(|name| is_document(&name)) {
            return Ok(false);
        }
        let count = zip.len();
        let mut entries = Vec::new();
        for index in 0..count.min(ARCHIVE_ENTRIES) {
            // From the central directory: going to each entry's own header would read the archive all over.
            let entry = match zip.by_index_data(index) {
                Ok(entry) => entry,
                Err(error) => {
                    self.tell(
                        file.path(),
                        format!("its entry {} cannot be read: {error}", index + 1),
                    );
                    continue;
                }
            };
            let Some(name) = entry.name().ok().and_then(|name| clean(&name)) else {
                continue;
            };
            let path = format!("{}/{name}", file.path());
            let refusal = if entry.encrypted() {
                Some("it is encrypted: unpack the archive with its password".to_owned())
            } else {
                match entry.compression() {
                    CompressionMethod::Stored | CompressionMethod::Deflated => None,
                    other => Some(format!(
                        "it is packed by {other}, which is not read here: pack the archive anew"
                    )),
                }
            };
            if let Some(refusal) = refusal {
                self.tell(&path, refusal);
                continue;
            }
            let sizes = Sizes {
                size: entry.size(),
                packed: entry.compressed_size(),
                checksum: entry.crc32(),
                is_stored: entry.compression() == CompressionMethod::Stored,
            };
            entries.push((path, index, sizes));
        }
        if count > ARCHIVE_ENTRIES {
            self.tell(
                file.path(),
                format!("it has {count} entries: the first {ARCHIVE_ENTRIES} were taken"),
            );
        }
        let zip = Rc::new(RefCell::new(zip));
        let as_file = |(path, index, sizes)| -> Rc<dyn File> {
            Rc::new(ZipEntry::new(file, &zip, path, index, sizes))
        };
        self.enter(
            entries.into_iter().map(as_file).collect(),
            depth + ARCHIVE_DEPTH,
        );
        Ok(true)
    }

    /// Begins with the entries of a tar, or takes what was kept of them.
    fn open_tar(
        &mut self,
        file: &Rc<dyn File>,
        depth: usize,
        store: &mut dyn Store,
    ) -> io::Result<()> {
        let depth = depth + ARCHIVE_DEPTH;
        match store.known() {
            Some(known) => {
                let entries = known.map(|kept| tar_entries::entries(file, &kept));
                self.enter(entries.transpose()?.unwrap_or_default(), depth);
            }
            None => self.scanning = Some((TarScan::new(Rc::clone(file)), depth)),
        }
        Ok(())
    }

    /// Looks at further entries of a tar, and takes them where these were the last.
    fn scan_on(&mut self, mut scan: TarScan, depth: usize, store: &mut dyn Store) {
        if scan.step() {
            self.scanning = Some((scan, depth));
            return;
        }
        let path = scan.progress().0.to_owned();
        let problems = &mut self.unpacked.problems;
        let entries = scan.finish(store, |path, what| problems.push((path.to_owned(), what)));
        match entries {
            Ok(entries) => self.enter(entries, depth),
            Err(error) => self.tell_unopened(&path, &error.to_string()),
        }
    }

    fn tell_unopened(&mut self, path: &str, why: &str) {
        self.tell(path, format!("this archive could not be opened: {why}"));
    }
}

/// The first table of a workbook, below the workbook's path, and how many formulas without a value are in it.
fn kept_sheet(
    workbook: &Workbook,
    zip: &mut Zip,
    path: &str,
    store: &mut dyn Store,
) -> io::Result<(Option<Rc<dyn File>>, usize)> {
    if let Some(known) = store.known() {
        // Who read it told of them.
        return Ok((known, 0));
    }
    let sheet = workbook.table(zip);
    let Ok((name, text, formulas)) = &sheet else {
        // What failed has its place among the kept, so that none shifts.
        store.end(None);
        return sheet.map(|_| (None, 0));
    };
    let name = clean(&name.replace('/', "-")).unwrap_or_else(|| "sheet".to_owned());
    store.add(text.as_bytes());
    Ok((store.end(Some(&format!("{path}/{name}.csv"))), *formulas))
}

/// What a file is by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Zip,
    Tar,
    Gzip,
    Zstd,
}

impl Kind {
    fn of(file: &dyn File) -> Option<Self> {
        let head = read_up_to(file, 512).ok()?;
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            Some(Self::Zip)
        } else if head.get(257..262) == Some(b"ustar") {
            Some(Self::Tar)
        } else if head.starts_with(&[0x1f, 0x8b]) {
            Some(Self::Gzip)
        } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Some(Self::Zstd)
        } else {
            None
        }
    }
}

/// Whether a zip of this name is no archive of files.
fn is_document_name(path: &str) -> bool {
    let ending = file_name(path)
        .rsplit_once('.')
        .map_or("", |(_, ending)| ending);
    DOCUMENTS
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// Text has no zero bytes.
fn is_text(head: &[u8]) -> bool {
    !head.contains(&0)
}

/// A name in an archive as a path below it; `None` for folders and what a system adds.
pub(super) fn clean(name: &str) -> Option<String> {
    let name = name.replace('\\', "/");
    let parts: Vec<&str> = name
        .split('/')
        .filter(|part| !part.is_empty() && *part != "." && *part != "..")
        .collect();
    let is_junk = name.ends_with('/')
        || parts.is_empty()
        || parts[0] == "__MACOSX"
        || parts
            .iter()
            .any(|part| part.starts_with("._") || *part == ".DS_Store");
    (!is_junk).then(|| parts.join("/"))
}
