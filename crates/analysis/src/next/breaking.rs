//! How likely a configuration breaks, where some did: a forest of whether a run broke, over those that came to an end.
//!
//! What improves on the best is worth the more the likelier it comes to a result, so the expected improvement is weighted by
//! that chance (Gelbart, Snoek, Adams, "Bayesian optimization with unknown constraints", UAI 2014).

use super::searched::{Knob, Setting, key, knobs, setting};
use crate::failures::Share;
use crate::importance::forest::Forest;
use crate::importance::{Column, Design, Parameter, Prepared, Settings};

/// Trees that are grown at a step.
const STEP: u32 = 8;

/// Trees.
const TREES: u32 = 48;

/// Runs in a leaf at least.
const LEAF: usize = 2;

/// A forest whose out-of-bag R² is not above this tells nothing: then all configurations break as often.
const LEAST_R2: f64 = 0.0;

/// Whether runs broke.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ends {
    /// Of each run of the design; `None` where it has not come to an end.
    pub of_design: Vec<Option<bool>>,
    /// The same of each configuration that is not in the design.
    pub of_tried: Vec<Option<bool>>,
}

impl Ends {
    /// How many broke of the configurations whose `parameter` is set to what `is_in` says, and of all others; of those that came to an
    /// end. `tried` are the settings of each that is not in the design.
    pub fn within(
        &self,
        design: &Design,
        tried: &[Vec<Setting>],
        parameter: usize,
        is_in: &dyn Fn(Setting) -> bool,
    ) -> (Share, Share) {
        let (mut inside, mut outside) = (Share::default(), Share::default());
        let of_design = self.of_design.iter().enumerate();
        let of_design = of_design.map(|(row, broken)| (setting(design, row, parameter), broken));
        let of_tried = tried.iter().zip(&self.of_tried).map(|(settings, broken)| {
            let set = settings.get(parameter).copied();
            (set.unwrap_or(Setting::Inactive), broken)
        });
        for (set, broken) in of_design.chain(of_tried) {
            if let Some(broken) = broken {
                let part = if is_in(set) {
                    &mut inside
                } else {
                    &mut outside
                };
                part.add(*broken);
            }
        }
        (inside, outside)
    }
}

/// See the module's documentation.
pub(super) struct Breaking {
    prepared: Prepared,
    forest: Forest,
    settings: Settings,
    knobs: Vec<Knob>,
    /// By feature, where it is among a configuration's settings, else what all runs with a result have.
    places: Vec<(Option<usize>, Setting)>,
    /// Which part of all broke.
    rate: f64,
    /// Whether the forest knows more than that.
    tells: bool,
}

impl Breaking {
    /// Begins; `None` where none broke or all did. `features` are the design's parameters that a configuration sets.
    pub(super) fn new(
        design: &Design,
        features: &[usize],
        tried: &[Vec<Setting>],
        ends: &Ends,
        seed: u64,
    ) -> Option<Self> {
        let told =
            |broken: &Option<bool>| broken.map_or(f64::NAN, |broken| f64::from(u8::from(broken)));
        let mut objective: Vec<f64> = ends.of_design.iter().map(told).collect();
        objective.resize(design.objective.len(), f64::NAN);
        objective.extend(ends.of_tried.iter().take(tried.len()).map(told));
        let ended = objective.iter().filter(|broken| broken.is_finite());
        let (count, broken) = ended.fold((0.0, 0.0), |(n, sum), x| (n + 1.0, sum + x));
        if broken == 0.0 || broken == count {
            return None;
        }
        let parameters = design.parameters.iter().enumerate().map(|(at, parameter)| {
            let others = tried.iter().map(|settings| settings.get(at).copied());
            let mut values = parameter.values.clone();
            match &mut values {
                Column::Numbers(values) => {
                    values.resize(design.objective.len(), f64::NAN);
                    values.extend(others.map(|setting| match setting {
                        Some(Setting::Number(number)) => number,
                        _ => f64::NAN,
                    }));
                }
                Column::Codes(codes) => {
                    codes.resize(design.objective.len(), Column::NO_CATEGORY);
                    codes.extend(others.map(|setting| match setting {
                        Some(Setting::Category(code)) => code,
                        _ => Column::NO_CATEGORY,
                    }));
                }
            }
            Parameter {
                values,
                ..parameter.clone()
            }
        });
        let mut all = Design {
            parameters: parameters.collect(),
            objective,
            configurations: Vec::new(),
        };
        // Runs of one configuration break together.
        let configuration = |row: usize| {
            let settings = (0..all.parameters.len()).map(|at| setting(&all, row, at));
            key(&settings.collect::<Vec<_>>()) as u32
        };
        all.configurations = (0..all.objective.len()).map(configuration).collect();
        let prepared = Prepared::new(&all);
        let first = design.objective.iter().position(|value| value.is_finite());
        let place = |parameter: usize| {
            (
                features.iter().position(|known| *known == parameter),
                first.map_or(Setting::Inactive, |row| setting(design, row, parameter)),
            )
        };
        Some(Self {
            forest: Forest::new(&prepared),
            settings: Settings {
                trees: TREES,
                min_leaf: LEAF,
                seed,
                ..Settings::default()
            },
            knobs: knobs(&all, &prepared),
            places: prepared
                .features
                .iter()
                .map(|feature| place(feature.parameter))
                .collect(),
            prepared,
            rate: broken / count,
            tells: false,
        })
    }

    /// Grows some trees; says whether there are more to grow.
    pub(super) fn step(&mut self) -> bool {
        let grown = self.forest.trees() as u32;
        if grown < TREES {
            let end = (grown + STEP).min(TREES);
            self.forest.grow(&self.prepared, &self.settings, grown..end);
            return true;
        }
        self.tells = self.forest.r2(&self.prepared) > LEAST_R2;
        false
    }

    /// The chance that a configuration breaks, 0 to 1.
    pub(super) fn chance(&self, settings: &[Setting]) -> f64 {
        if !self.tells {
            return self.rate;
        }
        let point = self.places.iter().zip(&self.knobs);
        let point: Vec<f64> = point
            .map(|((place, otherwise), knob)| {
                let set = place.and_then(|place| settings.get(place));
                knob.coordinate(*set.unwrap_or(otherwise))
            })
            .collect();
        let mut leaves = Vec::new();
        self.forest.leaves(&point, &mut leaves);
        let mean = self.forest.predict(&leaves).mean;
        (self.prepared.objective_mean + mean).clamp(0.0, 1.0)
    }
}
