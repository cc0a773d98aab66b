//! Configurations that were run with the same seeds, or on the same folds: what a seed does to both is no difference of them.
//!
//! Two that share enough seeds are held against each other by Student's t of the differences of their pairs of runs. Pairs halve
//! the degrees of freedom, so it is done where seeds are told to matter, and matter so much that intervals become narrower,
//! corrected for how many are compared. Both are told over all configurations by the mean correlation `r` of the runs of two, each in standard deviations of its own: with `c`
//! configurations of `n` seeds, `(1 + (c - 1) r) / (1 - r)` is F with `n - 1 - 2 / c` and `c - 1` times as many degrees of
//! freedom, as Kendall has it for his coefficient of concordance ("Rank Correlation Methods", 1948). Two configurations of five
//! runs each on which seeds do nothing are then told apart in 5.7 of 100 cases instead of 5, and more of them in 5.
//!
//! Folds of a cross-validation are always compared by pairs, as the correction for what they share has it.

use super::{Center, Difference, Estimate, LEVEL};
use crate::grouping::{FEWEST_PAIRS, NO_GROUP};
use crate::ranking::probability::{fisher_above, student_quantile};
use crate::sample::Sample;

/// So many pairs have as many degrees of freedom as it takes.
const MANY_PAIRS: usize = 40;

/// A drawn mean has so much of its variance by itself at least: equal ones share their chance then.
const LEAST_OWN: f64 = 1e-9;

/// Differences that vary by less, in parts of them, do not vary.
const ROUNDING: f64 = 1e-9;

/// The runs of configurations by seed, where they were run with seeds that others share.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pairs {
    /// Where the runs of each configuration begin, and where the last one's end.
    starts: Vec<u32>,
    /// The seed and the finite value of each, by seed.
    runs: Vec<(u32, f64)>,
    /// The mean correlation of two configurations, where seeds are told to matter; else 0.
    pub(super) correlation: f64,
    /// So many pairs make intervals narrower.
    fewest: usize,
    /// That of [`Estimate`], where runs are folds.
    pub(super) overlap: f64,
}

impl Pairs {
    /// Adds the next configuration by the seeds of its runs, [`NO_GROUP`] where one has none, and their finite values, which are put
    /// in order here.
    pub(super) fn add(&mut self, runs: &mut Vec<(u32, f64)>) {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        runs.retain(|(seed, _)| *seed != NO_GROUP);
        order::by(runs, |(a, _), (b, _)| a.cmp(b));
        let are_different = runs.windows(2).all(|two| two[0].0 != two[1].0);
        if are_different && runs.len() >= FEWEST_PAIRS {
            self.runs.extend_from_slice(runs);
        }
        self.starts.push(self.runs.len() as u32);
    }

    /// The runs of a configuration.
    fn of(&self, configuration: u32) -> &[(u32, f64)] {
        let start = |at: usize| self.starts.get(at).map(|start| *start as usize);
        let at = configuration as usize;
        let runs = start(at).zip(start(at + 1));
        let runs = runs.and_then(|(from, to)| self.runs.get(from..to));
        runs.unwrap_or_default()
    }

    /// Finds out whether seeds matter, when all configurations are added; so many are compared.
    pub(super) fn tell(&mut self, compared: usize) {
        let seeds = self.runs.iter().map(|(seed, _)| *seed as usize + 1);
        // Of each seed the sum over its runs, the sum of squares, and how many there are.
        let mut of_seed = vec![(0.0, 0.0, 0.0); seeds.max().unwrap_or_default()];
        for configuration in 0..self.starts.len() as u32 {
            let runs = self.of(configuration);
            let Some(sample) = Sample::new(runs.iter().map(|(_, value)| *value), false) else {
                continue;
            };
            let (n, deviation) = (sample.count as f64, sample.deviation.unwrap_or(0.0));
            if deviation > 0.0 {
                let scale = deviation * ((n - 1.0) / n).sqrt();
                for (seed, value) in runs {
                    let z = (value - sample.mean) / scale;
                    let (sum, squares, count) = &mut of_seed[*seed as usize];
                    *sum += z;
                    *squares += z * z;
                    *count += 1.0;
                }
            }
        }
        of_seed.retain(|(_, _, count)| *count > 1.0);
        let (mut products, mut greatest, mut others, mut runs) = (0.0, 0.0, 0.0, 0.0);
        for (sum, squares, count) in &of_seed {
            products += sum * sum - squares;
            greatest += squares * (count - 1.0);
            others += count * (count - 1.0);
            runs += count;
        }
        let (r, n, c) = (
            products / greatest,
            of_seed.len() as f64,
            1.0 + others / runs,
        );
        if self.overlap > 0.0 {
            self.correlation = if r > 0.0 { r.min(1.0 - LEAST_OWN) } else { 0.0 };
            self.fewest = FEWEST_PAIRS;
            return;
        }
        let freedom = n - 1.0 - 2.0 / c;
        let ratio = (1.0 + (c - 1.0) * r) / (1.0 - r).max(0.0);
        if freedom > 0.0 && fisher_above(ratio, freedom, (c - 1.0) * freedom) < LEVEL {
            self.correlation = r.min(1.0 - LEAST_OWN);
            let level = LEVEL / compared.max(1) as f64;
            let is_wider = |pairs: &usize| {
                let freedom = *pairs as f64 - 1.0;
                let of_runs = student_quantile(level, 2.0 * freedom);
                (1.0 - self.correlation).sqrt() * student_quantile(level, freedom) >= of_runs
            };
            let many = (FEWEST_PAIRS..MANY_PAIRS).take_while(is_wider).count();
            self.fewest = FEWEST_PAIRS + many;
        }
    }

    /// Whether any are compared by pairs.
    pub(super) fn are_used(&self) -> bool {
        self.correlation > 0.0 || self.overlap > 0.0
    }

    /// Whether two configurations are compared by pairs.
    pub(super) fn has(&self, a: u32, b: u32) -> bool {
        self.are_used() && self.values(a, b).nth(self.fewest - 1).is_some()
    }

    /// The values of two configurations with each seed that both have.
    fn values(&self, a: u32, b: u32) -> impl Iterator<Item = (f64, f64)> + '_ {
        let (a, mut others) = (self.of(a), self.of(b).iter().peekable());
        a.iter().filter_map(move |(seed, value)| {
            while others.next_if(|(other, _)| other < seed).is_some() {}
            let same = others.next_if(|(other, _)| other == seed)?;
            Some((*value, same.1))
        })
    }

    /// What is known of the first less the second by their pairs, which are these; `None` where they are not compared by pairs.
    pub(super) fn differences(&self, a: u32, b: u32, center: Center) -> Option<Estimate> {
        if !self.has(a, b) {
            return None;
        }
        let mut differences: Vec<f64> = self.values(a, b).map(|(a, b)| a - b).collect();
        let mut estimate = Estimate::of(&mut differences, center)?;
        estimate.overlap = self.overlap;
        let deviation = estimate.deviation.unwrap_or(0.0);
        // Scores of a few examples are few numbers: the same difference in each of some folds is no certainty.
        let is_luck = self.overlap > 0.0
            && estimate.value != 0.0
            && deviation <= ROUNDING * estimate.value.abs();
        (!is_luck).then_some(estimate)
    }

    /// The first less the second, and by how many pairs, where they are compared by pairs.
    pub(super) fn between(&self, a: u32, b: u32, center: Center) -> Option<(Difference, usize)> {
        self.differences(a, b, center)?;
        let pairs: Vec<(f64, f64)> = self.values(a, b).collect();
        let difference = Difference::paired(&pairs, center, self.overlap)?;
        Some((difference, pairs.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Judging, Normals, Standing};
    use super::*;

    /// The standing of configurations of which the runs at the same place have the same seed, or each a seed of its own.
    fn standing(configurations: &[Vec<f64>], shared: bool) -> Standing {
        let mut judging = Judging::new(true, Center::Mean, 1);
        let mut own = 1000;
        for values in configurations {
            let runs = values.iter().enumerate().map(|(at, value)| {
                own += 1;
                (if shared { at as u32 } else { own }, *value)
            });
            judging.add(runs);
        }
        while judging.step(|| None) {}
        judging.standing().unwrap()
    }

    /// Runs of `middles` with so many seeds, which move all by `of_seeds`, with noise of 1.
    fn drawn(normals: &mut Normals, middles: &[f64], seeds: usize, of_seeds: f64) -> Vec<Vec<f64>> {
        let moved: Vec<f64> = (0..seeds).map(|_| of_seeds * normals.next()).collect();
        let runs = |middle: &f64| {
            let run = |moved: &f64| middle + moved + normals.next();
            moved.iter().map(run).collect()
        };
        middles.iter().map(runs).collect()
    }

    #[test]
    fn a_difference_that_is_the_same_with_every_seed_is_certain() {
        let seeds = [3.0, -7.0, 12.0, 0.5, -2.0];
        let configurations: Vec<Vec<f64>> = [0.2, 0.0]
            .iter()
            .map(|more| seeds.iter().map(|seed| seed + more).collect())
            .collect();
        let found = standing(&configurations, true);
        assert_eq!((found.tied.as_slice(), found.paired), ([0].as_slice(), 1));
        assert_eq!(found.ranks, [1..=1, 2..=2]);
        assert!(found.chances[0] > 0.999, "{:?}", found.chances);
        let (difference, pairs) = found.difference(0, 1).unwrap();
        assert!(pairs == Some(5) && (difference.amount - 0.2).abs() < 1e-12);
        assert!(
            difference.p < 1e-9 && difference.half() < 1e-9,
            "{difference:?}"
        );
        // The mean itself is known no better for that.
        assert!(found.estimates[0].half().unwrap() > 5.0);
        // With seeds of their own nothing is known of these two.
        let found = standing(&configurations, false);
        assert_eq!((found.tied.len(), found.paired), (2, 0));
        assert!(found.chances[0] < 0.7, "{:?}", found.chances);
        // Runs that are the same share the chance.
        let same = standing(&vec![seeds.to_vec(); 3], true);
        assert!(
            same.chances.iter().all(|chance| *chance > 0.25),
            "{:?}",
            same.chances
        );
        assert_eq!(same.tied, [0, 1, 2]);
    }

    #[test]
    fn two_are_compared_by_the_seeds_that_both_have() {
        let mut judging = Judging::new(false, Center::Mean, 1);
        let seeds = [4.0, 0.0, 9.0, -6.0, 2.0, 7.0];
        for (seeds_of, more) in [(0..5, 0.0), (1..6, 1.0), (0..2, 3.0)] {
            judging.add(seeds_of.map(|seed: usize| {
                let noise = (seed * 5 % 3) as f64 * more / 10.0;
                (seed as u32, seeds[seed] + more + noise)
            }));
        }
        while judging.step(|| None) {}
        let found = judging.standing().unwrap();
        let place = |of: u32| found.order.iter().position(|at| *at == of).unwrap();
        let (difference, pairs) = found.difference(place(1), place(0)).unwrap();
        // By hand: 1 and 0.2, 0.1, 0, 0.2 of the seeds 1 to 4.
        assert_eq!(pairs, Some(4));
        assert!((difference.amount - 1.125).abs() < 1e-12, "{difference:?}");
        // Two seeds are too few.
        assert_eq!(found.difference(place(2), place(0)).unwrap().1, None);
    }

    #[test]
    fn what_is_said_by_pairs_holds_as_often_as_it_says() {
        const TIMES: usize = 400;
        for (of_seeds, spread) in [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (3.0, 0.0), (3.0, 1.0)] {
            let mut normals = Normals::new(31);
            let (mut held, mut ranks_held, mut paired) = (0, 0, 0);
            let (mut tied, mut by_all) = (0, 0);
            let (mut bias, mut corrected) = (0.0, 0.0);
            for _ in 0..TIMES {
                let middles: Vec<f64> = (0..8).map(|_| spread * normals.next()).collect();
                let configurations = drawn(&mut normals, &middles, 5, of_seeds);
                let found = standing(&configurations, true);
                let best = (0..8).fold(0, |best, at| {
                    if middles[at] > middles[best] {
                        at
                    } else {
                        best
                    }
                });
                held += usize::from(found.tied.iter().any(|at| found.order[*at] == best as u32));
                let of_best = found.order.iter().position(|at| *at == best as u32);
                let ranks = &found.ranks[of_best.unwrap()];
                ranks_held += usize::from(*ranks.start() == 1);
                paired += usize::from(found.paired > 0);
                tied += found.tied.len();
                by_all += standing(&configurations, false).tied.len();
                // What all seeds have in common is no luck of the one that was chosen.
                let seeds = configurations.iter().zip(&middles);
                let seeds = seeds.flat_map(|(runs, middle)| runs.iter().map(move |x| x - middle));
                let common = seeds.sum::<f64>() / 40.0;
                let is_truly = middles[found.order[0] as usize] + common;
                bias += found.estimates[0].value - is_truly;
                corrected += found.on_rerun.unwrap() - is_truly;
            }
            let share = |count: usize| count as f64 / TIMES as f64;
            println!(
                "seeds {of_seeds}, spread {spread}: tie {}, ranks {}, by pairs {}, tied {}, bias {bias}, corrected {corrected}",
                share(held),
                share(ranks_held),
                share(paired),
                share(tied)
            );
            assert!(share(held) >= 0.95 && share(ranks_held) >= 0.95);
            assert!(corrected.abs() < bias, "{bias}, {corrected}");
            if of_seeds < 0.5 {
                assert!(share(paired) < 0.08, "{}", share(paired));
            } else if of_seeds > 2.0 {
                assert!(share(paired) > 0.95, "{}", share(paired));
                // What seeds do is in the way of others, and far fewer are told apart.
                assert!(
                    spread < 0.5 || share(tied) + 1.0 < share(by_all),
                    "{tied} {by_all}"
                );
            }
        }
    }

    #[test]
    fn two_that_do_not_differ_are_told_apart_as_rarely_as_is_said() {
        const TIMES: usize = 4000;
        for (configurations, seeds) in [(2, 3), (2, 5), (2, 10), (6, 5)] {
            for of_seeds in [0.0, 1.0, 3.0] {
                let mut normals = Normals::new(5);
                let mut apart = 0;
                for _ in 0..TIMES {
                    let runs = drawn(&mut normals, &vec![0.0; configurations], seeds, of_seeds);
                    let mut pairs = Pairs::default();
                    for values in &runs {
                        let numbered = values.iter().enumerate();
                        let mut numbered: Vec<(u32, f64)> =
                            numbered.map(|(at, x)| (at as u32, *x)).collect();
                        pairs.add(&mut numbered);
                    }
                    pairs.tell(1);
                    let estimate =
                        |values: &Vec<f64>| Estimate::of(&mut values.clone(), Center::Mean);
                    let of_all = || Difference::between(&estimate(&runs[0])?, &estimate(&runs[1])?);
                    let by_pairs = pairs.between(0, 1, Center::Mean).map(|(found, _)| found);
                    apart += usize::from(by_pairs.or_else(of_all).unwrap().p < LEVEL);
                }
                let share = apart as f64 / TIMES as f64;
                println!("{configurations} of {seeds} seeds that do {of_seeds}: {share}");
                assert!(
                    share < 0.062,
                    "{configurations}, {seeds}, {of_seeds}: {share}"
                );
            }
        }
    }
}
