//! SHAP values of a tree: how much each parameter's value moved one run's prediction away from the mean one.
//!
//! Lundberg and others, "From local explanations to global understanding with explainable AI for trees", Nature Machine
//! Intelligence 2020, algorithm 2 (path-dependent TreeSHAP): the Shapley values of the game in which an unknown
//! parameter is averaged over by how many runs went each way at a split. So the measure is where runs lie, not an even
//! law over the space. `O(leaves · depth²)` for a run.

use super::tree::{Node, Tree};

/// What a path from the root has met: a feature, the part of the runs that go this way where it is unknown, whether the
/// explained run goes this way, and the weights of its subsets.
#[derive(Debug, Clone, Copy)]
struct Met {
    feature: usize,
    zero: f64,
    one: f64,
    weight: f64,
}

/// The feature of the path's first entry, which stands for none.
const ROOT: usize = usize::MAX;

/// Works out SHAP values, with its buffers.
#[derive(Debug, Default)]
pub struct Explainer {
    /// Paths of the nodes above, one after another.
    paths: Vec<Met>,
    /// `1 / i` by `i`; division is what all this would wait for.
    inverse: Vec<f64>,
}

impl Explainer {
    /// Adds the SHAP values of a tree's prediction at a point to `values`, one a feature. `cover` says how many runs of
    /// the tree's sample each node has. The values sum up to the prediction less the mean over the sample.
    pub fn add(
        &mut self,
        tree: &Tree,
        cover: &[f64],
        coordinate: &dyn Fn(usize) -> f64,
        values: &mut [f64],
    ) {
        self.paths.clear();
        let root = Met {
            feature: ROOT,
            zero: 1.0,
            one: 1.0,
            weight: 0.0,
        };
        self.visit(tree, cover, coordinate, values, 0, 0, root);
    }

    /// Visits a node; the path above it is `self.paths[begin..]`, to which `met` comes.
    #[expect(
        clippy::too_many_arguments,
        reason = "one recursion's state; a struct of it would only be copied"
    )]
    fn visit(
        &mut self,
        tree: &Tree,
        cover: &[f64],
        coordinate: &dyn Fn(usize) -> f64,
        values: &mut [f64],
        node: usize,
        begin: usize,
        met: Met,
    ) {
        let depth = self.paths.len() - begin;
        while self.inverse.len() < depth + 3 {
            self.inverse.push(1.0 / self.inverse.len() as f64);
        }
        extend(&mut self.paths, begin, met, &self.inverse);
        let Some((feature, hot, cold)) = tree.step(node, coordinate) else {
            if let Some(Node::Leaf { value }) = tree.nodes.get(node) {
                let path = &self.paths[begin..];
                // The same for all entries that the run does not follow, but for a factor that cancels out.
                let cold = cold_sum(path, &self.inverse) * value;
                for met in &path[1..] {
                    values[met.feature] += if met.one > 0.0 {
                        hot_sum(path, met.zero, &self.inverse) * (1.0 - met.zero) * value
                    } else {
                        -cold
                    };
                }
            }
            return;
        };
        let (mut zero, mut one) = (1.0, 1.0);
        // A feature that was met before is taken out of the path, and comes in again with both splits' parts.
        if let Some(before) = self.paths[begin..]
            .iter()
            .position(|met| met.feature == feature)
        {
            (zero, one) = (
                self.paths[begin + before].zero,
                self.paths[begin + before].one,
            );
            unwind(&mut self.paths, begin, before, &self.inverse);
        }
        let end = self.paths.len();
        for (child, goes) in [(hot, one), (cold, 0.0)] {
            self.paths.extend_from_within(begin..end);
            let met = Met {
                feature,
                zero: zero * cover[child] / cover[node],
                one: goes,
                weight: 0.0,
            };
            self.visit(tree, cover, coordinate, values, child, end, met);
            self.paths.truncate(end);
        }
    }
}

/// Grows the path by one, with the weights of subsets of each size.
fn extend(paths: &mut Vec<Met>, begin: usize, mut met: Met, inverse: &[f64]) {
    let depth = paths.len() - begin;
    met.weight = if depth == 0 { 1.0 } else { 0.0 };
    paths.push(met);
    let path = &mut paths[begin..];
    let part = inverse[depth + 1];
    for i in (0..depth).rev() {
        let weight = path[i].weight * part;
        path[i + 1].weight += met.one * weight * (i as f64 + 1.0);
        path[i].weight = met.zero * weight * (depth - i) as f64;
    }
}

/// Takes the entry at `place` out again.
fn unwind(paths: &mut Vec<Met>, begin: usize, place: usize, inverse: &[f64]) {
    let path = &mut paths[begin..];
    let depth = path.len() - 1;
    let Met { zero, one, .. } = path[place];
    let mut next = path[depth].weight;
    let (size, part) = (depth as f64 + 1.0, inverse[depth + 1]);
    let times = if one > 0.0 { size } else { size / zero };
    for i in (0..depth).rev() {
        if one > 0.0 {
            let weight = path[i].weight;
            path[i].weight = next * times * inverse[i + 1];
            next = weight - path[i].weight * zero * (depth - i) as f64 * part;
        } else {
            path[i].weight *= times * inverse[depth - i];
        }
    }
    for i in place..depth {
        let after = path[i + 1];
        path[i] = Met {
            weight: path[i].weight,
            ..after
        };
    }
    paths.pop();
}

/// The weights' sum of the path without an entry that the run follows, which has `zero`.
fn hot_sum(path: &[Met], zero: f64, inverse: &[f64]) -> f64 {
    let depth = path.len() - 1;
    let mut next = path[depth].weight;
    let mut sum = 0.0;
    for i in (0..depth).rev() {
        // The weight by `size`, which is multiplied in at the end.
        let weight = next * inverse[i + 1];
        sum += weight;
        next = path[i].weight - weight * zero * (depth - i) as f64;
    }
    sum * (depth as f64 + 1.0)
}

/// The weights' sum of the path without an entry that the run does not follow, times what it has for `zero`.
fn cold_sum(path: &[Met], inverse: &[f64]) -> f64 {
    let depth = path.len() - 1;
    let of_weights = path[..depth].iter().enumerate();
    let sum: f64 = of_weights
        .map(|(i, met)| met.weight * inverse[depth - i])
        .sum();
    sum * (depth as f64 + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::CategorySet;
    use arbtest::arbitrary::{Result, Unstructured};

    /// A random tree on `features` features of `[0, 1]` and its nodes' covers; the last feature has four categories.
    fn random(u: &mut Unstructured<'_>, features: usize) -> Result<(Tree, Vec<f64>)> {
        let mut tree = Tree::default();
        let mut cover = Vec::new();
        // Nodes to be made: their place is known, their depth too.
        let mut open = vec![(0, 64.0, 0)];
        tree.nodes.push(Node::Leaf { value: 0.0 });
        cover.push(64.0);
        while let Some((node, runs, depth)) = open.pop() {
            if depth == 6 || runs < 2.0 || u.ratio(1, 4)? {
                tree.nodes[node] = Node::Leaf {
                    value: f64::from(u.int_in_range(-20_i32..=20)?),
                };
                continue;
            }
            let part: f64 = f64::from(u.int_in_range(1_u32..=runs as u32 - 1)?);
            let (left, right) = (tree.nodes.len(), tree.nodes.len() + 1);
            let feature = u.int_in_range(0..=features - 1)?;
            tree.nodes[node] = if feature == features - 1 {
                let mut set = CategorySet::default();
                set.insert(u.int_in_range(0..=3_usize)?);
                set.insert(u.int_in_range(0..=3_usize)?);
                tree.subsets.push(set);
                Node::Subset {
                    feature: feature as u32,
                    subset: tree.subsets.len() as u32 - 1,
                    left: left as u32,
                    right: right as u32,
                }
            } else {
                Node::Threshold {
                    feature: feature as u32,
                    at: f64::from(u.int_in_range(0_u32..=10)?) / 10.0,
                    left: left as u32,
                    right: right as u32,
                }
            };
            for (child, runs) in [(left, part), (right, runs - part)] {
                tree.nodes.push(Node::Leaf { value: 0.0 });
                cover.push(runs);
                open.push((child, runs, depth + 1));
            }
        }
        Ok((tree, cover))
    }

    /// The expected prediction where the features in `known` are known: the game by its definition.
    fn expected(tree: &Tree, cover: &[f64], point: &[f64], known: u32, node: usize) -> f64 {
        match tree.step(node, |feature| point[feature]) {
            None => match tree.nodes[node] {
                Node::Leaf { value } => value,
                _ => unreachable!("only leaves have no step"),
            },
            Some((feature, hot, _)) if known >> feature & 1 == 1 => {
                expected(tree, cover, point, known, hot)
            }
            Some((_, hot, cold)) => {
                let of =
                    |child| cover[child] / cover[node] * expected(tree, cover, point, known, child);
                of(hot) + of(cold)
            }
        }
    }

    #[test]
    fn values_are_shapley_values() {
        let factorial = |n: u32| f64::from((1..=n).product::<u32>());
        arbtest::arbtest(|u| {
            let features = u.int_in_range(2..=5_usize)?;
            let (tree, cover) = random(u, features)?;
            let mut point = Vec::new();
            for _ in 1..features {
                point.push(f64::from(u.int_in_range(0_u32..=10)?) / 10.0);
            }
            point.push(f64::from(u.int_in_range(0_u32..=3)?));
            let mut values = vec![0.0; features];
            Explainer::default().add(&tree, &cover, &|feature| point[feature], &mut values);
            let game = |known: u32| expected(&tree, &cover, &point, known, 0);
            for (feature, value) in values.iter().enumerate() {
                let mut exact = 0.0;
                for others in (0..1_u32 << features).filter(|set| set >> feature & 1 == 0) {
                    let size = others.count_ones();
                    let weight = factorial(size) * factorial(features as u32 - size - 1)
                        / factorial(features as u32);
                    exact += weight * (game(others | 1 << feature) - game(others));
                }
                assert!((value - exact).abs() < 1e-9, "{value} should be {exact}");
            }
            let sum: f64 = values.iter().sum();
            assert!((sum - (game((1 << features) - 1) - game(0))).abs() < 1e-9);
            Ok(())
        });
    }
}
