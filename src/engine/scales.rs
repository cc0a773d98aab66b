//! Where a value lies among those of the shown runs: what shades, colours and curves in the table go by.
//!
//! A column's scale is made when it is first needed and holds for one selection.

use super::lines::{LegendItem, RowColour};
use super::show::short_number;
use crate::chart::absence::{EARLY, MISSING};
use crate::ledger::{Bits, Column, ColumnId, History, Kind, ValueRef};
use rustc_hash::FxHashMap;

/// Of how many runs at most a scale is made.
const SAMPLE: usize = 4096;

/// How many categories have a colour of their own; the others share one.
const CLASSES: usize = 8;

/// In how many parts a curve in a cell is drawn.
const CURVE_PARTS: usize = 32;

/// The height of a curve in a cell, in units.
const CURVE_HEIGHT: f64 = 100.0;

/// The scales of the present selection.
#[derive(Default)]
pub(super) struct Scales {
    by_column: order::Map<u32, Scale>,
}

/// What is known of one column's values.
#[derive(Default)]
pub(super) struct Scale {
    /// Finite numbers of a sample of the shown runs, ascending.
    numbers: Vec<f64>,
    /// The most frequent texts, the most frequent first.
    classes: Vec<String>,
    /// Whether there are further texts.
    has_others: bool,
    /// By what the curves are drawn.
    curves: Option<CurveScale>,
}

impl Scales {
    /// Forgets all: the selection is another.
    pub(super) fn forget(&mut self) {
        self.by_column = order::Map::new();
    }

    /// Makes the scales of these columns, where they are not there.
    pub(super) fn need<'a>(
        &mut self,
        columns: impl Iterator<Item = (ColumnId, &'a Column)>,
        shown: &Bits,
    ) {
        for (id, column) in columns {
            self.by_column
                .or_insert_with(id.0, || Scale::of(column, shown));
        }
    }

    /// The scale of a column, if it was made.
    pub(super) fn of(&self, column: ColumnId) -> Option<&Scale> {
        self.by_column.get(&column.0)
    }
}

impl Scale {
    /// The scale of a column among these runs.
    pub(super) fn of(column: &Column, shown: &Bits) -> Self {
        let every = shown.count().div_ceil(SAMPLE).max(1);
        let rows: Vec<usize> = shown.ones().step_by(every).collect();
        let values = rows.iter().map(|row| column.get(*row));
        match column.kind() {
            Kind::Number | Kind::Time => {
                let mut numbers: Vec<f64> =
                    values.filter_map(size).filter(|x| x.is_finite()).collect();
                numbers.sort_by(f64::total_cmp);
                let curves = column.history().map(|history| curve_scale(history, &rows));
                Self {
                    numbers,
                    curves: curves.flatten(),
                    ..Self::default()
                }
            }
            Kind::Category | Kind::Bool | Kind::Text => {
                let mut counts: FxHashMap<String, usize> = FxHashMap::default();
                for value in values.filter(|value| !value.is_missing()) {
                    *counts.entry(value.to_string()).or_default() += 1;
                }
                let mut classes: Vec<(String, usize)> = counts.into_iter().collect();
                order::by(&mut classes, |a, b| {
                    b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0))
                });
                let has_others = classes.len() > CLASSES;
                classes.truncate(CLASSES);
                Self {
                    classes: classes.into_iter().map(|(class, _)| class).collect(),
                    has_others,
                    ..Self::default()
                }
            }
            Kind::Empty => Self::default(),
        }
    }

    /// Which part of the shown runs has less, 0 to 100; `None` where all are the same.
    pub(super) fn shade(&self, x: f64) -> Option<u8> {
        let (first, last) = (self.numbers.first()?, self.numbers.last()?);
        if !x.is_finite() || first >= last {
            return None;
        }
        // Equal numbers have one shade, in the middle of theirs.
        let below = self.numbers.partition_point(|y| *y < x);
        let up_to = self.numbers.partition_point(|y| *y <= x);
        let middle = below.midpoint(up_to.saturating_sub(1).max(below));
        Some((middle * 100 / (self.numbers.len() - 1)).min(100) as u8)
    }

    /// The texts that have a colour of their own, the most frequent first; none of numbers.
    pub(super) fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The colour of a run.
    pub(super) fn colour(&self, column: &Column, row: usize) -> Option<RowColour> {
        let value = column.get(row);
        if value.is_missing() {
            return None;
        }
        if self.classes.is_empty() {
            let x = size(value)?;
            return self.shade(x).map(RowColour::Shade);
        }
        let text = value.to_string();
        let class = self.classes.iter().position(|class| *class == text);
        Some(RowColour::Class(class.unwrap_or(CLASSES) as u8))
    }

    /// What the colours mean.
    pub(super) fn legend(&self) -> Vec<LegendItem> {
        if self.classes.is_empty() {
            let at = |shade: u8| {
                let place = (self.numbers.len().checked_sub(1)?) * usize::from(shade) / 100;
                Some(LegendItem {
                    colour: RowColour::Shade(shade),
                    label: short_number(*self.numbers.get(place)?),
                })
            };
            return [0, 50, 100].into_iter().filter_map(at).collect();
        }
        let class = |(place, label): (usize, String)| LegendItem {
            colour: RowColour::Class(place as u8),
            label,
        };
        let others = self.has_others.then(|| (CLASSES, "others".to_owned()));
        let classes = self.classes.iter().cloned().enumerate();
        classes.chain(others).map(class).collect()
    }

    /// A run's curve as heights of 0 to 100, one for each part of its steps, the last point of each; where a
    /// part has no finite point it is left out. Nothing where there are fewer than two points.
    pub(super) fn curve(&self, history: &History, row: usize) -> Option<Vec<(u8, u8)>> {
        let scale = self.curves?;
        let range = history.range(row);
        let count = range.len();
        if count < 2 {
            return None;
        }
        let mut parts: Vec<(u8, u8)> = Vec::with_capacity(CURVE_PARTS.min(count));
        for (number, at) in range.enumerate() {
            let y = history.values[at];
            if !y.is_finite() {
                continue;
            }
            let part = (number * (CURVE_PARTS - 1) / (count - 1)) as u8;
            let height = libm::round(scale.part(y) * CURVE_HEIGHT) as u8;
            match parts.last_mut() {
                Some(last) if last.0 == part => last.1 = height,
                _ => parts.push((part, height)),
            }
        }
        (parts.len() > 1).then_some(parts)
    }
}

/// The ends of so many parts of sorted numbers with about as many of them each; equal numbers are in one, so that there may be
/// fewer.
pub(super) fn even_parts(sorted: &[f64], count: usize) -> Vec<(f64, f64)> {
    let mut parts = Vec::new();
    let mut from = 0;
    for part in 1..=count {
        let to = part * sorted.len() / count;
        if to > from {
            let high = sorted[to - 1];
            parts.push((sorted[from], high));
            from = sorted.partition_point(|x| *x <= high);
        }
    }
    parts
}

/// A number, or a time in milliseconds.
pub(super) fn size(value: ValueRef<'_>) -> Option<f64> {
    match value {
        ValueRef::Time(millis) => Some(millis as f64),
        other => other.number(),
    }
}

/// What lies on an axis or in its lanes: a number, or a time in milliseconds, or why there is none.
pub(super) fn number_or_absence(value: ValueRef<'_>) -> f64 {
    if value.is_missing() {
        MISSING
    } else {
        size(value).unwrap_or(f64::NAN)
    }
}

/// The same of a statistic of a column, whose cell says why there is none; where it has a number all the same, the run ended
/// before it had what is asked for.
pub(super) fn statistic_or_absence(x: f64, cell: ValueRef<'_>) -> f64 {
    if !x.is_nan() {
        return x;
    }
    let cell = number_or_absence(cell);
    if cell.is_finite() { EARLY } else { cell }
}

/// One scale for the curves of all runs.
#[derive(Clone, Copy, Debug)]
struct CurveScale {
    low: f64,
    high: f64,
    log: bool,
}

impl CurveScale {
    /// How high a value is, 0 to 1; what lies outside is at the edge.
    fn part(self, y: f64) -> f64 {
        let on = |y: f64| if self.log { libm::log(y) } else { y };
        if y <= self.low {
            0.0
        } else if y >= self.high {
            1.0
        } else {
            (on(y) - on(self.low)) / (on(self.high) - on(self.low))
        }
    }
}

/// The scale of the curves of these runs: without the outermost twentieths, which may have diverged, and
/// logarithmic where values of one sign differ by two orders of magnitude.
fn curve_scale(history: &History, rows: &[usize]) -> Option<CurveScale> {
    const WIDE: f64 = 100.0;
    let mut values = Vec::new();
    for row in rows {
        let range = history.range(*row);
        let every = range.len().div_ceil(CURVE_PARTS).max(1);
        let picked = history.values[range].iter().step_by(every).copied();
        values.extend(picked.filter(|x| x.is_finite()));
    }
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let (low, high) = (values[last / 20], values[last - last / 20]);
    let log = low > 0.0 && high / low > WIDE;
    (low < high).then_some(CurveScale { low, high, log })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Point, Role, RunSink};

    fn column(values: &[ValueRef<'_>]) -> Column {
        let mut made = None;
        let mut keep = |part: crate::ledger::Ledger| {
            let id = part.find(Role::Param, "p");
            made = id.map(|id| part.column(id).clone());
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        for (at, value) in values.iter().enumerate() {
            let row = sink.run(&at.to_string());
            sink.set_named(row, Role::Param, "p", *value);
        }
        sink.finish();
        made.unwrap()
    }

    #[test]
    fn shades_are_ranks_and_outliers_change_none() {
        let numbers: Vec<ValueRef<'_>> = [1.0, 2.0, 3.0, 4.0, 1e300]
            .into_iter()
            .map(ValueRef::Number)
            .collect();
        let scale = Scale::of(&column(&numbers), &Bits::filled(5, true));
        let shades: Vec<Option<u8>> = [1.0, 2.0, 3.0, 1e300, f64::NAN]
            .into_iter()
            .map(|x| scale.shade(x))
            .collect();
        assert_eq!(shades, [Some(0), Some(25), Some(50), Some(100), None]);
        // Of runs that are all the same none stands out.
        let same = column(&[ValueRef::Number(3.0), ValueRef::Number(3.0)]);
        assert_eq!(Scale::of(&same, &Bits::filled(2, true)).shade(3.0), None);
    }

    #[test]
    fn classes_have_colours_by_how_many_runs_have_them() {
        let names: Vec<String> = (0..12).map(|at| format!("c{at}")).collect();
        let mut values = vec![ValueRef::Text("sgd"), ValueRef::Text("sgd")];
        values.extend(names.iter().map(|name| ValueRef::Text(name)));
        let column = column(&values);
        let scale = Scale::of(&column, &Bits::filled(values.len(), true));
        assert_eq!(scale.colour(&column, 0), Some(RowColour::Class(0)));
        assert_eq!(scale.colour(&column, 11), Some(RowColour::Class(8)));
        let legend = scale.legend();
        assert_eq!(legend.len(), 9);
        assert_eq!(
            (legend[0].label.as_str(), legend[8].label.as_str()),
            ("sgd", "others")
        );
    }

    #[test]
    fn curves_of_all_runs_share_a_scale() {
        let points = (0..2u32).flat_map(|row| {
            (0..500u32).map(move |step| Point {
                row,
                step: f64::from(step),
                millis: 0,
                value: if step == 7 {
                    f64::NAN
                } else {
                    f64::from(row * 100) + f64::from(step) / 5.0
                },
            })
        });
        let history = History::from_points(2, points.collect());
        let scale = Scale {
            curves: curve_scale(&history, &[0, 1]),
            ..Scale::default()
        };
        let low = scale.curve(&history, 0).unwrap();
        let high = scale.curve(&history, 1).unwrap();
        assert!(low.len() <= CURVE_PARTS);
        assert!(low.iter().zip(&high).all(|(a, b)| a.1 < b.1 || a.1 == 100));
        assert!(high.is_sorted());
    }
}
