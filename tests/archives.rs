//! Archives are opened in place: what is in them is read as if it had been dropped, and what is hostile or
//! refused is told.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use runsift::engine::report::read_files;
use runsift::source::{Files, MemoryFile, unpack, walk};
use std::fs;
use std::io::Write as _;
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
