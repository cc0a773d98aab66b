//! The lines of a panel: drawn a piece at a time, laid on one picture at the end.

use super::bands::{DrawnGroup, told_fewer};
use super::colours::put_in_order;
use super::ends::{self, Ends};
use super::middles::{Gathered, Middle};
use super::{CurveRuns, Known, Reach};
use crate::chart::axis::Axis;
use crate::chart::canvas::{Canvas, Colour};
use crate::chart::colour::Hue;
use crate::chart::curve::{Envelope, Heights, PAD, Undrawn};
use crate::chart::ink::Ink;
use crate::chart::number::counted;
use crate::chart::parallel::alpha_of;
use crate::chart::scale::Spacing;
use crate::chart::scatter::{OTHERS, hue_of};
use crate::chart::svg::Trace;
use crate::engine::curves::{CurvePanel, CurvesQuestion};
use crate::engine::curves_across::Across;
use crate::engine::curves_alike::AlikeColumns;
use crate::engine::curves_values::{line, outline, put_straight, summary, told_undrawn, vertical};
use crate::engine::info::key_of;
use crate::engine::space::{MOST_POINTS, Pixels, class_colour, dot_colour};
use crate::ledger::{ColumnId, History};
use std::fmt::Write as _;
use std::rc::Rc;

/// What it costs to draw a point that is smoothed, averaged or not at its step, a column of pixels of a line, and a pixel that is laid, each
/// as so many points that are drawn as they were logged.
const CHANGED: usize = 8;
const COLUMN: usize = 16;
const LAID: usize = 8;

/// The class of marks of what is no number.
const ODD: u8 = 5;

/// What draws panels, with room for work.
pub(super) struct Drawer {
    pub(super) question: CurvesQuestion,
    pub(super) across: Across,
    /// In pixels.
    pub(super) size: (usize, usize),
    pub(super) points: Vec<(f64, f64)>,
    pub(super) envelope: Envelope,
    /// What is known of the panel's metric.
    reach: Rc<Reach>,
    columns: AlikeColumns,
    /// The panel's lines, to be saved.
    traces: Vec<Trace>,
    /// How runs ended.
    pub(super) ends: Ends,
    /// The classes of runs' lines, where a column colours them.
    classes: Option<Vec<u8>>,
    /// How many points the lines of this panel and the next ones may have.
    room: usize,
    /// How many are left of them; lines end where none are.
    pub(super) left: usize,
}

/// A panel while it is drawn.
pub(super) struct Painting {
    pub(super) id: ColumnId,
    pub(super) y: Axis,
    notes: Vec<String>,
    summary: String,
    hint: String,
    pub(super) canvas: Canvas,
    /// What lines cover that are not bold: as they were logged, and smoothed.
    pub(super) ink: Ink,
    smoothed: Ink,
    pub(super) undrawn: Undrawn,
    /// Whether each column of pixels has a value above or below all heights.
    pub(super) edges: Vec<(bool, bool)>,
    pub(super) marks: Vec<ends::Mark>,
    /// The rows with points, and the classes of their lines.
    rows: Vec<(usize, u8)>,
    /// That of the lines that are not laid yet.
    class: u8,
    /// How many of them are drawn or, of the group that is summed up, added.
    pub(super) done: usize,
    /// How many groups are summed up.
    pub(super) group: usize,
    /// What those with a colour say, by their numbers.
    pub(super) middles: Vec<(usize, Vec<Middle>)>,
    /// What the one says that is summed up, as far as it is.
    pub(super) gathered: Option<Gathered>,
}

impl Drawer {
    pub(super) fn new(
        question: CurvesQuestion,
        across: Across,
        (ends, classes): (Ends, Option<Vec<u8>>),
        size: (usize, usize),
    ) -> Self {
        Self {
            room: if question.traces { MOST_POINTS } else { 0 },
            question,
            across,
            size,
            points: Vec::new(),
            envelope: Envelope::default(),
            reach: Rc::default(),
            columns: AlikeColumns::default(),
            traces: Vec::new(),
            ends,
            classes,
            left: 0,
        }
    }

    /// Begins the panel of a metric.
    pub(super) fn begin(
        &mut self,
        id: ColumnId,
        runs: CurveRuns<'_>,
        known: &mut Known,
    ) -> Option<Painting> {
        let history = runs.history(id)?;
        self.reach = known.of(id, (history, runs));
        self.columns = AlikeColumns::default();
        let set = &self.question.set;
        let (y, mut notes, hint) = vertical((history, &self.reach), &self.across, runs, set);
        let mut summary = summary((history, &self.reach.runs), runs);
        if y.spacing() == Spacing::Log && set.log.is_none() {
            summary
                .push_str(" The axis is logarithmic, for they span more than four powers of ten.");
        }
        notes.extend(self.across.told_unpaired(history, runs));
        self.traces.clear();
        self.left = self.room;
        let (wide, high) = self.size;
        let has_points = |row: &usize| !history.range(*row).is_empty();
        let class_of = |row: usize| {
            let class = self.classes.as_ref().and_then(|all| all.get(row));
            (row, class.copied().unwrap_or(OTHERS))
        };
        let rows = runs.shown.ones().filter(has_points).map(class_of);
        let mut rows: Vec<(usize, u8)> = rows.collect();
        if self.classes.is_some() {
            put_in_order(&mut rows);
        }
        Some(Painting {
            id,
            y,
            notes,
            summary,
            hint,
            canvas: Canvas::new(wide, high),
            ink: Ink::new(wide, high),
            smoothed: Ink::new(if set.smoothing().is_on() { wide } else { 0 }, high),
            undrawn: Undrawn::default(),
            edges: vec![(false, false); wide],
            marks: Vec::new(),
            class: rows.first().map_or(OTHERS, |(_, class)| *class),
            rows,
            done: 0,
            group: 0,
            middles: Vec::new(),
            gathered: None,
        })
    }

    /// Draws further lines while there is effort left; says whether they are all drawn.
    pub(super) fn go_on(
        &mut self,
        painting: &mut Painting,
        groups: Option<&[DrawnGroup]>,
        runs: CurveRuns<'_>,
        effort: &mut usize,
    ) -> bool {
        let Some(history) = runs.history(painting.id) else {
            return true;
        };
        if let Some(groups) = groups {
            return self.sum_groups((history, runs), painting, groups, effort);
        }
        while let Some((row, class)) = painting.rows.get(painting.done).copied() {
            if *effort == 0 {
                return false;
            }
            if class != painting.class {
                self.lay_faint(painting);
                painting.class = class;
                *effort = effort.saturating_sub(self.size.0 * self.size.1 * LAID);
            }
            let smoothing = self.question.set.smoothing();
            self.spend(history, row, !smoothing.is_on(), effort);
            self.draw_faint((history, runs), row, painting);
            painting.done += 1;
        }
        true
    }

    /// Takes from the effort what a run's line costs, which may be as it was logged.
    pub(super) fn spend(&self, history: &History, row: usize, is_raw: bool, effort: &mut usize) {
        let (part, at_steps) = self.across.shown_part();
        let points = history.range(row).len();
        let points = if is_raw && at_steps {
            (part * points as f64) as usize
        } else {
            CHANGED * points
        };
        *effort = effort.saturating_sub(points + COLUMN * self.size.0);
    }

    /// The panel, with what lies above its lines.
    pub(super) fn end(
        &mut self,
        mut painting: Painting,
        bold: &[(usize, u8, String)],
        groups: Option<&[DrawnGroup]>,
        runs: CurveRuns<'_>,
    ) -> Option<CurvePanel> {
        let id = painting.id;
        let history = runs.history(id)?;
        if let Some(groups) = groups {
            self.draw_groups(&mut painting, groups);
        } else {
            self.lay_faint(&mut painting);
            self.draw_bold((history, runs), bold, &mut painting);
            self.draw_ends(&mut painting);
        }
        self.draw_edges(&mut painting);
        let Painting {
            y,
            mut notes,
            mut summary,
            hint,
            canvas,
            undrawn,
            middles,
            ..
        } = painting;
        told_undrawn(undrawn, &mut notes);
        let left_out: usize = history.left_out.iter().map(|count| *count as usize).sum();
        if left_out > 0 {
            let points = counted(left_out, "point");
            notes.push(format!("{points} were left out when the curves were read"));
        }
        // Half of the lines would be another picture: then there are the pixels.
        let traces = std::mem::take(&mut self.traces);
        let traces = if self.left > 0 {
            self.room = self.left;
            traces
        } else {
            Vec::new()
        };
        let fewer = groups.and_then(|groups| told_fewer(&middles, groups));
        summary.push_str(&fewer.unwrap_or_default());
        Some(CurvePanel {
            key: key_of(runs.ledger, id),
            name: runs.ledger.column(id).name().to_owned(),
            summary,
            hint,
            y,
            notes,
            width: self.size.0,
            pixels: Pixels(canvas.rgba()),
            traces,
        })
    }

    /// The run's curve as an envelope, smoothed or not.
    fn take(&mut self, of: (&History, CurveRuns<'_>), row: usize, smoothed: bool) {
        let (wide, log) = (self.size.0, self.question.set.is_positive());
        let Self {
            across,
            points,
            envelope,
            reach,
            columns,
            ..
        } = self;
        if smoothed {
            let how = self.question.set.smoothing();
            line(across, of, row, (how, log), points);
            envelope.take(points, across.ends, wide, log);
        } else {
            let room = (&**reach, columns, points);
            outline(across, of, row, (wide, log), room, envelope);
        }
    }

    /// The run's curve as it was logged put into the ink, where that needs no envelope.
    fn put_straight(
        &mut self,
        of: (&History, CurveRuns<'_>),
        row: usize,
        (thickness, heights): (f32, Heights<'_>),
        ink: &mut Ink,
    ) -> bool {
        let room = (&*self.reach, &mut self.columns, &mut self.points);
        let how = (self.size.0, thickness, heights);
        put_straight(&self.across, of, row, how, room, ink)
    }

    /// The run's curve as it was logged, with what of it cannot be drawn.
    pub(super) fn take_raw(
        &mut self,
        of: (&History, CurveRuns<'_>),
        row: usize,
        undrawn: &mut Undrawn,
        edges: &mut [(bool, bool)],
    ) {
        self.take(of, row, false);
        undrawn.add(self.envelope.undrawn);
        for (column, above) in &self.envelope.odd {
            let edge = &mut edges[*column];
            *(if *above { &mut edge.0 } else { &mut edge.1 }) = true;
        }
    }

    /// Notes a line for those who save the picture, while there is room.
    pub(super) fn note(&mut self, hue: Hue, width: Option<f64>, opacity: f64, d: String) {
        let points = d.bytes().filter(|byte| matches!(byte, b'M' | b'L')).count();
        self.left = self.left.saturating_sub(points);
        if self.left > 0 && points > 0 {
            self.traces.push(Trace {
                hue,
                width,
                opacity,
                d,
            });
        }
    }

    /// Notes the curve that was taken.
    pub(super) fn note_curve(&mut self, y: &Axis, class: u8, width: f64, opacity: f32) {
        if self.left > 0 {
            let heights = Heights::new(y, self.question.height, 1.0);
            let d = self.envelope.path(heights, self.question.density.recip());
            self.note(hue_of(class), Some(width), f64::from(opacity), d);
        }
    }

    /// Where values lie in the panel's picture.
    pub(super) fn heights<'a>(&self, y: &'a Axis) -> Heights<'a> {
        Heights::new(y, self.size.1 as f64, self.question.density)
    }

    /// Where those of runs lie that are shown, as the axis is theirs: of what is bold, runs that are not shown may lie anywhere.
    fn heights_of_shown<'a>(&self, y: &'a Axis) -> Heights<'a> {
        let set = &self.question.set;
        if set.clip || set.smoothing().is_on() {
            // What is smoothed may come from values that are not shown.
            return self.heights(y);
        }
        self.heights(y).within()
    }

    /// How opaque a line is that is not bold.
    fn faint_alpha(painting: &Painting) -> f32 {
        0.7 * alpha_of(painting.rows.len())
    }

    /// A run whose line is not bold, and the marks of its end.
    fn draw_faint(&mut self, of: (&History, CurveRuns<'_>), row: usize, painting: &mut Painting) {
        let density = self.question.density;
        let is_smooth = self.question.set.smoothing().is_on();
        let alpha = Self::faint_alpha(painting);
        let Painting {
            y,
            ink,
            smoothed,
            undrawn,
            edges,
            marks,
            class,
            ..
        } = painting;
        let heights = self.heights_of_shown(y);
        let thin = density as f32;
        // Of a line that is not to be saved and has no mark at its end nobody needs to know more than what it covers.
        let is_needed = self.left > 0 || self.ends.of(row).next().is_some();
        if is_needed || !self.put_straight(of, row, (thin, heights), ink) {
            self.take_raw(of, row, undrawn, edges);
            self.envelope.trace(heights, thin, ink);
            self.note_curve(y, *class, 1.0, if is_smooth { 0.3 * alpha } else { alpha });
        }
        if is_smooth {
            self.take(of, row, true);
            self.envelope.trace(heights, thin, smoothed);
            self.note_curve(y, *class, 1.0, alpha);
        }
        self.note_end(of, row, marks);
    }

    /// The lines that are not bold and not laid yet, which are of one class.
    fn lay_faint(&mut self, painting: &mut Painting) {
        let alpha = Self::faint_alpha(painting);
        let colour = self.colour(painting.class);
        let Painting {
            canvas,
            ink,
            smoothed,
            ..
        } = painting;
        if self.question.set.smoothing().is_on() {
            ink.lay(canvas, colour, 0.3 * alpha);
            smoothed.lay(canvas, colour, alpha);
        } else {
            ink.lay(canvas, colour, alpha);
        }
    }

    /// The colour of a line.
    pub(super) fn colour(&self, class: u8) -> Colour {
        if self.classes.is_some() {
            dot_colour(class, self.question.dark)
        } else {
            class_colour(class)
        }
    }

    /// The runs that are told apart, the best on top.
    fn draw_bold(
        &mut self,
        of: (&History, CurveRuns<'_>),
        bold: &[(usize, u8, String)],
        painting: &mut Painting,
    ) {
        let Painting { y, canvas, ink, .. } = painting;
        let density = self.question.density;
        let heights = self.heights(y);
        for (row, class, _) in bold.iter().rev() {
            if of.0.range(*row).is_empty() {
                continue;
            }
            let colour = self.colour(*class);
            let thick = 2.2 * density as f32;
            self.take(of, *row, false);
            if self.question.set.smoothing().is_on() {
                let thin = density as f32;
                self.envelope.trace(heights, thin, ink);
                ink.lay(canvas, colour, 0.3);
                self.note_curve(y, *class, 1.0, 0.3);
                self.take(of, *row, true);
            }
            self.envelope.trace(heights, thick, ink);
            self.note_curve(y, *class, 2.2, 1.0);
            ink.lay(canvas, colour, 1.0);
        }
    }

    /// Marks at the edges, where there is a value that has no height.
    fn draw_edges(&mut self, painting: &mut Painting) {
        let Painting {
            edges, canvas, ink, ..
        } = painting;
        if !edges.iter().any(|(above, below)| *above || *below) {
            return;
        }
        let high = self.size.1;
        let long = (0.7 * PAD * self.question.density) as f32;
        // A mark of one pixel is overlooked.
        let half = self.question.density as usize;
        for (column, (above, below)) in edges.iter().enumerate() {
            for column in column.saturating_sub(half)..=column + half {
                if *above {
                    ink.add(column, 0.0, long);
                }
                if *below {
                    ink.add(column, high as f32 - long, high as f32);
                }
            }
        }
        ink.lay(canvas, class_colour(ODD), 0.9);
        if self.left > 0 {
            let bottom = self.question.height;
            let mut d = String::new();
            for (column, (above, below)) in edges.iter().enumerate() {
                let x = (column as f64 + 0.5) / self.question.density;
                for (_, from, by) in [(above, 0.0, 0.7 * PAD), (below, bottom, -0.7 * PAD)]
                    .into_iter()
                    .filter(|(is_there, ..)| **is_there)
                {
                    // Writing to a String cannot fail.
                    let _written = write!(d, "M{x:.1} {from:.1}v{by:.1}");
                }
            }
            self.note(Hue::Class(ODD), Some(1.0), 0.9, d);
        }
    }
}
