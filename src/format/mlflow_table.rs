//! MLflow's runs as a table: `mlflow experiments csv`, `search_runs().to_csv()` and `.to_json()` in any layout.
//!
//! Columns `run_id`, `experiment_id`, `status`, `artifact_uri`, `start_time`, `end_time`, then
//! `metrics.<key>`, `params.<key>`, `tags.<key>`. Only the latest value of each metric. Times are
//! UTC with offset in CSV, Unix milliseconds in JSON; no end means that the run still goes on, as its
//! status says. Params are text as logged.
//!
//! The page's own download has columns of the run, then params, metrics and tags by their bare names, in this order.

use super::json::{JsonRows, read_records, records_have};
use super::mlflow_files::MODEL_HISTORY;
use super::roles::{SAMPLE, guess_others};
use super::rows::{Guess, RowWriter, Target};
use super::table::Table;
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
    if is_of_page(header) {
        return Claim::alone(place, true);
    }
    Claim::alone(place, is_ours(header.iter().map(String::as_str))).by_record()
}

/// Whether a table is the page's own.
fn is_of_page(columns: &[String]) -> bool {
    ["Run ID", "Source Type", "Source Name", "User", "Status"]
        .iter()
        .all(|wanted| columns.iter().any(|name| name == wanted))
}

fn fixed_of_page(name: &str) -> Option<Target> {
    Some(match name {
        "Run ID" => Target::Id,
        "Name" | "Run Name" => Target::Attribute(attribute::NAME),
        "Status" => Target::Status,
        "Start Time" => Target::Time(attribute::START),
        "Duration" | "Source Type" | "Source Name" | "User" => {
            Target::Text(Role::Tag, name.to_owned())
        }
        _ => return None,
    })
}

/// Where the cells of the page's table go: what stands among names that say what they are is what those are.
fn targets_of_page(columns: &[String], sample: &[Vec<String>]) -> Vec<Guess> {
    let mut guesses = guess_others(columns, sample, fixed_of_page);
    let is_free = |at: &usize| fixed_of_page(&columns[*at]).is_none();
    let is_sure = |at: &usize, role: Role| {
        let (target, doubt) = &guesses[*at];
        let is_of_role = matches!(target, Target::Value(found, _) if *found == role);
        is_free(at) && is_of_role && doubt.is_none()
    };
    let first_metric = (0..columns.len()).find(|at| is_sure(at, Role::Metric));
    let last_metric = (0..columns.len()).rfind(|at| is_sure(at, Role::Metric));
    let last_param = (0..columns.len()).rfind(|at| is_sure(at, Role::Param));
    let (Some(first), Some(last)) = (first_metric, last_metric) else {
        return guesses;
    };
    if last_param.is_none_or(|param| param < first) {
        // Each kind is in alphabetical order: where it starts again once between them, metrics begin.
        let between = last_param.unwrap_or(first)..first;
        let mut starts = between.filter(|at| columns[*at] > columns[at + 1]);
        let boundary = starts.next().filter(|_| starts.next().is_none());
        let boundary = boundary.map_or(first, |at| at + 1);
        let last_param = if boundary < first {
            boundary.checked_sub(1)
        } else {
            last_param
        };
        for at in (0..=last).filter(is_free) {
            if at >= boundary {
                guesses[at] = (Target::metric(&columns[at]), None);
            } else if last_param.is_some_and(|param| at <= param) {
                guesses[at] = (Target::param(&columns[at]), None);
            }
        }
        for at in (last + 1..columns.len()).filter(is_free) {
            if !matches!(guesses[at].0, Target::Value(Role::Metric, _)) {
                guesses[at] = (Target::Text(Role::Tag, columns[at].clone()), None);
            }
        }
    }
    guesses
}

fn claim_records(place: usize, dropped: &Dropped<'_>) -> Claim {
    let json = &dropped.head(place).json;
    Claim::alone(
        place,
        records_have(json, &|names| is_ours(names.iter().copied())),
    )
}

pub(super) fn target(name: &str) -> Guess {
    let target = match name {
        "" => Target::Skip,
        // What pandas keeps of the index of rows that were chosen.
        _ if name.starts_with("__index_level_") => Target::Skip,
        _ if name.strip_prefix("tags.") == Some(MODEL_HISTORY) => Target::Skip,
        "run_id" => Target::Id,
        "status" => Target::Status,
        "start_time" => Target::Time(attribute::START),
        "end_time" => Target::Time(attribute::END),
        "tags.mlflow.runName" => Target::TagAnd("mlflow.runName", attribute::NAME),
        "tags.mlflow.parentRunId" => Target::TagAnd("mlflow.parentRunId", attribute::PARENT),
        _ => {
            if let Some(key) = name.strip_prefix("metrics.") {
                Target::Stored(key.to_owned())
            } else if let Some(key) = name.strip_prefix("params.") {
                Target::param(key)
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
    let file = *files.first().ok_or(NotThisFormat)?;
    let sample = Table::sample(file, SAMPLE);
    let mut table = Table::open(file, sink, on_bytes).ok_or(NotThisFormat)?;
    let guesses = if is_of_page(&table.columns) {
        targets_of_page(&table.columns, &sample)
    } else {
        table.keep_percents();
        table.columns.iter().map(|name| target(name)).collect()
    };
    RowWriter::new(guesses).write_all(&mut table, sink);
    Ok(())
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
