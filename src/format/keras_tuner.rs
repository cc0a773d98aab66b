//! Keras Tuner (1.4): a folder a trial with `trial.json`, beside `oracle.json`.
//!
//! `values` can hold params whose conditions are not met: those are left out. A metric has an observation
//! an executed step, its value the mean of the executions.

use super::run_folders::{RunFolder, claim_runs, put_start};
use super::search_space::declare_all;
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::File;
use serde_json::{Map, Value as Json};

pub(super) const FORMAT: Format = Format {
    name: "keras-tuner",
    title: "Keras Tuner trials",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let name = dropped.name(place);
    // What the tuner keeps for itself lies above the trials.
    if name == "oracle.json" || name == "tuner0.json" {
        let folder = dropped.folder(place);
        let is_beside = |at: &&usize| {
            dropped.name(**at) == "trial.json"
                && dropped
                    .folder(**at)
                    .rsplit_once('/')
                    .map_or("", |(above, _)| above)
                    == folder
        };
        let trial = dropped.within(folder).iter().find(is_beside);
        return trial
            .map(|at| claim_trials(*at, Some(folder), dropped))
            .unwrap_or_default();
    }
    let above = dropped
        .folder(place)
        .rsplit_once('/')
        .map(|(above, _)| above);
    claim_trials(place, above, dropped)
}

fn claim_trials(place: usize, above: Option<&str>, dropped: &Dropped<'_>) -> Claim {
    let is_trial = || {
        let trial = dropped.head(place).json.first();
        trial.is_some_and(|trial| {
            trial.get("trial_id").is_some() && trial.get("hyperparameters").is_some()
        }) || dropped.head(place).text.contains("\"hyperparameters\"")
    };
    if dropped.name(place) != "trial.json" || !is_trial() {
        return Claim::none();
    }
    let mut pieces =
        claim_runs(place, dropped, "trial.json", &|path| path == "trial.json").into_pieces();
    if let (Some(above), Some(piece)) = (above, pieces.last_mut()) {
        let beside = ["oracle.json", "tuner0.json"].into_iter();
        piece.extend(beside.filter_map(|name| dropped.in_folder(above, name)));
    }
    Claim::pieces(pieces)
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let mut directions: order::Map<String, bool> = order::Map::new();
    for folder in RunFolder::each(files, "trial.json", on_bytes) {
        let trial = folder.json("trial.json", sink);
        let id = trial.get("trial_id").map(|id| match id {
            Json::String(id) => id.clone(),
            other => other.to_string(),
        });
        let id = id.unwrap_or_else(|| folder.name().trim_start_matches("trial_").to_owned());
        let row = sink.run(&id);
        sink.set_attribute(row, attribute::NAME, ValueRef::Text(folder.name()));
        let status = trial
            .get("status")
            .and_then(Json::as_str)
            .unwrap_or_default();
        sink.set_status(
            row,
            match status {
                "IDLE" => Status::Scheduled,
                "INVALID" => Status::Failed,
                word => Status::from_word(word),
            },
        );
        json_text::flatten(&params(&trial), &mut |path, value| {
            // How Hyperband rations epochs was nobody's choice.
            let is_own = path.starts_with("tuner/");
            let role = if is_own { Role::Tag } else { Role::Param };
            sink.set_named(row, role, path, value);
        });
        let space = trial.get("hyperparameters");
        let space = space.and_then(|of| of.get("space"));
        declare_all(space, "class_name", sink);
        put_start(row, "message", trial.get("message"), sink);
        let metrics = trial
            .get("metrics")
            .and_then(|metrics| metrics.get("metrics"));
        for (name, metric) in metrics.and_then(Json::as_object).into_iter().flatten() {
            if let Some(direction) = metric.get("direction").and_then(Json::as_str) {
                directions.insert(name.clone(), direction == "max");
            }
            let column = sink.column(Role::Metric, name);
            let observations = metric.get("observations").and_then(Json::as_array);
            for observation in observations.into_iter().flatten() {
                let step = observation
                    .get("step")
                    .and_then(|step| json_text::scalar(step).number());
                if let Some(value) = observation.get("value").and_then(mean) {
                    sink.point(row, column, step.unwrap_or(f64::NAN), 0, value);
                }
            }
        }
        if let Some(score) = trial
            .get("score")
            .and_then(|score| json_text::scalar(score).number())
        {
            sink.set_named(row, Role::Tag, "score", ValueRef::Number(score));
        }
    }
    sink.source().directions.extend(directions);
    Ok(())
}

/// The params whose conditions are met.
fn params(trial: &Json) -> Map<String, Json> {
    let empty = Map::new();
    let hyperparameters = trial.get("hyperparameters");
    let part = |key: &str| hyperparameters.and_then(|part| part.get(key));
    let values = part("values").and_then(Json::as_object).unwrap_or(&empty);
    let mut params = values.clone();
    for dimension in part("space").and_then(Json::as_array).into_iter().flatten() {
        let Some(config) = dimension.get("config") else {
            continue;
        };
        let conditions = config.get("conditions").and_then(Json::as_array);
        let is_met = conditions.into_iter().flatten().all(|condition| {
            let config = condition.get("config").unwrap_or(condition);
            let parent = config
                .get("name")
                .and_then(Json::as_str)
                .and_then(|name| values.get(name));
            let wanted = config.get("values").and_then(Json::as_array);
            wanted.is_none_or(|wanted| parent.is_some_and(|value| wanted.contains(value)))
        });
        if let (false, Some(name)) = (is_met, config.get("name").and_then(Json::as_str)) {
            params.remove(name);
        }
    }
    params
}

/// The mean of a list of numbers.
fn mean(values: &Json) -> Option<f64> {
    let values: Vec<f64> = match values {
        Json::Array(values) => values
            .iter()
            .filter_map(|value| json_text::scalar(value).number())
            .collect(),
        value => json_text::scalar(value).number().into_iter().collect(),
    };
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
