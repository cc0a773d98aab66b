//! Curves in numbers: for each panel its lines, runs or groups, with where they begin, end and are least and greatest.

use super::bands::groups;
use super::{Bands, CurveRuns, Curves};
use crate::chart::number::{counted, grouped};
use crate::engine::numbers::{MOST_LINES, Numbers, first_of, median};
use crate::engine::show::{run_name, short_number};
use crate::ledger::History;

/// How many lines of a panel are told at least, and at most.
const LINES: (usize, usize) = (10, 50);

/// What some points say.
struct Line {
    points: usize,
    first: Vec<f64>,
    last: Vec<f64>,
    /// Where the least and the greatest finite value lie, and they.
    least: Option<(f64, f64)>,
    greatest: Option<(f64, f64)>,
}

impl Curves {
    /// The panels of the last picture, a table each: of the points that are in view, as they were logged.
    pub(in crate::engine) fn numbers(&self, runs: CurveRuns<'_>) -> Vec<Numbers> {
        if self.version != runs.version {
            return Vec::new();
        }
        let most = (MOST_LINES / self.panels.len().max(1)).clamp(LINES.0, LINES.1);
        let is_of_all = self.beside.is_none();
        let grouped_runs = runs
            .grouped
            .filter(|_| is_of_all && self.question.set.bands != Bands::None);
        let lines: Vec<(String, Vec<u32>)>;
        let mut words;
        if let Some(beside) = &self.beside {
            words = "In the order of their columns; of a group first and last are the medians of its runs."
                .to_owned();
            let each = beside.lines.iter();
            lines = each
                .map(|line| (line.label.clone(), line.rows.clone()))
                .collect();
        } else if let Some(of) = grouped_runs {
            let all = groups(of, runs);
            words = format!(
                "{} of {}, the best first; of a group first and last are the medians of its runs.",
                grouped(all.len().min(most)),
                counted(all.len(), "group")
            );
            let first = all.into_iter().take(most);
            lines = first.map(|group| (group.label, group.rows)).collect();
        } else {
            let objective = runs.objective.map(|(_, values)| values);
            let (rows, told) = first_of(runs.shown, objective, most);
            words = told;
            let line = |row: usize| (run_name(runs.ledger, row), vec![row as u32]);
            lines = rows.into_iter().map(line).collect();
        }
        if self.across.is_zoomed() {
            words.push_str(&format!(" Shown are {}.", self.across.told_part()));
        }
        if self.question.set.smoothing().is_on() {
            words.push_str(" Values are as they were logged, not smoothed.");
        }
        let panels = self.panels.iter().filter_map(|(id, _)| {
            let history = runs.history(*id)?;
            let name = runs.ledger.column(*id).name();
            let has_groups = lines.iter().any(|(_, rows)| rows.len() > 1);
            let what = if grouped_runs.is_some() || has_groups {
                "Group"
            } else {
                "Run"
            };
            let mut numbers = Numbers::new(
                &format!("{name} over {}", self.across.title()),
                words.clone(),
                &[what, "Points", "First", "Last", "Least", "Greatest"],
            );
            let line = |(name, rows): &(String, Vec<u32>)| {
                let mut cells = vec![name.clone()];
                cells.extend(
                    self.line_of(history, runs, rows)
                        .cells(&|x| self.told_at(x)),
                );
                cells
            };
            numbers.lines = lines.iter().map(line).collect();
            Some(numbers)
        });
        panels.collect()
    }

    /// What the points in view of some runs say.
    fn line_of(&self, history: &History, runs: CurveRuns<'_>, rows: &[u32]) -> Line {
        let mut line = Line {
            points: 0,
            first: Vec::new(),
            last: Vec::new(),
            least: None,
            greatest: None,
        };
        let across = &self.across;
        let mut points = Vec::new();
        for row in rows {
            let row = *row as usize;
            let range = across.in_view(history, row, (0, 0));
            across.points(history, row, range, &mut points);
            across.pair((history, runs), row, &mut points);
            if across.is_zoomed() {
                points.retain(|(x, _)| across.shows(*x));
            }
            line.points += points.len();
            line.first.extend(points.first().map(|(_, value)| *value));
            line.last.extend(points.last().map(|(_, value)| *value));
            for (x, value) in points.iter().filter(|(_, value)| value.is_finite()) {
                if line.least.is_none_or(|(_, least)| *value < least) {
                    line.least = Some((*x, *value));
                }
                if line.greatest.is_none_or(|(_, greatest)| *value > greatest) {
                    line.greatest = Some((*x, *value));
                }
            }
        }
        line
    }
}

impl Line {
    fn cells(mut self, at: &dyn Fn(f64) -> String) -> [String; 5] {
        let middle = |numbers: &mut Vec<f64>| match numbers.as_slice() {
            [] => "–".to_owned(),
            // Of a run it is what was logged, which may be no number.
            _ => short_number(median(numbers)),
        };
        let extreme = |found: Option<(f64, f64)>| match found {
            Some((x, value)) => format!("{} at {}", short_number(value), at(x)),
            None => "–".to_owned(),
        };
        [
            grouped(self.points),
            middle(&mut self.first),
            middle(&mut self.last),
            extreme(self.least),
            extreme(self.greatest),
        ]
    }
}
