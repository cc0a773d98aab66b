//! What is worked out in pieces, between which whoever drives it can do something else.

use super::Workspace;
use crate::analysis::failures::endings::Endings;
use crate::analysis::ranking::ObjectiveColumn;
use crate::engine::brief::{self, BriefRun, Sentence};
use crate::engine::curves::{CurvesPicture, CurvesQuestion};
use crate::engine::curves_drawn::CurvesRun;
use crate::engine::explain::Explain;
use crate::engine::failures::{Failures, FailuresRun};
use crate::engine::importance_run::{ImportanceRun, Question};
use crate::engine::info::column_of_key;
use crate::engine::next::{Advice, Next, NextRun};
use crate::engine::protocol::ImportanceAnswer;
use crate::engine::view::Objective;
use crate::ledger::ColumnId;

impl Workspace {
    /// Begins an importance of the params for the objective over the shown runs, or says why not.
    pub fn begin_importance(
        &self,
        explain: &Explain,
    ) -> Result<ImportanceRun, Box<ImportanceAnswer>> {
        let Some((objective, column, values)) = &self.selection.objective else {
            return Err(Box::new(ImportanceAnswer {
                refused: Some(
                    "no objective is chosen: choose at the top which metric is to be explained"
                        .to_owned(),
                ),
                ..ImportanceAnswer::default()
            }));
        };
        Ok(self.begin_run((objective, *column, values), explain, None))
    }

    /// Begins to work out what to run next, or says why not.
    pub fn begin_next(&self, filter: &str, seed: u64) -> Result<Advice, Box<Next>> {
        if self.selection.objective.is_none() {
            return Err(Box::default());
        }
        let of = |question: &brief::Question<'_>| BriefRun::for_next(question, filter);
        Ok(Advice::new(self.with_question(filter, of), seed))
    }

    /// What the forest is to say of what to run next, beside what the runs alone say.
    pub(in crate::engine) fn next_run(
        &self,
        filter: &str,
        seed: u64,
        (findings, leaks): (Vec<Sentence>, &[ColumnId]),
    ) -> Option<NextRun> {
        let (objective, column, values) = self.selection.objective.as_ref()?;
        let run = self.begin_run(
            (objective, *column, values),
            &Explain::default(),
            Some(leaks),
        );
        let ledger = &self.ledger;
        let ends = Endings::new(ledger, &self.shown(), Some((*column, values.maximize)));
        let outcomes = ends.outcomes();
        Some(NextRun::begin(
            ledger, run, &outcomes, objective, findings, filter, seed,
        ))
    }

    /// Begins a brief of the selection.
    pub fn begin_brief(&mut self, filter: &str) -> BriefRun {
        self.learn_names();
        let of = |question: &brief::Question<'_>| BriefRun::new(question, filter);
        self.with_question(filter, of)
    }

    /// Groups are called by what tells them apart from now on.
    pub(super) fn learn_names(&mut self) {
        if let Some(grouped) = &mut self.selection.grouped {
            grouped.learn_names(&self.ledger);
        }
    }

    /// Does a piece of a brief that was begun on this selection; says whether there is more.
    pub fn go_on(&self, run: &mut BriefRun) -> bool {
        let filter = run.filter().to_owned();
        self.with_question(&filter, |question| run.step(question))
    }

    /// Begins to look at what broken runs have in common.
    pub fn begin_failures(&self, filter: &str) -> FailuresRun {
        self.with_question(filter, |question| FailuresRun::new(question, filter))
    }

    /// Looks at a piece of it; says whether there is more.
    pub fn look_on(&self, run: &mut FailuresRun) -> bool {
        run.step(&self.ledger)
    }

    /// What was found by what was begun on this selection.
    pub fn failures(&self, run: &FailuresRun) -> Failures {
        self.with_question(run.filter(), |question| run.answer(question))
    }

    /// Begins a picture of curves.
    pub fn begin_curves(&mut self, question: &CurvesQuestion) -> CurvesRun {
        let varies = self.catalogue.varies(&self.ledger);
        let beside = question.beside.then(|| self.beside());
        let shown = self.rows_beside(beside.as_ref());
        CurvesRun::new(question, self.curve_runs(&shown, &varies), beside)
    }

    /// Draws a piece of a picture that was begun on this selection; the picture where that was the last.
    pub fn draw_curves(&mut self, run: &mut CurvesRun) -> Option<CurvesPicture> {
        let mut curves = std::mem::take(&mut self.curves);
        let shown = self.rows_beside(run.beside.as_ref());
        let said = curves.go_on(run, self.curve_runs(&shown, &[]));
        self.curves = curves;
        said
    }

    fn begin_run(
        &self,
        (objective, column, values): (&Objective, ColumnId, &ObjectiveColumn),
        explain: &Explain,
        for_next: Option<&[ColumnId]>,
    ) -> ImportanceRun {
        // Further metrics that the ledger does not have (an old link) are left out, and so is the objective among them.
        let mut explain = explain.clone();
        let (mut further, mut warnings) = (Vec::new(), Vec::new());
        explain.further.retain(|metric| {
            let id = column_of_key(&self.ledger, &metric.column);
            let name = metric.column.split_once('.').map_or(metric.column.as_str(), |of| of.1);
            match id {
                None => warnings.push(format!(
                    "{name} is to be explained too, but no column of these runs is {}: it does not count",
                    metric.column
                )),
                Some(id) if id == column => warnings.push(format!(
                    "{name} is the objective itself, so it is not explained beside it"
                )),
                Some(id) => {
                    let reading = objective.reading();
                    let values = ObjectiveColumn::new(&self.ledger, id, reading, metric.maximize);
                    further.push((id, values, f64::from(metric.weight)));
                }
            }
            id.is_some_and(|id| id != column)
        });
        if explain.is_of_outcomes() {
            further.clear();
            warnings.clear();
        }
        let explain = &explain;
        let begin = |question: Question<'_>| {
            let mut run = ImportanceRun::begin(&self.ledger, &question);
            run.warn(warnings);
            run
        };
        let question = Question {
            shown: &self.shown(),
            objective,
            column,
            values,
            within: None,
            further: &further,
            explain,
            for_next,
        };
        match &self.selection.grouped {
            Some(grouped) if grouped.info.several > 0 => {
                let (shown, of_groups) = grouped.representatives(values);
                let within: Vec<ColumnId> = grouped
                    .left_out()
                    .filter_map(|key| column_of_key(&self.ledger, key))
                    .collect();
                let of_further = |(id, values, weight): &(ColumnId, ObjectiveColumn, f64)| {
                    (*id, grouped.representatives(values).1, *weight)
                };
                let further: Vec<_> = further.iter().map(of_further).collect();
                begin(Question {
                    shown: &shown,
                    values: &of_groups,
                    within: Some(&within),
                    further: &further,
                    ..question
                })
            }
            _ => begin(question),
        }
    }
}
