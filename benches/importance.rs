//! How long importance takes, on one thread: `cargo bench --bench importance`.
//!
//! With `RUNSIFT_PEERS` the path of a Python that has Optuna (and `fanova`, where it can be installed), they are timed on
//! the same data in the same run; with `RUNSIFT_PEER_WASM` the path of optuna-dashboard's forest built for the browser
//! (plain exports `alloc` and `calculate`), that too, in node. `RUNSIFT_LIMIT` is how many seconds a peer may take.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "its figures are its purpose")]

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use rand_core::{Rng as _, SeedableRng as _};
use rand_pcg::Pcg64;
use runsift::analysis::importance::{Column, Design, Parameter, Settings, importance};

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

/// The least of a few times, in milliseconds.
fn time(design: &Design, settings: &Settings, times: usize) -> f64 {
    let times = (0..times).map(|_| {
        let start = Instant::now();
        let answer = importance(design, settings);
        assert!(answer.refused.is_none(), "refused: {:?}", answer.refused);
        start.elapsed().as_secs_f64() * 1e3
    });
    times.fold(f64::INFINITY, f64::min)
}

fn main() {
    let mut growth = Vec::new();
    for runs in [100, 1000, 10_000] {
        for parameters in [5, 20, 50] {
            let design = design(runs, parameters);
            let times = if runs > 1000 { 1 } else { 5 };
            let of = |settings: Settings| time(&design, &settings, times);
            let plain = of(Settings {
                resamples: 0,
                ..Settings::default()
            });
            let whole = of(Settings::default());
            let all = of(Settings {
                totals: true,
                pairs: 8,
                methods: true,
                ..Settings::default()
            });
            if parameters == 20 {
                growth.push((libm::log(runs as f64), libm::log(plain)));
            }
            println!(
                "{runs:6} runs x {parameters:2} parameters: singles {plain:.1} ms, with whiskers {whole:.1} ms, with pairs, \
                 totals and all methods {all:.1} ms"
            );
            tell_peers(&design, plain);
        }
    }
    println!(
        "growth with the runs at 20 parameters: n to the power {:.2}",
        slope(&growth)
    );
}

/// Times those peers that are there on the same runs, in processes of their own.
fn tell_peers(design: &Design, ours: f64) {
    let path = std::env::temp_dir().join(format!("runsift-peers-{}.f64", std::process::id()));
    let columns = design
        .parameters
        .iter()
        .filter_map(|parameter| match &parameter.values {
            Column::Numbers(values) => Some(values),
            Column::Codes(_) => None,
        });
    let bytes: Vec<u8> = columns
        .chain([&design.objective])
        .flat_map(|values| values.iter().flat_map(|value| value.to_le_bytes()))
        .collect();
    let scripts = [
        ("RUNSIFT_PEERS", "peers.py", None),
        ("RUNSIFT_PEER_WASM", "peer_wasm.mjs", Some("node")),
    ];
    for (variable, script, program) in scripts {
        let Ok(given) = std::env::var(variable) else {
            continue;
        };
        if std::fs::write(&path, &bytes).is_err() {
            continue;
        }
        let script = Path::new("benches").join(script);
        let mut command = Command::new(program.unwrap_or(&given));
        command
            .arg(script)
            .arg(&path)
            .arg(design.objective.len().to_string());
        if program.is_some() {
            command.arg(&given);
        }
        let said = command
            .output()
            .map(|output| output.stdout)
            .unwrap_or_default();
        for line in String::from_utf8_lossy(&said).lines() {
            let times = line
                .rsplit_once(' ')
                .and_then(|(_, ms)| ms.parse::<f64>().ok());
            let ratio = times.map_or_else(String::new, |ms| {
                format!(" ms, {:.0} times ours", ms / ours)
            });
            println!("         {line}{ratio}");
        }
    }
    // It may not have been written.
    std::fs::remove_file(path).ok();
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
