//! What a forest says of its parameters where the runs lie, rather than over an even space: mean decrease in impurity,
//! permutation on runs that a tree has not seen, and mean absolute SHAP values.
//!
//! - *Impurity* (Breiman and others, "Classification and Regression Trees", 1984): the squared error that the splits on
//!   a parameter take away, of each tree's whole, averaged over trees and scaled to a sum of 1. Parameters with many
//!   values get more than they earn.
//! - *Permutation* (Breiman, "Random Forests", 2001): what the out-of-bag R² loses when one parameter's values are
//!   shuffled among the runs. Counts interactions for each of their parameters; can be above 1, and below 0 by chance.
//! - *SHAP* ([`super::shap`]): the mean distance by which a parameter moves a prediction, in units of the objective.
//!
//! All three come of one pass over the trees, and sums over trees are all that is kept.

use serde::{Deserialize, Serialize};

use super::grow::Draws;
use super::prepare::Prepared;
use super::shap::Explainer;
use super::surrogate::add_each;
use super::tree::{Node, Tree};
use super::walk::Walker;

/// The measures of each feature.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Measures {
    pub(super) impurity: Vec<f64>,
    pub(super) permutation: Vec<f64>,
    pub(super) shap: Vec<f64>,
}

/// Which rows are looked at, and how they are shuffled: the same for every worker.
pub(super) struct Plan {
    /// Rows whose predictions are explained.
    pub(super) explained: Vec<usize>,
    /// Rows whose predictions are tested with shuffled values.
    tested: Vec<usize>,
    /// By feature, then repeat: for each tested row the row whose value it gets.
    shuffled: Vec<Vec<usize>>,
}

/// Bounds of a [`Plan`].
#[derive(Clone, Copy)]
pub(super) struct Effort {
    /// Explained rows at most.
    pub(super) explained: usize,
    /// Tested rows at most.
    pub(super) tested: usize,
    /// Shuffled predictions in all at most, which bounds the repeats.
    pub(super) shuffled: usize,
}

impl Effort {
    /// For the answer itself.
    pub(super) const WHOLE: Self = Self {
        explained: 200,
        tested: 1000,
        shuffled: 30_000,
    };
    /// For one of the resamples behind a whisker.
    pub(super) const RESAMPLE: Self = Self {
        explained: 50,
        tested: 300,
        shuffled: 10_000,
    };
}

/// Tells the shuffles' draws from those of trees.
const SHUFFLES: u64 = u64::MAX - 1;

impl Plan {
    pub(super) fn new(prepared: &Prepared, seed: u64, effort: Effort) -> Self {
        let features = prepared.features.len();
        let tested = spread(prepared.runs(), effort.tested);
        let each = features.max(1) * tested.len().max(1);
        let repeats = (effort.shuffled / each).clamp(1, 5);
        let shuffled = (0..features * repeats)
            .map(|number| {
                let mut draws = Draws::new(seed, SHUFFLES, number as u64);
                let mut rows = tested.clone();
                draws.shuffle(&mut rows);
                rows
            })
            .collect();
        Self {
            explained: spread(prepared.runs(), effort.explained),
            tested,
            shuffled,
        }
    }
}

/// At most `most` rows, evenly spread.
fn spread(runs: usize, most: usize) -> Vec<usize> {
    let count = runs.min(most);
    (0..count).map(|i| i * runs / count).collect()
}

/// Sums over some trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct MeasureSums {
    trees: u32,
    impurity: Vec<f64>,
    /// SHAP values by explained row, then feature.
    #[serde(with = "super::packed")]
    shap: Vec<f64>,
    /// Out-of-bag predictions of the tested rows, and of how many trees.
    seen: Vec<u32>,
    #[serde(with = "super::packed")]
    predicted: Vec<f64>,
    /// What these change by with shuffled values: by feature, repeat, then row.
    #[serde(with = "super::packed")]
    changes: Vec<f64>,
}

impl MeasureSums {
    pub(super) fn start(prepared: &Prepared, plan: &Plan) -> Self {
        let (features, tested) = (prepared.features.len(), plan.tested.len());
        Self {
            trees: 0,
            impurity: vec![0.0; features],
            shap: vec![0.0; features * plan.explained.len()],
            seen: vec![0; tested],
            predicted: vec![0.0; tested],
            changes: vec![0.0; plan.shuffled.len() * tested],
        }
    }

    /// Adds other sums of the same plan.
    pub(super) fn add(&mut self, other: &Self) {
        self.trees += other.trees;
        add_each(&mut self.impurity, &other.impurity);
        add_each(&mut self.shap, &other.shap);
        add_each(&mut self.predicted, &other.predicted);
        add_each(&mut self.changes, &other.changes);
        for (sum, add) in self.seen.iter_mut().zip(&other.seen) {
            *sum += add;
        }
    }

    /// Adds a tree that was grown on `target` with `counts` of each row.
    pub(super) fn add_tree(
        &mut self,
        prepared: &Prepared,
        plan: &Plan,
        tree: &Tree,
        target: &[f64],
        counts: &[u32],
    ) {
        self.trees += 1;
        let nodes = NodeSums::new(prepared, tree, target, counts);
        nodes.add_impurity(tree, &mut self.impurity);
        let features = prepared.features.len();
        let mut explainer = Explainer::default();
        for (row, values) in plan
            .explained
            .iter()
            .zip(self.shap.chunks_exact_mut(features.max(1)))
        {
            let point = prepared.row(*row);
            let at = |feature: usize| point[feature];
            explainer.add(tree, &nodes.count, &at, values);
        }
        let repeats = plan.shuffled.len() / features.max(1);
        let tested = plan.tested.len();
        let unseen = (0..tested as u32).filter(|i| counts[plan.tested[*i as usize]] == 0);
        let places: Vec<u32> = unseen.collect();
        let rows: Vec<u32> = places
            .iter()
            .map(|i| plan.tested[*i as usize] as u32)
            .collect();
        let mut walker = Walker::default();
        walker.enter(tree);
        let (seen, predicted, changes) = (&mut self.seen, &mut self.predicted, &mut self.changes);
        for repeat in 0..repeats {
            walker.values_and_moved(
                prepared.table(),
                &rows,
                |at, feature| {
                    let shuffled = &plan.shuffled[feature * repeats + repeat];
                    prepared.row(shuffled[places[at] as usize])[feature]
                },
                |at, value| {
                    if repeat == 0 {
                        seen[places[at] as usize] += 1;
                        predicted[places[at] as usize] += value;
                    }
                },
                |at, feature, change| {
                    let place = (feature * repeats + repeat) * tested + places[at] as usize;
                    changes[place] += change;
                },
            );
        }
    }

    /// The measures of the forest that these trees make.
    pub(super) fn measures(&self, prepared: &Prepared, plan: &Plan) -> Measures {
        let features = prepared.features.len();
        let whole: f64 = self.impurity.iter().sum();
        let part = |sum: &f64| if whole > 0.0 { sum / whole } else { 0.0 };
        let explained = plan.explained.len().max(1) as f64;
        let mut shap = vec![0.0; features];
        for row in self.shap_values().chunks_exact(features.max(1)) {
            for (sum, value) in shap.iter_mut().zip(row) {
                *sum += value.abs() / explained;
            }
        }
        Measures {
            impurity: self.impurity.iter().map(part).collect(),
            permutation: self.permutation(prepared, plan),
            shap,
        }
    }

    /// SHAP values of the forest by explained row, then feature: means over its trees.
    pub(super) fn shap_values(&self) -> Vec<f64> {
        let trees = f64::from(self.trees.max(1));
        self.shap.iter().map(|sum| sum / trees).collect()
    }

    fn permutation(&self, prepared: &Prepared, plan: &Plan) -> Vec<f64> {
        let features = prepared.features.len();
        let tested = plan.tested.len();
        let known: Vec<usize> = (0..tested).filter(|i| self.seen[*i] > 0).collect();
        let observed = |i: usize| prepared.objective[plan.tested[i]];
        let mean = known.iter().map(|i| observed(*i)).sum::<f64>() / known.len().max(1) as f64;
        let spread: f64 = known.iter().map(|i| (observed(*i) - mean).powi(2)).sum();
        let error = |change: &dyn Fn(usize) -> f64| -> f64 {
            let predicted = |i: usize| (self.predicted[i] + change(i)) / f64::from(self.seen[i]);
            known
                .iter()
                .map(|&i| (observed(i) - predicted(i)).powi(2))
                .sum()
        };
        let repeats = plan.shuffled.len() / features.max(1);
        if spread <= 0.0 || tested == 0 {
            return vec![0.0; features];
        }
        let unshuffled = error(&|_| 0.0);
        self.changes
            .chunks_exact(tested * repeats)
            .map(|of_feature| {
                let lost = |changes: &[f64]| (error(&|i| changes[i]) - unshuffled) / spread;
                of_feature.chunks_exact(tested).map(lost).sum::<f64>() / repeats as f64
            })
            .collect()
    }
}

/// Count, sum and sum of squares of the sample's runs at each node.
struct NodeSums {
    count: Vec<f64>,
    sum: Vec<f64>,
    squares: Vec<f64>,
}

impl NodeSums {
    fn new(prepared: &Prepared, tree: &Tree, target: &[f64], counts: &[u32]) -> Self {
        let size = tree.nodes.len();
        let mut sums = Self {
            count: vec![0.0; size],
            sum: vec![0.0; size],
            squares: vec![0.0; size],
        };
        for (row, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let count = f64::from(*count);
            let point = prepared.row(row);
            let mut node = Some(0);
            while let Some(here) = node.filter(|node| *node < size) {
                sums.count[here] += count;
                sums.sum[here] += count * target[row];
                sums.squares[here] += count * target[row] * target[row];
                node = tree
                    .step(here, |feature| point[feature])
                    .map(|(_, next, _)| next);
            }
        }
        sums
    }

    fn error(&self, node: usize) -> f64 {
        if self.count[node] > 0.0 {
            (self.squares[node] - self.sum[node] * self.sum[node] / self.count[node]).max(0.0)
        } else {
            0.0
        }
    }

    /// Adds what the splits on each feature take away, of the whole.
    fn add_impurity(&self, tree: &Tree, impurity: &mut [f64]) {
        let whole = self.error(0);
        for (node, split) in tree.nodes.iter().enumerate().filter(|_| whole > 0.0) {
            let (Node::Threshold {
                feature,
                left,
                right,
                ..
            }
            | Node::Subset {
                feature,
                left,
                right,
                ..
            }) = *split
            else {
                continue;
            };
            let after = self.error(left as usize) + self.error(right as usize);
            impurity[feature as usize] += (self.error(node) - after).max(0.0) / whole;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{Column, Design, Parameter};
    use crate::surrogate::Stretch;

    #[test]
    fn shap_values_of_a_run_sum_up_to_its_prediction_less_the_mean_one() {
        let mut draws = Draws::new(4, 0, 0);
        let mut unit = || draws.below(1 << 20) as f64 / f64::from(1 << 20);
        let x: Vec<f64> = (0..80).map(|_| unit()).collect();
        let codes: Vec<u32> = (0..80).map(|run| run % 3).collect();
        let of_run = |run: usize| 3.0 * x[run] + f64::from(codes[run]) * (1.0 - x[run]);
        let mut sometimes = x.clone();
        (0..80).step_by(4).for_each(|run| sometimes[run] = f64::NAN);
        let design = Design {
            objective: (0..80).map(of_run).collect(),
            parameters: vec![
                Parameter::ranged("x", x.clone(), 0.0, 1.0, false),
                Parameter::category("kind", codes.clone()),
                Parameter::inferred("sometimes", sometimes),
            ],
            configurations: Vec::new(),
        };
        assert!(matches!(design.parameters[1].values, Column::Codes(_)));
        let prepared = Prepared::new(&design);
        let plan = Plan::new(&prepared, 0, Effort::WHOLE);
        let mut sums = MeasureSums::start(&prepared, &plan);
        let stretch = Stretch {
            target: &prepared.objective,
            seed: 0,
            forest: 0,
            trees: 0..16,
            min_leaf: 3,
            considered: 3,
            fractions: None,
        };
        // By explained row what trees predict, less their mean over the runs that they were grown on.
        let mut moved = vec![0.0; plan.explained.len()];
        stretch.grow(&prepared, |tree, counts| {
            sums.add_tree(&prepared, &plan, tree, stretch.target, counts);
            let value =
                |row: usize| tree.value_at(|feature| prepared.features[feature].coordinate(row));
            let grown: f64 = counts
                .iter()
                .enumerate()
                .map(|(row, count)| f64::from(*count) * value(row))
                .sum();
            let mean = grown / f64::from(counts.iter().sum::<u32>());
            for (sum, row) in moved.iter_mut().zip(&plan.explained) {
                *sum += (value(*row) - mean) / 16.0;
            }
        });
        for (values, moved) in sums.shap_values().chunks_exact(3).zip(&moved) {
            let sum: f64 = values.iter().sum();
            assert!((sum - moved).abs() < 1e-9, "{sum} should be {moved}");
        }
    }
}
