//! How dense numbers lie: a kernel estimate as outlines of violins show it.

/// Of more numbers an even part of the sorted ones is as good.
const MOST: usize = 2000;

/// Of fewer numbers an outline would be of the kernel and not of them.
const FEWEST: usize = 10;

/// The density of ascending numbers at so many even places from the least to the greatest, in parts of the greatest density;
/// `None` of few numbers, and of numbers that do not differ.
///
/// A Gaussian kernel with Silverman's bandwidth, 0.9 min(s, IQR / 1.34) n^(-1/5) (Silverman, *Density Estimation*, 1986,
/// equation 3.31); where half of the numbers are alike, by their standard deviation alone.
pub fn outline(sorted: &[f64], places: usize) -> Option<Vec<f32>> {
    let (low, high) = (*sorted.first()?, *sorted.last()?);
    if sorted.len() < FEWEST || low >= high || places < 2 {
        return None;
    }
    let width = bandwidth(sorted);
    let every = sorted.len().div_ceil(MOST);
    // The middle one of each few.
    let some: Vec<f64> = sorted
        .iter()
        .skip(every / 2)
        .step_by(every)
        .copied()
        .collect();
    let density = |place: usize| {
        let at = low + (high - low) * (place as f64 / (places - 1) as f64);
        let kernel = |x: &f64| {
            let away = (x - at) / width;
            libm::exp(-0.5 * away * away)
        };
        some.iter().map(kernel).sum::<f64>()
    };
    let densities: Vec<f64> = (0..places).map(density).collect();
    let greatest = densities.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    Some(
        densities
            .iter()
            .map(|one| (one / greatest) as f32)
            .collect(),
    )
}

/// Silverman's bandwidth of ascending numbers that differ.
fn bandwidth(sorted: &[f64]) -> f64 {
    let n = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / n;
    let squares = sorted.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
    let deviation = libm::sqrt(squares / (n - 1.0));
    let quartile = |part| super::order_statistics::quantile(sorted, part).unwrap_or(mean);
    let between = (quartile(0.75) - quartile(0.25)) / 1.34;
    let spread = if between > 0.0 {
        deviation.min(between)
    } else {
        deviation
    };
    0.9 * spread * libm::pow(n, -0.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bandwidth_is_silvermans() {
        // 1 to 9 and 100: the quartiles are 3.25 and 7.75, the standard deviation is far greater.
        let sorted: Vec<f64> = (1..=9).map(f64::from).chain([100.0]).collect();
        let want = 0.9 * (4.5 / 1.34) / libm::pow(10.0, 0.2);
        assert!((bandwidth(&sorted) - want).abs() < 1e-9);
        // Where the quartiles are the same number, the standard deviation counts.
        let mut alike = vec![1.0; 20];
        alike.push(2.0);
        assert!(bandwidth(&alike) > 0.0);
    }

    #[test]
    fn an_outline_is_where_numbers_are() {
        let two: Vec<f64> = (0..200)
            .map(|at| {
                let hump = if at < 100 { 0.0 } else { 10.0 };
                hump + f64::from(at % 100) / 100.0
            })
            .collect();
        let outline = outline(&two, 21).unwrap();
        assert!(
            outline[1] > 0.5 && outline[19] > 0.5 && outline[10] < 0.2,
            "{outline:?}"
        );
        assert!(outline.iter().any(|part| (*part - 1.0).abs() < 1e-6));
        // What is even is as good as symmetric, whatever part of many is looked at.
        let even: Vec<f64> = (0..100_000).map(f64::from).collect();
        let outline = super::outline(&even, 33).unwrap();
        for (one, other) in outline.iter().zip(outline.iter().rev()) {
            assert!((one - other).abs() < 0.01, "{outline:?}");
        }
        assert!(outline[16] > 0.98 && outline[0] > 0.4);
    }

    #[test]
    fn few_numbers_and_equal_ones_have_none() {
        assert_eq!(outline(&[], 9), None);
        assert_eq!(outline(&[1.0, 2.0, 3.0], 9), None);
        assert_eq!(outline(&[3.0; 50], 9), None);
    }
}
