//! The answer of an importance, in words.

use super::ImportanceRun;
use crate::analysis::importance::adaptive;
use crate::analysis::importance::together::{Together, together};
use crate::analysis::importance::{Design, Importance, MethodAnswer, Settings};
use crate::chart::number::counted;
use crate::engine::agreement::agreement;
use crate::engine::effect;
use crate::engine::protocol::{
    ImportanceAnswer, LeftOut, MeasuredParam, MethodRanking, PairImportance, ParamImportance,
};
use crate::ledger::ColumnId;

/// How many pairs of params that go together are named.
const TOLD_TOGETHER: usize = 3;

/// A conditional param of this share is worth a word.
const NOTABLE: f64 = 0.1;

impl ImportanceRun {
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
                    of: share,
                    space: effect::space_text(parameter),
                    present: parameter.values.active().count(),
                    active: self.beside.active(at),
                })
            })
            .collect::<Vec<_>>();
        let column_of = |name: &str| self.columns.get(place(name)?).copied();
        let present = |name: &str| {
            place(name).map_or(0, |at| self.design.parameters[at].values.active().count())
        };
        let pairs = pairs.into_iter().filter_map(|(a, b, share)| {
            let (a, b) = (column_of(&a)?, column_of(&b)?);
            Some(PairImportance { a, b, share })
        });
        let methods: Vec<MethodRanking> = methods
            .into_iter()
            .map(|answer| ranking(answer, &column_of, &present))
            .collect();
        let mut warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        warnings.extend(self.warnings.iter().cloned());
        warnings.extend_from_slice(self.look_at_design());
        let conditional = |param: &&ParamImportance| {
            param.present < n && !param.of.is_noise && param.of.share >= NOTABLE
        };
        for ParamImportance { of, present, .. } in params.iter().filter(conditional) {
            let name = &of.name;
            let of_scale = place(name).map(|at| &self.design.parameters[at]);
            let others = of_scale.filter(|parameter| !parameter.elsewhere.is_empty());
            // Proposals show no shares.
            let beside = if self.best_are_kept.is_empty() {
                ": beside it stands its share within them"
            } else {
                ""
            };
            warnings.push(if let Some(parameter) = others {
                format!(
                    "{name} is a number of its scale in {present} of {n} runs and else {}, and its share counts which{beside}",
                    parameter.inactive()
                )
            } else {
                format!(
                    "{name} is set in {present} of {n} runs, and its share counts whether it is set too{beside}"
                )
            });
        }
        if let Some(center) = self.center_of_groups {
            warnings.push(format!(
                "runs are grouped: each of {n} groups counts once, with the {center} of its runs"
            ));
        }
        if let Some(from) = self.thinned_from {
            warnings.push(format!(
                "of {} with a finite objective an even part of {n} was used{}",
                counted(from, "run"),
                self.best_are_kept
            ));
        }
        let of_design = left_out.into_iter().filter(|_| n > 0).map(|left| LeftOut {
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
        let grown = self.job.trees();
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
            compared: self.beside.comparisons(),
            is_whole: self.is_done(),
            grown: (grown < *trees).then_some((grown, *trees)),
            params,
            left_out: of_ledger.chain(of_design).collect(),
            refused: refused.map(|refusal| refusal.to_string()),
            warnings,
            settings: format!(
                "{trees} trees, leaves of at least {min_leaf} runs, whiskers from {resamples} resamples of the runs with \
                 {trees_per_resample} trees each in two forests, seed {seed}{}",
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
fn ranking(
    answer: MethodAnswer,
    column_of: &dyn Fn(&str) -> Option<ColumnId>,
    present: &dyn Fn(&str) -> usize,
) -> MethodRanking {
    let params = answer.parameters.into_iter().filter_map(|of| {
        Some(MeasuredParam {
            column: column_of(&of.name)?,
            present: present(&of.name),
            of,
        })
    });
    MethodRanking {
        method: answer.method,
        params: params.collect(),
        refused: answer.refused,
    }
}

/// What of a design makes importances unsure: params that go together, and a sampler that learned.
pub(super) fn warnings_of(design: &Design, maximize: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut pairs = together(design).into_iter();
    for Together {
        first,
        second,
        correlation,
    } in pairs.by_ref().take(TOLD_TOGETHER)
    {
        warnings.push(format!(
            "{first} and {second} go together (correlation of ranks {correlation:.2}): how they part what they explain between them is chance"
        ));
    }
    if pairs.len() > 0 {
        warnings.push(format!("so do {} more", counted(pairs.len(), "pair")));
    }
    let adapted = adaptive::adapted(design, maximize);
    if !adapted.is_empty() {
        warnings.push(format!(
            "later runs lie nearer to the best one ({}): the sampler learned, so all of this speaks of where it looked",
            adapted.join(", ")
        ));
    }
    warnings
}
