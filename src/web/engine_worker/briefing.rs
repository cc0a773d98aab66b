//! The engine's part in a brief: a piece between any two asks, and what is known to the page meanwhile.

use super::{EngineWorker, PATIENCE_MILLIS, TELL_MILLIS, answer, event};
use crate::engine::brief::BriefRun;
use crate::engine::protocol::{Answer, Event, SelectQuestion};
use crate::ledger::Bits;
use crate::web::clock;

/// A brief that is being worked out.
pub(super) struct Briefing {
    number: u64,
    run: BriefRun,
    /// The ledger's version that it is of.
    version: u64,
    /// The selection that it is of.
    of: SelectQuestion,
    begun: f64,
    told: f64,
}

impl EngineWorker {
    /// Begins a brief, or goes on with the one that is the same.
    pub(super) fn brief(&mut self, number: u64, filter: &str) {
        let begun = clock::now_millis();
        let version = self.workspace.version();
        if let Some(known) = &mut self.briefing
            && known.version == version
            && known.run.filter() == filter
        {
            let older = std::mem::replace(&mut known.number, number);
            answer(older, 0.0, Answer::Superseded);
            return;
        }
        self.drop_brief();
        self.briefing = Some(Briefing {
            number,
            run: self.workspace.begin_brief(filter),
            version,
            of: self.selected.clone(),
            begun,
            told: begun,
        });
    }

    /// Does a piece of it, tells what is known so far where it takes longer, and answers with the last.
    pub(super) fn brief_on(&mut self) {
        let Some(briefing) = &mut self.briefing else {
            return;
        };
        if briefing.version != self.workspace.version() {
            // Runs came; the page asks anew when they are selected.
            self.drop_brief();
            return;
        }
        let has_more = self.workspace.go_on(&mut briefing.run);
        let now = clock::now_millis();
        if !has_more {
            let said = Box::new(briefing.run.brief());
            answer(briefing.number, now - briefing.begun, Answer::Brief(said));
            self.briefing = None;
        } else if now - briefing.begun > PATIENCE_MILLIS && now - briefing.told > TELL_MILLIS {
            briefing.told = now;
            event(Event::BriefSoFar {
                brief: Box::new(briefing.run.brief()),
                done: briefing.run.done(),
            });
        }
    }

    /// Notes a selection that is asked for, and takes the brief that is worked out where it may be of that, too: runs
    /// that were marked make another selection of the same.
    pub(super) fn keep_briefing(&mut self, question: &SelectQuestion) -> Option<(Briefing, Bits)> {
        self.selected = SelectQuestion {
            only_differing: false,
            now: None,
            window: None,
            ..question.clone()
        };
        // Groups are made anew, and a brief that goes on would not know them.
        let is_same = |briefing: &mut Briefing| {
            briefing.of.grouping.is_none() && briefing.of == self.selected
        };
        let kept = self.briefing.take_if(is_same)?;
        Some((kept, self.workspace.shown()))
    }

    /// Goes on with it after that selection, where the same runs are shown.
    pub(super) fn go_on_briefing(&mut self, (kept, shown): (Briefing, Bits)) {
        self.briefing = Some(kept);
        if self.workspace.shown() != shown {
            self.drop_brief();
        }
    }

    /// A brief of other runs is of no use any more.
    pub(super) fn drop_brief(&mut self) {
        if let Some(old) = self.briefing.take() {
            answer(old.number, 0.0, Answer::Superseded);
        }
    }
}
