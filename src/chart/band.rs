//! A line with the band of its spread, as SVG paths.

use std::fmt::Write as _;

/// The `d` of a path through points.
pub fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (number, (x, y)) in points.iter().enumerate() {
        let letter = if number == 0 { 'M' } else { 'L' };
        // Writing to a String cannot fail.
        let _written = write!(path, "{letter}{x:.1} {y:.1}");
    }
    path
}

/// The `d` of the closed path between two lines over the same places: x, lower, upper. Empty for fewer than two.
pub fn band(points: &[(f64, f64, f64)]) -> String {
    if points.len() < 2 {
        return String::new();
    }
    let lower = points.iter().map(|(x, low, _)| (*x, *low));
    let upper = points.iter().rev().map(|(x, _, high)| (*x, *high));
    let mut path = path(&lower.chain(upper).collect::<Vec<_>>());
    path.push('Z');
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_goes_there_and_back() {
        assert_eq!(path(&[(0.0, 1.0), (2.0, 3.25)]), "M0.0 1.0L2.0 3.2");
        assert_eq!(
            band(&[(0.0, 1.0, 2.0), (5.0, 3.0, 4.0)]),
            "M0.0 1.0L5.0 3.0L5.0 4.0L0.0 2.0Z"
        );
        assert_eq!(band(&[(0.0, 1.0, 2.0)]), "");
    }
}
