//! The container of W&B's and SwanLab's logs: LevelDB's log format with a plain CRC-32.
//!
//! After a header of seven bytes there are blocks of 32 KiB, counted from the file's beginning. A record is
//! one fragment or several, each with checksum, length and type; a block's last bytes that hold no header
//! are filler. A process that was killed leaves a file that is cut anywhere.

use crate::source::{File, grown};
use crc::{CRC_32_ISO_HDLC, Crc, Table};
use std::io::{BufReader, Read as _};
use std::sync::LazyLock;

// Worked out when it is needed: in the page's module its table would be 16 kB that nothing packs.
static CRC: LazyLock<Crc<u32, Table<16>>> =
    LazyLock::new(|| Crc::<u32, Table<16>>::new(&CRC_32_ISO_HDLC));

/// Bytes of a block.
const BLOCK_BYTES: usize = 32 << 10;

/// Bytes of the file's header, and of a fragment's.
const HEADER_BYTES: usize = 7;

/// How large a record may be.
const RECORD_BYTES: usize = 64 << 20;

/// How far a log is read for good: what comes after may change nothing of that.
#[derive(Clone, Debug, Default)]
pub(super) struct Settled {
    /// Where the last record ends that is whole, in bytes.
    pub(super) end: u64,
    /// The first damage before that, in bytes, and what.
    damage: Option<(u64, String)>,
    /// Whether the log could not be read to its end.
    pub(super) is_unread: bool,
}

/// Calls `take` for every record of a file that is whole and comes after what is `settled`: after damage the next block is
/// gone on with, as its framing is made for. Gives where the first damage is, in bytes, and what.
pub(super) fn for_each(
    file: &dyn File,
    settled: &mut Settled,
    on_bytes: &mut dyn FnMut(u64),
    take: &mut dyn FnMut(&[u8]),
) -> Result<(), (u64, String)> {
    let mut damage = settled.damage.clone();
    // The block in which it ended, and where in it.
    let mut skip = (settled.end % BLOCK_BYTES as u64) as usize;
    let mut start = settled.end - skip as u64;
    settled.is_unread = true;
    let reader = grown::open_from(file, settled.end);
    let reader = reader.map_err(|error| (settled.end, error.to_string()))?;
    let mut reader = BufReader::with_capacity(BLOCK_BYTES * 8, reader);
    let mut block = Vec::with_capacity(BLOCK_BYTES);
    let mut record = Vec::new();
    // Whether fragments of a record were read whose last is to come.
    let mut is_open = false;
    loop {
        block.clear();
        block.resize(skip, 0);
        let mut part = (&mut reader).take((BLOCK_BYTES - skip) as u64);
        part.read_to_end(&mut block)
            .map_err(|error| (start, error.to_string()))?;
        let got = block.len();
        settled.is_unread = got == BLOCK_BYTES;
        let mut at = if start == 0 {
            skip.max(HEADER_BYTES)
        } else {
            skip
        };
        skip = 0;
        while let Some(header) = block.get(at..at + HEADER_BYTES) {
            let place = start + at as u64;
            let [sum @ .., a, b, kind] = header else {
                break;
            };
            let len = usize::from(u16::from_le_bytes([*a, *b]));
            if *kind == 0 && len == 0 {
                break;
            }
            let data = block.get(at + HEADER_BYTES..at + HEADER_BYTES + len);
            let is_whole = data.is_some_and(|data| {
                let mut digest = CRC.digest();
                digest.update(&[*kind]);
                digest.update(data);
                sum == digest.finalize().to_le_bytes()
            });
            let Some(data) = data.filter(|_| is_whole) else {
                let is_cut = data.is_none() && got < BLOCK_BYTES;
                let what = if is_cut { CUT } else { "a record is damaged" };
                damage.get_or_insert_with(|| (place, what.to_owned()));
                is_open = false;
                break;
            };
            if matches!(kind, 1 | 2) {
                record.clear();
                is_open = true;
            }
            if record.len() + len > RECORD_BYTES {
                return Err((place, "a record is larger than 64 MiB".to_owned()));
            }
            // The rest of a record whose beginning was damaged says nothing.
            if is_open {
                record.extend_from_slice(data);
            }
            at += HEADER_BYTES + len;
            if matches!(kind, 1 | 4) {
                if is_open {
                    take(&record);
                    settled.end = start + at as u64;
                    if settled.damage.is_none() {
                        settled.damage.clone_from(&damage);
                    }
                }
                record.clear();
                is_open = false;
            }
        }
        start += got as u64;
        on_bytes(start);
        if got < BLOCK_BYTES {
            let cut = is_open.then(|| (start, CUT.to_owned()));
            return damage.or(cut).map_or(Ok(()), Err);
        }
    }
}

/// How a file ends whose writer was killed.
const CUT: &str = "the last record was cut, as when the process was killed";
