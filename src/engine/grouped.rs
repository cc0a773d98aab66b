//! The selection by groups: which runs are in which, in which order, and what a group's row says ([`said`]).

mod said;

pub(super) use said::{Learnt, Said, rounded_to, whole_interval, with_uncertainty};

use super::info::{column_of_key, key_of};
use super::protocol::GroupingInfo;
use super::show::cell;
use super::view::Grouping;
use crate::analysis::grouping::{
    Groups, Members, NO_GROUP, Others, joined_by_source, replicate_keys,
};
use crate::analysis::ranking::ObjectiveColumn;
use crate::analysis::ranking::uncertainty::{Center, Skew};
use crate::analysis::sample::{MANY, Sample};
use crate::chart::number::shortened;
use crate::ledger::{Bits, Cells, Column, ColumnId, Few, Ledger, Role, ValueRef};

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

/// The numbers of a metric that has nothing else.
fn numbers_of(column: &Column) -> Option<&[f64]> {
    match column.cells() {
        Cells::Number { values, odd, .. } if column.role() == Role::Metric && odd.is_empty() => {
            Some(values)
        }
        _ => None,
    }
}
