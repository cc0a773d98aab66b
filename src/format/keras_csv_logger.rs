//! A training log with one row an epoch, as Keras' `CSVLogger` writes it: one file is one run.
//!
//! `epoch` (or `step`), then metrics in any order; keys that an epoch lacks are `NA`; the separator is
//! configurable. There are no hyperparameters in it. The run is called as the file.

use super::table::Table;
use super::{Format, Head, NotThisFormat};
use crate::ledger::{ColumnId, Role, RunSink, ValueRef, attribute, parse_number};
use crate::source::{File, file_name, file_stem};

pub(super) const FORMAT: Format = Format {
    name: "training-log",
    title: "Training log (CSV)",
    claim,
    read,
};

/// Columns that count time.
const STEPS: [&str; 6] = ["epoch", "step", "global_step", "iteration", "iter", "round"];

/// How many records are looked at.
const SAMPLE: usize = 50;

fn claim(place: usize, heads: &[Head]) -> Vec<usize> {
    let head = &heads[place];
    let Some(first) = head.header().first().map(|name| name.to_lowercase()) else {
        return Vec::new();
    };
    let Some((dialect, header)) = &head.table else {
        return Vec::new();
    };
    // Every other column is a number that training measures, and the first counts up from the start.
    let words = [
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
        "f1",
        "lr",
        "learning_rate",
    ];
    let is_measured = |name: &String| {
        let lower = name.to_lowercase();
        lower == "learning_rate"
            || lower
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| words.contains(&word))
            || STEPS.contains(&lower.as_str())
    };
    let named = header[1..].iter().filter(|name| is_measured(name)).count();
    let mut reader = csv::ReaderBuilder::new();
    let mut records = reader
        .delimiter(dialect.delimiter)
        .flexible(true)
        .from_reader(head.text.as_bytes());
    let steps: Vec<f64> = records
        .records()
        .filter_map(Result::ok)
        .take(SAMPLE)
        .filter_map(|record| parse_number(record.get(0)?.trim()))
        .collect();
    let counts_up = steps.len() > 1 && steps.windows(2).all(|pair| pair[0] < pair[1]);
    let is_ours = STEPS.contains(&first.as_str())
        && header.len() > 1
        && named * 2 >= header.len() - 1
        && counts_up;
    if is_ours { vec![place] } else { Vec::new() }
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
    let row = sink.run(file_name(file.path()));
    sink.set_attribute(row, attribute::NAME, ValueRef::Text(file_stem(file.path())));
    let metrics: Vec<Option<ColumnId>> = table
        .columns
        .iter()
        .enumerate()
        .map(|(at, name)| (at > 0 && !name.is_empty()).then(|| sink.column(Role::Metric, name)))
        .collect();
    while let Some(record) = table.next(sink) {
        let Some(step) = record.value(0).number() else {
            if !record.is_blank() {
                let what = format!("{:?} is no step", record.text(0));
                sink.problem(
                    "training-log/no-step",
                    &format!("line {}", record.line),
                    &what,
                    "row skipped",
                );
            }
            continue;
        };
        for (at, metric) in metrics.iter().enumerate() {
            if let (Some(metric), Some(value)) = (metric, record.value(at).number()) {
                sink.point(row, *metric, step, 0, value);
            }
        }
    }
    Ok(())
}
