//! ClearML's offline sessions: `task.json`, and `metrics.jsonl` with an array of events a line.
//!
//! A metric is its title and series. A value without an iteration is one of the whole run. The client has
//! replaced what is not finite by 0 before it wrote: that cannot be told from 0. There is no status.

use super::log_tail::log_tail_of_events;
use super::run_folders::{RunFolder, claim_runs, put_start, put_tags, put_text};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, ValueRef, attribute};
use crate::source::File;
use serde_json::Value as Json;

pub(super) const FORMAT: Format = Format {
    name: "clearml-offline",
    title: "ClearML offline session",
    claim,
    read,
};

/// The iteration of a value that has none.
const NO_ITERATION: i64 = -2_147_483_648;

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let folder = dropped.folder(place);
    let is_ours = || {
        let beside = |name: &str| dropped.in_folder(folder, name).is_some();
        beside("metrics.jsonl") || dropped.head(place).text.contains("\"hyperparams\"")
    };
    if dropped.name(place) != "task.json" || !is_ours() {
        return Claim::none();
    }
    claim_runs(place, dropped, "task.json", &|path| {
        matches!(path, "task.json" | "metrics.jsonl" | "log.jsonl") || path.starts_with("data/")
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    for folder in RunFolder::each(files, "task.json", on_bytes) {
        let task = folder.json("task.json", sink);
        let text = |key: &str| {
            task.get(key)
                .and_then(Json::as_str)
                .filter(|text| !text.is_empty())
        };
        let row = sink.run(text("id").unwrap_or(folder.name()));
        put_text(row, attribute::NAME, text("name"), sink);
        put_tags(row, task.get("tags"), sink);
        for (key, name) in [
            ("project_name", "project"),
            ("type", "type"),
            ("comment", "comment"),
        ] {
            if let Some(text) = text(key) {
                sink.set_named(row, Role::Tag, name, ValueRef::Text(text));
            }
        }
        let script = |key: &str| task.get("script").and_then(|script| script.get(key));
        let repository = script("repository").and_then(Json::as_str);
        // Without a repository the whole program stands where else its changes do.
        let is_whole = repository.is_none_or(str::is_empty);
        for (key, name) in [
            ("repository", "script.repository"),
            ("branch", "script.branch"),
            ("version_num", "script.commit"),
            ("entry_point", "script.entry_point"),
            (
                "diff",
                if is_whole {
                    "script.source"
                } else {
                    "script.diff"
                },
            ),
        ] {
            put_start(row, name, script(key), sink);
        }
        let packages = script("requirements").and_then(|packages| packages.get("pip"));
        put_start(row, "script.requirements", packages, sink);
        let entries = |path: &str| {
            let object = task.pointer(path).and_then(Json::as_object);
            object.into_iter().flatten()
        };
        let mut param = |name: &str, value: Option<&Json>| {
            let value = match value {
                Some(Json::String(text)) => ValueRef::parse(text),
                Some(other) => json_text::scalar(other),
                None => ValueRef::Missing,
            };
            sink.set_named(row, Role::Param, name, value);
        };
        // Where they stood before there were sections.
        for (name, value) in entries("/execution/parameters") {
            param(name, Some(value));
        }
        for (section, params) in entries("/hyperparams") {
            for (name, entry) in params.as_object().into_iter().flatten() {
                param(&format!("{section}/{name}"), entry.get("value"));
            }
        }
        // Whole files of configuration, as texts.
        for (name, entry) in entries("/configuration") {
            put_start(
                row,
                &format!("configuration.{name}"),
                entry.get("value"),
                sink,
            );
        }
        if let Some(file) = folder.file("metrics.jsonl") {
            json_text::for_each(file, sink, &mut |_| {}, &mut |line, _, sink| match line {
                Json::Array(events) => events.iter().for_each(|event| take(row, event, sink)),
                event => take(row, event, sink),
            });
        }
        let log = folder.file("log.jsonl");
        if let Some(tail) = log.and_then(|file| log_tail_of_events("log.jsonl", file)) {
            sink.log(row, tail);
        }
    }
    Ok(())
}

fn take(row: usize, event: &Json, sink: &mut RunSink<'_>) {
    let text = |key: &str| event.get(key).and_then(Json::as_str).unwrap_or_default();
    let number = |key: &str| {
        event
            .get(key)
            .and_then(|value| json_text::scalar(value).number())
    };
    let Some(value) = number("value").filter(|_| text("type").contains("scalar")) else {
        return;
    };
    let (title, series) = (text("metric"), text("variant"));
    let name = match (title, series) {
        (title, "") => title.to_owned(),
        // A title that the client made of the series says nothing more.
        (title, series) if title == series => title.to_owned(),
        (title, series) => format!("{title}/{series}"),
    };
    let step = number("iter")
        .filter(|step| *step as i64 != NO_ITERATION)
        .unwrap_or(f64::NAN);
    let millis = event
        .get("timestamp")
        .and_then(json_text::millis)
        .unwrap_or_default();
    let column = sink.column(Role::Metric, &name);
    sink.point(row, column, step, millis, value);
}
