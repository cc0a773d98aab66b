//! Cuts delimited text into records, a block of them at a time.
//!
//! The grammar is RFC 4180's with what people write besides: any one-byte delimiter, records that end in
//! LF, CRLF or (in files that have nothing else) CR, quotes that open only at the start of a cell and are
//! doubled inside it, text after a closing quote belonging to the cell. Cells are ranges of the buffer:
//! nothing is copied, doubled quotes are closed up in place. Delimiters are looked for eight bytes at a
//! time.
//!
//! A quote that never closes would swallow the rest of the file. Such a cell, or one beyond
//! [`RECORD_BYTES`], is read once more with its quote taken as a letter, and told.

mod usual;

pub use usual::decimal;

use std::io::{self, Read};
use std::ops::Range;

/// How large the first piece is that is read: its rows are seen soon.
const FIRST_PIECE_BYTES: usize = 1 << 18;

/// How large pieces become: large ones are read faster, in a browser three times.
const PIECE_BYTES: usize = 1 << 23;

/// How much is read beyond a limit, to find the end of its last record.
const BEYOND_BYTES: u64 = 1 << 16;

/// How large a record may be.
const RECORD_BYTES: usize = 32 << 20;

/// How many cells a block has at most, so that it stays in the processor's cache.
const BLOCK_CELLS: usize = 1 << 15;

/// After how many quotes that never close all further ones are letters.
const UNCLOSED_QUOTES: usize = 8;

/// Bytes that are kept free behind what was read, so that eight can always be loaded.
const PADDING: usize = 8;

/// Some records: cells as ranges of the bytes they were read into.
#[derive(Debug, Default)]
pub struct Block {
    cells: Vec<(u32, u32)>,
    /// For each record where its cells end in `cells`, and its line.
    records: Vec<(u32, u64)>,
}

impl Block {
    /// How many records.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    fn clear(&mut self) {
        self.cells.clear();
        self.records.clear();
    }

    /// The ranges of a record's cells.
    pub fn cells(&self, record: usize) -> &[(u32, u32)] {
        let from = record
            .checked_sub(1)
            .map_or(0, |before| self.records[before].0);
        &self.cells[from as usize..self.records[record].0 as usize]
    }

    /// The ranges of all cells of one column; empty ones where records are too short.
    pub fn column(&self, at: usize) -> impl ExactSizeIterator<Item = (u32, u32)> + '_ {
        self.column_from(at, 0)
    }

    /// The same, from a record on.
    pub fn column_from(
        &self,
        at: usize,
        record: usize,
    ) -> impl ExactSizeIterator<Item = (u32, u32)> + '_ {
        let before = record.checked_sub(1);
        let mut from = before.map_or(0, |before| self.records[before].0 as usize);
        self.records[record..].iter().map(move |(to, _)| {
            let cell = from + at;
            from = *to as usize;
            if cell < from {
                self.cells.get(cell).copied().unwrap_or_default()
            } else {
                (0, 0)
            }
        })
    }

    /// The bytes from the first cell's beginning to the last cell's end.
    pub fn range(&self) -> (u32, u32) {
        let first = self.cells.first().map_or(0, |cell| cell.0);
        (first, self.cells.last().map_or(first, |cell| cell.1))
    }

    /// The line at which a record begins, from 1.
    pub fn line(&self, record: usize) -> u64 {
        self.records[record].1
    }

    /// Keeps the records that `keep` wants.
    pub fn retain(&mut self, mut keep: impl FnMut(&[(u32, u32)]) -> bool) {
        let keeps: Vec<bool> = (0..self.len())
            .map(|record| keep(self.cells(record)))
            .collect();
        if keeps.iter().all(|keep| *keep) {
            return;
        }
        let mut kept = Self::default();
        for (record, keep) in keeps.into_iter().enumerate() {
            if keep {
                kept.cells.extend_from_slice(self.cells(record));
                kept.records
                    .push((kept.cells.len() as u32, self.line(record)));
            }
        }
        *self = kept;
    }

    /// Leaves out the first record.
    pub fn remove_first(&mut self) {
        if !self.records.is_empty() {
            let (end, _) = self.records.remove(0);
            self.cells.drain(..end as usize);
            for (later, _) in &mut self.records {
                *later -= end;
            }
        }
    }

    /// Blanks the last record's last cell.
    pub fn blank_last(&mut self) {
        if let Some(cell) = self.cells.last_mut() {
            cell.0 = cell.1;
        }
    }

    /// Changes every cell's range.
    pub fn map(&mut self, mut change: impl FnMut(u64, Range<usize>) -> Range<usize>) {
        for record in 0..self.len() {
            let from = record
                .checked_sub(1)
                .map_or(0, |before| self.records[before].0);
            let (to, line) = self.records[record];
            for cell in &mut self.cells[from as usize..to as usize] {
                let changed = change(line, cell.0 as usize..cell.1 as usize);
                *cell = (changed.start as u32, changed.end as u32);
            }
        }
    }
}

/// Why a record could not be cut.
enum Cut {
    /// It goes on beyond what has been read.
    Incomplete {
        /// Where a cell begins whose quote is still open, counted from the record's beginning.
        open_quote: Option<usize>,
    },
    /// It is whole; the next one begins here.
    Whole(usize),
}

/// What is wrong with the text.
#[derive(Debug)]
pub enum Fault {
    /// Reading failed; what follows is lost.
    Read(io::Error),
    /// A quote that opens in this line never closes.
    UnclosedQuote(u64),
    /// The record that begins at this line is too large; what follows is lost.
    TooLarge(u64),
}

/// Cuts what a reader gives. See the module's documentation.
pub struct Splitter<'a> {
    // One routine for all readers: this crate is built for speed, and what is generic would be built where it is used.
    reader: Box<dyn Read + 'a>,
    delimiter: u8,
    newline: u8,
    buffer: Vec<u8>,
    /// Where the buffer's first byte is in the text.
    base: u64,
    /// No record is cut that begins here or later.
    limit: u64,
    /// How much is read next.
    piece: usize,
    /// What is read and not yet cut.
    from: usize,
    to: usize,
    at_end: bool,
    /// The last line has no end.
    is_open: bool,
    line: u64,
    /// Where cells begin whose quote is a letter.
    literal_quote: Option<usize>,
    unclosed: usize,
    /// Cells of the present record that have quotes to be closed up, with their line's end.
    quoted: Vec<usize>,
}

impl<'a> Splitter<'a> {
    /// A splitter of what this reader gives, from its first line on.
    pub fn new(reader: Box<dyn Read + 'a>, delimiter: u8, newline: u8) -> Self {
        Self {
            reader,
            delimiter,
            newline,
            buffer: Vec::new(),
            base: 0,
            limit: u64::MAX,
            piece: FIRST_PIECE_BYTES,
            from: 0,
            to: 0,
            at_end: false,
            is_open: false,
            line: 1,
            literal_quote: None,
            unclosed: 0,
            quoted: Vec::new(),
        }
    }

    /// Goes on with another reader, whose first byte is at `place` in the text; where that may be inside a
    /// line, with the next line. Lines are counted anew.
    pub fn go_on(
        &mut self,
        reader: Box<dyn Read + 'a>,
        place: u64,
        is_inside: bool,
        on_fault: &mut dyn FnMut(Fault),
    ) {
        self.reader = reader;
        self.base = place;
        self.piece = PIECE_BYTES;
        (self.from, self.to) = (0, 0);
        if is_inside {
            self.skip_line(on_fault);
        }
        self.line = 1;
    }

    /// Cuts no record that begins at this place of the text or later.
    pub fn limit(&mut self, place: u64) {
        self.limit = place;
    }

    /// Where the next record begins in the text.
    pub fn place(&self) -> u64 {
        self.base + self.from as u64
    }

    /// How many bytes there are up to the limit; 0 where there is none.
    pub fn bytes_ahead(&self) -> u64 {
        match self.limit {
            u64::MAX => 0,
            limit => limit.saturating_sub(self.place()),
        }
    }

    /// Whether the last record was cut, and its line has no end in the text.
    pub fn ends_open(&self) -> bool {
        self.is_open && self.from >= self.to
    }

    /// How many lines were cut.
    pub fn lines(&self) -> u64 {
        self.line - 1
    }

    /// What the ranges of a block are of.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[..self.to]
    }

    /// Leaves out a line.
    pub fn skip_line(&mut self, on_fault: &mut dyn FnMut(Fault)) {
        loop {
            let rest = &self.buffer[self.from..self.to];
            if let Some(end) = memchr::memchr(self.newline, rest) {
                self.from += end + 1;
                self.line += 1;
                return;
            }
            if !self.fill(on_fault) {
                self.from = self.to;
                return;
            }
        }
    }

    /// Cuts further records, at most `most`; says whether there were any.
    pub fn next_block(
        &mut self,
        block: &mut Block,
        most: usize,
        on_fault: &mut dyn FnMut(Fault),
    ) -> bool {
        block.clear();
        loop {
            let open_quote = loop {
                if self.place() >= self.limit {
                    return !block.is_empty();
                }
                if block.len() >= most || block.cells.len() >= BLOCK_CELLS {
                    return true;
                }
                if self.from >= self.to {
                    break None;
                }
                match self.cut(block) {
                    Cut::Whole(next) => self.from = next,
                    Cut::Incomplete { open_quote } => break open_quote,
                }
            };
            if !block.is_empty() {
                return true;
            }
            let too_large = self.to - self.from >= RECORD_BYTES;
            if !too_large && self.fill(on_fault) {
                continue;
            }
            // There is no more, or no more is wanted: what keeps the record open?
            if let Some(quote) = open_quote {
                self.unclosed += 1;
                self.literal_quote = Some(self.from + quote);
                on_fault(Fault::UnclosedQuote(self.line));
            } else if too_large {
                on_fault(Fault::TooLarge(self.line));
                self.from = self.to;
                self.at_end = true;
                return false;
            } else {
                return false;
            }
        }
    }

    /// Reads more; false where there is no more.
    fn fill(&mut self, on_fault: &mut dyn FnMut(Fault)) -> bool {
        if self.at_end {
            return false;
        }
        if self.from > 0 {
            self.buffer.copy_within(self.from..self.to, 0);
            if let Some(quote) = &mut self.literal_quote {
                *quote = quote.saturating_sub(self.from);
            }
            self.base += self.from as u64;
            self.to -= self.from;
            self.from = 0;
        }
        let unread = self.limit.saturating_sub(self.base + self.to as u64);
        let wanted = unread.saturating_add(BEYOND_BYTES);
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        let room = self.to + self.piece.max(self.to).min(wanted) + PADDING;
        self.piece = (self.piece * 4).min(PIECE_BYTES);
        if self.buffer.len() < room {
            self.buffer.resize(room, 0);
        }
        let end = room - PADDING;
        loop {
            match self.reader.read(&mut self.buffer[self.to..end]) {
                Ok(0) => {
                    self.at_end = true;
                    // A last line without its end gets one.
                    if self.from < self.to && self.buffer[self.to - 1] != self.newline {
                        self.is_open = true;
                        self.buffer[self.to] = self.newline;
                        self.to += 1;
                        return true;
                    }
                    return false;
                }
                Ok(got) => {
                    self.to += got;
                    return true;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    on_fault(Fault::Read(error));
                    self.at_end = true;
                    return false;
                }
            }
        }
    }

    /// Cuts the record at `from`.
    fn cut(&mut self, block: &mut Block) -> Cut {
        let cells_before = block.cells.len();
        self.quoted.clear();
        let (start, to) = (self.from, self.to);
        let (delimiters, newlines) = (spread(self.delimiter), spread(self.newline));
        let data = &self.buffer;
        let mut cell = start;
        let mut lines = 1;
        let mut at = start;
        'cell: loop {
            if data.get(cell) == Some(&b'"')
                && cell < to
                && self.unclosed < UNCLOSED_QUOTES
                && self.literal_quote != Some(cell)
            {
                let Some((closed, breaks)) = after_quotes(&data[..to], cell, self.newline) else {
                    block.cells.truncate(cells_before);
                    return Cut::Incomplete {
                        open_quote: Some(cell - start),
                    };
                };
                self.quoted.push(block.cells.len());
                lines += breaks;
                at = closed;
            }
            loop {
                let word = data
                    .get(at..at + 8)
                    .and_then(|bytes| bytes.try_into().ok())
                    .map_or(0, u64::from_le_bytes);
                let mut found = zero_bytes(word ^ delimiters) | zero_bytes(word ^ newlines);
                while found != 0 {
                    let end = at + (found.trailing_zeros() / 8) as usize;
                    if end >= to {
                        break;
                    }
                    if data[end] == self.newline {
                        let is_crlf = end > cell && data[end - 1] == b'\r' && self.newline == b'\n';
                        block
                            .cells
                            .push((cell as u32, (end - usize::from(is_crlf)) as u32));
                        block.records.push((block.cells.len() as u32, self.line));
                        self.line += lines;
                        self.close_up(block);
                        return Cut::Whole(end + 1);
                    }
                    block.cells.push((cell as u32, end as u32));
                    cell = end + 1;
                    if data[cell] == b'"' {
                        at = cell;
                        continue 'cell;
                    }
                    found &= found - 1;
                }
                at += 8;
                if at >= to {
                    block.cells.truncate(cells_before);
                    return Cut::Incomplete { open_quote: None };
                }
            }
        }
    }

    /// Takes the quotes off the present record's quoted cells.
    fn close_up(&mut self, block: &mut Block) {
        for at in self.quoted.drain(..) {
            let Some(cell) = block.cells.get_mut(at) else {
                continue;
            };
            let bytes = &mut self.buffer[cell.0 as usize..cell.1 as usize];
            // Most have a quote at each end and none between.
            let inner = bytes
                .len()
                .checked_sub(2)
                .filter(|_| bytes.last() == Some(&b'"'));
            if inner.is_some_and(|inner| memchr::memchr(b'"', &bytes[1..=inner]).is_none()) {
                *cell = (cell.0 + 1, cell.1 - 1);
                continue;
            }
            let (mut kept, mut inside, mut read) = (0, true, 1);
            while let Some(&byte) = bytes.get(read) {
                let is_doubled = inside && byte == b'"' && bytes.get(read + 1) == Some(&b'"');
                read += 1 + usize::from(is_doubled);
                if inside && byte == b'"' && !is_doubled {
                    inside = false;
                    continue;
                }
                bytes[kept] = byte;
                kept += 1;
            }
            // What is left over must not break a letter in two.
            bytes[kept..].fill(b' ');
            cell.1 = cell.0 + kept as u32;
        }
    }
}

/// Where the quotes that open at `cell` have closed, and how many line breaks are inside them.
fn after_quotes(data: &[u8], cell: usize, newline: u8) -> Option<(usize, u64)> {
    let mut at = cell + 1;
    loop {
        let quote = at + memchr::memchr(b'"', data.get(at..)?)?;
        match data.get(quote + 1) {
            Some(b'"') => at = quote + 2,
            Some(_) => {
                let breaks = memchr::memchr_iter(newline, &data[cell..quote]).count() as u64;
                return Some((quote + 1, breaks));
            }
            // The next byte decides whether this quote closes.
            None => return None,
        }
    }
}

/// The byte in all eight places.
fn spread(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The high bit of every byte that is zero, exactly (Mycroft's test without its false positives).
fn zero_bytes(word: u64) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    !(((word & LOW) + LOW) | word | LOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives so many bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(to.len());
            to[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn split(text: &[u8], piece: usize) -> (Vec<(u64, Vec<String>)>, Vec<String>) {
        let mut splitter = Splitter::new(Box::new(Slow(text, piece)), b',', b'\n');
        let (mut block, mut records, mut faults) = (Block::default(), Vec::new(), Vec::new());
        while splitter.next_block(&mut block, 3, &mut |fault| {
            faults.push(format!("{fault:?}"));
        }) {
            for record in 0..block.len() {
                let cell = |range: &(u32, u32)| {
                    String::from_utf8_lossy(&splitter.bytes()[range.0 as usize..range.1 as usize])
                        .into_owned()
                };
                records.push((
                    block.line(record),
                    block.cells(record).iter().map(cell).collect(),
                ));
            }
        }
        (records, faults)
    }

    fn check(text: &str, want: &[(u64, &[&str])]) {
        for piece in [1, 2, 7, 1000] {
            let (got, faults) = split(text.as_bytes(), piece);
            let got: Vec<(u64, Vec<&str>)> = got
                .iter()
                .map(|(line, cells)| (*line, cells.iter().map(String::as_str).collect()))
                .collect();
            let want: Vec<(u64, Vec<&str>)> = want
                .iter()
                .map(|(line, cells)| (*line, cells.to_vec()))
                .collect();
            assert_eq!(got, want, "{text:?} in pieces of {piece}");
            assert!(faults.is_empty());
        }
    }

    #[test]
    fn records_are_cut() {
        check("a,b\n1,2\n", &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check("a,b\r\n1,2", &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check(
            "a,,\n,\n\nz",
            &[(1, &["a", "", ""]), (2, &["", ""]), (3, &[""]), (4, &["z"])],
        );
        check("", &[]);
        check(
            "twelve bytes,and then some more,x\n",
            &[(1, &["twelve bytes", "and then some more", "x"])],
        );
    }

    #[test]
    fn quotes_keep_delimiters_breaks_and_quotes() {
        check(
            "\"a,b\",c\n\"x\ny\",\"say \"\"hi\"\"\"\nz,w\n",
            &[
                (1, &["a,b", "c"]),
                (2, &["x\ny", "say \"hi\""]),
                (4, &["z", "w"]),
            ],
        );
        check("\"\",\"\"\n", &[(1, &["", ""])]);
        check("\"a\"b,c\"d\"\n", &[(1, &["ab", "c\"d\""])]);
        check("\"\"\"\",x\r\n", &[(1, &["\"", "x"])]);
    }

    #[test]
    fn a_quote_that_never_closes_costs_only_its_cell() {
        let (records, faults) = split(b"a,b\n\"x,2\n3,4\n", 5);
        assert_eq!(records.len(), 3);
        assert_eq!(records[1], (2, vec!["\"x".to_owned(), "2".to_owned()]));
        assert_eq!(faults, ["UnclosedQuote(2)"]);
    }

    /// The same cells as the crate `csv` finds, in whatever pieces the text comes.
    #[test]
    fn agrees_with_the_csv_crate() {
        arbtest::arbtest(|u| {
            let mut text = Vec::new();
            for _ in 0..u.int_in_range(0..=60)? {
                text.extend_from_slice(u.choose(&[
                    b"a".as_slice(),
                    b",",
                    b"\n",
                    b"\r\n",
                    b"\"x\"",
                    b"\"p,q\"",
                    b"\"\"",
                    b"1.25",
                    b"\"a\nb\"",
                ])?);
            }
            let mut reader = csv::ReaderBuilder::new();
            let mut reader = reader
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_slice());
            let want: Vec<Vec<String>> = reader
                .records()
                .map(|record| record.unwrap().iter().map(str::to_owned).collect())
                .collect();
            let (got, _) = split(&text, u.int_in_range(1..=20)?);
            let got: Vec<Vec<String>> = got
                .into_iter()
                .map(|(_, cells)| cells)
                .filter(|cells| *cells != [""])
                .collect();
            // The crate leaves out empty lines.
            let want: Vec<Vec<String>> = want.into_iter().filter(|cells| *cells != [""]).collect();
            assert_eq!(got, want, "{:?}", String::from_utf8_lossy(&text));
            Ok(())
        });
    }
}
