//! Runs in an order of which the beginning is there at once: a screen shows some dozens of a million, and the others are put
//! in order when somebody asks for them.

use super::radix::{SLICE, put_in_order};
use ledger::Bits;
use std::cell::LazyCell;
use std::rc::Rc;

/// About how many runs the beginning is to have: some screens.
const BEGINNING: usize = 4096;

/// How many keys tell up to which one the beginning goes.
const SAMPLE: usize = 4096;

/// Of fewer runs than this all are put in order at once.
const MANY: usize = 1 << 16;

/// Finds all runs in their order.
type Finish = Box<dyn FnOnce() -> Vec<u32>>;

/// Rows in an order.
pub struct Ordered {
    /// The first rows, maybe none.
    beginning: Vec<u32>,
    /// All rows.
    whole: LazyCell<Vec<u32>, Finish>,
}

impl Default for Ordered {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl From<Vec<u32>> for Ordered {
    fn from(rows: Vec<u32>) -> Self {
        let whole: LazyCell<Vec<u32>, Finish> = LazyCell::new(Box::new(|| rows));
        LazyCell::force(&whole);
        Self {
            beginning: Vec::new(),
            whole,
        }
    }
}

impl Ordered {
    /// An order that begins so; `finish` finds all of it.
    fn beginning_with(beginning: Vec<u32>, finish: impl FnOnce() -> Vec<u32> + 'static) -> Self {
        Self {
            beginning,
            whole: LazyCell::new(Box::new(finish)),
        }
    }

    /// All rows in the order of their keys, equal ones as they stand in the ledger.
    pub(super) fn by_keys(keys: Vec<u64>) -> Self {
        let all = |keys: &[u64]| {
            let mut rows: Vec<u32> = (0..keys.len() as u32).collect();
            put_in_order(&mut rows, keys);
            rows
        };
        if keys.len() < MANY {
            return Self::from(all(&keys));
        }
        let mut beginning = up_to_beginning(&keys);
        if beginning.len() > keys.len() / 4 {
            return Self::from(all(&keys));
        }
        put_in_order(&mut beginning, &keys);
        Self::beginning_with(beginning, move || all(&keys))
    }

    /// Those of these rows whose bits are set.
    pub fn among(self: &Rc<Self>, kept: &Bits) -> Self {
        let (all, kept) = (Rc::clone(self), kept.clone());
        let beginning = kept.among(&self.beginning);
        Self::beginning_with(beginning, move || kept.among(all.rows()))
    }

    /// Whether all rows are in order already.
    pub fn is_whole(&self) -> bool {
        LazyCell::get(&self.whole).is_some()
    }

    /// All rows.
    pub fn rows(&self) -> &[u32] {
        &self.whole
    }

    /// The rows before this place, and maybe further ones.
    pub fn up_to(&self, place: usize) -> &[u32] {
        if place <= self.beginning.len() {
            &self.beginning
        } else {
            self.rows()
        }
    }
}

/// The places of the least keys, about as many as a beginning is to have: no key elsewhere is as little as one of theirs.
fn up_to_beginning(keys: &[u64]) -> Vec<u32> {
    let mut sample: Vec<u64> = keys
        .iter()
        .step_by(keys.len() / SAMPLE + 1)
        .copied()
        .collect();
    sample.sort_unstable();
    let Some(greatest) = sample
        .get(sample.len() * BEGINNING / keys.len().max(1))
        .copied()
    else {
        return Vec::new();
    };
    let mut places = Vec::new();
    for (number, keys) in keys.chunks(SLICE).enumerate() {
        add_up_to(greatest, keys, number * SLICE, &mut places);
    }
    places
}

/// Adds the places of keys that are at most so great.
#[inline(never)]
fn add_up_to(greatest: u64, keys: &[u64], first: usize, places: &mut Vec<u32>) {
    let places_of_keys = first as u32..;
    let found = places_of_keys
        .zip(keys)
        .filter(|(_, key)| **key <= greatest);
    places.extend(found.map(|(place, _)| place));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number_key;

    /// Seeded numbers that differ in all bits.
    fn mixed(at: u32, seed: u32) -> u64 {
        let state = u64::from(at).wrapping_add(u64::from(seed) << 32);
        let state = state.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (state ^ state >> 29).wrapping_mul(0x5851_f42d_4c95_7f2d) >> 8
    }

    /// Ways in which keys come: what they are at a place, of so many.
    const SHAPES: [fn(u32, u32) -> u64; 8] = [
        // Apart, and with ties.
        |at, _| mixed(at, 1),
        |at, _| mixed(at, 1) % 5000,
        // In order, and the other way round.
        |at, _| u64::from(at),
        |at, all| u64::from(all - at),
        // Those that come last are many, or all but a few.
        |at, _| match mixed(at, 2) % 4 {
            0 => u64::MAX,
            1 => number_key(f64::NAN, false),
            _ => mixed(at, 1),
        },
        |at, _| match mixed(at, 2) % 1000 {
            0 => 7,
            _ => u64::MAX,
        },
        // Alike, few, and as far apart as the sample's.
        |_, _| 3,
        |at, all| u64::from(at % (all / SAMPLE as u32 + 1)),
    ];

    #[test]
    fn wherever_it_is_looked_into_it_is_the_order_of_comparing() {
        let all = MANY as u32 + 4321;
        for (number, shape) in SHAPES.iter().enumerate() {
            let keys: Vec<u64> = (0..all).map(|at| shape(at, all)).collect();
            let mut want: Vec<u32> = (0..all).collect();
            want.sort_by_key(|row| keys[*row as usize]);
            let kept = Bits::from_fn(all as usize, |row| mixed(row as u32, 3) % 3 < 2);
            let among: Vec<u32> = want
                .iter()
                .copied()
                .filter(|row| kept.get(*row as usize))
                .collect();
            // At the top, within and around the beginning, anywhere, and behind the end.
            for place in [
                0,
                30,
                2000,
                BEGINNING,
                9000,
                50_000,
                all as usize,
                all as usize + 9,
            ] {
                let order = Rc::new(Ordered::by_keys(keys.clone()));
                for (order, want) in [(&order, &want), (&Rc::new(order.among(&kept)), &among)] {
                    let found = order.up_to(place);
                    assert!(want.starts_with(found), "shape {number}, {place}");
                    assert!(
                        found.len() >= place.min(want.len()),
                        "shape {number}, {place}"
                    );
                    assert!(order.rows() == want, "shape {number}, {place}");
                }
            }
        }
    }

    #[test]
    fn of_many_runs_a_screen_is_seen_before_all_are_in_order() {
        let all = 3 * MANY as u32;
        for shape in &SHAPES[..5] {
            let order = Rc::new(Ordered::by_keys(
                (0..all).map(|at| shape(at, all)).collect(),
            ));
            let kept = Bits::from_fn(all as usize, |row| row.is_multiple_of(2));
            for order in [&order, &Rc::new(order.among(&kept))] {
                let count = order.up_to(100).len();
                assert!((100..BEGINNING * 4).contains(&count), "{count}");
            }
        }
    }
}
