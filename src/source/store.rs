//! Where that is kept which must be decoded before it can be read at any place.

use super::{File, MemoryFile};
use std::rc::Rc;

/// Keeps decoded files. Who opens the same drop again meets the same streams in the same order, and is told what was
/// kept of each instead of decoding it: so one worker decodes for all.
pub trait Store {
    /// What was kept of the next stream when the drop was opened before; `Some(None)` where it could not be decoded,
    /// `None` where the drop is opened for the first time.
    fn known(&mut self) -> Option<Option<Rc<dyn File>>> {
        None
    }
    /// Adds a piece of the stream that is being decoded.
    fn add(&mut self, piece: &[u8]);
    /// Makes a file of the pieces; forgets them where there is no path.
    fn end(&mut self, path: Option<&str>) -> Option<Rc<dyn File>>;
}

/// Keeps them in memory.
#[derive(Default)]
pub(super) struct InMemory {
    bytes: Vec<u8>,
}

impl Store for InMemory {
    fn add(&mut self, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
    }

    fn end(&mut self, path: Option<&str>) -> Option<Rc<dyn File>> {
        let bytes = std::mem::take(&mut self.bytes);
        let file = MemoryFile::new(path?, &bytes);
        Some(Rc::new(file))
    }
}
