//! The framing of event files (TFRecord): length, its checksum, data, their checksum; and the CRC-32C.

use crate::ledger::RunSink;
use crate::source::{File, grown};
use crc::{CRC_32_ISCSI, Crc, Table};
use std::io::{BufReader, ErrorKind, Read};
use std::sync::LazyLock;

// Worked out when it is needed: in the page's module its table would be 16 kB that nothing packs.
static CRC: LazyLock<Crc<u32, Table<16>>> =
    LazyLock::new(|| Crc::<u32, Table<16>>::new(&CRC_32_ISCSI));

/// How large a record may be that is kept: scalars take some hundred bytes, pictures are skipped.
const RECORD_BYTES: u64 = 64 << 20;

/// In how large pieces a file is read.
const PIECE_BYTES: usize = 1 << 20;

/// The checksum as it is stored: turned and moved, so that a checksum of checksums is no weak one.
fn masked(bytes: &[u8]) -> u32 {
    CRC.checksum(bytes)
        .rotate_right(15)
        .wrapping_add(0xa282_ead8)
}

/// Whether bytes begin as a record does.
pub(in crate::format) fn starts_as_record(bytes: &[u8]) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
        return false;
    };
    rest.first_chunk::<4>()
        .is_some_and(|sum| u32::from_le_bytes(*sum) == masked(length))
}

/// What ended a file before its end, or was wrong in it.
pub(super) struct Damage {
    /// Where the record begins, in bytes.
    pub(super) place: u64,
    pub(super) what: &'static str,
    pub(super) effect: &'static str,
}

impl Damage {
    /// Tells it of a file.
    pub(super) fn tell(&self, path: &str, sink: &mut RunSink<'_>) {
        let place = format!("byte {}", self.place);
        sink.problem_in("tensorboard/record", path, &place, self.what, self.effect);
    }
}

/// What a cut does.
const ENDED: &str = "the file ended there";

/// Calls `take` for every record of a file that begins at `settled` or later, `damage` for what is wrong, and moves
/// `settled` to the end of the last one that is sound: what is wrong behind it may be right when the file has grown.
pub(super) fn for_each(
    file: &dyn File,
    settled: &mut u64,
    on_bytes: &mut dyn FnMut(u64),
    damage: &mut dyn FnMut(Damage),
    take: &mut dyn FnMut(&[u8]),
) -> std::io::Result<()> {
    let left = file.len_bytes().saturating_sub(*settled);
    let piece = usize::try_from(left).map_or(PIECE_BYTES, |len| len.clamp(64, PIECE_BYTES));
    let mut reader = BufReader::with_capacity(piece, grown::open_from(file, *settled)?);
    let mut place = *settled;
    let mut told = place;
    let mut data = Vec::new();
    loop {
        let mut tell = |what, effect| {
            damage(Damage {
                place,
                what,
                effect,
            });
        };
        let mut head = [0; 12];
        let got = read_full(&mut reader, &mut head)?;
        if got == 0 {
            return Ok(());
        }
        if head == [0; 12] || (got < 12 && head[..got].iter().all(|byte| *byte == 0)) {
            tell("only zeros follow, as a crash leaves them", ENDED);
            return Ok(());
        }
        if got < 12 {
            tell("a record was cut", ENDED);
            return Ok(());
        }
        let [length @ .., a, b, c, d] = head;
        if u32::from_le_bytes([a, b, c, d]) != masked(&length) {
            let effect = "what follows cannot be found and was not read";
            tell("the length of a record is damaged", effect);
            return Ok(());
        }
        let length = u64::from_le_bytes(length);
        let rest = file.len_bytes().saturating_sub(place + 16);
        if length > rest {
            tell("a record was cut", ENDED);
            return Ok(());
        }
        let mut is_sound = false;
        if length > RECORD_BYTES {
            std::io::copy(&mut (&mut reader).take(length + 4), &mut std::io::sink())?;
            tell("a record is larger than 64 MiB", "record skipped");
        } else {
            data.resize(length as usize + 4, 0);
            reader.read_exact(&mut data)?;
            let (data, sum) = data.split_at(length as usize);
            is_sound = sum == masked(data).to_le_bytes();
            if is_sound {
                take(data);
            } else {
                tell("a record is damaged", "record skipped");
            }
        }
        place += length + 16;
        if is_sound {
            *settled = place;
        }
        if place - told > PIECE_BYTES as u64 {
            told = place;
            on_bytes(place);
        }
    }
}

fn read_full(reader: &mut impl Read, to: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < to.len() {
        match reader.read(&mut to[filled..]) {
            Ok(0) => break,
            Ok(got) => filled += got,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
