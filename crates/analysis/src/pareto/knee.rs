//! The knee of a front: the point that lies furthest below the plane through the points that are best in one objective each
//! (Das, "On characterizing the 'knee' of the Pareto curve based on normal-boundary intersection", Structural Optimization
//! 18, 1999), each objective from 0, its best on the front, to 1, its worst. Of two objectives the plane is the line between
//! the front's ends.

use super::{MOST, Points};

/// Nearer to the plane than this is on it: what rounding makes of that is no knee.
const ON_PLANE: f64 = 1e-9;

impl Points {
    /// The place of the knee among the points of a front. None where no point lies below the plane, and where there is no
    /// such plane: one point is best in two objectives, or the plane does not face the best of all objectives.
    pub fn knee(&self) -> Option<usize> {
        let (low, high) = self.ends();
        let width = self.width;
        if self.of.is_empty() || (0..width).any(|at| low[at] >= high[at]) {
            return None;
        }
        let place = |at: usize, objective: usize| {
            (self.of[at][objective] - low[objective]) / (high[objective] - low[objective])
        };
        // The corners, a row each; of those that are equally good, the one that is worst in the next objective, so that
        // corners differ where they lie on the axes.
        let mut rows = [[0.0; MOST]; MOST];
        for (objective, row) in rows.iter_mut().enumerate().take(width) {
            let next = (objective + 1) % width;
            let best = (0..self.of.len()).min_by(|a, b| {
                let own = place(*a, objective).total_cmp(&place(*b, objective));
                own.then(place(*b, next).total_cmp(&place(*a, next)))
            })?;
            (0..width).for_each(|at| row[at] = place(best, at));
        }
        // On the plane normal · x = 1; the best of all objectives is at 0 and so before it.
        let normal = solved(rows, width)?;
        if normal.iter().take(width).any(|part| *part <= 0.0) {
            return None;
        }
        let height = |at: usize| -> f64 {
            let parts = normal.iter().enumerate().take(width);
            parts
                .map(|(objective, part)| part * place(at, objective))
                .sum()
        };
        let lowest = (0..self.of.len()).min_by(|a, b| height(*a).total_cmp(&height(*b)))?;
        (height(lowest) < 1.0 - ON_PLANE).then_some(lowest)
    }
}

/// The numbers that make 1 of each row (elimination by Gauss, the greatest first); `None` where the rows do not tell them.
fn solved(mut rows: [[f64; MOST]; MOST], width: usize) -> Option<[f64; MOST]> {
    let mut right = [1.0; MOST];
    for at in 0..width {
        let greatest =
            (at..width).max_by(|a, b| rows[*a][at].abs().total_cmp(&rows[*b][at].abs()))?;
        rows.swap(at, greatest);
        right.swap(at, greatest);
        if rows[at][at].abs() < ON_PLANE {
            return None;
        }
        for other in (0..width).filter(|other| *other != at) {
            let factor = rows[other][at] / rows[at][at];
            let pivot = rows[at];
            for (part, of_pivot) in rows[other].iter_mut().zip(pivot) {
                *part -= factor * of_pivot;
            }
            right[other] -= factor * right[at];
        }
    }
    let mut made = [0.0; MOST];
    (0..width).for_each(|at| made[at] = right[at] / rows[at][at]);
    Some(made)
}
