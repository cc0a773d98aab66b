//! Archives are opened in place: what is in them is read as if it had been dropped, and what is hostile or
//! refused is told.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use runsift::engine::report::read_files;
use runsift::source::{File, Files, MemoryFile, ReadSeek, unpack, walk};
use std::cell::Cell;
use std::fs;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write as _};
use std::path::PathBuf;
use std::rc::Rc;

/// Paths of the files that were read with their runs, and what was not read.
fn told(name: &str) -> Vec<String> {
    let place = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/archives")
        .join(name);
    let (files, _) = walk(&[place]);
    let (ledger, unread) = read_files(&files);
    let read = ledger
        .sources()
        .iter()
        .map(|source| format!("{}: {}", source.path, source.runs));
    let unread = unread
        .into_iter()
        .map(|file| format!("! {}: {}", file.path, file.reason));
    let mut told: Vec<String> = read.chain(unread).collect();
    told.sort();
    told
}

#[test]
fn what_is_in_an_archive_is_read() {
    let check = |name: &str, want: &[&str]| assert_eq!(told(name), want, "{name}");
    check("deflated.zip", &["deflated.zip/sweep/runs.csv: 2"]);
    check("stored.zip", &["stored.zip/runs.csv: 2"]);
    check("zip64.zip", &["zip64.zip/runs.csv: 2"]);
    check("nested.zip", &["nested.zip/inner.zip/runs.csv: 2"]);
    check(
        "plain.tar",
        &["plain.tar/runs.csv: 2", "plain.tar/sweep/runs.csv: 2"],
    );
    check(
        "packed.tar.gz",
        &["packed.tar/runs.csv: 2", "packed.tar/sweep/runs.csv: 2"],
    );
}

#[test]
fn what_is_hostile_or_refused_is_told() {
    // No path leaves the archive.
    for line in told("outside.zip") {
        assert!(line.starts_with("outside.zip/"), "{line}");
    }
    let refused = |name: &str, why: &str| {
        let told = told(name);
        assert!(
            told.iter()
                .any(|line| line.starts_with('!') && line.contains(why)),
            "{told:?}"
        );
    };
    refused("bzip2.zip", "Bzip2");
    refused("cut.zip", "could not be opened");
    refused("twice-nested.zip", "zip");
}

#[test]
fn what_unpacks_to_itself_comes_to_an_end() {
    let mut packed = vec![0; 64];
    for _ in 0..100 {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        encoder.write_all(&packed).unwrap();
        packed = encoder.finish().unwrap();
    }
    let files: Files = vec![Rc::new(MemoryFile::new("layers.gz", &packed))];
    let unpacked = unpack(&files);
    assert_eq!(unpacked.files.len(), 1);
    assert!(
        unpacked.files[0].len_bytes() > 1000,
        "all layers were taken off"
    );
}

#[test]
fn a_bomb_costs_little_and_is_told() {
    assert!(
        fs::metadata("tests/fixtures/archives/bomb.zip")
            .unwrap()
            .len()
            < 200_000
    );
    let told = told("bomb.zip");
    assert!(told.iter().all(|line| !line.ends_with(": 2")), "{told:?}");
}

/// A file that counts what is read of it.
struct Counted {
    name: &'static str,
    bytes: Vec<u8>,
    read: Rc<Cell<usize>>,
}

struct CountedReader(Cursor<Vec<u8>>, Rc<Cell<usize>>);

impl File for Counted {
    fn path(&self) -> &str {
        self.name
    }

    fn len_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        let cursor = Cursor::new(self.bytes.clone());
        Ok(Box::new(CountedReader(cursor, Rc::clone(&self.read))))
    }
}

impl Read for CountedReader {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let got = self.0.read(to)?;
        self.1.set(self.1.get() + got);
        Ok(got)
    }
}

impl Seek for CountedReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// A tar of so many entries of a megabyte.
fn tar_of(entries: usize) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for entry in 0..entries {
        let mut header = tar::Header::new_ustar();
        header.set_size(1 << 20);
        header.set_mode(0o644);
        header.set_cksum();
        let data = vec![b'x'; 1 << 20];
        tar.append_data(&mut header, format!("d/{entry}.csv"), data.as_slice())
            .unwrap();
    }
    tar.into_inner().unwrap()
}

fn zip_of(entries: usize) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for entry in 0..entries {
        let stored = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        zip.start_file(format!("d/{entry}.csv"), stored).unwrap();
        zip.write_all(&vec![b'x'; 1 << 20]).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn opening_an_archive_reads_no_more_than_what_is_in_it() {
    for (name, bytes) in [("a.tar", tar_of(8)), ("a.zip", zip_of(8))] {
        let read = Rc::new(Cell::new(0));
        let file = Counted {
            name,
            bytes,
            read: Rc::clone(&read),
        };
        let unpacked = unpack(&vec![Rc::new(file) as Rc<dyn File>]);
        assert_eq!(unpacked.files.len(), 8, "{name}");
        assert!(read.get() < 200_000, "{name}: {} bytes", read.get());
        let mut text = String::new();
        let mut last = unpacked.files[7].open().unwrap();
        last.read_to_string(&mut text).unwrap();
        assert_eq!(
            (text.len(), text.trim_matches('x')),
            (1 << 20, ""),
            "{name}"
        );
    }
}

#[test]
fn a_tar_that_was_cut_is_told() {
    let mut bytes = tar_of(3);
    bytes.truncate(5 << 19);
    let unpacked = unpack(&vec![
        Rc::new(MemoryFile::new("cut.tar", &bytes)) as Rc<dyn File>
    ]);
    assert_eq!(unpacked.files.len(), 3);
    assert_eq!(
        unpacked.problems,
        [(
            "cut.tar".to_owned(),
            "the archive ends in the middle of its entry 3, d/2.csv".to_owned()
        )]
    );
}
