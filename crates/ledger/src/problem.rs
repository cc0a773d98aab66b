//! What went wrong while reading, where, and what was done about it: the receipt's entries.

use serde::{Deserialize, Serialize};

/// How many problems of one kind a source keeps; further ones are counted in the last entry.
pub const PROBLEMS_OF_A_KIND: usize = 20;

/// One thing that was wrong in a dropped file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The file, by its path in the drop.
    pub path: String,
    /// Where in it: `line 7`, `row 3`, `byte 512`, `record 9`; empty where it concerns the whole file.
    #[serde(rename = "where")]
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What was done: `row skipped`, `kept as text`, `file not read`.
    pub effect: String,
}

/// The problems of one source, bounded: hostile files cannot fill memory with complaints.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Problems {
    list: Vec<Problem>,
    /// Of each of these, its kind's place.
    kind_of: Vec<u32>,
    /// Stable word of each kind seen, with how many came.
    kinds: Vec<(String, usize)>,
}

impl Problems {
    /// Adds a problem of `kind`, a stable word such as `csv/ragged-row`.
    pub fn add(&mut self, kind: &str, problem: Problem) {
        self.add_many(kind, problem, 1);
    }

    fn add_many(&mut self, kind: &str, problem: Problem, times: usize) {
        let at = self.count_kind(kind, times);
        if self.kinds[at].1 <= PROBLEMS_OF_A_KIND {
            self.list.push(problem);
            self.kind_of.push(at as u32);
        }
    }

    /// Counts so many more of a kind; its place.
    fn count_kind(&mut self, kind: &str, times: usize) -> usize {
        let known = self.kinds.iter().position(|(known, _)| known == kind);
        let at = known.unwrap_or_else(|| {
            self.kinds.push((kind.to_owned(), 0));
            self.kinds.len() - 1
        });
        self.kinds[at].1 += times;
        at
    }

    /// Forgets the problems of files that are read again. Of those that are only counted it is not known of which files
    /// they are: they go with the last listed one of their kind.
    pub(super) fn forget(&mut self, is_read_again: impl Fn(&str) -> bool) {
        let list = std::mem::take(&mut self.list);
        let kind_of = std::mem::take(&mut self.kind_of);
        for (problem, kind) in list.into_iter().zip(kind_of) {
            if is_read_again(&problem.path) {
                self.kinds[kind as usize].1 -= 1;
            } else {
                self.list.push(problem);
                self.kind_of.push(kind);
            }
        }
        for (at, (_, count)) in self.kinds.iter_mut().enumerate() {
            if !self.kind_of.contains(&(at as u32)) {
                *count = 0;
            }
        }
    }

    /// Takes over the problems of a later part of the same source.
    pub fn absorb(&mut self, other: Self) {
        let places: Vec<usize> = other
            .kinds
            .iter()
            .map(|(kind, count)| self.count_kind(kind, *count))
            .collect();
        let kinds = other.kind_of.iter();
        self.kind_of
            .extend(kinds.map(|kind| places[*kind as usize] as u32));
        self.list.extend(other.list);
    }

    /// Moves what was told of lines down: of a part of a file, whose lines were counted from its beginning.
    pub fn move_lines_down(&mut self, lines: u64) {
        for problem in &mut self.list {
            let number = problem.place.strip_prefix("line ");
            if let Some(line) = number.and_then(|number| number.parse::<u64>().ok()) {
                problem.place = format!("line {}", line + lines);
            }
        }
    }

    /// Whether there was a problem of this kind.
    pub fn has(&self, kind: &str) -> bool {
        self.kinds
            .iter()
            .any(|(known, count)| known == kind && *count > 0)
    }

    /// How many problems there were, the unlisted ones too.
    pub fn count(&self) -> usize {
        self.kinds.iter().map(|(_, count)| count).sum()
    }

    /// The listed problems.
    pub fn listed(&self) -> &[Problem] {
        &self.list
    }

    /// How many problems are counted but not listed.
    pub fn unlisted(&self) -> usize {
        self.count().saturating_sub(self.list.len())
    }
}
