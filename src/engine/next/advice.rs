//! What to run next while it is worked out: first what the runs alone say, then the forest, then proposals.

use super::{Next, NextRun};
use crate::engine::Workspace;
use crate::engine::brief::BriefRun;

/// It. Every step is a piece of some tens of milliseconds, however many runs there are.
pub struct Advice {
    seed: u64,
    findings: BriefRun,
    run: Option<NextRun>,
}

impl Advice {
    pub(in crate::engine) fn new(findings: BriefRun, seed: u64) -> Self {
        Self {
            seed,
            findings,
            run: None,
        }
    }

    /// Whether it is of this filter and seed.
    pub fn is_of(&self, filter: &str, seed: u64) -> bool {
        self.findings.filter() == filter && self.seed == seed
    }

    /// Does a piece of the work, of the same selection each time; says whether there is more.
    pub fn step(&mut self, workspace: &Workspace) -> bool {
        if let Some(run) = &mut self.run {
            return run.step();
        }
        if !workspace.go_on(&mut self.findings) {
            let (findings, leaks) = self.findings.findings();
            self.run = workspace.next_run(self.findings.filter(), self.seed, (findings, &leaks));
        }
        self.run.is_some() || self.findings.done() < 1.0
    }

    /// Part done, 0 to 1.
    pub fn done(&self) -> f64 {
        let run = self.run.as_ref().map_or(0.0, NextRun::done);
        (self.findings.done() + 2.0 * run) / 3.0
    }

    /// The answer with at most so many proposals, once all steps are done.
    pub fn answer(&self, count: usize) -> Next {
        let run = self.run.as_ref();
        run.map_or_else(Next::default, |run| run.answer(count))
    }
}
