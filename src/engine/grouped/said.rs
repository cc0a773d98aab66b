//! What a group's row says of a column: the one value of all its runs, a mean with its uncertainty, or the values.

use super::numbers_of;
use crate::analysis::ranking::uncertainty::{Estimate, Skew};
use crate::analysis::sample::Sample;
use crate::engine::protocol::{Cell, CellKind};
use crate::engine::show::{cell, short_number};
use crate::engine::view::GroupStatistic;
use crate::ledger::{Bits, Column, Distinct, MOST_DISTINCT, Role, ValueRef};

/// How many of the values in a group are listed.
const LISTED: usize = 8;

/// Up to how many bytes the values of a group stand in its row.
const SHORT_LIST: usize = 12;

/// What is known of some runs in a column before it is looked at.
#[derive(Default)]
pub(in crate::engine) struct Learnt<'c> {
    pub(super) distinct: Option<Distinct<'c>>,
    /// Without a median.
    pub(super) sample: Option<Sample>,
}

/// What some runs have in a column, a group or one alone.
pub(in crate::engine) enum Said<'c> {
    /// The value that so many runs have, which are all.
    One(ValueRef<'c>, usize),
    /// A metric that differs: what its finite numbers say.
    Sample(Sample),
    /// Values that differ, of which a mean says nothing.
    Values(Distinct<'c>),
}

impl<'c> Said<'c> {
    /// What these runs have.
    pub(in crate::engine) fn new(
        column: &'c Column,
        rows: &[u32],
        statistic: GroupStatistic,
    ) -> Self {
        Self::with(column, rows, statistic, Learnt::default())
    }

    /// What these runs have, of which something is known perhaps.
    pub(in crate::engine) fn with(
        column: &'c Column,
        rows: &[u32],
        statistic: GroupStatistic,
        known: Learnt<'c>,
    ) -> Self {
        let values = || rows.iter().map(|row| column.get(*row as usize));
        let first = values().next().unwrap_or(ValueRef::Missing);
        let with_median = statistic == GroupStatistic::Median;
        // Of what was chosen, as a seed, a mean says nothing.
        let sample = match (numbers_of(column), known.sample) {
            _ if column.role() != Role::Metric => None,
            (_, Some(sample)) if !with_median => Some(sample),
            // The common case, and a long one.
            (Some(values), _) => Sample::of_rows(values, rows, with_median),
            (None, _) => {
                let is_number = |value: ValueRef<'_>| value.number().is_some();
                let are_numbers = values().all(|value| value.is_missing() || is_number(value));
                let numbers = values().filter_map(ValueRef::number);
                Sample::new(numbers, true).filter(|_| are_numbers)
            }
        };
        match sample {
            Some(sample) if sample.count < rows.len() || sample.min < sample.max => {
                Self::Sample(sample)
            }
            Some(_) => Self::One(first, rows.len()),
            None => {
                let among = || Distinct::among(column.cells(), rows);
                let distinct = known.distinct.unwrap_or_else(among);
                match distinct.count() {
                    Some(0 | 1) => Self::One(first, rows.len()),
                    _ => Self::Values(distinct),
                }
            }
        }
    }

    /// Whether others have the same.
    pub(in crate::engine) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::One(value, _), Self::One(other, _)) => value.is_same(*other),
            (Self::Sample(sample), Self::Sample(other)) => sample == other,
            (Self::Values(values), Self::Values(others)) => values.is_same_as(others),
            _ => false,
        }
    }

    /// What a group's row says: the one value of all its runs, else of a metric the mean with its uncertainty, else
    /// the values, or how many they are. `present` are the runs that have a value in the column; a mean's interval minds how runs are
    /// skewed by `skew`.
    pub(in crate::engine) fn cell(
        &self,
        column: &Column,
        present: &Bits,
        rows: &[u32],
        statistic: GroupStatistic,
        skew: &Skew,
    ) -> Cell {
        let count = || {
            // Where no run lacks it, that is told at once.
            if rows.len() > present.words().len() && present.count() == present.len() {
                return rows.len();
            }
            rows.iter()
                .filter(|row| present.get(**row as usize))
                .count()
        };
        let missing = |count: usize| lacking(rows.len() - count, rows.len());
        match self {
            Self::One(value, runs) => shared_cell(*value, *runs),
            Self::Sample(sample) => {
                let numbers = rows.iter().map(|row| column.get(*row as usize).number());
                let values = || numbers.flatten().filter(|x| x.is_finite()).collect();
                let whole = whole_of(sample, skew, values);
                mean_cell(sample, count(), rows.len(), statistic, whole)
            }
            Self::Values(values) => values_cell(values, &missing(count())),
        }
    }
}

/// The cell of a value that all of so many runs have.
fn shared_cell(value: ValueRef<'_>, runs: usize) -> Cell {
    let mut same = cell(value);
    if !value.is_missing() && runs > 1 {
        let full = same.full.take().unwrap_or_else(|| value.to_string());
        same.full = Some(format!("{full} in all {runs} runs"));
    }
    same
}

/// How many of so many runs have no value, in words.
fn lacking(count: usize, runs: usize) -> String {
    match count {
        0 => String::new(),
        count => format!("; missing in {count} of {runs}"),
    }
}

/// The 95 % interval of a mean of these values where it does not lie evenly around it.
fn whole_of(sample: &Sample, skew: &Skew, values: impl FnOnce() -> Vec<f64>) -> Option<(f64, f64)> {
    if skew.configurations == 0 || sample.min >= sample.max {
        return None;
    }
    Estimate::of_mean(sample, values).uneven(skew)
}

/// The mean of a metric and its uncertainty, with its interval where that is `whole`; `count` of `runs` have a value, finite or not.
fn mean_cell(
    sample: &Sample,
    count: usize,
    runs: usize,
    statistic: GroupStatistic,
    whole: Option<(f64, f64)>,
) -> Cell {
    let missing = lacking(runs - count, runs);
    let with = |half: Option<f64>| match half {
        Some(half) => with_uncertainty(sample.mean, half),
        None => short_number(sample.mean),
    };
    let half = sample.half_interval();
    let ends = whole.or_else(|| half.map(|half| (sample.mean - half, sample.mean + half)));
    let text = match statistic {
        GroupStatistic::Interval => match (whole, half) {
            (Some(ends), Some(half)) => whole_interval(sample.mean, ends, half),
            _ => with(half),
        },
        GroupStatistic::Deviation => with(sample.deviation),
        GroupStatistic::Error => with(sample.standard_error()),
        GroupStatistic::Median => sample.median.map_or_else(String::new, short_number),
        GroupStatistic::Min => short_number(sample.min),
        GroupStatistic::Max => short_number(sample.max),
    };
    // What it is of, where that is not all of the group.
    let text = match sample.count {
        n if n < runs => format!("{text} (n = {n})"),
        _ => text,
    };
    let number = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), short_number);
    let odd = match count - sample.count {
        0 => String::new(),
        odd => format!("; not finite in {odd}, which are left out"),
    };
    let median = sample.median.map_or_else(String::new, |median| {
        format!("; median {}", short_number(median))
    });
    let full = format!(
        "mean {} of {} runs; sd {}, standard error {}, 95 % interval {} to {}{median}; {} to {}{odd}{missing}",
        short_number(sample.mean),
        sample.count,
        number(sample.deviation),
        number(sample.standard_error()),
        number(ends.map(|(low, _)| low)),
        number(ends.map(|(_, high)| high)),
        short_number(sample.min),
        short_number(sample.max),
    );
    Cell::new(text, Some(full), CellKind::Number)
}

/// Distinct values, where they are few, else how many they are.
fn values_cell(values: &Distinct<'_>, missing: &str) -> Cell {
    // What is missing is told apart.
    let count = values
        .count()
        .map(|count| count - usize::from(!missing.is_empty()));
    let mut texts = Vec::new();
    if count.is_some_and(|count| count <= LISTED) {
        let present = values
            .listed()
            .into_iter()
            .filter(|value| !value.is_missing());
        texts.extend(present.map(|value| cell(value).text));
    }
    let listed = texts.join(", ");
    let how_many = match count {
        Some(count) => format!("{count} values"),
        None => format!("more than {MOST_DISTINCT} values"),
    };
    let is_short = !listed.is_empty() && listed.len() <= SHORT_LIST;
    let text = if is_short { &listed } else { &how_many }.clone();
    let full = if listed.is_empty() { how_many } else { listed };
    Cell::new(text, Some(format!("{full}{missing}")), CellKind::Text)
}

/// A mean with the ends of its interval, of which `half` is about the half, and no more digits than that leaves.
pub(in crate::engine) fn whole_interval(mean: f64, (low, high): (f64, f64), half: f64) -> String {
    format!(
        "{} in {} to {}",
        short_number(rounded_to(mean, half)),
        short_number(rounded_to(low, half)),
        short_number(rounded_to(high, half))
    )
}

/// No more digits than an uncertainty of `half` leaves.
pub(in crate::engine) fn rounded_to(x: f64, half: f64) -> f64 {
    let step = libm::pow(10.0, libm::floor(libm::log10(half)) - 1.0);
    if step > 0.0 && step.is_finite() {
        (x / step).round() * step
    } else {
        x
    }
}

/// A mean with its uncertainty in two significant digits, and no more digits than that leaves.
pub(in crate::engine) fn with_uncertainty(mean: f64, half: f64) -> String {
    let magnitude = libm::floor(libm::log10(half));
    if !(-8.0..4.0).contains(&magnitude) || mean.abs() >= 1e6 {
        return format!("{} ± {}", short_number(mean), short_number(half));
    }
    let decimals = (1.0 - magnitude).max(0.0) as usize;
    format!("{mean:.decimals$} ± {half:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Cells;

    #[test]
    fn a_mean_has_as_many_digits_as_its_uncertainty_leaves() {
        assert_eq!(with_uncertainty(0.300_238, 0.008_61), "0.3002 ± 0.0086");
        assert_eq!(with_uncertainty(1234.567, 12.3), "1235 ± 12");
        assert_eq!(with_uncertainty(1234.567, 1234.0), "1235 ± 1234");
        assert_eq!(with_uncertainty(0.5, 1e-12), "0.5 ± 1e-12");
        assert_eq!(with_uncertainty(-2.0, 0.5), "-2.00 ± 0.50");
    }

    #[test]
    fn a_group_says_what_its_runs_share_and_how_they_differ() {
        let column = |role, numbers: &[Option<f64>]| {
            Column::computed(role, "x", Cells::from_numbers(numbers.iter().copied()))
        };
        let of = |role, numbers: &[Option<f64>]| {
            let (column, rows) = (column(role, numbers), [0, 1, 2]);
            let statistic = GroupStatistic::Interval;
            let said = Said::new(&column, &rows, statistic);
            said.cell(
                &column,
                &column.present(),
                &rows,
                statistic,
                &Skew::default(),
            )
        };
        assert_eq!(of(Role::Metric, &[Some(0.1); 3]).text, "0.1");
        assert_eq!(
            of(Role::Param, &[Some(2.0), Some(1.0), Some(10.0)]).text,
            "1, 2, 10"
        );
        assert_eq!(of(Role::Metric, &[None; 3]).kind, CellKind::Missing);
        let some = of(Role::Metric, &[Some(1.0), None, Some(2.0)]);
        assert!(some.text.starts_with("1.5 ± "), "{}", some.text);
        assert!(some.full.unwrap().contains("missing in 1 of 3"));
        let odd = of(Role::Metric, &[Some(1.0), Some(f64::NAN), Some(2.0)]);
        assert!(odd.full.unwrap().contains("not finite in 1"));
        // One value and a gap are not the same in all.
        assert!(
            of(Role::Param, &[Some(1.0), None, Some(1.0)])
                .full
                .unwrap()
                .contains("missing")
        );
    }

    #[test]
    fn each_statistic_of_a_group_is_that_of_a_textbook() {
        let numbers = [1.0, 2.0, 4.0, 5.0].map(Some);
        let column = Column::computed(Role::Metric, "x", Cells::from_numbers(numbers.into_iter()));
        let rows = [0, 1, 2, 3];
        let text = |statistic| {
            let said = Said::new(&column, &rows, statistic);
            said.cell(
                &column,
                &column.present(),
                &rows,
                statistic,
                &Skew::default(),
            )
            .text
        };
        // sd² = (4 + 1 + 1 + 4) / 3; t of three degrees of freedom is 3.182.
        assert_eq!(text(GroupStatistic::Interval), "3.0 ± 2.9");
        assert_eq!(text(GroupStatistic::Deviation), "3.0 ± 1.8");
        assert_eq!(text(GroupStatistic::Error), "3.00 ± 0.91");
        assert_eq!(text(GroupStatistic::Median), "3");
        assert_eq!(text(GroupStatistic::Min), "1");
        assert_eq!(text(GroupStatistic::Max), "5");
        for statistic in GroupStatistic::ALL {
            assert_eq!(GroupStatistic::from_word(statistic.word()), Some(statistic));
        }
    }
}
