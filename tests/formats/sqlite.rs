//! SQLite's file format in all its ways holds the same runs, and damage costs only what it hit.

use crate::drop::{files, read, told};
use runsift::ledger::Role;
use std::fs;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sqlite");

fn bytes(name: &str) -> Vec<u8> {
    fs::read(format!("{FOLDER}/{name}")).unwrap()
}

fn table(list: &[(&str, &[u8])]) -> String {
    let told = told(&read(&files(list)));
    // Long notes by their length.
    told.replace(&"λ".repeat(5000), "5000 λ")
        .replace(&"x".repeat(40000), "40000 x")
}

#[test]
fn every_way_to_store_them_gives_the_same_runs() {
    let want = table(&[("runs.db", &bytes("plain.db"))]);
    for part in ["5000 λ", "40000 x", "naïve", "0.00001", "Infinity"] {
        assert!(want.contains(part), "{part} is in {want}");
    }
    for name in [
        "page512.db",
        "page65536.db",
        "utf16.db",
        "utf16be.db",
        "without-rowid.db",
    ] {
        let (got, _) = (table(&[("runs.db", &bytes(name))]), name);
        let sorted = |text: &str| {
            let mut words: Vec<String> = text
                .split_whitespace()
                .map(|word| word.trim_matches(',').to_owned())
                .collect();
            words.sort();
            words
        };
        assert_eq!(sorted(&got), sorted(&want), "{name}");
    }
}

#[test]
fn what_is_only_in_the_log_is_read() {
    let (database, log) = (bytes("wal.db"), bytes("wal.db-wal"));
    let (_, with) = read(&files(&[("a.db", &database), ("a.db-wal", &log)]));
    assert_eq!(with.rows(), 4);
    assert_eq!(with.problem_count(), 0);
    // A log that is cut in the middle of a frame gives what was committed before.
    let half = &log[..log.len() - 100];
    let (_, cut) = read(&files(&[("a.db", &database), ("a.db-wal", half)]));
    assert!(cut.rows() < 4);
    // A log of another database is not used, and that is told.
    let (_, wrong) = read(&files(&[
        ("a.db", &bytes("plain.db")),
        ("a.db-wal", &[7; 5000]),
    ]));
    assert_eq!(wrong.rows(), 4);
    assert!(wrong.problem_count() > 0);
}

#[test]
fn damage_costs_only_what_it_hit() {
    let whole = bytes("page512.db");
    for at in (0..whole.len()).step_by(37) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x5a;
        let (_, ledger) = read(&files(&[("a.db", &damaged)]));
        assert!(ledger.rows() <= 400);
    }
    for len in (0..whole.len()).step_by(211) {
        read(&files(&[("a.db", &whole[..len])]));
    }
    // A page that is its own child.
    let mut looped = whole.clone();
    for page in looped.chunks_mut(512) {
        if page[0] == 5 {
            page[8..12].copy_from_slice(&2u32.to_be_bytes());
        }
    }
    read(&files(&[("a.db", &looped)]));
    let (_, ledger) = read(&files(&[("a.db", &whole)]));
    assert!(ledger.find(Role::Param, "lr").is_some());
}

#[test]
fn a_table_of_steps_is_one_of_histories() {
    let got = table(&[("history.db", &bytes("history.db"))]);
    let want = "history.db as sqlite-table\n\
        opt='adam', metric loss=0.5 of 2, @id=a\n\
        opt='sgd', metric loss=2 of 1, @id=b\n";
    assert_eq!(got, want);
}
