//! Parts of a picture of dots that a person points out: a rectangle whose corners keys move, and a free shape.

use super::number::{axis_end, short_number};
use super::scatter::{HEIGHT, Part, Scatter, ScatterAxis};

/// A place in the picture, in units of its own.
pub type Place = (f64, f64);

/// How many steps keys take from one edge to the other.
const STEPS: f64 = 40.0;

impl Scatter {
    /// The rectangle that holds all numbers: its upper left corner and its lower right one.
    pub fn whole(&self) -> (Place, Place) {
        let (left, right, top, bottom) = self.inside();
        ((left, top), (right, bottom))
    }

    /// A rectangle of which the second corner, or the first where `is_first`, went some steps, not beyond the edges.
    pub fn stepped(
        &self,
        (first, second): (Place, Place),
        (along, down): (f64, f64),
        is_first: bool,
    ) -> (Place, Place) {
        let (left, right, top, bottom) = self.reach();
        let go = |(x, y): Place| {
            let x = x + along * (right - left) / STEPS;
            let y = y + down * (bottom - top) / STEPS;
            (x.clamp(left, right), y.clamp(top, bottom))
        };
        if is_first {
            (go(first), second)
        } else {
            (first, go(second))
        }
    }

    /// What a rectangle holds, in words.
    pub fn told(&self, (first, second): (Place, Place)) -> String {
        let of = |axis: &ScatterAxis, part: Option<Part>| {
            let text = |x: f64| {
                if axis.is_time() {
                    axis_end(x, true)
                } else {
                    short_number(x)
                }
            };
            match part {
                None => format!("any {}", axis.name),
                Some(Part::Lane(absence)) => format!("{} {}", axis.name, absence.word()),
                Some(Part::Values(values)) => format!("{} {}", axis.name, values.join(", ")),
                Some(Part::Numbers(low, high)) => {
                    format!("{} {} to {}", axis.name, text(low), text(high))
                }
            }
        };
        let [along, up] = self.between(first, second);
        format!("{} and {}", of(&self.x, along), of(&self.y, up))
    }

    /// The rows of the dots in a free shape, whose last corner is joined with its first; where it crosses itself, what it goes
    /// around twice is outside.
    pub fn rows_in(&self, shape: &[Place]) -> Vec<usize> {
        let slab = |y: f64| y.clamp(0.0, HEIGHT) as usize;
        // Its sides by heights, that a dot is not held against all of them.
        let mut slabs: Vec<Vec<(Place, Place)>> = vec![Vec::new(); slab(HEIGHT) + 1];
        let next = shape.iter().skip(1).chain(shape.first());
        for (a, b) in shape.iter().zip(next) {
            for sides in &mut slabs[slab(a.1.min(b.1))..=slab(a.1.max(b.1))] {
                sides.push((*a, *b));
            }
        }
        let is_in = |(x, y): Place| {
            let crossed = slabs[slab(y)].iter().filter(|(a, b)| {
                let part = (y - a.1) / (b.1 - a.1);
                (a.1 > y) != (b.1 > y) && x < a.0 + part * (b.0 - a.0)
            });
            crossed.count() % 2 == 1
        };
        let dots = self.dots.iter();
        let inside = dots.filter(|dot| is_in(self.place(dot.x, dot.y)));
        inside.map(|dot| dot.row as usize).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::scatter::{Dot, OTHERS};

    fn scatter(numbers: &[(f64, f64)]) -> Scatter {
        let axis = |name: &str, of: fn(&(f64, f64)) -> f64| {
            ScatterAxis::new(name, numbers.iter().map(of), false)
        };
        let dot = |(row, (x, y)): (usize, &(f64, f64))| Dot {
            x: *x,
            y: *y,
            class: OTHERS,
            size: None,
            row: row as u32,
        };
        Scatter {
            x: axis("nodes", |number| number.0),
            y: axis("error", |number| number.1),
            dots: numbers.iter().enumerate().map(dot).collect(),
            lines: Vec::new(),
            named: Vec::new(),
        }
    }

    #[test]
    fn keys_move_the_corners_of_a_rectangle_that_says_what_it_holds() {
        let scatter = scatter(&[(0.0, 1.0), (80.0, 5.0)]);
        let whole = scatter.whole();
        assert_eq!(scatter.told(whole), "nodes 0 to 80 and error 1 to 5");
        // The lower right corner goes left and up, the upper left one right; none goes beyond an edge.
        let mut now = scatter.stepped(whole, (1.0, 0.0), false);
        assert_eq!(now, whole);
        for _ in 0..10 {
            now = scatter.stepped(now, (-1.0, -1.0), false);
            now = scatter.stepped(now, (1.0, 0.0), true);
        }
        assert_eq!(scatter.told(now), "nodes 20 to 60 and error 2 to 5");
        for _ in 0..99 {
            now = scatter.stepped(now, (-1.0, 0.0), true);
        }
        assert_eq!(now.0, whole.0);
    }

    #[test]
    fn a_free_shape_holds_the_dots_that_it_goes_around_once() {
        let numbers: Vec<(f64, f64)> = (0..100)
            .map(|at| (f64::from(at % 10), f64::from(at / 10)))
            .collect();
        let scatter = scatter(&numbers);
        let ((left, top), (right, bottom)) = scatter.whole();
        let at = |x: f64, y: f64| {
            let along = left + x / 9.0 * (right - left);
            (along, bottom - y / 9.0 * (bottom - top))
        };
        let found = |shape: &[Place]| -> Vec<(f64, f64)> {
            let rows = scatter.rows_in(shape);
            rows.into_iter().map(|row| numbers[row]).collect()
        };
        let square = [at(1.5, 1.5), at(3.5, 1.5), at(3.5, 3.5), at(1.5, 3.5)];
        assert_eq!(
            found(&square),
            [(2.0, 2.0), (3.0, 2.0), (2.0, 3.0), (3.0, 3.0)]
        );
        // What has a bay does not hold what lies in the bay.
        let bay = [
            at(0.5, 0.5),
            at(4.5, 0.5),
            at(4.5, 4.5),
            at(2.5, 1.5),
            at(0.5, 4.5),
        ];
        let held = found(&bay);
        assert!(
            held.contains(&(1.0, 2.0)) && held.contains(&(4.0, 2.0)),
            "{held:?}"
        );
        assert!(
            !held.contains(&(2.0, 3.0)) && !held.contains(&(3.0, 3.0)),
            "{held:?}"
        );
        let twice: Vec<Place> = square.iter().chain(&square).copied().collect();
        assert_eq!(found(&twice), []);
        for nothing in [&[][..], &square[..1], &[at(0.0, 0.0), (f64::NAN, 9.0)]] {
            assert_eq!(found(nothing), []);
        }
    }

    #[test]
    fn any_shape_is_held_against_dots_as_against_each_of_its_sides() {
        arbtest::arbtest(|u| {
            let numbers: Vec<(f64, f64)> = (0..30)
                .map(|at| (f64::from(at * 7 % 30), f64::from(at * 11 % 30)))
                .collect();
            let scatter = scatter(&numbers);
            let mut shape: Vec<Place> = Vec::new();
            for _ in 0..u.int_in_range(0..=9)? {
                let (x, y): (u16, u16) = u.arbitrary()?;
                shape.push((f64::from(x % 700), f64::from(y % 400) - 20.0));
            }
            let naive = |(x, y): Place| {
                let mut is_in = false;
                for at in 0..shape.len() {
                    let (a, b) = (shape[at], shape[(at + 1) % shape.len()]);
                    let is_beside = (a.1 > y) != (b.1 > y);
                    is_in ^= is_beside && x < a.0 + (y - a.1) / (b.1 - a.1) * (b.0 - a.0);
                }
                is_in
            };
            let want: Vec<usize> = (0..30)
                .filter(|row| naive(scatter.place(numbers[*row].0, numbers[*row].1)))
                .collect();
            assert_eq!(scatter.rows_in(&shape), want);
            Ok(())
        });
    }
}
