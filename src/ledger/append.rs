//! Adding a part to the whole, and joining sources that speak of the same runs.
//!
//! Columns meet by role and name. A source whose rows are the same runs as those of an earlier source
//! joins them instead of adding rows: configurations in one file and metrics in another, or the same
//! experiment exported twice. That is taken for granted only where ids are ids ([`SourceRecord::has_ids`]),
//! the sources lie in one folder (or the shared ids are unique in the world: 32 hex digits or a UUID),
//! nothing that both say of a run differs, and only one earlier source has such a run. Else rows stay
//! apart, and the reason is told.

use super::history::History;
use super::value::ValueRef;
use super::{Column, Ledger, Problem, Role, SourceRecord, attribute};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// The problem of a source whose runs have the ids of others.
const SAME_IDS: &str = "ledger/same-ids";

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
        let places = match self.join(&part) {
            Joined::Apart => Vec::new(),
            Joined::Conflict(problem) => {
                if let Some(source) = part.sources.first_mut() {
                    source.problems.add(SAME_IDS, problem);
                }
                Vec::new()
            }
            Joined::Places(places) => places,
        };
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
        known.points_left_out += record.points_left_out;
        known.has_ids |= record.has_ids;
        known.millis = match (known.millis, record.millis) {
            (Some(known), Some(more)) => Some(known + more),
            (known, more) => known.or(more),
        };
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
        let source_of = |source: &u32| sources.get(*source as usize).copied().unwrap_or_default();
        self.source_of_row
            .extend(part.source_of_row.iter().map(source_of));
        for column in part.columns {
            let id = self.intern(column.role(), column.name());
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
        for column in &part.columns {
            let id = self.intern(column.role(), column.name());
            self.columns[id.index()].pad_to(self.rows);
            self.columns[id.index()].fill_from(column, &targets);
        }
    }

    /// Whether the part's runs are runs of earlier sources.
    fn join(&self, part: &Self) -> Joined {
        let [record] = part.sources.as_slice() else {
            return Joined::Apart;
        };
        let is_own = |known: &SourceRecord| record.part_of != 0 && known.part_of == record.part_of;
        let own = self.sources.iter().position(is_own);
        // What a first part found holds for the parts after it.
        if own.is_some_and(|own| self.sources[own].problems.has(SAME_IDS)) || !record.has_ids {
            return Joined::Apart;
        }
        let other = |place: usize| Some(place) != own && self.sources[place].has_ids;
        if !(0..self.sources.len()).any(other) {
            return Joined::Apart;
        }
        let (Some(ids), Some(known_ids)) =
            (part.attribute(attribute::ID), self.attribute(attribute::ID))
        else {
            return Joined::Apart;
        };
        let mut rows_of: FxHashMap<Cow<'_, str>, usize> = FxHashMap::default();
        for row in 0..part.rows {
            if let Some(id) = id_text(ids.get(row)) {
                // Two rows of one source are never one run: the first of them joins.
                rows_of.entry(id).or_insert(row);
            }
        }
        let is_near: Vec<bool> = self
            .sources
            .iter()
            .map(|known| folder(&known.path) == folder(&record.path))
            .collect();
        // By earlier source: rows of the part and the rows here that have their ids.
        let mut pairs: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.sources.len()];
        for place in 0..self.rows {
            let source = self.source_of(place);
            if other(source)
                && let Some(id) = id_text(known_ids.get(place))
                && (is_near[source] || is_unique_in_the_world(&id))
                && let Some(row) = rows_of.get(&id)
            {
                pairs[source].push((*row, place));
            }
        }
        self.places_of(part, &pairs)
    }

    /// Where the part's rows join, given the pairs of rows that share an id, by earlier source.
    fn places_of(&self, part: &Self, pairs: &[Vec<(usize, usize)>]) -> Joined {
        let mut places = vec![None; part.rows];
        let mut refused = None;
        for (source, pairs) in pairs.iter().enumerate() {
            if pairs.is_empty() {
                continue;
            }
            let path = &self.sources[source].path;
            if let Some((row, column)) = self.difference(part, pairs) {
                refused.get_or_insert_with(|| {
                    let run = part.run_id(row);
                    format!("its runs have the same ids as those of {path} but differ, as run {run} in {column}")
                });
                continue;
            }
            for (row, place) in pairs {
                if places[*row].replace(*place).is_some() {
                    let run = part.run_id(*row);
                    let what = format!("several files have a run {run}, {path} among them");
                    return Joined::Conflict(kept_apart(part, what));
                }
            }
        }
        match refused {
            _ if places.iter().any(Option::is_some) => Joined::Places(places),
            Some(what) => Joined::Conflict(kept_apart(part, what)),
            None => Joined::Apart,
        }
    }

    /// A row of the part and a column in which it differs from the run that has its id.
    fn difference<'a>(&self, part: &'a Self, pairs: &[(usize, usize)]) -> Option<(usize, &'a str)> {
        part.columns.iter().find_map(|column| {
            let own = self.column(self.find(column.role(), column.name())?);
            let differing = pairs
                .iter()
                .find(|(row, place)| differs(own, *place, column, *row));
            differing.map(|(row, _)| (*row, column.name()))
        })
    }
}

enum Joined {
    /// The rows are new runs.
    Apart,
    /// They have the ids of runs that are here, but cannot be them.
    Conflict(Problem),
    /// For each row the row that it joins, where it joins one.
    Places(Vec<Option<usize>>),
}

fn kept_apart(part: &Ledger, what: String) -> Problem {
    Problem {
        path: part
            .sources
            .first()
            .map_or_else(String::new, |record| record.path.clone()),
        place: String::new(),
        what,
        effect: "kept apart as runs of their own".to_owned(),
    }
}

fn id_text(id: ValueRef<'_>) -> Option<Cow<'_, str>> {
    match id {
        ValueRef::Missing => None,
        ValueRef::Text(text) => Some(Cow::Borrowed(text)),
        other => Some(Cow::Owned(other.to_string())),
    }
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

/// Whether both columns have a value (or a point at the same step) for their row and these are not the same.
fn differs(own: &Column, own_row: usize, other: &Column, row: usize) -> bool {
    let (a, b) = (own.get(own_row), other.get(row));
    if a.is_missing() || b.is_missing() {
        return false;
    }
    // Two exports of one run may know of different parts of its life.
    let of_its_life = [attribute::STATUS, attribute::END, attribute::NAME];
    if own.role() == Role::Attribute && of_its_life.contains(&own.name()) {
        return false;
    }
    let values_differ = match (a, b) {
        (ValueRef::Number(a), ValueRef::Number(b)) => !is_same_number(a, b),
        (ValueRef::Time(a), ValueRef::Time(b)) => a.abs_diff(b) > 1000,
        _ => a != b && a.to_string() != b.to_string(),
    };
    values_differ
        || match (own.history(), other.history()) {
            (Some(ours), Some(theirs)) => histories_differ(ours, own_row, theirs, row),
            _ => false,
        }
}

/// Equal but for rounding: one of two exports may have rounded, and ten digits are the same number.
fn is_same_number(a: f64, b: f64) -> bool {
    let is_close = (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) || (a - b).abs() <= 5e-11;
    is_close || (a.is_nan() && b.is_nan()) || a.total_cmp(&b).is_eq()
}

/// Whether two histories have different values at the end of the same step.
fn histories_differ(ours: &History, own_row: usize, theirs: &History, row: usize) -> bool {
    let (mut i, mut j) = (ours.range(own_row), theirs.range(row));
    while !i.is_empty() && !j.is_empty() {
        let (a, b) = (ours.steps[i.start], theirs.steps[j.start]);
        if a < b {
            i.start += 1;
        } else if b < a {
            j.start += 1;
        } else {
            // Of equal steps the last is compared; points without a step are not.
            let end = |history: &History, range: &std::ops::Range<usize>, step: f64| {
                let same = |at: &usize| history.steps[*at].total_cmp(&step).is_eq();
                range.start + range.clone().take_while(same).count()
            };
            let (next_i, next_j) = (end(ours, &i, a), end(theirs, &j, b));
            if a.is_nan() || b.is_nan() || next_i == i.start || next_j == j.start {
                return false;
            }
            if !is_same_number(ours.values[next_i - 1], theirs.values[next_j - 1]) {
                return true;
            }
            (i.start, j.start) = (next_i, next_j);
        }
    }
    false
}
