//! Marginals of many trees summed on a fixed grid per feature.
//!
//! The marginal of a mean of trees is the mean of their marginals, so a forest's is a running sum. Each tree's step
//! function is averaged inside the grid's cells (exactly, with fractions at its edges) by a difference array: constant
//! time for each side of each leaf. Categories are their own cells, so nothing is lost there.

use serde::{Deserialize, Serialize};

use super::boxes::{Place, Range, visit};
use super::prepare::{Feature, Prepared};
use super::surrogate::add_each;
use super::tree::Tree;

/// Sums over trees: of their means, and of their marginals' deviations from them on every feature's grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Marginals {
    /// Sum of the trees' means.
    pub(super) mean: f64,
    /// By feature and cell: sum over trees of the marginal, less the tree's mean.
    pub(super) cells: Vec<Vec<f64>>,
}

impl Marginals {
    /// Adds other sums.
    pub(super) fn add(&mut self, other: &Self) {
        self.mean += other.mean;
        for (sums, added) in self.cells.iter_mut().zip(&other.cells) {
            sums.iter_mut()
                .zip(added)
                .for_each(|(sum, add)| *sum += add);
        }
    }

    /// All sums times a factor.
    pub(super) fn scaled(&self, factor: f64) -> Self {
        let cells = self
            .cells
            .iter()
            .map(|cells| cells.iter().map(|sum| sum * factor).collect())
            .collect();
        Self {
            mean: self.mean * factor,
            cells,
        }
    }
}

/// Adds trees to [`Marginals`], with its buffers.
pub(super) struct Sweep<'a> {
    features: &'a [Feature],
    ranges: Vec<Range>,
    /// By feature: what is added to all cells from this one on.
    change: Vec<Vec<f64>>,
    /// By feature: sum of weight times value over the leaves that are restricted on it.
    restricted: Vec<f64>,
    /// By feature and cell: the last tree's marginal, less its mean.
    of_tree: Vec<Vec<f64>>,
}

impl<'a> Sweep<'a> {
    pub(super) fn new(prepared: &'a Prepared) -> Self {
        let features = &prepared.features;
        Self {
            features,
            ranges: Range::of(prepared),
            change: features
                .iter()
                .map(|feature| vec![0.0; feature.cells() + 2])
                .collect(),
            restricted: vec![0.0; features.len()],
            of_tree: features
                .iter()
                .map(|feature| vec![0.0; feature.cells()])
                .collect(),
        }
    }

    /// Empty sums.
    pub(super) fn start(&self) -> Marginals {
        Marginals {
            mean: 0.0,
            cells: self
                .features
                .iter()
                .map(|feature| vec![0.0; feature.cells()])
                .collect(),
        }
    }

    /// Adds a tree.
    #[inline(never)]
    pub(super) fn add(&mut self, tree: &Tree, sums: &mut Marginals) {
        let Self {
            features,
            ranges,
            change,
            restricted,
            of_tree,
        } = self;
        for cells in change.iter_mut() {
            cells.fill(0.0);
        }
        restricted.fill(0.0);
        let mut mean = 0.0;
        visit(tree, ranges, |leaf| {
            let mass = leaf.value * leaf.weight;
            mean += mass;
            for &feature in leaf.split {
                restricted[feature] += mass;
                let side = &leaf.sides[feature];
                let added = mass / side.measure;
                let change = &mut change[feature];
                match side.place {
                    Place::Between(from, to) => {
                        let cells = features[feature].cells();
                        begin(change, cells, from, added);
                        begin(change, cells, to, -added);
                    }
                    Place::Among(set) => set.iter().for_each(|code| change[code] += added),
                }
            }
        });
        sums.mean += mean;
        for j in 0..features.len() {
            // Leaves that are not restricted on the feature add the same everywhere.
            let everywhere = -restricted[j];
            let ordered = matches!(ranges[j], Range::Number { .. });
            let mut running = 0.0;
            for (cell, deviation) in of_tree[j].iter_mut().enumerate() {
                running = if ordered {
                    running + change[j][cell]
                } else {
                    change[j][cell]
                };
                *deviation = running + everywhere;
            }
            add_each(&mut sums.cells[j], &of_tree[j]);
        }
    }

    /// By feature and cell, the marginals' deviations from the mean of the tree that was added last.
    pub(super) fn of_tree(&self) -> &[Vec<f64>] {
        &self.of_tree
    }
}

/// A step of height `added` begins at `at`: its cell gets the part that lies right of `at`, later cells all of it.
fn begin(change: &mut [f64], cells: usize, at: f64, added: f64) {
    let place = at * cells as f64;
    let cell = (place as usize).min(cells);
    let left = (place - cell as f64).clamp(0.0, 1.0);
    change[cell] += added * (1.0 - left);
    change[cell + 1] += added * left;
}
