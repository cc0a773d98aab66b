//! The space of runs: each a line across the axes of params and the objective.
//!
//! Where some are not shown, all runs are drawn once, in grey, as the context; the shown ones over them, the best on
//! top. What belongs to all runs (the axes, the lines, the context) is kept while neither the ledger nor the axes
//! change, so that a brush costs only what it keeps. While it is dragged its runs are drawn coarser, a picture a frame.

use super::info::{column_of_key, key_of};
use super::lines::{LegendItem, RowColour};
use super::numbers::told_best;
use super::scales::Scale;
use super::show::{cell, run_name};
pub use super::space_axes::{AxisSetting, MOST_ORDERED, SpaceAxis};
use super::space_axes::{build, chosen, lanes_below};
use super::view::Objective;
use crate::analysis::ranking::ObjectiveColumn;
pub use crate::chart::absence::Absence;
use crate::chart::canvas::{Canvas, Colour};
use crate::chart::colour::{Bytes, Hue, Theme};
use crate::chart::parallel::{Lines, alpha_of};
use crate::chart::scatter::hue_of;
use crate::chart::svg::Trace;
use crate::ledger::{Bits, ColumnId, Ledger, Role};
use serde::{Deserialize, Serialize};

/// The most pixels that a picture has: what a browser keeps of one canvas, with room.
pub(super) const MOST_PIXELS: usize = 16_000_000;

/// The most points that lines have in a picture that is saved; of more it has the pixels.
pub(super) const MOST_POINTS: usize = 20_000;

/// The most runs that are drawn while a brush is dragged; of more about as many, evenly chosen: bundles of them look as those of all.
const MOST_MOVING: usize = 40_000;

/// How near to a line one must point, in units of the page.
const REACH: f64 = 12.0;

/// How far the outermost axes stand from the edges, in units of the page.
pub const MARGIN: f64 = 72.0;

/// How high the lane is in which runs without a number lie, in units of the page.
pub const LANE: f64 = 20.0;

/// How the lines lie above and below their ends, in units of the page.
const PAD: f64 = 8.0;

/// What is to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpaceQuestion {
    /// The axes from left to right; where empty, the engine chooses.
    pub axes: Vec<AxisSetting>,
    /// The picture's width, in units of the page.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Pixels a unit.
    pub density: f64,
    /// Whether it is drawn on dark ground.
    pub dark: bool,
    /// Whether lines are curved.
    pub curved: bool,
    /// The column by which runs are coloured; else by the objective.
    pub colour: Option<ColumnId>,
    /// Whether the lines are wanted besides their pixels, to be saved.
    pub traces: bool,
}

/// The picture and what stands around it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpacePicture {
    /// The axes from left to right.
    pub axes: Vec<SpaceAxis>,
    /// Keys and names of further columns that differ and have no axis.
    pub others: Vec<(String, String)>,
    /// Why the axes stand in this order, where the engine chose.
    pub order: String,
    /// Where the best runs lie, in a sentence.
    pub best: String,
    /// What the colours mean.
    pub legend: Vec<LegendItem>,
    /// How many runs are drawn in colour.
    pub shown: usize,
    /// Of how many, which are drawn in grey.
    pub runs: usize,
    /// Pixels in a row.
    pub width: usize,
    /// Pixels a unit of the page.
    pub density: f64,
    /// The pixels by row: red, green, blue, opacity.
    pub pixels: Pixels,
    /// The lines, where they were asked for and are not too many.
    pub traces: Vec<Trace>,
}

/// Bytes that cross as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pixels(pub Vec<u8>);

impl Serialize for Pixels {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Pixels {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl serde::de::Visitor<'_> for Bytes {
            type Value = Pixels;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Pixels, E> {
                Ok(Pixels(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

impl SpacePicture {
    /// The picture's width in units of the page.
    pub fn units(&self) -> f64 {
        self.width as f64 / self.density.max(f64::MIN_POSITIVE)
    }
}

/// The run that is pointed at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpaceRun {
    /// The ledger's row.
    pub row: usize,
    /// Its name.
    pub name: String,
    /// Its line, as the `d` of an SVG path in units of the page.
    pub path: String,
    /// Names of axes and its values there.
    pub values: Vec<(String, String)>,
}

/// What is known of the selection when it is drawn.
#[derive(Clone, Copy)]
pub(super) struct SpaceRuns<'a> {
    pub(super) ledger: &'a Ledger,
    /// Grows with every change of the ledger.
    pub(super) version: u64,
    pub(super) shown: &'a Bits,
    /// Which columns differ between runs.
    pub(super) varies: &'a [bool],
    pub(super) objective: Option<(ColumnId, &'a ObjectiveColumn)>,
    /// As it was asked for.
    pub(super) asked: Option<&'a Objective>,
}

/// What is kept from one picture to the next.
#[derive(Default)]
pub(super) struct Space {
    of: Option<(u64, Option<Objective>, SpaceQuestion)>,
    axes: Vec<SpaceAxis>,
    others: Vec<(String, String)>,
    order: String,
    lines: Lines,
    /// In pixels.
    size: Option<(usize, usize)>,
    /// All runs, once some are not shown.
    context: Option<Canvas>,
}

impl Space {
    /// The picture, while a brush is dragged or to stay.
    pub(super) fn picture(
        &mut self,
        question: &SpaceQuestion,
        runs: SpaceRuns<'_>,
        is_moving: bool,
    ) -> SpacePicture {
        self.prepare(question, runs);
        let Some((wide, high)) = self.size else {
            return SpacePicture::default();
        };
        let theme = Theme::of(question.dark);
        let (hues, legend) = coloured(question, runs);
        let mut canvas = None;
        let rows = runs.ledger.rows();
        // What moves has the context ready from its beginning on.
        if hues.len() < rows || is_moving {
            let context = self.context.get_or_insert_with(|| {
                let grey = floats(theme.hairline);
                let all: Vec<(u32, Colour)> = (0..rows as u32).map(|row| (row, grey)).collect();
                let mut context = Canvas::new(wide, high);
                self.lines.draw(&mut context, &all, false);
                context
            });
            if hues.len() < rows {
                canvas = Some(context.clone());
            }
        }
        let mut canvas = canvas.unwrap_or_else(|| Canvas::new(wide, high));
        let most = if is_moving {
            u64::from(u32::MAX) * MOST_MOVING as u64 / hues.len().max(1) as u64
        } else {
            u64::MAX
        };
        let drawn: Vec<(u32, Colour)> = hues
            .iter()
            .filter(|(row, _)| u64::from(scattered(*row)) <= most)
            .map(|(row, hue)| (*row, pixel(&theme, *hue)))
            .collect();
        self.lines.draw(&mut canvas, &drawn, is_moving);
        let traces = if question.traces {
            self.traces(&hues, runs, question.density)
        } else {
            Vec::new()
        };
        SpacePicture {
            axes: self.axes.clone(),
            others: self.others.clone(),
            order: self.order.clone(),
            best: told_best(&self.axes, runs),
            legend,
            shown: hues.len(),
            runs: rows,
            width: canvas.width(),
            density: question.density,
            pixels: Pixels(canvas.rgba()),
            traces,
        }
    }

    /// All runs as lines, those that are not shown first; none where they are too many for a file.
    fn traces(&self, shown: &[(u32, Hue)], runs: SpaceRuns<'_>, density: f64) -> Vec<Trace> {
        let rows = runs.ledger.rows();
        if rows.saturating_mul(self.axes.len()) > MOST_POINTS {
            return Vec::new();
        }
        let others = (0..rows).filter(|row| !runs.shown.get(*row));
        let others = others.map(|row| (row as u32, Hue::Context));
        let opacity = f64::from(alpha_of(shown.len()));
        let trace = |(row, hue): (u32, Hue)| Trace {
            hue,
            width: Some(1.0),
            opacity,
            d: self.lines.path(row, density as f32),
        };
        others.chain(shown.iter().copied()).map(trace).collect()
    }

    /// The axes of the last picture, where the ledger is as it was then.
    pub(super) fn axes_of(&self, version: u64) -> &[SpaceAxis] {
        match &self.of {
            Some((of, ..)) if *of == version => &self.axes,
            _ => &[],
        }
    }

    /// The shown run nearest to a place in the last picture, in units of the page.
    pub(super) fn run_at(&self, at: (f64, f64), runs: SpaceRuns<'_>) -> Option<SpaceRun> {
        let density = self.density(runs)?;
        let place = ((at.0 * density) as f32, (at.1 * density) as f32);
        let shown = runs.shown.ones().map(|row| row as u32);
        let row = self.lines.nearest(place, (REACH * density) as f32, shown)?;
        self.run_of(row, runs)
    }

    /// The pixels a unit of the last picture has, where the ledger is as it was then.
    fn density(&self, runs: SpaceRuns<'_>) -> Option<f64> {
        let (version, _, question) = self.of.as_ref()?;
        (*version == runs.version).then_some(question.density)
    }

    /// A run of the last picture.
    pub(super) fn run_of(&self, row: u32, runs: SpaceRuns<'_>) -> Option<SpaceRun> {
        let density = self.density(runs)?;
        let value = |axis: &SpaceAxis| {
            let value = runs.ledger.column(axis.column).get(row as usize);
            (axis.name.clone(), cell(value).text)
        };
        Some(SpaceRun {
            row: row as usize,
            name: run_name(runs.ledger, row as usize),
            path: self.lines.path(row, density as f32),
            values: self.axes.iter().map(value).collect(),
        })
    }

    /// Makes what belongs to all runs, where it is not there.
    fn prepare(&mut self, question: &SpaceQuestion, runs: SpaceRuns<'_>) {
        // Neither colour nor what else is wanted is a matter of the context.
        let question = SpaceQuestion {
            colour: None,
            traces: false,
            ..question.clone()
        };
        let of = Some((runs.version, runs.asked.cloned(), question));
        if self.of == of {
            return;
        }
        *self = Self::default();
        let Some((_, _, question)) = &of else { return };
        let (settings, order) = if question.axes.is_empty() {
            chosen(runs, question.width)
        } else {
            (question.axes.clone(), String::new())
        };
        let density = question.density;
        let wide = (question.width * density) as usize;
        let high = (question.height * density) as usize;
        if wide == 0 || high == 0 || wide.saturating_mul(high) > MOST_PIXELS {
            return;
        }
        let built: Vec<_> = settings
            .iter()
            .filter_map(|setting| {
                let id = column_of_key(runs.ledger, &setting.key)?;
                Some(build(setting, id, runs))
            })
            .collect();
        let mut lanes = [false; 5];
        built.iter().for_each(|built| built.needs(&mut lanes));
        let top = PAD + if lanes[0] { LANE } else { 0.0 };
        let bottom = question.height - PAD - LANE * lanes_below(&lanes);
        let gap = (question.width - 2.0 * MARGIN) / built.len().saturating_sub(1).max(1) as f64;
        self.lines.curved = question.curved;
        self.lines.thickness = density as f32;
        for (number, built) in built.into_iter().enumerate() {
            let x = MARGIN + gap * number as f64;
            let (axis, heights) = built.laid_out(x, (top, bottom), &lanes);
            self.lines.x.push((x * density) as f32);
            let pixels = heights.into_iter().map(|y| y * density as f32);
            self.lines.y.push(pixels.collect());
            self.axes.push(axis);
        }
        self.others = runs
            .ledger
            .columns_with_ids()
            .filter(|(id, _)| runs.varies.get(id.index()).copied().unwrap_or(false))
            .filter(|(id, column)| {
                matches!(column.role(), Role::Param | Role::Metric)
                    && self.axes.iter().all(|axis| axis.column != *id)
            })
            .map(|(id, column)| (key_of(runs.ledger, id), column.name().to_owned()))
            .collect();
        self.order = order;
        self.size = Some((wide, high));
        self.of = of;
    }
}

/// Of so many lines each is seen by itself, and none is to hide those of one colour: of more the density is.
const SHUFFLED: usize = 20_000;

/// The shown runs with their colours, in the order in which they are drawn, and what the colours mean. Lines lie over one another in
/// no order of colours: with the best on top, a param that does nothing would look as if all its runs were good.
fn coloured(question: &SpaceQuestion, runs: SpaceRuns<'_>) -> (Vec<(u32, Hue)>, Vec<LegendItem>) {
    let (mut drawn, legend) = in_order(question, runs);
    if drawn.len() <= SHUFFLED {
        order::by_key(&mut drawn, |(row, _)| scattered(*row));
    }
    (drawn, legend)
}

/// A number for a row, evenly spread and in no order of rows (Knuth's multiplicative hash): for the same runs the same.
fn scattered(row: u32) -> u32 {
    row.wrapping_mul(2_654_435_769)
}

/// The same in the order of their results.
fn in_order(question: &SpaceQuestion, runs: SpaceRuns<'_>) -> (Vec<(u32, Hue)>, Vec<LegendItem>) {
    // Runs without a rank first, then from the worst to the best.
    let (order, ranked): (Vec<u32>, usize) = match runs.objective {
        Some((_, values)) => {
            let sorted = values.sorted(runs.shown, true);
            let ranked = values.ranks_among(runs.shown).count();
            let (with, without) = sorted.split_at(ranked);
            (without.iter().chain(with).copied().collect(), ranked)
        }
        None => (runs.shown.ones().map(|row| row as u32).collect(), 0),
    };
    if let Some(column) = question.colour.and_then(|id| runs.ledger.try_column(id)) {
        let scale = Scale::of(column, runs.shown);
        // As runs without a result, where that colour is no class here: grey is the middle of a scale.
        let without = if scale.classes().is_empty() {
            WITHOUT
        } else {
            OTHERS
        };
        let mut lacking = 0_usize;
        let mut colour = |row: u32| {
            let colour = scale.colour(column, row as usize);
            lacking += usize::from(colour.is_none());
            colour.map_or(without, Hue::from)
        };
        let drawn = order.iter().map(|row| (*row, colour(*row))).collect();
        let mut legend = scale.legend();
        if lacking > 0 && without == WITHOUT && !legend.is_empty() {
            legend.push(LegendItem {
                colour: RowColour::Class(5),
                label: format!("no {}", column.name()),
            });
        }
        return (drawn, legend);
    }
    if runs.objective.is_none() {
        let drawn = order.iter().map(|row| (*row, Hue::Part(0.8))).collect();
        return (drawn, Vec::new());
    }
    let first = order.len() - ranked;
    let colour = |(place, row): (usize, &u32)| {
        let colour = match place.checked_sub(first) {
            Some(better) => Hue::Part(better as f32 / (ranked - 1).max(1) as f32),
            None => WITHOUT,
        };
        (*row, colour)
    };
    let drawn: Vec<_> = order.iter().enumerate().map(colour).collect();
    let item = |shade: u8, label: &str| LegendItem {
        colour: RowColour::Shade(shade),
        label: label.to_owned(),
    };
    let mut legend = Vec::new();
    if ranked > 1 {
        legend.push(item(0, "worst"));
        legend.push(item(50, "median"));
    }
    if ranked > 0 {
        legend.push(item(100, "best"));
    }
    if first > 0 {
        let budget = runs
            .objective
            .and_then(|(_, values)| values.greatest_budget(runs.shown));
        let label = match budget {
            Some(_) => "no result at the greatest budget",
            None => "no result",
        };
        legend.push(LegendItem {
            colour: RowColour::Class(5),
            label: label.to_owned(),
        });
    }
    (drawn, legend)
}

/// The class whose colour runs without a result have: far from both ends of the scale and from its middle, which is grey.
const WITHOUT: Hue = Hue::Class(5);

/// The class of what has none of its own.
const OTHERS: Hue = Hue::Class(8);

fn floats(bytes: Bytes) -> Colour {
    bytes.map(|byte| f32::from(byte) / 255.0)
}

/// The colour of a class.
pub(super) fn class_colour(class: u8) -> Colour {
    floats(Theme::of(false).colour(Hue::Class(class)))
}

/// The colour of a dot's class.
pub(super) fn dot_colour(class: u8, dark: bool) -> Colour {
    floats(Theme::of(dark).colour(hue_of(class)))
}

/// The colour of a line. Between the ends of the scale it is mixed as pixels are: there may be a million lines.
fn pixel(theme: &Theme, hue: Hue) -> Colour {
    let Hue::Part(part) = hue else {
        return floats(theme.colour(hue));
    };
    let (low, high) = (floats(theme.low), floats(theme.high));
    std::array::from_fn(|at| low[at] + part * (high[at] - low[at]))
}
