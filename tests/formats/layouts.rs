//! What trackers and people lay out otherwise than the fixtures: other versions, other ways of one writer, several
//! exports of the same runs, and what lies beside runs.

use crate::drop::{check, files, read, read_text, told};
use expect_test::expect;
use std::fmt::Write as _;

#[test]
fn mlflow_runs_as_json_in_every_layout_of_pandas() {
    let id = [
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    ];
    let records = format!(
        r#"[{{"run_id":"{0}","experiment_id":"1","params.lr":"0.1","metrics.loss":0.5,"tags.mlflow.runName":"a"}},{{"run_id":"{1}","experiment_id":"1","params.lr":"0.2","metrics.loss":null,"tags.mlflow.runName":"b"}}]"#,
        id[0], id[1]
    );
    let want = told(&read_text("r.json", &records));
    assert!(
        want.contains("as mlflow-records") && want.contains("@name=b"),
        "{want}"
    );
    let columns = format!(
        r#"{{"run_id":{{"0":"{0}","1":"{1}"}},"experiment_id":{{"0":"1","1":"1"}},"params.lr":{{"0":"0.1","1":"0.2"}},"metrics.loss":{{"0":0.5,"1":null}},"tags.mlflow.runName":{{"0":"a","1":"b"}}}}"#,
        id[0], id[1]
    );
    let split = format!(
        r#"{{"columns":["run_id","experiment_id","params.lr","metrics.loss","tags.mlflow.runName"],"index":[0,1],"data":[["{0}","1","0.1",0.5,"a"],["{1}","1","0.2",null,"b"]]}}"#,
        id[0], id[1]
    );
    let table = format!(r#"{{"schema":{{"fields":[]}},"data":{records}}}"#);
    for text in [columns, split, table] {
        let got = told(&read_text("r.json", &text));
        for part in [
            "as mlflow-records",
            "lr=0.1",
            "lr=0.2",
            "metric loss=0.5",
            "@name=b",
        ] {
            assert!(got.contains(part), "{text}\n{got}");
        }
    }
}

#[test]
fn a_logged_model_of_mlflow_is_no_experiment() {
    let run = "experiment_id: '1'\nlifecycle_stage: active\nrun_id: zz\nstatus: 3\n";
    check(
        &[
            (
                "mlruns/1/meta.yaml",
                "artifact_location: x\nexperiment_id: '1'\nlifecycle_stage: active\nname: mine\n",
            ),
            (
                "mlruns/1/models/m-1/meta.yaml",
                "artifact_location: x\nexperiment_id: '1'\nlifecycle_stage: deleted\nmodel_id: m-1\nname: net\nsource_run_id: zz\n",
            ),
            ("mlruns/1/zz/meta.yaml", run),
        ],
        &expect![[r#"
            mlruns/1/meta.yaml as mlflow-files
            tag experiment='mine', @id=zz, @status=finished
        "#]],
    );
}

const COMPARED: &str = "run,operation,started,time,status,label,lr,depth,step,loss,val_acc\n\
    0123abcd,train.py,2026-11-23 06:07:16,0:01:05,completed,first,0.1,3,9,0.25,0.5\n\
    89abcdef,train.py,2026-11-23 06:07:26,0:00:05,terminated,,0.2,4,7,0.5,0.25\n";

#[test]
fn guild_has_its_flags_before_the_step_and_its_scalars_behind_it() {
    check(
        &[("compare.csv", COMPARED)],
        &expect![[r#"
        compare.csv as guild-table
        lr=0.1, depth=3, metric loss=0.25, metric val_acc=0.5, tag operation='train.py', @id=0123abcd, @start=2026-11-23T06:07:16Z, @name=first, @status=finished, @duration=65
        lr=0.2, depth=4, metric loss=0.5, metric val_acc=0.25, tag operation='train.py', @id=89abcdef, @start=2026-11-23T06:07:26Z, @status=killed, @duration=5
    "#]],
    );
}

#[test]
fn the_beginning_of_a_guild_run_is_the_run() {
    // The folder's times are UTC, those of the table local.
    let folder = "runs/0123abcd0123abcd0123abcd0123abcd/.guild";
    let path = |name: &str| format!("{folder}/{name}");
    let dropped = [
        (path("opref"), "x"),
        (path("attrs/flags"), "lr: 0.1\ndepth: 3\n"),
        (path("attrs/started"), "1795406836123456\n"),
        (path("attrs/exit_status"), "0\n"),
        ("compare.csv".to_owned(), COMPARED),
    ];
    let dropped: Vec<(&str, &str)> = dropped
        .iter()
        .map(|(path, text)| (path.as_str(), *text))
        .collect();
    check(
        &dropped,
        &expect![[r#"
        runs/0123abcd0123abcd0123abcd0123abcd/.guild/attrs/exit_status as guild
        compare.csv as guild-table
        lr=0.1, depth=3, metric loss=0.25, metric val_acc=0.5, tag operation='train.py', @id=0123abcd0123abcd0123abcd0123abcd, @start=2026-11-23T04:07:16.123Z, @status=finished, @name=first, @duration=65
        lr=0.2, depth=4, metric loss=0.5, metric val_acc=0.25, tag operation='train.py', @id=89abcdef, @start=2026-11-23T06:07:26Z, @status=killed, @duration=5
    "#]],
    );
}

#[test]
fn the_folder_of_catboost_is_one_run() {
    check(
        &[
            (
                "night/a/catboost_info/catboost_training.json",
                r#"{
"meta":{"test_sets":["test"],"test_metrics":[{"best_value":"Min","name":"Logloss"},{"best_value":"Max","name":"AUC"}],"learn_metrics":[{"best_value":"Min","name":"Logloss"}],"launch_mode":"Train","parameters":"","iteration_count":2,"learn_sets":["learn"],"name":"experiment"},
"iterations":[
{"learn":[0.5],"iteration":0,"passed_time":0.04,"remaining_time":0.6,"test":[0.75,0.5]},
{"learn":[0.25],"iteration":1,"passed_time":0.05,"remaining_time":0.3,"test":[0.5,0.875]}
]}"#,
            ),
            (
                "night/a/catboost_info/learn_error.tsv",
                "iter\tLogloss\n0\t0.5\n1\t0.25\n",
            ),
            (
                "night/a/catboost_info/time_left.tsv",
                "iter\tPassed\tRemaining\n0\t46\t652\n1\t46\t303\n",
            ),
            ("night/a/params.json", r#"{"depth":6}"#),
            ("night/a/metrics.json", r#"{"held_out":0.5}"#),
        ],
        &expect![[r#"
            night/a/catboost_info/catboost_training.json as catboost, learn/Logloss min, test/Logloss min, test/AUC max
            depth=6, metric learn/Logloss=0.25 of 2, metric test/Logloss=0.5 of 2, metric test/AUC=0.875 of 2, metric held_out=0.5, @id=night/a, @name=a
        "#]],
    );
}

/// What `CatBoost` writes of one round.
const ONE_ROUND: &str = r#"{"meta":{"learn_metrics":[{"best_value":"Min","name":"Logloss"}],"learn_sets":["learn"],"test_sets":[],"test_metrics":[]},
"iterations":[{"learn":[0.5],"iteration":0}]}"#;

#[test]
fn what_lies_beside_the_folder_of_catboost_is_taken_only_where_it_is_of_its_run() {
    // A list of runs is none of its metrics, and a training with a log of its own keeps its configuration.
    check(
        &[
            ("a/catboost_info/catboost_training.json", ONE_ROUND),
            (
                "a/results.json",
                r#"[{"lr":0.1,"loss":1},{"lr":0.2,"loss":2}]"#,
            ),
            ("b/catboost_info/catboost_training.json", ONE_ROUND),
            ("b/config.json", r#"{"lr":0.5}"#),
            ("b/history.csv", "epoch,loss,val_loss\n0,1,2\n1,0.5,1\n"),
        ],
        &expect![[r#"
            a/catboost_info/catboost_training.json as catboost, learn/Logloss min
            a/results.json as json
            b/catboost_info/catboost_training.json as catboost, learn/Logloss min
            b/config.json as training-folders
            metric learn/Logloss=0.5 of 1, @id=a, @name=a
            lr=0.1, metric loss=1
            lr=0.2, metric loss=2
            metric learn/Logloss=0.5 of 1, @id=b, @name=b
            lr=0.5, metric loss=0.5 of 2, metric val_loss=1 of 2, @id=b, @name=b
        "#]],
    );
    // One has a folder of another name.
    check(
        &[
            ("a_model/catboost_training.json", ONE_ROUND),
            ("catboost_info/catboost_training.json", ONE_ROUND),
            ("params.json", r#"{"depth":4}"#),
        ],
        &expect![[r#"
            a_model/catboost_training.json as catboost, learn/Logloss min
            catboost_info/catboost_training.json as catboost, learn/Logloss min
            metric learn/Logloss=0.5 of 1, @id=a_model, @name=a_model
            depth=4, metric learn/Logloss=0.5 of 1, @id=., @name=catboost_info
        "#]],
    );
}

#[test]
fn trials_of_optuna_may_be_written_as_json() {
    check(
        &[(
            "trials.json",
            r#"[{"number":0,"value":0.5,"datetime_start":1600000000000,"datetime_complete":1600000001000,"params_x":1,"state":"COMPLETE"},
                {"number":1,"value":null,"datetime_start":1600000002000,"datetime_complete":null,"params_x":2,"state":"RUNNING"}]"#,
        )],
        &expect![[r#"
            trials.json as json
            x=1, metric value=0.5, @id=0, @start=2020-09-13T12:26:40Z, @end=2020-09-13T12:26:41Z, @status=finished
            x=2, @id=1, @start=2020-09-13T12:26:42Z, @status=running
        "#]],
    );
}

#[test]
fn a_guild_run_that_waits_is_scheduled() {
    let folder = "runs/0123abcd0123abcd0123abcd0123abcd/.guild";
    let path = |name: &str| format!("{folder}/{name}");
    for (marker, status) in [
        ("STAGED", "scheduled"),
        ("PENDING", "scheduled"),
        ("LOCK", "running"),
    ] {
        let (opref, flags, marker) = (path("opref"), path("attrs/flags"), path(marker));
        let dropped: Vec<(&str, &[u8])> =
            vec![(&opref, b"x"), (&flags, b"lr: 0.1"), (&marker, b"")];
        let got = told(&read(&files(&dropped)));
        assert!(got.contains(&format!("@status={status}")), "{got}");
    }
}

/// A study with a trial that is over, one that runs and has no params yet, and one that waits.
const JOURNAL: &str = r#"{"op_code":0,"worker_id":"w","study_name":"s","directions":[1]}
{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":"2026-06-10T21:07:07.559797"}
{"op_code":5,"worker_id":"w","trial_id":0,"param_name":"x","param_value_internal":0.5,"distribution":"{\"name\": \"FloatDistribution\", \"attributes\": {\"step\": null, \"low\": 0.0, \"high\": 1.0, \"log\": false}}"}
{"op_code":6,"worker_id":"w","trial_id":0,"state":1,"values":[0.25],"datetime_complete":"2026-06-10T21:07:08.559797"}
{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":"2026-06-10T21:07:09.123456"}
{"op_code":4,"worker_id":"w","study_id":0,"state":4,"datetime_start":null,"datetime_complete":null,"system_attrs":{"fixed_params":{"x":0.75}},"params":{},"distributions":{},"user_attrs":{},"intermediate_values":{}}
"#;

#[test]
fn trials_that_run_or_wait_are_the_same_in_both_exports() {
    let table = "number,value,datetime_start,datetime_complete,duration,params_x,state\n\
        0,0.25,2026-06-10 21:07:07.559797,2026-06-10 21:07:08.559797,0 days 00:00:01,0.5,COMPLETE\n\
        1,,2026-06-10 21:07:09.123456,,,,RUNNING\n2,,,,,,WAITING\n";
    for (first, second) in [
        (("a/s.log", JOURNAL), ("b/trials.csv", table)),
        (("a/trials.csv", table), ("b/s.log", JOURNAL)),
        (("a/s.log", JOURNAL), ("b/t.log", JOURNAL)),
    ] {
        let dropped = [
            (first.0, first.1.as_bytes()),
            (second.0, second.1.as_bytes()),
        ];
        let (_, ledger) = read(&files(&dropped));
        assert_eq!(ledger.rows(), 3, "{} and {}", first.0, second.0);
        assert_eq!(ledger.sources()[1].shared[0].runs, 3);
    }
}

#[test]
fn a_param_that_optuna_refused_is_none() {
    let mut journal = JOURNAL.to_owned();
    for distribution in [
        r#"{\"name\": \"FloatDistribution\", \"attributes\": {\"step\": null, \"low\": 0.0, \"high\": 9.0, \"log\": true}}"#,
        r#"{\"name\": \"CategoricalDistribution\", \"attributes\": {\"choices\": [1, 2]}}"#,
    ] {
        writeln!(journal, r#"{{"op_code":5,"worker_id":"w","trial_id":1,"param_name":"x","param_value_internal":1.0,"distribution":"{distribution}"}}"#).unwrap();
    }
    // Another range is no other distribution.
    writeln!(journal, r#"{{"op_code":5,"worker_id":"w","trial_id":2,"param_name":"x","param_value_internal":4.0,"distribution":"{{\"name\": \"FloatDistribution\", \"attributes\": {{\"step\": null, \"low\": 0.0, \"high\": 9.0, \"log\": false}}}}"}}"#).unwrap();
    check(
        &[("s.log", &journal)],
        &expect![[r#"
        s.log as optuna-journal, value min
        x=0.5, metric value=0.25, @id=s/0, @name=s/0, @group=s, @status=finished, @start=2026-06-10T21:07:07.559Z, @end=2026-06-10T21:07:08.559Z
        @id=s/1, @name=s/1, @group=s, @status=running, @start=2026-06-10T21:07:09.123Z
        x=4, tag fixed_params.x=0.75, @id=s/2, @name=s/2, @group=s, @status=scheduled
    "#]],
    );
}

#[test]
fn histories_with_very_long_rows_are_histories() {
    let columns = 12_000;
    let mut text = String::from("step");
    for column in 0..columns {
        write!(text, ",layer.{column}.norm").unwrap();
    }
    for step in 0..12 {
        write!(text, "\n{}", step * 10).unwrap();
        for column in 0..columns {
            write!(text, ",0.{}", column * 7 + step).unwrap();
        }
    }
    let (plan, ledger) = read_text("norms.csv", &text);
    assert_eq!(
        (plan.units[0].format.as_str(), ledger.rows()),
        ("training-log", 1)
    );
    let mut long = String::from("run_id,step");
    for column in 0..columns {
        write!(long, ",m{column}").unwrap();
    }
    for row in 0..12 {
        write!(long, "\n{},{}", ["a", "b"][row / 6], row % 6).unwrap();
        for column in 0..columns {
            write!(long, ",0.{}", column * 7 + row).unwrap();
        }
    }
    let (plan, ledger) = read_text("wide.csv", &long);
    assert_eq!(
        (plan.units[0].format.as_str(), ledger.rows()),
        ("step-table", 2)
    );
}

#[test]
fn histories_say_how_their_runs_ended() {
    let text = "run_id,status,state,lr,step,loss\n\
        a,running,Ohio,0.1,0,3\na,finished,Ohio,0.1,1,2\n\
        b,failed,Iowa,0.2,0,9\nb,failed,Iowa,0.2,1,8\n\
        c,pruned,Ohio,0.3,0,5\nc,pruned,Ohio,0.3,1,4\n";
    check(
        &[("steps.csv", text)],
        &expect![[r#"
        steps.csv as step-table
        state='Ohio', lr=0.1, metric loss=2 of 2, @id=a, @status=finished
        state='Iowa', lr=0.2, metric loss=8 of 2, @id=b, @status=failed
        state='Ohio', lr=0.3, metric loss=4 of 2, @id=c, @status=pruned
    "#]],
    );
}

#[test]
fn json_that_is_no_run_is_none() {
    let table = r#"{"schema": 1, "values": {"lr": 0.1, "units": 32}, "ongoing_trials": {}, "end_order": ["0", "1"]}"#;
    check(
        &[
            ("oracle.json", table),
            (
                "package.json",
                r#"{"name": "x", "version": "1.0.0", "scripts": {"test": "jest"}, "contributors": [{"name": "a"}, {"name": "b"}]}"#,
            ),
            (
                "settings.json",
                r#"{"editor.fontSize": 12, "files.exclude": {"a": true}, "workbench": {"theme": "dark"}}"#,
            ),
            (
                "config.json",
                r#"{"vocab_size": 30522, "hidden_dropout_prob": 0.1, "model_type": "bert", "return_dict": true}"#,
            ),
            (
                "labels.json",
                r#"{"en": {"title": "Runs", "test": "Try"}, "de": {"title": "Läufe", "test": "Versuch"}}"#,
            ),
            (
                "places.json",
                r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "name": "x"}, {"type": "Feature", "name": "y"}]}"#,
            ),
        ],
        &expect![[r#"
            oracle.json: its name says that it is what Keras Tuner keeps of its search: drop the folder with its trials
            package.json: its name says that it is a setting of a program: drop what it has written
            settings.json: it is JSON, but nothing in it looks like the params and metrics of a run: drop the folder in which it lies, or JSON with an object a run
            config.json: it is JSON, but nothing in it looks like the params and metrics of a run: drop the folder in which it lies, or JSON with an object a run
            labels.json: it is JSON, but nothing in it looks like the params and metrics of a run: drop the folder in which it lies, or JSON with an object a run
            places.json: it is JSON, but nothing in it looks like the params and metrics of a run: drop the folder in which it lies, or JSON with an object a run
        "#]],
    );
    // A file of one run says what came out of it.
    check(
        &[
            (
                "a/run_1.json",
                r#"{"lr": 0.1, "model": {"layers": 3}, "val_loss": 0.25}"#,
            ),
            (
                "a/run_2.json",
                r#"{"params": {"x": 1}, "metrics": {"y": 2}}"#,
            ),
            ("b/results.json", r#"{"x": 1, "y": 2}"#),
        ],
        &expect![[r#"
            a/run_1.json as json
            a/run_2.json as json
            b/results.json as json
            lr=0.1, model.layers=3, metric val_loss=0.25, @name=run_1
            x=1, metric y=2, @name=run_2
            x=1, y=2, @name=b
        "#]],
    );
    // What is larger than what is looked at first is judged when it is read.
    let words: Vec<String> = (0..9000)
        .map(|word| format!("\"word{word}\": \"Wort {word}\""))
        .collect();
    let large = format!("{{\"texts\": {{{}}}, \"n\": 1}}", words.join(", "));
    check(
        &[("large.json", &large)],
        &expect![[r#"
        large.json as json
        ! : nothing in it looks like a param or a metric of a run (nothing was taken from it)
    "#]],
    );
}

#[test]
fn hydra_runs_have_what_their_program_logged() {
    check(
        &[
            (
                "outputs/a/.hydra/config.yaml",
                "lr: 0.1\nwhere: ${oc.env:HOME}\n",
            ),
            (
                "outputs/a/csv/version_0/metrics.csv",
                "epoch,reward,step\n0,0.5,9\n1,0.75,19\n2,1.5,29\n",
            ),
            ("outputs/a/csv/version_0/hparams.yaml", "lr: 0.1\n"),
            ("outputs/a/train.log", "done\n"),
            ("outputs/b/.hydra/config.yaml", "lr: 0.2\n"),
            (
                "outputs/b/log.jsonl",
                "{\"step\": 1, \"loss\": 0.5}\n{\"step\": 2, \"loss\": NaN}\n",
            ),
            ("outputs/b/summary.json", "{\"accuracy\": 0.5}"),
        ],
        &expect![[r#"
            outputs/a/.hydra/config.yaml as hydra
            lr=0.1, where='${oc.env:HOME}', metric epoch=2 of 3, metric reward=1.5 of 3, @id=a
            lr=0.2, metric loss=NaN of 2, metric accuracy=0.5, @id=b
        "#]],
    );
}

#[test]
fn a_log_called_so_may_measure_anything() {
    check(
        &[
            (
                "x/metrics.csv",
                "epoch,reward,step\n0,0.5,9\n1,0.75,19\n2,,29\n",
            ),
            (
                "x/hparams.yaml",
                "env: CartPole\nlayers: !!python/tuple\n- 64\n- 64\n",
            ),
        ],
        &expect![[r#"
            x/hparams.yaml as training-folders
            env='CartPole', layers.0=64, layers.1=64, metric epoch=2 of 3, metric reward=0.75 of 2, @id=x, @name=x
        "#]],
    );
    // A table of runs that are numbered by their steps is none.
    let runs = "step,batch_size,fitness\n1,16,0.5\n2,32,0.25\n3,16,0.75\n4,64,0.5\n";
    assert_eq!(read_text("sweep.csv", runs).1.rows(), 4);
}

#[test]
fn curves_that_tensorboard_downloads_are_of_the_runs_they_name() {
    let curve = "Wall time,Step,Value\n1700000000.5,0,1.0\n1700000001.5,1,0.5\n";
    check(
        &[
            ("d/run-a-tag-loss.csv", curve),
            ("d/run-a-tag-val_acc.csv", curve),
            ("d/run-b-tag-loss.csv", curve),
        ],
        &expect![[r#"
            d/run-a-tag-loss.csv as tensorboard-table
            metric loss=0.5 of 2, metric val_acc=0.5 of 2, @id=a, @name=a
            metric loss=0.5 of 2, @id=b, @name=b
        "#]],
    );
}

#[test]
fn older_and_newer_trackers() {
    // W&B before 0.10.
    check(
        &[
            (
                "wandb/run-20200101_000000-abc/wandb-summary.json",
                r#"{"loss": 0.25, "best": 0.5, "_step": 1}"#,
            ),
            (
                "wandb/run-20200101_000000-abc/config.yaml",
                "lr:\n  desc: null\n  value: 0.1\nwandb_version: 1\n",
            ),
            (
                "wandb/run-20200101_000000-abc/wandb-history.jsonl",
                "{\"loss\": 0.5, \"_step\": 0, \"_timestamp\": 1577836800.5}\n{\"loss\": 0.25, \"_step\": 1}\n",
            ),
        ],
        &expect![[r#"
            wandb/run-20200101_000000-abc/config.yaml as wandb-log
            lr=0.1, metric best=0.5, metric loss=0.25 of 2, @id=abc
        "#]],
    );
    // Neptune before 1.0.
    check(
        &[(
            ".neptune/offline/run__1234/data-1.log",
            "{\"obj\": {\"type\": \"AssignFloat\", \"path\": [\"params\", \"lr\"], \"value\": 0.1}, \"version\": 1}\n{\"obj\": {\"type\": \"LogFloats\", \"path\": [\"loss\"], \"values\": [{\"value\": 0.5, \"step\": 1, \"ts\": 1700000000}]}, \"version\": 2}\n",
        )],
        &expect![[r#"
            .neptune/offline/run__1234/data-1.log as neptune-offline
            params/lr=0.1, metric loss=0.5 of 1, @id=1234
        "#]],
    );
    // DVC 2.
    check(
        &[(
            "exp.json",
            r#"{"workspace": {"baseline": {"data": {"params": {"params.yaml": {"data": {"lr": 9}}}}}}, "c0ffee": {"baseline": {"data": {}}, "e1": {"data": {"name": "exp-1", "timestamp": "2022-01-01T00:00:00", "queued": false, "running": false, "params": {"params.yaml": {"data": {"lr": 0.1}}}, "metrics": {"metrics.json": {"data": {"acc": 0.5}}}}}, "e2": {"data": {"name": "exp-2", "queued": true, "params": {"params.yaml": {"data": {"lr": 0.2}}}}}}}"#,
        )],
        &expect![[r#"
            exp.json as dvc-experiments
            lr=0.1, metric acc=0.5, tag rev='e1', @id=exp-1, @name=exp-1, @status=finished, @start=2022-01-01T00:00:00Z
            lr=0.2, tag rev='e2', @id=exp-2, @name=exp-2, @status=scheduled
        "#]],
    );
    // Sacred with several results; Ray with what JSON cannot hold.
    check(
        &[
            (
                "runs/1/run.json",
                r#"{"experiment": {"name": "e"}, "status": "TIMEOUT", "heartbeat": null, "result": {"acc": 0.5, "loss": {"dtype": "float64", "value": 0.25}}}"#,
            ),
            ("runs/1/config.json", r#"{"seed": 1}"#),
            (
                "ray/t_0/params.json",
                r#"{"lr": 0.1, "env": {"_type": "CLOUDPICKLE_FALLBACK", "value": "80"}, "net": {"act": "relu"}}"#,
            ),
            (
                "ray/t_0/result.json",
                "{\"loss\": 0.5, \"training_iteration\": 1, \"trial_id\": \"t_0\", \"done\": true}\n",
            ),
        ],
        &expect![[r#"
            runs/1/config.json as sacred
            ray/t_0/params.json as ray-tune
            seed=1, metric result.acc=0.5, metric result.loss=0.25, @id=1, @status=failed, @group=e
            lr=0.1, net.act='relu', metric loss=0.5 of 1, @id=t_0, @status=finished, @name=t_0
        "#]],
    );
}

#[test]
fn params_of_dvc_beside_the_folder_of_dvclive() {
    check(
        &[
            ("p/dvclive/metrics.json", r#"{"step": 1, "loss": 0.5}"#),
            (
                "p/dvclive/plots/metrics/loss.tsv",
                "step\tloss\n0\t1.0\n1\t0.5\n",
            ),
            ("p/params.yaml", "lr: 0.1\n"),
        ],
        &expect![[r#"
            p/dvclive/metrics.json as dvclive
            lr=0.1, metric loss=0.5 of 2, @id=p, @name=p
        "#]],
    );
}

#[test]
fn metrics_of_dvc_come_before_params() {
    check(
        &[(
            "exp.csv",
            "Experiment,rev,typ,Created,parent,hits,val_loss,metrics.json:acc,lr,knob,params.yaml:acc\n\
             ,workspace,baseline,,,1,0.5,0.5,0.1,0.123456,2\n\
             a,1234567,branch_base,2026-01-01 00:00:00,,7,0.25,0.75,0.2,0.654321,3\n\
             b,2345678,checkpoint_tip,2026-01-01 00:00:00,,8,!,0.5,0.3,0.754321,4\n",
        )],
        &expect![[r#"
            exp.csv as dvc-experiments-table
            lr=0.2, knob=0.654321, params.yaml:acc=3, metric hits=7, metric val_loss=0.25, metric metrics.json:acc=0.75, tag rev='1234567', @id=a, @name=a, @status=finished, @start=2026-01-01T00:00:00Z
            lr=0.3, knob=0.754321, params.yaml:acc=4, metric hits=8, metric metrics.json:acc=0.5, tag rev='2345678', @id=b, @name=b, @status=finished, @start=2026-01-01T00:00:00Z
        "#]],
    );
}

#[test]
fn params_of_dvc_come_after_metrics_whatever_they_are_called() {
    check(
        &[(
            "exp.csv",
            "Experiment,rev,typ,Created,parent,score,lr,val.acc,step,odd,train.lr,train.layers,seed,name,train.py\n\
             a,1234567,branch_commit,2026-01-01T00:00:00,,1.0,5.0,0.75,3,nan,0.5,\"[32, 64]\",2,007,d24071c277895e8c32d6534853823ecd\n",
        )],
        &expect![[r#"
            exp.csv as dvc-experiments-table
            lr=5, odd=NaN, train.lr=0.5, train.layers='[32, 64]', seed=2, name=7, metric score=1, metric val.acc=0.75, tag rev='1234567', tag train.py='d24071c277895e8c32d6534853823ecd', @id=a, @name=a, @status=finished, @start=2026-01-01T00:00:00Z
        "#]],
    );
}

#[test]
fn results_of_the_trainer_are_its_runs() {
    check(
        &[
            (
                "out/trainer_state.json",
                r#"{"global_step": 2, "log_history": [{"loss": 0.5, "step": 2}, {"train_loss": 0.75, "step": 2}]}"#,
            ),
            (
                "out/all_results.json",
                r#"{"epoch": 1.0, "train_loss": 0.75, "eval_accuracy": 0.5}"#,
            ),
            ("out/config.json", r#"{"vocab_size": 30522}"#),
            (
                "out/tokenizer.json",
                r#"{"model": {"vocab": {"loss": 1, "test": 2}}}"#,
            ),
        ],
        &expect![[r#"
            out/config.json: it is JSON, but nothing in it looks like the params and metrics of a run: drop the folder in which it lies, or JSON with an object a run
            out/tokenizer.json: its name says that it is a part of a model: drop the trainer_state.json beside it
            out/trainer_state.json as hugging-face-trainer
            global_step=2, metric eval_accuracy=0.5, metric loss=0.5 of 1, metric train_loss=0.75 of 1, @name=out
        "#]],
    );
}

#[test]
fn points_of_aim_have_what_is_known_of_their_run() {
    check(
        &[(
            "m.csv",
            "idx,step,value,epoch,time,run.hash,run.name,run.active,run.creation_time,run.hparams.lr,metric.name,metric.context.subset\n\
             0,0,0.5,0,2026-01-01 00:00:00.5,abc,first,False,1700000000.25,0.1,loss,val\n\
             1,1,,0,2026-01-01 00:00:01.5,abc,first,False,1700000000.25,0.1,loss,val\n",
        )],
        &expect![[r#"
            m.csv as aim-metrics
            hparams.lr=0.1, metric loss subset=val=NaN of 2, @id=abc, @name=first, @start=2023-11-14T22:13:20.25Z
        "#]],
    );
}

#[test]
fn a_folder_of_swanlab_alone_has_its_config() {
    let log = b":SWL\xd6\xe1\x02".as_slice();
    let drop = read(&files(&[
        ("run-1/run-abc.swanlab", log),
        (
            "run-1/files/config.yaml",
            b"lr:\n  desc: ''\n  sort: 0\n  value: 0.1\n",
        ),
    ]));
    expect![[r#"
        run-1/run-abc.swanlab as swanlab
        lr=0.1, @id=abc, @status=running
    "#]]
    .assert_eq(&told(&drop));
}

#[test]
fn a_table_of_the_guide_to_the_api_of_wandb_has_its_dicts_apart() {
    check(
        &[(
            "project.csv",
            ",summary,config,name\n\
             0,\"{'_step': 9, 'loss': 0.25, 'best': {'acc': nan}, 'plot': {'_type': 'image'}}\",\"{'lr': 0.1, 'opt': 'it\\'s', 'layers': [64, 32]}\",first\n\
             1,{},\"{'lr': 0.2, 'opt': None}\",second\n\
             2,{},no dict,third\n",
        )],
        &expect![[r#"
            project.csv as wandb-api-table
            ! line 4: its config is no dict (left out)
            lr=0.1, opt='it's', layers.0=64, layers.1=32, metric loss=0.25, metric best.acc=NaN, @name=first
            lr=0.2, @name=second
            @name=third
        "#]],
    );
}

#[test]
fn results_of_ray_as_a_table_are_its_trials() {
    check(
        &[(
            "results.csv",
            "loss,timestamp,done,training_iteration,trial_id,pid,time_total_s,detail/acc,config/lr,config/net/hidden,logdir\n\
             0.5,1795405266,True,8,a_0,55,9.5,0.25,0.1,32,a\n\
             0.25,1795405267,True,2,a_1,56,9.75,0.5,0.2,64,b\n",
        )],
        &expect![[r#"
            results.csv as ray-table
            lr=0.1, net.hidden=32, metric loss=0.5, metric training_iteration=8, metric detail/acc=0.25, tag timestamp=1795405266, tag pid=55, tag time_total_s=9.5, tag logdir='a', @id=a_0
            lr=0.2, net.hidden=64, metric loss=0.25, metric training_iteration=2, metric detail/acc=0.5, tag timestamp=1795405267, tag pid=56, tag time_total_s=9.75, tag logdir='b', @id=a_1
        "#]],
    );
}

#[test]
fn a_search_by_halving_gives_its_candidates_resources() {
    check(
        &[(
            "halving.csv",
            ",iter,n_resources,mean_fit_time,param_C,params,split0_test_score,mean_test_score,rank_test_score\n\
             0,0,20,0.5,0.1,{'C': 0.1},0.75,0.75,1\n",
        )],
        &expect![[r#"
            halving.csv as sklearn-cv-results, mean_test_score max
            C=0.1, metric mean_fit_time=0.5, metric split0_test_score=0.75, metric mean_test_score=0.75, metric rank_test_score=1, tag iter=0, tag n_resources=20, @id=0, @name=halving.csv#0, @status=finished
        "#]],
    );
}
