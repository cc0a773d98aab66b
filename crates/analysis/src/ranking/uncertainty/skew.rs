//! Intervals of means where runs are skewed, as losses are that cannot fall below 0 but rise without end.
//!
//! Student's t covers too little then: with five runs a configuration in 88 of 100 cases where runs are exponential and in 82
//! where they are lognormal with σ = 1, and no interval of five numbers alone holds for all such (Bahadur and Savage 1956).
//!
//! - Several repeated configurations tell the skewness together. With it, Hall's transformation of t ("On the removal of
//!   skewness by transformation", Journal of the Royal Statistical Society B 54, 1992) is nearly free of skew. Of five runs and more its
//!   quantiles are nearer to 0 than Student's the more runs are skewed, since a small mean comes with a small deviation then: by
//!   [`NARROWING`], calibrated as below, and all of it where others tell the skewness, none where a configuration's own runs do. With
//!   Student's it would cover in up to 98 of 100 cases; so it does in 93 to 97 of normal, χ², exponential and lognormal runs with
//!   σ up to 1, of 5, 10 and 20 runs of 5 to 200 configurations (`benches/intervals`).
//! - While so few runs are repeated that a skewness which matters may go unseen, Student's t reaches farther on the side where a
//!   configuration's own runs lean: by their skewness times [`STRETCH`] over their number, calibrated by simulations (Loh,
//!   "Calibrating confidence coefficients", Journal of the American Statistical Association 82, 1987). For normal runs it
//!   is a third longer than t at five runs, and a twentieth at twenty. Five, ten and twenty runs of one to five configurations then
//!   hold the mean in 93 to 97 of 100 cases of normal, χ², exponential and lognormal runs with σ = 0.5.
//! - Of lognormal runs with σ = 1, whose skewness is 6, five of up to three configurations do in 88 only, where nothing but how far
//!   they lie apart is known. As they are, on one side of zero, their logarithms tell more: [`super::reach`].
//! - A mean of many runs has its own bootstrap ([`mod@super::bootstrap`]), whatever others tell.

use super::{Center, Estimate};
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

/// So many leave nothing for logarithms to tell.
const KNOWN_FREEDOM: f64 = 45.0;

/// Below so many runs a configuration's own skewness says nothing of it.
pub(super) const FEWEST_LEANING: usize = 5;

/// By how much an interval reaches farther on the side where runs lean: see the module's documentation.
const STRETCH: f64 = 7.5;

/// By what part of the way to [`NARROWEST`] the quantiles of Hall's statistic are nearer to 0 than Student's, for each 1 of the skewness of
/// the mean.
const NARROWING: f64 = 0.53;

/// Nearer to 0 they are not.
const NARROWEST: f64 = 1.6;

/// Less of a stretch is not worth a word.
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

    /// How many runs the configuration has that has most, of those that tell.
    pub fn most(&self) -> usize {
        self.most
    }

    /// What part of what would make logarithms needless ([`super::reach`]) is missing: none where skewness is told.
    pub(super) fn unknown(&self) -> f64 {
        match self.told() {
            None if self.configurations > 0 => (1.0 - self.freedom / KNOWN_FREEDOM).max(0.0),
            _ => 0.0,
        }
    }

    /// Whether a further configuration's own logarithms may count.
    pub(super) fn is_of_few(&self) -> bool {
        self.freedom < KNOWN_FREEDOM
    }

    /// What part of the degrees of freedom that would tell a skewness which matters is missing.
    fn unseen(&self) -> f64 {
        (1.0 - self.freedom / ENOUGH_FREEDOM).max(0.0)
    }

    /// By which part an interval of a mean of so many runs reaches farther upward, or downward where it is negative, as these `lean`
    /// while others are too few to tell whether runs are skewed.
    fn stretch(&self, n: usize, lean: f64) -> f64 {
        let stretch = STRETCH / n as f64 * self.unseen() * lean;
        let is_to_do = n >= FEWEST_LEANING && self.may_be_unseen();
        if is_to_do && stretch.abs() >= LEAST_STRETCH {
            stretch
        } else {
            0.0
        }
    }

    /// By which part of the way quantiles of a mean of so many runs, whose skewness this is, are nearer to 0 than Student's.
    fn narrowing(&self, n: usize, skewness: f64) -> f64 {
        let others = 1.0 - 1.0 / self.configurations as f64;
        if n >= FEWEST_LEANING {
            (NARROWING * skewness.abs() * others).min(1.0)
        } else {
            0.0
        }
    }

    /// The 95 % interval of a mean of so many runs with this standard error, of which Student's t leaves as many errors to either
    /// side and which `lean` so much; `None` where that is not to be corrected.
    fn interval(&self, n: usize, mean: f64, error: f64, t: f64, lean: f64) -> Option<(f64, f64)> {
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
        let t = t - (t - NARROWEST).max(0.0) * self.narrowing(n, a);
        let untransformed = |g: f64| 3.0 / a * (libm::cbrt(1.0 + a * (g - a / 6.0)) - 1.0);
        Some((
            mean - error * untransformed(t),
            mean - error * untransformed(-t),
        ))
    }
}

impl Estimate {
    /// The 95 % interval: of a mean whose deviation is the configuration's own by the bootstrap where it is of many runs, by Hall's
    /// transformation where `skew` tells skewness, and stretched where that may be unseen; else by Student's t.
    pub fn interval(&self, skew: &Skew) -> Option<(f64, f64)> {
        let half = self.half()?;
        self.beside(half, skew)
            .or(Some((self.value - half, self.value + half)))
    }

    /// The 95 % interval where it does not lie evenly around it.
    pub fn uneven(&self, skew: &Skew) -> Option<(f64, f64)> {
        self.beside(self.half()?, skew)
    }

    /// The interval where it is not `half` to either side.
    fn beside(&self, half: f64, skew: &Skew) -> Option<(f64, f64)> {
        let own = self.by_skew(half, skew);
        // Others tell the bootstrap nothing.
        let unknown = self.ends.map_or_else(|| skew.unknown(), |_| 1.0);
        let is_far = (self.reach.stretch * unknown).abs() >= LEAST_STRETCH;
        if !is_far || !self.is_own_mean() {
            return own;
        }
        let ends = own.unwrap_or((self.value - half, self.value + half));
        let t = half / self.error()?;
        let stretched = self.reach.stretched(ends, self.value, (t, half), unknown);
        if stretched == ends {
            own
        } else {
            Some(stretched)
        }
    }

    /// Whether it is a mean whose deviation is that of its own runs, which minds how runs are skewed.
    fn is_own_mean(&self) -> bool {
        let is_own = (self.freedom - (self.n as f64 - 1.0)).abs() < 0.5 && !self.is_lent;
        self.center == Center::Mean && is_own && self.overlap <= 0.0
    }

    /// The interval that does not lie evenly, where logarithms say nothing.
    fn by_skew(&self, half: f64, skew: &Skew) -> Option<(f64, f64)> {
        if self.ends.is_some() || !self.is_own_mean() {
            return self.ends;
        }
        let error = self.error().filter(|error| *error > 0.0)?;
        skew.interval(self.n, self.value, error, half / error, self.lean)
    }

    /// Whether its interval lies evenly around it.
    pub fn is_even(&self, skew: &Skew) -> bool {
        self.uneven(skew).is_none()
    }

    /// Whether its interval is by Hall's transformation.
    pub fn is_skewed_too(&self, skew: &Skew) -> bool {
        let is_of_enough = self.n >= FEWEST_RUNS && self.is_own_mean();
        self.ends.is_none() && skew.told().is_some() && is_of_enough
    }

    /// Whether its interval is by the bootstrap of its runs.
    pub fn is_bootstrapped(&self) -> bool {
        self.center == Center::Mean && self.ends.is_some()
    }

    /// Whether the interval of a mean reaches farther to a side than what it is worked out by has it.
    pub fn is_stretched(&self, skew: &Skew) -> bool {
        let is_plain = self.is_bootstrapped() || self.is_skewed_too(skew);
        let stretched = self.half().is_some_and(|half| {
            let by_skew = self.by_skew(half, skew);
            let leans = by_skew.is_some() && !is_plain;
            leans || self.beside(half, skew) != by_skew
        });
        self.center == Center::Mean && stretched
    }
}
