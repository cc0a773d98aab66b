//! Empirical distribution functions: which part of the numbers is at most so much, a stepped line with its band for each
//! of several sets of them.

use super::axis::{Axis, inside};
use super::band::{band, path};
use super::dots::Stop;
use super::labels::{Below, WIDE_LETTER};
use super::marks::{Anchor, Mark};
use super::number::{percent, short_number};
use serde::{Deserialize, Serialize};

/// The picture's width in units of its own.
pub const WIDTH: f64 = 640.0;
/// Its height.
pub const HEIGHT: f64 = 300.0;
/// Where its axes lie: left, right, top, bottom.
const PLOT: (f64, f64, f64, f64) = (64.0, 628.0, 10.0, 256.0);

/// The style's classes of lines, and of their bands.
const LINES: [&str; 9] = [
    "line-0", "line-1", "line-2", "line-3", "line-4", "line-5", "line-6", "line-7", "line-8",
];
const BANDS: [&str; 9] = [
    "class-0 spread",
    "class-1 spread",
    "class-2 spread",
    "class-3 spread",
    "class-4 spread",
    "class-5 spread",
    "class-6 spread",
    "class-7 spread",
    "class-8 spread",
];

/// Those of bands that are seen one at a time.
const QUIET: [&str; 9] = [
    "class-0 quiet",
    "class-1 quiet",
    "class-2 quiet",
    "class-3 quiet",
    "class-4 quiet",
    "class-5 quiet",
    "class-6 quiet",
    "class-7 quiet",
    "class-8 quiet",
];

/// How many bands can be told apart, and how much on each side of its line one may reach: that of five runs does further.
const MOST_BANDS: usize = 4;
const WIDE_BAND: f64 = 0.6;

/// Distribution functions over one axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cumulative {
    /// What the numbers are.
    pub name: String,
    /// Where they lie; what is beyond its ends is counted there.
    pub axis: Axis,
    /// The lines, the last on top.
    pub lines: Vec<CumulativeLine>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CumulativeLine {
    /// Its class of colours.
    pub class: u8,
    /// Numbers, ascending, with the part of all that are not greater.
    pub steps: Vec<(f64, f64)>,
    /// Half the width of its band.
    pub half: f64,
}

impl Cumulative {
    /// The picture.
    pub fn marks(&self) -> Vec<Mark> {
        let (left, right, top, bottom) = PLOT;
        let up = |part: f64| bottom - part.clamp(0.0, 1.0) * (bottom - top);
        let mut marks = Vec::new();
        for part in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let y = up(part);
            marks.push(Mark::line("grid", (left, y), (right, y)));
            let text = if part > 0.0 {
                percent(part)
            } else {
                "0 %".to_owned()
            };
            marks.push(Mark::text((left - 6.0, y + 4.0), Anchor::End, &text));
        }
        let texts = Below {
            ends: (left, right),
            bounds: (0.0, WIDTH),
            line: (bottom, bottom + 5.0),
            base: bottom + 18.0,
            letter: WIDE_LETTER,
        };
        marks.extend(texts.marks(self.axis.marks()));
        let class = |line: &CumulativeLine| usize::from(line.class).min(LINES.len() - 1);
        let band_of = |line: &CumulativeLine| {
            let spread = |(x, part): (f64, f64)| (x, up(part - line.half), up(part + line.half));
            let edges: Vec<(f64, f64, f64)> = self.corners(line).into_iter().map(spread).collect();
            band(&edges)
        };
        let path_of = |line: &CumulativeLine| {
            let corners = self.corners(line).into_iter();
            let corners: Vec<(f64, f64)> = corners.map(|(x, part)| (x, up(part))).collect();
            path(&corners)
        };
        let is_quiet = self.hides_bands();
        if !is_quiet {
            let bands = self.lines.iter();
            marks.extend(bands.map(|line| Mark::path(BANDS[class(line)], band_of(line))));
        }
        let lines = self.lines.iter();
        marks.extend(lines.map(|line| Mark::path(LINES[class(line)], path_of(line))));
        for line in self.lines.iter().filter(|_| is_quiet) {
            // The style shows a band that follows what is pointed at.
            marks.push(Mark::path("hit", path_of(line)));
            marks.push(Mark::path(QUIET[class(line)], band_of(line)));
        }
        let under = (f64::midpoint(left, right), HEIGHT - 6.0);
        marks.push(Mark::text(under, Anchor::Middle, &self.name));
        marks
    }

    /// Whether bands would hide one another and the lines: then that of the line that is pointed at is shown alone.
    pub fn hides_bands(&self) -> bool {
        let is_wide = |line: &CumulativeLine| line.half > WIDE_BAND;
        self.lines.len() > MOST_BANDS || self.lines.len() > 1 && self.lines.iter().any(is_wide)
    }

    /// How many steps there are, of all lines one after the other.
    pub fn count(&self) -> usize {
        self.lines.iter().map(|line| line.steps.len()).sum()
    }

    /// A step of them, to which keys go; `called` are the names of the lines' classes.
    pub fn stop(&self, at: usize, called: &dyn Fn(u8) -> String) -> Option<Stop> {
        let (line, step) = self.line_of(at)?;
        let line = &self.lines[line];
        let (number, part) = line.steps[step];
        let (left, right, top, bottom) = PLOT;
        Some(Stop {
            at: (
                left + inside(self.axis.place(number)) * (right - left),
                bottom - part.clamp(0.0, 1.0) * (bottom - top),
            ),
            text: format!(
                "{label}: {share} have {name} of {number} or less",
                label = called(line.class),
                share = percent(part),
                name = self.name,
                number = short_number(number)
            ),
        })
    }

    /// The step of the line above or below that is as far up as this one.
    pub fn beside(&self, at: usize, is_down: bool) -> usize {
        let Some((line, step)) = self.line_of(at) else {
            return at;
        };
        let part = self.lines[line].steps[step].1;
        let next = if is_down {
            line + 1
        } else {
            line.wrapping_sub(1)
        };
        let Some(found) = self.lines.get(next) else {
            return at;
        };
        let before: usize = self.lines[..next].iter().map(|line| line.steps.len()).sum();
        let step = found.steps.partition_point(|(_, other)| *other < part);
        before + step.min(found.steps.len().saturating_sub(1))
    }

    /// The line of a step, and which of its steps that is.
    fn line_of(&self, mut at: usize) -> Option<(usize, usize)> {
        for (number, line) in self.lines.iter().enumerate() {
            if at < line.steps.len() {
                return Some((number, at));
            }
            at -= line.steps.len();
        }
        None
    }

    /// The corners of a line from the left edge of the plot to the right one, with the parts there.
    fn corners(&self, line: &CumulativeLine) -> Vec<(f64, f64)> {
        let (left, right, ..) = PLOT;
        let mut corners = vec![(left, 0.0)];
        let mut before = 0.0;
        for (number, part) in &line.steps {
            let x = left + inside(self.axis.place(*number)) * (right - left);
            corners.extend([(x, before), (x, *part)]);
            before = *part;
        }
        corners.push((right, before));
        corners
    }
}

#[cfg(test)]
mod tests {
    use super::super::axis::tests::numbers;
    use super::*;

    #[test]
    fn bands_that_would_hide_one_another_are_seen_one_at_a_time() {
        let line = |class: u8, half: f64| CumulativeLine {
            class,
            steps: vec![(2.0, 0.5), (4.0, 1.0)],
            half,
        };
        let classes = |halves: &[f64]| -> Vec<String> {
            let lines = halves.iter().zip(0u8..);
            let picture = Cumulative {
                name: "loss".to_owned(),
                axis: numbers(0.0, 10.0, false),
                lines: lines.map(|(half, class)| line(class, *half)).collect(),
            };
            let paths = picture
                .marks()
                .into_iter()
                .filter(|mark| mark.element == "path");
            paths
                .map(|mark| mark.attribute("class").to_owned())
                .collect()
        };
        assert_eq!(
            classes(&[0.3, 0.2]),
            ["class-0 spread", "class-1 spread", "line-0", "line-1"]
        );
        assert_eq!(
            classes(&[0.3, 0.8]),
            [
                "line-0",
                "line-1",
                "hit",
                "class-0 quiet",
                "hit",
                "class-1 quiet"
            ]
        );
        assert_eq!(classes(&[0.9]), ["class-0 spread", "line-0"]);
        assert_eq!(
            classes(&[0.1; 5])
                .iter()
                .filter(|class| *class == "hit")
                .count(),
            5
        );
    }

    #[test]
    fn keys_go_along_a_line_and_to_the_one_beside_it_at_the_same_height() {
        let line = |class: u8, steps: &[(f64, f64)]| CumulativeLine {
            class,
            steps: steps.to_vec(),
            half: 0.1,
        };
        let picture = Cumulative {
            name: "loss".to_owned(),
            axis: numbers(0.0, 10.0, false),
            lines: vec![
                line(0, &[(2.0, 0.5), (4.0, 1.0)]),
                line(3, &[(1.0, 0.25), (3.0, 0.5), (5.0, 1.0)]),
            ],
        };
        assert_eq!(picture.count(), 5);
        let called = |class: u8| format!("set {class}");
        let texts: Vec<String> = (0..5)
            .filter_map(|at| Some(picture.stop(at, &called)?.text))
            .collect();
        assert_eq!(texts[0], "set 0: 50 % have loss of 2 or less");
        assert_eq!(texts[4], "set 3: 100 % have loss of 5 or less");
        assert_eq!(picture.stop(5, &called), None);
        assert_eq!((picture.beside(0, true), picture.beside(3, false)), (3, 0));
        // There is none above the first and below the last.
        assert_eq!((picture.beside(1, false), picture.beside(4, true)), (1, 4));
        let (left, right, top, bottom) = PLOT;
        let stop = picture.stop(1, &called).unwrap();
        assert_eq!(stop.at, (left + 0.4 * (right - left), top));
        assert!(bottom > top);
    }

    #[test]
    fn lines_rise_in_steps_from_nothing_to_all_within_their_band() {
        let line = CumulativeLine {
            class: 2,
            steps: vec![(-1.0, 0.25), (5.0, 0.5), (10.0, 1.0)],
            half: 0.3,
        };
        let picture = Cumulative {
            name: "loss".to_owned(),
            axis: numbers(0.0, 10.0, false),
            lines: vec![line],
        };
        let corners = picture.corners(&picture.lines[0]);
        // What lies before the axis is counted at its beginning.
        assert_eq!(corners[..3], [(64.0, 0.0), (64.0, 0.0), (64.0, 0.25)]);
        assert_eq!(corners[3..5], [(346.0, 0.25), (346.0, 0.5)]);
        assert_eq!(corners.last(), Some(&(628.0, 1.0)));
        let marks = picture.marks();
        let paths: Vec<&Mark> = marks.iter().filter(|mark| mark.element == "path").collect();
        assert_eq!(paths[0].attributes[0].1, "class-2 spread");
        assert_eq!(paths[1].attributes[0].1, "line-2");
        // The band stays between none and all.
        assert!(paths[0].attributes[1].1.starts_with("M64.0 256.0L"));
        let texts: Vec<&str> = marks.iter().map(|mark| mark.text.as_str()).collect();
        assert!(texts.contains(&"50 %") && texts.contains(&"0 %") && texts.contains(&"loss"));
    }
}
