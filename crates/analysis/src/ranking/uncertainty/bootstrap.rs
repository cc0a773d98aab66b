//! The interval of a mean of many runs by the bootstrap.
//!
//! Bootstrap-t (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 12; Hesterberg, "What Teachers Should Know
//! About the Bootstrap", The American Statistician 69, 2015): as many runs as there are, drawn of them with replacement, have a mean
//! and a standard error of their own, and how many of these their mean lies off tells which quantiles t has here, in place of
//! Student's. Other bootstraps cover less: in simulations of 30 lognormal runs with σ = 1 the corrected and accelerated
//! one holds the mean in 89 of 100 cases, this one in 93, and in 95 with what [`super::reach`] adds.
//!
//! It is done from 30 runs on, since of fewer a resample is of too few different ones, and up to 200, for the time that it takes: of more,
//! its ends lie off those by Student's t or Hall's transformation by a twentieth of the half (a tenth where runs are lognormal with σ = 1), and
//! the chance of its draws is of that size. These are seeded by the values, so that the same runs have the same interval everywhere.

use rand_core::{Rng as _, SeedableRng as _};
use rand_pcg::Pcg32;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::ops::RangeInclusive;

/// Of how many runs a mean has it.
pub const BOOTSTRAPPED: RangeInclusive<usize> = 30..=200;

/// How often as many are drawn: so that 2.5 % of all of them and the one itself are a whole number.
pub const RESAMPLES: usize = 999;

/// A resample that varies by less, in parts of the variance, does not vary.
const ROUNDING: f64 = 1e-12;

/// How many intervals are remembered, of which each took a million draws at most.
const REMEMBERED: usize = 4096;

/// Intervals by the bits of the values in order.
type Known = FxHashMap<Vec<u64>, Option<(f64, f64)>>;

thread_local! {
    /// Those that were worked out: a table asks for those of its rows whenever it is scrolled.
    static KNOWN: RefCell<Known> = RefCell::default();
}

/// The 95 % interval of the mean of these runs, which are put in order here; `None` where they are too few or too many, or a
/// resample may not vary at all.
pub(super) fn interval(values: &mut [f64], mean: f64, error: f64) -> Option<(f64, f64)> {
    if !BOOTSTRAPPED.contains(&values.len()) || !error.is_finite() || error <= 0.0 {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let bits: Vec<u64> = values.iter().map(|x| x.to_bits()).collect();
    if let Some(known) = KNOWN.with_borrow(|known| known.get(&bits).copied()) {
        return known;
    }
    let found = of_draws(values, &bits, mean, error);
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(bits, found);
    });
    found
}

/// The interval by resamples of these values, in order, of which these are the bits.
fn of_draws(values: &[f64], bits: &[u64], mean: f64, error: f64) -> Option<(f64, f64)> {
    let n = values.len() as f64;
    // A seed of their own: else the luck of one would be that of all.
    let seed = bits.iter().fold(0, |seed: u64, x| seed.rotate_left(5) ^ x);
    let mut source = Pcg32::seed_from_u64(seed);
    let away: Vec<f64> = values
        .iter()
        .map(|x| (x - mean) / (error * n.sqrt()))
        .collect();
    let mut quantiles = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..away.len() {
            let drawn = u64::from(source.next_u32()) * away.len() as u64;
            let x = away[(drawn >> 32) as usize];
            sum += x;
            squares += x * x;
        }
        let variance = (squares - sum * sum / n) / (n - 1.0);
        if variance <= ROUNDING {
            return None;
        }
        quantiles.push(sum / (n * variance).sqrt());
    }
    quantiles.sort_by(f64::total_cmp);
    let beyond = (RESAMPLES + 1) / 40;
    let (least, greatest) = (quantiles[beyond - 1], quantiles[RESAMPLES - beyond]);
    Some((mean - error * greatest, mean - error * least))
}

#[cfg(test)]
mod tests {
    use super::super::{Center, Estimate, Normals};
    use super::*;
    use crate::ranking::probability::student_quantile;

    fn of(values: &[f64]) -> Option<(f64, f64)> {
        let of = Estimate::of(&mut values.to_vec(), Center::Mean).unwrap();
        interval(&mut values.to_vec(), of.value, of.error().unwrap())
    }

    #[test]
    fn of_normal_runs_it_is_near_students_and_of_skewed_ones_it_leans() {
        let mut normals = Normals::new(4);
        let (mut lengths, mut shares) = (0.0, 0.0);
        for _ in 0..50 {
            let mut values: Vec<f64> = (0..40).map(|_| normals.next()).collect();
            let (low, high) = of(&values).unwrap();
            let own = Estimate::of(&mut values, Center::Mean).unwrap();
            lengths += (high - low) / (2.0 * own.half().unwrap());
            let skewed: Vec<f64> = values.iter().map(|x| libm::exp(*x)).collect();
            let (low, high) = of(&skewed).unwrap();
            let own = Estimate::of(&mut skewed.clone(), Center::Mean).unwrap();
            shares += (high - own.value) / (own.value - low);
        }
        assert!((0.97..1.06).contains(&(lengths / 50.0)), "{lengths}");
        assert!((1.8..4.0).contains(&(shares / 50.0)), "{shares}");
    }

    #[test]
    fn the_order_of_runs_changes_nothing_of_it() {
        let values: Vec<f64> = (0..50).map(|at| f64::from(at * 37 % 101).sqrt()).collect();
        let turned: Vec<f64> = values.iter().rev().copied().collect();
        let ((low, high), of_turned) = (of(&values).unwrap(), of(&turned).unwrap());
        // Sums round differently.
        assert!((of_turned.0 - low).abs() < 1e-9 && (of_turned.1 - high).abs() < 1e-9);
        let (n, t) = (50.0_f64, student_quantile(0.05, 49.0));
        let own = Estimate::of(&mut values.clone(), Center::Mean).unwrap();
        assert!((own.error().unwrap() - own.deviation.unwrap() / n.sqrt()).abs() < 1e-12);
        let half = t * own.error().unwrap();
        assert!((high - low - 2.0 * half).abs() < 0.3 * half, "{low} {high}");
    }

    #[test]
    fn too_few_too_many_and_those_that_hardly_vary_have_none() {
        let to = |n: usize| -> Vec<f64> { (0..n).map(|at| at as f64).collect() };
        assert!(of(&to(29)).is_none() && of(&to(201)).is_none());
        assert!(of(&to(30)).is_some() && of(&to(200)).is_some());
        // All but one are the same: a third of resamples does not hold it.
        let mut same = vec![0.5; 40];
        assert!(of(&same).is_none());
        same[7] = 0.9;
        assert!(of(&same).is_none());
    }
}
