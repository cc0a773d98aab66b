//! Which ranks a configuration may have.
//!
//! Pairwise, after Mogstad, Romano, Shaikh and Wilhelm ("Inference for Ranks with Applications to Mobility across
//! Neighbourhoods and Academic Achievement across Countries", Review of Economic Studies, 2024), the marginal intervals:
//! a configuration stands behind each that is surely better and before each that is surely worse, by Welch's t with
//! Bonferroni's correction for all others. Ranks of drawn means would cover far less where means are near.

use super::{Estimate, LEVEL, student_quantile};
use std::ops::RangeInclusive;

/// Of how many of the foremost it is worked out.
pub(super) const RANKED: usize = 100;

/// Degrees of freedom from which on t is taken for that of so many.
const MANY_FREEDOM: usize = 1000;

/// The 95 % intervals of the ranks of the foremost of these, which are best first; none where no noise is known.
pub(super) fn rank_intervals(estimates: &[Estimate], maximize: bool) -> Vec<RangeInclusive<u32>> {
    let known = |estimate: &Estimate| Some((estimate.mean, estimate.error()?, estimate.freedom));
    let Some(known) = estimates.iter().map(known).collect::<Option<Vec<_>>>() else {
        return Vec::new();
    };
    let level = LEVEL / known.len().saturating_sub(1).max(1) as f64;
    let mut far = FarEnough {
        level,
        by_freedom: vec![f64::NAN; MANY_FREEDOM + 1],
    };
    let foremost = known.iter().take(RANKED);
    foremost
        .map(|(mean, error, freedom)| {
            let (mut better, mut worse) = (0, 0);
            for (other, its_error, its_freedom) in &known {
                let amount = if maximize { other - mean } else { mean - other };
                let (square, its_square) = (error * error, its_error * its_error);
                let both = square + its_square;
                let welch = both * both
                    / (square * square / freedom + its_square * its_square / its_freedom);
                // Where nothing varies any difference is sure.
                let is_sure =
                    amount != 0.0 && (both == 0.0 || amount.abs() > both.sqrt() * far.of(welch));
                if is_sure && amount > 0.0 {
                    better += 1;
                } else if is_sure {
                    worse += 1;
                }
            }
            1 + better..=known.len() as u32 - worse
        })
        .collect()
}

/// How far, in standard errors, a difference must lie from 0 to be sure.
struct FarEnough {
    level: f64,
    /// By whole degrees of freedom, NaN where it was not asked for yet.
    by_freedom: Vec<f64>,
}

impl FarEnough {
    /// Rounded down: no less than it is.
    fn of(&mut self, freedom: f64) -> f64 {
        let whole = (freedom as usize).clamp(1, MANY_FREEDOM);
        let known = &mut self.by_freedom[whole];
        if known.is_nan() {
            *known = student_quantile(self.level, whole as f64);
        }
        *known
    }
}
