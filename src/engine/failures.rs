//! To which ends runs came, what those that broke have in common, and when they broke: the answer to
//! [`super::protocol::Ask::Failures`].
//!
//! Every count is a link to the table with a filter that keeps just these runs ([`filters`]); [`ends`] are the broken runs
//! one by one.

mod ends;
pub(super) mod filters;
pub(super) mod rules;
#[cfg(test)]
mod tests;

use super::brief::configurations::Configurations;
use super::brief::{Evidence, Question};
use super::show::span;
use super::view::Tab;
use crate::analysis::failures::bursts::{Begun, Burst, burst, shared};
use crate::analysis::failures::check::{Check, Checked};
use crate::analysis::failures::endings::{Ending, Endings};
use crate::analysis::failures::{Condition, Outcomes, Share, rates};
use crate::chart::number::{axis_end, counted, grouped, percent, short_number};
use crate::chart::rates::{RateBar, Rates};
use crate::chart::timeline::Timeline;
use crate::ledger::{Bits, ColumnId, Ledger, attribute};
use crate::query::{self, Brush};
pub use ends::RunEnd;
use filters::Filters;
use rules::{told_rules, told_values, with_condition};
use serde::{Deserialize, Serialize};

/// Params whose rates are shown.
const MOST_PARAMS: usize = 8;

/// Values of a category whose rates are shown, the most frequent.
const MOST_BARS: usize = 12;

/// A param tells at this level, corrected for all that were looked at.
const LEVEL: f64 = 0.05;

/// A fact with a link to what it is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Its stable word.
    pub kind: String,
    /// What it is about, for people.
    pub topic: String,
    /// It.
    pub text: String,
    /// About how many runs or configurations it is.
    pub n: usize,
    /// Of how many.
    pub of: usize,
    /// Where it can be checked.
    pub link: Evidence,
}

/// How often runs broke by one param.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParamRates {
    /// The param.
    pub name: String,
    /// How much it tells, in words.
    pub told: String,
    /// Whether chance gives as much.
    pub is_chance: bool,
    /// Its values.
    pub rates: Rates,
    /// The runs of each value.
    pub links: Vec<Evidence>,
}

/// The whole answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Failures {
    /// Counts, the rule, the burst.
    pub findings: Vec<Finding>,
    /// How what is said of params was checked, or why nothing is.
    pub checked: String,
    /// What is counted by param: runs, or configurations where these are repeated.
    pub unit: String,
    /// Those that tell most first.
    pub params: Vec<ParamRates>,
    /// How many more there are.
    pub more_params: usize,
    /// When runs began.
    pub timeline: Option<Timeline>,
    /// Runs that broke, one by one.
    pub ends: Vec<RunEnd>,
    /// How many more there are.
    pub more_ends: usize,
    /// How many logs' ends were left out because they would take too much memory.
    pub logs_left_out: usize,
}

/// What is known of the shown runs.
struct Known<'a> {
    of: &'a Question<'a>,
    endings: &'a Endings,
    outcomes: Outcomes,
    filters: Filters<'a>,
}

/// The answer as it is worked out: what tells broken runs from others is looked for in pieces.
pub struct FailuresRun {
    filter: String,
    endings: Endings,
    configurations: Configurations,
    check: Check,
}

impl FailuresRun {
    /// Begins an answer, whose links add to `filter`.
    pub(super) fn new(question: &Question<'_>, filter: &str) -> Self {
        let endings = Endings::new(question.ledger, question.shown, maximized(question));
        let outcomes = endings.outcomes();
        let (mut params, mut configurations) = (Vec::new(), Configurations::default());
        // Where none broke nothing is looked for, and to part many runs by all params takes long.
        if outcomes.share().broken > 0 {
            let others;
            (params, others) = question.replicate_keys();
            configurations = Configurations::new(question, &params, &others);
        }
        let each = outcomes.by_configuration(&configurations.members);
        Self {
            filter: filter.to_owned(),
            check: Check::new(params, each),
            configurations,
            endings,
        }
    }

    /// The filter that its links add to.
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// Does a piece of the work; says whether there is more.
    pub(super) fn step(&mut self, ledger: &Ledger) -> bool {
        self.check.step(ledger)
    }

    /// The answer, when all is done. The question must be of the same runs as at the beginning.
    pub(super) fn answer(&self, question: &Question<'_>) -> Failures {
        let mut said = Failures::default();
        if question.shown.count() == 0 {
            return said;
        }
        let (objective, noun) = (maximized(question), self.configurations.noun());
        let known = Known {
            outcomes: self.endings.outcomes(),
            filters: Filters::new(question, &self.endings, objective),
            endings: &self.endings,
            of: question,
        };
        if known.outcomes.share().broken == 0 {
            known.count(&mut said.findings, "");
            return said;
        }
        let each = self.check.outcomes();
        let share = told_share(&known.outcomes, each, noun);
        known.count(&mut said.findings, &share);
        if let Some(checked) = self.check.checked() {
            let rules = told_rules(question, &checked, noun);
            said.findings.extend(rules.map(|told| Finding {
                of: told.inside.n,
                ..known.finding("rule", "Rule", told.text, told.inside.broken, told.filter)
            }));
            said.checked = told_check(&checked, each.share(), noun);
            said.more_params = checked.params.len().saturating_sub(MOST_PARAMS);
            said.params = known.params(&checked, each);
            noun.clone_into(&mut said.unit);
        } else {
            let Share { broken, n } = each.share();
            said.checked = format!(
                "{} of {} broke: too few of one kind to tell what these have in common.",
                grouped(broken),
                counted(n, noun)
            );
        }
        let begun = known.begun(&self.configurations);
        let times: Vec<(i64, bool)> = begun.iter().map(|run| (run.at, run.broke)).collect();
        said.timeline = Timeline::new(&times);
        said.findings
            .extend(burst(begun).and_then(|burst| known.burst(&burst)));
        said.logs_left_out = question.ledger.logs().left_out();
        (said.ends, said.more_ends) = ends::ends(question, known.endings, objective);
        said
    }
}

/// The objective's column, and whether more of it is better.
fn maximized(question: &Question<'_>) -> Option<(ColumnId, bool)> {
    let (_, column, values) = question.objective?;
    Some((column, values.maximize))
}

/// How many broke, by configuration where these are repeated.
pub(super) fn told_share(outcomes: &Outcomes, each: &Outcomes, noun: &str) -> String {
    let share = each.share();
    let (low, high) = share.interval();
    let of = if share.n < outcomes.share().n {
        format!(
            "by {noun} {} of {} in most of their runs, ",
            grouped(share.broken),
            grouped(share.n)
        )
    } else {
        String::new()
    };
    format!(
        "{of}{} (95 % interval {} to {}, Wilson)",
        percent(share.rate()),
        percent(low),
        percent(high)
    )
}

/// How it was found out what params tell.
fn told_check(checked: &Checked, share: Share, noun: &str) -> String {
    if checked.params.is_empty() {
        return "No param differs among these runs in a way that rates could be told of."
            .to_owned();
    }
    let told = checked.params.iter().filter(|told| told.p < LEVEL).count();
    let rule = if checked.rules.is_empty() {
        " No rule is told: shuffled ends give one as good by chance."
    } else {
        ""
    };
    format!(
        "Checked against {} shuffles of which of the {} broke, corrected for all {} that were looked at (Westfall and Young): \
         {} beyond chance.{rule}",
        checked.shuffles,
        counted(share.n, noun),
        counted(checked.params.len(), "param"),
        match told {
            0 => "none tells broken from others".to_owned(),
            1 => "1 tells broken from others".to_owned(),
            several => format!("{several} tell broken from others"),
        }
    )
}

impl Known<'_> {
    fn finding(&self, kind: &str, topic: &str, text: String, n: usize, filter: String) -> Finding {
        Finding {
            kind: kind.to_owned(),
            topic: topic.to_owned(),
            text,
            n,
            of: self.of.shown.count(),
            link: table(filter),
        }
    }

    /// How many came to which end, and how many of those that ended broke.
    fn count(&self, into: &mut Vec<Finding>, share_in_words: &str) {
        let objective = self
            .of
            .objective
            .map(|(_, id, _)| self.of.ledger.column(id).name());
        let has_status = self.of.ledger.attribute(attribute::STATUS).is_some();
        for ending in Ending::ALL {
            let n = self.endings.count(ending);
            if n == 0 {
                continue;
            }
            let runs = counted(n, "run");
            let (kind, topic, text) = match ending {
                Ending::Finished => ("finished", "Finished", format!("{runs} finished.")),
                Ending::Failed => (
                    "failed",
                    "Failed",
                    format!("{runs} ended by an error, or killed from outside."),
                ),
                Ending::Diverged => ("diverged", "Diverged", self.told_divergence(n)),
                Ending::Pruned => (
                    "pruned",
                    "Pruned",
                    format!("{runs} ended early by choice, which is no failure."),
                ),
                Ending::Running => (
                    "running",
                    "Running",
                    format!("{runs} still running or waiting: left out of all rates."),
                ),
                Ending::Unknown => (
                    "unknown",
                    "No status",
                    format!("{runs} of no known status: taken as having ended well."),
                ),
            };
            into.push(self.finding(kind, topic, text, n, self.filters.of(ending)));
        }
        let Share { broken, n } = self.outcomes.share();
        let (text, filter) = if !has_status && objective.is_none() {
            (
                "Nothing says how these runs ended: they have no status, and no objective is chosen, in which NaN would tell."
                    .to_owned(),
                self.of.filter.to_owned(),
            )
        } else if n == 0 {
            return;
        } else if broken == 0 {
            (none_broke(n, objective), self.of.filter.to_owned())
        } else {
            (
                format!(
                    "{} of {} that came to an end broke: {share_in_words}.",
                    grouped(broken),
                    counted(n, "run")
                ),
                self.filters.broken(),
            )
        };
        let mut finding = self.finding("broken", "Broken", text, broken, filter);
        finding.of = n;
        into.insert(0, finding);
    }

    fn told_divergence(&self, n: usize) -> String {
        let name = self
            .of
            .objective
            .map_or("", |(_, id, _)| self.of.ledger.column(id).name());
        let count = |is: &dyn Fn(usize) -> bool| {
            let rows = self.endings.rows(Ending::Diverged);
            rows.filter(|row| is(*row)).count()
        };
        let far = count(&|row| self.endings.is_far.get(row));
        let odd = count(&|row| self.endings.not_finite.get(row));
        let mut ways = vec![
            (odd, "is NaN or infinite at the end".to_owned()),
            (
                n - odd - far,
                "ended 100 times as far from zero as it began".to_owned(),
            ),
        ];
        if let Some(limit) = self.endings.far {
            let way = format!(
                "exploded (to {} or more, 1,000 times what is far for all others by their magnitudes)",
                short_number(limit)
            );
            ways.push((far, way));
        }
        ways.retain(|(count, _)| *count > 0);
        let each = ways.iter().map(|(count, way)| match *count {
            all if all == n => way.clone(),
            some => format!("{way} in {}", grouped(some)),
        });
        let with = each.collect::<Vec<_>>().join(", and ");
        format!("{} diverged: {name} {with}.", counted(n, "run"))
    }

    /// The rates by the params that tell most.
    fn params(&self, checked: &Checked, outcomes: &Outcomes) -> Vec<ParamRates> {
        let overall = outcomes.share().rate();
        let mut made = Vec::new();
        for told in checked.params.iter().take(MOST_PARAMS) {
            let column = self.of.ledger.column(told.column);
            let mut parts = rates(column, outcomes);
            let is_category = parts
                .iter()
                .any(|(condition, _)| matches!(condition, Condition::As(_)));
            if is_category && parts.len() > MOST_BARS {
                order::by_key(&mut parts, |(_, share)| std::cmp::Reverse(share.n));
                parts.truncate(MOST_BARS);
            }
            let bar = |(condition, share): &(Condition, Share)| {
                let (low, high) = share.interval();
                RateBar {
                    label: told_values(column, condition),
                    count: share.broken,
                    n: share.n,
                    low,
                    high,
                }
            };
            let link = |(condition, _): &(Condition, Share)| {
                table(with_condition(
                    self.of,
                    self.of.filter,
                    told.column,
                    condition,
                ))
            };
            made.push(ParamRates {
                name: column.name().to_owned(),
                told: format!(
                    "takes away {} of what is uncertain, p = {:.3}",
                    percent(told.share),
                    told.p
                ),
                is_chance: told.p >= LEVEL,
                rates: Rates {
                    bars: parts.iter().map(bar).collect(),
                    overall,
                },
                links: parts.iter().map(link).collect(),
            });
        }
        made
    }

    /// The runs that ended and whose beginning is known.
    fn begun(&self, configurations: &Configurations) -> Vec<Begun> {
        let Some(starts) = self.of.ledger.attribute(attribute::START) else {
            return Vec::new();
        };
        let starts = starts.numbers();
        let mut of = vec![0; self.of.ledger.rows()];
        for (at, rows) in configurations.members.iter().enumerate() {
            rows.iter().for_each(|row| of[*row as usize] = at as u32);
        }
        let begun = |row: usize| {
            let at = starts.get(row).copied().filter(|at| at.is_finite())?;
            Some(Begun {
                at: at as i64,
                row,
                of: of[row],
                broke: self.outcomes.broken.get(row),
            })
        };
        self.outcomes.ended.ones().filter_map(begun).collect()
    }

    /// The burst as a sentence.
    fn burst(&self, burst: &Burst) -> Option<Finding> {
        let (first, last) = (burst.runs.first()?, burst.runs.last()?);
        let ledger = self.of.ledger;
        let before = match burst.calm_before {
            0 => String::new(),
            1 => ", while the 1 before did not".to_owned(),
            several => format!(", while the {} right before did not", grouped(several)),
        };
        let rows: Vec<usize> = burst
            .runs
            .iter()
            .filter(|run| run.broke)
            .map(|run| run.row)
            .collect();
        let mut is_in = Bits::filled(ledger.rows(), false);
        burst.runs.iter().for_each(|run| is_in.set(run.row, true));
        let others: Vec<usize> = self
            .outcomes
            .ended
            .ones()
            .filter(|row| !is_in.get(*row))
            .collect();
        let same =
            shared(ledger, &rows, &others, &self.outcomes.broken).map_or(String::new(), |shared| {
                let column = ledger.column(shared.column);
                format!(
                    " All of these have {} = {}, as {} of {} have.",
                    column.name(),
                    column.get(rows[0]),
                    grouped(shared.others),
                    counted(others.len(), "other run")
                )
            });
        let text = format!(
            "{} of {} that began within {} from {} broke{before}.{same}",
            grouped(burst.broken),
            counted(burst.runs.len(), "run"),
            span(last.at - first.at),
            axis_end(first.at as f64, true),
        );
        let start = ledger.find(crate::ledger::Role::Attribute, attribute::START)?;
        let kept = Brush::Range {
            low: Some(first.at as f64),
            high: Some(last.at as f64),
        };
        let filter = query::with_clause(self.of.filter, ledger, start, Some(&kept));
        Some(Finding {
            of: burst.runs.len(),
            ..self.finding("burst", "Burst", text, burst.broken, filter)
        })
    }
}

/// That none broke, and how many may all the same.
fn none_broke(n: usize, objective: Option<&str>) -> String {
    // The exact bound for no event in n: 1 - 0.05^(1/n), which 3/n comes near.
    let bound = 1.0 - libm::pow(0.05, 1.0 / n as f64);
    let looked_at = objective.map_or_else(
        || {
            ", as far as their status says (no objective is chosen, in which NaN would tell)"
                .to_owned()
        },
        |name| format!(": none failed, and {name} is finite in all that have it"),
    );
    format!(
        "None of {} that came to an end broke{looked_at}. Of further runs like these at most {} would (upper 95 % bound, about \
         3 / {}).",
        counted(n, "run"),
        percent(bound),
        grouped(n)
    )
}

/// The table with this filter.
fn table(filter: String) -> Evidence {
    Evidence {
        tab: Tab::Table,
        filter,
        sort: None,
        grouping: None,
        open: None,
    }
}
