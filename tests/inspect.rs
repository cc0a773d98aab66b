//! The host's command end to end: what it prints, what it says of what was wrong, and how it ends.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder of its own for one test, gone when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str, files: &[(&str, &str)]) -> Self {
        let folder =
            std::env::temp_dir().join(format!("runsift-inspect-{}-{test}", std::process::id()));
        for (path, text) in files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn inspect(&self, arguments: &[&str]) -> Output {
        let command = env!("CARGO_BIN_EXE_inspect");
        Command::new(command)
            .args(arguments)
            .current_dir(&self.0)
            .output()
            .unwrap()
    }

    /// What it prints as JSON; it must end well.
    fn answer(&self, arguments: &[&str]) -> Value {
        let output = self.inspect(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.0);
    }
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const SWEEP: &str = "run_id,lr,optimizer,seed,val_loss\n\
    a,0.1,adam,1,0.5\n\
    b,0.01,sgd,2,nan\n\
    c,0.001,adam,,0.25\n";

#[test]
fn the_runs_document_is_read_again() {
    let folder = Folder::new("again", &[("runs.csv", SWEEP)]);
    let document = folder.answer(&["runs.csv"]);
    fs::write(folder.0.join("runs.json"), document.to_string()).unwrap();
    let again = folder.answer(&["runs.json"]);
    assert_eq!(again["sources"][1]["path"], document["sources"][0]["path"]);
    assert_eq!(
        again["sources"][1]["format"],
        document["sources"][0]["format"]
    );
    let runs = |document: &Value| {
        let mut runs = document["runs"].as_array().unwrap().clone();
        for run in &mut runs {
            run["source"] = Value::Null;
        }
        runs
    };
    assert_eq!(runs(&again), runs(&document));
}

#[test]
fn a_file_becomes_the_runs_document() {
    let folder = Folder::new("file", &[("sweep.csv", SWEEP)]);
    let document = folder.answer(&["sweep.csv"]);
    assert_eq!(document["schema"], "runsift.runs/1");
    assert_eq!(document["sources"][0]["path"], "sweep.csv");
    assert_eq!(document["sources"][0]["runs"], 3);
    let runs = document["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 3);
    assert_eq!(runs[1]["id"], "b");
    assert_eq!(runs[1]["params"]["lr"], 0.01);
    assert_eq!(runs[1]["params"]["optimizer"], "sgd");
    assert_eq!(runs[1]["metrics"]["val_loss"]["last"], "NaN");
    assert_eq!(runs[1]["status"], "unknown");
    assert!(
        runs[2]["params"].get("seed").is_none(),
        "an empty cell is absent"
    );
}

#[test]
fn folders_are_walked_and_files_of_several_paths_become_one_document() {
    let folder = Folder::new(
        "folders",
        &[
            ("night/1/sweep.csv", SWEEP),
            ("night/2/sweep.csv", SWEEP),
            ("more.csv", SWEEP),
        ],
    );
    let document = folder.answer(&["night", "more.csv"]);
    let paths: Vec<&str> = document["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|source| source["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        ["night/1/sweep.csv", "night/2/sweep.csv", "more.csv"]
    );
    assert_eq!(document["runs"].as_array().unwrap().len(), 9);
    assert_eq!(document["runs"][8]["source"], 2);
}

#[test]
fn a_bad_file_costs_no_other_and_is_named() {
    let folder = Folder::new(
        "bad",
        &[
            ("sweep.csv", SWEEP),
            ("weights.bin", "\0\u{1}\0\u{2}\0\0\0\0"),
        ],
    );
    let output = folder.inspect(&["sweep.csv", "weights.bin", "absent.csv"]);
    assert_eq!(output.status.code(), Some(0));
    let told = complaint(&output);
    assert!(
        told.lines().any(|line| line.contains("weights.bin")),
        "{told}"
    );
    assert!(
        told.lines().any(|line| line.contains("absent.csv")),
        "{told}"
    );
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["runs"].as_array().unwrap().len(), 3);
}

#[test]
fn it_fails_where_nothing_at_all_could_be_read() {
    let folder = Folder::new("nothing", &[("weights.bin", "\0\u{1}\0\u{2}\0\0\0\0")]);
    for path in ["weights.bin", "absent.csv", "."] {
        let output = folder.inspect(&[path]);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{path}: {}",
            complaint(&output)
        );
        assert!(!complaint(&output).is_empty());
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["runs"].as_array().unwrap().len(), 0);
    }
}

#[test]
fn arguments_that_make_no_sense_are_explained() {
    let folder = Folder::new("arguments", &[("sweep.csv", SWEEP)]);
    let check = |arguments: &[&str], want: &str| {
        let output = folder.inspect(arguments);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            complaint(&output)
        );
        assert!(
            complaint(&output).contains(want),
            "{arguments:?}: {}",
            complaint(&output)
        );
        assert!(output.stdout.is_empty());
    };
    check(&[], "no path given");
    check(&["--fast", "sweep.csv"], "unknown option --fast");
    check(&["importance", "sweep.csv"], "--objective");
    check(&["importance", "--objective", "val_loss"], "a path");
    check(&["importance", "--objective"], "--objective needs a value");
    check(
        &["importance", "--objective", "absent", "sweep.csv"],
        "absent",
    );
    check(
        &[
            "importance",
            "--objective",
            "val_loss",
            "--method",
            "guess",
            "sweep.csv",
        ],
        "no method guess",
    );
    check(
        &[
            "importance",
            "--objective",
            "val_loss",
            "--statistic",
            "mode",
            "sweep.csv",
        ],
        "no statistic mode",
    );
    check(
        &[
            "importance",
            "--objective",
            "val_loss",
            "--seed",
            "x",
            "sweep.csv",
        ],
        "x",
    );
    let range = |said: &str, want: &str| {
        check(
            &[
                "importance",
                "--objective",
                "val_loss",
                "--range",
                said,
                "sweep.csv",
            ],
            want,
        );
    };
    range("lr", "PARAM=LOW:HIGH");
    range("lr=1:x", "PARAM=LOW:HIGH");
    range("lr=1:nan", "PARAM=LOW:HIGH");
    range("lr=2:1", "LOW must lie below HIGH");
    range("lr=0:1:log", "above 0");
    range("width=1:2", "no param width");
    check(
        &[
            "importance",
            "--objective",
            "val_loss",
            "--category",
            "width",
            "sweep.csv",
        ],
        "no param width",
    );
}

/// `loss` by `lr` (much), `optimizer` (little) and `width` (not at all); every tenth run failed.
fn grown() -> String {
    let mut text = String::from("run_id,status,lr,optimizer,width,note,loss\n");
    for run in 0_u32..200 {
        let lr = f64::from(1 + run * 37 % 100) / 100.0;
        let optimizer = ["adam", "sgd", "lion"][run as usize * 7 % 3];
        let width = 16 << (run * 11 % 4);
        let loss = 4.0 * (lr - 0.4) * (lr - 0.4) + if optimizer == "sgd" { 0.3 } else { 0.0 };
        let (status, loss) = match run % 20 {
            0 => ("failed", String::new()),
            10 => ("finished", "nan".to_owned()),
            _ => ("finished", loss.to_string()),
        };
        writeln!(text, "r{run},{status},{lr},{optimizer},{width},same,{loss}").unwrap();
    }
    text
}

#[test]
fn importance_is_answered_with_what_was_left_out() {
    let folder = Folder::new("importance", &[("sweep.csv", &grown())]);
    let ask = |more: &[&str]| {
        folder.answer(
            &[
                &["importance", "--objective", "loss", "--minimize"],
                more,
                &["sweep.csv"],
            ]
            .concat(),
        )
    };
    let answer = ask(&[]);
    assert_eq!(
        (answer["method"].as_str(), answer["objective"].as_str()),
        (Some("fanova"), Some("loss"))
    );
    assert_eq!(
        (answer["n"].as_u64(), answer["of"].as_u64()),
        (Some(180), Some(200))
    );
    assert!(answer["refused"].is_null());
    let share = |answer: &Value, param: &str| answer["params"][param]["share"].as_f64().unwrap();
    assert!(share(&answer, "lr") > share(&answer, "optimizer"));
    assert!(share(&answer, "optimizer") > share(&answer, "width"));
    assert!(answer["params"]["lr"]["low"].as_f64() <= Some(share(&answer, "lr")));
    let left_out: Vec<String> = answer["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|left| {
            format!(
                "{}: {}",
                left["param"].as_str().or(left["run"].as_str()).unwrap(),
                left["reason"].as_str().unwrap()
            )
        })
        .collect();
    expect_test::expect![[r"
        10 runs: failed, no value of loss
        10 runs: NaN for loss"]]
    .assert_eq(&left_out.join("\n"));
    let others = ask(&["--method", "spearman"]);
    assert_eq!(others["method"].as_str(), Some("spearman"));
    assert!(
        others["params"]["lr"]["share"]
            .as_f64()
            .is_some_and(|share| share.abs() <= 1.0)
    );
    // Same question, same answer; the declared law and the seed are part of the question.
    assert_eq!(ask(&[]), answer);
    assert_ne!(ask(&["--seed", "1"]), answer);
    assert_ne!(ask(&["--range", "lr=0.0001:1:log"]), answer);
    assert_ne!(ask(&["--category", "width"]), answer);
    let more = ask(&["--totals", "--pairs", "2"]);
    assert!(
        more["pairs"]["lr,optimizer"].is_number(),
        "{}",
        more["pairs"]
    );
    assert!(more["params"]["lr"]["total"].is_number());
}

#[test]
fn importance_of_nothing_fails() {
    let folder = Folder::new("importance-nothing", &[]);
    let output = folder.inspect(&["importance", "--objective", "loss", "absent.csv"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        complaint(&output).contains("no runs were read"),
        "{}",
        complaint(&output)
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn importance_of_too_few_runs_is_refused_with_the_reason() {
    let folder = Folder::new("few", &[("sweep.csv", SWEEP)]);
    let answer = folder.answer(&[
        "importance",
        "--objective",
        "val_loss",
        "--minimize",
        "sweep.csv",
    ]);
    assert!(
        answer["refused"].as_str().unwrap().contains("too few"),
        "{answer}"
    );
    assert_eq!(answer["params"].as_object().unwrap().len(), 0);
}
