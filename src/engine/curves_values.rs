//! The values of a panel of curves: the points of a line as far as they are shown, the vertical axis, and what both say.

use super::curves::CurvesView;
use super::curves_across::Across;
use super::curves_alike::AlikeColumns;
use super::curves_drawn::{CurveRuns, Reach};
use super::show::short_number;
use crate::chart::axis::Axis;
use crate::chart::curve::{Envelope, Heights, Straight, Undrawn, cut, extent_of};
use crate::chart::ink::Ink;
use crate::chart::number::{counted, grouped, percent};
use crate::chart::scale::Spacing;
use crate::chart::smooth::Smoothing;
use crate::ledger::{History, WIDE};
use std::ops::Range;

/// The parts of the values at each side that lie beyond a clipped axis at least and at most.
const BEYOND: (f64, f64) = (0.02, 0.1);

/// Between these, it ends so many times the width of the middle half of the values beyond that half: what lies farther is
/// far out (Tukey 1977).
const FENCE: f64 = 3.0;

/// An axis so many times as long as where most values lie presses them to a line.
const PRESSED: f64 = 20.0;

/// Of how many values it is found where that part begins: to end the axis there, and to say that it could.
const SORTED: usize = 200_000;
const HINTED: usize = 5_000;

/// The points of a run's line as far as they are shown: smoothed over all that is there, shown or not, cut off at the ends of
/// the axis, which may be logarithmic.
pub(super) fn line(
    across: &Across,
    (history, runs): (&History, CurveRuns<'_>),
    row: usize,
    (smoothing, log): (Smoothing, bool),
    points: &mut Vec<(f64, f64)>,
) {
    let range = across.in_view(history, row, smoothing.reach());
    across.points(history, row, range, points);
    smoothing.apply(points);
    across.pair((history, runs), row, points);
    if across.is_zoomed() {
        cut(points, across.ends, log);
    }
}

/// A run's line as it was logged, as an envelope: [`line`] without room for its points, where they are shown as they are but for the
/// ends.
pub(super) fn outline(
    across: &Across,
    of: (&History, CurveRuns<'_>),
    row: usize,
    (width, log): (usize, bool),
    (reach, columns, points): (&Reach, &mut AlikeColumns, &mut Vec<(f64, f64)>),
    envelope: &mut Envelope,
) {
    envelope.begin(across.ends, width, log);
    let (history, _) = of;
    if let Some((before, inner, after)) = across.parts((history, &reach.alike), row) {
        let mut add = |end: Range<usize>, envelope: &mut Envelope| {
            across.points(history, row, end, points);
            cut(points, across.ends, log);
            envelope.add(points);
        };
        add(before, envelope);
        let columns = columns.of(&reach.alike, history, row, (across, width));
        let first = history.range(row).start;
        let values = (history.values.as_slice(), &reach.of);
        envelope.add_columns(
            columns,
            values,
            first,
            inner.start - first..inner.end - first,
        );
        add(after, envelope);
    } else {
        line(across, of, row, (Smoothing::default(), log), points);
        envelope.add(points);
    }
}

/// The same line put straight into the ink, where all of its values are finite, as they mostly are. False where it is to be an envelope
/// first.
pub(super) fn put_straight(
    across: &Across,
    of: (&History, CurveRuns<'_>),
    row: usize,
    (width, thickness, heights): (usize, f32, Heights<'_>),
    (reach, columns, points): (&Reach, &mut AlikeColumns, &mut Vec<(f64, f64)>),
    ink: &mut Ink,
) -> bool {
    let (history, _) = of;
    let parts = across.parts((history, &reach.alike), row);
    let Some((before, inner, after)) = parts.filter(|_| reach.is_finite(row)) else {
        return false;
    };
    let mut end = |end: Range<usize>| {
        across.points(history, row, end, points);
        cut(points, across.ends, false);
        std::mem::take(points)
    };
    let (head, tail) = (end(before), end(after));
    let range = history.range(row);
    let line = Straight {
        head: &head,
        columns: columns.of(&reach.alike, history, row, (across, width)),
        values: &history.values[range.clone()],
        part: inner.start - range.start..inner.end - range.start,
        tail: &tail,
    };
    line.draw(heights, thickness, ink)
}

/// How far a run's line reaches as it was logged, and how many of its points have a height; see [`extent_of`].
fn reach(
    across: &Across,
    of: (&History, CurveRuns<'_>),
    row: usize,
    (log, known): (bool, &Reach),
    points: &mut Vec<(f64, f64)>,
) -> (f64, f64, usize) {
    let (history, _) = of;
    let Some((before, inner, after)) = across.parts((history, &known.alike), row) else {
        line(across, of, row, (Smoothing::default(), log), points);
        return extent_of(points, log);
    };
    let mut reached = known.of.of(&history.values, inner, log);
    for end in [before, after] {
        across.points(history, row, end, points);
        cut(points, across.ends, log);
        let (low, high, count) = extent_of(points, log);
        reached = (reached.0.min(low), reached.1.max(high), reached.2 + count);
    }
    reached
}

/// The vertical axis of the shown runs' values in view, what it cannot show, and what else there is to say of it.
pub(super) fn vertical(
    (history, known): (&History, &Reach),
    across: &Across,
    runs: CurveRuns<'_>,
    set: &CurvesView,
) -> (Axis, Vec<String>, String) {
    let (log, symlog, clip) = (set.is_positive(), set.is_symlog(), set.clip);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let shown = runs.shown;
    let is_part = across.is_zoomed() || across.is_paired();
    let has_height = |value: f64| value.is_finite() && (!log || value > 0.0);
    // Each value that was logged and has a height.
    let each_of = |row: usize, take: &mut dyn FnMut(f64)| {
        let surely = across
            .parts((history, &known.alike), row)
            .map_or(0..0, |parts| parts.1);
        for at in across.in_view(history, row, (0, 0)) {
            let value = history.values[at];
            let place = || across.place((history, runs), row, at);
            let is_shown = || !is_part || surely.contains(&at) || across.shows(place());
            if has_height(value) && is_shown() {
                take(value);
            }
        }
    };
    let each = |take: &mut dyn FnMut(f64)| shown.ones().for_each(|row| each_of(row, take));
    let mut count = 0_usize;
    let mut points = Vec::new();
    for row in shown.ones() {
        // Lines come from points and go to points that are not shown.
        let (least, greatest, some) =
            reach(across, (history, runs), row, (log, known), &mut points);
        (low, high) = (low.min(least), high.max(greatest));
        count += some;
    }
    let (mut notes, mut hint) = (Vec::new(), String::new());
    let is_empty = low > high;
    if is_empty {
        notes.push("no value of the shown runs can be drawn here".to_owned());
        (low, high) = (0.0, 1.0);
    }
    let spans = |low: f64, high: f64| set.log.is_none() && low > 0.0 && high / low > WIDE;
    // Where some are not positive the axis stays linear, however wide they span.
    let is_wide = set.log.is_none() && low <= 0.0 && high - low > WIDE;
    let mut some = Vec::new();
    if (clip || set.log == Some(true) || spans(low, high) || is_wide) && !is_empty {
        let most = if clip { SORTED } else { HINTED };
        let every = count.div_ceil(most).max(1);
        let mut number = 0;
        each(&mut |value| {
            if number % every == 0 {
                some.push(value);
            }
            number += 1;
        });
        let (mut from, mut to) = fences(&mut some, log);
        // An axis that would not show more than twice as large stays whole, and so does the line that matters most.
        let is_squeezed = if clip && !log {
            2.0 * (to - from) < high - low
        } else if is_wide {
            PRESSED * (to - from) < high - low
        } else {
            2.0 * libm::log(to / from) < libm::log(high / low)
        };
        let is_squeezed = is_squeezed && from < to;
        if let Some(best) = runs.best().filter(|_| is_squeezed) {
            let mut values = Vec::new();
            each_of(best, &mut |value| values.push(value));
            if let Some((least, greatest)) = most_of(&mut values) {
                (from, to) = (from.min(least), to.max(greatest));
            }
        }
        if clip && is_squeezed {
            let (mut above, mut below) = (0_usize, 0_usize);
            each(&mut |value| {
                above += usize::from(value > to);
                below += usize::from(value < from);
            });
            if above + below > 0 {
                notes.push(format!(
                    "{} beyond the axis ({} above {}, {} below {}), {} of all",
                    counted(above + below, "point"),
                    grouped(above),
                    short_number(to),
                    grouped(below),
                    short_number(from),
                    percent((above + below) as f64 / number as f64)
                ));
            }
            (low, high) = (from, to);
        } else if is_squeezed {
            hint = format!(
                " Most values lie between {} and {}: “Ignore outliers” shows these.",
                short_number(from),
                short_number(to)
            );
        }
    }
    // One run that explodes would press all others to the lower edge.
    let spacing = if symlog && !is_empty {
        Spacing::asked(&some, Some(true))
    } else if (log || spans(low, high)) && !is_empty {
        Spacing::Log
    } else {
        Spacing::Linear
    };
    (Axis::between(low, high, spacing), notes, hint)
}

/// Between what all but a few of a run's values lie, with its last.
fn most_of(values: &mut [f64]) -> Option<(f64, f64)> {
    let last = *values.last()?;
    order::by(values, f64::total_cmp);
    let few = (values.len() as f64 * BEYOND.0) as usize;
    Some((
        values[few].min(last),
        values[values.len() - 1 - few].max(last),
    ))
}

/// Where an axis ends that ignores outliers, at values that are there, on each side that has some; one that is asked to be logarithmic measures them in
/// the logarithm.
fn fences(values: &mut [f64], log: bool) -> (f64, f64) {
    order::by(values, f64::total_cmp);
    let at = |part: f64| {
        let place = values.len().saturating_sub(1) as f64 * part;
        values.get(place as usize).copied().unwrap_or(f64::NAN)
    };
    let (least, most) = BEYOND;
    let (from, to) = (at(0.25), at(0.75));
    let (below, above) = if log {
        let reach = libm::pow(to / from, FENCE);
        (from / reach, to * reach)
    } else {
        let reach = FENCE * (to - from);
        (from - reach, to + reach)
    };
    let first = values.iter().copied().find(|value| *value >= below);
    let last = values.iter().rev().copied().find(|value| *value <= above);
    let (low, high) = (at(0.0), at(1.0));
    (
        if low >= below {
            low
        } else {
            at(least).max(first.map_or(from, |first| first.min(at(most))))
        },
        if high <= above {
            high
        } else {
            at(1.0 - least).min(last.map_or(to, |last| last.max(at(1.0 - most))))
        },
    )
}

/// What is not drawn, in words.
pub(super) fn told_undrawn(undrawn: Undrawn, notes: &mut Vec<String>) {
    let mut tell = |count: usize, what: &str| {
        if count > 0 {
            notes.push(format!("{} {what}", counted(count, "point")));
        }
    };
    tell(undrawn.nan, "NaN, marked at the lower edge");
    tell(undrawn.above, "+Infinity, marked at the upper edge");
    tell(undrawn.below, "-Infinity, marked at the lower edge");
    tell(
        undrawn.not_positive,
        "of 0 or less, which a logarithmic axis cannot show, marked at the lower edge",
    );
    tell(undrawn.nowhere, "without a place on the axis, not drawn");
}

/// What a panel says, in one sentence.
pub(super) fn summary((history, reach): (&History, &[(f64, f64)]), runs: CurveRuns<'_>) -> String {
    let last = |row: usize| history.values[history.range(row)].last().copied();
    let all: Vec<f64> = runs.shown.ones().filter_map(last).collect();
    let mut parts = vec![format!(
        "{} of {} shown with points",
        grouped(all.len()),
        counted(runs.shown.count(), "run")
    )];
    let without = runs.shown.count() - all.len();
    if without > 0 {
        parts.push(format!("{} without", grouped(without)));
    }
    if let Some(best) = runs.best().and_then(last) {
        parts.push(format!("best run ends at {}", short_number(best)));
    }
    let mut ends = all;
    ends.retain(|last| last.is_finite());
    order::by(&mut ends, f64::total_cmp);
    if !ends.is_empty() {
        let (below, above) = (ends[(ends.len() - 1) / 2], ends[ends.len() / 2]);
        let median = below + (above - below) / 2.0;
        parts.push(format!("median of last values {}", short_number(median)));
    }
    let (mut least, mut greatest) = (f64::INFINITY, f64::NEG_INFINITY);
    for (low, high) in runs.shown.ones().filter_map(|row| reach.get(row)) {
        (least, greatest) = (least.min(*low), greatest.max(*high));
    }
    if least <= greatest {
        parts.push(format!(
            "all values {} to {}",
            short_number(least),
            short_number(greatest)
        ));
    }
    format!("{}.", parts.join("; "))
}
