//! The columns of pixels along an axis, and which points lie in which.

use super::less::more;
use super::points::column_of;
use std::ops::Range;

/// Columns of pixels, one beside the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Edges {
    ends: (f64, f64),
    width: usize,
    /// Where each column begins, and the last ends.
    begins: Vec<f64>,
    /// How far from these a place is surely on its side, whatever was rounded: a billionth of the axis.
    rounding: f64,
}

impl Edges {
    /// So many from one place to another.
    pub(crate) fn set(&mut self, ends: (f64, f64), width: usize) {
        if (self.ends, self.width, self.begins.len()) != (ends, width, width + 1) {
            let span = ends.1 - ends.0;
            let edge = |column: usize| ends.0 + span * (column as f64 / width as f64);
            self.begins.clear();
            self.begins.extend((0..=width).map(edge));
            (self.ends, self.width, self.rounding) = (ends, width, 1e-9 * span);
        }
    }

    /// Between which places all are surely in a column; nowhere in one that is not there.
    fn sure(&self, column: usize) -> (f64, f64) {
        match self.begins.get(column..column + 2) {
            Some([low, high]) => (low + self.rounding, high - self.rounding),
            _ => (f64::INFINITY, f64::NEG_INFINITY),
        }
    }

    /// The column of a place, which mostly is `last` or the one after it.
    pub(crate) fn column_of(&self, at: f64, last: usize) -> Option<usize> {
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

/// Which points lie in which column: found out once for all curves whose points lie at the same places.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    edges: Edges,
    /// The number of the first point that lies in one.
    first: usize,
    /// Columns with points, and the number of the point after those of each.
    parts: Vec<(u32, u32)>,
    /// How many points lie in one at most, with those before the first.
    most: usize,
}

impl Columns {
    /// Those of places that go up, the first of which is that of point number `first`, over `width` columns from `x.0` to `x.1`.
    pub fn find(&mut self, places: &[f64], first: usize, x: (f64, f64), width: usize) {
        self.edges.set(x, width);
        self.parts.clear();
        self.first = first;
        let (mut at, mut about, mut last) = (0, 1, 0);
        while let Some(place) = places.get(at) {
            let Some(column) = self.edges.column_of(*place, last) else {
                at += 1;
                continue;
            };
            let limit = self.edges.sure(column).1;
            // One whose column is not surely that of others is taken alone.
            about = before(&places[at..], limit, about).max(1);
            let end = (first + at + about) as u32;
            match self.parts.last_mut() {
                Some((other, last)) if *other == column as u32 => *last = end,
                _ => self.parts.push((column as u32, end)),
            }
            (at, last) = (at + about, column);
        }
        let mut before = first;
        self.most = 0;
        for (_, end) in &self.parts {
            self.most = more(self.most, *end as usize - before);
            before = *end as usize;
        }
    }

    /// The column of a place; none beyond the ends.
    pub(crate) fn column_of(&self, at: f64) -> Option<usize> {
        self.edges.column_of(at, 0)
    }

    /// The first and the last of several, where the first and the last of some points lie in them.
    pub(crate) fn ends(&self, points: &Range<usize>) -> Option<(usize, usize)> {
        let (first, [.., before, last]) = (self.parts.first()?, self.parts.as_slice()) else {
            return None;
        };
        let is_in_first = self.first <= points.start && points.start < first.1 as usize;
        let is_in_last = before.1 < points.end as u32 && points.end as u32 <= last.1;
        (is_in_first && is_in_last).then_some((first.0 as usize, last.0 as usize))
    }

    /// How many points lie in one at most.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// The number of the first point that lies in one.
    pub(crate) fn first(&self) -> usize {
        self.first
    }

    /// Columns with points, and the number of the point after those of each.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (usize, usize)> {
        self.parts
            .iter()
            .map(|(column, end)| (*column as usize, *end as usize))
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

/// Whether the one places are the first of the others, or these of those.
pub fn begin_alike(one: &[f64], other: &[f64]) -> bool {
    /// So many are compared without a branch.
    const TOGETHER: usize = 16;
    let count = one.len().min(other.len());
    let (one, one_rest) = one[..count].as_chunks::<TOGETHER>();
    let (other, other_rest) = other[..count].as_chunks::<TOGETHER>();
    let are_alike = |(one, other): (&[f64; TOGETHER], &[f64; TOGETHER])| {
        let pairs = one.iter().zip(other);
        pairs.fold(0, |unlike, (a, b)| unlike | (a.to_bits() ^ b.to_bits())) == 0
    };
    one.iter().zip(other).all(are_alike) && one_rest == other_rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_begin_alike_are_so_to_the_end_of_the_shorter() {
        let all: Vec<f64> = (0..50).map(f64::from).collect();
        for count in 0..=all.len() {
            assert!(begin_alike(&all, &all[..count]) && begin_alike(&all[..count], &all));
            let mut other = all.clone();
            if let Some(place) = other.get_mut(count) {
                *place += 0.5;
                assert!(!begin_alike(&all, &other));
                assert!(begin_alike(&all[..count], &other));
            }
        }
    }
}
