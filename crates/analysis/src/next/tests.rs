//! Proposals on functions whose best is known.

mod doubted;

use super::*;
use crate::importance::{Design, Parameter, Prepared, Settings};
use crate::ranking::uncertainty::Normals;

/// A function to minimise, the box that is searched, and its least value.
struct Known {
    of: fn(&[f64]) -> f64,
    ranges: Vec<(f64, f64)>,
    least: f64,
}

/// Branin and Hoo: three equal minima.
fn branin() -> Known {
    let of = |x: &[f64]| {
        let pi = std::f64::consts::PI;
        let b = 5.1 / (4.0 * pi * pi);
        let bend = x[1] - b * x[0] * x[0] + 5.0 / pi * x[0] - 6.0;
        bend * bend + 10.0 * (1.0 - 1.0 / (8.0 * pi)) * libm::cos(x[0]) + 10.0
    };
    Known {
        of,
        ranges: vec![(-5.0, 10.0), (0.0, 15.0)],
        least: 0.397_887,
    }
}

/// Hartmann's in six dimensions.
fn hartmann() -> Known {
    const A: [[f64; 6]; 4] = [
        [10.0, 3.0, 17.0, 3.5, 1.7, 8.0],
        [0.05, 10.0, 17.0, 0.1, 8.0, 14.0],
        [3.0, 3.5, 1.7, 10.0, 17.0, 8.0],
        [17.0, 8.0, 0.05, 10.0, 0.1, 14.0],
    ];
    const P: [[f64; 6]; 4] = [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];
    let of = |x: &[f64]| {
        let term = |(weight, (a, p)): (f64, (&[f64; 6], &[f64; 6]))| {
            let apart = x.iter().zip(a.iter().zip(p));
            let sum: f64 = apart.map(|(x, (a, p))| a * (x - p) * (x - p)).sum();
            weight * libm::exp(-sum)
        };
        -[1.0, 1.2, 3.0, 3.2]
            .into_iter()
            .zip(A.iter().zip(&P))
            .map(term)
            .sum::<f64>()
    };
    Known {
        of,
        ranges: vec![(0.0, 1.0); 6],
        least: -3.322_37,
    }
}

impl Known {
    fn random(&self, draws: &mut Normals) -> Vec<f64> {
        let ranges = self.ranges.iter();
        ranges
            .map(|(low, high)| low + draws.uniform() * (high - low))
            .collect()
    }

    fn design(&self, runs: &[Vec<f64>], sign: f64) -> Design {
        let parameter = |(at, (low, high)): (usize, &(f64, f64))| {
            let values = runs.iter().map(|run| run[at]).collect();
            Parameter::ranged(format!("x{at}"), values, *low, *high, false)
        };
        Design {
            parameters: self.ranges.iter().enumerate().map(parameter).collect(),
            objective: runs.iter().map(|run| sign * (self.of)(run)).collect(),
            configurations: Vec::new(),
        }
    }

    /// How far the best of `runs` is from the least value.
    fn regret(&self, runs: &[Vec<f64>]) -> f64 {
        let values = runs.iter().map(|run| (self.of)(run));
        values.fold(f64::INFINITY, f64::min) - self.least
    }
}

fn proposed(design: &Design, wanted: Wanted, tried: &[Vec<Setting>]) -> Proposals {
    let prepared = Prepared::new(design);
    let settings = Settings::default();
    let mut proposing = Proposing::new(
        design,
        &prepared,
        Some(&settings),
        wanted,
        tried,
        &Ends::default(),
    );
    while proposing.step(&prepared) {}
    proposing.proposals().unwrap().clone()
}

fn numbers(proposal: &Proposal) -> Vec<f64> {
    let number = |setting: &Setting| match setting {
        Setting::Number(value) => *value,
        other => panic!("{other:?}"),
    };
    proposal.settings.iter().map(number).collect()
}

const ANY: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

const START: usize = 30;
const BATCHES: usize = 6;
const BATCH: usize = 5;

/// The regrets, sorted: of proposals after random runs, and of as many random runs.
fn regrets(known: &Known, seeds: u64) -> (Vec<f64>, Vec<f64>) {
    let (mut by_proposals, mut by_chance) = (Vec::new(), Vec::new());
    for seed in 0..seeds {
        let mut draws = Normals::new(1_000 + seed);
        let mut runs: Vec<Vec<f64>> = (0..START).map(|_| known.random(&mut draws)).collect();
        let mut random = runs.clone();
        random.extend((0..BATCHES * BATCH).map(|_| known.random(&mut draws)));
        by_chance.push(known.regret(&random));
        // Every other seed maximises the negative: the same proposals must come of it.
        let maximize = seed % 2 == 1;
        for batch in 0..BATCHES as u64 {
            let wanted = Wanted {
                count: BATCH,
                seed: batch,
                maximize,
                bounds: ANY,
            };
            let design = known.design(&runs, if maximize { -1.0 } else { 1.0 });
            runs.extend(proposed(&design, wanted, &[]).proposals.iter().map(numbers));
        }
        by_proposals.push(known.regret(&runs));
    }
    by_proposals.sort_by(f64::total_cmp);
    by_chance.sort_by(f64::total_cmp);
    (by_proposals, by_chance)
}

fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

/// The median regret over 41 seeds is at most `margin` of that of random search: 30 random runs, then 6 batches of 5.
fn beats_chance(known: &Known, margin: f64) {
    let (by_proposals, by_chance) = regrets(known, 41);
    assert!(
        median(&by_proposals) <= margin * median(&by_chance),
        "{by_proposals:.3?}, by chance {by_chance:.3?}"
    );
}

#[test]
fn proposals_leave_at_most_half_the_regret_of_random_search_on_branin() {
    beats_chance(&branin(), 0.5);
}

#[test]
fn proposals_leave_at_most_three_quarters_of_it_on_hartmann_in_six_dimensions() {
    beats_chance(&hartmann(), 0.75);
}

const WANTED: Wanted = Wanted {
    count: 10,
    seed: 3,
    maximize: false,
    bounds: ANY,
};

#[test]
fn a_seed_gives_the_same_proposals_and_few_are_the_first_of_many() {
    let known = branin();
    let mut draws = Normals::new(5);
    let runs: Vec<Vec<f64>> = (0..60).map(|_| known.random(&mut draws)).collect();
    let design = known.design(&runs, 1.0);
    let many = proposed(&design, WANTED, &[]);
    assert_eq!(many, proposed(&design, WANTED, &[]));
    let few = proposed(&design, Wanted { count: 4, ..WANTED }, &[]);
    assert_eq!(few.proposals, many.proposals[..4]);
    let other = proposed(&design, Wanted { seed: 4, ..WANTED }, &[]);
    assert_ne!(other, many);
    for (at, proposal) in many.proposals.iter().enumerate() {
        let forecast = proposal.forecast.unwrap();
        assert!(forecast.low < forecast.mean && forecast.mean < forecast.high);
        assert!(forecast.improvement > 0.0);
        // Spread out: no two are the same, and digits are such as people type.
        assert!(
            many.proposals[..at]
                .iter()
                .all(|other| other.settings != proposal.settings)
        );
        for (value, (low, high)) in numbers(proposal).iter().zip(&known.ranges) {
            assert!(value >= low && value <= high);
            assert!(format!("{:e}", value.abs()).len() <= 8, "{value}");
        }
    }
    // What was pretended keeps them apart: not all ten lie in one corner.
    let firsts: Vec<f64> = many
        .proposals
        .iter()
        .map(|proposal| numbers(proposal)[0])
        .collect();
    let (low, high) = firsts
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
            (low.min(*x), high.max(*x))
        });
    assert!(high - low > 1.5, "{firsts:?}");
}

#[test]
fn intervals_hold_four_fifths_of_new_runs() {
    let known = branin();
    let mut draws = Normals::new(9);
    let noise = |draws: &mut Normals| 10.0 * draws.next();
    let runs: Vec<Vec<f64>> = (0..200).map(|_| known.random(&mut draws)).collect();
    let mut design = known.design(&runs, 1.0);
    design
        .objective
        .iter_mut()
        .for_each(|value| *value += noise(&mut draws));
    let (mut held, mut all) = (0, 0);
    for seed in 0..10 {
        let wanted = Wanted {
            count: 20,
            seed,
            ..WANTED
        };
        for proposal in proposed(&design, wanted, &[]).proposals {
            let forecast = proposal.forecast.unwrap();
            let came_out = (known.of)(&numbers(&proposal)) + noise(&mut draws);
            held += usize::from(forecast.low <= came_out && came_out <= forecast.high);
            all += 1;
        }
    }
    let part = f64::from(held as u32) / f64::from(all);
    assert!((0.7..=0.95).contains(&part), "{held} of {all}");
}

/// 90 runs of a conditional space: `momentum` goes with the category 1 alone; whole numbers; a geometric grid.
fn mixed() -> Design {
    let mut draws = Normals::new(2);
    let (mut codes, mut momentum, mut layers, mut width, mut objective) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for run in 0..90_u32 {
        let code = run % 3;
        codes.push(code);
        momentum.push(if code == 1 { draws.uniform() } else { f64::NAN });
        layers.push((draws.uniform() * 8.0).floor() + 1.0);
        width.push([16.0, 32.0, 128.0, 256.0][(draws.uniform() * 3.99) as usize]);
        let layers = layers[layers.len() - 1];
        objective.push((layers - 5.0).powi(2) + f64::from(code) + 0.1 * draws.next());
    }
    Design {
        parameters: vec![
            Parameter::category("optimizer", codes),
            Parameter::inferred("momentum", momentum),
            Parameter::inferred("layers", layers),
            Parameter::inferred("width", width),
        ],
        objective,
        configurations: Vec::new(),
    }
}

#[test]
fn params_keep_to_their_grids_and_to_what_they_go_with() {
    let design = mixed();
    let mut seen = [false; 2];
    for seed in 0..10 {
        let wanted = Wanted {
            count: 20,
            seed,
            ..WANTED
        };
        let said = proposed(&design, wanted, &[]);
        assert_eq!(said.parameters, [0, 1, 2, 3]);
        assert_eq!(said.proposals.len(), 20);
        for proposal in said.proposals {
            let [category, momentum, layers, width] = proposal.settings[..] else {
                panic!("{proposal:?}")
            };
            let is_set = momentum != Setting::Inactive;
            seen[usize::from(is_set)] = true;
            assert_eq!(is_set, category == Setting::Category(1), "{proposal:?}");
            let (Setting::Number(layers), Setting::Number(width)) = (layers, width) else {
                panic!("{proposal:?}")
            };
            assert!(layers.fract() == 0.0 && (1.0..=8.0).contains(&layers));
            assert!([16.0, 32.0, 64.0, 128.0, 256.0].contains(&width), "{width}");
        }
    }
    assert_eq!(seen, [true, true]);
}

#[test]
fn what_was_run_is_not_proposed_whether_it_came_to_a_result_or_not() {
    // A grid of 5 × 4, of which 12 were run and 3 more came to nothing.
    let grid: Vec<(f64, f64)> = (0..20)
        .map(|at| (f64::from(at % 5), f64::from(at / 5)))
        .collect();
    let of = |place: usize| grid[place * 7 % 20];
    let parameter = |name: &str, number: fn((f64, f64)) -> f64| {
        Parameter::inferred(name, (0..12).map(|run| number(of(run))).collect())
    };
    let design = Design {
        parameters: vec![parameter("a", |at| at.0), parameter("b", |at| at.1)],
        objective: (0..12).map(|run| of(run).0 + of(run).1).collect(),
        configurations: Vec::new(),
    };
    let broken: Vec<Vec<Setting>> = (12..15)
        .map(|run| vec![Setting::Number(of(run).0), Setting::Number(of(run).1)])
        .collect();
    let said = proposed(
        &design,
        Wanted {
            count: 20,
            ..WANTED
        },
        &broken,
    );
    let mut got: Vec<Vec<f64>> = said.proposals.iter().map(numbers).collect();
    got.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let mut left: Vec<Vec<f64>> = (15..20).map(|run| vec![of(run).0, of(run).1]).collect();
    left.sort_by(|a, b| a.partial_cmp(b).unwrap());
    assert_eq!(got, left);
}

#[test]
fn where_nothing_predicts_points_are_spread_out() {
    let known = hartmann();
    let mut refused = 0;
    for seed in 0..12 {
        let mut draws = Normals::new(40 + seed);
        let runs: Vec<Vec<f64>> = (0..80).map(|_| known.random(&mut draws)).collect();
        let mut design = known.design(&runs, 1.0);
        design
            .objective
            .iter_mut()
            .for_each(|value| *value = draws.next());
        let said = proposed(&design, WANTED, &[]);
        assert_eq!(said.proposals.len(), 10);
        let is_spread = said
            .proposals
            .iter()
            .all(|proposal| proposal.forecast.is_none());
        refused += u32::from(is_spread);
    }
    assert!(refused >= 9, "{refused} of 12");
    // Without a forest they are spread out, and lie farther apart than random runs do.
    let mut draws = Normals::new(8);
    let runs: Vec<Vec<f64>> = (0..10).map(|_| branin().random(&mut draws)).collect();
    let design = branin().design(&runs, 1.0);
    let prepared = Prepared::new(&design);
    let mut proposing = Proposing::new(&design, &prepared, None, WANTED, &[], &Ends::default());
    while proposing.step(&prepared) {}
    let said = proposing.proposals().unwrap();
    assert_eq!((said.r2, said.proposals.len()), (None, 10));
    let mut all = runs;
    all.extend(said.proposals.iter().map(numbers));
    let apart = |a: &[f64], b: &[f64]| ((a[0] - b[0]) / 15.0).abs() + ((a[1] - b[1]) / 15.0).abs();
    for at in 10..20 {
        let nearest = (0..at).map(|other| apart(&all[at], &all[other]));
        assert!(nearest.fold(f64::INFINITY, f64::min) > 0.12);
    }
}
