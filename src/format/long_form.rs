//! Long form: a row a logged value, `run, step, metric, value`, as delimited text or JSON.
//!
//! Columns by name: the run (`run`, `run_id`, `trial`, …), the step (`step`, `epoch`, `iteration`, …), the
//! metric's name (`metric`, `key`, `tag`, `variable`) and its `value`. A `dataset` or `split` column goes
//! before the metric, as `valid/auc`. All other columns are of the run: params, the first value counts.

use super::roles::guess_one;
use super::rows::{Target, millis_of};
use super::table::Table;
use super::{Claim, Dropped, Format, Head, NotThisFormat, json_text};
use crate::ledger::{ColumnId, Role, RunSink, Status, ValueRef, attribute};
use crate::source::{File, text};
use rustc_hash::FxHashMap;
use serde_json::Value as Json;
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "long-form",
    title: "Long form (run, step, metric, value)",
    claim,
    read,
};

pub(super) const LINES: Format = Format {
    name: "long-form-json",
    title: "Long form (JSON)",
    claim: claim_lines,
    read: read_lines,
};

pub(super) const RUN: &[&str] = &[
    "run_id",
    "run",
    "runid",
    "run_uuid",
    "trial_id",
    "trial",
    "experiment_id",
    "experiment",
    "run_name",
    "dir_name",
    "trial_index",
    "id",
];
pub(super) const STEP: &[&str] = &[
    "step",
    "epoch",
    "iteration",
    "iter",
    "global_step",
    "training_iteration",
    "round",
];
const METRIC: &[&str] = &["metric", "metric_name", "key", "tag", "variable", "name"];
const VALUE: &[&str] = &["value", "metric_value", "val", "score", "mean"];
const SPLIT: &[&str] = &["dataset", "split", "subset", "phase"];
pub(super) const TIME: &[&str] = &["timestamp", "time", "wall_time", "created_at"];

/// Where the parts of a row are.
#[derive(Clone, Debug)]
pub(super) struct Places {
    run: usize,
    step: Option<usize>,
    metric: usize,
    value: usize,
    split: Option<usize>,
    time: Option<usize>,
}

impl Places {
    /// By names; `None` where it is no long form.
    pub(super) fn of(names: &[String]) -> Option<Self> {
        let lower: Vec<String> = names
            .iter()
            .map(|name| name.trim().to_lowercase().replace(' ', "_"))
            .collect();
        let find = |list: &[&str]| {
            list.iter()
                .find_map(|wanted| lower.iter().position(|name| name == wanted))
        };
        let (run, metric, value) = (find(RUN)?, find(METRIC)?, find(VALUE)?);
        let step = find(STEP);
        let is_sure = step.is_some() || lower[metric].starts_with("metric");
        (run != metric && is_sure).then(|| Self {
            run,
            step,
            metric,
            value,
            split: find(SPLIT),
            time: find(TIME),
        })
    }

    fn is_part(&self, at: usize) -> bool {
        let optional = [self.step, self.split, self.time];
        at == self.run || at == self.metric || at == self.value || optional.contains(&Some(at))
    }
}

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    Claim::alone(place, Places::of(dropped.head(place).header()).is_some())
}

fn names_of(records: &[Json]) -> Vec<String> {
    let first = records.first().and_then(Json::as_object);
    first
        .map(|object| object.keys().cloned().collect())
        .unwrap_or_default()
}

fn claim_lines(place: usize, dropped: &Dropped<'_>) -> Claim {
    let json = &dropped.head(place).json;
    let names = names_of(json);
    let value_is_leaf = |record: &Json| {
        Places::of(&names)
            .is_some_and(|at| record.get(&names[at.value]).is_some_and(|v| !v.is_object()))
    };
    Claim::alone(place, json.first().is_some_and(value_is_leaf))
}

/// Gathers points; runs and metrics are looked up once each.
pub(super) struct Writer {
    places: Places,
    /// Columns of the run, with what they are to it.
    others: Vec<(usize, Target)>,
    /// The metrics so far, and their places by split and name.
    metrics: Vec<Metric>,
    places_of_metrics: FxHashMap<(String, String), usize>,
    /// The metric of the row before.
    metric: usize,
    /// The run of the row before, and its row: long forms are written run by run.
    run: (String, usize),
}

/// A metric that was met.
struct Metric {
    split: String,
    name: String,
    column: ColumnId,
    /// The metric that came after it last time: rows of a step come in the same order again and again.
    next: usize,
}

/// A value as text, without a copy where it is text.
pub(super) fn as_text(value: ValueRef<'_>) -> Cow<'_, str> {
    match value {
        ValueRef::Text(text) => Cow::Borrowed(text),
        ValueRef::Missing => Cow::Borrowed(""),
        other => Cow::Owned(other.to_string()),
    }
}

impl Writer {
    pub(super) fn new(names: &[String], places: Places) -> Self {
        let target = |name: &str| match guess_one(name, &[]).0 {
            // Beside an id, that is what it is called.
            Target::Id if name.eq_ignore_ascii_case("run") => Target::Attribute(attribute::NAME),
            // Measured things come as metrics of their own in this layout.
            Target::Value(Role::Metric, name) => Target::param(&name),
            target => target,
        };
        let others = (0..names.len()).filter(|at| !places.is_part(*at) && !names[*at].is_empty());
        let others = others.map(|at| (at, target(&names[at]))).collect();
        Self {
            places,
            others,
            metrics: Vec::new(),
            places_of_metrics: FxHashMap::default(),
            metric: 0,
            run: (String::new(), usize::MAX),
        }
    }

    pub(super) fn write<'v>(
        &mut self,
        value: impl Fn(usize) -> ValueRef<'v>,
        text: impl Fn(usize) -> Cow<'v, str>,
        place: impl Fn() -> String,
        sink: &mut RunSink<'_>,
    ) {
        let run = text(self.places.run);
        let metric = text(self.places.metric);
        if run.is_empty() || metric.is_empty() {
            sink.problem(
                "long-form/no-run",
                &place(),
                "it names no run or no metric",
                "row skipped",
            );
            return;
        }
        if self.run.0 != *run || self.run.1 == usize::MAX {
            let before = sink.rows();
            let row = sink.run(&run);
            if sink.rows() > before {
                for (at, target) in &self.others {
                    put(row, target, value(*at), sink);
                }
            }
            self.run = (run.into_owned(), row);
        }
        let number = match value(self.places.value) {
            ValueRef::Number(x) => x,
            ValueRef::Bool(b) => f64::from(u8::from(b)),
            ValueRef::Missing => return,
            other => {
                let what = format!("the value of {metric} is {other:?} and no number");
                sink.problem("long-form/no-number", &place(), &what, "row skipped");
                return;
            }
        };
        let split = self.places.split.map(text).unwrap_or_default();
        let column = self.column(&split, &metric, sink);
        let step = self
            .places
            .step
            .and_then(|at| value(at).number())
            .unwrap_or(f64::NAN);
        let millis = self
            .places
            .time
            .and_then(|at| millis_of(value(at)))
            .unwrap_or(0);
        sink.point(self.run.1, column, step, millis, number);
    }
}

impl Writer {
    /// The column of a metric.
    fn column(&mut self, split: &str, name: &str, sink: &mut RunSink<'_>) -> ColumnId {
        let next = self
            .metrics
            .get(self.metric)
            .map_or(0, |before| before.next);
        if let Some(metric) = self.metrics.get(next)
            && metric.name == name
            && metric.split == split
        {
            self.metric = next;
            return metric.column;
        }
        let key = (split.to_owned(), name.to_owned());
        let place = *self.places_of_metrics.entry(key).or_insert_with(|| {
            let path = if split.is_empty() {
                name.to_owned()
            } else {
                format!("{split}/{name}")
            };
            self.metrics.push(Metric {
                split: split.to_owned(),
                name: name.to_owned(),
                column: sink.column(Role::Metric, &path),
                next: 0,
            });
            self.metrics.len() - 1
        });
        if let Some(before) = self.metrics.get_mut(self.metric) {
            before.next = place;
        }
        self.metric = place;
        self.metrics[place].column
    }
}

/// Writes one value of a run.
pub(super) fn put(row: usize, target: &Target, value: ValueRef<'_>, sink: &mut RunSink<'_>) {
    if value.is_missing() {
        return;
    }
    match target {
        Target::Value(role, name) => sink.set_named(row, *role, name, value),
        Target::Text(role, name) => {
            sink.set_named(row, *role, name, ValueRef::Text(&value.to_string()));
        }
        Target::Status => sink.set_status(row, Status::from_word(&value.to_string())),
        Target::Attribute(name) => {
            sink.set_attribute(row, name, ValueRef::Text(&value.to_string()));
        }
        Target::Time(name) => {
            if let Some(millis) = millis_of(value) {
                sink.set_attribute(row, name, ValueRef::Time(millis));
            }
        }
        Target::Skip
        | Target::Id
        | Target::Stored(_)
        | Target::WithError(..)
        | Target::TagAnd(..) => {}
    }
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
    let mut writer = Writer::new(
        &table.columns,
        Places::of(&table.columns).ok_or(NotThisFormat)?,
    );
    let (step, number) = (writer.places.step, writer.places.value);
    while table.next_block(sink) {
        let columns = table.block_columns();
        let steps = step.map_or_else(Vec::new, |at| columns.numbers(at));
        let numbers = columns.numbers(number);
        for (row, record) in table.records().enumerate() {
            let known = |at: usize| match at {
                _ if at == number => numbers[row],
                _ if Some(at) == step => steps[row],
                _ => None,
            };
            let value = |at| known(at).map_or_else(|| record.value(at), ValueRef::Number);
            let text = |at| Cow::Borrowed(record.word(at));
            writer.write(value, text, || format!("line {}", record.line), sink);
        }
    }
    Ok(())
}

fn read_lines(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let names = names_of(&Head::of(*file, text::HEAD_BYTES).json);
    let mut writer = Writer::new(&names, Places::of(&names).ok_or(NotThisFormat)?);
    json_text::for_each(*file, sink, on_bytes, &mut |record, place, sink| {
        let value = |at: usize| {
            record
                .get(&names[at])
                .map_or(ValueRef::Missing, json_text::scalar)
        };
        let text = |at: usize| match record.get(&names[at]) {
            Some(Json::String(text)) => Cow::Borrowed(text.as_str()),
            other => other.map_or(Cow::default(), |leaf| as_text(json_text::scalar(leaf))),
        };
        writer.write(value, text, || place.to_owned(), sink);
    });
    Ok(())
}
