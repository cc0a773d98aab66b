//! What people and libraries write without a tracker: configurations beside metrics, logs, histories, workbooks.

use expect_test::{Expect, expect};
use runsift::engine::report::read_files;
use runsift::export::json::write_runs;
use runsift::source::walk;
use serde_json::Value as Json;
use std::fmt::Write as _;
use std::path::Path;

/// Runs with their params and metrics (last, count, last step), and what was wrong.
fn summary(folder: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/by-hand")
        .join(folder);
    let (files, failed) = walk(&[path]);
    assert!(failed.is_empty(), "{failed:?}");
    let (ledger, _) = read_files(&files);
    let rows: Vec<usize> = (0..ledger.rows()).collect();
    let mut document = Vec::new();
    write_runs(&ledger, &rows, &mut document).unwrap();
    let document: Json = serde_json::from_slice(&document).unwrap();
    let mut out = String::new();
    for source in document["sources"].as_array().unwrap() {
        writeln!(
            out,
            "{} as {}",
            source["path"].as_str().unwrap(),
            source["format"].as_str().unwrap()
        )
        .unwrap();
        for problem in source["problems"].as_array().unwrap() {
            writeln!(out, "! {problem}").unwrap();
        }
    }
    for run in document["runs"].as_array().unwrap() {
        writeln!(out, "{} {} {}", run["id"], run["name"], run["status"]).unwrap();
        for role in ["params", "tags"] {
            for (name, value) in run[role].as_object().unwrap() {
                writeln!(out, "  {name} = {value}").unwrap();
            }
        }
        for (name, metric) in run["metrics"].as_object().unwrap() {
            let part = |part: &str| metric[part].to_string();
            writeln!(
                out,
                "  {name}: {} of {} at {}",
                part("last"),
                part("n"),
                part("last_step")
            )
            .unwrap();
        }
    }
    out
}

fn check(folder: &str, expected: &Expect) {
    expected.assert_eq(&summary(folder));
}

#[test]
fn lightning_has_hyperparameters_beside_its_metrics() {
    check(
        "lightning_logs",
        &expect![[r#"
        lightning_logs/version_0/hparams.yaml as training-folders
        "lightning_logs/version_0" "version_0" "unknown"
          lr = 0.1
          optim.name = "adam"
          epoch: 1 of 4 at 19
          train_loss: 0.5 of 2 at 19
          val_loss: 0.4 of 2 at 19
        "lightning_logs/version_1" "version_1" "unknown"
          lr = 0.01
          optim.name = "adam"
          epoch: 1 of 4 at 19
          train_loss: 0.5 of 2 at 19
          val_loss: 0.41 of 2 at 19
    "#]],
    );
}

#[test]
fn a_configuration_beside_metrics_is_a_run_whoever_wrote_it() {
    check(
        "by_hand",
        &expect![[r#"
        by_hand/a/config.toml as training-folders
        "by_hand/a" "a" "unknown"
          lr = 0.001
          model.layers = 3
          epoch: 1 of 2 at 20
          loss: "NaN" of 2 at 20
        "by_hand/b" "b" "unknown"
          lr = 0.01
          model.layers = 4
          loss: 0.25 of 1 at null
    "#]],
    );
}

#[test]
fn boosting_libraries_print_an_evaluation_a_round() {
    check(
        "boosting",
        &expect![[r#"
        boosting/evals_result.json as boosting-log
        boosting/xgboost.log as boosting-log
        "evals_result.json" "boosting" "unknown"
          training/l2: 0.3 of 3 at 2
          valid_1/l2: 0.55 of 3 at 2
        "xgboost.log" "xgboost" "unknown"
          train-rmse: 0.4 of 2 at 1
          test-rmse: 0.55 of 2 at 1
    "#]],
    );
}

#[test]
fn a_row_a_step_is_a_history() {
    check(
        "histories",
        &expect![[r#"
        histories/wandb_history.csv as step-table
        histories/wide.csv as step-table
        "wandb_history.csv" "wandb_history" "unknown"
          train/loss: 0.8 of 2 at 5
        "a" null "unknown"
          lr = 0.1
          loss: 0.5 of 2 at 1
          acc: 0.2 of 2 at 1
        "b" null "unknown"
          lr = 0.2
          loss: 1.5 of 2 at 1
          acc: 0.3 of 1 at 0
    "#]],
    );
}

#[test]
fn what_deepcave_records_has_directions_and_budgets() {
    check(
        "deepcave",
        &expect![[r#"
        deepcave/run_1/configs.json as deepcave
        "0/0" null "finished"
          lr = 0.1
          opt = "adam"
          seed = 0
          origin = "Initial"
          duration = 6
          accuracy: 0.7 of 2 at 3
          time: 6 of 2 at 3
        "1/0" null "failed"
          lr = 0.2
          opt = "sgd"
          seed = 0
          why = "memory"
          origin = "Random"
          duration = 1
          accuracy: 0.4 of 1 at 1
          time: 1 of 1 at 1
    "#]],
    );
}

#[test]
fn a_workbook_may_have_a_title_above_its_table() {
    check(
        "title",
        &expect![[r#"
            title/sweep.xlsx/Sheet.csv as delimited
            "a" null "unknown"
              lr = 0.1
              ok = true
              date = "2026-01-02T10:00:00Z"
              acc: 0.912 of 1 at null
            "b" null "unknown"
              lr = 0.2
              ok = false
              date = "2026-01-03T00:00:00Z"
              acc: 0.925 of 1 at null
            "c" null "unknown"
        "#]],
    );
}

#[test]
fn the_first_sheet_of_a_workbook_is_a_table() {
    check(
        "workbook",
        &expect![[r#"
        workbook/sweep.xlsx/Sweep 1.csv as delimited
        "a & b" null "unknown"
          lr = 0.001
          nesterov = true
          val_loss: 0.5 of 1 at null
        "c" null "unknown"
          lr = 0.01
          nesterov = false
    "#]],
    );
}
