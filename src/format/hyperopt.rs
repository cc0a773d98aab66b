//! Hyperopt's `trials.trials`, dumped by `json`, or as a table made of it.
//!
//! A document a trial: `tid`, `state` (0 new, 1 running, 2 done, 3 error, 4 cancelled), `result` {`status` ok | fail |
//! new, `loss`, …}, `misc.vals` {label: [v], or [] where the parameter is inactive}, `book_time`,
//! `refresh_time` (ISO text, or `{"$date": …}` from `MongoDB`). `hp.choice` stores the option's index: its
//! text is not in the file. Hyperopt always minimizes `loss`.

use super::rows::{Guess, RowWriter, Target};
use super::run_folders::put_start;
use super::table::Table;
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::File;
use serde_json::Value as Json;

pub(super) const TRIALS: Format = Format {
    name: "hyperopt-trials",
    title: "Hyperopt trials (JSON)",
    claim: claim_trials,
    read: read_trials,
};

pub(super) const TABLE: Format = Format {
    name: "hyperopt-table",
    title: "Hyperopt trials (CSV)",
    claim: claim_table,
    read: read_table,
};

fn claim_trials(place: usize, dropped: &Dropped<'_>) -> Claim {
    let is_trial =
        |trial: &Json| trial.get("tid").is_some() && trial.pointer("/misc/vals").is_some();
    Claim::alone(
        place,
        dropped.head(place).json.first().is_some_and(is_trial),
    )
}

fn claim_table(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    Claim::alone(
        place,
        head.has("tid") && head.has("state") && head.has("loss"),
    )
}

/// The status of a trial by its state number and its result's word.
fn status(state: Option<f64>, word: &str) -> Status {
    match (state.map(|state| state as i64), word) {
        (Some(0), _) => Status::Scheduled,
        (Some(1), _) => Status::Running,
        (Some(3), _) | (_, "fail") => Status::Failed,
        (Some(4), _) => Status::Killed,
        (Some(2), _) | (None, "ok") => Status::Finished,
        _ => Status::from_word(word),
    }
}

fn declare(sink: &mut RunSink<'_>) {
    sink.source().directions.push(("loss".to_owned(), false));
}

fn read_trials(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    declare(sink);
    json_text::for_each(*file, sink, on_bytes, &mut |trial, place, sink| {
        let Some(tid) = trial
            .get("tid")
            .map(json_text::scalar)
            .filter(|tid| !tid.is_missing())
        else {
            sink.problem("hyperopt/no-tid", place, "it has no tid", "record skipped");
            return;
        };
        sink.may_flush();
        let row = sink.add_run();
        let tid = tid.to_string();
        sink.set_attribute(row, attribute::ID, ValueRef::Text(&tid));
        sink.set_attribute(
            row,
            attribute::NAME,
            ValueRef::Text(&format!("trial-{tid}")),
        );
        let state = trial
            .get("state")
            .and_then(|state| json_text::scalar(state).number());
        let word = trial
            .pointer("/result/status")
            .and_then(Json::as_str)
            .unwrap_or_default();
        sink.set_status(row, status(state, word));
        for (key, name) in [
            ("book_time", attribute::START),
            ("refresh_time", attribute::END),
        ] {
            if let Some(millis) = trial.get(key).and_then(json_text::millis) {
                sink.set_attribute(row, name, ValueRef::Time(millis));
            }
        }
        for (label, values) in trial
            .pointer("/misc/vals")
            .and_then(Json::as_object)
            .into_iter()
            .flatten()
        {
            let value = values.as_array().map_or(Some(values), |list| list.first());
            let value = value.map_or(ValueRef::Missing, json_text::scalar);
            sink.set_named(row, Role::Param, label, value);
        }
        put_start(row, "error", trial.pointer("/misc/error"), sink);
        if let Some(result) = trial.get("result").and_then(Json::as_object) {
            json_text::flatten(result, &mut |path, value| match (path, value) {
                ("status", _) => {}
                (_, ValueRef::Number(_)) => sink.set_named(row, Role::Metric, path, value),
                _ => sink.set_named(row, Role::Tag, path, value),
            });
        }
    });
    Ok(())
}

fn target(name: &str) -> Guess {
    let target = match name {
        "" | "state" | "status" => Target::Skip,
        // As a row number: every search has a trial 0.
        "tid" => Target::Attribute(attribute::ID),
        "loss" | "loss_variance" | "true_loss" | "true_loss_variance" | "eval_time" => {
            Target::metric(name)
        }
        "book_time" => Target::Time(attribute::START),
        "refresh_time" => Target::Time(attribute::END),
        "exp_key" | "owner" | "version" | "spec" => Target::tag(name),
        _ => Target::param(name),
    };
    (target, None)
}

fn read_table(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
    declare(sink);
    let place = |wanted: &str| table.columns.iter().position(|name| name == wanted);
    let (state, word, tid) = (place("state"), place("status"), place("tid"));
    let mut writer = RowWriter::new(table.columns.iter().map(|name| target(name)).collect());
    writer.write_each(&mut table, sink, |record, row, sink| {
        let number = state.and_then(|at| record.value(at).number());
        sink.set_status(row, status(number, word.map_or("", |at| record.text(at))));
        if let Some(tid) = tid.map(|at| record.text(at)) {
            sink.set_attribute(
                row,
                attribute::NAME,
                ValueRef::Text(&format!("trial-{tid}")),
            );
        }
    });
    Ok(())
}
