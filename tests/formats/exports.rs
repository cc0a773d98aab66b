//! The exports of trackers, from fixtures that they wrote.

use crate::drop::{files, read, read_text, told};
use crate::expected::check;
use expect_test::expect;
use runsift::ledger::{Ledger, Role};

/// Names of a role's columns.
fn names(ledger: &Ledger, role: Role) -> Vec<&str> {
    ledger
        .columns()
        .iter()
        .filter(|column| column.role() == role)
        .map(runsift::ledger::Column::name)
        .collect()
}

#[test]
fn optuna_tables_are_whole_however_they_were_written() {
    for study in ["bc-conditional", "wine-tradeoff"] {
        for way in ["", "_with_index", "_multiindex"] {
            let ledger = check(&format!("optuna-{study}{way}"), "optuna-table");
            assert!(ledger.attribute("start").is_some() && ledger.attribute("duration").is_some());
            assert!(
                ledger.sources()[0].directions.is_empty(),
                "the file says no direction"
            );
        }
    }
}

#[test]
fn an_empty_study_is_told() {
    for text in ["\n", "\"\"\n"] {
        let (plan, _) = read_text("trials.csv", text);
        assert_eq!(plan.unread[0].reason, "there is nothing in it but blanks");
        assert!(plan.units.is_empty());
    }
}

#[test]
fn mlflow_tables_are_whole() {
    let ledger = check("mlflow-table", "mlflow-table");
    assert!(ledger.sources()[0].has_ids);
    assert!(names(&ledger, Role::Tag).contains(&"mlflow.runName"));
    check("mlflow-records", "mlflow-records");
}

#[test]
fn wandb_tables_are_whole() {
    check("wandb-table", "wandb-table");
}

#[test]
fn charts_belong_to_the_runs_of_the_table_beside_them() {
    let table = "\"Name\",\"State\",\"Notes\",\"User\",\"Created\",\"lr\",\"opt\",\"acc\"\n\
        \"a - b\",\"finished\",\"-\",\"u\",\"2024-01-01T00:00:00.000Z\",\"0.1\",\"adam\",\"0.9\"\n\
        \"c\",\"crashed\",\"-\",\"u\",\"2024-01-01T00:00:00.000Z\",\"0.2\",\"sgd\",\"0.8\"\n\
        \"c\",\"running\",\"-\",\"u\",\"2024-01-01T00:00:00.000Z\",\"0.3\",\"sgd\",\"\"\n";
    let chart = "\"Step\",\"a - b - val/loss\",\"a - b - val/loss__MIN\",\"a - b - val/loss__MAX\",\"c - val/loss\"\n\
        \"0\",\"1.5\",\"1.4\",\"1.6\",\"3\"\n\"1\",\"1.2\",\"1.2\",\"1.2\",\"\"\n";
    let drop = read(&files(&[
        ("p/chart.csv", chart.as_bytes()),
        ("p/runs.csv", table.as_bytes()),
    ]));
    assert_eq!(drop.0.units.len(), 1);
    expect![[r"
        p/runs.csv as wandb-table
        ! column 5: c is the name of several runs of the table (its curves are kept as a run of their own)
        lr=0.1, opt='adam', metric acc=0.9, metric val/loss=1.2 of 2, tag User='u', @name=a - b, @status=finished, @start=2024-01-01T00:00:00Z
        lr=0.2, opt='sgd', metric acc=0.8, tag User='u', @name=c, @status=failed, @start=2024-01-01T00:00:00Z
        lr=0.3, opt='sgd', tag User='u', @name=c, @status=running, @start=2024-01-01T00:00:00Z
        metric val/loss=3 of 1, @name=c
    "]]
    .assert_eq(&told(&drop));
}

#[test]
fn charts_alone_are_the_same_runs() {
    let chart = |metric: &str| format!("Step,a - {metric},b - {metric}\n0,1,2\n1,0.5,\n");
    let (loss, acc) = (chart("loss"), chart("acc"));
    let drop = read(&files(&[
        ("loss.csv", loss.as_bytes()),
        ("acc.csv", acc.as_bytes()),
        ("again.csv", acc.as_bytes()),
    ]));
    expect![[r"
        loss.csv as wandb-chart
        ! column 2: a - acc is in a chart before it (left out)
        ! column 3: b - acc is in a chart before it (left out)
        metric loss=0.5 of 2, metric acc=0.5 of 2, @name=a
        metric loss=2 of 1, metric acc=2 of 1, @name=b
    "]]
    .assert_eq(&told(&drop));
}

#[test]
fn sklearn_results_are_whole() {
    let ledger = check("sklearn", "sklearn-cv-results");
    assert!(
        ledger.sources()[0]
            .directions
            .iter()
            .all(|(name, maximize)| name.starts_with("mean_test_") && *maximize)
    );
}

#[test]
fn sklearn_with_semicolons_and_decimal_commas() {
    let text = ";mean_fit_time;param_svc__C;param_svc__kernel;params;split0_test_score;mean_test_score;rank_test_score\n\
        0;0,5;0,1;rbf;\"{'svc__C': 0.1, 'svc__kernel': 'rbf'}\";0,9;0,9;1\n\
        1;0,25;;linear;\"{'svc__kernel': 'linear'}\";;;2\n";
    expect![[r"
        r.csv as sklearn-cv-results, mean_test_score max
        svc__C=0.1, svc__kernel='rbf', metric mean_fit_time=0.5, metric split0_test_score=0.9, metric mean_test_score=0.9, metric rank_test_score=1, @id=0, @name=r.csv#0, @status=finished
        svc__kernel='linear', metric mean_fit_time=0.25, metric rank_test_score=2, @id=1, @name=r.csv#1, @status=failed
    "]]
    .assert_eq(&told(&read_text("r.csv", text)));
}

#[test]
fn hyperopt_trials_are_whole() {
    let ledger = check("hyperopt-trials", "hyperopt-trials");
    assert_eq!(ledger.sources()[0].directions, [("loss".to_owned(), false)]);
    check("hyperopt-table", "hyperopt-table");
}

#[test]
fn hyperopt_from_mongodb_with_all_states() {
    let text = r#"[{"_id":{"$oid":"x"},"tid":0,"state":2,"result":{"status":"ok","loss":NaN},"misc":{"vals":{"lr":[0.1],"k":[]}},"book_time":{"$date":1700000000000},"refresh_time":{"$date":"2023-11-14T22:13:20Z"}},
        {"tid":1,"state":3,"result":{"status":"fail","why":"oom"},"misc":{"vals":{"lr":[0.2]}},"book_time":null},
        {"tid":2,"state":0,"result":{"status":"new"},"misc":{"vals":{"lr":[0.3]}}},
        {"tid":3,"state":1,"result":{"status":"new"},"misc":{"vals":{}}},
        {"tid":4,"state":2,"result":{"status":"fail"},"misc":{"vals":{}}}]"#;
    expect![[r"
        t.json as hyperopt-trials, loss min
        lr=0.1, metric loss=NaN, @id=0, @name=trial-0, @status=finished, @start=2023-11-14T22:13:20Z, @end=2023-11-14T22:13:20Z
        lr=0.2, tag why='oom', @id=1, @name=trial-1, @status=failed
        lr=0.3, @id=2, @name=trial-2, @status=scheduled
        @id=3, @name=trial-3, @status=running
        @id=4, @name=trial-4, @status=failed
    "]]
    .assert_eq(&told(&read_text("t.json", text)));
}

#[test]
fn nevergrad_logs_are_whole() {
    check("nevergrad", "nevergrad");
}

#[test]
fn nevergrad_with_several_objectives() {
    let text = "{\"#optimizer\":\"NGOpt\",\"#num-tell\":1,\"#uid\":\"u1\",\"#loss\":0.5,\"#losses#0\":0.1,\"#losses#1\":0.9,\"lr\":0.1,\"lr#sigma\":1.0,\"act\":\"relu\",\"act.indices\":[0],\"act.indices#sigma\":1.0,\"0\":[1,2]}\n";
    expect![[r"
        p.log as nevergrad, #loss min, #losses#0 min, #losses#1 min
        lr=0.1, act='relu', 0.0=1, 0.1=2, metric #loss=0.5, metric #losses#0=0.1, metric #losses#1=0.9, tag #optimizer='NGOpt', tag #num-tell=1, @id=u1, @name=u1, @status=finished
    "]]
    .assert_eq(&told(&read_text("p.log", text)));
}

#[test]
fn hiplot_experiments_are_whole() {
    check("hiplot", "hiplot");
    check("hiplot-table", "hiplot-table");
}

#[test]
fn deepcave_tables_have_directions_and_their_space() {
    let trials = "config_id,status,seed,metric:accuracy [0.0; 1.0] (maximize),metric:time (minimize),criterion,start_time,end_time\n\
        7,SUCCESS,1,0.75,2.5,gini,1723040295.1,1723040296.2\n8,CRASHED,1,,,entropy,,\n";
    let space = "name,type,lower,upper,default,log,choices\ncriterion,categorical,,,gini,,\"['gini', 'entropy']\"\n";
    let drop = read(&files(&[
        ("d/configspace.csv", space.as_bytes()),
        ("d/trials.csv", trials.as_bytes()),
    ]));
    assert_eq!((drop.0.units.len(), drop.0.units[0].files.len()), (1, 2));
    expect![[r"
        d/trials.csv as deepcave-table, accuracy max, time min
        seed=1, criterion='gini', metric accuracy=0.75, metric time=2.5, @config_id=7, @status=finished, @start=2024-08-07T14:18:15.1Z, @end=2024-08-07T14:18:16.2Z
        seed=1, criterion='entropy', @config_id=8, @status=failed
    "]]
    .assert_eq(&told(&drop));
}

#[test]
fn comet_tables_say_how_runs_stand() {
    let text = "experimentKey,experimentName,startTimeMillis,endTimeMillis,running,hasCrashed,lr,val_loss\n\
        k1,one,1700000000000,1700000001000,False,False,0.1,0.5\nk2,two,1700000000000,,True,False,0.2,\nk3,three,1700000000000,,False,True,0.2,\n";
    let (_, ledger) = read_text("c.csv", text);
    let status = ledger.attribute("status").unwrap();
    assert_eq!(
        [0, 1, 2].map(|row| status.get(row).to_string()),
        ["finished", "running", "failed"]
    );
    assert_eq!(
        (names(&ledger, Role::Param), names(&ledger, Role::Metric)),
        (vec!["lr"], vec!["val_loss"])
    );
}

#[test]
fn training_logs_are_a_run_each() {
    check("training-log", "training-log");
    for text in [
        "epoch;loss;val_loss\n0;2,5;NA\n1;1,25;1,5\n",
        "epoch\tloss\tval_loss\n0\t2.5\tNA\n1\t1.25\t1.5\n",
    ] {
        expect![[r"
            training_7.log as training-log
            metric loss=1.25 of 2, metric val_loss=1.5 of 1, @id=training_7.log, @name=training_7
        "]]
        .assert_eq(&told(&read_text("training_7.log", text)));
    }
}

#[test]
fn lightning_logs_have_training_and_validation_in_rows_of_their_own() {
    let text = "epoch,lr-Adam,step,train_loss,val_loss\n0,,49,0.5,\n0,,49,,0.6\n1,0.01,99,0.4,\n1,,99,,0.5\n";
    expect![[r"
        metrics.csv as training-log
        metric epoch=1 of 4, metric lr-Adam=0.01 of 1, metric train_loss=0.4 of 2, metric val_loss=0.5 of 2, @id=metrics.csv, @name=metrics
    "]]
    .assert_eq(&told(&read_text("metrics.csv", text)));
}

#[test]
fn long_forms_are_whole_and_join_their_configurations() {
    check("long-form", "long-form");
    check("long-form-json", "long-form-json");
}
