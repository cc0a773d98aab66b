//! How sure a place on the first front is, where configurations were run several times.
//!
//! The mean of each configuration is drawn anew: its runs are resampled, and how often it is on the first front is counted.
//! Few runs say little of their own noise: below five, what is drawn are the deviations of all repeated configurations, each
//! widened by what a mean of n runs takes away of it, √(n / (n − 1)). Objectives of one run are drawn together, as they belong.

use super::{MOST, Point, Points};
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
    seed: u64,
) -> Option<(Vec<f64>, usize)> {
    let runs: usize = configurations.iter().map(Vec::len).sum();
    let draws = (MOST_DRAWN / runs.max(1)).min(DRAWS.0);
    let means: Vec<Point> = configurations.iter().map(|runs| mean(runs)).collect();
    let own: Vec<Vec<Point>> = configurations
        .iter()
        .zip(&means)
        .map(|(runs, mean)| deviations(runs, mean))
        .collect();
    let pooled: Vec<Point> = own.iter().flatten().copied().collect();
    if pooled.is_empty() || draws < DRAWS.1 {
        return None;
    }
    let mut source = Pcg64::seed_from_u64(seed);
    let mut counts = vec![0_usize; means.len()];
    let mut drawn = Points {
        width,
        of: means.clone(),
    };
    for _ in 0..draws {
        for (at, point) in drawn.of.iter_mut().enumerate() {
            let n = configurations[at].len();
            let from = if n < FEW { &pooled } else { &own[at] };
            let mut sum = [0.0; MOST];
            for _ in 0..n {
                // The product's upper half is even enough over so few.
                let wide = u128::from(source.next_u64()) * from.len() as u128;
                add(&mut sum, &from[(wide >> 64) as usize], 1.0);
            }
            *point = means[at];
            add(point, &sum, 1.0 / n as f64);
        }
        let fronts = drawn.fronts(1)?;
        for (count, front) in counts.iter_mut().zip(fronts) {
            *count += usize::from(front == 0);
        }
    }
    let share = |count: usize| count as f64 / draws as f64;
    Some((counts.into_iter().map(share).collect(), draws))
}

/// The mean of some points.
pub fn mean(points: &[Point]) -> Point {
    let mut mean = [0.0; MOST];
    for point in points {
        add(&mut mean, point, 1.0 / points.len() as f64);
    }
    mean
}

fn deviations(runs: &[Point], mean: &Point) -> Vec<Point> {
    let n = runs.len() as f64;
    if n < 2.0 {
        return Vec::new();
    }
    let widened = (n / (n - 1.0)).sqrt();
    let deviation = |run: &Point| std::array::from_fn(|at| (run[at] - mean[at]) * widened);
    runs.iter().map(deviation).collect()
}

fn add(to: &mut Point, point: &Point, times: f64) {
    for (to, part) in to.iter_mut().zip(point) {
        *to += part * times;
    }
}
