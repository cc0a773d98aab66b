//! The ranges that searches declare: read from their real exports, and from texts of each in memory.

use crate::drop::{files, read};
use runsift::engine::report::read_files;
use runsift::ledger::Ledger;
use runsift::source::walk;
use std::path::Path;

/// The range of each of these params, by all sources.
fn told(ledger: &Ledger, names: &[&str]) -> Vec<String> {
    told_of(ledger, names, &|_| true)
}

/// The same by some of the runs.
fn told_of(ledger: &Ledger, names: &[&str], is_of: &dyn Fn(usize) -> bool) -> Vec<String> {
    let searched = |name: &str| {
        let found = ledger.searched(name, &mut (0..ledger.rows()).filter(|row| is_of(*row)))?;
        Some((found.range, found.differ))
    };
    let of = |name: &&str| match searched(name) {
        None => "none".to_owned(),
        Some((range, differ)) => format!(
            "{} to {}{}{}{}",
            range.low,
            range.high,
            range
                .step
                .map_or(String::new(), |step| format!(" by {step}")),
            if range.log { " log" } else { "" },
            if differ { ", differ" } else { "" }
        ),
    };
    names.iter().map(of).collect()
}

/// The same of a drop of fixtures.
fn of_fixtures(paths: &[&str], names: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let paths: Vec<_> = paths.iter().map(|path| root.join(path)).collect();
    let (files, failed) = walk(&paths);
    assert!(failed.is_empty(), "{failed:?}");
    told(&read_files(&files).0, names)
}

#[test]
fn real_exports_declare_what_was_searched() {
    let folder = "smac/iris-svm-mf/8";
    let beside = ["runhistory.json", "scenario.json", "configspace.json"];
    let paths: Vec<String> = beside.map(|name| format!("{folder}/{name}")).into();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    assert_eq!(
        of_fixtures(&paths, &["C", "degree", "gamma", "kernel"]),
        [
            "0.001 to 1000 log",
            "2 to 5 by 1",
            "0.00001 to 10 log",
            "none"
        ]
    );
    // Without its space it declares none.
    assert_eq!(of_fixtures(&paths[..2], &["C"]), ["none"]);
    assert_eq!(
        of_fixtures(&["keras-tuner"], &["units", "lr", "rate", "activation"]),
        [
            "32 to 256 by 32",
            "0.0001 to 0.1 log",
            "0.1 to 0.5 by 0.1",
            "none"
        ]
    );
    assert_eq!(
        of_fixtures(&["syne-tune"], &["lr", "width", "act", "epochs"]),
        ["0.0001 to 1 log", "4 to 128 by 1", "none", "none"]
    );
    assert_eq!(
        of_fixtures(
            &["deepcave-table"],
            &["max_features", "n_estimators", "criterion"]
        ),
        ["0 to 1", "10 to 100 by 1", "none"]
    );
    assert_eq!(of_fixtures(&["ax"], &["x1", "x6"]), ["0 to 1", "0 to 1"]);
}

const JOURNAL: &str = r#"{"op_code":0,"worker_id":"w","study_name":"s","directions":[1]}
{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":"2026-01-02T03:04:05"}
{"op_code":5,"worker_id":"w","trial_id":0,"param_name":"lr","param_value_internal":0.01,"distribution":"{\"name\": \"FloatDistribution\", \"attributes\": {\"step\": null, \"low\": 1e-05, \"high\": 0.1, \"log\": true}}"}
{"op_code":5,"worker_id":"w","trial_id":0,"param_name":"depth","param_value_internal":3.0,"distribution":"{\"name\": \"IntDistribution\", \"attributes\": {\"log\": false, \"step\": 1, \"low\": 1, \"high\": 8}}"}
{"op_code":6,"worker_id":"w","trial_id":0,"state":1,"values":[0.5]}
{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":"2026-01-02T03:04:06"}
{"op_code":5,"worker_id":"w","trial_id":1,"param_name":"depth","param_value_internal":12.0,"distribution":"{\"name\": \"IntDistribution\", \"attributes\": {\"log\": false, \"step\": 1, \"low\": 1, \"high\": 16}}"}
{"op_code":6,"worker_id":"w","trial_id":1,"state":1,"values":[0.25]}
"#;

#[test]
fn a_journal_declares_each_distribution_and_other_sources_widen_it() {
    let other = JOURNAL
        .replace("\"s\"", "\"t\"")
        .replace("0.1, \\\"log", "1.0, \\\"log");
    let (_, ledger) = read(&files(&[("a.log", JOURNAL.as_bytes())]));
    assert_eq!(
        told(&ledger, &["lr", "depth"]),
        ["0.00001 to 0.1 log", "1 to 16 by 1, differ"]
    );
    let both = files(&[("a.log", JOURNAL.as_bytes()), ("b.log", other.as_bytes())]);
    assert_eq!(told(&read(&both).1, &["lr"]), ["0.00001 to 1 log, differ"]);
    // Over the wire, as parts come from workers.
    let (_, ledger) = read(&files(&[("a.log", JOURNAL.as_bytes())]));
    let again = Ledger::from_bytes(&ledger.to_bytes()).unwrap();
    assert_eq!(told(&again, &["lr"]), ["0.00001 to 0.1 log"]);
}

#[test]
fn each_study_of_a_journal_has_its_own_ranges() {
    // The second study searches evenly.
    let of_second = JOURNAL
        .replace("\"s\"", "\"t\"")
        .replace("\"study_id\":0", "\"study_id\":1")
        .replace("\"trial_id\":1", "\"trial_id\":3")
        .replace("\"trial_id\":0", "\"trial_id\":2")
        .replace("\\\"log\\\": true", "\\\"log\\\": false");
    let both = format!("{JOURNAL}{of_second}");
    let (_, ledger) = read(&files(&[("a.log", both.as_bytes())]));
    assert_eq!(ledger.rows(), 4);
    let of_group = |name: &str| {
        let group = ledger.attribute("group").unwrap();
        told_of(&ledger, &["lr", "depth"], &|row| {
            group.get(row).to_string() == name
        })
    };
    let depth = "1 to 16 by 1, differ";
    assert_eq!(of_group("s"), ["0.00001 to 0.1 log", depth]);
    assert_eq!(of_group("t"), ["0.00001 to 0.1", depth]);
    // Of both scales none is declared.
    assert_eq!(told(&ledger, &["lr", "depth"]), ["none", depth]);
}

#[test]
fn a_database_declares_what_its_trials_were_drawn_from() {
    assert_eq!(
        of_fixtures(&["optuna-sqlite"], &["x", "n", "a"]),
        ["-2 to 2", "1 to 4 by 1", "-3.14159 to 3.14159"]
    );
    for older in ["sqlite/trackers/optuna-2.db", "sqlite/trackers/optuna-3.db"] {
        assert_eq!(of_fixtures(&[older], &["x", "choice0"]), ["0 to 1", "none"]);
    }
}
