//! The less and the greater of two numbers by one comparison. What the language has for it is a call of a library in the page, for what it
//! says of NaN, and costs several times as much as all else that is done with a point.

/// The less of two; the first where there is none, as by NaN.
pub(crate) fn less<T: PartialOrd>(a: T, b: T) -> T {
    if b < a { b } else { a }
}

/// The greater of two; the first where there is none, as by NaN.
pub(crate) fn more<T: PartialOrd>(a: T, b: T) -> T {
    if b > a { b } else { a }
}

/// So many values are compared two by two.
const MANY: usize = 12;

/// The least and the greatest of values that are all finite; none where there is another among them, or none at all.
#[inline]
pub(crate) fn extremes(values: &[f64]) -> Option<(f64, f64)> {
    // As whole numbers that are ordered as they are: a browser chooses between such without a branch.
    let (mut low, mut high) = (i64::MAX, i64::MIN);
    let is_of_many = values.len() >= MANY && values[0] >= 0.0;
    if is_of_many {
        // The bits of those that are not negative are ordered already. Of two it is found out once which is the less.
        let (pairs, rest) = values.as_chunks::<2>();
        for pair in pairs {
            let [one, two] = pair.map(|value| value.to_bits() as i64);
            let (least, most) = if one < two { (one, two) } else { (two, one) };
            (low, high) = (less(low, least), more(high, most));
        }
        for value in rest {
            let number = value.to_bits() as i64;
            (low, high) = (less(low, number), more(high, number));
        }
    }
    if !is_of_many || low < 0 {
        (low, high) = (i64::MAX, i64::MIN);
        for value in values {
            let number = ordered(value.to_bits() as i64);
            (low, high) = (less(low, number), more(high, number));
        }
    }
    let number = |number: i64| f64::from_bits(ordered(number) as u64);
    let (low, high) = (number(low), number(high));
    (low.is_finite() && high.is_finite()).then_some((low, high))
}

/// The least and the greatest of values that are all finite, of which there is one at least.
#[cfg(not(target_arch = "wasm32"))]
#[inline]
pub(crate) fn reach(values: &[f64]) -> (f64, f64) {
    let ends = (values[0], values[0]);
    values.iter().fold(ends, |(low, high), value| {
        (less(low, *value), more(high, *value))
    })
}

/// The same in the page, where a browser compares two pairs at once by one instruction and has none that compares two numbers.
#[cfg(target_arch = "wasm32")]
#[inline]
#[target_feature(enable = "simd128")]
pub(crate) fn reach(values: &[f64]) -> (f64, f64) {
    use std::arch::wasm32::{f64x2, f64x2_extract_lane, f64x2_pmax, f64x2_pmin, i64x2_shuffle};
    let Some([one, two]) = values.last_chunk::<2>() else {
        return (values[0], values[0]);
    };
    // Where they are odd the last lies in no pair but this, and the one before it in two.
    let ends = f64x2(*one, *two);
    let (mut low, mut high) = (ends, ends);
    let (pairs, _) = values.as_chunks::<2>();
    for [one, two] in pairs {
        let pair = f64x2(*one, *two);
        (low, high) = (f64x2_pmin(low, pair), f64x2_pmax(high, pair));
    }
    // Both to the end, for between two numbers a browser chooses by a branch, which is foreseen half of the time.
    low = f64x2_pmin(low, i64x2_shuffle::<1, 0>(low, low));
    high = f64x2_pmax(high, i64x2_shuffle::<1, 0>(high, high));
    (f64x2_extract_lane::<0>(low), f64x2_extract_lane::<0>(high))
}

/// A number's bits as a number that is the greater the greater it is, or back: NaN lies beyond both infinities.
fn ordered(bits: i64) -> i64 {
    bits ^ ((bits >> 63) & i64::MAX)
}
