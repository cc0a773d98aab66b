//! What is in the ledger as files for other programs: [`json`], the runs document, and [`csv`].

pub mod csv;
pub mod json;
