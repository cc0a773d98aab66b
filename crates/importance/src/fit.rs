//! What both forests together say: shares, totals, and how well they predict.

use super::Settings;
use super::calibration::Slopes;
use super::effects;
use super::marginals::Marginals;
use super::parts::Parts;
use super::points::{Points, REDRAWN};
use super::prepare::Prepared;
use super::surrogate::{Block, Fractions, Surrogate};
use crate::correlation::Coefficient;

/// What is known once both forests are there.
pub(super) struct Fitted {
    /// Out-of-bag R².
    pub(super) r2: f64,
    /// Spearman's correlation of out-of-bag predictions with the objective.
    pub(super) rank_correlation: Option<f64>,
    /// Whether the correction is kept.
    pub(super) corrected: bool,
    /// Variance of the stretched surrogate's mean function.
    pub(super) whole: f64,
    /// By feature; `None` where the surrogate does not vary.
    pub(super) shares: Option<Vec<f64>>,
    /// By feature; empty where not wanted, or not known yet (see [`Self::put_totals`]).
    pub(super) totals: Vec<f64>,
    /// The stretched surrogate's mean, of the objective less its own mean.
    pub(super) mean: f64,
    /// How far the parts are stretched.
    pub(super) slopes: Slopes,
    /// By feature, the effect's values less that mean.
    pub(super) effects: Vec<Vec<f64>>,
    /// What totals are worked out from, but where single trees are decomposed.
    apart: Option<(Parts, Marginals)>,
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
        let mut fitted = Self {
            r2: surrogate.r2,
            rank_correlation: Coefficient::Spearman.of(&surrogate.predicted, objective),
            corrected: surrogate.is_corrected,
            whole: 0.0,
            shares: None,
            totals: Vec::new(),
            mean: surrogate.means.marginals.mean + surrogate.slopes.shift,
            effects: effects::values(prepared, &surrogate.means.marginals, &surrogate.slopes),
            slopes: surrogate.slopes.clone(),
            apart: None,
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
                &Points::for_shares(prepared, settings.definition),
                &surrogate.means,
                &surrogate.slopes,
            );
            fitted.whole = parts.whole;
            fitted.shares = parts.shares();
            fitted.apart = Some((parts, surrogate.means.marginals));
        }
        fitted
    }

    /// Adds the totals, from the means of what the surrogate changes by at redrawn points.
    pub(super) fn put_totals(&mut self, prepared: &Prepared, changes: &[f64]) {
        if let Some((parts, marginals)) = &self.apart {
            let points = Points::new(prepared, REDRAWN);
            self.totals = parts.totals(prepared, &points, marginals, changes);
        }
    }
}
