//! The engine: owns the ledger, answers the page.
//!
//! Everything here is plain data and plain functions, tested on the host: [`protocol`] is what page
//! and engine say to one another, [`view`] what a person has set (and the address bar holds), and
//! [`Workspace`] the state behind the answers. The browser's part (workers, ports, files) is in `web`.

pub mod arrange;
pub mod detail;
pub mod import;
pub mod protocol;
pub mod show;
pub mod view;
