//! What the numbers say: [`correlation`]s, [`ranking`] of runs by an objective, and [`importance`] of params for it.

pub mod correlation;
pub mod grouping;
pub mod importance;
pub mod ranking;
