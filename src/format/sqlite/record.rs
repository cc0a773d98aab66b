//! Rows of a database: their values.

use super::pages::varint;
use crate::ledger::ValueRef;

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::format) enum Value {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Value {
    /// The whole number, where it is one.
    pub(in crate::format) fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Real(number) if libm::trunc(*number) == *number => Some(*number as i64),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The number, where it is one: a whole one may stand in a column of numbers.
    pub(in crate::format) fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            Self::Text(text) => crate::ledger::parse_number(text.trim()),
            _ => None,
        }
    }

    /// The text, where it is one.
    pub(in crate::format) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text, where it is one, also where it is stored as bytes.
    pub(in crate::format) fn utf8(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Blob(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// As a cell: texts are what they spell, bytes are nothing.
    pub(in crate::format) fn cell(&self) -> ValueRef<'_> {
        match self {
            Self::Null | Self::Blob(_) => ValueRef::Missing,
            Self::Integer(number) => ValueRef::Number(*number as f64),
            Self::Real(number) => ValueRef::Number(*number),
            Self::Text(text) => ValueRef::parse(text),
        }
    }

    /// As it is spelled; empty where it is nothing or bytes.
    pub(in crate::format) fn spelled(&self) -> String {
        match self {
            Self::Null | Self::Blob(_) => String::new(),
            Self::Integer(number) => number.to_string(),
            Self::Real(number) => crate::ledger::number_text(*number),
            Self::Text(text) => text.clone(),
        }
    }
}

/// How texts are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Little,
    Utf16Big,
}

impl Encoding {
    /// By the number in a database's header.
    pub(super) fn of(number: u32) -> Self {
        match number {
            2 => Self::Utf16Little,
            3 => Self::Utf16Big,
            _ => Self::Utf8,
        }
    }

    fn text(self, bytes: &[u8]) -> String {
        let units = |unit: fn([u8; 2]) -> u16| {
            let (pairs, _) = bytes.as_chunks::<2>();
            let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
            String::from_utf16_lossy(&units)
        };
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Utf16Little => units(u16::from_le_bytes),
            Self::Utf16Big => units(u16::from_be_bytes),
        }
    }
}

/// Adds a record's values to `row`; `None` where it is none.
pub(super) fn decode(bytes: &[u8], encoding: Encoding, row: &mut Vec<Value>) -> Option<()> {
    let (header, mut at) = varint(bytes, 0)?;
    let end = usize::try_from(header)
        .ok()
        .filter(|end| *end <= bytes.len())?;
    let mut from = end;
    while at < end {
        let (kind, after) = varint(bytes, at)?;
        at = after;
        let len = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => (kind - 12) / 2,
        };
        let to = from.checked_add(usize::try_from(len).ok()?)?;
        let data = bytes.get(from..to)?;
        from = to;
        row.push(match kind {
            0 => Value::Null,
            1..=6 => Value::Integer(whole(data)),
            7 => Value::Real(f64::from_be_bytes(data.try_into().ok()?)),
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            _ if kind % 2 == 0 => Value::Blob(data.to_vec()),
            _ => Value::Text(encoding.text(data)),
        });
    }
    Some(())
}

/// A whole number of up to eight bytes, the greatest first, with its sign.
fn whole(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|byte| *byte >= 0x80);
    bytes
        .iter()
        .fold(if negative { -1 } else { 0 }, |value, byte| {
            value << 8 | i64::from(*byte)
        })
}
