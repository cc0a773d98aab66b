//! The runs document, `runsift.runs/1`.
//!
//! ```text
//! {"schema": "runsift.runs/1", "comment": [sentences; only where the page saved it],
//!  "sources": [{"path", "format", "runs", "problems": [{"path", "where", "what", "effect"}]}],
//!  "runs": [{"id", "name", "status", "source", "start", "end", "group", "parent",
//!            "params": {NAME: value}, "tags": {NAME: value},
//!            "metrics": {NAME: {"last", "min", "max", "n", "first_step", "last_step"}}}]}
//! ```
//! Numbers that are not finite are the texts `NaN`, `Infinity`, `-Infinity`; what a source does not
//! say is absent or null. Attributes without a place of their own are among the tags.
//!
//! Runs are written one by one, names are escaped once: a document of 100,000 runs is as long as it
//! is, but never in memory as a tree.

use crate::format::runsift_table::OWN_PLACE;
use crate::ledger::{
    Column, Ledger, PointSummary, Role, SourceRecord, ValueRef, attribute, number_text,
};
use rustc_hash::FxHashSet;
use serde_json::json;
use std::io::{self, Write};

/// Writes the document of these rows. Fails only where writing does.
pub fn write_runs(ledger: &Ledger, rows: &[usize], out: &mut dyn Write) -> io::Result<()> {
    write_head(ledger, &[], out)?;
    write_some(ledger, rows, true, out)?;
    write_tail(out)
}

/// Writes what comes before the runs: the sources, and what is to be told of the document, if anything.
pub fn write_head(ledger: &Ledger, told: &[String], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{{\"schema\":\"runsift.runs/1\",")?;
    if !told.is_empty() {
        writeln!(out, "\"comment\":{},", json!(told))?;
    }
    write!(out, "\"sources\":[")?;
    for (place, source) in ledger.sources().iter().enumerate() {
        out.write_all(if place == 0 { b"\n" } else { b",\n" })?;
        write_source(source, out)?;
    }
    write!(out, "],\n\"runs\":[")
}

/// Writes runs; `is_first` says that none were written before.
pub fn write_some(
    ledger: &Ledger,
    rows: &[usize],
    is_first: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let layout = Layout::new(ledger)?;
    let mut line = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        line.clear();
        let is_first = is_first && place == 0;
        line.extend_from_slice(if is_first { b"\n" } else { b",\n" });
        layout.write_run(*row, &mut line)?;
        out.write_all(&line)?;
    }
    Ok(())
}

/// Writes what comes after the runs.
pub fn write_tail(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "]}}")
}

fn write_source(source: &SourceRecord, out: &mut dyn Write) -> io::Result<()> {
    let mut problems: Vec<_> = source
        .problems
        .listed()
        .iter()
        .map(|told| json!(told))
        .collect();
    let more = source.problems.unlisted();
    if more > 0 {
        problems.push(json!({
            "path": source.path,
            "where": "",
            "what": format!("{more} more problems of these kinds"),
            "effect": "as above",
        }));
    }
    let record = json!({
        "path": source.path,
        "format": source.format,
        "runs": source.runs,
        "problems": problems,
    });
    write!(out, "{record}")
}

/// A column and its name as it is written, `"name":`.
struct Field<'a> {
    key: Vec<u8>,
    column: &'a Column,
}

/// Which column goes where, found once.
struct Layout<'a> {
    ledger: &'a Ledger,
    name: Option<&'a Column>,
    status: Option<&'a Column>,
    start: Option<&'a Column>,
    end: Option<&'a Column>,
    group: Option<&'a Column>,
    parent: Option<&'a Column>,
    params: Vec<Field<'a>>,
    metrics: Vec<Field<'a>>,
    tags: Vec<Field<'a>>,
}

impl<'a> Layout<'a> {
    fn new(ledger: &'a Ledger) -> io::Result<Self> {
        let (mut params, mut metrics, mut tags) = (Vec::new(), Vec::new(), Vec::new());
        let is_read = |column: &&Column| column.formula().is_none();
        let of_role = |role: Role| {
            let of_role = move |column: &&Column| column.role() == role;
            ledger.columns().iter().filter(is_read).filter(of_role)
        };
        for column in of_role(Role::Param) {
            params.push(Field::new(column, column.name())?);
        }
        for column in of_role(Role::Metric) {
            metrics.push(Field::new(column, column.name())?);
        }
        let mut taken: FxHashSet<String> = FxHashSet::default();
        for column in of_role(Role::Tag) {
            taken.insert(column.name().to_owned());
            tags.push(Field::new(column, column.name())?);
        }
        for column in of_role(Role::Attribute) {
            if !OWN_PLACE.contains(&column.name()) {
                tags.push(Field::new(
                    column,
                    &untaken(column, "attribute.", &mut taken),
                )?);
            }
        }
        // What was computed here, and what a person said of runs, is in no source: whatever it is of, it is told apart.
        for column in ledger.columns().iter().filter(|column| !is_read(column)) {
            tags.push(Field::new(
                column,
                &untaken(column, "computed.", &mut taken),
            )?);
        }
        Ok(Self {
            ledger,
            name: ledger.attribute(attribute::NAME),
            status: ledger.attribute(attribute::STATUS),
            start: ledger.attribute(attribute::START),
            end: ledger.attribute(attribute::END),
            group: ledger.attribute(attribute::GROUP),
            parent: ledger.attribute(attribute::PARENT),
            params,
            metrics,
            tags,
        })
    }

    fn write_run(&self, row: usize, out: &mut Vec<u8>) -> io::Result<()> {
        let get = |column: Option<&'a Column>| column.map_or(ValueRef::Missing, |it| it.get(row));
        out.extend_from_slice(b"{\"id\":");
        write_text(&self.ledger.run_id(row), out)?;
        out.extend_from_slice(b",\"name\":");
        write_as_text(get(self.name), "null", out)?;
        out.extend_from_slice(b",\"status\":");
        write_as_text(get(self.status), "\"unknown\"", out)?;
        write!(out, ",\"source\":{}", self.ledger.source_of(row))?;
        for (key, column) in [("start", self.start), ("end", self.end)] {
            match get(column) {
                ValueRef::Time(millis) => write!(out, ",\"{key}\":{millis}")?,
                _ => write!(out, ",\"{key}\":null")?,
            }
        }
        out.extend_from_slice(b",\"group\":");
        write_as_text(get(self.group), "null", out)?;
        out.extend_from_slice(b",\"parent\":");
        write_as_text(get(self.parent), "null", out)?;
        out.extend_from_slice(b",\"params\":{");
        write_values(&self.params, row, out)?;
        out.extend_from_slice(b"},\"metrics\":{");
        write_metrics(&self.metrics, row, out)?;
        out.extend_from_slice(b"},\"tags\":{");
        write_values(&self.tags, row, out)?;
        out.extend_from_slice(b"}}");
        Ok(())
    }
}

/// A column's name, with this before it where another has it.
fn untaken(column: &Column, before: &str, taken: &mut FxHashSet<String>) -> String {
    let mut name = column.name().to_owned();
    while !taken.insert(name.clone()) {
        name.insert_str(0, before);
    }
    name
}

impl<'a> Field<'a> {
    fn new(column: &'a Column, name: &str) -> io::Result<Self> {
        let mut key = Vec::new();
        write_text(name, &mut key)?;
        key.push(b':');
        Ok(Self { key, column })
    }
}

fn write_values(fields: &[Field<'_>], row: usize, out: &mut Vec<u8>) -> io::Result<()> {
    let mut is_first = true;
    for Field { key, column } in fields {
        let value = column.get(row);
        if !value.is_missing() {
            separate(&mut is_first, out);
            out.extend_from_slice(key);
            write_value(value, out)?;
        }
    }
    Ok(())
}

fn write_metrics(fields: &[Field<'_>], row: usize, out: &mut Vec<u8>) -> io::Result<()> {
    let mut is_first = true;
    for Field { key, column } in fields {
        let summary = column.summary(row);
        let value = column.get(row);
        if summary.is_none() && value.is_missing() {
            continue;
        }
        separate(&mut is_first, out);
        out.extend_from_slice(key);
        out.extend_from_slice(b"{\"last\":");
        // A metric whose value is no number (a flag, a text) has only a last.
        let (last, of) = match summary {
            Some(of) => (ValueRef::Number(of.last), of),
            None => (value, NO_NUMBER),
        };
        write_value(last, out)?;
        let PointSummary {
            count,
            last: _,
            min,
            max,
            first_step,
            last_step,
        } = of;
        write_optional(",\"min\":", min, out)?;
        write_optional(",\"max\":", max, out)?;
        write!(out, ",\"n\":{count}")?;
        write_optional(",\"first_step\":", first_step, out)?;
        write_optional(",\"last_step\":", last_step, out)?;
        out.push(b'}');
    }
    Ok(())
}

/// What is said of a value that is no number.
const NO_NUMBER: PointSummary = PointSummary {
    count: 1,
    last: f64::NAN,
    min: None,
    max: None,
    first_step: None,
    last_step: None,
};

fn separate(is_first: &mut bool, out: &mut Vec<u8>) {
    if !std::mem::take(is_first) {
        out.push(b',');
    }
}

/// A value as JSON text; `absent` where there is none.
fn write_as_text(value: ValueRef<'_>, absent: &str, out: &mut Vec<u8>) -> io::Result<()> {
    match value {
        ValueRef::Missing => out.write_all(absent.as_bytes()),
        ValueRef::Text(text) => write_text(text, out),
        other => write_text(&other.to_string(), out),
    }
}

fn write_value(value: ValueRef<'_>, out: &mut Vec<u8>) -> io::Result<()> {
    match value {
        ValueRef::Number(x) => write_number(x, out),
        ValueRef::Bool(truth) => write!(out, "{truth}"),
        ValueRef::Missing => out.write_all(b"null"),
        ValueRef::Time(_) | ValueRef::Text(_) => write_as_text(value, "null", out),
    }
}

fn write_optional(key: &str, x: Option<f64>, out: &mut Vec<u8>) -> io::Result<()> {
    out.extend_from_slice(key.as_bytes());
    match x {
        Some(x) => write_number(x, out),
        None => out.write_all(b"null"),
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) -> io::Result<()> {
    Ok(serde_json::to_writer(out, text)?)
}

/// A number; whole ones without a fraction, others by their shortest text, those not finite as text.
fn write_number(x: f64, out: &mut Vec<u8>) -> io::Result<()> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if x.fract() == 0.0 && x.abs() <= EXACT && !(x == 0.0 && x.is_sign_negative()) {
        return write!(out, "{}", x as i64);
    }
    if x.is_finite() {
        return Ok(serde_json::to_writer(out, &x)?);
    }
    write_text(&number_text(x), out)
}
