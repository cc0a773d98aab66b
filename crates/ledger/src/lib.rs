//! The ledger: every run, param, metric, tag and attribute that was read, in columns.
//!
//! A run is a row. What is known of it lies in columns, each with a [`Role`], a name, [`Cells`] and,
//! for metrics that were logged more than once, a [`History`]. Formats write through [`RunSink`] and
//! never touch a column themselves. A part of a drop that a worker read is a `Ledger` of its own,
//! which [`Ledger::append`] adds to the whole.
//!
//! Facts that every tracker has (id, name, status, start…) are columns of the role
//! [`Role::Attribute`] with the names in [`attribute`], so that table, filter and export need no
//! special case for them.

mod append;
#[cfg(any(test, feature = "arbitrary"))]
pub mod arbitrary;
mod bits;
pub mod bytes;
mod cells;
mod cells_merge;
mod column;
mod dictionary;
pub mod direction;
mod distinct;
mod distribution;
mod few;
mod history;
mod identity;
mod keep;
mod logs;
mod machine;
mod problem;
mod rules;
mod saved;
mod searched;
mod sink;
mod statistic;
pub mod statistics;
pub mod time;
mod update;
mod value;
pub(crate) mod wire;

pub use ::importance::decades::{WIDE, looks_log};
pub use append::Appended;
pub use bits::Bits;
pub use cells::{Cells, Each, MISSING, Values};
pub use column::{Column, Kind, Role};
pub use dictionary::Dictionary;
pub use distinct::{Distinct, MOST_DISTINCT};
pub use distribution::{Counts, Distribution, Lanes};
pub use few::{Few, PLACES, place_of};
pub use history::{History, Point, PointSummary};
pub use identity::{Evidence, MAY_BE_AGAIN, SharedRuns, download};
pub use keep::Keep;
pub use logs::{LogTail, Logs};
pub use problem::{PROBLEMS_OF_A_KIND, Problem, Problems};
pub use rules::{ColumnName, Rules};
pub use saved::{SavedColumn, SavedSource, SavedTables};
pub use searched::{DeclaredRange, SearchRange, Searched};
pub use sink::{RunSink, SpanRead, Status};
pub use statistic::{Reading, Statistic, Until, mean, median};
pub use update::{Again, Look};
pub use value::{Value, ValueRef, bits_of, number_text, parse_number};
pub use wire::WireError;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// Names of the columns of role [`Role::Attribute`] that have a meaning of their own.
pub mod attribute {
    /// The run's id in its source; text.
    pub const ID: &str = "id";
    /// The run's name.
    pub const NAME: &str = "name";
    /// One of the words of [`super::Status`].
    pub const STATUS: &str = "status";
    /// When it started; a time.
    pub const START: &str = "start";
    /// When it ended; a time.
    pub const END: &str = "end";
    /// The group it belongs to, by its source.
    pub const GROUP: &str = "group";
    /// The id of the run that it is a part of.
    pub const PARENT: &str = "parent";
}

/// A column by its place in the ledger. Columns are never removed or reordered, so it stays valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ColumnId(pub u32);

impl ColumnId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One unit that a format read: usually a file, for some trackers a folder.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Identifies the unit among the parts in which a worker sends it; 0 where there is one part.
    pub part_of: u64,
    /// The file or folder, by its path in the drop.
    pub path: String,
    /// The stable word of the format that read it, as `wandb-table`; empty where none did.
    pub format: String,
    /// Of how many whole files it was read, [`Self::path`] being the first; 0 of a file in parts.
    #[serde(default)]
    pub files: usize,
    /// The folder that all of them lie in, with the `/` at its end; empty where there is none.
    #[serde(default)]
    pub folder: String,
    /// How many runs it brought (those that it shares with an earlier source too).
    pub runs: usize,
    /// Bytes read from disk.
    pub bytes: u64,
    /// Milliseconds that reading took, where a clock was at hand.
    pub millis: Option<f64>,
    /// How many logged points were left out because memory would not hold them ([`Keep`]).
    #[serde(default)]
    pub points_left_out: u64,
    /// Whether its run ids are ids (an id column, a key) and not just row numbers.
    pub has_ids: bool,
    /// The folder of the drop in which the program ran that logged its run, where its own path says so.
    #[serde(default)]
    pub ran_in: Option<String>,
    /// What stands in the drop before its runs' ids, where those are the paths of folders in which programs ran.
    #[serde(default)]
    pub run_folders: Option<String>,
    /// Direction of metrics that the source itself declares, by metric name: true is maximize.
    pub directions: Vec<(String, bool)>,
    /// In what ranges it declares that params were searched; of one param there may be several.
    #[serde(default)]
    pub ranges: Vec<DeclaredRange>,
    /// What was wrong, bounded.
    pub problems: Problems,
    /// Which of its runs were there already.
    #[serde(default)]
    pub shared: Vec<SharedRuns>,
    /// What a person made of its runs and saw of them, where it is a session file: a session as JSON.
    #[serde(default)]
    pub session: Option<String>,
}

/// The part of a folder, with the `/` at its end, that a path lies in too.
pub fn folder_of_both<'f>(mut folder: &'f str, path: &str) -> &'f str {
    while !path.starts_with(folder) {
        let name = folder.trim_end_matches('/');
        folder = &folder[..name.rfind('/').map_or(0, |at| at + 1)];
    }
    folder
}

impl SourceRecord {
    /// Where it lies, for people: of several files their folder.
    pub fn place(&self) -> &str {
        if self.files > 1 && !self.folder.is_empty() {
            &self.folder
        } else {
            &self.path
        }
    }

    /// Counts runs that it shares with an earlier source.
    fn share(&mut self, more: SharedRuns) {
        let is_same =
            |known: &&mut SharedRuns| (&known.path, known.evidence) == (&more.path, more.evidence);
        match self.shared.iter_mut().find(is_same) {
            Some(known) => known.runs += more.runs,
            None => self.shared.push(more),
        }
    }

    /// Takes directions and ranges that a part of it declares and were not known.
    fn declare(&mut self, directions: Vec<(String, bool)>, ranges: &[DeclaredRange]) {
        for direction in directions {
            if !self.directions.contains(&direction) {
                self.directions.push(direction);
            }
        }
        for DeclaredRange { name, group, range } in ranges {
            self.declare_range_of(group, name, *range);
        }
    }
}

/// All runs. See the module's documentation.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    rows: usize,
    columns: Vec<Column>,
    index: FxHashMap<(Role, String), ColumnId>,
    sources: Vec<SourceRecord>,
    /// The place of each source by its [`SourceRecord::part_of`].
    places_of_parts: FxHashMap<u64, u32>,
    source_of_row: Vec<u32>,
    /// Runs that no file has any more; see [`Ledger::end_look`].
    gone: Bits,
    logs: Logs,
    rules: Rules,
    identity: identity::Index,
}

impl Ledger {
    /// How many runs.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// An empty ledger that goes by these rules.
    pub fn with_rules(rules: Rules) -> Self {
        Self {
            rules,
            ..Self::default()
        }
    }

    /// What a person decided.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// All columns, in the order in which they came.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// All columns with their ids.
    pub fn columns_with_ids(&self) -> impl Iterator<Item = (ColumnId, &Column)> {
        self.columns
            .iter()
            .enumerate()
            .map(|(at, column)| (ColumnId(at as u32), column))
    }

    /// One column; ids come from this ledger, so it is there.
    pub fn column(&self, id: ColumnId) -> &Column {
        &self.columns[id.index()]
    }

    /// One column, if the id is of this ledger.
    pub fn try_column(&self, id: ColumnId) -> Option<&Column> {
        self.columns.get(id.index())
    }

    /// The column of this role and name.
    pub fn find(&self, role: Role, name: &str) -> Option<ColumnId> {
        self.index.get(&(role, name.to_owned())).copied()
    }

    /// The attribute column of this name ([`attribute`]), if any run has it.
    pub fn attribute(&self, name: &str) -> Option<&Column> {
        self.find(Role::Attribute, name).map(|id| self.column(id))
    }

    /// The ends of runs' logs.
    pub fn logs(&self) -> &Logs {
        &self.logs
    }

    /// What was read.
    pub fn sources(&self) -> &[SourceRecord] {
        &self.sources
    }

    /// The source of a run, as a place in [`Ledger::sources`].
    pub fn source_of(&self, row: usize) -> usize {
        self.source_of_row
            .get(row)
            .map_or(0, |source| *source as usize)
    }

    /// The runs that no file has any more, as far as looks told; of later runs it says nothing.
    pub fn gone(&self) -> &Bits {
        &self.gone
    }

    /// The id of a run: as its source names it, else its row number in the whole.
    pub fn run_id(&self, row: usize) -> String {
        let id = self
            .attribute(attribute::ID)
            .map_or(ValueRef::Missing, |column| column.cells().get(row));
        if id.is_missing() {
            row.to_string()
        } else {
            id.to_string()
        }
    }

    /// The problems of all sources together, the unlisted ones too.
    pub fn problem_count(&self) -> usize {
        self.sources
            .iter()
            .map(|source| source.problems.count())
            .sum()
    }

    /// Moves what was told of lines down: this is a part of a file, whose lines were counted from its beginning.
    pub fn move_problems_down(&mut self, lines: u64) {
        for source in &mut self.sources {
            source.problems.move_lines_down(lines);
        }
    }

    /// Adds a source's record; runs may point to it.
    pub fn add_source(&mut self, record: SourceRecord) -> u32 {
        let place = self.sources.len() as u32;
        if record.part_of != 0 {
            self.places_of_parts.entry(record.part_of).or_insert(place);
        }
        self.sources.push(record);
        place
    }

    /// The place of the source that a record is a part of, where one came before it.
    fn place_of(&self, record: &SourceRecord) -> Option<usize> {
        let place = self.places_of_parts.get(&record.part_of)?;
        Some(*place as usize)
    }

    /// Adds a run of this source; returns its row.
    pub fn add_row(&mut self, source: u32) -> usize {
        self.source_of_row.push(source);
        self.rows += 1;
        self.rows - 1
    }

    /// The column of this role and name, which is added where it is new.
    pub fn intern(&mut self, role: Role, name: &str) -> ColumnId {
        if let Some(id) = self.find(role, name) {
            return id;
        }
        let id = ColumnId(self.columns.len() as u32);
        self.columns.push(Column::new(role, name));
        self.index.insert((role, name.to_owned()), id);
        id
    }

    /// The column, to be changed.
    pub fn column_mut(&mut self, id: ColumnId) -> &mut Column {
        &mut self.columns[id.index()]
    }

    /// Makes every column as long as there are runs.
    pub fn pad(&mut self) {
        for column in &mut self.columns {
            column.pad_to(self.rows);
        }
    }

    /// Gives a column another role. Where a column of that role and name is there already, the two
    /// become one: what the first has stays, what it lacks comes from the other.
    pub fn change_role(&mut self, id: ColumnId, role: Role) -> ColumnId {
        let name = self.column(id).name().to_owned();
        self.rename(id, role, &name)
    }

    /// Gives a column another role and name, as [`Ledger::change_role`] does.
    pub fn rename(&mut self, id: ColumnId, role: Role, name: &str) -> ColumnId {
        let old = ColumnName::of(self, id);
        if old.role == role && old.name == name {
            return id;
        }
        self.index.remove(&(old.role, old.name.clone()));
        if let Some(twin) = self.find(role, name) {
            let moved = std::mem::take(&mut self.columns[id.index()]);
            let places: Vec<usize> = (0..self.rows).collect();
            self.columns[twin.index()].pad_to(self.rows);
            self.columns[twin.index()].fill_from(&moved, &places);
            self.columns[id.index()] = Column::new(Role::Ignored, &old.name);
            self.columns[id.index()].pad_to(self.rows);
            return twin;
        }
        self.columns[id.index()].set_name(role, name);
        self.index.insert((role, name.to_owned()), id);
        id
    }

    /// Gives a column another role or kind of values, and does so with what comes after.
    pub fn recast(&mut self, id: ColumnId, role: Option<Role>, kind: Option<Kind>) {
        let from = ColumnName::of(self, id);
        let id = role.map_or(id, |role| self.change_role(id, role));
        let to = ColumnName::of(self, id);
        if let Some(kind) = kind {
            self.change_kind(id, kind);
            self.rules.set_kind(to.clone(), kind);
        }
        self.rules.rename(from, to);
    }

    /// Adds a column that was computed. One that was read has its name already, or it is not computed: an error.
    pub fn put_computed(&mut self, column: Column) -> Result<(), String> {
        let is_taken = |role| {
            let known = self.find(role, column.name());
            known.is_some_and(|id| {
                !self.column(id).cells().is_empty() && self.column(id).kind() != Kind::Empty
            })
        };
        if [Role::Param, Role::Metric].into_iter().any(is_taken) {
            return Err(format!("there is a column {} already", column.name()));
        }
        let id = self.intern(column.role(), column.name());
        self.columns[id.index()] = column;
        Ok(())
    }

    /// Empties all computed columns. They keep their places, for when they come again.
    pub fn forget_computed(&mut self) {
        for column in &mut self.columns {
            if column.formula().is_some() {
                *column = column.vacated();
                column.pad_to(self.rows);
            }
        }
    }

    /// Reads a column's values as another kind of value; what cannot be read so stays as it is.
    pub fn change_kind(&mut self, id: ColumnId, kind: Kind) {
        self.columns[id.index()].convert(kind);
    }
}
