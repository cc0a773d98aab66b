//! Growing regression trees on bootstrap samples (Breiman 2001), exactly and fast.
//!
//! Each ordered feature keeps its rows presorted; a split partitions all lists stably, so a level of the tree costs
//! `O(rows * features)` with no sorting. A bootstrap sample is a count per row. With sums about
//! the node's mean a candidate of `c` among `n` runs that has sum `s` explains `s² n / (c (n - c))`, and candidates are
//! compared crosswise, so the scan has no division. Categories are sorted by
//! their mean at the node, after which the best subset is a prefix (Fisher 1958; exact for squared error). Categories
//! that no run of the node has follow the larger part.

use rand_core::{Rng as _, SeedableRng as _};
use rand_pcg::Pcg64;

use super::categories::{Categories, Row};
use super::prepare::{Feature, Kind, Prepared};
use super::tree::{CategorySet, Node, Tree};

/// Seeded draws for one tree or resample: a function of the three numbers alone.
pub struct Draws(Pcg64);

impl Draws {
    /// Draws of stream `tree` of group `resample` under `seed`.
    pub fn new(seed: u64, resample: u64, tree: u64) -> Self {
        // Any odd multipliers do: `seed_from_u64` mixes what it is given.
        let mixed = seed
            ^ resample.wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ tree.wrapping_mul(0xd1b5_4a32_d192_ed03);
        Self(Pcg64::seed_from_u64(mixed))
    }

    /// Uniform below `bound`, which fits 32 bits (Lemire's multiplication; its bias is below 2^-32 of a draw).
    pub fn below(&mut self, bound: usize) -> usize {
        (((self.0.next_u64() >> 32) * bound as u64) >> 32) as usize
    }

    /// Puts these in a random order.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for i in (1..all.len()).rev() {
            all.swap(i, self.below(i + 1));
        }
    }
}

/// A part of the sample yet to be split.
struct Open {
    node: usize,
    /// Where its rows are in every list, and in which of the two.
    start: usize,
    end: usize,
    side: usize,
    count: f64,
    sum: f64,
}

impl Open {
    fn mean(&self) -> f64 {
        self.sum / self.count.max(1.0)
    }
}

#[derive(Clone, Copy)]
struct Best {
    /// What it explains, by the node's count.
    score: f64,
    feature: usize,
    /// Rows that go left, in the feature's list, for an ordered one; categories that do, in the scan's order, else.
    first: usize,
}

/// Grows trees on one prepared design, reusing its buffers.
pub(super) struct Grower<'a> {
    prepared: &'a Prepared,
    min_leaf: usize,
    /// Features tried at each split, more only while none of them splits.
    considered: usize,
    /// Rows in the order of each feature; an unordered feature reads the first list.
    /// Each twice: a split writes what it parts into the other one.
    lists: Vec<[Vec<u16>; 2]>,
    list_of: Vec<usize>,
    rows: Vec<Row>,
    goes_left: Vec<bool>,
    /// Strides coprime to the number of features, for visiting them in an order that differs from node to node.
    strides: Vec<usize>,
    categories: Categories,
}

impl<'a> Grower<'a> {
    pub(super) fn new(prepared: &'a Prepared, min_leaf: usize, considered: usize) -> Self {
        let n = prepared.runs();
        let mut ordered = 0;
        let list_of = prepared
            .features
            .iter()
            .map(|feature| match feature.kind {
                Kind::Ordered { .. } => {
                    ordered += 1;
                    ordered - 1
                }
                Kind::Unordered { .. } => 0,
            })
            .collect();
        let d = prepared.features.len();
        Self {
            prepared,
            min_leaf: min_leaf.max(1),
            considered: considered.max(1),
            lists: vec![[vec![0; n + 1], vec![0; n]]; ordered.max(1)],
            list_of,
            rows: vec![Row::default(); n],
            goes_left: vec![false; n],
            strides: (1..=d).filter(|&stride| coprime(stride, d)).collect(),
            categories: Categories::default(),
        }
    }

    /// Grows a tree that predicts `target`, on the rows as often as `counts` says.
    pub(super) fn grow(&mut self, target: &[f64], counts: &[u32], draws: &mut Draws) -> Tree {
        let (mut total, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for (row, &count) in counts.iter().enumerate() {
            let times = f64::from(count);
            let value = if count > 0 { target[row] } else { 0.0 };
            self.rows[row] = Row {
                sum: value * times,
                count: times,
            };
            total += times;
            sum += value * times;
            squares += value * value * times;
        }
        let sampled = self.fill_lists(counts);
        // Gains below rounding noise would split pure nodes.
        let least_gain = 1e-12 * squares;
        let mut tree = Tree {
            nodes: vec![Node::Leaf { value: 0.0 }],
            subsets: Vec::new(),
        };
        let mut open = vec![Open {
            node: 0,
            start: 0,
            end: sampled,
            side: 0,
            count: total,
            sum,
        }];
        while let Some(part) = open.pop() {
            let Some(best) = self.best_split(&part, least_gain, draws) else {
                tree.nodes[part.node] = Node::Leaf { value: part.mean() };
                continue;
            };
            let split = self.mark(&part, best);
            let left = tree.nodes.len();
            let (left_node, right_node) = (left as u32, left as u32 + 1);
            tree.nodes.resize(left + 2, Node::Leaf { value: 0.0 });
            let feature = best.feature as u32;
            tree.nodes[part.node] = match split.at {
                At::Threshold(at) => Node::Threshold {
                    feature,
                    at,
                    left: left_node,
                    right: right_node,
                },
                At::Subset(set) => {
                    tree.subsets.push(set);
                    let subset = tree.subsets.len() as u32 - 1;
                    Node::Subset {
                        feature,
                        subset,
                        left: left_node,
                        right: right_node,
                    }
                }
            };
            let middle = part.start + split.rows;
            let halves = [
                Open {
                    node: left,
                    start: part.start,
                    end: middle,
                    side: 1 - part.side,
                    count: split.count,
                    sum: split.sum,
                },
                Open {
                    node: left + 1,
                    start: middle,
                    end: part.end,
                    side: 1 - part.side,
                    count: part.count - split.count,
                    sum: part.sum - split.sum,
                },
            ];
            let least = 2 * self.min_leaf;
            let splittable = |half: &Open| half.end - half.start >= least;
            if halves.iter().any(splittable) {
                self.partition(&part, split.rows);
            }
            for half in halves {
                if splittable(&half) {
                    open.push(half);
                } else {
                    tree.nodes[half.node] = Node::Leaf { value: half.mean() };
                }
            }
        }
        tree
    }

    /// Makes every list the sampled rows in its feature's order; says how many there are.
    fn fill_lists(&mut self, counts: &[u32]) -> usize {
        let sampled = counts.iter().filter(|count| **count > 0).count();
        let natural: Vec<u16> = (0..=u16::MAX).take(counts.len()).collect();
        let is_sampled: Vec<bool> = counts.iter().map(|&count| count > 0).collect();
        let mut orders: Vec<&[u16]> = Vec::with_capacity(self.lists.len());
        orders.extend(
            self.prepared
                .features
                .iter()
                .filter_map(|feature| match &feature.kind {
                    Kind::Ordered { order, .. } => Some(order.as_slice()),
                    Kind::Unordered { .. } => None,
                }),
        );
        if orders.is_empty() {
            orders.push(&natural);
        }
        for ([list, _], order) in self.lists.iter_mut().zip(orders) {
            keep(order, &is_sampled, list);
        }
        sampled
    }

    fn best_split(&mut self, part: &Open, least_gain: f64, draws: &mut Draws) -> Option<Best> {
        let d = self.prepared.features.len();
        if part.end - part.start < 2 * self.min_leaf || d == 0 {
            return None;
        }
        // In small nodes several features split equally well; the first one met wins, so the order must vary.
        let (mut feature, stride) = (
            draws.below(d),
            self.strides[draws.below(self.strides.len())],
        );
        let scan = Scan {
            rows: &self.rows,
            count: part.count,
            mean: part.mean(),
            min_leaf: self.min_leaf,
        };
        let mut best = Best {
            score: least_gain / part.count.max(1.0),
            feature,
            first: 0,
        };
        for tried in 0..d {
            if tried >= self.considered && best.first > 0 {
                break;
            }
            let list = &self.lists[self.list_of[feature]][part.side][part.start..part.end];
            let of_feature = &self.prepared.features[feature];
            let found = match &of_feature.kind {
                Kind::Ordered { .. } => scan.ordered(list, of_feature, best.score),
                Kind::Unordered { .. } => {
                    scan.unordered(list, &of_feature.codes, &mut self.categories, best.score)
                }
            };
            if let Some((score, first)) = found {
                best = Best {
                    score,
                    feature,
                    first,
                };
            }
            // No division: there are millions of these.
            feature += stride;
            if feature >= d {
                feature -= d;
            }
        }
        (best.first > 0).then_some(best)
    }

    /// Marks the rows of the part that go left and says what that means.
    fn mark(&mut self, part: &Open, best: Best) -> Split {
        let feature = &self.prepared.features[best.feature];
        let list = &self.lists[self.list_of[best.feature]][part.side][part.start..part.end];
        let mut split = Split {
            at: At::Threshold(0.0),
            rows: 0,
            count: 0.0,
            sum: 0.0,
        };
        let mut send = |row: u16, left: bool| {
            self.goes_left[usize::from(row)] = left;
            if left {
                split.rows += 1;
                split.count += self.rows[usize::from(row)].count;
                split.sum += self.rows[usize::from(row)].sum;
            }
        };
        match &feature.kind {
            Kind::Ordered { places, active, .. } => {
                list.iter()
                    .enumerate()
                    .for_each(|(i, &row)| send(row, i < best.first));
                let below = places[feature.codes[usize::from(list[best.first - 1])] as usize];
                let above = places[feature.codes[usize::from(list[best.first])] as usize];
                split.at = At::Threshold(threshold(below, above, *active));
            }
            Kind::Unordered { measures, .. } => {
                // The scan's order was overwritten by later features' scans.
                self.categories.collect(list, &feature.codes, &self.rows);
                let mut set = CategorySet::default();
                self.categories
                    .met
                    .iter()
                    .take(best.first)
                    .for_each(|met| set.insert(met.code as usize));
                for &row in list {
                    send(row, set.contains(feature.codes[usize::from(row)] as usize));
                }
                if 2.0 * split.count > part.count {
                    let mut met = CategorySet::default();
                    self.categories
                        .met
                        .iter()
                        .for_each(|category| met.insert(category.code as usize));
                    CategorySet::all(measures.len())
                        .without(&met)
                        .iter()
                        .for_each(|code| set.insert(code));
                }
                split.at = At::Subset(set);
            }
        }
        split
    }

    /// Moves the rows that go left, so many, to the front of every list's part, keeping order.
    fn partition(&mut self, part: &Open, to_left: usize) {
        for [first, second] in &mut self.lists {
            let (from, to) = if part.side == 0 {
                (first, second)
            } else {
                (second, first)
            };
            let to = &mut to[part.start..part.end];
            send(&from[part.start..part.end], &self.goes_left, to, to_left);
        }
    }
}

/// Rows that a loop takes at a time: a browser unrolls none.
const ABREAST: usize = 8;

/// Writes those of `rows` that are to be kept to the front of `to`, which has room for one more.
///
/// This, [`send`] and [`Scan::ordered`] are where the time goes. They stay functions of their own: a browser makes a function
/// fast when it is called again, which that of a whole tree seldom is, and makes a small one fast sooner.
#[inline(never)]
fn keep(rows: &[u16], is_kept: &[bool], to: &mut [u16]) {
    let mut kept = 0;
    // Each is written and the next overwrites it unless it is kept: no branch to mispredict.
    let mut one = |row: u16| {
        to[kept] = row;
        kept += usize::from(is_kept[usize::from(row)]);
    };
    let (groups, rest) = rows.as_chunks::<ABREAST>();
    for group in groups {
        group.iter().for_each(|&row| one(row));
    }
    rest.iter().for_each(|&row| one(row));
}

/// Writes `rows` to `to`: first those that go left, so many, then the others, each side in its order.
#[inline(never)]
fn send(rows: &[u16], goes_left: &[bool], to: &mut [u16], to_left: usize) {
    let (mut left, mut right) = (0, to_left);
    let mut one = |row: u16| {
        let goes_left = goes_left[usize::from(row)];
        // The place is chosen, not jumped to: no branch to mispredict.
        to[if goes_left { left } else { right }] = row;
        left += usize::from(goes_left);
        right += usize::from(!goes_left);
    };
    let (groups, rest) = rows.as_chunks::<ABREAST>();
    for group in groups {
        group.iter().for_each(|&row| one(row));
    }
    rest.iter().for_each(|&row| one(row));
}

/// What a split does to the sample.
struct Split {
    at: At,
    rows: usize,
    count: f64,
    sum: f64,
}

enum At {
    Threshold(f64),
    Subset(CategorySet),
}

/// Midway between two neighbours, at the edge of the inactive branch between that and the active part.
fn threshold(below: f64, above: f64, active: f64) -> f64 {
    if above > active && below < active {
        return active;
    }
    let middle = f64::midpoint(below, above);
    // Of neighbours in the last bit the midpoint may be the upper one, which must not go left.
    if middle < above { middle } else { below }
}

/// One node's candidates.
struct Scan<'a> {
    rows: &'a [Row],
    count: f64,
    mean: f64,
    min_leaf: usize,
}

impl Scan<'_> {
    /// What a left side of so many runs and this sum explains by the node's count, as a fraction.
    fn score(&self, count: f64, sum: f64) -> (f64, f64) {
        let about_mean = sum - count * self.mean;
        (about_mean * about_mean, count * (self.count - count))
    }

    /// The best cut of a list that beats `least`.
    #[inline(never)]
    fn ordered(&self, list: &[u16], feature: &Feature, least: f64) -> Option<(f64, usize)> {
        let (mut count, mut sum) = (0.0, 0.0);
        let (all_left, others) = list.split_at(self.min_leaf - 1);
        for &row in all_left {
            let row = self.rows[usize::from(row)];
            count += row.count;
            sum += row.sum;
        }
        let (mut best, mut best_first) = (least, 0);
        let mut cut = |row: u16, first: usize, is_cut: bool| {
            let row = self.rows[usize::from(row)];
            count += row.count;
            sum += row.sum;
            let (over, under) = self.score(count, sum);
            if is_cut && over > best * under {
                // Said to be rare, since else each cut is divided for, and the quotient then chosen or not.
                std::hint::cold_path();
                (best, best_first) = (over / under, first);
            }
        };
        // The last rows are always right.
        let others = &others[..others.len() + 1 - self.min_leaf];
        if feature.all_distinct {
            let mut first = self.min_leaf;
            let (groups, rest) = others[..others.len() - 1].as_chunks::<ABREAST>();
            for group in groups {
                for (i, &row) in group.iter().enumerate() {
                    cut(row, first + i, true);
                }
                first += ABREAST;
            }
            for (i, &row) in rest.iter().enumerate() {
                cut(row, first + i, true);
            }
        } else {
            let code = |row: u16| feature.codes[usize::from(row)];
            let mut here = code(others[0]);
            for (i, pair) in others.windows(2).enumerate() {
                let next = code(pair[1]);
                cut(pair[0], i + self.min_leaf, here != next);
                here = next;
            }
        }
        (best_first > 0).then_some((best, best_first))
    }

    /// The best subset of categories that beats `least`, as a number of categories in order of their mean.
    fn unordered(
        &self,
        list: &[u16],
        codes: &[u32],
        categories: &mut Categories,
        least: f64,
    ) -> Option<(f64, usize)> {
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
            let (over, under) = self.score(count, sum);
            if over > best * under {
                (best, best_first) = (over / under, i + 1);
            }
        }
        (best_first > 0).then_some((best, best_first))
    }
}

fn coprime(mut a: usize, mut b: usize) -> bool {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}
