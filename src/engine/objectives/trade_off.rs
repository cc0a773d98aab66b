//! What is better in what: fronts, how sure places on them are, the knee, the choice by weights; and how much the front
//! covers, which grew as the search went on.

use super::taken::Taken;
use super::{
    BROKEN, ChosenMetric, FIRST, FRONTS, MOST_ROWS, ObjectivesLine, ObjectivesQuestion,
    ObjectivesTable, Pictures, ScatterPicture, Section,
};
use crate::analysis::pareto::BEHIND;
use crate::analysis::pareto::hypervolume::growth;
use crate::chart::number::{counted, grouped, percent};
use crate::chart::scatter::{Dot, OTHERS, Scatter, ScatterAxis, ScatterLine};
use crate::engine::brief::configurations::Configurations;
use crate::engine::brief::{Evidence, Question, is_or_are};
use crate::engine::scales::statistic_or_absence;
use crate::engine::show::{run_name, short_number};
use crate::engine::view::{Grouping, Tab};

/// How far beyond the worst value the reference lies, in parts of the range.
const BEYOND: f64 = 0.1;

/// What is on the first front this often is listed though it is not on it.
const LEAST_CHANCE: f64 = 0.05;

/// The colour of each front that is told.
const CLASSES: [u8; FRONTS] = [FIRST, 4, 2, 7, 1];

/// What they are called.
const NAMES: [&str; FRONTS] = [
    "first front",
    "second front",
    "third front",
    "fourth front",
    "fifth front",
];

/// The colour of a front.
fn class_of(front: u32) -> u8 {
    CLASSES.get(front as usize).copied().unwrap_or(OTHERS)
}

/// What is known where there are several objectives.
pub(super) struct Several<'a> {
    pub(super) question: &'a Question<'a>,
    pub(super) metrics: &'a [ChosenMetric],
    pub(super) taken: &'a Taken,
}

impl Several<'_> {
    fn name(&self, row: usize) -> String {
        run_name(self.question.ledger, row)
    }

    /// What is compared: runs, or groups of them.
    fn noun(&self) -> &'static str {
        if self.taken.are_groups {
            "group"
        } else {
            "run"
        }
    }

    /// The fronts, in words, as a picture and as a table; and the rows of the first.
    pub(super) fn trade_off(
        &self,
        fronts: Option<&[u32]>,
        asked: &ObjectivesQuestion,
        pictures: &mut Pictures,
    ) -> (Section, Vec<usize>) {
        let taken = self.taken;
        let mut section = Section {
            word: "tradeoff".to_owned(),
            title: "Trade-off".to_owned(),
            ..Section::default()
        };
        section.words = taken.told(self.noun(), self.metrics);
        let Some(fronts) = fronts else {
            section.words.push(
                "So many runs of four objectives beat one another in none that fronts take too long: filter, or choose fewer objectives.".to_owned(),
            );
            return (section, Vec::new());
        };
        if fronts.is_empty() {
            return (section, Vec::new());
        }
        let on = |wanted: u32| -> Vec<usize> {
            let places = 0..fronts.len();
            places.filter(|place| fronts[*place] == wanted).collect()
        };
        let mut first = on(0);
        order::by(&mut first, |a, b| {
            let point = |place: &usize| taken.points.of[*place][0];
            point(a).total_cmp(&point(b))
        });
        let all = fronts.len();
        section.words.insert(
            0,
            format!(
                "{} of {} on the first front: none is better in one objective and no worse in the others.",
                grouped(first.len()),
                counted(all, self.noun()),
            ),
        );
        let (chances, how) = self.chances(all);
        section.words.push(how);
        section.link = self.replicates_link();
        let front = taken.points.at(&first);
        let knee = front.knee();
        let weights: Vec<f64> = self
            .metrics
            .iter()
            .map(|metric| f64::from(metric.metric.weight))
            .collect();
        let by_weight = front.chosen(&weights);
        let row = |place: usize| taken.units[first[place]].row;
        section.words.push(match (knee, self.metrics.len()) {
            (Some(place), _) => format!(
                "Knee: {}, furthest below {}, each objective from its best to its worst on the front (Das 1999).",
                self.name(row(place)),
                if self.metrics.len() == 2 {
                    "the line between the front's ends"
                } else {
                    "the plane through the runs that are best in one objective each"
                }
            ),
            (None, 2) => "The front has no knee: no run lies below the line between its ends.".to_owned(),
            _ => "The front has no knee: no run lies below the plane through the runs that are best in one objective each, or one \
                  run is best in several, or that plane does not face the best."
                .to_owned(),
        });
        if let Some(place) = by_weight {
            section.words.push(format!(
                "By the weights: {}, whose weighted sum is the least, each objective from 0, its best on the front, to 1, its worst.",
                self.name(row(place))
            ));
        }
        // Others that may be on it, were the runs repeated, below those that are.
        let chance = |at: usize| chances.as_ref().map_or(0.0, |chances| chances[at]);
        let mut listed: Vec<usize> = (0..all)
            .filter(|at| fronts[*at] > 0 && chance(*at) >= LEAST_CHANCE)
            .collect();
        order::by(&mut listed, |a, b| chance(*b).total_cmp(&chance(*a)));
        if !listed.is_empty() {
            section.words.push(format!(
                "{} off the front but on it in at least {} of the draws, listed below it.",
                is_or_are(listed.len(), self.noun()),
                percent(LEAST_CHANCE)
            ));
        }
        listed.splice(0..0, first.iter().copied());
        let mark = |place: usize| match (knee == Some(place), by_weight == Some(place)) {
            _ if place >= first.len() => "not on it",
            (true, true) => "knee, by weights",
            (true, false) => "knee",
            (false, true) => "by weights",
            (false, false) => "",
        };
        let line = |place: usize| {
            let at = listed[place];
            let unit = &taken.units[at];
            let mut cells: Vec<String> = unit.values.iter().map(|x| short_number(*x)).collect();
            cells.extend(chances.as_ref().map(|_| percent(chance(at))));
            cells.push(mark(place).to_owned());
            ObjectivesLine {
                row: Some(unit.row),
                name: self.name(unit.row),
                cells,
            }
        };
        let mut columns = vec!["On the first front".to_owned()];
        columns.extend(self.metrics.iter().map(|metric| metric.name.clone()));
        columns.extend(chances.is_some().then(|| "How often on it".to_owned()));
        columns.push("Which".to_owned());
        section.table = Some(ObjectivesTable {
            columns,
            lines: (0..listed.len().min(MOST_ROWS)).map(line).collect(),
            more: listed.len().saturating_sub(MOST_ROWS),
        });
        let named: Vec<(usize, &str)> = (0..first.len())
            .filter(|place| !mark(*place).is_empty())
            .map(|place| (first[place], mark(place)))
            .collect();
        section.picture = Some(self.picture(fronts, &first, &named, asked.axes, pictures));
        let rows = first.iter().flat_map(|place| &taken.units[*place].rows);
        let rows = rows.map(|row| *row as usize).collect();
        (section, rows)
    }

    /// How often each is on the first front where runs are repeated, and what is to be said of it.
    fn chances(&self, all: usize) -> (Option<Vec<f64>>, String) {
        if !self.taken.are_groups {
            return (
                None,
                "These are single runs: how sure a place on the front is, only repeated runs tell."
                    .to_owned(),
            );
        }
        match self.taken.chances() {
            Some((chances, draws)) => (
                Some(chances),
                format!(
                    "How often on it: of {draws} draws in which the {} of each of {} was resampled from its runs (below five runs from the deviations of all repeated groups).",
                    self.taken.center.label(),
                    counted(all, "group")
                ),
            ),
            None => (
                None,
                "How sure a place on the front is, is not worked out: no group has several runs with all objectives, or there are too many.".to_owned(),
            ),
        }
    }

    /// A link that groups replicates, where there are some and nobody grouped.
    fn replicates_link(&self) -> Option<(String, Evidence)> {
        let (keys, others) = self.question.replicate_keys();
        let are_repeated = Configurations::new(self.question, &keys, &others).are_repeated();
        (self.question.grouped.is_none() && are_repeated).then(|| {
            let link = Evidence {
                tab: Tab::Objectives,
                filter: self.question.filter.to_owned(),
                sort: None,
                grouping: Some(Grouping::Replicates),
                open: None,
            };
            ("Group replicates, to see how sure it is".to_owned(), link)
        })
    }

    fn picture(
        &self,
        fronts: &[u32],
        first: &[usize],
        named: &[(usize, &str)],
        axes: (usize, usize),
        pictures: &mut Pictures,
    ) -> ScatterPicture {
        let taken = self.taken;
        let last = self.metrics.len() - 1;
        let (x, y) = (axes.0.min(last), axes.1.min(last));
        let place = |at: usize| {
            let unit = &taken.units[at];
            let value = |at: usize| {
                let column = self.question.ledger.column(self.metrics[at].column);
                statistic_or_absence(unit.values[at], column.get(unit.row))
            };
            (value(x), value(y))
        };
        let mut dots = Vec::new();
        for (at, unit) in taken.units.iter().enumerate() {
            let class = match fronts.get(at) {
                Some(front) => class_of(*front),
                None if unit.violation > 0.0 => BROKEN,
                None => OTHERS,
            };
            let (x, y) = place(at);
            if x.is_finite() || y.is_finite() {
                dots.push(Dot {
                    x,
                    y,
                    class,
                    size: None,
                    row: unit.row as u32,
                });
            }
        }
        // The first front on top, what is on none below.
        order::by_key(&mut dots, |dot| {
            let front = CLASSES.iter().position(|class| *class == dot.class);
            std::cmp::Reverse(front.unwrap_or(match dot.class {
                BROKEN => CLASSES.len(),
                _ => CLASSES.len() + 1,
            }))
        });
        let mut lines = Vec::new();
        if self.metrics.len() == 2 && x != y {
            let mut points: Vec<(f64, f64)> = first.iter().map(|at| place(*at)).collect();
            // From the best along to the worst: what lies behind the line is beaten.
            let maximize = self.metrics[x].metric.maximize;
            order::by(&mut points, |a, b| {
                let (a, b) = if maximize { (b, a) } else { (a, b) };
                a.0.total_cmp(&b.0)
            });
            lines.push(ScatterLine {
                class: FIRST,
                points,
                is_stepped: true,
            });
        }
        let axis = |at: usize, of: fn(&Dot) -> f64| {
            let metric = &self.metrics[at];
            let way = if metric.metric.maximize {
                "more"
            } else {
                "less"
            };
            let name = format!("{} ({way} is better)", metric.name);
            ScatterAxis::new(&name, dots.iter().map(of), false)
        };
        let scatter = Scatter {
            x: axis(x, |dot| dot.x),
            y: axis(y, |dot| dot.y),
            lines,
            named: named
                .iter()
                .map(|(at, name)| (place(*at).0, place(*at).1, (*name).to_owned()))
                .collect(),
            dots,
        };
        let title = format!(
            "{} by {} along and {} up; {} on the first front, which the table below lists",
            counted(scatter.dots.len(), self.noun()),
            self.metrics[x].name,
            self.metrics[y].name,
            first.len()
        );
        let there = CLASSES
            .iter()
            .zip(NAMES)
            .map(|(class, name)| (*class, name));
        let is_there = |item: &(u8, &str)| scatter.dots.iter().any(|dot| dot.class == item.0);
        let mut legend: Vec<(u8, &str)> =
            there.chain([(OTHERS, "others")]).filter(is_there).collect();
        if taken.has_constraints {
            legend.push((BROKEN, "breaks a constraint"));
        }
        pictures.add(title, &legend, scatter)
    }

    /// The fronts behind the first: how many each has, and who is on which.
    pub(super) fn further(&self, fronts: &[u32], peeled: usize) -> Option<Section> {
        let taken = self.taken;
        let mut on: Vec<usize> = (0..fronts.len())
            .filter(|at| (1..peeled as u32).contains(&fronts[*at]))
            .collect();
        order::by_key(&mut on, |at| fronts[*at]);
        if on.is_empty() {
            return None;
        }
        let count = |wanted: u32| fronts.iter().filter(|front| **front == wanted).count();
        let mut each: Vec<String> = (1..peeled)
            .map(|front| (NAMES[front], count(front as u32)))
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| format!("{} on the {name}", grouped(count)))
            .collect();
        let behind = count(BEHIND);
        if behind > 0 {
            each.push(format!("{} behind these", grouped(behind)));
        }
        let mut words = vec![format!(
            "Of {}: {}. A front is what is beaten by nothing but the fronts before it (non-dominated sorting).",
            counted(fronts.len(), self.noun()),
            each.join(", ")
        )];
        if peeled < FRONTS {
            words.push("Fronts behind the second take too long to tell with so many runs of four objectives.".to_owned());
        }
        let line = |at: &usize| {
            let unit = &taken.units[*at];
            let front = (fronts[*at] + 1).to_string();
            let values = unit.values.iter().map(|x| short_number(*x));
            ObjectivesLine {
                row: Some(unit.row),
                name: self.name(unit.row),
                cells: std::iter::once(front).chain(values).collect(),
            }
        };
        let names = self.metrics.iter().map(|metric| metric.name.clone());
        let columns = ["On further fronts".to_owned(), "Front".to_owned()];
        Some(Section {
            word: "fronts".to_owned(),
            title: "Further fronts".to_owned(),
            words,
            table: Some(ObjectivesTable {
                columns: columns.into_iter().chain(names).collect(),
                lines: on.iter().take(MOST_ROWS).map(line).collect(),
                more: on.len().saturating_sub(MOST_ROWS),
            }),
            ..Section::default()
        })
    }

    /// How much of the box between the best and the reference is covered, and how that grew.
    pub(super) fn hypervolume(&self, pictures: &mut Pictures) -> Section {
        let taken = self.taken;
        let mut section = Section {
            word: "hypervolume".to_owned(),
            title: "Hypervolume".to_owned(),
            ..Section::default()
        };
        let order = taken.in_order();
        let points = taken.points.at(&order);
        let (low, high) = points.ends();
        let width = points.width;
        if order.len() < 2 || (0..width).any(|at| low[at] >= high[at]) {
            section.words.push(
                "No hypervolume: it takes two runs that differ in each objective.".to_owned(),
            );
            return section;
        }
        let reference = std::array::from_fn(|at| high[at] + BEYOND * (high[at] - low[at]));
        let whole: f64 = (0..width).map(|at| reference[at] - low[at]).product();
        let Some(grown) = growth(&points, &reference) else {
            section.words.push("The front has too many runs for the hypervolume of four objectives: filter, or choose fewer objectives.".to_owned());
            return section;
        };
        let grown: Vec<(usize, f64)> = grown
            .into_iter()
            .map(|(after, volume)| (after, volume / whole))
            .collect();
        let last = grown.last().map_or(0.0, |(_, part)| *part);
        let soon = grown.iter().find(|(_, part)| *part >= 0.99 * last);
        let soon = soon.map_or(0, |(after, _)| *after);
        section.words.push(format!(
            "{} of the box between the best value of each objective and a reference a tenth of the range beyond the worst, exact, of {}. \
             99 % of that was there after {} of them, {}.",
            percent(last),
            counted(order.len(), self.noun()),
            grouped(soon),
            taken.order_words()
        ));
        let points: Vec<(f64, f64)> = std::iter::once((0.0, 0.0))
            .chain(grown.iter().map(|(after, part)| (*after as f64, *part)))
            .collect();
        let axis = |name: &str, of: fn(&(f64, f64)) -> f64| {
            ScatterAxis::asked(name, points.iter().map(of), false, Some(false))
        };
        let scatter = Scatter {
            x: axis("so many runs", |point| point.0),
            y: axis("hypervolume", |point| point.1),
            dots: Vec::new(),
            named: Vec::new(),
            lines: vec![ScatterLine {
                class: FIRST,
                points: points.clone(),
                is_stepped: true,
            }],
        };
        let title = format!("Hypervolume over {}", counted(order.len(), self.noun()));
        section.picture = Some(pictures.add(title, &[], scatter));
        section
    }
}
