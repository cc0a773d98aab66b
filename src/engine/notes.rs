//! What a person says of runs: stars, tags and texts.
//!
//! They are columns of the ledger like any other ([`STAR`], [`TAGS`], [`TEXT`]), to filter, sort, group and
//! colour by. A run is known by its id, so that what was said holds when the files are read again.

use super::protocol::{NoteEdit, RunNote};
use super::remembered::NotedRun;
use crate::ledger::{Cells, Column, Ledger, Role, ValueRef};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The name of the column of stars.
const STAR: &str = "my_star";

/// The name of the column of tags, joined by commas.
const TAGS: &str = "my_tags";

/// The name of the column of texts.
const TEXT: &str = "my_note";

/// What the columns are made by, as [`Column::formula`] tells.
const BY_HAND: &str = "said by hand";

/// Longest tag or text that is kept, in letters.
const LONGEST: usize = 10_000;

/// The version of no ledger.
const UNKNOWN: u64 = u64::MAX;

/// What was said, by run. To be cloned for nothing.
#[derive(Clone, Default)]
pub(super) struct Notes {
    by_row: Arc<order::Map<usize, Noted>>,
    /// Of runs that are not in the ledger.
    away: Arc<Vec<Noted>>,
    /// The version of the ledger whose rows these are.
    version: u64,
    /// Grows with every change.
    pub change: u64,
}

#[derive(Clone)]
struct Noted {
    /// The run's id.
    id: String,
    note: RunNote,
}

impl Notes {
    /// Whether nothing was said.
    pub(super) fn is_empty(&self) -> bool {
        self.by_row.is_empty()
    }

    /// What was said of a run.
    pub(super) fn of(&self, row: usize) -> RunNote {
        self.by_row
            .get(&row)
            .map(|noted| noted.note.clone())
            .unwrap_or_default()
    }

    /// Whether a run has a star.
    pub(super) fn has_star(&self, row: usize) -> bool {
        self.by_row.get(&row).is_some_and(|noted| noted.note.star)
    }

    /// Says something of these runs.
    pub(super) fn edit(&mut self, rows: &[u32], edit: &NoteEdit, ledger: &Ledger) {
        let all_have = rows.iter().all(|row| self.has_star(*row as usize));
        let by_row = Arc::make_mut(&mut self.by_row);
        for row in rows {
            let row = *row as usize;
            let noted = by_row.or_insert_with(row, || Noted {
                id: ledger.run_id(row),
                note: RunNote::default(),
            });
            let note = &mut noted.note;
            match edit {
                NoteEdit::Star => note.star = !all_have,
                NoteEdit::Tag(tag) => {
                    // A comma stands between tags.
                    for tag in tag.split(',').map(|tag| shortened(tag.trim())) {
                        if let (false, Err(place)) = (tag.is_empty(), note.tags.binary_search(&tag))
                        {
                            note.tags.insert(place, tag);
                        }
                    }
                }
                NoteEdit::Untag(tag) => note.tags.retain(|known| known != tag),
                NoteEdit::Text(text) => note.text = shortened(text.trim()),
            }
        }
        by_row.retain(|_, noted| noted.note != RunNote::default());
        self.change += 1;
    }

    /// All that was said.
    pub(super) fn all(&self) -> Vec<NotedRun> {
        let noted = self.by_row.values().chain(self.away.iter());
        let noted = noted.map(|noted| NotedRun {
            id: noted.id.clone(),
            note: noted.note.clone(),
        });
        noted.collect()
    }

    /// Takes over what was said before, of runs of which nothing was said since; they are found at the next selection.
    pub(super) fn take(&mut self, before: &[NotedRun]) {
        let mut known: Vec<String> = self.all().into_iter().map(|noted| noted.id).collect();
        order::by(&mut known, Ord::cmp);
        let away = Arc::make_mut(&mut self.away);
        for noted in before {
            if known.binary_search(&noted.id).is_ok() {
                continue;
            }
            // From outside: what a hand could not have made is made so.
            let mut note = RunNote {
                star: noted.note.star,
                tags: noted
                    .note
                    .tags
                    .iter()
                    .map(|tag| shortened(tag.trim()))
                    .collect(),
                text: shortened(noted.note.text.trim()),
            };
            note.tags
                .retain(|tag| !tag.is_empty() && !tag.contains(','));
            order::by(&mut note.tags, Ord::cmp);
            note.tags.dedup();
            if note != RunNote::default() {
                away.push(Noted {
                    id: noted.id.clone(),
                    note,
                });
            }
        }
        self.change += 1;
        self.version = UNKNOWN;
    }

    /// Is again what it was, in a ledger that may be another by now.
    pub(super) fn become_again(&mut self, was: &mut Self) {
        if was.change != self.change {
            // Greater than any: the columns are made anew.
            was.change = self.change + 1;
            self.clone_from(was);
            self.version = UNKNOWN;
        }
    }

    /// Finds the runs again where the ledger is another, of this version: its columns are made anew then anyway.
    /// While files are read again a run may not have come yet.
    pub(super) fn follow(&mut self, ledger: &Ledger, version: u64) {
        if std::mem::replace(&mut self.version, version) == version {
            return;
        }
        let is_there =
            |row: usize, noted: &Noted| row < ledger.rows() && ledger.run_id(row) == noted.id;
        if self.away.is_empty() && self.by_row.iter().all(|(row, noted)| is_there(*row, noted)) {
            return;
        }
        let noted = std::mem::take(&mut self.by_row);
        let noted = Arc::unwrap_or_clone(noted).into_iter();
        let (found, lost): (Vec<_>, Vec<_>) = noted.partition(|(row, noted)| is_there(*row, noted));
        let by_row = Arc::make_mut(&mut self.by_row);
        by_row.extend(found);
        let away = Arc::make_mut(&mut self.away);
        away.extend(lost.into_iter().map(|(_, noted)| noted));
        let mut wanted: FxHashMap<String, usize> = FxHashMap::default();
        for (place, noted) in away.iter().enumerate() {
            wanted.insert(noted.id.clone(), place);
        }
        let mut found: Vec<(usize, usize)> = Vec::new();
        for row in 0..ledger.rows() {
            if let Some(place) = wanted.remove(&ledger.run_id(row)) {
                found.push((place, row));
            }
        }
        let mut waiting: Vec<Option<Noted>> = std::mem::take(away).into_iter().map(Some).collect();
        for (place, row) in found {
            by_row.extend(waiting[place].take().map(|noted| (row, noted)));
        }
        away.extend(waiting.into_iter().flatten());
    }

    /// What was said, as columns; none where nothing was.
    pub(super) fn columns(&self, rows: usize) -> Vec<Column> {
        let mut columns = Vec::new();
        let mut add = |name: &str, value: &dyn Fn(&RunNote) -> Option<Said>| {
            let said = |row: usize| value(&self.by_row.get(&row)?.note);
            if !self.by_row.keys().any(|row| said(*row).is_some()) {
                return;
            }
            let mut cells = Cells::default();
            for row in 0..rows {
                match said(row) {
                    None => cells.push(ValueRef::Missing),
                    Some(Said::Star) => cells.push(ValueRef::Bool(true)),
                    Some(Said::Text(text)) => cells.push(ValueRef::Text(&text)),
                }
            }
            columns.push(Column::computed(Role::Tag, name, cells).with_formula(BY_HAND));
        };
        add(STAR, &|note| note.star.then_some(Said::Star));
        let text = |text: String| (!text.is_empty()).then_some(Said::Text(text));
        add(TAGS, &|note| text(note.tags.join(", ")));
        add(TEXT, &|note| text(note.text.clone()));
        columns
    }
}

/// What a cell of a column says.
enum Said {
    Star,
    Text(String),
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::RunSink;

    fn ledger(ids: &[&str]) -> Ledger {
        let mut ledger = Ledger::default();
        let mut keep = |part: Ledger| {
            ledger.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        for id in ids {
            sink.run(id);
        }
        sink.finish();
        ledger
    }

    #[test]
    fn what_was_said_of_a_run_follows_it() {
        let before = ledger(&["a", "b", "c"]);
        let mut notes = Notes::default();
        notes.edit(&[1, 2], &NoteEdit::Star, &before);
        notes.edit(&[1], &NoteEdit::Tag("keep, paper".to_owned()), &before);
        notes.edit(&[1], &NoteEdit::Tag("keep".to_owned()), &before);
        notes.edit(
            &[2],
            &NoteEdit::Text("  diverged late ".to_owned()),
            &before,
        );
        assert_eq!(notes.of(1).tags, ["keep", "paper"]);
        let after = ledger(&["c", "x", "b"]);
        notes.follow(&after, 1);
        assert_eq!(notes.of(0).text, "diverged late");
        assert_eq!(notes.of(2).tags, ["keep", "paper"]);
        assert_eq!(notes.of(1), RunNote::default());
        // While files are read again a run may not have come yet.
        notes.follow(&ledger(&["c"]), 2);
        let change = notes.change;
        notes.follow(&ledger(&["c"]), 3);
        assert_eq!(notes.change, change);
        notes.follow(&after, 4);
        assert_eq!(notes.of(2).tags, ["keep", "paper"]);
        let names: Vec<String> = notes
            .columns(3)
            .iter()
            .map(|column| format!("{} {}", column.name(), column.get(2)))
            .collect();
        assert_eq!(names, ["my_star true", "my_tags keep, paper", "my_note "]);
    }

    #[test]
    fn a_star_that_all_have_goes() {
        let ledger = ledger(&["a", "b"]);
        let mut notes = Notes::default();
        notes.edit(&[0], &NoteEdit::Star, &ledger);
        notes.edit(&[0, 1], &NoteEdit::Star, &ledger);
        assert!(notes.has_star(0) && notes.has_star(1));
        notes.edit(&[0, 1], &NoteEdit::Star, &ledger);
        assert!(notes.columns(2).is_empty());
    }
}
