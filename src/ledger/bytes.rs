//! Values as bytes, for messages between page, engine and hands: they are of one build, so the bytes need neither names
//! nor versions (postcard's format), and numbers keep all their bits.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value as bytes.
pub fn encoded<T: Serialize>(value: &T) -> Vec<u8> {
    // Our values are plain data, which always serialise.
    postcard::to_allocvec(value).unwrap_or_default()
}

/// The value that bytes spell; `None` where they spell none.
pub fn decoded<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}
