//! The number that stands for all logged points of a metric: its last value, its least, a mean.

use super::column::Column;
use super::history::History;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::ops::Range;

/// Which number stands for a run's logged points of a metric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Statistic {
    /// The value at the greatest step.
    #[default]
    Last,
    /// The least or greatest finite value, whichever is better.
    Best,
    /// The least finite value.
    Min,
    /// The greatest finite value.
    Max,
    /// The value at the least step.
    First,
    /// The mean of the finite values.
    Mean,
    /// The median of the finite values.
    Median,
    /// The mean of the finite values among the last so many points: what a noisy curve comes to.
    LastMean(u32),
    /// The standard deviation of the finite values (n − 1).
    Deviation,
    /// The area under the curve over the steps, by trapezoids between finite points.
    Area,
    /// How many points were logged, non-finite ones too.
    Count,
}

/// Up to where a run's points count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Until {
    /// All of them.
    #[default]
    End,
    /// Up to the step that nine of ten runs came to, so that runs are compared at an equal budget: a step
    /// by [`Column::resolved`], before which all points count.
    Common,
    /// Up to this step; a run that did not come so far has no value.
    Step(f64),
    /// Up to so many seconds after its first point; a run that did not last so long has no value.
    Seconds(f64),
}

/// What is read of a run's curve: one of its statistics, up to somewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    /// Which number stands for the points.
    pub statistic: Statistic,
    /// Up to where they count.
    pub until: Until,
}

impl Reading {
    /// Whether it is what a metric's column shows: the last value.
    pub fn is_last(self) -> bool {
        self == Self::default()
    }
}

impl From<Statistic> for Reading {
    fn from(statistic: Statistic) -> Self {
        Self {
            statistic,
            until: Until::End,
        }
    }
}

impl Statistic {
    /// Those that are offered, in that order.
    pub const ALL: [Self; 11] = [
        Self::Last,
        Self::Best,
        Self::Min,
        Self::Max,
        Self::First,
        Self::Mean,
        Self::Median,
        Self::LastMean(5),
        Self::Deviation,
        Self::Area,
        Self::Count,
    ];

    /// The word that people read and write.
    pub fn word(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Last => "last",
            Self::Best => "best",
            Self::Min => "min",
            Self::Max => "max",
            Self::First => "first",
            Self::Mean => "mean",
            Self::Median => "median",
            Self::LastMean(points) => return Cow::Owned(format!("last{points}")),
            Self::Deviation => "sd",
            Self::Area => "area",
            Self::Count => "count",
        })
    }

    /// The statistic of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        let known = Self::ALL.into_iter().find(|known| known.word() == word);
        known.or_else(|| {
            let points: u32 = word.strip_prefix("last")?.parse().ok()?;
            (points > 0).then_some(Self::LastMean(points))
        })
    }

    /// What it is of a metric of which more is better, or less.
    pub fn resolved(self, maximize: bool) -> Self {
        match self {
            Self::Best if maximize => Self::Max,
            Self::Best => Self::Min,
            other => other,
        }
    }

    /// Of these points, in the order of their steps. [`Statistic::Best`] is the least.
    fn of(self, values: &[f64], steps: &[f64]) -> Option<f64> {
        let finite = || values.iter().copied().filter(|x| x.is_finite());
        match self {
            Self::Last => values.last().copied(),
            Self::First => values.first().copied(),
            Self::Min | Self::Best => finite().reduce(f64::min),
            Self::Max => finite().reduce(f64::max),
            Self::Mean => mean(finite()),
            Self::LastMean(points) => {
                let from = values.len().saturating_sub(points as usize);
                mean(values[from..].iter().copied())
            }
            Self::Median => median(finite().collect()),
            Self::Deviation => {
                let middle = mean(finite())?;
                let squares: f64 = finite().map(|x| (x - middle) * (x - middle)).sum();
                let count = finite().count();
                (count > 1).then(|| (squares / (count - 1) as f64).sqrt())
            }
            Self::Area => {
                let mut points = steps
                    .iter()
                    .zip(values)
                    .filter(|(step, value)| step.is_finite() && value.is_finite());
                let mut before = points.next()?;
                let mut area = 0.0;
                for point in points {
                    area += (point.0 - before.0) * f64::midpoint(*point.1, *before.1);
                    before = point;
                }
                Some(area)
            }
            Self::Count => (!values.is_empty()).then_some(values.len() as f64),
        }
    }
}

impl Serialize for Statistic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.word())
    }
}

impl<'de> Deserialize<'de> for Statistic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::from_word(&word)
            .ok_or_else(|| serde::de::Error::custom(format!("there is no statistic {word}")))
    }
}

/// The mean of the finite ones among these numbers, if there is one.
pub fn mean(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let finite = numbers.filter(|x| x.is_finite());
    let (sum, count) = finite.fold((0.0, 0_usize), |(sum, count), x| (sum + x, count + 1));
    (count > 0).then(|| sum / count as f64)
}

/// The median of numbers that are none of them NaN, if there are any.
pub fn median(mut numbers: Vec<f64>) -> Option<f64> {
    if numbers.is_empty() {
        return None;
    }
    let (is_odd, middle) = (numbers.len() % 2 == 1, numbers.len() / 2);
    let (below, upper, _) = numbers.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    if is_odd {
        return Some(upper);
    }
    let lower = below.iter().copied().reduce(f64::max)?;
    Some(f64::midpoint(lower, upper))
}

impl History {
    /// The places of `row`'s points up to there; `None` where the run did not come so far.
    fn range_until(&self, row: usize, until: Until) -> Option<Range<usize>> {
        let all = self.range(row);
        match until {
            Until::End | Until::Common => Some(all),
            Until::Step(step) => {
                let steps = &self.steps[all.clone()];
                let known = steps.partition_point(|at| !at.is_nan());
                let reached = known > 0 && steps[known - 1] >= step;
                let count = steps[..known].partition_point(|at| *at <= step);
                (reached && count > 0).then(|| all.start..all.start + count)
            }
            Until::Seconds(seconds) => {
                let times = self.times.get(all.clone())?;
                let begun = *times.iter().filter(|time| **time != 0).min()?;
                let end = begun.saturating_add((seconds * 1000.0) as i64);
                let reached = times.iter().any(|time| *time >= end);
                // Clocks go back and steps are logged late: what counts is the order of steps.
                let count = times.iter().take_while(|time| **time <= end).count();
                (reached && count > 0).then(|| all.start..all.start + count)
            }
        }
    }

    /// The statistic of `row`'s points up to there; `None` where there are none of them.
    pub fn statistic(&self, row: usize, statistic: Statistic, until: Until) -> Option<f64> {
        let range = self.range_until(row, until)?;
        let value = statistic.of(&self.values[range.clone()], &self.steps[range])?;
        let is_all = until == Until::End;
        Some(match statistic {
            Statistic::Count if is_all => value + self.left_out_of(row) as f64,
            _ => value,
        })
    }
}

impl Column {
    /// The step that nine of ten of these runs came to in this metric; `None` where none has a step.
    pub fn common_step(&self, rows: impl Iterator<Item = usize>) -> Option<f64> {
        let mut ends: Vec<f64> = rows
            .filter_map(|row| self.summary(row)?.last_step)
            .collect();
        ends.sort_by(f64::total_cmp);
        ends.get(ends.len() / 10).copied()
    }

    /// [`Until::Common`] as the step that it is of all runs of this metric.
    pub fn resolved(&self, until: Until) -> Until {
        match until {
            Until::Common => self
                .common_step(0..self.cells().len())
                .map_or(Until::End, Until::Step),
            other => other,
        }
    }

    /// The statistic of a run's values, where it has one. Of a metric without points, or of any other
    /// column, its value is all there is to go by. [`Statistic::Best`] is the least.
    pub fn statistic(&self, row: usize, statistic: Statistic, until: Until) -> Option<f64> {
        let value = || self.get(row).number();
        // What the source says of the last value goes before what the curve says of it.
        if until == Until::End && statistic == Statistic::Last {
            return value();
        }
        let points = self
            .history()
            .filter(|history| !history.range(row).is_empty());
        match points {
            Some(history) => history.statistic(row, statistic, until),
            None if until != Until::End => None,
            None => Statistic::of(statistic, &[value()?], &[f64::NAN]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Point;

    fn history(points: &[(u32, f64, i64, f64)]) -> History {
        let point = |&(row, step, millis, value): &(u32, f64, i64, f64)| Point {
            row,
            step,
            millis,
            value,
        };
        History::from_points(3, points.iter().map(point).collect())
    }

    #[test]
    fn statistics_are_those_of_a_plain_description() {
        let history = history(&[
            (0, 0.0, 1_000, 4.0),
            (0, 10.0, 2_000, f64::NAN),
            (0, 20.0, 3_000, 1.0),
            (0, 40.0, 9_000, 2.0),
            (1, 5.0, 0, 7.0),
        ]);
        let of =
            |word: &str, until| history.statistic(0, Statistic::from_word(word).unwrap(), until);
        let all = |word| of(word, Until::End);
        assert_eq!(all("last"), Some(2.0));
        assert_eq!(all("first"), Some(4.0));
        assert_eq!((all("min"), all("max")), (Some(1.0), Some(4.0)));
        assert_eq!(all("mean"), Some(7.0 / 3.0));
        assert_eq!(all("median"), Some(2.0));
        assert_eq!(all("last2"), Some(1.5));
        assert_eq!(all("last3"), Some(1.5));
        assert_eq!(all("sd"), Some((7.0_f64 / 3.0).sqrt()));
        // 20 × 2.5 and 20 × 1.5
        assert_eq!(all("area"), Some(80.0));
        assert_eq!(all("count"), Some(4.0));
        assert_eq!(of("last", Until::Step(25.0)), Some(1.0));
        assert_eq!(of("min", Until::Step(19.0)), Some(4.0));
        assert_eq!(of("last", Until::Step(41.0)), None);
        assert_eq!(of("last", Until::Step(-1.0)), None);
        assert_eq!(of("last", Until::Seconds(3.0)), Some(1.0));
        assert_eq!(of("last", Until::Seconds(9.0)), None);
        let one =
            |word: &str, until| history.statistic(1, Statistic::from_word(word).unwrap(), until);
        assert_eq!(one("sd", Until::End), None);
        assert_eq!(one("last", Until::Seconds(0.0)), None);
        assert_eq!(history.statistic(2, Statistic::Count, Until::End), None);
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for statistic in Statistic::ALL.into_iter().chain([Statistic::LastMean(12)]) {
            assert_eq!(Statistic::from_word(&statistic.word()), Some(statistic));
        }
        assert_eq!(Statistic::from_word("last0"), None);
        assert_eq!(Statistic::from_word("lasting"), None);
    }
}
