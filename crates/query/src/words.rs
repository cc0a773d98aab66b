//! The commonest questions about a column, 64 rows at a time: how its numbers compare with one, and which rows are of one
//! category. The page asks several rows by one instruction, a third of the time that it takes else.

use super::ast::Comparison;
use ledger::Bits;

/// The places of the values of which this is true beside `y`, which is a number.
pub(super) fn compared(values: &[f64], comparison: Comparison, y: f64) -> Bits {
    let words = values.chunks(64);
    let words = words.map(|values| word::of_numbers(values, comparison, y));
    Bits::from_words(words.collect(), values.len())
}

/// The places of a code.
pub(super) fn of_code(codes: &[u32], code: u32) -> Bits {
    let words = codes.chunks(64).map(|codes| word::of_codes(codes, code));
    Bits::from_words(words.collect(), codes.len())
}

/// A word, the first value's bit lowest. Functions of their own: a browser puts well compiled code in place of what it compiled
/// first only between calls.
#[cfg(target_arch = "wasm32")]
mod word {
    use super::Comparison;
    use std::arch::wasm32::{
        f64x2, f64x2_eq, f64x2_ge, f64x2_gt, f64x2_le, f64x2_lt, f64x2_ne, f64x2_splat,
        i64x2_bitmask, u32x4, u32x4_bitmask, u32x4_eq, u32x4_splat,
    };

    #[inline(never)]
    #[target_feature(enable = "simd128")]
    pub(super) fn of_numbers(values: &[f64], comparison: Comparison, y: f64) -> u64 {
        let y = f64x2_splat(y);
        let passed = |[one, two]: [f64; 2]| {
            let pair = f64x2(one, two);
            u64::from(i64x2_bitmask(match comparison {
                Comparison::Equal => f64x2_eq(pair, y),
                Comparison::Unequal => f64x2_ne(pair, y),
                Comparison::Less => f64x2_lt(pair, y),
                Comparison::AtMost => f64x2_le(pair, y),
                Comparison::Greater => f64x2_gt(pair, y),
                Comparison::AtLeast => f64x2_ge(pair, y),
            }))
        };
        let (pairs, last) = values.as_chunks::<2>();
        // What is said beside it is beyond the end.
        let last = last.first().map_or(0, |last| passed([*last, f64::NAN]));
        let pairs = pairs.iter().rev();
        pairs.fold(last, |word, pair| word << 2 | passed(*pair))
    }

    #[inline(never)]
    #[target_feature(enable = "simd128")]
    pub(super) fn of_codes(codes: &[u32], code: u32) -> u64 {
        let wanted = u32x4_splat(code);
        let (fours, rest) = codes.as_chunks::<4>();
        let rest = rest.iter().rev();
        let rest = rest.fold(0, |word, other| word << 1 | u64::from(*other == code));
        fours.iter().rev().fold(rest, |word, [a, b, c, d]| {
            let same = u32x4_bitmask(u32x4_eq(u32x4(*a, *b, *c, *d), wanted));
            word << 4 | u64::from(same)
        })
    }
}

/// The same by one instruction for each.
#[cfg(not(target_arch = "wasm32"))]
mod word {
    use super::Comparison;
    use crate::literal::compare_numbers;

    pub(super) fn of_numbers(values: &[f64], comparison: Comparison, y: f64) -> u64 {
        of(values, |x| compare_numbers(comparison, x, y))
    }

    pub(super) fn of_codes(codes: &[u32], code: u32) -> u64 {
        of(codes, |other| other == code)
    }

    fn of<T: Copy>(values: &[T], passes: impl Fn(T) -> bool) -> u64 {
        let values = values.iter().rev();
        values.fold(0, |word, value| word << 1 | u64::from(passes(*value)))
    }
}
