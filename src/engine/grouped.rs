//! The selection by groups: which runs are in which, in which order, and what a group's row says.

use super::info::{column_of_key, key_of};
use super::protocol::{Cell, CellKind, GroupingInfo};
use super::show::{cell, short_number};
use super::view::{GroupStatistic, Grouping};
use crate::analysis::grouping::{Groups, NO_GROUP, Sample, replicate_keys};
use crate::analysis::ranking::ObjectiveColumn;
use crate::ledger::{Bits, Cells, Column, ColumnId, Ledger, Role, ValueRef, mean};
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A run by its row, alone or in an open group.
    Run(u32),
    /// A group of several runs.
    Group(u32),
}

/// A selection by groups.
pub(super) struct Grouped {
    /// The lines of the table.
    pub(super) lines: Vec<Line>,
    /// What the groups go by.
    pub(super) info: GroupingInfo,
    /// The rows of each group, in the order of the ledger.
    members: Vec<Vec<u32>>,
    of_row: Vec<u32>,
    /// The rank of each group by the mean of the objective; 0 where it has none.
    ranks: Vec<u32>,
    open: BTreeSet<u32>,
}

/// By what groups are put in order.
pub(super) enum GroupOrder<'a> {
    /// As their first runs are.
    First,
    /// By the mean of these numbers, one a row.
    Mean(&'a [f64], bool),
}

impl Grouped {
    /// Groups the rows of `order`, which is the order of runs. `open` are rows, a group of each of which is open.
    pub(super) fn new(
        ledger: &Ledger,
        grouping: &Grouping,
        shown: &Bits,
        order: &[u32],
        by: &GroupOrder<'_>,
        objective: Option<&ObjectiveColumn>,
        open: &[usize],
    ) -> Self {
        let (keys, left_out) = keys(ledger, grouping);
        let groups = Groups::new(ledger, &keys, shown);
        // In the order of the ledger, in which columns are read fastest.
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); groups.count()];
        for (row, group) in groups.of_row.iter().enumerate() {
            if let Some(rows) = members.get_mut(*group as usize) {
                rows.push(row as u32);
            }
        }
        let mut is_met = vec![false; groups.count()];
        let of_order = order.iter().map(|row| groups.of_row[*row as usize]);
        let mut sequence: Vec<u32> = of_order
            .filter(|group| {
                *group != NO_GROUP && !std::mem::replace(&mut is_met[*group as usize], true)
            })
            .collect();
        if let GroupOrder::Mean(numbers, descending) = by {
            let mean = |group: u32| {
                let rows = members[group as usize].iter();
                mean(rows.map(|row| numbers[*row as usize]))
            };
            // Stable: groups without a number stay at the end in their order.
            sequence.sort_by_cached_key(|group| match mean(*group) {
                Some(mean) => {
                    let key = crate::query::number_key(mean, *descending);
                    (0, key)
                }
                None => (1, 0),
            });
        }
        let open: BTreeSet<u32> = open
            .iter()
            .filter_map(|row| groups.of_row.get(*row).copied())
            .filter(|group| *group != NO_GROUP)
            .collect();
        let mut lines = Vec::with_capacity(sequence.len());
        for group in &sequence {
            if let [row] = members[*group as usize].as_slice() {
                lines.push(Line::Run(*row));
                continue;
            }
            lines.push(Line::Group(*group));
            if open.contains(group) {
                let is_in = |row: &&u32| groups.of_row[**row as usize] == *group;
                lines.extend(order.iter().filter(is_in).map(|row| Line::Run(*row)));
            }
        }
        let several = members.iter().filter(|rows| rows.len() > 1).count();
        Self {
            info: GroupingInfo {
                keys: keys.iter().map(|id| key_of(ledger, *id)).collect(),
                left_out: left_out
                    .iter()
                    .map(|(id, reason)| (key_of(ledger, *id), (*reason).to_owned()))
                    .collect(),
                groups: members.len(),
                several,
                lines: lines.len(),
            },
            ranks: objective.map_or_else(Vec::new, |objective| ranks(&members, objective)),
            lines,
            members,
            of_row: groups.of_row,
            open,
        }
    }

    /// The group of a run.
    pub(super) fn group_of(&self, row: usize) -> u32 {
        self.of_row.get(row).copied().unwrap_or(NO_GROUP)
    }

    /// The runs of a group.
    pub(super) fn members(&self, group: u32) -> &[u32] {
        self.members.get(group as usize).map_or(&[], Vec::as_slice)
    }

    /// The rank of a group by the mean of the objective among all groups.
    pub(super) fn rank(&self, group: u32) -> Option<usize> {
        let rank = self.ranks.get(group as usize)?;
        (*rank > 0).then_some(*rank as usize)
    }

    /// One run of each group, with the mean of the group's finite numbers in its place of `values`.
    pub(super) fn representatives(&self, values: &[f64]) -> (Bits, Vec<f64>) {
        let mut chosen = Bits::filled(values.len(), false);
        let mut means = vec![f64::NAN; values.len()];
        for rows in &self.members {
            let Some(first) = rows.first().map(|row| *row as usize) else {
                continue;
            };
            chosen.set(first, true);
            if let Some(mean) = mean(rows.iter().map(|row| values[*row as usize])) {
                means[first] = mean;
            }
        }
        (chosen, means)
    }

    /// Params in which runs of a group may differ.
    pub(super) fn left_out(&self) -> impl Iterator<Item = &str> {
        self.info.left_out.iter().map(|(key, _)| key.as_str())
    }

    /// Whether a group's runs are shown.
    pub(super) fn is_open(&self, group: u32) -> bool {
        self.open.contains(&group)
    }
}

/// The columns that a grouping goes by, and params that it does not go by, with the reason.
fn keys(ledger: &Ledger, grouping: &Grouping) -> (Vec<ColumnId>, Vec<(ColumnId, &'static str)>) {
    let of = |keys: &[String]| -> Vec<ColumnId> {
        keys.iter()
            .filter_map(|key| column_of_key(ledger, key))
            .collect()
    };
    match grouping {
        Grouping::Replicates => replicate_keys(ledger),
        Grouping::By(keys) => (of(keys), Vec::new()),
        Grouping::Except(keys) => {
            let chosen = of(keys);
            let (mut found, others) = replicate_keys(ledger);
            found.extend(others.into_iter().map(|(id, _)| id));
            found.sort_unstable();
            found.retain(|id| !chosen.contains(id));
            (found, chosen.into_iter().map(|id| (id, "chosen")).collect())
        }
    }
}

/// Competition ranks of groups by the mean of the objective.
fn ranks(members: &[Vec<u32>], objective: &ObjectiveColumn) -> Vec<u32> {
    let mean = |rows: &Vec<u32>| mean(rows.iter().map(|row| objective.values[*row as usize]));
    let mut order: Vec<(usize, f64)> = members
        .iter()
        .enumerate()
        .filter_map(|(group, rows)| Some((group, mean(rows)?)))
        .collect();
    order.sort_by(|(_, a), (_, b)| {
        if objective.maximize {
            b.total_cmp(a)
        } else {
            a.total_cmp(b)
        }
    });
    let mut ranks = vec![0; members.len()];
    let (mut rank, mut before) = (0, f64::NAN);
    for (place, (group, mean)) in order.into_iter().enumerate() {
        if mean.total_cmp(&before).is_ne() {
            rank = place as u32 + 1;
            before = mean;
        }
        ranks[group] = rank;
    }
    ranks
}

/// Up to how many bytes the values of a group stand in its row.
const SHORT_LIST: usize = 12;

/// Up to how many distinct values of a group are counted.
const COUNTED: usize = 10_000;

/// How many of the values in a group are listed.
const LISTED: usize = 8;

/// What a group's row says of a column: the one value of all its runs, else of a metric the mean with the
/// 95 % interval of that mean, else the values, or how many they are.
pub(super) fn group_cell(column: &Column, rows: &[u32], statistic: GroupStatistic) -> Cell {
    if let (
        Role::Metric,
        Cells::Number {
            values,
            present,
            odd,
        },
    ) = (column.role(), column.cells())
        && odd.is_empty()
    {
        return number_cell(values, present, rows, statistic);
    }
    let values = || rows.iter().map(|row| column.get(*row as usize));
    let mut present = values().filter(|value| !value.is_missing());
    let Some(first) = present.next() else {
        return cell(ValueRef::Missing);
    };
    let (mut count, mut all_same, mut all_numbers) = (1, true, first.number().is_some());
    for value in present {
        count += 1;
        all_same &= value.is_same(first);
        all_numbers &= value.number().is_some();
    }
    if all_same && count == rows.len() {
        return shared_cell(first, rows.len());
    }
    let missing = lacking(rows.len() - count, rows.len());
    // Of what was chosen, as a seed, a mean says nothing.
    let is_measured = column.role() == Role::Metric && all_numbers;
    let sample = is_measured.then(|| Sample::new(values().filter_map(ValueRef::number)));
    match sample.flatten() {
        Some(sample) => mean_cell(&sample, count, &missing, statistic),
        None => values_cell(values().filter(|value| !value.is_missing()), &missing),
    }
}

/// As [`group_cell`] says, of a metric that has nothing but numbers: the common case, and a long one.
fn number_cell(values: &[f64], present: &Bits, rows: &[u32], statistic: GroupStatistic) -> Cell {
    let mut finite = Vec::with_capacity(rows.len());
    let (mut count, mut first, mut all_same) = (0, None, true);
    for row in rows {
        let row = *row as usize;
        if !present.get(row) {
            continue;
        }
        count += 1;
        let value = values[row];
        let first = *first.get_or_insert(value);
        all_same &= ValueRef::Number(value).is_same(ValueRef::Number(first));
        if value.is_finite() {
            finite.push(value);
        }
    }
    let first = first.map_or(ValueRef::Missing, ValueRef::Number);
    if first.is_missing() || all_same && count == rows.len() {
        return shared_cell(first, rows.len());
    }
    let missing = lacking(rows.len() - count, rows.len());
    match Sample::of_finite(finite, statistic == GroupStatistic::Median) {
        Some(sample) => mean_cell(&sample, count, &missing, statistic),
        None => values_cell(std::iter::once(first), &missing),
    }
}

/// The cell of a value that all of so many runs have.
fn shared_cell(value: ValueRef<'_>, runs: usize) -> Cell {
    let mut same = cell(value);
    if !value.is_missing() {
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

/// The mean of a metric and its uncertainty; `count` runs have a value, finite or not.
fn mean_cell(sample: &Sample, count: usize, missing: &str, statistic: GroupStatistic) -> Cell {
    let with = |half: Option<f64>| match half {
        Some(half) => with_uncertainty(sample.mean, half),
        None => short_number(sample.mean),
    };
    let text = match statistic {
        GroupStatistic::Interval => with(sample.half_interval()),
        GroupStatistic::Deviation => with(sample.deviation),
        GroupStatistic::Error => with(sample.standard_error()),
        GroupStatistic::Median => sample.median.map_or_else(String::new, short_number),
        GroupStatistic::Min => short_number(sample.min),
        GroupStatistic::Max => short_number(sample.max),
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
        number(sample.half_interval().map(|half| sample.mean - half)),
        number(sample.half_interval().map(|half| sample.mean + half)),
        short_number(sample.min),
        short_number(sample.max),
    );
    Cell::new(text, Some(full), CellKind::Number)
}

/// The distinct ones among these values, where they are few, else how many they are.
fn values_cell<'v>(values: impl Iterator<Item = ValueRef<'v>>, missing: &str) -> Cell {
    let mut numbers: FxHashSet<u64> = FxHashSet::default();
    let mut texts: FxHashSet<Cow<'_, str>> = FxHashSet::default();
    let mut is_whole = true;
    for value in values {
        if numbers.len() + texts.len() > COUNTED {
            is_whole = false;
            break;
        }
        match value {
            ValueRef::Number(x) => {
                numbers.insert(if x.is_nan() { f64::NAN } else { x + 0.0 }.to_bits());
            }
            ValueRef::Text(text) => {
                texts.insert(Cow::Borrowed(text));
            }
            other => {
                texts.insert(Cow::Owned(other.to_string()));
            }
        }
    }
    let count = numbers.len() + texts.len();
    let mut listed = String::new();
    if count <= LISTED {
        let mut numbers: Vec<f64> = numbers.into_iter().map(f64::from_bits).collect();
        numbers.sort_unstable_by(f64::total_cmp);
        let mut texts: Vec<Cow<'_, str>> = texts.into_iter().collect();
        texts.sort_unstable();
        let all: Vec<String> = numbers
            .into_iter()
            .map(ValueRef::Number)
            .chain(texts.iter().map(|text| ValueRef::Text(text)))
            .map(|value| cell(value).text)
            .collect();
        listed = all.join(", ");
    }
    let how_many = if is_whole {
        format!("{count} values")
    } else {
        format!("more than {COUNTED} values")
    };
    let is_short = !listed.is_empty() && listed.len() <= SHORT_LIST;
    let text = if is_short { &listed } else { &how_many }.clone();
    let full = if listed.is_empty() { how_many } else { listed };
    Cell::new(text, Some(format!("{full}{missing}")), CellKind::Text)
}

/// A mean with its uncertainty in two significant digits, and no more digits than that leaves.
fn with_uncertainty(mean: f64, half: f64) -> String {
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
            group_cell(&column(role, numbers), &[0, 1, 2], GroupStatistic::Interval)
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
}
