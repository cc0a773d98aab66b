//! Exports of other versions and shapes than the fixtures': written here by the rules of each format.

use crate::drop::{check, files, read, told};
use expect_test::expect;
use flate2::write::GzEncoder;
use runsift::source::unpack;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use std::fs;
use std::io::Write as _;

#[test]
fn ray_without_result_json_has_its_progress() {
    check(
        &[
            (
                "exp/experiment_state-2021.json",
                r#"{"checkpoints":["{\"trial_id\": \"a_0\", \"status\": \"TERMINATED\"}"]}"#,
            ),
            ("exp/train_a_0_lr=0.1/params.json", r#"{"lr": 0.1}"#),
            (
                "exp/train_a_0_lr=0.1/progress.csv",
                "loss,done,training_iteration,timestamp,time_total_s,trial_id,config/lr\n1.0,False,1,1600000001,1,a_0,0.1\nnan,False,2,1600000002,2,a_0,0.1\n0.5,True,3,1600000003,3,a_0,0.1\n",
            ),
        ],
        &expect![[r#"
            exp/train_a_0_lr=0.1/params.json as ray-tune
            lr=0.1, metric loss=0.5 of 3, @id=a_0, @name=train_a_0_lr=0.1, @status=finished, @start=2020-09-13T12:26:40Z, @end=2020-09-13T12:26:43Z
        "#]],
    );
}

#[test]
fn models_of_mlflow_are_told_of_the_run_that_has_logged_them() {
    let run = |id: &str| {
        format!(
            "experiment_id: '1'\nlifecycle_stage: active\nrun_id: {id}\nrun_name: {id}\nstatus: 3\n"
        )
    };
    let model = |name: &str, of: &str| {
        format!(
            "experiment_id: '1'\nmodel_id: m-{name}\nmodel_type: null\nname: {name}\nsource_run_id: {of}\nstatus: 2\n"
        )
    };
    let (one, two) = (run("1a"), run("2b"));
    let (first, second) = (model("ck0", "1a"), model("ck1", "1a"));
    let (other, nobodys) = (model("whole", "'2b'"), model("free", "null"));
    check(
        &[
            (
                "mlruns/1/meta.yaml",
                "artifact_location: mlruns/1\nexperiment_id: '1'\nlifecycle_stage: active\nname: e\n",
            ),
            ("mlruns/1/1a/meta.yaml", &one),
            (
                "mlruns/1/1a/metrics/acc",
                "1750000000000 0.5 0\n1750000001000 0.75 1\n",
            ),
            ("mlruns/1/2b/meta.yaml", &two),
            ("mlruns/1/2b/params/lr", "0.1"),
            ("mlruns/1/models/m-1/meta.yaml", &first),
            (
                "mlruns/1/models/m-1/metrics/acc",
                "1750000000000 0.5 0 1a\n",
            ),
            ("mlruns/1/models/m-1/params/act", "relu"),
            ("mlruns/1/models/m-1/params/depth", "0"),
            ("mlruns/1/models/m-1/tags/mlflow.user", "ana"),
            ("mlruns/1/models/m-2/meta.yaml", &second),
            ("mlruns/1/models/m-2/params/depth", "1"),
            ("mlruns/1/models/m-3/meta.yaml", &other),
            ("mlruns/1/models/m-4/meta.yaml", &nobodys),
            ("mlruns/1/models/m-4/params/depth", "9"),
        ],
        &expect![[r#"
            mlruns/1/meta.yaml as mlflow-files
            metric acc=0.75 of 2, tag experiment='e', tag logged_models='ck0 act=relu depth=0; ck1 depth=1', @id=1a, @name=1a, @status=finished
            lr=0.1, tag experiment='e', tag logged_models='whole', @id=2b, @name=2b, @status=finished
        "#]],
    );
}

#[test]
fn a_ray_state_alone_has_the_last_reports() {
    // 1.x: a text with everything.
    check(
        &[(
            "experiment_state-2021.json",
            r#"{"checkpoints":["{\"trial_id\": \"a_0\", \"experiment_tag\": \"0_lr=0.1\", \"config\": {\"lr\": 0.1, \"m\": {\"h\": 3}}, \"status\": \"TERMINATED\", \"last_result\": {\"loss\": NaN, \"training_iteration\": 3, \"pid\": 7}}"],"stats":{}}"#,
        )],
        &expect![[r#"
            experiment_state-2021.json as ray-tune
            lr=0.1, m.h=3, metric loss=NaN of 1, @id=a_0, @name=0_lr=0.1, @status=finished
        "#]],
    );
    // 2.x: two texts, and the newest file counts.
    check(
        &[
            (
                "experiment_state-2024-01.json",
                r#"{"trial_data":[["{\"trial_id\": \"old\"}","{}"]]}"#,
            ),
            (
                "experiment_state-2024-02.json",
                r#"{"trial_data":[["{\"trial_id\": \"b_1\", \"config\": {\"lr\": 0.2}, \"status\": \"ERROR\"}","{\"last_result\": {\"acc\": 0.5, \"training_iteration\": 2}, \"start_time\": 1600000000.0}"],["{\"trial_id\": \"b_2\", \"status\": \"PENDING\"}","{}"]]}"#,
            ),
        ],
        &expect![[r#"
            experiment_state-2024-01.json as ray-tune
            lr=0.2, metric acc=0.5 of 1, @id=b_1, @start=2020-09-13T12:26:40Z, @status=failed
            @id=b_2, @status=scheduled
        "#]],
    );
}

#[test]
fn dvclive_before_2_has_its_summary_beside_its_folder() {
    let summary = r#"{"step": 1, "loss": 0.3, "lr": 0.01}"#;
    let curve = "timestamp\tstep\tloss\n1600000000000\t0\t0.5\n1600000001000\t1\t0.3\n";
    let expected = expect![[r#"
        runs/a/dvclive.json as dvclive
        depth=3, metric train/loss=0.3 of 2, metric lr=0.01 of 1, metric loss=0.3 of 1, @id=a, @name=a
    "#]];
    check(
        &[
            ("runs/a/dvclive.json", summary),
            ("runs/a/dvclive/scalars/train/loss.tsv", curve),
            ("runs/a/params.yaml", "depth: 3\n"),
        ],
        &expected,
    );
    check(
        &[
            ("runs/a/dvclive.json", summary),
            ("runs/a/dvclive/loss.tsv", curve),
            ("runs/b/dvclive.json", summary),
            ("runs/b/dvclive/loss.tsv", curve),
        ],
        &expect![[r#"
            runs/a/dvclive.json as dvclive
            metric loss=0.3 of 2, metric lr=0.01 of 1, @id=a, @name=a
            metric loss=0.3 of 2, metric lr=0.01 of 1, @id=b, @name=b
        "#]],
    );
}

#[test]
fn runs_of_a_deleted_mlflow_experiment_are_deleted() {
    let experiment =
        "artifact_location: x\nexperiment_id: '7'\nlifecycle_stage: deleted\nname: gone\n";
    let run = |id: &str| {
        format!("experiment_id: '7'\nlifecycle_stage: active\nrun_id: {id}\nstatus: 3\n")
    };
    check(
        &[
            ("mlruns/.trash/7/meta.yaml", experiment),
            ("mlruns/.trash/7/aa/meta.yaml", &run("aa")),
            (
                "mlruns/8/meta.yaml",
                "artifact_location: x\nexperiment_id: '8'\nlifecycle_stage: active\nname: here\n",
            ),
            ("mlruns/8/bb/meta.yaml", &run("bb")),
        ],
        &expect![[r#"
            mlruns/.trash/7/meta.yaml as mlflow-files
            ! : runs that MLflow shows as deleted: 1 (left out, as in MLflow)
            mlruns/8/meta.yaml as mlflow-files
            tag experiment='here', @id=bb, @status=finished
        "#]],
    );
}

#[test]
fn programs_and_settings_are_no_tables() {
    let program = "import os, sys\nfrom a import b, c\nx, y = 1, 2\nprint(x, y)\n";
    check(
        &[
            ("project/train.py", program),
            ("project/README.md", program),
            ("project/notes.ipynb", r#"{"cells": [{"source": "x"}]}"#),
            ("project/Cargo.toml", "a = [1, 2]\nb = [3, 4]\nc = [5, 6]\n"),
            ("project/runs.csv", "name,lr,loss\na,0.1,0.5\n"),
        ],
        &expect![[r#"
            project/train.py: its name says that it is a program, a page or a setting, and no tracker's: drop what it has written
            project/README.md: its name says that it is a program, a page or a setting, and no tracker's: drop what it has written
            project/notes.ipynb: its name says that it is a program, a page or a setting, and no tracker's: drop what it has written
            project/Cargo.toml: its name says that it is a program, a page or a setting, and no tracker's: drop what it has written
            project/runs.csv as delimited
            lr=0.1, metric loss=0.5, @name=a
        "#]],
    );
}

/// A log or database that is compressed alone says what it says as it is.
#[test]
fn whatever_is_compressed_alone_is_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/");
    for (fixture, name) in [
        ("wandb-log/wandb", ".wandb"),
        ("swanlab/local", ".swanlab"),
        ("tensorboard/logs", "tfevents"),
        ("optuna-sqlite", ".db"),
        ("mlflow-sqlite", ".db"),
        ("trackio", ".db"),
    ] {
        let mut waiting = vec![std::path::PathBuf::from(folder).join(fixture)];
        let mut count = 0;
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                waiting.extend(
                    fs::read_dir(&path)
                        .unwrap()
                        .map(|entry| entry.unwrap().path()),
                );
                continue;
            }
            let own = path.file_name().unwrap().to_str().unwrap();
            let bytes = fs::read(&path).unwrap();
            if !own.contains(name) || bytes.is_empty() {
                continue;
            }
            count += 1;
            let plain = told(&read(&files(&[(own, &bytes)])));
            let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(&bytes).unwrap();
            let zstd = compress_to_vec(bytes.as_slice(), CompressionLevel::Fastest);
            for (ending, packed) in [("gz", gzip.finish().unwrap()), ("zst", zstd)] {
                let name = format!("{own}.{ending}");
                let unpacked = unpack(&files(&[(&name, &packed)])).files;
                assert_eq!(told(&read(&unpacked)), plain, "{name}");
            }
        }
        assert!(count > 0, "{fixture}");
    }
}
