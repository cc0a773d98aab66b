//! Reads what the fuzzer makes up as the format that the target is named after, or another one that is asked for: the targets
//! differ by nothing else, so one that is built does the work of all (`make fuzz`).
#![no_main]

use std::sync::LazyLock;

/// The format, or `drop`.
static FORMAT: LazyLock<String> = LazyLock::new(|| {
    std::env::var("FUZZED_FORMAT").unwrap_or_else(|_| env!("CARGO_BIN_NAME").to_owned())
});

#[path = "../../tests/support/packed_drop.rs"]
mod packed_drop;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| packed_drop::read(&FORMAT, bytes));
