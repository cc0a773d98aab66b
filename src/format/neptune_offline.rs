//! Neptune's offline runs of the older client (1.x): `data-N.log` files of operations, and `metadata.json`.
//!
//! Operations are done again in their order: assignments are values, logged floats are points. This client
//! drops what is not finite before it writes. What is under `sys` is of the run itself.

use super::run_folders::{RunFolder, claim_runs, json_of, put_text, put_time};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute, time};
use crate::source::{File, file_name};
use serde_json::Value as Json;

pub(super) const FORMAT: Format = Format {
    name: "neptune-offline",
    title: "Neptune offline runs",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let is_ours = || {
        let head = dropped.head(place).json.first();
        head.is_some_and(|head| {
            head.get("containerId").is_some() && head.get("containerType").is_some()
        })
    };
    if dropped.name(place) == OLD_MARKER {
        // Clients before 1.0 wrote no metadata: the folder has the run's id.
        let folder = dropped.folder(place);
        let is_operation = |line: &Json| line.pointer("/obj/type").is_some();
        let head = dropped.head(place).json.first();
        let is_old =
            dropped.in_folder(folder, "metadata.json").is_none() && head.is_some_and(is_operation);
        return if is_old {
            claim_runs(place, dropped, OLD_MARKER, &|path| !path.contains('/'))
        } else {
            Claim::none()
        };
    }
    if dropped.name(place) != "metadata.json" || !is_ours() {
        return Claim::none();
    }
    claim_runs(place, dropped, "metadata.json", &|_| true)
}

/// The run of a folder `run__ID`, in which every process that wrote to it may have an `exec-0-TIME` of its own.
fn id_of_folder<'p>(path: &'p str, name: &'p str) -> &'p str {
    let above = path.rsplit('/').nth(1);
    let name = above.filter(|_| name.starts_with("exec-")).unwrap_or(name);
    name.rsplit("__").next().unwrap_or(name)
}

/// The first log of a run.
const OLD_MARKER: &str = "data-1.log";

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let has_metadata = files
        .iter()
        .any(|file| file_name(file.path()) == "metadata.json");
    let marker = if has_metadata {
        "metadata.json"
    } else {
        OLD_MARKER
    };
    for folder in RunFolder::each(files, marker, on_bytes) {
        let metadata = folder
            .file("metadata.json")
            .map_or(Json::Null, |file| json_of(file, sink));
        let kind = metadata.get("containerType").and_then(Json::as_str);
        if let Some(kind) = kind.filter(|kind| *kind != "run") {
            let what = format!("what it holds is of a {kind} and of no run");
            sink.problem_in("neptune/no-run", &folder.path, "", &what, "left out");
            continue;
        }
        let id = metadata
            .get("containerId")
            .and_then(Json::as_str)
            .unwrap_or_else(|| id_of_folder(&folder.path, folder.name()))
            .to_owned();
        let mut logs: Vec<(u64, &dyn File)> = folder
            .files()
            .filter_map(|(path, file)| {
                let name = path
                    .rsplit('/')
                    .next()?
                    .strip_prefix("data-")?
                    .strip_suffix(".log")?;
                Some((name.parse().ok()?, file))
            })
            .collect();
        // A process that went on with the run has a folder of its own.
        order::by_key(&mut logs, |(number, file)| {
            let folder = file
                .path()
                .rsplit_once('/')
                .map_or("", |(folder, _)| folder);
            (folder.to_owned(), *number)
        });
        let mut run = Run::default();
        for (_, file) in logs {
            json_text::for_each(file, sink, &mut |_| {}, &mut |line, _, _| {
                run.operation(line.get("obj").unwrap_or(line));
            });
        }
        let row = sink.run(&id);
        run.write(row, sink);
    }
    Ok(())
}

/// What the operations have made.
#[derive(Default)]
pub(super) struct Run {
    pub(super) values: order::Map<String, Json>,
    pub(super) sets: order::Map<String, order::Set<String>>,
    /// Step, Unix milliseconds and value of each point, by path.
    pub(super) series: order::Map<String, Vec<(f64, i64, f64)>>,
    /// Whether values are given by `log_configs` alone, so that they are params if nothing speaks against it.
    pub(super) are_configs: bool,
}

impl Run {
    fn operation(&mut self, operation: &Json) -> Option<()> {
        let path: Vec<&str> = operation
            .get("path")?
            .as_array()?
            .iter()
            .filter_map(Json::as_str)
            .collect();
        let path = path.join("/");
        let values = || {
            operation
                .get("values")
                .and_then(Json::as_array)
                .into_iter()
                .flatten()
        };
        match operation.get("type")?.as_str()? {
            "AssignFloat" | "AssignInt" | "AssignBool" | "AssignString" => {
                self.values.insert(path, operation.get("value")?.clone());
            }
            "AssignDatetime" => {
                let millis = json_text::millis(operation.get("value")?)?;
                self.values.insert(path, time::format_millis(millis).into());
            }
            "LogFloats" => {
                let series = self.series.or_default(path);
                for point in values() {
                    let number = |key: &str| {
                        point
                            .get(key)
                            .and_then(|value| json_text::scalar(value).number())
                    };
                    if let Some(value) = number("value") {
                        let millis = number("ts").map_or(0, |seconds| (seconds * 1000.0) as i64);
                        series.push((number("step").unwrap_or(f64::NAN), millis, value));
                    }
                }
            }
            "AddStrings" => self
                .sets
                .or_default(path)
                .extend(values().filter_map(Json::as_str).map(str::to_owned)),
            "RemoveStrings" => {
                let set = self.sets.or_default(path);
                for text in values().filter_map(Json::as_str) {
                    set.remove(text);
                }
            }
            "ClearStringSet" => {
                self.sets.remove(&path);
            }
            "ClearFloatLog" => {
                self.series.remove(&path);
            }
            "DeleteAttribute" => {
                self.values.remove(&path);
                self.series.remove(&path);
                self.sets.remove(&path);
            }
            _ => {}
        }
        Some(())
    }

    /// Writes the run: what is under `parameters` (or another word for it) are params, other numbers are
    /// metrics, other values tags. Configs are params, except where they sum up what was measured.
    pub(super) fn write(self, row: usize, sink: &mut RunSink<'_>) {
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let measured: order::Set<String> = self.series.keys().map(|path| last(path)).collect();
        // A number by the name of a curve, or in a folder of results.
        let sums_up = |path: &str, value: &ValueRef<'_>| {
            let first = path.split('/').next().unwrap_or_default();
            let is_result = path.len() > first.len()
                && ["final", "summary", "result", "results", "metrics"].contains(&first);
            value.number().is_some() && (is_result || measured.contains(&last(path)))
        };
        for (path, value) in &self.values {
            match path.as_str() {
                "sys/name" | "sys/experiment/name" => {
                    put_text(row, attribute::NAME, value.as_str(), sink);
                }
                "sys/failed" => {
                    // That it has not failed is said of every run when it begins.
                    if value.as_bool() == Some(true) {
                        sink.set_status(row, Status::Failed);
                    }
                }
                "sys/creation_time" => put_time(row, attribute::START, Some(value), sink),
                path if path.starts_with("sys/")
                    || path.starts_with("source_code/")
                    || path.starts_with("monitoring/") =>
                {
                    sink.set_named(row, Role::Tag, path, json_text::scalar(value));
                }
                path => {
                    let value = json_text::scalar(value);
                    // Integrations put all of theirs below a word of their own: `training/hyperparams/lr`.
                    let (groups, _) = path.rsplit_once('/').unwrap_or((path, ""));
                    let is_param = groups.split('/').any(|group| {
                        let words = ["param", "hparam", "hyperparam", "config", "args"];
                        words.iter().any(|word| group.starts_with(word))
                    }) || self.are_configs && !sums_up(path, &value);
                    match value {
                        value if is_param => {
                            sink.set_named(row, Role::Param, path, value);
                        }
                        ValueRef::Number(_) | ValueRef::Bool(_) => {
                            sink.set_named(row, Role::Metric, path, value);
                        }
                        value => sink.set_named(row, Role::Tag, path, value),
                    }
                }
            }
        }
        for (path, set) in &self.sets {
            let texts: Vec<&str> = set.iter().map(String::as_str).collect();
            let name = if path == "sys/tags" { "tags" } else { path };
            if path == "sys/group_tags" && !texts.is_empty() {
                sink.set_attribute(row, attribute::GROUP, ValueRef::Text(&texts.join(", ")));
            }
            if !texts.is_empty() {
                sink.set_named(row, Role::Tag, name, ValueRef::Text(&texts.join(", ")));
            }
        }
        for (path, points) in &self.series {
            if path.starts_with("monitoring/") {
                continue;
            }
            let column = sink.column(Role::Metric, path);
            for (step, millis, value) in points {
                sink.point(row, column, *step, *millis, *value);
            }
        }
    }
}
