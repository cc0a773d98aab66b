//! Ray Tune (2.x): a folder a trial with `params.json` and `result.json`, below an `experiment_state-*.json`.
//!
//! `result.json` is a JSON object a report; what Tune adds to it for itself is no metric. Params are those of
//! `params.json`: folder names cut and change them. `error.txt` says that a trial failed. Pickles are never
//! read, and `progress.csv` and event files say the same as `result.json`.

use super::run_folders::{RunFolder, claim_runs, json_of, put_all};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::{File, file_name};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

pub(super) const FORMAT: Format = Format {
    name: "ray-tune",
    title: "Ray Tune trials",
    claim,
    read,
};

/// What Tune reports of itself.
const OWN: [&str; 20] = [
    "timestamp",
    "checkpoint_dir_name",
    "should_checkpoint",
    "done",
    "training_iteration",
    "trial_id",
    "date",
    "time_this_iter_s",
    "time_total_s",
    "pid",
    "hostname",
    "node_ip",
    "config",
    "time_since_restore",
    "iterations_since_restore",
    "timesteps_total",
    "episodes_total",
    "timesteps_since_restore",
    "experiment_tag",
    "experiment_id",
];

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let name = dropped.name(place);
    let folder = dropped.folder(place);
    let above = if is_state(name) {
        folder
    } else if matches!(
        name,
        "params.json" | "result.json" | "progress.csv" | "error.txt"
    ) {
        // A trial's folder has both of these, or lies below the experiment's state.
        let has = |name: &str| dropped.at(&format!("{folder}/{name}")).is_some();
        let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
        let is_trial =
            has("params.json") && (has("result.json") || has("error.txt") || has("progress.csv"));
        if !is_trial {
            return Claim::none();
        }
        above
    } else {
        return Claim::none();
    };
    let own = |path: &str| {
        matches!(
            path,
            "params.json"
                | "params.pkl"
                | "result.json"
                | "progress.csv"
                | "error.txt"
                | "error.pkl"
        ) || path.contains("tfevents")
    };
    let trial = dropped.within(above).iter().find(|at| {
        let folder = dropped.folder(**at);
        dropped.name(**at) == "params.json"
            && folder.rsplit_once('/').map_or("", |(above, _)| above) == above
    });
    let Some(trial) = trial else {
        return Claim::none();
    };
    let mut pieces = claim_runs(*trial, dropped, "params.json", own).into_pieces();
    let states = dropped.within(above).iter().copied();
    let states: Vec<usize> = states
        .filter(|at| {
            dropped.folder(*at) == above
                && (is_state(dropped.name(*at)) || is_ours(dropped.name(*at)))
        })
        .collect();
    for piece in &mut pieces {
        piece.extend(&states);
    }
    Claim::pieces(pieces)
}

fn is_state(name: &str) -> bool {
    name.starts_with("experiment_state-") && name.ends_with(".json")
}

/// Other files that Tune keeps above the trials.
fn is_ours(name: &str) -> bool {
    name == "tuner.pkl"
        || name == "trainable.pkl"
        || [
            "basic-variant-state-",
            "search_gen_state-",
            "searcher-state-",
        ]
        .iter()
        .any(|start| name.starts_with(start))
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    // The newest state by its name, which ends in its time.
    let states = files.iter().filter(|file| is_state(file_name(file.path())));
    let state = states
        .max_by_key(|file| file.path())
        .map(|file| json_of(*file, sink));
    let statuses = state.map(|state| statuses(&state)).unwrap_or_default();
    let mut bytes = 0;
    for folder in RunFolder::all(files, "params.json") {
        trial(&folder, &statuses, sink);
        bytes += folder.len_bytes();
        on_bytes(bytes);
    }
    Ok(())
}

/// Status words by trial id: each trial's data is a pair of JSON texts.
fn statuses(state: &Json) -> BTreeMap<String, String> {
    let trials = state.get("trial_data").or_else(|| state.get("checkpoints"));
    let trials = trials.and_then(Json::as_array).into_iter().flatten();
    trials
        .filter_map(|trial| {
            let text = trial
                .as_array()
                .and_then(|pair| pair.first())
                .unwrap_or(trial)
                .as_str()?;
            let data = json_text::parse(text)?;
            let text = |key: &str| Some(data.get(key)?.as_str()?.to_owned());
            Some((text("trial_id")?, text("status")?))
        })
        .collect()
}

fn trial(folder: &RunFolder<'_>, statuses: &BTreeMap<String, String>, sink: &mut RunSink<'_>) {
    // `<trainable>_<id>_<number>_<params>_<date>`: the state knows the ids.
    let id_of_name = statuses
        .keys()
        .find(|id| folder.name().contains(id.as_str()));
    let mut records: Vec<Json> = Vec::new();
    if let Some(results) = folder
        .file("result.json")
        .filter(|file| file.len_bytes() > 0)
    {
        json_text::for_each(results, sink, &mut |_| {}, &mut |record, _, _| {
            records.push(record.clone());
        });
    }
    let reported = records
        .first()
        .and_then(|record| record.get("trial_id"))
        .and_then(Json::as_str);
    let id = reported.map(str::to_owned).or_else(|| id_of_name.cloned());
    let id = id.unwrap_or_else(|| folder.name().to_owned());
    let row = sink.run(&id);
    sink.set_attribute(row, attribute::NAME, ValueRef::Text(folder.name()));
    put_all(row, Role::Param, &folder.json("params.json", sink), sink);
    let word = statuses.get(&id).map(String::as_str).unwrap_or_default();
    let is_failed = folder.file("error.txt").is_some() || word == "ERROR";
    sink.set_status(
        row,
        match word {
            _ if is_failed => Status::Failed,
            "PAUSED" => Status::Running,
            "" if records
                .last()
                .and_then(|record| record.get("done"))
                .and_then(Json::as_bool)
                == Some(true) =>
            {
                Status::Finished
            }
            "" => Status::Unknown,
            word => Status::from_word(word),
        },
    );
    for (record, number) in records.iter().zip(1..) {
        let Some(record) = record.as_object() else {
            continue;
        };
        report(row, record, f64::from(number), sink);
    }
    let number = |record: Option<&Json>, key: &str| {
        record.and_then(|record| json_text::scalar(record.get(key)?).number())
    };
    if let (Some(first), Some(took)) = (
        number(records.first(), "timestamp"),
        number(records.first(), "time_total_s"),
    ) {
        sink.set_attribute(
            row,
            attribute::START,
            ValueRef::Time(((first - took) * 1000.0) as i64),
        );
    }
    if let (Some(last), true) = (
        number(records.last(), "timestamp"),
        word == "TERMINATED" || is_failed,
    ) {
        sink.set_attribute(row, attribute::END, ValueRef::Time((last * 1000.0) as i64));
    }
    for key in ["hostname", "node_ip"] {
        if let Some(text) = records
            .last()
            .and_then(|record| record.get(key))
            .and_then(Json::as_str)
        {
            sink.set_named(row, Role::Tag, key, ValueRef::Text(text));
        }
    }
}

fn report(row: usize, record: &Map<String, Json>, number: f64, sink: &mut RunSink<'_>) {
    let value = |key: &str| {
        record
            .get(key)
            .and_then(|value| json_text::scalar(value).number())
    };
    let step = value("training_iteration").unwrap_or(number);
    let millis = value("timestamp").map_or(0, |seconds| (seconds * 1000.0) as i64);
    let mut metrics = record.clone();
    metrics.retain(|key, _| !OWN.contains(&key.as_str()));
    json_text::flatten(&metrics, &mut |path, value| {
        if let Some(value) = value.number() {
            let column = sink.column(Role::Metric, path);
            sink.point(row, column, step, millis, value);
        }
    });
}
