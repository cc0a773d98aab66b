//! Many numbers in a message: as one piece of bytes, which is copied at once, where a list would be written and read number
//! by number.

use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;
use std::fmt;

/// Bytes of a number.
const WIDTH: usize = size_of::<f64>();

/// For `#[serde(with)]`.
pub(super) fn serialize<S: Serializer>(numbers: &[f64], to: S) -> Result<S::Ok, S::Error> {
    let mut bytes = vec![0; WIDTH * numbers.len()];
    for (place, number) in bytes.chunks_exact_mut(WIDTH).zip(numbers) {
        place.copy_from_slice(&number.to_le_bytes());
    }
    to.serialize_bytes(&bytes)
}

/// For `#[serde(with)]`.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
    from.deserialize_bytes(Packed)
}

struct Packed;

impl Visitor<'_> for Packed {
    type Value = Vec<f64>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<f64>, E> {
        let (numbers, rest) = bytes.as_chunks::<WIDTH>();
        if rest.is_empty() {
            Ok(numbers.iter().map(|of| f64::from_le_bytes(*of)).collect())
        } else {
            Err(E::invalid_length(bytes.len(), &self))
        }
    }
}
