//! The box that was searched, and configurations in it: each param within the values that were seen, in the scale in
//! which it was searched, on its grid where it has one.
//!
//! A param that is not set in some runs is set only where they say so: runs are parted by which params they leave out,
//! a configuration keeps to one such part, and takes in each param only what runs of that part have. So a category that
//! goes with a conditional param is never drawn without it.

use crate::importance::axis::Axis;
use crate::importance::prepare::Kind;
use crate::importance::{Column, Design, Prepared, Space, distinct, geometric_step};
use crate::ranking::uncertainty::Normals;

/// Parts by which params are left out, at most; of more, the first.
const MOST_PARTS: usize = 64;

/// Places of a grid on the logarithm at most.
const MOST_PLACES: usize = 64;

/// A param's value in a configuration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Setting {
    /// A number.
    Number(f64),
    /// A category by its code in the design.
    Category(u32),
    /// It is not set.
    Inactive,
}

/// A configuration.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    /// By feature.
    pub(super) settings: Vec<Setting>,
    /// As trees see it.
    pub(super) point: Vec<f64>,
    /// Which params are set.
    part: usize,
}

/// What values a param may take.
pub(super) enum Knob {
    Numbers {
        axis: Axis,
        active: f64,
        grid: Grid,
    },
    /// Codes in the design, ascending: trees know a category by its place among them.
    Categories(Vec<u32>),
}

/// Where numbers lie.
pub(super) enum Grid {
    /// Among these.
    Places(Vec<f64>),
    /// At whole steps from the first.
    Steps { low: f64, step: f64 },
    /// Anywhere.
    None,
}

/// What a part of the runs has of a param.
enum Side {
    Inactive,
    /// From one unit place to another.
    Between(f64, f64),
    /// These places among the categories.
    Among(Vec<usize>),
}

/// Runs that leave out the same params.
struct Part {
    is_set: Vec<bool>,
    rows: Vec<usize>,
    sides: Vec<Side>,
}

/// See the module's documentation.
pub(super) struct Searched {
    knobs: Vec<Knob>,
    parts: Vec<Part>,
    runs: Vec<Vec<Setting>>,
    /// What was run, sorted (see [`key`]).
    known: Vec<u64>,
}

impl Searched {
    /// The box of the runs of a design; `tried` are configurations of further runs, a setting for each parameter.
    pub(super) fn new(design: &Design, prepared: &Prepared, tried: &[Vec<Setting>]) -> Self {
        let rows = finite(design);
        let features = prepared.features.iter();
        let runs: Vec<Vec<Setting>> = rows
            .iter()
            .take(prepared.runs())
            .map(|row| {
                let of_row = |parameter: usize| setting(design, *row, parameter);
                features
                    .clone()
                    .map(|feature| of_row(feature.parameter))
                    .collect()
            })
            .collect();
        let tried = tried.iter().map(|settings| {
            let of = |parameter: usize| settings.get(parameter).copied();
            features
                .clone()
                .map(|feature| of(feature.parameter).unwrap_or(Setting::Inactive))
                .collect::<Vec<_>>()
        });
        let mut known: Vec<u64> = tried.map(|settings| key(&settings)).collect();
        known.extend(runs.iter().map(|settings| key(settings)));
        known.sort_unstable();
        let mut searched = Self {
            parts: parts(&runs),
            knobs: knobs(design, prepared),
            runs,
            known,
        };
        searched.bound_parts();
        searched
    }

    /// Works out what each part of the runs has of each param.
    fn bound_parts(&mut self) {
        let is_only = self.parts.len() == 1;
        for part in &mut self.parts {
            let sides = self.knobs.iter().enumerate().map(|(feature, knob)| {
                if !part.is_set[feature] {
                    return Side::Inactive;
                }
                let of_rows = part.rows.iter().map(|row| self.runs[*row][feature]);
                match knob {
                    Knob::Numbers { .. } if is_only => Side::Between(0.0, 1.0),
                    Knob::Numbers { axis, .. } => {
                        // A value on a grid has half a step to either side.
                        let margin = axis.steps.map_or(0.0, |steps| 0.49 / steps as f64);
                        let (mut low, mut high) = (1.0_f64, 0.0_f64);
                        for setting in of_rows {
                            if let Setting::Number(value) = setting {
                                let place = axis.place(value);
                                low = low.min(place - margin);
                                high = high.max(place + margin);
                            }
                        }
                        Side::Between(low.max(0.0), high.min(1.0))
                    }
                    Knob::Categories(codes) => {
                        let mut places: Vec<usize> = of_rows
                            .filter_map(|setting| match setting {
                                Setting::Category(code) => codes.binary_search(&code).ok(),
                                _ => None,
                            })
                            .collect();
                        places.sort_unstable();
                        places.dedup();
                        Side::Among(places)
                    }
                }
            });
            part.sides = sides.collect();
        }
    }

    /// A configuration from anywhere, of a part as frequent as its runs.
    pub(super) fn anywhere(&self, draws: &mut Normals) -> Option<Candidate> {
        let of_parts: usize = self.parts.iter().map(|part| part.rows.len()).sum();
        let mut left = below(draws, of_parts);
        let part = self.parts.iter().position(|part| {
            let is_here = left < part.rows.len();
            left = left.wrapping_sub(part.rows.len());
            is_here
        })?;
        let sides = self.parts[part].sides.iter().zip(&self.knobs);
        let settings = sides.map(|(side, knob)| match side {
            Side::Inactive => Setting::Inactive,
            Side::Between(low, high) => knob.number_at(low + draws.uniform() * (high - low)),
            Side::Among(places) => knob.category_at(places[below(draws, places.len())]),
        });
        Some(self.candidate(settings.collect(), part))
    }

    /// A configuration near another: one of its params is another, and every other time about a third of the others too;
    /// numbers by about `spread` of their axis.
    pub(super) fn near(&self, of: &Candidate, spread: f64, draws: &mut Normals) -> Candidate {
        let mut settings = of.settings.clone();
        let always = below(draws, settings.len());
        let others = if draws.uniform() < 0.5 {
            0.0
        } else {
            1.0 / 3.0
        };
        for (feature, setting) in settings.iter_mut().enumerate() {
            let is_moved = feature == always || draws.uniform() < others;
            let knob = &self.knobs[feature];
            match (&self.parts[of.part].sides[feature], knob) {
                (Side::Between(low, high), Knob::Numbers { axis, .. }) => {
                    if let Setting::Number(value) = setting {
                        // What is not moved loses the digits of a run that nobody types.
                        let moved = if is_moved { spread * draws.next() } else { 0.0 };
                        let place = axis.place(*value) + moved;
                        *setting = knob.number_at(place.clamp(*low, *high));
                    }
                }
                (Side::Among(places), _) if is_moved => {
                    *setting = knob.category_at(places[below(draws, places.len())]);
                }
                _ => {}
            }
        }
        self.candidate(settings, of.part)
    }

    /// The configuration of a run; `None` where it is of none of the parts.
    pub(super) fn of_run(&self, run: usize) -> Option<Candidate> {
        let part = self
            .parts
            .iter()
            .position(|part| part.rows.binary_search(&run).is_ok())?;
        Some(self.candidate(self.runs.get(run)?.clone(), part))
    }

    /// Whether no run has this configuration, as far as its digits are shown.
    pub(super) fn is_new(&self, candidate: &Candidate) -> bool {
        self.known.binary_search(&candidate.key()).is_err()
    }

    fn candidate(&self, settings: Vec<Setting>, part: usize) -> Candidate {
        let point = settings.iter().zip(&self.knobs);
        Candidate {
            point: point
                .map(|(setting, knob)| knob.coordinate(*setting))
                .collect(),
            settings,
            part,
        }
    }
}

impl Candidate {
    /// Equal where all values are, as far as digits are shown.
    pub(super) fn key(&self) -> u64 {
        key(&self.settings)
    }

    /// Steps along ordered axes, 1 for each category that differs and each param that only one of the two has.
    pub(super) fn distance(&self, other: &Self) -> f64 {
        let points = self.point.iter().zip(&other.point);
        let settings = self.settings.iter().zip(&other.settings);
        let apart = |((a, b), (x, y)): ((&Setting, &Setting), (&f64, &f64))| match (a, b) {
            (Setting::Number(_), Setting::Number(_)) => (x - y).abs(),
            _ if a == b => 0.0,
            _ => 1.0,
        };
        settings.zip(points).map(apart).sum()
    }
}

impl Knob {
    fn new(values: &Column, space: &Space, rows: &[usize], active: f64) -> Self {
        match values {
            Column::Codes(codes) => {
                let codes = rows.iter().filter_map(|row| codes.get(*row).copied());
                let mut codes: Vec<u32> =
                    codes.filter(|code| *code != Column::NO_CATEGORY).collect();
                codes.sort_unstable();
                codes.dedup();
                Self::Categories(codes)
            }
            Column::Numbers(values) => {
                let seen: Vec<f64> = rows
                    .iter()
                    .filter_map(|row| values.get(*row).copied())
                    .collect();
                let levels = distinct(&seen);
                let axis = Axis::new(space, &levels);
                let grid = match space {
                    Space::Number { log: true, .. } if geometric_step(&levels).is_some() => {
                        Grid::Places(geometric(&levels))
                    }
                    Space::Number {
                        low,
                        step: Some(step),
                        ..
                    } => Grid::Steps {
                        low: *low,
                        step: *step,
                    },
                    Space::Number { step: None, .. } => Grid::None,
                    Space::Levels | Space::Category => Grid::Places(levels),
                };
                Self::Numbers { axis, active, grid }
            }
        }
    }

    /// The number at a unit place, on the grid; else with no more digits than anybody types.
    fn number_at(&self, place: f64) -> Setting {
        let Self::Numbers { axis, grid, .. } = self else {
            return Setting::Inactive;
        };
        let (low, high) = (axis.value_at(0.0), axis.value_at(1.0));
        let value = axis.value_at(place);
        Setting::Number(match grid {
            Grid::Places(places) => {
                let apart = |at: &f64| (axis.place(*at) - place).abs();
                let nearest = places.iter().min_by(|a, b| apart(a).total_cmp(&apart(b)));
                nearest.copied().unwrap_or(value)
            }
            Grid::Steps { low: first, step } => {
                let steps = ((value - first) / step).round();
                rounded::<11>(first + steps * step).clamp(low, high)
            }
            Grid::None => rounded::<3>(value).clamp(low, high),
        })
    }

    fn category_at(&self, place: usize) -> Setting {
        match self {
            Self::Categories(codes) => codes
                .get(place)
                .map_or(Setting::Inactive, |code| Setting::Category(*code)),
            Self::Numbers { .. } => Setting::Inactive,
        }
    }

    /// Where trees have it.
    pub(super) fn coordinate(&self, setting: Setting) -> f64 {
        match (self, setting) {
            (Self::Numbers { axis, active, .. }, Setting::Number(value)) => {
                axis.place(value) * active
            }
            (Self::Numbers { active, .. }, _) => f64::midpoint(*active, 1.0),
            (Self::Categories(codes), Setting::Category(code)) => {
                codes.binary_search(&code).unwrap_or(codes.len()) as f64
            }
            (Self::Categories(codes), _) => codes.len() as f64,
        }
    }
}

/// The runs that have a value of the objective.
fn finite(design: &Design) -> Vec<usize> {
    (0..design.objective.len())
        .filter(|row| design.objective[*row].is_finite())
        .collect()
}

/// What values the param of each feature may take.
pub(super) fn knobs(design: &Design, prepared: &Prepared) -> Vec<Knob> {
    let rows = finite(design);
    let features = prepared.features.iter();
    features
        .map(|feature| {
            let parameter = &design.parameters[feature.parameter];
            let active = match &feature.kind {
                Kind::Ordered { active, .. } => *active,
                Kind::Unordered { .. } => 1.0,
            };
            Knob::new(&parameter.values, &parameter.space, &rows, active)
        })
        .collect()
}

/// What a run has of a parameter.
pub(super) fn setting(design: &Design, row: usize, parameter: usize) -> Setting {
    match &design.parameters[parameter].values {
        Column::Numbers(values) => match values.get(row) {
            Some(value) if value.is_finite() => Setting::Number(*value),
            _ => Setting::Inactive,
        },
        Column::Codes(codes) => match codes.get(row) {
            Some(code) if *code != Column::NO_CATEGORY => Setting::Category(*code),
            _ => Setting::Inactive,
        },
    }
}

/// All places of the geometric grid on which values lie: the values, and what is between them.
fn geometric(levels: &[f64]) -> Vec<f64> {
    let (Some(step), [first, ..]) = (geometric_step(levels), levels) else {
        return levels.to_vec();
    };
    let is_whole = levels.iter().all(|level| level.fract() == 0.0);
    let mut places: Vec<f64> = Vec::new();
    for level in levels {
        while places.len() < MOST_PLACES {
            let next = libm::exp(libm::log(*first) + step * places.len() as f64);
            if next > level * (1.0 - 1e-3) {
                break;
            }
            places.push(if is_whole {
                next.round()
            } else {
                rounded::<3>(next)
            });
        }
        places.push(*level);
    }
    places
}

/// With so many digits behind the first.
fn rounded<const DIGITS: usize>(value: f64) -> f64 {
    format!("{value:.DIGITS$e}").parse().unwrap_or(value)
}

fn below(draws: &mut Normals, bound: usize) -> usize {
    ((draws.uniform() * bound as f64) as usize).min(bound.saturating_sub(1))
}

/// The runs by which params they leave out.
fn parts(runs: &[Vec<Setting>]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (row, settings) in runs.iter().enumerate() {
        let is_set = settings.iter().map(|setting| *setting != Setting::Inactive);
        if let Some(part) = parts
            .iter_mut()
            .find(|part| part.is_set.iter().copied().eq(is_set.clone()))
        {
            part.rows.push(row);
        } else if parts.len() < MOST_PARTS {
            parts.push(Part {
                is_set: is_set.collect(),
                rows: vec![row],
                sides: Vec::new(),
            });
        }
    }
    parts
}

/// The values in one number: equal for equal values, as far as digits are shown.
pub(super) fn key(settings: &[Setting]) -> u64 {
    let mut key = 0_u64;
    for setting in settings {
        let bits = match setting {
            Setting::Number(value) => (rounded::<3>(*value) + 0.0).to_bits(),
            Setting::Category(code) => u64::from(*code) + 1,
            Setting::Inactive => 0,
        };
        // The finaliser of splitmix64.
        key = (key ^ bits).wrapping_add(0x9e37_79b9_7f4a_7c15);
        key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        key ^= key >> 31;
    }
    key
}
