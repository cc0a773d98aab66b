//! Reads what the fuzzer makes up as the format that the target is named after.
#![no_main]

#[path = "../../tests/support/packed_drop.rs"]
mod packed_drop;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| packed_drop::read(env!("CARGO_BIN_NAME"), bytes));
