//! Marks at the last points of curves: how a run ended, by a shape of its own.

use super::ink::Ink;
use std::fmt::Write as _;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// It is the best.
    Best,
    /// A scheduler ended it early.
    Pruned,
    /// An error ended it, or somebody.
    Failed,
}

/// How far the arms of a cross reach, and half of how thick they are, in units of the page.
const CROSS: (f32, f32) = (3.6, 1.2);

/// How far a diamond reaches.
const DIAMOND: f32 = 5.0;

/// How far from an edge a mark must be to be whole.
pub const REACH: f64 = 5.0;

/// How far a triangle reaches to each side.
const TRIANGLE: f32 = 4.2;

impl LineEnd {
    /// All, those that lie on top last.
    pub const ALL: [Self; 3] = [Self::Pruned, Self::Best, Self::Failed];

    /// A letter that looks like it.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Best => "◆",
            Self::Pruned => "▼",
            Self::Failed => "✕",
        }
    }

    /// The class of its colour.
    pub fn class(self) -> u8 {
        match self {
            Self::Best => 0,
            Self::Pruned => 8,
            Self::Failed => 5,
        }
    }

    /// What it covers so far to the right of its middle: from where to where, measured downwards.
    fn spans(self, right: f32) -> [(f32, f32); 2] {
        let away = right.abs();
        let (arm, half) = CROSS;
        match self {
            Self::Best => [(away - DIAMOND, DIAMOND - away), (0.0, 0.0)],
            Self::Pruned => [(-TRIANGLE, TRIANGLE - 2.0 * away), (0.0, 0.0)],
            Self::Failed if away <= arm => {
                [(right - half, right + half), (-right - half, half - right)]
            }
            Self::Failed => [(0.0, 0.0); 2],
        }
    }

    /// Puts it into the ink around a place, both in pixels of which a unit has `density`.
    pub fn add(self, (x, y): (f32, f32), density: f32, ink: &mut Ink) {
        let reach = DIAMOND * density;
        let first = (x - reach).max(0.0) as usize;
        for column in first..=(x + reach).max(0.0) as usize {
            let right = (column as f32 + 0.5 - x) / density;
            for (top, bottom) in self.spans(right) {
                ink.add(column, y + top * density, y + bottom * density);
            }
        }
    }

    /// Adds it around a place, in units of the page, to the `d` of a path that is filled.
    pub fn path(self, (x, y): (f64, f64), d: &mut String) {
        let (arm, half) = (f64::from(CROSS.0), f64::from(CROSS.1));
        let diamond = f64::from(DIAMOND);
        let side = f64::from(TRIANGLE);
        let mut polygon = |corners: [(f64, f64); 4]| {
            for (number, (right, below)) in corners.into_iter().enumerate() {
                let letter = if number == 0 { 'M' } else { 'L' };
                // Writing to a String cannot fail.
                let _written = write!(d, "{letter}{:.1} {:.1}", x + right, y + below);
            }
            d.push('z');
        };
        match self {
            Self::Best => polygon([
                (0.0, -diamond),
                (diamond, 0.0),
                (0.0, diamond),
                (-diamond, 0.0),
            ]),
            Self::Pruned => polygon([(-side, -side), (side, -side), (0.0, side), (0.0, side)]),
            Self::Failed => {
                for sign in [1.0, -1.0] {
                    polygon([
                        (-arm, -sign * arm - half),
                        (arm, sign * arm - half),
                        (arm, sign * arm + half),
                        (-arm, -sign * arm + half),
                    ]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::canvas::Canvas;

    /// Which pixels of 15 by 15 are covered.
    fn covered(end: LineEnd) -> Vec<String> {
        let mut ink = Ink::new(15, 15);
        end.add((7.5, 7.5), 1.0, &mut ink);
        let mut canvas = Canvas::new(15, 15);
        ink.lay(&mut canvas, [0.0; 3], 1.0);
        let bytes = canvas.rgba();
        let pixel = |at: usize| if bytes[4 * at + 3] > 100 { '#' } else { '.' };
        let row = |row: usize| (0..15).map(|column| pixel(15 * row + column)).collect();
        (2..13).map(row).collect()
    }

    #[test]
    fn shapes_differ_whatever_their_colour() {
        let best = covered(LineEnd::Best);
        assert_eq!(best[5], "...#########...");
        assert_eq!(best[1], "......###......");
        assert_eq!(best[9], best[1]);
        let pruned = covered(LineEnd::Pruned);
        assert_eq!(pruned[2], "....#######....");
        assert_eq!(pruned[8], ".......#.......");
        let failed = covered(LineEnd::Failed);
        assert_eq!(failed[2], "....##...##....");
        assert_eq!(failed[8], failed[2]);
        assert_eq!(failed[5], "......###......");
    }

    #[test]
    fn at_an_edge_they_are_cut_off() {
        for end in LineEnd::ALL {
            let mut ink = Ink::new(4, 4);
            for place in [(0.0, 0.0), (4.0, 4.0), (-9.0, 2.0), (1e9, -1e9)] {
                end.add(place, 2.0, &mut ink);
            }
            let mut d = String::new();
            end.path((10.0, 20.0), &mut d);
            assert!(d.starts_with('M') && d.ends_with('z'), "{d}");
        }
    }
}
