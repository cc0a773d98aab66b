//! What sorted numbers say of a distribution without any model of it: quartiles, whiskers, the median with its interval,
//! the empirical distribution function with its band.

use serde::{Deserialize, Serialize};

/// How many times the distance of the quartiles whiskers reach at most (Tukey, *Exploratory Data Analysis*, 1977).
const REACH: f64 = 1.5;

/// Of more numbers the binomial distribution is as good as normal.
const EXACT: usize = 1000;

/// What a box shows of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoxSummary {
    /// How many numbers.
    pub count: usize,
    /// The median.
    pub median: f64,
    /// Its 95 % interval; none of five numbers or fewer.
    pub interval: Option<(f64, f64)>,
    /// The lower and the upper quartile.
    pub quartiles: (f64, f64),
    /// The farthest numbers that lie within one and a half times the quartiles' distance from them.
    pub whiskers: (f64, f64),
    /// How many lie beyond.
    pub beyond: usize,
}

impl BoxSummary {
    /// Of finite numbers in ascending order; `None` where there are none.
    pub fn new(sorted: &[f64]) -> Option<Self> {
        let quartiles = (quantile(sorted, 0.25)?, quantile(sorted, 0.75)?);
        let reach = REACH * (quartiles.1 - quartiles.0);
        let first = sorted.partition_point(|x| *x < quartiles.0 - reach);
        let end = sorted.partition_point(|x| *x <= quartiles.1 + reach);
        let inside = sorted.get(first..end).unwrap_or_default();
        Some(Self {
            count: sorted.len(),
            median: quantile(sorted, 0.5)?,
            interval: median_interval(sorted),
            quartiles,
            whiskers: (*inside.first()?, *inside.last()?),
            beyond: sorted.len() - inside.len(),
        })
    }
}

/// The number below which so large a part of sorted ones lies, between two of them in proportion (type 7 of Hyndman and
/// Fan, 1996, as R has it by default); `None` of none.
pub fn quantile(sorted: &[f64], part: f64) -> Option<f64> {
    let place = part.clamp(0.0, 1.0) * sorted.len().checked_sub(1)? as f64;
    let below = *sorted.get(place as usize)?;
    let above = sorted.get(place as usize + 1).copied().unwrap_or(below);
    let over = place - libm::floor(place);
    // In this form no difference of far numbers overflows; equal ones stay what they are.
    Some((below * (1.0 - over) + above * over).clamp(below, above))
}

/// The 95 % interval of the median: two of the sorted numbers, as far from the ends as the binomial distribution of how many
/// lie below the median allows. It holds whatever the distribution is. Five numbers have none.
pub fn median_interval(sorted: &[f64]) -> Option<(f64, f64)> {
    let n = sorted.len();
    let below = if n > EXACT {
        (n as f64 / 2.0 - 1.959_964 * (n as f64).sqrt() / 2.0) as usize
    } else {
        at_the_end(n).below
    };
    let low = below.checked_sub(1)?;
    Some((*sorted.get(low)?, *sorted.get(n - below)?))
}

/// An interval that holds the median in about 95 % of samples: between those of the two levels next to that, by the
/// interpolation of Hettmansperger and Sheather (1986). Of fewer than six numbers from the least to the greatest, which is
/// 93.75 % of five; `None` of fewer than two.
pub fn median_interval_about(sorted: &[f64]) -> Option<(f64, f64)> {
    let n = sorted.len();
    let (Some(outer), true) = (median_interval(sorted), n <= EXACT) else {
        return match sorted {
            [low, .., high] if n <= EXACT => Some((*low, *high)),
            _ => median_interval(sorted),
        };
    };
    let End {
        below,
        chance,
        fewer,
    } = at_the_end(n);
    let part = (0.05 - 2.0 * fewer) / (2.0 * chance);
    let (all, ends) = (n as f64, below as f64);
    let inwards = (all - ends) * part / (ends + (all - 2.0 * ends) * part);
    let between = |from: f64, to: f64| from * (1.0 - inwards) + to * inwards;
    Some((
        between(outer.0, *sorted.get(below)?),
        between(outer.1, *sorted.get(n - below - 1)?),
    ))
}

/// Where the lower end of the median's 95 % interval lies among sorted numbers.
struct End {
    /// The greatest count so that fewer numbers lie below the median in at most 2.5 % of samples.
    below: usize,
    /// How likely exactly so many do.
    chance: f64,
    /// How likely fewer do.
    fewer: f64,
}

/// That of so many numbers, by the binomial distribution.
fn at_the_end(n: usize) -> End {
    let (mut below, mut chance, mut fewer) = (0, libm::pow(0.5, n as f64), 0.0);
    while fewer + chance <= 0.025 {
        fewer += chance;
        below += 1;
        chance *= (n + 1 - below) as f64 / below as f64;
    }
    End {
        below,
        chance,
        fewer,
    }
}

/// Half the width of the band that holds the whole distribution function in 95 % of samples (Dvoretzky, Kiefer and
/// Wolfowitz, with the constant of Massart, 1990).
pub fn band_half_width(count: usize) -> f64 {
    (libm::log(2.0 / 0.05) / (2.0 * count.max(1) as f64)).sqrt()
}

/// The empirical distribution function of sorted finite numbers: each number with the part of all that are not greater. Of
/// many numbers at most about `most` steps, each of which is exact.
pub fn distribution_steps(sorted: &[f64], most: usize) -> Vec<(f64, f64)> {
    let n = sorted.len();
    let every = n.div_ceil(most.max(1)).max(1);
    let mut steps = Vec::new();
    let mut at = 0;
    while let Some(x) = sorted.get(at) {
        let up_to = sorted.partition_point(|y| y <= x);
        steps.push((*x, up_to as f64 / n as f64));
        // The last is told, however many are left out before it.
        at = if up_to < n {
            up_to.max(at + every).min(n - 1)
        } else {
            n
        };
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(n: u32) -> Vec<f64> {
        (1..=n).map(f64::from).collect()
    }

    #[test]
    fn a_box_has_the_quartiles_of_numpy_and_the_whiskers_of_tukey() {
        let mut numbers = to(11);
        numbers.push(40.0);
        let found = BoxSummary::new(&numbers).unwrap();
        // numpy.percentile([1..11, 40], [25, 50, 75]) is 3.75, 6.5, 9.25; fences at -4.5 and 17.5.
        assert_eq!((found.quartiles, found.median), ((3.75, 9.25), 6.5));
        assert_eq!((found.whiskers, found.beyond), ((1.0, 11.0), 1));
        let one = BoxSummary::new(&[7.0]).unwrap();
        assert_eq!((one.median, one.interval, one.beyond), (7.0, None, 0));
        assert_eq!(one.whiskers, (7.0, 7.0));
        assert_eq!(BoxSummary::new(&[]), None);
    }

    #[test]
    fn the_interval_of_a_median_is_that_of_tables() {
        // Conover, Practical Nonparametric Statistics: ranks of the 95 % interval.
        for (n, low, high) in [
            (6, 1.0, 6.0),
            (10, 2.0, 9.0),
            (20, 6.0, 15.0),
            (50, 18.0, 33.0),
            (1000, 469.0, 532.0),
            (1001, 469.0, 533.0),
        ] {
            assert_eq!(median_interval(&to(n)), Some((low, high)), "{n}");
        }
        assert_eq!(median_interval(&to(5)), None);
        assert_eq!(median_interval(&[]), None);
    }

    #[test]
    fn steps_are_exact_and_few() {
        assert_eq!(
            distribution_steps(&[1.0, 1.0, 2.0, 5.0], 100),
            [(1.0, 0.5), (2.0, 0.75), (5.0, 1.0)]
        );
        let steps = distribution_steps(&to(10_000), 200);
        assert!(steps.len() <= 202, "{}", steps.len());
        assert!(steps.iter().all(|(x, part)| x / 10_000.0 == *part));
        assert_eq!(steps.last(), Some(&(10_000.0, 1.0)));
        assert_eq!(distribution_steps(&[], 10), []);
        assert!((band_half_width(100) - 0.135_810).abs() < 1e-6);
    }

    #[test]
    fn what_is_said_of_any_numbers_lies_among_them() {
        arbtest::arbtest(|u| {
            let mut numbers: Vec<f64> = u.arbitrary()?;
            numbers.retain(|x| x.is_finite());
            numbers.sort_by(f64::total_cmp);
            if let Some(found) = BoxSummary::new(&numbers) {
                let (least, greatest) = (numbers[0], numbers[numbers.len() - 1]);
                let (low, high) = found.quartiles;
                assert!(least <= low && low <= found.median && found.median <= high);
                assert!(high <= greatest && found.beyond < numbers.len());
            }
            let steps = distribution_steps(&numbers, 7);
            assert!(steps.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1));
            assert!(steps.len() <= 9);
            Ok(())
        });
    }
}
