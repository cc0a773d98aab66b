//! Writes a seed for every unit of the fixtures, for `make fuzz`: `cargo run --example fuzz_seeds -- fuzz/corpus`.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a tool of the developers says what it does, and stops where it cannot"
)]

#[allow(dead_code, reason = "it is shared with the tests")]
#[path = "../tests/support/packed_drop.rs"]
mod packed_drop;
#[path = "../tests/support/seeds.rs"]
mod seeds;

use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    let to = PathBuf::from(std::env::args().nth(1).expect("the folder to write to"));
    let mut count = 0;
    seeds::each(&mut |format, name, bytes| {
        write(&to.join(format), name, bytes);
        write(&to.join("drop"), name, bytes);
        count += 1;
    });
    println!("{count} seeds");
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    fs::create_dir_all(folder).expect("the folder can be made");
    fs::write(folder.join(name), bytes).expect("a seed can be written");
}
