//! The engine's part in what broken runs have in common: a piece between any two asks.

use super::{EngineWorker, answer};
use crate::engine::failures::FailuresRun;
use crate::engine::protocol::Answer;
use crate::web::clock;

/// What is being looked for.
pub(super) struct Failing {
    number: u64,
    run: FailuresRun,
    /// The ledger's version that it is of.
    version: u64,
    begun: f64,
}

impl EngineWorker {
    /// Begins to look.
    pub(super) fn fail(&mut self, number: u64, filter: &str) {
        self.drop_failing();
        let begun = clock::now_millis();
        self.failing = Some(Failing {
            number,
            run: self.workspace.begin_failures(filter),
            version: self.workspace.version(),
            begun,
        });
    }

    /// Looks at a further piece, and answers with the last.
    pub(super) fn fail_on(&mut self) {
        let Some(failing) = &mut self.failing else {
            return;
        };
        if failing.version != self.workspace.version() {
            // Runs came; the page asks anew when they are selected.
            self.drop_failing();
        } else if !self.workspace.look_on(&mut failing.run) {
            let said = Box::new(self.workspace.failures(&failing.run));
            let millis = clock::now_millis() - failing.begun;
            answer(failing.number, millis, Answer::Failures(said));
            self.failing = None;
        }
    }

    /// What other runs have in common is of no use any more.
    pub(super) fn drop_failing(&mut self) {
        if let Some(old) = self.failing.take() {
            answer(old.number, 0.0, Answer::Superseded);
        }
    }
}
