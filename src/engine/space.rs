//! The space of runs: each a line across the axes of params and the objective.
//!
//! All runs are drawn once, in grey, as the context; the shown ones over them, the best on top. What belongs to
//! all runs (the axes, the lines, the context) is kept while neither the ledger nor the axes change, so that a brush
//! costs only what it keeps.

use super::info::{column_of_key, key_of};
use super::lines::{LegendItem, RowColour};
use super::scales::Scale;
use super::show::{cell, run_name};
pub use super::space_axes::{Absence, AxisSetting, SpaceAxis};
use super::space_axes::{build, chosen};
use super::view::Objective;
use crate::analysis::ranking::ObjectiveColumn;
use crate::chart::parallel::{Canvas, Colour, Lines};
use crate::ledger::{Bits, ColumnId, Ledger, Role};
use serde::{Deserialize, Serialize};

/// The most pixels that a picture has: what a browser keeps of one canvas, with room.
pub(super) const MOST_PIXELS: usize = 16_000_000;

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
    context: Option<Canvas>,
}

impl Space {
    /// The picture.
    pub(super) fn picture(
        &mut self,
        question: &SpaceQuestion,
        runs: SpaceRuns<'_>,
    ) -> SpacePicture {
        self.prepare(question, runs);
        let Some(mut canvas) = self.context.clone() else {
            return SpacePicture::default();
        };
        let palette = Palette::of(question.dark);
        let (drawn, legend) = coloured(question, runs, &palette);
        self.lines.draw(&mut canvas, &drawn);
        SpacePicture {
            axes: self.axes.clone(),
            others: self.others.clone(),
            order: self.order.clone(),
            legend,
            shown: drawn.len(),
            runs: runs.ledger.rows(),
            width: canvas.width(),
            density: question.density,
            pixels: Pixels(canvas.rgba()),
        }
    }

    /// The shown run nearest to a place in the last picture, in units of the page.
    pub(super) fn run_at(&self, at: (f64, f64), runs: SpaceRuns<'_>) -> Option<SpaceRun> {
        let (version, _, question) = self.of.as_ref()?;
        if *version != runs.version {
            return None;
        }
        let density = question.density;
        let place = ((at.0 * density) as f32, (at.1 * density) as f32);
        let shown = runs.shown.ones().map(|row| row as u32);
        let row = self.lines.nearest(place, (REACH * density) as f32, shown)?;
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
        // Colour is no matter of the context.
        let question = SpaceQuestion {
            colour: None,
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
        let lanes = Absence::ALL
            .into_iter()
            .filter(|absence| built.iter().any(|built| built.has(*absence)))
            .collect::<Vec<_>>();
        let bottom = question.height - PAD - LANE * lanes.len() as f64;
        let gap = (question.width - 2.0 * MARGIN) / built.len().saturating_sub(1).max(1) as f64;
        self.lines.curved = question.curved;
        self.lines.thickness = density as f32;
        for (number, built) in built.into_iter().enumerate() {
            let x = MARGIN + gap * number as f64;
            let (axis, heights) = built.laid_out(x, (PAD, bottom), &lanes);
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
        let mut canvas = Canvas::new(wide, high);
        let grey = Palette::of(question.dark).context;
        let all: Vec<(u32, Colour)> = (0..runs.ledger.rows() as u32)
            .map(|row| (row, grey))
            .collect();
        self.lines.draw(&mut canvas, &all);
        self.context = Some(canvas);
        self.of = of;
    }
}

/// The shown runs with their colours, in the order in which they are drawn, and what the colours mean.
fn coloured(
    question: &SpaceQuestion,
    runs: SpaceRuns<'_>,
    palette: &Palette,
) -> (Vec<(u32, Colour)>, Vec<LegendItem>) {
    // Runs without a result first, then from the worst to the best.
    let (order, ranked): (Vec<u32>, usize) = match runs.objective {
        Some((_, values)) => {
            let sorted = values.sorted(runs.shown, true);
            let has_result = |row: &&u32| !values.values[**row as usize].is_nan();
            let ranked = sorted.iter().filter(has_result).count();
            let (with, without) = sorted.split_at(ranked);
            (without.iter().chain(with).copied().collect(), ranked)
        }
        None => (runs.shown.ones().map(|row| row as u32).collect(), 0),
    };
    if let Some(column) = question.colour.and_then(|id| runs.ledger.try_column(id)) {
        let scale = Scale::of(column, runs.shown);
        let colour = |row: u32| match scale.colour(column, row as usize) {
            Some(RowColour::Shade(shade)) => palette.at(f32::from(shade) / 100.0),
            Some(RowColour::Class(class)) => palette.class(class),
            // Not as runs without a result: that colour is a class of its own here.
            None => palette.class(OTHERS),
        };
        let drawn = order.iter().map(|row| (*row, colour(*row))).collect();
        return (drawn, scale.legend());
    }
    if runs.objective.is_none() {
        let drawn = order.iter().map(|row| (*row, palette.at(0.8))).collect();
        return (drawn, Vec::new());
    }
    let first = order.len() - ranked;
    let colour = |(place, row): (usize, &u32)| {
        let colour = match place.checked_sub(first) {
            Some(better) => palette.at(better as f32 / (ranked - 1).max(1) as f32),
            None => palette.without,
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
        legend.push(LegendItem {
            colour: RowColour::Class(WITHOUT),
            label: "no result".to_owned(),
        });
    }
    (drawn, legend)
}

/// The colours of `style/00-tokens.css`, which pictures of pixels cannot read.
struct Palette {
    low: Colour,
    high: Colour,
    context: Colour,
    without: Colour,
}

/// The class whose colour runs without a result have: far from both ends of the scale and from its middle, which is grey.
const WITHOUT: u8 = 5;

/// The class of what has none of its own.
const OTHERS: u8 = 8;

/// As `--class-0` to `--class-8`.
const CLASSES: [[u8; 3]; 9] = [
    [0x00, 0x72, 0xb2],
    [0xe6, 0x9f, 0x00],
    [0x00, 0x9e, 0x73],
    [0xcc, 0x79, 0xa7],
    [0x56, 0xb4, 0xe9],
    [0xd5, 0x5e, 0x00],
    [0x6b, 0x4f, 0xa0],
    [0xb8, 0xa8, 0x00],
    [0x8b, 0x92, 0x9e],
];

fn colour(bytes: [u8; 3]) -> Colour {
    bytes.map(|byte| f32::from(byte) / 255.0)
}

/// The colour of a class.
pub(super) fn class_colour(class: u8) -> Colour {
    let last = CLASSES.len() - 1;
    colour(CLASSES[usize::from(class).min(last)])
}

impl Palette {
    fn of(dark: bool) -> Self {
        let without = colour(CLASSES[usize::from(WITHOUT)]);
        if dark {
            Self {
                low: colour([0x4a, 0x4a, 0x2a]),
                high: colour([0x8f, 0xd0, 0xff]),
                context: colour([0x2a, 0x30, 0x38]),
                without,
            }
        } else {
            Self {
                low: colour([0xf0, 0xd5, 0x85]),
                high: colour([0x1d, 0x3f, 0x91]),
                context: colour([0xe2, 0xe5, 0xea]),
                without,
            }
        }
    }

    /// The colour at a part of the scale.
    fn at(&self, part: f32) -> Colour {
        std::array::from_fn(|at| self.low[at] + part * (self.high[at] - self.low[at]))
    }

    fn class(&self, class: u8) -> Colour {
        CLASSES
            .get(usize::from(class))
            .map_or(self.without, |bytes| colour(*bytes))
    }
}
