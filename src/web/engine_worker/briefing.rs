//! The engine's part in a brief: a piece between any two asks, and what is known to the page meanwhile. One that nobody asked
//! for is put off while a hand is at work: its pieces would take the processor from the page, and an answer would wait for
//! the one that is being done.

use super::{EngineWorker, PATIENCE_MILLIS, TELL_MILLIS, answer, event, with_engine};
use crate::engine::brief::BriefRun;
use crate::engine::protocol::{Answer, Event, SelectQuestion};
use crate::ledger::Bits;
use crate::web::clock;
use gloo::timers::callback::Timeout;

/// What nobody asked for goes on when nothing was asked for so long.
const CALM_MILLIS: f64 = 500.0;

/// A brief that is being worked out.
pub(super) struct Briefing {
    number: u64,
    filter: String,
    /// It, once it was begun.
    run: Option<BriefRun>,
    /// Whether nobody asked for it.
    is_aside: bool,
    /// What waits for the hand that is at work to rest, while it is put off.
    waiting: Option<Timeout>,
    /// The ledger's version that it is of.
    version: u64,
    /// The selection that it is of.
    of: SelectQuestion,
    begun: f64,
    told: f64,
}

impl EngineWorker {
    /// Begins a brief, or goes on with the one that is the same.
    pub(super) fn brief(&mut self, number: u64, filter: String, is_aside: bool) {
        let begun = clock::now_millis();
        let version = self.workspace.version();
        if let Some(known) = &mut self.briefing
            && known.version == version
            && known.filter == filter
        {
            let older = std::mem::replace(&mut known.number, number);
            known.is_aside &= is_aside;
            if !known.is_aside {
                known.waiting = None;
            }
            event(Event::BriefWaits(known.waiting.is_some()));
            answer(older, 0.0, Answer::Superseded);
            return;
        }
        self.drop_brief();
        self.briefing = Some(Briefing {
            number,
            filter,
            run: None,
            is_aside,
            waiting: None,
            version,
            of: self.selected.clone(),
            begun,
            told: begun,
        });
        self.wait_for_rest();
    }

    /// Whether there is a piece of a brief that may be done now.
    pub(super) fn may_brief(&self) -> bool {
        let briefing = self.briefing.as_ref();
        briefing.is_some_and(|briefing| briefing.waiting.is_none())
    }

    /// Something was asked that somebody waits for.
    pub(super) fn put_off_briefing(&mut self) {
        self.asked = clock::now_millis();
        self.wait_for_rest();
    }

    /// Puts a brief off that nobody asked for, until nothing was asked for a while.
    fn wait_for_rest(&mut self) {
        let left = self.asked + CALM_MILLIS - clock::now_millis();
        let Some(briefing) = &mut self.briefing else {
            return;
        };
        if !briefing.is_aside || briefing.waiting.is_some() || left <= 0.0 {
            return;
        }
        event(Event::BriefWaits(true));
        briefing.waiting = Some(look_again(left));
    }

    /// Goes on with it where the hand rests, or waits on.
    fn hand_may_rest(&mut self) {
        let left = self.asked + CALM_MILLIS - clock::now_millis();
        if let Some(briefing) = &mut self.briefing
            && briefing.waiting.is_some()
        {
            briefing.waiting = (left > 0.0).then(|| look_again(left));
            if briefing.waiting.is_none() {
                event(Event::BriefWaits(false));
                self.tick_soon();
            }
        }
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
        let Some(run) = &mut briefing.run else {
            briefing.run = Some(self.workspace.begin_brief(&briefing.filter));
            return;
        };
        let has_more = self.workspace.go_on(run);
        let now = clock::now_millis();
        if !has_more {
            let said = Box::new(run.brief());
            answer(briefing.number, now - briefing.begun, Answer::Brief(said));
            self.briefing = None;
        } else if now - briefing.begun > PATIENCE_MILLIS && now - briefing.told > TELL_MILLIS {
            briefing.told = now;
            event(Event::BriefSoFar {
                brief: Box::new(run.brief()),
                done: run.done(),
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

/// Looks whether the hand rests in so many milliseconds.
fn look_again(millis: f64) -> Timeout {
    Timeout::new(millis.ceil() as u32, || {
        with_engine(EngineWorker::hand_may_rest);
    })
}
