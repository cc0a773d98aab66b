//! A rehearsal: what a first drop and a first importance run, on made-up runs, before there are any.
//!
//! A browser compiles a module's functions quickly first and well only once they have run a while,
//! which at a first drop costs as much time as the reading itself. An idle page has that time to spare.

use super::Workspace;
use super::explain::Explain;
use super::importance_run::Grower;
use super::look::WindowLook;
use super::protocol::{Ask, ImportanceAnswer, SelectQuestion, SpaceQuestion, WindowQuestion};
use super::view::{Center, Direction, Grouping, Objective, SortKey, Statistic, Until};
use crate::format;
use crate::ledger::bytes::{decoded, encoded};
use crate::ledger::{ColumnId, Ledger, RunSink};
use crate::source::{Files, MemoryFile, unpack};
use std::fmt::Write as _;
use std::rc::Rc;

/// How many runs are read in a step: a drop that comes meanwhile waits for its end, and the first of each kind is slow.
const RUNS: usize = 250;

/// How often they are read.
const ROUNDS: usize = 24;

/// What is done in a round, step by step: runs are read, then five questions asked of all there are, then an importance begun.
/// A page that is idle for a short while only has rehearsed all of it.
const STEPS: usize = 7;

/// In which rounds an importance is begun, and how many of its tasks are done: what a first answer takes.
const EXPLAINED: usize = 3;
const TASKS: usize = 2;

/// A filter that is being typed.
const TYPED: &str = "loss < 0.9 and optimizer = ad";

/// The steps of a rehearsal; nothing of it is kept.
pub struct Rehearsal {
    files: Files,
    workspace: Workspace,
    steps: usize,
}

impl Default for Rehearsal {
    fn default() -> Self {
        let file = MemoryFile::new("rehearsal.csv", table().as_bytes());
        Self {
            files: unpack(&vec![Rc::new(file)]).files,
            workspace: Workspace::default(),
            steps: 0,
        }
    }
}

impl Rehearsal {
    /// Does the next step; false where that was the last.
    pub fn step(&mut self) -> bool {
        let (round, step) = (self.steps / STEPS, self.steps % STEPS);
        match step {
            0 => self.read(),
            1..6 => self.ask(step),
            _ if round % EXPLAINED == 0 => {
                let _answer = self.explain();
            }
            _ => {}
        }
        self.steps += 1;
        self.steps < ROUNDS * STEPS
    }

    fn read(&mut self) {
        for unit in &format::plan(&self.files).units {
            let mut on_part = |part: Ledger| {
                // As a part comes from a hand; what was just written can be read.
                if let Ok(part) = Ledger::from_bytes(&part.to_bytes()) {
                    self.workspace.append(part);
                }
            };
            let mut sink = RunSink::new(&mut on_part);
            format::read_unit(unit, &self.files, &mut sink, &mut |_| {});
            sink.finish();
        }
        let _catalogue = self.workspace.info();
    }

    fn ask(&mut self, step: usize) {
        let columns = self.workspace.ledger().columns_with_ids();
        let columns: Vec<_> = columns.map(|(id, _)| id).collect();
        let ask = match step {
            1 => select(
                columns,
                Some(Grouping::By(vec!["param.optimizer".to_owned()])),
            ),
            // Single runs last: they are explained.
            2 => select(columns, None),
            3 => Ask::Facets {
                columns,
                unless: None,
            },
            4 => Ask::Complete {
                text: TYPED.to_owned(),
                cursor: TYPED.len(),
            },
            // Small, for what is run in it is the same.
            _ => Ask::Space(SpaceQuestion {
                width: 300.0,
                height: 100.0,
                density: 1.0,
                ..SpaceQuestion::default()
            }),
        };
        let _answer = self.workspace.answer(&ask);
    }

    fn explain(&self) -> Option<ImportanceAnswer> {
        let mut run = self.workspace.begin_importance(&Explain::default()).ok()?;
        // As a hand has it, so that what writes and reads messages is compiled, too.
        let hand = Grower::new(&run.design_bytes())?;
        while run.job().progress().0 < TASKS {
            let result = hand.grow(&run.next_task()?)?;
            run.absorb(&result);
        }
        let answer = run.news()?;
        decoded(&encoded(&answer))
    }
}

/// A selection with its first rows.
fn select(columns: Vec<ColumnId>, grouping: Option<Grouping>) -> Ask {
    let window = WindowQuestion {
        first: 0,
        count: 8,
        columns,
        look: WindowLook::default(),
    };
    Ask::Select(Box::new(SelectQuestion {
        window: Some(window),
        grouping,
        filter: "loss < 0.9 and optimizer = adam".to_owned(),
        sort: vec![SortKey {
            column: "metric.val_loss".to_owned(),
            descending: false,
        }],
        objective: Some(Objective {
            column: "metric.val_loss".to_owned(),
            direction: Direction::Minimize,
            statistic: Statistic::Last,
            until: Until::End,
            center: Center::Mean,
        }),
        ..SelectQuestion::default()
    }))
}

/// A table with cells of every kind.
fn table() -> String {
    let mut text = String::from("run_id,name,created,optimizer,amp,seed");
    for column in 0..20 {
        let _written = write!(text, ",param_{column},metric_{column}");
    }
    text.push_str(",loss,val_loss\n");
    for run in 0..RUNS {
        let part = |by: usize| (run * by % 1009) as f64 / 1009.0;
        let optimizer = ["adam", "sgd", "rmsprop"][run % 3];
        let _written = write!(
            text,
            "run-{run:08x},\"trial, {run}\",2026-01-02T03:{:02}:05Z,{optimizer},{},{run}",
            run % 60,
            run % 2 == 0
        );
        for column in 0..20 {
            let (a, b) = (part(column + 7), part(column + 11));
            let _written = write!(text, ",{a},{:e}", b / 1000.0);
        }
        let _written = writeln!(text, ",{},{}", part(3), part(5));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_it_made_and_comes_to_an_end() {
        let mut rehearsal = Rehearsal::default();
        assert!((0..STEPS).all(|_| rehearsal.step()));
        assert_eq!(rehearsal.workspace.runs(), RUNS);
        assert!((1 + STEPS..ROUNDS * STEPS).all(|_| rehearsal.step()));
        assert!(!rehearsal.step());
        assert!(!rehearsal.explain().unwrap().params.is_empty());
    }
}
