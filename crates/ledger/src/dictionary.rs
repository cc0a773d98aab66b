//! The dictionary of a categorical column: each distinct value once, with a code.

use super::cells::MISSING;
use super::value::{Value, ValueRef, bits_of};
use rustc_hash::FxHasher;
use std::hash::Hasher as _;

/// Distinct values in the order in which they first came.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    values: Vec<Value>,
    /// How many of them are no texts.
    others: usize,
    /// A hash table of codes, at most half full: the values are in `values` alone. [`MISSING`] where there is none.
    places: Vec<u32>,
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
            if dictionary.find(value.as_ref()).is_none() {
                dictionary.add(value);
            }
        }
        dictionary
    }

    /// The values; a value's place is its code.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Whether all its values are texts.
    pub(super) fn is_text_only(&self) -> bool {
        self.others == 0
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
        match value.to_owned() {
            Some(owned) => self.add(owned),
            None => return MISSING,
        }
        code
    }

    /// Adds a value that is new.
    fn add(&mut self, value: Value) {
        self.others += usize::from(!matches!(value, Value::Text(_)));
        self.values.push(value);
        let (from, wanted) = (self.values.len() - 1, self.values.len() * 2);
        let again = wanted > self.places.len();
        if again {
            self.places = vec![MISSING; wanted.next_power_of_two().max(16)];
        }
        for code in if again { 0 } else { from }..self.values.len() {
            let place = self.place(self.values[code].as_ref(), |_| false);
            self.places[place] = code as u32;
        }
    }

    /// Where in `places` a value's code is, or would be. `places` must not be empty.
    fn place(&self, value: ValueRef<'_>, is_found: impl Fn(&Value) -> bool) -> usize {
        let last = self.places.len() - 1;
        let mut place = hash(value) as usize & last;
        while let Some(known) = self.values.get(self.places[place] as usize)
            && !is_found(known)
        {
            place = (place + 1) & last;
        }
        place
    }

    /// The code of `value`, if it is there; that of missing is [`MISSING`].
    pub fn find(&self, value: ValueRef<'_>) -> Option<u32> {
        if value.is_missing() || self.places.is_empty() {
            return value.is_missing().then_some(MISSING);
        }
        let code = self.places[match value {
            ValueRef::Text(text) => self.place(
                value,
                |known| matches!(known, Value::Text(known) if known == text),
            ),
            _ => self.place(value, |known| key(known.as_ref()) == key(value)),
        }];
        Some(code).filter(|code| *code != MISSING)
    }
}

/// Equal values that are not text have equal keys; NaN equals NaN and -0 equals 0.
fn key(value: ValueRef<'_>) -> (u8, u64) {
    match value {
        ValueRef::Number(x) => (0, bits_of(x)),
        ValueRef::Bool(b) => (1, u64::from(b)),
        ValueRef::Time(t) => (2, t.cast_unsigned()),
        ValueRef::Missing | ValueRef::Text(_) => (3, 0),
    }
}

/// The same of equal values.
fn hash(value: ValueRef<'_>) -> u64 {
    let mut hasher = FxHasher::default();
    if let ValueRef::Text(text) = value {
        hasher.write(text.as_bytes());
    } else {
        let (kind, bits) = key(value);
        hasher.write_u8(kind);
        hasher.write_u64(bits);
    }
    hasher.finish()
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
