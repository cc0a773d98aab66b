//! The little of Thrift's compact protocol that Parquet's headers need.
//! <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>

/// Types of items of a list.
pub(super) const WHOLE: u8 = 5;
pub(super) const TEXT: u8 = 8;
pub(super) const STRUCT: u8 = 12;

const TRUE: u8 = 1;
const LONG: u8 = 6;
const LIST: u8 = 9;

/// A structure being written; its fields come in the order of their numbers.
#[derive(Default)]
pub(super) struct Thrift {
    out: Vec<u8>,
    /// The number of the field before.
    last: u8,
}

impl Thrift {
    /// What was written.
    pub(super) fn bytes(self) -> Vec<u8> {
        self.out
    }

    /// What was written, with the structure's end.
    pub(super) fn end(mut self) -> Vec<u8> {
        self.out.push(0);
        self.out
    }

    /// A number without a sign, seven bits a byte, the lowest first.
    pub(super) fn varint(&mut self, mut x: u64) {
        while x > 0x7f {
            self.out.push(x as u8 | 0x80);
            x >>= 7;
        }
        self.out.push(x as u8);
    }

    fn field(&mut self, number: u8, of: u8) {
        self.out.push((number - self.last) << 4 | of);
        self.last = number;
    }

    /// A field of 32 bits.
    pub(super) fn whole(&mut self, number: u8, x: i64) {
        self.field(number, WHOLE);
        self.whole_item(x);
    }

    /// A field of 64 bits.
    pub(super) fn long(&mut self, number: u8, x: i64) {
        self.field(number, LONG);
        self.whole_item(x);
    }

    /// A field that is true.
    pub(super) fn truth(&mut self, number: u8) {
        self.field(number, TRUE);
    }

    /// A field of text.
    pub(super) fn text(&mut self, number: u8, text: &str) {
        self.field(number, TEXT);
        self.text_item(text);
    }

    /// A field that is a structure.
    pub(super) fn structure(&mut self, number: u8, fields: impl FnOnce(&mut Self)) {
        self.field(number, STRUCT);
        self.item(fields);
    }

    /// A field that is a list of so many items, which are to follow.
    pub(super) fn list(&mut self, number: u8, of: u8, len: usize) {
        self.field(number, LIST);
        if len < 15 {
            self.out.push((len as u8) << 4 | of);
        } else {
            self.out.push(0xf0 | of);
            self.varint(len as u64);
        }
    }

    /// A number in a list.
    pub(super) fn whole_item(&mut self, x: i64) {
        // The sign goes last, so that small numbers are short.
        self.varint((x << 1 ^ x >> 63) as u64);
    }

    /// A text in a list.
    pub(super) fn text_item(&mut self, text: &str) {
        self.varint(text.len() as u64);
        self.out.extend(text.as_bytes());
    }

    /// A structure in a list.
    pub(super) fn item(&mut self, fields: impl FnOnce(&mut Self)) {
        let before = std::mem::take(&mut self.last);
        fields(self);
        self.out.push(0);
        self.last = before;
    }
}
