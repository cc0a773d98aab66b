//! Curves of many runs over one axis, as pixels.
//!
//! A curve is reduced to what its columns of pixels show: the first, last, least and greatest value of each
//! ([`Envelope`]), so that no spike is lost and what is drawn costs its pixels and not its points. Over another metric a curve
//! may turn back: then it is that each time that it goes through a column. What lines cover is
//! added up in [`Ink`] and laid on the picture once, whether one line lies there or thousands.

use super::columns::{Columns, Edges};
use super::extremes::Extremes;
use super::heights::{Heights, WHOLE};
use super::ink::Ink;
use super::less::{less, more};
use super::points::{BREAK, column_of};
use std::ops::Range;

/// What a curve shows of one column of pixels while it is in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// The first value.
    pub first: f64,
    /// The last one.
    pub last: f64,
    /// The least.
    pub low: f64,
    /// The greatest.
    pub high: f64,
    /// Whether nothing that cannot be drawn lies between it and the stroke before.
    pub joined: bool,
}

impl Stroke {
    /// That of one value.
    pub fn of(value: f64, joined: bool) -> Self {
        Self {
            first: value,
            last: value,
            low: value,
            high: value,
            joined,
        }
    }

    /// Takes in what follows.
    fn widen(&mut self, next: Self) {
        self.last = next.last;
        (self.low, self.high) = (less(self.low, next.low), more(self.high, next.high));
    }
}

/// Points that cannot be drawn as a part of a curve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undrawn {
    /// NaN.
    pub nan: usize,
    /// +∞.
    pub above: usize,
    /// -∞.
    pub below: usize,
    /// 0 and less on a logarithmic axis.
    pub not_positive: usize,
    /// Without a place on the horizontal axis.
    pub nowhere: usize,
}

impl Undrawn {
    /// Counts those of another curve too.
    pub fn add(&mut self, other: Self) {
        self.nan += other.nan;
        self.above += other.above;
        self.below += other.below;
        self.not_positive += other.not_positive;
        self.nowhere += other.nowhere;
    }
}

/// A curve by the columns of pixels that it goes through.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Envelope {
    /// The columns in the order in which it comes to them, and what it shows of each: where it turns back, it comes to some
    /// again.
    pub strokes: Vec<(usize, Stroke)>,
    /// Whether it turns back anywhere.
    pub turns: bool,
    /// Columns with a value that is not finite, and whether it is marked at the upper edge.
    pub odd: Vec<(usize, bool)>,
    /// What is not drawn.
    pub undrawn: Undrawn,
    along: Along,
}

/// What a curve is taken over, and where it is by now.
#[derive(Clone, Debug, Default, PartialEq)]
struct Along {
    edges: Edges,
    log: bool,
    joined: bool,
    is_cut: bool,
}

impl Envelope {
    /// That of these strokes, whose columns go up.
    pub fn of(strokes: Vec<(usize, Stroke)>) -> Self {
        Self {
            strokes,
            ..Self::default()
        }
    }

    /// The curve through points (place, value) in their order, over `width` columns from `x.0` to `x.1`; on a
    /// logarithmic axis only positive values can be drawn. What lies beyond the ends is left out.
    pub fn take(&mut self, points: &[(f64, f64)], x: (f64, f64), width: usize, log: bool) {
        self.begin(x, width, log);
        self.add(points);
    }

    /// Begins a curve that comes in parts; see [`Envelope::take`].
    pub fn begin(&mut self, x: (f64, f64), width: usize, log: bool) {
        self.strokes.clear();
        self.turns = false;
        self.odd.clear();
        self.undrawn = Undrawn::default();
        self.along.edges.set(x, width);
        self.along.log = log;
        (self.along.joined, self.along.is_cut) = (false, false);
    }

    /// Its next points.
    pub fn add(&mut self, points: &[(f64, f64)]) {
        for (at, value) in points {
            self.put(*at, *value);
        }
    }

    /// Its next points, those with the numbers of a part, where `columns` tells in which they lie: those of a column together. The value of
    /// point 0 is number `first` of the values, of which it is known how far they reach.
    pub fn add_columns(
        &mut self,
        columns: &Columns,
        (values, known): (&[f64], &Extremes),
        first: usize,
        part: Range<usize>,
    ) {
        let log = self.along.log;
        let values = &values[..first + part.end];
        let mut start = first + more(part.start, columns.first());
        for (column, end) in columns.parts() {
            let end = less(first + end, values.len());
            if end <= start {
                continue;
            }
            let here = &values[start..end];
            let reach = known.of_finite(values, start..end);
            start = end;
            if let Some((low, high)) = reach
                && (low > 0.0 || !log)
            {
                let stroke = Stroke {
                    first: here[0],
                    last: here[here.len() - 1],
                    low,
                    high,
                    joined: self.along.joined,
                };
                self.go_to(column, stroke);
            } else {
                for value in here {
                    self.put_in(column, *value);
                }
            }
        }
    }

    fn put(&mut self, at: f64, value: f64) {
        let last = self.strokes.last().map_or(0, |(column, _)| *column);
        if let Some(column) = self.along.edges.column_of(at, last) {
            self.put_in(column, value);
        } else {
            self.along.is_cut |= at == BREAK.0;
            self.undrawn.nowhere += usize::from(!at.is_finite() && at != BREAK.0);
            self.along.joined = false;
        }
    }

    /// The next value, which lies in a column.
    fn put_in(&mut self, column: usize, value: f64) {
        if !value.is_finite() || (self.along.log && value <= 0.0) {
            self.along.joined = false;
            let counted = if value.is_nan() {
                &mut self.undrawn.nan
            } else if value == f64::INFINITY {
                &mut self.undrawn.above
            } else if value == f64::NEG_INFINITY {
                &mut self.undrawn.below
            } else {
                &mut self.undrawn.not_positive
            };
            *counted += 1;
            let mark = (column, value == f64::INFINITY);
            if self.odd.last() != Some(&mark) {
                self.odd.push(mark);
            }
            return;
        }
        self.go_to(column, Stroke::of(value, self.along.joined));
    }

    /// Goes on to what it shows of a column next.
    fn go_to(&mut self, column: usize, stroke: Stroke) {
        match self.strokes.last_mut() {
            Some((last, open)) if *last == column && !self.along.is_cut => open.widen(stroke),
            last => {
                self.turns |= last.is_some_and(|(last, _)| column < *last);
                self.strokes.push((column, stroke));
            }
        }
        (self.along.joined, self.along.is_cut) = (true, false);
    }

    /// What it last shows of the column of a place, one of `width`, and which that is.
    pub fn at(&self, place: f64, x: (f64, f64), width: usize) -> Option<(usize, Stroke)> {
        let column = column_of(place, x, width)?;
        let mut last_first = self.strokes.iter().rev();
        last_first.find(|(other, _)| *other == column).copied()
    }

    /// Puts the curve as a line into the ink, which it covers once wherever it goes.
    pub fn trace(&self, y: Heights<'_>, thickness: f32, ink: &mut Ink) {
        if let [(column, stroke)] = self.strokes[..] {
            // A pixel is overlooked: a curve of one place is a dot.
            let radius = 1.8 * thickness;
            let (top, bottom) = (y.of(stroke.high), y.of(stroke.low));
            let reach = radius as usize;
            for at in column.saturating_sub(reach)..=column + reach {
                let aside = at.abs_diff(column) as f32;
                let half = libm::sqrtf(radius * radius - aside * aside);
                ink.add(at, top - half, bottom + half);
            }
            return;
        }
        let half = (thickness * (WHOLE / 2) as f32) as i32;
        if self.turns {
            // What lies in a column between two ways through it is not the line's.
            let mut line = ink.alike();
            self.each_span(&|value| y.parts(value), &mut |column, top, bottom| {
                line.add_parts(column, top - half, bottom + half);
            });
            ink.add_once(&line);
            return;
        }
        // It comes to each column once.
        let mut add = |column, top, bottom| ink.add_parts(column, top - half, bottom + half);
        match y.unbounded() {
            Some(parts) => self.each_span(&parts, &mut add),
            None => self.each_span(&|value| y.parts(value), &mut add),
        }
    }

    /// The parts of columns that the line goes through, from above to below, with the columns: one each time that it comes to a
    /// column, in parts of a pixel.
    fn each_span(&self, parts: &impl Fn(f64) -> i32, take: &mut impl FnMut(usize, i32, i32)) {
        let Some(((column, stroke), strokes)) = self.strokes.split_first() else {
            return;
        };
        let mut column = *column;
        // Between which heights the line is in the column, and at what height it leaves it.
        let (mut top, mut bottom) = (parts(stroke.high), parts(stroke.low));
        let mut height = parts(stroke.last);
        for (next, stroke) in strokes {
            let (mut high, mut low) = (parts(stroke.high), parts(stroke.low));
            if stroke.joined {
                let heights = (height, parts(stroke.first));
                let between = |step, top, bottom| {
                    let at = if *next < column {
                        column - step
                    } else {
                        column + step
                    };
                    take(at, top, bottom);
                };
                let (leaves, comes) = go_on(heights, next.abs_diff(column), between);
                (top, bottom) = (less(top, leaves), more(bottom, leaves));
                (high, low) = (less(high, comes), more(low, comes));
            }
            take(column, top, bottom);
            (column, top, bottom, height) = (*next, high, low, parts(stroke.last));
        }
        take(column, top, bottom);
    }

    /// The curve as the `d` of an SVG path, where a column is `step` wide.
    pub fn path(&self, y: Heights<'_>, step: f64) -> String {
        use std::fmt::Write as _;
        let mut d = String::new();
        let mut is_begun = false;
        for (column, stroke) in &self.strokes {
            let x = (*column as f64 + 0.5) * step;
            let mut heights = vec![stroke.first, stroke.low, stroke.high, stroke.last];
            heights.dedup();
            for (number, value) in heights.into_iter().enumerate() {
                let is_start = number == 0 && !(stroke.joined && is_begun);
                let letter = if is_start { 'M' } else { 'L' };
                let at = y.of(value);
                // Writing to a String cannot fail.
                let _written = write!(d, "{letter}{x:.1} {at:.1}");
            }
            is_begun = true;
        }
        if self.strokes.len() == 1 {
            // A cross, for a place has no length.
            d.push_str("m-2 0h4m-2-2v4");
        }
        d
    }
}

/// How a line goes on to a column `gap` further, from the middle of a column at one height to the middle of the other at another: at
/// what height it leaves the one and comes to the other. Half of the way lies in each where they are neighbours; else `between`
/// hears which columns it crosses, counted from the first, and between which heights.
#[inline]
pub(crate) fn go_on(
    (height, to): (i32, i32),
    gap: usize,
    mut between: impl FnMut(usize, i32, i32),
) -> (i32, i32) {
    let way = to - height;
    if gap == 1 {
        return (height + way / 2, height + way / 2);
    }
    let at = |halves: usize| height + (i64::from(way) * halves as i64 / (2 * gap) as i64) as i32;
    for step in 1..gap {
        let (one, two) = (at(2 * step - 1), at(2 * step + 1));
        between(step, less(one, two), more(one, two));
    }
    (at(1), at(2 * gap - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::Canvas;
    use crate::heights::{Evenly, Places};
    use crate::points::{count_below, cut};

    /// From 0 to 1.
    #[derive(Debug)]
    struct Unit;

    impl Places for Unit {
        fn place(&self, value: f64) -> f64 {
            value
        }

        fn evenly(&self) -> Option<Evenly> {
            None
        }
    }

    fn envelope(points: &[(f64, f64)], x: (f64, f64), width: usize, log: bool) -> Envelope {
        let mut envelope = Envelope::default();
        envelope.take(points, x, width, log);
        envelope
    }

    #[test]
    fn a_cut_curve_ends_on_its_lines() {
        let cut_to = |points: &[(f64, f64)], ends: (f64, f64), log: bool| {
            let mut points = points.to_vec();
            cut(&mut points, ends, log);
            points
        };
        let straight: Vec<(f64, f64)> =
            (0..=10).map(|x| (f64::from(x), f64::from(2 * x))).collect();
        let kept = cut_to(&straight, (2.5, 4.25), false);
        assert_eq!(kept, [(2.5, 5.0), (3.0, 6.0), (4.0, 8.0), (4.25, 8.5)]);
        // No point lies in it, and yet a line does; points at the ends are there once.
        assert_eq!(
            cut_to(&[(0.0, 0.0), (10.0, 10.0)], (4.0, 6.0), false),
            [(4.0, 4.0), (6.0, 6.0)]
        );
        assert_eq!(
            cut_to(&straight, (3.0, 4.0), false),
            [(3.0, 6.0), (4.0, 8.0)]
        );
        let on_log = cut_to(&[(0.0, 1.0), (2.0, 100.0)], (1.0, 3.0), true);
        assert!((on_log[0].1 - 10.0).abs() < 1e-9, "{on_log:?}");
        // From or to what is no number there is no line.
        assert_eq!(
            cut_to(&[(0.0, f64::NAN), (10.0, 1.0)], (4.0, 6.0), false),
            []
        );
        // Times may go back.
        let back = cut_to(&[(0.0, 0.0), (10.0, 10.0), (0.0, 20.0)], (4.0, 6.0), false);
        assert_eq!(back[..2], [(4.0, 4.0), (6.0, 6.0)]);
        assert_eq!((back[2].0, back[2].1.is_nan()), (BREAK.0, true));
        assert_eq!(back[3..], [(6.0, 14.0), (4.0, 16.0)]);
        // No line goes along the edge from where it leaves to where it comes back.
        let envelope = envelope(&back, (4.0, 6.0), 2, false);
        let spans: Vec<(usize, f64, f64, bool)> = envelope
            .strokes
            .iter()
            .map(|(column, stroke)| (*column, stroke.low, stroke.high, stroke.joined))
            .collect();
        let want = [
            (0, 4.0, 4.0, false),
            (1, 6.0, 6.0, true),
            (1, 14.0, 14.0, false),
            (0, 16.0, 16.0, true),
        ];
        assert_eq!(spans, want);
        assert!(envelope.turns && envelope.undrawn == Undrawn::default());
    }

    #[test]
    fn a_column_keeps_its_extremes_as_a_naive_search_finds_them() {
        arbtest::arbtest(|u| {
            let width = u.int_in_range(1..=9)?;
            let mut points = Vec::new();
            for at in 0..u.int_in_range(1..=60)? {
                let value = match u.int_in_range(0..=9)? {
                    0 => f64::NAN,
                    1 => f64::INFINITY,
                    2 => f64::NEG_INFINITY,
                    other => f64::from(other) - 5.0,
                };
                points.push((f64::from(at), value));
            }
            let log = u.arbitrary()?;
            let last = points.len() as f64 - 1.0;
            let made = envelope(&points, (0.0, last), width, log);
            let drawn = |value: f64| value.is_finite() && (!log || value > 0.0);
            for column in 0..width {
                let here = points.iter().filter(|(x, value)| {
                    drawn(*value) && column_of(*x, (0.0, last), width) == Some(column)
                });
                let values: Vec<f64> = here.map(|point| point.1).collect();
                let at = |(other, _): &&(usize, Stroke)| *other == column;
                assert!(!made.turns && made.strokes.iter().filter(at).count() <= 1);
                let stroke = made.strokes.iter().find(at);
                assert_eq!(stroke.is_none(), values.is_empty());
                if let Some((_, stroke)) = stroke {
                    assert_eq!(Some(&stroke.first), values.first());
                    assert_eq!(Some(&stroke.last), values.last());
                    assert_eq!(Some(stroke.low), values.iter().copied().reduce(f64::min));
                    assert_eq!(Some(stroke.high), values.iter().copied().reduce(f64::max));
                }
            }
            let Undrawn {
                nan,
                above,
                below,
                not_positive,
                nowhere,
            } = made.undrawn;
            let left_out = points.iter().filter(|(_, value)| !drawn(*value)).count();
            assert_eq!(nan + above + below + not_positive + nowhere, left_out);
            Ok(())
        });
    }

    #[test]
    fn points_that_are_taken_by_columns_are_as_those_taken_one_by_one() {
        arbtest::arbtest(|u| {
            let (mut places, mut values) = (Vec::new(), Vec::new());
            let mut at = 0.0;
            for _ in 0..u.int_in_range(0..=80)? {
                at += [0.0, 0.25, 0.25, 1.0, 7.0][u.int_in_range(0..=4)?];
                places.push(at);
                values.push(match u.int_in_range(0..=30)? {
                    0 => f64::NAN,
                    1 => f64::INFINITY,
                    2 => f64::NEG_INFINITY,
                    other => f64::from(other) - 4.0,
                });
            }
            let low = f64::from(u.int_in_range(0..=40)?) / 4.0;
            let x = (low, low + f64::from(u.int_in_range(0..=80)?) / 4.0);
            let (width, log) = (u.int_in_range(1..=20)?, u.arbitrary()?);
            let places_and_values = places.iter().copied().zip(values.iter().copied());
            let in_view = |(at, _): &(f64, f64)| (x.0..=x.1).contains(at);
            let points: Vec<(f64, f64)> = places_and_values.filter(in_view).collect();
            let one_by_one = envelope(&points, x, width, log);
            let begin = u.int_in_range(0..=40)?;
            let arena = [vec![9.0; begin], values.clone(), vec![f64::NAN; 3]].concat();
            // What was drawn over another axis is gone.
            let mut by_columns = envelope(&[(0.0, 1.0), (5.0, 2.0)], (0.0, 5.0), 7, false);
            by_columns.begin(x, width, log);
            let (first, end) = (
                count_below(&places, x.0, false),
                count_below(&places, x.1, true),
            );
            let mut columns = Columns::default();
            columns.find(&places[..3.min(places.len())], 0, (0.0, 1.0), 3);
            columns.find(&places[first..end], first, x, width);
            // Other values lie before and after those of the curve, which may end before others at the same places.
            let extremes = Extremes::new(&arena);
            let middle = u.int_in_range(first..=end)?;
            for part in [0..middle, middle..values.len()] {
                by_columns.add_columns(&columns, (&arena, &extremes), begin, part);
            }
            assert_eq!(by_columns, one_by_one);
            Ok(())
        });
    }

    #[test]
    fn a_line_is_whole_between_sparse_points_and_broken_where_one_is_missing() {
        let inked = |points: &[(f64, f64)]| -> Vec<bool> {
            let mut ink = Ink::new(100, 50);
            let envelope = envelope(points, (0.0, 4.0), 100, false);
            envelope.trace(Heights::new(&Unit, 50.0, 0.0), 2.0, &mut ink);
            let column = |x: usize| (0..50).any(|row| ink.at(x, row) > 0.0);
            (0..100).map(column).collect()
        };
        let whole = inked(&[(0.0, 0.2), (2.0, 0.9), (4.0, 0.1)]);
        assert!(whole.iter().all(|is| *is));
        let broken = inked(&[
            (0.0, 0.2),
            (1.0, 0.3),
            (2.0, f64::NAN),
            (3.0, 0.5),
            (4.0, 0.5),
        ]);
        assert!(broken[10] && !broken[50] && broken[90]);
    }

    #[test]
    fn a_line_that_turns_back_covers_each_of_its_ways_once() {
        // There along the lower edge, back along the upper one, and there again as at first.
        let points = [
            (0.0, 0.0),
            (4.0, 0.0),
            (4.0, 1.0),
            (0.0, 1.0),
            (0.0, 0.0),
            (4.0, 0.0),
        ];
        let envelope = envelope(&points, (0.0, 4.0), 20, false);
        assert!(envelope.turns && envelope.strokes.len() == 4);
        let mut ink = Ink::new(20, 20);
        envelope.trace(Heights::new(&Unit, 20.0, 0.0), 2.0, &mut ink);
        for row in 0..20 {
            let want = if row == 0 || row == 19 { 1.0 } else { 0.0 };
            assert!(
                (ink.at(10, row) - want).abs() < 0.01,
                "row {row}: {}",
                ink.at(10, row)
            );
            assert!((ink.at(0, row) - 1.0).abs() < 0.01);
        }
        // The last way is the one that a place finds.
        let (column, stroke) = envelope.at(4.0, (0.0, 4.0), 20).unwrap();
        assert_eq!((column, stroke.last), (19, 0.0));
        let d = envelope.path(Heights::new(&Unit, 20.0, 0.0), 1.0);
        assert!(
            d.starts_with("M0.5 20.0L19.5 20.0L19.5 0.0L0.5 0.0L0.5 20.0"),
            "{d}"
        );
        assert!(d.ends_with("L19.5 20.0") && !d[1..].contains('M'), "{d}");
    }

    #[test]
    fn a_curve_of_one_point_is_a_dot() {
        let envelope = envelope(&[(5.0, 0.5)], (0.0, 10.0), 100, false);
        let heights = Heights::new(&Unit, 40.0, 0.0);
        let mut ink = Ink::new(100, 40);
        envelope.trace(heights, 1.0, &mut ink);
        assert!((49..=51).all(|column| ink.at(column, 20) > 0.9 && ink.at(column, 24) == 0.0));
        assert!(ink.at(47, 20) == 0.0 && ink.at(53, 20) == 0.0);
        assert_eq!(envelope.path(heights, 1.0), "M50.5 20.0m-2 0h4m-2-2v4");
    }

    #[test]
    fn a_spike_of_one_point_in_ten_thousand_reaches_its_pixel() {
        let mut points: Vec<(f64, f64)> = (0..10_000).map(|x| (f64::from(x), 0.1)).collect();
        points[5_050].1 = 1.0;
        let envelope = envelope(&points, (0.0, 9_999.0), 100, false);
        let mut ink = Ink::new(100, 40);
        envelope.trace(Heights::new(&Unit, 40.0, 0.0), 1.0, &mut ink);
        let mut canvas = Canvas::new(100, 40);
        ink.lay(&mut canvas, [1.0, 0.0, 0.0], 1.0);
        let bytes = canvas.rgba();
        let alpha = |x: usize, y: usize| bytes[4 * (y * 100 + x) + 3];
        assert!(alpha(50, 0) > 100 && alpha(50, 20) > 250);
        assert_eq!((alpha(40, 20), alpha(60, 0)), (0, 0));
        // Laid once, it is gone.
        let mut again = Canvas::new(100, 40);
        ink.lay(&mut again, [1.0; 3], 1.0);
        assert!(again.rgba().iter().all(|byte| *byte == 0));
    }
}
