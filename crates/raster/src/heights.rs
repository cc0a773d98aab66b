//! Where values lie above one another in a picture.

use super::less::{less, more};

/// How much room there is above and below the values, in units of the page: for thick lines, and for marks of what is
/// no value.
pub const PAD: f64 = 7.0;

/// So many parts are a pixel.
pub(crate) const WHOLE: i32 = 256;

/// Where values lie along an axis.
pub trait Places: std::fmt::Debug {
    /// The place of a value, 0 to 1 from below to above within the axis; NaN of what has none.
    fn place(&self, value: f64) -> f64;

    /// Where values are evenly spaced: the value at 0, and how far that at 1 lies above it, which is not 0.
    fn evenly(&self) -> Option<(f64, f64)>;
}

/// Where values lie in a picture.
#[derive(Clone, Copy, Debug)]
pub struct Heights<'a> {
    axis: &'a dyn Places,
    /// Where values are evenly spaced: the value at 0, and how steep the way from there is, in places and in parts of a pixel.
    evenly: Option<(f64, f64, f64)>,
    pad: f32,
    height: f32,
}

impl<'a> Heights<'a> {
    /// The values of an axis in a picture of this height, measured like the answers in units of `1 / density`.
    pub fn new(axis: &'a dyn Places, height: f64, density: f64) -> Self {
        let pad = PAD * density;
        let height = (height - 2.0 * pad).max(1.0);
        let evenly = axis.evenly();
        Self {
            axis,
            evenly: evenly.map(|(low, span)| (low, 1.0 / span, height * f64::from(WHOLE) / span)),
            pad: pad as f32,
            height: height as f32,
        }
    }

    /// How far below the upper edge a value lies.
    pub fn of(&self, value: f64) -> f32 {
        self.at(match self.evenly {
            Some((low, steep, _)) => (value - low) * steep,
            None => self.axis.place(value),
        })
    }

    /// The same in parts of a pixel, [`WHOLE`] each.
    pub(crate) fn parts(&self, value: f64) -> i32 {
        let parts = |height: f32| (height * WHOLE as f32) as i32;
        match self.evenly {
            Some((low, _, steep)) => {
                let bottom = parts(self.pad + self.height);
                let whole = parts(self.height);
                let above = ((value - low) * steep) as i32;
                bottom - less(2 * whole, more(-whole, above))
            }
            None => parts(self.of(value)),
        }
    }

    /// How far below the upper edge a place of the axis lies.
    pub fn at(&self, place: f64) -> f32 {
        let place = place as f32;
        // What has no place on a logarithmic axis is below all that have.
        let place = if place.is_nan() { -1.0 } else { place };
        self.pad + (1.0 - place.clamp(-1.0, 2.0)) * self.height
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From -1 to 3, told to be evenly spaced or not.
    #[derive(Debug)]
    struct Given {
        even: bool,
    }

    impl Places for Given {
        fn place(&self, value: f64) -> f64 {
            (value + 1.0) / 4.0
        }

        fn evenly(&self) -> Option<(f64, f64)> {
            self.even.then_some((-1.0, 4.0))
        }
    }

    #[test]
    fn parts_of_a_pixel_are_those_of_the_height() {
        for even in [false, true] {
            let axis = Given { even };
            let heights = Heights::new(&axis, 170.0, 2.0);
            for value in [-1e300, -1e6, -9.0, -1.0, 0.0, 0.7, 3.0, 6.9, 1e12, f64::MAX] {
                let (parts, height) = (heights.parts(value), heights.of(value));
                let want = height * WHOLE as f32;
                assert!(
                    (parts as f32 - want).abs() <= 1.0,
                    "{value}: {parts}, {want}"
                );
            }
        }
    }
}
