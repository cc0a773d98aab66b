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
    /// Stable word of each kind seen, with how many came.
    kinds: Vec<(String, usize)>,
}

impl Problems {
    /// Adds a problem of `kind`, a stable word such as `csv/ragged-row`.
    pub fn add(&mut self, kind: &str, problem: Problem) {
        self.add_many(kind, problem, 1);
    }

    fn add_many(&mut self, kind: &str, problem: Problem, times: usize) {
        let known = self.kinds.iter_mut().find(|(known, _)| known == kind);
        let count = if let Some((_, count)) = known {
            *count += times;
            *count
        } else {
            self.kinds.push((kind.to_owned(), times));
            times
        };
        if count <= PROBLEMS_OF_A_KIND {
            self.list.push(problem);
        }
    }

    /// Takes over the problems of a later part of the same source.
    pub fn absorb(&mut self, other: Self) {
        for (kind, count) in other.kinds {
            if let Some((_, known)) = self.kinds.iter_mut().find(|(known, _)| *known == kind) {
                *known += count;
            } else {
                self.kinds.push((kind, count));
            }
        }
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
        self.kinds.iter().any(|(known, _)| known == kind)
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
