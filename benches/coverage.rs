//! How often the 80 % whiskers hold what many more runs say: `cargo bench --bench coverage`, with `RUNSIFT_DRAWS=50` for
//! fewer draws of each problem than 200.
#![expect(clippy::print_stdout, reason = "its figures are its purpose")]

#[path = "../tests/support/noisy_problems.rs"]
mod noisy_problems;

use noisy_problems::{Problem, name};
use runsift::analysis::importance::{Importance, Settings, importance};

/// Parameters with less than this are told but not counted: that nothing is held by an end at 0 says little.
const LEAST_SHARE: f64 = 0.01;

fn main() {
    let draws = std::env::var("RUNSIFT_DRAWS").ok();
    let draws: u64 = draws.and_then(|text| text.parse().ok()).unwrap_or(200);
    let (mut parts, mut of_problems) = (Vec::new(), Vec::new());
    for problem in noisy_problems::all() {
        let aims = problem.large_sample_shares(12);
        for runs in [100, 200, 500] {
            let answers = drawn_again(&problem, runs, draws);
            println!("{}, {runs} runs, {draws} draws:", problem.name);
            let before = parts.len();
            for (parameter, aim) in aims.iter().enumerate() {
                let held = answers
                    .iter()
                    .filter(|answer| holds(answer, parameter, *aim))
                    .count();
                let part = held as f64 / draws as f64;
                let mean = answers
                    .iter()
                    .map(|answer| share_of(answer, parameter))
                    .sum::<f64>();
                println!(
                    "  {}: large-sample value {aim:.3}, mean {:.3}, held {:.0} %",
                    name(parameter),
                    mean / draws as f64,
                    100.0 * part
                );
                if *aim > LEAST_SHARE {
                    parts.push(part);
                }
            }
            if parts.len() > before {
                of_problems.push(mean(&parts[before..]));
                println!(
                    "  all of them: held {:.1} %",
                    100.0 * mean(&parts[before..])
                );
            }
        }
    }
    println!(
        "of shares above {LEAST_SHARE}: held {:.1} %; of single shares {}; of problems {}",
        100.0 * mean(&parts),
        where_they_lie(&parts),
        where_they_lie(&of_problems)
    );
}

fn mean(parts: &[f64]) -> f64 {
    parts.iter().sum::<f64>() / parts.len() as f64
}

fn where_they_lie(parts: &[f64]) -> String {
    let above = parts.iter().filter(|part| **part > 0.9).count();
    let below = parts.iter().filter(|part| **part < 0.7).count();
    let within = parts.len() - above - below;
    format!(
        "{within} of {} lie between 70 and 90 %, {above} above, {below} below",
        parts.len()
    )
}

/// The answers over draws, on all cores.
fn drawn_again(problem: &Problem, runs: usize, draws: u64) -> Vec<Importance> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    std::thread::scope(|scope| {
        let hands: Vec<_> = (0..threads)
            .map(|first| {
                scope.spawn(move || -> Vec<Importance> {
                    let seeds = (first..draws).step_by(threads as usize);
                    let settings = Settings::default();
                    seeds
                        .map(|seed| importance(&problem.drawn(runs, 100 + seed), &settings))
                        .collect()
                })
            })
            .collect();
        hands
            .into_iter()
            .flat_map(|hand| hand.join().unwrap_or_default())
            .collect()
    })
}

fn share_of(answer: &Importance, parameter: usize) -> f64 {
    let found = answer
        .parameters
        .iter()
        .find(|share| share.name == name(parameter));
    found.map_or(f64::NAN, |share| share.share)
}

fn holds(answer: &Importance, parameter: usize, aim: f64) -> bool {
    let found = answer
        .parameters
        .iter()
        .find(|share| share.name == name(parameter));
    found.is_some_and(|share| {
        share.low.is_some_and(|low| low <= aim) && share.high.is_some_and(|high| aim <= high)
    })
}
