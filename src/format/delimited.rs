//! Any delimited text with one run a row, whoever wrote it.

use super::roles::guess;
use super::rows::RowWriter;
use super::table::Table;
use super::{Format, Head, NotThisFormat};
use crate::ledger::RunSink;
use crate::source::File;

/// How many records the roles are guessed from.
const SAMPLE: usize = 200;

pub(super) const FORMAT: Format = Format {
    name: "delimited",
    title: "Table (CSV, TSV)",
    claim,
    read,
};

fn claim(place: usize, heads: &[Head]) -> Vec<usize> {
    if heads[place].table.is_some() {
        vec![place]
    } else {
        Vec::new()
    }
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
    if table.columns.len() == 1 && sink.rows() == 0 {
        return Err(NotThisFormat);
    }
    Ok(())
}
