//! Runs that a tracker logged in the folder that a launcher made: one run, with the params of both.

use crate::drop::{borrowed, check, files, read};
use expect_test::expect;

/// What W&B leaves of a run, in a job's folder.
fn logged(job: &str, id: &str, config: &str, summary: &str) -> [(String, String); 2] {
    let folder = format!("{job}/wandb/run-20260101_00000{}-{id}/files", id.len());
    [
        (format!("{folder}/config.yaml"), config.to_owned()),
        (format!("{folder}/wandb-summary.json"), summary.to_owned()),
    ]
}

fn launched(job: &str, config: &str) -> [(String, String); 2] {
    [
        (format!("{job}/.hydra/config.yaml"), config.to_owned()),
        (
            format!("{job}/.hydra/overrides.yaml"),
            "- lr=0.1\n".to_owned(),
        ),
    ]
}

const JOBS: &str = "multirun/2026-01-01/00-00-00";

#[test]
fn a_run_of_wandb_in_a_job_of_hydra_is_the_job() {
    let job = |number: usize| format!("{JOBS}/{number}");
    let config = |lr: &str| format!("lr:\n  value: {lr}\nextra:\n  value: 7\nwandb_version: 1\n");
    let dropped = [
        launched(&job(0), "lr: 0.1\nmodel:\n  layers: 3\n"),
        logged(&job(0), "aaaa", &config("0.1"), r#"{"loss": 0.5}"#),
        launched(&job(1), "lr: 0.2\nmodel:\n  layers: 3\n"),
        logged(&job(1), "bbbb", &config("0.2"), r#"{"loss": 0.25}"#),
        // Two runs in one job: nothing says which it is.
        launched(&job(2), "lr: 0.3\n"),
        logged(&job(2), "cccc", &config("0.3"), r#"{"loss": 1}"#),
        logged(&job(2), "ddddd", &config("0.3"), r#"{"loss": 2}"#),
        // Another config than the job's: it is told, and they stay apart.
        launched(&job(3), "lr: 0.4\n"),
        logged(&job(3), "eeee", &config("0.5"), r#"{"loss": 3}"#),
    ]
    .concat();
    check(
        &borrowed(&dropped),
        &expect![[r#"
        multirun/2026-01-01/00-00-00/0/.hydra/config.yaml as hydra
        multirun/2026-01-01/00-00-00/0/wandb/run-20260101_000004-aaaa/files/config.yaml as wandb-log
        multirun/2026-01-01/00-00-00/1/wandb/run-20260101_000004-bbbb/files/config.yaml as wandb-log
        multirun/2026-01-01/00-00-00/2/wandb/run-20260101_000004-cccc/files/config.yaml as wandb-log
        multirun/2026-01-01/00-00-00/3/wandb/run-20260101_000004-eeee/files/config.yaml as wandb-log
        ! : its runs and those of multirun/2026-01-01/00-00-00/0/.hydra/config.yaml ran in the same folders but differ, as run eeee in lr (kept apart as runs of their own)
        lr=0.1, model.layers=3, extra=7, metric loss=0.5, tag overrides='lr=0.1', @id=2026-01-01/00-00-00/0
        lr=0.2, model.layers=3, extra=7, metric loss=0.25, tag overrides='lr=0.1', @id=2026-01-01/00-00-00/1
        lr=0.3, tag overrides='lr=0.1', @id=2026-01-01/00-00-00/2
        lr=0.4, tag overrides='lr=0.1', @id=2026-01-01/00-00-00/3
        lr=0.3, extra=7, metric loss=1, @id=cccc
        lr=0.3, extra=7, metric loss=2, @id=ddddd
        lr=0.5, extra=7, metric loss=3, @id=eeee
    "#]],
    );
    // The receipt says what is one, in whichever order they come.
    for reversed in [false, true] {
        let mut dropped = dropped[..8].to_vec();
        if reversed {
            dropped.reverse();
        }
        let dropped = borrowed(&dropped);
        let dropped: Vec<(&str, &[u8])> = dropped
            .iter()
            .map(|(path, text)| (*path, text.as_bytes()))
            .collect();
        let (_, ledger) = read(&files(&dropped));
        assert_eq!(ledger.rows(), 2, "{reversed}");
        let shared = ledger.sources().iter().flat_map(|source| &source.shared);
        let words: Vec<&str> = shared.map(|shared| shared.evidence.words()).collect();
        assert!(!words.is_empty());
        let places: Vec<&str> = ledger
            .sources()
            .iter()
            .map(runsift::ledger::SourceRecord::place)
            .collect();
        assert!(
            places.contains(&"multirun/2026-01-01/00-00-00/"),
            "{places:?}"
        );
        assert!(
            words
                .iter()
                .all(|words| *words == "the folder in which they ran")
        );
    }
}

#[test]
fn a_job_that_is_dropped_alone_has_its_run() {
    for job in ["0", ""] {
        let dropped = [
            launched(job, "lr: 0.1\n"),
            logged(job, "aaaa", "lr:\n  value: 0.1\n", r#"{"loss": 0.5}"#),
        ]
        .concat();
        let dropped: Vec<(&str, &[u8])> = dropped
            .iter()
            .map(|(path, text)| (path.trim_start_matches('/'), text.as_bytes()))
            .collect();
        let (_, ledger) = read(&files(&dropped));
        assert_eq!(ledger.rows(), 1, "{job:?}");
    }
}
