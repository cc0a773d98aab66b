//! Growing regression trees on bootstrap samples (Breiman 2001), exactly and fast.
//!
//! Each ordered feature keeps its rows presorted; a split parts all lists (see [`super::part_list`]), so a level of the tree
//! costs `O(rows * features)` with no sorting. A bootstrap sample is a count per row. Candidates are compared as
//! [`super::scan`] says. Categories are sorted by
//! their mean at the node, after which the best subset is a prefix (Fisher 1958; exact for squared error). Categories
//! that no run of the node has follow the larger part.

use rand_core::{Rng as _, SeedableRng as _};
use rand_pcg::Pcg64;

use super::categories::{Categories, Row};
use super::part_list::{Front, keep, part};
use super::prepare::{Kind, Prepared};
use super::scan::{ABREAST, Scan, Table};
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
    /// Whether its lists descend.
    descends: bool,
    count: f64,
    sum: f64,
}

impl Open {
    fn mean(&self) -> f64 {
        self.sum / self.count.max(1.0)
    }

    fn rows(&self) -> usize {
        self.end - self.start
    }
}

#[derive(Clone, Copy)]
struct Best {
    /// What it explains, by the node's count.
    score: f32,
    feature: usize,
    /// Rows of the feature's list that stand before the cut, for an ordered one; categories that go left, in the scan's order,
    /// else.
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
    /// The rows of the node that is being split, about its mean.
    about_mean: Table,
    front: Front,
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
            about_mean: Table::default(),
            front: Front::default(),
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
        let unit = Unit {
            // Of numbers of 32 bits: of whatever size the objective is, they have squares.
            scale: 1.0
                / (squares / f64::max(total, 1.0))
                    .sqrt()
                    .max(f64::MIN_POSITIVE),
            // Gains below rounding noise would split pure nodes.
            least_gain: 1e-12 * total,
        };
        let mut tree = Tree {
            nodes: vec![Node::Leaf { value: 0.0 }],
            subsets: Vec::new(),
        };
        let mut open = vec![Open {
            node: 0,
            start: 0,
            end: sampled,
            side: 0,
            descends: false,
            count: total,
            sum,
        }];
        while let Some(of) = open.pop() {
            let Some(best) = self.best_split(&of, &unit, draws) else {
                tree.nodes[of.node] = Node::Leaf { value: of.mean() };
                continue;
            };
            let split = self.mark(&of, best);
            let left = tree.nodes.len();
            let (left_node, right_node) = (left as u32, left as u32 + 1);
            tree.nodes.resize(left + 2, Node::Leaf { value: 0.0 });
            let feature = best.feature as u32;
            tree.nodes[of.node] = match split.at {
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
            let middle = of.start + split.rows;
            let halves = [
                Open {
                    node: left + usize::from(!split.front_is_left),
                    start: of.start,
                    end: middle,
                    side: 1 - of.side,
                    descends: of.descends,
                    count: split.count,
                    sum: split.sum,
                },
                // What is parted to the back stands the other way round.
                Open {
                    node: left + usize::from(split.front_is_left),
                    start: middle,
                    end: of.end,
                    side: 1 - of.side,
                    descends: !of.descends,
                    count: of.count - split.count,
                    sum: of.sum - split.sum,
                },
            ];
            let least = 2 * self.min_leaf;
            let splittable = |half: &Open| half.rows() >= least;
            if halves.iter().any(splittable) {
                self.part_lists(&of);
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

    fn list(&self, feature: usize, of: &Open) -> &[u16] {
        &self.lists[self.list_of[feature]][of.side][of.start..of.end]
    }

    #[inline(never)]
    fn best_split(&mut self, of: &Open, unit: &Unit, draws: &mut Draws) -> Option<Best> {
        let d = self.prepared.features.len();
        if of.rows() < 2 * self.min_leaf || d == 0 {
            return None;
        }
        // In small nodes several features split equally well; the first one met wins, so the order must vary.
        let (mut feature, stride) = (
            draws.below(d),
            self.strides[draws.below(self.strides.len())],
        );
        let rows = &self.lists[0][of.side][of.start..of.end];
        let mean = of.mean();
        for &row in rows {
            let Row { sum, count } = self.rows[usize::from(row)];
            self.about_mean
                .put(row, (sum - mean * count) * unit.scale, count);
        }
        let scan = Scan {
            rows: &self.about_mean,
            count: of.count as f32,
            min_leaf: self.min_leaf,
        };
        let mut best = Best {
            score: (unit.least_gain / of.count.max(1.0)) as f32,
            feature,
            first: 0,
        };
        // Features of which several are tried at once.
        let mut waiting = Waiting::default();
        for tried in 0..d {
            let has_enough = tried >= self.considered;
            if has_enough && (tried - self.considered).is_multiple_of(ABREAST) {
                self.try_waiting(of, &scan, &mut waiting, &mut best);
                if best.first > 0 {
                    break;
                }
            }
            let of_feature = &self.prepared.features[feature];
            let found = match &of_feature.kind {
                Kind::Ordered { .. } if of_feature.all_distinct => {
                    waiting.push(feature);
                    None
                }
                Kind::Ordered { .. } => {
                    scan.ordered(self.list(feature, of), &of_feature.codes, best.score)
                }
                Kind::Unordered { .. } => {
                    scan.unordered(rows, &of_feature.codes, &mut self.categories, best.score)
                }
            };
            if let Some((score, first)) = found {
                best = Best {
                    score,
                    feature,
                    first,
                };
            }
            if waiting.is_full() {
                self.try_waiting(of, &scan, &mut waiting, &mut best);
            }
            // No division: there are millions of these.
            feature += stride;
            if feature >= d {
                feature -= d;
            }
        }
        self.try_waiting(of, &scan, &mut waiting, &mut best);
        (best.first > 0).then_some(best)
    }

    fn try_waiting(&self, of: &Open, scan: &Scan<'_>, waiting: &mut Waiting, best: &mut Best) {
        if let Some(features) = waiting.take() {
            let lists = features.map(|feature| self.list(feature, of));
            if let Some((score, lane, first)) = scan.abreast(lists, best.score) {
                *best = Best {
                    score,
                    feature: features[lane],
                    first,
                };
            }
        }
    }

    /// Marks the rows of the part that come to the front of its lists, and says what that means.
    #[inline(never)]
    fn mark(&mut self, of: &Open, best: Best) -> Split {
        let feature = &self.prepared.features[best.feature];
        let list = &self.lists[self.list_of[best.feature]][of.side][of.start..of.end];
        let mut split = Split {
            at: At::Threshold(0.0),
            front_is_left: true,
            rows: 0,
            count: 0.0,
            sum: 0.0,
        };
        let mut send = |row: u16, to_front: bool| {
            self.front.put(row, to_front);
            if to_front {
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
                let place = |i: usize| places[feature.codes[usize::from(list[i])] as usize];
                let (mut below, mut above) = (place(best.first - 1), place(best.first));
                if of.descends {
                    std::mem::swap(&mut below, &mut above);
                }
                split.front_is_left = !of.descends;
                split.at = At::Threshold(threshold(below, above, *active));
            }
            Kind::Unordered { measures, .. } => {
                // The scan's order was overwritten by later features' scans.
                self.categories
                    .collect(list, &feature.codes, &self.about_mean);
                let mut set = CategorySet::default();
                self.categories
                    .met
                    .iter()
                    .take(best.first)
                    .for_each(|met| set.insert(met.code as usize));
                for &row in list {
                    send(row, set.contains(feature.codes[usize::from(row)] as usize));
                }
                if 2.0 * split.count > of.count {
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

    /// Parts every list's stretch of this part into what was marked and the rest.
    fn part_lists(&mut self, of: &Open) {
        for [first, second] in &mut self.lists {
            let (from, to) = if of.side == 0 {
                (first, second)
            } else {
                (second, first)
            };
            let stretch = of.start..of.end;
            part(&from[stretch.clone()], &mut to[stretch], |row| {
                self.front.has(row)
            });
        }
    }
}

/// What is the same for all nodes of a tree.
struct Unit {
    /// What makes the objective's spread 1.
    scale: f64,
    /// What a split must explain at least, in those units.
    least_gain: f64,
}

/// Features that wait to be tried together.
#[derive(Default)]
struct Waiting {
    features: [usize; ABREAST],
    count: usize,
}

impl Waiting {
    fn push(&mut self, feature: usize) {
        self.features[self.count] = feature;
        self.count += 1;
    }

    fn is_full(&self) -> bool {
        self.count == ABREAST
    }

    /// Those that waited; the first again where there are fewer.
    fn take(&mut self) -> Option<[usize; ABREAST]> {
        let Self { features, count } = std::mem::take(self);
        (count > 0).then(|| std::array::from_fn(|at| features[if at < count { at } else { 0 }]))
    }
}

/// What a split does to the sample.
struct Split {
    at: At,
    /// Whether what comes to the front goes left.
    front_is_left: bool,
    /// How many rows come to the front, how often they were drawn, and their sum.
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

fn coprime(mut a: usize, mut b: usize) -> bool {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}
