//! Offline folders of trackers as other versions and options lay them out.

use crate::drop::{check, files, read, told};
use crc::{CRC_32_ISO_HDLC, Crc};
use expect_test::expect;
use runsift::ledger::{Role, ValueRef};
use runsift::source::walk;
use std::path::Path;

const METADATA: &str = r#"{"experimentKey": "0123456789abcdef0123456789abcdef", "experimentName": "first", "projectName": "p", "workspaceName": "w", "startTimeMillis": 1700000000250, "endTimeMillis": 1700000001250, "running": false, "hasCrashed": false, "tags": ["a", "b"], "cometDownloadVersion": "3.6.11"}"#;

const PARAMETERS: &str = r#"[{"name": "lr", "valueCurrent": "0.1", "editable": false}, {"name": "curr_step", "valueCurrent": "9"}, {"name": "opt|name", "valueCurrent": "adam"}]"#;

const METRICS: &str = "{\"metricName\": \"loss\", \"metricValue\": \"0.25\", \"timestamp\": 1700000000900, \"step\": 2, \"epoch\": null, \"runContext\": null}\n\
    {\"metricName\": \"loss\", \"metricValue\": \"NaN\", \"timestamp\": 1700000000500, \"step\": 1, \"epoch\": null, \"runContext\": \"\"}\n\
    {\"metricName\": \"acc\", \"metricValue\": \"0.5\", \"timestamp\": 1700000000500, \"step\": null, \"epoch\": 3, \"runContext\": \"validate\"}\n";

#[test]
fn cometx_writes_folders_of_keys_or_names_or_one_flat_one() {
    let others = "{\"name\": \"Name\", \"valueCurrent\": \"renamed\"}\n{\"name\": \"host\", \"valueCurrent\": \"h\"}\n";
    // By name, with what was logged beside; files that would be empty are left out.
    check(
        &[
            ("c/w/p/project_metadata.json", r#"{"projectName": "p"}"#),
            ("c/w/p/my run/metadata.json", METADATA),
            ("c/w/p/my run/parameters.json", PARAMETERS),
            ("c/w/p/my run/others.jsonl", others),
            ("c/w/p/my run/metrics.jsonl", METRICS),
            ("c/w/p/my run/run/code.py", "print(1)\n"),
            (
                "c/w/p/my run/assets/assets_metadata.jsonl",
                "{\"fileName\": \"a.csv\"}\n",
            ),
            ("c/w/p/my run/assets/a.csv", "x,loss\n1,2\n"),
            (
                "c/w/p/bare/metadata.json",
                r#"{"experimentKey": "f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0", "running": true}"#,
            ),
        ],
        &expect![[r#"
            c/w/p/bare/metadata.json as cometx
            @id=f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0, @status=running
            lr=0.1, opt|name='adam', metric loss=0.25 of 2, metric validate_acc=0.5 of 1, tag tags='a, b', tag project='p', tag workspace='w', tag host='h', @id=0123456789abcdef0123456789abcdef, @status=finished, @name=renamed, @start=2023-11-14T22:13:20.25Z, @end=2023-11-14T22:13:21.25Z
        "#]],
    );
    // With `--flat` everything lies together.
    check(
        &[
            ("flat/metadata.json", METADATA),
            ("flat/parameters.json", PARAMETERS),
            ("flat/metrics.jsonl", METRICS),
            ("flat/a.csv", "x,loss\n1,2\n"),
        ],
        &expect![[r#"
            flat/a.csv as cometx
            lr=0.1, opt|name='adam', metric loss=0.25 of 2, metric validate_acc=0.5 of 1, tag tags='a, b', tag project='p', tag workspace='w', @id=0123456789abcdef0123456789abcdef, @name=first, @status=finished, @start=2023-11-14T22:13:20.25Z, @end=2023-11-14T22:13:21.25Z
        "#]],
    );
}

#[test]
fn a_date_that_neptune_was_given_is_a_time() {
    let log = "{\"obj\": {\"type\": \"AssignDatetime\", \"path\": [\"data\", \"collected\"], \"value\": 1700000000250}, \"version\": 1}\n\
        {\"obj\": {\"type\": \"AssignDatetime\", \"path\": [\"params\", \"until\"], \"value\": 1700000001000}, \"version\": 2}\n\
        {\"obj\": {\"type\": \"AssignFloat\", \"path\": [\"best\"], \"value\": 0.5}, \"version\": 3}\n";
    let drop = read(&files(&[(
        ".neptune/offline/run__1234/data-1.log",
        log.as_bytes(),
    )]));
    expect![[r#"
        .neptune/offline/run__1234/data-1.log as neptune-offline
        params/until=2023-11-14T22:13:21Z, metric best=0.5, tag data/collected=2023-11-14T22:13:20.25Z, @id=1234
    "#]].assert_eq(&told(&drop));
    for (role, name) in [(Role::Tag, "data/collected"), (Role::Param, "params/until")] {
        let column = drop.1.find(role, name).map(|id| drop.1.column(id));
        assert!(
            matches!(column.unwrap().get(0), ValueRef::Time(_)),
            "{name}"
        );
    }
}

/// SwanLab's log of a version before 0.10: records of JSON in the container of W&B's.
fn backup(records: &[&str]) -> Vec<u8> {
    let crc: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
    let mut bytes = b":SWL\xd6\xe1\x01".to_vec();
    for record in records {
        let mut digest = crc.digest();
        digest.update(&[1]);
        digest.update(record.as_bytes());
        bytes.extend(digest.finalize().to_le_bytes());
        bytes.extend((record.len() as u16).to_le_bytes());
        bytes.push(1);
        bytes.extend(record.as_bytes());
    }
    bytes
}

#[test]
fn swanlab_before_0_10_has_json_in_its_log() {
    let log = backup(&[
        r#"{"model_type": "Header", "data": {"backup_type": "DEFAULT", "create_time": "2026-11-28T08:42:55.737860+00:00"}}"#,
        r#"{"model_type": "Project", "data": {"name": "proj", "workspace": null, "public": null}}"#,
        r#"{"model_type": "Experiment", "data": {"id": "4a322d4c", "name": "first", "colors": [], "description": "d", "tags": ["a", "b"]}}"#,
        r#"{"model_type": "Log", "data": {"create_time": "2026-11-28T08:42:55.745375+00:00", "message": "x", "epoch": 1, "level": "INFO"}}"#,
        r#"{"model_type": "Column", "data": {"key": "loss", "kid": "0", "cls": "CUSTOM", "column_type": "FLOAT"}}"#,
        r#"{"model_type": "Scalar", "data": {"metric": {"index": 0, "data": 1.0, "create_time": "2026-11-28T08:42:57.123027+00:00"}, "key": "loss", "step": 0, "epoch": 1}}"#,
        r#"{"model_type": "Scalar", "data": {"metric": {"index": 2, "data": "NaN", "create_time": "2026-11-28T08:42:57.123331+00:00"}, "key": "loss", "step": 2, "epoch": 2}}"#,
        r#"{"model_type": "Column", "data": {"key": "__swanlab__.cpu.pct", "kid": "3", "cls": "SYSTEM", "column_type": "FLOAT"}}"#,
        r#"{"model_type": "Scalar", "data": {"metric": {"index": 0, "data": 100.0}, "key": "__swanlab__.cpu.pct", "step": 0, "epoch": 1}}"#,
        r#"{"model_type": "Footer", "data": {"success": false, "create_time": "2026-11-28T08:42:58.136329+00:00"}}"#,
    ]);
    let cut = &log[..log.len() / 3];
    let config = b"lr:\n  desc: ''\n  sort: 0\n  value: 0.1\n".as_slice();
    let drop = read(&files(&[
        ("swanlog/run-20261128_084717-4a322d4c/backup.swanlab", &log),
        (
            "swanlog/run-20261128_084717-4a322d4c/files/config.yaml",
            config,
        ),
        ("swanlog/run-20261128_084718-5b322d4c/backup.swanlab", cut),
    ]));
    expect![[r#"
        swanlog/run-20261128_084717-4a322d4c/backup.swanlab as swanlab
        ! byte 352: the last record was cut, as when the process was killed (what came before it is kept)
        ! : there is no config.yaml beside the log (the run has no params)
        lr=0.1, metric loss=NaN of 2, tag project='proj', tag description='d', tag tags='a, b', @id=4a322d4c, @name=first, @status=failed, @start=2026-11-28T08:42:55.737Z, @end=2026-11-28T08:42:58.136Z
        tag project='proj', tag description='d', tag tags='a, b', @id=4a322d4c, @name=first, @status=running, @start=2026-11-28T08:42:55.737Z
    "#]].assert_eq(&told(&drop));
}

#[test]
fn swanlab_kept_local_runs_in_a_database_beside_their_folders() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/swanlab-local");
    let (all, failed) = walk(&[fixture]);
    assert!(failed.is_empty(), "{failed:?}");
    expect![[r#"
        swanlab-local/runs.swanlab as swanlab-local
        lr=0.1, net.h=3, opt='adam', metric loss=0.3333333333333333 of 3, metric val/acc=0.5 of 3, metric nan=NaN of 1, tag description='d', tag project='proj', @id=1736dcec, @name=first, @start=2026-11-28T08:47:11.801Z, @end=2026-11-28T08:47:14.424Z, @status=finished
    "#]].assert_eq(&told(&read(&all)));
    // Without the database nobody knows the metrics' names.
    let alone: Vec<_> = all
        .iter()
        .filter(|file| !file.path().ends_with("runs.swanlab"))
        .cloned()
        .collect();
    expect![[r#"
        swanlab-local/run-20261128_084711-1736dcec/files/config.yaml as swanlab-local
        ! : only runs.swanlab, in the folder above the run, has the names of its metrics (metrics left out: drop that folder)
        lr=0.1, net.h=3, opt='adam', @id=1736dcec
    "#]].assert_eq(&told(&read(&alone)));
}
