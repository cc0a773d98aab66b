//! What to try next: how many replicates tell the best two apart, and where proposals are.

use super::best::{called, rounded_to, unrepeated};
use super::{Asked, Evidence, Sentence, SentenceKind};
use crate::analysis::next::power::runs_needed;
use crate::analysis::ranking::uncertainty::{Estimate, Noise};
use crate::chart::number::counted;
use crate::engine::show::short_number;
use crate::engine::view::Tab;
use crate::ledger::ColumnId;

/// Two-sided level and power of the test that is planned.
const LEVEL: f64 = 0.05;
const POWER: f64 = 0.8;

/// So many runs of each of two tell their noise without others.
const OWN: usize = 3;

/// Of fewer runs nothing is proposed.
const FEWEST: usize = 10;

/// How many runs of each of two configurations tell them apart; where no noise is known, how many tell that.
pub(super) fn replicates(asked: &Asked<'_>) -> Option<Sentence> {
    let standing = asked.known.standing.as_ref()?;
    let ranked = standing.estimates.len();
    let (deviation, source) = match standing.noise {
        _ if ranked < 2 => return None,
        Noise::None => (None, ""),
        Noise::Repeated { deviation, .. } => {
            (Some(deviation), ", pooled over all that were repeated")
        }
        Noise::Near(near) => (
            Some(near.deviation),
            ", estimated from nearly the same runs",
        ),
    };
    let text = match deviation {
        // χ² with 9 degrees of freedom: the true deviation is 0.69 to 1.83 times that which is seen, with 95 %.
        None => format!(
            "{}, so how much of the order is chance is not known. Run the best three four times each, with other seeds: that \
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
            let apart = (a.value - b.value).abs();
            let (deviation, source) = match own(a, b) {
                Some(own) => (own, ", pooled over these two"),
                None => (deviation, source),
            };
            let needed = runs_needed(apart / deviation, LEVEL, POWER);
            let many = needed.map_or_else(
                || "more than 1,000 runs of each, so take the cheaper one".to_owned(),
                |needed| format!("{} of each", counted(needed, "run")),
            );
            format!(
                "{} and {} cannot be told apart: their {}s differ by {}, one run’s standard deviation is {}{source}. If they \
                 truly differ by as much, it takes {many} (now {} and {}) to tell with 80 % power (two-sample t-test, \
                 two-sided 5 %).",
                name(0),
                name(second),
                a.center.label(),
                short_number(rounded_to(apart, deviation)),
                short_number(rounded_to(deviation, deviation)),
                a.n,
                b.n
            )
        }
    };
    Some(Sentence {
        kind: SentenceKind::Replicates,
        text,
        n: ranked,
        of: asked.known.configurations.members.len(),
        link: asked.ranked(),
    })
}

/// What two configurations say of a run's standard deviation by themselves, where both were run often enough.
fn own(a: &Estimate, b: &Estimate) -> Option<f64> {
    let variance = |of: &Estimate| (of.n >= OWN).then_some(of.deviation?.powi(2));
    let freedom = |of: &Estimate| of.n as f64 - 1.0;
    let squares = variance(a)? * freedom(a) + variance(b)? * freedom(b);
    (!a.is_lent && !b.is_lent).then(|| (squares / (freedom(a) + freedom(b))).sqrt())
}

/// That there are proposals, of how many runs.
pub(super) fn sentence(asked: &Asked<'_>) -> Option<Sentence> {
    let (_, column, values) = asked.of.objective?;
    let shown = asked.of.shown;
    let n = shown
        .ones()
        .filter(|row| values.values[*row].is_finite())
        .count();
    // One value and gaps are nothing to choose from.
    let differs =
        |id: &&ColumnId| !asked.is_leak(**id) && asked.of.ledger.column(**id).spread().differs;
    let params = asked.known.params.iter().filter(differs).count();
    if n < FEWEST || params == 0 {
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
