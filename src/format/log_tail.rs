//! The ends of logs that lie beside runs: the last lines, as plain text.
//!
//! What steers a terminal (colours, a bar of progress that is painted over itself) is taken out, and so is what turns
//! text around. What has zeros in it is no text and is left alone, as are pickles, which are never opened.

use super::json_text;
use super::run_folders::RunFolder;
use crate::ledger::{LogTail, RunSink};
use crate::source::File;
use serde_json::Value as Json;
use std::io::{Read as _, SeekFrom};

/// How many bytes of a file are looked at: its last ones.
const MOST_BYTES: u64 = 8 << 10;

/// How many lines are kept.
const MOST_LINES: usize = 60;

/// How long a line is, in letters.
const LONGEST_LINE: usize = 400;

/// What must be decoded up to its end is looked at up to this size.
const MOST_PACKED: u64 = 4 << 20;

/// Keeps the end of the first of these files of a run's folder that has something in it. After the run's status is known:
/// failed runs come first where memory is short.
pub(super) fn put_log(row: usize, folder: &RunFolder<'_>, names: &[&str], sink: &mut RunSink<'_>) {
    let mut tails = names
        .iter()
        .filter_map(|name| log_tail(name, folder.file(name)?));
    if let Some(tail) = tails.next() {
        sink.log(row, tail);
    }
}

/// The end of a file; `None` where there is no text in it.
pub(super) fn log_tail(name: &str, file: &dyn File) -> Option<LogTail> {
    let (bytes, from) = end_of(file)?;
    made(name, &lines_of(&bytes, from), from > 0)
}

/// The end of a log that has an array of events, each with a message, a line.
pub(super) fn log_tail_of_events(name: &str, file: &dyn File) -> Option<LogTail> {
    let (bytes, from) = end_of(file)?;
    let mut messages = String::new();
    for line in lines_of(&bytes, from).lines() {
        let events = match json_text::parse(line) {
            Some(Json::Array(events)) => events,
            Some(event) => vec![event],
            None => continue,
        };
        for message in events.iter().filter_map(|event| event.get("msg")?.as_str()) {
            messages.push_str(message);
            messages.push('\n');
        }
    }
    made(name, &messages, from > 0)
}

/// A file's last bytes, and where they begin.
fn end_of(file: &dyn File) -> Option<(Vec<u8>, u64)> {
    let length = file.len_bytes();
    if length == 0 || file.is_packed() && length > MOST_PACKED {
        return None;
    }
    let from = length.saturating_sub(MOST_BYTES);
    // Who cannot read a log has still read the run.
    let mut reader = file.open().ok()?;
    reader.seek(SeekFrom::Start(from)).ok()?;
    let mut bytes = Vec::new();
    reader.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
    (!bytes.contains(&0)).then_some((bytes, from))
}

/// The whole lines among the last bytes.
fn lines_of(bytes: &[u8], from: u64) -> String {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    // The first is cut, unless there is no other.
    let begin = end
        .filter(|end| from > 0 && end + 1 < bytes.len())
        .map_or(0, |end| end + 1);
    String::from_utf8_lossy(&bytes[begin..]).into_owned()
}

fn made(name: &str, text: &str, is_cut: bool) -> Option<LogTail> {
    let lines: Vec<String> = text.lines().map(plain).collect();
    let end = lines.iter().rposition(|line| !line.is_empty())? + 1;
    let begin = end.saturating_sub(MOST_LINES);
    Some(LogTail {
        name: name.to_owned(),
        text: lines[begin..end].join("\n"),
        lines: end - begin,
        is_cut: is_cut || begin > 0,
    })
}

/// A line as it would be seen, without what steers a terminal or turns text around.
fn plain(line: &str) -> String {
    // What is painted over is not seen.
    let mut painted = line.split('\r').rev();
    let line = painted
        .find(|part| !part.trim().is_empty())
        .unwrap_or_default();
    let mut made = String::new();
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => match letters.next() {
                // To the letter that ends a control sequence.
                Some('[') => {
                    letters.by_ref().find(|letter| ('@'..='~').contains(letter));
                }
                // A title or a link, to a bell or to an escape with a backslash.
                Some(']') => {
                    let end = letters
                        .by_ref()
                        .find(|letter| matches!(letter, '\u{7}' | '\u{1b}'));
                    if end == Some('\u{1b}') {
                        letters.next_if_eq(&'\\');
                    }
                }
                _ => {}
            },
            '\t' => made.push(letter),
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            _ if letter.is_control() => {}
            _ => made.push(letter),
        }
    }
    let made = made.trim_end();
    match made.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &made[..end]),
        None => made.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFile;

    fn tail(text: &[u8]) -> Option<LogTail> {
        log_tail("output.log", &MemoryFile::new("run/output.log", text))
    }

    #[test]
    fn the_end_is_kept_and_told_how_much_it_is() {
        let short = tail(b"one\ntwo\n\n").unwrap();
        assert_eq!(
            (short.text.as_str(), short.lines, short.is_cut),
            ("one\ntwo", 2, false)
        );
        assert_eq!(short.title(), "output.log, all 2 lines of the file");
        let long: String = (0..5000).map(|line| format!("line {line}\n")).collect();
        let long = tail(long.as_bytes()).unwrap();
        assert_eq!(long.lines, MOST_LINES);
        assert_eq!(long.title(), "output.log, last 60 lines of the file");
        assert!(long.text.starts_with("line 4940\n") && long.text.ends_with("line 4999"));
        // One line that is longer than what is looked at.
        let one = tail("x".repeat(100_000).as_bytes()).unwrap();
        assert_eq!(one.text.chars().count(), LONGEST_LINE + 1);
        assert_eq!(one.title(), "output.log, last line of the file");
        for nothing in [&b""[..], b"\n \n", b"\x80\x04K\x00."] {
            assert_eq!(tail(nothing), None);
        }
    }

    #[test]
    fn what_steers_a_terminal_is_taken_out() {
        let seen = |text: &str| tail(text.as_bytes()).unwrap().text;
        assert_eq!(
            seen("\u{1b}[31;1mError\u{1b}[0m: \u{1b}]8;;http://x\u{1b}\\here\u{1b}]8;;\u{7}"),
            "Error: here"
        );
        assert_eq!(seen(" 10 %\r 50 %\r100 %\r\ndone"), "100 %\ndone");
        assert_eq!(seen("a\u{8}b\u{0b}\tc\u{202e}d \u{1b}"), "ab\tcd");
        // What was cut within a letter, and bytes of no text.
        assert_eq!(tail(b"caf\xc3\nx").unwrap().text, "caf\u{fffd}\nx");
    }

    #[test]
    fn events_tell_their_messages() {
        let text = "[{\"msg\": \"a\\nb\"}, {\"other\": 1}]\nbroken\n{\"msg\": \"c\"}\n";
        let file = MemoryFile::new("log.jsonl", text.as_bytes());
        let tail = log_tail_of_events("log.jsonl", &file).unwrap();
        assert_eq!((tail.text.as_str(), tail.lines), ("a\nb\nc", 3));
    }
}
