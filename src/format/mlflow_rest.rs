//! MLflow's runs as its REST API gives them (`runs/search`, `runs/get`), and as `Run.to_dictionary()` of its client does.
//!
//! A run has `info` (`run_id`, `run_uuid` before 1.0, `run_name`, `experiment_id`, `status`, `start_time` and `end_time` in
//! Unix milliseconds, `lifecycle_stage`) and `data` with `params`, `metrics` and `tags`: lists of `{"key", "value"}`, of a
//! metric with `step` and `timestamp` too, or objects by key. A document is `{"runs": [...]}`, `{"run": ...}`, a list, or a run
//! a line. Whole numbers may be written as texts, as protobuf's JSON does, and so may NaN.

use super::mlflow_files::{set_tag, status_of, tell_deleted};
use super::run_folders::{put_text, put_time};
use super::sqlite::unbounded;
use super::{Claim, Dropped, Format, Head, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, ValueRef, attribute};
use crate::source::{File, text};
use serde_json::Value as Json;

pub(super) const FORMAT: Format = Format {
    name: "mlflow-rest",
    title: "MLflow runs (REST API)",
    claim,
    read,
};

/// What a document of several runs calls them.
const RUNS: &str = "runs";

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    Claim::alone(place, is_ours(dropped.head(place)))
}

fn is_ours(head: &Head) -> bool {
    let starts = head.text.trim_start().starts_with(['{', '[']);
    let names = ["\"info\"", "\"artifact_uri\"", "\"lifecycle_stage\""];
    starts && names.iter().all(|name| head.text.contains(name))
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = *files.first().ok_or(NotThisFormat)?;
    let Ok((head, _)) = text::head(file) else {
        return Err(NotThisFormat);
    };
    let head = String::from_utf8_lossy(&head);
    let is_page = head.trim_start().starts_with('{') && head.contains("\"runs\"");
    let mut deleted = 0;
    let mut take = |run: &Json, place: &str, sink: &mut RunSink<'_>| {
        deleted += usize::from(!put_run(run.get("run").unwrap_or(run), place, sink));
    };
    if !is_page || !json_text::for_each_under(file, RUNS, sink, on_bytes, &mut take) {
        json_text::for_each(file, sink, on_bytes, &mut take);
    }
    tell_deleted(deleted, sink);
    Ok(())
}

/// Adds a run; false where MLflow shows it as deleted.
fn put_run(run: &Json, place: &str, sink: &mut RunSink<'_>) -> bool {
    let info = run.get("info").unwrap_or(&Json::Null);
    let text_of = |key: &str| info.get(key).and_then(Json::as_str);
    let Some(id) = text_of("run_id").or_else(|| text_of("run_uuid")) else {
        let what = "its `info` names no run";
        sink.problem("mlflow/no-run", place, what, "record skipped");
        return true;
    };
    if text_of("lifecycle_stage") == Some("deleted") {
        return false;
    }
    let row = sink.add_run();
    sink.source().has_ids = true;
    put_text(row, attribute::ID, Some(id), sink);
    put_text(row, attribute::NAME, text_of("run_name"), sink);
    sink.set_status(row, status_of(info.get("status")));
    for (key, name) in [
        ("start_time", attribute::START),
        ("end_time", attribute::END),
    ] {
        put_time(row, name, info.get(key).map(plain).as_ref(), sink);
    }
    for key in ["experiment_id", "user_id"] {
        if let Some(value) = info.get(key) {
            sink.set_named(
                row,
                Role::Tag,
                key,
                ValueRef::Text(&json_text::scalar(value).to_string()),
            );
        }
    }
    let data = run.get("data").unwrap_or(&Json::Null);
    each_of(data.get("params"), &mut |key, value, _| {
        // They are text as logged, and read as in every other export.
        let value = json_text::scalar(value);
        let value = value.text().map_or(value, ValueRef::parse);
        sink.set_named(row, Role::Param, key, value);
    });
    each_of(data.get("metrics"), &mut |key, value, entry| {
        let field = |name: &str| entry.get(name).map(plain);
        let number = |json: &Json| json_text::scalar(json).number();
        let Some(value) = number(&plain(value)).map(unbounded) else {
            return;
        };
        let step = field("step").as_ref().and_then(number);
        let millis = field("timestamp").as_ref().and_then(json_text::millis);
        let column = sink.column(Role::Metric, key);
        match step {
            Some(step) => sink.point(row, column, step, millis.unwrap_or_default(), value),
            None => sink.set_named(row, Role::Metric, key, ValueRef::Number(value)),
        }
    });
    each_of(data.get("tags"), &mut |key, value, _| {
        set_tag(row, key, &json_text::scalar(value).to_string(), sink);
    });
    true
}

/// Calls `take` with the key and the value of each entry, and with the entry.
fn each_of(entries: Option<&Json>, take: &mut dyn FnMut(&str, &Json, &Json)) {
    match entries {
        Some(Json::Array(list)) => {
            for entry in list {
                if let (Some(Json::String(key)), Some(value)) =
                    (entry.get("key"), entry.get("value"))
                {
                    take(key, value, entry);
                }
            }
        }
        Some(Json::Object(of)) => of
            .iter()
            .for_each(|(key, value)| take(key, value, &Json::Null)),
        _ => {}
    }
}

/// A number that was written as a text.
fn plain(value: &Json) -> Json {
    match value.as_str().map(str::parse::<f64>) {
        Some(Ok(number)) => json_text::number(number),
        _ => value.clone(),
    }
}
