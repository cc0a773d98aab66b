//! The selection by groups: which runs are in which, in which order, and what a group's row says.

use super::info::{column_of_key, key_of};
use super::protocol::{Cell, CellKind, GroupingInfo};
use super::show::{cell, short_number};
use super::view::Grouping;
use crate::analysis::grouping::{Groups, NO_GROUP, Sample, replicate_keys};
use crate::analysis::ranking::ObjectiveColumn;
use crate::ledger::{Bits, Column, ColumnId, Ledger, Role, ValueRef};
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
    /// The rows of each group, in the order of the selection.
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
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); groups.count()];
        let mut sequence = Vec::with_capacity(groups.count());
        for row in order {
            let group = groups.of_row[*row as usize];
            if let Some(rows) = members.get_mut(group as usize) {
                if rows.is_empty() {
                    sequence.push(group);
                }
                rows.push(*row);
            }
        }
        if let GroupOrder::Mean(numbers, descending) = by {
            let mean = |group: u32| {
                let rows = members[group as usize].iter();
                Sample::new(rows.map(|row| numbers[*row as usize])).map(|sample| sample.mean)
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
            match members[*group as usize].as_slice() {
                [row] => lines.push(Line::Run(*row)),
                rows => {
                    lines.push(Line::Group(*group));
                    if open.contains(group) {
                        lines.extend(rows.iter().map(|row| Line::Run(*row)));
                    }
                }
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
    let mean = |rows: &Vec<u32>| {
        let values = rows.iter().map(|row| objective.values[*row as usize]);
        Sample::new(values).map(|sample| sample.mean)
    };
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

/// How many of the values in a group are listed.
const LISTED: usize = 8;

/// What a group's row says of a column: the one value of all its runs, else the mean of numbers with the
/// 95 % interval of that mean, else how many values there are.
pub(super) fn group_cell(column: &Column, rows: &[u32]) -> Cell {
    let values = || rows.iter().map(|row| column.get(*row as usize));
    let present = values().filter(|value| !value.is_missing()).count();
    let first = values().find(|value| !value.is_missing());
    let Some(first) = first else {
        return cell(ValueRef::Missing);
    };
    let text_of = |value: ValueRef<'_>| value.to_string();
    let missing = if present < rows.len() {
        format!("; missing in {} of {}", rows.len() - present, rows.len())
    } else {
        String::new()
    };
    let shared = text_of(first);
    if present == rows.len() && values().all(|value| text_of(value) == shared) {
        let mut same = cell(first);
        let full = same.full.take().unwrap_or(shared);
        same.full = Some(format!("{full} in all {} runs", rows.len()));
        return same;
    }
    let sample = Sample::new(values().filter_map(ValueRef::number));
    let is_numbers = values().all(|value| value.is_missing() || value.number().is_some());
    // Of what was chosen, as a seed, a mean says nothing.
    let is_measured = column.role() == Role::Metric;
    if let (Some(sample), true) = (sample, is_numbers && is_measured) {
        let text = match sample.half_interval() {
            Some(half) => with_uncertainty(sample.mean, half),
            None => short_number(sample.mean),
        };
        let number = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), short_number);
        let not_finite = present - sample.count;
        let odd = if not_finite > 0 {
            format!("; not finite in {not_finite}, which are left out")
        } else {
            String::new()
        };
        let full = format!(
            "mean {} of {} runs; sd {}, standard error {}, 95 % interval {} to {}; median {}, {} to {}{odd}{missing}",
            short_number(sample.mean),
            sample.count,
            number(sample.deviation),
            number(sample.standard_error()),
            number(sample.half_interval().map(|half| sample.mean - half)),
            number(sample.half_interval().map(|half| sample.mean + half)),
            short_number(sample.median),
            short_number(sample.min),
            short_number(sample.max),
        );
        return Cell {
            text,
            full: Some(full),
            kind: CellKind::Number,
            change: None,
        };
    }
    let mut distinct: Vec<ValueRef<'_>> = values().filter(|value| !value.is_missing()).collect();
    distinct.sort_by(|a, b| match (a.number(), b.number()) {
        (Some(x), Some(y)) => x.total_cmp(&y),
        _ => text_of(*a).cmp(&text_of(*b)),
    });
    let mut distinct: Vec<String> = distinct.into_iter().map(|value| cell(value).text).collect();
    distinct.dedup();
    let count = distinct.len();
    let all = distinct.join(", ");
    let text = if all.len() <= SHORT_LIST {
        all
    } else {
        format!("{count} values")
    };
    let more = if count > LISTED { ", …" } else { "" };
    distinct.truncate(LISTED);
    Cell {
        text,
        full: Some(format!("{}{more}{missing}", distinct.join(", "))),
        kind: CellKind::Text,
        change: None,
    }
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
        let of = |role, numbers: &[Option<f64>]| group_cell(&column(role, numbers), &[0, 1, 2]);
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
