//! Which params mattered: the crate `importance`, asked about a ledger ([`from_ledger`]).

pub mod from_ledger;

pub use ::importance::*;
