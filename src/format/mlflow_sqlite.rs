//! MLflow's database store (`mlflow.db`) of 1.x to 3.x, read from SQLite.
//!
//! Tables `experiments`, `runs`, `params`, `tags`, `metrics` and `latest_metrics`; migrations have added
//! columns at the ends, so columns go by their names. Times are Unix milliseconds. A metric that is not a
//! number is 0 with `is_nan`, infinities are the greatest float. MLflow's latest value is the greatest by
//! step, time and value, whenever it was logged. Runs that MLflow shows as deleted are left out and counted.

use super::mlflow_files::{MODELS, add_model, add_model_param, set_tag, tell_deleted};
use super::sqlite::{self, Database, Row, Table};
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::{ColumnId, Role, RunSink, Status, ValueRef, attribute};
use crate::source::File;
use rustc_hash::{FxHashMap, FxHashSet};

pub(super) const FORMAT: Format = Format {
    name: "mlflow-sqlite",
    title: "MLflow database (SQLite)",
    claim,
    read,
};

/// How many points of one metric and run may share the greatest step before most of them are let go.
const MOST_HELD: usize = 4096;

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let tables: &[(&str, &[&str])] = &[
        ("runs", &["run_uuid", "experiment_id", "status"]),
        ("metrics", &["run_uuid", "key", "value"]),
        ("params", &["run_uuid", "key", "value"]),
    ];
    let mut claimed = sqlite::claim(place, dropped, tables).into_pieces().concat();
    if !claimed.is_empty() {
        // As in the folders of its file store, what programs have kept beside their runs is no further runs.
        let below = dropped.within(dropped.folder(place)).iter().copied();
        claimed.extend(below.filter(|at| is_artifact(dropped.path(*at))));
    }
    Claim::of(claimed)
}

/// Whether a path is of an artifact of a run or model: `mlruns/1/<run>/artifacts/model.json`.
fn is_artifact(path: &str) -> bool {
    path.split_once("/artifacts/").is_some_and(|(folder, _)| {
        let id = folder.rsplit('/').next().unwrap_or(folder);
        let hex = id.strip_prefix("m-").unwrap_or(id);
        hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_hexdigit())
    })
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
    let mut reader = Reader::default();
    reader.experiments(&mut database);
    reader.runs(&mut database, sink);
    reader.values(&mut database, "params", sink, |row, key, text, sink| {
        sink.set_named(row, Role::Param, key, ValueRef::parse(text));
    });
    reader.values(&mut database, "tags", sink, |row, key, text, sink| {
        set_tag(row, key, text, sink);
    });
    reader.models(&mut database, sink);
    reader.metrics(&mut database, sink);
    database.report(sink);
    tell_deleted(reader.deleted.len(), sink);
    if reader.orphans > 0 {
        sink.problem(
            "mlflow/no-run",
            "",
            &format!(
                "params, tags or points of runs that it does not have: {}",
                reader.orphans
            ),
            "left out",
        );
    }
    Ok(())
}

#[derive(Default)]
struct Reader {
    experiments: FxHashMap<String, String>,
    /// Experiments that are deleted: older versions leave their runs as they were.
    deleted_experiments: FxHashSet<String>,
    runs: FxHashMap<String, usize>,
    deleted: FxHashSet<String>,
    /// How many values have a run that is not there.
    orphans: usize,
}

impl Reader {
    fn experiments(&mut self, database: &mut Database<'_>) {
        let Some(table) = database.table("experiments") else {
            return;
        };
        let (id, name) = (table.column("experiment_id"), table.column("name"));
        let stage = table.column("lifecycle_stage");
        database.scan(&table, |row| {
            if let Some(id) = row.text(id)
                && row.text(stage).as_deref() == Some("deleted")
            {
                self.deleted_experiments.insert(id.into_owned());
            }
            if let (Some(id), Some(name)) = (row.text(id), row.text(name)) {
                self.experiments.insert(id.into_owned(), name.into_owned());
            }
        });
    }

    fn runs(&mut self, database: &mut Database<'_>, sink: &mut RunSink<'_>) {
        let Some(table) = database.table("runs") else {
            return;
        };
        let column = |name| table.column(name);
        let (id, stage, status) = (
            column("run_uuid"),
            column("lifecycle_stage"),
            column("status"),
        );
        let texts = [
            (column("name"), Role::Attribute, attribute::NAME),
            (column("user_id"), Role::Tag, "user_id"),
        ];
        let times = [
            (column("start_time"), attribute::START),
            (column("end_time"), attribute::END),
        ];
        let experiment = column("experiment_id");
        database.scan(&table, |row| {
            let Some(id) = row.text(id) else {
                return;
            };
            let of = row.text(experiment);
            if row.text(stage).as_deref() == Some("deleted")
                || of.is_some_and(|of| self.deleted_experiments.contains(&*of))
            {
                self.deleted.insert(id.into_owned());
                return;
            }
            let run = sink.run(&id);
            self.runs.insert(id.into_owned(), run);
            for (column, role, name) in texts {
                if let Some(text) = row.text(column).filter(|text| !text.is_empty()) {
                    sink.set_named(run, role, name, ValueRef::Text(&text));
                }
            }
            for (column, name) in times {
                if let Some(millis) = row.integer(column) {
                    sink.set_attribute(run, name, ValueRef::Time(millis));
                }
            }
            if let Some(word) = row.text(status) {
                sink.set_status(run, Status::from_word(&word));
            }
            let name = row
                .text(experiment)
                .and_then(|id| self.experiments.get(&*id));
            if let Some(name) = name {
                sink.set_named(run, Role::Tag, "experiment", ValueRef::Text(name));
            }
        });
    }

    /// The row of a run in the ledger; none where it is deleted or not there.
    fn run(&mut self, id: Option<&str>) -> Option<usize> {
        let found = id.and_then(|id| self.runs.get(id)).copied();
        if found.is_none() && !id.is_some_and(|id| self.deleted.contains(id)) {
            self.orphans += 1;
        }
        found
    }

    /// A table of a key and a text of a run.
    fn values(
        &mut self,
        database: &mut Database<'_>,
        table: &str,
        sink: &mut RunSink<'_>,
        set: impl Fn(usize, &str, &str, &mut RunSink<'_>),
    ) {
        let Some(table) = database.table(table) else {
            return;
        };
        let column = |name| table.column(name);
        let (id, key, value) = (column("run_uuid"), column("key"), column("value"));
        database.scan(&table, |row| {
            if let Some(run) = self.run(row.text(id).as_deref())
                && let (Some(key), Some(value)) = (row.text(key), row.text(value))
            {
                set(run, &key, &value, sink);
            }
        });
    }

    /// The models of 3.x, as a tag of the run that has logged them: its metrics have the points of theirs.
    fn models(&self, database: &mut Database<'_>, sink: &mut RunSink<'_>) {
        let mut models: order::Map<String, (usize, String)> = order::Map::new();
        let mut ids = Vec::new();
        if let Some(table) = database.table("logged_models") {
            let column = |name| table.column(name);
            let (id, name) = (column("model_id"), column("name"));
            let (run, stage) = (column("source_run_id"), column("lifecycle_stage"));
            database.scan(&table, |row| {
                let run = row.text(run).and_then(|id| self.runs.get(&*id));
                if let (Some(id), Some(run)) = (row.text(id), run)
                    && row.text(stage).as_deref() != Some("deleted")
                {
                    let name = row.text(name).unwrap_or_default();
                    models.insert(id.to_string(), (*run, name.into_owned()));
                    ids.push(id.into_owned());
                }
            });
        }
        if let Some(table) = database.table("logged_model_params") {
            let column = |name| table.column(name);
            let (id, key, value) = (
                column("model_id"),
                column("param_key"),
                column("param_value"),
            );
            database.scan(&table, |row| {
                let model = row.text(id).and_then(|id| models.get_mut(&*id));
                if let (Some((_, text)), Some(key), Some(value)) =
                    (model, row.text(key), row.text(value))
                {
                    add_model_param(text, &key, &value);
                }
            });
        }
        let mut runs: order::Map<usize, String> = order::Map::new();
        for (run, text) in ids.iter().filter_map(|id| models.get(id)) {
            add_model(runs.or_default(*run), text);
        }
        for (run, text) in &runs {
            sink.set_named(*run, Role::Tag, MODELS, ValueRef::Text(text));
        }
    }

    fn metrics(&mut self, database: &mut Database<'_>, sink: &mut RunSink<'_>) {
        let mut curves = Curves::default();
        if let Some(table) = database.table("metrics") {
            let columns = MetricColumns::of(&table);
            database.scan(&table, |row| {
                if let Some(run) = self.run(row.text(columns.run).as_deref())
                    && let Some(key) = row.text(columns.key)
                    && let Some(point) = columns.point(row)
                {
                    curves.add(run, &key, point, sink);
                }
            });
        }
        // What its newest points are is kept twice: of a damaged file at least those are read.
        if let Some(table) = database.table("latest_metrics") {
            let columns = MetricColumns::of(&table);
            database.scan(&table, |row| {
                let run = row.text(columns.run).and_then(|id| self.runs.get(&*id));
                if let (Some(run), Some(key)) = (run, row.text(columns.key))
                    && let Some(point) = columns.point(row)
                {
                    curves.add_latest(*run, &key, point, sink);
                }
            });
        }
        curves.finish(sink);
    }
}

/// Where the columns of a table of points are.
struct MetricColumns {
    run: Option<usize>,
    key: Option<usize>,
    value: Option<usize>,
    step: Option<usize>,
    timestamp: Option<usize>,
    is_nan: Option<usize>,
}

impl MetricColumns {
    fn of(table: &Table) -> Self {
        Self {
            run: table.column("run_uuid"),
            key: table.column("key"),
            value: table.column("value"),
            step: table.column("step"),
            timestamp: table.column("timestamp"),
            is_nan: table.column("is_nan"),
        }
    }

    fn point(&self, row: &Row<'_>) -> Option<Point> {
        let stored = row.number(self.value)?;
        let is_nan = row.integer(self.is_nan).is_some_and(|flag| flag != 0);
        let value = if is_nan {
            f64::NAN
        } else {
            sqlite::unbounded(stored)
        };
        Some(Point {
            // The oldest stores have no step.
            step: row.integer(self.step).unwrap_or(0),
            millis: row.integer(self.timestamp).unwrap_or(0),
            stored,
            value,
        })
    }
}

/// A point, with its value as MLflow compares it.
#[derive(Clone, Copy, Debug)]
struct Point {
    step: i64,
    millis: i64,
    stored: f64,
    value: f64,
}

impl Point {
    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        let by_step_and_time = self
            .step
            .cmp(&other.step)
            .then(self.millis.cmp(&other.millis));
        by_step_and_time.then(self.stored.total_cmp(&other.stored))
    }
}

/// The points on their way to the sink. Those of the greatest step so far wait, for of equal steps the
/// sink takes the one that comes last for the latest.
#[derive(Default)]
struct Curves {
    columns: FxHashMap<String, ColumnId>,
    held: order::Map<(usize, ColumnId), Vec<Point>>,
}

impl Curves {
    fn add(&mut self, run: usize, key: &str, point: Point, sink: &mut RunSink<'_>) {
        let column = self.column(key, sink);
        let held = self.held.or_default((run, column));
        let greatest = held.first().map_or(i64::MIN, |held| held.step);
        if point.step < greatest {
            return put(run, column, &point, sink);
        }
        if point.step > greatest || held.len() >= MOST_HELD {
            let_go(run, column, held, point.step == greatest, sink);
        }
        held.push(point);
    }

    /// A point that is the latest of its metric, where it was not among the others.
    fn add_latest(&mut self, run: usize, key: &str, point: Point, sink: &mut RunSink<'_>) {
        let column = self.column(key, sink);
        let held = self.held.get(&(run, column));
        let is_new = held.is_none_or(|held| held.iter().all(|held| held.compare(&point).is_lt()));
        if is_new {
            self.add(run, key, point, sink);
        }
    }

    fn column(&mut self, key: &str, sink: &mut RunSink<'_>) -> ColumnId {
        if let Some(column) = self.columns.get(key) {
            return *column;
        }
        let column = sink.column(Role::Metric, key);
        self.columns.insert(key.to_owned(), column);
        column
    }

    fn finish(self, sink: &mut RunSink<'_>) {
        for ((run, column), mut held) in self.held {
            let_go(run, column, &mut held, false, sink);
        }
    }
}

/// Gives what waits to the sink, in MLflow's order; all of it or all but the greatest.
fn let_go(
    run: usize,
    column: ColumnId,
    held: &mut Vec<Point>,
    keeps_greatest: bool,
    sink: &mut RunSink<'_>,
) {
    order::by(held, Point::compare);
    let kept = if keeps_greatest { held.pop() } else { None };
    for point in held.drain(..) {
        put(run, column, &point, sink);
    }
    held.extend(kept);
}

fn put(run: usize, column: ColumnId, point: &Point, sink: &mut RunSink<'_>) {
    sink.point(run, column, point.step as f64, point.millis, point.value);
}
