//! What libraries write of their trainings by themselves: monitors, lines of JSON, dicts in a console's log.

use crate::drop::check;
use expect_test::expect;

#[test]
fn a_monitor_of_episodes_is_one_run() {
    // As Stable-Baselines3 2.x writes it: nothing counts the rows.
    let monitor = "#{\"t_start\": 1700000000.5, \"env_id\": \"CartPole-v1\"}\nr,l,t\n10.0,20,0.5\n12.0,22,1.5\n11.0,21,2.5\n";
    let other = "#{\"t_start\": 1700000001.5, \"env_id\": \"CartPole-v1\"}\nr,l,t\n30.0,20,0.5\n";
    check(
        &[("ppo/monitor.csv", monitor), ("env/1.monitor.csv", other)],
        &expect![[r#"
            ppo/monitor.csv as training-log
            env/1.monitor.csv as training-log
            env_id='CartPole-v1', metric r=11 of 3, metric l=21 of 3, metric t=2.5 of 3, @id=monitor.csv, @name=ppo, @start=2023-11-14T22:13:20.5Z
            env_id='CartPole-v1', metric r=30 of 1, metric l=20 of 1, metric t=0.5 of 1, @id=1.monitor.csv, @name=1.monitor, @start=2023-11-14T22:13:21.5Z
        "#]],
    );
}

#[test]
fn a_cross_validation_is_one_run_without_its_index_too() {
    check(
        &[
            (
                "xgb.csv",
                "train-logloss-mean,train-logloss-std,test-logloss-mean,test-logloss-std\n0.5,0.01,0.625,0.02\n0.25,0.01,0.5,0.02\n",
            ),
            (
                "cat.csv",
                ",iterations,test-Logloss-mean,test-Logloss-std,train-Logloss-mean,train-Logloss-std\n0,0,0.5,0.01,0.5,0.02\n1,1,0.25,0.01,0.25,0.02\n",
            ),
        ],
        &expect![[r#"
            xgb.csv as training-log
            cat.csv as training-log
            metric train-logloss-mean=0.25 of 2, metric train-logloss-std=0.01 of 2, metric test-logloss-mean=0.5 of 2, metric test-logloss-std=0.02 of 2, @id=xgb.csv, @name=xgb
            metric test-Logloss-mean=0.25 of 2, metric test-Logloss-std=0.01 of 2, metric train-Logloss-mean=0.25 of 2, metric train-Logloss-std=0.02 of 2, @id=cat.csv, @name=cat
        "#]],
    );
}

#[test]
fn scalars_of_mmengine_are_one_run_though_they_are_there_twice_and_go_on() {
    let step = |lr: f64, step: u32| {
        format!(
            "{{\"lr\": {lr}, \"data_time\": 0.25, \"loss\": 0.5, \"time\": 0.125, \"epoch\": 1, \"iter\": {step}, \"memory\": 100, \"step\": {step}}}\n"
        )
    };
    let steps = |lr: f64| -> String { [10, 20, 30].map(|at| step(lr, at)).concat() };
    let first = steps(0.01) + "{\"accuracy/top1\": 50.0, \"data_time\": 0.25, \"step\": 1}\n";
    let both = first.clone() + &steps(0.02);
    check(
        &[
            ("work/20240101_120000/vis_data/20240101_120000.json", &both),
            ("work/20240101_120000/vis_data/scalars.json", &both),
        ],
        &expect![[r#"
            work/20240101_120000/vis_data/scalars.json as json
            metric data_time=0.25 of 7, metric loss=0.5 of 6, metric time=0.125 of 6, metric epoch=1 of 6, metric iter=30 of 6, metric memory=100 of 6, metric lr=0.02 of 6, metric accuracy/top1=50 of 1, @id=scalars.json, @name=20240101_120000
        "#]],
    );
}

#[test]
fn a_log_of_mmcv_keeps_training_and_validation_apart() {
    check(
        &[(
            "20210101_000000.log.json",
            r#"{"env_info": "sys.platform: linux", "config": "lr = 1", "seed": 7, "exp_name": "r50.py"}
{"mode": "train", "epoch": 1, "iter": 50, "lr": 0.125, "memory": 100, "loss": 2.0}
{"mode": "train", "epoch": 1, "iter": 100, "lr": 0.125, "memory": 100, "loss": 1.0}
{"mode": "val", "epoch": 1, "iter": 30, "lr": 0.125, "loss": 3.0}
{"mode": "train", "epoch": 2, "iter": 50, "lr": 0.25, "memory": 100, "loss": 0.5}
{"mode": "val", "epoch": 2, "iter": 30, "lr": 0.25, "loss": 1.5}
"#,
        )],
        &expect![[r#"
            20210101_000000.log.json as json
            seed=7, metric train/lr=0.25 of 3, metric train/memory=100 of 3, metric train/loss=0.5 of 3, metric val/lr=0.25 of 2, metric val/loss=1.5 of 2, tag env_info='sys.platform: linux', tag config='lr = 1', tag exp_name='r50.py', @id=20210101_000000.log.json, @name=20210101_000000.log
        "#]],
    );
}

#[test]
fn metrics_of_detectron_are_one_run_though_they_say_what_is_left() {
    let line = |at: u32| {
        format!(
            "{{\"data_time\": 0.25, \"eta_seconds\": {}, \"iteration\": {at}, \"lr\": 0.5, \"total_loss\": 1.5}}\n",
            if at == 39 { 90.5 } else { 80.25 }
        )
    };
    let text = [19, 39, 59].map(line).concat();
    check(
        &[("r50/metrics.json", &text)],
        &expect![[r#"
        r50/metrics.json as json
        metric eta_seconds=80.25 of 3, metric data_time=0.25 of 3, metric lr=0.5 of 3, metric total_loss=1.5 of 3, @id=metrics.json, @name=r50
    "#]],
    );
}

#[test]
fn dicts_that_trainers_print_amid_other_lines_are_steps() {
    check(
        &[
            (
                "hf/train.log",
                "Downloading...\n  0%|          | 0/2 [00:00<?, ?it/s]\r{'loss': 0.5, 'grad_norm': 1.25, 'learning_rate': 4e-05, 'epoch': 1.0}\n\
                 {'eval_loss': 0.25, 'epoch': 1.0}\n{'loss': 0.125, 'grad_norm': 1.0, 'learning_rate': 2e-05, 'epoch': 2.0}\n\
                 {'train_runtime': 10.0, 'train_loss': 0.25, 'epoch': 2.0}\n",
            ),
            // Transformers 5 prints texts.
            (
                "hf5/train.log",
                "{'loss': '0.5', 'learning_rate': '4e-05', 'epoch': '1'}\n{'loss': '0.25', 'learning_rate': '2e-05', 'epoch': '2'}\n",
            ),
            (
                "fairseq/train.log",
                "2024-01-01 12:00:01 | INFO | train_inner | {\"epoch\": 1, \"loss\": \"10.5\", \"num_updates\": \"100\"}\n\
                 2024-01-01 12:00:05 | INFO | train | {\"epoch\": 1, \"train_loss\": \"9.5\", \"train_num_updates\": \"200\"}\n\
                 2024-01-01 12:00:06 | INFO | valid | {\"epoch\": 1, \"valid_loss\": \"9.0\", \"valid_num_updates\": \"200\"}\n",
            ),
        ],
        &expect![[r#"
            hf/train.log as boosting-log
            hf5/train.log as boosting-log
            fairseq/train.log as boosting-log
            metric loss=0.125 of 2, metric grad_norm=1 of 2, metric learning_rate=0.00002 of 2, metric eval_loss=0.25 of 1, metric train_runtime=10 of 1, metric train_loss=0.25 of 1, @id=train.log, @name=hf
            metric loss=0.25 of 2, metric learning_rate=0.00002 of 2, @id=train.log, @name=hf5
            metric loss=10.5 of 1, metric train_loss=9.5 of 1, metric epoch=1 of 3, metric valid_loss=9 of 1, @id=train.log, @name=fairseq
        "#]],
    );
}

#[test]
fn what_flaml_says_of_its_best_is_no_run() {
    check(
        &[(
            "flaml.log",
            r#"{"record_id": 0, "iter_per_learner": 1, "validation_loss": 0.5, "config": {"n_estimators": 4, "learning_rate": 0.5}, "learner": "lgbm"}
{"record_id": 1, "iter_per_learner": 2, "validation_loss": 0.25, "config": {"n_estimators": 8, "learning_rate": 0.25}, "learner": "lgbm"}
{"curr_best_record_id": 1}
"#,
        )],
        &expect![[r#"
            flaml.log as json
            iter_per_learner=1, n_estimators=4, learning_rate=0.5, learner='lgbm', metric validation_loss=0.5, @id=0
            iter_per_learner=2, n_estimators=8, learning_rate=0.25, learner='lgbm', metric validation_loss=0.25, @id=1
        "#]],
    );
}

#[test]
fn results_that_every_run_calls_so_are_called_as_their_folder() {
    check(
        &[
            (
                "bert/all_results.json",
                r#"{"epoch": 3.0, "eval_loss": 0.5, "train_loss": 0.25}"#,
            ),
            (
                "gpt/all_results.json",
                r#"{"epoch": 3.0, "eval_loss": 0.25, "train_loss": 0.5}"#,
            ),
        ],
        &expect![[r#"
            bert/all_results.json as json
            gpt/all_results.json as json
            metric epoch=3, metric eval_loss=0.5, metric train_loss=0.25, @name=bert
            metric epoch=3, metric eval_loss=0.25, metric train_loss=0.5, @name=gpt
        "#]],
    );
}

#[test]
fn what_nni_exports_has_a_result_beside_each_parameter() {
    check(
        &[(
            "export.json",
            r#"[{"parameter": {"lr": 0.5, "opt": "adam"}, "value": {"default": 0.75, "f1": 0.5}, "trialJobId": "uFY0i"},
                {"parameter": {"lr": 0.25, "opt": "sgd"}, "value": 0.5, "trialJobId": "KVj4E"}]"#,
        )],
        &expect![[r#"
            export.json as json
            lr=0.5, opt='adam', metric value.default=0.75, metric value.f1=0.5, @id=uFY0i
            lr=0.25, opt='sgd', metric value=0.5, @id=KVj4E
        "#]],
    );
}

#[test]
fn a_log_whose_lines_begin_with_a_time_in_brackets_is_no_json() {
    check(
        &[(
            "log/dispatcher.log",
            "[2026-12-01 14:09:41] INFO (nni.tuner/MainThread) Tuner has begun\n[2026-12-01 14:09:42] INFO (nni.tuner/MainThread) Done\n",
        )],
        &expect![[r#"
            log/dispatcher.log: it is text but no table of runs (it begins "[2026-12-01 14:09:41] INFO (nni.tuner/Ma"): drop delimited text with a header, JSON or JSON Lines
        "#]],
    );
}

#[test]
fn lines_of_logs_are_no_table_though_commas_part_them() {
    check(
        &[
            (
                "job.log",
                "[2026-12-01 14:09:41,123][__main__][INFO] - begun\n[2026-12-01 14:09:42,456][__main__][INFO] - done\n",
            ),
            (
                "log.txt",
                "step 0: train loss 4.2, val loss 4.3\niter 0: loss 4.2, time 100ms\n",
            ),
        ],
        &expect![[r#"
            job.log: it is text but no table of runs (it begins "[2026-12-01 14:09:41,123][__main__][INFO"): drop delimited text with a header, JSON or JSON Lines
            log.txt: it is text but no table of runs (it begins "step 0: train loss 4.2, val loss 4.3"): drop delimited text with a header, JSON or JSON Lines
        "#]],
    );
}

#[test]
fn logs_of_large_models_are_one_run() {
    check(
        &[
            // As LLaMA-Factory writes it.
            (
                "sft/trainer_log.jsonl",
                r#"{"current_steps": 10, "total_steps": 30, "loss": 1.5, "lr": 1e-05, "epoch": 0.25, "percentage": 33.5, "elapsed_time": "0:00:10", "remaining_time": "0:00:20"}
{"current_steps": 20, "total_steps": 30, "loss": 1.25, "lr": 8e-06, "epoch": 0.5, "percentage": 66.5, "elapsed_time": "0:00:20", "remaining_time": "0:00:10"}
{"current_steps": 30, "total_steps": 30, "loss": 1.0, "lr": 5e-06, "epoch": 0.75, "percentage": 100.0, "elapsed_time": "0:00:30", "remaining_time": "0:00:00"}
"#,
            ),
            (
                "lm.jsonl",
                "{\"iteration\": 1, \"lm loss\": 5.0, \"learning rate\": 0.5}\n{\"iteration\": 2, \"lm loss\": 4.0, \"learning rate\": 0.25}\n",
            ),
        ],
        &expect![[r#"
            sft/trainer_log.jsonl as json
            lm.jsonl as json
            metric total_steps=30 of 3, metric loss=1 of 3, metric lr=5e-6 of 3, metric epoch=0.75 of 3, metric percentage=100 of 3, @id=trainer_log.jsonl, @name=trainer_log
            metric lm loss=4 of 2, metric learning rate=0.25 of 2, @id=lm.jsonl, @name=lm
        "#]],
    );
}

#[test]
fn the_table_of_optunas_dashboard_is_of_trials() {
    check(
        &[
            (
                "study.csv",
                "Number,State,Value,Param lr,Param opt,UserAttribute note\n0,Complete,0.5,0.25,adam,x\n1,Pruned,,0.5,sgd,\n",
            ),
            (
                "two.csv",
                "Number,State,Objective 0,Objective 1,Param lr\n0,Complete,0.5,0.25,0.125\n",
            ),
        ],
        &expect![[r#"
            study.csv as optuna-table
            two.csv as optuna-table
            lr=0.25, opt='adam', metric value=0.5, tag note='x', @id=0, @status=finished
            lr=0.5, opt='sgd', @id=1, @status=pruned
            lr=0.125, metric values_0=0.5, metric values_1=0.25, @id=0, @status=finished
        "#]],
    );
}

#[test]
fn rows_that_name_their_part_of_the_data_are_metrics_of_it() {
    check(
        &[
            // Of one run.
            (
                "log.csv",
                "epoch,split,loss\n0,train,1.0\n0,val,1.5\n1,train,0.5\n1,val,1.25\n",
            ),
            (
                "metrics.jsonl",
                "{\"step\":0,\"phase\":\"train\",\"loss\":1.0}\n{\"step\":1,\"phase\":\"train\",\"loss\":0.5}\n{\"step\":1,\"phase\":\"val\",\"loss\":0.75}\n",
            ),
            // Of runs that were given something.
            (
                "runs.csv",
                "epoch,split,dropout,loss\n5,train,0.1,1.0\n5,val,0.1,1.5\n10,train,0.2,0.5\n10,val,0.2,1.25\n",
            ),
            (
                "hist.csv",
                "experiment,epoch,split,loss,lr\ne1,0,train,1.0,0.5\ne1,0,val,1.5,0.5\ne1,1,train,0.5,0.5\ne1,1,val,1.25,0.5\n\
             e2,0,train,2.0,0.25\ne2,0,val,2.5,0.25\n",
            ),
        ],
        &expect![[r#"
            log.csv as step-table
            metrics.jsonl as json
            runs.csv as delimited
            hist.csv as step-table
            metric train/loss=0.5 of 2, metric val/loss=1.25 of 2, @id=log.csv, @name=log
            metric train/loss=0.5 of 2, metric val/loss=0.75 of 1, @id=metrics.jsonl, @name=metrics
            split='train', dropout=0.1, metric epoch=5, metric loss=1
            split='val', dropout=0.1, metric epoch=5, metric loss=1.5
            split='train', dropout=0.2, metric epoch=10, metric loss=0.5
            split='val', dropout=0.2, metric epoch=10, metric loss=1.25
            lr=0.5, metric train/loss=0.5 of 2, metric val/loss=1.25 of 2, @id=e1
            lr=0.25, metric train/loss=2 of 1, metric val/loss=2.5 of 1, @id=e2
        "#]],
    );
}
