//! BOHB and HpBandSter: `configs.json` and `results.json`, a JSON array a line.
//!
//! A run is a configuration, by its triple of iteration, stage and number; its losses at growing budgets are
//! its curve, by budget.

use super::run_folders::{put_all, put_start};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::{File, file_name};
use serde_json::{Map, Value as Json};

pub(super) const FORMAT: Format = Format {
    name: "bohb",
    title: "BOHB / HpBandSter results",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let folder = dropped.folder(place);
    let beside = |name: &str| dropped.in_folder(folder, name);
    let is_triple = |at: usize| {
        let text = dropped.head(at).text.trim_start();
        text.starts_with("[[")
    };
    let is_ours =
        matches!(dropped.name(place), "configs.json" | "results.json") && is_triple(place);
    match (beside("configs.json"), beside("results.json")) {
        (Some(configs), Some(results)) if is_ours && is_triple(configs) && is_triple(results) => {
            Claim::of(vec![configs, results])
        }
        _ => Claim::none(),
    }
}

fn lines(file: &dyn File, sink: &mut RunSink<'_>) -> Vec<(usize, Json)> {
    let text = super::run_folders::text_of(file, 1 << 30, sink).unwrap_or_default();
    let mut found = Vec::new();
    for (line, number) in text
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty())
    {
        if let Some(value) = json_text::parse(line) {
            found.push((number, value));
        } else {
            let place = format!("line {number}");
            sink.problem_in(
                "bohb/line",
                file.path(),
                &place,
                "it is no JSON",
                "line skipped",
            );
        }
    }
    found
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let find = |name: &str| {
        files
            .iter()
            .find(|file| file_name(file.path()) == name)
            .copied()
    };
    let configs = find("configs.json").ok_or(NotThisFormat)?;
    let results = find("results.json").ok_or(NotThisFormat)?;
    let mut rows: order::Map<String, usize> = order::Map::new();
    let mut row_of = |id: &Json, sink: &mut RunSink<'_>| {
        let parts: Vec<String> = id
            .as_array()
            .into_iter()
            .flatten()
            .map(Json::to_string)
            .collect();
        let id = parts.join("/");
        *rows.or_insert_with(id.clone(), || {
            let row = sink.run(&id);
            sink.set_status(row, Status::Scheduled);
            row
        })
    };
    for (_, config) in lines(configs, sink) {
        if let Some([id, params, info @ ..]) = config.as_array().map(Vec::as_slice) {
            let row = row_of(id, sink);
            put_all(row, Role::Param, params, sink);
            info.iter()
                .for_each(|info| put_all(row, Role::Tag, info, sink));
        }
    }
    on_bytes(configs.len_bytes());
    let mut starts: Vec<i64> = Vec::new();
    for (number, result) in lines(results, sink) {
        let Some([id, budget, times, outcome, error @ ..]) = result.as_array().map(Vec::as_slice)
        else {
            let place = format!("line {number}");
            sink.problem_in(
                "bohb/line",
                results.path(),
                &place,
                "it is no result",
                "line skipped",
            );
            continue;
        };
        let row = row_of(id, sink);
        let time = |key: &str| {
            times
                .get(key)
                .and_then(|time| json_text::scalar(time).number())
        };
        let millis = |key: &str| time(key).map(|seconds| (seconds * 1000.0) as i64);
        // It starts at its first budget and ends at its last.
        if let Some(start) = millis("started") {
            if starts.len() <= row {
                starts.resize(row + 1, i64::MAX);
            }
            starts[row] = starts[row].min(start);
            sink.set_attribute(row, attribute::START, ValueRef::Time(starts[row]));
        }
        if let Some(end) = millis("finished") {
            sink.set_attribute(row, attribute::END, ValueRef::Time(end));
        }
        let budget = json_text::scalar(budget).number().unwrap_or(f64::NAN);
        let when = millis("finished").unwrap_or_default();
        let failed = error
            .first()
            .and_then(Json::as_str)
            .is_some_and(|error| !error.is_empty());
        let loss = outcome
            .get("loss")
            .and_then(|loss| json_text::scalar(loss).number());
        sink.set_status(
            row,
            if failed || loss.is_none() {
                Status::Failed
            } else {
                Status::Finished
            },
        );
        if let Some(loss) = loss {
            let column = sink.column(Role::Metric, "loss");
            sink.point(row, column, budget, when, loss);
        }
        put_start(row, "error", error.first(), sink);
        // Mostly an object, but a worker may give anything.
        let info = outcome.get("info").unwrap_or(&Json::Null).clone();
        let info = match info {
            Json::Object(info) => info,
            other => Map::from_iter([("info".to_owned(), other)]),
        };
        json_text::flatten(&info, &mut |path, value| match value {
            ValueRef::Number(number) => {
                let column = sink.column(Role::Metric, path);
                sink.point(row, column, budget, when, number);
            }
            value => sink.set_named(row, Role::Tag, path, value),
        });
    }
    sink.source().directions.push(("loss".to_owned(), false));
    on_bytes(configs.len_bytes() + results.len_bytes());
    Ok(())
}
