//! What to try next: how many replicates tell the best two apart, and where proposals are.

use super::best::{are_logged, called, rounded_to, unrepeated};
use super::{Asked, Evidence, Sentence, SentenceKind};
use crate::analysis::grouping::Groups;
use crate::analysis::importance::Space;
use crate::analysis::next::power::runs_needed;
use crate::analysis::ranking::uncertainty::{Estimate, Noise};
use crate::chart::number::counted;
use crate::engine::show::short_number;
use crate::engine::view::Tab;
use crate::ledger::{Column, ColumnId, Distinct, Ledger, ValueRef};

/// Two-sided level and power of the test that is planned.
const LEVEL: f64 = 0.05;
const POWER: f64 = 0.8;

/// So many runs of each of two tell their noise without others.
const OWN: usize = 3;

/// Of fewer runs nothing is proposed.
const FEWEST: usize = 10;

/// Of more runs it is not looked whether they are all that can be combined.
const MOST_OF_GRID: usize = 10_000;

/// How many runs of each of two configurations tell them apart; where no noise is known, how many tell that.
pub(super) fn replicates(asked: &Asked<'_>) -> Option<Sentence> {
    let standing = asked.known.standing.as_ref()?;
    let ranked = standing.estimates.len();
    let (deviation, source) = match standing.noise {
        _ if ranked < 2 => return None,
        Noise::None => (None, ""),
        Noise::Repeated { deviation, .. } => (
            Some(deviation),
            if are_logged(standing) {
                ", by the standard errors that were logged"
            } else {
                ", pooled over all that were repeated"
            },
        ),
        Noise::Near(near) => (
            Some(near.deviation),
            ", estimated from nearly the same runs",
        ),
    };
    let sentence = |text: String| Sentence {
        kind: SentenceKind::Replicates,
        text,
        n: ranked,
        of: asked.known.configurations.members.len(),
        link: asked.ranked(),
    };
    let text = match deviation {
        // χ² with 9 degrees of freedom: the true deviation is 0.69 to 1.83 times that which is seen, with 95 %.
        None => format!(
            "{}, so how much of the order is chance is not known. Run each of the best three configurations four times, with other seeds: that \
             tells the standard deviation of a run to within a factor of 1.8 (95 %, 9 degrees of freedom).",
            unrepeated(asked)
        ),
        Some(deviation) => {
            let second = *standing.tied.get(1)?;
            let name = |place: usize| {
                let rows = standing.order.get(place);
                let rows = rows.and_then(|at| asked.known.configurations.members.get(*at as usize));
                called(asked, rows.map_or(&[], Vec::as_slice))
            };
            let (a, b) = (&standing.estimates[0], &standing.estimates[second]);
            // Where seeds matter, what is in the way is how much the differences of pairs vary.
            let of_pairs = standing.of_pairs(0, second);
            let of_pairs = of_pairs.and_then(|of| Some((of.value.abs(), of.deviation?)));
            let (apart, deviation, source) = match (of_pairs, own(a, b)) {
                (Some((apart, of_pairs)), _) => (apart, of_pairs, ""),
                (None, Some(own)) => ((a.value - b.value).abs(), own, ", pooled over these two"),
                (None, None) => ((a.value - b.value).abs(), deviation, source),
            };
            let of_pairs = of_pairs.is_some();
            let needed = runs_needed(apart / deviation, LEVEL, POWER, of_pairs);
            if a.overlap > 0.0 {
                return Some(sentence(format!(
                    "{} and {} cannot be told apart by their {} folds: their means differ by {}, {} standard deviation is {}. \
                         If they truly differ by as much, {} (80 % power, corrected t-test, two-sided 5 %).",
                    name(0),
                    name(second),
                    a.n,
                    short_number(rounded_to(apart, deviation)),
                    if of_pairs {
                        "and of the folds’ differences the"
                    } else {
                        "one fold’s"
                    },
                    short_number(rounded_to(deviation, deviation)),
                    told_repeats(needed, a)
                )));
            }
            let (many, advice) = needed.map_or_else(
                || {
                    (
                        "more than 1,000 runs of each".to_owned(),
                        ": take the cheaper one",
                    )
                },
                |needed| (format!("{} of each", counted(needed, "run")), ""),
            );
            if apart == 0.0 {
                return Some(sentence(format!(
                    "{} and {} cannot be told apart: their {}s are the same, and no number of runs tells two that do not differ \
                     apart: take the cheaper one (now {} and {}).",
                    name(0),
                    name(second),
                    a.center.label(),
                    counted(a.n, "run"),
                    b.n
                )));
            }
            format!(
                "{} and {} cannot be told apart: their {}s differ by {}, {} standard deviation is {}{source}. If they \
                 truly differ by as much, it takes {many}{} (now {} and {}) to tell with 80 % power ({}, \
                 two-sided 5 %){advice}.",
                name(0),
                name(second),
                a.center.label(),
                short_number(rounded_to(apart, deviation)),
                if of_pairs {
                    "with the same seeds, and of that difference the"
                } else {
                    "one run’s"
                },
                short_number(rounded_to(deviation, deviation)),
                if of_pairs {
                    ", with the same seeds"
                } else {
                    ""
                },
                a.n,
                b.n,
                if of_pairs {
                    "t-test of pairs"
                } else {
                    "two-sample t-test"
                }
            )
        }
    };
    Some(sentence(text))
}

/// How often two cross-validations are to be repeated where it took so many independent runs to tell them apart: what training
/// sets have in common stays, however many splits there are.
fn told_repeats(needed: Option<usize>, of: &Estimate) -> String {
    let splits = needed.map(|needed| 1.0 / (1.0 / needed as f64 - of.overlap));
    match splits.filter(|splits| splits.is_finite() && *splits > 0.0) {
        Some(splits) => format!(
            "it takes {} with other splits to tell",
            counted((splits / of.n as f64).ceil() as usize, "such cross-validation")
        ),
        None => "no number of cross-validations of these data tells them apart, for all train on much the same: take the cheaper \
                 one, or more data"
            .to_owned(),
    }
}

/// What two configurations say of a run's standard deviation by themselves, where both were run often enough.
fn own(a: &Estimate, b: &Estimate) -> Option<f64> {
    let variance = |of: &Estimate| (of.n >= OWN).then_some(of.deviation?.powi(2));
    let freedom = |of: &Estimate| of.n as f64 - 1.0;
    let squares = variance(a)? * freedom(a) + variance(b)? * freedom(b);
    (!a.is_lent && !b.is_lent).then(|| (squares / (freedom(a) + freedom(b))).sqrt())
}

/// Of how many values a param of these runs may be proposed, no number for any in its range; `None` where it has one alone.
fn choices(ledger: &Ledger, column: &Column, rows: &[usize]) -> Option<f64> {
    let values = || rows.iter().map(|row| column.get(*row));
    let mut present = values().filter(|value| !value.is_missing());
    let first = present.next()?;
    present.find(|value| !value.is_same(first))?;
    if matches!(first, ValueRef::Time(_)) {
        return None;
    }
    if rows.len() > MOST_OF_GRID {
        return Some(f64::INFINITY);
    }
    let numbers: Vec<f64> = values().filter_map(ValueRef::number).collect();
    if let Some(found) = ledger.searched(column.name(), &mut rows.iter().copied()) {
        return Some(found.range.places());
    }
    if numbers.len() == rows.len() {
        return Some(Space::infer(&numbers).places(&numbers));
    }
    let rows: Vec<u32> = rows.iter().map(|row| *row as u32).collect();
    let distinct = Distinct::among(column.cells(), &rows).count();
    Some(distinct.map_or(f64::INFINITY, |count| count as f64))
}

/// That there are proposals, of how many runs.
pub(super) fn sentence(asked: &Asked<'_>) -> Option<Sentence> {
    let (_, column, values) = asked.of.objective?;
    let (ledger, shown) = (asked.of.ledger, asked.of.shown);
    let rows: Vec<usize> = shown
        .ones()
        .filter(|row| values.values[*row].is_finite())
        .collect();
    let n = rows.len();
    let own = asked.known.params.iter().filter(|id| !asked.is_leak(**id));
    // Of these runs: others may have params of their own. One value and gaps are nothing to choose from.
    let choices = own.filter_map(|id| Some((*id, choices(ledger, ledger.column(*id), &rows)?)));
    let choices: Vec<(ColumnId, f64)> = choices.collect();
    let params = choices.len();
    if n < FEWEST || params == 0 {
        return None;
    }
    let ids: Vec<ColumnId> = choices.iter().map(|(id, _)| *id).collect();
    let all: f64 = choices.iter().map(|(_, count)| count).product();
    // Where each of all combinations was run there is none to propose.
    if all <= shown.count() as f64 && all <= Groups::new(ledger, &ids, shown).count() as f64 {
        return None;
    }
    Some(Sentence {
        kind: SentenceKind::Next,
        text: format!(
            "What to try next for {}: configurations proposed from {} over {} that {}, ranges to narrow, and whether \
             replicates are worth running.",
            asked.name(column),
            counted(n, "run"),
            counted(params, "param"),
            if params == 1 { "varies" } else { "vary" }
        ),
        n,
        of: shown.count(),
        link: Evidence {
            tab: Tab::Next,
            ..asked.table()
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_of_a_cross_validation_are_worth_what_training_sets_do_not_share() {
        let mut of = Estimate::alone(0.5).unwrap();
        (of.n, of.overlap) = (5, 0.25);
        // Three independent runs of each: 12 splits, for 1 / 12 + 1 / 4 is 1 / 3; four are more than any number is worth.
        let told = told_repeats(Some(3), &of);
        assert!(
            told.starts_with("it takes 3 such cross-validations with"),
            "{told}"
        );
        for needed in [Some(4), Some(900), None] {
            assert!(told_repeats(needed, &of).starts_with("no number of"));
        }
    }
}
