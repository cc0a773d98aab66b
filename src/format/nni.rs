//! The database of NNI (SQLite, `<experiment>/db/nni.sqlite`), of 2.0 and later.
//!
//! `TrialJobEvent(timestamp, trialJobId, event, data, …)` has what befell each trial; the first event's `data` is JSON with its
//! `parameters`. `MetricData(…, trialJobId, type, sequence, data)` has what trials reported, as JSON in a JSON text: a number,
//! or an object with a `default`. Of several reports (`PERIODICAL`) there is a curve; the result (`FINAL`) has its own name.
//! `ExperimentProfile` has a row a revision, the last of which says how the experiment is called and which way is better.

use super::sqlite::{self, Database, Row};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::File;
use serde_json::Value as Json;

pub(super) const FORMAT: Format = Format {
    name: "nni",
    title: "NNI (SQLite)",
    claim,
    read,
};

/// What NNI calls a result that is a number alone.
const DEFAULT: &str = "default";

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let tables: &[(&str, &[&str])] = &[
        (
            "TrialJobEvent",
            &["timestamp", "trialJobId", "event", "data"],
        ),
        ("MetricData", &["trialJobId", "type", "sequence", "data"]),
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
    let group = experiment(&mut database, sink);
    events(&mut database, group.as_deref(), sink);
    metrics(&mut database, sink);
    database.report(sink);
    Ok(())
}

/// The name of the experiment, else its id; which way is better goes to the sink.
fn experiment(database: &mut Database<'_>, sink: &mut RunSink<'_>) -> Option<String> {
    let table = database.table("ExperimentProfile")?;
    let [params, id] = ["params", "id"].map(|name| table.column(name));
    let (mut name, mut maximizes) = (None, None);
    database.scan(&table, |row| {
        let said = json_of(row, params);
        let text = |path| said.pointer(path).and_then(Json::as_str);
        name = text("/experimentName")
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .or_else(|| row.text(id).map(Into::into));
        // As `optimize_mode` of 2.x and of 3.x.
        let mode = text("/tuner/classArgs/optimize_mode").or(text("/tuner/classArgs/optimizeMode"));
        maximizes = mode.map(|mode| mode == "maximize");
    });
    if let Some(maximizes) = maximizes {
        let directions = &mut sink.source().directions;
        directions.push((DEFAULT.to_owned(), maximizes));
    }
    name
}

fn json_of(row: &Row<'_>, column: Option<usize>) -> Json {
    let text = row.text(column);
    text.and_then(|text| json_text::parse(&text))
        .unwrap_or_default()
}

fn events(database: &mut Database<'_>, group: Option<&str>, sink: &mut RunSink<'_>) {
    let Some(table) = database.table("TrialJobEvent") else {
        return;
    };
    let columns = ["trialJobId", "event", "timestamp", "data"];
    let [trial, event, when, data] = columns.map(|name| table.column(name));
    database.scan(&table, |row| {
        let (Some(trial), Some(event)) = (row.text(trial), row.text(event)) else {
            return;
        };
        // `USER_CANCELED`, `SYS_CANCELED`; other words are of what a person did to the experiment.
        let word = event.rsplit_once("_CANCEL").map_or(&*event, |_| "killed");
        let status = Status::from_word(word);
        if trial.is_empty() || status == Status::Unknown {
            return;
        }
        let run = sink.run(&trial);
        sink.set_status(run, status);
        if let Some(group) = group {
            sink.set_attribute(run, attribute::GROUP, ValueRef::Text(group));
        }
        let name = match status {
            Status::Scheduled => None,
            Status::Running => Some(attribute::START),
            _ => Some(attribute::END),
        };
        if let Some((name, millis)) = name.zip(row.integer(when)) {
            sink.set_attribute(run, name, ValueRef::Time(millis));
        }
        if let Some(params) = json_of(row, data)
            .get("parameters")
            .and_then(Json::as_object)
        {
            json_text::flatten(params, &mut |path, value| {
                sink.set_named(run, Role::Param, path, value);
            });
        }
    });
}

fn metrics(database: &mut Database<'_>, sink: &mut RunSink<'_>) {
    let Some(table) = database.table("MetricData") else {
        return;
    };
    let columns = ["trialJobId", "type", "sequence", "timestamp", "data"];
    let [trial, kind, sequence, when, data] = columns.map(|name| table.column(name));
    database.scan(&table, |row| {
        let kind = row.text(kind);
        let (Some(trial), Some(kind @ ("FINAL" | "PERIODICAL"))) =
            (row.text(trial), kind.as_deref())
        else {
            return;
        };
        let reported = match json_of(row, data) {
            Json::String(text) => json_text::parse(&text).unwrap_or_default(),
            reported => reported,
        };
        let reported = match reported {
            Json::Object(object) => object,
            number => [(DEFAULT.to_owned(), number)].into_iter().collect(),
        };
        let run = sink.run(&trial);
        json_text::flatten(&reported, &mut |path, value| match value.number() {
            Some(number) if kind == "PERIODICAL" => {
                let name = match path {
                    DEFAULT => "intermediate".to_owned(),
                    path => format!("intermediate/{path}"),
                };
                let column = sink.column(Role::Metric, &name);
                let step = row.number(sequence).unwrap_or(f64::NAN);
                sink.point(run, column, step, row.integer(when).unwrap_or(0), number);
            }
            Some(number) => sink.set_named(run, Role::Metric, path, ValueRef::Number(number)),
            None => sink.set_named(run, Role::Tag, path, value),
        });
    });
}
