//! Which runs of a source are runs that are there already.
//!
//! A run may come twice: configurations in one file and metrics in another, a tracker's folder and the table
//! that it exports, an archive and what was unpacked from it. Two runs are taken for one only on evidence
//! ([`Evidence`]), where nothing that both sources say of the run differs and only one earlier run can be it. Of a
//! source whose runs share ids but mostly differ nothing joins. What joined is told in the source's record,
//! what was kept apart is a problem of it; a person can keep a source apart ([`Rules`]).

mod again;
mod by_numbers;
mod in_folders;

pub(super) use self::again::Before;
use self::again::mark_of;
pub use self::again::{MAY_BE_AGAIN, download};
use super::history::History;
use super::value::{ValueRef, parse_number};
use super::{Column, Ledger, Problem, Role, SourceRecord, attribute};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::hash::{Hash as _, Hasher as _};

/// The problem of a source whose runs have the ids of others.
const SAME_IDS: &str = "ledger/same-ids";

/// The problem of a source some of whose runs differ from those that have their ids.
const SOME_DIFFER: &str = "ledger/some-differ";

/// Of so many runs with ids of others one may differ, and the others still join.
const AGREEING: usize = 5;

/// Why runs were taken for runs of an earlier source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Evidence {
    /// Ids that no two runs in the world share: 32 hex digits, a UUID.
    Ids,
    /// Ids in one folder, or in folders one of which lies in the other and ids that are no mere numbers.
    IdsNearby,
    /// They began and ended in the same millisecond; or others of their sources did, and their ids correspond as those
    /// of the others do: a trial that waits has no times.
    Times,
    /// The same path in an archive and beside it.
    Copy,
    /// Their numbers, where a tracker has no ids, in files of one tracker, and all that both say of each run.
    Numbers,
    /// The folder of the one is where the program ran that logged the other, and no third.
    Folder,
    /// One source writes the first eight digits of ids that no two runs share, and values are the same.
    Beginnings,
    /// It is the same source, which was read before, or an export of another day with the same runs.
    Again,
}

impl Evidence {
    /// In words, behind "the same runs as in … by".
    pub fn words(self) -> &'static str {
        match self {
            Self::Ids => "their ids, which no two runs share",
            Self::IdsNearby => "their ids in the same folder",
            Self::Times => "the times at which they began and ended",
            Self::Copy => "their path in the archive and beside it",
            Self::Numbers => "their numbers and all their values",
            Self::Folder => "the folder in which they ran",
            Self::Beginnings => "the beginnings of their ids",
            Self::Again => {
                "their ids or place, which were read before: they were brought up to date"
            }
        }
    }
}

/// How many runs a source shares with an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedRuns {
    /// The earlier source's path.
    pub path: String,
    /// How many.
    pub runs: usize,
    /// Why.
    pub evidence: Evidence,
}

/// What becomes of a part's runs.
pub(super) enum Joined {
    /// They are new runs.
    Apart,
    /// They have the ids of runs that are here, but cannot be them.
    Conflict(&'static str, Problem),
    /// For each row the row that it joins, where it joins one.
    Places {
        places: Vec<Option<usize>>,
        shared: Vec<SharedRuns>,
        /// What of some of them was in the way.
        problem: Option<(&'static str, Problem)>,
    },
}

/// Rows by their ids and by their times. It is made when a second source comes, and then kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// How many rows are in it.
    rows: usize,
    first: FxHashMap<u64, u32>,
    /// By row the next with the same hash: one list for ids, one for times, one for beginnings of ids.
    next: [Vec<u32>; 3],
}

const NONE: u32 = u32::MAX;

impl Index {
    fn grow(&mut self, ledger: &Ledger) {
        for row in self.rows..ledger.rows {
            let keys = [
                id_key(ledger, row),
                times_key(ledger, row),
                beginning_key(ledger, row),
            ];
            for (list, key) in self.next.iter_mut().zip(keys) {
                let before = key.and_then(|key| self.first.insert(key, row as u32));
                list.push(before.unwrap_or(NONE));
            }
        }
        self.rows = ledger.rows;
    }

    /// Rows whose key may be this one; hashes may collide.
    fn rows_of(&self, key: Option<u64>, list: usize) -> impl Iterator<Item = usize> + '_ {
        let first = key.and_then(|key| self.first.get(&key)).copied();
        std::iter::successors(first, move |row| {
            let next = self.next[list][*row as usize];
            (next != NONE).then_some(next)
        })
        .map(|row| row as usize)
    }
}

fn id_key(ledger: &Ledger, row: usize) -> Option<u64> {
    mark_of(ledger, row).map(|mark| hash_of(&mark))
}

fn hash_of(id: &str) -> u64 {
    let mut hasher = FxHasher::default();
    id.hash(&mut hasher);
    hasher.finish()
}

/// How many digits of an id are shown where not all are.
const BEGINNING: usize = 8;

fn beginning_key(ledger: &Ledger, row: usize) -> Option<u64> {
    let id = id_of(ledger, row)?;
    let is_short = id.len() == BEGINNING && id.bytes().all(|b| b.is_ascii_hexdigit());
    let beginning = id.get(..BEGINNING)?;
    (is_short || is_unique_in_the_world(&id)).then(|| hash_of(beginning) ^ 2)
}

fn times_key(ledger: &Ledger, row: usize) -> Option<u64> {
    let mut hasher = FxHasher::default();
    times_of(ledger, row)?.hash(&mut hasher);
    Some(hasher.finish() ^ 1)
}

fn id_of(ledger: &Ledger, row: usize) -> Option<Cow<'_, str>> {
    match ledger.attribute(attribute::ID)?.get(row) {
        ValueRef::Missing => None,
        ValueRef::Text(text) => Some(Cow::Borrowed(text)),
        other => Some(Cow::Owned(other.to_string())),
    }
}

/// When a run began, and when it ended where that is known.
fn times_of(ledger: &Ledger, row: usize) -> Option<(i64, Option<i64>)> {
    let time = |name| match ledger.attribute(name)?.get(row) {
        ValueRef::Time(millis) => Some(millis),
        _ => None,
    };
    let (start, end) = (time(attribute::START)?, time(attribute::END));
    // Whole seconds are too coarse to tell runs of a batch apart.
    let is_fine = start % 1000 != 0 || end.is_some_and(|end| end % 1000 != 0);
    is_fine.then_some((start, end))
}

/// A row of the part, a row that is here, and why they may be one.
type Pair = (usize, usize, Evidence);

impl Ledger {
    /// Which of the part's runs are runs of earlier sources.
    pub(super) fn join(&mut self, part: &Self) -> Joined {
        let [record] = part.sources.as_slice() else {
            return Joined::Apart;
        };
        let own = self.place_of(record);
        let is_first = self.sources.len() == usize::from(own.is_some());
        // What a first part found holds for the parts after it.
        let is_refused = own.is_some_and(|own| self.sources[own].problems.has(SAME_IDS));
        if is_first || is_refused || self.rules.keeps_apart(record.part_of) {
            return Joined::Apart;
        }
        let mut index = std::mem::take(&mut self.identity);
        index.grow(self);
        let pairs = self.pairs(part, record, own, &index);
        self.identity = index;
        self.places_of(part, &pairs)
    }

    /// Runs of other sources that the part's may be.
    fn pairs(
        &self,
        part: &Self,
        record: &SourceRecord,
        own: Option<usize>,
        index: &Index,
    ) -> Vec<Pair> {
        let mut pairs = self.pairs_by_id(part, record, own, index);
        if pairs.is_empty() {
            pairs = self.pairs_by_beginnings(part, own, index);
        }
        if pairs.is_empty() {
            pairs = self.pairs_by_times(part, own, index);
        }
        self.add_those_without_times(part, index, &mut pairs);
        if pairs.is_empty() {
            pairs = self.pairs_by_numbers(part, record, own, index);
        }
        if pairs.is_empty() {
            pairs = self.pairs_by_folder(part, record, own, index);
        }
        pairs
    }

    fn pairs_by_id(
        &self,
        part: &Self,
        record: &SourceRecord,
        own: Option<usize>,
        index: &Index,
    ) -> Vec<Pair> {
        let mut pairs = Vec::new();
        if !record.has_ids {
            return pairs;
        }
        let mut seen = FxHashSet::default();
        for row in 0..part.rows {
            let Some(id) = id_of(part, row) else {
                continue;
            };
            for place in index.rows_of(id_key(part, row), 0) {
                let source = self.source_of(place);
                let known = &self.sources[source];
                if Some(source) == own || !known.has_ids || id_of(self, place).as_ref() != Some(&id)
                {
                    continue;
                }
                let evidence = if is_unique_in_the_world(&id) {
                    Evidence::Ids
                } else if is_near(&known.path, &record.path, &id) {
                    Evidence::IdsNearby
                } else if known.format == record.format && is_unpacked(&known.path, &record.path) {
                    Evidence::Copy
                } else if times_of(self, place)
                    .is_some_and(|times| times_of(part, row) == Some(times))
                {
                    Evidence::Times
                } else {
                    continue;
                };
                // Two rows of one source are never one run: the first of them joins.
                if seen.insert((place, id.clone())) {
                    pairs.push((row, place, evidence));
                }
            }
        }
        pairs
    }

    /// Runs of other sources whose ids begin as those of the part, or the other way round, and that share a value.
    fn pairs_by_beginnings(&self, part: &Self, own: Option<usize>, index: &Index) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for row in 0..part.rows {
            let Some(id) = id_of(part, row) else {
                continue;
            };
            let begins = |known: &str| {
                known.len() != id.len() && (known.starts_with(&*id) || id.starts_with(known))
            };
            let places = index.rows_of(beginning_key(part, row), 2);
            let mut places = places.filter(|place| {
                Some(self.source_of(*place)) != own
                    && id_of(self, *place).is_some_and(|known| begins(&known))
            });
            if let (Some(place), None) = (places.next(), places.next())
                && self.share_a_value(place, part, row)
            {
                pairs.push((row, place, Evidence::Beginnings));
            }
        }
        pairs
    }

    /// Where runs of two sources were paired by their times and their ids correspond (one source may write `study/7` and
    /// the other `7`), those of them that have no times are paired by their ids.
    fn add_those_without_times(&self, part: &Self, index: &Index, pairs: &mut Vec<Pair>) {
        /// What stands before the ids of the one, and before those of the other.
        type Before = (String, String);
        let mut known: order::Map<usize, Option<Before>> = order::Map::new();
        for (row, place, _) in pairs.iter().filter(|(.., why)| *why == Evidence::Times) {
            let (Some(here), Some(there)) = (id_of(self, *place), id_of(part, *row)) else {
                continue;
            };
            let before = |long: &str, short: &str| {
                let rest = long.strip_suffix(short)?;
                (rest.is_empty() || rest.ends_with('/')).then(|| rest.to_owned())
            };
            let both = before(&here, &there)
                .map(|rest| (rest, String::new()))
                .or_else(|| before(&there, &here).map(|rest| (String::new(), rest)));
            // Where two runs differ in it, there is none.
            let known = known.or_insert_with(self.source_of(*place), || both.clone());
            *known = known.take().filter(|known| Some(known) == both.as_ref());
        }
        let mut rows: FxHashSet<usize> = pairs.iter().map(|(row, ..)| *row).collect();
        let mut places: FxHashSet<usize> = pairs.iter().map(|(_, place, _)| *place).collect();
        for (source, before) in known {
            let Some((here, there)) = before else {
                continue;
            };
            for row in 0..part.rows {
                let Some(id) = id_of(part, row).filter(|_| !rows.contains(&row)) else {
                    continue;
                };
                let Some(rest) = id.strip_prefix(&there) else {
                    continue;
                };
                let wanted = format!("{here}{rest}");
                let mut found = index.rows_of(Some(hash_of(&wanted)), 0).filter(|place| {
                    self.source_of(*place) == source
                        && id_of(self, *place).is_some_and(|id| id == wanted)
                });
                if let (Some(place), None) = (found.next(), found.next())
                    && places.insert(place)
                {
                    rows.insert(row);
                    pairs.push((row, place, Evidence::Times));
                }
            }
        }
    }

    /// Runs of other sources that began and ended with those of the part, one with one, and share a value.
    fn pairs_by_times(&self, part: &Self, own: Option<usize>, index: &Index) -> Vec<Pair> {
        let mut rows_of: order::Map<(i64, Option<i64>), Vec<usize>> = order::Map::new();
        for row in 0..part.rows {
            if let Some(times) = times_of(part, row) {
                rows_of.or_default(times).push(row);
            }
        }
        let mut pairs = Vec::new();
        for (times, rows) in rows_of {
            let [row] = rows.as_slice() else {
                continue;
            };
            let mut places = index.rows_of(times_key(part, *row), 1).filter(|place| {
                Some(self.source_of(*place)) != own && times_of(self, *place) == Some(times)
            });
            let (first, second) = (places.next(), places.next());
            if let (Some(place), None) = (first, second)
                && self.share_a_value(place, part, *row)
            {
                pairs.push((*row, place, Evidence::Times));
            }
        }
        pairs
    }

    /// Whether a run here and one of the part have a param or metric in common.
    fn share_a_value(&self, place: usize, part: &Self, row: usize) -> bool {
        [Role::Param, Role::Metric]
            .iter()
            .any(|role| self.share_a(*role, place, part, row))
    }

    /// Whether they have a column of this role in common.
    fn share_a(&self, role: Role, place: usize, part: &Self, row: usize) -> bool {
        part.columns.iter().any(|column| {
            let own = self
                .find(column.role(), column.name())
                .filter(|_| column.role() == role);
            own.is_some_and(|own| {
                let own = self.column(own);
                !own.get(place).is_missing()
                    && !column.get(row).is_missing()
                    && !differs(own, place, column, row)
            })
        })
    }

    /// Where the part's rows join, given the pairs that may be one.
    fn places_of(&self, part: &Self, pairs: &[Pair]) -> Joined {
        let mut by_source: FxHashMap<usize, Vec<Pair>> = FxHashMap::default();
        for pair in pairs {
            by_source
                .entry(self.source_of(pair.1))
                .or_default()
                .push(*pair);
        }
        let mut by_source: Vec<(usize, Vec<Pair>)> = by_source.into_iter().collect();
        order::by_key(&mut by_source, |(source, _)| *source);
        let mut places = vec![None; part.rows];
        let (mut shared, mut problem) = (Vec::new(), None);
        for (source, pairs) in by_source {
            let path = &self.sources[source].path;
            let differing = self.differing(part, &pairs);
            if let Some((row, column)) = differing.first() {
                let run = part.run_id(*row);
                let some = differing.len() * AGREEING <= pairs.len();
                let (kind, what) = if some {
                    let count = differing.len();
                    let what = format!(
                        "runs with the ids of runs of {path} that differ from them: {count}, as run {run} in {column}"
                    );
                    (SOME_DIFFER, what)
                } else if pairs.iter().any(|(.., why)| *why == Evidence::Folder) {
                    let what = format!(
                        "its runs and those of {path} ran in the same folders but differ, as run {run} in {column}"
                    );
                    (SAME_IDS, what)
                } else {
                    let what = format!(
                        "its runs have the same ids as those of {path} but differ, as run {run} in {column}"
                    );
                    (SAME_IDS, what)
                };
                problem.get_or_insert_with(|| (kind, kept_apart(part, what)));
                if !some {
                    continue;
                }
            }
            let mut joining = 0;
            let mut evidence = Evidence::Ids;
            for (row, place, why) in pairs {
                if differing.iter().any(|(other, _)| *other == row) {
                    continue;
                }
                if places[row].replace(place).is_some() {
                    let run = part.run_id(row);
                    let what = format!("several files have a run {run}, {path} among them");
                    return Joined::Conflict(SAME_IDS, kept_apart(part, what));
                }
                joining += 1;
                evidence = why;
            }
            shared.push(SharedRuns {
                path: path.clone(),
                runs: joining,
                evidence,
            });
        }
        match problem {
            _ if places.iter().any(Option::is_some) => Joined::Places {
                places,
                shared,
                problem,
            },
            Some((kind, problem)) => Joined::Conflict(kind, problem),
            None => Joined::Apart,
        }
    }

    /// Rows of the part that differ from the run that has their id, each with a column in which it does.
    fn differing<'a>(&self, part: &'a Self, pairs: &[Pair]) -> Vec<(usize, &'a str)> {
        let mut found: FxHashMap<usize, &str> = FxHashMap::default();
        for column in &part.columns {
            let Some(own) = self.find(column.role(), column.name()) else {
                continue;
            };
            let own = self.column(own);
            let is_group = own.role() == Role::Attribute && own.name() == attribute::GROUP;
            for (row, place, why) in pairs {
                // What launches a run and what tracks it group runs in ways of their own.
                if is_group && *why == Evidence::Folder {
                    continue;
                }
                if differs(own, *place, column, *row) {
                    found.entry(*row).or_insert(column.name());
                }
            }
        }
        let mut found: Vec<(usize, &str)> = found.into_iter().collect();
        order::by(&mut found, Ord::cmp);
        found
    }
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

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether sources lie in one folder; or in one another's, where the id is more than a number or a name.
fn is_near(a: &str, b: &str, id: &str) -> bool {
    let (a, b) = (folder(a), folder(b));
    let is_within = |inner: &str, outer: &str| {
        let rest = inner.strip_prefix(outer);
        outer.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
    };
    let has = |is: fn(&u8) -> bool| id.as_bytes().iter().any(is);
    let is_made_up = id.len() >= 8 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    a == b || is_made_up && (is_within(a, b) || is_within(b, a))
}

/// Whether one of two paths leads into an archive, and ends there as the other does.
fn is_unpacked(a: &str, b: &str) -> bool {
    const ENDINGS: [&str; 4] = [".zip/", ".tar/", ".tgz/", ".tar.gz/"];
    let inside = |path: &str| {
        let ends = ENDINGS
            .iter()
            .filter_map(|ending| Some(path.rfind(ending)? + ending.len()));
        ends.max()
    };
    let ends_so = |packed: &str, at: usize, other: &str| {
        let tail = &packed[at..];
        tail.contains('/') && (other.ends_with(&format!("/{tail}")) || other == tail)
    };
    match (inside(a), inside(b)) {
        (Some(at), None) => ends_so(a, at, b),
        (None, Some(at)) => ends_so(b, at, a),
        _ => false,
    }
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
    // Two exports of one run may know of different parts of its life, and number runs in their own ways.
    let of_its_life = [
        attribute::ID,
        attribute::STATUS,
        attribute::END,
        attribute::NAME,
    ];
    if own.role() == Role::Attribute && of_its_life.contains(&own.name()) {
        return false;
    }
    let values_differ = match (a, b) {
        (ValueRef::Number(a), ValueRef::Number(b)) => !is_same_number(a, b),
        (ValueRef::Time(a), ValueRef::Time(b)) => {
            let is_start = own.role() == Role::Attribute && own.name() == attribute::START;
            a.abs_diff(b) > 1000 && !(is_start && are_in_zones(a, b))
        }
        // One export writes `True`, or quotes its numbers.
        (ValueRef::Bool(truth), ValueRef::Text(text))
        | (ValueRef::Text(text), ValueRef::Bool(truth)) => {
            !text.eq_ignore_ascii_case(if truth { "true" } else { "false" })
        }
        (ValueRef::Number(x), ValueRef::Text(text))
        | (ValueRef::Text(text), ValueRef::Number(x)) => {
            !parse_number(text).is_some_and(|y| is_same_number(x, y))
        }
        _ => a != b && a.to_string() != b.to_string(),
    };
    values_differ
        || match (own.history(), other.history()) {
            (Some(ours), Some(theirs)) => histories_differ(ours, own_row, theirs, row),
            _ => false,
        }
}

/// Whether times are apart as those of two zones are: one of two exports may have written local time.
fn are_in_zones(a: i64, b: i64) -> bool {
    const QUARTER: u64 = 15 * 60 * 1000;
    let apart = a.abs_diff(b);
    let over = apart % QUARTER;
    apart <= 14 * 4 * QUARTER + 1000 && over.min(QUARTER - over) <= 1000
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
