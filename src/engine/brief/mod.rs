//! What is to be known first of the shown runs: each fact a sentence with its counts and its evidence.
//!
//! A sentence is there only where the data carries it: each kind has a test on data with it and on data without.

mod best;
mod broken;
mod budget;
pub(super) mod configurations;
mod front;
mod next;
mod odd;
mod odd_curves;
mod params;
mod ranked;
mod run;
#[cfg(test)]
mod tests;

pub(super) use self::best::told_test;
pub(super) use self::odd::is_or_are;
pub use self::ranked::Ranked;
pub use self::run::BriefRun;

use super::grouped::Grouped;
use super::view::{Grouping, Objective, SortKey, Tab, View};
use crate::analysis::failures::check::Check;
use crate::analysis::failures::endings::Endings;
use crate::analysis::first_look::FirstLook;
use crate::analysis::grouping::{Others, replicate_keys};
use crate::analysis::oddities::Leak;
use crate::analysis::ranking::uncertainty::Standing;
use crate::analysis::ranking::{ObjectiveColumn, Repeats};
use crate::chart::number::{counted, grouped};
use crate::engine::show::run_name;
use crate::export;
use crate::ledger::{Bits, ColumnId, Ledger};
use crate::query::{self, Brush};
use budget::AtBudget;
use configurations::Configurations;
use serde::{Deserialize, Serialize};

/// What a sentence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SentenceKind {
    /// How many runs came to which end.
    Statuses,
    /// How many came since the last visit.
    New,
    /// That no objective is chosen, and how to choose one.
    NoObjective,
    /// How many runs are on the first front of the objectives that the source declares.
    Front,
    /// The best run or configuration, and what ties with it.
    Best,
    /// What the best one may be expected to give when it is run again.
    Rerun,
    /// Where what is known of chance comes from, where nothing was repeated.
    Noise,
    /// The best against the baseline.
    Baseline,
    /// The params that go along with the objective.
    Params,
    /// That the best lies at an edge of what was searched.
    Edge,
    /// How many runs broke.
    Broken,
    /// The condition under which they broke.
    Rule,
    /// Runs whose objective is NaN or infinite.
    NotFinite,
    /// Runs that are there twice.
    Duplicates,
    /// Metrics that never change.
    ConstantMetrics,
    /// A seed that is the same in all runs though configurations are repeated.
    FixedSeed,
    /// Params that give the objective away.
    Leak,
    /// Curves that are those of other runs.
    SameCurves,
    /// A metric that is better where it was held out than in training.
    HeldOut,
    /// Clocks that jump.
    Clock,
    /// How many replicates tell the best two apart, or the noise at all.
    Replicates,
    /// What to try next.
    Next,
}

/// A fact with its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sentence {
    /// What it is about.
    pub kind: SentenceKind,
    /// The sentence.
    pub text: String,
    /// About how many runs or configurations it is.
    pub n: usize,
    /// Of how many.
    pub of: usize,
    /// Where it can be checked.
    pub link: Evidence,
}

/// The view in which a sentence can be checked; what it does not say stays as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The tab.
    pub tab: Tab,
    /// The filter, whole.
    pub filter: String,
    /// The column to sort by, if by another one.
    pub sort: Option<SortKey>,
    /// How runs are grouped, if otherwise.
    pub grouping: Option<Grouping>,
    /// The key of the param whose effect is shown in Importance, if one's is.
    pub open: Option<String>,
}

impl Evidence {
    /// Brings a view to it.
    pub fn show_in(&self, view: &mut View) {
        view.tab = self.tab;
        view.filter.clone_from(&self.filter);
        if let Some(sort) = &self.sort {
            view.sort = vec![sort.clone()];
        }
        if self.grouping.is_some() {
            view.grouping.clone_from(&self.grouping);
        }
        if self.open.is_some() {
            view.explain.open = self.open.iter().cloned().collect();
        }
    }
}

/// The sentences, the most urgent first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Brief {
    /// They.
    pub sentences: Vec<Sentence>,
    /// The foremost configurations, best first.
    pub ranked: Vec<Ranked>,
    /// By what they are ranked.
    pub ranked_by: String,
    /// Whether their `n` are folds of a cross-validation.
    pub are_folds: bool,
}

impl Brief {
    /// The sentences as a list in Markdown, and the foremost configurations as a table.
    pub fn markdown(&self) -> String {
        let mut text = String::from("## Brief\n\n");
        for sentence in &self.sentences {
            text.push_str("- ");
            // Names of runs and columns are shown as they are, not as marks.
            export::markdown::escape(&sentence.text, &mut text);
            text.push('\n');
        }
        if !self.ranked.is_empty() {
            text.push('\n');
            text.push_str(&export::markdown::table(&self.ranked_records()));
        }
        text
    }

    /// The foremost configurations as records, below a header; without the columns in which none of them has anything.
    pub fn ranked_records(&self) -> Vec<Vec<String>> {
        let header = [
            "Rank",
            "Configuration",
            if self.are_folds { "Folds" } else { "n" },
            &self.ranked_by,
            "May rank",
            "Best by chance",
            "Best less it",
            "Ended",
        ];
        let ranked = self.ranked.iter().enumerate();
        let records = ranked.map(|(place, of)| {
            vec![
                (place + 1).to_string(),
                of.name.clone(),
                grouped(of.n),
                of.value.clone(),
                of.ranks.clone(),
                of.chance.clone(),
                of.behind.clone(),
                of.broken.clone(),
            ]
        });
        let records: Vec<Vec<String>> = records.collect();
        let is_told = |at: &usize| records.iter().any(|record| !record[*at].is_empty());
        let told: Vec<usize> = (0..header.len()).filter(is_told).collect();
        let header = header.map(str::to_owned).to_vec();
        let part = |record: &Vec<String>| told.iter().map(|at| record[*at].clone()).collect();
        std::iter::once(&header).chain(&records).map(part).collect()
    }
}

/// What a brief is of.
pub(super) struct Question<'a> {
    /// The runs.
    pub(super) ledger: &'a Ledger,
    /// Which of them.
    pub(super) shown: &'a Bits,
    /// By what they are ranked.
    pub(super) objective: Option<(&'a Objective, ColumnId, &'a ObjectiveColumn)>,
    /// They by groups, where the person grouped them.
    pub(super) grouped: Option<&'a Grouped>,
    /// Those that a person selected.
    pub(super) selected: &'a Bits,
    /// The row that others are compared with.
    pub(super) baseline: Option<usize>,
    /// Those that came since the last visit.
    pub(super) new: &'a Bits,
    /// The filter in force.
    pub(super) filter: &'a str,
}

impl Question<'_> {
    /// The columns by which replicates are told apart, and the other params with the reason.
    pub(super) fn replicate_keys(&self) -> (Vec<ColumnId>, Others) {
        let values = self.objective.map(|(_, _, of)| of.values.as_slice());
        replicate_keys(self.ledger, values.unwrap_or_default())
    }
}

/// The question with what several sentences need.
struct Asked<'a> {
    of: &'a Question<'a>,
    known: &'a Known,
}

/// What several sentences need.
#[derive(Default)]
struct Known {
    /// Params that are neither like a seed nor like an output, and vary.
    params: Vec<ColumnId>,
    /// They, and what else tells configurations apart.
    keys: Vec<ColumnId>,
    /// Params that do not, with the reason.
    others: Others,
    configurations: Configurations,
    /// What tells how much chance there is in their values.
    repeats: Repeats,
    /// Which of them are compared, where they were evaluated at several budgets.
    at_budget: Option<AtBudget>,
    /// The configurations in order by the objective's values; `None` where none has one.
    standing: Option<Standing>,
    /// What goes along with the objective's means of configurations.
    look: Option<FirstLook>,
    /// Params that give the objective away, of which nothing else is to be said.
    leaks: Vec<Leak>,
    /// To which ends runs came.
    endings: Endings,
    /// What those that broke have in common, where some did.
    check: Option<Check>,
}

impl Asked<'_> {
    /// The table, as it is.
    fn table(&self) -> Evidence {
        Evidence {
            tab: Tab::Table,
            filter: self.of.filter.to_owned(),
            sort: None,
            grouping: None,
            open: None,
        }
    }

    /// The table with a clause on a column.
    fn filtered(&self, column: ColumnId, kept: &Brush) -> Evidence {
        Evidence {
            filter: query::with_clause(self.of.filter, self.of.ledger, column, Some(kept)),
            ..self.table()
        }
    }

    /// The table, best first, and by configurations where there are several runs of one.
    fn ranked(&self) -> Evidence {
        let may_group = self.of.grouped.is_none() && self.known.configurations.are_repeated();
        Evidence {
            sort: Some(SortKey {
                column: query::RANK.to_owned(),
                descending: false,
            }),
            grouping: may_group.then_some(Grouping::Replicates),
            ..self.table()
        }
    }

    fn is_leak(&self, column: ColumnId) -> bool {
        self.known.leaks.iter().any(|leak| leak.column == column)
    }

    fn name(&self, column: ColumnId) -> &str {
        self.of.ledger.column(column).name()
    }
}

/// The sentences that the data carries, all at once.
pub(super) fn brief(question: &Question<'_>) -> Brief {
    let mut run = BriefRun::new(question, question.filter);
    while run.step(question) {}
    run.brief()
}

/// How many of the shown runs came since the last visit, where some did, and whether the best is one of them.
fn since_last_visit(asked: &Asked<'_>) -> Option<Sentence> {
    let mut new = asked.of.new.clone();
    new.resize(asked.of.shown.len(), false);
    new.and(asked.of.shown);
    let n = new.count();
    let best = asked.of.objective.filter(|_| n > 0);
    let best = best.and_then(|(_, _, values)| {
        let members = asked.known.configurations.members.iter();
        let mut compared = Bits::filled(asked.of.shown.len(), false);
        members
            .flatten()
            .for_each(|row| compared.set(*row as usize, true));
        let (row, ..) = values.best(&compared)?;
        new.get(row).then(|| run_name(asked.of.ledger, row))
    });
    let best = best.map_or_else(String::new, |name| format!(", among them the best, {name}"));
    let (filter, clause) = (asked.of.filter, "@new");
    let is_said = filter.contains(clause);
    let of = asked.of.shown.count();
    (n > 0).then(|| Sentence {
        kind: SentenceKind::New,
        text: format!(
            "{} of {} {} new since the last visit{best}.",
            grouped(n),
            counted(of, "run"),
            if n == 1 { "is" } else { "are" }
        ),
        n,
        of,
        link: Evidence {
            filter: if is_said {
                filter.to_owned()
            } else {
                query::narrowed(filter, clause)
            },
            ..asked.table()
        },
    })
}
