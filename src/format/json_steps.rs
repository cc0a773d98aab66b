//! JSON whose records are the steps of runs, as loggers write them a line each. The rules are those of delimited text.

use super::json::{places_of, table_of};
use super::{json_text, step_table, training_log};
use crate::ledger::{Role, RunSink, Value, ValueRef, parse_number};
use crate::source::file_name;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};

/// How many metrics there may be: each takes time at every step.
const METRICS: usize = 5000;

/// So many records of a kind are the steps of a training, and fewer may be anything.
const LEAST_OF_A_KIND: usize = 3;

/// Records that are steps, of runs that they name or of the one that the file is.
pub(super) struct Steps {
    writer: step_table::Writer,
    places: FxHashMap<String, usize>,
    /// The run, where its steps are [`by_mode`].
    modes: Option<usize>,
}

impl Steps {
    /// By the first records; `None` where they are no steps.
    pub(super) fn of(sample: &[Json], path: &str, sink: &mut RunSink<'_>) -> Option<Self> {
        if sample.len() < 2 {
            return None;
        }
        if sample.iter().any(|record| by_mode(record).is_some()) {
            let places = step_table::Places::of_one_run(0, Vec::new());
            let begun = Self::begun(places, vec![EPOCH.to_owned()], path, sink);
            let modes = Some(sink.run(file_name(path)));
            return Some(Self { modes, ..begun });
        }
        let (mut columns, mut cells) = table_of(sample);
        // The members of an object have no order.
        if let Some(step) = training_log::step_column(&columns) {
            columns.swap(0, step);
            for row in &mut cells {
                row.resize(columns.len(), String::new());
                row.swap(0, step);
            }
        }
        let is_number = |cell: &str| parse_number(cell).is_some();
        let of_one_run = || {
            let mut names = columns.iter().map(|name| name.to_lowercase());
            let are_steps = |records: &[Vec<String>]| {
                training_log::are_steps(&columns, records, &parse_number, file_name(path))
            };
            let is_ours = !names.any(|name| step_table::names_run(&name))
                && (are_steps(&cells)
                    || most_of_a_kind(&cells, path).is_some_and(|most| are_steps(&most)));
            let is_metric = |at: &usize| {
                let mut cells = cells.iter().filter_map(|row| row.get(*at));
                cells.any(|cell| is_number(cell))
            };
            let metrics = (1..columns.len()).filter(is_metric);
            is_ours.then(|| step_table::Places::of_one_run(0, metrics.collect()))
        };
        let among = step_table::Places::among(&columns, &|| cells.clone(), &is_number);
        let found = among.or_else(of_one_run)?;
        Some(Self::begun(found, columns, path, sink))
    }

    fn begun(
        found: step_table::Places,
        columns: Vec<String>,
        path: &str,
        sink: &mut RunSink<'_>,
    ) -> Self {
        let places = places_of(&columns);
        let mut writer = step_table::Writer::new(found, columns, sink);
        writer.begin(path, sink);
        Self {
            writer,
            places,
            modes: None,
        }
    }

    pub(super) fn write(&mut self, record: &Json, place: &str, sink: &mut RunSink<'_>) {
        let of_mode = by_mode(record);
        if let (None, Some(row), Some(object)) = (&of_mode, self.modes, record.as_object()) {
            // What MMCV says of a run before its steps.
            json_text::flatten(object, &mut |path, value| {
                let is_given = value.number().is_some();
                let role = if is_given { Role::Param } else { Role::Tag };
                sink.set_named(row, role, path, value);
            });
            return;
        }
        let Self { writer, places, .. } = self;
        let mut row: Vec<Option<Value>> = vec![None; places.len()];
        if let Some(object) = of_mode.as_ref().or(record.as_object()) {
            json_text::flatten(object, &mut |path, value| {
                let at = places.get(path).copied().unwrap_or(places.len());
                if at == places.len() {
                    // What later steps measure besides.
                    if value.number().is_none() || at >= METRICS {
                        return;
                    }
                    places.insert(path.to_owned(), writer.add(path, sink));
                    row.resize(places.len(), None);
                }
                row[at] = value.to_owned();
            });
        }
        let value = |at: usize| match row.get(at) {
            Some(Some(value)) => value.as_ref(),
            _ => ValueRef::Missing,
        };
        let id = writer.run().map_or(ValueRef::Missing, value).to_string();
        writer.write(&id, &value, &|| place.to_owned(), sink);
    }
}

/// What counts the steps of [`by_mode`].
const EPOCH: &str = "epoch";

/// A step as MMCV logs it (`{"mode": "train", "epoch": 1, "iter": 50, "loss": 2.0}`), its values behind the name of its mode: a
/// training and its validation have a `loss` each, and `iter` is counted from the first again in every epoch.
fn by_mode(record: &Json) -> Option<Map<String, Json>> {
    let object = record.as_object()?;
    let mode = object.get("mode")?.as_str()?;
    let is_ours = ["train", "val", "test"].contains(&mode) && object.contains_key("iter");
    let epoch = object.get(EPOCH).filter(|_| is_ours)?.clone();
    let others = object.iter();
    let others = others.filter(|(name, _)| !["mode", "iter", EPOCH].contains(&name.as_str()));
    let values = others.map(|(name, value)| (format!("{mode}/{name}"), value.clone()));
    let epoch = (EPOCH.to_owned(), epoch);
    Some(std::iter::once(epoch).chain(values).collect())
}

/// Of records whose first cell is a step those of the kind that most are of, where each kind has steps that grow: a training may log
/// every so many steps, and its validation every epoch. `None` where there are few of each. To a file that is called as a log a
/// second training may have been appended, whose steps are counted from the first again: then it is those of the first.
fn most_of_a_kind(records: &[Vec<String>], path: &str) -> Option<Vec<Vec<String>>> {
    let step = |record: &Vec<String>| record.first().and_then(|cell| parse_number(cell));
    let mut kinds: FxHashMap<Vec<bool>, Vec<Vec<String>>> = FxHashMap::default();
    for record in records {
        let kind = record.iter().map(String::is_empty).collect();
        kinds.entry(kind).or_default().push(record.clone());
    }
    let may_begin_anew = training_log::is_called_as_all(path);
    let all_grow = kinds.values_mut().all(|of_kind| {
        let steps: Option<Vec<f64>> = of_kind.iter().map(step).collect();
        let Some(steps) = steps else {
            return false;
        };
        let goes_on = |pair: &[f64]| pair[0] < pair[1];
        let is_anew = |pair: &[f64]| may_begin_anew && Some(&pair[1]) == steps.first();
        let first = steps.windows(2).position(|pair| !goes_on(pair));
        of_kind.truncate(first.map_or(steps.len(), |at| at + 1));
        steps.windows(2).all(|pair| goes_on(pair) || is_anew(pair))
    });
    let most = kinds.into_values().max_by_key(Vec::len);
    most.filter(|most| all_grow && most.len() >= LEAST_OF_A_KIND)
}
