//! The metric over each param: what goes along with it, param by param.

use super::measure::Measure;
use super::parts::{NO_PART, Parts};
use crate::analysis::correlation::average_ranks;
use crate::analysis::first_look::{CLOSENESS, ORDERED, closeness, closer};
use crate::analysis::part::Part;
use crate::chart::absence::{Lanes, MISSING};
use crate::chart::axis::Axis;
use crate::chart::dots::RunDot;
use crate::chart::number::{counted, grouped};
use crate::chart::slice::{Slice, SliceAxes};
use crate::engine::brief::Question;
use crate::engine::scales::{number_or_absence, statistic_or_absence};
use crate::ledger::{ColumnId, Kind, Role, attribute};

/// Slices that are drawn at most, however many are asked for.
const MOST_SLICES: usize = 48;

/// Of more runs a slice shows an even part.
const MOST_DOTS: usize = 2000;

/// How many values of a category have a place of their own.
const MOST_VALUES: usize = 12;

/// How far from the middle of its step a dot of a category lies at most, in steps.
pub(in crate::engine) const JITTER: f64 = 0.3;

/// How far aside a dot on one of few numbers, where dots would hide one another, lies at most, in units of the picture: within its
/// room at the ends of the axis.
const LEVEL_JITTER: f64 = 4.0;

/// What was drawn.
#[derive(Default)]
pub(super) struct Sliced {
    pub(super) slices: Vec<Slice>,
    /// In which order they are.
    pub(super) told: String,
    /// How many params are not drawn.
    pub(super) more: usize,
}

/// Slices of the params that differ between the shown runs, the most important first.
pub(super) fn slices(
    question: &Question<'_>,
    measure: &Measure<'_>,
    importance: &[ColumnId],
    count: usize,
) -> Sliced {
    let (params, is_by_importance) = params(question, measure, importance);
    let parts = order_parts(question);
    let count = count.min(MOST_SLICES);
    let mut left = params.iter();
    let mut slices: Vec<Slice> = Vec::new();
    while slices.len() < count
        && let Some(column) = left.next()
    {
        slices.extend(slice(question, measure, *column, &parts));
    }
    let closest = || format!("The param that goes along most with it first ({CLOSENESS}).");
    if slices.is_empty() {
        return Sliced::default();
    }
    let mut told = format!(
        "{} Each dot is a run, coloured by when{}{}.",
        if is_by_importance {
            "The most important param first.".to_owned()
        } else {
            closest()
        },
        if parts.is_by_start {
            " it began"
        } else {
            " it was read"
        },
        if measure.best.is_some() {
            "; the ring is the best"
        } else {
            ""
        }
    );
    let more = left.len();
    if more > 0 {
        told.push_str(&format!(
            " {} of {} that may differ are drawn.",
            grouped(slices.len()),
            counted(slices.len() + more, "param")
        ));
    }
    Sliced {
        more: more.min(MOST_SLICES - slices.len()),
        slices,
        told,
    }
}

/// The params that differ in their order, and whether that is by importance.
fn params(
    question: &Question<'_>,
    measure: &Measure<'_>,
    importance: &[ColumnId],
) -> (Vec<ColumnId>, bool) {
    let ledger = question.ledger;
    let count = question.shown.count();
    let every = count.div_ceil(ORDERED).max(1);
    let rows: Vec<usize> = question.shown.ones().step_by(every).collect();
    // Texts of many kinds have no axis.
    let params = ledger.columns_with_ids().filter(|(id, column)| {
        column.role() == Role::Param
            && *id != measure.column
            && !matches!(column.kind(), Kind::Empty | Kind::Text)
            && column.spread().varies
    });
    let mut ranked: Vec<(usize, (bool, f64), ColumnId)> = params
        .map(|(id, _)| {
            let place = importance.iter().position(|known| *known == id);
            let close = closeness(ledger, id, &|row| measure.of(row), &rows);
            (place.unwrap_or(usize::MAX), close, id)
        })
        .collect();
    order::by(&mut ranked, |a, b| {
        a.0.cmp(&b.0).then_with(|| closer(&a.1, &b.1))
    });
    let is_by_importance = ranked.first().is_some_and(|first| first.0 < usize::MAX);
    (
        ranked.into_iter().map(|(_, _, id)| id).collect(),
        is_by_importance,
    )
}

/// How far from the first of the shown runs to the last each is.
struct OrderParts {
    of_row: Vec<f32>,
    is_by_start: bool,
}

fn order_parts(question: &Question<'_>) -> OrderParts {
    let rows = || question.shown.ones();
    let starts = question.ledger.attribute(attribute::START);
    let starts = starts.map(|column| column.numbers());
    let start = |row: usize| starts.as_ref().and_then(|starts| starts.get(row).copied());
    let is_by_start = rows().all(|row| start(row).is_some_and(f64::is_finite));
    let ranks = if is_by_start {
        average_ranks(&rows().filter_map(start).collect::<Vec<_>>())
    } else {
        (0..question.shown.count()).map(|at| at as f64).collect()
    };
    let last = ranks.len().saturating_sub(1).max(1) as f64;
    let mut of_row = vec![0.0; question.ledger.rows()];
    for (row, rank) in rows().zip(ranks) {
        of_row[row] = (rank / last) as f32;
    }
    OrderParts {
        of_row,
        is_by_start,
    }
}

/// One slice; `None` where the shown runs do not differ in it.
fn slice(
    question: &Question<'_>,
    measure: &Measure<'_>,
    id: ColumnId,
    order_parts: &OrderParts,
) -> Option<Slice> {
    let column = question.ledger.column(id);
    let numbers = column.numbers();
    let by_value = (!matches!(column.kind(), Kind::Number | Kind::Time))
        .then(|| Parts::by_value(question, &|row| measure.of(row), id, MOST_VALUES));
    let x_axis = if let Some(parts) = &by_value {
        Axis::Values {
            values: parts.names.clone(),
            rest: parts.rest,
        }
    } else {
        let shown = question.shown.ones();
        let shown = shown.filter_map(|row| numbers.get(row).copied());
        Axis::of(shown, column.kind() == Kind::Time, None)
    };
    // The part of the axis at which a run lies: worked out of what is drawn alone.
    let along = |row: usize| match &by_value {
        Some(parts) => match parts.of_row.get(row) {
            Some(part) if *part != NO_PART => {
                let steps = (parts.names.len() + usize::from(parts.rest > 0)).max(1);
                x_axis.place_of_step(*part as usize) + JITTER * jitter(row) / steps as f64
            }
            _ => MISSING,
        },
        None => match number_or_absence(column.get(row)) {
            x if x.is_finite() => x_axis.place(x),
            odd => odd,
        },
    };
    let cells = question.ledger.column(measure.column);
    let up = |row: usize| statistic_or_absence(measure.of(row), cells.get(row));
    let is_there = |row: &usize| along(*row).is_finite() || measure.of(*row).is_finite();
    let rows: Vec<usize> = question.shown.ones().filter(is_there).collect();
    let lanes = [
        Lanes::of(&mut rows.iter().map(|row| along(*row))),
        Lanes::of(&mut rows.iter().map(|row| up(*row))),
    ];
    let no = lanes.map(Lanes::count);
    let differs = match &x_axis {
        Axis::Values { values, .. } => values.len() > 1 || no[0] > 0,
        Axis::Numbers { low, high, .. } => low < high || no[0] > 0,
    };
    if !differs || rows.len() == no[0] {
        return None;
    }
    let all = rows.len();
    let axes = SliceAxes {
        x: x_axis.clone(),
        y: measure.axis.clone(),
        lanes,
    };
    let aside = match &x_axis {
        Axis::Numbers { levels, .. } if !levels.is_empty() => LEVEL_JITTER,
        _ => 0.0,
    };
    let part = Part::new(all, MOST_DOTS);
    let drawn = rows.iter().enumerate();
    let drawn = drawn.filter(|(at, row)| part.has(*at) || Some(**row) == measure.best);
    let mut dots: Vec<RunDot> = drawn
        .map(|(_, row)| {
            let part = along(*row);
            let (x, y) = axes.at(part, up(*row));
            let aside = if part.is_finite() {
                aside * jitter(*row)
            } else {
                0.0
            };
            RunDot {
                x: (x + aside) as f32,
                y: y as f32,
                part: order_parts.of_row.get(*row).copied().unwrap_or(0.0),
                row: *row as u32,
            }
        })
        .collect();
    order::by(&mut dots, |a, b| {
        a.x.total_cmp(&b.x).then_with(|| a.y.total_cmp(&b.y))
    });
    let best = dots
        .iter()
        .position(|dot| Some(dot.row as usize) == measure.best);
    let mut words = format!(
        "{} of {} have both",
        grouped(all - no[0] - no[1]),
        counted(question.shown.count(), "run")
    );
    for (lanes, name) in lanes.into_iter().zip([column.name(), &measure.name]) {
        if lanes.count() > 0 {
            let (count, told) = (grouped(lanes.count()), lanes.told());
            words.push_str(&format!("; {count} no {name} ({told})"));
        }
    }
    if dots.len() < all {
        words.push_str(&format!("; an even {} are drawn", grouped(dots.len())));
    }
    words.push('.');
    Some(Slice {
        name: column.name().to_owned(),
        column: id,
        axes,
        dots,
        best,
        words,
    })
}

/// How far from the middle a run lies aside, -1 to 1: the fractional parts of multiples of the golden ratio, the same each
/// time.
pub(in crate::engine) fn jitter(row: usize) -> f64 {
    let part = (row as u32).wrapping_mul(0x9E37_79B9);
    2.0 * f64::from(part) / f64::from(u32::MAX) - 1.0
}
