//! A cell beside the baseline's: how much more or less, and whether that is better.
//!
//! The baseline is a run or a group, and so is what is told against it. Where both are of several runs, the 95 %
//! interval of the difference of their means (Welch's, which takes no equal spread for granted) says whether they can
//! be told apart at all.

use super::grouped::{Said, with_uncertainty};
use super::protocol::{Cell, Change};
use super::show::short_number;
use crate::analysis::sample::{Sample, welch_half_interval};
use crate::ledger::direction::more_is_better;
use crate::ledger::{Column, Distinct, Role, ValueRef};

/// Means that differ by no more than this part of them are the same, rounded differently.
const ROUNDING: f64 = 1e-13;

/// Tells a cell against what the baseline has in its column. Of a metric the difference stands in the cell; of
/// anything else that differs, what the baseline has is told. `objective` is which way the person chose.
pub(super) fn compare(
    made: &mut Cell,
    column: &Column,
    said: &Said<'_>,
    baseline: &Said<'_>,
    objective: Option<bool>,
) {
    let full = made.full.clone().unwrap_or_else(|| made.text.clone());
    if let (Role::Metric, Some(of), Some(from)) =
        (column.role(), sample_of(said), sample_of(baseline))
    {
        let mut difference = of.mean - from.mean;
        if difference.abs() <= ROUNDING * from.mean.abs() && of.count + from.count > 2 {
            difference = 0.0;
        }
        let half = welch_half_interval(&of, &from);
        let direction = objective.or_else(|| more_is_better(column.name()));
        let change = match (difference.partial_cmp(&0.0), direction) {
            _ if half.is_some_and(|half| difference.abs() < half) => Change::Unclear,
            (Some(std::cmp::Ordering::Equal) | None, _) => Change::Same,
            (Some(_), None) => Change::Differs,
            (Some(order), Some(more)) if order.is_gt() == more => Change::Better,
            _ => Change::Worse,
        };
        let is_more = difference > 0.0;
        let arrow = match change {
            Change::Same => "=",
            Change::Unclear => "≈",
            _ if is_more => "▲",
            _ => "▼",
        };
        let word = match change {
            Change::Better => "better than",
            Change::Worse => "worse than",
            Change::Same => "the same as",
            Change::Unclear => "cannot be told from",
            Change::Differs if is_more => "more than",
            Change::Differs => "less than",
        };
        let sign = if difference >= 0.0 { "+" } else { "−" };
        let amount = format!("{sign}{}", short_number(difference.abs()));
        let share = relative(difference, from.mean);
        let short = share.as_ref().unwrap_or(&amount);
        made.text = match change {
            Change::Same => format!("{} =", made.text),
            // More is not better everywhere, and a colour alone says it to few.
            Change::Better => format!("{} {arrow}{short} better", made.text),
            Change::Worse => format!("{} {arrow}{short} worse", made.text),
            Change::Unclear | Change::Differs => format!("{} {arrow}{short}", made.text),
        };
        let mut told = format!("{full}: {word} the baseline’s");
        if change != Change::Same {
            let share = share.map_or_else(String::new, |share| format!(", {share}"));
            told += &format!(" {} by {amount}{share}", told_of(baseline));
        }
        if let Some(half) = half {
            let (low, high) = (difference - half, difference + half);
            let (low, high) = (short_number(low), short_number(high));
            told += &format!("; 95 % interval of the difference {low} to {high}");
        }
        made.full = Some(told);
        made.change = Some(change);
    } else if differ(said, baseline) {
        let theirs = match baseline {
            Said::One(ValueRef::Missing, _) => "the baseline has no value".to_owned(),
            other => format!("the baseline has {}", told_of(other)),
        };
        made.full = Some(match said {
            Said::One(ValueRef::Missing, _) => theirs,
            _ => format!("{full}; {theirs}"),
        });
        made.change = Some(Change::Differs);
    }
}

/// What the finite numbers say.
fn sample_of(said: &Said<'_>) -> Option<Sample> {
    match said {
        Said::One(value, runs) => {
            let number = value.number().filter(|x| x.is_finite())?;
            Some(Sample::of_equal(number, *runs))
        }
        Said::Sample(sample) => Some(*sample),
        Said::Values(_) => None,
    }
}

/// Whether the two have no value in common, where that can be told.
fn differ(said: &Said<'_>, other: &Said<'_>) -> bool {
    match (said, other) {
        (Said::One(value, _), Said::One(other, _)) => !value.is_same(*other),
        (Said::One(value, _), Said::Values(others))
        | (Said::Values(others), Said::One(value, _)) => {
            let one = Distinct::new(std::iter::once(*value));
            one.is_apart_from(others) == Some(true)
        }
        (Said::Values(values), Said::Values(others)) => values.is_apart_from(others) == Some(true),
        // Numbers beside none.
        _ => true,
    }
}

/// What the baseline has, in words.
fn told_of(said: &Said<'_>) -> String {
    match said {
        Said::One(value, _) => value.to_string(),
        Said::Sample(sample) => told_of_sample(sample),
        Said::Values(values) => match values.count() {
            Some(count) => format!("{count} values"),
            None => "many values".to_owned(),
        },
    }
}

fn told_of_sample(sample: &Sample) -> String {
    let mean = match sample.half_interval() {
        Some(half) => with_uncertainty(sample.mean, half),
        None => short_number(sample.mean),
    };
    format!("{mean} (mean of {} runs)", sample.count)
}

/// A difference as a share of what it is from, in percent of two or three digits.
fn relative(difference: f64, from: f64) -> Option<String> {
    let percent = 100.0 * difference / from.abs();
    if !percent.is_finite() || percent.abs() >= 1e5 {
        return None;
    }
    let sign = if percent >= 0.0 { "+" } else { "−" };
    let decimals = usize::from(percent.abs() < 10.0) + usize::from(percent.abs() < 0.1);
    Some(format!("{sign}{:.decimals$}%", percent.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::ranking::uncertainty::Skew;
    use crate::engine::view::GroupStatistic;
    use crate::ledger::Cells;

    fn column(role: Role, name: &str, numbers: &[Option<f64>]) -> Column {
        Column::computed(role, name, Cells::from_numbers(numbers.iter().copied()))
    }

    /// The cell of these rows told against those.
    fn told(column: &Column, rows: &[u32], baseline: &[u32], objective: Option<bool>) -> Cell {
        let statistic = GroupStatistic::Interval;
        let said = |rows| Said::new(column, rows, statistic);
        let skew = Skew::default();
        let mut cell = said(rows).cell(column, &column.present(), rows, statistic, &skew);
        compare(&mut cell, column, &said(rows), &said(baseline), objective);
        cell
    }

    #[test]
    fn a_difference_has_sign_arrow_and_word() {
        let loss = column(
            Role::Metric,
            "val_loss",
            &[Some(0.5), Some(0.4), Some(0.75), Some(0.5), None],
        );
        let one = |row: u32| told(&loss, &[row], &[0], None);
        assert_eq!(one(1).text, "0.4 ▼−20% better");
        assert_eq!(one(1).change, Some(Change::Better));
        let full = one(1).full.unwrap();
        assert!(
            full.contains("better than the baseline’s 0.5 by −0.1"),
            "{full}"
        );
        assert_eq!(one(2).text, "0.75 ▲+50% worse");
        assert_eq!(one(2).change, Some(Change::Worse));
        assert_eq!(one(3).change, Some(Change::Same));
        assert_eq!(one(4).change, Some(Change::Differs));
        // The person's direction goes before the name's.
        let chosen = told(&loss, &[1], &[0], Some(true));
        assert_eq!(chosen.change, Some(Change::Worse));
        let unknown = column(Role::Metric, "zeta", &[Some(0.0), Some(2.0)]);
        assert_eq!(told(&unknown, &[1], &[0], None).text, "2 ▲+2");
        let rate = column(Role::Param, "lr", &[Some(0.1), Some(0.1), Some(0.2)]);
        assert_eq!(told(&rate, &[1], &[0], None).change, None);
        let full = told(&rate, &[2], &[0], None).full.unwrap();
        assert!(full.contains("the baseline has 0.1"), "{full}");
    }

    #[test]
    fn groups_are_told_apart_only_where_their_spread_lets_them() {
        let numbers = [0.9, 1.0, 1.1, 1.0, 1.1, 1.2, 2.0, 2.1, 2.2].map(Some);
        let loss = column(Role::Metric, "loss", &numbers);
        let near = told(&loss, &[3, 4, 5], &[0, 1, 2], None);
        assert_eq!(near.change, Some(Change::Unclear));
        assert!(near.text.ends_with("≈+10.0%"), "{}", near.text);
        // Four degrees of freedom: 0.1 ± 2.776445 · √(0.01 / 3 + 0.01 / 3).
        let full = near.full.unwrap();
        assert!(full.contains("cannot be told from"), "{full}");
        assert!(full.contains("-0.1267 to 0.3267"), "{full}");
        let far = told(&loss, &[6, 7, 8], &[0, 1, 2], None);
        assert_eq!(far.change, Some(Change::Worse));
        // A run alone has no spread: it is told as it is.
        let run = told(&loss, &[3], &[0, 1, 2], None);
        assert_eq!(run.change, Some(Change::Same));
        assert_eq!(
            told(&loss, &[0], &[0, 1, 2], None).change,
            Some(Change::Better)
        );
        // Of what is no metric, only what no run of the baseline has is another value.
        let seeds = column(Role::Param, "seed", &numbers);
        assert_eq!(told(&seeds, &[3, 4, 5], &[0, 1, 2], None).change, None);
        let others = told(&seeds, &[6, 7, 8], &[0, 1, 2], None);
        assert_eq!(others.change, Some(Change::Differs));
        assert!(others.full.unwrap().contains("the baseline has 3 values"));
    }
}
