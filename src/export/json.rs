//! The runs document, `runsift.runs/1`.
//!
//! One object: `schema`, `sources` with their problems, and `runs`, each with `id`, `name`, `status`,
//! `source`, `start`, `end`, `group`, `parent`, `params`, `metrics` (`last`, `min`, `max`, `n`,
//! `first_step`, `last_step`) and `tags`. Numbers that are not finite are the texts `NaN`, `Infinity`,
//! `-Infinity`; what a source does not say is absent or null. Attributes without a place of their own
//! are among the tags.

use crate::ledger::{
    Column, Ledger, PointSummary, Role, SourceRecord, Value, ValueRef, attribute, number_text,
};
use serde_json::{Map, Value as Json, json};
use std::io::{self, Write};

/// Names of attributes that have a place of their own in the document.
const OWN_PLACE: [&str; 7] = [
    attribute::ID,
    attribute::NAME,
    attribute::STATUS,
    attribute::START,
    attribute::END,
    attribute::GROUP,
    attribute::PARENT,
];

/// Writes the document of these rows. Fails only where writing does.
pub fn write_runs(ledger: &Ledger, rows: &[usize], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\"schema\":\"runsift.runs/1\",\n\"sources\":[")?;
    for (place, source) in ledger.sources().iter().enumerate() {
        let separator = if place == 0 { "\n" } else { ",\n" };
        write!(out, "{separator}{}", source_object(source))?;
    }
    write!(out, "],\n\"runs\":[")?;
    for (place, row) in rows.iter().enumerate() {
        let separator = if place == 0 { "\n" } else { ",\n" };
        write!(out, "{separator}{}", Json::Object(run_object(ledger, *row)))?;
    }
    writeln!(out, "]}}")
}

fn source_object(source: &SourceRecord) -> Json {
    json!({
        "path": source.path,
        "format": source.format,
        "runs": source.runs,
        "problems": source.problems.listed(),
    })
}

fn run_object(ledger: &Ledger, row: usize) -> Map<String, Json> {
    let text = |name: &str| match ledger
        .attribute(name)
        .map_or(ValueRef::Missing, |column| column.get(row))
    {
        ValueRef::Missing => Json::Null,
        value => Json::String(value.to_string()),
    };
    let millis = |name: &str| match ledger
        .attribute(name)
        .map_or(ValueRef::Missing, |column| column.get(row))
    {
        ValueRef::Time(t) => Json::from(t),
        _ => Json::Null,
    };
    let mut run = Map::new();
    run.insert("id".to_owned(), Json::String(ledger.run_id(row)));
    run.insert("name".to_owned(), text(attribute::NAME));
    let status = text(attribute::STATUS);
    run.insert(
        "status".to_owned(),
        if status.is_null() {
            Json::from("unknown")
        } else {
            status
        },
    );
    run.insert("source".to_owned(), Json::from(ledger.source_of(row)));
    run.insert("start".to_owned(), millis(attribute::START));
    run.insert("end".to_owned(), millis(attribute::END));
    run.insert("group".to_owned(), text(attribute::GROUP));
    run.insert("parent".to_owned(), text(attribute::PARENT));
    let (mut params, mut metrics, mut tags) = (Map::new(), Map::new(), Map::new());
    for column in ledger.columns() {
        let name = column.name().to_owned();
        match column.role() {
            Role::Param => put(&mut params, name, column.get(row)),
            Role::Metric => put_metric(&mut metrics, name, column, row),
            Role::Tag => put(&mut tags, name, column.get(row)),
            Role::Attribute if !OWN_PLACE.contains(&column.name()) => {
                put(&mut tags, name, column.get(row));
            }
            Role::Attribute | Role::Ignored => {}
        }
    }
    run.insert("params".to_owned(), Json::Object(params));
    run.insert("metrics".to_owned(), Json::Object(metrics));
    run.insert("tags".to_owned(), Json::Object(tags));
    run
}

fn put(fields: &mut Map<String, Json>, name: String, value: ValueRef<'_>) {
    if let Some(value) = value.to_owned() {
        fields.insert(
            name,
            match value {
                Value::Number(x) => number(x),
                Value::Bool(b) => Json::Bool(b),
                Value::Time(t) => Json::String(ValueRef::Time(t).to_string()),
                Value::Text(text) => Json::String(text),
            },
        );
    }
}

fn put_metric(metrics: &mut Map<String, Json>, name: String, column: &Column, row: usize) {
    if let Some(PointSummary {
        count,
        last,
        min,
        max,
        first_step,
        last_step,
    }) = column.summary(row)
    {
        let optional = |x: Option<f64>| x.map_or(Json::Null, number);
        let summary = json!({
            "last": number(last), "min": optional(min), "max": optional(max), "n": count,
            "first_step": optional(first_step), "last_step": optional(last_step),
        });
        metrics.insert(name, summary);
    } else if !column.get(row).is_missing() {
        // A metric whose value is no number (a flag, a text) has only a last.
        let mut only = Map::new();
        put(&mut only, "last".to_owned(), column.get(row));
        only.insert("n".to_owned(), Json::from(1));
        metrics.insert(name, Json::Object(only));
    }
}

/// A number; whole ones without a fraction, others by their shortest text, those not finite as text.
fn number(x: f64) -> Json {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if x.fract() == 0.0 && x.abs() <= EXACT && !(x == 0.0 && x.is_sign_negative()) {
        return Json::from(x as i64);
    }
    serde_json::Number::from_f64(x).map_or_else(|| Json::String(number_text(x)), Json::Number)
}
