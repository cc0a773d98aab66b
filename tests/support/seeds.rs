//! What the fuzzer begins with: every unit of the fixtures, packed, with those that lie in archives.

use crate::packed_drop;
use runsift::format;
use runsift::source::{self, Files};
use std::fs;
use std::io::Read as _;
use std::path::PathBuf;

/// Larger seeds slow the fuzzer down more than they teach it.
const MOST_BYTES: usize = 256 << 10;

/// Calls `on` with the format, a name and the bytes of each.
pub(crate) fn each(on: &mut dyn FnMut(&str, &str, &[u8])) {
    let mut folders: Vec<PathBuf> = fs::read_dir("tests/fixtures")
        .expect("to be run in the project's folder")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    folders.sort();
    let mut count = 0;
    for folder in folders {
        let (files, _failed) = source::walk(std::slice::from_ref(&folder));
        let files = source::unpack(&files).files;
        for unit in &format::plan(&files).units {
            let contents = contents(&files, &unit.files);
            if !contents.is_empty() {
                let name = format!("{}-{count}", source::file_name(&folder.to_string_lossy()));
                on(&unit.format, &name, &packed_drop::pack(&contents));
                count += 1;
            }
        }
    }
}

fn contents(files: &Files, places: &[usize]) -> Vec<(String, Vec<u8>)> {
    let read = |place: &usize| {
        let mut bytes = Vec::new();
        let mut file = files[*place].open().expect("a fixture can be opened");
        file.read_to_end(&mut bytes).expect("a fixture can be read");
        (files[*place].path().to_owned(), bytes)
    };
    let mut contents: Vec<(String, Vec<u8>)> = places.iter().map(read).collect();
    let size = |contents: &[(String, Vec<u8>)]| -> usize {
        contents.iter().map(|(_, bytes)| bytes.len()).sum()
    };
    // Of a large folder its small files.
    while size(&contents) > MOST_BYTES
        && let Some(at) = (0..contents.len()).max_by_key(|at| contents[*at].1.len())
    {
        contents.remove(at);
    }
    contents
}
