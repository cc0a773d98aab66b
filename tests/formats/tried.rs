//! What trackers wrote when they were tried with values and runs that are odd and that they allow.

use crate::drop::check;
use expect_test::expect;

#[test]
fn frames_of_aim_say_the_same_in_every_way_of_pandas() {
    let runs = [
        (
            "runs.json",
            r#"[{"hash":"abc","name":"first","description":null,"archived":false,"creation_time":1700000000.25,"end_time":1700000060.5,"active":false,"experiment":"e","tags":"[\"t1\"]","hparams.lr":0.1,"hparams.opt":"adam"},
                {"hash":"def","name":"second","description":null,"archived":false,"creation_time":1700000100.25,"end_time":null,"active":true,"experiment":"e","tags":"[]","hparams.lr":0.2,"hparams.opt":null}]"#,
        ),
        (
            "columns.json",
            r#"{"hash":{"0":"abc","1":"def"},"name":{"0":"first","1":"second"},"creation_time":{"0":1700000000.25,"1":1700000100.25},"end_time":{"0":1700000060.5,"1":null},"active":{"0":false,"1":true},"experiment":{"0":"e","1":"e"},"hparams.lr":{"0":0.1,"1":0.2}}"#,
        ),
        (
            "rows.json",
            r#"{"0":{"hash":"abc","name":"first","creation_time":1700000000.25,"end_time":null,"active":false,"experiment":"e","hparams.lr":0.1},"1":{"hash":"def","name":"second","creation_time":1700000100.25,"end_time":null,"active":true,"experiment":"e","hparams.lr":0.2}}"#,
        ),
    ];
    for (run, want) in runs
        .into_iter()
        .zip([expect![[r#"
            runs.json as aim-records
            hparams.lr=0.1, hparams.opt='adam', tag archived=false, tag tags='["t1"]', @id=abc, @name=first, @start=2023-11-14T22:13:20.25Z, @end=2023-11-14T22:14:20.5Z, @group=e, @status=finished
            hparams.lr=0.2, tag archived=false, tag tags='[]', @id=def, @name=second, @start=2023-11-14T22:15:00.25Z, @group=e
        "#]], expect![[r#"
            columns.json as aim-records
            hparams.lr=0.1, @id=abc, @name=first, @start=2023-11-14T22:13:20.25Z, @end=2023-11-14T22:14:20.5Z, @group=e, @status=finished
            hparams.lr=0.2, @id=def, @name=second, @start=2023-11-14T22:15:00.25Z, @group=e
        "#]], expect![[r#"
            rows.json as aim-records
            hparams.lr=0.1, @id=abc, @name=first, @start=2023-11-14T22:13:20.25Z, @group=e
            hparams.lr=0.2, @id=def, @name=second, @start=2023-11-14T22:15:00.25Z, @group=e
        "#]]])
    {
        check(&[run], &want);
    }
    // Points, with what is known of their run in each.
    check(
        &[
            (
                "points.json",
                r#"[{"run.hash":"1e5","run.name":"first","run.hparams.lr":0.1,"metric.name":"loss","metric.context.subset":"val","metric.context.b":true,"metric.context.fold":1.0,"step":0,"value":0.5,"epoch":null,"time":1700000000500},
                    {"run.hash":"1e5","run.name":"first","run.hparams.lr":0.1,"metric.name":"loss","metric.context.subset":"val","metric.context.b":true,"metric.context.fold":1.0,"step":1,"value":null,"epoch":null,"time":1700000001500}]"#,
            ),
            (
                "points.csv",
                "step,value,epoch,time,run.hash,run.name,run.hparams.lr,metric.name,metric.context.subset,metric.context.fold,metric.context.b\n\
                 0,0.25,,2023-11-14 22:13:20.5,2e5,second,0.2,loss,val,1.0,True\n",
            ),
        ],
        &expect![[r#"
            points.json as aim-records
            points.csv as aim-metrics
            hparams.lr=0.1, metric loss b=True fold=1 subset=val=NaN of 2, @id=1e5, @name=first
            hparams.lr=0.2, metric loss b=True fold=1 subset=val=0.25 of 1, @id=2e5, @name=second
        "#]],
    );
}

#[test]
fn a_step_that_a_program_sets_is_no_param_of_comet() {
    // As `experiment.set_step(0)` has it in 3.47.
    check(
        &[
            (
                "a/experiment.json",
                r#"{"offline_id": "492b3c8c92e443be9f4a3265c731927c", "project_name": "proj", "start_time": 1796042814245, "stop_time": 1796042815573, "tags": [], "workspace": "ws", "resume_strategy": "create"}"#,
            ),
            (
                "a/messages.json",
                r#"{"payload":{"key":"Name","message_id":2,"value":"many"},"type":"log_other"}
{"payload":{"local_timestamp":1796042814259,"message_id":3,"param":{"paramName":"curr_step","paramValue":0,"source":"manual","step":0}},"type":"parameter_msg"}
{"payload":{"local_timestamp":1796042814259,"message_id":4,"metric":{"epoch":null,"metricName":"loss","metricValue":1.0,"step":0}},"type":"metric_msg"}
{"payload":{"local_timestamp":1796042814259,"message_id":5,"param":{"paramName":"nest|a|b","paramValue":1,"source":"manual","step":null}},"type":"parameter_msg"}
"#,
            ),
        ],
        &expect![[r#"
            a/experiment.json as comet-offline
            nest|a|b=1, metric loss=1 of 1, tag project='proj', tag workspace='ws', @id=492b3c8c92e443be9f4a3265c731927c, @status=finished, @start=2026-11-30T12:46:54.245Z, @end=2026-11-30T12:46:55.573Z, @name=many
        "#]],
    );
}

#[test]
fn a_log_that_a_second_training_was_appended_to_is_one_run() {
    // Keras' `CSVLogger(append=True)`, where epochs are counted from the first again.
    check(
        &[(
            "again.csv",
            "epoch,loss,mae,val_loss,val_mae\n0,5.5,1.9,4.5,1.8\n1,4.5,1.8,4.25,1.7\n2,4.25,1.7,4.125,1.6\n\
             0,5.25,1.9,4.5,1.8\n1,4.5,1.8,4.25,1.7\n2,4.0,1.7,3.5,1.5\n",
        )],
        &expect![[r#"
            again.csv as training-log
            metric loss=4 of 6, metric mae=1.7 of 6, metric val_loss=3.5 of 6, metric val_mae=1.5 of 6, @id=again.csv, @name=again
        "#]],
    );
    // Of runs that ended at some epoch each is one.
    check(
        &[(
            "runs.csv",
            "epoch,loss,val_loss\n10,0.5,0.75\n7,0.25,0.5\n10,0.5,0.625\n12,1,1\n",
        )],
        &expect![[r#"
            runs.csv as delimited
            metric epoch=10, metric loss=0.5, metric val_loss=0.75
            metric epoch=7, metric loss=0.25, metric val_loss=0.5
            metric epoch=10, metric loss=0.5, metric val_loss=0.625
            metric epoch=12, metric loss=1, metric val_loss=1
        "#]],
    );
}

#[test]
fn the_recorder_of_deepcave_tells_when_a_trial_was_submitted() {
    // Written by 1.4.1: two objectives at two budgets, no seeds, and a trial that ran out of time.
    let history = r#"[0, 1.0, -1, [1.1, 0.0], 0.0, 0.5, 0.75, 1, {"note": "x", "n": 0}]
[0, 3.0, -1, [1.3, 0.0], 0.0, 0.75, 2.0, 1, {"note": "x", "n": 0}]
[1, 1.0, -1, [null, null], 0.0, 0.25, 0.75, 2, {"note": "x", "n": 5}]
"#;
    let meta = r#"{"objectives": [{"name": "loss", "lower": 0, "upper": 1.9, "lock_lower": true, "lock_upper": false, "optimize": "lower"},
        {"name": "acc", "lower": 0.0, "upper": 1.5, "lock_lower": false, "lock_upper": false, "optimize": "upper"}], "budgets": [1.0, 3.0], "seeds": [-1]}"#;
    let configs = r#"{"0": {"flag": "yes", "lr": 0.1001330073528, "n": 10, "opt": "a,b"}, "1": {"flag": "yes", "lr": 0.9024940671927, "n": 9, "opt": "sgd"}}"#;
    check(
        &[
            ("mf_1/configs.json", configs),
            ("mf_1/history.jsonl", history),
            ("mf_1/meta.json", meta),
            ("mf_1/origins.json", r#"{"0": null, "1": "Random"}"#),
        ],
        &expect![[r#"
            mf_1/configs.json as deepcave, loss min, acc max
            flag='yes', lr=0.1001330073528, n=10, opt='a,b', metric loss=1.3 of 2, metric acc=0 of 2, tag note='x', tag n=0, @id=0, @duration=1.25, @status=finished
            flag='yes', lr=0.9024940671927, n=9, opt='sgd', tag note='x', tag n=5, @id=1, @duration=0.5, @status=failed, @origin=Random
        "#]],
    );
    // With seeds.
    check(
        &[
            ("s/configs.json", configs),
            (
                "s/history.jsonl",
                "[0, 10.0, 0, [2.0, 1.0], 0.0, 0.0, 0.25, 1, {}]\n[0, 10.0, 1, [2.5, 1.0], 0.0, 0.25, 0.5, 4, {}]\n",
            ),
            ("s/meta.json", meta),
        ],
        &expect![[r#"
            s/configs.json as deepcave, loss min, acc max
            flag='yes', lr=0.1001330073528, n=10, opt='a,b', seed=0, metric loss=2 of 1, metric acc=1 of 1, @id=0/0, @duration=0.25, @status=finished
            flag='yes', lr=0.1001330073528, n=10, opt='a,b', seed=1, metric loss=2.5 of 1, metric acc=1 of 1, @id=0/1, @duration=0.25, @status=failed
        "#]],
    );
}

#[test]
fn a_trial_of_syne_tune_whose_last_report_came_with_its_end_has_finished() {
    // In 0.13 all reports of a quick trial say that it goes on; what broke says so in its log.
    check(
        &[
            (
                "rs/results.csv",
                "epoch,loss,acc,st_worker_timestamp,st_worker_time,st_worker_iter,st_decision,st_status,trial_id,config_lr,st_tuner_time\n\
                 1,1.25,0.0,1796043379.5,8.3e-05,0,CONTINUE,InProgress,1,0.25,2.0\n\
                 2,0.75,0.1,1796043379.75,0.0001,1,CONTINUE,InProgress,1,0.25,2.0\n\
                 1,,0.0,1796043380.5,8.3e-05,0,CONTINUE,InProgress,2,0.5,3.0\n",
            ),
            (
                "rs/metadata.json",
                r#"{"metric_names": ["loss"], "metric_mode": "min"}"#,
            ),
            ("rs/1/end", "1796043380.388307"),
            ("rs/1/std.err", ""),
            ("rs/2/end", "1796043380.5"),
            (
                "rs/2/std.err",
                "Traceback (most recent call last):\n  File \"train.py\", line 6, in <module>\nValueError: x\n",
            ),
        ],
        &expect![[r#"
            rs/results.csv as syne-tune, loss min
            lr=0.25, metric loss=0.75 of 2, metric acc=0.1 of 2, @id=1, @name=rs/1, @status=finished
            lr=0.5, metric acc=0 of 1, @id=2, @name=rs/2, @status=failed
        "#]],
    );
}
