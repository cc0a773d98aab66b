//! The one door by which formats write: runs, values, metric points, problems.
//!
//! A format names a source, makes runs in it and sets their values; the sink interns column names,
//! types cells and gathers points into histories. A format never touches the ledger. Large tables
//! leave in parts: [`RunSink::may_flush`] hands what is complete to the owner, so that rows appear,
//! and memory is freed, while the rest is still read.

use super::cells::Values;
use super::history::Point;
use super::keep::{Gathered, Keep};
use super::problem::Problem;
use super::value::ValueRef;
use super::{ColumnId, Ledger, LogTail, Role, SavedSource, SourceRecord, attribute, time};
use rustc_hash::FxHashMap;

/// After how many values a table's first part is handed on: its rows are seen at once.
const VALUES_OF_FIRST_PART: usize = 1 << 16;

/// How many times as many values the next part may have, up to [`VALUES_OF_A_PART`].
const GROWTH_OF_PARTS: u32 = 4;

/// After how many parts they do not grow any more.
const GROWING_PARTS: u32 = 3;

/// After how many values a table's part is handed on at last.
const VALUES_OF_A_PART: usize = 1 << 21;

/// How a run stands, in the words of `runsift.runs/1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Still going.
    Running,
    /// Came to its end.
    Finished,
    /// Ended by an error.
    Failed,
    /// Ended from outside.
    Killed,
    /// Ended early by a scheduler that saw it was not worth going on.
    Pruned,
    /// Not begun.
    Scheduled,
    /// The source has a status that says nothing of these.
    Unknown,
}

impl Status {
    /// The word in the runs document.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Killed => "killed",
            Self::Pruned => "pruned",
            Self::Scheduled => "scheduled",
            Self::Unknown => "unknown",
        }
    }

    /// The status that any tracker's word for it means.
    pub fn from_word(word: &str) -> Self {
        let word = word.trim().to_ascii_lowercase().replace(' ', "_");
        // `TrialState.COMPLETE` as Python prints it, `JOB_STATE_FAILED` of Google's clouds.
        let word = word.rsplit('.').next().unwrap_or_default();
        match word.rsplit("_state_").next().unwrap_or_default() {
            "running" | "active" | "started" | "in_progress" | "inprogress" => Self::Running,
            "complete" | "completed" | "success" | "successful" | "terminated" | "finished"
            | "done" | "ok" | "stopped" | "succeeded" => Self::Finished,
            "fail" | "failed" | "error" | "errored" | "crashed" | "crash" | "timeout"
            | "memoryout" | "memout" => Self::Failed,
            "killed" | "preempted" | "interrupted" | "aborted" | "abandoned" | "cancelled"
            | "canceled" => Self::Killed,
            "pruned" | "early_stopped" | "earlystopped" => Self::Pruned,
            "waiting" | "scheduled" | "pending" | "queued" | "new" | "candidate" | "staged" => {
                Self::Scheduled
            }
            _ => Self::Unknown,
        }
    }
}

/// What a reader did with a span of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanRead {
    /// Where its first record began, in bytes.
    pub began: u64,
    /// Where the record after its last begins.
    pub ended: u64,
    /// How many lines it has.
    pub lines: u64,
}

/// Where formats write. See the module's documentation.
pub struct RunSink<'a> {
    ledger: Ledger,
    source: u32,
    keep: Keep,
    points: FxHashMap<ColumnId, Gathered>,
    runs_by_id: FxHashMap<(u32, String), usize>,
    values_since_flush: usize,
    /// How many parts were handed on.
    parts: u32,
    span_read: Option<SpanRead>,
    on_part: &'a mut dyn FnMut(Ledger),
}

impl<'a> RunSink<'a> {
    /// A sink whose complete parts go to `on_part`, the last one by [`RunSink::finish`].
    pub fn new(on_part: &'a mut dyn FnMut(Ledger)) -> Self {
        Self {
            ledger: Ledger::default(),
            source: 0,
            keep: Keep::default(),
            points: FxHashMap::default(),
            runs_by_id: FxHashMap::default(),
            values_since_flush: 0,
            parts: 0,
            span_read: None,
            on_part,
        }
    }

    /// Keeps of logged points and columns only what is asked for.
    #[must_use]
    pub fn keeping(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    /// What is kept of what there is, for formats that can leave out the rest unread.
    pub fn keep(&self) -> &Keep {
        &self.keep
    }

    /// From here on runs belong to the source `path`, read as `format`; `part_of` tells this source
    /// from others of the same path.
    pub fn begin_source(&mut self, path: &str, format: &str, part_of: u64) {
        self.source = self.ledger.add_source(SourceRecord {
            part_of,
            path: path.to_owned(),
            format: format.to_owned(),
            ..SourceRecord::default()
        });
    }

    /// Adds the sources of runs that were saved; gives the place of the first for [`RunSink::add_saved_run`].
    pub fn begin_saved(&mut self, sources: Vec<SavedSource>) -> usize {
        let first = self.ledger.sources().len();
        for source in sources {
            self.ledger.add_source(source.into());
        }
        first
    }

    /// A new run of a source that was saved; of the current one where there is none at that place.
    pub fn add_saved_run(&mut self, first: usize, place: usize) -> usize {
        let source = first.saturating_add(place);
        let Some(record) = self.ledger.sources.get_mut(source) else {
            return self.add_run();
        };
        record.runs += 1;
        self.ledger.add_row(source as u32)
    }

    /// The record of the current source.
    pub fn source(&mut self) -> &mut SourceRecord {
        if self.ledger.sources().is_empty() {
            self.begin_source("", "", 0);
        }
        let source = self.source as usize;
        &mut self.ledger.sources[source]
    }

    /// The column of this role and name, which is added where it is new. Valid until the next part
    /// is handed on: [`RunSink::may_flush`] says when.
    pub fn column(&mut self, role: Role, name: &str) -> ColumnId {
        self.ledger.intern(role, name)
    }

    /// Says why a column's role is only a guess; the receipt offers to change it.
    pub fn doubt(&mut self, column: ColumnId, reason: &str) {
        self.ledger
            .column_mut(column)
            .set_doubt(Some(reason.to_owned()));
    }

    /// How many runs this part has so far.
    pub fn rows(&self) -> usize {
        self.ledger.rows()
    }

    /// A new run.
    pub fn add_run(&mut self) -> usize {
        self.source().runs += 1;
        self.ledger.add_row(self.source)
    }

    /// So many new runs, one after another; gives the row of the first.
    pub fn add_runs(&mut self, count: usize) -> usize {
        let first = self.rows();
        for _ in 0..count {
            self.add_run();
        }
        first
    }

    /// Sets the values of a column for consecutive runs from `row` on; missing changes nothing. For tables:
    /// the kind of the column is looked at once and not for every value.
    pub fn fill(&mut self, row: usize, column: ColumnId, values: &mut dyn Values<'_>) {
        let cells = self.ledger.column_mut(column).cells_mut();
        self.values_since_flush += cells.fill(row, values);
    }

    /// Makes room for so many further runs like those of this part, as far as they go into it.
    pub fn reserve(&mut self, runs: usize) {
        let most = VALUES_OF_A_PART / self.ledger.columns.len().max(1);
        // A sixteenth more: the guess is one, and columns that outgrow it are moved.
        self.ledger.reserve((runs + runs / 16).min(most));
    }

    /// Hands on no small parts first: others read the rest of the file, and rows are seen soon enough.
    pub fn begin_large(&mut self) {
        self.parts = GROWING_PARTS;
    }

    /// The run of this id in the current source, which is added where it is new.
    pub fn run(&mut self, id: &str) -> usize {
        let key = (self.source, id.to_owned());
        if let Some(row) = self.runs_by_id.get(&key) {
            return *row;
        }
        let row = self.add_run();
        self.source().has_ids = true;
        self.runs_by_id.insert(key, row);
        self.set_attribute(row, attribute::ID, ValueRef::Text(id));
        row
    }

    /// Sets a value; missing changes nothing.
    pub fn set(&mut self, row: usize, column: ColumnId, value: ValueRef<'_>) {
        if !value.is_missing() {
            self.values_since_flush += 1;
            self.ledger.column_mut(column).cells_mut().set(row, value);
        }
    }

    /// Sets a value by role and name. For whole tables intern the column once and use [`RunSink::set`].
    pub fn set_named(&mut self, row: usize, role: Role, name: &str, value: ValueRef<'_>) {
        if !value.is_missing() {
            let column = self.column(role, name);
            self.set(row, column, value);
        }
    }

    /// Sets one of the attributes of [`attribute`] (or a further one of the tracker's).
    pub fn set_attribute(&mut self, row: usize, name: &str, value: ValueRef<'_>) {
        self.set_named(row, Role::Attribute, name, value);
    }

    /// Sets the run's status.
    pub fn set_status(&mut self, row: usize, status: Status) {
        self.set_attribute(row, attribute::STATUS, ValueRef::Text(status.word()));
    }

    /// Keeps the end of a run's log, once the run's status is set: those of failed runs come first.
    pub fn log(&mut self, row: usize, tail: LogTail) {
        let status = self.ledger.attribute(attribute::STATUS);
        let status = status.and_then(|column| column.get(row).text().map(Status::from_word));
        let is_failed = matches!(status, Some(Status::Failed | Status::Killed));
        self.ledger.logs.put(row as u32, is_failed, tail);
    }

    /// Sets a time attribute from text, where the text is a time; says whether it was.
    pub fn set_time(&mut self, row: usize, name: &str, text: &str) -> bool {
        let millis = time::parse_millis(text);
        if let Some(millis) = millis {
            self.set_attribute(row, name, ValueRef::Time(millis));
        }
        millis.is_some()
    }

    /// Adds a logged point of a metric. `step` NaN and `millis` 0 where the source gives none.
    pub fn point(&mut self, row: usize, metric: ColumnId, step: f64, millis: i64, value: f64) {
        self.values_since_flush += 1;
        let (keep, ledger) = (&self.keep, &self.ledger);
        let gathered = self
            .points
            .entry(metric)
            .or_insert_with(|| Gathered::new(keep.limit(ledger.column(metric).name())));
        gathered.push(Point {
            row: row as u32,
            step,
            millis,
            value,
        });
    }

    /// Reports a problem in the current source. `kind` is a stable word as `csv/ragged-row`, `place`
    /// as `line 7` (empty: the whole file), `effect` what was done.
    pub fn problem(&mut self, kind: &str, place: &str, what: &str, effect: &str) {
        let path = self.source().path.clone();
        self.problem_in(kind, &path, place, what, effect);
    }

    /// As [`RunSink::problem`], for a file of the source that is not the one it is named after.
    pub fn problem_in(&mut self, kind: &str, path: &str, place: &str, what: &str, effect: &str) {
        let problem = Problem {
            path: path.to_owned(),
            place: place.to_owned(),
            what: what.to_owned(),
            effect: effect.to_owned(),
        };
        self.source().problems.add(kind, problem);
    }

    /// Says what was read of a file of which only a span is wanted.
    pub fn tell_span(&mut self, read: SpanRead) {
        self.span_read = Some(read);
    }

    /// What [`RunSink::tell_span`] said last.
    pub fn span_read(&self) -> Option<SpanRead> {
        self.span_read
    }

    /// Hands on what is complete if it has grown large, and says whether it did: column ids and rows
    /// are then void. To be called between runs of a format whose runs never grow later.
    pub fn may_flush(&mut self) -> bool {
        let enough = GROWTH_OF_PARTS
            .saturating_pow(self.parts)
            .saturating_mul(VALUES_OF_FIRST_PART as u32);
        if self.values_since_flush < VALUES_OF_A_PART.min(enough as usize) {
            return false;
        }
        let mut record = self.source().clone();
        record.runs = 0;
        record.bytes = 0;
        record.points_left_out = 0;
        record.problems = super::Problems::default();
        self.hand_on();
        self.source = self.ledger.add_source(record);
        true
    }

    /// Hands on the last part.
    pub fn finish(mut self) {
        self.hand_on();
    }

    fn hand_on(&mut self) {
        let mut part = std::mem::take(&mut self.ledger);
        let rows = part.rows();
        let mut points: Vec<_> = std::mem::take(&mut self.points).into_iter().collect();
        order::by_key(&mut points, |(column, _)| *column);
        let mut left_out = 0;
        for (id, points) in points {
            let (history, count) = points.into_history(rows);
            left_out += count;
            let column = part.column_mut(id);
            for row in 0..rows {
                if let Some(summary) = history.summary(row)
                    && column.get(row).is_missing()
                {
                    column.cells_mut().set(row, ValueRef::Number(summary.last));
                }
            }
            column.set_history(Some(history));
        }
        if let (1.., Some(source)) = (left_out, part.sources.get_mut(self.source as usize)) {
            source.points_left_out += left_out;
        }
        part.pad();
        for column in &mut part.columns {
            column.recognise_times();
        }
        self.runs_by_id.clear();
        self.values_since_flush = 0;
        self.parts += 1;
        (self.on_part)(part);
    }
}
