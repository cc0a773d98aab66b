//! Curves coloured by a column: the class of each run's line, and in which order lines are drawn.

use crate::chart::scatter::{OTHERS, SHADE};

/// Shades that are no further apart have their lines together.
const SHADES: u8 = 10;

/// In so many rounds each colour's lines are laid over one another, so that none hides the others.
const ROUNDS: usize = 4;

/// Puts runs and their classes in the order in which they are drawn: in each round those of one colour together, those
/// without one below.
pub(super) fn put_in_order(rows: &mut [(usize, u8)]) {
    let each = rows.len().div_ceil(ROUNDS).max(1);
    for round in rows.chunks_mut(each) {
        order::by_key(round, |(row, class)| (*class != OTHERS, *class, *row));
    }
}

/// The class of a line: shades are told apart by tens, since each has lines of its own.
pub(super) fn class_of(class: u8) -> u8 {
    match class.checked_sub(SHADE) {
        Some(shade) => SHADE + (shade + SHADES / 2) / SHADES * SHADES,
        None => class,
    }
}
