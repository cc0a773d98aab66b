//! Pictures of pixels, painted in whole numbers: host and page paint the same. What people wait for while they brush, zoom and pan is here, as
//! a crate that is built for speed.
//!
//! - [`canvas`]: a picture of pixels, layer over layer.
//! - [`parallel`]: many runs as lines across axes.
//! - [`curve`]: curves of many runs over one axis, by what each column of pixels shows of them; [`points`] are what they are made of, [`columns`]
//!   which of these lie in which column, [`extremes`] how far they reach, [`heights`] where values lie, and [`ink`] adds up what lines cover; [`straight`] are
//!   lines that are not kept on their way there.

pub mod canvas;
pub mod columns;
pub mod curve;
pub mod extremes;
pub mod heights;
pub mod ink;
mod less;
pub mod parallel;
pub mod points;
pub mod straight;
