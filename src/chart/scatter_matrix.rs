//! Each two of some columns as small pictures of dots below a diagonal, on one picture of pixels.

use super::marks::{Anchor, Mark};
use super::number::shortened;
use super::parallel::{Canvas, Colour};
use super::scatter::{OTHERS, Scatter};

/// How wide and high a cell is, in units of the page.
pub const CELL: (f64, f64) = (116.0, 84.0);

/// How far dots stay from its edges at least.
const MARGIN: f64 = 2.0;

/// How many letters of a name fit into a cell.
const LONGEST: usize = 16;

/// How opaque the line beside a lane is.
const FAINT: f32 = 0.5;

/// Draws scatters, each into the cell of a row and a column of so many, `density` pixels a unit.
pub fn draw(
    scatters: &[(usize, usize, Scatter)],
    count: usize,
    density: f64,
    colour_of: impl Fn(u8) -> Colour,
) -> Canvas {
    let side = |unit: f64| (unit * count as f64 * density) as usize;
    let mut canvas = Canvas::new(side(CELL.0), side(CELL.1));
    for (row, column, scatter) in scatters {
        let corner = (*column as f64 * CELL.0, *row as f64 * CELL.1);
        let to = |part: (f64, f64)| {
            let along = MARGIN + part.0 * (CELL.0 - 2.0 * MARGIN);
            let down = MARGIN + part.1 * (CELL.1 - 2.0 * MARGIN);
            ((corner.0 + along) * density, (corner.1 + down) * density)
        };
        let (x_lane, y_lane) = scatter.lanes();
        let grey = colour_of(OTHERS);
        let ((left, top), (right, bottom)) = (to((0.0, 0.0)), to((1.0, 1.0)));
        if let Some(part) = x_lane {
            let x = to((part, 0.0)).0 as usize;
            for y in top as usize..bottom as usize {
                canvas.cover(x, y, grey, FAINT);
            }
        }
        if let Some(part) = y_lane {
            let y = to((0.0, part)).1 as usize;
            for x in left as usize..right as usize {
                canvas.cover(x, y, grey, FAINT);
            }
        }
        let place = |at| to(scatter.part_of(at));
        scatter.lay(&mut canvas, density, &place, &colour_of);
    }
    canvas
}

/// What stands around the dots where the matrix is saved: names along the diagonal, and above it how each two go together,
/// with whether that cannot be told from nothing.
pub fn marks(names: &[String], cells: &[Vec<(String, bool)>]) -> Vec<Mark> {
    let mut marks = Vec::new();
    let middle = |row: usize, column: usize| {
        let at = |place: usize, side: f64| (place as f64 + 0.5) * side;
        (at(column, CELL.0), at(row, CELL.1) + 4.0)
    };
    let side = names.len() as f64;
    for place in 0..=names.len() {
        let (x, y) = (place as f64 * CELL.0, place as f64 * CELL.1);
        marks.push(Mark::line("grid", (x, 0.0), (x, side * CELL.1)));
        marks.push(Mark::line("grid", (0.0, y), (side * CELL.0, y)));
    }
    for (row, (name, before)) in names.iter().zip(cells).enumerate() {
        let name = shortened(name, LONGEST);
        marks.push(Mark::name(middle(row, row), Anchor::Middle, &name));
        for (column, (text, is_weak)) in before.iter().enumerate() {
            let text = if *is_weak {
                format!("({text})")
            } else {
                text.clone()
            };
            marks.push(Mark::name(middle(column, row), Anchor::Middle, &text));
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::scatter::{Dot, ScatterAxis};

    #[test]
    fn dots_lie_in_their_cells_and_those_without_a_number_in_a_lane() {
        let numbers = [(0.0, 0.0), (1.0, 1.0), (f64::NAN, 0.5)];
        let axis =
            |of: fn(&(f64, f64)) -> f64| ScatterAxis::new("x", numbers.iter().map(of), false);
        let dot = |(x, y): &(f64, f64)| Dot {
            x: *x,
            y: *y,
            class: 1,
            ..Dot::default()
        };
        let scatter = Scatter {
            x: axis(|of| of.0),
            y: axis(|of| of.1),
            dots: numbers.iter().map(dot).collect(),
            lines: Vec::new(),
            named: Vec::new(),
        };
        let canvas = draw(&[(1, 0, scatter)], 2, 1.0, |class| {
            [f32::from(class == 1), 0.0, 0.0]
        });
        let bytes = canvas.rgba();
        let wide = canvas.width();
        assert_eq!((wide, bytes.len()), (232, 4 * 232 * 168));
        let red = |x: std::ops::Range<usize>, y: std::ops::Range<usize>| {
            let mut count = 0;
            for y in y {
                let row = x.clone().map(|x| &bytes[4 * (y * wide + x)..][..4]);
                count += row.filter(|pixel| pixel[0] > 200 && pixel[3] > 200).count();
            }
            count
        };
        // All are in the lower left cell: two at its ends, one in the lane at the left.
        assert_eq!(red(0..232, 0..84), 0);
        assert_eq!(red(116..232, 0..168), 0);
        assert!(red(0..20, 150..168) > 0 && red(100..116, 84..100) > 0);
        assert!(red(0..12, 110..140) > 0 && red(12..116, 110..140) == 0);
        // The line beside the lane is no dot.
        let line = |y: usize| {
            (0..24)
                .filter(|x| bytes[4 * (y * wide + x) + 3] > 100)
                .count()
        };
        assert!(line(150) >= 1);
    }

    #[test]
    fn names_stand_on_the_diagonal_and_correlations_above_it() {
        let names = ["lr", "a very long name of a metric", "loss"].map(str::to_owned);
        let cell = |text: &str, is_weak| (text.to_owned(), is_weak);
        let cells = [
            vec![],
            vec![cell("0.50", false)],
            vec![cell("-0.70", false), cell("0.01", true)],
        ];
        let marks = marks(&names, &cells);
        let text = |text: &str| marks.iter().find(|mark| mark.text == text).unwrap();
        assert_eq!(text("lr").attribute("x"), "58.0");
        assert_eq!(text("-0.70").attribute("x"), "290.0");
        assert_eq!(text("-0.70").attribute("y"), "46.0");
        assert_eq!(text("(0.01)").attribute("y"), "130.0");
        assert!(
            marks
                .iter()
                .all(|mark| mark.text.chars().count() <= LONGEST + 1)
        );
    }
}
