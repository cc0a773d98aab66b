//! A regression tree over unit coordinates.
//!
//! Every numeric feature lives on `[0, 1]` in its own measure (see [`super::prepare`]), a category is its code. A
//! tree is therefore a partition of the unit cube (times subsets of categories) into boxes with a value each; its
//! functional ANOVA needs nothing else.

/// A set of category codes below [`CategorySet::LIMIT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CategorySet([u64; 4]);

impl CategorySet {
    /// Codes must lie below this.
    pub const LIMIT: usize = 256;

    /// The codes `0..count`.
    pub fn all(count: usize) -> Self {
        let mut set = Self::default();
        (0..count.min(Self::LIMIT)).for_each(|code| set.insert(code));
        set
    }

    /// Adds a code.
    pub fn insert(&mut self, code: usize) {
        self.0[(code >> 6) & 3] |= 1 << (code & 63);
    }

    /// Whether the code is in it.
    pub fn contains(&self, code: usize) -> bool {
        self.0[(code >> 6) & 3] >> (code & 63) & 1 == 1
    }

    /// What is in both.
    pub fn and(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] & other.0[i]))
    }

    /// What is in this one only.
    pub fn without(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] & !other.0[i]))
    }

    /// Its codes, ascending.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(word, mut bits)| {
            std::iter::from_fn(move || {
                let bit = bits.trailing_zeros() as usize;
                (bits != 0).then(|| {
                    bits &= bits - 1;
                    word * 64 + bit
                })
            })
        })
    }
}

/// A node of a [`Tree`]. Children come after their parent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Node {
    /// A box with its value.
    Leaf {
        /// Mean objective of the runs in it.
        value: f64,
    },
    /// Coordinates at most `at` go left.
    Threshold {
        /// Index of the feature.
        feature: u32,
        /// Where, in unit coordinates.
        at: f64,
        /// Node of the left part.
        left: u32,
        /// Node of the right part.
        right: u32,
    },
    /// Categories in the tree's set number `subset` go left.
    Subset {
        /// Index of the feature.
        feature: u32,
        /// Index into [`Tree::subsets`].
        subset: u32,
        /// Node of the left part.
        left: u32,
        /// Node of the right part.
        right: u32,
    },
}

/// A regression tree; node 0 is its root.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    /// Its nodes, parents first; never empty for a tree that was grown.
    pub nodes: Vec<Node>,
    /// The sets that [`Node::Subset`] refers to.
    pub subsets: Vec<CategorySet>,
}

impl Tree {
    /// The value at a point whose coordinate on each feature `coordinate` gives (a category's is its code).
    pub fn value_at(&self, coordinate: impl Fn(usize) -> f64) -> f64 {
        self.value_below(0, coordinate)
    }

    /// The leaf in which a point lies, by its place among the nodes.
    pub(super) fn leaf(&self, point: &[f64]) -> usize {
        self.leaf_below(0, |feature| point[feature])
    }

    fn leaf_below(&self, node: usize, coordinate: impl Fn(usize) -> f64) -> usize {
        let mut at_node = node;
        while let Some((_, next, _)) = self.step(at_node, &coordinate) {
            at_node = next;
        }
        at_node
    }

    fn value_below(&self, node: usize, coordinate: impl Fn(usize) -> f64) -> f64 {
        match self.nodes.get(self.leaf_below(node, coordinate)) {
            Some(Node::Leaf { value }) => *value,
            _ => 0.0,
        }
    }

    /// From an inner node: the feature it asks for, the child where the point goes, and the other one. `None` at a leaf.
    pub(super) fn step(
        &self,
        node: usize,
        coordinate: impl Fn(usize) -> f64,
    ) -> Option<(usize, usize, usize)> {
        let (feature, goes_left, left, right) = match *self.nodes.get(node)? {
            Node::Leaf { .. } => return None,
            Node::Threshold {
                feature,
                at,
                left,
                right,
            } => (
                feature as usize,
                coordinate(feature as usize) <= at,
                left,
                right,
            ),
            Node::Subset {
                feature,
                subset,
                left,
                right,
            } => {
                let code = coordinate(feature as usize) as usize;
                let goes_left = self.subsets[subset as usize].contains(code);
                (feature as usize, goes_left, left, right)
            }
        };
        let (left, right) = (left as usize, right as usize);
        Some(if goes_left {
            (feature, left, right)
        } else {
            (feature, right, left)
        })
    }
}
