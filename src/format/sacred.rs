//! Sacred's `FileStorageObserver` (0.8): a folder a run with `run.json`, `config.json` and `metrics.json`; and what
//! `mongoexport` gives of its `MongoObserver`: a document a run, and one a metric.
//!
//! Times are UTC without a zone. Values are numbers, bare tokens, or objects `{dtype, value}` of numpy.

use super::log_tail::{log_tail, put_log};
use super::run_folders::{RunFolder, claim_runs, put_all, put_start, put_text, put_time};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::{File, MemoryFile, file_name};
use serde_json::{Map, Value as Json};

pub(super) const FORMAT: Format = Format {
    name: "sacred",
    title: "Sacred runs",
    claim,
    read,
};

const PARTS: [&str; 5] = [
    "run.json",
    "config.json",
    "metrics.json",
    "info.json",
    "cout.txt",
];

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let first = |at: usize| dropped.head(at).json.first();
    if dropped.name(place) != "run.json" && first(place).is_some_and(is_run) {
        let is_ours = |document: &Json| {
            is_run(document)
                || ["run_id", "steps", "values"]
                    .iter()
                    .all(|key| document.get(key).is_some())
        };
        let files = dropped
            .beside(place)
            .filter(|at| first(*at).is_some_and(is_ours));
        return Claim::of(
            [place]
                .into_iter()
                .chain(files.filter(|at| *at != place))
                .collect(),
        );
    }
    let is_run = || {
        let run = dropped.head(place).json.first();
        run.is_some_and(|run| run.get("experiment").is_some() && run.get("status").is_some())
            || dropped.head(place).text.contains("\"heartbeat\"")
    };
    if dropped.name(place) != "run.json" || !is_run() {
        return Claim::none();
    }
    claim_runs(place, dropped, "run.json", &|path| PARTS.contains(&path))
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let is_marker = |file: &&dyn File| file_name(file.path()) == "run.json";
    if !files.iter().any(is_marker) {
        documents(files, sink, on_bytes);
    }
    for folder in RunFolder::each(files, "run.json", on_bytes) {
        let run = folder.json("run.json", sink);
        let row = sink.run(folder.name());
        describe(row, &run, sink);
        put_log(row, &folder, &["cout.txt"], sink);
        put_all(row, Role::Param, &folder.json("config.json", sink), sink);
        info(row, &folder.json("info.json", sink), sink);
        metrics(row, &folder.json("metrics.json", sink), sink);
    }
    Ok(())
}

/// Writes what Sacred says of a run: its status, times, program, machine and result.
fn describe(row: usize, run: &Json, sink: &mut RunSink<'_>) {
    let text = |value: Option<&Json>| value.and_then(Json::as_str).map(str::to_owned);
    let status = text(run.get("status")).unwrap_or_default();
    sink.set_status(row, Status::from_word(&status));
    put_time(row, attribute::START, run.get("start_time"), sink);
    put_time(row, attribute::END, run.get("stop_time"), sink);
    let experiment = run.get("experiment");
    let of_experiment = |key: &str| experiment.and_then(|experiment| experiment.get(key));
    put_text(
        row,
        attribute::GROUP,
        of_experiment("name").and_then(Json::as_str),
        sink,
    );
    put_start(row, "program", of_experiment("mainfile"), sink);
    let host = |key: &str| run.get("host").and_then(|host| host.get(key));
    put_start(row, "python", host("python_version"), sink);
    let packages = of_experiment("dependencies").and_then(Json::as_array);
    let packages: Vec<&str> = packages
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect();
    let packages = Json::String(packages.join("\n"));
    put_start(row, "requirements", Some(&packages), sink);
    // The first is that of the program.
    let repository = of_experiment("repositories").and_then(|all| all.get(0));
    let of_repository = |key: &str| repository.and_then(|repository| repository.get(key));
    put_start(row, "git.repository", of_repository("url"), sink);
    put_start(row, "git.commit", of_repository("commit"), sink);
    if let Some(dirty) = of_repository("dirty").and_then(Json::as_bool) {
        sink.set_named(row, Role::Tag, "git.dirty", ValueRef::Bool(dirty));
    }
    if let Some(host) = host("hostname").and_then(Json::as_str) {
        sink.set_named(row, Role::Tag, "host", ValueRef::Text(host));
    }
    put_noted(
        row,
        "result",
        run.get("result").unwrap_or(&Json::Null),
        sink,
    );
    let trace = run.get("fail_trace").and_then(Json::as_array);
    let trace = trace.into_iter().flatten().filter_map(Json::as_str);
    let trace = Json::String(trace.collect());
    put_start(row, "fail_trace", Some(&trace), sink);
}

/// Runs that a `MongoObserver` has written, as `mongoexport` gives them: documents with their config, and those of metrics.
fn documents(files: &[&dyn File], sink: &mut RunSink<'_>, on_bytes: &mut dyn FnMut(u64)) {
    for file in files {
        json_text::for_each(*file, sink, on_bytes, &mut |document, _, sink| {
            let id = |key: &str| match document.get(key) {
                Some(Json::Object(id)) => id
                    .values()
                    .next()
                    .map(|id| json_text::scalar(id).to_string()),
                id => id.map(|id| json_text::scalar(id).to_string()),
            };
            if is_run(document)
                && let Some(id) = id("_id")
            {
                let row = sink.run(&id);
                describe(row, document, sink);
                put_all(
                    row,
                    Role::Param,
                    document.get("config").unwrap_or(&Json::Null),
                    sink,
                );
                info(row, document.get("info").unwrap_or(&Json::Null), sink);
                let output = document.get("captured_out").and_then(Json::as_str);
                let output = MemoryFile::new("captured_out", output.unwrap_or_default().as_bytes());
                if let Some(tail) = log_tail("captured_out", &output) {
                    sink.log(row, tail);
                }
            } else if let (Some(run), Some(Json::String(name))) =
                (id("run_id"), document.get("name"))
            {
                let row = sink.run(&run);
                metric(row, name, document, sink);
            }
        });
    }
}

/// Whether a document is a run.
fn is_run(document: &Json) -> bool {
    ["experiment", "config", "status", "heartbeat"]
        .iter()
        .all(|key| document.get(key).is_some())
}

/// Writes what a program has returned, or noted besides: numbers as metrics, all else as tags.
fn put_noted(row: usize, name: &str, noted: &Json, sink: &mut RunSink<'_>) {
    let noted = Map::from_iter([(name.to_owned(), noted.clone())]);
    json_text::flatten(&noted, &mut |path, value| {
        let role = value.number().map_or(Role::Tag, |_| Role::Metric);
        sink.set_named(row, role, path, value);
    });
}

/// What a program notes in `info`: before Sacred knew of metrics, curves were lists there.
fn info(row: usize, info: &Json, sink: &mut RunSink<'_>) {
    for (name, noted) in info.as_object().into_iter().flatten() {
        let name = format!("info.{name}");
        let array = noted.get("values").filter(|_| noted.get("dtype").is_some());
        let list = array.unwrap_or(noted);
        let is_number = |value| plain(value).number().is_some();
        match list.as_array() {
            Some(values) if values.len() > 1 && values.iter().all(is_number) => {
                let series = Map::from_iter([("values".to_owned(), list.clone())]);
                metric(row, &name, &Json::Object(series), sink);
            }
            // What stands there besides names the documents of metrics.
            _ if name == "info.metrics" => {}
            _ => put_noted(row, &name, noted, sink),
        }
    }
}

fn metrics(row: usize, metrics: &Json, sink: &mut RunSink<'_>) {
    for (name, series) in metrics.as_object().into_iter().flatten() {
        metric(row, name, series, sink);
    }
}

fn metric(row: usize, name: &str, series: &Json, sink: &mut RunSink<'_>) {
    let list = |key: &str| {
        series
            .get(key)
            .and_then(Json::as_array)
            .map_or(&[][..], Vec::as_slice)
    };
    let (steps, times) = (list("steps"), list("timestamps"));
    let column = sink.column(Role::Metric, name);
    for (at, value) in list("values").iter().enumerate() {
        let Some(value) = plain(value).number() else {
            continue;
        };
        let step = steps
            .get(at)
            .and_then(|step| json_text::scalar(step).number());
        let millis = times
            .get(at)
            .and_then(json_text::millis)
            .unwrap_or_default();
        sink.point(row, column, step.unwrap_or(f64::NAN), millis, value);
    }
}

/// A value, also where numpy's type is written around it.
fn plain(value: &Json) -> ValueRef<'_> {
    json_text::scalar(value.get("value").unwrap_or(value))
}
