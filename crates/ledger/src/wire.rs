//! A ledger as bytes: how a hand hands a part to the engine.
//!
//! Written and read by the same build, so there is one version and no compatibility, and arrays go as they lie in memory.
//! Bulk data goes as plain arrays; only the few source records and the ends of logs go by serde.
//!
//! ```text
//! "RSL1" · rows u64 · sources u8[] · logs u8[] · source of each row u32[] · columns u32 · column…
//! column: role u8 · name text · doubt flag u8, text · cells · history flag u8, history
//! cells:  tag u8 · 0 empty: len u64
//!                  1 number: f64[] · bits · odd u32 × (row u32, value)
//!                  2 bool: bits · bits      3 time: i64[] · bits
//!                  4 category: u32[] · values u32 × value
//!                  5 text: text · ends usize[] · bits
//! history: offsets u32[] · steps f64[] · times i64[] · values f64[] · left out u32[]
//! value: tag u8 · number f64 | bool u8 | time i64 | text
//! text: len u64 · UTF-8          T[]: count u64 · items          bits: len u64 · words u64[]
//! ```

use super::bits::Bits;
use super::bytes::{decoded, encoded};
use super::cells::Cells;
use super::column::{Column, Role};
use super::dictionary::Dictionary;
use super::history::History;
use super::value::Value;
use super::{ColumnId, Ledger, Logs, SourceRecord};
use bytemuck::{AnyBitPattern, NoUninit};

const MAGIC: &[u8; 4] = b"RSL1";

/// Bytes that are no ledger.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the part of the ledger is damaged at byte {at}: {what}")]
pub struct WireError {
    /// Where.
    pub at: usize,
    /// What is wrong.
    pub what: &'static str,
}

impl Ledger {
    /// The ledger as bytes. See the module's documentation.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        // Growing would copy what is written again and again.
        out.bytes.reserve(self.columns.iter().map(bulk_bytes).sum());
        out.bytes.extend_from_slice(MAGIC);
        out.count(self.rows);
        out.items(&encoded(&self.sources));
        out.items(&encoded(&self.logs));
        out.items(&self.source_of_row);
        out.count(self.columns.len());
        for column in &self.columns {
            out.column(column);
        }
        out.bytes
    }

    /// The ledger that the bytes spell.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        let mut from = Reader { bytes, at: 0 };
        if from.take(4)? != MAGIC {
            return Err(from.wrong("it does not begin as one"));
        }
        let rows = from.count()?;
        let sources = from.items()?;
        let sources: Vec<SourceRecord> =
            decoded(&sources).ok_or_else(|| from.wrong("its sources do not read"))?;
        let logs = from.items()?;
        let logs: Logs = decoded(&logs).ok_or_else(|| from.wrong("its logs do not read"))?;
        if logs.rows() > rows {
            return Err(from.wrong("logs without a run"));
        }
        let source_of_row = from.items()?;
        if source_of_row.len() != rows
            || source_of_row
                .iter()
                .any(|source| *source as usize >= sources.len())
        {
            return Err(from.wrong("runs without a source"));
        }
        let mut ledger = Self {
            rows,
            source_of_row,
            logs,
            ..Self::default()
        };
        for source in sources {
            ledger.add_source(source);
        }
        for at in 0..from.count()? {
            let column = from.column()?;
            if column.cells().len() != rows
                || column
                    .history()
                    .is_some_and(|history| history.rows() != rows)
            {
                return Err(from.wrong("a column of another length"));
            }
            ledger.index.insert(
                (column.role(), column.name().to_owned()),
                ColumnId(at as u32),
            );
            ledger.columns.push(column);
        }
        Ok(ledger)
    }
}

impl Ledger {
    /// About how many bytes it takes.
    pub fn bytes(&self) -> u64 {
        let columns = self.columns.iter();
        columns.map(|column| bulk_bytes(column) as u64).sum::<u64>() + self.logs.bytes() as u64
    }
}

/// About how many bytes a column takes.
fn bulk_bytes(column: &Column) -> usize {
    let rows = column.cells().len();
    let cells = match column.cells() {
        Cells::Empty(_) => 0,
        Cells::Bool { .. } => rows / 4,
        Cells::Category { .. } => rows * 4,
        Cells::Number { .. } | Cells::Time { .. } => rows * 8 + rows / 8,
        Cells::Text { heap, .. } => heap.len() + rows * 8 + rows / 8,
    };
    let points = column.history().map_or(0, |history| history.values.len());
    cells + points * 24 + column.history().map_or(0, |_| rows * 4) + 256
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn count(&mut self, count: usize) {
        self.bytes.extend_from_slice(&(count as u64).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// An array, as it lies in memory.
    fn items<T: NoUninit>(&mut self, items: &[T]) {
        self.count(items.len());
        self.bytes.extend_from_slice(bytemuck::cast_slice(items));
    }

    fn bits(&mut self, bits: &Bits) {
        self.count(bits.len());
        self.items(bits.words());
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Number(x) => {
                self.bytes.push(0);
                self.bytes.extend_from_slice(&x.to_le_bytes());
            }
            Value::Bool(b) => self.bytes.extend_from_slice(&[1, u8::from(*b)]),
            Value::Time(t) => {
                self.bytes.push(2);
                self.bytes.extend_from_slice(&t.to_le_bytes());
            }
            Value::Text(text) => {
                self.bytes.push(3);
                self.text(text);
            }
        }
    }

    fn column(&mut self, column: &Column) {
        self.bytes.push(
            Role::ALL
                .iter()
                .position(|role| *role == column.role())
                .unwrap_or_default() as u8,
        );
        self.text(column.name());
        self.bytes.push(u8::from(column.doubt().is_some()));
        self.text(column.doubt().unwrap_or_default());
        match column.cells() {
            Cells::Empty(len) => {
                self.bytes.push(0);
                self.count(*len);
            }
            Cells::Number {
                values,
                present,
                odd,
            } => {
                self.bytes.push(1);
                self.items(values);
                self.bits(present);
                self.count(odd.len());
                for (row, value) in odd {
                    self.count(*row as usize);
                    self.value(value);
                }
            }
            Cells::Bool { values, present } => {
                self.bytes.push(2);
                self.bits(values);
                self.bits(present);
            }
            Cells::Time { millis, present } => {
                self.bytes.push(3);
                self.items(millis);
                self.bits(present);
            }
            Cells::Category { codes, dictionary } => {
                self.bytes.push(4);
                self.items(codes);
                self.count(dictionary.values().len());
                for value in dictionary.values() {
                    self.value(value);
                }
            }
            Cells::Text {
                heap,
                ends,
                present,
            } => {
                self.bytes.push(5);
                self.text(heap);
                self.items(ends);
                self.bits(present);
            }
        }
        self.bytes.push(u8::from(column.history().is_some()));
        if let Some(History {
            offsets,
            steps,
            times,
            values,
            left_out,
        }) = column.history()
        {
            self.items(offsets);
            self.items(steps);
            self.items(times);
            self.items(values);
            self.items(left_out);
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn wrong(&self, what: &'static str) -> WireError {
        WireError { at: self.at, what }
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], WireError> {
        let taken = self
            .at
            .checked_add(len)
            .and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or_else(|| self.wrong("it ends too early"))?;
        self.at += len;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let taken = self.take(N)?;
        taken
            .try_into()
            .map_err(|_error| self.wrong("it ends too early"))
    }

    fn byte(&mut self) -> Result<u8, WireError> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn count(&mut self) -> Result<usize, WireError> {
        let count = u64::from_le_bytes(self.array()?);
        usize::try_from(count).map_err(|_error| self.wrong("a length beyond memory"))
    }

    fn text(&mut self) -> Result<&'a str, WireError> {
        let len = self.count()?;
        let taken = self.take(len)?;
        std::str::from_utf8(taken).map_err(|_error| self.wrong("text that is no UTF-8"))
    }

    fn items<T: NoUninit + AnyBitPattern>(&mut self) -> Result<Vec<T>, WireError> {
        let count = self.count()?;
        let len = count
            .checked_mul(size_of::<T>())
            .ok_or_else(|| self.wrong("a length beyond memory"))?;
        Ok(bytemuck::pod_collect_to_vec(self.take(len)?))
    }

    fn bits(&mut self) -> Result<Bits, WireError> {
        let len = self.count()?;
        let words = self.items()?;
        if words.len() != len.div_ceil(64) {
            return Err(self.wrong("bits of another length"));
        }
        Ok(Bits::from_words(words, len))
    }

    fn value(&mut self) -> Result<Value, WireError> {
        Ok(match self.byte()? {
            0 => Value::Number(f64::from_le_bytes(self.array()?)),
            1 => Value::Bool(self.byte()? != 0),
            2 => Value::Time(i64::from_le_bytes(self.array()?)),
            3 => Value::Text(self.text()?.to_owned()),
            _ => return Err(self.wrong("a value of no type")),
        })
    }

    fn same_length(&self, len: usize, bits: &[&Bits]) -> Result<(), WireError> {
        if bits.iter().all(|bits| bits.len() == len) {
            Ok(())
        } else {
            Err(self.wrong("a column of two lengths"))
        }
    }

    fn cells(&mut self) -> Result<Cells, WireError> {
        Ok(match self.byte()? {
            0 => Cells::Empty(self.count()?),
            1 => {
                let values = self.items()?;
                let present = self.bits()?;
                self.same_length(values.len(), &[&present])?;
                let mut odd: Vec<(u32, Value)> = Vec::new();
                for _ in 0..self.count()? {
                    let row = self.count()?;
                    let ascending = odd
                        .last()
                        .is_none_or(|(before, _)| (*before as usize) < row);
                    if row >= values.len() || !ascending || present.get(row) {
                        return Err(self.wrong("a value in a row that is not there"));
                    }
                    odd.push((row as u32, self.value()?));
                }
                Cells::Number {
                    values,
                    present,
                    odd,
                }
            }
            2 => {
                let (values, present) = (self.bits()?, self.bits()?);
                self.same_length(values.len(), &[&present])?;
                Cells::Bool { values, present }
            }
            3 => {
                let millis = self.items()?;
                let present = self.bits()?;
                self.same_length(millis.len(), &[&present])?;
                Cells::Time { millis, present }
            }
            4 => {
                let codes = self.items()?;
                let mut values = Vec::new();
                for _ in 0..self.count()? {
                    values.push(self.value()?);
                }
                Cells::Category {
                    codes,
                    dictionary: Dictionary::from_values(values),
                }
            }
            5 => {
                let heap = self.text()?.to_owned();
                let ends = self.items::<usize>()?;
                let present = self.bits()?;
                self.same_length(ends.len(), &[&present])?;
                let whole = ends.is_sorted() && ends.iter().all(|end| heap.is_char_boundary(*end));
                if !whole {
                    return Err(self.wrong("texts that do not follow one another"));
                }
                Cells::Text {
                    heap,
                    ends,
                    present,
                }
            }
            _ => return Err(self.wrong("cells of no type")),
        })
    }

    fn column(&mut self) -> Result<Column, WireError> {
        let role = Role::ALL
            .get(self.byte()? as usize)
            .copied()
            .ok_or_else(|| self.wrong("a column of no role"))?;
        let name = self.text()?.to_owned();
        let has_doubt = self.byte()? != 0;
        let doubt = Some(self.text()?.to_owned()).filter(|_| has_doubt);
        let cells = self.cells()?;
        let history = if self.byte()? == 0 {
            None
        } else {
            Some(self.history()?)
        };
        Ok(Column::from_parts(role, name, cells, history, doubt))
    }

    fn history(&mut self) -> Result<History, WireError> {
        let history = History {
            offsets: self.items()?,
            steps: self.items()?,
            times: self.items()?,
            values: self.items()?,
            left_out: self.items()?,
        };
        let points = history.values.len();
        let whole = history.steps.len() == points
            && (history.times.is_empty() || history.times.len() == points)
            && (history.left_out.is_empty() || history.left_out.len() == history.rows())
            && history.offsets.is_sorted()
            && history.offsets.first() == Some(&0)
            && history
                .offsets
                .last()
                .is_some_and(|end| *end as usize == points);
        if whole {
            Ok(history)
        } else {
            Err(self.wrong("a history of several lengths"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arbitrary::arbitrary_ledger;

    #[test]
    fn reading_what_was_written_gives_the_same() {
        arbtest::arbtest(|u| {
            let ledger = arbitrary_ledger(u)?;
            let bytes = ledger.to_bytes();
            let again = Ledger::from_bytes(&bytes).unwrap();
            assert_eq!(again.to_bytes(), bytes);
            for (id, column) in ledger.columns_with_ids() {
                for row in 0..ledger.rows() {
                    assert_eq!(column.get(row), again.column(id).get(row));
                    assert_eq!(column.summary(row), again.column(id).summary(row));
                }
                assert_eq!(again.find(column.role(), column.name()), Some(id));
            }
            Ok(())
        });
    }

    #[test]
    fn damaged_bytes_are_refused_or_read_but_never_panic() {
        arbtest::arbtest(|u| {
            let mut bytes = arbitrary_ledger(u)?.to_bytes();
            for _ in 0..u.int_in_range(1..=4)? {
                let at = u.choose_index(bytes.len())?;
                bytes[at] = u.arbitrary()?;
            }
            bytes.truncate(u.int_in_range(0..=bytes.len())?);
            if let Ok(ledger) = Ledger::from_bytes(&bytes) {
                for column in ledger.columns() {
                    for row in 0..ledger.rows() {
                        let _value = (column.get(row), column.summary(row));
                    }
                }
            }
            Ok(())
        });
    }
}
