//! What a file says of itself is looked at before the crate `parquet` believes it: that crate goes down as deep as a schema nests,
//! and makes room for as many children and as long a page as there are said to be.
//!
//! Footer and page headers are structs of Thrift's compact protocol: a byte a field, whose upper half is how far its number is from
//! the one before, its lower half the type; 0 ends. <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>

use super::source::Chunks;
use crate::source::File;
use ::parquet::basic::{ConvertedType, Repetition};
use ::parquet::file::reader::{ChunkReader as _, SerializedFileReader};
use ::parquet::schema::types::Type;

/// How deep a schema may nest: a list in a list takes two levels each.
const DEEPEST: usize = 64;

/// How deep what is passed over may nest.
const DEEPEST_SKIPPED: usize = 16;

/// A page that unpacks to less is none that memory would not hold.
const USUAL_PAGE_BYTES: u64 = 64 << 20;

/// By so much no usual codec packs, but for what is all the same.
const MOST_PACKED: u64 = 1100;

/// What the file ends with: the length of its footer and four letters.
const TAIL_BYTES: u64 = 8;

/// Where a struct ends.
const STOP: u8 = 0;
const I32: u8 = 5;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

/// Opens a file by its footer, once that can be believed.
pub(super) fn open(file: &dyn File) -> Result<SerializedFileReader<Chunks>, String> {
    let chunks = Chunks::open(file).map_err(|error| error.to_string())?;
    let told = |error: ::parquet::errors::ParquetError| error.to_string();
    let tail_at = file.len_bytes().saturating_sub(TAIL_BYTES);
    // What has no tail, or a longer footer than bytes, the crate tells.
    let tail = chunks.get_bytes(tail_at, TAIL_BYTES as usize);
    let len = tail.ok().and_then(|tail| tail.first_chunk().copied());
    let len = u32::from_le_bytes(len.unwrap_or_default());
    if let Some(from) = tail_at.checked_sub(u64::from(len)) {
        let footer = chunks.get_bytes(from, len as usize).map_err(told)?;
        let depth = depth_of_schema(&footer).ok_or("its footer does not read")?;
        if depth > DEEPEST {
            return Err(format!("its columns nest deeper than {DEEPEST} levels"));
        }
    }
    SerializedFileReader::new(chunks).map_err(told)
}

/// Whether a column can be read at all: the crate panics at intervals of a calendar, at groups without columns, and at lists
/// and maps that have not the form of such.
pub(super) fn is_readable(field: &Type) -> bool {
    let kind = field.get_basic_info().converted_type();
    if field.is_primitive() {
        return kind != ConvertedType::INTERVAL;
    }
    let fields = field.get_fields();
    let is_repeated = |field: &Type| {
        let info = field.get_basic_info();
        info.has_repetition() && info.repetition() == Repetition::REPEATED
    };
    let has_form = match (kind, fields) {
        (ConvertedType::LIST, [inner]) => is_repeated(inner),
        (ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE, [inner]) => {
            is_repeated(inner) && inner.is_group() && inner.get_fields().len() <= 2
        }
        (ConvertedType::LIST | ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE, _) => false,
        (_, fields) => !fields.is_empty(),
    };
    has_form && fields.iter().all(|field| is_readable(field))
}

/// Why a page whose header these bytes begin with is not unpacked.
pub(super) fn page_too_long(head: &[u8]) -> Option<String> {
    let mut thrift = Thrift(head);
    let mut sizes = [0; 2];
    let mut number = 0;
    // The first three fields are its kind, and its length once it is unpacked and as it is.
    for wanted in 1..=3 {
        if thrift.field(&mut number)? != I32 || number != wanted {
            return None;
        }
        let value = u64::try_from(thrift.whole()?).ok()?;
        sizes = [sizes[1], value];
    }
    let [unpacked, packed] = sizes;
    (unpacked > USUAL_PAGE_BYTES.max(packed.saturating_mul(MOST_PACKED)))
        .then(|| format!("a page says that its {packed} bytes unpack to {unpacked}"))
}

/// How deep the schema of a footer nests; `None` where it does not read, or a group has more children than there are columns.
fn depth_of_schema(footer: &[u8]) -> Option<usize> {
    let mut thrift = Thrift(footer);
    let mut number = 0;
    loop {
        let kind = thrift.field(&mut number)?;
        if number == 2 {
            break;
        }
        thrift.skip(kind, DEEPEST_SKIPPED)?;
    }
    let (count, STRUCT) = thrift.list()? else {
        return None;
    };
    let mut depth = 0;
    // How many children each group on the way down still has.
    let mut open: Vec<u64> = Vec::new();
    for left in (0..count).rev() {
        let (mut children, mut number) = (0, 0);
        loop {
            match thrift.field(&mut number)? {
                STOP => break,
                I32 if number == 5 => children = u64::try_from(thrift.whole()?).ok()?,
                kind => thrift.skip(kind, DEEPEST_SKIPPED)?,
            }
        }
        if children > left {
            return None;
        }
        if let Some(siblings) = open.last_mut() {
            *siblings -= 1;
        }
        open.push(children);
        depth = depth.max(open.len());
        while open.last() == Some(&0) {
            open.pop();
        }
    }
    Some(depth)
}

/// Bytes of the compact protocol that are still to be read.
struct Thrift<'b>(&'b [u8]);

impl Thrift<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn pass(&mut self, len: usize) -> Option<()> {
        self.0 = self.0.get(len..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// A whole number with its sign in the last bit.
    fn whole(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The type of the next field of a struct, whose number goes on from the last one.
    fn field(&mut self, number: &mut i64) -> Option<u8> {
        let byte = self.byte()?;
        if byte == STOP {
            return Some(STOP);
        }
        *number = match byte >> 4 {
            0 => self.whole()?,
            further => number.checked_add(i64::from(further))?,
        };
        Some(byte & 0xf)
    }

    /// How many items a list has, and their type.
    fn list(&mut self) -> Option<(u64, u8)> {
        let byte = self.byte()?;
        let count = match byte >> 4 {
            15 => self.varint()?,
            count => u64::from(count),
        };
        Some((count, byte & 0xf))
    }

    /// Passes over a value of a type.
    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            // Truths lie in the type.
            1 | 2 => Some(()),
            3 => self.pass(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.pass(8),
            8 => {
                let len = usize::try_from(self.varint()?).ok()?;
                self.pass(len)
            }
            LIST | 10 => {
                let (count, kind) = self.list()?;
                (0..count).try_for_each(|_| self.skip_item(kind, depth))
            }
            11 => {
                let count = self.varint()?;
                let kinds = if count > 0 { self.byte()? } else { 0 };
                (0..count).try_for_each(|_| {
                    self.skip_item(kinds >> 4, depth)?;
                    self.skip_item(kinds & 0xf, depth)
                })
            }
            STRUCT => {
                let mut number = 0;
                loop {
                    match self.field(&mut number)? {
                        STOP => return Some(()),
                        kind => self.skip(kind, depth)?,
                    }
                }
            }
            16 => self.pass(16),
            _ => None,
        }
    }

    /// Passes over an item of a list, where a truth takes a byte.
    fn skip_item(&mut self, kind: u8, depth: usize) -> Option<()> {
        if matches!(kind, 1 | 2) {
            return self.pass(1);
        }
        self.skip(kind, depth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A footer whose schema has elements with so many children each.
    fn footer(children: &[u8]) -> Vec<u8> {
        // Version 1, then a list of structs.
        let mut bytes = vec![0x15, 2, 0x19, 0xfc, children.len() as u8];
        for count in children {
            // Its name, then its children.
            bytes.extend([0x48, 1, b'a', 0x15, count * 2, 0]);
        }
        bytes
    }

    #[test]
    fn a_schema_is_as_deep_as_its_groups_nest() {
        assert_eq!(depth_of_schema(&footer(&[0])), Some(1));
        assert_eq!(depth_of_schema(&footer(&[2, 0, 0])), Some(2));
        assert_eq!(depth_of_schema(&footer(&[2, 1, 0, 1, 1, 0])), Some(4));
        let mut deep = vec![1; 100];
        deep.push(0);
        assert_eq!(depth_of_schema(&footer(&deep)), Some(101));
        // More children than there are elements, or bytes that end.
        assert_eq!(depth_of_schema(&footer(&[3, 0, 0])), None);
        let whole = footer(&[2, 0, 0]);
        for len in 0..whole.len() {
            assert_eq!(depth_of_schema(&whole[..len]), None, "{len}");
        }
    }

    #[test]
    fn a_page_unpacks_to_no_more_than_it_can() {
        let page = |unpacked: &[u8], packed: u8| {
            let mut head = vec![0x15, 0, 0x15];
            head.extend(unpacked);
            head.extend([0x15, packed * 2, 0]);
            page_too_long(&head)
        };
        assert_eq!(page(&[40], 20), None);
        // Two gigabytes.
        let told = page(&[0xfe, 0xff, 0xff, 0xff, 0x0f], 60).unwrap();
        assert_eq!(told, "a page says that its 60 bytes unpack to 2147483647");
        assert_eq!(page_too_long(b"PAR1"), None);
        assert_eq!(page_too_long(b""), None);
    }
}
