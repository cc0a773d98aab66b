//! How long filtering and sorting 100,000 runs take. `cargo bench --bench query` prints the median
//! of several rounds, in microseconds.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark prints times"
)]

use rand_core::Rng as _;
use runsift::ledger::{Bits, Ledger, Role, RunSink, ValueRef};
use runsift::query::{SortKey, clauses, complete, select, sort};
use std::hint::black_box;
use std::time::Instant;

const RUNS: usize = 100_000;
const ROUNDS: usize = 25;

/// Runs as a large sweep has them.
fn sweep() -> Ledger {
    let mut random = rand_pcg::Pcg64::new(7, 11);
    let mut uniform = move || f64::from(random.next_u32()) / f64::from(u32::MAX);
    let mut whole = Ledger::default();
    let mut take = |part: Ledger| {
        whole.append(part);
    };
    let mut sink = RunSink::new(&mut take);
    sink.begin_source("sweep.csv", "csv", 0);
    for run in 0..RUNS {
        let row = sink.add_run();
        let name = format!("run-{run}");
        sink.set_named(row, Role::Attribute, "name", ValueRef::Text(&name));
        let optimizer = ["adam", "adamw", "sgd", "lion"][(uniform() * 3.99) as usize];
        sink.set_named(row, Role::Param, "optimizer", ValueRef::Text(optimizer));
        sink.set_named(row, Role::Param, "lr", ValueRef::Number(uniform() * 0.1));
        if uniform() > 0.05 {
            let loss = if uniform() < 0.01 {
                f64::NAN
            } else {
                uniform()
            };
            sink.set_named(row, Role::Metric, "val_loss", ValueRef::Number(loss));
        }
    }
    sink.finish();
    whole
}

/// Prints the median time of `work`, which says a number so that it is not left out.
fn measure(name: &str, mut work: impl FnMut() -> usize) {
    let mut times: Vec<u128> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed().as_micros()
        })
        .collect();
    times.sort_unstable();
    println!(
        "{name:<58} {:>8} µs  (least {})",
        times[ROUNDS / 2],
        times[0]
    );
}

fn main() {
    let ledger = sweep();
    for filter in [
        "val_loss < 0.5",
        "optimizer = adam",
        "val_loss < 0.5 and optimizer = \"adam\"",
        "lr:1e-3..1e-2 optimizer:adam,sgd not nan:val_loss",
        "run-99",
        "name:run-9*9",
        "name ~ /^run-\\d+7$/",
    ] {
        measure(filter, || select(filter, &ledger).unwrap().count());
    }
    let everything = Bits::filled(ledger.rows(), true);
    let key = |name: &str, descending| {
        let (column, _) = ledger
            .columns_with_ids()
            .find(|(_, column)| column.name() == name)
            .unwrap();
        SortKey { column, descending }
    };
    for (name, keys) in [
        ("sort by val_loss", vec![key("val_loss", false)]),
        ("sort by optimizer", vec![key("optimizer", true)]),
        (
            "sort by optimizer, val_loss",
            vec![key("optimizer", false), key("val_loss", true)],
        ),
        ("sort by name", vec![key("name", false)]),
    ] {
        measure(name, || sort(&ledger, &keys, &everything).len());
    }
    let text = "val_loss < 0.5 and optimizer = ";
    measure("complete optimizer =", || {
        complete(text, text.len(), &ledger).items.len()
    });
    measure("clauses", || {
        clauses("val_loss < 0.5 and lr:1e-3..1e-2", &ledger).len()
    });
}
