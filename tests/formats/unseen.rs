//! Exports that nobody here had seen before: written by versions of trackers that the fixtures are not of, and by hand as
//! people do.

use crate::drop::{check, files, read, read_text, told};
use expect_test::expect;
use std::fmt::Write as _;

#[test]
fn lists_below_a_metrics_name_are_its_curve() {
    check(
        &[(
            "runs.json",
            r#"[{"id":"a","params":{"lr":0.1,"layers":[64,32]},"metrics":{"val_loss":[1.0,0.5,0.25]},"fold_acc":[0.5,0.6]},
                {"id":"b","params":{"lr":0.2,"layers":[8,4]},"metrics":{"val_loss":[2.0,null,NaN]},"fold_acc":[0.7,0.8]}]"#,
        )],
        &expect![[r#"
            runs.json as json
            lr=0.1, layers.0=64, layers.1=32, metric val_loss=0.25 of 3, metric fold_acc.0=0.5, metric fold_acc.1=0.6, @id=a
            lr=0.2, layers.0=8, layers.1=4, metric val_loss=NaN of 2, metric fold_acc.0=0.7, metric fold_acc.1=0.8, @id=b
        "#]],
    );
    // Beside steps of their own, and in a member that says no more than that it was logged.
    check(
        &[(
            "runs.json",
            r#"{"a":{"config":{"lr":0.1},"history":{"epoch":[5,10],"val_loss":[1.0,0.5],"speed":[3,4]}},
                "b":{"config":{"lr":0.2},"history":{"epoch":[5,10],"val_loss":[2.0,1.5],"speed":[5,6]}}}"#,
        )],
        &expect![[r#"
            runs.json as json
            lr=0.1, metric val_loss=0.5 of 2, metric speed=4 of 2, @id=a
            lr=0.2, metric val_loss=1.5 of 2, metric speed=6 of 2, @id=b
        "#]],
    );
}

#[test]
fn lists_of_steps_in_a_run_are_its_curves() {
    check(
        &[(
            "runs.json",
            r#"[{"id":"a","lr":0.1,"history":[{"epoch":1,"val":{"loss":1.0}},{"epoch":2,"val":{"loss":0.5}}]},
                {"id":"b","lr":0.2,"history":[{"epoch":1,"val":{"loss":2.0}}]}]"#,
        )],
        &expect![[r#"
            runs.json as json
            lr=0.1, metric val.loss=0.5 of 2, @id=a
            lr=0.2, metric val.loss=2 of 1, @id=b
        "#]],
    );
    // One run, whose configuration is not lost.
    check(
        &[(
            "run.json",
            r#"{"config":{"lr":0.1},"results":[{"epoch":1,"val_loss":1.0},{"epoch":2,"val_loss":0.5}]}"#,
        )],
        &expect![[r#"
            run.json as json
            lr=0.1, metric val_loss=0.5 of 2, @name=run
        "#]],
    );
    check(
        &[(
            "run.json",
            r#"{"train":[{"step":1,"loss":1.0},{"step":2,"loss":0.5}],"val":[{"step":2,"loss":0.75}]}"#,
        )],
        &expect![[r#"
            run.json as json
            metric train.loss=0.5 of 2, metric val.loss=0.75 of 1, @name=run
        "#]],
    );
}

#[test]
fn lists_of_records_by_name_are_all_read() {
    check(
        &[(
            "histories.json",
            r#"{"a":[{"epoch":0,"lr":0.1,"val_loss":1.0},{"epoch":1,"lr":0.1,"val_loss":0.5}],
                "b":[{"epoch":0,"lr":0.2,"val_loss":2.0},{"epoch":1,"lr":0.2,"val_loss":1.5}]}"#,
        )],
        &expect![[r#"
            histories.json as json
            lr=0.1, metric val_loss=0.5 of 2, @id=a
            lr=0.2, metric val_loss=1.5 of 2, @id=b
        "#]],
    );
}

#[test]
fn a_row_without_a_step_says_what_a_run_was_given() {
    check(
        &[(
            "log.jsonl",
            r#"{"run":"a","lr":0.1,"optimizer":"adam"}
{"run":"a","epoch":0,"val_loss":1.0}
{"run":"a","epoch":1,"val_loss":0.5}
{"run":"b","lr":0.2,"optimizer":"sgd"}
{"run":"b","epoch":0,"val_loss":2.0}
{"run":"b","epoch":1,"val_loss":1.5}
"#,
        )],
        &expect![[r#"
            log.jsonl as json
            lr=0.1, optimizer='adam', metric val_loss=0.5 of 2, @id=a
            lr=0.2, optimizer='sgd', metric val_loss=1.5 of 2, @id=b
        "#]],
    );
}

#[test]
fn columns_of_json_may_hold_objects() {
    // As pandas writes the table of a study whose trials have nested attributes, and scikit-learn's `cv_results_`.
    check(
        &[(
            "trials.json",
            r#"{"number":{"0":0,"1":1},"value":{"0":0.5,"1":0.25},"datetime_start":{"0":1767225600000,"1":1767225660000},
                "params_lr":{"0":0.1,"1":0.2},"user_attrs_n":{"0":{"a":[1,{"b":2}]},"1":null},"state":{"0":"COMPLETE","1":"COMPLETE"}}"#,
        )],
        &expect![[r#"
            trials.json as json
            lr=0.1, metric value=0.5, tag n.a.0=1, tag n.a.1.b=2, @id=0, @start=2026-01-01T00:00:00Z, @status=finished
            lr=0.2, metric value=0.25, @id=1, @start=2026-01-01T00:01:00Z, @status=finished
        "#]],
    );
    check(
        &[(
            "cv.json",
            r#"{"mean_test_score":[0.5,0.75],"param_C":[1,10],"params":[{"C":1},{"C":10}]}"#,
        )],
        &expect![[r#"
            cv.json as json
            param_C=1, C=1, metric mean_test_score=0.5
            param_C=10, C=10, metric mean_test_score=0.75
        "#]],
    );
}

#[test]
fn runs_in_yaml_and_toml_are_read_and_settings_are_not() {
    check(
        &[
            (
                "runs.yaml",
                "- {id: a, lr: 0.1, val_loss: [1.0, .nan]}\n- {id: b, lr: 0.2, val_loss: [0.5, 0.25]}\n",
            ),
            (
                "by_id.yml",
                "a:\n  lr: 0.1\n  acc: 0.5\nb:\n  lr: 0.2\n  acc: 0.75\n",
            ),
            (
                "runs.toml",
                "[[runs]]\nid = 'a'\nlr = 0.1\nloss = 1.5\n[[runs]]\nid = 'b'\nlr = 0.2\nloss = 1.25\n",
            ),
            (
                "steps.yml",
                "- {name: build, run: make}\n- {name: test, run: make test}\n",
            ),
            ("model.yaml", "lr: 0.1\nloss: l2\nloss_weight: 0.5\n"),
        ],
        &expect![[r#"
            steps.yml: its name says that it is a program, a page or a setting, and no tracker's: drop what it has written
            model.yaml: its name says that it is a program, a page or a setting, and no tracker's: drop what it has written
            runs.yaml as json
            by_id.yml as json
            runs.toml as json
            lr=0.1, metric val_loss=NaN of 2, metric acc=0.5, metric loss=1.5, @id=a
            lr=0.2, metric val_loss=0.25 of 2, metric acc=0.75, metric loss=1.25, @id=b
        "#]],
    );
}

#[test]
fn many_runs_in_yaml_are_read_whole() {
    let line = |at: i32| format!("- {{id: run number {at}, lr: 0.125, val_loss: {at}.5}}\n");
    let text: String = (0..2000).map(line).collect();
    assert!(text.len() > 64 << 10);
    assert_eq!(read_text("runs.yaml", &text).1.rows(), 2000);
}

#[test]
fn names_of_columns_may_stand_below_those_of_groups() {
    // pandas' MultiIndex, and a spreadsheet's merged cells saved as CSV.
    let rows = "a,0.1,16,0.5,0.9\nb,0.01,32,0.25,0.95\n";
    check(
        &[
            (
                "pandas.csv",
                &format!(",params,params,metrics,metrics\nid,lr,bs,loss,acc\n{rows}"),
            ),
            (
                "sheet.csv",
                &format!(",Hyperparameters,,Results,\nid,lr,bs,loss,acc\n{rows}"),
            ),
        ],
        &expect![[r#"
            pandas.csv as delimited
            sheet.csv as delimited
            lr=0.1, bs=16, metric loss=0.5, metric acc=0.9, @id=a
            lr=0.01, bs=32, metric loss=0.25, metric acc=0.95, @id=b
        "#]],
    );
    // A row of units or of words is none.
    check(
        &[("plain.csv", "id,lr,lr,loss\na,0.1,x,y\nb,0.2,x,z\n")],
        &expect![[r#"
            plain.csv as delimited
            ! line 1: column 3 has the name lr of an earlier one (called lr (2))
            lr=0.1, lr (2)='x', loss='y', @id=a
            lr=0.2, lr (2)='x', loss='z', @id=b
        "#]],
    );
}

#[test]
fn what_mlflow_keeps_beside_its_database_is_no_run() {
    let database = include_bytes!("../fixtures/mlflow-sqlite/mlflow.db");
    let run = "0123456789abcdef0123456789abcdef";
    let artifact = format!("mlruns/1/{run}/artifacts/log/metrics.csv");
    let ledger = read(&files(&[
        ("mlflow.db", database.as_slice()),
        (&artifact, b"epoch,loss\n0,1\n1,0.5\n"),
    ]));
    let told = told(&ledger);
    assert!(!told.contains("training-log"), "{told}");
    // Alone it is what it looks like.
    assert!(told_of(&artifact).contains("training-log"));
}

fn told_of(path: &str) -> String {
    told(&read_text(path, "epoch,loss\n0,1\n1,0.5\n"))
}

#[test]
fn params_of_mlflow_stay_the_text_that_they_are() {
    let id = "a".repeat(32);
    check(
        &[(
            "runs.csv",
            &format!("run_id,experiment_id,params.share,metrics.loss\n{id},1,50%,0.5\n"),
        )],
        &expect![[r#"
            runs.csv as mlflow-table
            share='50%', metric loss=0.5, tag experiment_id='1', @id=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        "#]],
    );
}

#[test]
fn a_log_has_the_configuration_of_its_name_beside_it() {
    check(
        &[
            ("out/a.csv", "epoch,val_loss\n0,1\n1,0.5\n"),
            ("out/a.json", r#"{"lr":0.1,"layers":[64,32]}"#),
            ("out/b.csv", "epoch,val_loss\n0,2\n1,1.5\n"),
            ("out/b.yaml", "lr: 0.2\n"),
        ],
        &expect![[r#"
            out/a.csv as training-log
            out/b.csv as training-log
            lr=0.1, layers.0=64, layers.1=32, metric val_loss=0.5 of 2, @id=a.csv, @name=a
            lr=0.2, metric val_loss=1.5 of 2, @id=b.csv, @name=b
        "#]],
    );
}

#[test]
fn histories_of_keras_by_hand_are_curves() {
    check(
        &[
            ("r0/args.json", r#"{"lr":0.1}"#),
            (
                "r0/history.json",
                r#"{"train_loss":[1.0,0.5],"val_acc":[0.5,0.75]}"#,
            ),
        ],
        &expect![[r#"
            r0/args.json as training-folders
            lr=0.1, metric train_loss=0.5 of 2, metric val_acc=0.75 of 2, @id=r0, @name=r0
        "#]],
    );
}

#[test]
fn tables_of_ax_have_metrics_before_params() {
    check(
        &[(
            "ax.csv",
            ",trial_index,arm_name,trial_status,generation_method,is_feasible,extra,loss,lr,n\n\
             0,0,0_0,COMPLETED,Sobol,True,2.0,0.5,0.1,3\n1,1,1_0,FAILED,Sobol,,,,0.2,4\n2,2,2_0,ABANDONED,Sobol,,,,0.3,4\n",
        )],
        &expect![[r#"
            ax.csv as delimited
            lr=0.1, n=3, metric extra=2, metric loss=0.5, tag arm_name='0_0', tag generation_method='Sobol', tag is_feasible=true, @id=0, @status=finished
            lr=0.2, n=4, tag arm_name='1_0', tag generation_method='Sobol', @id=1, @status=failed
            lr=0.3, n=4, tag arm_name='2_0', tag generation_method='Sobol', @id=2, @status=killed
        "#]],
    );
}

#[test]
fn curves_of_tensorboards_page_as_json_and_of_its_readers() {
    check(
        &[
            (
                "run-a-tag-loss.json",
                "[[1700000000.5, 0, 1.0], [1700000001.5, 1, NaN], [1700000002.5, 2, 0.25]]",
            ),
            (
                "run-a-tag-lr.csv",
                "Wall time,Step,Value\n1700000000.5,0,1.0\n",
            ),
            ("run-a-tag-lr.json", "[[1700000000.5, 0, 1.0]]"),
            (
                "acc.csv",
                ",wall_time,step,value\n0,1700000000.5,5,0.5\n1,1700000001.5,6,0.75\n",
            ),
            (
                "tbparse/scalars.csv",
                "step,tag,value,dir_name\n0,loss,1,a\n1,loss,0.5,a\n0,acc,0.25,a\n0,loss,2,b\n1,loss,1.5,b\n0,acc,0.75,b\n",
            ),
        ],
        &expect![[r#"
            run-a-tag-loss.json as tensorboard-table
            tbparse/scalars.csv as long-form
            metric loss=0.25 of 3, metric lr=1 of 1, @id=a, @name=a
            metric acc=0.75 of 2, @id=., @name=
            metric loss=0.5 of 2, metric acc=0.25 of 1, @id=a
            metric loss=1.5 of 2, metric acc=0.75 of 1, @id=b
        "#]],
    );
}

#[test]
fn runs_by_id_in_a_member_that_says_so_are_runs() {
    check(
        &[(
            "sweep.json",
            r#"{"sweep":"s","best":"a","runs":{"a":{"lr":0.1,"acc":0.9},"b":{"lr":0.2,"acc":0.8}}}"#,
        )],
        &expect![[r#"
            sweep.json as json
            lr=0.1, metric acc=0.9, @id=a
            lr=0.2, metric acc=0.8, @id=b
        "#]],
    );
}

#[test]
fn the_line_below_a_header_of_markdown_is_no_run() {
    check(
        &[(
            "pasted.txt",
            "| run | lr | acc |\n|-----|:--:|----:|\n| a | 0.1 | 0.9 |\n| b | 0.2 | 0.8 |\n",
        )],
        &expect![[r#"
            pasted.txt as delimited
            ! line 2: a second header, of units or the like:  ----- :--: ----:  (row left out)
            lr=0.1, metric acc=0.9, @id= a 
            lr=0.2, metric acc=0.8, @id= b 
        "#]],
    );
}

#[test]
fn the_round_that_was_best_is_not_counted_twice() {
    // As LightGBM 4 prints it where training stops early.
    let log = "[1]\tva's auc: 0.95\tva's l2: 0.6\n[LightGBM] [Warning] No further splits with positive gain, best gain: -inf\n[2]\tva's auc: 0.9\tva's l2: 0.5\nEarly stopping, best iteration is:\n[1]\tva's auc: 0.95\tva's l2: 0.6\n";
    check(
        &[("lgb.log", log)],
        &expect![[r#"
        lgb.log as boosting-log
        metric va/auc=0.9 of 2, metric va/l2=0.5 of 2, @id=lgb.log, @name=lgb
    "#]],
    );
}

#[test]
fn cross_validations_of_boosting_libraries_are_curves() {
    check(
        &[
            (
                "xgb.csv",
                ",train-rmse-mean,train-rmse-std,test-rmse-mean,test-rmse-std\n0,1,0.1,2,0.2\n1,0.5,0.1,1.5,0.2\n",
            ),
            (
                "lgb.json",
                r#"{"valid l2-mean":[0.5,0.25],"valid l2-stdv":[0.1,0.05]}"#,
            ),
        ],
        &expect![[r#"
            xgb.csv as training-log
            lgb.json as boosting-log
            metric train-rmse-mean=0.5 of 2, metric train-rmse-std=0.1 of 2, metric test-rmse-mean=1.5 of 2, metric test-rmse-std=0.2 of 2, @id=xgb.csv, @name=xgb
            metric valid l2-mean=0.25 of 2, metric valid l2-stdv=0.05 of 2, @id=lgb.json, @name=lgb
        "#]],
    );
}

#[test]
fn merged_cells_are_filled_and_a_sheet_of_notes_passed_over() {
    let told_of = |path: &str, bytes: &[u8]| {
        let mut dropped = files(&[(path, bytes)]);
        let unpacked = runsift::source::unpack(&dropped);
        dropped = unpacked.files;
        let mut text = told(&read(&dropped));
        for (path, what) in unpacked.problems {
            writeln!(text, "{path}: {what}").unwrap();
        }
        text
    };
    let merged = include_bytes!("../fixtures/by-hand/sheets/merged.xlsx");
    expect![[r#"
        merged.xlsx/Results.csv as delimited
        lr=0.1, batch_size=16, optimizer='adam', metric train_loss=0.2, metric val_acc=0.9, @id=r0
        lr=0.01, batch_size=32, optimizer='sgd', metric train_loss=0.3, metric val_acc=0.91, @id=r1
        lr=0.001, batch_size=64, optimizer='adam', metric train_loss=0.4, metric val_acc=0.92, @id=r2
        lr=0.0001, batch_size=128, optimizer='rmsprop', metric train_loss=0.5, metric val_acc=0.93, @id=r3
        merged.xlsx: of its sheets one was read, and 1 not: save each as a file of its own
    "#]].assert_eq(&told_of("merged.xlsx", merged));
    let second = include_bytes!("../fixtures/by-hand/sheets/second.xlsx");
    expect![[r#"
        second.xlsx/runs.csv as delimited
        lr=0.1, batch_size=16, optimizer='adam', metric train_loss=0.2, metric val_acc=0.9, @id=r0
        lr=0.01, batch_size=32, optimizer='sgd', metric train_loss=0.3, metric val_acc=0.91, @id=r1
        lr=0.001, batch_size=64, optimizer='adam', metric train_loss=0.4, metric val_acc=0.92, @id=r2
        lr=0.0001, batch_size=128, optimizer='rmsprop', metric train_loss=0.5, metric val_acc=0.93, @id=r3
        second.xlsx: of its sheets one was read, and 1 not: save each as a file of its own
    "#]].assert_eq(&told_of("second.xlsx", second));
}

#[test]
fn data_of_an_experiment_of_ax_is_in_long_form() {
    check(
        &[(
            "data.csv",
            ",arm_name,metric_name,mean,sem,trial_index\n0,0_0,loss,0.5,0.1,0\n1,0_0,lat,3.0,,0\n2,1_0,loss,0.25,0.1,1\n3,1_0,lat,4.0,,1\n",
        )],
        &expect![[r#"
            data.csv as long-form
            arm_name='0_0', sem=0.1, metric loss=0.5 of 1, metric lat=3 of 1, @id=0
            arm_name='1_0', sem=0.1, metric loss=0.25 of 1, metric lat=4 of 1, @id=1
        "#]],
    );
}

#[test]
fn trials_as_optunas_command_lists_them_have_params() {
    check(
        &[
            (
                "trials.json",
                r#"[{"number":0,"values":{"acc":0.5,"loss":1.0},"datetime_start":"2026-01-01 10:00:00","duration":"0:00:01","params":{"c":"u","lr":0.1},"user_attrs":{"a":1},"state":"COMPLETE"},
                    {"number":1,"values":{"acc":0.75,"loss":0.5},"datetime_start":"2026-01-01 10:00:01","duration":"0:00:01","params":{"c":"v","lr":0.2},"user_attrs":{},"state":"COMPLETE"}]"#,
            ),
            (
                "by_hand.json",
                r#"[{"number":0,"values":[0.5],"params":{"lr":0.1},"state":"COMPLETE"},{"number":1,"values":null,"params":{"lr":0.2},"state":"FAIL"}]"#,
            ),
        ],
        &expect![[r#"
            trials.json as json
            by_hand.json as json
            ! : its runs have the ids and params of those of trials.json, as a later export of the same runs has (read as runs of their own, until you say in what was read that it brings those up to date)
            c='u', lr=0.1, metric acc=0.5, metric loss=1, tag a=1, @id=0, @start=2026-01-01T10:00:00Z, @status=finished
            c='v', lr=0.2, metric acc=0.75, metric loss=0.5, tag user_attrs='{}', @id=1, @start=2026-01-01T10:00:01Z, @status=finished
            lr=0.1, metric values_0=0.5, @id=0, @status=finished
            lr=0.2, @id=1, @status=failed
        "#]],
    );
}

#[test]
fn params_in_answers_of_mlflow_are_typed_as_in_its_folders() {
    check(
        &[(
            "describe.json",
            r#"{"info":{"run_id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","experiment_id":"1","status":"FINISHED","artifact_uri":"x","lifecycle_stage":"active"},"data":{"params":{"amp":"True","lr":"1e-3"},"metrics":{"acc":0.5},"tags":{}}}"#,
        )],
        &expect![[r#"
            describe.json as mlflow-rest
            amp=true, lr=0.001, metric acc=0.5, tag experiment_id='1', @id=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, @status=finished
        "#]],
    );
}

#[test]
fn a_file_that_is_one_run_gives_it_its_name() {
    check(
        &[
            ("out/run_1.json", r#"{"lr":0.1,"val_acc":0.5}"#),
            ("out/run_2.json", r#"{"lr":0.2,"val_acc":0.75}"#),
            ("named.json", r#"{"name":"mine","lr":0.2,"val_acc":0.25}"#),
        ],
        &expect![[r#"
            out/run_1.json as json
            out/run_2.json as json
            named.json as json
            lr=0.1, metric val_acc=0.5, @name=run_1
            lr=0.2, metric val_acc=0.75, @name=run_2
            lr=0.2, metric val_acc=0.25, @name=mine
        "#]],
    );
}

#[test]
fn an_agents_log_counts_its_timesteps() {
    // As Stable-Baselines3 writes it, the columns in the order of their names.
    check(
        &[
            (
                "ppo/progress.csv",
                "rollout/ep_len_mean,rollout/ep_rew_mean,time/fps,time/iterations,time/total_timesteps,train/learning_rate,train/loss\n\
                 21.5,21.5,2100,1,2048,,\n26.1,26.1,1400,2,4096,0.0003,7.9\n35.2,35.2,1300,3,6144,0.0003,13.1\n",
            ),
            (
                "a2c/progress.csv",
                "rollout/ep_len_mean,rollout/ep_rew_mean,time/fps,time/iterations,time/total_timesteps,train/learning_rate,train/loss\n\
                 20.5,20.5,900,100,500,0.0007,1.9\n24.1,24.1,910,200,1000,0.0007,2.9\n25.2,25.2,915,300,1500,0.0007,3.1\n",
            ),
        ],
        &expect![[r#"
            ppo/progress.csv as training-log
            a2c/progress.csv as training-log
            metric rollout/ep_len_mean=35.2 of 3, metric rollout/ep_rew_mean=35.2 of 3, metric time/fps=1300 of 3, metric time/iterations=3 of 3, metric train/learning_rate=0.0003 of 2, metric train/loss=13.1 of 2, @id=progress.csv, @name=ppo
            metric rollout/ep_len_mean=25.2 of 3, metric rollout/ep_rew_mean=25.2 of 3, metric time/fps=915 of 3, metric time/iterations=300 of 3, metric train/learning_rate=0.0007 of 3, metric train/loss=3.1 of 3, @id=progress.csv, @name=a2c
        "#]],
    );
}

#[test]
fn timesteps_may_be_the_budget_of_each_run() {
    check(
        &[(
            "study.csv",
            "total_timesteps,learning_rate,test_score\n1000,0.1,0.5\n1000,0.01,0.6\n3000,0.1,0.7\n9000,0.01,0.8\n",
        )],
        &expect![[r#"
            study.csv as delimited
            total_timesteps=1000, learning_rate=0.1, metric test_score=0.5
            total_timesteps=1000, learning_rate=0.01, metric test_score=0.6
            total_timesteps=3000, learning_rate=0.1, metric test_score=0.7
            total_timesteps=9000, learning_rate=0.01, metric test_score=0.8
        "#]],
    );
    check(
        &[(
            "rl.jsonl",
            "{\"total_timesteps\":1000,\"lr\":0.1,\"score\":0.5}\n{\"total_timesteps\":2000,\"lr\":0.01,\"score\":0.6}\n\
             {\"total_timesteps\":3000,\"lr\":0.1,\"score\":0.7}\n",
        )],
        &expect![[r#"
            rl.jsonl as json
            total_timesteps=1000, lr=0.1, metric score=0.5
            total_timesteps=2000, lr=0.01, metric score=0.6
            total_timesteps=3000, lr=0.1, metric score=0.7
        "#]],
    );
}

#[test]
fn a_trainings_lines_and_those_of_its_validation_are_one_run() {
    // As MMEngine writes them: validation has its epoch as its step.
    let mut lines = String::new();
    for epoch in 1..=2 {
        for at in 1..=3 {
            let step = 150 * (epoch - 1) + 50 * at;
            let _written = writeln!(
                lines,
                r#"{{"lr":0.02,"data_time":0.01,"loss":{},"epoch":{epoch},"iter":{step},"memory":3000,"step":{step}}}"#,
                1.0 / f64::from(step)
            );
        }
        let _written = writeln!(
            lines,
            r#"{{"coco/bbox_mAP":0.{epoch},"data_time":0.02,"time":0.1,"step":{epoch}}}"#
        );
    }
    check(
        &[("vis_data/scalars.json", &lines)],
        &expect![[r#"
        vis_data/scalars.json as json
        metric data_time=0.01 of 8, metric loss=0.0033333333333333335 of 6, metric epoch=2 of 6, metric iter=300 of 6, metric memory=3000 of 6, metric lr=0.02 of 6, metric coco/bbox_mAP=0.2 of 2, metric time=0.1 of 2, @id=scalars.json, @name=scalars
    "#]],
    );
}
