//! MLflow's database (`mlflow.db`) of 1.x to 3.x.
//!
//! `runs` with status words and milliseconds, `params`, `tags`, and `metrics` with a row a point: NaN is 0
//! with `is_nan`, infinities are the greatest floats. The latest value is the greatest by step, time and
//! value. Columns are found by name: migrations have moved them. Deleted runs are left out and counted.

use super::mlflow_files::{Logged, MODEL_HISTORY, put_points, tell_deleted};
use super::sqlite::{self, MAGIC, Value};
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::File;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const FORMAT: Format = Format {
    name: "mlflow-sqlite",
    title: "MLflow database (SQLite)",
    claim,
    read,
};

/// What MLflow writes for the infinities: the greatest float, or a number that is read as it.
const INFINITE: f64 = 1.797_693_134_862_315e308;

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    claim_with(
        place,
        dropped,
        &["runs", "metrics", "params", "experiments"],
    )
}

/// A database that has these tables, with the files that SQLite keeps beside it.
pub(super) fn claim_with(place: usize, dropped: &Dropped<'_>, tables: &[&str]) -> Claim {
    if !dropped.head(place).raw.starts_with(MAGIC) {
        return Claim::none();
    }
    let beside = |ending: &str| dropped.at(&format!("{}{ending}", dropped.path(place)));
    let log = beside("-wal");
    let database = sqlite::Database::open(dropped.file(place), log.map(|at| dropped.file(at)));
    if !database.is_ok_and(|database| database.has(tables)) {
        return Claim::none();
    }
    let siblings = ["-wal", "-shm", "-journal"].into_iter().filter_map(beside);
    Claim::of(std::iter::once(place).chain(siblings).collect())
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let mut database = sqlite::open(files, sink).ok_or(NotThisFormat)?;
    let mut experiments: BTreeMap<i64, String> = BTreeMap::new();
    let columns = ["experiment_id", "name"];
    database.scan("experiments", &columns, sink, &mut |row, _| {
        if let [id, Value::Text(name)] = row {
            experiments.extend(id.integer().map(|id| (id, name.clone())));
        }
    });
    let mut rows: BTreeMap<String, usize> = BTreeMap::new();
    let mut deleted = BTreeSet::new();
    let columns = [
        "run_uuid",
        "name",
        "status",
        "start_time",
        "end_time",
        "lifecycle_stage",
        "user_id",
        "experiment_id",
    ];
    database.scan("runs", &columns, sink, &mut |values, sink| {
        let [id, name, status, start, end, stage, user, experiment] = values else {
            return;
        };
        let id = id.spelled();
        if stage.text() == Some("deleted") {
            deleted.insert(id);
            return;
        }
        let row = sink.run(&id);
        if let Some(name) = name.text().filter(|name| !name.is_empty()) {
            sink.set_attribute(row, attribute::NAME, ValueRef::Text(name));
        }
        sink.set_status(
            row,
            status.text().map_or(Status::Unknown, Status::from_word),
        );
        for (millis, name) in [(start, attribute::START), (end, attribute::END)] {
            if let Some(millis) = millis.integer() {
                sink.set_attribute(row, name, ValueRef::Time(millis));
            }
        }
        let experiment = experiment.integer().and_then(|id| experiments.get(&id));
        for (name, value) in [
            ("user_id", user.text()),
            ("experiment", experiment.map(String::as_str)),
        ] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                sink.set_named(row, Role::Tag, name, ValueRef::Text(value));
            }
        }
        rows.insert(id, row);
    });
    on_bytes(1);
    let columns = ["run_uuid", "key", "value"];
    database.scan("params", &columns, sink, &mut |values, sink| {
        if let [run, Value::Text(key), value] = values
            && let Some(row) = rows.get(&run.spelled())
        {
            sink.set_named(*row, Role::Param, key, ValueRef::parse(&value.spelled()));
        }
    });
    database.scan("tags", &columns, sink, &mut |values, sink| {
        if let [run, Value::Text(key), value] = values
            && key != MODEL_HISTORY
            && let Some(row) = rows.get(&run.spelled())
        {
            let value = value.spelled();
            let value = ValueRef::Text(&value);
            sink.set_named(*row, Role::Tag, key, value);
            match key.as_str() {
                "mlflow.runName" => sink.set_attribute(*row, attribute::NAME, value),
                "mlflow.parentRunId" => sink.set_attribute(*row, attribute::PARENT, value),
                _ => {}
            }
        }
    });
    points(&mut database, &rows, sink);
    tell_deleted(deleted.len(), sink);
    on_bytes(files.iter().map(|file| file.len_bytes()).sum());
    Ok(())
}

/// The logged points, those of each curve by step, time and value.
fn points(database: &mut sqlite::Database, rows: &BTreeMap<String, usize>, sink: &mut RunSink<'_>) {
    let mut curves: BTreeMap<(String, usize), Vec<Logged>> = BTreeMap::new();
    let columns = ["run_uuid", "key", "value", "timestamp", "step", "is_nan"];
    database.scan("metrics", &columns, sink, &mut |values, _| {
        let [run, Value::Text(key), value, millis, step, is_nan] = values else {
            return;
        };
        let Some(row) = rows.get(&run.spelled()) else {
            return;
        };
        let value = match value.number() {
            _ if is_nan.integer() == Some(1) => f64::NAN,
            Some(value) if value >= INFINITE => f64::INFINITY,
            Some(value) if value <= -INFINITE => f64::NEG_INFINITY,
            Some(value) => value,
            None => return,
        };
        let point = (
            step.number().unwrap_or(0.0),
            millis.integer().unwrap_or_default(),
            value,
        );
        curves.entry((key.clone(), *row)).or_default().push(point);
    });
    for ((key, row), points) in curves {
        put_points(points, &key, row, sink);
    }
}
