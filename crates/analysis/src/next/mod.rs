//! What to run next: configurations that a forest expects to improve on the best run, and how many replicates tell two
//! groups apart.
//!
//! - [`Proposing`]: expected improvement of the importance's forest, maximised over the box that was searched
//!   ([`searched`]); a batch is spread out by pretending that what was chosen came out as the mean run. Where a forest
//!   predicts nothing, points far from all runs and from one another ([`spread`]).
//! - [`power`]: how many runs of each of two groups a difference between them takes.

mod breaking;
pub mod power;
mod proposing;
mod searched;
mod spread;
#[cfg(test)]
mod tests;

pub use breaking::Ends;
pub use proposing::{Forecast, Proposal, Proposals, Proposing, Wanted};
pub use searched::Setting;
