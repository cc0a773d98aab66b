//! The rows of each group.

use super::{Groups, NO_GROUP};

/// The rows of each group, in the order of the ledger, in which columns are read fastest.
pub struct Members {
    rows: Vec<u32>,
    /// Where each group's begin, and where the last one's end.
    starts: Vec<u32>,
    /// How many the largest has.
    most: usize,
}

impl Members {
    /// The rows of these groups.
    pub fn new(groups: &Groups) -> Self {
        let mut starts = vec![0; groups.count() + 1];
        let grouped = || groups.of_row.iter().filter(|group| **group != NO_GROUP);
        grouped().for_each(|group| starts[*group as usize + 1] += 1);
        let most = starts.iter().max().map_or(0, |most| *most as usize);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut rows = vec![0; grouped().count()];
        for (row, group) in groups.of_row.iter().enumerate() {
            if *group != NO_GROUP {
                let place = &mut next[*group as usize];
                rows[*place as usize] = row as u32;
                *place += 1;
            }
        }
        Self { rows, starts, most }
    }

    /// The rows of a group.
    pub fn of(&self, group: u32) -> &[u32] {
        let bound = |at: u32| self.starts.get(at as usize).map(|place| *place as usize);
        match (bound(group), bound(group.saturating_add(1))) {
            (Some(from), Some(to)) => &self.rows[from..to],
            _ => &[],
        }
    }

    /// The rows of each group.
    pub fn all(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.count() as u32).map(|group| self.of(group))
    }

    /// How many groups.
    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many rows the largest group has.
    pub fn most(&self) -> usize {
        self.most
    }
}
