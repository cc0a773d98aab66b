//! Delimited text as a table: how it is written ([`Dialect`]), its header, its records.
//!
//! Records come in blocks (a splitter of our own cuts them, the crate `delimited`), so that
//! [`super::rows::RowWriter`] can fill one column after another: every cell of a column is of one kind,
//! which is what makes reading quick.

mod cell;
mod dialect;

pub(super) use cell::is_missing_text;
pub(super) use dialect::Dialect;

use crate::ledger::{RunSink, SpanRead, ValueRef, Values, parse_number};
use crate::source::{File, Span, noted, text};
use cell::Style;
use delimited::{Block, Fault, Splitter};
use rustc_hash::{FxHashMap, FxHashSet};
use std::io::Read;
use std::ops::Range;

/// How many records a block has at most.
const BLOCK_RECORDS: usize = 2048;

/// How many columns a table may have; further cells are left out.
const COLUMNS: usize = 100_000;

/// A table being read.
pub(super) struct Table<'a> {
    splitter: Splitter<'a>,
    /// How it is written.
    pub dialect: Dialect,
    /// Names of its columns, each unique; `columns[i]` names cell `i` of a record.
    pub columns: Vec<String>,
    style: Style,
    block: Block,
    /// The block's bytes, where they had to be made anew because they were no UTF-8.
    repaired: Option<Vec<u8>>,
    /// The block holds records already, read to see whether the first is a header.
    pending: bool,
    /// The next record of the block, for [`Table::next`].
    next: usize,
    /// Whether no record was too short so far.
    is_even: bool,
    /// Where the first record of the span began, where only a span is read.
    span_began: Option<u64>,
}

/// What is the same for all spans of a table.
struct Shape {
    dialect: Dialect,
    columns: Vec<String>,
}

impl Shape {
    /// By the table's header. What is wrong with that is told by who reads the first span.
    fn of(file: &dyn File) -> Option<Self> {
        let mut ignored = |_| {};
        let mut untold = RunSink::new(&mut ignored);
        let mut unheard = |_| {};
        let header = Table::open_in_pieces(file, text::HEAD_BYTES, &mut untold, &mut unheard)?;
        Some(Self {
            dialect: header.dialect.clone(),
            columns: header.columns.clone(),
        })
    }
}

/// One record of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    bytes: &'a [u8],
    cells: &'a [(u32, u32)],
    /// The line it begins at, from 1.
    pub line: u64,
    style: Style,
}

/// The columns of a block, whose bytes were seen to be text once and not for every cell.
#[derive(Clone, Copy)]
pub(super) struct Columns<'a> {
    /// What cells are ranges of.
    bytes: &'a [u8],
    /// From the first cell to the last.
    text: &'a str,
    /// Where that begins in the bytes that cells are ranges of.
    from: u32,
    block: &'a Block,
    style: Style,
}

impl<'a> Columns<'a> {
    /// Where a cell is in the text; nowhere where its record is too short.
    fn place(self, (from, to): (u32, u32)) -> Range<usize> {
        // An empty cell of a short record lies before them all.
        let place = |at: u32| at.wrapping_sub(self.from) as usize;
        place(from)..place(to)
    }

    /// The cells of one column as they stand; empty ones where records are too short.
    pub(super) fn texts(self, at: usize) -> impl ExactSizeIterator<Item = &'a str> {
        let cells = self.block.column(at);
        cells.map(move |cell| self.text.get(self.place(cell)).unwrap_or_default())
    }

    /// The same, where the greatest float stands for infinity.
    pub(super) fn stored(mut self, is_stored: bool) -> Self {
        self.style.greatest_is_infinite = is_stored;
        self
    }

    /// The value of a cell.
    pub(super) fn value(self, text: &'a str) -> ValueRef<'a> {
        self.style.value(text)
    }

    /// The values of one column.
    pub(super) fn values(self, at: usize) -> ColumnValues<'a> {
        ColumnValues {
            columns: self,
            at,
            record: 0,
            is_verbatim: false,
        }
    }

    /// The numbers of one column; none where a cell is another value, or a number that is written in another way.
    pub(super) fn numbers(self, at: usize) -> Vec<Option<f64>> {
        let mut values = self.values(at);
        let (mut numbers, mut found) = (Vec::new(), Vec::with_capacity(self.block.len()));
        loop {
            values.numbers(&mut numbers);
            found.extend(numbers.drain(..).map(Some));
            if found.len() >= self.block.len() {
                return found;
            }
            values.record += 1;
            found.push(None);
        }
    }

    /// The cells of one column as text; missing where they say that there is nothing.
    pub(super) fn verbatim(self, at: usize) -> ColumnValues<'a> {
        ColumnValues {
            is_verbatim: true,
            ..self.values(at)
        }
    }
}

/// The values of a column of a block, and how far they were taken.
pub(super) struct ColumnValues<'a> {
    columns: Columns<'a>,
    at: usize,
    record: usize,
    is_verbatim: bool,
}

impl<'a> Values<'a> for ColumnValues<'a> {
    fn next(&mut self) -> Option<ValueRef<'a>> {
        let columns = self.columns;
        let place = columns.place(columns.block.column_from(self.at, self.record).next()?);
        self.record += 1;
        let text = columns.text.get(place).unwrap_or_default();
        Some(if self.is_verbatim {
            columns.style.text(text)
        } else {
            columns.value(text)
        })
    }

    fn numbers(&mut self, into: &mut Vec<f64>) {
        if self.columns.style.is_plain() && !self.is_verbatim {
            let before = into.len();
            let bytes = self.columns.bytes;
            self.columns
                .block
                .decimals(bytes, self.at, self.record, into);
            self.record += into.len() - before;
        }
    }

    fn texts(&mut self, take: &mut dyn FnMut(&'a str)) -> usize {
        let Columns { text, from, .. } = self.columns;
        let block = self.columns.block;
        let count = block.texts((text, from), self.at, self.record, self.is_verbatim, take);
        self.record += count;
        count
    }
}

impl<'a> Table<'a> {
    /// Opens a file as a table; `None` where it has no header. Problems with the header go to the sink.
    /// Of a file with a span the header and the records of the span are read.
    pub(super) fn open(
        file: &dyn File,
        sink: &mut RunSink<'_>,
        on_bytes: &'a mut dyn FnMut(u64),
    ) -> Option<Self> {
        let Some(span) = file.span() else {
            return Self::open_whole(file, sink, on_bytes);
        };
        if span.from == 0 {
            let mut table = Self::open_whole(file, sink, on_bytes)?;
            table.splitter.limit(span.to);
            table.span_began = Some(0);
            return Some(table);
        }
        let shape = noted(file, || Shape::of(file));
        let Shape { dialect, columns } = Option::as_ref(&shape)?;
        let mut table = Self::unread(dialect.clone(), Box::new(std::io::empty()));
        table.columns.clone_from(columns);
        match table.go_to(file, span, sink, on_bytes) {
            Ok(()) => Some(table),
            Err(error) => {
                tell_unreadable(&error, sink);
                None
            }
        }
    }

    /// Goes to the first record of a span.
    fn go_to(
        &mut self,
        file: &dyn File,
        span: Span,
        sink: &mut RunSink<'_>,
        on_bytes: &'a mut dyn FnMut(u64),
    ) -> std::io::Result<()> {
        // A line that begins with the span's first byte is of this span: the line break before it is looked for.
        let from = if span.is_exact {
            span.from
        } else {
            span.from - 1
        };
        let source = Box::new(text::open_at(file, from, on_bytes)?);
        // Known first, so that no more is read than the span.
        self.splitter.limit(span.to);
        self.splitter
            .go_on(source, from, !span.is_exact, &mut |fault| tell(fault, sink));
        self.span_began = Some(self.splitter.place());
        Ok(())
    }

    fn unread(dialect: Dialect, source: Box<dyn Read + 'a>) -> Self {
        Self {
            splitter: Splitter::new(source, dialect.delimiter, dialect.newline),
            style: Style::of(&dialect),
            dialect,
            columns: Vec::new(),
            block: Block::default(),
            repaired: None,
            pending: false,
            next: 0,
            is_even: true,
            span_began: None,
        }
    }

    fn open_whole(
        file: &dyn File,
        sink: &mut RunSink<'_>,
        on_bytes: &'a mut dyn FnMut(u64),
    ) -> Option<Self> {
        Self::open_in_pieces(file, text::PIECE_BYTES, sink, on_bytes)
    }

    /// Reads the header; what follows is read in pieces of so many bytes.
    fn open_in_pieces(
        file: &dyn File,
        piece_bytes: usize,
        sink: &mut RunSink<'_>,
        on_bytes: &'a mut dyn FnMut(u64),
    ) -> Option<Self> {
        let (head, _) = text::head(file).ok()?;
        let dialect = Dialect::of(&String::from_utf8_lossy(&head));
        let source: Box<dyn Read + 'a> = match text::open_in_pieces(file, piece_bytes, on_bytes) {
            Ok(source) => Box::new(source),
            Err(error) => {
                tell_unreadable(&error, sink);
                return None;
            }
        };
        let mut table = Self::unread(dialect, source);
        for _ in 0..table.dialect.lines_before {
            table.splitter.skip_line(&mut |fault| tell(fault, sink));
        }
        if !table.read_block(1, sink) {
            return None;
        }
        let mut first: Vec<String> = table
            .record(0)
            .texts()
            .take(COLUMNS)
            .map(str::to_owned)
            .collect();
        if table.dialect.has_groups && table.read_block(1, sink) {
            first = dialect::below_groups(&first, table.record(0).texts());
        }
        if table.dialect.has_index_names && table.read_block(1, sink) {
            dialect::put_index_names(&mut first, table.record(0).texts());
        }
        if table.dialect.has_header {
            if table.dialect.has_row_names {
                // The index has no cell in the header.
                first.insert(0, String::new());
            }
            table.columns = if table.dialect.is_ours {
                first
            } else {
                unique_names(&first, table.record(0).line, sink)
            };
            table.block = Block::default();
        } else {
            table.columns = (1..=first.len()).map(|at| format!("column {at}")).collect();
            let place = format!("line {}", table.record(0).line);
            sink.problem(
                "table/no-header",
                &place,
                "the first line names no columns",
                "columns were numbered",
            );
            table.pending = true;
        }
        table.next = table.block.len();
        Some(table)
    }

    /// The header of a text, as it stands.
    pub(super) fn header_of(text: &str, dialect: &Dialect) -> Option<Vec<String>> {
        let mut header = dialect.records_of(text, 1).into_iter().next()?;
        if dialect.has_row_names {
            header.insert(0, String::new());
        }
        Some(header)
    }

    /// The first records after the header, at most `most`, without consuming the table. Numbers have a
    /// decimal point.
    pub(super) fn sample(file: &dyn File, most: usize) -> Vec<Vec<String>> {
        let Ok((head, is_whole)) = text::head(file) else {
            return Vec::new();
        };
        let head = String::from_utf8_lossy(&head);
        let dialect = Dialect::of(&head);
        // The last record of a cut head is not whole.
        let end = if is_whole {
            head.len()
        } else {
            head.rfind(char::from(dialect.newline))
                .unwrap_or(head.len())
        };
        let mut records = dialect.records_of(&head[..end], most + 1);
        if dialect.has_header && !records.is_empty() {
            records.remove(0);
        }
        records.truncate(most);
        for cell in records.iter_mut().flatten() {
            if parse_number(cell).is_none()
                && let value @ (ValueRef::Number(_) | ValueRef::Time(_)) = dialect.value(cell)
            {
                *cell = value.to_string();
            }
        }
        records
    }

    /// Takes a cell of a lone `-` for missing from here on.
    pub(super) fn blank_lone_dashes(&mut self) {
        self.style.dash_is_missing = true;
    }

    /// Takes `50%` for the text that it is: no tracker writes numbers so.
    pub(super) fn keep_percents(&mut self) {
        self.style.percent_is_text = true;
    }

    /// The records of the present block.
    pub(super) fn records(&self) -> impl ExactSizeIterator<Item = Record<'_>> {
        (0..self.block.len()).map(|at| self.record(at))
    }

    /// The columns of the present block.
    pub(super) fn block_columns(&self) -> Columns<'_> {
        let range = self.block.range();
        Columns {
            bytes: self.bytes(),
            // What is no text was repaired: see `read_block`.
            text: std::str::from_utf8(bytes_of(self.bytes(), range)).unwrap_or_default(),
            from: range.0,
            block: &self.block,
            style: self.style,
        }
    }

    /// About how many records follow the present block in the span that is read; 0 where that is not known.
    pub(super) fn records_ahead(&self) -> usize {
        let (from, to) = self.block.range();
        let bytes = u64::from(to.saturating_sub(from)).max(1);
        (self
            .splitter
            .bytes_ahead()
            .saturating_mul(self.block.len() as u64)
            / bytes) as usize
    }

    /// The bytes that the present block's ranges are of.
    fn bytes(&self) -> &[u8] {
        self.repaired.as_deref().unwrap_or(self.splitter.bytes())
    }

    /// Goes to the next block of records; false at the end. Blank lines are no records. Ragged records
    /// and broken text are told to the sink.
    pub(super) fn next_block(&mut self, sink: &mut RunSink<'_>) -> bool {
        loop {
            if !std::mem::take(&mut self.pending) && !self.read_block(BLOCK_RECORDS, sink) {
                if let Some(began) = self.span_began {
                    sink.tell_span(SpanRead {
                        began,
                        ended: self.splitter.place(),
                        lines: self.splitter.lines(),
                    });
                }
                return false;
            }
            let bytes = self.repaired.as_deref().unwrap_or(self.splitter.bytes());
            // Zeros are the end of a file whose writer's machine went down.
            let is_void = |byte: &u8| *byte == 0 || byte.is_ascii_whitespace();
            let is_blank = |cell: &(u32, u32)| bytes_of(bytes, *cell).iter().all(is_void);
            self.block.retain(|cells| !cells.iter().all(is_blank));
            self.tell_ragged(sink);
            if !self.block.is_empty() {
                self.next = self.block.len();
                return true;
            }
        }
    }

    /// The next record; `None` at the end.
    pub(super) fn next(&mut self, sink: &mut RunSink<'_>) -> Option<Record<'_>> {
        if self.next >= self.block.len() || self.pending {
            if !self.next_block(sink) {
                return None;
            }
            self.next = 0;
        }
        self.next += 1;
        Some(self.record(self.next - 1))
    }

    /// Leaves out the next record: one that is no data.
    pub(super) fn skip_record(&mut self, sink: &mut RunSink<'_>) {
        if self.pending || self.read_block(BLOCK_RECORDS, sink) {
            self.pending = true;
            self.block.remove_first();
        }
    }

    /// A record of the present block.
    pub(super) fn record(&self, at: usize) -> Record<'_> {
        Record {
            bytes: self.bytes(),
            cells: self.block.cells(at),
            line: self.block.line(at),
            style: self.style,
        }
    }

    /// Reads a block as it stands and makes its bytes UTF-8.
    fn read_block(&mut self, most: usize, sink: &mut RunSink<'_>) -> bool {
        self.repaired = None;
        if !self
            .splitter
            .next_block(&mut self.block, most, &mut |fault| tell(fault, sink))
        {
            return false;
        }
        let bytes = self.splitter.bytes();
        if std::str::from_utf8(bytes_of(bytes, self.block.range())).is_err() {
            let mut whole = Vec::new();
            let mut told_line = 0;
            self.block.map(|line, range| {
                let cell = bytes.get(range).unwrap_or_default();
                let start = whole.len();
                if std::str::from_utf8(cell).is_ok() {
                    whole.extend_from_slice(cell);
                } else {
                    let (text, effect) = cell::not_utf8(cell);
                    whole.extend_from_slice(text.as_bytes());
                    if line != told_line {
                        told_line = line;
                        sink.problem(
                            "table/not-utf-8",
                            &format!("line {line}"),
                            "bytes that are no UTF-8 text",
                            effect,
                        );
                    }
                }
                start..whole.len()
            });
            self.repaired = Some(whole);
        }
        true
    }

    fn tell_ragged(&mut self, sink: &mut RunSink<'_>) {
        let want = self.columns.len();
        // The only short line, which has no end: its writer stopped in a cell.
        let last = self.block.len().saturating_sub(1);
        let mut records = 0..self.block.len();
        let first_short = records.find(|at| self.block.cells(*at).len() < want);
        let is_cut = first_short == Some(last)
            && self.is_even
            && self.splitter.ends_open()
            && self.block.line(last) > 2;
        self.is_even &= first_short.is_none();
        if is_cut {
            self.block.blank_last();
        }
        for record in (0..self.block.len()).filter(|at| self.block.cells(*at).len() != want) {
            let got = self.block.cells(record).len();
            let further = &self.block.cells(record)[want.min(got)..];
            // A delimiter at a line's end makes an empty cell: nothing is lost with it.
            if got > want && further.iter().all(|cell| cell.0 == cell.1) {
                continue;
            }
            let effect = if got > want {
                "further cells were left out"
            } else if is_cut && record == last {
                "the line is cut: its last cell and those that follow were taken as missing"
            } else {
                "cells at its end were taken as missing"
            };
            let what = format!("{got} cells where the header names {want}");
            sink.problem(
                "table/ragged-row",
                &format!("line {}", self.block.line(record)),
                &what,
                effect,
            );
        }
    }
}

fn tell_unreadable(error: &std::io::Error, sink: &mut RunSink<'_>) {
    let what = error.to_string();
    sink.problem("source/cannot-read", "", &what, "the file was not read");
}

fn tell(fault: Fault, sink: &mut RunSink<'_>) {
    match fault {
        Fault::Read(error) => {
            sink.problem(
                "source/cannot-read",
                "",
                &error.to_string(),
                "reading stopped there; what came before it is kept",
            );
        }
        Fault::UnclosedQuote(line) => {
            sink.problem(
                "table/unclosed-quote",
                &format!("line {line}"),
                "a quote that never closes",
                "taken as a letter",
            );
        }
        Fault::TooLarge(line) => {
            sink.problem(
                "table/record-too-large",
                &format!("line {line}"),
                "a record of more than 32 MiB",
                "reading stopped there",
            );
        }
    }
}

fn bytes_of(bytes: &[u8], (from, to): (u32, u32)) -> &[u8] {
    bytes.get(from as usize..to as usize).unwrap_or_default()
}

impl<'a> Record<'a> {
    /// A cell's bytes; empty beyond the end.
    fn bytes(&self, at: usize) -> &'a [u8] {
        self.cells
            .get(at)
            .map_or(&[], |cell| bytes_of(self.bytes, *cell))
    }

    /// All cells as they stand.
    fn texts(&self) -> impl Iterator<Item = &'a str> {
        let record = *self;
        (0..self.cells.len()).map(move |at| record.text(at))
    }

    /// A cell as it stands; empty beyond the end.
    pub(super) fn text(&self, at: usize) -> &'a str {
        std::str::from_utf8(self.bytes(at)).unwrap_or_default()
    }

    /// A cell's text without the blanks around it, which are left where the page wrote it.
    pub(super) fn word(&self, at: usize) -> &'a str {
        let text = self.text(at);
        if self.style.is_ours {
            cell::undefused(text).unwrap_or(text)
        } else {
            cell::trimmed(text)
        }
    }

    /// A cell's value.
    pub(super) fn value(&self, at: usize) -> ValueRef<'a> {
        self.style.value(self.text(at))
    }
}

/// Names by which columns can be told apart: blank ones are numbered, repeated ones get a number.
/// A blank first name stays blank: it is the index that pandas writes. A blank last name stays blank too:
/// it is of a delimiter at the line's end.
fn unique_names(header: &[String], line: u64, sink: &mut RunSink<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(header.len());
    let mut taken: FxHashSet<String> = FxHashSet::default();
    let mut numbers: FxHashMap<String, usize> = FxHashMap::default();
    for (at, cell) in header.iter().enumerate() {
        let given = cell.trim();
        let is_edge = at == 0 || at + 1 == header.len();
        let base = if given.is_empty() && !is_edge {
            format!("column {}", at + 1)
        } else {
            given.to_owned()
        };
        let mut name = base.clone();
        while !name.is_empty() && !taken.insert(name.clone()) {
            let number = numbers.entry(base.clone()).or_insert(1);
            *number += 1;
            name = format!("{base} ({number})");
        }
        if name != given {
            let what = if given.is_empty() {
                format!("column {} has no name", at + 1)
            } else {
                format!("column {} has the name {given} of an earlier one", at + 1)
            };
            sink.problem(
                "table/column-name",
                &format!("line {line}"),
                &what,
                &format!("called {name}"),
            );
        }
        names.push(name);
    }
    names
}
