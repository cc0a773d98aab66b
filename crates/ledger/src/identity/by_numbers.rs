//! Files of one tracker that has no ids but numbers its runs, as an optimiser its trials: every search has a trial 0, so they are
//! the same runs only where all that both files say of each is the same.

use super::{Evidence, Index, Ledger, Pair, id_key, id_of};
use crate::{Role, SourceRecord};

/// So many runs must have a result in common, or all where there are fewer: one may come out the same by chance.
const FEWEST: usize = 3;

/// So many runs of the same number are looked at, the last ones: thousands of searches all have a trial 0.
const MOST_PLACES: usize = 1000;

/// The tracker that a format is of: `hyperopt` of `hyperopt-table`.
fn tracker(format: &str) -> &str {
    format.split('-').next().unwrap_or(format)
}

impl Ledger {
    /// Runs of another source of the same tracker with the numbers of the part's, where none of them differs.
    pub(super) fn pairs_by_numbers(
        &self,
        part: &Self,
        record: &SourceRecord,
        own: Option<usize>,
        index: &Index,
    ) -> Vec<Pair> {
        if record.has_ids {
            return Vec::new();
        }
        let is_like = |source: usize| {
            let known = &self.sources[source];
            Some(source) != own
                && !known.has_ids
                && tracker(&known.format) == tracker(&record.format)
        };
        let mut by_source: order::Map<usize, Vec<Pair>> = order::Map::new();
        for row in 0..part.rows {
            let Some(id) = id_of(part, row) else {
                continue;
            };
            let places = index.rows_of(id_key(part, row), 0);
            let places = places.filter(|place| id_of(self, *place).as_ref() == Some(&id));
            for place in places.take(MOST_PLACES) {
                let pair = (row, place, Evidence::Numbers);
                by_source.or_default(self.source_of(place)).push(pair);
            }
        }
        for (source, pairs) in by_source {
            if !is_like(source) {
                continue;
            }
            // Of two with the same number neither is sure.
            let of_rows = pairs.chunk_by(|(a, ..), (b, ..)| a == b);
            let pairs: Vec<Pair> = of_rows
                .filter(|of| of.len() == 1)
                .flatten()
                .copied()
                .collect();
            let agree = |(row, place, _): &&Pair| {
                let has = |role| self.share_a(role, *place, part, *row);
                has(Role::Metric) && has(Role::Param)
            };
            if pairs.iter().filter(agree).count() >= FEWEST.min(part.rows)
                && self.differing(part, &pairs).is_empty()
            {
                return pairs;
            }
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RunSink, ValueRef, attribute};

    /// Runs numbered from 0, of each the param `x` and the loss where it has one.
    fn part(path: &str, format: &str, runs: &[(f64, f64)]) -> Ledger {
        let mut made = None;
        let mut keep = |part: Ledger| made = Some(part);
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source(path, format, 0);
        for (number, (x, loss)) in runs.iter().enumerate() {
            let row = sink.add_run();
            let number = number.to_string();
            sink.set_attribute(row, attribute::ID, ValueRef::Text(&number));
            sink.set_named(row, Role::Param, "x", ValueRef::Number(*x));
            if loss.is_finite() {
                sink.set_named(row, Role::Metric, "loss", ValueRef::Number(*loss));
            }
        }
        sink.finish();
        made.unwrap()
    }

    fn rows(parts: Vec<Ledger>) -> (usize, usize) {
        let mut all = Ledger::default();
        for part in parts {
            all.append(part);
        }
        let problems = all.sources().iter().map(|source| source.problems.count());
        (all.rows(), problems.sum())
    }

    #[test]
    fn numbered_trials_are_the_same_where_all_that_is_said_of_them_is() {
        const TRIALS: [(f64, f64); 4] = [(0.1, 1.5), (0.2, 1.25), (0.3, f64::NAN), (0.4, 1.0)];
        let trials = || part("trials.json", "hyperopt-trials", &TRIALS);
        assert_eq!(
            rows(vec![
                trials(),
                part("trials.csv", "hyperopt-table", &TRIALS)
            ]),
            (4, 0)
        );
        // A search that went on since.
        let longer = [TRIALS.as_slice(), &[(0.5, 0.9)]].concat();
        assert_eq!(
            rows(vec![trials(), part("later.csv", "hyperopt-table", &longer)]),
            (5, 0)
        );
        // Another search has trials of the same numbers, and one tracker's are not another's.
        let mut other = TRIALS;
        other[3].1 = 1.1;
        assert_eq!(
            rows(vec![trials(), part("b.csv", "hyperopt-table", &other)]),
            (8, 0)
        );
        assert_eq!(
            rows(vec![trials(), part("c.csv", "optuna-table", &TRIALS)]),
            (8, 0)
        );
        // Two results in common may be chance.
        let few = [(0.1, 1.5), (0.2, 1.25), (0.3, f64::NAN), (0.4, f64::NAN)];
        assert_eq!(
            rows(vec![trials(), part("d.csv", "hyperopt-table", &few)]),
            (8, 0)
        );
    }
}
