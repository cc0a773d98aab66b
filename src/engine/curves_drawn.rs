//! The pictures of the curves: which metrics and which runs are bold. [`drawer`] draws them, [`bands`] groups, and [`ends`]
//! marks how runs ended.
//!
//! A thousand curves of ten thousand points take a third of a second a panel to be smoothed, so that a picture is drawn in
//! pieces ([`CurvesRun`]), between which others are answered.

mod bands;
mod colours;
mod drawer;
mod ends;
mod middles;
mod numbers;

use super::coloured::{Coloured, legend_item};
use super::curves::{
    BESIDE_PANELS, Bands, CHOSEN_PANELS, CurvePanel, CurveX, CurvesPicture, CurvesQuestion,
    CurvesView, MOST_PANELS,
};
use super::curves_across::Across;
use super::curves_alike::Alike;
use super::grouped::Grouped;
use super::info::{column_of_key, key_of};
use super::lines::LegendItem;
use super::show::{NO_RUN, run_name};
use super::space::MOST_PIXELS;
use crate::analysis::ranking::{ObjectiveColumn, likeliness};
use crate::chart::axis::Axis;
use crate::chart::curve::Extremes;
use crate::chart::number::counted;
use crate::chart::scatter::OTHERS;
use crate::chart::smooth::Smoothing;
use crate::ledger::{Bits, ColumnId, History, Ledger, Role};
use bands::{DrawnGroup, groups};
use colours::class_of;
use drawer::{Drawer, Painting};
use ends::Ends;
use regex_lite::{Regex, RegexBuilder};
use std::rc::Rc;

/// How large a compiled pattern may be, in bytes.
const LARGEST_PATTERN: usize = 1 << 20;

/// How many names of metrics without a panel are told.
const TOLD_OTHERS: usize = 100;

/// How many selected runs are drawn bold.
const MOST_SELECTED: usize = 4;

/// How much is drawn in a piece: points that are drawn as they were logged, and what else costs as much as so many of them.
const PIECE: usize = 4_000_000;

/// What is known of the selection when it is drawn.
#[derive(Clone, Copy)]
pub(super) struct CurveRuns<'a> {
    pub(super) ledger: &'a Ledger,
    /// Grows with every change of the ledger.
    pub(super) version: u64,
    pub(super) shown: &'a Bits,
    /// Which columns differ between runs.
    pub(super) varies: &'a [bool],
    pub(super) objective: Option<(ColumnId, &'a ObjectiveColumn)>,
    pub(super) selected: &'a Bits,
    pub(super) baseline: &'a [u32],
    pub(super) grouped: Option<&'a Grouped>,
}

impl<'a> CurveRuns<'a> {
    /// The best shown run.
    pub(super) fn best(&self) -> Option<usize> {
        let (_, values) = self.objective?;
        values.best(self.shown).map(|(row, ..)| row)
    }

    pub(super) fn history(&self, column: ColumnId) -> Option<&'a History> {
        self.ledger.try_column(column)?.history()
    }
}

/// What is kept of the last picture for those who point at it.
#[derive(Default)]
pub(super) struct Curves {
    pub(super) version: u64,
    pub(super) question: CurvesQuestion,
    pub(super) across: Across,
    /// The metrics and their axes.
    pub(super) panels: Vec<(ColumnId, Axis)>,
    /// Those that it is of, if not all that are shown.
    pub(super) beside: Option<Beside>,
    known: Known,
}

/// How far the values of metrics reach, which is found out once for all pictures of a ledger.
#[derive(Default)]
struct Known {
    /// The ledger's.
    version: u64,
    metrics: order::Map<ColumnId, Rc<Reach>>,
}

/// How far the values of a metric reach, and at which steps they lie.
#[derive(Default)]
pub(super) struct Reach {
    pub(super) of: Extremes,
    /// The least and the greatest of each run, the one infinite where it has none.
    runs: Vec<(f64, f64)>,
    /// Whether all of its values are finite.
    finite: Vec<bool>,
    pub(super) alike: Alike,
}

impl Reach {
    pub(super) fn new(history: &History) -> Self {
        let of = Extremes::new(&history.values);
        let run = |row: usize| {
            let range = history.range(row);
            let (low, high, count) = of.of(&history.values, range.clone(), false);
            ((low, high), count == range.len())
        };
        let (runs, finite) = (0..history.rows()).map(run).unzip();
        let alike = Alike::new(history);
        Self {
            of,
            runs,
            finite,
            alike,
        }
    }

    /// Whether all values of a run are finite.
    pub(super) fn is_finite(&self, row: usize) -> bool {
        self.finite.get(row) == Some(&true)
    }
}

impl Known {
    fn of(&mut self, id: ColumnId, (history, runs): (&History, CurveRuns<'_>)) -> Rc<Reach> {
        if self.version != runs.version {
            self.version = runs.version;
            self.metrics = order::Map::default();
        }
        let make = || Rc::new(Reach::new(history));
        Rc::clone(self.metrics.or_insert_with(id, make))
    }
}

/// Runs or groups that stand side by side.
#[derive(Clone)]
pub(super) struct Beside {
    /// The runs of all.
    rows: Rc<Bits>,
    lines: Vec<DrawnGroup>,
}

impl Beside {
    /// What they are called with the numbers of their colours, and their rows of so many.
    pub(super) fn new(columns: Vec<((String, u8), Vec<u32>)>, rows: usize) -> Self {
        let mut all = Bits::filled(rows, false);
        for row in columns.iter().flat_map(|(_, rows)| rows) {
            all.set(*row as usize, true);
        }
        let line = |((name, class), rows): ((String, u8), Vec<u32>)| DrawnGroup {
            label: match rows.len() {
                1 => name,
                count => format!("{name} ({})", counted(count, "run")),
            },
            rows,
            class,
        };
        Self {
            rows: Rc::new(all),
            lines: columns.into_iter().map(line).collect(),
        }
    }

    /// The runs of all.
    pub(super) fn rows(&self) -> Rc<Bits> {
        Rc::clone(&self.rows)
    }

    fn has_groups(&self) -> bool {
        self.lines.iter().any(|line| line.rows.len() > 1)
    }

    /// Runs of which each has the colour of its column.
    fn bold(&self) -> Vec<(usize, u8, String)> {
        let each = self.lines.iter().filter_map(|line| {
            let row = *line.rows.first()? as usize;
            Some((row, line.class, line.label.clone()))
        });
        each.collect()
    }
}

/// The metrics with curves that get a panel, in order, those that get none, and what is wrong with the pattern.
fn chosen(runs: CurveRuns<'_>, set: &CurvesView) -> (Vec<ColumnId>, Vec<ColumnId>, Option<String>) {
    let has_curve = |id: &ColumnId| runs.history(*id).is_some_and(|all| !all.values.is_empty());
    let columns = runs.ledger.columns_with_ids();
    let metrics = columns.filter(|(_, column)| column.role() == Role::Metric);
    // The objective first, then what is like one, and last what is no more than a point in each run.
    let place = |id: ColumnId| {
        let is_objective = runs.objective.is_some_and(|(objective, _)| objective == id);
        let is_of_points = runs.history(id).is_some_and(History::is_of_single_points);
        let likely = likeliness(runs.ledger.column(id).name());
        let rank = (!is_objective, is_of_points, std::cmp::Reverse(likely));
        (rank, id)
    };
    let with_curve = metrics.map(|(id, _)| id).filter(has_curve);
    let mut all: Vec<_> = with_curve.map(place).collect();
    order::by_key(&mut all, |(rank, _)| *rank);
    let mut all: Vec<ColumnId> = all.into_iter().map(|(_, id)| id).collect();
    let mut problem = None;
    let pattern = match pattern(&set.pattern) {
        Ok(pattern) => pattern,
        Err(wrong) => {
            problem = Some(wrong);
            None
        }
    };
    let Some(pattern) = pattern else {
        // Over itself a metric is a straight line.
        if let Some(at) = all
            .iter()
            .position(|id| key_of(runs.ledger, *id) == set.over)
        {
            all[at..].rotate_left(1);
            let rest = all.split_off((all.len() - 1).min(CHOSEN_PANELS));
            return (all, rest, problem);
        }
        let rest = all.split_off(all.len().min(CHOSEN_PANELS));
        return (all, rest, problem);
    };
    let is_found = |id: &ColumnId| pattern.is_match(runs.ledger.column(*id).name());
    let (mut found, mut rest): (Vec<_>, Vec<_>) = all.into_iter().partition(is_found);
    if found.is_empty() {
        problem = Some("No metric with a curve has a name like this.".to_owned());
    } else if found.len() > MOST_PANELS {
        problem = Some(format!(
            "{} have names like this; the first {MOST_PANELS} have panels.",
            counted(found.len(), "metric")
        ));
        rest.splice(0..0, found.split_off(MOST_PANELS));
    }
    (found, rest, problem)
}

/// A pattern of names, where there is one, or what is wrong with it.
fn pattern(text: &str) -> Result<Option<Regex>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    RegexBuilder::new(text.trim())
        .case_insensitive(true)
        .size_limit(LARGEST_PATTERN)
        .build()
        .map(Some)
        .map_err(|error| {
            format!("This is no regular expression: {error}. The metrics are chosen as without it.")
        })
}

/// A run that is drawn bold: its row, the class of its colour, and what it is called.
fn bold(question: &CurvesQuestion, runs: CurveRuns<'_>) -> Vec<(usize, u8, String)> {
    let mut bold: Vec<(usize, u8, String)> = Vec::new();
    let mut add = |row: usize, class: u8, what: &str| {
        if row >= runs.ledger.rows() {
            return;
        }
        match bold.iter_mut().find(|known| known.0 == row) {
            Some(known) => {
                known.2.push_str(", ");
                known.2.push_str(what);
            }
            None => bold.push((
                row,
                class,
                format!("{}: {what}", run_name(runs.ledger, row)),
            )),
        }
    };
    if let Some(best) = runs.best() {
        add(best, 0, "best");
    }
    if let Some(run) = question.run {
        add(run, 5, "open");
    }
    if let [baseline] = runs.baseline {
        add(*baseline as usize, 6, "baseline");
    }
    for (number, row) in runs.selected.ones().take(MOST_SELECTED).enumerate() {
        add(row, 1 + number as u8, "selected");
    }
    bold
}

/// A picture that is being drawn.
pub struct CurvesRun {
    version: u64,
    drawer: Drawer,
    /// The panels that are not begun.
    panels: std::vec::IntoIter<ColumnId>,
    painting: Option<Painting>,
    /// Those that it is of, if not all that are shown.
    pub(super) beside: Option<Beside>,
    bold: Vec<(usize, u8, String)>,
    groups: Option<Vec<DrawnGroup>>,
    /// What stands around the panels.
    picture: CurvesPicture,
    made: Vec<CurvePanel>,
    axes: Vec<(ColumnId, Axis)>,
    is_rehearsed: bool,
}

impl CurvesRun {
    /// Begins a picture of what is shown, or of what stands side by side, whose runs are those of `runs` then.
    pub(super) fn new(
        question: &CurvesQuestion,
        runs: CurveRuns<'_>,
        beside: Option<Beside>,
    ) -> Self {
        let mut question = question.clone();
        let has_groups = beside.as_ref().map(Beside::has_groups);
        if has_groups == Some(true) && question.set.bands == Bands::None {
            // A group's column tells its mean with that.
            question.set.bands = Bands::Interval;
        }
        let question = &question;
        let (mut panels, mut rest, mut problem) = chosen(runs, &question.set);
        if beside.is_some() {
            let few = panels.len().min(BESIDE_PANELS);
            rest.splice(0..0, panels.split_off(few));
        }
        let wide = (question.width * question.density) as usize;
        let high = (question.height * question.density) as usize;
        let pixels = wide.saturating_mul(high).max(1);
        let fit = panels.len().min(MOST_PIXELS / pixels);
        rest.splice(0..0, panels.split_off(fit));
        if runs.shown.count() == 0 && !panels.is_empty() {
            // Axes of nothing would be made up.
            rest.splice(0..0, panels.drain(..));
            problem = Some(NO_RUN.to_owned());
        }
        let mut all = panels.iter().chain(&rest);
        let has_times = all.any(|id| {
            runs.history(*id)
                .is_some_and(|history| !history.times.is_empty())
        });
        let mut is = question.set.x;
        if is != CurveX::Step && !has_times {
            is = CurveX::Step;
            problem.get_or_insert("No point has a time: the axis is the step.".to_owned());
        }
        let mut over = None;
        if !question.set.over.is_empty() {
            let known = column_of_key(runs.ledger, &question.set.over);
            over = known.filter(|id| runs.history(*id).is_some());
            if over.is_some() {
                is = CurveX::Step;
            } else {
                let missing = "There is no curve of the metric that is to run along the axis.";
                problem.get_or_insert(missing.to_owned());
            }
        }
        let across = Across::new((is, over), &question.set, &panels, runs);
        let is_grouped =
            has_groups.unwrap_or(runs.grouped.is_some()) && question.set.bands != Bands::None;
        let mut bold = match &beside {
            Some(beside) => beside.bold(),
            None => bold(question, runs),
        };
        let colour = question.colour.filter(|_| !is_grouped);
        let colours = colour.and_then(|column| runs.ledger.try_column(column));
        let colours = colours.map(|column| Coloured::new(column, runs.shown));
        let line_class = |colours: &Coloured<'_>, row: usize| class_of(colours.of(row));
        if let Some(colours) = &colours {
            // What is bold has the colour of its value: that it is bold tells it from others.
            for (row, class, _) in &mut bold {
                *class = line_class(colours, *row);
            }
        }
        let classes = colours.as_ref().map(|colours| {
            let mut classes = vec![OTHERS; runs.ledger.rows()];
            for row in runs.shown.ones() {
                classes[row] = line_class(colours, row);
            }
            classes
        });
        let mut ends = Ends::new(runs);
        if let (Some(colours), Some(best)) = (&colours, runs.best()) {
            ends.best = line_class(colours, best);
        }
        let mut best_word = "the best run";
        if let (Some(_), Some(best)) = (&beside, runs.best()) {
            best_word = "the best of these";
            let of_best = bold.iter().find(|(row, ..)| *row == best);
            ends.best = of_best.map_or(OTHERS, |(_, class, _)| *class);
        }
        let mut items: Vec<LegendItem> = Vec::new();
        let groups = is_grouped.then(|| match (&beside, runs.grouped) {
            (Some(beside), _) => beside.lines.clone(),
            (None, Some(grouped)) => groups(grouped, runs),
            (None, None) => Vec::new(),
        });
        let of_columns = beside.as_ref().map(|beside| &beside.lines);
        if let Some(lines) = of_columns.or(groups.as_ref()) {
            let coloured = lines.iter().filter(|line| line.class < OTHERS);
            items.extend(coloured.map(|line| legend_item(line.class, line.label.clone())));
            let others = lines.len() - items.len();
            if others > 0 {
                let noun = if is_grouped {
                    "further group"
                } else {
                    "further run"
                };
                let more = counted(others, noun);
                items.push(legend_item(OTHERS, more));
            }
            if !is_grouped {
                ends.legend(runs.shown.count(), best_word, &mut items);
            }
        } else {
            let named = bold.iter();
            items.extend(named.map(|(_, class, label)| legend_item(*class, label.clone())));
            let selected = runs.selected.count();
            if selected > MOST_SELECTED {
                let more = counted(selected - MOST_SELECTED, "further selected run");
                items.push(legend_item(OTHERS, format!("{more}, not bold")));
            }
            if let Some(colours) = &colours {
                colours.legend(false, &mut items);
            }
            ends.legend(runs.shown.count(), best_word, &mut items);
        }
        let name = |id: &ColumnId| runs.ledger.column(*id).name().to_owned();
        let in_groups = groups.as_ref().and_then(|_| across.told_groups());
        let picture = CurvesPicture {
            x: across.axis(),
            x_title: across.title(),
            unit: across.unit_size(),
            whole: across.whole_values(),
            part: across.is_zoomed().then(|| across.told_part()),
            drawn: told_drawing(question.set.smoothing(), in_groups),
            has_times,
            grouped: runs.grouped.is_some(),
            bands: groups.is_some(),
            beside: beside.is_some(),
            metrics: panels.len() + rest.len(),
            panels: Vec::new(),
            others: rest.iter().take(TOLD_OTHERS).map(name).collect(),
            problem,
            legend: items,
            shown: runs.shown.count(),
            runs: runs.ledger.rows(),
        };
        Self {
            version: runs.version,
            drawer: Drawer::new(question.clone(), across, (ends, classes), (wide, high)),
            panels: panels.into_iter(),
            painting: None,
            beside,
            bold,
            groups,
            picture,
            made: Vec::new(),
            axes: Vec::new(),
            is_rehearsed: false,
        }
    }

    /// The same for nobody to see: who points still points at the picture before.
    #[must_use]
    pub fn rehearsed(self) -> Self {
        Self {
            is_rehearsed: true,
            ..self
        }
    }

    /// The ledger's version that it is of.
    pub fn version(&self) -> u64 {
        self.version
    }
}

impl Curves {
    /// Draws a piece of a picture of these runs; it whole where that was the last.
    pub(super) fn go_on(
        &mut self,
        run: &mut CurvesRun,
        runs: CurveRuns<'_>,
    ) -> Option<CurvesPicture> {
        let mut effort = PIECE;
        while effort > 0 {
            let groups = run.groups.as_deref();
            let Some(painting) = &mut run.painting else {
                let Some(id) = run.panels.next() else {
                    if !run.is_rehearsed {
                        self.version = run.version;
                        self.question = run.drawer.question.clone();
                        self.across = std::mem::take(&mut run.drawer.across);
                        self.panels = std::mem::take(&mut run.axes);
                        self.beside = run.beside.take();
                    }
                    return Some(CurvesPicture {
                        panels: std::mem::take(&mut run.made),
                        ..run.picture.clone()
                    });
                };
                run.painting = run.drawer.begin(id, runs, &mut self.known);
                continue;
            };
            if run.drawer.go_on(painting, groups, runs, &mut effort)
                && let Some(painting) = run.painting.take()
            {
                let id = painting.id;
                let panel = run.drawer.end(painting, &run.bold, groups, runs);
                if let Some(panel) = panel {
                    run.axes.push((id, panel.y.clone()));
                    run.made.push(panel);
                }
            }
        }
        None
    }
}

/// What was done to the lines, in words: how they are smoothed, and how groups are averaged where that must be said.
fn told_drawing(smoothing: Smoothing, in_groups: Option<String>) -> Option<String> {
    if !smoothing.is_on() {
        return in_groups;
    }
    let mut told = format!(
        "Lines are smoothed ({}, {}); what was logged is fainter.",
        smoothing.by.label(),
        smoothing.strength()
    );
    if let Some(in_groups) = in_groups {
        told.push(' ');
        told.push_str(&in_groups);
    }
    Some(told)
}
