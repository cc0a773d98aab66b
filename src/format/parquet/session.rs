//! A session file, `NAME.runsift.zip`, once it is unpacked: `session.json` says what the columns of `runs.parquet` are,
//! and `curves.parquet` has the logged points. docs/sessions.md describes it.

use super::footer::{is_readable, open};
use super::{Claim, Dropped, Format, NotThisFormat, lies_within, rows_of};
use crate::ledger::{ColumnId, Role, RunSink, SavedColumn, SavedTables, Value, ValueRef};
use crate::source::{File, file_name, read_up_to};
use ::parquet::file::reader::FileReader as _;
use ::parquet::record::Field;
use rustc_hash::FxHashMap;
use serde::Deserialize as _;
use serde_json::Value as Json;

pub(in crate::format) const FORMAT: Format = Format {
    name: "runsift-session",
    title: "Session of runsift",
    claim,
    read,
};

const TEXT: &str = "session.json";
const RUNS: &str = "runs.parquet";
const CURVES: &str = "curves.parquet";
const README: &str = "README.txt";

/// What every schema of a session begins with, and the one that is read here.
const SCHEMAS: &str = "runsift.session/";
const SCHEMA: &str = "runsift.session/1";

/// How long a session's text may be.
const TEXT_BYTES: u64 = 256 << 20;

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let is_ours = dropped.name(place) == TEXT
        && dropped
            .head(place)
            .text
            .contains("\"schema\":\"runsift.session/");
    if !is_ours {
        return Claim::none();
    }
    let folder = dropped.folder(place);
    let parts = [RUNS, CURVES, README];
    let parts = parts
        .iter()
        .filter_map(|name| dropped.in_folder(folder, name));
    Claim::of([place].into_iter().chain(parts).collect())
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let named = |name: &str| files.iter().find(|file| file_name(file.path()) == name);
    let text = named(TEXT).ok_or(NotThisFormat)?;
    let bytes = read_up_to(*text, TEXT_BYTES).unwrap_or_default();
    let said = serde_json::from_slice::<Json>(&bytes).map_err(|error| error.to_string());
    let mut said = match said {
        Ok(said) => said,
        Err(error) => {
            damaged(TEXT, &error, sink);
            return Ok(());
        }
    };
    let schema = said
        .get("schema")
        .and_then(Json::as_str)
        .unwrap_or_default();
    if schema != SCHEMA {
        let version = schema.strip_prefix(SCHEMAS).unwrap_or("nothing");
        let what = format!("it is of version {version}, which a newer runsift wrote");
        let effect = "nothing was read: open it with that version";
        sink.problem("session/newer", "", &what, effect);
        return Ok(());
    }
    let tables = SavedTables::deserialize(&said).unwrap_or_default();
    if let Some(said) = said.as_object_mut() {
        said.remove("columns");
        said.remove("sources");
    }
    sink.source().session = Some(said.to_string());
    let SavedTables { columns, sources } = tables;
    let first = sink.begin_saved(sources);
    let mut rows = 0;
    match named(RUNS) {
        Some(file) => {
            let ids: Vec<(ColumnId, &SavedColumn)> = columns
                .iter()
                .map(|column| (sink.column(column.role, &column.name), column))
                .collect();
            rows = each_row(*file, sink, on_bytes, &mut |mut fields, sink| {
                let source = fields.get(ids.len()).and_then(whole).unwrap_or_default();
                let row = sink.add_saved_run(first, source);
                for ((id, column), field) in ids.iter().zip(fields.drain(..)) {
                    let value = value_of(field);
                    let value = value.as_ref().map_or(ValueRef::Missing, Value::as_ref);
                    let value = match value {
                        ValueRef::Text(text) if column.is_mixed => ValueRef::parse(text),
                        value => value,
                    };
                    sink.set(row, *id, value);
                }
            });
        }
        None => damaged(RUNS, "it is not in the file", sink),
    }
    let Some(file) = named(CURVES) else {
        damaged(CURVES, "it is not in the file", sink);
        return Ok(());
    };
    let mut metrics: FxHashMap<String, ColumnId> = FxHashMap::default();
    each_row(*file, sink, on_bytes, &mut |fields, sink| {
        let [_, Field::Str(metric), step, time, value, row] = fields.as_slice() else {
            return;
        };
        let row = whole(row).filter(|row| *row < rows);
        let number = |field: &Field| match value_of(field.clone()) {
            Some(Value::Number(x)) => Some(x),
            _ => None,
        };
        let (Some(row), Some(value)) = (row, number(value)) else {
            return;
        };
        let id = metrics.get(metric).copied().unwrap_or_else(|| {
            let id = sink.column(Role::Metric, metric);
            metrics.insert(metric.clone(), id);
            id
        });
        let millis = match value_of(time.clone()) {
            Some(Value::Time(millis)) => millis,
            _ => 0,
        };
        sink.point(row, id, number(step).unwrap_or(f64::NAN), millis, value);
    });
    Ok(())
}

fn damaged(name: &str, what: &str, sink: &mut RunSink<'_>) {
    let effect = "what is there was not read";
    sink.problem("session/damaged", name, what, effect);
}

/// A place, where the field is one.
fn whole(field: &Field) -> Option<usize> {
    match field {
        Field::Long(x) => usize::try_from(*x).ok(),
        _ => None,
    }
}

/// The value as it was written.
fn value_of(field: Field) -> Option<Value> {
    Some(match field {
        Field::Bool(truth) => Value::Bool(truth),
        Field::Long(x) => Value::Number(x as f64),
        Field::Double(x) => Value::Number(x),
        Field::TimestampMillis(millis) => Value::Time(millis),
        Field::Str(text) => Value::Text(text),
        _ => return None,
    })
}

/// Hands on the fields of each row, and says how many rows there were before the end, or the first that is damaged.
fn each_row(
    file: &dyn File,
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
    take: &mut dyn FnMut(Vec<Field>, &mut RunSink<'_>),
) -> usize {
    let name = file_name(file.path());
    let mut count = 0;
    let mut read = || -> Result<(), String> {
        let told = |error: ::parquet::errors::ParquetError| error.to_string();
        let reader = open(file)?;
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        let fields = schema.root_schema().get_fields();
        if fields.is_empty() || !fields.iter().all(|field| is_readable(field)) {
            return Err("its columns are none of a session".to_owned());
        }
        for group in 0..reader.num_row_groups() {
            if !lies_within(reader.metadata().row_group(group), file.len_bytes()) {
                return Err("its columns lie outside of the file".to_owned());
            }
            let group = reader.get_row_group(group).map_err(told)?;
            for row in rows_of(&schema, &*group).map_err(told)? {
                let fields = row.map_err(told)?.into_columns();
                take(fields.into_iter().map(|(_, field)| field).collect(), sink);
                count += 1;
            }
        }
        Ok(())
    };
    let read = read();
    on_bytes(file.len_bytes());
    if let Err(error) = read {
        damaged(name, &error, sink);
    }
    count
}
