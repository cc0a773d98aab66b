//! How the search for one objective went on: the best so far by run and by clock, what it cost to come near the best, and
//! what early values of the curves would have chosen.

use super::taken::violations;
use super::{FIRST, MOST_ROWS, ObjectivesLine, ObjectivesTable, Pictures, ScatterPicture, Section};
use crate::analysis::progress::{Early, improvements, level, reached};
use crate::analysis::ranking::ObjectiveColumn;
use crate::chart::absence::Lanes;
use crate::chart::number::{axis_end, counted, grouped, short_number};
use crate::chart::scatter::{Dot, OTHERS, Scatter, ScatterAxis, ScatterLine};
use crate::engine::brief::Question;
use crate::engine::scales::statistic_or_absence;
use crate::engine::scattered::told_lanes;
use crate::engine::show::run_name;
use crate::ledger::{Column, ColumnId, Ledger, Reading, Until, attribute};

/// How near to the best a level is, in parts of its size.
const LEVELS: [f64; 3] = [0.01, 0.05, 0.1];

/// At which parts of the steps runs are looked at early.
const PARTS: [f64; 2] = [0.25, 0.5];

/// The runs in the order in which they came.
struct Search<'a> {
    ledger: &'a Ledger,
    name: &'a str,
    maximize: bool,
    rows: Vec<usize>,
    /// Not finite where there is none, by why.
    values: Vec<f64>,
    /// When each began and ended in Unix milliseconds, NaN where that is not known.
    starts: Vec<f64>,
    ends: Vec<f64>,
    /// How long each took in seconds, NaN where that is not known.
    seconds: Vec<f64>,
    is_by_start: bool,
}

/// What can be said.
pub(super) fn sections(
    question: &Question<'_>,
    (column, objective, reading): (ColumnId, &ObjectiveColumn, Reading),
    pictures: &mut Pictures,
) -> Vec<Section> {
    let ledger = question.ledger;
    let rows: Vec<usize> = question.shown.ones().collect();
    let column = ledger.column(column);
    let compared = objective.at_greatest_budget(question.shown);
    let search = Search::new(ledger, column, &compared, rows);
    let better = improvements(&search.values, search.maximize);
    vec![
        search.history(&better, pictures),
        search.by_clock(pictures),
        search.cost(&better),
        search.early(column, reading),
    ]
}

impl<'a> Search<'a> {
    fn new(
        ledger: &'a Ledger,
        column: &'a Column,
        objective: &ObjectiveColumn,
        mut rows: Vec<usize>,
    ) -> Self {
        let of = |word: &str, rows: &[usize]| -> Vec<f64> {
            let numbers = ledger.attribute(word).map(Column::numbers);
            let number = |row: &usize| numbers.as_ref().and_then(|all| all.get(*row).copied());
            rows.iter()
                .map(|row| number(row).unwrap_or(f64::NAN))
                .collect()
        };
        let starts = of(attribute::START, &rows);
        let is_by_start = starts.iter().all(|start| start.is_finite());
        if is_by_start {
            let mut dated: Vec<(f64, usize)> = starts.into_iter().zip(rows).collect();
            order::by(&mut dated, |a, b| a.0.total_cmp(&b.0));
            rows = dated.into_iter().map(|(_, row)| row).collect();
        }
        let (starts, ends) = (of(attribute::START, &rows), of(attribute::END, &rows));
        let told = of("duration", &rows);
        let seconds = starts.iter().zip(&ends).zip(&told);
        let seconds = seconds.map(|((start, end), told)| {
            let between = (end - start) / 1000.0;
            if between >= 0.0 { between } else { *told }
        });
        let value = |row: &usize| statistic_or_absence(objective.values[*row], column.get(*row));
        Self {
            seconds: seconds.collect(),
            values: rows.iter().map(value).collect(),
            maximize: objective.maximize,
            ledger,
            name: column.name(),
            rows,
            starts,
            ends,
            is_by_start,
        }
    }

    fn run(&self, place: usize) -> String {
        run_name(self.ledger, self.rows[place])
    }

    /// When a run's result was there: when it ended, else when it began.
    fn when(&self, place: usize) -> f64 {
        let end = self.ends[place];
        if end.is_finite() {
            end
        } else {
            self.starts[place]
        }
    }

    fn history(&self, better: &[usize], pictures: &mut Pictures) -> Section {
        let mut section = Section {
            word: "history".to_owned(),
            title: format!("Optimisation history of {}", self.name),
            ..Section::default()
        };
        let all = self.rows.len();
        let with = self.values.iter().filter(|value| value.is_finite()).count();
        let order = if self.is_by_start {
            "in the order in which they began"
        } else {
            "in the order in which they were read, as not all say when they began"
        };
        let Some(best) = better.last().copied() else {
            section.words.push(format!(
                "None of {} has a finite value of {}: choose another objective, or widen the filter.",
                counted(all, "run"),
                self.name
            ));
            return section;
        };
        let odd = told_lanes(self.name, Lanes::of(&mut self.values.iter().copied()));
        section.words.push(format!(
            "{} of {} have a value{odd}. The best, {}, is {}: run {} of {}, {order}. {} better than all before.",
            grouped(with),
            counted(all, "run"),
            short_number(self.values[best]),
            self.run(best),
            grouped(best + 1),
            grouped(all),
            match better.len() {
                1 => "1 run was".to_owned(),
                several => format!("{} runs were", grouped(several)),
            }
        ));
        if violations(self.ledger).is_some() {
            let words = "Constraints are not looked at here: the best may break one.";
            section.words.push(words.to_owned());
        }
        let places: Vec<usize> = (0..all).collect();
        let number = |place: usize| (place + 1) as f64;
        section.picture = Some(self.picture(&places, &number, false, pictures));
        let line = |place: &usize| {
            let when = self.when(*place);
            let when = if when.is_finite() {
                axis_end(when, true)
            } else {
                "–".to_owned()
            };
            ObjectivesLine {
                row: Some(self.rows[*place]),
                name: self.run(*place),
                cells: vec![short_number(self.values[*place]), grouped(place + 1), when],
            }
        };
        let newest = better.iter().rev().take(MOST_ROWS);
        section.table = Some(ObjectivesTable {
            columns: [
                "Better than all before",
                self.name,
                "Run",
                "When its result was there",
            ]
            .map(str::to_owned)
            .to_vec(),
            lines: newest.map(line).collect(),
            more: better.len().saturating_sub(MOST_ROWS),
        });
        section
    }

    /// The same by the clock.
    fn by_clock(&self, pictures: &mut Pictures) -> Section {
        let mut section = Section {
            word: "clock".to_owned(),
            title: "By the clock".to_owned(),
            ..Section::default()
        };
        let all = self.rows.len();
        let mut known: Vec<usize> = (0..all)
            .filter(|place| self.when(*place).is_finite())
            .collect();
        order::by(&mut known, |a, b| self.when(*a).total_cmp(&self.when(*b)));
        let count = format!("{} of {}", grouped(known.len()), counted(all, "run"));
        if known.len() < 2 {
            section.words.push(format!(
                "Nothing is drawn: {count} say when they began or ended."
            ));
            return section;
        }
        section.words.push(format!(
            "Each run stands where its result was there: where it ended, else where it began. {count} say so."
        ));
        section.picture = Some(self.picture(&known, &|place| self.when(place), true, pictures));
        section
    }

    /// Runs at these places by a number of each, in its order, with the best so far.
    fn picture(
        &self,
        places: &[usize],
        at: &dyn Fn(usize) -> f64,
        time: bool,
        pictures: &mut Pictures,
    ) -> ScatterPicture {
        let dot = |place: &usize| Dot {
            x: at(*place),
            y: self.values[*place],
            class: OTHERS,
            size: None,
            row: self.rows[*place] as u32,
        };
        let mut dots: Vec<Dot> = places.iter().map(dot).collect();
        let values: Vec<f64> = dots.iter().map(|dot| dot.y).collect();
        let better = improvements(&values, self.maximize);
        let mut points: Vec<(f64, f64)> =
            better.iter().map(|at| (dots[*at].x, dots[*at].y)).collect();
        let last = dots.last().map_or(f64::NAN, |dot| dot.x);
        points.extend(points.last().map(|(_, best)| (last, *best)));
        better.iter().for_each(|at| dots[*at].class = FIRST);
        order::by_key(&mut dots, |dot| dot.class == FIRST);
        let name = if time {
            "when its result was there"
        } else {
            "run, in order"
        };
        let scatter = Scatter {
            x: ScatterAxis::asked(name, dots.iter().map(|dot| dot.x), time, Some(false)),
            y: ScatterAxis::new(self.name, dots.iter().map(|dot| dot.y), false),
            dots,
            lines: vec![ScatterLine {
                class: FIRST,
                points,
                is_stepped: true,
            }],
            named: Vec::new(),
        };
        let title = format!(
            "{} of {} in their order, with the best so far",
            self.name,
            counted(places.len(), "run")
        );
        let legend = [(FIRST, "better than all before"), (OTHERS, "others")];
        pictures.add(title, &legend, scatter)
    }

    /// What it took to come near the best, and all of it.
    fn cost(&self, better: &[usize]) -> Section {
        let all = self.rows.len();
        let mut section = Section {
            word: "cost".to_owned(),
            title: "Cost".to_owned(),
            ..Section::default()
        };
        let (whole, timed) = self.spent(all);
        section.words.push(if timed == 0 {
            format!(
                "None of {} says how long it took: hours are not told.",
                counted(all, "run")
            )
        } else {
            format!(
                "{} in sum, over {} of {} that say how long they took.",
                lasted(whole),
                grouped(timed),
                counted(all, "run")
            )
        });
        let Some(best) = better.last().map(|place| self.values[*place]) else {
            return section;
        };
        let lines = LEVELS.iter().filter_map(|part| {
            let level = level(best, *part, self.maximize)?;
            let place = reached(&self.values, level, self.maximize)?;
            let (spent, timed) = self.spent(place + 1);
            let since = self.when(place) - self.starts.first().copied().unwrap_or(f64::NAN);
            let told = |seconds: f64, known: bool| {
                if known {
                    lasted(seconds)
                } else {
                    "–".to_owned()
                }
            };
            Some(ObjectivesLine {
                row: Some(self.rows[place]),
                name: format!("{} %: {}", part * 100.0, self.run(place)),
                cells: vec![
                    short_number(self.values[place]),
                    grouped(place + 1),
                    if timed > 0 {
                        format!("{} ({timed} of {})", lasted(spent), place + 1)
                    } else {
                        "–".to_owned()
                    },
                    told(since / 1000.0, self.is_by_start && since >= 0.0),
                ],
            })
        });
        let lines: Vec<ObjectivesLine> = lines.collect();
        if lines.is_empty() {
            section
                .words
                .push("The best is 0: no part of it can be come within.".to_owned());
            return section;
        }
        let columns = [
            "Within so much of the best",
            self.name,
            "Runs until then",
            "Compute until then",
            "Clock until then",
        ];
        section.table = Some(ObjectivesTable {
            columns: columns.map(str::to_owned).to_vec(),
            lines,
            more: 0,
        });
        section
    }

    /// How many seconds the first so many runs took, and of how many of them that is known.
    fn spent(&self, first: usize) -> (f64, usize) {
        let known = self.seconds.iter().take(first).filter(|x| x.is_finite());
        known.fold((0.0, 0), |(sum, n), x| (sum + x, n + 1))
    }

    /// What the runs that led early would have cost.
    fn early(&self, column: &Column, reading: Reading) -> Section {
        let mut section = Section {
            word: "early".to_owned(),
            title: "Stopping early".to_owned(),
            ..Section::default()
        };
        let ends = self
            .rows
            .iter()
            .filter_map(|row| column.summary(*row)?.last_step);
        let steps = ends.fold(0.0, f64::max);
        let statistic = reading.statistic.resolved(self.maximize);
        let mut lines = Vec::new();
        for part in PARTS {
            let until = Until::Step(part * steps);
            let at = |row: &usize| {
                let value = column.statistic(*row, statistic, until);
                value.unwrap_or(f64::NAN)
            };
            let early: Vec<f64> = if steps > 0.0 && column.history().is_some() {
                self.rows.iter().map(at).collect()
            } else {
                Vec::new()
            };
            if let Some(told) = Early::new(&early, &self.values, self.maximize) {
                lines.push(self.early_line(part, part * steps, &told));
            }
        }
        if lines.is_empty() {
            section.words.push(format!(
                "There are no three runs with curves of {}: what stopping early would have lost is not told.",
                self.name
            ));
            return section;
        }
        section.words.push(
            "Had only the run that led at a part of the steps been kept. Runs that did not come so far, or have no final value, are left out."
                .to_owned(),
        );
        let columns = [
            "Led at",
            "Final value",
            "Lost against the best",
            "Ahead of the final best then",
            "Same order (Spearman)",
            "Runs",
        ];
        section.table = Some(ObjectivesTable {
            columns: columns.map(str::to_owned).to_vec(),
            lines,
            more: 0,
        });
        section
    }

    fn early_line(&self, part: f64, step: f64, told: &Early) -> ObjectivesLine {
        ObjectivesLine {
            row: Some(self.rows[told.chosen]),
            name: format!(
                "{} % (step {}): {}",
                part * 100.0,
                short_number(step),
                self.run(told.chosen)
            ),
            cells: vec![
                short_number(self.values[told.chosen]),
                short_number(told.lost),
                counted(told.ahead, "run"),
                told.agreement
                    .map_or_else(|| "–".to_owned(), |x| format!("{x:.2}")),
                format!("{} of {}", grouped(told.n), grouped(self.rows.len())),
            ],
        }
    }
}

/// A stretch of time.
fn lasted(seconds: f64) -> String {
    let (amount, unit) = if seconds < 120.0 {
        (seconds, "s")
    } else if seconds < 7200.0 {
        (seconds / 60.0, "min")
    } else {
        (seconds / 3600.0, "h")
    };
    format!("{} {unit}", short_number((amount * 100.0).round() / 100.0))
}
