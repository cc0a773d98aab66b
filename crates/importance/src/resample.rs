//! Resamples: how much shares move when the runs are drawn anew.
//!
//! A resample is a random half of the runs, without repeats and with all replicates of a configuration or none, and gets two small forests of its own, calibrated as the shares'
//! own is; if that kept its correction, half the trees are a correction here too. (The spread over trees of one forest
//! would show the trees' noise, not the sample's; what two forests of the same runs differ by tells how much of the resamples' spread is such noise.)
//! A half's statistic lies about the whole's as the whole's lies about its mean over samples, exactly so where it is a mean (subsampling: Politis and Romano 1994),
//! and its forest meets no run twice, as the forest of all runs does not. A part of `m` of `n` runs spreads by
//! `sqrt((n - m) / m)` times as much (the delete-d jackknife: Shao and Wu 1989), which is taken out: so few runs keep more
//! than their half, and of many only so many are drawn, which bounds the time.
//!
//! A half's forest is coarser, which moves all shares the same way. That is no spread, so the 10–90 % range of the resamples
//! is moved to have its mean at the value. Shares are taken as their square roots (the effects' standard deviations), whose spread
//! depends less on their size: ends stay above 0, and a weak effect's upper end reaches as far as it should. What becomes of
//! that a share's whisker is in [`super::whisker`].

use super::effects;
use super::grow::Draws;
use super::measures::{Effort, MeasureSums, Measures, Plan};
use super::parts::Parts;
use super::points::Points;
use super::prepare::Prepared;
use super::surrogate::{Means, Stretch, WithTotals, grow_block, slopes};
use super::tree::Tree;
use super::{Definition, Settings};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Points for a resample; fewer than for the shares themselves, and the same ones for all.
const POINTS: usize = 512;

/// Runs that a resample has at most.
const MOST_RUNS: usize = 1250;

/// Fewest configurations of a resample, where four fifths of them are as many.
const LEAST_RUNS: usize = 30;

/// How many of the configurations a resample has.
fn size(prepared: &Prepared) -> usize {
    let all = prepared.replicates.count;
    let most = (MOST_RUNS * all / prepared.runs().max(1)).max(1);
    (all / 2).max(LEAST_RUNS.min(all * 4 / 5)).min(most)
}

/// How far the sample spreads for one unit of its resamples' spread.
pub(super) fn spread(prepared: &Prepared) -> f64 {
    let (all, size) = (prepared.replicates.count, size(prepared));
    (size as f64 / all.saturating_sub(size).max(1) as f64).sqrt()
}

/// One resample: its runs, made ready, and a forest's settings for it. Behind its features are *shadows*, noise that was
/// drawn for this resample: what a parameter that does nothing gets ([`Prepared::shadow_of`]).
struct Resample {
    forest: u64,
    prepared: Prepared,
}

impl Resample {
    fn new(prepared: &Prepared, settings: &Settings, index: u32) -> Self {
        let forest = 2 + 2 * u64::from(index);
        let mut draws = Draws::new(settings.seed, forest, u64::MAX);
        let rows = prepared.replicates.part(size(prepared), &mut draws);
        Self {
            forest,
            prepared: prepared.subset_with_shadow(&rows, &mut draws),
        }
    }

    fn stretch<'a>(&'a self, settings: &Settings, trees: Range<u32>) -> Stretch<'a> {
        let per_tree = settings.definition == Definition::PerTree;
        Stretch {
            target: &self.prepared.objective,
            seed: settings.seed,
            forest: self.forest,
            trees,
            min_leaf: settings.min_leaf,
            considered: settings.considered(self.prepared.features.len()),
            fractions: per_tree.then_some(WithTotals(false)),
        }
    }

    /// What a forest of such a stretch says, with its correction where there is to be one.
    fn shares_of(
        &self,
        whole: &Prepared,
        points: &Points,
        stretch: &Stretch<'_>,
        corrected: bool,
    ) -> Resampled {
        let resampled = &self.prepared;
        let block = grow_block(resampled, points, stretch);
        if let Some(fractions) = &block.fractions {
            let trees = f64::from(fractions.trees);
            let shares = fractions.singles.iter().map(|sum| sum / trees);
            return Resampled {
                shares: shares.filter(|share| share.is_finite()).collect(),
                ..Resampled::default()
            };
        }
        let residuals = block.residuals(&resampled.objective);
        let correction = corrected.then(|| {
            let stretch = Stretch {
                target: &residuals,
                forest: stretch.forest + 1,
                trees: stretch.trees.clone(),
                ..*stretch
            };
            grow_block(resampled, points, &stretch)
        });
        let means = Means::new(&block, correction.as_ref());
        let slopes = slopes(&resampled.objective, &means, &block, correction.as_ref());
        Resampled {
            shares: Parts::new(resampled, points, &means, &slopes)
                .shares()
                .unwrap_or_default(),
            effects: effects::values(whole, &means.marginals, &slopes),
            ..Resampled::default()
        }
    }
}

/// What a resample's forests say.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Resampled {
    /// The share of each feature, and of the shadows behind them; empty where a forest does not vary.
    pub(super) shares: Vec<f64>,
    /// How far apart the square roots of the shares are in its two forests.
    pub(super) apart: Vec<f64>,
    /// By feature the values of its effect (see [`super::effects`]); empty where trees are taken one by one.
    pub(super) effects: Vec<Vec<f64>>,
}

impl Resampled {
    /// Two forests of the same runs as one.
    fn of_twins(one: Self, other: &Self) -> Self {
        if one.shares.len() != other.shares.len() {
            return Self::default();
        }
        let roots = || {
            one.shares
                .iter()
                .map(root)
                .zip(other.shares.iter().map(root))
        };
        let between = |(a, b): (f64, f64)| f64::midpoint(a, b);
        let of_feature = |(one, other): (&Vec<f64>, &Vec<f64>)| {
            let pairs = one.iter().copied().zip(other.iter().copied());
            pairs.map(between).collect()
        };
        Self {
            shares: roots().map(between).map(|root| root * root).collect(),
            apart: roots().map(|(a, b)| (a - b).abs()).collect(),
            effects: one
                .effects
                .iter()
                .zip(&other.effects)
                .map(of_feature)
                .collect(),
        }
    }
}

/// The shares and effects in resample number `index`, of corrected forests or plain ones.
pub(super) fn shares(
    prepared: &Prepared,
    settings: &Settings,
    index: u32,
    corrected: bool,
) -> Resampled {
    let resample = Resample::new(prepared, settings, index);
    let per_tree = settings.definition == Definition::PerTree;
    let points = Points::new(&resample.prepared, if per_tree { 0 } else { POINTS });
    let forests = if corrected { 4 } else { 2 };
    let trees = settings.trees_per_resample.div_ceil(forests);
    let twin = |first: u32| {
        let stretch = resample.stretch(settings, first..first + trees);
        resample.shares_of(prepared, &points, &stretch, corrected)
    };
    Resampled::of_twins(twin(0), &twin(trees))
}

/// The measures where runs lie in resample number `index`, the shadows' behind them.
pub(super) fn measures(prepared: &Prepared, settings: &Settings, index: u32) -> Measures {
    let resample = Resample::new(prepared, settings, index);
    let resampled = &resample.prepared;
    let plan = Plan::new(resampled, settings.seed, Effort::RESAMPLE);
    let mut sums = MeasureSums::start(resampled, &plan);
    let stretch = Stretch {
        fractions: None,
        ..resample.stretch(settings, 0..settings.trees_per_resample)
    };
    stretch.grow(resampled, |tree, counts| {
        sums.add_tree(resampled, &plan, tree, stretch.target, counts);
    });
    sums.measures(resampled, &plan)
}

/// The 10 % and 90 % quantiles of a value's resamples, their deviations from their mean taken times `spread` and put at
/// the value. `None` with fewer than five resamples.
pub(super) fn interval(value: f64, resampled: &[f64], spread: f64) -> Option<(f64, f64)> {
    if resampled.len() < LEAST_RESAMPLES {
        return None;
    }
    let mut sorted = resampled.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mean = mean(&sorted);
    let end = |q: f64| value + spread * (quantile(&sorted, q) - mean);
    Some((end(0.1).min(value), end(0.9).max(value)))
}

/// Fewer resamples tell no quantiles.
const LEAST_RESAMPLES: usize = 5;

/// A quantile of sorted values, between two of them where it falls there.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * (sorted.len() - 1) as f64;
    let below = at.floor();
    let (low, high) = (sorted[below as usize], sorted[at.ceil() as usize]);
    low + (high - low) * (at - below)
}

/// What noise gets at most in nine resamples of ten, where that agrees with the verdict on a parameter of this size: it is held
/// against the noise of the same resample each time, and where noise is often much on the same runs as the parameter is, the one
/// number would seem to say the opposite.
pub(super) fn level(of_noise: &[f64], size: f64, is_noise: bool) -> Option<f64> {
    let mut sorted: Vec<f64> = of_noise.to_vec();
    sorted.retain(|value| value.is_finite());
    sorted.sort_by(f64::total_cmp);
    let level = (sorted.len() >= LEAST_RESAMPLES).then(|| quantile(&sorted, 0.9))?;
    (is_noise == (size <= level)).then_some(level)
}

/// The mean; 0 of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

pub(super) fn root(share: &f64) -> f64 {
    share.max(0.0).sqrt()
}

pub(super) fn roots(shares: &[f64]) -> Vec<f64> {
    shares.iter().map(root).collect()
}

/// Whether a parameter's value cannot be told from noise: in more than a tenth of the resamples, put about the value and drawn
/// together as its [`interval`] is, it gets no more than the noise of the same resample. (Parts of the runs tell less than
/// all of them do: as they are, they would call noise what is not.)
pub(super) fn is_like_noise(value: f64, resampled: &[f64], of_noise: &[f64], spread: f64) -> bool {
    let mean = mean(resampled);
    let pairs = resampled.iter().zip(of_noise);
    let no_more = pairs.filter(|(of, noise)| value + spread * (**of - mean) <= **noise);
    10 * no_more.count() > resampled.len()
}

/// A forest of a random half of the runs, for what is asked once the answer is there: halves spread as the sample does.
pub(super) struct Refit {
    pub(super) trees: Vec<Tree>,
}

/// How many such forests.
const REFITS: u32 = 10;

/// Trees of one.
const TREES_OF_REFIT: u32 = 12;

/// Tells these forests from those of resamples.
const FIRST_REFIT: u64 = 1 << 32;

impl Refit {
    /// Such forests on all runs of a design.
    pub(super) fn all(prepared: &Prepared, settings: &Settings) -> Vec<Self> {
        let replicates = &prepared.replicates;
        let refit = |index: u32| {
            let forest = FIRST_REFIT + u64::from(index);
            let mut draws = Draws::new(settings.seed, forest, u64::MAX);
            // What has no target takes no part.
            let mut target = vec![f64::NAN; prepared.runs()];
            for row in replicates.part(replicates.count / 2, &mut draws) {
                target[row] = prepared.objective[row];
            }
            let stretch = Stretch {
                target: &target,
                seed: settings.seed,
                forest,
                trees: 0..TREES_OF_REFIT,
                min_leaf: settings.min_leaf,
                considered: settings.considered(prepared.features.len()),
                fractions: None,
            };
            let mut trees = Vec::new();
            stretch.grow(prepared, |tree, _| trees.push(tree.clone()));
            Self { trees }
        };
        (0..REFITS).map(refit).collect()
    }
}
