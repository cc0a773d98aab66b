//! How a search went on: which runs were better than all before, when a level was reached, and what early values of curves
//! would have chosen.

use super::correlation::Coefficient;

/// Whether one value is better than another.
fn is_better(a: f64, b: f64, maximize: bool) -> bool {
    if maximize { a > b } else { a < b }
}

/// The places of values that are better than all finite ones before them.
pub fn improvements(values: &[f64], maximize: bool) -> Vec<usize> {
    let mut best = None;
    let mut found = Vec::new();
    for (place, value) in values.iter().enumerate() {
        if value.is_finite() && best.is_none_or(|best| is_better(*value, best, maximize)) {
            best = Some(*value);
            found.push(place);
        }
    }
    found
}

/// The level that is a part of the best value's size worse than it; `None` where the best is 0, of which there is no part.
pub fn level(best: f64, part: f64, maximize: bool) -> Option<f64> {
    let away = best.abs() * part;
    let level = if maximize { best - away } else { best + away };
    (away > 0.0).then_some(level)
}

/// The place of the first value that is at least as good as a level.
pub fn reached(values: &[f64], level: f64, maximize: bool) -> Option<usize> {
    let is_there = |value: &f64| value.is_finite() && !is_better(level, *value, maximize);
    values.iter().position(is_there)
}

/// What the best by early values would have been.
#[derive(Clone, Debug, PartialEq)]
pub struct Early {
    /// How many runs have both an early and a final value.
    pub n: usize,
    /// The place of the run that led early.
    pub chosen: usize,
    /// How much worse its final value is than the best one of these.
    pub lost: f64,
    /// How many led before the one that was best in the end.
    pub ahead: usize,
    /// How far both put runs in the same order (Spearman), where they vary.
    pub agreement: Option<f64>,
}

impl Early {
    /// Of early and final values, one a run each, NaN where a run has none; `None` of fewer than three runs.
    pub fn new(early: &[f64], last: &[f64], maximize: bool) -> Option<Self> {
        let both = |place: &usize| early[*place].is_finite() && last[*place].is_finite();
        let places: Vec<usize> = (0..early.len().min(last.len())).filter(both).collect();
        let best_by = |values: &[f64]| {
            let better = |best: usize, other: usize| {
                if is_better(values[other], values[best], maximize) {
                    other
                } else {
                    best
                }
            };
            places.iter().copied().reduce(better)
        };
        let (chosen, best) = (best_by(early)?, best_by(last)?);
        let is_ahead = |place: &&usize| is_better(early[**place], early[best], maximize);
        (places.len() >= 3).then(|| Self {
            n: places.len(),
            chosen,
            lost: (last[chosen] - last[best]).abs(),
            ahead: places.iter().filter(is_ahead).count(),
            agreement: Coefficient::Spearman.of(early, last),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAN: f64 = f64::NAN;

    #[test]
    fn only_what_is_better_than_all_before_improves() {
        let values = [NAN, 3.0, 3.0, f64::NEG_INFINITY, 4.0, 1.0, 2.0, 0.5];
        assert_eq!(improvements(&values, false), [1, 5, 7]);
        assert_eq!(improvements(&values, true), [1, 4]);
        assert_eq!(improvements(&[NAN], true), [0_usize; 0]);
    }

    #[test]
    fn a_level_is_a_part_of_the_best_away() {
        assert_eq!(level(2.0, 0.5, false), Some(3.0));
        assert_eq!(level(-2.0, 0.5, false), Some(-1.0));
        assert_eq!(level(2.0, 0.5, true), Some(1.0));
        assert_eq!(level(0.0, 0.1, true), None);
        assert_eq!(reached(&[NAN, 3.5, 3.0, 2.0], 3.0, false), Some(2));
        assert_eq!(reached(&[NAN, 1.0, 2.0], 1.5, true), Some(2));
        assert_eq!(reached(&[f64::NEG_INFINITY], 1.5, false), None);
    }

    #[test]
    fn who_leads_early_may_lose() {
        let early = [1.0, 2.0, 3.0, NAN, 0.0];
        let last = [0.5, 0.1, 0.9, 0.0, NAN];
        let told = Early::new(&early, &last, false).unwrap();
        assert_eq!((told.n, told.chosen, told.ahead), (3, 0, 1));
        assert!((told.lost - 0.4).abs() < 1e-12);
        assert!((told.agreement.unwrap() - 0.5).abs() < 1e-12);
        let other = Early::new(&early, &last, true).unwrap();
        assert_eq!((other.chosen, other.lost, other.ahead), (2, 0.0, 0));
        assert_eq!(Early::new(&early[..2], &last[..2], true), None);
    }
}
