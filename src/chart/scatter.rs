//! Dots over two axes, each of a class of colours, with lines through some of them: runs by two numbers.
//!
//! Axes are logarithmic where their numbers look so or a person says so. What has no number on an axis lies in a lane
//! beside it, one for each reason. Of more than [`MOST_MARKS`] dots a picture of pixels is made ([`Scatter::draw`]), over which the
//! marks lie. Bars at the upper and the right edge count dots along the axes, where that is asked for.

#[cfg(test)]
mod tests;

use super::absence::{Absence, LaneSize, Lanes};
use super::axis::Axis;
use super::band::path;
use super::canvas::{Canvas, Colour};
use super::colour::Hue;
use super::labels::{Below, WIDE_LETTER, beside};
use super::marks::{Anchor, Mark};
use super::number::{shortened, time_ends};
use super::parallel::alpha_of;
use serde::{Deserialize, Serialize};

/// The picture's width in units of its own.
pub const WIDTH: f64 = 640.0;
/// Its height.
pub const HEIGHT: f64 = 360.0;
/// Where its axes lie: left, right, top, bottom.
const PLOT: (f64, f64, f64, f64) = (76.0, 628.0, 24.0, 316.0);
/// How far dots stay from the plot's edges.
const PAD: f64 = 8.0;
/// How much room bars at an edge have.
const MARGIN: f64 = 34.0;
/// How many bars apart an axis' ends are, and how many where its numbers are even steps of such a part: each number of up to
/// 16 steps has a multiple among them.
const BARS: usize = 40;
const EVEN_BARS: std::ops::RangeInclusive<usize> = 33..=48;
/// The radius of a dot, and the least and the greatest where they differ in size.
const RADIUS: f64 = 3.5;
const RADII: (f64, f64) = (1.8, 8.0);
/// The greatest of a dot's sizes.
pub const MOST_SIZE: u8 = 8;
/// Up to so many rings stand off their dots; more are their edges, since they would bury the others.
const MOST_WIDE_RINGS: usize = 50;
/// How wide a lane is in which dots without a number lie, and one of several whose names stand beside one another.
const LANE: f64 = 26.0;
const NAMED_LANE: f64 = 45.0;
/// How many letters the values of the vertical axis have at most.
const BESIDE_LETTERS: usize = 9;
/// How many those of the horizontal one have at least.
const LEAST_LETTERS: usize = 8;
/// How far texts of the vertical axis stand apart.
const APART: f64 = 20.0;
/// How far from a dot one may point.
const REACH: f64 = 14.0;

/// How many dots are marks of their own at most.
pub const MOST_MARKS: usize = 3000;

/// The radius of the dots that are the ground for others, as pixels, in units of the picture.
const GROUND_RADIUS: f64 = 1.2;

/// The style's classes of colours.
const CLASSES: [&str; 9] = [
    "class-0", "class-1", "class-2", "class-3", "class-4", "class-5", "class-6", "class-7",
    "class-8",
];

/// One of the axes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScatterAxis {
    /// What it is of.
    pub name: String,
    /// Its numbers.
    pub axis: Axis,
    /// The dots without a number on it.
    pub lanes: Lanes,
    /// How many dots lie around places that are evenly apart, from its one end to the other, where bars show that.
    pub bins: Vec<u32>,
}

impl ScatterAxis {
    /// The axis of some numbers, of which those that are not finite lie in its lane.
    pub fn new(name: &str, numbers: impl Iterator<Item = f64>, time: bool) -> Self {
        Self::asked(name, numbers, time, None)
    }

    /// The same, logarithmic or not where that is said.
    pub fn asked(
        name: &str,
        numbers: impl Iterator<Item = f64>,
        time: bool,
        log: Option<bool>,
    ) -> Self {
        let numbers: Vec<f64> = numbers.collect();
        Self {
            name: name.to_owned(),
            axis: Axis::of(numbers.iter().copied(), time, log),
            lanes: Lanes::of(&mut numbers.into_iter()),
            bins: Vec::new(),
        }
    }

    /// The axis of values, each a step with its number; what is no number lies in a lane.
    pub fn by_value(name: &str, axis: Axis, numbers: impl Iterator<Item = f64>) -> Self {
        Self {
            name: name.to_owned(),
            axis,
            lanes: Lanes::of(&mut { numbers }),
            bins: Vec::new(),
        }
    }

    /// It with numbers that lie by their ranks.
    pub fn by_rank(mut self, numbers: impl Iterator<Item = f64>) -> Self {
        let finite: Vec<f64> = numbers.filter(|x| x.is_finite()).collect();
        self.axis = self.axis.by_rank(&finite);
        self
    }

    /// Whether it has values instead of numbers.
    pub fn has_values(&self) -> bool {
        matches!(self.axis, Axis::Values { .. })
    }

    /// How many bars stand along it.
    pub fn bars(&self) -> usize {
        if self.has_values() {
            self.axis.steps()
        } else {
            self.bins.len()
        }
    }

    /// It with bars that count these numbers.
    pub fn counted(mut self, numbers: impl Iterator<Item = f64>) -> Self {
        if self.has_values() {
            // A bar in the middle of each step, and none between.
            self.bins = vec![0; 2 * self.axis.steps() + 1];
            for x in numbers.filter(|x| x.is_finite()) {
                if let Some(bin) = self.bins.get_mut(2 * libm::round(x) as usize + 1) {
                    *bin += 1;
                }
            }
            return self;
        }
        let places: Vec<f64> = numbers.filter_map(|x| self.place(x)).collect();
        // A bar beside the dots that it counts would look wrong: they lie in its middle where that can be.
        let is_even = |bars: &usize| {
            let off =
                |place: &f64| (place * *bars as f64 - libm::round(place * *bars as f64)).abs();
            places.iter().all(|place| off(place) < 0.01)
        };
        let even = std::iter::once(BARS).chain(EVEN_BARS).find(is_even);
        let apart = even.unwrap_or(BARS);
        self.bins = vec![0; apart + 1];
        for place in places {
            self.bins[libm::round(place * apart as f64) as usize] += 1;
        }
        self
    }

    /// What lies between two places beside numbers that lie between two ends: nothing where that is no part of it, or all of it and
    /// more.
    fn between(&self, (a, b): (f64, f64), ends: (f64, f64), size: LaneSize) -> Option<Part> {
        let at = |place: f64| (place - ends.0) / (ends.1 - ends.0);
        let (from, to) = (at(a).min(at(b)), at(a).max(at(b)));
        if to < 0.0 || from > 1.0 {
            // The lane in whose middle it is, as nearly as may be.
            let middle = f64::midpoint(from, to);
            let away =
                |absence: &Absence| (at(self.lanes.place(*absence, ends, size)) - middle).abs();
            let beside = |absence: &Absence| (to < 0.0) == (*absence != Absence::Infinity);
            let lanes = self.lanes.each().filter(beside);
            let nearest = lanes.min_by(|a, b| away(a).total_cmp(&away(b)));
            return nearest.map(Part::Lane);
        }
        if from < 0.0 && to > 1.0 {
            return None;
        }
        if self.has_values() {
            let mut values = self.axis.values_between(from, to);
            if values.is_empty() {
                // The one on whose step it is.
                let half = 0.5 / self.axis.steps() as f64;
                let middle = f64::midpoint(from, to);
                values = self.axis.values_between(middle - half, middle + half);
            }
            return (!values.is_empty()).then_some(Part::Values(values));
        }
        let (low, high) = (self.axis.number_at(from)?, self.axis.number_at(to)?);
        Some(Part::Numbers(low, high))
    }

    /// Whether its numbers are times.
    pub fn is_time(&self) -> bool {
        matches!(self.axis, Axis::Numbers { time: true, .. })
    }

    /// The place, 0 to 1, of a number; `None` in a lane.
    fn place(&self, x: f64) -> Option<f64> {
        x.is_finite().then(|| self.axis.place(x).clamp(0.0, 1.0))
    }
}

/// A part of an axis and its lanes.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// The numbers from one to another.
    Numbers(f64, f64),
    /// These values.
    Values(Vec<String>),
    /// What has no number for this reason.
    Lane(Absence),
}

/// A dot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dot {
    /// Its number along, or why it has none.
    pub x: f64,
    /// Its number up, or why it has none.
    pub y: f64,
    /// Its class of colours, see [`hue_of`].
    pub class: u8,
    /// How large it is, to [`MOST_SIZE`], where dots differ in size.
    pub size: Option<u8>,
    /// The row of its run.
    pub row: u32,
}

impl Dot {
    /// Its radius, of which the square goes with its size.
    fn radius(&self) -> f64 {
        let (least, most) = RADII;
        self.size.map_or(RADIUS, |size| {
            let part = f64::from(size) / f64::from(MOST_SIZE);
            libm::sqrt(least * least + part * (most * most - least * least))
        })
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScatterLine {
    /// Its class of colours.
    pub class: u8,
    /// Its points.
    pub points: Vec<(f64, f64)>,
    /// Whether it goes along and then up or down, as what stays until it changes.
    pub is_stepped: bool,
}

/// The picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scatter {
    /// Along.
    pub x: ScatterAxis,
    /// Up.
    pub y: ScatterAxis,
    /// Dots, the last on top.
    pub dots: Vec<Dot>,
    /// Lines, below the dots.
    pub lines: Vec<ScatterLine>,
    /// Places with a ring and, where it is not empty, a name.
    pub named: Vec<(f64, f64, String)>,
}

impl Scatter {
    /// Where a dot lies.
    pub(super) fn place(&self, x: f64, y: f64) -> (f64, f64) {
        let (left, right, top, bottom) = self.inside();
        let [along, up] = self.lane_sizes();
        let at = |axis: &ScatterAxis, x: f64, ends: (f64, f64), size: LaneSize| {
            axis.lanes.at(x, axis.axis.place(x), ends, size)
        };
        (
            at(&self.x, x, (left, right), along),
            at(&self.y, y, (bottom, top), up),
        )
    }

    /// Where dots lie, from left to right and there from above: each place once.
    pub fn places(&self) -> Vec<(f64, f64)> {
        let dots = self.dots.iter();
        let mut places: Vec<(f64, f64)> = dots.map(|dot| self.place(dot.x, dot.y)).collect();
        order::by(&mut places, |a, b| {
            a.0.total_cmp(&b.0).then_with(|| a.1.total_cmp(&b.1))
        });
        places.dedup();
        places
    }

    /// How the lanes along and up lie.
    pub(super) fn lane_sizes(&self) -> [LaneSize; 2] {
        let wide = if self.x.lanes.before() > 1 {
            NAMED_LANE
        } else {
            LANE
        };
        [wide, LANE].map(|wide| LaneSize { pad: PAD, wide })
    }

    /// Where numbers and lanes lie: left, right, top, bottom.
    pub(super) fn outside(&self) -> (f64, f64, f64, f64) {
        let (left, right, top, bottom) = PLOT;
        let bars = |axis: &ScatterAxis| if axis.bins.is_empty() { 0.0 } else { MARGIN };
        (left, right - bars(&self.y), top + bars(&self.x), bottom)
    }

    /// Where numbers lie, with the lanes that are there: left, right, top, bottom.
    pub(super) fn reach(&self) -> (f64, f64, f64, f64) {
        let (inside, outside) = (self.inside(), self.outside());
        let (x, y) = (self.x.lanes, self.y.lanes);
        let ends = |lanes: Lanes| (lanes.before() > 0, lanes.beyond() > 0);
        let ((left, right), (bottom, top)) = (ends(x), ends(y));
        let to = |is_lane: bool, inner: f64, outer: f64| if is_lane { outer } else { inner };
        (
            to(left, inside.0, outside.0),
            to(right, inside.1, outside.1),
            to(top, inside.2, outside.2),
            to(bottom, inside.3, outside.3),
        )
    }

    /// Where numbers lie: left, right, top, bottom.
    pub(super) fn inside(&self) -> (f64, f64, f64, f64) {
        let (left, right, top, bottom) = self.outside();
        let [along, up] = self.lane_sizes();
        let (left, right) = self.x.lanes.inner((left, right), along);
        let (bottom, top) = self.y.lanes.inner((bottom, top), up);
        (left, right, top, bottom)
    }

    /// What lies along, and what up, between two corners of a rectangle.
    pub fn between(&self, a: (f64, f64), b: (f64, f64)) -> [Option<Part>; 2] {
        let (left, right, top, bottom) = self.inside();
        let [along, up] = self.lane_sizes();
        [
            self.x.between((a.0, b.0), (left, right), along),
            self.y.between((a.1, b.1), (bottom, top), up),
        ]
    }

    /// The bars that count dots along the axes.
    fn bars(&self) -> Vec<Mark> {
        let (left, right, top, bottom) = self.inside();
        let (_, beyond, above, _) = self.outside();
        let mut marks = Vec::new();
        for (bins, is_along) in [(&self.x.bins, true), (&self.y.bins, false)] {
            let most = bins.iter().copied().max().unwrap_or(0).max(1);
            for (at, count) in bins.iter().enumerate().filter(|(_, count)| **count > 0) {
                let tall = (MARGIN - 6.0) * f64::from(*count) / f64::from(most);
                let (middle, apart) = (at as f64, (bins.len() - 1).max(1) as f64);
                let (wide, high) = ((right - left) / apart, (bottom - top) / apart);
                marks.push(if is_along {
                    let at = (left + (middle - 0.5) * wide, above - tall);
                    Mark::rect("faint", at, (wide - 0.5, tall))
                } else {
                    let at = (beyond, bottom - (middle + 0.5) * high);
                    Mark::rect("faint", at, (tall, high - 0.5))
                });
            }
        }
        marks
    }

    /// The marks: axes, lanes, lines, names, and the dots that are there.
    pub fn marks(&self) -> Vec<Mark> {
        let (left, right, top, bottom) = PLOT;
        let (low, high, above, below) = self.inside();
        let [along_size, up_size] = self.lane_sizes();
        let beside_marks = short(&self.y.axis, BESIDE_LETTERS);
        let mut marks = beside(beside_marks, (below, above), (left, right), APART);
        let along = match &self.x.axis {
            // Times are long: there is room for the ends.
            Axis::Numbers {
                low,
                high,
                time: true,
                ..
            } => [0.0, 1.0].into_iter().zip(time_ends(*low, *high)).collect(),
            axis => {
                let letters = (high - low) / axis.steps() as f64 / WIDE_LETTER;
                // Of fewer letters none is told from another: then some have no name.
                short(axis, (letters as usize).max(LEAST_LETTERS))
            }
        };
        let texts = Below {
            ends: (low, high),
            // Beside the first and the last stands what the lane is.
            bounds: self
                .x
                .lanes
                .bounds((low, high), along_size, WIDE_LETTER, WIDTH),
            line: (bottom, bottom + 5.0),
            base: bottom + 18.0,
            letter: WIDE_LETTER,
        };
        marks.extend(texts.marks(along));
        let (x, y) = (self.x.lanes, self.y.lanes);
        marks.extend(x.marks((low, high), along_size, true, (top, bottom), bottom + 18.0));
        marks.extend(y.marks((below, above), up_size, false, (left, right), left - 6.0));
        marks.extend(self.bars());
        for line in &self.lines {
            marks.push(Mark::path(stroke(line.class), self.path(line)));
        }
        let has_scale = self.has_scale();
        marks.extend(self.dots.iter().map(|dot| {
            let (at, radius) = (self.place(dot.x, dot.y), dot.radius());
            match hue_of(dot.class) {
                _ if has_scale && dot.class == OTHERS => Mark::circle("hollow", at, radius),
                Hue::Part(part) => Mark::circle("dot", at, radius).coloured(f64::from(part)),
                Hue::Class(class) => {
                    let class = usize::from(class).min(CLASSES.len() - 1);
                    Mark::circle(CLASSES[class], at, radius)
                }
                Hue::Context => Mark::circle("faint", at, radius),
            }
        }));
        let ring = if self.named.len() > MOST_WIDE_RINGS {
            RADIUS
        } else {
            7.0
        };
        for (x, y, name) in &self.named {
            let at = self.place(*x, *y);
            marks.push(Mark::circle("ring", at, ring));
            if name.is_empty() {
                continue;
            }
            let (by, anchor) = if at.0 > f64::midpoint(left, right) {
                (-11.0, Anchor::End)
            } else {
                (11.0, Anchor::Start)
            };
            marks.push(Mark::text((at.0 + by, at.1 - 7.0), anchor, name));
        }
        let under = (f64::midpoint(left, right), HEIGHT - 6.0);
        let name = |axis: &ScatterAxis| axis.name.clone() + axis.axis.spacing().word();
        marks.push(Mark::text(under, Anchor::Middle, &name(&self.x)));
        marks.push(Mark::text((4.0, 15.0), Anchor::Start, &name(&self.y)));
        marks
    }

    /// Whether dots have shades of a scale, whose middle is grey: those without one are hollow.
    fn has_scale(&self) -> bool {
        let is_shade = |dot: &Dot| (SHADE..FOREMOST).contains(&dot.class);
        self.dots.iter().any(is_shade)
    }

    fn path(&self, line: &ScatterLine) -> String {
        let mut places: Vec<(f64, f64)> = Vec::with_capacity(2 * line.points.len());
        for (x, y) in &line.points {
            let at = self.place(*x, *y);
            if let (true, Some(before)) = (line.is_stepped, places.last()) {
                places.push((at.0, before.1));
            }
            places.push(at);
        }
        path(&places)
    }

    /// The dots as pixels, `density` of them a unit.
    pub fn draw(&self, density: f64, colour_of: impl Fn(u8) -> Colour) -> Canvas {
        let (wide, high) = (WIDTH * density, HEIGHT * density);
        let mut canvas = Canvas::new(wide as usize, high as usize);
        let to = |at: (f64, f64)| (at.0 * density, at.1 * density);
        self.lay(&mut canvas, density, &to, &colour_of);
        canvas
    }

    /// The parts of the plot's width and height at which a place lies, from its upper left corner.
    pub(super) fn part_of(&self, at: (f64, f64)) -> (f64, f64) {
        let (left, right, top, bottom) = PLOT;
        (
            (at.0 - left) / (right - left),
            (at.1 - top) / (bottom - top),
        )
    }

    /// Where in the plot, in parts of its width and of its height, lines part lanes.
    pub(super) fn lane_edges(&self) -> [Vec<f64>; 2] {
        let (left, right, top, bottom) = self.inside();
        let [along, up] = self.lane_sizes();
        let x = self.x.lanes.edges((left, right), along).into_iter();
        let y = self.y.lanes.edges((bottom, top), up).into_iter();
        [
            x.map(|x| self.part_of((x, 0.0)).0).collect(),
            y.map(|y| self.part_of((0.0, y)).1).collect(),
        ]
    }

    /// Lays the dots as pixels, `density` of them a unit, where `to` brings their places.
    pub(super) fn lay(
        &self,
        canvas: &mut Canvas,
        density: f64,
        to: &dyn Fn((f64, f64)) -> (f64, f64),
        colour_of: &dyn Fn(u8) -> Colour,
    ) {
        let alpha = alpha_of(self.dots.len());
        let has_scale = self.has_scale();
        let few = disc(3.0 * density);
        // The last is that of dots that do not differ in size.
        let sizes = (0..=MOST_SIZE).map(Some).chain([None]);
        let radius = |size| {
            let dot = Dot {
                size,
                ..Dot::default()
            };
            GROUND_RADIUS * dot.radius() / RADIUS
        };
        let many: Vec<_> = sizes.map(|size| disc(radius(size) * density)).collect();
        for dot in &self.dots {
            let at = to(self.place(dot.x, dot.y));
            // Places are inside of the picture, and so are discs around them.
            let (x, y) = (at.0 as i32, at.1 as i32);
            // Those on top are few, and must be seen.
            let size = dot.size.map_or(MOST_SIZE + 1, |size| size.min(MOST_SIZE));
            let disc = if is_foremost(dot.class) {
                &few
            } else {
                &many[usize::from(size)]
            };
            let is_ground = dot.class == OTHERS;
            let alpha = if is_ground { alpha } else { 0.9 };
            let colour = colour_of(dot.class);
            let middle = disc.len() / 2;
            for (at, (along, down)) in disc.iter().enumerate() {
                // A pixel in the middle is all there is room for.
                if has_scale && is_ground && at == middle {
                    continue;
                }
                canvas.cover((x + along) as usize, (y + down) as usize, colour, alpha);
            }
        }
    }

    /// The dot nearest to a place, of equal ones that on top, with where it lies.
    pub fn nearest(&self, at: (f64, f64)) -> Option<(Dot, (f64, f64))> {
        let mut found = None;
        let mut least = REACH * REACH;
        for dot in self.dots.iter().rev() {
            let place = self.place(dot.x, dot.y);
            let (along, down) = (place.0 - at.0, place.1 - at.1);
            let away = along * along + down * down;
            if away < least {
                (found, least) = (Some((*dot, place)), away);
            }
        }
        found
    }
}

/// What marks an axis; values of at most so many letters.
fn short(axis: &Axis, letters: usize) -> Vec<(f64, String)> {
    let mut marks = axis.marks();
    if let Axis::Values { .. } = axis {
        for (_, text) in &mut marks {
            *text = shortened(text, letters);
        }
    }
    marks
}

/// From here on classes are shades of a scale, 0 to 100.
pub const SHADE: u8 = 16;

/// From here on classes are of dots that lie on all others, in the colour of the class that is as much less.
pub const FOREMOST: u8 = 128;

/// Whether dots of this class lie on all others.
pub fn is_foremost(class: u8) -> bool {
    class >= FOREMOST
}

/// The colour of a class.
pub fn hue_of(class: u8) -> Hue {
    match class {
        FOREMOST.. => Hue::Class(class - FOREMOST),
        SHADE.. => Hue::Part(f32::from(class - SHADE) / 100.0),
        _ => Hue::Class(class),
    }
}

/// The class of dots that are the ground for others.
pub const OTHERS: u8 = 8;

/// The pixels of a disc, from its middle.
pub(super) fn disc(radius: f64) -> Vec<(i32, i32)> {
    let reach = libm::ceil(radius) as i32;
    let all = (-reach..=reach).flat_map(|along| (-reach..=reach).map(move |down| (along, down)));
    let inside =
        |(along, down): &(i32, i32)| f64::from(along * along + down * down) <= radius * radius;
    all.filter(inside).collect()
}

/// The class of a line in a class of colours.
fn stroke(class: u8) -> &'static str {
    match class {
        0 | FOREMOST => "line-0",
        4 => "line-4",
        _ => "line-8",
    }
}
