//! Two exports of the same runs in one drop: the later one brings the runs up to date where it is certain which that is, and
//! else the receipt says what they may be.

use crate::drop::{files, read};
use runsift::ledger::{Ledger, MAY_BE_AGAIN, Role, ValueRef};

/// A runs table of W&B without ids: name, state, the day on which it began, lr and accuracy.
fn wandb(runs: &[(&str, &str, u8, f64, f64)]) -> String {
    let mut text =
        "\"Name\",\"State\",\"Notes\",\"User\",\"Created\",\"lr\",\"val_acc\"\n".to_owned();
    for (name, state, day, lr, acc) in runs {
        text += &format!(
            "\"{name}\",\"{state}\",\"-\",\"u\",\"2024-01-0{day}T00:00:00.000Z\",\"{lr}\",\"{acc}\"\n"
        );
    }
    text
}

/// A table with ids that other grids have, too.
fn grid(losses: &[f64]) -> String {
    let mut text = "run_id,lr,val_loss\n".to_owned();
    for (at, loss) in losses.iter().enumerate() {
        text += &format!("run-{at},0.0{},{loss}\n", at + 1);
    }
    text
}

/// What becomes of two files that are dropped at once: the paths are in the order in which the page has them.
fn together(dropped: [(&str, &str); 2]) -> Ledger {
    assert!(dropped[0].0 < dropped[1].0);
    read(&files(&dropped.map(|(path, text)| (path, text.as_bytes())))).1
}

/// How many runs there are, the last value of the metric of the run called `b`, and what was said.
fn of_b(ledger: &Ledger) -> (usize, f64, String) {
    let lr = ledger.column(ledger.find(Role::Param, "lr").unwrap());
    let of_b = |row: &usize| lr.get(*row) == ValueRef::Number(0.2);
    let row = (0..ledger.rows()).find(of_b).unwrap();
    let acc = ledger.column(ledger.find(Role::Metric, "val_acc").unwrap());
    let mut said = String::new();
    for source in ledger.sources() {
        for problem in source.problems.listed() {
            said += &format!("{}: {}", problem.path, problem.what);
        }
    }
    (ledger.rows(), acc.get(row).number().unwrap(), said)
}

#[test]
fn two_days_of_a_table_in_one_drop_are_its_runs_once() {
    let monday = wandb(&[
        ("a", "finished", 1, 0.1, 0.9),
        ("b", "running", 2, 0.2, 0.5),
    ]);
    // The newest first, as W&B has it.
    let tuesday = wandb(&[
        ("c", "running", 3, 0.3, 0.4),
        ("b", "finished", 2, 0.2, 0.8),
        ("a", "finished", 1, 0.1, 0.9),
    ]);
    for dropped in [
        [
            ("wandb_export_2024-01-02T09_00_00.000+00_00.csv", &monday),
            ("wandb_export_2024-01-03T09_00_00.000+00_00.csv", &tuesday),
        ],
        // A browser numbers what it downloads again, and such a name stands before the first.
        [("runs (1).csv", &tuesday), ("runs.csv", &monday)],
        // What ran has ended.
        [("monday.csv", &monday), ("tuesday.csv", &tuesday)],
    ] {
        let ledger = together(dropped.map(|(path, text)| (path, text.as_str())));
        assert_eq!(of_b(&ledger), (3, 0.8, String::new()), "{dropped:?}");
        let [source] = ledger.sources() else {
            panic!("{:?}", ledger.sources());
        };
        assert_eq!(source.shared[0].runs, 2);
    }
    // What ended does not run again.
    let ledger = together([("last.csv", &tuesday), ("older.csv", &monday)]);
    let (rows, acc, said) = of_b(&ledger);
    assert_eq!((rows, acc), (5, 0.8));
    assert!(
        said.starts_with("older.csv: its runs are those of last.csv at an earlier time"),
        "{said}"
    );
}

#[test]
fn where_only_a_person_knows_the_receipt_asks() {
    let (monday, tuesday) = (
        wandb(&[
            ("a", "finished", 1, 0.1, 0.9),
            ("b", "finished", 2, 0.2, 0.5),
        ]),
        wandb(&[
            ("a", "finished", 1, 0.1, 0.9),
            ("b", "finished", 2, 0.2, 0.8),
        ]),
    );
    let ledger = together([("first.csv", &monday), ("second.csv", &tuesday)]);
    assert_eq!(ledger.rows(), 4);
    assert!(ledger.sources()[1].problems.has(MAY_BE_AGAIN));
    // Another grid may be called so, too.
    let (first, second) = (grid(&[3.0, 2.0, 1.0]), grid(&[2.5, 1.5, 0.5, 4.0]));
    let ledger = together([("runs (1).csv", &second), ("runs.csv", &first)]);
    assert_eq!(ledger.rows(), 7);
    let [first, second] = ledger.sources() else {
        panic!("{:?}", ledger.sources());
    };
    assert_eq!(
        (first.path.as_str(), second.path.as_str()),
        ("runs.csv", "runs (1).csv")
    );
    assert!(second.problems.has(MAY_BE_AGAIN) && !first.problems.has(MAY_BE_AGAIN));
}
