//! Sorting by one routine for all types, and maps in order by one tree for each type of key.
//!
//! The standard library's sort is made again for every type and comparison: 6 kB of code each, and a page that
//! sorts in fifty places weighs 300 kB more for it. Here the places of the items are sorted, by a comparison
//! behind a pointer, so that there is one routine; then the items are moved there. An item costs four bytes
//! more and a comparison an indirect call: what sorts a column of a million runs calls the standard library.

mod map;

pub use map::{IntoIter, Iter, Map, Set};

use std::cmp::Ordering;

/// Sorts items, by a comparison; equal ones keep their order.
///
/// ```
/// let mut words = ["cherry", "fig", "apple", "kiwi"];
/// order::by(&mut words, |a, b| a.len().cmp(&b.len()));
/// assert_eq!(words, ["fig", "kiwi", "apple", "cherry"]);
/// ```
pub fn by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut places = sorted_places(items.len(), &mut |a, b| compare(&items[a], &items[b]));
    move_to(&mut places, &mut |a, b| items.swap(a, b));
}

/// Sorts items by a key of each, which is asked for at every comparison; equal ones keep their order.
///
/// ```
/// let mut words = ["cherry", "fig", "apple", "kiwi"];
/// order::by_key(&mut words, |word| std::cmp::Reverse(word.len()));
/// assert_eq!(words, ["cherry", "apple", "kiwi", "fig"]);
/// ```
pub fn by_key<T, K: Ord>(items: &mut [T], mut key: impl FnMut(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

/// The places of so many items in their order.
fn sorted_places(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

/// Moves each item to where it belongs: to a place the one that stands at `places` of it. A place that is
/// done says itself.
fn move_to(places: &mut [usize], swap: &mut dyn FnMut(usize, usize)) {
    for begin in 0..places.len() {
        // Along a cycle of places, each takes its item from the next one.
        let mut at = begin;
        loop {
            let from = std::mem::replace(&mut places[at], at);
            if from == begin {
                break;
            }
            swap(at, from);
            at = from;
        }
    }
}

#[cfg(test)]
mod tests {
    /// Every arrangement of small numbers, equal ones among them, is sorted as the standard library does.
    #[test]
    fn sorts_as_the_standard_library() {
        for code in 0..4_usize.pow(6) {
            let mut items: Vec<(usize, usize)> = (0..6)
                .map(|at| (code / 4_usize.pow(at as u32) % 4, at))
                .collect();
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            super::by_key(&mut items, |(key, _)| *key);
            assert_eq!(items, expected, "arrangement {code}");
        }
    }

    #[test]
    fn sorts_many() {
        let mut state = 7_u64;
        let mut items: Vec<(u64, usize)> = (0..10_000)
            .map(|at| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 52, at)
            })
            .collect();
        let mut expected = items.clone();
        expected.sort_by_key(|item| std::cmp::Reverse(item.0));
        super::by(&mut items, |a, b| b.0.cmp(&a.0));
        assert_eq!(items, expected);
    }

    #[test]
    fn none_and_one_stay() {
        let mut none: [u8; 0] = [];
        super::by_key(&mut none, |item| *item);
        let mut one = [3];
        super::by_key(&mut one, |item| *item);
        assert_eq!(one, [3]);
    }
}
