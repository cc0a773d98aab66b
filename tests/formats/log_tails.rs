//! The ends of logs that trackers keep beside their runs.

use super::drop::{files, id_of, read};
use runsift::engine::report::read_files;
use runsift::ledger::{Ledger, LogTail};
use runsift::source::walk;
use std::path::Path;

fn fixture(name: &str) -> Ledger {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let (files, failed) = walk(&[folder.join(name)]);
    assert!(failed.is_empty(), "{failed:?}");
    read_files(&files).0
}

fn logs(ledger: &Ledger) -> Vec<&LogTail> {
    let rows = 0..ledger.rows();
    rows.filter_map(|row| ledger.logs().of(row)).collect()
}

/// The log of the run of this id.
fn log<'a>(ledger: &'a Ledger, id: &str) -> &'a LogTail {
    let mut rows = 0..ledger.rows();
    let row = rows.find(|row| id_of(ledger, *row) == id).unwrap();
    ledger.logs().of(row).unwrap()
}

#[test]
fn real_exports_have_theirs() {
    let guild = fixture("guild");
    assert_eq!(logs(&guild).len(), 3);
    assert!(logs(&guild)[0].text.contains("test_accuracy: "));
    assert_eq!(logs(&guild)[0].name, ".guild/output");
    let hydra = fixture("hydra");
    assert_eq!(logs(&hydra).len(), 13);
    assert!(logs(&hydra)[0].text.contains("[__main__][INFO] - loss="));
    let clearml = fixture("clearml");
    assert_eq!(logs(&clearml).len(), 3);
    assert!(
        logs(&clearml)[0]
            .text
            .starts_with("ClearML Task: created new task")
    );
    assert!(logs(&clearml).iter().all(|tail| !tail.text.contains('{')));
}

#[test]
fn ray_tells_the_error_first_and_never_opens_a_pickle() {
    let (_, ledger) = read(&files(&[
        ("exp/a/params.json", b"{\"lr\": 1}"),
        (
            "exp/a/error.txt",
            b"Traceback\nValueError: \x1b[31mboom\x1b[0m\n",
        ),
        ("exp/a/error.pkl", b"\x80\x04\x95"),
        ("exp/a/stderr", b"warnings\n"),
        ("exp/b/params.json", b"{\"lr\": 2}"),
        ("exp/b/result.json", b"{\"loss\": 1, \"done\": true}\n"),
        ("exp/b/error.txt", b""),
        ("exp/b/stderr", b"only this\n"),
    ]));
    assert_eq!(log(&ledger, "a").text, "Traceback\nValueError: boom");
    assert_eq!(
        log(&ledger, "a").title(),
        "error.txt, all 2 lines of the file"
    );
    assert_eq!(log(&ledger, "b").title(), "stderr, 1 line");
}

#[test]
fn wandb_and_sacred_keep_theirs_beside_the_run() {
    let long: String = (0..900)
        .map(|line| format!("epoch {line} of 900\n"))
        .collect();
    let (_, ledger) = read(&files(&[
        (
            "wandb/run-20260101_000000-abcd/files/wandb-summary.json",
            br#"{"loss": 0.5}"#,
        ),
        (
            "wandb/run-20260101_000000-abcd/files/output.log",
            long.as_bytes(),
        ),
    ]));
    let tail = log(&ledger, "abcd");
    assert_eq!(tail.title(), "output.log, last 60 lines of the file");
    assert!(tail.text.ends_with("epoch 899 of 900"));
    let run = br#"{"status": "FAILED", "heartbeat": null, "experiment": {"name": "e"}}"#;
    let (_, ledger) = read(&files(&[
        ("runs/1/run.json", run),
        ("runs/1/config.json", b"{}"),
        ("runs/1/cout.txt", b"10 %\r100 %\nout of memory\n"),
    ]));
    assert_eq!(log(&ledger, "1").text, "100 %\nout of memory");
    // A part crosses to the engine as bytes, its logs with it.
    let crossed = Ledger::from_bytes(&ledger.to_bytes()).unwrap();
    assert_eq!(crossed.logs(), ledger.logs());
}
