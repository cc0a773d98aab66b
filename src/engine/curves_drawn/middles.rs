//! The middle of a group's curves in each column of pixels, with its band.

use crate::analysis::order_statistics::quantile;
use crate::analysis::ranking::probability::student_quantile;
use crate::chart::curve::Spread;
use crate::engine::curves::Bands;

/// Of more runs in a group the median is that of an even part.
const MOST_SORTED: usize = 2000;

/// What the curves of a group say in one column of pixels, on the scale of the axis.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Middle {
    /// How many curves there are.
    pub(super) count: u32,
    /// Their mean or median.
    pub(super) value: f64,
    /// Where the band begins and ends; none of a single curve.
    pub(super) band: Option<(f64, f64)>,
}

/// The values of a group as far as they were read, by column of pixels.
pub(super) struct Gathered {
    bands: Bands,
    spreads: Vec<Spread>,
    /// Of medians the values themselves.
    values: Vec<Vec<f32>>,
    /// Each so manieth run is one of them.
    every: usize,
    runs: usize,
}

impl Gathered {
    /// Nothing yet of a group of so many runs.
    pub(super) fn new(bands: Bands, runs: usize, columns: usize) -> Self {
        let are_sorted = bands == Bands::Quartiles;
        Self {
            bands,
            spreads: vec![Spread::default(); columns],
            values: vec![Vec::new(); if are_sorted { columns } else { 0 }],
            every: runs.div_ceil(MOST_SORTED).max(1),
            runs: 0,
        }
    }

    /// One more run's values; NaN is none.
    pub(super) fn add(&mut self, values: impl Iterator<Item = f64>) {
        let is_kept = self.runs.is_multiple_of(self.every);
        self.runs += 1;
        for (column, value) in values.enumerate() {
            if let Some(spread) = self.spreads.get_mut(column) {
                spread.add(value);
            }
            if let Some(kept) = self.values.get_mut(column)
                && is_kept
                && !value.is_nan()
            {
                kept.push(value as f32);
            }
        }
    }

    /// What they say together.
    pub(super) fn middles(self) -> Vec<Middle> {
        let bands = self.bands;
        let mut values = self.values.into_iter();
        // Columns of as many curves are neighbours.
        let mut known = (0, 0.0);
        let of = |spread: Spread| {
            let sorted = values.next().map(|values| {
                let mut values: Vec<f64> = values.into_iter().map(f64::from).collect();
                order::by(&mut values, f64::total_cmp);
                values
            });
            let count = spread.count;
            let part = |part: f64| quantile(sorted.as_deref()?, part);
            let half = match bands {
                Bands::Interval if count > 1 => {
                    if known.0 != count {
                        let n = f64::from(count);
                        known = (count, student_quantile(0.05, n - 1.0) / libm::sqrt(n));
                    }
                    known.1 * spread.deviation()
                }
                _ => spread.deviation(),
            };
            let band = match bands {
                Bands::Quartiles => part(0.25).zip(part(0.75)),
                _ => Some((spread.mean - half, spread.mean + half)),
            };
            Middle {
                count,
                value: part(0.5).unwrap_or(spread.mean),
                band: band.filter(|_| count > 1),
            }
        };
        self.spreads.into_iter().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn middles(bands: Bands, runs: &[f64]) -> Middle {
        let mut gathered = Gathered::new(bands, runs.len(), 1);
        for value in runs {
            gathered.add([*value].into_iter());
        }
        gathered.middles()[0]
    }

    #[test]
    fn a_band_is_of_the_deviation_the_mean_or_the_quartiles() {
        let runs = [1.0, 2.0, 3.0, 4.0, 10.0, f64::NAN];
        let of = |bands| {
            let Middle { count, value, band } = middles(bands, &runs);
            assert_eq!(count, 5);
            let (low, high) = band.unwrap();
            let near = |x: f64| (x * 1e4).round() / 1e4;
            (near(value), near(low), near(high))
        };
        // sd 3.5355; t of 4 degrees of freedom 2.7764, over the root of 5: 4.3899.
        assert_eq!(of(Bands::Deviation), (4.0, 0.4645, 7.5355));
        assert_eq!(of(Bands::Interval), (4.0, -0.3899, 8.3899));
        assert_eq!(of(Bands::Quartiles), (3.0, 2.0, 4.0));
        for bands in Bands::ALL {
            assert_eq!(middles(bands, &[7.0]).band, None);
            assert_eq!(middles(bands, &[7.0]).value, 7.0);
            assert_eq!(middles(bands, &[]).count, 0);
        }
    }
}
