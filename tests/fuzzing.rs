//! What fuzzing has found stays found: each file in `tests/fixtures/crashes/FORMAT/` once made that reader fail.
//! And every format has its fuzz target.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/packed_drop.rs"]
mod packed_drop;
#[path = "support/seeds.rs"]
mod seeds;

use runsift::format;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn no_crash_comes_back() {
    for folder in fs::read_dir("tests/fixtures/crashes").unwrap() {
        let folder = folder.unwrap().path();
        let format = folder.file_name().unwrap().to_string_lossy().into_owned();
        for file in fs::read_dir(&folder).unwrap() {
            packed_drop::read(&format, &fs::read(file.unwrap().path()).unwrap());
        }
    }
}

#[test]
fn packed_files_come_back() {
    let files = [("a/b.csv", "x,y\n1,2\n"), ("", ""), ("λ", "\0")];
    let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    let packed = packed_drop::pack(&files);
    let unpacked = packed_drop::unpack(&packed);
    assert_eq!(unpacked.len(), files.len());
    for (file, (path, bytes)) in unpacked.iter().zip(&files) {
        assert_eq!(
            (file.path(), file.len_bytes()),
            (path.as_str(), bytes.len() as u64)
        );
    }
    for cut in 0..packed.len() {
        packed_drop::read("drop", &packed[..cut]);
    }
}

#[test]
fn every_format_is_fuzzed() {
    let manifest = fs::read_to_string("fuzz/Cargo.toml").unwrap();
    let mut seeded = BTreeSet::new();
    seeds::each(&mut |format, _, _| {
        seeded.insert(format.to_owned());
    });
    for name in format::names() {
        assert!(seeded.contains(name), "no fixture is a seed of {name}");
        assert!(
            manifest.contains(&format!("name = \"{name}\"\n")),
            "fuzz/Cargo.toml has no target {name}"
        );
    }
}
