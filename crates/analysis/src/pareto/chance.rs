//! How sure a place on the first front is, where configurations were run several times.
//!
//! The mean of each configuration, or the [`Center`] that was asked for, is drawn anew: its runs are resampled, and how often
//! it is on the first front is counted.
//! Few runs say little of their own noise: below five, what is drawn are the deviations of all repeated configurations, each
//! widened by what a mean of n runs takes away of it, √(n / (n − 1)). Objectives of one run are drawn together, as they belong.

use super::{Point, Points};
use crate::ranking::uncertainty::Center;
use rand_core::{Rng as _, SeedableRng as _};
use rand_pcg::Pcg64;

/// How often all means are drawn at most, and at least: else nothing is said.
const DRAWS: (usize, usize) = (400, 100);

/// How many runs are drawn at most: a few tenths of a second.
const MOST_DRAWN: usize = 4_000_000;

/// Up to how many runs a configuration's noise is that of all.
const FEW: usize = 5;

/// How often each configuration is on the first front, 0 to 1, and of how many draws. Each has at least one run; `None` where
/// none has two, or where there are too many of them.
pub fn membership(
    width: usize,
    configurations: &[Vec<Point>],
    center: Center,
    seed: u64,
) -> Option<(Vec<f64>, usize)> {
    let runs: usize = configurations.iter().map(Vec::len).sum();
    let draws = (MOST_DRAWN / runs.max(1)).min(DRAWS.0);
    let of = |runs: &[Point]| -> Point {
        std::array::from_fn(|axis| {
            let along = runs.iter().map(|run| run[axis]);
            let wanted = center.of(along.filter(|_| axis < width));
            wanted.unwrap_or_default()
        })
    };
    let centers: Vec<Point> = configurations.iter().map(|runs| of(runs)).collect();
    let own: Vec<Vec<Point>> = configurations
        .iter()
        .zip(&centers)
        .map(|(runs, center)| deviations(runs, center))
        .collect();
    let pooled: Vec<Point> = own.iter().flatten().copied().collect();
    if pooled.is_empty() || draws < DRAWS.1 {
        return None;
    }
    let mut source = Pcg64::seed_from_u64(seed);
    let mut counts = vec![0_usize; centers.len()];
    let mut drawn = Points {
        width,
        of: centers.clone(),
    };
    let mut chosen = Vec::new();
    for _ in 0..draws {
        for (at, point) in drawn.of.iter_mut().enumerate() {
            let n = configurations[at].len();
            let from = if n < FEW { &pooled } else { &own[at] };
            chosen.clear();
            chosen.extend((0..n).map(|_| {
                // The product's upper half is even enough over so few.
                let wide = u128::from(source.next_u64()) * from.len() as u128;
                from[(wide >> 64) as usize]
            }));
            let off = of(&chosen);
            *point = std::array::from_fn(|axis| centers[at][axis] + off[axis]);
        }
        let fronts = drawn.fronts(1)?;
        for (count, front) in counts.iter_mut().zip(fronts) {
            *count += usize::from(front == 0);
        }
    }
    let share = |count: usize| count as f64 / draws as f64;
    Some((counts.into_iter().map(share).collect(), draws))
}

fn deviations(runs: &[Point], center: &Point) -> Vec<Point> {
    let n = runs.len() as f64;
    if n < 2.0 {
        return Vec::new();
    }
    let widened = (n / (n - 1.0)).sqrt();
    let deviation = |run: &Point| std::array::from_fn(|at| (run[at] - center[at]) * widened);
    runs.iter().map(deviation).collect()
}
