//! What people drop without care: tables of spreadsheets, files cut in the middle, exports of other services.

use crate::drop::{check, read_text};
use expect_test::expect;

#[test]
fn a_row_of_units_is_no_run() {
    check(
        &[(
            "units.csv",
            "run,lr,train time,val_loss\n,(1/s),s,-\na,0.1,12.5,0.5\nb,0.2,13.5,0.4\n",
        )],
        &expect![[r#"
            units.csv as delimited
            ! line 2: a second header, of units or the like:  (1/s) s - (row left out)
            lr=0.1, metric train time=12.5, metric val_loss=0.5, @id=a
            lr=0.2, metric train time=13.5, metric val_loss=0.4, @id=b
        "#]],
    );
    // A run that has only words is one.
    check(
        &[(
            "words.csv",
            "run,lr,val_loss\na,x,y\nb,0.2,0.4\nc,0.2,0.4\n",
        )],
        &expect![[r#"
            words.csv as delimited
            lr='x', val_loss='y', @id=a
            lr=0.2, val_loss=0.4, @id=b
            lr=0.2, val_loss=0.4, @id=c
        "#]],
    );
}

#[test]
fn percents_and_parted_thousands_are_numbers() {
    check(
        &[(
            "percent.csv",
            "run,steps,acc\na,\"1,000\",91.2%\nb,500,9 %\n",
        )],
        &expect![[r#"
            percent.csv as delimited
            metric steps=1000, metric acc=0.912, @id=a
            metric steps=500, metric acc=0.09, @id=b
        "#]],
    );
    check(
        &[(
            "deutsch.csv",
            "run;steps;acc;lr\na;1.000;91,2 %;0,5\nb;12.000;92,5 %;0,25\n",
        )],
        &expect![[r#"
            deutsch.csv as delimited
            lr=0.5, metric steps=1000, metric acc=0.912, @id=a
            lr=0.25, metric steps=12000, metric acc=0.925, @id=b
        "#]],
    );
    // Where points part fractions elsewhere in the table, they do everywhere.
    check(
        &[(
            "mixed.csv",
            "run;steps;x;lr\na;1.000;0.5;0,5\nb;12;1;0,25\nc;1;2;0,1\n",
        )],
        &expect![[r#"
            mixed.csv as delimited
            x=0.5, lr=0.5, metric steps=1, @id=a
            x=1, lr=0.25, metric steps=12, @id=b
            x=2, lr=0.1, metric steps=1, @id=c
        "#]],
    );
}

#[test]
fn days_and_months_by_name_are_times_where_times_are_expected() {
    check(
        &[(
            "jobs.csv",
            "Name,Status,Created on,End,val_loss\na,Succeeded,\"Jan 2, 2026 10:00 AM\",02.01.2026 11:00,0.5\n\
             b,Early Stopped,\"Jan 2, 2026 1:00 PM\",03.01.2026,0.4\n",
        )],
        &expect![[r#"
            jobs.csv as delimited
            metric val_loss=0.5, @name=a, @status=finished, @start=2026-01-02T10:00:00Z, @end=2026-01-02T11:00:00Z
            metric val_loss=0.4, @name=b, @status=pruned, @start=2026-01-02T13:00:00Z, @end=2026-01-03T00:00:00Z
        "#]],
    );
}

#[test]
fn a_last_line_that_is_cut_loses_its_last_cell() {
    check(
        &[("cut.csv", "run,lr,val_loss\na,0.1,0.5\nb,0.2,0.4\nc,0.")],
        &expect![[r#"
            cut.csv as delimited
            ! line 4: 2 cells where the header names 3 (the line is cut: its last cell and those that follow were taken as missing)
            lr=0.1, metric val_loss=0.5, @id=a
            lr=0.2, metric val_loss=0.4, @id=b
            @id=c
        "#]],
    );
    // Lines that are all short are written so.
    check(
        &[("short.csv", "run,lr,val_loss\na,0.1\nb,0.2")],
        &expect![[r#"
            short.csv as delimited
            ! line 2: 2 cells where the header names 3 (cells at its end were taken as missing)
            ! line 3: 2 cells where the header names 3 (cells at its end were taken as missing)
            lr=0.1, @id=a
            lr=0.2, @id=b
        "#]],
    );
    let rows = "a,0.1,0.5\n".repeat(1000);
    let text = format!("run,lr,val_loss\n{rows}\0\0\0\0\0\0");
    assert_eq!(read_text("zeros.csv", &text).1.rows(), 1000);
}

#[test]
fn names_in_camel_case_have_words() {
    check(
        &[(
            "tuning.csv",
            "batchSize,learningRate,FinalObjectiveValue,TrainingJobName,TrainingJobStatus,TrainingStartTime\n\
             32,0.1,0.5,job-1,Completed,2026-01-01 10:00:00+00:00\n64,0.2,0.4,job-2,InProgress,2026-01-01 11:00:00+00:00\n",
        )],
        &expect![[r#"
            tuning.csv as delimited
            batchSize=32, learningRate=0.1, metric FinalObjectiveValue=0.5, @name=job-1, @status=finished, @start=2026-01-01T10:00:00Z
            batchSize=64, learningRate=0.2, metric FinalObjectiveValue=0.4, @name=job-2, @status=running, @start=2026-01-01T11:00:00Z
        "#]],
    );
}

#[test]
fn words_of_states_may_say_whose_they_are() {
    check(
        &[(
            "states.json",
            r#"[{"runId":"a","status":"TrialState.COMPLETE","startTimeUtc":"2026-01-01T10:00:00Z","parameters":{"lr":0.1},"loss":1,"day":"2026-01-01"},{"runId":"b","status":"JOB_STATE_FAILED","startTimeUtc":"2026-01-01T11:00:00Z","parameters":{"lr":0.2},"loss":2,"day":"2026-01-02"}]"#,
        )],
        &expect![[r#"
            states.json as json
            lr=0.1, metric loss=1, tag day='2026-01-01', @id=a, @status=finished, @start=2026-01-01T10:00:00Z
            lr=0.2, metric loss=2, tag day='2026-01-02', @id=b, @status=failed, @start=2026-01-01T11:00:00Z
        "#]],
    );
}

#[test]
fn a_table_of_vertex_has_runs_in_experiments() {
    check(
        &[(
            "vertex.csv",
            ",experiment_name,run_name,state,param.lr,metric.loss\n0,e,r1,COMPLETE,0.1,0.5\n1,e,r2,RUNNING,0.2,0.4\n",
        )],
        &expect![[r#"
            vertex.csv as delimited
            lr=0.1, metric loss=0.5, @group=e, @name=r1, @status=finished
            lr=0.2, metric loss=0.4, @group=e, @name=r2, @status=running
        "#]],
    );
}

#[test]
fn frames_as_pandas_writes_them_by_default_are_tables() {
    let lists = r#"{"run":{"0":"a","1":"b"},"lr":{"0":0.1,"1":0.2},"val_loss":{"0":0.5,"1":null},"layers":{"0":[1,2],"1":[3]}}"#;
    check(
        &[("lists.json", lists)],
        &expect![[r#"
        lists.json as json
        lr=0.1, layers.0=1, layers.1=2, metric val_loss=0.5, @id=a
        lr=0.2, layers.0=3, @id=b
    "#]],
    );
    let named = r#"{"lr":{"a":0.1,"b":0.2},"val_loss":{"a":0.5,"b":0.4},"x":{"a":1,"b":2}}"#;
    check(
        &[("named.json", named)],
        &expect![[r#"
        named.json as json
        lr=0.1, x=1, metric val_loss=0.5, @id=a
        lr=0.2, x=2, metric val_loss=0.4, @id=b
    "#]],
    );
    // Runs by their ids stay as they are.
    let by_id = r#"{"a":{"lr":0.1,"val_loss":0.5},"b":{"lr":0.2,"val_loss":0.4}}"#;
    check(
        &[("by_id.json", by_id)],
        &expect![[r#"
        by_id.json as json
        lr=0.1, metric val_loss=0.5, @id=a
        lr=0.2, metric val_loss=0.4, @id=b
    "#]],
    );
    let split = r#"{"columns":["lr","val_loss"],"index":["a","b"],"data":[[0.1,0.5],[0.2,0.4]]}"#;
    check(
        &[("split.json", split)],
        &expect![[r#"
        split.json as json
        lr=0.1, metric val_loss=0.5, @id=a
        lr=0.2, metric val_loss=0.4, @id=b
    "#]],
    );
    let table = r#"{"schema":{"fields":[{"name":"index","type":"integer"}]},"data":[{"index":0,"lr":0.1,"val_loss":0.5},{"index":1,"lr":0.2,"val_loss":0.4}]}"#;
    check(
        &[("table.json", table)],
        &expect![[r#"
        table.json as json
        lr=0.1, metric val_loss=0.5
        lr=0.2, metric val_loss=0.4
    "#]],
    );
}

#[test]
fn broken_json_is_no_table_with_commas() {
    let text =
        "[{\"run\":\"a\",\"lr\":0.1,\"loss\":1,},\n{\"run\":\"b\",\"lr\":0.2,\"loss\":2},\n]";
    check(
        &[("r.json", text)],
        &expect![[r#"
        r.json as json
        ! after record 0, line 1: it is no JSON: trailing comma (what follows was not read)
    "#]],
    );
    check(
        &[("quotes.json", "{'run':'a','lr':0.1,'loss':1}\n")],
        &expect![[r#"
            quotes.json as json
            ! line 1: it is no JSON: key must be a string (line skipped)
        "#]],
    );
    // Names of columns may stand in brackets.
    check(
        &[("brackets.csv", "[run],[lr],[loss]\na,0.1,1\nb,0.2,2\n")],
        &expect![[r#"
            brackets.csv as delimited
            [run]='a', [lr]=0.1, metric [loss]=1
            [run]='b', [lr]=0.2, metric [loss]=2
        "#]],
    );
}

#[test]
fn what_nobody_reads_is_told_by_its_kind() {
    check(
        &[
            ("proj/.git/config", "[core]\n\tbare = false\n"),
            ("proj/a.rar", "Rar!\u{1a}\u{7}\u{1}\u{0}"),
        ],
        &expect![[r#"
            proj/.git/config: a file of the system, without runs
            proj/a.rar: it is packed by RAR: unpack it and drop that
        "#]],
    );
}

#[test]
fn documents_of_mongo_are_runs_of_sacred() {
    let run = |id: u8| {
        format!(
            r#"{{"_id":{id},"experiment":{{"name":"e","mainfile":"t.py"}},"format":"MongoObserver-0.7.0","config":{{"lr":0.1,"shape":{{"py/tuple":[3,4]}},"seed":{{"dtype":"int64","py/object":"numpy.int64","value":5}}}},"status":"COMPLETED","start_time":{{"$date":"2026-01-01T10:00:00.000Z"}},"stop_time":{{"$date":{{"$numberLong":"1767261660000"}}}},"heartbeat":{{"$date":"2026-01-01T10:00:30.000Z"}},"result":0.9,"host":{{"hostname":"h"}}}}"#
        )
    };
    let metric = r#"{"_id":{"$oid":"5f"},"name":"loss","run_id":1,"steps":[0,1],"timestamps":[{"$date":"2026-01-01T10:00:01.000Z"},{"$date":"2026-01-01T10:00:02.000Z"}],"values":[0.5,0.4]}"#;
    check(
        &[
            ("runs.json", &format!("{}\n{}\n", run(1), run(2))),
            ("metrics.json", metric),
        ],
        &expect![[r#"
            runs.json as sacred
            lr=0.1, shape.0=3, shape.1=4, seed=5, metric result=0.9, metric loss=0.4 of 2, tag program='t.py', tag host='h', @id=1, @status=finished, @start=2026-01-01T10:00:00Z, @end=2026-01-01T10:01:00Z, @group=e
            lr=0.1, shape.0=3, shape.1=4, seed=5, metric result=0.9, tag program='t.py', tag host='h', @id=2, @status=finished, @start=2026-01-01T10:00:00Z, @end=2026-01-01T10:01:00Z, @group=e
        "#]],
    );
    check(
        &[("runs.json", &format!("[{},{}]", run(1), run(2)))],
        &expect![[r#"
            runs.json as sacred
            lr=0.1, shape.0=3, shape.1=4, seed=5, metric result=0.9, tag program='t.py', tag host='h', @id=1, @status=finished, @start=2026-01-01T10:00:00Z, @end=2026-01-01T10:01:00Z, @group=e
            lr=0.1, shape.0=3, shape.1=4, seed=5, metric result=0.9, tag program='t.py', tag host='h', @id=2, @status=finished, @start=2026-01-01T10:00:00Z, @end=2026-01-01T10:01:00Z, @group=e
        "#]],
    );
}

#[test]
fn a_store_of_mlflow_that_was_copied_in_part() {
    let id = "0123456789abcdef0123456789abcdef";
    let meta =
        "artifact_location: x\nexperiment_id: \"0\"\nlifecycle_stage: active\nname: Default\n";
    check(
        &[
            ("mlruns/0/meta.yaml", meta),
            (&format!("mlruns/0/{id}/params/lr"), "0.1"),
            (
                &format!("mlruns/0/{id}/metrics/loss"),
                "1767225600001 0.5 0\r\n1767225600002 0.4 1\r\n1767225600003 0.",
            ),
            (&format!("mlruns/0/{id}/tags/mlflow.runName"), "calm-fox"),
            ("mlruns/0/models/m-1/params/lr", "0.1"),
            ("mlruns/7/meta.yaml", &meta.replace("\"0\"", "\"7\"")),
        ],
        &expect![[r#"
            mlruns/0/meta.yaml as mlflow-files
            ! : no meta.yaml says what run it is of (read as the run that its folder is called)
            ! line 3: it is not a time, a value and a step (line skipped)
            lr=0.1, metric loss=0.4 of 2, tag mlflow.runName='calm-fox', @id=0123456789abcdef0123456789abcdef, @name=calm-fox
        "#]],
    );
}

#[test]
fn infinities_of_mlflow_come_out_of_its_database_as_the_greatest_floats() {
    check(
        &[(
            "runs.csv",
            "run_id,experiment_id,status,metrics.loss,metrics.neg,metrics.nan,params.limit\n\
             a,1,FINISHED,1.7976931348623157e+308,-1.7976931348623157e+308,,1.7976931348623157e+308\n\
             b,1,FINISHED,inf,-inf,0.5,inf\n",
        )],
        &expect![[r#"
            runs.csv as mlflow-table
            limit=1.7976931348623157e308, metric loss=Infinity, metric neg=-Infinity, tag experiment_id='1', @id=a, @status=finished
            limit=Infinity, metric loss=Infinity, metric neg=-Infinity, metric nan=0.5, tag experiment_id='1', @id=b, @status=finished
        "#]],
    );
    // As pandas writes it, with ten decimals.
    let records = r#"[{"run_id":"a","experiment_id":"1","status":"FINISHED","metrics.loss":1.797693135e+308,"metrics.neg":-1.7976931348623157e+308}]"#;
    check(
        &[("runs.json", records)],
        &expect![[r#"
        runs.json as mlflow-records
        metric loss=Infinity, metric neg=-Infinity, tag experiment_id='1', @id=a, @status=finished
    "#]],
    );
}

#[test]
fn a_progress_of_ray_alone_has_its_config() {
    check(
        &[(
            "exp/train_abc_00000_0/progress.csv",
            "loss,training_iteration,trial_id,timestamp,done,config/lr,config/opt/name\n\
             0.5,1,abc_00000,1767225600,False,0.1,adam\n0.4,2,abc_00000,1767225601,True,0.1,adam\n",
        )],
        &expect![[r#"
            exp/train_abc_00000_0/progress.csv as ray-tune
            lr=0.1, opt.name='adam', metric loss=0.4 of 2, @id=abc_00000, @name=train_abc_00000_0, @status=finished, @end=2026-01-01T00:00:01Z
        "#]],
    );
}

#[test]
fn a_run_without_a_folder_has_a_name() {
    check(
        &[
            (
                "hparams.yaml",
                "lr: 0.1\nact: !!python/name:torch.nn.ReLU ''\n",
            ),
            ("metrics.csv", "epoch,step,train_loss\n0,0,0.9\n1,1,0.8\n"),
        ],
        &expect![[r#"
            hparams.yaml as training-folders
            lr=0.1, act='torch.nn.ReLU', metric epoch=1 of 2, metric train_loss=0.8 of 2, @id=., @name=hparams
        "#]],
    );
    check(
        &[(
            "catboost_info/catboost_training.json",
            r#"{"meta":{"learn_sets":["learn"],"learn_metrics":[{"best_value":"Min","name":"Logloss"}],"test_metrics":[],"test_sets":[]},"iterations":[{"learn":[0.5],"iteration":0}]}"#,
        )],
        &expect![[r#"
            catboost_info/catboost_training.json as catboost, learn/Logloss min
            metric learn/Logloss=0.5 of 1, @id=., @name=catboost_info
        "#]],
    );
}
