//! Ax: what `AxClient.save_to_json_file` writes. Every arm of a trial is a run; the generator's state is skipped.

use super::run_folders::{json_of, put_all, put_start};
use super::search_space::declare_all;
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::File;
use serde_json::Value as Json;

pub(super) const FORMAT: Format = Format {
    name: "ax",
    title: "Ax experiment",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let text = dropped.head(place).text.chars();
    let start: String = text.filter(|c| !c.is_whitespace()).take(400).collect();
    let is_ours = start.starts_with('{')
        && [
            "\"AxClient\"",
            // Since 1.0.
            "\"_type\":\"Client\"",
            "\"__type\":\"Experiment\"",
        ]
        .iter()
        .any(|word| start.contains(word));
    Claim::alone(place, is_ours)
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = *files.first().ok_or(NotThisFormat)?;
    let client = json_of(file, sink);
    let experiment = client.get("experiment").unwrap_or(&client);
    let Some(trials) = experiment.get("trials").and_then(Json::as_object) else {
        return Err(NotThisFormat);
    };
    let group = experiment.get("name").and_then(Json::as_str);
    let data = data(experiment.get("data_by_trial"));
    for (index, trial) in trials {
        let status = trial
            .get("status")
            .and_then(|status| status.get("name"))
            .and_then(Json::as_str);
        for (arm, params) in arms(trial) {
            let is_batch = trial.get("__type").and_then(Json::as_str) == Some("BatchTrial");
            let id = if is_batch {
                format!("{index}/{arm}")
            } else {
                index.clone()
            };
            let row = sink.run(&id);
            sink.set_attribute(row, attribute::NAME, ValueRef::Text(&arm));
            if let Some(group) = group {
                sink.set_attribute(row, attribute::GROUP, ValueRef::Text(group));
            }
            sink.set_status(row, status.map_or(Status::Unknown, Status::from_word));
            for (key, name) in [
                ("time_created", attribute::START),
                ("time_completed", attribute::END),
            ] {
                let time = trial.get(key).map(|time| time.get("value").unwrap_or(time));
                if let Some(millis) = time.and_then(json_text::millis) {
                    sink.set_attribute(row, name, ValueRef::Time(millis));
                }
            }
            put_all(row, Role::Param, params, sink);
            for key in ["abandoned_reason", "status_reason"] {
                put_start(row, key, trial.get(key), sink);
            }
            for (metric, points) in data
                .get(&(index.clone(), arm.clone()))
                .into_iter()
                .flatten()
            {
                let column = sink.column(Role::Metric, metric);
                for (step, mean, _) in points {
                    match step {
                        Some(step) => sink.point(row, column, *step, 0, *mean),
                        None => sink.set(row, column, ValueRef::Number(*mean)),
                    }
                }
                let error = points.last().and_then(|(.., error)| *error);
                if let Some(error) = error.filter(|error| error.is_finite() && *error != 0.0) {
                    sink.set_named(
                        row,
                        Role::Tag,
                        &format!("sem.{metric}"),
                        ValueRef::Number(error),
                    );
                }
            }
        }
    }
    let objective = experiment
        .get("optimization_config")
        .and_then(|config| config.get("objective"));
    directions(objective, sink);
    let space = experiment.get("search_space");
    let space = space.and_then(|space| space.get("parameters"));
    declare_all(space, "parameter_type", sink);
    on_bytes(file.len_bytes());
    Ok(())
}

/// Names and params of a trial's arms.
fn arms(trial: &Json) -> Vec<(String, &Json)> {
    let runs = [trial.get("generator_run")].into_iter().flatten();
    let structs = trial
        .get("generator_run_structs")
        .and_then(Json::as_array)
        .into_iter()
        .flatten();
    let structs = structs.filter_map(|entry| entry.get("generator_run"));
    // Of a batch since 1.2.
    let of_batch = trial.get("generator_runs").and_then(Json::as_array);
    let arms = runs
        .chain(structs)
        .chain(of_batch.into_iter().flatten())
        .filter_map(|run| run.get("arms")?.as_array())
        .flatten();
    arms.filter_map(|arm| {
        Some((
            arm.get("name")?.as_str()?.to_owned(),
            arm.get("parameters")?,
        ))
    })
    .collect()
}

/// Step, where there are steps, mean and standard error of each metric, by trial and arm.
type Data = order::Map<(String, String), order::Map<String, Vec<Logged>>>;

type Logged = (Option<f64>, f64, Option<f64>);

/// What the steps of a curve may be called.
const STEPS: [&str; 5] = ["step", "steps", "epoch", "timestamps", "timestamp"];

/// The newest data of each trial; its frame is a JSON text, a column an object.
fn data(by_trial: Option<&Json>) -> Data {
    let mut found = Data::new();
    let entries = |value: &Json| -> Vec<(String, Json)> {
        match value {
            // Ordered maps are written as lists of pairs.
            Json::Object(object) => match object.get("value") {
                Some(Json::Array(pairs)) => pairs
                    .iter()
                    .filter_map(|pair| match pair.as_array()?.as_slice() {
                        [key, value] => Some((
                            key.as_str().map_or_else(|| key.to_string(), str::to_owned),
                            value.clone(),
                        )),
                        _ => None,
                    })
                    .collect(),
                _ => object
                    .iter()
                    .filter(|(key, _)| !key.starts_with("__"))
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect(),
            },
            _ => Vec::new(),
        }
    };
    for (_, versions) in by_trial.map(entries).unwrap_or_default() {
        let newest = entries(&versions).into_iter().max_by(|a, b| {
            let time = |key: &str| key.parse::<f64>().unwrap_or_default();
            time(&a.0).total_cmp(&time(&b.0))
        });
        let Some((_, newest)) = newest else {
            continue;
        };
        let frame = newest.get("df").and_then(|frame| frame.get("value"));
        let frame = match frame {
            Some(Json::String(text)) => json_text::parse(text),
            other => other.cloned(),
        };
        let Some(frame) = frame else {
            continue;
        };
        let cell = |column: &str, row: &str| {
            frame
                .get(column)
                .and_then(|column| column.get(row))
                .cloned()
        };
        for row in frame
            .get("metric_name")
            .and_then(Json::as_object)
            .into_iter()
            .flat_map(|rows| rows.keys())
        {
            let text = |column: &str| {
                cell(column, row).and_then(|value| value.as_str().map(str::to_owned))
            };
            let number = |column: &str| {
                cell(column, row).and_then(|value| json_text::scalar(&value).number())
            };
            if let (Some(metric), Some(arm), Some(mean), Some(trial)) = (
                text("metric_name"),
                text("arm_name"),
                number("mean"),
                number("trial_index"),
            ) {
                let key = ((trial as i64).to_string(), arm);
                // What has no curve has no step, which is written as NaN where others have one.
                let mut steps = STEPS.iter().filter_map(|name| number(name));
                let step = steps.find(|step| step.is_finite());
                let points = found.or_default(key).or_default(metric);
                points.push((step, mean, number("sem")));
            }
        }
    }
    found
}

fn directions(objective: Option<&Json>, sink: &mut RunSink<'_>) {
    let Some(objective) = objective else {
        return;
    };
    let several = objective
        .get("objectives")
        .and_then(Json::as_array)
        .into_iter()
        .flatten();
    for one in std::iter::once(objective).chain(several) {
        let name = one
            .get("metric")
            .and_then(|metric| metric.get("name"))
            .and_then(Json::as_str);
        if let (Some(name), Some(minimize)) = (name, one.get("minimize").and_then(Json::as_bool)) {
            sink.source().directions.push((name.to_owned(), !minimize));
        }
    }
    // Since 1.2 what is maximized, `-loss, 2*accuracy`; sums of several metrics are no metric.
    let expression = objective.get("expression").and_then(Json::as_str);
    for part in expression.into_iter().flat_map(|text| text.split(',')) {
        let negated = part.trim().strip_prefix('-');
        let name = negated.unwrap_or(part).rsplit('*').next().unwrap_or(part);
        let name = name.trim();
        if !name.contains([' ', '+', '(']) {
            let direction = (name.to_owned(), negated.is_none());
            sink.source().directions.push(direction);
        }
    }
}
