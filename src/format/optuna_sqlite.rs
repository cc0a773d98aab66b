//! Optuna's database of 3.x to 5.x (SQLite): several studies, each with its trials.
//!
//! `studies`, `study_directions`, `trials`, then a table each of params, values, reports and attributes, all
//! by the trial's id. Params are numbers: of a categorical one the place among the choices of its
//! distribution. Infinities and NaN are words beside an empty value. Times are local without a zone. From
//! before 2.4 the one direction and value are columns of the study and the trial.

use super::optuna::{METRIC_NAMES, Ranges, Study, Trial, Writer, external};
use super::sqlite::{self, Database, Row, Table};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{RunSink, Status, time};
use crate::source::File;
use serde_json::Value as Json;

pub(super) const FORMAT: Format = Format {
    name: "optuna-sqlite",
    title: "Optuna database (SQLite)",
    claim,
    read,
};

/// How many objectives a study may have.
const MOST_OBJECTIVES: i64 = 1000;

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let tables: &[(&str, &[&str])] = &[
        ("studies", &["study_id", "study_name"]),
        ("trials", &["trial_id", "study_id", "state"]),
        ("trial_params", &["trial_id", "param_name", "param_value"]),
    ];
    sqlite::claim(place, dropped, tables)
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let Some(mut database) = sqlite::open(files, sink, on_bytes) else {
        return Ok(());
    };
    let mut studies = studies(&mut database);
    let mut trials = trials(&mut database);
    for (study, _) in trials.values() {
        // A study whose own row is damaged has at least its number.
        studies.or_insert_with(*study, || Study {
            name: study.to_string(),
            ..Study::default()
        });
    }
    add_params(&mut database, &studies, &mut trials, sink);
    add_attributes(&mut database, &mut trials);
    add_values(&mut database, &mut trials);
    let mut writer = Writer::default();
    for (study, trial) in trials.values() {
        if let Some(study) = studies.get(study) {
            writer.write(study, trial, sink);
        }
    }
    writer.finish(sink);
    database.report(sink);
    Ok(())
}

/// Scans a table, where it is there, with the places of these columns.
fn scan<const N: usize>(
    database: &mut Database<'_>,
    table: &str,
    columns: [&str; N],
    mut each: impl FnMut(&Row<'_>, [Option<usize>; N]),
) {
    if let Some(table) = database.table(table) {
        let places = places(&table, columns);
        database.scan(&table, |row| each(row, places));
    }
}

fn places<const N: usize>(table: &Table, columns: [&str; N]) -> [Option<usize>; N] {
    columns.map(|name| table.column(name))
}

fn studies(database: &mut Database<'_>) -> order::Map<i64, Study> {
    let mut studies: order::Map<i64, Study> = order::Map::new();
    let columns = ["study_id", "study_name", "direction"];
    scan(database, "studies", columns, |row, [id, name, way]| {
        if let (Some(id), Some(name)) = (row.integer(id), row.text(name)) {
            let study = studies.or_default(id);
            study.name = name.into_owned();
            study
                .directions
                .extend(row.text(way).map(|word| direction(&word)));
        }
    });
    let columns = ["study_id", "objective", "direction"];
    scan(
        database,
        "study_directions",
        columns,
        |row, [id, objective, way]| {
            if let (Some(id), Some(objective @ 0..MOST_OBJECTIVES)) =
                (row.integer(id), row.integer(objective))
            {
                let directions = &mut studies.or_default(id).directions;
                let place = objective as usize;
                directions.resize(directions.len().max(place + 1), None);
                if let Some(known) = directions.get_mut(place) {
                    *known = row.text(way).and_then(|word| direction(&word));
                }
            }
        },
    );
    let columns = ["study_id", "key", "value_json"];
    scan(
        database,
        "study_system_attributes",
        columns,
        |row, [id, key, json]| {
            if row.text(key).as_deref() == Some(METRIC_NAMES)
                && let (Some(id), Some(json)) = (row.integer(id), row.text(json))
                && let Some(names) = json_text::parse(&json)
            {
                studies.or_default(id).name_metrics(&names);
            }
        },
    );
    studies
}

fn direction(word: &str) -> Option<bool> {
    match word {
        "MAXIMIZE" => Some(true),
        "MINIMIZE" => Some(false),
        _ => None,
    }
}

/// Trials by id, each with its study.
type Trials = order::Map<i64, (i64, Trial)>;

fn trials(database: &mut Database<'_>) -> Trials {
    let mut trials = Trials::new();
    let columns = [
        "trial_id",
        "study_id",
        "number",
        "state",
        "datetime_start",
        "datetime_complete",
        "value",
    ];
    scan(
        database,
        "trials",
        columns,
        |row, [id, study, number, state, start, end, value]| {
            let (Some(id), Some(study)) = (row.integer(id), row.integer(study)) else {
                return;
            };
            let millis = |column| row.text(column).and_then(|text| time::parse_millis(&text));
            let trial = Trial {
                number: row.integer(number).unwrap_or(id).max(0) as usize,
                status: row.text(state).map(|word| Status::from_word(&word)),
                start: millis(start),
                end: millis(end),
                values: row
                    .number(value)
                    .map(|value| (0, sqlite::unbounded(value)))
                    .into_iter()
                    .collect(),
                ..Trial::default()
            };
            trials.insert(id, (study, trial));
        },
    );
    trials
}

/// The trial of a row.
fn trial<'t>(trials: &'t mut Trials, row: &Row<'_>, id: Option<usize>) -> Option<&'t mut Trial> {
    let (_, trial) = trials.get_mut(&row.integer(id)?)?;
    Some(trial)
}

fn add_params(
    database: &mut Database<'_>,
    studies: &order::Map<i64, Study>,
    trials: &mut Trials,
    sink: &mut RunSink<'_>,
) {
    let columns = ["trial_id", "param_name", "param_value", "distribution_json"];
    let mut ranges = Ranges::default();
    scan(
        database,
        "trial_params",
        columns,
        |row, [id, name, value, distribution]| {
            let id = row.integer(id);
            let Some((study, trial)) = id.and_then(|id| trials.get_mut(&id)) else {
                return;
            };
            let (Some(name), Some(value)) = (row.text(name), row.number(value)) else {
                return;
            };
            let distribution = row.text(distribution).unwrap_or_default();
            if let Some(study) = studies.get(study) {
                ranges.note(&study.name, &name, &distribution, sink);
            }
            match external(value, &distribution) {
                Json::Null => sink.problem(
                    "optuna/no-choice",
                    &format!("table trial_params, row {}", row.rowid()),
                    &format!("{value} is no place among the choices of {name}"),
                    "param left out",
                ),
                value => {
                    trial.params.insert(name.into_owned(), value);
                }
            }
        },
    );
}

fn add_attributes(database: &mut Database<'_>, trials: &mut Trials) {
    for (table, is_user) in [
        ("trial_user_attributes", true),
        ("trial_system_attributes", false),
    ] {
        let columns = ["trial_id", "key", "value_json"];
        scan(database, table, columns, |row, [id, key, json]| {
            if let Some(trial) = trial(trials, row, id)
                && let (Some(key), Some(json)) = (row.text(key), row.text(json))
            {
                let value =
                    json_text::parse(&json).unwrap_or_else(|| Json::String(json.into_owned()));
                let attributes = if is_user {
                    &mut trial.user_attributes
                } else {
                    &mut trial.system_attributes
                };
                attributes.insert(key.into_owned(), value);
            }
        });
    }
}

fn add_values(database: &mut Database<'_>, trials: &mut Trials) {
    if database.has("trial_values", &["objective"]) {
        let columns = ["trial_id", "objective", "value", "value_type"];
        scan(
            database,
            "trial_values",
            columns,
            |row, [id, objective, value, kind]| {
                if let Some(trial) = trial(trials, row, id)
                    && let Some(value) = value_of(row, value, kind)
                {
                    let objective = row.integer(objective).unwrap_or(0);
                    let objective = objective.clamp(0, MOST_OBJECTIVES) as usize;
                    trial.values.push((objective, value));
                }
            },
        );
        let columns = [
            "trial_id",
            "step",
            "intermediate_value",
            "intermediate_value_type",
        ];
        add_reports(database, "trial_intermediate_values", columns, trials);
    } else {
        // Before 2.4 these were the reports.
        let columns = ["trial_id", "step", "value", "value_type"];
        add_reports(database, "trial_values", columns, trials);
    }
}

fn add_reports(database: &mut Database<'_>, table: &str, columns: [&str; 4], trials: &mut Trials) {
    scan(database, table, columns, |row, [id, step, value, kind]| {
        if let Some(trial) = trial(trials, row, id)
            && let (Some(step), Some(value)) = (row.number(step), value_of(row, value, kind))
        {
            trial.intermediate.push((step, value));
        }
    });
}

/// Databases from before 3.0 have no kinds of values; they keep infinities as the greatest floats.
fn value_of(row: &Row<'_>, value: Option<usize>, kind: Option<usize>) -> Option<f64> {
    match row.text(kind).as_deref() {
        Some("INF_POS") => Some(f64::INFINITY),
        Some("INF_NEG") => Some(f64::NEG_INFINITY),
        Some("NAN") => Some(f64::NAN),
        _ if kind.is_some() => row.number(value),
        _ => row.number(value).map(sqlite::unbounded),
    }
}
