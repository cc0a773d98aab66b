//! Which runs are meant where a source is read again that has grown since.

use super::{Index, Joined, Ledger, Pair, id_key, id_of, is_unique_in_the_world};
use crate::{Bits, Column, Role, SourceRecord, Status, attribute};

impl Ledger {
    /// The number of the source, among the first `before`, that a part reads again: the same files, or a file or folder of
    /// the same path and format where at least half of its runs have ids of that source's, and of those nine in ten
    /// have the same params. (Two studies may have trials of the same numbers in files of one name.) Where the ids are such
    /// that no other run has them, the path may be another: exports are named for the day on which they are made.
    pub fn read_before(&mut self, part: &Self, before: usize) -> Option<u64> {
        let [record] = part.sources.as_slice() else {
            return None;
        };
        let own = if let Some(own) = self.place_of(record) {
            Some(own).filter(|own| *own < before)
        } else {
            let is_like =
                |of: &SourceRecord| of.format == record.format && of.has_ids && record.has_ids;
            let is_there = |of: &SourceRecord| of.path == record.path;
            let mut like = (0..before).filter(|own| is_like(&self.sources[*own]));
            let there = like.clone().rfind(|own| is_there(&self.sources[*own]));
            let elsewhere = like.rfind(|own| !is_there(&self.sources[*own]));
            let mut is_again = |own: &usize| self.has_runs_of(part, *own);
            there
                .filter(&mut is_again)
                .or_else(|| elsewhere.filter(is_again))
        };
        let number = self.sources.get(own?)?.part_of;
        (!self.rules.keeps_apart(number)).then_some(number)
    }

    /// Whether a part's runs are those of a source, by ids and params.
    fn has_runs_of(&mut self, part: &Self, own: usize) -> bool {
        let is_there = |record: &SourceRecord| record.path == self.sources[own].path;
        let is_elsewhere = !part.sources.iter().all(is_there);
        let mut index: Index = std::mem::take(&mut self.identity);
        index.grow(self);
        let params = part.columns.iter().filter(|of| of.role() == Role::Param);
        let params: Vec<(&Column, &Column)> = params
            .filter_map(|of| Some((of, self.column(self.find(Role::Param, of.name())?))))
            .collect();
        let (mut met, mut compared, mut alike) = (0, 0, 0);
        for row in 0..part.rows {
            let id = id_of(part, row);
            let known = index
                .rows_of(id_key(part, row), 0)
                .filter(|known| self.source_of(*known) == own)
                .find(|known| id_of(self, *known) == id);
            if let Some(known) = known {
                let is_told = |id: &str| tells_alone(id, &self.sources[own].format);
                if is_elsewhere
                    && (!id.is_some_and(|id| is_told(&id)) || self.is_older(part, row, known))
                {
                    self.identity = index;
                    return false;
                }
                let values = params
                    .iter()
                    .map(|(theirs, ours)| (theirs.get(row), ours.get(known)))
                    .filter(|(theirs, ours)| !theirs.is_missing() && !ours.is_missing());
                let (both, same) = values.fold((0, 0), |(both, same), (theirs, ours)| {
                    (both + 1, same + usize::from(theirs.is_same(ours)))
                });
                met += 1;
                compared += usize::from(both > 0);
                alike += usize::from(both > 0 && same == both);
            }
        }
        self.identity = index;
        let runs = (0..self.rows).filter(|row| self.source_of(*row) == own);
        2 * met >= part.rows.min(runs.count()) && compared > 0 && 10 * alike >= 9 * compared
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
            (0..self.rows).filter(|row| is_own(row) && id_of(self, *row).is_none());
        for (row, place) in places.iter_mut().enumerate() {
            *place = match id_of(part, row) {
                // Two rows of a source may have one id.
                Some(id) => index
                    .rows_of(id_key(part, row), 0)
                    .filter(|known| is_own(known) && !taken.get(*known))
                    .filter(|known| id_of(self, *known).as_ref() == Some(&id))
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

/// Whether an id of a format is of one run alone, wherever it is met.
fn tells_alone(id: &str, format: &str) -> bool {
    // W&B draws eight letters and digits.
    let is_drawn = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_of_wandb = format.starts_with("wandb") && id.len() == 8 && id.bytes().all(is_drawn);
    is_of_wandb || is_unique_in_the_world(id)
}
