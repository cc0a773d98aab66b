//! Where a parameter's values lie on a unit axis, and what they are called: for effects and for surfaces.

use super::super::show::short_number;
use super::occurring;
use crate::analysis::importance::axis::Axis;
use crate::analysis::importance::{Bin, BinPlace, Column as Values, Parameter, Space};
use crate::chart::scale::ticks;

/// Of so many values that were tried a range names those at its ends.
const FEW_LEVELS: usize = 12;

/// Where each of so many categories stands among them by its bin's value.
fn by_effect(categories: usize, bins: &[Bin]) -> Vec<usize> {
    let mut values = vec![f64::INFINITY; categories];
    for bin in bins {
        if let BinPlace::Category(number) = bin.place
            && let Some(value) = values.get_mut(number)
        {
            *value = bin.value;
        }
    }
    let mut order: Vec<usize> = (0..categories).collect();
    order::by(&mut order, |a, b| values[*a].total_cmp(&values[*b]));
    let mut stands = vec![0; categories];
    for (at, number) in order.into_iter().enumerate() {
        stands[number] = at;
    }
    stands
}

/// Where a parameter's values lie on a unit axis, and what they are called.
pub(super) struct ScaleOf<'a> {
    /// Of a numeric one.
    pub(super) axis: Option<Axis>,
    levels: Vec<f64>,
    /// Where its steps begin and how long they are, where it has some.
    step: Option<(f64, f64)>,
    /// Of a categorical one: the codes that occur, sorted, by falling place; and names by code.
    pub(super) codes: Vec<u32>,
    names: &'a [String],
    /// By number of a category where it stands: by effect, the least first, where that is known.
    stands: Vec<usize>,
    /// What the param is called where it has no value of its scale.
    inactive: String,
    /// Bins that are drawn: places of categories and of that are even parts.
    parts: usize,
    /// Part of the axis that is the numbers'.
    active: f64,
}

impl<'a> ScaleOf<'a> {
    pub(super) fn new(parameter: &'a Parameter, names: &'a [String], bins: &[Bin]) -> Self {
        let has_inactive = bins.iter().any(|bin| bin.place == BinPlace::Inactive);
        let (mut levels, mut codes) = (Vec::new(), Vec::new());
        match &parameter.values {
            Values::Numbers(values) => {
                levels = values
                    .iter()
                    .copied()
                    .filter(|value| value.is_finite())
                    .collect();
                levels.sort_by(f64::total_cmp);
                levels.dedup();
            }
            Values::Codes(values) => {
                codes = occurring(values);
            }
        }
        let axis = (!levels.is_empty()).then(|| Axis::new(&parameter.space, &levels));
        let step = match parameter.space {
            Space::Number {
                low,
                step: Some(step),
                ..
            } => Some((low, step)),
            _ => None,
        };
        Self {
            axis,
            step,
            inactive: parameter.inactive(),
            parts: codes.len() + usize::from(has_inactive),
            levels,
            stands: by_effect(codes.len(), bins),
            codes,
            names,
            // "Not set" gets a tenth at the end of a numeric axis.
            active: if has_inactive { 0.9 } else { 1.0 },
        }
    }

    /// The value at a unit place of the numbers' axis, on a step where values have steps.
    fn value_at(&self, place: f64) -> Option<f64> {
        let value = self.axis.as_ref()?.value_at(place);
        Some(match self.step {
            Some((low, step)) => low + ((value - low) / step).round() * step,
            None => value,
        })
    }

    pub(super) fn is_ordered(&self) -> bool {
        self.axis.is_some()
    }

    pub(super) fn place_of(&self, place: BinPlace) -> (f64, f64) {
        let part = |number: usize| {
            let parts = self.parts.max(1) as f64;
            (number as f64 / parts, (number + 1) as f64 / parts)
        };
        match place {
            BinPlace::Between(from, to) => (from * self.active, to * self.active),
            BinPlace::Category(number) => part(self.stands.get(number).copied().unwrap_or(number)),
            BinPlace::Inactive if self.is_ordered() => (0.92, 1.0),
            BinPlace::Inactive => part(self.codes.len()),
        }
    }

    pub(super) fn place_of_run(&self, values: &Values, run: usize) -> Option<f64> {
        let middle = |(from, to): (f64, f64)| f64::midpoint(from, to);
        let is_partly_inactive = self.active < 1.0 || self.parts > self.codes.len();
        let inactive = || is_partly_inactive.then(|| middle(self.place_of(BinPlace::Inactive)));
        match values {
            Values::Numbers(values) => match values.get(run) {
                Some(value) if value.is_finite() => {
                    Some(self.axis.as_ref()?.place(*value) * self.active)
                }
                _ => inactive(),
            },
            Values::Codes(codes) => match self.codes.binary_search(codes.get(run)?) {
                Ok(number) => Some(middle(self.place_of(BinPlace::Category(number)))),
                Err(_) => inactive(),
            },
        }
    }

    fn name(&self, number: usize) -> String {
        let code = self.codes.get(number).map(|code| *code as usize);
        code.and_then(|code| self.names.get(code))
            .cloned()
            .unwrap_or_default()
    }

    pub(super) fn label(&self, place: BinPlace) -> String {
        match (place, &self.axis) {
            (BinPlace::Between(from, to), Some(_)) => {
                let (low, high) = (self.end(place, false), self.end(place, true));
                if low == high {
                    low
                } else {
                    let text = |at| self.value_at(at).map(short_number).unwrap_or_default();
                    format!("{} to {}", text(from), text(to))
                }
            }
            (BinPlace::Category(number), _) => self.name(number),
            _ => self.inactive.clone(),
        }
    }

    /// The value at an end of a bin; of a bin that holds one step, that step.
    pub(super) fn end(&self, place: BinPlace, upper: bool) -> String {
        let value = self.value_at_end(place, upper);
        value.map(short_number).unwrap_or_default()
    }

    pub(super) fn value_at_end(&self, place: BinPlace, upper: bool) -> Option<f64> {
        let (BinPlace::Between(from, to), Some(axis)) = (place, &self.axis) else {
            return None;
        };
        let is_step = axis
            .steps
            .is_some_and(|steps| steps as f64 * (to - from) < 1.5);
        let at = match (is_step, upper) {
            (true, _) => f64::midpoint(from, to),
            (false, true) => to,
            (false, false) => from,
        };
        self.value_at(at)
    }

    /// The values at the ends of several bins: of few that were tried the outermost, since nothing lies between them.
    pub(super) fn ends_of(&self, (first, last): (BinPlace, BinPlace)) -> (String, String) {
        if self.levels.len() <= FEW_LEVELS
            && let Some(low) = self.value_at_end(first, false)
            && let Some(high) = self.value_at_end(last, true)
        {
            let mut inside = self.levels.iter().filter(|x| low <= **x && **x <= high);
            if let Some(low) = inside.next() {
                let high = inside.next_back().unwrap_or(low);
                return (short_number(*low), short_number(*high));
            }
        }
        (self.end(first, false), self.end(last, true))
    }

    pub(super) fn marks(&self) -> Vec<(f64, String)> {
        let Some(axis) = &self.axis else {
            let mut marks: Vec<(f64, String)> = (0..self.codes.len())
                .map(|number| {
                    let (from, to) = self.place_of(BinPlace::Category(number));
                    (f64::midpoint(from, to), self.name(number))
                })
                .collect();
            if self.parts > self.codes.len() {
                let (from, to) = self.place_of(BinPlace::Inactive);
                marks.push((f64::midpoint(from, to), self.inactive.clone()));
            }
            return marks;
        };
        let (low, high) = (axis.value_at(0.0), axis.value_at(1.0));
        let values = if self.levels.len() <= 6 {
            self.levels.clone()
        } else if axis.is_log() {
            let powers: Vec<f64> = (libm::ceil(libm::log10(low)) as i32
                ..=libm::floor(libm::log10(high)) as i32)
                .map(|power| libm::pow(10.0, f64::from(power)))
                .collect();
            let stride = powers.len().div_ceil(6).max(1);
            let powers: Vec<f64> = powers.into_iter().step_by(stride).collect();
            if powers.len() < 2 {
                vec![low, high]
            } else {
                powers
            }
        } else {
            ticks(low, high, 5)
        };
        let mark = |value: &f64| (axis.place(*value) * self.active, short_number(*value));
        let mut marks: Vec<(f64, String)> = values.iter().map(mark).collect();
        if self.active < 1.0 {
            marks.push((0.96, self.inactive.clone()));
        }
        marks
    }
}
