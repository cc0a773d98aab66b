//! Whether numbers spread over orders of magnitude: one rule for bins, axes and the spaces of parameters.

/// Positive numbers look logarithmic where the greatest is more than so many times the middle one, however close together most
/// are. (The least tells nothing: among ever more even numbers there is one ever nearer to zero.)
pub const WIDE: f64 = 1e4;

/// And where their 95 % quantile is more than so many times their 5 % one; of fewer than ten, the greatest than the least.
const LOG_RATIO: f64 = 100.0;
const FEW: usize = 10;

/// So few values, each at least so many times the one before, as 16, 32, 64, were chosen by their logarithm.
const LEAST_STEPS: usize = 3;
const MOST_STEPS: usize = 32;
/// The last of them is at least so many times the first.
const STEPS_RATIO: f64 = 8.0;
const STEP_RATIO: f64 = 1.9;

/// Whether the positive ones among numbers spread over orders of magnitude, judged by at most 2,000 of them: the one rule
/// for bins and for axes, whatever picture they are in.
pub fn looks_log(values: &[f64]) -> bool {
    let positive = || values.iter().copied().filter(|x| *x > 0.0 && x.is_finite());
    let (high, count) = positive().fold((0.0_f64, 0_usize), |(high, n), x| (high.max(x), n + 1));
    let mut sample: Vec<f64> = positive().step_by(count.div_ceil(2000).max(1)).collect();
    sample.sort_by(f64::total_cmp);
    let low = sample.first().filter(|_| count < FEW);
    if low.is_some_and(|low| high / low >= LOG_RATIO) {
        return true;
    }
    let middle = sample.get(sample.len() / 2);
    if middle.is_some_and(|middle| high / middle > WIDE) || spread_over_decades(&sample) {
        return true;
    }
    sample.dedup();
    (LEAST_STEPS..=MOST_STEPS).contains(&sample.len())
        && sample
            .windows(2)
            .all(|pair| pair[1] >= STEP_RATIO * pair[0])
        && sample[sample.len() - 1] >= STEPS_RATIO * sample[0]
}

/// Whether sorted numbers are positive and rather spread over orders of magnitude than over their range: by far, or at least twice
/// as evenly (Kolmogorov's distance from the uniform law) over at least one.
pub fn spread_over_decades(sorted: &[f64]) -> bool {
    let n = sorted.len();
    let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else {
        return false;
    };
    if low <= 0.0 || high <= low || n < 3 {
        return false;
    }
    if sorted[(n - 1) * 95 / 100] > LOG_RATIO * sorted[(n - 1) * 5 / 100] {
        return true;
    }
    let (log_low, log_span) = (libm::log(low), libm::log(high) - libm::log(low));
    let distance = |place: &dyn Fn(f64) -> f64| {
        let each = sorted
            .iter()
            .enumerate()
            .map(|(i, &value)| (place(value) - (i as f64 + 0.5) / n as f64).abs());
        each.fold(0.0, f64::max)
    };
    let plain = distance(&|value| (value - low) / (high - low));
    let log = distance(&|value| (libm::log(value) - log_low) / log_span);
    high >= 10.0 * low && n >= FEW && 2.0 * log < plain
}
