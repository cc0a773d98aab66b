//! How often something happened by a param's value: a dot with the 95 % interval of each share, the overall share behind.

use super::dots::Stop;
use super::marks::{Anchor, Mark};
use super::number::{percent, shortened};
use super::scale::Linear;
use serde::{Deserialize, Serialize};

/// The picture's width in units of its own.
pub const WIDTH: f64 = 640.0;

/// The height of a line.
const LINE: f64 = 24.0;

/// Where the shares begin and end; at the left are the values, at the right the counts.
const PLOT: (f64, f64) = (190.0, 524.0);

/// Room for the marks of the axis.
const BELOW: f64 = 24.0;

/// Letters of a value's label at most.
pub(super) const LONGEST: usize = 26;

/// The shares by value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// A line for each value or part of the values.
    pub bars: Vec<RateBar>,
    /// The share of all, 0 to 1.
    pub overall: f64,
}

/// One value, or a part of the values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RateBar {
    /// The values.
    pub label: String,
    /// How many it happened to.
    pub count: usize,
    /// Of how many.
    pub n: usize,
    /// The lower end of the share's interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl RateBar {
    /// The share, 0 to 1.
    pub fn share(&self) -> f64 {
        self.count as f64 / self.n.max(1) as f64
    }
}

impl Rates {
    /// The picture's height.
    pub fn height(&self) -> f64 {
        LINE * self.bars.len() as f64 + BELOW
    }

    /// The picture.
    pub fn marks(&self) -> Vec<Mark> {
        let (left, right) = PLOT;
        let across = Linear::new((0.0, 1.0), (left, right));
        let bottom = LINE * self.bars.len() as f64;
        let mut marks = Vec::new();
        for share in [0.0, 0.5, 1.0] {
            let x = across.place(share);
            marks.push(Mark::line("grid", (x, 0.0), (x, bottom + 4.0)));
            let text = format!("{:.0} %", share * 100.0);
            marks.push(Mark::text((x, bottom + 18.0), Anchor::Middle, &text));
        }
        let overall = across.place(self.overall);
        marks.push(Mark::line("zero", (overall, 0.0), (overall, bottom)));
        for (at, bar) in self.bars.iter().enumerate() {
            let y = LINE * (at as f64 + 0.5);
            let (low, high) = (across.place(bar.low), across.place(bar.high));
            marks.push(Mark::text(
                (left - 10.0, y + 4.0),
                Anchor::End,
                &shortened(&bar.label, LONGEST),
            ));
            marks.push(Mark::line("line", (low, y), (high, y)));
            marks.push(Mark::circle("mean", (across.place(bar.share()), y), 4.5));
            let counts = format!("{} of {}", bar.count, bar.n);
            // At the edge, which the larger letters of a phone must not cross.
            marks.push(Mark::text((WIDTH, y + 4.0), Anchor::End, &counts));
        }
        marks
    }

    /// Each value, to which keys go.
    pub fn stop(&self, at: usize) -> Option<Stop> {
        let bar = self.bars.get(at)?;
        let across = Linear::new((0.0, 1.0), PLOT);
        Some(Stop {
            at: (across.place(bar.share()), LINE * (at as f64 + 0.5)),
            text: format!(
                "{}: {} of {}, {} (95 % interval {} to {})",
                bar.label,
                bar.count,
                bar.n,
                percent(bar.share()),
                percent(bar.low),
                percent(bar.high)
            ),
        })
    }

    /// The picture in words, for those who cannot see it.
    pub fn words(&self) -> String {
        let each = self.bars.iter();
        let each = each.map(|bar| format!("{} {}", bar.label, percent(bar.share())));
        each.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::super::labels::WIDE_LETTER;
    use super::*;

    #[test]
    fn each_value_is_a_dot_in_its_interval() {
        let bar = |label: &str, count, low, high| RateBar {
            label: label.to_owned(),
            count,
            n: 20,
            low,
            high,
        };
        let rates = Rates {
            bars: vec![bar("adam", 5, 0.1, 0.5), bar(&"x".repeat(80), 20, 0.8, 1.0)],
            overall: 0.3,
        };
        let marks = rates.marks();
        let number = |mark: &Mark, name: &str| -> f64 {
            let found = mark.attributes.iter().find(|(known, _)| *known == name);
            found.unwrap().1.parse().unwrap()
        };
        let dots: Vec<&Mark> = marks
            .iter()
            .filter(|mark| mark.element == "circle")
            .collect();
        let class = |mark: &&Mark| mark.attributes[0].1 == "line";
        let lines: Vec<&Mark> = marks.iter().filter(class).collect();
        assert_eq!((dots.len(), lines.len()), (2, 2));
        for (dot, line) in dots.iter().zip(&lines) {
            let x = number(dot, "cx");
            assert!((number(line, "x1")..=number(line, "x2")).contains(&x));
            assert_eq!(number(dot, "cy"), number(line, "y1"));
        }
        // A quarter of the way.
        assert!((number(dots[0], "cx") - 273.5).abs() < 0.06);
        // The counts end within the picture, and begin right of the lines also in a phone's letters.
        for mark in marks.iter().filter(|mark| mark.text.contains(" of ")) {
            assert_eq!(
                (mark.attribute("text-anchor"), number(mark, "x")),
                ("end", WIDTH)
            );
            assert!(WIDTH - WIDE_LETTER * 10.0 > PLOT.1);
        }
        // Keys go from dot to dot, and say what each is.
        for (at, dot) in dots.iter().enumerate() {
            let stop = rates.stop(at).unwrap();
            assert!((stop.at.0 - number(dot, "cx")).abs() < 0.06);
            assert!((stop.at.1 - number(dot, "cy")).abs() < 0.06);
        }
        assert_eq!(
            rates.stop(0).unwrap().text,
            "adam: 5 of 20, 25 % (95 % interval 10 % to 50 %)"
        );
        assert_eq!(rates.stop(2), None);
        let longest = marks.iter().map(|mark| mark.text.chars().count()).max();
        assert_eq!(longest, Some(LONGEST));
        assert!(rates.words().starts_with("adam 25 %, "));
    }
}
