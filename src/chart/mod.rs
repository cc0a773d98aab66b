//! Drawing without a browser: numbers in, places and texts out.
//!
//! - [`band`]: a line with the band of its spread.
//! - [`scale`]: values to places, and the round numbers along an axis.
//! - [`marks`]: what a picture is made of; [`effect`] and [`surface`] are pictures.
//! - [`line`]: a run's curve as the points of an SVG polyline.
//! - [`number`]: counts and shares as people read them.
//! - [`scroll`]: which rows of a long table are in view.

pub mod band;
pub mod effect;
pub mod line;
pub mod marks;
pub mod number;
pub mod scale;
pub mod scroll;
pub mod surface;
