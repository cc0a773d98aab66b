//! Parameters that go together, of which no method can say which one mattered.

use super::design::{Column, Design, Parameter};
use crate::correlation::{Centred, average_ranks};
use crate::part::Part;

/// As closely do two go together that are told.
const CLOSE: f64 = 0.95;

/// So many runs tell it.
const MOST_RUNS: usize = 1000;

/// Fewer runs go together by chance.
const FEWEST_RUNS: usize = 10;

/// Among so many parameters pairs are sought.
const MOST_PARAMETERS: usize = 150;

/// Two parameters and their correlation of ranks.
#[derive(Debug, Clone, PartialEq)]
pub struct Together {
    /// The name of the one.
    pub first: String,
    /// The name of the other.
    pub second: String,
    /// Spearman's correlation over the runs that have both.
    pub correlation: f64,
}

/// The pairs of numeric parameters that go together, the closest first.
pub fn together(design: &Design) -> Vec<Together> {
    let runs = design.objective.len();
    let part = Part::new(runs, MOST_RUNS);
    let rows: Vec<usize> = (0..runs).filter(|run| part.has(*run)).collect();
    let places = |parameter: &Parameter| match &parameter.values {
        Column::Numbers(values) => {
            let of_row = |row: &usize| values.get(*row).copied().unwrap_or(f64::NAN);
            let values: Vec<f64> = rows.iter().map(of_row).collect();
            values
                .iter()
                .all(|value| value.is_finite())
                .then(|| Centred::new(&average_ranks(&values)))
                .flatten()
        }
        Column::Codes(_) => None,
    };
    let parameters = design.parameters.iter().take(MOST_PARAMETERS);
    let ranked: Vec<(&Parameter, Centred)> = parameters
        .filter_map(|parameter| Some((parameter, places(parameter)?)))
        .collect();
    let mut found = Vec::new();
    if rows.len() < FEWEST_RUNS {
        return found;
    }
    for (at, (second, b)) in ranked.iter().enumerate() {
        for (first, a) in &ranked[..at] {
            let correlation = a.with(b).unwrap_or(0.0);
            if correlation.abs() >= CLOSE {
                found.push(Together {
                    first: first.name.clone(),
                    second: second.name.clone(),
                    correlation,
                });
            }
        }
    }
    order::by(&mut found, |a, b| {
        b.correlation.abs().total_cmp(&a.correlation.abs())
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_and_what_goes_against_one_another_are_told_and_others_not() {
        let x: Vec<f64> = (0..60).map(|run| f64::from(run * 37 % 61)).collect();
        let other: Vec<f64> = (0..60).map(|run| f64::from(run * 23 % 61)).collect();
        let against = x.iter().map(|x| 1.0 / (1.0 + x)).collect();
        let design = Design {
            parameters: vec![
                Parameter::inferred("x", x.clone()),
                Parameter::inferred("other", other),
                Parameter::inferred("against", against),
            ],
            objective: x,
            configurations: Vec::new(),
        };
        let found = together(&design);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].first.as_str(), found[0].second.as_str()),
            ("x", "against")
        );
        assert!((found[0].correlation + 1.0).abs() < 1e-12);
    }
}
