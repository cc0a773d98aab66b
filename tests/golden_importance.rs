//! Importance against known answers: given trees with exact decompositions, and functions whose Sobol indices are
//! known in closed form.

use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::path::Path;

use rand_core::{Rng as _, SeedableRng as _};
use rand_pcg::Pcg64;
use runsift::analysis::importance::exact::Decomposition;
use runsift::analysis::importance::tree::{Node, Tree};
use runsift::analysis::importance::{
    Definition, Design, Importance, Parameter, Range, Settings, importance,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct GivenForest {
    bounds: Vec<[f64; 2]>,
    trees: Vec<GivenTree>,
}

#[derive(Deserialize)]
struct GivenTree {
    nodes: Vec<GivenNode>,
    mean: f64,
    variance: f64,
    first: Vec<f64>,
    total: Vec<f64>,
    pairs: BTreeMap<String, f64>,
    marginal_of_feature0: Vec<[f64; 3]>,
}

#[derive(Deserialize)]
struct GivenNode {
    feature: i32,
    threshold: f64,
    left: i32,
    right: i32,
    value: f64,
}

fn tree_of(nodes: &[GivenNode]) -> Tree {
    let node = |node: &GivenNode| match u32::try_from(node.feature) {
        Err(_) => Node::Leaf { value: node.value },
        Ok(feature) => Node::Threshold {
            feature,
            at: node.threshold,
            left: node.left.cast_unsigned(),
            right: node.right.cast_unsigned(),
        },
    };
    Tree {
        nodes: nodes.iter().map(node).collect(),
        subsets: Vec::new(),
    }
}

#[track_caller]
fn assert_near(ours: f64, exact: f64, what: &str) {
    assert!(
        (ours - exact).abs() < 1e-9,
        "{what}: {ours} should be {exact}"
    );
}

#[test]
fn given_trees_decompose_exactly() {
    for name in ["forest-1", "forest-2", "forest-3"] {
        let path = Path::new("tests/fixtures/exact-trees").join(format!("{name}.json"));
        let text = std::fs::read_to_string(path).unwrap();
        let forest: GivenForest = serde_json::from_str(&text).unwrap();
        let ranges: Vec<Range> = forest
            .bounds
            .iter()
            .map(|&[low, high]| Range::Number { low, high })
            .collect();
        for (number, given) in forest.trees.iter().enumerate() {
            let ours = Decomposition::new(&tree_of(&given.nodes), &ranges);
            let of = |what: &str| format!("{name}, tree {number}, {what}");
            assert_near(ours.mean, given.mean, &of("mean"));
            assert_near(ours.variance, given.variance, &of("variance"));
            for feature in 0..ranges.len() {
                let single = ours.single(feature) / ours.variance;
                assert_near(
                    single,
                    given.first[feature],
                    &of(&format!("single {feature}")),
                );
                let total = ours.total(feature) / ours.variance;
                assert_near(
                    total,
                    given.total[feature],
                    &of(&format!("total {feature}")),
                );
            }
            for (pair, &exact) in &given.pairs {
                let (a, b) = pair.split_once(',').unwrap();
                let share = ours.pair(a.parse().unwrap(), b.parse().unwrap()) / ours.variance;
                assert_near(share, exact, &of(&format!("pair {pair}")));
            }
            let marginal = ours.marginal(0);
            for &[from, to, mean] in &given.marginal_of_feature0 {
                let middle = f64::midpoint(from, to);
                let piece = marginal
                    .iter()
                    .find(|piece| piece.from <= middle && middle <= piece.to);
                assert_near(
                    piece.unwrap().mean,
                    mean,
                    &of(&format!("marginal at {middle}")),
                );
            }
        }
    }
}

/// A function with known first-order indices, on the unit cube.
struct Known {
    name: &'static str,
    first: Vec<f64>,
    value: fn(&[f64]) -> f64,
}

fn g_function(x: &[f64], a: &[f64]) -> f64 {
    x.iter()
        .zip(a)
        .map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a))
        .product()
}

fn known_functions() -> Vec<Known> {
    let additive: f64 = 16.0 + 4.0 + 1.0 + 0.25;
    vec![
        Known {
            name: "additive",
            first: vec![
                16.0 / additive,
                4.0 / additive,
                1.0 / additive,
                0.25 / additive,
                0.0,
            ],
            value: |x| 4.0 * x[0] + 2.0 * x[1] + x[2] + 0.5 * x[3],
        },
        Known {
            name: "g-function",
            first: vec![0.288_484_368_816_778_75; 3],
            value: |x| g_function(x, &[0.5; 3]),
        },
        Known {
            name: "ishigami",
            first: vec![0.313_905_191_147_811_46, 0.442_411_144_790_040_9, 0.0],
            value: |x| {
                let angle = |j: usize| PI * (2.0 * x[j] - 1.0);
                let (sine, other) = (libm::sin(angle(0)), libm::sin(angle(1)));
                sine + 7.0 * other * other + 0.1 * angle(2).powi(4) * sine
            },
        },
        Known {
            name: "product",
            first: vec![0.0; 3],
            value: |x| (2.0 * x[0] - 1.0) * (2.0 * x[1] - 1.0),
        },
    ]
}

fn units(seed: u64) -> impl FnMut() -> f64 {
    let mut generator = Pcg64::seed_from_u64(seed);
    move || (generator.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
}

fn sampled(known: &Known, runs: usize) -> Design {
    let mut unit = units(7);
    let columns: Vec<Vec<f64>> = known
        .first
        .iter()
        .map(|_| (0..runs).map(|_| unit()).collect())
        .collect();
    let objective = (0..runs)
        .map(|run| (known.value)(&columns.iter().map(|column| column[run]).collect::<Vec<_>>()))
        .collect();
    let parameter = |(j, values)| Parameter::ranged(format!("x{j}"), values, 0.0, 1.0, false);
    Design {
        parameters: columns.into_iter().enumerate().map(parameter).collect(),
        objective,
        configurations: Vec::new(),
    }
}

fn share(answer: &Importance, name: &str) -> f64 {
    answer
        .parameters
        .iter()
        .find(|share| share.name == name)
        .map_or(f64::NAN, |share| share.share)
}

fn error(answer: &Importance, first: &[f64]) -> f64 {
    let squares = first
        .iter()
        .enumerate()
        .map(|(j, exact)| (share(answer, &format!("x{j}")) - exact).powi(2));
    (squares.sum::<f64>() / first.len() as f64).sqrt()
}

#[test]
fn shares_come_close_to_exact_indices() {
    // What the best reference package reaches on such functions at 500 runs, as a root mean square error.
    let allowed = [0.019, 0.073, 0.076, 0.028];
    for (known, allowed) in known_functions().iter().zip(allowed) {
        let answer = importance(
            &sampled(known, 500),
            &Settings {
                resamples: 0,
                ..Settings::default()
            },
        );
        let error = error(&answer, &known.first);
        assert!(
            error < allowed,
            "{}: {error} from the exact indices",
            known.name
        );
        assert!(
            answer.r2_oob.unwrap() > 0.8,
            "{}: {:?}",
            known.name,
            answer.r2_oob
        );
    }
}

#[test]
fn errors_shrink_with_more_runs() {
    for known in known_functions() {
        let error_at = |runs| {
            let settings = Settings {
                resamples: 0,
                ..Settings::default()
            };
            error(&importance(&sampled(&known, runs), &settings), &known.first)
        };
        let (few, many) = (error_at(200), error_at(3000));
        assert!(
            many < few && many < 0.03,
            "{}: {few} at 200 runs, {many} at 3000",
            known.name
        );
    }
}

#[test]
fn per_tree_definition_is_near_but_keeps_the_noise_of_trees() {
    let settings = Settings {
        definition: Definition::PerTree,
        resamples: 0,
        ..Settings::default()
    };
    for known in known_functions() {
        let answer = importance(&sampled(&known, 500), &settings);
        assert!(error(&answer, &known.first) < 0.11, "{}", known.name);
        assert!(!answer.bias_corrected);
    }
}

#[test]
fn a_pure_interaction_shows_in_totals_and_pairs() {
    let product = known_functions().pop().unwrap();
    let settings = Settings {
        totals: true,
        pairs: 3,
        resamples: 0,
        ..Settings::default()
    };
    for definition in [Definition::Forest, Definition::PerTree] {
        let answer = importance(
            &sampled(&product, 500),
            &Settings {
                definition,
                ..settings.clone()
            },
        );
        let total = |name: &str| {
            let share = answer
                .parameters
                .iter()
                .find(|share| share.name == name)
                .unwrap();
            share.total.unwrap()
        };
        assert!(
            total("x0") > 0.9 && total("x1") > 0.9,
            "{definition:?}: {answer:?}"
        );
        assert!(total("x2") < 0.2, "{definition:?}: {answer:?}");
        assert!(answer.interactions > 0.8, "{definition:?}: {answer:?}");
        let (a, b, strongest) = &answer.pairs[0];
        assert_eq!((a.as_str(), b.as_str()), ("x0", "x1"));
        assert!(*strongest > 0.75, "{definition:?}: {:?}", answer.pairs);
        assert!(
            answer.pairs[1].2 < 0.05,
            "{definition:?}: {:?}",
            answer.pairs
        );
    }
}

/// `y = v² + c(optimizer) + 1.2 [sgd] v + 0.3 layers` with `v = log10(lr) + 3`: a log parameter, a category, an integer
/// and an inert one.
#[test]
fn mixed_spaces_are_measured_by_their_laws() {
    let mut unit = units(11);
    let (mut rates, mut optimizers, mut layers, mut dropouts, mut losses) =
        (vec![], vec![], vec![], vec![], vec![]);
    for _ in 0..500 {
        let exponent = -5.0 + 4.0 * unit();
        let optimizer = (3.0 * unit()) as u32;
        let layer = 1.0 + (5.0 * unit()).floor();
        let v = exponent + 3.0;
        let offset = [0.0, 2.0, 0.5][optimizer as usize];
        let slope = if optimizer == 1 { 1.2 } else { 0.0 };
        rates.push(libm::pow(10.0, exponent));
        optimizers.push(optimizer);
        layers.push(layer);
        dropouts.push(0.5 * unit());
        losses.push(v * v + offset + slope * v + 0.3 * layer);
    }
    let design = Design {
        parameters: vec![
            // Inferred, so that the log law is found as well.
            Parameter::inferred("lr", rates),
            Parameter::category("optimizer", optimizers),
            Parameter::inferred("layers", layers),
            Parameter::inferred("dropout", dropouts),
        ],
        objective: losses,
        configurations: Vec::new(),
    };
    let answer = importance(
        &design,
        &Settings {
            resamples: 0,
            ..Settings::default()
        },
    );
    let exact = [
        ("lr", 0.5517),
        ("optimizer", 0.2436),
        ("layers", 0.0607),
        ("dropout", 0.0),
    ];
    for (name, exact) in exact {
        let share = share(&answer, name);
        assert!(
            (share - exact).abs() < 0.03,
            "{name}: {share} should be near {exact}"
        );
    }
}
