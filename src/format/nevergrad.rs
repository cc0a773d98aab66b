//! Nevergrad's `ParametersLogger`: JSON lines, one a `tell`.
//!
//! Keys that begin with `#` are metadata (`#optimizer`, `#uid`, `#num-tell`, …), among them the losses:
//! `#loss`, and for several objectives `#losses#0`, `#losses#1` … from which `#loss` is derived. Other keys
//! are parameters, but for `<name>#sigma`, `<name>.indices` and `<name>.indices#sigma`, which are the state of
//! mutation. Nevergrad always minimizes.

use super::{Format, Head, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::File;
use serde_json::{Map, Value as Json};

pub(super) const FORMAT: Format = Format {
    name: "nevergrad",
    title: "Nevergrad parameters log",
    claim,
    read,
};

fn claim(place: usize, heads: &[Head]) -> Vec<usize> {
    let is_tell =
        |record: &Json| record.get("#optimizer").is_some() && record.get("#num-tell").is_some();
    if heads[place].json.first().is_some_and(is_tell) {
        vec![place]
    } else {
        Vec::new()
    }
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let mut has_several = false;
    json_text::for_each(*file, sink, on_bytes, &mut |record, place, sink| {
        let Some(record) = record.as_object() else {
            sink.problem(
                "nevergrad/no-object",
                place,
                "it is no object",
                "line skipped",
            );
            return;
        };
        sink.may_flush();
        let row = sink.add_run();
        has_several |= write(record, row, sink);
        sink.set_status(row, Status::Finished);
    });
    if !has_several {
        sink.source().directions.push(("#loss".to_owned(), false));
    }
    Ok(())
}

/// Writes a tell; says whether it has several objectives.
fn write(record: &Map<String, Json>, row: usize, sink: &mut RunSink<'_>) -> bool {
    let mut has_several = false;
    let (mut params, mut other) = (Map::new(), Map::new());
    for (key, value) in record {
        let is_state = key.contains('#') || key.ends_with(".indices");
        if key == "#loss" || key.starts_with("#losses#") {
            has_several |= key != "#loss";
            sink.set_named(row, Role::Metric, key, json_text::scalar(value));
        } else if key == "#losses" {
            for (at, loss) in value.as_array().into_iter().flatten().enumerate() {
                has_several = true;
                sink.set_named(
                    row,
                    Role::Metric,
                    &format!("#losses#{at}"),
                    json_text::scalar(loss),
                );
            }
        } else if key == "#uid" {
            let uid = json_text::scalar(value).to_string();
            sink.source().has_ids = true;
            sink.set_attribute(row, attribute::ID, ValueRef::Text(&uid));
            sink.set_attribute(row, attribute::NAME, ValueRef::Text(&uid));
        } else if key.starts_with('#') {
            other.insert(key.clone(), value.clone());
        } else if !is_state {
            params.insert(key.clone(), value.clone());
        }
    }
    json_text::flatten(&params, &mut |path, value| {
        sink.set_named(row, Role::Param, path, value);
    });
    json_text::flatten(&other, &mut |path, value| {
        sink.set_named(row, Role::Tag, path, value);
    });
    has_several
}
