//! What the rules of a tracker's format allow and the fixtures happen not to have.

use crate::drop::{borrowed, check, files, read, told};
use crc::{CRC_32_ISO_HDLC, Crc};
use expect_test::expect;

/// An experiment of MLflow with a run, as the files of its folder.
const EXPERIMENT: &str =
    "artifact_location: x\nexperiment_id: '7'\nlifecycle_stage: active\nname: mine\n";
const RUN: &str =
    "experiment_id: '7'\nlifecycle_stage: active\nrun_uuid: aa\nname: old name\nstatus: 3\n";

#[test]
fn mlflow_without_the_folders_above() {
    // What lies in an experiment's folder was dropped.
    check(
        &[
            ("meta.yaml", EXPERIMENT),
            ("aa/meta.yaml", RUN),
            ("aa/params/lr", "0.1"),
            ("tags/owner", "ana"),
            ("notes.csv", "lr,loss\n0.5,0.25\n"),
        ],
        &expect![[r#"
            meta.yaml as mlflow-files
            notes.csv as delimited
            lr=0.1, tag experiment='mine', @id=aa, @name=old name, @status=finished
            lr=0.5, metric loss=0.25
        "#]],
    );
    // What lies in a run's.
    check(
        &[
            ("meta.yaml", RUN),
            ("params/opt/lr", "0.1"),
            (
                "metrics/val/loss",
                "1600000000000 0.5 0\n1600000000001 nan 1\n",
            ),
            ("metrics/empty", ""),
            ("artifacts/model/config.json", r#"{"hidden": 3}"#),
            ("notes.csv", "lr,loss\n0.5,0.25\n"),
        ],
        &expect![[r#"
            meta.yaml as mlflow-files
            notes.csv as delimited
            opt/lr=0.1, metric val/loss=NaN of 2, @id=aa, @name=old name, @status=finished
            lr=0.5, metric loss=0.25
        "#]],
    );
}

#[test]
fn points_of_mlflow_before_1_have_seconds_and_no_step() {
    let (_, ledger) = read(&files(&[
        ("e/meta.yaml", EXPERIMENT.as_bytes()),
        ("e/aa/meta.yaml", RUN.as_bytes()),
        ("e/aa/metrics/loss", b"1549999999 0.5\n1550000000 0.25\n"),
    ]));
    let column = ledger
        .columns()
        .iter()
        .find(|column| column.name() == "loss");
    let history = column.and_then(|column| column.history()).unwrap();
    let times: Vec<i64> = history.points().map(|point| point.millis).collect();
    assert_eq!(times, [1_549_999_999_000, 1_550_000_000_000]);
}

#[test]
fn params_of_mlflow_in_json_are_what_they_are_in_a_table() {
    check(
        &[(
            "runs.json",
            r#"[{"run_id":"a","experiment_id":"1","status":"FINISHED","params.amp":"True","params.opt":"None","metrics.loss":0.5,"tags.mlflow.log-model.history":"[{}]","start_time":1600000000000},
                {"run_id":"b","experiment_id":"1","status":"KILLED","params.amp":"False","metrics.loss":null,"start_time":1600000000000}]"#,
        )],
        &expect![[r#"
            runs.json as mlflow-records
            amp=true, opt='None', metric loss=0.5, tag experiment_id='1', @id=a, @status=finished, @start=2020-09-13T12:26:40Z
            amp=false, tag experiment_id='1', @id=b, @status=killed, @start=2020-09-13T12:26:40Z
        "#]],
    );
}

#[test]
fn what_the_rest_api_of_mlflow_answers() {
    check(
        &[(
            "runs.json",
            r#"{"runs":[
                {"info":{"run_uuid":"a","run_id":"a","run_name":"first","experiment_id":"1","status":"FINISHED","start_time":"1600000000000","end_time":1600000060000,"artifact_uri":"x","lifecycle_stage":"active"},
                 "data":{"metrics":[{"key":"loss","value":0.5,"timestamp":1600000050000,"step":"7"},{"key":"odd","value":"NaN","timestamp":1600000050000,"step":0}],"params":[{"key":"lr","value":"0.1"},{"key":"opt","value":"adam"}],"tags":[{"key":"mlflow.parentRunId","value":"p"}]},"inputs":{}},
                {"info":{"run_id":"b","experiment_id":"1","status":"RUNNING","artifact_uri":"x","lifecycle_stage":"deleted"},"data":{}}],
              "next_page_token":"xyz"}"#,
        )],
        &expect![[r#"
            runs.json as mlflow-rest
            ! : runs that MLflow shows as deleted: 1 (left out, as in MLflow)
            lr=0.1, opt='adam', metric loss=0.5 of 1, metric odd=NaN of 1, tag experiment_id='1', tag mlflow.parentRunId='p', @id=a, @name=first, @status=finished, @start=2020-09-13T12:26:40Z, @end=2020-09-13T12:27:40Z, @parent=p
        "#]],
    );
    // As `[run.to_dictionary() for run in client.search_runs(...)]`.
    check(
        &[(
            "runs.json",
            r#"[{"info":{"run_id":"a","run_name":"first","experiment_id":"1","status":"FAILED","start_time":1600000000000,"end_time":null,"artifact_uri":"x","lifecycle_stage":"active"},
                 "data":{"metrics":{"loss":0.5},"params":{"lr":"0.1"},"tags":{"mlflow.runName":"first"}}}]"#,
        )],
        &expect![[r#"
            runs.json as mlflow-rest
            lr=0.1, metric loss=0.5, tag experiment_id='1', tag mlflow.runName='first', @id=a, @name=first, @status=failed, @start=2020-09-13T12:26:40Z
        "#]],
    );
}

#[test]
fn what_the_page_of_mlflow_downloads() {
    check(
        &[(
            "runs.csv",
            "\"Start Time\",\"Duration\",\"Run ID\",\"Name\",\"Source Type\",\"Source Name\",\"User\",\"Status\",\"kind\",\"lr\",\"stride\",\"elbo\",\"knob\",\"loss\",\"val_acc\",\"stage\"\n\
             \"2026-01-01 12:00:00\",\"1.5min\",\"aaaa\",\"first\",\"LOCAL\",\"train.py\",\"ana\",\"FINISHED\",\"x\",\"0.1\",\"3\",\"'-2.5\",\"4\",\"0.5\",\"0.75\",\"dev\"\n\
             \"2026-01-01 12:01:00\",\"\",\"bbbb\",\"second\",\"LOCAL\",\"train.py\",\"ana\",\"RUNNING\",\"y\",\"0.2\",\"\",\"'-3.25\",\"\",\"\",\"\",\"dev\"\n",
        )],
        &expect![[r#"
            runs.csv as mlflow-table
            kind='x', lr=0.1, stride=3, metric elbo=-2.5, metric knob=4, metric loss=0.5, metric val_acc=0.75, tag Duration='1.5min', tag Source Type='LOCAL', tag Source Name='train.py', tag User='ana', tag stage='dev', @start=2026-01-01T12:00:00Z, @id=aaaa, @name=first, @status=finished
            kind='y', lr=0.2, metric elbo=-3.25, tag Source Type='LOCAL', tag Source Name='train.py', tag User='ana', tag stage='dev', @start=2026-01-01T12:01:00Z, @id=bbbb, @name=second, @status=running
        "#]],
    );
    // A chart's curves name the run and its id.
    check(
        &[(
            "chart.csv",
            "Run,Run ID,metric,step,timestamp,value\n\
             same name,aaaa,loss,0,1600000000000,1\nsame name,aaaa,loss,1,1600000001000,0.5\n\
             same name,bbbb,loss,0,1600000000000,2\n",
        )],
        &expect![[r#"
            chart.csv as long-form
            metric loss=0.5 of 2, @id=aaaa, @name=same name
            metric loss=2 of 1, @id=bbbb, @name=same name
        "#]],
    );
}

/// A field of a message: a text or a message of fewer than 128 bytes.
pub(crate) fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let varint = |mut rest: usize| {
        let mut bytes = Vec::new();
        while rest > 127 {
            bytes.push(rest as u8 | 128);
            rest >>= 7;
        }
        bytes.push(rest as u8);
        bytes
    };
    let key = (usize::from(number) << 3) | 2;
    [varint(key), varint(content.len()), content.to_vec()].concat()
}

/// An item of a config, summary or history.
fn item(key: &str, value: &str) -> Vec<u8> {
    field(
        1,
        &[field(1, key.as_bytes()), field(16, value.as_bytes())].concat(),
    )
}

fn whole(number: u8, value: u8) -> Vec<u8> {
    vec![number << 3, value]
}

/// A log of W&B.
pub(crate) fn log(records: &[Vec<u8>]) -> Vec<u8> {
    let mut log = b":W&B\xe1\xbe\x00".to_vec();
    for record in records {
        let (mut rest, mut is_first) = (record.as_slice(), true);
        while is_first || !rest.is_empty() {
            let mut room = 32768 - log.len() % 32768;
            if room < 7 {
                log.resize(log.len() + room, 0);
                room = 32768;
            }
            // A fragment ends the block, another begins the next.
            let (data, after) = rest.split_at(rest.len().min(room - 7));
            let kind = match (is_first, after.is_empty()) {
                (true, true) => 1,
                (true, false) => 2,
                (false, false) => 3,
                (false, true) => 4,
            };
            log.extend(fragment(kind, data));
            (rest, is_first) = (after, false);
        }
    }
    log
}

fn fragment(kind: u8, data: &[u8]) -> Vec<u8> {
    let sum = Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(&[&[kind], data].concat());
    let length = (data.len() as u16).to_le_bytes();
    [&sum.to_le_bytes()[..], &length[..], &[kind][..], data].concat()
}

/// A run's record: id, host, git and start in Unix seconds.
fn begun(seconds: u8) -> Vec<u8> {
    let git = [field(1, b"git@h:r.git"), field(2, b"c0ffee")].concat();
    let run = [
        field(1, b"abc"),
        field(13, b"node7"),
        field(17, &whole(1, seconds)),
        field(21, &git),
    ];
    field(17, &run.concat())
}

fn logged(step: u8, loss: &str) -> Vec<u8> {
    let items = [item("_step", &step.to_string()), item("loss", loss)];
    field(2, &items.concat())
}

/// How a process ended: exit code and seconds.
fn exit(code: u8, seconds: u8) -> Vec<u8> {
    field(18, &[whole(1, code), whole(2, seconds)].concat())
}

#[test]
fn a_run_of_wandb_that_was_resumed_ended_as_its_last_log_says() {
    let first = log(&[begun(100), logged(0, "1.0"), exit(0, 10)]);
    let again = log(&[begun(120), logged(1, "0.5"), exit(1, 5)]);
    let killed = log(&[begun(120), logged(1, "0.5")]);
    // The folder of the later one comes first by its name.
    let drop = |second: &[u8]| {
        told(&read(&files(&[
            ("wandb/run-20260101_120000-abc/run-abc.wandb", &first),
            (
                "wandb/offline-run-20260102_120000-abc/run-abc.wandb",
                second,
            ),
        ])))
    };
    expect![[r#"
        wandb/offline-run-20260102_120000-abc/run-abc.wandb as wandb-log
        metric loss=0.5 of 2, tag host='node7', tag git.remote='git@h:r.git', tag git.commit='c0ffee', tag exit_code=1, @id=abc, @status=failed, @start=1970-01-01T00:01:40Z, @end=1970-01-01T00:02:05Z
    "#]].assert_eq(&drop(&again));
    expect![[r#"
        wandb/offline-run-20260102_120000-abc/run-abc.wandb as wandb-log
        metric loss=0.5 of 2, tag host='node7', tag git.remote='git@h:r.git', tag git.commit='c0ffee', @id=abc, @status=failed, @start=1970-01-01T00:01:40Z
    "#]].assert_eq(&drop(&killed));
}

#[test]
fn a_run_of_wandb_is_called_as_its_log_however_its_folder_is_called() {
    let first = log(&[begun(100), logged(0, "1.0"), exit(0, 10)]);
    let again = log(&[begun(100), logged(1, "0.5"), exit(1, 5)]);
    let metadata = br#"{"host": "node7"}"#;
    let drop = files(&[
        // The id has a dash; the second folder was made in the second of the first.
        (
            "wandb/offline-run-20260101_120000-my-run/run-my-run.wandb",
            &first,
        ),
        (
            "wandb/offline-run-20260101_120000-my-run/files/wandb-summary.json",
            b"{}",
        ),
        (
            "wandb/offline-run-20260101_120000-my-run/files/wandb-metadata.json",
            metadata,
        ),
        (
            "wandb/offline-run-20260101_120000-my-run-1/run-my-run.wandb",
            &again,
        ),
        (
            "wandb/offline-run-20260101_120000-my-run-1/files/wandb-metadata.json",
            metadata,
        ),
        // Without a log only its folder tells.
        (
            "wandb/run-20260101_120500-your-run/files/wandb-summary.json",
            br#"{"loss": 2}"#,
        ),
    ]);
    expect![[r#"
        wandb/offline-run-20260101_120000-my-run-1/files/wandb-metadata.json as wandb-log
        metric loss=0.5 of 2, tag host='node7', tag git.remote='git@h:r.git', tag git.commit='c0ffee', tag exit_code=1, @id=abc, @status=failed, @start=1970-01-01T00:01:40Z, @end=1970-01-01T00:01:45Z
        metric loss=2, @id=your-run
    "#]].assert_eq(&told(&read(&drop)));
}

#[test]
fn what_comes_after_damage_in_a_log_of_wandb_is_read() {
    let mut records = vec![begun(100)];
    records.extend((0..1500).map(|step| logged((step % 100) as u8, "0.25")));
    records.push(logged(100, "0.125"));
    records.push(exit(0, 10));
    let mut damaged = log(&records);
    assert!(damaged.len() > 32768 + 1000);
    damaged[1000] ^= 1;
    let drop = read(&files(&[("run-abc.wandb", &damaged)]));
    let text = told(&drop);
    let points: usize = text
        .split("metric loss=0.125 of ")
        .nth(1)
        .and_then(|rest| rest.split(',').next()?.parse().ok())
        .unwrap();
    assert!((100..1400).contains(&points), "{text}");
    assert!(text.contains("a record is damaged"), "{text}");
    assert!(text.contains("@status=finished"), "{text}");
}

#[test]
fn sums_of_a_curve_of_wandb_are_no_metrics_beside_it() {
    let history = [item("_step", "0"), item("val.acc", "0.5")].concat();
    let summary = [
        item("val", r#"{"acc": {"max": 0.75}}"#),
        item("test", r#"{"acc": {"max": 0.5}}"#),
    ];
    let log = log(&[begun(100), field(2, &history), field(3, &summary.concat())]);
    expect![[r#"
        run-abc.wandb as wandb-log
        metric test.acc.max=0.5, metric val.acc=0.5 of 1, tag host='node7', tag git.remote='git@h:r.git', tag git.commit='c0ffee', @id=abc, @status=failed, @start=1970-01-01T00:01:40Z
    "#]].assert_eq(&told(&read(&files(&[("run-abc.wandb", &log)]))));
}

#[test]
fn a_run_of_wandb_without_a_log_began_and_ended_as_its_metadata_says() {
    check(
        &[
            (
                "wandb/run-20190101_000000-abc/wandb-summary.json",
                r#"{"loss": 0.25}"#,
            ),
            (
                "wandb/run-20190101_000000-abc/wandb-metadata.json",
                r#"{"startedAt": "2019-01-01T00:00:00.5", "exitcode": 0, "host": "h"}"#,
            ),
        ],
        &expect![[r#"
            wandb/run-20190101_000000-abc/wandb-metadata.json as wandb-log
            metric loss=0.25, tag host='h', @id=abc, @status=finished, @start=2019-01-01T00:00:00.5Z
        "#]],
    );
}

#[test]
fn a_chart_of_wandb_may_have_the_steps_of_each_curve() {
    check(
        &[(
            "chart.csv",
            "\"Step\",\"a - _step\",\"a - loss\",\"b - _step\",\"b - loss\"\n\"0\",\"0\",\"1.5\",\"0\",\"2\"\n\"1\",\"1\",\"1.25\",\"\",\"\"\n",
        )],
        &expect![[r#"
            chart.csv as wandb-chart
            metric loss=1.25 of 2, @name=a
            metric loss=2 of 1, @name=b
        "#]],
    );
}

#[test]
fn old_archives_of_comet_have_messages_of_one_type() {
    check(
        &[
            (
                "k.zip/experiment.json",
                r#"{"offline_id": "k", "tags": null, "customer_error_message": "killed by the runner"}"#,
            ),
            (
                "k.zip/messages.json",
                r#"{"type": "ws_msg", "payload": {"param": {"paramName": "lr", "paramValue": "0.1", "step": null}, "params": null}}
{"type": "ws_msg", "payload": {"param": null, "params": {"paramName": "layers", "paramValue": [64, 32], "step": null}}}
{"type": "ws_msg", "payload": {"param": {"paramName": "curr_step", "paramValue": 1, "step": 1}}}
{"type": "ws_msg", "payload": {"context": "train", "local_timestamp": 1600000000000, "metric": {"metricName": "loss", "metricValue": "0.5", "step": 3, "epoch": null}}}
{"type": "ws_msg", "payload": {"log_other": {"key": "Name", "val": "first"}}}
{"type": "log_other", "payload": {"key": "split", "value": {"train": 0.75}}}
"#,
            ),
        ],
        &expect![[r#"
            k.zip/experiment.json as comet-offline
            lr=0.1, layers.0=64, layers.1=32, metric train_loss=0.5 of 1, tag error_message='killed by the runner', tag split.train=0.75, @id=k, @status=finished, @name=first
        "#]],
    );
}

#[test]
fn experiments_of_dvc_that_were_queued_and_what_they_depend_on() {
    check(
        &[(
            "exp.csv",
            "Experiment,rev,typ,Created,parent,State,Executor,loss,lr,seed,data/x.csv,train.py\n\
             ,workspace,baseline,,,,,0.5,0.1,1234567,22a1a29,1234567\n\
             a,1234567,branch_commit,2026-01-01T00:00:00,,Success,,0.25,0.2,1234567,22a1a29,7654321\n\
             b,2345678,branch_commit,2026-01-01T00:00:00,,Failed,dvc-task,!,0.3,7654321,22a1a29,abcdef0\n\
             c,3456789,branch_base,2026-01-01T00:00:00,,Queued,,,0.4,1234567,22a1a29,abcdef0\n",
        )],
        &expect![[r#"
            exp.csv as dvc-experiments-table
            lr=0.2, seed=1234567, metric loss=0.25, tag rev='1234567', tag data/x.csv='22a1a29', tag train.py='7654321', @id=a, @name=a, @status=finished, @start=2026-01-01T00:00:00Z
            lr=0.3, seed=7654321, tag rev='2345678', tag data/x.csv='22a1a29', tag train.py='abcdef0', @id=b, @name=b, @status=failed, @start=2026-01-01T00:00:00Z
            lr=0.4, seed=1234567, tag rev='3456789', tag data/x.csv='22a1a29', tag train.py='abcdef0', @id=c, @name=c, @status=scheduled, @start=2026-01-01T00:00:00Z
        "#]],
    );
    check(
        &[(
            "exp.json",
            r#"[{"rev": "workspace", "data": null, "experiments": null}, {"rev": "c0", "data": {}, "error": null, "experiments": [
                {"revs": [{"rev": "a1", "name": "a", "data": {"params": {"params.yaml": {"data": {"lr": 0.1}}}}, "error": null}], "executor": {"state": "running", "name": "workspace"}, "name": "a"},
                {"revs": [{"rev": "b1", "data": null, "error": null}], "executor": {"state": "queued"}, "name": "b"},
                {"revs": [{"rev": "c1", "data": null, "error": {"type": "DvcException", "msg": "out of memory"}}], "executor": {"state": "failed"}, "name": "c"}]}]"#,
        )],
        &expect![[r#"
            exp.json as dvc-experiments
            lr=0.1, tag rev='a1', @id=a, @name=a, @status=running
            tag rev='b1', @id=b, @name=b, @status=scheduled
            tag rev='c1', tag error='out of memory', @id=c, @name=c, @status=failed
        "#]],
    );
}

#[test]
fn metrics_of_dvclive_without_curves_keep_their_names() {
    check(
        &[
            (
                "r/dvclive/metrics.json",
                r#"{"step": 2, "train": {"loss": 0.5, "deep": {"x": "nan"}}, "test/acc": 0.75}"#,
            ),
            ("r/dvclive/params.yaml", "lr: 0.1\n"),
        ],
        &expect![[r#"
            r/dvclive/metrics.json as dvclive
            lr=0.1, metric test/acc=0.75 of 1, metric train/loss=0.5 of 1, metric train/deep/x=NaN of 1, @id=r, @name=r
        "#]],
    );
}

#[test]
fn neptune_goes_on_in_a_folder_of_its_own() {
    let line = |operation: &str| format!("{{\"obj\": {operation}, \"version\": 1}}\n");
    let float = |value: f64, step: u8| {
        line(&format!(
            r#"{{"type": "LogFloats", "path": ["training", "train", "loss"], "values": [{{"value": {value}, "step": {step}, "ts": 1600000000}}]}}"#
        ))
    };
    let assign = |kind: &str, path: &str, value: &str| {
        line(&format!(
            r#"{{"type": "Assign{kind}", "path": {path}, "value": {value}}}"#
        ))
    };
    let first = [
        assign("Float", r#"["training", "hyperparams", "lr"]"#, "0.1"),
        assign("Datetime", r#"["sys", "creation_time"]"#, "1600000000.5"),
        assign("Datetime", r#"["when"]"#, "1600000000.5"),
        float(1.0, 0),
    ]
    .concat();
    let folder = "async/run__u__1__r";
    let path = |exec: &str, name: &str| format!("{folder}/{exec}/{name}");
    let dropped = [
        (
            format!("{folder}/metadata.json"),
            r#"{"mode": "async", "containerId": "u", "containerType": "run"}"#.to_owned(),
        ),
        (path("exec-1", "data-1.log"), first),
        (path("exec-1", "data-2.log"), float(0.75, 0)),
        (path("exec-2", "data-1.log"), float(0.5, 0)),
    ];
    let dropped = borrowed(&dropped);
    check(
        &dropped,
        &expect![[r#"
        async/run__u__1__r/exec-1/data-1.log as neptune-offline
        training/hyperparams/lr=0.1, metric training/train/loss=0.5 of 3, tag when=2020-09-13T12:26:40.5Z, @id=u, @start=2020-09-13T12:26:40.5Z
    "#]],
    );
}

#[test]
fn results_and_failures_of_sacred_whatever_their_depth() {
    check(
        &[
            (
                "runs/1/run.json",
                r#"{"experiment": {"name": "e"}, "status": "FAILED", "heartbeat": null, "result": {"val": {"acc": 0.5, "loss": {"dtype": "float64", "value": NaN}}}, "fail_trace": ["Traceback\n", "ValueError: no\n"]}"#,
            ),
            ("runs/1/config.json", r#"{"seed": 1}"#),
        ],
        &expect![[r#"
            runs/1/config.json as sacred
            seed=1, metric result.val.acc=0.5, metric result.val.loss=NaN, tag fail_trace='Traceback\nValueError: no\n', @id=1, @status=failed, @group=e
        "#]],
    );
}

#[test]
fn pictures_and_tables_of_wandb_are_no_metrics() {
    // Newer versions log them field by field, each by the parts of its name.
    let part = |parts: &[&str], value: &str| {
        let path: Vec<u8> = parts
            .iter()
            .flat_map(|part| field(2, part.as_bytes()))
            .collect();
        field(1, &[path, field(16, value.as_bytes())].concat())
    };
    let (picture, table) = (
        [
            part(&["_step"], "0"),
            part(&["img", "width"], "4"),
            part(&["_type"], "1"),
            part(&["img", "_type"], "\"image-file\""),
            part(&["img_count"], "3"),
        ],
        [
            part(&["_step"], "1"),
            part(
                &["deep"],
                r#"{"n": 1, "tab": {"_type": "table-file", "nrows": 7}}"#,
            ),
        ],
    );
    let records = [picture.concat(), table.concat()].map(|items| field(2, &items));
    let run = log(&[vec![begun(100)], records.to_vec()].concat());
    let debug = "{\"time\":\"2026-01-01T00:00:00Z\",\"level\":\"INFO\",\"msg\":\"a\"}\n".repeat(3);
    expect![[r#"
        wandb/offline-run-20260102_120000-abc/run-abc.wandb as wandb-log
        metric deep.n=1 of 1, metric img_count=3 of 1, tag host='node7', tag git.remote='git@h:r.git', tag git.commit='c0ffee', @id=abc, @status=failed, @start=1970-01-01T00:01:40Z
    "#]].assert_eq(&told(&read(&files(&[
        ("wandb/debug-internal.log", debug.as_bytes()),
        ("wandb/offline-run-20260102_120000-abc/run-abc.wandb", &run),
    ]))));
}

#[test]
fn numbers_that_no_float_holds_are_infinities_where_they_are_numbers() {
    // What pandas makes of the infinities of MLflow's database.
    check(
        &[(
            "runs.json",
            r#"[{"run_id":"a","experiment_id":"1","params.commit":"12345e678","metrics.loss":1.797693135e+308},
                {"run_id":"b","experiment_id":"1","params.commit":"1e5","metrics.loss":-1.797693135E308},
                {"run_id":"c","experiment_id":"1","metrics.loss":1.5e+30}]"#,
        )],
        &expect![[r#"
            runs.json as mlflow-records
            commit='12345e678', metric loss=Infinity, tag experiment_id='1', @id=a
            commit=100000, metric loss=-Infinity, tag experiment_id='1', @id=b
            metric loss=1.5e30, tag experiment_id='1', @id=c
        "#]],
    );
}
