//! Whiskers: how much shares move when the runs are drawn anew.
//!
//! A resample draws as many runs as there are, with replacement (the bootstrap over trials; the spread over trees of
//! one forest would show the trees' noise, not the sample's), and gets a small forest of its own with its correction.
//! Inside a resample trees are not bootstrapped again, which would repeat runs twice over, but get a random four
//! fifths of its distinct runs, each as often as the resample has it; the rest is out of bag.
//!
//! Even so a resample has only 63 % distinct runs and its forest is coarser, which moves all resamples' shares the same
//! way. That shift says nothing about the sample, so the 10–90 % range of the resamples is moved to have its mean at the
//! share it belongs to.

use super::grow::{Draws, bootstrap};
use super::parts::Parts;
use super::points::Points;
use super::prepare::Prepared;
use super::surrogate::{Sample, Stretch, Surrogate, WithTotals, grow_block};
use super::{Definition, Settings};

/// Points for a resample; fewer than for the shares themselves, and the same ones for all.
pub(super) const POINTS: usize = 512;

/// The shares in resample number `index`; `None` where its forest does not vary.
pub(super) fn shares(
    prepared: &Prepared,
    settings: &Settings,
    points: &Points,
    index: u32,
) -> Option<Vec<f64>> {
    let forest = 2 + 2 * u64::from(index);
    let counts = bootstrap(
        &mut Draws::new(settings.seed, forest, u64::MAX),
        prepared.runs(),
    );
    let per_tree = settings.definition == Definition::PerTree;
    let stretch = Stretch {
        target: &prepared.objective,
        sample: Sample::PartOf(&counts),
        seed: settings.seed,
        forest,
        trees: 0..settings.trees_per_resample,
        min_leaf: settings.min_leaf,
        fractions: per_tree.then_some(WithTotals(false)),
    };
    let block = grow_block(prepared, points, &stretch);
    if let Some(fractions) = &block.fractions {
        let trees = f64::from(fractions.trees);
        return (fractions.trees > 0)
            .then(|| fractions.singles.iter().map(|sum| sum / trees).collect());
    }
    let residuals = block.residuals(&prepared.objective);
    let correction = grow_block(
        prepared,
        points,
        &Stretch {
            target: &residuals,
            forest: forest + 1,
            ..stretch
        },
    );
    let surrogate = Surrogate::new(
        &prepared.objective,
        Some(&counts),
        &block,
        Some(&correction),
    );
    Parts::new(prepared, points, &surrogate).shares()
}

/// The whisker of a share: the 10 % and 90 % quantiles of its resamples, moved as said above, and kept to `[0, 1]` and
/// around the share. `None` with fewer than five resamples.
pub(super) fn whisker(share: f64, resampled: &[f64]) -> Option<(f64, f64)> {
    if resampled.len() < 5 {
        return None;
    }
    let mut sorted = resampled.to_vec();
    sorted.sort_by(f64::total_cmp);
    let shift = share - sorted.iter().sum::<f64>() / sorted.len() as f64;
    let quantile = |q: f64| {
        let at = q * (sorted.len() - 1) as f64;
        let below = at.floor();
        let (low, high) = (sorted[below as usize], sorted[at.ceil() as usize]);
        low + (high - low) * (at - below)
    };
    Some((
        (quantile(0.1) + shift).clamp(0.0, share),
        (quantile(0.9) + shift).clamp(share, 1.0_f64.max(share)),
    ))
}
