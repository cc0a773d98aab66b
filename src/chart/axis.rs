//! An axis of values: where a value lies along it, which value lies at a place, and what it is marked with.
//!
//! Places go from 0, the axis' beginning, to 1, its end.

use super::number::{axis_end, short_number, time_on};
use super::scale::{Quantiles, Spacing, ticks};
use serde::{Deserialize, Serialize};

/// About how many marks an axis of numbers has.
const TICKS: usize = 6;

/// How far apart marks stand that can be read.
const CLEAR: f64 = 0.06;

/// How many values of an axis are named at most.
pub const NAMED: usize = 24;

/// How many decimals a mark has at most to be told from its neighbours.
const MOST_DECIMALS: usize = 15;

/// So few different numbers, of which there are more than so many times as many, are levels.
const MOST_LEVELS: usize = 20;
const OF_LEVEL: usize = 3;

/// An axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Axis {
    /// Numbers between two ends.
    Numbers {
        /// The least; NaN, as the greatest, where there is none.
        low: f64,
        /// The greatest.
        high: f64,
        /// How they are spaced; where it is by the logarithm, both ends are positive.
        spacing: Spacing,
        /// Whether the numbers are Unix milliseconds.
        time: bool,
        /// Whether all of them are whole: then marks are too.
        whole: bool,
        /// They, ascending, where they are few that come again and again: then these are marked.
        levels: Vec<f64>,
        /// Where they lie by their ranks, where they are spaced so.
        quantiles: Quantiles,
    },
    /// Values, each in the middle of a step of its own.
    Values {
        /// They.
        values: Vec<String>,
        /// How many more there are, which share a last step.
        rest: usize,
    },
}

impl Axis {
    /// The axis of the finite ones among numbers, spaced as they suggest where a person has not said whether by the logarithm.
    pub fn of(numbers: impl Iterator<Item = f64>, time: bool, log: Option<bool>) -> Self {
        Self::of_finite(
            &numbers.filter(|x| x.is_finite()).collect::<Vec<_>>(),
            time,
            log,
        )
    }

    /// The same of numbers that all are.
    pub fn of_finite(finite: &[f64], time: bool, log: Option<bool>) -> Self {
        let low = finite.iter().copied().fold(f64::INFINITY, f64::min);
        let high = finite.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let is_empty = finite.is_empty();
        let (low, high) = if is_empty {
            (f64::NAN, f64::NAN)
        } else {
            (low, high)
        };
        Self::Numbers {
            low,
            high,
            spacing: if time {
                Spacing::Linear
            } else {
                Spacing::asked(finite, log)
            },
            time,
            whole: finite.iter().all(|x| x.fract() == 0.0),
            levels: if time { Vec::new() } else { levels(finite) },
            quantiles: Quantiles::default(),
        }
    }

    /// It with numbers that lie by their ranks among all of them; times lie as before.
    pub fn by_rank(mut self, finite: &[f64]) -> Self {
        if let Self::Numbers {
            spacing,
            time: false,
            quantiles,
            ..
        } = &mut self
            && !finite.is_empty()
        {
            *spacing = Spacing::Quantile;
            *quantiles = Quantiles::of(finite);
        }
        self
    }

    /// The axis of a continuum of numbers between two ends.
    pub fn between(low: f64, high: f64, spacing: Spacing) -> Self {
        Self::Numbers {
            low,
            high,
            spacing,
            time: false,
            whole: false,
            levels: Vec::new(),
            quantiles: Quantiles::default(),
        }
    }

    /// How its numbers are spaced.
    pub fn spacing(&self) -> Spacing {
        match self {
            Self::Numbers { spacing, .. } => *spacing,
            Self::Values { .. } => Spacing::Linear,
        }
    }

    /// The place of a finite number, or of a step that is told as one; the middle where all numbers are the same.
    pub fn place(&self, x: f64) -> f64 {
        let Self::Numbers {
            low,
            high,
            spacing,
            quantiles,
            ..
        } = self
        else {
            return (x + 0.5) / self.steps() as f64;
        };
        if *spacing == Spacing::Quantile {
            return quantiles.to(x);
        }
        let from = spacing.to(*low);
        let span = spacing.to(*high) - from;
        if span > 0.0 {
            (spacing.to(x) - from) / span
        } else {
            0.5
        }
    }

    /// The place of the value in this step.
    pub fn place_of_step(&self, step: usize) -> f64 {
        match self {
            Self::Values { .. } => (step as f64 + 0.5) / self.steps() as f64,
            Self::Numbers { .. } => 0.5,
        }
    }

    /// How many steps it has; one where it has numbers.
    pub fn steps(&self) -> usize {
        match self {
            Self::Values { values, rest } => (values.len() + usize::from(*rest > 0)).max(1),
            Self::Numbers { .. } => 1,
        }
    }

    /// The number at a place, with no more digits than the axis tells apart; none where it has no numbers.
    pub fn number_at(&self, place: f64) -> Option<f64> {
        let Self::Numbers {
            low,
            high,
            spacing,
            time,
            quantiles,
            ..
        } = self
        else {
            return None;
        };
        if low.is_nan() {
            return None;
        }
        let place = place.clamp(0.0, 1.0);
        // The ends are exact, or the runs at them would be left out.
        if place == 0.0 || place == 1.0 {
            return Some(if place == 0.0 { *low } else { *high });
        }
        let (from, to) = (spacing.to(*low), spacing.to(*high));
        let x = if *spacing == Spacing::Quantile {
            quantiles.from(place)
        } else {
            spacing.from(from + place * (to - from))
        };
        let step = match spacing {
            Spacing::Linear if *time => 1.0,
            Spacing::Linear => (high - low) / 500.0,
            Spacing::Log => x / 200.0,
            // Numbers may be close together there and far apart elsewhere.
            Spacing::Quantile => {
                (quantiles.from(place + 0.002) - quantiles.from(place - 0.002)) / 4.0
            }
            Spacing::Symlog(part) => (x.abs() + part) / 200.0,
        };
        Some(rounded(x, step))
    }

    /// The values whose steps lie between two places, the lesser first.
    pub fn values_between(&self, from: f64, to: f64) -> Vec<String> {
        let Self::Values { values, .. } = self else {
            return Vec::new();
        };
        let inside = |step: &usize| (from..=to).contains(&self.place_of_step(*step));
        let steps = (0..values.len()).filter(inside);
        steps.map(|step| values[step].clone()).collect()
    }

    /// Places and texts that mark it.
    pub fn marks(&self) -> Vec<(f64, String)> {
        match self {
            Self::Values { values, rest } => {
                let every = values.len().div_ceil(NAMED).max(1);
                let named = values.iter().enumerate().step_by(every);
                let mark =
                    |(step, value): (usize, &String)| (self.place_of_step(step), value.clone());
                let more = || (self.place_of_step(values.len()), format!("{rest} more"));
                named.map(mark).chain((*rest > 0).then(more)).collect()
            }
            Self::Numbers {
                low,
                high,
                spacing,
                time,
                whole,
                levels,
                ..
            } => {
                let text = |x: f64| {
                    // Large round numbers have many zeros, and there is little room.
                    if *time {
                        time_on(x, high - low)
                    } else if x.abs() >= 1e7 {
                        axis_end(x, false)
                    } else {
                        short_number(x)
                    }
                };
                if low.is_nan() {
                    return Vec::new();
                }
                if low >= high {
                    return vec![(0.5, text(*low))];
                }
                let round = match spacing {
                    _ if levels.len() > 1 => levels.clone(),
                    Spacing::Linear => ticks(*low, *high, TICKS),
                    Spacing::Log => log_ticks(*low, *high, 1),
                    Spacing::Quantile => {
                        let quarter = |part: u8| self.number_at(f64::from(part) / 4.0);
                        let quarters = (0..=4).filter_map(quarter);
                        let round = |x: f64| if *whole { libm::round(x) } else { x };
                        let mut quarters: Vec<f64> = quarters.map(round).collect();
                        quarters.dedup();
                        quarters
                    }
                    Spacing::Symlog(part) => symlog_ticks(*low, *high, *part),
                };
                let mut marks: Vec<(f64, f64)> = Vec::new();
                let zero = self.place(0.0);
                for x in round {
                    let place = self.place(x);
                    let before = marks.last().map_or(f64::NEG_INFINITY, |mark| mark.0);
                    // Levels may be close together, and powers of ten are around 0.
                    let is_clear = match spacing {
                        _ if levels.len() > 1 => place - before > CLEAR / 2.0,
                        Spacing::Symlog(_) => x == 0.0 || (place - zero).abs() > CLEAR / 2.0,
                        _ => true,
                    };
                    if is_clear && (!whole || (x - libm::round(x)).abs() < 1e-9) {
                        marks.push((place, x));
                    }
                }
                // The ends are told too, where no mark stands in their way.
                for (place, x) in [(0.0, *low), (1.0, *high)] {
                    if marks.iter().all(|(other, _)| (other - place).abs() > CLEAR) {
                        marks.push((place, x));
                    }
                }
                let numbers: Vec<f64> = marks.iter().map(|(_, x)| *x).collect();
                let texts = if *time {
                    numbers.iter().map(|x| text(*x)).collect()
                } else {
                    told_apart(&numbers, text)
                };
                let places = marks.iter().map(|(place, _)| *place);
                places.zip(texts).collect()
            }
        }
    }
}

/// The texts of different numbers; with as many decimals as tell them apart where these do not.
fn told_apart(numbers: &[f64], text: impl Fn(f64) -> String) -> Vec<String> {
    let differ = |texts: &Vec<String>| (1..texts.len()).all(|at| !texts[..at].contains(&texts[at]));
    let decimals = |decimals: usize| numbers.iter().map(|x| format!("{x:.decimals$}")).collect();
    let short = numbers.iter().map(|x| text(*x)).collect();
    let mut longer = (0..=MOST_DECIMALS).map(decimals);
    if differ(&short) {
        short
    } else {
        longer.find(differ).unwrap_or(short)
    }
}

/// Numbers are not rounded in finer steps.
const FINEST: f64 = 1e-300;

/// A number with no digits below a step.
fn rounded(x: f64, step: f64) -> f64 {
    let step = step.abs();
    // No text is written with more digits behind the point than `FINEST` has.
    if step < FINEST || !step.is_finite() {
        return x;
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(step)));
    // Read from its text: 3 * 0.1 is not 0.3.
    let text = if power < 1.0 {
        let digits = (-libm::round(libm::log10(power))).max(0.0) as usize;
        format!("{x:.digits$}")
    } else {
        format!("{}", libm::round(x / power) * power)
    };
    text.parse().unwrap_or(x)
}

/// Powers of ten between two ends; where they are few on each of so many sides, twice and five times of them too.
fn log_ticks(low: f64, high: f64, sides: usize) -> Vec<f64> {
    let (first, last) = (
        libm::floor(libm::log10(low)) as i32,
        libm::ceil(libm::log10(high)) as i32,
    );
    let decades = (last - first).max(1) as usize * sides;
    let digits: &[f64] = if decades <= 3 {
        &[1.0, 2.0, 5.0]
    } else {
        &[1.0]
    };
    let every = decades.div_ceil(8).max(1);
    let inside = |x: &f64| (low..=high).contains(x);
    (first..=last)
        .step_by(every)
        .flat_map(|power| {
            let ten = libm::pow(10.0, f64::from(power));
            digits.iter().map(move |digit| digit * ten)
        })
        .filter(inside)
        .collect()
}

/// 0, and powers of ten on its sides from where the logarithm begins.
fn symlog_ticks(low: f64, high: f64, part: f64) -> Vec<f64> {
    let sides = usize::from(low < 0.0) + usize::from(high > 0.0);
    let sizes = log_ticks(part, high.max(-low), sides.max(1));
    let below = sizes.iter().rev().map(|x| -x);
    let all = below.chain([0.0]).chain(sizes.iter().copied());
    all.filter(|x| (low..=high).contains(x)).collect()
}

/// Few different numbers that come again and again, ascending; none where they are many or come seldom.
fn levels(finite: &[f64]) -> Vec<f64> {
    let mut met: Vec<f64> = Vec::new();
    for x in finite {
        // Many runs are asked of few numbers: no set is needed.
        if !met.contains(x) {
            met.push(*x);
        }
        if met.len() > MOST_LEVELS {
            return Vec::new();
        }
    }
    if finite.len() <= OF_LEVEL * met.len() {
        return Vec::new();
    }
    met.sort_by(f64::total_cmp);
    met
}

/// A part of an axis; what is beyond its ends lies at them, and what cannot be told in the middle.
pub(super) fn inside(part: f64) -> f64 {
    if part.is_nan() {
        0.5
    } else {
        part.clamp(0.0, 1.0)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An axis of plain numbers.
    pub(in crate::chart) fn numbers(low: f64, high: f64, log: bool) -> Axis {
        let spacing = if log { Spacing::Log } else { Spacing::Linear };
        Axis::between(low, high, spacing)
    }

    #[test]
    fn a_number_lies_where_its_place_says() {
        let check = |axis: Axis, x: f64| {
            let back = axis.number_at(axis.place(x)).unwrap();
            assert!(
                (back - x).abs() <= 0.01 * x.abs() + 0.01,
                "{x} became {back}"
            );
        };
        check(numbers(0.0, 1.0, false), 0.25);
        check(numbers(-5.0, 5.0, false), -1.0);
        check(numbers(1e-5, 1e-1, true), 1e-3);
        // The ends are the ends, to the bit.
        let odd = numbers(0.1 + 0.2, 0.9, false);
        assert_eq!(odd.number_at(0.0), Some(0.1 + 0.2));
        assert_eq!(odd.number_at(1.0), Some(0.9));
        assert_eq!(numbers(3.0, 3.0, false).place(3.0), 0.5);
    }

    #[test]
    fn numbers_at_places_have_few_digits() {
        let at = |axis: Axis, place| axis.number_at(place).unwrap().to_string();
        assert_eq!(at(numbers(0.0, 1.0, false), 0.333_333_3), "0.333");
        assert_eq!(at(numbers(0.0, 100_000.0, false), 0.333_333_3), "33300");
        assert_eq!(at(numbers(1e-4, 1e-1, true), 0.5).len(), "0.00316".len());
    }

    #[test]
    fn marks_of_any_axis_are_few_and_on_it() {
        arbtest::arbtest(|u| {
            let (a, b, log): (f64, f64, bool) = u.arbitrary()?;
            let (low, high) = (a.min(b), a.max(b));
            if low.is_finite()
                && high.is_finite()
                && (!log || low > 0.0)
                && (high - low).is_finite()
            {
                let marks = numbers(low, high, log).marks();
                assert!(marks.len() <= 40, "{marks:?}");
                assert!(
                    marks
                        .iter()
                        .all(|(place, _)| (-0.01..=1.01).contains(place)),
                    "{marks:?}"
                );
            }
            Ok(())
        });
        let many = Axis::Values {
            values: (0..300).map(|at| format!("c{at}")).collect(),
            rest: 7,
        };
        let marks = many.marks();
        assert!(marks.len() <= NAMED + 1);
        assert_eq!(marks.last().unwrap().1, "7 more");
    }

    #[test]
    fn a_symmetric_logarithm_is_marked_on_both_sides_of_0_and_leads_back() {
        let texts = |axis: &Axis| -> Vec<String> {
            let marks = axis.marks();
            assert!(
                marks.is_sorted_by(|a, b| a.0 < b.0) || marks.len() > 2,
                "{marks:?}"
            );
            marks.into_iter().map(|(_, text)| text).collect()
        };
        let axis = Axis::between(0.0, 0.01, Spacing::Symlog(1e-6));
        assert_eq!(texts(&axis), ["0", "1e-6", "1e-5", "1e-4", "0.001", "0.01"]);
        let axis = Axis::between(-100.0, 1e4, Spacing::Symlog(1.0));
        assert_eq!(
            texts(&axis),
            ["-100", "-10", "-1", "0", "1", "10", "100", "1000", "10000"]
        );
        // What is next to nothing is not rounded to it.
        let axis = Axis::between(1e-308, 1e270, Spacing::Log);
        let place = axis.place(4e-303);
        let back = axis.place(axis.number_at(place).unwrap());
        assert!((back - place).abs() < 0.01, "{place} became {back}");
        arbtest::arbtest(|u| {
            let numbers: Vec<f64> = u.arbitrary()?;
            let axis = Axis::of(numbers.iter().copied(), false, Some(true));
            let marks = axis.marks();
            assert!(marks.len() <= 40, "{marks:?}");
            for x in numbers.into_iter().filter(|x| x.is_finite()) {
                let place = axis.place(x);
                assert!((-1e-9..=1.0 + 1e-9).contains(&place), "{x} at {place}");
                let back = axis.place(axis.number_at(place).unwrap());
                assert!((back - place).abs() < 0.01, "{x} at {place} became {back}");
            }
            Ok(())
        });
    }

    #[test]
    fn quantiles_are_marked_at_quarters_and_lead_back() {
        let squares: Vec<f64> = (0..=40).map(|at| f64::from(at * at)).collect();
        let axis = Axis::of_finite(&squares, false, None).by_rank(&squares);
        let texts: Vec<String> = axis.marks().into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["0", "100", "400", "900", "1600"]);
        // Where numbers are close together a place has as many digits as tell it from others.
        let narrow: Vec<f64> = (0..100)
            .map(|at| 1e6 + f64::from(at) / 1e3)
            .chain([0.0])
            .collect();
        let axis = Axis::of_finite(&narrow, false, None).by_rank(&narrow);
        let x = axis.number_at(0.7).unwrap();
        assert!((axis.place(x) - 0.7).abs() < 0.01, "{x}");
        let times = Axis::of_finite(&squares, true, None).by_rank(&squares);
        assert_eq!(times.spacing(), Spacing::Linear);
    }

    #[test]
    fn marks_close_together_are_told_apart_and_an_axis_of_nothing_has_none() {
        let texts = |low, high| -> Vec<String> {
            let marks = numbers(low, high, false).marks();
            marks.into_iter().map(|(_, text)| text).collect()
        };
        assert_eq!(
            texts(-105_432.0, -105_431.5)[..3],
            ["-105432.0", "-105431.9", "-105431.8"]
        );
        assert_eq!(texts(1234.567, 1234.568)[0], "1234.5670");
        assert_eq!(texts(0.0, 1.0)[1], "0.2");
        let nothing = Axis::of([f64::NAN, f64::INFINITY].into_iter(), false, None);
        assert_eq!(nothing.marks(), []);
        assert_eq!(nothing.number_at(0.0), None);
        assert_eq!(nothing.place(1.0), 0.5);
    }

    #[test]
    fn few_numbers_that_come_again_are_marked_themselves() {
        let depths: Vec<f64> = [2.0, 3.0, 5.0, 9.0].repeat(4);
        let texts = |numbers: &[f64]| -> Vec<String> {
            let axis = Axis::of(numbers.iter().copied(), false, None);
            axis.marks().into_iter().map(|(_, text)| text).collect()
        };
        assert_eq!(texts(&depths), ["2", "3", "5", "9"]);
        assert_eq!(
            texts(&depths[..12]),
            ["2", "3", "4", "5", "6", "7", "8", "9"]
        );
        let many: Vec<f64> = (0..400).map(|at| f64::from(at % 40)).collect();
        assert_eq!(
            texts(&many),
            ["0", "5", "10", "15", "20", "25", "30", "35", "39"]
        );
    }

    #[test]
    fn values_between_places_are_those_whose_middle_is_there() {
        let axis = Axis::Values {
            values: ["a", "b", "c", "d"].map(str::to_owned).to_vec(),
            rest: 0,
        };
        assert_eq!(axis.values_between(0.2, 0.7), ["b", "c"]);
        assert_eq!(axis.values_between(0.0, 0.1), [""; 0]);
    }
}
