//! Comet's offline archives: `experiment.json` and `messages.json`, which holds JSON Lines in spite of its name.
//!
//! An archive exists only where the process came as far as closing it. `curr_step` and
//! `curr_epoch` are no hyperparameters. A metric of a context is shown as Comet shows it, `train_loss`. Old archives
//! have params, metrics and the like in messages of one type.

use super::run_folders::{RunFolder, claim_runs, put_object, put_start, put_tags, put_time};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::{File, file_stem};
use serde_json::{Map, Value as Json};

pub(super) const FORMAT: Format = Format {
    name: "comet-offline",
    title: "Comet offline archive",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let folder = dropped.folder(place);
    let is_ours = dropped.name(place) == "messages.json"
        && dropped.in_folder(folder, "experiment.json").is_some();
    if !is_ours {
        return Claim::none();
    }
    claim_runs(place, dropped, "messages.json", &|_| true)
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    for folder in RunFolder::each(files, "messages.json", on_bytes) {
        let experiment = folder.json("experiment.json", sink);
        let text = |key: &str| experiment.get(key).and_then(Json::as_str);
        let stem = file_stem(folder.name()).to_owned();
        let row = sink.run(text("offline_id").unwrap_or(&stem));
        sink.set_status(row, Status::Finished);
        put_time(row, attribute::START, experiment.get("start_time"), sink);
        put_time(row, attribute::END, experiment.get("stop_time"), sink);
        put_tags(row, experiment.get("tags"), sink);
        for (key, name) in [("project_name", "project"), ("workspace", "workspace")] {
            if let Some(text) = text(key) {
                sink.set_named(row, Role::Tag, name, ValueRef::Text(text));
            }
        }
        put_start(
            row,
            "error_message",
            experiment.get("customer_error_message"),
            sink,
        );
        if let Some(messages) = folder.file("messages.json") {
            json_text::for_each(messages, sink, &mut |_| {}, &mut |message, _, sink| {
                let kind = message
                    .get("type")
                    .and_then(Json::as_str)
                    .unwrap_or_default();
                if let Some(payload) = message.get("payload") {
                    take(row, kind, payload, sink);
                }
            });
        }
    }
    Ok(())
}

fn take(row: usize, kind: &str, payload: &Json, sink: &mut RunSink<'_>) {
    let millis = payload
        .get("local_timestamp")
        .and_then(json_text::millis)
        .unwrap_or_default();
    let context = payload
        .get("context")
        .and_then(Json::as_str)
        .filter(|context| !context.is_empty());
    let part = |of: &str, key: &str| {
        let part = payload.get(key).filter(|part| !part.is_null());
        part.filter(|_| kind == of || kind == OLD)
    };
    let param = part("parameter_msg", "param").or_else(|| part("parameter_msg", "params"));
    if let Some(param) = param {
        let name = param
            .get("paramName")
            .and_then(Json::as_str)
            .unwrap_or_default();
        // Comet logs these by itself, also where a program says at which step it is.
        let is_own = matches!(name, "curr_step" | "curr_epoch");
        if let (false, Some(value)) = (is_own, param.get("paramValue")) {
            put_object(row, Role::Param, &one(name, value), sink);
        }
    }
    if let Some(metric) = part("metric_msg", "metric") {
        let name = metric
            .get("metricName")
            .and_then(Json::as_str)
            .unwrap_or_default();
        let value = metric
            .get("metricValue")
            .and_then(|value| json_text::scalar(value).number());
        let number = |key: &str| {
            metric
                .get(key)
                .and_then(|value| json_text::scalar(value).number())
        };
        if let Some(value) = value {
            let step = number("step")
                .or_else(|| number("epoch"))
                .unwrap_or(f64::NAN);
            let name =
                context.map_or_else(|| name.to_owned(), |context| format!("{context}_{name}"));
            let column = sink.column(Role::Metric, &name);
            sink.point(row, column, step, millis, value);
        }
    }
    let other = match kind {
        "log_other" => Some(payload),
        _ => part(OLD, "log_other"),
    };
    if let Some(other) = other
        && let Some(key) = other.get("key").and_then(Json::as_str)
        && let Some(value) = other.get("value").or_else(|| other.get("val"))
    {
        if key == "Name" {
            sink.set_attribute(row, attribute::NAME, json_text::scalar(value));
        } else {
            put_object(row, Role::Tag, &one(key, value), sink);
        }
    }
}

/// The type that all messages had before 3.2 or so.
const OLD: &str = "ws_msg";

fn one(name: &str, value: &Json) -> Map<String, Json> {
    Map::from_iter([(name.to_owned(), value.clone())])
}
