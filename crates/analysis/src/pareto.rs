//! Runs by several objectives: who is beaten by nobody, who only by these, and so on.
//!
//! A run dominates another where it is no worse in any objective and better in one (Pareto). The first front is
//! those that none dominates, the second those that only the first dominates, and so on (non-dominated sorting). Points go in
//! lexicographic order, so that whoever dominates a point came before it; the front of a point is found by binary search
//! (ENS-BS; Zhang, Tian, Cheng and Jin 2015), and whether a front has who dominates it is answered by the front's least second
//! value of two objectives, by a staircase of three, and by those of it that matter of more: n log n for two objectives.

pub mod chance;
pub mod hypervolume;
mod knee;

use std::ops::Range;

/// The most objectives.
pub const MOST: usize = 4;

/// A point; less is better, places beyond the number of objectives are 0.
pub type Point = [f64; MOST];

/// How many comparisons with four objectives are made at most: a tenth of a second.
const MOST_COMPARISONS: usize = 100_000_000;

/// The front of a point that is behind all fronts that were asked for.
pub const BEHIND: u32 = u32::MAX;

/// Points of so many objectives, the least two.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Points {
    /// How many objectives.
    pub width: usize,
    /// They.
    pub of: Vec<Point>,
}

impl Points {
    /// The points at these places of columns, each with whether more is better; at most [`MOST`] columns are taken.
    pub fn new(columns: &[(&[f64], bool)], rows: &[usize]) -> Self {
        let point = |row: &usize| {
            let mut point = [0.0; MOST];
            for (place, (values, maximize)) in point.iter_mut().zip(columns) {
                let value = values.get(*row).copied().unwrap_or(f64::NAN);
                *place = if *maximize { -value } else { value };
            }
            point
        };
        Self {
            width: columns.len().min(MOST),
            of: rows.iter().map(point).collect(),
        }
    }

    /// Those at some places.
    pub fn at(&self, places: &[usize]) -> Self {
        Self {
            width: self.width,
            of: places.iter().map(|place| self.of[*place]).collect(),
        }
    }

    /// The least and the greatest value of each objective.
    pub fn ends(&self) -> (Point, Point) {
        let (mut low, mut high) = ([f64::INFINITY; MOST], [f64::NEG_INFINITY; MOST]);
        for point in &self.of {
            for at in 0..MOST {
                low[at] = low[at].min(point[at]);
                high[at] = high[at].max(point[at]);
            }
        }
        (low, high)
    }

    /// The front of each point, the first is 0; of those behind the first `most`, [`BEHIND`]. Equal points are on one
    /// front. `None` where that took too long, which only four objectives can.
    pub fn fronts(&self, most: usize) -> Option<Vec<u32>> {
        let mut order: Vec<usize> = (0..self.of.len()).collect();
        order::by(&mut order, |a, b| compare(&self.of[*a], &self.of[*b]));
        let mut fronts: Vec<Front> = Vec::new();
        let mut of = vec![BEHIND; self.of.len()];
        let mut comparisons = 0;
        let mut before: Option<usize> = None;
        for place in order {
            let point = &self.of[place];
            let twin = before.filter(|before| compare(&self.of[*before], point).is_eq());
            before = Some(place);
            if let Some(twin) = twin {
                of[place] = of[twin];
                continue;
            }
            let (mut low, mut high) = (0, fronts.len());
            while low < high {
                let middle = usize::midpoint(low, high);
                if fronts[middle].covers(point, &mut comparisons) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            if comparisons > MOST_COMPARISONS {
                return None;
            }
            if low >= most {
                continue;
            }
            if low == fronts.len() {
                fronts.push(Front::new(self.width));
            }
            fronts[low].add(point);
            of[place] = low as u32;
        }
        Some(of)
    }

    /// The place of the point whose weighted sum is least, each objective from 0, its best among these points, to 1, its
    /// worst.
    pub fn chosen(&self, weights: &[f64]) -> Option<usize> {
        let sums = self.sums(weights);
        let least = sums.iter().copied().fold(f64::INFINITY, f64::min);
        sums.iter().position(|sum| *sum <= least)
    }

    fn sums(&self, weights: &[f64]) -> Vec<f64> {
        let (low, high) = self.ends();
        let sum = |point: &Point| {
            let part = |at: usize| {
                let span = high[at] - low[at];
                let weight = weights.get(at).copied().unwrap_or(0.0);
                if span > 0.0 {
                    weight * (point[at] - low[at]) / span
                } else {
                    0.0
                }
            };
            (0..self.width).map(part).sum()
        };
        self.of.iter().map(sum).collect()
    }
}

/// Lexicographic.
fn compare(a: &Point, b: &Point) -> std::cmp::Ordering {
    // -0 is 0.
    let parts = a
        .iter()
        .zip(b)
        .map(|(a, b)| (a + 0.0).total_cmp(&(b + 0.0)));
    parts.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
}

/// What of a front is to be known of those who come after: all but their first values.
enum Front {
    /// Of two objectives, the least second value.
    Least(f64),
    /// Of three.
    Stairs(Stairs),
    /// Of four, those that no other covers.
    Rest(Vec<Point>),
}

impl Front {
    fn new(width: usize) -> Self {
        match width {
            0..=2 => Self::Least(f64::INFINITY),
            3 => Self::Stairs(Stairs::default()),
            _ => Self::Rest(Vec::new()),
        }
    }

    /// Whether one of it dominates the point, which is none of it.
    fn covers(&self, point: &Point, comparisons: &mut usize) -> bool {
        match self {
            Self::Least(least) => *least <= point[1],
            Self::Stairs(stairs) => stairs.cover((point[1], point[2])),
            Self::Rest(rest) => {
                // The last came nearest.
                let place = rest.iter().rev().position(|other| is_behind(other, point));
                *comparisons += place.unwrap_or(rest.len());
                place.is_some()
            }
        }
    }

    fn add(&mut self, point: &Point) {
        match self {
            Self::Least(least) => *least = least.min(point[1]),
            Self::Stairs(stairs) => {
                stairs.add((point[1], point[2]), (f64::MAX, f64::MAX));
            }
            Self::Rest(rest) => {
                rest.retain(|other| !is_behind(point, other));
                rest.push(*point);
            }
        }
    }
}

/// Whether `other` is no better than `point` in all but the first objective.
fn is_behind(point: &Point, other: &Point) -> bool {
    (1..MOST).all(|at| point[at] <= other[at])
}

/// Points of two objectives none of which dominates another, by the first: the second falls.
#[derive(Clone, Debug, Default)]
struct Stairs(Vec<(f64, f64)>);

impl Stairs {
    /// Whether one of them is no worse than the point in both.
    fn cover(&self, point: (f64, f64)) -> bool {
        let after = self.0.partition_point(|step| step.0 <= point.0);
        after > 0 && self.0[after - 1].1 <= point.1
    }

    /// Adds a point, and says how much area up to the reference it covers that none covered before.
    fn add(&mut self, point: (f64, f64), reference: (f64, f64)) -> f64 {
        if self.cover(point) || point.0 >= reference.0 || point.1 >= reference.1 {
            return 0.0;
        }
        let Range { start, end } = self.behind(point);
        let mut height = match start {
            0 => reference.1,
            after => self.0[after - 1].1,
        };
        let (mut from, mut area) = (point.0, 0.0);
        for step in &self.0[start..end] {
            area += (step.0 - from) * (height - point.1);
            (from, height) = *step;
        }
        let to = self.0.get(end).map_or(reference.0, |step| step.0);
        area += (to - from) * (height - point.1);
        self.0.splice(start..end, [point]);
        area
    }

    /// The places of those that the point dominates.
    fn behind(&self, point: (f64, f64)) -> Range<usize> {
        let start = self.0.partition_point(|step| step.0 < point.0);
        let worse = self.0[start..].partition_point(|step| step.1 >= point.1);
        start..start + worse
    }
}

#[cfg(test)]
mod tests;
