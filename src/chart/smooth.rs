//! Smoothing of curves: three ways to take away noise, with one strength.
//!
//! The strength is the weight w of an exponential mean, 0 to below 1. Of white noise it leaves as much as the mean of
//! n = (1 + w) / (1 − w) points does; the Gaussian mean is so wide that it leaves as much as they, and the running median is
//! that of so many points. So one may go from one way to another and see the same trend.
//!
//! All look at points and not at steps. Values that are not finite stay and count for nothing.

use super::number::{counted, short_number};
use serde::{Deserialize, Serialize};

/// What a point weighs in an exponential mean that is so much later that it no more counts.
const NO_WEIGHT: f64 = 1e-6;

/// How often a box's mean is taken for a Gaussian one (Wells 1986).
const PASSES: usize = 3;

/// A way to smooth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Smoother {
    /// The exponential mean of the points before, without the pull towards 0 that its beginning has.
    #[default]
    Exponential,
    /// The Gaussian mean of the points around.
    Gaussian,
    /// The median of the points around, which a spike does not move.
    Median,
}

impl Smoother {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Exponential, Self::Gaussian, Self::Median];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exponential => "exponential",
            Self::Gaussian => "gaussian",
            Self::Median => "median",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Exponential => "exponential mean",
            Self::Gaussian => "Gaussian mean",
            Self::Median => "running median",
        }
    }
}

/// A way to smooth and its strength.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Smoothing {
    /// The way.
    pub by: Smoother,
    /// The weight of an exponential mean that takes away as much noise; 0 smooths nothing.
    pub weight: f64,
}

impl Smoothing {
    /// Whether anything is smoothed.
    pub fn is_on(self) -> bool {
        self.weight > 0.0 && self.weight < 1.0
    }

    /// How many points an even mean has that takes away as much noise.
    fn points(self) -> f64 {
        (1.0 + self.weight) / (1.0 - self.weight)
    }

    /// The standard deviation of the Gaussian, in points: its squared weights sum to 1 / (2 σ √π).
    fn sigma(self) -> f64 {
        self.points() / (2.0 * libm::sqrt(std::f64::consts::PI))
    }

    /// How many points at each side the median has.
    fn half(self) -> usize {
        (libm::round((self.points() - 1.0) / 2.0) as usize).max(1)
    }

    /// How many points before it and after it a smoothed value depends on.
    pub fn reach(self) -> (usize, usize) {
        if !self.is_on() {
            return (0, 0);
        }
        let each = match self.by {
            Smoother::Exponential => {
                let before = libm::log(NO_WEIGHT) / libm::log(self.weight);
                return (before as usize + 1, 0);
            }
            Smoother::Gaussian => PASSES * (Window::new(self.sigma()).radius + 1),
            Smoother::Median => self.half(),
        };
        (each, each)
    }

    /// How strong it is, in few words.
    pub fn strength(self) -> String {
        match self.by {
            Smoother::Gaussian if self.is_on() => {
                let mut text = short_number(libm::round(self.sigma() * 10.0) / 10.0);
                text.insert_str(0, "σ ");
                text + " points"
            }
            Smoother::Median if self.is_on() => counted(2 * self.half() + 1, "point"),
            _ => short_number(self.weight),
        }
    }

    /// Smooths the values of points.
    pub fn apply(self, points: &mut [(f64, f64)]) {
        if !self.is_on() {
            return;
        }
        match self.by {
            Smoother::Exponential => exponential(points, self.weight),
            Smoother::Gaussian => gaussian(points, self.sigma()),
            Smoother::Median => median(points, self.half()),
        }
    }
}

/// The mean of all before by weights that fall: of the first n values they sum to 1 − weightⁿ, by which it is divided (Kingma
/// and Ba 2015, section 3; as in TensorBoard).
fn exponential(points: &mut [(f64, f64)], weight: f64) {
    let (mut mean, mut rest) = (0.0, 1.0);
    for (_, value) in points {
        if value.is_finite() {
            mean = weight * mean + (1.0 - weight) * *value;
            rest *= weight;
            *value = mean / (1.0 - rest);
        }
    }
}

/// A box that has any variance: 2 `radius` + 1 points that count whole, and one more at each side of which `edge` counts.
struct Window {
    radius: usize,
    edge: f64,
}

impl Window {
    /// The one whose means, taken [`PASSES`] times, have this standard deviation (Gwosdek et al. 2011, there the extended box
    /// filter): what it takes does not depend on how wide it is, as it would with a Gaussian's own weights.
    fn new(sigma: f64) -> Self {
        let variance = sigma * sigma / PASSES as f64;
        let of = |radius: usize| (radius * (radius + 1)) as f64 / 3.0;
        let mut radius = 0;
        while of(radius + 1) <= variance {
            radius += 1;
        }
        let whole = (2 * radius + 1) as f64;
        let side = (radius + 1) as f64;
        Self {
            radius,
            edge: whole * (variance - of(radius)) / (2.0 * (side * side - variance)),
        }
    }

    /// The sum of what counts around each number. None is taken from a sum again, so that nothing of a number that is far
    /// greater than all others is left where it is out of the window.
    fn sums(&self, numbers: &[f64]) -> Vec<f64> {
        let wide = 2 * self.radius + 1;
        let stretches = numbers.len().div_ceil(wide);
        // Nothing lies before the first number and after the last.
        let mut padded = vec![0.0; (stretches + 1) * wide + 1];
        padded[self.radius + 1..][..numbers.len()].copy_from_slice(numbers);
        let mut made = Vec::with_capacity(stretches * wide);
        let mut suffix = vec![0.0; wide];
        // The windows that begin in a stretch as long as they: what they have of it, and what of the next.
        for begin in (0..stretches).map(|stretch| stretch * wide) {
            let around = &padded[begin..][..=2 * wide];
            let (own, next) = (&around[1..=wide], &around[wide + 1..]);
            let mut sum = 0.0;
            for (suffix, number) in suffix.iter_mut().zip(own).rev() {
                sum += number;
                *suffix = sum;
            }
            let mut sum = 0.0;
            for ((suffix, before), after) in suffix.iter().zip(around).zip(next) {
                made.push(suffix + sum + self.edge * (before + after));
                sum += after;
            }
        }
        made.truncate(numbers.len());
        made
    }
}

/// The mean of those around by weights of a Gaussian, of as many as there are: at the ends one side alone counts.
fn gaussian(points: &mut [(f64, f64)], sigma: f64) {
    let window = Window::new(sigma);
    let finite = |value: f64| if value.is_finite() { value } else { 0.0 };
    let mut sums: Vec<f64> = points.iter().map(|point| finite(point.1)).collect();
    let counts = points
        .iter()
        .map(|point| f64::from(u8::from(point.1.is_finite())));
    let mut counts: Vec<f64> = counts.collect();
    for _ in 0..PASSES {
        sums = window.sums(&sums);
        counts = window.sums(&counts);
    }
    for (((_, value), sum), count) in points.iter_mut().zip(sums).zip(counts) {
        if value.is_finite() {
            *value = sum / count;
        }
    }
}

/// The median of those around, of as many as there are.
fn median(points: &mut [(f64, f64)], half: usize) {
    let raw: Vec<f64> = points.iter().map(|point| point.1).collect();
    // Those in the window, in order.
    let mut window: Vec<f64> = Vec::with_capacity(2 * half + 1);
    let place = |window: &[f64], value: f64| window.partition_point(|other| *other < value);
    for new in raw.iter().take(half) {
        if new.is_finite() {
            window.insert(place(&window, *new), *new);
        }
    }
    for (at, (_, value)) in points.iter_mut().enumerate() {
        let is_finite = |value: &f64| value.is_finite();
        let gone = at.checked_sub(half + 1).map(|at| raw[at]).filter(is_finite);
        let new = raw.get(at + half).copied().filter(is_finite);
        match (gone.map(|gone| place(&window, gone)), new) {
            (Some(from), Some(new)) => {
                // What lies between the two moves by one.
                let to = place(&window, new);
                if from < to {
                    window.copy_within(from + 1..to, from);
                    window[to - 1] = new;
                } else {
                    window.copy_within(to..from, to + 1);
                    window[to] = new;
                }
            }
            (Some(from), None) => {
                window.remove(from);
            }
            (None, Some(new)) => window.insert(place(&window, new), new),
            (None, None) => {}
        }
        if value.is_finite() {
            let (below, above) = (window[(window.len() - 1) / 2], window[window.len() / 2]);
            *value = below + (above - below) / 2.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smoothed(values: &[f64], by: Smoother, weight: f64) -> Vec<f64> {
        let mut points: Vec<(f64, f64)> = values.iter().map(|value| (0.0, *value)).collect();
        Smoothing { by, weight }.apply(&mut points);
        points.into_iter().map(|point| point.1).collect()
    }

    /// Any few values, NaN among them.
    fn some(u: &mut arbtest::arbitrary::Unstructured<'_>) -> arbtest::arbitrary::Result<Vec<f64>> {
        let mut values = Vec::new();
        for _ in 0..u.int_in_range(0..=30)? {
            values.push(match u.int_in_range(0..=6)? {
                0 => f64::NAN,
                other => f64::from(other),
            });
        }
        Ok(values)
    }

    #[test]
    fn an_exponential_mean_is_that_of_all_before() {
        arbtest::arbtest(|u| {
            let weight = f64::from(u.int_in_range(0..=99)?) / 100.0;
            let raw = some(u)?;
            let mut before: Vec<f64> = Vec::new();
            let made = smoothed(&raw, Smoother::Exponential, weight);
            for (raw, got) in raw.iter().zip(made) {
                if raw.is_nan() {
                    assert!(got.is_nan());
                    continue;
                }
                before.push(*raw);
                let weights = (0..before.len()).rev().map(|age| weight.powi(age as i32));
                let total: f64 = weights.clone().sum();
                let sum: f64 = weights.zip(&before).map(|(w, x)| w * x).sum();
                assert!((got - sum / total).abs() < 1e-9, "{got}");
            }
            Ok(())
        });
    }

    #[test]
    fn a_running_median_is_that_of_those_around() {
        arbtest::arbtest(|u| {
            let weight = f64::from(u.int_in_range(1..=95)?) / 100.0;
            let raw = some(u)?;
            let (half, _) = Smoothing {
                by: Smoother::Median,
                weight,
            }
            .reach();
            let made = smoothed(&raw, Smoother::Median, weight);
            for (at, got) in made.into_iter().enumerate() {
                let around = raw.iter().take(at + half + 1).skip(at.saturating_sub(half));
                let mut around: Vec<f64> =
                    around.copied().filter(|value| value.is_finite()).collect();
                around.sort_by(f64::total_cmp);
                let middle = around.len() / 2;
                let want = match around.len() {
                    _ if raw[at].is_nan() => {
                        assert!(got.is_nan());
                        continue;
                    }
                    odd if odd % 2 == 1 => around[middle],
                    _ => f64::midpoint(around[middle - 1], around[middle]),
                };
                assert_eq!(got.to_bits(), want.to_bits(), "{at} of {raw:?}");
            }
            Ok(())
        });
        // A spike is gone, and a step stays one.
        let mut steps = [0.0; 40];
        steps[10] = 1e9;
        steps[20..].fill(1.0);
        let made = smoothed(&steps, Smoother::Median, 0.5);
        steps[10] = 0.0;
        assert_eq!(made, steps);
    }

    #[test]
    fn three_means_of_a_box_are_a_gaussian_one() {
        for weight in [0.3, 0.6, 0.9, 0.99] {
            let sigma = Smoothing {
                by: Smoother::Gaussian,
                weight,
            }
            .sigma();
            let mut spike = vec![0.0; 2001];
            spike[1000] = 1.0;
            let made = smoothed(&spike, Smoother::Gaussian, weight);
            let gaussian = |at: usize| {
                let away = at as f64 - 1000.0;
                libm::exp(-away * away / (2.0 * sigma * sigma))
            };
            let total: f64 = (0..spike.len()).map(gaussian).sum();
            let peak = 1.0 / total;
            let (mut mass, mut variance) = (0.0, 0.0);
            for (at, got) in made.into_iter().enumerate() {
                let away = at as f64 - 1000.0;
                mass += got;
                variance += got * away * away;
                let off = (got - gaussian(at) / total).abs();
                assert!(off < 0.06 * peak, "{weight}: {off} of {peak} at {at}");
            }
            assert!((mass - 1.0).abs() < 1e-9, "{mass}");
            assert!((variance.sqrt() - sigma).abs() < 1e-6, "{variance}");
        }
    }

    #[test]
    fn all_leave_a_constant_and_as_much_of_noise_as_one_another() {
        let noise: Vec<f64> = (0..20_000_u64)
            .map(|at| (at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as f64)
            .map(|value| (value * value) % 1000.0 / 1000.0 - 0.5)
            .collect();
        let spread = |values: &[f64]| {
            let values = &values[2000..18_000];
            let sum: f64 = values.iter().map(|value| value * value).sum();
            (sum / values.len() as f64).sqrt()
        };
        let whole = spread(&noise);
        for by in Smoother::ALL {
            assert!(
                smoothed(&[7.0; 500], by, 0.99)
                    .iter()
                    .all(|value| (value - 7.0).abs() < 1e-9)
            );
            assert_eq!(smoothed(&noise, by, 0.0), noise);
            assert!(smoothed(&[f64::NAN; 9], by, 0.9).iter().all(|v| v.is_nan()));
            assert_eq!(smoothed(&[0.25], by, 0.9), [0.25]);
            // As 19 points leave; the median of numbers that are alike often, somewhat more.
            let left = spread(&smoothed(&noise, by, 0.9)) / whole;
            let want = 19.0_f64.sqrt().recip();
            assert!((0.85..2.0).contains(&(left / want)), "{by:?}: {left}");
        }
    }

    #[test]
    fn nothing_of_a_run_that_explodes_is_left_where_it_is_out_of_reach() {
        let mut values = [0.5; 400];
        values[100] = 1e300;
        let smoothing = Smoothing {
            by: Smoother::Gaussian,
            weight: 0.9,
        };
        let made = smoothed(&values, smoothing.by, smoothing.weight);
        let (reach, _) = smoothing.reach();
        assert!(made[100] > 1e298 && made[100 + reach - 1] > 1.0);
        let after = &made[101 + reach..];
        assert!(after.iter().all(|value| (value - 0.5).abs() < 1e-9));
    }

    /// What is shown of a part depends on no more than `reach` tells.
    #[test]
    fn a_part_with_its_reach_is_smoothed_as_the_whole() {
        let values: Vec<f64> = (0..3000).map(|at| f64::from(at * at % 97)).collect();
        for by in Smoother::ALL {
            for weight in [0.05, 0.6, 0.95, 0.99] {
                let (before, after) = Smoothing { by, weight }.reach();
                let whole = smoothed(&values, by, weight);
                let part = smoothed(&values[1700 - before..=1700 + after], by, weight);
                let off = (part[before] - whole[1700]).abs();
                assert!(off < 1e-3, "{by:?} {weight}: {off}");
            }
        }
    }
}
