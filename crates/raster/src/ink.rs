//! What many lines of one colour cover of a picture: added up, and laid on it once.

use super::canvas::{Canvas, Colour};
use super::heights::WHOLE;
use super::less::{less, more};

/// What lines of one colour cover of a picture, in parts of a pixel: for each column how that changes from above to below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ink {
    width: usize,
    height: usize,
    /// In 256ths, by strips of so many columns as are near to one another in memory, and in a strip by row: a line is at about the same
    /// height in columns that lie beside one another. There are two rows more than the picture has.
    changes: Vec<[i32; TOGETHER]>,
}

/// So many columns are a strip.
const TOGETHER: usize = 16;

impl Ink {
    /// Nothing yet.
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            changes: vec![[0; TOGETHER]; width.div_ceil(TOGETHER) * (height + 2)],
        }
    }

    /// Nothing yet, of the same size.
    pub(crate) fn alike(&self) -> Self {
        Self::new(self.width, self.height)
    }

    /// Covers a column from one height to another once more, measured in pixels from above.
    pub fn add(&mut self, column: usize, top: f32, bottom: f32) {
        let parts = |height: f32| (height * WHOLE as f32) as i32;
        self.add_parts(column, parts(top), parts(bottom));
    }

    /// The same in parts of a pixel.
    pub(crate) fn add_parts(&mut self, column: usize, top: i32, bottom: i32) {
        if column >= self.width {
            return;
        }
        let lowest = self.height as i32 * WHOLE;
        let inside = |height: i32| less(lowest, more(0, height)) as usize;
        let (top, bottom) = (inside(top), inside(bottom));
        if bottom <= top {
            return;
        }
        let whole = WHOLE as usize;
        let (strip, column) = (column / TOGETHER, column % TOGETHER);
        let strip = &mut self.changes[strip * (self.height + 2)..][..self.height + 2];
        for (end, sign) in [(top, 1), (bottom, -1)] {
            let (row, part) = (end / whole, (end % whole) as i32);
            strip[row][column] += sign * (WHOLE - part);
            strip[row + 1][column] += sign * part;
        }
    }

    /// Covers once more what the other, of the same size, covers at all.
    pub(crate) fn add_once(&mut self, other: &Self) {
        let strips = self.changes.chunks_exact_mut(self.height + 2);
        for (into, changes) in strips.zip(other.changes.chunks_exact(self.height + 2)) {
            let mut covered = [(0, 0); TOGETHER];
            for (into, changes) in into.iter_mut().zip(changes) {
                let columns = into.iter_mut().zip(changes);
                for ((into, change), (sum, before)) in columns.zip(&mut covered) {
                    *sum += change;
                    let once = (*sum).min(WHOLE);
                    *into += once - *before;
                    *before = once;
                }
            }
        }
    }

    /// How often a pixel is covered.
    #[cfg(test)]
    pub(crate) fn at(&self, column: usize, row: usize) -> f32 {
        let strip = &self.changes[column / TOGETHER * (self.height + 2)..];
        let changes = strip.iter().map(|changes| changes[column % TOGETHER]);
        changes.take(row + 1).sum::<i32>() as f32 / WHOLE as f32
    }

    /// Lays it over a picture of the same size, each line with this opacity, and begins anew.
    pub fn lay(&mut self, canvas: &mut Canvas, colour: Colour, alpha: f32) {
        // What a line leaves of what lies below, as a logarithm: so many leave so many times that.
        let left = libm::logf(1.0 - alpha);
        let strips = self.changes.chunks_exact_mut(self.height + 2);
        for (first, strip) in (0..).step_by(TOGETHER).zip(strips) {
            let mut sums = [0; TOGETHER];
            for (row, changes) in strip.iter_mut().enumerate() {
                for ((column, change), sum) in (first..).zip(changes).zip(&mut sums) {
                    *sum += std::mem::take(change);
                    if *sum > 0 && row < self.height {
                        let times = *sum as f32 / WHOLE as f32;
                        let opacity = if times <= 1.0 {
                            alpha * times
                        } else {
                            1.0 - libm::expf(times * left)
                        };
                        canvas.cover(column, row, colour, opacity);
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
