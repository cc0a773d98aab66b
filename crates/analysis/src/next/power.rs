//! How many runs of each of two groups it takes to tell them apart: the power of the two-sample t-test, and of that of pairs.
//!
//! Where the true difference is `d` standard deviations of a run and each group has `n` runs, t follows the noncentral t
//! distribution with `2n - 2` degrees of freedom and noncentrality `d √(n / 2)` (Cohen, "Statistical Power Analysis for
//! the Behavioral Sciences", 1988, chapter 2); of `n` pairs, whose differences have `d` in standard deviations of theirs, with
//! `n - 1` degrees of freedom and noncentrality `d √n`. Its tails are worked out by integrating the normal's over the law of the
//! standard deviation.

use crate::ranking::probability::student_quantile;

/// Groups greater than this are not asked for.
const MOST: usize = 1000;

/// Stretches of the integral.
const STRETCHES: usize = 240;

/// The normal distribution above `x`.
pub fn normal_above(x: f64) -> f64 {
    0.5 * libm::erfc(x / std::f64::consts::SQRT_2)
}

/// The chance that the test with this two-sided level tells apart groups of `n` runs each whose means are `effect`
/// standard deviations apart; or that of `n` pairs.
pub fn power(n: usize, effect: f64, level: f64, of_pairs: bool) -> f64 {
    if n < 2 || effect.is_nan() {
        return 0.0;
    }
    let groups = if of_pairs { 1.0 } else { 2.0 };
    let freedom = groups * (n as f64 - 1.0);
    let critical = student_quantile(level, freedom);
    let shift = effect.abs() * (n as f64 / groups).sqrt();
    // The law of s, the standard deviation in units of the true one: s² times the freedom is χ².
    let half = freedom / 2.0;
    let front = std::f64::consts::LN_2 + half * libm::log(half) - libm::lgamma(half);
    let density = |s: f64| libm::exp(front + (freedom - 1.0) * libm::log(s) - half * s * s);
    let told = |s: f64| normal_above(critical * s - shift) + normal_above(critical * s + shift);
    let width = 9.0 / (2.0 * freedom).sqrt();
    let (low, high) = ((1.0 - width).max(1e-9), 1.0 + width);
    let step = (high - low) / STRETCHES as f64;
    // Simpson's rule.
    let sum: f64 = (0..=STRETCHES)
        .map(|at| {
            let weight = match at {
                0 | STRETCHES => 1.0,
                odd if odd % 2 == 1 => 4.0,
                _ => 2.0,
            };
            let s = low + step * at as f64;
            weight * density(s) * told(s)
        })
        .sum();
    (sum * step / 3.0).clamp(0.0, 1.0)
}

/// The fewest runs of each group, or pairs, with which the test has the power; `None` where more than a thousand are needed.
pub fn runs_needed(effect: f64, level: f64, wanted: f64, of_pairs: bool) -> Option<usize> {
    let (mut few, mut enough) = (1, 2);
    while power(enough, effect, level, of_pairs) < wanted {
        if enough >= MOST {
            return None;
        }
        (few, enough) = (enough, (2 * enough).min(MOST));
    }
    while enough - few > 1 {
        let middle = usize::midpoint(few, enough);
        if power(middle, effect, level, of_pairs) < wanted {
            few = middle;
        } else {
            enough = middle;
        }
    }
    Some(enough)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_and_runs_are_those_of_the_tables() {
        // R: power.t.test(n, d)$power
        for (n, effect, want) in [
            (20, 0.5, 0.337_939),
            (26, 0.8, 0.807_486),
            (5, 2.0, 0.790_511),
            (2, 0.0, 0.05),
        ] {
            let got = power(n, effect, 0.05, false);
            assert!(
                (got - want).abs() < 2e-4,
                "{n}, {effect}: {got} and not {want}"
            );
        }
        // Cohen's tables: 393.4, 63.8, 25.5, 16.7, 5.1 a group for 80 % power at 5 %, two-sided.
        for (effect, want) in [(0.2, 394), (0.5, 64), (0.8, 26), (1.0, 17), (2.0, 6)] {
            assert_eq!(runs_needed(effect, 0.05, 0.8, false), Some(want));
        }
        assert_eq!(runs_needed(100.0, 0.05, 0.8, false), Some(2));
        assert_eq!(runs_needed(0.01, 0.05, 0.8, false), None);
        assert_eq!(runs_needed(f64::NAN, 0.05, 0.8, false), None);
        // Of pairs, by G*Power: 199, 34, 15, 10 and 5.
        for (effect, want) in [(0.2, 199), (0.5, 34), (0.8, 15), (1.0, 10), (1.5, 6)] {
            assert_eq!(runs_needed(effect, 0.05, 0.8, true), Some(want));
        }
    }
}
