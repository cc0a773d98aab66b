//! Many runs as lines across parallel axes, as pixels.
//!
//! Up to [`EXACT`] lines are drawn one by one. Of more, those that begin and end at about the same heights between two axes
//! are one line, the more opaque the more they are: what a picture costs follows its pixels and not its runs. What
//! is drawn last lies on top.

use rustc_hash::FxHashMap;
use std::fmt::Write as _;

/// How many runs are drawn one by one at most.
pub const EXACT: usize = 3000;

/// How many heights are told apart along an axis where lines are put together.
const HEIGHTS: f32 = 160.0;

/// A colour: red, green, blue, each 0 to 1.
pub type Colour = [f32; 3];

/// A picture of pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Canvas {
    width: usize,
    height: usize,
    /// By row: red, green, blue, each times the opacity, and the opacity.
    pixels: Vec<[f32; 4]>,
}

impl Canvas {
    /// A transparent picture.
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            pixels: vec![[0.0; 4]; width * height],
        }
    }

    /// How many pixels a row has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The pixels by row, four bytes each: red, green, blue, opacity.
    pub fn rgba(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(4 * self.pixels.len());
        for [red, green, blue, alpha] in &self.pixels {
            let scale = if *alpha > 0.0 { 255.0 / alpha } else { 0.0 };
            let byte = |part: f32| (part * scale + 0.5) as u8;
            bytes.extend([
                byte(*red),
                byte(*green),
                byte(*blue),
                (alpha * 255.0 + 0.5) as u8,
            ]);
        }
        bytes
    }

    /// Lays a colour over one pixel; outside of the picture nothing.
    pub(super) fn cover(&mut self, x: usize, y: usize, colour: Colour, alpha: f32) {
        let Some(pixel) = self.pixels.get_mut(y * self.width + x) else {
            return;
        };
        let rest = 1.0 - alpha;
        for (part, over) in pixel.iter_mut().zip(colour) {
            *part = over * alpha + *part * rest;
        }
        pixel[3] = alpha + pixel[3] * rest;
    }
}

/// Where the lines of all runs lie.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    /// The places of the axes from left to right, in pixels.
    pub x: Vec<f32>,
    /// For each axis the height of each run, in pixels from above.
    pub y: Vec<Vec<f32>>,
    /// Whether lines leave and meet axes straight on, so that crossings can be told apart.
    pub curved: bool,
    /// How thick they are, in pixels.
    pub thickness: f32,
}

impl Lines {
    /// Draws runs, each with its colour, the last on top.
    pub fn draw(&self, canvas: &mut Canvas, runs: &[(u32, Colour)]) {
        if runs.len() <= EXACT {
            let alpha = alpha_of(runs.len());
            for (row, colour) in runs {
                for gap in 0..self.gaps() {
                    let ends = (self.height(gap, *row), self.height(gap + 1, *row));
                    self.line(canvas, gap, ends, *colour, alpha);
                }
            }
            return;
        }
        for gap in 0..self.gaps() {
            self.draw_together(canvas, gap, runs);
        }
    }

    /// The run among these whose line is nearest to a place, if it is within `reach` pixels above or below.
    pub fn nearest(
        &self,
        at: (f32, f32),
        reach: f32,
        rows: impl Iterator<Item = u32>,
    ) -> Option<u32> {
        let gap = self.x.windows(2).position(|ends| at.0 <= ends[1]);
        let gap = gap.unwrap_or(self.gaps().checked_sub(1)?);
        let along = ((at.0 - self.x[gap]) / (self.x[gap + 1] - self.x[gap])).clamp(0.0, 1.0);
        let away = |row: u32| {
            let ends = (self.height(gap, row), self.height(gap + 1, row));
            (self.between(ends, along) - at.1).abs()
        };
        let mut found = None;
        let mut least = reach;
        for row in rows {
            let away = away(row);
            if away < least {
                (found, least) = (Some(row), away);
            }
        }
        found
    }

    /// A run's line as the `d` of an SVG path, in units of `density` pixels.
    pub fn path(&self, row: u32, density: f32) -> String {
        let mut d = String::new();
        let mut before = None;
        for (axis, x) in self.x.iter().enumerate() {
            let (x, y) = (x / density, self.height(axis, row) / density);
            // Writing to a String cannot fail.
            let _written = match before {
                None => write!(d, "M{x:.1} {y:.1}"),
                Some((from, height)) if self.curved => {
                    // The Bézier curve of `between`.
                    let third = (x - from) / 3.0;
                    let (one, two) = (from + third, x - third);
                    write!(d, "C{one:.1} {height:.1} {two:.1} {y:.1} {x:.1} {y:.1}")
                }
                Some(_) => write!(d, "L{x:.1} {y:.1}"),
            };
            before = Some((x, y));
        }
        d
    }

    fn gaps(&self) -> usize {
        self.x.len().min(self.y.len()).saturating_sub(1)
    }

    fn height(&self, axis: usize, row: u32) -> f32 {
        self.y[axis].get(row as usize).copied().unwrap_or(0.0)
    }

    /// The height at a part of the way from one axis to the next.
    fn between(&self, (from, to): (f32, f32), along: f32) -> f32 {
        let part = if self.curved {
            along * along * (3.0 - 2.0 * along)
        } else {
            along
        };
        from + part * (to - from)
    }

    /// Draws all runs between two axes, those of about the same heights as one line.
    fn draw_together(&self, canvas: &mut Canvas, gap: usize, runs: &[(u32, Colour)]) {
        struct Bundle {
            count: u32,
            /// The place in `runs` of the last of them, whose colour they have.
            last: usize,
        }
        let step = (canvas.height as f32 / HEIGHTS).max(1.0);
        let mut bundles: FxHashMap<(u16, u16), Bundle> = FxHashMap::default();
        for (place, (row, _)) in runs.iter().enumerate() {
            let at = |axis| (self.height(axis, *row) / step) as u16;
            let bundle = bundles.entry((at(gap), at(gap + 1)));
            let bundle = bundle.or_insert(Bundle { count: 0, last: 0 });
            bundle.count += 1;
            bundle.last = place;
        }
        let most = bundles.values().map(|bundle| bundle.count).max();
        let most = most.unwrap_or(1) as f32;
        let mut bundles: Vec<_> = bundles.into_iter().collect();
        order::by_key(&mut bundles, |(_, bundle)| bundle.last);
        for (_, Bundle { count, last }) in bundles {
            let (row, colour) = runs[last];
            let ends = (self.height(gap, row), self.height(gap + 1, row));
            // The eye tells apart ratios: the root lets single runs be seen beside crowds.
            let alpha = 0.05 + 0.85 * libm::sqrtf(count as f32 / most);
            self.line(canvas, gap, ends, colour, alpha);
        }
    }

    /// One line between two axes.
    fn line(&self, canvas: &mut Canvas, gap: usize, ends: (f32, f32), colour: Colour, alpha: f32) {
        let (from, to) = (self.x[gap], self.x[gap + 1]);
        let span = (to - from).max(1.0);
        let half = self.thickness / 2.0;
        let last = (to as usize).min(canvas.width);
        let mut before = ends.0;
        for x in (from as usize)..last {
            let after = self.between(ends, ((x as f32 + 1.0 - from) / span).clamp(0.0, 1.0));
            let top = (before.min(after) - half).max(0.0);
            let bottom = (before.max(after) + half).min(canvas.height as f32);
            for y in (top as usize)..(libm::ceilf(bottom) as usize) {
                // The part of the pixel that the line covers.
                let part = (bottom.min(y as f32 + 1.0) - top.max(y as f32)).min(1.0);
                canvas.cover(x, y, colour, alpha * part);
            }
            before = after;
        }
    }
}

/// How opaque each of so many lines is: of few all are seen, of many those that lie together.
pub fn alpha_of(count: usize) -> f32 {
    (0.05 + 8.0 / libm::powf(count.max(1) as f32, 0.6)).min(0.9)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLACK: Colour = [0.0; 3];
    const RED: Colour = [1.0, 0.0, 0.0];

    fn lines(curved: bool, runs: &[(f32, f32)]) -> Lines {
        Lines {
            x: vec![0.0, 100.0],
            y: vec![
                runs.iter().map(|(from, _)| *from).collect(),
                runs.iter().map(|(_, to)| *to).collect(),
            ],
            curved,
            thickness: 1.0,
        }
    }

    /// Opacity, 0 to 255, at a pixel.
    fn alpha(canvas: &Canvas, x: usize, y: usize) -> u8 {
        canvas.rgba()[4 * (y * canvas.width + x) + 3]
    }

    #[test]
    fn a_line_covers_what_lies_on_it_and_nothing_else() {
        let mut canvas = Canvas::new(100, 50);
        lines(false, &[(10.5, 10.5)]).draw(&mut canvas, &[(0, BLACK)]);
        for x in [0, 50, 99] {
            assert!(alpha(&canvas, x, 10) > 200, "at {x}");
            assert_eq!((alpha(&canvas, x, 8), alpha(&canvas, x, 12)), (0, 0));
        }
        // What leaves the picture is cut off.
        lines(false, &[(-1e6, 1e6)]).draw(&mut Canvas::new(100, 50), &[(0, BLACK)]);
    }

    #[test]
    fn the_last_lies_on_top_one_by_one_and_together() {
        for count in [2, EXACT + 1] {
            let mut runs: Vec<(u32, Colour)> = (0..count as u32).map(|row| (row, BLACK)).collect();
            runs[count - 1].1 = RED;
            let mut canvas = Canvas::new(100, 50);
            lines(false, &vec![(20.5, 20.5); count]).draw(&mut canvas, &runs);
            let bytes = canvas.rgba();
            assert!(bytes[4 * (20 * 100 + 50)] > 200, "{count} runs");
        }
    }

    #[test]
    fn more_runs_are_more_opaque_and_single_ones_are_seen() {
        let mut places = vec![(10.0, 10.0); 9 * EXACT];
        places.push((40.0, 40.0));
        let runs: Vec<(u32, Colour)> = (0..places.len() as u32).map(|row| (row, BLACK)).collect();
        let mut canvas = Canvas::new(100, 50);
        lines(false, &places).draw(&mut canvas, &runs);
        let (many, one) = (
            alpha(&canvas, 50, 10).max(alpha(&canvas, 50, 9)),
            alpha(&canvas, 50, 40),
        );
        assert!(many > 80 && one > 4 && many > 2 * one, "{many} and {one}");
    }

    #[test]
    fn the_nearest_run_is_found_on_straight_and_curved_lines() {
        let runs = [(0.0, 40.0), (40.0, 0.0), (45.0, 45.0)];
        for curved in [false, true] {
            let lines = lines(curved, &runs);
            let near = |at| lines.nearest(at, 4.0, 0..3);
            assert_eq!(near((5.0, 2.0)), Some(0));
            assert_eq!(near((95.0, 2.0)), Some(1));
            assert_eq!(near((50.0, 44.0)), Some(2));
            assert_eq!(near((50.0, 30.0)), None);
        }
        assert_eq!(Lines::default().nearest((0.0, 0.0), 9.0, 0..1), None);
    }

    #[test]
    fn a_path_goes_through_every_axis() {
        let lines = lines(false, &[(1.0, 3.0)]);
        assert_eq!(lines.path(0, 2.0), "M0.0 0.5L50.0 1.5");
    }
}
