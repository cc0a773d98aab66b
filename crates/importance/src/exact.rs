//! Functional ANOVA of one tree, exactly (Hutter, Hoos, Leyton-Brown, ICML 2014, algorithm 1 and equations 1–6).
//!
//! Over the leaves, with values `c`, weights `w` and side measures `m_j`: mean `mu = sum w c`, variance
//! `V = sum w c^2 - mu^2`. The marginal of feature `j` is a step function over the cells that the leaves' edges on `j`
//! cut; a difference array adds each leaf to its range of cells in constant time, hence all singles in
//! `O(leaves * depth * log)` a tree. Pairs are the same in two dimensions, less the singles. The total index needs the
//! overlaps of all pairs of leaves: `O(leaves^2 * features)`, on demand.

use super::boxes::{Place, Range, Side, visit};
use super::tree::Tree;

/// A piece of a marginal: the feature between two values (or one category), and the mean of the tree there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Where it begins; a category's code.
    pub from: f64,
    /// Where it ends; a category's code.
    pub to: f64,
    /// Its share of the feature's measure.
    pub measure: f64,
    /// Mean of the tree over all other features.
    pub mean: f64,
}

struct OwnedLeaf {
    value: f64,
    weight: f64,
    sides: Vec<Side>,
}

/// One tree over given ranges, ready to be decomposed.
pub struct Decomposition {
    ranges: Vec<Range>,
    leaves: Vec<OwnedLeaf>,
    /// Mean of the tree.
    pub mean: f64,
    /// Variance of the tree.
    pub variance: f64,
}

impl Decomposition {
    /// Collects the leaves of a tree.
    pub fn new(tree: &Tree, ranges: &[Range]) -> Self {
        let mut leaves = Vec::new();
        visit(tree, ranges, |leaf| {
            leaves.push(OwnedLeaf {
                value: leaf.value,
                weight: leaf.weight,
                sides: leaf.sides.to_vec(),
            });
        });
        let mean = leaves
            .iter()
            .map(|leaf| leaf.weight * leaf.value)
            .sum::<f64>();
        // Second pass over deviations: the textbook difference of squares loses digits for a large mean.
        let variance = leaves
            .iter()
            .map(|leaf| leaf.weight * (leaf.value - mean) * (leaf.value - mean))
            .sum();
        Self {
            ranges: ranges.to_vec(),
            leaves,
            mean,
            variance,
        }
    }

    /// The marginal of a feature as a step function.
    pub fn marginal(&self, feature: usize) -> Vec<Piece> {
        let cells = self.cells(feature);
        let mut change = vec![0.0; cells.len() + 1];
        for leaf in &self.leaves {
            let side = &leaf.sides[feature];
            let added = (leaf.value - self.mean) * leaf.weight / side.measure;
            for (first, end) in cells.spans(&side.place) {
                change[first] += added;
                change[end] -= added;
            }
        }
        let mut mean = self.mean;
        (0..cells.len())
            .map(|cell| {
                mean += change[cell];
                let (from, to) = cells.bounds(cell);
                Piece {
                    from,
                    to,
                    measure: cells.measures[cell],
                    mean,
                }
            })
            .collect()
    }

    /// Variance of the marginal of a feature.
    pub fn single(&self, feature: usize) -> f64 {
        self.marginal(feature)
            .iter()
            .map(|piece| piece.measure * (piece.mean - self.mean).powi(2))
            .sum()
    }

    /// Variance of the interaction of two features: of their joint marginal, less both singles.
    pub fn pair(&self, a: usize, b: usize) -> f64 {
        let (cells_a, cells_b) = (self.cells(a), self.cells(b));
        let width = cells_b.len() + 1;
        let mut change = vec![0.0; (cells_a.len() + 1) * width];
        for leaf in &self.leaves {
            let (side_a, side_b) = (&leaf.sides[a], &leaf.sides[b]);
            let added = (leaf.value - self.mean) * leaf.weight / (side_a.measure * side_b.measure);
            for (first_a, end_a) in cells_a.spans(&side_a.place) {
                for (first_b, end_b) in cells_b.spans(&side_b.place) {
                    change[first_a * width + first_b] += added;
                    change[first_a * width + end_b] -= added;
                    change[end_a * width + first_b] -= added;
                    change[end_a * width + end_b] += added;
                }
            }
        }
        let mut above = vec![0.0; width];
        let mut joint = 0.0;
        for (row, measure_a) in change.chunks_exact(width).zip(&cells_a.measures) {
            let mut sum = 0.0;
            for (cell, measure_b) in cells_b.measures.iter().enumerate() {
                sum += row[cell];
                above[cell] += sum;
                joint += measure_a * measure_b * above[cell] * above[cell];
            }
        }
        (joint - self.single(a) - self.single(b)).max(0.0)
    }

    /// Variance of everything that a feature takes part in: the total less that of the marginal over all others.
    pub fn total(&self, feature: usize) -> f64 {
        let mut without = 0.0;
        for (i, a) in self.leaves.iter().enumerate() {
            for (j, b) in self.leaves[..=i].iter().enumerate() {
                let mut overlap = a.sides[feature].measure * b.sides[feature].measure;
                for (other, range) in self.ranges.iter().enumerate() {
                    if overlap <= 0.0 {
                        break;
                    }
                    if other != feature {
                        overlap *= shared(range, &a.sides[other].place, &b.sides[other].place);
                    }
                }
                let times = if i == j { 1.0 } else { 2.0 };
                without += times * overlap * (a.value - self.mean) * (b.value - self.mean);
            }
        }
        (self.variance - without).max(0.0)
    }

    fn cells(&self, feature: usize) -> Cells {
        match &self.ranges[feature] {
            Range::Categories(measures) => Cells {
                edges: Vec::new(),
                measures: measures.clone(),
            },
            &Range::Number { low, high } => {
                let mut edges = vec![low, high];
                for leaf in &self.leaves {
                    if let Place::Between(from, to) = leaf.sides[feature].place {
                        edges.extend([from, to]);
                    }
                }
                edges.sort_by(f64::total_cmp);
                edges.dedup();
                let measures = edges
                    .windows(2)
                    .map(|edge| (edge[1] - edge[0]) / (high - low))
                    .collect();
                Cells { edges, measures }
            }
        }
    }
}

/// Measure of what two places have in common.
fn shared(range: &Range, a: &Place, b: &Place) -> f64 {
    match (range, a, b) {
        (
            Range::Number { low, high },
            Place::Between(a_from, a_to),
            Place::Between(b_from, b_to),
        ) => (a_to.min(*b_to) - a_from.max(*b_from)).max(0.0) / (high - low),
        (Range::Categories(measures), Place::Among(a), Place::Among(b)) => {
            a.and(b).iter().filter_map(|code| measures.get(code)).sum()
        }
        _ => 0.0,
    }
}

/// The cells that leaves cut a feature into; a category is a cell.
struct Cells {
    edges: Vec<f64>,
    measures: Vec<f64>,
}

impl Cells {
    fn len(&self) -> usize {
        self.measures.len()
    }

    fn bounds(&self, cell: usize) -> (f64, f64) {
        if self.edges.is_empty() {
            (cell as f64, cell as f64)
        } else {
            (self.edges[cell], self.edges[cell + 1])
        }
    }

    /// The runs of cells, first and end, that a place covers.
    fn spans(&self, place: &Place) -> Vec<(usize, usize)> {
        match place {
            Place::Between(from, to) => {
                let cell_at = |edge: f64| {
                    self.edges
                        .partition_point(|other| *other < edge)
                        .min(self.len())
                };
                vec![(cell_at(*from), cell_at(*to))]
            }
            Place::Among(set) => set
                .iter()
                .take_while(|&code| code < self.len())
                .map(|code| (code, code + 1))
                .collect(),
        }
    }
}
