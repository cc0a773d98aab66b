//! Interactions of pairs of features.
//!
//! The joint marginal of a forest's mean function is summed over trees on a coarse grid (at most 32 cells a side, or
//! the categories) by a two-dimensional difference array, which is linear, so that only the sum over all trees is ever
//! integrated. What the grid's cells average away is lost: pairs are slightly low, singles and the whole are not
//! touched by it.

use serde::{Deserialize, Serialize};

use super::boxes::{Place, Range, Side, visit};
use super::exact::Decomposition;
use super::prepare::Prepared;
use super::tree::Tree;

/// Sums over trees for some pairs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct PairSums {
    pub(super) trees: u32,
    /// Difference arrays of the joint marginals, by pair.
    changes: Vec<Vec<f64>>,
    /// By pair, sum of single trees' fractions, where those are wanted.
    pub(super) fractions: Vec<f64>,
}

/// Mean predictions along two parameters, all others averaged out, on a grid over both axes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Surface {
    /// Cells along the first parameter: equal parts of its axis, or its categories.
    pub rows: usize,
    /// Cells along the second.
    pub columns: usize,
    /// By row, then column.
    pub values: Vec<f64>,
}

impl Surface {
    /// The same with the parameters changed about.
    pub(super) fn turned(&self) -> Self {
        let cells =
            (0..self.columns).flat_map(|column| (0..self.rows).map(move |row| (row, column)));
        Self {
            rows: self.columns,
            columns: self.rows,
            values: cells
                .map(|(row, column)| self.values[row * self.columns + column])
                .collect(),
        }
    }
}

/// Pairs are worked out between features of at most this many cells.
const MOST_CELLS: usize = 64;

/// Whether pairs with the feature can be worked out.
pub(super) fn is_pairable(prepared: &Prepared, feature: usize) -> bool {
    prepared.features[feature].coarse_cells() <= MOST_CELLS
}

impl PairSums {
    /// Empty sums.
    pub(super) fn start(prepared: &Prepared, pairs: &[(usize, usize)]) -> Self {
        let size = |feature: usize| prepared.features[feature].coarse_cells() + 2;
        Self {
            trees: 0,
            changes: pairs
                .iter()
                .map(|&(a, b)| vec![0.0; size(a) * size(b)])
                .collect(),
            fractions: vec![0.0; pairs.len()],
        }
    }

    /// Adds other sums.
    pub(super) fn add(&mut self, other: &Self) {
        self.trees += other.trees;
        for (sums, added) in self.changes.iter_mut().zip(&other.changes) {
            sums.iter_mut()
                .zip(added)
                .for_each(|(sum, add)| *sum += add);
        }
        self.fractions
            .iter_mut()
            .zip(&other.fractions)
            .for_each(|(sum, add)| *sum += add);
    }

    /// Adds a tree's joint marginals.
    pub(super) fn add_tree(&mut self, prepared: &Prepared, pairs: &[(usize, usize)], tree: &Tree) {
        self.trees += 1;
        let (mut edges_a, mut edges_b) = (Vec::new(), Vec::new());
        visit(tree, &Range::of(prepared), |leaf| {
            for (&(a, b), change) in pairs.iter().zip(&mut self.changes) {
                let (side_a, side_b) = (&leaf.sides[a], &leaf.sides[b]);
                let (cells_a, cells_b) = (
                    prepared.features[a].coarse_cells(),
                    prepared.features[b].coarse_cells(),
                );
                edges(side_a, cells_a, &mut edges_a);
                edges(side_b, cells_b, &mut edges_b);
                let added = leaf.value * leaf.weight / (side_a.measure * side_b.measure);
                for &(cell_a, times_a) in &edges_a {
                    for &(cell_b, times_b) in &edges_b {
                        change[cell_a * (cells_b + 2) + cell_b] += added * times_a * times_b;
                    }
                }
            }
        });
    }

    /// Adds a tree's own fractions, as the paper has them.
    pub(super) fn add_fractions(
        &mut self,
        prepared: &Prepared,
        pairs: &[(usize, usize)],
        tree: &Tree,
    ) {
        let decomposition = Decomposition::new(tree, &Range::of(prepared));
        if decomposition.variance > 0.0 {
            self.trees += 1;
            for (&(a, b), fraction) in pairs.iter().zip(&mut self.fractions) {
                *fraction += decomposition.pair(a, b) / decomposition.variance;
            }
        }
    }

    /// The mean over the trees so far, as difference arrays, added to those of another forest.
    pub(super) fn mean_added_to(&self, mut other: Self) -> Self {
        for (sums, added) in other.changes.iter_mut().zip(&self.changes) {
            sums.iter_mut()
                .zip(added)
                .for_each(|(sum, add)| *sum += add / f64::from(self.trees.max(1)));
        }
        other
    }

    /// The joint marginal of the pair with this index, the sums being taken as they are.
    pub(super) fn surface(
        &self,
        prepared: &Prepared,
        index: usize,
        (a, b): (usize, usize),
    ) -> Surface {
        let cells = |feature: usize| prepared.features[feature].coarse_cells();
        let is_ordered = |feature: usize| prepared.features[feature].is_ordered();
        let (rows, columns) = (cells(a), cells(b));
        let width = columns + 2;
        let mut joint = self.changes[index].clone();
        if is_ordered(b) {
            for row in joint.chunks_exact_mut(width) {
                (1..width).for_each(|cell| row[cell] += row[cell - 1]);
            }
        }
        if is_ordered(a) {
            (width..joint.len()).for_each(|cell| joint[cell] += joint[cell - width]);
        }
        let values = joint.chunks_exact(width).take(rows);
        Surface {
            rows,
            columns,
            values: values.flat_map(|row| &row[..columns]).copied().collect(),
        }
    }

    /// Variance of the interaction of the pair with this index, the sums being taken as they are.
    pub(super) fn variance(
        &self,
        prepared: &Prepared,
        index: usize,
        (a, b): (usize, usize),
    ) -> f64 {
        let measures = |feature: usize| prepared.features[feature].coarse_measures();
        let (measures_a, measures_b) = (measures(a), measures(b));
        let Surface { values: joint, .. } = self.surface(prepared, index, (a, b));
        let width = measures_b.len();
        let at = |i: usize, j: usize| joint[i * width + j];
        let marginal_a: Vec<f64> = (0..measures_a.len())
            .map(|i| {
                measures_b
                    .iter()
                    .enumerate()
                    .map(|(j, m)| m * at(i, j))
                    .sum()
            })
            .collect();
        let marginal_b: Vec<f64> = (0..measures_b.len())
            .map(|j| {
                measures_a
                    .iter()
                    .enumerate()
                    .map(|(i, m)| m * at(i, j))
                    .sum()
            })
            .collect();
        let mean: f64 = measures_a
            .iter()
            .zip(&marginal_a)
            .map(|(measure, value)| measure * value)
            .sum();
        let mut variance = 0.0;
        for (i, measure_a) in measures_a.iter().enumerate() {
            for (j, measure_b) in measures_b.iter().enumerate() {
                let interaction = at(i, j) - marginal_a[i] - marginal_b[j] + mean;
                variance += measure_a * measure_b * interaction * interaction;
            }
        }
        variance
    }
}

/// Where a side begins (+) and ends (-) on a grid; its edges' cells in part. Categories are themselves.
fn edges(side: &Side, cells: usize, out: &mut Vec<(usize, f64)>) {
    out.clear();
    match side.place {
        Place::Between(from, to) => {
            for (edge, sign) in [(from, 1.0), (to, -1.0)] {
                let place = edge * cells as f64;
                let cell = (place as usize).min(cells);
                let left = (place - cell as f64).clamp(0.0, 1.0);
                out.push((cell, sign * (1.0 - left)));
                if left > 0.0 {
                    out.push((cell + 1, sign * left));
                }
            }
        }
        Place::Among(set) => out.extend(set.iter().map(|code| (code, 1.0))),
    }
}
