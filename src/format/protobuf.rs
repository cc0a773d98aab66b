//! Protocol buffers as they are on the wire: <https://protobuf.dev/programming-guides/encoding>.
//!
//! Trackers' logs use a dozen messages of which a few fields matter; generated code would be larger and
//! slower than going through the fields. What is damaged ends a message early.

/// A field's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Field<'a> {
    /// A number of up to ten bytes, seven bits each.
    Varint(u64),
    /// Eight bytes, the least first.
    Fixed64(u64),
    /// A text, bytes, a message, or packed numbers.
    Bytes(&'a [u8]),
    /// Four bytes, the least first.
    Fixed32(u32),
}

impl<'a> Field<'a> {
    /// The bytes; empty where it is a number.
    pub(super) fn bytes(self) -> &'a [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            _ => &[],
        }
    }

    /// The text; damaged letters are replaced.
    pub(super) fn text(self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }

    /// A message's fields.
    pub(super) fn message(self) -> Fields<'a> {
        Fields(self.bytes())
    }

    /// A whole number.
    pub(super) fn whole(self) -> i64 {
        match self {
            Self::Varint(x) | Self::Fixed64(x) => x as i64,
            Self::Fixed32(x) => i64::from(x as i32),
            Self::Bytes(_) => 0,
        }
    }

    /// A float of either size.
    pub(super) fn float(self) -> f64 {
        match self {
            Self::Fixed64(bits) => f64::from_bits(bits),
            Self::Fixed32(bits) => f64::from(f32::from_bits(bits)),
            Self::Varint(x) => x as f64,
            Self::Bytes(_) => f64::NAN,
        }
    }
}

/// The fields of a message, in their order.
#[derive(Clone, Debug)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    /// The last field of this number: later ones win.
    pub(super) fn get(&self, number: u32) -> Option<Field<'a>> {
        self.clone()
            .filter(|(known, _)| *known == number)
            .last()
            .map(|(_, field)| field)
    }

    /// All fields of this number.
    pub(super) fn all(&self, number: u32) -> impl Iterator<Item = Field<'a>> + use<'a> {
        self.clone()
            .filter(move |(known, _)| *known == number)
            .map(|(_, field)| field)
    }

    /// The text of a field; empty where there is none.
    pub(super) fn text(&self, number: u32) -> String {
        self.get(number).map(Field::text).unwrap_or_default()
    }

    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for (at, byte) in self.0.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f)
                .checked_shl(7 * at as u32)
                .unwrap_or(0);
            if byte & 0x80 == 0 {
                self.0 = &self.0[at + 1..];
                return Some(value);
            }
        }
        None
    }

    fn field(&mut self) -> Option<(u32, Field<'a>)> {
        let key = self.varint()?;
        let number = u32::try_from(key >> 3).ok()?;
        let field = match key & 7 {
            0 => Field::Varint(self.varint()?),
            1 => Field::Fixed64(u64::from_le_bytes(self.take(8)?.try_into().ok()?)),
            2 => {
                let len = usize::try_from(self.varint()?).ok()?;
                Field::Bytes(self.take(len)?)
            }
            5 => Field::Fixed32(u32::from_le_bytes(self.take(4)?.try_into().ok()?)),
            // Groups are of a time before all of these formats.
            _ => return None,
        };
        Some((number, field))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u32, Field<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.field();
        if found.is_none() {
            self.0 = &[];
        }
        found
    }
}

/// A signed number as `sint64` stores it.
pub(super) fn zigzag(x: u64) -> i64 {
    (x >> 1) as i64 ^ -((x & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_in_order_and_damage_ends_them() {
        let bytes = [
            0x08, 0x96, 0x01, 0x12, 0x02, b'h', b'i', 0x1d, 0, 0, 0x80, 0x3f, 0x21, 0, 0, 0, 0, 0,
            0, 0xf0, 0x3f,
        ];
        let fields: Vec<_> = Fields(&bytes).collect();
        assert_eq!(
            fields,
            [
                (1, Field::Varint(150)),
                (2, Field::Bytes(b"hi")),
                (3, Field::Fixed32(0x3f80_0000)),
                (4, Field::Fixed64(0x3ff0_0000_0000_0000)),
            ]
        );
        assert_eq!(Fields(&bytes).get(3).map(Field::float), Some(1.0));
        for len in 0..bytes.len() {
            assert!(Fields(&bytes[..len]).count() <= 4);
        }
        assert_eq!(Fields(&[0xff; 40]).count(), 0);
        assert_eq!((zigzag(1), zigzag(2), zigzag(0)), (-1, 1, 0));
    }
}
