//! To which ends runs came, how many broke, and under which condition.

use super::odd::by_name;
use super::{Asked, Evidence, Known, Sentence, SentenceKind};
use crate::analysis::failures::check::Check;
use crate::analysis::failures::endings::Ending;
use crate::chart::number::{counted, grouped};
use crate::engine::failures::filters::Filters;
use crate::engine::failures::rules::told_rules;
use crate::engine::failures::told_share;
use crate::ledger::{Status, attribute};
use crate::query::Brush;

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

/// What is said of runs that broke but by which rules, which are to be sought.
pub(super) fn sentences(asked: &Asked<'_>, into: &mut Vec<Sentence>) -> Option<Check> {
    let objective = asked.of.objective;
    into.extend(not_finite(asked));
    let Known {
        endings,
        configurations,
        keys,
        ..
    } = asked.known;
    let outcomes = endings.outcomes();
    let share = outcomes.share();
    if share.broken == 0 {
        return None;
    }
    let exploded = endings.rows(Ending::Diverged);
    let exploded = exploded.filter(|row| !endings.not_finite.get(*row)).count();
    let how = match (objective, exploded) {
        (None, _) => "failed or killed".to_owned(),
        (_, 0) => "failed, killed or without a finite objective at the end".to_owned(),
        _ => format!(
            "failed, killed, without a finite objective at the end, or with one that exploded, as of {}",
            counted(exploded, "run")
        ),
    };
    // Where others say how they ended, what says nothing may still go on.
    let silent = endings.count(Ending::Unknown);
    let who = if silent > 0 && silent < share.n {
        "not known to go on"
    } else {
        "that came to an end"
    };
    let each = outcomes.by_configuration(&configurations.members);
    let by_value = objective.map(|(_, column, values)| (column, values.maximize));
    into.push(Sentence {
        kind: SentenceKind::Broken,
        text: format!(
            "{} of {} {who} broke ({how}): {}.",
            grouped(share.broken),
            counted(share.n, "run"),
            told_share(&outcomes, &each, configurations.noun())
        ),
        n: share.broken,
        of: share.n,
        link: Evidence {
            filter: Filters::new(asked.of, endings, by_value).broken(),
            ..asked.table()
        },
    });
    Some(Check::new(keys.clone(), each))
}

/// The conditions under which runs broke, when these were sought.
pub(super) fn rules(asked: &Asked<'_>) -> Option<Sentence> {
    let checked = asked.known.check.as_ref()?.checked()?;
    let told = told_rules(asked.of, &checked, asked.known.configurations.noun())?;
    Some(Sentence {
        kind: SentenceKind::Rule,
        text: told.text,
        n: told.inside.broken,
        of: told.inside.n,
        link: Evidence {
            filter: told.filter,
            ..asked.table()
        },
    })
}

/// Runs of which the objective, as it is read of the curve, is there but no finite number.
fn not_finite(asked: &Asked<'_>) -> Option<Sentence> {
    let (objective, id, ranked) = asked.of.objective?;
    let (column, reading) = (asked.of.ledger.column(id), objective.reading());
    let statistic = reading.statistic.resolved(ranked.maximize);
    let until = column.resolved(reading.until);
    let (mut of, mut nan, mut infinite) = (0, Vec::new(), Vec::new());
    for row in asked.of.shown.ones() {
        let last = column.get(row).number();
        // Where no point of it is finite, no statistic is told.
        let read = column
            .statistic(row, statistic, until)
            .or_else(|| last.filter(|x| !x.is_finite()));
        of += usize::from(read.is_some());
        match read.filter(|x| !x.is_finite() && !ranked.values[row].is_finite()) {
            Some(x) if x.is_nan() => nan.push(row as u32),
            Some(_) => infinite.push(row as u32),
            None => {}
        }
    }
    let all = [(&nan, "NaN"), (&infinite, "infinite")];
    let each = all.iter().filter(|(rows, _)| !rows.is_empty());
    let each = each.map(|(rows, word)| format!("{word} in {}", grouped(rows.len())));
    let each: Vec<String> = each.collect();
    if each.is_empty() {
        return None;
    }
    let kept = if nan.is_empty() {
        Brush::Infinite
    } else {
        Brush::NotANumber
    };
    Some(Sentence {
        kind: SentenceKind::NotFinite,
        text: format!(
            "{} is {} of {} that have it: these are ranked nowhere.",
            if reading.is_last() {
                asked.name(id).to_owned()
            } else {
                format!("{} ({})", asked.name(id), objective.reading_words())
            },
            each.join(" and "),
            counted(of, "run")
        ),
        n: nan.len() + infinite.len(),
        of,
        link: if reading.is_last() {
            asked.filtered(id, &kept)
        } else {
            // A filter speaks of last values.
            by_name(asked, nan.into_iter().chain(infinite))
        },
    })
}
