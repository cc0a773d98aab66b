//! Curves inside records of JSON, as people write a run with its `history`: a list of numbers below the name of what was
//! measured, or a list of objects, one a step.

use super::json_text;
use super::roles::guess_one;
use super::rows::{Guess, Target};
use super::training_log::finest_step;
use crate::ledger::{ColumnId, Role, RunSink, ValueRef};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};

/// What people call the member that holds what a run has logged; its name says nothing more.
const HISTORIES: [&str; 9] = [
    "history",
    "histories",
    "log",
    "logs",
    "curve",
    "curves",
    "steps",
    "epochs",
    "intermediate_values",
];

/// Words of lists that go on over something other than steps.
const NO_STEPS: [&str; 7] = ["fold", "folds", "cv", "class", "classes", "seed", "seeds"];

/// How deep curves are looked for.
const DEPTH: usize = 4;

/// Whether a member's name is of those that hold what a run has logged.
pub(super) fn is_history(name: &str) -> bool {
    HISTORIES.contains(&name.to_lowercase().as_str())
}

/// Whether a value is a list of objects, each a step with something measured.
pub(super) fn are_steps(value: &Json) -> bool {
    let items = value.as_array().filter(|items| !items.is_empty());
    let is_step = |item: &Json| {
        item.as_object().is_some_and(|item| {
            item.len() > 1 && finest_step(|name| item.contains_key(name)).is_some()
        })
    };
    items.is_some_and(|items| items.iter().all(is_step))
}

/// Writes the curves of a record as points of the run in a row, and takes them out of the record; `target` says what
/// paths are.
pub(super) fn take(
    record: &mut Map<String, Json>,
    row: usize,
    target: &dyn Fn(&str) -> Guess,
    sink: &mut RunSink<'_>,
) {
    let found = Found { row, target };
    found.take_from(record, "", false, DEPTH, sink);
}

/// Whether something in a record may be a curve: most records have none, and are not copied.
pub(super) fn has_lists(record: &Map<String, Json>) -> bool {
    record.values().any(|value| match value {
        Json::Array(items) => items.len() > 1 || items.iter().any(Json::is_object),
        Json::Object(inner) => has_lists(inner),
        _ => false,
    })
}

struct Found<'t> {
    row: usize,
    target: &'t dyn Fn(&str) -> Guess,
}

impl Found<'_> {
    fn take_from(
        &self,
        object: &mut Map<String, Json>,
        path: &str,
        is_logged: bool,
        depth: usize,
        sink: &mut RunSink<'_>,
    ) {
        let steps = finest_step(|name| object.get(name).is_some_and(Json::is_array));
        let steps = steps.and_then(|name| Some((name, object.get(name)?.as_array()?.clone())));
        let step_of = |at: usize, count: usize| {
            let known = steps.as_ref().filter(|(_, steps)| steps.len() == count);
            known.map_or(Some(at as f64), |(_, steps)| {
                json_text::scalar(&steps[at]).number()
            })
        };
        let mut has_curves = false;
        object.retain(|name, value| {
            let is_holder = is_history(name);
            let inner = if is_holder {
                path.to_owned()
            } else {
                joined(path, name)
            };
            if let Json::Object(members) = value
                && depth > 0
            {
                self.take_from(members, &inner, is_logged || is_holder, depth - 1, sink);
                return !members.is_empty();
            }
            let is_list_of_steps = are_steps(value);
            let Json::Array(items) = value else {
                return true;
            };
            if is_list_of_steps || is_holder && are_objects(items) {
                self.put_steps(items, &inner, sink);
                return false;
            }
            let is_step = steps.as_ref().is_some_and(|(step, _)| step == name);
            if is_step || !are_numbers(items) || !is_logged && !is_measured(name) {
                return true;
            }
            let metric = sink.column(Role::Metric, &self.name_of(&inner));
            for (at, item) in items.iter().enumerate() {
                if let Some(value) = json_text::scalar(item).number() {
                    let step = step_of(at, items.len()).unwrap_or(f64::NAN);
                    sink.point(self.row, metric, step, 0, value);
                }
            }
            has_curves = true;
            false
        });
        if let Some((name, _)) = steps.filter(|_| has_curves) {
            object.remove(name);
        }
    }

    /// Writes objects as steps of a run.
    fn put_steps(&self, items: &[Json], path: &str, sink: &mut RunSink<'_>) {
        let mut metrics: FxHashMap<String, ColumnId> = FxHashMap::default();
        for (at, item) in items.iter().enumerate() {
            let Some(item) = item.as_object() else {
                continue;
            };
            let name = finest_step(|name| item.contains_key(name));
            let step = name.and_then(|name| json_text::scalar(&item[name]).number());
            json_text::flatten(item, &mut |member, value| {
                if let ValueRef::Number(value) = value
                    && name.is_none_or(|name| name != member)
                {
                    let known = metrics.get(member).copied();
                    let metric = known.unwrap_or_else(|| {
                        let name = self.name_of(&joined(path, member));
                        let metric = sink.column(Role::Metric, &name);
                        metrics.insert(member.to_owned(), metric);
                        metric
                    });
                    sink.point(self.row, metric, step.unwrap_or(at as f64), 0, value);
                }
            });
        }
    }

    /// The name of a metric by its path.
    fn name_of(&self, path: &str) -> String {
        match (self.target)(path).0 {
            Target::Value(Role::Metric, name) => name,
            _ => path.to_owned(),
        }
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() {
        return name.to_owned();
    }
    format!("{path}.{name}")
}

fn are_objects(items: &[Json]) -> bool {
    !items.is_empty() && items.iter().all(Json::is_object)
}

/// Several numbers, of which some may be missing.
fn are_numbers(items: &[Json]) -> bool {
    let is_number = |item: &Json| json_text::scalar(item).number().is_some();
    items.len() > 1
        && items.iter().any(is_number)
        && items.iter().all(|item| item.is_null() || is_number(item))
}

/// Whether a list of this name is what was measured step by step.
fn is_measured(name: &str) -> bool {
    let (target, doubt) = guess_one(name, &[]);
    let lower = name.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    matches!(target, Target::Value(Role::Metric, _))
        && doubt.is_none()
        && !words.any(|word| NO_STEPS.contains(&word))
}
