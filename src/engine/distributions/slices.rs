//! The metric over each param: what goes along with it, param by param.

use super::measure::{Measure, param_axis};
use super::parts::{NO_PART, Parts};
use crate::analysis::correlation::average_ranks;
use crate::analysis::first_look::{CLOSENESS, ORDERED, closeness, closer};
use crate::analysis::part::Part;
use crate::chart::axis::Axis;
use crate::chart::dots::RunDot;
use crate::chart::number::{counted, grouped};
use crate::chart::slice::{Slice, SliceAxes};
use crate::engine::brief::Question;
use crate::ledger::{ColumnId, Kind, Role, attribute};

/// Slices that are drawn at most, however many are asked for.
const MOST_SLICES: usize = 48;

/// Of more runs a slice shows an even part.
const MOST_DOTS: usize = 2000;

/// How many values of a category have a place of their own.
const MOST_VALUES: usize = 12;

/// How far from the middle of its step a dot of a category lies at most, in steps.
const JITTER: f64 = 0.3;

/// Up to so many different numbers are levels, on which dots would hide one another.
const MOST_LEVELS: usize = 20;

/// How far aside a dot on a level lies at most, in units of the picture: within its room at the ends of the axis.
const LEVEL_JITTER: f64 = 4.0;

/// What was drawn.
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
    let mut told = format!(
        "{} Each dot is a run, coloured by when{}; the ring is the best.",
        if is_by_importance {
            "The most important param first.".to_owned()
        } else {
            closest()
        },
        if parts.is_by_start {
            " it began"
        } else {
            " it was read"
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
        .then(|| Parts::by_value(question, measure, id, MOST_VALUES));
    let x_axis = match &by_value {
        Some(parts) => Axis::Values {
            values: parts.names.clone(),
            rest: parts.rest,
        },
        None => param_axis(
            question
                .shown
                .ones()
                .filter_map(|row| numbers.get(row).copied()),
            column.kind() == Kind::Time,
        ),
    };
    let has_x = |row: usize| match &by_value {
        Some(parts) => parts.of_row.get(row).is_some_and(|part| *part != NO_PART),
        None => numbers.get(row).is_some_and(|x| x.is_finite()),
    };
    // The part of the axis at which a run lies: worked out of what is drawn alone.
    let along = |row: usize| match &by_value {
        _ if !has_x(row) => None,
        Some(parts) => {
            let part = *parts.of_row.get(row)?;
            let steps = (parts.names.len() + usize::from(parts.rest > 0)).max(1);
            Some(x_axis.place_of_step(part as usize) + JITTER * jitter(row) / steps as f64)
        }
        None => numbers.get(row).map(|x| x_axis.place(*x)),
    };
    let (mut both, mut no_x, mut no_y) = (0_usize, 0_usize, 0_usize);
    let mut rows: Vec<usize> = Vec::new();
    for row in question.shown.ones() {
        match (has_x(row), measure.of(row).is_finite()) {
            (true, true) => both += 1,
            (false, true) => no_x += 1,
            (true, false) => no_y += 1,
            (false, false) => continue,
        }
        rows.push(row);
    }
    let differs = match &x_axis {
        Axis::Values { values, .. } => values.len() > 1 || no_x > 0,
        Axis::Numbers { low, high, .. } => low < high || no_x > 0,
    };
    if !differs || both + no_y == 0 {
        return None;
    }
    let all = rows.len();
    let axes = SliceAxes {
        x: x_axis.clone(),
        y: measure.axis.clone(),
        has_lane: (no_x > 0, no_y > 0),
    };
    let aside = if by_value.is_none() && is_in_levels(&rows, &numbers) {
        LEVEL_JITTER
    } else {
        0.0
    };
    let part = Part::new(all, MOST_DOTS);
    let drawn = rows.iter().enumerate();
    let drawn = drawn.filter(|(at, row)| part.has(*at) || Some(**row) == measure.best);
    let mut dots: Vec<RunDot> = drawn
        .map(|(_, row)| {
            let (x, y) = axes.at(along(*row), measure.of(*row));
            let aside = if has_x(*row) {
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
        grouped(both),
        counted(question.shown.count(), "run")
    );
    for (count, name) in [(no_x, column.name()), (no_y, measure.name.as_str())] {
        if count > 0 {
            words.push_str(&format!("; {} no {name}", grouped(count)));
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

/// Whether runs share few numbers.
fn is_in_levels(rows: &[usize], numbers: &[f64]) -> bool {
    let mut met: Vec<f64> = Vec::new();
    for x in rows.iter().filter_map(|row| numbers.get(*row)) {
        // Many runs are asked of few numbers: no set is needed.
        if x.is_finite() && !met.contains(x) {
            met.push(*x);
        }
        if met.len() > MOST_LEVELS {
            return false;
        }
    }
    rows.len() > 3 * met.len()
}

/// How far from the middle a run lies aside, -1 to 1: the fractional parts of multiples of the golden ratio, the same each
/// time.
pub(super) fn jitter(row: usize) -> f64 {
    let part = (row as u32).wrapping_mul(0x9E37_79B9);
    2.0 * f64::from(part) / f64::from(u32::MAX) - 1.0
}
