//! Runs by any two columns, coloured by a third, as large as a fourth says: the answer to [`super::protocol::Ask::Scatter`].

use super::brief::Question;
use super::coloured::{Coloured, legend_item};
use super::distributions::{JITTER, NO_PART, Parts, jitter};
use super::info::{column_of_key, key_of};
use super::lines::LegendItem;
use super::objectives::{Pictures, ScatterPicture};
use super::scales::number_or_absence;
use super::scatter_matrix::{ScatterMatrix, matrix};
use super::show::{NO_RUN, run_name, short_number};
use super::view::{escape, unescape};
use crate::analysis::correlation::Coefficient;
use crate::analysis::grouping::parts_no_replicates;
use crate::analysis::part::Part;
use crate::analysis::ranking::likeliest;
use crate::chart::absence::{Lanes, MISSING};
use crate::chart::axis::Axis;
use crate::chart::number::{counted, grouped};
use crate::chart::scatter::{Dot, FOREMOST, MOST_SIZE, OTHERS, Scatter, ScatterAxis, is_foremost};
use crate::ledger::{Column, ColumnId, Kind, Ledger, Role};
use serde::{Deserialize, Serialize};

/// Of so many runs at least a correlation has an interval.
const FEWEST: usize = 10;
/// Of more runs an even part is correlated.
const MOST_CORRELATED: usize = 100_000;
/// How many columns a matrix has at most.
pub const MOST_MATRIX: usize = 6;
/// How many values of a column have a step of their own.
const MOST_STEPS: usize = 30;
/// Up to so many selected runs are named.
const MOST_NAMED: usize = 4;
/// The colour of the best where the others are shades.
const VIVID: u8 = 5;
/// How many of them have a ring at most.
pub(super) const MOST_RINGS: usize = 1000;

/// What a person has set of the picture: keys of columns; where empty, they are chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScatterView {
    /// Along.
    pub x: String,
    /// Up.
    pub y: String,
    /// What colours go by; where empty, all dots but the best are grey.
    pub colour: String,
    /// What sizes go by; where empty, all dots are of one size.
    pub size: String,
    /// The columns of a matrix, of which each two are shown; where empty, the two above are.
    pub matrix: Vec<String>,
    /// Whether the axes along and up are logarithmic; where none, their numbers say.
    pub log: [Option<bool>; 2],
    /// Whether they go by ranks instead.
    pub by_rank: [bool; 2],
}

impl ScatterView {
    /// The words in addresses.
    pub fn words(&self) -> String {
        if *self == Self::default() {
            return String::new();
        }
        let Self {
            x,
            y,
            colour,
            size,
            matrix,
            log: [along, up],
            by_rank,
        } = self;
        // No key begins so.
        let marked = |log: &Option<bool>, by_rank: bool, key: &str| {
            let mark = log.map_or("", |log| if log { "+" } else { "!" });
            let mark = if by_rank { "^" } else { mark };
            mark.to_owned() + &escape(key)
        };
        let (along, up) = (marked(along, by_rank[0], x), marked(up, by_rank[1], y));
        let mut words = [along, up, escape(colour)].join(",");
        let has_more = !(size.is_empty() && matrix.is_empty());
        for key in has_more.then_some(size).into_iter().chain(matrix) {
            words.push(',');
            words.push_str(&escape(key));
        }
        words
    }

    /// What the words say; what is not there is chosen.
    pub fn from_words(words: &str) -> Self {
        let (mut log, mut by_rank) = ([None; 2], [false; 2]);
        let mut keys = words.split(',').enumerate().map(|(at, word)| {
            let mark = word
                .chars()
                .next()
                .filter(|first| matches!(first, '+' | '!' | '^'));
            match (mark, log.get_mut(at)) {
                (Some('^'), Some(_)) => {
                    by_rank[at] = true;
                    unescape(&word[1..])
                }
                (Some(mark), Some(log)) => {
                    *log = Some(mark == '+');
                    unescape(&word[1..])
                }
                _ => unescape(word),
            }
        });
        let mut next = || keys.next().unwrap_or_default();
        Self {
            x: next(),
            y: next(),
            colour: next(),
            size: next(),
            matrix: keys
                .filter(|key| !key.is_empty())
                .take(MOST_MATRIX)
                .collect(),
            log,
            by_rank,
        }
    }
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scattered {
    /// The columns that are shown, as they were set or chosen.
    pub set: ScatterView,
    /// What can be said, in sentences.
    pub words: Vec<String>,
    /// The picture; none where there are no two columns of numbers, or there is a matrix.
    pub picture: Option<ScatterPicture>,
    /// The matrix, where one is asked for.
    pub matrix: Option<ScatterMatrix>,
}

/// The answer, with its picture whole.
pub(super) fn scattered(
    question: &Question<'_>,
    set: &ScatterView,
    dark: bool,
) -> (Scattered, Vec<Scatter>) {
    let mut pictures = Pictures {
        dark,
        ..Pictures::default()
    };
    if !set.matrix.is_empty() {
        let (matrix, words) = matrix(question, set, dark);
        let said = Scattered {
            set: set.clone(),
            words,
            picture: None,
            matrix,
        };
        return (said, Vec::new());
    }
    let said = answer(question, set, &mut pictures).unwrap_or_else(|| Scattered {
        words: vec!["There are no two columns of numbers that differ between runs.".to_owned()],
        ..Scattered::default()
    });
    (said, pictures.whole)
}

fn answer(
    question: &Question<'_>,
    set: &ScatterView,
    pictures: &mut Pictures,
) -> Option<Scattered> {
    let ledger = question.ledger;
    let is_shown = |id: &ColumnId| {
        let column = ledger.column(*id);
        column.role() != Role::Ignored && matches!(column.kind(), Kind::Number | Kind::Time)
    };
    let wanted = |key: &str| column_of_key(ledger, key).filter(is_shown);
    // Texts of many kinds have no axis.
    let has_axis = |id: &ColumnId| {
        let column = ledger.column(*id);
        let is_of_values = matches!(column.kind(), Kind::Category | Kind::Bool);
        is_shown(id) || column.role() != Role::Ignored && is_of_values
    };
    let axis_of = |key: &str| column_of_key(ledger, key).filter(has_axis);
    let first = |role: Role, other: Option<ColumnId>| {
        let mut fitting = ledger.columns_with_ids().filter(|(id, column)| {
            column.role() == role
                && column.spread().varies
                && is_shown(id)
                && Some(*id) != other
                && (role != Role::Param || parts_no_replicates(column).is_none())
        });
        match role {
            Role::Metric => likeliest(fitting),
            _ => fitting.next().map(|(id, _)| id),
        }
    };
    let objective = question.objective.map(|(_, column, _)| column);
    let y = axis_of(&set.y)
        .or_else(|| objective.filter(is_shown))
        .or_else(|| first(Role::Metric, None))?;
    let x = axis_of(&set.x)
        .or_else(|| first(Role::Param, Some(y)))
        .or_else(|| first(Role::Metric, Some(y)))?;
    let colour = column_of_key(ledger, &set.colour);
    let sized = wanted(&set.size).map(|id| (id, ledger.column(id)));
    let (along, up) = (AlongColumn::new(question, x), AlongColumn::new(question, y));
    let number = |column: &Column, row: usize| number_or_absence(column.get(row));
    let classes = Classes::new(question, colour);
    let mut dots: Vec<Dot> = Vec::new();
    let sizes = sized.map(|(_, column)| {
        let numbers = question.shown.ones().map(|row| number(column, row));
        ScatterAxis::new(column.name(), numbers, column.kind() == Kind::Time)
    });
    let mut unsized_dots = 0_usize;
    let (mut both, mut n, mut neither) = ((Vec::new(), Vec::new()), 0_usize, 0_usize);
    let part = Part::new(question.shown.count(), MOST_CORRELATED);
    for row in question.shown.ones() {
        let (a, b) = (along.of(row), up.of(row));
        if !(a.is_finite() || b.is_finite()) {
            neither += 1;
            continue;
        }
        if a.is_finite() && b.is_finite() {
            n += 1;
            if part.has(row) {
                both.0.push(a);
                both.1.push(b);
            }
        }
        let size = sizes.as_ref().zip(sized).map(|(scale, (_, column))| {
            let x = number(column, row);
            if !x.is_finite() {
                unsized_dots += 1;
                return 0;
            }
            let part = scale.axis.place(x).clamp(0.0, 1.0);
            libm::round(part * f64::from(MOST_SIZE)) as u8
        });
        dots.push(Dot {
            x: a,
            y: b,
            class: classes.of(row),
            size,
            row: row as u32,
        });
    }
    // Colours lie on grey, the best on all, and small dots on large ones.
    let rank = |dot: &Dot| {
        (
            depth(dot.class),
            MOST_SIZE - dot.size.unwrap_or(0).min(MOST_SIZE),
        )
    };
    order::by_key(&mut dots, |dot| rank(dot));
    let x_axis = along.axis(&dots, |dot| dot.x, set.log[0], set.by_rank[0]);
    let y_axis = up.axis(&dots, |dot| dot.y, set.log[1], set.by_rank[1]);
    let of_values = x_axis.has_values() || y_axis.has_values();
    let title = format!("{} over {}", y_axis.name, x_axis.name);
    let shown = question.shown.count();
    let odd = |axis: &ScatterAxis| told_lanes(&axis.name, axis.lanes);
    let mut words = vec![format!(
        "{} of {} have both; {} lie in a lane, for they have no finite number on one axis{}{}; {} have neither.",
        grouped(n),
        counted(shown, "shown run"),
        grouped(dots.len() - n),
        odd(&x_axis),
        odd(&y_axis),
        grouped(neither)
    )];
    if of_values {
        words.extend(along.told().into_iter().chain(up.told()));
    } else {
        words.extend(correlation(&both.0, &both.1));
    }
    if let Some(ScatterAxis {
        name,
        axis: Axis::Numbers { low, high, .. },
        ..
    }) = &sizes
    {
        words.push(format!(
            "Dots are the larger the greater {name} is, {} to {}; {} without one are the smallest.",
            short_number(*low),
            short_number(*high),
            counted(unsized_dots, "dot")
        ));
    }
    let most = |axis: &ScatterAxis| axis.bins.iter().copied().max().unwrap_or(0) as usize;
    if n > 0 {
        words.push(format!(
            "Bars count runs along the axes, {} above and {} at the right: at most {} and {}.",
            x_axis.bars(),
            y_axis.bars(),
            grouped(most(&x_axis)),
            grouped(most(&y_axis))
        ));
    }
    let is_selected = |dot: &&Dot| question.selected.get(dot.row as usize);
    let selected = dots.iter().filter(is_selected).count();
    words.extend(told_rings(selected));
    let name = |row: u32| {
        if selected <= MOST_NAMED {
            run_name(ledger, row as usize)
        } else {
            String::new()
        }
    };
    let ringed = dots.iter().filter(is_selected).take(MOST_RINGS);
    let named = ringed.map(|dot| (dot.x, dot.y, name(dot.row))).collect();
    if shown == 0 {
        words = vec![NO_RUN.to_owned()];
    }
    let mut picture = pictures.add(
        title,
        &[],
        Scatter {
            x: x_axis,
            y: y_axis,
            dots,
            lines: Vec::new(),
            named,
        },
    );
    picture.legend = classes.legend(ledger);
    Some(Scattered {
        set: ScatterView {
            x: key_of(ledger, x),
            y: key_of(ledger, y),
            colour: colour.map(|id| key_of(ledger, id)).unwrap_or_default(),
            size: sized.map(|(id, _)| key_of(ledger, id)).unwrap_or_default(),
            matrix: Vec::new(),
            log: set.log,
            by_rank: set.by_rank,
        },
        words,
        // Axes of nothing would be made up.
        picture: Some(picture).filter(|_| shown > 0),
        matrix: None,
    })
}

/// A column along an axis: its numbers, or its most frequent values with a step each.
struct AlongColumn<'a> {
    column: &'a Column,
    parts: Option<Parts>,
}

impl<'a> AlongColumn<'a> {
    fn new(question: &Question<'a>, id: ColumnId) -> Self {
        let column = question.ledger.column(id);
        let has_numbers = matches!(column.kind(), Kind::Number | Kind::Time);
        // In the order of what is better or worse, where that is known.
        let objective = |row: usize| {
            let values = question.objective.map(|(_, _, values)| &values.values);
            values.map_or(f64::NAN, |values| values[row])
        };
        Self {
            column,
            parts: (!has_numbers).then(|| Parts::by_value(question, &objective, id, MOST_STEPS)),
        }
    }

    /// A run's number, or its value's step and a little aside; or why it has none.
    fn of(&self, row: usize) -> f64 {
        let Some(parts) = &self.parts else {
            return number_or_absence(self.column.get(row));
        };
        match parts.of_row.get(row) {
            Some(part) if *part != NO_PART => f64::from(*part) + JITTER * jitter(row),
            _ => MISSING,
        }
    }

    fn axis(
        &self,
        dots: &[Dot],
        of: fn(&Dot) -> f64,
        log: Option<bool>,
        by_rank: bool,
    ) -> ScatterAxis {
        let numbers = || dots.iter().map(of);
        let name = self.column.name();
        let axis = if let Some(parts) = &self.parts {
            let axis = Axis::Values {
                values: parts.names.clone(),
                rest: parts.rest,
            };
            ScatterAxis::by_value(name, axis, numbers())
        } else {
            let is_time = self.column.kind() == Kind::Time;
            let axis = ScatterAxis::asked(name, numbers(), is_time, log);
            if by_rank {
                axis.by_rank(numbers())
            } else {
                axis
            }
        };
        axis.counted(numbers())
    }

    /// How its values lie.
    fn told(&self) -> Option<String> {
        let parts = self.parts.as_ref()?;
        let name = self.column.name();
        let rest = match parts.rest {
            0 => String::new(),
            rest => format!("; {} share the last", counted(rest, "rarer value")),
        };
        Some(format!(
            "{} of {name} have a step each, in which dots lie beside one another by no number{rest}.",
            counted(parts.names.len(), "value")
        ))
    }
}

/// How far up dots of a class lie.
pub(super) fn depth(class: u8) -> u8 {
    match class {
        OTHERS => 0,
        _ if is_foremost(class) => 2,
        _ => 1,
    }
}

/// What lies in the lanes of a column's axis, in words; nothing where nothing does.
pub(super) fn told_lanes(name: &str, lanes: Lanes) -> String {
    match lanes.told() {
        told if told.is_empty() => told,
        told => format!(" ({name}: {told})"),
    }
}

/// What rings mean, where there are some.
pub(super) fn told_rings(selected: usize) -> Option<String> {
    let all = || counted(selected, "selected run");
    (selected > MOST_RINGS)
        .then(|| format!("Rings mark {MOST_RINGS} of {}.", all()))
        .or_else(|| (selected > 0).then(|| format!("Rings mark {}.", all())))
}

/// How two columns go together, with its interval.
fn correlation(x: &[f64], y: &[f64]) -> Option<String> {
    let slope = Coefficient::Spearman.of(x, y)?;
    let n = x.len();
    let interval = Coefficient::Spearman.interval(slope, n);
    let Some((low, high)) = interval.filter(|_| n >= FEWEST) else {
        return Some(format!(
            "Correlation of ranks {slope:.2} (n = {}).",
            grouped(n)
        ));
    };
    let verdict = if low <= 0.0 && high >= 0.0 {
        " It may be none."
    } else {
        ""
    };
    Some(format!(
        "Correlation of ranks {slope:.2} (Spearman, 95 % interval {low:.2} to {high:.2}, n = {}).{verdict}",
        grouped(n)
    ))
}

/// The classes of dots: the best run's, and those of what colours go by.
pub(super) struct Classes<'a> {
    best: Option<usize>,
    colours: Option<Coloured<'a>>,
}

impl<'a> Classes<'a> {
    pub(super) fn new(question: &Question<'a>, colour: Option<ColumnId>) -> Self {
        let objective = question.objective;
        let best = objective.and_then(|(_, _, values)| values.best(question.shown));
        let ledger = question.ledger;
        Self {
            best: best.map(|(row, ..)| row),
            colours: colour.map(|id| Coloured::new(ledger.column(id), question.shown)),
        }
    }

    /// That of a run. The best has the colour of its category; among shades one that is none of them.
    pub(super) fn of(&self, row: usize) -> u8 {
        let is_best = Some(row) == self.best;
        match &self.colours {
            Some(colours) if is_best && colours.are_shades() => FOREMOST + VIVID,
            Some(colours) if is_best => FOREMOST + colours.of(row),
            Some(colours) => colours.of(row),
            None if is_best => FOREMOST,
            None => OTHERS,
        }
    }

    /// What they mean.
    pub(super) fn legend(&self, ledger: &Ledger) -> Vec<LegendItem> {
        let best = |row| legend_item(self.of(row), format!("{}: best", run_name(ledger, row)));
        let mut legend: Vec<LegendItem> = self.best.map(best).into_iter().collect();
        if let Some(colours) = &self.colours {
            // In marks: see [`Scatter::marks`].
            colours.legend(colours.are_shades(), &mut legend);
        }
        legend
    }
}
