//! Which runs are meant where a source is read again that has grown since.

use super::{Index, Joined, Ledger, Pair, id_key, id_of};
use crate::ledger::Bits;

impl Ledger {
    /// The rows of a part's runs, where its source `own` was read before: its runs by their ids, those without one in
    /// their order; `taken` are those that were met already. Runs that joined those of others do so again although they
    /// differ by now; of the rest it is told how they join.
    pub(in crate::ledger) fn places_again(
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
