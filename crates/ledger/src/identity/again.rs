//! Which runs are meant where a source is read again that has grown since.

use super::{Index, Joined, Ledger, Pair, hash_of, id_of, is_unique_in_the_world};
use crate::{Bits, Column, Problem, Role, SourceRecord, Status, ValueRef, attribute};
use std::borrow::Cow;

/// The problem of a source that may be a later export of another.
pub const MAY_BE_AGAIN: &str = "ledger/may-be-again";

/// With how many sources, the last ones, a part is held against.
const MOST_HELD: usize = 64;

/// Whether a part reads again what was read before.
pub(crate) enum Before {
    /// It does not.
    New,
    /// Only a person knows; this is what is said of it, unless its runs join anyway.
    Perhaps(Problem),
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
}

impl Ledger {
    /// Which source, among the first `before`, a part reads again: the same files, or a file or folder of
    /// the same path and format where at least half of its runs have ids of that source's, and of those nine in ten
    /// have the same params. (Two studies may have trials of the same numbers in files of one name.) Where the ids are such
    /// that no other run has them, or a person says so, the path may be another: exports are named for the day on which they
    /// are made.
    pub(crate) fn read_before(&mut self, part: &Self, before: usize) -> Before {
        let [record] = part.sources.as_slice() else {
            return Before::New;
        };
        let place = if let Some(own) = self.place_of(record) {
            Some(own).filter(|own| *own < before)
        } else {
            let met = self.met(part, record, before);
            let is_there = |own: usize| self.sources[own].path == record.path;
            let last = |is: &dyn Fn(usize, Met) -> bool| {
                let found = met.iter().rfind(|(own, met)| is(*own, *met));
                found.map(|(own, _)| *own)
            };
            let alike = last(&|_, met| met == Met::Alike);
            let is_said = self.rules.brings_up_to_date(record.part_of);
            let own = last(&|own, _| is_there(own))
                .or_else(|| last(&|_, met| met == Met::Same))
                .or_else(|| alike.filter(|_| is_said));
            if let (None, Some(alike)) = (own, alike) {
                let problem = may_be_again(record.path.clone(), &self.sources[alike].path);
                return Before::Perhaps(problem);
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

    /// Of which sources of a part's format, among the first `before`, its runs are, by ids and params.
    fn met(&mut self, part: &Self, record: &SourceRecord, before: usize) -> Vec<(usize, Met)> {
        let is_like =
            |of: &SourceRecord| of.format == record.format && of.has_ids == record.has_ids;
        let like = (0..before).rev().filter(|own| is_like(&self.sources[*own]));
        let mut counts: order::Map<usize, Count> = order::Map::new();
        for own in like.take(MOST_HELD) {
            counts.insert(own, Count::default());
        }
        if counts.is_empty() {
            return Vec::new();
        }
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
                let Some(count) = counts
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
                count.is_older |= self.is_older(part, row, known);
            }
        }
        self.identity = index;
        let mut runs = vec![0; before];
        for row in 0..self.rows {
            if let Some(runs) = runs.get_mut(self.source_of(row)) {
                *runs += 1;
            }
        }
        let said = counts.into_iter().filter_map(|(own, count)| {
            let is_of = 2 * count.met >= part.rows.min(runs[own])
                && count.compared > 0
                && 10 * count.alike >= 9 * count.compared;
            let met = match (count.is_older, count.is_doubted) {
                (true, _) => Met::Older,
                (false, true) => Met::Alike,
                (false, false) => Met::Same,
            };
            is_of.then_some((own, met))
        });
        said.collect()
    }

    /// Whether a part tells of a time before that at which a run here was read: it ended since.
    fn is_older(&self, part: &Self, row: usize, known: usize) -> bool {
        let is_going = |ledger: &Self, row: usize| {
            let status = ledger.attribute(attribute::STATUS)?.get(row).text()?;
            Some(
                [Status::Running, Status::Scheduled]
                    .iter()
                    .any(|going| going.word() == status),
            )
        };
        is_going(part, row) == Some(true) && is_going(self, known) == Some(false)
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

fn may_be_again(path: String, known: &str) -> Problem {
    Problem {
        path,
        place: String::new(),
        what: format!("its runs have the ids and params of those of {known}, as a later export of the same runs has"),
        effect: "read as runs of their own, until you say in what was read that it brings those up to date".to_owned(),
    }
}
