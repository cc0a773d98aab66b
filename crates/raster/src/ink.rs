//! What many lines of one colour cover of a picture: added up, and laid on it once.

use super::canvas::{Canvas, Colour};

/// What lines of one colour cover of a picture, in parts of a pixel: for each column how that changes from above to below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ink {
    width: usize,
    height: usize,
    /// By column, in 256ths; two more than there are rows.
    changes: Vec<i32>,
}

/// One pixel that is covered once.
const WHOLE: f32 = 256.0;

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

    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        self.width
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
        let rows = self.height + 2;
        let changes = &mut self.changes[column * rows..(column + 1) * rows];
        let whole = WHOLE as usize;
        for (end, sign) in [(top, 1), (bottom, -1)] {
            let (row, part) = (end / whole, (end % whole) as i32);
            changes[row] += sign * (WHOLE as i32 - part);
            changes[row + 1] += sign * part;
        }
    }

    /// Covers once more what the other, of the same size, covers at all.
    pub(crate) fn add_once(&mut self, other: &Self) {
        let rows = self.height + 2;
        let columns = self.changes.chunks_exact_mut(rows);
        for (into, changes) in columns.zip(other.changes.chunks_exact(rows)) {
            let (mut sum, mut before) = (0, 0);
            for (into, change) in into.iter_mut().zip(changes) {
                sum += change;
                let covered = sum.min(WHOLE as i32);
                *into += covered - before;
                before = covered;
            }
        }
    }

    /// How often a pixel is covered.
    #[cfg(test)]
    pub(crate) fn at(&self, column: usize, row: usize) -> f32 {
        let from = column * (self.height + 2);
        let sum: i32 = self.changes[from..=from + row].iter().sum();
        sum as f32 / WHOLE
    }

    /// Lays it over a picture of the same size, each line with this opacity, and begins anew.
    pub fn lay(&mut self, canvas: &mut Canvas, colour: Colour, alpha: f32) {
        let rows = self.height + 2;
        for (column, changes) in self.changes.chunks_exact_mut(rows).enumerate() {
            let mut sum = 0;
            for (row, change) in changes.iter_mut().enumerate() {
                sum += std::mem::take(change);
                if sum > 0 && row < self.height {
                    let times = sum as f32 / WHOLE;
                    let opacity = if times <= 1.0 {
                        alpha * times
                    } else {
                        1.0 - libm::powf(1.0 - alpha, times)
                    };
                    canvas.cover(column, row, colour, opacity);
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
