//! The engine: owns the ledger, answers the page.
//!
//! Everything here is plain data and plain functions, tested on the host: [`protocol`] is what page
//! and engine say to one another, [`view`] what a person has set (and the address bar holds), and
//! [`Workspace`] the state behind the answers. The browser's part (workers, ports, files) is in `web`.

pub mod agreement;
mod alike;
pub mod arrange;
mod artifacts;
mod baseline;
mod beside;
pub mod brief;
mod budgets;
mod coloured;
mod compare;
mod computed;
mod correlations;
pub mod curves;
mod curves_across;
mod curves_alike;
mod curves_drawn;
mod curves_near;
mod curves_values;
pub mod detail;
pub mod distributions;
pub mod effect;
pub mod explain;
mod explained;
mod exporting;
mod facets;
pub mod failures;
pub mod followed;
mod grouped;
pub mod grouping;
pub mod hints;
pub mod import;
pub mod importance_run;
mod info;
mod ledger_info;
mod line_diff;
mod lines;
pub mod look;
mod marks;
mod name_tree;
pub mod named;
pub mod needed;
pub mod next;
mod notes;
pub mod numbers;
pub mod objective;
pub mod objectives;
pub mod protocol;
mod rehearsal;
pub mod remembered;
pub mod report;
mod reproduce;
mod run_lines;
pub mod run_names;
mod scales;

pub mod saved;
mod scatter_matrix;
pub mod scattered;
pub mod sharing;
pub mod show;
pub mod side_by_side;
pub mod space;
mod space_axes;
pub mod tab;
pub mod targets;
mod typing;
pub mod view;
mod workspace;

pub use crate::query::LANGUAGE;
pub use curves_drawn::CurvesRun;
pub use marks::WITHOUT_ASIDE;
pub use rehearsal::Rehearsal;
pub use workspace::Workspace;
