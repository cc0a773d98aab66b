//! Runs side by side in a plain report: their curves, and what is said of these.

use super::*;
use crate::engine::view::Grouping;

/// Runs of people with curves of two metrics, so many of so many points; every third has another optimizer.
fn with_curves(runs: u32, points: u32) -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("runs.csv", "test", 0);
    for metric in ["loss", "accuracy"] {
        let column = sink.column(Role::Metric, metric);
        for at in 0..runs {
            let row = sink.run(&format!("anna-run-{at}"));
            for step in 0..points {
                let value = f64::from(at + 1) + libm::sin(f64::from(step * (at + 3)));
                sink.point(row, column, f64::from(step), 0, value);
            }
        }
    }
    for at in 0..runs {
        let row = sink.run(&format!("anna-run-{at}"));
        let optimizer = if at % 3 == 0 { "sgd" } else { "adam" };
        for (role, name, value) in [
            (Role::Param, "lr", ValueRef::Number(0.1 * f64::from(at + 1))),
            (Role::Param, "optimizer", ValueRef::Text(optimizer)),
            (Role::Param, "epochs", ValueRef::Number(9.0)),
            (Role::Tag, "user", ValueRef::Text("anna")),
        ] {
            sink.set_named(row, role, name, value);
        }
    }
    sink.finish();
    select(&mut workspace, "");
    workspace
}

/// What a plain report has below the heading of Compare, of these runs as this view has them.
fn compared(workspace: &mut Workspace, view: View) -> String {
    let asked = ReportQuestion {
        tabs: vec![Tab::Compare],
        notes: String::new(),
        ..question_of(
            ReportForm::Plain,
            View {
                objective: Some(objective()),
                ..view
            },
        )
    };
    let page = report(workspace, asked).text;
    assert_eq!(leaked(page.as_bytes()), [""; 0], "{page}");
    let part = page.split("<h2>Compare</h2>").nth(1);
    part.expect("a heading").to_owned()
}

#[test]
fn curves_are_drawn_with_what_differs_and_told_in_numbers() {
    let page = compared(&mut with_curves(3, 20), View::default());
    for part in [
        "<figure>\n<svg width=\"800px\"",
        "<title>Curves side by side</title>",
        ">loss over step</text>",
        ">accuracy over step</text>",
        // What all have alike tells nothing apart.
        ">[user 1]-run-0 (lr 0.1, optimizer sgd)</text>",
        ">[user 1]-run-1 (lr 0.2, optimizer adam)</text>",
        "3 of 3 runs side by side: each line is a run. Objective: the lowest loss (last).</figcaption>",
        "<h3>loss over step</h3>",
        "<th>Run</th><th>Points</th><th>First</th><th>Last</th><th>Least</th><th>Greatest</th>",
        "<td>[user 1]-run-2</td><td>20</td><td>3</td>",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("data:image"), "a few lines are lines");
}

#[test]
fn those_are_compared_that_the_person_selected() {
    let mut workspace = with_curves(5, 20);
    let ask = Ask::Mark {
        lines: MarkLines::Rows(vec![2, 4]),
        how: MarkHow::Only,
    };
    workspace.answer(&ask);
    let page = compared(&mut workspace, View::default());
    let named = |at: u32| page.contains(&format!("<tr><td>[user 1]-run-{at}</td>"));
    assert_eq!(
        [0, 1, 2, 3, 4].map(named),
        [false, false, true, false, true]
    );
    assert!(
        page.contains("2 of 5 runs side by side: each line is a run."),
        "{page}"
    );
    assert!(!page.contains("5 of 5 runs"), "{page}");
}

#[test]
fn groups_are_drawn_as_lines_with_bands() {
    let mut workspace = with_curves(6, 20);
    let grouping = Grouping::By(vec!["param.optimizer".to_owned()]);
    let page = compared(
        &mut workspace,
        View {
            grouping: Some(grouping),
            ..View::default()
        },
    );
    for part in [
        "6 of 6 runs side by side: each line is a group, with its band.",
        ">optimizer adam (4 runs)</text>",
        "<td>optimizer adam (4 runs)</td>",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
}

#[test]
fn curves_of_many_runs_leave_the_report_small() {
    let mut workspace = with_curves(40, 3000);
    let ask = Ask::Mark {
        lines: MarkLines::All,
        how: MarkHow::Only,
    };
    workspace.answer(&ask);
    let page = compared(&mut workspace, View::default());
    // Thirty at most, in numbers of two metrics.
    assert_eq!(page.matches("<tr><td>[user 1]-run-").count(), 60);
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
}
