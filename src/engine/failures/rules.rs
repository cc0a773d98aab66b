//! Rules on what broken runs have in common, as a sentence and as a filter; the same for the view and for the brief.

use crate::analysis::failures::check::Checked;
use crate::analysis::failures::{Condition, Share};
use crate::chart::number::{counted, grouped, percent, short_number};
use crate::engine::brief::Question;
use crate::ledger::{Column, ColumnId};
use crate::query::{self, Brush};

/// Rules in words.
pub(in crate::engine) struct ToldRules {
    /// All of them, and what is under none.
    pub(in crate::engine) text: String,
    /// The runs or configurations under any.
    pub(in crate::engine) inside: Share,
    /// It keeps their runs.
    pub(in crate::engine) filter: String,
}

/// The rules, where there are any; `noun` is what they count.
pub(in crate::engine) fn told_rules(
    of: &Question<'_>,
    checked: &Checked,
    noun: &str,
) -> Option<ToldRules> {
    let share = |share: Share| {
        let (low, high) = share.interval();
        format!(
            "{} of {} broke ({} to {})",
            grouped(share.broken),
            counted(share.n, noun),
            percent(low),
            percent(high)
        )
    };
    let (mut text, mut clauses) = (String::new(), Vec::new());
    // A single rule makes a clause on a param that is there narrower; of several a run is under one.
    let filter = match checked.rules.len() {
        0 => return None,
        1 => of.filter,
        _ => "",
    };
    for rule in &checked.rules {
        let mut clause = filter.to_owned();
        let mut words = Vec::new();
        for (id, condition) in &rule.conditions {
            words.push(told_condition(of.ledger.column(*id), condition));
            clause = with_condition(of, &clause, *id, condition);
        }
        // It was looked for among the runs that those before leave, and counts these.
        if !text.is_empty() {
            text.push_str("of the others ");
        }
        text.push_str(&format!("{}: {}", words.join(" and "), share(rule.inside)));
        if let Some((id, condition)) = &rule.with {
            let told = told_condition(of.ledger.column(*id), condition);
            let all = grouped(rule.inside.broken);
            text.push_str(&format!(", all {all} with {told}, which may be chance"));
        }
        text.push_str("; ");
        clauses.push(clause);
    }
    let p = checked.rules.iter().map(|rule| rule.p).fold(0.0, f64::max);
    text.push_str(&format!(
        "else {}. 95 % intervals; they flatter, since {} chosen among all that were tried (shuffled ends give one as good with \
         p = {p:.3}).",
        share(checked.outside),
        if clauses.len() == 1 { "the rule was" } else { "these rules were" },
    ));
    let filter = if clauses.len() == 1 {
        clauses.remove(0)
    } else {
        let each: Vec<String> = clauses.iter().map(|of| query::bracketed(of)).collect();
        query::narrowed(of.filter, &format!("({})", each.join(" or ")))
    };
    Some(ToldRules {
        text,
        inside: checked.inside,
        filter,
    })
}

fn told_condition(column: &Column, condition: &Condition) -> String {
    let name = column.name();
    match condition {
        Condition::Between(Some(low), None) => format!("{name} ≥ {}", short_number(*low)),
        Condition::Between(None, Some(high)) => format!("{name} ≤ {}", short_number(*high)),
        Condition::Between(low, high) if low != high => {
            format!("{name} {}", told_values(column, condition))
        }
        Condition::Between(..) | Condition::As(_) => {
            format!("{name} = {}", told_values(column, condition))
        }
        Condition::Missing => format!("no {name}"),
    }
}

/// The filter with the condition: a clause on this column that is there already is made no wider.
pub(super) fn with_condition(
    of: &Question<'_>,
    filter: &str,
    id: ColumnId,
    condition: &Condition,
) -> String {
    let ledger = of.ledger;
    let column = ledger.column(id);
    let kept = match condition {
        Condition::Between(Some(low), Some(high)) if low == high => {
            Brush::Values(vec![low.to_string()])
        }
        Condition::Between(low, high) => {
            let has_clause = query::clauses(filter, ledger)
                .iter()
                .any(|clause| clause.column == Some(id));
            let (mut low, mut high) = (*low, *high);
            if has_clause {
                let rows = of.shown.ones();
                let numbers = rows.filter_map(|row| column.get(row).number());
                let ends = numbers.filter(|x| x.is_finite()).fold(None, |ends, x| {
                    let (least, most) = ends.unwrap_or((x, x));
                    Some((x.min(least), x.max(most)))
                });
                low = low.or(ends.map(|(least, _)| least));
                high = high.or(ends.map(|(_, most)| most));
            }
            Brush::Range { low, high }
        }
        Condition::As(row) => Brush::Values(vec![column.get(*row).to_string()]),
        Condition::Missing => Brush::Missing,
    };
    query::with_clause(filter, ledger, id, Some(&kept))
}

/// The values of a condition, without the param's name.
pub(super) fn told_values(column: &Column, condition: &Condition) -> String {
    match condition {
        Condition::Between(Some(low), Some(high)) if low < high => {
            format!("{} to {}", short_number(*low), short_number(*high))
        }
        Condition::Between(Some(low), Some(_)) => short_number(*low),
        Condition::Between(low, high) => {
            let end = |end: &Option<f64>| end.map_or_else(String::new, short_number);
            format!("{} to {}", end(low), end(high))
        }
        Condition::As(row) => column.get(*row).to_string(),
        Condition::Missing => "not set".to_owned(),
    }
}
