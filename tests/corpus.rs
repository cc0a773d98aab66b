//! Real exports against what their trackers' own interfaces said of them.
//!
//! Every folder of `tests/fixtures` with an `expected.json` is read as one drop (or file by file, where the
//! files hold the same runs) and held against it: runs by id, else by name; params, metrics with last, least,
//! greatest and count, status. Equality is by value: `"0.1"` is 0.1, `True` is true, nothing is null.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use runsift::engine::report::read_files;
use runsift::export::json::write_runs;
use runsift::source::walk;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// Files of these folders hold the same runs and are dropped one by one.
const ONE_BY_ONE: [&str; 3] = ["hyperopt", "hiplot", "mlflow-table"];

/// Cells that a file cannot say: pandas writes NaN as an empty cell, as it writes what is missing.
const UNSAYABLE: [(&str, &str); 2] = [
    ("d4cc63255f6949ea862b5039c30894f0", "grad_norm"),
    ("d20e938ccad64663ae5c8ffc6098b85d", "grad_norm"),
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn document(paths: &[PathBuf]) -> Json {
    let (files, failed) = walk(paths);
    assert!(failed.is_empty(), "{failed:?}");
    let (ledger, unread) = read_files(&files);
    assert!(unread.is_empty(), "{unread:?}");
    let rows: Vec<usize> = (0..ledger.rows()).collect();
    let mut out = Vec::new();
    write_runs(&ledger, &rows, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

/// Names are the same whatever parts them: `val/loss`, `val.loss`, `val_loss`.
fn plain(name: &str) -> String {
    let words = name
        .split(['.', '/', '_', ' ', '-'])
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(".")
}

fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.trim().to_owned(),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}

fn same(got: &Json, want: &Json) -> bool {
    let (got, want) = (text(got), text(want));
    if let (Ok(a), Ok(b)) = (got.parse::<f64>(), want.parse::<f64>()) {
        return (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
            || a.to_bits() == b.to_bits()
            || (a.is_nan() && b.is_nan());
    }
    let word = |text: &str| match text.to_lowercase().as_str() {
        "none" | "null" => String::new(),
        lower @ ("true" | "false" | "nan") => lower.to_owned(),
        _ => text.to_owned(),
    };
    // A truth that was logged step by step is a curve of 0 and 1.
    let truth = |text: &str| match text {
        "1" => "true".to_owned(),
        "0" => "false".to_owned(),
        other => word(other),
    };
    word(&got) == word(&want) || truth(&got) == word(&want)
}

fn status(word: &str) -> &str {
    match word.to_lowercase().as_str() {
        // What a scheduler stops has come to its end.
        "complete" | "completed" | "finished" | "success" | "stopped" => "finished",
        "fail" | "failed" | "crashed" | "error" => "failed",
        "killed" | "aborted" | "interrupted" => "killed",
        "running" => "running",
        "scheduled" => "scheduled",
        "pruned" => "pruned",
        _ => "unknown",
    }
}

fn flatten(prefix: &str, value: &Json, into: &mut Vec<(String, Json)>) {
    let join = |key: &str| {
        if prefix.is_empty() {
            key.to_owned()
        } else {
            format!("{prefix}.{key}")
        }
    };
    match value {
        Json::Object(fields) => fields
            .iter()
            .for_each(|(key, value)| flatten(&join(key), value, into)),
        Json::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, value)| flatten(&join(&at.to_string()), value, into)),
        leaf => into.push((plain(prefix), leaf.clone())),
    }
}

fn fields(value: &Json) -> Vec<(String, Json)> {
    let mut flat = Vec::new();
    flatten("", value, &mut flat);
    flat
}

/// What of the expected runs the document says otherwise.
fn differences(label: &str, document: &Json, expected: &Json) -> Vec<String> {
    let (got, want) = (
        document["runs"].as_array().unwrap(),
        expected["runs"].as_array().unwrap(),
    );
    assert_eq!(got.len(), want.len(), "{label}: number of runs");
    let mut wrong = Vec::new();
    for run in want {
        let by = |key: &'static str| {
            let wanted = text(&run[key]);
            let mut found = got.iter().filter(move |have| text(&have[key]) == wanted);
            let first = found.next();
            if found.next().is_some() { None } else { first }
        };
        let Some(have) = by("name")
            .filter(|_| !run["name"].is_null())
            .or_else(|| by("id"))
            // A file of one run may not say what it is called.
            .or_else(|| (want.len() == 1).then(|| &got[0]))
        else {
            wrong.push(format!("{label}: no run {} {}", run["id"], run["name"]));
            continue;
        };
        let who = text(&run["id"]);
        if let Some(word) = run["status"].as_str()
            && word != "see notes"
            && have["status"] != status(word)
        {
            wrong.push(format!(
                "{label}: {who}: status {} for {word}",
                have["status"]
            ));
        }
        let params = fields(&have["params"]);
        for (name, value) in fields(&run["params"]) {
            // A nested value can be kept as its text.
            let whole = params
                .iter()
                .any(|(own, value)| value.is_string() && name.starts_with(&format!("{own}.")));
            let own = params
                .iter()
                .find(|(own, _)| *own == name)
                .map_or(Json::Null, |(_, value)| value.clone());
            if !whole && !same(&own, &value) {
                wrong.push(format!("{label}: {who}: param {name} is {own} for {value}"));
            }
        }
        for (name, want) in run["metrics"].as_object().into_iter().flatten() {
            if UNSAYABLE.contains(&(who.as_str(), name)) {
                continue;
            }
            let metrics = have["metrics"].as_object().unwrap();
            let Some((_, own)) = metrics.iter().find(|(own, _)| plain(own) == plain(name)) else {
                wrong.push(format!("{label}: {who}: no metric {name}"));
                continue;
            };
            for part in ["last", "min", "max", "n", "last_step"] {
                // ClearML's least number stands for no step.
                let is_said = !want[part].is_null() && want[part] != i32::MIN;
                if is_said && !same(&own[part], &want[part]) {
                    wrong.push(format!(
                        "{label}: {who}: {name} {part} is {} for {}",
                        own[part], want[part]
                    ));
                }
            }
        }
    }
    wrong.truncate(10);
    wrong
}

#[test]
fn real_exports_say_what_their_trackers_said() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for folder in std::fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        let Ok(expected) = std::fs::read_to_string(folder.join("expected.json")) else {
            continue;
        };
        let expected: Json = serde_json::from_str(&expected).unwrap();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.retain(|file| {
            !file.ends_with("expected.json") && !file.to_string_lossy().contains("chart")
        });
        files.sort();
        // HiPlot does not tell params from metrics, and neither does its expected document.
        if ONE_BY_ONE.contains(&name.as_str()) {
            for file in files {
                // pandas' JSON has ten decimals and writes NaN and infinities as null.
                if !file.ends_with("search_runs_records.json") {
                    wrong.extend(differences(
                        &file.to_string_lossy(),
                        &document(std::slice::from_ref(&file)),
                        &expected,
                    ));
                    seen += 1;
                }
            }
        } else {
            wrong.extend(differences(&name, &document(&files), &expected));
            seen += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen >= 30, "only {seen} drops were checked");
}

#[test]
fn the_same_experiment_dropped_twice_is_there_once() {
    let folder = fixtures().join("mlflow-table");
    let both = document(&[
        folder.join("search_runs_index.csv"),
        folder.join("experiment_cli.csv"),
    ]);
    assert_eq!(both["runs"].as_array().unwrap().len(), 48);
}

#[test]
fn pandas_json_gives_the_same_runs_as_its_csv() {
    let folder = fixtures().join("mlflow-table");
    let (csv, json) = (
        document(&[folder.join("experiment_cli.csv")]),
        document(&[folder.join("search_runs_records.json")]),
    );
    let ids = |document: &Json| {
        let mut ids: Vec<String> = document["runs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|run| text(&run["id"]))
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&csv), ids(&json));
    let start = |document: &Json, id: &str| {
        let run = document["runs"]
            .as_array()
            .unwrap()
            .iter()
            .find(|run| text(&run["id"]) == id)
            .unwrap()
            .clone();
        (run["start"].clone(), run["params"]["optimizer"].clone())
    };
    let id = &ids(&csv)[0];
    assert_eq!(start(&csv, id), start(&json, id));
}

#[test]
fn optuna_tables_are_the_same_however_they_were_written() {
    let folder = fixtures().join("optuna-table");
    let plain = document(&[folder.join("trials_bc-conditional.csv")]);
    let two_headers = document(&[folder.join("trials_bc-conditional_multiindex.csv")]);
    let metric = |document: &Json| {
        document["runs"][0]["metrics"]
            .as_object()
            .unwrap()
            .keys()
            .next()
            .unwrap()
            .clone()
    };
    assert_eq!(metric(&plain), metric(&two_headers));
    for (a, b) in plain["runs"]
        .as_array()
        .unwrap()
        .iter()
        .zip(two_headers["runs"].as_array().unwrap())
    {
        assert_eq!(
            (&a["id"], &a["status"], &a["params"]),
            (&b["id"], &b["status"], &b["params"])
        );
    }
    let several = document(&[folder.join("multi_with_index.csv")]);
    assert_eq!(several["runs"][0]["metrics"].as_object().unwrap().len(), 2);
    assert_eq!(
        several["sources"][0]["problems"].as_array().unwrap().len(),
        0
    );
}
