//! A table with a row a step and a column a metric: histories of several runs below one another, or the history of
//! one W&B run (`run.history().to_csv()`, with `_step` and `_timestamp`).
//!
//! What of a run stays the same over its steps, and is not a thing that is measured, is a param.

use super::head::WIDEST_BYTES;
use super::long_form::{RUN, STEP, TIME};
use super::roles::guess_one;
use super::rows::{Target, millis_of};
use super::table::Table;
use super::training_log::{is_measured, run_name};
use super::{Claim, Dropped, Format, Head, NotThisFormat};
use crate::ledger::{ColumnId, Role, RunSink, ValueRef, attribute, parse_number};
use crate::source::{File, file_name};
use rustc_hash::FxHashMap;

pub(super) const FORMAT: Format = Format {
    name: "step-table",
    title: "Histories (a row a step)",
    claim,
    read,
};

/// How many records are looked at.
const SAMPLE: usize = 300;

/// Where the parts of a row are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Places {
    /// `None`: the file is one run.
    run: Option<usize>,
    step: usize,
    time: Option<usize>,
    metrics: Vec<usize>,
    params: Vec<usize>,
}

impl Places {
    /// By names and the first records; `None` where it is no such table.
    fn of(head: &Head) -> Option<Self> {
        let (dialect, header) = head.table.as_ref()?;
        let lower: Vec<String> = header
            .iter()
            .map(|name| name.trim().to_lowercase())
            .collect();
        let find = |list: &[&str]| {
            let mut places = list
                .iter()
                .map(|wanted| lower.iter().position(|name| name == wanted));
            places.find_map(|place| place)
        };
        let is_wandb = lower.iter().any(|name| name == "_step")
            && ["_timestamp", "_runtime"]
                .iter()
                .any(|name| lower.iter().any(|known| known == name));
        let run = find(RUN);
        let step = if is_wandb {
            find(&["_step"])?
        } else {
            find(STEP)?
        };
        let records = dialect.records_of(&head.text, SAMPLE);
        // The last may be cut by the end of the head.
        let whole = if head.is_whole {
            records.len()
        } else {
            records.len().saturating_sub(1)
        };
        let records = records.get(1..whole).unwrap_or_default();
        let is_history = match run {
            Some(run) => goes_on(records, run, step),
            None => is_wandb,
        };
        if !is_history {
            return None;
        }
        let time = find(&["_timestamp"]).or_else(|| find(TIME));
        let mut places = Self {
            run,
            step,
            time,
            metrics: Vec::new(),
            params: Vec::new(),
        };
        for at in 0..header.len() {
            let is_part = Some(at) == run || at == step || Some(at) == time;
            let is_bookkeeping = lower[at].is_empty() || is_wandb && lower[at].starts_with('_');
            if is_part || is_bookkeeping {
                continue;
            }
            let is_number = |record: &Vec<String>| {
                let cell = record.get(at).map_or("", |cell| cell.trim());
                cell.is_empty() || parse_number(&dialect.with_point(cell)).is_some()
            };
            let stays = run.is_some_and(|run| stays_the_same(records, run, at));
            let is_param = if stays {
                // What a schedule leaves alone was given.
                !is_measured(&header[at]) || ["lr", "learning_rate"].contains(&lower[at].as_str())
            } else {
                !records.iter().all(is_number)
            };
            if is_param {
                places.params.push(at);
            } else {
                places.metrics.push(at);
            }
        }
        (!places.metrics.is_empty()).then_some(places)
    }
}

/// Whether steps grow within runs, and some run has several.
fn goes_on(records: &[Vec<String>], run: usize, step: usize) -> bool {
    let mut last: FxHashMap<&str, f64> = FxHashMap::default();
    let mut grew = false;
    for record in records {
        let (Some(run), Some(step)) = (record.get(run), record.get(step)) else {
            continue;
        };
        let Some(step) = parse_number(step.trim()) else {
            return false;
        };
        if let Some(before) = last.insert(run, step) {
            if step < before {
                return false;
            }
            grew |= step > before;
        }
    }
    grew
}

/// Whether a column has one value a run.
fn stays_the_same(records: &[Vec<String>], run: usize, at: usize) -> bool {
    let mut values: FxHashMap<&str, &str> = FxHashMap::default();
    records.iter().all(|record| {
        let (Some(run), Some(value)) = (record.get(run), record.get(at)) else {
            return true;
        };
        *values.entry(run).or_insert(value) == value
    })
}

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    Claim::alone(place, Places::of(dropped.head(place)).is_some())
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = *files.first().ok_or(NotThisFormat)?;
    let places = Places::of(&Head::of(file, WIDEST_BYTES)).ok_or(NotThisFormat)?;
    let mut table = Table::open(file, sink, on_bytes).ok_or(NotThisFormat)?;
    let names = table.columns.clone();
    let name = |at: usize| names.get(at).map_or("", String::as_str);
    let metrics: Vec<(usize, ColumnId)> = places
        .metrics
        .iter()
        .map(|at| (*at, sink.column(Role::Metric, name(*at))))
        .collect();
    let mut only = None;
    if places.run.is_none() {
        let row = sink.run(file_name(file.path()));
        sink.set_attribute(row, attribute::NAME, ValueRef::Text(run_name(file.path())));
        only = Some(row);
    }
    // Histories are written run by run.
    let mut last = (String::new(), only);
    while let Some(record) = table.next(sink) {
        let id = places.run.map_or("", |at| record.text(at).trim());
        let place = || format!("line {}", record.line);
        if places.run.is_some() && id.is_empty() {
            sink.problem(
                "step-table/no-run",
                &place(),
                "it names no run",
                "row skipped",
            );
            continue;
        }
        let row = match last {
            (ref known, Some(row)) if known == id => row,
            _ => {
                let before = sink.rows();
                let row = sink.run(id);
                if row == before {
                    for at in &places.params {
                        if let Target::Value(role @ (Role::Param | Role::Tag), name) =
                            guess_one(name(*at), &[]).0
                        {
                            sink.set_named(row, role, &name, record.value(*at));
                        } else {
                            sink.set_named(row, Role::Param, name(*at), record.value(*at));
                        }
                    }
                }
                last = (id.to_owned(), Some(row));
                row
            }
        };
        let step = record.value(places.step).number().unwrap_or(f64::NAN);
        let millis = places
            .time
            .and_then(|at| millis_of(record.value(at)))
            .unwrap_or(0);
        for (at, metric) in &metrics {
            if let Some(value) = record.value(*at).number() {
                sink.point(row, *metric, step, millis, value);
            }
        }
    }
    Ok(())
}
