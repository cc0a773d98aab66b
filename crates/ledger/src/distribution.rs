//! How the values of a column are distributed, among some runs and among all.
//!
//! What is the same whichever runs are shown, bins and which run is in which, is worked out once ([`Lanes`]); counting
//! the shown ones is one pass over a byte a run.

use super::bits::Bits;
use super::cells::{Cells, MISSING};
use super::column::Column;
use super::value::ValueRef;
use ::importance::decades::looks_log;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Up to how many distinct values are counted exactly.
const DISTINCT_COUNTED: usize = 1000;

/// How many bins or listed values there are at most: lanes are bytes, of which some mean something else.
const MOST_LANES: usize = 200;

/// Up to how many shown runs of 64 are looked up one by one: of more, all are counted without a question.
const FEW_OF_WORD: u32 = 16;

/// The lane of values that are not listed.
const OTHER: u8 = 252;

/// The lane of runs without a value.
const NO_VALUE: u8 = 253;

/// The lane of NaN.
const NAN: u8 = 254;

/// The lane of infinities.
const INFINITE: u8 = 255;

/// Counts of one thing among the shown runs and among all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Among the shown runs.
    pub shown: usize,
    /// Among all runs.
    pub all: usize,
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

impl Distribution {
    /// Takes over how many runs are in each lane.
    fn put(&mut self, lanes: &[usize; 256], to: impl Fn(&mut Counts) -> &mut usize) {
        let values = self.values.iter_mut().map(|(_, counts)| counts);
        for (counts, lane) in self.bins.iter_mut().chain(values).zip(lanes) {
            *to(counts) = *lane;
        }
        *to(&mut self.missing) = lanes[usize::from(NO_VALUE)];
        *to(&mut self.nan) = lanes[usize::from(NAN)];
        *to(&mut self.infinite) = lanes[usize::from(INFINITE)];
    }
}

/// Which bin or listed value every run is in.
#[derive(Clone, Debug)]
pub struct Lanes {
    of_row: Vec<u8>,
    /// The distribution among all runs.
    whole: Distribution,
}

impl Lanes {
    /// Of a column: numbers and times in at most `bins` bins, of other kinds the `listed` most frequent values.
    pub fn new(column: &Column, bins: usize, listed: usize) -> Self {
        let bins = bins.clamp(1, MOST_LANES);
        let listed = listed.min(MOST_LANES);
        let mut whole = Distribution::default();
        let of_row = match column.cells() {
            Cells::Number {
                values,
                present,
                odd,
            } if odd.is_empty() => numeric(&mut whole, values, present, bins, false),
            Cells::Time { millis, present } => {
                let numbers: Vec<f64> = millis.iter().map(|t| *t as f64).collect();
                numeric(&mut whole, &numbers, present, bins, true)
            }
            Cells::Category { codes, dictionary } => {
                let texts = dictionary.values().iter();
                let texts = texts.map(|value| Cow::Owned(value.as_ref().to_string()));
                by_code(&mut whole, codes, texts.collect(), listed)
            }
            cells => by_value(&mut whole, cells, listed),
        };
        let mut all = [0; 256];
        of_row.iter().for_each(|lane| all[usize::from(*lane)] += 1);
        whole.put(&all, |counts| &mut counts.all);
        Self { of_row, whole }
    }

    /// The distribution among these runs, and among all.
    pub fn distribution(&self, shown: &Bits) -> Distribution {
        let mut counts = [0; 256];
        for (word, lanes) in shown.words().iter().zip(self.of_row.chunks(64)) {
            match *word {
                0 => {}
                u64::MAX => lanes
                    .iter()
                    .for_each(|lane| counts[usize::from(*lane)] += 1),
                word if word.count_ones() <= FEW_OF_WORD => {
                    let mut left = word;
                    while left != 0 {
                        if let Some(lane) = lanes.get(left.trailing_zeros() as usize) {
                            counts[usize::from(*lane)] += 1;
                        }
                        left &= left - 1;
                    }
                }
                word => {
                    for (bit, lane) in lanes.iter().enumerate() {
                        counts[usize::from(*lane)] += (word >> bit & 1) as usize;
                    }
                }
            }
        }
        let mut found = self.whole.clone();
        found.put(&counts, |counts| &mut counts.shown);
        found
    }
}

/// The lanes of values that are no numbers alone.
fn by_value(found: &mut Distribution, cells: &Cells, listed: usize) -> Vec<u8> {
    let mut known: FxHashMap<Cow<'_, str>, u32> = FxHashMap::default();
    let mut odd = Vec::new();
    let codes: Vec<u32> = (0..cells.len())
        .map(|row| {
            let text = match cells.get(row) {
                ValueRef::Missing => return MISSING,
                ValueRef::Number(x) if !x.is_finite() => {
                    odd.push((row, if x.is_nan() { NAN } else { INFINITE }));
                    return MISSING;
                }
                ValueRef::Text(text) => Cow::Borrowed(text),
                other => Cow::Owned(other.to_string()),
            };
            let next = known.len() as u32;
            *known.entry(text).or_insert(next)
        })
        .collect();
    let mut named: Vec<(Cow<'_, str>, u32)> = known.into_iter().collect();
    order::by_key(&mut named, |(_, code)| *code);
    let texts = named.into_iter().map(|(text, _)| text).collect();
    let mut lanes = by_code(found, &codes, texts, listed);
    for (row, lane) in odd {
        lanes[row] = lane;
    }
    lanes
}

/// The lanes of values by number, of which these are the texts: the most frequent ones are listed, equally frequent
/// ones by name.
fn by_code(
    found: &mut Distribution,
    codes: &[u32],
    texts: Vec<Cow<'_, str>>,
    listed: usize,
) -> Vec<u8> {
    let mut counts = vec![0_usize; texts.len()];
    for code in codes {
        if let Some(count) = counts.get_mut(*code as usize) {
            *count += 1;
        }
    }
    let mut order: Vec<usize> = (0..texts.len()).filter(|code| counts[*code] > 0).collect();
    found.distinct = Some(order.len());
    let by_count = |a: &usize, b: &usize| {
        let further = || texts[*a].cmp(&texts[*b]);
        counts[*b].cmp(&counts[*a]).then_with(further)
    };
    // Names of runs are as many as runs: only those that are listed are put in order.
    if order.len() > listed {
        order.select_nth_unstable_by(listed, by_count);
        order.truncate(listed);
    }
    order::by(&mut order, by_count);
    let mut lane_of = vec![OTHER; texts.len()];
    for (lane, code) in order.iter().enumerate() {
        lane_of[*code] = lane as u8;
        let text = texts[*code].clone().into_owned();
        found.values.push((text, Counts::default()));
    }
    let lane = |code: &u32| lane_of.get(*code as usize).copied().unwrap_or(NO_VALUE);
    codes.iter().map(lane).collect()
}

/// The lanes of numbers.
fn numeric(
    found: &mut Distribution,
    values: &[f64],
    present: &Bits,
    bins: usize,
    time: bool,
) -> Vec<u8> {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut whole = true;
    let mut lanes: Vec<u8> = values
        .iter()
        .enumerate()
        .map(|(row, x)| {
            if !present.get(row) {
                NO_VALUE
            } else if x.is_nan() {
                NAN
            } else if x.is_infinite() {
                INFINITE
            } else {
                low = low.min(*x);
                high = high.max(*x);
                whole &= x.fract() == 0.0;
                0
            }
        })
        .collect();
    if low > high {
        return lanes;
    }
    let is_finite = |row: usize| lanes[row] == 0;
    found.distinct = count_distinct(values, is_finite);
    found.log = !time && low > 0.0 && looks_log(values);
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
        let edge = |step| {
            if found.log {
                libm::pow(10.0, at(step))
            } else {
                at(step)
            }
        };
        found.edges = (0..=bins).map(edge).collect();
        // Rounding must not leave the extremes outside.
        if let [first, .., last] = found.edges.as_mut_slice() {
            *first = first.min(low);
            *last = last.max(high);
        }
    }
    let count = found.edges.len() - 1;
    found.bins = vec![Counts::default(); count];
    let (first, last) = (found.edges[0], found.edges[count]);
    let inner = &found.edges[1..count];
    let step = count as f64 / (last - first);
    let bin_of = |x: f64| {
        if found.log {
            // Looking among the edges is quicker than a logarithm.
            inner.partition_point(|edge| *edge <= x)
        } else {
            (((x - first) * step) as usize).min(count - 1)
        }
    };
    for (lane, x) in lanes.iter_mut().zip(values) {
        if *lane == 0 {
            *lane = bin_of(*x) as u8;
        }
    }
    lanes
}

fn count_distinct(values: &[f64], is_finite: impl Fn(usize) -> bool) -> Option<usize> {
    let mut seen = rustc_hash::FxHashSet::default();
    for (row, x) in values.iter().enumerate() {
        if is_finite(row) {
            seen.insert(x.to_bits());
            if seen.len() > DISTINCT_COUNTED {
                return None;
            }
        }
    }
    Some(seen.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_over_decades_or_by_doubling_look_logarithmic() {
        let looks = looks_log;
        assert!(looks(&[16.0, 128.0, 32.0, 64.0, 16.0, f64::NAN]));
        assert!(looks(&[0.1, 10.0, 1.0]));
        let decades: Vec<f64> = (0..50)
            .map(|at| libm::pow(10.0, f64::from(at) / 10.0))
            .collect();
        assert!(looks(&decades));
        assert!(!looks(&[1.0, 2.0, 3.0, 5.0]));
        assert!(!looks(&[16.0, 32.0]) && !looks(&[1.0, 2.0, 4.0]));
        assert!(!looks(&(1..60).map(f64::from).collect::<Vec<_>>()));
        assert!(!looks(&[]) && !looks(&[0.0, -1.0, f64::INFINITY]));
        // Two decades that are evenly taken by their logarithm, and what is far out.
        let rates: Vec<f64> = (0..40)
            .map(|at| libm::pow(10.0, -4.0 + f64::from(at * 7 % 40) / 20.0))
            .collect();
        assert!(looks(&rates) && looks(&rates[..5]));
        assert!(looks(&[1e-6, 1.0, 2.0, 3.0]));
        // However many even numbers there are, and so however near to zero the least; but not those of which some explode.
        let mut even: Vec<f64> = (0..100_000).map(|at| (f64::from(at) + 0.5) / 1e5).collect();
        assert!(!looks(&even));
        even.push(1e6);
        assert!(looks(&even));
        // What is 0 or less says nothing about those that are not.
        let signed: Vec<f64> = rates.iter().flat_map(|x| [*x, -1.0, 0.0]).collect();
        assert!(looks(&signed));
    }
    use crate::Role;
    use crate::arbitrary::arbitrary_ledger;

    fn distribution(column: &Column, shown: &Bits, bins: usize) -> Distribution {
        Lanes::new(column, bins, MOST_LANES).distribution(shown)
    }

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
                let texts: order::Set<String> = (0..ledger.rows())
                    .map(|row| format!("{:?}", column.get(row)))
                    .collect();
                assert_eq!(spread.varies, texts.len() > 1, "{texts:?}");
                let values = texts.len() - usize::from(found.missing.all > 0);
                assert_eq!(spread.differs, values > 1, "{texts:?}");
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
