//! Which params tell broken runs from others beyond chance, and a rule of at most two conditions.
//!
//! What chance gives is seen by shuffling which runs broke, some hundred times. A param's measure is the likelihood ratio of a
//! rate for each of its parts against one rate (G), less its degrees of freedom in units of their spread; its probability
//! is the part of the shuffles in which *any* param came as far (Westfall and Young, "Resampling-based multiple testing",
//! 1993: corrected for all params together, and for what these have in common). The first condition of a rule is the best
//! of all that were tried, and is held against the best of all in each shuffle; the second one alike among the runs
//! under the first.
//!
//! Runs are to be independent of one another: repeated configurations count once ([`Outcomes::by_configuration`]).

use super::{Condition, FEWEST, Outcomes, Share};
use crate::analysis::grouping::row_codes;
use crate::analysis::importance::Draws;
use crate::ledger::{Cells, Column, ColumnId, Ledger, MISSING};
use rustc_hash::FxHashMap;

/// Shuffles, and fewer where they would take long.
const SHUFFLES: (usize, usize) = (399, 99);

/// So many counts of runs may all shuffles take.
const EFFORT: usize = 60_000_000;

/// Runs that are looked at for what tells, at most: evenly taken of more.
const MOST_RUNS: usize = 5_000;

/// A rule is told at this level. So few of the shuffles must come as far that of twenty tables of noise less than one has a
/// rule.
const LEVEL: f64 = 0.02;

/// A condition on a number is looked for between so many parts of its values.
const FINE: usize = 32;

/// And a param is measured by so many.
const COARSE: usize = 8;

/// Values of a category that are looked at, the most frequent.
const MOST_VALUES: usize = 60;

/// Of a part that is none of those that are looked at.
const NONE: u16 = u16::MAX;

/// Same runs, same shuffles.
const SEED: u64 = 0;

/// What a param tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// The param.
    pub column: ColumnId,
    /// Part of the deviance that it takes away, less what chance gives; 0 to 1.
    pub share: f64,
    /// The probability that chance gives as much in any param.
    pub p: f64,
}

/// Conditions that hold together, and how often runs broke under them and else.
#[derive(Clone, Debug, PartialEq)]
pub struct JointRule {
    /// One or two, of two columns or two ends of one.
    pub conditions: Vec<(ColumnId, Condition)>,
    /// The runs under all of them.
    pub inside: Share,
    /// The others.
    pub outside: Share,
    /// The probability that the best of chance's is as good.
    pub p: f64,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The params, those that tell most first.
    pub params: Vec<Told>,
    /// A rule, where chance gives none as good.
    pub rule: Option<JointRule>,
    /// How often the ends of runs were shuffled.
    pub shuffles: usize,
}

/// What `params` tell of `outcomes`; `None` where there are too few runs of one kind to tell anything.
pub fn check(ledger: &Ledger, params: &[ColumnId], outcomes: &Outcomes) -> Option<Checked> {
    let rows = evenly(&outcomes.ended.ones().collect::<Vec<_>>());
    let trial = Trial::new(ledger, params, &rows, outcomes)?;
    let seen = trial.observed();
    let measures: Vec<f64> = trial.measures(&seen).iter().map(|(z, _)| *z).collect();
    let best = trial.best(&seen);
    let shuffles = trial.shuffles();
    let (mut as_far, mut as_good) = (vec![0_usize; measures.len()], 0_usize);
    trial.shuffle(shuffles, |counts| {
        let of_params = trial.measures(counts);
        let farthest = of_params.iter().map(|(z, _)| *z).fold(f64::MIN, f64::max);
        for (count, own) in as_far.iter_mut().zip(&measures) {
            *count += usize::from(farthest >= *own);
        }
        as_good += usize::from(gain(trial.best(counts).as_ref()) >= gain(best.as_ref()));
    });
    let probability = |count: usize| (count + 1) as f64 / (shuffles + 1) as f64;
    let shares = trial.measures(&seen);
    let mut told: Vec<(f64, Told)> = trial
        .params
        .iter()
        .zip(&shares)
        .zip(&as_far)
        .map(|((param, (z, share)), count)| {
            let told = Told {
                column: param.column,
                share: *share,
                p: probability(*count),
            };
            (*z, told)
        })
        .collect();
    order::by(&mut told, |a, b| b.0.total_cmp(&a.0));
    let first = best.filter(|_| probability(as_good) <= LEVEL);
    let rule = first.map(|first| {
        let found = trial.condition(&first);
        let conditions = refined(ledger, params, outcomes, &rows, found);
        let (inside, outside) = support(ledger, &conditions, outcomes);
        JointRule {
            conditions,
            inside,
            outside,
            p: probability(as_good),
        }
    });
    Some(Checked {
        params: told.into_iter().map(|(_, told)| told).collect(),
        rule,
        shuffles,
    })
}

/// The condition, and a second one that tells broken runs from others among those under the first.
fn refined(
    ledger: &Ledger,
    params: &[ColumnId],
    outcomes: &Outcomes,
    rows: &[usize],
    first: (ColumnId, Condition),
) -> Vec<(ColumnId, Condition)> {
    let column = ledger.column(first.0);
    let inside: Vec<usize> = rows
        .iter()
        .copied()
        .filter(|row| first.1.holds(column, *row))
        .collect();
    let second = Trial::new(ledger, params, &inside, outcomes).and_then(|trial| {
        let best = trial.best(&trial.observed())?;
        let shuffles = trial.shuffles();
        let mut as_good = 0;
        trial.shuffle(shuffles, |counts| {
            as_good += usize::from(gain(trial.best(counts).as_ref()) >= best.gain);
        });
        let p = (as_good + 1) as f64 / (shuffles + 1) as f64;
        (p <= LEVEL).then(|| trial.condition(&best))
    });
    let Some(second) = second else {
        return vec![first];
    };
    if let (true, Condition::Between(low, high), Condition::Between(lower, upper)) =
        (first.0 == second.0, &first.1, &second.1)
    {
        // Two ends of one range.
        let both = Condition::Between(
            tighter(*low, *lower, f64::max),
            tighter(*high, *upper, f64::min),
        );
        return vec![(first.0, both)];
    }
    vec![first, second]
}

/// One end of a range that lies in two.
fn tighter(a: Option<f64>, b: Option<f64>, of: fn(f64, f64) -> f64) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(of(a, b)),
        (one, other) => one.or(other),
    }
}

/// Of all runs that ended, how many broke where the conditions hold, and else.
fn support(
    ledger: &Ledger,
    conditions: &[(ColumnId, Condition)],
    outcomes: &Outcomes,
) -> (Share, Share) {
    let (mut inside, mut outside) = (Share::default(), Share::default());
    for row in outcomes.ended.ones() {
        let holds = |(id, condition): &(ColumnId, Condition)| {
            let column = ledger.column(*id);
            condition.holds(column, row)
        };
        let side = if conditions.iter().all(holds) {
            &mut inside
        } else {
            &mut outside
        };
        side.add(outcomes.broken.get(row));
    }
    (inside, outside)
}

fn evenly(rows: &[usize]) -> Vec<usize> {
    let count = rows.len().min(MOST_RUNS);
    (0..count).map(|at| rows[at * rows.len() / count]).collect()
}

/// A param with its values in parts.
struct Parts {
    column: ColumnId,
    /// What has each part in common.
    conditions: Vec<Condition>,
    /// How many runs are in each.
    sizes: Vec<u32>,
    /// So many of the first are parts of one order.
    ordered: usize,
    /// The part of each run, [`NONE`] where it is in none.
    of_run: Vec<u16>,
}

impl Parts {
    /// `None` where there is nothing to compare.
    fn new(id: ColumnId, column: &Column, rows: &[usize]) -> Option<Self> {
        let mut made = Self {
            column: id,
            conditions: Vec::new(),
            sizes: Vec::new(),
            ordered: 0,
            of_run: vec![NONE; rows.len()],
        };
        if matches!(column.cells(), Cells::Number { .. }) {
            made.cut(column, rows);
        } else {
            made.take_values(column, rows);
        }
        let places = 0..rows.len();
        let without: Vec<usize> = places
            .filter(|at| column.get(rows[*at]).is_missing())
            .collect();
        if without.len() >= FEWEST {
            made.put(Condition::Missing, &without);
        }
        (made.sizes.len() > 1).then_some(made)
    }

    fn put(&mut self, condition: Condition, places: &[usize]) {
        let part = self.sizes.len() as u16;
        places.iter().for_each(|at| self.of_run[*at] = part);
        self.conditions.push(condition);
        self.sizes.push(places.len() as u32);
    }

    /// Numbers in parts of about as many runs each; equal ones stay together.
    fn cut(&mut self, column: &Column, rows: &[usize]) {
        let mut numbers: Vec<(f64, usize)> = rows
            .iter()
            .enumerate()
            .filter_map(|(at, row)| Some((column.get(*row).number()? + 0.0, at)))
            .filter(|(x, _)| x.is_finite())
            .collect();
        order::by(&mut numbers, |a, b| a.0.total_cmp(&b.0));
        let enough = numbers.len().div_ceil(FINE);
        let last = numbers.last().map(|(x, _)| *x);
        let (mut part, mut low) = (Vec::new(), None);
        for equal in numbers.chunk_by(|a, b| a.0 == b.0) {
            let x = equal[0].0;
            let from = *low.get_or_insert(x);
            part.extend(equal.iter().map(|(_, at)| *at));
            if part.len() >= enough || Some(x) == last {
                self.put(Condition::Between(Some(from), Some(x)), &part);
                (part, low) = (Vec::new(), None);
            }
        }
        self.ordered = self.sizes.len();
    }

    /// The most frequent values, each a part.
    fn take_values(&mut self, column: &Column, rows: &[usize]) {
        let end = rows.last().map_or(0, |row| row + 1);
        let codes = row_codes(column, end);
        let mut places: FxHashMap<u32, usize> = FxHashMap::default();
        let mut values: Vec<Vec<usize>> = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            if codes[*row] == MISSING {
                continue;
            }
            let place = *places.entry(codes[*row]).or_insert(values.len());
            if place == values.len() {
                values.push(Vec::new());
            }
            values[place].push(at);
        }
        values.retain(|places| places.len() >= FEWEST);
        order::by_key(&mut values, |places| std::cmp::Reverse(places.len()));
        for places in values.iter().take(MOST_VALUES) {
            self.put(Condition::As(rows[places[0]]), places);
        }
    }

    /// By which part the param is measured: parts of an order are put together.
    fn coarse(&self, part: usize) -> usize {
        if part < self.ordered {
            part * COARSE.min(self.ordered) / self.ordered
        } else {
            part - self.ordered + COARSE.min(self.ordered)
        }
    }
}

/// A condition that was tried: parts of a param from one up to and without another.
struct Tried {
    gain: f64,
    param: usize,
    from: usize,
    to: usize,
}

fn gain(tried: Option<&Tried>) -> f64 {
    tried.map_or(0.0, |tried| tried.gain)
}

/// Runs with the parts that they are in, and how many broke.
struct Trial {
    params: Vec<Parts>,
    /// The places of runs that broke.
    broken: Vec<usize>,
    runs: usize,
    /// n ln n.
    logs: Vec<f64>,
}

impl Trial {
    fn new(
        ledger: &Ledger,
        params: &[ColumnId],
        rows: &[usize],
        outcomes: &Outcomes,
    ) -> Option<Self> {
        let places = 0..rows.len();
        let broken: Vec<usize> = places.filter(|at| outcomes.broken.get(rows[*at])).collect();
        if rows.len() < 2 * FEWEST || broken.len() < 2 || broken.len() + 2 > rows.len() {
            return None;
        }
        let parts = |id: &ColumnId| Parts::new(*id, ledger.column(*id), rows);
        let x_log_x = |count: usize| match count as f64 {
            0.0 => 0.0,
            count => count * libm::log(count),
        };
        Some(Self {
            params: params.iter().filter_map(parts).collect(),
            broken,
            runs: rows.len(),
            logs: (0..=rows.len()).map(x_log_x).collect(),
        })
    }

    /// How many shuffles are worth their time.
    fn shuffles(&self) -> usize {
        let (most, fewest) = SHUFFLES;
        let each = (self.broken.len() + FINE) * self.params.len() + self.broken.len();
        (EFFORT / each.max(1)).clamp(fewest, most)
    }

    /// How many broke, of each param in each part.
    fn counts(&self, broken: &[usize]) -> Vec<Vec<u32>> {
        let of = |param: &Parts| {
            let mut counts = vec![0; param.sizes.len()];
            for at in broken {
                if let Some(count) = counts.get_mut(param.of_run[*at] as usize) {
                    *count += 1;
                }
            }
            counts
        };
        self.params.iter().map(of).collect()
    }

    fn observed(&self) -> Vec<Vec<u32>> {
        self.counts(&self.broken)
    }

    /// As many broken runs as there are, drawn anew each time.
    fn shuffle(&self, times: usize, mut each: impl FnMut(&[Vec<u32>])) {
        let mut draws = Draws::new(SEED, 0, 0);
        let mut places: Vec<usize> = (0..self.runs).collect();
        for _ in 0..times {
            for at in 0..self.broken.len() {
                places.swap(at, at + draws.below(self.runs - at));
            }
            each(&self.counts(&places[..self.broken.len()]));
        }
    }

    /// The logarithm of the likelihood of so many broken of so many, at their own rate.
    fn likelihood(&self, broken: u32, n: u32) -> f64 {
        let (broken, n) = (broken as usize, n as usize);
        self.logs[broken] + self.logs[n - broken] - self.logs[n]
    }

    /// How far each param is from telling nothing, and the part of the deviance that it takes away.
    fn measures(&self, counts: &[Vec<u32>]) -> Vec<(f64, f64)> {
        let measure = |(param, counts): (&Parts, &Vec<u32>)| {
            let (mut all, mut apart, mut groups) = ((0, 0), 0.0, 0);
            let mut group = (0, 0);
            for part in 0..counts.len() {
                group = (group.0 + counts[part], group.1 + param.sizes[part]);
                let is_last = part + 1 == counts.len();
                if is_last || param.coarse(part) != param.coarse(part + 1) {
                    apart += self.likelihood(group.0, group.1);
                    all = (all.0 + group.0, all.1 + group.1);
                    groups += 1;
                    group = (0, 0);
                }
            }
            let together = self.likelihood(all.0, all.1);
            let freedom = f64::from((groups - 1).max(1));
            let beyond = 2.0 * (apart - together) - freedom;
            let share = if together < 0.0 {
                (beyond / (-2.0 * together)).clamp(0.0, 1.0)
            } else {
                0.0
            };
            (beyond / (2.0 * freedom).sqrt(), share)
        };
        self.params.iter().zip(counts).map(measure).collect()
    }

    /// The condition under which runs break more often, by the likelihood ratio.
    fn best(&self, counts: &[Vec<u32>]) -> Option<Tried> {
        let (all_broken, all) = (self.broken.len() as u32, self.runs as u32);
        let together = self.likelihood(all_broken, all);
        let fewest = FEWEST as u32;
        let mut best: Option<Tried> = None;
        for (param, (parts, counts)) in self.params.iter().zip(counts).enumerate() {
            let mut offer = |(broken, n): (u32, u32), from: usize, to: usize| {
                if n < fewest || all - n < fewest {
                    return;
                }
                // More often inside than outside, by cross-multiplication.
                if u64::from(broken) * u64::from(all) <= u64::from(all_broken) * u64::from(n) {
                    return;
                }
                let apart =
                    self.likelihood(broken, n) + self.likelihood(all_broken - broken, all - n);
                let gain = 2.0 * (apart - together);
                if best.as_ref().is_none_or(|best| gain > best.gain) {
                    best = Some(Tried {
                        gain,
                        param,
                        from,
                        to,
                    });
                }
            };
            let ordered = parts.ordered;
            let add = |sum: (u32, u32), part: usize| {
                let (broken, n) = sum;
                (broken + counts[part], n + parts.sizes[part])
            };
            let whole = (0..ordered).fold((0, 0), add);
            let mut below = (0, 0);
            for part in 1..ordered {
                below = add(below, part - 1);
                offer(below, 0, part);
                offer((whole.0 - below.0, whole.1 - below.1), part, ordered);
            }
            let others = counts.iter().zip(&parts.sizes).enumerate();
            for (part, (broken, n)) in others.skip(ordered) {
                offer((*broken, *n), part, part + 1);
            }
        }
        best
    }

    fn condition(&self, tried: &Tried) -> (ColumnId, Condition) {
        let parts = &self.params[tried.param];
        let condition = match (
            &parts.conditions[tried.from],
            &parts.conditions[tried.to - 1],
        ) {
            (Condition::Between(low, _), Condition::Between(_, high)) => Condition::Between(
                low.filter(|_| tried.from > 0),
                high.filter(|_| tried.to < parts.ordered),
            ),
            (other, _) => other.clone(),
        };
        (parts.column, condition)
    }
}

#[cfg(test)]
mod tests;
