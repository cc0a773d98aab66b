//! Points spread evenly over the space, at which a surrogate's interactions are integrated.
//!
//! Quantiles follow Richtmyer's sequence, `frac((i + 1/2) * sqrt(p_j))` with the j-th prime: low discrepancy, no state,
//! the same bits everywhere. Only what the additive part leaves is integrated by points (see [`super::parts`]), so a
//! few thousand do.

use super::prepare::Prepared;
use super::walk::{Table, Walker};
use super::{Definition, Settings};

/// Points, and for total indices a second coordinate for each of their coordinates.
pub(super) struct Points {
    features: usize,
    coordinates: Vec<f64>,
    /// An independent coordinate for each of the first `seconds` points' coordinates.
    others: Vec<f64>,
    seconds: usize,
    /// All points by number.
    rows: Vec<u32>,
}

/// Points for which total indices are worked out.
const SECOND_POINTS: usize = 1024;

/// Points at which the interactions behind the shares are integrated.
const POINTS: usize = 2048;

impl Points {
    /// The points that shares are worked out with; none where single trees are decomposed, which is exact.
    pub(super) fn for_shares(prepared: &Prepared, settings: &Settings) -> Self {
        let count = match settings.definition {
            Definition::Forest => POINTS,
            Definition::PerTree => 0,
        };
        Self::new(prepared, count, settings.totals)
    }

    /// `count` points; with second coordinates where `totals` are wanted.
    pub(super) fn new(prepared: &Prepared, count: usize, totals: bool) -> Self {
        let features = prepared.features.len();
        let roots: Vec<f64> = primes(2 * features).map(f64::sqrt).collect();
        let (roots, other_roots) = roots.split_at(features);
        let spread = |count: usize, roots: &[f64]| -> Vec<f64> {
            let mut coordinates = Vec::with_capacity(count * features);
            for i in 0..count {
                for (feature, root) in prepared.features.iter().zip(roots) {
                    coordinates.push(feature.coordinate_at(((i as f64 + 0.5) * root).fract()));
                }
            }
            coordinates
        };
        let seconds = if totals { count.min(SECOND_POINTS) } else { 0 };
        let (coordinates, others) = (spread(count, roots), spread(seconds, other_roots));
        Self {
            features,
            rows: (0..count as u32).collect(),
            coordinates,
            others,
            seconds,
        }
    }

    /// Number of points.
    pub(super) fn len(&self) -> usize {
        self.coordinates
            .len()
            .checked_div(self.features)
            .unwrap_or(0)
    }

    /// A point's coordinates.
    pub(super) fn point(&self, i: usize) -> &[f64] {
        &self.coordinates[i * self.features..(i + 1) * self.features]
    }

    /// Number of points that have second coordinates.
    pub(super) fn replaced(&self) -> usize {
        self.seconds
    }

    /// The second coordinate of a point on a feature.
    pub(super) fn other(&self, i: usize, feature: usize) -> f64 {
        self.others[i * self.features + feature]
    }

    /// Adds the values at the points of the tree that the walker is in, then what they change by where one coordinate is
    /// replaced (by feature, then point).
    pub(super) fn add(&self, walker: &mut Walker, sums: &mut [f64]) {
        let (values, changes) = sums.split_at_mut(self.len());
        let (others, seconds) = (&self.others, self.seconds);
        let table = Table {
            coordinates: &self.coordinates,
            features: self.features,
        };
        let (with_seconds, alone) = self.rows.split_at(seconds);
        walker.values_and_moved(
            table,
            with_seconds,
            |i, feature| others[i * table.features + feature],
            |i, value| values[i] += value,
            |i, feature, change| changes[feature * seconds + i] += change,
        );
        walker.values(table, alone, |i, value| values[i] += value);
    }

    /// How many sums [`Self::add`] needs.
    pub(super) fn sums(&self) -> usize {
        self.len() + self.features * self.seconds
    }
}

fn primes(count: usize) -> impl Iterator<Item = f64> {
    let is_prime = |n: &u32| {
        (2..*n)
            .take_while(|i| i * i <= *n)
            .all(|i| !n.is_multiple_of(i))
    };
    (2..).filter(is_prime).take(count).map(f64::from)
}
