//! Drawing without a browser: numbers in, places and texts out.
//!
//! - [`scale`]: values to places, and the round numbers along an axis.
//! - [`line`]: a run's curve as the points of an SVG polyline.
//! - [`number`]: counts and shares as people read them.
//! - [`scroll`]: which rows of a long table are in view.

pub mod line;
pub mod number;
pub mod scale;
pub mod scroll;
