//! `dvc exp show` as CSV and as JSON: experiments with their final metrics and params.
//!
//! The workspace and commits are no runs. In the CSV metrics and params share one list of columns: params are
//! those after the metrics, which only their names tell; in the JSON they are apart. `!` is a file that could
//! not be read.

use super::roles::{SAMPLE, guess_one};
use super::run_folders::{json_of, put_start};
use super::table::Table;
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute, parse_number};
use crate::source::File;
use serde_json::Value as Json;

pub(super) const TABLE: Format = Format {
    name: "dvc-experiments-table",
    title: "DVC experiments (CSV)",
    claim: claim_table,
    read: read_table,
};

pub(super) const JSON: Format = Format {
    name: "dvc-experiments",
    title: "DVC experiments (JSON)",
    claim: claim_json,
    read: read_json,
};

/// Columns of the CSV that are of the experiment itself.
const OWN: [&str; 5] = ["Experiment", "rev", "typ", "Created", "parent"];

/// Whether a column is of the experiment itself; the last two are there where some experiment was queued.
fn is_own(name: &str) -> bool {
    OWN.contains(&name) || matches!(name, "State" | "Executor")
}

fn claim_table(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    Claim::alone(place, OWN.iter().all(|name| head.has(name)))
}

fn claim_json(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place).json.first();
    let is_ours =
        head.is_some_and(|head| head.get("rev").is_some() && head.get("experiments").is_some());
    let text = dropped.head(place).text.trim_start();
    // Before 3.0 by commit, the workspace first.
    let is_old = || text.starts_with("{\"workspace\"") && text.contains("\"baseline\"");
    Claim::alone(
        place,
        is_ours || text.starts_with("[{\"rev\": \"workspace\"") || is_old(),
    )
}

fn read_table(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = *files.first().ok_or(NotThisFormat)?;
    let sample = Table::sample(file, SAMPLE);
    let mut table = Table::open(file, sink, on_bytes).ok_or(NotThisFormat)?;
    let columns = table.columns.clone();
    let place = |wanted: &str| {
        columns
            .iter()
            .position(|name| name == wanted)
            .ok_or(NotThisFormat)
    };
    let (name_at, rev_at, type_at, created_at) = (
        place("Experiment")?,
        place("rev")?,
        place("typ")?,
        place("Created")?,
    );
    let state_at = columns.iter().position(|name| name == "State");
    let roles = roles(&columns, &sample);
    while let Some(record) = table.next(sink) {
        // Before 3.0 an experiment may have checkpoints, of which the last is its state.
        let kind = record.text(type_at);
        if !kind.starts_with("branch") && kind != "checkpoint_tip" {
            continue;
        }
        let id = [record.text(name_at), record.text(rev_at)]
            .into_iter()
            .find(|text| !text.is_empty());
        let row = sink.run(id.unwrap_or_default());
        sink.set_attribute(row, attribute::NAME, ValueRef::Text(id.unwrap_or_default()));
        let state = state_at.map_or("", |at| record.text(at));
        sink.set_status(row, status_of(state));
        sink.set_time(row, attribute::START, record.text(created_at));
        sink.set_named(row, Role::Tag, "rev", ValueRef::Text(record.text(rev_at)));
        for (at, name) in columns.iter().enumerate() {
            if is_own(name) || name == "step" || record.text(at) == "!" {
                continue;
            }
            let (role, doubt) = &roles[at];
            let column = sink.column(*role, name);
            // Of a hash of digits alone, too.
            let value = match (role, record.text(at)) {
                (Role::Tag, text) if !text.is_empty() => ValueRef::Text(text),
                _ => record.value(at),
            };
            sink.set(row, column, value);
            if let Some(doubt) = doubt {
                sink.doubt(column, doubt);
            }
        }
    }
    Ok(())
}

/// What each column is: metrics come first, params after them, and where both have a name it stands behind that of the
/// file. Params begin where the fewest names that say what they are would be wrong.
fn roles(columns: &[String], sample: &[Vec<String>]) -> Vec<(Role, Option<String>)> {
    let mut roles: Vec<(Role, Option<String>)> = Vec::with_capacity(columns.len());
    for (at, name) in columns.iter().enumerate() {
        let cells = sample.iter().filter_map(|record| record.get(at));
        let cells: Vec<&str> = cells
            .map(String::as_str)
            .filter(|cell| !matches!(*cell, "" | "!"))
            .collect();
        let of_file = |name: &str| match name.split_once(':') {
            Some((file, _)) if file.contains("param") => Some(Role::Param),
            Some((file, _)) if file.contains("metric") => Some(Role::Metric),
            _ => None,
        };
        roles.push(match (of_file(name), guess_one(name, &cells)) {
            (Some(role), _) => (role, None),
            (None, (super::rows::Target::Value(Role::Metric, _), doubt)) => (Role::Metric, doubt),
            (None, (_, doubt)) => (Role::Param, doubt),
        });
    }
    // Dependencies come last, a file and its hash each, or the beginning of that.
    let is_hash = |cell: &str| {
        let hash = cell.strip_suffix(".dir").unwrap_or(cell);
        matches!(hash.len(), 7 | 32) && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let is_dependency = |at: &usize| {
        let cells = || sample.iter().filter_map(|record| record.get(*at));
        let mut filled = cells().filter(|cell| !matches!(cell.as_str(), "" | "!"));
        filled.all(|cell| is_hash(cell))
            && cells().any(|cell| parse_number(cell).is_none() && is_hash(cell))
    };
    for at in (0..columns.len()).rev().take_while(is_dependency) {
        roles[at] = (Role::Tag, None);
    }
    let is_free =
        |at: &usize| !is_own(&columns[*at]) && columns[*at] != "step" && roles[*at].0 != Role::Tag;
    let is_sure = |at: &usize, role: Role| is_free(at) && roles[*at] == (role, None);
    // How many names would be wrong if params began at a column.
    let mut count = (0..columns.len())
        .filter(|at| is_sure(at, Role::Metric))
        .count();
    let mut wrong = vec![count];
    for at in 0..columns.len() {
        count += usize::from(is_sure(&at, Role::Param));
        count -= usize::from(is_sure(&at, Role::Metric));
        wrong.push(count);
    }
    let least = wrong.iter().min();
    let is_least = |count: &usize| Some(count) == least;
    let first = wrong.iter().position(is_least).unwrap_or_default();
    let last = wrong.iter().rposition(is_least).unwrap_or_default();
    for (at, role) in roles.iter_mut().enumerate() {
        // Where they may begin at several, what lies between them is as its name says.
        if role.0 != Role::Tag && at < first {
            *role = (Role::Metric, None);
        } else if role.0 != Role::Tag && at >= last {
            *role = (Role::Param, None);
        }
    }
    roles
}

/// The status of an experiment's state; what has none is over.
fn status_of(state: &str) -> Status {
    match Status::from_word(state) {
        Status::Unknown => Status::Finished,
        known => known,
    }
}

/// Experiments as 2.x writes them: by commit and by their own hash, each with its data.
fn write_old(commits: &serde_json::Map<String, Json>, sink: &mut RunSink<'_>) {
    for (_, experiments) in commits {
        let experiments = experiments.as_object().into_iter().flatten();
        for (hash, experiment) in experiments.filter(|(hash, _)| *hash != "baseline") {
            let data = experiment.get("data").unwrap_or(experiment);
            // Of checkpoints only the last is an experiment.
            let tip = data.get("checkpoint_tip").and_then(Json::as_str);
            if tip.is_some_and(|tip| tip != hash) {
                continue;
            }
            let name = data.get("name").and_then(Json::as_str).unwrap_or(hash);
            let is = |key: &str| data.get(key).and_then(Json::as_bool) == Some(true);
            let error = experiment.get("error").or_else(|| data.get("error"));
            let status = match error {
                Some(error) if !error.is_null() => Status::Failed,
                _ if is("running") => Status::Running,
                _ if is("queued") => Status::Scheduled,
                _ => Status::Finished,
            };
            write_experiment(name, hash, data, status, sink);
        }
    }
}

fn read_json(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = *files.first().ok_or(NotThisFormat)?;
    let commits = json_of(file, sink);
    if let Json::Object(commits) = &commits {
        write_old(commits, sink);
        on_bytes(file.len_bytes());
        return Ok(());
    }
    for commit in commits.as_array().ok_or(NotThisFormat)? {
        for experiment in commit
            .get("experiments")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
        {
            // The newest revision first.
            let revision = experiment
                .get("revs")
                .and_then(Json::as_array)
                .and_then(|revisions| revisions.first());
            let Some(revision) = revision else {
                continue;
            };
            let text =
                |value: &Json, key: &str| value.get(key).and_then(Json::as_str).map(str::to_owned);
            let name = text(experiment, "name").or_else(|| text(revision, "name"));
            let rev = text(revision, "rev").unwrap_or_default();
            let id = name.unwrap_or_else(|| rev.clone());
            let data = revision.get("data").unwrap_or(revision);
            let has_failed = revision.get("error").is_some_and(|error| !error.is_null());
            let state = experiment.pointer("/executor/state").and_then(Json::as_str);
            let status = if has_failed {
                Status::Failed
            } else {
                status_of(state.unwrap_or_default())
            };
            write_experiment(&id, &rev, data, status, sink);
            let row = sink.run(&id);
            put_start(row, "error", revision.pointer("/error/msg"), sink);
        }
    }
    on_bytes(file.len_bytes());
    Ok(())
}

/// Writes an experiment with the params and metrics of its files.
fn write_experiment(id: &str, rev: &str, data: &Json, status: Status, sink: &mut RunSink<'_>) {
    let row = sink.run(id);
    sink.set_attribute(row, attribute::NAME, ValueRef::Text(id));
    sink.set_named(row, Role::Tag, "rev", ValueRef::Text(rev));
    sink.set_status(row, status);
    if let Some(millis) = data.get("timestamp").and_then(json_text::millis) {
        sink.set_attribute(row, attribute::START, ValueRef::Time(millis));
    }
    for (key, role) in [("params", Role::Param), ("metrics", Role::Metric)] {
        let files = data.get(key).and_then(Json::as_object);
        for (path, file) in files.into_iter().flatten() {
            match file.get("data").and_then(Json::as_object) {
                Some(values) => json_text::flatten(values, &mut |name, value| {
                    if role == Role::Param || name != "step" {
                        sink.set_named(row, role, name, value);
                    }
                }),
                None => sink.problem(
                    "dvc/file",
                    &format!("{id}, {path}"),
                    "DVC could not read it",
                    "left out",
                ),
            }
        }
    }
}
