//! The databases of `tests/fixtures/sqlite/ways` as SQLite reads them, and what damage costs.
//! `ways.py` beside them makes both.

use super::*;
use crate::source::{MemoryFile, ReadSeek};
use serde_json::Value as Json;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sqlite/ways");

fn bytes(name: &str) -> Vec<u8> {
    fs::read(format!("{FOLDER}/{name}")).unwrap()
}

/// Opens a database in memory with what lies beside it, by its ending.
fn open(main: &[u8], beside: &[(&str, &[u8])]) -> Database<'static> {
    let file = MemoryFile::new("a.db", main);
    let beside: BTreeMap<&str, MemoryFile> = beside
        .iter()
        .map(|(ending, bytes)| (*ending, MemoryFile::new(&format!("a.db{ending}"), bytes)))
        .collect();
    let at = |ending| beside.get(ending).map(|file| file as &dyn File);
    Database::open_beside(&file, at("-wal"), at("-journal"))
        .unwrap()
        .unwrap()
}

/// All rows of a table, each value with its kind as `ways.py` writes them.
fn rows(database: &mut Database<'_>, table: &Table) -> Vec<Vec<Json>> {
    let mut rows = Vec::new();
    database.scan(table, |row| {
        let cells = table.columns.iter().enumerate().map(|(at, column)| {
            if column.place.is_none() {
                return Json::from("-");
            }
            let is_real = matches!(column.declared.as_str(), "REAL");
            match row.get(Some(at)) {
                Value::Null => Json::Null,
                Value::Integer(i) if is_real => format!("r:{:016x}", (i as f64).to_bits()).into(),
                Value::Integer(i) => format!("i:{i}").into(),
                Value::Real(x) => format!("r:{:016x}", x.to_bits()).into(),
                Value::Text(text) => format!("t:{text}").into(),
                Value::Blob(bytes) => {
                    let mut hex = "b:".to_owned();
                    bytes
                        .iter()
                        .for_each(|byte| write!(hex, "{byte:02x}").unwrap());
                    hex.into()
                }
            }
        });
        rows.push(cells.collect());
    });
    rows
}

/// What was wrong, a line each.
fn told(database: &Database<'_>) -> Vec<String> {
    let faults = database.faults.iter();
    faults
        .map(|fault| format!("{}: {} ({})", fault.place, fault.what, fault.effect))
        .collect()
}

#[test]
fn every_way_to_keep_rows_is_read_as_sqlite_reads_it() {
    let known: BTreeMap<String, BTreeMap<String, Json>> =
        serde_json::from_slice(&bytes("rows.json")).unwrap();
    assert!(known.len() > 8);
    for (name, tables) in &known {
        let log = fs::read(format!("{FOLDER}/{name}-wal")).ok();
        let journal = fs::read(format!("{FOLDER}/{name}-journal")).ok();
        let mut beside: Vec<(&str, &[u8])> = Vec::new();
        beside.extend(log.iter().map(|bytes| ("-wal", bytes.as_slice())));
        beside.extend(journal.iter().map(|bytes| ("-journal", bytes.as_slice())));
        let mut database = open(&bytes(name), &beside);
        let names: BTreeMap<String, Rc<Table>> = database
            .tables
            .iter()
            .map(|table| (table.name.clone(), Rc::clone(table)))
            .collect();
        assert!(names.keys().eq(tables.keys()), "{name}: {names:?}");
        for (table, want) in tables {
            let columns: Vec<&str> = names[table]
                .columns
                .iter()
                .map(|column| column.name.as_str())
                .collect();
            assert_eq!(Json::from(columns), want["columns"], "{name}: {table}");
            let got = rows(&mut database, &names[table]);
            let want = want["rows"].as_array().unwrap();
            assert_eq!(got.len(), want.len(), "{name}: {table}");
            for (got, want) in got.into_iter().zip(want) {
                assert_eq!(&Json::from(got), want, "{name}: {table}");
            }
        }
        let expected = usize::from(journal.is_some());
        assert_eq!(
            told(&database).len(),
            expected,
            "{name}: {:?}",
            told(&database)
        );
    }
}

/// How many rows of the table `t` there are, and what was wrong.
fn count(main: &[u8], beside: &[(&str, &[u8])]) -> (usize, Vec<String>) {
    let mut database = open(main, beside);
    let found = database.table("t");
    let count = found.map_or(0, |table| rows(&mut database, &table).len());
    (count, told(&database))
}

#[test]
fn a_log_counts_up_to_its_last_whole_commit() {
    let (main, log) = (bytes("wal.db"), bytes("wal.db-wal"));
    assert_eq!(count(&main, &[("-wal", &log)]), (61, vec![]));
    // Without its log, the database is as it was, and that is told.
    let (rows, faults) = count(&main, &[]);
    assert_eq!((rows, faults.len()), (60, 1), "{faults:?}");
    // Wherever it breaks off, whole transactions were read: first the table, then the new row.
    for len in 0..log.len() {
        let (rows, faults) = count(&main, &[("-wal", &log[..len])]);
        assert!(
            matches!(rows, 60 | 61) && faults.len() <= 1,
            "{len}: {rows} {faults:?}"
        );
    }
    // A damaged frame ends it, and that is told.
    let mut damaged = log.clone();
    damaged[32 + 24 + 100] ^= 1;
    let (rows, faults) = count(&main, &[("-wal", &damaged)]);
    assert_eq!(rows, 60);
    assert!(faults[0].starts_with("frame 1: its checksum"), "{faults:?}");
    // A log of another database.
    let (rows, faults) = count(&main, &[("-wal", &[7; 4000])]);
    assert_eq!(rows, 60);
    assert!(faults[0].contains("no write-ahead log"), "{faults:?}");
}

#[test]
fn an_unfinished_transaction_is_rolled_back() {
    let (main, journal) = (bytes("journal.db"), bytes("journal.db-journal"));
    let (rows, faults) = count(&main, &[("-journal", &journal)]);
    assert_eq!((rows, faults.len()), (60, 1), "{faults:?}");
    // Of a journal that is over, the header is gone or it is empty.
    let mut over = journal.clone();
    over[..28].fill(0);
    for over in [over.as_slice(), &[]] {
        let (_, faults) = count(&main, &[("-journal", over)]);
        assert!(
            !faults.iter().any(|fault| fault.contains("journal")),
            "{faults:?}"
        );
    }
    for len in (0..journal.len()).step_by(7) {
        count(&main, &[("-journal", &journal[..len])]);
    }
}

/// A file that counts what is read of it.
struct Counted {
    inner: MemoryFile,
    read: Rc<Cell<usize>>,
}

struct Counting {
    inner: Box<dyn ReadSeek>,
    read: Rc<Cell<usize>>,
}

impl File for Counted {
    fn path(&self) -> &str {
        self.inner.path()
    }

    fn len_bytes(&self) -> u64 {
        self.inner.len_bytes()
    }

    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        Ok(Box::new(Counting {
            inner: self.inner.open()?,
            read: Rc::clone(&self.read),
        }))
    }
}

impl io::Read for Counting {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(to)?;
        self.read.set(self.read.get() + got);
        Ok(got)
    }
}

impl io::Seek for Counting {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[test]
fn a_journal_is_read_once_however_short_its_sectors() {
    // The header of a journal without records, again and again.
    let mut header = bytes("journal.db-journal")[..32].to_vec();
    header[8..12].fill(0);
    header[20..24].copy_from_slice(&32_u32.to_be_bytes());
    let journal = header.repeat(20_000);
    let read = Rc::new(Cell::new(0));
    let file = Counted {
        inner: MemoryFile::new("a.db-journal", &journal),
        read: Rc::clone(&read),
    };
    let main = MemoryFile::new("a.db", &bytes("journal.db"));
    Database::open_beside(&main, None, Some(&file)).unwrap();
    assert!(
        (journal.len()..2 * journal.len()).contains(&read.get()),
        "{}",
        read.get()
    );
}

#[test]
fn damage_costs_what_it_hit_and_says_where() {
    let whole = bytes("long.db");
    let (all, faults) = count(&whole, &[]);
    assert_eq!((all, faults.len()), (351, 0));
    // A page of rows is overwritten: the others are read.
    let leaf = (1..whole.len() / 512)
        .find(|page| whole[page * 512] == 13)
        .unwrap();
    let mut damaged = whole.clone();
    damaged[leaf * 512..][..512].fill(0xff);
    let (rows, faults) = count(&damaged, &[]);
    assert!((300..351).contains(&rows), "{rows}");
    assert_eq!(faults.len(), 1);
    let place = format!("page {}: ", leaf + 1);
    assert!(faults[0].starts_with(&place), "{faults:?}");
    // The file ends early.
    let (rows, faults) = count(&whole[..whole.len() / 2 + 100], &[]);
    assert!((20..351).contains(&rows), "{rows}");
    assert!(faults[0].starts_with("byte 19"), "{faults:?}");
    // Its header is overwritten.
    for at in [16, 17, 20, 28, 56] {
        let mut damaged = whole.clone();
        damaged[at] = 0x55;
        let (_, faults) = count(&damaged, &[]);
        assert!(at == 28 || at == 56 || !faults.is_empty(), "{at}");
    }
}

#[test]
fn no_byte_makes_it_panic_or_read_more_than_there_is() {
    for name in [
        "long.db",
        "long-key.db",
        "columns.db",
        "values.db",
        "utf16le.db",
    ] {
        let whole = bytes(name);
        let check = |damaged: &[u8]| {
            let mut database = open(damaged, &[]);
            for table in database.tables().to_vec() {
                let rows = rows(&mut database, &table);
                // No cell is smaller than four bytes and two of a pointer.
                assert!(rows.len() <= damaged.len() / 6, "{name}: {}", rows.len());
                let read: usize = rows
                    .iter()
                    .flatten()
                    .map(|cell| cell.to_string().len())
                    .sum();
                assert!(read <= damaged.len() * 8, "{name}: {read}");
            }
        };
        for at in (16..whole.len()).step_by(if whole.len() > 8192 { 37 } else { 2 }) {
            for mask in [0xff, 0x01, 0x80] {
                let mut damaged = whole.clone();
                damaged[at] ^= mask;
                check(&damaged);
            }
        }
        for len in (100..whole.len()).step_by(31) {
            check(&whole[..len]);
        }
    }
}

#[test]
fn loops_end() {
    let whole = bytes("long.db");
    let pages = whole.len() / 512;
    // Every inner page has itself, its first child, or the root below it.
    for target in 1..=pages as u32 {
        let mut looped = whole.clone();
        for page in 1..pages {
            let page = &mut looped[page * 512..][..512];
            if page[0] == 5 {
                page[8..12].copy_from_slice(&target.to_be_bytes());
                let cell = usize::from(u16::from_be_bytes([page[12], page[13]]));
                page[cell..cell + 4].copy_from_slice(&target.to_be_bytes());
            }
        }
        let (rows, _) = count(&looped, &[]);
        assert!(rows <= 351, "{target}: {rows}");
    }
    // All rows of a page are the same one, which goes on in the same pages.
    let mut shared = whole.clone();
    for page in 1..pages {
        let page = &mut shared[page * 512..][..512];
        if page[0] == 13 {
            let count = usize::from(page[4]);
            let first = [page[8], page[9]];
            page[8..8 + 2 * count].as_chunks_mut::<2>().0.fill(first);
        }
    }
    let (rows, faults) = count(&shared, &[]);
    assert!(rows < 351 && !faults.is_empty());
}
