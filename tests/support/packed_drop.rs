//! A drop of several files as one run of bytes, for fuzzing and for what fuzzing has found.
//!
//! One file after another: the length of its path (a byte), its path, the length of its contents (four
//! bytes, the least first), its contents. Lengths beyond the end are cut there, so that any bytes are a
//! drop.

use runsift::format::{self, Unit};
use runsift::ledger::{Ledger, RunSink};
use runsift::source::{Files, MemoryFile};
use std::rc::Rc;

/// Files as bytes.
#[allow(dead_code, reason = "fuzz targets only unpack")]
pub(crate) fn pack(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (path, contents) in files {
        let path = &path.as_bytes()[..path.len().min(255)];
        bytes.push(path.len() as u8);
        bytes.extend_from_slice(path);
        bytes.extend_from_slice(&(contents.len() as u32).to_le_bytes());
        bytes.extend_from_slice(contents);
    }
    bytes
}

/// Bytes as files.
pub(crate) fn unpack(mut bytes: &[u8]) -> Files {
    let mut take = |len: usize| {
        let (taken, rest) = bytes.split_at(len.min(bytes.len()));
        bytes = rest;
        taken
    };
    let mut files: Files = Vec::new();
    loop {
        let [path_len] = take(1) else {
            return files;
        };
        let path = String::from_utf8_lossy(take(usize::from(*path_len))).into_owned();
        let mut len = [0; 4];
        let given = take(4);
        len[..given.len()].copy_from_slice(given);
        let contents = take(u32::from_le_bytes(len) as usize);
        files.push(Rc::new(MemoryFile::new(&path, contents)));
    }
}

/// Reads packed files: all of them as `format`, as a plan would give them to it, or, where that is
/// `drop`, as a drop. Nothing may panic, and what came must fit together.
pub(crate) fn read(format: &str, bytes: &[u8]) {
    let files = unpack(bytes);
    if files.is_empty() {
        return;
    }
    let units = if format == "drop" {
        format::plan(&files).units
    } else {
        vec![Unit {
            format: format.to_owned(),
            path: files[0].path().to_owned(),
            files: (0..files.len()).collect(),
            part_of: 1,
            span: None,
            is_divisible: false,
        }]
    };
    let mut ledger = Ledger::default();
    for unit in &units {
        let mut on_part = |part: Ledger| {
            let sent = Ledger::from_bytes(&part.to_bytes());
            ledger.append(sent.expect("what was just written can be read"));
        };
        let mut sink = RunSink::new(&mut on_part);
        format::read_unit(unit, &files, &mut sink, &mut |_| {});
        sink.finish();
    }
    for row in 0..ledger.rows() {
        let _id = ledger.run_id(row);
    }
}
