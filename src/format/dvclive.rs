//! DVCLive (3.x): `dvclive/metrics.json`, `params.yaml`, and a table of tab-separated values a curve.
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

/// The folder may have any name; the run is named after the folder above it.
fn marker(place: usize, dropped: &Dropped<'_>) -> Option<String> {
    let folder = dropped.folder(place);
    let has = |name: &str| {
        !dropped
            .within(format!("{folder}/{name}").trim_start_matches('/'))
            .is_empty()
    };
    let has_params = dropped.in_folder(folder, "params.yaml").is_some();
    let is_ours = dropped.name(place) == "metrics.json"
        && (has("plots/metrics") || has_params && file_name(folder) == "dvclive");
    is_ours.then(|| {
        let own = file_name(folder);
        if own == "dvclive" {
            "dvclive/metrics.json".to_owned()
        } else {
            "metrics.json".to_owned()
        }
    })
}

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let Some(marker) = marker(place, dropped) else {
        return Claim::none();
    };
    let own = marker.trim_end_matches("metrics.json").to_owned();
    claim_runs(place, dropped, &marker, move |path| {
        let rest = path.strip_prefix(own.as_str());
        rest.is_some_and(|rest| {
            matches!(
                rest,
                "metrics.json" | "params.yaml" | "report.md" | "report.html"
            ) || rest.starts_with("plots/")
        })
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let is_own = files
        .iter()
        .any(|file| file.path().ends_with("dvclive/metrics.json"));
    let own = if is_own { "dvclive/" } else { "" };
    let mut bytes = 0;
    for folder in RunFolder::all(files, &format!("{own}metrics.json")) {
        let row = sink.run(if folder.name().is_empty() {
            "dvclive"
        } else {
            folder.name()
        });
        sink.set_attribute(row, attribute::NAME, ValueRef::Text(folder.name()));
        put_all(
            row,
            Role::Param,
            &folder.yaml(&format!("{own}params.yaml"), sink),
            sink,
        );
        let mut metrics = folder.json(&format!("{own}metrics.json"), sink);
        let step = metrics
            .as_object_mut()
            .and_then(|metrics| metrics.remove("step"));
        let step = step.and_then(|step| json_text::scalar(&step).number());
        let curves = format!("{own}plots/metrics/");
        for (path, file) in folder.files() {
            let name = path
                .strip_prefix(&curves)
                .and_then(|path| path.strip_suffix(".tsv"));
            if let Some(name) = name {
                curve(row, name, file, sink);
                remove(&mut metrics, name);
            }
        }
        json_text::flatten(
            metrics.as_object().unwrap_or(&Map::new()),
            &mut |path, value| match (value, step) {
                // What has no curve was logged at the last step.
                (ValueRef::Number(value), Some(step)) => {
                    let column = sink.column(Role::Metric, path);
                    sink.point(row, column, step, 0, value);
                }
                _ => sink.set_named(row, Role::Metric, path, value),
            },
        );
        bytes += folder.len_bytes();
        on_bytes(bytes);
    }
    Ok(())
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
