//! What a strict reading of the readers has found: lines of arrays, results of any shape, references that lead to ever
//! more, folders within folders, and what newer and older versions of tools write.

use crate::drop::{borrowed, check, files, read, told};
use crate::rules::{field, log};
use expect_test::expect;

#[test]
fn every_line_of_arrays_is_read() {
    let task = r#"{"id": "a", "name": "n", "hyperparams": {}}"#;
    let event = |step: u32, value: f64| {
        format!(
            r#"{{"type": "training_stats_scalar", "metric": "loss", "variant": "loss", "iter": {step}, "value": {value}}}"#
        )
    };
    let lines: Vec<String> = (0..4)
        .map(|step| {
            format!(
                "[{}, {}]\n",
                event(2 * step, 0.5),
                event(2 * step + 1, 0.25)
            )
        })
        .collect();
    check(
        &[("s/task.json", task), ("s/metrics.jsonl", &lines.concat())],
        &expect![[r#"
            s/metrics.jsonl as clearml-offline
            metric loss=0.25 of 8, @id=a, @name=n
        "#]],
    );
    check(
        &[(
            "runs.jsonl",
            "[{\"lr\": 0.1, \"loss\": 3}]\n[]\n[{\"lr\": 0.2, \"loss\": 2}, {\"lr\": 0.3, \"loss\": 1}]\n{",
        )],
        &expect![[r#"
            runs.jsonl as json
            ! after record 3, line 4: it is no JSON: invalid type: map, expected an array (what follows was not read)
            lr=0.1, metric loss=3
            lr=0.2, metric loss=2
            lr=0.3, metric loss=1
        "#]],
    );
}

#[test]
fn sacred_keeps_results_and_notes_of_any_shape() {
    let run = |result: &str| {
        format!(
            r#"{{"experiment": {{"name": "e"}}, "status": "COMPLETED", "heartbeat": "2026-01-01T00:00:00", "result": {result}}}"#
        )
    };
    let results = [
        r#"{"py/tuple": [0.9, {"dtype": "float64", "py/object": "numpy.float64", "value": 0.5}]}"#,
        r#"{"value": 3, "other": {"dtype": "float32", "value": 4}}"#,
        r#"{"dtype": "float64", "py/object": "numpy.ndarray", "values": [1.0, NaN]}"#,
        r#""done""#,
        "null",
    ];
    let info = r#"{"best": 0.5, "note": "hi", "losses": [3, 2.5, Infinity], "metrics": [{"id": "x", "name": "loss"}],
        "array": {"dtype": "float64", "py/object": "numpy.ndarray", "values": [1.0, 2.0]}}"#;
    let runs: Vec<(String, String)> = results
        .iter()
        .enumerate()
        .map(|(at, result)| (format!("runs/{at}/run.json"), run(result)))
        .collect();
    let mut dropped = borrowed(&runs);
    dropped.push(("runs/4/info.json", info));
    check(
        &dropped,
        &expect![[r#"
        runs/0/run.json as sacred
        metric result.0=0.9, metric result.1=0.5, @id=0, @status=finished, @group=e
        metric result.value=3, metric result.other=4, @id=1, @status=finished, @group=e
        metric result.0=1, metric result.1=NaN, @id=2, @status=finished, @group=e
        tag result='done', @id=3, @status=finished, @group=e
        metric info.best=0.5, metric info.losses=Infinity of 3, metric info.array=2 of 2, tag info.note='hi', @id=4, @status=finished, @group=e
    "#]],
    );
}

#[test]
fn a_config_of_hydra_may_refer_to_where_it_stands() {
    let config = "lr: 0.1\nmodel:\n  lr: ${lr}\n  same: ${.lr}\n  inner: {up: '${..lr}', top: '${...lr}', at: '${list[1]}'}\n  text: a ${.lr} b ${model}\nlist: [1, 2]\n";
    check(
        &[("o/.hydra/config.yaml", config)],
        &expect![[r#"
            o/.hydra/config.yaml as hydra
            lr=0.1, model.lr=0.1, model.same=0.1, model.inner.up=0.1, model.inner.top=0.1, model.inner.at=2, model.text='a 0.1 b ${model}', list.0=1, list.1=2, @id=o
        "#]],
    );
}

#[test]
fn what_leads_to_ever_more_is_bounded() {
    let refers = |level: u32| {
        let next = format!("${{a{}}} ", level + 1);
        format!("a{level}: {}\n", next.repeat(8))
    };
    let references: String = (0..14).map(refers).collect();
    let (_, ledger) = read(&files(&[(
        "o/.hydra/config.yaml",
        format!("lr: 0.1\n{references}a14: x\n").as_bytes(),
    )]));
    let problems = ledger.sources()[0].problems.listed();
    assert!(problems[0].what.contains("megabyte"));
    // A long text that is named once and repeated.
    let aliases = "*a, ".repeat(3000);
    let bomb = format!("a: &a {}\nb: [{aliases}]\n", "x".repeat(1 << 20));
    let told = told(&read(&files(&[("o/.hydra/config.yaml", bomb.as_bytes())])));
    assert!(told.contains("more than a million values"), "{told}");
}

/// The files of a run of Guild.
fn guild(folder: &str, flags: &str) -> [(String, String); 3] {
    let file = |name: &str, text: &str| (format!("{folder}/.guild/{name}"), text.to_owned());
    [
        file("attrs/flags", flags),
        file("attrs/exit_status", "0"),
        file("opref", "script:/x '' '' train.py"),
    ]
}

#[test]
fn a_batch_of_guild_is_one_run_beside_its_own() {
    let dropped: Vec<(String, String)> = [
        // The pattern of the batch, and a link to one of its runs, in whatever order they come.
        guild("g/runs/bb/.guild/proto", "lr: [0.1, 0.2]"),
        guild("g/runs/bb/aa", "lr: 0.1"),
        guild("g/runs/bb", "trials: 2"),
        guild("g/runs/aa", "lr: 0.1"),
    ]
    .concat();
    let dropped = borrowed(&dropped);
    check(
        &dropped,
        &expect![[r#"
        g/runs/aa/.guild/attrs/exit_status as guild
        lr=0.1, tag operation='train.py', @id=aa, @status=finished
        trials=2, tag operation='train.py', @id=bb, @status=finished
    "#]],
    );
}

#[test]
fn processes_of_one_run_of_neptune_are_that_run() {
    let log = |name: &str, step: u32| {
        let path = format!(r#"["parameters", "{name}"]"#);
        format!(
            "{{\"obj\": {{\"type\": \"AssignFloat\", \"path\": {path}, \"value\": 0.1}}}}\n{{\"obj\": {{\"type\": \"LogFloats\", \"path\": [\"loss\"], \"values\": [{{\"value\": 0.5, \"step\": {step}, \"ts\": 1}}]}}}}\n"
        )
    };
    check(
        &[
            (
                ".neptune/async/run__ab-1/exec-0-2022/data-1.log",
                &log("lr", 0),
            ),
            (
                ".neptune/async/run__ab-1/exec-1-2022/data-1.log",
                &log("seed", 1),
            ),
        ],
        &expect![[r#"
            .neptune/async/run__ab-1/exec-0-2022/data-1.log as neptune-offline
            parameters/lr=0.1, parameters/seed=0.1, metric loss=0.5 of 2, @id=ab-1
        "#]],
    );
}

#[test]
fn what_searches_say_of_failures_is_kept() {
    // Hyperopt's own error, and a trial that was cancelled.
    let trial = |tid: u32, state: u32| {
        format!(
            r#"{{"tid": {tid}, "state": {state}, "misc": {{"vals": {{"lr": [0.5]}}, "error": ["<class 'ValueError'>", "boom"]}}, "result": {{"status": "new"}}}}"#
        )
    };
    check(
        &[(
            "trials.json",
            &format!("[{}, {}]", trial(0, 3), trial(1, 4)),
        )],
        &expect![[r#"
            trials.json as hyperopt-trials, loss min
            lr=0.5, tag error='["<class 'ValueError'>","boom"]', @id=0, @name=trial-0, @status=failed
            lr=0.5, tag error='["<class 'ValueError'>","boom"]', @id=1, @name=trial-1, @status=killed
        "#]],
    );
    // A worker of HpBandSter that gives a number beside its loss, and one that raises.
    let times = r#"{"submitted": 1700000000, "started": 1700000001, "finished": 1700000002}"#;
    check(
        &[
            (
                "configs.json",
                "[[0, 0, 0], {\"lr\": 0.1}, {}]\n[[0, 0, 1], {\"lr\": 0.2}]\n",
            ),
            (
                "results.json",
                &format!(
                    "[[0, 0, 0], 1.0, {times}, {{\"loss\": 0.5, \"info\": 0.75}}, null]\n[[0, 0, 1], 1.0, {times}, null, \"ValueError: boom\"]\n"
                ),
            ),
        ],
        &expect![[r#"
            configs.json as bohb, loss min
            lr=0.1, metric loss=0.5 of 1, metric info=0.75 of 1, @id=0/0/0, @status=finished, @start=2023-11-14T22:13:21Z, @end=2023-11-14T22:13:22Z
            lr=0.2, tag error='ValueError: boom', @id=0/0/1, @status=failed, @start=2023-11-14T22:13:21Z, @end=2023-11-14T22:13:22Z
        "#]],
    );
    // Keras Tuner's Hyperband, and how a trial failed.
    let trial = r#"{"trial_id": "0", "hyperparameters": {"space": [], "values": {"units": 3, "tuner/epochs": 2}}, "metrics": {"metrics": {}}, "status": "FAILED", "message": "Traceback\nValueError: boom"}"#;
    check(
        &[("kt/trial_0/trial.json", trial)],
        &expect![[r#"
        kt/trial_0/trial.json as keras-tuner
        units=3, tag tuner/epochs=2, tag message='Traceback\nValueError: boom', @id=0, @name=trial_0, @status=failed
    "#]],
    );
}

#[test]
fn states_of_smac_1() {
    let evaluation = |config: u32, state: &str| {
        format!(
            r#"[[{config}, null, 0, 0.0], [0.5, 1.0, {{"__enum__": "StatusType.{state}"}}, 1700000000, 1700000001, {{}}]]"#
        )
    };
    let states = ["CAPPED", "DONOTADVANCE", "ABORT", "MEMOUT"];
    let data: Vec<String> = (1..)
        .zip(states)
        .map(|(id, state)| evaluation(id, state))
        .collect();
    let history = format!(
        r#"{{"data": [{}], "configs": {{"1": {{"x": 1}}}}}}"#,
        data.join(", ")
    );
    check(
        &[("runhistory.json", &history)],
        &expect![[r#"
            runhistory.json as smac, cost min
            x=1, metric cost=0.5, tag seed=0, tag budget=0, tag time=1, @id=1/0/0.0, @name=config 1, @group=config 1, @status=pruned, @start=2023-11-14T22:13:20Z, @end=2023-11-14T22:13:21Z
            metric cost=0.5, tag seed=0, tag budget=0, tag time=1, @id=2/0/0.0, @name=config 2, @group=config 2, @status=finished, @start=2023-11-14T22:13:20Z, @end=2023-11-14T22:13:21Z
            metric cost=0.5, tag seed=0, tag budget=0, tag time=1, @id=3/0/0.0, @name=config 3, @group=config 3, @status=killed, @start=2023-11-14T22:13:20Z, @end=2023-11-14T22:13:21Z
            metric cost=0.5, tag seed=0, tag budget=0, tag time=1, @id=4/0/0.0, @name=config 4, @group=config 4, @status=failed, @start=2023-11-14T22:13:20Z, @end=2023-11-14T22:13:21Z
        "#]],
    );
}

#[test]
fn a_trial_of_ray_whose_reports_are_lost_has_its_last() {
    let state = r#"{"trial_data": [["{\"trial_id\": \"a_0\", \"status\": \"ERROR\"}", "{\"last_result\": {\"loss\": 0.5, \"training_iteration\": 3, \"timestamp\": 1700000003, \"time_total_s\": 3}}"]]}"#;
    check(
        &[
            ("e/t_a_0_0_lr=1/params.json", "{\"lr\": 1}"),
            ("e/t_a_0_0_lr=1/result.json", ""),
            ("e/t_a_0_0_lr=1/error.txt", "ValueError: boom"),
            ("e/experiment_state-2026.json", state),
        ],
        &expect![[r#"
            e/t_a_0_0_lr=1/error.txt as ray-tune
            lr=1, metric loss=0.5 of 1, @id=a_0, @name=t_a_0_0_lr=1, @status=failed, @start=2023-11-14T22:13:20Z, @end=2023-11-14T22:13:23Z
        "#]],
    );
}

#[test]
fn ax_of_1_3_has_curves_and_an_expression() {
    let frame = r#"{\"trial_index\":{\"0\":0,\"1\":0,\"2\":1},\"arm_name\":{\"0\":\"0_0\",\"1\":\"0_0\",\"2\":\"1_0\"},\"metric_name\":{\"0\":\"loss\",\"1\":\"loss\",\"2\":\"loss\"},\"mean\":{\"0\":0.5,\"1\":0.25,\"2\":0.75},\"sem\":{\"0\":null,\"1\":0.1,\"2\":null},\"step\":{\"0\":1.0,\"1\":2.0,\"2\":null}}"#;
    let run =
        |arm: &str| format!(r#"{{"arms": [{{"name": "{arm}", "parameters": {{"x": 1.5}}}}]}}"#);
    let text = format!(
        r#"{{"_type": "Client", "experiment": {{"__type": "Experiment", "name": "e",
        "optimization_config": {{"objective": {{"__type": "Objective", "expression": "-loss, 2*accuracy, a + b"}}}},
        "trials": {{"0": {{"__type": "Trial", "status": {{"name": "COMPLETED"}}, "generator_run": {}}},
            "1": {{"__type": "BatchTrial", "status": {{"name": "FAILED"}}, "status_reason": "no memory", "generator_runs": [{}, {}]}}}},
        "data_by_trial": {{"0": {{"__type": "OrderedDict", "value": [[0, {{"df": {{"value": "{frame}"}}}}]]}}}}}}}}"#,
        run("0_0"),
        run("1_0"),
        run("1_1"),
    );
    check(
        &[("ax.json", &text)],
        &expect![[r#"
        ax.json as ax, loss min, accuracy max
        x=1.5, metric loss=0.25 of 2, tag sem.loss=0.1, @id=0, @name=0_0, @group=e, @status=finished
        x=1.5, metric loss=0.75, tag status_reason='no memory', @id=1/1_0, @name=1_0, @group=e, @status=failed
        x=1.5, tag status_reason='no memory', @id=1/1_1, @name=1_1, @group=e, @status=failed
    "#]],
    );
}

#[test]
fn rows_of_json_below_a_row_of_names() {
    check(
        &[(
            "values.json",
            "[[\"run\", \"lr\", \"loss\"],\n [\"a\", 0.1, 1],\n [\"b\", 0.2, 2]]",
        )],
        &expect![[r#"
            values.json as json
            lr=0.1, metric loss=1, @id=a
            lr=0.2, metric loss=2, @id=b
        "#]],
    );
    // Without names nothing says what they are.
    check(
        &[("values.json", "[[1, 2], [3, 4]]")],
        &expect![[r#"
        values.json as json
        ! line 1: it is no object (record skipped)
    "#]],
    );
}

#[test]
fn of_two_reports_of_optuna_at_one_step_the_later_counts() {
    let mut journal = String::from(
        "{\"op_code\": 0, \"study_name\": \"s\", \"directions\": [1]}\n{\"op_code\": 1, \"study_id\": 0}\n{\"op_code\": 0, \"study_name\": \"s\", \"directions\": [1]}\n{\"op_code\": 0, \"study_name\": \"s\", \"directions\": [2]}\n{\"op_code\": 4, \"study_id\": 1}\n",
    );
    for (step, value) in [(2, 0.5), (1, 0.75), (2, 0.25)] {
        journal.push_str(&format!(
            "{{\"op_code\": 7, \"trial_id\": 0, \"step\": {step}, \"intermediate_value\": {value}}}\n"
        ));
    }
    journal.push_str("{\"op_code\": 6, \"trial_id\": 0, \"state\": 1, \"values\": [0.25]}\n");
    check(
        &[("j.log", &journal)],
        &expect![[r#"
        j.log as optuna-journal, value min
        metric value=0.25, metric intermediate=0.25 of 2, @id=s/0, @name=s/0, @group=s, @status=finished
    "#]],
    );
}

#[test]
fn keys_of_wandb_are_not_nested_without_end() {
    // A record of the config whose key has half a million parts, each an empty text.
    let mut item = [0x12, 0].repeat(500_000);
    item.extend([0x82, 0x01, 1, b'1']);
    let record = field(5, &field(1, &item));
    let log = log(&[record]);
    let (_, ledger) = read(&files(&[("run-1-a/run-a.wandb", &log)]));
    assert_eq!(ledger.rows(), 1);
}

#[test]
fn texts_of_a_summary_of_wandb_are_tags() {
    let summary = r#"{"best_model": "a.pt", "loss": 0.5, "nan": "NaN", "_step": 3, "table": {"_type": "table-file", "path": "x"}}"#;
    check(
        &[("run-1-a/files/wandb-summary.json", summary)],
        &expect![[r#"
            run-1-a/files/wandb-summary.json as wandb-log
            metric loss=0.5, metric nan=NaN, tag best_model='a.pt', @id=a
        "#]],
    );
}

#[test]
fn a_project_of_neptune_is_no_run() {
    let metadata =
        |kind: &str| format!(r#"{{"containerId": "{kind}-1", "containerType": "{kind}"}}"#);
    let log = "{\"obj\": {\"type\": \"AssignFloat\", \"path\": [\"loss\"], \"value\": 0.5}}\n";
    check(
        &[
            ("n/offline/project__1/metadata.json", &metadata("project")),
            ("n/offline/project__1/data-1.log", log),
            ("n/offline/run__1/metadata.json", &metadata("run")),
            ("n/offline/run__1/data-1.log", log),
        ],
        &expect![[r#"
            n/offline/project__1/data-1.log as neptune-offline
            ! : what it holds is of a project and of no run (left out)
            metric loss=0.5, @id=run-1
        "#]],
    );
}

#[test]
fn commas_part_thousands_where_they_must() {
    // Each column shows by a fraction or a 0 that it holds no lists of sizes.
    check(
        &[(
            "t.csv",
            "run,batch,lr,val_loss\na,\"1,000\",0.1,\"12,345.6\"\nb,\"2,500\",0.2,999.25\nc,500,0.3,\n",
        )],
        &expect![[r#"
            t.csv as delimited
            batch=1000, lr=0.1, metric val_loss=12345.6, @id=a
            batch=2500, lr=0.2, metric val_loss=999.25, @id=b
            batch=500, lr=0.3, @id=c
        "#]],
    );
    // Sizes of layers; and a column of which not all cells are numbers.
    check(
        &[(
            "t.csv",
            "run,layers,loss\na,\"128,256\",0.5\nb,\"64,128\",0.4\n",
        )],
        &expect![[r#"
            t.csv as delimited
            layers='128,256', metric loss=0.5, @id=a
            layers='64,128', metric loss=0.4, @id=b
        "#]],
    );
    check(
        &[(
            "t.csv",
            "run,note,loss\na,\"1,000\",0.5\nb,\"1,000 or so\",0.4\n",
        )],
        &expect![[r#"
            t.csv as delimited
            metric loss=0.5, tag note='1,000', @id=a
            metric loss=0.4, tag note='1,000 or so', @id=b
        "#]],
    );
}

#[test]
fn a_table_whose_runs_are_columns_is_told() {
    check(
        &[(
            "t.csv",
            "metric,run1,run2\nlr,0.1,0.2\noptimizer,adam,sgd\nval_loss,0.5,0.4\n",
        )],
        &expect![[r#"
            t.csv as delimited
            ! : its first column has names of params and metrics, as where runs are columns (read with a run a row: turn rows and columns round, and drop it again)
            metric='lr', run1=0.1, run2=0.2
            metric='optimizer', run1='adam', run2='sgd'
            metric='val_loss', run1=0.5, run2=0.4
        "#]],
    );
    // Names of models are no names of params.
    check(
        &[(
            "t.csv",
            "model,lr,loss\nadam,0.1,0.2\nlr,0.2,0.3\nbase,0.5,0.4\n",
        )],
        &expect![[r#"
            t.csv as delimited
            model='adam', lr=0.1, metric loss=0.2
            model='lr', lr=0.2, metric loss=0.3
            model='base', lr=0.5, metric loss=0.4
        "#]],
    );
}

#[test]
fn params_of_older_clearml_and_files_of_configuration_are_kept() {
    let task = r#"{"id": "a", "name": "n", "execution": {"parameters": {"Args/lr": "0.5"}},
        "hyperparams": {"General": {"amp": {"value": "True"}}},
        "configuration": {"model": {"name": "model", "value": "depth = 3"}}}"#;
    check(
        &[("s/task.json", task)],
        &expect![[r#"
            s/task.json as clearml-offline
            Args/lr=0.5, General/amp=true, tag configuration.model='depth = 3', @id=a, @name=n
        "#]],
    );
}

#[test]
fn a_trial_of_ray_that_was_tried_again_is_finished() {
    let report = r#"{"loss": 0.5, "training_iteration": 1, "done": true, "trial_id": "a_0"}"#;
    check(
        &[
            ("e/t_a_0/params.json", "{\"lr\": 1}"),
            ("e/t_a_0/result.json", report),
            ("e/t_a_0/error.txt", "ValueError: once"),
        ],
        &expect![[r#"
            e/t_a_0/error.txt as ray-tune
            lr=1, metric loss=0.5 of 1, @id=a_0, @name=t_a_0, @status=finished
        "#]],
    );
}

#[test]
fn seconds_in_text_are_no_milliseconds() {
    let metadata = r#"{"experimentKey": "a", "experimentName": "n", "startTimeMillis": "1700000000", "endTimeMillis": "1700000001000"}"#;
    check(
        &[("w/p/a/metadata.json", metadata)],
        &expect![[r#"
            w/p/a/metadata.json as cometx
            @id=a, @name=n, @status=finished, @start=2023-11-14T22:13:20Z, @end=2023-11-14T22:13:21Z
        "#]],
    );
}

#[test]
fn a_column_shows_which_part_of_a_date_is_the_month() {
    let table = |first: &str, second: &str| {
        format!("run,lr,val_loss,started\na,0.1,1,{first}\nb,0.2,2,{second}\nc,0.3,3,\n")
    };
    for (first, second) in [
        ("11/28/2026 03:04", "2/3/2026 13:04"),
        ("28/11/2026 03:04", "3/2/2026 13:04"),
        // Nothing shows it.
        ("08/11/2026 03:04", "3/2/2026 13:04"),
    ] {
        let told = told(&read(&files(&[("t.csv", table(first, second).as_bytes())])));
        let are_times = first != "08/11/2026 03:04";
        assert_eq!(
            told.contains("@start=2026-11-28T03:04:00Z")
                && told.contains("@start=2026-02-03T13:04:00Z"),
            are_times,
            "{told}"
        );
        assert_eq!(told.contains("started="), !are_times, "{told}");
    }
}

#[test]
fn what_aim_keeps_is_told_to_be_written_as_a_table() {
    check(
        &[
            ("p/.aim/VERSION", "1.0\n"),
            ("p/.aim/run_metadata.sqlite", "SQLite format 3\0"),
        ],
        &expect![[r#"
            p/.aim/VERSION: it is of Aim's own database, which is not read here: write what Run.dataframe() and Metric.dataframe() give as CSV, JSON or Parquet
            p/.aim/run_metadata.sqlite: it is of Aim's own database, which is not read here: write what Run.dataframe() and Metric.dataframe() give as CSV, JSON or Parquet
        "#]],
    );
}

#[test]
fn every_page_of_a_listing_is_read() {
    let page = |id: &str| {
        format!(
            "{{\"runs\": [{{\"info\": {{\"run_id\": \"{id}\", \"status\": \"FINISHED\", \"artifact_uri\": \"x\", \"lifecycle_stage\": \"active\"}}, \"data\": {{}}}}], \"next_page_token\": \"t\"}}\n"
        )
    };
    check(
        &[("runs.json", &[page("a"), page("b")].concat())],
        &expect![[r#"
            runs.json as mlflow-rest
            @id=a, @status=finished
            @id=b, @status=finished
        "#]],
    );
}

#[test]
fn a_trial_of_ray_is_the_one_whose_whole_id_its_folder_has() {
    let state = r#"{"trial_data": [["{\"trial_id\": \"t1\", \"status\": \"TERMINATED\"}", "{}"], ["{\"trial_id\": \"t12\", \"status\": \"ERROR\"}", "{}"]]}"#;
    check(
        &[
            ("e/f_t1_1/params.json", "{\"lr\": 1}"),
            ("e/f_t1_1/result.json", "{\"loss\": 0.5}"),
            ("e/f_t12_2/params.json", "{\"lr\": 2}"),
            ("e/f_t12_2/result.json", "{\"loss\": 0.25}"),
            ("e/experiment_state-2026.json", state),
        ],
        &expect![[r#"
            e/f_t12_2/params.json as ray-tune
            lr=2, metric loss=0.25 of 1, @id=t12, @name=f_t12_2, @status=failed
            lr=1, metric loss=0.5 of 1, @id=t1, @name=f_t1_1, @status=finished
        "#]],
    );
}

#[test]
fn tags_of_neptune_may_be_cleared() {
    let log = [
        "AddStrings\", \"values\": [\"a\"], \"x\": \"",
        "ClearStringSet",
        "AddStrings\", \"values\": [\"b\"], \"x\": \"",
    ]
    .map(|kind| format!("{{\"obj\": {{\"path\": [\"sys\", \"tags\"], \"type\": \"{kind}\"}}}}\n"));
    check(
        &[("run__1/data-1.log", &log.concat())],
        &expect![[r#"
        run__1/data-1.log as neptune-offline
        tag tags='b', @id=1
    "#]],
    );
}

#[test]
fn what_is_left_out_of_many_fields_is_said() {
    let run = r#"{"experiment": {"name": "e"}, "status": "COMPLETED", "heartbeat": "2026-01-01T00:00:00"}"#;
    let said = |count: u32| {
        let fields: Vec<String> = (0..count).map(|at| format!(r#""p{at}": {at}"#)).collect();
        let config = format!("{{{}}}", fields.join(","));
        told(&read(&files(&[
            ("runs/1/run.json", run.as_bytes()),
            ("runs/1/config.json", config.as_bytes()),
        ])))
        .contains("further fields='left out: there are more than 5000")
    };
    assert!(!said(5000));
    assert!(said(5001));
}
