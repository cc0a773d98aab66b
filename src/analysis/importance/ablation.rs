//! The ablation path between two runs: which changes, in which order, made the one better than the other.
//!
//! Fawcett and Hoos, "Analysing differences between algorithm configurations through ablation", Journal of Heuristics
//! 2016, on the surrogate (Biedenkapp and others, AAAI 2017): from the first run's configuration, the change towards the
//! second's that helps most by the forest's prediction is made first, then the next, until it is the second's.
//! Configurations on the way were mostly never tried; how far they lie from all runs is told with each.

use super::Settings;
use super::design::Design;
use super::prepare::Prepared;
use super::surrogate::Stretch;
use super::tree::Tree;

/// Trees of the forest that is asked.
const TREES: u32 = 64;

/// Runs that the forest is grown on at most.
const RUNS: usize = 2000;

/// Runs whose distances to their neighbours say what is usual, at most.
const NEIGHBOURS: usize = 200;

/// One change on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Index of the parameter in the design.
    pub parameter: usize,
    /// The prediction after it.
    pub prediction: f64,
    /// Whether the configuration lies farther from all runs than runs do from one another, so that the forest guesses.
    pub is_far: bool,
}

/// The way from one run to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Ablation {
    /// The prediction for the first run.
    pub start: f64,
    /// The changes in their order; none where the runs do not differ.
    pub changes: Vec<Change>,
}

/// The path from the run at `from` to the one at `to` of the design; `None` where one of them takes no part.
pub fn ablation(
    design: &Design,
    settings: &Settings,
    from: usize,
    to: usize,
    maximize: bool,
) -> Option<Ablation> {
    let is_known = |run: usize| {
        design
            .objective
            .get(run)
            .is_some_and(|value| value.is_finite())
    };
    if !is_known(from) || !is_known(to) {
        return None;
    }
    // An even part of the runs, with both of these; rows without an objective would shift places.
    let finite: Vec<usize> = (0..design.objective.len())
        .filter(|run| is_known(*run))
        .collect();
    let stride = finite.len().div_ceil(RUNS).max(1);
    let mut rows: Vec<usize> = finite
        .into_iter()
        .step_by(stride)
        .chain([from, to])
        .collect();
    rows.sort_unstable();
    rows.dedup();
    let design = design.of_rows(&rows);
    let prepared = Prepared::new(&design);
    let place = |run: usize| rows.binary_search(&run).ok();
    let (from, to) = (place(from)?, place(to)?);
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
    let predict = |at: &[f64]| {
        let sum: f64 = trees
            .iter()
            .map(|tree| tree.value_at(|feature| at[feature]))
            .sum();
        prepared.objective_mean + sum / f64::from(TREES)
    };
    let coordinates = |row: usize| -> Vec<f64> {
        let features = prepared.features.iter();
        features.map(|feature| feature.coordinate(row)).collect()
    };
    let (mut here, end) = (coordinates(from), coordinates(to));
    let usual = usual_distance(&prepared);
    let mut left: Vec<usize> = (0..here.len())
        .filter(|feature| differ(here[*feature], end[*feature]))
        .collect();
    let mut ablation = Ablation {
        start: predict(&here),
        changes: Vec::new(),
    };
    while !left.is_empty() {
        let after = |feature: usize| {
            let mut there = here.clone();
            there[feature] = end[feature];
            predict(&there)
        };
        let loss = |prediction: f64| if maximize { -prediction } else { prediction };
        let predictions = left
            .iter()
            .enumerate()
            .map(|(at, feature)| (at, after(*feature)));
        let (at, prediction) = predictions.min_by(|a, b| loss(a.1).total_cmp(&loss(b.1)))?;
        let feature = left.remove(at);
        here[feature] = end[feature];
        ablation.changes.push(Change {
            parameter: prepared.features[feature].parameter,
            prediction,
            is_far: nearest(&prepared, &here, None) > usual,
        });
    }
    Some(ablation)
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
    use super::super::Parameter;
    use super::super::grow::Draws;
    use super::*;

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
        }
    }

    #[test]
    fn the_change_that_helps_most_comes_first() {
        let path = ablation(&design(), &Settings::default(), 0, 1, false).unwrap();
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
        let back = ablation(&design(), &Settings::default(), 1, 0, true).unwrap();
        assert_eq!(back.changes[0].parameter, 0);
        assert!((back.start - path.changes[2].prediction).abs() < 1e-9);
    }

    #[test]
    fn a_run_without_a_value_has_no_path_and_one_like_itself_no_changes() {
        let mut design = design();
        assert_eq!(
            ablation(&design, &Settings::default(), 3, 3, false)
                .unwrap()
                .changes,
            []
        );
        design.objective[1] = f64::NAN;
        assert_eq!(ablation(&design, &Settings::default(), 0, 1, false), None);
    }

    #[test]
    fn configurations_far_from_all_runs_are_told() {
        // Runs lie on the diagonal only; on the way from one end to the other the path leaves it.
        let values: Vec<f64> = (0..100).map(|run| f64::from(run) / 99.0).collect();
        let parameter = |name: &str| Parameter::ranged(name, values.clone(), 0.0, 1.0, false);
        let design = Design {
            parameters: vec![parameter("a"), parameter("b")],
            objective: values.iter().map(|x| 2.0 * x).collect(),
        };
        let path = ablation(&design, &Settings::default(), 99, 0, false).unwrap();
        let far: Vec<bool> = path.changes.iter().map(|change| change.is_far).collect();
        assert_eq!(far, [true, false]);
    }
}
