//! Nevergrad's `ParametersLogger`: JSON lines, one a `tell`.
//!
//! Keys that begin with `#` are metadata (`#optimizer`, `#uid`, `#num-tell`, …), among them the losses:
//! `#loss`, and for several objectives `#losses#0`, `#losses#1` … from which `#loss` is derived. Other keys
//! are parameters, but for `<name>#sigma`, `<name>.indices` and `<name>.indices#sigma`, which are the state of
//! mutation. Nevergrad always minimizes.

use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::File;
use serde_json::{Map, Value as Json};

pub(super) const FORMAT: Format = Format {
    name: "nevergrad",
    title: "Nevergrad parameters log",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let is_tell =
        |record: &Json| record.get("#optimizer").is_some() && record.get("#num-tell").is_some();
    Claim::alone(place, dropped.head(place).json.first().is_some_and(is_tell))
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let mut losses: order::Set<String> = order::Set::new();
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
        write(record, row, &mut losses, sink);
        sink.set_status(row, Status::Finished);
    });
    sink.source()
        .directions
        .extend(losses.into_iter().map(|loss| (loss, false)));
    Ok(())
}

/// Writes a tell and notes the names of its losses.
fn write(
    record: &Map<String, Json>,
    row: usize,
    losses: &mut order::Set<String>,
    sink: &mut RunSink<'_>,
) {
    let mut put_loss = |name: &str, loss: &Json, sink: &mut RunSink<'_>| {
        if !losses.contains(name) {
            losses.insert(name.to_owned());
        }
        sink.set_named(row, Role::Metric, name, json_text::scalar(loss));
    };
    let (mut params, mut other) = (Map::new(), Map::new());
    for (key, value) in record {
        let is_state = key.contains('#') || key.ends_with(".indices");
        if key == "#loss" || key.starts_with("#losses#") {
            put_loss(key, value, sink);
        } else if key == "#losses" {
            for (at, loss) in value.as_array().into_iter().flatten().enumerate() {
                put_loss(&format!("#losses#{at}"), loss, sink);
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
}
