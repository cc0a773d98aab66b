//! What to run next: proposals of a forest, and what the runs say of ranges, edges, knobs and replicates: the answer to
//! [`super::protocol::Ask::Next`].
//!
//! It is worked out in steps, so that whoever has it can answer others between them. It explains what importance does,
//! with its default settings, on fewer runs.

mod advice;
mod export;
mod findings;
mod ranks;
#[cfg(test)]
mod tests;

pub use self::advice::Advice;
use super::brief::{Sentence, SentenceKind};
use super::failures::Finding;
use super::grouped::rounded_to;
use super::importance_run::ImportanceRun;
use super::info::key_of;
use super::show::{cell, short_number};
use super::view::Objective;
use crate::analysis::failures::Outcomes;
use crate::analysis::first_look::FirstLook;
use crate::analysis::importance::{Parameter, Refusal, Warning};
use crate::analysis::next::{Ends, Proposal, Proposals, Proposing, Setting, Wanted};
use crate::chart::number::{grouped, percent};
use crate::ledger::direction::is_share;
use crate::ledger::{ColumnId, Ledger, Value, ValueRef};
use findings::Narrowed;
use ranks::Ranked;
use serde::{Deserialize, Serialize};

/// How many proposals are worked out; fewer are the first of them.
pub const MOST: usize = 20;

/// Runs without a result that are not proposed again, at most.
const MOST_TRIED: usize = 5_000;

/// Where the greatest of many shares lies at least that are not called so.
const NEAR_ONE: f64 = 0.9;

/// A forest that predicts less of the variance is hardly better than the mean.
const WEAK: f64 = 0.1;

/// Below this, poorly.
const POOR: f64 = 0.3;

/// The answer, for people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Next {
    /// What is to become better, as `val_loss (last, minimize)`; empty where no objective is chosen.
    pub objective: String,
    /// Runs that were used, and of how many shown.
    pub used: (usize, usize),
    /// How the proposals came about, or why they are not predicted.
    pub words: Vec<String>,
    /// The params that are proposed.
    pub params: Vec<String>,
    /// The proposals, those that are expected to improve most first.
    pub proposals: Vec<NextRow>,
    /// Replicates, edges, ranges, knobs.
    pub findings: Vec<Finding>,
    /// The proposals in other forms.
    pub texts: Vec<NextText>,
}

/// One proposal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NextRow {
    /// A value for each param; empty where it is not set.
    pub values: Vec<String>,
    /// The predicted value, its 80 % interval and the expected improvement; `None` where nothing is predicted.
    pub predicted: Option<[String; 3]>,
    /// The chance that it breaks, where some did.
    pub breaks: Option<String>,
    /// Why it is proposed.
    pub why: String,
}

/// The proposals as text for a program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NextText {
    /// What it is for.
    pub title: String,
    /// A name for the file.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// It.
    pub text: String,
}

/// A parameter of the design, as its column has it.
struct Param {
    name: String,
    /// The key of its column.
    key: String,
    /// The values of its categories, by code.
    categories: Vec<Value>,
    /// What it is off its scale, where that is one value.
    elsewhere: Option<Value>,
    /// Whether the objective goes along with it, or that runs break, by a first look.
    matters: bool,
}

impl Param {
    /// A setting as the ledger types it; `None` where it is not set.
    fn value(&self, setting: Setting) -> Option<Value> {
        match setting {
            Setting::Number(number) => Some(Value::Number(number)),
            Setting::Category(code) => self.categories.get(code as usize).cloned(),
            Setting::Inactive => self.elsewhere.clone(),
        }
    }
}

/// It while it is worked out.
pub struct NextRun {
    run: ImportanceRun,
    /// The runs' ranks, while proposals go by those.
    ranked: Option<Ranked>,
    proposing: Option<Proposing>,
    /// Proposals without predictions, where ranks were tried after them.
    unpredicted: Option<Proposing>,
    params: Vec<Param>,
    tried: Vec<Vec<Setting>>,
    ends: Ends,
    /// What the objective's column is called, for a sweep.
    metric: String,
    asked: (String, u64),
    findings: Vec<Finding>,
}

impl NextRun {
    /// Begins, with what explains the objective, which runs broke, and what the runs alone say.
    pub(super) fn begin(
        ledger: &Ledger,
        run: ImportanceRun,
        outcomes: &Outcomes,
        objective: &Objective,
        sentences: Vec<Sentence>,
        filter: &str,
        seed: u64,
    ) -> Self {
        let mut values = vec![f64::NAN; ledger.rows()];
        for (row, value) in run.rows().iter().zip(&run.design().objective) {
            values[*row] = *value;
        }
        let goes_along = |values: Vec<f64>| -> Vec<ColumnId> {
            let mut look = FirstLook::new(values);
            run.columns()
                .for_each(|(column, _)| look.look(ledger, column));
            let found = look.associations().into_iter();
            found.map(|found| found.column).collect()
        };
        let mut matter = goes_along(values);
        // What breaks runs is not to be fixed either, whatever it does to those that end.
        if outcomes.broken.count() > 0 {
            let broke = |row: usize| {
                if outcomes.ended.get(row) {
                    f64::from(u8::from(outcomes.broken.get(row)))
                } else {
                    f64::NAN
                }
            };
            matter.extend(goes_along((0..ledger.rows()).map(broke).collect()));
        }
        let params: Vec<Param> = run
            .columns()
            .zip(&run.design().parameters)
            .map(|((column, names), parameter)| Param {
                name: parameter.name.clone(),
                key: key_of(ledger, column),
                categories: categories(ledger, column, names, run.rows()),
                elsewhere: elsewhere(parameter),
                matters: matter.contains(&column),
            })
            .collect();
        let (_, metric) = objective.column.split_once('.').unwrap_or_default();
        let finding = |sentence: Sentence| {
            let (kind, topic) = match sentence.kind {
                SentenceKind::Edge => ("edge", "At the edge"),
                SentenceKind::Leak => ("leak", "Left out"),
                _ => ("replicates", "Replicate"),
            };
            Finding {
                kind: kind.to_owned(),
                topic: topic.to_owned(),
                text: sentence.text,
                n: sentence.n,
                of: sentence.of,
                link: sentence.link,
            }
        };
        let (others, tried) = tried(ledger, &run);
        let end = |row: &usize| outcomes.ended.get(*row).then(|| outcomes.broken.get(*row));
        Self {
            ends: Ends {
                of_design: run.rows().iter().map(end).collect(),
                of_tried: others.iter().map(end).collect(),
            },
            tried,
            metric: metric.to_owned(),
            asked: (filter.to_owned(), seed),
            findings: sentences.into_iter().map(finding).collect(),
            proposing: None,
            ranked: None,
            unpredicted: None,
            params,
            run,
        }
    }

    /// Part done, 0 to 1.
    fn done(&self) -> f64 {
        let proposing = match &self.ranked {
            // How far it is never goes back.
            Some(_) => 1.0,
            None => self.proposing.as_ref().map_or(0.0, Proposing::done),
        };
        f64::midpoint(self.run.done(), proposing)
    }

    /// Does a piece of the work; says whether there is more.
    pub fn step(&mut self) -> bool {
        if self.run.work_here() {
            return true;
        }
        let job = self.run.job();
        let proposing = match &mut self.proposing {
            Some(proposing) => proposing,
            none => {
                let refused = job.answer().and_then(|answer| answer.refused);
                // What a forest finds is for the proposals' own to say.
                let can_grow = matches!(
                    refused,
                    None | Some(Refusal::Unpredictable { .. } | Refusal::NothingFound)
                );
                let objective = &self.run.design().objective;
                let maximize = self.run.maximize();
                let wanted = Wanted {
                    count: MOST,
                    seed: self.asked.1,
                    maximize,
                    bounds: match &self.ranked {
                        Some(ranked) => ranked.bounds(),
                        None => bounds(&self.metric, objective, maximize),
                    },
                };
                let settings = can_grow.then(|| job.settings());
                let (design, prepared) = match &self.ranked {
                    Some(ranked) => (&ranked.design, &ranked.prepared),
                    None => (self.run.design(), job.prepared()),
                };
                none.insert(Proposing::new(
                    design,
                    prepared,
                    settings,
                    wanted,
                    &self.tried,
                    &self.ends,
                ))
            }
        };
        let ranked = self.ranked.as_ref();
        let prepared = ranked.map_or(job.prepared(), |ranked| &ranked.prepared);
        proposing.step(prepared) || self.turns_to_ranks()
    }

    /// Whether there is more to do: a few runs that lie far from all others may lead a forest astray that tells the order of all. Where
    /// ranks cannot be predicted either, what was proposed without predictions stays.
    fn turns_to_ranks(&mut self) -> bool {
        let found = self.proposing.as_ref().and_then(Proposing::proposals);
        let Some((r2, found)) = found.and_then(|found| Some((found.r2?, found))) else {
            return false;
        };
        if self.ranked.is_some() {
            if r2 < WEAK {
                self.ranked = None;
                std::mem::swap(&mut self.proposing, &mut self.unpredicted);
            }
            return false;
        }
        let mut proposals = found.proposals.iter();
        let is_unpredicted = proposals.all(|proposal| proposal.forecast.is_none());
        if !is_unpredicted || found.proposals.is_empty() || self.unpredicted.is_some() {
            return false;
        }
        self.ranked = Some(Ranked::new(self.run.design(), r2));
        self.unpredicted = self.proposing.take();
        true
    }

    /// The answer with at most so many proposals, once all steps are done.
    pub fn answer(&self, count: usize) -> Next {
        let said = self.run.answer();
        let none = Proposals::default();
        let found = self.proposing.as_ref().and_then(Proposing::proposals);
        let found = found.unwrap_or(&none);
        let mut chosen: Vec<&Proposal> =
            found.proposals.iter().take(count.clamp(1, MOST)).collect();
        let improvement = |proposal: &Proposal| {
            proposal
                .forecast
                .map_or(0.0, |forecast| forecast.improvement)
        };
        order::by(&mut chosen, |a, b| {
            improvement(b).total_cmp(&improvement(a))
        });
        let params: Vec<&Param> = found
            .parameters
            .iter()
            .map(|at| &self.params[*at])
            .collect();
        let configurations: Vec<Vec<Option<Value>>> = chosen
            .iter()
            .map(|proposal| {
                let settings = params.iter().zip(&proposal.settings);
                settings
                    .map(|(param, setting)| param.value(*setting))
                    .collect()
            })
            .collect();
        let rows = chosen.iter().zip(&configurations);
        let proposals = rows
            .map(|(proposal, values)| row(proposal, values, self.ranked.as_ref()))
            .collect();
        let names: Vec<&str> = params.iter().map(|param| param.name.as_str()).collect();
        let mut narrowed: Vec<Narrowed> = Vec::new();
        let mut findings = self.findings.clone();
        findings::of_forest(self, &said, &mut findings, &mut narrowed);
        for of in &mut narrowed {
            let at = names.iter().position(|name| *name == of.name);
            let values = configurations
                .iter()
                .filter_map(|values| values[at?].as_ref());
            values.for_each(|value| of.widen(value));
        }
        let mut words = self.words(found, said.refused.as_deref());
        // How well the forest of proposals predicts is told above: that of importance is another, with corrections.
        let has_forecast = chosen.iter().any(|proposal| proposal.forecast.is_some());
        let of_fit = said.r2_oob.map(|r2| Warning::WeakFit { r2 }.to_string());
        let of_fit = of_fit.filter(|_| has_forecast);
        // And what ranks mend is no longer to be minded.
        let of_tails = self.ranked.as_ref().and_then(|_| self.run.tails());
        let warned = said.warnings.iter();
        let warned = warned
            .filter(|warning| Some(*warning) != of_fit.as_ref() && Some(*warning) != of_tails);
        words.extend(warned.map(|warning| format!("Take care: {warning}.")));
        Next {
            objective: said.objective,
            used: (said.used, said.shown),
            words,
            texts: if configurations.is_empty() {
                Vec::new()
            } else {
                let sweep = export::sweep(&self.metric, self.run.maximize(), &narrowed);
                export::texts(&names, &configurations, sweep)
            },
            params: names.into_iter().map(str::to_owned).collect(),
            proposals,
            findings,
        }
    }

    /// How the proposals came about.
    fn words(&self, found: &Proposals, refused: Option<&str>) -> Vec<String> {
        let seed = self.asked.1;
        let is_forest = found
            .proposals
            .iter()
            .any(|proposal| proposal.forecast.is_some());
        let mut words = Vec::new();
        if found.parameters.is_empty() {
            let reason = refused.unwrap_or("no param varies over these runs");
            words.push(format!("Nothing can be proposed: {reason}."));
            return words;
        }
        if found.proposals.is_empty() {
            words.push(
                "Every configuration of the values that were searched has been run: widen a range or add a value."
                    .to_owned(),
            );
        } else if is_forest {
            let r2 = found.r2.unwrap_or_default();
            let breaks = found
                .proposals
                .iter()
                .any(|proposal| proposal.breaks.is_some());
            words.push(format!(
                "Expected improvement on the best predicted run{}, by a random forest of {} runs within what was searched; \
                 intervals hold 80 % of runs that its trees had not seen. Out-of-bag R² {r2:.2}, seed {seed}.",
                if breaks {
                    ", times the chance not to break"
                } else {
                    ""
                },
                grouped(self.run.rows().len())
            ));
            if let Some(ranked) = &self.ranked {
                words.push(ranked.words());
            }
            if r2 < WEAK {
                words.push(
                    "The forest predicts unseen runs hardly better than their mean does: random search may be as good."
                        .to_owned(),
                );
            } else if r2 < POOR {
                words.push(
                    "The forest predicts unseen runs poorly: take the order as a hint.".to_owned(),
                );
            }
        } else {
            let reason = match found.r2 {
                Some(r2) => format!(
                    "the objective cannot be predicted from these params (out-of-bag R² {r2:.2}), so random search is as good"
                ),
                None => refused.unwrap_or("there is no forest").to_owned(),
            };
            words.push(format!(
                "No predictions: {reason}. Proposed instead: points far from all runs and from one another within what was \
                 searched, seed {seed}."
            ));
        }
        words
    }
}

fn row(proposal: &Proposal, values: &[Option<Value>], ranked: Option<&Ranked>) -> NextRow {
    let text = |value: &Option<Value>| match value {
        Some(value) => cell(value.as_ref()).text,
        None => String::new(),
    };
    let why = match proposal.forecast {
        None => "Far from all runs",
        Some(forecast) if forecast.explores => {
            "Explores: predicted among the worse nine tenths, but unsure"
        }
        Some(_) => "Exploits: predicted as good as the best tenth of runs are",
    };
    NextRow {
        values: values.iter().map(text).collect(),
        predicted: proposal.forecast.map(|forecast| {
            if let Some(ranked) = ranked {
                return ranked.told(&forecast);
            }
            // No more digits than the interval leaves: two of its half, and of an improvement.
            let half = (forecast.high - forecast.low) / 2.0;
            let told = |x: f64| short_number(rounded_to(x, half));
            [
                told(forecast.mean),
                format!("{} to {}", told(forecast.low), told(forecast.high)),
                short_number(rounded_to(forecast.improvement, forecast.improvement)),
            ]
        }),
        breaks: proposal.breaks.map(percent),
        why: why.to_owned(),
    }
}

/// The values of a column's categories by code, which are given by first occurrence among `rows`.
fn categories(ledger: &Ledger, id: ColumnId, names: &[String], rows: &[usize]) -> Vec<Value> {
    let column = ledger.column(id);
    let mut found: Vec<Value> = Vec::new();
    for row in rows {
        let value = column.get(*row);
        if names
            .get(found.len())
            .is_some_and(|name| *name == value.to_string())
        {
            found.extend(value.to_owned());
        }
    }
    found
}

/// What a parameter is off its scale, as the ledger types it, where that is one value.
fn elsewhere(parameter: &Parameter) -> Option<Value> {
    match parameter.elsewhere.as_slice() {
        [text] => ValueRef::parse(text).to_owned(),
        _ => None,
    }
}

/// The configurations of runs that are not in the design: those without a result, or beyond what is used.
fn tried(ledger: &Ledger, run: &ImportanceRun) -> (Vec<usize>, Vec<Vec<Setting>>) {
    let others = (0..ledger.rows()).filter(|row| run.rows().binary_search(row).is_err());
    let rows: Vec<usize> = others.take(MOST_TRIED).collect();
    let mut tried = vec![Vec::new(); rows.len()];
    for ((id, names), parameter) in run.columns().zip(&run.design().parameters) {
        let column = ledger.column(id);
        for (settings, row) in tried.iter_mut().zip(&rows) {
            let value = column.get(*row);
            let text = value.to_string();
            let category = || names.iter().position(|name| *name == text);
            let is_elsewhere = parameter.elsewhere.contains(&text);
            settings.push(match value.number() {
                _ if value.is_missing() || is_elsewhere => Setting::Inactive,
                Some(number) if names.is_empty() => Setting::Number(number),
                _ => category().map_or(Setting::Inactive, |code| Setting::Category(code as u32)),
            });
        }
    }
    (rows, tried)
}

/// Between what a metric can lie: what all its values and its name say.
fn bounds(name: &str, values: &[f64], maximize: bool) -> (f64, f64) {
    let finite = || values.iter().copied().filter(|x| x.is_finite());
    let greatest = finite().fold(f64::NEG_INFINITY, f64::max);
    if finite().any(|x| x < 0.0) {
        return (f64::NEG_INFINITY, f64::INFINITY);
    }
    let high = match (is_share(name), greatest) {
        (true, ..=1.0) => 1.0,
        (true, ..=100.0) => 100.0,
        (false, NEAR_ONE..=1.0) if maximize => 1.0,
        _ => f64::INFINITY,
    };
    let is_bounded = !maximize || high.is_finite();
    (if is_bounded { 0.0 } else { f64::NEG_INFINITY }, high)
}
