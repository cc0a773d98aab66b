//! Syne Tune (0.13 and later): `results.csv` (in `results.csv.zip`), `metadata.json`, and a folder a trial.
//!
//! A row of the results is a report. Trials that failed before their first report exist only as folders.

use super::log_tail::log_tail;
use super::run_folders::{json_of, put_all};
use super::search_space::range_of;
use super::table::Table;
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{LogTail, Role, RunSink, Status, ValueRef, attribute};
use crate::source::{File, file_name};
use serde_json::Value as Json;

pub(super) const FORMAT: Format = Format {
    name: "syne-tune",
    title: "Syne Tune experiment",
    claim,
    read,
};

/// What each trial's folder has.
const PARTS: [&str; 5] = ["config.json", "std.out", "std.err", "end", "stop"];

/// The folder of an experiment, by its results.
fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    if !head.has("trial_id") || !head.has("st_worker_time") && !head.has("st_tuner_time") {
        return Claim::none();
    }
    let folder = dropped.folder(place);
    let folder = folder.strip_suffix("/results.csv.zip").unwrap_or(folder);
    let is_ours = |at: &usize| {
        let rest = dropped
            .path(*at)
            .strip_prefix(folder)
            .unwrap_or_default()
            .trim_start_matches('/');
        match rest.split_once('/') {
            None => matches!(rest, "metadata.json" | "tuner.dill"),
            Some((trial, part)) => {
                trial.bytes().all(|byte| byte.is_ascii_digit()) && PARTS.contains(&part)
            }
        }
    };
    let others = dropped
        .within(folder)
        .iter()
        .copied()
        .filter(|at| *at != place && is_ours(at));
    Claim::of(std::iter::once(place).chain(others).collect())
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let results = *files.first().ok_or(NotThisFormat)?;
    let metadata = files
        .iter()
        .find(|file| file_name(file.path()) == "metadata.json");
    let metadata = metadata.map_or(Json::Null, |file| json_of(*file, sink));
    // The experiment is its folder, where the file is not called otherwise.
    let path = results.path().trim_end_matches("results.csv");
    let path = path
        .trim_end_matches('/')
        .trim_end_matches("results.csv.zip");
    let name = file_name(path.trim_end_matches('/')).to_owned();
    let mut rows: order::Map<u64, usize> = order::Map::new();
    let row_of = |rows: &mut order::Map<u64, usize>, trial: u64, sink: &mut RunSink<'_>| {
        *rows.or_insert_with(trial, || {
            let row = sink.run(&trial.to_string());
            let path = format!("{name}/{trial}");
            sink.set_attribute(
                row,
                attribute::NAME,
                ValueRef::Text(path.trim_start_matches('/')),
            );
            row
        })
    };
    // Folders first: what has no report has failed.
    let mut trials: order::Map<u64, Vec<&dyn File>> = order::Map::new();
    for file in files {
        let folder = file
            .path()
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        if let (Ok(trial), true) = (
            file_name(folder).parse(),
            PARTS.contains(&file_name(file.path())),
        ) {
            trials.or_default(trial).push(*file);
        }
    }
    let mut sound = order::Set::new();
    for (trial, parts) in &trials {
        let row = row_of(&mut rows, *trial, sink);
        let find = |name: &str| parts.iter().find(|file| file_name(file.path()) == name);
        let has = |name: &str| find(name).is_some();
        sink.set_status(
            row,
            if has("stop") {
                // By the scheduler, as those that came to their end.
                Status::Finished
            } else if has("end") {
                Status::Failed
            } else {
                Status::Unknown
            },
        );
        if let Some(config) = find("config.json") {
            put_all(row, Role::Param, &json_of(*config, sink), sink);
        }
        let tail = find("std.err").and_then(|file| log_tail("std.err", *file));
        let breaks = |tail: &LogTail| tail.text.contains("Traceback (most recent call last)");
        if has("end") && has("std.err") && !tail.as_ref().is_some_and(breaks) {
            sound.insert(*trial);
        }
        if let Some(tail) = tail {
            sink.log(row, tail);
        }
    }
    let has_ended = |trial: &u64| {
        let mut parts = trials.get(trial).into_iter().flatten();
        parts.any(|file| matches!(file_name(file.path()), "end" | "stop"))
    };
    let mut table = Table::open(results, sink, on_bytes).ok_or(NotThisFormat)?;
    let columns = table.columns.clone();
    let place = |wanted: &str| columns.iter().position(|name| name == wanted);
    let trial_at = place("trial_id").ok_or(NotThisFormat)?;
    let (status_at, decision_at) = (place("st_status"), place("st_decision"));
    let step_at = ["epoch", "step", "iteration"]
        .iter()
        .find_map(|name| place(name))
        .or(place("st_worker_iter"));
    let time_at = place("st_worker_timestamp");
    while let Some(record) = table.next(sink) {
        let trial = record.value(trial_at).number();
        let Some(trial) = trial.filter(|trial| *trial >= 0.0) else {
            continue;
        };
        let row = row_of(&mut rows, trial as u64, sink);
        let number = |at: Option<usize>| at.and_then(|at| record.value(at).number());
        let step = number(step_at).unwrap_or(f64::NAN);
        let millis = number(time_at).map_or(0, |seconds| (seconds * 1000.0) as i64);
        for (at, name) in columns.iter().enumerate() {
            let value = record.value(at);
            if let Some(param) = name.strip_prefix("config_") {
                sink.set_named(row, Role::Param, param, value);
            } else if let (false, Some(value)) = (
                name.starts_with("st_") || at == trial_at || Some(at) == step_at,
                value.number(),
            ) {
                let column = sink.column(Role::Metric, name);
                sink.point(row, column, step, millis, value);
            }
        }
        match status_at
            .map(|at| record.text(at).to_lowercase())
            .as_deref()
        {
            Some("completed") => sink.set_status(row, Status::Finished),
            Some("stopped" | "stopping") => sink.set_status(row, Status::Finished),
            Some("failed") => sink.set_status(row, Status::Failed),
            Some("paused") => sink.set_status(row, Status::Running),
            // So says every report; what was decided then, and what a trial's folder says, is later.
            Some("inprogress" | "in_progress") => {
                let decision = decision_at.map_or("", |at| record.text(at));
                if decision.eq_ignore_ascii_case("stop") {
                    sink.set_status(row, Status::Finished);
                } else if !has_ended(&(trial as u64)) {
                    sink.set_status(row, Status::Running);
                } else if sound.contains(&(trial as u64)) {
                    // Nothing says that it has come to its end but that it reported, and broke nowhere.
                    sink.set_status(row, Status::Finished);
                }
            }
            _ => {}
        }
    }
    let texts = |key: &str| -> Vec<String> {
        match metadata.get(key) {
            Some(Json::Array(list)) => list
                .iter()
                .filter_map(Json::as_str)
                .map(str::to_owned)
                .collect(),
            Some(Json::String(text)) => vec![text.clone()],
            _ => Vec::new(),
        }
    };
    // Its space is JSON in a text.
    let space = metadata.get("config_space").and_then(Json::as_str);
    if let Some(Json::Object(space)) = space.and_then(json_text::parse) {
        for (name, domain) in &space {
            let word = |key: &str| domain.get(key).and_then(Json::as_str).unwrap_or_default();
            let kind = format!("{} {}", word("domain_cls"), word("sampler_cls"));
            let numbers = domain.get("domain_kwargs");
            if let Some(range) = numbers.and_then(|numbers| range_of(&kind, numbers)) {
                sink.source().declare_range(name, range);
            }
        }
    }
    let modes = texts("metric_mode");
    for (at, metric) in texts("metric_names").into_iter().enumerate() {
        if let Some(mode) = modes.get(at).or(modes.first()) {
            sink.source().directions.push((metric, mode == "max"));
        }
    }
    Ok(())
}
