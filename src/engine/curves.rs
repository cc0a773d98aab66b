//! The curves of runs: a panel for each of some metrics, all over one horizontal axis.
//!
//! Here is what is asked and what is said; [`super::curves_drawn`] makes the pictures of [`super::curves_values`] and
//! [`super::curves_near`] finds the run that is pointed at.

use super::lines::LegendItem;
use super::space::Pixels;
use super::view::{escape, unescape};
use crate::chart::axis::Axis;
use crate::chart::scale::Spacing;
use crate::chart::smooth::{Smoother, Smoothing};
use crate::chart::svg::Trace;
use crate::ledger::ColumnId;
use serde::{Deserialize, Serialize};

/// How many panels there are at most.
pub const MOST_PANELS: usize = 24;

/// How many are chosen where the person has not said which.
pub(super) const CHOSEN_PANELS: usize = 6;

/// How many panels runs that stand side by side have.
pub const BESIDE_PANELS: usize = 3;

/// The greatest strength of smoothing, in hundredths.
pub const MOST_SMOOTHING: u8 = 99;

/// What runs along the horizontal axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CurveX {
    /// The step; the number of the point in runs whose points have none.
    #[default]
    Step,
    /// The time since the run's first point.
    Relative,
    /// The time of the day.
    Wall,
}

impl CurveX {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Step, Self::Relative, Self::Wall];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Relative => "relative",
            Self::Wall => "wall",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Relative => "time since the run's start",
            Self::Wall => "date and time",
        }
    }
}

/// A part of the horizontal axis: steps, values of a metric or, for both axes of time, milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Zoom {
    /// Where it begins.
    pub low: f64,
    /// Where it ends, which is greater.
    pub high: f64,
}

impl Zoom {
    /// Between two places, whichever comes first; none where there is nothing between them.
    pub fn between(a: f64, b: f64) -> Option<Self> {
        let (low, high) = (a.min(b), a.max(b));
        (low.is_finite() && high.is_finite() && low < high).then_some(Self { low, high })
    }

    /// It as wide as `factor` times itself, around a place that stays where it is.
    pub fn scaled(self, factor: f64, around: f64) -> Option<Self> {
        let at = |end: f64| around + (end - around) * factor;
        Self::between(at(self.low), at(self.high))
    }

    /// It on the scale of an axis that may be logarithmic, on which it is [`Self::scaled`] and [`Self::moved`].
    pub fn on(self, log: bool) -> Self {
        self.each(|end| if log { libm::log(end) } else { end })
    }

    /// It off that scale again.
    pub fn off(self, log: bool) -> Self {
        self.each(|end| if log { libm::exp(end) } else { end })
    }

    fn each(self, place: impl Fn(f64) -> f64) -> Self {
        Self {
            low: place(self.low),
            high: place(self.high),
        }
    }

    /// It moved by a part of its width, at most to an end of `whole`.
    pub fn moved(self, part: f64, whole: Self) -> Option<Self> {
        let by = part * (self.high - self.low);
        let by = by.max(whole.low - self.low).min(whole.high - self.high);
        Self::between(self.low + by, self.high + by)
    }
}

/// How the curves of a group are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bands {
    /// Each by itself.
    #[default]
    None,
    /// Their mean with a band of one standard deviation.
    Deviation,
    /// Their mean with its 95 % interval (Student's t, at each place by itself).
    Interval,
    /// Their median with the quartiles.
    Quartiles,
}

impl Bands {
    /// All ways.
    pub const ALL: [Self; 4] = [Self::None, Self::Deviation, Self::Interval, Self::Quartiles];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "runs",
            Self::Deviation => "bands",
            Self::Interval => "intervals",
            Self::Quartiles => "quartiles",
        }
    }

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "single runs",
            Self::Deviation => "mean ± standard deviation",
            Self::Interval => "mean and its 95 % interval",
            Self::Quartiles => "median and quartiles",
        }
    }
}

/// What a person has set of the curves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CurvesView {
    /// Metrics whose names this regular expression finds, in any case; where empty, they are chosen.
    pub pattern: String,
    /// What runs along the horizontal axis.
    pub x: CurveX,
    /// The key of a metric that runs along it instead; none where empty.
    pub over: String,
    /// Whether values are on a logarithmic axis; where nobody chose, they say.
    pub log: Option<bool>,
    /// Whether that axis has values of 0 and less too.
    pub symlog: bool,
    /// Whether the metric along the horizontal axis is logarithmic; where none, its values say.
    pub log_x: Option<bool>,
    /// The strength of smoothing, in hundredths.
    pub smoothing: u8,
    /// How it is smoothed.
    pub smoother: Smoother,
    /// How groups are drawn, where runs are grouped.
    pub bands: Bands,
    /// Whether the vertical axis is that of most values, and the few far from them lie beyond it.
    pub clip: bool,
    /// The part of the horizontal axis that is shown, if not all of it.
    pub zoom: Option<Zoom>,
}

impl CurvesView {
    /// How curves are smoothed.
    pub fn smoothing(&self) -> Smoothing {
        Smoothing {
            by: self.smoother,
            weight: f64::from(self.smoothing) / 100.0,
        }
    }

    /// Whether the vertical axis, as it was asked for, has positive values alone.
    pub fn is_positive(&self) -> bool {
        self.log == Some(true) && !self.symlog
    }

    /// Whether it is logarithmic on both sides of 0.
    pub fn is_symlog(&self) -> bool {
        self.log == Some(true) && self.symlog
    }

    /// The words in addresses.
    pub fn words(&self) -> String {
        let mut words = Vec::new();
        if self.x != CurveX::default() {
            words.push(self.x.word().to_owned());
        }
        if !self.over.is_empty() {
            words.push(format!("o:{}", escape(&self.over)));
        }
        if let Some(log) = self.log {
            words.push(if log { "log" } else { "lin" }.to_owned());
        }
        if self.symlog {
            words.push("symlog".to_owned());
        }
        if let Some(log_x) = self.log_x {
            words.push(if log_x { "xlog" } else { "xlin" }.to_owned());
        }
        if self.bands != Bands::None {
            words.push(self.bands.word().to_owned());
        }
        if self.clip {
            words.push("clip".to_owned());
        }
        if let Some(Zoom { low, high }) = self.zoom {
            words.push(format!("z{low}:{high}"));
        }
        if self.smoothing > 0 {
            words.push(format!("s{}", self.smoothing));
        }
        if self.smoother != Smoother::default() {
            words.push(self.smoother.word().to_owned());
        }
        if !self.pattern.is_empty() {
            words.push(format!("m:{}", escape(&self.pattern)));
        }
        words.join(",")
    }

    /// What the words say; unknown ones say nothing.
    pub fn from_words(words: &str) -> Self {
        let mut view = Self::default();
        for word in words.split(',') {
            if let Some(pattern) = word.strip_prefix("m:") {
                view.pattern = unescape(pattern);
            } else if let Some(over) = word.strip_prefix("o:") {
                view.over = unescape(over);
            } else if let Some(x) = CurveX::ALL.into_iter().find(|x| x.word() == word) {
                view.x = x;
            } else if let Some(by) = Smoother::ALL.into_iter().find(|by| by.word() == word) {
                view.smoother = by;
            } else if let "log" | "lin" = word {
                view.log = Some(word == "log");
            } else if word == "symlog" {
                view.symlog = true;
            } else if let "xlog" | "xlin" = word {
                view.log_x = Some(word == "xlog");
            } else if let Some(bands) = Bands::ALL.into_iter().find(|bands| bands.word() == word) {
                view.bands = bands;
            } else if word == "clip" {
                view.clip = true;
            } else if let Some(ends) = word.strip_prefix('z') {
                let ends = ends.split_once(':').map(|(a, b)| (a.parse(), b.parse()));
                if let Some((Ok(low), Ok(high))) = ends {
                    view.zoom = Zoom::between(low, high);
                }
            } else if let Some(Ok(weight)) = word.strip_prefix('s').map(str::parse::<u8>) {
                view.smoothing = weight.min(MOST_SMOOTHING);
            }
        }
        view
    }
}

/// What is to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CurvesQuestion {
    /// What the person has set.
    pub set: CurvesView,
    /// The width of a panel's picture, in units of the page.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Pixels a unit.
    pub density: f64,
    /// The run in the drawer.
    pub run: Option<usize>,
    /// The column by which lines are coloured, where they are not of groups.
    pub colour: Option<ColumnId>,
    /// Whether their colours are for a dark ground.
    pub dark: bool,
    /// Whether the lines are wanted besides their pixels, to be saved.
    pub traces: bool,
    /// Whether the runs or groups that stand side by side are drawn, each in the colour of its column, in place of all shown.
    #[serde(default)]
    pub beside: bool,
}

/// The panels and what stands around them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct CurvesPicture {
    /// They.
    pub panels: Vec<CurvePanel>,
    /// The horizontal axis of all.
    pub x: Axis,
    /// What runs along it, with its unit.
    pub x_title: String,
    /// How many of a [`Zoom`]'s units a unit of the axis has.
    pub unit: f64,
    /// The whole axis.
    pub whole: Zoom,
    /// Which part is shown, in words; none where it is the whole.
    pub part: Option<String>,
    /// What was done to the lines, as how they are smoothed, in words; none where there is nothing to say.
    pub drawn: Option<String>,
    /// Whether any point has a time.
    pub has_times: bool,
    /// Whether runs are grouped.
    pub grouped: bool,
    /// Whether each group is drawn as one line with a band.
    pub bands: bool,
    /// Whether it is of those that stand side by side.
    pub beside: bool,
    /// How many metrics have curves.
    pub metrics: usize,
    /// Names of those without a panel, some of them.
    pub others: Vec<String>,
    /// What is wrong with the pattern, or what else was not done as it was asked.
    pub problem: Option<String>,
    /// Which lines are bold, and of what.
    pub legend: Vec<LegendItem>,
    /// How many runs are shown.
    pub shown: usize,
    /// Of how many.
    pub runs: usize,
}

impl CurvesPicture {
    /// The half of the whole axis in its middle, as it is spaced.
    pub fn middle(&self) -> Option<Zoom> {
        let log = self.x.spacing() == Spacing::Log;
        let whole = self.whole.on(log);
        let middle = f64::midpoint(whole.low, whole.high);
        Some(whole.scaled(0.5, middle)?.off(log))
    }
}

/// The curves of one metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePanel {
    /// The metric's key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The vertical axis.
    pub y: Axis,
    /// What the picture says, in one sentence.
    pub summary: String,
    /// What could be set to see more of it; empty where nothing need be.
    pub hint: String,
    /// What is not drawn and why.
    pub notes: Vec<String>,
    /// Pixels in a row.
    pub width: usize,
    /// The pixels by row.
    pub pixels: Pixels,
    /// The lines in units of the page, where they were asked for and are not too many.
    pub traces: Vec<Trace>,
}

/// A place in a panel that is pointed at, by hand or by keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CurvePlace {
    /// The number of the panel.
    pub panel: usize,
    /// How far from the picture's left, in units of the page.
    pub x: f64,
    /// How far from above: finds the nearest run.
    pub y: Option<f64>,
    /// The run, where it is known; else, without a height, the best.
    pub row: Option<usize>,
    /// [`CurveRun::step`] of the point where one is known: it counts instead of the place.
    pub step: Option<f64>,
    /// So many points later.
    pub by: i32,
}

/// The run that is pointed at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurveRun {
    /// The ledger's row.
    pub row: usize,
    /// Its name.
    pub name: String,
    /// How far from the picture's left its point lies, in units of the page.
    pub x: f64,
    /// Where its points are in order: its step, or the time; where another metric runs along the axis a place does not say it.
    pub step: f64,
    /// Its step or time, or what the metric along the axis was.
    pub x_text: String,
    /// What it has there, one a panel.
    pub values: Vec<Option<CurveValue>>,
}

/// A run's value at a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurveValue {
    /// The value; its step too, where that is another.
    pub text: String,
    /// Where its point lies, where it can be drawn.
    pub at: Option<(f64, f64)>,
    /// The run's line, as the `d` of an SVG path in units of the page.
    pub path: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_what_is_set_are_inverse() {
        arbtest::arbtest(|u| {
            let view = CurvesView {
                pattern: u.arbitrary()?,
                x: *u.choose(&CurveX::ALL)?,
                over: u.arbitrary()?,
                log: u.arbitrary()?,
                symlog: u.arbitrary()?,
                log_x: u.arbitrary()?,
                smoothing: u.int_in_range(0..=MOST_SMOOTHING)?,
                smoother: *u.choose(&Smoother::ALL)?,
                bands: *u.choose(&Bands::ALL)?,
                clip: u.arbitrary()?,
                zoom: Zoom::between(u.arbitrary()?, u.arbitrary()?),
            };
            assert_eq!(CurvesView::from_words(&view.words()), view);
            Ok(())
        });
        assert_eq!(
            CurvesView::from_words("s250,what,z3:nan,z5:5").smoothing,
            MOST_SMOOTHING
        );
        assert_eq!(CurvesView::from_words("z3:nan,z5:5").zoom, None);
    }

    #[test]
    fn a_part_of_a_logarithmic_axis_grows_and_moves_by_factors() {
        let decades = |zoom: Zoom| (libm::log10(zoom.low), libm::log10(zoom.high));
        let part = Zoom::between(1.0, 100.0).unwrap();
        let whole = Zoom::between(1e-4, 1e4).unwrap().on(true);
        let is = |zoom: Zoom, low: f64, high: f64| {
            let (a, b) = decades(zoom.off(true));
            assert!((a - low).abs() < 1e-9 && (b - high).abs() < 1e-9, "{a} {b}");
        };
        is(part.on(true), 0.0, 2.0);
        is(
            part.on(true).scaled(0.5, libm::log(10.0)).unwrap(),
            0.5,
            1.5,
        );
        is(part.on(true).moved(0.5, whole).unwrap(), 1.0, 3.0);
        is(part.on(true).moved(9.0, whole).unwrap(), 2.0, 4.0);
        assert_eq!(part.on(false).off(false), part);
    }
}
