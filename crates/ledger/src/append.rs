//! Adding a part to the whole: columns meet by role and name, and runs that are there already are filled in
//! ([`super::identity`] says which those are).

use super::identity::Joined;
use super::{Column, Kind, Ledger, Role, SourceRecord};

/// What [`Ledger::append`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// Rows that were added.
    pub new_runs: usize,
    /// Runs of the part that were in the ledger already.
    pub joined_runs: usize,
}

impl Ledger {
    /// Adds a part. See the module's documentation.
    pub fn append(&mut self, mut part: Self) -> Appended {
        let rules = std::mem::take(&mut self.rules);
        rules.apply(&mut part);
        self.rules = rules;
        self.make_room_for(&part);
        let (places, shared, problem) = match self.join(&part) {
            Joined::Apart => (Vec::new(), Vec::new(), None),
            Joined::Conflict(kind, problem) => (Vec::new(), Vec::new(), Some((kind, problem))),
            Joined::Places {
                places,
                shared,
                problem,
            } => (places, shared, problem),
        };
        if let Some(source) = part.sources.first_mut() {
            source.shared = shared;
            if let Some((kind, problem)) = problem {
                source.problems.add(kind, problem);
            }
        }
        let joined_runs = places.iter().filter(|place| place.is_some()).count();
        let appended = Appended {
            new_runs: part.rows - joined_runs,
            joined_runs,
        };
        let records = std::mem::take(&mut part.sources);
        let sources: Vec<u32> = records
            .into_iter()
            .map(|record| self.take_source(record))
            .collect();
        if joined_runs == 0 {
            self.append_below(part, &sources);
        } else {
            self.append_joined(&part, &places, &sources);
        }
        appended
    }

    /// Makes room for about so many further runs like those that are there.
    pub fn reserve(&mut self, runs: usize) {
        self.source_of_row.reserve_exact(runs);
        for column in &mut self.columns {
            column.cells_mut().reserve(runs);
        }
    }

    /// What is read goes before what was computed: computed columns of names that the part has are emptied.
    pub(super) fn make_room_for(&mut self, part: &Self) {
        for column in part.columns() {
            let known = self.find(column.role(), column.name());
            if let Some(id) = known.filter(|id| self.column(*id).formula().is_some()) {
                self.columns[id.index()] = Column::new(column.role(), column.name());
                self.columns[id.index()].pad_to(self.rows);
            }
        }
    }

    /// Adds a source record, or a further part's numbers to the record of its first.
    fn take_source(&mut self, record: SourceRecord) -> u32 {
        let Some(place) = self.place_of(&record) else {
            return self.add_source(record);
        };
        let known = &mut self.sources[place];
        known.runs += record.runs;
        known.files += record.files;
        let shared = super::folder_of_both(&known.folder, &record.folder).len();
        known.folder.truncate(shared);
        known.bytes += record.bytes;
        known.points_left_out += record.points_left_out;
        known.has_ids |= record.has_ids;
        known.millis = match (known.millis, record.millis) {
            (Some(known), Some(more)) => Some(known + more),
            (known, more) => known.or(more),
        };
        known.problems.absorb(record.problems);
        for more in record.shared {
            known.share(more);
        }
        known.declare(record.directions, &record.ranges);
        place as u32
    }

    /// All rows are new: columns go below columns, whole.
    fn append_below(&mut self, part: Self, sources: &[u32]) {
        let before = self.rows;
        self.rows += part.rows;
        let source_of = |source: &u32| sources.get(*source as usize).copied().unwrap_or_default();
        self.source_of_row
            .extend(part.source_of_row.iter().map(source_of));
        self.logs.append(part.logs, &|row| row + before);
        for column in part.columns {
            if is_given_away(&column) {
                continue;
            }
            let id = self.intern(column.role(), column.name());
            self.columns[id.index()].add_sources(sources);
            self.columns[id.index()].append(column, before);
        }
        self.pad();
    }

    /// Some rows are runs that are here already.
    fn append_joined(&mut self, part: &Self, places: &[Option<usize>], sources: &[u32]) {
        let mut targets = Vec::with_capacity(places.len());
        for (row, place) in places.iter().enumerate() {
            let source = sources
                .get(part.source_of(row))
                .copied()
                .unwrap_or_default();
            targets.push(place.unwrap_or_else(|| self.add_row(source)));
        }
        self.pad();
        self.logs.append(part.logs.clone(), &|row| targets[row]);
        for column in &part.columns {
            if is_given_away(column) {
                continue;
            }
            let id = self.intern(column.role(), column.name());
            self.columns[id.index()].add_sources(sources);
            self.columns[id.index()].pad_to(self.rows);
            self.columns[id.index()].fill_from(column, &targets);
        }
    }
}

/// Whether a column is only the place of one whose values another has now.
pub(super) fn is_given_away(column: &Column) -> bool {
    column.role() == Role::Ignored && column.kind() == Kind::Empty
}
