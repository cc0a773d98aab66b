//! What people write themselves: numbers with their errors in one cell, configurations of several documents, formulas.

use crate::drop::{check, files, read, told};
use expect_test::expect;
use std::fmt::Write as _;

#[test]
fn a_number_with_its_error_is_two_columns() {
    check(
        &[(
            "runs.csv",
            "name,lr,val_acc,f1,note\na,0.1,0.9 ± 0.01,0.8 (0.05),1 (of 2)\nb,0.2,0.95+-0.02,,2 (of 2)\nc,0.3,0.75 +/- 0.005,0.5 (0),\n",
        )],
        &expect![[r#"
            runs.csv as delimited
            ! : val_acc has numbers with an error behind them (the errors are in a column of their own, val_acc ±)
            ! : f1 has numbers with an error behind them (the errors are in a column of their own, f1 ±)
            lr=0.1, metric val_acc=0.9, metric f1=0.8, tag val_acc ±=0.01, tag f1 ±=0.05, tag note='1 (of 2)', @name=a
            lr=0.2, metric val_acc=0.95, tag val_acc ±=0.02, tag note='2 (of 2)', @name=b
            lr=0.3, metric val_acc=0.75, metric f1=0.5, tag val_acc ±=0.005, tag f1 ±=0, @name=c
        "#]],
    );
    // Where a cell is something else, it stays what it is, and so does its column.
    check(
        &[(
            "runs.csv",
            "name,lr,val_acc\na,0.1,0.9 ± 0.01\nb,0.2,0.95 (best)\nc,0.3,0.75 ± x\n",
        )],
        &expect![[r#"
            runs.csv as delimited
            lr=0.1, val_acc='0.9 ± 0.01', @name=a
            lr=0.2, val_acc='0.95 (best)', @name=b
            lr=0.3, val_acc='0.75 ± x', @name=c
        "#]],
    );
    // Beyond those that were looked at, a number without an error is a number.
    let mut rows = String::from("name,lr,loss\n");
    for at in 0..2000 {
        let error = if at < 1990 { " ± 0.5" } else { "" };
        writeln!(rows, "r{at},0.{at},{at}{error}").unwrap();
    }
    let (_, ledger) = read(&files(&[("runs.csv", rows.as_bytes())]));
    let column = |name: &str| {
        ledger
            .columns()
            .iter()
            .find(|of| of.name() == name)
            .unwrap()
    };
    let (losses, errors) = (column("loss").numbers(), column("loss ±").numbers());
    assert!((0..2000).all(|at| losses[at] == at as f64));
    assert!((0..1990).all(|at| errors[at] == 0.5));
    assert_eq!(column("loss ±").present().count(), 1990);
}

#[test]
fn documents_of_a_configuration_are_one_and_documents_of_runs_are_runs() {
    check(
        &[
            ("logs/version_0/metrics.csv", "epoch,val_loss\n0,1\n1,0.5\n"),
            (
                "logs/version_0/hparams.yaml",
                "lr: 0.1\nwidth: 8\n---\nlr: 0.2\n---\n",
            ),
        ],
        &expect![[r#"
            logs/version_0/hparams.yaml as training-folders
            ! : it has 2 documents (read as one: the later go before the earlier)
            lr=0.2, width=8, metric val_loss=0.5 of 2, @id=logs/version_0, @name=version_0
        "#]],
    );
    // What is broken in a later one is told, and the first is read.
    check(
        &[
            ("logs/version_0/metrics.csv", "epoch,val_loss\n0,1\n1,0.5\n"),
            ("logs/version_0/hparams.yaml", "lr: 0.1\n---\nwidth: [8\n"),
        ],
        &expect![[r#"
            logs/version_0/hparams.yaml as training-folders
            ! : line 4: while parsing a flow sequence, expected ',' or ']' (what follows was not read)
            lr=0.1, metric val_loss=0.5 of 2, @id=logs/version_0, @name=version_0
        "#]],
    );
    check(
        &[(
            "results.yaml",
            "lr: 0.1\nval_loss: 0.5\n---\nlr: 0.2\nval_loss: 0.25\n---\nlr: 0.4\nval_loss: 0.75\n",
        )],
        &expect![[r#"
            results.yaml as json
            lr=0.1, metric val_loss=0.5
            lr=0.2, metric val_loss=0.25
            lr=0.4, metric val_loss=0.75
        "#]],
    );
}

#[test]
fn formulas_are_their_values_and_those_without_are_told() {
    let bytes = include_bytes!("../fixtures/by-hand/sheets/formulas.xlsx");
    let unpacked = runsift::source::unpack(&files(&[("sweep.xlsx", bytes)]));
    let mut text = told(&read(&unpacked.files));
    for (path, what) in unpacked.problems {
        writeln!(text, "{path}: {what}").unwrap();
    }
    expect![[r#"
        sweep.xlsx/Runs.csv as delimited
        lr=0.1, gap=0.25, metric train_loss=0.5, metric val_loss=0.75
        lr=0.01, gap=0.5, metric train_loss=0.25, metric val_loss=0.75
        lr=0.001, metric train_loss=0.125, metric val_loss=0.75
        sweep.xlsx: cells with a formula and no value beside it, as libraries write them, are left blank (2): open and save it in a spreadsheet, which works them out
    "#]].assert_eq(&text);
}
