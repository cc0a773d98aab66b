//! What the crate `parquet` calls of the crate `num-bigint`: see the README.

use std::fmt;

/// Which side of 0 a number is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Below.
    Minus,
    /// It is 0.
    NoSign,
    /// Above.
    Plus,
}

/// A whole number of any size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BigInt {
    is_negative: bool,
    /// Its distance from 0, the highest byte first.
    magnitude: Vec<u8>,
}

impl BigInt {
    /// From two's complement, the highest byte first; no byte is 0.
    pub fn from_signed_bytes_be(bytes: &[u8]) -> Self {
        let is_negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
        let mut magnitude = bytes.to_vec();
        if is_negative {
            let mut carries = true;
            for byte in magnitude.iter_mut().rev() {
                let (negated, overflows) = (!*byte).overflowing_add(u8::from(carries));
                (*byte, carries) = (negated, overflows);
            }
        }
        Self {
            is_negative,
            magnitude,
        }
    }

    /// Its sign.
    pub fn sign(&self) -> Sign {
        if self.is_negative {
            Sign::Minus
        } else if self.magnitude.iter().all(|byte| *byte == 0) {
            Sign::NoSign
        } else {
            Sign::Plus
        }
    }
}

impl fmt::Display for BigInt {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = self.magnitude.clone();
        // The lowest first.
        let mut digits = Vec::new();
        while left.iter().any(|byte| *byte != 0) {
            let mut rest = 0;
            for byte in &mut left {
                let above = rest << 8 | u32::from(*byte);
                (*byte, rest) = ((above / 10) as u8, above % 10);
            }
            digits.push(b'0' + rest as u8);
        }
        if self.is_negative {
            to.write_str("-")?;
        }
        if digits.is_empty() {
            digits.push(b'0');
        }
        digits
            .iter()
            .rev()
            .try_for_each(|digit| fmt::Write::write_char(to, char::from(*digit)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_i128() {
        let edges = [0, 1, -1, 9, 10, -10, 127, 128, -128, -129, 255, 256, -256];
        let far = [
            i128::MAX,
            i128::MIN,
            i128::MAX - 1,
            10_i128.pow(30),
            -(10_i128.pow(30)),
        ];
        for x in edges.into_iter().chain(far) {
            let number = BigInt::from_signed_bytes_be(&x.to_be_bytes());
            assert_eq!(number.to_string(), x.to_string());
            let sign = [Sign::Minus, Sign::NoSign, Sign::Plus][(x.signum() + 1) as usize];
            assert_eq!(number.sign(), sign);
        }
        let of = |bytes: &[u8]| BigInt::from_signed_bytes_be(bytes).to_string();
        assert_eq!(
            (of(&[]), of(&[0x80]), of(&[0, 0xff])),
            ("0".into(), "-128".into(), "255".into())
        );
        // 2^200, as Python has it.
        let mut bytes = vec![1];
        bytes.extend([0; 25]);
        assert_eq!(
            of(&bytes),
            "1606938044258990275541962092341162602522202993782792835301376"
        );
    }
}
