//! A table as Parquet, page by page, so that memory stays that of a page whatever the table's size.
//!
//! ```text
//! PAR1  (row group: (column chunk: (page header, page)…)…)…  footer  its length  PAR1
//! ```
//! Pages are of version 1, plain values behind definition levels (one bit a row: whether there is a value), packed by
//! gzip, which every reader knows. Missing is null; NaN and infinities are themselves. The crate `parquet`, by which
//! files are read, writes as well, but its writer (statistics, dictionaries, bloom filters for every physical type)
//! would be a large part of the page. <https://parquet.apache.org/docs/file-format>

mod thrift;

use crate::ledger::{Cells, Column, ValueRef};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;
use thrift::Thrift;

/// How many rows a row group has at most.
pub const GROUP_ROWS: usize = 1 << 16;

/// How many rows a page has at most.
pub const PAGE_ROWS: usize = 1 << 13;

/// From so many bytes on a page takes no further row.
const PAGE_BYTES: usize = 1 << 20;

const MAGIC: &[u8] = b"PAR1";

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// True or false.
    Bool,
    /// Whole numbers.
    Whole,
    /// Numbers.
    Number,
    /// Unix milliseconds, UTC.
    Time,
    /// UTF-8.
    Text,
}

impl Type {
    /// What a column of the ledger is written as: by all of its runs, so that all files of it agree.
    pub fn of(column: &Column) -> Self {
        match column.cells() {
            Cells::Empty(_) => Self::Number,
            Cells::Number {
                values,
                present,
                odd,
            } => {
                // What is beside numbers is text, and a column has one type.
                if !odd.is_empty() {
                    return Self::Text;
                }
                let mut given = present.ones();
                if present.count() > 0 && given.all(|row| Self::is_whole(values[row])) {
                    Self::Whole
                } else {
                    Self::Number
                }
            }
            Cells::Bool { .. } => Self::Bool,
            Cells::Time { .. } => Self::Time,
            Cells::Category { .. } | Cells::Text { .. } => Self::Text,
        }
    }

    /// Whether a number is whole, and the same number when it is written as such.
    pub fn is_whole(x: f64) -> bool {
        /// Beyond it not every whole number is a float.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        x.abs() <= EXACT
            && libm::trunc(x).to_bits() == x.to_bits()
            && x.to_bits() != (-0.0_f64).to_bits()
    }

    /// The number of the physical type, and that of what it stands for where it stands for something.
    fn codes(self) -> (i64, Option<i64>) {
        match self {
            Self::Bool => (0, None),
            Self::Whole => (2, None),
            Self::Number => (5, None),
            Self::Time => (2, Some(9)),
            Self::Text => (6, Some(0)),
        }
    }
}

/// The values of a column of one row group.
#[derive(Clone, Copy, Debug, Default)]
struct Chunk {
    from: u64,
    rows: u64,
    packed: u64,
    plain: u64,
}

/// Writes a table. Row groups come one after another, in each the columns in their order, of each its pages.
pub struct Writer {
    columns: Vec<(String, Type)>,
    /// Of each row group all columns.
    chunks: Vec<Chunk>,
    /// The column that is being written.
    open: Chunk,
    out: Vec<u8>,
    taken: u64,
}

impl Writer {
    /// Of these columns, whose names differ.
    pub fn new(columns: Vec<(String, Type)>) -> Self {
        let mut writer = Self {
            columns,
            chunks: Vec::new(),
            open: Chunk::default(),
            out: MAGIC.to_vec(),
            taken: 0,
        };
        writer.open.from = writer.written();
        writer
    }

    /// How many bytes were written.
    pub fn written(&self) -> u64 {
        self.taken + self.out.len() as u64
    }

    /// What was written since this was asked last.
    pub fn take(&mut self) -> Vec<u8> {
        self.taken = self.written();
        std::mem::take(&mut self.out)
    }

    /// The place of the column whose pages are written next.
    fn column(&self) -> usize {
        self.chunks.len() % self.columns.len().max(1)
    }

    /// Writes a page of the next values of the open column and says how many it took: at least one where there is one.
    pub fn page(&mut self, values: &mut dyn Iterator<Item = ValueRef<'_>>) -> usize {
        let Some((_, of)) = self.columns.get(self.column()) else {
            return 0;
        };
        let of = *of;
        let (mut levels, mut plain, mut rows, mut truths) = (Vec::new(), Vec::new(), 0, 0_usize);
        while rows < PAGE_ROWS && plain.len() < PAGE_BYTES {
            let Some(value) = values.next() else { break };
            if rows % 8 == 0 {
                levels.push(0);
            }
            let is_there = match (of, value) {
                (_, ValueRef::Missing) => false,
                (Type::Bool, ValueRef::Bool(truth)) => {
                    if truths % 8 == 0 {
                        plain.push(0);
                    }
                    if let Some(last) = plain.last_mut() {
                        *last |= u8::from(truth) << (truths % 8);
                    }
                    truths += 1;
                    true
                }
                (Type::Whole, ValueRef::Number(x)) => {
                    plain.extend((x as i64).to_le_bytes());
                    true
                }
                (Type::Number, ValueRef::Number(x)) => {
                    plain.extend(x.to_le_bytes());
                    true
                }
                (Type::Time, ValueRef::Time(millis)) => {
                    plain.extend(millis.to_le_bytes());
                    true
                }
                (Type::Text, value) => {
                    let printed;
                    let text = match value {
                        ValueRef::Text(text) => text,
                        other => {
                            printed = other.to_string();
                            &printed
                        }
                    };
                    plain.extend((text.len() as u32).to_le_bytes());
                    plain.extend(text.as_bytes());
                    true
                }
                _ => false,
            };
            if let Some(last) = levels.last_mut() {
                *last |= u8::from(is_there) << (rows % 8);
            }
            rows += 1;
        }
        if rows > 0 {
            self.write_page(rows, &levels, &plain);
        }
        rows
    }

    fn write_page(&mut self, rows: usize, levels: &[u8], plain: &[u8]) {
        // One run of packed bits, in groups of eight.
        let mut run = Thrift::default();
        run.varint((levels.len() as u64) << 1 | 1);
        let run = run.bytes();
        let mut page = ((run.len() + levels.len()) as u32).to_le_bytes().to_vec();
        page.extend(run);
        page.extend(levels);
        page.extend(plain);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        // Writing to memory cannot fail.
        let _written = encoder.write_all(&page);
        let packed = encoder.finish().unwrap_or_default();
        let mut header = Thrift::default();
        header.whole(1, 0);
        header.whole(2, page.len() as i64);
        header.whole(3, packed.len() as i64);
        header.structure(5, |header| {
            header.whole(1, rows as i64);
            // Values are plain, levels are in runs.
            header.whole(2, 0);
            header.whole(3, 3);
            header.whole(4, 3);
        });
        let header = header.end();
        self.open.rows += rows as u64;
        self.open.packed += (header.len() + packed.len()) as u64;
        self.open.plain += (header.len() + page.len()) as u64;
        self.out.extend(header);
        self.out.extend(packed);
    }

    /// The column has no further rows in this row group: pages are of the next.
    pub fn end_column(&mut self) {
        let from = self.written();
        let next = Chunk {
            from,
            ..Chunk::default()
        };
        self.chunks.push(std::mem::replace(&mut self.open, next));
    }

    /// Ends the file, with texts by their keys; gives what was not taken yet.
    pub fn finish(mut self, texts: &[(&str, &str)]) -> Vec<u8> {
        let groups: Vec<&[Chunk]> = self
            .chunks
            .chunks_exact(self.columns.len().max(1))
            .collect();
        let rows = |group: &[Chunk]| group.first().map_or(0, |chunk| chunk.rows as i64);
        let mut footer = Thrift::default();
        footer.whole(1, 1);
        footer.list(2, thrift::STRUCT, self.columns.len() + 1);
        footer.item(|root| {
            root.text(4, "schema");
            root.whole(5, self.columns.len() as i64);
        });
        for (name, of) in &self.columns {
            let (physical, means) = of.codes();
            footer.item(|element| {
                element.whole(1, physical);
                // There may be none.
                element.whole(3, 1);
                element.text(4, name);
                if let Some(means) = means {
                    element.whole(6, means);
                }
                match of {
                    Type::Text => element.structure(10, |logical| logical.structure(1, |_| {})),
                    Type::Time => element.structure(10, |logical| {
                        logical.structure(8, |time| {
                            time.truth(1);
                            time.structure(2, |unit| unit.structure(1, |_| {}));
                        });
                    }),
                    Type::Bool | Type::Whole | Type::Number => {}
                }
            });
        }
        footer.long(3, groups.iter().map(|group| rows(group)).sum());
        footer.list(4, thrift::STRUCT, groups.len());
        for group in &groups {
            footer.item(|footer| {
                footer.list(1, thrift::STRUCT, group.len());
                for (chunk, (name, of)) in group.iter().zip(&self.columns) {
                    footer.item(|column| {
                        column.long(2, chunk.from as i64);
                        column.structure(3, |about| {
                            about.whole(1, of.codes().0);
                            about.list(2, thrift::WHOLE, 2);
                            about.whole_item(0);
                            about.whole_item(3);
                            about.list(3, thrift::TEXT, 1);
                            about.text_item(name);
                            // Gzip.
                            about.whole(4, 2);
                            about.long(5, chunk.rows as i64);
                            about.long(6, chunk.plain as i64);
                            about.long(7, chunk.packed as i64);
                            about.long(9, chunk.from as i64);
                        });
                    });
                }
                let bytes = group.iter().map(|chunk| chunk.plain as i64).sum();
                footer.long(2, bytes);
                footer.long(3, rows(group));
            });
        }
        footer.list(5, thrift::STRUCT, texts.len());
        for (key, text) in texts {
            footer.item(|pair| {
                pair.text(1, key);
                pair.text(2, text);
            });
        }
        footer.text(6, concat!("runsift version ", env!("CARGO_PKG_VERSION")));
        let footer = footer.end();
        self.out.extend(&footer);
        self.out.extend((footer.len() as u32).to_le_bytes());
        self.out.extend(MAGIC);
        self.out
    }
}
