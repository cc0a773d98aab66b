//! What the folders of runs hold besides what is read.

use runsift::engine::Workspace;
use runsift::engine::protocol::{Answer, Ask, Numbers};
use runsift::format::{artifacts, plan, read_unit};
use runsift::ledger::{Ledger, RunSink};
use runsift::source::{Files, MemoryFile, walk};
use std::path::Path;
use std::rc::Rc;

/// A fixture with further files below the folder that `of` stands in, as a drop is read; the tables of the run with this id.
fn files_of(fixture: &str, of: &str, further: &[(&str, usize)], id: &str) -> Vec<Numbers> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(fixture);
    let (mut files, failed): (Files, _) = walk(&[path]);
    assert!(failed.is_empty(), "{failed:?}");
    let marker = files.iter().map(|file| file.path().to_owned());
    let marker = marker.into_iter().find(|path| path.contains(of)).unwrap();
    let folder = &marker[..marker.find(of).unwrap() + of.len()];
    for (name, bytes) in further {
        let path = format!("{folder}/{name}");
        files.push(Rc::new(MemoryFile::new(&path, &vec![b'\x7f'; *bytes])));
    }
    let plan = plan(&files);
    let mut workspace = Workspace::default();
    workspace.add_artifacts(artifacts(&files, &plan.unread));
    for unit in &plan.units {
        let mut on_part = |part: Ledger| workspace.append(part);
        let mut sink = RunSink::new(&mut on_part);
        read_unit(unit, &files, &mut sink, &mut |_| {});
        sink.finish();
    }
    let ledger = workspace.ledger();
    let row = (0..ledger.rows()).find(|row| ledger.run_id(*row) == id);
    match workspace.answer(&Ask::Run { row: row.unwrap() }) {
        Answer::Run(Some(run)) => run.files,
        other => panic!("{other:?}"),
    }
}

fn told(tables: &[Numbers]) -> Vec<String> {
    let lines = tables.iter().flat_map(|table| {
        let line = |line: &Vec<String>| format!("{}: {}", table.title, line.join(", "));
        table.lines.iter().map(line).collect::<Vec<_>>()
    });
    lines.collect()
}

#[test]
fn models_and_media_of_a_run_are_listed_by_folder_with_their_sizes() {
    let id = "d4cc63255f6949ea862b5039c30894f0";
    let tables = files_of(
        "mlflow-files",
        id,
        &[
            ("artifacts/model/model.pkl", 12_300),
            ("artifacts/model/MLmodel", 812),
            ("artifacts/confusion.png", 4_000),
        ],
        id,
    );
    assert_eq!(
        told(&tables),
        [
            "artifacts: confusion.png, 4.0 kB",
            "artifacts/model: MLmodel, 812 B",
            "artifacts/model: model.pkl, 12.3 kB",
        ]
    );
    assert_eq!(tables[0].words, "3 files of this run, 17.1 kB, not read.");
    let tables = files_of(
        "wandb-log",
        "offline-run-20261123_033519-q8xjwprs",
        &[
            ("files/media/images/loss_1_abc.png", 50),
            ("files/model.h5", 7),
            ("files/config.yaml", 9),
        ],
        "q8xjwprs",
    );
    assert_eq!(
        told(&tables),
        [
            "files/media/images: loss_1_abc.png, 50 B",
            "files: model.h5, 7 B"
        ]
    );
}

#[test]
fn a_run_has_no_files_of_another() {
    let further = [("artifacts/model.pkl", 12)];
    let of = "d4cc63255f6949ea862b5039c30894f0";
    let tables = files_of(
        "mlflow-files",
        of,
        &further,
        "f776a9f4e8674531879c618d938d09e0",
    );
    assert_eq!(told(&tables), [""; 0]);
    // No more than two hundred are listed, and that is told.
    let names: Vec<String> = (0..250)
        .map(|at| format!("artifacts/step-{at:03}.ckpt"))
        .collect();
    let many: Vec<(&str, usize)> = names.iter().map(|name| (name.as_str(), 10)).collect();
    let tables = files_of("mlflow-files", of, &many, of);
    assert_eq!(told(&tables).len(), 200);
    assert_eq!(
        tables[0].words,
        "250 files of this run, 2.5 kB, not read, the first 200 listed."
    );
}
