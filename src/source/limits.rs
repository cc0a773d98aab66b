//! Bounds against hostile files: how much may come out of how little, and how deep folders may go.

/// The most that a compressed file may become, however small it is.
pub(super) const UNPACKED_BYTES: u64 = 16 << 30;

/// How many times larger than the file what comes out of it may be, beyond the first 64 MiB. Gzip
/// reaches 1032; honest logs stay far below.
pub(super) const UNPACKED_RATIO: u64 = 400;

/// What may come out of any file whatever its size.
pub(super) const UNPACKED_FREE_BYTES: u64 = 64 << 20;

/// How deep folders are walked on the host.
#[cfg(not(target_arch = "wasm32"))]
pub(super) const FOLDER_DEPTH: usize = 64;

/// How many files are taken from a folder on the host.
#[cfg(not(target_arch = "wasm32"))]
pub(super) const FOLDER_FILES: usize = 1_000_000;

/// How many entries are taken from an archive.
pub(super) const ARCHIVE_ENTRIES: usize = 1_000_000;

/// How much may be decoded and kept of one drop.
pub(super) const UNPACKED_DROP_BYTES: u64 = 4 << 30;

/// How much an entry of an archive that is unpacked to memory may become.
pub(super) const UNPACKED_MEMORY_BYTES: u64 = 1 << 30;
