//! The functional ANOVA of a surrogate `f` (Hoeffding's decomposition; Sobol indices of the surrogate).
//!
//! With `mu` its mean and `a_j` its marginals, `f = mu + sum_j (a_j - mu) + r`, all terms orthogonal under the product
//! measure. So `V_j = Var a_j` exactly from the marginals' cells, and `V = sum_j V_j + E r^2`, where only the
//! interactions `r` are integrated by points: the sum of singles can never exceed the whole, and for an additive
//! objective the integration does no harm. The total index adds to `V_j` what of `r` is lost when `x_j` alone is
//! redrawn, `E r^2 - E r(x) r(x')` (Jansen 1999).
//!
//! The decomposition is of the forest's mean function, where the paper averages the fractions of single trees. A
//! single tree carries interactions that are its own noise; averaging first removes them (figures in [`super`]).
//! [`super::Definition::PerTree`] still gives the paper's.

use super::calibration::Slopes;
use super::marginals::Marginals;
use super::points::{Points, REDRAWN, Redrawn};
use super::prepare::Prepared;
use super::surrogate::Means;

/// Variances of a surrogate.
pub(super) struct Parts {
    /// Of each feature's marginal.
    pub(super) singles: Vec<f64>,
    /// Of the whole.
    pub(super) whole: f64,
    /// The interactions at the points.
    at_points: Vec<f64>,
    /// The mean of their squares.
    mean_square: f64,
}

impl Parts {
    /// Takes a surrogate apart, whose parts are stretched by `slopes`.
    pub(super) fn new(
        prepared: &Prepared,
        points: &Points,
        means: &Means,
        slopes: &Slopes,
    ) -> Self {
        let marginals = &means.marginals;
        let singles: Vec<f64> = (0..prepared.features.len())
            .map(|j| slopes.singles[j] * slopes.singles[j] * single(prepared, marginals, j))
            .collect();
        let at_points: Vec<f64> = (0..points.len())
            .map(|i| {
                let additive: f64 = points
                    .point(i)
                    .iter()
                    .enumerate()
                    .map(|(feature, &at)| deviation(prepared, marginals, feature, at))
                    .sum();
                means.at_points[i] - marginals.mean - additive
            })
            .collect();
        let mean_square = slopes.interactions
            * slopes.interactions
            * at_points.iter().map(|r| r * r).sum::<f64>()
            / points.len().max(1) as f64;
        Self {
            whole: singles.iter().sum::<f64>() + mean_square,
            singles,
            at_points,
            mean_square,
        }
    }

    /// Total indices, as shares of the whole: `changes` are the surrogate's means of [`Redrawn::add`], which were taken at the
    /// first of `points`.
    pub(super) fn totals(
        &self,
        prepared: &Prepared,
        points: &Points,
        marginals: &Marginals,
        changes: &[f64],
    ) -> Vec<f64> {
        let redrawn = Redrawn::new(prepared);
        let total = |j: usize| {
            let (mut product, mut square) = (0.0, 0.0);
            let deviation = |at: f64| deviation(prepared, marginals, j, at);
            let of_feature = &changes[j * REDRAWN..(j + 1) * REDRAWN];
            for (i, (r, change)) in self.at_points.iter().zip(of_feature).enumerate() {
                let additive = deviation(redrawn.other(i, j)) - deviation(points.point(i)[j]);
                // r at the replaced point: what changed, less what the marginal explains of it.
                let other = r + change - additive;
                product += r * other;
                square += f64::midpoint(r * r, other * other);
            }
            // Of the same points, so that their errors cancel.
            let kept = if square > 0.0 {
                (product / square).clamp(0.0, 1.0)
            } else {
                1.0
            };
            (self.singles[j] + self.mean_square * (1.0 - kept)) / self.whole
        };
        (0..self.singles.len()).map(total).collect()
    }

    /// Shares of the whole; `None` where nothing varies.
    pub(super) fn shares(&self) -> Option<Vec<f64>> {
        (self.whole > 0.0).then(|| {
            self.singles
                .iter()
                .map(|single| single / self.whole)
                .collect()
        })
    }
}

/// The marginal's deviation from the mean at a coordinate of a feature.
fn deviation(prepared: &Prepared, marginals: &Marginals, feature: usize, at: f64) -> f64 {
    marginals.cells[feature][prepared.features[feature].cell_of(at)]
}

fn single(prepared: &Prepared, marginals: &Marginals, feature: usize) -> f64 {
    let of_feature = &prepared.features[feature];
    let cells = marginals.cells[feature].iter().enumerate();
    cells
        .map(|(cell, deviation)| of_feature.cell_measure(cell) * deviation * deviation)
        .sum()
}
