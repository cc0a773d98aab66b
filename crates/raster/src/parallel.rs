//! Many runs as lines across parallel axes, as pixels.
//!
//! Up to [`EXACT`] lines are drawn one by one. Of more, those that begin and end at about the same heights between two axes
//! are one line of their mean colour, the more opaque the more they are: what a picture costs follows its pixels and not its
//! runs. What is drawn last lies on top.

use super::canvas::{Canvas, Colour};
use std::fmt::Write as _;

/// How many runs are drawn one by one at most, and how many heights are told apart along an axis where they are put
/// together: of a picture that stays, and of one that is drawn while something moves.
pub const EXACT: usize = 3000;
const HEIGHTS: f32 = 160.0;
const MOVING_EXACT: usize = 600;
const MOVING_HEIGHTS: f32 = 48.0;

/// How many opaque layers all lines put together are on average at most: more hide what lies below, and how dense it is.
const DEEPEST: f32 = 2.0;

/// How opaque a line is at least: less is no layer of a canvas.
const FAINTEST: f32 = 2.0 / 256.0;

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
    /// Draws runs, each with its colour, the last on top; coarser while something moves.
    pub fn draw(&self, canvas: &mut Canvas, runs: &[(u32, Colour)], is_moving: bool) {
        let (exact, heights) = if is_moving {
            (MOVING_EXACT, MOVING_HEIGHTS)
        } else {
            (EXACT, HEIGHTS)
        };
        let high = canvas.height() as f32;
        let mut along = Vec::new();
        for gap in 0..self.gaps() {
            let (from, to) = (self.x[gap], self.x[gap + 1]);
            let span = (to - from).max(1.0);
            let part = |x: usize| ((x as f32 + 1.0 - from) / span).clamp(0.0, 1.0);
            let columns = from as usize..(to as usize).min(canvas.width());
            along.clear();
            along.extend(columns.map(|x| (self.eased(part(x)) * 65536.0) as i32));
            let mut line = |(row, colour): (u32, Colour), alpha: f32| {
                let ends = (self.height(gap, row), self.height(gap + 1, row));
                let columns = (from as usize, along.as_slice());
                canvas.line(columns, ends, self.thickness, (colour, alpha));
            };
            if runs.len() <= exact {
                let alpha = alpha_of(runs.len());
                runs.iter().for_each(|run| line(*run, alpha));
                continue;
            }
            let bundles = self.bundles(gap, runs, (high, heights));
            let most = bundles.iter().map(|bundle| bundle.count).max();
            let most = most.unwrap_or(1) as f32;
            // The eye tells apart ratios: the root lets single runs be seen beside crowds.
            let alpha = |bundle: &Bundle| 0.05 + 0.85 * libm::sqrtf(bundle.count as f32 / most);
            let layers = bundles.iter().map(alpha).sum::<f32>() * self.thickness / high;
            let part = (DEEPEST / layers).min(1.0);
            for bundle in &bundles {
                let (row, _) = runs[bundle.last];
                let colour = bundle.colours.map(|sum| sum / bundle.count as f32);
                line((row, colour), (alpha(bundle) * part).max(FAINTEST));
            }
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
        from + self.eased(along) * (to - from)
    }

    /// How much of the height between two axes a line has gone at a part of the way.
    fn eased(&self, along: f32) -> f32 {
        if self.curved {
            along * along * (3.0 - 2.0 * along)
        } else {
            along
        }
    }

    /// Runs of about the same heights at two axes, in a picture `high` of which so many are told apart.
    fn bundles(
        &self,
        gap: usize,
        runs: &[(u32, Colour)],
        (high, heights): (f32, f32),
    ) -> Vec<Bundle> {
        let per_pixel = (heights / high).min(1.0);
        let lowest = (high * per_pixel) as usize;
        let cell = |axis, row| ((self.height(axis, row) * per_pixel) as usize).min(lowest);
        let mut bundles = vec![Bundle::default(); (lowest + 1) * (lowest + 1)];
        for (place, (row, colour)) in runs.iter().enumerate() {
            let at = cell(gap, *row) * (lowest + 1) + cell(gap + 1, *row);
            let bundle = &mut bundles[at];
            bundle.last = place;
            bundle.count += 1;
            for (sum, part) in bundle.colours.iter_mut().zip(colour) {
                *sum += part;
            }
        }
        bundles.retain(|bundle| bundle.count > 0);
        order::by_key(&mut bundles, |bundle| bundle.last);
        bundles
    }
}

/// Runs whose line between two axes is one.
#[derive(Clone, Copy, Default)]
struct Bundle {
    /// The place of the last of them, whose line stands for all.
    last: usize,
    count: u32,
    /// The sum of their colours.
    colours: Colour,
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
        canvas.rgba()[4 * (y * canvas.width() + x) + 3]
    }

    #[test]
    fn a_line_covers_what_lies_on_it_and_nothing_else() {
        let mut canvas = Canvas::new(100, 50);
        lines(false, &[(10.5, 10.5)]).draw(&mut canvas, &[(0, BLACK)], false);
        for x in [0, 50, 99] {
            assert!(alpha(&canvas, x, 10) > 200, "at {x}");
            assert_eq!((alpha(&canvas, x, 8), alpha(&canvas, x, 12)), (0, 0));
        }
    }

    #[test]
    fn the_last_lies_on_top_one_by_one_and_together_they_have_their_mean_colour() {
        for (count, red) in [(2, 255), (EXACT + 1, 128)] {
            let mut runs: Vec<(u32, Colour)> = (0..count as u32).map(|row| (row, BLACK)).collect();
            runs[count / 2..].iter_mut().for_each(|run| run.1 = RED);
            let mut canvas = Canvas::new(100, 50);
            lines(false, &vec![(20.5, 20.5); count]).draw(&mut canvas, &runs, false);
            let got = canvas.rgba()[4 * (20 * 100 + 50)];
            assert!(got.abs_diff(red) < 55, "{count} runs: {got}");
        }
    }

    #[test]
    fn however_many_runs_there_are_crowds_stand_out_among_them() {
        // Everywhere about as many, but for one stripe.
        let mut places: Vec<(f32, f32)> = (0..100_000)
            .map(|at| ((at % 317) as f32 * 0.63, (at * 7 % 311) as f32 * 0.64))
            .collect();
        places.extend(vec![(100.0, 100.0); 20_000]);
        let runs: Vec<(u32, Colour)> = (0..places.len() as u32).map(|row| (row, BLACK)).collect();
        let mut canvas = Canvas::new(100, 200);
        lines(false, &places).draw(&mut canvas, &runs, false);
        let (crowd, others) = (
            alpha(&canvas, 50, 100).max(alpha(&canvas, 50, 99)),
            alpha(&canvas, 20, 60),
        );
        assert!(
            crowd > 200 && others < 230 && crowd > others,
            "{crowd} and {others}"
        );
    }

    #[test]
    fn more_runs_are_more_opaque_and_single_ones_are_seen() {
        let mut places = vec![(10.0, 10.0); 9 * EXACT];
        places.push((40.0, 40.0));
        let runs: Vec<(u32, Colour)> = (0..places.len() as u32).map(|row| (row, BLACK)).collect();
        let mut canvas = Canvas::new(100, 50);
        lines(false, &places).draw(&mut canvas, &runs, false);
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
