//! Files of the runs or of their curves, made in slices: what is made is handed on before the next slice begins, so that
//! neither time nor memory grows with the file.

mod session;

use self::session::SessionFile;
use super::space::Pixels;
use crate::export::parquet::{GROUP_ROWS, Type, Writer};
use crate::export::{csv, json};
use crate::ledger::{Column, ColumnId, Ledger, Role, ValueRef};
use serde::{Deserialize, Serialize};

/// How many cells a slice writes, about.
const SLICE_CELLS: usize = 300_000;

/// From so many bytes on a slice ends.
const SLICE_BYTES: usize = 4 << 20;

/// How many points of curves a slice writes at most.
const SLICE_POINTS: usize = 1 << 15;

/// How many pairs of a run and a metric a slice looks into for points.
const SLICE_PAIRS: usize = 1 << 20;

/// The key of what a file says of itself, in Parquet and in JSON that has no place for it.
pub(super) const COMMENT: &str = "runsift.comment";

/// A file that can be made of the runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExportFormat {
    /// `runsift.runs/1`.
    Json,
    /// Delimited text, formula cells defused.
    Csv,
    /// A run a row as Parquet.
    Parquet,
    /// A logged point a row, as delimited text.
    CurvesCsv,
    /// A logged point a row, as Parquet.
    CurvesParquet,
}

/// How the params of the best run are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BestFormat {
    /// A YAML mapping.
    Yaml,
    /// A JSON object.
    Json,
    /// Flags of a command line.
    Flags,
}

/// A part of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FilePart {
    /// A name for the file.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// What comes next in it.
    pub bytes: Pixels,
    /// How much of the work is done, 0 to 1.
    pub done: f64,
    /// Whether it is the last part.
    pub is_last: bool,
}

/// A file in the making.
pub(super) struct Exporting {
    /// The runs, in the order in which they are written.
    rows: Vec<usize>,
    /// What is told of the file, a sentence each.
    told: Vec<String>,
    work: Work,
}

enum Work {
    Text {
        is_json: bool,
        columns: Vec<ColumnId>,
        /// The header of delimited text.
        names: Vec<String>,
        done: usize,
    },
    Table(RunsTable),
    Curves(Curves),
    Session(Box<SessionFile>),
    Done,
}

/// A part of a file.
pub(super) struct Slice {
    pub(super) bytes: Vec<u8>,
    /// The part of the work that is done, 0 to 1.
    pub(super) done: f64,
    pub(super) is_last: bool,
}

impl Exporting {
    /// Begins a file of these runs, of which this is to be told.
    pub(super) fn new(
        ledger: &Ledger,
        format: ExportFormat,
        rows: Vec<usize>,
        told: Vec<String>,
    ) -> Self {
        let columns = || {
            let all = ledger.columns_with_ids();
            let wanted = all.filter(|(_, column)| is_written(column));
            wanted.map(|(id, _)| id).collect::<Vec<_>>()
        };
        let work = match format {
            ExportFormat::Csv | ExportFormat::Json => {
                let columns = columns();
                Work::Text {
                    is_json: format == ExportFormat::Json,
                    names: csv::telling_names(ledger, &rows, &columns),
                    columns,
                    done: 0,
                }
            }
            ExportFormat::Parquet => {
                let columns = columns();
                let mut names = csv::telling_names(ledger, &rows, &columns);
                // A row's place is nobody's column here.
                names.drain(..names.len() - columns.len());
                Work::Table(RunsTable::new(ledger, columns, names))
            }
            ExportFormat::CurvesCsv => Work::Curves(Curves::new(ledger, false)),
            ExportFormat::CurvesParquet => Work::Curves(Curves::new(ledger, true)),
        };
        Self { rows, told, work }
    }

    /// Begins the file of a session, whose text is a JSON object.
    pub(super) fn of_session(ledger: &Ledger, text: &str, told: Vec<String>) -> Self {
        let file = SessionFile::new(ledger, text);
        Self {
            rows: (0..ledger.rows()).collect(),
            told,
            work: Work::Session(Box::new(file)),
        }
    }

    /// Makes the next part.
    pub(super) fn step(&mut self, ledger: &Ledger) -> Slice {
        let Self { rows, told, work } = self;
        let mut bytes = Vec::new();
        let done = match work {
            Work::Text {
                is_json,
                columns,
                names,
                done,
            } => {
                let is_first = *done == 0;
                let count = SLICE_CELLS / columns.len().max(1) + 1;
                let end = rows.len().min(*done + count);
                let some = rows.get(*done..end).unwrap_or_default();
                *done = end;
                // Writing to memory cannot fail.
                let _written = if *is_json {
                    let is_last = end == rows.len();
                    write_json(ledger, some, told, (is_first, is_last), &mut bytes)
                } else {
                    let names = names.as_slice();
                    write_csv(ledger, some, columns, (names, told, is_first), &mut bytes)
                };
                *done
            }
            Work::Table(table) => {
                table.step(ledger, rows);
                bytes = table.writer.take();
                table.from
            }
            Work::Curves(curves) => {
                if curves.writer.is_none() && !curves.is_begun {
                    let _written = csv::write_comment("curves", told, b',', &mut bytes);
                }
                curves.step(ledger, rows, &mut bytes);
                curves.place
            }
            Work::Session(file) => {
                file.step(ledger, rows, told, &mut bytes);
                file.table.from.midpoint(file.curves.place)
            }
            Work::Done => rows.len(),
        };
        let is_last = match work {
            Work::Text { done, .. } => *done >= rows.len(),
            Work::Table(table) => table.is_done(rows),
            Work::Curves(curves) => curves.place >= rows.len(),
            Work::Session(file) => file.is_done,
            Work::Done => true,
        };
        if is_last {
            let writer = match std::mem::replace(work, Work::Done) {
                Work::Table(table) => Some(table.writer),
                Work::Curves(curves) => curves.writer,
                Work::Text { .. } | Work::Session(_) | Work::Done => None,
            };
            if let Some(writer) = writer {
                bytes.extend(writer.finish(&[(COMMENT, &told.join("\n"))]));
            }
        }
        let part = done as f64 / rows.len().max(1) as f64;
        Slice {
            bytes,
            done: part.min(1.0),
            is_last,
        }
    }
}

/// Whether a column is in files of the runs.
fn is_written(column: &Column) -> bool {
    column.role() != Role::Ignored && !column.is_vacant()
}

/// Writes further runs as JSON, with what comes before the first and after the last.
fn write_json(
    ledger: &Ledger,
    rows: &[usize],
    told: &[String],
    (is_first, is_last): (bool, bool),
    out: &mut Vec<u8>,
) -> std::io::Result<()> {
    if is_first {
        json::write_head(ledger, told, out)?;
    }
    json::write_some(ledger, rows, is_first, out)?;
    if is_last {
        json::write_tail(out)?;
    }
    Ok(())
}

/// Writes further runs as CSV, with what comes before the first.
fn write_csv(
    ledger: &Ledger,
    rows: &[usize],
    columns: &[ColumnId],
    (names, told, is_first): (&[String], &[String], bool),
    out: &mut Vec<u8>,
) -> std::io::Result<()> {
    if is_first {
        csv::write_comment("table", told, b',', out)?;
        csv::write_header(names, b',', out)?;
    }
    let no_rank = |_| ValueRef::Missing;
    csv::write_rows(ledger, (rows, columns, names), &no_rank, b',', out)
}

/// The runs as Parquet, a run a row.
struct RunsTable {
    columns: Vec<ColumnId>,
    /// Whether a last column has the place of a run's source.
    has_sources: bool,
    writer: Writer,
    /// How many runs are in row groups that are complete.
    from: usize,
    /// The column that is written next, and how many runs of the row group it has.
    column: usize,
    written: usize,
}

impl RunsTable {
    fn new(ledger: &Ledger, columns: Vec<ColumnId>, names: Vec<String>) -> Self {
        let types = columns.iter().map(|id| Type::of(ledger.column(*id)));
        Self {
            writer: Writer::new(names.into_iter().zip(types).collect()),
            columns,
            has_sources: false,
            from: 0,
            column: 0,
            written: 0,
        }
    }

    /// As a session has it: what was computed is in its view, and comes from there.
    fn of_session(ledger: &Ledger, columns: Vec<ColumnId>) -> Self {
        let of = |id: &ColumnId| {
            let column = ledger.column(*id);
            let name = match column.role() {
                Role::Attribute => column.name().to_owned(),
                role => format!("{}.{}", role.word(), column.name()),
            };
            (name, Type::of(column))
        };
        let source = (SOURCE.to_owned(), Type::Whole);
        let named = columns.iter().map(of).chain([source]).collect();
        Self {
            writer: Writer::new(named),
            has_sources: true,
            ..Self::new(ledger, columns, Vec::new())
        }
    }

    fn is_done(&self, rows: &[usize]) -> bool {
        self.from >= rows.len() || self.width() == 0
    }

    fn width(&self) -> usize {
        self.columns.len() + usize::from(self.has_sources)
    }

    fn step(&mut self, ledger: &Ledger, rows: &[usize]) {
        let (mut cells, begun) = (0, self.writer.written());
        while !self.is_done(rows)
            && cells < SLICE_CELLS
            && self.writer.written() - begun < SLICE_BYTES as u64
        {
            let group = &rows[self.from..rows.len().min(self.from + GROUP_ROWS)];
            let column = self.columns.get(self.column).map(|id| ledger.column(*id));
            let value = |row: &usize| match column {
                Some(column) => column.get(*row),
                None => ValueRef::Number(ledger.source_of(*row) as f64),
            };
            let rest = group[self.written..].iter();
            let took = self.writer.page(&mut rest.map(value));
            cells += took;
            self.written += took;
            if self.written >= group.len() {
                self.writer.end_column();
                self.written = 0;
                self.column += 1;
            }
            if self.column == self.width() {
                self.column = 0;
                self.from += group.len();
            }
        }
    }
}

/// The column of `runs.parquet` that has the place of a run's source.
const SOURCE: &str = "runsift.source";

/// The curves in long form: a logged point a row, run by run.
struct Curves {
    metrics: Vec<ColumnId>,
    /// Of Parquet; `None` writes CSV.
    writer: Option<Writer>,
    /// Whether a last column has the row of the run.
    has_rows: bool,
    is_begun: bool,
    /// The run, by its place among those that are written, its metric, and the point of it, which come next.
    place: usize,
    metric: usize,
    point: usize,
}

/// A point, by the place of its run's id among those of a block.
struct PointAt {
    run: usize,
    metric: ColumnId,
    at: usize,
}

impl Curves {
    /// The columns, by names that the reader of long forms knows.
    const COLUMNS: [&str; 5] = ["run", "metric", "step", "time", "value"];

    fn new(ledger: &Ledger, is_parquet: bool) -> Self {
        let of_metrics = ledger.columns_with_ids().filter(|(_, column)| {
            column.role() == Role::Metric && column.history().is_some() && is_written(column)
        });
        let metrics: Vec<ColumnId> = of_metrics.map(|(id, _)| id).collect();
        let writer = is_parquet.then(|| Self::writer(ledger, &metrics, &[]));
        Self {
            metrics,
            writer,
            has_rows: false,
            is_begun: false,
            place: 0,
            metric: 0,
            point: 0,
        }
    }

    /// Adds a column with the row of the run.
    fn add_rows(&mut self, ledger: &Ledger) {
        let row = ("row".to_owned(), Type::Whole);
        self.writer = Some(Self::writer(ledger, &self.metrics, &[row]));
        self.has_rows = true;
    }

    fn writer(ledger: &Ledger, metrics: &[ColumnId], more: &[(String, Type)]) -> Writer {
        let histories = || metrics.iter().filter_map(|id| ledger.column(*id).history());
        let is_whole = histories().all(|history| history.steps.iter().all(is_whole_step));
        let steps = if is_whole { Type::Whole } else { Type::Number };
        let types = [Type::Text, Type::Text, steps, Type::Time, Type::Number];
        let names = Self::COLUMNS.map(str::to_owned);
        let named = names.into_iter().zip(types);
        Writer::new(named.chain(more.iter().cloned()).collect())
    }

    fn step(&mut self, ledger: &Ledger, rows: &[usize], out: &mut Vec<u8>) {
        let (mut ids, mut block, mut pairs) = (Vec::new(), Vec::new(), 0);
        while let Some(row) = rows.get(self.place) {
            if block.len() >= SLICE_POINTS || pairs >= SLICE_PAIRS {
                break;
            }
            pairs += 1;
            let Some(metric) = self.metrics.get(self.metric) else {
                (self.place, self.metric) = (self.place + 1, 0);
                continue;
            };
            let history = ledger.column(*metric).history();
            let range = history.map_or(0..0, |history| history.range(*row));
            let from = range.start + self.point;
            let to = range.end.min(from + SLICE_POINTS - block.len());
            if from < to && ids.last().is_none_or(|(known, _)| known != row) {
                ids.push((*row, ledger.run_id(*row)));
            }
            block.extend((from..to).map(|at| PointAt {
                run: ids.len() - 1,
                metric: *metric,
                at,
            }));
            if to < range.end {
                self.point += to - from;
            } else {
                (self.metric, self.point) = (self.metric + 1, 0);
            }
        }
        let value = |place: usize, column: usize| -> ValueRef<'_> {
            let Some(PointAt { run, metric, at }) = block.get(place) else {
                return ValueRef::Missing;
            };
            let metric = ledger.column(*metric);
            let number = |x: Option<&f64>| x.map_or(ValueRef::Missing, |x| ValueRef::Number(*x));
            let history = metric.history();
            match column {
                0 => ValueRef::Text(&ids[*run].1),
                1 => ValueRef::Text(metric.name()),
                2 => {
                    let step = history.and_then(|history| history.steps.get(*at));
                    number(step.filter(|step| !step.is_nan()))
                }
                3 => match history.and_then(|history| history.times.get(*at)) {
                    Some(0) | None => ValueRef::Missing,
                    Some(millis) => ValueRef::Time(*millis),
                },
                4 => number(history.and_then(|history| history.values.get(*at))),
                _ => ValueRef::Number(ids[*run].0 as f64),
            }
        };
        let columns = 0..Self::COLUMNS.len() + usize::from(self.has_rows);
        let Some(writer) = &mut self.writer else {
            // Writing to memory cannot fail.
            if !self.is_begun {
                let _written = csv::write_header(&Self::COLUMNS.map(str::to_owned), b',', out);
            }
            self.is_begun = true;
            let _written = csv::write_lines(block.len(), columns.len(), &value, b',', out);
            return;
        };
        if !block.is_empty() {
            for column in columns {
                let mut from = 0;
                while from < block.len() {
                    let rest = from..block.len();
                    from += writer.page(&mut rest.map(|place| value(place, column)));
                }
                writer.end_column();
            }
        }
        *out = writer.take();
    }
}

fn is_whole_step(step: &f64) -> bool {
    step.is_nan() || Type::is_whole(*step)
}

#[cfg(test)]
mod tests;
