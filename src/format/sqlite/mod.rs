//! SQLite databases, read only, a page at a time: <https://www.sqlite.org/fileformat2.html>.
//!
//! A reader of our own, because it reads through any seekable source, opens what a running tracker has
//! only in the write-ahead log beside it, and goes on after damage. Tables are read by full scans, row by
//! row; a file is never in memory as a whole. Every page is visited once in a scan, so that a loop ends.

mod pages;
mod record;
mod schema;

pub(super) use record::Value;

use crate::ledger::RunSink;
use crate::source::File;
use pages::Pages;
use record::Encoding;
use schema::Table;
use std::collections::BTreeSet;

/// What the file of a database begins with.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";

/// How large a row may be.
const ROW_BYTES: u64 = 64 << 20;

/// How many damaged places of a scan are told.
const TOLD: usize = 20;

/// The database of a unit's files: the database itself and its write-ahead log, if that is there. What
/// cannot be opened is told.
pub(super) fn open(files: &[&dyn File], sink: &mut RunSink<'_>) -> Option<Database> {
    let log = files.iter().find(|file| file.path().ends_with("-wal"));
    match Database::open(*files.first()?, log.copied()) {
        Ok(database) => {
            if let Some(note) = &database.note {
                sink.problem("sqlite/log", "", note, "the database was read without it");
            }
            Some(database)
        }
        Err(reason) => {
            sink.problem("sqlite/cannot-open", "", &reason, "the file was not read");
            None
        }
    }
}

/// A database.
pub(super) struct Database {
    pages: Pages,
    encoding: Encoding,
    tables: Vec<Table>,
    /// What could not be used of the files beside it.
    note: Option<String>,
}

impl Database {
    /// Opens a database, with its write-ahead log where that is there.
    pub(super) fn open(file: &dyn File, log: Option<&dyn File>) -> Result<Self, String> {
        let mut pages = Pages::open(file)?;
        let note = log.and_then(|log| pages.overlay(log).err());
        let first = pages.get(1).ok_or("its first page cannot be read")?;
        let encoding = Encoding::of(pages::u32_at(&first, 56));
        let mut database = Self {
            pages,
            encoding,
            tables: Vec::new(),
            note,
        };
        let mut tables = Vec::new();
        let root = Table::of_schema();
        database.walk(&root, &mut |_, row| {
            if let [
                Value::Text(kind),
                Value::Text(name),
                _,
                page,
                Value::Text(sql),
                ..,
            ] = row
                && kind == "table"
                && let Some(page) = page.integer()
            {
                tables.push(Table::parse(name, u32::try_from(page).unwrap_or(0), sql));
            }
        });
        database.tables = tables;
        Ok(database)
    }

    /// The names of its tables and their columns.
    pub(super) fn tables(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.tables
            .iter()
            .map(|table| (table.name.as_str(), table.columns.as_slice()))
    }

    /// Whether it has all of these tables.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        names
            .iter()
            .all(|name| self.tables.iter().any(|table| table.name == *name))
    }

    /// Whether a table has a column.
    pub(super) fn has_column(&self, table: &str, column: &str) -> bool {
        let mut tables = self.tables();
        tables.any(|(name, columns)| name == table && columns.iter().any(|known| known == column))
    }

    /// Calls `each` for every row of a table with the values of these columns; null where the table has no
    /// such column. Damage is told to the sink.
    pub(super) fn scan(
        &mut self,
        table: &str,
        columns: &[&str],
        sink: &mut RunSink<'_>,
        each: &mut dyn FnMut(&[Value], &mut RunSink<'_>),
    ) {
        let Some(table) = self
            .tables
            .iter()
            .find(|known| known.name == table)
            .cloned()
        else {
            return;
        };
        let places: Vec<Option<usize>> = columns.iter().map(|name| table.stored(name)).collect();
        let alias = table.rowid_alias();
        let mut values = Vec::new();
        let damage = self.walk(&table, &mut |rowid, row| {
            values.clear();
            values.extend(places.iter().map(|place| match place {
                Some(place) if Some(*place) == alias => Value::Integer(rowid),
                Some(place) => row.get(*place).cloned().unwrap_or(Value::Null),
                None => Value::Null,
            }));
            each(&values, sink);
        });
        for place in &damage {
            let what = format!("a page of the table {} is damaged", table.name);
            sink.problem("sqlite/damaged", place, &what, "its rows were skipped");
        }
    }

    /// Visits every row of a table's tree with its row id; gives the damaged places.
    fn walk(&mut self, table: &Table, each: &mut dyn FnMut(i64, &[Value])) -> Vec<String> {
        let mut damage = Vec::new();
        let mut seen = BTreeSet::new();
        let mut waiting = vec![table.root];
        let mut row = Vec::new();
        while let Some(number) = waiting.pop() {
            let page = seen
                .insert(number)
                .then(|| self.pages.get(number))
                .flatten();
            let tree = page
                .as_ref()
                .and_then(|page| pages::TreePage::parse(page, number, self.pages.usable()));
            let Some(tree) = tree else {
                if damage.len() < TOLD {
                    damage.push(format!("page {number}"));
                }
                continue;
            };
            for cell in tree.cells() {
                let payload = cell.len.filter(|len| *len <= ROW_BYTES);
                if let Some(bytes) = payload.and_then(|_| self.pages.payload(&cell)) {
                    row.clear();
                    if record::decode(&bytes, self.encoding, &mut row).is_some() {
                        each(cell.rowid, &row);
                        continue;
                    }
                }
                if cell.len.is_some() && damage.len() < TOLD {
                    damage.push(format!("page {number}"));
                }
            }
            // The last child first on the stack: rows come in the order of their keys.
            waiting.extend(tree.children().into_iter().rev());
        }
        damage
    }
}
