//! runsift: drop the exported files of machine-learning runs into a page and read off which run is
//! best, how sure that is, and which hyperparameters mattered.
//!
//! The rooms of the house, in the order in which data flows through them. A room imports only from
//! rooms above it; `tests/tidy.rs` holds these arrows.
//!
//! - [`source`]: what was dropped, as named byte sources; text decoding, gzip, limits.
//! - [`mod@format`]: one file per tracker: recognise, read. The registry is in its `mod.rs`.
//! - [`ledger`]: the columnar table of runs, their metric series, and `RunSink`, the one door by
//!   which formats write into it.
//! - [`query`]: the filter language, sorting, facets.
//! - [`analysis`]: objectives and ranking; the random forest and its functional ANOVA.
//! - [`chart`]: scales, ticks, colours; data to marks to SVG text or canvas.
//! - [`export`]: the runs document and friends.
//! - [`engine`]: the workspace that owns the ledger and answers requests.
//! - `page` and `web` (wasm only): the Leptos page; workers, drops, files.

pub mod chart;
pub mod engine;
pub mod export;
pub mod format;
pub mod source;

pub use ::{analysis, ledger, query};

#[cfg(target_arch = "wasm32")]
pub mod page;
#[cfg(target_arch = "wasm32")]
pub mod web;
