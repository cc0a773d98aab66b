//! The candidates of a node: where to cut an ordered feature, which categories to part from the others.
//!
//! With sums about the node's mean a candidate of `c` among `n` runs that has sum `s` explains `s² n / (c (n - c))`, and
//! candidates are compared crosswise, so the scan has no division. Numbers of 32 bits do: they are about the node's mean and of the
//! objective's spread, and what they round away decides between cuts that are as good as each other.

use super::categories::Categories;

/// Features whose cuts are tried at once.
pub(super) const ABREAST: usize = 4;

/// Rows that a table has room for: with one for each number of a row, none need be compared with it.
pub(super) const ROOM: usize = 1 << 16;

/// By row the sum of its objective, as often as it was drawn, and how often it was: one number, as they are always wanted together.
pub(super) struct Table(Box<[u64; ROOM]>);

impl Default for Table {
    fn default() -> Self {
        Self(bytemuck::zeroed_box())
    }
}

impl Table {
    pub(super) fn put(&mut self, row: u16, sum: f64, count: f64) {
        let [sum, count] = [sum, count].map(|of| u64::from((of as f32).to_bits()));
        self.0[usize::from(row)] = sum | count << 32;
    }

    fn packed(&self, row: u16) -> u64 {
        self.0[usize::from(row)]
    }

    /// Sum and count of a row.
    pub(super) fn get(&self, row: u16) -> (f32, f32) {
        parts(self.packed(row))
    }
}

/// What a [`Table`] holds of a row: sum and count.
fn parts(packed: u64) -> (f32, f32) {
    (
        f32::from_bits(packed as u32),
        f32::from_bits((packed >> 32) as u32),
    )
}

/// One node's candidates.
pub(super) struct Scan<'a> {
    pub(super) rows: &'a Table,
    /// How often its rows were drawn.
    pub(super) count: f32,
    pub(super) min_leaf: usize,
}

impl Scan<'_> {
    /// The best cut of features of which no two rows share a value: what it explains by the node's count, the feature's place, and
    /// how many rows of its list stand before it. `None` if none beats `least`.
    ///
    /// This, and what parts lists, is where the time goes. It stays a function of its own: a browser makes a function fast when it
    /// is called again, which that of a whole tree seldom is, and makes a small one fast sooner.
    #[inline(never)]
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    pub(super) fn abreast(
        &self,
        lists: [&[u16]; ABREAST],
        least: f32,
    ) -> Option<(f32, usize, usize)> {
        let before = self.min_leaf - 1;
        let end = lists[0].len() - self.min_leaf;
        let rows = |range: std::ops::Range<usize>| {
            let [a, b, c, d] = lists.map(|list| &list[range.clone()]);
            let rows = a.iter().zip(b).zip(c.iter().zip(d));
            rows.map(|((a, b), (c, d))| [*a, *b, *c, *d].map(|row| self.rows.packed(row)))
        };
        let mut sums = Sums::default();
        for rows in rows(0..before) {
            sums.add(rows);
        }
        let mut best = (least, 0, 0);
        for (first, rows) in (self.min_leaf..).zip(rows(before..end)) {
            sums.add(rows);
            if sums.has_better(self.count, best.0) {
                // Said to be rare, since else the compiler makes it a part of each turn.
                std::hint::cold_path();
                for (lane, (over, under)) in sums.scores(self.count).into_iter().enumerate() {
                    if over > best.0 * under {
                        best = (over / under, lane, first);
                    }
                }
            }
        }
        (best.2 > 0).then_some(best)
    }

    /// The best cut of a list in which rows may share a value, of which each has a code.
    #[inline(never)]
    pub(super) fn ordered(&self, list: &[u16], codes: &[u32], least: f32) -> Option<(f32, usize)> {
        let (mut count, mut sum) = (0.0, 0.0);
        let (all_before, others) = list.split_at(self.min_leaf - 1);
        let mut add = |row| {
            let (of_row, times) = self.rows.get(row);
            sum += of_row;
            count += times;
            score(sum, count, self.count)
        };
        all_before.iter().for_each(|&row| {
            add(row);
        });
        let (mut best, mut best_first) = (least, 0);
        // The last rows are always behind.
        let others = &others[..others.len() + 1 - self.min_leaf];
        let code = |row: u16| codes[usize::from(row)];
        let mut here = code(others[0]);
        for (i, pair) in others.windows(2).enumerate() {
            let next = code(pair[1]);
            let (over, under) = add(pair[0]);
            if here != next && over > best * under {
                std::hint::cold_path();
                (best, best_first) = (over / under, i + self.min_leaf);
            }
            here = next;
        }
        (best_first > 0).then_some((best, best_first))
    }

    /// The best subset of categories that beats `least`, as a number of categories in order of their mean.
    pub(super) fn unordered(
        &self,
        list: &[u16],
        codes: &[u32],
        categories: &mut Categories,
        least: f32,
    ) -> Option<(f32, usize)> {
        categories.collect(list, codes, self.rows);
        let (mut best, mut best_first) = (least, 0);
        let (mut count, mut sum, mut rows) = (0.0, 0.0, 0);
        for (i, met) in categories.met.iter().enumerate() {
            count += met.count;
            sum += met.sum;
            rows += met.rows;
            if rows < self.min_leaf {
                continue;
            }
            if list.len() - rows < self.min_leaf {
                break;
            }
            let (over, under) = score(sum, count, self.count);
            if over > best * under {
                (best, best_first) = (over / under, i + 1);
            }
        }
        (best_first > 0).then_some((best, best_first))
    }
}

/// What a side of so many runs and this sum explains by the node's count, as a fraction.
fn score(sum: f32, count: f32, of: f32) -> (f32, f32) {
    (sum * sum, count * (of - count))
}

#[cfg(not(target_arch = "wasm32"))]
use lanes::Sums;
#[cfg(target_arch = "wasm32")]
use simd::Sums;

/// The sums of the features that are tried at once.
#[cfg(not(target_arch = "wasm32"))]
mod lanes {
    use super::{ABREAST, parts, score};

    #[derive(Default)]
    pub(super) struct Sums {
        sums: [f32; ABREAST],
        counts: [f32; ABREAST],
    }

    impl Sums {
        pub(super) fn add(&mut self, rows: [u64; ABREAST]) {
            for (lane, row) in rows.into_iter().enumerate() {
                let (sum, count) = parts(row);
                self.sums[lane] += sum;
                self.counts[lane] += count;
            }
        }

        pub(super) fn has_better(&self, of: f32, best: f32) -> bool {
            let scores = self.scores(of);
            let better = scores.map(|(over, under)| over > best * under);
            better.into_iter().fold(false, |any, better| any | better)
        }

        pub(super) fn scores(&self, of: f32) -> [(f32, f32); ABREAST] {
            std::array::from_fn(|lane| score(self.sums[lane], self.counts[lane], of))
        }
    }
}

/// The same in the page, bit for bit, by instructions for four numbers.
#[cfg(target_arch = "wasm32")]
mod simd {
    use super::{ABREAST, score};
    use std::arch::wasm32::{
        f32x4, f32x4_add, f32x4_extract_lane, f32x4_gt, f32x4_mul, f32x4_splat, f32x4_sub,
        i32x4_shuffle, u64x2, v128, v128_any_true,
    };

    /// Two features in each: sum, count, sum, count.
    pub(super) struct Sums(v128, v128);

    impl Default for Sums {
        fn default() -> Self {
            let none = f32x4(0.0, 0.0, 0.0, 0.0);
            Self(none, none)
        }
    }

    impl Sums {
        #[inline]
        #[target_feature(enable = "simd128")]
        pub(super) fn add(&mut self, [a, b, c, d]: [u64; ABREAST]) {
            self.0 = f32x4_add(self.0, u64x2(a, b));
            self.1 = f32x4_add(self.1, u64x2(c, d));
        }

        #[inline]
        #[target_feature(enable = "simd128")]
        pub(super) fn has_better(&self, of: f32, best: f32) -> bool {
            let (sums, counts) = self.apart();
            let over = f32x4_mul(sums, sums);
            let under = f32x4_mul(counts, f32x4_sub(f32x4_splat(of), counts));
            v128_any_true(f32x4_gt(over, f32x4_mul(f32x4_splat(best), under)))
        }

        #[target_feature(enable = "simd128")]
        pub(super) fn scores(&self, of: f32) -> [(f32, f32); ABREAST] {
            let (sums, counts) = self.apart();
            let lanes = |all| {
                [
                    f32x4_extract_lane::<0>(all),
                    f32x4_extract_lane::<1>(all),
                    f32x4_extract_lane::<2>(all),
                    f32x4_extract_lane::<3>(all),
                ]
            };
            let (sums, counts) = (lanes(sums), lanes(counts));
            std::array::from_fn(|lane| score(sums[lane], counts[lane], of))
        }

        #[inline]
        #[target_feature(enable = "simd128")]
        fn apart(&self) -> (v128, v128) {
            (
                i32x4_shuffle::<0, 2, 4, 6>(self.0, self.1),
                i32x4_shuffle::<1, 3, 5, 7>(self.0, self.1),
            )
        }
    }
}
