//! What many lines of one colour cover of a picture: added up, and laid on it once.

use super::canvas::{Canvas, Colour};

/// What lines of one colour cover of a picture, in parts of a pixel: for each column how that changes from above to below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ink {
    width: usize,
    height: usize,
    /// By row, in 256ths: a line is at about the same height in columns that lie beside one another, and so near to itself in memory.
    /// There are two rows more than the picture has.
    changes: Vec<i32>,
}

/// One pixel that is covered once.
const WHOLE: f32 = 256.0;

/// So many columns are laid together.
const TOGETHER: usize = 16;

impl Ink {
    /// Nothing yet.
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            changes: vec![0; width * (height + 2)],
        }
    }

    /// Nothing yet, of the same size.
    pub(crate) fn alike(&self) -> Self {
        Self::new(self.width, self.height)
    }

    /// Covers a column from one height to another once more, measured in pixels from above.
    pub fn add(&mut self, column: usize, top: f32, bottom: f32) {
        if column >= self.width {
            return;
        }
        let inside = |height: f32| (height.clamp(0.0, self.height as f32) * WHOLE) as usize;
        let (top, bottom) = (inside(top), inside(bottom));
        if bottom <= top {
            return;
        }
        let whole = WHOLE as usize;
        for (end, sign) in [(top, 1), (bottom, -1)] {
            let (row, part) = (end / whole, (end % whole) as i32);
            let at = row * self.width + column;
            self.changes[at] += sign * (WHOLE as i32 - part);
            self.changes[at + self.width] += sign * part;
        }
    }

    /// Covers once more what the other, of the same size, covers at all.
    pub(crate) fn add_once(&mut self, other: &Self) {
        let mut covered = vec![(0, 0); self.width];
        let rows = self.changes.chunks_exact_mut(self.width.max(1));
        for (into, changes) in rows.zip(other.changes.chunks_exact(self.width.max(1))) {
            for ((into, change), (sum, before)) in into.iter_mut().zip(changes).zip(&mut covered) {
                *sum += change;
                let once = (*sum).min(WHOLE as i32);
                *into += once - *before;
                *before = once;
            }
        }
    }

    /// How often a pixel is covered.
    #[cfg(test)]
    pub(crate) fn at(&self, column: usize, row: usize) -> f32 {
        let changes = self.changes.iter().skip(column).step_by(self.width);
        changes.take(row + 1).sum::<i32>() as f32 / WHOLE
    }

    /// Lays it over a picture of the same size, each line with this opacity, and begins anew.
    pub fn lay(&mut self, canvas: &mut Canvas, colour: Colour, alpha: f32) {
        // What a line leaves of what lies below, as a logarithm: so many leave so many times that.
        let left = libm::logf(1.0 - alpha);
        for first in (0..self.width).step_by(TOGETHER) {
            let mut sums = [0; TOGETHER];
            let end = (first + TOGETHER).min(self.width);
            for (row, changes) in self.changes.chunks_exact_mut(self.width).enumerate() {
                for ((column, change), sum) in
                    (first..).zip(&mut changes[first..end]).zip(&mut sums)
                {
                    *sum += std::mem::take(change);
                    if *sum > 0 && row < self.height {
                        let times = *sum as f32 / WHOLE;
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
            let mut ink = Ink::new(1, 8);
            let mut naive = [0.0f32; 8];
            for _ in 0..u.int_in_range(0..=6)? {
                let top = u.int_in_range(-16..=160)? as f32 / 16.0;
                let bottom = top + u.int_in_range(0..=64)? as f32 / 16.0;
                ink.add(0, top, bottom);
                for (row, sum) in naive.iter_mut().enumerate() {
                    let row = row as f32;
                    *sum += (bottom.min(row + 1.0) - top.max(row)).max(0.0);
                }
            }
            for (row, want) in naive.into_iter().enumerate() {
                assert!((ink.at(0, row) - want).abs() < 1e-3, "row {row}");
            }
            Ok(())
        });
    }
}
