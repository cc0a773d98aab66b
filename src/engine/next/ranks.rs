//! Proposals by the rank of the objective, where a few runs that lie far from all others keep a forest from predicting it: most of
//! its variance is theirs, and what tells the others apart is lost beside it.

use crate::analysis::correlation::average_ranks;
use crate::analysis::importance::{Design, Prepared};
use crate::analysis::next::Forecast;
use crate::chart::number::short_number;
use crate::engine::grouped::rounded_to;

/// The design with ranks in place of the objective, 1 the least.
pub(super) struct Ranked {
    pub(super) design: Design,
    pub(super) prepared: Prepared,
    /// The objective's values, ascending.
    values: Vec<f64>,
    /// How well the objective itself was predicted.
    r2: f64,
}

impl Ranked {
    pub(super) fn new(of: &Design, r2: f64) -> Self {
        let mut values: Vec<f64> = of.objective.clone();
        values.retain(|value| value.is_finite());
        let ranks = average_ranks(&values);
        values.sort_by(f64::total_cmp);
        let mut design = of.clone();
        let finite = |value: &&mut f64| value.is_finite();
        let places = design.objective.iter_mut().filter(finite);
        for (value, rank) in places.zip(ranks) {
            *value = rank + 1.0;
        }
        Self {
            prepared: Prepared::new(&design),
            design,
            values,
            r2,
        }
    }

    /// A run that is better than all takes a place beyond the last.
    pub(super) fn bounds(&self) -> (f64, f64) {
        (0.0, self.values.len() as f64 + 1.0)
    }

    /// The objective at a rank, between two runs where it falls there.
    fn value_at(&self, rank: f64) -> f64 {
        let last = self.values.len().saturating_sub(1);
        let at = (rank - 1.0).clamp(0.0, last as f64);
        let below = at as usize;
        let (low, high) = (self.values[below], self.values[(below + 1).min(last)]);
        low + (high - low) * (at - below as f64)
    }

    /// What is expected of a proposal: the objective at the ranks, and an improvement in places.
    pub(super) fn told(&self, forecast: &Forecast) -> [String; 3] {
        let (mean, low, high) = (
            self.value_at(forecast.mean),
            self.value_at(forecast.low),
            self.value_at(forecast.high),
        );
        // Two digits of each: an end may be one of those far away.
        let text = |value: f64| short_number(rounded_to(value, value.abs()));
        let places = short_number(rounded_to(forecast.improvement, forecast.improvement));
        [
            text(mean),
            format!("{} to {}", text(low), text(high)),
            format!("{places} places"),
        ]
    }

    /// How they came about.
    pub(super) fn words(&self) -> String {
        format!(
            "The objective itself cannot be predicted (out-of-bag R² {}), so the forest is of its rank among the runs, which a few \
             that lie far from all others do not spoil: predictions are the objective at the predicted ranks, and an \
             improvement is told in places.",
            format!("{:.2}", self.r2).replace('-', "−")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_come_back_as_the_values_that_have_them() {
        let design = Design {
            parameters: Vec::new(),
            objective: vec![3.0, f64::NAN, 1.0, 1e9, 2.0],
            configurations: Vec::new(),
        };
        let ranked = Ranked::new(&design, -0.2);
        assert_eq!(ranked.design.objective[2..], [1.0, 4.0, 2.0]);
        assert!(ranked.design.objective[1].is_nan());
        assert_eq!(ranked.bounds(), (0.0, 5.0));
        let values: Vec<f64> = [0.0, 1.0, 2.5, 4.0, 9.0]
            .map(|rank| ranked.value_at(rank))
            .into();
        assert_eq!(values, [1.0, 1.0, 2.5, 1e9, 1e9]);
        assert!(ranked.words().contains("(out-of-bag R² −0.20)"));
    }
}
