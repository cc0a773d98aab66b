//! What is suspicious.

use super::{Asked, Evidence, Sentence, SentenceKind};
use crate::analysis::grouping::Groups;
use crate::analysis::oddities::{Leak, duplicates, fixed_seed, leaks};
use crate::chart::number::{counted, grouped};
use crate::engine::info::key_of;
use crate::engine::show::{cell, run_name};
use crate::engine::view::SortKey;
use crate::ledger::{ColumnId, Role, attribute};
use crate::query::Brush;

/// How many of a kind are named.
const NAMED: usize = 3;

/// Up to how many runs are named in a filter.
const FILTERED: usize = 30;

/// That runs are there twice, of those that [`parted_by_all`](crate::analysis::oddities::parted_by_all) put together.
pub(super) fn twice(asked: &Asked<'_>, groups: &Groups) -> Option<Sentence> {
    let found = duplicates(groups);
    let (again, first) = found.first()?;
    let name = |row: u32| run_name(asked.of.ledger, row as usize);
    let (again, first) = (name(*again), name(*first));
    let which = if again == first {
        format!("{first} is there again")
    } else {
        format!("{again} as {first}")
    };
    Some(Sentence {
        kind: SentenceKind::Duplicates,
        text: format!(
            "{} the same in every param and metric as an earlier one ({which}): counted twice, it makes intervals too narrow.",
            is_or_are(found.len(), "run"),
        ),
        n: found.len(),
        of: asked.of.shown.count(),
        link: by_name(
            asked,
            found.iter().flat_map(|(again, first)| [*again, *first]),
        ),
    })
}

/// That these metrics, each with how many runs have it, never change.
pub(super) fn constant(asked: &Asked<'_>, found: &[(ColumnId, usize)]) -> Option<Sentence> {
    let (first, n) = *found.first()?;
    let value = |id: ColumnId| {
        let column = asked.of.ledger.column(id);
        let mut values = asked.of.shown.ones().map(|row| column.get(row));
        let first = values.find(|value| !value.is_missing());
        first.map_or_else(String::new, |value| cell(value).text)
    };
    let mut named: Vec<String> = found
        .iter()
        .take(NAMED)
        .map(|(id, n)| {
            format!(
                "{} ({} in {})",
                asked.name(*id),
                value(*id),
                counted(*n, "run")
            )
        })
        .collect();
    if found.len() > NAMED {
        named.push(format!("{} more", grouped(found.len() - NAMED)));
    }
    Some(Sentence {
        kind: SentenceKind::ConstantMetrics,
        text: format!(
            "{}: {}. {} measured?",
            if found.len() == 1 {
                "A metric never changes"
            } else {
                "Some metrics never change"
            },
            named.join("; "),
            if found.len() == 1 {
                "Is it"
            } else {
                "Are they"
            }
        ),
        n,
        of: asked.of.shown.count(),
        link: sorted_by(asked, first),
    })
}

/// That the seed is the same in all runs though configurations are repeated.
pub(super) fn seed(asked: &Asked<'_>) -> Option<Sentence> {
    if !asked.known.configurations.are_repeated() {
        return None;
    }
    let (id, n) = fixed_seed(asked.of.ledger, asked.of.shown)?;
    let members = &asked.known.configurations.members;
    let repeated = members.iter().filter(|rows| rows.len() > 1).count();
    Some(Sentence {
        kind: SentenceKind::FixedSeed,
        text: format!(
            "{} is the same in all {} though {} several runs: their spread is not that of seeds.",
            asked.name(id),
            counted(n, "run"),
            if repeated == 1 {
                "1 configuration has".to_owned()
            } else {
                format!("{} configurations have", grouped(repeated))
            }
        ),
        n,
        of: asked.of.shown.count(),
        link: sorted_by(asked, id),
    })
}

/// Those of some params that give the objective of the shown runs away.
pub(super) fn leaks_of(asked: &Asked<'_>, params: &[ColumnId]) -> Vec<Leak> {
    let Some((_, _, values)) = asked.of.objective else {
        return Vec::new();
    };
    let mut of_shown = values.values.clone();
    for (row, value) in of_shown.iter_mut().enumerate() {
        if !asked.of.shown.get(row) {
            *value = f64::NAN;
        }
    }
    leaks(asked.of.ledger, params, &of_shown)
}

/// That these params give the objective away.
pub(super) fn given_away(asked: &Asked<'_>, found: &[Leak]) -> Option<Sentence> {
    let (_, column, _) = asked.of.objective?;
    let first = found.first()?;
    let named = found.iter().take(NAMED).map(|leak| {
        let how = if leak.is_equal {
            "equals it"
        } else {
            "puts the runs in exactly its order"
        };
        format!(
            "{} {how} in {}",
            asked.name(leak.column),
            counted(leak.n, "run")
        )
    });
    Some(Sentence {
        kind: SentenceKind::Leak,
        text: format!(
            "What was set gives {} away: {}. Is it a result that was logged as a param?",
            asked.name(column),
            named.collect::<Vec<_>>().join("; ")
        ),
        n: first.n,
        of: asked.of.shown.count(),
        link: sorted_by(asked, first.column),
    })
}

/// So many, with the verb.
pub(in crate::engine) fn is_or_are(count: usize, noun: &str) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb}", counted(count, noun))
}

pub(super) fn sorted_by(asked: &Asked<'_>, column: ColumnId) -> Evidence {
    Evidence {
        sort: Some(SortKey {
            column: key_of(asked.of.ledger, column),
            descending: false,
        }),
        ..asked.table()
    }
}

/// The table with these runs alone, by the name or the id that people know them by; of too many, with all.
pub(super) fn by_name(asked: &Asked<'_>, rows: impl Iterator<Item = u32>) -> Evidence {
    let ledger = asked.of.ledger;
    let column = [attribute::NAME, attribute::ID]
        .into_iter()
        .find_map(|name| ledger.find(Role::Attribute, name));
    let mut rows: Vec<u32> = rows.collect();
    rows.sort_unstable();
    rows.dedup();
    match column {
        Some(id) if rows.len() <= FILTERED => {
            let mut names: Vec<String> = rows
                .iter()
                .map(|row| ledger.column(id).get(*row as usize).to_string())
                .filter(|name| !name.is_empty())
                .collect();
            names.dedup();
            asked.filtered(id, &Brush::Values(names))
        }
        _ => asked.table(),
    }
}
