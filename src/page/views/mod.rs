//! The views behind the tabs, and the drawer of a run.
//!
//! - [`table`]: the ledger as a grid that shows only what is in view. [`window`] fetches cells,
//!   [`body`] puts them on the page with [`cell_curve`], [`geometry`] knows where they stand, [`header`] sorts,
//!   resizes and moves columns and shows their distributions ([`header_histogram`]), [`ranges`] selects cells.
//! - [`column_menu`], [`column_picker`]: what can be done to one column, and to all; [`compute`] makes new ones;
//!   [`grouping`] puts runs together; [`display`] says how all of it looks; their panels are [`bar_panel`]s.
//! - [`importance`]: which params mattered; [`importance_options`] say what is asked, [`importance_methods`] hold
//!   the methods side by side, [`importance_bars`] draws them; [`effect`] shows what one param did, [`interactions`] two,
//!   [`ablation`] which changes lead from one run to another; what they show is [`asked`] for.
//! - [`brief`]: what is to be known first, in sentences, which stand as a [`brief_strip`] above the table too; [`failures`]: what broke, when, and what it has in common;
//!   [`next`]: what to run next.
//! - [`walk`]: pictures that keys go through; [`tapping`]: those at which fingers point.
//! - [`objectives`]: several objectives, and how a search went on; [`scatter`] paints their dots.
//! - [`report`]: what is said to others. [`saving`]: any chart as a file.
//! - [`scattered`]: any two columns against one another; [`distributions`] of one, with [`dots`] that name their runs.
//! - [`space`]: runs as lines across axes, each a [`space_axis`] that brushes.
//! - [`curves`]: metrics over steps or time, each a [`curve_panel`].
//! - [`numbers`]: charts in numbers.
//! - [`compare`]: runs or groups side by side.
//! - [`run`]: everything known about one run, [`run_page`] on a page of its own, [`log_view`] the end of its log; [`run_note`] what the person says of it.

#![expect(
    unreachable_pub,
    reason = "Leptos makes the props of every component `pub`"
)]

mod ablation;
mod asked;
mod bar_panel;
mod beeswarm;
mod body;
pub(crate) mod brief;
pub mod brief_strip;
mod cell_curve;
mod column_menu;
mod column_picker;
pub(crate) mod compare;
mod compared;
mod compute;
mod correlations;
mod curve_panel;
mod curve_zoom;
pub(crate) mod curves;
mod curves_told;
mod display;
pub(crate) mod distributions;
mod dots;
mod effect;
pub(crate) mod failures;
mod geometry;
mod grouping;
mod header;
mod header_histogram;
mod heat_table;
pub(crate) mod importance;
mod importance_bars;
mod importance_methods;
mod importance_options;
mod interactions;
mod keys;
mod log_view;
pub(crate) mod next;
mod numbers;
pub(crate) mod objectives;
pub(crate) mod paper;
mod ranges;
pub(crate) mod report;
pub(crate) mod run;
mod run_note;
pub(crate) mod run_page;
pub(crate) mod saving;
mod scatter;
mod scatter_matrix;
pub(crate) mod scattered;
pub(crate) mod space;
mod space_axis;
mod space_drag;
pub(crate) mod table;
mod table_bar;
mod tapping;
mod walk;
mod window;
