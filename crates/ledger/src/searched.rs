//! In what range, and on which scale, an export declares that a param was searched.
//!
//! A search declares more than its runs show: the ends that were drawn are not those that could be, and a scale that is read off few
//! values is a guess. What several sources declare differently is joined: all of it was searched. Where they differ in the scale, none is
//! declared. A source that holds several searches, as a database of studies, declares for each: what counts is of those that the runs in
//! question are of.

use super::{Ledger, SourceRecord, ValueRef, attribute};
use serde::{Deserialize, Serialize};

/// Ranges of one param of a search that a source keeps apart at most: of a search that moves its range, later ones are joined.
const MOST_APART: usize = 8;

/// Ranges of all searches that a source keeps at most: each is compared with those that are known.
const MOST: usize = 10_000;

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

/// A range that a source declares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeclaredRange {
    /// The param.
    pub name: String,
    /// The group of runs that it is of ([`attribute::GROUP`]), as a study; empty where it is of all that the source has.
    pub group: String,
    /// The range.
    pub range: SearchRange,
}

/// In what range a param of some runs was searched.
#[derive(Clone, Debug, PartialEq)]
pub struct Searched<'l> {
    /// All of what is declared.
    pub range: SearchRange,
    /// Whether different ranges are.
    pub differ: bool,
    /// Sources and groups of which others are declared, and none of these runs is.
    elsewhere: Vec<(Vec<usize>, &'l str)>,
}

impl Searched<'_> {
    /// Whether a run is of a search that none of those is of.
    pub fn is_elsewhere(&self, ledger: &Ledger, row: usize) -> bool {
        let origin = ledger.origin(row);
        let mut elsewhere = self.elsewhere.iter();
        elsewhere.any(|(sources, group)| covers(sources, group, origin))
    }
}

/// Whether what is declared of a group in sources is so of a run of this source and group.
fn covers(sources: &[usize], group: &str, origin: (usize, &str)) -> bool {
    sources.contains(&origin.0) && (group.is_empty() || group == origin.1)
}

impl SourceRecord {
    /// Notes that it declares a param's range.
    pub fn declare_range(&mut self, name: &str, range: SearchRange) {
        self.declare_range_of("", name, range);
    }

    /// Notes that it declares a param's range for a group of its runs; of all where that has no name.
    pub fn declare_range_of(&mut self, group: &str, name: &str, range: SearchRange) {
        let mut count = 0;
        let mut last = None;
        let count_all = self.ranges.len();
        for known in &mut self.ranges {
            if known.name != name || known.group != group {
                continue;
            }
            if known.range == range {
                return;
            }
            count += 1;
            last = Some(&mut known.range);
        }
        match last.filter(|_| count == MOST_APART) {
            Some(last) => *last = last.joined(range),
            None if count_all < MOST => self.ranges.push(DeclaredRange {
                name: name.to_owned(),
                group: group.to_owned(),
                range,
            }),
            None => {}
        }
    }
}

impl Ledger {
    /// A source, and those that had some of its runs before.
    fn with_shared(&self, place: usize) -> Vec<usize> {
        let source = self.sources.get(place);
        let shared = source.map_or(&[][..], |source| &source.shared);
        let sources = self.sources.iter().enumerate();
        let had_some = sources.filter(|(at, other)| {
            *at == place || shared.iter().any(|shared| shared.path == other.path)
        });
        had_some.map(|(at, _)| at).collect()
    }

    /// The source that a run came by first, and its group.
    fn origin(&self, row: usize) -> (usize, &str) {
        let group = self.attribute(attribute::GROUP);
        let group = match group.map(|column| column.get(row)) {
            Some(ValueRef::Text(group)) => group,
            _ => "",
        };
        (self.source_of(row), group)
    }

    /// In what range a param was searched, by what is declared of the searches that these runs are of; `None` where nothing is
    /// or they differ in the scale.
    pub fn searched(
        &self,
        name: &str,
        rows: &mut dyn Iterator<Item = usize>,
    ) -> Option<Searched<'_>> {
        let mut elsewhere: Vec<(Vec<usize>, &DeclaredRange)> = Vec::new();
        for (place, source) in self.sources.iter().enumerate() {
            let of_param = source.ranges.iter().filter(|known| known.name == name);
            elsewhere.extend(of_param.map(|declared| (self.with_shared(place), declared)));
        }
        let mut found: Option<(SearchRange, bool)> = None;
        let mut differ_in_scale = false;
        let mut last = None;
        while !elsewhere.is_empty()
            && let Some(row) = rows.next()
        {
            let origin = self.origin(row);
            if last.replace(origin) == Some(origin) {
                continue;
            }
            elsewhere.retain(|(sources, DeclaredRange { group, range, .. })| {
                if !covers(sources, group, origin) {
                    return true;
                }
                let (known, differ) = found.unwrap_or((*range, false));
                differ_in_scale |= known.log != range.log;
                found = Some((known.joined(*range), differ || known != *range));
                false
            });
        }
        let (range, differ) = found.filter(|_| !differ_in_scale)?;
        let elsewhere = elsewhere.into_iter();
        let elsewhere = elsewhere.map(|(sources, of)| (sources, of.group.as_str()));
        Some(Searched {
            range,
            differ,
            elsewhere: elsewhere.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

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

    /// The range of lr by the runs of some rows.
    fn of_rows(
        ledger: &Ledger,
        rows: impl IntoIterator<Item = usize>,
    ) -> Option<(SearchRange, bool)> {
        let found = ledger.searched("lr", &mut rows.into_iter());
        found.map(|found| (found.range, found.differ))
    }

    #[test]
    fn what_sources_declare_differently_is_joined_and_told() {
        let mut ledger = Ledger::default();
        let mut source = |low: f64, high: f64, step, log| {
            let mut record = SourceRecord::default();
            record.declare_range("lr", range(low, high, step, log));
            record.declare_range("lr", range(low, high, step, log));
            assert_eq!(record.ranges.len(), 1);
            let place = ledger.add_source(record);
            ledger.add_row(place);
        };
        source(1.0, 9.0, Some(2.0), true);
        source(1.0, 9.0, Some(2.0), true);
        source(5.0, 15.0, Some(2.0), true);
        source(2.0, 20.0, Some(2.0), false);
        let searched = |count: usize| of_rows(&ledger, 0..count);
        assert_eq!(searched(0), None);
        assert_eq!(searched(2), Some((range(1.0, 9.0, Some(2.0), true), false)));
        assert_eq!(searched(3), Some((range(1.0, 15.0, Some(2.0), true), true)));
        // Of two scales none is declared.
        assert_eq!(searched(4), None);
        assert_eq!(ledger.searched("wd", &mut (0..4)), None);
    }

    #[test]
    fn each_search_of_a_source_has_ranges_of_its_own() {
        let mut ledger = Ledger::default();
        let mut record = SourceRecord::default();
        let (wide, narrow) = (range(1e-5, 0.1, None, true), range(0.0, 1.0, None, false));
        record.declare_range_of("a", "lr", wide);
        record.declare_range_of("b", "lr", narrow);
        let place = ledger.add_source(record);
        let group = ledger.intern(Role::Attribute, attribute::GROUP);
        for name in ["a", "b", "a", "c"] {
            ledger.add_row(place);
            ledger
                .column_mut(group)
                .cells_mut()
                .push(ValueRef::Text(name));
        }
        assert_eq!(of_rows(&ledger, [0, 2, 3]), Some((wide, false)));
        assert_eq!(of_rows(&ledger, [1]), Some((narrow, false)));
        assert_eq!(of_rows(&ledger, [0, 1]), None);
        assert_eq!(of_rows(&ledger, [3]), None);
        let found = ledger.searched("lr", &mut [0].into_iter()).unwrap();
        let elsewhere: Vec<bool> = (0..4).map(|row| found.is_elsewhere(&ledger, row)).collect();
        assert_eq!(elsewhere, [false, true, false, false]);
    }

    #[test]
    fn a_search_that_moves_its_range_keeps_few() {
        let mut record = SourceRecord::default();
        for end in 0..100 {
            record.declare_range("x", range(0.0, 1.0 + f64::from(end), None, false));
        }
        assert_eq!(record.ranges.len(), MOST_APART);
        assert_eq!(record.ranges[MOST_APART - 1].range.high, 100.0);
        // And of very many searches those that came first.
        for study in 0..MOST + 9 {
            record.declare_range_of(&study.to_string(), "x", range(0.0, 1.0, None, false));
        }
        assert_eq!(record.ranges.len(), MOST);
    }
}
