//! Rows into runs: where the cells of each column go, and the writer that takes them there.
//!
//! A [`Target`] says where a cell goes. Named exports know theirs; for any other table
//! [`super::roles::guess`] finds them. Whole tables are written a block at a time, one column after another.

use super::sqlite::unbounded;
use super::table::{Columns, Record, Table};
use crate::ledger::{
    ColumnId, Each, Role, RunSink, Status, ValueRef, attribute, parse_number, time,
};

/// Where the cells of a column go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Nowhere.
    Skip,
    /// To a column of this role and name.
    Value(Role, String),
    /// To the metric of this name, whose greatest float stands for infinity: it came out of a database.
    Stored(String),
    /// To a column of this role and name, as text: `12345e67` is a commit and no number.
    Text(Role, String),
    /// To a column of this role and name, as a number with its error, `0.9 ± 0.1`, which goes to a tag beside it
    /// ([`name_of_error`]).
    WithError(Role, String),
    /// It is the run's id.
    Id,
    /// It is the run's status, in the tracker's word.
    Status,
    /// It is a time, as text or as Unix seconds or milliseconds; to the attribute of this name.
    Time(&'static str),
    /// To the attribute of this name, as text.
    Attribute(&'static str),
    /// To the tag of the first name and the attribute of the second.
    TagAnd(&'static str, &'static str),
}

/// A target with the reason why it is only a guess.
pub(super) type Guess = (Target, Option<String>);

impl Target {
    /// To a param.
    pub(super) fn param(name: &str) -> Self {
        Self::Value(Role::Param, name.to_owned())
    }

    /// To a metric.
    pub(super) fn metric(name: &str) -> Self {
        Self::Value(Role::Metric, name.to_owned())
    }

    /// To a tag.
    pub(super) fn tag(name: &str) -> Self {
        Self::Value(Role::Tag, name.to_owned())
    }

    /// The column that it goes to, where it is one.
    fn column(&self) -> Option<(Role, &str)> {
        match self {
            Self::Value(role, name) | Self::Text(role, name) | Self::WithError(role, name) => {
                Some((*role, name))
            }
            Self::Stored(name) => Some((Role::Metric, name)),
            Self::Id => Some((Role::Attribute, attribute::ID)),
            Self::Status => Some((Role::Attribute, attribute::STATUS)),
            Self::Time(name) | Self::Attribute(name) => Some((Role::Attribute, name)),
            Self::TagAnd(tag, _) => Some((Role::Tag, tag)),
            Self::Skip => None,
        }
    }
}

/// Writes records as runs, one a record.
pub(super) struct RowWriter {
    targets: Vec<Target>,
    doubts: Vec<Option<String>>,
    /// Column ids of the sink's current part.
    ids: Vec<Option<ColumnId>>,
}

impl RowWriter {
    /// A writer to these targets, a cell each.
    pub(super) fn new(guesses: Vec<Guess>) -> Self {
        let (targets, doubts): (Vec<Target>, Vec<Option<String>>) = guesses.into_iter().unzip();
        Self {
            ids: vec![None; targets.len()],
            targets,
            doubts,
        }
    }

    /// How many columns there are.
    pub(super) fn len(&self) -> usize {
        self.targets.len()
    }

    /// Adds a column.
    pub(super) fn add(&mut self, (target, doubt): Guess) {
        self.targets.push(target);
        self.doubts.push(doubt);
        self.ids.push(None);
    }

    /// Writes a table to its end.
    pub(super) fn write_all(&mut self, table: &mut Table<'_>, sink: &mut RunSink<'_>) {
        self.write_each(table, sink, |_, _, _| {});
    }

    /// Writes a table to its end; `after` adds to each run what its record says besides.
    pub(super) fn write_each(
        &mut self,
        table: &mut Table<'_>,
        sink: &mut RunSink<'_>,
        mut after: impl FnMut(&Record<'_>, usize, &mut RunSink<'_>),
    ) {
        while table.next_block(sink) {
            self.begin(sink);
            let first = sink.add_runs(table.records().len());
            let columns = table.block_columns();
            for at in 0..self.targets.len() {
                self.fill(at, table, columns, first, sink);
            }
            if first == 0 {
                sink.reserve(table.records_ahead());
            }
            for (record, row) in table.records().zip(first..) {
                after(&record, row, sink);
            }
        }
    }

    /// Writes one column of a block.
    fn fill(
        &mut self,
        at: usize,
        table: &Table<'_>,
        columns: Columns<'_>,
        first: usize,
        sink: &mut RunSink<'_>,
    ) {
        let Some(id) = self.column(at, sink) else {
            return;
        };
        match &self.targets[at] {
            Target::Skip => {}
            target @ (Target::Value(..) | Target::Stored(_)) => {
                let columns = columns.stored(matches!(target, Target::Stored(_)));
                sink.fill(first, id, &mut columns.values(at));
            }
            Target::WithError(_, name) => {
                let number = |text| with_error(text).map_or(text, |(number, _)| number);
                let numbers = columns.texts(at).map(|text| columns.value(number(text)));
                sink.fill(first, id, &mut Each(numbers));
                let id = sink.column(Role::Tag, &name_of_error(name));
                let errors = columns.texts(at).map(with_error);
                let errors = errors.map(|parts| match parts {
                    Some((_, error)) => columns.value(error),
                    None => ValueRef::Missing,
                });
                sink.fill(first, id, &mut Each(errors));
            }
            Target::Text(..) | Target::Attribute(_) => {
                sink.fill(first, id, &mut columns.verbatim(at));
            }
            Target::Id => {
                sink.source().has_ids = true;
                sink.fill(first, id, &mut columns.verbatim(at));
            }
            Target::Status => {
                let mut last = ("", Status::Unknown);
                let words = columns.texts(at).map(|word| {
                    if word != last.0 {
                        last = (word, Status::from_word(word));
                    }
                    if word.trim().is_empty() {
                        ValueRef::Missing
                    } else {
                        ValueRef::Text(last.1.word())
                    }
                });
                sink.fill(first, id, &mut Each(words));
            }
            Target::Time(name) => {
                let mut broken = Vec::new();
                let times = columns.texts(at).enumerate().map(|(row, text)| {
                    if let Some(millis) = time::parse_usual(text) {
                        return ValueRef::Time(millis);
                    }
                    let value = columns.value(text);
                    let millis = millis_of(value);
                    if millis.is_none() && !value.is_missing() {
                        broken.push(row);
                    }
                    millis.map_or(ValueRef::Missing, ValueRef::Time)
                });
                sink.fill(first, id, &mut Each(times));
                for record in broken.into_iter().map(|row| table.record(row)) {
                    tell_no_time(
                        record.text(at),
                        name,
                        &format!("line {}", record.line),
                        sink,
                    );
                }
            }
            Target::TagAnd(_, name) => {
                sink.fill(first, id, &mut columns.verbatim(at));
                let id = sink.column(Role::Attribute, name);
                sink.fill(first, id, &mut columns.verbatim(at));
            }
        }
    }

    /// The column of the sink's current part.
    fn column(&mut self, at: usize, sink: &mut RunSink<'_>) -> Option<ColumnId> {
        let (role, name) = self.targets[at].column()?;
        Some(*self.ids[at].get_or_insert_with(|| {
            let id = sink.column(role, name);
            if let Some(doubt) = &self.doubts[at] {
                sink.doubt(id, doubt);
            }
            id
        }))
    }

    /// To be called before a new run: lets the sink hand on what is complete.
    pub(super) fn begin(&mut self, sink: &mut RunSink<'_>) {
        if sink.may_flush() {
            self.ids.fill(None);
        }
    }

    /// Writes one value of a run.
    pub(super) fn put(
        &mut self,
        row: usize,
        at: usize,
        value: ValueRef<'_>,
        place: &str,
        sink: &mut RunSink<'_>,
    ) {
        if value.is_missing() {
            return;
        }
        let Some(id) = self.column(at, sink) else {
            return;
        };
        let text = |value: ValueRef<'_>, sink: &mut RunSink<'_>, id| match value {
            ValueRef::Text(_) => sink.set(row, id, value),
            other => sink.set(row, id, ValueRef::Text(&other.to_string())),
        };
        match &self.targets[at] {
            Target::Skip => {}
            // As a table's cell: `True` in text is what it is there.
            Target::Value(..) => sink.set(row, id, value.text().map_or(value, ValueRef::parse)),
            Target::WithError(_, name) => {
                let parts = value.text().and_then(with_error);
                let number = parts.map_or(value, |(number, _)| ValueRef::Text(number));
                sink.set(row, id, number.text().map_or(number, ValueRef::parse));
                if let Some((_, error)) = parts {
                    let error = ValueRef::parse(error);
                    sink.set_named(row, Role::Tag, &name_of_error(name), error);
                }
            }
            Target::Stored(_) => {
                let value = match value.text().map_or(value, ValueRef::parse) {
                    ValueRef::Number(number) => ValueRef::Number(unbounded(number)),
                    other => other,
                };
                sink.set(row, id, value);
            }
            Target::Text(..) | Target::Attribute(_) => text(value, sink, id),
            Target::Id => {
                sink.source().has_ids = true;
                text(value, sink, id);
            }
            Target::Status => {
                let status = value
                    .text()
                    .map_or_else(|| Status::from_word(&value.to_string()), Status::from_word);
                sink.set(row, id, ValueRef::Text(status.word()));
            }
            Target::Time(name) => match millis_of(value) {
                Some(millis) => sink.set(row, id, ValueRef::Time(millis)),
                None => tell_no_time(&value.to_string(), name, place, sink),
            },
            Target::TagAnd(_, name) => {
                text(value, sink, id);
                let id = sink.column(Role::Attribute, name);
                text(value, sink, id);
            }
        }
    }
}

/// The number and the error of a cell such as `0.9 ± 0.1`, `0.9 +- 0.1` or `0.9 (0.1)`.
pub(super) fn with_error(cell: &str) -> Option<(&str, &str)> {
    let mut signs = ["±", "+/-", "+-"].iter();
    let parts = signs.find_map(|sign| cell.split_once(sign));
    let parts = parts.or_else(|| cell.trim_end().strip_suffix(')')?.split_once(" ("));
    let (number, error) = parts?;
    let (number, error) = (number.trim(), error.trim());
    let is_error = parse_number(error).is_some_and(|x| x >= 0.0);
    (is_error && parse_number(number).is_some()).then_some((number, error))
}

/// What the error of a column is called.
pub(super) fn name_of_error(name: &str) -> String {
    format!("{name} ±")
}

fn tell_no_time(text: &str, name: &str, place: &str, sink: &mut RunSink<'_>) {
    sink.problem(
        "table/no-time",
        place,
        &format!("{text} is no time"),
        &format!("{name} left out"),
    );
}

/// Unix milliseconds of a time as text, or as a number of seconds or milliseconds.
pub(super) fn millis_of(value: ValueRef<'_>) -> Option<i64> {
    /// Seconds reach this in the year 5138; milliseconds passed it in 1973.
    const LARGEST_SECONDS: f64 = 1e11;
    match value {
        ValueRef::Time(t) => Some(t),
        ValueRef::Number(x) if x.is_finite() && x > 0.0 => Some(if x < LARGEST_SECONDS {
            (x * 1000.0).round() as i64
        } else {
            x as i64
        }),
        ValueRef::Text(text) => time::parse_loosely(text),
        _ => None,
    }
}
