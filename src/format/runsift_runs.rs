//! The runs document, `runsift.runs/1`, which the page and `inspect` write; `export::json` has its layout.
//!
//! Runs come back with the sources that they are of. The document has no curves: of a metric of several points its last value
//! is read, the least and the greatest become metrics of their own (`val_loss.min`, `val_loss.max`). Texts stay texts, but for the
//! three that stand for numbers that are not finite.

use super::json_text::{for_each_under, scalar};
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::{Role, RunSink, SavedSource, Status, ValueRef, attribute};
use crate::source::File;
use serde_json::{Map, Value as Json};

pub(super) const FORMAT: Format = Format {
    name: "runsift-runs",
    title: "Runs that runsift saved (JSON)",
    claim,
    read,
};

const SCHEMA: &str = "runsift.runs/1";

/// How far into a file its schema is looked for.
const SCHEMA_WITHIN: usize = 100;

/// How many sources are kept; runs of further ones are of the document.
const MOST_SOURCES: usize = 1 << 20;

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    let start: String = head.text.chars().take(SCHEMA_WITHIN).collect();
    let whole = head.json.first().and_then(|said| said.get("schema"));
    let is_ours = start.trim_start().starts_with('{')
        && (start.contains("\"runsift.runs/1\"") || whole.is_some_and(|schema| schema == SCHEMA));
    Claim::alone(place, is_ours)
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = *files.first().ok_or(NotThisFormat)?;
    let mut sources = Vec::new();
    // What is broken is told once, when the runs are read.
    let mut ignored = |_| {};
    let mut untold = RunSink::new(&mut ignored);
    let mut keep = |source: &Json, _: &str, _: &mut RunSink<'_>| {
        if sources.len() < MOST_SOURCES {
            let text = |key: &str| source.get(key).and_then(Json::as_str).unwrap_or_default();
            sources.push(SavedSource {
                path: text("path").to_owned(),
                format: text("format").to_owned(),
                has_ids: true,
                ..SavedSource::default()
            });
        }
    };
    for_each_under(file, "sources", &mut untold, &mut |_| {}, &mut keep);
    let first = sink.begin_saved(sources);
    let is_ours = for_each_under(
        file,
        "runs",
        sink,
        on_bytes,
        &mut |run, place, sink| match run.as_object() {
            Some(run) => write(run, first, sink),
            None => sink.problem("runsift-runs/no-run", place, "it is no object", "left out"),
        },
    );
    is_ours.then_some(()).ok_or(NotThisFormat)
}

fn write(run: &Map<String, Json>, first: usize, sink: &mut RunSink<'_>) {
    let source = run.get("source").and_then(Json::as_u64);
    let row = sink.add_saved_run(first, source.map_or(usize::MAX, |place| place as usize));
    let get = |key: &str| run.get(key).map_or(ValueRef::Missing, value_of);
    for name in [
        attribute::ID,
        attribute::NAME,
        attribute::GROUP,
        attribute::PARENT,
    ] {
        match get(name) {
            ValueRef::Missing => {}
            value => sink.set_attribute(row, name, ValueRef::Text(&value.to_string())),
        }
    }
    if let Some(word) = get(attribute::STATUS)
        .text()
        .filter(|word| *word != "unknown")
    {
        sink.set_status(row, Status::from_word(word));
    }
    for name in [attribute::START, attribute::END] {
        if let Some(millis) = run.get(name).and_then(Json::as_i64) {
            sink.set_attribute(row, name, ValueRef::Time(millis));
        }
    }
    let mut set = |role: Role, key: &str| {
        let values = run.get(key).and_then(Json::as_object);
        for (name, said) in values.into_iter().flatten() {
            let of = |key: &str| said.get(key).map_or(ValueRef::Missing, value_of);
            let is_summary = role == Role::Metric && said.is_object();
            let value = if is_summary {
                of("last")
            } else {
                value_of(said)
            };
            sink.set_named(row, role, name, value);
            if is_summary && of("n").number().is_some_and(|points| points > 1.0) {
                for end in ["min", "max"] {
                    sink.set_named(row, role, &[name, ".", end].concat(), of(end));
                }
            }
        }
    };
    set(Role::Param, "params");
    set(Role::Metric, "metrics");
    set(Role::Tag, "tags");
}

fn value_of(json: &Json) -> ValueRef<'_> {
    match json.as_str() {
        // What begins so stands for a bare token.
        Some(text)
            if !matches!(text, "NaN" | "Infinity" | "-Infinity") && !text.starts_with('\u{1}') =>
        {
            ValueRef::Text(text)
        }
        _ => scalar(json),
    }
}
