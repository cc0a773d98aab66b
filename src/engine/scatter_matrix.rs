//! Each two of a few columns against one another: dots below the diagonal, correlations above it.

use super::brief::Question;
use super::correlations::{Correlated, Numbers, correlated, sample};
use super::info::{column_of_key, key_of};
use super::lines::LegendItem;
use super::objectives::DENSITY;
use super::scattered::{
    Classes, MOST_MATRIX, MOST_RINGS, ScatterView, depth, told_lanes, told_rings,
};
use super::space::{Pixels, dot_colour};
use crate::analysis::correlation::Coefficient;
use crate::chart::absence::Lanes;
use crate::chart::number::{counted, grouped};
use crate::chart::scatter::{Dot, Scatter, ScatterAxis};
use crate::chart::scatter_matrix::draw;
use crate::ledger::{ColumnId, Kind, Role};
use serde::{Deserialize, Serialize};

/// The matrix.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScatterMatrix {
    /// Keys and names of its columns.
    pub columns: Vec<(String, String)>,
    /// For each of them, how it goes together with each before it.
    pub cells: Vec<Vec<Correlated>>,
    /// What colours mean.
    pub legend: Vec<LegendItem>,
    /// Pixels in a row.
    pub width: usize,
    /// The dots below the diagonal.
    pub pixels: Pixels,
}

/// The matrix, with what can be said of it; none of fewer than two columns of numbers that differ.
pub(super) fn matrix(
    question: &Question<'_>,
    set: &ScatterView,
    dark: bool,
) -> (Option<ScatterMatrix>, Vec<String>) {
    let ledger = question.ledger;
    let rows = sample(question);
    let is_number = |id: &ColumnId| {
        let column = ledger.column(*id);
        column.role() != Role::Ignored && column.kind() == Kind::Number
    };
    let mut columns: Vec<Numbers> = Vec::new();
    let mut left_out: Vec<&str> = Vec::new();
    for key in set.matrix.iter().take(MOST_MATRIX) {
        let Some(id) = column_of_key(ledger, key).filter(is_number) else {
            continue;
        };
        match Numbers::new(id, ledger.column(id), &rows) {
            Some(numbers) => columns.push(numbers),
            None => left_out.push(ledger.column(id).name()),
        }
    }
    let mut words = Vec::new();
    if !left_out.is_empty() {
        words.push(format!(
            "Not here, for the shown runs do not differ in it: {}.",
            left_out.join(", ")
        ));
    }
    if columns.len() < 2 {
        words.insert(
            0,
            "Choose two to six columns of numbers that differ between runs.".to_owned(),
        );
        return (None, words);
    }
    let classes = Classes::new(question, column_of_key(ledger, &set.colour));
    // Colours lie on grey, the best on all.
    let all = rows.iter().enumerate();
    let mut drawn: Vec<(u8, usize)> = all.map(|(at, row)| (classes.of(*row), at)).collect();
    order::by_key(&mut drawn, |(class, _)| depth(*class));
    let is_selected = |row: usize| question.selected.get(row);
    let shown = question.shown.count();
    let name = |of: &Numbers| ledger.column(of.id).name();
    let axis = |of: &Numbers| ScatterAxis::new(name(of), of.values.iter().copied(), false);
    let (mut scatters, mut cells) = (Vec::new(), Vec::new());
    for (row, up) in columns.iter().enumerate() {
        let mut line = Vec::new();
        for (column, along) in columns.iter().enumerate().take(row) {
            let names = (name(up), name(along));
            line.push(correlated(
                Coefficient::Spearman,
                (up, along),
                names,
                shown.min(rows.len()),
            ));
            let dots = drawn.iter().map(|(class, at)| Dot {
                x: along.values[*at],
                y: up.values[*at],
                class: *class,
                size: None,
                row: rows[*at] as u32,
            });
            let dots = dots.filter(|dot| dot.x.is_finite() || dot.y.is_finite());
            let dots: Vec<Dot> = dots.collect();
            let ringed = dots.iter().filter(|dot| is_selected(dot.row as usize));
            let ringed = ringed.take(MOST_RINGS);
            let scatter = Scatter {
                x: axis(along),
                y: axis(up),
                named: ringed.map(|dot| (dot.x, dot.y, String::new())).collect(),
                dots,
                lines: Vec::new(),
            };
            scatters.push((row, column, scatter));
        }
        cells.push(line);
    }
    let canvas = draw(&scatters, columns.len(), DENSITY, |class| {
        dot_colour(class, dark)
    });
    let part = if rows.len() < shown {
        format!(
            "An even {} of {}",
            grouped(rows.len()),
            counted(shown, "shown run")
        )
    } else {
        counted(shown, "shown run")
    };
    let lanes = |of: &Numbers| told_lanes(name(of), Lanes::of(&mut of.values.iter().copied()));
    let odd: String = columns.iter().map(lanes).collect();
    words.push(format!(
        "{part} by each two of {}. Below the diagonal dots: up by what names their line, along by what names their column; those \
         without a finite number on an axis lie in lanes{odd}. Above it Spearman’s correlation (of ranks), pale \
         or in brackets where its 95 % interval holds 0.",
        counted(columns.len(), "column")
    ));
    words.extend(told_rings(
        rows.iter().filter(|row| is_selected(**row)).count(),
    ));
    let matrix = ScatterMatrix {
        columns: columns
            .iter()
            .map(|of| (key_of(ledger, of.id), name(of).to_owned()))
            .collect(),
        cells,
        legend: classes.legend(ledger),
        width: canvas.width(),
        pixels: Pixels(canvas.rgba()),
    };
    (Some(matrix), words)
}
