//! What the forest says of each param: a range to narrow it to, or that it may as well be fixed.

use super::{NextRun, Param};
use crate::analysis::failures::Share;
use crate::analysis::importance::answer::NOTHING_WITH_OTHERS;
use crate::analysis::importance::{Bin, Column as Values, Parameter, Space};
use crate::analysis::next::Setting;
use crate::chart::number::{grouped, short_number};
use crate::engine::brief::Evidence;
use crate::engine::effect::{self, Good};
use crate::engine::failures::Finding;
use crate::engine::protocol::{ImportanceAnswer, ParamImportance};
use crate::engine::view::Tab;
use crate::ledger::{Value, ValueRef};

/// Ranges that are told at most, those of the most important params, and as many knobs.
const TOLD: usize = 8;

/// What a param is to be taken from next.
pub(super) struct Narrowed {
    /// The param.
    pub(super) name: String,
    /// From where.
    pub(super) from: Choice,
    /// Whether it is to be fixed.
    pub(super) is_fixed: bool,
}

impl Narrowed {
    /// Takes a value that is proposed in, where it is not: what is good at a look at one param is not all that is good with others.
    pub(super) fn widen(&mut self, value: &Value) {
        match (&mut self.from, value) {
            (Choice::Numbers { low, high, .. }, Value::Number(x)) => {
                (*low, *high) = (low.min(*x), high.max(*x));
            }
            (Choice::Values(values), value) if !self.is_fixed && !values.contains(value) => {
                values.push(value.clone());
            }
            _ => {}
        }
    }
}

/// Values to take a param from.
pub(super) enum Choice {
    /// Numbers from one to another.
    Numbers {
        low: f64,
        high: f64,
        step: Option<f64>,
        log: bool,
    },
    /// One of these.
    Values(Vec<Value>),
}

/// By so much of a step a number may miss its place on a grid by rounding.
const ROUNDING: f64 = 1e-6;

/// Adds what is said of params, and from where each is to be taken: params in the order of the design.
pub(super) fn of_forest(
    next: &NextRun,
    said: &ImportanceAnswer,
    findings: &mut Vec<Finding>,
    narrowed: &mut Vec<Narrowed>,
) {
    let parameters = next.run.design().parameters.iter().enumerate();
    let (mut ranges, mut knobs) = (Vec::new(), Vec::new());
    for (at, parameter) in parameters {
        if next
            .run
            .job()
            .prepared()
            .features
            .iter()
            .all(|feature| feature.parameter != at)
        {
            continue;
        }
        let place = said
            .params
            .iter()
            .position(|param| param.of.name == parameter.name);
        let known = place.map(|place| (place, &said.params[place]));
        // Where weak effects may be missed, a knob is not to be fixed for want of one.
        let fixed = known
            .filter(|_| said.warnings.is_empty())
            .and_then(|(_, param)| fixed(next, at, param));
        let mut good = match (known, &fixed) {
            (Some((place, param)), None) => {
                range(next, at, param).map(|(good, text)| (place, good, text))
            }
            _ => None,
        };
        // What is good of the runs that ended is not to be advised where more of all break.
        if let (Some((place, range, text)), Some((_, param))) = (&mut good, known) {
            let (inside, outside) = ends_within(next, at, range);
            if inside.breaks_more_than(outside) {
                let text = format!(
                    "{} But {} of {} that came to an end there broke, and {} of {} elsewhere: do not narrow it to that before it is \
                     known why.",
                    text,
                    grouped(inside.broken),
                    grouped(inside.n),
                    grouped(outside.broken),
                    grouped(outside.n)
                );
                ranges.push((
                    *place,
                    finding(next, "breaks", "Do not narrow", text, param, said),
                ));
                good = None;
            } else if inside.broken > 0 {
                text.push_str(&format!(
                    " {} of {} broke there, and {} of {} elsewhere.",
                    grouped(inside.broken),
                    grouped(inside.n),
                    grouped(outside.broken),
                    grouped(outside.n)
                ));
            }
        }
        if let (Some((place, param)), Some((value, text))) = (known, &fixed) {
            let finding = finding(next, "fix", "Fix", text.clone(), param, said);
            knobs.push((place, finding));
            narrowed.push(Narrowed {
                name: parameter.name.clone(),
                from: Choice::Values(vec![value.clone()]),
                is_fixed: true,
            });
            continue;
        }
        if let (Some((place, _, text)), Some((_, param))) = (&good, known) {
            ranges.push((
                *place,
                finding(next, "narrow", "Narrow", text.clone(), param, said),
            ));
        }
        narrowed.push(Narrowed {
            name: parameter.name.clone(),
            from: from(next, at, good.as_ref().map(|(_, good, _)| good)),
            is_fixed: false,
        });
    }
    for mut list in [ranges, knobs] {
        order::by_key(&mut list, |(place, _)| *place);
        findings.extend(list.into_iter().take(TOLD).map(|(_, finding)| finding));
    }
}

fn finding(
    next: &NextRun,
    kind: &str,
    topic: &str,
    text: String,
    param: &ParamImportance,
    said: &ImportanceAnswer,
) -> Finding {
    Finding {
        kind: kind.to_owned(),
        topic: topic.to_owned(),
        text,
        n: param.present,
        of: said.used,
        link: Evidence {
            tab: Tab::Importance,
            filter: next.asked.0.clone(),
            sort: None,
            grouping: None,
            open: param_of(next, param).map(|param| param.key.clone()),
        },
    }
}

/// The param of the design that importance speaks of.
fn param_of<'a>(next: &'a NextRun, of: &ParamImportance) -> Option<&'a Param> {
    next.params.iter().find(|param| param.name == of.of.name)
}

/// The value that a param which cannot be told from noise may be fixed to: the best run's.
fn fixed(next: &NextRun, at: usize, param: &ParamImportance) -> Option<(Value, String)> {
    let design = next.run.design();
    let turned = |run: &usize| {
        let value = design.objective[*run];
        if next.run.maximize() { -value } else { value }
    };
    let best = (0..design.objective.len()).min_by(|a, b| turned(a).total_cmp(&turned(b)))?;
    let value = match &design.parameters[at].values {
        Values::Numbers(values) => Value::Number(*values.get(best).filter(|x| x.is_finite())?),
        Values::Codes(codes) => next.params[at]
            .categories
            .get(*codes.get(best)? as usize)?
            .clone(),
    };
    let text = format!(
        "{} cannot be told from a param of noise: fix it, for instance to the best run’s {}.",
        param.of.name,
        match value.as_ref() {
            ValueRef::Number(number) => short_number(number),
            other => other.to_string(),
        }
    );
    // What the forest misses, a look at the param alone may see; and what does nothing alone may do much with others.
    let is_alone = param
        .of
        .total
        .is_none_or(|total| total < NOTHING_WITH_OTHERS);
    (param.of.is_noise && is_alone && !next.params[at].matters).then_some((value, text))
}

/// The values of a param that are within noise of the best, where that is not all of them.
fn range(next: &NextRun, at: usize, param: &ParamImportance) -> Option<(Good, String)> {
    let parameter: &Parameter = next.run.design().parameters.get(at)?;
    if let Values::Numbers(values) = &parameter.values {
        let mut tried = values.iter().filter(|x| x.is_finite());
        let first = tried.next()?;
        // What has one value or none has no range.
        tried.find(|x| *x != first)?;
    }
    let bins: Vec<Bin> = next.run.job().effect(at)?;
    let effect = next.run.effect(param.column)?;
    let good = effect::good(parameter, &bins, &effect.bins)?;
    let words = effect.words.first()?;
    Some((good, format!("{words} Searched: {}.", param.space)))
}

/// How many broke with a value of what is good of a param, and with all others.
fn ends_within(next: &NextRun, at: usize, good: &Good) -> (Share, Share) {
    let is_good = |set: Setting| match (set, good) {
        (Setting::Number(x), Good::Numbers(low, high)) => (*low..=*high).contains(&x),
        (Setting::Category(code), Good::Categories(codes)) => codes.contains(&code),
        _ => false,
    };
    let design = next.run.design();
    next.ends.within(design, &next.tried, at, &is_good)
}

/// From where a param is to be taken: what is good of it, else what was searched.
fn from(next: &NextRun, at: usize, good: Option<&Good>) -> Choice {
    let parameter = &next.run.design().parameters[at];
    let categories = &next.params[at].categories;
    match (&parameter.values, &parameter.space, good) {
        (Values::Codes(_), _, Some(Good::Categories(codes))) => Choice::Values(
            codes
                .iter()
                .filter_map(|code| categories.get(*code as usize).cloned())
                .collect(),
        ),
        (Values::Codes(_), ..) => Choice::Values(categories.clone()),
        (Values::Numbers(values), space, good) => {
            let (low, high) = match good {
                Some(Good::Numbers(low, high)) => (*low, *high),
                _ => (f64::NEG_INFINITY, f64::INFINITY),
            };
            let mut seen: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
            seen.sort_by(f64::total_cmp);
            seen.dedup();
            let ends = (seen.first().copied(), seen.last().copied());
            let is_few = seen.len() <= 12 && values.len() >= 3 * seen.len();
            match space {
                // A few values on no arithmetic grid are to be taken as they are.
                Space::Number {
                    low: first,
                    high: last,
                    step,
                    log,
                } if !(is_few && step.is_none()) => {
                    // An export may declare more than was tried.
                    let low = ends.0.map_or(low, |least| least.min(*first).max(low));
                    let high = ends
                        .1
                        .map_or(high, |greatest| greatest.max(*last).min(high));
                    // Ends of bins lie between the places of a grid.
                    let place = |x: f64, rounded: fn(f64) -> f64| match step {
                        Some(step) => first + rounded((x - first) / step) * step,
                        None => x,
                    };
                    Choice::Numbers {
                        low: place(low, |x| libm::ceil(x - ROUNDING)),
                        high: place(high, |x| libm::floor(x + ROUNDING)),
                        step: *step,
                        log: *log,
                    }
                }
                _ => {
                    seen.retain(|x| low <= *x && *x <= high);
                    Choice::Values(seen.into_iter().map(Value::Number).collect())
                }
            }
        }
    }
}
