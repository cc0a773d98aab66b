//! What is told of planted failures, and what is not told where there are none; every link keeps what it counts.

use super::*;
use crate::engine::Workspace;
use crate::engine::protocol::{Answer, Ask, SelectQuestion};
use crate::engine::view::{Center, Direction, Objective, Statistic, Until};
use crate::ledger::{Ledger, LogTail, Role, RunSink, Status, ValueRef};

/// A run: its params, its curve, how it ended, on which host, when.
#[derive(Clone)]
struct Run {
    lr: f64,
    warm_up: Option<f64>,
    curve: Vec<f64>,
    status: Option<&'static str>,
    host: &'static str,
    minute: i64,
    error: Option<&'static str>,
}

/// 96 runs that went well; `lr` from 0.001 to 0.096 in no order of time.
fn well() -> Vec<Run> {
    (0..96_u32)
        .map(|at| Run {
            lr: f64::from(at * 35 % 96 + 1) / 1_000.0,
            warm_up: (at % 2 == 0).then_some(100.0),
            curve: vec![2.0, 1.0, 0.5 + f64::from(at) / 1_000.0],
            status: Some("finished"),
            host: ["node-1", "node-2"][at as usize % 2],
            minute: 10 * i64::from(at),
            error: None,
        })
        .collect()
}

fn workspace(runs: &[Run]) -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    let loss = sink.column(Role::Metric, "val loss");
    for (at, run) in runs.iter().enumerate() {
        let row = sink.run(&format!("run-{at}"));
        sink.set_named(row, Role::Param, "lr", ValueRef::Number(run.lr));
        if let Some(steps) = run.warm_up {
            sink.set_named(row, Role::Param, "warm_up", ValueRef::Number(steps));
        }
        for (step, value) in run.curve.iter().enumerate() {
            sink.point(row, loss, 100.0 * step as f64, 0, *value);
        }
        if let Some(word) = run.status {
            sink.set_status(row, Status::from_word(word));
        }
        sink.set_named(row, Role::Tag, "host", ValueRef::Text(run.host));
        if let Some(error) = run.error {
            sink.set_named(row, Role::Tag, "sys/error_message", ValueRef::Text(error));
        }
        let start = 1_700_000_000_000 + 60_000 * run.minute;
        sink.set_attribute(row, attribute::START, ValueRef::Time(start));
    }
    sink.finish();
    workspace
}

fn select(workspace: &mut Workspace, filter: &str, with_objective: bool) -> usize {
    let objective = Objective {
        column: "metric.val loss".to_owned(),
        direction: Direction::Minimize,
        statistic: Statistic::Last,
        until: Until::End,
        center: Center::Mean,
    };
    let said = workspace.answer(&Ask::Select(Box::new(SelectQuestion {
        filter: filter.to_owned(),
        objective: with_objective.then_some(objective),
        ..SelectQuestion::default()
    })));
    match said {
        Answer::Selected(said) => {
            assert_eq!(said.errors, [], "{filter}");
            said.shown
        }
        other => panic!("{other:?}"),
    }
}

fn asked(workspace: &mut Workspace, filter: &str, with_objective: bool) -> Failures {
    select(workspace, filter, with_objective);
    match workspace.answer(&Ask::Failures {
        filter: filter.to_owned(),
    }) {
        Answer::Failures(said) => *said,
        other => panic!("{other:?}"),
    }
}

fn find<'a>(said: &'a Failures, kind: &str) -> Option<&'a Finding> {
    said.findings.iter().find(|finding| finding.kind == kind)
}

/// What is said, after every link was followed: it keeps as many runs as it counts.
fn followed(runs: &[Run], filter: &str) -> Failures {
    let mut workspace = workspace(runs);
    let said = asked(&mut workspace, filter, true);
    for finding in &said.findings {
        let kept = select(&mut workspace, &finding.link.filter, true);
        let counts = match finding.kind.as_str() {
            "rule" | "burst" => finding.of,
            "broken" if finding.n == 0 => continue,
            _ => finding.n,
        };
        assert_eq!(kept, counts, "{finding:?}");
    }
    for param in &said.params {
        for (bar, link) in param.rates.bars.iter().zip(&param.links) {
            assert!(
                select(&mut workspace, &link.filter, true) >= bar.n,
                "{link:?}"
            );
        }
    }
    said
}

fn changed(how: impl Fn(usize, &mut Run)) -> Vec<Run> {
    let mut runs = well();
    runs.iter_mut()
        .enumerate()
        .for_each(|(at, run)| how(at, run));
    runs
}

#[test]
fn where_nothing_broke_it_says_so_and_how_many_may() {
    let said = followed(&well(), "");
    let broken = find(&said, "broken").unwrap();
    assert_eq!((broken.n, broken.of), (0, 96));
    assert_eq!(
        broken.text,
        "None of 96 runs that came to an end broke: none failed, and val loss is finite in all that have it. Of further \
         runs like these at most 3.1 % would (upper 95 % bound, about 3 / 96)."
    );
    assert_eq!(find(&said, "finished").unwrap().n, 96);
    assert_eq!(said.findings.len(), 2);
    assert!(said.params.is_empty() && said.ends.is_empty() && said.timeline.is_none());
}

#[test]
fn without_status_and_objective_nothing_is_claimed() {
    let mut workspace = workspace(&changed(|_, run| run.status = None));
    let said = asked(&mut workspace, "", false);
    assert!(
        find(&said, "broken")
            .unwrap()
            .text
            .starts_with("Nothing says")
    );
    assert_eq!(find(&said, "unknown").unwrap().n, 96);
    assert!(said.params.is_empty());
    let none = asked(&mut workspace, "lr > 5", true);
    assert_eq!(none, Failures::default());
}

#[test]
fn every_end_is_counted_and_its_link_keeps_just_those_runs() {
    let runs = changed(|at, run| match at {
        0..5 => run.status = Some("failed"),
        5..7 => run.status = Some("killed"),
        7..10 => run.curve = vec![2.0, 1.5, f64::NAN],
        10 => run.curve = vec![2.0, f64::INFINITY],
        11 => (run.curve, run.status) = (vec![2.0, f64::NAN], Some("failed")),
        12..14 => run.curve = vec![2.0, 30.0, 900.0],
        14 => (run.curve, run.status) = (vec![2.0, f64::NAN], Some("pruned")),
        15..20 => run.status = Some("pruned"),
        20 => (run.curve, run.status) = (vec![2.0, f64::NAN], Some("running")),
        21..24 => run.status = None,
        24 => (run.curve, run.status) = (vec![f64::NAN], None),
        _ => {}
    });
    for filter in [
        "",
        "lr < 0.09",
        "host = node-1 or lr < 0.05",
        "status:failed,finished",
    ] {
        let said = followed(&runs, filter);
        let n = |kind: &str| find(&said, kind).map_or(0, |finding| finding.n);
        let ends = [
            "finished", "failed", "diverged", "pruned", "running", "unknown",
        ];
        let of = find(&said, "finished").unwrap().of;
        assert_eq!(
            ends.iter().map(|kind| n(kind)).sum::<usize>(),
            of,
            "{filter}"
        );
        assert_eq!(n("broken"), n("failed") + n("diverged"));
        if filter.is_empty() {
            assert_eq!(ends.map(n), [71, 7, 8, 6, 1, 3]);
            let text = &find(&said, "diverged").unwrap().text;
            assert!(
                text.contains("NaN or infinite at the end in 6, and ended 100 times"),
                "{text}"
            );
            assert!(text.ends_with("began in 2."), "{text}");
        }
    }
    // Words of a tracker of its own, and no objective.
    let mut others = workspace(&changed(|at, run| {
        run.status = Some(if at < 3 { "failed" } else { "finished" });
    }));
    assert_eq!(find(&asked(&mut others, "", false), "failed").unwrap().n, 3);
}

#[test]
fn a_value_absurdly_far_from_all_others_exploded_and_its_link_keeps_it() {
    let said = followed(
        &changed(|at, run| match at {
            5 => run.curve = vec![6.2e15],
            6 => run.curve = vec![2.0, f64::NAN],
            _ => {}
        }),
        "lr < 0.09",
    );
    let text = &find(&said, "diverged").unwrap().text;
    assert!(
        text.starts_with(
            "2 runs diverged: val loss is NaN or infinite at the end in 1, and exploded (to "
        ) && text.ends_with(" in 1."),
        "{text}"
    );
    assert_eq!(find(&said, "broken").unwrap().n, 2);
}

#[test]
fn two_rules_are_told_at_once_and_their_link_keeps_the_runs_of_both() {
    let runs = changed(|_, run| {
        if run.lr > 0.08 || (run.lr < 0.041 && run.warm_up.is_none()) {
            run.status = Some("failed");
        }
    });
    for filter in ["", "lr < 0.09"] {
        let said = followed(&runs, filter);
        let rule = find(&said, "rule").unwrap();
        assert_eq!(rule.text.matches(" runs broke (").count(), 3, "{rule:?}");
        assert!(
            rule.text.contains("; else 0 of ") && rule.n == rule.of,
            "{rule:?}"
        );
    }
}

#[test]
fn a_rule_of_two_conditions_is_told_and_its_link_sets_both() {
    let runs = changed(|_, run| {
        if run.lr > 0.064 && run.warm_up.is_none() {
            run.curve = vec![2.0, 1.9, f64::NAN];
        }
    });
    let said = followed(&runs, "");
    let rule = find(&said, "rule").unwrap();
    let text = &rule.text;
    // An end of a range lies between parts of the values, three runs each.
    assert!(rule.n == 16 && (16..=18).contains(&rule.of), "{text}");
    assert!(
        text.contains("lr ≥ 0.06") && text.contains("no warm_up"),
        "{text}"
    );
    assert!(text.contains("; else 0 of "), "{text}");
    let leading: Vec<&str> = said
        .params
        .iter()
        .map(|param| param.name.as_str())
        .collect();
    assert_eq!(leading.len(), 2);
    assert!(
        said.params.iter().all(|param| !param.is_chance),
        "{leading:?}"
    );
    let bars = &said.params[0].rates.bars;
    assert_eq!(bars.iter().map(|bar| bar.n).sum::<usize>(), 96);
    // Within a range that is set already the link stays inside.
    let within = followed(&runs, "lr:0.01..0.08");
    assert!(find(&within, "rule").is_some());
    let end = &said.ends[0];
    assert_eq!(said.ends.len(), 16);
    assert_eq!(end.last, Some(("1.9".to_owned(), Some("100".to_owned()))));
}

#[test]
fn a_burst_is_told_with_what_it_shares() {
    let runs = changed(|at, run| {
        if (50..60).contains(&at) {
            run.status = Some("failed");
            run.host = "node-3";
            run.error = Some("Traceback:\n  CUDA out of memory");
        }
    });
    let said = followed(&runs, "");
    let burst = find(&said, "burst").unwrap();
    assert_eq!(
        burst.text,
        "10 of 10 runs that began within 90 minutes from 2023-11-15 06:33 broke, while the 50 right before did not. All of \
         these have host = node-3, as 0 of 86 other runs have."
    );
    assert_eq!(
        said.timeline
            .unwrap()
            .bars
            .iter()
            .map(|bar| bar.0)
            .sum::<usize>(),
        10
    );
    assert_eq!(
        said.ends[0].said,
        "sys/error_message: Traceback: CUDA out of memory"
    );
    assert!(said.ends[0].last.is_some());
    // Every ninth is no burst.
    let even = followed(
        &changed(|at, run| {
            if at % 9 == 4 {
                run.status = Some("failed");
            }
        }),
        "",
    );
    assert!(find(&even, "burst").is_none() && find(&even, "rule").is_none());
    assert!(
        even.checked
            .contains("none tells broken from others beyond chance. No rule")
    );
}

#[test]
fn repeated_configurations_count_once() {
    let mut runs = well();
    let copies: Vec<Run> = runs
        .iter()
        .flat_map(|run| [run.clone(), run.clone(), run.clone()])
        .collect();
    runs = copies;
    runs.iter_mut().for_each(|run| {
        if run.lr > 0.08 {
            run.status = Some("failed");
        }
    });
    let mut workspace = workspace(&runs);
    let said = asked(&mut workspace, "", true);
    let rule = find(&said, "rule").unwrap();
    assert!(rule.text.contains("configurations broke"), "{}", rule.text);
    assert!((14..=16).contains(&rule.n) && rule.n == rule.of, "{rule:?}");
    assert_eq!(find(&said, "failed").unwrap().n, 48);
}

#[test]
fn a_failed_run_is_told_with_the_end_of_its_log_and_so_is_its_page() {
    let mut made = Workspace::default();
    let mut keep = |part: Ledger| made.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for (id, status) in [("good", Status::Finished), ("bad", Status::Failed)] {
        let row = sink.run(id);
        sink.set_status(row, status);
        sink.log(
            row,
            LogTail {
                name: "error.txt".to_owned(),
                text: format!("{id}: out of memory"),
                lines: 1,
                is_cut: false,
            },
        );
    }
    sink.finish();
    let said = asked(&mut made, "", false);
    let [end] = said.ends.as_slice() else {
        panic!("{:?}", said.ends)
    };
    assert_eq!(end.name, "bad");
    assert_eq!(end.log.as_ref().unwrap().text, "bad: out of memory");
    assert_eq!(said.logs_left_out, 0);
    match made.answer(&Ask::Run { row: 0 }) {
        Answer::Run(Some(run)) => assert_eq!(run.log.unwrap().text, "good: out of memory"),
        other => panic!("{other:?}"),
    }
}
