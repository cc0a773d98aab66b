//! Which ranks a configuration may have.
//!
//! Pairwise, after Mogstad, Romano, Shaikh and Wilhelm ("Inference for Ranks with Applications to Mobility across
//! Neighbourhoods and Academic Achievement across Countries", Review of Economic Studies, 2024), the marginal intervals:
//! a configuration stands behind each that is surely better and before each that is surely worse, by Welch's t, or Student's
//! of pairs, with Bonferroni's correction for all others. Ranks of drawn means would cover far less where means are near.

use super::{Estimate, Known, LEVEL, Standing, student_quantile};
use std::ops::RangeInclusive;

/// Of how many of the foremost it is worked out.
pub(super) const RANKED: usize = 100;

/// Degrees of freedom from which on t is taken for that of so many.
const MANY_FREEDOM: usize = 1000;

/// How many comparisons are made in a piece, and how many by pairs.
const AT_ONCE: usize = 2_000_000;
const PAIRED_AT_ONCE: usize = 50_000;

/// The 95 % intervals of the ranks of the foremost, while they are worked out.
pub(super) struct RankIntervals {
    maximize: bool,
    /// The value of each and how well it is known, best first.
    known: Vec<(f64, Known)>,
    far: FarEnough,
    ranks: Vec<RangeInclusive<u32>>,
}

impl RankIntervals {
    /// Of these, which are best first; none where no noise is known.
    pub(super) fn new(estimates: &[Estimate], maximize: bool) -> Option<Self> {
        let known = |of: &Estimate| Some((of.value, Known::of(of)?));
        let known = estimates.iter().map(known).collect::<Option<Vec<_>>>()?;
        let level = LEVEL / known.len().saturating_sub(1).max(1) as f64;
        Some(Self {
            maximize,
            known,
            far: FarEnough {
                level,
                by_freedom: vec![f64::NAN; MANY_FREEDOM + 1],
            },
            ranks: Vec::new(),
        })
    }

    /// Works out some more, of the standing that they are to be of; says whether there are more.
    pub(super) fn step(&mut self, standing: &Standing) -> bool {
        let all = self.known.len().min(RANKED);
        let at_once = if standing.pairs.are_used() {
            PAIRED_AT_ONCE
        } else {
            AT_ONCE
        };
        let end = self.ranks.len() + (at_once / self.known.len().max(1)).max(1);
        for at in self.ranks.len()..end.min(all) {
            let ranks = self.of(at, standing);
            self.ranks.push(ranks);
        }
        self.ranks.len() < all
    }

    /// What was worked out.
    pub(super) fn ranks(self) -> Vec<RangeInclusive<u32>> {
        self.ranks
    }

    fn of(&mut self, at: usize, standing: &Standing) -> RangeInclusive<u32> {
        let (mean, its_own) = self.known[at];
        let Standing { order, pairs, .. } = standing;
        let center = standing.estimates[at].center;
        let (mut better, mut worse) = (0, 0);
        for (place, (other, known)) in self.known.iter().enumerate() {
            let of_pairs = || {
                let pairs = pairs.differences(order[place], order[at], center)?;
                Some((pairs.value, pairs.error()?, pairs.freedom))
            };
            let (amount, error, freedom) = of_pairs().unwrap_or_else(|| {
                let both = its_own.square + known.square;
                (other - mean, both.sqrt(), its_own.freedom_with(known))
            });
            let amount = if self.maximize { amount } else { -amount };
            // Where nothing varies any difference is sure.
            let is_sure =
                amount != 0.0 && (error == 0.0 || amount.abs() > error * self.far.of(freedom));
            if is_sure && amount > 0.0 {
                better += 1;
            } else if is_sure {
                worse += 1;
            }
        }
        1 + better..=self.known.len() as u32 - worse
    }
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
