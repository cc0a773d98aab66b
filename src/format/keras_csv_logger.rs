//! A training log with one row an epoch or step, as Keras' `CSVLogger` and Lightning's `metrics.csv` are:
//! one file is one run.
//!
//! Keras writes `epoch`, then metrics in any order; keys that an epoch lacks are `NA`; the separator is
//! configurable. Lightning has its `step` anywhere, and writes training and validation of the same step as
//! rows of their own with blank cells. There are no hyperparameters in either. The run is called as the file.

use super::table::Table;
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::{ColumnId, Role, RunSink, ValueRef, attribute, parse_number};
use crate::source::{File, file_name, file_stem};

pub(super) const FORMAT: Format = Format {
    name: "training-log",
    title: "Training log (CSV)",
    claim,
    read,
};

/// Columns that count time, the finest first.
const STEPS: [&str; 6] = ["global_step", "step", "iteration", "iter", "round", "epoch"];

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

/// How many records are looked at.
const SAMPLE: usize = 50;

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    let Some((dialect, header)) = &head.table else {
        return Claim::none();
    };
    let Some(at) = step_column(header) else {
        return Claim::none();
    };
    let others = || (0..header.len()).filter(|other| *other != at && !header[*other].is_empty());
    let measured = others()
        .filter(|other| is_measured(&header[*other]))
        .count();
    let records = dialect.records_of(&head.text, SAMPLE);
    let steps: Vec<f64> = records
        .iter()
        .skip(1)
        .filter_map(|record| parse_number(record.get(at)?.trim()))
        .collect();
    let (count, pairs) = (others().count(), || steps.windows(2));
    let is_log = match steps.as_slice() {
        [] => false,
        // A training that ended after its first epoch.
        [only] => (0.0..=1.0).contains(only) && measured == count,
        _ if at == 0 && pairs().all(|pair| pair[0] < pair[1]) => measured * 2 >= count,
        [first, .., last] => {
            first < last && pairs().all(|pair| pair[0] <= pair[1]) && measured == count
        }
    };
    Claim::alone(place, is_log && count > 0)
}

/// The column that counts time, where there is one.
fn step_column(header: &[String]) -> Option<usize> {
    STEPS.iter().find_map(|step| {
        header
            .iter()
            .position(|name| name.trim().eq_ignore_ascii_case(step))
    })
}

fn is_measured(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    lower == "learning_rate"
        || STEPS.contains(&lower.as_str())
        || words.any(|word| MEASURED.contains(&word))
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
    let step_at = step_column(&table.columns).ok_or(NotThisFormat)?;
    let row = sink.run(file_name(file.path()));
    sink.set_attribute(row, attribute::NAME, ValueRef::Text(file_stem(file.path())));
    let metrics: Vec<(usize, ColumnId)> = table
        .columns
        .iter()
        .enumerate()
        .filter(|(at, name)| *at != step_at && !name.is_empty())
        .map(|(at, name)| (at, sink.column(Role::Metric, name)))
        .collect();
    while let Some(record) = table.next(sink) {
        let Some(step) = record.value(step_at).number() else {
            let what = format!("{:?} is no step", record.text(step_at));
            let place = format!("line {}", record.line);
            sink.problem("training-log/no-step", &place, &what, "row skipped");
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
