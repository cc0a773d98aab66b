//! What only shows when asks follow one another.

use super::*;
use crate::analysis::importance::{Design, Settings};
use crate::engine::explain::Explain;
use crate::engine::view::Statistic;
use crate::ledger::bytes::decoded;
use crate::ledger::{RunSink, ValueRef};

/// Twenty configurations of three seeds each.
fn workspace() -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for at in 0..60_u32 {
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
    sink.finish();
    workspace
}

fn select(grouping: Option<Grouping>) -> Ask {
    Ask::Select {
        filter: String::new(),
        sort: Vec::new(),
        objective: Some(Objective {
            column: "metric.loss".to_owned(),
            direction: Direction::Minimize,
            statistic: Statistic::Last,
        }),
        computed: Vec::new(),
        grouping,
        group_statistic: GroupStatistic::default(),
        open: Vec::new(),
        only_differing: false,
        baseline: None,
        now: None,
    }
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
        decoded::<(Design, Settings)>(&run.design_bytes())
            .unwrap()
            .0
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
    let Answer::Window(window) = workspace.answer(&Ask::Window {
        first: 5,
        count: 2,
        columns: Vec::new(),
        look: crate::engine::look::WindowLook::default(),
    }) else {
        panic!("no window");
    };
    assert_eq!(window.pinned[0].row, 17);
    assert_eq!(window.rows[0].row, 4);
    // A note makes a column: the ledger is another.
    workspace.answer(&Ask::Note {
        lines: MarkLines::Row(17),
        edit: crate::engine::protocol::NoteEdit::Star,
    });
    let noted = selected(&mut workspace, None);
    assert!(noted.kept > after.kept);
    let shown = |workspace: &mut Workspace, filter: &str| {
        let mut ask = select(None);
        if let Ask::Select { filter: text, .. } = &mut ask {
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
    });
    selected(&mut workspace, None);
    let before = workspace.version();
    selected(&mut workspace, None);
    selected(&mut workspace, None);
    assert_eq!(workspace.version(), before);
}
