//! What many lines of one colour cover of a picture: added up, and laid on it once.

use super::canvas::{Canvas, Colour, opaque};
use super::heights::WHOLE;
use super::less::{less, more};

/// What lines of one colour cover of a picture, in parts of a pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ink {
    width: usize,
    height: usize,
    /// By strips of so many columns as are near to one another in memory, and in a strip by row: a line is at about the same
    /// height in columns that lie beside one another. Each tells how many more lines begin in this pixel than end in it, times
    /// [`LINE`], and how far below its upper edge they do so, in parts, as one sum: an end of a line is one addition. There is a row
    /// more than the picture has.
    ends: Vec<[i64; TOGETHER]>,
}

/// So many columns are a strip.
const TOGETHER: usize = 16;

/// One line; what is less is a part of a pixel.
const LINE: i64 = 1 << 32;

/// How many lines more begin in a pixel than end in it, and how far below its upper edge.
fn told(ends: i64) -> (i32, i32) {
    let parts = ends as i32;
    (((ends - i64::from(parts)) >> 32) as i32, parts)
}

impl Ink {
    /// Nothing yet.
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            ends: vec![[0; TOGETHER]; width.div_ceil(TOGETHER) * (height + 1)],
        }
    }

    /// Nothing yet, of the same size.
    pub(crate) fn alike(&self) -> Self {
        Self::new(self.width, self.height)
    }

    /// Covers a column from one height to another once more, measured in pixels from above.
    pub fn add(&mut self, column: usize, top: f32, bottom: f32) {
        let parts = |height: f32| (height * WHOLE as f32) as i32;
        let (top, bottom) = (parts(top), parts(bottom));
        if top < bottom {
            self.add_parts(column, top, bottom);
        }
    }

    /// The same in parts of a pixel, of which the first are not more than the others.
    pub(crate) fn add_parts(&mut self, column: usize, top: i32, bottom: i32) {
        let lowest = self.height as i32 * WHOLE;
        let inside = |height: i32| less(lowest, more(0, height)) as usize;
        let whole = WHOLE as usize;
        // Columns and rows beyond the picture are nowhere, or where nothing is laid.
        let (first, column) = (column / TOGETHER * (self.height + 1), column % TOGETHER);
        for (end, sign) in [(inside(top), 1), (inside(bottom), -1)] {
            if let Some(row) = self.ends.get_mut(first + end / whole) {
                row[column] += sign * (LINE + (end % whole) as i64);
            }
        }
    }

    /// The same of what surely lies in the picture: nothing where it does not.
    #[inline]
    pub(crate) fn add_within(&mut self, column: usize, top: i32, bottom: i32) {
        let (first, column) = (column / TOGETHER * (self.height + 1), column % TOGETHER);
        for (end, sign) in [(top as u32, 1), (bottom as u32, -1)] {
            if let Some(row) = self.ends.get_mut(first + (end / WHOLE as u32) as usize) {
                row[column] += sign * (LINE + i64::from(end % WHOLE as u32));
            }
        }
    }

    /// Covers once more what the other, of the same size, covers at all.
    pub(crate) fn add_once(&mut self, other: &Self) {
        let strips = self.ends.chunks_exact_mut(self.height + 1);
        for (into, ends) in strips.zip(other.ends.chunks_exact(self.height + 1)) {
            // How many lines of the other are there, and whether it covered the row above at all.
            let mut lines = [(0, false); TOGETHER];
            for (into, ends) in into.iter_mut().zip(ends) {
                let columns = into.iter_mut().zip(ends);
                for ((into, ends), (count, before)) in columns.zip(&mut lines) {
                    let (more, parts) = told(*ends);
                    *count += more;
                    let once = less(WHOLE, *count * WHOLE - parts);
                    // One line that begins so far below the upper edge as leaves so much of the pixel.
                    let is_covered = once > 0;
                    *into += (i64::from(is_covered) - i64::from(*before)) * LINE;
                    *into += i64::from(if is_covered { WHOLE - once } else { 0 });
                    *before = is_covered;
                }
            }
        }
    }

    /// How often a pixel is covered.
    #[cfg(test)]
    pub(crate) fn at(&self, column: usize, row: usize) -> f32 {
        let strip = &self.ends[column / TOGETHER * (self.height + 1)..];
        let ends = |row: usize| told(strip[row][column % TOGETHER]);
        let lines: i32 = (0..=row).map(|row| ends(row).0).sum();
        (lines * WHOLE - ends(row).1) as f32 / WHOLE as f32
    }

    /// Lays it over a picture of the same size, each line with this opacity, and begins anew.
    pub fn lay(&mut self, canvas: &mut Canvas, colour: Colour, alpha: f32) {
        // What a line leaves of what lies below, as a logarithm: so many leave so many times that.
        let left = libm::logf(1.0 - alpha);
        let over = opaque(colour);
        let strips = self.ends.chunks_exact_mut(self.height + 1);
        for (first, strip) in (0..).step_by(TOGETHER).zip(strips) {
            let mut lines = [0; TOGETHER];
            for (row, ends) in strip.iter_mut().enumerate() {
                for ((column, ends), lines) in (first..).zip(ends).zip(&mut lines) {
                    let (more, parts) = told(std::mem::take(ends));
                    *lines += more;
                    let covered = *lines * WHOLE - parts;
                    if covered > 0 && row < self.height {
                        let times = covered as f32 / WHOLE as f32;
                        let opacity = if times <= 1.0 {
                            alpha * times
                        } else {
                            1.0 - libm::expf(times * left)
                        };
                        canvas.lay(column, row, over, opacity);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_the_sum_of_what_each_line_covers() {
        arbtest::arbtest(|u| {
            let mut ink = Ink::new(40, 8);
            let column = u.int_in_range(0..=39)?;
            let mut naive = [0.0f32; 8];
            for _ in 0..u.int_in_range(0..=6)? {
                let top = u.int_in_range(-16..=160)? as f32 / 16.0;
                let bottom = top + u.int_in_range(0..=64)? as f32 / 16.0;
                ink.add(column, top, bottom);
                for (row, sum) in naive.iter_mut().enumerate() {
                    let row = row as f32;
                    *sum += (bottom.min(row + 1.0) - top.max(row)).max(0.0);
                }
            }
            for (row, want) in naive.into_iter().enumerate() {
                assert!((ink.at(column, row) - want).abs() < 1e-3, "row {row}");
            }
            // Beside it there is nothing.
            let others = (0..40).filter(|other| *other != column);
            assert!(
                others
                    .clone()
                    .all(|other| (0..8).all(|row| ink.at(other, row) == 0.0))
            );
            let (mut canvas, colour) = (Canvas::new(40, 8), [1.0; 3]);
            ink.lay(&mut canvas, colour, 1.0);
            for (at, pixel) in canvas.rgba().chunks_exact(4).enumerate() {
                let (row, x) = (at / 40, at % 40);
                let want = if x == column {
                    naive[row].min(1.0)
                } else {
                    0.0
                };
                assert!(
                    (f32::from(pixel[3]) / 255.0 - want).abs() < 0.02,
                    "{x} {row}"
                );
            }
            Ok(())
        });
    }
}
