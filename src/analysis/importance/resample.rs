//! Whiskers: how much shares move when the runs are drawn anew.
//!
//! A resample draws as many runs as there are, with replacement (the bootstrap over trials; the spread over trees of
//! one forest would show the trees' noise, not the sample's), and gets a small forest of its own; if the shares' own
//! forest kept its correction, half the trees are a correction here too. Inside a resample trees are not bootstrapped
//! again, which would repeat runs twice over, but get a random four fifths of its distinct runs, each as often as the
//! resample has it; the rest is out of bag.
//!
//! Even so a resample has only 63 % distinct runs and its forest is coarser, which moves all resamples' shares the same
//! way. That shift says nothing about the sample, so the 10–90 % range of the resamples is moved to have its mean at the
//! share it belongs to. On simulated samples its width is about that of the shares' true sampling distribution with a
//! noisy objective, and up to several times that without noise, where both are small.
//!
//! Of more than 2 000 runs a resample draws 2 000, and the range is narrowed by the square root of the ratio (the
//! m-out-of-n bootstrap: Bickel, Götze and van Zwet 1997), which bounds the time.

use super::grow::{Draws, bootstrap};
use super::parts::Parts;
use super::points::Points;
use super::prepare::Prepared;
use super::surrogate::{Means, Sample, Stretch, WithTotals, grow_block};
use super::{Definition, Settings};

/// Points for a resample; fewer than for the shares themselves, and the same ones for all.
const POINTS: usize = 512;

/// Runs that a resample draws at most.
const MOST_RUNS: usize = 2000;

/// The shares in resample number `index`, of a corrected forest or a plain one; `None` where it does not vary.
pub(super) fn shares(
    prepared: &Prepared,
    settings: &Settings,
    index: u32,
    corrected: bool,
) -> Option<Vec<f64>> {
    let forest = 2 + 2 * u64::from(index);
    let runs = prepared.runs();
    let drawn = bootstrap(
        &mut Draws::new(settings.seed, forest, u64::MAX),
        runs,
        runs.min(MOST_RUNS),
    );
    let rows: Vec<usize> = (0..runs).filter(|&row| drawn[row] > 0).collect();
    let counts: Vec<u32> = rows.iter().map(|&row| drawn[row]).collect();
    let resampled = &prepared.subset(&rows);
    let per_tree = settings.definition == Definition::PerTree;
    let trees = if corrected {
        settings.trees_per_resample.div_ceil(2)
    } else {
        settings.trees_per_resample
    };
    let points = &Points::new(resampled, if per_tree { 0 } else { POINTS }, false);
    let stretch = Stretch {
        target: &resampled.objective,
        sample: Sample::PartOf(&counts),
        seed: settings.seed,
        forest,
        trees: 0..trees,
        min_leaf: settings.min_leaf,
        considered: settings.considered(resampled.features.len()),
        fractions: per_tree.then_some(WithTotals(false)),
    };
    let block = grow_block(resampled, points, &stretch);
    if let Some(fractions) = &block.fractions {
        let trees = f64::from(fractions.trees);
        return (fractions.trees > 0)
            .then(|| fractions.singles.iter().map(|sum| sum / trees).collect());
    }
    let residuals = block.residuals(&resampled.objective);
    let correction = corrected.then(|| {
        let stretch = Stretch {
            target: &residuals,
            forest: forest + 1,
            ..stretch
        };
        grow_block(resampled, points, &stretch)
    });
    Parts::new(resampled, points, &Means::new(&block, correction.as_ref())).shares()
}

/// The whisker of a share: the 10 % and 90 % quantiles of its resamples of `runs` runs, moved and narrowed as said
/// above, and kept to `[0, 1]` and around the share. `None` with fewer than five resamples.
pub(super) fn whisker(share: f64, resampled: &[f64], runs: usize) -> Option<(f64, f64)> {
    if resampled.len() < 5 {
        return None;
    }
    let mut sorted = resampled.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
    let narrowing = (runs.clamp(1, MOST_RUNS) as f64 / runs.max(1) as f64).sqrt();
    let end = |q: f64| {
        let at = q * (sorted.len() - 1) as f64;
        let below = at.floor();
        let (low, high) = (sorted[below as usize], sorted[at.ceil() as usize]);
        share + narrowing * (low + (high - low) * (at - below) - mean)
    };
    Some((
        end(0.1).clamp(0.0, share),
        end(0.9).clamp(share, 1.0_f64.max(share)),
    ))
}
