//! How long importance takes, on one thread: `cargo bench --bench importance`.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "its figures are its purpose")]

use std::time::Instant;

use rand_core::{Rng as _, SeedableRng as _};
use rand_pcg::Pcg64;
use runsift::analysis::importance::{Design, Parameter, Settings, importance};

/// The objective of the references' timings: falling weights, one interaction, noise.
fn design(runs: usize, parameters: usize) -> Design {
    let mut generator = Pcg64::seed_from_u64(1);
    let mut unit = move || (generator.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0;
    let columns: Vec<Vec<f64>> = (0..parameters)
        .map(|_| (0..runs).map(|_| unit()).collect())
        .collect();
    let objective = (0..runs)
        .map(|run| {
            let weighted = columns
                .iter()
                .zip(0..)
                .map(|(column, j)| column[run] * libm::pow(0.6, f64::from(j)));
            weighted.sum::<f64>() + columns[0][run] * columns[1][run] + 0.1 * unit()
        })
        .collect();
    let parameter = |(j, values)| Parameter::inferred(format!("p{j}"), values);
    Design {
        parameters: columns.into_iter().enumerate().map(parameter).collect(),
        objective,
    }
}

fn main() {
    // Seconds that Optuna 5.0.0's evaluator took for the same sizes, without whiskers.
    let sizes = [
        (100_u32, 20, Some(1.05)),
        (1000, 5, Some(45.6)),
        (1000, 20, Some(28.9)),
        (1000, 50, Some(22.8)),
    ];
    let larger = [(10_000, 20, None), (10_000, 50, None)];
    let mut growth = Vec::new();
    for (runs, parameters, reference) in sizes.into_iter().chain(larger) {
        let design = design(runs as usize, parameters);
        let time = |settings: &Settings| {
            let times = (0..if runs > 1000 { 1 } else { 5 }).map(|_| {
                let start = Instant::now();
                let answer = importance(&design, settings);
                assert!(answer.refused.is_none(), "refused: {:?}", answer.refused);
                start.elapsed().as_secs_f64() * 1e3
            });
            times.fold(f64::INFINITY, f64::min)
        };
        let plain = time(&Settings {
            resamples: 0,
            ..Settings::default()
        });
        let whole = time(&Settings::default());
        let all = time(&Settings {
            totals: true,
            pairs: 8,
            methods: true,
            ..Settings::default()
        });
        if parameters == 20 {
            growth.push((libm::log(f64::from(runs)), libm::log(plain)));
        }
        let ratio = reference.map_or_else(String::new, |seconds: f64| {
            format!(", reference {:.0} times", seconds * 1e3 / whole)
        });
        println!(
            "{runs:6} runs x {parameters:2} parameters: {plain:7.1} ms, with whiskers {whole:7.1} ms, with pairs, totals and \
             all methods {all:7.1} ms{ratio}"
        );
    }
    println!(
        "growth with the runs at 20 parameters: n to the power {:.2}",
        slope(&growth)
    );
}

/// The slope of the line of least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let products = points.iter().map(|point| (point.0 - x) * (point.1 - y));
    let squares = points.iter().map(|point| (point.0 - x).powi(2));
    products.sum::<f64>() / squares.sum::<f64>()
}
