//! What broke, under which conditions, and whether the best did.

use super::{How, PLAIN, asked, changed, find, held, honest, of, once, workspace};
use crate::engine::Workspace;
use crate::engine::brief::SentenceKind;
use crate::engine::protocol::{Answer, Ask};
use crate::engine::view::Statistic;
use crate::ledger::{Ledger, Role, RunSink, Status, ValueRef};

#[test]
fn what_broke_and_under_which_condition() {
    let broken = changed(|at, run| {
        if run.lr > 34.0 || at == 5 {
            run.status = Some(Status::Failed);
        }
    });
    let (sentence, shown) = held(SentenceKind::Broken, (&broken, PLAIN), (&honest(), PLAIN));
    assert!(
        sentence
            .text
            .starts_with("19 of 120 runs that came to an end broke"),
        "{}",
        sentence.text
    );
    assert_eq!((sentence.n, sentence.of, shown), (19, 120, 19));
    let spread = changed(|at, run| {
        if at % 11 == 0 {
            run.status = Some(Status::Killed);
        }
    });
    let (rule, shown) = held(SentenceKind::Rule, (&broken, PLAIN), (&spread, PLAIN));
    assert!(
        rule.text
            .starts_with("lr ≥ 35: 6 of 6 configurations broke")
            && rule.text.contains("else 0 of 34"),
        "{}",
        rule.text
    );
    assert_eq!(shown, 18);
    // The clause joins the filter in force.
    let how = How {
        filter: "seed < 2",
        ..How::default()
    };
    let all = of(&broken, &how);
    let rule = find(&all, SentenceKind::Rule).unwrap();
    assert!(rule.link.filter.starts_with("seed < 2 and lr"), "{rule:?}");
    assert_eq!(rule.of, 6);
}

#[test]
fn a_loss_absurdly_far_above_all_others_exploded_though_the_run_finished() {
    let mut positive = once();
    positive.iter_mut().for_each(|run| run.loss += 1.0);
    let mut exploded = positive.clone();
    exploded[7].loss = 6.2e15;
    let (sentence, shown) = held(SentenceKind::Broken, (&exploded, PLAIN), (&positive, PLAIN));
    assert!(
        sentence
            .text
            .contains("or with one that exploded, as of 1 run)"),
        "{}",
        sentence.text
    );
    assert_eq!((sentence.n, shown), (1, 1));
}

#[test]
fn the_best_and_its_ties_are_told_to_have_failed_where_they_did() {
    // Of the best configuration, the three of `lr` 9, all failed; and two of those right behind.
    let failed = changed(|at, run| {
        if run.lr == 9.0 || (run.lr == 8.0 && at % 3 > 0) {
            run.status = Some(Status::Failed);
            run.loss -= 0.2;
        }
    });
    let text =
        |sentences: &[super::Sentence]| find(sentences, SentenceKind::Best).unwrap().text.clone();
    let best = text(&of(&failed, PLAIN));
    assert!(
        best.contains(" 3 of its 3 runs ended as failed. "),
        "{best}"
    );
    assert!(best.contains(" 2 of these "), "{best}");
    assert!(!text(&of(&honest(), PLAIN)).contains("failed"));
    let mut workspace = workspace(&failed);
    super::asked(&mut workspace, PLAIN);
    let filter = String::new();
    let Answer::Brief(brief) = workspace.answer(&Ask::Brief { filter }) else {
        panic!("no brief")
    };
    let records = brief.ranked_records();
    assert_eq!(records[0].last().unwrap(), "Ended");
    assert_eq!(records[1].last().unwrap(), "3 of 3 failed");
    assert!(
        records
            .iter()
            .any(|record| record.last().unwrap().is_empty())
    );
    assert!(brief.markdown().contains("| 3 of 3 failed |"));
    // Where all ended well there is no such column.
    let mut well = super::workspace(&honest());
    super::asked(&mut well, PLAIN);
    let filter = String::new();
    let Answer::Brief(brief) = well.answer(&Ask::Brief { filter }) else {
        panic!("no brief")
    };
    assert_eq!(brief.ranked_records()[0].last().unwrap(), "Best less it");
}

#[test]
fn what_is_ranked_nowhere_goes_by_what_is_read_of_the_curve() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    let nan = f64::NAN;
    for (at, points) in [
        [3.0, 1.0, nan],
        [2.0, 1.5, 1.25],
        [nan, nan, nan],
        [nan, 2.0, 1.0],
    ]
    .iter()
    .enumerate()
    {
        let row = sink.run(&format!("run-{at}"));
        sink.set_named(row, Role::Param, "lr", ValueRef::Number(at as f64));
        let loss = sink.column(Role::Metric, "loss");
        for (step, value) in points.iter().enumerate() {
            sink.point(row, loss, step as f64, 0, *value);
        }
    }
    sink.finish();
    let mut said = |statistic| {
        let how = How {
            statistic,
            ..How::default()
        };
        let all = asked(&mut workspace, &how);
        let best = find(&all, SentenceKind::Best).unwrap();
        let told = find(&all, SentenceKind::NotFinite).unwrap();
        assert_eq!(best.n + told.n, 4, "{best:?} {told:?}");
        (told.text.clone(), told.link.filter.clone())
    };
    let (last, filter) = said(Statistic::Last);
    assert_eq!(
        last,
        "loss is NaN in 2 of 4 runs that have it: these are ranked nowhere."
    );
    assert!(filter.contains("loss"), "{filter}");
    // The run that came to 1 before it broke is ranked.
    let (least, filter) = said(Statistic::Min);
    assert!(
        least.starts_with("loss (min) is NaN in 1 of 4 runs"),
        "{least}"
    );
    assert!(
        filter.contains("run-2") && !filter.contains("run-0"),
        "{filter}"
    );
    let (first, _) = said(Statistic::First);
    assert!(
        first.starts_with("loss (first) is NaN in 2 of 4 runs"),
        "{first}"
    );
}
