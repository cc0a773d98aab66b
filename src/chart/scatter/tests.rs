//! Where dots, bars and lanes of two numbers lie.

use super::*;
use crate::chart::absence::MISSING;
use crate::chart::scale::Spacing;

fn scatter(dots: &[(f64, f64)]) -> Scatter {
    let axis =
        |name: &str, of: fn(&(f64, f64)) -> f64| ScatterAxis::new(name, dots.iter().map(of), false);
    let dot = |(row, (x, y)): (usize, &(f64, f64))| Dot {
        x: *x,
        y: *y,
        class: (row % 2) as u8 * OTHERS,
        row: row as u32,
        size: None,
    };
    Scatter {
        x: axis("nodes", |dot| dot.0),
        y: axis("error", |dot| dot.1),
        dots: dots.iter().enumerate().map(dot).collect(),
        lines: vec![ScatterLine {
            class: 0,
            points: dots.to_vec(),
            is_stepped: true,
        }],
        named: vec![(dots[0].0, dots[0].1, "knee".to_owned())],
    }
}

#[test]
fn every_dot_lies_in_the_plot_and_is_found_there() {
    arbtest::arbtest(|u| {
        let mut dots = vec![(1.0, 2.0)];
        dots.extend(u.arbitrary::<Vec<(f64, f64)>>()?);
        let scatter = scatter(&dots);
        for dot in &scatter.dots {
            let at = scatter.place(dot.x, dot.y);
            assert!(
                (PLOT.0..=PLOT.1).contains(&at.0) && (PLOT.2..=PLOT.3).contains(&at.1),
                "{dot:?} at {at:?}"
            );
            let (near, place) = scatter.nearest(at).unwrap();
            assert_eq!(place, at, "{near:?}");
        }
        // Keys go to each of them from left to right.
        let places = scatter.places();
        assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
        let each = scatter.dots.iter();
        let mut each = each.map(|dot| scatter.place(dot.x, dot.y));
        assert!(each.all(|at| places.contains(&at)), "{places:?}");
        let texts = |mark: &Mark| {
            mark.attributes
                .iter()
                .all(|(_, text)| !text.contains("NaN"))
        };
        assert!(scatter.marks().iter().all(texts));
        Ok(())
    });
}

#[test]
fn numbers_far_apart_are_on_a_logarithmic_axis() {
    let is_log = |numbers: &[f64]| {
        let axis = ScatterAxis::new("x", numbers.iter().copied(), false).axis;
        axis.spacing() == Spacing::Log
    };
    assert!(is_log(&[1e-3, 11.0, f64::NAN]));
    assert!(!is_log(&[0.1, 0.3, 1.0, 1.1]));
    assert!(is_log(&[16.0, 32.0, 128.0]));
    assert!(!is_log(&[-1.0, 1e9]));
}

#[test]
fn what_has_no_number_lies_in_a_lane() {
    let scatter = scatter(&[(1.0, 5.0), (2.0, f64::NAN), (3.0, 6.0)]);
    assert_eq!((scatter.x.lanes.before(), scatter.y.lanes.before()), (0, 1));
    let heights: Vec<f64> = scatter
        .dots
        .iter()
        .map(|dot| scatter.place(dot.x, dot.y).1)
        .collect();
    assert!(heights[1] > PLOT.3 - LANE && heights[0] < PLOT.3 - LANE);
    let says = |text: &str| {
        scatter
            .marks()
            .iter()
            .filter(|mark| mark.text == text)
            .count()
    };
    assert_eq!((says("NaN"), says("knee"), says("nodes")), (1, 1, 1));
}

#[test]
fn bars_count_dots_and_leave_room_for_themselves() {
    let dots: Vec<(f64, f64)> = (0..100)
        .map(|at| (f64::from(at), f64::from(at % 2)))
        .collect();
    let mut scatter = scatter(&dots);
    let (_, right, top, _) = scatter.inside();
    scatter.x = scatter.x.counted(dots.iter().map(|dot| dot.0));
    scatter.y = scatter
        .y
        .counted(dots.iter().map(|dot| dot.1).chain([f64::NAN]));
    assert_eq!(scatter.inside().1, right - MARGIN);
    assert_eq!(scatter.inside().2, top + MARGIN);
    assert_eq!(scatter.x.bins.iter().sum::<u32>(), 100);
    assert_eq!((scatter.y.bins[0], scatter.y.bins[BARS]), (50, 50));
    let bars = scatter.bars();
    assert_eq!(bars.len(), BARS + 1 + 2);
    let number = |mark: &Mark, name| mark.attribute(name).parse::<f64>().unwrap();
    for bar in &bars {
        let (x, y) = (number(bar, "x"), number(bar, "y"));
        assert!(x >= PLOT.0 && x + number(bar, "width") <= PLOT.1, "{bar:?}");
        assert!(
            y >= PLOT.2 && y + number(bar, "height") <= PLOT.3,
            "{bar:?}"
        );
    }
    // Of one run, and of numbers that are all alike, there is one bar.
    let one = ScatterAxis::new("x", [3.0].into_iter(), false).counted([3.0].into_iter());
    assert_eq!(one.bins[BARS / 2], 1);
    let none = ScatterAxis::new("x", [f64::NAN].into_iter(), false);
    assert_eq!(
        none.counted([f64::NAN].into_iter())
            .bins
            .iter()
            .sum::<u32>(),
        0
    );
}

#[test]
fn bars_stand_in_the_middle_of_dots_that_are_evenly_apart() {
    for levels in (2..=17).chain([40, 41]) {
        let dots: Vec<(f64, f64)> = (0..levels).map(|at| (f64::from(at), 1.0)).collect();
        let mut scatter = scatter(&dots);
        scatter.x = scatter.x.counted(dots.iter().map(|dot| dot.0));
        let bars = scatter.bars();
        assert_eq!(bars.len(), dots.len());
        for (bar, dot) in bars.iter().zip(&dots) {
            let number = |name| bar.attribute(name).parse::<f64>().unwrap();
            let middle = number("x") + number("width") / 2.0;
            let off = (middle - scatter.place(dot.0, dot.1).0).abs();
            assert!(off < 0.5, "{off} of {levels}");
        }
    }
}

#[test]
fn a_rectangle_holds_the_numbers_of_the_dots_in_it() {
    let scatter = scatter(&[(0.0, 5.0), (50.0, f64::NAN), (100.0, 15.0)]);
    let at = |x: f64, y: f64| scatter.place(x, y);
    let numbers = |found: Option<Part>| match found {
        Some(Part::Numbers(low, high)) => (low, high),
        other => panic!("{other:?}"),
    };
    let near = |found: Option<Part>, low: f64, high: f64| {
        let (a, b) = numbers(found);
        assert!((a - low).abs() < 0.3 && (b - high).abs() < 0.3, "{a} {b}");
    };
    let [along, up] = scatter.between(at(75.0, 6.0), at(25.0, 14.0));
    near(along, 25.0, 75.0);
    near(up, 6.0, 14.0);
    // Beyond an end it holds all that is there, and no more digits than need be.
    let [along, up] = scatter.between((0.0, 0.0), at(50.0, 10.0));
    assert_eq!((numbers(along).0, numbers(up).1), (0.0, 15.0));
    // A lane has no numbers, and what goes across the picture keeps all.
    let [along, up] = scatter.between((0.0, PLOT.3 - 4.0), (WIDTH, PLOT.3 - 2.0));
    assert_eq!((along, up), (None, Some(Part::Lane(Absence::NotANumber))));
    // Where there is no lane there is nothing.
    let above = scatter.between(at(0.0, 5.0), (9.0, PLOT.2 - 20.0));
    assert_eq!(scatter.between((WIDTH, 0.0), (WIDTH - 5.0, 9.0))[0], None);
    assert!(above[1].is_some());
}

#[test]
fn each_reason_for_no_number_has_a_lane_that_can_be_kept() {
    let odd = [MISSING, f64::NAN, f64::NEG_INFINITY, f64::INFINITY];
    let mut dots: Vec<(f64, f64)> = odd.map(|x| (x, 1.0)).to_vec();
    dots.extend(odd.map(|y| (1.0, y)));
    dots.extend([(1.0, 1.0), (2.0, 2.0)]);
    let scatter = scatter(&dots);
    for (at, x) in odd.into_iter().enumerate() {
        let is = Absence::of(x).map(Part::Lane);
        let (along, _) = scatter.place(x, 1.0);
        let (_, up) = scatter.place(1.0, x);
        let [a, b] = scatter.between((along - 3.0, up + 4.0), (along + 3.0, up - 4.0));
        assert_eq!((a, b), (is.clone(), is), "{at}");
    }
    // One after another, infinity at the other side.
    let places = odd.map(|x| scatter.place(x, 1.0).0);
    let (left, right, ..) = scatter.inside();
    assert!(places.is_sorted() && places[2] < left && places[3] > right);
}

#[test]
fn the_area_of_dots_goes_with_their_size() {
    let radius = |size| {
        Dot {
            size,
            ..Dot::default()
        }
        .radius()
    };
    assert_eq!(radius(None), RADIUS);
    assert_eq!((radius(Some(0)), radius(Some(MOST_SIZE))), RADII);
    let area = |size| radius(Some(size)) * radius(Some(size));
    assert!((area(8) + area(0) - 2.0 * area(4)).abs() < 1e-9);
}

#[test]
fn times_are_told_at_the_ends_alone() {
    let mut scatter = scatter(&[(1.7e12, 5.0), (1.8e12, 6.0)]);
    scatter.x = ScatterAxis::new("when", scatter.dots.iter().map(|dot| dot.x), true);
    let marks = scatter.marks();
    let times = marks.iter().filter(|mark| mark.text.starts_with("202"));
    let times: Vec<&str> = times.map(|mark| mark.text.as_str()).collect();
    assert_eq!(times, ["2023-11-14 22:13", "2027-01-15 08:00"]);
}

#[test]
fn a_stepped_line_goes_along_before_it_rises() {
    let scatter = scatter(&[(0.0, 0.0), (1.0, 1.0)]);
    let path = scatter.path(&scatter.lines[0]);
    assert_eq!(path.matches('L').count(), 2);
    let corner = scatter.place(1.0, 0.0);
    assert!(
        path.contains(&format!("L{:.1} {:.1}L", corner.0, corner.1)),
        "{path}"
    );
}

#[test]
fn shades_are_on_the_scale_and_the_best_is_none_of_them() {
    let mut scatter = scatter(&[(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]);
    let classes = [SHADE, SHADE + 100, FOREMOST + 5];
    for (dot, class) in scatter.dots.iter_mut().zip(classes) {
        dot.class = class;
    }
    let marks = scatter.marks();
    let dots: Vec<_> = marks
        .iter()
        .filter(|mark| mark.element == "circle")
        .collect();
    let of = |at: usize| (dots[at].attribute("class"), dots[at].part);
    assert_eq!((of(0), of(1)), (("dot", Some(0.0)), ("dot", Some(1.0))));
    assert_eq!(of(2), ("class-5", None));
}

#[test]
fn pixels_are_where_dots_are() {
    let scatter = scatter(&[(0.0, 0.0), (1.0, 1.0)]);
    let canvas = scatter.draw(2.0, |class| [f32::from(class) / 8.0, 0.0, 0.0]);
    let bytes = canvas.rgba();
    let alpha =
        |x: f64, y: f64| bytes[4 * ((y * 2.0) as usize * canvas.width() + (x * 2.0) as usize) + 3];
    for dot in &scatter.dots {
        let (x, y) = scatter.place(dot.x, dot.y);
        assert!(alpha(x, y) > 200);
        assert_eq!(alpha(x - 8.0, y), 0);
    }
}
