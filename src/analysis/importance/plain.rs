//! What needs no surrogate: PED-ANOVA and correlations, of the runs themselves or of configurations drawn from them again.

use serde::{Deserialize, Serialize};

use super::Settings;
use super::design::{Column, Design, Parameter, Space};
use super::grow::Draws;
use super::pedanova::{LEAST_TARGET, divergences};
use super::prepare::Prepared;
use super::replicates::Replicates;
use crate::analysis::correlation::{Coefficient, eta_squared};

/// By parameter of the design; of drawn runs the shadow's is the last.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Plain {
    /// PED-ANOVA's divergences; empty where too few runs are among the best.
    pub(super) divergences: Vec<f64>,
    /// By [`Coefficient::ALL`]; NaN where there is none. For categories it is η².
    pub(super) correlations: Vec<Vec<f64>>,
}

/// Runs that a resample draws at most.
const MOST_RUNS: usize = 2000;

/// How many configurations a resample draws.
fn size(replicates: &Replicates, runs: usize) -> usize {
    let most = MOST_RUNS * replicates.count / runs.max(1);
    replicates.count.min(most).max(1)
}

/// How far the sample spreads for one unit of its resamples' spread: these are bootstraps, of fewer runs where there are
/// many (the m-out-of-n bootstrap: Bickel, Götze and van Zwet 1997).
pub(super) fn spread(prepared: &Prepared) -> f64 {
    let replicates = &prepared.replicates;
    (size(replicates, prepared.runs()) as f64 / replicates.count.max(1) as f64).sqrt()
}

/// How many different values the shadow's law has.
const STEPS: usize = 1 << 20;

/// Tells these draws from those of trees.
const DRAWS: u64 = u64::MAX - 2;

/// Of the design's runs, or of the resample with this index.
pub(super) fn plain(design: &Design, settings: &Settings, index: Option<u32>) -> Plain {
    let mut rows: Vec<usize> = (0..design.objective.len())
        .filter(|row| design.objective[*row].is_finite())
        .collect();
    let mut shadow = None;
    if let Some(index) = index {
        let mut draws = Draws::new(settings.seed, DRAWS, u64::from(index));
        let replicates = Replicates::new(&design.configurations, &rows);
        let mut counts = vec![0; replicates.count];
        if replicates.count > 0 {
            let size = size(&replicates, rows.len());
            (0..size).for_each(|_| counts[draws.below(replicates.count)] += 1);
        }
        // The shadow belongs to the configuration, so that one that is drawn twice has it twice.
        let noise = counts
            .iter()
            .map(|_| draws.below(STEPS) as f64 / STEPS as f64);
        let noise: Vec<f64> = noise.collect();
        let mut values = vec![f64::NAN; design.objective.len()];
        let mut again = Vec::with_capacity(rows.len());
        for (run, row) in rows.iter().enumerate() {
            let configuration = replicates.of(run);
            values[*row] = noise[configuration];
            again.extend(std::iter::repeat_n(*row, counts[configuration]));
        }
        rows = again;
        shadow = Some(Parameter {
            name: String::new(),
            space: Space::Number {
                low: 0.0,
                high: 1.0,
                step: None,
                log: false,
            },
            values: Column::Numbers(values),
        });
    }
    let objective: Vec<f64> = rows.iter().map(|row| design.objective[*row]).collect();
    let of_parameter = |parameter: &Parameter, coefficient: Coefficient| {
        correlation(parameter, &rows, &objective, coefficient).unwrap_or(f64::NAN)
    };
    let correlations = Coefficient::ALL
        .into_iter()
        .map(|coefficient| {
            let parameters = design.parameters.iter().chain(&shadow);
            parameters
                .map(|parameter| of_parameter(parameter, coefficient))
                .collect()
        })
        .collect();
    let divergences = |parameters: &[Parameter]| {
        let found = divergences(
            parameters,
            &design.objective,
            &rows,
            settings.maximize,
            settings.quantiles,
        );
        (found.target >= LEAST_TARGET).then_some(found.values)
    };
    let mut of_all = divergences(&design.parameters).unwrap_or_default();
    if let (Some(shadow), false) = (shadow, of_all.is_empty()) {
        of_all.extend(divergences(&[shadow]).unwrap_or_default());
    }
    Plain {
        divergences: of_all,
        correlations,
    }
}

/// A numeric parameter's correlation, on the logarithm where its space is logarithmic; a category's η².
fn correlation(
    parameter: &Parameter,
    rows: &[usize],
    objective: &[f64],
    coefficient: Coefficient,
) -> Option<f64> {
    match &parameter.values {
        Column::Numbers(values) => {
            let is_log = matches!(parameter.space, Space::Number { log: true, .. });
            let value = |row: &usize| {
                let value = values.get(*row).copied().unwrap_or(f64::NAN);
                if is_log { libm::log(value) } else { value }
            };
            let values: Vec<f64> = rows.iter().map(value).collect();
            coefficient.of(&values, objective)
        }
        Column::Codes(codes) => {
            let code = |row: &usize| codes.get(*row).copied().unwrap_or(Column::NO_CATEGORY);
            let codes: Vec<u32> = rows.iter().map(code).collect();
            let active: Vec<f64> = codes
                .iter()
                .zip(objective)
                .map(|(code, value)| {
                    if *code == Column::NO_CATEGORY {
                        f64::NAN
                    } else {
                        *value
                    }
                })
                .collect();
            eta_squared(&codes, &active)
        }
    }
}
