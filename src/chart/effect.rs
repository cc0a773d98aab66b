//! A param's effect as a picture: the mean prediction along its values with its spread, and the runs behind. Categories whose
//! names have no room beside one another stand below one another, the predictions across.

use super::band::{band, path};
use super::dots::Stop;
use super::marks::{Anchor, Mark};
use super::number::{short_number, shortened};
use super::rates::LONGEST;
use super::scale::{Linear, ticks};
use serde::{Deserialize, Serialize};

/// The mean prediction along one param.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParamEffect {
    /// The param.
    pub name: String,
    /// Whether its values have an order; else bins are categories.
    pub is_ordered: bool,
    /// Whether its axis is logarithmic.
    pub is_log: bool,
    /// Whether more of the objective is better.
    #[serde(default)]
    pub maximize: bool,
    /// Marks of its axis: unit place and text.
    pub marks: Vec<(f64, String)>,
    /// Stretches of the axis.
    pub bins: Vec<EffectBin>,
    /// Runs: unit place and objective.
    pub points: Vec<(f64, f64)>,
    /// How many runs there are.
    pub runs: usize,
    /// What it comes to, a sentence each.
    pub words: Vec<String>,
}

/// A stretch of a param's axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffectBin {
    /// Where it begins on the unit axis.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Its values.
    pub label: String,
    /// The mean prediction.
    pub value: f64,
    /// 10 % quantile over resampled runs.
    pub low: Option<f64>,
    /// 90 % quantile over resampled runs.
    pub high: Option<f64>,
    /// Whether it is within noise of the best.
    pub is_good: bool,
}

/// The picture's width in units of its own.
pub const WIDTH: f64 = 640.0;
/// Its height.
pub const HEIGHT: f64 = 276.0;
/// Where its axes lie: left, right, top, bottom.
const PLOT: (f64, f64, f64, f64) = (64.0, 628.0, 28.0, 238.0);
/// What the predictions' axis measures.
const PREDICTED: &str = "mean prediction";
/// Categories below one another on a page, and on one as narrow as a phone's: there a picture of the same width would be drawn
/// so small that nobody could read the names.
const ROWS: [Rows; 2] = [
    Rows {
        width: WIDTH,
        across: (202.0, 628.0),
        longest: LONGEST,
    },
    Rows {
        width: 360.0,
        across: (152.0, 350.0),
        longest: 19,
    },
];
/// The height of one of them, and of what is below all.
const ROW: (f64, f64) = (18.0, 40.0);
/// Of more categories the axis is above, too.
const MANY: usize = 24;
/// About how wide a letter of a name is, with the room to the next name.
const LETTER: f64 = 7.0;

/// Where categories below one another stand.
struct Rows {
    /// The picture's width.
    width: f64,
    /// Where the predictions lie: left, right; before are the names.
    across: (f64, f64),
    /// How many letters a name has at most.
    longest: usize,
}

impl Rows {
    fn of(is_narrow: bool) -> &'static Self {
        &ROWS[usize::from(is_narrow)]
    }
}

impl ParamEffect {
    /// The picture's width and height, on a narrow page or not.
    pub fn size(&self, is_narrow: bool) -> (f64, f64) {
        if self.is_of_rows() {
            (Rows::of(is_narrow).width, self.rows_end() + ROW.1)
        } else {
            (WIDTH, HEIGHT)
        }
    }

    /// How high the numbers above the first of many categories stand, whose last are on another screen; nothing where there are few.
    fn rows_begin(&self) -> f64 {
        if self.bins.len() > MANY { ROW.0 } else { 0.0 }
    }

    /// Where the last one ends.
    fn rows_end(&self) -> f64 {
        self.rows_begin() + ROW.0 * self.bins.len() as f64
    }

    /// Whether categories stand below one another, as the names of some have no room beside one another.
    pub fn is_of_rows(&self) -> bool {
        let room = (PLOT.1 - PLOT.0) / self.bins.len().max(1) as f64;
        let longest = self.marks.iter().map(|(_, text)| text.chars().count());
        !self.is_ordered && LETTER * longest.max().unwrap_or(0) as f64 > room
    }

    /// The picture, on a narrow page or not, and how many runs lie beyond its ends: far outliers would flatten the rest.
    pub fn marks(&self, is_narrow: bool) -> (Vec<Mark>, usize) {
        let (low, high) = self.bounds();
        let outside = self
            .points
            .iter()
            .filter(|(_, value)| !(low..=high).contains(value))
            .count();
        let marks = if self.is_of_rows() {
            self.rows((low, high), Rows::of(is_narrow))
        } else {
            self.along((low, high))
        };
        (marks, outside)
    }

    /// A stretch of the axis, to which keys go, on a narrow page or not; of categories below one another from above.
    pub fn stop(&self, at: usize, is_narrow: bool) -> Option<Stop> {
        let (low, high) = self.bounds();
        let last = self.bins.len().checked_sub(1)?;
        let is_turned = self.is_of_rows() && self.maximize;
        let bin = self
            .bins
            .get(if is_turned { last.checked_sub(at)? } else { at })?;
        let middle = f64::midpoint(bin.from, bin.to);
        let at = if self.is_of_rows() {
            let across = Linear::new((low, high), Rows::of(is_narrow).across);
            (across.place(bin.value), self.down().place(middle))
        } else {
            let (left, right, top, bottom) = PLOT;
            let across = Linear::new((0.0, 1.0), (left, right));
            let up = Linear::new((low, high), (bottom, top));
            (across.place(middle), up.place(bin.value))
        };
        let (label, value) = (&bin.label, short_number(bin.value));
        let mut text = match (bin.low, bin.high) {
            (Some(low), Some(high)) => format!(
                "{label}: mean prediction {value}, {} to {} when runs are drawn again",
                short_number(low),
                short_number(high)
            ),
            _ => format!("{label}: mean prediction {value}"),
        };
        if bin.is_good {
            text.push_str("; within noise of the best");
        }
        Some(Stop { at, text })
    }

    /// From above, the best first: they stand by their prediction, and where more is better the last is the best.
    fn down(&self) -> Linear {
        let (top, bottom) = (self.rows_begin(), self.rows_end());
        if self.maximize {
            Linear::new((0.0, 1.0), (bottom, top))
        } else {
            Linear::new((0.0, 1.0), (top, bottom))
        }
    }

    /// Categories below one another.
    fn rows(&self, (low, high): (f64, f64), rows: &Rows) -> Vec<Mark> {
        let (top, bottom) = (self.rows_begin(), self.rows_end());
        let (left, right) = rows.across;
        let across = Linear::new((low, high), rows.across);
        let down = self.down();
        let mut marks = Vec::new();
        for mark in ticks(low, high, 4) {
            let x = across.place(mark);
            marks.push(Mark::line("grid", (x, top), (x, bottom)));
            let text = short_number(mark);
            marks.push(Mark::text((x, bottom + 16.0), Anchor::Middle, &text));
            if top > 0.0 {
                marks.push(Mark::text((x, top - 5.0), Anchor::Middle, &text));
            }
        }
        let inside = self
            .points
            .iter()
            .filter(|(_, value)| (low..=high).contains(value));
        marks.extend(inside.map(|(place, value)| {
            Mark::circle("run", (across.place(*value), down.place(*place)), 2.0)
        }));
        for bin in &self.bins {
            let y = down.place(f64::midpoint(bin.from, bin.to));
            let name = shortened(&bin.label, rows.longest);
            marks.push(Mark::name((left - 10.0, y + 4.0), Anchor::End, &name));
            if let (Some(low), Some(high)) = (bin.low, bin.high) {
                let (from, to) = (across.place(low), across.place(high));
                marks.push(Mark::line("line", (from, y), (to, y)));
            }
            marks.push(Mark::circle("mean", (across.place(bin.value), y), 4.0));
            if bin.is_good {
                let (from, to) = (down.place(bin.from), down.place(bin.to));
                let at = (left - 4.0, from.min(to) + 1.0);
                let size = (4.0, (to - from).abs() - 2.0);
                marks.push(Mark::rect("good", at, size));
            }
        }
        let below = (f64::midpoint(left, right), bottom + ROW.1 - 4.0);
        marks.push(Mark::text(below, Anchor::Middle, PREDICTED));
        marks
    }

    /// Values beside one another.
    fn along(&self, (low, high): (f64, f64)) -> Vec<Mark> {
        let (left, right, top, bottom) = PLOT;
        let across = Linear::new((0.0, 1.0), (left, right));
        let up = Linear::new((low, high), (bottom, top));
        let mut marks = vec![Mark::text((0.0, 14.0), Anchor::Start, PREDICTED)];
        for mark in ticks(low, high, 4) {
            let y = up.place(mark);
            marks.push(Mark::line("grid", (left, y), (right, y)));
            marks.push(Mark::text(
                (left - 8.0, y + 4.0),
                Anchor::End,
                &short_number(mark),
            ));
        }
        for (place, text) in &self.marks {
            let x = across.place(*place);
            marks.push(Mark::line("grid", (x, bottom), (x, bottom + 5.0)));
            marks.push(Mark::text((x, bottom + 20.0), Anchor::Middle, text));
        }
        let is_inside = |value: f64| (low..=high).contains(&value);
        let inside = self.points.iter().filter(|(_, value)| is_inside(*value));
        marks.extend(inside.map(|(place, value)| {
            Mark::circle("run", (across.place(*place), up.place(*value)), 2.0)
        }));
        let middle = |bin: &EffectBin| across.place(f64::midpoint(bin.from, bin.to));
        if self.is_ordered {
            let spread =
                |bin: &EffectBin| Some((middle(bin), up.place(bin.low?), up.place(bin.high?)));
            let line = |bin: &EffectBin| (middle(bin), up.place(bin.value));
            let spread: Vec<(f64, f64, f64)> = self.bins.iter().filter_map(spread).collect();
            marks.push(Mark::path("band", band(&spread)));
            marks.push(Mark::path(
                "line",
                path(&self.bins.iter().map(line).collect::<Vec<_>>()),
            ));
        } else {
            for bin in &self.bins {
                let x = middle(bin);
                if let (Some(low), Some(high)) = (bin.low, bin.high) {
                    marks.push(Mark::line("line", (x, up.place(low)), (x, up.place(high))));
                }
                marks.push(Mark::circle("mean", (x, up.place(bin.value)), 5.0));
            }
        }
        for bin in self.bins.iter().filter(|bin| bin.is_good) {
            let (from, to) = (across.place(bin.from), across.place(bin.to));
            marks.push(Mark::rect("good", (from, bottom), (to - from, 4.0)));
        }
        let below = (f64::midpoint(left, right), HEIGHT - 2.0);
        marks.push(Mark::text(below, Anchor::Middle, &self.name));
        marks
    }

    /// From the least to the greatest that is drawn: all of the prediction, and the runs but for far outliers.
    fn bounds(&self) -> (f64, f64) {
        let ends = |bin: &EffectBin| [Some(bin.value), bin.low, bin.high];
        let predicted: Vec<f64> = self.bins.iter().flat_map(ends).flatten().collect();
        let mut values: Vec<f64> = self.points.iter().map(|(_, value)| *value).collect();
        values.sort_by(f64::total_cmp);
        let quantile = |part: f64| {
            let place = (values.len().max(1) - 1) as f64 * part;
            values.get(place as usize).copied()
        };
        let fold = |start: f64, of: fn(f64, f64) -> f64| predicted.iter().copied().fold(start, of);
        let low = fold(quantile(0.02).unwrap_or(f64::INFINITY), f64::min);
        let high = fold(quantile(0.98).unwrap_or(f64::NEG_INFINITY), f64::max);
        let room = (high - low).max(f64::MIN_POSITIVE) * 0.05;
        (low - room, high + room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_categories(count: usize) -> ParamEffect {
        let part = |at: usize| at as f64 / count as f64;
        let label = |at: usize| format!("category {at}");
        ParamEffect {
            name: "kind".to_owned(),
            is_ordered: false,
            is_log: false,
            maximize: false,
            marks: (0..count).map(|at| (part(at), label(at))).collect(),
            bins: (0..count)
                .map(|at| EffectBin {
                    from: part(at),
                    to: part(at + 1),
                    label: label(at),
                    value: at as f64,
                    low: Some(at as f64 - 0.5),
                    high: Some(at as f64 + 0.5),
                    is_good: at == 0,
                })
                .collect(),
            points: vec![(part(1) / 2.0, 3.0)],
            runs: 1,
            words: Vec::new(),
        }
    }

    #[test]
    fn names_of_many_categories_stand_apart() {
        for (count, is_of_rows, is_narrow) in
            [(3, false, false), (40, true, false), (40, true, true)]
        {
            let effect = of_categories(count);
            assert_eq!(effect.is_of_rows(), is_of_rows);
            let (width, height) = effect.size(is_narrow);
            let (marks, _) = effect.marks(is_narrow);
            let number = |mark: &Mark, name: &str| -> f64 { mark.attribute(name).parse().unwrap() };
            let mut names: Vec<(f64, f64)> = marks
                .iter()
                .filter(|mark| mark.text.starts_with("category"))
                .map(|mark| (number(mark, "x"), number(mark, "y")))
                .collect();
            assert_eq!(names.len(), count);
            assert!(names.iter().all(|(x, y)| *x < width && *y < height));
            names.sort_by(|a, b| (a.0 + a.1).total_cmp(&(b.0 + b.1)));
            for pair in names.windows(2) {
                let apart = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
                assert!(apart.0 > 70.0 || apart.1 >= 14.0, "{apart:?}");
            }
            // The axis of what is longer than a screen is seen with its first rows, too.
            let numbers = marks.iter().filter(|mark| mark.text == "20");
            let heights: Vec<f64> = numbers.map(|mark| number(mark, "y")).collect();
            if is_of_rows {
                assert!(heights.iter().any(|y| *y < 18.0), "{heights:?}");
                assert!(heights.iter().any(|y| *y > height - 40.0), "{heights:?}");
            }
            // Keys go from mean to mean, from the left or from above.
            let means: Vec<(f64, f64)> = marks
                .iter()
                .filter(|mark| mark.attribute("class") == "mean")
                .map(|mark| (number(mark, "cx"), number(mark, "cy")))
                .collect();
            let stops: Vec<Stop> = (0..count)
                .filter_map(|at| effect.stop(at, is_narrow))
                .collect();
            assert_eq!((stops.len(), means.len()), (count, count));
            for (stop, mean) in stops.iter().zip(&means) {
                let away = (stop.at.0 - mean.0).abs() + (stop.at.1 - mean.1).abs();
                assert!(away < 0.2, "{away}");
            }
            assert_eq!(effect.stop(count, is_narrow), None);
            let turned = ParamEffect {
                maximize: true,
                ..effect.clone()
            };
            let heights: Vec<f64> = (0..count)
                .filter_map(|at| Some(turned.stop(at, is_narrow)?.at.1))
                .collect();
            if is_of_rows {
                assert!(heights.is_sorted(), "{heights:?}");
            }
            // Units of a narrow page are about its pixels, so that letters of 12 are read.
            if is_narrow {
                assert!(width <= 370.0, "{width}");
            }
            // The longest name has its room, in letters that are wider than most.
            if is_of_rows {
                let rows = Rows::of(is_narrow);
                let room = rows.across.0 - 10.0;
                assert!(7.2 * rows.longest as f64 <= room, "{room}");
            }
            // Every one has its mean and its whisker.
            let means = marks
                .iter()
                .filter(|mark| mark.attribute("class") == "mean");
            assert_eq!(means.count(), count);
        }
    }

    #[test]
    fn of_categories_below_one_another_the_best_stand_first() {
        let mut effect = of_categories(40);
        let top = |effect: &ParamEffect| {
            let (marks, _) = effect.marks(false);
            let names = marks
                .iter()
                .filter(|mark| mark.text.starts_with("category"));
            let first = names.min_by(|a, b| {
                let y = |mark: &Mark| mark.attribute("y").parse::<f64>().unwrap();
                y(a).total_cmp(&y(b))
            });
            first.unwrap().text.clone()
        };
        assert_eq!(top(&effect), "category 0");
        effect.maximize = true;
        assert_eq!(top(&effect), "category 39");
        // Whichever cannot be told from the best.
        effect.bins.iter_mut().for_each(|bin| bin.is_good = true);
        assert_eq!(top(&effect), "category 39");
    }
}
