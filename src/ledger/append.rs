//! Adding a part to the whole, and joining sources that speak of the same runs.
//!
//! Columns meet by role and name. A source whose rows are the same runs as those of an earlier source
//! joins them instead of adding rows: configurations in one file and metrics in another, or the same
//! experiment exported twice. That is taken for granted only where ids are ids ([`SourceRecord::has_ids`]),
//! the sources lie in one folder (or every shared id is unique in the world: 32 hex digits or a UUID),
//! and nothing that both say of a run differs. Else rows stay apart, and a differing value is told.

use super::history::{History, Point};
use super::value::ValueRef;
use super::{Column, ColumnId, Ledger, Problem, Role, SourceRecord, attribute};
use rustc_hash::FxHashMap;

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
        let places: Vec<Option<usize>> = match self.join(&part) {
            Joined::Apart => vec![None; part.rows],
            Joined::Conflict(problem) => {
                if let Some(source) = part.sources.first_mut() {
                    source.problems.add("ledger/same-ids", problem);
                }
                vec![None; part.rows]
            }
            Joined::Places(places) => places,
        };
        let joined_runs = places.iter().filter(|place| place.is_some()).count();
        let sources: Vec<u32> = std::mem::take(&mut part.sources)
            .into_iter()
            .map(|record| self.take_source(record))
            .collect();
        if joined_runs == 0 {
            self.append_below(part, &sources);
        } else {
            self.append_joined(&part, &places, &sources);
        }
        Appended {
            new_runs: places.len() - joined_runs,
            joined_runs,
        }
    }

    /// Adds a source record, or a further part's numbers to the record of its first.
    fn take_source(&mut self, record: SourceRecord) -> u32 {
        let known = self
            .sources
            .iter()
            .position(|known| record.part_of != 0 && known.part_of == record.part_of);
        let Some(place) = known else {
            return self.add_source(record);
        };
        let known = &mut self.sources[place];
        known.runs += record.runs;
        known.bytes += record.bytes;
        known.has_ids |= record.has_ids;
        known.millis = record.millis.or(known.millis);
        known.problems.absorb(record.problems);
        for direction in record.directions {
            if !known.directions.contains(&direction) {
                known.directions.push(direction);
            }
        }
        place as u32
    }

    /// All rows are new: columns go below columns, whole.
    fn append_below(&mut self, part: Self, sources: &[u32]) {
        let before = self.rows;
        self.rows += part.rows;
        self.source_of_row.extend(
            part.source_of_row
                .iter()
                .filter_map(|source| sources.get(*source as usize)),
        );
        for column in part.columns {
            let id = self.intern(column.role(), column.name());
            let mine = &mut self.columns[id.index()];
            mine.pad_to(before);
            mine.append(column, before);
        }
        self.pad();
    }

    /// Some rows are runs that are here already.
    fn append_joined(&mut self, part: &Self, places: &[Option<usize>], sources: &[u32]) {
        let mut targets = Vec::with_capacity(places.len());
        for (row, place) in places.iter().enumerate() {
            let source = sources
                .get(part.source_of_row[row] as usize)
                .copied()
                .unwrap_or_default();
            targets.push(place.unwrap_or_else(|| self.add_row(source)));
        }
        self.pad();
        for column in &part.columns {
            let id = self.intern(column.role(), column.name());
            let rows = self.rows;
            let mine = &mut self.columns[id.index()];
            mine.pad_to(rows);
            for (row, target) in targets.iter().enumerate() {
                let value = column.get(row);
                if !value.is_missing() && mine.get(*target).is_missing() {
                    mine.cells_mut().set(*target, value);
                }
            }
            if let Some(history) = column.history() {
                let old = mine.history().cloned().unwrap_or_default();
                let has_points = |row: usize| !old.range(row).is_empty();
                let added = history.points().filter_map(|point| {
                    let target = targets[point.row as usize];
                    (!has_points(target)).then_some(Point {
                        row: target as u32,
                        ..point
                    })
                });
                let points: Vec<Point> = old.points().chain(added).collect();
                mine.set_history(Some(History::from_points(rows, points)));
            }
        }
    }

    /// Whether the part's runs are runs of an earlier source.
    fn join(&self, part: &Self) -> Joined {
        let [record] = part.sources.as_slice() else {
            return Joined::Apart;
        };
        let continues = record.part_of != 0
            && self
                .sources
                .iter()
                .any(|known| known.part_of == record.part_of);
        if !record.has_ids || continues {
            return Joined::Apart;
        }
        let Some(ids) = part.attribute(attribute::ID) else {
            return Joined::Apart;
        };
        let Some(own_ids) = self.attribute(attribute::ID) else {
            return Joined::Apart;
        };
        let candidate = |source: usize| {
            let known = &self.sources[source];
            known.has_ids && (folder(&known.path) == folder(&record.path))
        };
        let near: Vec<bool> = (0..self.sources.len()).map(candidate).collect();
        let mut rows_of: FxHashMap<String, usize> = FxHashMap::default();
        for row in 0..self.rows {
            let source = self.source_of(row);
            let id = own_ids.get(row);
            if self.sources[source].has_ids && !id.is_missing() {
                let id = id.to_string();
                if near[source] || is_unique_in_the_world(&id) {
                    rows_of.entry(id).or_insert(row);
                }
            }
        }
        if rows_of.is_empty() {
            return Joined::Apart;
        }
        let mut taken = vec![false; self.rows];
        let places: Vec<Option<usize>> = (0..part.rows)
            .map(|row| {
                let place = rows_of.get(&ids.get(row).to_string()).copied()?;
                // Two rows of one source are never one run.
                (!std::mem::replace(&mut taken[place], true)).then_some(place)
            })
            .collect();
        for column in &part.columns {
            let Some(own) = self
                .find(column.role(), column.name())
                .map(|id: ColumnId| self.column(id))
            else {
                continue;
            };
            let pairs = places
                .iter()
                .enumerate()
                .filter_map(|(row, place)| Some((row, (*place)?)));
            for (row, place) in pairs {
                if differs(own, place, column, row) {
                    let other = &self.sources[self.source_of(place)].path;
                    return Joined::Conflict(Problem {
                        path: record.path.clone(),
                        place: String::new(),
                        what: format!(
                            "its runs have the same ids as those of {other} but differ, as run {} in {}",
                            ids.get(row),
                            column.name()
                        ),
                        effect: "kept apart as other runs".to_owned(),
                    });
                }
            }
        }
        if places.iter().any(Option::is_some) {
            Joined::Places(places)
        } else {
            Joined::Apart
        }
    }
}

enum Joined {
    /// The rows are new runs.
    Apart,
    /// They have the ids of runs that are here, but say other things of them.
    Conflict(Problem),
    /// For each row the row that it joins, where it joins one.
    Places(Vec<Option<usize>>),
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// 32 hex digits, with or without the hyphens of a UUID.
fn is_unique_in_the_world(id: &str) -> bool {
    let digits = id.bytes().filter(|b| *b != b'-');
    matches!(id.len(), 32 | 36)
        && digits.clone().count() == 32
        && digits.clone().all(|b| b.is_ascii_hexdigit())
}

/// Whether both columns have a value (or points) for their row and these are not the same.
fn differs(own: &Column, own_row: usize, other: &Column, row: usize) -> bool {
    let (a, b) = (own.get(own_row), other.get(row));
    if a.is_missing() || b.is_missing() {
        return false;
    }
    // Two exports of one run may know of different parts of its life.
    if own.role() == Role::Attribute
        && matches!(
            own.name(),
            attribute::STATUS | attribute::END | attribute::NAME
        )
    {
        return false;
    }
    match (a, b) {
        (ValueRef::Number(a), ValueRef::Number(b)) => {
            // One of the two exports may have rounded: ten digits are the same number.
            let close = (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) || (a - b).abs() <= 5e-11;
            !(close || (a.is_nan() && b.is_nan()) || a.total_cmp(&b).is_eq())
        }
        (ValueRef::Time(a), ValueRef::Time(b)) => (a - b).abs() > 1000,
        _ => a != b && a.to_string() != b.to_string(),
    }
}
