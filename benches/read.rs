//! How fast runs are read, in MB/s: the bench's own table of 20 columns, written here.
//!
//! `cargo bench --bench read [FILE...]` reads these files instead.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark's output and clock"
)]

use runsift::engine::report::read_files;
use runsift::source::{Files, MemoryFile, walk};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Instant;

fn made() -> MemoryFile {
    let mut text = String::from(
        "id,name,state,lr,batch_size,optimizer,depth,dropout,amp,seed,val_loss,val_acc,train_loss,notes\n",
    );
    let mut x = 1_u64;
    for run in 0..100_000 {
        let mut next = || {
            x = x
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (x >> 11) as f64 / (1_u64 << 53) as f64
        };
        writeln!(
            text,
            "{run:08x},run-{run},finished,{:.7e},{},{},{},{:.9},{},{},{:.9},{:.9},{:.9},\"a, note\"",
            libm::pow(10.0, -5.0 + 4.0 * next()),
            1 << (4.0 + 5.0 * next()) as u32,
            ["adam", "sgd", "lion"][(3.0 * next()) as usize],
            2 + (40.0 * next()) as u32,
            next(),
            next() < 0.5,
            run % 5,
            next(),
            next(),
            next(),
        )
        .unwrap();
    }
    MemoryFile::new("made.csv", text.as_bytes())
}

fn main() {
    let paths: Vec<PathBuf> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .map(PathBuf::from)
        .collect();
    let files: Files = if paths.is_empty() {
        vec![Rc::new(made())]
    } else {
        walk(&paths).0
    };
    for file in files {
        let bytes = file.len_bytes() as f64;
        let path = file.path().to_owned();
        let mut best = f64::INFINITY;
        let mut rows = 0;
        for _ in 0..5 {
            let begun = Instant::now();
            let (ledger, _) = read_files(&vec![Rc::clone(&file)]);
            best = best.min(begun.elapsed().as_secs_f64());
            rows = ledger.rows();
        }
        println!(
            "read {path}: {rows} runs, {:.0} ms, {:.0} MB/s",
            best * 1e3,
            bytes / best / 1e6
        );
    }
}
