//! What the methods beside functional ANOVA found, from their tasks' results to answers.

use super::Settings;
use super::answer::{Measured, Method, MethodAnswer};
use super::job::put;
use super::measures::{Effort, MeasureSums, Measures, Plan};
use super::plain::{self, Plain};
use super::prepare::Prepared;
use super::resample::{self, interval, is_like_noise, mean};

/// How parameters moved the predictions of some runs.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapValues {
    /// Parameters of the design; the ones that vary.
    pub parameters: Vec<usize>,
    /// By run, then parameter.
    pub values: Vec<f64>,
    /// Where the run lies on the parameter's axis, 0 to 1, in the same order; NaN where it is not set. Of a category it
    /// is its number among those that occur.
    pub places: Vec<f64>,
}

/// Results of the other methods' tasks.
pub(super) struct Others {
    plain: Option<Plain>,
    plain_again: Vec<Option<Plain>>,
    pub(super) measures: Vec<Option<MeasureSums>>,
    pub(super) measures_again: Vec<Option<Measures>>,
}

impl Others {
    pub(super) fn new(settings: &Settings, blocks: u32) -> Self {
        let resamples = settings.resamples as usize;
        Self {
            plain: None,
            plain_again: vec![None; resamples],
            measures: vec![None; blocks as usize],
            measures_again: vec![None; resamples],
        }
    }

    /// Takes a result; says whether it was awaited.
    pub(super) fn put_plain(&mut self, resample: Option<u32>, plain: Plain) -> bool {
        match resample {
            None => put(std::slice::from_mut(&mut self.plain), 0, plain),
            Some(index) => put(&mut self.plain_again, index as usize, plain),
        }
    }

    /// Whether all results are in that need no forest.
    pub(super) fn are_plain_done(&self) -> bool {
        self.plain.is_some() && self.plain_again.iter().all(Option::is_some)
    }

    /// Whether all results of the forest are in.
    pub(super) fn are_measures_done(&self) -> bool {
        self.measures.iter().all(Option::is_some) && self.measures_again.iter().all(Option::is_some)
    }

    /// The sums of all blocks of the forest.
    fn measure_sums(&self, prepared: &Prepared, plan: &Plan) -> MeasureSums {
        let mut sums = MeasureSums::start(prepared, plan);
        self.measures
            .iter()
            .flatten()
            .for_each(|block| sums.add(block));
        sums
    }

    /// SHAP values by run; `None` until the forest's measures are there.
    pub(super) fn shap(&self, prepared: &Prepared, settings: &Settings) -> Option<ShapValues> {
        if self.measures.iter().any(Option::is_none) {
            return None;
        }
        let plan = Plan::new(prepared, settings.seed, Effort::WHOLE);
        let values = self.measure_sums(prepared, &plan).shap_values();
        let features = &prepared.features;
        let of_row = |row: &usize| {
            let row = *row;
            features
                .iter()
                .map(move |feature| feature.active_place(row))
        };
        Some(ShapValues {
            places: plan.explained.iter().flat_map(of_row).collect(),
            parameters: features.iter().map(|feature| feature.parameter).collect(),
            values,
        })
    }

    /// The answers of which all results are in.
    pub(super) fn answers(
        &self,
        prepared: &Prepared,
        settings: &Settings,
        names: &[String],
    ) -> Vec<MethodAnswer> {
        let mut answers = Vec::new();
        if self.are_measures_done() {
            let spread = resample::spread(prepared);
            let plan = Plan::new(prepared, settings.seed, Effort::WHOLE);
            let found = self.measure_sums(prepared, &plan).measures(prepared, &plan);
            for (method, of) in [
                (
                    Method::Permutation,
                    (|measures| &measures.permutation) as fn(&Measures) -> &Vec<f64>,
                ),
                (Method::Shap, |measures| &measures.shap),
                (Method::Impurity, |measures| &measures.impurity),
            ] {
                let again: Vec<Vec<f64>> = self
                    .measures_again
                    .iter()
                    .flatten()
                    .map(|measures| of(measures).clone())
                    .collect();
                let shadow_of = |feature| prepared.shadow_of(feature);
                answers.push(answer(
                    method,
                    names,
                    of(&found),
                    (&again, &shadow_of),
                    spread,
                ));
            }
        }
        if let Some(plain) = self.plain.as_ref().filter(|_| self.are_plain_done()) {
            let spread = plain::spread(prepared);
            // Plain results are by parameter, each one's noise behind them all.
            let by_feature = |values: &[f64]| -> Vec<f64> {
                let features = || prepared.features.iter().map(|feature| feature.parameter);
                let noise = features().map(|parameter| parameters(plain) + parameter);
                features()
                    .chain(noise)
                    .map(|at| values.get(at).copied().unwrap_or(f64::NAN))
                    .collect()
            };
            let shadow_of = |feature| names.len() + feature;
            let again = |of: &dyn Fn(&Plain) -> Vec<f64>| -> Vec<Vec<f64>> {
                self.plain_again
                    .iter()
                    .flatten()
                    .map(|plain| by_feature(&of(plain)))
                    .collect()
            };
            let divergences = |plain: &Plain| plain.divergences.clone();
            let mut found = answer(
                Method::PedAnova,
                names,
                &by_feature(&plain.divergences),
                (&again(&divergences), &shadow_of),
                spread,
            );
            if plain.divergences.is_empty() {
                found.parameters.clear();
                found.refused = Some(format!(
                    "fewer than {} runs are among the best {:.0} %, which are too few to tell where they lie",
                    super::pedanova::LEAST_TARGET,
                    settings.quantiles.target * 100.0,
                ));
            }
            answers.push(found);
            for (place, method) in [Method::Pearson, Method::Spearman, Method::Kendall]
                .into_iter()
                .enumerate()
            {
                let of = move |plain: &Plain| plain.correlations[place].clone();
                answers.push(answer(
                    method,
                    names,
                    &by_feature(&of(plain)),
                    (&again(&of), &shadow_of),
                    spread,
                ));
            }
        }
        order::by_key(&mut answers, |answer| {
            Method::ALL
                .iter()
                .position(|method| *method == answer.method)
        });
        answers
    }
}

/// Parameters of the design that a result of all runs is of.
fn parameters(plain: &Plain) -> usize {
    plain.correlations.first().map_or(0, Vec::len)
}

/// What no value of a method lies beyond, so that no whisker need go there.
fn bounds(method: Method) -> (f64, f64) {
    match method {
        Method::Pearson | Method::Spearman | Method::Kendall => (-1.0, 1.0),
        Method::Permutation => (f64::NEG_INFINITY, f64::INFINITY),
        Method::Fanova | Method::PedAnova | Method::Impurity | Method::Shap => (0.0, f64::INFINITY),
    }
}

/// One method's answer: `values` by feature, `again` the same of resamples with shadows behind them, and which of them a
/// feature is held against.
fn answer(
    method: Method,
    names: &[String],
    values: &[f64],
    (again, shadow_of): (&[Vec<f64>], &dyn Fn(usize) -> usize),
    spread: f64,
) -> MethodAnswer {
    let measured = |(feature, name): (usize, &String)| {
        let value = values
            .get(feature)
            .copied()
            .filter(|value| value.is_finite());
        // Of each resample in which it exists, with the noise's of the same.
        let shadow = shadow_of(feature);
        let (resampled, noise): (Vec<f64>, Vec<f64>) = again
            .iter()
            .filter_map(|values| Some((*values.get(feature)?, values.get(shadow)?.abs())))
            .filter(|(value, _)| value.is_finite())
            .unzip();
        let (least, most) = bounds(method);
        let (low, high) = value
            .and_then(|value| interval(value, &resampled, spread))
            .map(|(low, high)| (low.max(least), high.min(most)))
            .unzip();
        let sizes: Vec<f64> = resampled.iter().map(|value| value.abs()).collect();
        // A signed measure of few runs may be great by chance, of either sign, where the shadow is of all runs.
        let may_be_none = least < 0.0
            && low
                .zip(high)
                .is_some_and(|(low, high)| low <= 0.0 && 0.0 <= high);
        // Against noise in the same forest, of which others get less than of one without it.
        let is_noise =
            value.is_none() || may_be_none || is_like_noise(mean(&sizes), &sizes, &noise, spread);
        Measured {
            name: name.clone(),
            value,
            low,
            high,
            is_noise,
            noise: resample::level(&noise, value.unwrap_or_default().abs(), is_noise),
        }
    };
    let mut parameters: Vec<Measured> = names.iter().enumerate().map(measured).collect();
    let size = |measured: &Measured| measured.value.map_or(-1.0, f64::abs);
    order::by(&mut parameters, |a, b| size(b).total_cmp(&size(a)));
    MethodAnswer {
        method,
        parameters,
        refused: None,
    }
}
