//! How far a mean may lie beyond its few runs where these lie on one side of zero and spread over orders of magnitude, as losses,
//! durations and perplexities do.
//!
//! What carries such a mean are great values that are rare. Five runs often hold none of them: then they neither spread nor
//! lean much, and no interval that is worked out of how far they lie apart reaches it (of lognormal ones with σ = 1, in 11 of
//! 100 cases). Their logarithms say all the same that they are of that kind: they spread by σ whether there is a great value or not.
//!
//! So the interval reaches on the side away from zero at least to where that of a lognormal mean ends, `exp(m + σ² / 2 + 1.25 t √(σ² / n + σ⁴ /
//! 2(n + 1)))` (Cox's, of which Olsson, "Confidence intervals for the mean of a log-normal distribution", Journal of Statistics Education
//! 13, 2005, with t in place of the normal quantile, and here a quarter more), where `m` and `σ` are the mean and the standard deviation of the
//! logarithms; but by no greater part farther than Student's t than `110 / n^1.25 · unknown · min(σ - 0.3, 0.7) · min(1 + lean, 1.5)`. There
//! `unknown` is the part of what would tell skewness otherwise that is missing, nothing where that is told ([`super::skew`]), and `lean` the
//! skewness of the logarithms: those of exponential and uniform runs lean back towards zero, and their tails are shorter than a lognormal one's.
//!
//! The constants are calibrated by simulations (Loh 1987): with five, ten and twenty runs of one to twelve configurations it then holds
//! the mean of lognormal runs with σ = 1 in 93 to 97 of 100 cases, and normal, χ², exponential and lognormal ones with σ = 0.5 stay in 93
//! to 97 (`benches/intervals`). Metrics of which the logarithms spread by less than 0.3, as those of accuracies do, keep what they
//! have to the last digit, and so do those on both sides of zero or with a zero.

use super::skew::FEWEST_LEANING;
use crate::sample::Sample;

/// See the module's documentation.
const WIDENING: f64 = 1.25;
const STRETCH: f64 = 110.0;
const STRETCH_POWER: f64 = -1.25;
const LEAST_SPREAD: f64 = 0.3;
const MOST_SPREAD: f64 = 0.7;
const MOST_LEAN: f64 = 1.5;

/// How far the interval of a mean reaches at least.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Reach {
    /// The logarithm of the mean, by those of the runs, and its standard error.
    middle: f64,
    error: f64,
    /// By no greater part farther than Student's t, upward where it is positive, downward where it is negative; 0 where nothing is
    /// known of it. Where nothing else is known of skewness.
    pub(super) stretch: f64,
}

impl Reach {
    /// What runs with these values say of it.
    pub(super) fn of(values: &[f64]) -> Self {
        let side = values.first().map_or(0.0, |first| first.signum());
        let are_on_it = values.iter().all(|x| x * side > 0.0);
        if values.len() < FEWEST_LEANING || !are_on_it {
            return Self::default();
        }
        let logarithms = values.iter().map(|x| libm::log(x.abs()));
        let Some(sample) = Sample::new(logarithms, false) else {
            return Self::default();
        };
        let (n, spread) = (values.len() as f64, sample.deviation.unwrap_or(0.0));
        let square = spread * spread;
        let error = (square / n + square * square / (2.0 * (n + 1.0))).sqrt();
        let spread = (spread - LEAST_SPREAD).clamp(0.0, MOST_SPREAD);
        let lean = (1.0 + sample.lean).clamp(0.0, MOST_LEAN);
        Self {
            middle: sample.mean + square / 2.0,
            error,
            stretch: side * STRETCH * libm::pow(n, STRETCH_POWER) * spread * lean,
        }
    }

    /// The interval of a mean that reaches so far, of which Student's `t` leaves `half` to either side; of the stretch so much counts.
    pub(super) fn stretched(
        &self,
        (low, high): (f64, f64),
        mean: f64,
        (t, half): (f64, f64),
        unknown: f64,
    ) -> (f64, f64) {
        let end = libm::exp(self.middle + WIDENING * t * self.error);
        let farthest = half * (1.0 + self.stretch.abs() * unknown);
        if self.stretch > 0.0 {
            (low, high.max(end.min(mean + farthest)))
        } else {
            (low.min((-end).max(mean - farthest)), high)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: f64, want: f64) {
        assert!((got / want - 1.0).abs() < 1e-9, "{got} and not {want}");
    }

    #[test]
    fn it_is_as_far_as_a_lognormal_mean_may_lie_and_not_endless() {
        // By hand: logarithms of -1, -0.5, 0, 0.5 and 1 have a variance of 2.5 / 4 and do not lean.
        let even: Vec<f64> = [-1.0, -0.5, 0.0, 0.5, 1.0].map(libm::exp).to_vec();
        let error = (0.625_f64 / 5.0 + 0.625 * 0.625 / 12.0).sqrt();
        let end = libm::exp(0.3125 + 1.25 * 2.5 * error);
        let most = 110.0 / (5.0 * libm::pow(5.0, 0.25));
        let stretch = most * (0.625_f64.sqrt() - 0.3);
        let of = Reach::of(&even);
        near(of.stretch, stretch);
        // Mirrored, and in any unit.
        let turned = Reach::of(&even.iter().map(|x| -3.0 * x).collect::<Vec<f64>>());
        near(turned.stretch, -stretch);
        // It ends where that of a lognormal mean does, and no farther than its part, on the one side only.
        let (whole, t) = ((-1.0, 2.0), 2.5);
        let (low, high) = of.stretched(whole, 1.0, (t, 9.0), 1.0);
        assert_eq!(low, -1.0);
        near(high, end);
        let (low, high) = turned.stretched(whole, -1.0, (t, 90.0), 1.0);
        assert_eq!(high, 2.0);
        near(low, -3.0 * end);
        let (_, high) = of.stretched(whole, 1.0, (t, 0.5), 0.5);
        near(high, 1.5 + 0.25 * stretch);
        let far_already = (-1.0, 99.0);
        assert_eq!(of.stretched(far_already, 1.0, (t, 9.0), 1.0), far_already);
        let far = [1e-9, 1e-9, 1e-9, 1e-9, 1e9];
        near(Reach::of(&far).stretch, most * 0.7 * 1.5);
    }

    #[test]
    fn only_runs_on_one_side_of_zero_that_spread_over_orders_of_magnitude_have_it() {
        for none in [
            // One next to zero leans the other way.
            &[1e-9, 1.0, 1.1, 1.2, 1.3][..],
            &[0.91, 0.93, 0.9, 0.97, 0.99],
            &[0.0, 0.1, 1.0, 3.0, 9.0],
            &[-0.1, 0.1, 1.0, 3.0, 9.0],
            &[0.1, 1.0, 3.0, 9.0],
            &[2.0; 5],
            &[0.0; 5],
            &[],
        ] {
            assert!(Reach::of(none).stretch.abs() <= 0.0, "{none:?}");
        }
    }
}
