//! The whisker of a share: where 80 of 100 times what many more runs would say of it lies.
//!
//! It is worked out of square roots of shares, as [`super::resample`] says. Three things are known of a root's error:
//!
//! - how far resamples spread. A part of that is the noise of their small forests, which two forests of the same runs show as
//!   well: it is taken out, but for what the forest of all runs, which is larger, has of it.
//! - how far the share of an effect in a linear regression on independent parameters would be off, with so many runs and so much
//!   unexplained: `sqrt((1 - R²) (1 - share) / (R² n))`, the delta method's error of its root. No forest knows a weak effect
//!   better than that, though resamples that miss it all agree. Where resamples spread more, as a half's forest on few runs does more than
//!   its runs tell, the whisker is three quarters of the way to it, in logarithms.
//! - which way shares still go as runs are added: half of the way from the halves' mean to the whole's lies ahead.
//!
//! How often such whiskers hold the large-sample value, on seven problems with noise: `benches/coverage.rs`.

use super::Settings;
use super::fit::Fitted;
use super::prepare::Prepared;
use super::resample::{self, interval, mean, root, roots};

/// The 90 % quantile of the normal law.
const NORMAL: f64 = 1.281_551_565_544_6;

/// The least part of the resamples' variance that is taken for the sample's.
const LEAST_OF_SAMPLE: f64 = 0.1;

/// The least R² that errors are worked out for.
const LEAST_R2: f64 = 0.01;

/// How much narrower than the resamples' spread a whisker may be: what is not explained is small where there is no noise, though few
/// runs still leave much open.
const NARROWEST: f64 = 0.3;

/// How much of the way from the resamples' spread to a smaller error of a linear regression a whisker goes, in logarithms.
const TO_LINEAR: f64 = 0.75;

/// How much of the way from the halves' mean to the whole's shares are taken to go on.
const AHEAD: f64 = 0.5;

/// What the resamples say of one feature's share.
pub(super) struct Again {
    /// The share in each.
    pub(super) shares: Vec<f64>,
    /// How far apart its square roots are in the two forests of each.
    pub(super) apart: Vec<f64>,
    /// The share of the noise that it is held against.
    pub(super) noise: Vec<f64>,
}

impl Again {
    /// Whether the share cannot be told from noise, taken of square roots as its whisker is.
    pub(super) fn is_like_noise(&self, share: f64, spread: f64) -> bool {
        let (resampled, noise) = (roots(&self.shares), roots(&self.noise));
        resample::is_like_noise(root(&share), &resampled, &noise, spread)
    }

    /// What part of the resamples' variance is the sample's, if the forest of all runs is so many times as large as theirs.
    fn of_sample(&self, variance: f64, times: f64) -> f64 {
        // The mean of two varies by a quarter of what their difference does.
        let squares = self.apart.iter().map(|apart| apart * apart / 4.0);
        let of_forests = squares.sum::<f64>() / self.apart.len().max(1) as f64;
        let part = 1.0 - (1.0 - 1.0 / times) * of_forests / variance;
        if part.is_finite() {
            part.clamp(LEAST_OF_SAMPLE, 1.0)
        } else {
            1.0
        }
    }
}

/// What is known of the errors of an answer's shares.
pub(super) struct Errors {
    /// How far the sample spreads for one unit of its resamples' spread.
    spread: f64,
    /// How many times as large as a resample's the forest of all runs is.
    times: f64,
    /// What the root of a share of next to nothing is off by, in a linear regression.
    of_nothing: f64,
}

impl Errors {
    pub(super) fn new(prepared: &Prepared, settings: &Settings, fitted: &Fitted) -> Self {
        let forests = if fitted.corrected { 2.0 } else { 1.0 };
        let r2 = fitted.r2.clamp(LEAST_R2, 1.0);
        let runs = prepared.replicates.count.max(1) as f64;
        Self {
            spread: resample::spread(prepared),
            times: forests * f64::from(settings.trees) / f64::from(settings.trees_per_resample),
            of_nothing: ((1.0 - r2) / (r2 * runs)).sqrt(),
        }
    }

    /// The 10 % and 90 % ends of a share, kept to `[0, 1]`. `None` with too few resamples.
    pub(super) fn whisker(&self, share: f64, again: &Again) -> Option<(f64, f64)> {
        let (value, resampled) = (root(&share), roots(&again.shares));
        let linear = self.of_nothing * root(&(1.0 - share));
        let variance = variance(&resampled);
        let spread = self.spread * again.of_sample(variance, self.times).sqrt();
        let deviation = spread * variance.sqrt();
        let narrower = libm::pow(linear / deviation, TO_LINEAR);
        let (mut low, mut high) =
            interval(value, &resampled, spread * narrower.clamp(NARROWEST, 1.0))?;
        if linear > deviation {
            (low, high) = (value - NORMAL * linear, value + NORMAL * linear);
        }
        let ahead = AHEAD * (value - mean(&resampled));
        let (low, high) = (low + ahead.min(0.0), high + ahead.max(0.0));
        let (low, high) = (low.max(0.0), high.min(1.0));
        Some(((low * low).min(share), (high * high).max(share)))
    }
}

/// The variance of values that were drawn; NaN of less than two.
fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares = values.iter().map(|value| (value - mean) * (value - mean));
    squares.sum::<f64>() / (values.len() as f64 - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Errors of a hundred runs of which half of the variance is explained: a linear regression's roots are off by 0.1.
    const ERRORS: Errors = Errors {
        spread: 1.0,
        times: 8.0,
        of_nothing: 0.1,
    };

    /// Resamples whose roots lie evenly about `root`, at most `width` from it, and whose forests differ by `apart`.
    fn again(root: f64, width: f64, apart: f64) -> Again {
        let roots = (0..21).map(|at| root + width * (f64::from(at) / 10.0 - 1.0));
        Again {
            shares: roots.map(|root| root * root).collect(),
            apart: vec![apart; 21],
            noise: vec![0.0; 21],
        }
    }

    /// How far the root's ends are below and above it.
    fn reach(share: f64, again: &Again) -> (f64, f64) {
        let (low, high) = ERRORS.whisker(share, again).unwrap();
        (share.sqrt() - low.sqrt(), high.sqrt() - share.sqrt())
    }

    #[test]
    fn what_small_forests_add_is_taken_out() {
        let (plain, _) = reach(0.36, &again(0.6, 0.4, 0.0));
        let (noisy, _) = reach(0.36, &again(0.6, 0.4, 0.3));
        assert!(noisy < 0.96 * plain, "{noisy} against {plain}");
        // Were it all of it, the linear error is left.
        let (all, _) = reach(0.36, &again(0.6, 0.4, 2.0));
        assert!((all - NORMAL * 0.08).abs() < 1e-9, "{all}");
    }

    #[test]
    fn resamples_that_agree_leave_what_a_linear_regression_could_not_know() {
        let (below, above) = reach(0.36, &again(0.6, 0.01, 0.0));
        assert!((below - NORMAL * 0.08).abs() < 1e-9, "{below}");
        assert!((above - NORMAL * 0.08).abs() < 1e-9, "{above}");
    }

    #[test]
    fn shares_that_grow_with_the_runs_reach_further_up() {
        let (below, above) = reach(0.36, &again(0.4, 0.01, 0.0));
        assert!(
            (above - below - AHEAD * 0.2).abs() < 1e-9,
            "{below} and {above}"
        );
        let (below, above) = reach(0.36, &again(0.7, 0.01, 0.0));
        assert!(
            (below - above - AHEAD * 0.1).abs() < 1e-9,
            "{below} and {above}"
        );
    }

    #[test]
    fn few_resamples_and_shares_of_all_or_nothing_have_no_ends_beyond() {
        let few = Again {
            shares: vec![0.3; 4],
            apart: vec![0.0; 4],
            noise: vec![0.0; 4],
        };
        assert_eq!(ERRORS.whisker(0.3, &few), None);
        for (share, root) in [(0.0, 0.0), (1.0, 1.0)] {
            let (low, high) = ERRORS.whisker(share, &again(root, 0.0, 0.0)).unwrap();
            assert!(0.0 <= low && low <= share && share <= high && high <= 1.0);
        }
    }
}
