//! Problems with noise, to be drawn again and again: for the test and the study of how often whiskers hold.

use std::f64::consts::PI;

use rand_core::{Rng as _, SeedableRng as _};
use rand_pcg::Pcg64;
use runsift::analysis::importance::{Design, Parameter, Settings, importance};

/// Numbers in `[0, 1)`.
pub(crate) fn units(seed: u64) -> impl FnMut() -> f64 {
    let mut generator = Pcg64::seed_from_u64(seed);
    move || (generator.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
}

/// A function on the unit cube with noise.
pub(crate) struct Problem {
    pub(crate) name: &'static str,
    pub(crate) parameters: usize,
    value: fn(&[f64]) -> f64,
    /// Standard deviation of the noise.
    noise: f64,
}

/// The problems: functions with known indices, noise of a tenth to a half of their variance.
pub(crate) fn all() -> Vec<Problem> {
    let problem = |name, parameters, value, noise| Problem {
        name,
        parameters,
        value,
        noise,
    };
    vec![
        problem("linear", 4, |x| 3.0 * x[0] + 2.0 * x[1] + x[2], 0.5),
        problem(
            "additive",
            5,
            |x| 4.0 * x[0] + 2.0 * x[1] + x[2] + 0.5 * x[3],
            0.66,
        ),
        problem("g-function", 3, |x| g_function(x, &[0.5; 3]), 0.26),
        problem("ishigami", 3, ishigami, 1.86),
        problem("mixed", 4, mixed, 0.8),
        problem(
            "product",
            3,
            |x| (2.0 * x[0] - 1.0) * (2.0 * x[1] - 1.0),
            0.1,
        ),
        problem(
            "g-function of 8",
            8,
            |x| g_function(x, &[0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0]),
            0.34,
        ),
    ]
}

fn g_function(x: &[f64], a: &[f64]) -> f64 {
    let factors = x
        .iter()
        .zip(a)
        .map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a));
    factors.product()
}

fn ishigami(x: &[f64]) -> f64 {
    let angle = |j: usize| PI * (2.0 * x[j] - 1.0);
    let (sine, other) = (libm::sin(angle(0)), libm::sin(angle(1)));
    sine + 7.0 * other * other + 0.1 * angle(2).powi(4) * sine
}

/// A number, a category that changes its slope, a whole number, and one that does nothing.
fn mixed(x: &[f64]) -> f64 {
    let (v, category) = (4.0 * x[0] - 2.0, category(x[1]));
    let offset = [0.0, 2.0, 0.5][category as usize];
    let slope = if category == 1 { 1.2 } else { 0.0 };
    v * v + offset + slope * v + 0.3 * level(x[2])
}

fn category(x: f64) -> u32 {
    (3.0 * x) as u32
}

fn level(x: f64) -> f64 {
    1.0 + (5.0 * x).floor()
}

/// What the parameter with this index is called.
pub(crate) fn name(parameter: usize) -> String {
    format!("x{parameter}")
}

impl Problem {
    /// So many runs of the problem.
    pub(crate) fn drawn(&self, runs: usize, seed: u64) -> Design {
        let mut unit = units(seed);
        let columns: Vec<Vec<f64>> = (0..self.parameters)
            .map(|_| (0..runs).map(|_| unit()).collect())
            .collect();
        let objective = (0..runs).map(|run| {
            let noise = (0..12).map(|_| unit()).sum::<f64>() - 6.0;
            let at: Vec<f64> = columns.iter().map(|column| column[run]).collect();
            (self.value)(&at) + self.noise * noise
        });
        let objective = objective.collect();
        let parameter = |(number, values): (usize, Vec<f64>)| match (self.name, number) {
            ("mixed", 1) => {
                Parameter::category(name(number), values.into_iter().map(category).collect())
            }
            ("mixed", 2) => {
                let levels = values.into_iter().map(level).collect();
                Parameter::ranged(name(number), levels, 1.0, 5.0, false)
            }
            _ => Parameter::ranged(name(number), values, 0.0, 1.0, false),
        };
        Design {
            parameters: columns.into_iter().enumerate().map(parameter).collect(),
            objective,
            configurations: Vec::new(),
        }
    }

    /// What 4 000 runs say, mean of so many draws: by parameter.
    pub(crate) fn large_sample_shares(&self, draws: u64) -> Vec<f64> {
        let settings = Settings {
            resamples: 0,
            ..Settings::default()
        };
        let mut sums = vec![0.0; self.parameters];
        for seed in 7..7 + draws {
            for share in importance(&self.drawn(4000, seed), &settings).parameters {
                let of = (0..self.parameters).find(|parameter| name(*parameter) == share.name);
                sums[of.unwrap_or_default()] += share.share / draws as f64;
            }
        }
        sums
    }
}
