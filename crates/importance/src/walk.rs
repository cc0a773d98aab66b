//! Many points down one tree at once.
//!
//! A point's way down a tree is a chain of loads of which each waits for the one before: one point alone leaves a processor
//! idle most of the time. Here several go side by side, and a leaf leads to itself, so that nothing but the end of them all
//! is ever guessed.

use super::tree::{CategorySet, Node, Tree};

/// Points that go side by side.
const ABREAST: usize = 4;

/// Marks a feature that is split by subsets.
const BY_SUBSET: u32 = 1 << 31;

/// A node: coordinates above `at` go to the node after `left`. A leaf leads all to itself.
#[derive(Clone, Copy)]
struct Step {
    /// Of a subset its number.
    at: f64,
    feature: u32,
    left: u32,
}

/// Where else a row goes with another coordinate on one feature.
#[derive(Clone, Copy, Default)]
struct Detour {
    replaced: f64,
    /// The row's place in its group.
    lane: u32,
    feature: u32,
    /// Where it leaves the row's own way.
    node: u32,
}

/// Points by row, then feature.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub(super) coordinates: &'a [f64],
    pub(super) features: usize,
}

/// Leads points down trees that a [`super::grow::Grower`] grew, with its buffers.
#[derive(Default)]
pub(super) struct Walker {
    steps: Vec<Step>,
    /// By node; what is no leaf has 0.
    values: Vec<f64>,
    subsets: Vec<CategorySet>,
    /// The nodes that a group came by, level by level.
    ways: Vec<[u32; ABREAST]>,
    detours: Vec<Detour>,
    /// By feature, the last row on whose way it was met.
    met: Vec<u32>,
    rows_met: u32,
}

impl Walker {
    /// From now on points go down this tree.
    pub(super) fn enter(&mut self, tree: &Tree) {
        self.steps.clear();
        self.values.clear();
        self.subsets.clone_from(&tree.subsets);
        for (node, place) in tree.nodes.iter().zip(0..) {
            let (step, value) = match *node {
                Node::Leaf { value } => {
                    let step = Step {
                        at: f64::INFINITY,
                        feature: 0,
                        left: place,
                    };
                    (step, value)
                }
                Node::Threshold {
                    feature,
                    at,
                    left,
                    right,
                } => {
                    debug_assert_eq!(right, left + 1, "children are neighbours");
                    (Step { at, feature, left }, 0.0)
                }
                Node::Subset {
                    feature,
                    subset,
                    left,
                    right,
                } => {
                    debug_assert_eq!(right, left + 1, "children are neighbours");
                    let step = Step {
                        at: f64::from(subset),
                        feature: feature | BY_SUBSET,
                        left,
                    };
                    (step, 0.0)
                }
            };
            self.steps.push(step);
            self.values.push(value);
        }
    }

    /// Gives the value at each of these rows with `each`, by the row's place among them; and with `moved` for each feature of
    /// which another coordinate, which `other` gives, would alone lead elsewhere, what the value changes by: few of them,
    /// as most features are not met on the way.
    pub(super) fn values_and_moved(
        &mut self,
        of: Table<'_>,
        rows: &[u32],
        other: impl Fn(usize, usize) -> f64,
        mut each: impl FnMut(usize, f64),
        mut moved: impl FnMut(usize, usize, f64),
    ) {
        self.met.resize(of.features, 0);
        // A row makes as many as there are features at most, and one that does not count.
        self.detours
            .resize(ABREAST * of.features + 1, Detour::default());
        for (number, group) in rows.chunks(ABREAST).enumerate() {
            let starts = starts(group, of.features);
            let first = number * ABREAST;
            let ends = self.go(|lane, feature| of.coordinates[starts[lane] + feature]);
            let mut values = [0.0; ABREAST];
            let mut count = 0;
            for lane in 0..group.len() {
                values[lane] = self.values[ends[lane] as usize];
                each(first + lane, values[lane]);
                count = self.find_detours(lane, count, |feature| other(first + lane, feature));
            }
            for detours in self.detours[..count].chunks(ABREAST) {
                let of_lane: [Detour; ABREAST] =
                    std::array::from_fn(|at| detours[at.min(detours.len() - 1)]);
                let mut nodes = of_lane.map(|detour| detour.node);
                loop {
                    let next = self.next(&nodes, |at, feature| {
                        let Detour {
                            replaced,
                            lane,
                            feature: on,
                            ..
                        } = of_lane[at];
                        if feature == on as usize {
                            replaced
                        } else {
                            of.coordinates[starts[lane as usize] + feature]
                        }
                    });
                    if !go_on(&mut nodes, next) {
                        break;
                    }
                }
                for (detour, node) in detours.iter().zip(nodes) {
                    let lane = detour.lane as usize;
                    let change = self.values[node as usize] - values[lane];
                    moved(first + lane, detour.feature as usize, change);
                }
            }
        }
    }

    /// Leads a group from the root to its leaves, and notes its way.
    fn go(&mut self, coordinate: impl Fn(usize, usize) -> f64) -> [u32; ABREAST] {
        let mut ways = std::mem::take(&mut self.ways);
        ways.clear();
        let mut nodes = [0; ABREAST];
        loop {
            ways.push(nodes);
            let next = self.next(&nodes, &coordinate);
            if !go_on(&mut nodes, next) {
                break;
            }
        }
        self.ways = ways;
        nodes
    }

    /// Notes where a row of the group would leave its way behind the first `count` detours; says how many there are then.
    fn find_detours(
        &mut self,
        lane: usize,
        mut count: usize,
        other: impl Fn(usize) -> f64,
    ) -> usize {
        self.rows_met += 1;
        for pair in self.ways.windows(2) {
            let (node, next) = (pair[0][lane], pair[1][lane]);
            if node == next {
                break;
            }
            let step = self.steps[node as usize];
            let feature = (step.feature & !BY_SUBSET) as usize;
            let replaced = other(feature);
            let there = self.child(step, replaced);
            let is_first = self.met[feature] != self.rows_met;
            let counts = (there != next) & is_first;
            self.detours[count] = Detour {
                replaced,
                lane: lane as u32,
                feature: feature as u32,
                node: there,
            };
            count += usize::from(counts);
            self.met[feature] = if counts {
                self.rows_met
            } else {
                self.met[feature]
            };
        }
        count
    }

    /// Where these nodes lead.
    fn next(
        &self,
        nodes: &[u32; ABREAST],
        coordinate: impl Fn(usize, usize) -> f64,
    ) -> [u32; ABREAST] {
        std::array::from_fn(|lane| {
            let step = self.steps[nodes[lane] as usize];
            self.child(step, coordinate(lane, (step.feature & !BY_SUBSET) as usize))
        })
    }

    fn child(&self, step: Step, coordinate: f64) -> u32 {
        let goes_right = if step.feature & BY_SUBSET == 0 {
            coordinate > step.at
        } else {
            !self.subsets[step.at as usize].contains(coordinate as usize)
        };
        step.left + u32::from(goes_right)
    }
}

/// Takes a step; says whether any was taken.
fn go_on(nodes: &mut [u32; ABREAST], next: [u32; ABREAST]) -> bool {
    // Not one comparison a point: that would be a guess each.
    let moved = nodes
        .iter()
        .zip(next)
        .fold(0, |moved, (node, next)| moved | (node ^ next));
    *nodes = next;
    moved != 0
}

/// Where the coordinates of a group's rows begin; the last row's again where there are fewer.
fn starts(group: &[u32], features: usize) -> [usize; ABREAST] {
    std::array::from_fn(|lane| group[lane.min(group.len() - 1)] as usize * features)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::design::{Design, Parameter};
    use crate::grow::Draws;
    use crate::prepare::Prepared;
    use crate::surrogate::Stretch;

    /// A number, a category, a number that is not always set, and steps, which all matter.
    pub(crate) fn prepared() -> Prepared {
        let mut draws = Draws::new(8, 0, 0);
        let mut unit = || draws.below(1 << 20) as f64 / f64::from(1 << 20);
        let mut column = || (0..301).map(|_| unit()).collect::<Vec<f64>>();
        let (x, mut sometimes) = (column(), column());
        let codes: Vec<u32> = column().iter().map(|at| (at * 7.0) as u32).collect();
        let steps: Vec<f64> = column().iter().map(|at| (at * 5.0).floor()).collect();
        (0..301)
            .step_by(3)
            .for_each(|run| sometimes[run] = f64::NAN);
        let of_run = |run: usize| {
            let set = if sometimes[run].is_nan() {
                0.3
            } else {
                sometimes[run]
            };
            3.0 * x[run] * f64::from(codes[run]) + set + steps[run]
        };
        Prepared::new(&Design {
            objective: (0..301).map(of_run).collect(),
            parameters: vec![
                Parameter::ranged("x", x.clone(), 0.0, 1.0, false),
                Parameter::category("kind", codes.clone()),
                Parameter::inferred("sometimes", sometimes.clone()),
                Parameter::inferred("steps", steps.clone()),
            ],
            configurations: Vec::new(),
        })
    }

    /// A few small trees of them.
    pub(crate) fn stretch(prepared: &Prepared) -> Stretch<'_> {
        Stretch {
            target: &prepared.objective,
            seed: 0,
            forest: 0,
            trees: 0..4,
            min_leaf: 3,
            considered: 2,
            fractions: None,
        }
    }

    #[test]
    fn points_side_by_side_come_where_each_would_come_alone() {
        let prepared = prepared();
        let stretch = stretch(&prepared);
        let features = prepared.features.len();
        // Neither all rows nor a whole number of groups, and another row's coordinates to be replaced by.
        let rows: Vec<u32> = (0..301).filter(|row| row % 7 != 0).collect();
        let other = |at: usize| prepared.row((at * 37 + 5) % 301);
        let mut walker = Walker::default();
        let mut detours = 0;
        stretch.grow(&prepared, |tree, _| {
            assert!(tree.nodes.len() > 20 && !tree.subsets.is_empty());
            walker.enter(tree);
            let value = |point: &[f64]| tree.value_at(|feature| point[feature]);
            let alone: Vec<f64> = rows
                .iter()
                .map(|row| value(prepared.row(*row as usize)))
                .collect();
            let mut values = Vec::new();
            let mut changes = vec![0.0; features * rows.len()];
            walker.values_and_moved(
                prepared.table(),
                &rows,
                |at, feature| other(at)[feature],
                |at, value| {
                    assert_eq!(at, values.len());
                    values.push(value);
                },
                |at, feature, change| changes[features * at + feature] += change,
            );
            assert_eq!(values, alone);
            for (at, row) in rows.iter().enumerate() {
                for feature in 0..features {
                    let mut moved = prepared.row(*row as usize).to_vec();
                    moved[feature] = other(at)[feature];
                    let change = value(&moved) - alone[at];
                    assert_eq!(changes[features * at + feature], change);
                    detours += usize::from(change != 0.0);
                }
            }
        });
        assert!(detours > 1000, "{detours}");
    }
}
