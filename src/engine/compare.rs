//! A run's cell beside the baseline's: how much more or less, and whether that is better.

use super::protocol::{Cell, Change};
use super::show::{cell, short_number};
use crate::ledger::direction::more_is_better;
use crate::ledger::{Column, Role, ValueRef};

/// The cell of a run, told against the baseline's value. Of a metric the difference stands in the cell; of
/// anything else that differs, the baseline's value is told.
pub(super) fn compared(
    column: &Column,
    row: usize,
    baseline: usize,
    objective: Option<bool>,
) -> Cell {
    let (value, other) = (column.get(row), column.get(baseline));
    let mut made = cell(value);
    if row == baseline {
        return made;
    }
    let full = made.full.clone().unwrap_or_else(|| made.text.clone());
    if let (Role::Metric, Some(x), Some(y)) = (column.role(), value.number(), other.number())
        && x.is_finite()
        && y.is_finite()
    {
        let difference = x - y;
        let change = match (
            difference.partial_cmp(&0.0),
            objective.or_else(|| more_is_better(column.name())),
        ) {
            (Some(std::cmp::Ordering::Equal) | None, _) => Change::Same,
            (Some(_), None) => Change::Differs,
            (Some(order), Some(more)) if order.is_gt() == more => Change::Better,
            _ => Change::Worse,
        };
        let sign = if difference >= 0.0 { "+" } else { "−" };
        let share = relative(difference, y);
        let amount = format!("{sign}{}", short_number(difference.abs()));
        let (arrow, word) = match (change, difference > 0.0) {
            (Change::Better, true) => ("▲", "better"),
            (Change::Better, false) => ("▼", "better"),
            (Change::Worse, true) => ("▲", "worse"),
            (Change::Worse, false) => ("▼", "worse"),
            (Change::Differs, true) => ("▲", "more"),
            (Change::Differs, false) => ("▼", "less"),
            (Change::Same, _) => ("=", "the same"),
        };
        let short = share.clone().unwrap_or_else(|| amount.clone());
        made.text = match change {
            Change::Same => format!("{} =", made.text),
            _ => format!("{} {arrow}{short}", made.text),
        };
        let share = share.map_or_else(String::new, |share| format!(", {share}"));
        made.full = Some(format!(
            "{full}: {word} than the baseline’s {other} by {amount}{share}"
        ));
        if change == Change::Same {
            made.full = Some(format!("{full}: the same as the baseline’s"));
        }
        made.change = Some(change);
        return made;
    }
    if !value.is_same(other) {
        let theirs = match other {
            ValueRef::Missing => "the baseline has no value".to_owned(),
            other => format!("the baseline has {other}"),
        };
        made.full = Some(if value.is_missing() {
            theirs
        } else {
            format!("{full}; {theirs}")
        });
        made.change = Some(Change::Differs);
    }
    made
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
    use crate::ledger::Cells;

    fn column(role: Role, name: &str, numbers: &[Option<f64>]) -> Column {
        Column::computed(role, name, Cells::from_numbers(numbers.iter().copied()))
    }

    #[test]
    fn a_difference_has_sign_arrow_and_word() {
        let loss = column(
            Role::Metric,
            "val_loss",
            &[Some(0.5), Some(0.4), Some(0.75), Some(0.5), None],
        );
        let told = |row: usize| {
            let made = compared(&loss, row, 0, None);
            (made.text, made.change, made.full.unwrap_or_default())
        };
        assert_eq!(told(0).1, None);
        let (text, change, full) = told(1);
        assert_eq!((text.as_str(), change), ("0.4 ▼−20%", Some(Change::Better)));
        assert!(
            full.contains("better than the baseline’s 0.5 by −0.1"),
            "{full}"
        );
        assert_eq!(told(2).0, "0.75 ▲+50%");
        assert_eq!(told(2).1, Some(Change::Worse));
        assert_eq!(told(3).1, Some(Change::Same));
        assert_eq!(told(4).1, Some(Change::Differs));
        // The person's direction goes before the name's.
        assert_eq!(
            compared(&loss, 1, 0, Some(true)).change,
            Some(Change::Worse)
        );
        let unknown = column(Role::Metric, "zeta", &[Some(0.0), Some(2.0)]);
        assert_eq!(compared(&unknown, 1, 0, None).text, "2 ▲+2");
        let rate = column(Role::Param, "lr", &[Some(0.1), Some(0.1), Some(0.2)]);
        assert_eq!(compared(&rate, 1, 0, None).change, None);
        assert!(
            compared(&rate, 2, 0, None)
                .full
                .unwrap()
                .contains("the baseline has 0.1")
        );
    }
}
