//! The head of a file: what formats recognise it by.

use super::json_text;
use super::sqlite;
use super::table::{Dialect, Table};
use crate::source::{File, file_name, text};
use serde_json::Value as Json;

/// How many bytes are kept as they are on disk.
const RAW_BYTES: usize = 512;

/// How many JSON values or lines are looked at.
const SAMPLES: usize = 50;

/// How much of a file is looked at at most, where its lines are very long.
pub(super) const WIDEST_BYTES: usize = 4 << 20;

/// So many lines tell a history from a table with a row a run.
const TELLING_LINES: usize = 16;

/// What is known of a file before it is read.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// Its path in the drop.
    pub path: String,
    /// Its size on disk.
    pub len_bytes: u64,
    /// Its first bytes as they are on disk.
    pub raw: Vec<u8>,
    /// The beginning of its text, decoded; empty where it is no text.
    pub text: String,
    /// Whether `text` is all of it.
    pub is_whole: bool,
    /// As delimited text: how it is written, and its header.
    pub table: Option<(Dialect, Vec<String>)>,
    /// As JSON: its first values, elements of an array or lines.
    pub json: Vec<Json>,
    /// As a database: its tables with their columns, without those that are only in the log beside it.
    pub tables: Vec<(String, Vec<String>)>,
    /// Whether it is no text.
    pub is_binary: bool,
    /// Why it cannot be read at all, where it cannot.
    pub failure: Option<String>,
}

impl Head {
    /// Looks at the beginning of a file; at more of it, up to `most` bytes, where that holds only few lines.
    pub fn of(file: &dyn File, most: usize) -> Self {
        let mut head = Self {
            path: file.path().to_owned(),
            len_bytes: file.len_bytes(),
            ..Self::default()
        };
        match text::raw_head(file, RAW_BYTES) {
            Ok(raw) => head.raw = raw,
            Err(error) => {
                head.failure = Some(error.to_string());
                return head;
            }
        }
        let Ok((bytes, is_whole)) = beginning(file, most) else {
            return head;
        };
        head.is_whole = is_whole;
        if is_binary(&bytes) {
            head.is_binary = true;
            if sqlite::is_database(&head) {
                head.tables = sqlite::tables_of(file, None);
            }
            return head;
        }
        head.text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        // Names of columns may stand in brackets, and the times of a log.
        let name = head.name().to_ascii_lowercase();
        let is_named_so = name.ends_with(".json");
        let is_table = [".csv", ".tsv"].iter().any(|ending| name.contains(ending));
        let text = head.text.trim_start();
        if begins_as_json(text) || is_named_so && text.starts_with('[') {
            head.json = json_text::first_values(&head.text, SAMPLES);
        } else if !text.is_empty() {
            let dialect = Dialect::of(&head.text);
            let header = Table::header_of(&head.text, &dialect);
            let header = header.filter(|header| is_table || !is_line_of_log(header));
            head.table = header.map(|header| (dialect, header));
        }
        head
    }

    /// The file's name.
    pub fn name(&self) -> &str {
        file_name(&self.path)
    }

    /// The folder it lies in.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Its header as delimited text; empty where it is none.
    pub fn header(&self) -> &[String] {
        self.table.as_ref().map_or(&[], |(_, header)| header)
    }

    /// Whether its header has a column of this name.
    pub fn has(&self, column: &str) -> bool {
        self.header().iter().any(|name| name == column)
    }

    /// Whether its header has a column whose name begins so.
    pub fn has_prefix(&self, prefix: &str) -> bool {
        self.header().iter().any(|name| name.starts_with(prefix))
    }
}

/// Whether a text is JSON and nothing else by its beginning.
pub(super) fn begins_as_json(text: &str) -> bool {
    let text = text.trim_start();
    let list = text.strip_prefix('[').map(str::trim_start);
    text.starts_with('{') || list.is_some_and(|list| list.starts_with(['{', '[', '"', ']']))
}

/// Whether what stands where names of columns would is a line of a log, as `[2026-01-01 10:00:00,123] begun` or
/// `step 0: train loss 4.2, val loss 4.3`.
fn is_line_of_log(header: &[String]) -> bool {
    let first = header.first().map_or("", |cell| cell.trim());
    let digits = first.trim_start_matches('[').bytes();
    let is_time = digits.take_while(u8::is_ascii_digit).count() == 4 && first.contains(':');
    is_time || header.iter().any(|cell| cell.contains(": "))
}

/// The first bytes of a file's text, and whether they are all of it.
fn beginning(file: &dyn File, most: usize) -> std::io::Result<(Vec<u8>, bool)> {
    let mut len = most.min(text::HEAD_BYTES);
    loop {
        let (bytes, is_whole) = text::head_up_to(file, len)?;
        let is_json = bytes.trim_ascii_start().starts_with(b"{")
            || bytes.trim_ascii_start().starts_with(b"[");
        let lines = memchr::memchr2_iter(b'\n', b'\r', &bytes);
        let is_telling =
            is_json || is_binary(&bytes) || lines.take(TELLING_LINES).count() == TELLING_LINES;
        if is_whole || is_telling || len >= most {
            return Ok((bytes, is_whole));
        }
        len = (len * 8).min(most);
    }
}

/// Text has no zero bytes and few other control characters.
fn is_binary(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(4096)];
    let control = start
        .iter()
        .filter(|b| **b < 32 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b))
        .count();
    start.contains(&0) || control * 50 > start.len()
}
