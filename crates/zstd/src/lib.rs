//! What the crate `parquet` calls of the crate `zstd`, over `ruzstd`: see the README.

use std::ops::RangeInclusive;

/// The level that callers take by default.
pub const DEFAULT_COMPRESSION_LEVEL: i32 = 3;

/// Levels that are accepted; all of them compress alike here.
pub fn compression_level_range() -> RangeInclusive<i32> {
    1..=22
}

/// One buffer at a time.
pub mod bulk {
    use std::io::{self, Cursor, Read as _, Write as _};
    use std::marker::PhantomData;

    /// Would compress buffers; nobody here asks for it.
    #[derive(Debug, Default)]
    pub struct Compressor<'a>(PhantomData<&'a ()>);

    impl Compressor<'_> {
        /// A compressor; every level is the same.
        ///
        /// # Errors
        /// Never.
        pub fn new(_level: i32) -> io::Result<Self> {
            Ok(Self(PhantomData))
        }

        /// Compresses nothing.
        ///
        /// # Errors
        /// Always.
        pub fn compress_to_buffer(
            &mut self,
            _source: &[u8],
            _to: &mut Cursor<&mut Vec<u8>>,
        ) -> io::Result<usize> {
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    /// Decompresses buffers.
    #[derive(Debug, Default)]
    pub struct Decompressor<'a>(PhantomData<&'a ()>);

    impl Decompressor<'_> {
        /// A decompressor.
        ///
        /// # Errors
        /// Never.
        pub fn new() -> io::Result<Self> {
            Ok(Self(PhantomData))
        }

        /// Writes what `source` was at the cursor, and gives how many bytes that were. No more is written
        /// than the vector has room for, as its owner has reserved.
        ///
        /// # Errors
        /// Where `source` is no frame, or is more than there is room for.
        pub fn decompress_to_buffer(
            &mut self,
            source: &[u8],
            to: &mut Cursor<&mut Vec<u8>>,
        ) -> io::Result<usize> {
            let room = to
                .get_ref()
                .capacity()
                .saturating_sub(to.position() as usize);
            let decoder =
                ruzstd::decoding::StreamingDecoder::new(source).map_err(io::Error::other)?;
            let mut bytes = Vec::new();
            decoder.take(room as u64 + 1).read_to_end(&mut bytes)?;
            if bytes.len() > room {
                return Err(io::Error::other("more comes out of it than its page says"));
            }
            to.write_all(&bytes)?;
            Ok(bytes.len())
        }
    }
}

/// Facts of frames.
pub mod zstd_safe {
    /// A frame's header does not say.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ContentSizeError;

    /// How many bytes come out of a frame; `None` where its header does not say.
    ///
    /// # Errors
    /// Never: what is no frame says nothing.
    pub fn get_frame_content_size(_frame: &[u8]) -> Result<Option<u64>, ContentSizeError> {
        Ok(None)
    }

    /// How many bytes compressing so many can give.
    pub fn compress_bound(len: usize) -> usize {
        len + len / 128 + 64
    }
}

#[cfg(test)]
mod tests {
    use super::bulk::Decompressor;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};
    use std::io::Cursor;

    #[test]
    fn what_was_compressed_comes_back_behind_what_was_there() {
        let text = b"lr,val_loss\n0.1,0.5\n".repeat(500);
        let packed = compress_to_vec(text.as_slice(), CompressionLevel::Fastest);
        let mut back = Vec::with_capacity(text.len() + 1);
        back.push(7);
        let mut cursor = Cursor::new(&mut back);
        cursor.set_position(1);
        let len = Decompressor::new()
            .and_then(|mut decompressor| decompressor.decompress_to_buffer(&packed, &mut cursor))
            .unwrap();
        assert_eq!((len, back[0], &back[1..]), (text.len(), 7, text.as_slice()));
        let mut small = Vec::with_capacity(10);
        let mut cursor = Cursor::new(&mut small);
        let full = Decompressor::new()
            .and_then(|mut decompressor| decompressor.decompress_to_buffer(&packed, &mut cursor));
        assert!(full.is_err());
    }
}
