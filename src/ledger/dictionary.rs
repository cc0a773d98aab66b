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
    /// How many texts were asked for before there was [`Dictionary::recent`].
    asked: u32,
    /// Texts that were asked for, with their codes, each in the place that its ends fall on.
    recent: Vec<(Ends, u32)>,
}

/// How many recent texts are known: most columns have a handful of words.
const RECENT: usize = 32;

/// After how many texts that were asked for they are: then they take no more memory than the codes.
const RECENT_AFTER: u32 = 256;

/// The first and the last bytes of a text and its length: all of it, where it is short. No text is like the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Ends {
    first: u64,
    last: u64,
    len: u32,
}

impl Ends {
    /// Up to this length the ends are the text.
    const WHOLE: u32 = 16;

    fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (first, last) = if let (Some(first), Some(last)) =
            (bytes.first_chunk::<8>(), bytes.last_chunk::<8>())
        {
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
        } else if let (Some(first), Some(last)) =
            (bytes.first_chunk::<4>(), bytes.last_chunk::<4>())
        {
            let word = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
            (word(first), word(last))
        } else {
            let ends = [*bytes.first()?, *bytes.last()?];
            let middle = bytes[bytes.len() / 2];
            (u64::from(u16::from_le_bytes(ends)), u64::from(middle))
        };
        let len = u32::try_from(bytes.len()).ok()?;
        Some(Self { first, last, len })
    }

    /// The place that they fall on.
    fn place(self) -> usize {
        let mixed = self.first ^ self.last.rotate_left(23) ^ u64::from(self.len);
        (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize % RECENT
    }
}

impl Dictionary {
    /// A dictionary of these values, in this order; repeated ones keep their first code.
    pub fn from_values(values: impl IntoIterator<Item = Value>) -> Self {
        let mut dictionary = Self::default();
        for value in values {
            dictionary.find_or_add(value.as_ref());
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
        let ends = match value {
            ValueRef::Text(text) if self.asked >= RECENT_AFTER => Ends::of(text),
            _ => None,
        };
        let Some(ends) = ends else {
            self.asked = self.asked.saturating_add(1);
            return self.find_or_add(value);
        };
        if let Some((known, code)) = self.recent.get(ends.place())
            && *known == ends
            && (ends.len <= Ends::WHOLE || self.is_code_of(*code, value))
        {
            return *code;
        }
        let code = self.find_or_add(value);
        self.recent.resize(RECENT, (Ends::default(), MISSING));
        self.recent[ends.place()] = (ends, code);
        code
    }

    fn is_code_of(&self, code: u32, value: ValueRef<'_>) -> bool {
        let known = self.values.get(code as usize).map(Value::as_ref);
        known == Some(value)
    }

    /// As [`Dictionary::code`], by hash.
    fn find_or_add(&mut self, value: ValueRef<'_>) -> u32 {
        if let Some(code) = self.find(value) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_places_of_a_plain_list() {
        arbtest::arbtest(|u| {
            let (mut dictionary, mut plain) = (Dictionary::default(), Vec::<String>::new());
            dictionary.asked = u.int_in_range(0..=RECENT_AFTER)?;
            for _ in 0..u.int_in_range(0..=200)? {
                // Alike at both ends, and of lengths about those that lie in one word and in two.
                let len = u.int_in_range(0..=20)?;
                let mut text = "a".repeat(len);
                if len > 0 {
                    let at = u.int_in_range(0..=len - 1)?;
                    text.replace_range(at..=at, u.choose(&["a", "b", "\0", "λ"])?);
                }
                let place = plain.iter().position(|known| *known == text);
                let place = place.unwrap_or_else(|| {
                    plain.push(text.clone());
                    plain.len() - 1
                });
                assert_eq!(dictionary.code(ValueRef::Text(&text)), place as u32);
            }
            Ok(())
        });
    }
}
