//! Which configuration is best, and how sure that is.
//!
//! - **Interval of a mean**: of 30 to 200 runs the bootstrap ([`mod@bootstrap`]); of others Student's t at 95 %, of the configuration's
//!   own runs. (Percentile bootstrap covers far less at n = 5, the common number of seeds.) Where the repeated configurations
//!   together tell that runs are skewed, Hall's transformation; where they are too few to tell, t stretched to the side where
//!   a configuration's own runs lean ([`mod@skew`]), and to where runs on one side of zero may reach that spread over orders of
//!   magnitude ([`mod@reach`]).
//!   Where the median or the interquartile mean is asked for, see [`mod@center`]; all that follows goes by the same.
//! - **Noise**: where a configuration was run once, or all its runs came out equal while others' vary, the deviation
//!   pooled over the configurations that were repeated stands in; where nothing was repeated, that of pairs of runs which
//!   are nearly the same ([`super::near`]); else there is none, and nothing is said about chance.
//! - **Tie group**: the configurations whose mean Welch's t-test cannot tell from the best one's at 5 %, corrected by Holm
//!   for how many were compared. Where seeds matter, those that share some with the best one are held against it by pairs
//!   ([`mod@pairs`]), and so it is for ranks and chances.
//! - **Folds** of a cross-validation in place of runs, where each configuration has one row: their means are known less
//!   well than those of as many runs ([`mod@super::folds`]), and skew is left alone.
//! - **Interval of a rank**: see [`mod@rank_intervals`].
//! - **Chance of being best** and **what a rerun would give**: parametric draws of all means. The best of many is best
//!   partly by luck: a drawn winner lies above the mean that it was drawn around, and so much, on average and in its own
//!   standard errors, the best one is likely to lie above its own (bootstrap correction of selection). In standard errors,
//!   since the luck of a single run is not that of a mean of many.

mod bootstrap;
mod center;
mod judging;
mod pairs;
mod rank_intervals;
mod reach;
mod skew;

pub use self::bootstrap::{BOOTSTRAPPED, RESAMPLES};
pub use self::center::Center;
pub use self::judging::Judging;
use self::pairs::Pairs;
use self::reach::Reach;
pub use self::skew::Skew;
use super::near::NearRuns;
use super::probability::{student_quantile, student_two_sided};
use crate::sample::Sample;
use rand_core::{Rng as _, SeedableRng as _};
use rand_pcg::Pcg64;
use std::ops::RangeInclusive;

/// Two means that differ at this level are told apart.
const LEVEL: f64 = 0.05;

/// How often all means are drawn.
const DRAWS: usize = 1000;

/// Among how many of the foremost configurations a winner is drawn.
const DRAWN: usize = 100;

/// How many of the foremost configurations are told with their intervals.
pub const FOREMOST: usize = 10;

/// Up to how many degrees of freedom a drawn deviation is not taken for the true one.
const FEW_FREEDOM: f64 = 30.0;

/// The mean of a configuration, or another [`Center`], as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// How many runs with a finite value.
    pub n: usize,
    /// Their mean, or what was asked for.
    pub value: f64,
    /// What that is.
    pub center: Center,
    /// The standard deviation of one run, by which the error was worked out; `None` where no noise is known.
    pub deviation: Option<f64>,
    /// How many degrees of freedom the error has.
    pub freedom: f64,
    /// Whether the deviation is that of others.
    pub is_lent: bool,
    /// What part of a run's variance its mean keeps however many there are: of folds, which share what they are trained on
    /// ([`mod@super::folds`]); 0 of runs.
    pub overlap: f64,
    /// Its standard error where that does not follow from the deviation.
    own_error: Option<f64>,
    /// How its own runs lean ([`Sample::lean`]).
    lean: f64,
    /// How far its mean may lie beyond its own runs ([`mod@reach`]), where few tell.
    reach: Reach,
    /// Its 95 % interval where that is of its own runs alone and does not lie evenly around it.
    ends: Option<(f64, f64)>,
}

impl Estimate {
    /// Of finite values, by themselves; `None` where there is none.
    fn of(values: &mut [f64], center: Center) -> Option<Self> {
        let sample = Sample::new(values.iter().copied(), false)?;
        let mut of = Self::of_sample(&sample, center);
        if center != Center::Mean && sample.deviation.is_some_and(|own| own > 0.0) {
            center.complete(&mut of, values);
        }
        Some(of)
    }

    /// A mean with its own deviation.
    fn of_sample(sample: &Sample, center: Center) -> Self {
        Self {
            n: sample.count,
            value: sample.mean,
            center,
            deviation: sample.deviation,
            freedom: sample.count.saturating_sub(1) as f64,
            is_lent: false,
            overlap: 0.0,
            own_error: None,
            lean: sample.lean,
            reach: Reach::default(),
            ends: None,
        }
    }

    /// The mean of a sample of finite values, with all that its interval is worked out of; `values` are asked for where they are not too many.
    pub fn of_mean(sample: &Sample, values: impl FnOnce() -> Vec<f64>) -> Self {
        let mut of = Self::of_sample(sample, Center::Mean);
        if of.n <= *BOOTSTRAPPED.end() {
            of.mind(&mut values());
        }
        of
    }

    /// Has what these values of a mean say of its interval, which are put in order here.
    fn mind(&mut self, values: &mut [f64]) {
        self.reach = Reach::of(values);
        self.ends = self
            .error()
            .and_then(|error| bootstrap::interval(values, self.value, error));
    }

    /// A run by itself, of whose noise nothing is known; `None` where it has no finite value.
    pub fn alone(value: f64) -> Option<Self> {
        Self::of(&mut [value], Center::Mean)
    }

    /// Takes what others say of noise where its own runs say nothing.
    fn lend(&mut self, noise: Noise) {
        if self.deviation.is_some_and(|own| own > 0.0) {
            return;
        }
        (self.deviation, self.freedom) = match noise {
            Noise::Repeated {
                deviation, freedom, ..
            } => (Some(deviation), freedom),
            Noise::Near(near) => (Some(near.deviation), near.pairs as f64),
            Noise::None => {
                // The same result twice may be one evaluation that was noted twice.
                self.deviation = None;
                return;
            }
        };
        self.is_lent = true;
    }

    /// The standard error of the mean, or of what was asked for.
    pub fn error(&self) -> Option<f64> {
        self.own_error.or_else(|| {
            let widening = self.center.widening(self.n);
            let parts = widening * widening / self.n as f64 + self.overlap;
            Some(self.deviation? * parts.sqrt())
        })
    }

    /// Whether its error is that which was logged of its one run.
    pub fn is_logged(&self) -> bool {
        self.n == 1 && !self.is_lent && self.deviation.is_some()
    }

    /// Half the width of the 95 % interval.
    pub fn half(&self) -> Option<f64> {
        Some(self.error()? * student_quantile(self.center.level(self.n), self.freedom))
    }
}

/// One mean less another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The difference.
    pub amount: f64,
    /// Its standard error.
    error: f64,
    /// How many degrees of freedom that has.
    freedom: f64,
    /// The probability of a difference at least so great if there were none (Welch).
    pub p: f64,
    /// The difference in standard deviations of single runs, corrected for few of them (Hedges' g); `None` where they do
    /// not vary.
    pub effect: Option<f64>,
}

impl Difference {
    /// Half the width of its 95 % interval: worked out when it is asked for, since of thousands that are compared few are told.
    pub fn half(&self) -> f64 {
        if self.error == 0.0 {
            return 0.0;
        }
        self.error * student_quantile(LEVEL, self.freedom)
    }

    /// `a` less `b`; `None` where no noise is known.
    pub fn between(a: &Estimate, b: &Estimate) -> Option<Self> {
        let amount = a.value - b.value;
        let (known_a, known_b) = (Known::of(a)?, Known::of(b)?);
        let error = (known_a.square + known_b.square).sqrt();
        if error == 0.0 {
            return Some(Self {
                amount,
                error,
                freedom: known_a.freedom_with(&known_b),
                p: if amount == 0.0 { 1.0 } else { 0.0 },
                effect: None,
            });
        }
        let freedom = known_a.freedom_with(&known_b);
        let variance = |estimate: &Estimate| estimate.deviation.unwrap_or(0.0).powi(2);
        // What is lent holds what the other one has of its own.
        let both = match (a.is_lent, b.is_lent) {
            (false, false) => a.freedom + b.freedom,
            (true, _) => a.freedom,
            (false, true) => b.freedom,
        };
        let pooled =
            ((variance(a) * a.freedom + variance(b) * b.freedom) / (a.freedom + b.freedom)).sqrt();
        Some(Self {
            amount,
            error,
            freedom,
            p: student_two_sided(amount / error, freedom),
            effect: Some(amount / pooled * (1.0 - 3.0 / (4.0 * both - 1.0))),
        })
    }
}

/// How well a mean is known.
#[derive(Clone, Copy)]
struct Known {
    /// Its squared standard error.
    square: f64,
    /// How many degrees of freedom that has.
    freedom: f64,
    /// How many its own runs have.
    own_freedom: f64,
    /// The sum of squares which the error rests on.
    squares: f64,
    /// Whether that is of others.
    is_lent: bool,
}

impl Known {
    /// `None` where no noise is known.
    fn of(estimate: &Estimate) -> Option<Self> {
        let own_freedom = estimate.n as f64 - 1.0;
        let freedom = if estimate.is_lent {
            estimate.freedom
        } else {
            own_freedom
        };
        Some(Self {
            square: estimate.error()?.powi(2),
            freedom: estimate.freedom,
            own_freedom,
            squares: estimate.deviation?.powi(2) * freedom,
            is_lent: estimate.is_lent,
        })
    }

    /// The degrees of freedom of the difference to another (Welch).
    fn freedom_with(&self, other: &Self) -> f64 {
        match (self.is_lent, other.is_lent) {
            // What both have from the same others is known no better than it is of one.
            (true, true) => self.freedom,
            (false, true) => self.freedom_with_lent(other),
            (true, false) => other.freedom_with_lent(self),
            (false, false) => {
                satterthwaite([(self.square, self.freedom), (other.square, other.freedom)])
            }
        }
    }

    /// Where this has noise of its own, it is a part of what is lent to the other: they are no two witnesses, and of the
    /// lent error that part goes with this one's.
    fn freedom_with_lent(&self, lent: &Self) -> f64 {
        let of_own = (self.squares / lent.squares).min(1.0);
        satterthwaite([
            (self.square + lent.square * of_own, self.freedom),
            (
                lent.square * (1.0 - of_own),
                (lent.freedom - self.own_freedom).max(1.0),
            ),
        ])
    }
}

/// The degrees of freedom of a sum of independent squared errors (Satterthwaite), of each how many that has.
fn satterthwaite(parts: [(f64, f64); 2]) -> f64 {
    let [(a, of_a), (b, of_b)] = parts;
    let sum = a + b;
    sum * sum / (a * a / of_a + b * b / of_b)
}

impl Difference {
    /// The first of each pair less the second, by Student's t of the pairs' differences (or of their [`Center`]): what both
    /// of a pair have in common, as a seed or a fold, cancels out. The effect is in standard deviations of single runs,
    /// pooled over both sides. `None` for less than two pairs. `overlap` is that of [`Estimate`].
    pub fn paired(pairs: &[(f64, f64)], center: Center, overlap: f64) -> Option<Self> {
        let sample = |of: fn(&(f64, f64)) -> f64| Sample::new(pairs.iter().map(of), false);
        let mut differences: Vec<f64> = pairs.iter().map(|(a, b)| a - b).collect();
        let mut differences = Estimate::of(&mut differences, center)?;
        differences.overlap = overlap;
        let (amount, freedom) = (differences.value, differences.freedom);
        let error = differences.error()?;
        let variance = |sample: Sample| sample.deviation.unwrap_or(0.0).powi(2);
        let pooled = f64::midpoint(
            variance(sample(|(a, _)| *a)?),
            variance(sample(|(_, b)| *b)?),
        )
        .sqrt();
        let effect = amount / pooled * (1.0 - 3.0 / (8.0 * (pairs.len() - 1) as f64 - 1.0));
        let p = match (error == 0.0, amount == 0.0) {
            (false, _) => student_two_sided(amount / error, freedom),
            (true, false) => 0.0,
            (true, true) => 1.0,
        };
        Some(Self {
            amount,
            error,
            freedom,
            p,
            effect: effect.is_finite().then_some(effect),
        })
    }
}

/// Where what is known of chance comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Noise {
    /// From the repeated configurations.
    Repeated {
        /// How many were repeated.
        configurations: usize,
        /// The deviation pooled over them.
        deviation: f64,
        /// Its degrees of freedom.
        freedom: f64,
    },
    /// From runs that are nearly the same.
    Near(NearRuns),
    /// Nothing is known.
    None,
}

/// Configurations in order, and how sure the order is.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The numbers of the configurations that have a value, best first.
    pub order: Vec<u32>,
    /// What is known of each of `order`.
    pub estimates: Vec<Estimate>,
    /// The places in `order` that cannot be told from the best one, which is the first of them; it alone where no noise
    /// is known.
    pub tied: Vec<usize>,
    /// Where the noise comes from.
    pub noise: Noise,
    /// The chance of being best of each of the foremost of `order`; empty where no noise is known.
    pub chances: Vec<f64>,
    /// The 95 % intervals of the ranks of the foremost of `order`; empty where no noise is known.
    pub ranks: Vec<RangeInclusive<u32>>,
    /// What the best one may be expected to give when it is run again.
    pub on_rerun: Option<f64>,
    /// How skewed runs of one configuration are.
    pub skew: Skew,
    /// How many of all but the best one were held against it by pairs of runs with the same seed.
    pub paired: usize,
    /// The runs by seed.
    pairs: Pairs,
}

impl Standing {
    /// The standing of configurations by the values of their runs, of each by their `center`; `near` is what nearly the same runs say of noise, asked
    /// for only where nothing was repeated. `None` where no configuration has a finite value.
    #[cfg(test)]
    pub fn new(
        configurations: &[Vec<f64>],
        maximize: bool,
        center: Center,
        near: impl FnOnce() -> Option<NearRuns>,
        seed: u64,
    ) -> Option<Self> {
        let mut judging = Judging::new(maximize, center, seed);
        for values in configurations {
            let no_seed = crate::grouping::NO_GROUP;
            judging.add(values.iter().map(|value| (no_seed, *value)));
        }
        let mut near = Some(near);
        while judging.step(|| near.take()?()) {}
        judging.standing()
    }

    /// What is known of the difference of two, by their places in `order`, where they are compared by pairs of runs.
    pub fn of_pairs(&self, a: usize, b: usize) -> Option<Estimate> {
        let center = self.estimates.get(a)?.center;
        self.pairs
            .differences(*self.order.get(a)?, *self.order.get(b)?, center)
    }

    /// The one at a place of `order` less the one at another, and by how many pairs of runs, where it is by pairs; `None` where no
    /// noise is known.
    pub fn difference(&self, a: usize, b: usize) -> Option<(Difference, Option<usize>)> {
        let (of_a, of_b) = (self.estimates.get(a)?, self.estimates.get(b)?);
        let paired = self
            .pairs
            .between(self.order[a], self.order[b], of_a.center);
        match paired {
            Some((difference, pairs)) => Some((difference, Some(pairs))),
            None => Some((Difference::between(of_a, of_b)?, None)),
        }
    }
}

/// So many configurations at least gave the same each time, where that says that nothing varies: of fewer, one evaluation may
/// have been noted twice.
const SAME_EACH_TIME: usize = 3;

fn noise_of(estimates: &[Option<Estimate>], near: impl FnOnce() -> Option<NearRuns>) -> Noise {
    let (mut configurations, mut squares, mut freedom) = (0, 0.0, 0.0);
    for estimate in estimates.iter().flatten() {
        if let Some(deviation) = estimate.deviation {
            // One that was logged speaks for itself, however many evaluations it is of.
            let own = (estimate.n - 1).max(1) as f64;
            configurations += 1;
            squares += deviation * deviation * own;
            freedom += own;
        }
    }
    if squares > 0.0 || configurations >= SAME_EACH_TIME {
        return Noise::Repeated {
            configurations,
            deviation: (squares / freedom).sqrt(),
            freedom,
        };
    }
    near().map_or(Noise::None, Noise::Near)
}

/// How often each of the foremost wins when all means are drawn anew, and by how much the best one is likely to lie above its
/// own: as many standard errors as a winner lies above the mean that it was drawn around.
fn draw(standing: &Standing, maximize: bool, seed: u64) -> (Vec<f64>, Option<f64>) {
    let Standing {
        estimates,
        order,
        pairs,
        ..
    } = standing;
    let foremost = &estimates[..estimates.len().min(DRAWN)];
    let errors: Option<Vec<f64>> = foremost.iter().map(Estimate::error).collect();
    let Some(errors) = errors else {
        return (Vec::new(), None);
    };
    if foremost.len() < 2 {
        // Nothing was chosen.
        return (vec![1.0; foremost.len()], Some(0.0));
    }
    if errors.iter().all(|error| *error <= 0.0) {
        // No chance is at play: those with the same value share it.
        let same = |of: &&Estimate| of.value.total_cmp(&foremost[0].value).is_eq();
        let share = 1.0 / foremost.iter().filter(same).count() as f64;
        let chances = foremost
            .iter()
            .map(|of| if same(&of) { share } else { 0.0 });
        return (chances.collect(), Some(0.0));
    }
    // What part of a deviation is that of seeds which all have in common, and what part is its own.
    let parts = |(estimate, at): (&Estimate, &u32)| {
        let is_in_pairs = !estimate.is_lent && (*at == order[0] || pairs.has(order[0], *at));
        let seeds = if is_in_pairs { pairs.correlation } else { 0.0 };
        (seeds.sqrt(), (1.0 - seeds).sqrt())
    };
    let parts: Vec<(f64, f64)> = foremost.iter().zip(order).map(parts).collect();
    let sign = if maximize { 1.0 } else { -1.0 };
    let mut normals = Normals::new(seed);
    let mut wins = vec![0_usize; foremost.len()];
    let mut luck = 0.0;
    let own_error = errors.first().copied().unwrap_or(0.0);
    let lent = foremost.iter().find(|of| of.is_lent);
    for _ in 0..DRAWS {
        // One draw for all that have the same noise of others.
        let shared = lent.map_or(1.0, |of| normals.widening(of.freedom));
        let of_seeds = if pairs.correlation > 0.0 {
            normals.next()
        } else {
            0.0
        };
        // As far as they are known, for who wins; with the error as if it were known, for by how much: with few degrees
        // of freedom the luck that t allows has no mean.
        let (mut winner, mut greatest) = (0, f64::NEG_INFINITY);
        let (mut most, mut its_luck) = (f64::NEG_INFINITY, 0.0);
        let each = foremost.iter().zip(&errors).zip(&parts);
        for (at, ((estimate, error), (in_common, own))) in each.enumerate() {
            let (in_common, own) = (in_common * of_seeds, own * normals.next());
            let drawn = sign * estimate.value + error * (in_common + own);
            if drawn > most {
                (most, its_luck) = (drawn, in_common + own);
            }
            let widening = if estimate.is_lent {
                shared
            } else {
                normals.widening(estimate.freedom)
            };
            let drawn = sign * estimate.value + error * (in_common + own * widening);
            if drawn > greatest {
                (winner, greatest) = (at, drawn);
            }
        }
        wins[winner] += 1;
        luck += its_luck;
    }
    let chances = wins.iter().map(|wins| *wins as f64 / DRAWS as f64);
    let luck = own_error * (luck / DRAWS as f64).max(0.0);
    (chances.collect(), Some(luck))
}

/// Seeded draws of normal numbers.
pub(crate) struct Normals {
    source: Pcg64,
    spare: Option<f64>,
}

impl Normals {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            source: Pcg64::seed_from_u64(seed),
            spare: None,
        }
    }

    /// Uniform above 0, up to 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.source.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// A normal number (Box and Muller).
    pub(crate) fn next(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * libm::log(self.uniform())).sqrt();
        let (sine, cosine) = libm::sincos(std::f64::consts::TAU * self.uniform());
        self.spare = Some(radius * sine);
        radius * cosine
    }

    /// What makes Student's t of a normal number.
    fn widening(&mut self, freedom: f64) -> f64 {
        if freedom > FEW_FREEDOM {
            return 1.0;
        }
        let squares: f64 = (0..freedom as usize)
            .map(|_| self.next())
            .map(|x| x * x)
            .sum();
        if squares > 0.0 {
            (freedom / squares).sqrt()
        } else {
            1.0
        }
    }
}

#[cfg(test)]
mod tests;
