//! Which params tell broken runs from others beyond chance, and rules of at most two conditions each.
//!
//! What chance gives is seen by shuffling which runs broke, some hundred times. A param's measure is the likelihood ratio of a
//! rate for each of its parts against one rate (G), less its degrees of freedom in units of their spread; its probability
//! is the part of the shuffles in which *any* param came as far (Westfall and Young, "Resampling-based multiple testing",
//! 1993: corrected for all params together, and for what these have in common).
//!
//! A rule is the best of all single conditions, or of all pairs of them, by G. Pairs are many more, so that chance gives a
//! better one: each kind is measured from the mean of its best in all shuffles, and a rule is told where few shuffles come as
//! far in either kind. A pair is told only where few come as far, too, when ends are shuffled among the runs under the best single
//! condition and among the others: where that one is not all there is. A next rule is looked for among the runs that the
//! ones before leave. Last, the ends of ranges, which were looked for between parts of the values, are moved to the best ones.
//!
//! Runs are to be independent of one another: repeated configurations count once ([`Outcomes::by_configuration`]). It goes in
//! pieces, a look at a param or some shuffles each, so that whoever waits can do something else between them.

mod trial;

use super::{Condition, FEWEST, Outcomes, Share};
use crate::importance::Draws;
use ledger::{Bits, ColumnId, Ledger};
use std::mem::take;
use trial::{Parts, Trial, Tried, all_hold, gain};

/// Shuffles, and fewer where they would take long.
const SHUFFLES: (usize, usize) = (399, 99);

/// So many counts of runs and looks at pairs may all shuffles take.
const EFFORT: usize = 40_000_000;

/// And those of a piece.
const PIECE: usize = 2_000_000;

/// Runs that are looked at for what tells, at most: evenly taken of more.
const MOST_RUNS: usize = 5_000;

/// A rule is told at this level. So few of the shuffles must come as far that of twenty tables of noise less than one has a
/// rule.
const LEVEL: f64 = 0.02;

/// And a further rule at this one: after the first there is most often nothing more to tell.
const FURTHER: f64 = LEVEL / 2.0;

/// Rules at most.
const MOST_RULES: usize = 3;

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

/// Conditions that hold together, and how often runs broke under them.
#[derive(Clone, Debug, PartialEq)]
pub struct JointRule {
    /// One or two, of two columns or two ends of one.
    pub conditions: Vec<(ColumnId, Condition)>,
    /// The runs under all of them, but those that a rule before has: all rules' and the others add up to all.
    pub inside: Share,
    /// What all broken runs under a single condition have, and none of the others under it, though chance may give as much.
    pub with: Option<(ColumnId, Condition)>,
    /// The probability that the best of chance's is as good.
    pub p: f64,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The params, those that tell most first.
    pub params: Vec<Told>,
    /// Rules that chance gives none as good as, the best first.
    pub rules: Vec<JointRule>,
    /// The runs under any of them.
    pub inside: Share,
    /// The others.
    pub outside: Share,
    /// How often the ends of runs were shuffled.
    pub shuffles: usize,
}

/// The work; see the module's documentation.
pub struct Check {
    params: Vec<ColumnId>,
    outcomes: Outcomes,
    /// The runs that are looked at, of those that are under no rule yet.
    rows: Vec<usize>,
    /// The params so far in parts of these runs, and how many were tried.
    parts: Vec<Parts>,
    parted: usize,
    round: Option<Round>,
    told: Vec<Told>,
    shuffles: usize,
    rules: Vec<JointRule>,
    under_rules: Bits,
    is_over: bool,
}

impl Check {
    /// Begins to look at what `params` tell of `outcomes`.
    pub fn new(params: Vec<ColumnId>, outcomes: Outcomes) -> Self {
        let ended: Vec<usize> = outcomes.ended.ones().collect();
        let count = ended.len().min(MOST_RUNS);
        let evenly = (0..count).map(|at| ended[at * ended.len() / count]);
        let mut made = Self {
            params,
            rows: evenly.collect(),
            parts: Vec::new(),
            parted: 0,
            round: None,
            told: Vec::new(),
            shuffles: 0,
            rules: Vec::new(),
            under_rules: Bits::filled(outcomes.ended.len(), false),
            is_over: false,
            outcomes,
        };
        made.is_over = made.are_too_few();
        made
    }

    /// Of which runs it is.
    pub fn outcomes(&self) -> &Outcomes {
        &self.outcomes
    }

    fn are_too_few(&self) -> bool {
        let broken = self
            .rows
            .iter()
            .filter(|row| self.outcomes.broken.get(**row));
        let (broken, all) = (broken.count(), self.rows.len());
        all < 2 * FEWEST || broken < 2 || broken + 2 > all
    }

    /// Does a piece of the work; says whether there is more.
    pub fn step(&mut self, ledger: &Ledger) -> bool {
        if self.is_over {
            return false;
        }
        if let Some(param) = self.params.get(self.parted) {
            self.parted += 1;
            let parts = Parts::new(*param, ledger.column(*param), &self.rows);
            self.parts.extend(parts);
            return true;
        }
        let mut round = self.round.take().unwrap_or_else(|| {
            let level = if self.rules.is_empty() {
                LEVEL
            } else {
                FURTHER
            };
            let parts = take(&mut self.parts);
            Round::new(Trial::new(parts, &self.rows, &self.outcomes), level)
        });
        if round.step() {
            self.round = Some(round);
        } else {
            self.conclude(ledger, &round);
        }
        !self.is_over
    }

    /// Takes what a round found, and prepares the next.
    fn conclude(&mut self, ledger: &Ledger, round: &Round) {
        if self.shuffles == 0 {
            (self.told, self.shuffles) = (round.told(), round.shuffles());
        }
        self.is_over = true;
        let Some(found) = round.rule() else {
            return;
        };
        let mut conditions = round.trial.conditions(found);
        round.trial.refine(ledger, &self.rows, &mut conditions);
        let mut with = match (&conditions[..], &round.pair) {
            ([(id, _)], Some(pair)) => {
                let mut pair = round.trial.conditions(pair);
                let of_both = pair.len();
                pair.retain(|(other, _)| other != id);
                pair.pop().filter(|_| of_both == 2 && pair.is_empty())
            }
            _ => None,
        };
        let (mut inside, mut narrower) = (Share::default(), Share::default());
        for row in self.outcomes.ended.ones() {
            if !self.under_rules.get(row) && all_hold(ledger, &conditions, row) {
                let broke = self.outcomes.broken.get(row);
                inside.add(broke);
                self.under_rules.set(row, true);
                let narrows = |(id, condition): &(ColumnId, Condition)| {
                    condition.holds(ledger.column(*id), row)
                };
                if with.as_ref().is_some_and(narrows) {
                    narrower.add(broke);
                }
            }
        }
        // All that broke and no other; of a single other, most any condition would be so.
        let is_all = narrower.broken == inside.broken && narrower.n == inside.broken;
        if !is_all || inside.n < inside.broken + 2 {
            with = None;
        }
        self.rules.push(JointRule {
            conditions,
            inside,
            with,
            p: round.p(),
        });
        let under_rules = &self.under_rules;
        self.rows.retain(|row| !under_rules.get(*row));
        self.parted = 0;
        self.is_over = self.rules.len() == MOST_RULES || self.are_too_few();
    }

    /// What was found, when all is done; `None` where there are too few runs of one kind to tell anything.
    pub fn checked(&self) -> Option<Checked> {
        let mut inside = Share::default();
        for row in self.under_rules.ones() {
            inside.add(self.outcomes.broken.get(row));
        }
        (self.shuffles > 0).then(|| Checked {
            params: self.told.clone(),
            rules: self.rules.clone(),
            inside,
            outside: self.outcomes.share().without(inside),
            shuffles: self.shuffles,
        })
    }
}

/// The best single condition and the best pair, as they are and when ends are shuffled.
struct Round {
    trial: Trial,
    /// How far each param is from telling nothing, which part of the deviance it takes away, and in how many shuffles any came
    /// as far.
    measures: Vec<(f64, f64)>,
    as_far: Vec<usize>,
    single: Option<Tried>,
    pair: Option<Tried>,
    /// What these gain; first as it is, then of each shuffle.
    gains: Vec<[f64; 2]>,
    /// Among which runs ends are shuffled.
    strata: Vec<Vec<usize>>,
    /// How many shuffles under and beside the single condition gave a pair as good, and of how many.
    within: Option<(usize, usize)>,
    draws: Draws,
    broken: Vec<bool>,
    /// At which a rule is told.
    level: f64,
}

impl Round {
    fn new(trial: Trial, level: f64) -> Self {
        let broken = trial.broken.clone();
        let counts = trial.counts(&broken);
        let (single, pair) = trial.best(&counts, &broken);
        let measures = trial.measures(&counts);
        Self {
            as_far: vec![0; measures.len()],
            measures,
            gains: vec![[gain(single.as_ref()), gain(pair.as_ref())]],
            single,
            pair,
            strata: vec![(0..broken.len()).collect()],
            within: None,
            draws: Draws::new(SEED, 0, 0),
            broken,
            trial,
            level,
        }
    }

    fn shuffles(&self) -> usize {
        self.gains.len() - 1
    }

    /// Some shuffles; says whether there are more.
    fn step(&mut self) -> bool {
        let effort = self.trial.effort();
        let most = (EFFORT / effort).clamp(SHUFFLES.1, SHUFFLES.0);
        (0..=PIECE / effort).all(|_| self.shuffle(most))
    }

    /// Another shuffle of at most so many; says whether there is more to be done.
    fn shuffle(&mut self, most: usize) -> bool {
        for places in &self.strata {
            for at in (1..places.len()).rev() {
                let other = self.draws.below(at + 1);
                self.broken.swap(places[at], places[other]);
            }
        }
        let counts = self.trial.counts(&self.broken);
        let (single, pair) = self.trial.best(&counts, &self.broken);
        let gains = [gain(single.as_ref()), gain(pair.as_ref())];
        // No more than this may be as good; once more are, nothing is told.
        let may_be = self.level * (most + 1) as f64 - 1.0;
        if let Some((as_good, of)) = &mut self.within {
            *as_good += usize::from(gains[1] >= gain(self.pair.as_ref()));
            *of += 1;
            return *of < most && *as_good as f64 <= may_be;
        }
        self.gains.push(gains);
        let of_params = self.trial.measures(&counts);
        let farthest = of_params.iter().map(|(z, _)| *z).fold(f64::MIN, f64::max);
        for (count, (own, _)) in self.as_far.iter_mut().zip(&self.measures) {
            *count += usize::from(farthest >= *own);
        }
        let count = self.gains.len() as f64;
        let may_hold = || self.p() * count - 1.0 <= may_be;
        if self.shuffles() < most && (self.shuffles() < SHUFFLES.1 || may_hold()) {
            return true;
        }
        if self.p() > self.level || self.gains[0][1] <= self.gains[0][0] {
            return false;
        }
        let of = self.single.as_ref().map_or(&[][..], |single| &single.of);
        let is_under = |at: &usize| self.trial.is_under(of, *at);
        let (under, beside) = (0..self.broken.len()).partition(is_under);
        (self.strata, self.within) = (vec![under, beside], Some((0, 0)));
        self.broken.clone_from(&self.trial.broken);
        true
    }

    /// The probability that chance gives a rule as good, each kind measured from the mean of its best.
    fn p(&self) -> f64 {
        let count = self.gains.len() as f64;
        let mean = |kind: usize| self.gains.iter().map(|of| of[kind]).sum::<f64>() / count;
        let means = [mean(0), mean(1)];
        let beyond = |of: &[f64; 2]| (of[0] - means[0]).max(of[1] - means[1]);
        let own = beyond(&self.gains[0]);
        self.gains.iter().filter(|of| beyond(of) >= own).count() as f64 / count
    }

    /// What is told, if anything.
    fn rule(&self) -> Option<&Tried> {
        if self.p() > self.level {
            return None;
        }
        if let Some((as_good, of)) = self.within
            && (as_good + 1) as f64 <= self.level * (of + 1) as f64
        {
            return self.pair.as_ref();
        }
        let own = self.gains[0][0];
        let as_good = self.gains.iter().filter(|of| of[0] >= own).count();
        let holds = as_good as f64 <= self.level * self.gains.len() as f64;
        self.single.as_ref().filter(|_| holds)
    }

    /// What each param tells, the most first.
    fn told(&self) -> Vec<Told> {
        let params = self.trial.params.iter().zip(&self.measures);
        let told = params
            .zip(&self.as_far)
            .map(|((param, (z, share)), count)| {
                let told = Told {
                    column: param.column,
                    share: *share,
                    p: (count + 1) as f64 / self.gains.len() as f64,
                };
                (*z, told)
            });
        let mut told: Vec<(f64, Told)> = told.collect();
        order::by(&mut told, |a, b| b.0.total_cmp(&a.0));
        told.into_iter().map(|(_, told)| told).collect()
    }
}

#[cfg(test)]
mod tests;
