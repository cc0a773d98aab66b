//! In what range, and on which scale, an export declares that a param was searched.
//!
//! A search declares more than its runs show: the ends that were drawn are not those that could be, and a scale that is read off few
//! values is a guess. What several sources declare differently is joined: all of it was searched. Where they differ in the scale, none is
//! declared.

use super::{Ledger, SourceRecord};
use serde::{Deserialize, Serialize};

/// Ranges of one param that a source keeps apart at most: of a search that moves its range, later ones are joined.
const MOST_APART: usize = 8;

/// By so much of a step a number may miss its place on a grid by rounding.
const ROUNDING: f64 = 1e-6;

/// Numbers that a param was searched among.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchRange {
    /// The least.
    pub low: f64,
    /// The greatest.
    pub high: f64,
    /// How far neighbours are apart, where they lie on a grid.
    pub step: Option<f64>,
    /// Whether they are drawn evenly on the logarithm.
    pub log: bool,
}

impl SearchRange {
    /// From one number to a greater one; `None` where they are not.
    pub fn new(low: f64, high: f64, step: Option<f64>, log: bool) -> Option<Self> {
        let span = high - low;
        let step = step.filter(|step| *step > 0.0 && *step <= span);
        (span > 0.0 && span.is_finite()).then(|| Self {
            low,
            // The last place of the grid.
            high: step.map_or(high, |step| {
                low + libm::floor(span / step + ROUNDING) * step
            }),
            step,
            log: log && low > 0.0,
        })
    }

    /// All of two ranges; on the logarithm where both are.
    fn joined(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
            step: self
                .step
                .filter(|_| self.step == other.step && self.has(other.low)),
            log: self.log && other.log,
        }
    }

    /// Whether a number lies on its grid, where it has one.
    pub fn has(&self, value: f64) -> bool {
        self.step.is_none_or(|step| {
            let steps = (value - self.low) / step;
            (steps - libm::round(steps)).abs() < ROUNDING * steps.abs().max(1.0)
        })
    }

    /// How many numbers it has: infinitely many where it is on no grid.
    pub fn places(&self) -> f64 {
        self.step.map_or(f64::INFINITY, |step| {
            libm::round((self.high - self.low) / step) + 1.0
        })
    }

    /// How far a number lies from the low end to the high one, on the range's scale: 0 to 1.
    pub fn part(&self, value: f64) -> f64 {
        let scale = |x: f64| if self.log { libm::log(x) } else { x };
        ((scale(value) - scale(self.low)) / (scale(self.high) - scale(self.low))).clamp(0.0, 1.0)
    }
}

impl SourceRecord {
    /// Notes that it declares a param's range.
    pub fn declare_range(&mut self, name: &str, range: SearchRange) {
        let mut of_param = self.ranges.iter_mut().filter(|(known, _)| known == name);
        let mut count = 0;
        let mut last = None;
        for (_, known) in of_param.by_ref() {
            if *known == range {
                return;
            }
            count += 1;
            last = Some(known);
        }
        match last.filter(|_| count == MOST_APART) {
            Some(last) => *last = last.joined(range),
            None => self.ranges.push((name.to_owned(), range)),
        }
    }
}

impl Ledger {
    /// In what range a param was searched, by what these sources declare, and whether they declare different ones; `None` where none does
    /// or they differ in the scale.
    pub fn searched(
        &self,
        name: &str,
        is_of: &dyn Fn(usize) -> bool,
    ) -> Option<(SearchRange, bool)> {
        let sources = self.sources.iter().enumerate();
        let sources = sources.filter(|(place, _)| is_of(*place));
        let ranges = sources.flat_map(|(_, source)| &source.ranges);
        let mut found: Option<(SearchRange, bool)> = None;
        for (_, range) in ranges.filter(|(of, _)| of == name) {
            found = Some(match found {
                None => (*range, false),
                Some((known, _)) if known.log != range.log => return None,
                Some((known, differ)) => (known.joined(*range), differ || known != *range),
            });
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(low: f64, high: f64, step: Option<f64>, log: bool) -> SearchRange {
        SearchRange::new(low, high, step, log).unwrap()
    }

    #[test]
    fn a_range_has_two_ends_and_its_grid_ends_within_it() {
        for (low, high) in [
            (1.0, 1.0),
            (2.0, 1.0),
            (f64::NAN, 1.0),
            (0.0, f64::INFINITY),
        ] {
            assert_eq!(SearchRange::new(low, high, None, false), None);
        }
        assert!((range(0.1, 0.55, Some(0.1), false).high - 0.5).abs() < 1e-12);
        assert!(!range(0.0, 1.0, None, true).log);
        assert!((range(1e-4, 1.0, None, true).part(0.01) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn what_sources_declare_differently_is_joined_and_told() {
        let mut ledger = Ledger::default();
        let mut source = |low: f64, high: f64, step, log| {
            let mut record = SourceRecord::default();
            record.declare_range("lr", range(low, high, step, log));
            record.declare_range("lr", range(low, high, step, log));
            assert_eq!(record.ranges.len(), 1);
            ledger.add_source(record);
        };
        source(1.0, 9.0, Some(2.0), true);
        source(1.0, 9.0, Some(2.0), true);
        source(5.0, 15.0, Some(2.0), true);
        source(2.0, 20.0, Some(2.0), false);
        let searched = |count: usize| ledger.searched("lr", &|place| place < count);
        assert_eq!(searched(0), None);
        assert_eq!(searched(2), Some((range(1.0, 9.0, Some(2.0), true), false)));
        assert_eq!(searched(3), Some((range(1.0, 15.0, Some(2.0), true), true)));
        // Of two scales none is declared.
        assert_eq!(searched(4), None);
        assert_eq!(ledger.searched("wd", &|_| true), None);
    }

    #[test]
    fn a_search_that_moves_its_range_keeps_few() {
        let mut record = SourceRecord::default();
        for end in 0..100 {
            record.declare_range("x", range(0.0, 1.0 + f64::from(end), None, false));
        }
        assert_eq!(record.ranges.len(), MOST_APART);
        assert_eq!(record.ranges[MOST_APART - 1].1.high, 100.0);
    }
}
