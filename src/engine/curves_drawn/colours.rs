//! Curves coloured by a column: the class of each run, and in which order runs are drawn.

use super::{CurveRuns, FAINT};
use crate::chart::scatter::SHADE;
use crate::engine::curves::CurvesQuestion;
use crate::engine::lines::{LegendItem, RowColour};
use crate::engine::scales::Scale;
use crate::ledger::ColumnId;

/// Of so many shades each has its own lines.
const SHADES: u8 = 10;

/// In so many rounds each colour's lines are laid over one another, so that none hides the others.
const ROUNDS: usize = 4;

/// What colours go by.
pub(super) struct Colours {
    column: ColumnId,
    scale: Scale,
}

impl Colours {
    /// Those that are asked for.
    pub(super) fn new(question: &CurvesQuestion, runs: CurveRuns<'_>) -> Option<Self> {
        let column = question.colour?;
        let scale = Scale::of(runs.ledger.try_column(column)?, runs.shown);
        Some(Self { column, scale })
    }

    /// The class of a run, as [`hue_of`](crate::chart::scatter::hue_of) has it.
    pub(super) fn of(&self, runs: CurveRuns<'_>, row: usize) -> u8 {
        let column = runs.ledger.try_column(self.column);
        let colour = column.and_then(|column| self.scale.colour(column, row));
        colour.map_or(FAINT, class_of)
    }

    /// Puts runs and their classes in the order in which they are drawn: in each round those of one colour together, those
    /// without one below.
    pub(super) fn put_in_order(rows: &mut [(usize, u8)]) {
        let each = rows.len().div_ceil(ROUNDS).max(1);
        for round in rows.chunks_mut(each) {
            order::by_key(round, |(row, class)| (*class != FAINT, *class, *row));
        }
    }

    /// What they mean.
    pub(super) fn legend(&self, runs: CurveRuns<'_>, items: &mut Vec<LegendItem>) {
        let Some(column) = runs.ledger.try_column(self.column) else {
            return;
        };
        let name = column.name();
        let known = self.scale.legend().into_iter();
        items.extend(
            known
                .filter(|item| class_of(item.colour) != FAINT)
                .map(|item| {
                    let label = format!("{name} {}", item.label);
                    LegendItem { label, ..item }
                }),
        );
        items.push(LegendItem {
            colour: RowColour::Class(FAINT),
            label: format!("other or no {name}"),
        });
    }
}

/// The class of a colour.
fn class_of(colour: RowColour) -> u8 {
    match colour {
        RowColour::Shade(shade) => SHADE + (shade + SHADES / 2) / SHADES * SHADES,
        RowColour::Class(class) => class.min(FAINT),
    }
}

/// The colour of a class in legends.
pub(super) fn colour_of(class: u8) -> RowColour {
    match class.checked_sub(SHADE) {
        Some(shade) => RowColour::Shade(shade),
        None => RowColour::Class(class),
    }
}
