//! The distributions that decisions are made by: Student's t, χ², Wilson's interval of a share, Holm's correction.
//!
//! The incomplete beta function is worked out by its continued fraction and the incomplete gamma function by series or
//! continued fraction (Numerical Recipes 6.2 and 6.4), to about twelve digits.

use query::{number_key, put_in_order};

/// The 97.5 % quantile of the normal distribution.
const NORMAL_975: f64 = 1.959_963_984_540_054;

/// Terms of a series or fraction at most; they come to rest long before.
const TERMS: usize = 500;

/// Where a series or fraction has come to rest.
const REST: f64 = 1e-15;

/// Keeps Lentz's method from dividing by nothing.
const TINY: f64 = 1e-300;

/// The probability that Student's t with `freedom` degrees of freedom is at least so far from 0, either way.
pub fn student_two_sided(t: f64, freedom: f64) -> f64 {
    if t.is_nan() || freedom.is_nan() || freedom <= 0.0 {
        return 1.0;
    }
    if t.is_infinite() {
        return 0.0;
    }
    incomplete_beta(freedom / 2.0, 0.5, freedom / (freedom + t * t))
}

/// The probability that Fisher's F with `over` and `under` degrees of freedom is at least so great.
pub fn fisher_above(f: f64, over: f64, under: f64) -> f64 {
    if f.is_nan() {
        return 1.0;
    }
    incomplete_beta(under / 2.0, over / 2.0, under / (under + over * f))
}

/// How far Student's t lies from 0, either way, with probability `two_sided`.
pub fn student_quantile(two_sided: f64, freedom: f64) -> f64 {
    if freedom.is_nan() || freedom <= 0.0 {
        return f64::INFINITY;
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    while student_two_sided(high, freedom) > two_sided && high < 1e12 {
        low = high;
        high *= 2.0;
    }
    // To the last digits: each step halves what is between.
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if student_two_sided(middle, freedom) > two_sided {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The probability that χ² with `freedom` degrees of freedom is at least `x`.
pub fn chi_squared_above(x: f64, freedom: f64) -> f64 {
    if x.is_nan() || x <= 0.0 || freedom <= 0.0 {
        return 1.0;
    }
    let (a, x) = (freedom / 2.0, x / 2.0);
    let front = libm::exp(a * libm::log(x) - x - libm::lgamma(a));
    if x < a + 1.0 {
        let (mut term, mut sum) = (1.0 / a, 1.0 / a);
        for step in 1..TERMS {
            term *= x / (a + step as f64);
            sum += term;
            if term < sum * REST {
                break;
            }
        }
        return (1.0 - front * sum).clamp(0.0, 1.0);
    }
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / TINY, 1.0 / b);
    let mut fraction = d;
    for step in 1..TERMS {
        let step = step as f64;
        let factor = -step * (step - a);
        b += 2.0;
        d = 1.0 / away_from_zero(factor * d + b);
        c = away_from_zero(b + factor / c);
        fraction *= d * c;
        if (d * c - 1.0).abs() < REST {
            break;
        }
    }
    (front * fraction).clamp(0.0, 1.0)
}

/// Wilson's 95 % interval of a share of which `count` of `n` were seen.
pub fn wilson(count: usize, n: usize) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (n, share) = (n as f64, count as f64 / n as f64);
    let squared = NORMAL_975 * NORMAL_975;
    let middle = share + squared / (2.0 * n);
    let half = NORMAL_975 * (share * (1.0 - share) / n + squared / (4.0 * n * n)).sqrt();
    let whole = 1.0 + squared / n;
    (
        ((middle - half) / whole).max(0.0),
        ((middle + half) / whole).min(1.0),
    )
}

/// The probabilities corrected for their number (Holm, "A simple sequentially rejective multiple test procedure", 1979):
/// each may be held against the level by itself.
pub fn holm(probabilities: &[f64]) -> Vec<f64> {
    let mut order: Vec<u32> = (0..probabilities.len() as u32).collect();
    let keys: Vec<u64> = probabilities
        .iter()
        .map(|p| number_key(*p, false))
        .collect();
    put_in_order(&mut order, &keys);
    let mut corrected = vec![1.0; probabilities.len()];
    let mut greatest = 0.0_f64;
    for (place, at) in order.into_iter().enumerate() {
        let (at, left) = (at as usize, (probabilities.len() - place) as f64);
        greatest = greatest.max((probabilities[at] * left).min(1.0));
        corrected[at] = greatest;
    }
    corrected
}

/// The regularised incomplete beta function.
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    let front = libm::exp(
        libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b)
            + a * libm::log(x)
            + b * libm::log1p(-x),
    );
    if x < (a + 1.0) / (a + b + 2.0) {
        (front * beta_fraction(a, b, x) / a).clamp(0.0, 1.0)
    } else {
        (1.0 - front * beta_fraction(b, a, 1.0 - x) / b).clamp(0.0, 1.0)
    }
}

/// The continued fraction of the incomplete beta function, by Lentz's method.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for step in 1..TERMS {
        let m = step as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for factor in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + factor * d);
            c = away_from_zero(1.0 + factor / c);
            change = d * c;
            fraction *= change;
        }
        if (change - 1.0).abs() < REST {
            break;
        }
    }
    fraction
}

fn away_from_zero(x: f64) -> f64 {
    if x.abs() < TINY { TINY } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: f64, want: f64) {
        assert!(
            (got - want).abs() <= 1e-9 * want.abs().max(1e-3),
            "{got} and not {want}"
        );
    }

    #[test]
    fn distributions_are_those_of_the_textbooks() {
        // With 1 and 2 degrees of freedom Student's t has closed forms.
        for t in [0.1, 1.0, 12.7, 1e4] {
            near(
                student_two_sided(t, 1.0),
                1.0 - 2.0 / std::f64::consts::PI * t.atan(),
            );
            near(student_two_sided(t, 2.0), 1.0 - t / (2.0 + t * t).sqrt());
        }
        // scipy.stats.t.ppf(0.975, v)
        for (freedom, want) in [
            (1.0, 12.706_204_736_432_1),
            (2.0, 4.302_652_729_911_28),
            (4.0, 2.776_445_105_197_79),
            (30.0, 2.042_272_456_301_24),
        ] {
            near(student_quantile(0.05, freedom), want);
        }
        // t² is F with 1 and as many degrees of freedom, and with 2 over there is a closed form.
        near(
            fisher_above(2.5 * 2.5, 1.0, 3.5),
            student_two_sided(2.5, 3.5),
        );
        near(
            fisher_above(3.0, 2.0, 8.0),
            libm::pow(1.0 + 2.0 * 3.0 / 8.0, -4.0),
        );
        assert_eq!(fisher_above(f64::INFINITY, 3.0, 3.0), 0.0);
        // With 2 degrees of freedom χ² is exponential, with 1 a squared normal.
        for x in [0.01, 1.0, 3.0, 40.0] {
            near(chi_squared_above(x, 2.0), libm::exp(-x / 2.0));
            near(chi_squared_above(x, 1.0), libm::erfc((x / 2.0).sqrt()));
            near(
                chi_squared_above(x, 4.0),
                libm::exp(-x / 2.0) * (1.0 + x / 2.0),
            );
        }
    }

    #[test]
    fn wilsons_interval_is_that_of_its_paper() {
        // Newcombe (1998), method 3: 81 of 263 and 0 of 20.
        let (low, high) = wilson(81, 263);
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5);
        let (low, high) = wilson(0, 20);
        assert!(low == 0.0 && (high - 0.1611).abs() < 5e-5);
        assert_eq!(wilson(0, 0), (0.0, 1.0));
    }

    #[test]
    fn holm_is_between_nothing_and_bonferroni() {
        assert_eq!(holm(&[0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
        arbtest::arbtest(|u| {
            let raw: Vec<u8> = u.arbitrary()?;
            let raw: Vec<f64> = raw.iter().map(|x| f64::from(*x) / 255.0).collect();
            let corrected = holm(&raw);
            let count = raw.len() as f64;
            for (raw, corrected) in raw.iter().zip(&corrected) {
                assert!(raw <= corrected && *corrected <= (raw * count).min(1.0).max(*raw));
            }
            Ok(())
        });
    }
}
