//! What the numbers say: [`ranking`] of runs by an objective, and [`importance`] of params for it.

pub mod grouping;
pub mod importance;
pub mod ranking;
