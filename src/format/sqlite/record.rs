//! A row's record: a header of serial types, then the values one after another.
//!
//! ```text
//! header length, serial type of each column: varints; then the values
//! 0 null   1 to 6 whole numbers of 1, 2, 3, 4, 6, 8 bytes   7 float   8 zero   9 one
//! even from 12 on: a blob of (n - 12) / 2 bytes   odd from 13 on: text of (n - 13) / 2 bytes
//! ```

use super::bytes::varint_at;
use super::schema::{Column, Table};
use crate::ledger::ValueRef;
use std::borrow::Cow;

/// How a database's texts are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, least byte first.
    Utf16Little,
    /// UTF-16, greatest byte first.
    Utf16Big,
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Value<'r> {
    /// Nothing.
    Null,
    /// A whole number; SQLite keeps floats without a fraction as such.
    Integer(i64),
    /// A float.
    Real(f64),
    /// Text; what is no text in the database's encoding has U+FFFD.
    Text(Cow<'r, str>),
    /// Bytes.
    Blob(&'r [u8]),
}

impl Value<'_> {
    /// The same as a cell of a table: texts are what they spell, bytes are nothing, and whole numbers that a
    /// float cannot hold stay as they are spelled.
    pub(in super::super) fn as_cell<T>(&self, take: impl FnOnce(ValueRef<'_>) -> T) -> T {
        /// Up to here floats hold every whole number.
        const EXACT: u64 = 1 << 53;
        match self {
            Self::Null | Self::Blob(_) => take(ValueRef::Missing),
            Self::Integer(i) if i.unsigned_abs() > EXACT => take(ValueRef::Text(&i.to_string())),
            Self::Integer(i) => take(ValueRef::Number(*i as f64)),
            Self::Real(x) => take(ValueRef::Number(*x)),
            Self::Text(text) => take(ValueRef::parse(text)),
        }
    }
}

/// A row of a table.
pub(in super::super) struct Row<'r> {
    pub(super) table: &'r Table,
    pub(super) rowid: i64,
    pub(super) payload: &'r [u8],
    pub(super) cells: &'r [Cell],
    pub(super) encoding: Encoding,
}

impl<'r> Row<'r> {
    /// The row's number; 0 in a table without.
    pub(in super::super) fn rowid(&self) -> i64 {
        self.rowid
    }

    /// The value of a column, by its place in [`Table::columns`]; null where the table has no such column.
    pub(in super::super) fn get(&self, column: Option<usize>) -> Value<'r> {
        let Some(column) = column.and_then(|at| self.table.columns.get(at)) else {
            return Value::Null;
        };
        // Rows that are older than a column do not have it.
        let value = match column.place.and_then(|place| self.cells.get(place)) {
            Some(cell) => cell.value(self.payload, self.encoding),
            None => return column.default_value(),
        };
        if column.is_rowid && value == Value::Null {
            return Value::Integer(self.rowid);
        }
        value
    }

    /// A column's whole number; texts that spell one too.
    pub(in super::super) fn integer(&self, column: Option<usize>) -> Option<i64> {
        match self.get(column) {
            Value::Integer(i) => Some(i),
            Value::Real(x) if x.fract() == 0.0 && x.abs() < 9e18 => Some(x as i64),
            Value::Text(text) => text.trim().parse().ok(),
            Value::Null | Value::Real(_) | Value::Blob(_) => None,
        }
    }

    /// A column's number; texts that spell one too.
    pub(in super::super) fn number(&self, column: Option<usize>) -> Option<f64> {
        match self.get(column) {
            Value::Integer(i) => Some(i as f64),
            Value::Real(x) => Some(x),
            Value::Text(text) => crate::ledger::parse_number(text.trim()),
            Value::Null | Value::Blob(_) => None,
        }
    }

    /// A column's text; numbers as text, blobs where they are UTF-8.
    pub(in super::super) fn text(&self, column: Option<usize>) -> Option<Cow<'r, str>> {
        match self.get(column) {
            Value::Null => None,
            Value::Integer(i) => Some(i.to_string().into()),
            Value::Real(x) => Some(crate::ledger::number_text(x).into()),
            Value::Text(text) => Some(text),
            Value::Blob(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        }
    }
}

impl Column {
    fn default_value<'r>(&self) -> Value<'r> {
        match &self.default {
            None => Value::Null,
            Some(Value::Integer(i)) => Value::Integer(*i),
            Some(Value::Real(x)) => Value::Real(*x),
            Some(Value::Text(text)) => Value::Text(text.to_string().into()),
            Some(Value::Null | Value::Blob(_)) => Value::Null,
        }
    }
}

/// Where a value lies in its record, and what it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    kind: u64,
    from: usize,
    to: usize,
}

impl Cell {
    fn value(self, payload: &[u8], encoding: Encoding) -> Value<'_> {
        // Of a row that is too long only the beginning was read.
        let Some(bytes) = payload.get(self.from..self.to) else {
            return Value::Null;
        };
        match self.kind {
            1..=6 => Value::Integer(integer(bytes)),
            7 => Value::Real(f64::from_bits(integer(bytes) as u64)),
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            12.. if self.kind % 2 == 1 => Value::Text(text(bytes, encoding)),
            12.. => Value::Blob(bytes),
            _ => Value::Null,
        }
    }
}

/// Reads a record's header; `None` where it does not fit the record, which is damaged then.
/// `length` is how long the record is, of which `payload` is at least the beginning.
pub(super) fn read_cells(payload: &[u8], length: u64, cells: &mut Vec<Cell>) -> Option<()> {
    cells.clear();
    let (header, mut at) = varint_at(payload, 0)?;
    let header = usize::try_from(header).ok()?;
    if header < at {
        return None;
    }
    let header_bytes = payload.get(..header)?;
    let mut from = header;
    while at < header {
        let (kind, len) = varint_at(header_bytes, at)?;
        at += len;
        let size = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            12.. => (kind - 12) / 2,
        };
        let to = from.checked_add(usize::try_from(size).ok()?)?;
        if to as u64 > length || cells.len() == super::schema::MOST_COLUMNS {
            return None;
        }
        cells.push(Cell { kind, from, to });
        from = to;
    }
    // SQLite leaves nothing over: a record that does was changed.
    (from as u64 == length).then_some(())
}

/// A whole number with its sign, greatest byte first.
fn integer(bytes: &[u8]) -> i64 {
    let sign = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let start: i64 = if sign { -1 } else { 0 };
    bytes
        .iter()
        .fold(start, |value, byte| value << 8 | i64::from(*byte))
}

fn text(bytes: &[u8], encoding: Encoding) -> Cow<'_, str> {
    let unit = match encoding {
        Encoding::Utf8 => return String::from_utf8_lossy(bytes),
        Encoding::Utf16Little => u16::from_le_bytes,
        Encoding::Utf16Big => u16::from_be_bytes,
    };
    let (pairs, _) = bytes.as_chunks::<2>();
    let decoded = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)));
    let decoded: String = decoded.map(|c| c.unwrap_or('\u{fffd}')).collect();
    decoded.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_their_sign() {
        let check = |bytes: &[u8], want| assert_eq!(integer(bytes), want, "{bytes:02x?}");
        check(&[0x7f], 127);
        check(&[0x80], -128);
        check(&[0xff, 0xff, 0xfe], -2);
        check(&[0x00, 0x80, 0, 0, 0, 0], 0x0080_0000_0000);
        check(&[0x80, 0, 0, 0, 0, 0, 0, 0], i64::MIN);
    }

    #[test]
    fn a_record_is_whole_or_none() {
        let mut cells = Vec::new();
        let mut check = |payload: &[u8], want: bool| {
            let got = read_cells(payload, payload.len() as u64, &mut cells);
            assert_eq!(got.is_some(), want, "{payload:02x?}");
        };
        check(&[3, 1, 15, 7, b'a'], true);
        check(&[3, 1, 15, 7], false);
        check(&[3, 1, 15, 7, b'a', b'b'], false);
        check(&[3, 10, 0], false);
        check(&[9, 1, 1], false);
        check(&[0], false);
        check(&[1], true);
        check(&[], false);
        check(&[0xff; 9], false);
    }
}
