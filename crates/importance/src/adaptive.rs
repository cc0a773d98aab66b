//! Whether a sampler learned from its runs: then importances speak of where it looked, not of the whole range.
//!
//! A sampler that learns draws later runs nearer to what was good. So for each numeric parameter the distance from the
//! best run falls with the run's place in time; independent draws show no such trend.

use super::design::{Column, Design};
use crate::correlation::{Centred, Coefficient, average_ranks};

/// How many standard deviations of an accident a trend must be.
const CLEAR: f64 = 3.5;

/// Values that follow the order of runs so closely were counted through, as a grid's outer loop is: nobody learned.
const COUNTED: f64 = 0.9;

/// A table whose rows follow the objective so closely was sorted by it: its order says nothing of time.
const SORTED: f64 = 0.95;

/// The parameters of which later runs lie clearly nearer to the best run; runs are in the order in which they began.
pub fn adapted(design: &Design, maximize: bool) -> Vec<String> {
    let order: Vec<f64> = (0..design.objective.len()).map(|run| run as f64).collect();
    let by_objective = Coefficient::Spearman.of(&order, &design.objective);
    let finite = (0..order.len()).filter(|run| design.objective[*run].is_finite());
    let best = finite.max_by(|a, b| {
        let (a, b) = (design.objective[*a], design.objective[*b]);
        if maximize {
            a.total_cmp(&b)
        } else {
            b.total_cmp(&a)
        }
    });
    let (Some(best), Some(by_objective)) = (best, by_objective) else {
        return Vec::new();
    };
    if by_objective.abs() > SORTED {
        return Vec::new();
    }
    let is_adapted = |values: &[f64]| {
        // Ranks make one measure of all scales.
        let known: Vec<usize> = (0..values.len())
            .filter(|run| values[*run].is_finite())
            .collect();
        let of_known: Vec<f64> = known.iter().map(|run| values[*run]).collect();
        let ranks = average_ranks(&of_known);
        let Some(of_best) = known.iter().position(|run| *run == best) else {
            return false;
        };
        // Those that are known stand in their order: their places are their ranks.
        let places: Vec<f64> = (0..known.len()).map(|place| place as f64).collect();
        let of_places = Centred::new(&places);
        let by_place = |ranks: &[f64]| of_places.as_ref()?.with(&Centred::new(ranks)?);
        if by_place(&ranks).is_some_and(|counted| counted.abs() > COUNTED) {
            return false;
        }
        let distance = ranks.iter().map(|rank| (rank - ranks[of_best]).abs());
        let distance: Vec<f64> = distance.collect();
        let trend = by_place(&average_ranks(&distance)).unwrap_or(0.0);
        -trend * (known.len() as f64 - 1.0).max(0.0).sqrt() > CLEAR
    };
    let name = |parameter: &super::Parameter| match &parameter.values {
        Column::Numbers(values) if is_adapted(values) => Some(parameter.name.clone()),
        _ => None,
    };
    design.parameters.iter().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Parameter;
    use crate::grow::Draws;

    fn design(narrowing: bool) -> Design {
        let mut draws = Draws::new(3, 0, 0);
        let mut unit = || draws.below(1 << 20) as f64 / f64::from(1 << 20);
        let (mut values, mut objective) = (Vec::new(), Vec::new());
        for run in 0..150 {
            let width = if narrowing {
                1.0 - f64::from(run) / 170.0
            } else {
                1.0
            };
            let value = 0.7 + width * (unit() - 0.7);
            values.push(value);
            objective.push((value - 0.7).abs() + 0.01 * unit());
        }
        Design {
            parameters: vec![Parameter::ranged("lr", values, 0.0, 1.0, false)],
            objective,
            configurations: Vec::new(),
        }
    }

    #[test]
    fn a_sampler_that_narrows_is_told_from_one_that_does_not() {
        assert_eq!(adapted(&design(true), false), ["lr"]);
        assert_eq!(adapted(&design(false), false), Vec::<String>::new());
        let mut counted = design(true);
        if let Column::Numbers(values) = &mut counted.parameters[0].values {
            values.sort_by(f64::total_cmp);
        }
        counted.objective = (0..150)
            .map(|run| 150.0 - f64::from(run * 37 % 11 + run))
            .collect();
        assert_eq!(adapted(&counted, false), Vec::<String>::new());
        let mut sorted = design(false);
        sorted.objective.sort_by(|a, b| b.total_cmp(a));
        assert_eq!(adapted(&sorted, false), Vec::<String>::new());
    }
}
