//! Places in the order of their keys, digit by digit: a million in the time of a few passes over them.

/// Below this many, comparing is quicker than counting digits.
const FEW: usize = 2048;

/// How many bits a digit has; three digits hold a shortened key.
const DIGIT: u32 = 11;

/// How many bits a shortened key has at most, so that there is room for the two that come last.
const SHORT: u32 = 31;

/// Keys from here on come last: not a number, and missing ([`super::sort`]).
const LAST: u64 = u64::MAX - 1;

/// Puts places, which ascend, in the order of their keys; those of equal keys stay in their order.
pub fn put_in_order(places: &mut [u32], keys: &[u64]) {
    let (mut least, mut greatest) = (u64::MAX, 0);
    for place in places.iter() {
        let key = keys[*place as usize];
        if key < LAST {
            (least, greatest) = (least.min(key), greatest.max(key));
        }
    }
    // The leading bits in which the keys differ; the place lies below them and breaks ties.
    let width = u64::BITS - greatest.saturating_sub(least).leading_zeros();
    let shift = width.saturating_sub(SHORT);
    let shortened = |place: u32| {
        let key = keys[place as usize];
        let short = if key < LAST {
            (key - least) >> shift
        } else {
            (1 << SHORT) + (key - LAST)
        };
        short << 32 | u64::from(place)
    };
    let mut words: Vec<u64> = places.iter().map(|place| shortened(*place)).collect();
    if words.len() < FEW {
        words.sort_unstable();
    } else {
        sort_by_upper_half(&mut words);
    }
    for (place, word) in places.iter_mut().zip(&words) {
        *place = *word as u32;
    }
    if shift > 0 {
        let mut from = 0;
        for alike in words.chunk_by(|a, b| a >> 32 == b >> 32) {
            let alike = &mut places[from..from + alike.len()];
            from += alike.len();
            // Equal keys are in their order already.
            if !alike.is_sorted_by_key(|place| keys[*place as usize]) {
                alike.sort_by_key(|place| keys[*place as usize]);
            }
        }
    }
}

/// Sorts words by their upper 32 bits; equal ones stay in their order.
fn sort_by_upper_half(words: &mut Vec<u64>) {
    const BUCKETS: usize = 1 << DIGIT;
    let mut sorted = vec![0; words.len()];
    for pass in 0..3 {
        let digit = |word: u64| (word >> (32 + pass * DIGIT)) as usize & (BUCKETS - 1);
        let mut starts = [0_u32; BUCKETS];
        for word in words.iter() {
            starts[digit(*word)] += 1;
        }
        if starts.contains(&(words.len() as u32)) {
            continue;
        }
        let mut before = 0;
        for start in &mut starts {
            before += std::mem::replace(start, before);
        }
        for word in words.iter() {
            let start = &mut starts[digit(*word)];
            sorted[*start as usize] = *word;
            *start += 1;
        }
        std::mem::swap(words, &mut sorted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_comparing() {
        arbtest::arbtest(|u| {
            // Many of few, few apart, far apart, and those that come last.
            let mut state: u64 = u.arbitrary()?;
            let mask: u64 = u.arbitrary()?;
            let from: u64 = u.arbitrary()?;
            let count = if u.ratio(1, 4)? {
                3 * FEW
            } else {
                u.int_in_range(0..=50)?
            };
            let mut next = || {
                state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                state ^ state >> 32
            };
            let keys: Vec<u64> = (0..count)
                .map(|_| match next() % 16 {
                    0 => u64::MAX,
                    1 => LAST,
                    _ => (from & !mask) | (next() & mask),
                })
                .collect();
            let mut places: Vec<u32> = (0..count as u32).filter(|_| next() % 8 > 0).collect();
            let mut want = places.clone();
            want.sort_by_key(|place| keys[*place as usize]);
            put_in_order(&mut places, &keys);
            assert_eq!(places, want);
            Ok(())
        });
    }
}
