//! Where libraries would panic: their files and lines, which the compiler puts into the module.
//!
//! For each place in the code that can panic there is a `core::panic::Location`: the address and the length of a file's path,
//! a line and a column. Those of libraries name folders of the machine that builds, so that two machines would build two
//! pages, and weigh 11 kB packed. They all say "a library" here; the message of a panic stays, and the places of our own code.

use std::collections::HashSet;

use walrus::ir::Value;
use walrus::{ConstExpr, DataId, DataKind, Module};

/// What stands where the path was. No path to a library is shorter.
const NAMED: &[u8] = b"a library\0";

/// What a `Location` takes: address, length, line and column, four bytes each.
const LOCATION_BYTES: usize = 16;

/// No path is longer; what says so is no location.
const LONGEST_PATH: u32 = 400;

/// Makes all places in libraries one. Returns how many there were.
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
    let mut shared = None;
    let mut blanked = HashSet::new();
    let mut count = 0;
    for (id, begin, bytes) in &segments {
        let aligned = (begin.next_multiple_of(4) - begin) as usize;
        let last = bytes.len().saturating_sub(LOCATION_BYTES - 1);
        for at in (aligned..last).step_by(4) {
            let [path, length, line, column] =
                [0, 4, 8, 12].map(|k| word(&bytes[at + k..at + k + 4]));
            if length > LONGEST_PATH || line == 0 || column == 0 {
                continue;
            }
            let Some((in_segment, from, text)) = found_at(path, length) else {
                continue;
            };
            if !is_library(text) {
                continue;
            }
            let shared = *shared.get_or_insert(path);
            if blanked.insert(path) {
                let blank = &mut module.data.get_mut(in_segment).value[from..from + text.len()];
                blank.fill(0);
                if path == shared {
                    blank[..NAMED.len()].copy_from_slice(NAMED);
                }
            }
            let named = u32::try_from(NAMED.len() - 1).unwrap_or_default();
            let place: Vec<u8> = [shared, named, 0, 0]
                .into_iter()
                .flat_map(u32::to_le_bytes)
                .collect();
            module.data.get_mut(*id).value[at..at + LOCATION_BYTES].copy_from_slice(&place);
            count += 1;
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

/// Whether a text is the path of a file of the standard library or of a crate from a registry, as cargo and rustc write it.
fn is_library(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| {
        let is_path = text.len() >= NAMED.len() && text.ends_with(".rs");
        is_path && (text.starts_with("/rustc/") || text.contains("/registry/src/"))
    })
}

#[cfg(test)]
mod tests {
    use super::forget;
    use walrus::ir::Value;
    use walrus::{ConstExpr, DataKind, Module};

    #[test]
    fn places_in_libraries_become_one_and_our_own_stay() {
        let begin = 1024_u32;
        let paths = [
            "/rustc/59807616/library/core/src/str/mod.rs",
            "src/ledger/append.rs",
            "/home/ann/.cargo/registry/src/index-1949/zip-5.0.0/src/read.rs",
        ];
        let texts: Vec<u8> = paths.concat().into_bytes();
        let mut at = begin;
        let mut data = texts.clone();
        data.resize(data.len().next_multiple_of(4), b'x');
        let places = data.len();
        for path in paths {
            let length = u32::try_from(path.len()).unwrap();
            for word in [at, length, 12, 34] {
                data.extend(word.to_le_bytes());
            }
            at += length;
        }
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let offset = ConstExpr::Value(Value::I32(1024));
        module.data.add(DataKind::Active { memory, offset }, data);
        assert_eq!(forget(&mut module), 2);
        let after = &module.data.iter().next().unwrap().value;
        let text = String::from_utf8_lossy(&after[..texts.len()]);
        assert!(text.starts_with("a library\0"), "{text}");
        assert!(text.contains("src/ledger/append.rs"), "{text}");
        assert!(!text.contains("ann") && !text.contains("rustc"), "{text}");
        let words: Vec<u32> = after[places..].chunks(4).map(super::word).collect();
        let own = 1024 + u32::try_from(paths[0].len()).unwrap();
        assert_eq!(
            words,
            [1024, 9, 0, 0, own, 20, 12, 34, 1024, 9, 0, 0],
            "address, length, line and column of three places"
        );
    }
}
