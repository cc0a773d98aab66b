//! The points of curves: cut off at the ends of what is shown, how far they reach, and their means by columns of pixels.

use super::less::{extremes, less, more};

/// Stands between two points where a curve is cut off: no line goes from the one to the other.
pub(crate) const BREAK: (f64, f64) = (f64::INFINITY, f64::NAN);

/// Cuts a curve off at the ends of what is shown, with points on its lines there; on a logarithmic axis its lines are
/// straight in the logarithm. Where it comes back, there is a [`BREAK`].
pub fn cut(points: &mut Vec<(f64, f64)>, (low, high): (f64, f64), log: bool) {
    let is_in = |at: f64| (low..=high).contains(&at);
    let at_end = |(a, x): (f64, f64), (b, y): (f64, f64), end: f64| {
        let part = (end - a) / (b - a);
        let value = if log && x > 0.0 && y > 0.0 {
            x * libm::pow(y / x, part)
        } else {
            x + part * (y - x)
        };
        (end, value)
    };
    // Mostly there is one point before what is shown and one after it, and all others stay as they are.
    if let [first, inner @ .., last] = points.as_mut_slice()
        && let ([second, ..], [.., second_last]) = (&*inner, &*inner)
        && first.0 < low
        && last.0 > high
        && inner.iter().all(|(at, _)| is_in(*at))
    {
        let is_whole = |(at, value): (f64, f64)| at.is_finite() && value.is_finite();
        let begins = is_whole(*first) && second.1.is_finite() && second.0 > low;
        let ends = is_whole(*second_last) && last.1.is_finite() && second_last.0 < high;
        let (head, tail) = (
            at_end(*first, *second, low),
            at_end(*second_last, *last, high),
        );
        (*first, *last) = (head, tail);
        if !ends {
            points.pop();
        }
        if !begins {
            points.remove(0);
        }
        return;
    }
    let mut kept = Vec::with_capacity(points.len().min(1024));
    let mut was_out = false;
    let mut keep = |point: (f64, f64), was_out: bool| {
        if was_out && !kept.is_empty() {
            kept.push(BREAK);
        }
        kept.push(point);
    };
    let mut before: Option<(f64, f64)> = None;
    for point in points.iter().copied() {
        if let Some(before) = before
            && point.1.is_finite()
            && !(is_in(before.0) && is_in(point.0))
        {
            let ends = if before.0 <= point.0 {
                [low, high]
            } else {
                [high, low]
            };
            let (from, to) = (before.0.min(point.0), before.0.max(point.0));
            for end in ends.into_iter().filter(|end| from < *end && *end < to) {
                keep(at_end(before, point, end), was_out);
                was_out = false;
            }
        }
        let is_out = !is_in(point.0);
        if !is_out {
            keep(point, was_out);
        }
        was_out = is_out;
        before = Some(point).filter(|(at, value)| at.is_finite() && value.is_finite());
    }
    *points = kept;
}

/// The points of a curve: where each lies and its value.
pub fn points_of(places: &[f64], values: &[f64], into: &mut Vec<(f64, f64)>) {
    into.clear();
    into.extend(places.iter().copied().zip(values.iter().copied()));
}

/// The least and the greatest of the values that have a height, of which only positive ones do on a logarithmic axis, and how many they
/// are; from ∞ to -∞ of none.
pub fn extent(values: &[f64], log: bool) -> (f64, f64, usize) {
    match extremes(values) {
        Some((low, high)) if !log || low > 0.0 => (low, high, values.len()),
        _ => widest(values.iter().copied(), log),
    }
}

/// That of the values of points.
pub fn extent_of(points: &[(f64, f64)], log: bool) -> (f64, f64, usize) {
    widest(points.iter().map(|(_, value)| *value), log)
}

fn widest(values: impl Iterator<Item = f64>, log: bool) -> (f64, f64, usize) {
    let (mut low, mut high, mut count) = (f64::INFINITY, f64::NEG_INFINITY, 0);
    for value in values.filter(|value| value.is_finite() && (!log || *value > 0.0)) {
        (low, high) = (less(low, value), more(high, value));
        count += 1;
    }
    (low, high, count)
}

/// A curve's mean in each column of pixels, on straight lines between columns that have values; NaN before the first
/// and after the last.
pub fn resampled(points: &[(f64, f64)], x: (f64, f64), width: usize) -> Vec<f64> {
    let mut sums = vec![(0.0, 0u32); width];
    for (at, value) in points {
        if let (Some(column), true) = (column_of(*at, x, width), value.is_finite()) {
            sums[column].0 += value;
            sums[column].1 += 1;
        }
    }
    let mut values = vec![f64::NAN; width];
    let mut before: Option<(usize, f64)> = None;
    for (column, (sum, count)) in sums.into_iter().enumerate() {
        if count == 0 {
            continue;
        }
        let mean = sum / f64::from(count);
        values[column] = mean;
        if let Some((from, value)) = before {
            let steps = (column - from) as f64;
            for (step, between) in values[from..column].iter_mut().enumerate().skip(1) {
                *between = value + step as f64 / steps * (mean - value);
            }
        }
        before = Some((column, mean));
    }
    values
}

/// What the curves of a group say in one column of pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// How many curves there are.
    pub count: u32,
    /// Their mean.
    pub mean: f64,
    /// The sum of squares around it.
    squares: f64,
}

impl Spread {
    /// One more curve's value (Welford 1962); NaN is none.
    pub fn add(&mut self, value: f64) {
        if value.is_nan() {
            return;
        }
        self.count += 1;
        let away = value - self.mean;
        self.mean += away / f64::from(self.count);
        self.squares += away * (value - self.mean);
    }

    /// The standard deviation (n − 1); 0 of one.
    pub fn deviation(&self) -> f64 {
        libm::sqrt(self.squares / f64::from(self.count.saturating_sub(1).max(1)))
    }
}

/// How many of some places, which go up, lie below a limit, or at it too. Mostly they are evenly spaced: then it is found where it is looked for.
pub fn count_below(places: &[f64], limit: f64, or_at: bool) -> usize {
    let is_below = |place: &f64| *place < limit || (or_at && *place == limit);
    if let [first, .., last] = places {
        let about = (limit - first) / (last - first) * (places.len() - 1) as f64;
        // Nowhere, and far away, are some place too.
        let about = (about as usize).min(places.len());
        let from = about.saturating_sub(2);
        let near = &places[from..(about + 3).min(places.len())];
        if let [first, .., last] = near
            && is_below(first)
            && !is_below(last)
        {
            return from + near.iter().take_while(|place| is_below(place)).count();
        }
    }
    places.partition_point(is_below)
}

/// The column of a place; none beyond the ends.
pub(crate) fn column_of(at: f64, (low, high): (f64, f64), width: usize) -> Option<usize> {
    if !(low..=high).contains(&at) || width == 0 {
        return None;
    }
    let part = if high > low {
        (at - low) / (high - low)
    } else {
        0.5
    };
    Some(((part * width as f64) as usize).min(width - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_cut_as_a_naive_walk_cuts_it() {
        arbtest::arbtest(|u| {
            let mut at = 0.0;
            let mut points = Vec::new();
            for _ in 0..u.int_in_range(0..=12)? {
                at += f64::from(u.int_in_range(0..=3)?);
                let value = match u.int_in_range(0..=9)? {
                    0 => f64::NAN,
                    other => f64::from(other),
                };
                points.push((at, value));
            }
            let low = f64::from(u.int_in_range(0..=10)?) / 2.0;
            let high = low + f64::from(u.int_in_range(1..=20)?) / 2.0;
            let mut want = Vec::new();
            for (place, (x, value)) in points.iter().copied().enumerate() {
                if let Some((from, before)) = place.checked_sub(1).map(|place| points[place])
                    && before.is_finite()
                    && value.is_finite()
                {
                    let ends = [low, high]
                        .into_iter()
                        .filter(|end| from < *end && *end < x);
                    want.extend(
                        ends.map(|end| {
                            (end, before + (end - from) / (x - from) * (value - before))
                        }),
                    );
                }
                if (low..=high).contains(&x) {
                    want.push((x, value));
                }
            }
            cut(&mut points, (low, high), false);
            // What goes up never comes back.
            let bits = |points: &[(f64, f64)]| -> Vec<(u64, u64)> {
                points
                    .iter()
                    .map(|(x, y)| (x.to_bits(), y.to_bits()))
                    .collect()
            };
            assert_eq!(bits(&points), bits(&want));
            Ok(())
        });
    }

    #[test]
    fn places_are_counted_wherever_they_are_looked_for_first() {
        arbtest::arbtest(|u| {
            let mut places = Vec::new();
            let mut at = 0.0;
            for _ in 0..u.int_in_range(0..=40)? {
                at += [0.0, 1.0, 1.0, 1.0, 30.0][u.int_in_range(0..=4)?];
                places.push(at);
            }
            let limit = f64::from(u.int_in_range(-4..=200)?) / 2.0;
            let below = places.iter().filter(|place| **place < limit).count();
            let not_above = places.iter().filter(|place| **place <= limit).count();
            assert_eq!(count_below(&places, limit, false), below);
            assert_eq!(count_below(&places, limit, true), not_above);
            Ok(())
        });
    }

    #[test]
    fn a_spread_is_mean_and_deviation_of_the_curves_that_are_there() {
        let one = resampled(&[(0.0, 1.0), (4.0, 5.0)], (0.0, 4.0), 5);
        assert_eq!(one, [1.0, 2.0, 3.0, 4.0, 5.0]);
        let two = resampled(&[(1.0, 4.0), (2.0, f64::NAN), (3.0, 8.0)], (0.0, 4.0), 5);
        assert!(two[0].is_nan() && two[4].is_nan());
        assert_eq!(two[1..4], [4.0, 6.0, 8.0]);
        let mut spread = Spread::default();
        for value in [2.0, f64::NAN, 4.0, 9.0] {
            spread.add(value);
        }
        assert_eq!((spread.count, spread.mean), (3, 5.0));
        assert!((spread.deviation() - libm::sqrt(13.0)).abs() < 1e-12);
        let mut alone = Spread::default();
        alone.add(1.0);
        assert_eq!(alone.deviation(), 0.0);
    }
}
