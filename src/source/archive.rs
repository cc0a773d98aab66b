//! Archives opened in place: zip, tar, and what gzip and zstd have made of them.
//!
//! What lies in an archive becomes files of the drop, below the archive's path. Stored entries of a zip and
//! those of a tar are read where they lie; compressed ones are unpacked to memory when they are opened,
//! bounded. Of a workbook (`.xlsx`) the first sheet becomes a table; a zip that is another document or a model
//! (`.docx`, `.npz`, `.pt`) stays a file. An archive in an
//! archive is opened once more, not deeper.

use super::limits::{ARCHIVE_ENTRIES, UNPACKED_FREE_BYTES, UNPACKED_MEMORY_BYTES, UNPACKED_RATIO};
use super::{File, Files, MemoryFile, ReadSeek, file_name, read_up_to, spreadsheet};
use flate2::read::MultiGzDecoder;
use std::cell::RefCell;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
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

/// How much of what is compressed is looked at.
const HEAD_BYTES: u64 = 1 << 10;

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
    let mut unpacked = Unpacked::default();
    take_all(files.iter().map(Rc::clone), 0, &mut unpacked);
    unpacked
}

/// Adds the files of one folder or archive, or what is in them.
fn take_all(files: impl ExactSizeIterator<Item = Rc<dyn File>>, depth: usize, to: &mut Unpacked) {
    // Looking into each of a hundred thousand files would take longer than reading them.
    let are_few = files.len() <= FEW_FILES;
    for file in files {
        let name = file_name(file.path()).to_ascii_lowercase();
        if are_few || ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            take(file, depth, to);
        } else {
            to.files.push(file);
        }
    }
}

/// Adds a file, or what is in it.
fn take(file: Rc<dyn File>, depth: usize, to: &mut Unpacked) {
    let opened = match Kind::of(file.as_ref()) {
        Some(kind) if depth < DEEPEST => open(kind, &file, depth, to),
        _ => Ok(false),
    };
    match opened {
        Ok(true) => {}
        Ok(false) => to.files.push(file),
        Err(error) => {
            let reason = format!("this archive could not be opened: {error}");
            to.problems.push((file.path().to_owned(), reason));
        }
    }
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

/// Opens an archive; says whether it was one.
fn open(kind: Kind, file: &Rc<dyn File>, depth: usize, to: &mut Unpacked) -> io::Result<bool> {
    match kind {
        Kind::Zip => open_zip(file, depth, to),
        Kind::Tar => {
            open_tar(file, depth, to)?;
            Ok(true)
        }
        Kind::Gzip => {
            let mut head = Vec::new();
            let mut decoder = MultiGzDecoder::new(BufReader::new(file.open()?));
            // A broken one is told by who reads it as text.
            let _read = (&mut decoder).take(HEAD_BYTES).read_to_end(&mut head);
            if is_text(&head) {
                return Ok(false);
            }
            let decoder = MultiGzDecoder::new(BufReader::new(file.open()?));
            take_unpacked(decoder, file, &[".gz", ".tgz"], depth, to)
        }
        Kind::Zstd => {
            let source = BufReader::new(file.open()?);
            let decoder =
                ruzstd::decoding::StreamingDecoder::new(source).map_err(io::Error::other)?;
            take_unpacked(decoder, file, &[".zst", ".zstd", ".tzst"], depth, to)
        }
    }
}

/// What one stream holds becomes a file in memory, under the name without its ending.
fn take_unpacked(
    decoder: impl Read,
    file: &Rc<dyn File>,
    endings: &[&str],
    depth: usize,
    to: &mut Unpacked,
) -> io::Result<bool> {
    let bytes = read_bounded(decoder, file.len_bytes())?;
    let path = file.path();
    let name = endings
        .iter()
        .find_map(|ending| path.strip_suffix(ending))
        .unwrap_or(path);
    take(Rc::new(MemoryFile::new(name, &bytes)), depth + 1, to);
    Ok(true)
}

/// Reads to the end, unless more comes out than an honest archive of this size holds.
fn read_bounded(reader: impl Read, packed: u64) -> io::Result<Vec<u8>> {
    let most =
        (packed.saturating_mul(UNPACKED_RATIO) + UNPACKED_FREE_BYTES).min(UNPACKED_MEMORY_BYTES);
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other("more comes out of it than can be kept"));
    }
    Ok(bytes)
}

/// Text has no zero bytes.
fn is_text(head: &[u8]) -> bool {
    !head.contains(&0)
}

/// A name in an archive as a path below it; `None` for folders and what a system adds.
fn clean(name: &str) -> Option<String> {
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

// ---- zip ----

type Zip = ZipArchive<Box<dyn ReadSeek>>;

fn open_zip(file: &Rc<dyn File>, depth: usize, to: &mut Unpacked) -> io::Result<bool> {
    let ending = file_name(file.path())
        .rsplit_once('.')
        .map_or("", |(_, ending)| ending);
    if DOCUMENTS
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
    {
        return Ok(false);
    }
    let mut zip: Zip = ZipArchive::new(file.open()?).map_err(io::Error::other)?;
    if zip.index_for_name("xl/workbook.xml").is_some() {
        let (name, text) = spreadsheet::first_sheet(&mut zip)?;
        let name = clean(&name.replace('/', "-")).unwrap_or_else(|| "sheet".to_owned());
        let path = format!("{}/{name}.csv", file.path());
        to.files
            .push(Rc::new(MemoryFile::new(&path, text.as_bytes())));
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
                to.problems.push((
                    file.path().to_owned(),
                    format!("its entry {} cannot be read: {error}", index + 1),
                ));
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
            to.problems.push((path, refusal));
            continue;
        }
        let is_stored = entry.compression() == CompressionMethod::Stored;
        entries.push((
            path,
            index,
            entry.size(),
            entry.compressed_size(),
            is_stored,
        ));
    }
    if count > ARCHIVE_ENTRIES {
        to.problems.push((
            file.path().to_owned(),
            format!("it has {count} entries: the first {ARCHIVE_ENTRIES} were taken"),
        ));
    }
    let zip = Rc::new(RefCell::new(zip));
    let as_file = |(path, index, size, packed, is_stored)| -> Rc<dyn File> {
        Rc::new(ZipEntry {
            file: Rc::clone(file),
            zip: Rc::clone(&zip),
            path,
            index,
            size,
            packed,
            is_stored,
        })
    };
    take_all(entries.into_iter().map(as_file), depth + ARCHIVE_DEPTH, to);
    Ok(true)
}

/// An entry of a zip: read where it lies, or, where it is compressed, unpacked to memory whenever it is opened.
struct ZipEntry {
    file: Rc<dyn File>,
    zip: Rc<RefCell<Zip>>,
    path: String,
    index: usize,
    size: u64,
    packed: u64,
    is_stored: bool,
}

impl File for ZipEntry {
    fn path(&self) -> &str {
        &self.path
    }

    fn len_bytes(&self) -> u64 {
        self.size
    }

    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        let mut zip = self.zip.borrow_mut();
        if self.is_stored {
            let entry = zip.by_index_raw(self.index).map_err(io::Error::other)?;
            let from = entry
                .data_start()
                .ok_or_else(|| io::Error::other("its entry has no place in the archive"))?;
            return open_stretch(self.file.as_ref(), from, self.size);
        }
        let entry = zip.by_index(self.index).map_err(io::Error::other)?;
        Ok(Box::new(Cursor::new(read_bounded(entry, self.packed)?)))
    }
}

// ---- tar ----

fn open_tar(file: &Rc<dyn File>, depth: usize, to: &mut Unpacked) -> io::Result<()> {
    let mut archive = tar::Archive::new(file.open()?);
    let mut stretches: Vec<Rc<dyn File>> = Vec::new();
    let mut count = 0;
    // From header to header: what lies between is read when it is asked for.
    for entry in archive.entries_with_seek()? {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                to.problems.push((
                    file.path().to_owned(),
                    format!("the archive is damaged after {count} entries: {error}"),
                ));
                break;
            }
        };
        count += 1;
        if count > ARCHIVE_ENTRIES {
            to.problems.push((
                file.path().to_owned(),
                format!("it has more than {ARCHIVE_ENTRIES} entries: the first were taken"),
            ));
            break;
        }
        // Links and devices hold no data.
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let Some(name) = clean(&String::from_utf8_lossy(&entry.path_bytes())) else {
            continue;
        };
        let (from, len) = (entry.raw_file_position(), entry.size());
        stretches.push(Rc::new(Stretch {
            file: Rc::clone(file),
            path: format!("{}/{name}", file.path()),
            from,
            len,
        }));
        if from.saturating_add(len) > file.len_bytes() {
            to.problems.push((
                file.path().to_owned(),
                format!("the archive ends in the middle of its entry {count}, {name}"),
            ));
            break;
        }
    }
    take_all(stretches.into_iter(), depth + ARCHIVE_DEPTH, to);
    Ok(())
}

/// A stretch of a file as a file.
struct Stretch {
    file: Rc<dyn File>,
    path: String,
    from: u64,
    len: u64,
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

fn open_stretch(file: &dyn File, from: u64, len: u64) -> io::Result<Box<dyn ReadSeek>> {
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
