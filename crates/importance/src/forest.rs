//! A forest whose trees are kept, to be asked about configurations that were not run: what it predicts, and how unsure
//! it is.
//!
//! The trees are those of the importance's forest. As in Hutter, Xu, Hoos, Leyton-Brown, "Algorithm runtime prediction:
//! methods & evaluation" (Artificial Intelligence 2014, section 4.3.2), each tree tells a mean and a variance of the runs
//! in its leaf, and the variance of the forest is the variance of the trees' means plus the mean of the leaves'
//! variances.

use super::Settings;
use super::prepare::Prepared;
use super::surrogate::Stretch;
use super::tree::Tree;
use std::ops::Range;

/// The runs in a leaf.
#[derive(Debug, Clone, Copy, Default)]
struct Leaf {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Leaf {
    fn add(&mut self, value: f64, times: f64) {
        self.count += times;
        self.sum += value * times;
        self.squares += value * value * times;
    }

    fn mean(&self) -> f64 {
        self.sum / self.count.max(1.0)
    }

    fn variance(&self) -> f64 {
        let mean = self.mean();
        (self.squares / self.count.max(1.0) - mean * mean).max(0.0)
    }
}

/// A tree with what is in its leaves, by node.
#[derive(Debug, Clone)]
struct Kept {
    tree: Tree,
    leaves: Vec<Leaf>,
}

/// Sums of what trees say.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    trees: f64,
    means: f64,
    squares: f64,
    variances: f64,
}

impl Told {
    fn add(&mut self, leaf: &Leaf) {
        let mean = leaf.mean();
        self.trees += 1.0;
        self.means += mean;
        self.squares += mean * mean;
        self.variances += leaf.variance();
    }

    fn prediction(&self) -> Prediction {
        let trees = self.trees.max(1.0);
        let mean = self.means / trees;
        let between = (self.squares / trees - mean * mean).max(0.0);
        Prediction {
            mean,
            spread: between.sqrt(),
            deviation: (between + self.variances / trees).sqrt(),
        }
    }
}

/// What is predicted of one configuration, in units of the objective less its mean over the runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// The mean.
    pub mean: f64,
    /// The standard deviation of the trees' means: how unsure the mean is.
    pub spread: f64,
    /// The standard deviation of one run: the trees' and their leaves'.
    pub deviation: f64,
}

/// See the module's documentation.
#[derive(Debug, Clone)]
pub struct Forest {
    trees: Vec<Kept>,
    /// By run: of the trees that have not seen it.
    unseen: Vec<Told>,
}

impl Forest {
    /// A forest of no trees.
    pub fn new(prepared: &Prepared) -> Self {
        Self {
            trees: Vec::new(),
            unseen: vec![Told::default(); prepared.runs()],
        }
    }

    /// Grows these trees of the forest that `settings` describes: the same whether in one stretch or in several.
    pub fn grow(&mut self, prepared: &Prepared, settings: &Settings, trees: Range<u32>) {
        let stretch = Stretch {
            target: &prepared.objective,
            seed: settings.seed,
            forest: 0,
            trees,
            min_leaf: settings.min_leaf,
            considered: settings.considered(prepared.features.len()),
            fractions: None,
        };
        let (kept, unseen) = (&mut self.trees, &mut self.unseen);
        stretch.grow(prepared, |tree, counts| {
            let mut leaves = vec![Leaf::default(); tree.nodes.len()];
            for (row, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                let leaf = tree.leaf(prepared.row(row));
                leaves[leaf].add(prepared.objective[row], f64::from(*count));
            }
            for (row, told) in unseen.iter_mut().enumerate() {
                if counts[row] == 0 {
                    told.add(&leaves[tree.leaf(prepared.row(row))]);
                }
            }
            let tree = tree.clone();
            kept.push(Kept { tree, leaves });
        });
    }

    /// How many trees there are.
    pub fn trees(&self) -> usize {
        self.trees.len()
    }

    /// Appends the leaf of a point in each tree; a coordinate for each feature.
    pub fn leaves(&self, point: &[f64], into: &mut Vec<u32>) {
        into.extend(self.trees.iter().map(|kept| kept.tree.leaf(point) as u32));
    }

    /// What is predicted where these are the leaves.
    pub fn predict(&self, leaves: &[u32]) -> Prediction {
        let mut told = Told::default();
        for (kept, leaf) in self.trees.iter().zip(leaves) {
            told.add(&kept.leaves[*leaf as usize]);
        }
        told.prediction()
    }

    /// Puts a run of this value into these leaves, without growing the trees anew.
    pub fn pretend(&mut self, leaves: &[u32], value: f64) {
        for (kept, leaf) in self.trees.iter_mut().zip(leaves) {
            kept.leaves[*leaf as usize].add(value, 1.0);
        }
    }

    /// What trees that have not seen a run predict of it; `None` where all have.
    pub fn unseen(&self, row: usize) -> Option<Prediction> {
        let told = self.unseen.get(row)?;
        (told.trees > 0.0).then(|| told.prediction())
    }

    /// The share of the objective's variance that is predicted in runs that trees have not seen.
    pub fn r2(&self, prepared: &Prepared) -> f64 {
        let (mut unexplained, mut whole) = (0.0, 0.0);
        for (row, value) in prepared.objective.iter().enumerate() {
            if let Some(prediction) = self.unseen(row) {
                unexplained += (value - prediction.mean).powi(2);
                whole += value * value;
            }
        }
        if whole > 0.0 {
            1.0 - unexplained / whole
        } else {
            0.0
        }
    }
}
