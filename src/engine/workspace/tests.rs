//! What only shows when asks follow one another.

use super::*;
use crate::analysis::importance::Design;
use crate::engine::explain::Explain;
use crate::engine::info::column_of_key;
use crate::engine::protocol::{
    AxisSetting, Change, MarkLines, SelectQuestion, Selected, SpacePicture, SpaceQuestion,
    SpaceRun, Window, WindowQuestion,
};
use crate::engine::view::{Center, ComputedColumn, Direction, Grouping, SortKey, Statistic, Until};
use crate::ledger::{Role, RunSink, ValueRef};

mod correlations;
mod curves;
mod curves_awkward;
mod curves_in_pieces;
mod distributions;
mod explained;
mod exported;
mod numbers;
mod orders;
mod recollect;
mod scattered;
mod seen;
mod shared;
mod side_by_side;
mod space;

impl Workspace {
    /// What has the runs of one source that are written so.
    pub(in crate::engine) fn written(write: impl FnOnce(&mut RunSink<'_>)) -> Self {
        let mut workspace = Self::default();
        let mut keep = |part: Ledger| workspace.append(part);
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        write(&mut sink);
        sink.finish();
        workspace
    }
}

/// Twenty configurations of three seeds each.
fn workspace() -> Workspace {
    workspace_of(60)
}

/// So many runs: `lr` from 0 on, three of each.
fn workspace_of(runs: u32) -> Workspace {
    Workspace::written(|sink| {
        for at in 0..runs {
            let row = sink.run(&at.to_string());
            let (lr, seed) = (f64::from(at / 3), f64::from(at % 3));
            for (role, name, value) in [
                (Role::Param, "lr", lr),
                (Role::Param, "seed", seed),
                (Role::Metric, "loss", lr * lr + seed / 10.0),
            ] {
                sink.set_named(row, role, name, ValueRef::Number(value));
            }
        }
    })
}

fn select(grouping: Option<Grouping>) -> Ask {
    Ask::Select(Box::new(SelectQuestion {
        filter: String::new(),
        objective: Some(Objective {
            column: "metric.loss".to_owned(),
            direction: Direction::Minimize,
            statistic: Statistic::Last,
            until: Until::End,
            center: Center::Mean,
        }),
        grouping,
        ..SelectQuestion::default()
    }))
}

fn selected(workspace: &mut Workspace, grouping: Option<Grouping>) -> Selected {
    match workspace.answer(&select(grouping)) {
        Answer::Selected(selected) => *selected,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_importance_of_groups_counts_each_once_and_leaves_seeds_out() {
    let mut workspace = workspace();
    selected(&mut workspace, Some(Grouping::Replicates));
    let design = |workspace: &Workspace| -> Design {
        let run = workspace.begin_importance(&Explain::default()).unwrap();
        run.design().clone()
    };
    let of_groups = design(&workspace);
    selected(&mut workspace, None);
    let of_runs = design(&workspace);
    let has_seed = |design: &Design| design.parameters.iter().any(|param| param.name == "seed");
    assert!(has_seed(&of_runs) && !has_seed(&of_groups));
    // The mean of 361, 361.1 and 361.2 is that of the last group, and no run's.
    let greatest = |design: &Design| design.objective.iter().copied().fold(0.0, f64::max);
    assert!((greatest(&of_runs) - 361.2).abs() < 1e-9);
    assert!((greatest(&of_groups) - 361.1).abs() < 1e-9);
}

#[test]
fn a_param_that_is_computed_explains_nothing_beside_what_it_is_made_of() {
    let mut workspace = workspace();
    let mut ask = select(None);
    if let Ask::Select(question) = &mut ask {
        let SelectQuestion { computed, .. } = &mut **question;
        computed.push(ComputedColumn {
            name: "double".to_owned(),
            expression: "lr * 2".to_owned(),
        });
    }
    workspace.answer(&ask);
    let run = workspace.begin_importance(&Explain::default()).unwrap();
    let names: Vec<&str> = run
        .design()
        .parameters
        .iter()
        .map(|param| param.name.as_str())
        .collect();
    assert_eq!(names, ["lr", "seed"]);
    let left_out = run.answer().left_out;
    assert!(
        left_out
            .iter()
            .any(|left| left.what == "double" && left.reason.contains("lr * 2"))
    );
}

/// The lines of the table with only the metric, and how a selection goes that compares with a baseline.
fn compared(workspace: &mut Workspace, filter: &str, baseline: Baseline) -> (Selected, Window) {
    let mut ask = select(Some(Grouping::Replicates));
    if let Ask::Select(question) = &mut ask {
        let SelectQuestion {
            filter: text,
            baseline: from,
            ..
        } = &mut **question;
        filter.clone_into(text);
        *from = Some(baseline);
    }
    let Answer::Selected(said) = workspace.answer(&ask) else {
        panic!("not selected");
    };
    let columns = ["param.lr", "metric.loss"];
    let of_key = |key: &&str| column_of_key(&workspace.ledger, key).unwrap();
    let window = Ask::Window(WindowQuestion {
        first: 0,
        count: 100,
        columns: columns.iter().map(of_key).collect(),
        look: crate::engine::look::WindowLook::default(),
    });
    match workspace.answer(&window) {
        Answer::Window(window) => (*said, window),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_group_is_a_baseline_that_others_are_told_against() {
    let mut workspace = workspace();
    // The group of lr = 1: its loss is 1, 1.1 and 1.2.
    let (said, window) = compared(&mut workspace, "", Baseline::Group(4));
    assert_eq!(said.baseline.as_deref(), Some("a group of 3 runs"));
    let changes: Vec<Option<Change>> = window.rows.iter().map(|row| row.cells[1].change).collect();
    assert_eq!(changes[0], Some(Change::Better));
    assert_eq!(changes[1], None);
    assert_eq!(changes[2], Some(Change::Worse));
    assert!(window.rows[1].baseline && !window.rows[0].baseline);
    let full = window.rows[2].cells[1].full.clone().unwrap();
    assert!(
        full.contains("the baseline’s 1.10 ± 0.25 (mean of 3 runs) by +3"),
        "{full}"
    );
    // A filter that leaves two of its runs: it is what its row says then.
    let (said, window) = compared(&mut workspace, "seed > 0", Baseline::Group(4));
    assert_eq!(said.baseline.as_deref(), Some("a group of 2 runs"));
    assert!(window.rows[1].baseline);
    // One that leaves none: it is what it is of all runs.
    let (said, _) = compared(&mut workspace, "lr > 5", Baseline::Group(4));
    assert_eq!(said.baseline.as_deref(), Some("a group of 3 runs"));
    // All runs but its own differ from it in lr.
    let (said, _) = compared(&mut workspace, "diff:baseline", Baseline::Group(4));
    assert_eq!(said.shown, 57);
    // A run stays a baseline for groups.
    let (said, window) = compared(&mut workspace, "", Baseline::Run(4));
    assert_eq!(said.baseline.as_deref(), Some("4"));
    assert_eq!(window.rows[0].cells[1].change, Some(Change::Better));
    assert_eq!(window.rows[1].cells[1].change, Some(Change::Same));
}

#[test]
fn what_was_pointed_at_can_be_what_it_was() {
    let mut workspace = workspace();
    let state = |workspace: &mut Workspace, ask: Ask| match workspace.answer(&ask) {
        Answer::Marked {
            state,
            selected,
            aside,
            ..
        } => (state, selected, aside),
        other => panic!("{other:?}"),
    };
    let select_rows = |from, to| Ask::Mark {
        lines: MarkLines::Places(from, to),
        how: crate::engine::protocol::MarkHow::Only,
    };
    let star = Ask::Note {
        lines: MarkLines::Row(3),
        edit: crate::engine::protocol::NoteEdit::Star,
    };
    selected(&mut workspace, None);
    let one = state(&mut workspace, select_rows(0, 5));
    assert_eq!((one.1, one.2), (5, 0));
    // Nothing changed: it is the same state.
    assert_eq!(state(&mut workspace, select_rows(0, 5)), one);
    let two = state(&mut workspace, star);
    let three = state(&mut workspace, Ask::SetAside { keep: false });
    assert_eq!((three.1, three.2), (0, 5));
    assert_eq!(state(&mut workspace, Ask::Recall { state: two.0 }), two);
    assert!(workspace.notes.has_star(3));
    assert_eq!(state(&mut workspace, Ask::Recall { state: one.0 }), one);
    assert!(!workspace.notes.has_star(3));
    let nothing = state(&mut workspace, Ask::Recall { state: 0 });
    assert_eq!(nothing, (0, 0, 0));
    assert_eq!(state(&mut workspace, Ask::Recall { state: three.0 }), three);
    assert!(workspace.notes.has_star(3));
    // What is done after going back is a state of its own; one that is not known changes nothing.
    let four = state(&mut workspace, select_rows(0, 2));
    assert!(four.0 > three.0);
    assert_eq!(state(&mut workspace, Ask::Recall { state: 99 }), four);
    // The ledger comes to rest.
    selected(&mut workspace, None);
    let version = workspace.version();
    selected(&mut workspace, None);
    assert_eq!(workspace.version(), version);
}

#[test]
fn ranks_are_of_the_shown_runs_by_the_objective_in_whatever_order() {
    let mut workspace = workspace();
    let mut ranks = |filter: &str, descending: bool, direction: Direction| {
        let mut ask = select(None);
        if let Ask::Select(question) = &mut ask {
            filter.clone_into(&mut question.filter);
            question.sort.push(SortKey {
                column: "param.lr".to_owned(),
                descending,
            });
            if let Some(objective) = &mut question.objective {
                objective.direction = direction;
            }
        }
        let Answer::Selected(told) = workspace.answer(&ask) else {
            panic!("no selection");
        };
        ([0, 3, 59].map(|row| workspace.rank_of(row)), told.unranked)
    };
    let (least, most) = (Direction::Minimize, Direction::Maximize);
    assert_eq!(ranks("", false, least), ([Some(1), Some(4), Some(60)], 0));
    assert_eq!(ranks("", true, least), ([Some(1), Some(4), Some(60)], 0));
    assert_eq!(ranks("lr >= 1", true, least).0, [None, Some(1), Some(57)]);
    assert_eq!(ranks("lr >= 1", true, most).0, [None, Some(57), Some(1)]);
    assert_eq!(ranks("", false, most).0, [Some(60), Some(57), Some(1)]);
}

#[test]
fn pinned_runs_come_first_and_what_is_shown_is_told_apart_from_its_order() {
    let mut workspace = workspace();
    let before = selected(&mut workspace, None);
    workspace.answer(&Ask::Pin {
        lines: MarkLines::Row(17),
    });
    let after = selected(&mut workspace, None);
    assert_eq!((before.pinned, after.pinned), (0, 1));
    // The same runs are shown: their distributions are what they were.
    assert_eq!(before.kept, after.kept);
    let Answer::Window(window) = workspace.answer(&Ask::Window(WindowQuestion {
        first: 5,
        count: 2,
        columns: Vec::new(),
        look: crate::engine::look::WindowLook::default(),
    })) else {
        panic!("no window");
    };
    assert_eq!(window.pinned[0].row, 17);
    assert_eq!(window.rows[0].row, 4);
    // A link names it, and it does not go where it is pinned already.
    for _ in 0..2 {
        let told = workspace.answer(&Ask::PutMarks {
            pinned: vec![17, 3, 1 << 30],
            aside: vec![],
        });
        assert!(
            matches!(&told, Answer::Marked { pinned, .. } if *pinned == [3, 17]),
            "{told:?}"
        );
    }
    let lines = MarkLines::Row(3);
    let told = workspace.answer(&Ask::Pin { lines });
    assert!(matches!(&told, Answer::Marked { pinned, .. } if *pinned == [17]));
    // What is wanted with the selection is what an ask after it gets.
    let mut ask = select(None);
    if let Ask::Select(question) = &mut ask {
        let SelectQuestion { window, .. } = &mut **question;
        *window = Some(WindowQuestion {
            first: 5,
            count: 2,
            columns: Vec::new(),
            look: crate::engine::look::WindowLook::default(),
        });
    }
    let Answer::Selected(said) = workspace.answer(&ask) else {
        panic!("not selected");
    };
    assert_eq!(said.window, Some(window));
    // A note makes a column: the ledger is another.
    workspace.answer(&Ask::Note {
        lines: MarkLines::Row(17),
        edit: crate::engine::protocol::NoteEdit::Star,
    });
    let noted = selected(&mut workspace, None);
    assert!(noted.kept > after.kept);
    let shown = |workspace: &mut Workspace, filter: &str| {
        let mut ask = select(None);
        if let Ask::Select(question) = &mut ask {
            let SelectQuestion { filter: text, .. } = &mut **question;
            filter.clone_into(text);
        }
        match workspace.answer(&ask) {
            Answer::Selected(selected) => (selected.shown, selected.errors.len()),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(shown(&mut workspace, "my_star = true and @pinned"), (1, 0));
}

#[test]
fn a_note_of_a_run_that_is_gone_lets_the_ledger_come_to_rest() {
    let mut workspace = workspace();
    workspace.answer(&Ask::Note {
        lines: MarkLines::Row(3),
        edit: crate::engine::protocol::NoteEdit::Star,
    });
    selected(&mut workspace, None);
    workspace.answer(&Ask::Clear {
        rules: crate::ledger::Rules::default(),
        notes_too: false,
        can_return: false,
    });
    selected(&mut workspace, None);
    let before = workspace.version();
    selected(&mut workspace, None);
    selected(&mut workspace, None);
    assert_eq!(workspace.version(), before);
}

/// What the space shows of the runs, drawn 600 by 300.
/// Four runs with curves of a loss that falls and rises again; the last stops early.
fn with_curves() -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    let loss = sink.column(Role::Metric, "loss");
    for (at, (least, points)) in [(4.0, 30), (3.0, 30), (2.0, 30), (1.0, 10)]
        .into_iter()
        .enumerate()
    {
        let row = sink.run(&at.to_string());
        sink.set_named(row, Role::Param, "lr", ValueRef::Number(at as f64));
        for step in 0..points {
            // The least at step 5, where it turns; the last is the worse the better the least was.
            let step = f64::from(step);
            let value = least + (step - 5.0).abs() * (5.0 - least);
            sink.point(row, loss, step, 1_000 + step as i64 * 60_000, value);
        }
    }
    sink.finish();
    workspace
}

/// The selection by an objective, and its window of these columns.
fn by_objective(workspace: &mut Workspace, words: &str, keys: &[&str]) -> (Selected, Window) {
    let mut ask = select(None);
    if let Ask::Select(question) = &mut ask {
        let SelectQuestion {
            objective, sort, ..
        } = &mut **question;
        *objective = Objective::from_hash(words);
        assert!(objective.is_some(), "{words}");
        *sort = vec![SortKey {
            column: RANK.to_owned(),
            descending: false,
        }];
    }
    let Answer::Selected(said) = workspace.answer(&ask) else {
        panic!("not selected");
    };
    let of_key =
        |key: &&str| column_of_key(&workspace.ledger, key).unwrap_or_else(|| panic!("{key}"));
    let window = Ask::Window(WindowQuestion {
        first: 0,
        count: 100,
        columns: keys.iter().map(of_key).collect(),
        look: crate::engine::look::WindowLook::default(),
    });
    match workspace.answer(&window) {
        Answer::Window(window) => (*said, window),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_choice_of_what_is_read_of_curves_drives_table_rank_and_importance() {
    let mut workspace = with_curves();
    let mut texts = |words: &str, key: &str| {
        let (said, window) = by_objective(&mut workspace, words, &[key]);
        assert!(said.not_computed.is_empty(), "{:?}", said.not_computed);
        let row = |row: &super::super::protocol::WindowRow| {
            (row.rank, row.cells[0].text.trim_end().to_owned())
        };
        window.rows.iter().map(row).collect::<Vec<_>>()
    };
    let ranked = |values: [&str; 4]| {
        let numbered = (1..).zip(values);
        let ranked = |(rank, text): (usize, &str)| {
            (Some(rank).filter(|_| !text.is_empty()), text.to_owned())
        };
        numbered.map(ranked).collect::<Vec<_>>()
    };
    assert_eq!(
        texts("metric.loss,min,last", "metric.loss"),
        ranked(["17", "28", "51", "74"])
    );
    let by_least = ranked(["1", "2", "3", "4"]);
    assert_eq!(texts("metric.loss,min,min", "metric.min loss"), by_least);
    assert_eq!(texts("metric.loss,min,best", "metric.min loss"), by_least);
    assert_eq!(
        texts("metric.loss,max,best", "metric.max loss"),
        ranked(["74", "51", "28", "21"])
    );
    // Nine of ten came to step 9: there the last of them has a value too.
    assert_eq!(
        texts("metric.loss,min,last@common", "metric.loss@common"),
        ranked(["8", "11", "14", "17"])
    );
    // It did not come to step 20, nor to 20 minutes, and has no rank.
    assert_eq!(
        texts("metric.loss,min,last@20", "metric.loss@20"),
        ranked(["19", "33", "47", ""])
    );
    assert_eq!(
        texts("metric.loss,min,mean@20m", "metric.mean loss@1200s")
            .last()
            .cloned(),
        Some((None, String::new()))
    );
}

#[test]
fn what_the_objective_goes_by_is_a_column_like_others_and_no_other_goal() {
    let mut workspace = with_curves();
    by_objective(&mut workspace, "metric.loss,min,min", &["metric.min loss"]);
    let info = workspace.info();
    let view = crate::engine::view::View {
        objective: Objective::from_hash("metric.loss,min,min"),
        ..crate::engine::view::View::default()
    };
    let key = crate::engine::arrange::objective_key(&info, &view);
    assert_eq!(key, Some("metric.min loss"));
    let first = crate::engine::arrange::order(&info, &view);
    let first: Vec<&str> = first
        .iter()
        .map(|at| info.columns[*at].key.as_str())
        .collect();
    assert_eq!(first[..2], ["metric.min loss", "metric.loss"]);
    let guesses: Vec<&str> = info
        .objectives
        .iter()
        .map(|guess| guess.objective.column.as_str())
        .collect();
    assert_eq!(guesses, ["metric.loss"]);
    // A brush on it speaks of it, also when it is the objective's no more.
    let column = column_of_key(&workspace.ledger, "metric.min loss").unwrap();
    let brush = Brush::Range {
        low: None,
        high: Some(2.5),
    };
    let Answer::Filter(filter) = workspace.answer(&Ask::Brush {
        filter: String::new(),
        column,
        brush: Some(brush),
    }) else {
        panic!("no filter");
    };
    let shown = |workspace: &mut Workspace| {
        let mut ask = select(None);
        if let Ask::Select(question) = &mut ask {
            let SelectQuestion { filter: text, .. } = &mut **question;
            text.clone_from(&filter);
        }
        match workspace.answer(&ask) {
            Answer::Selected(said) => (said.shown, said.errors),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(shown(&mut workspace), (2, Vec::new()), "{filter}");
    let column = workspace.ledger.column(column);
    assert!(
        column.formula().is_none(),
        "the objective is the last value again"
    );
    // A metric without curves has one value, whatever is asked of it.
    let mut plain = super::tests::workspace();
    by_objective(&mut plain, "metric.loss,min,min@9", &["metric.loss"]);
    assert!(column_of_key(&plain.ledger, "metric.min loss@9").is_none());
}

#[test]
fn a_group_that_is_open_closes_though_another_of_its_runs_is_first() {
    let mut workspace = workspace();
    let lines = |workspace: &mut Workspace, filter: &str| {
        let mut ask = select(Some(Grouping::Replicates));
        if let Ask::Select(question) = &mut ask {
            let SelectQuestion {
                filter: text, open, ..
            } = &mut **question;
            filter.clone_into(text);
            // The second run of the second group.
            open.push(4);
        }
        workspace.answer(&ask);
        match workspace.answer(&Ask::Window(WindowQuestion {
            first: 1,
            count: 1,
            columns: Vec::new(),
            look: crate::engine::look::WindowLook::default(),
        })) {
            Answer::Window(window) => (window.rows[0].row, window.rows[0].group),
            other => panic!("{other:?}"),
        }
    };
    let open = |runs| Some(crate::engine::protocol::GroupLine::Head { runs, open: true });
    assert_eq!(lines(&mut workspace, ""), (4, open(3)));
    assert_eq!(lines(&mut workspace, "seed > 0"), (4, open(2)));
}

#[test]
fn groups_are_named_by_what_tells_them_apart() {
    let mut workspace = workspace();
    let mut names = |grouping: Grouping, filter: &str| {
        let mut ask = select(Some(grouping));
        if let Ask::Select(question) = &mut ask {
            filter.clone_into(&mut question.filter);
            question.open.push(0);
        }
        workspace.answer(&ask);
        match workspace.answer(&Ask::Window(WindowQuestion {
            first: 0,
            count: 3,
            columns: Vec::new(),
            look: crate::engine::look::WindowLook::default(),
        })) {
            Answer::Window(window) => {
                let names = window.rows.into_iter().map(|row| row.keys);
                names.collect::<Vec<_>>().join(", ")
            }
            other => panic!("{other:?}"),
        }
    };
    // The runs of an open group have names of their own.
    assert_eq!(names(Grouping::Replicates, ""), "lr=0, , ");
    assert_eq!(names(Grouping::Replicates, "lr > 0"), "lr=1, lr=2, lr=3");
    let by = |keys: &[&str]| Grouping::By(keys.iter().map(|key| (*key).to_owned()).collect());
    assert_eq!(
        names(by(&["param.seed"]), "not lr = 0"),
        "seed=0, seed=1, seed=2"
    );
    // One group is told from no other.
    assert_eq!(names(Grouping::Replicates, "lr = 3"), "");
}

#[test]
fn the_receipt_names_the_folder_whose_runs_a_file_has_too() {
    let mut workspace = Workspace::default();
    for (path, folder, files) in [
        ("night/mlruns/0/a/meta.yaml", "night/mlruns/", 3),
        ("night/runs.csv", "night/", 1),
        ("more/runs.csv", "more/", 1),
    ] {
        let mut keep = |part: Ledger| workspace.append(part);
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source(path, "test", 0);
        sink.source().has_ids = true;
        (sink.source().files, sink.source().folder) = (files, folder.to_owned());
        let first = if path.starts_with("more") { 3 } else { 0 };
        for at in first..5 {
            let row = sink.run(&format!("3f2504e04f8941d39a0c0305e82c330{at}"));
            sink.set_named(row, Role::Param, "lr", ValueRef::Number(f64::from(at)));
        }
        sink.finish();
    }
    let sources = workspace.info().sources;
    let named = |at: usize| sources[at].shared.iter().map(|shared| shared.path.as_str());
    assert!(named(1).eq(["night/mlruns/"]), "{sources:?}");
    assert!(named(2).eq(["night/mlruns/"]), "{sources:?}");
}
