//! JSON as trackers write it: arrays, lines, and the bare tokens `NaN`, `Infinity`, `-Infinity` that
//! Python adds to it.
//!
//! Those tokens are no JSON, so a pass before the parser puts a marked string in their place (U+0001
//! and the word, which no file has by chance), and [`scalar`] turns it back into the number. Values are
//! read one at a time: an array of any length needs memory for one element.

use crate::ledger::{RunSink, ValueRef, parse_number, time};
use crate::source::{File, text};
use serde::de::{DeserializeSeed, Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};
use std::fmt;
use std::io::{self, Read};

/// Marks a string that stands for a bare token.
const MARK: char = '\u{1}';

/// How deep objects are flattened; what lies deeper is kept as text.
const DEPTH: usize = 6;

/// How many fields one object may be flattened to; further ones are left out.
const FIELDS: usize = 5000;

/// How many items of a list become fields; a longer list is kept as text.
const LIST_ITEMS: usize = 32;

/// Which records a JSON text holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// One array of them.
    Array,
    /// One value after another, usually a line each.
    Lines,
}

/// Puts marked strings in the place of bare tokens that are no JSON.
struct Tolerant<R> {
    reader: R,
    in_string: bool,
    escaped: bool,
    /// Letters (with a sign) that may be a token; not yet passed on.
    word: Vec<u8>,
    ready: Vec<u8>,
    at: usize,
    piece: Vec<u8>,
}

impl<R: Read> Tolerant<R> {
    fn new(reader: R) -> Self {
        let piece = vec![0; 1 << 18];
        Self {
            reader,
            in_string: false,
            escaped: false,
            word: Vec::new(),
            ready: Vec::new(),
            at: 0,
            piece,
        }
    }

    fn end_word(&mut self) {
        let marked: Option<&[u8]> = match self.word.as_slice() {
            b"NaN" | b"nan" | b"-NaN" => Some(b"\"\\u0001NaN\""),
            b"Infinity" | b"inf" | b"+Infinity" => Some(b"\"\\u0001Infinity\""),
            b"-Infinity" | b"-inf" => Some(b"\"\\u0001-Infinity\""),
            b"None" => Some(b"null"),
            _ => None,
        };
        match marked {
            Some(marked) => self.ready.extend_from_slice(marked),
            None => self.ready.extend_from_slice(&self.word),
        }
        self.word.clear();
    }

    fn refill(&mut self) -> io::Result<bool> {
        self.ready.clear();
        self.at = 0;
        let mut piece = std::mem::take(&mut self.piece);
        let got = self.reader.read(&mut piece)?;
        for &byte in &piece[..got] {
            if self.in_string {
                self.ready.push(byte);
                if self.escaped {
                    self.escaped = false;
                } else if byte == b'\\' {
                    self.escaped = true;
                } else if byte == b'"' {
                    self.in_string = false;
                }
            } else if byte.is_ascii_alphabetic()
                || (matches!(byte, b'-' | b'+') && self.word.is_empty())
            {
                // A word longer than any token is passed on as it is.
                if self.word.len() > 16 {
                    self.end_word();
                }
                self.word.push(byte);
            } else {
                if !self.word.is_empty() {
                    self.end_word();
                }
                self.in_string = byte == b'"';
                self.ready.push(byte);
            }
        }
        if got == 0 && !self.word.is_empty() {
            self.end_word();
        }
        self.piece = piece;
        Ok(got > 0 || !self.ready.is_empty())
    }
}

impl<R: Read> Read for Tolerant<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() {
            if !self.refill()? {
                return Ok(0);
            }
        }
        let count = to.len().min(self.ready.len() - self.at);
        to[..count].copy_from_slice(&self.ready[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// The first values of a text: elements of its array, else values after one another. A text that is cut
/// gives those that are whole.
pub(super) fn first_values(text: &str, most: usize) -> Vec<Json> {
    let mut found = Vec::new();
    let mut keep = |value: Json| {
        found.push(value);
        found.len() < most
    };
    // An end in the middle is how a head ends.
    let _ended = match layout(text.as_bytes()) {
        Layout::Array => each_element(Tolerant::new(text.as_bytes()), &mut keep),
        Layout::Lines => each_value(Tolerant::new(text.as_bytes()), &mut keep),
    };
    found
}

/// Calls `take` for every record of a file with its place (`record 3`), in order. What does not parse is
/// told to the sink.
pub(super) fn for_each(
    file: &dyn File,
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
    take: &mut dyn FnMut(&Json, &str, &mut RunSink<'_>),
) {
    let Ok((head, _)) = text::head(file) else {
        return;
    };
    let reader = match text::open(file, on_bytes) {
        Ok(reader) => reader,
        Err(error) => {
            sink.problem(
                "source/cannot-read",
                "",
                &error.to_string(),
                "the file was not read",
            );
            return;
        }
    };
    let mut number = 0;
    let ended = {
        let mut each = |value: Json| {
            number += 1;
            take(&value, &format!("record {number}"), sink);
            true
        };
        match layout(&head) {
            Layout::Array => each_element(Tolerant::new(reader), &mut each),
            Layout::Lines => return each_line(reader, sink, take),
        }
    };
    if let Err(error) = ended {
        let place = format!("after record {number}, line {}", error.line());
        sink.problem(
            "json/broken",
            &place,
            &reason(&error),
            "what follows was not read",
        );
    }
}

/// Lines, each a value of its own, so that a broken one costs only itself; values over several lines
/// are gathered until they are whole.
fn each_line(
    reader: impl Read,
    sink: &mut RunSink<'_>,
    take: &mut dyn FnMut(&Json, &str, &mut RunSink<'_>),
) {
    use std::io::BufRead as _;
    /// Longest value that is gathered over lines.
    const GATHERED: usize = 64 << 20;
    let mut lines = io::BufReader::with_capacity(1 << 20, reader);
    let (mut number, mut from) = (0_u64, 0_u64);
    let mut value = Vec::new();
    loop {
        let before = value.len();
        match lines.read_until(b'\n', &mut value) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                sink.problem(
                    "source/cannot-read",
                    &format!("line {}", number + 1),
                    &error.to_string(),
                    "reading stopped here",
                );
                break;
            }
        }
        number += 1;
        if before == 0 {
            from = number;
        }
        if value.iter().all(u8::is_ascii_whitespace) {
            value.clear();
            continue;
        }
        match parse_tolerant(&value) {
            Ok(json) => {
                take(&json, &format!("line {from}"), sink);
                value.clear();
            }
            // The value may go on in the next line: only if it is an object that is not closed.
            Err(error)
                if error.is_eof() && value.len() < GATHERED && !starts_record(&mut lines) => {}
            Err(error) => {
                sink.problem(
                    "json/broken-line",
                    &format!("line {from}"),
                    &reason(&error),
                    "line skipped",
                );
                value.clear();
            }
        }
    }
    if !value.iter().all(u8::is_ascii_whitespace) {
        sink.problem(
            "json/cut-off",
            &format!("line {from}"),
            "the file ends in the middle of a value",
            "the value was left out",
        );
    }
}

/// A value, strictly where that will do: bare tokens are rare, and looking for them costs as much as parsing.
fn parse_tolerant(value: &[u8]) -> Result<Json, serde_json::Error> {
    match serde_json::from_slice(value) {
        Err(error) if error.is_syntax() => {
            serde_json::from_reader(Tolerant::new(value)).map_err(|_again| error)
        }
        parsed => parsed,
    }
}

/// Whether the next line begins a record of its own, so that the one before it is broken and not long.
fn starts_record(lines: &mut impl io::BufRead) -> bool {
    lines.fill_buf().is_ok_and(|next| next.starts_with(b"{\""))
}

fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    format!(
        "it is no JSON: {}",
        text.split(" at line ").next().unwrap_or(&text)
    )
}

fn layout(head: &[u8]) -> Layout {
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
    let second = head
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .nth(1);
    // An array of arrays is one record a line (BOHB's files): each line is an array of its own.
    if first == Some(&b'[') && second != Some(&b'[') {
        Layout::Array
    } else {
        Layout::Lines
    }
}

fn each_value(
    reader: impl Read,
    take: &mut dyn FnMut(Json) -> bool,
) -> Result<(), serde_json::Error> {
    for value in serde_json::Deserializer::from_reader(reader).into_iter::<Json>() {
        if !take(value?) {
            break;
        }
    }
    Ok(())
}

fn each_element(
    reader: impl Read,
    take: &mut dyn FnMut(Json) -> bool,
) -> Result<(), serde_json::Error> {
    struct Elements<'a>(&'a mut dyn FnMut(Json) -> bool);
    impl<'de> Visitor<'de> for Elements<'_> {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
            while let Some(element) = elements.next_element::<Json>()? {
                if !(self.0)(element) {
                    while elements.next_element::<IgnoredAny>()?.is_some() {}
                }
            }
            Ok(())
        }
    }
    serde_json::Deserializer::from_reader(io::BufReader::new(reader))
        .deserialize_seq(Elements(take))
}

/// Calls `take` for the members of the object under `key` at the top of a file, or for the elements of
/// the array there; says whether there was such a key.
pub(super) fn for_each_under(
    file: &dyn File,
    key: &str,
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
    take: &mut dyn FnMut(&Json, &str, &mut RunSink<'_>),
) -> bool {
    struct Under<'a>(&'a str, &'a mut dyn FnMut(Json) -> bool);
    struct Inner<'a>(&'a mut dyn FnMut(Json) -> bool);
    impl<'de> DeserializeSeed<'de> for Inner<'_> {
        type Value = ();
        fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_any(self)
        }
    }
    impl<'de> Visitor<'de> for Inner<'_> {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array or object")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
            while let Some(element) = elements.next_element::<Json>()? {
                (self.0)(element);
            }
            Ok(())
        }
        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
            while let Some((_, member)) = members.next_entry::<String, Json>()? {
                (self.0)(member);
            }
            Ok(())
        }
    }
    impl<'de> Visitor<'de> for Under<'_> {
        type Value = bool;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<bool, A::Error> {
            let mut found = false;
            while let Some(name) = members.next_key::<String>()? {
                if name == self.0 && !found {
                    found = true;
                    members.next_value_seed(Inner(&mut *self.1))?;
                } else {
                    members.next_value::<IgnoredAny>()?;
                }
            }
            Ok(found)
        }
    }
    let Ok(reader) = text::open(file, on_bytes) else {
        return false;
    };
    let mut number = 0;
    let mut each = |value: Json| {
        number += 1;
        take(&value, &format!("record {number}"), sink);
        true
    };
    let mut parser =
        serde_json::Deserializer::from_reader(io::BufReader::new(Tolerant::new(reader)));
    match parser.deserialize_map(Under(key, &mut each)) {
        Ok(found) => found,
        Err(error) => {
            let place = format!("after record {number}, line {}", error.line());
            sink.problem(
                "json/broken",
                &place,
                &reason(&error),
                "what follows was not read",
            );
            number > 0
        }
    }
}

/// The value of a leaf: numbers as numbers, marked tokens as the numbers they stand for, numbers in text
/// as numbers, times in text as text (columns of times are recognised as a whole).
pub(super) fn scalar(json: &Json) -> ValueRef<'_> {
    match json {
        Json::Null | Json::Array(_) | Json::Object(_) => ValueRef::Missing,
        Json::Bool(b) => ValueRef::Bool(*b),
        Json::Number(number) => number.as_f64().map_or(ValueRef::Missing, ValueRef::Number),
        Json::String(text) => match text.strip_prefix(MARK) {
            Some(token) => parse_number(token).map_or(ValueRef::Text(text), ValueRef::Number),
            None if text.is_empty() => ValueRef::Missing,
            None => parse_number(text).map_or(ValueRef::Text(text), ValueRef::Number),
        },
    }
}

/// Unix milliseconds of a leaf: text, a number of seconds or milliseconds, or `{"$date": …}`.
pub(super) fn millis(json: &Json) -> Option<i64> {
    match json {
        Json::Object(object) => millis(object.get("$date")?),
        Json::String(text) => time::parse_millis(text),
        _ => super::rows::millis_of(scalar(json)),
    }
}

/// Calls `take` for every leaf of an object with its path, `a.b`, `a.0`. What is too deep or too long is
/// given as JSON text; whole numbers beyond what a float holds are given as text.
pub(super) fn flatten(object: &Map<String, Json>, take: &mut dyn FnMut(&str, ValueRef<'_>)) {
    let mut left = FIELDS;
    for (key, value) in object {
        flatten_into(key, value, DEPTH, &mut left, take);
    }
}

fn flatten_into(
    path: &str,
    value: &Json,
    depth: usize,
    left: &mut usize,
    take: &mut dyn FnMut(&str, ValueRef<'_>),
) {
    if *left == 0 {
        return;
    }
    match value {
        Json::Object(inner) if !inner.is_empty() && depth > 0 => {
            for (key, value) in inner {
                flatten_into(&format!("{path}.{key}"), value, depth - 1, left, take);
            }
        }
        Json::Array(items) if !items.is_empty() && items.len() <= LIST_ITEMS && depth > 0 => {
            for (at, item) in items.iter().enumerate() {
                flatten_into(&format!("{path}.{at}"), item, depth - 1, left, take);
            }
        }
        Json::Object(_) | Json::Array(_) => {
            *left -= 1;
            take(path, ValueRef::Text(&unmarked(value)));
        }
        Json::Number(number) if is_too_long(number) => {
            *left -= 1;
            take(path, ValueRef::Text(&number.to_string()));
        }
        leaf => {
            *left -= 1;
            take(path, scalar(leaf));
        }
    }
}

/// JSON text with bare tokens as they were.
fn unmarked(value: &Json) -> String {
    let text = value.to_string();
    let marked = |token: &str| format!("\"\\u0001{token}\"");
    ["NaN", "Infinity", "-Infinity"]
        .iter()
        .fold(text, |text, token| text.replace(&marked(token), token))
}

fn is_too_long(number: &serde_json::Number) -> bool {
    const EXACT: u64 = 1 << 53;
    number.as_u64().is_some_and(|x| x > EXACT)
        || number.as_i64().is_some_and(|x| x.unsigned_abs() > EXACT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_tokens_are_numbers_and_quoted_ones_are_what_their_text_spells() {
        let values = first_values(
            r#"[{"a": NaN, "b": -Infinity, "c": "x NaN y", "d": [Infinity, null], "e": "say \"NaN\""}]"#,
            9,
        );
        let mut got = Vec::new();
        flatten(values[0].as_object().unwrap(), &mut |path, value| {
            got.push(format!("{path}={value}"));
        });
        assert_eq!(
            got,
            [
                "a=NaN",
                "b=-Infinity",
                "c=x NaN y",
                "d.0=Infinity",
                "d.1=",
                "e=say \"NaN\""
            ]
        );
    }

    #[test]
    fn a_cut_head_gives_what_is_whole() {
        assert_eq!(first_values(r#"[{"a": 1}, {"a": 2}, {"a"#, 9).len(), 2);
        assert_eq!(first_values("{\"a\": 1}\n{\"a\": 2}\n{\"a", 9).len(), 2);
    }

    #[test]
    fn depth_and_length_are_bounded() {
        let deep = format!("{}1{}", "{\"a\":".repeat(100), "}".repeat(100));
        let values = first_values(&deep, 1);
        let mut paths = Vec::new();
        flatten(values[0].as_object().unwrap(), &mut |path, _| {
            paths.push(path.to_owned());
        });
        assert_eq!(paths, ["a.a.a.a.a.a.a"]);
        let too_deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(first_values(&too_deep, 1).is_empty());
    }
}
