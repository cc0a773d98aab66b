//! The params that go along with the objective, and whether the best lies at an edge of what was searched.

use super::best::rounded_to;
use super::{Asked, Evidence, Sentence, SentenceKind};
use crate::analysis::correlation::Coefficient;
use crate::analysis::first_look::{Association, CLOSENESS};
use crate::chart::number::{counted, grouped, percent};
use crate::engine::info::key_of;
use crate::engine::show::short_number;
use crate::engine::view::{SortKey, Tab};
use crate::ledger::{Cells, ColumnId, ValueRef};
use crate::query::Brush;

/// How many params are named.
const NAMED: usize = 3;

/// Of how many of the foremost, a tenth of all but at least and at most so many, it is told where they lie.
const FOREMOST: (usize, usize) = (5, 20);

/// A correlation of ranks from which a direction is told.
const DIRECTED: f64 = 0.3;

/// So many values of a param must have been tried for it to have edges.
const FEWEST_VALUES: usize = 3;

/// The best lies at an edge where at most this part of the configurations lies beyond or with it.
const EDGE: f64 = 0.05;

/// What is said of params.
pub(super) fn sentences(asked: &Asked<'_>, into: &mut Vec<Sentence>) {
    let Some((_, column, values)) = asked.of.objective else {
        return;
    };
    let Some(look) = &asked.known.look else {
        return;
    };
    let (means, mut found) = (look.values(), look.associations());
    found.retain(|association| !asked.is_leak(association.column));
    let Some(first) = found.first() else {
        return;
    };
    let of = asked.known.configurations.members.len();
    let better = |association: &Association| {
        let slope = association.slope.filter(|slope| slope.abs() >= DIRECTED)?;
        // All in one order have no interval.
        let interval = Coefficient::Spearman.interval(slope, association.n);
        if interval.is_some_and(|(low, high)| low <= 0.0 && 0.0 <= high) {
            return None;
        }
        Some((slope > 0.0) == values.maximize)
    };
    let mut ranked: Vec<usize> = (0..means.len())
        .filter(|row| means[*row].is_finite())
        .collect();
    order::by(&mut ranked, |a, b| {
        let (a, b) = if values.maximize { (b, a) } else { (a, b) };
        means[*a].total_cmp(&means[*b])
    });
    let Some(&best) = ranked.first() else { return };
    let foremost = (ranked.len() / 10).clamp(FOREMOST.0, FOREMOST.1);
    let foremost = &ranked[..foremost.min(ranked.len())];
    let named = found.iter().take(NAMED).map(|association| {
        let way = match better(association) {
            Some(true) => ", higher goes with better",
            Some(false) => ", lower goes with better",
            None => "",
        };
        format!(
            "{} ({}{way}{})",
            asked.name(association.column),
            percent(association.share),
            tried_by(asked, association.column, foremost)
        )
    });
    into.push(Sentence {
        kind: SentenceKind::Params,
        text: format!(
            "{} goes along most with: {}. A first look, one param at a time ({CLOSENESS}, Holm’s \
             correction for the {} that could be tested): Importance tells more.",
            asked.name(column),
            named.collect::<Vec<_>>().join("; "),
            look.tested()
        ),
        n: first.n,
        of,
        link: Evidence {
            tab: Tab::Importance,
            ..asked.table()
        },
    });
    into.extend(
        found.iter().take(NAMED).filter_map(|association| {
            edge(asked, association, better(association)?, best, &ranked)
        }),
    );
}

/// Where the foremost lie in a param: from which number to which, or at which value most of them.
fn tried_by(asked: &Asked<'_>, id: ColumnId, foremost: &[usize]) -> String {
    let column = asked.of.ledger.column(id);
    let all = foremost.len();
    let is_number = matches!(column.cells(), Cells::Number { .. });
    let mut tried: Vec<ValueRef<'_>> = foremost.iter().map(|row| column.get(*row)).collect();
    tried.retain(|value| !value.is_missing());
    let same = |value: &ValueRef<'_>| tried.iter().filter(|other| other.is_same(*value)).count();
    let numbers = || tried.iter().filter_map(|value| value.number());
    let (n, what) = match tried.iter().rev().max_by_key(|value| same(value)) {
        None => return String::new(),
        Some(_) if is_number => {
            let (low, high) = (
                numbers().fold(f64::INFINITY, f64::min),
                numbers().fold(f64::NEG_INFINITY, f64::max),
            );
            let short = |x: f64| {
                let is_whole = libm::floor(x) == x;
                short_number(if is_whole {
                    x
                } else {
                    rounded_to(x, x.abs() / 10.0)
                })
            };
            let (low, high) = (short(low), short(high));
            let range = if low == high {
                low
            } else {
                format!("{low} to {high}")
            };
            (tried.len(), range)
        }
        Some(most) => (same(most), most.to_string()),
    };
    let part = if n < all {
        format!("{n} of ")
    } else {
        String::new()
    };
    format!(", {part}the best {all}: {what}")
}

/// Whole numbers up to so many are counts of something.
const MOST_COUNTED: f64 = 16.0;

/// That the best one's number lies at the upper or the lower edge, and that better lies that way.
fn edge(
    asked: &Asked<'_>,
    association: &Association,
    upward: bool,
    best: usize,
    ranked: &[usize],
) -> Option<Sentence> {
    let column = asked.of.ledger.column(association.column);
    if !matches!(column.cells(), Cells::Number { .. }) {
        return None;
    }
    let numbers = column.numbers();
    let at = numbers.get(best).copied().filter(|x| x.is_finite())?;
    let mut tried: Vec<f64> = ranked
        .iter()
        .filter_map(|row| numbers.get(*row).copied())
        .filter(|x| x.is_finite())
        .collect();
    tried.sort_by(f64::total_cmp);
    let n = tried.len();
    let (mut low, mut high) = (*tried.first()?, *tried.last()?);
    let beyond = tried
        .iter()
        .filter(|x| if upward { **x >= at } else { **x <= at })
        .count();
    tried.dedup();
    let mut is_end = at == if upward { high } else { low };
    let mut is_near = beyond as f64 <= EDGE * n as f64;
    // Where the export says what was searched, what was drawn of it has no edges.
    let mut of_runs = ranked.iter().copied();
    if let Some(found) = asked.of.ledger.searched(column.name(), &mut of_runs) {
        let range = found.range;
        (low, high) = (low.min(range.low), high.max(range.high));
        let part = range.part(at);
        is_near = if upward { 1.0 - part } else { part } <= EDGE;
        is_end = is_near;
    }
    // Of a count as one layer, or none, there is nothing less.
    let is_count = high <= MOST_COUNTED && tried.iter().all(|x| x.fract() == 0.0);
    if !upward && is_count && (0.0..=1.0).contains(&at) {
        return None;
    }
    if tried.len() < FEWEST_VALUES || !(is_end || is_near) {
        return None;
    }
    let (end, kept, way) = if upward {
        ("upper", (Some(at), None), "higher")
    } else {
        ("lower", (None, Some(at)), "lower")
    };
    let name = column.name();
    let mut link = asked.filtered(
        association.column,
        &Brush::Range {
            low: kept.0,
            high: kept.1,
        },
    );
    link.sort = Some(SortKey {
        column: key_of(asked.of.ledger, association.column),
        descending: upward,
    });
    // It may be where runs begin to break: what lies beyond was searched, and has no result.
    let configurations = &asked.known.configurations;
    let outcomes = asked.known.endings.outcomes();
    let outcomes = outcomes.by_configuration(&configurations.members);
    let (there, elsewhere) = outcomes.parted(|row| {
        let x = numbers.get(row).filter(|x| x.is_finite())?;
        Some(if upward { *x >= at } else { *x <= at })
    });
    let breaks = there.breaks_more_than(elsewhere);
    let lies = format!(
        "The best lies at the {end} edge of what {} in {name}: {} of {} to {}, and better goes that way.",
        if breaks {
            "came to a result"
        } else {
            "was searched"
        },
        short_number(at),
        short_number(low),
        short_number(high)
    );
    let broke = format!(
        "{} of {} with as much broke, and {} of {} elsewhere",
        grouped(there.broken),
        counted(there.n, configurations.noun()),
        grouped(elsewhere.broken),
        grouped(elsewhere.n)
    );
    let tried = format!("{} of {} tried as much", grouped(beyond), grouped(n));
    let text = if breaks {
        format!("{lies} But {broke}: do not go on that way before it is known why.")
    } else if there.broken > 0 {
        format!("{lies} Try {way} next: {tried}; {broke}.")
    } else {
        format!("{lies} Try {way} next: {tried}.")
    };
    Some(Sentence {
        kind: SentenceKind::Edge,
        text,
        n: beyond,
        of: n,
        link,
    })
}
