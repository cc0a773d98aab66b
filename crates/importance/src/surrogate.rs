//! The surrogate: sums over trees of everything that is asked of a forest, and the two forests put together.
//!
//! The objective is predicted by the mean of a random forest plus the mean of a second one, grown on the out-of-bag
//! residuals of the first (one-step boosted forest: Ghosal and Hooker, "Boosting Random Forests to Reduce Bias",
//! JCGS 2021). A forest alone smooths weak effects more than strong ones and so overstates the strong; the correction
//! is kept only where it raises the out-of-bag R², so that it does not chase noise.
//!
//! Everything is linear in the trees, so a forest is the sum of its blocks of trees, grown anywhere, added in order.

use serde::{Deserialize, Serialize};

use super::boxes::Range;
use super::calibration;
use super::calibration::{Slopes, Unseen, UnseenParts};
use super::descent::{Columns, Descent};
use super::exact::Decomposition;
use super::grow::{Draws, Grower};
use super::marginals::{Marginals, Sweep};
use super::points::{Points, Redrawn};
use super::prepare::Prepared;
use super::tree::Tree;
use super::walk::Walker;

/// Sums over some trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Block {
    pub(super) trees: u32,
    pub(super) marginals: Marginals,
    /// Values at the points (see [`Points::add`]).
    #[serde(with = "super::packed")]
    pub(super) at_points: Vec<f64>,
    /// Out-of-bag predictions, by row, and of how many trees.
    #[serde(with = "super::packed")]
    pub(super) out_of_bag: Vec<f64>,
    pub(super) out_of_bag_trees: Vec<u32>,
    /// Out-of-bag values of the marginals.
    pub(super) unseen: UnseenParts,
    /// Single trees' fractions, where those are wanted.
    pub(super) fractions: Option<Fractions>,
}

/// Sums of fractions of single trees' variance, over trees that vary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Fractions {
    pub(super) trees: u32,
    pub(super) singles: Vec<f64>,
    /// Empty where totals are not wanted.
    pub(super) totals: Vec<f64>,
}

impl Fractions {
    fn add(&mut self, other: &Self) {
        self.trees += other.trees;
        add_each(&mut self.singles, &other.singles);
        add_each(&mut self.totals, &other.totals);
    }

    fn add_tree(&mut self, tree: &Tree, ranges: &[Range]) {
        let decomposition = Decomposition::new(tree, ranges);
        if decomposition.variance > 0.0 {
            self.trees += 1;
            for (j, single) in self.singles.iter_mut().enumerate() {
                *single += decomposition.single(j) / decomposition.variance;
            }
            for (j, total) in self.totals.iter_mut().enumerate() {
                *total += decomposition.total(j) / decomposition.variance;
            }
        }
    }
}

impl Block {
    fn add(&mut self, other: &Self) {
        self.trees += other.trees;
        self.marginals.add(&other.marginals);
        add_each(&mut self.at_points, &other.at_points);
        add_each(&mut self.out_of_bag, &other.out_of_bag);
        self.out_of_bag_trees
            .iter_mut()
            .zip(&other.out_of_bag_trees)
            .for_each(|(sum, add)| *sum += add);
        self.unseen.add(&other.unseen);
        if let (Some(sum), Some(added)) = (&mut self.fractions, &other.fractions) {
            sum.add(added);
        }
    }

    /// The sum of blocks, in their order.
    pub(super) fn sum<'a>(blocks: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut blocks = blocks.into_iter();
        let mut sum = blocks.next()?.clone();
        blocks.for_each(|block| sum.add(block));
        Some(sum)
    }

    /// Target less out-of-bag prediction; NaN where there is none.
    pub(super) fn residuals(&self, target: &[f64]) -> Vec<f64> {
        let predicted = self.out_of_bag.iter().zip(&self.out_of_bag_trees);
        predicted
            .zip(target)
            .map(|((sum, &trees), target)| target - sum / f64::from(trees))
            .collect()
    }
}

pub(super) fn add_each(sums: &mut [f64], added: &[f64]) {
    sums.iter_mut()
        .zip(added)
        .for_each(|(sum, add)| *sum += add);
}

/// A stretch of trees of one forest, each grown on as many configurations as there are, drawn with replacement.
pub(super) struct Stretch<'a> {
    pub(super) target: &'a [f64],
    pub(super) seed: u64,
    /// Tells forests apart; with the tree's number it seeds the tree.
    pub(super) forest: u64,
    pub(super) trees: std::ops::Range<u32>,
    pub(super) min_leaf: usize,
    /// Features tried at each split.
    pub(super) considered: usize,
    /// Whether fractions of single trees are wanted, and whether their totals are.
    pub(super) fractions: Option<WithTotals>,
}

/// Whether total indices are wanted beside singles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WithTotals(pub(super) bool);

impl Stretch<'_> {
    /// Grows its trees, giving each to `each` with how often it has each row. Rows whose target is NaN take no part.
    pub(super) fn grow(&self, prepared: &Prepared, mut each: impl FnMut(&Tree, &[u32])) {
        let mut grower = Grower::new(prepared, self.min_leaf, self.considered);
        for number in self.trees.clone() {
            let mut draws = Draws::new(self.seed, self.forest, u64::from(number));
            let mut counts = prepared.replicates.bootstrap(&mut draws);
            counts
                .iter_mut()
                .zip(self.target)
                .filter(|(_, target)| target.is_nan())
                .for_each(|(count, _)| *count = 0);
            let tree = grower.grow(self.target, &counts, &mut draws);
            each(&tree, &counts);
        }
    }
}

/// Grows a stretch of trees and sums them up.
pub(super) fn grow_block(prepared: &Prepared, points: &Points, stretch: &Stretch<'_>) -> Block {
    let mut sweep = Sweep::new(prepared);
    let ranges = Range::of(prepared);
    let unseen = Unseen::new(prepared);
    let (mut descent, mut left_over) = (Descent::default(), Vec::new());
    let (runs, features) = (prepared.runs(), prepared.features.len());
    let mut block = Block {
        trees: 0,
        marginals: sweep.start(),
        at_points: vec![0.0; points.len()],
        out_of_bag: vec![0.0; runs],
        out_of_bag_trees: vec![0; runs],
        unseen: unseen.start(),
        fractions: stretch.fractions.map(|WithTotals(totals)| Fractions {
            trees: 0,
            singles: vec![0.0; features],
            totals: vec![0.0; if totals { features } else { 0 }],
        }),
    };
    stretch.grow(prepared, |tree, counts| {
        sweep.add(tree, &mut block.marginals);
        points.add(&mut descent, tree, &mut block.at_points);
        unseen.add(sweep.of_tree(), counts, &mut block.unseen);
        left_over.clear();
        left_over.extend(
            (0..=u16::MAX)
                .zip(counts)
                .filter(|(_, count)| **count == 0)
                .map(|(row, _)| row),
        );
        let Block {
            out_of_bag,
            out_of_bag_trees,
            ..
        } = &mut block;
        descent.values(
            tree,
            Columns::Rows(&prepared.features),
            &left_over,
            |row, value| {
                out_of_bag[row] += value;
                out_of_bag_trees[row] += 1;
            },
        );
        if let Some(fractions) = &mut block.fractions {
            fractions.add_tree(tree, &ranges);
        }
        block.trees += 1;
    });
    block
}

/// Sums over some trees of what their values change by at points of which one coordinate is redrawn (see [`Redrawn::add`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Changes {
    pub(super) trees: u32,
    #[serde(with = "super::packed")]
    pub(super) sums: Vec<f64>,
}

impl Changes {
    /// Grows a stretch of trees and sums them up.
    pub(super) fn of_block(prepared: &Prepared, stretch: &Stretch<'_>) -> Self {
        let redrawn = Redrawn::new(prepared);
        let mut walker = Walker::default();
        let mut changes = Self {
            trees: 0,
            sums: vec![0.0; redrawn.sums()],
        };
        stretch.grow(prepared, |tree, _| {
            walker.enter(tree);
            redrawn.add(&mut walker, &mut changes.sums);
            changes.trees += 1;
        });
        changes
    }

    /// Adds the mean over the trees of these blocks to `means`.
    pub(super) fn add_mean(blocks: &[Option<Self>], means: &mut [f64]) {
        let trees: u32 = blocks.iter().flatten().map(|block| block.trees).sum();
        let mut sums = vec![0.0; means.len()];
        blocks
            .iter()
            .flatten()
            .for_each(|block| add_each(&mut sums, &block.sums));
        let factor = 1.0 / f64::from(trees.max(1));
        means
            .iter_mut()
            .zip(sums)
            .for_each(|(mean, sum)| *mean += sum * factor);
    }
}

/// A function as a mean of trees, or a sum of such means.
pub(super) struct Means {
    /// Its marginals; as sums over one tree.
    pub(super) marginals: Marginals,
    /// Its values at the points (see [`Points::add`]).
    pub(super) at_points: Vec<f64>,
}

impl Means {
    /// A forest, with its correction if there is one.
    pub(super) fn new(forest: &Block, correction: Option<&Block>) -> Self {
        let mean = |block: &Block| {
            let factor = 1.0 / f64::from(block.trees.max(1));
            let at_points = block.at_points.iter().map(|sum| sum * factor).collect();
            Self {
                marginals: block.marginals.scaled(factor),
                at_points,
            }
        };
        let mut means = mean(forest);
        if let Some(correction) = correction.map(mean) {
            means.marginals.add(&correction.marginals);
            add_each(&mut means.at_points, &correction.at_points);
        }
        means
    }
}

/// The slopes of the parts of a forest with its correction, fitted to `objective` on runs that trees have not seen.
pub(super) fn slopes(
    objective: &[f64],
    means: &Means,
    forest: &Block,
    correction: Option<&Block>,
) -> Slopes {
    let features = means.marginals.cells.len();
    let (mut parts, mut target) = (Vec::new(), Vec::new());
    for (place, row) in calibration::rows(objective.len()).into_iter().enumerate() {
        let mut values = vec![0.0; features + 1];
        let mut prediction = 0.0;
        let mut is_known = true;
        for block in std::iter::once(forest).chain(correction) {
            is_known &= block.out_of_bag_trees[row] > 0;
            let factor = 1.0 / f64::from(block.out_of_bag_trees[row].max(1));
            prediction += block.out_of_bag[row] * factor;
            let of_block = block.unseen.of(place, features);
            values
                .iter_mut()
                .zip(of_block)
                .for_each(|(value, sum)| *value += sum * factor);
        }
        if is_known {
            let additive: f64 = values.iter().sum();
            values[features] = prediction - additive - means.marginals.mean;
            parts.push(values);
            target.push(objective[row] - means.marginals.mean);
        }
    }
    Slopes::fit(&parts, &target)
}

/// A forest with its correction where that is worth it, and how well it predicts.
pub(super) struct Surrogate {
    pub(super) means: Means,
    /// How far its parts are stretched.
    pub(super) slopes: Slopes,
    /// Out-of-bag R².
    pub(super) r2: f64,
    /// Out-of-bag prediction of each run; NaN where there is none.
    pub(super) predicted: Vec<f64>,
    /// Whether the correction was kept.
    pub(super) is_corrected: bool,
}

impl Surrogate {
    /// Puts a forest and its correction together.
    pub(super) fn new(objective: &[f64], forest: &Block, correction: Option<&Block>) -> Self {
        let mut residuals = forest.residuals(objective);
        let mut r2 = r2(objective, &residuals);
        let mut kept = None;
        if let Some(correction) = correction {
            let corrected = correction.residuals(&residuals);
            let corrected_r2 = self::r2(objective, &corrected);
            if corrected_r2 > r2 {
                (residuals, r2, kept) = (corrected, corrected_r2, Some(correction));
            }
        }
        let predicted = objective
            .iter()
            .zip(&residuals)
            .map(|(objective, residual)| objective - residual)
            .collect();
        let means = Means::new(forest, kept);
        let slopes = if forest.fractions.is_none() {
            slopes(objective, &means, forest, kept)
        } else {
            Slopes::none(means.marginals.cells.len())
        };
        Self {
            means,
            slopes,
            r2,
            predicted,
            is_corrected: kept.is_some(),
        }
    }
}

/// Share of the objective's variance that is explained, over runs that have a residual.
fn r2(objective: &[f64], residuals: &[f64]) -> f64 {
    let known: Vec<usize> = (0..residuals.len())
        .filter(|&row| residuals[row].is_finite())
        .collect();
    let mean = known.iter().map(|&row| objective[row]).sum::<f64>() / known.len().max(1) as f64;
    let spread: f64 = known
        .iter()
        .map(|&row| (objective[row] - mean).powi(2))
        .sum();
    let unexplained: f64 = known.iter().map(|&row| residuals[row].powi(2)).sum();
    if spread > 0.0 {
        1.0 - unexplained / spread
    } else {
        0.0
    }
}
