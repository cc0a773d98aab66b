//! Effects: the surrogate's mean prediction along one parameter, all others averaged out (partial dependence: Friedman,
//! "Greedy function approximation", Annals of Statistics 2001), with the spread over resampled runs.
//!
//! A forest's marginals are exactly that under the space's measure, so an effect is read off them: the mean of the cells
//! in each bin.

use serde::{Deserialize, Serialize};

use super::calibration::Slopes;
use super::marginals::Marginals;
use super::prepare::{Feature, Kind, Prepared};
use super::resample;

/// Bins of an ordered parameter at most.
const BINS: usize = 40;

/// A stretch of a parameter's axis and what is predicted there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Where it is.
    pub place: BinPlace,
    /// The mean prediction, in units of the objective.
    pub value: f64,
    /// The 10 % end over resampled runs, where there were enough.
    pub low: Option<f64>,
    /// The 90 % end.
    pub high: Option<f64>,
    /// The same ends of its difference to the best bin, which what moves both leaves alone.
    pub behind: Option<(f64, f64)>,
}

/// Where a bin lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum BinPlace {
    /// Between two unit coordinates of the parameter's axis.
    Between(f64, f64),
    /// A category, by its place among the sorted codes that occur.
    Category(usize),
    /// Where the parameter is not active.
    Inactive,
}

/// The bins of a feature, without values.
fn places(feature: &Feature) -> Vec<BinPlace> {
    match &feature.kind {
        Kind::Ordered { active, steps, .. } => {
            let bins = steps.filter(|steps| *steps <= BINS).unwrap_or(BINS);
            let edge = |bin: usize| bin as f64 / bins as f64;
            let mut places: Vec<BinPlace> = (0..bins)
                .map(|bin| BinPlace::Between(edge(bin), edge(bin + 1)))
                .collect();
            if *active < 1.0 {
                places.push(BinPlace::Inactive);
            }
            places
        }
        Kind::Unordered { measures, .. } => {
            let known = feature.categories();
            let place = |code: usize| {
                if code < known {
                    BinPlace::Category(code)
                } else {
                    BinPlace::Inactive
                }
            };
            (0..measures.len()).map(place).collect()
        }
    }
}

/// By feature, the stretched marginal's deviation from the mean in each bin.
pub(super) fn values(prepared: &Prepared, marginals: &Marginals, slopes: &Slopes) -> Vec<Vec<f64>> {
    let of_feature = |((feature, cells), slope): ((&Feature, &Vec<f64>), &f64)| {
        let active = match &feature.kind {
            Kind::Ordered { active, .. } => *active,
            Kind::Unordered { .. } => 1.0,
        };
        let mean = |from: f64, to: f64| {
            let first = ((from * cells.len() as f64).round() as usize).min(cells.len() - 1);
            let end = ((to * cells.len() as f64).round() as usize).clamp(first + 1, cells.len());
            cells[first..end].iter().sum::<f64>() / (end - first) as f64
        };
        places(feature)
            .into_iter()
            .enumerate()
            .map(|(number, place)| match place {
                BinPlace::Between(from, to) => mean(from * active, to * active),
                BinPlace::Inactive if feature.is_ordered() => mean(active, 1.0),
                BinPlace::Category(_) | BinPlace::Inactive => cells[number],
            })
            .map(|deviation| slope * deviation)
            .collect()
    };
    prepared
        .features
        .iter()
        .zip(&marginals.cells)
        .zip(&slopes.singles)
        .map(of_feature)
        .collect()
}

/// A feature's effect: `values` of the forest itself, and of each resample.
pub(super) fn bins(
    prepared: &Prepared,
    feature: usize,
    mean: f64,
    values: &[Vec<f64>],
    resampled: &[&Vec<Vec<f64>>],
    maximize: bool,
) -> Vec<Bin> {
    let loss = |value: f64| if maximize { -value } else { value };
    let all = values.get(feature).map_or(&[][..], Vec::as_slice);
    let best = (0..all.len()).min_by(|a, b| loss(all[*a]).total_cmp(&loss(all[*b])));
    let bin = |(number, place): (usize, BinPlace)| {
        let value = *values.get(feature)?.get(number)?;
        let others: Vec<f64> = resampled
            .iter()
            .filter_map(|values| values.get(feature)?.get(number).copied())
            .collect();
        let spread = resample::spread(prepared);
        let (low, high) = resample::interval(value, &others, spread).unzip();
        let best = best?;
        let behind: Vec<f64> = resampled
            .iter()
            .filter_map(|values| {
                let values = values.get(feature)?;
                Some(values.get(number)? - values.get(best)?)
            })
            .collect();
        Some(Bin {
            place,
            value: mean + value,
            low: low.map(|low| mean + low),
            high: high.map(|high| mean + high),
            behind: resample::interval(value - all[best], &behind, spread),
        })
    };
    let places = places(&prepared.features[feature]);
    places.into_iter().enumerate().filter_map(bin).collect()
}
