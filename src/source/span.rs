//! A stretch of a large file, so that several hands read one file at once.
//!
//! Where a record begins cannot be known in the middle of a file: a quote may be open. So a reader takes
//! the first line that begins in its stretch for a record, reads the records that begin before the
//! stretch's end, and tells where it really began and ended. Whoever divided the file holds that against
//! its neighbours, and has a stretch read again, from the right place, where it began in the wrong one.

use super::{File, Notes, ReadSeek};
use serde::{Deserialize, Serialize};
use std::io;

/// Which records of a file are read: those that begin at `from` or later and before `to`, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub from: u64,
    /// The byte after the last.
    pub to: u64,
    /// Whether a record is known to begin at `from`.
    pub is_exact: bool,
}

impl Span {
    /// Bytes from its beginning to its end.
    pub fn len_bytes(&self) -> u64 {
        self.to.saturating_sub(self.from)
    }
}

/// A file of which only a span is to be read.
pub struct FileSpan<'a> {
    file: &'a dyn File,
    span: Span,
}

impl<'a> FileSpan<'a> {
    /// A span of a file.
    pub fn new(file: &'a dyn File, span: Span) -> Self {
        Self { file, span }
    }
}

impl File for FileSpan<'_> {
    fn path(&self) -> &str {
        self.file.path()
    }

    fn len_bytes(&self) -> u64 {
        self.file.len_bytes()
    }

    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        self.file.open()
    }

    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn notes(&self) -> Option<&Notes> {
        self.file.notes()
    }
}
