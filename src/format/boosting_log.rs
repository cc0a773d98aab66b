//! What boosting libraries and trainers print or return of a training: an evaluation a round.
//!
//! The lines of XGBoost (`[3]<tab>train-rmse:0.5<tab>test-rmse:0.6`), LightGBM (`[3]<tab>valid_0's l2: 0.24`) and `CatBoost`
//! (`3:<tab>learn: 0.6<tab>test: 0.7<tab>total: 5ms`); dicts that a trainer prints amid other lines (`{'loss': 0.5, 'epoch': 1.0}`
//! of Hugging Face, `… | INFO | train | {"epoch": 1, "train_num_updates": "200"}` of fairseq); and `evals_result` or a Keras `History.history` as JSON: lists of
//! values by data set and metric. One file is one run, called as [`run_name`] says.

use super::run_folders::json_of;
use super::training_log::{finest_step, is_measured, is_of_folds, run_name};
use super::{Claim, Dropped, Format, Head, NotThisFormat, json_text, python_repr};
use crate::ledger::{Role, RunSink, ValueRef, attribute, parse_number};
use crate::source::{File, file_name, text};
use serde_json::{Map, Value as Json};
use std::io::{BufRead as _, BufReader, Read as _};

pub(super) const FORMAT: Format = Format {
    name: "boosting-log",
    title: "Evaluations by round (LightGBM, XGBoost, CatBoost)",
    claim,
    read,
};

/// How many lines are looked at.
const SAMPLE: usize = 200;

/// A longer line is none of these.
const LINE_BYTES: u64 = 1 << 16;

/// What `CatBoost` prints beside metrics.
const NO_METRICS: [&str; 3] = ["best", "total", "remaining"];

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    Claim::alone(place, is_log(dropped.head(place)))
}

/// Whether a file is such a log.
pub(super) fn is_log(head: &Head) -> bool {
    if let [Json::Object(object)] = head.json.as_slice() {
        return head.is_whole && is_by_round(object);
    }
    // Progress bars are written over themselves: between two dicts may be many lines.
    let mut rounds = head.text.lines().take(SAMPLE).filter_map(round_of);
    let mut dicts = head.text.lines().filter_map(dict_of).map(|dict| dict.0);
    rounds.nth(1).is_some()
        || head.json.is_empty()
            && (dicts.next().zip(dicts.next())).is_some_and(|(one, next)| one <= next)
}

/// The dict of numbers that a line ends in, without what counts the steps, and the step.
fn dict_of(line: &str) -> Option<(f64, Vec<(String, f64)>)> {
    // The bar that stood in the line before.
    let line = line.trim_end().rsplit('\r').next()?;
    let dict = line.ends_with('}').then(|| line.find('{')).flatten()?;
    let dict = python_repr::dict(&line[dict..])?;
    let step = dict
        .keys()
        .find(|name| name.ends_with("num_updates"))
        .map(String::as_str)
        .or_else(|| finest_step(|name| dict.contains_key(name)))?;
    let number = |value: &Json| match value {
        Json::String(text) => parse_number(text),
        value => json_text::scalar(value).number(),
    };
    let values = dict.iter().filter(|(name, _)| *name != step);
    let values = values.map(|(name, value)| Some((name.clone(), number(value)?)));
    let values: Vec<(String, f64)> = values.collect::<Option<_>>()?;
    (!values.is_empty()).then_some((number(dict.get(step)?)?, values))
}

/// Lists of numbers by data set and metric, or by names that only metrics have.
fn is_by_round(object: &Map<String, Json>) -> bool {
    let is_list = |value: &Json| {
        let items = value.as_array().filter(|items| !items.is_empty());
        items.is_some_and(|items| {
            items
                .iter()
                .all(|item| json_text::scalar(item).number().is_some())
        })
    };
    let are_lists = |value: &Json| {
        let inner = value.as_object().filter(|inner| !inner.is_empty());
        inner.is_some_and(|inner| inner.values().all(is_list))
    };
    // As Keras writes them: what was measured on other data has the same name behind `val_`.
    let is_history = || {
        // By hand, as `train_loss` and `val_acc`, or of a cross-validation.
        let names_data = ["train_loss", "training_loss", "loss_train"]
            .iter()
            .any(|name| object.contains_key(*name))
            || object.keys().all(|name| is_of_folds(name));
        (names_data || object.contains_key("loss"))
            && object.iter().all(|(name, value)| {
                let inner = name.strip_prefix("val_");
                let is_paired = inner.is_none_or(|inner| object.contains_key(inner));
                is_list(value) && is_measured(name) && (is_paired || names_data)
            })
            && finest_step(|name| object.contains_key(name)).is_none()
    };
    !object.is_empty() && (object.values().all(are_lists) || is_history())
}

/// The round of a line, and its metrics as written; `None` where it is no line of these.
fn round_of(line: &str) -> Option<(f64, Vec<(&str, f64)>)> {
    // What loggers put before, as `[LightGBM] [Info] ` or a time, is passed over.
    let (before, fields) = line.trim_end().split_once('\t')?;
    let round = if let Some(number) = before.strip_suffix(']') {
        number.rsplit_once('[')?.1
    } else {
        before.strip_suffix(':')?.rsplit(' ').next()?
    };
    let round = round.trim().parse::<u32>().ok()?;
    let mut metrics = Vec::new();
    for field in fields.split('\t') {
        let (name, value) = field.rsplit_once(':')?;
        let name = name.trim();
        // A cross-validation's mean has its deviation behind it: `0.51 + 0.02`, `0.51+0.02`.
        let value = value.trim();
        let end = value
            .char_indices()
            .skip(1)
            .find(|(at, c)| (*c == '+' && !value[..*at].ends_with(['e', 'E'])) || *c == ' ')
            .map_or(value.len(), |(at, _)| at);
        if !NO_METRICS.contains(&name) {
            metrics.push((name, parse_number(&value[..end])?));
        }
    }
    (!metrics.is_empty()).then_some((f64::from(round), metrics))
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = *files.first().ok_or(NotThisFormat)?;
    let row = sink.run(file_name(file.path()));
    sink.set_attribute(row, attribute::NAME, ValueRef::Text(run_name(file.path())));
    read_into(row, file, "", sink, on_bytes);
    Ok(())
}

/// Reads a log's points into a run's row, each metric's name behind `prefix`.
pub(super) fn read_into(
    row: usize,
    file: &dyn File,
    prefix: &str,
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) {
    let is_json = file_name(file.path())
        .to_ascii_lowercase()
        .ends_with(".json");
    if is_json {
        lists(row, &json_of(file, sink), prefix, sink);
        on_bytes(file.len_bytes());
        return;
    }
    let reader = match text::open(file, on_bytes) {
        Ok(reader) => reader,
        Err(error) => {
            let effect = "left out";
            sink.problem_in(
                "source/cannot-read",
                file.path(),
                "",
                &error.to_string(),
                effect,
            );
            return;
        }
    };
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    let mut is_told_again = false;
    loop {
        line.clear();
        match (&mut reader).take(LINE_BYTES).read_until(b'\n', &mut line) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => {
                let effect = "what follows was not read";
                sink.problem_in(
                    "source/cannot-read",
                    file.path(),
                    "",
                    &error.to_string(),
                    effect,
                );
                return;
            }
        }
        let text = String::from_utf8_lossy(&line);
        // LightGBM's own: `valid_0's l2` is the metric `l2` of the data set `valid_0`.
        let round = round_of(&text).filter(|_| !is_told_again);
        if let Some((step, values)) = dict_of(&text) {
            for (name, value) in values {
                let column = sink.column(Role::Metric, &format!("{prefix}{name}"));
                sink.point(row, column, step, 0, value);
            }
        }
        // The round that was best is told again where training ends.
        is_told_again = text.trim_end().ends_with("best iteration is:");
        if let Some((round, metrics)) = round {
            for (name, value) in metrics {
                let name = format!("{prefix}{}", name.replacen("'s ", "/", 1));
                let column = sink.column(Role::Metric, &name);
                sink.point(row, column, round, 0, value);
            }
        }
    }
}

/// Lists of values become curves, those in objects behind the name of the object.
fn lists(row: usize, value: &Json, prefix: &str, sink: &mut RunSink<'_>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let name = format!("{prefix}{name}");
        let Some(items) = value.as_array() else {
            if prefix.matches('/').count() < 4 {
                lists(row, value, &format!("{name}/"), sink);
            }
            continue;
        };
        let column = sink.column(Role::Metric, &name);
        for (round, item) in items.iter().enumerate() {
            if let Some(value) = json_text::scalar(item).number() {
                sink.point(row, column, round as f64, 0, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::round_of;

    #[test]
    fn each_library_has_its_lines() {
        assert_eq!(
            round_of("[3]\ttrain-rmse:0.5\ttest-rmse:1e-2"),
            Some((3.0, vec![("train-rmse", 0.5), ("test-rmse", 1e-2)]))
        );
        assert_eq!(
            round_of("[10]\ttraining's l2: 0.24\tvalid_1's auc: 0.9"),
            Some((10.0, vec![("training's l2", 0.24), ("valid_1's auc", 0.9)]))
        );
        assert_eq!(
            round_of("2026-01-01 10:00 [7]\tcv_agg's l2: 0.25 + 0.01"),
            Some((7.0, vec![("cv_agg's l2", 0.25)]))
        );
        assert_eq!(
            round_of("5:\tlearn: 0.69\ttest: 0.7\tbest: 0.7 (5)\ttotal: 57ms\tremaining: 1m 2s"),
            Some((5.0, vec![("learn", 0.69), ("test", 0.7)]))
        );
        assert_eq!(round_of("[LightGBM] [Info] Total Bins 255"), None);
        assert_eq!(round_of("a\tb"), None);
    }
}
