//! What real exports say of how their runs were started: program, words, commit, packages.

use super::drop::{files, read};
use runsift::engine::report::read_files;
use runsift::ledger::{Ledger, Role};
use runsift::source::walk;
use std::path::Path;

fn fixture(name: &str) -> Ledger {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let (files, failed) = walk(&[folder.join(name)]);
    assert!(failed.is_empty(), "{failed:?}");
    read_files(&files).0
}

/// The first run's tag of this name; empty where no run has it.
fn tag(ledger: &Ledger, name: &str) -> String {
    let column = ledger.find(Role::Tag, name).map(|id| ledger.column(id));
    let mut texts = (0..ledger.rows()).filter_map(|row| Some(column?.get(row).to_string()));
    texts.find(|text| !text.is_empty()).unwrap_or_default()
}

#[test]
fn wandb_says_it_in_its_log_and_beside_it() {
    let ledger = fixture("wandb-log");
    assert_eq!(
        tag(&ledger, "program"),
        "/home/researcher/digits-mlp/train.py"
    );
    let words = tag(&ledger, "args");
    assert!(words.starts_with("[\"public\",\""), "{words}");
    assert!(tag(&ledger, "os").starts_with("Linux-"));
    assert!(tag(&ledger, "executable").ends_with("/bin/python"));
    let packages = tag(&ledger, "requirements");
    assert!(packages.contains("\nnumpy==2.4.6\n"), "{packages}");
    assert!(packages.lines().is_sorted());
}

#[test]
fn wandb_says_its_commit_and_what_is_not_in_it() {
    let folder = "wandb/run-20260101_000000-abcd/files";
    let path = |name: &str| format!("{folder}/{name}");
    let (summary, metadata, patch) = (
        path("wandb-summary.json"),
        path("wandb-metadata.json"),
        path("diff.patch"),
    );
    let long = "x".repeat(70_000);
    let packages = path("requirements.txt");
    let (code, data) = (path("code/lib/train.py"), path("code/data.json"));
    let (_, ledger) = read(&files(&[
        (&summary, br#"{"loss": 0.5}"#),
        (&metadata, br#"{"git": {"remote": "https://e.org/r", "commit": "0123abc"}, "args": ["--lr", "0.1"], "docker": null}"#),
        (&patch, b"--- a\n+++ b\n"),
        (&packages, long.as_bytes()),
        (&code, b"import os\nprint(1)\n"),
        (&data, b"{}"),
    ]));
    assert_eq!(tag(&ledger, "git.commit"), "0123abc");
    assert_eq!(tag(&ledger, "git.remote"), "https://e.org/r");
    assert_eq!(tag(&ledger, "args"), r#"["--lr","0.1"]"#);
    assert_eq!(tag(&ledger, "diff.patch"), "--- a\n+++ b\n");
    // The program's own files are kept to be held against another run's.
    assert_eq!(tag(&ledger, "code/lib/train.py"), "import os\nprint(1)\n");
    assert_eq!(tag(&ledger, "code/data.json"), "");
    // What is too long is left out, and told.
    assert_eq!(tag(&ledger, "requirements"), "");
    let problems = ledger.sources()[0].problems.listed();
    assert!(
        problems[0].what.contains("requirements has 70000 bytes"),
        "{problems:?}"
    );
}

#[test]
fn guild_sacred_and_clearml_say_it() {
    let guild = fixture("guild");
    assert!(tag(&guild, "command").contains(r#""-um","guild.op_main","train","--activation""#));
    assert!(tag(&guild, "python").starts_with("3.11.7"));
    let sacred = fixture("sacred");
    assert_eq!(tag(&sacred, "program"), "train.py");
    assert_eq!(tag(&sacred, "requirements"), "numpy==2.4.6\nsacred==0.8.7");
    let clearml = fixture("clearml");
    assert_eq!(tag(&clearml, "script.entry_point"), "train.py");
    assert!(tag(&clearml, "script.requirements").contains("clearml"));
    // Without a repository there is no patch: the program itself is there.
    assert_eq!(tag(&clearml, "script.diff"), "");
    assert!(tag(&clearml, "script.source").starts_with("import os"));
}

#[test]
fn sacred_says_its_commit() {
    let run = br#"{"status": "COMPLETED", "heartbeat": null, "experiment": {"name": "e", "repositories": [
        {"url": "git@e.org:r.git", "commit": "0123abc", "dirty": true}]}}"#;
    let (_, ledger) = read(&files(&[
        ("runs/1/run.json", run),
        ("runs/1/config.json", b"{}"),
    ]));
    assert_eq!(tag(&ledger, "git.commit"), "0123abc");
    assert_eq!(tag(&ledger, "git.repository"), "git@e.org:r.git");
    assert_eq!(tag(&ledger, "git.dirty"), "true");
}
