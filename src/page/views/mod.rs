//! The views behind the tabs, and the drawer of a run.
//!
//! - [`table`]: the ledger as a grid that shows only what is in view. [`window`] fetches cells,
//!   [`body`] puts them on the page, [`header`] sorts, resizes and moves columns.
//! - [`column_menu`], [`column_picker`]: what can be done to one column, and to all; [`compute`] makes new ones;
//!   [`grouping`] puts runs together.
//! - [`importance`]: which params mattered; [`importance_bars`] draws them.
//! - [`run`]: everything known about one run.

#![expect(
    unreachable_pub,
    reason = "Leptos makes the props of every component `pub`"
)]

mod body;
mod column_menu;
mod column_picker;
mod compute;
mod grouping;
mod header;
pub(crate) mod importance;
mod importance_bars;
mod keys;
pub(crate) mod run;
pub(crate) mod table;
mod table_bar;
mod window;
