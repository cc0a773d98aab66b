//! Points spread evenly over the space, at which a surrogate's interactions are integrated.
//!
//! Quantiles follow Richtmyer's sequence, `frac((i + 1/2) * sqrt(p_j))` with the j-th prime: low discrepancy, no state,
//! the same bits everywhere. Only what the additive part leaves is integrated by points (see [`super::parts`]), so a
//! few thousand do.

use super::Definition;
use super::descent::{Columns, Descent};
use super::prepare::Prepared;
use super::tree::Tree;
use super::walk::{Table, Walker};

/// Points at which the interactions behind the shares are integrated.
const POINTS: usize = 2048;

/// Points for which total indices are worked out, the first of those.
pub(super) const REDRAWN: usize = 1024;

/// Points spread evenly.
pub(super) struct Points {
    features: usize,
    /// By point, then feature.
    coordinates: Vec<f64>,
    /// By feature, then point.
    columns: Vec<f64>,
    /// All points by number.
    numbers: Vec<u16>,
}

impl Points {
    /// The points that shares are worked out with; none where single trees are decomposed, which is exact.
    pub(super) fn for_shares(prepared: &Prepared, definition: Definition) -> Self {
        let count = match definition {
            Definition::Forest => POINTS,
            Definition::PerTree => 0,
        };
        Self::new(prepared, count)
    }

    /// The first `count` points.
    pub(super) fn new(prepared: &Prepared, count: usize) -> Self {
        let features = prepared.features.len();
        let coordinates = spread(prepared, count, 0);
        let mut columns = Vec::with_capacity(coordinates.len());
        for feature in 0..features {
            columns.extend((0..count).map(|i| coordinates[i * features + feature]));
        }
        Self {
            features,
            coordinates,
            columns,
            numbers: (0..=u16::MAX).take(count).collect(),
        }
    }

    /// Number of points.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// A point's coordinates.
    pub(super) fn point(&self, i: usize) -> &[f64] {
        &self.coordinates[i * self.features..(i + 1) * self.features]
    }

    /// Adds the tree's values at the points.
    pub(super) fn add(&self, descent: &mut Descent, tree: &Tree, sums: &mut [f64]) {
        let columns = Columns::Points(&self.columns, self.len());
        descent.values(tree, columns, &self.numbers, |i, value| sums[i] += value);
    }
}

/// The first points, each with an independent second coordinate for each of its coordinates.
pub(super) struct Redrawn {
    features: usize,
    /// By point, then feature.
    coordinates: Vec<f64>,
    others: Vec<f64>,
    numbers: Vec<u32>,
}

impl Redrawn {
    pub(super) fn new(prepared: &Prepared) -> Self {
        let features = prepared.features.len();
        Self {
            features,
            coordinates: spread(prepared, REDRAWN, 0),
            others: spread(prepared, REDRAWN, features),
            numbers: (0..REDRAWN as u32).collect(),
        }
    }

    /// The second coordinate of a point on a feature.
    pub(super) fn other(&self, i: usize, feature: usize) -> f64 {
        self.others[i * self.features + feature]
    }

    /// How many sums [`Self::add`] needs.
    pub(super) fn sums(&self) -> usize {
        self.features * REDRAWN
    }

    /// Adds, by feature, then point, what the value of the tree that the walker is in changes by where that coordinate of the
    /// point is replaced.
    pub(super) fn add(&self, walker: &mut Walker, sums: &mut [f64]) {
        let table = Table {
            coordinates: &self.coordinates,
            features: self.features,
        };
        walker.values_and_moved(
            table,
            &self.numbers,
            |i, feature| self.other(i, feature),
            |_, _| {},
            |i, feature, change| sums[feature * REDRAWN + i] += change,
        );
    }
}

/// Coordinates of the first points, by point, then feature, of the sequence that begins with this prime.
fn spread(prepared: &Prepared, count: usize, first_prime: usize) -> Vec<f64> {
    let features = prepared.features.len();
    let roots = primes(first_prime + features).skip(first_prime);
    let roots: Vec<f64> = roots.map(f64::sqrt).collect();
    let mut coordinates = Vec::with_capacity(count * features);
    for i in 0..count {
        for (feature, root) in prepared.features.iter().zip(&roots) {
            coordinates.push(feature.coordinate_at(((i as f64 + 0.5) * root).fract()));
        }
    }
    coordinates
}

fn primes(count: usize) -> impl Iterator<Item = f64> {
    let is_prime = |n: &u32| {
        (2..*n)
            .take_while(|i| i * i <= *n)
            .all(|i| !n.is_multiple_of(i))
    };
    (2..).filter(is_prime).take(count).map(f64::from)
}
