//! Runs as delimited text for spreadsheets and data frames (RFC 4180, LF).
//!
//! Cells that a spreadsheet would take for a formula (`=`, `+`, `-`, `@`, tab or return at their start,
//! and no number) get a leading apostrophe: what is in a dropped file must not run when its export is opened. So do those that
//! begin with such an apostrophe, so that the page takes away what it has put there and no other.

use crate::format::runsift_table::{MARK, OWN_PLACE, RUN_BY_SPREADSHEETS};
use crate::ledger::{ColumnId, Ledger, Role, ValueRef, attribute, parse_number};
use std::io::{self, Write};

/// The name of the column that has a run's place in the ledger.
const ROW: &str = "row";

/// Writes a header and a line a row, with the names of [`super::names`]. Fails only where writing does.
pub fn write_runs(
    ledger: &Ledger,
    rows: &[usize],
    columns: &[ColumnId],
    delimiter: u8,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_header(&super::names(ledger, columns), delimiter, out)?;
    let value = |line: usize, column: usize| ledger.column(columns[column]).get(rows[line]);
    write_lines(rows.len(), columns.len(), &value, delimiter, out)
}

/// Writes the first line of a table of this kind, by which the page knows it again: what it is of. One line, none of whose
/// cells is quoted or would be run, so that any reader can leave it out.
pub fn write_comment(
    kind: &str,
    told: &[String],
    delimiter: u8,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut line = String::new();
    for letter in told.join("; ").chars() {
        if line.ends_with([',', ';']) && RUN_BY_SPREADSHEETS.contains(&letter) {
            line.push(' ');
        }
        line.push(match letter {
            '"' => '\'',
            letter if letter.is_control() => ' ',
            letter => letter,
        });
    }
    writeln!(out, "{MARK}{kind}/1{}{line}", char::from(delimiter))
}

/// Names of columns that say what they are to a run; before them the row, where some run is known by nothing else.
pub fn telling_names(ledger: &Ledger, rows: &[usize], columns: &[ColumnId]) -> Vec<String> {
    let ids = ledger.attribute(attribute::ID);
    let is_nameless = |row: &usize| ids.is_none_or(|ids| ids.get(*row).is_missing());
    let row = rows.iter().any(is_nameless).then(|| ROW.to_owned());
    let name = |id: &ColumnId| {
        let column = ledger.column(*id);
        let group = match column.role() {
            Role::Param => "params.",
            Role::Metric => "metrics.",
            Role::Tag => "tags.",
            Role::Attribute if OWN_PLACE.contains(&column.name()) => "",
            Role::Attribute | Role::Ignored => "attributes.",
        };
        [group, column.name()].concat()
    };
    row.into_iter().chain(columns.iter().map(name)).collect()
}

/// Writes a line a run, under [`telling_names`]; what stands before the columns and is not the row is the rank.
pub fn write_rows(
    ledger: &Ledger,
    (rows, columns, names): (&[usize], &[ColumnId], &[String]),
    rank: &dyn Fn(usize) -> ValueRef<'static>,
    delimiter: u8,
    out: &mut dyn Write,
) -> io::Result<()> {
    let before = names.len() - columns.len();
    let value = |line: usize, at: usize| match at.checked_sub(before) {
        Some(at) => ledger.column(columns[at]).get(rows[line]),
        None if names[at] == ROW => ValueRef::Number(rows[line] as f64),
        None => rank(line),
    };
    write_lines(rows.len(), names.len(), &value, delimiter, out)
}

/// Writes so many lines of so many values.
pub fn write_lines<'v>(
    lines: usize,
    columns: usize,
    value: &dyn Fn(usize, usize) -> ValueRef<'v>,
    delimiter: u8,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut writer = to(delimiter, out);
    for line in 0..lines {
        for column in 0..columns {
            match value(line, column) {
                ValueRef::Text(text) => writer.write_field(defused(text))?,
                other => writer.write_field(other.to_string())?,
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}

/// Writes a header.
pub fn write_header(names: &[String], delimiter: u8, out: &mut dyn Write) -> io::Result<()> {
    write_lines(
        1,
        names.len(),
        &|_, at| ValueRef::Text(&names[at]),
        delimiter,
        out,
    )
}

fn to(delimiter: u8, out: &mut dyn Write) -> csv::Writer<&mut dyn Write> {
    csv::WriterBuilder::new()
        .delimiter(delimiter)
        .from_writer(out)
}

/// Records as delimited text; those that a spreadsheet would run are defused.
pub fn table(records: &[Vec<String>], delimiter: u8) -> String {
    let mut bytes = Vec::new();
    {
        let out: &mut dyn Write = &mut bytes;
        let mut writer = to(delimiter, out);
        for record in records {
            // Writing to memory cannot fail, and records are of one length.
            let _written = writer.write_record(record.iter().map(|cell| defused(cell)));
        }
        let _flushed = writer.flush();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The text, with an apostrophe before it where a spreadsheet would run it.
pub fn defused(text: &str) -> String {
    let bare = text.trim_start_matches('\'');
    let risky = bare.starts_with(RUN_BY_SPREADSHEETS) && parse_number(text.trim()).is_none();
    if risky {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::RunSink;

    #[test]
    fn formulas_are_defused_and_numbers_are_not() {
        let check = |text: &str, want: &str| assert_eq!(defused(text), want);
        check("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")");
        check("@sum", "'@sum");
        check("-1.5e-3", "-1.5e-3");
        check("-adam", "'-adam");
        check("'=a", "''=a");
        check("'a", "'a");
        check("adam", "adam");
    }

    #[test]
    fn what_is_written_reads_back() {
        let mut made = Ledger::default();
        let mut keep = |part: Ledger| made = part;
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        let row = sink.add_run();
        sink.set_named(row, Role::Param, "loss", ValueRef::Text("a,\"b\"\nc"));
        sink.set_named(row, Role::Metric, "loss", ValueRef::Number(f64::NAN));
        sink.add_run();
        sink.finish();
        let columns: Vec<ColumnId> = made.columns_with_ids().map(|(id, _)| id).collect();
        let mut out = Vec::new();
        write_runs(&made, &[0, 1], &columns, b',', &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "param.loss,metric.loss\n\"a,\"\"b\"\"\nc\",NaN\n,\n"
        );
    }
}
