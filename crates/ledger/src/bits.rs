//! A growable set of bits: which rows have a value, which rows a filter keeps.

/// How many numbers are looked at in one call: a browser puts well compiled code in place of what it compiled first only
/// between calls, and of a million rows most are looked at in the first.
const AT_ONCE: usize = 1 << 14;

/// A set of row numbers below `len`, one bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// `len` bits, all `value`.
    pub fn filled(len: usize, value: bool) -> Self {
        let mut bits = Self {
            words: vec![if value { u64::MAX } else { 0 }; len.div_ceil(64)],
            len,
        };
        bits.clear_beyond();
        bits
    }

    /// From whole words, bit 0 first; bits at and beyond `len` are ignored, absent words are zero.
    pub fn from_words(mut words: Vec<u64>, len: usize) -> Self {
        words.resize(len.div_ceil(64), 0);
        let mut bits = Self { words, len };
        bits.clear_beyond();
        bits
    }

    /// From a predicate over `0..len`.
    pub fn from_fn(len: usize, mut keep: impl FnMut(usize) -> bool) -> Self {
        let mut bits = Self::filled(len, false);
        for (at, word) in bits.words.iter_mut().enumerate() {
            let from = at * 64;
            *word = gathered(from, (len - from).min(64), &mut keep);
        }
        bits
    }

    /// How many bits there are, set or not.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no bits at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The words that hold the bits.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Bit `at`; false beyond the end.
    pub fn get(&self, at: usize) -> bool {
        self.words
            .get(at / 64)
            .is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// Sets bit `at`, which must be below `len`.
    pub fn set(&mut self, at: usize, value: bool) {
        debug_assert!(at < self.len, "bit {at} of {}", self.len);
        if let Some(word) = self.words.get_mut(at / 64) {
            let mask = 1 << (at % 64);
            *word = if value { *word | mask } else { *word & !mask };
        }
    }

    /// Adds a bit at the end.
    pub fn push(&mut self, value: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        self.len += 1;
        if value {
            self.set(self.len - 1, true);
        }
    }

    /// Makes it `len` bits long; new bits are `value`.
    pub fn resize(&mut self, len: usize, value: bool) {
        if value {
            while self.len < len.min(self.len.next_multiple_of(64)) {
                self.push(true);
            }
        }
        self.words
            .resize(len.div_ceil(64), if value { u64::MAX } else { 0 });
        self.len = len;
        self.clear_beyond();
    }

    /// Adds all bits of `other` at the end.
    pub fn extend(&mut self, other: &Self) {
        let shift = self.len % 64;
        if shift == 0 {
            self.words.extend_from_slice(&other.words);
        } else {
            for word in &other.words {
                if let Some(last) = self.words.last_mut() {
                    *last |= word << shift;
                }
                self.words.push(word >> (64 - shift));
            }
        }
        self.len += other.len;
        self.words.truncate(self.len.div_ceil(64));
    }

    /// How many bits are set.
    pub fn count(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    /// The numbers of the set bits, ascending.
    pub fn rows(&self) -> Vec<u32> {
        let mut rows = Vec::with_capacity(self.count());
        for (at, word) in self.words.iter().enumerate() {
            let from = (at * 64) as u32;
            if *word == u64::MAX {
                rows.extend(from..from + 64);
                continue;
            }
            let mut left = *word;
            while left != 0 {
                rows.push(from + left.trailing_zeros());
                left &= left - 1;
            }
        }
        rows
    }

    /// The numbers of the set bits, ascending, one after another.
    pub fn ones(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            let mut left = word;
            std::iter::from_fn(move || {
                (left != 0).then(|| {
                    let bit = left.trailing_zeros() as usize;
                    left &= left - 1;
                    at * 64 + bit
                })
            })
        })
    }

    /// Those of these numbers whose bits are set, in their order.
    pub fn among(&self, numbers: &[u32]) -> Vec<u32> {
        let mut kept = vec![0; numbers.len()];
        let mut count = 0;
        for some in numbers.chunks(AT_ONCE) {
            count = self.keep_among(some, &mut kept, count);
        }
        kept.truncate(count);
        kept
    }

    /// Adds those to what is kept, of which there are `count`; says how many there are then.
    #[inline(never)]
    fn keep_among(&self, numbers: &[u32], kept: &mut [u32], mut count: usize) -> usize {
        // Without a branch: which numbers are kept cannot be foreseen.
        for number in numbers {
            if let Some(place) = kept.get_mut(count) {
                *place = *number;
            }
            count += usize::from(self.get(*number as usize));
        }
        count
    }

    /// The places of its numbers, among `len`: `places` says that of each, one that is not below `len` where it has none.
    pub fn placed(&self, places: &[u32], len: usize) -> Self {
        let mut placed = Self::filled(len, false);
        for (word, places) in self.words.iter().zip(places.chunks(64)) {
            placed.put(*word, places);
        }
        placed
    }

    /// Sets the places of a word's numbers, in a call of its own as with [`AT_ONCE`].
    #[inline(never)]
    fn put(&mut self, mut left: u64, places: &[u32]) {
        while left != 0 {
            let place = places.get(left.trailing_zeros() as usize);
            if let Some(place) = place.filter(|place| (**place as usize) < self.len) {
                self.set(*place as usize, true);
            }
            left &= left - 1;
        }
    }

    /// Keeps what is set in both; lengths must agree.
    pub fn and(&mut self, other: &Self) {
        self.combine(other, |a, b| a & b);
    }

    /// Adds what is set in `other`; lengths must agree.
    pub fn or(&mut self, other: &Self) {
        self.combine(other, |a, b| a | b);
    }

    /// Turns every bit round.
    pub fn not(&mut self) {
        for word in &mut self.words {
            *word = !*word;
        }
        self.clear_beyond();
    }

    fn combine(&mut self, other: &Self, with: impl Fn(u64, u64) -> u64) {
        debug_assert_eq!(self.len, other.len);
        for (a, b) in self.words.iter_mut().zip(&other.words) {
            *a = with(*a, *b);
        }
    }

    /// Bits beyond the end stay zero, so that counting words counts rows.
    fn clear_beyond(&mut self) {
        let used = self.len % 64;
        if used != 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << used) - 1;
        }
    }
}

/// The next word of a set, in a call of its own as with [`AT_ONCE`].
#[inline(never)]
fn gathered(from: usize, count: usize, keep: &mut impl FnMut(usize) -> bool) -> u64 {
    (0..count).fold(0, |word, bit| word | u64::from(keep(from + bit)) << bit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operation against a vector of booleans.
    #[test]
    fn behaves_as_a_vector_of_booleans() {
        arbtest::arbtest(|u| {
            let mut plain: Vec<bool> = u.arbitrary()?;
            let mut bits = Bits::from_fn(plain.len(), |i| plain[i]);
            for _ in 0..4 {
                let more: Vec<bool> = u.arbitrary()?;
                bits.extend(&Bits::from_fn(more.len(), |i| more[i]));
                plain.extend(&more);
                let len = plain.len() + u.int_in_range(0..=130)?;
                let value = u.arbitrary()?;
                bits.resize(len, value);
                plain.resize(len, value);
                bits.push(value);
                plain.push(value);
            }
            let mut turned = bits.clone();
            turned.not();
            let all: Vec<u32> = (0..plain.len() as u32 + 3).rev().collect();
            let mut kept: Vec<u32> = bits.ones().map(|at| at as u32).collect();
            kept.reverse();
            assert_eq!(bits.among(&all), kept);
            kept.reverse();
            assert_eq!(bits.rows(), kept);
            // Every other number has a place, the last one the first.
            let len = plain.len();
            let place = |at: usize| (len - 1 - at) / 2 + len * (at % 2);
            let places: Vec<u32> = (0..len).map(|at| place(at) as u32).collect();
            let placed = bits.placed(&places, len.div_ceil(2));
            let has_place = kept.iter().rev().filter(|at| **at % 2 == 0);
            assert!(placed.ones().eq(has_place.map(|at| place(*at as usize))));
            assert_eq!(bits.len(), plain.len());
            assert_eq!(bits.count(), plain.iter().filter(|b| **b).count());
            assert_eq!(turned.count(), plain.iter().filter(|b| !**b).count());
            assert!(bits.ones().eq((0..plain.len()).filter(|i| plain[*i])));
            turned.and(&bits);
            assert_eq!(turned.count(), 0);
            turned.or(&bits);
            assert_eq!(turned, bits);
            Ok(())
        });
    }

    #[test]
    fn of_many_numbers_those_are_kept_that_are_set() {
        let many = 2 * AT_ONCE + 100;
        let bits = Bits::from_fn(many, |at| at % 3 == 1);
        let numbers: Vec<u32> = (0..many as u32).rev().collect();
        let want: Vec<u32> = (0..many as u32).rev().filter(|at| at % 3 == 1).collect();
        assert!(bits.among(&numbers) == want);
        assert!(bits.rows().iter().rev().eq(&want));
        assert!(Bits::filled(many, true).rows().len() == many);
    }
}
