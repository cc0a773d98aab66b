//! Fronts against a count of who dominates whom, hypervolumes against boxes, and both against other people's.

use super::chance::membership;
use super::hypervolume::{growth, hypervolume};
use super::*;
use crate::ranking::uncertainty::Center;
use serde_json::Value as Json;

const GOLDEN: &str = include_str!("../../../../tests/fixtures/ranking/pareto.json");
const POINTS: &str = include_str!("../../../../tests/fixtures/ranking/pareto_points.csv");

/// Trial, point and feasibility of the golden trials.
fn trials() -> Vec<(usize, Point, bool)> {
    let mut lines = POINTS.lines();
    assert_eq!(lines.next(), Some("trial,obj0,obj1,feasible"));
    let trial = |line: &str| {
        let mut cells = line.split(',');
        let mut next = || cells.next().unwrap();
        let trial = next().parse().unwrap();
        let mut point = [0.0; MOST];
        point[0] = next().parse().unwrap();
        point[1] = next().parse().unwrap();
        (trial, point, next() == "1")
    };
    lines.map(trial).collect()
}

fn points(width: usize, of: Vec<Point>) -> Points {
    Points { width, of }
}

#[test]
fn fronts_and_hypervolume_are_those_of_pymoo_and_optuna() {
    let golden: Json = serde_json::from_str(GOLDEN).unwrap();
    for (part, only_feasible) in [("all_complete", false), ("feasible_only", true)] {
        let part = &golden[part];
        let mut taken = trials();
        taken.retain(|(_, _, feasible)| *feasible || !only_feasible);
        assert_eq!(taken.len() as u64, part["n"].as_u64().unwrap());
        let of = points(2, taken.iter().map(|(_, point, _)| *point).collect());
        let fronts = of.fronts(usize::MAX).unwrap();
        for ((trial, ..), front) in taken.iter().zip(&fronts) {
            let want = part["rank_by_trial"][trial.to_string()].as_u64();
            assert_eq!(Some(u64::from(*front)), want, "trial {trial}");
        }
        let reference = &part["reference_point_in_minimisation_space"];
        let at = |at: usize| reference[at].as_f64().unwrap();
        let got = hypervolume(&of, &[at(0), at(1), 0.0, 0.0]).unwrap();
        let want = part["hypervolume_pymoo"].as_f64().unwrap();
        assert!((got - want).abs() < 1e-9 * want, "{got} against {want}");
    }
}

/// A point of small whole numbers, so that many are equal in some objective or in all.
fn arbitrary_points(
    u: &mut arbtest::arbitrary::Unstructured<'_>,
) -> arbtest::arbitrary::Result<Points> {
    let width = u.int_in_range(2..=MOST)?;
    let mut of = Vec::new();
    for _ in 0..u.int_in_range(0..=24)? {
        let mut point = [0.0; MOST];
        for part in point.iter_mut().take(width) {
            *part = f64::from(u.int_in_range(0..=5_u8)?);
        }
        of.push(point);
    }
    Ok(points(width, of))
}

fn dominates(a: &Point, b: &Point) -> bool {
    a != b && a.iter().zip(b).all(|(a, b)| a <= b)
}

#[test]
fn fronts_are_peeled_off_one_by_one() {
    arbtest::arbtest(|u| {
        let points = arbitrary_points(u)?;
        let mut want = vec![BEHIND; points.of.len()];
        for front in 0.. {
            let left = |at: &usize| want[*at] == BEHIND;
            let all: Vec<usize> = (0..want.len()).filter(left).collect();
            if all.is_empty() {
                break;
            }
            let beaten = |at: &usize| {
                all.iter()
                    .any(|other| dominates(&points.of[*other], &points.of[*at]))
            };
            for at in all.iter().filter(|at| !beaten(at)) {
                want[*at] = front;
            }
        }
        assert_eq!(points.fronts(usize::MAX).unwrap(), want);
        let first: Vec<u32> = want
            .iter()
            .map(|front| if *front < 2 { *front } else { BEHIND })
            .collect();
        assert_eq!(points.fronts(2).unwrap(), first);
        Ok(())
    });
}

/// How many unit boxes up to 6 in each objective are covered.
fn boxes(points: &Points) -> f64 {
    let width = points.width as u32;
    let covered = |code: &usize| {
        let at = |place: u32| (code / 6_usize.pow(place) % 6) as f64;
        let covers = |point: &Point| (0..width).all(|place| point[place as usize] <= at(place));
        points.of.iter().any(covers)
    };
    (0..6_usize.pow(width)).filter(covered).count() as f64
}

#[test]
fn the_hypervolume_is_that_of_the_boxes_that_are_covered() {
    arbtest::arbtest(|u| {
        let points = arbitrary_points(u)?;
        let reference = [6.0; MOST];
        let want = boxes(&points);
        assert_eq!(hypervolume(&points, &reference), Some(want));
        let grown = growth(&points, &reference).unwrap();
        for (count, volume) in &grown {
            let so_far = Points {
                width: points.width,
                of: points.of[..*count].to_vec(),
            };
            assert_eq!(*volume, boxes(&so_far), "after {count}");
        }
        let last = grown.last().map_or(0.0, |(_, volume)| *volume);
        assert_eq!(last, want);
        Ok(())
    });
}

#[test]
fn what_is_not_before_the_reference_counts_for_nothing() {
    let of = points(
        2,
        vec![
            [1.0, 7.0, 0.0, 0.0],
            [6.0, 0.0, 0.0, 0.0],
            [4.0, 4.0, 0.0, 0.0],
        ],
    );
    assert_eq!(hypervolume(&of, &[6.0; MOST]), Some(4.0));
}

fn front(of: &[(f64, f64)]) -> Points {
    points(2, of.iter().map(|(x, y)| [*x, *y, 0.0, 0.0]).collect())
}

#[test]
fn the_knee_lies_below_the_line_between_the_ends() {
    assert_eq!(
        front(&[(0.0, 100.0), (0.2, 30.0), (1.0, 0.0)]).knee(),
        Some(1)
    );
    assert_eq!(front(&[(0.0, 2.0), (1.0, 1.0), (2.0, 0.0)]).knee(), None);
    assert_eq!(front(&[(0.0, 2.0), (1.5, 1.5), (2.0, 0.0)]).knee(), None);
    assert_eq!(front(&[(0.0, 2.0)]).knee(), None);
    assert_eq!(front(&[]).knee(), None);
}

#[test]
fn the_knee_of_three_and_four_lies_furthest_below_the_plane_of_those_best_in_one_each() {
    let front = |width: usize, of: &[&[f64]]| {
        let point = |values: &&[f64]| {
            let mut point = [0.0; MOST];
            point[..width].copy_from_slice(values);
            point
        };
        points(width, of.iter().map(point).collect())
    };
    // The corners have one of three each; by hand the plane is x + y + z = 1, and (1, 2, 3) tenths lies furthest below.
    let (a, b, c): (&[f64], &[f64], &[f64]) =
        (&[10.0, 0.0, 0.0], &[0.0, 5.0, 0.0], &[0.0, 0.0, 1.0]);
    let (near, far): (&[f64], &[f64]) = (&[3.0, 1.5, 0.3], &[1.0, 1.0, 0.3]);
    assert_eq!(front(3, &[a, b, near, far, c]).knee(), Some(3));
    // On the plane, or behind it, is no knee.
    assert_eq!(front(3, &[a, b, c, &[4.0, 1.0, 0.4]]).knee(), None);
    assert_eq!(front(3, &[a, b, c, &[5.0, 2.5, 0.5]]).knee(), None);
    // Corners that are not on the axes: best in one each at 0.2 of another.
    let (a, b, c): (&[f64], &[f64], &[f64]) =
        (&[0.0, 1.0, 0.2], &[0.2, 0.0, 1.0], &[1.0, 0.2, 0.0]);
    assert_eq!(front(3, &[a, b, c, &[0.3, 0.3, 0.3]]).knee(), Some(3));
    assert_eq!(front(3, &[a, b, c, &[0.4, 0.4, 0.4]]).knee(), None);
    // One that is best in two leaves no plane.
    assert_eq!(
        front(3, &[&[0.0, 0.0, 1.0], &[1.0, 1.0, 0.0], &[0.5, 0.5, 0.5]]).knee(),
        None
    );
    let four: Vec<Vec<f64>> = (0..4)
        .map(|at| {
            (0..4)
                .map(|other| f64::from(u8::from(at == other)))
                .collect()
        })
        .chain([vec![0.2; 4], vec![0.1; 4]])
        .collect();
    let four: Vec<&[f64]> = four.iter().map(Vec::as_slice).collect();
    assert_eq!(front(4, &four).knee(), Some(5));
}

#[test]
fn weights_choose() {
    let of = front(&[(0.0, 100.0), (0.2, 30.0), (1.0, 0.0)]);
    assert_eq!(of.chosen(&[1.0, 0.0]), Some(0));
    assert_eq!(of.chosen(&[1.0, 1.0]), Some(1));
    assert_eq!(of.chosen(&[1.0, 20.0]), Some(2));
    assert_eq!(front(&[]).chosen(&[1.0, 1.0]), None);
}

#[test]
fn directions_turn_and_a_hundred_thousand_runs_are_peeled() {
    let mut state = 7_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64
    };
    let columns: Vec<Vec<f64>> = (0..4)
        .map(|_| (0..100_000).map(|_| random()).collect())
        .collect();
    let rows: Vec<usize> = (0..100_000).collect();
    for width in 2..=4 {
        let of: Vec<(&[f64], bool)> = columns[..width]
            .iter()
            .map(|column| (column.as_slice(), true))
            .collect();
        let points = Points::new(&of, &rows);
        let first = points.fronts(1).unwrap();
        assert!(points.fronts(usize::MAX).unwrap().contains(&1));
        let best =
            |column: &[f64]| (0..column.len()).max_by(|a, b| column[*a].total_cmp(&column[*b]));
        assert_eq!(first[best(&columns[0]).unwrap()], 0);
        let reference = [0.0; MOST];
        let grown = growth(&points, &reference);
        assert!(grown.unwrap().is_sorted_by(|a, b| a.1 <= b.1 && a.0 < b.0));
    }
}

#[test]
fn a_lucky_run_is_less_surely_on_the_front_than_one_that_leads_by_far() {
    let noisy = |x: f64, y: f64, by: f64| -> Vec<Point> {
        [-1.0, 1.0]
            .iter()
            .map(|sign| [x + sign * by, y - sign * by, 0.0, 0.0])
            .collect()
    };
    let runs = vec![
        noisy(0.0, 100.0, 1.0),
        noisy(50.0, 50.0, 1.0),
        noisy(50.4, 50.4, 1.0),
        noisy(100.0, 0.0, 1.0),
        noisy(90.0, 90.0, 1.0),
    ];
    let (shares, draws) = membership(2, &runs, Center::Mean, 1).unwrap();
    assert_eq!(draws, 400);
    assert_eq!((shares[0], shares[3], shares[4]), (1.0, 1.0, 0.0));
    assert!(shares[1] > shares[2] && shares[2] > 0.1, "{shares:?}");
    let alone: Vec<Vec<Point>> = runs.iter().map(|runs| runs[..1].to_vec()).collect();
    assert_eq!(membership(2, &alone, Center::Mean, 1), None);
}

#[test]
fn one_run_far_off_takes_no_place_from_a_median() {
    let runs = |at: &dyn Fn(u32) -> f64| -> Vec<Point> {
        let point = |x: f64| [x, x, 0.0, 0.0];
        (0..5).map(|run| point(at(run))).collect()
    };
    let far = runs(&|run| f64::from(run) / 100.0 + if run == 4 { 100.0 } else { 0.0 });
    let steady = runs(&|run| 1.0 + f64::from(run) / 100.0);
    let first = |center| {
        let all = [far.clone(), steady.clone()];
        membership(2, &all, center, 1).unwrap().0[0]
    };
    assert!(first(Center::Median) > 0.9 && first(Center::Iqm) > 0.6);
    assert!(first(Center::Mean) < 0.5);
}
