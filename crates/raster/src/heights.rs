//! Where values lie above one another in a picture.

/// How much room there is above and below the values, in units of the page: for thick lines, and for marks of what is
/// no value.
pub const PAD: f64 = 7.0;

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
    /// Where values are evenly spaced: the value at 0, and how steep the way from there is.
    evenly: Option<(f64, f64)>,
    pad: f32,
    height: f32,
}

impl<'a> Heights<'a> {
    /// The values of an axis in a picture of this height, measured like the answers in units of `1 / density`.
    pub fn new(axis: &'a dyn Places, height: f64, density: f64) -> Self {
        let pad = PAD * density;
        Self {
            axis,
            evenly: axis.evenly().map(|(low, span)| (low, 1.0 / span)),
            pad: pad as f32,
            height: (height - 2.0 * pad).max(1.0) as f32,
        }
    }

    /// How far below the upper edge a value lies.
    pub fn of(&self, value: f64) -> f32 {
        self.at(match self.evenly {
            Some((low, steep)) => (value - low) * steep,
            None => self.axis.place(value),
        })
    }

    /// How far below the upper edge a place of the axis lies.
    pub fn at(&self, place: f64) -> f32 {
        let place = place as f32;
        // What has no place on a logarithmic axis is below all that have.
        let place = if place.is_nan() { -1.0 } else { place };
        self.pad + (1.0 - place.clamp(-1.0, 2.0)) * self.height
    }
}
