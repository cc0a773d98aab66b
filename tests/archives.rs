//! Archives are opened in place: what is in them is read as if it had been dropped, and what is hostile or
//! refused is told.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use runsift::engine::report::read_files;
use runsift::source::{
    File, Files, MemoryFile, ReadSeek, Store, Unpacking, unpack, unpack_into, walk,
};
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

/// Bytes that do not shrink.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..len).map(|_| next()).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflated(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn counted(name: &'static str, bytes: Vec<u8>) -> (Files, Rc<Cell<usize>>) {
    let read = Rc::new(Cell::new(0));
    let file = Counted {
        name,
        bytes,
        read: Rc::clone(&read),
    };
    (vec![Rc::new(file)], read)
}

fn contents(file: &Rc<dyn File>) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    file.open().unwrap().read_to_end(&mut bytes).unwrap();
    (file.path().to_owned(), bytes)
}

/// Keeps as the engine's worker does, and then tells as a hand is told.
#[derive(Default)]
struct Keeping {
    pieces: Vec<u8>,
    kept: Vec<Option<Rc<dyn File>>>,
    told: Option<usize>,
}

impl Store for Keeping {
    fn known(&mut self) -> Option<Option<Rc<dyn File>>> {
        let told = self.told.as_mut()?;
        *told += 1;
        Some(self.kept[*told - 1].clone())
    }

    fn add(&mut self, piece: &[u8]) {
        assert_eq!(self.told, None, "nothing is decoded twice");
        self.pieces.extend_from_slice(piece);
    }

    fn end(&mut self, path: Option<&str>) -> Option<Rc<dyn File>> {
        let bytes = std::mem::take(&mut self.pieces);
        let file = path.map(|path| Rc::new(MemoryFile::new(path, &bytes)) as Rc<dyn File>);
        self.kept.push(file.clone());
        file
    }
}

#[test]
fn what_was_decoded_once_is_not_decoded_by_others() {
    let tar = tar_of(3);
    let zip = deflated(&[("inner.tar", &tar), ("deeper.tar.gz", &gzip(&tar))]);
    let mut files: Files = Vec::new();
    let mut reads = Vec::new();
    for (name, bytes) in [
        ("a.tar.gz", gzip(&tar)),
        ("b.zip", zip),
        ("c.tgz", gzip(&tar)),
    ] {
        let (file, read) = counted(name, bytes);
        files.extend(file);
        reads.push(read);
    }
    let mut store = Keeping::default();
    let first = unpack_into(&files, &mut store);
    // Each stream, and the entries of the tar that is in it.
    assert_eq!(store.kept.len(), 8);
    let before = reads[0].get();
    store.told = Some(0);
    let second = unpack_into(&files, &mut store);
    assert_eq!(store.told, Some(8));
    assert!(reads[0].get() > before, "its head is looked at");
    let all = |files: &Files| files.iter().map(contents).collect::<Vec<_>>();
    assert_eq!(first.files.len(), 3 * 4);
    assert!(all(&first.files) == all(&second.files));
}

/// A tar of so many small files, not in the order of their paths and some with long names, and a large one in their midst.
fn tar_of_small(entries: usize) -> (Vec<u8>, Vec<(String, Vec<u8>)>) {
    let mut tar = tar::Builder::new(Vec::new());
    let mut expected = Vec::new();
    for entry in 0..entries {
        let place = entry * 7 % entries;
        let long = "long/".repeat(if entry % 5 == 0 { 40 } else { 0 });
        let size = if entry == entries / 2 {
            100_000
        } else {
            place % 700
        };
        let (name, bytes) = (format!("runs/{long}{place:05}/value"), noise(size));
        let mut header = tar::Header::new_gnu();
        header.set_size(0);
        header.set_entry_type(tar::EntryType::Directory);
        header.set_cksum();
        tar.append_data(&mut header, format!("runs/{place:05}"), &[][..])
            .unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(&mut header, &name, bytes.as_slice())
            .unwrap();
        expected.push((format!("a.tar/{name}"), bytes));
    }
    (tar.into_inner().unwrap(), expected)
}

#[test]
fn small_entries_of_a_tar_are_read_once_for_all() {
    let (bytes, mut expected) = tar_of_small(3001);
    let len = bytes.len();
    let (files, read) = counted("a.tar", bytes);
    // In the order of their paths, in which they are kept too.
    expected.sort();
    let mut store = Keeping::default();
    let first = unpack_into(&files, &mut store);
    assert_eq!(first.problems, []);
    assert!(
        first
            .files
            .iter()
            .map(contents)
            .eq(expected.iter().cloned())
    );
    assert!(read.get() < 2 * len, "{} of {len}", read.get());
    // Others read of the tar its head and what is large.
    read.set(0);
    store.told = Some(0);
    let second = unpack_into(&files, &mut store);
    assert!(second.files.iter().map(contents).eq(expected));
    assert!(read.get() < 150_000, "{}", read.get());
}

#[test]
fn a_tar_damaged_anywhere_gives_what_comes_before() {
    let (bytes, expected) = tar_of_small(1500);
    for at in [0, 700, 1300] {
        let mut damaged = bytes.clone();
        // The header of its folder begins with its name, which nothing follows.
        let folder = format!("runs/{:05}\0", at * 7 % 1500);
        let place = damaged
            .windows(folder.len())
            .position(|window| window == folder.as_bytes())
            .unwrap();
        damaged[place + 2] ^= 1;
        let (files, _) = counted("a.tar", damaged);
        let unpacked = unpack(&files);
        let mut before = expected[..at].to_vec();
        before.sort();
        assert!(unpacked.files.iter().map(contents).eq(before), "{at}");
        let told = format!(
            "the archive is damaged after {} entries: archive header checksum mismatch",
            2 * at
        );
        assert_eq!(unpacked.problems, [("a.tar".to_owned(), told)]);
    }
}

#[test]
fn a_packed_entry_is_inflated_only_as_far_as_it_is_read() {
    let long = noise(4 << 20);
    let (files, read) = counted(
        "a.zip",
        deflated(&[("a/long.bin", &long), ("a/b.csv", b"x\n1\n")]),
    );
    let unpacked = unpack(&files);
    let mut entry = unpacked.files[0].open().unwrap();
    let mut start = [0; 100];
    entry.read_exact(&mut start).unwrap();
    assert_eq!(start, long[..100]);
    assert!(read.get() < 500_000, "{}", read.get());
    // Onward, back, and to the end.
    let mut four = [0; 4];
    for place in [1 << 20, 7, (4 << 20) - 4, 0] {
        entry.seek(SeekFrom::Start(place)).unwrap();
        entry.read_exact(&mut four).unwrap();
        assert_eq!(four, long[place as usize..][..4]);
    }
    assert_eq!(entry.seek(SeekFrom::End(-3)).unwrap(), (4 << 20) - 3);
    let mut end = Vec::new();
    entry.read_to_end(&mut end).unwrap();
    assert_eq!(end, long[long.len() - 3..]);
    assert!(contents(&unpacked.files[0]).1 == long);
}

#[test]
fn a_tar_in_a_zip_is_inflated_once_for_all_its_entries() {
    let mut tar = tar::Builder::new(Vec::new());
    for entry in 0..50 {
        let mut header = tar::Header::new_ustar();
        header.set_size(20_000);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(
            &mut header,
            format!("{entry}.bin"),
            noise(20_000).as_slice(),
        )
        .unwrap();
    }
    let zip = deflated(&[("inner.tar", &tar.into_inner().unwrap())]);
    let len = zip.len();
    let (files, read) = counted("a.zip", zip);
    let unpacked = unpack(&files);
    assert_eq!(unpacked.files.iter().map(contents).count(), 50);
    assert!(read.get() < 3 * len + 500_000, "{} of {len}", read.get());
}

#[test]
fn a_wrong_checksum_in_a_zip_is_told() {
    let mut zip = deflated(&[("a.csv", b"lr,loss\n0.1,1\n0.2,2\n")]);
    let list = zip
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .unwrap();
    zip[list + 16] ^= 1;
    let (files, _) = counted("a.zip", zip);
    let unpacked = unpack(&files);
    let error = unpacked.files[0]
        .open()
        .unwrap()
        .read_to_end(&mut Vec::new());
    assert!(error.unwrap_err().to_string().contains("checksum"));
}

#[test]
fn of_a_cut_archive_the_beginning_is_read() {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in [
        ("runs.csv", b"lr,loss\n0.1,1\n0.2,2\n".to_vec()),
        ("z.bin", noise(50_000)),
    ] {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(&mut header, name, bytes.as_slice())
            .unwrap();
    }
    let mut packed = gzip(&tar.into_inner().unwrap());
    packed.truncate(packed.len() / 2);
    let (files, _) = counted("cut.tar.gz", packed);
    let (ledger, unread) = read_files(&files);
    assert_eq!(ledger.rows(), 2);
    let told = unread
        .iter()
        .find(|file| file.path == "cut.tar.gz")
        .unwrap();
    assert!(told.reason.contains("it is damaged"), "{}", told.reason);
}

#[test]
fn opening_a_large_archive_can_be_left_between_steps() {
    let (files, _) = counted("a.tar.gz", gzip(&tar_of(20)));
    let mut unpacking = Unpacking::new(&files);
    let mut store = Keeping::default();
    let mut told = Vec::new();
    while unpacking.step(&mut store) {
        told.push(unpacking.progress().1.to_owned());
    }
    assert!(told.iter().filter(|path| *path == "a.tar.gz").count() > 3);
    assert_eq!(unpacking.finish().files.len(), 20);
}
