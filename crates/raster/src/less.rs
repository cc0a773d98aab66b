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

/// The least and the greatest of values that are all finite, and not negative where that is known.
#[inline]
pub(crate) fn reach<const POSITIVE: bool>(values: &[f64]) -> (f64, f64) {
    let (mut low, mut high) = (i64::MAX, i64::MIN);
    if !POSITIVE {
        for value in values {
            let number = ordered(value.to_bits() as i64);
            (low, high) = (less(low, number), more(high, number));
        }
        return (
            f64::from_bits(ordered(low) as u64),
            f64::from_bits(ordered(high) as u64),
        );
    }
    // The bits of those that are not negative are ordered already. Four by four, for then what is found out of the one pair does not wait
    // for the other.
    let (fours, rest) = values.as_chunks::<4>();
    for four in fours {
        let [a, b, c, d] = four.map(|value| value.to_bits() as i64);
        let (one, two) = if a < b { (a, b) } else { (b, a) };
        let (three, four) = if c < d { (c, d) } else { (d, c) };
        (low, high) = (less(low, less(one, three)), more(high, more(two, four)));
    }
    for value in rest {
        let number = value.to_bits() as i64;
        (low, high) = (less(low, number), more(high, number));
    }
    (f64::from_bits(low as u64), f64::from_bits(high as u64))
}

/// A number's bits as a number that is the greater the greater it is, or back: NaN lies beyond both infinities.
fn ordered(bits: i64) -> i64 {
    bits ^ ((bits >> 63) & i64::MAX)
}
