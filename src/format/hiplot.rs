//! HiPlot's experiments, as CSV (`uid`, `from_uid`, values) and as JSON (`datapoints` with `values`).
//!
//! HiPlot does not tell params from metrics, so names and values do. `from_uid` links points of one run (a
//! tree): it is kept as the parent. Points may lack keys.

use super::json::JsonRows;
use super::roles::{SAMPLE, guess_one, guess_others};
use super::rows::{Guess, RowWriter, Target};
use super::table::Table;
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{RunSink, ValueRef, attribute};
use crate::source::File;
use serde_json::{Map, Value as Json};

pub(super) const TABLE: Format = Format {
    name: "hiplot-table",
    title: "HiPlot experiment (CSV)",
    claim: claim_table,
    read: read_table,
};

pub(super) const EXPERIMENT: Format = Format {
    name: "hiplot",
    title: "HiPlot experiment (JSON)",
    claim: claim_experiment,
    read: read_experiment,
};

fn claim_table(place: usize, dropped: &Dropped<'_>) -> Claim {
    Claim::alone(
        place,
        dropped.head(place).has("uid") && dropped.head(place).has("from_uid"),
    )
}

fn claim_experiment(place: usize, dropped: &Dropped<'_>) -> Claim {
    let text = &dropped.head(place).text;
    let keys = ["\"datapoints\"", "\"parameters_definition\""];
    let is_ours = text.trim_start().starts_with('{') && keys.iter().any(|key| text.contains(key));
    Claim::alone(place, is_ours)
}

fn fixed(name: &str) -> Option<Target> {
    match name {
        "uid" => Some(Target::Id),
        "from_uid" => Some(Target::Attribute(attribute::PARENT)),
        _ => None,
    }
}

fn read_table(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let sample = Table::sample(*file, SAMPLE);
    let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
    let guesses = guess_others(&table.columns, &sample, fixed);
    RowWriter::new(guesses).write_all(&mut table, sink);
    Ok(())
}

fn read_experiment(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let mut first: Vec<Map<String, Json>> = Vec::new();
    let mut ignore = |_| {};
    let mut look = |point: &Json, _: &str, _: &mut RunSink<'_>| {
        if first.len() < SAMPLE {
            first.extend(point.get("values").and_then(Json::as_object).cloned());
        }
    };
    if !json_text::for_each_under(*file, "datapoints", sink, &mut ignore, &mut look) {
        return Err(NotThisFormat);
    }
    sink.source().problems = crate::ledger::Problems::default();
    let target = move |name: &str| -> Guess {
        let values: Vec<String> = first
            .iter()
            .filter_map(|values| values.get(name))
            .map(|value| json_text::scalar(value).to_string())
            .collect();
        let values: Vec<&str> = values
            .iter()
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .collect();
        match guess_one(name, &values) {
            guess @ (Target::Value(..), _) => guess,
            // A value called `id` or `name` is a value all the same: a point's own id is beside its values.
            (_, _) => (Target::tag(name), None),
        }
    };
    let mut rows = JsonRows::new(Box::new(target));
    json_text::for_each_under(
        *file,
        "datapoints",
        sink,
        on_bytes,
        &mut |point, place, sink| {
            let Some(values) = point.get("values").filter(|values| values.is_object()) else {
                sink.problem(
                    "hiplot/no-values",
                    place,
                    "it has no values",
                    "point skipped",
                );
                return;
            };
            let Some(row) = rows.write(values, place, sink) else {
                return;
            };
            if let Some(uid) = point
                .get("uid")
                .map(json_text::scalar)
                .filter(|uid| !uid.is_missing())
            {
                sink.source().has_ids = true;
                sink.set_attribute(row, attribute::ID, ValueRef::Text(&uid.to_string()));
            }
            if let Some(parent) = point
                .get("from_uid")
                .map(json_text::scalar)
                .filter(|parent| !parent.is_missing())
            {
                sink.set_attribute(row, attribute::PARENT, ValueRef::Text(&parent.to_string()));
            }
        },
    );
    Ok(())
}
