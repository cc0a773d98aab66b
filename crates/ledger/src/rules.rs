//! What a person decided about sources and columns. Rules hold for everything that is read after them; to undo
//! one, the files are read again without it.

use super::{ColumnId, Kind, Ledger, Role};
use serde::{Deserialize, Serialize};

/// A column by what it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnName {
    /// Its role.
    pub role: Role,
    /// Its name.
    pub name: String,
}

impl ColumnName {
    /// The name of a column of a ledger.
    pub fn of(ledger: &Ledger, column: ColumnId) -> Self {
        let column = ledger.column(column);
        Self {
            role: column.role(),
            name: column.name().to_owned(),
        }
    }
}

/// What a person decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Sources ([`super::SourceRecord::part_of`]) whose runs are runs of their own whatever they share with others.
    pub apart: Vec<u64>,
    /// Columns that belong to others of another name or role, in the order of the decisions.
    pub renamed: Vec<(ColumnName, ColumnName)>,
    /// Columns whose values are read as this kind.
    pub kinds: Vec<(ColumnName, Kind)>,
    /// Sources that are not read, each with its path.
    #[serde(default)]
    pub left_out: Vec<(u64, String)>,
    /// Sources that bring an earlier one up to date: later exports of the same runs under another name.
    #[serde(default)]
    pub again: Vec<u64>,
}

impl Rules {
    /// Whether a source's runs are runs of their own.
    pub fn keeps_apart(&self, part_of: u64) -> bool {
        part_of != 0 && self.apart.contains(&part_of)
    }

    /// Keeps a source's runs apart, or lets them join.
    pub fn keep_apart(&mut self, part_of: u64, apart: bool) {
        self.apart.retain(|known| *known != part_of);
        if apart {
            self.apart.push(part_of);
        }
    }

    /// Whether a person says that a source brings another up to date.
    pub fn brings_up_to_date(&self, part_of: u64) -> bool {
        self.again.contains(&part_of)
    }

    /// Lets a source bring the one up to date that has its runs.
    pub fn bring_up_to_date(&mut self, part_of: u64) {
        if !self.brings_up_to_date(part_of) {
            self.again.push(part_of);
        }
    }

    /// Whether a source is not read.
    pub fn leaves_out(&self, part_of: u64) -> bool {
        self.left_out.iter().any(|(known, _)| *known == part_of)
    }

    /// Does not read a source, or reads it again.
    pub fn leave_out(&mut self, part_of: u64, path: &str, out: bool) {
        self.left_out.retain(|(known, _)| *known != part_of);
        if out {
            self.left_out.push((part_of, path.to_owned()));
        }
    }

    /// From now on the first column is the second. What took the second back to the first is forgotten.
    pub fn rename(&mut self, from: ColumnName, to: ColumnName) {
        let back = self
            .renamed
            .iter()
            .position(|(a, b)| *a == to && *b == from);
        match back {
            Some(at) => {
                self.renamed.remove(at);
            }
            None if from != to => self.renamed.push((from, to)),
            None => {}
        }
    }

    /// The first column is itself again.
    pub fn take_apart(&mut self, from: &ColumnName) {
        self.renamed.retain(|(a, _)| a != from);
    }

    /// From now on a column's values are of this kind.
    pub fn set_kind(&mut self, column: ColumnName, kind: Kind) {
        self.kinds.retain(|(known, _)| *known != column);
        self.kinds.push((column, kind));
    }

    /// Names of what was joined to a column.
    pub fn parts_of<'a>(&'a self, role: Role, name: &'a str) -> impl Iterator<Item = &'a str> {
        let into = move |(from, to): &'a (ColumnName, ColumnName)| {
            let is_part = to.role == role && to.name == name && from.name != name;
            is_part.then_some(from.name.as_str())
        };
        self.renamed.iter().filter_map(into)
    }

    /// Does what was decided to a part before it is added.
    pub(super) fn apply(&self, part: &mut Ledger) {
        for (from, to) in &self.renamed {
            if let Some(id) = part.find(from.role, &from.name) {
                part.rename(id, to.role, &to.name);
            }
        }
        for (column, kind) in &self.kinds {
            if let Some(id) = part.find(column.role, &column.name) {
                part.change_kind(id, *kind);
            }
        }
    }
}
