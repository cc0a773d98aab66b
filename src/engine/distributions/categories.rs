//! The metric by what runs have in common: boxes with their runs, and distribution functions.

use super::measure::Measure;
use super::parts::{PartRuns, Parts};
use super::slices::jitter;
use super::{BY_GROUP, BY_NOTHING, BY_SOURCE, DistributionsView};
use crate::analysis::density::outline;
use crate::analysis::order_statistics::{BoxSummary, band_half_width, distribution_steps};
use crate::analysis::part::Part;
use crate::chart::boxes::{BoxLine, Boxes, place};
use crate::chart::cumulative::{Cumulative, CumulativeLine};
use crate::chart::dots::RunDot;
use crate::chart::number::{counted, grouped, percent};
use crate::chart::slice::Slice;
use crate::engine::brief::Question;
use crate::engine::info::{column_of_key, key_of};
use crate::engine::lines::{LegendItem, RowColour};
use crate::engine::show::{cell, run_name};
use crate::ledger::{ColumnId, Kind, MISSING};
use serde::{Deserialize, Serialize};

/// Boxes at most; runs of rarer values share a further one.
const MOST_BOXES: usize = 20;

/// Lines at most; runs of rarer values share a further one.
const MOST_LINES: usize = 8;

/// Of more runs in a box an even part is drawn.
const MOST_DOTS: usize = 500;

/// Steps of a line at most.
const MOST_STEPS: usize = 300;

/// At how many places a violin has a width.
const OUTLINE: usize = 64;

/// How many columns a group is called by.
const MOST_NAMED: usize = 3;

/// The metric by category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ByCategory {
    /// What runs are parted by, as people read it; empty where they are not.
    pub name: String,
    /// Its column, where it is one.
    pub column: Option<ColumnId>,
    /// What is to be known of the boxes.
    pub words: Vec<String>,
    /// They.
    pub boxes: Boxes,
    /// They in numbers: name, runs, median, its interval, quartiles, whiskers, how many are beyond.
    pub table: Vec<Vec<String>>,
    /// What is to be known of the distribution functions.
    pub cumulative_words: Vec<String>,
    /// They.
    pub cumulative: Cumulative,
    /// What their colours mean.
    pub legend: Vec<LegendItem>,
}

/// What runs are parted by.
#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    Nothing,
    Source,
    Group,
    Column(ColumnId),
}

impl By {
    /// As it was set; else by the first slice of categories, else by the first.
    fn new(question: &Question<'_>, wanted: &str, slices: &[Slice]) -> Self {
        let ledger = question.ledger;
        let kind = |id: ColumnId| ledger.column(id).kind();
        let is_number = |id: ColumnId| matches!(kind(id), Kind::Number | Kind::Time);
        match wanted {
            BY_NOTHING => return Self::Nothing,
            BY_SOURCE => return Self::Source,
            BY_GROUP if question.grouped.is_some() => return Self::Group,
            _ => {}
        }
        let chosen = column_of_key(ledger, wanted).filter(|id| kind(*id) != Kind::Empty);
        let mut columns = slices.iter().map(|slice| slice.column);
        let first = columns.next();
        let chosen = chosen.or_else(|| {
            let category = first.into_iter().chain(columns).find(|id| !is_number(*id));
            category.or(first)
        });
        chosen.map_or(Self::Nothing, Self::Column)
    }

    /// Its word in addresses.
    fn key(self, question: &Question<'_>) -> String {
        match self {
            Self::Nothing => BY_NOTHING.to_owned(),
            Self::Source => BY_SOURCE.to_owned(),
            Self::Group => BY_GROUP.to_owned(),
            Self::Column(id) => key_of(question.ledger, id),
        }
    }

    /// As people read it.
    fn name(self, question: &Question<'_>) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Source => BY_SOURCE.to_owned(),
            Self::Group => BY_GROUP.to_owned(),
            Self::Column(id) => question.ledger.column(id).name().to_owned(),
        }
    }

    /// The runs by it, those of at most so many values apart; and whether parts are in the order of numbers.
    fn parts(self, question: &Question<'_>, measure: &Measure<'_>, most: usize) -> (Parts, bool) {
        let ledger = question.ledger;
        let coded = |code: &dyn Fn(usize) -> u32, name: &dyn Fn(usize) -> String| {
            let mut codes = vec![MISSING; ledger.rows()];
            for row in question.shown.ones() {
                codes[row] = code(row);
            }
            Parts::of_codes(question, &|row| measure.of(row), codes, name, most)
        };
        match (self, question.grouped) {
            (Self::Column(id), _) => match ledger.column(id).kind() {
                Kind::Number | Kind::Time => (Parts::by_number(question, id), true),
                _ => (
                    Parts::by_value(question, &|row| measure.of(row), id, most),
                    false,
                ),
            },
            (Self::Source, _) => {
                let name = |row: usize| {
                    let source = ledger.sources().get(ledger.source_of(row));
                    source.map(|source| source.path.clone()).unwrap_or_default()
                };
                (coded(&|row| ledger.source_of(row) as u32, &name), false)
            }
            (Self::Group, Some(of)) => {
                let keys = of.info.keys.iter().take(MOST_NAMED);
                let keys: Vec<ColumnId> =
                    keys.filter_map(|key| column_of_key(ledger, key)).collect();
                let name = |row: usize| {
                    let of_key = |id: &ColumnId| {
                        let column = ledger.column(*id);
                        format!("{} {}", column.name(), cell(column.get(row)).text)
                    };
                    if keys.is_empty() {
                        return run_name(ledger, row);
                    }
                    keys.iter().map(of_key).collect::<Vec<_>>().join(", ")
                };
                (coded(&|row| of.group_of(row), &name), false)
            }
            _ => (Parts::whole(question), false),
        }
    }
}

/// The metric by category, and what runs are parted by, as an address has it; `None` where no number is finite.
pub(super) fn by_category(
    question: &Question<'_>,
    measure: &Measure<'_>,
    set: &DistributionsView,
    slices: &[Slice],
) -> Option<(String, ByCategory)> {
    if measure.sorted.is_empty() {
        return None;
    }
    let by = By::new(question, &set.by, slices);
    let name = by.name(question);
    let (parts, are_numbers) = by.parts(question, measure, MOST_BOXES);
    let (runs, without) = parts.runs(question, measure);
    let boxes = boxes(measure, &runs, set.violins);
    let mut words: Vec<String> = ends(measure, &boxes, parts.rest > 0).into_iter().collect();
    let mut told = match by {
        By::Nothing => String::new(),
        _ if are_numbers => "Values, or parts of as many runs each, in their order. ".to_owned(),
        _ => "In the order of their medians. ".to_owned(),
    };
    if parts.rest > 0 {
        told.push_str(&format!(
            "The {MOST_BOXES} most frequent values have a line of their own. "
        ));
    }
    if without > 0 {
        told.push_str(&format!(
            "{} no {name} and are in no line. ",
            if without == 1 {
                "1 run has".to_owned()
            } else {
                format!("{} runs have", grouped(without))
            }
        ));
    }
    told.push_str(if set.violins {
        "An outline is the wider the more runs lie there, as wide as the others where they lie densest (Gaussian kernel, \
         Silverman’s bandwidth, as far as the runs reach; none of fewer than 10 runs); its thin lines are the quartiles"
    } else {
        "A box reaches from quartile to quartile, its whiskers to the farthest run within 1.5 times that length of it (Tukey)"
    });
    told.push_str(
        "; the thick line is the 95 % interval of the median (order statistics). Dots are runs",
    );
    let is_thinned = runs.iter().any(|runs| runs.rows.len() > MOST_DOTS);
    told.push_str(&if is_thinned {
        format!(", an even {MOST_DOTS} or so of a line that has more.")
    } else {
        ".".to_owned()
    });
    words.push(told);
    let table = boxes.lines.iter().map(|line| numbers(measure, line));
    let (lined, _) = by.parts(question, measure, MOST_LINES);
    let (lined, _) = lined.runs(question, measure);
    let (cumulative, legend) = cumulative(measure, lined);
    let found = ByCategory {
        column: match by {
            By::Column(id) => Some(id),
            _ => None,
        },
        name,
        words,
        table: table.collect(),
        boxes,
        cumulative_words: cumulative_words(measure, &cumulative),
        cumulative,
        legend,
    };
    Some((by.key(question), found))
}

fn boxes(measure: &Measure<'_>, runs: &[PartRuns], are_violins: bool) -> Boxes {
    let mut dots: Vec<RunDot> = Vec::new();
    let mut lines = Vec::new();
    for (at, runs) in runs.iter().enumerate() {
        let sorted = runs.sorted(measure);
        lines.push(BoxLine {
            name: runs.name.clone(),
            of: runs.of,
            summary: BoxSummary::new(&sorted),
            outline: are_violins.then(|| violin(measure, &sorted)).flatten(),
        });
        let part = Part::new(runs.rows.len(), MOST_DOTS);
        let drawn = runs.rows.iter().enumerate();
        let drawn = drawn.filter(|(at, _)| part.has(*at));
        let first = dots.len();
        dots.extend(drawn.map(|(_, row)| {
            let x = measure.of(*row as usize);
            let (x, y) = place(&measure.axis, at, x, jitter(*row as usize));
            RunDot {
                x: x as f32,
                y: y as f32,
                part: 0.0,
                row: *row,
            }
        }));
        order::by(&mut dots[first..], |a, b| a.x.total_cmp(&b.x));
    }
    Boxes {
        axis: measure.axis.clone(),
        are_violins,
        lines,
        dots,
    }
}

/// The violin of ascending numbers: their density along the axis as it is drawn, which may be logarithmic.
fn violin(measure: &Measure<'_>, sorted: &[f64]) -> Option<((f64, f64), Vec<f32>)> {
    let places = sorted
        .iter()
        .map(|x| measure.axis.place(*x).clamp(0.0, 1.0));
    let places: Vec<f64> = places.collect();
    let ends = (*places.first()?, *places.last()?);
    Some((ends, outline(&places, OUTLINE)?))
}

/// Where the median is lowest and where it is highest, of all values or of those that have a line.
fn ends(measure: &Measure<'_>, boxes: &Boxes, are_some: bool) -> Option<String> {
    let of = |line: &BoxLine| line.summary.map(|summary| summary.median);
    let known = || boxes.lines.iter().filter(|line| line.summary.is_some());
    let low = known().min_by(|a, b| of(a).unwrap_or(0.0).total_cmp(&of(b).unwrap_or(0.0)))?;
    let high = known().max_by(|a, b| of(a).unwrap_or(0.0).total_cmp(&of(b).unwrap_or(0.0)))?;
    let told = |line: &BoxLine| {
        let summary = line.summary?;
        let interval = summary.interval.map_or_else(
            || "too few for an interval".to_owned(),
            |(low, high)| format!("95 % {} to {}", measure.text(low), measure.text(high)),
        );
        Some(format!(
            "{} ({interval}, n = {})",
            measure.text(summary.median),
            grouped(summary.count)
        ))
    };
    if known().count() == 1 {
        return Some(format!("The median of {} is {}.", low.name, told(low)?));
    }
    let of_them = if are_some {
        "Of the lines below, the"
    } else {
        "The"
    };
    Some(format!(
        "{of_them} median is least in {}: {}, and greatest in {}: {}.",
        low.name,
        told(low)?,
        high.name,
        told(high)?
    ))
}

/// A box in numbers.
fn numbers(measure: &Measure<'_>, line: &BoxLine) -> Vec<String> {
    let mut cells = vec![
        line.name.clone(),
        format!("{} of {}", grouped(line.count()), grouped(line.of)),
    ];
    if let Some(of) = &line.summary {
        let pair =
            |(low, high): (f64, f64)| format!("{} to {}", measure.text(low), measure.text(high));
        cells.extend([
            measure.text(of.median),
            of.interval.map_or_else(|| "–".to_owned(), pair),
            pair(of.quartiles),
            pair(of.whiskers),
            grouped(of.beyond),
        ]);
    }
    cells
}

fn cumulative(measure: &Measure<'_>, runs: Vec<PartRuns>) -> (Cumulative, Vec<LegendItem>) {
    let mut legend = Vec::new();
    let mut lines = Vec::new();
    for (at, runs) in runs.into_iter().enumerate() {
        let sorted = runs.sorted(measure);
        if sorted.is_empty() {
            continue;
        }
        let class = at.min(MOST_LINES) as u8;
        legend.push(LegendItem {
            colour: RowColour::Class(class),
            label: format!(
                "{} ({} of {})",
                runs.name,
                grouped(sorted.len()),
                counted(runs.of, "run")
            ),
        });
        lines.push(CumulativeLine {
            class,
            steps: distribution_steps(&sorted, MOST_STEPS),
            half: band_half_width(sorted.len()),
        });
    }
    let cumulative = Cumulative {
        name: measure.name.clone(),
        axis: measure.axis.clone(),
        lines,
    };
    (cumulative, legend)
}

fn cumulative_words(measure: &Measure<'_>, drawn: &Cumulative) -> Vec<String> {
    let better = match measure.maximize {
        Some(true) => " More is better: the farther right a line, the better.",
        Some(false) => " Less is better: the farther left a line, the better.",
        None => "",
    };
    let halves = || drawn.lines.iter().map(|line| line.half);
    let widest = halves().fold(0.0, f64::max);
    let hidden = if drawn.hides_bands() {
        format!(
            " All bands together would hide the lines: they reach {} to {} of the runs to each side.",
            percent(halves().fold(widest, f64::min)),
            percent(widest)
        )
    } else {
        String::new()
    };
    vec![format!(
        "The part of the runs with a finite {0} that have at most so much, the empirical distribution function. With 95 % the \
         whole line lies in its band (Dvoretzky, Kiefer and Wolfowitz).{hidden}{better}",
        measure.name
    )]
}
