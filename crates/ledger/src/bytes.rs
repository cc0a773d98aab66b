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

/// A list that is encoded while it grows; [`decoded`] gives it as a `Vec`.
#[derive(Default)]
pub struct Listed {
    count: usize,
    items: Vec<u8>,
}

impl Listed {
    /// Adds an item.
    pub fn push<T: Serialize>(&mut self, item: &T) {
        self.count += 1;
        self.items.extend(encoded(item));
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The list as bytes: postcard writes a list as its length and its items after one another.
    pub fn finish(self) -> Vec<u8> {
        [encoded(&self.count), self.items].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_grew_is_a_list() {
        let items: Vec<(String, u64)> =
            (0..300).map(|at| (format!("run {at}"), at << 20)).collect();
        let mut listed = Listed::default();
        for item in &items {
            listed.push(item);
        }
        assert_eq!(listed.len(), 300);
        let bytes = listed.finish();
        assert_eq!(bytes, encoded(&items));
        assert_eq!(decoded(&bytes), Some(items));
        assert_eq!(
            decoded(&Listed::default().finish()),
            Some(Vec::<u64>::new())
        );
    }
}
