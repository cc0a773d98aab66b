//! Parquet: a table of runs, or histories with a row a step or a logged value, opened by its footer and read a row group at a time.
//!
//! The crate `parquet` reads pages; nested columns become `a.b`, lists `a.0` up to a bound. What a table is
//! is decided by its columns, as for delimited text. <https://parquet.apache.org/docs/file-format>

mod chosen;
mod footer;
mod neptune;
pub(super) mod session;
mod source;

use super::json_layout::without_tuples;
use super::roles::{SAMPLE, guess};
use super::rows::{Guess, RowWriter};
use super::{
    Claim, Dropped, Format, NotThisFormat, aim_table, long_form, mlflow_table, optuna_table,
    ray_table, runsift_table, step_table,
};
use crate::ledger::{Role, RunSink, Value, ValueRef, attribute, parse_number};
use crate::source::{File, file_stem};
use ::parquet::basic::{LogicalType, TimeUnit};
use ::parquet::file::metadata::RowGroupMetaData;
use ::parquet::file::reader::{FileReader as _, RowGroupReader, SerializedFileReader};
use ::parquet::record::reader::{ReaderIter, TreeBuilder};
use ::parquet::record::{Field, Row};
use ::parquet::schema::types::{SchemaDescPtr, SchemaDescriptor};
use chosen::Chosen;
use neptune::Attributes;
use source::Chunks;
use std::sync::Arc;

pub(super) const FORMAT: Format = Format {
    name: "parquet",
    title: "Parquet table",
    claim,
    read,
};

/// How many items of a list become columns.
const LIST_ITEMS: usize = 64;

/// How many runs are read at once where each has files of its own.
const RUNS_OF_A_PIECE: usize = 20;

/// How deep columns may nest.
const DEEPEST: usize = 8;

/// How many columns are taken.
const COLUMNS: usize = 100_000;

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let is_ours = |at: &usize| dropped.head(*at).raw.starts_with(b"PAR1");
    let part_of = |at: &usize| neptune::part_of(dropped.name(*at));
    if part_of(&place).is_none() || !is_ours(&place) {
        return Claim::alone(place, is_ours(&place));
    }
    // Those of a run are read by one hand.
    let parts = dropped.beside(place);
    let mut parts: Vec<usize> = parts
        .filter(|at| part_of(at).is_some() && is_ours(at))
        .collect();
    order::by_key(&mut parts, |at| part_of(at));
    let run_of = |at: &usize| part_of(at).map(|(run, _)| run);
    let runs: Vec<&[usize]> = parts.chunk_by(|a, b| run_of(a) == run_of(b)).collect();
    Claim::pieces(runs.chunks(RUNS_OF_A_PIECE).map(<[_]>::concat).collect())
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let (mut table, mut bytes) = (None, 0);
    for file in files {
        read_file(*file, &mut table, sink, &mut |read| on_bytes(bytes + read));
        bytes += file.len_bytes();
    }
    if let Some(Table::Attributes(attributes)) = &mut table {
        attributes.finish(sink);
    }
    Ok(())
}

/// Reads a file into the table that the first of its unit has shown to be.
fn read_file(
    file: &dyn File,
    table: &mut Option<Table>,
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) {
    let tell = |place: &str, what: &str, sink: &mut RunSink<'_>| {
        sink.problem_in(
            "parquet/damaged",
            file.path(),
            place,
            what,
            "what is there was not read",
        );
    };
    let reader = match footer::open(file) {
        Ok(reader) => reader,
        Err(error) => {
            return tell("", &error, sink);
        }
    };
    let said = reader.metadata().file_metadata();
    let schema = match chosen::projection(said.schema(), sink) {
        Chosen::All => said.schema_descr_ptr(),
        Chosen::Some(schema) => Arc::new(SchemaDescriptor::new(Arc::new(schema))),
        Chosen::None => return,
    };
    let nanos = nanosecond_columns(&reader);
    let partition = partition_of(file.path());
    let mut sample: Vec<Cells> = Vec::new();
    let groups = reader.num_row_groups();
    let mut number = 0;
    for group in 0..groups {
        let place = format!("row group {}", group + 1);
        if !lies_within(reader.metadata().row_group(group), file.len_bytes()) {
            tell(&place, "its columns lie outside of the file", sink);
            continue;
        }
        let group_reader = match reader.get_row_group(group) {
            Ok(reader) => reader,
            Err(error) => {
                tell(&place, &error.to_string(), sink);
                continue;
            }
        };
        let rows = match rows_of(&schema, &*group_reader) {
            Ok(rows) => rows,
            Err(error) => {
                tell(&place, &error.to_string(), sink);
                continue;
            }
        };
        for row in rows {
            number += 1;
            match row {
                Ok(row) => {
                    let mut cells = cells(row, &nanos);
                    cells.extend(partition.iter().cloned());
                    sample.push(cells);
                }
                Err(error) => {
                    tell(&format!("row {number}"), &error.to_string(), sink);
                    break;
                }
            }
            if table.is_some() || sample.len() >= SAMPLE {
                let table = table.get_or_insert_with(|| Table::of(&sample, file.path(), sink));
                sample.drain(..).for_each(|cells| table.write(&cells, sink));
            }
        }
        on_bytes(file.len_bytes() * (group as u64 + 1) / groups.max(1) as u64);
    }
    if !sample.is_empty() {
        let table = table.get_or_insert_with(|| Table::of(&sample, file.path(), sink));
        sample.drain(..).for_each(|cells| table.write(&cells, sink));
    }
}

/// About how many bytes of memory the values of a file take, by its footer.
pub(super) fn memory_of(file: &dyn File) -> Option<u64> {
    /// A number, a time or the place of a text.
    const VALUE_BYTES: i64 = 8;
    let reader = footer::open(file).ok()?;
    let groups = reader.metadata().row_groups().iter();
    let columns = groups.clone().flat_map(RowGroupMetaData::columns);
    let bytes = columns.map(|column| {
        // Repeated values take little of the file and a number's room each in memory.
        let values = column.num_values().saturating_mul(VALUE_BYTES);
        values.max(column.uncompressed_size())
    });
    // So do rows in which nothing is.
    let bytes = bytes.chain(groups.map(|group| group.num_rows().saturating_mul(VALUE_BYTES)));
    let bytes = bytes.map(|bytes| u64::try_from(bytes).unwrap_or_default());
    Some(bytes.fold(0, u64::saturating_add))
}

/// How many values of all columns are decoded at once.
const VALUES_AT_ONCE: usize = 1 << 20;

/// The rows of a row group, with these columns. Of wide tables fewer are decoded at once than the crate would, which makes room for
/// as many of each column.
fn rows_of(
    schema: &SchemaDescPtr,
    group: &dyn RowGroupReader,
) -> ::parquet::errors::Result<ReaderIter> {
    let at_once = VALUES_AT_ONCE / schema.num_columns().max(1);
    let tree = TreeBuilder::new().with_batch_size(at_once.clamp(16, 1024));
    tree.as_iter(Arc::clone(schema), group)
}

/// Whether all columns of a row group lie in a file of this length: the crate panics where they do not.
fn lies_within(group: &RowGroupMetaData, len_bytes: u64) -> bool {
    group.columns().iter().all(|column| {
        let from = column
            .dictionary_page_offset()
            .unwrap_or_else(|| column.data_page_offset());
        let range = u64::try_from(from)
            .ok()
            .zip(u64::try_from(column.compressed_size()).ok());
        range.is_some_and(|(from, len)| from.checked_add(len).is_some_and(|to| to <= len_bytes))
    })
}

/// What the folders of a data set that is cut by columns say of its rows: `lr=0.1/part-0.parquet`, as Spark, `DuckDB`
/// and pandas write it.
fn partition_of(path: &str) -> Cells {
    const NOTHING: &str = "__HIVE_DEFAULT_PARTITION__";
    let (folders, _) = path.rsplit_once('/').unwrap_or_default();
    let parts = folders
        .split('/')
        .filter_map(|folder| folder.split_once('='));
    // Folders of sweeps may be called by several params at once.
    let parts = parts.filter(|(name, value)| {
        let is_one = !value.contains([',', '=']);
        is_one && !name.is_empty() && !value.is_empty() && *value != NOTHING
    });
    let cell = |(name, value): (&str, &str)| (name.to_owned(), Value::Text(value.to_owned()));
    parts.map(cell).collect()
}

/// Values of a row by the names of their columns, in the order of the file.
type Cells = Vec<(String, Value)>;

/// Names of columns that hold nanoseconds, which the crate gives as whole numbers.
fn nanosecond_columns(reader: &SerializedFileReader<Chunks>) -> Vec<String> {
    let schema = reader.metadata().file_metadata().schema_descr();
    let columns = schema.columns().iter();
    let nanos = columns.filter(|column| match column.logical_type_ref() {
        Some(LogicalType::Timestamp(time)) => time.unit == TimeUnit::NANOS,
        _ => false,
    });
    nanos.map(|column| column.path().string()).collect()
}

fn cells(row: Row, nanos: &[String]) -> Cells {
    let mut found = Cells::new();
    for (name, field) in row.into_columns() {
        flatten(name, field, DEEPEST, nanos, &mut found);
    }
    for (name, _) in &mut found {
        if let Some(plain) = without_tuples(name) {
            *name = plain;
        }
    }
    found
}

/// A longer decimal is none that any program writes, and its digits would take the square of its length in time.
const DECIMAL_BYTES: usize = 64;

fn flatten(name: String, field: Field, depth: usize, nanos: &[String], to: &mut Cells) {
    if to.len() >= COLUMNS {
        return;
    }
    let value = match field {
        Field::Null => return,
        Field::Bool(truth) => Value::Bool(truth),
        Field::Byte(x) => Value::Number(f64::from(x)),
        Field::Short(x) => Value::Number(f64::from(x)),
        Field::Int(x) | Field::TimeMillis(x) => Value::Number(f64::from(x)),
        Field::Long(x) if nanos.contains(&name) => Value::Time(x / 1_000_000),
        Field::Long(x) | Field::TimeMicros(x) => whole(i128::from(x)),
        Field::UByte(x) => Value::Number(f64::from(x)),
        Field::UShort(x) => Value::Number(f64::from(x)),
        Field::UInt(x) => Value::Number(f64::from(x)),
        Field::ULong(x) => whole(i128::from(x)),
        Field::Float16(x) => Value::Number(x.to_f64()),
        Field::Float(x) => Value::Number(f64::from(x)),
        Field::Double(x) => Value::Number(x),
        // What it means is decided where it goes: an id of digits is no number.
        Field::Str(text) if ValueRef::parse(&text).is_missing() => return,
        Field::Str(text) => Value::Text(text),
        Field::Bytes(bytes) => match std::str::from_utf8(bytes.data()) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => return,
        },
        Field::Date(days) => Value::Time(i64::from(days) * 86_400_000),
        Field::TimestampMillis(millis) => Value::Time(millis),
        Field::TimestampMicros(micros) => Value::Time(micros / 1000),
        Field::Decimal(ref decimal) if decimal.data().len() > DECIMAL_BYTES => {
            Value::Text(text_of(&field, DEEPEST))
        }
        Field::Decimal(_) => match ValueRef::parse(&field.to_string()).to_owned() {
            Some(value) => value,
            None => return,
        },
        Field::Group(row) if depth > 0 => {
            for (inner, field) in row.into_columns() {
                flatten(format!("{name}.{inner}"), field, depth - 1, nanos, to);
            }
            return;
        }
        Field::ListInternal(ref list) if depth > 0 && list.elements().len() <= LIST_ITEMS => {
            for (at, item) in list.elements().iter().enumerate() {
                flatten(format!("{name}.{at}"), item.clone(), depth - 1, nanos, to);
            }
            return;
        }
        Field::MapInternal(ref map) if depth > 0 => {
            for (key, value) in map.entries() {
                let name = format!("{name}.{}", text_of(key, depth));
                flatten(name, value.clone(), depth - 1, nanos, to);
            }
            return;
        }
        other => Value::Text(text_of(&other, DEEPEST)),
    };
    to.push((name, value));
}

/// A field as text. The crate's own way panics at moments that no calendar has.
fn text_of(field: &Field, depth: usize) -> String {
    let inner = |field: &Field| text_of(field, depth - 1);
    match field {
        _ if depth == 0 => "…".to_owned(),
        Field::Decimal(decimal) if decimal.data().len() > DECIMAL_BYTES => {
            format!("a number of {} bytes", decimal.data().len())
        }
        Field::ListInternal(list) => {
            let items: Vec<String> = list.elements().iter().map(inner).collect();
            format!("[{}]", items.join(", "))
        }
        Field::Group(row) => {
            let parts = row.get_column_iter();
            let parts = parts.map(|(name, field)| format!("{name}: {}", inner(field)));
            format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
        }
        Field::MapInternal(map) => {
            let parts = map.entries().iter();
            let parts = parts.map(|(key, value)| format!("{}: {}", inner(key), inner(value)));
            format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
        }
        leaf => {
            let mut cells = Cells::new();
            flatten(String::new(), leaf.clone(), 0, &[], &mut cells);
            let value = cells.first().map(|(_, value)| value.as_ref().to_string());
            value.unwrap_or_default()
        }
    }
}

/// A whole number that a float cannot hold is an id.
fn whole(x: i128) -> Value {
    if x.unsigned_abs() <= 1 << 53 {
        Value::Number(x as f64)
    } else {
        Value::Text(x.to_string())
    }
}

/// What a cell means as a value: text that is a number is one, as in a table of text.
fn meant(value: ValueRef<'_>) -> ValueRef<'_> {
    value.text().map_or(value, ValueRef::parse)
}

/// How rows are written that are no runs.
enum Histories {
    Steps(step_table::Writer),
    Values(Box<long_form::Writer>),
    Points(aim_table::Points),
}

/// What the rows are.
enum Table {
    /// A run each.
    Runs {
        writer: RowWriter,
        places: order::Map<String, usize>,
        rows: usize,
    },
    /// What Neptune's exporter writes.
    Attributes(Attributes),
    /// A step or a logged value each, of runs that they name.
    Histories {
        writer: Histories,
        places: order::Map<String, usize>,
        rows: usize,
    },
    /// A step each of one run, by this name.
    History { name: String, row: Option<usize> },
}

impl Table {
    /// Decides by the columns and values of the first rows.
    fn of(sample: &[Cells], path: &str, sink: &mut RunSink<'_>) -> Self {
        let mut columns: Vec<String> = Vec::new();
        for (name, _) in sample.iter().flatten() {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
        let has = |wanted: &str| columns.iter().any(|name| name == wanted);
        if Attributes::are_in(has) {
            return Self::Attributes(Attributes::default());
        }
        // W&B's history of a run, as its artifacts hold it; those of several runs name them.
        let names_runs = || {
            let mut names = columns.iter();
            names.any(|name| step_table::names_run(&name.to_lowercase()))
        };
        if has("_step") && (has("_timestamp") || has("_runtime")) && !names_runs() {
            return Self::History {
                name: file_stem(path).to_owned(),
                row: None,
            };
        }
        let text = |cells: &Cells, name: &String| {
            let found = cells.iter().find(|(known, _)| known == name);
            found
                .map(|(_, value)| value.as_ref().to_string())
                .unwrap_or_default()
        };
        let texts = || -> Vec<Vec<String>> {
            sample
                .iter()
                .map(|cells| columns.iter().map(|name| text(cells, name)).collect())
                .collect()
        };
        let guesses: Vec<Guess> = if runsift_table::are_telling(&columns) {
            runsift_table::guess(&columns, &texts())
        } else if mlflow_table::is_ours(columns.iter().map(String::as_str)) {
            columns
                .iter()
                .map(|name| mlflow_table::target(name))
                .collect()
        } else if has("number") && has("state") {
            columns
                .iter()
                .map(|name| optuna_table::target(name))
                .collect()
        } else {
            let texts = texts();
            let is_number = |cell: &str| parse_number(cell).is_some();
            let writer = if let Some(points) = aim_table::Points::of(&columns) {
                Some(Histories::Points(points))
            } else if let Some(places) = long_form::Places::of(&columns) {
                let writer = long_form::Writer::new(&columns, places);
                Some(Histories::Values(Box::new(writer)))
            } else {
                let steps = step_table::Places::among(&columns, &|| texts.clone(), &is_number);
                let steps = steps.map(|at| step_table::Writer::new(at, columns.clone(), sink));
                steps.map(Histories::Steps)
            };
            if let Some(writer) = writer {
                return Self::Histories {
                    writer,
                    places: columns.into_iter().zip(0..).collect(),
                    rows: 0,
                };
            }
            if has("training_iteration") && columns.iter().any(|name| name.starts_with("config/")) {
                columns.iter().map(|name| ray_table::target(name)).collect()
            } else if aim_table::are_runs(&has) {
                columns.iter().map(|name| aim_table::target(name)).collect()
            } else {
                guess(&columns, &texts)
            }
        };
        Self::Runs {
            writer: RowWriter::new(guesses),
            places: columns.into_iter().zip(0..).collect(),
            rows: 0,
        }
    }

    fn write(&mut self, cells: &Cells, sink: &mut RunSink<'_>) {
        match self {
            Self::Attributes(attributes) => attributes.take(cells, sink),
            Self::Histories {
                writer,
                places,
                rows,
            } => {
                *rows += 1;
                let mut values = vec![ValueRef::Missing; places.len()];
                for (name, value) in cells {
                    if let Some(at) = places.get(name) {
                        values[*at] = value.as_ref();
                    }
                }
                let as_kept = |at: usize| values.get(at).copied().unwrap_or(ValueRef::Missing);
                let value = |at: usize| meant(as_kept(at));
                let place = || format!("row {rows}");
                match writer {
                    Histories::Steps(writer) => {
                        let id = writer.run().map_or(ValueRef::Missing, as_kept).to_string();
                        writer.write(&id, &value, &place, sink);
                    }
                    Histories::Values(writer) => {
                        writer.write(value, |at| long_form::as_text(as_kept(at)), place, sink);
                    }
                    Histories::Points(points) => {
                        points.take(&value, &|at| long_form::as_text(as_kept(at)), sink);
                    }
                }
            }
            Self::Runs {
                writer,
                places,
                rows,
            } => {
                *rows += 1;
                writer.begin(sink);
                let row = sink.add_run();
                let place = format!("row {rows}");
                for (name, value) in cells {
                    let at = *places.or_insert_with(name.clone(), || {
                        // A column that the first rows lacked.
                        let guesses = guess(
                            std::slice::from_ref(name),
                            &[vec![value.as_ref().to_string()]],
                        );
                        guesses.into_iter().for_each(|guess| writer.add(guess));
                        writer.len() - 1
                    });
                    writer.put(row, at, value.as_ref(), &place, sink);
                }
            }
            Self::History { name, row } => {
                let row = *row.get_or_insert_with(|| {
                    let row = sink.add_run();
                    sink.set_attribute(row, attribute::NAME, ValueRef::Text(name));
                    row
                });
                let number = |wanted: &str| {
                    let found = cells.iter().find(|(name, _)| name == wanted);
                    found.and_then(|(_, value)| value.as_ref().number())
                };
                let step = number("_step").unwrap_or(f64::NAN);
                let millis = number("_timestamp").map_or(0, |seconds| (seconds * 1000.0) as i64);
                for (name, value) in cells.iter().filter(|(name, _)| !name.starts_with('_')) {
                    let value = match meant(value.as_ref()) {
                        ValueRef::Number(number) => number,
                        // A truth in a curve is drawn as 0 or 1.
                        ValueRef::Bool(truth) => f64::from(u8::from(truth)),
                        _ => continue,
                    };
                    let column = sink.column(Role::Metric, name);
                    sink.point(row, column, step, millis, value);
                }
            }
        }
    }
}
