//! A training log with one row an epoch or step, as Keras' `CSVLogger` and Lightning's `metrics.csv` are:
//! one file is one run.
//!
//! Keras writes `epoch`, then metrics in any order; keys that an epoch lacks are `NA`; the separator is
//! configurable. Lightning has its `step` anywhere, and writes training and validation of the same step as
//! rows of their own with blank cells. There are no hyperparameters in either: those of a configuration beside it are
//! read by [`super::training_folders`]. The monitor of an agent (`monitor.csv` of Stable-Baselines3) has a row an episode. The run is called as the file, or as its folder where all files are called so.

use super::roles::guess_one;
use super::rows::Target;
use super::run_folders::{config_of, put_all};
use super::table::{Table, is_missing_text};
use super::{Claim, Dropped, Format, Head, NotThisFormat, boosting_log, json_text};
use crate::ledger::{ColumnId, Role, RunSink, ValueRef, attribute, parse_number};
use crate::source::{File, file_name, file_stem, text};
use serde_json::Value as Json;

/// Names that every run's file has.
const COMMON: [&str; 17] = [
    "metrics",
    "log",
    "logs",
    "history",
    "progress",
    "results",
    "training",
    "train",
    "evals_result",
    "all_results",
    "train_results",
    "eval_results",
    "scalars",
    "monitor",
    "output",
    "stdout",
    "console",
];

pub(super) const FORMAT: Format = Format {
    name: "training-log",
    title: "Training log (CSV)",
    claim,
    read,
};

/// Columns that count time, the finest first.
const STEPS: [&str; 7] = [
    "global_step",
    "current_steps",
    "step",
    "iteration",
    "iter",
    "round",
    "epoch",
];

/// Columns that count what an agent has met, where no other counts time.
const TIMESTEPS: [&str; 8] = [
    "total_timesteps",
    "num_timesteps",
    "timesteps",
    "timestep",
    "total_steps",
    "total_env_steps",
    "env_steps",
    "env_step",
];

/// Words of what training measures.
const MEASURED: [&str; 17] = [
    "loss",
    "acc",
    "accuracy",
    "auc",
    "error",
    "mae",
    "mse",
    "rmse",
    "score",
    "val",
    "train",
    "test",
    "valid",
    "f1",
    "lr",
    "precision",
    "recall",
];

/// How many values that only grow, or only fall, are a schedule: a grid is shorter.
const SCHEDULED: usize = 20;

/// How many records are looked at.
const SAMPLE: usize = 50;

/// Nobody chooses so many params: names such as `layer.3.weight` are of what was measured then.
const MANY: usize = 200;

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    if !is_log(dropped.head(place)) {
        return Claim::none();
    }
    // `run1.csv` beside the `run1.json` of its configuration.
    let stem = file_stem(dropped.name(place));
    let is_config = |at: &usize| {
        let (name, ending) = dropped.name(*at).rsplit_once('.').unwrap_or_default();
        let head = dropped.head(*at);
        let is_object =
            matches!(head.json.as_slice(), [Json::Object(_)]) && !boosting_log::is_log(head);
        name == stem && (ending == "json" && is_object || ["yaml", "yml", "toml"].contains(&ending))
    };
    let beside = dropped.beside(place).filter(is_config);
    Claim::of([place].into_iter().chain(beside).collect())
}

/// Whether a file is a table of one training's steps.
pub(super) fn is_log(head: &Head) -> bool {
    let Some((dialect, header)) = &head.table else {
        return false;
    };
    if of_episodes(&head.text).is_some() || are_folds(header) {
        return true;
    }
    if step_column(header).is_none() {
        return false;
    }
    let mut records = dialect.records_of(&head.text, SAMPLE);
    if !head.is_whole && records.len() > 2 && records.len() < SAMPLE {
        // The last may be cut by the end of the head.
        records.pop();
    }
    records.drain(..records.len().min(1));
    let number = |cell: &str| dialect.number(cell);
    are_steps(header, &records, &number, head.name())
}

/// What the first line of a monitor of Stable-Baselines3 or Gym says (`#{"t_start": 1.7e9, "env_id": "CartPole-v1"}`), where a
/// text is one: below are `r,l,t`, a row an episode, and nothing counts them.
fn of_episodes(text: &str) -> Option<Json> {
    let (said, rows) = text.strip_prefix('#')?.split_once('\n')?;
    let said = json_text::parse(said.trim())?;
    (said.is_object() && rows.starts_with("r,l,t")).then_some(said)
}

/// Whether the first records of a table, in a file of this name, are one training's steps.
pub(super) fn are_steps(
    header: &[String],
    records: &[Vec<String>],
    number: &dyn Fn(&str) -> Option<f64>,
    name: &str,
) -> bool {
    let Some(at) = step_column(header).filter(|at| !is_budget(&header[*at], name)) else {
        return false;
    };
    let others = || (0..header.len()).filter(|other| *other != at && !header[*other].is_empty());
    let steps: Vec<f64> = records
        .iter()
        .filter_map(|record| parse_number(record.get(at)?.trim()))
        .collect();
    let (count, pairs) = (others().count(), || steps.windows(2));
    let grows = || pairs().all(|pair| pair[0] < pair[1]);
    // A training may append its log to that of another: epochs are counted from the first again.
    let begins_anew = || {
        let is_next = |pair: &[f64]| pair[1] == pair[0] + 1.0 || pair[1] == steps[0];
        let has_next = || pairs().any(|pair| pair[0] < pair[1]);
        at == 0 && is_finely_counted(header, at) && has_next() && pairs().all(is_next)
    };
    let body = || records.iter();
    // A learning rate is logged beside what came of it; in a table of runs it was given.
    let is_outcome = |name: &str| is_measured(name) && !counts_time(name) || is_metric(name);
    let mut names = others().map(|other| header[other].as_str());
    let has_outcome = names.any(|name| !is_rate(name) && is_outcome(name));
    let only_rates = others().all(|other| is_rate(&header[other]));
    let counts_rates = has_outcome || only_rates || is_named_so(name);
    let is_of_log = |name: &str| is_measured(name) && (counts_rates || !is_rate(name));
    // What is changed by a plan goes one way over many steps; what is tried goes up and down.
    let is_scheduled = |at: usize| {
        let values = body().filter_map(|record| number(record.get(at)?));
        let values: Vec<f64> = values.collect();
        values.len() >= SCHEDULED
            && (values.is_sorted() || values.is_sorted_by(|first, second| first >= second))
    };
    let is_given =
        |at: usize| !is_of_log(&header[at]) && is_param(&header[at]) && !is_scheduled(at);
    let has_given = || count <= MANY && others().any(is_given);
    let measured = others().filter(|at| is_of_log(&header[*at])).count();
    // Columns of any name.
    let is_bare = || {
        // How long it has taken, as LLaMA-Factory logs it.
        let is_clock = |cell: &str| {
            cell.contains(':') && cell.bytes().all(|b| b.is_ascii_digit() || b == b':')
        };
        let is_number = |cell: &String| {
            is_missing_text(cell.trim()) || number(cell).is_some() || is_clock(cell.trim())
        };
        body().all(|record| others().all(|other| record.get(other).is_none_or(is_number)))
    };
    let is_log = match steps.as_slice() {
        [] => false,
        // A training that ended after its first epoch.
        [only] => (0.0..=1.0).contains(only) && measured == count,
        _ if at == 0 && grows() && measured * 2 >= count => true,
        [.., _, _, _]
            if grows() && (at == 0 && is_finely_counted(header, at) || is_named_so(name)) =>
        {
            is_bare()
        }
        [first, .., last] => {
            let goes_on = first < last && pairs().all(|pair| pair[0] <= pair[1]);
            goes_on && (measured == count || is_named_so(name) && is_bare())
                || measured == count && begins_anew()
        }
    };
    // A table of runs has columns that were given.
    is_log && count > 0 && !has_given()
}

/// Whether a column is a param by its name alone.
fn is_param(name: &str) -> bool {
    let (target, doubt) = guess_one(name, &[]);
    matches!(target, Target::Value(Role::Param, _)) && doubt.is_none()
}

/// Whether a column is a metric by its name alone.
fn is_metric(name: &str) -> bool {
    let (target, doubt) = guess_one(name, &[]);
    matches!(target, Target::Value(Role::Metric, _)) && doubt.is_none()
}

/// Whether a name is that of a learning rate, as `lr-Adam` and `train/lr` are.
fn is_rate(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    is_learning_rate(&lower) || words.any(|word| word == "lr")
}

fn is_learning_rate(lower: &str) -> bool {
    lower.replace([' ', '-'], "_") == "learning_rate"
}

/// Whether a name counts time.
fn counts_time(name: &str) -> bool {
    STEPS.contains(&name.trim().to_lowercase().as_str())
}

/// Whether a column may as well be the budget of each run, as those of agents are where no log is named so and no group of a log.
fn is_budget(column: &str, file: &str) -> bool {
    !counts_time(column) && !column.is_empty() && !column.contains('/') && !is_named_so(file)
}

/// Whether steps are counted by a word that numbers no trials.
fn is_finely_counted(header: &[String], at: usize) -> bool {
    ["step", "global_step", "current_steps", "epoch"]
        .iter()
        .any(|word| header[at].trim().eq_ignore_ascii_case(word))
}

/// Whether a file is called as the log of a training.
fn is_named_so(name: &str) -> bool {
    let stem = file_stem(name).to_lowercase();
    [
        "metrics", "log", "logs", "history", "progress", "training", "train",
    ]
    .contains(&stem.as_str())
}

/// Whether every run's file is called as this one.
pub(super) fn is_called_as_all(path: &str) -> bool {
    COMMON.contains(&file_stem(path).to_lowercase().as_str())
}

/// What the run of a file is called: as the file, or as the folder where every run's file is called so.
pub(super) fn run_name(path: &str) -> &str {
    let stem = file_stem(path);
    let folder = path.rsplit_once('/').map(|(folder, _)| {
        // `MMEngine` has a folder of that name in that of every run.
        file_name(folder.strip_suffix("/vis_data").unwrap_or(folder))
    });
    folder
        .filter(|folder| is_called_as_all(path) && *folder != "vis_data")
        .unwrap_or(stem)
}

/// The finest of the names that count time that is there.
pub(super) fn finest_step(is_there: impl Fn(&str) -> bool) -> Option<&'static str> {
    STEPS.into_iter().find(|name| is_there(name))
}

/// The column that counts time, where there is one. Of a cross-validation of XGBoost it is pandas' index.
pub(super) fn step_column(header: &[String]) -> Option<usize> {
    let find = |wanted: &str, part: fn(&str) -> &str| {
        let mut names = header.iter();
        names.position(|name| part(name.trim()).eq_ignore_ascii_case(wanted))
    };
    let whole = |name| find(name, |name| name);
    let last = |name| find(name, |name| name.rsplit('/').next().unwrap_or_default());
    let named = STEPS.iter().find_map(|name| whole(name));
    let named = named.or_else(|| TIMESTEPS.iter().find_map(|name| last(name)));
    let is_of_folds = || {
        let counts = header
            .iter()
            .rposition(|name| COUNTED.contains(&name.as_str()));
        counts.filter(|_| are_folds(header))
    };
    named.or_else(is_of_folds)
}

/// What counts the rounds of a cross-validation: pandas' index, and what `CatBoost` has besides.
const COUNTED: [&str; 2] = ["", "iterations"];

/// Whether a table is of a cross-validation by rounds, as boosting libraries return it, with or without what counts them.
fn are_folds(header: &[String]) -> bool {
    let is_ours = |name: &&String| {
        is_of_folds(name)
            && ["train", "test", "valid", "cv_agg"]
                .iter()
                .any(|data| name.starts_with(data))
    };
    let mut folds = header
        .iter()
        .filter(|name| !COUNTED.contains(&name.as_str()));
    folds.clone().count() > 1 && folds.all(|name| is_ours(&name))
}

/// Whether a name is of a mean over folds, or of how far they lie apart.
pub(super) fn is_of_folds(name: &str) -> bool {
    ["-mean", "-std", "-stdv"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// Whether a name is of what training measures.
pub(super) fn is_measured(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    is_learning_rate(&lower) || counts_time(&lower) || words.any(|word| MEASURED.contains(&word))
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = *files.first().ok_or(NotThisFormat)?;
    let row = sink.rows();
    let begin = |sink: &mut RunSink<'_>| {
        let row = sink.run(file_name(file.path()));
        sink.set_attribute(row, attribute::NAME, ValueRef::Text(run_name(file.path())));
        for config in &files[1..] {
            put_all(row, Role::Param, &config_of(*config, sink), sink);
        }
    };
    read_into(row, file, "", begin, sink, on_bytes)
}

/// Reads a log's points into a run's row, each metric's name behind `prefix`. `begin` is called once the file
/// has shown to be one.
pub(super) fn read_into(
    row: usize,
    file: &dyn File,
    prefix: &str,
    begin: impl FnOnce(&mut RunSink<'_>),
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let mut table = Table::open(file, sink, on_bytes).ok_or(NotThisFormat)?;
    let episodes = text::head(file)
        .ok()
        .and_then(|(head, _)| of_episodes(&String::from_utf8_lossy(&head)));
    let step_at = step_column(&table.columns);
    if step_at.is_none() && episodes.is_none() && !are_folds(&table.columns) {
        return Err(NotThisFormat);
    }
    begin(sink);
    if let Some(said) = &episodes {
        let number = |name: &str| said.get(name).and_then(Json::as_f64);
        if let Some(seconds) = number("t_start") {
            let millis = ValueRef::Time((seconds * 1000.0) as i64);
            sink.set_attribute(row, attribute::START, millis);
        }
        if let Some(name) = said.get("env_id").and_then(Json::as_str) {
            sink.set_named(row, Role::Param, "env_id", ValueRef::Text(name));
        }
    }
    // Where nothing counts the rows.
    let mut count = 0.0;
    let metrics: Vec<(usize, ColumnId)> = table
        .columns
        .iter()
        .enumerate()
        .filter(|(at, name)| Some(*at) != step_at && !name.is_empty())
        .map(|(at, name)| (at, sink.column(Role::Metric, &format!("{prefix}{name}"))))
        .collect();
    while let Some(record) = table.next(sink) {
        let step = step_at.map_or(Some(count), |at| record.value(at).number());
        count += 1.0;
        let Some(step) = step else {
            let text = step_at.map_or("", |at| record.text(at));
            let what = format!("{text:?} is no step");
            let place = format!("line {}", record.line);
            let effect = "row skipped";
            sink.problem_in("training-log/no-step", file.path(), &place, &what, effect);
            continue;
        };
        for (at, metric) in &metrics {
            if let Some(value) = record.value(*at).number() {
                sink.point(row, *metric, step, 0, value);
            }
        }
    }
    Ok(())
}
