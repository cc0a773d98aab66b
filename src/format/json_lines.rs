//! JSON a line, or a value over several: what is broken costs only itself, and a file that has grown is read on.

use super::json_text::{parse_tolerant, reason};
use crate::ledger::{Problems, RunSink};
use serde_json::Value as Json;
use std::io::{self, Read};

/// Lines of a file that are read for good: what comes after can change nothing of what they said.
#[derive(Default)]
pub(super) struct Settled {
    pub(super) bytes: u64,
    pub(super) lines: u64,
    /// What is wrong in them: all that is wrong with the source, of which the file is the only one.
    pub(super) problems: Problems,
    /// Whether more was taken than these lines: a last one without an end may go on, and what is no lines is read whole.
    pub(super) is_lost: bool,
}

/// What [`each_line`] finds: the line at which it begins, whether nothing that may follow changes it, and a value or
/// what is wrong.
pub(super) type Found = (u64, bool, Result<Json, LineFault>);

/// How far [`each_line`] came with lines that nothing changes which may follow: bytes, and the number of the last one.
#[derive(Clone, Copy)]
pub(super) struct Reached {
    pub(super) bytes: u64,
    pub(super) lines: u64,
}

/// What is wrong with a line.
pub(super) enum LineFault {
    /// It is no JSON.
    Broken(serde_json::Error),
    /// The file ends in the middle of it.
    CutOff,
    /// It is beyond [`GATHERED_BYTES`].
    TooLarge,
    /// Reading failed.
    Read(io::Error),
}

impl LineFault {
    pub(super) fn tell(&self, line: u64, sink: &mut RunSink<'_>) {
        let (kind, what, effect) = match self {
            Self::Broken(error) => ("json/broken-line", reason(error), "line skipped"),
            Self::CutOff => {
                let what = "the file ends in the middle of a value".to_owned();
                ("json/cut-off", what, "the value was left out")
            }
            Self::TooLarge => {
                let what = "a value of more than 64 MiB".to_owned();
                ("json/too-large", what, "the value was left out")
            }
            Self::Read(error) => (
                "source/cannot-read",
                error.to_string(),
                "reading stopped here",
            ),
        };
        sink.problem(kind, &format!("line {line}"), &what, effect);
    }
}

/// How large a value may be that is gathered from lines.
const GATHERED_BYTES: usize = 64 << 20;

/// Lines after so many, each a value of its own, so that a broken one costs only itself; values over several lines
/// are gathered until their brackets close. Ends where `take` says false.
pub(super) fn each_line(
    reader: impl Read,
    after: u64,
    take: &mut dyn FnMut(Found) -> bool,
) -> Reached {
    use std::io::BufRead as _;
    let mut lines = io::BufReader::with_capacity(1 << 18, reader);
    let (mut number, mut from) = (after, after + 1);
    let (mut value, mut brackets) = (Vec::new(), Brackets::default());
    let mut bytes = 0;
    let mut reached = Reached {
        bytes: 0,
        lines: after,
    };
    // Beyond what is too large it is not counted.
    let mut is_counted = true;
    loop {
        let before = value.len();
        let room = (GATHERED_BYTES + 1).saturating_sub(before) as u64;
        match lines.by_ref().take(room).read_until(b'\n', &mut value) {
            Ok(0) => break,
            Ok(count) => bytes += count as u64,
            Err(error) => {
                take((number + 1, false, Err(LineFault::Read(error))));
                return reached;
            }
        }
        number += 1;
        if before == 0 {
            from = number;
        }
        if value.len() > GATHERED_BYTES {
            is_counted = false;
            if !take((from, false, Err(LineFault::TooLarge))) || skip_line(&mut lines).is_err() {
                return reached;
            }
            value.clear();
            brackets = Brackets::default();
            continue;
        }
        let is_whole = is_counted && value.ends_with(b"\n");
        let settled = if is_whole {
            Reached {
                bytes,
                lines: number,
            }
        } else {
            reached
        };
        // Nearly always a line is a value.
        if before == 0
            && value.trim_ascii_end().ends_with(b"}")
            && let Ok(found) = parse_tolerant(&value)
        {
            value.clear();
            reached = settled;
            if !take((from, is_whole, Ok(found))) {
                return reached;
            }
            continue;
        }
        brackets.pass(&value[before..]);
        if value.iter().all(u8::is_ascii_whitespace) {
            value.clear();
            reached = settled;
            continue;
        }
        if brackets.depth > 0 && !is_broken_off(&value, &mut lines) {
            continue;
        }
        let found = parse_tolerant(&value);
        value.clear();
        reached = settled;
        let is_cut_off = brackets.depth > 0 && lines.fill_buf().is_ok_and(<[u8]>::is_empty);
        brackets = Brackets::default();
        let found = found.map_err(|error| {
            if is_cut_off {
                LineFault::CutOff
            } else {
                LineFault::Broken(error)
            }
        });
        if !take((from, is_whole, found)) {
            return reached;
        }
    }
    if !value.is_empty() {
        take((from, false, Err(LineFault::CutOff)));
    }
    reached
}

fn skip_line(lines: &mut impl io::BufRead) -> io::Result<()> {
    loop {
        let piece = lines.fill_buf()?;
        let (used, is_end) = match memchr::memchr(b'\n', piece) {
            Some(end) => (end + 1, true),
            None => (piece.len(), piece.is_empty()),
        };
        lines.consume(used);
        if is_end {
            return Ok(());
        }
    }
}

/// How many brackets are open outside strings.
#[derive(Default)]
struct Brackets {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Brackets {
    fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                b'[' | b'{' if !self.in_string => self.depth += 1,
                b']' | b'}' if !self.in_string => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }
}

/// Whether a value with open brackets was broken off, as the next line begins a record of its own.
/// One that goes on ends its line with a bracket, comma or colon.
fn is_broken_off(value: &[u8], lines: &mut impl io::BufRead) -> bool {
    let goes_on = value.trim_ascii_end().ends_with(b",")
        || value.trim_ascii_end().ends_with(b"[")
        || value.trim_ascii_end().ends_with(b"{")
        || value.trim_ascii_end().ends_with(b":");
    !goes_on && lines.fill_buf().is_ok_and(|next| next.starts_with(b"{\""))
}
