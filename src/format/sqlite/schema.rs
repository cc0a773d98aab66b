//! The tables of a database: their names, columns and where their rows are.

use super::record::{Row, Value};
use super::{Fault, create_table};

/// How many columns a table may have: SQLite's own bound.
pub(super) const MOST_COLUMNS: usize = 32_767;

/// How many tables are kept.
const MOST_TABLES: usize = 4096;

/// How many columns all tables together may have.
const MOST_COLUMNS_OF_ALL: usize = 200_000;

/// A table.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, as they were declared.
    pub columns: Vec<Column>,
    /// The page that its tree begins with.
    pub(super) root: u32,
    /// Whether its rows lie in the order of its primary key, without numbers.
    pub(super) is_without_rowid: bool,
}

impl Table {
    /// The place of a column in [`Table::columns`]; names do not tell capital letters apart.
    pub(in super::super) fn column(&self, name: &str) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Whether it has all of these columns.
    pub(in super::super) fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.column(name).is_some())
    }
}

/// A column of a table.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Column {
    /// Its name.
    pub name: String,
    /// Its type, as it was declared; empty where none was.
    pub declared: String,
    /// Whether it is another name of the row's number.
    pub is_rowid: bool,
    /// The order of its texts; empty where the usual one.
    pub(super) collation: String,
    /// Whether its values are computed and not kept.
    pub(super) is_virtual: bool,
    /// What rows have that are older than the column.
    pub(super) default: Option<Value<'static>>,
    /// Where its value lies in a record.
    pub(super) place: Option<usize>,
}

impl Column {
    /// Whether SQLite keeps numbers in it that come as text.
    pub(super) fn is_numeric(&self) -> bool {
        let declared = self.declared.to_ascii_uppercase();
        let has = |part| declared.contains(part);
        has("INT") || !(self.is_text() || has("BLOB") || declared.is_empty())
    }

    /// Whether SQLite keeps text in it that comes as numbers.
    pub(super) fn is_text(&self) -> bool {
        let declared = self.declared.to_ascii_uppercase();
        let has = |part| declared.contains(part);
        !has("INT") && (has("CHAR") || has("CLOB") || has("TEXT"))
    }
}

/// The table of tables, which is always there: kind, name, table, page, statement.
pub(super) fn master() -> Table {
    let column = |place| Column {
        place: Some(place),
        ..Column::default()
    };
    Table {
        name: "sqlite_master".to_owned(),
        columns: (0..5).map(column).collect(),
        root: 1,
        is_without_rowid: false,
    }
}

/// Takes a row of the table of tables.
pub(super) fn take(row: &Row<'_>, tables: &mut Vec<Table>, faults: &mut Vec<Fault>) {
    if row.text(Some(0)).as_deref() != Some("table") {
        return;
    }
    let name = row.text(Some(1)).unwrap_or_default().into_owned();
    let root = row
        .integer(Some(3))
        .and_then(|root| u32::try_from(root).ok());
    let sql = row.text(Some(4)).unwrap_or_default();
    // Virtual tables have none.
    let Some(root @ 1..) = root else {
        return;
    };
    let columns: usize = tables.iter().map(|table| table.columns.len()).sum();
    let created = create_table::parse(&sql)
        .filter(|created| columns + created.columns.len() <= MOST_COLUMNS_OF_ALL)
        .filter(|_| tables.len() < MOST_TABLES);
    if let Some(created) = created {
        tables.push(Table {
            name,
            columns: created.columns,
            root,
            is_without_rowid: created.is_without_rowid,
        });
    } else if !name.starts_with("sqlite_") {
        let what = "its columns cannot be made out".to_owned();
        let place = format!("table {name}");
        super::add_fault(
            faults,
            Fault::new("sqlite/schema", place, what, "table left out"),
        );
    }
}
