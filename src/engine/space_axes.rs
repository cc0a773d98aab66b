//! The axes of the space of runs: which, in which order, and where each run lies on them.

use super::info::key_of;
use super::protocol::Brush;
use super::scales::{number_or_absence, statistic_or_absence};
use super::space::{LANE, MARGIN, SpaceRuns};
use super::view::{escape, flag, unescape};
use crate::analysis::first_look::{CLOSENESS, ORDERED, closeness, closer};
use crate::analysis::ranking::ObjectiveColumn;
use crate::chart::absence::Absence;
use crate::chart::axis::{Axis, NAMED};
use crate::chart::scale::Spacing;
use crate::ledger::{Cells, Column, ColumnId, Kind, Role, ValueRef};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// How much room an axis needs at least, in units of the page.
const NARROWEST: f64 = 84.0;

/// How many axes are chosen at most.
const MOST_CHOSEN: usize = 16;

/// How many values an axis tells apart; rarer ones share a last step.
const MOST_VALUES: usize = 200;

/// An axis as a person wants it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AxisSetting {
    /// The column's key.
    pub key: String,
    /// Whether it runs downwards.
    pub flipped: bool,
    /// Whether it has the scale that it would not have by itself: linear, or logarithmic, on both sides of 0 where it has some.
    pub rescaled: bool,
    /// Whether its numbers lie by their ranks instead.
    pub by_rank: bool,
    /// The values that a person has put in an order, from its beginning on; others follow in that of their results.
    pub order: Vec<String>,
}

/// How many values a person can order: as many as are all named on the axis.
pub const MOST_ORDERED: usize = NAMED;

impl AxisSetting {
    /// The next of the scales that it can have.
    pub fn turn_scale(&mut self) {
        let was = (self.rescaled, self.by_rank);
        self.rescaled = was == (false, false);
        self.by_rank = was == (true, false);
    }

    /// The word in addresses.
    pub fn word(&self) -> String {
        let mut word = String::new();
        word.push_str(if self.flipped { "!" } else { "" });
        word.push_str(if self.rescaled { "~" } else { "" });
        word.push_str(if self.by_rank { "^" } else { "" });
        word.push_str(&escape(&self.key));
        for value in &self.order {
            word.push(':');
            word.push_str(&escape(value));
        }
        word
    }

    /// What the word says.
    pub fn from_word(word: &str) -> Self {
        let (flipped, rest) = flag(word, '!');
        let (rescaled, rest) = flag(rest, '~');
        let (by_rank, rest) = flag(rest, '^');
        let mut parts = rest.split(':').map(unescape);
        Self {
            key: parts.next().unwrap_or_default(),
            flipped,
            rescaled,
            by_rank,
            order: parts.take(MOST_ORDERED).collect(),
        }
    }
}

/// An axis of the picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpaceAxis {
    /// Its column.
    pub column: ColumnId,
    /// How it was asked for.
    pub setting: AxisSetting,
    /// The column's name.
    pub name: String,
    /// Whether it is the objective.
    pub is_objective: bool,
    /// Whether its numbers suggest a logarithmic scale, which is another where it is rescaled.
    pub is_log: bool,
    /// Where values lie along it.
    pub axis: Axis,
    /// Where it stands, in units of the page.
    pub x: f64,
    /// Where its beginning and its end lie, in units of the page from above.
    pub ends: (f64, f64),
    /// Runs that have no number or value to lie at, by why, with the height of their lane, and how many they are.
    pub absent: Vec<(Absence, f64, usize)>,
}

impl From<Absence> for Brush {
    /// The runs of a lane beside an axis, and no others: of infinities those of one sign. A filter has no words for those that
    /// ended before what counts in a column: nothing is left out.
    fn from(absence: Absence) -> Self {
        match absence {
            Absence::Missing => Self::Missing,
            Absence::Early => Self::Range {
                low: None,
                high: None,
            },
            Absence::NotANumber => Self::NotANumber,
            Absence::Infinity => Self::Range {
                low: Some(f64::INFINITY),
                high: None,
            },
            Absence::NegativeInfinity => Self::Range {
                low: None,
                high: Some(f64::NEG_INFINITY),
            },
        }
    }
}

/// Which of the lanes from above it has: an infinity lies beyond that end of the axis of which it is the limit.
fn lane_of(absence: Absence, flipped: bool) -> usize {
    match absence {
        Absence::Infinity => usize::from(flipped),
        Absence::NegativeInfinity => usize::from(!flipped),
        Absence::NotANumber => 2,
        Absence::Early => 3,
        Absence::Missing => 4,
    }
}

/// Which lanes some axis needs, from above: that over the axes, and those below them.
pub(super) type Lanes = [bool; 5];

/// Where a run lies on an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// At a part of its length.
    At(f32),
    /// Nowhere on it.
    Absent(Absence),
}

/// An axis with its runs, before it is known how high it is.
pub(super) struct Built {
    column: ColumnId,
    setting: AxisSetting,
    name: String,
    is_objective: bool,
    is_log: bool,
    axis: Axis,
    places: Vec<Place>,
}

/// Which axes there are where nobody chose, the ones that go along with the objective most beside it, at the right;
/// and that in words.
pub(super) fn chosen(runs: SpaceRuns<'_>, width: f64) -> (Vec<AxisSetting>, String) {
    let every = runs.ledger.rows().div_ceil(ORDERED).max(1);
    let rows: Vec<usize> = (0..runs.ledger.rows()).step_by(every).collect();
    let params = runs.ledger.columns_with_ids().filter(|(id, column)| {
        column.role() == Role::Param
            && column.kind() != Kind::Empty
            && runs.varies.get(id.index()).copied().unwrap_or(false)
    });
    let mut ranked: Vec<((bool, f64), ColumnId)> = params
        .map(|(id, _)| {
            let of = |(_, values): (_, &ObjectiveColumn)| {
                closeness(runs.ledger, id, &|row| values.values[row], &rows)
            };
            (runs.objective.map_or((false, 0.0), of), id)
        })
        .collect();
    let room = ((width - 2.0 * MARGIN) / NARROWEST) as usize;
    let most = room.clamp(2, MOST_CHOSEN);
    let all = ranked.len();
    order::by(&mut ranked, |(a, _), (b, _)| closer(a, b));
    ranked.truncate(most);
    ranked.reverse();
    let said = if runs.objective.is_some() {
        let which = if all > most {
            format!("The {most} of {all} params that differ which go along with the objective most")
        } else {
            "Params that differ".to_owned()
        };
        format!("{which}, the strongest beside it ({CLOSENESS}).")
    } else {
        "Params that differ. Choose an objective to order and colour them by it.".to_owned()
    };
    let ids = ranked.into_iter().map(|(_, id)| id);
    let ids = ids.chain(runs.objective.map(|(id, _)| id));
    let setting = |id| AxisSetting {
        key: key_of(runs.ledger, id),
        ..AxisSetting::default()
    };
    (ids.map(setting).collect(), said)
}

/// An axis and where each run lies on it.
pub(super) fn build(setting: &AxisSetting, id: ColumnId, runs: SpaceRuns<'_>) -> Built {
    let column = runs.ledger.column(id);
    let is_objective = runs.objective.is_some_and(|(objective, _)| objective == id);
    let (axis, places, is_log) = if let Some(numbers) = numbers_of(id, runs) {
        let is_time = !is_objective && column.kind() == Kind::Time;
        numeric(numbers, setting, is_time)
    } else {
        let (axis, places) = by_value(column, &setting.order, runs);
        (axis, places, false)
    };
    Built {
        column: id,
        setting: setting.clone(),
        name: column.name().to_owned(),
        is_objective,
        is_log,
        axis,
        places,
    }
}

/// What each run has on the axis of a column of numbers or times, or why it has none; of the objective it is the statistic.
/// None of another column.
pub(super) fn numbers_of(id: ColumnId, runs: SpaceRuns<'_>) -> Option<Vec<f64>> {
    let column = runs.ledger.column(id);
    let rows = 0..runs.ledger.rows();
    if let Some((_, values)) = runs.objective.filter(|(objective, _)| *objective == id) {
        let value = |row: usize| statistic_or_absence(values.values[row], column.get(row));
        return Some(rows.map(value).collect());
    }
    let is_number = matches!(column.kind(), Kind::Number | Kind::Time);
    is_number.then(|| rows.map(|row| number_or_absence(column.get(row))).collect())
}

fn numeric(numbers: Vec<f64>, setting: &AxisSetting, time: bool) -> (Axis, Vec<Place>, bool) {
    let finite: Vec<f64> = numbers.iter().copied().filter(|x| x.is_finite()).collect();
    let is_log = Spacing::of(&finite) != Spacing::Linear;
    let mut axis = Axis::of_finite(&finite, time, Some(is_log != setting.rescaled));
    if setting.by_rank {
        axis = axis.by_rank(&finite);
    }
    let place = |x: f64| match Absence::of(x) {
        None => Place::At(axis.place(x) as f32),
        Some(absence) => Place::Absent(absence),
    };
    let places = numbers.into_iter().map(place).collect();
    (axis, places, is_log)
}

/// Values in a person's order, others behind them in that of their mean objective, so that lines cross as little as they can;
/// without one, by name.
fn by_value(column: &Column, hand: &[String], runs: SpaceRuns<'_>) -> (Axis, Vec<Place>) {
    let rows = runs.ledger.rows();
    let mut met: FxHashMap<String, u32> = FxHashMap::default();
    let mut code = |value: ValueRef<'_>| {
        let next = met.len() as u32;
        *met.entry(value.to_string()).or_insert(next)
    };
    let codes: Vec<Option<u32>> = match column.cells() {
        // The text of each value is made once and not for every run.
        Cells::Category { codes, dictionary } => {
            let values: Vec<u32> = dictionary
                .values()
                .iter()
                .map(|value| code(value.as_ref()))
                .collect();
            codes
                .iter()
                .map(|at| values.get(*at as usize).copied())
                .collect()
        }
        _ => (0..rows)
            .map(|row| {
                Some(column.get(row))
                    .filter(|value| !value.is_missing())
                    .map(&mut code)
            })
            .collect(),
    };
    let mut sums = vec![(0.0, 0usize, 0usize); met.len()];
    for (row, code) in codes.iter().enumerate() {
        let Some(sum) = code.and_then(|code| sums.get_mut(code as usize)) else {
            continue;
        };
        sum.2 += 1;
        let value = runs
            .objective
            .map_or(f64::NAN, |(_, values)| values.values[row]);
        if value.is_finite() {
            sum.0 += value;
            sum.1 += 1;
        }
    }
    let mean = |code: u32| {
        let (sum, count, _) = sums[code as usize];
        if count > 0 {
            sum / count as f64
        } else {
            f64::NAN
        }
    };
    let mut values: Vec<(String, u32)> = met
        .into_iter()
        .filter(|(_, code)| sums[*code as usize].2 > 0)
        .collect();
    let place = |value: &String| hand.iter().position(|other| other == value);
    let place = |value: &String| place(value).unwrap_or(usize::MAX);
    order::by(&mut values, |a, b| {
        place(&a.0)
            .cmp(&place(&b.0))
            .then_with(|| mean(a.1).total_cmp(&mean(b.1)))
            .then_with(|| a.0.cmp(&b.0))
    });
    // Of too many the rarest are left out; of those that are as rare, those amid the order.
    let (all, middle) = (values.len(), values.len() / 2);
    let mut seldom: Vec<usize> = (0..all).collect();
    order::by_key(&mut seldom, |at| {
        let (value, code) = &values[*at];
        let is_chosen = place(value) != usize::MAX;
        (is_chosen, sums[*code as usize].2, at.abs_diff(middle))
    });
    let mut is_left_out = vec![false; all];
    for at in &seldom[..all.saturating_sub(MOST_VALUES)] {
        is_left_out[*at] = true;
    }
    let steps = all.min(MOST_VALUES);
    let mut step_of = vec![steps; sums.len()];
    let mut named = Vec::with_capacity(steps);
    for ((name, code), is_left_out) in values.into_iter().zip(is_left_out) {
        if !is_left_out {
            step_of[code as usize] = named.len();
            named.push(name);
        }
    }
    let axis = Axis::Values {
        rest: all - steps,
        values: named,
    };
    let place = |code: &Option<u32>| match code {
        Some(code) => Place::At(axis.place_of_step(step_of[*code as usize]) as f32),
        None => Place::Absent(Absence::Missing),
    };
    let places = codes.iter().map(place).collect();
    (axis, places)
}

/// How many of the first lanes lie below the axes.
pub(super) fn lanes_below(lanes: &[bool]) -> f64 {
    lanes.iter().skip(1).filter(|lane| **lane).count() as f64
}

impl Built {
    /// Adds the lanes that its runs need.
    pub(super) fn needs(&self, lanes: &mut Lanes) {
        for place in &self.places {
            if let Place::Absent(absence) = place {
                lanes[lane_of(*absence, self.setting.flipped)] = true;
            }
        }
    }

    /// The axis at `x`, from `top` to `bottom` with its lanes above and below, and the height of each run.
    pub(super) fn laid_out(
        self,
        x: f64,
        (top, bottom): (f64, f64),
        lanes: &Lanes,
    ) -> (SpaceAxis, Vec<f32>) {
        let ends = if self.setting.flipped {
            (top, bottom)
        } else {
            (bottom, top)
        };
        let lane = |absence: Absence| match lane_of(absence, self.setting.flipped) {
            0 => top - LANE * 0.75,
            at => bottom + LANE * (lanes_below(&lanes[..at]) + 0.75),
        };
        let heights = self
            .places
            .iter()
            .map(|place| match place {
                Place::At(part) => (ends.0 + f64::from(*part) * (ends.1 - ends.0)) as f32,
                Place::Absent(absence) => lane(*absence) as f32,
            })
            .collect();
        let absent = Absence::ALL
            .into_iter()
            .map(|absence| {
                let is_it = |place: &&Place| **place == Place::Absent(absence);
                let all = self.places.iter().filter(is_it).count();
                (absence, lane(absence), all)
            })
            .filter(|(.., all)| *all > 0)
            .collect();
        let axis = SpaceAxis {
            column: self.column,
            setting: self.setting,
            name: self.name,
            is_objective: self.is_objective,
            is_log: self.is_log,
            axis: self.axis,
            x,
            ends,
            absent,
        };
        (axis, heights)
    }
}
