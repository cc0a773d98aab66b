//! Configurations that were cross-validated: their folds are in their row.

use super::{How, asked, find};
use crate::engine::Workspace;
use crate::engine::brief::{Sentence, SentenceKind};
use crate::engine::protocol::{Answer, Ask};
use crate::ledger::{Ledger, Role, RunSink, ValueRef};

/// What scikit-learn wrote, and what is said of it.
fn said(file: &str, how: &How<'_>) -> (Workspace, Vec<Sentence>) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/sklearn")
        .join(file);
    let (files, _) = crate::source::walk(&[path]);
    let mut workspace = Workspace::default();
    workspace.append(crate::engine::report::read_files(&files).0);
    let sentences = asked(&mut workspace, how);
    (workspace, sentences)
}

/// The numbers are those of a program of its own in Python: Student's t of the differences by fold with the variance of
/// Nadeau and Bengio, corrected by Holm.
#[test]
fn folds_are_the_measurements_of_a_configuration() {
    let how = How {
        metric: Some("metric.mean_test_score"),
        baseline: Some(5),
        ..How::default()
    };
    let (mut workspace, sentences) = said("grid_cv_results.csv", &how);
    let text = |kind| find(&sentences, kind).map_or("", |sentence| sentence.text.as_str());
    let best = text(SentenceKind::Best);
    assert!(
        best.contains("grid_cv_results.csv#8, mean of 4 folds: 0.989 ± 0.032 (95 % interval, Student’s t, corrected for")
            && best.contains("(Nadeau and Bengio 2003)"),
        "{best}"
    );
    assert!(
        best.contains("1 to 14 cannot be told apart (corrected t of pairs by fold against the best, Holm’s correction for 14 compared)"),
        "{best}"
    );
    let baseline = text(SentenceKind::Baseline);
    assert!(
        baseline.contains("cannot be told apart, 0.006 ± 0.027 higher (95 % interval, corrected t of 4 pairs by fold"),
        "{baseline}"
    );
    assert_eq!(text(SentenceKind::Noise), "");
    let all: String = sentences.iter().map(|of| of.text.as_str()).collect();
    assert!(!all.contains("repeated"), "{all}");
    let filter = String::new();
    let Answer::Brief(brief) = workspace.answer(&Ask::Brief { filter }) else {
        panic!("no brief")
    };
    let records = brief.ranked_records();
    assert_eq!(
        (records[0][2].as_str(), records[1][2].as_str()),
        ("Folds", "4")
    );
    assert!(
        brief.ranked[1].behind.starts_with("0.006 ± 0.027"),
        "{:?}",
        brief.ranked[1]
    );
    // A deviation of 0.011 of the differences by fold and half of that between the means: 33 independent pairs, and of these
    // data there are as good as four.
    let mut next = workspace.begin_next("", 0).unwrap();
    while next.step(&workspace) {}
    let findings = next.answer(3).findings;
    let replicates = findings.iter().find(|of| of.kind == "replicates").unwrap();
    assert!(
        replicates.text.contains("by their 4 folds: their means differ by 0.006, and of the folds’ differences the standard deviation is 0.011.")
            && replicates.text.contains("no number of cross-validations"),
        "{}",
        replicates.text
    );
}

#[test]
fn of_two_scorers_each_has_its_own_folds_and_times_have_none() {
    for (scorer, want) in [("acc", "0.96 ± 0.17"), ("f1", "0.96 ± 0.16")] {
        let metric = format!("metric.mean_test_{scorer}");
        let how = How {
            metric: Some(&metric),
            ..How::default()
        };
        let (_, sentences) = said("random_multi_metric.csv", &how);
        let best = &find(&sentences, SentenceKind::Best).unwrap().text;
        assert!(
            best.contains(&format!("mean of 3 folds: {want}"))
                && best.contains("None of the others can be told from it"),
            "{best}"
        );
    }
    let how = How {
        metric: Some("metric.mean_fit_time"),
        ..How::default()
    };
    let (_, sentences) = said("random_multi_metric.csv", &how);
    let best = &find(&sentences, SentenceKind::Best).unwrap().text;
    assert!(!best.contains("fold"), "{best}");
}

#[test]
fn two_that_lie_far_apart_on_every_fold_are_told_apart() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for at in 0..3_u32 {
        let row = sink.run(&format!("run-{at}"));
        sink.set_named(row, Role::Param, "lr", ValueRef::Number(f64::from(at)));
        let mut sum = 0.0;
        for fold in 0..5_u32 {
            // Folds differ more than configurations, each of which is behind the one before on all of them.
            let score = f64::from(fold * fold) - f64::from(at) / 2.0
                + f64::from((fold * 3 + at) % 4) / 50.0;
            sum += score;
            let name = format!("fold_{fold}/val_score");
            sink.set_named(row, Role::Metric, &name, ValueRef::Number(score));
        }
        sink.set_named(row, Role::Metric, "val_score", ValueRef::Number(sum / 5.0));
    }
    sink.finish();
    let how = How {
        metric: Some("metric.val_score"),
        ..How::default()
    };
    let sentences = asked(&mut workspace, &how);
    let best = &find(&sentences, SentenceKind::Best).unwrap().text;
    assert!(
        best.contains("It can be told from each of the other 2 (corrected t of pairs by fold, Holm’s correction for 2)"),
        "{best}"
    );
    assert!(best.contains("what a fold does to all as one"), "{best}");
}

/// Twelve evaluations of which each has its standard error beside it, as Ax logs them, but for the last.
fn evaluated(error: f64) -> Vec<Sentence> {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for at in 0..12_u32 {
        let row = sink.run(&format!("run-{at}"));
        let mut set = |role, name: &str, x: f64| {
            sink.set_named(row, role, name, ValueRef::Number(x));
        };
        set(Role::Param, "lr", f64::from(at));
        set(Role::Metric, "score", f64::from(at * 7 % 12));
        if at < 11 {
            set(Role::Tag, "sem.score", error);
        }
    }
    sink.finish();
    let how = How {
        metric: Some("metric.score"),
        ..How::default()
    };
    asked(&mut workspace, &how)
}

#[test]
fn a_standard_error_that_was_logged_is_the_noise() {
    let best = |error: f64| {
        let sentences = evaluated(error);
        let best = find(&sentences, SentenceKind::Best).unwrap().text.clone();
        (best, sentences)
    };
    // Eleven others, each 1 behind the one before: z of the second is 1 / (0.2 √2), of the last far more.
    let (text, sentences) = best(0.2);
    assert!(
        text.contains("11.00 ± 0.39 (95 % interval, by the standard error that was logged;")
            && text.contains("It can be told from each of the other 11 (Welch’s t"),
        "{text}"
    );
    assert!(find(&sentences, SentenceKind::Noise).is_none());
    // By hand: of 1, 2, 3 and 4 behind, over √2, two-sided normal p are 0.48, 0.16, 0.034 and 0.0047, which Holm's
    // correction makes 0.48, 0.31, 0.10 and 0.019.
    let (text, _) = best(1.0);
    assert!(text.contains("1 to 4 cannot be told apart"), "{text}");
    // What was told no error has none.
    let (text, sentences) = best(0.0);
    assert!(!text.contains('±'), "{text}");
    assert!(find(&sentences, SentenceKind::Noise).is_some());
}
