//! Any SQLite database: its widest table that has rows, one row a run, or a step of one.

use super::roles::{SAMPLE, guess};
use super::rows::RowWriter;
use super::sqlite::{self, Column, Database, Row, Table, Value};
use super::{Claim, Dropped, Format, NotThisFormat, step_table, unreadable};
use crate::ledger::{RunSink, ValueRef, parse_number};
use crate::source::File;
use std::cmp::Reverse;
use std::rc::Rc;

pub(super) const FORMAT: Format = Format {
    name: "sqlite-table",
    title: "SQLite table",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    if unreadable::is_of_aim(dropped.path(place)) || is_index_of_guild(&dropped.head(place).tables)
    {
        return Claim::none();
    }
    sqlite::claim(place, dropped, &[])
}

/// Whether tables are those in which Guild looks up what the runs beside them logged.
fn is_index_of_guild(tables: &[(String, Vec<String>)]) -> bool {
    const COLUMNS: [&str; 4] = ["run", "prefix", "tag", "first_val"];
    let has = |columns: &Vec<String>, wanted: &str| columns.iter().any(|name| name == wanted);
    tables.iter().any(|(table, columns)| {
        table == "scalar" && COLUMNS.iter().all(|wanted| has(columns, wanted))
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let Some(mut database) = sqlite::open(files, sink, on_bytes) else {
        return Ok(());
    };
    if let Some((table, sample)) = widest(&mut database) {
        write(&mut database, &table, &sample, sink);
        tell_others(&database, &table, sink);
    } else {
        sink.problem(
            "sqlite/no-table",
            "",
            "it has no table with rows",
            "nothing was taken from it",
        );
    }
    database.report(sink);
    Ok(())
}

/// The table with the most columns of those that have rows, the first of several, and some of its rows.
fn widest(database: &mut Database<'_>) -> Option<(Rc<Table>, Vec<Vec<String>>)> {
    let mut tables: Vec<Rc<Table>> = own_tables(database).cloned().collect();
    order::by_key(&mut tables, |table| Reverse(table.columns.len()));
    tables.into_iter().find_map(|table| {
        let mut sample = Vec::new();
        database.scan_while(&table, |row| {
            let cells = 0..table.columns.len();
            sample.push(
                cells
                    .map(|at| row.text(Some(at)).unwrap_or_default().into_owned())
                    .collect(),
            );
            sample.len() < SAMPLE
        });
        (!sample.is_empty()).then_some((table, sample))
    })
}

/// All tables but SQLite's.
fn own_tables<'d>(database: &'d Database<'_>) -> impl Iterator<Item = &'d Rc<Table>> {
    let tables = database.tables().iter();
    tables.filter(|table| !table.name.starts_with("sqlite_"))
}

fn write(
    database: &mut Database<'_>,
    table: &Table,
    sample: &[Vec<String>],
    sink: &mut RunSink<'_>,
) {
    let names: Vec<String> = table
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let is_number = |cell: &str| parse_number(cell).is_some();
    if let Some(places) = step_table::Places::among(&names, &|| sample.to_vec(), &is_number) {
        return write_steps(
            database,
            table,
            step_table::Writer::new(places, names, sink),
            sink,
        );
    }
    let mut writer = RowWriter::new(guess(&names, sample));
    let mut number = 0;
    database.scan(table, |row| {
        number += 1;
        let place = format!("row {number}");
        writer.begin(sink);
        let run = sink.add_run();
        for (at, column) in table.columns.iter().enumerate() {
            with_cell(row, at, column, |value| {
                writer.put(run, at, value, &place, sink);
            });
        }
    });
}

/// Writes rows that are steps of runs.
fn write_steps(
    database: &mut Database<'_>,
    table: &Table,
    mut writer: step_table::Writer,
    sink: &mut RunSink<'_>,
) {
    writer.begin(&table.name, sink);
    let (mut number, mut cells) = (0, Vec::new());
    database.scan(table, |row| {
        number += 1;
        cells.clear();
        for (at, column) in table.columns.iter().enumerate() {
            with_cell(row, at, column, |value| cells.push(value.to_owned()));
        }
        let value = |at: usize| match cells.get(at) {
            Some(Some(value)) => value.as_ref(),
            _ => ValueRef::Missing,
        };
        let id = writer.run().map_or(ValueRef::Missing, value).to_string();
        writer.write(&id, &value, &|| format!("row {number}"), sink);
    });
}

/// A value as a cell. SQLite has no truth values of its own: a column's type says what its 0 and 1 are.
fn with_cell(row: &Row<'_>, at: usize, column: &Column, take: impl FnOnce(ValueRef<'_>)) {
    let value = row.get(Some(at));
    let is_bool = || column.declared.to_ascii_uppercase().starts_with("BOOL");
    match value {
        Value::Integer(bit @ 0..=1) if is_bool() => take(ValueRef::Bool(bit == 1)),
        value => value.as_cell(take),
    }
}

fn tell_others(database: &Database<'_>, table: &Table, sink: &mut RunSink<'_>) {
    let others = own_tables(database).filter(|other| other.name != table.name);
    let count = others.count();
    if count > 0 {
        sink.problem(
            "sqlite/more-tables",
            "",
            &format!("it has {count} more tables than {}", table.name),
            "only this one was read",
        );
    }
}
