//! What the page does, in one call, for the host's command: files to a ledger, a ledger to an importance.

use super::view::Statistic;
use crate::analysis::importance::from_ledger::{Declared, LedgerDesign};
use crate::analysis::importance::{Importance, Method, Settings, importance};
use crate::analysis::ranking::ObjectiveColumn;
use crate::format::{self, UnreadFile};
use crate::ledger::{Again, Bits, Keep, Ledger, Role, RunSink};
use crate::source::{self, Files, Unpacked};
use serde_json::{Map, Value as Json, json};

/// Reads files as a drop is read, and says which were not.
pub fn read_files(files: &Files) -> (Ledger, Vec<UnreadFile>) {
    read_files_keeping(files, &Keep::default())
}

/// As [`read_files`], of what there is only what is kept.
pub fn read_files_keeping(files: &Files, keep: &Keep) -> (Ledger, Vec<UnreadFile>) {
    let Unpacked { files, problems } = source::unpack(files);
    let mut plan = format::plan(&files);
    plan.add_unopened(problems);
    let files = &files;
    let (mut ledger, mut again) = (Ledger::default(), Again::default());
    for unit in &plan.units {
        let mut on_part = |part: Ledger| {
            ledger.append_or_update(part, 0, &mut again);
        };
        let mut sink = RunSink::new(&mut on_part).keeping(keep.clone());
        format::read_unit(unit, files, &mut sink, &mut |_| {});
        sink.finish();
    }
    (ledger, plan.unread)
}

/// What is asked of [`importance_document`].
#[derive(Clone, Debug, Default)]
pub struct ImportanceQuestion {
    /// Name of the metric; of a param or tag where no metric has it.
    pub objective: String,
    /// Which of its values counts.
    pub statistic: Statistic,
    /// Whether more is better: decides what the best value is.
    pub maximize: bool,
    /// What is known of params.
    pub declared: Vec<(String, Declared)>,
    /// Same seed, same answer.
    pub seed: u64,
    /// Among how many of the strongest params pairs are worked out.
    pub pairs: usize,
    /// Whether total indices are wanted.
    pub totals: bool,
    /// How it is measured.
    pub method: Method,
}

/// The importance of a ledger's params as JSON; fails where there is no such objective.
pub fn importance_document(ledger: &Ledger, question: &ImportanceQuestion) -> Result<Json, String> {
    let roles = [Role::Metric, Role::Param, Role::Tag, Role::Attribute];
    let column = roles
        .into_iter()
        .find_map(|role| ledger.find(role, &question.objective));
    let column = column.ok_or_else(|| format!("there is no metric {}", question.objective))?;
    let values = ObjectiveColumn::new(ledger, column, question.statistic, question.maximize).values;
    let all = Bits::filled(ledger.rows(), true);
    let LedgerDesign {
        design,
        left_out: left_out_before,
        ..
    } = LedgerDesign::new(ledger, &all, column, &values, &question.declared);
    let settings = Settings {
        seed: question.seed,
        pairs: question.pairs,
        totals: question.totals,
        methods: question.method != Method::Fanova,
        maximize: question.maximize,
        ..Settings::default()
    };
    let Importance {
        n,
        parameters,
        sum_of_singles,
        pairs,
        r2_oob,
        left_out,
        refused,
        methods,
        ..
    } = importance(&design, &settings);
    let mut refused = refused.map(|refusal| refusal.to_string());
    let params: Map<String, Json> = if question.method == Method::Fanova {
        parameters
            .into_iter()
            .map(|share| (share.name, json!({"share": share.share, "low": share.low, "high": share.high, "total": share.total, "noise": share.is_noise})))
            .collect()
    } else {
        let of = methods
            .into_iter()
            .find(|answer| answer.method == question.method);
        // What needs no forest answers where the forest is refused.
        if let Some(answer) = &of {
            refused.clone_from(&answer.refused);
        }
        of.into_iter()
            .flat_map(|answer| answer.parameters)
            .map(|measured| (measured.name, json!({"share": measured.value, "low": measured.low, "high": measured.high, "noise": measured.is_noise})))
            .collect()
    };
    let pairs: Map<String, Json> = pairs
        .into_iter()
        .map(|(a, b, share)| (format!("{a},{b}"), json!(share)))
        .collect();
    let left_out: Vec<Json> = left_out_before
        .into_iter()
        .map(|(what, reason)| {
            if ledger.find(Role::Param, &what).is_some() {
                json!({"param": what, "reason": reason})
            } else {
                json!({"run": what, "reason": reason})
            }
        })
        .chain(left_out.into_iter().map(|left| match left.parameter {
            Some(param) => json!({"param": param, "reason": left.reason.to_string()}),
            None => json!({"run": "runs", "reason": left.reason.to_string()}),
        }))
        .collect();
    Ok(json!({
        "method": question.method.word(), "objective": question.objective, "n": n, "of": ledger.rows(), "r2_oob": r2_oob,
        "sum_of_singles": sum_of_singles, "params": params, "pairs": pairs, "left_out": left_out,
        "refused": refused,
    }))
}
