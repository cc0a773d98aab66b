//! Each two of some columns as small pictures of dots below a diagonal, on one picture of pixels.

use super::canvas::{Canvas, Colour};
use super::marks::{Anchor, Mark};
use super::number::shortened;
use super::scatter::{OTHERS, Scatter, disc};

/// How wide and high the picture is, in units of the page: where columns are few, their cells are large.
pub const SIZE: (f64, f64) = (840.0, 600.0);

/// How far dots stay from the edges of a cell at least: the largest with their rings lie in it.
const MARGIN: f64 = 6.0;

/// How large dots are beside those of a picture of two columns.
const LARGE: f64 = 1.5;

/// The radii of a ring, and the class of its colour.
const RING: (f64, f64) = (4.6, 6.2);
const RINGED: u8 = 5;

/// How wide a letter of a name is.
const LETTER: f64 = 7.5;

/// How opaque the line beside a lane is.
const FAINT: f32 = 0.5;

/// How wide and high a cell is, of so many in a row.
fn cell_of(count: usize) -> (f64, f64) {
    let count = count.max(1) as f64;
    (SIZE.0 / count, SIZE.1 / count)
}

/// Draws scatters, each into the cell of a row and a column of so many, `density` pixels a unit.
pub fn draw(
    scatters: &[(usize, usize, Scatter)],
    count: usize,
    density: f64,
    colour_of: impl Fn(u8) -> Colour,
) -> Canvas {
    let cell = cell_of(count);
    let side = |unit: f64| (unit * density) as usize;
    let mut canvas = Canvas::new(side(SIZE.0), side(SIZE.1));
    let inner = disc(RING.0 * density);
    let mut ring = disc(RING.1 * density);
    ring.retain(|pixel| !inner.contains(pixel));
    for (row, column, scatter) in scatters {
        let corner = (*column as f64 * cell.0, *row as f64 * cell.1);
        let to = |part: (f64, f64)| {
            let along = MARGIN + part.0 * (cell.0 - 2.0 * MARGIN);
            let down = MARGIN + part.1 * (cell.1 - 2.0 * MARGIN);
            ((corner.0 + along) * density, (corner.1 + down) * density)
        };
        let [along, up] = scatter.lane_edges();
        let grey = colour_of(OTHERS);
        let ((left, top), (right, bottom)) = (to((0.0, 0.0)), to((1.0, 1.0)));
        for part in along {
            let x = to((part, 0.0)).0 as usize;
            for y in top as usize..bottom as usize {
                canvas.cover(x, y, grey, FAINT);
            }
        }
        for part in up {
            let y = to((0.0, part)).1 as usize;
            for x in left as usize..right as usize {
                canvas.cover(x, y, grey, FAINT);
            }
        }
        let place = |at| to(scatter.part_of(at));
        scatter.lay(&mut canvas, LARGE * density, &place, &colour_of);
        for (x, y, _) in &scatter.named {
            let at = place(scatter.place(*x, *y));
            for (along, down) in &ring {
                let pixel = (at.0 as i32 + along, at.1 as i32 + down);
                canvas.cover(pixel.0 as usize, pixel.1 as usize, colour_of(RINGED), 1.0);
            }
        }
    }
    canvas
}

/// What stands around the dots where the matrix is saved: names along the diagonal, and above it how each two go together,
/// with whether that cannot be told from nothing.
pub fn marks(names: &[String], cells: &[Vec<(String, bool)>]) -> Vec<Mark> {
    let mut marks = Vec::new();
    let cell = cell_of(names.len());
    let middle = |row: usize, column: usize| {
        let at = |place: usize, side: f64| (place as f64 + 0.5) * side;
        (at(column, cell.0), at(row, cell.1) + 4.0)
    };
    for place in 0..=names.len() {
        let (x, y) = (place as f64 * cell.0, place as f64 * cell.1);
        marks.push(Mark::line("grid", (x, 0.0), (x, SIZE.1)));
        marks.push(Mark::line("grid", (0.0, y), (SIZE.0, y)));
    }
    for (row, (name, before)) in names.iter().zip(cells).enumerate() {
        let name = shortened(name, (cell.0 / LETTER) as usize);
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
            named: vec![(1.0, 1.0, String::new())],
        };
        let canvas = draw(&[(1, 0, scatter)], 2, 1.0, |class| {
            [f32::from(class == 1), f32::from(class == RINGED), 0.0]
        });
        let bytes = canvas.rgba();
        let wide = canvas.width();
        assert_eq!((wide, bytes.len()), (840, 4 * 840 * 600));
        let count = |part: usize, x: std::ops::Range<usize>, y: std::ops::Range<usize>| {
            let mut count = 0;
            for y in y {
                let row = x.clone().map(|x| &bytes[4 * (y * wide + x)..][..4]);
                count += row
                    .filter(|pixel| pixel[part] > 200 && pixel[3] > 200)
                    .count();
            }
            count
        };
        // All are in the lower left cell: two at its ends, one in the lane at the left.
        let red = |x, y| count(0, x, y);
        assert_eq!(red(0..840, 0..300), 0);
        assert_eq!(red(420..840, 0..600), 0);
        assert!(red(0..50, 570..600) > 0 && red(390..420, 300..330) > 0);
        assert!(red(0..30, 420..480) > 0 && red(30..420, 420..480) == 0);
        // A ring is around the second, and nowhere else.
        let ringed = count(1, 390..420, 300..330);
        assert!(ringed > 20 && ringed == count(1, 0..840, 0..600));
        // The line beside the lane is no dot.
        let line = |y: usize| {
            (0..50)
                .filter(|x| bytes[4 * (y * wide + x) + 3] > 100)
                .count()
        };
        assert!(line(540) >= 1);
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
        assert_eq!(text("lr").attribute("x"), "140.0");
        assert_eq!(text("-0.70").attribute("x"), "700.0");
        assert_eq!(text("-0.70").attribute("y"), "104.0");
        assert_eq!(text("(0.01)").attribute("y"), "304.0");
        // Of few columns each has room for a longer name.
        assert!(text("a very long name of a metric").text.len() > 20);
    }
}
