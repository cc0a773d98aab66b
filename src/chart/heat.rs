//! A matrix of each two of some columns, the darker the more, for pictures that are saved. On the page it is a table.
//!
//! Where there are cells below the diagonal alone, names stand on it and reach into the empty half.

use super::marks::{Anchor, Mark};
use super::number::shortened;
use super::rates::LONGEST;
use super::svg::{Chart, LETTER};

/// A cell's width and height.
const CELL: (f64, f64) = (64.0, 26.0);

/// Room for names at the left and above.
const HEAD: (f64, f64) = (170.0, 24.0);

/// The matrix.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heat {
    /// Names of lines and columns.
    pub names: Vec<String>,
    /// By line, then column: what the cell says, and its part of the greatest; below 0 it has the
    /// other colour.
    pub cells: Vec<Vec<Option<(String, f64)>>>,
}

impl Heat {
    /// It as it is saved.
    pub fn chart(&self) -> Chart {
        Chart {
            size: self.size(),
            marks: self.marks(),
            is_rows: true,
            most_text: self.most_text(),
            ..Chart::default()
        }
    }

    /// How large text may be that no number reaches beyond its cell.
    fn most_text(&self) -> Option<f64> {
        let texts = self.cells.iter().flatten().flatten();
        let longest = texts.map(|(text, _)| text.chars().count()).max()?;
        // With the room that texts beside one another keep.
        Some(0.97 * CELL.0 / (LETTER * longest.max(1) as f64 + 0.3))
    }

    /// How wide and high the picture is.
    pub fn size(&self) -> (f64, f64) {
        let mut many = self.names.len() as f64;
        if self.is_half() {
            // The last has no column, but names of those before it need the room.
            many += 1.0;
        }
        (HEAD.0 + CELL.0 * many, HEAD.1 + CELL.1 * many)
    }

    /// Whether all cells lie below the diagonal.
    fn is_half(&self) -> bool {
        let mut lines = self.cells.iter().enumerate();
        lines.all(|(line, cells)| cells.len() <= line)
    }

    /// The picture.
    pub fn marks(&self) -> Vec<Mark> {
        let mut marks = Vec::new();
        let (left, top) = HEAD;
        let is_half = self.is_half();
        for (at, name) in self.names.iter().enumerate() {
            let (x, y) = (left + CELL.0 * at as f64, top + CELL.1 * at as f64);
            let name = shortened(name, LONGEST);
            if !is_half {
                let above = (x + CELL.0 / 2.0, top - 8.0);
                marks.push(Mark::name(above, Anchor::Middle, &name));
            } else if at + 1 < self.names.len() {
                marks.push(Mark::name((x + 4.0, y + 17.0), Anchor::Start, &name));
            }
            marks.push(Mark::name((left - 8.0, y + 17.0), Anchor::End, &name));
        }
        for (line, cells) in self.cells.iter().enumerate() {
            let y = top + CELL.1 * line as f64;
            for (column, cell) in cells.iter().enumerate() {
                let Some((text, part)) = cell else { continue };
                let x = left + CELL.0 * column as f64;
                let size = (CELL.0 - 1.0, CELL.1 - 1.0);
                let class = if *part < 0.0 { "heat against" } else { "heat" };
                marks.push(Mark::rect(class, (x, y), size).coloured(part.abs().min(1.0)));
                let at = (x + CELL.0 / 2.0, y + 17.0);
                let mut text = Mark::text(at, Anchor::Middle, text);
                "value".clone_into(&mut text.attributes[0].1);
                marks.push(text);
            }
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::super::svg::{Plate, Style, svg};
    use super::*;

    #[test]
    fn all_numbers_of_a_matrix_are_kept_in_a_narrow_picture() {
        let line = |at: usize| vec![Some(("-0.31".to_owned(), -0.31)); at];
        let heat = Heat {
            names: (0..12).map(|at| format!("model.param_{at}")).collect(),
            cells: (0..12).map(line).collect(),
        };
        let plate = Plate {
            charts: vec![heat.chart()],
            ..Plate::default()
        };
        let kept = |style: &Style| {
            let (text, _) = svg(&plate, style);
            let is_told = text.contains("smaller than was asked for");
            (text.matches(">-0.31<").count(), is_told)
        };
        let printed = |width: f64| Style {
            width,
            is_printed: true,
            text: 8.0,
            ..Style::default()
        };
        assert_eq!(kept(&printed(85.0)), (66, true));
        assert_eq!(kept(&printed(300.0)), (66, false));
    }
}
