//! Aim's dataframes as CSV: `Run.dataframe()`, a row a run; `Metric.dataframe()`, a row a logged point.
//!
//! A metric is its name and its context, `loss subset=val`. Times of runs are Unix seconds, those of points
//! local without a zone.

use super::rows::{Guess, RowWriter, Target, millis_of};
use super::table::Table;
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::File;

pub(super) const RUNS: Format = Format {
    name: "aim-runs",
    title: "Aim runs (CSV)",
    claim: claim_runs,
    read: read_runs,
};

pub(super) const METRICS: Format = Format {
    name: "aim-metrics",
    title: "Aim metrics (CSV)",
    claim: claim_metrics,
    read: read_metrics,
};

fn claim_runs(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    Claim::alone(
        place,
        ["hash", "creation_time", "active", "experiment"]
            .iter()
            .all(|name| head.has(name)),
    )
}

fn claim_metrics(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    Claim::alone(
        place,
        ["run.hash", "metric.name", "value"]
            .iter()
            .all(|name| head.has(name)),
    )
}

fn target(name: &str) -> Guess {
    let target = match name {
        "" | "active" | "duration" => Target::Skip,
        "hash" => Target::Id,
        "name" => Target::Attribute(attribute::NAME),
        "experiment" => Target::Attribute(attribute::GROUP),
        "creation_time" => Target::Time(attribute::START),
        "end_time" => Target::Time(attribute::END),
        "description" | "archived" | "tags" => Target::tag(name),
        _ => Target::param(name),
    };
    (target, None)
}

fn read_runs(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
    let guesses = table.columns.iter().map(|name| target(name)).collect();
    let end = table.columns.iter().position(|name| name == "end_time");
    RowWriter::new(guesses).write_each(&mut table, sink, |record, row, sink| {
        // Aim has no status: what has an end has ended, how is not said.
        if end.is_some_and(|at| !record.value(at).is_missing()) {
            sink.set_status(row, Status::Finished);
        }
    });
    Ok(())
}

fn read_metrics(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
    let columns = table.columns.clone();
    let place = |wanted: &str| {
        columns
            .iter()
            .position(|name| name == wanted)
            .ok_or(NotThisFormat)
    };
    let (run_at, name_at, value_at) = (place("run.hash")?, place("metric.name")?, place("value")?);
    let (step_at, time_at) = (place("step").ok(), place("time").ok());
    while let Some(record) = table.next(sink) {
        let row = sink.run(record.text(run_at));
        let mut metric = record.text(name_at).to_owned();
        for (at, name) in columns.iter().enumerate() {
            if let (Some(key), false) = (
                name.strip_prefix("metric.context."),
                record.text(at).is_empty(),
            ) {
                // pandas writes whole numbers with a fraction where other rows have none.
                let text = record.text(at);
                let whole = text.strip_suffix(".0");
                let whole = whole.filter(|whole| whole.parse::<i64>().is_ok());
                metric.push_str(&format!(" {key}={}", whole.unwrap_or(text)));
            } else if let Some(param) = name.strip_prefix("run.").filter(|param| *param != "hash") {
                match target(param).0 {
                    Target::Attribute(name) => sink.set_attribute(row, name, record.value(at)),
                    Target::Time(name) => {
                        if let Some(millis) = millis_of(record.value(at)) {
                            sink.set_attribute(row, name, ValueRef::Time(millis));
                        }
                    }
                    Target::Value(role, name) => sink.set_named(row, role, &name, record.value(at)),
                    _ => {}
                }
            }
        }
        // pandas writes NaN as an empty cell, and every row is a logged point.
        let value = record.value(value_at).number().unwrap_or(f64::NAN);
        let step = step_at
            .and_then(|at| record.value(at).number())
            .unwrap_or(f64::NAN);
        let millis = time_at
            .and_then(|at| millis_of(record.value(at)))
            .unwrap_or_default();
        let column = sink.column(Role::Metric, &metric);
        sink.point(row, column, step, millis, value);
    }
    Ok(())
}
