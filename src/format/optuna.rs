//! Optuna's studies and trials, wherever they are stored: what its database and its journal share.

use super::json_text;
use super::search_space::range_of;
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use serde_json::{Map, Value as Json};

/// A study.
#[derive(Clone, Debug, Default)]
pub(super) struct Study {
    pub(super) name: String,
    /// Direction of each objective: true is maximize; `None` where it is not set.
    pub(super) directions: Vec<Option<bool>>,
    /// Names of the objectives, where they were given.
    pub(super) metric_names: Vec<String>,
}

/// The study's attribute that names its objectives.
pub(super) const METRIC_NAMES: &str = "study:metric_names";

impl Study {
    /// Takes names of objectives from the value of [`METRIC_NAMES`].
    pub(super) fn name_metrics(&mut self, names: &Json) {
        let names = names.as_array().into_iter().flatten();
        self.metric_names = names.filter_map(Json::as_str).map(str::to_owned).collect();
    }

    /// The name of an objective, as Optuna's own tables call it.
    fn metric(&self, objective: usize) -> String {
        match self.metric_names.get(objective) {
            Some(name) => name.clone(),
            None if self.directions.len() > 1 => format!("values_{objective}"),
            None => "value".to_owned(),
        }
    }
}

/// A trial.
#[derive(Clone, Debug, Default)]
pub(super) struct Trial {
    /// Its number in its study.
    pub(super) number: usize,
    pub(super) status: Option<Status>,
    /// Unix milliseconds.
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
    /// Params as a person set them.
    pub(super) params: Map<String, Json>,
    /// A value an objective.
    pub(super) values: Vec<(usize, f64)>,
    /// Step and value of each report.
    pub(super) intermediate: Vec<(f64, f64)>,
    pub(super) user_attributes: Map<String, Json>,
    pub(super) system_attributes: Map<String, Json>,
}

/// The distributions that trials drew params from, each taken apart once.
#[derive(Default)]
pub(super) struct Ranges {
    seen: order::Set<String>,
}

impl Ranges {
    /// Notes the distribution of a study's param, which is the JSON text of it.
    pub(super) fn note(
        &mut self,
        study: &str,
        name: &str,
        distribution: &str,
        sink: &mut RunSink<'_>,
    ) {
        if !self.seen.insert(format!("{study}\0{name}\0{distribution}")) {
            return;
        }
        let distribution = json_text::parse(distribution);
        let range = distribution.and_then(|distribution| {
            let kind = distribution.get("name")?.as_str()?;
            range_of(kind, distribution.get("attributes")?)
        });
        if let Some(range) = range {
            sink.source().declare_range_of(study, name, range);
        }
    }
}

/// A param's value as a person set it, from the number that storages hold: of a categorical param that is
/// a place among its choices. `distribution` is the JSON text of it.
pub(super) fn external(internal: f64, distribution: &str) -> Json {
    // Most are numbers, and need not be taken apart.
    let is_categorical = distribution.contains("\"choices\"");
    let distribution = is_categorical.then(|| json_text::parse(distribution));
    let choices = distribution
        .flatten()
        .and_then(|distribution| distribution.get("attributes")?.get("choices").cloned());
    let Some(Json::Array(mut choices)) = choices else {
        return json_text::number(internal);
    };
    let place = Some(internal).filter(|place| (0.0..choices.len() as f64).contains(place));
    match place.map(|place| choices.swap_remove(place as usize)) {
        // None is a choice, and not the same as no param.
        Some(Json::Null) => Json::String("None".to_owned()),
        Some(choice) => choice,
        None => Json::Null,
    }
}

/// Writes trials and, at the end, the directions that all studies agree on.
#[derive(Default)]
pub(super) struct Writer {
    directions: order::Map<String, Option<bool>>,
}

impl Writer {
    pub(super) fn write(&mut self, study: &Study, trial: &Trial, sink: &mut RunSink<'_>) {
        let id = format!("{}/{}", study.name, trial.number);
        let row = sink.run(&id);
        sink.set_attribute(row, attribute::NAME, ValueRef::Text(&id));
        sink.set_attribute(row, attribute::GROUP, ValueRef::Text(&study.name));
        sink.set_status(row, trial.status.unwrap_or(Status::Unknown));
        for (name, millis) in [(attribute::START, trial.start), (attribute::END, trial.end)] {
            if let Some(millis) = millis {
                sink.set_attribute(row, name, ValueRef::Time(millis));
            }
        }
        for (role, values) in [
            (Role::Param, &trial.params),
            (Role::Tag, &trial.user_attributes),
        ] {
            json_text::flatten(values, &mut |path, value| {
                sink.set_named(row, role, path, value);
            });
        }
        let mut attributes = trial.system_attributes.clone();
        // What samplers note for themselves.
        attributes.retain(|name, _| !name.contains(":relative_params") && name != "search_space");
        json_text::flatten(&attributes, &mut |path, value| {
            sink.set_named(row, Role::Tag, path, value);
        });
        for (objective, value) in &trial.values {
            let name = study.metric(*objective);
            sink.set_named(row, Role::Metric, &name, ValueRef::Number(*value));
            let direction = study.directions.get(*objective).copied().flatten();
            let known = self.directions.or_insert_with(name, || direction);
            *known = known.filter(|known| Some(*known) == direction);
        }
        if !trial.intermediate.is_empty() {
            let column = sink.column(Role::Metric, "intermediate");
            for (step, value) in &trial.intermediate {
                sink.point(row, column, *step, 0, *value);
            }
        }
    }

    pub(super) fn finish(self, sink: &mut RunSink<'_>) {
        let known = self.directions.into_iter();
        let known = known.filter_map(|(name, maximize)| Some((name, maximize?)));
        sink.source().directions.extend(known);
    }
}
