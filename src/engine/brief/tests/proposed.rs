//! That there is something to try next is said where there is.

use super::{How, PLAIN, Run, asked, find, honest, of, once};
use crate::engine::Workspace;
use crate::engine::brief::SentenceKind;
use crate::ledger::{Ledger, Role, RunSink, ValueRef};

fn next(runs: &[Run]) -> Option<String> {
    let all = of(runs, PLAIN);
    find(&all, SentenceKind::Next).map(|sentence| sentence.text.clone())
}

/// Every combination of three learning rates and four depths.
fn grid(last_depth: f64) -> Vec<Run> {
    let run = |at: usize| Run {
        lr: [0.001, 0.01, 0.1][at % 3],
        depth: [0.0, 1.0, 2.0, last_depth][at / 3],
        optimizer: "adam",
        seed: 0.0,
        ..honest()[at].clone()
    };
    (0..12).map(run).collect()
}

#[test]
fn nothing_is_promised_where_all_that_can_be_combined_was_run() {
    assert_eq!(next(&grid(3.0)), None);
    // One is missing, or a depth between the ends.
    let said = next(&grid(3.0)[1..]).unwrap();
    assert!(
        said.contains("from 11 runs over 2 params that vary"),
        "{said}"
    );
    assert!(next(&grid(4.0)).is_some());
}

#[test]
fn params_of_runs_that_are_not_shown_are_not_counted() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for (at, run) in once().into_iter().enumerate() {
        let row = sink.run(&format!("run-{at}"));
        let is_first = at < 20;
        let own = if is_first { "lr" } else { "gamma" };
        for (role, name, value) in [
            (Role::Param, own, run.lr),
            (Role::Param, "depth", if is_first { 2.0 } else { run.depth }),
            (Role::Param, "part", f64::from(u8::from(is_first))),
            (Role::Metric, "loss", run.loss),
        ] {
            sink.set_named(row, role, name, ValueRef::Number(value));
        }
    }
    sink.finish();
    let mut said = |filter| {
        let how = How {
            filter,
            ..How::default()
        };
        let all = asked(&mut workspace, &how);
        find(&all, SentenceKind::Next).unwrap().text.clone()
    };
    let (first, both) = (said("part = 1"), said(""));
    assert!(
        first.contains("from 20 runs over 1 param that varies"),
        "{first}"
    );
    assert!(
        both.contains("from 40 runs over 4 params that vary"),
        "{both}"
    );
}
