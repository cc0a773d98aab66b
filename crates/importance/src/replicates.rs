//! Runs of one configuration, which are drawn and held out together.
//!
//! A forest that has seen one replicate knows what the others give: held out by themselves they would say that it predicts
//! well where it only remembers, and resamples would spread as if each replicate were a configuration of its own (the
//! cluster bootstrap: Davison and Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8).

use super::grow::Draws;
use rustc_hash::FxHashMap;

/// Which runs belong together. Where none do, each is drawn by itself, and nothing is kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Replicates {
    runs: usize,
    /// The configuration of each run by number; empty where each run is one.
    of_run: Vec<u32>,
    /// How many configurations.
    pub(super) count: usize,
}

impl Replicates {
    /// Those of these rows; `configurations` may be empty, and a row beyond its end is a configuration by itself.
    pub(super) fn new(configurations: &[u32], rows: &[usize]) -> Self {
        let mut known: FxHashMap<u32, u32> = FxHashMap::default();
        let mut count = 0;
        let mut next = || {
            count += 1;
            count - 1
        };
        let numbered = rows.iter().map(|row| match configurations.get(*row) {
            Some(configuration) => *known.entry(*configuration).or_insert_with(&mut next),
            None => next(),
        });
        let of_run: Vec<u32> = numbered.collect();
        let count = count as usize;
        Self {
            runs: rows.len(),
            of_run: if count < rows.len() {
                of_run
            } else {
                Vec::new()
            },
            count,
        }
    }

    /// Those among these runs.
    pub(super) fn among(&self, runs: &[usize]) -> Self {
        Self::new(&self.of_run, runs)
    }

    /// The configuration of a run.
    pub(super) fn of(&self, run: usize) -> usize {
        self.of_run.get(run).map_or(run, |of| *of as usize)
    }

    /// Codes of the runs shuffled among configurations: each has one for all of its runs, as a parameter has, and as many have
    /// each as before.
    pub(super) fn shuffled(&self, codes: &[u32], draws: &mut Draws) -> Vec<u32> {
        let mut code_of = vec![0; self.count];
        for (run, code) in codes.iter().enumerate() {
            code_of[self.of(run)] = *code;
        }
        draws.shuffle(&mut code_of);
        (0..codes.len()).map(|run| code_of[self.of(run)]).collect()
    }

    /// How often each run is drawn when as many configurations as there are, are drawn with replacement.
    pub(super) fn bootstrap(&self, draws: &mut Draws) -> Vec<u32> {
        let mut counts = vec![0; self.count];
        (0..self.count).for_each(|_| counts[draws.below(self.count)] += 1);
        if self.of_run.is_empty() {
            return counts;
        }
        (0..self.runs).map(|run| counts[self.of(run)]).collect()
    }

    /// The runs of so many of the configurations, drawn without replacement, in their order.
    pub(super) fn part(&self, size: usize, draws: &mut Draws) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.count).collect();
        for i in 0..size {
            order.swap(i, i + draws.below(self.count - i));
        }
        let mut is_drawn = vec![false; self.count];
        order[..size].iter().for_each(|of| is_drawn[*of] = true);
        (0..self.runs)
            .filter(|run| is_drawn[self.of(*run)])
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Design, Parameter, Settings, importance};

    #[test]
    fn what_a_sister_gave_is_no_prediction() {
        // 24 configurations of 5 seeds: what one gives has nothing to do with its params, but its seeds agree.
        let mut draws = Draws::new(7, 0, 0);
        let mut noise = || draws.below(1000) as f64 / 1000.0;
        let configurations: Vec<u32> = (0..120).map(|run| run / 5).collect();
        let of: Vec<[f64; 3]> = (0..24).map(|_| [noise(), noise(), noise()]).collect();
        let of = |run: u32| of[run as usize / 5];
        let objective: Vec<f64> = (0..120).map(|run| of(run)[2] + 0.05 * noise()).collect();
        let column = |at: usize| (0..120).map(|run| of(run)[at]).collect::<Vec<f64>>();
        let r2 = |configurations: Vec<u32>| {
            let parameters = ["a", "b"].iter().enumerate();
            let design = Design {
                parameters: parameters
                    .map(|(at, name)| Parameter::ranged(*name, column(at), 0.0, 1.0, false))
                    .collect(),
                objective: objective.clone(),
                configurations,
            };
            importance(&design, &Settings::default()).r2_oob.unwrap()
        };
        let (by_run, by_configuration) = (r2(Vec::new()), r2(configurations));
        assert!(by_run > 0.6, "{by_run}");
        assert!(by_configuration < 0.2, "{by_configuration}");
    }

    #[test]
    fn replicates_are_drawn_together_and_others_as_if_there_were_none() {
        let rows: Vec<usize> = (0..30).collect();
        let fives: Vec<u32> = (0..30).map(|row| 7 * (row % 6)).collect();
        let replicates = Replicates::new(&fives, &rows);
        assert_eq!(replicates.count, 6);
        let mut draws = Draws::new(1, 0, 0);
        let counts = replicates.bootstrap(&mut draws);
        assert_eq!(counts.iter().sum::<u32>(), 30);
        assert!(rows.iter().all(|row| counts[*row] == counts[row % 6]));
        let part = replicates.part(2, &mut draws);
        assert_eq!(part.len(), 10);
        assert!(part.is_sorted() && part.iter().all(|row| part.contains(&(row % 6))));
        assert_eq!(replicates.among(&part).count, 2);
        let alone = Replicates::new(&[], &rows);
        assert_eq!(
            (alone.count, alone.part(30, &mut draws)),
            (30, rows.clone())
        );
        let of_their_own: Vec<u32> = (0..30).rev().collect();
        let same = Replicates::new(&of_their_own, &rows);
        let of = |replicates: &Replicates| replicates.bootstrap(&mut Draws::new(3, 0, 0));
        assert_eq!(of(&same), of(&alone));
    }
}
