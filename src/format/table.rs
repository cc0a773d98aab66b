//! Delimited text as a table: how it is written (its dialect), its header, its records.
//!
//! Read by the crate `csv`, record by record, from text that [`crate::source::text`] has decoded. A
//! dialect is the delimiter (comma, semicolon, tab, bar), whether numbers have a decimal comma, how
//! many comment lines precede the header, and whether there is one.

use crate::ledger::{RunSink, ValueRef, parse_number};
use crate::source::{File, text};
use csv::ByteRecord;
use std::borrow::Cow;
use std::io::Read;

/// How many records the dialect is judged by.
const JUDGED: usize = 20;

/// How a table is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between cells.
    pub delimiter: u8,
    /// Whether `0,5` is a number.
    pub decimal_comma: bool,
    /// How many lines beginning with `#` precede the header.
    pub comment_lines: usize,
    /// Whether the first record names the columns.
    pub has_header: bool,
}

impl Dialect {
    /// The dialect of a text, judged by its beginning. The delimiter is the one that cuts the first
    /// records into the same number of cells, more than one, for most of them.
    pub fn of(text: &str) -> Self {
        let comment_lines = text
            .lines()
            .take_while(|line| line.starts_with('#') && !is_comment_header(line))
            .count();
        let body = skip_lines(text, comment_lines);
        let score = |delimiter: u8| {
            let records = records_of(body, delimiter, JUDGED);
            let width = records.first().map_or(0, Vec::len);
            let same = records
                .iter()
                .filter(|record| record.len() == width)
                .count();
            if width < 2 {
                0
            } else {
                same * 1000 / records.len().max(1) * 100 + width.min(99)
            }
        };
        let delimiter = b",;\t|"
            .iter()
            .copied()
            .max_by_key(|d| (score(*d), *d == b','))
            .unwrap_or(b',');
        let delimiter = if score(delimiter) == 0 {
            b','
        } else {
            delimiter
        };
        let records = records_of(body, delimiter, JUDGED);
        let cells = || records.iter().skip(1).flatten();
        let with_comma = cells().filter(|cell| is_decimal_comma(cell)).count();
        let with_point = cells()
            .filter(|cell| cell.contains('.') && parse_number(cell).is_some())
            .count();
        let is_name =
            |cell: &String| !cell.trim().is_empty() && parse_number(cell.trim()).is_none();
        let has_header = records
            .first()
            .is_none_or(|first| first.iter().any(is_name));
        Self {
            delimiter,
            decimal_comma: delimiter != b',' && with_comma > 0 && with_comma > with_point,
            comment_lines,
            has_header,
        }
    }
}

/// `#` can begin the header's first name, as in `#loss`; a comment has a blank or nothing after it.
fn is_comment_header(line: &str) -> bool {
    line.chars().nth(1).is_some_and(char::is_alphanumeric) && line.contains([',', ';', '\t', '|'])
}

fn skip_lines(text: &str, lines: usize) -> &str {
    let mut rest = text;
    for _ in 0..lines {
        rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
    }
    rest
}

fn records_of(text: &str, delimiter: u8, most: usize) -> Vec<Vec<String>> {
    let mut reader = builder(delimiter).from_reader(text.as_bytes());
    let cells = |record: ByteRecord| {
        record
            .iter()
            .map(|cell| String::from_utf8_lossy(cell).into_owned())
            .collect()
    };
    reader
        .byte_records()
        .take(most)
        .filter_map(Result::ok)
        .map(cells)
        .collect()
}

fn builder(delimiter: u8) -> csv::ReaderBuilder {
    let mut builder = csv::ReaderBuilder::new();
    builder
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(1 << 20);
    builder
}

/// `0,5`, `1.234,5`, `-3,2e-4`: one comma, digits on both sides.
fn is_decimal_comma(cell: &str) -> bool {
    let cell = cell.trim();
    cell.matches(',').count() == 1 && parse_number(&cell.replace(',', ".")).is_some()
}

/// A table being read.
pub(super) struct Table<'a> {
    reader: csv::Reader<Box<dyn Read + 'a>>,
    /// How it is written.
    pub dialect: Dialect,
    /// Names of its columns, each unique; `columns[i]` names cell `i` of a record.
    pub columns: Vec<String>,
    record: ByteRecord,
    /// Where each cell of the record ends in its text.
    ends: Vec<usize>,
    /// A first record that was read to see whether it is a header, and is data.
    pending: bool,
}

/// One record of a table.
pub(super) struct Record<'a> {
    cells: Cow<'a, str>,
    ends: &'a [usize],
    /// The line it begins at, from 1.
    pub line: u64,
    decimal_comma: bool,
    dash_is_missing: bool,
}

impl<'a> Table<'a> {
    /// Opens a file as a table; `None` where it has no header. Problems with the header go to the sink.
    pub(super) fn open(
        file: &dyn File,
        sink: &mut RunSink<'_>,
        on_bytes: &'a mut dyn FnMut(u64),
    ) -> Option<Self> {
        let (head, _) = text::head(file).ok()?;
        let head = String::from_utf8_lossy(&head);
        let dialect = Dialect::of(&head);
        let mut source = match text::open(file, on_bytes) {
            Ok(source) => source,
            Err(error) => {
                sink.problem(
                    "source/cannot-read",
                    "",
                    &error.to_string(),
                    "the file was not read",
                );
                return None;
            }
        };
        skip_comment_lines(&mut source, dialect.comment_lines);
        let boxed: Box<dyn Read + 'a> = Box::new(source);
        let mut reader = builder(dialect.delimiter).from_reader(boxed);
        let mut record = ByteRecord::new();
        if !matches!(reader.read_byte_record(&mut record), Ok(true)) {
            return None;
        }
        let (columns, pending) = if dialect.has_header {
            (unique_names(&record, sink), false)
        } else {
            let numbered = (1..=record.len())
                .map(|at| format!("column {at}"))
                .collect();
            sink.problem(
                "table/no-header",
                "line 1",
                "the first line names no columns",
                "columns were numbered",
            );
            (numbered, true)
        };
        Some(Self {
            reader,
            dialect,
            columns,
            record,
            ends: Vec::new(),
            pending,
        })
    }

    /// The header of a text, as it stands.
    pub(super) fn header_of(text: &str, dialect: &Dialect) -> Option<Vec<String>> {
        records_of(
            skip_lines(text, dialect.comment_lines),
            dialect.delimiter,
            1,
        )
        .into_iter()
        .next()
    }

    /// The first records after the header, at most `most`, without consuming the table.
    pub(super) fn sample(file: &dyn File, most: usize) -> Vec<Vec<String>> {
        let Ok((head, is_whole)) = text::head(file) else {
            return Vec::new();
        };
        let head = String::from_utf8_lossy(&head);
        let dialect = Dialect::of(&head);
        let body = skip_lines(&head, dialect.comment_lines);
        let mut records = records_of(body, dialect.delimiter, most + 2);
        // The last record of a cut head is not whole.
        if !is_whole && records.len() < most + 2 {
            records.pop();
        }
        if dialect.has_header && !records.is_empty() {
            records.remove(0);
        }
        records.truncate(most);
        if dialect.decimal_comma {
            records
                .iter_mut()
                .flatten()
                .filter(|cell| is_decimal_comma(cell))
                .for_each(|cell| *cell = cell.replace(',', "."));
        }
        records
    }

    /// The next record; `None` at the end. Ragged records and broken text are told to the sink.
    pub(super) fn next(&mut self, sink: &mut RunSink<'_>) -> Option<Record<'_>> {
        loop {
            if !std::mem::take(&mut self.pending) {
                match self.reader.read_byte_record(&mut self.record) {
                    Ok(true) => {}
                    Ok(false) => return None,
                    Err(error) => {
                        let place = error
                            .position()
                            .map(|at| format!("line {}", at.line()))
                            .unwrap_or_default();
                        sink.problem(
                            "source/cannot-read",
                            &place,
                            &error.to_string(),
                            "reading stopped here",
                        );
                        return None;
                    }
                }
            }
            // A blank line between records is no record.
            if self.record.len() > 1 || self.record.get(0).is_some_and(|cell| !cell.is_empty()) {
                break;
            }
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        let (got, want) = (self.record.len(), self.columns.len());
        if got != want {
            let (what, effect) = if got > want {
                (
                    format!("{got} cells where the header names {want}"),
                    "further cells were left out",
                )
            } else {
                (
                    format!("{got} cells where the header names {want}"),
                    "cells at its end were taken as missing",
                )
            };
            sink.problem("table/ragged-row", &format!("line {line}"), &what, effect);
        }
        let bytes = self.record.as_slice();
        self.ends.clear();
        self.ends.extend(
            (0..got.min(want))
                .filter_map(|at| self.record.range(at))
                .map(|range| range.end),
        );
        let cells = match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(error) => {
                let what = format!(
                    "bytes that are no UTF-8 text after {} bytes of the record",
                    error.valid_up_to()
                );
                sink.problem(
                    "table/not-utf-8",
                    &format!("line {line}"),
                    &what,
                    "shown as \u{fffd}",
                );
                let mut text = String::new();
                for at in 0..got.min(want) {
                    text.push_str(&String::from_utf8_lossy(
                        self.record.get(at).unwrap_or_default(),
                    ));
                    self.ends[at] = text.len();
                }
                Cow::Owned(text)
            }
        };
        Some(Record {
            cells,
            ends: &self.ends,
            line,
            decimal_comma: self.dialect.decimal_comma,
            dash_is_missing: false,
        })
    }
}

/// Whether a cell's text means that there is nothing.
pub(super) fn is_missing_text(text: &str) -> bool {
    matches!(
        text,
        "" | "NA" | "N/A" | "n/a" | "<NA>" | "null" | "NULL" | "#N/A"
    )
}

impl Record<'_> {
    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether all cells are blank.
    pub(super) fn is_blank(&self) -> bool {
        self.cells.trim().is_empty()
    }

    /// Takes a cell of a lone `-` for missing.
    pub(super) fn blank_lone_dashes(&mut self) {
        self.dash_is_missing = true;
    }

    /// A cell as it stands; empty beyond the end.
    pub(super) fn text(&self, at: usize) -> &str {
        let Some(end) = self.ends.get(at) else {
            return "";
        };
        let from = if at == 0 { 0 } else { self.ends[at - 1] };
        self.cells.get(from..*end).unwrap_or_default()
    }

    /// A cell's value.
    pub(super) fn value(&self, at: usize) -> ValueRef<'_> {
        let text = self.text(at);
        // What nearly all cells are: nothing, or a plain number.
        let Some(first) = text.as_bytes().first() else {
            return ValueRef::Missing;
        };
        if first.is_ascii_digit()
            && !self.decimal_comma
            && let Some(x) = parse_number(text)
        {
            return ValueRef::Number(x);
        }
        if self.decimal_comma && text.contains(',') && is_decimal_comma(text) {
            return parse_number(&text.trim().replace(',', "."))
                .map_or(ValueRef::Text(text), ValueRef::Number);
        }
        if is_missing_text(text.trim()) || (self.dash_is_missing && text == "-") {
            ValueRef::Missing
        } else {
            ValueRef::parse(text)
        }
    }
}

fn skip_comment_lines(source: &mut impl Read, lines: usize) {
    let mut byte = [0];
    for _ in 0..lines {
        while matches!(source.read(&mut byte), Ok(1)) && byte[0] != b'\n' {}
    }
}

/// Names by which columns can be told apart: blank ones are numbered, repeated ones get a number.
/// A blank first name stays blank: it is the index that pandas writes.
fn unique_names(header: &ByteRecord, sink: &mut RunSink<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(header.len());
    for (at, cell) in header.iter().enumerate() {
        let given = String::from_utf8_lossy(cell).trim().to_owned();
        let base = if given.is_empty() && at > 0 {
            format!("column {}", at + 1)
        } else {
            given.clone()
        };
        let mut name = base.clone();
        let mut number = 2;
        while names.contains(&name) {
            name = format!("{base} ({number})");
            number += 1;
        }
        if name != given {
            let what = if given.is_empty() {
                format!("column {} has no name", at + 1)
            } else {
                format!("column {} has the name {given} of an earlier one", at + 1)
            };
            sink.problem(
                "table/column-name",
                "line 1",
                &what,
                &format!("called {name}"),
            );
        }
        names.push(name);
    }
    names
}
