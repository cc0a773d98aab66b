//! Parting a list of rows in two: those that are marked come to its front in their order, the others to its back in the
//! opposite order. So each row has its place as soon as it is met, and none moves twice.

use super::scan::ROOM;

/// Rows that are marked.
pub(super) struct Front(Box<[bool; ROOM]>);

impl Default for Front {
    fn default() -> Self {
        Self(bytemuck::zeroed_box())
    }
}

impl Front {
    /// Marks a row.
    pub(super) fn put(&mut self, row: u16, to_front: bool) {
        self.0[usize::from(row)] = to_front;
    }

    /// Whether a row is marked.
    pub(super) fn has(&self, row: u16) -> bool {
        self.0[usize::from(row)]
    }
}

/// Rows that a loop takes at a time: a browser unrolls none.
const ABREAST: usize = 8;

/// Writes those of `rows` that are to be kept to the front of `to`, which has room for one more.
#[inline(never)]
pub(super) fn keep(rows: &[u16], is_kept: &[bool], to: &mut [u16]) {
    let mut kept = 0;
    // Each is written and the next overwrites it unless it is kept: no branch to mispredict.
    let mut one = |row: u16| {
        to[kept] = row;
        kept += usize::from(is_kept[usize::from(row)]);
    };
    let (groups, rest) = rows.as_chunks::<ABREAST>();
    for group in groups {
        group.iter().for_each(|&row| one(row));
    }
    rest.iter().for_each(|&row| one(row));
}

/// Parts `rows` into `to`, which is as long; says how many come to the front.
///
/// A function of its own for the reason that [`super::scan::Scan::abreast`] has.
#[inline(never)]
pub(super) fn part(rows: &[u16], to: &mut [u16], is_front: impl Fn(u16) -> bool) -> usize {
    let mut fronts = 0;
    for (i, &row) in rows.iter().enumerate() {
        // Written to both places, of which neither is taken: no branch to mispredict.
        to[fronts] = row;
        to[rows.len() - 1 - (i - fronts)] = row;
        fronts += usize::from(is_front(row));
    }
    fronts
}
