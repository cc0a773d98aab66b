//! Files of the runs: what is told of them, and what becomes of one whose runs change.

use super::{selected, workspace};
use crate::engine::grouping::Grouping;
use crate::engine::protocol::{
    Answer, Ask, BestFormat, Draft, ExportFormat, FilePart, MarkLines, NoteEdit, Remembered,
    SCHEMA, Session,
};
use crate::engine::report::read_files;
use crate::engine::workspace::Workspace;
use crate::format::Artifact;
use crate::ledger::{Ledger, Role, RunSink, ValueRef};
use crate::source::MemoryFile;
use std::rc::Rc;

fn export(format: ExportFormat, shown_only: bool) -> Ask {
    Ask::Export {
        format,
        shown_only,
        filter: "lr < 5".to_owned(),
    }
}

fn part(answer: Answer) -> Option<FilePart> {
    match answer {
        Answer::FilePart(part) => part.map(|part| *part),
        other => panic!("{other:?}"),
    }
}

fn best(workspace: &mut Workspace, format: BestFormat, filter: &str) -> (String, String) {
    let filter = filter.to_owned();
    match workspace.answer(&Ask::ExportBest { format, filter }) {
        Answer::Export { name, text, .. } => (name, text),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_document_tells_what_it_is_of() {
    let mut workspace = workspace();
    selected(&mut workspace, None);
    let part = part(workspace.answer(&export(ExportFormat::Json, true))).unwrap();
    assert!(part.is_last && part.name == "runs.json");
    let document: serde_json::Value = serde_json::from_slice(&part.bytes.0).unwrap();
    let told: Vec<&str> = document["comment"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(serde_json::Value::as_str)
        .collect();
    assert_eq!(
        told,
        [
            "60 of 60 runs",
            "objective: the lowest loss (last)",
            "filter: lr < 5",
            concat!("made with runsift ", env!("CARGO_PKG_VERSION")),
        ]
    );
    // The table's order: the best comes first where it is sorted so; all runs come in the ledger's.
    assert_eq!(document["runs"].as_array().unwrap().len(), 60);
}

#[test]
fn a_document_holds_what_a_person_said_and_computed() {
    let mut workspace = workspace();
    selected(&mut workspace, None);
    for edit in [NoteEdit::Star, NoteEdit::Text("the = one".to_owned())] {
        let lines = MarkLines::Row(7);
        workspace.answer(&Ask::Note { lines, edit });
    }
    // What was said has columns from the next selection on, which the page asks for.
    selected(&mut workspace, None);
    let part = part(workspace.answer(&export(ExportFormat::Json, true))).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&part.bytes.0).unwrap();
    let runs = document["runs"].as_array().unwrap().iter();
    let starred: Vec<_> = runs
        .map(|run| &run["tags"])
        .filter(|tags| tags["my_star"] == true)
        .collect();
    let [tags] = starred.as_slice() else {
        panic!("{starred:?}");
    };
    assert_eq!(tags["my_note"], "the = one");
}

#[test]
fn a_file_whose_runs_change_meanwhile_is_left() {
    let mut workspace = Workspace::default();
    let more = |workspace: &mut Workspace| {
        let mut keep = |part: Ledger| workspace.append(part);
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        for at in 0..200_000 {
            let row = sink.add_run();
            sink.set_named(row, Role::Metric, "loss", ValueRef::Number(f64::from(at)));
            sink.set_named(row, Role::Param, "lr", ValueRef::Number(0.5));
        }
        sink.finish();
    };
    more(&mut workspace);
    let first = part(workspace.answer(&export(ExportFormat::Csv, false))).unwrap();
    assert!(!first.is_last && first.done > 0.0 && first.done < 1.0);
    let text = String::from_utf8_lossy(&first.bytes.0);
    let (told, rest) = text.split_once('\n').unwrap();
    assert!(
        told.starts_with("# runsift.table/1,200,000 of 200,000 runs; made with"),
        "{told}"
    );
    assert!(rest.starts_with("row,metrics.loss,params.lr\n0,0,0.5\n"));
    let second = part(workspace.answer(&Ask::ExportOn)).unwrap();
    assert!(second.is_last && !second.bytes.0.starts_with(b"#"));
    assert_eq!(part(workspace.answer(&Ask::ExportOn)), None);
    workspace.answer(&export(ExportFormat::Csv, false));
    more(&mut workspace);
    assert_eq!(part(workspace.answer(&Ask::ExportOn)), None);
}

#[test]
fn the_best_params_are_told_and_nothing_in_them_is_run() {
    let mut workspace = workspace();
    let nothing = workspace.answer(&Ask::ExportBest {
        format: BestFormat::Yaml,
        filter: String::new(),
    });
    assert!(matches!(nothing, Answer::Done));
    selected(&mut workspace, None);
    let (name, yaml) = best(&mut workspace, BestFormat::Yaml, "");
    assert_eq!(name, "best.yaml");
    assert_eq!(
        yaml,
        "# the params of 0, the best of 60 of 60 runs: 0\n\
         # objective: the lowest loss (last)\n\
         # made with runsift 0.1.0\n\
         lr: 0\nseed: 0\n"
    );
    let (_, json) = best(&mut workspace, BestFormat::Json, "");
    let told = "[\"the params of 0, the best of 60 of 60 runs: 0\",\"objective: the lowest loss (last)\",\"made with runsift 0.1.0\"]";
    assert_eq!(
        json,
        format!("{{\n  \"runsift.comment\": {told},\n  \"lr\": 0,\n  \"seed\": 0\n}}\n")
    );
    let (name, flags) = best(&mut workspace, BestFormat::Flags, "name = \"a\nrm -rf x\"");
    assert_eq!(name, "best.sh");
    let outside: Vec<&str> = flags
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert!(!outside.concat().contains("rm"), "{flags}");
    assert!(outside.concat().contains("--lr"), "{flags}");
}

/// What is there once a session file is saved and dropped elsewhere.
fn reopened(workspace: &mut Workspace, session: Session) -> Workspace {
    let mut part_of = workspace.answer(&Ask::ExportSession(Box::new(session)));
    let mut bytes = Vec::new();
    loop {
        let FilePart {
            bytes: more,
            is_last,
            ..
        } = part(part_of).unwrap();
        bytes.extend(more.0);
        if is_last {
            break;
        }
        part_of = workspace.answer(&Ask::ExportOn);
    }
    let (ledger, _) = read_files(&vec![Rc::new(MemoryFile::new("a.runsift.zip", &bytes)) as _]);
    let mut again = Workspace::default();
    again.append(ledger);
    again
}

#[test]
fn a_session_file_knows_what_lay_in_the_folders_of_runs() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("night/mlruns/0/meta.yaml", "mlflow-files", 0);
    sink.source().has_ids = true;
    (sink.source().files, sink.source().folder) = (9, "night/mlruns/".to_owned());
    let ids = ["aaaaaaaa1", "bbbbbbbb2"];
    for id in ids {
        let row = sink.run(id);
        sink.set_named(row, Role::Param, "lr", ValueRef::Number(0.1));
    }
    sink.finish();
    let file = |id: &str, name: &str, bytes| Artifact {
        path: format!("night/mlruns/0/{id}/artifacts/{name}"),
        bytes,
    };
    workspace.add_artifacts(vec![
        file(ids[0], "model/model.pkl", 2_000),
        file(ids[0], "confusion.png", 10),
        file(ids[1], "notes.txt", 3),
    ]);
    let files = |workspace: &mut Workspace, row: usize| {
        let Answer::Run(Some(detail)) = workspace.answer(&Ask::Run { row }) else {
            panic!("no such run");
        };
        (detail.source.clone(), detail.files.clone())
    };
    let session = Session {
        schema: SCHEMA.to_owned(),
        ..Session::default()
    };
    let mut again = reopened(&mut workspace, session);
    for row in 0..2 {
        let (before, after) = (files(&mut workspace, row), files(&mut again, row));
        assert!(!before.1.is_empty());
        assert_eq!(before, after);
    }
    // From a file of a file, too.
    let session = Session {
        schema: SCHEMA.to_owned(),
        ..Session::default()
    };
    let mut third = reopened(&mut again, session);
    assert_eq!(files(&mut workspace, 0), files(&mut third, 0));
}

#[test]
fn a_session_file_has_what_was_made_of_runs() {
    let mut workspace = workspace();
    let before = Remembered {
        pinned: vec!["3".to_owned()],
        aside: vec!["5".to_owned()],
        ..Remembered::default()
    };
    let all_known = true;
    workspace.answer(&Ask::Recollect {
        before: Box::new(before.clone()),
        all_known,
    });
    let session = Session {
        schema: SCHEMA.to_owned(),
        runs: 60,
        report: Draft {
            notes: "so far".to_owned(),
            ..Draft::default()
        },
        ..Session::default()
    };
    let mut again = reopened(&mut workspace, session);
    let text = again.info().session.unwrap();
    let session: Session = serde_json::from_str(&text).unwrap();
    assert_eq!((session.runs, session.made), (60, before));
    assert_eq!(session.report.notes, "so far");
}

#[test]
fn of_groups_the_best_is_that_of_the_best_center_and_not_of_the_luckiest_run() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for (lr, seed, loss) in [
        (0.0, 1.0, 0.0),
        (0.0, 2.0, 9.0),
        (1.0, 1.0, 1.0),
        (1.0, 2.0, 2.0),
    ] {
        let row = sink.add_run();
        for (role, name, value) in [
            (Role::Param, "lr", lr),
            (Role::Param, "seed", seed),
            (Role::Metric, "loss", loss),
        ] {
            sink.set_named(row, role, name, ValueRef::Number(value));
        }
    }
    sink.finish();
    selected(&mut workspace, Some(Grouping::Replicates));
    let (_, yaml) = best(&mut workspace, BestFormat::Yaml, "");
    assert!(
        yaml.contains("by their mean: 1.5\n") && yaml.contains("\nlr: 1\n"),
        "{yaml}"
    );
}
