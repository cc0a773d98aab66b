//! What a person made of runs, kept and taken over by another reading.

use super::*;
use crate::engine::protocol::{NoteEdit, Remembered, RunNames, Sentence, SentenceKind};
use crate::engine::view::MOST_ASIDE;

/// Runs with these ids.
fn with_runs(workspace: &mut Workspace, ids: &[&str]) {
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source(ids[0], "test", 0);
    for (at, id) in ids.iter().enumerate() {
        let row = sink.run(id);
        sink.set_named(row, Role::Metric, "loss", ValueRef::Number(at as f64));
    }
    sink.finish();
}

fn remembered(workspace: &mut Workspace) -> Remembered {
    match workspace.answer(&Ask::Remember) {
        Answer::Remembered(made) => *made,
        other => panic!("{other:?}"),
    }
}

fn shown(workspace: &mut Workspace, filter: &str) -> usize {
    let question = SelectQuestion {
        filter: filter.to_owned(),
        ..SelectQuestion::default()
    };
    match workspace.answer(&Ask::Select(Box::new(question))) {
        Answer::Selected(said) => {
            assert_eq!(said.errors, []);
            said.shown
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn stars_notes_and_pins_are_there_again_and_later_runs_are_new() {
    let mut yesterday = Workspace::default();
    with_runs(&mut yesterday, &["a", "b", "c"]);
    shown(&mut yesterday, "");
    let note = |workspace: &mut Workspace, row: usize, edit: NoteEdit| {
        workspace.answer(&Ask::Note {
            lines: MarkLines::Row(row),
            edit,
        });
    };
    note(&mut yesterday, 0, NoteEdit::Star);
    note(
        &mut yesterday,
        2,
        NoteEdit::Text("for the paper".to_owned()),
    );
    note(&mut yesterday, 2, NoteEdit::Tag("keep".to_owned()));
    yesterday.answer(&Ask::Pin {
        lines: MarkLines::Row(1),
    });
    let made = remembered(&mut yesterday);
    // As it is kept: as text.
    let text = serde_json::to_string(&made).unwrap();
    let made: Remembered = serde_json::from_str(&text).unwrap();

    // Another order, and one run that is not there.
    let mut today = Workspace::default();
    with_runs(&mut today, &["c", "b"]);
    today.answer(&Ask::Recollect {
        before: Box::new(made.clone()),
        all_known: true,
    });
    assert_eq!(shown(&mut today, "my_note ~ paper and my_tags:keep"), 1);
    assert_eq!(shown(&mut today, "@pinned"), 1);
    assert_eq!(shown(&mut today, "@new"), 0);
    assert!(!told(&mut today).contains(&SentenceKind::New));
    // What was said of a run that is away is not lost, and it is found when it comes.
    let mut again = remembered(&mut today);
    let by_id = |made: &mut Remembered| made.notes.sort_by(|a, b| a.id.cmp(&b.id));
    by_id(&mut again);
    assert_eq!(again, made);
    with_runs(&mut today, &["a", "d"]);
    assert_eq!(shown(&mut today, "my_star:true"), 1);
    assert_eq!(shown(&mut today, "@new"), 2);
    shown(&mut today, "");
    assert!(told(&mut today).contains(&SentenceKind::New));
}

#[test]
fn a_new_run_at_a_lesser_budget_is_not_called_the_best() {
    fn read(workspace: &mut Workspace, name: &str, runs: [(&str, f64, f64); 2]) {
        let mut keep = |part: Ledger| workspace.append(part);
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source(runs[0].0, "test", 0);
        for (id, budget, loss) in runs {
            let row = sink.run(id);
            for (role, name, value) in [
                (Role::Tag, name, budget),
                (Role::Param, "lr", loss),
                (Role::Metric, "loss", loss),
            ] {
                sink.set_named(row, role, name, ValueRef::Number(value));
            }
        }
        sink.finish();
    }
    for (name, is_best) in [("budget", false), ("batch", true)] {
        let mut workspace = Workspace::default();
        read(&mut workspace, name, [("a", 9.0, 5.0), ("b", 9.0, 6.0)]);
        let before = Box::new(Remembered::default());
        workspace.answer(&Ask::Recollect {
            before,
            all_known: true,
        });
        read(&mut workspace, name, [("c", 3.0, 1.0), ("d", 3.0, 2.0)]);
        workspace.answer(&Ask::Select(Box::new(SelectQuestion {
            objective: Some(Objective {
                column: "metric.loss".to_owned(),
                direction: Direction::Minimize,
                statistic: Statistic::Last,
                until: Until::End,
                center: Center::Mean,
            }),
            ..SelectQuestion::default()
        })));
        let sentences = sentences(&mut workspace);
        let mut all = sentences.iter();
        let new = all.find(|said| said.kind == SentenceKind::New).unwrap();
        assert_eq!(new.text.contains("among them the best, c"), is_best);
    }
}

fn told(workspace: &mut Workspace) -> Vec<SentenceKind> {
    sentences(workspace).iter().map(|said| said.kind).collect()
}

fn sentences(workspace: &mut Workspace) -> Vec<Sentence> {
    let filter = String::new();
    match workspace.answer(&Ask::Brief { filter }) {
        Answer::Brief(brief) => brief.sentences,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_said_since_goes_before_what_was_kept_and_odd_texts_are_made_right() {
    let mut workspace = Workspace::default();
    with_runs(&mut workspace, &["a", "b"]);
    shown(&mut workspace, "");
    workspace.answer(&Ask::Note {
        lines: MarkLines::Row(0),
        edit: NoteEdit::Text("now".to_owned()),
    });
    let kept = r#"{"notes": [
        {"id": "a", "note": {"text": "before"}},
        {"id": "b", "note": {"tags": ["x", "x", " ", "a,b"], "more": 1}, "unknown": {}}
    ], "other": 3}"#;
    workspace.answer(&Ask::Recollect {
        before: Box::new(serde_json::from_str(kept).unwrap()),
        all_known: false,
    });
    assert_eq!(shown(&mut workspace, "my_note = now"), 1);
    assert_eq!(shown(&mut workspace, "my_tags = x"), 1);
    // Which runs were there before is not known.
    with_runs(&mut workspace, &["c"]);
    assert_eq!(shown(&mut workspace, "@new"), 0);
}

#[test]
fn a_link_sets_aside_the_same_runs_of_files_in_another_order() {
    let files: [&[&str]; 2] = [&["a", "b", "c"], &["d", "e"]];
    let read = |order: [usize; 2]| {
        let mut workspace = Workspace::default();
        for at in order {
            with_runs(&mut workspace, files[at]);
        }
        shown(&mut workspace, "");
        workspace
    };
    let placed = |workspace: &mut Workspace, rows: &[usize], known: &RunNames, with_aside| {
        let ask = Ask::PlaceRuns {
            rows: rows.to_vec(),
            known: known.clone(),
            is_partial: false,
            with_aside,
        };
        match workspace.answer(&ask) {
            Answer::Placed(placed) => *placed,
            other => panic!("{other:?}"),
        }
    };
    let mut sender = read([0, 1]);
    sender.answer(&Ask::PutMarks {
        pinned: vec![],
        aside: vec![1, 3],
    });
    let link = placed(&mut sender, &[2], &RunNames::new(), true);
    assert_eq!(link.aside, [1, 3]);
    let mut receiver = read([1, 0]);
    let found = placed(&mut receiver, &[2, 1, 3], &link.names, false);
    assert_eq!(found.rows, [(2, 4), (1, 3), (3, 0)]);
    receiver.answer(&Ask::PutMarks {
        pinned: vec![],
        aside: vec![3, 0],
    });
    assert_eq!(shown(&mut receiver, "not @aside"), 3);
    assert_eq!(shown(&mut receiver, "not @aside and (id:b or id:d)"), 0);
    // Too many are not told: an address is no list of runs.
    let many: Vec<String> = (0..=MOST_ASIDE).map(|at| format!("run-{at}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let mut workspace = Workspace::default();
    with_runs(&mut workspace, &many);
    let aside = (0..many.len()).collect();
    workspace.answer(&Ask::PutMarks {
        pinned: vec![],
        aside,
    });
    assert!(
        placed(&mut workspace, &[], &RunNames::new(), true)
            .aside
            .is_empty()
    );
}
