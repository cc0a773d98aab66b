//! Values to places along an axis, and the round numbers at which an axis is marked.

use crate::ledger::looks_log;
use serde::{Deserialize, Serialize};

/// How numbers are spaced along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Spacing {
    /// Evenly.
    #[default]
    Linear,
    /// By their logarithm: all are positive.
    Log,
    /// By how many of them are less: [`Quantiles`] say where each lies.
    Quantile,
    /// By their logarithm too, but evenly within so far from 0, on both sides of it (Webber 2013).
    Symlog(f64),
}

/// Of how many numbers it is found where a symmetric logarithm begins.
const SAMPLE: usize = 2000;

/// A symmetric logarithm takes at most so many times the part around 0: what is less is as good as 0.
const LEAST_PART: f64 = 1e-15;

impl Spacing {
    /// That which finite numbers suggest, the one rule for all axes: by the logarithm where none is negative and those over 0 look
    /// so.
    pub fn of(numbers: &[f64]) -> Self {
        if numbers.iter().all(|x| *x >= 0.0) && looks_log(numbers) {
            Self::logarithmic(numbers)
        } else {
            Self::Linear
        }
    }

    /// That by the logarithm, or not, where a person has said so.
    pub fn asked(numbers: &[f64], log: Option<bool>) -> Self {
        match log {
            None => Self::of(numbers),
            Some(true) => Self::logarithmic(numbers),
            Some(false) => Self::Linear,
        }
    }

    /// That by the logarithm, which has room around 0 where some are 0 or less.
    fn logarithmic(numbers: &[f64]) -> Self {
        let greatest = numbers
            .iter()
            .fold(0.0_f64, |greatest, x| greatest.max(x.abs()));
        if greatest <= 0.0 {
            return Self::Linear;
        }
        if numbers.iter().all(|x| *x > 0.0) {
            return Self::Log;
        }
        // Of many some say as much.
        let sizes = numbers.iter().map(|x| x.abs()).filter(|x| *x > 0.0);
        let every = numbers.len().div_ceil(SAMPLE);
        let mut sizes: Vec<f64> = sizes.step_by(every).collect();
        sizes.sort_by(f64::total_cmp);
        // A twentieth may be closer to 0: a single one that is as good as 0 would take decades for itself.
        let least = sizes[sizes.len() / 20].max(greatest * LEAST_PART);
        let power = libm::pow(10.0, libm::floor(libm::log10(least)));
        Self::Symlog(if power > 0.0 { power } else { least })
    }

    /// Where a number is along the axis, in no unit.
    pub fn to(self, x: f64) -> f64 {
        match self {
            Self::Linear | Self::Quantile => x,
            Self::Log => libm::log(x),
            Self::Symlog(part) => libm::copysign(libm::log1p(x.abs() / part), x),
        }
    }

    /// The number there.
    pub fn from(self, at: f64) -> f64 {
        match self {
            Self::Linear | Self::Quantile => at,
            Self::Log => libm::exp(at),
            Self::Symlog(part) => libm::copysign(part * libm::expm1(at.abs()), at),
        }
    }

    /// What stands behind the name of an axis.
    pub fn word(self) -> &'static str {
        match self {
            Self::Linear => "",
            Self::Log => " (log)",
            Self::Quantile => " (quantiles)",
            Self::Symlog(_) => " (symlog)",
        }
    }
}

/// Where each of some numbers lies by its rank among them: as many lie between two places as these are apart. Equal numbers lie
/// in the middle of theirs, the least at 0, the greatest at 1, and what is between two of them as evenly as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantiles(Vec<(f64, f64)>);

/// Of how many numbers at most it is kept where they lie.
const KNOTS: usize = 256;

impl Quantiles {
    /// Those of some finite numbers.
    pub fn of(numbers: &[f64]) -> Self {
        let mut sorted = numbers.to_vec();
        sorted.sort_by(f64::total_cmp);
        let Some(last) = sorted.len().checked_sub(1) else {
            return Self::default();
        };
        let most = last.clamp(1, KNOTS - 1);
        let mut knots: Vec<(f64, f64)> = Vec::new();
        for x in (0..=most).map(|part| sorted[last * part / most]) {
            if knots.last().is_none_or(|(before, _)| *before < x) {
                let below = sorted.partition_point(|y| *y < x);
                let up_to = sorted.partition_point(|y| *y <= x);
                knots.push((x, (below + up_to) as f64));
            }
        }
        let ends = knots.first().zip(knots.last());
        let (from, to) = ends.map_or((0.0, 1.0), |(first, last)| (first.1, last.1));
        for (_, at) in &mut knots {
            *at = (*at - from) / (to - from).max(1.0);
        }
        Self(knots)
    }

    /// The place of a number, 0 to 1; the middle where all numbers are the same, and NaN of what is none.
    pub fn to(&self, x: f64) -> f64 {
        if x.is_nan() {
            return x;
        }
        let [(first, _), .., (last, _)] = self.0.as_slice() else {
            return 0.5;
        };
        let after = self.0.partition_point(|(y, _)| *y <= x);
        if x <= *first || x >= *last {
            return f64::from(x >= *last);
        }
        let ((a, from), (b, to)) = (self.0[after - 1], self.0[after]);
        // Halves: the ends of a wide range are further apart than any number.
        from + (to - from) * ((x / 2.0 - a / 2.0) / (b / 2.0 - a / 2.0)).min(1.0)
    }

    /// The number at a place; NaN where there is none.
    pub fn from(&self, at: f64) -> f64 {
        let after = self.0.partition_point(|(_, place)| *place <= at);
        let (Some((a, from)), Some((b, to))) =
            (self.0.get(after.saturating_sub(1)), self.0.get(after))
        else {
            return self.0.last().map_or(f64::NAN, |(x, _)| *x);
        };
        if after == 0 {
            return *a;
        }
        let part = (at - from) / (to - from);
        (a * (1.0 - part) + b * part).clamp(*a, *b)
    }
}

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
    fn one_rule_says_how_axes_are_spaced() {
        let rates = [1e-6, 1e-5, 1e-4, 3e-3, 0.1];
        assert_eq!(Spacing::of(&rates), Spacing::Log);
        assert_eq!(Spacing::of(&[1.0, 2.0, 3.0]), Spacing::Linear);
        assert_eq!(Spacing::of(&[]), Spacing::Linear);
        assert_eq!(Spacing::of(&[0.0, 0.0]), Spacing::Linear);
        // Zeros among what spans decades have a place; what goes both ways is as it is until a person says otherwise.
        let with = |x: f64| rates.iter().copied().chain([x]).collect::<Vec<_>>();
        assert_eq!(Spacing::of(&with(0.0)), Spacing::Symlog(1e-6));
        assert_eq!(Spacing::of(&with(-1e-3)), Spacing::Linear);
        let asked = |x: f64, log| Spacing::asked(&with(x), Some(log));
        assert_eq!(asked(-1e-3, true), Spacing::Symlog(1e-6));
        assert_eq!(asked(0.5, true), Spacing::Log);
        assert_eq!(asked(0.5, false), Spacing::Linear);
        assert_eq!(Spacing::asked(&[0.0], Some(true)), Spacing::Linear);
        // What is as good as 0 takes no decades.
        assert_eq!(asked(-1e-300, true), Spacing::Symlog(1e-16));
    }

    #[test]
    fn spacings_keep_the_order_and_lead_back() {
        arbtest::arbtest(|u| {
            let numbers: Vec<f64> = u.arbitrary()?;
            let mut numbers: Vec<f64> = numbers.into_iter().filter(|x| x.is_finite()).collect();
            numbers.sort_by(f64::total_cmp);
            for log in [None, Some(false), Some(true)] {
                let spacing = Spacing::asked(&numbers, log);
                let places: Vec<f64> = numbers.iter().map(|x| spacing.to(*x)).collect();
                assert!(
                    places.iter().all(|at| at.is_finite()),
                    "{spacing:?} {places:?}"
                );
                assert!(places.is_sorted(), "{spacing:?} {places:?}");
                let near = |x: f64, back: f64| match spacing {
                    // On the scale a number is as exact as its logarithm, and around 0 as the part there.
                    Spacing::Symlog(part) => (back - x).abs() <= 1e-12 * (x.abs() + part),
                    _ => (back - x).abs() <= 1e-12 * x.abs(),
                };
                for (x, at) in numbers.iter().zip(places) {
                    let back = spacing.from(at);
                    assert!(
                        near(*x, back) || back.is_infinite(),
                        "{x} became {back}, {spacing:?}"
                    );
                    if let Spacing::Symlog(_) = spacing {
                        assert_eq!(spacing.to(-x), -at);
                    }
                }
            }
            Ok(())
        });
    }

    #[test]
    fn quantiles_keep_the_order_and_lead_back() {
        arbtest::arbtest(|u| {
            let numbers: Vec<f64> = u.arbitrary()?;
            let mut numbers: Vec<f64> = numbers.into_iter().filter(|x| x.is_finite()).collect();
            if u.arbitrary()? {
                numbers.extend((0..600).map(|at| f64::from(at / 3)));
            }
            let quantiles = Quantiles::of(&numbers);
            numbers.sort_by(f64::total_cmp);
            numbers.dedup();
            let places: Vec<f64> = numbers.iter().map(|x| quantiles.to(*x)).collect();
            assert!(places.is_sorted(), "{numbers:?} at {places:?}");
            assert!(
                places.iter().all(|at| (0.0..=1.0).contains(at)),
                "{places:?}"
            );
            if numbers.len() > 1 {
                assert_eq!((places[0], places[places.len() - 1]), (0.0, 1.0));
            }
            for (x, at) in numbers.iter().zip(&places) {
                let back = quantiles.to(quantiles.from(*at));
                assert!((back - at).abs() < 1e-6, "{x} at {at} became {back}");
            }
            let mut before = f64::NEG_INFINITY;
            for part in 0..=20 {
                let x = quantiles.from(f64::from(part) / 20.0);
                assert!(x >= before || numbers.is_empty(), "{x} after {before}");
                before = x;
            }
            Ok(())
        });
    }

    #[test]
    fn half_of_the_numbers_lie_below_the_middle_of_quantiles() {
        let numbers: Vec<f64> = (0..=1000).map(|at| f64::from(at * at)).collect();
        let quantiles = Quantiles::of(&numbers);
        assert!((quantiles.to(250_000.0) - 0.5).abs() < 0.003);
        assert!((quantiles.from(0.25) - 62_500.0).abs() < 600.0);
        // Equal ones share the middle of their places, and the ends are the ends.
        let few = Quantiles::of(&[1.0, 1.0, 1.0, 2.0, 9.0]);
        assert_eq!([1.0, 2.0, 9.0].map(|x| few.to(x)), [0.0, 2.0 / 3.0, 1.0]);
        assert_eq!((few.to(0.0), few.to(20.0)), (0.0, 1.0));
        assert_eq!(Quantiles::of(&[3.0, 3.0]).to(3.0), 0.5);
        assert!(Quantiles::of(&[]).from(0.5).is_nan());
        assert!(Quantiles::of(&[1.0, 2.0, 3.0]).to(f64::NAN).is_nan());
        assert_eq!(few.to(f64::INFINITY), 1.0);
        assert_eq!(few.to(f64::NEG_INFINITY), 0.0);
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
