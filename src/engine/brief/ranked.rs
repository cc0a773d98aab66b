//! The foremost configurations in numbers: mean, rank and chance, each as far as it is known.

use super::Asked;
use super::best::{broken_of, called, with_interval};
use crate::analysis::ranking::uncertainty::{Center, FOREMOST, Standing};
use crate::chart::number::{grouped, percent};
use crate::engine::grouped::with_uncertainty;
use crate::engine::show::short_number;
use serde::{Deserialize, Serialize};

/// A configuration among the foremost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// The row of its first run.
    pub row: u32,
    /// What it is called.
    pub name: String,
    /// How many runs with a finite value it has.
    pub n: usize,
    /// Their mean, or another center, with half of its 95 % interval or the whole, where noise is known.
    pub value: String,
    /// The ranks that it may have, at 95 %; empty where no noise is known, as what follows.
    pub ranks: String,
    /// Its chance of being the best.
    pub chance: String,
    /// The best less it, with half of the 95 % interval, and in standard deviations of a run; empty for the best.
    pub behind: String,
    /// How many of its runs failed or diverged; empty where none did.
    pub broken: String,
}

/// The foremost, best first; none where there is but one.
pub(super) fn ranked(asked: &Asked<'_>) -> Vec<Ranked> {
    let Some(standing) = asked
        .known
        .standing
        .as_ref()
        .filter(|standing| standing.order.len() > 1)
    else {
        return Vec::new();
    };
    let places = 0..standing.order.len().min(FOREMOST);
    places
        .filter_map(|place| at_place(asked, standing, place))
        .collect()
}

fn at_place(asked: &Asked<'_>, standing: &Standing, place: usize) -> Option<Ranked> {
    let members = &asked.known.configurations.members;
    let rows = members.get(*standing.order.get(place)? as usize)?;
    let estimate = &standing.estimates[place];
    let value = estimate.half().map_or_else(
        || short_number(estimate.value),
        |half| with_interval(standing, estimate, half),
    );
    let ranks = standing.ranks.get(place).map(|ranks| {
        let (first, last) = (*ranks.start() as usize, *ranks.end() as usize);
        if first == last {
            grouped(first)
        } else {
            format!("{} to {}", grouped(first), grouped(last))
        }
    });
    let chance = standing.chances.get(place).map(|chance| percent(*chance));
    let behind = standing.difference(0, place).filter(|_| place > 0);
    let behind = behind.map(|(difference, _)| {
        let amount = with_uncertainty(difference.amount.abs(), difference.half());
        difference.effect.map_or(amount.clone(), |effect| {
            format!("{amount} ({:.1} sd)", effect.abs())
        })
    });
    Some(Ranked {
        row: *rows.first()?,
        name: called(asked, rows),
        n: estimate.n,
        value,
        ranks: ranks.unwrap_or_default(),
        chance: chance.unwrap_or_default(),
        behind: behind.unwrap_or_default(),
        broken: match broken_of(asked, rows) {
            0 => String::new(),
            some => format!("{} of {} failed", grouped(some), grouped(rows.len())),
        },
    })
}

/// By what they are ranked, in words; nothing without an objective.
pub(super) fn by(asked: &Asked<'_>) -> String {
    let words = asked.of.objective.map(|(objective, column, _)| {
        let (name, reading) = (asked.name(column), objective.reading_words());
        match objective.center {
            Center::Mean => format!("{name} ({reading})"),
            other => format!("{name} ({reading}), {}", other.label()),
        }
    });
    words.unwrap_or_default()
}
