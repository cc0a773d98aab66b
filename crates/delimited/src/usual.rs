//! What most cells are, many of a column at once: numbers, and texts that are nothing else.

use super::Block;

impl Block {
    /// Puts the numbers of a column behind `into`, from this record's on, as long as its cells are decimals; cells are ranges of
    /// `bytes`.
    pub fn decimals(&self, bytes: &[u8], column: usize, record: usize, into: &mut Vec<f64>) {
        for (from, to) in self.column_from(column, record) {
            let cell = bytes.get(from as usize..to as usize).unwrap_or_default();
            let Some(number) = decimal(cell).or_else(|| long_decimal(cell)) else {
                return;
            };
            into.push(number);
        }
    }

    /// Gives the texts of a column to `take`, from this record's on, as long as its cells are such ([`is_text`]), and says how many
    /// there were. Cells are ranges of bytes of which `text` begins at `from`.
    pub fn texts<'t>(
        &self,
        (text, from): (&'t str, u32),
        column: usize,
        record: usize,
        is_verbatim: bool,
        take: &mut dyn FnMut(&'t str),
    ) -> usize {
        let place = |at: u32| at.wrapping_sub(from) as usize;
        let mut count = 0;
        for (start, end) in self.column_from(column, record) {
            let cell = text.get(place(start)..place(end)).unwrap_or_default();
            if !is_text(cell.as_bytes(), is_verbatim) {
                break;
            }
            take(cell);
            count += 1;
        }
        count
    }
}

/// Whether a cell is surely a text as it stands: no number, truth, time or word for what is missing begins with its first
/// letter, or, where all are taken `verbatim` that are not missing, it is too long for such a word.
fn is_text(cell: &[u8], is_verbatim: bool) -> bool {
    let [first, ..] = cell else { return false };
    let first = first.to_ascii_lowercase();
    let is_of_words = matches!(first, b'f' | b'i' | b'n' | b't');
    // What blanks lie around is looked at more closely, and what an apostrophe stands before.
    let is_long = || cell.len() > 4 && first.is_ascii_alphanumeric();
    (first.is_ascii_lowercase() && !is_of_words)
        || (is_verbatim && is_long() && cell.last().is_some_and(u8::is_ascii_graphic))
}

/// The number of a short decimal, by the exact way of Clinger (1990): a whole number below 2^53 and a
/// power of ten up to 22 are floats without loss, so that one division or product rounds once. `None` for
/// all else, numbers or not.
pub fn decimal(bytes: &[u8]) -> Option<f64> {
    const POWERS: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];
    const EXACT: u64 = 1 << 53;
    let (is_negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    // Longer ones could overflow the mantissa.
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let mut mantissa = 0_u64;
    let mut at = 0;
    while let Some(digit) = digits
        .get(at)
        .map(|byte| byte.wrapping_sub(b'0'))
        .filter(|digit| *digit < 10)
    {
        mantissa = mantissa * 10 + u64::from(digit);
        at += 1;
    }
    if at == digits.len() {
        // A whole number.
        let size = mantissa as f64;
        return if mantissa < EXACT {
            Some(if is_negative { -size } else { size })
        } else {
            None
        };
    }
    let mut count = at;
    let mut exponent = 0_i32;
    if digits.get(at) == Some(&b'.') {
        let point = at + 1;
        at = point;
        while let Some(eight) = digits.get(at..at + 8).and_then(eight_digits) {
            mantissa = mantissa * 100_000_000 + eight;
            at += 8;
        }
        while let Some(digit) = digits
            .get(at)
            .map(|byte| byte.wrapping_sub(b'0'))
            .filter(|digit| *digit < 10)
        {
            mantissa = mantissa * 10 + u64::from(digit);
            at += 1;
        }
        count += at - point;
        exponent = point as i32 - at as i32;
    }
    if count == 0 {
        return None;
    }
    if let Some(b'e' | b'E') = digits.get(at) {
        let (sign, power) = match digits.get(at + 1..)? {
            [b'-', power @ ..] => (-1, power),
            [b'+', power @ ..] | power => (1, power),
        };
        if power.is_empty() || power.len() > 3 || !power.iter().all(u8::is_ascii_digit) {
            return None;
        }
        exponent += sign
            * power
                .iter()
                .fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0'));
        at = digits.len();
    }
    if at != digits.len() || mantissa >= EXACT {
        return None;
    }
    let power = POWERS.get(exponent.unsigned_abs() as usize)?;
    let size = if exponent < 0 {
        mantissa as f64 / power
    } else {
        mantissa as f64 * power
    };
    Some(if is_negative { -size } else { size })
}

/// The number of a decimal with a point whose digits are more than [`decimal`] can take, as programs print floats; `None` for all
/// else, numbers or not.
fn long_decimal(bytes: &[u8]) -> Option<f64> {
    /// A sign, 17 digits and some zeros before them, a point, an exponent.
    const LONGEST: usize = 32;
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'e');
    if bytes.len() > LONGEST || !bytes.contains(&b'.') || !bytes.iter().all(is_part) {
        return None;
    }
    // The greatest float may stand for infinity, and `1.5e999` for a name.
    let number: f64 = std::str::from_utf8(bytes).ok()?.parse().ok()?;
    (number.abs() < 1e300).then_some(number)
}

/// The number that eight digits spell, all at once; `None` where one of them is none.
#[inline]
fn eight_digits(bytes: &[u8]) -> Option<u64> {
    let word = u64::from_le_bytes(bytes.try_into().ok()?);
    let digits = word.wrapping_sub(0x3030_3030_3030_3030);
    // A byte below `0` borrows, one above `9` reaches the high bit.
    let outside = (word.wrapping_add(0x4646_4646_4646_4646) | digits) & 0x8080_8080_8080_8080;
    if outside != 0 {
        return None;
    }
    let pairs = (digits * 10 + (digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    Some((fours * 10_000 + (fours >> 32)) & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_of_a_column_end_where_another_cell_stands() {
        let bytes = b"1.5,0.12345678901234567,,2,x";
        let ends = [(0, 3), (4, 23), (24, 24), (25, 26), (27, 28)];
        let mut block = Block::default();
        for (at, cell) in ends.into_iter().enumerate() {
            block.cells.push(cell);
            block.records.push((at as u32 + 1, at as u64 + 1));
        }
        let from = |record: usize| {
            let mut into = vec![7.0];
            block.decimals(bytes, 0, record, &mut into);
            into.split_off(1)
        };
        assert_eq!(from(0), [1.5, 0.123_456_789_012_345_67]);
        assert_eq!(from(1), [0.123_456_789_012_345_67]);
        assert_eq!((from(2), from(3), from(4)), (vec![], vec![2.0], vec![]));
        assert!(from(5).is_empty());
        // Records are too short for a second column.
        let mut into = Vec::new();
        block.decimals(bytes, 1, 0, &mut into);
        assert!(into.is_empty());
        for text in ["1.5e-300", "-8.123456789012345e-05", "123456789.123456789"] {
            assert_eq!(long_decimal(text.as_bytes()), text.parse().ok(), "{text}");
        }
        for text in [
            "12345678901234567890",
            "1.7e+308",
            "1.7976931348623157e308",
            "1.5e999",
            "1.2.3",
            "-",
            "1.5e",
            "nan.",
            "",
        ] {
            assert_eq!(long_decimal(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn texts_end_where_a_cell_may_be_something_else() {
        for text in ["adam", "user5", "Relu", "x", "b 1 "] {
            assert!(
                is_text(text.as_bytes(), false) && is_text(text.as_bytes(), true),
                "{text}"
            );
        }
        for text in [
            "", "n/a", "true", "NA", "inf", "1", "-", "'=1", " a", "é", "#N/A",
        ] {
            assert!(
                !is_text(text.as_bytes(), false) && !is_text(text.as_bytes(), true),
                "{text}"
            );
        }
        for text in ["0001abcd", "false2", "16b04509"] {
            assert!(
                !is_text(text.as_bytes(), false) && is_text(text.as_bytes(), true),
                "{text}"
            );
        }
    }

    #[test]
    fn short_decimals_are_what_the_standard_library_reads() {
        arbtest::arbtest(|u| {
            let mut text = String::new();
            for _ in 0..u.int_in_range(0..=21)? {
                text.push(*u.choose(&['0', '1', '5', '9', '.', '-', 'e', '3', '7', '0', '2'])?);
            }
            if let Some(x) = decimal(text.as_bytes()) {
                assert_eq!(
                    text.parse::<f64>().unwrap().to_bits(),
                    x.to_bits(),
                    "{text}"
                );
            }
            Ok(())
        });
        for (text, want) in [
            ("1e-3", 0.001),
            ("-0", -0.0),
            ("0.3588368013", 0.358_836_801_3),
            ("12.", 12.0),
            (".5", 0.5),
        ] {
            assert_eq!(
                decimal(text.as_bytes()).unwrap().to_bits(),
                f64::to_bits(want),
                "{text}"
            );
        }
        for text in [
            "",
            "-",
            ".",
            "e5",
            "1e",
            "1e+",
            "1-2",
            "1.2.3",
            " 1",
            "99999999999999999999",
        ] {
            assert_eq!(decimal(text.as_bytes()), None, "{text}");
        }
    }
}
