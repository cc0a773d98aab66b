//! What both forests together say: shares, totals, and how well they predict.

use super::Settings;
use super::parts::Parts;
use super::points::Points;
use super::prepare::Prepared;
use super::surrogate::{Block, Fractions, Surrogate};

/// What is known once both forests are there.
pub(super) struct Fitted {
    /// Out-of-bag R².
    pub(super) r2: f64,
    /// Spearman's correlation of out-of-bag predictions with the objective.
    pub(super) rank_correlation: Option<f64>,
    /// Whether the correction is kept.
    pub(super) corrected: bool,
    /// Variance of the surrogate's mean function.
    pub(super) whole: f64,
    /// By feature; `None` where the surrogate does not vary.
    pub(super) shares: Option<Vec<f64>>,
    /// By feature; empty where not wanted.
    pub(super) totals: Vec<f64>,
}

impl Fitted {
    /// Puts the forests together.
    pub(super) fn new(
        prepared: &Prepared,
        settings: &Settings,
        forest: &Block,
        correction: Option<&Block>,
    ) -> Self {
        let objective = &prepared.objective;
        let surrogate = Surrogate::new(objective, forest, correction);
        let known: Vec<usize> = (0..prepared.runs())
            .filter(|&row| surrogate.predicted[row].is_finite())
            .collect();
        let predicted: Vec<f64> = known.iter().map(|&row| surrogate.predicted[row]).collect();
        let observed: Vec<f64> = known.iter().map(|&row| objective[row]).collect();
        let mut fitted = Self {
            r2: surrogate.r2,
            rank_correlation: rank_correlation(&predicted, &observed),
            corrected: surrogate.is_corrected,
            whole: 0.0,
            shares: None,
            totals: Vec::new(),
        };
        if let Some(Fractions {
            trees,
            singles,
            totals,
        }) = &forest.fractions
        {
            let mean = |sums: &[f64]| sums.iter().map(|sum| sum / f64::from(*trees)).collect();
            fitted.shares = (*trees > 0).then(|| mean(singles));
            fitted.totals = mean(totals);
        } else {
            let parts = Parts::new(
                prepared,
                &Points::for_shares(prepared, settings),
                &surrogate.means,
            );
            fitted.whole = parts.whole;
            fitted.shares = parts.shares();
            fitted.totals = parts
                .totals
                .iter()
                .map(|total| total / parts.whole)
                .collect();
        }
        fitted
    }
}

/// Spearman's: Pearson's of average ranks; `None` where one side does not vary.
fn rank_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let ranks = |values: &[f64]| {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&i, &j| values[i].total_cmp(&values[j]));
        let mut ranks = vec![0.0; values.len()];
        let mut start = 0;
        for tied in order.chunk_by(|&i, &j| values[i].total_cmp(&values[j]).is_eq()) {
            let rank = start as f64 + (tied.len() as f64 - 1.0) / 2.0;
            for &i in tied {
                ranks[i] = rank;
            }
            start += tied.len();
        }
        ranks
    };
    let (a, b) = (ranks(a), ranks(b));
    let middle = (a.len() as f64 - 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| {
        a.iter()
            .zip(b)
            .map(|(a, b)| (a - middle) * (b - middle))
            .sum::<f64>()
    };
    let spread = (product(&a, &a) * product(&b, &b)).sqrt();
    (spread > 0.0).then(|| product(&a, &b) / spread)
}
