//! How much of the space between the best and a reference point a set of points covers: the hypervolume indicator
//! (Zitzler and Thiele 1998), exact for up to four objectives.
//!
//! Of two objectives it is the area under a staircase; of three, areas swept along the third, each point with what its step
//! adds; of four, volumes swept along the fourth, each point with the box to the reference less what others cover of it (exclusive
//! hypervolume; While, Bradstreet and Barone 2012).

use super::{Point, Points, Stairs};

/// Of how many points of four objectives it is worked out at most: its cost grows with the square.
const MOST_OF_FOUR: usize = 700;

/// At how many places its growth is told, at most and at least.
const PLACES: (usize, usize) = (60, 6);

/// The hypervolume up to a reference point; points that are not before it in all objectives count for nothing. `None` where
/// there are too many of four objectives.
pub fn hypervolume(points: &Points, reference: &Point) -> Option<f64> {
    let is_before = |point: &&Point| (0..points.width).all(|at| point[at] < reference[at]);
    let mut before: Vec<Point> = points.of.iter().filter(is_before).copied().collect();
    if points.width > 3 && before.len() > MOST_OF_FOUR {
        return None;
    }
    Some(match points.width {
        0 | 1 => 0.0,
        2 => area(&before, reference),
        3 => volume(&mut before, reference),
        _ => beyond(before, reference),
    })
}

fn area(points: &[Point], reference: &Point) -> f64 {
    let mut stairs = Stairs::default();
    let add = |point: &Point| stairs.add((point[0], point[1]), (reference[0], reference[1]));
    points.iter().map(add).sum()
}

/// Of three objectives.
fn volume(points: &mut [Point], reference: &Point) -> f64 {
    order::by(points, |a, b| a[2].total_cmp(&b[2]));
    let mut stairs = Stairs::default();
    let add = |point: &Point| {
        let area = stairs.add((point[0], point[1]), (reference[0], reference[1]));
        area * (reference[2] - point[2])
    };
    points.iter().map(add).sum()
}

/// Of four objectives.
fn beyond(mut points: Vec<Point>, reference: &Point) -> f64 {
    order::by(&mut points, |a, b| a[3].total_cmp(&b[3]));
    let covers = |a: &Point, b: &Point| (0..3).all(|at| a[at] <= b[at]);
    let mut kept: Vec<Point> = Vec::new();
    let mut sum = 0.0;
    for point in points {
        if kept.iter().any(|other| covers(other, &point)) {
            continue;
        }
        let clipped = |other: &Point| std::array::from_fn(|at| other[at].max(point[at]));
        let mut others: Vec<Point> = kept.iter().map(clipped).collect();
        let whole: f64 = (0..3).map(|at| reference[at] - point[at]).product();
        sum += (whole - volume(&mut others, reference)) * (reference[3] - point[3]);
        kept.retain(|other| !covers(&point, other));
        kept.push(point);
    }
    sum
}

/// How it grew over points in their order: after how many, and how much. The last is the whole. `None` as in
/// [`hypervolume`].
pub fn growth(points: &Points, reference: &Point) -> Option<Vec<(usize, f64)>> {
    let all = points.of.len();
    let front = points
        .fronts(1)?
        .iter()
        .filter(|front| **front == 0)
        .count();
    let work = if points.width > 3 {
        3_000_000 / (front * front).max(1)
    } else {
        300_000 / front.max(1)
    };
    let places = work.clamp(PLACES.1, PLACES.0).min(all);
    let mut kept = Points {
        width: points.width,
        of: Vec::new(),
    };
    let mut grown = Vec::with_capacity(places);
    let mut from = 0;
    for place in 1..=places {
        let to = all * place / places;
        kept.of.extend(&points.of[from..to]);
        from = to;
        // What is dominated adds nothing now, nor later.
        let mut fronts = kept.fronts(1)?.into_iter();
        kept.of.retain(|_| fronts.next() == Some(0));
        grown.push((to, hypervolume(&kept, reference)?));
    }
    Some(grown)
}
