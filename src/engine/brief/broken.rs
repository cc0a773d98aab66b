//! To which ends runs came, how many broke, and under which condition.

use super::{Asked, Evidence, Sentence, SentenceKind};
use crate::analysis::failures::{Condition, Outcomes, RuleSearch, Share};
use crate::chart::number::{counted, grouped, percent};
use crate::engine::show::short_number;
use crate::ledger::{ColumnId, Ledger, Role, Status, attribute};
use crate::query::Kept;

/// In the order in which they are told.
const STATUSES: [Status; 6] = [
    Status::Finished,
    Status::Failed,
    Status::Killed,
    Status::Pruned,
    Status::Running,
    Status::Scheduled,
];

/// How many runs have each status.
pub(super) fn statuses(asked: &Asked<'_>) -> Option<Sentence> {
    let column = asked.of.ledger.attribute(attribute::STATUS)?;
    let mut counts = [0_usize; STATUSES.len()];
    for row in asked.of.shown.ones() {
        if let Some(word) = column.get(row).text() {
            let status = Status::from_word(word);
            // A status that is not known tells no more than none.
            if let Some(at) = STATUSES.iter().position(|known| *known == status) {
                counts[at] += 1;
            }
        }
    }
    let told: usize = counts.iter().sum();
    if told == 0 {
        return None;
    }
    let of = asked.of.shown.count();
    let mut each: Vec<String> = STATUSES
        .iter()
        .zip(counts)
        .filter(|(_, count)| *count > 0)
        .map(|(status, count)| format!("{} {}", grouped(count), status.word()))
        .collect();
    if told < of {
        each.push(format!("{} without a status", grouped(of - told)));
    }
    Some(Sentence {
        kind: SentenceKind::Statuses,
        text: format!("{}: {}.", counted(of, "run"), each.join(", ")),
        n: told,
        of,
        link: asked.table(),
    })
}

/// Who broke, of runs and of configurations, and the search for what they have in common.
pub(super) struct Broken {
    each: Outcomes,
    search: RuleSearch,
}

impl Broken {
    /// Tries the conditions on a param.
    pub(super) fn try_param(&mut self, ledger: &Ledger, param: ColumnId) {
        self.search.try_param(ledger, param);
    }
}

/// What is said of runs that broke but by which rule, which is to be sought.
pub(super) fn sentences(asked: &Asked<'_>, into: &mut Vec<Sentence>) -> Option<Broken> {
    let ledger = asked.of.ledger;
    let objective = asked.of.objective.map(|(_, column, _)| column);
    if let Some(column) = objective {
        into.extend(not_finite(asked, column));
    }
    let outcomes = Outcomes::new(ledger, asked.of.shown, objective);
    let share = outcomes.share();
    if share.broken == 0 {
        return None;
    }
    // Of runs, or of configurations where these are repeated.
    let configurations = &asked.known.configurations;
    let each = outcomes.by_configuration(&configurations.members);
    let that_is = if configurations.are_repeated() {
        let share = each.share();
        let (broken, n) = (grouped(share.broken), grouped(share.n));
        format!("by configuration: {broken} of {n} in most of their runs, ")
    } else {
        String::new()
    };
    into.push(Sentence {
        kind: SentenceKind::Broken,
        text: format!(
            "{} of {} that came to an end broke: failed{} ({that_is}{}, {}).",
            grouped(share.broken),
            counted(share.n, "run"),
            if objective.is_some() {
                ", killed or without a finite objective"
            } else {
                " or killed"
            },
            percent(each.share().broken as f64 / each.share().n as f64),
            interval(each.share())
        ),
        n: share.broken,
        of: share.n,
        link: evidence(asked, &outcomes),
    });
    let search = RuleSearch::new(&each);
    Some(Broken { each, search })
}

/// The condition under which runs broke, when all params were tried.
pub(super) fn rule(asked: &Asked<'_>) -> Option<Sentence> {
    let ledger = asked.of.ledger;
    let Broken { each, search } = asked.known.broken.as_ref()?;
    let rule = search.rule(ledger, each)?;
    let noun = if asked.known.configurations.are_repeated() {
        " configurations"
    } else {
        ""
    };
    let name = asked.name(rule.column);
    let (condition, kept) = match rule.condition {
        Condition::Between(low, high) => (
            match (low, high) {
                (Some(low), Some(high)) => {
                    format!("{name} {} to {}", short_number(low), short_number(high))
                }
                (Some(low), None) => format!("{name} ≥ {}", short_number(low)),
                (_, high) => format!("{name} ≤ {}", high.map_or_else(String::new, short_number)),
            },
            Kept::Range { low, high },
        ),
        Condition::As(row) => {
            let value = ledger.column(rule.column).get(row).to_string();
            (format!("{name} = {value}"), Kept::Values(vec![value]))
        }
        Condition::Missing => (format!("no {name}"), Kept::Missing),
    };
    Some(Sentence {
        kind: SentenceKind::Rule,
        text: format!(
            "{condition}: {} of {}{noun} broke ({}); else {} of {} ({}).",
            grouped(rule.inside.broken),
            grouped(rule.inside.n),
            interval(rule.inside),
            grouped(rule.outside.broken),
            grouped(rule.outside.n),
            interval(rule.outside)
        ),
        n: rule.inside.broken,
        of: rule.inside.n,
        link: asked.filtered(rule.column, &kept),
    })
}

fn interval(share: Share) -> String {
    let (low, high) = share.interval();
    format!("95 % interval {} to {}", percent(low), percent(high))
}

/// The table with the broken runs alone, or with those whose status says so where both kinds are.
fn evidence(asked: &Asked<'_>, outcomes: &Outcomes) -> Evidence {
    let ledger = asked.of.ledger;
    let status = ledger.find(Role::Attribute, attribute::STATUS);
    let said = |status: Status| {
        let column = ledger.attribute(attribute::STATUS)?;
        let mut words = outcomes
            .broken
            .ones()
            .filter_map(|row| column.get(row).text());
        let word = words.find(|word| Status::from_word(word) == status)?;
        Some(word.to_owned())
    };
    let words: Vec<String> = [Status::Failed, Status::Killed]
        .into_iter()
        .filter_map(said)
        .collect();
    match (status, asked.of.objective) {
        (Some(status), _) if !words.is_empty() => asked.filtered(status, &Kept::Values(words)),
        (_, Some((_, column, _))) => asked.filtered(column, &not_finite_clause(asked, column)),
        _ => asked.table(),
    }
}

/// Runs of which the objective is there but no finite number.
fn not_finite(asked: &Asked<'_>, column: ColumnId) -> Option<Sentence> {
    let numbers = || {
        let values = asked.of.ledger.column(column);
        asked
            .of
            .shown
            .ones()
            .filter_map(|row| values.get(row).number())
    };
    let (nan, infinite) = (
        numbers().filter(|x| x.is_nan()).count(),
        numbers().filter(|x| x.is_infinite()).count(),
    );
    if nan + infinite == 0 {
        return None;
    }
    let of = numbers().count();
    let each: Vec<String> = [(nan, "NaN"), (infinite, "infinite")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{word} in {}", grouped(count)))
        .collect();
    Some(Sentence {
        kind: SentenceKind::NotFinite,
        text: format!(
            "{} is {} of {} that have it: these are ranked nowhere.",
            asked.name(column),
            each.join(" and "),
            counted(of, "run")
        ),
        n: nan + infinite,
        of,
        link: asked.filtered(column, &not_finite_clause(asked, column)),
    })
}

/// NaN where there is any, else infinities.
fn not_finite_clause(asked: &Asked<'_>, column: ColumnId) -> Kept {
    let values = asked.of.ledger.column(column);
    let is_nan = |row: usize| values.get(row).number().is_some_and(f64::is_nan);
    if asked.of.shown.ones().any(is_nan) {
        Kept::NotANumber
    } else {
        Kept::Infinite
    }
}
