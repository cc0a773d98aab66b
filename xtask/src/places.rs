//! Where the program would panic: files, lines and columns, which the compiler puts into the module.
//!
//! For each place in the code that can panic there is a `core::panic::Location`: the address and the length of a file's path,
//! a line and a column. Those of libraries name folders of the machine that builds, so that two machines would build two
//! pages, and all of them weigh 20 kB packed. Libraries are all "a library" here, and of our
//! own files the room stays, as `src/engine`. What a panic says stays.
//! Addresses in the code stay what they are: that of a place may be the end of what lies before it.

use std::collections::{HashMap, HashSet};

use walrus::ir::Value;
use walrus::{ConstExpr, DataId, DataKind, Module};

/// What stands where the path was. No path to a library is shorter.
const NAMED: &[u8] = b"a library";

/// What a `Location` takes: address, length, line and column, four bytes each.
const LOCATION_BYTES: usize = 16;

/// No path is longer, and no file has so many lines or columns; what says so is no location.
const MOST: [u32; 3] = [400, 100_000, 1000];

/// Makes all places in libraries say the same, and all places in one of our rooms. Returns how many there were.
pub(crate) fn forget(module: &mut Module) -> usize {
    let segments: Vec<(DataId, u32, Vec<u8>)> = (module.data.iter())
        .filter_map(|data| Some((data.id(), address(&data.kind)?, data.value.clone())))
        .collect();
    let found_at = |address: u32, length: u32| {
        segments.iter().find_map(|(id, begin, bytes)| {
            let from = address.checked_sub(*begin)? as usize;
            let text = bytes.get(from..from.checked_add(length as usize)?)?;
            Some((*id, from, text))
        })
    };
    // The address of the first path of each room, and of libraries.
    let mut first: HashMap<&[u8], u32> = HashMap::new();
    let mut blanked = HashSet::new();
    let mut count = 0;
    for (segment, begin, bytes) in &segments {
        let aligned = (begin.next_multiple_of(4) - begin) as usize;
        let last = bytes.len().saturating_sub(LOCATION_BYTES - 1);
        for at in (aligned..last).step_by(4) {
            let [path, length, line, column] =
                [0, 4, 8, 12].map(|k| word(&bytes[at + k..at + k + 4]));
            let is_place = [length, line, column]
                .iter()
                .zip(MOST)
                .all(|(number, most)| (1..=most).contains(number));
            let text = is_place.then(|| found_at(path, length)).flatten();
            let Some((of_text, from, text)) = text.filter(|(.., text)| is_path(text)) else {
                continue;
            };
            count += 1;
            let shown = shown(text);
            let known = *first.entry(shown).or_insert(path);
            if blanked.insert(path) {
                let blank = &mut module.data.get_mut(of_text).value[from..from + text.len()];
                blank.fill(0);
                if known == path {
                    blank[..shown.len()].copy_from_slice(shown);
                }
            }
            let words = [known, shown.len() as u32, 0, 0];
            let place: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
            module.data.get_mut(*segment).value[at..at + LOCATION_BYTES].copy_from_slice(&place);
        }
    }
    count
}

/// Where a segment lies in memory, if the module says so in numbers.
fn address(kind: &DataKind) -> Option<u32> {
    match kind {
        DataKind::Active {
            offset: ConstExpr::Value(Value::I32(offset)),
            ..
        } => Some(offset.cast_unsigned()),
        _ => None,
    }
}

/// A number of four bytes, the lowest first.
fn word(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .rev()
        .fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

/// What is said of a path: our room, or that it is a library.
fn shown(path: &[u8]) -> &[u8] {
    if is_library(path) {
        return NAMED;
    }
    let mut slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    slashes.nth(1).map_or(path, |(at, _)| &path[..at])
}

/// Whether a text is the path of a file of Rust.
fn is_path(text: &[u8]) -> bool {
    text.len() > NAMED.len() && text.ends_with(b".rs") && text.iter().all(u8::is_ascii_graphic)
}

/// Whether a path is of the standard library or of a crate from a registry, as cargo and rustc write it.
fn is_library(path: &[u8]) -> bool {
    let in_registry = b"/registry/src/";
    path.starts_with(b"/rustc/")
        || path
            .windows(in_registry.len())
            .any(|part| part == in_registry)
}

#[cfg(test)]
mod tests {
    use super::{forget, word};
    use walrus::ir::Value;
    use walrus::{ConstExpr, DataKind, Module};

    #[test]
    fn places_in_libraries_become_one_and_those_of_our_rooms_one_each() {
        let begin = 1024_u32;
        let paths = [
            "/rustc/59807616/library/core/src/str/mod.rs",
            "src/ledger/append.rs",
            "src/ledger/update.rs",
            "/home/ann/.cargo/registry/src/index-1949/zip-5.0.0/src/read.rs",
        ];
        let texts: Vec<u8> = paths.concat().into_bytes();
        let mut data = texts.clone();
        data.resize(data.len().next_multiple_of(4), b'x');
        let places = begin + data.len() as u32;
        let at = |path: &str| begin + paths.concat().find(path).unwrap() as u32;
        for path in paths {
            for word in [at(path), path.len() as u32, 12, 34] {
                data.extend(word.to_le_bytes());
            }
        }
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let offset = ConstExpr::Value(Value::I32(begin.cast_signed()));
        module.data.add(DataKind::Active { memory, offset }, data);
        assert_eq!(forget(&mut module), 4);
        let after = &module.data.iter().next().unwrap().value;
        let text = String::from_utf8_lossy(&after[..texts.len()]);
        assert!(text.starts_with("a library\0"), "{text}");
        assert!(text.contains("src/ledger\0"), "{text}");
        assert!(!text.contains("ann") && !text.contains("rustc"), "{text}");
        assert!(!text.contains(".rs"), "{text}");
        let words: Vec<u32> = after[(places - begin) as usize..]
            .chunks(4)
            .map(word)
            .collect();
        let (library, own) = ([at(paths[0]), 9, 0, 0], [at(paths[1]), 10, 0, 0]);
        assert_eq!(words, [library, own, own, library].concat());
    }
}
