//! Trackers' databases of versions beside those of the real exports, with the values that are easily
//! misread; `tests/fixtures/sqlite/trackers.py` makes them, but for the one that is named after its version in full.

use crate::drop::{files, read, told};
use expect_test::{Expect, expect};
use std::fs;

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/sqlite/trackers"
);

fn check(name: &str, want: &Expect) {
    let bytes = fs::read(format!("{FOLDER}/{name}")).unwrap();
    // Whatever its name.
    want.assert_eq(&told(&read(&files(&[("d/renamed.bin", &bytes)]))));
}

#[test]
fn mlflow() {
    check(
        "mlflow-0.9.db",
        &expect![[r#"
        d/renamed.bin as mlflow-sqlite
        lr=0.1, metric loss=0.5 of 2, tag user_id='ana', tag experiment='first', tag mlflow.runName='first try', @id=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, @start=2019-02-12T19:33:20Z, @end=2019-02-12T19:34:20Z, @status=finished, @name=first try
        lr='None', metric loss=2 of 1, tag user_id='ana', tag experiment='first', @id=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, @start=2019-02-12T19:33:20Z, @status=running
    "#]],
    );
    check(
        "mlflow-1.x.db",
        &expect![[r#"
        d/renamed.bin as mlflow-sqlite
        ! : runs that MLflow shows as deleted: 2 (left out, as in MLflow)
        ! : params, tags or points of runs that it does not have: 1 (left out)
        big='578705461057335990', flag=true, metric old=0.25 of 1, metric tie=2 of 5, metric loss=0.5 of 3, metric nan=NaN of 1, metric low=-Infinity of 1, metric only here=4 of 1, tag user_id='ana', tag experiment='later', tag empty='', @id=a, @name=α, @start=2020-09-13T12:26:40Z, @end=2020-09-13T12:27:40Z, @status=finished
        tag user_id='ana', tag experiment='later', tag mlflow.parentRunId='a', @id=child, @name=β, @start=2020-09-13T12:26:40Z, @end=2020-09-13T12:26:41Z, @status=failed, @parent=a
    "#]],
    );
}

#[test]
fn models_of_mlflow_are_told_of_the_run_that_has_logged_them() {
    check(
        "mlflow-3.x.db",
        &expect![[r#"
        d/renamed.bin as mlflow-sqlite
        metric acc=0.5 of 1, tag user_id='ana', tag experiment='first', tag logged_models='ck0 depth=0 act=relu; ck1 depth=1', @id=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, @name=one, @start=2025-06-15T15:06:40Z, @end=2025-06-15T15:07:40Z, @status=finished
        tag user_id='ana', tag experiment='first', tag logged_models='alone', @id=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, @name=two, @start=2025-06-15T15:06:40Z, @status=finished
    "#]],
    );
}

#[test]
fn optuna() {
    check(
        "optuna-3.db",
        &expect![[r#"
            d/renamed.bin as optuna-sqlite, accuracy max, cost min
            ! table trial_params, row 21: 9 is no place among the choices of beyond (param left out)
            choice0='None', choice1=true, choice2=1, choice3=1, choice4=1, choice5=NaN, choice6=Infinity, choice7=0.001, metric accuracy=Infinity, metric cost=3, tag note.a.0=1, tag note.a.1=NaN, tag note.b='text', tag constraints.0=-1.5, tag constraints.1=0.25, @id=grid/λ/0, @name=grid/λ/0, @group=grid/λ, @status=finished, @start=2024-01-02T03:04:05.678Z, @end=2024-01-02T03:04:06Z
            x=0.25, metric accuracy=0.5, metric intermediate=-Infinity of 3, tag broken='{', @id=grid/λ/1, @name=grid/λ/1, @group=grid/λ, @status=pruned, @start=2024-01-02T03:04:05Z
            @id=other/0, @name=other/0, @group=other, @status=failed
            @id=grid/λ/2, @name=grid/λ/2, @group=grid/λ, @status=scheduled
        "#]],
    );
    check(
        "optuna-2.db",
        &expect![[r#"
            d/renamed.bin as optuna-sqlite, value max
            x=0.25, metric value=0.75, metric intermediate=0.7 of 2, @id=old/0, @name=old/0, @group=old, @status=finished, @start=2020-07-01T00:00:00Z, @end=2020-07-01T00:00:01Z
            metric value=Infinity, @id=old/1, @name=old/1, @group=old, @status=finished
        "#]],
    );
}

#[test]
fn trackio() {
    check(
        "trackio-0.5.db",
        &expect![[r#"
            d/renamed.bin as trackio
            ! table metrics, row 5: its JSON is no object (row skipped)
            lr=0.1, layers.0=4, layers.1=8, metric loss=0.5 of 3, metric train/acc=NaN of 1, metric nested.a=1 of 1, tag _Group='g', tag _Created=2025-09-01T10:00:00Z, tag _Username='ana', tag note='text', tag acc=true, @id=calm-sky, @name=calm-sky, @group=g, @start=2025-09-01T10:00:00Z
            metric loss=NaN of 1, @id=no-config, @name=no-config
        "#]],
    );
}

#[test]
fn neptune() {
    check(
        "neptune-scale.db",
        &expect![[r#"
        d/renamed.bin as neptune-scale
        params/lr=0.5, metric loss=0.25 of 2, tag project='lab/p', tag tags='best', @id=r-2, @parent=r-1, @start=1970-01-01T00:01:40Z
    "#]],
    );
    // Made by neptune-scale 0.30.0: `log_configs` without a folder of params.
    check(
        "neptune-scale-0.30.db",
        &expect![[r#"
        d/renamed.bin as neptune-scale
        flag=true, lr=0, n=3, net/a='x', metric loss=0.2 of 5, metric v/acc=4 of 5, tag project='w/p', tag tags='t1', @id=r-0, @name=ex 0, @start=2026-11-30T05:22:05.266Z
    "#]],
    );
}

#[test]
fn any_table() {
    check(
        "table.db",
        &expect![[r#"
        d/renamed.bin as sqlite-table
        ! : it has 3 more tables than results (only this one was read)
        lr=0.1, batch size=2, amp=true, optimizer='adam', big='1152921504606846977', metric accuracy=0.123456789, @id=1
        lr=0.01, batch size=4, amp=false, optimizer='adam', big='1152921504606846978', metric accuracy=0.246913578, @id=2
        lr=0.001, batch size=8, amp=true, optimizer='sgd', big='1152921504606846979', metric accuracy=0.370370367, @id=3
        lr=0.0001, batch size=16, amp=false, optimizer='adam', big='1152921504606846980', metric accuracy=0.493827156, @id=4
        lr=0.00001, batch size=32, amp=true, optimizer='adam', big='1152921504606846981', metric accuracy=0.617283945, @id=5
        lr=1e-6, batch size=64, amp=false, optimizer='sgd', big='1152921504606846982', metric accuracy=0.740740734, @id=6
    "#]],
    );
}

#[test]
fn damage_is_told_or_without_effect() {
    for entry in fs::read_dir(FOLDER).unwrap() {
        let whole = fs::read(entry.unwrap().path()).unwrap();
        let (_, known) = read(&files(&[("a.db", &whole)]));
        for at in (0..whole.len()).step_by(11) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x81;
            let (_, ledger) = read(&files(&[("a.db", &damaged)]));
            assert!(ledger.rows() <= known.rows() + 50, "byte {at}");
        }
        for len in (0..whole.len()).step_by(97) {
            let (plan, ledger) = read(&files(&[("a.db", &whole[..len])]));
            let is_told = ledger.problem_count() > 0 || !plan.unread.is_empty();
            assert!(is_told, "nothing was told of a database cut at {len}");
        }
    }
}

#[test]
fn nni() {
    // Written by 3.0, without its indexes: a trial that ended well, and one that failed after its reports.
    check(
        "nni-3.0.sqlite",
        &expect![[r#"
        d/renamed.bin as nni, default max
        lr=0.9333816021982149, opt='adam', net._name='a', net.d=1, metric intermediate=2.800144806594645 of 3, metric intermediate/aux=1 of 1, metric default=0.9333816021982149, metric f1=0.5, @id=uFY0i, @status=finished, @group=digits, @start=2026-12-01T14:09:46.721Z, @end=2026-12-01T14:09:51.573Z
        lr=0.5370479324263348, opt='sgd', net._name='a', net.d=1, metric intermediate=1.6111437972790044 of 3, metric intermediate/aux=1 of 1, @id=TZuif, @status=failed, @group=digits, @start=2026-12-01T14:09:46.747Z, @end=2026-12-01T14:09:51.764Z
    "#]],
    );
}
