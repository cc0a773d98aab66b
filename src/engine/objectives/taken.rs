//! Which runs, or groups of them, take part in fronts: those with a finite value of each objective that break no
//! constraint.

use super::{ChosenMetric, points};
use crate::analysis::pareto::chance::membership;
use crate::analysis::pareto::{Point, Points};
use crate::analysis::ranking::ObjectiveColumn;
use crate::analysis::ranking::uncertainty::Center;
use crate::chart::number::{counted, grouped, short_number};
use crate::engine::brief::Question;
use crate::engine::show::run_name;
use crate::ledger::{Ledger, Role, attribute};

/// The name of the values that say whether a run may be chosen, feasible up to 0, as Optuna's samplers note them.
const CONSTRAINTS: &str = "constraints";

/// Seeds the draws.
const SEED: u64 = 6;

/// A run, or a group of them.
pub(super) struct Unit {
    /// Its first run.
    pub(super) row: usize,
    /// Its runs.
    pub(super) rows: Vec<u32>,
    /// The value of each objective, of a group its [`Taken::center`]; NaN where there is none.
    pub(super) values: Vec<f64>,
    /// By how much it breaks constraints in sum; infinite where that is not known though others say it.
    pub(super) violation: f64,
    /// When it began in Unix milliseconds; NaN where that is not known.
    start: f64,
}

/// What takes part.
pub(super) struct Taken {
    /// Those that take part first, then the others.
    pub(super) units: Vec<Unit>,
    /// Points of those that take part.
    pub(super) points: Points,
    pub(super) are_groups: bool,
    /// By what the runs of a group are told as one number: as they are ranked.
    pub(super) center: Center,
    pub(super) has_constraints: bool,
    /// Points of the runs of those that take part.
    members: Vec<Vec<Point>>,
    /// How many have no value, by objective.
    without: Vec<usize>,
    /// What is nearest to feasible, where nothing is.
    nearest: Option<(String, f64)>,
    has_starts: bool,
}

impl Taken {
    pub(super) fn new(question: &Question<'_>, columns: &[ObjectiveColumn]) -> Self {
        let ledger = question.ledger;
        let center = question
            .objective
            .map_or(Center::Mean, |(_, _, values)| values.center);
        let grouped = question.grouped.filter(|grouped| grouped.info.several > 0);
        let members: Vec<Vec<u32>> = match grouped {
            Some(grouped) => grouped.all_members(),
            None => question.shown.ones().map(|row| vec![row as u32]).collect(),
        };
        let violations = violations(ledger);
        let starts = ledger
            .attribute(attribute::START)
            .map(|column| column.numbers());
        let start = |row: &u32| {
            let starts = starts.as_ref();
            starts
                .and_then(|starts| starts.get(*row as usize).copied())
                .unwrap_or(f64::NAN)
        };
        let unit = |rows: Vec<u32>| {
            let row = rows.first().map(|row| *row as usize)?;
            let value = |column: &ObjectiveColumn| {
                let values = rows.iter().map(|row| column.values[*row as usize]);
                center.of(values).unwrap_or(f64::NAN)
            };
            let broken = rows.iter().map(|row| match &violations {
                Some(violations) => violations
                    .get(*row as usize)
                    .copied()
                    .unwrap_or(f64::INFINITY),
                None => 0.0,
            });
            Some(Unit {
                row,
                values: columns.iter().map(value).collect(),
                violation: broken.fold(0.0, f64::max),
                start: rows.iter().map(start).fold(f64::NAN, f64::min),
                rows,
            })
        };
        let mut units: Vec<Unit> = members.into_iter().filter_map(unit).collect();
        let without = (0..columns.len())
            .map(|at| units.iter().filter(|unit| unit.values[at].is_nan()).count())
            .collect();
        let takes_part = |unit: &Unit| is_complete(unit) && unit.violation <= 0.0;
        order::by_key(&mut units, |unit| !takes_part(unit));
        let part = units.iter().take_while(|unit| takes_part(unit)).count();
        let nearest = units
            .iter()
            .filter(|unit| is_complete(unit) && unit.violation.is_finite())
            .min_by(|a, b| a.violation.total_cmp(&b.violation));
        let nearest = nearest
            .filter(|_| part == 0)
            .map(|unit| (run_name(ledger, unit.row), unit.violation));
        let of_units: Vec<Vec<f64>> = (0..columns.len())
            .map(|at| units.iter().map(|unit| unit.values[at]).collect())
            .collect();
        let all: Vec<usize> = (0..part).collect();
        let by_row: Vec<Vec<f64>> = columns.iter().map(|column| column.values.clone()).collect();
        let members = units[..part].iter().map(|unit| {
            let has_all = |row: &usize| by_row.iter().all(|values| values[*row].is_finite());
            let rows = unit.rows.iter().map(|row| *row as usize);
            let rows: Vec<usize> = rows.filter(has_all).collect();
            points(columns, &by_row, &rows).of
        });
        Self {
            points: points(columns, &of_units, &all),
            are_groups: grouped.is_some(),
            center,
            has_constraints: violations.is_some(),
            members: if grouped.is_some() {
                members.collect()
            } else {
                Vec::new()
            },
            without,
            nearest,
            has_starts: units[..part].iter().all(|unit| unit.start.is_finite()),
            units,
        }
    }

    /// What takes no part, and why.
    pub(super) fn told(&self, noun: &str, metrics: &[ChosenMetric]) -> Vec<String> {
        let mut words = Vec::new();
        let all = self.units.len();
        let lacking = self
            .units
            .iter()
            .filter(|unit| unit.values.iter().any(|value| value.is_nan()))
            .count();
        if lacking > 0 {
            let each = metrics.iter().zip(&self.without).filter(|(_, n)| **n > 0);
            let each: Vec<String> = each
                .map(|(metric, n)| format!("{} {}", metric.name, grouped(*n)))
                .collect();
            words.push(format!(
                "{} of {} without a finite value of an objective, or pruned, take no part: {}.",
                grouped(lacking),
                counted(all, noun),
                each.join(", ")
            ));
        }
        if self.has_constraints {
            let complete = || self.units.iter().filter(|unit| is_complete(unit));
            let broken = complete().filter(|unit| unit.violation > 0.0);
            let unknown = broken.clone().filter(|unit| unit.violation.is_infinite());
            let unknown = match unknown.count() {
                0 => String::new(),
                several => format!(
                    ", {} of them since they say nothing of it",
                    grouped(several)
                ),
            };
            words.push(format!(
                "{} of {} with all objectives break a constraint (a value above 0) and take no part{unknown}.",
                grouped(broken.count()),
                counted(complete().count(), noun)
            ));
        }
        if let Some((name, violation)) = &self.nearest {
            words.push(format!(
                "None meets all constraints; nearest to it is {name}, which breaks them by {} in sum.",
                short_number(*violation)
            ));
        } else if self.points.of.is_empty() {
            words.push(
                "No run takes part: choose other objectives, or widen the filter.".to_owned(),
            );
        }
        words
    }

    /// How often each that takes part is on the first front, and of how many draws.
    pub(super) fn chances(&self) -> Option<(Vec<f64>, usize)> {
        // A center may be of runs none of which has all objectives.
        if self.members.iter().any(Vec::is_empty) {
            return None;
        }
        membership(self.points.width, &self.members, self.center, SEED)
    }

    /// The places of those that take part, by when they began, where all say so, else as they were read.
    pub(super) fn in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.points.of.len()).collect();
        if self.has_starts {
            order::by(&mut order, |a, b| {
                self.units[*a].start.total_cmp(&self.units[*b].start)
            });
        }
        order
    }

    /// That order in words.
    pub(super) fn order_words(&self) -> &'static str {
        if self.has_starts {
            "in the order in which they began"
        } else {
            "in the order in which they were read, as not all say when they began"
        }
    }
}

fn is_complete(unit: &Unit) -> bool {
    unit.values.iter().all(|value| value.is_finite())
}

/// By how much each run breaks constraints in sum, infinite where that is not known; `None` where no run says it.
pub(super) fn violations(ledger: &Ledger) -> Option<Vec<f64>> {
    let mut sums: Option<Vec<f64>> = None;
    for column in ledger.columns() {
        let is_part = column
            .name()
            .strip_prefix(CONSTRAINTS)
            .is_some_and(|rest| rest.is_empty() || is_place(rest));
        if column.role() != Role::Tag || !is_part {
            continue;
        }
        for row in 0..column.cells().len() {
            let value = column.get(row);
            let amount = match value.number() {
                Some(number) => Some(number.max(0.0)),
                None => value.text().and_then(sum_of_list),
            };
            let Some(amount) = amount.filter(|amount| !amount.is_nan()) else {
                continue;
            };
            let sums = sums.get_or_insert_with(|| vec![f64::INFINITY; ledger.rows()]);
            if let Some(sum) = sums.get_mut(row) {
                *sum = if sum.is_finite() {
                    *sum + amount
                } else {
                    amount
                };
            }
        }
    }
    sums
}

/// Whether this is the place of a list's element, as `.0`.
fn is_place(rest: &str) -> bool {
    let digits = rest.strip_prefix('.').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// What of a list as `[-226.0, 3.0]` is above 0, in sum.
fn sum_of_list(text: &str) -> Option<f64> {
    let inner = text.trim().strip_prefix('[')?.strip_suffix(']')?;
    let mut sum = 0.0;
    for part in inner.split(',') {
        sum += part.trim().parse::<f64>().ok()?.max(0.0);
    }
    Some(sum)
}
