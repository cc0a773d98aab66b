//! Forests beside the one that explains the objective: of further metrics, of each budget, and of the runs in which a
//! conditional param is set. Each is a job of its own with shares and whiskers, worked on when the first has all it
//! needs; columns of one table come of them.

use super::budgets::{Budgets, by_configuration};
use super::protocol::{ActiveShare, ComparedTarget, Comparison, MeasuredParam};
use super::targets::Targets;
use crate::analysis::correlation::Coefficient;
use crate::analysis::importance::from_ledger::{Declared, LedgerDesign};
use crate::analysis::importance::{
    Design, Importance, ImportanceJob, Settings, Share, TreeResult, TreeTask,
};
use crate::analysis::part::Part;
use crate::ledger::{Bits, ColumnId, Ledger};

/// Runs that such a forest is grown on at most; of more an even part is taken.
const MOST_RUNS: usize = 2000;

/// Of fewer configurations at both budgets a correlation tells nothing.
const FEWEST_TRIED: usize = 10;

/// Conditional params that are scored within their runs, at most: those that most runs have.
const MOST_CONDITIONAL: usize = 12;

/// What a forest is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Metric,
    Budget,
    /// The runs in which the param at this place of the first design is set.
    Active(usize),
}

/// One forest and what it explains.
struct Side {
    of: Of,
    name: String,
    design: Design,
    columns: Vec<ColumnId>,
    /// Made when its turn comes: preparing it takes time.
    job: Option<ImportanceJob>,
}

/// All of them.
#[derive(Default)]
pub(super) struct Beside {
    sides: Vec<Side>,
    /// How far targets of one kind put runs in the same order: of metrics, of budgets.
    alike: [Vec<Vec<Option<f64>>>; 2],
    /// How budgets were told.
    how: String,
    /// Whether more is better.
    maximize: bool,
}

/// What of the ledger takes part.
#[derive(Clone, Copy)]
pub(super) struct Among<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) shown: &'a Bits,
    pub(super) declared: &'a [(String, Declared)],
    /// Params that explain nothing, as where runs are grouped.
    pub(super) within: &'a [ColumnId],
}

impl Beside {
    /// None yet, of an objective of which more is better or not.
    pub(super) fn new(maximize: bool) -> Self {
        Self {
            maximize,
            ..Self::default()
        }
    }

    /// The settings of these jobs: shares and whiskers alone.
    pub(super) fn settings(&self) -> Settings {
        Settings {
            maximize: self.maximize,
            ..Settings::default()
        }
    }

    /// Adds forests of metrics: column, name and numbers of each. One alone has nothing to be compared with.
    pub(super) fn add_metrics(
        &mut self,
        among: Among<'_>,
        metrics: &[(ColumnId, String, Targets)],
    ) {
        if metrics.len() < 2 {
            return;
        }
        for (column, name, targets) in metrics {
            self.add(among, Of::Metric, *column, name, &targets.values, None);
        }
        let orders: Vec<Vec<f64>> = metrics
            .iter()
            .map(|(_, _, targets)| {
                let turn = if targets.maximize { -1.0 } else { 1.0 };
                let value = |row| turn * targets.values.get(row).copied().unwrap_or(f64::NAN);
                among.shown.ones().map(value).collect()
            })
            .collect();
        self.alike[0] = matrix(orders.len(), |a, b| {
            Coefficient::Spearman.of(&orders[a], &orders[b])
        });
    }

    /// Adds a forest of each budget.
    pub(super) fn add_budgets(&mut self, among: Among<'_>, objective: ColumnId, budgets: &Budgets) {
        for level in &budgets.levels {
            self.add(
                among,
                Of::Budget,
                objective,
                &level.name,
                &level.values,
                budgets.column,
            );
        }
        let by_configuration: Vec<order::Map<Vec<u64>, f64>> = budgets
            .levels
            .iter()
            .map(|level| by_configuration(among.ledger, budgets.column, &level.values))
            .collect();
        self.alike[1] = matrix(by_configuration.len(), |a, b| {
            let both = by_configuration[a]
                .iter()
                .filter_map(|(key, value)| Some((*value, *by_configuration[b].get(key)?)));
            let (first, second): (Vec<f64>, Vec<f64>) = both.unzip();
            (first.len() >= FEWEST_TRIED)
                .then(|| Coefficient::Spearman.of(&first, &second))
                .flatten()
        });
        self.how.clone_from(&budgets.how);
    }

    fn add(
        &mut self,
        among: Among<'_>,
        of: Of,
        column: ColumnId,
        name: &str,
        values: &[f64],
        without: Option<ColumnId>,
    ) {
        let is_finite = |row: &usize| values.get(*row).is_some_and(|value| value.is_finite());
        let known: Vec<usize> = among.shown.ones().filter(is_finite).collect();
        let mut rows = Bits::filled(among.shown.len(), false);
        for row in thinned(&known) {
            rows.set(row, true);
        }
        let mut of_ledger = LedgerDesign::new(among.ledger, &rows, column, values, among.declared);
        for id in among.within.iter().chain(&without) {
            of_ledger.leave_out(*id, among.ledger.column(*id).name(), "");
        }
        self.sides.push(Side {
            of,
            name: name.to_owned(),
            design: of_ledger.design,
            columns: of_ledger.columns,
            job: None,
        });
    }

    /// Adds a forest of the runs of `design` in which a param is set, for each that is not set in all.
    pub(super) fn add_conditional(&mut self, design: &Design, columns: &[ColumnId]) {
        let places = 0..design.parameters.len();
        let conditional = places.filter_map(|place| {
            let active: Vec<usize> = design.parameters[place].values.active().collect();
            (!active.is_empty() && active.len() < design.objective.len()).then_some((place, active))
        });
        let mut conditional: Vec<(usize, Vec<usize>)> = conditional.collect();
        order::by_key(&mut conditional, |(_, active)| {
            std::cmp::Reverse(active.len())
        });
        for (place, active) in conditional.into_iter().take(MOST_CONDITIONAL) {
            let rows: Vec<usize> = thinned(&active).collect();
            self.sides.push(Side {
                of: Of::Active(place),
                name: String::new(),
                design: design.of_rows(&rows),
                columns: columns.to_vec(),
                job: None,
            });
        }
    }

    /// The designs, in the order of the tasks' numbers.
    pub(super) fn designs(&self) -> impl Iterator<Item = &Design> {
        self.sides.iter().map(|side| &side.design)
    }

    /// A task that can be run now, with its job's number.
    pub(super) fn next_task(&mut self) -> Option<(usize, TreeTask)> {
        let settings = self.settings();
        self.sides
            .iter_mut()
            .enumerate()
            .find_map(|(number, side)| {
                let new = || ImportanceJob::new(&side.design, settings.clone());
                Some((number, side.job.get_or_insert_with(new).next_task()?))
            })
    }

    /// Takes what came of a task.
    pub(super) fn absorb(&mut self, number: usize, result: TreeResult) {
        if let Some(job) = self
            .sides
            .get_mut(number)
            .and_then(|side| side.job.as_mut())
        {
            job.absorb(result);
        }
    }

    /// Jobs that are done, and jobs in all.
    pub(super) fn progress(&self) -> (usize, usize) {
        let done = self.sides.iter().filter(|side| side.is_done());
        (done.count(), self.sides.len())
    }

    /// How many tables are whole.
    pub(super) fn stages(&self) -> usize {
        let is_whole = |of: &Of| {
            let mut sides = self.sides.iter().filter(|side| side.of == *of).peekable();
            sides.peek().is_some() && sides.all(Side::is_done)
        };
        [Of::Metric, Of::Budget]
            .iter()
            .filter(|of| is_whole(of))
            .count()
    }

    /// The tables that are whole: of metrics, then of budgets.
    pub(super) fn comparisons(&self) -> Vec<Comparison> {
        let kinds = [
            (
                Of::Metric,
                "Several metrics side by side",
                "Spearman's correlation of two metrics over the runs that have both, turned so that less is better in each: near 1 they want the same runs, below 0 they are at odds.",
            ),
            (
                Of::Budget,
                "At each budget",
                "Spearman's correlation of the objective at two budgets, over configurations that were tried at both, where these are ten and more: near 1 a small budget tells which configurations are good at a great one.",
            ),
        ];
        let mut comparisons = Vec::new();
        for ((of, title, about), alike) in kinds.into_iter().zip(&self.alike) {
            let sides = || self.sides.iter().filter(|side| side.of == of);
            let targets: Option<Vec<ComparedTarget>> = sides().map(Side::compared).collect();
            if let Some(targets) = targets.filter(|targets| !targets.is_empty()) {
                let how = if of == Of::Budget { &self.how } else { "" };
                comparisons.push(Comparison {
                    title: title.to_owned(),
                    words: [how, about]
                        .into_iter()
                        .filter(|words| !words.is_empty())
                        .map(str::to_owned)
                        .collect(),
                    targets,
                    alike: alike.clone(),
                });
            }
        }
        comparisons
    }

    /// The forest of the runs in which the param at a place of the first design is set, with its design, once it is whole and
    /// tells something.
    pub(super) fn within(&self, place: usize) -> Option<(&ImportanceJob, &Design)> {
        let side = self
            .sides
            .iter()
            .find(|side| side.of == Of::Active(place))?;
        let job = side.job.as_ref().filter(|job| job.is_done())?;
        let is_known = |of: &Share| of.name == side.design.parameters[place].name;
        let has_share = job.answer()?.parameters.iter().any(is_known);
        has_share.then_some((job, &side.design))
    }

    /// The share of the param at a place of the first design within the runs in which it is set.
    pub(super) fn active(&self, place: usize) -> Option<ActiveShare> {
        let side = self
            .sides
            .iter()
            .find(|side| side.of == Of::Active(place))?;
        let answer = side.answer()?;
        let name = &side.design.parameters.get(place)?.name;
        let share = answer
            .parameters
            .into_iter()
            .find(|share| &share.name == name);
        Some(ActiveShare {
            runs: answer.n,
            ends: share.as_ref().and_then(|share| share.low.zip(share.high)),
            refused: share.is_none().then(|| match answer.refused {
                Some(refusal) => refusal.to_string(),
                None => "it does not vary there".to_owned(),
            }),
            share: share.map(|share| share.share),
        })
    }
}

impl Side {
    fn is_done(&self) -> bool {
        self.job.as_ref().is_some_and(ImportanceJob::is_done)
    }

    /// The answer, once it is whole.
    fn answer(&self) -> Option<Importance> {
        self.job.as_ref().filter(|_| self.is_done())?.answer()
    }

    /// As a column of a table.
    fn compared(&self) -> Option<ComparedTarget> {
        let answer = self.answer()?;
        let shares = answer.parameters.into_iter().filter_map(|share| {
            let place = self
                .design
                .parameters
                .iter()
                .position(|param| param.name == share.name)?;
            let runs = self.design.parameters[place].values.active().count();
            Some(MeasuredParam {
                column: *self.columns.get(place)?,
                present: runs,
                of: share.into(),
            })
        });
        Some(ComparedTarget {
            name: self.name.clone(),
            used: answer.n,
            r2_oob: answer.r2_oob,
            shares: shares.collect(),
            refused: answer.refused.map(|refusal| refusal.to_string()),
        })
    }
}

/// An even part of rows.
fn thinned(rows: &[usize]) -> impl Iterator<Item = usize> + '_ {
    let part = Part::new(rows.len(), MOST_RUNS);
    let even = rows.iter().enumerate();
    even.filter(move |(at, _)| part.has(*at))
        .map(|(_, row)| *row)
}

/// A symmetric table of what `of` says of two places.
fn matrix(size: usize, of: impl Fn(usize, usize) -> Option<f64>) -> Vec<Vec<Option<f64>>> {
    let row = |a: usize| (0..size).map(|b| of(a, b)).collect();
    (0..size).map(row).collect()
}
