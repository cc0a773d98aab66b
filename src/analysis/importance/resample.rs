//! Whiskers: how much shares move when the runs are drawn anew.
//!
//! A resample draws as many runs as there are, with replacement (the bootstrap over trials; the spread over trees of
//! one forest would show the trees' noise, not the sample's), and gets a small forest of its own; if the shares' own
//! forest kept its correction, half the trees are a correction here too. Inside a resample trees are not bootstrapped
//! again, which would repeat runs twice over, but get a random four fifths of its distinct runs, each as often as the
//! resample has it; the rest is out of bag.
//!
//! Even so a resample has only 63 % distinct runs and its forest is coarser, which moves all resamples' shares the same
//! way. That shift is not the sample's spread, so the 10–90 % range of the resamples is moved to have its mean at the
//! share it belongs to; but the forest of all runs errs the same way in part, so the range reaches out against the
//! shift. With a noisy objective such a range holds the share's mean over samples about 80 % of the time; what many more
//! runs would say it holds less often for weak effects, which few runs make weaker. Without noise it is wider than the
//! true spread, where both are small.
//!
//! Of more than 2 000 runs a resample draws 2 000, and the range is narrowed by the square root of the ratio (the
//! m-out-of-n bootstrap: Bickel, Götze and van Zwet 1997), which bounds the time.

use super::effects;
use super::grow::{Draws, bootstrap};
use super::measures::{Effort, MeasureSums, Measures, Plan};
use super::parts::Parts;
use super::points::Points;
use super::prepare::Prepared;
use super::surrogate::{Means, Sample, Stretch, WithTotals, grow_block};
use super::{Definition, Settings};
use serde::{Deserialize, Serialize};

/// Points for a resample; fewer than for the shares themselves, and the same ones for all.
const POINTS: usize = 512;

/// Runs that a resample draws at most.
pub(super) const MOST_RUNS: usize = 2000;

/// One resample: its runs, made ready, and a forest's settings for it. Its last feature is the *shadow*, noise that was
/// drawn for this resample: what a parameter that does nothing gets.
struct Resample {
    forest: u64,
    counts: Vec<u32>,
    prepared: Prepared,
}

impl Resample {
    fn new(prepared: &Prepared, settings: &Settings, index: u32) -> Self {
        let forest = 2 + 2 * u64::from(index);
        let runs = prepared.runs();
        let mut draws = Draws::new(settings.seed, forest, u64::MAX);
        let drawn = bootstrap(&mut draws, runs, runs.min(MOST_RUNS));
        let rows: Vec<usize> = (0..runs).filter(|&row| drawn[row] > 0).collect();
        let mut resampled = prepared.subset(&rows);
        resampled.add_shadow(&mut draws);
        Self {
            forest,
            counts: rows.iter().map(|&row| drawn[row]).collect(),
            prepared: resampled,
        }
    }

    fn stretch<'a>(&'a self, settings: &Settings, trees: u32) -> Stretch<'a> {
        let per_tree = settings.definition == Definition::PerTree;
        Stretch {
            target: &self.prepared.objective,
            sample: Sample::PartOf(&self.counts),
            seed: settings.seed,
            forest: self.forest,
            trees: 0..trees,
            min_leaf: settings.min_leaf,
            considered: settings.considered(self.prepared.features.len()),
            fractions: per_tree.then_some(WithTotals(false)),
        }
    }
}

/// What a resample's forest says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Resampled {
    /// The share of each feature, and of the shadow last; empty where the forest does not vary.
    pub(super) shares: Vec<f64>,
    /// By feature the values of its effect (see [`super::effects`]); empty where trees are taken one by one.
    pub(super) effects: Vec<Vec<f64>>,
}

/// The shares and effects in resample number `index`, of a corrected forest or a plain one.
pub(super) fn shares(
    prepared: &Prepared,
    settings: &Settings,
    index: u32,
    corrected: bool,
) -> Resampled {
    let resample = Resample::new(prepared, settings, index);
    let resampled = &resample.prepared;
    let per_tree = settings.definition == Definition::PerTree;
    let trees = if corrected {
        settings.trees_per_resample.div_ceil(2)
    } else {
        settings.trees_per_resample
    };
    let points = &Points::new(resampled, if per_tree { 0 } else { POINTS }, false);
    let stretch = resample.stretch(settings, trees);
    let block = grow_block(resampled, points, &stretch);
    if let Some(fractions) = &block.fractions {
        let trees = f64::from(fractions.trees);
        let shares = fractions.singles.iter().map(|sum| sum / trees);
        return Resampled {
            shares: shares.filter(|share| share.is_finite()).collect(),
            effects: Vec::new(),
        };
    }
    let residuals = block.residuals(&resampled.objective);
    let correction = corrected.then(|| {
        let stretch = Stretch {
            target: &residuals,
            forest: stretch.forest + 1,
            ..stretch
        };
        grow_block(resampled, points, &stretch)
    });
    let means = Means::new(&block, correction.as_ref());
    Resampled {
        shares: Parts::new(resampled, points, &means)
            .shares()
            .unwrap_or_default(),
        effects: effects::values(prepared, &means.marginals),
    }
}

/// The measures where runs lie in resample number `index`, the shadow's last.
pub(super) fn measures(prepared: &Prepared, settings: &Settings, index: u32) -> Measures {
    let resample = Resample::new(prepared, settings, index);
    let resampled = &resample.prepared;
    let plan = Plan::new(resampled, settings.seed, Effort::RESAMPLE);
    let mut sums = MeasureSums::start(resampled, &plan);
    let stretch = Stretch {
        fractions: None,
        ..resample.stretch(settings, settings.trees_per_resample)
    };
    stretch.grow(resampled, |tree, counts| {
        sums.add_tree(resampled, &plan, tree, stretch.target, counts);
    });
    sums.measures(resampled, &plan)
}

/// A resample has 63 % of the runs. Where an error falls as the number of runs rises, all runs still miss about this many
/// times what the resamples miss beside them: `1 / (1 / 0.632 - 1)`.
const MISSED: f64 = 1.7;

/// The 10 % and 90 % quantiles of a value's resamples of `runs` runs, moved and narrowed as said above, and reaching
/// out by what is [`MISSED`]. `None` with fewer than five resamples.
pub(super) fn interval(value: f64, resampled: &[f64], runs: usize) -> Option<(f64, f64)> {
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
        value + narrowing * (low + (high - low) * (at - below) - mean)
    };
    let missed = narrowing * narrowing * MISSED * (value - mean);
    Some((
        end(0.1).min(value) + missed.min(0.0),
        end(0.9).max(value) + missed.max(0.0),
    ))
}

/// The [`interval`] of a share, which is kept to `[0, 1]`.
pub(super) fn whisker(share: f64, resampled: &[f64], runs: usize) -> Option<(f64, f64)> {
    let (low, high) = interval(share, resampled, runs)?;
    Some((low.max(0.0).min(share), high.min(1.0_f64.max(share))))
}

/// Whether a parameter cannot be told from the shadow: in more than a tenth of the resamples it got no more.
pub(super) fn is_like_noise(of_parameter: &[f64], of_shadow: &[f64]) -> bool {
    let pairs = of_parameter.iter().zip(of_shadow);
    let no_more = pairs.filter(|(value, shadow)| value <= shadow).count();
    10 * no_more > of_parameter.len()
}
