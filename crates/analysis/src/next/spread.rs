//! Points far from all runs and from one another, for where nothing is known of better and worse: of random
//! configurations that which lies farthest from what is there, then the next (greedy maximin: Johnson, Moore, Ylvisaker,
//! "Minimax and maximin distance designs", 1990).

use super::searched::{Candidate, Searched};
use crate::ranking::uncertainty::Normals;

/// Random configurations to choose from.
const DRAWN: usize = 300;

/// Runs that are kept away from, at most.
const RUNS: usize = 1000;

/// At most `count` configurations; what breaks with a `chance` counts as so much nearer.
pub(super) fn spread_out(
    searched: &Searched,
    runs: usize,
    count: usize,
    chance: &dyn Fn(&Candidate) -> f64,
    draws: &mut Normals,
) -> Vec<Candidate> {
    let stride = runs.div_ceil(RUNS).max(1);
    let known: Vec<Candidate> = (0..runs)
        .step_by(stride)
        .filter_map(|run| searched.of_run(run))
        .collect();
    let mut drawn: Vec<(Candidate, f64, f64)> = (0..DRAWN)
        .filter_map(|_| searched.anywhere(draws))
        .filter(|candidate| searched.is_new(candidate))
        .map(|candidate| {
            let apart = known.iter().map(|run| candidate.distance(run));
            let nearest = apart.fold(f64::INFINITY, f64::min);
            let comes_out = 1.0 - chance(&candidate);
            (candidate, nearest, comes_out)
        })
        .collect();
    let mut chosen: Vec<Candidate> = Vec::new();
    while chosen.len() < count {
        let far = |at: usize| drawn[at].1 * drawn[at].2;
        let farthest = (0..drawn.len()).max_by(|a, b| far(*a).total_cmp(&far(*b)));
        let Some(farthest) = farthest.filter(|at| far(*at) > 0.0) else {
            break;
        };
        let (next, ..) = drawn.swap_remove(farthest);
        for (candidate, nearest, _) in &mut drawn {
            *nearest = nearest.min(candidate.distance(&next));
        }
        chosen.push(next);
    }
    chosen
}
