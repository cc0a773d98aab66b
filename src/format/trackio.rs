//! Trackio's database (SQLite), of 0.5 and later: a file a project, a row of JSON a `log` call.
//!
//! Tables `configs` and `metrics`. A run is its `run_id`, in old versions its name. Several rows of one step
//! are one step; what is logged but no number is a tag. There is no status, and a run that never logged is nowhere.

use super::sqlite::{self, Database, Row, Table};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{ColumnId, Role, RunSink, ValueRef, attribute, time};
use crate::source::File;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};

pub(super) const FORMAT: Format = Format {
    name: "trackio",
    title: "Trackio (SQLite)",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    sqlite::claim(
        place,
        dropped,
        &[("metrics", &["run_name", "step", "metrics"])],
    )
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
    let mut runs = Runs::default();
    configs(&mut database, &mut runs, sink);
    metrics(&mut database, &mut runs, sink);
    database.report(sink);
    Ok(())
}

fn configs(database: &mut Database<'_>, runs: &mut Runs, sink: &mut RunSink<'_>) {
    let Some(table) = database.table("configs") else {
        return;
    };
    let (columns, config) = (RunColumns::of(&table), table.column("config"));
    database.scan(&table, |row| {
        if let Some(config) = object(row, config, &table, sink)
            && let Some(run) = runs.row(row, columns, sink)
        {
            write_config(&config, run, sink);
        }
    });
}

fn metrics(database: &mut Database<'_>, runs: &mut Runs, sink: &mut RunSink<'_>) {
    let Some(table) = database.table("metrics") else {
        return;
    };
    let columns = RunColumns::of(&table);
    let [step, when, metrics] = ["step", "timestamp", "metrics"].map(|name| table.column(name));
    let mut known: FxHashMap<String, ColumnId> = FxHashMap::default();
    database.scan(&table, |row| {
        let Some(mut metrics) = object(row, metrics, &table, sink) else {
            return;
        };
        let Some(run) = runs.row(row, columns, sink) else {
            return;
        };
        let step = row.number(step).unwrap_or(f64::NAN);
        let millis = row.text(when).and_then(|text| time::parse_millis(&text));
        metrics.retain(|_, value| !is_media(value));
        json_text::flatten(&metrics, &mut |path, value| {
            let Some(number) = value.number() else {
                return sink.set_named(run, Role::Tag, path, value);
            };
            let column = known.get(path).copied().unwrap_or_else(|| {
                let column = sink.column(Role::Metric, path);
                known.insert(path.to_owned(), column);
                column
            });
            sink.point(run, column, step, millis.unwrap_or_default(), number);
        });
    });
}

/// Pictures, tables and the like, alone or in lists, say what they are, and are nothing measured.
fn is_media(value: &Json) -> bool {
    match value {
        Json::Array(items) => items.first().is_some_and(is_media),
        other => other.get("_type").is_some(),
    }
}

/// The JSON object in a column; where it is none, that is told.
fn object(
    row: &Row<'_>,
    column: Option<usize>,
    table: &Table,
    sink: &mut RunSink<'_>,
) -> Option<Map<String, Json>> {
    let parsed = row.text(column).and_then(|text| json_text::parse(&text));
    if let Some(Json::Object(object)) = parsed {
        return Some(object);
    }
    sink.problem(
        "trackio/no-object",
        &format!("table {}, row {}", table.name, row.rowid()),
        "its JSON is no object",
        "row skipped",
    );
    None
}

/// Where a table names the run of a row.
#[derive(Clone, Copy)]
struct RunColumns {
    id: Option<usize>,
    name: Option<usize>,
}

impl RunColumns {
    fn of(table: &Table) -> Self {
        Self {
            id: table.column("run_id"),
            name: table.column("run_name"),
        }
    }
}

/// Rows of runs by id, where that is written, else by name.
#[derive(Default)]
struct Runs {
    rows: FxHashMap<String, usize>,
}

impl Runs {
    fn row(&mut self, row: &Row<'_>, columns: RunColumns, sink: &mut RunSink<'_>) -> Option<usize> {
        let name = row.text(columns.name);
        let id = row.text(columns.id).filter(|id| !id.is_empty());
        let id = id.or_else(|| name.clone())?;
        if let Some(known) = self.rows.get(&*id) {
            return Some(*known);
        }
        let run = sink.run(&id);
        if let Some(name) = name {
            sink.set_attribute(run, attribute::NAME, ValueRef::Text(&name));
        }
        self.rows.insert(id.into_owned(), run);
        Some(run)
    }
}

/// Keys that begin with an underscore are Trackio's own.
fn write_config(config: &Map<String, Json>, run: usize, sink: &mut RunSink<'_>) {
    let own = |key: &str| config.get(key).filter(|_| key.starts_with('_'));
    if let Some(group) = own("_Group").and_then(Json::as_str) {
        sink.set_attribute(run, attribute::GROUP, ValueRef::Text(group));
    }
    if let Some(millis) = own("_Created").and_then(json_text::millis) {
        sink.set_attribute(run, attribute::START, ValueRef::Time(millis));
    }
    json_text::flatten(config, &mut |path, value| {
        let role = if path.starts_with('_') {
            Role::Tag
        } else {
            Role::Param
        };
        sink.set_named(run, role, path, value);
    });
}
