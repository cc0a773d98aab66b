//! Curves of many runs over one axis, as pixels.
//!
//! A curve is reduced to what its columns of pixels show: the first, last, least and greatest value of each
//! ([`Envelope`]), so that no spike is lost and what is drawn costs its pixels and not its points. Over another metric a curve
//! may turn back: then it is that each time that it goes through a column. What lines cover is
//! added up in [`Ink`] and laid on the picture once, whether one line lies there or thousands.

use super::heights::{Heights, WHOLE};
use super::ink::Ink;
use super::less::{extremes, less, more};
use super::points::{BREAK, column_of};

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

    /// That of values that can all be drawn; none where there is another among them.
    fn of_all(values: &[f64], joined: bool, log: bool) -> Option<Self> {
        let (first, last) = (*values.first()?, *values.last()?);
        let (low, high) = extremes(values)?;
        (!log || low > 0.0).then_some(Self {
            first,
            last,
            low,
            high,
            joined,
        })
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
    ends: (f64, f64),
    width: usize,
    log: bool,
    /// Where each column begins, and the last ends.
    edges: Vec<f64>,
    /// How far from these a place is surely on its side, whatever was rounded: a billionth of the axis.
    rounding: f64,
    joined: bool,
    is_cut: bool,
}

impl Along {
    fn begin(&mut self, ends: (f64, f64), width: usize, log: bool) {
        if (self.ends, self.width, self.edges.len()) != (ends, width, width + 1) {
            let span = ends.1 - ends.0;
            let edge = |column: usize| ends.0 + span * (column as f64 / width as f64);
            self.edges.clear();
            self.edges.extend((0..=width).map(edge));
            (self.ends, self.width, self.rounding) = (ends, width, 1e-9 * span);
        }
        self.log = log;
        (self.joined, self.is_cut) = (false, false);
    }

    /// Between which places all are surely in a column; nowhere in one that is not there.
    fn sure(&self, column: usize) -> (f64, f64) {
        match self.edges.get(column..column + 2) {
            Some([low, high]) => (low + self.rounding, high - self.rounding),
            _ => (f64::INFINITY, f64::NEG_INFINITY),
        }
    }

    /// The column of a place, which mostly is `last` or the one after it.
    fn column_of(&self, at: f64, last: usize) -> Option<usize> {
        let is_surely_in = |column: usize| {
            let (low, high) = self.sure(column);
            low <= at && at < high
        };
        if is_surely_in(last) {
            return Some(last);
        }
        if is_surely_in(last + 1) {
            return Some(last + 1);
        }
        column_of(at, self.ends, self.width)
    }
}

/// How many places lie before a limit, of such as go up, where `about` is a guess.
fn before(places: &[f64], limit: f64, about: usize) -> usize {
    let mut count = about.min(places.len());
    while count > 0 && places[count - 1] >= limit {
        count -= 1;
    }
    while count < places.len() && places[count] < limit {
        count += 1;
    }
    count
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
        self.along.begin(x, width, log);
    }

    /// Its next points.
    pub fn add(&mut self, points: &[(f64, f64)]) {
        for (at, value) in points {
            self.put(*at, *value);
        }
    }

    /// Its next points by their places, which go up, and values: those of a column together.
    pub fn add_apart(&mut self, mut places: &[f64], mut values: &[f64]) {
        let (mut about, log) = (1, self.along.log);
        let mut next = self.strokes.last().map_or(0, |(column, _)| column + 1);
        while let ([at, ..], [value, ..]) = (places, values) {
            // Mostly it goes on to the next column.
            let (mut column, (low, mut limit)) = (next, self.along.sure(next));
            if !(low <= *at && *at < limit) {
                let Some(here) = self.column_of(*at) else {
                    self.put(*at, *value);
                    (places, values) = (&places[1..], &values[1..]);
                    continue;
                };
                (column, limit) = (here, self.along.sure(here).1);
            }
            // One whose column is not surely that of others is taken alone.
            about = before(places, limit, about);
            let (here, further) = values.split_at(about.max(1).min(values.len()));
            match Stroke::of_all(here, self.along.joined, log) {
                Some(stroke) => self.go_to(column, stroke),
                None => {
                    for (at, value) in places.iter().zip(here) {
                        self.put(*at, *value);
                    }
                }
            }
            next = column + 1;
            (places, values) = (&places[here.len()..], further);
        }
    }

    fn column_of(&self, at: f64) -> Option<usize> {
        let last = self.strokes.last().map_or(0, |(column, _)| *column);
        self.along.column_of(at, last)
    }

    fn put(&mut self, at: f64, value: f64) {
        let Some(column) = self.column_of(at) else {
            self.along.is_cut |= at == BREAK.0;
            self.undrawn.nowhere += usize::from(!at.is_finite() && at != BREAK.0);
            self.along.joined = false;
            return;
        };
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
            self.each_span(y, &mut |column, top, bottom| {
                line.add_parts(column, top - half, bottom + half);
            });
            ink.add_once(&line);
            return;
        }
        // It comes to each column once.
        self.each_span(y, &mut |column, top, bottom| {
            ink.add_parts(column, top - half, bottom + half);
        });
    }

    /// The parts of columns that the line goes through, from above to below, with the columns: one each time that it comes to a
    /// column, in parts of a pixel.
    fn each_span(&self, y: Heights<'_>, take: &mut impl FnMut(usize, i32, i32)) {
        // The column before, at what height the line leaves it, and between which heights it is there.
        let mut before: Option<(usize, i32, (i32, i32))> = None;
        let widened = |(top, bottom), height| (less(top, height), more(bottom, height));
        for (column, stroke) in &self.strokes {
            let mut span = (y.parts(stroke.high), y.parts(stroke.low));
            if let Some((from, height, mut other)) = before {
                if stroke.joined {
                    // From the middle of a column to the middle of the next that has values: half of the way in each where
                    // they are neighbours.
                    let way = y.parts(stroke.first) - height;
                    let gap = column.abs_diff(from);
                    let at = |halves: usize| match gap {
                        1 => height + way / 2,
                        _ => height + (i64::from(way) * halves as i64 / (2 * gap) as i64) as i32,
                    };
                    other = widened(other, at(1));
                    span = widened(span, at(2 * gap - 1));
                    for step in 1..gap {
                        let (one, two) = (at(2 * step - 1), at(2 * step + 1));
                        let column = if *column < from {
                            from - step
                        } else {
                            from + step
                        };
                        take(column, less(one, two), more(one, two));
                    }
                }
                take(from, other.0, other.1);
            }
            before = Some((*column, y.parts(stroke.last), span));
        }
        if let Some((column, _, (top, bottom))) = before {
            take(column, top, bottom);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::Canvas;
    use crate::heights::Places;
    use crate::points::cut;

    /// From 0 to 1.
    #[derive(Debug)]
    struct Unit;

    impl Places for Unit {
        fn place(&self, value: f64) -> f64 {
            value
        }

        fn evenly(&self) -> Option<(f64, f64)> {
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
            let points: Vec<(f64, f64)> =
                places.iter().copied().zip(values.iter().copied()).collect();
            let one_by_one = envelope(&points, x, width, log);
            // What was drawn over another axis is gone.
            let mut by_columns = envelope(&[(0.0, 1.0), (5.0, 2.0)], (0.0, 5.0), 7, false);
            by_columns.begin(x, width, log);
            by_columns.add_apart(&places, &values);
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
