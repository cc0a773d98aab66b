//! What is asked of a job once it has an answer, whole or coarse: effects, surfaces, single runs' values.

use super::ImportanceJob;
use crate::answer::{NOTHING, NOTHING_WITH_OTHERS};
use crate::effects::{self, Bin};
use crate::fit::Fitted;
use crate::others::ShapValues;
use crate::pairs::{self, Surface};
use crate::resample::{self, Resampled};
use crate::whisker::Again;

impl ImportanceJob {
    /// The fit of both forests, or of the first trees as long as there is none.
    pub(super) fn fit(&self) -> Option<&Fitted> {
        self.fitted.as_ref().or(self.coarse.as_ref())
    }

    /// How many of the parts of the answer are there: coarse shares, the shares, totals, whiskers, pairs, and the other methods.
    pub fn stages(&self) -> usize {
        [
            self.fit().is_some(),
            self.fitted.is_some(),
            self.fitted
                .as_ref()
                .is_some_and(|fitted| !fitted.totals.is_empty()),
            !self.resampled().is_empty(),
            self.paired.is_some(),
            self.others.are_plain_done(),
            self.others.are_measures_done(),
        ]
        .into_iter()
        .filter(|is_there| *is_there)
        .count()
    }

    /// How many trees of the forest the answer is of, as far as it is: the first ones, or all.
    pub fn trees(&self) -> u32 {
        let first = super::COARSE as u32 * super::task::BLOCK;
        if self.fitted.is_none() && self.coarse.is_some() {
            first.min(self.settings.trees)
        } else {
            self.settings.trees
        }
    }

    /// What all resamples say; nothing until all are in.
    pub(super) fn resampled(&self) -> Vec<&Resampled> {
        if self.resamples.iter().any(Option::is_none) {
            return Vec::new();
        }
        self.resamples.iter().flatten().collect()
    }

    /// The effect of a parameter of the design: `None` where it is no feature, or nothing is known yet.
    pub fn effect(&self, parameter: usize) -> Option<Vec<Bin>> {
        let feature = self.feature_of(parameter)?;
        let fitted = self.fit().filter(|_| self.refused.is_none())?;
        let effects: Vec<&Vec<Vec<f64>>> = self
            .resampled()
            .into_iter()
            .map(|resampled| &resampled.effects)
            .collect();
        let mean = self.prepared.objective_mean + fitted.mean;
        let values = &fitted.effects;
        Some(effects::bins(
            &self.prepared,
            feature,
            mean,
            values,
            &effects,
            self.settings.maximize,
        ))
    }

    /// Whether a parameter of the design has next to no share, alone and with others, and cannot be told from one of noise, as far as is known. (Where
    /// few runs own the variance a great share cannot be told from noise either, which is another thing.)
    pub fn does_nothing(&self, parameter: usize) -> bool {
        let share = |feature: usize| self.fit()?.shares.as_ref()?.get(feature).copied();
        let total = |feature: usize| self.fit()?.totals.get(feature).copied();
        self.feature_of(parameter).is_some_and(|feature| {
            if total(feature).is_some_and(|total| total >= NOTHING_WITH_OTHERS) {
                return false;
            }
            let spread = resample::spread(&self.prepared);
            share(feature).is_some_and(|share| {
                share < NOTHING && self.again(feature).is_like_noise(share, spread)
            })
        })
    }

    /// What the resamples say of a feature's share.
    pub(super) fn again(&self, feature: usize) -> Again {
        let shadow = self.prepared.shadow_of(feature);
        let resampled = self.resampled();
        let each = |value: &dyn Fn(&Resampled) -> Option<f64>| {
            resampled.iter().filter_map(|of| value(of)).collect()
        };
        Again {
            shares: each(&|of| of.shares.get(feature).copied()),
            apart: each(&|of| of.apart.get(feature).copied()),
            noise: each(&|of| of.shares.get(shadow).copied()),
        }
    }

    /// The mean prediction along two parameters of the design where both are set; `None` where their pair was not worked out.
    pub fn surface(&self, a: usize, b: usize) -> Option<Surface> {
        let (a, b) = (self.feature_of(a)?, self.feature_of(b)?);
        let (first, second) = (a.min(b), a.max(b));
        let index = self
            .pairs
            .iter()
            .position(|pair| *pair == (first, second))?;
        let (paired, fitted) = (self.paired.as_ref()?, self.fitted.as_ref()?);
        let pair = (first, second);
        let means = &paired.means;
        let surface = means.stretched_surface(&self.prepared, index, pair, &fitted.slopes);
        let mut surface = surface.where_set(&self.prepared, pair);
        for value in &mut surface.values {
            *value += self.prepared.objective_mean;
        }
        Some(if a == first {
            surface
        } else {
            surface.turned()
        })
    }

    /// How unsure the surface of two parameters is, by its cells: a standard deviation. Forests are grown for it.
    pub fn surface_spread(&self, a: usize, b: usize) -> Option<Vec<f64>> {
        let (a, b) = (self.feature_of(a)?, self.feature_of(b)?);
        let spread = pairs::spread(&self.prepared, &self.settings, (a.min(b), a.max(b)));
        Some(if a <= b { spread } else { spread.turned() }.values)
    }

    /// SHAP values of some runs; `None` until they are worked out.
    pub fn shap(&self) -> Option<ShapValues> {
        self.others.shap(&self.prepared, &self.settings)
    }

    pub(super) fn feature_of(&self, parameter: usize) -> Option<usize> {
        self.prepared
            .features
            .iter()
            .position(|feature| feature.parameter == parameter)
    }
}
