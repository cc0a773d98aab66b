//! The ablation path between runs: which changes, in which order, made the ones better than the others.
//!
//! Fawcett and Hoos, "Analysing differences between algorithm configurations through ablation", Journal of Heuristics
//! 2016, on the surrogate (Biedenkapp and others, AAAI 2017): from the first run's configuration, the change towards the
//! second's that helps most by the forest's prediction is made first, then the next, until it is the second's.
//! Between groups the same changes are made in pairs, one run of each group, drawn at random, and predictions are means
//! over the pairs; of two single runs there is one pair.
//! A conditional parameter is set and unset together with the parameter that decides on it in all runs, so that no configuration on
//! the way is an impossible one.
//! Configurations on the way were mostly never tried; how far they lie from all runs is told with each. How sure a
//! change is: the same way by forests that are grown on resampled runs.

use super::Settings;
use super::design::Design;
use super::grow::Draws;
use super::prepare::Prepared;
use super::resample::{Refit, interval};
use super::surrogate::Stretch;
use super::tree::Tree;

/// Trees of the forest that is asked.
const TREES: u32 = 64;

/// Runs that the forest is grown on at most.
const RUNS: usize = 2000;

/// Runs whose distances to their neighbours say what is usual, at most.
const NEIGHBOURS: usize = 200;

/// Pairs of runs of two groups at most.
const PAIRS: usize = 64;

/// Tells the draws of pairs from those of trees.
const PAIRING: u64 = u64::MAX - 3;

/// One change on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Index of the parameter in the design.
    pub parameter: usize,
    /// The parameters that it sets or unsets, being conditional on it.
    pub switched: Vec<usize>,
    /// The mean prediction after it.
    pub prediction: f64,
    /// The 10 % and the 90 % quantile of what the change makes of the prediction, over forests of resampled runs.
    pub ends: Option<(f64, f64)>,
    /// Whether most configurations lie farther from all runs than runs do from one another, so that the forest guesses.
    pub is_far: bool,
}

/// The way from some runs to others.
#[derive(Debug, Clone, PartialEq)]
pub struct Ablation {
    /// The mean prediction for the first runs.
    pub start: f64,
    /// The changes in their order; none where the runs do not differ.
    pub changes: Vec<Change>,
}

/// The path from the runs `from` to the runs `to` of the design; `None` where one of the two has none that takes part.
pub fn ablation(
    design: &Design,
    settings: &Settings,
    from: &[usize],
    to: &[usize],
    maximize: bool,
) -> Option<Ablation> {
    let is_known = |run: &usize| {
        let value = design.objective.get(*run);
        value.is_some_and(|value| value.is_finite())
    };
    let known = |runs: &[usize]| -> Vec<usize> { runs.iter().copied().filter(is_known).collect() };
    let pairs = pairs(known(from), known(to), settings.seed);
    if pairs.is_empty() {
        return None;
    }
    // An even part of the runs, with all of these; rows without an objective would shift places.
    let finite: Vec<usize> = (0..design.objective.len()).filter(is_known).collect();
    let stride = finite.len().div_ceil(RUNS).max(1);
    let mut rows: Vec<usize> = finite
        .into_iter()
        .step_by(stride)
        .chain(pairs.iter().flat_map(|(from, to)| [*from, *to]))
        .collect();
    rows.sort_unstable();
    rows.dedup();
    let design = design.of_rows(&rows);
    let prepared = Prepared::new(&design);
    let coordinates = |run: usize| -> Option<Vec<f64>> {
        let row = rows.binary_search(&run).ok()?;
        let features = prepared.features.iter();
        Some(features.map(|feature| feature.coordinate(row)).collect())
    };
    let (mut here, mut ends) = (Vec::new(), Vec::new());
    for (from, to) in pairs {
        here.push(coordinates(from)?);
        ends.push(coordinates(to)?);
    }
    let stretch = Stretch {
        target: &prepared.objective,
        seed: settings.seed,
        forest: 0,
        trees: 0..TREES,
        min_leaf: settings.min_leaf,
        considered: settings.considered(prepared.features.len()),
        fractions: None,
    };
    let mut trees: Vec<Tree> = Vec::new();
    stretch.grow(&prepared, |tree, _| trees.push(tree.clone()));
    let refits = Refit::all(&prepared, settings);
    let usual = usual_distance(&prepared);
    let mut left: Vec<usize> = (0..prepared.features.len())
        .filter(|feature| {
            here.iter()
                .zip(&ends)
                .any(|(here, end)| differ(here[*feature], end[*feature]))
        })
        .collect();
    let switches = switches(&prepared);
    let mean = prepared.objective_mean;
    let mut ablation = Ablation {
        start: mean + predict(&trees, &here),
        changes: Vec::new(),
    };
    let mut before: Vec<f64> = refits
        .iter()
        .map(|refit| predict(&refit.trees, &here))
        .collect();
    let mut reached = ablation.start;
    while !left.is_empty() {
        let loss = |prediction: f64| if maximize { -prediction } else { prediction };
        // What waits for another to set it is no step yet.
        let best = |switches: &[Option<usize>]| {
            let steps = left.iter().filter_map(|feature| {
                let mut there = here.clone();
                let switched = change(&prepared, (&mut there, &ends), *feature, switches);
                let mut coordinates = there.iter().flatten().zip(here.iter().flatten());
                let is_moved = coordinates.any(|(a, b)| differ(*a, *b));
                is_moved.then(|| (predict(&trees, &there), *feature, there, switched))
            });
            steps.min_by(|a, b| loss(a.0).total_cmp(&loss(b.0)))
        };
        // Where some wait for one another nobody waits.
        let apart = || best(&vec![None; prepared.features.len()]);
        let (prediction, feature, there, switched) = best(&switches).or_else(apart)?;
        here = there;
        left.retain(|feature| {
            let mut pairs = here.iter().zip(&ends);
            pairs.any(|(here, end)| differ(here[*feature], end[*feature]))
        });
        let after: Vec<f64> = refits
            .iter()
            .map(|refit| predict(&refit.trees, &here))
            .collect();
        let moved = after
            .iter()
            .zip(&before)
            .map(|(after, before)| after - before);
        // Halves of the runs spread as the runs do.
        let change = mean + prediction - reached;
        let ends = interval(change, &moved.collect::<Vec<f64>>(), 1.0);
        (before, reached) = (after, mean + prediction);
        let far = here
            .iter()
            .filter(|at| nearest(&prepared, at, None) > usual);
        ablation.changes.push(Change {
            parameter: prepared.features[feature].parameter,
            switched: switched
                .into_iter()
                .map(|feature| prepared.features[feature].parameter)
                .collect(),
            prediction: mean + prediction,
            ends,
            is_far: 2 * far.count() > here.len(),
        });
    }
    Some(ablation)
}

/// Runs of two groups in pairs: each run of the greater group once, as far as there is room, with one of the other.
fn pairs(mut from: Vec<usize>, mut to: Vec<usize>, seed: u64) -> Vec<(usize, usize)> {
    if from.is_empty() || to.is_empty() {
        return Vec::new();
    }
    let mut draws = Draws::new(seed, PAIRING, 0);
    for group in [&mut from, &mut to] {
        for i in (1..group.len()).rev() {
            group.swap(i, draws.below(i + 1));
        }
    }
    let count = from.len().max(to.len()).min(PAIRS);
    let pair = |i: usize| (from[i % from.len()], to[i % to.len()]);
    (0..count).map(pair).collect()
}

/// By feature the one that decides in all runs whether it is set: of those whose values do, the one with the fewest.
fn switches(prepared: &Prepared) -> Vec<Option<usize>> {
    let features = &prepared.features;
    let is_set = |feature: usize| -> Vec<bool> {
        let of = &features[feature];
        let rows = 0..prepared.runs();
        rows.map(|row| of.is_set(of.coordinate(row))).collect()
    };
    let decider = |feature: usize| {
        let set = is_set(feature);
        if set.iter().all(|is_set| *is_set) {
            return None;
        }
        let decides = |other: &usize| {
            if *other == feature {
                return None;
            }
            let codes = &features[*other].codes;
            let mut said: Vec<Option<bool>> = Vec::new();
            for (code, set) in codes.iter().zip(&set) {
                let code = *code as usize;
                if code >= MOST_SWITCHED {
                    return None;
                }
                said.resize(said.len().max(code + 1), None);
                if *said[code].get_or_insert(*set) != *set {
                    return None;
                }
            }
            Some((said.len(), *other))
        };
        // Two that are set together do not decide on one another: what has a value in all runs goes before.
        let is_whole = |other: &usize| is_set(*other).into_iter().all(|is_set| is_set);
        let others = || 0..features.len();
        let first = others()
            .filter(is_whole)
            .filter_map(|other| decides(&other));
        let nested = || {
            others()
                .filter_map(|other| decides(&other))
                .filter(|(_, other)| is_set(*other) != set)
        };
        first
            .min()
            .or_else(|| nested().min())
            .map(|(_, other)| other)
    };
    (0..features.len()).map(decider).collect()
}

/// What decides on others has fewer values than this.
const MOST_SWITCHED: usize = 64;

/// Makes one feature as it is at the other ends, with what is conditional on it where that is set at one end alone; such a one
/// waits for the feature that decides. Says what was set or unset with it.
fn change(
    prepared: &Prepared,
    (there, ends): (&mut [Vec<f64>], &[Vec<f64>]),
    feature: usize,
    switches: &[Option<usize>],
) -> Vec<usize> {
    let is_switched = |of: usize, here: &[f64], end: &[f64]| {
        let of_feature = &prepared.features[of];
        of_feature.is_set(here[of]) != of_feature.is_set(end[of])
    };
    let mut switched = Vec::new();
    for (here, end) in there.iter_mut().zip(ends) {
        let waits = switches[feature].is_some_and(|by| differ(here[by], end[by]));
        if waits && is_switched(feature, here, end) {
            continue;
        }
        let mut moved = vec![feature];
        // What they decide on in turn goes with them.
        while let Some(by) = moved.pop() {
            if !differ(here[by], end[by]) {
                continue;
            }
            here[by] = end[by];
            for (of, decider) in switches.iter().enumerate() {
                if *decider == Some(by) && is_switched(of, here, end) {
                    moved.push(of);
                    if !switched.contains(&of) {
                        switched.push(of);
                    }
                }
            }
        }
    }
    switched
}

/// The mean over configurations of what trees predict.
fn predict(trees: &[Tree], at: &[Vec<f64>]) -> f64 {
    let mut sum = 0.0;
    for here in at {
        sum += trees
            .iter()
            .map(|tree| tree.value_at(|feature| here[feature]))
            .sum::<f64>();
    }
    sum / (trees.len() * at.len()).max(1) as f64
}

fn differ(a: f64, b: f64) -> bool {
    a.total_cmp(&b).is_ne()
}

/// The distance to the nearest run but one: steps along ordered axes, 1 for each category that differs.
fn nearest(prepared: &Prepared, at: &[f64], but: Option<usize>) -> f64 {
    let distance = |row: usize| -> f64 {
        let features = prepared.features.iter().zip(at);
        features
            .map(|(feature, at)| {
                let there = feature.coordinate(row);
                if feature.is_ordered() {
                    (there - at).abs()
                } else {
                    f64::from(u8::from(differ(there, *at)))
                }
            })
            .sum()
    };
    let rows = (0..prepared.runs()).filter(|row| Some(*row) != but);
    rows.map(distance).fold(f64::INFINITY, f64::min)
}

/// The distance from its nearest neighbour that nineteen runs of twenty keep within.
fn usual_distance(prepared: &Prepared) -> f64 {
    let stride = prepared.runs().div_ceil(NEIGHBOURS).max(1);
    let of_row = |row: usize| {
        let features = prepared.features.iter();
        let at: Vec<f64> = features.map(|feature| feature.coordinate(row)).collect();
        nearest(prepared, &at, Some(row))
    };
    let mut distances: Vec<f64> = (0..prepared.runs()).step_by(stride).map(of_row).collect();
    distances.sort_by(f64::total_cmp);
    distances
        .get(distances.len() * 19 / 20)
        .copied()
        .unwrap_or(f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Parameter;

    fn design() -> Design {
        let mut draws = Draws::new(1, 0, 0);
        let mut unit = || draws.below(1 << 20) as f64 / f64::from(1 << 20);
        let mut columns = vec![Vec::new(); 3];
        let mut objective = Vec::new();
        for _ in 0..300 {
            let x: Vec<f64> = (0..3).map(|_| unit()).collect();
            objective.push(4.0 * x[0] + 2.0 * x[1]);
            columns
                .iter_mut()
                .zip(&x)
                .for_each(|(column, x)| column.push(*x));
        }
        // The first and the second run differ in everything.
        for (column, ends) in columns.iter_mut().zip([(0.9, 0.1), (0.9, 0.1), (0.2, 0.8)]) {
            (column[0], column[1]) = ends;
        }
        (objective[0], objective[1]) = (5.4, 0.6);
        let parameter = |(j, values)| Parameter::ranged(format!("x{j}"), values, 0.0, 1.0, false);
        Design {
            parameters: columns.into_iter().enumerate().map(parameter).collect(),
            objective,
            configurations: Vec::new(),
        }
    }

    #[test]
    fn the_change_that_helps_most_comes_first() {
        let path = ablation(&design(), &Settings::default(), &[0], &[1], false).unwrap();
        let order: Vec<usize> = path.changes.iter().map(|change| change.parameter).collect();
        assert_eq!(order[0], 0, "{path:?}");
        assert_eq!(order.len(), 3);
        let drop_of = |parameter: usize| {
            let at = order.iter().position(|known| *known == parameter).unwrap();
            let before = if at == 0 {
                path.start
            } else {
                path.changes[at - 1].prediction
            };
            before - path.changes[at].prediction
        };
        assert!(
            (drop_of(0) - 3.2).abs() < 0.6 && (drop_of(1) - 1.6).abs() < 0.5,
            "{path:?}"
        );
        assert!(drop_of(2).abs() < 0.3, "{path:?}");
        // The way back makes the same changes.
        let back = ablation(&design(), &Settings::default(), &[1], &[0], true).unwrap();
        assert_eq!(back.changes[0].parameter, 0);
        assert!((back.start - path.changes[2].prediction).abs() < 1e-9);
    }

    #[test]
    fn a_run_without_a_value_has_no_path_and_one_like_itself_no_changes() {
        let mut design = design();
        assert_eq!(
            ablation(&design, &Settings::default(), &[3], &[3], false)
                .unwrap()
                .changes,
            []
        );
        design.objective[1] = f64::NAN;
        assert_eq!(
            ablation(&design, &Settings::default(), &[0], &[1], false),
            None
        );
    }

    #[test]
    fn groups_are_led_into_one_another_and_each_change_has_a_range() {
        let design = design();
        let by_x0 = |is_high: bool| -> Vec<usize> {
            let crate::Column::Numbers(values) = &design.parameters[0].values else {
                panic!("numbers");
            };
            (2..300)
                .filter(|run| (values[*run] > 0.5) == is_high)
                .collect()
        };
        let (high, low) = (by_x0(true), by_x0(false));
        let path = ablation(&design, &Settings::default(), &high, &low, false).unwrap();
        // The groups differ in x0 alone: means of 0.75 and 0.25, four times that in the objective.
        let change = path
            .changes
            .iter()
            .find(|change| change.parameter == 0)
            .unwrap();
        let (from, to) = change.ends.unwrap();
        assert!(from <= to && from < -1.7 && to > -2.3, "{path:?}");
        for change in &path.changes {
            let (from, to) = change.ends.unwrap();
            assert!(
                change.parameter == 0 || (from > -0.7 && to < 0.7),
                "{path:?}"
            );
        }
        // What all changes make of it leads to the others' mean.
        let last = path.changes.last().unwrap().prediction;
        assert!((path.start - last - 2.0).abs() < 0.4, "{path:?}");
        assert_eq!(
            ablation(&design, &Settings::default(), &[], &low, false),
            None
        );
    }

    #[test]
    fn a_conditional_parameter_is_set_and_unset_with_what_decides_on_it() {
        // Momentum is set with sgd alone, and nesterov where there is momentum.
        let sgd = |run: usize| run.is_multiple_of(2);
        let momentum: Vec<f64> = (0..200)
            .map(|run| {
                if sgd(run) {
                    (run * 37 % 101) as f64 / 100.0
                } else {
                    f64::NAN
                }
            })
            .collect();
        let nesterov = |run: usize| {
            if sgd(run) {
                (run / 2 % 2) as u32
            } else {
                crate::Column::NO_CATEGORY
            }
        };
        let rate: Vec<f64> = (0..200)
            .map(|run| f64::from(run * 53 % 97) / 96.0)
            .collect();
        let loss = |run: usize| {
            let of_optimizer = if sgd(run) { momentum[run] } else { 2.0 };
            of_optimizer + rate[run]
        };
        let design = Design {
            objective: (0..200).map(loss).collect(),
            parameters: vec![
                Parameter::inferred("momentum", momentum.clone()),
                Parameter::category(
                    "optimizer",
                    (0..200).map(|run| u32::from(sgd(run))).collect(),
                ),
                Parameter::inferred("rate", rate.clone()),
                Parameter::category("nesterov", (0..200).map(nesterov).collect()),
            ],
            configurations: Vec::new(),
        };
        let (adam, other): (Vec<usize>, Vec<usize>) = (0..200).partition(|run| !sgd(*run));
        for (from, to) in [
            (&adam[..1], &other[..1]),
            (&other[..1], &adam[..1]),
            (&adam[..], &other[..]),
        ] {
            let path = ablation(&design, &Settings::default(), from, to, false).unwrap();
            let of = |parameter: usize| {
                path.changes
                    .iter()
                    .find(|change| change.parameter == parameter)
            };
            let mut switched = of(1).unwrap().switched.clone();
            switched.sort_unstable();
            assert_eq!(switched, [0, 3], "{path:?}");
            assert!(of(0).is_none() && of(3).is_none(), "{path:?}");
        }
        // Where both ends have it, it is a change of its own.
        let path = ablation(
            &design,
            &Settings::default(),
            &other[..1],
            &other[1..2],
            false,
        )
        .unwrap();
        assert!(
            path.changes.iter().any(|change| change.parameter == 0),
            "{path:?}"
        );
        assert!(
            path.changes.iter().all(|change| change.switched.is_empty()),
            "{path:?}"
        );
    }

    #[test]
    fn configurations_far_from_all_runs_are_told() {
        // Runs lie on the diagonal only; on the way from one end to the other the path leaves it.
        let values: Vec<f64> = (0..100).map(|run| f64::from(run) / 99.0).collect();
        let parameter = |name: &str| Parameter::ranged(name, values.clone(), 0.0, 1.0, false);
        let design = Design {
            parameters: vec![parameter("a"), parameter("b")],
            objective: values.iter().map(|x| 2.0 * x).collect(),
            configurations: Vec::new(),
        };
        let path = ablation(&design, &Settings::default(), &[99], &[0], false).unwrap();
        let far: Vec<bool> = path.changes.iter().map(|change| change.is_far).collect();
        assert_eq!(far, [true, false]);
    }
}
