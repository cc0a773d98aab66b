//! The dictionary of a categorical column: each distinct value once, with a code.

use super::cells::MISSING;
use super::value::{Value, ValueRef};
use rustc_hash::FxHashMap;

/// Distinct values in the order in which they first came.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    values: Vec<Value>,
    texts: FxHashMap<String, u32>,
    others: FxHashMap<(u8, u64), u32>,
    /// The code of the last text: neighbours are often the same.
    last: u32,
}

impl Dictionary {
    /// A dictionary of these values, in this order; repeated ones keep their first code.
    pub fn from_values(values: impl IntoIterator<Item = Value>) -> Self {
        let mut dictionary = Self::default();
        for value in values {
            dictionary.code(value.as_ref());
        }
        dictionary
    }

    /// The values; a value's place is its code.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Whether all its values are texts.
    pub(super) fn is_text_only(&self) -> bool {
        self.others.is_empty()
    }

    /// The code of `value`, which is added where it is new. Missing is [`MISSING`].
    pub fn code(&mut self, value: ValueRef<'_>) -> u32 {
        let last = self.values.get(self.last as usize).map(Value::as_ref);
        if let (ValueRef::Text(text), Some(ValueRef::Text(before))) = (value, last)
            && text == before
        {
            return self.last;
        }
        if let Some(code) = self.find(value) {
            self.last = code;
            return code;
        }
        let code = self.values.len() as u32;
        match (value, value.to_owned()) {
            (ValueRef::Text(text), Some(owned)) => {
                self.texts.insert(text.to_owned(), code);
                self.values.push(owned);
            }
            (_, Some(owned)) => {
                self.others.insert(Self::key(value), code);
                self.values.push(owned);
            }
            (_, None) => return MISSING,
        }
        code
    }

    /// The code of `value`, if it is there; that of missing is [`MISSING`].
    pub fn find(&self, value: ValueRef<'_>) -> Option<u32> {
        match value {
            ValueRef::Missing => Some(MISSING),
            ValueRef::Text(text) => self.texts.get(text).copied(),
            other => self.others.get(&Self::key(other)).copied(),
        }
    }

    /// Equal values that are not text have equal keys; NaN equals NaN and -0 equals 0.
    fn key(value: ValueRef<'_>) -> (u8, u64) {
        match value {
            ValueRef::Number(x) if x.is_nan() => (0, f64::NAN.to_bits()),
            ValueRef::Number(x) => (0, (x + 0.0).to_bits()),
            ValueRef::Bool(b) => (1, u64::from(b)),
            ValueRef::Time(t) => (2, t.cast_unsigned()),
            ValueRef::Missing | ValueRef::Text(_) => (3, 0),
        }
    }
}
