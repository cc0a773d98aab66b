//! Bars with whiskers: how much each of some params counts, for pictures that are saved. On the page they are a table.

use super::marks::{Anchor, Mark};
use super::number::shortened;
use super::rates::LONGEST;
use super::scale::{Linear, ticks};

/// The picture's width in units of its own.
pub const WIDTH: f64 = 640.0;

/// The height of a row, and of what is below all.
const ROW: (f64, f64) = (24.0, 40.0);

/// Where bars begin and end; at the left are names, at the right numbers.
const PLOT: (f64, f64) = (190.0, 500.0);

/// A bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bar {
    /// What it is of.
    pub name: String,
    /// How long it is; none where the number does not exist.
    pub value: Option<f64>,
    /// The ends of its whisker.
    pub ends: Option<(f64, f64)>,
    /// Whether it is faint: it cannot be told from noise, or is what remains.
    pub is_faint: bool,
    /// What noise gets, to either side of 0.
    pub noise: Option<f64>,
}

/// The bars, first above.
#[derive(Clone, Debug)]
pub struct Bars {
    /// They.
    pub bars: Vec<Bar>,
    /// What they measure.
    pub unit: String,
    /// How a number is written.
    pub text: fn(f64) -> String,
}

impl Bars {
    /// What the lines of noise are, where there are any.
    pub fn told_of_noise(&self) -> Option<String> {
        let has_noise = self.bars.iter().any(|bar| bar.noise.is_some());
        has_noise.then(|| {
            "Dotted line: what a param of noise gets at most in nine of ten draws of the runs."
                .to_owned()
        })
    }

    /// The picture's height.
    pub fn height(&self) -> f64 {
        ROW.0 * self.bars.len() as f64 + ROW.1
    }

    /// The picture.
    pub fn marks(&self) -> Vec<Mark> {
        let (left, right) = PLOT;
        let bottom = ROW.0 * self.bars.len() as f64;
        let all = self.bars.iter().flat_map(|bar| {
            let ends = bar.ends.unzip();
            [bar.value, ends.0, ends.1]
        });
        let all = all.flatten().filter(|value| value.is_finite());
        let (low, high) = all.fold((0.0, f64::MIN_POSITIVE), |(low, high), value| {
            (f64::min(low, value), f64::max(high, value))
        });
        let across = Linear::new((low, high), (left, right));
        let place = |value: f64| across.place(value).clamp(left, right);
        let mut marks = Vec::new();
        for tick in ticks(low, high, 4) {
            let x = across.place(tick);
            marks.push(Mark::line("grid", (x, 0.0), (x, bottom + 4.0)));
            let at = (x, bottom + 18.0);
            marks.push(Mark::text(at, Anchor::Middle, &(self.text)(tick)));
        }
        let zero = place(0.0);
        for (at, bar) in self.bars.iter().enumerate() {
            let y = ROW.0 * (at as f64 + 0.5);
            marks.push(Mark::name(
                (left - 10.0, y + 4.0),
                Anchor::End,
                &shortened(&bar.name, LONGEST),
            ));
            let mut text = "does not exist".to_owned();
            if let Some(value) = bar.value.filter(|value| value.is_finite()) {
                let (from, to) = (place(value).min(zero), place(value).max(zero));
                let class = if bar.is_faint { "faint" } else { "mean" };
                let size = ((to - from).max(1.0), 14.0);
                marks.push(Mark::rect(class, (from, y - 7.0), size));
                text = (self.text)(value);
            }
            let are_finite = |(low, high): &(f64, f64)| low.is_finite() && high.is_finite();
            if let Some((low, high)) = bar.ends.filter(are_finite) {
                let (from, to) = (place(low), place(high));
                marks.push(Mark::line("whisker", (from, y), (to, y)));
                for end in [from, to] {
                    marks.push(Mark::line("whisker", (end, y - 4.0), (end, y + 4.0)));
                }
                text = format!("{text} ({} to {})", (self.text)(low), (self.text)(high));
            }
            marks.push(Mark::text((right + 10.0, y + 4.0), Anchor::Start, &text));
            // On the side that the bar goes to, as far as the axis reaches.
            if let Some(noise) = bar.noise.filter(|noise| noise.is_finite()) {
                let is_below = bar.value.is_some_and(|value| value < 0.0);
                let x = place(if is_below { -noise } else { noise });
                marks.push(Mark::line("noise", (x, y - 11.0), (x, y + 11.0)));
            }
        }
        marks.push(Mark::line("zero", (zero, 0.0), (zero, bottom)));
        let under = (f64::midpoint(left, right), bottom + 36.0);
        marks.push(Mark::text(under, Anchor::Middle, &self.unit));
        marks
    }
}
