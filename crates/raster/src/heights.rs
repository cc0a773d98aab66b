//! Where values lie above one another in a picture.

use super::less::{less, more};

/// How much room there is above and below the values, in units of the page: for thick lines, and for marks of what is
/// no value.
pub const PAD: f64 = 7.0;

/// So many parts are a pixel.
pub(crate) const WHOLE: i32 = 256;

/// The whole number that is nearest to one that is not large: it stands in the last bits of the sum of that and a number so large
/// that its parts are whole. What the language has for it asks of each whether it is too large.
fn nearest(number: f64) -> i32 {
    /// 1.5 times 2 to the 52nd power.
    const LARGE: f64 = 6_755_399_441_055_744.0;
    (number + LARGE).to_bits() as i32
}

/// Where values lie along an axis.
pub trait Places: std::fmt::Debug {
    /// The place of a value, 0 to 1 from below to above within the axis; NaN of what has none.
    fn place(&self, value: f64) -> f64;

    /// How values are spaced, where that is so simple.
    fn evenly(&self) -> Option<Evenly>;
}

/// Values, or their logarithms, that are evenly spaced.
#[derive(Clone, Copy, Debug)]
pub struct Evenly {
    /// Whether their logarithms are.
    pub log: bool,
    /// What is at 0.
    pub low: f64,
    /// How far what is at 1 lies above it, which is not 0.
    pub span: f64,
}

impl Evenly {
    /// How far a value lies above what is at 0.
    fn above(self, value: f64) -> f64 {
        (if self.log { logarithm(value) } else { value }) - self.low
    }
}

/// The natural logarithm to nine digits, more than pixels need, in a fraction of the time of one to the last digit.
fn logarithm(value: f64) -> f64 {
    /// The bits of the square root of a half.
    const HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    if value < f64::MIN_POSITIVE {
        return libm::log(value);
    }
    // As a power of 2 and a rest between the roots of a half and of 2, whose logarithm is a series in (rest − 1) / (rest + 1).
    let bits = value.to_bits();
    let power = (bits.wrapping_sub(HALF) as i64) >> 52;
    let rest = f64::from_bits(bits.wrapping_sub((power as u64) << 52));
    let part = (rest - 1.0) / (rest + 1.0);
    let square = part * part;
    let series = 1.0 / 3.0 + square * (0.2 + square * (1.0 / 7.0 + square / 9.0));
    power as f64 * std::f64::consts::LN_2 + 2.0 * part * (1.0 + square * series)
}

/// Where values lie in a picture.
#[derive(Clone, Copy, Debug)]
pub struct Heights<'a> {
    axis: &'a dyn Places,
    /// How values are spaced where they are so evenly, and how many parts of a pixel the axis is high for each of its units.
    evenly: Option<(Evenly, f64)>,
    pad: f32,
    height: f32,
    /// How far below the upper edge the value at 0 lies, and how high the axis is, in parts of a pixel.
    bottom: i32,
    whole: f64,
    /// Whether all that is drawn lies on it.
    is_within: bool,
}

impl<'a> Heights<'a> {
    /// The values of an axis in a picture of this height, measured like the answers in units of `1 / density`.
    pub fn new(axis: &'a dyn Places, height: f64, density: f64) -> Self {
        let pad = PAD * density;
        let height = (height - 2.0 * pad).max(1.0);
        let evenly = axis.evenly();
        Self {
            axis,
            evenly: evenly.map(|evenly| (evenly, height * f64::from(WHOLE) / evenly.span)),
            pad: pad as f32,
            height: height as f32,
            bottom: ((pad + height) * f64::from(WHOLE)) as i32,
            whole: height * f64::from(WHOLE),
            is_within: false,
        }
    }

    /// The same where all that is drawn lies on the axis.
    #[must_use]
    pub fn within(self) -> Self {
        Self {
            is_within: true,
            ..self
        }
    }

    /// How far below the upper edge a value lies.
    pub fn of(&self, value: f64) -> f32 {
        self.at(match self.evenly {
            Some((Evenly { log, low, span }, _)) if !log => (value - low) * span.recip(),
            _ => self.axis.place(value),
        })
    }

    /// The same in parts of a pixel, [`WHOLE`] each.
    pub(crate) fn parts(&self, value: f64) -> i32 {
        let parts = |height: f32| (height * WHOLE as f32) as i32;
        match self.evenly {
            Some((evenly, steep)) => {
                let above = evenly.above(value) * steep;
                self.bottom - nearest(less(2.0 * self.whole, more(-self.whole, above)))
            }
            None => parts(self.of(value)),
        }
    }

    /// The same of what is drawn, where nothing of it is so far away that it must be bounded, and values themselves are evenly spaced.
    pub(crate) fn unbounded(&self) -> Option<impl Fn(f64) -> i32 + use<>> {
        let is_so = |evenly: &(Evenly, f64)| self.is_within && !evenly.0.log;
        let (Evenly { low, .. }, steep) = self.evenly.filter(is_so)?;
        let bottom = self.bottom;
        Some(move |value: f64| bottom - nearest((value - low) * steep))
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

        fn evenly(&self) -> Option<Evenly> {
            self.even.then_some(Evenly {
                log: false,
                low: -1.0,
                span: 4.0,
            })
        }
    }

    /// From 0.01 to 1000 by the logarithm, told or not.
    #[derive(Debug)]
    struct Decades {
        even: bool,
    }

    impl Places for Decades {
        fn place(&self, value: f64) -> f64 {
            libm::log10(value) / 5.0 + 0.4
        }

        fn evenly(&self) -> Option<Evenly> {
            self.even.then_some(Evenly {
                log: true,
                low: libm::log(0.01),
                span: libm::log(1e5),
            })
        }
    }

    #[test]
    fn parts_of_a_pixel_are_those_of_the_height() {
        let even = [false, true].map(|even| (Given { even }, Decades { even }));
        let axes = even
            .iter()
            .flat_map(|(linear, log)| [linear as &dyn Places, log]);
        for axis in axes {
            let heights = Heights::new(axis, 170.0, 2.0);
            let all = [
                -1e300, -1e6, -9.0, -1.0, 0.0, 1e-310, 0.013, 0.7, 3.0, 6.9, 999.0,
            ];
            for value in all.into_iter().chain([1e12, f64::MAX]) {
                let (parts, height) = (heights.parts(value), heights.of(value));
                let want = height * WHOLE as f32;
                assert!(
                    (parts as f32 - want).abs() <= 1.0,
                    "{axis:?}, {value}: {parts}, {want}"
                );
                let place = axis.place(value);
                let unbounded = heights.within().unbounded();
                if let Some(unbounded) = unbounded.filter(|_| (0.0..=1.0).contains(&place)) {
                    assert!((unbounded(value) - parts).abs() <= 1, "{axis:?}, {value}");
                }
                if (-1.0..=2.0).contains(&place) {
                    let at = heights.at(place);
                    assert!(
                        (height - at).abs() < 1e-3,
                        "{axis:?}, {value}: {height}, {at}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_logarithm_is_right_to_nine_digits() {
        let mut value = f64::MIN_POSITIVE / 4.0;
        while value.is_finite() {
            let want = libm::log(value);
            assert!(
                (logarithm(value) - want).abs() < 1e-9 * (1.0 + want.abs()),
                "{value}"
            );
            value *= 1.037;
        }
        assert!(logarithm(-1.0).is_nan() && logarithm(0.0) == f64::NEG_INFINITY);
    }
}
