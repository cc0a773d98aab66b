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

/// The least and the greatest of values that are all finite; none where there is another among them, or none at all.
pub(crate) fn extremes(values: &[f64]) -> Option<(f64, f64)> {
    // As whole numbers that are ordered as they are: a browser chooses between such without a branch.
    let (mut low, mut high) = (i64::MAX, i64::MIN);
    for value in values {
        let number = ordered(value.to_bits() as i64);
        (low, high) = (less(low, number), more(high, number));
    }
    let (low, high) = (of_ordered(low), of_ordered(high));
    (low.is_finite() && high.is_finite()).then_some((low, high))
}

/// A number's bits as a number that is the greater the greater it is, or back: NaN lies beyond both infinities.
fn ordered(bits: i64) -> i64 {
    bits ^ ((bits >> 63) & i64::MAX)
}

fn of_ordered(number: i64) -> f64 {
    f64::from_bits(ordered(number) as u64)
}
