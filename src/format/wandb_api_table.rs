//! What W&B's guide to its API makes of a project: a table with a run's config and its summary in a cell each, as Python
//! prints them (or as JSON), and its name.

use super::python_repr;
use super::roles::{SAMPLE, guess_others};
use super::rows::{RowWriter, Target};
use super::run_folders::put_object;
use super::table::Table;
use super::{Claim, Dropped, Format, Head, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, ValueRef, attribute};
use crate::source::File;
use serde_json::{Map, Value as Json};

pub(super) const FORMAT: Format = Format {
    name: "wandb-api-table",
    title: "W&B runs by its API (CSV)",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    Claim::alone(place, is_ours(dropped.head(place)))
}

/// Both columns hold dicts.
fn is_ours(head: &Head) -> bool {
    let Some((dialect, header)) = &head.table else {
        return false;
    };
    let places = ["config", "summary"].map(|wanted| header.iter().position(|name| name == wanted));
    let [Some(config), Some(summary)] = places else {
        return false;
    };
    let records = dialect.records_of(&head.text, 2);
    let is_dict = |at: usize| {
        let cell = records.get(1).and_then(|record| record.get(at));
        cell.is_some_and(|cell| cell.trim_start().starts_with('{'))
    };
    is_dict(config) && is_dict(summary)
}

fn fixed(name: &str) -> Option<Target> {
    Some(match name {
        "" | "config" | "summary" => Target::Skip,
        "id" | "run_id" => Target::Id,
        "name" | "display_name" => Target::Attribute(attribute::NAME),
        "group" => Target::Attribute(attribute::GROUP),
        "state" => Target::Status,
        "created_at" => Target::Time(attribute::START),
        _ => return None,
    })
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = *files.first().ok_or(NotThisFormat)?;
    let sample = Table::sample(file, SAMPLE);
    let mut table = Table::open(file, sink, on_bytes).ok_or(NotThisFormat)?;
    let mut writer = RowWriter::new(guess_others(&table.columns, &sample, fixed));
    let place = |wanted: &str| table.columns.iter().position(|name| name == wanted);
    let (config, summary) = (
        place("config").ok_or(NotThisFormat)?,
        place("summary").ok_or(NotThisFormat)?,
    );
    writer.write_each(&mut table, sink, |record, row, sink| {
        let mut dict = |at: usize, name: &str| -> Map<String, Json> {
            let text = record.text(at);
            let mut dict = python_repr::dict(text).unwrap_or_else(|| {
                if !text.trim().is_empty() {
                    let place = format!("line {}", record.line);
                    let what = format!("its {name} is no dict");
                    sink.problem("wandb/no-dict", &place, &what, "left out");
                }
                Map::new()
            });
            // What the logger keeps for itself.
            dict.retain(|key, _| !key.starts_with('_'));
            dict
        };
        let (config, mut summary) = (dict(config, "config"), dict(summary, "summary"));
        put_object(row, Role::Param, &config, sink);
        summary.retain(|_, value| value.get("_type").is_none());
        json_text::flatten(&summary, &mut |path, value| {
            if matches!(value, ValueRef::Number(_) | ValueRef::Bool(_)) {
                sink.set_named(row, Role::Metric, path, value);
            }
        });
    });
    Ok(())
}
