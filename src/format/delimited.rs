//! Any delimited text with one run a row, whoever wrote it.

use super::roles::{SAMPLE, guess};
use super::rows::RowWriter;
use super::table::Table;
use super::{Claim, Dropped, Format, NotThisFormat, unreadable};
use crate::ledger::RunSink;
use crate::source::File;

pub(super) const FORMAT: Format = Format {
    name: "delimited",
    title: "Table (CSV, TSV)",
    claim,
    read,
};

/// Endings of names that promise a table.
const ENDINGS: [&str; 4] = [".csv", ".tsv", ".csv.gz", ".tsv.gz"];

/// How many records tell a table from prose.
const JUDGED: usize = 20;

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    let Some((dialect, header)) = &head.table else {
        return Claim::none();
    };
    // Some of what is no table begins as text, as a PDF does.
    if unreadable::reason(head).is_some() {
        return Claim::none();
    }
    let name = head.name().to_lowercase();
    let is_promised = ENDINGS.iter().any(|ending| name.ends_with(ending));
    let is_table = || {
        let records = dialect.records_of(&head.text, JUDGED);
        let same = records
            .iter()
            .filter(|record| record.len() == header.len())
            .count();
        header.len() > 1 && records.len() > 1 && same * 10 >= records.len() * 6
    };
    Claim::alone(place, is_promised || is_table()).by_record()
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let sample = Table::sample(*file, SAMPLE);
    let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
    let guesses = guess(&table.columns, &sample);
    RowWriter::new(guesses).write_all(&mut table, sink);
    Ok(())
}
