//! Ray Tune (1.x, 2.x): a folder a trial with `params.json` and `result.json`, below an `experiment_state-*.json`.
//!
//! `result.json` is a JSON object a report; what Tune adds to it for itself is no metric. Params are those of
//! `params.json`: folder names cut and change them. `error.txt` says that a trial failed, and why; else the end of
//! `stderr` is kept. Pickles are never
//! read, event files say the same as `result.json`, and so does `progress.csv`, which is read where that is missing.
//! A state without its trials' folders has their last reports; beside them, the trials that wait.

use super::log_tail::put_log;
use super::run_folders::{
    RUNS_OF_A_PIECE, RunFolder, claim_runs, json_of, put_all, put_text, put_time, text_of,
};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::{File, file_name};
use serde_json::{Map, Value as Json};

pub(super) const FORMAT: Format = Format {
    name: "ray-tune",
    title: "Ray Tune trials",
    claim,
    read,
};

/// How large a `progress.csv` may be.
const PROGRESS_BYTES: u64 = 256 << 20;

/// What Tune reports of itself.
const OWN: [&str; 17] = [
    "timestamp",
    "checkpoint_dir_name",
    "should_checkpoint",
    "done",
    "training_iteration",
    "trial_id",
    "date",
    "pid",
    "hostname",
    "node_ip",
    "config",
    "iterations_since_restore",
    "timesteps_total",
    "episodes_total",
    "timesteps_since_restore",
    "experiment_tag",
    "experiment_id",
];

/// Whether Tune reports it of itself.
pub(super) fn is_own(name: &str) -> bool {
    OWN.contains(&name) || name.starts_with("time_")
}

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let name = dropped.name(place);
    let folder = dropped.folder(place);
    let above = if is_state(name) {
        folder
    } else if matches!(
        name,
        "params.json" | "result.json" | "progress.csv" | "error.txt"
    ) {
        // A trial's folder has both of these, or lies below the experiment's state.
        let has = |name: &str| dropped.at(&format!("{folder}/{name}")).is_some();
        let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
        let is_trial =
            has("params.json") && (has("result.json") || has("error.txt") || has("progress.csv"));
        if !is_trial && name == "progress.csv" && dropped.head(place).has_prefix("config/") {
            // Copied without what lies beside it: its rows have the config, too.
            let is_alone = |at: &usize| {
                let params = dropped.in_folder(dropped.folder(*at), "params.json");
                params.is_none() && dropped.head(*at).has_prefix("config/")
            };
            let mut pieces = claim_runs(place, dropped, name, &|path| path == name).into_pieces();
            for piece in &mut pieces {
                piece.retain(is_alone);
            }
            return Claim::pieces(pieces);
        }
        if !is_trial {
            return Claim::none();
        }
        above
    } else {
        return Claim::none();
    };
    let own = |path: &str| {
        matches!(
            path,
            "params.json"
                | "params.pkl"
                | "result.json"
                | "progress.csv"
                | "error.txt"
                | "error.pkl"
                | "stderr"
                | "stdout"
        ) || path.contains("tfevents")
    };
    let trial = dropped.within(above).iter().find(|at| {
        let folder = dropped.folder(**at);
        dropped.name(**at) == "params.json"
            && folder.rsplit_once('/').map_or("", |(above, _)| above) == above
    });
    let Some(trial) = trial else {
        let has = |word: &str| dropped.head(place).text.contains(word);
        let is_alone = is_state(name) && (has("\"trial_data\"") || has("\"checkpoints\""));
        let states = dropped.beside(place);
        let states = states.filter(|at| is_alone && is_state(dropped.name(*at)));
        return Claim::of(states.collect());
    };
    let mut pieces = claim_runs(*trial, dropped, "params.json", &own).into_pieces();
    let states = dropped.within(above).iter().copied();
    let states: Vec<usize> = states
        .filter(|at| {
            dropped.folder(*at) == above
                && (is_state(dropped.name(*at)) || is_ours(dropped.name(*at)))
        })
        .collect();
    for piece in &mut pieces {
        piece.extend(&states);
    }
    Claim::pieces(pieces)
}

fn is_state(name: &str) -> bool {
    name.starts_with("experiment_state-") && name.ends_with(".json")
}

/// Other files that Tune keeps above the trials.
fn is_ours(name: &str) -> bool {
    name == "tuner.pkl"
        || name == "trainable.pkl"
        || [
            "basic-variant-state-",
            "search_gen_state-",
            "searcher-state-",
            // What population-based training has copied and changed: its lines are no reports.
            "pbt_global.txt",
            "pbt_policy_",
        ]
        .iter()
        .any(|start| name.starts_with(start))
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    // The newest state by its name, which ends in its time.
    let states = || files.iter().filter(|file| is_state(file_name(file.path())));
    let state = states()
        .max_by_key(|file| file.path())
        .map(|file| json_of(*file, sink));
    let trials = state.as_ref().map(trials_of).unwrap_or_default();
    let mut bytes = 0;
    let mut folders = RunFolder::all(files, "params.json");
    if folders.is_empty() && trials.is_empty() {
        folders = RunFolder::all(files, "progress.csv");
    }
    // A trial that waits has no folder yet; those of others were not dropped. Where there may be further pieces nobody
    // knows whose folders they have.
    let is_only_piece = trials.len() <= RUNS_OF_A_PIECE && states().count() == 1;
    let is_known_here = |trial| is_only_piece && word_of(Some(trial)) == "PENDING";
    let mut others: Vec<_> = trials
        .iter()
        .filter(|(_, trial)| folders.is_empty() || is_known_here(trial))
        .collect();
    for folder in &folders {
        let id = trial(folder, &trials, sink);
        others.retain(|(other, _)| **other != id);
        bytes += folder.len_bytes();
        on_bytes(bytes);
    }
    for (id, trial) in others {
        trial_of_state(id, trial, sink);
    }
    Ok(())
}

/// Trials of a state by their ids. 2.x has a pair of JSON texts for each, what it is and how it went; 1.x one text or
/// object with both.
fn trials_of(state: &Json) -> order::Map<String, Map<String, Json>> {
    let trials = state.get("trial_data").or_else(|| state.get("checkpoints"));
    let trials = trials.and_then(Json::as_array).into_iter().flatten();
    trials
        .filter_map(|trial| {
            let parts = trial
                .as_array()
                .map_or(std::slice::from_ref(trial), Vec::as_slice);
            let mut data = Map::new();
            for part in parts {
                let part = part
                    .as_str()
                    .map_or_else(|| Some(part.clone()), json_text::parse);
                if let Some(Json::Object(part)) = part {
                    data.extend(part);
                }
            }
            Some((data.get("trial_id")?.as_str()?.to_owned(), data))
        })
        .collect()
}

/// Writes a config's values but for those that JSON cannot hold, which Tune writes as a pickle in hex.
fn put_config(row: usize, config: &Json, sink: &mut RunSink<'_>) {
    fn without_pickles(value: &Json) -> Option<Json> {
        match value {
            Json::Object(object)
                if object.contains_key("_type") && object.contains_key("value") =>
            {
                None
            }
            Json::Object(object) => {
                let kept = object.iter();
                let kept =
                    kept.filter_map(|(key, value)| Some((key.clone(), without_pickles(value)?)));
                Some(Json::Object(kept.collect()))
            }
            other => Some(other.clone()),
        }
    }
    put_all(
        row,
        Role::Param,
        &without_pickles(config).unwrap_or_default(),
        sink,
    );
}

/// A trial's status in Tune's own word; empty where it has none.
fn word_of(trial: Option<&Map<String, Json>>) -> &str {
    let word = trial.and_then(|trial| trial.get("status")?.as_str());
    word.unwrap_or_default()
}

/// A trial of which there is only what the state says.
fn trial_of_state(id: &str, trial: &Map<String, Json>, sink: &mut RunSink<'_>) {
    let row = sink.run(id);
    let text = |key: &str| trial.get(key).and_then(Json::as_str);
    put_text(row, attribute::NAME, text("experiment_tag"), sink);
    put_config(row, trial.get("config").unwrap_or(&Json::Null), sink);
    put_time(row, attribute::START, trial.get("start_time"), sink);
    sink.set_status(
        row,
        match word_of(Some(trial)) {
            "ERROR" => Status::Failed,
            "PAUSED" => Status::Running,
            word => Status::from_word(word),
        },
    );
    if let Some(Json::Object(last)) = trial.get("last_result") {
        report(row, last, f64::NAN, sink);
    }
}

/// Writes the trial of a folder; gives its id.
fn trial(
    folder: &RunFolder<'_>,
    trials: &order::Map<String, Map<String, Json>>,
    sink: &mut RunSink<'_>,
) -> String {
    let mut records: Vec<Json> = Vec::new();
    if let Some(results) = folder
        .file("result.json")
        .filter(|file| file.len_bytes() > 0)
    {
        json_text::for_each(results, sink, &mut |_| {}, &mut |record, _, _| {
            records.push(record.clone());
        });
    } else if let Some(table) = folder.file("progress.csv") {
        records = progress(table, sink);
    }
    // `<trainable>_<id>_<number>_<params>_<date>`: the state knows the ids.
    let named = || {
        let known = trials.iter();
        let known = known.filter(|(id, _)| folder.name().contains(id.as_str()));
        known.max_by_key(|(id, _)| id.len())
    };
    if records.is_empty() {
        // Where its reports were lost the state has the last.
        records.extend(named().and_then(|(_, trial)| trial.get("last_result").cloned()));
    }
    let reported = records
        .first()
        .and_then(|record| record.get("trial_id"))
        .and_then(Json::as_str);
    let id = reported.or_else(|| Some(named()?.0.as_str()));
    let id = id.unwrap_or(folder.name()).to_owned();
    let row = sink.run(&id);
    sink.set_attribute(row, attribute::NAME, ValueRef::Text(folder.name()));
    let config = match folder.file("params.json") {
        None => config_of_report(records.first()),
        Some(_) => folder.json("params.json", sink),
    };
    put_config(row, &config, sink);
    let word = word_of(trials.get(&id));
    let done = records.last().and_then(|record| record.get("done"));
    let is_done = done.is_some_and(|done| *done == true || *done == "True");
    // A trial that was tried again, and then came to its end, keeps what it failed by before.
    let has_ended = is_done || word == "TERMINATED";
    let is_failed = word == "ERROR" || folder.file("error.txt").is_some() && !has_ended;
    sink.set_status(
        row,
        match word {
            _ if is_failed => Status::Failed,
            "PAUSED" => Status::Running,
            "" if is_done => Status::Finished,
            "" => Status::Unknown,
            word => Status::from_word(word),
        },
    );
    put_log(row, folder, &["error.txt", "stderr", "stdout"], sink);
    for (record, number) in records.iter().zip(1..) {
        let Some(record) = record.as_object() else {
            continue;
        };
        report(row, record, f64::from(number), sink);
    }
    let number = |record: Option<&Json>, key: &str| {
        record.and_then(|record| json_text::scalar(record.get(key)?).number())
    };
    if let (Some(first), Some(took)) = (
        number(records.first(), "timestamp"),
        number(records.first(), "time_total_s"),
    ) {
        sink.set_attribute(
            row,
            attribute::START,
            ValueRef::Time(((first - took) * 1000.0) as i64),
        );
    }
    if let (Some(last), true) = (number(records.last(), "timestamp"), has_ended || is_failed) {
        sink.set_attribute(row, attribute::END, ValueRef::Time((last * 1000.0) as i64));
    }
    for key in ["hostname", "node_ip"] {
        if let Some(text) = records
            .last()
            .and_then(|record| record.get(key))
            .and_then(Json::as_str)
        {
            sink.set_named(row, Role::Tag, key, ValueRef::Text(text));
        }
    }
    id
}

/// The config that a report of a `progress.csv` repeats.
fn config_of_report(report: Option<&Json>) -> Json {
    let cells = report.and_then(Json::as_object).into_iter().flatten();
    let of_config = |(name, cell): (&String, &Json)| {
        let value = match ValueRef::parse(cell.as_str()?) {
            ValueRef::Bool(value) => value.into(),
            ValueRef::Number(number) => number.into(),
            _ => cell.clone(),
        };
        Some((name.strip_prefix("config/")?.replace('/', "."), value))
    };
    Json::Object(cells.filter_map(of_config).collect())
}

/// The reports of a `progress.csv`.
fn progress(table: &dyn File, sink: &mut RunSink<'_>) -> Vec<Json> {
    let text = text_of(table, PROGRESS_BYTES, sink).unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let records = reader.records().map_while(Result::ok);
    let report = |record: csv::StringRecord| {
        let cells = header.iter().zip(&record);
        let cells = cells.map(|(name, cell)| (name.to_owned(), cell.into()));
        Json::Object(cells.collect())
    };
    records.map(report).collect()
}

/// Parts what is nested by `/`, as Tune itself does in its tables, so that a metric has one name wherever it is read.
fn put_below(path: String, value: &Json, to: &mut Map<String, Json>) {
    match value {
        Json::Object(inner) if !inner.is_empty() => {
            for (key, value) in inner {
                put_below(format!("{path}/{key}"), value, to);
            }
        }
        leaf => {
            to.insert(path, leaf.clone());
        }
    }
}

fn report(row: usize, record: &Map<String, Json>, number: f64, sink: &mut RunSink<'_>) {
    let value = |key: &str| {
        record
            .get(key)
            .and_then(|value| json_text::scalar(value).number())
    };
    let step = value("training_iteration").unwrap_or(number);
    let millis = value("timestamp").map_or(0, |seconds| (seconds * 1000.0) as i64);
    let mut metrics = Map::new();
    let is_metric = |key: &str| !is_own(key) && !key.starts_with("config/");
    for (key, value) in record.iter().filter(|(key, _)| is_metric(key)) {
        put_below(key.clone(), value, &mut metrics);
    }
    json_text::flatten(&metrics, &mut |path, value| {
        if let Some(value) = value.number() {
            let column = sink.column(Role::Metric, path);
            sink.point(row, column, step, millis, value);
        }
    });
}
