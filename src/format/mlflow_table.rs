//! MLflow's runs as a table: `mlflow experiments csv`, `search_runs().to_csv()` and `.to_json()` in any layout.
//!
//! Columns `run_id`, `experiment_id`, `status`, `artifact_uri`, `start_time`, `end_time`, then
//! `metrics.<key>`, `params.<key>`, `tags.<key>`. Only the latest value of each metric. Times are
//! UTC with offset in CSV, Unix milliseconds in JSON; no end means that the run still goes on, as its
//! status says. Params are text as logged.

use super::json::{JsonRows, read_records};
use super::rows::{Guess, Target, read_by_names};
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::{Role, RunSink, attribute};
use crate::source::File;
use serde_json::Value as Json;

pub(super) const FORMAT: Format = Format {
    name: "mlflow-table",
    title: "MLflow runs (CSV)",
    claim,
    read,
};

pub(super) const RECORDS: Format = Format {
    name: "mlflow-records",
    title: "MLflow runs (JSON)",
    claim: claim_records,
    read: read_json,
};

pub(super) fn is_ours<'a>(mut names: impl Iterator<Item = &'a str> + Clone) -> bool {
    let groups = ["metrics.", "params.", "tags."];
    let has = |wanted: &str| names.clone().any(|name| name == wanted);
    has("run_id")
        && has("experiment_id")
        && names.any(|name| groups.iter().any(|group| name.starts_with(group)))
}

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let header = dropped.head(place).header();
    Claim::alone(place, is_ours(header.iter().map(String::as_str))).by_record()
}

fn claim_records(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    let first = head.json.first().and_then(Json::as_object);
    let is_ours = match first {
        // Runs by column, by number, or beside the names of columns: the ways of `to_json`.
        Some(run) if !is_ours(run.keys().map(String::as_str)) => {
            let inner = run.values().find_map(Json::as_object);
            let names = run.get("columns").and_then(Json::as_array);
            let names = names.into_iter().flatten().filter_map(Json::as_str);
            inner.is_some_and(|inner| is_ours(inner.keys().map(String::as_str)))
                || is_ours(names)
                || run
                    .get("data")
                    .and_then(|data| data.get(0))
                    .is_some_and(|run| {
                        let run = run.as_object();
                        run.is_some_and(|run| is_ours(run.keys().map(String::as_str)))
                    })
        }
        first => first.is_some(),
    };
    Claim::alone(place, is_ours)
}

pub(super) fn target(name: &str) -> Guess {
    let value = |role, key: &str| Target::Value(role, key.to_owned());
    let target = match name {
        "" => Target::Skip,
        "run_id" => Target::Id,
        "status" => Target::Status,
        "start_time" => Target::Time(attribute::START),
        "end_time" => Target::Time(attribute::END),
        "tags.mlflow.runName" => Target::TagAnd("mlflow.runName", attribute::NAME),
        "tags.mlflow.parentRunId" => Target::TagAnd("mlflow.parentRunId", attribute::PARENT),
        _ => {
            if let Some(key) = name.strip_prefix("metrics.") {
                value(Role::Metric, key)
            } else if let Some(key) = name.strip_prefix("params.") {
                value(Role::Param, key)
            } else {
                Target::Text(
                    Role::Tag,
                    name.strip_prefix("tags.").unwrap_or(name).to_owned(),
                )
            }
        }
    };
    (target, None)
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    read_by_names(files, sink, on_bytes, target)
}

fn read_json(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let rows_of = |_: &[Json], _: &[Json]| Some(JsonRows::new(Box::new(target)));
    read_records(*file, &rows_of, sink, on_bytes)
}
