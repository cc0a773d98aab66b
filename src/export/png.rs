//! Pixels as a PNG, at an address that carries it: <https://www.w3.org/TR/png-3/>.

use flate2::write::GzEncoder;
use flate2::{Compression, Crc};
use std::io::Write as _;

/// What gzip writes before and after what it packs.
const GZIP: (usize, usize) = (10, 8);

/// The letters of base64.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The address of a picture of so many pixels a row, each of four bytes: red, green, blue, opacity. None where there are none.
pub fn address(width: usize, rgba: &[u8]) -> Option<String> {
    let row = width.checked_mul(4).filter(|row| *row > 0)?;
    let height = u32::try_from(rgba.len() / row).ok()?;
    let width = u32::try_from(width).ok().filter(|_| height > 0)?;
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    // Eight bits each of colour and opacity; rows as they are.
    head.extend([8, 6, 0, 0, 0]);
    let mut file = Vec::from(*b"\x89PNG\r\n\x1a\n");
    chunk(*b"IHDR", &head, &mut file);
    chunk(*b"IDAT", &packed(rgba, row)?, &mut file);
    chunk(*b"IEND", &[], &mut file);
    let mut address = String::from("data:image/png;base64,");
    spell(&file, &mut address);
    Some(address)
}

fn chunk(kind: [u8; 4], bytes: &[u8], file: &mut Vec<u8>) {
    file.extend((bytes.len() as u32).to_be_bytes());
    file.extend(kind);
    file.extend(bytes);
    let mut crc = Crc::new();
    crc.update(&kind);
    crc.update(bytes);
    file.extend(crc.sum().to_be_bytes());
}

/// The rows, each after the number of its filter, in zlib's frame. Gzip packs in the same way and is in the program already.
fn packed(rgba: &[u8], row: usize) -> Option<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    // Of Adler-32: the sum of all bytes, and that of those sums.
    let (mut a, mut b) = (1_u32, 0_u32);
    for line in rgba.chunks_exact(row) {
        for part in [&[0], line] {
            gzip.write_all(part).ok()?;
            for byte in part {
                a = (a + u32::from(*byte)) % 65521;
                b = (b + a) % 65521;
            }
        }
    }
    let gzip = gzip.finish().ok()?;
    let mut zlib = vec![0x78, 0x01];
    zlib.extend(gzip.get(GZIP.0..gzip.len().checked_sub(GZIP.1)?)?);
    zlib.extend((b << 16 | a).to_be_bytes());
    Some(zlib)
}

/// In letters of base64.
fn spell(bytes: &[u8], out: &mut String) {
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
            out.push(if at > three.len() { '=' } else { letter.into() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::ZlibDecoder;
    use std::io::Read as _;

    #[test]
    fn letters_are_as_others_write_them() {
        for (bytes, letters) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foobar", "Zm9vYmFy"),
        ] {
            let mut out = String::new();
            spell(bytes.as_bytes(), &mut out);
            assert_eq!(out, letters);
        }
    }

    #[test]
    fn pixels_come_back() {
        let rgba: Vec<u8> = (0..3 * 5 * 4).map(|at| (at * 37 % 256) as u8).collect();
        let packed = packed(&rgba, 12).unwrap();
        let mut lines = Vec::new();
        // It checks the sum.
        ZlibDecoder::new(&*packed).read_to_end(&mut lines).unwrap();
        let expected: Vec<u8> = rgba
            .chunks(12)
            .flat_map(|row| [&[0], row].concat())
            .collect();
        assert_eq!(lines, expected);
        // By another program: file says "PNG image data, 3 x 5, 8-bit/color RGBA".
        let address = address(3, &rgba).unwrap();
        assert!(
            address.starts_with("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAMAAAAFCAYAAAC")
        );
        assert_eq!(super::address(0, &rgba), None);
        assert_eq!(super::address(3, &rgba[..11]), None);
    }
}
