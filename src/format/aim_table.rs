//! Aim's dataframes as CSV or JSON: `Run.dataframe()`, a row a run; `Metric.dataframe()`, a row a logged point.
//!
//! A metric is its name and its context, `loss subset=val`. Times of runs are Unix seconds, those of points
//! local without a zone.

use super::json::{JsonRows, each_record, records_have};
use super::rows::{Guess, RowWriter, Target, millis_of};
use super::table::Table;
use super::{Claim, Dropped, Format, NotThisFormat, json_text, long_form};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::File;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;

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

pub(super) const RECORDS: Format = Format {
    name: "aim-records",
    title: "Aim (JSON)",
    claim: claim_records,
    read: read_records,
};

/// Whether a table with these columns has a run of Aim's a row.
pub(super) fn are_runs(has: &dyn Fn(&str) -> bool) -> bool {
    ["hash", "creation_time", "active", "experiment"]
        .iter()
        .all(|name| has(name))
}

/// Whether a table with these columns has a point a row.
fn are_points(has: &dyn Fn(&str) -> bool) -> bool {
    ["run.hash", "metric.name", "value"]
        .iter()
        .all(|name| has(name))
}

fn claim_runs(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    Claim::alone(place, are_runs(&|name| head.has(name)))
}

fn claim_metrics(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    Claim::alone(place, are_points(&|name| head.has(name)))
}

fn claim_records(place: usize, dropped: &Dropped<'_>) -> Claim {
    let are_ours = |names: &[&str]| {
        let has = |name: &str| names.contains(&name);
        are_runs(&has) || are_points(&has)
    };
    Claim::alone(place, records_have(&dropped.head(place).json, &are_ours))
}

pub(super) fn target(name: &str) -> Guess {
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
    let points = Points::of(&table.columns).ok_or(NotThisFormat)?;
    while let Some(record) = table.next(sink) {
        let text = |at| Cow::Borrowed(record.text(at));
        points.take(&|at| record.value(at), &text, sink);
    }
    Ok(())
}

fn read_records(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let mut rows = JsonRows::new(Box::new(target));
    let mut points: Option<Points> = None;
    each_record(*file, sink, on_bytes, &mut |record, place, sink| {
        let object = record.as_object();
        if points.is_none() {
            let names: Vec<String> = object.into_iter().flat_map(Map::keys).cloned().collect();
            points = Points::of(&names);
        }
        if let Some(points) = &points {
            let leaf = |at: usize| record.get(&points.columns[at]);
            let value = |at: usize| leaf(at).map_or(ValueRef::Missing, json_text::scalar);
            // As pandas writes a truth in a table of text.
            let text = |at: usize| match leaf(at) {
                Some(Json::Bool(true)) => Cow::Borrowed("True"),
                Some(Json::Bool(false)) => Cow::Borrowed("False"),
                Some(Json::String(text)) => Cow::Borrowed(text.as_str()),
                _ => long_form::as_text(value(at)),
            };
            points.take(&value, &text, sink);
        } else if let Some(row) = rows.write(record, place, sink)
            && record.get("end_time").is_some_and(|end| !end.is_null())
        {
            sink.set_status(row, Status::Finished);
        }
    })
}

/// Rows of which each is a logged point.
pub(super) struct Points {
    columns: Vec<String>,
    run: usize,
    name: usize,
    value: usize,
    step: Option<usize>,
    time: Option<usize>,
    /// Columns of the run, with what they are to it.
    of_run: Vec<(usize, Target)>,
    /// Keys of contexts in their order, each with its column.
    context: Vec<(String, usize)>,
}

impl Points {
    /// By the names of the columns; `None` where it is another table.
    pub(super) fn of(columns: &[String]) -> Option<Self> {
        let place = |wanted: &str| columns.iter().position(|name| name == wanted);
        let of_run = |(at, name): (usize, &String)| {
            let name = name.strip_prefix("run.").filter(|name| *name != "hash")?;
            Some((at, target(name).0))
        };
        let numbered = || columns.iter().enumerate();
        let key = |(at, name): (usize, &String)| {
            let key = name.strip_prefix("metric.context.")?;
            Some((key.to_owned(), at))
        };
        // What holds the columns of a frame may have them in another order.
        let mut context: Vec<(String, usize)> = numbered().filter_map(key).collect();
        order::by(&mut context, Ord::cmp);
        Some(Self {
            run: place("run.hash")?,
            name: place("metric.name")?,
            value: place("value")?,
            step: place("step"),
            time: place("time"),
            of_run: numbered().filter_map(of_run).collect(),
            context,
            columns: columns.to_vec(),
        })
    }

    /// Writes a row, whose cells are told as values and as the texts that they are written in.
    pub(super) fn take<'v>(
        &self,
        value: &dyn Fn(usize) -> ValueRef<'v>,
        text: &dyn Fn(usize) -> Cow<'v, str>,
        sink: &mut RunSink<'_>,
    ) {
        let before = sink.rows();
        let row = sink.run(&text(self.run));
        // Every row says again what its run is.
        if sink.rows() > before {
            for (at, target) in &self.of_run {
                long_form::put(row, target, value(*at), sink);
            }
        }
        let mut metric = text(self.name).into_owned();
        for (key, at) in &self.context {
            let text = text(*at);
            if !text.is_empty() {
                // pandas writes whole numbers with a fraction where other rows have none.
                let whole = text.strip_suffix(".0");
                let whole = whole.filter(|whole| whole.parse::<i64>().is_ok());
                metric.push_str(&format!(" {key}={}", whole.unwrap_or(&text)));
            }
        }
        // pandas writes NaN as an empty cell, and every row is a logged point.
        let number = value(self.value).number().unwrap_or(f64::NAN);
        let step = self.step.and_then(|at| value(at).number());
        let millis = self.time.and_then(|at| millis_of(value(at)));
        let column = sink.column(Role::Metric, &metric);
        let (step, millis) = (step.unwrap_or(f64::NAN), millis.unwrap_or_default());
        sink.point(row, column, step, millis, number);
    }
}
