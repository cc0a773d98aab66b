//! Optuna's database of 3.x to 5.x (SQLite): several studies, each with its trials.

use super::mlflow_sqlite::claim_with;
use super::optuna::{METRIC_NAMES, Study, Trial, Writer, external};
use super::sqlite::{self, Database, Value};
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::{RunSink, Status, time};
use crate::source::File;
use serde_json::Value as Json;
use std::collections::BTreeMap;

pub(super) const FORMAT: Format = Format {
    name: "optuna-sqlite",
    title: "Optuna database (SQLite)",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    claim_with(
        place,
        dropped,
        &["studies", "trials", "trial_params", "trial_values"],
    )
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let mut database = sqlite::open(files, sink).ok_or(NotThisFormat)?;
    let studies = studies(&mut database, sink);
    on_bytes(1);
    let mut trials = trials(&mut database, sink);
    add_params(&mut database, &mut trials, sink);
    add_values(&mut database, &mut trials, sink);
    let mut writer = Writer::default();
    for (study, trial) in trials.values() {
        match studies.get(study) {
            Some(study) => writer.write(study, trial, sink),
            None => writer.write(&Study::default(), trial, sink),
        }
    }
    writer.finish(sink);
    on_bytes(files.iter().map(|file| file.len_bytes()).sum());
    Ok(())
}

fn studies(database: &mut Database, sink: &mut RunSink<'_>) -> BTreeMap<i64, Study> {
    let mut studies: BTreeMap<i64, Study> = BTreeMap::new();
    database.scan(
        "studies",
        &["study_id", "study_name"],
        sink,
        &mut |row, _| {
            if let [id, Value::Text(name)] = row
                && let Some(id) = id.integer()
            {
                studies.entry(id).or_default().name.clone_from(name);
            }
        },
    );
    let columns = ["study_id", "objective", "direction"];
    database.scan("study_directions", &columns, sink, &mut |row, _| {
        if let [id, objective, direction] = row
            && let (Some(id), Some(objective @ 0..1000)) = (id.integer(), objective.integer())
        {
            let directions = &mut studies.entry(id).or_default().directions;
            let place = objective as usize;
            directions.resize(directions.len().max(place + 1), None);
            directions[place] = match direction.text() {
                Some("MAXIMIZE") => Some(true),
                Some("MINIMIZE") => Some(false),
                _ => None,
            };
        }
    });
    let columns = ["study_id", "key", "value_json"];
    database.scan("study_system_attributes", &columns, sink, &mut |row, _| {
        if let [id, Value::Text(key), Value::Text(json)] = row
            && key == METRIC_NAMES
            && let (Some(id), Ok(names)) = (id.integer(), serde_json::from_str(json))
        {
            studies.entry(id).or_default().name_metrics(&names);
        }
    });
    studies
}

/// Trials by id, each with its study.
type Trials = BTreeMap<i64, (i64, Trial)>;

fn trials(database: &mut Database, sink: &mut RunSink<'_>) -> Trials {
    let mut trials = Trials::new();
    let columns = [
        "trial_id",
        "number",
        "study_id",
        "state",
        "datetime_start",
        "datetime_complete",
    ];
    database.scan("trials", &columns, sink, &mut |row, _| {
        let [id, number, study, state, start, end] = row else {
            return;
        };
        let (Some(id), Some(study)) = (id.integer(), study.integer()) else {
            return;
        };
        let trial = Trial {
            number: number.integer().unwrap_or(id).max(0) as usize,
            status: state.text().map(Status::from_word),
            start: start.text().and_then(time::parse_millis),
            end: end.text().and_then(time::parse_millis),
            ..Trial::default()
        };
        trials.insert(id, (study, trial));
    });
    trials
}

fn add_params(database: &mut Database, trials: &mut Trials, sink: &mut RunSink<'_>) {
    let columns = ["trial_id", "param_name", "param_value", "distribution_json"];
    database.scan("trial_params", &columns, sink, &mut |row, _| {
        if let [id, Value::Text(name), value, Value::Text(distribution)] = row
            && let Some((_, trial)) = id.integer().and_then(|id| trials.get_mut(&id))
            && let Some(value) = value.number()
        {
            trial
                .params
                .insert(name.clone(), external(value, distribution));
        }
    });
    for (table, is_user) in [
        ("trial_user_attributes", true),
        ("trial_system_attributes", false),
    ] {
        let columns = ["trial_id", "key", "value_json"];
        database.scan(table, &columns, sink, &mut |row, _| {
            if let [id, Value::Text(key), Value::Text(json)] = row
                && let Some((_, trial)) = id.integer().and_then(|id| trials.get_mut(&id))
            {
                let value =
                    serde_json::from_str(json).unwrap_or_else(|_| Json::String(json.clone()));
                let attributes = if is_user {
                    &mut trial.user_attributes
                } else {
                    &mut trial.system_attributes
                };
                attributes.insert(key.clone(), value);
            }
        });
    }
}

fn add_values(database: &mut Database, trials: &mut Trials, sink: &mut RunSink<'_>) {
    let columns = ["trial_id", "objective", "value", "value_type"];
    database.scan("trial_values", &columns, sink, &mut |row, _| {
        if let [id, objective, value, kind] = row
            && let Some((_, trial)) = id.integer().and_then(|id| trials.get_mut(&id))
            && let Some(value) = value_of(value, kind)
        {
            let objective = objective.integer().unwrap_or_default().max(0) as usize;
            trial.values.push((objective, value));
        }
    });
    let columns = [
        "trial_id",
        "step",
        "intermediate_value",
        "intermediate_value_type",
    ];
    database.scan(
        "trial_intermediate_values",
        &columns,
        sink,
        &mut |row, _| {
            if let [id, step, value, kind] = row
                && let Some((_, trial)) = id.integer().and_then(|id| trials.get_mut(&id))
                && let (Some(step), Some(value)) = (step.number(), value_of(value, kind))
            {
                trial.intermediate.push((step, value));
            }
        },
    );
}

/// Databases from before 3.0 have no kinds: their values are finite.
fn value_of(value: &Value, kind: &Value) -> Option<f64> {
    match kind.text() {
        Some("INF_POS") => Some(f64::INFINITY),
        Some("INF_NEG") => Some(f64::NEG_INFINITY),
        Some("NAN") => Some(f64::NAN),
        _ => value.number(),
    }
}
