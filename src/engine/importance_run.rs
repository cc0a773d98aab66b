//! One importance, from the selection to its answer: the tasks that hands work on, and the answer in
//! words.

mod answer;

use super::beside::{Among, Beside};
use super::budgets::budgets;
use super::effect;
use super::explain::{Explain, PathEnd};
use super::protocol::{
    AblationPath, ImportanceAnswer, PairSurface, ParamEffect, PathChange, Swarm, SwarmParam, WayEnd,
};
use super::targets::{Part, Targets};
use super::view::Objective;
use crate::analysis::grouping::parts_no_replicates;
use crate::analysis::importance::ablation;
use crate::analysis::importance::from_ledger::{Declared, LedgerDesign};
use crate::analysis::importance::{
    Bin, Column as Values, Design, ImportanceJob, Prepared, Settings, Space, TreeResult, TreeTask,
    run_task,
};
use crate::analysis::part::Part as EvenPart;
use crate::analysis::ranking::ObjectiveColumn;
use crate::chart::number::{counted, grouped};
use crate::ledger::bytes::{decoded, encoded};
use crate::ledger::{Bits, ColumnId, Ledger, Role};
use crate::query::{number_key, put_in_order};
use std::cell::OnceCell;

/// Up to how many runs a forest is grown on; of more, an even part is taken, and that is said.
const MOST_RUNS: usize = 10_000;

/// The same for proposals, which are worked out by the engine itself; the best of all are always among them.
const NEXT_RUNS: usize = 1_800;
const NEXT_BEST: usize = 200;

/// Pairs are worked out among this many params.
pub const PAIRED: usize = 8;

/// An importance that is being worked out.
pub struct ImportanceRun {
    job: ImportanceJob,
    design: Design,
    columns: Vec<ColumnId>,
    /// The ledger's row of each run of the design.
    rows: Vec<usize>,
    /// What the categories of each parameter are called, by code.
    names: Vec<Vec<String>>,
    left_out: Vec<(String, String)>,
    objective: String,
    maximize: bool,
    shown: usize,
    /// Whether each run stands for a group.
    center_of_groups: Option<&'static str>,
    /// How many runs had a finite objective, where only a part of them is used.
    thinned_from: Option<usize>,
    warnings: Vec<String>,
    /// What the design itself says of that; found out when it is wanted, so that no tree waits for it.
    of_design: OnceCell<Vec<String>>,
    /// Which of these says that a few runs own most of the variance, if one does.
    tails: Option<String>,
    /// What is said of the best runs where only a part is used.
    best_are_kept: &'static str,
    beside: Beside,
    /// How many stages were told.
    told: usize,
}

/// What is to be explained by the params.
pub struct Question<'a> {
    /// The runs.
    pub shown: &'a Bits,
    /// The objective.
    pub objective: &'a Objective,
    /// Its column.
    pub column: ColumnId,
    /// Its values; of groups the group's mean, at one run of each.
    pub values: &'a ObjectiveColumn,
    /// Where runs are grouped, the params in which the runs of a group may differ: they explain nothing.
    pub within: Option<&'a [ColumnId]>,
    /// Further metrics: column, values, and weight in the sum that is explained.
    pub further: &'a [(ColumnId, ObjectiveColumn, f64)],
    /// How runs and objective count.
    pub explain: &'a Explain,
    /// Where it is for proposals, the params that give the objective away, which are none to set: then of many runs fewer
    /// are used, the best among them, and nothing is worked out that proposals do not need.
    pub for_next: Option<&'a [ColumnId]>,
}

impl ImportanceRun {
    /// Begins to answer a question.
    pub fn begin(ledger: &Ledger, question: &Question<'_>) -> Self {
        let Question {
            shown,
            objective,
            column,
            within,
            explain,
            ..
        } = *question;
        let for_next = question.for_next.is_some();
        let of_column = ledger.column(column);
        let statistic = objective.statistic;
        let own = Part {
            column: of_column,
            objective: question.values,
            weight: f64::from(explain.weight()),
        };
        let further = question.further.iter();
        let further = further.map(|(id, objective, weight)| Part {
            column: ledger.column(*id),
            objective,
            weight: *weight,
        });
        let parts: Vec<Part<'_>> = std::iter::once(own).chain(further).collect();
        let mut targets = if explain.is_weighted() {
            Targets::weighted(ledger, shown, &parts, statistic, explain)
        } else {
            Targets::new(ledger, shown, own, statistic, explain)
        };
        // A group's value is of no one budget.
        let of_one_budget = within.is_none() && !explain.is_weighted();
        let found = of_one_budget.then(|| {
            let resolved = statistic.resolved(question.values.maximize);
            budgets(ledger, shown, of_column, &question.values.values, resolved)
        });
        let found = found.flatten();
        let at_lesser = found.as_ref().map_or(0, |found| {
            let is_told = |id| ledger.column(id).role() == Role::Tag;
            match found
                .levels
                .last()
                .filter(|_| found.column.is_some_and(is_told))
            {
                Some(greatest) => targets.keep_budget(shown, &greatest.name, &greatest.values),
                None => 0,
            }
        });
        let values = &targets.values;
        let finite = shown.ones().filter(|row| values[*row].is_finite()).count();
        let most = if for_next { NEXT_RUNS } else { MOST_RUNS };
        let thinned_from = (finite > most).then_some(finite);
        let even = EvenPart::new(finite, most);
        let mut kept: Vec<u32> = Vec::new();
        if for_next && thinned_from.is_some() {
            kept.extend(
                shown
                    .ones()
                    .filter(|row| values[*row].is_finite())
                    .map(|row| row as u32),
            );
            let keys: Vec<u64> = values
                .iter()
                .map(|x| number_key(*x, targets.maximize))
                .collect();
            put_in_order(&mut kept, &keys);
            kept.truncate(NEXT_BEST);
            kept.sort_unstable();
        }
        let mut seen = 0;
        // Runs that have the objective, but not all that is weighed with it, or not at the budget that counts.
        let is_partial = |row: usize| {
            (explain.is_weighted() || at_lesser > 0)
                && !values[row].is_finite()
                && own.objective.values[row].is_finite()
        };
        let rows = Bits::from_fn(shown.len(), |row| {
            let finite = shown.get(row) && values[row].is_finite();
            seen += usize::from(finite);
            let is_taken = !finite || even.has(seen) || kept.binary_search(&(row as u32)).is_ok();
            shown.get(row) && is_taken && !is_partial(row)
        });
        let declared = if explain.whole_range {
            ranges(ledger, &rows)
        } else {
            Vec::new()
        };
        let mut of_ledger = LedgerDesign::new(ledger, &rows, column, values, &declared);
        if let Some(leaks) = question.for_next {
            for (id, column) in ledger.columns_with_ids() {
                let gives_away = leaks.contains(&id).then_some("gives the objective away");
                if let Some(like) = gives_away.or_else(|| parts_no_replicates(column)) {
                    of_ledger.leave_out(id, column.name(), like);
                }
            }
        }
        if at_lesser > 0 {
            let reason = "tried at lesser budgets, which are another experiment".to_owned();
            of_ledger.left_out.push((counted(at_lesser, "run"), reason));
        }
        let partial = shown.ones().filter(|row| is_partial(*row)).count();
        if partial > 0 && explain.is_weighted() {
            let reason =
                "without all of the weighted metrics, or with one that is the same in all runs";
            of_ledger
                .left_out
                .push((counted(partial, "run"), reason.to_owned()));
        }
        for id in within.unwrap_or_default() {
            let reason = "runs of one group may differ in it";
            of_ledger.leave_out(*id, ledger.column(*id).name(), reason);
        }
        let among = Among {
            ledger,
            shown,
            declared: &declared,
            within: within.unwrap_or_default(),
        };
        let mut beside = Beside::new(targets.maximize);
        if parts.len() > 1 {
            let ids = std::iter::once(column).chain(question.further.iter().map(|(id, ..)| *id));
            let metrics: Vec<(ColumnId, String, Targets)> = ids
                .zip(&parts)
                .map(|(id, part)| {
                    let targets = Targets::new(ledger, shown, *part, statistic, explain);
                    (id, part.column.name().to_owned(), targets)
                })
                .collect();
            beside.add_metrics(among, &metrics);
        }
        if let Some(found) = found.filter(|_| !for_next) {
            beside.add_budgets(among, column, &found);
        }
        if !for_next {
            beside.add_conditional(&of_ledger.design, &of_ledger.columns);
        }
        let parameters = 0..of_ledger.design.parameters.len();
        let names = parameters
            .map(|parameter| of_ledger.names(ledger, parameter))
            .collect();
        let LedgerDesign {
            design,
            columns,
            rows,
            left_out,
        } = of_ledger;
        let settings = Settings {
            // What does nothing alone may do much with others, and is not to be fixed.
            totals: true,
            pairs: if for_next { 0 } else { PAIRED },
            methods: !for_next,
            maximize: targets.maximize,
            quantiles: explain.compared.quantiles(),
            ..Settings::default()
        };
        let (warnings, tails) = (targets.warnings, targets.tails);
        // Which way a metric is better says nothing of which runs failed.
        let mut words = if explain.is_of_outcomes() {
            Vec::new()
        } else {
            let way = objective.direction.word().to_owned();
            vec![objective.reading_words(), way]
        };
        words.extend(within.map(|_| format!("{} of each group", objective.center.label())));
        words.extend(targets.words);
        Self {
            job: ImportanceJob::new(&design, settings),
            design,
            columns,
            rows,
            names,
            left_out,
            objective: format!("{} ({})", name_of(&parts, explain), words.join(", ")),
            maximize: targets.maximize,
            center_of_groups: within.map(|_| objective.center.label()),
            shown: shown.count(),
            thinned_from,
            warnings,
            of_design: OnceCell::new(),
            tails,
            best_are_kept: if for_next {
                ", the best among them"
            } else {
                ""
            },
            beside,
            told: 0,
        }
    }

    /// Adds what to be careful about.
    pub fn warn(&mut self, more: Vec<String>) {
        self.warnings.extend(more);
    }

    /// Finds out what to be careful about in the design, which an answer says; the first one waits for it otherwise.
    pub fn look_at_design(&self) -> &[String] {
        self.of_design
            .get_or_init(|| answer::warnings_of(&self.design, self.maximize))
    }

    /// What is known so far, where that is more than when it was last asked.
    pub fn news(&mut self) -> Option<ImportanceAnswer> {
        let stages = self.job.stages() + self.beside.stages();
        let is_new = stages > self.told && !self.is_done();
        self.told = stages;
        is_new.then(|| self.answer())
    }

    /// The effect of a param, once its share is known.
    pub fn effect(&self, column: ColumnId) -> Option<ParamEffect> {
        let place = self.place(column)?;
        let bins = self.job.effect(place)?;
        let nothing = self.job.does_nothing(place);
        let of = |job: &ImportanceJob, design: &Design, bins: &[Bin]| {
            effect::effect(
                &design.parameters[place],
                &self.names[place],
                bins,
                &design.objective,
                self.maximize,
                nothing && job.does_nothing(place),
            )
        };
        let joint = of(&self.job, &self.design, &bins);
        // Values off the scale are to be compared with those on it.
        let parameter = &self.design.parameters[place];
        let is_conditional = parameter.elsewhere.is_empty();
        let within = self.beside.within(place).filter(|_| is_conditional);
        let within = within.and_then(|(job, design)| Some((job.effect(place)?, job, design)));
        let Some((bins_within, job, design)) = within else {
            return Some(joint);
        };
        let mut effect = of(job, design, &bins_within);
        effect.words.insert(
            0,
            format!(
                "Among the {} of {} in which {} is set:",
                grouped(parameter.values.active().count()),
                counted(self.design.objective.len(), "run"),
                parameter.name
            ),
        );
        if effect::is_best_unset(&bins, self.maximize) {
            effect
                .words
                .push(format!("Among all runs: {}", joint.words.join(" ")));
        }
        Some(effect)
    }

    /// Which changes lead from some runs to others; `selected` are the ledger's rows that are, and `name` says what a
    /// run is called.
    pub fn ablation(
        &self,
        from: WayEnd,
        to: WayEnd,
        selected: &Bits,
        name: &dyn Fn(usize) -> String,
    ) -> Option<AblationPath> {
        let (first, last) = (self.runs_of(from, selected), self.runs_of(to, selected));
        let path = ablation::ablation(
            &self.design,
            self.job.settings(),
            &first,
            &last,
            self.maximize,
        )?;
        let changes = path.changes.into_iter().map(|change| {
            let parameter = &self.design.parameters[change.parameter];
            let names = &self.names[change.parameter];
            // What is set or unset with it is part of the change.
            let switched = change.switched.iter().map(|of| {
                let with = &self.design.parameters[*of];
                let value = effect::values_text(with, &self.names[*of], &last);
                format!(", with {} {value}", with.name)
            });
            PathChange {
                name: parameter.name.clone(),
                from: effect::values_text(parameter, names, &first),
                to: std::iter::once(effect::values_text(parameter, names, &last))
                    .chain(switched)
                    .collect(),
                prediction: change.prediction,
                ends: change.ends,
                is_far: change.is_far,
            }
        });
        let told = |end: WayEnd, runs: &[usize]| {
            let name = match (end, runs) {
                (WayEnd::Run(row), _) => name(row),
                (_, [only]) => name(self.rows[*only]),
                (WayEnd::Set(end), _) => {
                    format!("{} ({})", end.label(), counted(runs.len(), "run"))
                }
            };
            let sum: f64 = runs.iter().map(|run| self.design.objective[*run]).sum();
            (name, sum / runs.len().max(1) as f64)
        };
        Some(AblationPath {
            from: told(from, &first),
            to: told(to, &last),
            start: path.start,
            changes: changes.collect(),
        })
    }

    /// The runs of the design at an end of a way.
    fn runs_of(&self, end: WayEnd, selected: &Bits) -> Vec<usize> {
        let objective = &self.design.objective;
        let by_falling_worth = || {
            let mut runs: Vec<usize> = (0..objective.len()).collect();
            order::by(&mut runs, |a, b| {
                let order = objective[*a].total_cmp(&objective[*b]);
                if self.maximize {
                    order.reverse()
                } else {
                    order
                }
            });
            runs
        };
        let of_rows = |is_of: &dyn Fn(usize) -> bool| -> Vec<usize> {
            let runs = self.rows.iter().enumerate();
            runs.filter(|(_, row)| is_of(**row))
                .map(|(run, _)| run)
                .collect()
        };
        match end {
            WayEnd::Run(row) => of_rows(&|known| known == row),
            WayEnd::Set(PathEnd::Selected) => of_rows(&|row| selected.get(row)),
            WayEnd::Set(PathEnd::Others) => of_rows(&|row| !selected.get(row)),
            WayEnd::Set(PathEnd::BestTenth) => {
                let mut runs = by_falling_worth();
                runs.truncate(objective.len().div_ceil(10));
                runs
            }
            WayEnd::Set(PathEnd::WorseHalf) => by_falling_worth().split_off(objective.len() / 2),
            // The baseline and the opened run are told by their rows.
            WayEnd::Set(PathEnd::Best | PathEnd::Baseline | PathEnd::Opened) => {
                by_falling_worth().into_iter().take(1).collect()
            }
        }
    }

    /// How each param moved the predictions of runs, once that is worked out: the params that moved them most.
    pub fn swarm(&self) -> Option<Swarm> {
        let shap = self.job.shap()?;
        let count = shap.parameters.len();
        let of_parameter = |(feature, place): (usize, &usize)| {
            let parameter = &self.design.parameters[*place];
            let of = |all: &[f64]| all.iter().skip(feature).step_by(count).copied().collect();
            let (values, places): (Vec<f64>, Vec<f64>) = (of(&shap.values), of(&shap.places));
            let categories = match &parameter.values {
                Values::Codes(codes) => effect::occurring(codes)
                    .iter()
                    .map(|code| {
                        self.names[*place]
                            .get(*code as usize)
                            .cloned()
                            .unwrap_or_default()
                    })
                    .collect(),
                Values::Numbers(_) => Vec::new(),
            };
            SwarmParam {
                name: parameter.name.clone(),
                categories,
                points: values.into_iter().zip(places).collect(),
            }
        };
        let params = shap.parameters.iter().enumerate().map(of_parameter);
        Some(Swarm::new(params.collect()))
    }

    /// The effect of two params together, where they were among the strongest.
    pub fn surface(&self, a: ColumnId, b: ColumnId) -> Option<PairSurface> {
        let (side, top) = (self.place(a)?, self.place(b)?);
        let surface = self.job.surface(side, top)?;
        let axis = |place: usize| {
            let parameter = &self.design.parameters[place];
            (
                parameter.name.clone(),
                effect::marks(parameter, &self.names[place]),
            )
        };
        let places = |place: usize| effect::places(&self.design.parameters[place]);
        let points = places(side).into_iter().zip(places(top));
        let points: Vec<(f64, f64)> = points.filter_map(|(a, b)| Some((a?, b?))).collect();
        let every = points.len().div_ceil(effect::POINTS).max(1);
        Some(PairSurface {
            a: axis(side),
            b: axis(top),
            cells: [(side, surface.rows), (top, surface.columns)].map(|(place, count)| {
                effect::cells(&self.design.parameters[place], &self.names[place], count)
            }),
            rows: surface.rows,
            columns: surface.columns,
            spread: self.job.surface_spread(side, top).unwrap_or_default(),
            values: surface.values,
            runs: points.len(),
            lacking: self.design.objective.len() - points.len(),
            points: points.into_iter().step_by(every).collect(),
        })
    }

    fn place(&self, column: ColumnId) -> Option<usize> {
        self.columns.iter().position(|known| *known == column)
    }

    /// Does one task here; says whether there was one.
    pub fn work_here(&mut self) -> bool {
        let Some(task) = self.job.next_task() else {
            return false;
        };
        let (prepared, settings) = (self.job.prepared(), self.job.settings());
        let result = run_task(&self.design, prepared, settings, &task);
        self.job.absorb(result);
        true
    }

    /// The job that explains the objective.
    pub fn job(&self) -> &ImportanceJob {
        &self.job
    }

    /// By parameter of the design: its column, and what its categories are called.
    pub fn columns(&self) -> impl Iterator<Item = (ColumnId, &[String])> {
        let names = self.names.iter().map(Vec::as_slice);
        self.columns.iter().copied().zip(names)
    }

    /// The ledger's row of each run of the design.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// What warns that a few runs own most of the variance, among the answer's warnings.
    pub(super) fn tails(&self) -> Option<&String> {
        self.tails.as_ref()
    }

    /// Whether more is better.
    pub fn maximize(&self) -> bool {
        self.maximize
    }

    /// The design that explains the objective.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// Designs and settings, as the jobs bound them, as bytes: what a worker must know before it can do tasks.
    pub fn design_bytes(&self) -> Vec<u8> {
        let settings = self.beside.settings();
        let beside = self.beside.designs().map(|design| (design, &settings));
        let first = std::iter::once((&self.design, self.job.settings()));
        encoded(&first.chain(beside).collect::<Vec<_>>())
    }

    /// The next task that can be done now, as bytes; those beside come when the first job has none left to begin.
    pub fn next_task(&mut self) -> Option<Vec<u8>> {
        let first = self.job.next_task().map(|task| (0, task));
        let task = first.or_else(|| {
            let (number, task) = self.beside.next_task()?;
            Some((number + 1, task))
        });
        task.map(|task| encoded(&task))
    }

    /// Takes what came of a task, as bytes; says whether it could be read.
    pub fn absorb(&mut self, result: &[u8]) -> bool {
        let Some((number, result)) = decoded::<(usize, TreeResult)>(result) else {
            return false;
        };
        match number.checked_sub(1) {
            None => self.job.absorb(result),
            Some(number) => self.beside.absorb(number, result),
        }
        true
    }

    /// Whether all tasks are done.
    pub fn is_done(&self) -> bool {
        let (done, of) = self.beside.progress();
        self.job.is_done() && done == of
    }

    /// The part done, 0 to 1; a job beside counts as a tenth of the first.
    pub fn done(&self) -> f64 {
        let (done, of) = self.job.progress();
        let (done_beside, beside) = self.beside.progress();
        let first = done as f64 / of.max(1) as f64;
        (first + 0.1 * done_beside as f64) / (1.0 + 0.1 * beside as f64)
    }
}

/// The ranges of all numeric params over all runs of the ledger, or what is declared of the searches that these are of.
fn ranges(ledger: &Ledger, rows: &Bits) -> Vec<(String, Declared)> {
    let range = |(_, column): (ColumnId, &crate::ledger::Column)| {
        let is_declared = || ledger.searched(column.name(), &mut rows.ones()).is_some();
        if column.role() == Role::Param && is_declared() {
            return Some((column.name().to_owned(), Declared::Exported));
        }
        let space = Space::infer(&column.numbers());
        match space {
            Space::Number { low, high, log, .. } if column.role() == Role::Param && low < high => {
                Some((column.name().to_owned(), Declared::Range { low, high, log }))
            }
            _ => None,
        }
    };
    ledger.columns_with_ids().filter_map(range).collect()
}

/// What the objective is called, or the weighted sum of it and others.
fn name_of(parts: &[Part<'_>], explain: &Explain) -> String {
    if explain.is_weighted() {
        let maximize = parts.first().is_some_and(|part| part.objective.maximize);
        let mut name = String::new();
        for part in parts.iter().filter(|part| part.weight > 0.0) {
            // What goes another way than the first is turned against it.
            let sign = match (name.is_empty(), part.objective.maximize == maximize) {
                (true, true) => "",
                (true, false) => "−",
                (false, true) => " + ",
                (false, false) => " − ",
            };
            name.push_str(sign);
            name.push_str(&format!("{} × {}", part.weight, part.column.name()));
        }
        name
    } else {
        parts
            .first()
            .map_or_else(String::new, |part| part.column.name().to_owned())
    }
}

/// What a worker that has the designs does with a task, all as bytes; `None` where they do not read.
pub struct Grower {
    designs: Vec<(Design, Settings)>,
    /// Each is prepared when its first task comes.
    prepared: Vec<OnceCell<Prepared>>,
}

impl Grower {
    /// From [`ImportanceRun::design_bytes`].
    pub fn new(designs: &[u8]) -> Option<Self> {
        let designs = decoded::<Vec<(Design, Settings)>>(designs)?;
        Some(Self {
            prepared: designs.iter().map(|_| OnceCell::new()).collect(),
            designs,
        })
    }

    /// Does a task.
    pub fn grow(&self, task: &[u8]) -> Option<Vec<u8>> {
        let (number, task) = decoded::<(usize, TreeTask)>(task)?;
        let (design, settings) = self.designs.get(number)?;
        let prepared = self
            .prepared
            .get(number)?
            .get_or_init(|| Prepared::new(design));
        let result = run_task(design, prepared, settings, &task);
        Some(encoded(&(number, result)))
    }
}
