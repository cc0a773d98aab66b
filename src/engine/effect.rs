//! A param's effect, for people: the mean prediction along its values, what is as good as the best, and the runs behind.

mod scale;

use super::protocol::{EffectBin, ParamEffect};
use super::show::short_number;
use crate::analysis::importance::axis::Axis;
use crate::analysis::importance::{Bin, BinPlace, Column as Values, Parameter, Space};
use crate::analysis::part::Part;
use scale::ScaleOf;

/// Runs that are drawn at most.
pub const POINTS: usize = 400;

/// The effect of `parameter`, whose categories are called `names`, on an objective (one value a run); `is_noise` where it
/// has next to no share and cannot be told from a parameter of noise.
pub fn effect(
    parameter: &Parameter,
    names: &[String],
    bins: &[Bin],
    objective: &[f64],
    maximize: bool,
    is_noise: bool,
) -> ParamEffect {
    let scale = ScaleOf::new(parameter, names, bins);
    let mut of_bins: Vec<EffectBin> = bins
        .iter()
        .map(|bin| {
            let (from, to) = scale.place_of(bin.place);
            EffectBin {
                from,
                to,
                label: scale.label(bin.place),
                value: bin.value,
                low: bin.low,
                high: bin.high,
                is_good: false,
            }
        })
        .collect();
    let words = if is_noise {
        of_bins.iter_mut().for_each(|bin| bin.is_good = true);
        let name = &parameter.name;
        vec![format!(
            "What {name} does cannot be told from noise, so no value of it is better."
        )]
    } else {
        let loss = |value: f64| if maximize { -value } else { value };
        let mut words = mark_good(parameter, bins, &scale, &mut of_bins, loss);
        let best = best_run(objective, loss);
        let place = best.and_then(|run| scale.place_of_run(&parameter.values, run));
        let held = place.and_then(|at| {
            of_bins
                .iter()
                .find(|bin| at >= bin.from && (at < bin.to || bin.to >= 1.0))
        });
        // Averaged over all other params another value may be better than where the best run lies.
        if let Some(bin) = held.filter(|bin| !bin.is_good) {
            words.push(format!(
                "The best run lies elsewhere ({}): good there with its other params, or by chance.",
                bin.label
            ));
        }
        words
    };
    let part = Part::new(objective.len(), POINTS);
    let points = (0..objective.len())
        .filter(|run| part.has(*run))
        .filter_map(|run| {
            Some((
                scale.place_of_run(&parameter.values, run)?,
                *objective.get(run)?,
            ))
        })
        .filter(|(_, value)| value.is_finite())
        .collect();
    ParamEffect {
        name: parameter.name.clone(),
        is_ordered: scale.is_ordered(),
        is_log: scale.axis.as_ref().is_some_and(Axis::is_log),
        maximize,
        marks: scale.marks(),
        bins: of_bins,
        points,
        runs: objective.len(),
        words,
    }
}

/// Whether a param is best not set, by the mean prediction.
pub fn is_best_unset(bins: &[Bin], maximize: bool) -> bool {
    let loss = |bin: &Bin| if maximize { -bin.value } else { bin.value };
    let best = bins.iter().min_by(|a, b| loss(a).total_cmp(&loss(b)));
    best.is_some_and(|bin| bin.place == BinPlace::Inactive)
}

/// The values that are within noise of the best.
#[derive(Clone, Debug, PartialEq)]
pub enum Good {
    /// From one to another.
    Numbers(f64, f64),
    /// Categories, by their codes in the design.
    Categories(Vec<u32>),
}

/// What an effect's marked bins are in values; `None` where all are good, or the param is best not set.
pub fn good(parameter: &Parameter, bins: &[Bin], marked: &[EffectBin]) -> Option<Good> {
    if marked.iter().all(|bin| bin.is_good) {
        return None;
    }
    let scale = ScaleOf::new(parameter, &[], bins);
    let good = bins.iter().zip(marked).filter(|(_, marked)| marked.is_good);
    let places: Vec<BinPlace> = good.map(|(bin, _)| bin.place).collect();
    if places.contains(&BinPlace::Inactive) {
        return None;
    }
    if scale.is_ordered() {
        let (first, last) = (*places.first()?, *places.last()?);
        let ends = (
            scale.value_at_end(first, false)?,
            scale.value_at_end(last, true)?,
        );
        return Some(Good::Numbers(ends.0, ends.1));
    }
    let code = |place: &BinPlace| match place {
        BinPlace::Category(number) => scale.codes.get(*number).copied(),
        _ => None,
    };
    Some(Good::Categories(places.iter().filter_map(code).collect()))
}

/// Marks along an axis of equal parts: a unit place and its text each. For surfaces as for effects.
pub fn marks(parameter: &Parameter, names: &[String]) -> Vec<(f64, String)> {
    ScaleOf::new(parameter, names, &[]).marks()
}

/// What each of so many cells along a parameter is called: equal parts of its axis, or its categories.
pub fn cells(parameter: &Parameter, names: &[String], count: usize) -> Vec<String> {
    let scale = ScaleOf::new(parameter, names, &[]);
    let part = |at: usize| at as f64 / count as f64;
    let place = |at: usize| {
        if scale.is_ordered() {
            BinPlace::Between(part(at), part(at + 1))
        } else {
            BinPlace::Category(at)
        }
    };
    (0..count).map(|at| scale.label(place(at))).collect()
}

/// The value of a parameter whose categories are called `names` in these runs: of several the median, or the category
/// that most have with how many do.
pub fn values_text(parameter: &Parameter, names: &[String], runs: &[usize]) -> String {
    let (text, having) = match &parameter.values {
        Values::Numbers(values) => {
            let of_runs = runs.iter().filter_map(|run| values.get(*run));
            let mut known: Vec<f64> = of_runs.copied().filter(|value| value.is_finite()).collect();
            known.sort_by(f64::total_cmp);
            let middle = known.get(known.len() / 2).map(|value| short_number(*value));
            (middle, known.len())
        }
        Values::Codes(codes) => {
            let mut counts = vec![0; names.len()];
            for code in runs.iter().filter_map(|run| codes.get(*run)) {
                if let Some(count) = counts.get_mut(*code as usize) {
                    *count += 1;
                }
            }
            // The first of those that most have.
            let most = (0..counts.len()).rev().max_by_key(|code| counts[*code]);
            let most = most.filter(|code| counts[*code] > 0);
            (
                most.map(|code| names[code].clone()),
                most.map_or(0, |code| counts[code]),
            )
        }
    };
    let text = text.unwrap_or_else(|| parameter.inactive());
    if having == runs.len() || having == 0 {
        text
    } else {
        format!("{text} ({having} of {})", runs.len())
    }
}

/// The codes of categories that occur, each once, ascending.
pub fn occurring(codes: &[u32]) -> Vec<u32> {
    let mut codes = codes.to_vec();
    codes.retain(|code| *code != Values::NO_CATEGORY);
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The measure that a param was averaged over, in words.
pub fn space_text(parameter: &Parameter) -> String {
    let mut text = scale_text(&parameter.space, &parameter.values);
    if !parameter.declared.is_empty() {
        text = format!("{text}, {}", parameter.declared);
    }
    if parameter.elsewhere.is_empty() {
        text
    } else {
        format!("{text}; or {}", parameter.inactive())
    }
}

fn scale_text(space: &Space, values: &Values) -> String {
    match space {
        Space::Number {
            low,
            high,
            step,
            log,
        } => {
            let scale = match (log, step) {
                (true, _) => "log scale, ",
                (false, Some(step)) if (step - 1.0).abs() < f64::EPSILON => "whole numbers, ",
                (false, Some(_)) => "steps, ",
                (false, None) => "even, ",
            };
            if low < high {
                format!("{scale}{} to {}", short_number(*low), short_number(*high))
            } else {
                format!("always {}", short_number(*low))
            }
        }
        Space::Levels => "levels, each as likely".to_owned(),
        Space::Category => {
            let count = match values {
                Values::Codes(codes) => occurring(codes).len(),
                Values::Numbers(_) => 0,
            };
            match count {
                1 => "always the same".to_owned(),
                _ => format!("{count} categories, each as likely"),
            }
        }
    }
}

/// Where each run lies along an axis of equal parts; `None` where the param is not set.
pub fn places(parameter: &Parameter) -> Vec<Option<f64>> {
    let scale = ScaleOf::new(parameter, &[], &[]);
    let runs = 0..parameter.values.len();
    runs.map(|run| scale.place_of_run(&parameter.values, run))
        .collect()
}

/// The run that is better than all others; none where several are as good.
fn best_run(objective: &[f64], loss: impl Fn(f64) -> f64) -> Option<usize> {
    let finite = (0..objective.len()).filter(|run| objective[*run].is_finite());
    let best = finite.min_by(|a, b| loss(objective[*a]).total_cmp(&loss(objective[*b])))?;
    let as_good = objective.iter().filter(|value| **value == objective[best]);
    (as_good.count() == 1).then_some(best)
}

/// Marks the bins that are within noise of the best. Says which they are, and where the best lies at an edge of what was
/// searched.
fn mark_good(
    parameter: &Parameter,
    bins: &[Bin],
    scale: &ScaleOf<'_>,
    of_bins: &mut [EffectBin],
    loss: impl Fn(f64) -> f64,
) -> Vec<String> {
    let Some(best) =
        (0..bins.len()).min_by(|a, b| loss(bins[*a].value).total_cmp(&loss(bins[*b].value)))
    else {
        return Vec::new();
    };
    // What may be no worse than the best, among the resamples.
    let is_good = |bin: &Bin| match bin.behind {
        Some((low, high)) => loss(low).min(loss(high)) <= 0.0,
        None => loss(bin.value) <= loss(bins[best].value),
    };
    let name = &parameter.name;
    if !scale.is_ordered() || bins[best].place == BinPlace::Inactive {
        let good: Vec<String> = bins
            .iter()
            .zip(of_bins.iter_mut())
            .filter(|(bin, _)| is_good(bin))
            .map(|(_, of_bin)| {
                of_bin.is_good = true;
                of_bin.label.clone()
            })
            .collect();
        return vec![if good.len() == bins.len() {
            format!("No value of {name} can be told from the best.")
        } else if good.len() == 1 {
            format!("{name} = {} is best, beyond noise.", good[0])
        } else {
            format!(
                "{name}: {} cannot be told from the best, {}.",
                good.join(", "),
                of_bins[best].label
            )
        }];
    }
    let ordered = bins
        .iter()
        .filter(|bin| matches!(bin.place, BinPlace::Between(..)))
        .count();
    let (mut first, mut last) = (best, best);
    while first > 0 && is_good(&bins[first - 1]) {
        first -= 1;
    }
    while last + 1 < ordered && is_good(&bins[last + 1]) {
        last += 1;
    }
    for of_bin in &mut of_bins[first..=last] {
        of_bin.is_good = true;
    }
    let end = |place: BinPlace, upper: bool| scale.end(place, upper);
    let (low, high) = scale.ends_of((bins[first].place, bins[last].place));
    let mut words = vec![if first == 0 && last + 1 == ordered {
        format!("No value of {name} that was tried can be told from the best.")
    } else if low == high {
        format!("{name} = {low} is best, beyond noise.")
    } else {
        format!("{name} {low} to {high} is within noise of the best.")
    }];
    let is_clear = first > 0 || last + 1 < ordered;
    // Below 0 of what is never negative there is nothing to try.
    let least = match &parameter.values {
        Values::Numbers(values) => values.iter().copied().fold(f64::INFINITY, f64::min),
        Values::Codes(_) => f64::NAN,
    };
    let is_floor = best == 0 && least == 0.0;
    if is_clear && !is_floor && (best == 0 || best + 1 == ordered) {
        let (edge, more) = if best == 0 {
            ("lower", "lower")
        } else {
            ("upper", "higher")
        };
        words.push(format!(
            "The best lies at the {edge} edge of what was searched ({}): {more} values may be better still.",
            end(bins[best].place, best != 0)
        ));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::importance::Design;
    use crate::analysis::importance::{ImportanceJob, Settings, run_task};

    /// The effect of a param on an objective, as the page gets it.
    fn effect_of(parameter: Parameter, names: &[&str], objective: Vec<f64>) -> ParamEffect {
        let design = Design {
            parameters: vec![parameter],
            objective,
            configurations: Vec::new(),
        };
        let mut job = ImportanceJob::new(&design, Settings::default());
        while let Some(task) = job.next_task() {
            job.absorb(run_task(&design, job.prepared(), job.settings(), &task));
        }
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let bins = job.effect(0).unwrap();
        effect(
            &design.parameters[0],
            &names,
            &bins,
            &design.objective,
            false,
            job.does_nothing(0),
        )
    }

    #[test]
    fn a_log_param_with_its_best_in_the_middle_says_from_where_to_where() {
        let values: Vec<f64> = (0..200)
            .map(|run| libm::pow(10.0, -5.0 + 4.0 * f64::from(run) / 199.0))
            .collect();
        let objective = values
            .iter()
            .map(|lr| (libm::log10(*lr) + 3.0).powi(2))
            .collect();
        let effect = effect_of(
            Parameter::ranged("lr", values, 1e-5, 0.1, true),
            &[],
            objective,
        );
        assert!(
            effect.is_log && effect.is_ordered && effect.words.len() == 1,
            "{:?}",
            effect.words
        );
        let good: Vec<&EffectBin> = effect.bins.iter().filter(|bin| bin.is_good).collect();
        assert!(good.len() < 15, "{good:?}");
        // The middle of 1e-5 to 0.1 on the log axis is 1e-3.
        assert!(good.iter().any(|bin| bin.from <= 0.5 && 0.5 <= bin.to));
        assert!(
            effect.words[0].ends_with("is within noise of the best."),
            "{:?}",
            effect.words
        );
        let marks: Vec<&str> = effect.marks.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(marks, ["1e-5", "1e-4", "0.001", "0.01", "0.1"]);
        let (picture, outside) = effect.marks(false);
        assert!(outside < 10 && picture.iter().filter(|mark| mark.element == "path").count() == 2);
    }

    #[test]
    fn the_best_at_an_edge_of_the_search_is_said() {
        let values: Vec<f64> = (0..120).map(|run| f64::from(run % 8 + 1)).collect();
        let objective = values.iter().map(|layers| 10.0 - layers).collect();
        let effect = effect_of(Parameter::inferred("layers", values), &[], objective);
        assert_eq!(effect.bins.len(), 8);
        assert_eq!(effect.bins[7].label, "8");
        assert_eq!(
            effect.words,
            [
                "layers = 8 is best, beyond noise.",
                "The best lies at the upper edge of what was searched (8): higher values may be better still."
            ]
        );
    }

    #[test]
    fn a_range_of_few_values_ends_at_those_that_were_tried() {
        let values: Vec<f64> = (0..120)
            .map(|run| [16.0, 64.0, 256.0, 1024.0][run % 4])
            .collect();
        let told = |bad: &dyn Fn(f64) -> f64| {
            let objective = values.iter().map(|width| bad(*width)).collect();
            let param = Parameter::ranged("width", values.clone(), 16.0, 1024.0, true);
            effect_of(param, &[], objective).words[0].clone()
        };
        let flat_from = |from: f64| move |width: f64| if width < from { 5.0 } else { 1.0 };
        assert_eq!(
            told(&flat_from(256.0)),
            "width 256 to 1024 is within noise of the best."
        );
        assert_eq!(
            told(&flat_from(1024.0)),
            "width = 1024 is best, beyond noise."
        );
    }

    #[test]
    fn where_most_runs_are_as_good_as_the_best_the_best_lie_nowhere() {
        // Half of the runs without a warmup failed, none with one.
        let values: Vec<f64> = (0..240).map(|run| f64::from(run % 3)).collect();
        let failed = |run: usize| f64::from(u8::from(run.is_multiple_of(6)));
        let objective = (0..240).map(failed).collect();
        let effect = effect_of(Parameter::inferred("warmup", values), &[], objective);
        assert_eq!(effect.words, ["warmup 1 to 2 is within noise of the best."]);
        assert_eq!(
            effect
                .bins
                .iter()
                .map(|bin| bin.is_good)
                .collect::<Vec<_>>(),
            [false, true, true]
        );
    }

    #[test]
    fn categories_are_named_and_a_param_that_is_not_always_set_has_a_place_for_that() {
        let codes: Vec<u32> = (0..150).map(|run| run % 3).collect();
        let objective: Vec<f64> = codes
            .iter()
            .map(|code| [3.0, 1.0, 2.0][*code as usize])
            .collect();
        let effect = effect_of(
            Parameter::category("optimizer", codes),
            &["sgd", "adam", "lion"],
            objective,
        );
        assert_eq!(effect.words, ["optimizer = adam is best, beyond noise."]);
        assert!(!effect.is_ordered);
        let values: Vec<f64> = (0..150)
            .map(|run| {
                if run % 3 == 0 {
                    f64::NAN
                } else {
                    f64::from(run)
                }
            })
            .collect();
        let objective = (0..150)
            .map(|run| {
                if run % 3 == 0 {
                    0.0
                } else {
                    f64::from(run) + 5.0
                }
            })
            .collect();
        let effect = effect_of(Parameter::inferred("momentum", values), &[], objective);
        assert_eq!(effect.bins.last().unwrap().label, "not set");
        assert_eq!(effect.words, ["momentum = not set is best, beyond noise."]);
        assert_eq!(effect.points.len(), 150);
    }
}
