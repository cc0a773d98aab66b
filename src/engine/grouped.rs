//! The selection by groups: which runs are in which, in which order, and what a group's row says.

use super::info::{column_of_key, key_of};
use super::protocol::{Cell, CellKind, GroupingInfo};
use super::show::{cell, short_number};
use super::view::{GroupStatistic, Grouping};
use crate::analysis::grouping::{
    Groups, Members, NO_GROUP, Others, joined_by_source, replicate_keys,
};
use crate::analysis::ranking::ObjectiveColumn;
use crate::analysis::ranking::uncertainty::{Center, Estimate, Skew};
use crate::analysis::sample::{MANY, Sample};
use crate::chart::number::shortened;
use crate::ledger::{
    Bits, Cells, Column, ColumnId, Distinct, Few, Ledger, MOST_DISTINCT, Role, ValueRef,
};

/// Of up to how many groups it is learnt which values they have; of more, each has few runs.
const MOST_LEARNT: usize = 1 << 16;

/// Among how many groups it is found which keys tell them apart.
const MOST_ASKED: usize = 10_000;

/// How many keys a group is named by.
const MOST_NAMED: usize = 8;

/// How many letters of a value stand in a group's name.
const LONGEST_VALUE: usize = 40;

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
    /// Whether a person said by what, and not replicates.
    pub(super) are_chosen: bool,
    keys: Vec<ColumnId>,
    /// Those of the keys that tell groups apart; `None` until a group's name is asked for.
    telling: Option<Vec<ColumnId>>,
    members: Members,
    of_row: Vec<u32>,
    /// By what a group's runs count as one: the objective's.
    center: Center,
    /// How skewed the objective is in groups, where their means count.
    skew: Skew,
    /// The rank of each group by that of the objective; 0 where it has none.
    ranks: Vec<u32>,
    /// Open groups, and the row by which each is known to be.
    open: order::Map<u32, usize>,
    /// Which of its few values each group has, by column that was in view.
    met: order::Map<u32, Vec<u64>>,
    /// What the numbers of each group say, by column that was in view.
    samples: order::Map<u32, Vec<Option<Sample>>>,
}

/// By what groups are put in order.
pub(super) enum GroupOrder<'a> {
    /// As their first runs are.
    First,
    /// By the mean of these numbers, one a row, or another center.
    Center(&'a [f64], bool),
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
        let (keys, left_out) = keys(ledger, grouping, objective);
        let mut groups = Groups::new(ledger, &keys, shown);
        let mut joined = 0;
        if *grouping == Grouping::Replicates {
            (groups, joined) = joined_by_source(ledger, groups, &keys, &left_out);
        }
        let members = Members::new(&groups);
        let center = objective.map_or(Center::Mean, |objective| objective.center);
        let mut skew = Skew::default();
        if let Some(objective) = objective.filter(|_| center == Center::Mean) {
            for rows in members.all().filter(|rows| rows.len() > 1) {
                skew.add_runs(rows.iter().map(|row| objective.values[*row as usize]));
            }
        }
        let mut is_met = vec![false; groups.count()];
        let mut sequence: Vec<u32> = Vec::with_capacity(groups.count());
        for row in order {
            // Of few groups all are met after few runs.
            if sequence.len() == groups.count() {
                break;
            }
            let group = groups.of_row[*row as usize];
            if group != NO_GROUP && !std::mem::replace(&mut is_met[group as usize], true) {
                sequence.push(group);
            }
        }
        if let GroupOrder::Center(numbers, descending) = by {
            let center =
                |group: u32| center.of(members.of(group).iter().map(|row| numbers[*row as usize]));
            // Stable: groups without a number stay at the end in their order.
            let keys: Vec<(u8, u64)> = (0..groups.count() as u32)
                .map(|group| match center(group) {
                    Some(center) => (0, crate::query::number_key(center, *descending)),
                    None => (1, 0),
                })
                .collect();
            order::by_key(&mut sequence, |group| keys[*group as usize]);
        }
        let open: order::Map<u32, usize> = open
            .iter()
            .filter_map(|row| Some((groups.of_row.get(*row).copied()?, *row)))
            .filter(|(group, _)| *group != NO_GROUP)
            .collect();
        let mut lines = Vec::with_capacity(sequence.len());
        for group in &sequence {
            if let [row] = members.of(*group) {
                lines.push(Line::Run(*row));
                continue;
            }
            lines.push(Line::Group(*group));
            if open.contains_key(group) {
                let is_in = |row: &&u32| groups.of_row[**row as usize] == *group;
                lines.extend(order.iter().filter(is_in).map(|row| Line::Run(*row)));
            }
        }
        let several = members.all().filter(|rows| rows.len() > 1).count();
        Self {
            info: GroupingInfo {
                keys: keys.iter().map(|id| key_of(ledger, *id)).collect(),
                left_out: left_out
                    .iter()
                    .map(|(id, reason)| (key_of(ledger, *id), (*reason).to_owned()))
                    .collect(),
                groups: groups.count(),
                joined,
                several,
                lines: lines.len(),
            },
            ranks: objective.map_or_else(Vec::new, |objective| {
                ranks(&members, objective, objective.greatest_budget(shown))
            }),
            are_chosen: *grouping != Grouping::Replicates,
            lines,
            keys,
            telling: None,
            center,
            skew,
            members,
            of_row: groups.of_row,
            open,
            met: order::Map::new(),
            samples: order::Map::new(),
        }
    }

    /// Finds out which keys tell groups apart, before groups are named.
    pub(super) fn learn_names(&mut self, ledger: &Ledger) {
        let Self {
            telling,
            keys,
            members,
            ..
        } = self;
        telling.get_or_insert_with(|| {
            let firsts = || {
                let first = |rows: &[u32]| rows.first().map(|row| *row as usize);
                members.all().take(MOST_ASKED).filter_map(first)
            };
            let tells = |id: &&ColumnId| {
                let column = ledger.column(**id);
                let mut values = firsts().map(|row| column.get(row));
                let first = values.next().unwrap_or(ValueRef::Missing);
                values.any(|value| !value.is_same(first))
            };
            let telling = keys.iter().filter(tells);
            telling.take(MOST_NAMED + 1).copied().collect()
        });
    }

    /// What tells a group from others, as `lr=0.1 · batch=32`; empty where its keys were not found out, or do not differ.
    pub(super) fn name(&self, ledger: &Ledger, group: u32) -> String {
        let rows = self.members(group);
        let telling = self.telling.as_deref().unwrap_or_default();
        let mut parts: Vec<String> = Vec::new();
        for id in telling.iter().take(MOST_NAMED) {
            let column = ledger.column(*id);
            let mut values = rows.iter().map(|row| column.get(*row as usize));
            let value = values.next().unwrap_or(ValueRef::Missing);
            // In groups of the source's own, which were joined, some lack what others have.
            if self.info.joined > 0 && !values.all(|other| other.is_same(value)) {
                continue;
            }
            parts.push(if value.is_missing() {
                format!("no {}", column.name())
            } else {
                let value = shortened(&cell(value).text, LONGEST_VALUE);
                format!("{}={value}", column.name())
            });
        }
        if telling.len() > MOST_NAMED {
            parts.push("…".to_owned());
        }
        parts.join(" · ")
    }

    /// Learns what of a column each group has, before much is told of groups: which of its values where they are `few`,
    /// and what its numbers say where groups have many runs.
    pub(super) fn learn(&mut self, id: ColumnId, column: &Column, few: Option<&Few>) {
        let groups = self.info.groups;
        if groups > MOST_LEARNT {
            return;
        }
        if let Some(few) = few {
            let met = || few.met(column.cells(), &self.of_row, groups);
            self.met.or_insert_with(id.0, met);
        }
        if let Some(values) = numbers_of(column).filter(|_| self.members.most() > MANY) {
            let samples = || Sample::of_groups(values, &self.of_row, groups);
            self.samples.or_insert_with(id.0, samples);
        }
    }

    /// What was learnt of a group in a column.
    pub(super) fn learnt<'c>(
        &self,
        id: ColumnId,
        column: &'c Column,
        few: Option<&Few>,
        group: u32,
    ) -> Learnt<'c> {
        let met = || self.met.get(&id.0)?.get(group as usize);
        let is_of_many = self.members(group).len() > MANY;
        Learnt {
            distinct: few
                .zip(met())
                .map(|(few, met)| few.distinct(column.cells(), *met)),
            sample: self
                .samples
                .get(&id.0)
                .filter(|_| is_of_many)
                .and_then(|samples| *samples.get(group as usize)?),
        }
    }

    /// How skewed the objective is in groups, where that can be told.
    pub(super) fn skew(&self) -> Skew {
        self.skew
    }

    /// The group of a run.
    pub(super) fn group_of(&self, row: usize) -> u32 {
        self.of_row.get(row).copied().unwrap_or(NO_GROUP)
    }

    /// The runs of a group.
    pub(super) fn members(&self, group: u32) -> &[u32] {
        self.members.of(group)
    }

    /// The rank of a group by the objective among all groups.
    pub(super) fn rank(&self, group: u32) -> Option<usize> {
        let rank = self.ranks.get(group as usize)?;
        (*rank > 0).then_some(*rank as usize)
    }

    /// One run of each group, and the objective with the mean of the group's finite numbers, or another center, in its place.
    pub(super) fn representatives(&self, objective: &ObjectiveColumn) -> (Bits, ObjectiveColumn) {
        let values = &objective.values;
        let mut chosen = Bits::filled(values.len(), false);
        let mut centers = vec![f64::NAN; values.len()];
        for rows in self.members.all() {
            let Some(first) = rows.first().map(|row| *row as usize) else {
                continue;
            };
            chosen.set(first, true);
            let of_rows = self.center.of(rows.iter().map(|row| values[*row as usize]));
            if let Some(center) = of_rows {
                centers[first] = center;
            }
        }
        (chosen, objective.with_values(centers))
    }

    /// The runs of each group.
    pub(super) fn all_members(&self) -> Vec<Vec<u32>> {
        self.members.all().map(<[u32]>::to_vec).collect()
    }

    /// Params in which runs of a group may differ.
    pub(super) fn left_out(&self) -> impl Iterator<Item = &str> {
        self.info.left_out.iter().map(|(key, _)| key.as_str())
    }

    /// The row by which a group is known whose runs are shown.
    pub(super) fn opened_by(&self, group: u32) -> Option<usize> {
        self.open.get(&group).copied()
    }
}

/// The columns that a grouping goes by, and params that it does not go by, with the reason.
pub(super) fn keys(
    ledger: &Ledger,
    grouping: &Grouping,
    objective: Option<&ObjectiveColumn>,
) -> (Vec<ColumnId>, Others) {
    let values = objective.map(|objective| objective.values.as_slice());
    let of = |keys: &[String]| -> Vec<ColumnId> {
        keys.iter()
            .filter_map(|key| column_of_key(ledger, key))
            .collect()
    };
    match grouping {
        Grouping::Replicates => replicate_keys(ledger, values.unwrap_or_default()),
        Grouping::By(keys) => (of(keys), Vec::new()),
        Grouping::Except(keys) => {
            let chosen = of(keys);
            let (mut found, others) = replicate_keys(ledger, &[]);
            found.extend(others.into_iter().map(|(id, _)| id));
            order::by(&mut found, Ord::cmp);
            found.retain(|id| !chosen.contains(id));
            (found, chosen.into_iter().map(|id| (id, "chosen")).collect())
        }
    }
}

/// Competition ranks of groups by the objective: of those with runs at the budget that is compared.
fn ranks(members: &Members, objective: &ObjectiveColumn, budget: Option<f64>) -> Vec<u32> {
    let center = |rows: &[u32]| {
        let rows = rows.iter().map(|row| *row as usize);
        let compared = rows.filter(|row| objective.is_at(budget, *row));
        objective
            .center
            .of(compared.map(|row| objective.values[row]))
    };
    let mut order: Vec<(usize, f64)> = members
        .all()
        .enumerate()
        .filter_map(|(group, rows)| Some((group, center(rows)?)))
        .collect();
    order::by(&mut order, |(_, a), (_, b)| {
        if objective.maximize {
            b.total_cmp(a)
        } else {
            a.total_cmp(b)
        }
    });
    let mut ranks = vec![0; members.count()];
    let (mut rank, mut before) = (0, f64::NAN);
    for (place, (group, center)) in order.into_iter().enumerate() {
        if center.total_cmp(&before).is_ne() {
            rank = place as u32 + 1;
            before = center;
        }
        ranks[group] = rank;
    }
    ranks
}

/// Up to how many bytes the values of a group stand in its row.
const SHORT_LIST: usize = 12;

/// How many of the values in a group are listed.
const LISTED: usize = 8;

/// The numbers of a metric that has nothing else.
fn numbers_of(column: &Column) -> Option<&[f64]> {
    match column.cells() {
        Cells::Number { values, odd, .. } if column.role() == Role::Metric && odd.is_empty() => {
            Some(values)
        }
        _ => None,
    }
}

/// What is known of some runs in a column before it is looked at.
#[derive(Default)]
pub(super) struct Learnt<'c> {
    distinct: Option<Distinct<'c>>,
    /// Without a median.
    sample: Option<Sample>,
}

/// What some runs have in a column, a group or one alone.
pub(super) enum Said<'c> {
    /// The value that so many runs have, which are all.
    One(ValueRef<'c>, usize),
    /// A metric that differs: what its finite numbers say.
    Sample(Sample),
    /// Values that differ, of which a mean says nothing.
    Values(Distinct<'c>),
}

impl<'c> Said<'c> {
    /// What these runs have.
    pub(super) fn new(column: &'c Column, rows: &[u32], statistic: GroupStatistic) -> Self {
        Self::with(column, rows, statistic, Learnt::default())
    }

    /// What these runs have, of which something is known perhaps.
    pub(super) fn with(
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
    pub(super) fn is_same(&self, other: &Self) -> bool {
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
    pub(super) fn cell(
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
pub(super) fn whole_interval(mean: f64, (low, high): (f64, f64), half: f64) -> String {
    format!(
        "{} in {} to {}",
        short_number(rounded_to(mean, half)),
        short_number(rounded_to(low, half)),
        short_number(rounded_to(high, half))
    )
}

/// No more digits than an uncertainty of `half` leaves.
pub(super) fn rounded_to(x: f64, half: f64) -> f64 {
    let step = libm::pow(10.0, libm::floor(libm::log10(half)) - 1.0);
    if step > 0.0 && step.is_finite() {
        (x / step).round() * step
    } else {
        x
    }
}

/// A mean with its uncertainty in two significant digits, and no more digits than that leaves.
pub(super) fn with_uncertainty(mean: f64, half: f64) -> String {
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
