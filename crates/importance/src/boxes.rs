//! The boxes of a tree: for each leaf its weight, and its side on each feature that was split on the way to it.
//!
//! A leaf with value `c` and sides of measure `m_j` has weight `w = prod m_j`. What it adds to the marginal of feature
//! `j` is `c * w / m_j` on its side; sides that span the whole range add the same everywhere, so only split sides are
//! listed.

use super::prepare::{Kind, Prepared};
use super::tree::{CategorySet, Node, Tree};

/// The ranges that a tree's features may take.
#[derive(Debug, Clone, PartialEq)]
pub enum Range {
    /// A number, with a uniform law between the two.
    Number {
        /// Where it begins.
        low: f64,
        /// Where it ends.
        high: f64,
    },
    /// Categories with these measures, which sum to 1.
    Categories(Vec<f64>),
}

impl Range {
    /// The ranges of prepared features.
    pub fn of(prepared: &Prepared) -> Vec<Self> {
        let range = |kind: &Kind| match kind {
            Kind::Ordered { .. } => Self::Number {
                low: 0.0,
                high: 1.0,
            },
            Kind::Unordered { measures, .. } => Self::Categories(measures.clone()),
        };
        prepared
            .features
            .iter()
            .map(|feature| range(&feature.kind))
            .collect()
    }

    fn whole(&self) -> Side {
        match self {
            Self::Number { low, high } => Side {
                place: Place::Between(*low, *high),
                measure: 1.0,
            },
            Self::Categories(measures) => Side {
                place: Place::Among(CategorySet::all(measures.len())),
                measure: measures.iter().sum(),
            },
        }
    }

    fn measure_of(&self, place: &Place) -> f64 {
        match (self, place) {
            (Self::Number { low, high }, Place::Between(from, to)) => {
                if high > low {
                    ((to - from) / (high - low)).clamp(0.0, 1.0)
                } else {
                    1.0
                }
            }
            (Self::Categories(measures), Place::Among(set)) => {
                set.iter().filter_map(|code| measures.get(code)).sum()
            }
            _ => 0.0,
        }
    }
}

/// Where a box lies on one feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    Between(f64, f64),
    Among(CategorySet),
}

/// A box's side on one feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Side {
    pub(super) place: Place,
    pub(super) measure: f64,
}

/// A leaf while it is visited.
pub(super) struct Leaf<'a> {
    /// Its value.
    pub(super) value: f64,
    /// Product of all its sides' measures; positive.
    pub(super) weight: f64,
    /// The features split on the way to it, each once.
    pub(super) split: &'a [usize],
    /// Its side on every feature.
    pub(super) sides: &'a [Side],
}

/// Visits the leaves of positive weight, left to right.
pub(super) fn visit(tree: &Tree, ranges: &[Range], mut each: impl FnMut(&Leaf<'_>)) {
    enum Step {
        Enter {
            node: u32,
            restrict: Option<(usize, Place)>,
        },
        Leave {
            feature: usize,
            side: Side,
            first: bool,
        },
    }
    let mut sides: Vec<Side> = ranges.iter().map(Range::whole).collect();
    let mut depth_of = vec![0_u32; ranges.len()];
    let mut split: Vec<usize> = Vec::new();
    let mut steps = vec![Step::Enter {
        node: 0,
        restrict: None,
    }];
    while let Some(step) = steps.pop() {
        let node = match step {
            Step::Leave {
                feature,
                side,
                first,
            } => {
                sides[feature] = side;
                depth_of[feature] -= 1;
                if first {
                    split.pop();
                }
                continue;
            }
            Step::Enter {
                node,
                restrict: None,
            } => node,
            Step::Enter {
                node,
                restrict: Some((feature, place)),
            } => {
                let measure = ranges[feature].measure_of(&place);
                if measure <= 0.0 {
                    continue;
                }
                let first = depth_of[feature] == 0;
                steps.push(Step::Leave {
                    feature,
                    side: sides[feature],
                    first,
                });
                sides[feature] = Side { place, measure };
                depth_of[feature] += 1;
                if first {
                    split.push(feature);
                }
                node
            }
        };
        let (feature, left, right, places) = match tree.nodes.get(node as usize) {
            None => continue,
            Some(&Node::Leaf { value }) => {
                // Untouched sides measure 1.
                let weight = split
                    .iter()
                    .map(|&feature| sides[feature].measure)
                    .product();
                each(&Leaf {
                    value,
                    weight,
                    split: &split,
                    sides: &sides,
                });
                continue;
            }
            Some(&Node::Threshold {
                feature,
                at,
                left,
                right,
            }) => {
                let Some(Side {
                    place: Place::Between(from, to),
                    ..
                }) = sides.get(feature as usize).copied()
                else {
                    continue;
                };
                let at = at.clamp(from, to);
                (
                    feature,
                    left,
                    right,
                    (Place::Between(from, at), Place::Between(at, to)),
                )
            }
            Some(&Node::Subset {
                feature,
                subset,
                left,
                right,
            }) => {
                let Some(Side {
                    place: Place::Among(set),
                    ..
                }) = sides.get(feature as usize).copied()
                else {
                    continue;
                };
                let goes_left = tree
                    .subsets
                    .get(subset as usize)
                    .copied()
                    .unwrap_or_default();
                (
                    feature,
                    left,
                    right,
                    (
                        Place::Among(set.and(&goes_left)),
                        Place::Among(set.without(&goes_left)),
                    ),
                )
            }
        };
        let feature = feature as usize;
        // Last in, first out: the left child is visited first.
        steps.push(Step::Enter {
            node: right,
            restrict: Some((feature, places.1)),
        });
        steps.push(Step::Enter {
            node: left,
            restrict: Some((feature, places.0)),
        });
    }
}
