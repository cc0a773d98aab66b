//! SQLite databases, read only: tables are scanned row by row straight from the file's pages.
//!
//! [`Database::open`] reads the header, the files beside it (`-wal`, `-journal`) and the table of tables;
//! [`Database::scan`] gives every row of one table. There is no SQL, nothing is looked up by an index, and
//! no more than a few blocks of the file are in memory. What is damaged is left out and kept as a fault,
//! which [`Database::report`] tells; all other pages are still read.
//!
//! Ours, because no crate opens a database without a C compiler for wasm, nor one in WAL mode.
//! Source: <https://www.sqlite.org/fileformat2.html>.

mod blocks;
mod bytes;
mod create_table;
mod overlay;
mod pager;
mod record;
mod schema;
#[cfg(test)]
mod tests;
mod tokens;
mod tree;

pub(super) use record::{Row, Value};
pub(super) use schema::{Column, Table};

use super::{Claim, Dropped, Head};
use crate::ledger::RunSink;
use crate::source::File;
use pager::{HEADER_BYTES, MAGIC, Pager};
use std::io;
use std::rc::Rc;

/// What is wrong in a database, where, and what was done about it.
struct Fault {
    kind: &'static str,
    /// The file, where it is not the database itself.
    path: Option<String>,
    place: String,
    what: String,
    effect: &'static str,
}

impl Fault {
    fn new(kind: &'static str, place: String, what: String, effect: &'static str) -> Self {
        Self {
            kind,
            path: None,
            place,
            what,
            effect,
        }
    }

    /// The same, in the file beside the database.
    fn of(mut self, path: &str) -> Self {
        self.path = Some(path.to_owned());
        self
    }
}

/// How many faults are kept.
const MOST_FAULTS: usize = 1000;

fn add_fault(faults: &mut Vec<Fault>, fault: Fault) {
    if faults.len() < MOST_FAULTS {
        faults.push(fault);
    }
}

/// An open database.
pub(super) struct Database<'a> {
    pager: Pager,
    tables: Vec<Rc<Table>>,
    faults: Vec<Fault>,
    /// Bytes of pages that were read, and who wants to hear of them.
    bytes_read: u64,
    len_bytes: u64,
    on_bytes: Option<&'a mut dyn FnMut(u64)>,
}

impl<'a> Database<'a> {
    /// Opens a database with the write-ahead log beside it; `None` where it is none. An error where it
    /// cannot be read at all.
    pub(super) fn open(file: &dyn File, wal: Option<&dyn File>) -> io::Result<Option<Self>> {
        Self::open_beside(file, wal, None)
    }

    /// Opens the database of a unit, as [`claim`] makes them: its file, then those beside it.
    pub(super) fn open_unit(
        files: &[&dyn File],
        on_bytes: &'a mut dyn FnMut(u64),
    ) -> io::Result<Option<Self>> {
        let Some(file) = files.first() else {
            return Ok(None);
        };
        let beside = |ending| {
            let found = files.iter().find(|file| file.path().ends_with(ending));
            found.copied()
        };
        let opened = Self::open_beside(*file, beside("-wal"), beside("-journal"))?;
        Ok(opened.map(|database| Self {
            on_bytes: Some(on_bytes),
            ..database
        }))
    }

    fn open_beside(
        file: &dyn File,
        wal: Option<&dyn File>,
        journal: Option<&dyn File>,
    ) -> io::Result<Option<Self>> {
        let mut faults = Vec::new();
        let Some(pager) = Pager::open(file, wal, journal, &mut faults)? else {
            return Ok(None);
        };
        let mut database = Self {
            pager,
            tables: Vec::new(),
            faults,
            bytes_read: 0,
            len_bytes: [Some(file), wal]
                .iter()
                .flatten()
                .map(|file| file.len_bytes())
                .sum(),
            on_bytes: None,
        };
        let mut tables = Vec::new();
        let mut faults = Vec::new();
        database.scan(&schema::master(), |row| {
            schema::take(row, &mut tables, &mut faults);
        });
        database.tables = tables.into_iter().map(Rc::new).collect();
        faults
            .into_iter()
            .for_each(|fault| add_fault(&mut database.faults, fault));
        Ok(Some(database))
    }

    /// Its tables, in the order in which they were made.
    pub(super) fn tables(&self) -> &[Rc<Table>] {
        &self.tables
    }

    /// The table of this name; names do not tell capital letters apart.
    pub(super) fn table(&self, name: &str) -> Option<Rc<Table>> {
        let mut tables = self.tables.iter();
        tables
            .find(|table| table.name.eq_ignore_ascii_case(name))
            .cloned()
    }

    /// Whether it has a table of this name with these columns.
    pub(super) fn has(&self, name: &str, columns: &[&str]) -> bool {
        self.table(name).is_some_and(|table| table.has(columns))
    }

    /// Gives every row of a table, in the order of its row numbers (or of its primary key).
    pub(super) fn scan(&mut self, table: &Table, mut on_row: impl FnMut(&Row<'_>)) {
        self.scan_while(table, |row| {
            on_row(row);
            true
        });
    }

    /// As [`Database::scan`], while it is wanted to go on.
    pub(super) fn scan_while(&mut self, table: &Table, mut on_row: impl FnMut(&Row<'_>) -> bool) {
        let page_bytes = u64::from(self.pager.page_bytes());
        let len_bytes = self.len_bytes;
        let scan = tree::Scan::new(&mut self.pager, table, &mut self.faults);
        let before = self.bytes_read;
        let (bytes_read, on_bytes) = (&mut self.bytes_read, &mut self.on_bytes);
        let mut on_page = |pages: u64| {
            *bytes_read = before + pages * page_bytes;
            if let Some(on_bytes) = on_bytes {
                // A table that is read twice counts no more than once.
                on_bytes((*bytes_read).min(len_bytes));
            }
        };
        scan.run(&mut on_page, &mut on_row);
    }

    /// Tells what was wrong so far.
    pub(super) fn report(&mut self, sink: &mut RunSink<'_>) {
        for fault in self.faults.drain(..) {
            let path = fault.path.unwrap_or_else(|| sink.source().path.clone());
            sink.problem_in(fault.kind, &path, &fault.place, &fault.what, fault.effect);
        }
    }
}

/// Opens the database of a unit for its format; where it cannot be read at all, that is told.
pub(super) fn open<'a>(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &'a mut dyn FnMut(u64),
) -> Option<Database<'a>> {
    let opened = Database::open_unit(files, on_bytes);
    let what = match opened {
        Ok(Some(database)) => return Some(database),
        Ok(None) => "it has no header of a database".to_owned(),
        Err(error) => error.to_string(),
    };
    sink.problem("source/cannot-read", "", &what, "file not read");
    None
}

/// The value that a tracker keeps as the greatest float, because not every database has infinities: from
/// that number as it is, or printed with 16 digits, on.
pub(super) fn unbounded(stored: f64) -> f64 {
    const LEAST: f64 = 1.797_693_134_862_315e308;
    if stored.abs() < LEAST || stored.is_nan() {
        stored
    } else {
        f64::INFINITY.copysign(stored)
    }
}

/// Whether a file is a database, by its beginning.
pub(super) fn is_database(head: &Head) -> bool {
    head.raw.starts_with(MAGIC) && head.len_bytes >= HEADER_BYTES as u64
}

/// The tables of a database with their columns, for its head; none where it cannot be read.
pub(super) fn tables_of(file: &dyn File, wal: Option<&dyn File>) -> Vec<(String, Vec<String>)> {
    let Ok(Some(database)) = Database::open(file, wal) else {
        return Vec::new();
    };
    let tables = database.tables().iter();
    tables
        .map(|table| {
            let columns = table.columns.iter().map(|column| column.name.clone());
            (table.name.clone(), columns.collect())
        })
        .collect()
}

/// Claims a database that has all of these tables with these columns, whatever its name, with the files
/// that SQLite keeps beside it.
pub(super) fn claim(place: usize, dropped: &Dropped<'_>, tables: &[(&str, &[&str])]) -> Claim {
    let head = dropped.head(place);
    if !is_database(head) {
        return Claim::none();
    }
    let beside = |ending: &str| dropped.at(&format!("{}{ending}", head.path));
    let has_all = |found: &[(String, Vec<String>)]| {
        tables.iter().all(|(name, columns)| {
            let mut named = found
                .iter()
                .filter(|(found, _)| found.eq_ignore_ascii_case(name));
            named.any(|(_, found)| {
                let has = |name: &&str| found.iter().any(|found| found.eq_ignore_ascii_case(name));
                columns.iter().all(has)
            })
        })
    };
    // The log is long: it is looked at only where all tables may be in it.
    let is_ours = has_all(&head.tables)
        || head.tables.is_empty()
            && beside("-wal").is_some_and(|wal| {
                let (file, wal) = (dropped.file(place), dropped.file(wal));
                has_all(&tables_of(file, Some(wal)))
            });
    if !is_ours {
        return Claim::none();
    }
    let others = ["-wal", "-journal", "-shm"].into_iter().filter_map(beside);
    Claim::of([place].into_iter().chain(others).collect())
}
