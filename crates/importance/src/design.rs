//! What was tried and what came of it: parameters with their spaces, one value per run, and the objective.
//!
//! A space fixes the *measure* under which a share of variance is meant, so it matters as much as the values do
//! (an objective over `lr` in `1e-5..1e-1` has another ranking under the raw law than under the log law):
//!
//! - numbers: uniform over `low - step/2 ..= high + step/2`, on the logarithm where `log` is set. A log space of
//!   values on a geometric grid (16, 32, 64 …) has margins of half a step on the log axis, one with a step else
//!   `ln(low - step/2)` and `ln(high + step/2)`;
//! - ordered levels (a short list of numbers on no grid): `1/k` each, thresholds lie between levels;
//! - categories: `1/k` for each category that occurs in the runs.
//!
//! A value that lies outside a declared range widens it. A missing value means that the parameter was inactive in that
//! run (conditional spaces): it is a branch of its own whose measure is the share of runs that lack the value,
//! and the active part keeps its law on what remains. So a conditional parameter is neither dropped nor does it
//! cost the runs that do without it, and "active or not" counts towards its share.

use crate::decades::spread_over_decades;
use serde::{Deserialize, Serialize};

/// The law of one parameter over its range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Space {
    /// Numbers from `low` to `high`.
    Number {
        /// The smallest value.
        low: f64,
        /// The largest value.
        high: f64,
        /// Distance between neighbouring values (1 for integers), where the values lie on a grid.
        step: Option<f64>,
        /// Whether the law is uniform on the logarithm; takes effect for a positive `low` only.
        log: bool,
    },
    /// A short ordered list of numbers on no grid, each as likely as another; the levels are those in the column.
    Levels,
    /// Unordered categories, each that occurs as likely as another.
    Category,
}

/// The values of one parameter, a run each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Column {
    /// Numbers; NaN and infinities count as missing.
    Numbers(#[serde(with = "super::packed")] Vec<f64>),
    /// Category codes of any numbering; [`Column::NO_CATEGORY`] is missing.
    Codes(Vec<u32>),
}

impl Column {
    /// The code of a missing category.
    pub const NO_CATEGORY: u32 = u32::MAX;

    /// Number of runs.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Codes(codes) => codes.len(),
        }
    }

    /// Whether there is no run.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The runs that have a value.
    pub fn active(&self) -> Box<dyn Iterator<Item = usize> + '_> {
        match self {
            Self::Numbers(values) => {
                Box::new((0..values.len()).filter(|run| values[*run].is_finite()))
            }
            Self::Codes(codes) => {
                Box::new((0..codes.len()).filter(|run| codes[*run] != Self::NO_CATEGORY))
            }
        }
    }
}

/// One hyperparameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name, as in the ledger.
    pub name: String,
    /// Its law. `Number` and `Levels` go with [`Column::Numbers`]; codes are categories whatever is said here.
    pub space: Space,
    /// Its value in each run.
    pub values: Column,
    /// What it is, for people, in runs that have no number of its scale (`0` beside a logarithmic one, `auto`): a place of its
    /// own. None where it is not set there.
    pub elsewhere: Vec<String>,
    /// Who says what its range is, for people: `declared by the export`. Nothing where it is read off the values.
    pub declared: String,
}

impl Parameter {
    /// What it is called where it has no value of its scale.
    pub fn inactive(&self) -> String {
        if self.elsewhere.is_empty() {
            "not set".to_owned()
        } else {
            self.elsewhere.join(", ")
        }
    }

    /// A numeric parameter whose space is inferred from its values (see [`Space::infer`]).
    pub fn inferred(name: impl Into<String>, values: Vec<f64>) -> Self {
        Self {
            name: name.into(),
            space: Space::infer(&values),
            values: Column::Numbers(values),
            elsewhere: Vec::new(),
            declared: String::new(),
        }
    }

    /// A numeric parameter of declared range; only its step is read off the values.
    pub fn ranged(
        name: impl Into<String>,
        values: Vec<f64>,
        low: f64,
        high: f64,
        log: bool,
    ) -> Self {
        let step = step_of(&distinct(&values), values.len());
        let space = Space::Number {
            low,
            high,
            step,
            log,
        };
        Self {
            name: name.into(),
            space,
            values: Column::Numbers(values),
            elsewhere: Vec::new(),
            declared: String::new(),
        }
    }

    /// A categorical parameter.
    pub fn category(name: impl Into<String>, codes: Vec<u32>) -> Self {
        Self {
            name: name.into(),
            space: Space::Category,
            values: Column::Codes(codes),
            elsewhere: Vec::new(),
            declared: String::new(),
        }
    }
}

/// A table of runs: parameters and the objective.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Design {
    /// The parameters; a column that is shorter than the objective is missing at its end.
    pub parameters: Vec<Parameter>,
    /// The objective of each run; runs whose objective is not finite are left out.
    #[serde(with = "super::packed")]
    pub objective: Vec<f64>,
    /// The configuration of each run by number: its replicates are drawn and held out together. Empty where each run is one
    /// by itself.
    pub configurations: Vec<u32>,
}

impl Design {
    /// The same with these runs alone, in this order.
    pub fn of_rows(&self, rows: &[usize]) -> Self {
        let values = |column: &Column| match column {
            Column::Numbers(values) => {
                let value = |row: &usize| values.get(*row).copied().unwrap_or(f64::NAN);
                Column::Numbers(rows.iter().map(value).collect())
            }
            Column::Codes(codes) => {
                let code = |row: &usize| codes.get(*row).copied().unwrap_or(Column::NO_CATEGORY);
                Column::Codes(rows.iter().map(code).collect())
            }
        };
        let parameter = |parameter: &Parameter| Parameter {
            name: parameter.name.clone(),
            space: parameter.space.clone(),
            values: values(&parameter.values),
            elsewhere: parameter.elsewhere.clone(),
            declared: parameter.declared.clone(),
        };
        Self {
            parameters: self.parameters.iter().map(parameter).collect(),
            objective: rows.iter().map(|row| self.objective[*row]).collect(),
            configurations: rows
                .iter()
                .filter_map(|row| self.configurations.get(*row).copied())
                .collect(),
        }
    }
}

impl Space {
    /// The space that the values suggest where none was declared.
    ///
    /// - range: smallest to largest finite value;
    /// - `log`: all values positive, and the 95 % quantile above 100 times the 5 % quantile, or at least three values on
    ///   a geometric grid that has fewer empty places than their arithmetic one, or a ratio of extremes of at least 10 with values that
    ///   are at least twice as evenly spread (Kolmogorov's distance from the uniform law) on the log axis as on the
    ///   plain one. (Uniform values have a quantile ratio of 19, so the first clause never takes them for logarithmic.)
    /// - `step`: the greatest common step of whole numbers; of fractions where values repeat (at most half as many
    ///   distinct values as runs) and all differences are multiples of the smallest;
    /// - levels: at most 12 distinct values, each met three times on average, on no arithmetic or geometric grid.
    pub fn infer(values: &[f64]) -> Self {
        let distinct = distinct(values);
        let (Some(&low), Some(&high)) = (distinct.first(), distinct.last()) else {
            return Self::Number {
                low: 0.0,
                high: 0.0,
                step: None,
                log: false,
            };
        };
        let count = values.iter().filter(|value| value.is_finite()).count();
        let step = step_of(&distinct, count);
        let few = distinct.len() <= 12 && count >= 3 * distinct.len();
        // Steps from end to end: the grid with fewer of them is the fuller one.
        let plain_steps = step.map_or(f64::INFINITY, |step| (high - low) / step);
        let log_steps = geometric_step(&distinct).map_or(f64::INFINITY, |ratio| {
            (libm::log(high) - libm::log(low)) / ratio
        });
        let is_geometric = log_steps.is_finite() && log_steps < plain_steps - 0.5;
        let is_arithmetic = plain_steps + 1.0 < 2.0 * distinct.len() as f64;
        if few && distinct.len() > 2 && !is_geometric && !is_arithmetic {
            return Self::Levels;
        }
        let mut sorted: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let log = is_geometric || spread_over_decades(&sorted);
        let step = step.filter(|_| !is_geometric);
        Self::Number {
            low,
            high,
            step,
            log,
        }
    }

    /// How many values it has, of which these are some: infinitely many where it is on no grid.
    pub fn places(&self, values: &[f64]) -> f64 {
        let distinct = distinct(values);
        match self {
            Self::Number {
                low, high, step, ..
            } => {
                let plain = step.map(|step| (high - low) / step);
                let ratio = |step: f64| (libm::log(*high) - libm::log(*low)) / step;
                let steps = plain.or_else(|| geometric_step(&distinct).map(ratio));
                steps.map_or(f64::INFINITY, |steps| 1.0 + steps.round())
            }
            Self::Levels | Self::Category => distinct.len() as f64,
        }
    }
}

/// The finite values, sorted, each once.
pub fn distinct(values: &[f64]) -> Vec<f64> {
    // `+ 0.0` makes one of the two zeros.
    let mut sorted: Vec<f64> = values
        .iter()
        .filter(|value| value.is_finite())
        .map(|value| value + 0.0)
        .collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.dedup();
    sorted
}

/// Distance of neighbours, where the sorted distinct values lie on a grid of at most 100 000 places.
fn step_of(distinct: &[f64], count: usize) -> Option<f64> {
    let (first, last) = (*distinct.first()?, *distinct.last()?);
    if distinct.len() < 2 {
        return None;
    }
    let exact = 9_007_199_254_740_992.0;
    if distinct
        .iter()
        .all(|value| value.fract() == 0.0 && value.abs() < exact)
    {
        let divisor = distinct
            .windows(2)
            .map(|pair| (pair[1] - pair[0]) as u64)
            .fold(0, greatest_common_divisor);
        return Some(divisor as f64);
    }
    let smallest = distinct
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .fold(f64::INFINITY, f64::min);
    let on_grid = |value: &f64| {
        let steps = (value - first) / smallest;
        (steps - steps.round()).abs() < 1e-6 * steps.max(1.0)
    };
    let repeats = distinct.len() * 2 <= count && (last - first) / smallest <= 100_000.0;
    // The span divided is more exact than the difference of two neighbours.
    let steps = ((last - first) / smallest).round();
    (repeats && distinct.iter().all(on_grid)).then_some((last - first) / steps)
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The common distance on the log axis of at least three positive values, all neighbours being whole multiples of it
/// and at most 64 of them apart.
pub fn geometric_step(distinct: &[f64]) -> Option<f64> {
    if distinct.len() < 3 || distinct.first().is_none_or(|&low| low <= 0.0) {
        return None;
    }
    let logs: Vec<f64> = distinct.iter().map(|&value| libm::log(value)).collect();
    let smallest = logs
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .fold(f64::INFINITY, f64::min);
    let span = logs.last()? - logs.first()?;
    let on_grid = |log: &f64| {
        let steps = (log - logs[0]) / smallest;
        (steps - steps.round()).abs() < 1e-3
    };
    // Sparse grids are accidents: at least every second place must be taken.
    let dense = span / smallest < 2.0 * distinct.len() as f64 && span / smallest <= 64.0;
    (dense && logs.iter().all(on_grid)).then_some(smallest)
}
