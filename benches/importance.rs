//! How long importance takes, on one thread, beside other implementations: `cargo bench --bench importance`.
//!
//! Optuna (and `fanova`, `optuna-fast-fanova`, where they can be installed) are timed on the same data in the same run by the
//! Python that `RUNSIFT_PEERS` names, else by `python3`; with `RUNSIFT_PEER_WASM` the path of optuna-dashboard's forest built
//! for the browser (plain exports `alloc` and `calculate`), that too, in node. Who is not there is said once.
//! `RUNSIFT_LIMIT` is how many seconds a peer may take, `RUNSIFT_RUNS` (`1000,10000`) which numbers of runs are timed. With
//! `RUNSIFT_BENCH_DATA` a folder, each data set is left there as a CSV file with our time beside, for `benches/browser.mjs`.
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
        configurations: Vec::new(),
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

/// The times of one data set.
struct Timed {
    runs: usize,
    parameters: usize,
    singles: f64,
    whiskers: f64,
    all: f64,
    /// What peers said: their name, and milliseconds or why there are none.
    peers: Vec<(String, Result<f64, String>)>,
}

fn main() {
    let wanted = std::env::var("RUNSIFT_RUNS").unwrap_or_default();
    let is_wanted = |runs: &usize| {
        wanted.is_empty()
            || wanted
                .split(',')
                .any(|part| part.trim() == runs.to_string())
    };
    let mut table: Vec<Timed> = Vec::new();
    for parameters in [5, 20, 50] {
        for runs in [100, 1000, 10_000].into_iter().filter(is_wanted) {
            let timed = timed(runs, parameters);
            tell(&timed, &table);
            table.push(timed);
        }
    }
    println!(
        "\n64 trees, milliseconds, one thread; in brackets how many times ours (singles) that is:\n"
    );
    let peers = names(&table);
    print!("| runs x params | singles | with whiskers | with pairs, totals, all methods |");
    peers.iter().for_each(|name| print!(" {name} |"));
    print!("\n| ---: | ---: | ---: | ---: |");
    peers.iter().for_each(|_| print!(" ---: |"));
    println!();
    for of in &table {
        print!(
            "| {} x {} | {:.1} | {:.1} | {:.1} |",
            of.runs, of.parameters, of.singles, of.whiskers, of.all
        );
        for name in &peers {
            let said = of.peers.iter().find(|(known, _)| known == name);
            match said {
                Some((_, Ok(ms))) => print!(" {ms:.0} ({:.0}) |", ms / of.singles),
                Some((_, Err(why))) => {
                    // Who was stopped took at least as long.
                    let seconds = why.strip_prefix("more than ");
                    let seconds =
                        seconds.and_then(|rest| rest.strip_suffix(" s")?.parse::<f64>().ok());
                    match seconds.map(|seconds| seconds * 1e3) {
                        Some(ms) => print!(" > {ms:.0} (> {:.0}) |", ms / of.singles),
                        None => print!(" {why} |"),
                    }
                }
                None => print!(" |"),
            }
        }
        println!();
    }
    println!();
    for parameters in [5, 20, 50] {
        let of = table.iter().filter(|of| of.parameters == parameters);
        let points = |ms: fn(&Timed) -> f64| -> Vec<(f64, f64)> {
            of.clone()
                .map(|of| (libm::log(of.runs as f64), libm::log(ms(of))))
                .collect()
        };
        let singles = points(|of| of.singles);
        if singles.len() > 1 {
            println!(
                "growth with the runs at {parameters} params: singles n to the power {:.2}, with whiskers {:.2} (n log n over \
                 these: {:.2})",
                slope(&singles),
                slope(&points(|of| of.whiskers)),
                slope(&points(|of| of.runs as f64 * libm::log(of.runs as f64))),
            );
        }
    }
}

fn timed(runs: usize, parameters: usize) -> Timed {
    let design = design(runs, parameters);
    let times = if runs > 1000 { 1 } else { 5 };
    let of = |settings: Settings| time(&design, &settings, times);
    let timed = Timed {
        runs,
        parameters,
        singles: of(Settings {
            resamples: 0,
            ..Settings::default()
        }),
        whiskers: of(Settings::default()),
        all: of(Settings {
            totals: true,
            pairs: 8,
            methods: true,
            ..Settings::default()
        }),
        peers: peers(&design),
    };
    if let Ok(folder) = std::env::var("RUNSIFT_BENCH_DATA") {
        let path = Path::new(&folder).join(format!("importance-{runs}x{parameters}.csv"));
        let written = std::fs::write(&path, as_csv(&design)).and_then(|()| {
            let singles = format!("{:.3}", timed.singles);
            std::fs::write(path.with_extension("host"), singles)
        });
        if let Err(error) = written {
            println!("{}: {error}", path.display());
        }
    }
    timed
}

/// A line of figures, and of peers that are not there where that was not said before.
fn tell(timed: &Timed, before: &[Timed]) {
    println!(
        "{:6} runs x {:2} params: singles {:.1} ms, with whiskers {:.1} ms, with pairs, totals and all methods {:.1} ms",
        timed.runs, timed.parameters, timed.singles, timed.whiskers, timed.all
    );
    for (name, said) in &timed.peers {
        match said {
            Ok(ms) => println!(
                "         {name} {ms:.1} ms, {:.0} times ours",
                ms / timed.singles
            ),
            Err(_)
                if before
                    .iter()
                    .any(|of| of.peers.contains(&(name.clone(), said.clone()))) => {}
            Err(why) => println!("         {name}: {why}"),
        }
    }
}

/// The peers of which at least one time is known.
fn names(table: &[Timed]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, said) in table.iter().flat_map(|of| &of.peers) {
        if said.as_ref().is_ok_and(|ms| *ms > 0.0) && !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// The runs as a table for the page.
fn as_csv(design: &Design) -> String {
    let columns: Vec<&[f64]> = design
        .parameters
        .iter()
        .filter_map(|parameter| match &parameter.values {
            Column::Numbers(values) => Some(values.as_slice()),
            Column::Codes(_) => None,
        })
        .collect();
    let mut lines = vec!["run_id".to_owned()];
    lines[0].extend((0..columns.len()).map(|at| format!(",param.p{at}")));
    lines[0].push_str(",metric.val_loss");
    for (run, value) in design.objective.iter().enumerate() {
        let cells = columns.iter().map(|column| format!("{},", column[run]));
        lines.push(format!("r{run},{}{value}", cells.collect::<String>()));
    }
    lines.join("\n")
}

/// What those peers say that are there, of the same runs, in processes of their own.
fn peers(design: &Design) -> Vec<(String, Result<f64, String>)> {
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
    let python = std::env::var("RUNSIFT_PEERS").unwrap_or_else(|_| "python3".to_owned());
    let module = std::env::var("RUNSIFT_PEER_WASM").ok();
    let missing = |name: &str, why: &str| (name.to_owned(), Err(why.to_owned()));
    let mut said = Vec::new();
    let mut run = |program: &str, script: &str, further: Option<&str>| {
        let mut command = Command::new(program);
        command.arg(Path::new("benches").join(script)).arg(&path);
        command
            .arg(design.objective.len().to_string())
            .args(further);
        match std::fs::write(&path, &bytes).and_then(|()| command.output()) {
            Err(_) => said.push(missing(program, "not there")),
            Ok(output) => {
                for line in String::from_utf8_lossy(&output.stdout).lines() {
                    let time = line.rsplit_once(' ');
                    let time = time.and_then(|(name, ms)| Some((name, ms.parse::<f64>().ok()?)));
                    said.push(match (time, line.split_once(": ")) {
                        (Some((name, ms)), _) => (name.to_owned(), Ok(ms)),
                        (None, Some((name, why))) => missing(name, why),
                        (None, None) => missing(line, ""),
                    });
                }
            }
        }
    };
    run(&python, "peers.py", None);
    match module {
        Some(module) => run("node", "peer_wasm.mjs", Some(&module)),
        None => said.push(missing(
            "optuna-dashboard's wasm",
            "RUNSIFT_PEER_WASM is not set",
        )),
    }
    // It may not have been written.
    std::fs::remove_file(path).ok();
    said
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
