//! Runs that broke: by which values of which param, and whether one condition on one param tells most of them.
//!
//! A run counts as broken where its status is failed or killed, or its objective is NaN or infinite. One that still goes,
//! waits or was pruned says nothing and is left out.
//!
//! - [`endings`]: to which end each run came, a curve that exploded too.
//! - [`check`]: which params tell broken runs from others beyond chance, and a rule of at most two conditions.
//! - [`bursts`]: runs that broke one after the other.

pub mod bursts;
pub mod check;
pub mod endings;

use super::grouping::row_codes;
use super::part::Part;
use super::ranking::probability::{hypergeometric_above, wilson};
use crate::ledger::{Bits, Cells, Column, ColumnId, Ledger, MISSING, Status, attribute};
use rustc_hash::FxHashMap;

/// A side of a rule has at least so many runs.
const FEWEST: usize = 3;

/// A rule holds at this level, corrected for all conditions that were tried.
const LEVEL: f64 = 0.01;

/// Among how many runs a rule is sought.
const MOST_SOUGHT: usize = 20_000;

/// Into how many parts the values of a number are put.
const BINS: usize = 8;

/// Values of a category at most; of more, the rates say nothing.
const MOST_VALUES: usize = 200;

/// Which runs broke.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    /// The runs that came to an end, one way or the other.
    pub ended: Bits,
    /// Those of them that broke.
    pub broken: Bits,
}

impl Outcomes {
    /// The outcomes of `shown`; `objective` is the column that is to be finite.
    pub fn new(ledger: &Ledger, shown: &Bits, objective: Option<ColumnId>) -> Self {
        let mut made = Self {
            ended: Bits::filled(ledger.rows(), false),
            broken: Bits::filled(ledger.rows(), false),
        };
        let statuses = ledger.attribute(attribute::STATUS);
        for row in shown.ones() {
            let status = status(statuses, row);
            if matches!(status, Status::Running | Status::Scheduled | Status::Pruned) {
                continue;
            }
            made.ended.set(row, true);
            let value = objective.and_then(|id| ledger.column(id).get(row).number());
            let is_odd = value.is_some_and(|value| !value.is_finite());
            made.broken.set(
                row,
                is_odd || matches!(status, Status::Failed | Status::Killed),
            );
        }
        made
    }

    /// Each of these sets of rows as one, in the place of its first row that ended: broken where most of it broke. Runs of
    /// one configuration break together, and are no independent evidence.
    pub fn by_configuration(&self, configurations: &[Vec<u32>]) -> Self {
        let mut made = Self {
            ended: Bits::filled(self.ended.len(), false),
            broken: Bits::filled(self.ended.len(), false),
        };
        for rows in configurations {
            let ended = || {
                let rows = rows.iter().map(|row| *row as usize);
                rows.filter(|row| self.ended.get(*row))
            };
            if let Some(first) = ended().next() {
                let broken = ended().filter(|row| self.broken.get(*row)).count();
                made.ended.set(first, true);
                made.broken.set(first, 2 * broken > ended().count());
            }
        }
        made
    }

    /// How many of all broke.
    pub fn share(&self) -> Share {
        Share {
            broken: self.broken.count(),
            n: self.ended.count(),
        }
    }
}

/// The status of a run by the column of statuses.
fn status(statuses: Option<&Column>, row: usize) -> Status {
    statuses
        .and_then(|column| column.get(row).text())
        .map_or(Status::Unknown, Status::from_word)
}

/// How many of so many runs broke.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many broke.
    pub broken: usize,
    /// Of how many.
    pub n: usize,
}

impl Share {
    /// The 95 % interval of the share (Wilson).
    pub fn interval(self) -> (f64, f64) {
        wilson(self.broken, self.n)
    }

    /// How many of all broke, 0 to 1.
    pub fn rate(self) -> f64 {
        self.broken as f64 / self.n.max(1) as f64
    }

    fn add(&mut self, is_broken: bool) {
        self.n += 1;
        self.broken += usize::from(is_broken);
    }

    fn without(self, part: Self) -> Self {
        Self {
            broken: self.broken - part.broken,
            n: self.n - part.n,
        }
    }
}

/// What runs have in common.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Numbers between two of those that occur, both included; open at an end that is none.
    Between(Option<f64>, Option<f64>),
    /// The value that this row has.
    As(usize),
    /// No value.
    Missing,
}

impl Condition {
    /// Whether a run's value is so.
    pub fn holds(&self, column: &Column, row: usize) -> bool {
        let value = column.get(row);
        match self {
            Self::Between(low, high) => value.number().is_some_and(|x| {
                low.is_none_or(|low| x >= low) && high.is_none_or(|high| x <= high)
            }),
            Self::As(other) => value.is_same(column.get(*other)),
            Self::Missing => value.is_missing(),
        }
    }
}

/// How often runs broke under a condition, and else.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The param.
    pub column: ColumnId,
    /// What its value is.
    pub condition: Condition,
    /// The runs under it.
    pub inside: Share,
    /// The others.
    pub outside: Share,
}

/// How often runs broke by a param's value, or in each of about eight parts of its numbers, and last without a value, where
/// some have none. Nothing for a param of more values than rates can be told for.
pub fn rates(column: &Column, outcomes: &Outcomes) -> Vec<(Condition, Share)> {
    let mut made = rates_of_values(column, outcomes);
    let mut missing = Share::default();
    for row in outcomes.ended.ones() {
        if column.get(row).is_missing() {
            missing.add(outcomes.broken.get(row));
        }
    }
    if missing.n > 0 && !made.is_empty() {
        made.push((Condition::Missing, missing));
    }
    made
}

fn rates_of_values(column: &Column, outcomes: &Outcomes) -> Vec<(Condition, Share)> {
    if let Some(numbers) = numbers(column, outcomes) {
        let mut made: Vec<(Condition, Share)> = Vec::new();
        let enough = numbers.len().div_ceil(BINS);
        let (mut part, mut low) = (Share::default(), None);
        let last = numbers.last().map(|(x, _)| *x);
        // Equal numbers stay in one part.
        for equal in numbers.chunk_by(|a, b| a.0 == b.0) {
            let x = equal[0].0;
            let low_end = *low.get_or_insert(x);
            equal.iter().for_each(|(_, broken)| part.add(*broken));
            if part.n >= enough || Some(x) == last {
                made.push((Condition::Between(Some(low_end), Some(x)), part));
                (part, low) = (Share::default(), None);
            }
        }
        return made;
    }
    by_value(column, outcomes)
}

/// The search for the one condition on one param that parts broken runs from others best (by the likelihood ratio), where
/// it holds against all that were tried (Fisher's exact test, Bonferroni) and leaves some runs on both sides; a param at a
/// time.
///
/// Of many runs it is sought in an even part; what it says is counted over all.
pub struct RuleSearch {
    part: Outcomes,
    tried: u32,
    best: Option<(f64, Rule)>,
}

impl RuleSearch {
    /// Among these runs.
    pub fn new(outcomes: &Outcomes) -> Self {
        let part = Part::new(outcomes.ended.count(), MOST_SOUGHT);
        let in_part = |bits: &Bits| Bits::from_fn(bits.len(), |row| bits.get(row) && part.has(row));
        Self {
            part: Outcomes {
                ended: in_part(&outcomes.ended),
                broken: in_part(&outcomes.broken),
            },
            tried: 0,
            best: None,
        }
    }

    /// Tries the conditions on a param.
    pub fn try_param(&mut self, ledger: &Ledger, param: ColumnId) {
        let Self { part, tried, best } = self;
        let all = part.share();
        if all.broken < 2 || all.broken == all.n {
            return;
        }
        let mut offer = |condition: Condition, inside: Share| {
            let outside = all.without(inside);
            if inside.n < FEWEST || outside.n < FEWEST {
                return;
            }
            *tried += 1;
            let gain = likelihood_ratio(inside, outside);
            if inside.rate() > outside.rate() && best.as_ref().is_none_or(|(most, _)| gain > *most)
            {
                let rule = Rule {
                    column: param,
                    condition,
                    inside,
                    outside,
                };
                *best = Some((gain, rule));
            }
        };
        let values = ledger.column(param);
        match numbers(values, part) {
            Some(numbers) => {
                let mut whole = Share::default();
                numbers.iter().for_each(|(_, broken)| whole.add(*broken));
                let mut below = Share::default();
                for equal in numbers.chunk_by(|a, b| a.0 == b.0) {
                    let x = equal[0].0;
                    if below.n > 0 {
                        offer(Condition::Between(Some(x), None), whole.without(below));
                    }
                    equal.iter().for_each(|(_, broken)| below.add(*broken));
                    if below.n < whole.n {
                        offer(Condition::Between(None, Some(x)), below);
                    }
                }
            }
            None => by_value(values, part)
                .into_iter()
                .for_each(|(condition, share)| offer(condition, share)),
        }
    }

    /// The best of what was tried, counted over all runs.
    pub fn rule(&self, ledger: &Ledger, outcomes: &Outcomes) -> Option<Rule> {
        let (_, rule) = self.best.as_ref()?;
        let all = self.part.share();
        let (inside, broken) = ((rule.inside.broken, rule.inside.n), (all.broken, all.n));
        let p = hypergeometric_above(inside, broken) * f64::from(self.tried);
        if p >= LEVEL {
            return None;
        }
        let mut found = rule.clone();
        let column = ledger.column(found.column);
        let inside = outcomes.ended.ones();
        let inside = inside.filter(|row| found.condition.holds(column, *row));
        found.inside = Share::default();
        inside.for_each(|row| found.inside.add(outcomes.broken.get(row)));
        found.outside = outcomes.share().without(found.inside);
        Some(found)
    }
}

/// The param's numbers in order, each with whether its run broke; `None` for what is no number.
fn numbers(column: &Column, outcomes: &Outcomes) -> Option<Vec<(f64, bool)>> {
    if !matches!(column.cells(), Cells::Number { .. }) {
        return None;
    }
    let values = column.numbers();
    let mut numbers: Vec<(f64, bool)> = outcomes
        .ended
        .ones()
        .filter_map(|row| Some((*values.get(row)?, outcomes.broken.get(row))))
        .filter(|(x, _)| x.is_finite())
        .map(|(x, broken)| (x + 0.0, broken))
        .collect();
    order::by(&mut numbers, |a, b| a.0.total_cmp(&b.0));
    Some(numbers)
}

fn by_value(column: &Column, outcomes: &Outcomes) -> Vec<(Condition, Share)> {
    let codes = row_codes(column, outcomes.ended.len());
    let mut places: FxHashMap<u32, usize> = FxHashMap::default();
    let mut made: Vec<(Condition, Share)> = Vec::new();
    for row in outcomes.ended.ones() {
        if codes[row] == MISSING {
            continue;
        }
        let at = *places.entry(codes[row]).or_insert(made.len());
        if at == made.len() {
            if at == MOST_VALUES {
                return Vec::new();
            }
            made.push((Condition::As(row), Share::default()));
        }
        made[at].1.add(outcomes.broken.get(row));
    }
    made
}

/// Twice the logarithm of how much likelier two rates make what was seen than one rate.
fn likelihood_ratio(a: Share, b: Share) -> f64 {
    let likelihood = |share: Share| {
        let of = |count: usize| {
            let count = count as f64;
            if count > 0.0 {
                count * libm::log(count / share.n as f64)
            } else {
                0.0
            }
        };
        of(share.broken) + of(share.n - share.broken)
    };
    let both = Share {
        broken: a.broken + b.broken,
        n: a.n + b.n,
    };
    2.0 * (likelihood(a) + likelihood(b) - likelihood(both))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Role, RunSink, ValueRef};

    /// Runs with a rate, an optimizer, and whether they failed.
    fn ledger(runs: &[(f64, &str, bool)]) -> Ledger {
        let mut made = Ledger::default();
        let mut keep = |part: Ledger| {
            made.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        for (rate, optimizer, failed) in runs {
            let row = sink.add_run();
            sink.set_named(row, Role::Param, "lr", ValueRef::Number(*rate));
            sink.set_named(row, Role::Param, "optimizer", ValueRef::Text(optimizer));
            sink.set_status(
                row,
                if *failed {
                    Status::Failed
                } else {
                    Status::Finished
                },
            );
        }
        sink.finish();
        made
    }

    fn found(ledger: &Ledger) -> (Outcomes, Option<Rule>) {
        let outcomes = Outcomes::new(ledger, &Bits::filled(ledger.rows(), true), None);
        let params: Vec<ColumnId> = ["lr", "optimizer"]
            .iter()
            .filter_map(|name| ledger.find(Role::Param, name))
            .collect();
        let mut search = RuleSearch::new(&outcomes);
        params
            .iter()
            .for_each(|param| search.try_param(ledger, *param));
        let rule = search.rule(ledger, &outcomes);
        (outcomes, rule)
    }

    #[test]
    fn a_rule_of_many_runs_is_sought_in_a_part_and_counted_over_all() {
        let runs: Vec<(f64, &str, bool)> = (0..50_000_u32)
            .map(|at| (f64::from(at % 1000), "adam", at % 1000 >= 900))
            .collect();
        let (_, rule) = found(&ledger(&runs));
        let rule = rule.unwrap();
        assert_eq!(rule.condition, Condition::Between(Some(900.0), None));
        assert_eq!((rule.inside.broken, rule.inside.n), (5_000, 5_000));
        assert_eq!((rule.outside.broken, rule.outside.n), (0, 45_000));
    }

    #[test]
    fn a_planted_rule_is_found_with_its_support() {
        let runs: Vec<(f64, &str, bool)> = (0..96)
            .map(|at| {
                let optimizer = if at % 2 == 0 { "adam" } else { "sgd" };
                let failed = if at >= 80 {
                    at < 94
                } else {
                    at == 3 || at == 40
                };
                (f64::from(at) / 1000.0, optimizer, failed)
            })
            .collect();
        let ledger = ledger(&runs);
        let (outcomes, rule) = found(&ledger);
        let rule = rule.unwrap();
        assert_eq!(rule.condition, Condition::Between(Some(0.08), None));
        assert_eq!((rule.inside.broken, rule.inside.n), (14, 16));
        assert_eq!((rule.outside.broken, rule.outside.n), (2, 80));
        let rates = rates(ledger.column(rule.column), &outcomes);
        assert_eq!(rates.len(), 8);
        assert_eq!(rates.iter().map(|(_, share)| share.n).sum::<usize>(), 96);
        assert_eq!(rates[0].1, Share { broken: 1, n: 12 });
    }

    #[test]
    fn a_category_is_a_rule_and_chance_is_none() {
        let of = |fails: fn(u32) -> bool| -> Vec<(f64, &'static str, bool)> {
            (0..60)
                .map(|at| {
                    let optimizer = ["adam", "sgd", "lion"][at as usize % 3];
                    (f64::from(at * 37 % 60), optimizer, fails(at))
                })
                .collect()
        };
        let planted = ledger(&of(|at| at % 3 == 2 && at != 5));
        let rule = found(&planted).1.unwrap();
        assert_eq!(rule.condition, Condition::As(2));
        assert_eq!((rule.inside.broken, rule.outside.broken), (19, 0));
        // Every sixth fails, whatever it has.
        let even = ledger(&of(|at| at % 7 == 0));
        assert_eq!(found(&even).1, None);
        assert_eq!(found(&ledger(&of(|_| true))).1, None);
        assert_eq!(found(&ledger(&of(|_| false))).1, None);
    }
}
