//! DVCLive (3.x): `dvclive/metrics.json`, `params.yaml`, and a table of tab-separated values a curve. Versions before
//! 2.0 have `dvclive.json` beside the folder `dvclive`, with the curves in it or in its `scalars`.
//!
//! A run has no name, id, status or time: its folder is all that is known of it.

use super::run_folders::{RunFolder, claim_runs, put_all, text_of};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, ValueRef, attribute, parse_number};
use crate::source::{File, file_name};
use serde_json::{Map, Value as Json};

pub(super) const FORMAT: Format = Format {
    name: "dvclive",
    title: "DVCLive folders",
    claim,
    read,
};

/// How large a curve's file may be.
const CURVE_BYTES: u64 = 1 << 30;

/// Where a version keeps things in a run's folder.
struct Layout {
    metrics: &'static str,
    params: &'static str,
    /// Folders of curves; the first that holds one gives its name.
    curves: &'static [&'static str],
}

/// The folder may have any name; named `dvclive`, the run is named after the folder above it.
const LAYOUTS: [Layout; 3] = [
    Layout {
        metrics: "dvclive/metrics.json",
        params: "dvclive/params.yaml",
        curves: &["dvclive/plots/metrics/"],
    },
    Layout {
        metrics: "dvclive.json",
        params: "params.yaml",
        curves: &["dvclive/scalars/", "dvclive/plots/metrics/", "dvclive/"],
    },
    Layout {
        metrics: "metrics.json",
        params: "params.yaml",
        curves: &["plots/metrics/"],
    },
];

impl Layout {
    /// That of a run whose metrics a file is.
    fn of(place: usize, dropped: &Dropped<'_>) -> Option<&'static Self> {
        let (name, folder) = (dropped.name(place), dropped.folder(place));
        let has = |name: &str| {
            let inner = format!("{folder}/{name}");
            !dropped.within(inner.trim_start_matches('/')).is_empty()
        };
        let [in_own, old, any] = &LAYOUTS;
        if name == old.metrics {
            return has("dvclive").then_some(old);
        }
        let is_own = file_name(folder) == "dvclive";
        let has_params = dropped.in_folder(folder, "params.yaml").is_some();
        let is_ours = name == any.metrics && (has("plots/metrics") || has_params && is_own);
        is_ours.then_some(if is_own { in_own } else { any })
    }

    /// Whether a path in a run's folder is DVCLive's.
    fn has(&self, path: &str) -> bool {
        let folder = self
            .metrics
            .strip_suffix("metrics.json")
            .unwrap_or("dvclive/");
        let in_folder = path.strip_prefix(folder).is_some_and(|rest| {
            matches!(rest, "report.md" | "report.html") || rest.starts_with("plots/")
        });
        path == self.metrics
            || path == self.params
            || path == "params.yaml"
            || in_folder
            || self.curve_of(path).is_some()
    }

    /// The metric whose curve a file is.
    fn curve_of<'p>(&self, path: &'p str) -> Option<&'p str> {
        let mut folders = self.curves.iter();
        let name = folders.find_map(|folder| path.strip_prefix(folder))?;
        name.strip_suffix(".tsv")
    }
}

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let Some(layout) = Layout::of(place, dropped) else {
        return Claim::none();
    };
    claim_runs(place, dropped, layout.metrics, &|path| layout.has(path))
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let has = |name: &str| files.iter().any(|file| file.path().ends_with(name));
    let layout = LAYOUTS.iter().find(|layout| has(layout.metrics));
    let layout = layout.ok_or(NotThisFormat)?;
    for folder in RunFolder::each(files, layout.metrics, on_bytes) {
        let name = if folder.path.is_empty() {
            "dvclive"
        } else {
            folder.name()
        };
        let row = sink.run(name);
        sink.set_attribute(row, attribute::NAME, ValueRef::Text(name));
        // What DVCLive was not told of may stand in DVC's own file.
        let has_own = folder.file(layout.params).is_some();
        let params = if has_own {
            layout.params
        } else {
            "params.yaml"
        };
        put_all(row, Role::Param, &folder.yaml(params, sink), sink);
        let mut metrics = folder.json(layout.metrics, sink);
        let step = metrics
            .as_object_mut()
            .and_then(|metrics| metrics.remove("step"));
        let step = step.and_then(|step| json_text::scalar(&step).number());
        for (path, file) in folder.files() {
            if let Some(name) = layout.curve_of(path) {
                curve(row, name, file, sink);
                remove(&mut metrics, name);
            }
        }
        let mut left = Map::new();
        name_parts("", metrics, &mut left);
        json_text::flatten(&left, &mut |path, value| match (value, step) {
            // What has no curve was logged at the last step.
            (ValueRef::Number(value), Some(step)) => {
                let column = sink.column(Role::Metric, path);
                sink.point(row, column, step, 0, value);
            }
            _ => sink.set_named(row, Role::Metric, path, value),
        });
    }
    Ok(())
}

/// Gives the leaves of a summary the names by which they were logged, `train/loss`.
fn name_parts(path: &str, metrics: Json, to: &mut Map<String, Json>) {
    match metrics {
        Json::Object(inner) => {
            for (name, value) in inner {
                let name = format!("{path}/{name}");
                name_parts(name.trim_start_matches('/'), value, to);
            }
        }
        leaf => {
            to.insert(path.to_owned(), leaf);
        }
    }
}

/// Takes the last value of a curve out of the summary: `train/loss` is `loss` in `train`.
fn remove(metrics: &mut Json, name: &str) {
    let mut parts: Vec<&str> = name.split('/').collect();
    let last = parts.pop().unwrap_or_default();
    let inner = parts
        .iter()
        .try_fold(metrics, |value, part| value.get_mut(*part));
    if let Some(Json::Object(inner)) = inner {
        inner.remove(last);
    }
}

/// Columns `step`, perhaps `timestamp`, and the value.
fn curve(row: usize, name: &str, file: &dyn File, sink: &mut RunSink<'_>) {
    let Some(text) = text_of(file, CURVE_BYTES, sink) else {
        return;
    };
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let place = |wanted: &str| header.iter().position(|name| *name == wanted);
    let (step_at, time_at) = (place("step"), place("timestamp"));
    let value_at = (0..header.len())
        .rev()
        .find(|at| Some(*at) != step_at && Some(*at) != time_at);
    let column = sink.column(Role::Metric, name);
    for (line, number) in lines.zip(2..) {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).copied();
        let Some(value) = cell(value_at).and_then(|cell| parse_number(cell.trim())) else {
            let place = format!("line {number}");
            sink.problem_in(
                "dvclive/line",
                file.path(),
                &place,
                "it has no value",
                "line skipped",
            );
            continue;
        };
        let step = cell(step_at).and_then(|cell| parse_number(cell.trim()));
        let millis = cell(time_at).map_or(ValueRef::Missing, ValueRef::parse);
        let millis = super::rows::millis_of(millis).unwrap_or_default();
        sink.point(row, column, step.unwrap_or(f64::NAN), millis, value);
    }
}
