//! Hugging Face's `trainer_state.json`: `log_history` is the run's curves; of several checkpoints of a run the
//! newest holds them all.

use super::run_folders::{json_of, put_object};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, ValueRef, attribute};
use crate::source::{File, file_name};
use serde_json::Value as Json;

pub(super) const FORMAT: Format = Format {
    name: "hugging-face-trainer",
    title: "Hugging Face trainer state",
    claim,
    read,
};

/// The folder of the run: checkpoints lie in folders of their own in it.
fn run_folder(path: &str) -> &str {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let is_checkpoint = file_name(folder).starts_with("checkpoint-");
    match folder.rsplit_once('/') {
        Some((above, _)) if is_checkpoint => above,
        _ if is_checkpoint => "",
        _ => folder,
    }
}

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let is_ours = |at: usize| {
        dropped.name(at).starts_with("trainer_state")
            && dropped.head(at).text.contains("\"log_history\"")
            || dropped.head(at).text.contains("\"is_hyper_param_search\"")
    };
    if !dropped.name(place).ends_with(".json") || !is_ours(place) {
        return Claim::none();
    }
    let folder = run_folder(dropped.path(place));
    if folder.is_empty()
        || !dropped.path(place).contains("checkpoint-")
            && dropped.name(place) != "trainer_state.json"
    {
        return Claim::of(vec![place]);
    }
    let states = dropped.within(folder).iter().copied();
    let states = states.filter(|at| {
        dropped.name(*at) == "trainer_state.json"
            && run_folder(dropped.path(*at)) == folder
            && is_ours(*at)
    });
    let results = RESULTS.iter();
    let results = results.filter_map(|name| dropped.in_folder(folder, name));
    Claim::of(states.chain(results).collect())
}

/// Where the example scripts write what came out at the end.
const RESULTS: [&str; 3] = [
    "all_results.json",
    "train_results.json",
    "eval_results.json",
];

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let path = files.first().ok_or(NotThisFormat)?.path();
    let is_result = |file: &&&dyn File| RESULTS.contains(&file_name(file.path()));
    let states: Vec<Json> = files
        .iter()
        .filter(|file| !is_result(file))
        .map(|file| json_of(*file, sink))
        .collect();
    let step = |state: &Json| {
        state
            .get("global_step")
            .and_then(Json::as_i64)
            .unwrap_or_default()
    };
    let state = states
        .iter()
        .max_by_key(|state| step(state))
        .ok_or(NotThisFormat)?;
    let Some(object) = state.as_object() else {
        return Err(NotThisFormat);
    };
    let folder = run_folder(path);
    let name = if folder.is_empty() || file_name(path) != "trainer_state.json" {
        crate::source::file_stem(path)
    } else {
        file_name(folder)
    };
    let row = sink.add_run();
    sink.set_attribute(
        row,
        attribute::NAME,
        ValueRef::Text(
            object
                .get("trial_name")
                .and_then(Json::as_str)
                .unwrap_or(name),
        ),
    );
    let mut params = object.clone();
    for key in ["log_history", "stateful_callbacks"] {
        params.remove(key);
    }
    let trial = params.remove("trial_params");
    put_object(row, Role::Param, &params, sink);
    if let Some(Json::Object(trial)) = trial {
        put_object(row, Role::Param, &trial, sink);
    }
    let history = object.get("log_history").and_then(Json::as_array);
    let history = history.map_or(&[][..], Vec::as_slice);
    // What was logged too is told with its step.
    let is_logged = |key: &str| history.iter().any(|record| record.get(key).is_some());
    for file in files.iter().filter(is_result) {
        let results = json_of(*file, sink);
        for (key, value) in results.as_object().into_iter().flatten() {
            let value = json_text::scalar(value);
            if key != "epoch" && value.number().is_some() && !is_logged(key) {
                sink.set_named(row, Role::Metric, key, value);
            }
        }
    }
    for record in history {
        let number = |key: &str| {
            record
                .get(key)
                .and_then(|value| json_text::scalar(value).number())
        };
        let step = number("step").unwrap_or(f64::NAN);
        for (key, value) in record.as_object().into_iter().flatten() {
            if let (false, Some(value)) = (
                matches!(key.as_str(), "step" | "epoch"),
                json_text::scalar(value).number(),
            ) {
                let column = sink.column(Role::Metric, key);
                sink.point(row, column, step, 0, value);
            }
        }
    }
    on_bytes(files.iter().map(|file| file.len_bytes()).sum());
    Ok(())
}
