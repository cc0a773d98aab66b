//! Runs by several objectives, and how the search went on: the answer to [`super::protocol::Ask::Objectives`].
//!
//! Which objectives: those that a person chose, else those that an optimiser's own storage declares where it declares
//! several, else the one objective. With one there are no fronts, and [`history`] is all.

mod history;
mod taken;
#[cfg(test)]
mod tests;
mod trade_off;

use super::brief::{Evidence, Question};
use super::coloured::legend_item;
use super::explain::FurtherMetric;
use super::info::{column_of_key, key_of};
use super::lines::LegendItem;
use super::space::{Pixels, dot_colour};
use crate::analysis::pareto::{MOST, Points};
use crate::analysis::ranking::ObjectiveColumn;
use crate::chart::scatter::{FOREMOST, MOST_MARKS, Scatter, is_foremost};
use crate::ledger::{Column, ColumnId, Ledger, Reading, Role, Statistic, Until};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use taken::Taken;
use trade_off::Several;

/// Formats whose declared directions are those of a search's objectives, and not of all its metrics.
const SEARCHES: [&str; 6] = [
    "optuna-sqlite",
    "optuna-journal",
    "ax",
    "smac",
    "deepcave",
    "deepcave-table",
];

/// What an objective weighs until a person says otherwise.
const WEIGHT: u8 = 50;

/// Runs of a table at most.
const MOST_ROWS: usize = 200;

/// Pixels a unit of a picture.
pub(super) const DENSITY: f64 = 2.0;

/// How many fronts are told.
const FRONTS: usize = 5;

/// Colours: the first front, what breaks constraints.
const FIRST: u8 = FOREMOST;
const BROKEN: u8 = 5;

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ObjectivesQuestion {
    /// The filter in force, which links keep.
    pub filter: String,
    /// The objectives; `None` where they are to be chosen.
    pub chosen: Option<Vec<FurtherMetric>>,
    /// Which two of them the picture shows, by place.
    pub axes: (usize, usize),
}

/// An objective.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChosenMetric {
    /// As it is set.
    pub metric: FurtherMetric,
    /// Its name.
    pub name: String,
    /// Its column.
    pub column: ColumnId,
}

/// A picture of dots, with what its colours mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScatterPicture {
    /// It in words.
    pub title: String,
    /// What its colours mean.
    pub legend: Vec<LegendItem>,
    /// It.
    pub scatter: Scatter,
    /// Its dots as pixels, where they are too many to be marks.
    pub pixels: Option<(usize, Pixels)>,
    /// Its place among the pictures, for [`super::protocol::Ask::ScatterRun`].
    pub place: usize,
}

/// A line of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectivesLine {
    /// The run that it opens, if any.
    pub row: Option<usize>,
    /// What it is of.
    pub name: String,
    /// Its cells.
    pub cells: Vec<String>,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ObjectivesTable {
    /// What its columns are, the first is of names.
    pub columns: Vec<String>,
    /// Its lines.
    pub lines: Vec<ObjectivesLine>,
    /// How many more there are.
    pub more: usize,
}

/// A part of the answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Its stable word.
    pub word: String,
    /// Its title.
    pub title: String,
    /// Sentences.
    pub words: Vec<String>,
    /// Where more can be seen, and what that link says.
    pub link: Option<(String, Evidence)>,
    /// A picture.
    pub picture: Option<ScatterPicture>,
    /// A table.
    pub table: Option<ObjectivesTable>,
}

/// The whole answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Objectives {
    /// The objectives.
    pub metrics: Vec<ChosenMetric>,
    /// Whether the source declares them, and nobody chose.
    pub is_declared: bool,
    /// What can be said.
    pub sections: Vec<Section>,
    /// The rows of the first front.
    pub front: Vec<usize>,
}

/// The answer, with its pictures whole.
pub(super) fn objectives(
    question: &Question<'_>,
    asked: &ObjectivesQuestion,
) -> (Objectives, Vec<Scatter>) {
    let (metrics, is_declared) = chosen(question, asked);
    let mut said = Objectives {
        is_declared,
        ..Objectives::default()
    };
    let mut pictures = Pictures::default();
    let (columns, reading) = columns(question, &metrics);
    said.metrics = metrics;
    if question.shown.count() == 0 {
        // What can be set stays: a threshold that nothing meets is to be loosened where it was set.
        let none = Section {
            word: "tradeoff".to_owned(),
            title: "Trade-off".to_owned(),
            words: vec![
                "No run meets the filter, of which thresholds are clauses: loosen one, or clear the filter."
                    .to_owned(),
            ],
            ..Section::default()
        };
        said.sections
            .extend((!said.metrics.is_empty()).then_some(none));
        return (said, pictures.whole);
    }
    if columns.len() > 1 {
        let taken = Taken::new(question, &columns);
        let several = Several {
            question,
            metrics: &said.metrics,
            taken: &taken,
        };
        // Where four objectives make them too many to peel, two may still be.
        let peeled = |most: usize| Some((taken.points.fronts(most)?, most));
        let (fronts, peeled) = peeled(FRONTS).or_else(|| peeled(2)).unzip();
        let (section, front) = several.trade_off(fronts.as_deref(), asked, &mut pictures);
        said.sections.push(section);
        let further = fronts.as_deref().zip(peeled);
        let further = further.and_then(|(fronts, peeled)| several.further(fronts, peeled));
        said.sections.extend(further);
        said.sections.push(several.hypervolume(&mut pictures));
        said.front = front;
    }
    let first = said.metrics.first().zip(columns.first());
    let objective = question
        .objective
        .map(|(_, column, values)| (column, values, reading))
        .or_else(|| first.map(|(metric, values)| (metric.column, values, reading)));
    if let Some(objective) = objective {
        said.sections
            .extend(history::sections(question, objective, &mut pictures));
    }
    (said, pictures.whole)
}

/// The values of objectives, read as the one at the top is.
fn columns(question: &Question<'_>, metrics: &[ChosenMetric]) -> (Vec<ObjectiveColumn>, Reading) {
    let reading = question.objective.map_or(
        Reading {
            statistic: Statistic::Last,
            until: Until::End,
        },
        |(objective, ..)| objective.reading(),
    );
    let values = |metric: &ChosenMetric| {
        let maximize = metric.metric.maximize;
        let values = ObjectiveColumn::new(question.ledger, metric.column, reading, maximize);
        values.at_greatest_budget(question.shown).into_owned()
    };
    (metrics.iter().map(values).collect(), reading)
}

/// The names of the objectives where the source declares several, how many runs are on their first front, and of how many.
pub(super) fn declared_front(question: &Question<'_>) -> Option<(Vec<String>, usize, usize)> {
    let (metrics, is_declared) = chosen(question, &ObjectivesQuestion::default());
    if !is_declared || metrics.len() < 2 {
        return None;
    }
    let (columns, _) = columns(question, &metrics);
    let fronts = Taken::new(question, &columns).points.fronts(1)?;
    let first = fronts.iter().filter(|front| **front == 0).count();
    let names = metrics.into_iter().map(|metric| metric.name).collect();
    (first > 0).then_some((names, first, fronts.len()))
}

/// Which objectives, and whether a source declares them.
fn chosen(question: &Question<'_>, asked: &ObjectivesQuestion) -> (Vec<ChosenMetric>, bool) {
    let ledger = question.ledger;
    let mut is_declared = false;
    let objective = question.objective.map(|(_, column, values)| FurtherMetric {
        column: key_of(ledger, column),
        maximize: values.maximize,
        weight: WEIGHT,
    });
    let wanted = match (&asked.chosen, objective) {
        // What is left alone is no choice beside the objective, which is chosen elsewhere.
        (Some(chosen), None) => chosen.clone(),
        (Some(chosen), Some(_)) if chosen.len() > 1 => chosen.clone(),
        (Some(_), objective) => objective.into_iter().collect(),
        (None, objective) => {
            let declared = declared(ledger);
            is_declared = declared.len() > 1;
            if is_declared {
                declared
            } else {
                objective.into_iter().collect()
            }
        }
    };
    let mut metrics: Vec<ChosenMetric> = Vec::new();
    for metric in wanted {
        // Metrics that the ledger does not have (an old link) are left out.
        if let Some(column) = column_of_key(ledger, &metric.column)
            && metrics.iter().all(|known| known.column != column)
            && metrics.len() < MOST
        {
            metrics.push(ChosenMetric {
                name: ledger.column(column).name().to_owned(),
                metric,
                column,
            });
        }
    }
    (metrics, is_declared)
}

/// What searches declare as their objectives, where all agree and runs have several: those of one search of many in a file.
fn declared(ledger: &Ledger) -> Vec<FurtherMetric> {
    let searches = ledger.sources().iter();
    let searches = searches.filter(|source| SEARCHES.contains(&source.format.as_str()));
    let mut found: Vec<FurtherMetric> = Vec::new();
    let mut disputed = Vec::new();
    for (name, maximize) in searches.flat_map(|source| &source.directions) {
        let Some(id) = ledger.find(Role::Metric, name) else {
            continue;
        };
        let column = key_of(ledger, id);
        match found.iter().find(|known| known.column == column) {
            Some(known) if known.maximize != *maximize => disputed.push(column),
            Some(_) => {}
            None => found.push(FurtherMetric {
                column,
                maximize: *maximize,
                weight: WEIGHT,
            }),
        }
    }
    found.retain(|metric| !disputed.contains(&metric.column));
    found.truncate(MOST);
    let columns = found
        .iter()
        .filter_map(|metric| column_of_key(ledger, &metric.column));
    let columns: Vec<&Column> = columns.map(|id| ledger.column(id)).collect();
    let mut together: FxHashMap<u32, usize> = FxHashMap::default();
    for row in 0..ledger.rows() {
        let has =
            |(bit, column): (usize, &&Column)| u32::from(!column.get(row).is_missing()) << bit;
        let all: u32 = columns.iter().enumerate().map(has).sum();
        if all.count_ones() > 1 {
            *together.entry(all).or_default() += 1;
        }
    }
    let most = together.into_iter().max_by_key(|(all, runs)| (*runs, *all));
    let (most, _) = most.unwrap_or_default();
    let mut bit = 0;
    found.retain(|_| {
        bit += 1;
        most >> (bit - 1) & 1 == 1
    });
    found
}

/// The pictures of an answer.
#[derive(Default)]
pub(super) struct Pictures {
    /// They, whole.
    pub(super) whole: Vec<Scatter>,
    /// Whether they lie on dark ground.
    pub(super) dark: bool,
}

impl Pictures {
    /// Keeps a picture whole, and makes of it what crosses: of too many dots pixels, with those of the first colour on top.
    pub(super) fn add(
        &mut self,
        title: String,
        legend: &[(u8, &str)],
        scatter: Scatter,
    ) -> ScatterPicture {
        let mut crossing = scatter.clone();
        let pixels = (scatter.dots.len() > MOST_MARKS).then(|| {
            crossing.dots.retain(|dot| is_foremost(dot.class));
            crossing.dots.truncate(MOST_MARKS);
            let canvas = scatter.draw(DENSITY, |class| dot_colour(class, self.dark));
            (canvas.width(), Pixels(canvas.rgba()))
        });
        self.whole.push(scatter);
        let item = |(class, label): &(u8, &str)| legend_item(*class, (*label).to_owned());
        ScatterPicture {
            title,
            legend: legend.iter().map(item).collect(),
            scatter: crossing,
            pixels,
            place: self.whole.len() - 1,
        }
    }
}

/// The points of some objectives at some units.
fn points(columns: &[ObjectiveColumn], values: &[Vec<f64>], rows: &[usize]) -> Points {
    let columns: Vec<(&[f64], bool)> = columns
        .iter()
        .zip(values)
        .map(|(column, values)| (values.as_slice(), column.maximize))
        .collect();
    Points::new(&columns, rows)
}
