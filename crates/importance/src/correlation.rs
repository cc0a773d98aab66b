//! Correlations: Pearson's, Spearman's, Kendall's τ-b, and η² for categories.
//!
//! Each takes the pairs of which both sides are finite, and is `None` where fewer than two are left or one side does
//! not vary: a correlation with a constant is not 0, it does not exist.

use serde::{Deserialize, Serialize};

/// Which correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Coefficient {
    /// Of values: straight lines.
    Pearson,
    /// Of ranks (average ranks for ties): any monotone curve.
    Spearman,
    /// Of pairs that agree in their order, corrected for ties (τ-b).
    Kendall,
}

impl Coefficient {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Pearson, Self::Spearman, Self::Kendall];

    /// The word in addresses and commands.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pearson => "pearson",
            Self::Spearman => "spearman",
            Self::Kendall => "kendall",
        }
    }

    /// The coefficient, -1 to 1, of the pairs that are finite on both sides.
    pub fn of(self, a: &[f64], b: &[f64]) -> Option<f64> {
        let (a, b) = finite_pairs(a, b);
        match self {
            Self::Pearson => pearson(&a, &b),
            Self::Spearman => pearson(&average_ranks(&a), &average_ranks(&b)),
            Self::Kendall => kendall(&a, &b),
        }
    }
}

impl Coefficient {
    /// The 95 % interval of a coefficient of `n` pairs by Fisher's transformation, of which the variance is 1 / (n − 3) for
    /// values; for ranks it is 1.06 / (n − 3) (Fieller, Hartley and Pearson 1957), more where they go together closely (Bonett
    /// and Wright 2000); for Kendall's 0.437 / (n − 4). `None` of too few pairs, and where all lie in one order.
    pub fn interval(self, value: f64, n: usize) -> Option<(f64, f64)> {
        let (times, lost) = match self {
            Self::Pearson => (1.0, 3.0),
            Self::Spearman => ((1.0 + value * value / 2.0).max(1.06), 3.0),
            Self::Kendall => (0.437, 4.0),
        };
        let left = n as f64 - lost;
        // Numbers in one order come to 1 but for rounding.
        if left <= 0.0 || value.is_nan() || value.abs() >= 1.0 - 1e-12 {
            return None;
        }
        let error = (times / left).sqrt();
        let at = |side: f64| libm::tanh(libm::atanh(value) + side * 1.959_964 * error);
        Some((at(-1.0), at(1.0)))
    }
}

/// Part of the variance of `values` between the groups that `codes` make (η² of a one-way analysis of variance), 0 to
/// 1. Values that are not finite are left out; `None` where the values or the codes do not vary.
pub fn eta_squared(codes: &[u32], values: &[f64]) -> Option<f64> {
    let known: Vec<(u32, f64)> = codes
        .iter()
        .copied()
        .zip(values.iter().copied())
        .filter(|(_, value)| value.is_finite())
        .collect();
    let mean = known.iter().map(|(_, value)| value).sum::<f64>() / known.len().max(1) as f64;
    let mut groups: rustc_hash::FxHashMap<u32, (usize, f64)> = rustc_hash::FxHashMap::default();
    let mut whole = 0.0;
    for (code, value) in known {
        let group = groups.entry(code).or_default();
        group.0 += 1;
        group.1 += value - mean;
        whole += (value - mean) * (value - mean);
    }
    if groups.len() < 2 || whole <= 0.0 {
        return None;
    }
    let mut groups: Vec<(u32, (usize, f64))> = groups.into_iter().collect();
    // A fixed order of adding, for the same bits each time.
    order::by_key(&mut groups, |(code, _)| *code);
    let between: f64 = groups
        .iter()
        .map(|(_, (count, sum))| sum * sum / *count as f64)
        .sum();
    Some((between / whole).clamp(0.0, 1.0))
}

/// Ranks from 0, equal values sharing the mean of their places.
pub fn average_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| compare(values[i], values[j]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for tied in order.chunk_by(|&i, &j| compare(values[i], values[j]).is_eq()) {
        let rank = start as f64 + (tied.len() as f64 - 1.0) / 2.0;
        for &i in tied {
            ranks[i] = rank;
        }
        start += tied.len();
    }
    ranks
}

/// By value, the two zeros being one.
fn compare(a: f64, b: f64) -> std::cmp::Ordering {
    (a + 0.0).total_cmp(&(b + 0.0))
}

fn finite_pairs(a: &[f64], b: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let both = |(a, b): &(f64, f64)| a.is_finite() && b.is_finite();
    a.iter()
        .copied()
        .zip(b.iter().copied())
        .filter(both)
        .unzip()
}

fn pearson(a: &[f64], b: &[f64]) -> Option<f64> {
    Centred::new(a)?.with(&Centred::new(b)?)
}

/// Numbers less their mean, made ready once to be correlated with many others.
pub(super) struct Centred {
    values: Vec<f64>,
    /// The root of their sum of squares.
    spread: f64,
}

impl Centred {
    /// Of finite numbers; `None` where they do not vary.
    pub(super) fn new(values: &[f64]) -> Option<Self> {
        if values.len() < 2 || values.iter().all(|value| *value == values[0]) {
            return None;
        }
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let values: Vec<f64> = values.iter().map(|value| value - mean).collect();
        Some(Self {
            spread: product(&values, &values).sqrt(),
            values,
        })
    }

    /// Pearson's correlation with as many others.
    pub(super) fn with(&self, other: &Self) -> Option<f64> {
        // The roots apart: their product overflows later than the squares'.
        let spread = self.spread * other.spread;
        (spread > 0.0 && spread.is_finite())
            .then(|| (product(&self.values, &other.values) / spread).clamp(-1.0, 1.0))
    }
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Kendall's τ-b in `n log n` (Knight, "A computer method for calculating Kendall's tau with ungrouped data", JASA
/// 1966): sorted by one side, the discordant pairs are the exchanges of a merge sort by the other.
fn kendall(a: &[f64], b: &[f64]) -> Option<f64> {
    let mut pairs: Vec<(f64, f64)> = a.iter().copied().zip(b.iter().copied()).collect();
    pairs.sort_by(|x, y| compare(x.0, y.0).then(compare(x.1, y.1)));
    let tied_in = |pairs: &[(f64, f64)], same: fn(&(f64, f64), &(f64, f64)) -> bool| -> u64 {
        pairs.chunk_by(same).map(|tied| pairs_of(tied.len())).sum()
    };
    let tied_a = tied_in(&pairs, |x, y| compare(x.0, y.0).is_eq());
    let tied_both = tied_in(&pairs, |x, y| {
        compare(x.0, y.0).is_eq() && compare(x.1, y.1).is_eq()
    });
    let mut values: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
    let discordant = exchanges(&mut values);
    // The merge sort has left the values in order.
    let tied_b: u64 = values
        .chunk_by(|x, y| compare(*x, *y).is_eq())
        .map(|tied| pairs_of(tied.len()))
        .sum();
    let all = pairs_of(pairs.len());
    let (free_a, free_b) = ((all - tied_a) as f64, (all - tied_b) as f64);
    if free_a == 0.0 || free_b == 0.0 {
        return None;
    }
    let concordant_less_discordant =
        all as f64 - tied_a as f64 - tied_b as f64 + tied_both as f64 - 2.0 * discordant as f64;
    Some((concordant_less_discordant / free_a.sqrt() / free_b.sqrt()).clamp(-1.0, 1.0))
}

fn pairs_of(count: usize) -> u64 {
    let count = count as u64;
    count * count.saturating_sub(1) / 2
}

/// Sorts, and counts how many pairs stood the wrong way round.
fn exchanges(values: &mut [f64]) -> u64 {
    let (mut from, mut to) = (values.to_vec(), values.to_vec());
    let mut count = 0;
    let mut width = 1;
    while width < from.len() {
        for start in (0..from.len()).step_by(2 * width) {
            let middle = (start + width).min(from.len());
            let end = (start + 2 * width).min(from.len());
            let (mut left, mut right) = (start, middle);
            for place in &mut to[start..end] {
                let takes_right =
                    left == middle || (right < end && compare(from[right], from[left]).is_lt());
                if takes_right {
                    count += (middle - left) as u64;
                    *place = from[right];
                    right += 1;
                } else {
                    *place = from[left];
                    left += 1;
                }
            }
        }
        std::mem::swap(&mut from, &mut to);
        width *= 2;
    }
    values.copy_from_slice(&from);
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use arbtest::arbtest;

    #[test]
    fn kendall_counts_pairs_as_the_definition_does() {
        arbtest(|u| {
            let count = u.int_in_range(2..=40)?;
            let mut side = || -> arbtest::arbitrary::Result<Vec<f64>> {
                (0..count)
                    .map(|_| Ok(f64::from(u.int_in_range(-4_i32..=4)?)))
                    .collect()
            };
            let (a, b) = (side()?, side()?);
            let (mut agree, mut free_a, mut free_b) = (0.0, 0.0, 0.0);
            for i in 0..count {
                for j in i + 1..count {
                    let (x, y) = (a[i] - a[j], b[i] - b[j]);
                    agree += (x * y)
                        .partial_cmp(&0.0)
                        .map_or(0.0, |sign| f64::from(sign as i8));
                    free_a += f64::from(u8::from(x != 0.0));
                    free_b += f64::from(u8::from(y != 0.0));
                }
            }
            let expected = (free_a > 0.0 && free_b > 0.0).then(|| agree / (free_a * free_b).sqrt());
            match (Coefficient::Kendall.of(&a, &b), expected) {
                (Some(ours), Some(exact)) => assert!((ours - exact).abs() < 1e-12),
                (ours, exact) => assert_eq!(ours, exact),
            }
            Ok(())
        });
    }

    #[test]
    fn intervals_are_fishers() {
        let near = |found: Option<(f64, f64)>, (low, high): (f64, f64)| {
            let (a, b) = found.unwrap();
            assert!((a - low).abs() < 5e-4 && (b - high).abs() < 5e-4, "{a} {b}");
        };
        // As in any table: r = 0.5 of 28 pairs.
        near(Coefficient::Pearson.interval(0.5, 28), (0.1559, 0.7359));
        near(Coefficient::Pearson.interval(0.0, 103), (-0.1935, 0.1935));
        // Ranks are known less well, and the less so the closer they go together.
        near(Coefficient::Spearman.interval(0.0, 103), (-0.1990, 0.1990));
        let width = |of: Coefficient, value| {
            let (low, high) = of.interval(value, 50).unwrap();
            (libm::atanh(high) - libm::atanh(low)) / 2.0 / 1.959_964 * libm::sqrt(47.0)
        };
        assert!((width(Coefficient::Spearman, 0.9) - libm::sqrt(1.405)).abs() < 1e-9);
        assert!((width(Coefficient::Pearson, -0.9) - 1.0).abs() < 1e-9);
        for of in Coefficient::ALL {
            assert_eq!(of.interval(0.5, 3), None);
            assert_eq!(of.interval(1.0, 30), None);
            assert_eq!(of.interval(f64::NAN, 30), None);
        }
    }

    #[test]
    fn what_does_not_vary_has_no_correlation_and_missing_values_take_no_part() {
        for coefficient in Coefficient::ALL {
            assert_eq!(coefficient.of(&[1.0, 2.0, 3.0], &[5.0; 3]), None);
            assert_eq!(coefficient.of(&[1.0], &[2.0]), None);
            assert_eq!(coefficient.of(&[], &[]), None);
            let with_gaps = coefficient.of(&[1.0, f64::NAN, 2.0, 4.0], &[2.0, 7.0, 4.0, 8.0]);
            assert!((with_gaps.unwrap() - 1.0).abs() < 1e-15, "{coefficient:?}");
        }
    }

    #[test]
    fn eta_squared_is_the_part_between_groups() {
        let codes = [0, 0, 1, 1];
        assert_eq!(eta_squared(&codes, &[1.0, 1.0, 3.0, 3.0]), Some(1.0));
        // Means 2 and 3 about 2.5, whole 5: (2·0.25 + 2·0.25) / 5.
        let part = eta_squared(&codes, &[1.0, 3.0, 2.0, 4.0]).unwrap();
        assert!((part - 0.2).abs() < 1e-15);
        assert_eq!(eta_squared(&[7; 4], &[1.0, 2.0, 3.0, 4.0]), None);
        assert_eq!(eta_squared(&codes, &[2.0; 4]), None);
    }
}
