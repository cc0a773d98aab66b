//! What `cometx download` writes of an experiment: `metadata.json`, `parameters.json`, `others.jsonl`, `metrics.jsonl`.
//!
//! Files that would be empty are left out. Values are texts. The order of metric lines is not promised.

use super::run_folders::{RunFolder, claim_runs, json_of, put_tags, put_text, put_time};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::File;
use serde_json::Value as Json;

pub(super) const FORMAT: Format = Format {
    name: "cometx",
    title: "Comet download (cometx)",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let is_ours = || {
        let head = dropped.head(place).json.first();
        head.is_some_and(|head| head.get("experimentKey").is_some())
    };
    if dropped.name(place) != "metadata.json" || !is_ours() {
        return Claim::none();
    }
    // With `--flat` the assets lie beside the rest.
    let mut pieces = claim_runs(place, dropped, "metadata.json", &|_| true).into_pieces();
    // The project's own files lie above its experiments.
    let above = dropped
        .folder(place)
        .rsplit_once('/')
        .map_or("", |(above, _)| above);
    let project = ["project_metadata.json", "project_notes.md"].into_iter();
    let project = project.filter_map(|name| dropped.in_folder(above, name));
    if let Some(last) = pieces.last_mut() {
        last.extend(project);
    }
    Claim::pieces(pieces)
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    for folder in RunFolder::each(files, "metadata.json", on_bytes) {
        let metadata = folder.json("metadata.json", sink);
        let text = |key: &str| metadata.get(key).and_then(Json::as_str);
        let is = |key: &str| metadata.get(key).and_then(Json::as_bool) == Some(true);
        let row = sink.run(text("experimentKey").unwrap_or(folder.name()));
        put_text(row, attribute::NAME, text("experimentName"), sink);
        sink.set_status(
            row,
            if is("hasCrashed") {
                Status::Failed
            } else if is("running") {
                Status::Running
            } else {
                Status::Finished
            },
        );
        put_time(row, attribute::START, metadata.get("startTimeMillis"), sink);
        put_time(row, attribute::END, metadata.get("endTimeMillis"), sink);
        put_tags(row, metadata.get("tags"), sink);
        for (key, name) in [
            ("projectName", "project"),
            ("workspaceName", "workspace"),
            ("fileName", "file"),
        ] {
            if let Some(text) = text(key) {
                sink.set_named(row, Role::Tag, name, ValueRef::Text(text));
            }
        }
        if let Some(file) = folder.file("parameters.json") {
            for parameter in json_of(file, sink).as_array().into_iter().flatten() {
                // Comet keeps these for itself.
                let name = parameter.get("name").and_then(Json::as_str);
                if !matches!(name, Some("curr_step" | "curr_epoch")) {
                    current(row, Role::Param, parameter, sink);
                }
            }
        }
        if let Some(file) = folder.file("others.jsonl") {
            json_text::for_each(file, sink, &mut |_| {}, &mut |other, _, sink| {
                if other.get("name").and_then(Json::as_str) == Some("Name") {
                    put_text(
                        row,
                        attribute::NAME,
                        other.get("valueCurrent").and_then(Json::as_str),
                        sink,
                    );
                } else {
                    current(row, Role::Tag, other, sink);
                }
            });
        }
        if let Some(file) = folder.file("metrics.jsonl") {
            metrics(row, file, sink);
        }
    }
    Ok(())
}

fn current(row: usize, role: Role, entry: &Json, sink: &mut RunSink<'_>) {
    if let (Some(name), Some(value)) = (
        entry.get("name").and_then(Json::as_str),
        entry.get("valueCurrent"),
    ) {
        let value = match value {
            Json::String(text) => ValueRef::parse(text),
            other => json_text::scalar(other),
        };
        sink.set_named(row, role, name, value);
    }
}

fn metrics(row: usize, file: &dyn File, sink: &mut RunSink<'_>) {
    let mut points: Vec<(String, f64, i64, f64)> = Vec::new();
    json_text::for_each(file, sink, &mut |_| {}, &mut |point, _, _| {
        let number = |key: &str| {
            point
                .get(key)
                .and_then(|value| json_text::scalar(value).number())
        };
        let Some(name) = point.get("metricName").and_then(Json::as_str) else {
            return;
        };
        let context = point
            .get("runContext")
            .and_then(Json::as_str)
            .filter(|context| !context.is_empty());
        let name = context.map_or_else(|| name.to_owned(), |context| format!("{context}_{name}"));
        if let Some(value) = number("metricValue") {
            let step = number("step")
                .or_else(|| number("epoch"))
                .unwrap_or(f64::NAN);
            let millis = point
                .get("timestamp")
                .and_then(json_text::millis)
                .unwrap_or_default();
            points.push((name, step, millis, value));
        }
    });
    order::by(&mut points, |a, b| {
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2))
    });
    for (name, step, millis, value) in points {
        let column = sink.column(Role::Metric, &name);
        sink.point(row, column, step, millis, value);
    }
}
