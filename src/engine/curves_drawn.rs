//! The pictures of the curves: which metrics, which runs are bold, and what is drawn of them. [`ends`] marks how runs ended.

mod ends;

use super::curves::{
    CHOSEN_PANELS, CurvePanel, CurveX, CurvesPicture, CurvesQuestion, CurvesView, MOST_PANELS, Zoom,
};
use super::curves_across::Across;
use super::curves_values::{line, summary, told_undrawn, vertical};
use super::grouped::Grouped;
use super::info::{column_of_key, key_of};
use super::lines::{LegendItem, RowColour};
use super::show::{cell, run_name};
use super::space::{MOST_PIXELS, MOST_POINTS, Pixels, class_colour};
use crate::analysis::ranking::ObjectiveColumn;
use crate::chart::axis::Axis;
use crate::chart::band::band;
use crate::chart::colour::Hue;
use crate::chart::curve::{Envelope, Heights, Ink, PAD, Spread, Stroke, Undrawn, resampled};
use crate::chart::number::counted;
use crate::chart::parallel::{Canvas, Colour, alpha_of};
use crate::chart::smooth::Smoothing;
use crate::chart::svg::Trace;
use crate::ledger::{Bits, ColumnId, History, Ledger, Role};
use ends::Ends;
use regex_lite::{Regex, RegexBuilder};
use std::fmt::Write as _;

/// How large a compiled pattern may be, in bytes.
const LARGEST_PATTERN: usize = 1 << 20;

/// How many names of metrics without a panel are told.
const TOLD_OTHERS: usize = 100;

/// How many selected runs are drawn bold.
const MOST_SELECTED: usize = 4;

/// How many groups have a colour of their own.
const MOST_COLOURS: usize = 8;

/// The class of lines that are not bold.
const FAINT: u8 = 8;

/// The class of marks of what is no number.
const ODD: u8 = 5;

/// What is known of the selection when it is drawn.
#[derive(Clone, Copy)]
pub(super) struct CurveRuns<'a> {
    pub(super) ledger: &'a Ledger,
    /// Grows with every change of the ledger.
    pub(super) version: u64,
    pub(super) shown: &'a Bits,
    /// Which columns differ between runs.
    pub(super) varies: &'a [bool],
    pub(super) objective: Option<(ColumnId, &'a ObjectiveColumn)>,
    pub(super) selected: &'a Bits,
    pub(super) baseline: &'a [u32],
    pub(super) grouped: Option<&'a Grouped>,
}

impl CurveRuns<'_> {
    /// The best shown run.
    pub(super) fn best(&self) -> Option<usize> {
        let (_, values) = self.objective?;
        values.best(self.shown).map(|(row, ..)| row)
    }

    pub(super) fn history(&self, column: ColumnId) -> Option<&History> {
        self.ledger.try_column(column)?.history()
    }
}

/// What is kept of the last picture for those who point at it.
#[derive(Default)]
pub(super) struct Curves {
    pub(super) version: u64,
    pub(super) question: CurvesQuestion,
    pub(super) across: Across,
    /// The metrics and their axes.
    pub(super) panels: Vec<(ColumnId, Axis)>,
}

/// The metrics with curves that get a panel, in order, those that get none, and what is wrong with the pattern.
fn chosen(runs: CurveRuns<'_>, set: &CurvesView) -> (Vec<ColumnId>, Vec<ColumnId>, Option<String>) {
    let has_curve = |id: &ColumnId| runs.history(*id).is_some_and(|all| !all.values.is_empty());
    let columns = runs.ledger.columns_with_ids();
    let metrics = columns.filter(|(_, column)| column.role() == Role::Metric);
    let mut all: Vec<ColumnId> = metrics.map(|(id, _)| id).filter(has_curve).collect();
    if let Some((objective, _)) = runs.objective
        && let Some(at) = all.iter().position(|id| *id == objective)
    {
        all[..=at].rotate_right(1);
    }
    let mut problem = None;
    let pattern = match pattern(&set.pattern) {
        Ok(pattern) => pattern,
        Err(wrong) => {
            problem = Some(wrong);
            None
        }
    };
    let Some(pattern) = pattern else {
        // Over itself a metric is a straight line.
        if let Some(at) = all
            .iter()
            .position(|id| key_of(runs.ledger, *id) == set.over)
        {
            all[at..].rotate_left(1);
            let rest = all.split_off((all.len() - 1).min(CHOSEN_PANELS));
            return (all, rest, problem);
        }
        let rest = all.split_off(all.len().min(CHOSEN_PANELS));
        return (all, rest, problem);
    };
    let is_found = |id: &ColumnId| pattern.is_match(runs.ledger.column(*id).name());
    let (mut found, mut rest): (Vec<_>, Vec<_>) = all.into_iter().partition(is_found);
    if found.is_empty() {
        problem = Some("No metric with a curve has a name like this.".to_owned());
    } else if found.len() > MOST_PANELS {
        problem = Some(format!(
            "{} have names like this; the first {MOST_PANELS} have panels.",
            counted(found.len(), "metric")
        ));
        rest.splice(0..0, found.split_off(MOST_PANELS));
    }
    (found, rest, problem)
}

/// A pattern of names, where there is one, or what is wrong with it.
fn pattern(text: &str) -> Result<Option<Regex>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    RegexBuilder::new(text.trim())
        .case_insensitive(true)
        .size_limit(LARGEST_PATTERN)
        .build()
        .map(Some)
        .map_err(|error| {
            format!("This is no regular expression: {error}. The metrics are chosen as without it.")
        })
}

/// A run that is drawn bold: its row, the class of its colour, and what it is called.
fn bold(question: &CurvesQuestion, runs: CurveRuns<'_>) -> Vec<(usize, u8, String)> {
    let mut bold: Vec<(usize, u8, String)> = Vec::new();
    let mut add = |row: usize, class: u8, what: &str| {
        if row >= runs.ledger.rows() {
            return;
        }
        match bold.iter_mut().find(|known| known.0 == row) {
            Some(known) => {
                known.2.push_str(", ");
                known.2.push_str(what);
            }
            None => bold.push((
                row,
                class,
                format!("{}: {what}", run_name(runs.ledger, row)),
            )),
        }
    };
    if let Some(best) = runs.best() {
        add(best, 0, "best");
    }
    if let Some(run) = question.run {
        add(run, 5, "open");
    }
    if let [baseline] = runs.baseline {
        add(*baseline as usize, 6, "baseline");
    }
    for (number, row) in runs.selected.ones().take(MOST_SELECTED).enumerate() {
        add(row, 1 + number as u8, "selected");
    }
    bold
}

impl Curves {
    /// The panels.
    pub(super) fn picture(
        &mut self,
        question: &CurvesQuestion,
        runs: CurveRuns<'_>,
    ) -> CurvesPicture {
        let (mut panels, mut rest, mut problem) = chosen(runs, &question.set);
        let wide = (question.width * question.density) as usize;
        let high = (question.height * question.density) as usize;
        let pixels = wide.saturating_mul(high).max(1);
        let fit = panels.len().min(MOST_PIXELS / pixels);
        rest.splice(0..0, panels.split_off(fit));
        let mut all = panels.iter().chain(&rest);
        let has_times = all.any(|id| {
            runs.history(*id)
                .is_some_and(|history| !history.times.is_empty())
        });
        let mut is = question.set.x;
        if is != CurveX::Step && !has_times {
            is = CurveX::Step;
            problem.get_or_insert("No point has a time: the axis is the step.".to_owned());
        }
        let mut over = None;
        if !question.set.over.is_empty() {
            let known = column_of_key(runs.ledger, &question.set.over);
            over = known.filter(|id| runs.history(*id).is_some());
            if over.is_some() {
                is = CurveX::Step;
            } else {
                let missing = "There is no curve of the metric that is to run along the axis.";
                problem.get_or_insert(missing.to_owned());
            }
        }
        let across = Across::new((is, over), question.set.zoom, &panels, runs);
        let bold = bold(question, runs);
        let ends = Ends::new(runs);
        let groups = runs.grouped.filter(|_| question.set.bands);
        let legend = |class: u8, label: String| LegendItem {
            colour: RowColour::Class(class),
            label,
        };
        let mut items: Vec<LegendItem> = Vec::new();
        let mut made = Vec::new();
        let mut drawer = Drawer {
            question,
            runs,
            across: &across,
            size: (wide, high),
            points: Vec::new(),
            spans: Vec::new(),
            envelope: Envelope::default(),
            traces: Vec::new(),
            ends: &ends,
            room: if question.traces { MOST_POINTS } else { 0 },
            left: 0,
        };
        let groups = groups.map(|groups| drawer.groups(groups));
        if let Some(groups) = &groups {
            let coloured = groups.iter().take(MOST_COLOURS).zip(0u8..);
            items.extend(coloured.map(|(group, class)| legend(class, group.label.clone())));
            if groups.len() > MOST_COLOURS {
                let more = counted(groups.len() - MOST_COLOURS, "further group");
                items.push(legend(FAINT, more));
            }
        } else {
            let named = bold.iter();
            items.extend(named.map(|(_, class, label)| legend(*class, label.clone())));
            let selected = runs.selected.count();
            if selected > MOST_SELECTED {
                let more = counted(selected - MOST_SELECTED, "further selected run");
                items.push(legend(FAINT, format!("{more}, not bold")));
            }
            ends.legend(runs.shown.count(), &mut items);
        }
        self.panels.clear();
        for id in &panels {
            if let Some((panel, axis)) = drawer.panel(*id, &bold, groups.as_deref()) {
                made.push(panel);
                self.panels.push((*id, axis));
            }
        }
        let name = |id: &ColumnId| runs.ledger.column(*id).name().to_owned();
        let picture = CurvesPicture {
            x: across.axis(),
            x_title: across.title(),
            unit: across.unit_size(),
            whole: Zoom {
                low: across.whole.0 * across.unit_size(),
                high: across.whole.1 * across.unit_size(),
            },
            part: across.is_zoomed().then(|| across.told_part()),
            smoothed: told_smoothing(question.set.smoothing()),
            has_times,
            grouped: runs.grouped.is_some(),
            bands: groups.is_some(),
            metrics: made.len() + rest.len(),
            panels: made,
            others: rest.iter().take(TOLD_OTHERS).map(name).collect(),
            problem,
            legend: items,
            shown: runs.shown.count(),
            runs: runs.ledger.rows(),
        };
        self.version = runs.version;
        self.question = question.clone();
        self.across = across;
        picture
    }
}

/// How lines are smoothed, in words.
fn told_smoothing(smoothing: Smoothing) -> Option<String> {
    let what = || {
        format!(
            "Lines are smoothed ({}, {}); what was logged is fainter.",
            smoothing.by.label(),
            smoothing.strength()
        )
    };
    smoothing.is_on().then(what)
}

/// A group that is drawn.
struct DrawnGroup {
    rows: Vec<u32>,
    label: String,
}

/// What draws panels, with room for work.
struct Drawer<'a> {
    question: &'a CurvesQuestion,
    runs: CurveRuns<'a>,
    across: &'a Across,
    /// In pixels.
    size: (usize, usize),
    points: Vec<(f64, f64)>,
    spans: Vec<(f32, f32)>,
    envelope: Envelope,
    /// The panel's lines, to be saved.
    traces: Vec<Trace>,
    /// How runs ended.
    ends: &'a Ends,
    /// How many points the lines of this panel and the next ones may have.
    room: usize,
    /// How many are left of them; lines end where none are.
    left: usize,
}

impl Drawer<'_> {
    /// The groups, best first.
    fn groups(&self, groups: &Grouped) -> Vec<DrawnGroup> {
        let ledger = self.runs.ledger;
        let varies = |id: &ColumnId| self.runs.varies.get(id.index()).copied().unwrap_or(true);
        let keys = groups.info.keys.iter();
        let keys = keys.filter_map(|key| column_of_key(ledger, key));
        let keys: Vec<ColumnId> = keys.filter(varies).collect();
        let mut numbered: Vec<(usize, Vec<u32>)> =
            groups.all_members().into_iter().enumerate().collect();
        order::by_key(&mut numbered, |(number, _)| {
            groups.rank(*number as u32).unwrap_or(usize::MAX)
        });
        let label = |rows: &[u32]| {
            let first = rows.first().map_or(0, |row| *row as usize);
            let value = |id: &ColumnId| {
                let column = ledger.column(*id);
                format!("{} {}", column.name(), cell(column.get(first)).text)
            };
            let values: Vec<String> = keys.iter().take(3).map(value).collect();
            let more = if keys.len() > 3 { " …" } else { "" };
            format!(
                "{}{more} ({})",
                values.join(", "),
                counted(rows.len(), "run")
            )
        };
        numbered
            .into_iter()
            .filter(|(_, rows)| !rows.is_empty())
            .map(|(_, rows)| DrawnGroup {
                label: label(&rows),
                rows,
            })
            .collect()
    }

    fn panel(
        &mut self,
        id: ColumnId,
        bold: &[(usize, u8, String)],
        groups: Option<&[DrawnGroup]>,
    ) -> Option<(CurvePanel, Axis)> {
        let (runs, question) = (self.runs, self.question);
        let history = runs.history(id)?;
        let set = &question.set;
        let (y, mut notes) = vertical(history, self.across, runs, (set.log, set.clip));
        notes.extend(self.across.told_unpaired(history, runs));
        let mut canvas = Canvas::new(self.size.0, self.size.1);
        let mut undrawn = Undrawn::default();
        let mut edges = vec![(false, false); self.size.0];
        self.traces.clear();
        self.left = self.room;
        if let Some(groups) = groups {
            self.draw_groups(history, &y, groups, &mut canvas);
        } else {
            let marks = self.draw_faint(history, &y, &mut canvas, (&mut undrawn, &mut edges));
            self.draw_bold(history, &y, bold, &mut canvas);
            self.draw_ends(&y, &marks, &mut canvas);
        }
        self.draw_edges(&edges, &mut canvas);
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
        let column = runs.ledger.column(id);
        let mut summary = summary(history, runs);
        if matches!(y, Axis::Numbers { log: true, .. }) && !question.set.log {
            summary
                .push_str(" The axis is logarithmic, for they span more than four powers of ten.");
        }
        let panel = CurvePanel {
            key: key_of(runs.ledger, id),
            name: column.name().to_owned(),
            summary,
            y: y.clone(),
            notes,
            width: self.size.0,
            pixels: Pixels(canvas.rgba()),
            traces,
        };
        Some((panel, y))
    }

    /// The run's curve as an envelope, smoothed or not.
    fn take(&mut self, history: &History, row: usize, smoothed: bool) {
        let log = self.question.set.log;
        let how = if smoothed {
            self.question.set.smoothing()
        } else {
            Smoothing::default()
        };
        let of = (history, self.runs);
        line(self.across, of, row, (how, log), &mut self.points);
        self.envelope
            .take(&self.points, self.across.ends, self.size.0, log);
    }

    /// Notes a line for those who save the picture, while there is room.
    fn note(&mut self, hue: Hue, width: Option<f64>, opacity: f64, d: String) {
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
    fn note_curve(&mut self, y: &Axis, class: u8, width: f64, opacity: f32) {
        if self.left > 0 {
            let heights = Heights::new(y, self.question.height, 1.0);
            let d = self.envelope.path(heights, self.question.density.recip());
            self.note(Hue::Class(class), Some(width), f64::from(opacity), d);
        }
    }

    /// All shown runs; gives the marks of their ends.
    fn draw_faint(
        &mut self,
        history: &History,
        y: &Axis,
        canvas: &mut Canvas,
        (undrawn, edges): (&mut Undrawn, &mut [(bool, bool)]),
    ) -> Vec<ends::Mark> {
        let density = self.question.density;
        let heights = Heights::new(y, self.size.1 as f64, density);
        let is_smooth = self.question.set.smoothing().is_on();
        let mut ink = Ink::new(self.size.0, self.size.1);
        let mut smoothed = Ink::new(self.size.0, self.size.1);
        let has_points = |row: &usize| !history.range(*row).is_empty();
        let drawn = self.runs.shown.ones().filter(has_points).count();
        let alpha = 0.7 * alpha_of(drawn);
        let mut marks = Vec::new();
        for row in self.runs.shown.ones().filter(has_points) {
            self.take(history, row, false);
            undrawn.add(self.envelope.undrawn);
            for (column, above) in &self.envelope.odd {
                let edge = &mut edges[*column];
                *(if *above { &mut edge.0 } else { &mut edge.1 }) = true;
            }
            let thin = density as f32;
            self.envelope
                .trace(heights, thin, &mut ink, &mut self.spans);
            self.note_curve(y, FAINT, 1.0, if is_smooth { 0.3 * alpha } else { alpha });
            if is_smooth {
                self.take(history, row, true);
                self.envelope
                    .trace(heights, thin, &mut smoothed, &mut self.spans);
                self.note_curve(y, FAINT, 1.0, alpha);
            }
            self.note_end(history, row, &mut marks);
        }
        let grey = class_colour(FAINT);
        if is_smooth {
            ink.lay(canvas, grey, 0.3 * alpha);
            smoothed.lay(canvas, grey, alpha);
        } else {
            ink.lay(canvas, grey, alpha);
        }
        marks
    }

    /// The runs that are told apart, the best on top.
    fn draw_bold(
        &mut self,
        history: &History,
        y: &Axis,
        bold: &[(usize, u8, String)],
        canvas: &mut Canvas,
    ) {
        let density = self.question.density;
        let heights = Heights::new(y, self.size.1 as f64, density);
        let mut ink = Ink::new(self.size.0, self.size.1);
        for (row, class, _) in bold.iter().rev() {
            if history.range(*row).is_empty() {
                continue;
            }
            let colour = class_colour(*class);
            let thick = 2.2 * density as f32;
            self.take(history, *row, false);
            if self.question.set.smoothing().is_on() {
                let thin = density as f32;
                self.envelope
                    .trace(heights, thin, &mut ink, &mut self.spans);
                ink.lay(canvas, colour, 0.3);
                self.note_curve(y, *class, 1.0, 0.3);
                self.take(history, *row, true);
            }
            self.envelope
                .trace(heights, thick, &mut ink, &mut self.spans);
            self.note_curve(y, *class, 2.2, 1.0);
            ink.lay(canvas, colour, 1.0);
        }
    }

    /// The mean of each group with a band of its standard deviation; of those without a colour the mean alone.
    fn draw_groups(
        &mut self,
        history: &History,
        y: &Axis,
        groups: &[DrawnGroup],
        canvas: &mut Canvas,
    ) {
        let density = self.question.density;
        let heights = Heights::new(y, self.size.1 as f64, density);
        let mut faint = Ink::new(self.size.0, self.size.1);
        let mut bands: Vec<(Vec<Spread>, Colour)> = Vec::new();
        for (number, group) in groups.iter().enumerate() {
            let spreads = self.spreads(history, &group.rows);
            if number < MOST_COLOURS {
                bands.push((spreads, class_colour(number as u8)));
            } else {
                self.trace_mean(&spreads, heights, density as f32, &mut faint);
                self.note_curve(y, FAINT, 1.0, 0.5);
            }
        }
        faint.lay(canvas, class_colour(FAINT), 0.5);
        let mut ink = faint;
        let page = Heights::new(y, self.question.height, 1.0);
        for (number, (spreads, colour)) in bands.iter().enumerate().rev() {
            if self.left > 0 {
                let several = spreads.iter().enumerate();
                let several = several.filter(|(_, spread)| spread.count > 1);
                let ends = several.map(|(column, spread)| {
                    let (mean, deviation) = (spread.mean, spread.deviation());
                    let at = |value: f64| f64::from(page.of(value));
                    (
                        (column as f64 + 0.5) / density,
                        at(mean - deviation),
                        at(mean + deviation),
                    )
                });
                let d = band(&ends.collect::<Vec<_>>());
                self.note(Hue::Class(number as u8), None, 0.18, d);
            }
            for (column, spread) in spreads.iter().enumerate() {
                if spread.count > 1 {
                    let (mean, deviation) = (spread.mean, spread.deviation());
                    ink.add(
                        column,
                        heights.of(mean + deviation),
                        heights.of(mean - deviation),
                    );
                }
            }
            ink.lay(canvas, *colour, 0.18);
        }
        for (number, (spreads, colour)) in bands.iter().enumerate().rev() {
            self.trace_mean(spreads, heights, 2.2 * density as f32, &mut ink);
            self.note_curve(y, number as u8, 2.2, 1.0);
            ink.lay(canvas, *colour, 1.0);
        }
    }

    /// What the curves of some runs say in each column.
    fn spreads(&mut self, history: &History, rows: &[u32]) -> Vec<Spread> {
        let mut spreads = vec![Spread::default(); self.size.0];
        for row in rows {
            let how = (self.question.set.smoothing(), self.question.set.log);
            let of = (history, self.runs);
            line(self.across, of, *row as usize, how, &mut self.points);
            let values = resampled(&self.points, self.across.ends, self.size.0);
            for (spread, value) in spreads.iter_mut().zip(values) {
                spread.add(value);
            }
        }
        spreads
    }

    fn trace_mean(
        &mut self,
        spreads: &[Spread],
        heights: Heights<'_>,
        thickness: f32,
        ink: &mut Ink,
    ) {
        let is_drawn =
            |spread: &Spread| spread.count > 0 && (!self.question.set.log || spread.mean > 0.0);
        let stroke = |(column, spread): (usize, &Spread)| {
            let stroke = Stroke {
                first: spread.mean,
                last: spread.mean,
                low: spread.mean,
                high: spread.mean,
                joined: true,
            };
            is_drawn(spread).then_some((column, stroke))
        };
        self.envelope = Envelope {
            strokes: spreads.iter().enumerate().filter_map(stroke).collect(),
            ..Envelope::default()
        };
        self.envelope
            .trace(heights, thickness, ink, &mut self.spans);
    }

    /// Marks at the edges, where there is a value that has no height.
    fn draw_edges(&mut self, edges: &[(bool, bool)], canvas: &mut Canvas) {
        let (wide, high) = self.size;
        let long = (0.7 * PAD * self.question.density) as f32;
        let mut ink = Ink::new(wide, high);
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
