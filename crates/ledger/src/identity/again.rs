//! Which runs are meant where a source is read again that has grown since.

use super::{Index, Joined, Ledger, Pair, hash_of, id_of, is_unique_in_the_world};
use crate::{Bits, Column, Problem, Role, SourceRecord, Status, ValueRef, attribute};
use std::borrow::Cow;

/// The problem of a source that may be a later export of another.
pub const MAY_BE_AGAIN: &str = "ledger/may-be-again";

/// With how many sources, the last ones, a part is held against.
const MOST_HELD: usize = 64;

/// The problem of a source that an earlier one is a later export of.
const IS_BEFORE: &str = "ledger/is-before";

/// Whether a part reads again what was read before.
pub(crate) enum Before {
    /// It does not.
    New,
    /// Only a person knows; this is what is said of it, unless its runs join anyway.
    Perhaps(&'static str, Problem),
    /// The source of this number.
    Again(u64),
}

/// What is known of the runs of another source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    /// They have the same ids and params, but some ended since.
    Older,
    /// They have the same ids and params, as other runs may.
    Alike,
    /// They are the same.
    Same,
    /// They are the same, and some ended since the other was made.
    Later,
}

/// Runs of a part that are in another source.
#[derive(Default)]
struct Count {
    /// The last row of the part that is, counted from 1.
    last: usize,
    met: usize,
    /// Of how many params can be compared, and of how many all are the same.
    compared: usize,
    alike: usize,
    is_doubted: bool,
    is_older: bool,
    is_later: bool,
}

/// By the place of a source what it has of a part's runs.
type Candidates = order::Map<usize, Count>;

impl Ledger {
    /// Which source a part reads again: the same files, or a file or folder of
    /// the same path and format where at least half of its runs have ids of that source's, and of those nine in ten
    /// have the same params. (Two studies may have trials of the same numbers in files of one name.) Where the ids are such
    /// that no other run has them, or a person says so, the path may be another: exports are named for the day on which they
    /// are made. The first `before` sources came with earlier drops; of those of the same drop it is told by more than
    /// that which of the two is the later export ([`Self::is_next`]).
    pub(crate) fn read_before(&mut self, part: &Self, before: usize) -> Before {
        let [record] = part.sources.as_slice() else {
            return Before::New;
        };
        let place = if let Some(own) = self.place_of(record) {
            Some(own).filter(|own| *own < before)
        } else {
            let met = self.met(part, record, before);
            let last = |is: &dyn Fn(usize, Met) -> bool| {
                let found = met.iter().rfind(|(own, met)| is(*own, *met));
                found.map(|(own, _)| *own)
            };
            let is_there = |own: usize| own < before && self.sources[own].path == record.path;
            let is_sure = |own: usize, met: Met| match met {
                Met::Older | Met::Alike => false,
                Met::Same | Met::Later if own < before => true,
                Met::Same | Met::Later => self.is_next(part, record, own, met),
            };
            let alike = last(&|_, met| met != Met::Older);
            let is_said = self.rules.brings_up_to_date(record.part_of);
            let own = last(&|own, _| is_there(own))
                .or_else(|| last(&is_sure))
                .or_else(|| alike.filter(|_| is_said));
            if own.is_none() {
                let path_of = |own: usize| self.sources[own].path.as_str();
                if let Some(alike) = alike {
                    let problem = may_be_again(record.path.clone(), path_of(alike));
                    return Before::Perhaps(MAY_BE_AGAIN, problem);
                }
                if let Some((later, _)) = met.last() {
                    let problem = is_before(record.path.clone(), path_of(*later));
                    return Before::Perhaps(IS_BEFORE, problem);
                }
            }
            own
        };
        let Some(place) = place else {
            return Before::New;
        };
        let own = &mut self.sources[place];
        // What came with a session has no number: from here on it is the source that brings it up to date.
        let is_of_session = own.part_of == 0;
        let number = if is_of_session {
            record.part_of
        } else {
            own.part_of
        };
        if number == 0 || self.rules.keeps_apart(number) {
            return Before::New;
        }
        if is_of_session {
            own.part_of = number;
            self.places_of_parts.insert(number, place as u32);
        }
        Before::Again(number)
    }

    /// Of which sources of a part's format its runs are, by ids and params.
    fn met(&mut self, part: &Self, record: &SourceRecord, before: usize) -> Vec<(usize, Met)> {
        let mut candidates = self.candidates(record, before);
        if candidates.is_empty() {
            return Vec::new();
        }
        self.count_met(part, record, &mut candidates);
        self.verdicts(part, candidates)
    }

    /// The sources that a part may be a later export of: the last ones of its format. Of those of the same drop the ones that
    /// are one file as it is: each search in a folder has a first trial.
    fn candidates(&self, record: &SourceRecord, before: usize) -> Candidates {
        let is_like = |own: &usize| {
            let of = &self.sources[*own];
            of.format == record.format
                && of.has_ids == record.has_ids
                && (*own < before || of.files <= 1)
        };
        let end = if record.files <= 1 {
            self.sources.len()
        } else {
            before
        };
        let like = (0..end).rev().filter(is_like);
        let mut candidates = Candidates::new();
        for own in like.take(MOST_HELD) {
            candidates.insert(own, Count::default());
        }
        candidates
    }

    /// Counts a part's runs that are in each of these sources.
    fn count_met(&mut self, part: &Self, record: &SourceRecord, candidates: &mut Candidates) {
        let mut index: Index = std::mem::take(&mut self.identity);
        index.grow(self);
        let params = part.columns.iter().filter(|of| of.role() == Role::Param);
        let params: Vec<(&Column, &Column)> = params
            .filter_map(|of| Some((of, self.column(self.find(Role::Param, of.name())?))))
            .collect();
        for row in 0..part.rows {
            let Some(mark) = mark_of(part, row) else {
                continue;
            };
            for known in index.rows_of(Some(hash_of(&mark)), 0) {
                // Two rows of a source may have one id.
                let Some(count) = candidates
                    .get_mut(&self.source_of(known))
                    .filter(|count| count.last <= row)
                else {
                    continue;
                };
                if mark_of(self, known).as_ref() != Some(&mark) {
                    continue;
                }
                let values = params
                    .iter()
                    .map(|(theirs, ours)| (theirs.get(row), ours.get(known)))
                    .filter(|(theirs, ours)| !theirs.is_missing() && !ours.is_missing());
                let (both, same) = values.fold((0, 0), |(both, same), (theirs, ours)| {
                    (both + 1, same + usize::from(theirs.is_same(ours)))
                });
                count.last = row + 1;
                count.met += 1;
                count.compared += usize::from(both > 0);
                count.alike += usize::from(both > 0 && same == both);
                count.is_doubted |= !tells_alone(&mark, &record.format);
                count.is_older |= ended_since(part, row, self, known);
                count.is_later |= ended_since(self, known, part, row);
            }
        }
        self.identity = index;
    }

    /// What the counts say of each source.
    fn verdicts(&self, part: &Self, candidates: Candidates) -> Vec<(usize, Met)> {
        if candidates.values().all(|count| count.met == 0) {
            return Vec::new();
        }
        let mut runs = vec![0; self.sources.len()];
        for row in 0..self.rows {
            if let Some(runs) = runs.get_mut(self.source_of(row)) {
                *runs += 1;
            }
        }
        let said = candidates.into_iter().filter_map(|(own, count)| {
            let is_of = 2 * count.met >= part.rows.min(runs[own])
                && count.compared > 0
                && 10 * count.alike >= 9 * count.compared;
            let met = match count {
                Count { is_older: true, .. } => Met::Older,
                Count {
                    is_doubted: true, ..
                } => Met::Alike,
                Count { is_later: true, .. } => Met::Later,
                _ => Met::Same,
            };
            is_of.then_some((own, met))
        });
        said.collect()
    }

    /// Whether of two sources of one drop with the same runs the part is the later export: runs ended since, or its name says
    /// so. Curves are left to what joins: a run that was resumed goes on in the next folder, and has not all points there.
    fn is_next(&self, part: &Self, record: &SourceRecord, own: usize, met: Met) -> bool {
        let has_curves = |ledger: &Self, of: &dyn Fn(&Column) -> bool| {
            let mut columns = ledger.columns.iter();
            columns.any(|column| column.history().is_some() && of(column))
        };
        let is_own = |column: &Column| column.sources().contains(&(own as u32));
        !has_curves(part, &|_| true)
            && !has_curves(self, &is_own)
            && (met == Met::Later || is_named_later(&record.path, &self.sources[own].path))
    }

    /// The rows of a part's runs, where its source `own` was read before: its runs by their ids, those without one in
    /// their order; `taken` are those that were met already. Runs that joined those of others do so again although they
    /// differ by now; of the rest it is told how they join.
    pub(crate) fn places_again(
        &mut self,
        part: &Self,
        own: usize,
        taken: &mut Bits,
    ) -> (Vec<Option<usize>>, Joined) {
        let mut index: Index = std::mem::take(&mut self.identity);
        index.grow(self);
        taken.resize(self.rows, false);
        let mut places = vec![None; part.rows];
        let before = taken.clone();
        let is_own = |row: &usize| self.source_of(*row) == own && !before.get(*row);
        let mut without_id =
            (0..self.rows).filter(|row| is_own(row) && mark_of(self, *row).is_none());
        for (row, place) in places.iter_mut().enumerate() {
            *place = match mark_of(part, row) {
                // Two rows of a source may have one id.
                Some(mark) => index
                    .rows_of(Some(hash_of(&mark)), 0)
                    .filter(|known| is_own(known) && !taken.get(*known))
                    .filter(|known| mark_of(self, *known).as_ref() == Some(&mark))
                    .min(),
                None => without_id.next(),
            };
            if let Some(place) = *place {
                taken.set(place, true);
            }
        }
        let pairs = match part.sources.first() {
            Some(record) if !self.rules.keeps_apart(record.part_of) => {
                self.pairs(part, record, Some(own), &index)
            }
            _ => Vec::new(),
        };
        let shared = &self.sources[own].shared;
        let mut rest: Vec<Pair> = Vec::new();
        for (row, place, why) in pairs {
            if places[row].is_some() {
                continue;
            }
            let path = &self.sources[self.source_of(place)].path;
            if !shared.iter().any(|shared| shared.path == *path) {
                rest.push((row, place, why));
            } else if !taken.get(place) {
                taken.set(place, true);
                places[row] = Some(place);
            }
        }
        let joined = self.places_of(part, &rest);
        self.identity = index;
        (places, joined)
    }
}

/// What tells a run from the others of its source: its id, or where it has none its name and when it began.
pub(super) fn mark_of(ledger: &Ledger, row: usize) -> Option<Cow<'_, str>> {
    id_of(ledger, row).or_else(|| {
        let name = ledger.attribute(attribute::NAME)?.get(row).text()?;
        match ledger.attribute(attribute::START)?.get(row) {
            ValueRef::Time(start) => Some(Cow::Owned(format!("{name}{BEGAN}{start}"))),
            _ => None,
        }
    })
}

/// What stands between a name and a beginning, and in no id.
const BEGAN: char = '\u{1}';

/// Whether the id of a run in a format, or what stands for it, is of one run alone, wherever it is met.
fn tells_alone(mark: &str, format: &str) -> bool {
    // W&B draws eight letters and digits, and names runs for themselves.
    let is_drawn = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_of_wandb = format.starts_with("wandb")
        && (mark.contains(BEGAN) || mark.len() == 8 && mark.bytes().all(is_drawn));
    is_of_wandb || is_unique_in_the_world(mark)
}

/// Whether a run of one ledger was going on when it was read, and ended by the time that another tells of.
fn ended_since(first: &Ledger, row: usize, later: &Ledger, then: usize) -> bool {
    let is_going = |ledger: &Ledger, row: usize| {
        let status = ledger.attribute(attribute::STATUS)?.get(row).text()?;
        let going = [Status::Running, Status::Scheduled];
        Some(going.iter().any(|going| going.word() == status))
    };
    is_going(first, row) == Some(true) && is_going(later, then) == Some(false)
}

/// The path of a file without the number that a browser puts behind the name of what it downloads again (`runs (1).csv`,
/// `runs(1).csv`), and that number.
pub fn download(path: &str) -> Option<(String, u64)> {
    let folder = path.rfind('/').map_or(0, |at| at + 1);
    let dot = path[folder..]
        .find('.')
        .map_or(path.len(), |at| folder + at);
    let (stem, ending) = path.split_at(dot);
    let (before, number) = stem.strip_suffix(')')?.rsplit_once('(')?;
    let is_number = (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let before = before.trim_end();
    (is_number && before.len() > folder)
        .then(|| Some((format!("{before}{ending}"), number.parse().ok()?)))?
}

/// Whether a path differs from another only by greater numbers, as days have, or is a later download of it.
fn is_named_later(path: &str, known: &str) -> bool {
    let (path, known) = (numbers_of(path), numbers_of(known));
    path.0 == known.0 && path.1 > known.1
}

/// A path without its numbers, and those.
fn numbers_of(path: &str) -> (String, Vec<u64>) {
    let (bare, downloaded) = download(path).unwrap_or_else(|| (path.to_owned(), 0));
    let (mut words, mut numbers, mut was_digit) = (String::new(), Vec::new(), false);
    for letter in bare.chars() {
        let digit = letter.to_digit(10).map(u64::from);
        match (digit, numbers.last_mut()) {
            (Some(digit), Some(number)) if was_digit => {
                *number = u64::saturating_mul(*number, 10).saturating_add(digit);
            }
            (Some(digit), _) => {
                words.push('0');
                numbers.push(digit);
            }
            (None, _) => words.push(letter),
        }
        was_digit = digit.is_some();
    }
    numbers.push(downloaded);
    (words, numbers)
}

fn may_be_again(path: String, known: &str) -> Problem {
    Problem {
        path,
        place: String::new(),
        what: format!("its runs have the ids and params of those of {known}, as a later export of the same runs has"),
        effect: "read as runs of their own, until you say in what was read that it brings those up to date".to_owned(),
    }
}

fn is_before(path: String, known: &str) -> Problem {
    Problem {
        path,
        place: String::new(),
        what: format!(
            "its runs are those of {known} at an earlier time: some were running that ended since"
        ),
        effect: "read as runs of their own: take it out if the later ones are enough".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Again, RunSink};

    /// A run that no other has the id of, with a loss or a curve of it.
    fn part(path: &str, number: u64, loss: f64, is_curve: bool) -> Ledger {
        let mut made = None;
        let mut keep = |ledger: Ledger| made = Some(ledger);
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source(path, "test", number);
        let row = sink.run("0123456789abcdef0123456789abcdef");
        sink.set_named(row, Role::Param, "width", ValueRef::Number(8.0));
        if is_curve {
            let metric = sink.column(Role::Metric, "loss");
            sink.point(row, metric, 1.0, 0, loss);
        } else {
            sink.set_named(row, Role::Metric, "loss", ValueRef::Number(loss));
        }
        sink.finish();
        made.unwrap()
    }

    #[test]
    fn of_two_exports_in_a_drop_the_later_one_counts_and_curves_are_a_persons_choice() {
        for (names, is_curve, rows) in [
            (["runs_9.csv", "runs_10.csv"], false, 1),
            (["a.csv", "b.csv"], false, 2),
            (["runs_9.csv", "runs_10.csv"], true, 2),
        ] {
            let (mut ledger, mut again) = (Ledger::default(), Again::default());
            for (number, path) in (1..).zip(names) {
                let part = part(path, number, 3.0 - number as f64, is_curve);
                ledger.append_or_update(part, 0, &mut again);
            }
            assert_eq!(ledger.rows(), rows, "{names:?} {is_curve}");
            let last = ledger.sources().last().unwrap();
            assert_eq!(last.problems.has(MAY_BE_AGAIN), rows == 2, "{names:?}");
            let loss = ledger.column(ledger.find(Role::Metric, "loss").unwrap());
            let wanted = if rows == 1 { 1.0 } else { 2.0 };
            assert_eq!(loss.get(0), ValueRef::Number(wanted), "{names:?}");
        }
    }

    #[test]
    fn a_later_export_is_known_by_its_name() {
        for (path, known, is_later) in [
            ("runs (1).csv", "runs.csv", true),
            ("runs(2).csv", "runs (1).csv", true),
            ("runs.csv", "runs (1).csv", false),
            ("a/runs (10).csv.gz", "a/runs (9).csv.gz", true),
            ("b/runs (1).csv", "a/runs.csv", false),
            ("(1).csv", ".csv", false),
            ("export_2026-11-24T04.csv", "export_2026-11-23T05.csv", true),
            (
                "export_2026-11-23T04.csv",
                "export_2026-11-23T04.csv",
                false,
            ),
            ("export_10.csv", "export_9.csv", true),
            ("monday.csv", "friday.csv", false),
            ("runs (last).csv", "runs.csv", false),
        ] {
            assert_eq!(is_named_later(path, known), is_later, "{path} {known}");
        }
    }
}
