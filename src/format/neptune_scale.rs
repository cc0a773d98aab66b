//! Neptune's runs of the newer client (neptune-scale): `run_operations.sqlite3`, a message a row.
//!
//! A row of type 1 makes the run, one of type 0 assigns values and appends to series. A step is a whole and
//! millionths. What is not finite is kept.

use super::neptune_offline::Run;
use super::protobuf::{Field, Fields};
use super::run_folders::put_text;
use super::sqlite::{self, Value};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{RunSink, ValueRef, attribute, time};
use crate::source::File;
use serde_json::Value as Json;
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "neptune-scale",
    title: "Neptune runs (neptune-scale)",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let tables: &[(&str, &[&str])] = &[
        ("run_operations", &["operation_type", "operation"]),
        ("metadata", &["run_id"]),
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
    let (mut id, mut project) = (None, None);
    if let Some(table) = database.table("metadata") {
        let columns = ["run_id", "project"].map(|name| table.column(name));
        database.scan(&table, |row| {
            [id, project] = columns.map(|column| row.text(column).map(Cow::into_owned));
        });
    }
    id = id.filter(|id| !id.is_empty());
    let (mut run, mut name, mut start) = (Run::default(), None, None);
    run.are_configs = true;
    let mut parent = None;
    let Some(table) = database.table("run_operations") else {
        return Ok(());
    };
    let [kind, operation] = ["operation_type", "operation"].map(|name| table.column(name));
    database.scan(&table, |row| {
        let Value::Blob(operation) = row.get(operation) else {
            return;
        };
        let operation = Fields(operation);
        match row.integer(kind) {
            Some(1) => {
                let text = |number| Some(operation.text(number)).filter(|text| !text.is_empty());
                id = text(1).or(id.take());
                name = text(5).or(name.take());
                // What it was forked off.
                let fork = operation.get(2).map(|fork| fork.message().text(2));
                parent = fork.filter(|id| !id.is_empty()).or(parent.take());
                start = operation
                    .get(3)
                    .and_then(|time| millis(&time.message()))
                    .or(start);
            }
            Some(0) => update(&mut run, &operation),
            _ => {}
        }
    });
    let folder = files.first().map_or("", |file| file.path());
    let row = sink.run(id.as_deref().unwrap_or(folder));
    put_text(row, attribute::NAME, name.as_deref(), sink);
    put_text(row, attribute::PARENT, parent.as_deref(), sink);
    if let Some(start) = start {
        sink.set_attribute(row, attribute::START, ValueRef::Time(start));
    }
    if let Some(project) = project {
        sink.set_named(
            row,
            crate::ledger::Role::Tag,
            "project",
            ValueRef::Text(&project),
        );
    }
    run.write(row, sink);
    database.report(sink);
    Ok(())
}

/// What is done with an entry of a set: it is taken out.
const REMOVED: i64 = 2;

/// `UpdateRunSnapshot`.
fn update(run: &mut Run, message: &Fields<'_>) {
    let step = message.get(1).map(|step| {
        let step = step.message();
        let part = |number| step.get(number).map_or(0, Field::whole) as f64;
        part(1) + part(2) / 1e6
    });
    let time = message
        .get(2)
        .and_then(|time| millis(&time.message()))
        .unwrap_or_default();
    for entry in message.all(4).map(Field::message) {
        if let Some(value) = entry.get(2).and_then(|value| value_of(&value.message())) {
            run.values.insert(entry.text(1), value);
        }
    }
    for entry in message.all(5).map(Field::message) {
        // A set's entries, each with whether it was added.
        let set = run.sets.or_default(entry.text(1));
        for change in entry
            .get(2)
            .into_iter()
            .flat_map(|set| set.message().all(1))
        {
            for change in change.message().all(1).map(Field::message) {
                match change.get(2).map_or(0, Field::whole) {
                    REMOVED => set.remove(&change.text(1)),
                    _ => set.insert(change.text(1)),
                };
            }
        }
    }
    for entry in message.all(8).map(Field::message) {
        let value = entry.get(2).and_then(|value| value_of(&value.message()));
        if let Some(value) = value
            .as_ref()
            .and_then(|value| json_text::scalar(value).number())
        {
            let series = run.series.or_default(entry.text(1));
            series.push((step.unwrap_or(f64::NAN), time, value));
        }
    }
}

fn value_of(value: &Fields<'_>) -> Option<Json> {
    value.clone().find_map(|(number, field)| {
        Some(match number {
            1 => json_text::number(field.float()),
            3 => Json::from(field.whole()),
            5 => Json::Bool(field.whole() != 0),
            6 => Json::String(field.text()),
            8 => Json::String(time::format_millis(millis(&field.message())?)),
            12 => {
                let texts: Vec<String> = field.message().all(1).map(Field::text).collect();
                Json::String(texts.join(", "))
            }
            _ => return None,
        })
    })
}

/// Unix milliseconds of a `Timestamp` message.
fn millis(time: &Fields<'_>) -> Option<i64> {
    let part = |number| time.get(number).map_or(0, Field::whole);
    let millis = part(1)
        .saturating_mul(1000)
        .saturating_add(part(2) / 1_000_000);
    (millis > 0).then_some(millis)
}
