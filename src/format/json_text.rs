//! JSON as trackers write it: arrays, lines, and the bare tokens `NaN`, `Infinity`, `-Infinity` that
//! Python adds to it; numbers beyond what a float holds, as pandas writes of infinities that a database keeps.
//!
//! Those tokens are no JSON, so a pass before the parser puts a marked string in their place (U+0001
//! and the word, which no file has by chance), and [`scalar`] turns it back into the number. Values are
//! read one at a time: an array of any length needs memory for one element.

use super::json_lines::{Settled, each_line};
use crate::ledger::{RunSink, ValueRef, parse_number};
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
const FIELDS: isize = 5000;

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
    /// Letters and digits that may be a token; not yet passed on.
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
            word if word.len() > SHORTEST_OVERFLOW => overflow(word),
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
            } else if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.') {
                // A word longer than any token is passed on as it is.
                if self.word.len() > LONGEST_WORD {
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

/// What is longer than any number that programs write.
const LONGEST_WORD: usize = 400;

/// `1e309` is longer than this.
const SHORTEST_OVERFLOW: usize = 4;

/// The token for a number beyond all floats.
fn overflow(word: &[u8]) -> Option<&'static [u8]> {
    let number: f64 = std::str::from_utf8(word).ok()?.parse().ok()?;
    let is_spelt = word.last().is_some_and(u8::is_ascii_digit) && number.is_infinite();
    is_spelt.then_some(if number > 0.0 {
        b"\"\\u0001Infinity\""
    } else {
        b"\"\\u0001-Infinity\""
    })
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
    first_of(text.as_bytes(), text.as_bytes(), &mut keep);
    found
}

/// The first values of a file, however large they are.
pub(super) fn first_values_of(file: &dyn File, most: usize) -> Vec<Json> {
    let mut found = Vec::new();
    let mut ignore = |_| {};
    if let (Ok((head, _)), Ok(reader)) = (text::head(file), text::open(file, &mut ignore)) {
        first_of(&head, reader, &mut |value| {
            found.push(value);
            found.len() < most
        });
    }
    found
}

fn first_of(head: &[u8], reader: impl Read, keep: &mut dyn FnMut(Json) -> bool) {
    match layout(head) {
        Layout::Array => {
            // An end in the middle is how a head ends.
            let _ended = each_element(Tolerant::new(reader), keep);
        }
        Layout::Lines => {
            each_line(reader, 0, &mut |(.., found)| found.map_or(true, &mut *keep));
        }
    }
}

/// Calls `take` for every record of a file with its place (`record 3`), in order. What does not parse is
/// told to the sink.
pub(super) fn for_each(
    file: &dyn File,
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
    take: &mut dyn FnMut(&Json, &str, &mut RunSink<'_>),
) {
    for_each_after(file, &mut Settled::default(), sink, on_bytes, take);
}

/// As [`for_each`], for what comes after lines that are `settled`, which it moves on. What was wrong in those is told again.
pub(super) fn for_each_after(
    file: &dyn File,
    settled: &mut Settled,
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
    take: &mut dyn FnMut(&Json, &str, &mut RunSink<'_>),
) {
    let Ok((head, _)) = text::head(file) else {
        return;
    };
    let from = settled.bytes;
    let mut on_bytes = |read| on_bytes(from + read);
    if from == 0 && file.kept().is_some() {
        // Of what is blank it is not known what it begins.
        settled.is_lost = head.iter().all(u8::is_ascii_whitespace) || !text::is_plain(file);
    }
    let reader: io::Result<Box<dyn Read + '_>> = if from > 0 {
        text::open_at(file, from, &mut on_bytes).map(|reader| Box::new(reader) as _)
    } else {
        text::open(file, &mut on_bytes).map(|reader| Box::new(reader) as _)
    };
    let reader = match reader {
        Ok(reader) => reader,
        Err(error) => {
            sink.source().problems.absorb(settled.problems.clone());
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
            Layout::Array => {
                settled.is_lost = true;
                each_element(Tolerant::new(reader), &mut each)
            }
            Layout::Lines => {
                sink.source().problems.absorb(settled.problems.clone());
                let mut problems = None;
                let end = each_line(reader, settled.lines, &mut |(line, is_whole, found)| {
                    if !is_whole && problems.is_none() && file.kept().is_some() {
                        problems = Some(sink.source().problems.clone());
                    }
                    match found {
                        Ok(value) => {
                            settled.is_lost |= !is_whole;
                            take(&value, &format!("line {line}"), sink);
                        }
                        Err(fault) => fault.tell(line, sink),
                    }
                    true
                });
                settled.bytes += end.bytes;
                settled.lines = end.lines;
                if file.kept().is_some() {
                    settled.problems = problems.unwrap_or_else(|| sink.source().problems.clone());
                }
                return;
            }
        }
    };
    if let Err(error) = ended {
        tell_broken(number, &error, sink);
    }
}

fn tell_broken(number: u64, error: &serde_json::Error, sink: &mut RunSink<'_>) {
    let place = format!("after record {number}, line {}", error.line());
    let effect = "what follows was not read";
    sink.problem("json/broken", &place, &reason(error), effect);
}

/// A value, strictly where that will do: bare tokens are rare, and looking for them costs as much as parsing.
pub(super) fn parse_tolerant(value: &[u8]) -> Result<Json, serde_json::Error> {
    match serde_json::from_slice(value) {
        Err(error) if error.is_syntax() => {
            // Its own error counts: what is cut after a bare token is no wrong token.
            serde_json::from_reader(Tolerant::new(value))
        }
        parsed => parsed,
    }
}

pub(super) fn reason(error: &serde_json::Error) -> String {
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

fn each_element(
    reader: impl Read,
    take: &mut dyn FnMut(Json) -> bool,
) -> Result<(), serde_json::Error> {
    struct Elements<'a>(&'a mut dyn FnMut(Json) -> bool);
    impl<'de> Visitor<'de> for Elements<'_> {
        /// Whether more is wanted.
        type Value = bool;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<bool, A::Error> {
            while let Some(element) = elements.next_element::<Json>()? {
                if !(self.0)(element) {
                    // The parser will find fault with the rest, and nobody listens.
                    return Ok(false);
                }
            }
            Ok(true)
        }
    }
    let mut parser = serde_json::Deserializer::from_reader(io::BufReader::new(reader));
    // Some loggers write an array a line.
    while parser.deserialize_seq(Elements(&mut *take))? && parser.end().is_err() {}
    Ok(())
}

/// Calls `take` for the members of the object under `key` at the top of a file, or for the elements of
/// the array there, also of further objects that follow; says whether there was such a key.
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
    let mut found = false;
    // Pages of a listing may come after one another.
    loop {
        match parser.deserialize_map(Under(key, &mut each)) {
            Ok(has) => found |= has,
            Err(error) => {
                tell_broken(number, &error, sink);
                return number > 0;
            }
        }
        if parser.end().is_ok() {
            return found;
        }
    }
}

/// One JSON value of a text, with bare tokens; `None` where it is none.
pub(super) fn parse(text: &str) -> Option<Json> {
    parse_tolerant(text.as_bytes()).ok()
}

/// A number as a value, also where JSON has no word for it.
pub(super) fn number(x: f64) -> Json {
    serde_json::Number::from_f64(x).map_or_else(|| token(&x.to_string()), Json::Number)
}

/// A number that JSON has no word for, as `NaN`.
pub(super) fn token(text: &str) -> Json {
    Json::String(format!("{MARK}{text}"))
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

/// Unix milliseconds of a leaf: text, a number of seconds or milliseconds (perhaps as text), or `{"$date": …}`.
pub(super) fn millis(json: &Json) -> Option<i64> {
    match json {
        Json::Object(object) => millis(wrapped(object)?),
        _ => super::rows::millis_of(scalar(json)),
    }
}

/// Calls `take` for every leaf of an object with its path, `a.b`, `a.0`. What is too deep or too long is
/// given as JSON text; whole numbers beyond what a float holds are given as text. That there are too many is a leaf, too.
pub(super) fn flatten(object: &Map<String, Json>, take: &mut dyn FnMut(&str, ValueRef<'_>)) {
    let mut left = FIELDS;
    for (key, value) in object {
        flatten_into(key, value, DEPTH, &mut left, take);
    }
    if left < 0 {
        let said = format!("left out: there are more than {FIELDS}");
        take("further fields", ValueRef::Text(&said));
    }
}

fn flatten_into(
    path: &str,
    value: &Json,
    depth: usize,
    left: &mut isize,
    take: &mut dyn FnMut(&str, ValueRef<'_>),
) {
    if *left < 1 {
        *left = -1;
        return;
    }
    match value {
        Json::Object(inner)
            if let Some(inner) = wrapped(inner)
                && depth > 0 =>
        {
            flatten_into(path, inner, depth - 1, left, take);
        }
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
        leaf => {
            *left -= 1;
            match leaf {
                Json::Object(_) | Json::Array(_) => take(path, ValueRef::Text(&unmarked(value))),
                Json::Number(x) if is_too_long(x) => take(path, ValueRef::Text(&x.to_string())),
                leaf => take(path, scalar(leaf)),
            }
        }
    }
}

/// What an object only says the type of: `MongoDB`'s `{"$date": …}`, tuples and numbers of numpy as jsonpickle writes them.
fn wrapped(object: &Map<String, Json>) -> Option<&Json> {
    match object.len() {
        1 => {
            let (key, value) = object.iter().next()?;
            let is_type = key.starts_with('$') || matches!(key.as_str(), "py/tuple" | "py/set");
            is_type.then_some(value)
        }
        2 if object.contains_key("dtype") => object.get("value"),
        3.. if object.contains_key("dtype") && object.contains_key("py/object") => {
            object.get("value").or(object.get("values"))
        }
        _ => None,
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
