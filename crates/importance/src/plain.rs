//! What needs no surrogate: PED-ANOVA and correlations, of the runs themselves or of configurations drawn from them again.

use serde::{Deserialize, Serialize};

use super::Settings;
use super::design::{Column, Design, Parameter, Space};
use super::grow::Draws;
use super::pedanova::{LEAST_TARGET, divergences};
use super::prepare::Prepared;
use super::replicates::Replicates;
use crate::correlation::{Coefficient, eta_squared};

/// By parameter of the design; of drawn runs with the noise that each is held against behind them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Plain {
    /// PED-ANOVA's divergences; empty where too few runs are among the best.
    pub(super) divergences: Vec<f64>,
    /// By [`Coefficient::ALL`]; NaN where there is none. For categories it is η.
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
    // One for all numbers; categories shuffled, since more of them get more by chance.
    let mut shadows = Vec::new();
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
        shadows.push(Parameter {
            name: String::new(),
            space: Space::Number {
                low: 0.0,
                high: 1.0,
                step: None,
                log: false,
            },
            values: Column::Numbers(values),
            elsewhere: Vec::new(),
            declared: String::new(),
        });
        for parameter in &design.parameters {
            let Column::Codes(codes) = &parameter.values else {
                continue;
            };
            let code = |row: &usize| codes.get(*row).copied().unwrap_or(Column::NO_CATEGORY);
            let codes: Vec<u32> = rows.iter().map(code).collect();
            let mut shuffled = vec![Column::NO_CATEGORY; design.objective.len()];
            for (row, code) in rows.iter().zip(replicates.shuffled(&codes, &mut draws)) {
                shuffled[*row] = code;
            }
            shadows.push(Parameter {
                values: Column::Codes(shuffled),
                ..parameter.clone()
            });
        }
        rows = again;
    }
    let objective: Vec<f64> = rows.iter().map(|row| design.objective[*row]).collect();
    let of_parameter = |parameter: &Parameter, coefficient: Coefficient| {
        correlation(parameter, &rows, &objective, coefficient).unwrap_or(f64::NAN)
    };
    // What there is of each parameter, and then of its noise.
    let with_noise = |of: &dyn Fn(&[Parameter]) -> Vec<f64>| {
        let mut values = of(&design.parameters);
        let noise = of(&shadows);
        if let Some((of_numbers, of_categories)) =
            noise.split_first().filter(|_| !values.is_empty())
        {
            let mut of_categories = of_categories.iter();
            let held_against = |parameter: &Parameter| match parameter.values {
                Column::Numbers(_) => *of_numbers,
                Column::Codes(_) => of_categories.next().copied().unwrap_or(f64::NAN),
            };
            values.extend(design.parameters.iter().map(held_against));
        }
        values
    };
    let correlations = Coefficient::ALL
        .into_iter()
        .map(|coefficient| {
            with_noise(&|parameters| {
                let of_each = parameters.iter();
                of_each
                    .map(|parameter| of_parameter(parameter, coefficient))
                    .collect()
            })
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
        if found.target >= LEAST_TARGET {
            found.values
        } else {
            Vec::new()
        }
    };
    Plain {
        divergences: with_noise(&divergences),
        correlations,
    }
}

/// A numeric parameter's correlation, on the logarithm where its space is logarithmic; a category's η, the correlation
/// ratio (Pearson 1905), which is a root as they are: for two categories it is the size of their correlation.
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
            eta_squared(&codes, &active).map(f64::sqrt)
        }
    }
}
