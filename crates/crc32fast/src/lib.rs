//! What the crate `zip` calls of the crate `crc32fast`, over `crc`: see the README.

use crc::{CRC_32_ISO_HDLC, Crc, Digest, Table};
use std::fmt;
use std::sync::LazyLock;

static CRC: LazyLock<Crc<u32, Table<16>>> =
    LazyLock::new(|| Crc::<u32, Table<16>>::new(&CRC_32_ISO_HDLC));

/// The CRC-32 of some bytes.
///
/// ```
/// assert_eq!(crc32fast::hash(b"123456789"), 0xcbf4_3926);
/// ```
pub fn hash(bytes: &[u8]) -> u32 {
    CRC.checksum(bytes)
}

/// The CRC-32 of bytes that come one after another.
///
/// ```
/// let mut hasher = crc32fast::Hasher::new();
/// hasher.update(b"1234");
/// let mut resumed = crc32fast::Hasher::new_with_initial_len(hasher.finalize(), 4);
/// resumed.update(b"56789");
/// assert_eq!(resumed.finalize(), 0xcbf4_3926);
/// ```
#[derive(Clone)]
pub struct Hasher(Digest<'static, u32, Table<16>>);

impl Hasher {
    /// Of no bytes yet.
    pub fn new() -> Self {
        Self(CRC.digest())
    }

    /// Goes on from the CRC-32 of bytes that came before; how many they were does not matter here.
    pub fn new_with_initial_len(crc: u32, _len: u64) -> Self {
        // What `crc` begins with is neither reflected nor inverted.
        Self(CRC.digest_with_initial((!crc).reverse_bits()))
    }

    /// More bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The CRC-32 of all.
    pub fn finalize(self) -> u32 {
        self.0.finalize()
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").finish_non_exhaustive()
    }
}
