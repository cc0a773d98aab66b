//! How often intervals of means hold them, tie groups the true best, and how often two that do not differ are told apart by folds:
//! `cargo bench -p analysis --bench intervals`, with `RUNSIFT_DRAWS=500` for fewer draws of each case than
//! 4,000, of tie groups an eighth; `-- ties` for a part of it.
#![expect(clippy::print_stdout, reason = "its figures are its purpose")]

use analysis::grouping::NO_GROUP;
use analysis::ranking::uncertainty::{Center, Difference, Judging, Standing};
use rand_core::{Rng as _, SeedableRng as _};
use rand_pcg::Pcg64;

/// How runs of one configuration lie around its mean.
#[derive(Clone, Copy)]
enum Law {
    Normal,
    Uniform,
    /// χ² with 16 degrees of freedom, whose skewness is 0.7.
    ChiSquare,
    /// Skewness 2.
    Exponential,
    /// With this σ: skewness 1.75 for 0.5 and 6.2 for 1.
    Lognormal(f64),
    /// Student's t with 3 degrees of freedom.
    HeavyTailed,
}

const LAWS: [(&str, Law); 7] = [
    ("normal", Law::Normal),
    ("uniform", Law::Uniform),
    ("chi-square 16", Law::ChiSquare),
    ("exponential", Law::Exponential),
    ("lognormal 0.5", Law::Lognormal(0.5)),
    ("lognormal 1", Law::Lognormal(1.0)),
    ("t of 3", Law::HeavyTailed),
];

impl Law {
    /// The mean of its runs as they are: all above zero where the law is skewed, and far from it, for their spread, where it is
    /// symmetric.
    fn mean(self) -> f64 {
        match self {
            Self::Normal => 4.0,
            Self::Uniform => 0.5,
            Self::ChiSquare => 16.0 / 32.0_f64.sqrt(),
            Self::Exponential => 1.0,
            Self::Lognormal(sigma) => libm::exp(sigma * sigma / 2.0),
            Self::HeavyTailed => 10.0,
        }
    }
}

struct Source(Pcg64);

impl Source {
    fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(self.uniform())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }

    fn squares(&mut self, count: usize) -> f64 {
        let normals = (0..count).map(|_| self.normal());
        normals.map(|x| x * x).sum()
    }

    /// A run around 0, one standard deviation of a symmetric law being 1 or so.
    fn run(&mut self, law: Law) -> f64 {
        match law {
            Law::Normal => self.normal(),
            Law::Uniform => self.uniform() - 0.5,
            Law::ChiSquare => (self.squares(16) - 16.0) / 32.0_f64.sqrt(),
            Law::Exponential => -libm::log(self.uniform()) - 1.0,
            Law::Lognormal(sigma) => {
                libm::exp(sigma * self.normal()) - libm::exp(sigma * sigma / 2.0)
            }
            Law::HeavyTailed => self.normal() / (self.squares(3) / 3.0).sqrt(),
        }
    }
}

fn standing(configurations: &[Vec<f64>]) -> Option<Standing> {
    let mut judging = Judging::new(false, Center::Mean, 1);
    for values in configurations {
        judging.add(values.iter().map(|value| (NO_GROUP, *value)));
    }
    while judging.step(|| None) {}
    judging.standing()
}

/// A part of the study by its name.
type Part = (&'static str, fn(usize));

fn main() {
    let draws = std::env::var("RUNSIFT_DRAWS").ok();
    let draws: usize = draws.and_then(|text| text.parse().ok()).unwrap_or(4000);
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let parts: [Part; 3] = [("intervals", intervals), ("ties", ties), ("folds", folds)];
    let is_asked = |name: &str| {
        let mut names = asked
            .iter()
            .filter(|asked| !asked.starts_with("--"))
            .peekable();
        names.peek().is_none() || names.any(|asked| asked == name)
    };
    for (name, part) in parts {
        if is_asked(name) {
            part(draws);
        }
    }
}

/// Which part of the intervals hold the mean, by how many configurations were repeated so often: as they are told, and Student's;
/// of runs as they are, and of the same ones shifted to a mean of 0, where no logarithm tells anything.
fn intervals(draws: usize) {
    const ROWS: [(usize, &[usize]); 6] = [
        (5, &[1, 2, 3, 4, 5, 8, 12]),
        (10, &[1, 2, 3, 4, 5, 8, 12]),
        (20, &[1, 2, 3, 4, 5, 8, 12]),
        (30, &[1, 3, 10]),
        (50, &[1, 3, 10]),
        (100, &[1, 3, 10]),
    ];
    for (is_shifted, words) in [(false, "as they are"), (true, "shifted to a mean of 0")] {
        println!("95 % intervals of means that hold them, in %, and Student’s t, of runs {words}:");
        print!("{:15}", "");
        LAWS.iter().for_each(|(name, _)| print!("{name:>15}"));
        println!();
        for (runs, rows) in ROWS {
            for configurations in rows {
                print!("{:15}", format!("{configurations} of {runs} runs"));
                for (_, law) in LAWS {
                    let mean = if is_shifted { 0.0 } else { law.mean() };
                    let (told, students) = held(law, mean, *configurations, runs, draws);
                    print!("{:>15}", format!("{told:.1} ({students:.1})"));
                }
                println!();
            }
        }
    }
}

/// Which part, in %, of the intervals of so many configurations of so many runs with this mean hold it, and which of Student's.
fn held(law: Law, mean: f64, configurations: usize, runs: usize, draws: usize) -> (f64, f64) {
    let mut source = Source(Pcg64::seed_from_u64(1));
    let (mut told, mut students, mut all) = (0, 0, 0);
    // Configurations may spread differently.
    let scale = |at: usize| 1.0 + (at % 3) as f64;
    for _ in 0..draws.div_ceil(configurations) {
        let mut configuration = |at: usize| {
            let run = |_| scale(at) * (mean + source.run(law));
            (0..runs).map(run).collect()
        };
        let values: Vec<Vec<f64>> = (0..configurations).map(&mut configuration).collect();
        let Some(found) = standing(&values) else {
            continue;
        };
        for (of, at) in found.estimates.iter().zip(&found.order) {
            let truth = scale(*at as usize) * mean;
            let interval = of.interval(&found.skew);
            told += u32::from(interval.is_some_and(|(low, high)| low <= truth && truth <= high));
            let off = (of.value - truth).abs();
            students += u32::from(of.half().is_some_and(|half| off <= half));
            all += 1;
        }
    }
    let share = |count: u32| 100.0 * f64::from(count) / f64::from(all);
    (share(told), share(students))
}

/// Which part of the tie groups hold the configuration that is truly best, and how many tie on average: where configurations lie apart and
/// spread alike, and where each one's runs are those of the others times a factor, as losses may be.
fn ties(draws: usize) {
    let draws = draws.div_ceil(8);
    for (are_factors, words) in [(false, "apart"), (true, "apart by their logarithms")] {
        println!("Tie groups that hold the true best, in %, and how many tie, of means {words}:");
        print!("{:24}", "");
        LAWS.iter().for_each(|(name, _)| print!("{name:>15}"));
        println!();
        for (configurations, runs) in [(5, 5), (20, 5), (20, 10)] {
            for spread in [0.0, 0.3, 1.0, 3.0] {
                let row = format!("{configurations} of {runs} runs, {spread} apart");
                print!("{row:24}");
                for (_, law) in LAWS {
                    let (held, tied) =
                        tied(law, are_factors, (configurations, runs), spread, draws);
                    print!("{:>15}", format!("{:.1} ({tied:.1})", 100.0 * held));
                }
                println!();
            }
        }
    }
}

/// Which part of the tie groups hold the best, and how many tie.
fn tied(
    law: Law,
    are_factors: bool,
    (configurations, runs): (usize, usize),
    spread: f64,
    draws: usize,
) -> (f64, f64) {
    let mut source = Source(Pcg64::seed_from_u64(2));
    let (mut held, mut tied) = (0, 0);
    for _ in 0..draws {
        let truth: Vec<f64> = (0..configurations)
            .map(|_| spread * source.normal())
            .collect();
        let mut run = |middle: &f64| {
            let run = source.run(law);
            if are_factors {
                libm::exp(*middle) * (law.mean() + run)
            } else {
                middle + run
            }
        };
        let configuration = |middle: &f64| (0..runs).map(|_| run(middle)).collect();
        let values: Vec<Vec<f64>> = truth.iter().map(configuration).collect();
        let best = (0..truth.len()).min_by(|a, b| truth[*a].total_cmp(&truth[*b]));
        if let (Some(found), Some(best)) = (standing(&values), best) {
            let is_best = |at: &usize| found.order[*at] as usize == best;
            held += usize::from(found.tied.iter().any(is_best));
            tied += found.tied.len();
        }
    }
    let of_all = |count: usize| count as f64 / draws as f64;
    (of_all(held), of_all(tied))
}

/// How many examples a cross-validation is of.
const EXAMPLES: usize = 120;

/// Which part of pairs of learners that are equally good are told apart by their folds, where each learns a mean from so few of the
/// examples that are not in the fold: as is told, and as if folds were runs.
fn folds(draws: usize) {
    println!(
        "Equally good learners that are told apart by folds, in %, and as if folds were runs:"
    );
    for (folds, most) in [(3, 40), (5, 24), (10, 12)] {
        for parts in [2, most / 4, most / 2, most] {
            let overlap = 1.0 / (folds as f64 - 1.0);
            let mut source = Source(Pcg64::seed_from_u64(3));
            let (mut apart, mut as_runs) = (0_u32, 0_u32);
            for _ in 0..draws {
                let examples: Vec<f64> = (0..EXAMPLES).map(|_| source.normal()).collect();
                // Neither learns from what the other one has.
                let score = |learner: usize, fold: usize| {
                    let is_learnt =
                        |at: &usize| at % folds != fold && at / folds % parts == learner;
                    let learnt: Vec<usize> = (0..EXAMPLES).filter(is_learnt).collect();
                    let sum: f64 = learnt.iter().map(|at| examples[*at]).sum();
                    let mean = sum / learnt.len().max(1) as f64;
                    let tested = (0..EXAMPLES).filter(|at| at % folds == fold);
                    let errors = tested.clone().map(|at| (examples[at] - mean).powi(2));
                    errors.sum::<f64>() / tested.count() as f64
                };
                let pairs: Vec<(f64, f64)> = (0..folds)
                    .map(|fold| (score(0, fold), score(1, fold)))
                    .collect();
                let is_apart = |overlap: f64| {
                    let found = Difference::paired(&pairs, Center::Mean, overlap);
                    u32::from(found.is_some_and(|found| found.p < 0.05))
                };
                apart += is_apart(overlap);
                as_runs += is_apart(0.0);
            }
            let share = |count: u32| 100.0 * f64::from(count) / draws as f64;
            println!(
                "{folds} folds, each learns 1 of {parts}: {:.1} ({:.1})",
                share(apart),
                share(as_runs)
            );
        }
    }
}
