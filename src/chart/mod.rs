//! Drawing without a browser: numbers in, places and texts out.
//!
//! - [`axis`]: places of values along an axis, and its marks; [`labels`] keeps their texts apart.
//! - [`absence`]: what has no number on an axis, and the lanes in which it lies.
//! - [`band`]: a line with the band of its spread.
//! - [`scale`]: values to places, and the round numbers along an axis.
//! - [`marks`]: what a picture is made of; [`effect`], [`rates`], [`surface`], [`swarm`] and [`timeline`] are pictures.
//! - [`scatter`]: dots over two axes, as marks or pixels; [`region`]: parts of it; [`scatter_matrix`]: many small ones.
//! - [`boxes`]: numbers by category; [`cumulative`]: their distribution functions.
//! - [`slice`]: a metric over one param, small; [`dots`]: runs in it, drawn as few paths.
//! - [`parallel`]: many runs as lines across axes, as pixels, which a [`canvas`] has.
//! - [`colour`]: what colours mean, on light and dark ground; [`svg`]: pictures as files.
//! - [`bars`], [`heat`] and [`parallel_axes`]: what the page makes of HTML, as marks for those who save it.
//! - [`line`]: a run's curve as the points of an SVG polyline.
//! - [`curve`]: curves of many runs over one axis, as pixels, by their [`ink`]; [`smooth`] takes noise away, [`line_end`] marks how they ended.
//! - [`number`]: counts and shares as people read them.
//! - [`scroll`]: which rows of a long table are in view.

pub mod absence;
pub mod axis;
pub mod band;
pub mod bars;
pub mod boxes;
pub mod colour;
pub mod cumulative;
pub mod curve;
pub mod dots;
pub mod effect;
pub mod heat;
pub mod labels;
pub mod line;
pub mod line_end;
pub mod marks;
pub mod number;
pub mod parallel_axes;
pub mod rates;
pub mod region;
pub mod scale;
pub mod scatter;
pub mod scatter_matrix;
pub mod scroll;
pub mod slice;
pub mod smooth;
pub mod surface;
pub mod svg;
pub mod swarm;
pub mod timeline;

pub use ::raster::{canvas, ink, parallel};
