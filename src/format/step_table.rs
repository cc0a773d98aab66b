//! A table with a row a step and a column a metric: histories of several runs below one another, or the history of
//! one W&B run (`run.history().to_csv()`, with `_step` and `_timestamp`).
//!
//! In Parquet too. What of a run stays the same over its steps, and is not a thing that is measured, is a param.

use super::head::WIDEST_BYTES;
use super::long_form::{RUN, STEP, TIME};
use super::roles::guess_one;
use super::rows::{Target, millis_of};
use super::table::Table;
use super::training_log::{is_measured, run_name};
use super::{Claim, Dropped, Format, Head, NotThisFormat};
use crate::ledger::{ColumnId, Role, RunSink, Status, ValueRef, attribute, parse_number};
use crate::source::{File, file_name};

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
pub(super) struct Places {
    /// `None`: the file is one run.
    run: Option<usize>,
    step: usize,
    time: Option<usize>,
    metrics: Vec<usize>,
    params: Vec<usize>,
    /// Where a row says which part of the data it was measured on.
    part: Option<usize>,
}

/// What people call that column, and the parts.
const PART: [&str; 6] = ["split", "phase", "subset", "stage", "mode", "partition"];
const PARTS: [&str; 9] = [
    "train",
    "training",
    "val",
    "valid",
    "validation",
    "dev",
    "test",
    "testing",
    "eval",
];

impl Places {
    /// By names and the first records; `None` where it is no such table.
    fn of(head: &Head) -> Option<Self> {
        let (dialect, header) = head.table.as_ref()?;
        let records = || {
            let mut records = dialect.records_of(&head.text, SAMPLE);
            // The last may be cut by the end of the head.
            if !head.is_whole {
                records.pop();
            }
            records.drain(..records.len().min(1));
            records
        };
        let is_number = |cell: &str| dialect.number(cell).is_some();
        Self::among(header, &records, &is_number)
    }

    /// Those of one run's steps, by the column of the step and those of metrics.
    pub(super) fn of_one_run(step: usize, metrics: Vec<usize>) -> Self {
        Self {
            run: None,
            step,
            time: None,
            metrics,
            params: Vec::new(),
            part: None,
        }
    }

    /// By names and some records; `None` where it is no such table.
    pub(super) fn among(
        header: &[String],
        records: &dyn Fn() -> Vec<Vec<String>>,
        is_number: &dyn Fn(&str) -> bool,
    ) -> Option<Self> {
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
        let records = &records();
        let is_of_parts = |at: &usize| {
            let part = |record: &Vec<String>| {
                let part = record.get(*at).map_or("", |cell| cell.trim());
                PARTS.contains(&part.to_ascii_lowercase().as_str())
            };
            PART.contains(&lower[*at].as_str()) && records.iter().all(part)
        };
        let part = (0..header.len()).find(is_of_parts);
        let is_given = |name: &String| {
            let (target, doubt) = guess_one(name, &[]);
            matches!(target, Target::Value(Role::Param, _)) && doubt.is_none()
        };
        let is_rate = |name: &str| ["lr", "learning_rate"].contains(&name);
        let mut names = lower.iter();
        let is_history = if let Some(run) = run {
            goes_on(records, run, step)
        } else {
            // Training and validation of one run below one another. A table of runs has columns that were given.
            is_wandb
                || part.is_some_and(|part| goes_on(records, part, step))
                    && !names.any(|name| is_given(name) && !is_rate(name))
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
            part: None,
        };
        for at in 0..header.len() {
            let is_part = Some(at) == run || at == step || Some(at) == time;
            let is_bookkeeping = lower[at].is_empty() || is_wandb && lower[at].starts_with('_');
            if is_part || is_bookkeeping {
                continue;
            }
            let is_number = |record: &Vec<String>| {
                let cell = record.get(at).map_or("", |cell| cell.trim());
                cell.is_empty() || is_number(cell)
            };
            let stays = run.is_some_and(|run| {
                stays_the_same(records, run, step, at) || is_given_apart(records, step, at)
            });
            if !stays && Some(at) == part {
                places.part = part;
                continue;
            }
            // A row's own number.
            if !stays && RUN.contains(&lower[at].as_str()) {
                continue;
            }
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

/// Whether a column of this name, in small letters, tells runs apart.
pub(super) fn names_run(lower: &str) -> bool {
    RUN.contains(&lower)
}

/// Whether steps grow within runs, and some run has several. What a run was given may stand in a row without a step.
fn goes_on(records: &[Vec<String>], run: usize, step: usize) -> bool {
    let mut last: order::Map<&str, f64> = order::Map::new();
    let mut grew = false;
    let with_step = records.iter().filter(|record| has_cell(record, step));
    if with_step.count() * 2 < records.len() {
        return false;
    }
    for record in records {
        let (Some(run), Some(step)) = (record.get(run), record.get(step)) else {
            continue;
        };
        if step.trim().is_empty() {
            continue;
        }
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

fn has_cell(record: &[String], at: usize) -> bool {
    record.get(at).is_some_and(|cell| !cell.trim().is_empty())
}

/// Whether a column has cells only in rows without a step.
fn is_given_apart(records: &[Vec<String>], step: usize, at: usize) -> bool {
    let mut with_cell = records
        .iter()
        .filter(|record| has_cell(record, at))
        .peekable();
    with_cell.peek().is_some() && with_cell.all(|record| !has_cell(record, step))
}

/// Whether a column has one value a run, wherever there is a step.
fn stays_the_same(records: &[Vec<String>], run: usize, step: usize, at: usize) -> bool {
    let mut values: order::Map<&str, &str> = order::Map::new();
    let mut with_step = records.iter().filter(|record| has_cell(record, step));
    with_step.all(|record| {
        let (Some(run), Some(value)) = (record.get(run), record.get(at)) else {
            return true;
        };
        *values.or_insert_with(run, || value) == value
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
    let run = places.run;
    let mut writer = Writer::new(places, names, sink);
    writer.begin(file.path(), sink);
    while let Some(record) = table.next(sink) {
        let id = run.map_or("", |at| record.text(at).trim());
        let place = || format!("line {}", record.line);
        writer.write(id, &|at| record.value(at), &place, sink);
    }
    Ok(())
}

/// Writes rows as points of their runs.
pub(super) struct Writer {
    places: Places,
    names: Vec<String>,
    metrics: Vec<(usize, ColumnId)>,
    /// The part of the data of the row before: where rows name parts, metrics are theirs.
    part: String,
    /// Where it stands how a run is getting on: the last row with a word for it says how it ended.
    status: Option<usize>,
    /// The run of the row before, and its row: histories are written run by run.
    last: (String, Option<usize>),
}

impl Writer {
    pub(super) fn new(mut places: Places, names: Vec<String>, sink: &mut RunSink<'_>) -> Self {
        let name = |at: usize| names.get(at).map_or("", String::as_str);
        let params = &mut places.params;
        let is_status = |at: &usize| guess_one(name(*at), &[]).0 == Target::Status;
        let status = params
            .iter()
            .position(is_status)
            .map(|at| params.remove(at));
        // A row that names its part comes first.
        let metrics = places.metrics.iter().filter(|_| places.part.is_none());
        let metrics = metrics.map(|at| (*at, sink.column(Role::Metric, name(*at))));
        Self {
            metrics: metrics.collect(),
            part: String::new(),
            status,
            places,
            names,
            last: (String::new(), None),
        }
    }

    /// Begins the one run of a file whose rows name none.
    pub(super) fn begin(&mut self, path: &str, sink: &mut RunSink<'_>) {
        if self.places.run.is_none() {
            let row = sink.run(file_name(path));
            sink.set_attribute(row, attribute::NAME, ValueRef::Text(run_name(path)));
            self.last.1 = Some(row);
        }
    }

    /// Adds a metric that the first rows lacked, and gives its place.
    pub(super) fn add(&mut self, name: &str, sink: &mut RunSink<'_>) -> usize {
        let at = self.names.len();
        self.names.push(name.to_owned());
        self.places.metrics.push(at);
        self.metrics.push((at, sink.column(Role::Metric, name)));
        at
    }

    /// Where the run of a row is named.
    pub(super) fn run(&self) -> Option<usize> {
        self.places.run
    }

    /// Writes a row, of the run of this id.
    pub(super) fn write<'v>(
        &mut self,
        id: &str,
        value: &dyn Fn(usize) -> ValueRef<'v>,
        place: &dyn Fn() -> String,
        sink: &mut RunSink<'_>,
    ) {
        let places = &self.places;
        if places.run.is_some() && id.is_empty() {
            sink.problem(
                "step-table/no-run",
                &place(),
                "it names no run",
                "row skipped",
            );
            return;
        }
        let before = sink.rows();
        let row = match self.last {
            (ref known, Some(row)) if known == id => row,
            _ => {
                let row = sink.run(id);
                self.last = (id.to_owned(), Some(row));
                row
            }
        };
        if row == before || places.run.is_some() && value(places.step).is_missing() {
            for at in &places.params {
                let name = self.names.get(*at).map_or("", String::as_str);
                match guess_one(name, &[]).0 {
                    Target::Value(role @ (Role::Param | Role::Tag), name) => {
                        sink.set_named(row, role, &name, value(*at));
                    }
                    Target::Attribute(name) => sink.set_attribute(row, name, value(*at)),
                    _ => sink.set_named(row, Role::Param, name, value(*at)),
                }
            }
        }
        if let Some((at, word)) = self.status.and_then(|at| Some((at, value(at).text()?))) {
            match Status::from_word(word) {
                // A state of something else.
                Status::Unknown => {
                    sink.set_named(row, Role::Param, &self.names[at], ValueRef::Text(word));
                }
                status => sink.set_status(row, status),
            }
        }
        if let Some(part) = places.part.and_then(|at| value(at).text())
            && part != self.part
        {
            part.clone_into(&mut self.part);
            let name = |at: usize| self.names.get(at).map_or("", String::as_str);
            let metrics = places.metrics.iter();
            let column = |at| sink.column(Role::Metric, &format!("{part}/{}", name(at)));
            self.metrics = metrics
                .copied()
                .zip(places.metrics.iter().copied().map(column))
                .collect();
        }
        let step = value(places.step).number().unwrap_or(f64::NAN);
        let millis = places.time.and_then(|at| millis_of(value(at)));
        for (at, metric) in &self.metrics {
            if let Some(value) = value(*at).number() {
                sink.point(row, *metric, step, millis.unwrap_or(0), value);
            }
        }
    }
}
