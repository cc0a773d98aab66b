//! A run's curve as a line small enough to stand in a row of text.

use super::scale::Linear;
use std::fmt::Write as _;

/// The `points` of an SVG polyline that draws `curve` (step, value) in a box `width` by `height` with
/// `margin` pixels around; empty for fewer than two finite points.
pub fn polyline(curve: &[(f64, f64)], width: f64, height: f64, margin: f64) -> String {
    let finite = || {
        curve
            .iter()
            .filter(|(step, value)| step.is_finite() && value.is_finite())
    };
    if finite().count() < 2 {
        return String::new();
    }
    let bounds = |of: fn(&(f64, f64)) -> f64| {
        finite()
            .map(of)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
                (low.min(x), high.max(x))
            })
    };
    let across = Linear::new(bounds(|point| point.0), (margin, width - margin));
    let up = Linear::new(bounds(|point| point.1), (height - margin, margin));
    let mut points = String::new();
    for (step, value) in finite() {
        let separator = if points.is_empty() { "" } else { " " };
        // Writing to a String cannot fail.
        let _written = write!(
            points,
            "{separator}{:.1},{:.1}",
            across.place(*step),
            up.place(*value)
        );
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_fills_its_box() {
        let curve = [(0.0, 5.0), (5.0, f64::NAN), (10.0, 1.0)];
        assert_eq!(polyline(&curve, 100.0, 20.0, 2.0), "2.0,2.0 98.0,18.0");
        assert_eq!(
            polyline(&[(0.0, 3.0), (1.0, 3.0)], 10.0, 10.0, 0.0),
            "0.0,5.0 10.0,5.0"
        );
        assert_eq!(polyline(&[(0.0, 3.0)], 10.0, 10.0, 0.0), "");
    }
}
