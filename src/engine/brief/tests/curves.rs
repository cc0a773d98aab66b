//! Sentences on curves, clocks, and what was held out.

use super::{How, PLAIN, asked, find};
use crate::engine::Workspace;
use crate::engine::brief::{Sentence, SentenceKind};
use crate::ledger::{Ledger, Role, RunSink, ValueRef, attribute};

const SECOND: i64 = 1000;
const BEGIN: i64 = 1_700_000_000_000;

/// Ten runs of ten points each, with a seed of their own each, changed by `change`: of a run, step and milliseconds what is
/// logged.
fn told(
    change: impl Fn(usize, usize) -> (f64, i64),
    end: impl Fn(usize) -> i64,
    test: f64,
) -> Vec<Sentence> {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for at in 0..10 {
        let row = sink.run(&format!("run-{at}"));
        sink.set_named(row, Role::Param, "seed", ValueRef::Number(at as f64));
        sink.set_attribute(row, attribute::START, ValueRef::Time(BEGIN));
        sink.set_attribute(row, attribute::END, ValueRef::Time(end(at)));
        let loss = sink.column(Role::Metric, "loss");
        for step in 0..10 {
            let (value, millis) = change(at, step);
            sink.point(row, loss, step as f64, millis, value);
        }
        // A schedule and an epoch are alike in all runs, for a reason.
        let rate = sink.column(Role::Metric, "rate");
        let score = sink.column(Role::Metric, "score");
        for step in 0..10 {
            sink.point(row, rate, step as f64, 0, 0.1 / (step + 1) as f64);
            sink.point(row, score, step as f64, 0, 2.0 * change(at, step).0);
        }
        let accuracy = 0.8 + at as f64 / 100.0;
        sink.set_named(
            row,
            Role::Metric,
            "train/accuracy",
            ValueRef::Number(accuracy),
        );
        sink.set_named(
            row,
            Role::Metric,
            "test/accuracy",
            ValueRef::Number(accuracy + test),
        );
    }
    sink.finish();
    asked(&mut workspace, &How::default())
}

fn loss(at: usize, step: usize) -> f64 {
    1.0 / (step + 1) as f64 + at as f64 / 100.0
}

fn millis(step: usize) -> i64 {
    BEGIN + step as i64 * 10 * SECOND
}

fn sound(at: usize, step: usize) -> (f64, i64) {
    (loss(at, step), millis(step))
}

fn in_time(_: usize) -> i64 {
    BEGIN + 200 * SECOND
}

#[test]
fn sound_curves_clocks_and_splits_are_not_spoken_of() {
    let sentences = told(sound, in_time, -0.1);
    for kind in [
        SentenceKind::SameCurves,
        SentenceKind::Clock,
        SentenceKind::HeldOut,
    ] {
        assert!(find(&sentences, kind).is_none(), "{sentences:#?}");
    }
    // Nor where there is nothing of the kind.
    let none = super::of(&super::honest(), PLAIN);
    assert!(find(&none, SentenceKind::Clock).is_none());
}

#[test]
fn a_seed_without_effect_shows_in_curves_that_are_the_very_same() {
    let sentences = told(|at, step| sound(at.max(2), step), in_time, -0.1);
    let sentence = find(&sentences, SentenceKind::SameCurves).unwrap();
    assert!(
        sentence.text.starts_with(
            "2 runs have exactly the curve of loss that another run has, point by point through five values or more (run-1 as run-0, which differ in seed)"
        ),
        "{}",
        sentence.text
    );
    assert_eq!((sentence.n, sentence.of), (2, 10));
    assert_eq!(sentence.link.filter, "id:run-0,run-1,run-2");
}

#[test]
fn clocks_that_go_back_stand_still_or_end_before_they_begin_are_told() {
    let moved = |at: usize, step: usize| {
        let by = match (at, step) {
            (3, 5..) => -7200,
            (4, 5..) => 86_400,
            _ => 0,
        };
        (loss(at, step), millis(step) + by * SECOND)
    };
    let turned = |at: usize| if at == 6 { BEGIN - SECOND } else { in_time(at) };
    let sentences = told(moved, turned, -0.1);
    let sentence = find(&sentences, SentenceKind::Clock).unwrap();
    assert_eq!(
        sentence.text,
        "The clock jumps: in 1 run it goes back (run-3, 120 minutes before step 5 of loss); in 1 run nothing was logged for far \
         longer than usual (run-4, 25 hours before step 5 of loss); 1 run ends before the beginning (run-6). Durations and \
         curves over time are not to be trusted there."
    );
    assert_eq!(
        (sentence.n, sentence.link.filter.as_str()),
        (3, "id:run-3,run-4,run-6")
    );
}

#[test]
fn a_test_metric_that_is_better_than_training_is_told_with_its_filter() {
    let sentences = told(sound, in_time, 0.05);
    let sentence = find(&sentences, SentenceKind::HeldOut).unwrap();
    assert!(
        sentence
            .text
            .starts_with("test/accuracy is better than train/accuracy in 10 of 10 runs"),
        "{}",
        sentence.text
    );
    assert_eq!(sentence.link.filter, "`test/accuracy` > `train/accuracy`");
    assert!(crate::query::parse(&sentence.link.filter).is_ok());
}
