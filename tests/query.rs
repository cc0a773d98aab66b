//! The filter language: what texts mean, what is said of wrong ones, and that reading, writing and
//! evaluating agree with plain descriptions of themselves for arbitrary filters.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

#[path = "query/arbitrary_filter.rs"]
mod arbitrary_filter;
#[path = "query/brushes.rs"]
mod brushes;
#[path = "query/completion.rs"]
mod completion;
#[path = "query/errors.rs"]
mod errors;
#[path = "query/expressions.rs"]
mod expressions;
#[path = "query/meaning.rs"]
mod meaning;
#[path = "query/sorting.rs"]
mod sorting;

use runsift::ledger::{Ledger, Role, RunSink, ValueRef, attribute, time};
use runsift::query::select;

/// Six runs with a bit of everything.
fn six_runs() -> Ledger {
    let mut whole = Ledger::default();
    let mut take = |part: Ledger| {
        whole.append(part);
    };
    let mut sink = RunSink::new(&mut take);
    sink.begin_source("six.csv", "csv", 0);
    let number = ValueRef::Number;
    let text = ValueRef::Text;
    let rows = [
        (
            "run-1",
            "adam",
            number(1e-4),
            number(0.5),
            ValueRef::Bool(true),
            "2026-01-01 07:00",
        ),
        (
            "run-2",
            "adam",
            number(1e-3),
            number(f64::NAN),
            ValueRef::Bool(false),
            "2026-01-01 23:59",
        ),
        (
            "run-3",
            "sgd",
            number(1e-2),
            number(0.7),
            ValueRef::Bool(true),
            "2026-01-02 00:00",
        ),
        (
            "run-10",
            "Sgd",
            number(1e-1),
            number(f64::INFINITY),
            ValueRef::Missing,
            "2026-01-31 12:00",
        ),
        (
            "Baseline",
            "adamw",
            number(1.0),
            ValueRef::Missing,
            ValueRef::Bool(false),
            "2026-02-01 00:00",
        ),
        (
            "λ two",
            "sgd",
            ValueRef::Missing,
            number(-0.25),
            ValueRef::Missing,
            "",
        ),
    ];
    for (at, (name, optimizer, lr, acc, amp, start)) in rows.into_iter().enumerate() {
        let row = sink.run(&format!("id{at}"));
        sink.set_attribute(row, attribute::NAME, text(name));
        sink.set_time(row, attribute::START, start);
        sink.set_named(row, Role::Param, "optimizer", text(optimizer));
        sink.set_named(row, Role::Param, "lr", lr);
        sink.set_named(row, Role::Param, "amp", amp);
        sink.set_named(row, Role::Param, "batch size", number(32.0 * at as f64));
        sink.set_named(row, Role::Metric, "val/acc", acc);
        sink.set_named(row, Role::Metric, "#loss", number(at as f64));
        sink.set_named(row, Role::Metric, "lr", number(-1.0 - at as f64));
        // A column of several types: numbers and texts.
        let depth = if at % 2 == 0 {
            number(at as f64)
        } else {
            text("auto")
        };
        sink.set_named(row, Role::Param, "depth", depth);
        sink.set_named(
            row,
            Role::Tag,
            "note",
            if at == 3 {
                text("or, \"so\" * said")
            } else {
                ValueRef::Missing
            },
        );
    }
    sink.finish();
    whole
}

/// The rows that a filter keeps of [`six_runs`].
fn kept(filter: &str) -> Vec<usize> {
    select(filter, &six_runs())
        .unwrap_or_else(|errors| panic!("{filter}: {errors:?}"))
        .ones()
        .collect()
}

#[test]
fn the_six_runs_are_as_they_seem() {
    let ledger = six_runs();
    assert_eq!(ledger.rows(), 6);
    let start = ledger.attribute(attribute::START).unwrap();
    assert_eq!(
        start.get(2),
        ValueRef::Time(time::parse_millis("2026-01-02 00:00").unwrap())
    );
}
