//! Places in the order of their keys, digit by digit: a million in the time of a few passes over them.

/// Below this many, comparing is quicker than counting digits.
const FEW: usize = 2048;

/// How many bits a digit has; three digits hold a shortened key.
const DIGIT: u32 = 11;

/// How many digits that are.
const DIGITS: usize = 3;

/// How many values a digit has.
const VALUES: usize = 1 << DIGIT;

/// How many bits a shortened key has at most, so that there is room for the two that come last.
const SHORT: u32 = 31;

/// Keys from here on come last: not a number, and missing ([`super::sort`]).
const LAST: u64 = u64::MAX - 1;

/// How many words are worked on in one go: a browser puts its well compiled code in place of the first one only between calls.
pub(super) const SLICE: usize = 1 << 14;

/// Puts places, which ascend, in the order of their keys; those of equal keys stay in their order.
pub fn put_in_order(places: &mut [u32], keys: &[u64]) {
    // Places that ascend and are as many as the keys are all of them, and need not be looked up.
    let are_all = places.len() == keys.len();
    let looked_up = |place: &u32| keys[*place as usize];
    let (mut least, mut greatest) = (u64::MAX, 0);
    if are_all {
        for keys in keys.chunks(SLICE) {
            (least, greatest) = bounds(keys.iter().copied(), (least, greatest));
        }
    } else {
        for some in places.chunks(SLICE) {
            (least, greatest) = bounds(some.iter().map(looked_up), (least, greatest));
        }
    }
    // The leading bits in which the keys differ; the place lies below them and breaks ties.
    let width = u64::BITS - greatest.saturating_sub(least).leading_zeros();
    let shift = width.saturating_sub(SHORT);
    let mut words = vec![0; places.len()];
    // Few are compared, and no digits counted.
    let digits = if places.len() < FEW { 0 } else { DIGITS };
    let mut counts = vec![[0; VALUES]; digits];
    let slices = words.chunks_mut(SLICE).zip(places.chunks(SLICE));
    for (number, (words, some)) in slices.enumerate() {
        if are_all {
            let keys = &keys[number * SLICE..];
            shorten(keys.iter().copied(), some, (least, shift), words);
        } else {
            shorten(some.iter().map(looked_up), some, (least, shift), words);
        }
        count(words, &mut counts);
    }
    if counts.is_empty() {
        words.sort_unstable();
    } else {
        sort_by_upper_half(&mut words, &mut counts);
    }
    // Where words begin that are like the one before them: mostly few are, and only they are looked at again.
    let mut mixed = Vec::new();
    let mut before = Before {
        key: None,
        is_alike: false,
        count: 0,
    };
    for (places, words) in places.chunks_mut(SLICE).zip(words.chunks(SLICE)) {
        take_places(places, words, &mut before, &mut mixed);
    }
    if shift > 0 {
        for from in mixed {
            let key = words[from] >> 32;
            let alike = words[from..].iter().take_while(|word| *word >> 32 == key);
            let to = from + alike.count();
            let alike = &mut places[from..to];
            // Equal keys are in their order already.
            if !alike.is_sorted_by_key(|place| keys[*place as usize]) {
                alike.sort_by_key(|place| keys[*place as usize]);
            }
        }
    }
}

/// A shortened key.
fn short(key: u64, least: u64, shift: u32) -> u64 {
    if key < LAST {
        (key - least) >> shift
    } else {
        (1 << SHORT) + (key - LAST)
    }
}

/// The least and the greatest of these keys that do not come last, and of those before them.
#[inline(never)]
fn bounds(keys: impl Iterator<Item = u64>, (mut least, mut greatest): (u64, u64)) -> (u64, u64) {
    for key in keys {
        if key < LAST {
            (least, greatest) = (least.min(key), greatest.max(key));
        }
    }
    (least, greatest)
}

/// Words of shortened keys, each with its place below.
#[inline(never)]
fn shorten(
    keys: impl Iterator<Item = u64>,
    places: &[u32],
    (least, shift): (u64, u32),
    words: &mut [u64],
) {
    for ((word, place), key) in words.iter_mut().zip(places).zip(keys) {
        *word = short(key, least, shift) << 32 | u64::from(*place);
    }
}

/// A digit of a word's shortened key, the lowest first.
fn digit(word: u64, pass: usize) -> usize {
    (word >> (32 + pass as u32 * DIGIT)) as usize & (VALUES - 1)
}

/// Counts words by each digit; nothing where none is to be counted.
#[inline(never)]
fn count(words: &[u64], counts: &mut [[u32; VALUES]]) {
    let [a, b, c] = counts else { return };
    for word in words {
        a[digit(*word, 0)] += 1;
        b[digit(*word, 1)] += 1;
        c[digit(*word, 2)] += 1;
    }
}

/// Sorts words by their upper 32 bits, of whose digits there are so many; equal ones stay in their order.
fn sort_by_upper_half(words: &mut Vec<u64>, counts: &mut [[u32; VALUES]]) {
    let mut sorted = vec![0; words.len()];
    for (pass, starts) in counts.iter_mut().enumerate() {
        if starts.contains(&(words.len() as u32)) {
            continue;
        }
        let mut before = 0;
        for start in starts.iter_mut() {
            before += std::mem::replace(start, before);
        }
        for some in words.chunks(SLICE) {
            put(some, pass, starts, &mut sorted);
        }
        std::mem::swap(words, &mut sorted);
    }
}

/// Puts words where those of their digit come next.
#[inline(never)]
fn put(words: &[u64], pass: usize, starts: &mut [u32; VALUES], sorted: &mut [u64]) {
    for word in words {
        let start = &mut starts[digit(*word, pass)];
        if let Some(place) = sorted.get_mut(*start as usize) {
            *place = *word;
        }
        *start += 1;
    }
}

/// What went before a word.
struct Before {
    /// The shortened key there.
    key: Option<u64>,
    /// Whether that is the one before it, too.
    is_alike: bool,
    /// How many words went before.
    count: usize,
}

/// The places of words. Where several in a row have the same shortened key, notes where they begin.
#[inline(never)]
fn take_places(places: &mut [u32], words: &[u64], before: &mut Before, mixed: &mut Vec<usize>) {
    let Before {
        key: known,
        is_alike,
        count,
    } = before;
    for (place, word) in places.iter_mut().zip(words) {
        *place = *word as u32;
        let key = Some(word >> 32);
        let is_same = *known == key;
        if is_same && !*is_alike {
            mixed.push(*count - 1);
        }
        (*known, *is_alike) = (key, is_same);
        *count += 1;
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

    #[test]
    fn what_is_sorted_in_several_slices_is_sorted_as_one() {
        let count = 2 * SLICE as u64 + 77;
        for width in [8, 40, 60] {
            let key = |at: u64| match at % 1000 {
                7 => LAST,
                8 => u64::MAX,
                // Many of the shortened ones are alike.
                _ => at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - width),
            };
            let keys: Vec<u64> = (0..count).map(key).collect();
            // All of them, and some.
            for left_out in [u32::MAX, 3] {
                let is_in = |place: &u32| place % 7 != left_out;
                let mut places: Vec<u32> = (0..count as u32).filter(is_in).collect();
                let mut want = places.clone();
                want.sort_by_key(|place| keys[*place as usize]);
                put_in_order(&mut places, &keys);
                assert!(places == want, "{width} bits, {} places", places.len());
            }
        }
    }
}
