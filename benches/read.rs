//! How fast files become a ledger, on one thread: `cargo bench --bench read -- FILE...`.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "its figures are its purpose")]

use runsift::format;
use runsift::ledger::{Ledger, RunSink};
use runsift::source;
use std::path::PathBuf;
use std::time::Instant;

/// How often each file is read; the quickest counts.
const ROUNDS: usize = 5;

fn main() {
    let paths: Vec<PathBuf> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .map(PathBuf::from)
        .collect();
    let (files, _failed) = source::walk(&paths);
    for unit in &format::plan(&files).units {
        let bytes: u64 = unit.files.iter().map(|at| files[*at].len_bytes()).sum();
        let mut best = f64::INFINITY;
        let (mut runs, mut columns) = (0, 0);
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let mut parts: Vec<Ledger> = Vec::new();
            let mut keep = |part: Ledger| parts.push(part);
            let mut sink = RunSink::new(&mut keep);
            format::read_unit(unit, &files, &mut sink, &mut |_| {});
            sink.finish();
            best = best.min(begun.elapsed().as_secs_f64());
            runs = parts.iter().map(Ledger::rows).sum();
            columns = parts
                .iter()
                .map(|part| part.columns().len())
                .max()
                .unwrap_or_default();
        }
        println!(
            "{} as {}: {runs} runs, {columns} columns, {:.0} ms, {:.0} MB/s",
            unit.path,
            unit.format,
            best * 1e3,
            bytes as f64 / best / 1e6
        );
    }
}
