//! A file as UTF-8 text: gzip is unpacked, UTF-16 is converted, the byte-order mark is taken off.
//!
//! Bytes that are no UTF-8 pass as they are: only the reader of a format knows which line they are in.

use super::limits::{UNPACKED_BYTES, UNPACKED_FREE_BYTES, UNPACKED_RATIO};
use super::{File, ReadSeek};
use flate2::read::MultiGzDecoder;
use std::io::{self, BufReader, Cursor, Read, Seek as _, SeekFrom};

/// In how large pieces a file is read: every read is a call out of wasm.
pub const PIECE_BYTES: usize = 1 << 20;

/// How much of a file is looked at to recognise it.
pub const HEAD_BYTES: usize = 64 << 10;

/// How a file was encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    /// UTF-8 (or bytes that are to be taken for it).
    Utf8,
    /// UTF-16, least byte first.
    Utf16Little,
    /// UTF-16, greatest byte first.
    Utf16Big,
}

/// Opens a file as text. `on_bytes` hears how many bytes of the file have been read.
pub fn open<'a>(
    file: &dyn File,
    on_bytes: &'a mut dyn FnMut(u64),
) -> io::Result<impl Read + use<'a>> {
    open_in_pieces(file, PIECE_BYTES, on_bytes)
}

/// As [`open`], reading so many bytes at a time.
pub fn open_in_pieces<'a>(
    file: &dyn File,
    piece_bytes: usize,
    on_bytes: &'a mut dyn FnMut(u64),
) -> io::Result<impl Read + use<'a>> {
    let mut raw = Counted {
        reader: file.open()?,
        read: 0,
        on_bytes,
    };
    let mut head = [0; 2];
    let got = read_full(&mut raw, &mut head)?;
    let start = Cursor::new(head).take(got as u64);
    let piece =
        usize::try_from(file.len_bytes()).map_or(piece_bytes, |len| len.clamp(64, piece_bytes));
    let raw = BufReader::with_capacity(piece, start.chain(raw));
    let unpacked: Box<dyn Read + 'a> = if head == [0x1f, 0x8b] {
        Box::new(Bounded {
            reader: MultiGzDecoder::new(raw),
            left: most_unpacked(file.len_bytes()),
        })
    } else {
        Box::new(raw)
    };
    decoded(unpacked)
}

/// Whether a file's bytes are its text as they stand: neither compressed nor UTF-16, and without a mark.
pub fn is_plain(file: &dyn File) -> bool {
    raw_head(file, 64).is_ok_and(|start| {
        !start.starts_with(&[0x1f, 0x8b]) && encoding_of(&start) == (Encoding::Utf8, 0)
    })
}

/// Opens a file whose text [`is_plain`] at a place. `on_bytes` hears how many bytes have been read from there.
pub fn open_at<'a>(
    file: &dyn File,
    place: u64,
    on_bytes: &'a mut dyn FnMut(u64),
) -> io::Result<impl Read + use<'a>> {
    let mut reader = file.open()?;
    reader.seek(SeekFrom::Start(place))?;
    Ok(Counted {
        reader,
        read: 0,
        on_bytes,
    })
}

/// The first part of a file's text, up to [`HEAD_BYTES`], and whether that is all of it.
pub fn head(file: &dyn File) -> io::Result<(Vec<u8>, bool)> {
    head_up_to(file, HEAD_BYTES)
}

/// The first part of a file's text, up to `most` bytes, and whether that is all of it.
pub fn head_up_to(file: &dyn File, most: usize) -> io::Result<(Vec<u8>, bool)> {
    let mut ignore = |_| {};
    let mut reader = open_in_pieces(file, most, &mut ignore)?;
    let mut head = vec![0; most];
    let mut got = 0;
    // A broken gzip has a head up to where it breaks; reading it whole will say what is wrong. Of a full head nothing more is
    // asked: a buffer would be filled even for no bytes.
    while got < most
        && let Ok(more @ 1..) = reader.read(&mut head[got..])
    {
        got += more;
    }
    head.truncate(got);
    Ok((head, got < most))
}

/// The first bytes of a file as they are on disk.
pub fn raw_head(file: &dyn File, len: usize) -> io::Result<Vec<u8>> {
    let mut head = vec![0; len];
    let got = read_full(&mut file.open()?, &mut head)?;
    head.truncate(got);
    Ok(head)
}

fn most_unpacked(len_bytes: u64) -> u64 {
    (len_bytes.saturating_mul(UNPACKED_RATIO) + UNPACKED_FREE_BYTES).min(UNPACKED_BYTES)
}

/// Takes off a byte-order mark and converts UTF-16.
fn decoded<'a>(mut reader: Box<dyn Read + 'a>) -> io::Result<Box<dyn Read + 'a>> {
    let mut start = vec![0; 64];
    let got = read_full(&mut reader, &mut start)?;
    start.truncate(got);
    let (encoding, mark) = encoding_of(&start);
    let rest = Cursor::new(start.split_off(mark)).chain(reader);
    Ok(match encoding {
        Encoding::Utf8 => Box::new(rest),
        Encoding::Utf16Little | Encoding::Utf16Big => Box::new(Utf16 {
            reader: rest,
            big: encoding == Encoding::Utf16Big,
            units: Vec::new(),
            odd_byte: None,
            ready: Vec::new(),
            at: 0,
        }),
    })
}

/// The encoding that the first bytes show, and how long their byte-order mark is. Without a mark,
/// zero bytes in every other place are the zero halves of Latin letters.
fn encoding_of(start: &[u8]) -> (Encoding, usize) {
    match start {
        [0xef, 0xbb, 0xbf, ..] => return (Encoding::Utf8, 3),
        [0xff, 0xfe, ..] => return (Encoding::Utf16Little, 2),
        [0xfe, 0xff, ..] => return (Encoding::Utf16Big, 2),
        _ => {}
    }
    let pairs = start.len() / 2;
    let zeros = |odd: usize| start.chunks_exact(2).filter(|pair| pair[odd] == 0).count();
    if pairs >= 4 && zeros(1) * 10 >= pairs * 7 && zeros(0) == 0 {
        (Encoding::Utf16Little, 0)
    } else if pairs >= 4 && zeros(0) * 10 >= pairs * 7 && zeros(1) == 0 {
        (Encoding::Utf16Big, 0)
    } else {
        (Encoding::Utf8, 0)
    }
}

/// Reads until the buffer is full or the source is at its end.
fn read_full(reader: &mut dyn Read, to: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < to.len() {
        match reader.read(&mut to[filled..]) {
            Ok(0) => break,
            Ok(got) => filled += got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Tells how many bytes were read.
struct Counted<'a> {
    reader: Box<dyn ReadSeek>,
    read: u64,
    on_bytes: &'a mut dyn FnMut(u64),
}

impl Read for Counted<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let got = self.reader.read(to)?;
        self.read += got as u64;
        (self.on_bytes)(self.read);
        Ok(got)
    }
}

/// Ends with an error where more comes out than there may be.
struct Bounded<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let got = self.reader.read(to)?;
        self.left = self.left.checked_sub(got as u64).ok_or_else(|| {
            io::Error::other("far more comes out of this compressed file than an honest one holds; reading stopped")
        })?;
        Ok(got)
    }
}

/// UTF-16 as UTF-8; halves without their other half become U+FFFD.
struct Utf16<R> {
    reader: R,
    big: bool,
    units: Vec<u16>,
    odd_byte: Option<u8>,
    ready: Vec<u8>,
    at: usize,
}

impl<R: Read> Utf16<R> {
    fn refill(&mut self) -> io::Result<()> {
        let mut piece = vec![0; 64 << 10];
        let got = read_full(&mut self.reader, &mut piece)?;
        let bytes = self
            .odd_byte
            .take()
            .into_iter()
            .chain(piece[..got].iter().copied())
            .collect::<Vec<u8>>();
        let (pairs, rest) = bytes.as_chunks::<2>();
        self.odd_byte = rest.first().copied();
        let unit = |pair: &[u8; 2]| {
            if self.big {
                u16::from_be_bytes(*pair)
            } else {
                u16::from_le_bytes(*pair)
            }
        };
        self.units.extend(pairs.iter().map(unit));
        // The first half of a pair waits for its second, unless this is the end.
        let waits = got > 0
            && self
                .units
                .last()
                .is_some_and(|unit| (0xd800..0xdc00).contains(unit));
        let kept = if waits { self.units.pop() } else { None };
        let text: String = char::decode_utf16(self.units.drain(..))
            .map(|c| c.unwrap_or('\u{fffd}'))
            .collect();
        self.units.extend(kept);
        self.ready = text.into_bytes();
        self.at = 0;
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.at == self.ready.len() {
            self.refill()?;
        }
        let count = to.len().min(self.ready.len() - self.at);
        to[..count].copy_from_slice(&self.ready[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFile;
    use flate2::{Compression, write::GzEncoder};
    use std::cell::Cell;
    use std::io::Write as _;
    use std::rc::Rc;

    const TEXT: &str = "lr,name\n0.1,λ🚀\n";

    fn check(bytes: &[u8]) {
        let file = MemoryFile::new("a.csv", bytes);
        let mut read = 0;
        let mut on_bytes = |so_far| read = so_far;
        let mut text = String::new();
        open(&file, &mut on_bytes)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, TEXT);
        assert_eq!(read, bytes.len() as u64);
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_encoding_is_the_same_text() {
        let little: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_be_bytes).collect();
        check(TEXT.as_bytes());
        check(&[b"\xef\xbb\xbf", TEXT.as_bytes()].concat());
        check(&[b"\xff\xfe", little.as_slice()].concat());
        check(&[b"\xfe\xff", big.as_slice()].concat());
        check(&little);
        check(&gzip(TEXT.as_bytes()));
        check(&gzip(&[b"\xff\xfe", little.as_slice()].concat()));
        // Two gzip members after one another are one text.
        check(&[gzip(b"lr,name\n"), gzip("0.1,λ🚀\n".as_bytes())].concat());
    }

    /// A file that counts what is read of it.
    struct Watched(MemoryFile, Rc<Cell<usize>>);

    impl File for Watched {
        fn path(&self) -> &str {
            self.0.path()
        }

        fn len_bytes(&self) -> u64 {
            self.0.len_bytes()
        }

        fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
            Ok(Box::new(Watching(self.0.open()?, Rc::clone(&self.1))))
        }
    }

    struct Watching(Box<dyn ReadSeek>, Rc<Cell<usize>>);

    impl Read for Watching {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            // As of a browser, of which no more is asked than a head at once.
            let most = to.len().min(HEAD_BYTES - 2);
            let got = self.0.read(&mut to[..most])?;
            self.1.set(self.1.get() + got);
            Ok(got)
        }
    }

    impl io::Seek for Watching {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }

    #[test]
    fn for_a_head_nothing_behind_it_is_read() {
        let read = Rc::new(Cell::new(0));
        let bytes = vec![b'a'; 4 * HEAD_BYTES];
        let file = Watched(MemoryFile::new("a", &bytes), Rc::clone(&read));
        let (head, is_whole) = head(&file).unwrap();
        assert_eq!((head.len(), is_whole), (HEAD_BYTES, false));
        assert_eq!(read.get(), HEAD_BYTES);
    }

    #[test]
    fn a_bomb_is_stopped() {
        let file = MemoryFile::new("a.csv.gz", &gzip(&gzip(&vec![0; 200 << 20])));
        let inner = {
            let mut inner = Vec::new();
            open(&file, &mut |_| {})
                .unwrap()
                .read_to_end(&mut inner)
                .unwrap();
            inner
        };
        let error = open(&MemoryFile::new("b.gz", &inner), &mut |_| {})
            .unwrap()
            .read_to_end(&mut Vec::new());
        assert!(error.unwrap_err().to_string().contains("compressed"));
    }
}
