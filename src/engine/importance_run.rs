//! One importance, from the selection to its answer: the tasks that hands work on, and the answer in
//! words.

use super::agreement::agreement;
use super::effect;
use super::explain::{Explain, Targets};
use super::protocol::{
    AblationPath, ImportanceAnswer, LeftOut, MeasuredParam, MethodRanking, PairImportance,
    PairSurface, ParamEffect, ParamImportance, PathChange,
};
use super::show::short_number;
use super::view::Objective;
use crate::analysis::importance::from_ledger::{Declared, LedgerDesign};
use crate::analysis::importance::{
    Column as Values, Design, Importance, ImportanceJob, MethodAnswer, Prepared, Settings, Space,
    TreeResult, TreeTask, run_task,
};
use crate::analysis::importance::{ablation, adaptive};
use crate::analysis::ranking::ObjectiveColumn;
use crate::ledger::bytes::{decoded, encoded};
use crate::ledger::{Bits, ColumnId, Ledger, Role};

/// Up to how many runs a forest is grown on; of more, an even part is taken, and that is said.
const MOST_RUNS: usize = 10_000;

/// Pairs are worked out among this many params.
const PAIRED: usize = 8;

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
    is_of_groups: bool,
    /// How many runs had a finite objective, where only a part of them is used.
    thinned_from: Option<usize>,
    warnings: Vec<String>,
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
    /// How runs and objective count.
    pub explain: &'a Explain,
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
        let of_column = ledger.column(column);
        let statistic = objective.statistic;
        let targets = Targets::new(
            ledger,
            shown,
            of_column,
            question.values,
            statistic,
            explain,
        );
        let values = &targets.values;
        let finite = shown.ones().filter(|row| values[*row].is_finite()).count();
        let thinned_from = (finite > MOST_RUNS).then_some(finite);
        let stride = finite.div_ceil(MOST_RUNS).max(1);
        let mut seen = 0;
        let rows = Bits::from_fn(shown.len(), |row| {
            let finite = shown.get(row) && values[row].is_finite();
            seen += usize::from(finite);
            shown.get(row) && (!finite || stride == 1 || seen % stride == 0)
        });
        let declared = if explain.whole_range {
            ranges(ledger)
        } else {
            Vec::new()
        };
        let mut of_ledger = LedgerDesign::new(ledger, &rows, column, values, &declared);
        for id in within.unwrap_or_default() {
            let reason = "runs of one group may differ in it";
            of_ledger.leave_out(*id, ledger.column(*id).name(), reason);
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
            totals: true,
            pairs: PAIRED,
            methods: true,
            maximize: targets.maximize,
            ..Settings::default()
        };
        let mut warnings = targets.warnings;
        let adapted = adaptive::adapted(&design, targets.maximize);
        if !adapted.is_empty() {
            warnings.push(format!(
                "later runs lie nearer to the best one ({}): the sampler learned, so all of this speaks of where it looked",
                adapted.join(", ")
            ));
        }
        let mut words = vec![
            statistic.word().into_owned(),
            objective.direction.word().to_owned(),
        ];
        words.extend(within.map(|_| "mean of each group".to_owned()));
        words.extend(targets.words);
        Self {
            job: ImportanceJob::new(&design, settings),
            design,
            columns,
            rows,
            names,
            left_out,
            objective: format!("{} ({})", of_column.name(), words.join(", ")),
            maximize: targets.maximize,
            is_of_groups: within.is_some(),
            shown: shown.count(),
            thinned_from,
            warnings,
            told: 0,
        }
    }

    /// What is known so far, where that is more than when it was last asked.
    pub fn news(&mut self) -> Option<ImportanceAnswer> {
        let stages = self.job.stages();
        let is_new = stages > self.told && !self.job.is_done();
        self.told = stages;
        is_new.then(|| self.answer())
    }

    /// The effect of a param, once its share is known.
    pub fn effect(&self, column: ColumnId) -> Option<ParamEffect> {
        let place = self.place(column)?;
        let bins = self.job.effect(place)?;
        Some(effect::effect(
            &self.design.parameters[place],
            &self.names[place],
            &bins,
            &self.design.objective,
            self.maximize,
        ))
    }

    /// Which changes lead from one run to another; each is its row and its name.
    pub fn ablation(&self, from: (usize, String), to: (usize, String)) -> Option<AblationPath> {
        let at = |row: usize| self.rows.binary_search(&row).ok();
        let (first, last) = (at(from.0)?, at(to.0)?);
        let settings = self.job.settings();
        let path = ablation::ablation(&self.design, settings, first, last, self.maximize)?;
        let changes = path.changes.into_iter().map(|change| {
            let parameter = &self.design.parameters[change.parameter];
            let names = &self.names[change.parameter];
            PathChange {
                name: parameter.name.clone(),
                from: effect::value_text(parameter, names, first),
                to: effect::value_text(parameter, names, last),
                prediction: change.prediction,
                is_far: change.is_far,
            }
        });
        Some(AblationPath {
            from: (from.1, self.design.objective[first]),
            to: (to.1, self.design.objective[last]),
            start: path.start,
            changes: changes.collect(),
        })
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
        Some(PairSurface {
            a: axis(side),
            b: axis(top),
            rows: surface.rows,
            columns: surface.columns,
            values: surface.values,
            points: points
                .filter_map(|(a, b)| Some((a?, b?)))
                .take(effect::POINTS)
                .collect(),
        })
    }

    fn place(&self, column: ColumnId) -> Option<usize> {
        self.columns.iter().position(|known| *known == column)
    }

    /// Design and settings, as the job bounds them, as bytes: what a worker must know before it can do tasks.
    pub fn design_bytes(&self) -> Vec<u8> {
        encoded(&(&self.design, self.job.settings()))
    }

    /// The next task that can be done now, as bytes.
    pub fn next_task(&mut self) -> Option<Vec<u8>> {
        self.job.next_task().map(|task| encoded(&task))
    }

    /// Takes what came of a task, as bytes; says whether it could be read.
    pub fn absorb(&mut self, result: &[u8]) -> bool {
        let read = decoded::<TreeResult>(result);
        read.map(|result| self.job.absorb(result)).is_some()
    }

    /// Whether all tasks are done.
    pub fn is_done(&self) -> bool {
        self.job.is_done()
    }

    /// The part done, 0 to 1.
    pub fn done(&self) -> f64 {
        let (done, of) = self.job.progress();
        done as f64 / of.max(1) as f64
    }

    /// The answer, in words.
    pub fn answer(&self) -> ImportanceAnswer {
        let Importance {
            n,
            parameters,
            sum_of_singles,
            interactions,
            r2_oob,
            rank_correlation,
            bias_corrected,
            left_out,
            warnings,
            refused,
            methods,
            pairs,
            ..
        } = self.job.answer().unwrap_or_default();
        let place = |name: &str| {
            self.design
                .parameters
                .iter()
                .position(|parameter| parameter.name == name)
        };
        let params = parameters
            .into_iter()
            .filter_map(|share| {
                let at = place(&share.name)?;
                let parameter = &self.design.parameters[at];
                Some(ParamImportance {
                    column: *self.columns.get(at)?,
                    name: share.name,
                    share: share.share,
                    low: share.low,
                    high: share.high,
                    total: share.total,
                    is_noise: share.is_noise,
                    space: space_text(&parameter.space, &parameter.values),
                    present: present(&parameter.values),
                })
            })
            .collect::<Vec<_>>();
        let column_of = |name: &str| self.columns.get(place(name)?).copied();
        let pairs = pairs.into_iter().filter_map(|(a, b, share)| {
            let (a, b) = (column_of(&a)?, column_of(&b)?);
            Some(PairImportance { a, b, share })
        });
        let methods: Vec<MethodRanking> = methods
            .into_iter()
            .map(|answer| ranking(answer, &column_of))
            .collect();
        let mut warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        warnings.extend(self.warnings.iter().cloned());
        if self.is_of_groups {
            warnings.push(format!(
                "runs are grouped: each of {n} groups counts once, with the mean of its runs"
            ));
        }
        if let Some(from) = self.thinned_from {
            warnings.push(format!(
                "of {from} runs with a finite objective an even part of {n} was used"
            ));
        }
        let of_design = left_out.into_iter().map(|left| LeftOut {
            what: left.parameter.unwrap_or_else(|| "runs".to_owned()),
            reason: left.reason.to_string(),
        });
        let of_ledger = self.left_out.iter().map(|(what, reason)| LeftOut {
            what: what.clone(),
            reason: reason.clone(),
        });
        let Settings {
            trees,
            resamples,
            trees_per_resample,
            min_leaf,
            seed,
            ..
        } = self.job.settings();
        ImportanceAnswer {
            method: "functional ANOVA on a random forest".to_owned(),
            objective: self.objective.clone(),
            used: n,
            shown: self.shown,
            r2_oob,
            rank_correlation,
            sum_of_singles,
            remainder: interactions,
            agreement: agreement(&params, &methods),
            pairs: pairs.collect(),
            methods,
            is_whole: self.job.is_done(),
            params,
            left_out: of_ledger.chain(of_design).collect(),
            refused: refused.map(|refusal| refusal.to_string()),
            warnings,
            settings: format!(
                "{trees} trees, leaves of at least {min_leaf} runs, whiskers from {resamples} resamples of the runs with \
                 {trees_per_resample} trees each, seed {seed}{}",
                if bias_corrected {
                    ", bias-corrected out of bag"
                } else {
                    ""
                }
            ),
        }
    }
}

/// A method's answer with its params' columns.
fn ranking(answer: MethodAnswer, column_of: &dyn Fn(&str) -> Option<ColumnId>) -> MethodRanking {
    let params = answer.parameters.into_iter().filter_map(|measured| {
        Some(MeasuredParam {
            column: column_of(&measured.name)?,
            name: measured.name,
            value: measured.value,
            low: measured.low,
            high: measured.high,
            is_noise: measured.is_noise,
        })
    });
    MethodRanking {
        method: answer.method,
        params: params.collect(),
        refused: answer.refused,
    }
}

/// The ranges of all numeric params over all runs of the ledger.
fn ranges(ledger: &Ledger) -> Vec<(String, Declared)> {
    let range = |(_, column): (ColumnId, &crate::ledger::Column)| {
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

/// What a worker that has a design does with a task, all as bytes; `None` where they do not read.
pub struct Grower {
    design: Design,
    prepared: Prepared,
    settings: Settings,
}

impl Grower {
    /// From [`ImportanceRun::design_bytes`].
    pub fn new(design: &[u8]) -> Option<Self> {
        let (design, settings) = decoded::<(Design, Settings)>(design)?;
        Some(Self {
            prepared: Prepared::new(&design),
            design,
            settings,
        })
    }

    /// Does a task.
    pub fn grow(&self, task: &[u8]) -> Option<Vec<u8>> {
        let task = decoded::<TreeTask>(task)?;
        Some(encoded(&run_task(
            &self.design,
            &self.prepared,
            &self.settings,
            &task,
        )))
    }
}

fn present(values: &Values) -> usize {
    match values {
        Values::Numbers(values) => values.iter().filter(|x| x.is_finite()).count(),
        Values::Codes(codes) => codes
            .iter()
            .filter(|code| **code != Values::NO_CATEGORY)
            .count(),
    }
}

/// The measure that a param was averaged over, in words.
fn space_text(space: &Space, values: &Values) -> String {
    match space {
        Space::Number {
            low,
            high,
            step,
            log,
        } => {
            let scale = match (log, step) {
                (true, _) => "log scale, ",
                (false, Some(step)) if (step - 1.0).abs() < f64::EPSILON => "whole numbers, ",
                (false, Some(_)) => "steps, ",
                (false, None) => "even, ",
            };
            format!("{scale}{} to {}", short_number(*low), short_number(*high))
        }
        Space::Levels => "levels, each as likely".to_owned(),
        Space::Category => {
            let mut codes = match values {
                Values::Codes(codes) => codes.clone(),
                Values::Numbers(_) => Vec::new(),
            };
            codes.retain(|code| *code != Values::NO_CATEGORY);
            codes.sort_unstable();
            codes.dedup();
            format!("{} categories, each as likely", codes.len())
        }
    }
}
