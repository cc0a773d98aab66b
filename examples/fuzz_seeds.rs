//! Writes a seed for every unit of the fixtures, for `make fuzz`: `cargo run --example fuzz_seeds -- fuzz/corpus`.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a tool of the developers says what it does, and stops where it cannot"
)]

#[allow(dead_code, reason = "it is shared with the tests")]
#[path = "../tests/support/packed_drop.rs"]
mod packed_drop;

use runsift::format;
use runsift::source::{self, Files};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Larger seeds slow the fuzzer down more than they teach it.
const MOST_BYTES: usize = 256 << 10;

fn main() {
    let to = PathBuf::from(std::env::args().nth(1).expect("the folder to write to"));
    let mut folders: Vec<PathBuf> = fs::read_dir("tests/fixtures")
        .expect("to be run in the project's folder")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    folders.sort();
    let mut count = 0;
    for folder in folders {
        let (files, _failed) = source::walk(std::slice::from_ref(&folder));
        for unit in &format::plan(&files).units {
            let packed = packed_drop::pack(&contents(&files, &unit.files));
            if packed.len() <= MOST_BYTES {
                let name = format!("{}-{count}", source::file_name(&folder.to_string_lossy()));
                write(&to.join(&unit.format), &name, &packed);
                write(&to.join("drop"), &name, &packed);
                count += 1;
            }
        }
    }
    println!("{count} seeds");
}

fn contents(files: &Files, places: &[usize]) -> Vec<(String, Vec<u8>)> {
    let read = |place: &usize| {
        let mut bytes = Vec::new();
        let mut file = files[*place].open().expect("a fixture can be opened");
        file.read_to_end(&mut bytes).expect("a fixture can be read");
        (files[*place].path().to_owned(), bytes)
    };
    places.iter().map(read).collect()
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    fs::create_dir_all(folder).expect("the folder can be made");
    fs::write(folder.join(name), bytes).expect("a seed can be written");
}
