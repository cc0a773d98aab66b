//! Folders with a configuration beside what was measured, whoever wrote them: Lightning's `version_3` with
//! `hparams.yaml` and `metrics.csv`, or `config.toml` and `metrics.jsonl` by hand.
//!
//! What is measured may be a training log, lines of JSON with a step, evaluations by round, or a JSON object
//! of final values by a name that such files have.

use super::head::WIDEST_BYTES;
use super::run_folders::{RunFolder, claim_runs, config_of, json_of, put_all};
use super::training_log::finest_step;
use super::{Claim, Dropped, Format, Head, NotThisFormat, boosting_log, json_text, training_log};
use crate::ledger::{Role, RunSink, ValueRef, attribute};
use crate::source::{File, file_name, file_stem};
use serde_json::{Map, Value as Json};

pub(super) const FORMAT: Format = Format {
    name: "training-folders",
    title: "Folders with a configuration and metrics",
    claim,
    read,
};

/// What programs call the file of their configuration.
const CONFIGS: [&str; 9] = [
    "hparams",
    "config",
    "params",
    "args",
    "hyperparameters",
    "hyperparams",
    "cfg",
    "settings",
    "options",
];

/// What programs call the file of their final metrics.
pub(super) const FINAL_METRICS: [&str; 6] = [
    "metrics.json",
    "results.json",
    "result.json",
    "summary.json",
    "scores.json",
    "eval.json",
];

/// Whether a file's name is of those that hold what was measured.
pub(super) fn may_be_measured(path: &str) -> bool {
    let name = file_name(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    FINAL_METRICS.contains(&name)
        || ["csv", "tsv", "jsonl", "ndjson"].contains(&ending)
        || ["evals_result.json", "history.json"].contains(&name)
}

/// Whether a file's name, without a folder, is of those of configurations.
pub(super) fn is_config(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    CONFIGS.contains(&file_stem(name)) && ["yaml", "yml", "json", "toml"].contains(&ending)
}

/// What a file holds that was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measured {
    Table,
    Lines,
    Rounds,
    Final,
}

impl Measured {
    fn of(head: &Head) -> Option<Self> {
        let name = head.name();
        if is_config(name) {
            None
        } else if training_log::is_log(head) {
            Some(Self::Table)
        } else if boosting_log::is_log(head) {
            Some(Self::Rounds)
        } else if is_lines(head) {
            Some(Self::Lines)
        } else if FINAL_METRICS.contains(&name) && matches!(head.json.as_slice(), [Json::Object(_)])
        {
            Some(Self::Final)
        } else {
            None
        }
    }
}

/// Whether a file beside a run of another format is its configuration or its final metrics: where a training's log lies
/// there as well, it is of that.
pub(super) fn is_beside(place: usize, dropped: &Dropped<'_>) -> bool {
    let measured = |at| Measured::of(dropped.head(at));
    let is_log = |at| measured(at).is_some_and(|measured| measured != Measured::Final);
    (is_config(dropped.name(place)) || measured(place) == Some(Measured::Final))
        && !dropped.beside(place).any(is_log)
}

/// Several objects, each with a step and a number besides.
fn is_lines(head: &Head) -> bool {
    let is_step_of = |record: &Json| {
        record.as_object().is_some_and(|record| {
            let numbers = record
                .iter()
                .filter(|(_, value)| json_text::scalar(value).number().is_some());
            finest_step(|name| record.contains_key(name)).is_some() && numbers.count() > 1
        })
    };
    head.text.trim_start().starts_with('{')
        && head.json.len() > 1
        && head.json.iter().all(is_step_of)
}

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let name = dropped.name(place);
    if !is_config(name) {
        return Claim::none();
    }
    let mut beside = dropped.beside(place);
    if !beside.any(|at| at != place && Measured::of(dropped.head(at)).is_some()) {
        return Claim::none();
    }
    claim_runs(place, dropped, name, &|path| {
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        !path.contains('/')
            && (is_config(path) || may_be_measured(path) || ["log", "txt"].contains(&ending))
    })
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let config = files.iter().map(|file| file_name(file.path()));
    let marker = config
        .filter(|name| is_config(name))
        .min()
        .ok_or(NotThisFormat)?;
    for folder in RunFolder::each(files, marker, on_bytes) {
        let name = folder.name().to_owned();
        let row = sink.run(if folder.path.is_empty() {
            "."
        } else {
            &folder.path
        });
        sink.set_attribute(row, attribute::NAME, ValueRef::Text(&name));
        put_configs(row, &folder, sink);
        put_measured(row, &mut folder.files(), sink);
    }
    Ok(())
}

/// Writes what the configurations of a run's folder say.
pub(super) fn put_configs(row: usize, folder: &RunFolder<'_>, sink: &mut RunSink<'_>) {
    for (path, file) in folder.files().filter(|(path, _)| is_config(path)) {
        // A `params.json` and a `config.yaml` may both be there; what both say is the same.
        let config = config_of(file, sink);
        if config.is_object() {
            put_all(row, Role::Param, &config, sink);
        } else if !config.is_null() {
            let what = format!("{path} holds no names and values");
            sink.problem_in("config/no-mapping", file.path(), "", &what, "left out");
        }
    }
}

/// Reads into a run's row what was measured, of those of its files that hold such.
pub(super) fn put_measured<'f>(
    row: usize,
    files: &mut dyn Iterator<Item = (&'f str, &'f dyn File)>,
    sink: &mut RunSink<'_>,
) {
    let measured: Vec<(&str, &dyn File, Measured)> = files
        .filter_map(|(path, file)| {
            let head = Head::of(file, WIDEST_BYTES);
            Some((path, file, Measured::of(&head)?))
        })
        .collect();
    let logs = measured
        .iter()
        .filter(|(_, _, kind)| *kind != Measured::Final);
    let is_one = logs.count() < 2;
    for (path, file, kind) in measured {
        // `train.csv` beside `valid.csv` may both have a loss.
        let prefix = if is_one {
            String::new()
        } else {
            format!("{}/", file_stem(path))
        };
        match kind {
            Measured::Table => {
                let read = training_log::read_into(row, file, &prefix, |_| {}, sink, &mut |_| {});
                if read.is_err() {
                    let what = "it looked like a training log at its start but is not";
                    sink.problem_in("format/not-as-it-looked", file.path(), "", what, "left out");
                }
            }
            Measured::Rounds => boosting_log::read_into(row, file, &prefix, sink, &mut |_| {}),
            Measured::Lines => lines(row, file, &prefix, sink),
            Measured::Final => {
                let metrics = json_of(file, sink);
                put_final(row, metrics.as_object().unwrap_or(&Map::new()), sink);
            }
        }
    }
}

/// Writes the numbers and truths of an object as metrics.
pub(super) fn put_final(row: usize, metrics: &Map<String, Json>, sink: &mut RunSink<'_>) {
    json_text::flatten(metrics, &mut |path, value| {
        if matches!(value, ValueRef::Number(_) | ValueRef::Bool(_)) {
            sink.set_named(row, Role::Metric, path, value);
        }
    });
}

/// Lines of JSON with a step.
fn lines(row: usize, file: &dyn File, prefix: &str, sink: &mut RunSink<'_>) {
    json_text::for_each(file, sink, &mut |_| {}, &mut |record, _, sink| {
        let Some(record) = record.as_object() else {
            return;
        };
        let step_name = finest_step(|name| record.contains_key(name));
        let step = step_name.and_then(|name| json_text::scalar(&record[name]).number());
        json_text::flatten(record, &mut |path, value| {
            if let ValueRef::Number(value) = value
                && step_name.is_none_or(|name| name != path)
            {
                let column = sink.column(Role::Metric, &format!("{prefix}{path}"));
                sink.point(row, column, step.unwrap_or(f64::NAN), 0, value);
            }
        });
    });
}
