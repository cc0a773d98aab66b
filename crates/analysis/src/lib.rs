//! What the numbers say: [`correlation`]s, [`ranking`] of runs by an objective, and [`importance`] of params for it; at a
//! glance, [`first_look`] at the params, [`failures`] and [`oddities`]; runs by several objectives ([`pareto`]), how a search
//! went on ([`progress`]), and what to run [`next`]; of many runs an even
//! [`part`] where all would tell no more. What sorted numbers say without a model is in [`order_statistics`], how dense
//! they lie in [`density`], what a few say together in [`sample`].

pub use ::importance::{correlation, part};

pub mod density;
pub mod failures;
pub mod first_look;
pub mod grouping;
pub mod importance;
pub mod next;
pub mod oddities;
pub mod order_statistics;
pub mod pareto;
pub mod progress;
pub mod ranking;
pub mod sample;
