//! Noise without replicates: runs whose params are nearly the same differ mostly by chance.
//!
//! Each param is put on a scale of places from 0 to 1 (by rank, so that logarithmic ones need no say). Two runs are nearly
//! the same where every category agrees and no number differs by more than [`NEAR`] of that scale. The mean of the squared
//! differences of each run and its nearest one, or all that are as near, is twice the variance of one run. What little the
//! params still move makes it too great rather than too small; where it is a step, its few pairs differ by far more than the
//! others (three deviations, as the median tells these), and are left out. How well it is known is counted by pairs in which no run is
//! twice, the nearest first.

use ledger::{mean, median};
use serde::{Deserialize, Serialize};

/// How far apart places of nearly the same runs may be.
const NEAR: f64 = 0.03;

/// Into so many parts places are divided: what is as far apart by these is as near, whatever the last bit of a division says.
const EQUAL: f64 = 1e9;

/// The median of a squared standard normal number.
const MEDIAN_SQUARE: f64 = 0.454_936;

/// So many pairs it takes.
const FEWEST_PAIRS: usize = 5;

/// Among how many runs pairs are sought; of more, an even part should be given.
pub const MOST_RUNS: usize = 2000;

/// What pairs of nearly the same runs say of noise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NearRuns {
    /// How many pairs, no run in two of them.
    pub pairs: usize,
    /// The standard deviation of one run.
    pub deviation: f64,
}

/// A param over the runs that are compared.
pub enum Places {
    /// Places from 0 to 1; NaN where there is no value.
    Number(Vec<f64>),
    /// Values by number.
    Category(Vec<u32>),
}

impl Places {
    /// How far apart two runs are; `None` where they are not nearly the same.
    fn apart(&self, a: usize, b: usize) -> Option<f64> {
        match self {
            Self::Number(places) => {
                let (a, b) = (places[a], places[b]);
                if a.is_nan() || b.is_nan() {
                    return (a.is_nan() && b.is_nan()).then_some(0.0);
                }
                Some((a - b).abs()).filter(|apart| *apart <= NEAR)
            }
            Self::Category(codes) => (codes[a] == codes[b]).then_some(0.0),
        }
    }
}

/// What nearly the same runs say of noise; `None` where there are too few. Runs that agree in all params are no pair: they
/// are replicates, or one run twice.
pub fn near_runs(params: &[Places], values: &[f64]) -> Option<NearRuns> {
    let runs: Vec<usize> = (0..values.len())
        .filter(|run| values[*run].is_finite())
        .take(MOST_RUNS)
        .collect();
    let mut found = Vec::new();
    for (at, &a) in runs.iter().enumerate() {
        for &b in &runs[..at] {
            let mut greatest = 0.0_f64;
            let is_near = params.iter().all(|param| {
                let apart = param.apart(a, b);
                greatest = greatest.max(apart.unwrap_or(0.0));
                apart.is_some()
            });
            if is_near && greatest > 0.0 {
                found.push(((greatest * EQUAL).round() as u32, a, b));
            }
        }
    }
    order::by(&mut found, Ord::cmp);
    let mut is_taken = vec![false; values.len()];
    let mut nearest = vec![Nearest::default(); values.len()];
    let mut pairs = 0;
    for (apart, a, b) in found {
        let square = (values[a] - values[b]) * (values[a] - values[b]) / 2.0;
        nearest[a].add(apart, square);
        nearest[b].add(apart, square);
        if !is_taken[a] && !is_taken[b] {
            (is_taken[a], is_taken[b]) = (true, true);
            pairs += 1;
        }
    }
    let squares = without_steps(nearest.iter().filter_map(Nearest::square).collect())?;
    (pairs >= FEWEST_PAIRS && squares > 0.0).then(|| NearRuns {
        pairs,
        deviation: squares.sqrt(),
    })
}

/// The mean of squared differences but for those that are too great to be noise as the others are.
fn without_steps(squares: Vec<f64>) -> Option<f64> {
    let most = 9.0 * median(squares.clone())? / MEDIAN_SQUARE;
    let all = mean(squares.iter().copied());
    // Where half of them are equal the median tells nothing.
    if most > 0.0 {
        mean(squares.into_iter().filter(|square| *square <= most))
    } else {
        all
    }
}

/// What a run and those that are nearest to it differ by.
#[derive(Clone, Copy, Default)]
struct Nearest {
    /// How far apart they are, in parts of [`EQUAL`].
    apart: u32,
    /// The sum of half the squared differences.
    squares: f64,
    /// Of how many.
    count: u32,
}

impl Nearest {
    /// Adds the next nearest, where none is nearer.
    fn add(&mut self, apart: u32, square: f64) {
        if self.count == 0 || self.apart == apart {
            self.apart = apart;
            self.squares += square;
            self.count += 1;
        }
    }

    /// The mean of what was added, if anything was.
    fn square(&self) -> Option<f64> {
        (self.count > 0).then(|| self.squares / f64::from(self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::super::uncertainty::Normals;
    use super::*;

    #[test]
    fn a_step_between_nearly_the_same_runs_is_no_noise() {
        let mut normals = Normals::new(3);
        let places: Vec<f64> = (0..101).map(|at| f64::from(at) / 100.0).collect();
        let step = |x: &f64| if *x > 0.495 { 5.0 } else { 0.0 };
        let values: Vec<f64> = places
            .iter()
            .map(|x| step(x) + 0.2 * normals.next())
            .collect();
        let near = near_runs(&[Places::Number(places)], &values).unwrap();
        assert!((near.deviation - 0.2).abs() < 0.06, "{near:?}");
    }

    #[test]
    fn noise_is_found_where_runs_are_near_and_only_there() {
        let mut normals = Normals::new(1);
        // Steps of 1 % of the range, an effect of 1 over all of it and noise of 0.2.
        let places: Vec<f64> = (0..101).map(|at| f64::from(at) / 100.0).collect();
        let values: Vec<f64> = places.iter().map(|x| x + 0.2 * normals.next()).collect();
        let near = near_runs(&[Places::Number(places.clone())], &values).unwrap();
        // Nearest first leaves a run here and there alone.
        assert!((45..=50).contains(&near.pairs), "{near:?}");
        assert!((near.deviation - 0.2).abs() < 0.06, "{near:?}");
        // Nor does it hang on which runs come first.
        let back = |of: &[f64]| of.iter().rev().copied().collect::<Vec<f64>>();
        let turned = near_runs(&[Places::Number(back(&places))], &back(&values)).unwrap();
        assert!(
            (turned.deviation - near.deviation).abs() < 1e-12,
            "{turned:?} {near:?}"
        );
        // Where neighbours never share the category, or all runs agree, there is no pair.
        let sides: Vec<u32> = (0..101).collect();
        let apart = [Places::Number(places), Places::Category(sides)];
        assert_eq!(near_runs(&apart, &values), None);
        assert_eq!(near_runs(&[Places::Category(vec![0; 101])], &values), None);
        let gaps = [Places::Number(
            (0..101).map(|at| f64::from(at) / 10.0).collect(),
        )];
        assert_eq!(near_runs(&gaps, &values), None);
    }
}
