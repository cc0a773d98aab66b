//! Runs and groups side by side: which, what differs, what each has, and as what it is copied.

use super::curves::{curves, with_curves};
use super::*;
use crate::chart::colour::Hue;
use crate::engine::protocol::{
    CompareFormat, CompareQuestion, ComparedPart, CurvePlace, CurvesPicture, CurvesQuestion,
    MarkHow, NumbersOf, RowColour, SideBySide,
};

fn question() -> CompareQuestion {
    CompareQuestion {
        most: 1000,
        ..CompareQuestion::default()
    }
}

fn said(workspace: &mut Workspace, question: CompareQuestion) -> SideBySide {
    match workspace.answer(&Ask::Compare(question)) {
        Answer::Compared(said) => *said,
        other => panic!("{other:?}"),
    }
}

fn mark(workspace: &mut Workspace, row: usize, pin: bool) {
    let lines = MarkLines::Row(row);
    let how = MarkHow::Add;
    workspace.answer(&if pin {
        Ask::Pin { lines }
    } else {
        Ask::Mark { lines, how }
    });
}

fn select_with(workspace: &mut Workspace, grouping: Option<Grouping>, from: Option<Baseline>) {
    let mut ask = select(grouping);
    if let Ask::Select(question) = &mut ask {
        question.baseline = from;
    }
    workspace.answer(&ask);
}

/// A line a row: its indent, its label, and what stands in it.
fn lines(parts: &[ComparedPart]) -> Vec<String> {
    let rows = parts.iter().flat_map(|part| &part.rows);
    let line = |row: &crate::engine::protocol::ComparedRow| {
        let cells = row.cells.iter();
        let cells: Vec<&str> = cells
            .map(|cell| cell.text.trim_end_matches(['\u{2007}', '\u{2008}']))
            .collect();
        format!("{}{} {}", " ".repeat(row.depth), row.label, cells.join("|"))
    };
    rows.map(line).collect()
}

fn names(said: &SideBySide) -> Vec<&str> {
    said.columns
        .iter()
        .map(|column| column.name.as_str())
        .collect()
}

/// Four runs with a nested configuration, one of which is text of several lines.
fn configured() -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for at in 0..4_u32 {
        let row = sink.run(&format!("run-{at}"));
        let lines = format!("first\n{at}\nlast");
        for (role, name, value) in [
            (Role::Param, "model.depth", ValueRef::Number(f64::from(at))),
            (Role::Param, "model.width", ValueRef::Number(8.0)),
            (
                Role::Param,
                "model.act",
                ValueRef::Text(if at < 2 { "relu" } else { "tanh" }),
            ),
            (Role::Param, "seed", ValueRef::Number(f64::from(at) / 4.0)),
            (Role::Metric, "zeta", ValueRef::Number(1.0)),
            (
                Role::Metric,
                "loss",
                ValueRef::Number(0.5 - f64::from(at) / 10.0),
            ),
            (Role::Tag, "config", ValueRef::Text(&lines)),
            (Role::Ignored, "index", ValueRef::Number(f64::from(at))),
        ] {
            sink.set_named(row, role, name, value);
        }
        if at == 3 {
            sink.set_named(row, Role::Param, "extra", ValueRef::Bool(true));
        }
    }
    sink.finish();
    workspace
}

#[test]
fn what_differs_comes_first_as_a_tree_and_the_rest_is_counted() {
    let mut workspace = configured();
    select_with(&mut workspace, None, None);
    mark(&mut workspace, 0, false);
    mark(&mut workspace, 2, true);
    let told = said(&mut workspace, question());
    assert_eq!(names(&told), ["run-0", "run-2"]);
    assert!(
        told.chosen && told.told.starts_with("2 runs selected or pinned."),
        "{}",
        told.told
    );
    assert_eq!(told.filter.as_deref(), Some("@selected or @pinned"));
    assert_eq!(
        lines(&told.differing),
        [
            "model. ",
            " act relu|tanh",
            " depth 0|2",
            "seed 0|0.5",
            "loss 0.5|0.3",
            "config first…|first…",
            "id run-0|run-2",
        ]
    );
    // Nobody has `extra`; what is the same is counted, and told when asked for.
    assert_eq!((told.differ, told.alike, told.rows), (6, 2, 6));
    assert!(told.same.is_empty());
    let asked = CompareQuestion {
        same: true,
        ..question()
    };
    let told = said(&mut workspace, asked);
    assert_eq!(lines(&told.same), ["model.width 8|8", "zeta 1|1"]);
    // Search finds names and texts.
    let find = |workspace: &mut Workspace, search: &str| {
        let search = search.to_owned();
        lines(
            &said(
                workspace,
                CompareQuestion {
                    search,
                    ..question()
                },
            )
            .differing,
        )
    };
    assert_eq!(find(&mut workspace, " SEED"), ["seed 0|0.5"]);
    assert_eq!(find(&mut workspace, "tanh"), ["model.act relu|tanh"]);
    // No more rows than were asked for.
    let few = said(
        &mut workspace,
        CompareQuestion {
            most: 2,
            ..question()
        },
    );
    assert_eq!((few.rows, few.differ), (2, 6));
    // A third run has what the others lack.
    mark(&mut workspace, 3, false);
    let told = said(&mut workspace, question());
    assert!(lines(&told.differing).contains(&"extra ||true".to_owned()));
}

#[test]
fn where_none_is_chosen_the_best_are_and_one_alone_gets_the_best_beside_it() {
    let mut workspace = configured();
    select_with(&mut workspace, None, None);
    let told = said(&mut workspace, question());
    assert_eq!(names(&told), ["run-3", "run-2", "run-1", "run-0"]);
    // Their curves can be looked at all the same.
    assert!(!told.chosen);
    assert_eq!(told.filter.as_deref(), Some("id:run-3,run-2,run-1,run-0"));
    assert!(
        told.told.contains("best by loss, of 4 runs. Select others"),
        "{}",
        told.told
    );
    let ranks: Vec<Option<usize>> = told.columns.iter().map(|column| column.rank).collect();
    assert_eq!(ranks, [Some(1), Some(2), Some(3), Some(4)]);
    mark(&mut workspace, 1, false);
    let told = said(&mut workspace, question());
    assert_eq!(names(&told), ["run-1", "run-3"]);
    // A baseline stands beside it as well.
    select_with(&mut workspace, None, Some(Baseline::Run(0)));
    let told = said(&mut workspace, question());
    assert_eq!(names(&told), ["run-0", "run-1"]);
    // The run page asks for one run.
    let page = CompareQuestion {
        run: Some(3),
        ..question()
    };
    assert_eq!(
        names(&said(&mut workspace, page.clone())),
        ["run-0", "run-3"]
    );
    select_with(&mut workspace, None, None);
    assert_eq!(names(&said(&mut workspace, page)), ["run-3"]);
    let nobody = CompareQuestion {
        run: Some(99),
        ..question()
    };
    assert!(said(&mut workspace, nobody).columns.is_empty());
}

#[test]
fn metrics_are_told_against_the_baseline_with_their_direction() {
    let mut workspace = configured();
    select_with(&mut workspace, None, Some(Baseline::Run(1)));
    mark(&mut workspace, 0, false);
    mark(&mut workspace, 3, false);
    let told = said(&mut workspace, question());
    assert_eq!(names(&told), ["run-1", "run-0", "run-3"]);
    assert!(told.columns[0].baseline);
    assert_eq!(told.filter.as_deref(), Some("@selected"));
    let loss = told
        .differing
        .iter()
        .flat_map(|part| &part.rows)
        .find(|row| row.label == "loss")
        .unwrap();
    let changes: Vec<Option<Change>> = loss.cells.iter().map(|cell| cell.change).collect();
    assert_eq!(changes, [None, Some(Change::Worse), Some(Change::Better)]);
    assert_eq!(loss.cells[2].text, "0.2 ▼−50% better");
    let full = loss.cells[2].full.as_deref().unwrap();
    assert!(
        full.contains("better than the baseline’s 0.4 by −0.2"),
        "{full}"
    );
    // What is copied for a spreadsheet is exact and bare; in Markdown it is as it is shown.
    let copied = |workspace: &mut Workspace, transposed, format| {
        let question = CompareQuestion {
            search: "loss".to_owned(),
            ..question()
        };
        match workspace.answer(&Ask::CopyCompared {
            question,
            transposed,
            format,
        }) {
            Answer::Copied(text) => text,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        copied(&mut workspace, false, CompareFormat::Tabs),
        "\trun-1 (baseline)\trun-0\trun-3\nmetric.loss\t0.4\t0.5\t0.2\n"
    );
    let transposed = copied(&mut workspace, true, CompareFormat::Markdown);
    assert_eq!(
        transposed,
        "|  | metric.loss |\n| --- | --- |\n| run-1 (baseline) | 0.4 |\n| run-0 | 0.5 ▲+25% worse |\n| run-3 | 0.2 ▼−50% better |\n"
    );
    let latex = copied(&mut workspace, true, CompareFormat::Latex);
    assert!(latex.contains("\\begin{tabular}{lr}"), "{latex}");
    assert!(latex.contains("run-1 (baseline) & 0.4 "), "{latex}");
}

#[test]
fn groups_are_called_by_what_differs_and_told_apart_only_where_they_can_be() {
    let mut workspace = workspace();
    select_with(
        &mut workspace,
        Some(Grouping::Replicates),
        Some(Baseline::Group(4)),
    );
    let told = said(&mut workspace, question());
    // The baseline is one of the best six.
    assert_eq!(told.columns.len(), 6);
    assert_eq!(&names(&told)[..3], ["lr 1", "lr 0", "lr 2"]);
    assert_eq!((told.columns[0].runs, told.columns[0].rank), (3, Some(2)));
    assert!(told.told.contains("No group is selected"), "{}", told.told);
    let filter = told.filter.clone().unwrap();
    assert_eq!(filter.split(',').count(), 18, "{filter}");
    let rows = lines(&told.differing);
    assert!(rows[0].starts_with("lr 1|0|2"), "{rows:?}");
    assert!(
        rows[1].starts_with("loss 1.10 ± 0.25|0.10 ± 0.25 ▼"),
        "{rows:?}"
    );
    // Seeds are the same in each group, though not in each run.
    assert!(!rows.iter().any(|row| row.contains("seed")), "{rows:?}");
    // Some run of a group stands for it when it is selected.
    mark(&mut workspace, 30, false);
    mark(&mut workspace, 40, false);
    let told = said(&mut workspace, question());
    assert_eq!(names(&told), ["lr 1", "lr 10", "lr 13"]);
}

#[test]
fn texts_of_several_lines_are_compared_line_by_line() {
    let mut workspace = configured();
    select_with(&mut workspace, None, None);
    let told = said(&mut workspace, question());
    let rows = told.differing.iter().flat_map(|part| &part.rows);
    let long: Vec<_> = rows.filter(|row| row.long).collect();
    assert_eq!(long.len(), 1);
    let ask = Ask::TextDiff {
        column: long[0].column.unwrap(),
        from: 0,
        to: 2,
    };
    let Answer::TextDiff(Some(diff)) = workspace.answer(&ask) else {
        panic!("no difference");
    };
    let texts: Vec<&str> = diff.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, ["first", "0", "2", "last"]);
    assert_eq!((diff.less, diff.more), (1, 1));
}

#[test]
fn very_many_are_bounded_and_counted() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for run in 0..40_u32 {
        let row = sink.run(&format!("run-{run}"));
        for param in 0..6_000_u32 {
            let name = format!("p.{param}");
            sink.set_named(
                row,
                Role::Param,
                &name,
                ValueRef::Number(f64::from(run * param)),
            );
        }
    }
    sink.finish();
    select_with(&mut workspace, None, None);
    (0..40).for_each(|row| mark(&mut workspace, row, false));
    let most = usize::MAX;
    let told = said(&mut workspace, CompareQuestion { most, ..question() });
    assert_eq!(told.columns.len(), 30);
    assert!(
        told.told.starts_with("The first 30 of 40 runs"),
        "{}",
        told.told
    );
    // The first param is 0 in all.
    assert_eq!((told.rows, told.alike), (4_999, 1));
    assert_eq!(
        told.cut.as_deref(),
        Some("Only the first 5,000 of 6,001 columns were looked at.")
    );
}

/// The picture of those that stand side by side.
fn curves_of(workspace: &mut Workspace) -> CurvesPicture {
    let ask = Ask::Curves(CurvesQuestion {
        width: 200.0,
        height: 100.0,
        density: 1.0,
        traces: true,
        beside: true,
        ..CurvesQuestion::default()
    });
    match workspace.answer(&ask) {
        Answer::Curves(said) => *said,
        other => panic!("{other:?}"),
    }
}

#[test]
fn curves_of_compared_runs_are_theirs_alone_in_the_colours_of_their_columns() {
    let mut workspace = with_curves();
    select_with(&mut workspace, None, Some(Baseline::Run(2)));
    mark(&mut workspace, 1, false);
    let told = said(&mut workspace, question());
    assert_eq!(names(&told), ["broken", "high"]);
    let classes = |told: &SideBySide| -> Vec<u8> {
        let columns = told.columns.iter();
        columns.map(|column| column.class).collect()
    };
    // One that is not marked comes after those that are, in colour alone.
    assert_eq!(classes(&told), [1, 0]);
    // What the others are told against has the colour that it had before. What is pinned is above in the table.
    mark(&mut workspace, 2, true);
    select_with(&mut workspace, None, None);
    let before = said(&mut workspace, question());
    assert_eq!(
        (names(&before), classes(&before)),
        (vec!["broken", "high"], vec![0, 1])
    );
    select_with(&mut workspace, None, Some(Baseline::Run(1)));
    let told = said(&mut workspace, question());
    assert_eq!(
        (names(&told), classes(&told)),
        (vec!["high", "broken"], vec![1, 0])
    );
    let picture = curves_of(&mut workspace);
    assert!(picture.beside && !picture.bands);
    assert_eq!((picture.shown, picture.runs, picture.metrics), (2, 4, 2));
    let legend: Vec<(RowColour, &str)> = picture
        .legend
        .iter()
        .map(|item| (item.colour, item.label.as_str()))
        .collect();
    assert_eq!(legend[0], (RowColour::Class(1), "high"));
    assert_eq!(legend[1], (RowColour::Class(0), "broken"));
    // The axis is of these: what the others have does not stretch it.
    let names: Vec<&str> = picture
        .panels
        .iter()
        .map(|panel| panel.name.as_str())
        .collect();
    assert_eq!(names, ["loss", "accuracy"]);
    let bold = |class: u8| {
        let mut traces = picture.panels[0].traces.iter();
        traces.any(|trace| trace.hue == Hue::Class(class) && trace.width == Some(2.2))
    };
    assert_eq!((bold(0), bold(1), bold(2)), (true, true, false));
    // Keys and hands find these alone, and in numbers there are no others.
    let place = |y: f64| {
        Ask::CurveRun(CurvePlace {
            x: 100.0,
            y: Some(y),
            ..CurvePlace::default()
        })
    };
    for y in 0..100 {
        match workspace.answer(&place(f64::from(y))) {
            Answer::CurveRun(found) => {
                let row = found.map(|run| run.row);
                assert!(row.is_none_or(|row| row == 1 || row == 2), "{row:?}");
            }
            other => panic!("{other:?}"),
        }
    }
    let Answer::Numbers(numbers) = workspace.answer(&Ask::Numbers(NumbersOf::Curves)) else {
        panic!("no numbers");
    };
    let lines: Vec<&str> = numbers[0]
        .lines
        .iter()
        .map(|line| line[0].as_str())
        .collect();
    assert_eq!(lines, ["high", "broken"]);
    // All that is shown is drawn again where that is asked.
    let all = curves(&mut workspace, "");
    assert!(!all.beside && all.shown == 4);
}

#[test]
fn curves_of_compared_groups_are_their_means_with_intervals() {
    let mut workspace = with_curves();
    let by = Grouping::By(vec!["param.none".to_owned()]);
    select_with(&mut workspace, Some(by), Some(Baseline::Run(0)));
    let picture = curves_of(&mut workspace);
    assert!(picture.bands);
    let legend: Vec<&str> = picture
        .legend
        .iter()
        .map(|item| item.label.as_str())
        .collect();
    assert_eq!(legend.len(), 2, "{legend:?}");
    assert_eq!(legend[0], "low");
    assert!(legend[1].ends_with("(4 runs)"), "{legend:?}");
}
