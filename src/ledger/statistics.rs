//! What the values of a column are like: how many are there, how many differ, between what they lie,
//! and how they are distributed over some runs.

use super::bits::Bits;
use super::cells::{Cells, MISSING};
use super::column::{Column, Kind, Role};
use super::value::ValueRef;
use super::{ColumnId, Ledger};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Up to how many distinct values are counted exactly.
const DISTINCT_COUNTED: usize = 1000;

/// A column takes logarithmic bins where its 95 % quantile is more than this many times its 5 % one.
const LOG_RATIO: f64 = 100.0;

/// What a column is like over all runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// How many runs have a value.
    pub present: usize,
    /// Whether two runs differ: in value, or in having one (for params: a value apart from none).
    pub varies: bool,
}

impl Column {
    /// What the column is like over all runs.
    pub fn spread(&self) -> Spread {
        let rows = self.cells().len();
        let (present, values_vary) = match self.cells() {
            Cells::Empty(_) => (0, false),
            Cells::Number {
                values,
                present,
                odd,
            } => {
                let count = present.count();
                let mut seen = present.ones().map(|row| values[row]);
                let first = seen.next();
                let same =
                    |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
                let differ = first.is_some_and(|first| seen.any(|x| !same(x, first)));
                let odd_differ = odd.first().is_some_and(|(_, first)| {
                    count > 0 || odd.iter().any(|(_, value)| value != first)
                });
                (count + odd.len(), differ || odd_differ)
            }
            Cells::Bool { values, present } => {
                let mut both = values.clone();
                both.and(present);
                let trues = both.count();
                (present.count(), trues > 0 && trues < present.count())
            }
            Cells::Time { millis, present } => {
                let mut seen = present.ones().map(|row| millis[row]);
                let first = seen.next();
                (
                    present.count(),
                    first.is_some_and(|first| seen.any(|t| t != first)),
                )
            }
            Cells::Category { codes, .. } => {
                let mut seen = codes.iter().filter(|code| **code != MISSING);
                let first = seen.next();
                let count = codes.iter().filter(|code| **code != MISSING).count();
                (
                    count,
                    first.is_some_and(|first| seen.any(|code| code != first)),
                )
            }
            Cells::Text { present, .. } => {
                let mut seen = present.ones().map(|row| self.get(row));
                let first = seen.next();
                (
                    present.count(),
                    first.is_some_and(|first| seen.any(|text| text != first)),
                )
            }
        };
        Spread {
            present,
            varies: values_vary || (present > 0 && present < rows),
        }
    }
}

/// The order in which columns are shown: params that vary, metrics, tags and attributes, then what is
/// the same in every run; inside each the order of arrival.
pub fn display_order(ledger: &Ledger, varies: &[bool]) -> Vec<ColumnId> {
    let class = |id: ColumnId| {
        let column = ledger.column(id);
        let rank = match column.role() {
            Role::Param => 0,
            Role::Metric => 1,
            Role::Attribute => 2,
            Role::Tag => 3,
            Role::Ignored => 9,
        };
        if varies.get(id.index()).copied().unwrap_or(true) {
            rank
        } else {
            rank + 4
        }
    };
    let mut order: Vec<ColumnId> = ledger
        .columns_with_ids()
        .filter(|(_, column)| column.kind() != Kind::Empty)
        .map(|(id, _)| id)
        .collect();
    order::by_key(&mut order, |id| class(*id));
    order
}

/// Counts of one thing among the shown runs and among all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Among the shown runs.
    pub shown: usize,
    /// Among all runs.
    pub all: usize,
}

impl Counts {
    fn add(&mut self, shown: bool) {
        self.all += 1;
        self.shown += usize::from(shown);
    }
}

/// How a column's values are distributed, among the shown runs and among all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distribution {
    /// Finite numbers or times in bins; where empty, see `values`.
    pub bins: Vec<Counts>,
    /// The edges of the bins, one more than there are.
    pub edges: Vec<f64>,
    /// Whether the bins are even on a logarithmic scale.
    pub log: bool,
    /// Distinct values with their counts, the most frequent first; `distinct` tells how many there are,
    /// where not all are listed.
    pub values: Vec<(String, Counts)>,
    /// How many distinct values there are, where they were counted.
    pub distinct: Option<usize>,
    /// Runs without a value.
    pub missing: Counts,
    /// NaN.
    pub nan: Counts,
    /// Infinities.
    pub infinite: Counts,
}

/// How a column is distributed; numbers and times in at most `bins` bins, other kinds by value.
pub fn distribution(column: &Column, shown: &Bits, bins: usize) -> Distribution {
    distribution_listing(column, shown, bins, usize::MAX)
}

/// As [`distribution`], but of the values only the `listed` most frequent are named.
pub fn distribution_listing(
    column: &Column,
    shown: &Bits,
    bins: usize,
    listed: usize,
) -> Distribution {
    match column.cells() {
        Cells::Number {
            values,
            present,
            odd,
        } if odd.is_empty() => numeric(values, |row| present.get(row), shown, bins, false),
        Cells::Time { millis, present } => {
            let numbers: Vec<f64> = millis.iter().map(|t| *t as f64).collect();
            numeric(&numbers, |row| present.get(row), shown, bins, true)
        }
        Cells::Category { codes, dictionary } => {
            let mut counts = vec![Counts::default(); dictionary.values().len()];
            let mut found = Distribution::default();
            for (row, code) in codes.iter().enumerate() {
                match counts.get_mut(*code as usize) {
                    Some(count) => count.add(shown.get(row)),
                    None => found.missing.add(shown.get(row)),
                }
            }
            let named = dictionary.values().iter().zip(counts);
            let counted = named.filter(|(_, count)| count.all > 0);
            let values =
                counted.map(|(value, count)| (Cow::Owned(value.as_ref().to_string()), count));
            list_values(&mut found, values.collect(), listed);
            found
        }
        cells => by_value(column, cells.len(), shown, listed),
    }
}

fn by_value(column: &Column, rows: usize, shown: &Bits, listed: usize) -> Distribution {
    let mut found = Distribution::default();
    let mut counts: FxHashMap<Cow<'_, str>, Counts> = FxHashMap::default();
    for row in 0..rows {
        let value = column.get(row);
        let text = match value {
            ValueRef::Missing => {
                found.missing.add(shown.get(row));
                continue;
            }
            ValueRef::Number(x) if x.is_nan() => {
                found.nan.add(shown.get(row));
                continue;
            }
            ValueRef::Number(x) if x.is_infinite() => {
                found.infinite.add(shown.get(row));
                continue;
            }
            ValueRef::Text(text) => Cow::Borrowed(text),
            other => Cow::Owned(other.to_string()),
        };
        counts.entry(text).or_default().add(shown.get(row));
    }
    list_values(&mut found, counts.into_iter().collect(), listed);
    found
}

/// Lists the most frequent values, equally frequent ones by name.
fn list_values(found: &mut Distribution, mut values: Vec<(Cow<'_, str>, Counts)>, listed: usize) {
    found.distinct = Some(values.len());
    let order = |a: &(Cow<'_, str>, Counts), b: &(Cow<'_, str>, Counts)| {
        b.1.all.cmp(&a.1.all).then_with(|| a.0.cmp(&b.0))
    };
    // Names of runs are as many as runs: only those that are listed are put in order.
    if values.len() > listed {
        values.select_nth_unstable_by(listed, order);
        values.truncate(listed);
    }
    values.sort_unstable_by(order);
    let owned = values
        .into_iter()
        .map(|(text, count)| (text.into_owned(), count));
    found.values = owned.collect();
}

fn numeric(
    values: &[f64],
    present: impl Fn(usize) -> bool,
    shown: &Bits,
    bins: usize,
    time: bool,
) -> Distribution {
    let mut found = Distribution::default();
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut whole = true;
    for (row, x) in values.iter().enumerate() {
        if !present(row) {
            found.missing.add(shown.get(row));
        } else if x.is_nan() {
            found.nan.add(shown.get(row));
        } else if x.is_infinite() {
            found.infinite.add(shown.get(row));
        } else {
            low = low.min(*x);
            high = high.max(*x);
            whole &= x.fract() == 0.0;
        }
    }
    if low > high {
        return found;
    }
    found.distinct = count_distinct(values, &present);
    found.log = !time && low > 0.0 && looks_log(values, &present);
    let bins = bins.max(1);
    // Few whole numbers have a bin each, centred on them.
    if whole && !found.log && !time && high - low < bins as f64 {
        found.edges = (0..=(high - low) as usize + 1)
            .map(|step| low - 0.5 + step as f64)
            .collect();
    } else {
        let (from, to) = if found.log {
            (libm::log10(low), libm::log10(high))
        } else {
            (low, high)
        };
        let to = if to > from { to } else { from + 1.0 };
        let at = |step: usize| from + (to - from) * step as f64 / bins as f64;
        found.edges = (0..=bins)
            .map(|step| {
                if found.log {
                    libm::pow(10.0, at(step))
                } else {
                    at(step)
                }
            })
            .collect();
        // Rounding must not leave the extremes outside.
        if let [first, .., last] = found.edges.as_mut_slice() {
            *first = first.min(low);
            *last = last.max(high);
        }
    }
    found.bins = vec![Counts::default(); found.edges.len() - 1];
    let (first, last) = (found.edges[0], found.edges[found.edges.len() - 1]);
    let (scale_from, scale_to) = if found.log {
        (libm::log10(first), libm::log10(last))
    } else {
        (first, last)
    };
    let step = found.bins.len() as f64 / (scale_to - scale_from);
    for (row, x) in values.iter().enumerate() {
        if present(row) && x.is_finite() {
            let scaled = if found.log { libm::log10(*x) } else { *x };
            let bin = (((scaled - scale_from) * step) as usize).min(found.bins.len() - 1);
            found.bins[bin].add(shown.get(row));
        }
    }
    found
}

fn count_distinct(values: &[f64], present: impl Fn(usize) -> bool) -> Option<usize> {
    let mut seen = rustc_hash::FxHashSet::default();
    for (row, x) in values.iter().enumerate() {
        if present(row) && x.is_finite() {
            seen.insert(x.to_bits());
            if seen.len() > DISTINCT_COUNTED {
                return None;
            }
        }
    }
    Some(seen.len())
}

/// Whether positive numbers spread over orders of magnitude, judged by quantiles of at most 2,000 of them.
fn looks_log(values: &[f64], present: impl Fn(usize) -> bool) -> bool {
    let stride = values.len().div_ceil(2000).max(1);
    let picked = values
        .iter()
        .enumerate()
        .step_by(stride)
        .filter(|(row, x)| present(*row) && x.is_finite());
    let mut sample: Vec<f64> = picked.map(|(_, x)| *x).collect();
    sample.sort_by(f64::total_cmp);
    let quantile = |share: usize| {
        sample
            .get(sample.len() * share / 100)
            .copied()
            .unwrap_or(1.0)
    };
    quantile(95) / quantile(5) > LOG_RATIO
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::wire::tests::arbitrary_ledger;

    #[test]
    fn every_run_is_counted_once() {
        arbtest::arbtest(|u| {
            let ledger = arbitrary_ledger(u)?;
            let mut keep = Vec::new();
            for _ in 0..ledger.rows() {
                keep.push(u.arbitrary::<bool>()?);
            }
            let shown = Bits::from_fn(ledger.rows(), |row| keep[row]);
            for column in ledger.columns() {
                let found = distribution(column, &shown, 12);
                let lanes = [found.missing, found.nan, found.infinite];
                let parts = || {
                    found
                        .bins
                        .iter()
                        .chain(found.values.iter().map(|(_, count)| count))
                        .chain(&lanes)
                };
                assert_eq!(parts().map(|count| count.all).sum::<usize>(), ledger.rows());
                assert_eq!(
                    parts().map(|count| count.shown).sum::<usize>(),
                    shown.count()
                );
                assert!(found.edges.is_sorted());
                let spread = column.spread();
                assert_eq!(spread.present, ledger.rows() - found.missing.all);
                let texts: std::collections::BTreeSet<String> = (0..ledger.rows())
                    .map(|row| format!("{:?}", column.get(row)))
                    .collect();
                assert_eq!(spread.varies, texts.len() > 1, "{texts:?}");
            }
            Ok(())
        });
    }

    #[test]
    fn learning_rates_take_logarithmic_bins_and_layers_a_bin_each() {
        let column = |values: &[f64]| {
            let mut cells = Cells::default();
            values.iter().for_each(|x| cells.push(ValueRef::Number(*x)));
            Column::from_parts(Role::Param, "p".to_owned(), cells, None, None)
        };
        let rates: Vec<f64> = (0..100)
            .map(|i| libm::pow(10.0, -5.0 + f64::from(i) / 25.0))
            .collect();
        let found = distribution(&column(&rates), &Bits::filled(100, true), 10);
        assert!(found.log && found.bins.iter().all(|bin| (5..=15).contains(&bin.all)));
        let layers = distribution(&column(&[1.0, 2.0, 2.0, 4.0]), &Bits::filled(4, true), 10);
        assert_eq!(
            layers.bins.iter().map(|bin| bin.all).collect::<Vec<_>>(),
            [1, 2, 0, 1]
        );
        let one = distribution(&column(&[0.5, 0.5]), &Bits::filled(2, true), 10);
        assert_eq!(one.bins.iter().map(|bin| bin.all).sum::<usize>(), 2);
    }
}
