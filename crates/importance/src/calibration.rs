//! Calibration: how far each part of the forest's decomposition must be stretched to fit runs that it has not seen.
//!
//! A forest shrinks: with a noisy objective it splits on weak parameters rarely and flattens them more than strong ones,
//! so their shares come out too low, and too high for the strong, by an error that falls slowly as runs are added. And
//! it bleeds: a parameter of noise gets splits too. Both show out of bag. With `a_j` the deviation of the marginal over
//! parameter `j` and `r` the interactions, all from trees that have not seen the run, the objective is regressed on the
//! parts,
//!
//! `y = alpha + sum_j beta_j a_j + gamma r + noise`,
//!
//! and the surrogate becomes `alpha + sum_j beta_j a_j + gamma r` (a slope of 1 says that a part was right; stacked
//! regressions: Breiman, Machine Learning 1996; non-negative there as here; calibration slopes: Cox, Biometrika 1958). Slopes have a
//! normal prior about 1 with a standard deviation of 2, so what few runs cannot tell stays as the forest has it: with
//! the residuals' variance `s²` the slopes minimise `sum (y - fit)² / s² + sum (slope - 1)² / 2²`.

use super::prepare::Prepared;
use super::surrogate::add_each;
use serde::{Deserialize, Serialize};

/// Standard deviation of the slopes' prior.
const PRIOR: f64 = 2.0;

/// Runs that slopes are fitted to at most.
const MOST_ROWS: usize = 2000;

/// The runs that slopes are fitted to: all, or an even part of them.
pub(super) fn rows(runs: usize) -> Vec<usize> {
    let count = runs.min(MOST_ROWS);
    (0..count).map(|i| i * runs / count).collect()
}

/// Sums over trees of the parts' out-of-bag values: by run of [`rows`], then feature.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct UnseenParts(#[serde(with = "super::packed")] Vec<f64>);

/// Adds trees to [`UnseenParts`].
pub(super) struct Unseen {
    /// The runs that slopes are fitted to.
    rows: Vec<usize>,
    /// By run, then feature: the cell of the marginal's grid in which it lies.
    cells: Vec<u16>,
    features: usize,
}

impl Unseen {
    pub(super) fn new(prepared: &Prepared) -> Self {
        let rows = rows(prepared.runs());
        let mut cells = Vec::with_capacity(rows.len() * prepared.features.len());
        for &row in &rows {
            let cell = prepared
                .features
                .iter()
                .map(|feature| feature.cell_of(feature.coordinate(row)) as u16);
            cells.extend(cell);
        }
        Self {
            rows,
            cells,
            features: prepared.features.len(),
        }
    }

    /// Empty sums.
    pub(super) fn start(&self) -> UnseenParts {
        UnseenParts(vec![0.0; self.cells.len()])
    }

    /// Adds a tree with these marginals, which was grown on `counts` of each run.
    #[inline(never)]
    pub(super) fn add(&self, marginals: &[Vec<f64>], counts: &[u32], sums: &mut UnseenParts) {
        if self.features == 0 {
            return;
        }
        let of_rows = sums
            .0
            .chunks_exact_mut(self.features)
            .zip(self.cells.chunks_exact(self.features));
        for (&row, (sums, cells)) in self.rows.iter().zip(of_rows) {
            if counts[row] == 0 {
                for ((sum, marginal), &cell) in sums.iter_mut().zip(marginals).zip(cells) {
                    *sum += marginal[usize::from(cell)];
                }
            }
        }
    }
}

impl UnseenParts {
    pub(super) fn add(&mut self, other: &Self) {
        add_each(&mut self.0, &other.0);
    }

    /// The sums of a run's parts, by its place among [`rows`].
    pub(super) fn of(&self, place: usize, features: usize) -> &[f64] {
        &self.0[place * features..(place + 1) * features]
    }
}

/// Slopes of the parts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slopes {
    /// Of each feature's marginal.
    pub(super) singles: Vec<f64>,
    /// Of the interactions.
    pub(super) interactions: f64,
    /// What the mean moves by.
    pub(super) shift: f64,
}

impl Slopes {
    /// Slopes that leave all as it is.
    pub(super) fn none(features: usize) -> Self {
        Self {
            singles: vec![1.0; features],
            interactions: 1.0,
            shift: 0.0,
        }
    }

    /// Fits `target` by parts, a run's parts being a row of `parts` with the interactions' last.
    pub(super) fn fit(parts: &[Vec<f64>], target: &[f64]) -> Self {
        let width = parts.first().map_or(0, Vec::len);
        let runs = target.len();
        let mean = |of: &dyn Fn(usize) -> f64| (0..runs).map(of).sum::<f64>() / runs.max(1) as f64;
        let means: Vec<f64> = (0..width).map(|j| mean(&|i| parts[i][j])).collect();
        // What is left of the target when all slopes are 1: slopes less 1 are fitted to it, about 0.
        let left: Vec<f64> = (0..runs)
            .map(|i| target[i] - parts[i].iter().sum::<f64>())
            .collect();
        let mean_left = mean(&|i| left[i]);
        let variance = mean(&|i| (left[i] - mean_left) * (left[i] - mean_left));
        let mut matrix = vec![0.0; width * width];
        let mut right = vec![0.0; width];
        let mut centred = vec![0.0; width];
        for i in 0..runs {
            for (j, value) in centred.iter_mut().enumerate() {
                *value = parts[i][j] - means[j];
            }
            for j in 0..width {
                right[j] += centred[j] * (left[i] - mean_left);
                let row = &mut matrix[j * width..=j * width + j];
                for (sum, other) in row.iter_mut().zip(&centred) {
                    *sum += centred[j] * other;
                }
            }
        }
        for j in 0..width {
            matrix[j * width + j] += variance / (PRIOR * PRIOR);
        }
        let moved = solve(matrix, right).unwrap_or_else(|| vec![0.0; width]);
        let mut slopes: Vec<f64> = moved.iter().map(|moved| (1.0 + moved).max(0.0)).collect();
        let fitted: f64 = means
            .iter()
            .zip(&slopes)
            .map(|(mean, slope)| mean * (slope - 1.0))
            .sum();
        let interactions = slopes.pop().unwrap_or(1.0);
        Self {
            singles: slopes,
            interactions,
            shift: mean_left - fitted,
        }
    }
}

/// Solves a symmetric positive definite system, of which the lower half is given (Cholesky).
fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let width = right.len();
    for j in 0..width {
        for k in 0..=j {
            let mut sum = matrix[j * width + k];
            for i in 0..k {
                sum -= matrix[j * width + i] * matrix[k * width + i];
            }
            if j == k {
                if sum <= 0.0 || !sum.is_finite() {
                    return None;
                }
                matrix[j * width + j] = sum.sqrt();
            } else {
                matrix[j * width + k] = sum / matrix[k * width + k];
            }
        }
    }
    for j in 0..width {
        for k in 0..j {
            right[j] -= matrix[j * width + k] * right[k];
        }
        right[j] /= matrix[j * width + j];
    }
    for j in (0..width).rev() {
        for k in j + 1..width {
            right[j] -= matrix[k * width + j] * right[k];
        }
        right[j] /= matrix[j * width + j];
    }
    Some(right)
}
