//! Values to places along an axis, and the round numbers at which an axis is marked.

/// A linear scale from a domain of values to a range of places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linear {
    domain: (f64, f64),
    range: (f64, f64),
}

impl Linear {
    /// A scale that puts `domain` onto `range`; either may run downwards.
    pub fn new(domain: (f64, f64), range: (f64, f64)) -> Self {
        Self { domain, range }
    }

    /// The place of a value; the middle of the range where the domain is a single value.
    pub fn place(&self, value: f64) -> f64 {
        let (from, to) = self.domain;
        let part = if (to - from).abs() < f64::MIN_POSITIVE {
            0.5
        } else {
            (value - from) / (to - from)
        };
        self.range.0 + part * (self.range.1 - self.range.0)
    }
}

/// Round numbers (1, 2 or 5 times a power of ten apart) from `low` to `high`, about `wanted` of them.
pub fn ticks(low: f64, high: f64, wanted: usize) -> Vec<f64> {
    if !low.is_finite() || !high.is_finite() || low >= high || wanted == 0 {
        return Vec::new();
    }
    let rough = (high - low) / wanted as f64;
    if rough < f64::MIN_POSITIVE || !rough.is_finite() {
        return Vec::new();
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let digit = rough / power;
    let step = power
        * if digit < 1.5 {
            1.0
        } else if digit < 3.5 {
            2.0
        } else if digit < 7.5 {
            5.0
        } else {
            10.0
        };
    let first = libm::ceil(low / step - 1e-9);
    let last = libm::floor(high / step + 1e-9);
    let count = (last - first) as usize + 1;
    (0..count.min(4 * wanted + 4))
        .map(|number| (first + number as f64) * step)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        let check = |low, high, wanted, want: &[f64]| {
            let got = ticks(low, high, wanted);
            assert_eq!(got.len(), want.len(), "{got:?}");
            assert!(
                got.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-12),
                "{got:?}"
            );
        };
        check(0.0, 1.0, 5, &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        check(0.0, 0.43, 4, &[0.0, 0.1, 0.2, 0.3, 0.4]);
        check(-3.0, 7.0, 5, &[-2.0, 0.0, 2.0, 4.0, 6.0]);
        check(1.0, 1.0, 5, &[]);
        check(f64::NAN, 1.0, 5, &[]);
        check(0.0, 1.0, 0, &[]);
    }

    #[test]
    fn ticks_of_any_range_are_few() {
        arbtest::arbtest(|u| {
            let (low, high): (f64, f64) = u.arbitrary()?;
            assert!(ticks(low, high, 5).len() <= 24);
            Ok(())
        });
    }

    #[test]
    fn a_scale_puts_ends_on_ends() {
        let scale = Linear::new((2.0, 4.0), (100.0, 0.0));
        assert_eq!(
            [scale.place(2.0), scale.place(3.0), scale.place(4.0)],
            [100.0, 50.0, 0.0]
        );
        assert_eq!(Linear::new((2.0, 2.0), (0.0, 10.0)).place(2.0), 5.0);
    }
}
