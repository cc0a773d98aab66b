//! The numbers whose distribution is looked at: the objective as it is ranked by, or any column.

use crate::analysis::order_statistics::quantile;
use crate::analysis::ranking::likeliest;
use crate::chart::axis::Axis;
use crate::chart::number::{axis_end, counted, grouped, short_number};
use crate::engine::brief::Question;
use crate::engine::info::column_of_key;
use crate::engine::scales::size;
use crate::ledger::{Column, ColumnId, Kind, Role};
use std::borrow::Cow;

/// An axis ends before what lies so many times farther out than all but the outermost fiftieths.
const FAR: f64 = 10.0;

/// A number a run.
pub(in crate::engine) struct Measure<'a> {
    /// The column that it is of.
    pub(super) column: ColumnId,
    /// What it is.
    pub(super) name: String,
    /// By row; not finite where a run has none.
    pub(super) values: Cow<'a, [f64]>,
    /// Whether they are times.
    pub(super) is_time: bool,
    /// Which way is better, where that is known.
    pub(super) maximize: Option<bool>,
    /// The best run.
    pub(super) best: Option<usize>,
    /// The finite ones of the shown runs, ascending.
    pub(super) sorted: Vec<f64>,
    /// Where they lie.
    pub(super) axis: Axis,
}

impl<'a> Measure<'a> {
    /// That of a key; where there is none, of the objective, or of the first metric that differs, spaced by the logarithm or not
    /// where that is said. `None` where nothing does.
    pub(super) fn new(question: &Question<'a>, key: &str, log: Option<bool>) -> Option<Self> {
        let mut measure = Self::of_key(question, key)?;
        let shown = question.shown.ones().map(|row| measure.of(row));
        let mut sorted: Vec<f64> = shown.filter(|x| x.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        measure.axis = axis(&sorted, measure.is_time, log);
        measure.sorted = sorted;
        Some(measure)
    }

    /// What a run has of it: its name, and the number as people read it.
    pub(in crate::engine) fn of_run(
        question: &Question<'a>,
        key: &str,
        row: usize,
    ) -> Option<(String, String)> {
        let measure = Self::of_key(question, key)?;
        let text = match measure.of(row) {
            x if x.is_nan() => "none".to_owned(),
            x => measure.text(x),
        };
        Some((measure.name, text))
    }

    /// The numbers, without what is worked out of all of them.
    fn of_key(question: &Question<'a>, key: &str) -> Option<Self> {
        let ledger = question.ledger;
        let is_number = |id: &ColumnId| {
            let column = ledger.column(*id);
            column.role() != Role::Ignored && matches!(column.kind(), Kind::Number | Kind::Time)
        };
        let wanted = column_of_key(ledger, key).filter(is_number);
        let objective = question.objective.map(|(_, column, _)| column);
        let first = || {
            let columns = ledger.columns_with_ids();
            likeliest(columns.filter(|(id, column)| {
                column.role() == Role::Metric && column.spread().varies && is_number(id)
            }))
        };
        let id = wanted.or(objective).or_else(first)?;
        let column = ledger.column(id);
        let mut measure = Self {
            column: id,
            name: column.name().to_owned(),
            values: column.numbers(),
            is_time: column.kind() == Kind::Time,
            maximize: None,
            best: None,
            sorted: Vec::new(),
            axis: Axis::Values {
                values: Vec::new(),
                rest: 0,
            },
        };
        if let Some((asked, objective, values)) = question.objective
            && objective == id
        {
            measure.name = asked.shown_name().unwrap_or(measure.name);
            measure.values = Cow::Borrowed(&values.values);
            measure.maximize = Some(values.maximize);
            measure.best = values.best(question.shown).map(|(row, ..)| row);
        }
        Some(measure)
    }

    /// The number of a run.
    pub(super) fn of(&self, row: usize) -> f64 {
        self.values.get(row).copied().unwrap_or(f64::NAN)
    }

    /// A number as people read it.
    pub(super) fn text(&self, x: f64) -> String {
        if self.is_time {
            axis_end(x, true)
        } else {
            short_number(x)
        }
    }

    /// Of how many runs there is a number, what the others have instead, and how many lie beyond the axes.
    pub(super) fn told(&self, question: &Question<'_>) -> Vec<String> {
        let column: &Column = question.ledger.column(self.column);
        let (mut missing, mut nan, mut infinite, mut unranked) = (0, 0, 0, 0);
        for row in question.shown.ones() {
            if self.of(row).is_finite() {
                continue;
            }
            let value = column.get(row);
            match size(value) {
                _ if value.is_missing() => missing += 1,
                Some(x) if x.is_infinite() => infinite += 1,
                Some(x) if x.is_finite() => unranked += 1,
                _ => nan += 1,
            }
        }
        let others = [
            (missing, "without a value"),
            (nan, "NaN or no number"),
            (infinite, "infinite"),
            (unranked, "ended early or without such a value"),
        ];
        let others = others.into_iter().filter(|(count, _)| *count > 0);
        let others = others.map(|(count, what)| format!("{} {what}", grouped(count)));
        let others: Vec<String> = others.collect();
        let mut words = format!(
            "{} of {} have a finite {}",
            grouped(self.sorted.len()),
            counted(question.shown.count(), "shown run"),
            self.name
        );
        if !others.is_empty() {
            words.push_str("; the others: ");
            words.push_str(&others.join(", "));
        }
        words.push('.');
        let mut words = vec![words];
        let beyond = self.beyond();
        if beyond > 0 {
            words.push(format!(
                "{} so far from the others that the axes end before: drawn at their ends.",
                if beyond == 1 {
                    "1 run lies".to_owned()
                } else {
                    format!("{} runs lie", grouped(beyond))
                }
            ));
        }
        words
    }

    /// How many lie beyond the axis.
    fn beyond(&self) -> usize {
        let Axis::Numbers { low, high, .. } = self.axis else {
            return 0;
        };
        let is_beyond = |x: &&f64| **x < low || **x > high;
        self.sorted.iter().filter(is_beyond).count()
    }
}

/// The axis of sorted finite numbers, which ends before far outliers.
fn axis(sorted: &[f64], time: bool, log: Option<bool>) -> Axis {
    let (low, high) = match (sorted.first(), sorted.last()) {
        (Some(low), Some(high)) => (*low, *high),
        _ => (0.0, 0.0),
    };
    let mut axis = Axis::of_finite(sorted, time, log);
    let spacing = axis.spacing();
    let on = |x: f64| spacing.to(x);
    let at = |part: f64| quantile(sorted, part).map_or(0.0, on);
    let (inner_low, inner_high) = (at(0.02), at(0.98));
    let inner = inner_high - inner_low;
    let room = inner / 4.0;
    let within = |least: f64, greatest: f64| {
        let inside = |x: &&f64| (least..=greatest).contains(&on(**x));
        let mut found = sorted.iter().filter(inside);
        let first = found.next().copied();
        first.map(|first| (first, found.next_back().copied().unwrap_or(first)))
    };
    // One side may be far out and the other not. Both ends are numbers that are there.
    let is_far = |away: f64| inner > 0.0 && away > FAR * inner;
    let least = if is_far(inner_low - on(low)) {
        inner_low - room
    } else {
        on(low)
    };
    let greatest = if is_far(on(high) - inner_high) {
        inner_high + room
    } else {
        on(high)
    };
    if let (Axis::Numbers { low, high, .. }, Some(ends)) = (&mut axis, within(least, greatest)) {
        (*low, *high) = ends;
    }
    axis
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::scale::Spacing;

    fn ends(sorted: &[f64]) -> (f64, f64, bool) {
        match axis(sorted, false, None) {
            Axis::Numbers {
                low, high, spacing, ..
            } => (low, high, spacing != Spacing::Linear),
            Axis::Values { .. } => unreachable!(),
        }
    }

    #[test]
    fn an_axis_ends_before_far_outliers_and_is_logarithmic_where_that_helps() {
        let mut numbers: Vec<f64> = (-50..150).map(f64::from).collect();
        assert_eq!(ends(&numbers), (-50.0, 149.0, false));
        numbers.push(1e30);
        assert_eq!(ends(&numbers), (-50.0, 149.0, false));
        numbers.insert(0, -1e30);
        assert_eq!(ends(&numbers), (-50.0, 149.0, false));
        assert_eq!(ends(&[1e-6, 1.0, 2.0, 3.0]), (1e-6, 3.0, true));
        assert_eq!(ends(&[0.0, 1.0, 1e6]), (0.0, 1e6, true));
        assert_eq!(ends(&[-1.0, 1.0, 1e6]), (-1.0, 1e6, false));
        assert_eq!(ends(&[3.0; 9]), (3.0, 3.0, false));
        assert!(ends(&[]).0.is_nan());
    }
}
