//! Runs that one program logged in the folder that another made for it: a launcher keeps the config in a job's folder
//! (`multirun/3/.hydra`), and a tracker that runs in it its own run below (`multirun/3/wandb/run-…`).
//!
//! They are one where a single run was logged there: a job may log several, and then nothing says which it is.

use super::{Evidence, Index, Ledger, Pair, SourceRecord, hash_of, id_of};

impl Ledger {
    /// Runs of other sources in whose folders the part's run was logged, or that were logged in the folders of the
    /// part's runs.
    pub(super) fn pairs_by_folder(
        &self,
        part: &Self,
        record: &SourceRecord,
        own: Option<usize>,
        index: &Index,
    ) -> Vec<Pair> {
        match (&record.ran_in, &record.run_folders) {
            (Some(folder), _) if part.rows == 1 && own.is_none() => self
                .run_of_folder(folder, index)
                .map(|place| (0, place, Evidence::Folder))
                .into_iter()
                .collect(),
            (_, Some(before)) => self.logged_in_folders(part, before),
            _ => Vec::new(),
        }
    }

    /// The run whose folder this is.
    fn run_of_folder(&self, folder: &str, index: &Index) -> Option<usize> {
        // Its id is what follows some part of the path.
        let ends = folder.match_indices('/').map(|(at, _)| at + 1);
        let mut found = std::iter::once(0).chain(ends).flat_map(|at| {
            let (before, id) = folder.split_at(at);
            index.rows_of(Some(hash_of(id)), 0).filter(move |place| {
                let known = &self.sources[self.source_of(*place)];
                known.run_folders.as_deref() == Some(before)
                    && id_of(self, *place).is_some_and(|known| known == id)
            })
        });
        match (found.next(), found.next()) {
            (Some(place), None) => Some(place),
            _ => None,
        }
    }

    /// The single runs here that were logged in the folders of the part's runs.
    fn logged_in_folders(&self, part: &Self, before: &str) -> Vec<Pair> {
        let logged = (0..self.rows).filter_map(|place| {
            let source = &self.sources[self.source_of(place)];
            Some((source.ran_in.as_deref()?.strip_prefix(before)?, place))
        });
        let mut logged: Vec<(&str, usize)> = logged.collect();
        order::by_key(&mut logged, |(id, _)| *id);
        let pair = |row: usize| {
            let id = id_of(part, row)?;
            let from = logged.partition_point(|(known, _)| **known < *id);
            let mut places = logged[from..]
                .iter()
                .take_while(|(known, _)| **known == *id);
            match (places.next(), places.next()) {
                (Some((_, place)), None) => Some((row, *place, Evidence::Folder)),
                _ => None,
            }
        };
        (0..part.rows).filter_map(pair).collect()
    }
}
