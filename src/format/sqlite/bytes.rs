//! Numbers in bytes, each only where it is there whole.

/// Two bytes, greatest first.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let found = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_be_bytes(*found))
}

/// Four bytes, greatest first.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let found = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*found))
}

/// A whole number of up to nine bytes, of seven bits each but for the ninth, and how many they are.
pub(super) fn varint_at(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0;
    for (place, byte) in bytes.get(at..)?.iter().take(9).enumerate() {
        if place == 8 {
            return Some((value << 8 | u64::from(*byte), 9));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, place + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_are_whole_or_none() {
        let check = |bytes: &[u8], want| assert_eq!(varint_at(bytes, 0), want, "{bytes:02x?}");
        check(&[0x00], Some((0, 1)));
        check(&[0x7f, 0xff], Some((127, 1)));
        check(&[0x81, 0x00], Some((128, 2)));
        check(&[0xff; 9], Some((u64::MAX, 9)));
        check(&[0xff; 8], None);
        check(&[], None);
    }
}
