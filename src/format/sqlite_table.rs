//! Any SQLite database: its table with the most columns, one row a run.

use super::mlflow_sqlite::claim_with;
use super::roles::{SAMPLE, guess};
use super::rows::RowWriter;
use super::sqlite::{self, Database};
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::RunSink;
use crate::source::File;

pub(super) const FORMAT: Format = Format {
    name: "sqlite-table",
    title: "SQLite table",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    claim_with(place, dropped, &[])
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let mut database = sqlite::open(files, sink).ok_or(NotThisFormat)?;
    let Some((table, columns)) = widest(&database) else {
        sink.problem(
            "sqlite/no-table",
            "",
            "it has no table",
            "nothing was taken from it",
        );
        return Ok(());
    };
    let others = database.tables().count() - 1;
    if others > 0 {
        let what = format!("it has {others} more tables than {table}");
        sink.problem(
            "sqlite/more-tables",
            "",
            &what,
            "only this one was read, a row a run",
        );
    }
    let wanted: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut sample: Vec<Vec<String>> = Vec::new();
    database.scan(&table, &wanted, sink, &mut |row, _| {
        if sample.len() < SAMPLE {
            sample.push(row.iter().map(sqlite::Value::spelled).collect());
        }
    });
    let mut writer = RowWriter::new(guess(&columns, &sample));
    let mut number = 0;
    database.scan(&table, &wanted, sink, &mut |values, sink| {
        number += 1;
        let place = format!("row {number}");
        writer.begin(sink);
        let row = sink.add_run();
        for (at, value) in values.iter().enumerate() {
            writer.put(row, at, value.cell(), &place, sink);
        }
    });
    on_bytes(files.iter().map(|file| file.len_bytes()).sum());
    Ok(())
}

/// The table with the most columns, the first of several.
fn widest(database: &Database) -> Option<(String, Vec<String>)> {
    let tables = database
        .tables()
        .filter(|(name, _)| !name.starts_with("sqlite_"));
    let widest = tables
        .enumerate()
        .max_by_key(|(number, (_, columns))| (columns.len(), std::cmp::Reverse(*number)));
    widest.map(|(_, (name, columns))| (name.to_owned(), columns.to_vec()))
}
