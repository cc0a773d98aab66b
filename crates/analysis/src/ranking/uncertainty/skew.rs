//! Intervals of means where runs are skewed, as losses are that cannot fall below 0 but rise without end.
//!
//! Student's t covers too little then: with five runs a configuration in 88 of 100 cases where runs are exponential and in 82
//! where they are lognormal with σ = 1, and no interval of five numbers alone holds for all such (Bahadur and Savage 1956).
//!
//! - Several repeated configurations tell the skewness together. With it, Hall's transformation of t ("On the removal of
//!   skewness by transformation", Journal of the Royal Statistical Society B 54, 1992) is nearly free of skew, and its quantiles
//!   are taken for Student's. In simulations of 12 repeated configurations and more, of 5, 10 and 20 runs each, of lognormal runs
//!   with σ up to 1 and of exponential ones, it covers in 93 to 98 of 100 cases (`tests`).
//! - While so few runs are repeated that a skewness which matters may go unseen, Student's t reaches farther on the side where a
//!   configuration's own runs lean: by their skewness times [`STRETCH`] over their number, calibrated by simulations (Loh,
//!   "Calibrating confidence coefficients", Journal of the American Statistical Association 82, 1987). Five, ten and twenty
//!   runs of one to five configurations then hold the mean in 93 to 97 of 100 cases of normal, χ², exponential and lognormal runs
//!   with σ = 0.5; of lognormal ones with σ = 1, whose skewness is 6, five runs of up to three do in 88 (`benches/intervals`). For normal runs it
//!   is a third longer than t at five runs, and a twentieth at twenty.

use super::{Center, Estimate};
use crate::ranking::probability::student_quantile;
use crate::sample::Sample;

/// Below so many runs a configuration tells no skewness, and gets no such interval.
pub(super) const FEWEST_RUNS: usize = 3;

/// It takes so many degrees of freedom to tell skewness at all.
const FEWEST_FREEDOM: f64 = 15.0;

/// Skewness is told where it is so many standard errors from 0, those of normal runs,
const ERRORS: f64 = 2.0;

/// and at least so great: with less, Student's t covers in 94 of 100 cases.
const LEAST: f64 = 0.6;

/// So many degrees of freedom tell that.
const ENOUGH_FREEDOM: f64 = 6.0 * (ERRORS / LEAST) * (ERRORS / LEAST);

/// Below so many runs a configuration's own skewness says nothing of it.
const FEWEST_LEANING: usize = 5;

/// By how much an interval reaches farther on the side where runs lean: see the module's documentation.
const STRETCH: f64 = 7.5;

/// Less of that is not worth a word.
const LEAST_STRETCH: f64 = 0.05;

/// The skewness of single runs, pooled over configurations.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Skew {
    cubes: f64,
    scales: f64,
    freedom: f64,
    /// How many configurations tell it.
    pub configurations: usize,
    /// How many runs the one of them has that has most.
    most: usize,
}

impl Skew {
    /// Adds the runs of a configuration by their values.
    pub fn add_runs(&mut self, values: impl Iterator<Item = f64>) {
        let mut finite = Vec::with_capacity(values.size_hint().1.unwrap_or(0));
        finite.extend(values.filter(|x| x.is_finite()));
        if finite.len() >= FEWEST_RUNS
            && let Some(sample) = Sample::new(finite.iter().copied(), false)
        {
            self.add(&finite, sample.mean, sample.deviation.unwrap_or(0.0));
        }
    }

    /// Adds the runs of a configuration by their finite values, whose mean and standard deviation these are.
    pub(super) fn add(&mut self, values: &[f64], mean: f64, deviation: f64) {
        if values.len() < FEWEST_RUNS {
            return;
        }
        let n = values.len() as f64;
        let cube = |x: &f64| (x - mean) * (x - mean) * (x - mean);
        let cubes: f64 = values.iter().map(cube).sum();
        let (cubes, scale) = (
            cubes * n / ((n - 1.0) * (n - 2.0)),
            deviation * deviation * deviation,
        );
        if cubes.is_finite() && scale.is_finite() {
            self.cubes += cubes;
            self.scales += scale;
            self.freedom += n - 1.0;
            self.configurations += 1;
            self.most = self.most.max(values.len());
        }
    }

    /// The skewness; `None` where it cannot be told from none.
    pub fn told(&self) -> Option<f64> {
        let skewness = self.cubes / self.scales;
        let least = LEAST.max(ERRORS * (6.0 / self.freedom).sqrt());
        (self.freedom >= FEWEST_FREEDOM && skewness.abs() >= least).then_some(skewness)
    }

    /// Whether it is not told and so few runs are repeated that it may go unseen, where some are enough to lean.
    pub fn may_be_unseen(&self) -> bool {
        self.most >= FEWEST_LEANING && self.freedom < ENOUGH_FREEDOM && self.told().is_none()
    }

    /// By which part an interval of a mean of so many runs reaches farther upward, or downward where it is negative, as these `lean`
    /// while others are too few to tell whether runs are skewed.
    fn stretch(&self, n: usize, lean: f64) -> f64 {
        let unseen = 1.0 - self.freedom / ENOUGH_FREEDOM;
        let stretch = STRETCH / n as f64 * unseen * lean;
        let is_to_do = n >= FEWEST_LEANING && self.may_be_unseen();
        if is_to_do && stretch.abs() >= LEAST_STRETCH {
            stretch
        } else {
            0.0
        }
    }

    /// The 95 % interval of a mean of so many runs with this standard error, of which Student's t leaves as many errors to either
    /// side and which `lean` so much; `None` where that is not to be corrected.
    pub fn interval(
        &self,
        n: usize,
        mean: f64,
        error: f64,
        t: f64,
        lean: f64,
    ) -> Option<(f64, f64)> {
        let Some(skewness) = self.told().filter(|_| n >= FEWEST_RUNS) else {
            let stretch = self.stretch(n, lean);
            let (down, up) = ((-stretch).max(0.0), stretch.max(0.0));
            let ends = (
                mean - error * t * (1.0 + down),
                mean + error * t * (1.0 + up),
            );
            return (stretch != 0.0).then_some(ends);
        };
        // g(T) = T + a T² / 3 + a² T³ / 27 + a / 6 with a = skewness / √n, which grows in T everywhere; here T of g.
        let a = skewness / (n as f64).sqrt();
        let untransformed = |g: f64| 3.0 / a * (libm::cbrt(1.0 + a * (g - a / 6.0)) - 1.0);
        Some((
            mean - error * untransformed(t),
            mean - error * untransformed(-t),
        ))
    }
}

impl Estimate {
    /// The 95 % interval: of a mean whose deviation is the configuration's own by Hall's transformation where `skew` tells
    /// skewness, and stretched where that may be unseen; else by Student's t.
    pub fn interval(&self, skew: &Skew) -> Option<(f64, f64)> {
        if self.ends.is_some() {
            return self.ends;
        }
        let half = self.half()?;
        self.own_interval(skew)
            .or(Some((self.value - half, self.value + half)))
    }

    /// The interval of a mean where it minds how runs are skewed.
    fn own_interval(&self, skew: &Skew) -> Option<(f64, f64)> {
        let is_own = (self.freedom - (self.n as f64 - 1.0)).abs() < 0.5 && !self.is_lent;
        if self.center != Center::Mean || !is_own || self.overlap > 0.0 {
            return None;
        }
        let t = student_quantile(super::LEVEL, self.freedom);
        skew.interval(self.n, self.value, self.error()?, t, self.lean)
    }

    /// Whether its interval lies evenly around it.
    pub fn is_even(&self, skew: &Skew) -> bool {
        self.ends.is_none() && self.own_interval(skew).is_none()
    }

    /// Whether its interval is by Hall's transformation.
    pub fn is_skewed_too(&self, skew: &Skew) -> bool {
        skew.told().is_some() && self.own_interval(skew).is_some()
    }
}
