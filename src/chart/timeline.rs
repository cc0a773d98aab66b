//! Runs by when they began: a bar for each stretch of time, those that broke at its foot.

use super::dots::Stop;
use super::marks::{Anchor, Mark};
use super::number::{counted, grouped, time_ends};
use super::scale::Linear;
use serde::{Deserialize, Serialize};

/// The picture's width in units of its own.
pub const WIDTH: f64 = 640.0;
/// Its height.
pub const HEIGHT: f64 = 130.0;

/// Stretches of time.
const BARS: usize = 60;

/// Where the bars lie: left, right, top, bottom.
const PLOT: (f64, f64, f64, f64) = (44.0, 628.0, 8.0, 104.0);

/// Runs by stretches of time of one length.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// When the first run began, in Unix milliseconds.
    pub from: i64,
    /// When the last one began.
    pub to: i64,
    /// How many broke and how many did not, by stretch.
    pub bars: Vec<(usize, usize)>,
}

impl Timeline {
    /// Of runs that began at these times and broke or not; `None` where all began at one moment.
    pub fn new(runs: &[(i64, bool)]) -> Option<Self> {
        let times = || runs.iter().map(|(at, _)| *at);
        let (from, to) = (times().min()?, times().max()?);
        if from == to {
            return None;
        }
        let span = to as f64 - from as f64;
        let mut bars = vec![(0, 0); BARS];
        for (at, broke) in runs {
            let part = (*at as f64 - from as f64) / span;
            let bar = &mut bars[((part * BARS as f64) as usize).min(BARS - 1)];
            if *broke {
                bar.0 += 1;
            } else {
                bar.1 += 1;
            }
        }
        Some(Self { from, to, bars })
    }

    /// The picture.
    pub fn marks(&self) -> Vec<Mark> {
        let (left, right, top, bottom) = PLOT;
        let most = self
            .bars
            .iter()
            .map(|(broken, others)| broken + others)
            .max();
        let most = most.unwrap_or(0).max(1);
        let up = Linear::new((0.0, most as f64), (bottom, top));
        let width = (right - left) / self.bars.len().max(1) as f64;
        let mut marks = vec![
            Mark::line("grid", (left, bottom), (right, bottom)),
            Mark::text((left - 8.0, bottom + 4.0), Anchor::End, "0"),
            Mark::text((left - 8.0, top + 8.0), Anchor::End, &most.to_string()),
        ];
        for (at, (broken, others)) in self.bars.iter().enumerate() {
            let x = left + width * at as f64;
            let (foot, head) = (up.place(*broken as f64), up.place((broken + others) as f64));
            for (class, from, to) in [("mean", bottom, foot), ("run", foot, head)] {
                if from > to {
                    let size = (width - 1.0, from - to);
                    marks.push(Mark::rect(class, (x, to), size));
                }
            }
        }
        let [from, to] = time_ends(self.from as f64, self.to as f64);
        for (x, anchor, text) in [(left, Anchor::Start, from), (right, Anchor::End, to)] {
            marks.push(Mark::text((x, bottom + 20.0), anchor, &text));
        }
        marks
    }

    /// The bars with runs in them, to which keys go.
    pub fn stops(&self) -> Vec<Stop> {
        let (left, right, top, bottom) = PLOT;
        let all = |(broken, others): &(usize, usize)| broken + others;
        let most = self.bars.iter().map(all).max().unwrap_or(0).max(1);
        let up = Linear::new((0.0, most as f64), (bottom, top));
        let width = (right - left) / self.bars.len().max(1) as f64;
        let long = (self.to as f64 - self.from as f64) / self.bars.len().max(1) as f64;
        let bars = self.bars.iter().enumerate();
        let bars = bars.filter(|(_, bar)| all(bar) > 0);
        let stop = |(at, bar): (usize, &(usize, usize))| {
            let begins = self.from as f64 + long * at as f64;
            let [from, to] = time_ends(begins, begins + long);
            Stop {
                at: (left + width * (at as f64 + 0.5), up.place(all(bar) as f64)),
                text: format!(
                    "{} that began {from} to {to}, {} of them broke",
                    counted(all(bar), "run"),
                    grouped(bar.0)
                ),
            }
        };
        bars.map(stop).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_is_in_a_bar() {
        arbtest::arbtest(|u| {
            let runs: Vec<(i64, bool)> = u.arbitrary()?;
            let Some(line) = Timeline::new(&runs) else {
                let times: Vec<i64> = runs.iter().map(|(at, _)| *at).collect();
                assert!(times.windows(2).all(|two| two[0] == two[1]));
                return Ok(());
            };
            let broken: usize = line.bars.iter().map(|(broken, _)| broken).sum();
            let others: usize = line.bars.iter().map(|(_, others)| others).sum();
            let broke = runs.iter().filter(|(_, broke)| *broke).count();
            assert_eq!((broken, broken + others), (broke, runs.len()));
            assert!(line.stops().iter().all(|stop| !stop.text.starts_with("0 ")));
            let texts = |mark: &Mark| mark.attributes.iter().all(|(_, text)| text != "NaN");
            assert!(line.marks().iter().all(texts));
            Ok(())
        });
    }
}
