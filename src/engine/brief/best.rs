//! The best run or configuration: how good, how sure, what ties with it, what a rerun would give, and against the baseline.

use super::{Asked, Evidence, Question, Sentence, SentenceKind};
use crate::analysis::failures::endings::Ending;
use crate::analysis::ranking::guess_objectives;
use crate::analysis::ranking::uncertainty::{Center, Difference, Estimate, Noise, Standing};
use crate::chart::number::{counted, grouped, percent};
pub(super) use crate::engine::grouped::rounded_to;
use crate::engine::grouped::{whole_interval, with_uncertainty};
use crate::engine::show::{run_name, short_number};
use crate::engine::view::Tab;
use crate::ledger::{Status, attribute};

/// A rerun is worth a sentence where it may be expected to be worse by this part of the interval's half.
const NOTABLE: f64 = 0.1;

/// What is said of the best one.
pub(super) fn sentences(asked: &Asked<'_>, into: &mut Vec<Sentence>) {
    let shown = asked.of.shown.count();
    let Some((objective, column, values)) = asked.of.objective else {
        into.push(Sentence {
            kind: SentenceKind::NoObjective,
            text: "No objective is chosen, so nothing can be called best: choose at the top which metric should have \
                   become better, or open Importance, which proposes some with reasons."
                .to_owned(),
            n: shown,
            of: shown,
            link: Evidence {
                tab: Tab::Importance,
                ..asked.table()
            },
        });
        return;
    };
    let configurations = &asked.known.configurations;
    let Some(standing) = &asked.known.standing else {
        return;
    };
    let aim = if values.maximize { "highest" } else { "lowest" };
    let judged = Judged {
        asked,
        metric: asked.name(column),
        by: format!(
            "{aim} {} ({}{})",
            asked.name(column),
            objective.reading_words(),
            if is_guess(asked.of) {
                "; guessed from its name: choose another at the top"
            } else {
                ""
            }
        ),
        noun: configurations.noun(),
        of: configurations.members.len(),
        maximize: values.maximize,
        standing,
    };
    into.push(judged.best());
    into.extend(judged.rerun());
    into.extend(judged.noise());
    into.extend(judged.baseline(&values.values));
}

/// Whether the objective is what is taken where nobody chooses and no source declares one. Who chose the very same reads
/// that, too.
fn is_guess(question: &Question<'_>) -> bool {
    let guesses = guess_objectives(question.ledger);
    let guess = guesses
        .first()
        .filter(|guess| guess.sure && !guess.is_declared);
    guess
        .zip(question.objective)
        .is_some_and(|(guess, (objective, column, values))| {
            guess.column == column
                && guess.maximize == values.maximize
                && objective.reading().is_last()
                && objective.center == Center::Mean
        })
}

/// A standing with the words for it.
struct Judged<'a> {
    asked: &'a Asked<'a>,
    metric: &'a str,
    by: String,
    noun: &'static str,
    of: usize,
    maximize: bool,
    standing: &'a Standing,
}

impl Judged<'_> {
    fn sentence(&self, kind: SentenceKind, text: String) -> Sentence {
        Sentence {
            kind,
            text,
            n: self.standing.order.len(),
            of: self.of,
            link: self.asked.ranked(),
        }
    }

    fn rows(&self, place: usize) -> &[u32] {
        let configuration = self.standing.order.get(place);
        configuration
            .and_then(|at| self.asked.known.configurations.members.get(*at as usize))
            .map_or(&[], Vec::as_slice)
    }

    /// What makes pairs of runs.
    fn seeds(&self) -> String {
        self.asked.known.repeats.told(self.asked.of.ledger)
    }

    /// What others are told from the best by.
    fn test(&self) -> String {
        told_test(self.standing, &self.seeds())
    }

    fn best(&self) -> Sentence {
        let Standing {
            estimates, tied, ..
        } = self.standing;
        let (best, ranked) = (&estimates[0], estimates.len());
        let rows = self.rows(0);
        let name = called(self.asked, rows);
        let value = match best.half() {
            Some(half) => {
                let how = how(best, self.standing);
                let value = with_interval(self.standing, best, half);
                let chosen = match ranked {
                    1 => "",
                    _ => "; not corrected for the choice of the best",
                };
                format!("{value} (95 % interval, {how}{chosen})")
            }
            None => short_number(best.value),
        };
        let mean = if best.n > 1 {
            let folds = if best.overlap > 0.0 { " folds" } else { "" };
            format!("{} of {}{folds}: {value}", best.center.label(), best.n)
        } else {
            value
        };
        let is_same = best.half() == Some(0.0);
        let same = if is_same {
            " Its runs gave the same to the last digit: that nothing varies, or that one evaluation is noted twice, is not told apart."
        } else {
            ""
        };
        let equal = estimates.iter().skip(1);
        let equal = equal.take_while(|of| of.value == best.value).count();
        let ties = match (ranked, tied.len()) {
            (1, _) => String::new(),
            _ if best.half().is_none() && equal > 0 => {
                let has = if equal == 1 { "has" } else { "have" };
                format!(" {} more {has} just the same.", grouped(equal))
            }
            _ if best.half().is_none() => String::new(),
            (_, 1) => format!(
                " It can be told from each of the other {} ({}, Holm’s correction for {0}{}).",
                grouped(ranked - 1),
                self.test(),
                if best.is_lent {
                    "; if it varies as those do"
                } else {
                    ""
                }
            ),
            (_, ties) => {
                let is_run_of_places = tied.last() == Some(&(ties - 1));
                let which = if ties == ranked {
                    "None of the others can be told from it".to_owned()
                } else if is_run_of_places {
                    format!("1 to {} cannot be told apart", grouped(ties))
                } else {
                    format!("{} more cannot be told from it", grouped(ties - 1))
                };
                format!(
                    " {which} ({} against the best, Holm’s correction for {} compared).",
                    self.test(),
                    grouped(ranked - 1)
                )
            }
        };
        let chance = match self.standing.chances.first() {
            Some(chance) if ranked > 1 && !is_same => {
                format!(
                    " Its chance of being the best is {} ({}s drawn anew 1,000 times{}).",
                    percent(*chance),
                    best.center.label(),
                    match self.standing.paired {
                        0 => "",
                        _ if best.overlap > 0.0 => ", what a fold does to all as one",
                        _ => ", what a seed does to all as one",
                    }
                )
            }
            _ => String::new(),
        };
        let text = format!(
            "Best of {}{} by {}: {name}, {mean}.{same}{}{ties}{}{chance}",
            counted(ranked, self.noun),
            self.at_budget(),
            self.by,
            self.own_failures(),
            self.failures_of_ties()
        );
        self.sentence(SentenceKind::Best, text)
    }

    /// At which budget these are, where there are several.
    fn at_budget(&self) -> String {
        let at_budget = self.asked.known.at_budget.as_ref();
        at_budget.map_or(String::new(), |at| {
            format!(
                " at {} (the greatest; {} at others are not compared)",
                at.name,
                grouped(at.others)
            )
        })
    }

    /// That the best itself did not end well, if so.
    fn own_failures(&self) -> String {
        let rows = self.rows(0);
        let going = self.asked.of.ledger.attribute(attribute::STATUS);
        let is_going = |row: &&u32| {
            let status = going.and_then(|status| status.get(**row as usize).text());
            status == Some(Status::Running.word())
        };
        let going = rows.iter().filter(is_going).count();
        match (broken_of(self.asked, rows), rows.len()) {
            (0, 1) if going > 0 => " It is still running.".to_owned(),
            (0, _) if going > 0 => {
                let are = if going == 1 { "is" } else { "are" };
                format!(" Of its runs {} {are} still running.", grouped(going))
            }
            (0, _) => String::new(),
            (_, 1) => " It ended as failed.".to_owned(),
            (some, of) => format!(
                " {} of its {} ended as failed.",
                grouped(some),
                counted(of, "run")
            ),
        }
    }

    /// How many of those that tie failed, in most of their runs, where some did.
    fn failures_of_ties(&self) -> String {
        let tied = &self.standing.tied;
        let failed = tied.iter().map(|place| self.rows(*place));
        let failed = failed.filter(|rows| 2 * broken_of(self.asked, rows) > rows.len());
        match failed.count() {
            0 => String::new(),
            _ if tied.len() < 2 || self.standing.estimates[0].half().is_none() => String::new(),
            some => format!(
                " {} of these {} ended as failed.",
                grouped(some),
                grouped(tied.len())
            ),
        }
    }

    fn rerun(&self) -> Option<Sentence> {
        let best = &self.standing.estimates[0];
        let (expected, half) = (self.standing.on_rerun?, best.half()?);
        if self.standing.estimates.len() < 2 || (expected - best.value).abs() <= NOTABLE * half {
            return None;
        }
        let text = format!(
            "The best of many is best partly by luck: run again{}, {} may be expected to give a {} of about {} rather than {}.",
            if best.overlap > 0.0 {
                " on other folds"
            } else {
                ""
            },
            called(self.asked, self.rows(0)),
            self.metric,
            short_number(rounded_to(expected, half)),
            short_number(rounded_to(best.value, half)),
        );
        Some(self.sentence(SentenceKind::Rerun, text))
    }

    fn noise(&self) -> Option<Sentence> {
        let unrepeated = unrepeated(self.asked);
        let text = match self.standing.noise {
            _ if self.standing.estimates.len() < 2 => return None,
            Noise::Repeated { .. } => {
                let skew = &self.standing.skew;
                let noun = self.asked.known.configurations.noun();
                // What is bootstrapped minds the skewness of its own runs, and those of others may have fewer.
                if self.standing.estimates[0].is_bootstrapped() {
                    return None;
                }
                format!(
                    "Runs of one {noun} are skewed ({:.1}, pooled over {} of several runs), for which Student’s t covers too \
                     little: intervals of means are by Hall’s transformation with that skewness. In simulations of five runs \
                     and more these cover 93 to 97 of 100. Who ties is told by {} all the same.",
                    skew.told()?,
                    counted(skew.configurations, noun),
                    self.test()
                )
            }
            Noise::Near(near) => format!(
                "{unrepeated}: how far chance goes (a standard deviation of {} a run) is estimated from \
                 {} pairs of runs whose params are nearly the same. Runs that differ by nothing but a seed would say it better.",
                short_number(rounded_to(near.deviation, near.deviation)),
                near.pairs
            ),
            Noise::None => format!(
                "{unrepeated} and too few runs are nearly the same: how much of the order is chance is not known. Run the best \
                 few again with other seeds."
            ),
        };
        Some(self.sentence(SentenceKind::Noise, text))
    }

    fn baseline(&self, values: &[f64]) -> Option<Sentence> {
        let row = self.asked.of.baseline?;
        let members = &self.asked.known.configurations.members;
        let place = self.standing.order.iter().position(|at| {
            let rows = &members[*at as usize];
            rows.binary_search(&(row as u32)).is_ok()
        });
        let best = &self.standing.estimates[0];
        let of_place = place.map(|place| &members[self.standing.order[place] as usize]);
        let name = match of_place {
            Some(rows) if self.asked.of.grouped.is_some() => called(self.asked, rows),
            _ => run_name(self.asked.of.ledger, row),
        };
        let text = match place {
            Some(0) => format!("The baseline, {name}, is itself the best."),
            Some(place) => match self.standing.difference(0, place) {
                Some((difference, Some(pairs))) => {
                    let by = self.seeds();
                    let how = format!("{}t of {pairs} pairs by {by}", corrected(best));
                    self.told_difference(difference, &how, &name)
                }
                _ => self.against(best, &self.standing.estimates[place], &name),
            },
            None => {
                // A run that is not shown stands for itself.
                let alone = Estimate::alone(*values.get(row)?)?;
                self.against(best, &alone, &name)
            }
        };
        Some(self.sentence(SentenceKind::Baseline, text))
    }

    fn against(&self, best: &Estimate, baseline: &Estimate, name: &str) -> String {
        match Difference::between(best, baseline) {
            None => {
                let amount = best.value - baseline.value;
                format!(
                    "Against the baseline, {name}: {} {}; how much of that is chance is not known.",
                    short_number(amount.abs()),
                    way(amount)
                )
            }
            Some(difference) => {
                let how = format!("{}{}", corrected(best), best.center.test());
                self.told_difference(difference, &how, name)
            }
        }
    }

    fn told_difference(&self, difference: Difference, how: &str, name: &str) -> String {
        let verdict = if difference.p >= 0.05 {
            "cannot be told apart"
        } else if (difference.amount > 0.0) == self.maximize {
            "better"
        } else {
            // The pairs of both may be others than the runs that made it the best.
            "worse"
        };
        let unit = if self.standing.estimates[0].overlap > 0.0 {
            "fold"
        } else {
            "run"
        };
        let effect = difference.effect.map_or_else(String::new, |effect| {
            format!(", {:.1} standard deviations of a {unit}", effect.abs())
        });
        format!(
            "Against the baseline, {name}: {verdict}, {} {} (95 % interval, {how}{effect}; one comparison, not corrected \
             for the choice of the best).",
            with_uncertainty(difference.amount.abs(), difference.half()),
            way(difference.amount)
        )
    }
}

/// What others are told from the best by, of how many by pairs of runs.
pub(in crate::engine) fn told_test(standing: &Standing, seeds: &str) -> String {
    let best = standing.estimates.first();
    let test = best.map_or("", |best| best.center.test());
    let corrected = best.map_or("", corrected);
    let others = standing.order.len() - 1;
    match standing.paired {
        0 => format!("{corrected}{test}"),
        some if some >= others => format!("{corrected}t of pairs by {seeds}"),
        some => format!(
            "{corrected}t of pairs by {seeds} for {}, {test} for the others",
            grouped(some)
        ),
    }
}

/// That a test minds what folds have in common, where it is of folds.
fn corrected(of: &Estimate) -> &'static str {
    if of.overlap > 0.0 { "corrected " } else { "" }
}

/// A mean with its interval, of which `half` is the half where it lies evenly around it.
pub(super) fn with_interval(standing: &Standing, of: &Estimate, half: f64) -> String {
    match of.uneven(&standing.skew) {
        Some(ends) => whole_interval(of.value, ends, half),
        None => with_uncertainty(of.value, half),
    }
}

/// How an interval was worked out, and of whose noise where that is not its own.
fn how(of: &Estimate, standing: &Standing) -> String {
    let skew = &standing.skew;
    let how = match (of.center, of.is_stretched(skew)) {
        (Center::Mean, false) if of.is_bootstrapped() => "bootstrap-t of 999 resamples",
        (Center::Mean, true) if of.is_bootstrapped() => {
            "bootstrap-t of 999 resamples, stretched to where logarithms of its runs reach"
        }
        (Center::Mean, _) if of.is_skewed_too(skew) => "Hall’s transformation",
        (Center::Mean, true) => "Student’s t, stretched to the side where its few runs lean",
        (Center::Median, _) if !of.is_even(skew) => "order statistics",
        (Center::Iqm, _) if of.n > 3 && !of.is_lent => "Yuen’s t",
        _ => "Student’s t",
    };
    match standing.noise {
        _ if of.overlap > 0.0 => {
            let others = if of.is_lent {
                ", by the spread of all others’ folds"
            } else {
                ""
            };
            format!(
                "{how}, corrected for the training data that folds share (Nadeau and Bengio 2003){others}"
            )
        }
        _ if of.is_logged() => "by the standard error that was logged".to_owned(),
        _ if of.is_lent && are_logged(standing) => {
            format!("{how} by the standard errors that were logged of others")
        }
        Noise::Repeated { configurations, .. } if of.is_lent => format!(
            "{how} by the spread of {}",
            counted(configurations, "repeated configuration")
        ),
        Noise::Near(_) if of.is_lent => format!("{how} by the spread of nearly the same runs"),
        _ => how.to_owned(),
    }
}

/// Whether noise is known by standard errors that were logged.
pub(super) fn are_logged(standing: &Standing) -> bool {
    standing.estimates.iter().any(Estimate::is_logged)
}

/// That no noise is known of repeated runs.
pub(super) fn unrepeated(asked: &Asked<'_>) -> &'static str {
    if asked.known.configurations.are_repeated() {
        "No configuration has two runs with a value"
    } else {
        "No configuration was repeated"
    }
}

/// How many of these runs failed or diverged.
pub(super) fn broken_of(asked: &Asked<'_>, rows: &[u32]) -> usize {
    let of_row = &asked.known.endings.of_row;
    let ending = |row: &&u32| of_row.get(**row as usize).copied().flatten();
    let broke = |row: &&u32| matches!(ending(row), Some(Ending::Failed | Ending::Diverged));
    rows.iter().filter(broke).count()
}

/// Which way a difference goes.
fn way(amount: f64) -> &'static str {
    if amount >= 0.0 { "higher" } else { "lower" }
}

/// What people call a configuration: its run, or its first run and how many belong to it; what tells a group from others where they chose
/// by what it goes.
pub(super) fn called(asked: &Asked<'_>, rows: &[u32]) -> String {
    if let (Some(grouped), [row, _, ..]) = (asked.of.grouped, rows)
        && grouped.are_chosen
    {
        let name = grouped.name(asked.of.ledger, grouped.group_of(*row as usize));
        if !name.is_empty() {
            return format!("{name} ({})", counted(rows.len(), "run"));
        }
    }
    let name = rows
        .first()
        .map_or_else(String::new, |row| run_name(asked.of.ledger, *row as usize));
    match (rows.len().saturating_sub(1), asked.of.grouped) {
        (0, _) => name,
        (more, None) => format!("{name} (with {})", counted(more, "replicate")),
        (more, Some(_)) => format!("{name} (with {} of its group)", grouped(more)),
    }
}
