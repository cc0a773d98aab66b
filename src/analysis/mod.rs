//! What the numbers say: [`correlation`]s, [`ranking`] of runs by an objective, and [`importance`] of params for it; at a
//! glance, [`first_look`] at the params, [`failures`] and [`oddities`]; runs by several objectives ([`pareto`]), and how a search
//! went on ([`progress`]).

pub mod correlation;
pub mod failures;
pub mod first_look;
pub mod grouping;
pub mod importance;
pub mod oddities;
pub mod pareto;
pub mod progress;
pub mod ranking;
