//! Exports of tools that search: several trials, objectives and states, and what their versions write otherwise,
//! written here by the rules of each.

use crate::drop::{borrowed, check, files, read, read_text, told};
use expect_test::expect;
use std::fs;
use std::path::Path;

#[test]
fn trials_of_syne_tune_end_in_several_ways() {
    let results = "epoch,val_loss,acc,st_worker_timestamp,st_worker_time,st_worker_iter,st_decision,st_status,trial_id,config_lr,config_act,st_tuner_time\n\
        1,1.5,0.5,1795405703.5,0.1,0,CONTINUE,Completed,0,0.1,tanh,3.5\n\
        2,1.25,0.75,1795405704.5,0.2,1,STOP,Completed,0,0.1,tanh,3.6\n\
        1,2.5,0.25,1795405703.75,0.1,0,STOP,InProgress,1,0.2,relu,3.7\n\
        1,3.5,0.25,1795405705.5,0.1,0,CONTINUE,InProgress,2,0.3,relu,3.8\n\
        2,3.25,nan,1795405706.5,0.1,1,CONTINUE,InProgress,2,0.3,relu,3.9\n\
        1,4.5,0.25,1795405707.5,0.1,0,CONTINUE,InProgress,3,0.4,relu,4.0\n\
        1,5.5,0.25,1795405707.5,0.1,0,PAUSE,Paused,5,0.5,relu,4.0\n";
    let metadata = r#"{"metric_names": ["val_loss", "acc"], "metric_mode": ["min", "max"]}"#;
    check(
        &[
            ("e/results.csv", results),
            ("e/metadata.json", metadata),
            // Stopped by the scheduler; failed after two reports; runs; failed before its first report.
            ("e/1/config.json", r#"{"lr": 0.2, "act": "relu"}"#),
            ("e/1/stop", "1"),
            ("e/1/end", "1"),
            ("e/2/config.json", r#"{"lr": 0.3, "act": "relu"}"#),
            ("e/2/end", "1"),
            ("e/3/config.json", r#"{"lr": 0.4, "act": "relu"}"#),
            ("e/3/std.out", "[tune-metric]"),
            ("e/4/config.json", r#"{"lr": 0.45, "act": "tanh"}"#),
            ("e/4/end", "1"),
            ("e/4/std.err", "Traceback"),
        ],
        &expect![[r#"
            e/results.csv as syne-tune, val_loss min, acc max
            lr=0.2, act='relu', metric val_loss=2.5 of 1, metric acc=0.25 of 1, @id=1, @name=e/1, @status=finished
            lr=0.3, act='relu', metric val_loss=3.25 of 2, metric acc=NaN of 2, @id=2, @name=e/2, @status=failed
            lr=0.4, act='relu', metric val_loss=4.5 of 1, metric acc=0.25 of 1, @id=3, @name=e/3, @status=running
            lr=0.45, act='tanh', @id=4, @name=e/4, @status=failed
            lr=0.1, act='tanh', metric val_loss=1.25 of 2, metric acc=0.75 of 2, @id=0, @name=e/0, @status=finished
            lr=0.5, act='relu', metric val_loss=5.5 of 1, metric acc=0.25 of 1, @id=5, @name=e/5, @status=running
        "#]],
    );
    // The results alone say what was decided.
    check(
        &[("results.csv", results)],
        &expect![[r#"
            results.csv as syne-tune
            lr=0.1, act='tanh', metric val_loss=1.25 of 2, metric acc=0.75 of 2, @id=0, @name=0, @status=finished
            lr=0.2, act='relu', metric val_loss=2.5 of 1, metric acc=0.25 of 1, @id=1, @name=1, @status=finished
            lr=0.3, act='relu', metric val_loss=3.25 of 2, metric acc=NaN of 2, @id=2, @name=2, @status=running
            lr=0.4, act='relu', metric val_loss=4.5 of 1, metric acc=0.25 of 1, @id=3, @name=3, @status=running
            lr=0.5, act='relu', metric val_loss=5.5 of 1, metric acc=0.25 of 1, @id=5, @name=5, @status=running
        "#]],
    );
}

/// A trial of Ax with one arm, or several.
fn ax_trial(status: &str, arms: &[(&str, f64)]) -> String {
    let arms: Vec<String> = arms
        .iter()
        .map(|(name, x)| {
            format!(
                r#"{{"__type": "Arm", "name": "{name}", "parameters": {{"x": {x}, "k": "a"}}}}"#
            )
        })
        .collect();
    let run = format!(
        r#"{{"__type": "GeneratorRun", "arms": [{}], "weights": [1.0]}}"#,
        arms.join(", ")
    );
    let status = format!(r#""status": {{"__type": "TrialStatus", "name": "{status}"}}"#);
    if arms.len() == 1 {
        format!(
            r#"{{"__type": "Trial", {status}, "generator_run": {run}, "time_created": {{"__type": "datetime", "value": "2022-05-14 14:10:56.082043"}}}}"#
        )
    } else {
        format!(
            r#"{{"__type": "BatchTrial", {status}, "generator_run_structs": [{{"generator_run": {run}}}]}}"#
        )
    }
}

#[test]
fn trials_of_ax_stand_in_several_ways_and_have_several_metrics() {
    let trials = [
        ax_trial("COMPLETED", &[("0_0", 0.25)]),
        ax_trial("FAILED", &[("1_0", 0.5)]),
        ax_trial("ABANDONED", &[("2_0", 0.75)]),
        ax_trial("EARLY_STOPPED", &[("3_0", 1.0)]),
        ax_trial("RUNNING", &[("4_0", 1.25)]),
        ax_trial("CANDIDATE", &[("5_0", 1.5)]),
        ax_trial("COMPLETED", &[("6_0", 1.75), ("6_1", 2.0)]),
    ];
    let trials: Vec<String> = trials
        .iter()
        .enumerate()
        .map(|(index, trial)| format!(r#""{index}": {trial}"#))
        .collect();
    let frame = |rows: &[(&str, &str, &str, &str)], trial: usize| {
        let column = |pick: fn(&(&str, &str, &str, &str)) -> String| {
            let cells = rows.iter().enumerate();
            let cells: Vec<String> = cells
                .map(|(at, row)| format!(r#"\"{at}\": {}"#, pick(row)))
                .collect();
            cells.join(", ")
        };
        format!(
            r#"{{"__type": "Data", "df": {{"__type": "DataFrame", "value": "{{\"arm_name\": {{{}}}, \"metric_name\": {{{}}}, \"mean\": {{{}}}, \"sem\": {{{}}}, \"trial_index\": {{\"0\": {trial}, \"1\": {trial}, \"2\": {trial}}}}}"}}}}"#,
            column(|row| format!(r#"\"{}\""#, row.0)),
            column(|row| format!(r#"\"{}\""#, row.1)),
            column(|row| row.2.to_owned()),
            column(|row| row.3.to_owned()),
        )
    };
    let data = format!(
        r#""0": {{"1652537456082": {}, "1652537456099": {}}}, "3": {{"1": {}}}, "6": {{"1": {}}}"#,
        frame(&[("0_0", "loss", "9", "0")], 0),
        // The newest counts.
        frame(
            &[
                ("0_0", "loss", "0.5", "0.125"),
                ("0_0", "size", "7", "null")
            ],
            0
        ),
        frame(&[("3_0", "loss", "0.75", "NaN")], 3),
        frame(&[("6_0", "loss", "1", "0"), ("6_1", "loss", "2", "0")], 6),
    );
    let objective = |name: &str, minimize: bool| {
        format!(
            r#"{{"__type": "Objective", "metric": {{"__type": "Metric", "name": "{name}"}}, "minimize": {minimize}}}"#
        )
    };
    let client = format!(
        r#"{{"_type": "AxClient", "experiment": {{"__type": "Experiment", "name": "e", "optimization_config": {{"__type": "MultiObjectiveOptimizationConfig", "objective": {{"__type": "MultiObjective", "objectives": [{}, {}]}}}}, "trials": {{{}}}, "data_by_trial": {{{data}}}}}}}"#,
        objective("loss", true),
        objective("size", false),
        trials.join(", ")
    );
    check(
        &[("ax.json", &client)],
        &expect![[r#"
        ax.json as ax, loss min, size max
        x=0.25, k='a', metric loss=0.5, metric size=7, tag sem.loss=0.125, @id=0, @name=0_0, @group=e, @status=finished, @start=2022-05-14T14:10:56.082Z
        x=0.5, k='a', @id=1, @name=1_0, @group=e, @status=failed, @start=2022-05-14T14:10:56.082Z
        x=0.75, k='a', @id=2, @name=2_0, @group=e, @status=killed, @start=2022-05-14T14:10:56.082Z
        x=1, k='a', metric loss=0.75, @id=3, @name=3_0, @group=e, @status=pruned, @start=2022-05-14T14:10:56.082Z
        x=1.25, k='a', @id=4, @name=4_0, @group=e, @status=running, @start=2022-05-14T14:10:56.082Z
        x=1.5, k='a', @id=5, @name=5_0, @group=e, @status=scheduled, @start=2022-05-14T14:10:56.082Z
        x=1.75, k='a', metric loss=1, @id=6/6_0, @name=6_0, @group=e, @status=finished
        x=2, k='a', metric loss=2, @id=6/6_1, @name=6_1, @group=e, @status=finished
    "#]],
    );
}

#[test]
fn optuna_tables_of_chosen_attributes_are_optunas() {
    for (text, want) in [
        (
            "number,value,params_x\n0,0.5,1\n1,0.25,2\n",
            "x=1, metric value=0.5, @id=0",
        ),
        (
            "Unnamed: 0,number,value_loss,params_x\n0,0,0.5,1\n1,1,0.25,2\n",
            "x=1, metric loss=0.5, @id=0",
        ),
        (
            ",params_x,user_attrs_note,state\n0,1,a,COMPLETE\n1,2,b,PRUNED\n",
            "x=1, tag note='a', @status=finished",
        ),
    ] {
        let got = told(&read_text("trials.csv", text));
        assert!(
            got.contains("as optuna-table") && got.contains(want),
            "{got}"
        );
    }
    // Others have columns of such names too.
    let other = "state,params_x,params_y,loss\ndone,1,2,0.5\ndone,2,3,0.25\n";
    let got = told(&read_text("runs.csv", other));
    assert!(
        got.contains("as delimited") && got.contains("metric loss=0.5"),
        "{got}"
    );
}

#[test]
fn a_configuration_of_bohb_has_its_curves_by_budget() {
    check(
        &[
            (
                "b/configs.json",
                "[[0, 0, 0], {\"x\": 0.5}, {\"model_based_pick\": false}]\n[[0, 0, 1], {\"x\": 0.75}, {\"model_based_pick\": true}]\n[[1, 0, 0], {\"x\": 1}, {}]\n",
            ),
            (
                "b/results.json",
                "[[0, 0, 0], 3.0, {\"submitted\": 1500000000.5, \"started\": 1500000001.0, \"finished\": 1500000002.0}, {\"loss\": 0.5, \"info\": {\"acc\": 0.25, \"why\": \"x\"}}, null]\n\
                [[0, 0, 0], 9.0, {\"submitted\": 1500000003.0, \"started\": 1500000004.0, \"finished\": 1500000005.0}, {\"loss\": 0.25, \"info\": {\"acc\": 0.5}}, null]\n\
                [[0, 0, 1], 3.0, {\"submitted\": 1500000003.0, \"started\": 1500000004.0, \"finished\": 1500000005.0}, null, \"Traceback\"]\n",
            ),
        ],
        &expect![[r#"
            b/configs.json as bohb, loss min
            x=0.5, metric loss=0.25 of 2, metric acc=0.5 of 2, tag model_based_pick=false, tag why='x', @id=0/0/0, @status=finished, @start=2017-07-14T02:40:01Z, @end=2017-07-14T02:40:05Z
            x=0.75, tag model_based_pick=true, tag error='Traceback', @id=0/0/1, @status=failed, @start=2017-07-14T02:40:04Z, @end=2017-07-14T02:40:05Z
            x=1, @id=1/0/0, @status=scheduled
        "#]],
    );
}

#[test]
fn an_older_run_history_of_smac_is_one_by_any_name() {
    let text = r#"{"data": [[[1, null, 0, 0.0], [0.5, 1.5, {"__enum__": "StatusType.SUCCESS"}, 1600000000.5, 1600000002.0, {}]], [[1, null, 7, 0.0], [2147483647, 1.5, {"__enum__": "StatusType.CRASHED"}, 0.0, 0.0, {}]]], "config_origins": {"1": "Random"}, "configs": {"1": {"x": 0.5, "b": "True"}}}"#;
    check(
        &[("history-old.json", text)],
        &expect![[r#"
            history-old.json as smac, cost min
            x=0.5, b='True', metric cost=0.5, tag seed=0, tag budget=0, tag origin='Random', tag time=1.5, @id=1/0/0.0, @name=config 1, @group=config 1, @status=finished, @start=2020-09-13T12:26:40.5Z, @end=2020-09-13T12:26:42Z
            x=0.5, b='True', metric cost=Infinity, tag seed=7, tag budget=0, tag origin='Random', tag time=1.5, @id=1/7/0.0, @name=config 1, @group=config 1, @status=failed
        "#]],
    );
}

#[test]
fn a_metric_of_ray_has_one_name_in_folder_and_table() {
    let params = r#"{"lr": 0.1, "tags": ["a", "b"]}"#;
    let report = r#"{"val/loss": 0.5, "detail": {"acc": 0.25}, "time_ms": 3, "training_iteration": 1, "trial_id": "ab12_00000", "done": true, "pid": 7}"#;
    check(
        &[
            ("e/train_ab12_00000_0/params.json", params),
            ("e/train_ab12_00000_0/result.json", report),
            (
                "e/results.csv",
                "val/loss,detail/acc,time_ms,training_iteration,trial_id,config/lr,config/tags\n0.5,0.25,3,1,ab12_00000,0.1,\"['a', 'b']\"\n",
            ),
        ],
        &expect![[r#"
            e/train_ab12_00000_0/params.json as ray-tune
            e/results.csv as ray-table
            lr=0.1, tags.0='a', tags.1='b', metric val/loss=0.5 of 1, metric detail/acc=0.25 of 1, metric training_iteration=1, tag time_ms=3, @id=ab12_00000, @name=train_ab12_00000_0, @status=finished
        "#]],
    );
}

#[test]
fn what_population_based_training_of_ray_has_copied_is_no_run() {
    let copied = r#"["1_lr=0.1177", "3_lr=0.6846", 3, 2, {"lr": 0.6846245172121317}, {"lr": 0.5476996137697053}]
"#;
    check(
        &[
            ("pbt/pbt_global.txt", copied),
            ("pbt/pbt_policy_5ccc3_00001.txt", copied),
            (
                "pbt/C_5ccc3_00001_1_lr=0.1177/params.json",
                r#"{"lr": 0.5476996137697053}"#,
            ),
            (
                "pbt/C_5ccc3_00001_1_lr=0.1177/result.json",
                r#"{"score": 0.5, "training_iteration": 1, "trial_id": "5ccc3_00001", "done": true}"#,
            ),
        ],
        &expect![[r#"
            pbt/C_5ccc3_00001_1_lr=0.1177/params.json as ray-tune
            lr=0.5476996137697053, metric score=0.5 of 1, @id=5ccc3_00001, @name=C_5ccc3_00001_1_lr=0.1177, @status=finished
        "#]],
    );
}

#[test]
fn trials_of_hyperopt_in_a_table_by_hand_have_their_numbers() {
    check(
        &[(
            "trials.csv",
            "tid,loss,status,lr,k,wa\n0,0.0175,ok,0.0174,1,\n1,0.5,fail,0.3,0,0.25\n",
        )],
        &expect![[r#"
            trials.csv as delimited
            lr=0.0174, k=1, metric loss=0.0175, @id=0, @status=finished
            lr=0.3, k=0, wa=0.25, metric loss=0.5, @id=1, @status=failed
        "#]],
    );
}

#[test]
fn trials_of_ray_that_wait_are_only_in_its_state() {
    check(
        &[
            (
                "e/experiment_state-2026.json",
                r#"{"trial_data":[["{\"trial_id\": \"ab_0\", \"status\": \"TERMINATED\", \"config\": {\"lr\": 0.1}}","{}"],["{\"trial_id\": \"ab_1\", \"status\": \"PENDING\", \"config\": {\"lr\": 0.2}, \"experiment_tag\": \"1_lr=0.2\"}","{}"]]}"#,
            ),
            ("e/train_ab_0_lr=0.1/params.json", r#"{"lr": 0.1}"#),
            (
                "e/train_ab_0_lr=0.1/result.json",
                r#"{"loss": 0.5, "training_iteration": 1, "trial_id": "ab_0"}"#,
            ),
        ],
        &expect![[r#"
            e/train_ab_0_lr=0.1/params.json as ray-tune
            lr=0.1, metric loss=0.5 of 1, @id=ab_0, @name=train_ab_0_lr=0.1, @status=finished
            lr=0.2, @id=ab_1, @name=1_lr=0.2, @status=scheduled
        "#]],
    );
}

#[test]
fn exports_are_known_by_what_is_in_them() {
    let results = "trial_id,loss,st_worker_time,config_lr\n0,0.5,1.5,0.1\n0,0.25,2.5,0.1\n";
    check(
        &[("mine.csv", results)],
        &expect![[r#"
        mine.csv as syne-tune
        lr=0.1, metric loss=0.25 of 2, @id=0, @name=mine.csv/0
    "#]],
    );
    let ax = r#"{"__type":"Experiment","name":"e","trials":{"0":{"__type":"Trial","status":{"name":"COMPLETED"},"generator_run":{"arms":[{"name":"0_0","parameters":{"x":1}}]}}},"data_by_trial":{}}"#;
    check(
        &[("mine.json", ax)],
        &expect![[r#"
        mine.json as ax
        x=1, @id=0, @name=0_0, @group=e, @status=finished
    "#]],
    );
}

#[test]
fn an_operation_of_guild_has_one_name_in_folder_and_table() {
    let folder = |id: &str, reference: &str| {
        [
            (format!("runs/{id}/.guild/opref"), reference.to_owned()),
            (
                format!("runs/{id}/.guild/attrs/flags"),
                "lr: 0.1\n".to_owned(),
            ),
        ]
    };
    let dropped = [
        folder(
            "0123abcd0123abcd0123abcd0123abcd",
            "script:/home/a b/p '' '' train.py",
        ),
        folder(
            "89abcdef89abcdef89abcdef89abcdef",
            "guildfile:/p 'f00' mlp train\n",
        ),
    ]
    .concat();
    let dropped = borrowed(&dropped);
    check(
        &dropped,
        &expect![[r#"
        runs/0123abcd0123abcd0123abcd0123abcd/.guild/attrs/flags as guild
        lr=0.1, tag operation='train.py', @id=0123abcd0123abcd0123abcd0123abcd, @status=running
        lr=0.1, tag operation='mlp:train', @id=89abcdef89abcdef89abcdef89abcdef, @status=running
    "#]],
    );
}

#[test]
fn what_guild_deleted_and_what_it_looks_up_are_no_runs() {
    let folder = |place: &str, lr: &str| {
        let folder = format!(
            "guild/{place}/0123abcd0123abcd0123abcd0123abc{}/.guild",
            lr.len()
        );
        [
            (
                format!("{folder}/opref"),
                "script:/p '' '' train.py".to_owned(),
            ),
            (format!("{folder}/attrs/flags"), format!("lr: {lr}\n")),
        ]
    };
    let dropped = [folder("runs", "0.1"), folder("trash/runs", "0.25")].concat();
    check(
        &borrowed(&dropped),
        &expect![[r#"
        guild/runs/0123abcd0123abcd0123abcd0123abc3/.guild/attrs/flags as guild
        guild/trash/runs/0123abcd0123abcd0123abcd0123abc4/.guild/attrs/flags as guild
        ! : runs that Guild shows as deleted: 1 (left out, as in Guild)
        lr=0.1, tag operation='train.py', @id=0123abcd0123abcd0123abcd0123abc3, @status=running
    "#]],
    );
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sqlite/trackers");
    let index = fs::read(root.join("guild-index.db")).unwrap();
    let dropped = files(&[("guild/cache/runs/index_v1.db", &index)]);
    assert_eq!(read(&dropped).1.rows(), 0);
}

#[test]
fn what_a_candidate_was_given_is_no_param() {
    let halving = r#"[{"iter": 0, "n_resources": 12, "mean_fit_time": 0.5, "param_C": 0.01, "mean_test_score": 0.625, "rank_test_score": 2},
        {"iter": 1, "n_resources": 24, "mean_fit_time": 0.75, "param_C": 0.1, "mean_test_score": 0.75, "rank_test_score": 1}]"#;
    let dehb = r#"[{"config_id": 3, "config": [0.25, 0.5], "fitness": 0.125, "cost": 3.0, "fidelity": 3.0, "info": {"acc": 0.875}}]"#;
    check(
        &[("halving.json", halving)],
        &expect![[r#"
        halving.json as json
        param_C=0.01, metric mean_fit_time=0.5, metric mean_test_score=0.625, metric rank_test_score=2, tag iter=0, tag n_resources=12
        param_C=0.1, metric mean_fit_time=0.75, metric mean_test_score=0.75, metric rank_test_score=1, tag iter=1, tag n_resources=24
    "#]],
    );
    check(
        &[("history.json", dehb)],
        &expect![[r#"
        history.json as json
        config.0=0.25, config.1=0.5, metric fitness=0.125, metric cost=3, metric info.acc=0.875, tag fidelity=3, @id=3
    "#]],
    );
}

#[test]
fn the_best_trial_as_the_command_of_optuna_writes_it() {
    check(
        &[(
            "best.json",
            r#"{"number": 8, "value": 1.5, "datetime_start": "2026-01-02 03:04:05", "datetime_complete": "2026-01-02 03:04:06",
                "duration": "0:00:01.5", "params": {"a": 0.25, "cond x": 0.5, "f": [1, 2]}, "user_attrs": {"n": 12.0}, "state": "COMPLETE"}"#,
        )],
        &expect![[r#"
            best.json as json
            a=0.25, cond x=0.5, f.0=1, f.1=2, metric value=1.5, tag n=12, @id=8, @start=2026-01-02T03:04:05Z, @end=2026-01-02T03:04:06Z, @status=finished, @name=best
        "#]],
    );
}

#[test]
fn data_of_ax_without_a_curve_has_no_step() {
    let frame = r#"{\"trial_index\":{\"0\":0,\"1\":0,\"2\":0},\"arm_name\":{\"0\":\"0_0\",\"1\":\"0_0\",\"2\":\"0_0\"},\"metric_name\":{\"0\":\"loss\",\"1\":\"loss\",\"2\":\"acc\"},\"mean\":{\"0\":0.5,\"1\":0.25,\"2\":0.75},\"sem\":{\"0\":null,\"1\":null,\"2\":null},\"step\":{\"0\":1.0,\"1\":2.0,\"2\":NaN}}"#;
    let client = format!(
        r#"{{"_type": "Client", "experiment": {{"name": "e", "trials": {{"0": {{"__type": "Trial", "status": {{"name": "COMPLETED"}},
            "generator_run": {{"arms": [{{"name": "0_0", "parameters": {{"x": 0.5}}}}]}}}}}},
            "data_by_trial": {{"0": {{"value": [[0, {{"df": {{"value": "{frame}"}}}}]]}}}}}}}}"#
    );
    check(
        &[("ax.json", &client)],
        &expect![[r#"
        ax.json as ax
        x=0.5, metric acc=0.75, metric loss=0.25 of 2, @id=0, @name=0_0, @group=e, @status=finished
    "#]],
    );
}

#[test]
fn names_of_the_objectives_of_smac_stand_beside_its_costs() {
    let history = r#"{"stats": {}, "data": [{"config_id": 1, "instance": null, "seed": 0, "budget": null, "cost": [0.5, 3.0],
        "time": 1.0, "status": 1, "starttime": 0.0, "endtime": 0.0, "additional_info": {}}], "configs": {"1": {"lr": 0.25}}}"#;
    let scenario = r#"{"name": "s", "objectives": ["err", "size"]}"#;
    check(
        &[
            ("o/runhistory.json", history),
            ("o/scenario.json", scenario),
        ],
        &expect![[r#"
            o/runhistory.json as smac, cost_0 min, cost_1 min
            lr=0.25, metric cost_0=0.5, metric cost_1=3, tag seed=0, tag time=1, tag cost_0 is='err', tag cost_1 is='size', @id=s/1/0/None, @name=config 1, @group=s config 1, @status=finished
        "#]],
    );
}
