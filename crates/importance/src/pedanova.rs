//! PED-ANOVA: how much the law of each parameter among the best runs differs from its law among all.
//!
//! Watanabe, Bansal and Hutter, "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces",
//! IJCAI 2023 (arXiv 2304.10255), with conditional parameters as in arXiv 2601.20800 and as Optuna 5.0.0 has them: the
//! best `target` part of the `region`, ties included (unless they are most of it: see [`best`]); the density of both on a grid (a Parzen estimate with a wide
//! prior, on the log axis for log parameters); Pearson's χ² divergence of the two, weighted by how the active runs
//! share in both, times the squared part. One parameter at a time, so interactions are not seen, and the law of the
//! runs is the sampler's.

use serde::{Deserialize, Serialize};

use super::axis::Axis;
use super::design::{Column, Parameter, Space, distinct};
use super::tree::CategorySet;

/// Which runs are compared with which.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// The best part of all runs whose law is looked at, 0 to 1.
    pub target: f64,
    /// The best part of all runs that it is compared with, 0 to 1.
    pub region: f64,
    /// Whether it is compared with where runs lie; else with an even law over the range.
    pub local: bool,
}

impl Default for Quantiles {
    fn default() -> Self {
        Self {
            target: 0.1,
            region: 1.0,
            local: true,
        }
    }
}

/// Fewest runs among the best, below which the answer is refused: their density would be the prior's.
pub const LEAST_TARGET: usize = 5;

/// Points of a grid at most.
const GRID: usize = 50;

/// What keeps a density from being nothing.
const FLOOR: f64 = 1e-12;

/// Narrowest kernel, in steps of the grid: nine tenths of it lie within its step.
const LEAST_SIGMA: f64 = 0.5 / 1.64;

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Divergences {
    /// By parameter of the design; 0 where nothing differs or there is nothing to compare.
    pub values: Vec<f64>,
    /// How many runs were among the best.
    pub target: usize,
    /// How many they were compared with.
    pub region: usize,
}

/// The divergence of each of `parameters` for an objective that is the better the less (the more, where `maximize`).
/// Values are not normalised. `rows` are the runs that take part, each as often as it is named.
pub fn divergences(
    parameters: &[Parameter],
    objective: &[f64],
    rows: &[usize],
    maximize: bool,
    quantiles: Quantiles,
) -> Divergences {
    let loss = |row: usize| {
        let value = objective[row];
        if maximize { -value } else { value }
    };
    let rows: Vec<usize> = rows
        .iter()
        .copied()
        .filter(|row| loss(*row).is_finite())
        .collect();
    if rows.len() < 2 {
        return Divergences {
            values: vec![0.0; parameters.len()],
            ..Divergences::default()
        };
    }
    let mut losses: Vec<f64> = rows.iter().map(|row| loss(*row)).collect();
    losses.sort_by(f64::total_cmp);
    let best = |part: f64| best(&rows, &losses, part, loss);
    let target = best(quantiles.target);
    let region = if quantiles.region < 1.0 {
        best(quantiles.region)
    } else {
        rows.clone()
    };
    let part = target.len() as f64 / region.len() as f64;
    let values = parameters
        .iter()
        .map(|parameter| part * part * divergence(parameter, &target, &region, quantiles.local))
        .collect();
    Divergences {
        values,
        target: target.len(),
        region: region.len(),
    }
}

/// The best part of these rows, whose losses are sorted. Runs that tie with the last of them belong to them; where these are
/// more than all that are wanted, as those are that a region or a ceiling made equal, only what is better does.
fn best(rows: &[usize], losses: &[f64], part: f64, loss: impl Fn(usize) -> f64) -> Vec<usize> {
    let count = ((part * losses.len() as f64).ceil() as usize).clamp(1, losses.len());
    let cutoff = losses[count - 1];
    let better = losses.partition_point(|loss| *loss < cutoff);
    let ties = losses.partition_point(|loss| *loss <= cutoff) - better;
    let are_ties_apart = better > 0 && ties > count.max(LEAST_TARGET);
    let is_best = |row: &usize| loss(*row) < cutoff || (loss(*row) == cutoff && !are_ties_apart);
    rows.iter().copied().filter(is_best).collect()
}

/// χ² of one parameter's two laws over the runs that have it, weighted by how many of each do.
fn divergence(parameter: &Parameter, target: &[usize], region: &[usize], local: bool) -> f64 {
    let grid = Grid::of(parameter, region);
    let (in_target, in_region) = (grid.counts(target), grid.counts(region));
    let (active_target, active) = (total(&in_target), total(&in_region));
    if grid.size < 2 || active < 2.0 || active_target < 1.0 {
        return 0.0;
    }
    let top = grid.density(&in_target);
    let base = if local {
        grid.density(&in_region)
    } else {
        vec![1.0 / grid.size as f64; grid.size]
    };
    let chi_squared: f64 = top
        .iter()
        .zip(&base)
        .map(|(top, base)| (top + FLOOR, base + FLOOR))
        .map(|(top, base)| base * (top / base - 1.0) * (top / base - 1.0))
        .sum();
    let alpha = active_target / target.len() as f64;
    let beta = active / region.len() as f64;
    alpha * alpha / beta * chi_squared
}

fn total(counts: &[u32]) -> f64 {
    counts.iter().map(|count| f64::from(*count)).sum()
}

/// The places of a parameter's values.
struct Grid {
    size: usize,
    /// Place of each run's value; `None` where it has none.
    places: Vec<Option<usize>>,
    ordered: bool,
}

impl Grid {
    fn of(parameter: &Parameter, region: &[usize]) -> Self {
        match &parameter.values {
            Column::Codes(codes) => {
                let mut known: Vec<u32> = codes.clone();
                known.retain(|code| *code != Column::NO_CATEGORY);
                known.sort_unstable();
                known.dedup();
                let place = |code: &u32| known.binary_search(code).ok();
                Self {
                    // As with trees: names of runs are no settings.
                    size: if known.len() > CategorySet::LIMIT {
                        0
                    } else {
                        known.len()
                    },
                    places: codes.iter().map(place).collect(),
                    ordered: false,
                }
            }
            Column::Numbers(values) => {
                let levels = distinct(values);
                let varies = region
                    .iter()
                    .filter_map(|row| values.get(*row).filter(|value| value.is_finite()))
                    .any(|value| levels.first().is_some_and(|first| first != value))
                    || levels.len() > 1;
                if !varies {
                    return Self {
                        size: levels.len(),
                        places: vec![None; values.len()],
                        ordered: true,
                    };
                }
                let axis = Axis::new(&parameter.space, &levels);
                let size = size_of(&parameter.space, &levels);
                let place = |value: &f64| {
                    value.is_finite().then(|| match &parameter.space {
                        Space::Levels | Space::Category => {
                            levels.partition_point(|level| level < value)
                        }
                        Space::Number { .. } => {
                            let steps = axis.part_of_range(*value) * (size - 1) as f64;
                            // The middle between two points belongs to the lower one.
                            ((steps - 0.5).ceil().max(0.0) as usize).min(size - 1)
                        }
                    })
                };
                Self {
                    size,
                    places: values.iter().map(place).collect(),
                    ordered: true,
                }
            }
        }
    }

    fn counts(&self, rows: &[usize]) -> Vec<u32> {
        let mut counts = vec![0; self.size];
        for row in rows {
            if let Some(place) = self.places.get(*row).copied().flatten()
                && let Some(count) = counts.get_mut(place)
            {
                *count += 1;
            }
        }
        counts
    }

    fn density(&self, counts: &[u32]) -> Vec<f64> {
        if self.ordered {
            ordered_density(counts)
        } else {
            category_density(counts)
        }
    }
}

/// Points of a numeric parameter's grid.
fn size_of(space: &Space, levels: &[f64]) -> usize {
    let Space::Number {
        low,
        high,
        step,
        log,
    } = space
    else {
        return levels.len();
    };
    let (low, high) = (low.min(levels[0]), high.max(levels[levels.len() - 1]));
    match step {
        Some(step) if *log => {
            ((libm::log2((high - low) / step + 1.0).ceil() + 1.0) as usize).min(GRID)
        }
        Some(step) => (((high - low) / step).round() as usize + 1).min(GRID),
        None => GRID,
    }
    .max(2)
}

/// A mixture over occupied places of Gaussians of one width, cut off at the ends, and of one wide prior.
fn ordered_density(counts: &[u32]) -> Vec<f64> {
    let size = counts.len();
    let weight = total(counts);
    let occupied: Vec<(f64, f64)> = counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(place, count)| (place as f64, f64::from(*count)))
        .collect();
    let sigma = kernel_width(&occupied, weight).max(LEAST_SIGMA);
    let mut density = vec![0.0; size];
    let prior = ((size as f64 - 1.0) / 2.0, size as f64, 1.0);
    let kernels = occupied
        .iter()
        .map(|(place, count)| (*place, sigma, *count));
    for (middle, sigma, count) in kernels.chain([prior]) {
        let mass = |from: f64, to: f64| normal_mass((from - middle) / sigma, (to - middle) / sigma);
        let whole = mass(-0.5, size as f64 - 0.5);
        for (place, sum) in density.iter_mut().enumerate() {
            *sum += count / (weight + 1.0) * mass(place as f64 - 0.5, place as f64 + 0.5) / whole;
        }
    }
    density
}

/// Scott's rule on the lesser of the standard deviation and the scaled interquartile range.
fn kernel_width(occupied: &[(f64, f64)], weight: f64) -> f64 {
    let mean = occupied
        .iter()
        .map(|(place, count)| place * count)
        .sum::<f64>()
        / weight;
    let squares: f64 = occupied
        .iter()
        .map(|(place, count)| (place - mean) * (place - mean) * count)
        .sum();
    let deviation = (squares / (weight - 1.0).max(1.0)).sqrt();
    let mut sum = 0.0;
    let cumulative: Vec<f64> = occupied
        .iter()
        .map(|(_, count)| {
            sum += count;
            sum
        })
        .collect();
    let (quarter, three_quarters) = ((weight / 4.0).floor(), (weight * 3.0 / 4.0).floor());
    let last = occupied.len() - 1;
    let from = cumulative.partition_point(|sum| *sum < quarter).min(last);
    let to = cumulative
        .partition_point(|sum| *sum <= three_quarters)
        .min(last);
    let range = occupied[to].0 - occupied[from].0;
    1.059 * (range / 1.34).min(deviation) * libm::pow(weight, -0.2)
}

/// The normal law's mass between two places, without cancellation in its tails.
fn normal_mass(from: f64, to: f64) -> f64 {
    let upper = |x: f64| 0.5 * libm::erfc(x / std::f64::consts::SQRT_2);
    if from > 0.0 {
        upper(from) - upper(to)
    } else {
        upper(-to) - upper(-from)
    }
}

/// A mixture over occupied categories of kernels that spill a little on the others, and of an even prior.
fn category_density(counts: &[u32]) -> Vec<f64> {
    let size = counts.len() as f64;
    let weight = total(counts);
    let met = counts.iter().filter(|count| **count > 0).count() as f64;
    let spill = 1.0 / (met + 1.0);
    let whole = 1.0 + size * spill;
    counts
        .iter()
        .map(|count| {
            let kernels = (f64::from(*count) + weight * spill) / whole;
            (kernels + 1.0 / size) / (weight + 1.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_region_made_equal_is_not_among_the_best() {
        let runs = 200;
        let values: Vec<f64> = (0..runs)
            .map(|run| f64::from(run * 37 % 200) / 200.0)
            .collect();
        // Only the least fifth of the range is good; all else is as bad as what a region of the best tenth leaves.
        let clipped: Vec<f64> = values.iter().map(|x| x.min(0.095)).collect();
        let rows: Vec<usize> = (0..values.len()).collect();
        let parameters = [Parameter::ranged("x", values, 0.0, 1.0, false)];
        let found = divergences(&parameters, &clipped, &rows, false, Quantiles::default());
        assert_eq!((found.target, found.region), (19, 200));
        let wider = Quantiles {
            target: 0.2,
            ..Quantiles::default()
        };
        let found = divergences(&parameters, &clipped, &rows, false, wider);
        assert!(found.target == 19 && found.values[0] > 0.01, "{found:?}");
    }

    #[test]
    fn a_few_that_tie_are_all_among_the_best() {
        let values: Vec<f64> = (0..40).map(f64::from).collect();
        let objective: Vec<f64> = (0..40).map(|run| f64::from(run / 3)).collect();
        let rows: Vec<usize> = (0..40).collect();
        let parameters = [Parameter::ranged("x", values, 0.0, 39.0, false)];
        let found = divergences(&parameters, &objective, &rows, false, Quantiles::default());
        assert_eq!(found.target, 6);
    }
}
