//! One importance, from the selection to its answer: the tasks that hands work on, and the answer in
//! words.

use super::protocol::{ImportanceAnswer, LeftOut, ParamImportance};
use super::show::short_number;
use super::view::Objective;
use crate::analysis::importance::from_ledger::LedgerDesign;
use crate::analysis::importance::{
    Column as Values, Design, Importance, ImportanceJob, Prepared, Settings, Space, TreeResult,
    TreeTask, run_task,
};
use crate::ledger::{Bits, ColumnId, Ledger};

/// Up to how many runs a forest is grown on; of more, an even part is taken, and that is said.
const MOST_RUNS: usize = 10_000;

/// An importance that is being worked out.
pub struct ImportanceRun {
    job: ImportanceJob,
    design: Design,
    columns: Vec<ColumnId>,
    left_out: Vec<(String, String)>,
    objective: String,
    shown: usize,
    /// Whether each run stands for a group.
    is_of_groups: bool,
    /// How many runs had a finite objective, where only a part of them is used.
    thinned_from: Option<usize>,
}

impl ImportanceRun {
    /// Begins to explain `objective` by the params over the shown runs; `values` has a finite number a
    /// run, NaN where there is none. Where runs are grouped, `shown` has one of each group, `values` the
    /// group's mean, and `within` the params in which the runs of a group may differ: they explain nothing.
    pub fn begin(
        ledger: &Ledger,
        shown: &Bits,
        objective: &Objective,
        column: ColumnId,
        values: &[f64],
        within: Option<&[ColumnId]>,
    ) -> Self {
        let finite = shown.ones().filter(|row| values[*row].is_finite()).count();
        let thinned_from = (finite > MOST_RUNS).then_some(finite);
        let stride = finite.div_ceil(MOST_RUNS).max(1);
        let mut seen = 0;
        let rows = Bits::from_fn(shown.len(), |row| {
            let finite = shown.get(row) && values[row].is_finite();
            seen += usize::from(finite);
            shown.get(row) && (!finite || stride == 1 || seen % stride == 0)
        });
        let mut of_ledger = LedgerDesign::new(ledger, &rows, column, values, &[]);
        for id in within.unwrap_or_default() {
            let reason = "runs of one group may differ in it";
            of_ledger.leave_out(*id, ledger.column(*id).name(), reason);
        }
        let LedgerDesign {
            design,
            columns,
            left_out,
        } = of_ledger;
        Self {
            job: ImportanceJob::new(&design, Settings::default()),
            design,
            columns,
            left_out,
            objective: format!(
                "{} ({}, {}{})",
                ledger.column(column).name(),
                objective.statistic.word(),
                objective.direction.word(),
                if within.is_some() {
                    ", mean of each group"
                } else {
                    ""
                }
            ),
            is_of_groups: within.is_some(),
            shown: shown.count(),
            thinned_from,
        }
    }

    /// Design and settings, as the job bounds them, as text: what a worker must know before it can do tasks.
    pub fn design_text(&self) -> String {
        serde_json::to_string(&(&self.design, self.job.settings())).unwrap_or_default()
    }

    /// The next task that can be done now, as text.
    pub fn next_task(&mut self) -> Option<String> {
        self.job
            .next_task()
            .and_then(|task| serde_json::to_string(&task).ok())
    }

    /// Takes what came of a task, as text; says whether it could be read.
    pub fn absorb(&mut self, result: &str) -> bool {
        let read = serde_json::from_str::<TreeResult>(result);
        read.map(|result| self.job.absorb(result)).is_ok()
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
                    space: space_text(&parameter.space, &parameter.values),
                    present: present(&parameter.values),
                })
            })
            .collect();
        let mut warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
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

/// What a worker that has a design does with a task, all as text; `None` where the texts do not read.
pub struct Grower {
    design: Design,
    prepared: Prepared,
    settings: Settings,
}

impl Grower {
    /// From [`ImportanceRun::design_text`].
    pub fn new(design: &str) -> Option<Self> {
        let (design, settings) = serde_json::from_str::<(Design, Settings)>(design).ok()?;
        Some(Self {
            prepared: Prepared::new(&design),
            design,
            settings,
        })
    }

    /// Does a task.
    pub fn grow(&self, task: &str) -> Option<String> {
        let task = serde_json::from_str::<TreeTask>(task).ok()?;
        serde_json::to_string(&run_task(
            &self.design,
            &self.prepared,
            &self.settings,
            &task,
        ))
        .ok()
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
