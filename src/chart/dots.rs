//! Runs as dots in a picture: many of them as few paths, and the one that is pointed at.

use super::marks::Mark;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// In how many colours dots are told apart by their order.
const SHADES: usize = 8;

/// How far from a dot one may point, in units of the picture.
const REACH: f64 = 14.0;

/// The radius of the ring around the dot that is pointed at.
const RING: f64 = 6.0;

/// A run's dot.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunDot {
    /// From the left, in units of the picture.
    pub x: f32,
    /// From above.
    pub y: f32,
    /// How far from the first run to the last, 0 to 1.
    pub part: f32,
    /// The row of its run.
    pub row: u32,
}

impl RunDot {
    /// Where it lies.
    pub fn at(&self) -> (f64, f64) {
        (f64::from(self.x), f64::from(self.y))
    }
}

/// The dots as a path for each shade, later runs on top: of thousands an element each would be slow. Each is a line of no
/// length, which the style's round ends make a dot.
pub fn paths(class: &'static str, dots: &[RunDot]) -> Vec<Mark> {
    let mut shades = vec![String::new(); SHADES];
    for dot in dots {
        let shade = (dot.part * SHADES as f32) as usize;
        let path = &mut shades[shade.min(SHADES - 1)];
        // Writing to a String cannot fail.
        let _written = write!(path, "M{:.1} {:.1}h0", dot.x, dot.y);
    }
    let some = shades.into_iter().enumerate();
    let some = some.filter(|(_, path)| !path.is_empty());
    some.map(|(shade, path)| Mark::path(class, path).coloured(shade as f64 / (SHADES - 1) as f64))
        .collect()
}

/// The dot nearest to a place, by its place among the dots.
pub fn nearest(dots: &[RunDot], at: (f64, f64)) -> Option<usize> {
    let away = |dot: &RunDot| {
        let (x, y) = dot.at();
        (x - at.0) * (x - at.0) + (y - at.1) * (y - at.1)
    };
    let all = dots.iter().enumerate();
    let all = all.map(|(place, dot)| (away(dot), place));
    let (least, place) = all.min_by(|a, b| a.0.total_cmp(&b.0))?;
    (least < REACH * REACH).then_some(place)
}

/// A part of a picture to which keys go.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// Where it lies.
    pub at: (f64, f64),
    /// What is there, in words.
    pub text: String,
}

/// The `d` of a ring around a place.
pub fn ring((x, y): (f64, f64)) -> String {
    let turn = format!("a{RING} {RING} 0 1 0");
    let (left, wide) = (x - RING, 2.0 * RING);
    format!("M{left:.1} {y:.1}{turn} {wide} 0{turn} -{wide} 0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(x: f32, part: f32, row: u32) -> RunDot {
        RunDot {
            x,
            y: 10.0,
            part,
            row,
        }
    }

    #[test]
    fn dots_of_a_shade_are_one_path() {
        let dots = [dot(1.0, 0.0, 0), dot(2.0, 1.0, 1), dot(3.0, 0.05, 2)];
        let marks = paths("dots", &dots);
        assert_eq!(marks.len(), 2);
        assert_eq!(marks[0].attributes[1].1, "M1.0 10.0h0M3.0 10.0h0");
        assert_eq!((marks[0].part, marks[1].part), (Some(0.0), Some(1.0)));
    }

    #[test]
    fn the_nearest_is_found_and_nothing_far_away() {
        let dots = [dot(1.0, 0.0, 0), dot(30.0, 0.0, 1)];
        assert_eq!(nearest(&dots, (27.0, 12.0)), Some(1));
        assert_eq!(nearest(&dots, (100.0, 10.0)), None);
        assert_eq!(nearest(&[], (0.0, 0.0)), None);
        assert!(ring(dots[1].at()).starts_with("M24.0 10.0a6 6"));
    }
}
