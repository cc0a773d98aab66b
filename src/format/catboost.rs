//! The folder that `CatBoost` leaves of a training, `catboost_info`: `catboost_training.json` with an evaluation a round.
//!
//! What lies beside it says the same again. There are no hyperparameters in it: those of a configuration beside the
//! folder are taken, and final metrics.

use super::run_folders::{RunFolder, claim_runs, run_of_marker};
use super::training_folders::{FINAL_METRICS, is_beside, put_configs, put_measured};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, ValueRef, attribute};
use crate::source::{File, file_name};
use serde_json::Value as Json;

pub(super) const FORMAT: Format = Format {
    name: "catboost",
    title: "CatBoost training (catboost_info)",
    claim,
    read,
};

/// What the folder is called unless a program says otherwise; then the run is the folder that it lies in.
const IN_FOLDER: &str = "catboost_info/catboost_training.json";

const MARKER: &str = "catboost_training.json";

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let is_ours =
        dropped.name(place) == MARKER && dropped.head(place).text.contains("\"learn_metrics\"");
    if !is_ours {
        return Claim::none();
    }
    let marker = marker_of(dropped.path(place));
    let belongs = |path: &str| match path.strip_prefix("catboost_info/") {
        None if marker == IN_FOLDER => !path.contains('/'),
        own => is_own(own.unwrap_or(path)),
    };
    let is_of_run = |at: &usize| match marker {
        IN_FOLDER => dropped.path(*at).contains("catboost_info/") || is_beside(*at, dropped),
        _ => !is_in_folder(*at, dropped),
    };
    let mut pieces = claim_runs(place, dropped, marker, &belongs).into_pieces();
    for piece in &mut pieces {
        piece.retain(is_of_run);
    }
    Claim::pieces(pieces)
}

/// Whether `CatBoost` has written it, by its path in the folder.
fn is_own(path: &str) -> bool {
    path == MARKER
        || path.ends_with("_error.tsv")
        || path == "time_left.tsv"
        || path.contains("tfevents")
}

/// Whether a file is of a run in the folder that is called as usual, whose marker has another path.
fn is_in_folder(place: usize, dropped: &Dropped<'_>) -> bool {
    let path = dropped.path(place);
    let end = path
        .rfind("catboost_info/")
        .map(|at| at + "catboost_info".len());
    end.is_some_and(|end| dropped.in_folder(&path[..end], MARKER).is_some())
}

/// The file's path in the folder of its run.
fn marker_of(path: &str) -> &'static str {
    if run_of_marker(path, IN_FOLDER).is_some() {
        IN_FOLDER
    } else {
        MARKER
    }
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let is_marker = |file: &&&dyn File| file_name(file.path()) == MARKER;
    let first = files.iter().find(is_marker).ok_or(NotThisFormat)?;
    let marker = marker_of(first.path());
    for folder in RunFolder::each(files, marker, on_bytes) {
        let path = folder.path.as_str();
        let row = sink.run(if path.is_empty() { "." } else { path });
        sink.set_attribute(row, attribute::NAME, ValueRef::Text(folder.name()));
        training(row, &folder.json(marker, sink), sink);
        put_configs(row, &folder, sink);
        let mut beside = folder
            .files()
            .filter(|(path, _)| FINAL_METRICS.contains(path));
        put_measured(row, &mut beside, sink);
    }
    Ok(())
}

/// Writes the points of each data set's metrics, which the rounds give in the order in which they are described.
fn training(row: usize, training: &Json, sink: &mut RunSink<'_>) {
    let list = |value: Option<&Json>| value.and_then(Json::as_array).cloned().unwrap_or_default();
    let meta = |key: &str| list(training.get("meta").and_then(|meta| meta.get(key)));
    let iterations = list(training.get("iterations"));
    for kind in ["learn", "test"] {
        let metrics = meta(&format!("{kind}_metrics"));
        for set in meta(&format!("{kind}_sets")) {
            let set = set.as_str().unwrap_or(kind);
            for (at, metric) in metrics.iter().enumerate() {
                let text = |key: &str| metric.get(key).and_then(Json::as_str);
                let name = format!("{set}/{}", text("name").unwrap_or_default());
                let column = sink.column(Role::Metric, &name);
                for (round, iteration) in iterations.iter().enumerate() {
                    let number = |value: &Json| json_text::scalar(value).number();
                    let step = iteration.get("iteration").and_then(number);
                    let value = iteration.get(set).and_then(|values| values.get(at));
                    if let Some(value) = value.and_then(number) {
                        sink.point(row, column, step.unwrap_or(round as f64), 0, value);
                    }
                }
                let is_told = sink
                    .source()
                    .directions
                    .iter()
                    .any(|(told, _)| *told == name);
                match text("best_value").filter(|_| !is_told) {
                    Some("Max") => sink.source().directions.push((name, true)),
                    Some("Min") => sink.source().directions.push((name, false)),
                    _ => {}
                }
            }
        }
    }
}
