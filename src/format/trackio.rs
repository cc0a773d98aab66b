//! Trackio's database (SQLite), of 0.5 and later: a file a project, a row of JSON a `log` call.
//!
//! A run is its `run_id`, in old versions its name. Several rows of one step are one step.

use super::mlflow_sqlite::claim_with;
use super::sqlite::{self, Value};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, ValueRef, attribute, time};
use crate::source::File;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

pub(super) const FORMAT: Format = Format {
    name: "trackio",
    title: "Trackio (SQLite)",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    if !dropped.head(place).raw.starts_with(sqlite::MAGIC) {
        return Claim::none();
    }
    let is_ours = sqlite::Database::open(dropped.file(place), None).is_ok_and(|database| {
        database.has_column("metrics", "metrics") && database.has_column("metrics", "run_name")
    });
    if is_ours {
        claim_with(place, dropped, &["metrics"])
    } else {
        Claim::none()
    }
}

/// Rows of runs by id, where that is written, else by name.
#[derive(Default)]
struct Runs {
    rows: BTreeMap<String, usize>,
}

impl Runs {
    fn row(&mut self, id: &Value, name: &Value, sink: &mut RunSink<'_>) -> usize {
        let name = name.spelled();
        let id = id.text().filter(|id| !id.is_empty()).unwrap_or(&name);
        if let Some(row) = self.rows.get(id) {
            return *row;
        }
        let row = sink.run(id);
        sink.set_attribute(row, attribute::NAME, ValueRef::Text(&name));
        self.rows.insert(id.to_owned(), row);
        row
    }
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let mut database = sqlite::open(files, sink).ok_or(NotThisFormat)?;
    let mut runs = Runs::default();
    let columns = ["run_id", "run_name", "config"];
    database.scan("configs", &columns, sink, &mut |values, sink| {
        if let [id, name, config] = values
            && let Some(Json::Object(config)) = config.utf8().and_then(json_text::parse)
        {
            let row = runs.row(id, name, sink);
            write_config(&config, row, sink);
        }
    });
    on_bytes(1);
    let columns = ["run_id", "run_name", "step", "timestamp", "metrics", "id"];
    database.scan("metrics", &columns, sink, &mut |values, sink| {
        let [id, name, step, when, metrics, number] = values else {
            return;
        };
        let Some(Json::Object(metrics)) = metrics.utf8().and_then(json_text::parse) else {
            let place = format!("row {}", number.spelled());
            sink.problem(
                "trackio/metrics",
                &place,
                "its metrics are no JSON object",
                "row skipped",
            );
            return;
        };
        let row = runs.row(id, name, sink);
        let step = step.number().unwrap_or(f64::NAN);
        let millis = when.text().and_then(time::parse_millis).unwrap_or_default();
        json_text::flatten(&metrics, &mut |path, value| {
            if let Some(number) = value.number() {
                let column = sink.column(Role::Metric, path);
                sink.point(row, column, step, millis, number);
            }
        });
    });
    on_bytes(files.iter().map(|file| file.len_bytes()).sum());
    Ok(())
}

/// Keys that begin with an underscore are Trackio's own.
fn write_config(config: &Map<String, Json>, row: usize, sink: &mut RunSink<'_>) {
    let (mut params, mut own) = (Map::new(), Map::new());
    for (key, value) in config {
        let target = if key.starts_with('_') {
            &mut own
        } else {
            &mut params
        };
        target.insert(key.clone(), value.clone());
    }
    if let Some(group) = own.get("_Group").and_then(Json::as_str) {
        sink.set_attribute(row, attribute::GROUP, ValueRef::Text(group));
    }
    if let Some(millis) = own.get("_Created").and_then(json_text::millis) {
        sink.set_attribute(row, attribute::START, ValueRef::Time(millis));
    }
    for (role, values) in [(Role::Param, &params), (Role::Tag, &own)] {
        json_text::flatten(values, &mut |path, value| {
            sink.set_named(row, role, path, value);
        });
    }
}
