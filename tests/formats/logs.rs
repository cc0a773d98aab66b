//! What tells the log of one training from a table of runs that are numbered as steps are.

use crate::drop::{check, read_text};
use expect_test::expect;
use std::fmt::Write as _;

/// How a table is read, and how many runs it has.
fn read_as(path: &str, text: &str) -> (String, usize) {
    let (plan, ledger) = read_text(path, text);
    (plan.units[0].format.clone(), ledger.rows())
}

/// The same table as lines of JSON, whose members have no order.
fn lines_of(text: &str) -> String {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut json = String::new();
    for line in lines {
        let cells: Vec<(&&str, &str)> = header.iter().zip(line.split(',')).collect();
        let cells = cells
            .into_iter()
            .rev()
            .map(|(name, cell)| match cell.parse::<f64>() {
                Ok(_) => format!("\"{name}\": {cell}"),
                Err(_) => format!("\"{name}\": \"{cell}\""),
            });
        let cells: Vec<String> = cells.collect();
        writeln!(json, "{{{}}}", cells.join(", ")).unwrap();
    }
    json
}

fn check_log(path: &str, text: &str) {
    let want = ("training-log".to_owned(), 1);
    assert_eq!(read_as(path, text), want, "{text}");
    let (path, text) = (path.replace(".csv", ".jsonl"), lines_of(text));
    assert_eq!(read_as(&path, &text), ("json".to_owned(), 1), "{text}");
}

fn check_runs(text: &str) {
    let (format, runs) = read_as("sweep.csv", text);
    let count = text.trim().lines().count() - 1;
    assert_eq!((format.as_str(), runs), ("delimited", count), "{text}");
    let text = lines_of(text);
    let want = ("json".to_owned(), count);
    assert_eq!(read_as("sweep.jsonl", &text), want, "{text}");
}

#[test]
fn a_learning_rate_is_logged_only_beside_what_came_of_it() {
    for header in ["step,lr,fitness", "epoch,learning_rate,hits"] {
        check_runs(&format!(
            "{header}\n1,0.1,7\n2,0.003,9\n3,0.02,4\n4,0.3,8\n"
        ));
    }
    // Whatever it is of, and whether a goal is called by a word of ours or not.
    for header in [
        "step,lr,loss",
        "epoch,val_loss,learning_rate",
        "step,lr-Adam,reward",
        "epoch,train/lr,val/dice",
        "epoch,lr",
    ] {
        let more = if header.matches(',').count() == 2 {
            ["7", "9", "4", "8"].map(|value| format!(",{value}"))
        } else {
            Default::default()
        };
        let mut text = header.to_owned();
        for (step, (rate, more)) in ["0.1", "0.1", "0.05", "0.01"].iter().zip(&more).enumerate() {
            write!(text, "\n{step},{rate}{more}").unwrap();
        }
        check_log("a.csv", &text);
    }
    // A file that is called as the log of a training is one.
    check_log(
        "a/metrics.csv",
        "step,lr-Adam,height\n0,0.1,3\n1,0.2,4\n2,0.1,5\n3,0.05,4\n",
    );
}

#[test]
fn a_table_with_a_given_column_is_one_of_runs() {
    check_runs("step,batch_size,loss\n1,16,0.5\n2,64,0.25\n3,32,0.75\n4,16,0.5\n");
    check_runs(
        "step,dropout,loss,acc,lr\n1,0.1,0.5,0.5,0.1\n2,0.3,0.25,0.5,0.2\n3,0.2,1,0.5,0.1\n",
    );
    check_runs("step,optimizer,val_loss\n1,adam,0.5\n2,sgd,0.25\n3,adam,0.75\n4,sgd,0.5\n");
    // Even where it only grows, as a short grid does.
    check_runs("iteration,seed,accuracy\n1,1,0.5\n2,2,0.25\n3,3,0.75\n4,4,0.5\n");
}

#[test]
fn what_follows_a_schedule_was_not_given() {
    let log = |rows: i32, epsilon: fn(i32) -> i32| {
        let mut text = "step,epsilon,loss,reward".to_owned();
        for row in 0..rows {
            write!(text, "\n{row},{},{},{row}", epsilon(row), row % 7).unwrap();
        }
        text
    };
    check_log("dqn.csv", &log(30, |row| 100 - row));
    check_log("dqn.csv", &log(30, |row| row / 10));
    check_runs(&log(30, |row| row * 7 % 5));
    check_runs(&log(10, |row| 100 - row));
}

#[test]
fn lines_of_json_are_the_steps_of_runs() {
    check(
        &[(
            "log.jsonl",
            "{\"loss\": 1.5, \"step\": 0, \"val\": {\"acc\": 0.25}}\n{\"loss\": NaN, \"step\": 10, \"note\": \"x\"}\n\
             {\"loss\": 0.5, \"step\": 20, \"best\": 0.5}\n",
        )],
        &expect![[r#"
            log.jsonl as json
            metric loss=0.5 of 3, metric val.acc=0.25 of 1, metric best=0.5 of 1, @id=log.jsonl, @name=log
        "#]],
    );
    // As one array; the runs are named.
    check(
        &[(
            "runs.json",
            r#"[{"run": "a", "step": 0, "lr": 0.1, "loss": 2}, {"run": "a", "step": 1, "lr": 0.1, "loss": 1, "time": null},
                {"run": "b", "step": 0, "lr": 0.2, "loss": 3}, {"run": "b", "lr": 0.2, "loss": 2, "step": 1, "acc": 0.5}]"#,
        )],
        &expect![[r#"
            runs.json as json
            lr=0.1, metric loss=1 of 2, @id=a
            lr=0.2, metric loss=2 of 2, metric acc=0.5 of 1, @id=b
        "#]],
    );
    // As pandas writes a table of them.
    check(
        &[(
            "h.json",
            r#"{"columns": ["run", "step", "loss"], "index": [0, 1], "data": [["a", 0, 2.5], ["a", 1, 0.5]]}"#,
        )],
        &expect![[r#"
            h.json as json
            metric loss=0.5 of 2, @id=a
        "#]],
    );
    // Records with an id each are runs, whatever they count.
    check(
        &[(
            "runs.json",
            r#"[{"id": "a", "epoch": 3, "loss": 0.5}, {"id": "b", "epoch": 4, "loss": 0.25}]"#,
        )],
        &expect![[r#"
            runs.json as json
            metric epoch=3, metric loss=0.5, @id=a
            metric epoch=4, metric loss=0.25, @id=b
        "#]],
    );
}
