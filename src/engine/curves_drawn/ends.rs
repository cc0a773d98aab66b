//! How runs ended, marked at the last points of their curves.

use super::CurveRuns;
use super::drawer::{Drawer, Painting};
use crate::chart::curve::Heights;
use crate::chart::line_end::{LineEnd, REACH};
use crate::chart::number::{counted, grouped};
use crate::chart::scatter::hue_of;
use crate::engine::coloured::legend_item;
use crate::engine::lines::LegendItem;
use crate::ledger::{History, Status, attribute};

/// How opaque marks are at least, however many there are.
const LEAST_OPACITY: f32 = 0.35;

/// So many marks of a kind are as opaque as they can be.
const FEW: f32 = 200.0;

/// How runs ended: for each row whether it has each of [`LineEnd::ALL`].
pub(super) struct Ends {
    rows: Vec<[bool; 3]>,
    /// The class of the best run's line.
    pub(super) best: u8,
}

/// A mark: what, in which column, and its value.
pub(super) type Mark = (LineEnd, usize, f64);

impl Ends {
    /// Those of the shown runs.
    pub(super) fn new(runs: CurveRuns<'_>) -> Self {
        let statuses = runs.ledger.attribute(attribute::STATUS);
        let mut rows = vec![[false; 3]; runs.ledger.rows()];
        let best = runs.best();
        for row in runs.shown.ones() {
            let status = statuses.map(|column| column.get(row));
            let word = status.as_ref().and_then(|value| value.text());
            let is = |status: Status| word == Some(status.word());
            rows[row] = [
                is(Status::Pruned),
                best == Some(row),
                is(Status::Failed) || is(Status::Killed),
            ];
        }
        Self {
            rows,
            best: LineEnd::Best.class(),
        }
    }

    /// The class of a mark.
    fn class(&self, end: LineEnd) -> u8 {
        match end {
            LineEnd::Best => self.best,
            LineEnd::Pruned | LineEnd::Failed => end.class(),
        }
    }

    /// How a run ended.
    pub(super) fn of(&self, row: usize) -> impl Iterator<Item = LineEnd> {
        let is = self.rows.get(row).copied().unwrap_or_default();
        LineEnd::ALL
            .into_iter()
            .zip(is)
            .filter_map(|(end, is)| is.then_some(end))
    }

    /// What the marks mean; `best` is what the best run is called.
    pub(super) fn legend(&self, shown: usize, best: &str, items: &mut Vec<LegendItem>) {
        for (number, end) in LineEnd::ALL.into_iter().enumerate() {
            let count = self.rows.iter().filter(|is| is[number]).count();
            if count == 0 {
                continue;
            }
            let who = match end {
                LineEnd::Best => best.to_owned(),
                LineEnd::Pruned | LineEnd::Failed => {
                    let how = if end == LineEnd::Pruned {
                        "pruned"
                    } else {
                        "failed or killed"
                    };
                    format!("{} of {}, {how}", grouped(count), counted(shown, "run"))
                }
            };
            let label = format!("{} last point of {who}", end.letter());
            items.push(legend_item(self.class(end), label));
        }
    }
}

impl Drawer {
    /// The marks of a run whose curve was taken, where its last point that can be drawn is shown.
    pub(super) fn note_end(
        &self,
        (history, runs): (&History, CurveRuns<'_>),
        row: usize,
        marks: &mut Vec<Mark>,
    ) {
        if self.ends.of(row).next().is_none() {
            return;
        }
        let log = self.question.set.is_positive();
        let place = |at: usize| self.across.place((history, runs), row, at);
        let is_drawn = |at: &usize| {
            let value = history.values[*at];
            let has_place = !self.across.is_paired() || place(*at).is_finite();
            value.is_finite() && (!log || value > 0.0) && has_place
        };
        let last = history.range(row).rev().find(is_drawn);
        let ends = self.across.ends;
        let shown = last.and_then(|at| self.envelope.at(place(at), ends, self.size.0));
        if let Some((column, stroke)) = shown {
            marks.extend(self.ends.of(row).map(|end| (end, column, stroke.last)));
        }
    }

    /// Draws the marks over all lines.
    pub(super) fn draw_ends(&mut self, painting: &mut Painting) {
        let Painting {
            y,
            marks,
            canvas,
            ink,
            ..
        } = painting;
        let density = self.question.density;
        let heights = self.heights(y);
        let page = Heights::new(y, self.question.height, 1.0);
        for end in LineEnd::ALL {
            let these = || marks.iter().filter(|(is, ..)| *is == end);
            let count = these().count();
            if count == 0 {
                continue;
            }
            let opacity = (FEW / count as f32).clamp(LEAST_OPACITY, 0.95);
            let mut d = String::new();
            for (_, column, value) in these() {
                // At an edge it is moved until it is whole.
                let last = (self.question.width - REACH).max(REACH) * density;
                let column = (*column as f64 + 0.5).clamp(REACH * density, last);
                end.add((column as f32, heights.of(*value)), density as f32, ink);
                if self.left > 0 {
                    let at = (column / density, f64::from(page.of(*value)));
                    end.path(at, &mut d);
                }
            }
            let class = self.ends.class(end);
            ink.lay(canvas, self.colour(class), opacity);
            self.note(hue_of(class), None, f64::from(opacity), d);
        }
    }
}
