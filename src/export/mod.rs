//! What is in the ledger as text for other programs: [`json`], the runs document, [`csv`], tables in [`markdown`], [`latex`] and [`html`], and
//! params that start a run again ([`config`]).

pub mod config;
pub mod csv;
pub mod html;
pub mod json;
pub mod latex;
pub mod markdown;
